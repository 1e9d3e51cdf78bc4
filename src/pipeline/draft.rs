//! From a scan to a drafted policy: surrogate keys, and foreign keys that nobody declared.

use std::collections::{BTreeMap, BTreeSet};

use super::scan::{Scan, is_surrogate};
use crate::base::Result;
use crate::detect::score::{ColumnProfile, included};
use crate::detect::tokens;
use crate::plan::{Draft, DraftInput, Lock, draft};
use crate::table::{ForeignKeyGraph, SqlType, TableName};

/// Proposals of soft foreign keys in one draft.
const MOST: usize = 100;

/// Drafts a policy from a scan, or adds what is new to the text of an existing one.
///
/// # Errors
/// An existing policy that is none.
pub fn draft_of(
    scan: &Scan,
    lock: &Lock,
    project: &str,
    locale: Option<&str>,
    existing: Option<&str>,
) -> Result<Draft> {
    let graph = ForeignKeyGraph::new(&scan.schema);
    let mut findings = BTreeMap::new();
    let mut surrogates = BTreeSet::new();
    for table in &scan.tables {
        let declared = scan.schema.tables.get(&table.name);
        for column in &table.columns {
            let key = (table.name.clone(), column.name.clone());
            if declared.is_some_and(|declared| {
                is_surrogate(&scan.schema, &graph, &table.name, declared, &column.name)
            }) {
                surrogates.insert(key.clone());
            }
            findings.insert(key, column.finding.clone());
        }
    }
    let soft_keys = soft_keys(scan, &graph);
    let forms =
        scan.profiles.iter().map(|(key, profile)| (key, profile.forms().map(str::to_owned).collect()));
    let forms = forms.filter(|(_, forms): &(_, Vec<String>)| !forms.is_empty());
    let forms = forms.map(|(key, forms)| (key.clone(), forms)).collect();
    draft(&DraftInput {
        project,
        locale,
        lock,
        findings: &findings,
        forms: &forms,
        surrogates: &surrogates,
        soft_keys: &soft_keys,
        existing,
    })
}

/// What a lock says of a scanned input. Tables that were empty this time may have some rows the next.
pub fn lock_of(scan: &Scan) -> Lock {
    let mut statistics = scan.statistics.clone();
    if scan.bytes > 0 {
        for name in scan.schema.tables.keys() {
            let counts = statistics.tables.entry(name.clone()).or_default();
            if counts.rows == 0 {
                counts.rows = SOME;
            }
        }
    }
    Lock::new(&scan.schema, &statistics)
}

/// Rows that a table without any may come to have.
const SOME: u64 = 1000;

/// Columns all of whose values are in a key of another table, although no foreign key says so, and whose name says the
/// same: the key's own name, or that of its table.
fn soft_keys(scan: &Scan, graph: &ForeignKeyGraph) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (table, declared) in &scan.schema.tables {
        for key in declared.keys() {
            let [key] = key else { continue };
            let Some(definition) = declared.column(key) else { continue };
            let Some(whole) = profile(scan, table, key) else { continue };
            for ((other, column), part) in &scan.profiles {
                if found.len() == MOST {
                    return found;
                }
                let Some(referencing) =
                    scan.schema.tables.get(other).and_then(|declared| declared.column(column))
                else {
                    continue;
                };
                let (from, to) = (graph.root(other, column), graph.root(table, key));
                if other == table
                    || from == to
                    || from != (other.clone(), column.clone())
                    || !comparable(&referencing.sql_type, &definition.sql_type)
                    || !names_agree(column, table, key)
                {
                    continue;
                }
                if included(part, whole) == Some(true) {
                    found.push((format!("{other}.{column}"), format!("{table}.{key}")));
                }
            }
        }
    }
    found.sort();
    found.dedup();
    found
}

fn profile<'s>(scan: &'s Scan, table: &TableName, column: &str) -> Option<&'s ColumnProfile> {
    scan.profiles.get(&(table.clone(), column.to_owned()))
}

fn comparable(one: &SqlType, other: &SqlType) -> bool {
    match (one.base(), other.base()) {
        (SqlType::Text { .. }, SqlType::Text { .. }) => true,
        (
            SqlType::Integer { .. } | SqlType::Unsigned { .. },
            SqlType::Integer { .. } | SqlType::Unsigned { .. },
        ) => true,
        (one, other) => {
            one == other && matches!(one, SqlType::Uuid | SqlType::Inet | SqlType::Numeric { .. })
        }
    }
}

/// `order.customer_email` and `customer.email`; `visit.customer` and `customer.id`.
fn names_agree(column: &str, table: &TableName, key: &str) -> bool {
    let (column, table, key) = (tokens(column), tokens(&table.table), tokens(key));
    let named =
        |word: &String| table.iter().any(|known| known == word || known.strip_suffix('s') == Some(word));
    let generic = key.len() == 1 && matches!(key[0].as_str(), "id" | "name" | "code" | "key" | "value");
    let ends = column.len() >= key.len() && column[column.len() - key.len()..] == key[..];
    (ends && !generic) || (column.iter().any(named) && (ends || column.len() == 1))
}
