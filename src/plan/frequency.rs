//! Equal in, equal out, so how often a value occurs comes out too: a histogram of few values gives them away.
//!
//! A column that repeats at most a thousand values and maps each to one pseudonym is refused, unless the policy says
//! why that is acceptable. Keys and the columns that join them are exempt: they must map that way.

use super::check::{Context, full_name};
use super::problem::{Problem, Severity};
use super::statistics::Distinct;
use crate::mask::{Class, KeyedBy, OperatorInfo};

/// A column with so few values can be read off its histogram.
const FEW: u32 = 1000;

pub(super) fn check(context: &Context<'_, '_>, problems: &mut Vec<Problem>) {
    let mut unknown = Vec::new();
    for table in context.tables() {
        let rows = context.rows(table.index);
        for (position, column) in table.plan.columns.iter().enumerate() {
            let at = (table.index, position);
            let Some(mask) = column.mask() else { continue };
            let about_rows = table.plan.subject.is_some() || mask.row_key.is_some();
            let gives_away = |operator: &OperatorInfo, keyed_by: KeyedBy| {
                let by_value = match keyed_by {
                    KeyedBy::Nothing | KeyedBy::Parts => false,
                    KeyedBy::Value | KeyedBy::SubjectAndValue => true,
                    KeyedBy::Subject => !about_rows,
                };
                by_value && matches!(operator.class, Class::Pseudonymize | Class::Synthesize)
            };
            let own = mask.prepared.keyed_by.unwrap_or(mask.operator.keyed_by);
            let by_value = gives_away(mask.operator, own)
                || mask.prepared.parts.iter().any(|part| gives_away(part.operator, part.keyed_by));
            let in_key = table.resolved.table.keys().any(|key| key.contains(&column.name));
            let tied =
                context.relations.referenced.contains(&at) || context.relations.referencing.contains(&at);
            let accepted = context.rule(at).is_some_and(|rule| rule.accept_frequency_leak.is_some());
            if !by_value || in_key || tied || accepted || context.is_repeated(at) {
                continue;
            }
            let name = full_name(&table.plan.name, &column.name);
            match context.lock.and_then(|lock| lock.distinct(&table.plan.name, &column.name)) {
                // As many values as rows, by order of magnitude: none stands out.
                Some(Distinct::UpTo(values))
                    if values <= FEW && rows.is_none_or(|rows| u64::from(values) < rows) =>
                {
                    let message = format!(
                        "column {name} has at most {values} different values, and {} gives each its own pseudonym: how \
                         often each occurs gives it away; use redact, constant or an operator that follows the subject, \
                         keep it, or say accept_frequency_leak = \"why\"",
                        mask.operator.name
                    );
                    problems.push(context.problem(Severity::Error, "frequency", at, message));
                }
                Some(_) => {}
                None => unknown.push(name),
            }
        }
    }
    if !unknown.is_empty() {
        let some = unknown.iter().take(5).cloned().collect::<Vec<_>>().join(", ");
        let more = if unknown.len() > 5 { ", .." } else { "" };
        let message = format!(
            "how many different values they have is not known, so it could not be checked whether a histogram gives \
             them away: {some}{more} (a lock made from a whole dump knows)"
        );
        problems.push(Problem::new(Severity::Info, "frequency-unknown", message));
    }
}
