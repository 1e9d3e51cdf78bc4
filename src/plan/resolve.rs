//! Which rule of the policy speaks about which table and column, and which rules speak about nothing.
//!
//! A table follows its own rule (the closest name, else one glob), then the rules of the tables that it is a partition
//! of or inherits from, nearest first. A rule that matches nothing is an error: a typo is a leak.

use std::collections::{BTreeMap, BTreeSet};

use super::names::{self, Closeness};
use super::policy::{ColumnRule, Policy, TableRule};
use super::problem::{Place, Problem, Severity};
use crate::base::did_you_mean;
use crate::table::{ColumnDef, Schema, Table, TableName};

/// A table with what the policy says of it.
pub(super) struct ResolvedTable<'a> {
    pub(super) name: &'a TableName,
    pub(super) table: &'a Table,
    /// Its own rule first, then those of its ancestors, nearest first.
    pub(super) rules: Vec<&'a TableRule>,
    /// Tables that it is a partition of or inherits from, nearest first, as indexes.
    pub(super) ancestors: Vec<usize>,
    /// `rows = "drop"`.
    pub(super) dropped: bool,
}

/// All tables of a schema.
pub(super) struct Resolved<'a> {
    pub(super) tables: Vec<ResolvedTable<'a>>,
    index: BTreeMap<TableName, usize>,
}

/// What a policy says of one column.
#[derive(Clone, Copy)]
pub(super) enum Claim<'a> {
    /// `keep`.
    Keep { reason: Option<&'a str>, at: Place },
    /// An operator.
    Rule(&'a ColumnRule),
}

impl Claim<'_> {
    pub(super) fn at(&self) -> Place {
        match self {
            Self::Keep { at, .. } => *at,
            Self::Rule(rule) => rule.at,
        }
    }
}

impl<'a> ResolvedTable<'a> {
    /// What the policy says of the column, and the name of the rule that says it.
    pub(super) fn claim(&self, column: &str) -> Option<(Claim<'a>, &'a str)> {
        self.rules.iter().find_map(|rule| Some((claim(rule, column)?, rule.pattern.as_str())))
    }

    /// The first of its rules that `read` finds something in.
    pub(super) fn setting<T>(&self, read: impl Fn(&'a TableRule) -> Option<T>) -> Option<T> {
        self.rules.iter().find_map(|rule| read(rule))
    }

    /// The column and its place in the table.
    pub(super) fn column(&self, name: &str) -> Option<(usize, &'a ColumnDef)> {
        self.table.columns.iter().enumerate().find(|(_, column)| column.name == name)
    }
}

fn claim<'a>(rule: &'a TableRule, column: &str) -> Option<Claim<'a>> {
    if let Some(rule) = rule.columns.get(column) {
        return Some(match rule.operator.as_str() {
            "keep" if rule.when.is_none() => Claim::Keep { reason: rule.reason.as_deref(), at: rule.at },
            _ => Claim::Rule(rule),
        });
    }
    let at = *rule.keep.get(column)?;
    Some(Claim::Keep { reason: rule.keep_reason.as_deref(), at })
}

impl<'a> Resolved<'a> {
    /// Matches a policy's tables with a schema's.
    pub(super) fn new(policy: &'a Policy, schema: &'a Schema, problems: &mut Vec<Problem>) -> Self {
        let mut own: Vec<Option<&'a TableRule>> = vec![None; schema.tables.len()];
        let mut used = BTreeSet::new();
        for (index, name) in schema.tables.keys().enumerate() {
            own[index] = own_rule(policy, name, &mut used, problems);
        }
        let index: BTreeMap<TableName, usize> =
            schema.tables.keys().enumerate().map(|(index, name)| (name.clone(), index)).collect();
        let all: Vec<(&TableName, &Table)> = schema.tables.iter().collect();
        let mut tables = Vec::with_capacity(all.len());
        for (position, (name, table)) in all.iter().enumerate() {
            let ancestors = ancestors(position, &all, &index);
            let rules: Vec<&TableRule> =
                std::iter::once(position).chain(ancestors.iter().copied()).filter_map(|at| own[at]).collect();
            let dropped = rules.iter().find_map(|rule| rule.drop_rows).unwrap_or(false);
            tables.push(ResolvedTable { name, table, rules, ancestors, dropped });
        }
        let resolved = Self { tables, index };
        resolved.unused(policy, &used, problems);
        resolved.unknown_columns(policy, problems);
        resolved
    }

    /// The table of that name, as an index.
    pub(super) fn find(&self, name: &TableName) -> Option<usize> {
        names::find(&self.index, name).map(|(_, index)| *index)
    }

    /// A column with its table's name.
    pub(super) fn definition(&self, (table, column): (usize, usize)) -> (&'a TableName, &'a ColumnDef) {
        let table = &self.tables[table];
        (table.name, &table.table.columns[column])
    }

