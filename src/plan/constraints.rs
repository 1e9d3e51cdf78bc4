//! CHECKs, domains, enums and indexes over expressions, held against what the operators can put out.
//!
//! What surely holds is silent, what surely breaks is an error, and what only the database can tell must be
//! acknowledged.

use super::check::{Context, Examined, full_name};
use super::expression::{self, Expression};
use super::plan::{ColumnPlan, MaskPlan};
use super::problem::{Problem, Severity};
use super::truth::{self, Facts, Truth};
use super::unique;
use crate::mask::Output;
use crate::table::{Check, SqlType};

pub(super) fn check(context: &Context<'_, '_>, problems: &mut Vec<Problem>) {
    for table in context.tables() {
        let facts: Vec<Facts<'_>> = table
            .plan
            .columns
            .iter()
            .filter_map(|column| Some(facts(&column.name, column, column.mask()?)))
            .collect();
        if facts.is_empty() {
            continue;
        }
        let rows = context.rows(table.index).unwrap_or(unique::ROWS);
        for check in &table.resolved.table.checks {
            let kind = "check-constraint";
            judge(context, &table, check, kind, condition(&check.expression, &facts), problems);
        }
        for index in &table.resolved.table.expressions {
            judge(
                context,
                &table,
                index,
                "index-expression",
                index_truth(&table, index, &facts, rows),
                problems,
            );
        }
        for (position, column) in table.plan.columns.iter().enumerate() {
            if let Some(mask) = column.mask() {
                types(context, (table.index, position), column, mask, problems);
            }
        }
    }
}

fn facts<'p>(name: &'p str, column: &'p ColumnPlan, mask: &'p MaskPlan) -> Facts<'p> {
    let key = mask.row_key.as_ref().map(|key| key.columns.join(","));
    Facts {
        name,
        sql_type: &column.sql_type,
        output: mask.output(),
        max_width: mask.max_width(),
        on_invalid: mask.on_invalid,
        has_sentinels: !mask.sentinels.is_empty(),
        shift: format!("{} {} {}", mask.domain, mask.prepared.spec, key.unwrap_or_default()),
    }
}

fn condition(text: &str, facts: &[Facts<'_>]) -> Truth {
    expression::parse(text).map_or(Truth::Unknown, |condition| truth::evaluate(&condition, facts))
}

/// An index stays unique if its columns stay apart, what it makes of others is as it was, and the same rows meet its
/// condition.
fn index_truth(table: &Examined<'_, '_>, index: &Check, facts: &[Facts<'_>], rows: u64) -> Truth {
    let Some((elements, condition)) = expression::index(&index.expression) else {
        return Truth::Unknown;
    };
    let apart = |column: &ColumnPlan| match column.mask() {
        None => column.is_kept(),
        Some(mask) => {
            *mask.output() == Output::Null || unique::is_acceptable(unique::column_verdict(mask, rows))
        }
    };
    let all_apart = elements.iter().all(|element| match element {
        Expression::Name(name) => table.plan.column(name).is_some_and(apart),
        element => !truth::is_masked(element, facts),
    });
    let same_rows = condition.is_none_or(|condition| truth::evaluate(&condition, facts) == Truth::Same);
    if all_apart && same_rows { Truth::Same } else { Truth::Unknown }
}

fn judge(
    context: &Context<'_, '_>,
    table: &Examined<'_, '_>,
    check: &Check,
    kind: &str,
    truth: Truth,
    problems: &mut Vec<Problem>,
) {
    let masked = |name: &&String| table.plan.column(name).is_some_and(|column| column.mask().is_some());
    let Some(column) = check.columns.iter().find(masked) else { return };
    let same = |name: &String| {
        let mask = table.plan.column(name).and_then(ColumnPlan::mask);
        mask.is_none_or(|mask| *mask.output() == Output::Same)
    };
    if truth.is_met() || check.columns.iter().all(same) {
        return;
    }
    // A partition repeats the constraints of its parent.
    let repeated = table.resolved.ancestors.iter().any(|ancestor| {
        let above = &context.resolved.tables[*ancestor].table;
        let list = if kind == "check-constraint" { &above.checks } else { &above.expressions };
        list.iter().any(|other| other.expression == check.expression)
    });
    if repeated {
        return;
    }
    let (name, full) = (&table.plan.name, check.name.clone().unwrap_or_else(|| check.columns.join(",")));
    let (severity, verdict) = match truth {
        Truth::False => (Severity::Error, "does not hold after masking"),
        _ => (Severity::Review, "may not hold after masking; try a restore, then acknowledge this"),
    };
    let what = if kind == "check-constraint" { "CHECK" } else { "index or exclusion constraint" };
    let message =
        format!("{what} {full} of table {name}, which limits the masked column {column}, {verdict}");
    let place = table.resolved.column(column).and_then(|(at, _)| context.place((table.index, at)));
    let problem = Problem::new(severity, format!("{kind}:{name}.{full}"), message);
    problems.push(problem.at(place).in_table(name).in_column(column));
}

/// Limits that come with the column's type.
fn types(
    context: &Context<'_, '_>,
    at: (usize, usize),
    column: &ColumnPlan,
    mask: &MaskPlan,
    problems: &mut Vec<Problem>,
) {
    if context.is_repeated(at) {
        return;
    }
    let name = full_name(&context.plans[at.0].name, &column.name);
    if let (Some(width), Some(most)) = (column.sql_type.width(), mask.max_width())
        && most > width
    {
        let operator = mask.operator.name;
        let message = format!("column {name} holds {width} characters, and {operator} may put out {most}");
        problems.push(context.problem(Severity::Error, "width", at, message));
    }
    let mut sql_type = &column.sql_type;
    while let SqlType::Domain(domain, inner) = sql_type {
        if let Some(definition) = context.schema.domains.get(domain) {
            let facts = [facts("value", column, mask)];
            for check in &definition.checks {
                let truth = condition(check, &facts);
                let (severity, verdict) = match truth {
                    truth if truth.is_met() || *mask.output() == Output::Same => continue,
                    Truth::False => (Severity::Error, "does not hold after masking"),
                    _ => {
                        (Severity::Review, "may not hold after masking; try a restore, then acknowledge this")
                    }
                };
                let message = format!("the CHECK of domain {domain}, the type of column {name}, {verdict}");
                problems.push(context.problem(severity, "domain-constraint", at, message));
                break;
            }
        }
        sql_type = inner;
    }
    if let SqlType::Enum(labels) = column.sql_type.base() {
        let values = match mask.output() {
            Output::Constant(value) => std::slice::from_ref(value),
            Output::OneOf(values) => values,
            _ => &[],
        };
        let known = context.schema.enums.get(labels);
        if known.is_some_and(|known| values.iter().any(|value| !known.contains(value))) {
            let message =
                format!("what {} writes into column {name} is no label of enum {labels}", mask.operator.name);
            problems.push(context.problem(Severity::Error, "enum", at, message));
        }
    }
}
