//! Compressed output: what any reader of gzip and zstd makes of it is the output without compression.

use std::fs;
use std::io::Read;
use std::process::{Command, Stdio};

use crate::support::cli::{HEAD, Run, Workspace, assert_same};
use crate::support::server::{feed, server};
use crate::support::skip;

const POLICY: &str = r#"
[tables."public.people"]
columns.email = { op = "email", accept_frequency_leak = "invented" }
"#;

/// A schema of many statements and some megabytes of rows.
fn dump(rows: u32) -> Vec<u8> {
    let mut dump = String::from("--\n-- PostgreSQL database dump\n--\n\nSET client_encoding = 'UTF8';\n");
    for n in 0..1_000 {
        dump += &format!("CREATE TABLE public.t{n} (\n    id integer NOT NULL\n);\n\n");
    }
    dump += "CREATE TABLE public.people (\n    id integer NOT NULL,\n    email text,\n    note text\n);\n\n";
    dump += "COPY public.people (id, email, note) FROM stdin;\n";
    for n in 0..rows {
        dump += &format!("{n}\tp{n}@example.org\tnote {} of {}\n", n * 7919 % 1009, n * 31 % 97);
    }
    dump += "\\.\n\n\n--\n-- PostgreSQL database dump complete\n--\n\n";
    dump.into_bytes()
}

fn workspace() -> Workspace {
    Workspace::new(&format!("{HEAD}{POLICY}"))
}

/// The streams' own libraries, told apart by the first bytes; an error is one of theirs.
fn decompressed(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut out = Vec::new();
    if bytes.starts_with(&[0x1f, 0x8b]) {
        flate2::read::MultiGzDecoder::new(bytes).read_to_end(&mut out)?;
    } else {
        zstd::Decoder::new(bytes)?.read_to_end(&mut out)?;
    }
    Ok(out)
}

/// How many members or frames a stream has: those that begin as ours do.
fn pieces(bytes: &[u8]) -> usize {
    let head: &[u8] =
        if bytes[0] == 0x1f { &[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff] } else { &[0x28, 0xb5, 0x2f, 0xfd] };
    bytes.windows(head.len()).filter(|window| *window == head).count()
}

#[test]
fn what_is_compressed_is_the_output_for_any_number_of_threads() {
    let workspace = workspace();
    let input = workspace.file("input.sql", &dump(60_000));
    let plain = workspace.mask_file(&[], &input).done();
    for how in ["gzip", "gzip:1", "zstd", "zstd:9"] {
        let reference = workspace.mask_file(&["--compress", how, "--threads", "1"], &input).done();
        assert_same(&decompressed(&reference).unwrap(), &plain, how);
        let count = pieces(&reference);
        assert!((2..=plain.len() / 200_000).contains(&count), "{how}: {count} pieces");
        for threads in ["2", "7"] {
            let other = workspace.mask_file(&["--compress", how, "--threads", threads], &input).done();
            assert!(other == reference, "{how}: {threads} threads give other bytes");
        }
        workspace.lock(&input);
        let piped = workspace.mask_pipe(&["--compress", how], &fs::read(&input).unwrap()).done();
        assert!(piped == reference, "{how}: a pipe gives other bytes than a file");
        for size in ["4096", "1000000"] {
            let other = workspace.mask_file(&["--compress", how, "--block-size", size], &input).done();
            assert_same(&decompressed(&other).unwrap(), &plain, &format!("{how}, blocks of {size}"));
        }
        // And it is an input again.
        fs::remove_file(workspace.path("scrub.lock")).unwrap();
        let again = workspace.file("again", &reference);
        assert_same(
            &workspace.mask_file(&[], &again).done(),
            &workspace.mask_file(&[], &workspace.file("plain", &plain)).done(),
            &format!("{how}, read again"),
        );
    }
}

#[test]
fn the_name_of_the_output_decides_unless_told_otherwise() {
    let workspace = workspace();
    let input = workspace.file("input.sql", &dump(2_000));
    let plain = workspace.mask_file(&[], &input).done();
    let write = |options: &[&str], name: &str| {
        workspace.mask_file(&[options, &["-o", name]].concat(), &input).done();
        fs::read(workspace.path(name)).unwrap()
    };
    assert!(write(&[], "out.sql.gz").starts_with(&[0x1f, 0x8b]));
    assert!(write(&[], "out.sql.zst").starts_with(&[0x28, 0xb5, 0x2f, 0xfd]));
    assert_same(&write(&[], "out.sql"), &plain, "no ending");
    assert_same(&write(&["--compress", "none"], "plain.sql.gz"), &plain, "none");
    assert!(write(&["--compress", "zstd:1"], "other.sql.gz").starts_with(&[0x28, 0xb5, 0x2f, 0xfd]));
    for wrong in ["zip", "gzip:0", "zstd:20", "none:1"] {
        assert_eq!(workspace.mask_file(&["--compress", wrong], &input).code, 2, "{wrong}");
    }
}

