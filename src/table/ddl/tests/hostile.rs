//! Any bytes: no panic, no slowness, no value in a warning.

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::{SchemaBuilder, schema};
use crate::table::{ForeignKeyGraph, Schema, Session, TableName};

/// Pieces that statements are made of, put together at random.
const PIECES: [&str; 64] = [
    "CREATE ",
    "ALTER ",
    "DROP ",
    "TABLE ",
    "TYPE ",
    "DOMAIN ",
    "SEQUENCE ",
    "UNIQUE ",
    "INDEX ",
    "ON ",
    "ONLY ",
    "t ",
    "a ",
    "b ",
    "public.",
    "\"Q\" ",
    "\"",
    "'",
    "'x' ",
    "(",
    ")",
    "[",
    "]",
    ",",
    ";",
    ".",
    "::",
    "int ",
    "text ",
    "character varying(3) ",
    "timestamp(3) with time zone ",
    "interval day to second ",
    "NOT ",
    "NULL ",
    "DEFAULT ",
    "CHECK ",
    "PRIMARY KEY ",
    "REFERENCES ",
    "FOREIGN KEY ",
    "CONSTRAINT ",
    "GENERATED ",
    "ALWAYS ",
    "AS ",
    "IDENTITY ",
    "COLLATE ",
    "ADD ",
    "ATTACH PARTITION ",
    "FOR VALUES FROM ",
    "PARTITION OF ",
    "PARTITION BY LIST ",
    "INHERITS ",
    "LIKE ",
    "ENUM ",
    "RANGE ",
    "OWNED BY ",
    "USING INDEX ",
    "EXCLUDE ",
    "nextval(",
    "$$",
    "--",
    "/*",
    "COLUMN ",
    "SET ",
    "é\n",
];

proptest! {
    #[test]
    fn statements_of_any_bytes_are_read_without_a_panic(
        statements in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..40), 0..6)
    ) {
        let mut builder = SchemaBuilder::new();
        for statement in statements {
            builder.statement(&statement, &Session::default());
        }
        ForeignKeyGraph::new(&builder.finish());
    }

    #[test]
    fn statements_of_random_pieces_are_read_without_a_panic(
        statements in proptest::collection::vec(proptest::collection::vec(0..PIECES.len(), 0..30), 0..8)
    ) {
        let mut builder = SchemaBuilder::new();
        builder.statement(b"CREATE TABLE t (a int, b text)", &Session::default());
        for pieces in statements {
            let head = ["", "CREATE TABLE ", "ALTER TABLE t ", "CREATE UNIQUE INDEX "][pieces.len() % 4];
            let statement: String = pieces.iter().map(|&piece| PIECES[piece]).collect();
            builder.statement(format!("{head}{statement}").as_bytes(), &Session::default());
        }
        ForeignKeyGraph::new(&builder.finish());
    }

    #[test]
    fn a_cut_statement_quotes_no_literal_in_its_warning(cut in 0..200_usize) {
        let whole = "CREATE TABLE t (a text DEFAULT 'canary1' CHECK (a <> 'canary2') WRONG 'canary3', b public.mood DEFAULT $$canary4$$, c text COLLATE \"C\")";
        let whole = &whole[..cut.min(whole.len())];
        let schema = schema(whole);
        prop_assert!(schema.warnings.iter().all(|warning| !warning.contains("canary")));
    }
}

/// The schema of one long statement, or of many; fails if reading takes unreasonably long.
fn quickly(statements: &[String]) -> Schema {
    let start = Instant::now();
    let mut builder = SchemaBuilder::new();
    for statement in statements {
        builder.statement(statement.as_bytes(), &Session::default());
    }
    let schema = builder.finish();
    ForeignKeyGraph::new(&schema);
    // Linear reading takes well under a second; with the square of the length it would be many minutes.
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    schema
}

