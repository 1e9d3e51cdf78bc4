//! What the rows that are there leave open to new ones: the greatest numbers, and keys that are taken.
//!
//! No value is kept: keys are known by their hashes, columns of whole numbers by their greatest.

use std::collections::{BTreeMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use super::typed;
use crate::table::{Schema, TableName};

/// Rows that are there.
#[derive(Clone, Debug, Default)]
pub(super) struct Existing {
    tables: BTreeMap<TableName, Seen>,
}

#[derive(Clone, Debug, Default)]
struct Seen {
    rows: u64,
    greatest: Vec<Option<i128>>,
    whole: Vec<bool>,
    keys: Vec<Vec<usize>>,
    /// Keys with a number that no row has yet: only new rows can have the same.
    counted: Vec<bool>,
    taken: Vec<HashSet<u64>>,
}

impl Existing {
    /// No rows yet.
    pub(super) fn new(schema: &Schema) -> Self {
        let tables = schema.tables.iter().map(|(name, table)| {
            let whole: Vec<bool> = table.columns.iter().map(|column| column.sql_type.is_integer()).collect();
            let place = |name: &String| table.columns.iter().position(|column| column.name == *name);
            let referring = |at: usize| {
                table.foreign_keys.iter().any(|key| key.columns.contains(&table.columns[at].name))
            };
            // A key with a number of its own is new where the number is.
            let counted =
                |at: &usize| whole[*at] && typed::is_wide(&table.columns[*at].sql_type) && !referring(*at);
            let keys: Vec<Vec<usize>> = table
                .keys()
                .filter_map(|key| key.iter().map(place).collect::<Option<Vec<usize>>>())
                .collect();
            let counted = keys.iter().map(|key| key.iter().any(counted)).collect();
            let taken = vec![HashSet::new(); keys.len()];
            (name.clone(), Seen { rows: 0, greatest: vec![None; whole.len()], whole, keys, counted, taken })
        });
        Self { tables: tables.collect() }
    }

    /// A row that is there: a cell per column of its table.
    pub(super) fn observe(&mut self, table: &TableName, row: &[Option<&str>]) {
        let Some(seen) = self.tables.get_mut(table) else { return };
        seen.rows += 1;
        for at in 0..seen.whole.len() {
            if seen.whole[at]
                && let Some(number) = row.get(at).and_then(|cell| cell.as_ref()?.parse::<i128>().ok())
            {
                seen.greatest[at] = seen.greatest[at].max(Some(number));
            }
        }
        let keys = seen.keys.iter().zip(&seen.counted).zip(&mut seen.taken);
        for ((key, _), taken) in keys.filter(|((_, counted), _)| !**counted) {
            if let Some(hash) = hash(key, |at| row.get(at).copied().flatten()) {
                taken.insert(hash);
            }
        }
    }

    /// Rows of a table.
    pub(super) fn rows(&self, table: &TableName) -> u64 {
        self.tables.get(table).map_or(0, |seen| seen.rows)
    }

    pub(super) fn greatest(&self, table: &TableName, column: usize) -> Option<i128> {
        self.tables.get(table)?.greatest.get(column).copied().flatten()
    }

    /// Whether the keys of a new row are free.
    pub(super) fn is_free(&self, table: &TableName, row: &[Option<String>]) -> bool {
        let Some(seen) = self.tables.get(table) else { return true };
        seen.hashes(row).zip(&seen.taken).all(|(hash, taken)| hash.is_none_or(|hash| !taken.contains(&hash)))
    }

    /// Takes the keys of a new row.
    pub(super) fn take(&mut self, table: &TableName, row: &[Option<String>]) {
        let Some(seen) = self.tables.get_mut(table) else { return };
        let hashes: Vec<Option<u64>> = seen.hashes(row).collect();
        for (hash, taken) in hashes.into_iter().zip(&mut seen.taken) {
            taken.extend(hash);
        }
    }
}

impl Seen {
    fn hashes<'a>(&'a self, row: &'a [Option<String>]) -> impl Iterator<Item = Option<u64>> + 'a {
        self.keys.iter().map(|key| hash(key, |at| row.get(at).and_then(Option::as_deref)))
    }
}

/// The hash of a key; none where a part is NULL, which is equal to nothing.
fn hash<'a>(key: &[usize], cell: impl Fn(usize) -> Option<&'a str>) -> Option<u64> {
    let mut hasher = DefaultHasher::new();
    for at in key {
        cell(*at)?.hash(&mut hasher);
    }
    Some(hasher.finish())
}
