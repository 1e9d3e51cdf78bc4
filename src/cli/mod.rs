//! The command: verbs, printing, progress, exit codes. The only place that reads the environment and the clock.

mod args;
mod check;
mod connection;
mod coverage;
mod coverage_html;
mod coverage_report;
mod database;
mod demo;
#[cfg(feature = "sqlite")]
mod demo_restore;
mod from;
mod html;
mod init;
mod input;
mod inputs;
mod key;
mod load;
mod many;
mod mask;
mod output;
mod output_folder;
mod policy;
mod print;
mod progress;
mod rules;
mod scan;
mod scan_page;
mod synth;

use std::io::Write;
use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use crate::base::{Error, ErrorKind, Result};
use args::{Cli, Verb};

/// What a verb that ran says about what it looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Finding {
    /// Exit status 0.
    Clean,
    /// Exit status 1: a check failed.
    Failed,
}

/// Runs the command with the process's arguments.
pub fn main() -> ExitCode {
    std::panic::set_hook(Box::new(|panic| {
        let place =
            panic.location().map_or_else(String::new, |at| format!(" at {}:{}", at.file(), at.line()));
        print::error(&format!("internal error{place}; please report it"));
    }));
    // A core dump would hold the key and rows in clear.
    let none = rustix::process::Rlimit { current: Some(0), maximum: Some(0) };
    let _ = rustix::process::setrlimit(rustix::process::Resource::Core, none);
    match run(Cli::parse()) {
        Ok(Finding::Clean) => ExitCode::SUCCESS,
        Ok(Finding::Failed) => ExitCode::from(1),
        Err(error) => {
            if !error.is_broken_pipe() {
                print::error(&error.to_string());
            }
            ExitCode::from(2)
        }
    }
}

fn run(cli: Cli) -> Result<Finding> {
    match cli.verb {
        Verb::Mask(args) => mask::run(&args),
        Verb::Check(args) => check::run(&args),
        Verb::Coverage(args) => coverage::run(&args),
        Verb::Synth(args) => synth::run(&args),
        Verb::Scan(args) => scan::run(&args),
        Verb::Init(args) => init::run(&args),
        Verb::Key(args) => key::run(&args),
        Verb::Rules(args) => rules::run(&args),
        Verb::Policy(args) => policy::run(&args),
        Verb::Demo(args) => demo::run(&args),
        Verb::Completions(args) => {
            let mut script = Vec::new();
            clap_complete::generate(args.shell, &mut Cli::command(), "scrub", &mut script);
            std::io::stdout().write_all(&script)?;
            Ok(Finding::Clean)
        }
    }
}

/// A wrong call.
fn usage(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Usage(message.into()))
}
