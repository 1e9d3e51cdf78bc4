//! How the rows of a table are made: for each column where its cells come from, and which columns keep rows apart.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::existing::Existing;
use super::meaning::Meaning;
use super::typed;
use crate::table::{Schema, Table, TableName};

/// Where the cells of a column come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// The database computes them.
    Computed,
    /// The next number behind those that are there.
    Counter { base: i128 },
    /// The key of the parent of this foreign key.
    Reference(usize),
    /// One of few values, so that keys of such columns differ.
    Digit(u64),
    /// A value of its type.
    Free { unique: bool },
}

/// A foreign key.
#[derive(Clone, Debug)]
pub(super) struct Reference {
    pub(super) to: TableName,
    pub(super) columns: Vec<usize>,
    pub(super) to_columns: Vec<usize>,
    /// Whether one of its columns may be NULL, so that it needs no parent.
    pub(super) nullable: bool,
    /// Whether its parent comes later: then it is NULL if it can be.
    pub(super) backward: bool,
}

/// A part of a key whose values are few.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Digit {
    Reference(usize),
    Column(usize),
}

/// A table's way of making rows.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    pub(super) roles: Vec<Role>,
    pub(super) references: Vec<Reference>,
    /// For each key that no single column makes unique, the parts that do together.
    pub(super) digits: Vec<Vec<Digit>>,
    pub(super) meanings: Vec<Meaning>,
    pub(super) labels: Vec<Option<Arc<[String]>>>,
    /// Columns that others refer to.
    pub(super) referenced: Vec<bool>,
    /// Columns of a key.
    pub(super) keyed: Vec<bool>,
    /// Rows that are there already.
    pub(super) existing: u64,
    /// Rows to be made.
    pub(super) rows: u64,
}

impl Shape {
    /// The parts of the key that a part belongs to.
    pub(super) fn digits_of(&self, part: &Digit) -> Option<&[Digit]> {
        self.digits.iter().map(Vec::as_slice).find(|parts| parts.contains(part))
    }

    pub(super) fn new(
        schema: &Schema,
        name: &TableName,
        table: &Table,
        existing: &Existing,
        entities: &BTreeMap<(String, String), Meaning>,
    ) -> Self {
        let place = |column: &String| table.columns.iter().position(|own| own.name == *column);
        let references: Vec<Reference> = table
            .foreign_keys
            .iter()
            .filter_map(|key| {
                let parent = schema.tables.get(&key.to)?;
                let there = |column: &String| parent.columns.iter().position(|own| own.name == *column);
                let columns: Vec<usize> = key.columns.iter().map(place).collect::<Option<_>>()?;
                let to_columns: Vec<usize> = key.to_columns.iter().map(there).collect::<Option<_>>()?;
                let nullable = columns.iter().any(|at| !table.columns[*at].not_null);
                (columns.len() == to_columns.len()).then(|| Reference {
                    to: key.to.clone(),
                    columns,
                    to_columns,
                    nullable,
                    backward: false,
                })
            })
            .collect();
        let labels: Vec<Option<Arc<[String]>>> = table
            .columns
            .iter()
            .map(|column| match column.sql_type.base() {
                crate::table::SqlType::Enum(name) | crate::table::SqlType::Set(name) => {
                    schema.enums.get(name).map(|labels| labels.clone().into())
                }
                _ => None,
            })
            .collect();
        let mut roles: Vec<Role> = (0..table.columns.len())
            .map(|at| match references.iter().position(|key| key.columns.contains(&at)) {
                _ if table.columns[at].generated => Role::Computed,
                Some(key) => Role::Reference(key),
                None => Role::Free { unique: false },
            })
            .collect();
        let keys: Vec<Vec<usize>> = table
            .keys()
            .filter_map(|key| key.iter().map(place).collect::<Option<Vec<usize>>>())
            .filter(|key| !key.is_empty())
            .collect();
        let mut keyed = vec![false; table.columns.len()];
        keys.iter().flatten().for_each(|at| keyed[*at] = true);
        let counts = |at: usize| existing.greatest(name, at).unwrap_or(0).max(0);
        let mut digits: Vec<Vec<Digit>> = Vec::new();
        for key in &keys {
            let unique = |role: &Role| matches!(role, Role::Counter { .. } | Role::Free { unique: true });
            if key.iter().any(|at| unique(&roles[*at])) {
                continue;
            }
            let free = |at: &usize| roles[*at] == Role::Free { unique: false };
            let wide = |at: &&usize| free(at) && typed::is_wide(&table.columns[**at].sql_type);
            let whole = |at: &&usize| wide(at) && table.columns[**at].sql_type.is_integer();
            if let Some(at) = key.iter().find(whole) {
                roles[*at] = Role::Counter { base: counts(*at) };
            } else if let Some(at) = key.iter().find(wide) {
                roles[*at] = Role::Free { unique: true };
            } else {
                let taken =
                    |own: usize| move |digit: &Digit| matches!(digit, Digit::Reference(key) if *key == own);
                let mut parts: Vec<Digit> = Vec::new();
                for at in key {
                    match roles[*at] {
                        Role::Reference(own) if !digits.iter().flatten().chain(&parts).any(taken(own)) => {
                            parts.push(Digit::Reference(own));
                        }
                        Role::Free { .. } => {
                            if let Some(size) =
                                typed::finite(&table.columns[*at].sql_type, labels[*at].as_ref())
                            {
                                roles[*at] = Role::Digit(size.max(1));
                                parts.push(Digit::Column(*at));
                            }
                        }
                        _ => {}
                    }
                }
                digits.push(parts);
            }
        }
        let meanings = table
            .columns
            .iter()
            .map(|column| {
                let known = entities.get(&(name.to_string(), column.name.clone())).copied();
                known.unwrap_or_else(|| Meaning::of_name(&name.table, &column.name))
            })
            .collect();
        let mut referenced = vec![false; table.columns.len()];
        for other in schema.tables.values() {
            let keys = other.foreign_keys.iter().filter(|key| key.to == *name);
            for at in keys.flat_map(|key| &key.to_columns).filter_map(place) {
                referenced[at] = true;
            }
        }
        let existing = existing.rows(name);
        Self { roles, references, digits, meanings, labels, referenced, keyed, existing, rows: 0 }
    }
}
