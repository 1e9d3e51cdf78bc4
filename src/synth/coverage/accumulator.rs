//! What rows were seen to do: bits and counts that merge.

use std::collections::HashSet;

use crate::synth::partition::NULL;
use crate::table::Column;

use super::keys::{KeyCounts, hash};
use super::model::{Model, PAIRED};

/// The mark of a column that a row does not carry.
const ABSENT: u8 = u8::MAX;

/// Combinations of partitions that are remembered, so that rows like those before cost one look.
const REMEMBERED: usize = 8192;

/// What the rows so far were seen to do. The sum of two does not depend on which rows were in which.
#[derive(Clone, Debug, Default)]
pub struct Accumulator {
    pub(super) tables: Vec<TableBits>,
    pub(super) references: Vec<ReferenceBits>,
    pub(super) targets: Vec<KeyCounts>,
    /// Partitions of the rows of the block at hand, row by row.
    scratch: Vec<u8>,
}

/// Of one table.
#[derive(Clone, Debug, Default)]
pub(super) struct TableBits {
    pub(super) rows: u64,
    pub(super) columns: Vec<ColumnBits>,
    /// For each pair of columns and partition of the first the partitions of the second; empty until there are rows.
    pub(super) pairs: Vec<[u16; PAIRED]>,
    /// Some row has NULL in all nullable columns.
    pub(super) all_null: bool,
    /// Some row has no NULL.
    pub(super) no_null: bool,
    /// Rows that need not be looked at again. No part of the result.
    known: HashSet<Box<[u8]>>,
}

/// Of one column.
#[derive(Clone, Debug, Default)]
pub(super) struct ColumnBits {
    pub(super) partitions: [u64; 4],
    pub(super) boundaries: u32,
}

impl ColumnBits {
    pub(super) fn has(&self, partition: usize) -> bool {
        self.partitions[partition / 64] & (1 << (partition % 64)) != 0
    }
}

/// Of one foreign key.
#[derive(Clone, Debug, Default)]
pub(super) struct ReferenceBits {
    pub(super) children: KeyCounts,
    pub(super) null: bool,
    pub(super) partly_null: bool,
    pub(super) to_itself: bool,
}

impl Accumulator {
    /// Adds rows of a table: for each column that they carry its position in the model and its cells.
    pub fn add(&mut self, model: &Model, table: usize, rows: usize, columns: &[(usize, Column<'_>)]) {
        self.prepare(model);
        let (own, bits) = (&model.tables[table], &mut self.tables[table]);
        if bits.columns.is_empty() {
            bits.columns.resize_with(own.columns.len(), ColumnBits::default);
            bits.pairs.resize(own.pairs(), [0; PAIRED]);
        }
        bits.rows += rows as u64;
        let width = own.columns.len();
        self.scratch.clear();
        self.scratch.resize(rows * width, ABSENT);
        for (position, column) in columns {
            let (rule, seen) = (&own.columns[*position], &mut bits.columns[*position]);
            let in_rows = own.plain[*position] && column.len() == rows;
            for (row, cell) in column.iter().enumerate() {
                let class = rule.classify(cell);
                seen.boundaries |= class.boundaries;
                seen.partitions[usize::from(class.partition / 64)] |= 1 << (class.partition % 64);
                if in_rows {
                    self.scratch[row * width + *position] = class.partition;
                }
            }
        }
        if width > 0 {
            for row in self.scratch.chunks_exact(width) {
                if bits.known.contains(row) {
                    continue;
                }
                bits.combine(row, &|column| own.columns[column].nullable);
                if bits.known.len() < REMEMBERED {
                    bits.known.insert(row.into());
                }
            }
        }
        self.add_keys(model, table, rows, columns);
    }

    fn add_keys(&mut self, model: &Model, table: usize, rows: usize, columns: &[(usize, Column<'_>)]) {
        let find = |wanted: &[usize]| -> Option<Vec<Column<'_>>> {
            let one = |wanted: &usize| columns.iter().find(|(at, _)| at == wanted).map(|(_, column)| *column);
            wanted
                .iter()
                .map(one)
                .collect::<Option<Vec<_>>>()
                .filter(|all| all.iter().all(|c| c.len() == rows))
        };
        for (target, (at, wanted)) in model.targets.iter().enumerate() {
            let Some(key) = find(wanted).filter(|_| *at == table) else { continue };
            for row in 0..rows {
                if let Some(hash) = hash(key.iter().map(|column| column.value(row))) {
                    self.targets[target].add(hash);
                }
            }
        }
        for (number, reference) in model.references.iter().enumerate() {
            let Some(key) = find(&reference.columns).filter(|_| reference.table == table) else { continue };
            let own = if reference.to == table { find(&model.targets[reference.target].1) } else { None };
            let bits = &mut self.references[number];
            for row in 0..rows {
                let Some(child) = hash(key.iter().map(|column| column.value(row))) else {
                    let some = key.iter().any(|column| column.value(row).is_some());
                    bits.partly_null |= some;
                    bits.null |= !some;
                    continue;
                };
                bits.children.add(child);
                if let Some(own) = &own {
                    bits.to_itself |= hash(own.iter().map(|column| column.value(row))) == Some(child);
                }
            }
        }
    }

    fn prepare(&mut self, model: &Model) {
        self.tables.resize_with(model.tables.len(), TableBits::default);
        self.references.resize_with(model.references.len(), ReferenceBits::default);
        self.targets.resize_with(model.targets.len(), KeyCounts::default);
    }

    /// Adds what another has seen under the same model.
    pub fn merge(&mut self, other: Self) {
        if self.tables.is_empty() {
            *self = other;
            return;
        }
        for (own, other) in self.tables.iter_mut().zip(other.tables) {
            own.merge(other);
        }
        for (own, other) in self.references.iter_mut().zip(other.references) {
            own.null |= other.null;
            own.partly_null |= other.partly_null;
            own.to_itself |= other.to_itself;
            own.children.merge(other.children);
        }
        for (own, other) in self.targets.iter_mut().zip(other.targets) {
            own.merge(other);
        }
    }
}

impl TableBits {
    /// Enters the pairs of one row's partitions.
    fn combine(&mut self, row: &[u8], nullable: &dyn Fn(usize) -> bool) {
        let (mut all, mut none, mut may) = (true, true, false);
        let mut at = 0;
        for (second, partition) in row.iter().enumerate() {
            if nullable(second) {
                may = true;
                all &= *partition == NULL;
            }
            none &= *partition != NULL && *partition != ABSENT;
            if *partition != ABSENT {
                let bit = 1 << (*partition).min(PAIRED as u8 - 1);
                for (first, matrix) in row[..second].iter().zip(&mut self.pairs[at..]) {
                    if *first != ABSENT {
                        matrix[usize::from((*first).min(PAIRED as u8 - 1))] |= bit;
                    }
                }
            }
            at += second;
        }
        self.all_null |= all && may;
        self.no_null |= none;
    }

    fn merge(&mut self, other: Self) {
        if self.rows == 0 && self.columns.is_empty() {
            *self = other;
            return;
        }
        self.rows += other.rows;
        self.all_null |= other.all_null;
        self.no_null |= other.no_null;
        for (own, other) in self.columns.iter_mut().zip(other.columns) {
            own.boundaries |= other.boundaries;
            own.partitions.iter_mut().zip(other.partitions).for_each(|(own, other)| *own |= other);
        }
        for (own, other) in self.pairs.iter_mut().zip(other.pairs) {
            own.iter_mut().zip(other).for_each(|(own, other)| *own |= other);
        }
    }
}
