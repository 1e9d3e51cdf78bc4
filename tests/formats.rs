//! What holds for every format in `FORMATS`, tested on the sample that each has in `support/samples.rs`.

use std::collections::BTreeSet;

use scrub::format::FORMATS;

use crate::support::cli::{KEEP_ALL, Run, Workspace, assert_same};
use crate::support::samples::{ELSEWHERE, PLANTED, POLICY, REFUSAL, SAMPLES, Sample};

/// Every format's sample, and its bytes as far as they can be made here.
fn samples() -> Vec<(&'static Sample, Vec<u8>)> {
    let sample = |name: &str| {
        SAMPLES.iter().find(|sample| sample.format == name).unwrap_or_else(|| {
            panic!("the format {name} has no sample: add one to SAMPLES in tests/support/samples.rs")
        })
    };
    FORMATS
        .iter()
        .filter(|format| !ELSEWHERE.iter().any(|(name, _)| *name == format.name))
        .filter_map(|format| {
            let sample = sample(format.name);
            (sample.make)().map(|bytes| (sample, bytes))
        })
        .collect()
}

fn mask_file(workspace: &Workspace, options: &[&str], sample: &Sample, bytes: &[u8]) -> Run {
    let input = workspace.file(sample.file, bytes);
    workspace.mask_file(options, &input)
}

fn mask_pipe(workspace: &Workspace, options: &[&str], sample: &Sample, bytes: &[u8]) -> Run {
    if sample.declares {
        return workspace.mask_pipe(&[options, sample.pipe, &["--schema-from-stream"]].concat(), bytes);
    }
    workspace.lock(&workspace.file(sample.file, bytes));
    let run = workspace.mask_pipe(&[options, sample.pipe].concat(), bytes);
    std::fs::remove_file(workspace.path("scrub.lock")).unwrap();
    run
}

/// Threads and sizes of blocks that no output may depend on.
const VARIATIONS: [&[&str]; 5] = [
    &["--threads", "1"],
    &["--threads", "2", "--block-size", "64"],
    &["--threads", "7", "--block-size", "1000"],
    &["--threads", "1", "--block-size", "1"],
    &["--threads", "7"],
];

/// Places spread over the whole, the same in every run.
fn places(below: usize, count: usize) -> BTreeSet<usize> {
    (0..count).map(|n| (n * 7_919 + 13) * below / (count * 7_919 + 14)).collect()
}

#[track_caller]
fn keeps_the_secret(what: &str, run: &Run) {
    assert!(matches!(run.code, 0 | 2), "{what}: exit {}: {}", run.code, run.stderr);
    assert!(!run.stderr.contains(PLANTED), "{what}: the message holds a value: {}", run.stderr);
    assert!(
        !run.stderr.contains("panicked") && !run.stderr.contains("internal error"),
        "{what}: {}",
        run.stderr
    );
    assert!(!String::from_utf8_lossy(&run.stdout).contains(PLANTED), "{what}: a value came through");
}

#[test]
fn each_format_is_known_by_its_sample() {
    for (sample, bytes) in samples() {
        let found = FORMATS.iter().find(|format| (format.sniff)(&bytes[..bytes.len().min(8192)]));
        if let Some(found) = found {
            // Text with tabs is CSV with tabs, until the name of its file says more.
            let told_by_name = found.name == "csv" && sample.format == "tsv";
            assert!(told_by_name || found.name == sample.format, "{} for {}", found.name, sample.format);
        }
    }
}

#[test]
fn a_policy_that_keeps_everything_gives_the_input_back() {
    for (sample, bytes) in samples() {
        let workspace = Workspace::new(KEEP_ALL);
        for options in VARIATIONS {
            let what = format!("{} {options:?}", sample.format);
            (sample.same)(&mask_file(&workspace, options, sample, &bytes).done(), &bytes, &what);
            (sample.same)(
                &mask_pipe(&workspace, options, sample, &bytes).done(),
                &bytes,
                &format!("{what}, pipe"),
            );
        }
    }
}

#[test]
fn threads_blocks_files_and_pipes_give_the_same_masked_bytes() {
    for (sample, bytes) in samples() {
        let workspace = Workspace::new(POLICY);
        let reference = stable(&mask_file(&workspace, &[], sample, &bytes).done());
        for options in VARIATIONS {
            let what = format!("{} {options:?}", sample.format);
            let run = mask_file(&workspace, options, sample, &bytes);
            keeps_the_secret(&what, &run);
            assert_same(&stable(&run.done()), &reference, &what);
            let run = mask_pipe(&workspace, options, sample, &bytes);
            assert_same(&stable(&run.done()), &reference, &format!("{what}, pipe"));
        }
        let output = workspace.path("masked");
        mask_file(&workspace, &["-o", output.to_str().unwrap()], sample, &bytes).done();
        assert_same(&stable(&std::fs::read(output).unwrap()), &reference, &format!("{} -o", sample.format));
    }
}

/// An output without the token that `pg_restore` invents anew in each run.
fn stable(output: &[u8]) -> Vec<u8> {
    let lines = output.split_inclusive(|byte| *byte == b'\n');
    let token = |line: &&[u8]| line.starts_with(br"\restrict ") || line.starts_with(br"\unrestrict ");
    lines.filter(|line| !token(line)).flatten().copied().collect()
}

