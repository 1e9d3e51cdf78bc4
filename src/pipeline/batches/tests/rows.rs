//! What depends on the row is the same in a batch as in a dump; errors, counts, readers, cancelling.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use arrow_array::types::Int32Type;
use arrow_array::{DictionaryArray, Int32Array, RecordBatchIterator, RecordBatchReader, StringArray};
use arrow_schema::ArrowError;

use crate::base::ErrorKind;

use super::*;

const TABLE: &str = "CREATE TABLE public.p (id integer, kind text, sex text, first text, last text, email text, code text, note text);";
const RULES: &str = r#"
[tables."public.p"]
subject = "id"
gender = "sex"
keep_rows = { when = "email LIKE '%@qa.example.com'", reason = "logins of the test suite" }
columns.id = "permute"
columns.kind = { op = "constant", value = "x" }
columns.sex = "keep"
columns.first = "first_name"
columns.last = "last_name"
columns.email = { op = "email", max_invalid = 1.0 }
columns.code = { op = "redact", sentinels = ["none"] }
columns.note = { op = "redact", when = "kind = 'person' AND email IS NOT NULL", else = { op = "keyed_hash", when = "kind = 'firm'", else = "keep" }, reason = "the rest are machines" }
"#;
const COLUMNS: [&str; 8] = ["id", "kind", "sex", "first", "last", "email", "code", "note"];

fn rows() -> Vec<Vec<Option<String>>> {
    let rows = [
        "1|person|f|Jane|Roe|jane@acme.example|A1|calls",
        "2|firm|-|Acme|Ltd|info@acme.example|none|pays",
        "3|robot|m|Bot|One|bot@acme.example|A3|runs",
        "4|person|m|Jane|Roe|t1@qa.example.com|A4|tests",
        "5|-|f|Ann|-|-|-|odd",
        "1|person|f|Jane|Roe|jane@acme.example|A1|again",
        "-|firm|m|Max|Poe|n/a|none|who",
    ];
    let cell = |cell: &str| (cell != "-").then(|| cell.to_owned());
    rows.iter().map(|row| row.split('|').map(cell).collect()).collect()
}

fn column(rows: &[Vec<Option<String>>], at: usize) -> StringArray {
    rows.iter().map(|row| row[at].clone()).collect()
}

fn people(rows: &[Vec<Option<String>>]) -> RecordBatch {
    let ids: Int32Array =
        rows.iter().map(|row| row[0].as_ref().map(|id| id.parse::<i32>().unwrap())).collect();
    let mut columns: Vec<(&str, ArrayRef)> = vec![("id", Arc::new(ids))];
    for (at, name) in COLUMNS.iter().enumerate().skip(1) {
        let array = column(rows, at);
        // Dictionaries are masked by value or by row, as the operator asks.
        let array: ArrayRef = match at % 2 {
            0 => Arc::new(array.iter().collect::<DictionaryArray<Int32Type>>()),
            _ => Arc::new(array),
        };
        columns.push((name, array));
    }
    batch(&columns)
}

fn scrubber() -> Scrubber {
    Scrubber::builder(policy(RULES)).schema(ddl(TABLE)).key(key()).build().unwrap()
}

#[test]
fn subjects_genders_conditions_sentinels_and_kept_rows_are_those_of_a_dump() {
    let rows = rows();
    let expected = masked_copy(&scrubber(), "public.p", &COLUMNS, &rows);
    let out = scrubber().table("public.p").unwrap().mask(&people(&rows)).unwrap();
    for (at, name) in COLUMNS.iter().enumerate().skip(1) {
        let expected: Vec<Option<String>> = expected.iter().map(|row| row[at].clone()).collect();
        assert_eq!(texts(out.column(at)), expected, "{name}");
    }
    assert_eq!(expected[3][5].as_deref(), Some("t1@qa.example.com"), "a kept row");
    assert_eq!(expected[0][3], expected[5][3], "one subject, one name");
}

#[test]
fn counts_are_those_of_a_dump() {
    let rows = rows();
    let mut dump = format!("COPY public.p ({}) FROM stdin;\n", COLUMNS.join(", "));
    for row in &rows {
        let cells: Vec<&str> = row.iter().map(|cell| cell.as_deref().unwrap_or("\\N")).collect();
        dump.push_str(&cells.join("\t"));
        dump.push('\n');
    }
    dump.push_str("\\.\n\n--\n-- PostgreSQL database dump complete\n--\n\n");
    let of_dump = scrubber().mask(Cursor::new(dump), std::io::sink()).unwrap();
    let table = scrubber().table("public.p").unwrap();
    table.mask(&people(&rows)).unwrap();
    let json = |summary: &crate::pipeline::TableSummary| serde_json::to_string(summary).unwrap();
    assert_eq!(json(&table.summary()), json(&of_dump.tables[0]));
    table.finish().unwrap();
}

#[test]
fn too_many_invalid_cells_show_at_the_end() {
    let emails: ArrayRef =
        Arc::new(["n/a", "n/a", "a@b.example"].into_iter().collect::<DictionaryArray<Int32Type>>());
    let input = batch(&[("email", emails)]);
    let scrubber = of_batch("[tables.t]\ncolumns.email = \"email\"\n", &input).unwrap();
    let table = scrubber.table("t").unwrap();
    table.mask(&input).unwrap();
    let error = table.finish().unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::TooManyInvalid { invalid: 2, cells: 3, .. }), "{error}");
    assert!(table.clone().finish().is_ok(), "a clone counts for itself");
    let batches = RecordBatchIterator::new([Ok(input.clone())], input.schema());
    let mut reader = table.reader(batches).unwrap();
    assert_eq!(reader.schema(), input.schema());
    assert!(reader.next().unwrap().is_ok());
    let Some(Err(ArrowError::ExternalError(error))) = reader.next() else { panic!("no error at the end") };
    assert!(error.to_string().contains("table t, column email"), "{error}");
    assert!(reader.next().is_none());
}

