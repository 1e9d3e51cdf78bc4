//! Throughput of the whole program: the `scrub` command on a dump that the bench writes itself.
//!
//! Runs the release binary as a user would, a file on standard input and nothing behind standard output, beside `cat` and
//! `sed s/x/y/` on the same file. Cases take turns run by run, so that a slow spell of the machine hits all of them. Prints
//! medians. See `--help`.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a bench prints its figures")]

mod generator;
mod measure;

use std::error::Error;
use std::fmt::Write as _;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::thread;

use generator::{Form, Workload};
use measure::Measure;

const HELP: &str = "\
cargo bench --bench throughput -- [OPTIONS]

  --form NAME       copy, inserts, mysql, sqlite, csv or jsonl [copy]
  --size MB         size of the dump in 10^6 bytes, as COPY [60]
  --runs N          runs of each case [3]
  --threads N,M     threads of scrub, one set of cases each [1 and all cores]
  --seed N          seed of the dump [42]
  --cases A,B       of mask, keep, output, manifest, coverage, from-gzip, from-zstd, to-gzip, to-zstd, cat, sed
                    [mask,keep,cat,sed]
  --record FILE     append the table to FILE
  --note TEXT       goes into the record
  --write FILE      write the dump to FILE, and its schema and policies beside it, and stop
";

