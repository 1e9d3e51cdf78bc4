//! The edges that values travel along: declared foreign keys, the policy's `[[relation]]`s, and partitions.
//!
//! An edge leads from a referencing column to the one it references. A partition's column leans on its parent's in the
//! same way, but softly: it follows where nothing else is said. Where every partition of a table references another,
//! `pg_dump` may say so of the partitions alone, so their foreign keys count for the parent too.

use std::collections::BTreeSet;

use super::policy::Policy;
use super::problem::{Place, Problem, Severity};
use super::resolve::Resolved;
use crate::base::did_you_mean;
use crate::table::{self, ForeignKeyGraph, Schema};

/// A column: index of its table, index in the table.
pub(super) type Column = (usize, usize);

/// An edge from a column to the one that it follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Edge {
    pub(super) from: Column,
    pub(super) to: Column,
    /// Whether equal values must stay equal; else the column merely follows.
    pub(super) hard: bool,
}

/// A foreign key, declared or by the policy.
pub(super) struct Reference {
    pub(super) from: Vec<Column>,
    pub(super) to: Vec<Column>,
    /// The policy's line that says what happens when the referenced rows are dropped.
    pub(super) null_on_dropped: Option<Place>,
}

/// Everything that ties columns together.
pub(super) struct Relations {
    pub(super) references: Vec<Reference>,
    pub(super) edges: Vec<Edge>,
    /// Which columns hold the same values, for the names of their key domains.
    pub(super) graph: ForeignKeyGraph,
    /// Columns that some other column references.
    pub(super) referenced: BTreeSet<Column>,
    /// Columns that reference another.
    pub(super) referencing: BTreeSet<Column>,
}

impl Relations {
    pub(super) fn new(
        policy: &Policy,
        schema: &Schema,
        resolved: &Resolved<'_>,
        problems: &mut Vec<Problem>,
    ) -> Self {
        let mut references = declared(resolved);
        let declared = references.len();
        add_policy(policy, resolved, &mut references, problems);
        let names = |columns: &[Column]| {
            columns.iter().map(|at| resolved.definition(*at).1.name.clone()).collect::<Vec<_>>()
        };
        let owner = |columns: &[Column]| columns.first().map(|at| resolved.tables[at.0].name.clone());
        let added = references[declared..].iter().filter_map(|added| {
            let (from, to) = (owner(&added.from)?, owner(&added.to)?);
            Some(table::Edge::new(from, names(&added.from), to, names(&added.to)))
        });
        let graph = ForeignKeyGraph::with_relations(schema, added);
        let mut edges = Vec::new();
        for reference in &references {
            for (from, to) in reference.from.iter().zip(&reference.to) {
                edges.push(Edge { from: *from, to: *to, hard: true });
            }
        }
        lift(resolved, &mut edges);
        let hard = || edges.iter().filter(|edge| edge.from != edge.to);
        let targets: BTreeSet<Column> = hard().map(|edge| edge.to).collect();
        let referencing = hard().map(|edge| edge.from).collect();
        follow_parents(resolved, &targets, &mut edges);
        let dropped = |column: Column| resolved.tables[column.0].dropped;
        edges.retain(|edge| edge.from != edge.to && !dropped(edge.from) && !dropped(edge.to));
        edges.sort_unstable();
        edges.dedup();
        Self { references, edges, graph, referenced: targets, referencing }
    }
}

fn declared(resolved: &Resolved<'_>) -> Vec<Reference> {
    let mut references = Vec::new();
    for (index, table) in resolved.tables.iter().enumerate() {
        for key in &table.table.foreign_keys {
            let to_name =
                key.to.clone().in_database(key.to.database.as_deref().or(table.name.database.as_deref()));
            let Some(target) = resolved.find(&to_name) else { continue };
            let to_table = &resolved.tables[target];
            let primary = to_table.table.primary_key.as_deref().unwrap_or_default();
            let to_columns = if key.to_columns.is_empty() { primary } else { &key.to_columns };
            let from = key.columns.iter().map(|name| Some((index, table.column(name)?.0))).collect();
            let to = to_columns.iter().map(|name| Some((target, to_table.column(name)?.0))).collect();
            if let (Some(from), Some(to)) = (from, to) {
                references.push(Reference { from, to, null_on_dropped: None });
            }
        }
    }
    references
}

fn add_policy(
    policy: &Policy,
    resolved: &Resolved<'_>,
    references: &mut Vec<Reference>,
    problems: &mut Vec<Problem>,
) {
    for relation in &policy.relations {
        let (from, to) = (resolved.columns(&relation.from.value), resolved.columns(&relation.to.value));
        for (found, end) in [(&from, &relation.from), (&to, &relation.to)] {
            if found.is_empty() {
                let text = &end.value;
                let hint = nearest_column(resolved, text);
                let message = format!("there is no column \"{text}\" for a relation to join{hint}");
                let id = format!("unknown-column:{text}");
                problems.push(Problem::new(Severity::Error, id, message).at(Some(end.at)));
            }
        }
        let place = relation.null_on_dropped.then_some(relation.from.at);
        for from in from {
            let database = &resolved.tables[from.0].name.database;
            for to in to.iter().filter(|to| resolved.tables[to.0].name.database == *database) {
                let known = references.iter_mut().find(|reference| {
                    reference.from.iter().zip(&reference.to).any(|(a, b)| *a == from && b == to)
                });
                match known {
                    Some(reference) => reference.null_on_dropped = reference.null_on_dropped.or(place),
                    None => {
                        references.push(Reference {
                            from: vec![from],
                            to: vec![*to],
                            null_on_dropped: place,
                        });
                    }
                }
            }
        }
    }
}

fn nearest_column(resolved: &Resolved<'_>, text: &str) -> String {
    let in_table = |table: &super::resolve::ResolvedTable<'_>| {
        let name = table.name.to_string();
        table.table.columns.iter().map(|column| format!("{name}.{}", column.name)).collect::<Vec<_>>()
    };
    let all: Vec<String> = resolved.tables.iter().flat_map(in_table).collect();
    did_you_mean(text, all.iter().map(String::as_str))
}

/// Foreign keys of partitions, said of the table that they are partitions of.
fn lift(resolved: &Resolved<'_>, edges: &mut Vec<Edge>) {
    let mut lifted = Vec::new();
    for edge in edges.iter() {
        let table = &resolved.tables[edge.from.0];
        if table.table.partition_of.is_none() {
            continue;
        }
        let name = &table.table.columns[edge.from.1].name;
        for ancestor in &table.ancestors {
            let parent = &resolved.tables[*ancestor];
            if parent.table.partition_by.is_some() {
                lifted.extend(parent.column(name).map(|(at, _)| Edge { from: (*ancestor, at), ..*edge }));
            }
        }
    }
    edges.extend(lifted);
}

/// Columns of partitions and inheriting tables follow the parent's; firmly, where others reference the parent's.
fn follow_parents(resolved: &Resolved<'_>, referenced: &BTreeSet<Column>, edges: &mut Vec<Edge>) {
    for (index, table) in resolved.tables.iter().enumerate() {
        let Some(_) = table.ancestors.first() else { continue };
        for (position, column) in table.table.columns.iter().enumerate() {
            for ancestor in &table.ancestors {
                if let Some((at, _)) = resolved.tables[*ancestor].column(&column.name) {
                    let to = (*ancestor, at);
                    edges.push(Edge { from: (index, position), to, hard: referenced.contains(&to) });
                    break;
                }
            }
        }
    }
}
