//! The order of rows: none before the row that it refers to.

use std::collections::{BTreeMap, HashSet};

use super::Entry;
use super::generator::{Cells, Generator};
use crate::synth::rows::{SyntheticRow, SyntheticRows};
use crate::table::TableName;

/// Keys of rows that are there, by table and columns.
type Keys = BTreeMap<(TableName, Vec<usize>), HashSet<Vec<String>>>;

/// Puts rows into order, tables after tables, as often around as circles of tables need.
pub(super) fn order(generator: &Generator<'_>, mut made: BTreeMap<TableName, Vec<Entry>>) -> SyntheticRows {
    let mut rows = SyntheticRows::default();
    let mut keys = Keys::new();
    for shape in generator.shapes.values() {
        for reference in &shape.references {
            keys.entry((reference.to.clone(), reference.to_columns.clone())).or_default();
        }
    }
    // Parents have the lower numbers, and rows of the same table may refer to them.
    for entries in made.values_mut() {
        entries.sort_by_key(|entry| entry.generator != "parent");
    }
    loop {
        let mut moved = false;
        for name in &generator.order {
            let Some(entries) = made.remove(name) else { continue };
            let mut ready = Vec::new();
            let mut later = Vec::new();
            for entry in entries {
                if refers_back(generator, name, &entry.cells, &keys) {
                    remember(name, &entry.cells, &mut keys);
                    ready.push(entry);
                } else {
                    later.push(entry);
                }
            }
            moved |= !ready.is_empty();
            push(&mut rows, name, ready);
            if !later.is_empty() {
                made.insert(name.clone(), later);
            }
        }
        if !moved {
            break;
        }
    }
    for name in &generator.order {
        if let Some(entries) = made.remove(name) {
            rows.has_circles = true;
            push(&mut rows, name, entries);
        }
    }
    rows
}

fn push(rows: &mut SyntheticRows, name: &TableName, entries: Vec<Entry>) {
    let of = |entry: Entry| SyntheticRow {
        cells: entry.cells,
        requirements: entry.requirements,
        generator: entry.generator,
    };
    if !entries.is_empty() {
        rows.tables.push((name.clone(), entries.into_iter().map(of).collect()));
    }
}

/// Whether all that a row refers to is there already, or is the row itself.
fn refers_back(generator: &Generator<'_>, name: &TableName, cells: &Cells, keys: &Keys) -> bool {
    generator.shapes[name].references.iter().all(|reference| {
        let key: Option<Vec<String>> = reference.columns.iter().map(|at| cells[*at].clone()).collect();
        let Some(key) = key else { return true };
        let own =
            || reference.to_columns.iter().zip(&key).all(|(at, text)| cells[*at].as_ref() == Some(text));
        let known = keys.get(&(reference.to.clone(), reference.to_columns.clone()));
        known.is_some_and(|known| known.contains(&key)) || (reference.to == *name && own())
    })
}

fn remember(name: &TableName, cells: &Cells, keys: &mut Keys) {
    for ((table, columns), known) in keys.iter_mut().filter(|((table, _), _)| table == name) {
        debug_assert_eq!(table, name);
        if let Some(key) = columns.iter().map(|at| cells[*at].clone()).collect::<Option<Vec<String>>>() {
            known.insert(key);
        }
    }
}
