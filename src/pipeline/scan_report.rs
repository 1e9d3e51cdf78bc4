//! What a scan says of a table, for programs: no value is in it, and a name that looks like one is sketched.

use serde_json::{Value, json};

use super::scan::Scan;
use crate::base::sketch;
use crate::detect::score::ColumnFinding;
use crate::detect::{Catalogue, Hit, Match, Scope};
use crate::plan::type_text;
use crate::table::{SqlType, TableName};

/// The verdicts on a table.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ScanTable {
    /// Its name.
    pub name: TableName,
    /// Its rows.
    pub rows: u64,
    /// Its columns, in the table's order.
    pub columns: Vec<ScanColumn>,
}

/// The verdict on a column.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ScanColumn {
    /// Its name.
    pub name: String,
    /// Its type; text where nobody said.
    pub sql_type: SqlType,
    /// What it holds.
    pub finding: ColumnFinding,
}

impl Scan {
    /// The report for programs: `{"tables":[{"name","rows","columns":[{"name","type","entity","confidence","category",
    /// "evidence"}]}]}`.
    pub fn to_json(&self, catalogue: &Catalogue) -> Value {
        let tables = self.tables.iter().map(|table| {
            let columns = table.columns.iter().map(|column| {
                let finding = &column.finding;
                json!({
                    "name": safe_name(catalogue, &column.name),
                    "type": type_text(&column.sql_type),
                    "entity": finding.entity,
                    "confidence": (f64::from(finding.confidence) * 100.0).round() / 100.0,
                    "category": finding.category.map(crate::detect::Category::name),
                    "evidence": finding.evidence,
                })
            });
            json!({
                "name": safe_name(catalogue, &table.name.to_string()),
                "rows": table.rows,
                "columns": columns.collect::<Vec<_>>(),
            })
        });
        json!({ "tables": tables.collect::<Vec<_>>() })
    }
}

/// A name as it is, or its sketch if it looks like something personal: a table may be called after a customer's address.
pub fn safe_name(catalogue: &Catalogue, name: &str) -> String {
    let mut hits: Vec<Hit> = Vec::new();
    let mut whole: Vec<Match> = Vec::new();
    catalogue.spans(name.as_bytes(), &Scope::default(), &mut hits);
    catalogue.whole(name.as_bytes(), &Scope::default(), &mut whole);
    // Words in names are words; what is left are addresses, numbers and keys.
    let telling = hits.iter().any(|hit| hit.strength >= STRONG)
        || whole.iter().any(|found| found.strength >= STRONG && catalogue.detector(found.detector).alone);
    if telling { sketch(name.as_bytes()) } else { name.to_owned() }
}

/// Bits from which on a name is not one by chance.
const STRONG: f32 = 6.0;
