//! Record batches against dumps, slices against the whole, and what must never be in an output.

use std::io::Cursor;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Schema as ArrowSchema};

use crate::base::{Error, Key};
use crate::pipeline::Scrubber;
use crate::plan::Policy;
use crate::table::arrow::samples;
use crate::table::{Schema, SchemaBuilder, Session};

mod equality;
mod nested;
mod operators;
mod rows;
mod slices;

const HEAD: &str = "version = 1\nconstruction = \"v1\"\nproject = \"acme/dev\"\n";

fn key() -> Key {
    let mut bytes = [0; 32];
    bytes.iter_mut().zip(0..).for_each(|(byte, number)| *byte = number);
    Key::from_bytes(bytes).unwrap()
}

fn policy(rules: &str) -> Policy {
    Policy::parse(&format!("{HEAD}{rules}"), "scrub.toml").unwrap()
}

fn ddl(statements: &str) -> Schema {
    let mut schema = SchemaBuilder::new();
    for statement in statements.split_inclusive(';') {
        schema.statement(statement.trim().as_bytes(), &Session::default());
    }
    schema.finish()
}

fn batch(columns: &[(&str, ArrayRef)]) -> RecordBatch {
    let fields: Vec<Field> =
        columns.iter().map(|(name, array)| Field::new(*name, array.data_type().clone(), true)).collect();
    let arrays = columns.iter().map(|(_, array)| Arc::clone(array)).collect();
    RecordBatch::try_new(Arc::new(ArrowSchema::new(fields)), arrays).unwrap()
}

/// A scrubber whose plan comes from the schema of a batch of table `t`.
fn of_batch(rules: &str, batch: &RecordBatch) -> Result<Scrubber, Error> {
    Scrubber::builder(policy(rules)).arrow_table("t", &batch.schema()).key(key()).build()
}

fn masked(rules: &str, batch: &RecordBatch) -> Result<RecordBatch, Error> {
    of_batch(rules, batch)?.table("t")?.mask(batch)
}

/// The texts of a column of any type for text.
fn texts(array: &dyn Array) -> Vec<Option<String>> {
    let owned = |text: Option<&str>| text.map(str::to_owned);
    match array.data_type() {
        DataType::Utf8 => array.as_string::<i32>().iter().map(owned).collect(),
        DataType::LargeUtf8 => array.as_string::<i64>().iter().map(owned).collect(),
        DataType::Utf8View => array.as_string_view().iter().map(owned).collect(),
        DataType::Dictionary(..) => {
            let dictionary = array.as_any_dictionary();
            if dictionary.values().is_empty() {
                return vec![None; array.len()];
            }
            let (keys, values) = (dictionary.normalized_keys(), texts(dictionary.values()));
            (0..array.len())
                .map(|row| array.is_valid(row).then(|| values[keys[row]].clone()).flatten())
                .collect()
        }
        other => panic!("no text in {other}"),
    }
}

/// Cells of a masked COPY dump of one table.
fn masked_copy(
    scrubber: &Scrubber,
    table: &str,
    columns: &[&str],
    rows: &[Vec<Option<String>>],
) -> Vec<Vec<Option<String>>> {
    let mut dump = format!("COPY {table} ({}) FROM stdin;\n", columns.join(", "));
    for row in rows {
        let cells: Vec<&str> = row.iter().map(|cell| cell.as_deref().unwrap_or("\\N")).collect();
        dump.push_str(&cells.join("\t"));
        dump.push('\n');
    }
    dump.push_str("\\.\n\n--\n-- PostgreSQL database dump complete\n--\n\n");
    let mut out = Vec::new();
    scrubber.mask(Cursor::new(dump), &mut out).unwrap();
    let out = String::from_utf8(out).unwrap();
    let lines =
        out.lines().skip_while(|line| !line.starts_with("COPY")).skip(1).take_while(|line| *line != "\\.");
    let cell = |cell: &str| (cell != "\\N").then(|| cell.to_owned());
    lines.map(|line| line.split('\t').map(cell).collect()).collect()
}

#[test]
fn what_is_shared_between_threads_can_be() {
    fn shared<T: Send + Sync>() {}
    shared::<Scrubber>();
    shared::<crate::pipeline::TableScrubber>();
    shared::<crate::pipeline::ScrubberBuilder>();
    shared::<Policy>();
    shared::<Key>();
    shared::<Error>();
    shared::<crate::pipeline::Summary>();
}
