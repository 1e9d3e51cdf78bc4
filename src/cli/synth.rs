//! `scrub synth`: new rows for a schema or for a dump that lacks them.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read, Write, stdin, stdout};
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::base::{Key, ProjectKey, Result};
use crate::format::{self, Input, Reader};
use crate::pipeline::Outline;
use crate::plan::{Plan, Policy};
use crate::synth::fill::{Made, Request, Survey, make};
use crate::synth::rows::Provenance;
use crate::synth::{NegativeSet, Rules};
use crate::table::{Schema, TableName};

use super::args::SynthArgs;
use super::output::PendingFile;
use super::{Finding, key, load, print, usage};

pub(super) fn run(args: &SynthArgs) -> Result<Finding> {
    let policy = args.policy.as_ref().map(Policy::from_path).transpose()?;
    let source = Source::new(args)?;
    let outline = Outline::read(source.reader()?.as_mut())?;
    if outline.has_rows && !args.input_is_safe {
        return Err(usage(
            "the input holds rows, and nobody has said that they are masked: give a schema alone (pg_dump -s), or the \
             masked dump with --input-is-safe",
        ));
    }
    let rules = Rules::new(&outline.schema, outline.dialect);
    if args.negative {
        return negative(args, &source, &rules, &keys(args, policy.as_ref())?);
    }
    let request = request(args, policy.as_ref(), &outline.schema)?;
    let mut survey = Survey::new(&outline.schema, &rules, &request);
    if outline.has_rows {
        outline.survey(source.reader()?.as_mut(), &mut survey)?;
    }
    let made = make(survey, &request, &keys(args, policy.as_ref())?)?;
    write(args, &source, &outline, &made)?;
    if let Some(path) = &args.provenance {
        let text = Provenance::of_name(path).write(&outline.schema, &made.rows);
        PendingFile::new(path, &source.paths())?.write(text.as_bytes())?;
    }
    if args.json {
        print::notice(&report(&made).to_string());
    } else if !args.quiet {
        print::notice(&summary(&made));
    }
    let missing = made.report.values().any(|table| table.missing > 0);
    Ok(if missing { Finding::Failed } else { Finding::Clean })
}

/// The rows that must be rejected.
fn negative(args: &SynthArgs, source: &Source<'_>, rules: &Rules, keys: &ProjectKey) -> Result<Finding> {
    let set = NegativeSet::new(rules, keys.domain("synth").prf("synth", "solve:1"));
    let script = set.script(rules);
    match &args.output {
        Some(path) => PendingFile::new(path, &source.paths())?.write(script.as_bytes())?,
        None => stdout().lock().write_all(script.as_bytes())?,
    }
    if args.json {
        let infeasible: BTreeMap<&String, &String> =
            set.infeasible.iter().map(|(name, proof)| (name, proof)).collect();
        let report = json!({ "rows": set.cases.len(), "infeasible": infeasible, "unknown": set.unknown });
        print::notice(&report.to_string());
    } else if !args.quiet {
        let number = |number: usize| print::count(number as u64);
        print::notice(&format!(
            "scrub: {} rows that must be rejected; {} requirements that no row can show, {} without a row",
            number(set.cases.len()),
            number(set.infeasible.len()),
            number(set.unknown.len())
        ));
    }
    Ok(Finding::Clean)
}

/// The input, which is read more than once.
struct Source<'a> {
    args: &'a SynthArgs,
    /// What came through a pipe.
    held: Vec<u8>,
}

impl<'a> Source<'a> {
    fn new(args: &'a SynthArgs) -> Result<Self> {
        let mut held = Vec::new();
        if args.input.is_none() {
            stdin().lock().take(MOST_HELD + 1).read_to_end(&mut held)?;
            if held.len() as u64 > MOST_HELD {
                return Err(usage(
                    "an input of more than 64 MiB is read from a file, for it is read more than once",
                ));
            }
        }
        Ok(Self { args, held })
    }

    fn reader(&self) -> Result<Box<dyn Reader>> {
        let mut options = load::reader_options(&self.args.reading)?;
        let input = match &self.args.input {
            Some(path) => Input::path(path),
            None => Input::new("-", Cursor::new(self.held.clone())),
        };
        // A schema by hand has no tool's last line; rows without one may be cut short.
        if !self.args.input_is_safe {
            options.trailer = false;
        }
        format::open(input, &options)
    }

    fn paths(&self) -> Vec<&Path> {
        self.args.input.iter().map(PathBuf::as_path).collect()
    }
}

