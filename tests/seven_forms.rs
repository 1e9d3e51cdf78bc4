//! One data set in seven forms under one policy file: a value gets the same pseudonym in all of them.
//!
//! Each output is read by something that is not scrub: `sqlparser`, `csv`, `serde_json`, `parquet`.

use std::collections::BTreeMap;

use sqlparser::ast::{Expr, SetExpr, Statement, UnaryOperator, Value};
use sqlparser::dialect::{Dialect, MySqlDialect, PostgreSqlDialect, SQLiteDialect};
use sqlparser::parser::Parser;

use crate::support::cli::Workspace;
use crate::support::copy;
use crate::workload_forms::{Form, MASK_POLICY, TABLES, TableForm, Workload};

/// Cells by table, row and column; NULL is `None`.
pub(crate) type Data = BTreeMap<(&'static str, String, &'static str), Option<String>>;

const WORKLOAD: Workload = Workload { seed: 7, customers: 150 };

#[test]
fn a_value_has_one_pseudonym_in_all_forms() {
    let workspace = Workspace::new(MASK_POLICY);
    let mut schema = Vec::new();
    Workload::write_schema(&mut schema).unwrap();
    workspace.file("schema.sql", &schema);
    let dump = |form| {
        let mut bytes = Vec::new();
        WORKLOAD.write(form, &mut bytes).unwrap();
        bytes
    };
    let with_schema = ["--schema", "schema.sql"];
    let original = copy_rows(&dump(Form::Copy));
    let masked = copy_rows(&workspace.mask_pipe(&with_schema, &dump(Form::Copy)).done());
    assert_eq!(original.len(), masked.len());
    for column in MASKED {
        let of = |data: &Data| {
            data.iter().filter(|(key, _)| key.2 == *column).map(|(_, cell)| cell.clone()).collect()
        };
        let (before, after): (Vec<_>, Vec<_>) = (of(&original), of(&masked));
        let same = before.iter().zip(&after).filter(|(a, b)| a.is_some() && a == b).count();
        assert!(before.iter().flatten().count() > 50, "{column} is mostly NULL");
        assert_eq!(same, 0, "{column}: cells that were not masked");
    }

    let inserts = workspace.mask_pipe(&with_schema, &dump(Form::Inserts)).done();
    assert_equal("pg_dump --inserts", &sql_rows(&inserts, &PostgreSqlDialect {}), &masked);
    let mysql = workspace.mask_pipe(&["--schema-from-stream"], &dump(Form::MySqlDump)).done();
    assert_equal("mysqldump", &sql_rows(&mysql, &MySqlDialect {}), &masked);
    let sqlite = workspace.mask_pipe(&["--schema-from-stream"], &dump(Form::SqliteDump)).done();
    assert_equal("sqlite3 .dump", &sql_rows(&sqlite, &SQLiteDialect {}), &masked);

    let (mut csv, mut json) = (Data::new(), Data::new());
    for table in TABLES {
        let name = format!("public.{}", table.name);
        let run = |form, format| {
            let mut bytes = Vec::new();
            WORKLOAD.write_table(form, table, &mut bytes).unwrap();
            let options = ["--schema", "schema.sql", "--table", &name, "--format", format];
            workspace.mask_pipe(&options, &bytes).done()
        };
        csv_rows(table, &run(Form::Csv, "csv"), &mut csv);
        json_rows(table, &run(Form::JsonLines, "jsonl"), &mut json);
    }
    assert_equal("CSV", &csv, &masked);
    assert_equal("JSON Lines", &json, &masked);

    #[cfg(feature = "parquet")]
    {
        let mut parquet = Data::new();
        for table in TABLES {
            let input = workspace.file(&format!("{}.parquet", table.name), &parquet_file(table, &original));
            let output = workspace.path(&format!("{}.masked.parquet", table.name));
            let name = format!("public.{}", table.name);
            let options = ["--schema", "schema.sql", "--table", &name, "-o", output.to_str().unwrap()];
            workspace.mask_file(&options, &input).done();
            parquet_rows(table, std::fs::File::open(output).unwrap(), &mut parquet);
        }
        assert_equal("Parquet", &parquet, &masked);
    }
}

/// The columns that the policy masks, the email of an order by its foreign key.
const MASKED: &[&str] = &[
    "first_name",
    "last_name",
    "email",
    "phone",
    "address",
    "ssn",
    "customer_email",
    "shipping_address",
    "card_number",
    "iban",
    "billing_name",
];

#[track_caller]
fn assert_equal(form: &str, found: &Data, expected: &Data) {
    assert_eq!(found.len(), expected.len(), "{form}: cells");
    for (key, cell) in expected {
        // Spelling of numbers, dates and JSON is the form's own business.
        if MASKED.contains(&key.2) {
            assert_eq!(found.get(key), Some(cell), "{form}: {key:?}");
        }
    }
}

