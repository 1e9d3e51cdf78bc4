//! Record batches against text: the same rows, the same eleven masked columns, cells per CPU-second.
//!
//! Both run in this process on one thread, on the generator's dump in memory: as text through `Scrubber::mask`, and as
//! record batches of its columns through `TableScrubber::mask`. They take turns run by run. Prints medians. See `--help`.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a bench prints its figures")]

#[allow(dead_code, reason = "it belongs to the bench of the whole program")]
mod generator;

use std::error::Error;
use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::{Cursor, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema};
use scrub::format::{self, Input, ReaderOptions};
use scrub::{Key, Policy, Scrubber, TableScrubber};

use generator::{Form, Workload};

const HELP: &str = "\
cargo bench --bench arrow -- [OPTIONS]

  --size MB         size of the dump in 10^6 bytes [60]
  --runs N          runs of each case [5]
  --rows N,M        rows in a batch, one case each [1024,8192,65536]
  --record FILE     append the table to FILE
  --note TEXT       goes into the record
";

fn main() -> ExitCode {
    match Options::parse(std::env::args().skip(1)).and_then(|options| options.map_or(Ok(()), |o| bench(&o))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("arrow: {error}");
            ExitCode::FAILURE
        }
    }
}

struct Options {
    size: u64,
    runs: usize,
    rows: Vec<usize>,
    record: Option<PathBuf>,
    note: String,
}

impl Options {
    /// The options, or `None` when help was asked for. Without `--bench`, which `cargo bench` adds and `cargo test` does
    /// not, one run on a small dump shows that everything works.
    fn parse(mut args: impl Iterator<Item = String>) -> Result<Option<Self>, Box<dyn Error>> {
        let mut options =
            Self { size: 1, runs: 1, rows: vec![1024, 8192, 65536], record: None, note: String::new() };
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
                "--rows" => options.rows = value()?.split(',').map(str::parse).collect::<Result<_, _>>()?,
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
    let mut dump = Vec::new();
    Workload::of_size(42, options.size * 1_000_000).write(Form::Copy, &mut dump)?;
    let mut ddl = Vec::new();
    Workload::write_schema(&mut ddl)?;
    let mut reading = ReaderOptions::default();
    reading.trailer = false;
    let schema = scrub::pipeline::read_schema(
        format::open_schema(Input::new("schema", Cursor::new(ddl)), &reading)?.as_mut(),
    )?;
    let scrubber = Scrubber::builder(Policy::parse(generator::MASK_POLICY, "mask.toml")?)
        .schema(schema)
        .key(Key::from_bytes([7; 32])?)
        .reading(reading)
        .build()?;
    let text = Cursor::new(Arc::<[u8]>::from(dump));
    let mut cells = 0;
    let mut names = vec!["text, COPY".to_owned()];
    let mut batches = Vec::new();
    for rows in &options.rows {
        names.push(format!("record batches of {rows} rows"));
        batches.push(tables(&scrubber, text.get_ref(), *rows)?);
    }
    let mut times: Vec<Vec<f64>> = vec![Vec::new(); names.len()];
    for run in 0..=options.runs {
        let start = cpu()?;
        cells = scrubber.mask(text.clone(), std::io::sink())?.masked();
        let mut round = vec![cpu()? - start];
        for tables in &batches {
            let tables: Vec<(TableScrubber, &Vec<RecordBatch>)> =
                tables.iter().map(|(table, batches)| (table.clone(), batches)).collect();
            let start = cpu()?;
            for (table, batches) in &tables {
                for batch in *batches {
                    std::hint::black_box(table.mask(batch)?);
                }
            }
            round.push(cpu()? - start);
            let columns = tables.iter().flat_map(|(table, _)| table.summary().columns);
            let masked: u64 = columns.map(|column| column.masked).sum();
            if masked != cells {
                return Err(format!("{masked} cells are masked in batches and {cells} in text").into());
            }
        }
        // The first round only warms the caches.
        if run > 0 {
            times.iter_mut().zip(round).for_each(|(times, time)| times.push(time));
        }
    }
    let table = report(options, cells, &names, &mut times)?;
    print!("{table}");
    if let Some(path) = &options.record {
        OpenOptions::new().create(true).append(true).open(path)?.write_all(table.as_bytes())?;
    }
    Ok(())
}

/// The rows of each COPY of a dump, cut into batches: integers as Int64, all else as Utf8.
fn tables(
    scrubber: &Scrubber,
    dump: &[u8],
    rows: usize,
) -> Result<Vec<(TableScrubber, Vec<RecordBatch>)>, Box<dyn Error>> {
    let mut tables = Vec::new();
    let mut lines = std::str::from_utf8(dump)?.lines();
    while let Some(line) = lines.next() {
        let Some(head) = line.strip_prefix("COPY ") else { continue };
        let (name, columns) = head.split_once(" (").ok_or("a COPY without columns")?;
        let columns: Vec<&str> = columns.split(')').next().unwrap_or_default().split(", ").collect();
        let rows_of: Vec<Vec<&str>> =
            lines.by_ref().take_while(|line| *line != "\\.").map(|line| line.split('\t').collect()).collect();
        let batches: Result<Vec<RecordBatch>, _> =
            rows_of.chunks(rows).map(|rows| batch(&columns, rows)).collect();
        tables.push((scrubber.table(name)?, batches?));
    }
    Ok(tables)
}

fn batch(columns: &[&str], rows: &[Vec<&str>]) -> Result<RecordBatch, Box<dyn Error>> {
    let mut fields = Vec::new();
    let mut arrays: Vec<ArrayRef> = Vec::new();
    for (at, name) in columns.iter().enumerate() {
        let cell = |row: &Vec<&str>| (row[at] != "\\N").then(|| row[at].to_owned());
        let is_number = *name == "id" || name.ends_with("_id");
        if is_number {
            let numbers: Int64Array =
                rows.iter().map(|row| cell(row).and_then(|text| text.parse().ok())).collect();
            fields.push(Field::new(*name, DataType::Int64, true));
            arrays.push(Arc::new(numbers));
        } else {
            // No cell that is masked has a character that COPY escapes.
            fields.push(Field::new(*name, DataType::Utf8, true));
            arrays.push(Arc::new(rows.iter().map(cell).collect::<StringArray>()));
        }
    }
    Ok(RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)?)
}

