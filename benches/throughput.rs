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
  --cases A,B       of mask, keep, output, manifest, cat, sed [mask,keep,cat,sed]
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
    let cases = cases(options, &files)?;
    let mut measures: Vec<Vec<Measure>> = vec![Vec::new(); cases.len()];
    for run in 0..=options.runs {
        for (case, measures) in cases.iter().zip(&mut measures) {
            let measure = measure::run(&mut case.command(), &files.inputs[0].path)?;
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

/// One line of the table.
struct Case {
    name: String,
    program: &'static str,
    arguments: Vec<String>,
}

impl Case {
    fn command(&self) -> Command {
        let mut command = Command::new(self.program);
        command.args(&self.arguments);
        command
    }
}

fn cases(options: &Options, files: &Files) -> Result<Vec<Case>, Box<dyn Error>> {
    let mut cases = Vec::new();
    for case in &options.cases {
        let scrub = |policy: &str, more: &[&str]| {
            options
                .threads
                .iter()
                .map(|threads| {
                    let threads = threads.to_string();
                    let mut arguments = vec!["mask", "--quiet", "--ephemeral-key", "--threads", &threads];
                    arguments.extend(["-p", policy]);
                    arguments.extend(files.schema.iter().map(String::as_str));
                    arguments.extend(more);
                    let name =
                        format!("scrub {case}, {threads} thread{}", if threads == "1" { "" } else { "s" });
                    files.case(name, env!("CARGO_BIN_EXE_scrub"), &arguments)
                })
                .collect::<Vec<_>>()
        };
        match case.as_str() {
            "mask" => cases.extend(scrub(&files.mask, &[])),
            "keep" => cases.extend(scrub(&files.keep, &[])),
            "output" => cases.extend(scrub(&files.mask, &["-o", &files.output])),
            "manifest" => cases.extend(scrub(&files.mask, &["--manifest", &files.manifest])),
            "cat" => cases.extend(files.on_path("cat", &[])),
            "sed" => cases.extend(files.on_path("sed", &["s/x/y/"])),
            _ => return Err(format!("unknown case {case}\n\n{HELP}").into()),
        }
    }
    Ok(cases)
}

impl Files {
    /// One run over all inputs: by standard input, one after the other.
    fn case(&self, name: String, program: &'static str, arguments: &[&str]) -> Case {
        if let [only] = &*self.inputs
            && only.table.is_none()
        {
            let arguments = arguments.iter().copied().map(String::from).collect();
            return Case { name, program, arguments };
        }
        let quoted = |text: &str| format!("'{text}'");
        let command: Vec<String> =
            std::iter::once(program).chain(arguments.iter().copied()).map(quoted).collect();
        let scrub = program == env!("CARGO_BIN_EXE_scrub");
        let runs: Vec<String> = self
            .inputs
            .iter()
            .map(|input| {
                let table = input.table.filter(|_| scrub).map(|table| format!(" --table public.{table}"));
                format!("{}{} < '{}'", command.join(" "), table.unwrap_or_default(), input.path)
            })
            .collect();
        Case { name, program: "sh", arguments: vec!["-c".into(), runs.join(" && ")] }
    }

    /// A case of a common tool, if the machine has it.
    fn on_path(&self, program: &'static str, arguments: &[&str]) -> Option<Case> {
        let found =
            std::env::split_paths(&std::env::var_os("PATH")?).any(|folder| folder.join(program).is_file());
        let name = [&[program], arguments].concat().join(" ");
        found.then(|| self.case(name, program, arguments))
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