fn put(data: &mut Data, table: &'static TableForm, cells: Vec<Option<String>>) {
    assert_eq!(cells.len(), table.columns.len());
    let id = cells[0].clone().unwrap();
    for ((column, _), cell) in table.columns.iter().zip(cells) {
        data.insert((table.name, id.clone(), column), cell);
    }
}

fn named(name: &str) -> &'static TableForm {
    TABLES.iter().find(|table| table.name == name.trim_start_matches("public.")).unwrap()
}

pub(crate) fn copy_rows(dump: &[u8]) -> Data {
    let mut data = Data::new();
    for (name, rows) in copy::tables(dump) {
        for row in rows.rows {
            // No cell of the workload needs an escape but the JSON, which is not compared.
            put(
                &mut data,
                named(&name),
                row.into_iter().map(|cell| (cell != r"\N").then_some(cell)).collect(),
            );
        }
    }
    data
}

fn sql_rows(dump: &[u8], dialect: &dyn Dialect) -> Data {
    let mut data = Data::new();
    let text = std::str::from_utf8(dump).unwrap();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if !line.starts_with("INSERT INTO ") {
            continue;
        }
        // Notes have line ends; none ends like a statement.
        let mut statement = line.to_owned();
        while !statement.ends_with(");") {
            statement.push('\n');
            statement.push_str(lines.next().unwrap());
        }
        let statements = Parser::parse_sql(dialect, &statement).unwrap();
        let [Statement::Insert(insert)] = &statements[..] else { panic!("not one INSERT") };
        let table = insert.table.to_string().replace('`', "");
        let Some(SetExpr::Values(values)) = insert.source.as_ref().map(|query| &*query.body) else {
            panic!("not VALUES")
        };
        for row in &values.rows {
            put(&mut data, named(&table), row.iter().map(literal).collect());
        }
    }
    data
}

fn literal(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Value(value) => match &value.value {
            Value::Null => None,
            Value::SingleQuotedString(text) | Value::Number(text, _) => Some(text.clone()),
            _ => panic!("a literal of another kind"),
        },
        Expr::UnaryOp { op: UnaryOperator::Minus, expr } => literal(expr).map(|text| format!("-{text}")),
        _ => panic!("not a literal"),
    }
}

fn csv_rows(table: &'static TableForm, bytes: &[u8], data: &mut Data) {
    let mut reader = csv::Reader::from_reader(bytes);
    for record in reader.records() {
        let cells = record.unwrap();
        put(data, table, cells.iter().map(|cell| (!cell.is_empty()).then(|| cell.to_owned())).collect());
    }
}

fn json_rows(table: &'static TableForm, bytes: &[u8], data: &mut Data) {
    for line in std::str::from_utf8(bytes).unwrap().lines() {
        let object: serde_json::Map<String, serde_json::Value> = serde_json::from_str(line).unwrap();
        let cell = |name: &str| match &object[name] {
            serde_json::Value::Null => None,
            serde_json::Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        };
        put(data, table, table.columns.iter().map(|(name, _)| cell(name)).collect());
    }
}

#[cfg(feature = "parquet")]
pub(crate) fn parquet_file(table: &'static TableForm, data: &Data) -> Vec<u8> {
    use std::sync::Arc;

    use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray};

    let ids: Vec<&String> =
        data.keys().filter(|key| key.0 == table.name && key.2 == "id").map(|key| &key.1).collect();
    let columns = table.columns.iter().map(|(column, _)| {
        let cells = ids.iter().map(|id| data[&(table.name, (*id).clone(), *column)].as_deref());
        let array: ArrayRef = if column.ends_with("id") {
            Arc::new(cells.map(|cell| cell.map(|text| text.parse().unwrap())).collect::<Int64Array>())
        } else {
            Arc::new(cells.collect::<StringArray>())
        };
        (*column, array, true)
    });
    let batch = RecordBatch::try_from_iter_with_nullable(columns).unwrap();
    let mut bytes = Vec::new();
    let mut writer = parquet::arrow::ArrowWriter::try_new(&mut bytes, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    bytes
}

#[cfg(feature = "parquet")]
fn parquet_rows(table: &'static TableForm, file: std::fs::File, data: &mut Data) {
    use arrow_array::Array as _;
    use arrow_array::cast::AsArray as _;
    use arrow_array::types::Int64Type;

    let builder = parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
    for batch in builder.build().unwrap() {
        let batch = batch.unwrap();
        for row in 0..batch.num_rows() {
            let cells = batch.columns().iter().map(|array| {
                let text = || match array.as_string_opt::<i32>() {
                    Some(texts) => texts.value(row).to_owned(),
                    None => array.as_primitive::<Int64Type>().value(row).to_string(),
                };
                (!array.is_null(row)).then(text)
            });
            put(data, table, cells.collect());
        }
    }
}
