//! Several inputs in one run: the same bytes as one by one, in one folder, all of them or none.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use serde_json::Value;

use crate::support::cli::{Run, Workspace};
use crate::support::samples::{PLANTED, POLICY};

const PERSON: &str =
    "CREATE TABLE public.people (\n    id integer NOT NULL,\n    email text,\n    note text\n);\n\n";

fn dump(rows: std::ops::Range<u32>) -> String {
    let rows: String = rows.map(|n| format!("{n}\t{PLANTED}{n}@example.org\t{PLANTED} note {n}\n")).collect();
    format!(
        "SET client_encoding = 'UTF8';\n\n{PERSON}COPY public.people (id, email, note) FROM stdin;\n{rows}\\.\n\n\n\
         --\n-- PostgreSQL database dump complete\n--\n\n"
    )
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut encoder, bytes).unwrap();
    encoder.finish().unwrap()
}

/// A folder `in` of inputs: three plain, one in gzip, one in zstd, some that are no inputs.
fn workspace() -> Workspace {
    let workspace = Workspace::new(POLICY);
    fs::create_dir_all(workspace.path("in/more/deep")).unwrap();
    workspace.file("in/b.sql", dump(0..900).as_bytes());
    workspace.file("in/a.sql", dump(900..1000).as_bytes());
    workspace.file("in/more/a.sql", dump(1000..1001).as_bytes());
    workspace.file("in/more/deep/c.sql.gz", &gzip(dump(2000..2400).as_bytes()));
    workspace.file("in/z.sql.zst", &zstd::encode_all(dump(3000..3100).as_bytes(), 1).unwrap());
    workspace.file("in/.hidden", b"CANARY");
    workspace.file("in/_SUCCESS", b"");
    workspace
}

const NAMES: [&str; 5] = ["a.sql", "b.sql", "more/a.sql", "more/deep/c.sql.gz", "z.sql.zst"];

fn run(workspace: &Workspace, options: &[&str]) -> Run {
    workspace
        .run(&[&["mask", "-p", "scrub.toml", "--key-file", "scrub.key", "--quiet"], options].concat(), b"")
}

/// The files of a folder, by their names in it.
fn files(folder: &Path) -> Vec<String> {
    fn walk(folder: &Path, root: &Path, found: &mut Vec<String>) {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            if entry.path().is_dir() {
                walk(&entry.path(), root, found);
            } else {
                found.push(entry.path().strip_prefix(root).unwrap().display().to_string());
            }
        }
    }
    let mut found = Vec::new();
    if folder.exists() {
        walk(folder, folder, &mut found);
    }
    found.sort();
    found
}

fn plain(bytes: &[u8]) -> Vec<u8> {
    match bytes {
        [0x1f, 0x8b, ..] => {
            let mut out = Vec::new();
            std::io::Read::read_to_end(&mut flate2::read::MultiGzDecoder::new(bytes), &mut out).unwrap();
            out
        }
        [0x28, 0xb5, ..] => zstd::decode_all(bytes).unwrap(),
        _ => bytes.to_vec(),
    }
}

#[test]
fn a_folder_becomes_a_folder_of_what_each_file_becomes_alone() {
    let workspace = workspace();
    let alone: Vec<Vec<u8>> =
        NAMES.iter().map(|name| run(&workspace, &[&format!("in/{name}")]).done()).collect();
    for threads in ["1", "2", "7"] {
        let out = format!("out{threads}");
        run(&workspace, &["--threads", threads, "in", "-o", &format!("{out}/")]).done();
        let mut expected: Vec<String> = NAMES.map(str::to_owned).to_vec();
        expected.insert(0, "_SUCCESS".into());
        assert_eq!(files(&workspace.path(&out)), expected);
        for (name, alone) in NAMES.iter().zip(&alone) {
            let path = workspace.path(&out).join(name);
            let bytes = fs::read(&path).unwrap();
            assert!(plain(&bytes) == *alone, "{name}, {threads} threads");
            assert_eq!(bytes.starts_with(&[0x1f, 0x8b]), name.strip_suffix(".gz").is_some(), "{name}");
            assert_eq!(
                bytes.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]),
                name.strip_suffix(".zst").is_some(),
                "{name}"
            );
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600, "{name}");
        }
        assert_eq!(fs::metadata(workspace.path(&out)).unwrap().permissions().mode() & 0o777, 0o700);
    }
}

