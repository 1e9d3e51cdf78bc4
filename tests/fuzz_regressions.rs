//! Replays what the fuzzers start from and what they once found, without a fuzzer.
//!
//! `fuzz/seeds/TARGET` are small inputs that reach far; `fuzz/regressions/TARGET` are past findings. The assertions are the
//! fuzz targets' own (`fuzz/checks`).

use std::fs;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use scrub::base::{Error, ErrorKind};

#[path = "../fuzz/checks/mod.rs"]
#[allow(unreachable_pub, reason = "a library of its own in the fuzz workspace")]
mod checks;

/// Asserts something about an input.
type Check = fn(&[u8]);

/// All targets, as `fuzz/Cargo.toml` lists them.
const TARGETS: &[(&str, Check)] = &[
    ("csv_round_trip", checks::csv_round_trip::check),
    ("detect_spans", checks::detect_spans::check),
    ("errors_carry_no_input", checks::errors_carry_no_input::check),
    ("ff1_round_trip", checks::ff1_round_trip::check),
    ("jsonl_round_trip", checks::jsonl_round_trip::check),
    ("mysqldump_round_trip", checks::mysqldump_round_trip::check),
    ("permutation_round_trip", checks::permutation_round_trip::check),
    ("pg_dump_round_trip", checks::pg_dump_round_trip::check),
    ("policy_never_panics", checks::policy_never_panics::check),
    ("sqlite_dump_round_trip", checks::sqlite_dump_round_trip::check),
];

#[test]
fn seeds_and_regressions_keep_every_promise() {
    for (target, check) in TARGETS {
        for kind in ["seeds", "regressions"] {
            for file in files(&fuzz().join(kind).join(target)) {
                let data = fs::read(&file).unwrap();
                let broken = catch_unwind(|| check(&data)).is_err();
                assert!(!broken, "{} breaks the promise of {target}; the message is above", file.display());
            }
        }
    }
}

/// Pieces of what detectors look for, joined at random: a fuzzer without a fuzzer.
fn texts() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        3 => prop::sample::select(PIECES.to_vec()).prop_map(|piece| piece.as_bytes().to_vec()),
        2 => "[0-9]{1,17}".prop_map(String::into_bytes),
        2 => prop::sample::select(vec![" ", "-", ".", "/", ":", "=", "\"", "(", ")", "+", ", ", "\n", "%", "&", "\\"])
            .prop_map(|piece| piece.as_bytes().to_vec()),
        1 => "[A-Za-z0-9]{1,40}".prop_map(String::into_bytes),
        1 => "\\PC{1,8}".prop_map(String::into_bytes),
        1 => prop::collection::vec(any::<u8>(), 1..6),
    ];
    prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
}

const PIECES: &[&str] = &[
    "jane@example.com",
    "https://example.com/?token=",
    "postgres://u:",
    "password",
    "api_key",
    "eyJhbGciOiJIUzI1NiJ9.",
    "-----BEGIN PRIVATE KEY-----",
    "-----END",
    "DE89 3704 0044 0532 0130 00",
    "192.0.2.17",
    "00:1A:2B:3C:4D:5E",
    "fe80::1",
    "phone ",
    "電話",
    "ssn ",
    "dob ",
    "x123",
    " ext. 9",
    "\\u0041",
    "&#64;",
    "&amp;",
    "%C3%BC",
    "ｗｉｄｅ１",
    "\u{200b}",
    "AKIA",
    "ghp_",
    "xoxb-",
    "$2b$12$",
    "0x",
    "2024-01-31T10:11:12Z",
    "123e4567-e89b-42d3-a456-426614174000",
    "é",
    "ß",
    "тел. ",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]
    #[test]
    fn spans_of_any_text_are_in_place(scope in 0_u8..4, text in texts()) {
        checks::detect_spans::check(&[&[scope], text.as_slice()].concat());
    }
}

#[test]
fn every_target_is_replayed_and_has_seeds() {
    let manifest: toml::Table = fs::read_to_string(fuzz().join("Cargo.toml")).unwrap().parse().unwrap();
    let bins = manifest["bin"].as_array().unwrap().iter().map(|bin| bin["name"].as_str().unwrap());
    let replayed: Vec<&str> = TARGETS.iter().map(|(target, _)| *target).collect();
    assert_eq!(bins.collect::<Vec<_>>(), replayed);
    for target in replayed {
        assert!(!files(&fuzz().join("seeds").join(target)).is_empty(), "fuzz/seeds/{target} is empty");
        assert!(fuzz().join("targets").join(target).with_extension("rs").is_file(), "no target {target}");
    }
}

#[test]
fn an_error_that_quotes_its_input_is_noticed() {
    let quotation = |text: &str| {
        let error = Error::new(ErrorKind::Schema(text.to_owned()));
        checks::errors_carry_no_input::quotation(&error, b"1\tQuillfeather-Zbrozek\t2")
    };
    assert_eq!(quotation("no Quillfeather-Zbrozek here").as_deref(), Some("Quillfea"));
    assert_eq!(quotation("no Quillfe here"), None);
}

fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = entries.filter(|path| path.is_file()).collect();
    files.sort();
    files
}
