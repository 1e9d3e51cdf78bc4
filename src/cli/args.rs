//! The command line, as clap reads it. Help texts live here, next to the options.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};

use crate::pipeline::OutputCompression;

/// scrub: safe, realistic, restorable test data from production dumps.
#[derive(Parser)]
#[command(name = "scrub", version, about, max_term_width = 100, after_help = EXAMPLES)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) verb: Verb,
}

const EXAMPLES: &str = "\
Examples:
  scrub demo                                        see what it does, on a sample in the binary
  scrub key new --project acme/orders/dev           make a key, kept outside of git
  pg_dump shop | scrub init                         draft scrub.toml and scrub.lock from what is found
  pg_dump -s shop | scrub check --write             write scrub.lock, list what nobody classified
  pg_dump shop | scrub mask | psql -1 -v ON_ERROR_STOP=1 shop_test

Exit status: 0 done, 1 a check found something, 2 could not run.";

#[derive(Subcommand)]
pub(super) enum Verb {
    /// Mask a dump under a policy (the main job)
    Mask(MaskArgs),
    /// Compile the policy and print the plan; the gate for CI
    Check(CheckArgs),
    /// What the (masked) rows never exercise: values, boundaries, NULLs, pairs, fan-outs
    Coverage(CoverageArgs),
    /// Make new rows: as many as you say, or just those that show what the data lacks
    Synth(SynthArgs),
    /// Say of every column what it holds; prints no value
    Scan(ScanArgs),
    /// Draft policy and lock from a dump or a schema, or add what is new to an existing policy
    Init(InitArgs),
    /// Make a key, or print the id of one
    Key(KeyArgs),
    /// The operators that a policy can use, the detectors that a scan uses, and your own
    Rules(RulesArgs),
    /// The policy file's format, and the presets that it can name
    Policy(PolicyArgs),
    /// Mask an invented company's dump and show it before and after
    Demo(DemoArgs),
    /// Print a completion script for a shell
    Completions(CompletionsArgs),
}

#[derive(Args)]
pub(super) struct MaskArgs {
    /// The dump to read; standard input if none is given
    #[arg(value_hint = ValueHint::AnyPath)]
    pub(super) input: Option<PathBuf>,
    /// More dumps, and folders of them, under the same policy; -o names a folder then
    #[arg(value_hint = ValueHint::AnyPath)]
    pub(super) more: Vec<PathBuf>,
    /// Run the database's own dump tool as the input: service=NAME (PostgreSQL), or env:VARIABLE that holds a postgres:// or
    /// mysql:// URL
    #[arg(long, value_name = "SOURCE", conflicts_with_all = ["input", "schema_from_stream"])]
    pub(super) from: Option<String>,
    /// Write here instead of to standard output; appears complete or not at all. A folder (DIR/) takes one output per input,
    /// under the same names, and at the end an empty file _SUCCESS
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::AnyPath)]
    pub(super) output: Option<PathBuf>,
    /// Compress the output: gzip, zstd or none, with a level if you like (zstd:9) [default: as the name after -o ends, .gz or
    /// .zst; in a folder, as each input]
    #[arg(long, value_name = "HOW")]
    pub(super) compress: Option<OutputCompression>,
    /// Show N rows of each masked table before (as a sketch) and after, and write nothing
    #[arg(long, value_name = "N")]
    pub(super) preview: Option<usize>,
    /// With --preview: show the originals themselves (to a terminal only)
    #[arg(long, requires = "preview")]
    pub(super) reveal: bool,
    /// Write a JSON record of the run: inputs, outputs, columns, counts; no values
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) manifest: Option<PathBuf>,
    /// For the manifest: where the output goes
    #[arg(long, value_name = "TEXT", requires = "manifest")]
    pub(super) destination: Option<String>,
    /// For the manifest: when the output is to be deleted
    #[arg(long, value_name = "DATE", requires = "manifest")]
    pub(super) expires: Option<String>,
    #[command(flatten)]
    pub(super) policy: PolicySource,
    #[command(flatten)]
    pub(super) reading: Reading,
    #[command(flatten)]
    pub(super) key: KeySource,
    /// Threads; the output does not depend on it [default: one for each core]
    #[arg(long, value_name = "N")]
    pub(super) threads: Option<usize>,
    /// Print nothing but errors
    #[arg(short, long)]
    pub(super) quiet: bool,
    /// Print the summary as JSON, on standard error
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Args)]
pub(super) struct CheckArgs {
    /// Dumps, files or folders of them, or a schema (`pg_dump -s`); standard input if it is a pipe; else scrub.lock alone
    #[arg(value_name = "INPUT", value_hint = ValueHint::AnyPath)]
    pub(super) inputs: Vec<PathBuf>,
    /// Refresh scrub.lock from the input
    #[arg(long)]
    pub(super) write: bool,
    /// Explain one column: where its rule comes from and what it does
    #[arg(long, value_name = "TABLE.COLUMN")]
    pub(super) explain: Option<String>,
    #[command(flatten)]
    pub(super) policy: PolicySource,
    #[command(flatten)]
    pub(super) reading: Reading,
    /// Print problems only
    #[arg(short, long)]
    pub(super) quiet: bool,
    /// Print the plan as JSON
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Args)]
#[command(after_help = COVERAGE_EXAMPLES)]
pub(super) struct CoverageArgs {
    /// The dump or file to read, masked as it is read; standard input if none is given. Without rows (`pg_dump -s`) it is the
    /// schema alone that is looked at
    #[arg(value_hint = ValueHint::AnyPath)]
    pub(super) input: Option<PathBuf>,
    /// The input is the output of the run that wrote this manifest, and so masked; its digest is checked
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with = "input_is_safe", requires = "input")]
    pub(super) manifest: Option<PathBuf>,
    /// Look at the rows as they are; the report says that you said so
    #[arg(long)]
    pub(super) input_is_safe: bool,
    /// Only these criteria, with commas between: VPC (value partitions), BVC (boundaries), NC (NULLs), TWC (pairs of values),
    /// FCC (foreign key fan-out)
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    pub(super) criteria: Vec<String>,
    /// Exit with 1 if less than so many percent of what is feasible is covered
    #[arg(long, value_name = "PERCENT")]
    pub(super) min: Option<f64>,
    /// Write the report as a page, with heat maps of pairs and what row would fill each gap
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) html: Option<PathBuf>,
    #[command(flatten)]
    pub(super) policy: PolicySource,
    #[command(flatten)]
    pub(super) reading: Reading,
    #[command(flatten)]
    pub(super) key: KeySource,
    /// Threads; the report does not depend on it [default: one for each core]
    #[arg(long, value_name = "N")]
    pub(super) threads: Option<usize>,
    /// Print the totals only
    #[arg(short, long)]
    pub(super) quiet: bool,
    /// Print the report as JSON
    #[arg(long)]
    pub(super) json: bool,
}

