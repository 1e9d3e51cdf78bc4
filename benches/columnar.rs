//! Parquet to Parquet: the common workload as three files compressed with zstd, eleven columns masked.
//!
//! The command is measured as a child process: MB of the rows as COPY text per CPU-second, and peak memory. The ceiling
//! is this program as a child process that only decodes and encodes: all columns, or those that are masked; nothing that
//! decodes and encodes with the same crate can be faster. All take turns run by run. See `--help`.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a bench prints its figures")]

#[allow(dead_code, reason = "it belongs to the bench of the whole program")]
mod generator;
#[allow(dead_code, reason = "it belongs to the bench of the whole program")]
mod measure;

use std::error::Error;
use std::fmt::Write as _;
use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::Arc;

use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::arrow::{ArrowWriter, ProjectionMask};
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::{WriterProperties, WriterPropertiesBuilder};
use parquet::schema::types::ColumnPath;

use generator::{Form, Workload};
use measure::Measure;

const HELP: &str = "\
cargo bench --bench columnar -- [OPTIONS]

  --size MB         size of the rows as COPY text in 10^6 bytes [60]
  --runs N          runs of each case [5]
  --group N         rows of a row group [122880]
  --record FILE     append the table to FILE
  --note TEXT       goes into the record
";

/// The tables, and the columns of each that are masked.
const TABLES: [(&str, &[&str]); 3] = [
    ("customers", &["first_name", "last_name", "email", "phone", "address", "ssn"]),
    ("orders", &["customer_email", "shipping_address"]),
    ("payments", &["card_number", "iban", "billing_name"]),
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let result = match &arguments[..] {
        [first, file, columns @ ..] if first == "--ceiling" => ceiling(Path::new(file), columns),
        _ => Options::parse(arguments.into_iter()).and_then(|options| options.map_or(Ok(()), |o| bench(&o))),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("columnar: {error}");
            ExitCode::FAILURE
        }
    }
}

struct Options {
    size: u64,
    runs: usize,
    group: usize,
    record: Option<PathBuf>,
    note: String,
}

impl Options {
    /// The options, or `None` when help was asked for. Without `--bench`, which `cargo bench` adds and `cargo test` does
    /// not, one run on small files shows that everything works.
    fn parse(mut args: impl Iterator<Item = String>) -> Result<Option<Self>, Box<dyn Error>> {
        let mut options = Self { size: 1, runs: 1, group: 122_880, record: None, note: String::new() };
        let (mut size, mut runs) = (None, None);
        while let Some(arg) = args.next() {
            let mut value = || args.next().ok_or_else(|| format!("{arg} needs a value"));
            match arg.as_str() {
                "--bench" => (options.size, options.runs) = (60, 5),
                "--help" | "-h" => {
                    print!("{HELP}");
                    return Ok(None);
                }
                "--size" => size = Some(value()?.parse()?),
                "--runs" => runs = Some(value()?.parse()?),
                "--group" => options.group = value()?.parse()?,
                "--record" => options.record = Some(value()?.into()),
                "--note" => options.note = value()?,
                _ if arg.starts_with('-') => return Err(format!("unknown option {arg}\n\n{HELP}").into()),
                _ => {} // the name filter that `cargo bench NAME` passes to every bench
            }
        }
        options.size = size.unwrap_or(options.size);
        options.runs = runs.unwrap_or(options.runs);
        Ok(Some(options))
    }
}

fn bench(options: &Options) -> Result<(), Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("columnar");
    fs::create_dir_all(&folder)?;
    let bytes = write(options, &folder)?;
    let (policy, schema) = (folder.join("mask.toml"), folder.join("schema.sql"));
    fs::write(&policy, generator::MASK_POLICY)?;
    Workload::write_schema(&mut File::create(&schema)?)?;
    let own = std::env::current_exe()?;
    let mut cases: Vec<(String, Vec<Command>)> = Vec::new();
    let file = |table: &str| folder.join(table).with_extension("parquet");
    for masked in [false, true] {
        let name =
            if masked { "decode and encode, masked columns" } else { "decode and encode, all columns" };
        let of = |(table, columns): &(&str, &[&str])| {
            let mut command = Command::new(&own);
            command.arg("--ceiling").arg(file(table));
            if masked {
                command.args(*columns);
            }
            command
        };
        cases.push((name.to_owned(), TABLES.iter().map(of).collect()));
    }
    for threads in ["1", "2"] {
        let of = |(table, _): &(&str, &[&str])| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_scrub"));
            command.args(["mask", "--quiet", "--ephemeral-key", "--threads", threads, "-p"]);
            command.arg(&policy).arg("--schema").arg(&schema).arg(file(table));
            command
        };
        cases.push((format!("scrub mask, {threads} thread(s)"), TABLES.iter().map(of).collect()));
    }
    let mut measures: Vec<Vec<Measure>> = vec![Vec::new(); cases.len()];
    for run in 0..=options.runs {
        for ((_, commands), measures) in cases.iter_mut().zip(&mut measures) {
            let mut all = Measure::default();
            for command in commands {
                let one = measure::run(command, "/dev/null")?;
                all.wall += one.wall;
                all.cpu += one.cpu;
                all.memory = all.memory.max(one.memory);
            }
            // The first round only warms the page cache.
            if run > 0 {
                measures.push(all);
            }
        }
    }
    let table = table(options, bytes, &cases, &measures)?;
    print!("{table}");
    if let Some(path) = &options.record {
        OpenOptions::new().create(true).append(true).open(path)?.write_all(table.as_bytes())?;
    }
    Ok(())
}

