//! `[source]`: what a policy says of input files that do not say it themselves.

use std::collections::BTreeMap;

use super::names;
use super::source::Section;
use crate::format::{CsvOptions, Quote, ReaderOptions};
use crate::table::TableName;

/// Keys of `[source]`.
pub(super) const SOURCE: &[&str] = &["files", "csv"];
/// Keys of `[source.csv]`.
pub(super) const CSV: &[&str] = &["delimiter", "quote", "header", "columns", "encoding", "null"];

/// Tables of files, and how files are written.
#[derive(Clone, Debug, Default)]
pub(crate) struct Inputs {
    files: BTreeMap<String, String>,
    csv: CsvOptions,
}

impl Inputs {
    /// Reads `[source]`.
    pub(super) fn read(section: &Section<'_>) -> Self {
        section.only(SOURCE);
        let mut files = BTreeMap::new();
        if let Some(entries) = section.section("files") {
            for name in entries.keys() {
                let Some(table) = entries.text(name) else { continue };
                if names::parse(table).is_none() {
                    entries.fault_at(name, "this is not the name of a table: write schema.table, or table");
                }
                files.insert(name.to_owned(), table.to_owned());
            }
        }
        Self { files, csv: section.section("csv").map(|csv| csv_options(&csv)).unwrap_or_default() }
    }

    /// The table whose rows the input file `name` holds: by its path, else by its last component, compressed or not.
    pub(super) fn table(&self, name: &str) -> Option<&str> {
        let last = name.rsplit(['/', '\\']).next().unwrap_or(name);
        let plain = [".gz", ".zst"].iter().find_map(|ending| last.strip_suffix(ending)).unwrap_or(last);
        [name, last, plain].iter().find_map(|name| self.files.get(*name)).map(String::as_str)
    }

    /// `options`, with what the policy says of the input `name` where they say nothing.
    pub(crate) fn reading(&self, options: &ReaderOptions, name: &str) -> ReaderOptions {
        let mut options = options.clone();
        if options.table.is_none() {
            options.table = self.table(name).and_then(names::parse);
        }
        if options.csv == CsvOptions::default() {
            options.csv.clone_from(&self.csv);
        }
        options
    }
}

/// The table that a name means: `public.customer`, `customer`.
pub(super) fn table_name(name: &str) -> Option<TableName> {
    names::parse(name)
}

fn csv_options(section: &Section<'_>) -> CsvOptions {
    section.only(CSV);
    let mut csv = CsvOptions::default();
    let byte = |key: &str| {
        let text = section.text(key)?;
        match text.as_bytes() {
            [byte] => Some(*byte),
            _ => {
                section.fault_at(key, format!("\"{key}\" must be one ASCII character"));
                None
            }
        }
    };
    csv.delimiter = byte("delimiter");
    csv.quote = match section.text("quote") {
        Some("") => Some(Quote::None),
        Some(_) => byte("quote").map(Quote::Byte),
        None => None,
    };
    csv.header = section.flag("header");
    csv.columns = section.names("columns");
    csv.null = section.text("null").map(str::to_owned);
    if let Some(label) = section.text("encoding") {
        match CsvOptions::encoding_of(label) {
            Ok(encoding) => csv.encoding = Some(encoding),
            Err(why) => section.fault_at("encoding", why),
        }
    }
    if csv.columns.is_some() && csv.header != Some(false) {
        section.fault_at(
            "columns",
            "\"columns\" names those of files without a header: it needs header = false",
        );
    }
    if let Err(why) = csv.sound() {
        section.fault(why);
    }
    csv
}