/// Where the rows go.
fn write(args: &SynthArgs, source: &Source<'_>, outline: &Outline, made: &Made) -> Result<()> {
    let all = |out: &mut dyn Write| {
        if args.append {
            outline.append(source.reader()?.as_mut(), &made.rows, out)
        } else {
            outline.script(&made.rows, out)
        }
    };
    match &args.output {
        Some(path) => {
            let file = PendingFile::new(path, &source.paths())?;
            let mut out = file.writer()?;
            all(&mut out)?;
            out.flush()?;
            drop(out);
            file.finish()
        }
        None => {
            let mut out = std::io::BufWriter::new(stdout().lock());
            all(&mut out)?;
            Ok(out.flush()?)
        }
    }
}

fn request(args: &SynthArgs, policy: Option<&Policy>, schema: &Schema) -> Result<Request> {
    let mut rows = BTreeMap::new();
    for given in &args.rows {
        let (name, count) = given.rsplit_once('=').ok_or_else(|| usage("--rows takes TABLE=N"))?;
        let count: u64 = count.parse().map_err(|_| usage("--rows takes TABLE=N, and N is a number"))?;
        rows.insert(table(name, schema)?, count);
    }
    let locale = args.locale.as_deref().or(policy.map(Policy::locale)).unwrap_or("en_US").to_owned();
    let mut entities = BTreeMap::new();
    if let Some(policy) = policy {
        let plan = Plan::compile_input(policy, schema);
        for name in schema.tables.keys() {
            let Some(table) = plan.table(name) else { continue };
            for column in &table.columns {
                if let Some(mask) = column.mask() {
                    entities.insert((name.to_string(), column.name.clone()), mask.operator.name.to_owned());
                }
            }
        }
    }
    Ok(Request { rows, fill: args.fill, edges: args.edges, locale, marker: args.marker.clone(), entities })
}

/// The table that a name means: as a policy writes it, or its last part alone where that is enough.
fn table(name: &str, schema: &Schema) -> Result<TableName> {
    let mut found: Vec<&TableName> = schema.tables.keys().filter(|known| known.to_string() == name).collect();
    if found.is_empty() {
        found = schema.tables.keys().filter(|known| known.table == name).collect();
    }
    match &*found {
        [one] => Ok((*one).clone()),
        [] => Err(usage(format!("the schema has no table {name}"))),
        _ => Err(usage(format!("several tables are called {name}: write its schema before it"))),
    }
}

/// The key that rows follow. They hide nothing, so that there is one for everybody who gives none.
fn keys(args: &SynthArgs, policy: Option<&Policy>) -> Result<ProjectKey> {
    let project = policy.map_or("synth", Policy::project);
    let key = if args.key.is_given() { key::load(&args.key, project)? } else { Key::from_bytes(*PUBLIC)? };
    Ok(key.project(project))
}

fn report(made: &Made) -> serde_json::Value {
    let tables: serde_json::Map<String, serde_json::Value> = made
        .report
        .iter()
        .map(|(name, table)| {
            let value = json!({
                "rows": made.rows.of(name).count(),
                "before": table.before,
                "filled": table.filled,
                "infeasible": table.infeasible,
                "unknown": table.unknown,
                "missing": table.missing,
            });
            (name.to_string(), value)
        })
        .collect();
    json!({ "rows": made.rows.len(), "tables": tables })
}

fn summary(made: &Made) -> String {
    let number = |number: usize| print::count(number as u64);
    let tables: BTreeSet<&TableName> = made.rows.tables.iter().map(|(name, _)| name).collect();
    let mut lines = vec![format!("scrub: {} new rows in {} tables", number(made.rows.len()), tables.len())];
    let sum =
        |part: fn(&crate::synth::fill::TableReport) -> usize| made.report.values().map(part).sum::<usize>();
    let (before, filled) = (sum(|table| table.before), sum(|table| table.filled));
    let (infeasible, unknown) = (sum(|table| table.infeasible.len()), sum(|table| table.unknown.len()));
    if before + filled + infeasible + unknown > 0 {
        lines.push(format!(
            "  requirements: {} shown before, {} filled, {} that no row can show, {} without a row",
            number(before),
            number(filled),
            number(infeasible),
            number(unknown)
        ));
    }
    for (name, table) in made.report.iter().filter(|(_, table)| table.missing > 0) {
        lines.push(format!(
            "  {name}: {} rows could not be made: its keys or constraints leave no room for them",
            print::count(table.missing)
        ));
    }
    lines.join("\n")
}

/// Most bytes of a pipe that are held.
const MOST_HELD: u64 = 64 << 20;
/// The key of rows for which nobody gave one; it is no secret.
const PUBLIC: &[u8; 32] = b"scrub synth: rows without a key.";