    /// The columns that `table.column` names: one in each database that has such a table.
    pub(super) fn columns(&self, text: &str) -> Vec<(usize, usize)> {
        let mut found = Vec::new();
        for (dot, _) in text.rmatch_indices('.') {
            let (pattern, column) = (&text[..dot], &text[dot + 1..]);
            if pattern.contains('*') {
                continue;
            }
            for (index, table) in self.tables.iter().enumerate() {
                if names::closeness(pattern, table.name).is_some() {
                    found.extend(table.column(column).map(|(position, _)| (index, position)));
                }
            }
            if !found.is_empty() {
                break;
            }
        }
        found
    }

    fn unused(&self, policy: &Policy, used: &BTreeSet<&str>, problems: &mut Vec<Problem>) {
        let names: Vec<String> = self.tables.iter().map(|table| table.name.to_string()).collect();
        for rule in policy.tables.iter().filter(|rule| !used.contains(rule.pattern.as_str())) {
            let pattern = &rule.pattern;
            let message = if rule.is_glob() {
                format!("no table matches \"{pattern}\"")
            } else {
                // `customer` for `public.customer` is the commonest slip.
                let end = format!(".{pattern}");
                let hint = match names.iter().find(|name| name.ends_with(&end)) {
                    Some(name) => format!("; did you mean \"{name}\"?"),
                    None => did_you_mean(pattern, names.iter().map(String::as_str)),
                };
                format!("there is no table \"{pattern}\"{hint}")
            };
            problems.push(
                Problem::new(Severity::Error, format!("unknown-table:{pattern}"), message)
                    .at(Some(rule.at))
                    .in_table(pattern),
            );
        }
    }

    fn unknown_columns(&self, policy: &Policy, problems: &mut Vec<Problem>) {
        for rule in &policy.tables {
            // A pattern is about all tables that it matches, those with a rule of their own too.
            let about = |table: &&ResolvedTable<'_>| {
                table.rules.iter().any(|other| std::ptr::eq(*other, rule))
                    || (rule.is_glob() && names::closeness(&rule.pattern, table.name).is_some())
            };
            let tables: Vec<&ResolvedTable<'_>> = self.tables.iter().filter(about).collect();
            if tables.is_empty() {
                continue;
            }
            let subject = rule.subject.iter().flatten();
            let special = subject
                .chain(&rule.gender)
                .chain(&rule.country)
                .map(|column| (column.value.as_str(), column.at));
            for (column, at) in rule.named().chain(special) {
                if tables.iter().any(|table| table.column(column).is_some()) {
                    continue;
                }
                let known = tables.iter().flat_map(|table| &table.table.columns);
                let hint = did_you_mean(column, known.map(|column| column.name.as_str()));
                let pattern = &rule.pattern;
                problems.push(
                    Problem::new(
                        Severity::Error,
                        format!("unknown-column:{pattern}.{column}"),
                        format!("there is no column \"{column}\" in \"{pattern}\"{hint}"),
                    )
                    .at(Some(at))
                    .in_table(pattern)
                    .in_column(column),
                );
            }
        }
    }
}

fn own_rule<'a>(
    policy: &'a Policy,
    name: &TableName,
    used: &mut BTreeSet<&'a str>,
    problems: &mut Vec<Problem>,
) -> Option<&'a TableRule> {
    let mut matches: Vec<(Closeness, &TableRule)> = policy
        .tables
        .iter()
        .filter_map(|rule| Some((names::closeness(&rule.pattern, name)?, rule)))
        .collect();
    for (_, rule) in &matches {
        used.insert(&rule.pattern);
    }
    let closest = matches.iter().map(|(closeness, _)| *closeness).max()?;
    matches.retain(|(closeness, _)| *closeness == closest);
    let (_, first) = *matches.first()?;
    if let [_, (_, second), ..] = matches[..] {
        problems.push(
            Problem::new(
                Severity::Error,
                format!("glob:{name}"),
                format!(
                    "\"{}\" and \"{}\" both match table {name}; name the table itself",
                    first.pattern, second.pattern
                ),
            )
            .at(Some(second.at))
            .in_table(name),
        );
    }
    Some(first)
}

/// Tables that a table is a partition of or inherits from, nearest first.
fn ancestors(table: usize, all: &[(&TableName, &Table)], index: &BTreeMap<TableName, usize>) -> Vec<usize> {
    let mut found = Vec::new();
    let mut queue = std::collections::VecDeque::from([table]);
    let mut seen = BTreeSet::from([table]);
    while let Some(next) = queue.pop_front() {
        let (_, table) = all[next];
        let parents = table.partition_of.iter().map(|of| &of.parent).chain(&table.inherits);
        for parent in parents.filter_map(|parent| index.get(parent).copied()) {
            if seen.insert(parent) {
                found.push(parent);
                queue.push_back(parent);
            }
        }
    }
    found
}
