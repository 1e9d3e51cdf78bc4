//! `--from`: the database's own dump tool, with its address kept out of sight and its failure seen.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Output, Stdio};

use crate::support::cli::{Workspace, assert_same};
use crate::support::mariadb::mariadb;
use crate::support::samples::{PLANTED, POLICY};
use crate::support::server::{Database, server};

const SECRET: &str = "s3cret%2Fw0rd";

/// The sample in a database.
fn database() -> Option<Database> {
    let database = server()?.create("source");
    assert_eq!(database.restore(include_bytes!("samples/pg_dump.sql")), Vec::<String>::new());
    Some(database)
}

fn run(workspace: &Workspace, options: &[&str], variables: &[(&str, &str)]) -> Output {
    let base = ["mask", "-p", "scrub.toml", "--key-file", "scrub.key", "--quiet"];
    let mut command = workspace.command(&[&base, options].concat());
    for variable in ["PGHOST", "PGPORT", "PGUSER", "PGDATABASE", "PGPASSWORD", "PGSERVICE", "PGSERVICEFILE"] {
        command.env_remove(variable);
    }
    command.envs(variables.iter().copied()).stdin(Stdio::null()).output().unwrap()
}

fn stable(output: &[u8]) -> Vec<u8> {
    let lines = output.split_inclusive(|byte| *byte == b'\n');
    let token = |line: &&[u8]| line.starts_with(br"\restrict ") || line.starts_with(br"\unrestrict ");
    lines.filter(|line| !token(line)).flatten().copied().collect()
}

#[test]
fn a_service_and_a_url_give_what_the_pipe_gives() {
    let Some(database) = database() else { return };
    let workspace = Workspace::new(POLICY);
    let dump = workspace.file("people.sql", &database.dump(&[]));
    let expected = stable(&workspace.mask_file(&[], &dump).done());
    let host = database.server().host();
    let service =
        format!("[shop]\nhost={host}\nuser=postgres\ndbname={}\npassword={SECRET}\n", database.name);
    let service = workspace.file("services.conf", service.as_bytes());
    let url = format!("postgres://postgres:{SECRET}@/{}?host={host}", database.name);
    let manifest = ["--manifest", "manifest.json"];
    for (from, variable, value) in
        [("service=shop", "PGSERVICEFILE", service.to_str().unwrap()), ("env:SHOP", "SHOP", url.as_str())]
    {
        let output = run(&workspace, &[&["--from", from][..], &manifest].concat(), &[(variable, value)]);
        let message = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{from}: {message}");
        assert_same(&stable(&output.stdout), &expected, from);
        let manifest = fs::read_to_string(workspace.path("manifest.json")).unwrap();
        assert!(manifest.contains(from) && !manifest.contains("s3cret"), "{manifest}");
    }
    // With a lock, one pass is enough.
    workspace.lock(&dump);
    let output = run(&workspace, &["--from", "env:SHOP", "-o", "out.sql"], &[("SHOP", &url)]);
    assert!(output.status.success());
    assert_same(&stable(&fs::read(workspace.path("out.sql")).unwrap()), &expected, "with a lock");
}

#[test]
fn what_goes_wrong_is_told_without_the_address() {
    let Some(database) = database() else { return };
    let workspace = Workspace::new(POLICY);
    let host = database.server().host();
    for (url, says) in [
        (format!("postgres://postgres:{SECRET}@/no_such_db?host={host}"), "no such database"),
        (format!("postgres://postgres:{SECRET}@/x?host=/nowhere/at/all"), "no server"),
        (format!("postgres://postgres:{SECRET}@/x?CANARY=1"), "unknown parameter"),
        (format!("sqlserver://sa:{SECRET}@h/x"), "neither"),
        (SECRET.to_owned(), "no URL"),
    ] {
        let output = run(&workspace, &["--from", "env:SHOP"], &[("SHOP", &url)]);
        let message = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{message}");
        assert!(message.contains(says), "{says}: {message}");
        for part in ["s3cret", "CANARY", "no_such_db", "nowhere"] {
            assert!(!message.contains(part), "{says}: {message}");
        }
        assert!(output.stdout.ends_with(b"END$$;\n"), "{says}: the output would restore");
    }
    let both = run(&workspace, &["--from", "env:SHOP", "people.sql"], &[("SHOP", "postgres://")]);
    assert_eq!(both.status.code(), Some(2));
}

