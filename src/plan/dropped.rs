//! `rows = "drop"`: what references dropped rows must become NULL, or the restored foreign key fails.

use super::check::Context;
use super::problem::{Problem, Severity};
use crate::mask::Output;

pub(super) fn check(context: &Context<'_, '_>, problems: &mut Vec<Problem>) {
    for reference in &context.relations.references {
        let (Some(first), Some(to)) = (reference.from.first(), reference.to.first()) else { continue };
        let (table, target) = (&context.plans[first.0], &context.plans[to.0]);
        if table.drop_rows || !target.drop_rows {
            continue;
        }
        // One NULL is enough: the foreign key then references nothing. A refused column has its own error.
        let settled = reference.from.iter().any(|at| {
            let column = context.column(*at);
            column.is_refused() || column.mask().is_some_and(|mask| *mask.output() == Output::Null)
        });
        let names = |list: &[super::relations::Column]| {
            list.iter().map(|at| context.column(*at).name.clone()).collect::<Vec<_>>()
        };
        let (from, to) = (names(&reference.from), names(&reference.to));
        if settled || context.is_repeated(*first) {
            continue;
        }
        let message = format!(
            "table {} is dropped, and {}({}) references it: add [[relation]] with from = \"{}.{}\", to = \"{}.{}\" and \
             on_dropped = \"null\"",
            target.name,
            table.name,
            from.join(", "),
            table.name,
            from[0],
            target.name,
            to[0]
        );
        problems.push(
            Problem::new(Severity::Error, format!("dropped:{}.{}", table.name, from[0]), message)
                .in_table(&table.name)
                .in_column(&from[0]),
        );
    }
}
