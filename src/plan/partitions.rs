//! A row must stay in its partition: columns of a partition key are kept, or nothing restores.

use super::check::{Context, full_name};
use super::problem::{Problem, Severity};
use crate::mask::Output;

pub(super) fn check(context: &Context<'_, '_>, problems: &mut Vec<Problem>) {
    for parent in context.tables() {
        let Some(by) = &parent.resolved.table.partition_by else { continue };
        let below = || context.tables().filter(|table| table.resolved.ancestors.contains(&parent.index));
        let bounds: Vec<&str> = below()
            .filter_map(|table| Some(table.resolved.table.partition_of.as_ref()?.bound.as_str()))
            .collect();
        for name in &by.columns {
            for table in std::iter::once(parent).chain(below()) {
                let Some((position, _)) = table.resolved.column(name) else { continue };
                let at = (table.index, position);
                let Some(mask) = table.plan.columns[position].mask() else { continue };
                if *mask.output() == Output::Same || (table.index != parent.index && context.is_repeated(at))
                {
                    continue;
                }
                // The bound of the table itself, or those of the parent's partitions.
                let own = table.resolved.table.partition_of.as_ref().map(|of| of.bound.as_str());
                let bound = match (own, bounds.first()) {
                    (Some(own), _) => format!(" ({own})"),
                    (None, Some(first)) if bounds.len() > 1 => format!(" ({first}, ..)"),
                    (None, Some(first)) => format!(" ({first})"),
                    (None, None) => String::new(),
                };
                let message = format!(
                    "column {} decides by {} which partition of {} a row belongs to{bound}, and {} would move rows \
                     out of theirs: keep it",
                    full_name(&table.plan.name, name),
                    by.strategy,
                    parent.plan.name,
                    mask.operator.name
                );
                problems.push(context.problem(Severity::Error, "partition-key", at, message));
            }
        }
    }
}
