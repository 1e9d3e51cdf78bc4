//! Any bytes: no panic, no slowness, no value in a warning.

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;
use crate::table::ForeignKeyGraph;

/// Pieces that statements are made of, put together at random.
const PIECES: [&str; 56] = [
    "CREATE ",
    "ALTER ",
    "DROP ",
    "TABLE ",
    "DATABASE ",
    "SEQUENCE ",
    "UNIQUE ",
    "INDEX ",
    "KEY ",
    "ON ",
    "t ",
    "a ",
    "b ",
    "d.",
    "`Q` ",
    "`",
    "\"",
    "'",
    "'x' ",
    "(",
    ")",
    ",",
    ";",
    ".",
    "/*!50100 ",
    "*/ ",
    "/*",
    "-- ",
    "#",
    "=",
    "int(3) unsigned ",
    "text ",
    "varchar(3) ",
    "enum('a') ",
    "set(",
    "NOT NULL ",
    "DEFAULT ",
    "CHECK ",
    "PRIMARY KEY ",
    "REFERENCES ",
    "FOREIGN KEY ",
    "CONSTRAINT ",
    "GENERATED ALWAYS AS ",
    "AUTO_INCREMENT ",
    "COLLATE ",
    "CHARSET ",
    "ADD ",
    "MODIFY ",
    "CHANGE ",
    "PARTITION BY KEY ",
    "LIKE ",
    "nextval(",
    "json_valid(",
    "\\",
    "_utf8",
    "é\n",
];

proptest! {
    #[test]
    fn statements_of_any_bytes_are_read_without_a_panic(
        statements in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..40), 0..6)
    ) {
        let mut builder = SchemaBuilder::new();
        for statement in statements {
            builder.statement(&statement, &session());
        }
        ForeignKeyGraph::new(&builder.finish());
    }

    #[test]
    fn statements_of_random_pieces_are_read_without_a_panic(
        statements in proptest::collection::vec(proptest::collection::vec(0..PIECES.len(), 0..30), 0..8)
    ) {
        let mut builder = SchemaBuilder::new();
        builder.statement(b"CREATE TABLE t (a int, b text)", &session());
        for pieces in statements {
            let head = ["", "CREATE TABLE t2 (", "ALTER TABLE t ", "CREATE UNIQUE INDEX "][pieces.len() % 4];
            let statement: String = pieces.iter().map(|&piece| PIECES[piece]).collect();
            builder.statement(format!("{head}{statement}").as_bytes(), &session());
        }
        ForeignKeyGraph::new(&builder.finish());
    }

    #[test]
    fn a_cut_statement_quotes_no_literal_in_its_warning(cut in 0..200_usize) {
        let whole = "CREATE TABLE t (a text DEFAULT 'canary1' CHECK (a <> 'canary2') WRONG 'canary3', b enum('canary4')) COMMENT='canary5'";
        let schema = schema(&whole[..cut.min(whole.len())]);
        prop_assert!(schema.warnings.iter().all(|warning| !warning.contains("canary")));
    }
}

/// Reads one long statement, or many; fails if that takes unreasonably long.
fn quickly(statements: &[String]) {
    let start = Instant::now();
    let mut builder = SchemaBuilder::new();
    for statement in statements {
        builder.statement(statement.as_bytes(), &session());
    }
    ForeignKeyGraph::new(&builder.finish());
    // Linear reading takes well under a second; with the square of the length it would be many minutes.
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
}

#[test]
fn long_and_deep_statements_are_read_in_linear_time() {
    const MANY: usize = 200_000;
    for (head, piece, tail) in [
        ("CREATE TABLE t (a int CHECK ", "(", "a"),
        ("CREATE TABLE t (a int, b int, CHECK (a = 1 ", "or b = 1 ", "))"),
        ("CREATE TABLE t (a int DEFAULT ", "-", "1)"),
        ("CREATE TABLE t (a int ", "/*!50100 ", ")"),
        ("CREATE TABLE t (a int ", "/* ", ")"),
        ("CREATE TABLE t (a int ", "CHECK (a > 0) ", ")"),
        ("CREATE TABLE t (a int ", "NONSENSE ", ")"),
        ("CREATE TABLE t (a enum(", "'a', ", "'b'))"),
        ("CREATE TABLE t (a int, PRIMARY KEY (", "a, ", "a))"),
        ("CREATE TABLE t (a int, UNIQUE KEY (", "a(1), ", "a))"),
        ("CREATE TABLE t (a int) PARTITION BY RANGE (", "a, ", "a)"),
        ("CREATE TABLE t (a int) ", "PARTITION BY RANGE (a) ", ""),
        ("CREATE TABLE t (a int) ", "CHARSET=latin1 ", ""),
        ("CREATE TABLE t (", "a int UNIQUE, ", "b int)"),
        ("CREATE TABLE t (a ", "unsigned ", ")"),
        ("", "/*", "CREATE"),
    ] {
        quickly(&[format!("{head}{}{tail}", piece.repeat(MANY))]);
    }
}

#[test]
fn many_statements_are_read_in_linear_time() {
    const MANY: usize = 20_000;
    let numbered = |head: &str, statement: fn(usize) -> String| {
        let mut all = vec![head.to_owned()];
        all.extend((0..MANY).map(statement));
        quickly(&all);
    };
    numbered("CREATE TABLE t (a int)", |n| {
        format!("ALTER TABLE t ADD COLUMN c{n} int UNIQUE AUTO_INCREMENT")
    });
    numbered("CREATE TABLE t (a int)", |n| {
        format!("ALTER TABLE t ADD CONSTRAINT f{n} FOREIGN KEY (a) REFERENCES t (b{n})")
    });
    numbered("CREATE TABLE t (a int)", |_| "ALTER TABLE t MODIFY a int, ADD UNIQUE (a)".into());
    numbered("CREATE TABLE t (a int)", |n| format!("CREATE TABLE t{n} (a int AUTO_INCREMENT)"));
    numbered("CREATE TABLE t (a int)", |n| format!("DROP TABLE t{n}"));
}