#[test]
fn one_value_has_one_pseudonym_in_all_formats() {
    let mut expected: Option<(&str, BTreeSet<String>)> = None;
    for (sample, bytes) in samples() {
        let workspace = Workspace::new(POLICY);
        let output = mask_file(&workspace, &[], sample, &bytes).done();
        let text = String::from_utf8_lossy(&output);
        let taken = |c: char| c.is_ascii_alphanumeric() || "@.-_".contains(c);
        let words = text.split(|c| !taken(c)).filter(|word| word.ends_with("@example.com"));
        let pseudonyms: BTreeSet<String> = words.map(str::to_owned).collect();
        assert_eq!(pseudonyms.len(), 40, "{}: {pseudonyms:?}", sample.format);
        match &expected {
            None => expected = Some((sample.format, pseudonyms)),
            Some((other, expected)) => assert_eq!(&pseudonyms, expected, "{} and {other}", sample.format),
        }
    }
}

#[test]
fn an_input_that_is_cut_anywhere_ends_with_2_and_an_output_that_is_no_input() {
    for (sample, bytes) in samples() {
        let workspace = Workspace::new(POLICY);
        workspace.lock(&workspace.file(sample.file, &bytes));
        let whole = mask_file(&workspace, &[], sample, &bytes).done();
        for cut in places(bytes.trim_ascii_end().len(), 30) {
            let what = format!("{} cut at {cut}", sample.format);
            for size in ["128", "100000"] {
                let run = mask_file(&workspace, &["--block-size", size], sample, &bytes[..cut]);
                keeps_the_secret(&what, &run);
                if run.code == 0 {
                    assert!(!sample.has_end, "{what}: nobody noticed");
                    // What came of it is the start of the whole, but for the last record.
                    let end = run.stdout.trim_ascii_end();
                    let end = end.iter().rposition(|byte| *byte == b'\n').unwrap_or(0);
                    assert!(whole.starts_with(&run.stdout[..end]), "{what}: not the start of the whole");
                    continue;
                }
                assert!(run.stderr.contains(sample.file), "{what}: no file: {}", run.stderr);
                let placed = ["line ", "byte ", "row ", "empty"].iter().any(|word| run.stderr.contains(word));
                assert!(placed || !sample.has_places, "{what}: no place: {}", run.stderr);
                // An input that is too short to be known ends with what no database restores.
                let ends = |tail: &[u8]| run.stdout.windows(tail.len()).any(|window| window == tail);
                assert!(ends(sample.tail) || ends(REFUSAL), "{what}: the output has no tail");
                let keep = Workspace::new(KEEP_ALL);
                let again = mask_file(&keep, &["--schema-from-stream"], sample, &run.stdout);
                assert_ne!(again.code, 0, "{what}: the failed output is an input again");
            }
        }
    }
}

#[test]
fn damage_anywhere_lets_no_value_through() {
    for (sample, bytes) in samples() {
        let workspace = Workspace::new(POLICY);
        workspace.lock(&workspace.file(sample.file, &bytes));
        for place in places(bytes.len(), 40) {
            for damage in [0x01, 0x20] {
                let mut damaged = bytes.clone();
                damaged[place] ^= damage;
                let run = mask_file(&workspace, &["--block-size", "200"], sample, &damaged);
                keeps_the_secret(&format!("{}, byte {place} ^ {damage}", sample.format), &run);
            }
        }
    }
}

#[test]
fn a_sample_read_as_another_format_lets_no_value_through() {
    let samples = samples();
    for (sample, _) in &samples {
        for (other, bytes) in &samples {
            if sample.format == other.format {
                continue;
            }
            let what = format!("{} as {}", other.format, sample.format);
            let workspace = Workspace::new(POLICY);
            let run = mask_file(&workspace, &["--format", sample.format], other, bytes);
            keeps_the_secret(&what, &run);
            let run = mask_pipe(&workspace, &["--format", sample.format, "--no-trailer"], other, bytes);
            keeps_the_secret(&format!("{what}, pipe"), &run);
        }
    }
}

#[test]
fn a_statement_that_is_on_no_list_ends_the_run_or_is_dropped() {
    for (sample, bytes) in samples() {
        let Some((before, statements)) = sample.unknown else { continue };
        let text = String::from_utf8(bytes.clone()).unwrap();
        let workspace = Workspace::new(POLICY);
        let reference = mask_file(&workspace, &[], sample, &bytes).done();
        for statement in statements {
            let what = format!("{}: {statement}", sample.format);
            let with = text.replacen(before, &format!("{statement}{before}"), 1);
            assert_ne!(with, text, "{what}: nothing put in");
            let run = mask_file(&workspace, &[], sample, with.as_bytes());
            keeps_the_secret(&what, &run);
            assert_eq!(run.code, 2, "{what}");
            assert!(run.stderr.contains("line "), "{what}: {}", run.stderr);
            let run = mask_file(&workspace, &["--on-unparsed", "drop"], sample, with.as_bytes());
            keeps_the_secret(&what, &run);
            let lines = |bytes: &[u8]| -> Vec<String> {
                let text = String::from_utf8_lossy(bytes);
                text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect()
            };
            assert_eq!(lines(&run.done()), lines(&reference), "{what}, dropped");
        }
    }
}

#[test]
fn compressed_in_and_out_is_the_same() {
    for (sample, bytes) in samples() {
        let workspace = Workspace::new(POLICY);
        let plain = stable(&mask_file(&workspace, &[], sample, &bytes).done());
        let zipped = zstd::encode_all(&*bytes, 3).unwrap();
        let run = mask_file(&workspace, &[], sample, &zipped);
        assert_same(&stable(&run.done()), &plain, &format!("{} in zstd", sample.format));
        if String::from_utf8(bytes.clone()).is_ok() || sample.format == "pg_archive" {
            let run = mask_file(&workspace, &["--compress", "zstd"], sample, &bytes);
            let out = zstd::decode_all(&*run.done()).unwrap();
            assert_same(&stable(&out), &plain, &format!("{} to zstd", sample.format));
        }
    }
}
