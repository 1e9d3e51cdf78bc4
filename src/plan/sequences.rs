//! Sequences that feed permuted columns: where a band of values is the column type's last, the next insert may fail.

use std::collections::BTreeSet;

use super::check::{Context, full_name};
use super::problem::{Problem, Severity};
use crate::mask::Output;
use crate::table::SqlType;

pub(super) fn check(context: &Context<'_, '_>, problems: &mut Vec<Problem>) {
    let mut fed: BTreeSet<(usize, usize)> = BTreeSet::new();
    for owner in context.schema.sequences.values() {
        let Some(table) = context.resolved.find(&owner.table) else { continue };
        fed.extend(context.resolved.tables[table].column(&owner.column).map(|(at, _)| (table, at)));
    }
    for table in context.tables() {
        let columns = table.resolved.table.columns.iter().enumerate();
        fed.extend(columns.filter(|(_, column)| column.identity).map(|(at, _)| (table.index, at)));
    }
    for at in fed {
        if context.plans[at.0].drop_rows || context.is_repeated(at) {
            continue;
        }
        let column = context.column(at);
        let Some(mask) = column.mask() else { continue };
        let last = match (mask.output(), column.sql_type.base()) {
            (Output::Band, SqlType::Integer { bits: 8 }) => "1 to 127".to_owned(),
            (Output::Band, SqlType::Integer { bits: 16 }) => "128 to 32767".to_owned(),
            (Output::Band, SqlType::Integer { bits: 24 }) => "2^15 to 2^23-1".to_owned(),
            (Output::Band, SqlType::Integer { bits: 32 }) => "2^30 to 2^31-1".to_owned(),
            (Output::Band, SqlType::Unsigned { bits: 8 }) => "128 to 255".to_owned(),
            (Output::Band, SqlType::Unsigned { bits: bits @ (16 | 24 | 32) }) => {
                format!("2^{} to 2^{bits}-1", bits - 1)
            }
            (Output::Range(low, high), _) => format!("{low} to {high}"),
            _ => continue,
        };
        let message = format!(
            "a sequence feeds {}, whose values are permuted: the sequence is set to the top of its value's band, and if \
             that value is in {last}, no next value is left",
            full_name(&context.plans[at.0].name, &column.name)
        );
        problems.push(context.problem(Severity::Info, "sequence", at, message));
    }
}
