//! What depends on the row: operators with a condition, rows that pass in clear, and output that shows other columns.

use super::condition::Condition;
use super::known_domains::KnownDomains;
use super::plan::{KeepRows, MaskPlan, TablePlan, Treatment};
use super::prepare::{Group, GroupName, Masked, Preparation};
use super::problem::{Problem, Severity};
use super::propagate::{Origin, Rows};
use super::resolve::ResolvedTable;
use super::source::At;
use crate::base::did_you_mean;
use crate::mask::Uniqueness;

use std::collections::BTreeMap;

impl<'a> Preparation<'a, '_> {
    /// The operator of a column, and those of the rows that it is not for.
    pub(super) fn mask(
        &self,
        column: &Masked<'a, '_>,
        has_subject: bool,
        known: &KnownDomains,
        groups: &mut BTreeMap<GroupName, Group<'a>>,
        problems: &mut Vec<Problem>,
    ) -> Option<MaskPlan> {
        let shared = column.shared;
        let tied =
            self.relations.referenced.contains(&column.at) || self.relations.referencing.contains(&column.at);
        if tied && shared.is_conditional() {
            let what = "is tied to others by a foreign key, and what is done to it depends on the row: the columns that \
                        join it could not follow";
            problems.push(column.problem("condition", what));
            return None;
        }
        let mut plan = self.mask_rows(column, has_subject, known, groups, problems)?;
        for branch in &shared.branches {
            let own = Masked { shared: branch, ..*column };
            plan.branches.push(self.mask_rows(&own, has_subject, known, groups, problems)?);
        }
        plan.unmatched = shared.unmatched;
        let rule = shared.rule;
        if plan.is_conditional() && plan.keeps_some() && !matches!(column.assigned.origin, Origin::Follows(_))
        {
            let what = "keeps the value of rows that its condition is false for";
            problems.push(Problem {
                severity: Severity::Warning,
                acknowledged: rule.and_then(|rule| rule.reason.clone()),
                ..column.problem("conditional", what)
            });
        }
        let in_key = column.table.table.keys().any(|key| key.contains(&column.definition.name));
        let permuted = plan.all().any(|own| own.prepared.uniqueness == Uniqueness::Proven);
        plan.keeps_rows = !tied && !(in_key && permuted);
        Some(plan)
    }

    /// The condition of the rows that an operator is for.
    pub(super) fn condition(
        &self,
        column: &Masked<'a, '_>,
        problems: &mut Vec<Problem>,
    ) -> Option<Option<Condition>> {
        let table = column.table;
        match column.shared.rows {
            Rows::All => Some(None),
            Rows::When(when) => {
                table.condition(when, problems, |why| column.problem("condition", why)).map(Some)
            }
            Rows::With(name, value) => {
                if table.column(&name.value).is_none() {
                    let known = table.table.columns.iter().map(|column| column.name.as_str());
                    let hint = did_you_mean(&name.value, known);
                    let what = format!("has a domain_by with the unknown column \"{}\"{hint}", name.value);
                    problems.push(column.problem("condition", &what).at(Some(name.at)));
                    return None;
                }
                Some(Some(Condition::column_is(&name.value, value)))
            }
        }
    }

    /// Refuses columns whose output shows in clear what the policy does not keep.
    pub(super) fn exposed(&self, plans: &mut [TablePlan], problems: &mut Vec<Problem>) {
        for (plan, assigned) in plans.iter_mut().zip(self.assigned) {
            for (position, assigned) in assigned.iter().enumerate() {
                let Some(mask) = plan.columns[position].mask() else { continue };
                let is_kept = |name: &String| {
                    plan.column(name).is_some_and(|other| other.is_kept() && !other.generated)
                };
                let shown = mask.all().flat_map(|own| &own.prepared.exposes).find(|name| !is_kept(name));
                let Some(shown) = shown else { continue };
                let (table, column) = (&plan.name, &plan.columns[position].name);
                let message = format!(
                    "column {table}.{column} would show the original values of {shown}, which the policy does not keep: \
                     write {{{shown}|hash:8}} or {{{shown}|first:1}} in the {}, or keep {shown}",
                    mask.operator.name
                );
                let problem = Problem::new(Severity::Error, format!("exposes:{table}.{column}"), message);
                problems.push(problem.at(assigned.place()).in_table(table).in_column(column));
                plan.columns[position].treatment = Treatment::Refused;
            }
        }
    }
}

/// The rows of a table that pass in clear.
pub(super) fn keep_rows(table: &ResolvedTable<'_>, problems: &mut Vec<Problem>) -> Option<KeepRows> {
    let rule = table.setting(|rule| rule.keep_rows.as_ref())?;
    let name = table.name;
    let problem = |severity, what: &str| {
        Problem::new(severity, format!("keep-rows:{name}"), format!("table {name} {what}"))
            .at(Some(rule.when.at))
            .in_table(name)
    };
    let when = table.condition(&rule.when, problems, |why| problem(Severity::Error, why))?;
    problems.push(Problem {
        acknowledged: Some(rule.reason.clone()),
        ..problem(
            Severity::Warning,
            "has rows that pass in clear (keep_rows), except for columns that join tables and permuted keys",
        )
    });
    Some(KeepRows { when, reason: rule.reason.clone() })
}

impl ResolvedTable<'_> {
    /// A condition over the table's columns; generated ones are not in its rows.
    fn condition(
        &self,
        text: &At<String>,
        problems: &mut Vec<Problem>,
        problem: impl Fn(&str) -> Problem,
    ) -> Option<Condition> {
        let columns = self.table.columns.iter().filter(|column| !column.generated);
        let columns = columns.map(|column| (column.name.as_str(), &column.sql_type));
        let compiled = Condition::compile(&text.value, columns);
        compiled
            .map_err(|why| {
                problems
                    .push(problem(&format!("has a condition that does not work: {why}")).at(Some(text.at)))
            })
            .ok()
    }
}