#[test]
fn a_url_of_mariadb_gives_what_the_pipe_gives() {
    let Some(server) = mariadb() else { return };
    let database = server.create("source");
    let table =
        "CREATE TABLE people (id int PRIMARY KEY AUTO_INCREMENT, email varchar(80) UNIQUE, note text);";
    let rows: String = (1..500).map(|n| format!("({n},'{PLANTED}{n}@example.org','it''s {n}'),")).collect();
    let account = format!(
        "CREATE USER 'dumper'@'localhost' IDENTIFIED BY 's3cret w#rd'; GRANT SELECT, LOCK TABLES, SHOW VIEW, TRIGGER ON \
         `{}`.* TO 'dumper'@'localhost';",
        database.name
    );
    let rows = rows.trim_end_matches(',');
    assert_eq!(
        database.restore(format!("{table}\nINSERT INTO people VALUES {rows};\n{account}").as_bytes()),
        Ok(())
    );
    let policy = "version = 1\nconstruction = \"v1\"\nproject = \"test/from/dev\"\n[tables.people]\n\
                  keep = { columns = [\"id\"], reason = \"numbers\" }\ncolumns.email = \"email\"\ncolumns.note = \"redact\"\n";
    let workspace = Workspace::new(policy);
    let dump =
        workspace.file("people.sql", &database.dump(&["--single-transaction", "--quick", "--hex-blob"]));
    let expected = workspace.mask_file(&[], &dump).done();
    let url = |database: &str| {
        format!("mysql://dumper:s3cret%20w%23rd@localhost/{database}?socket={}", server.socket())
    };
    let output = run(&workspace, &["--from", "env:SHOP"], &[("SHOP", &url(&database.name))]);
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{message}");
    let undated = |output: &[u8]| -> Vec<u8> {
        let lines = output.split_inclusive(|byte| *byte == b'\n');
        lines.filter(|line| !line.starts_with(b"-- Dump completed on")).flatten().copied().collect()
    };
    assert!(
        output.stdout.windows(4).any(|bytes| bytes == b"@exa")
            && !String::from_utf8_lossy(&output.stdout).contains(PLANTED)
    );
    assert_same(&undated(&output.stdout), &undated(&expected), "env:SHOP");
    let output = run(&workspace, &["--from", "env:SHOP"], &[("SHOP", &url("no_such_db"))]);
    let message = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{message}");
    assert!(!message.contains("s3cret") && !message.contains("no_such_db"), "{message}");
    database.query("DROP USER 'dumper'@'localhost'");
}

/// A folder with a program of this name, which is a shell script.
fn tool(workspace: &Workspace, name: &str, script: &str) -> String {
    fs::create_dir_all(workspace.path("bin")).unwrap();
    let path = workspace.file(&format!("bin/{name}"), format!("#!/bin/sh\n{script}").as_bytes());
    fs::set_permissions(path, fs::Permissions::from_mode(0o700)).unwrap();
    let path = std::env::var("PATH").unwrap_or_default();
    format!("{}:{path}", workspace.path("bin").display())
}