fn report(
    options: &Options,
    cells: u64,
    names: &[String],
    times: &mut [Vec<f64>],
) -> Result<String, Box<dyn Error>> {
    let mut text = String::new();
    let note = if options.note.is_empty() { String::new() } else { format!("; {}", options.note) };
    let Options { size, runs, .. } = options;
    writeln!(text, "\n{size} MB, {cells} masked cells, 1 thread, medians of {runs}{note}\n")?;
    writeln!(text, "| case | million cells/cpu-s | ns per cell | times text |\n|---|---:|---:|---:|")?;
    let mut first = None;
    for (name, times) in names.iter().zip(times) {
        times.sort_by(f64::total_cmp);
        let time = times.get(times.len() / 2).copied().unwrap_or_default().max(1e-9);
        let of_text = *first.get_or_insert(time) / time;
        let rate = cells as f64 / time;
        writeln!(text, "| {name} | {:.1} | {:.0} | {of_text:.2} |", rate / 1e6, 1e9 / rate)?;
    }
    Ok(text)
}

/// Seconds of user and system time of this process.
#[cfg(unix)]
fn cpu() -> Result<f64, Box<dyn Error>> {
    use nix::sys::resource::{UsageWho, getrusage};
    use nix::sys::time::TimeValLike;
    let usage = getrusage(UsageWho::RUSAGE_SELF)?;
    Ok((usage.user_time().num_microseconds() + usage.system_time().num_microseconds()) as f64 / 1e6)
}

#[cfg(not(unix))]
fn cpu() -> Result<f64, Box<dyn Error>> {
    Err("the CPU time of a process is read on Unix only".into())
}
