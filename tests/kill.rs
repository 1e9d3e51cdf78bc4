//! Failure cannot be mistaken for success: wherever the input ends too early, nothing is restored.

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::support::cli::{HEAD, Workspace};
use crate::support::server::{Database, server};

const SCHEMA: &str = "
    CREATE TABLE people (id serial PRIMARY KEY, email text NOT NULL, note text);
    CREATE TABLE orders (id serial PRIMARY KEY, person int REFERENCES people, total numeric(10,2));
    INSERT INTO people (email, note) SELECT 'p' || n || '@example.org', repeat('word ', n % 40)
        FROM generate_series(1, 300) n;
    INSERT INTO orders (person, total) SELECT 1 + n % 300, n FROM generate_series(1, 600) n;
";

const POLICY: &str = r#"
[tables."public.people"]
columns.email = { op = "email", accept_frequency_leak = "invented" }
"#;

/// Tables in the schema `public`.
fn tables(database: &Database) -> String {
    let sql = "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'";
    database.psql(sql).trim().to_owned()
}

/// Places to cut, spread over the whole and the same in every run.
fn cuts(below: usize, count: usize) -> impl Iterator<Item = usize> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    std::iter::repeat_with(move || {
        // xorshift64: any spread will do.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below as u64).unwrap()
    })
    .take(count)
}

#[test]
fn a_dump_cut_anywhere_restores_nothing() {
    let Some(server) = server() else { return };
    let original = server.create("kill");
    original.psql(SCHEMA);
    let target = server.create("kill");
    for (form, count) in [(&[][..], 140), (&["--inserts", "--rows-per-insert=5"], 60)] {
        let dump = original.dump(form);
        let workspace = Workspace::new(&format!("{HEAD}{POLICY}"));
        workspace.lock(&workspace.file("whole.sql", &dump));
        let end = dump.windows(28).position(|bytes| bytes == b"PostgreSQL database dump com").unwrap();
        for cut in cuts(end, count) {
            let run = workspace.mask_pipe(&["--block-size", "4096"], &dump[..cut]);
            assert_eq!(run.code, 2, "{form:?} cut at {cut}: {}", run.stderr);
            assert!(!target.restore_or_nothing(&run.stdout), "{form:?} cut at {cut}: psql saw no failure");
            assert_eq!(tables(&target), "0", "{form:?} cut at {cut}: something was restored");
        }
        let whole = workspace.mask_pipe(&[], &dump).done();
        let control = server.create("kill");
        assert!(control.restore_or_nothing(&whole), "the whole dump restores");
        assert_eq!(tables(&control), "2");
    }
}

/// A producer that writes `bytes` of the dump and is then killed, into scrub, into psql.
fn killed_after(bytes: usize, dump: &[u8], workspace: &Workspace, target: &Database) {
    let mut producer = Command::new("cat").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut scrub = workspace.command(&["mask", "-p", "scrub.toml", "--key-file", "scrub.key", "--quiet"]);
    let mut scrub = scrub
        .stdin(producer.stdout.take().unwrap())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut psql = target.strict_psql();
    let mut psql =
        psql.stdin(scrub.stdout.take().unwrap()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let mut feed = producer.stdin.take().unwrap();
    feed.write_all(&dump[..bytes]).unwrap();
    feed.flush().unwrap();
    std::thread::sleep(Duration::from_millis(50));
    producer.kill().unwrap();
    producer.wait().unwrap();
    drop(feed);
    assert_eq!(scrub.wait().unwrap().code(), Some(2), "killed after {bytes}");
    assert!(!psql.wait().unwrap().success(), "killed after {bytes}: psql saw no failure");
    assert_eq!(tables(target), "0", "killed after {bytes}: something was restored");
}

#[test]
fn killing_pg_dump_restores_nothing() {
    let Some(server) = server() else { return };
    let original = server.create("kill");
    original.psql(SCHEMA);
    let dump = original.dump(&[]);
    let workspace = Workspace::new(&format!("{HEAD}{POLICY}"));
    workspace.lock(&workspace.file("whole.sql", &dump));
    let target = server.create("kill");
    for cut in cuts(dump.len() - 100, 10) {
        killed_after(cut, &dump, &workspace, &target);
    }
}

#[test]
fn a_terminated_run_restores_nothing() {
    let Some(server) = server() else { return };
    let original = server.create("kill");
    original.psql(SCHEMA);
    let dump = original.dump(&[]);
    let workspace = Workspace::new(&format!("{HEAD}{POLICY}"));
    workspace.lock(&workspace.file("whole.sql", &dump));
    for signal in ["-TERM", "-INT"] {
        let target = server.create("kill");
        let mut scrub =
            workspace.command(&["mask", "-p", "scrub.toml", "--key-file", "scrub.key", "--quiet"]);
        let scrub = scrub.args(["--block-size", "4096"]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut scrub = scrub.stderr(Stdio::null()).spawn().unwrap();
        let mut psql = target.strict_psql();
        let mut psql = psql
            .stdin(scrub.stdout.take().unwrap())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut feed = scrub.stdin.take().unwrap();
        feed.write_all(&dump[..dump.len() / 2]).unwrap();
        feed.flush().unwrap();
        std::thread::sleep(Duration::from_millis(300));
        let sent = Command::new("kill").args([signal, &scrub.id().to_string()]).status().unwrap();
        assert!(sent.success());
        std::thread::sleep(Duration::from_millis(300));
        // A run that waits in a read notices at the latest when the input goes on or ends.
        let _ = feed.write_all(&dump[dump.len() / 2..dump.len() / 2 + 10]);
        drop(feed);
        assert_eq!(scrub.wait().unwrap().code(), Some(2), "{signal}");
        assert!(!psql.wait().unwrap().success(), "{signal}: psql saw no failure");
        assert_eq!(tables(&target), "0", "{signal}: something was restored");
    }
}
