//! Keys stay keys: a verdict for every PRIMARY KEY and UNIQUE, and a refusal where it is not good enough.
//!
//! A key is as unique as its weakest column. For n rows and b bits two keys meet with probability of at most
//! n²/2^(b+1), n being the lock's row ceiling.

use super::check::{Context, Examined, full_name};
use super::plan::{ColumnPlan, KeyPlan, MaskPlan, TablePlan, Treatment, Verdict};
use super::problem::{Problem, Severity};
use super::relations::Column;
use crate::mask::{KeyedBy, OnInvalid, Output, Uniqueness};
use crate::table::SqlType;

/// Rows of a table that nobody counted.
pub(super) const ROWS: u64 = 100_000_000;
/// 2^-20: the highest probability of two keys becoming one that a plan may have.
const ACCEPTABLE: f64 = 1.0 / 1_048_576.0;

/// All keys with their verdicts, and the verdicts of the columns in them.
pub(super) fn check(
    context: &Context<'_, '_>,
    problems: &mut Vec<Problem>,
) -> (Vec<KeyPlan>, Vec<(Column, Verdict)>) {
    let mut keys = Vec::new();
    let mut columns = Vec::new();
    for table in context.tables() {
        let rows = context.rows(table.index).unwrap_or(ROWS);
        let mut in_keys = std::collections::BTreeSet::new();
        for (position, key) in table.resolved.table.keys().enumerate() {
            in_keys.extend(key.iter().filter_map(|name| table.resolved.column(name)).map(|(at, _)| at));
            let Some(verdict) = verdict(&table, key, rows) else { continue };
            let primary = position == 0 && table.resolved.table.primary_key.is_some();
            let repeated =
                table.resolved.ancestors.iter().any(|ancestor| {
                    context.resolved.tables[*ancestor].table.keys().any(|above| above == key)
                });
            if !repeated {
                refuse(context, &table, key, verdict, problems);
            }
            keys.push(KeyPlan { table: table.plan.name.clone(), columns: key.to_vec(), primary, verdict });
        }
        for (position, column) in table.plan.columns.iter().enumerate() {
            let at = (table.index, position);
            let Some(mask) = column.mask() else { continue };
            let asked = asks_for_unique(context, at);
            let tied =
                context.relations.referenced.contains(&at) || context.relations.referencing.contains(&at);
            if in_keys.contains(&position) || tied || asked {
                let verdict = column_verdict(mask, rows);
                columns.push((at, verdict));
                if asked
                    && !in_keys.contains(&position)
                    && !is_acceptable(verdict)
                    && !context.is_repeated(at)
                {
                    let message = format!(
                        "column {} is asked to stay unique and is {verdict} after masking{}",
                        full_name(&table.plan.name, &column.name),
                        advice(column)
                    );
                    problems.push(context.problem(Severity::Error, "unique", at, message));
                }
            }
            let moves = |key: &[String]| moves_within(mask, key, table.plan, rows);
            let in_key = table.resolved.table.keys().any(|key| key.contains(&column.name) && !moves(key));
            follows_subject(context, &table, at, in_key, tied, problems);
        }
    }
    (keys, columns)
}

/// Names follow the row's subject, so equal values of different rows become different ones: no good in a key without
/// a tag of the value, and never for a join.
fn follows_subject(
    context: &Context<'_, '_>,
    table: &Examined<'_, '_>,
    at: Column,
    in_key: bool,
    tied: bool,
    problems: &mut Vec<Problem>,
) {
    let column = context.column(at);
    let Some(mask) = column.mask().filter(|mask| mask.keyed_by().follows_subject()) else { return };
    let follows = mask.row_key.is_some() || table.plan.subject.is_some();
    let unique = asks_for_unique(context, at) || mask.keyed_by() == KeyedBy::SubjectAndValue;
    let refused = (tied && (follows || !unique)) || (in_key && !unique);
    if refused && !context.is_repeated(at) {
        let (what, instead) = if tied {
            ("joins other tables", "an operator that follows the value (email, keyed_hash, permute, uuid)")
        } else {
            (
                "is part of a key",
                "unique = true, or an operator that follows the value (email, keyed_hash, permute, uuid)",
            )
        };
        let message = format!(
            "column {} {what}, and {} follows the row's subject: use {instead}",
            full_name(&table.plan.name, &column.name),
            mask.operator.name
        );
        problems.push(context.problem(Severity::Error, "subject-key", at, message));
    }
}