/// Writes the workload as Parquet files, and returns the bytes of its rows as text.
fn write(options: &Options, folder: &Path) -> Result<u64, Box<dyn Error>> {
    let mut dump = Vec::new();
    Workload::of_size(42, options.size * 1_000_000).write(Form::Copy, &mut dump)?;
    let mut bytes = 0;
    let mut lines = std::str::from_utf8(&dump)?.lines();
    while let Some(line) = lines.next() {
        let Some(head) = line.strip_prefix("COPY public.") else { continue };
        let (name, columns) = head.split_once(" (").ok_or("a COPY without columns")?;
        let columns: Vec<&str> = columns.split(')').next().unwrap_or_default().split(", ").collect();
        let mut writer = None;
        let mut rows = Vec::new();
        loop {
            let row = lines.next().filter(|line| *line != "\\.");
            bytes += row.map_or(0, |row| row.len() as u64 + 1);
            rows.extend(row.map(|row| row.split('\t').collect::<Vec<_>>()));
            if rows.len() == 8192 || (row.is_none() && !rows.is_empty()) {
                let batch = batch(&columns, &rows)?;
                let writer = match &mut writer {
                    Some(writer) => writer,
                    None => {
                        let file = File::create(folder.join(name).with_extension("parquet"))?;
                        let properties = zstd().set_max_row_group_row_count(Some(options.group)).build();
                        writer.insert(ArrowWriter::try_new(file, batch.schema(), Some(properties))?)
                    }
                };
                writer.write(&batch)?;
                rows.clear();
            }
            if row.is_none() {
                break;
            }
        }
        if let Some(writer) = writer {
            writer.close()?;
        }
    }
    Ok(bytes)
}

fn zstd() -> WriterPropertiesBuilder {
    WriterProperties::builder().set_compression(Compression::ZSTD(ZstdLevel::default()))
}

/// Integers as Int64, all else as Utf8.
fn batch(columns: &[&str], rows: &[Vec<&str>]) -> Result<RecordBatch, Box<dyn Error>> {
    let mut fields = Vec::new();
    let mut arrays: Vec<ArrayRef> = Vec::new();
    for (at, name) in columns.iter().enumerate() {
        let cell = |row: &Vec<&str>| (row[at] != "\\N").then(|| row[at].to_owned());
        if *name == "id" || name.ends_with("_id") {
            let numbers = rows.iter().map(|row| cell(row).and_then(|text| text.parse().ok()));
            fields.push(Field::new(*name, DataType::Int64, true));
            arrays.push(Arc::new(numbers.collect::<Int64Array>()));
        } else {
            fields.push(Field::new(*name, DataType::Utf8, true));
            arrays.push(Arc::new(rows.iter().map(cell).collect::<StringArray>()));
        }
    }
    Ok(RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)?)
}

/// Decodes these columns of a file (all, if none is named) and encodes them again, without dictionaries where they are
/// masked.
fn ceiling(path: &Path, columns: &[String]) -> Result<(), Box<dyn Error>> {
    let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(path)?)?.with_batch_size(8192);
    let mask = match columns {
        [] => ProjectionMask::all(),
        columns => ProjectionMask::columns(reader.parquet_schema(), columns.iter().map(String::as_str)),
    };
    let group =
        reader.metadata().row_groups().first().map_or(0, parquet::file::metadata::RowGroupMetaData::num_rows);
    let reader = reader.with_projection(mask).build()?;
    let schema = arrow_array::RecordBatchReader::schema(&reader);
    let mut properties = zstd().set_max_row_group_row_count(Some(usize::try_from(group)?));
    for (_, masked) in TABLES {
        for name in masked {
            let path = ColumnPath::from(vec![(*name).to_owned()]);
            properties = properties.set_column_dictionary_enabled(path, false);
        }
    }
    let mut writer = ArrowWriter::try_new(std::io::sink(), schema, Some(properties.build()))?;
    for batch in reader {
        writer.write(&batch?)?;
    }
    writer.close()?;
    Ok(())
}

fn table(
    options: &Options,
    bytes: u64,
    cases: &[(String, Vec<Command>)],
    measures: &[Vec<Measure>],
) -> Result<String, Box<dyn Error>> {
    let mut text = String::new();
    let note = if options.note.is_empty() { String::new() } else { format!("; {}", options.note) };
    let Options { runs, group, .. } = options;
    let megabytes = bytes as f64 / 1e6;
    writeln!(
        text,
        "\n{megabytes:.0} MB of rows as text, Parquet zstd to zstd, row groups of {group}, medians of {runs}{note}\n"
    )?;
    writeln!(text, "| case | MB/s | MB/cpu-s | MiB |\n|---|---:|---:|---:|")?;
    for ((name, _), measures) in cases.iter().zip(measures) {
        let Measure { wall, cpu, memory } = measure::median(measures);
        let rate = |seconds: f64| megabytes / seconds.max(1e-6);
        writeln!(text, "| {name} | {:.0} | {:.0} | {memory:.1} |", rate(wall), rate(cpu))?;
    }
    Ok(text)
}
