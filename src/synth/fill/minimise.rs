//! Fewer rows: one whose requirements other rows show as well is left out, the last first.

use std::collections::BTreeSet;

use super::Entry;
use super::need::{self, Need, Open};
use super::shape::Reference;
use crate::synth::TableRules;

/// Leaves out what is not needed, and writes to each row what it is there for. `open` are the requirements as all rows show
/// them, and as they were before.
pub(super) fn minimise(
    entries: &mut Vec<Entry>,
    (open, before): (&[Open], Vec<Open>),
    start: &BTreeSet<String>,
    rules: &TableRules,
    own: &[&Reference],
) {
    let wanted: Vec<&Open> = open.iter().filter(|open| open.shown && start.contains(&open.id)).collect();
    let shows = |entry: &Entry, open: &Open| -> bool {
        let row: Vec<Option<&str>> = entry.cells.iter().map(Option::as_deref).collect();
        match &open.need {
            Need::Constraint(requirement) => requirement.is_shown_by(rules, &row).unwrap_or(false),
            Need::Pair(pair) => pair.iter().all(|(at, level)| level.holds(row[*at])),
            Need::Edge(at, text) => need::holds(rules, *at, row[*at], text),
        }
    };
    let shown: Vec<Vec<usize>> = entries
        .iter()
        .map(|entry| (0..wanted.len()).filter(|at| shows(entry, wanted[*at])).collect())
        .collect();
    let mut count = vec![0_usize; wanted.len()];
    shown.iter().flatten().for_each(|at| count[*at] += 1);
    let alone: Vec<&str> = wanted
        .iter()
        .zip(&count)
        .filter(|(_, count)| **count == 0)
        .map(|(open, _)| open.id.as_str())
        .collect();
    let mut keep = vec![true; entries.len()];
    // A parent goes when its children do, so that nothing rests on it but what it alone shows.
    for row in 0..entries.len() {
        if entries[row].generator != "parent" {
            continue;
        }
        if shown[row].iter().any(|at| count[*at] < 2) {
            entries[row].pinned = true;
        } else {
            shown[row].iter().for_each(|at| count[*at] -= 1);
        }
    }
    for row in (0..entries.len()).rev() {
        let needed = entries[row].pinned || shown[row].iter().any(|at| count[*at] < 2);
        // Parents are looked after when all children are there.
        let parent = entries[row].generator == "parent" || is_referred_to(entries, &keep, row, own);
        if needed || parent {
            continue;
        }
        keep[row] = false;
        shown[row].iter().for_each(|at| count[*at] -= 1);
    }
    for missing in before.into_iter().filter(|open| alone.contains(&open.id.as_str())) {
        restore(entries, &mut keep, &missing, rules);
    }
    let mut told = vec![false; wanted.len()];
    for row in (0..entries.len()).filter(|row| keep[*row]) {
        let goes = entries[row].generator == "parent" && !entries[row].pinned;
        for at in shown[row].iter().filter(|_| !goes) {
            if !std::mem::replace(&mut told[*at], true) {
                entries[row].requirements.push(wanted[*at].id.clone());
            }
        }
    }
    // What several rows show together is written to the last pinned one.
    let last = (0..entries.len()).rev().find(|row| keep[*row]);
    if let Some(last) = last {
        entries[last].requirements.extend(alone.iter().map(|id| (*id).to_owned()));
    }
    let mut at = 0;
    entries.retain(|_| {
        at += 1;
        keep[at - 1]
    });
}

/// Takes rows back in until those that stay show together what all did.
fn restore(entries: &mut [Entry], keep: &mut [bool], missing: &Open, rules: &TableRules) {
    let shown = |open: &mut Open, entry: &Entry| {
        let cells: Vec<Option<&str>> = entry.cells.iter().map(Option::as_deref).collect();
        open.observe(rules, &cells)
    };
    let stays = |entry: &Entry, keep: bool| keep && (entry.generator != "parent" || entry.pinned);
    let mut open = missing.clone();
    if entries.iter().zip(&*keep).any(|(entry, keep)| stays(entry, *keep) && shown(&mut open, entry)) {
        return;
    }
    // The row with which all of them showed it is one of them.
    let mut all = missing.clone();
    let Some(last) = (0..entries.len()).find(|row| shown(&mut all, &entries[*row])) else { return };
    for row in std::iter::once(last).chain(0..last) {
        if stays(&entries[row], keep[row]) {
            continue;
        }
        keep[row] = true;
        entries[row].pinned = true;
        if shown(&mut open, &entries[row]) {
            return;
        }
    }
}

/// Whether another row that stays refers to a row, by the table's references to itself.
fn is_referred_to(entries: &[Entry], keep: &[bool], row: usize, own: &[&Reference]) -> bool {
    let others = entries.iter().zip(keep).enumerate().filter(|(at, (_, keep))| *at != row && **keep);
    others.into_iter().any(|(_, (entry, _))| {
        own.iter().any(|reference| {
            let same = |(from, to): (&usize, &usize)| {
                entry.cells[*from].is_some() && entry.cells[*from] == entries[row].cells[*to]
            };
            reference.columns.iter().zip(&reference.to_columns).all(same)
        })
    })
}