const COVERAGE_EXAMPLES: &str = "\
Examples:
  scrub coverage -p scrub.toml shop.sql                  mask as it reads, print the worst gaps
  pg_dump -s shop | scrub coverage --json                what the schema asks for, no row read
  scrub coverage --criteria VPC,NC --min 80 shop.sql     a gate for CI: exit status 1 below 80 %
  scrub coverage --manifest run.json --html gaps.html masked.sql

Criteria are counted over what is feasible: a value that a CHECK or NOT NULL rules out is infeasible, and what is
unknown is never counted as covered. Reports name values by rule (`at:0`, `length:max`), never by what rows hold.";

#[derive(Args)]
#[command(group = clap::ArgGroup::new("what").required(true).args(["rows", "fill", "negative"]))]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command")]
pub(super) struct SynthArgs {
    /// A schema (`pg_dump -s`), or a dump whose rows were masked; standard input if none is given
    #[arg(value_hint = ValueHint::AnyPath)]
    pub(super) input: Option<PathBuf>,
    /// Make N rows of a table, and the parents that they need; may be given several times
    #[arg(long, value_name = "TABLE=N")]
    pub(super) rows: Vec<String>,
    /// Make the fewest rows that show what the data lacks: each constraint's cases, NULLs, pairs of values
    #[arg(long, conflicts_with = "rows")]
    pub(super) fill: bool,
    /// With --fill: also the edge cases of each column's type and meaning
    #[arg(long, requires = "fill")]
    pub(super) edges: bool,
    /// Write rows that the database must reject, each for one constraint that is named; a script that tries them all and
    /// leaves nothing behind
    #[arg(long, conflicts_with_all = ["rows", "fill", "append", "provenance", "marker"])]
    pub(super) negative: bool,
    /// Write the input again with the rows in it, instead of a script with the rows alone
    #[arg(long)]
    pub(super) append: bool,
    /// The input's rows are masked, or nobody's. Without it only schemas are read
    #[arg(long)]
    pub(super) input_is_safe: bool,
    /// Write here instead of to standard output; appears complete or not at all
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) output: Option<PathBuf>,
    /// Write where each row is from: table, key, requirements, generator. JSON Lines, or CSV if the name says so
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) provenance: Option<PathBuf>,
    /// A column that is set to true, 1 or `synthetic` in each new row, in tables that have it
    #[arg(long, value_name = "COLUMN")]
    pub(super) marker: Option<String>,
    /// Take the project, the locale and what columns hold from this policy
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) policy: Option<PathBuf>,
    /// Language and country of names and streets [default: the policy's, else `en_US`]
    #[arg(long, value_name = "LOCALE")]
    pub(super) locale: Option<String>,
    #[command(flatten)]
    pub(super) reading: Reading,
    #[command(flatten)]
    pub(super) key: KeySource,
    /// Print nothing but errors
    #[arg(short, long)]
    pub(super) quiet: bool,
    /// Print what became of each requirement as JSON, on standard error
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command")]
pub(super) struct ScanArgs {
    /// The dump to read; standard input if none is given
    #[arg(value_hint = ValueHint::AnyPath)]
    pub(super) input: Option<PathBuf>,
    /// Look at N rows of each table, spread evenly, instead of all
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) sample: Option<u32>,
    /// Where the data is from (`de_DE`, `US`): whose national numbers count without a name. May be repeated
    #[arg(long, value_name = "LOCALE")]
    pub(super) locale: Vec<String>,
    #[command(flatten)]
    pub(super) own: OwnRules,
    #[command(flatten)]
    pub(super) reading: Reading,
    /// Exit with 1 if anything personal is found
    #[arg(long)]
    pub(super) deny: bool,
    /// Write the report as one HTML page
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) html: Option<PathBuf>,
    /// Print the report as JSON
    #[arg(long)]
    pub(super) json: bool,
    /// Threads; the report does not depend on it [default: one for each core]
    #[arg(long, value_name = "N")]
    pub(super) threads: Option<usize>,
    /// Show columns without findings too
    #[arg(long)]
    pub(super) all: bool,
    /// Print nothing but errors
    #[arg(short, long, conflicts_with = "json")]
    pub(super) quiet: bool,
}