fn asks_for_unique(context: &Context<'_, '_>, at: Column) -> bool {
    context.rule(at).is_some_and(|rule| rule.unique)
}

/// None where a column of the key could not be planned, which was reported.
fn verdict(table: &Examined<'_, '_>, key: &[String], rows: u64) -> Option<Verdict> {
    let columns: Vec<&ColumnPlan> = key.iter().filter_map(|name| table.plan.column(name)).collect();
    if columns.len() != key.len() || columns.iter().any(|column| column.is_refused()) {
        return None;
    }
    // A UNIQUE holds any number of rows with a NULL.
    if columns.iter().filter_map(|column| column.mask()).any(|mask| *mask.output() == Output::Null) {
        return Some(Verdict::Proven);
    }
    let proven =
        |column: &ColumnPlan| column.mask().is_none_or(|mask| column_verdict(mask, rows) == Verdict::Proven);
    let proven_part = table.resolved.table.keys().any(|other| {
        other.len() < key.len()
            && other.iter().all(|name| key.contains(name))
            && other.iter().all(|name| table.plan.column(name).is_some_and(|c| !c.is_refused() && proven(c)))
    });
    if proven_part {
        return Some(Verdict::Proven);
    }
    let verdicts = columns.iter().filter_map(|column| column.mask()).map(|mask| {
        if moves_within(mask, key, table.plan, rows) {
            Verdict::Proven
        } else if is_decided_by(mask, key, table.plan) {
            weakest(mask, rows)
        } else {
            column_verdict(mask, rows)
        }
    });
    Some(verdicts.fold(Verdict::Proven, weaker))
}

/// Whether the column moves by a number of days that other columns of the key decide: rows that agree in those keep
/// their dates apart, and others differ in those. Only numbers and UUIDs have one spelling, so that equal ones get the
/// same number of days.
fn moves_within(mask: &MaskPlan, key: &[String], table: &TablePlan, rows: u64) -> bool {
    let Some(row_key) = &mask.row_key else { return false };
    let decides = |name: &String| {
        let column = table.column(name).filter(|_| key.contains(name));
        column.is_some_and(|column| {
            let spelt_once = matches!(
                column.sql_type.base(),
                SqlType::Integer { .. } | SqlType::Unsigned { .. } | SqlType::Uuid
            );
            let apart = |mask: &MaskPlan| column_verdict(mask, rows) == Verdict::Proven;
            spelt_once && (column.is_kept() || column.mask().is_some_and(apart))
        })
    };
    matches!(mask.output(), Output::Earlier(_))
        && mask.branches.is_empty()
        && !mask.keeps_some()
        && mask.sentinels.is_empty()
        && mask.on_invalid == OnInvalid::Error
        && row_key.columns.iter().all(decides)
}

/// Whether a masked column keeps different values different.
pub(super) fn column_verdict(mask: &MaskPlan, rows: u64) -> Verdict {
    let verdict = weakest(mask, rows);
    // Two permutations, or one beside kept values, draw on the same numbers; tags do not.
    let alone = mask.branches.is_empty() && !mask.keeps_some();
    let tags = mask.all().all(|own| matches!(operator_verdict(own, rows), Verdict::Bounded { .. }));
    if alone || tags { verdict } else { Verdict::NotUnique }
}

/// The verdict of the weakest of its operators.
fn weakest(mask: &MaskPlan, rows: u64) -> Verdict {
    mask.all().map(|own| operator_verdict(own, rows)).fold(Verdict::Proven, weaker)
}

