//! `scrub scan`: says of every column what it holds, and why. No value is printed.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use crate::base::{Error, ErrorKind, Result};
use crate::detect::Catalogue;
use crate::pipeline::{Scan, ScanOptions, safe_name, scan};

use super::args::{Reading, ScanArgs};
use super::input::Digest;
use super::output::PendingFile;
use super::progress::Progress;
use super::{Finding, input, load, mask, print, scan_page, usage};

pub(super) fn run(args: &ScanArgs) -> Result<Finding> {
    let own = args.own.catalogue()?;
    let catalogue = own.as_ref().unwrap_or(Catalogue::builtin());
    let page = args.html.as_deref().map(|path| {
        let inputs: Vec<&Path> = args.input.as_deref().into_iter().collect();
        PendingFile::new(path, &inputs)
    });
    let page = page.transpose()?;
    let looked = Looking {
        input: args.input.as_deref(),
        sample: args.sample,
        locales: &args.locale,
        reading: &args.reading,
        threads: args.threads,
        quiet: args.quiet,
    };
    let started = Instant::now();
    let found = looked.scan(catalogue)?;
    let report = found.to_json(catalogue);
    if let Some(page) = page {
        page.write(scan_page::page(&report).as_bytes())?;
    }
    if args.json {
        let text = serde_json::to_string_pretty(&report);
        print::out(&text.map_err(|_| Error::new(ErrorKind::Panic("the report")))?)?;
    } else if !args.quiet {
        print::out(&table(catalogue, &found, args.all))?;
        let seconds = started.elapsed().as_secs_f64();
        print::notice(&conclusion(&found, seconds));
    }
    Ok(if args.deny && found.findings() > 0 { Finding::Failed } else { Finding::Clean })
}

/// An input to be scanned, as `scan` and `init` are told of it.
pub(super) struct Looking<'a> {
    pub(super) input: Option<&'a Path>,
    pub(super) sample: Option<u32>,
    pub(super) locales: &'a [String],
    pub(super) reading: &'a Reading,
    pub(super) threads: Option<usize>,
    pub(super) quiet: bool,
}

impl Looking<'_> {
    pub(super) fn scan(&self, catalogue: &Catalogue) -> Result<Scan> {
        if self.input.is_none() && !load::stdin_is_piped() {
            return Err(usage("nothing to read: name a dump, or pipe one in: pg_dump DB | scrub scan"));
        }
        let cancelled = mask::cancel_on_signal();
        let source = input::open(self.input, &cancelled, Digest::None)?;
        let progress = Progress::start(&source.meter, self.quiet);
        let reader = load::reader_without_policy(source.input, self.reading)?;
        let options = ScanOptions {
            threads: mask::threads(self.threads),
            sample: self.sample.map(|rows| rows as usize),
            locales: self.locales.to_vec(),
            cancelled: Arc::clone(&cancelled),
        };
        let found = scan(reader, catalogue, &options);
        drop(progress);
        found.map_err(|error| {
            if cancelled.load(Ordering::Relaxed) {
                return ErrorKind::Cancelled.into();
            }
            error.in_file(self.input.map_or_else(|| "-".to_owned(), |path| path.display().to_string()))
        })
    }
}

/// The findings, a line for each column, its evidence under it.
fn table(catalogue: &Catalogue, found: &Scan, all: bool) -> String {
    let mut text = String::new();
    for table in &found.tables {
        let mut lines = Vec::new();
        for column in table.columns.iter().filter(|column| all || column.finding.is_found()) {
            let finding = &column.finding;
            lines.push(vec![
                format!("  {}", safe_name(catalogue, &column.name)),
                finding.entity.clone().unwrap_or_else(|| "-".into()),
                finding.category.map_or("-", |category| category.name()).into(),
                format!("{:.2}", finding.confidence),
                finding.evidence.join("; "),
            ]);
        }
        if !lines.is_empty() {
            let rows = print::count(table.rows);
            text.push_str(&format!("{} ({rows} rows)\n", safe_name(catalogue, &table.name.to_string())));
            text.push_str(&print::table(&lines));
        }
    }
    if text.is_empty() {
        text.push_str("nothing personal found\n");
    }
    text
}

fn conclusion(found: &Scan, seconds: f64) -> String {
    let columns: usize = found.tables.iter().map(|table| table.columns.len()).sum();
    let megabytes = found.bytes as f64 / 1e6;
    format!(
        "scrub: {} of {columns} columns in {} tables hold something personal or secret; {megabytes:.1} MB of rows in \
         {seconds:.2} s\n  a scan finds what it knows; people decide: scrub init drafts a policy for them",
        found.findings(),
        found.tables.len(),
    )
}
