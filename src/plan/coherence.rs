//! One person, one name: tables that show the same subject's parts, some with a column that decides about them and some
//! without, would show two persons.

use std::collections::BTreeMap;

use super::check::Context;
use super::plan::{MaskPlan, TablePlan};
use super::problem::{Problem, Severity};
use super::relations::Column;

pub(super) fn check(context: &Context<'_, '_>, problems: &mut Vec<Problem>) {
    by_setting(context, "gender", NAMES, |table| table.gender.is_some(), problems);
    by_setting(context, "country", ADDRESSES, |table| table.country.is_some(), problems);
    named_addresses(context, problems);
}

/// Operators whose output depends on the gender of the row, and on its country.
const NAMES: &[&str] = &["first_name", "full_name", "title"];
const ADDRESSES: &[&str] = &["city", "postcode", "region"];

/// Warns where some tables of a subject name the column that decides, and others do not.
fn by_setting(
    context: &Context<'_, '_>,
    setting: &str,
    operators: &[&str],
    has: impl Fn(&TablePlan) -> bool,
    problems: &mut Vec<Problem>,
) {
    // By key domain of the pseudonyms and of the subject: tables with the setting, and without.
    let mut tables: BTreeMap<(&str, &str), [Vec<&TablePlan>; 2]> = BTreeMap::new();
    for table in context.tables() {
        let Some(subject) = &table.plan.subject else { continue };
        let depends = |mask: &&MaskPlan| operators.contains(&mask.operator.name);
        let masks = table.plan.columns.iter().filter_map(|column| column.mask()).flat_map(MaskPlan::all);
        for mask in masks.filter(depends) {
            let sides = tables.entry((&mask.domain, &subject.domain)).or_default();
            let side = &mut sides[usize::from(!has(table.plan))];
            if !side.iter().any(|known| known.name == table.plan.name) {
                side.push(table.plan);
            }
        }
    }
    for ((_, subject), [with, without]) in tables {
        let (Some(some), false) = (with.first(), without.is_empty()) else { continue };
        let names: Vec<String> = without.iter().map(|table| table.name.to_string()).collect();
        let message = format!(
            "table {} names a {setting} column and {} of the same subject ({subject}) do not: one subject may show two \
             different values of {}; name the {setting} column in all of them or in none",
            some.name,
            names.join(", "),
            operators.join(", ")
        );
        let id = format!("{setting}-mismatch:{}", without[0].name);
        problems.push(Problem::new(Severity::Warning, id, message).in_table(without[0].name.clone()));
    }
}

/// Warns of addresses with names in them in a key domain that other columns share: their equal addresses have other names
/// or none.
fn named_addresses(context: &Context<'_, '_>, problems: &mut Vec<Problem>) {
    let mut members: BTreeMap<&str, Vec<(Column, bool)>> = BTreeMap::new();
    for table in context.tables() {
        for (position, column) in table.plan.columns.iter().enumerate() {
            let at = (table.index, position);
            let Some(mask) = column.mask().filter(|mask| matches!(mask.operator.name, "email" | "username"))
            else {
                continue;
            };
            if !context.is_repeated(at) {
                let named = mask.keyed_by().follows_subject();
                members.entry(&mask.domain).or_default().push((at, named));
            }
        }
    }
    for (domain, columns) in members.into_iter().filter(|(_, columns)| columns.len() > 1) {
        let Some((at, _)) = columns.iter().find(|(_, named)| *named) else { continue };
        let message = format!(
            "addresses have the subject's name in them, and other columns share key domain \"{domain}\": equal addresses \
             of different rows may differ in the name; the tag is the same"
        );
        problems.push(context.problem(Severity::Warning, "named-email", *at, message));
    }
}
