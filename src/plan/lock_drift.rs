//! What has changed between a lock and an input: the gate against columns that appear overnight.
//!
//! What could let a value pass unmasked or break a key (tables, columns, types, nullability, keys) is an error; what
//! could only make a constraint fail at restore is a review.

use std::collections::BTreeSet;

use super::lock::Lock;
use super::problem::{Problem, Severity};
use super::{names, sql_type_text};
use crate::table::{Check, ForeignKey, Schema, Table, TableName};

/// What every message ends with.
const ADVICE: &str = "; if that is right, `scrub check --write` updates the lock";

pub(super) fn check(lock: &Lock, schema: &Schema) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut seen = BTreeSet::new();
    for (name, table) in &schema.tables {
        match names::find(&lock.schema.tables, name) {
            Some((locked_name, locked)) => {
                seen.insert(locked_name);
                let mut drift = Drift { name, problems: &mut problems };
                if schema.part {
                    drift.names(locked, table);
                } else {
                    drift.table(locked, table);
                }
            }
            None => problems.push(
                Problem::new(
                    Severity::Error,
                    format!("drift:{name}"),
                    format!("table {name} is new: the lock does not have it{ADVICE}"),
                )
                .in_table(name),
            ),
        }
    }
    types(lock, schema, &mut problems);
    let absent: Vec<String> =
        lock.schema.tables.keys().filter(|name| !seen.contains(name)).map(ToString::to_string).collect();
    if !absent.is_empty() && !schema.tables.is_empty() {
        let some = absent.iter().take(5).cloned().collect::<Vec<_>>().join(", ");
        let more = if absent.len() > 5 { ", .." } else { "" };
        let message = format!("{} tables of the lock are not in this input: {some}{more}", absent.len());
        problems.push(Problem::new(Severity::Info, "absent", message));
    }
    problems
}

struct Drift<'a> {
    name: &'a TableName,
    problems: &'a mut Vec<Problem>,
}

impl Drift<'_> {
    fn add(&mut self, severity: Severity, object: &str, message: &str) {
        let id = format!("drift:{}{object}", self.name);
        self.problems.push(Problem::new(severity, id, format!("{message}{ADVICE}")).in_table(self.name));
    }

    fn column(&mut self, severity: Severity, column: &str, change: &str) {
        let id = format!("drift:{}.{column}", self.name);
        let message = format!("column {}.{column} {change}{ADVICE}", self.name);
        self.problems.push(Problem::new(severity, id, message).in_table(self.name).in_column(column));
    }

    fn table(&mut self, locked: &Table, table: &Table) {
        self.columns(locked, table);
        self.keys(locked, table);
        let name = self.name;
        for (what, kind, before, after) in [
            ("CHECK", "check", &locked.checks, &table.checks),
            ("index or exclusion constraint", "expression", &locked.expressions, &table.expressions),
        ] {
            let expressions = |checks: &[Check]| -> BTreeSet<String> {
                checks.iter().map(|check| check.expression.clone()).collect()
            };
            if expressions(before) != expressions(after) {
                self.add(Severity::Review, &format!(":{kind}"), &format!("a {what} of table {name} changed"));
            }
        }
        if locked.partition_by != table.partition_by {
            self.add(Severity::Error, ":partition_by", &format!("the partition key of table {name} changed"));
        }
        let parents = |table: &Table| {
            let partition = table.partition_of.iter().map(|of| of.parent.clone());
            partition.chain(table.inherits.iter().cloned()).collect::<BTreeSet<_>>()
        };
        if parents(locked) != parents(table) {
            self.add(Severity::Error, ":parent", &format!("the parents of table {name} changed"));
        } else if locked.partition_of != table.partition_of {
            self.add(Severity::Review, ":bound", &format!("the partition bound of table {name} changed"));
        }
    }

    /// A file has names, and no types or keys that mean anything; columns that it leaves out are its own affair. What lies
    /// below a column is part of it.
    fn names(&mut self, locked: &Table, table: &Table) {
        for column in &table.columns {
            let above = column.name.match_indices(['.', '[']).map(|(at, _)| &column.name[..at]);
            if !above.chain([column.name.as_str()]).any(|path| locked.column(path).is_some()) {
                self.column(Severity::Error, &column.name, "is new: the lock does not have it");
            }
        }
    }

    fn columns(&mut self, locked: &Table, table: &Table) {
        for column in &table.columns {
            let Some(before) = locked.column(&column.name) else {
                self.column(Severity::Error, &column.name, "is new: the lock does not have it");
                continue;
            };
            let (was, is) = (sql_type_text::write(&before.sql_type), sql_type_text::write(&column.sql_type));
            if was != is {
                self.column(Severity::Error, &column.name, &format!("was {was} and is {is}"));
            } else if before.not_null != column.not_null {
                let now = if column.not_null { "is now NOT NULL" } else { "is no longer NOT NULL" };
                self.column(Severity::Error, &column.name, now);
            } else if before.generated != column.generated {
                let now = if column.generated { "is now generated" } else { "is no longer generated" };
                self.column(Severity::Error, &column.name, now);
            } else if before.collation != column.collation || before.identity != column.identity {
                self.column(Severity::Review, &column.name, "has another collation or identity");
            }
        }
        for gone in locked.columns.iter().filter(|column| table.column(&column.name).is_none()) {
            self.column(Severity::Error, &gone.name, "is gone");
        }
    }

    fn keys(&mut self, locked: &Table, table: &Table) {
        let name = self.name;
        let keys = |table: &Table| -> BTreeSet<Vec<String>> {
            table
                .keys()
                .map(|key| key.iter().cloned().collect::<BTreeSet<_>>().into_iter().collect())
                .collect()
        };
        let (before, after) = (keys(locked), keys(table));
        for key in after.difference(&before) {
            let columns = key.join(",");
            self.add(
                Severity::Error,
                &format!("({columns})"),
                &format!("table {name} has a new key ({columns})"),
            );
        }
        for key in before.difference(&after) {
            let columns = key.join(",");
            self.add(
                Severity::Review,
                &format!("({columns})"),
                &format!("key ({columns}) of table {name} is gone"),
            );
        }
        let same = |a: &ForeignKey, b: &ForeignKey| {
            a.columns == b.columns
                && a.to_columns == b.to_columns
                && a.to.schema == b.to.schema
                && a.to.table == b.to.table
        };
        for key in &table.foreign_keys {
            if !locked.foreign_keys.iter().any(|before| same(before, key)) {
                let columns = key.columns.join(",");
                let message = format!("table {name} has a new foreign key ({columns}) to {}", key.to);
                self.add(Severity::Error, &format!("({columns})->{}", key.to), &message);
            }
        }
        for key in &locked.foreign_keys {
            if !table.foreign_keys.iter().any(|after| same(key, after)) {
                let columns = key.columns.join(",");
                let message = format!("foreign key ({columns}) of table {name} to {} is gone", key.to);
                self.add(Severity::Review, &format!("({columns})->{}", key.to), &message);
            }
        }
    }
}

fn types(lock: &Lock, schema: &Schema, problems: &mut Vec<Problem>) {
    let mut changed = |name: &str| {
        let message = format!("type {name} changed{ADVICE}");
        problems.push(Problem::new(Severity::Review, format!("drift:type {name}"), message));
    };
    for (name, labels) in &schema.enums {
        if lock.schema.enums.get(name).is_some_and(|before| before != labels) {
            changed(name);
        }
    }
    for (name, domain) in &schema.domains {
        if lock.schema.domains.get(name).is_some_and(|before| before != domain) {
            changed(name);
        }
    }
}