#[derive(Args)]
pub(super) struct InitArgs {
    /// A dump, or a schema (`pg_dump -s`); standard input if none is given
    #[arg(value_hint = ValueHint::AnyPath)]
    pub(super) input: Option<PathBuf>,
    /// The policy to write; scrub.lock is written beside it. An existing one is added to, never overwritten
    #[arg(short, long, value_name = "FILE", default_value = "scrub.toml", value_hint = ValueHint::FilePath)]
    pub(super) output: PathBuf,
    /// Write a new draft over an existing policy
    #[arg(long)]
    pub(super) overwrite: bool,
    /// The project of a new policy [default: the name of the policy's folder]
    #[arg(long, value_name = "NAME")]
    pub(super) project: Option<String>,
    /// Look at N rows of each table, spread evenly, instead of all
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) sample: Option<u32>,
    /// Where the data is from (`de_DE`, `US`): whose national numbers count without a name. May be repeated
    #[arg(long, value_name = "LOCALE")]
    pub(super) locale: Vec<String>,
    #[command(flatten)]
    pub(super) own: OwnRules,
    #[command(flatten)]
    pub(super) reading: Reading,
    /// Threads; the draft does not depend on it [default: one for each core]
    #[arg(long, value_name = "N")]
    pub(super) threads: Option<usize>,
    /// Print nothing but errors
    #[arg(short, long)]
    pub(super) quiet: bool,
}

#[derive(Args)]
pub(super) struct PolicySource {
    /// The policy; scrub.lock is looked for beside it
    #[arg(short, long, value_name = "FILE", default_value = "scrub.toml", value_hint = ValueHint::FilePath)]
    pub(super) policy: PathBuf,
    /// Use this project name instead of the policy's: another name gives other pseudonyms
    #[arg(long, value_name = "NAME")]
    pub(super) project: Option<String>,
    /// Take the schema from this file (`pg_dump -s`)
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) schema: Option<PathBuf>,
    /// Compile the plan from the DDL in the stream; keys are then checked only at its end
    #[arg(long, conflicts_with = "schema")]
    pub(super) schema_from_stream: bool,
}

