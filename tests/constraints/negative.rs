//! The negative set as the command writes it: every row is rejected, by the constraint that its comment names, and nothing
//! stays.

use crate::support::cli::Workspace;
use crate::support::mariadb::mariadb;
use crate::support::server::server;

/// The script for a schema, and how many rows are in it.
fn script(schema: &[u8]) -> (Vec<u8>, Vec<String>) {
    let workspace = Workspace::new("");
    workspace.file("schema.sql", schema);
    let run = workspace.run(&["synth", "schema.sql", "--negative", "--no-trailer"], b"");
    assert_eq!(run.code, 0, "{}", run.stderr);
    let again = workspace.run(&["synth", "--negative", "--no-trailer"], schema);
    assert!(again.stdout == run.stdout, "a pipe gives other rows than a file");
    let names = String::from_utf8_lossy(&run.stdout)
        .lines()
        .filter_map(|line| Some(line.strip_prefix("-- ")?.split_once(": rejected by ")?.1.to_owned()))
        .collect();
    (run.stdout, names)
}

#[test]
fn postgresql_rejects_every_row() {
    let Some(server) = server() else { return };
    let database = server.create("negative");
    assert_eq!(database.restore(include_bytes!("postgres.sql")), Vec::<String>::new());
    let (script, names) = script(&database.dump(&["-s"]));
    let errors = database.restore(&script);
    assert!(names.len() > 300, "{}", names.len());
    assert_eq!(errors.len(), names.len(), "{errors:#?}");
    let violation = |error: &String| {
        ["violates", "conflicting key", "does not allow null values"].iter().any(|part| error.contains(part))
    };
    let others: Vec<&String> = errors.iter().filter(|error| !violation(error)).collect();
    assert!(others.is_empty(), "{others:#?}");
    for name in ["customer_email_key", "email_form", "not_self"] {
        let foretold = names.iter().filter(|known| *known == name).count();
        let seen = errors.iter().filter(|error| error.contains(&format!("\"{name}\""))).count();
        assert!(foretold > 0 && foretold == seen, "{name}: {foretold} foretold, {seen} seen");
    }
    assert_eq!(database.psql("SELECT count(*) FROM customer").trim(), "0");
}

#[test]
fn mariadb_rejects_every_row() {
    let Some(server) = mariadb() else { return };
    let database = server.create("negative");
    assert_eq!(database.restore(include_bytes!("mysql.sql")), Ok(()));
    let (script, names) = script(&database.dump(&["--no-data"]));
    let complaints = database.run_over_errors(&script);
    let errors: Vec<&str> = complaints.lines().filter(|line| line.starts_with("ERROR")).collect();
    assert!(names.len() > 50, "{}", names.len());
    assert_eq!(errors.len(), names.len(), "{errors:#?}");
    assert!(!complaints.contains("ERROR 1064"), "{complaints}");
}