#[test]
fn files_and_folders_are_named_in_any_mix() {
    let workspace = workspace();
    run(&workspace, &["in/b.sql", "in/more", "-o", "mixed/"]).done();
    assert_eq!(files(&workspace.path("mixed")), ["_SUCCESS", "b.sql", "more/a.sql", "more/deep/c.sql.gz"]);
    fs::create_dir(workspace.path("there")).unwrap();
    run(&workspace, &["in/b.sql", "-o", "there"]).done();
    assert_eq!(files(&workspace.path("there")), ["_SUCCESS", "b.sql"]);
    run(&workspace, &["in", "-o", "zipped/", "--compress", "gzip"]).done();
    let zipped = ["_SUCCESS", "a.sql.gz", "b.sql.gz", "more/a.sql.gz", "more/deep/c.sql.gz", "z.sql.gz"];
    assert_eq!(files(&workspace.path("zipped")), zipped);
    run(&workspace, &["in", "-o", "bare/", "--compress", "none"]).done();
    let bare = ["_SUCCESS", "a.sql", "b.sql", "more/a.sql", "more/deep/c.sql", "z.sql"];
    assert_eq!(files(&workspace.path("bare")), bare);
}

#[test]
fn one_schema_may_be_spread_over_the_inputs() {
    let workspace = Workspace::new(POLICY);
    let whole = dump(0..50);
    let (ddl, data) = whole.split_once("COPY").unwrap();
    let keys = "ALTER TABLE ONLY public.people\n    ADD CONSTRAINT people_pkey PRIMARY KEY (id);\n";
    let trailer = "--\n-- PostgreSQL database dump complete\n--\n\n";
    fs::create_dir(workspace.path("in")).unwrap();
    workspace.file("in/1-pre.sql", format!("{ddl}{trailer}").as_bytes());
    workspace.file("in/2-data.sql", format!("SET client_encoding = 'UTF8';\nCOPY{data}").as_bytes());
    workspace.file("in/3-post.sql", format!("SET client_encoding = 'UTF8';\n{keys}{trailer}").as_bytes());
    run(&workspace, &["in", "-o", "out/"]).done();
    let masked = fs::read_to_string(workspace.path("out/2-data.sql")).unwrap();
    assert!(masked.contains("@example.com") && !masked.contains(PLANTED));
}

