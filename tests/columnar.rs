//! Parquet and Arrow files through the command: real files, an independent reader, and failures.
//!
//! The independent reader is `columnar.py` with pyarrow and DuckDB, in a virtual environment that `tests/run` makes and
//! names in `SCRUB_PYARROW`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::cli::{HEAD, KEEP_ALL, Workspace};
use crate::support::copy::tables;
use crate::support::corpora::shared;
use crate::support::skip;

/// A Python that has pyarrow and duckdb.
fn python() -> Option<PathBuf> {
    if let Some(python) = std::env::var_os("SCRUB_PYARROW").filter(|path| !path.is_empty()) {
        return Some(python.into());
    }
    skip(
        "there is no Python with pyarrow and duckdb (SCRUB_PYARROW; tests/run makes one)",
        "SCRUB_REQUIRE_SERVERS",
    );
    None
}

fn script(python: &Path, arguments: &[&Path]) -> String {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/columnar.py");
    let output = Command::new(python).arg(script).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn parquet_files() -> Option<Vec<PathBuf>> {
    let entries = fs::read_dir(shared()?.join("data/corpora/file_kylo")).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "parquet"));
    assert!(files.len() >= 4);
    Some(files)
}

#[test]
fn real_parquet_files_come_back_as_they_are() {
    let (Some(files), Some(python)) = (parquet_files(), python()) else { return };
    let workspace = Workspace::new(KEEP_ALL);
    for file in files {
        for threads in ["1", "7"] {
            let output = workspace.path("out.parquet");
            workspace.mask_file(&["-o", output.to_str().unwrap(), "--threads", threads], &file).done();
            assert_eq!(
                script(&python, &[Path::new("--kept"), &file, &output]),
                "same\n",
                "{}",
                file.display()
            );
        }
    }
}

const MASK: &str = r#"
[tables.NAME]
subject = "id"
columns.id = "permute"
columns.email = { op = "email", domain = "e", accept_frequency_leak = "invented" }
columns.again = { op = "email", domain = "e", accept_frequency_leak = "invented" }
columns.born = { op = "date_shift", window = 100 }
columns."address.city" = { op = "keyed_hash", accept_frequency_leak = "invented" }
"#;

#[test]
fn an_independent_reader_agrees() {
    let Some(python) = python() else { return };
    let workspace = Workspace::new(HEAD);
    let (made, masked) = (workspace.path("made"), workspace.path("masked"));
    script(&python, &[&made]);
    fs::create_dir(&masked).unwrap();
    for file in fs::read_dir(&made).unwrap() {
        let file = file.unwrap().path();
        let name = file.file_stem().unwrap().to_str().unwrap();
        let rules = MASK.replace("NAME", name);
        workspace.file("scrub.toml", format!("{HEAD}{rules}").as_bytes());
        let output = masked.join(file.file_name().unwrap());
        workspace.mask_file(&["-o", output.to_str().unwrap(), "--threads", "2"], &file).done();
    }
    assert_eq!(script(&python, &[&made, &masked]), "same\n");
    // The same values in a dump get the same pseudonyms.
    let pairs = fs::read_to_string(masked.join("pairs.tsv")).unwrap();
    let pairs: Vec<(&str, &str)> = pairs.lines().filter_map(|line| line.split_once('\t')).collect();
    assert_eq!(pairs.len(), 999);
    let rules = "[tables.\"public.t\"]\ncolumns.email = { op = \"email\", domain = \"e\" }\n";
    workspace.file("scrub.toml", format!("{HEAD}{rules}").as_bytes());
    let mut dump = "CREATE TABLE public.t (email text);\n\nCOPY public.t (email) FROM stdin;\n".to_owned();
    for (original, _) in &pairs {
        dump.push_str(&format!("{original}\n"));
    }
    dump.push_str("\\.\n\n--\n-- PostgreSQL database dump complete\n--\n\n");
    let text = workspace.mask_pipe(&["--schema-from-stream"], dump.as_bytes()).done();
    let found = tables(&text).remove("public.t").unwrap();
    let expected: Vec<&str> = pairs.iter().map(|(_, pseudonym)| *pseudonym).collect();
    assert_eq!(found.column("email"), expected);
}

#[test]
fn a_file_can_come_by_redirection_and_a_failed_run_leaves_nothing() {
    let Some(files) = parquet_files() else { return };
    let workspace = Workspace::new(KEEP_ALL);
    let file = fs::read(&files[0]).unwrap();
    let output = workspace.path("out.parquet");
    for len in [file.len() / 3, file.len() - 1] {
        let cut = workspace.file("cut.parquet", &file[..len]);
        let run = workspace.mask_file(&["-o", output.to_str().unwrap()], &cut);
        assert_eq!(run.code, 2, "{}", run.stderr);
        assert!(run.stderr.contains("cut short"), "{}", run.stderr);
        assert!(!output.exists());
    }
    // Nobody has said which table it is.
    let run = workspace.mask_pipe(&["--schema-from-stream"], &file);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("no table name"), "{}", run.stderr);
}
