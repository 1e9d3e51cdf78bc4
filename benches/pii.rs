//! What the detectors find in labelled data of others, beside what other tools find in it.
//!
//! `cargo bench --bench pii` prints precision, recall and F1 by set and entity. The data is not part of a checkout:
//! `$SCRUB_SHARED/data/pii`, or `../shared/data/pii`. Without it the bench says so and measures nothing. Words after `--`
//! choose sets, `--misses` lists what went wrong, `--speed` measures how fast texts of our own are read instead.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    missing_docs,
    unreachable_pub
)]

#[path = "pii/columns.rs"]
mod columns;
#[path = "pii/sets.rs"]
mod sets;
#[path = "pii/speed.rs"]
mod speed;

use std::path::{Path, PathBuf};

fn main() {
    let has = |option: &str| std::env::args().any(|word| word == option);
    if has("--speed") {
        // `cargo bench` adds an option that `cargo test` does not: there one round shows that it works.
        return speed::measure(if has("--bench") { 1.0 } else { 0.0 });
    }
    let shared = std::env::var_os("SCRUB_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"), PathBuf::from);
    let folder = shared.join("data/pii");
    if !folder.is_dir() {
        eprintln!(
            "SKIPPED: the labelled data is not here (set SCRUB_SHARED to the folder that holds data/pii)"
        );
        return;
    }
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let verbose = has("--misses");
    let all = sets::SETS.iter().chain(&[("columns", columns::columns as fn(&Path, bool))]);
    for (name, measure) in all {
        if words.is_empty() || words.iter().any(|word| name.contains(word.as_str())) {
            measure(&folder, verbose);
        }
    }
}