#[test]
fn one_manifest_and_one_summary_count_all_inputs() {
    let workspace = workspace();
    run(&workspace, &["in", "-o", "out/", "--manifest", "m.json"]).done();
    let manifest: Value = serde_json::from_slice(&fs::read(workspace.path("m.json")).unwrap()).unwrap();
    let names = |list: &str| -> Vec<String> {
        manifest[list].as_array().unwrap().iter().map(|s| s["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names("inputs"), NAMES.map(|name| format!("in/{name}")));
    assert_eq!(names("outputs"), NAMES);
    for (name, output) in NAMES.iter().zip(manifest["outputs"].as_array().unwrap()) {
        let size = fs::metadata(workspace.path("out").join(name)).unwrap().len();
        assert_eq!(output["bytes"].as_u64(), Some(size), "{name}");
        assert!(output["digest"].as_str().unwrap().starts_with("hmac-sha256:"));
    }
    assert_eq!(manifest["tables"].as_array().unwrap().len(), 1);
    assert_eq!(manifest["tables"][0]["rows"], 1501);
    assert!(!manifest.to_string().contains(PLANTED));
    let run = workspace
        .run(&["mask", "-p", "scrub.toml", "--key-file", "scrub.key", "--json", "in", "-o", "again/"], b"");
    let summary: Value = serde_json::from_str(&run.stderr).unwrap();
    assert_eq!(summary["tables"][0]["rows"], 1501);
    // The manifest may lie beside the outputs.
    self::run(&workspace, &["in", "-o", "inside/", "--manifest", "inside/m.json"]).done();
    assert!(workspace.path("inside/m.json").exists() && workspace.path("inside/_SUCCESS").exists());
}

#[test]
fn a_failed_run_leaves_nothing() {
    for threads in ["1", "2", "7"] {
        for (what, bytes) in [
            ("cut", dump(0..50).into_bytes()[..800].to_vec()),
            ("ragged", dump(0..3000).replacen("2990\t", "2990 ", 1).into_bytes()),
            ("no dump", b"\x00\x01\x02".to_vec()),
            ("cut gzip", gzip(dump(0..50).as_bytes())[..200].to_vec()),
        ] {
            let workspace = workspace();
            workspace.lock(&workspace.path("in/a.sql"));
            workspace.file("in/more/bad.sql", &bytes);
            let run = run(&workspace, &["--threads", threads, "in", "-o", "out/"]);
            assert_eq!(run.code, 2, "{what}");
            assert!(run.stderr.contains("in/more/bad.sql"), "{what}: {}", run.stderr);
            assert!(!run.stderr.contains(PLANTED), "{what}: {}", run.stderr);
            assert!(!workspace.path("out").exists(), "{what}: {:?}", files(&workspace.path("out")));
            // A folder that was there stays, and stays empty.
            fs::create_dir(workspace.path("out")).unwrap();
            assert_eq!(self::run(&workspace, &["in", "-o", "out"]).code, 2);
            assert_eq!(fs::read_dir(workspace.path("out")).unwrap().count(), 0, "{what}");
        }
    }
}

#[test]
fn a_table_in_many_inputs_has_one_limit_on_invalid_cells() {
    let workspace = Workspace::new(POLICY);
    fs::create_dir(workspace.path("in")).unwrap();
    let bad = dump(0..4).replace("@example.org", "");
    workspace.file("in/1.sql", bad.as_bytes());
    workspace.file("in/2.sql", dump(10..200).as_bytes());
    assert_eq!(run(&workspace, &["in/1.sql"]).code, 2, "alone it is too much");
    run(&workspace, &["in", "-o", "out/"]).done();
    workspace.file("in/2.sql", dump(10..20).as_bytes());
    let run = run(&workspace, &["in", "-o", "out2/"]);
    assert!(run.code == 2 && run.stderr.contains("max_invalid"), "{}", run.stderr);
    assert!(!workspace.path("out2").exists());
}

#[test]
fn what_cannot_work_is_refused_before_anything_is_written() {
    let workspace = workspace();
    fs::create_dir(workspace.path("full")).unwrap();
    workspace.file("full/old.sql", b"old");
    symlink(workspace.path("scrub.key"), workspace.path("in/more/link")).unwrap();
    for (options, says) in [
        (&["in/a.sql", "in/b.sql"][..], "-o DIR/"),
        (&["in/a.sql", "in/b.sql", "-o", "out.sql"], "DIR/"),
        (&["in/a.sql", "-o", "full/"], "not empty"),
        (&["in/a.sql", "in/more/a.sql", "-o", "out/"], "two inputs"),
        (&["in/a.sql", "./in/a.sql", "-o", "out/"], "two inputs"),
        (&["in", "-o", "out/"], "leads out of the folder"),
        (&["in", "-o", "in/out/"], "output folder lies in"),
        (&["in", "-o", "./in/../in/more/out/x/"], "output folder lies in"),
        (&["in/a.sql", "none.sql", "-o", "out/"], "none.sql"),
        (&["in/a.sql", "in/b.sql", "-o", "out/", "--schema-from-stream"], "--schema-from-stream"),
        (&["full/../full/none", "-o", "out/"], "none"),
    ] {
        let run = run(&workspace, options);
        assert_eq!(run.code, 2, "{options:?}: {}", run.stderr);
        assert!(run.stderr.contains(says), "{options:?}: {}", run.stderr);
        assert!(!workspace.path("out").exists(), "{options:?}");
    }
    assert_eq!(fs::read(workspace.path("full/old.sql")).unwrap(), b"old");
    let piped = run(&workspace, &["in/a.sql", "in/b.sql"]);
    assert!(piped.stdout.ends_with(b"END$$;\n"), "an empty pipe would look like an empty dump");
    // A link within the folder is followed.
    fs::remove_file(workspace.path("in/more/link")).unwrap();
    symlink("../a.sql", workspace.path("in/more/link.sql")).unwrap();
    run(&workspace, &["in", "-o", "linked/"]).done();
    assert!(files(&workspace.path("linked")).contains(&"more/link.sql".to_owned()));
}

#[test]
fn a_preview_shows_all_inputs_and_writes_nothing() {
    let workspace = workspace();
    let shown = run(&workspace, &["in", "--preview", "2"]).done();
    let shown = String::from_utf8(shown).unwrap();
    assert_eq!(shown.matches("public.people").count(), NAMES.len());
    assert!(!shown.contains(PLANTED));
}