#[test]
fn the_tools_themselves_read_it() {
    let workspace = workspace();
    let input = workspace.file("input.sql", &dump(30_000));
    let plain = workspace.mask_file(&[], &input).done();
    let python = "import gzip, sys; sys.stdout.buffer.write(gzip.decompress(sys.stdin.buffer.read()))";
    for (how, program, arguments) in [
        ("gzip", "gunzip", &["-c"][..]),
        ("gzip:9", "gzip", &["-dc"]),
        ("gzip", "python3", &["-c", python]),
        ("zstd", "zstd", &["-dcq"]),
        ("zstd:19", "zstd", &["-dcq"]),
    ] {
        let compressed = workspace.mask_file(&["--compress", how], &input).done();
        let works =
            Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
        if !works.is_ok_and(|status| status.success()) {
            skip(&format!("{program} is not installed"), "SCRUB_REQUIRE_NOTHING");
            continue;
        }
        let output = feed(Command::new(program).args(arguments), &compressed);
        assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
        assert_same(&output.stdout, &plain, &format!("{how} through {program}"));
    }
}

/// A failed run whose output decompresses, and fails its restore.
fn fails(what: &str, run: Run, plain: &Run) {
    assert_eq!(run.code, 2, "{what}");
    let output = decompressed(&run.stdout).unwrap_or_else(|error| panic!("{what}: {error}"));
    let text = String::from_utf8_lossy(&output);
    assert!(text.contains("RAISE EXCEPTION 'scrub: run failed"), "{what}: no tail");
    assert!(!text.contains("@example.org"), "{what}: an original");
    // What comes before the tail is the start of what a run without compression writes.
    let ends = |bytes: &[u8]| {
        String::from_utf8_lossy(bytes).find("\n\\set ON_ERROR_STOP 1\nDO $$BEGIN RAISE").unwrap_or_default()
    };
    let rows = |bytes: &[u8]| bytes[..ends(bytes)].strip_suffix(b"\\.\n").map(<[u8]>::to_vec);
    let (found, expected) = (rows(&output).unwrap_or_default(), rows(&plain.stdout).unwrap_or_default());
    assert!(expected.starts_with(&found), "{what}: other rows than without compression");
    assert_eq!(run.stderr, plain.stderr, "{what}");
    if let Some(server) = server() {
        let target = server.create("compression");
        assert!(!target.restore_or_nothing(&output), "{what}: psql saw no failure");
    }
}

#[test]
fn a_failed_run_is_a_whole_stream_that_does_not_restore() {
    let workspace = workspace();
    let whole = dump(40_000);
    let cut = &whole[..whole.len() - 20_000];
    let mut ragged = whole.clone();
    let at = whole.len() - 500_000 + whole[whole.len() - 500_000..].iter().position(|b| *b == b'\t').unwrap();
    ragged[at] = b' ';
    for how in ["gzip", "zstd"] {
        for (what, input) in [("cut", cut), ("ragged", &ragged), ("empty", b""), ("no dump", b"\x00\x01")] {
            let plain = workspace.mask_pipe(&["--schema-from-stream"], input);
            let run = workspace.mask_pipe(&["--schema-from-stream", "--compress", how], input);
            fails(&format!("{how}, {what}"), run, &plain);
        }
        let without_schema = workspace.mask_pipe(&["--compress", how], &whole);
        assert_eq!(without_schema.code, 2);
        assert!(decompressed(&without_schema.stdout).unwrap().ends_with(b"END$$;\n"), "{how}: no refusal");
    }
}

#[test]
fn a_cut_stream_is_noticed_by_its_reader() {
    let workspace = workspace();
    let input = workspace.file("input.sql", &dump(20_000));
    for how in ["gzip", "zstd"] {
        let whole = workspace.mask_file(&["--compress", how], &input).done();
        let mut silent = 0;
        for cut in (1..50).map(|n| whole.len() * n / 50) {
            silent += usize::from(decompressed(&whole[..cut]).is_ok());
            let run = workspace.mask_pipe(&["--schema-from-stream"], &whole[..cut]);
            assert_eq!(run.code, 2, "{how}: cut at {cut}");
        }
        assert_eq!(silent, 0, "{how}");
        for garbage in [&b"garbage"[..], b"\x00\x00", b"\x1f\x8b"] {
            let run = workspace.mask_pipe(&["--schema-from-stream"], &[&whole, garbage].concat());
            assert_eq!(run.code, 2, "{how}: {garbage:?} behind it");
        }
    }
}