#[derive(Args)]
pub(super) struct Reading {
    /// Read the input as this format, whatever it looks like
    #[arg(long, value_name = "FORMAT")]
    pub(super) format: Option<String>,
    /// The table that the input holds, where the input does not say it (CSV, JSON Lines) [default: the file's name]
    #[arg(long, value_name = "NAME")]
    pub(super) table: Option<String>,
    /// Accept input without the dump tool's completion mark
    #[arg(long)]
    pub(super) no_trailer: bool,
    /// What to do with a statement that scrub does not know
    #[arg(long, value_name = "WHAT", default_value = "error")]
    pub(super) on_unparsed: OnUnparsed,
    /// Bytes of rows that a worker gets at once
    #[arg(long, value_name = "BYTES", hide = true)]
    pub(super) block_size: Option<usize>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum OnUnparsed {
    /// End the run
    Error,
    /// Leave the statement out and count it
    Drop,
}

#[derive(Args)]
#[group(id = "key_source", multiple = false)]
pub(super) struct KeySource {
    /// Read the key from this file
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, group = "key_source")]
    pub(super) key_file: Option<PathBuf>,
    /// Read the key from this open file descriptor
    #[arg(long, value_name = "N", group = "key_source")]
    pub(super) key_fd: Option<i32>,
    /// Use a new key and forget it: pseudonyms of this run match no other's
    #[arg(long, group = "key_source")]
    pub(super) ephemeral_key: bool,
}

impl KeySource {
    /// Whether the command line names a key.
    pub(super) fn is_given(&self) -> bool {
        self.key_file.is_some() || self.key_fd.is_some() || self.ephemeral_key
    }
}

#[derive(Args)]
pub(super) struct KeyArgs {
    #[command(subcommand)]
    pub(super) verb: KeyVerb,
}

#[derive(Subcommand)]
pub(super) enum KeyVerb {
    /// Write a new key to a file that only you can read
    New {
        /// The project that it is for; names the file under your configuration folder
        #[arg(long, value_name = "NAME")]
        project: Option<String>,
        /// Take the project from this policy
        #[arg(short, long, value_name = "FILE", default_value = "scrub.toml")]
        policy: PathBuf,
        /// Write the key here instead
        #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
        output: Option<PathBuf>,
    },
    /// Print the key's id, which manifests carry and which may be shown to anybody
    Id {
        /// The project
        #[arg(long, value_name = "NAME")]
        project: Option<String>,
        /// Take the project from this policy
        #[arg(short, long, value_name = "FILE", default_value = "scrub.toml")]
        policy: PathBuf,
        #[command(flatten)]
        key: KeySource,
    },
}

#[derive(Args)]
pub(super) struct RulesArgs {
    #[command(subcommand)]
    pub(super) verb: RulesVerb,
}

#[derive(Subcommand)]
pub(super) enum RulesVerb {
    /// List all operators and detectors
    List {
        /// As JSON, with parameters and examples
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        own: OwnRules,
    },
    /// Show one operator (parameters, examples), or one detector by its entity (names, values, examples)
    Show {
        /// Its name: `email`, `US_SSN`
        name: String,
        /// As JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        own: OwnRules,
    },
    /// Try detectors of your own on their examples, and on what must not be taken for personal; exit 1 if one fails
    Test {
        /// A detector's file, or a folder of them
        #[arg(value_name = "FILE", value_hint = ValueHint::AnyPath)]
        file: PathBuf,
    },
}

/// Detectors beside those of the program.
#[derive(Args)]
pub(super) struct OwnRules {
    /// Use the detectors of this folder too (*.toml); one with the entity of a built-in one takes its place
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(super) rules: Option<PathBuf>,
}

#[derive(Args)]
pub(super) struct PolicyArgs {
    #[command(subcommand)]
    pub(super) verb: PolicyVerb,
}

#[derive(Subcommand)]
pub(super) enum PolicyVerb {
    /// Print the JSON Schema of scrub.toml, for editors
    Schema,
    /// List the presets that a policy can be checked against
    Presets {
        /// As JSON, with their rules
        #[arg(long)]
        json: bool,
    },
    /// Show one preset: purpose, limits, references, rules
    Show {
        /// Its name
        name: String,
    },
}

#[derive(Args)]
pub(super) struct DemoArgs {
    /// Print the masked dump itself instead of a comparison
    #[arg(long)]
    pub(super) dump: bool,
    /// Print the policy instead
    #[arg(long, conflicts_with = "dump")]
    pub(super) policy: bool,
}

#[derive(Args)]
pub(super) struct CompletionsArgs {
    /// Shell
    pub(super) shell: clap_complete::Shell,
}
