//! `scrub demo`: an invented company's dump, masked, before and after. Needs no file, key or database.

#[cfg(feature = "sqlite")]
use std::io::Cursor;
use std::io::stdout;

use crate::base::{Key, Result};
use crate::format::{self, Input, ReaderOptions};
use crate::pipeline::{Scrubber, read_schema};
use crate::plan::{Plan, Policy};
use crate::table::Schema;

use super::args::DemoArgs;
use super::{Finding, mask, output, print};

const DUMP: &str = include_str!("../../rules/demo/larkspur.sql");
const POLICY: &str = include_str!("../../rules/demo/scrub.toml");

/// Rows shown of each table.
const SHOWN: usize = 4;

pub(super) fn run(args: &DemoArgs) -> Result<Finding> {
    if args.policy {
        return print::out(POLICY);
    }
    let policy = Policy::parse(POLICY, "demo policy")?;
    let schema = read_schema(open()?.as_mut())?;
    // Everybody knows this key, and everybody in the dump is invented.
    let mut bytes = [0; 32];
    bytes.iter_mut().zip(0..).for_each(|(byte, number)| *byte = number);
    let keys = Key::from_bytes(bytes)?.project(policy.project());
    let scrubber = Scrubber::from_plan(Plan::compile(&policy, &schema, None), Some(keys))?;
    if args.dump {
        scrubber.mask_events(open()?, output::buffered(stdout()))?;
        return Ok(Finding::Clean);
    }
    let tables = scrubber.preview(open()?, SHOWN)?;
    print::out(INTRODUCTION)?;
    print::out(&mask::preview(&tables, true))?;
    let mut masked = Vec::new();
    let summary = scrubber.mask_events(open()?, &mut masked)?;
    print::out(&format!(
        "\n{} rows in {} tables, {} cells masked, {} of them not what their column should hold and replaced all the \
         same.\n\n{}\n{NEXT}",
        summary.rows(),
        summary.tables.len(),
        summary.masked(),
        summary.invalid(),
        restored(&schema, masked)?,
    ))
}

/// What a database says of the dump before and after.
#[cfg(feature = "sqlite")]
fn restored(schema: &Schema, masked: Vec<u8>) -> Result<String> {
    let masked = format::open(Input::new("masked demo", Cursor::new(masked)), &ReaderOptions::default())?;
    super::demo_restore::report(schema, open()?, masked)
}

#[cfg(not(feature = "sqlite"))]
fn restored(_: &Schema, _: Vec<u8>) -> Result<String> {
    Ok("This build has no SQLite (feature sqlite), so the masked dump is not restored here.\n".into())
}

fn open() -> Result<Box<dyn format::Reader>> {
    format::open(Input::new("demo", DUMP.as_bytes()), &ReaderOptions::default())
}

const INTRODUCTION: &str = "\
Larkspur Supply is an invented company; its dump and the policy for it are in this binary.
Each line is one cell before and after. Equal values stay equal across tables, so every join still works.
";

const NEXT: &str = "\
See the masked dump:       scrub demo --dump
See the policy:            scrub demo --policy
See it in a database:      scrub demo --dump | psql -1 -v ON_ERROR_STOP=1 some_empty_database
Start with your own:       scrub key new --project acme/orders/dev
                           pg_dump -s DB | scrub check --write";