#[test]
fn a_tool_that_fails_after_its_last_byte_fails_the_run() {
    let workspace = Workspace::new(POLICY);
    let dump = workspace.file("people.sql", include_bytes!("samples/pg_dump.sql"));
    workspace.lock(&dump);
    let url = format!("postgres://u:{SECRET}@h/db");
    for (end, code) in [("exit 0", 0), ("exit 1", 2), ("kill -9 $$", 2)] {
        let script = format!("cat '{}'\necho '{PLANTED} {SECRET}' >&2\n{end}\n", dump.display());
        let path = tool(&workspace, "pg_dump", &script);
        let output = run(&workspace, &["--from", "env:SHOP"], &[("SHOP", &url), ("PATH", &path)]);
        let message = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{end}: {message}");
        assert!(!message.contains(PLANTED) && !message.contains("s3cret"), "{end}: {message}");
        assert_eq!(output.stdout.ends_with(b"END$$;\n"), code != 0, "{end}");
        let output =
            run(&workspace, &["--from", "env:SHOP", "-o", "o.sql"], &[("SHOP", &url), ("PATH", &path)]);
        assert_eq!(output.status.code(), Some(code), "{end}");
        assert_eq!(workspace.path("o.sql").exists(), code == 0, "{end}");
        let _ = fs::remove_file(workspace.path("o.sql"));
    }
}

#[test]
fn neither_arguments_nor_variables_show_more_than_they_must() {
    let workspace = Workspace::new(POLICY);
    let dump = workspace.file("people.sql", include_bytes!("samples/pg_dump.sql"));
    workspace.lock(&dump);
    let seen = workspace.path("seen");
    let script = format!(
        "{{ echo \"arguments $*\"; env; echo; case \"$*\" in *defaults*) cat;; esac; }} >'{}'\ncat '{}'\n",
        seen.display(),
        dump.display()
    );
    let path = tool(&workspace, "pg_dump", &script);
    tool(&workspace, "mysqldump", &script);
    let key = fs::read_to_string(workspace.path("scrub.key")).unwrap();
    for url in ["postgres://jane:s3cret@h:1/shop", "mysql://jane:s3cret@h:1/shop"] {
        let variables =
            [("SHOP", url), ("PATH", path.as_str()), ("SCRUB_KEY", key.trim()), ("PGSERVICE", "other")];
        let output = run(&workspace, &["--from", "env:SHOP"], &variables);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let seen = fs::read_to_string(&seen).unwrap();
        let (arguments, rest) = seen.split_once('\n').unwrap();
        assert!(!arguments.contains("s3cret") && !arguments.contains("jane"), "{arguments}");
        assert!(!seen.contains("SCRUB_KEY") && !seen.contains("scrub-key-1"), "the key went to a child");
        assert!(!seen.contains(url), "the URL went to a child");
        if url.starts_with("postgres") {
            assert!(rest.contains("PGPASSWORD=s3cret\n") && rest.contains("PGPORT=1\n"), "{rest}");
            assert!(!rest.contains("PGSERVICE="), "another service would win over the URL");
        } else {
            let (environment, options) = rest.split_once("\n\n").unwrap();
            assert!(!environment.contains("s3cret"), "{environment}");
            assert_eq!(options, "[client]\nhost=\"h\"\nport=\"1\"\nuser=\"jane\"\npassword=\"s3cret\"\n");
        }
    }
    let left: Vec<_> =
        fs::read_dir(workspace.path("")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 6, "{left:?}");
}

#[test]
fn the_option_file_is_read_by_the_real_tool() {
    let tool = ["mysqldump", "mariadb-dump"].into_iter().find(|tool| crate::support::samples::runs(tool));
    let Some(tool) = tool else {
        crate::support::skip("there is no mysqldump", "SCRUB_REQUIRE_NOTHING");
        return;
    };
    let options = b"[client]\nuser=\"a#b\"\npassword=\"p\\\\a\\\"s#s w\"\n";
    let mut command = Command::new(tool);
    command.args(["--defaults-extra-file=/dev/stdin", "--print-defaults"]);
    let output = crate::support::server::feed(&mut command, options);
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("--user=a#b "), "{text}");
    assert!(text.contains("--password=p\\a\"s#s w") || text.contains("--password=*****"), "{text}");
}