#[test]
fn long_and_deep_statements_are_read_in_linear_time() {
    const MANY: usize = 200_000;
    for (head, piece, tail) in [
        ("CREATE TABLE t (a int CHECK ", "(", "a"),
        ("CREATE TABLE t (a int CHECK (a = 1 ", "or a = 1 ", ")"),
        ("CREATE TABLE t (a int DEFAULT 1", "::int[]", ")"),
        ("CREATE TABLE t (a int", "[]", ")"),
        ("CREATE TABLE t (a int DEFAULT ", "$a", ")"),
        ("CREATE TABLE t (a int DEFAULT ", "[(", ")"),
        ("CREATE TABLE t (a int ", "/*", ")"),
        ("CREATE TABLE t (a int ", "CHECK (a > 0) ", ")"),
        ("CREATE TABLE t (a int ", "NONSENSE ", ")"),
        ("CREATE TABLE t (a ", "x.", "y)"),
        ("CREATE TABLE t (a int, PRIMARY KEY (", "a, ", "a))"),
        ("CREATE TABLE t (a int) PARTITION BY RANGE (", "a, ", "a)"),
        ("CREATE TABLE t (a int, ", "LIKE u, ", "b int)"),
        ("CREATE TABLE t (a int) INHERITS (", "t, ", "t)"),
        ("CREATE TYPE t AS ENUM (", "'a', ", "'b')"),
        ("CREATE TABLE t (a int); ", "ALTER TABLE t ALTER a SET DEFAULT 1; ", ""),
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
        all
    };
    quickly(&numbered("CREATE TABLE t (a int)", |n| {
        format!("ALTER TABLE t ADD COLUMN c{n} int DEFAULT nextval('s{n}')")
    }));
    quickly(&numbered("CREATE TYPE e AS ENUM ()", |n| format!("ALTER TYPE e ADD VALUE 'v{n}' BEFORE 'v0'")));
    quickly(&numbered("CREATE DOMAIN d0 AS int", |n| format!("CREATE DOMAIN d{} AS d{n}[]", n + 1)));
    quickly(&numbered("CREATE TABLE t0 (c0 int)", |n| {
        format!("CREATE TABLE t{} (c{} int) INHERITS (t{n})", n + 1, n + 1)
    }));
    quickly(&numbered("CREATE TABLE t0 (c int)", |n| {
        format!("CREATE TABLE t{} (c int) INHERITS (t{n})", n + 1)
    }));
    quickly(&numbered("CREATE TABLE t (a int)", |n| {
        format!("ALTER TABLE t ADD CONSTRAINT f{n} FOREIGN KEY (a) REFERENCES t (b{n})")
    }));
}

#[test]
fn tables_that_inherit_from_each_other_do_not_hang() {
    let schema = schema(
        "CREATE TABLE a (x int) INHERITS (b); CREATE TABLE b (y int) INHERITS (a); CREATE TABLE c () INHERITS (c)",
    );
    assert_eq!(schema.tables.len(), 3);
    assert!(!schema.warnings.is_empty());
}

#[test]
fn names_are_decoded_with_the_encoding_of_the_dump() {
    let mut session = Session { encoding: encoding_rs::WINDOWS_1252, ..Session::default() };
    session.schema = "app".into();
    session.database = Some("shop".into());
    let mut builder = SchemaBuilder::new();
    builder.statement(b"CREATE TABLE gr\xf6\xdfe (na\xefve text, m mood)", &session);
    builder.statement(b"CREATE TYPE app.mood AS ENUM ('\xe4')", &session);
    builder.statement(b"CREATE TABLE gr\xf6\xdfe (a text)", &Session::default());
    let schema = builder.finish();
    let table = &schema.tables[&TableName::new("app", "größe").in_database(Some("shop"))];
    assert_eq!(table.columns[0].name, "naïve");
    assert_eq!(schema.enums["shop/app.mood"], ["ä"]);
    assert_eq!(schema.warnings, ["CREATE TABLE is not valid in the dump's encoding"]);
}
