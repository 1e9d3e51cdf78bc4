//! Columns that hold copies of what identity columns hold: the name of whoever was logged in, in a log of changes.
//!
//! Neither name nor form gives such a column away. But the dump is its own dictionary: values that occur in a column of
//! user names or addresses are such where they occur elsewhere too. Compared are hashes of values, as far as the samples
//! of both columns reach.

use super::scan::Scan;
use super::scan_report::safe_name;
use crate::detect::score::{ColumnFinding, ColumnProfile, FREE_TEXT, shared};
use crate::detect::{Catalogue, Category};
use crate::table::SqlType;

/// Entities whose values say who it is wherever they stand. Names of one word are words, too.
const IDENTITIES: &[&str] = &["EMAIL", "USERNAME", "PERSON_NAME", "PHONE", "NATIONAL_ID", "IBAN"];
/// Confidence from which on a column is taken for one of identities.
const SURE: f32 = 0.8;
/// Different values in common below which it may be chance.
const SEVERAL: u64 = 3;
/// Share of rows that hold such values, below which it may be chance.
const SHARE: f32 = 0.2;
/// Share of rows from which on a column holds nothing else.
const WHOLE: f32 = 0.95;

/// Gives columns without a finding one, if they hold values of identity columns.
pub(super) fn find(catalogue: &Catalogue, scan: &mut Scan) {
    let mut found = Vec::new();
    let identities: Vec<(String, &ColumnFinding, &ColumnProfile)> = scan
        .tables
        .iter()
        .flat_map(|table| table.columns.iter().map(move |column| (table, column)))
        .filter(|(_, column)| {
            let entity = column.finding.entity.as_deref();
            column.finding.confidence >= SURE && entity.is_some_and(|entity| IDENTITIES.contains(&entity))
        })
        .filter_map(|(table, column)| {
            let profile = scan.profiles.get(&(table.name.clone(), column.name.clone()))?;
            let name = safe_name(catalogue, &format!("{}.{}", table.name, column.name));
            (profile.values() > 0).then_some((name, &column.finding, profile))
        })
        .collect();
    if identities.is_empty() {
        return;
    }
    for (at, table) in scan.tables.iter().enumerate() {
        for (within, column) in table.columns.iter().enumerate() {
            let text = matches!(column.sql_type.base(), SqlType::Text { .. });
            let profile = scan.profiles.get(&(table.name.clone(), column.name.clone()));
            let Some(profile) = profile.filter(|_| text && !column.finding.is_found()) else { continue };
            let most = identities
                .iter()
                .map(|(name, finding, whole)| (shared(profile, whole), name, *finding))
                .filter(|((different, share), _, _)| *different >= SEVERAL && *share >= SHARE)
                .max_by(|((_, one), _, _), ((_, other), _, _)| one.total_cmp(other));
            if let Some(((different, share), name, identity)) = most {
                found.push((at, within, copy(&column.finding, identity, different, share, name)));
            }
        }
    }
    for (table, column, finding) in found {
        scan.tables[table].columns[column].finding = finding;
    }
}

fn copy(before: &ColumnFinding, of: &ColumnFinding, different: u64, share: f32, name: &str) -> ColumnFinding {
    let mut finding = before.clone();
    let whole = share >= WHOLE;
    finding.entity = if whole { of.entity.clone() } else { Some(FREE_TEXT.to_owned()) };
    finding.category = if whole { of.category } else { Some(Category::FreeText) };
    finding.confidence = 0.8;
    finding.evidence = vec![format!(
        "copies: {:.0} % of the rows hold values of {name}, {different} different ones",
        100.0 * share
    )];
    finding
}