#[test]
fn an_error_names_table_column_and_row_and_not_the_value() {
    let born: ArrayRef = Arc::new(StringArray::from(vec!["1990-01-01", "SECRET77"]));
    let input = batch(&[("id", Arc::new(Int32Array::from(vec![1, 2]))), ("born", born)]);
    let rules = "[tables.t]\nsubject = \"id\"\nkeep = { columns = [\"id\"], reason = \"r\" }\n\
                 columns.born = { op = \"date_shift\", on_invalid = \"error\" }\n";
    let table = of_batch(rules, &input).unwrap().table("t").unwrap();
    let error = table.mask(&input).unwrap_err();
    assert!(error.to_string().starts_with("table t, row 2, column born: "), "{error}");
    assert!(!error.to_string().contains("SECRET"));
    let batches = RecordBatchIterator::new([Ok(input.slice(0, 1)), Ok(input.clone())], input.schema());
    let error = table.reader(batches).unwrap().nth(1).unwrap().unwrap_err();
    assert!(error.to_string().contains("row 3"), "rows are counted over batches: {error}");
}

#[test]
fn a_result_that_the_array_cannot_hold_is_an_error() {
    let small: ArrayRef = Arc::new(arrow_array::UInt8Array::from(vec![1, 200]));
    let input = batch(&[("n", small)]);
    let error = masked("[tables.t]\ncolumns.n = { op = \"constant\", value = 256 }\n", &input).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Unfit(_)), "{error}");
    assert!(error.to_string().starts_with("table t, row 1, column n: "), "{error}");
}

#[test]
fn null_for_a_field_that_is_not_nullable_is_refused_before_the_first_row() {
    let schema = Arc::new(ArrowSchema::new(vec![Field::new("n", DataType::Utf8, false)]));
    let rules = policy("[tables.\"public.t\"]\ncolumns.n = \"null\"\n");
    let build = Scrubber::builder(rules.clone()).arrow_table("public.t", &schema).build();
    assert!(build.err().unwrap().to_string().contains("NOT NULL"));
    // The database may know less than the batch.
    let scrubber = Scrubber::builder(rules).schema(ddl("CREATE TABLE public.t (n text);")).build().unwrap();
    let error = scrubber.table("public.t").unwrap().check(&schema).unwrap_err();
    assert!(error.to_string().contains("not nullable"), "{error}");
}

#[test]
fn a_column_that_needs_its_row_is_not_masked_alone() {
    let table = scrubber().table("public.p").unwrap();
    let array: ArrayRef = Arc::new(StringArray::from(vec!["Jane"]));
    for column in ["first", "last", "note", "code"] {
        let error = table.mask_array(column, &array).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Usage(_)), "{column}: {error}");
    }
    let error = table.mask_array("nobody", &array).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Schema(_)), "{error}");
    assert!(table.mask(&people(&rows()).project(&[1, 3]).unwrap()).is_err(), "the subject is missing");
}

#[test]
fn progress_is_told_and_a_flag_ends_the_run() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let (told, flag) = (Arc::clone(&seen), Arc::new(AtomicBool::new(false)));
    let scrubber = Scrubber::builder(policy(RULES))
        .schema(ddl(TABLE))
        .key(key())
        .cancel(Arc::clone(&flag))
        .progress(move |progress| {
            told.lock().unwrap().push((
                progress.table.unwrap().to_string(),
                progress.rows,
                progress.bytes > 0,
            ));
        })
        .build()
        .unwrap();
    let table = scrubber.table("public.p").unwrap();
    let batch = people(&rows());
    table.mask(&batch).unwrap();
    table.mask(&batch).unwrap();
    assert_eq!(*seen.lock().unwrap(), [("public.p".to_owned(), 7, true), ("public.p".to_owned(), 14, true)]);
    flag.store(true, Ordering::Relaxed);
    assert!(matches!(table.mask(&batch).unwrap_err().kind(), ErrorKind::Cancelled));
}

#[test]
fn the_words_of_a_failing_source_are_not_repeated() {
    let schema = people(&rows()).schema();
    let failing = RecordBatchIterator::new([Err(ArrowError::CsvError("near 'jane@acme'".into()))], schema);
    let table = scrubber().table("public.p").unwrap();
    let error = table.reader(failing).unwrap().next().unwrap().unwrap_err().to_string();
    assert!(error.contains("the reader of the record batches failed") && !error.contains("jane"), "{error}");
}

#[test]
fn a_table_without_rows_in_the_policy_gives_none() {
    let batch = people(&rows());
    let scrubber = Scrubber::builder(policy("[tables.\"public.p\"]\nrows = \"drop\"\n"))
        .schema(ddl(TABLE))
        .build()
        .unwrap();
    let out = scrubber.table("public.p").unwrap().mask(&batch).unwrap();
    assert_eq!((out.num_rows(), out.schema()), (0, batch.schema()));
    assert!(out.columns().iter().all(|column| samples::all_bytes(column).concat().len() < 16));
}
