//! SQLite: its dumps and its database files, masked and restored by SQLite itself.

mod databases;
mod dumps;
mod samples;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use rusqlite::Connection;
use rusqlite::types::ValueRef;

use crate::support::skip;

/// A database in memory, made by a dump.
fn restored(dump: &[u8]) -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    connection.execute_batch(std::str::from_utf8(dump).unwrap()).unwrap();
    assert!(connection.is_autocommit(), "a transaction is open at the end");
    connection
}

/// SQLite's shell; `None` after a loud skip.
fn shell(database: &Path, options: &[&str], input: &[u8]) -> Option<(i32, Vec<u8>, String)> {
    let spawned = Command::new("sqlite3")
        .args(options)
        .arg(database)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut child) = spawned else {
        skip("there is no sqlite3 in the path", "SCRUB_REQUIRE_SERVERS");
        return None;
    };
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    Some((output.status.code().unwrap_or(-1), output.stdout, errors))
}

fn number(connection: &Connection, sql: &str) -> i64 {
    connection.query_row(sql, [], |row| row.get(0)).unwrap_or_else(|error| panic!("{sql}: {error}"))
}

fn names(connection: &Connection, sql: &str) -> Vec<String> {
    let mut query = connection.prepare(sql).unwrap();
    query.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

/// The cells of each column of each table, in the order of the rows, with their types.
fn cells(connection: &Connection) -> BTreeMap<(String, String), Vec<String>> {
    let mut found = BTreeMap::new();
    for table in names(
        connection,
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND sql NOT LIKE 'CREATE VIRTUAL%'",
    ) {
        let mut query =
            connection.prepare(&format!("SELECT * FROM \"{}\"", table.replace('"', "\"\""))).unwrap();
        let columns: Vec<String> = query.column_names().map(str::to_owned).collect();
        let mut lists = vec![Vec::new(); columns.len()];
        let mut rows = query.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            for (index, list) in lists.iter_mut().enumerate() {
                list.push(match row.get_ref(index).unwrap() {
                    ValueRef::Null => "NULL".into(),
                    ValueRef::Integer(number) => number.to_string(),
                    ValueRef::Real(real) => format!("real {real:?}"),
                    ValueRef::Text(text) => format!("'{}'", String::from_utf8_lossy(text)),
                    ValueRef::Blob(bytes) => format!("X'{}'", data_encoding::HEXLOWER.encode(bytes)),
                });
            }
        }
        found.extend(columns.into_iter().map(|column| (table.clone(), column)).zip(lists));
    }
    found
}