fn main() -> ExitCode {
    match Options::parse(std::env::args().skip(1)).and_then(|options| options.map_or(Ok(()), |o| bench(&o))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("throughput: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Forms, and how their files end.
const FORMS: &[(&str, Form, &str)] = &[
    ("copy", Form::Copy, "sql"),
    ("inserts", Form::Inserts, "sql"),
    ("mysql", Form::MySqlDump, "sql"),
    ("sqlite", Form::SqliteDump, "sql"),
    ("csv", Form::Csv, "csv"),
    ("jsonl", Form::JsonLines, "jsonl"),
];

struct Options {
    form: Form,
    size: u64,
    runs: usize,
    threads: Vec<usize>,
    seed: u64,
    cases: Vec<String>,
    record: Option<PathBuf>,
    note: String,
    write: Option<PathBuf>,
}

impl Options {
    /// The options, or `None` when help was asked for. Without `--bench`, which `cargo bench` adds and `cargo test` does
    /// not, one run on a small dump shows that everything works.
    fn parse(mut args: impl Iterator<Item = String>) -> Result<Option<Self>, Box<dyn Error>> {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let mut threads = vec![1, cores];
        threads.dedup();
        let mut options = Self {
            form: Form::Copy,
            size: 0,
            runs: 0,
            threads,
            seed: 42,
            cases: ["mask", "keep", "cat", "sed"].map(String::from).to_vec(),
            record: None,
            note: String::new(),
            write: None,
        };
        let mut bench = false;
        while let Some(arg) = args.next() {
            let mut value = || args.next().ok_or_else(|| format!("{arg} needs a value"));
            match arg.as_str() {
                "--bench" => bench = true,
                "--help" | "-h" => {
                    print!("{HELP}");
                    return Ok(None);
                }
                "--form" => {
                    let name = value()?;
                    let known = FORMS.iter().find(|(known, ..)| *known == name);
                    options.form = known.ok_or_else(|| format!("unknown form {name}\n\n{HELP}"))?.1;
                }
                "--size" => options.size = value()?.parse()?,
                "--runs" => options.runs = value()?.parse()?,
                "--threads" => {
                    options.threads = value()?.split(',').map(str::parse).collect::<Result<_, _>>()?;
                }
                "--seed" => options.seed = value()?.parse()?,
                "--cases" => options.cases = value()?.split(',').map(String::from).collect(),
                "--record" => options.record = Some(value()?.into()),
                "--note" => options.note = value()?,
                "--write" => options.write = Some(value()?.into()),
                _ if arg.starts_with('-') => return Err(format!("unknown option {arg}\n\n{HELP}").into()),
                _ => {} // the name filter that `cargo bench NAME` passes to every bench
            }
        }
        let (size, runs) = if bench { (60, 3) } else { (1, 1) };
        options.size = if options.size == 0 { size } else { options.size };
        options.runs = if options.runs == 0 { runs } else { options.runs };
        Ok(Some(options))
    }
}

fn bench(options: &Options) -> Result<(), Box<dyn Error>> {
    let files = Files::write(options)?;
    if options.write.is_some() {
        return Ok(());
    }
    let mut bytes = 0;
    for input in &files.inputs {
        bytes += fs::metadata(&input.path)?.len();
    }
    let mut cases = cases(options, &files)?;
    let mut measures: Vec<Vec<Measure>> = vec![Vec::new(); cases.len()];
    for run in 0..=options.runs {
        for (case, measures) in cases.iter_mut().zip(&mut measures) {
            let measure = case.run()?;
            // The first round only warms the page cache.
            if run > 0 {
                measures.push(measure);
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

/// A file, and the table whose rows it holds if it does not say so itself.
#[derive(Clone)]
struct InputFile {
    path: String,
    table: Option<&'static str>,
}

/// What the cases work on, in the target folder.
struct Files {
    inputs: Vec<InputFile>,
    /// Where the plan's schema comes from.
    schema: Vec<String>,
    mask: String,
    keep: String,
    output: String,
    manifest: String,
}

impl Files {
    /// Writes dump, schema and policies.
    fn write(options: &Options) -> Result<Self, Box<dyn Error>> {
        let default = Path::new(env!("CARGO_TARGET_TMPDIR")).join("throughput.sql");
        let dump = options.write.as_deref().unwrap_or(&default);
        let beside = |name: &str| dump.with_extension(name).to_string_lossy().into_owned();
        let workload = Workload::of_size(options.seed, options.size * 1_000_000);
        let form = options.form;
        let end = FORMS.iter().find(|(_, known, _)| *known == form).map_or("sql", |(.., end)| end);
        let mut inputs = Vec::new();
        let single = !matches!(form, Form::Csv | Form::JsonLines);
        if single {
            let path = dump.to_string_lossy().into_owned();
            write(&path, |out| workload.write(form, out))?;
            inputs.push(InputFile { path, table: None });
        } else {
            for table in generator::TABLES {
                let path = beside(&format!("{}.{end}", table.name));
                write(&path, |out| workload.write_table(form, table, out))?;
                inputs.push(InputFile { path, table: Some(table.name) });
            }
        }
        let schema = beside("schema.sql");
        write(&schema, Workload::write_schema)?;
        let own_ddl = matches!(form, Form::MySqlDump | Form::SqliteDump);
        let files = Self {
            inputs,
            schema: if own_ddl {
                vec!["--schema-from-stream".into()]
            } else {
                vec!["--schema".into(), schema]
            },
            mask: beside("mask.toml"),
            keep: beside("keep.toml"),
            output: beside("masked.sql"),
            manifest: beside("manifest.json"),
        };
        fs::write(&files.mask, generator::MASK_POLICY)?;
        fs::write(&files.keep, generator::KEEP_POLICY)?;
        Ok(files)
    }
}

fn write(path: &str, rows: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 20, File::create(path)?);
    rows(&mut out)?;
    out.flush()
}

/// One line of the table: programs that run one after the other, each with a file on its standard input.
struct Case {
    name: String,
    steps: Vec<(Command, String)>,
}

impl Case {
    /// Sums of times, the highest peak of memory.
    fn run(&mut self) -> io::Result<Measure> {
        let mut sum = Measure::default();
        for (command, input) in &mut self.steps {
            let one = measure::run(command, input)?;
            sum.wall += one.wall;
            sum.cpu += one.cpu;
            sum.memory = sum.memory.max(one.memory);
        }
        Ok(sum)
    }
}

fn cases(options: &Options, files: &Files) -> Result<Vec<Case>, Box<dyn Error>> {
    let mut cases = Vec::new();
    for case in &options.cases {
        let verb = if case == "coverage" { "coverage" } else { "mask" };
        let mut scrub = |policy: &str, more: &[&str], packed: Option<Pack>| -> io::Result<()> {
            let inputs = match packed {
                Some(pack) => {
                    files.inputs.iter().map(|input| input.packed(pack)).collect::<Result<_, _>>()?
                }
                None => files.inputs.clone(),
            };
            for threads in &options.threads {
                let steps = inputs.iter().map(|input| {
                    let mut command = Command::new(env!("CARGO_BIN_EXE_scrub"));
                    command.args([verb, "--quiet", "--ephemeral-key", "--threads", &threads.to_string()]);
                    command.args(["-p", policy]).args(&files.schema).args(more);
                    if let Some(table) = input.table {
                        command.args(["--table", &format!("public.{table}")]);
                    }
                    (command, input.path.clone())
                });
                let name = format!("scrub {case}, {threads} thread{}", if *threads == 1 { "" } else { "s" });
                cases.push(Case { name, steps: steps.collect() });
            }
            Ok(())
        };
        match case.as_str() {
            "mask" => scrub(&files.mask, &[], None)?,
            "keep" => scrub(&files.keep, &[], None)?,
            "output" => scrub(&files.mask, &["-o", &files.output], None)?,
            "manifest" => scrub(&files.mask, &["--manifest", &files.manifest], None)?,
            "coverage" => scrub(&files.mask, &[], None)?,
            "from-gzip" => scrub(&files.mask, &[], Some(Pack::Gzip))?,
            "from-zstd" => scrub(&files.mask, &[], Some(Pack::Zstd))?,
            "to-gzip" => scrub(&files.mask, &["--compress", "gzip"], None)?,
            "to-zstd" => scrub(&files.mask, &["--compress", "zstd"], None)?,
            "cat" => cases.extend(files.on_path("cat", &[])),
            "sed" => cases.extend(files.on_path("sed", &["s/x/y/"])),
            _ => return Err(format!("unknown case {case}\n\n{HELP}").into()),
        }
    }
    Ok(cases)
}

/// How an input is compressed.
#[derive(Clone, Copy)]
enum Pack {
    Gzip,
    Zstd,
}

impl InputFile {
    /// The same file, compressed beside it at the usual level.
    fn packed(&self, pack: Pack) -> io::Result<Self> {
        let end = match pack {
            Pack::Gzip => "gz",
            Pack::Zstd => "zst",
        };
        let path = format!("{}.{end}", self.path);
        let mut from = File::open(&self.path)?;
        let out = BufWriter::new(File::create(&path)?);
        match pack {
            Pack::Gzip => {
                let mut encoder = flate2::write::GzEncoder::new(out, flate2::Compression::default());
                io::copy(&mut from, &mut encoder)?;
                encoder.finish()?.flush()?;
            }
            Pack::Zstd => zstd::stream::copy_encode(from, out, 3)?,
        }
        Ok(Self { path, table: self.table })
    }
}

impl Files {
    /// A case of a common tool, if the machine has it.
    fn on_path(&self, program: &'static str, arguments: &[&str]) -> Option<Case> {
        let found =
            std::env::split_paths(&std::env::var_os("PATH")?).any(|folder| folder.join(program).is_file());
        let steps = self.inputs.iter().map(|input| {
            let mut command = Command::new(program);
            command.args(arguments);
            (command, input.path.clone())
        });
        found.then(|| Case { name: [&[program], arguments].concat().join(" "), steps: steps.collect() })
    }
}

fn table(
    options: &Options,
    bytes: u64,
    cases: &[Case],
    measures: &[Vec<Measure>],
) -> Result<String, Box<dyn Error>> {
    let mut text = String::new();
    let note = if options.note.is_empty() { String::new() } else { format!("; {}", options.note) };
    let form = FORMS.iter().find(|(_, known, _)| *known == options.form).map_or("", |(name, ..)| name);
    writeln!(
        text,
        "\n{form}, {} MB, seed {}, medians of {}{note}\n",
        bytes / 1_000_000,
        options.seed,
        options.runs
    )?;
    writeln!(text, "| case | MB/s | MB/cpu-s | MiB |\n|---|---:|---:|---:|")?;
    for (case, measures) in cases.iter().zip(measures) {
        let Measure { wall, cpu, memory } = measure::median(measures);
        let rate = |seconds: f64| bytes as f64 / 1e6 / seconds.max(1e-6);
        writeln!(text, "| {} | {:.0} | {:.0} | {memory:.1} |", case.name, rate(wall), rate(cpu))?;
    }
    Ok(text)
}