/// Whether the operator of a row is decided by kept columns of the key alone: then rows that differ in the operator
/// differ in these columns too.
fn is_decided_by(mask: &MaskPlan, key: &[String], table: &TablePlan) -> bool {
    let kept = |name: &String| key.contains(name) && table.column(name).is_some_and(ColumnPlan::is_kept);
    mask.is_conditional()
        && !mask.keeps_some()
        && mask.all().filter_map(|own| own.when.as_ref()).all(|when| when.columns().iter().all(kept))
}

fn operator_verdict(mask: &MaskPlan, rows: u64) -> Verdict {
    match mask.prepared.uniqueness {
        Uniqueness::Proven => Verdict::Proven,
        Uniqueness::Bounded { bits } => {
            let n = rows as f64;
            Verdict::Bounded { probability: (n * n / (bits + 1.0).exp2()).min(1.0), rows }
        }
        Uniqueness::No => Verdict::NotUnique,
    }
}

fn weaker(a: Verdict, b: Verdict) -> Verdict {
    match (a, b) {
        (Verdict::NotUnique, _) | (_, Verdict::NotUnique) => Verdict::NotUnique,
        (Verdict::Proven, other) | (other, Verdict::Proven) => other,
        (Verdict::Bounded { probability: p, .. }, Verdict::Bounded { probability: q, .. }) => {
            if p > q {
                a
            } else {
                b
            }
        }
    }
}

/// Whether a plan may have it.
pub(super) fn is_acceptable(verdict: Verdict) -> bool {
    match verdict {
        Verdict::Proven => true,
        Verdict::Bounded { probability, .. } => probability <= ACCEPTABLE,
        Verdict::NotUnique => false,
    }
}

fn refuse(
    context: &Context<'_, '_>,
    table: &Examined<'_, '_>,
    key: &[String],
    verdict: Verdict,
    problems: &mut Vec<Problem>,
) {
    if is_acceptable(verdict) {
        return;
    }
    let name = &table.plan.name;
    let weak = key.iter().filter_map(|column| table.resolved.column(column)).find(|(at, _)| {
        let rows = context.rows(table.index).unwrap_or(ROWS);
        let mask = table.plan.columns[*at].mask();
        mask.is_some_and(|mask| {
            !is_acceptable(column_verdict(mask, rows)) && !moves_within(mask, key, table.plan, rows)
        })
    });
    let Some((at, _)) = weak else { return };
    let column = &table.plan.columns[at];
    let operator = column.mask().map_or("", |mask| mask.operator.name);
    let columns = key.join(", ");
    let counted = match (context.lock, context.rows(table.index)) {
        (_, Some(_)) => "",
        (None, None) => "; without a lock, 10^8 rows are assumed",
        (Some(_), None) => "; the lock has no row count, so 10^8 rows are assumed",
    };
    let message = format!(
        "key ({columns}) of table {name} is {verdict} after masking, because of {} with {operator}{}{counted}",
        column.name,
        advice(column)
    );
    let problem = Problem::new(Severity::Error, format!("unique:{name}({})", key.join(",")), message);
    problems.push(problem.at(context.place((table.index, at))).in_table(name).in_column(&column.name));
}

fn advice(column: &ColumnPlan) -> String {
    let Treatment::Mask(mask) = &column.treatment else { return String::new() };
    let has = |name: &str| mask.operator.parameters.iter().any(|parameter| parameter.name == name);
    match mask.prepared.uniqueness {
        Uniqueness::Bounded { .. } if has("bits") => {
            format!("; set more bits in [domains.\"{}\"], as far as the width allows", mask.domain)
        }
        Uniqueness::No if has("unique") => "; add unique = true, which appends a tag".into(),
        _ if mask.on_invalid == OnInvalid::Redact => "; use on_invalid = \"tag\" or \"error\"".into(),
        _ => "; use an operator that keeps values apart (email, keyed_hash, permute, uuid)".into(),
    }
}
