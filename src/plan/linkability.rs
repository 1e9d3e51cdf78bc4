//! Kept ids and times link a masked row to its original without any key: a warning for each table about people.

use super::check::Context;
use super::problem::{Problem, Severity};
use super::statistics::Distinct;
use crate::table::SqlType;

pub(super) fn check(context: &Context<'_, '_>, problems: &mut Vec<Problem>) {
    for table in context.tables() {
        if table.plan.subject.is_none() || table.resolved.table.partition_of.is_some() {
            continue;
        }
        let name = &table.plan.name;
        let mut linking = Vec::new();
        for column in table.plan.columns.iter().filter(|column| column.is_kept() && !column.generated) {
            let alone = table.resolved.table.keys().any(|key| key == std::slice::from_ref(&column.name));
            let many =
                context.lock.and_then(|lock| lock.distinct(name, &column.name)) == Some(Distinct::More);
            let why = if alone {
                "unique"
            } else if matches!(column.sql_type.base(), SqlType::Timestamp { .. }) {
                "exact times"
            } else if many {
                "many different values"
            } else {
                continue;
            };
            linking.push(format!("{} ({why})", column.name));
        }
        if !linking.is_empty() {
            let message = format!(
                "rows of {name} can be linked to production by what is kept: {}; mask these, or acknowledge it",
                linking.join(", ")
            );
            let place = context.resolved.tables[table.index].rules.first().map(|rule| rule.at);
            problems.push(
                Problem::new(Severity::Warning, format!("linkable:{name}"), message).at(place).in_table(name),
            );
        }
    }
}
