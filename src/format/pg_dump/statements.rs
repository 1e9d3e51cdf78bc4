//! Which statements may pass: the allow-list of everything that `pg_dump` and `pg_dumpall` write.
//!
//! A statement is looked up by its first keywords. What is not in [`STATEMENTS`] does not pass; what is there but
//! holds secrets or values (passwords, connection strings, statistics) is dropped, or the clause that holds them is.

use std::ops::Range;

use super::clauses::{on_object, options, restart, role, select, table, template};
use super::lexer::{Kind, Token};
use super::words::Words;
use crate::format::statements;

/// What a statement's first keywords say about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    /// Passes, and says nothing about the schema.
    Pass,
    /// Passes, and the schema sees it.
    Ddl,
    /// `CREATE TABLE`, but not with a query.
    Table,
    /// `ALTER TABLE`, `ALTER SEQUENCE`: DDL, or a sequence's value.
    Restart,
    /// Settings that change how the rest is read.
    Set,
    /// A known function, or nothing.
    Select,
    /// Passes, unless it is `ON LARGE OBJECT`.
    OnObject,
    /// Passes without its password.
    Role,
    /// Passes without its `OPTIONS`.
    Options,
    /// Passes when it has no `OPTIONS`.
    NoOptions,
    /// `UPDATE pg_database SET datistemplate`, which `--clean` writes for a template.
    Template,
    /// Rows follow.
    Copy,
    /// A row.
    Insert,
    /// Writes or changes a large object.
    LargeObject,
    /// Dropped and counted.
    Dropped(&'static str),
}

/// The list: first keywords (without `OR REPLACE`) and class. The longest match counts.
static STATEMENTS: &[(&str, Class)] = &[
    ("ALTER AGGREGATE", Class::Ddl),
    ("ALTER COLLATION", Class::Ddl),
    ("ALTER CONVERSION", Class::Ddl),
    ("ALTER DATABASE", Class::Ddl),
    ("ALTER DEFAULT PRIVILEGES", Class::Ddl),
    ("ALTER DOMAIN", Class::Ddl),
    ("ALTER EVENT TRIGGER", Class::Ddl),
    ("ALTER EXTENSION", Class::Ddl),
    ("ALTER FOREIGN DATA WRAPPER", Class::NoOptions),
    ("ALTER FOREIGN TABLE", Class::Ddl),
    ("ALTER FUNCTION", Class::Ddl),
    ("ALTER GROUP", Class::Role),
    ("ALTER INDEX", Class::Ddl),
    ("ALTER LANGUAGE", Class::Ddl),
    ("ALTER LARGE OBJECT", Class::LargeObject),
    ("ALTER MATERIALIZED VIEW", Class::Ddl),
    ("ALTER OPERATOR", Class::Ddl),
    ("ALTER POLICY", Class::Ddl),
    ("ALTER PROCEDURAL LANGUAGE", Class::Ddl),
    ("ALTER PROCEDURE", Class::Ddl),
    ("ALTER PUBLICATION", Class::Ddl),
    ("ALTER ROLE", Class::Role),
    ("ALTER ROUTINE", Class::Ddl),
    ("ALTER RULE", Class::Ddl),
    ("ALTER SCHEMA", Class::Ddl),
    ("ALTER SEQUENCE", Class::Restart),
    ("ALTER SERVER", Class::NoOptions),
    ("ALTER STATISTICS", Class::Ddl),
    ("ALTER SUBSCRIPTION", Class::Dropped("subscription")),
    ("ALTER SYSTEM", Class::Dropped("system setting")),
    ("ALTER TABLE", Class::Restart),
    ("ALTER TABLESPACE", Class::Ddl),
    ("ALTER TEXT SEARCH", Class::Ddl),
    ("ALTER TRIGGER", Class::Ddl),
    ("ALTER TYPE", Class::Ddl),
    ("ALTER USER", Class::Role),
    ("ALTER USER MAPPING", Class::Dropped("user mapping")),
    ("ALTER VIEW", Class::Ddl),
    ("BEGIN", Class::Pass),
    ("COMMENT ON", Class::Ddl),
    ("COMMENT ON LARGE OBJECT", Class::LargeObject),
    ("COMMENT ON SUBSCRIPTION", Class::Dropped("subscription")),
    ("COMMIT", Class::Pass),
    ("COPY", Class::Copy),
    ("CREATE ACCESS METHOD", Class::Ddl),
    ("CREATE AGGREGATE", Class::Ddl),
    ("CREATE CAST", Class::Ddl),
    ("CREATE COLLATION", Class::Ddl),
    ("CREATE CONSTRAINT TRIGGER", Class::Ddl),
    ("CREATE CONVERSION", Class::Ddl),
    ("CREATE DATABASE", Class::Ddl),
    ("CREATE DEFAULT CONVERSION", Class::Ddl),
    ("CREATE DOMAIN", Class::Ddl),
    ("CREATE EVENT TRIGGER", Class::Ddl),
    ("CREATE EXTENSION", Class::Ddl),
    ("CREATE FOREIGN DATA WRAPPER", Class::Options),
    ("CREATE FOREIGN TABLE", Class::Table),
    ("CREATE FUNCTION", Class::Ddl),
    ("CREATE GROUP", Class::Role),
    ("CREATE INDEX", Class::Ddl),
    ("CREATE LANGUAGE", Class::Ddl),
    ("CREATE MATERIALIZED VIEW", Class::Ddl),
    ("CREATE OPERATOR", Class::Ddl),
    ("CREATE POLICY", Class::Ddl),
    ("CREATE PROCEDURAL LANGUAGE", Class::Ddl),
    ("CREATE PROCEDURE", Class::Ddl),
    ("CREATE PUBLICATION", Class::Ddl),
    ("CREATE RECURSIVE VIEW", Class::Ddl),
    ("CREATE ROLE", Class::Role),
    ("CREATE RULE", Class::Ddl),
    ("CREATE SCHEMA", Class::Ddl),
    ("CREATE SEQUENCE", Class::Ddl),
    ("CREATE SERVER", Class::Options),
    ("CREATE STATISTICS", Class::Ddl),
    ("CREATE SUBSCRIPTION", Class::Dropped("subscription")),
    ("CREATE TABLE", Class::Table),
    ("CREATE TABLESPACE", Class::Ddl),
    ("CREATE TEXT SEARCH", Class::Ddl),
    ("CREATE TRANSFORM", Class::Ddl),
    ("CREATE TRIGGER", Class::Ddl),
    ("CREATE TRUSTED LANGUAGE", Class::Ddl),
    ("CREATE TRUSTED PROCEDURAL LANGUAGE", Class::Ddl),
    ("CREATE TYPE", Class::Ddl),
    ("CREATE UNIQUE INDEX", Class::Ddl),
    ("CREATE UNLOGGED SEQUENCE", Class::Ddl),
    ("CREATE UNLOGGED TABLE", Class::Table),
    ("CREATE USER", Class::Role),
    ("CREATE USER MAPPING", Class::Dropped("user mapping")),
    ("CREATE VIEW", Class::Ddl),
    ("DROP", Class::Ddl),
    ("GRANT", Class::OnObject),
    ("INSERT INTO", Class::Insert),
    ("REFRESH MATERIALIZED VIEW", Class::Pass),
    ("RESET ROLE", Class::Pass),
    ("RESET SESSION AUTHORIZATION", Class::Pass),
    ("REVOKE", Class::OnObject),
    ("SECURITY LABEL", Class::OnObject),
    ("SELECT", Class::Select),
    ("SET", Class::Set),
    ("START TRANSACTION", Class::Pass),
    ("UPDATE", Class::Template),
];

/// Keywords that may be named in an error when they begin a statement that is not on the list.
static KEYWORDS: &[&str] = &[
    "ABORT",
    "ALTER",
    "ANALYZE",
    "CALL",
    "CHECKPOINT",
    "CLOSE",
    "CLUSTER",
    "COPY",
    "CREATE",
    "DATABASE",
    "DEALLOCATE",
    "DECLARE",
    "DELETE",
    "DISCARD",
    "DO",
    "END",
    "EXECUTE",
    "EXPLAIN",
    "FETCH",
    "FROM",
    "FUNCTION",
    "IMPORT",
    "INSERT",
    "INTO",
    "LANGUAGE",
    "LISTEN",
    "LOAD",
    "LOCK",
    "MERGE",
    "MOVE",
    "NOTIFY",
    "PREPARE",
    "REASSIGN",
    "REINDEX",
    "RELEASE",
    "RESET",
    "ROLLBACK",
    "SAVEPOINT",
    "SELECT",
    "SET",
    "SHOW",
    "TABLE",
    "TEMP",
    "TEMPORARY",
    "TRUNCATE",
    "UNLISTEN",
    "UPDATE",
    "USING",
    "VACUUM",
    "VALUES",
    "WITH",
];

/// What happens to a statement.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Action {
    /// It passes.
    Pass,
    /// It passes, and the schema sees it.
    Ddl,
    /// It passes without these bytes, which are counted as dropped.
    Cut(Range<usize>, &'static str),
    /// It passes, and may change how the rest is read.
    Set,
    /// It sets a sequence's value.
    Sequence(Sequence),
    /// It writes or changes a large object.
    LargeObject,
    /// Rows follow.
    Copy,
    /// A row.
    Insert,
    /// It is dropped and counted.
    Drop(&'static str),
    /// It is not on the list.
    Unknown,
}

/// A sequence's new value.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Sequence {
    /// Name of the sequence, or of the table when `column` is there.
    pub(super) name: Vec<Vec<u8>>,
    pub(super) column: Option<Vec<u8>>,
    pub(super) value: i64,
    pub(super) digits: Range<usize>,
}

/// Looks a statement up. It must be whole.
pub(super) fn classify(statement: &[u8], standard: bool) -> Action {
    let words = Words::new(statement, standard);
    let Some(class) = find(words.clone()) else { return Action::Unknown };
    match class {
        Class::Pass => Action::Pass,
        Class::Ddl => Action::Ddl,
        Class::Table => table(words),
        Class::Restart => restart(words).map_or(Action::Ddl, Action::Sequence),
        Class::Set => Action::Set,
        Class::Select => select(&words),
        Class::OnObject => on_object(words),
        Class::Role => role(words),
        Class::Options => options(words).map_or(Action::Ddl, |range| Action::Cut(range, "server options")),
        Class::NoOptions => options(words).map_or(Action::Ddl, |_| Action::Drop("server options")),
        Class::Template => template(words),
        Class::Copy => Action::Copy,
        Class::Insert => Action::Insert,
        Class::LargeObject => Action::LargeObject,
        Class::Dropped(class) => Action::Drop(class),
    }
}

/// The keywords at a statement's head, for an error; words that are no keywords are not shown.
pub(super) fn head(statement: &[u8], standard: bool) -> String {
    let mut words = Words::new(statement, standard);
    statements::head(|| {
        let token = words.take()?;
        KEYWORDS.iter().find(|keyword| token.is_word(keyword)).copied()
    })
}

fn find(mut words: Words<'_>) -> Option<Class> {
    let mut head: Vec<Token<'_>> = Vec::with_capacity(5);
    while head.len() < 5
        && let Some(token) = words.take().filter(|token| token.kind == Kind::Word)
    {
        head.push(token);
        if head.len() == 1 && token.is_word("CREATE") && words.word("OR") && !words.word("REPLACE") {
            return None;
        }
    }
    statements::find(STATEMENTS, |at, word| head.get(at).is_some_and(|token| token.is_word(word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn action(statement: &str) -> Action {
        classify(statement.as_bytes(), true)
    }

    #[test]
    fn the_list_is_sorted_and_names_nothing_twice() {
        assert!(STATEMENTS.is_sorted_by(|a, b| a.0 < b.0));
    }

    #[test]
    fn what_could_change_or_make_data_is_not_on_the_list() {
        for statement in [
            "DO $$ BEGIN END $$;",
            "UPDATE t SET a = 'x';",
            "DELETE FROM t;",
            "TRUNCATE t;",
            "CALL f();",
            "EXECUTE p;",
            "PREPARE p AS SELECT 1;",
            "VALUES ('x');",
            "WITH a AS (SELECT 1) SELECT 1;",
            "SELECT 'x';",
            "SELECT f('x');",
            "SELECT other.setval('s', 1);",
            "MERGE INTO t USING u ON true;",
            "CREATE TABLE t AS SELECT 'x';",
            "CREATE TABLE t (a) AS VALUES ('x');",
            "CREATE TEMP TABLE t (a int);",
            "TABLE t;",
            "ROLLBACK;",
            "RESET ALL;",
            "SELECT pg_catalog.binary_upgrade_set_next_pg_type_oid('1'::pg_catalog.oid);",
            "SELECT pg_catalog.set_config('application_name', 'x', false);",
            "SELECT pg_catalog.set_config('search_path', '', false), 'x';",
            "SELECT pg_catalog.setval('s', 1, true), 'x';",
            "SELECT CASE WHEN EXISTS(SELECT 1 FROM t) THEN 'x' END;",
            "UPDATE pg_catalog.pg_database SET datistemplate = false, x = 'y';",
            "1;",
            ";",
            "CREATE OR TABLE t;",
        ] {
            assert_eq!(action(statement), Action::Unknown, "{statement}");
        }
    }

    #[test]
    fn statements_with_secrets_or_values_are_dropped_or_cut() {
        for (statement, class) in [
            ("SELECT * FROM pg_catalog.pg_restore_relation_stats('x');", "statistics"),
            ("SELECT * FROM pg_catalog.pg_restore_attribute_stats('x');", "statistics"),
            ("CREATE USER MAPPING FOR a SERVER b OPTIONS (password 'x');", "user mapping"),
            ("CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p;", "subscription"),
            ("ALTER SUBSCRIPTION s OWNER TO a;", "subscription"),
            ("ALTER SERVER s OPTIONS (SET host 'x');", "server options"),
            ("ALTER ROLE a SET x.password TO 'x';", "role password"),
            ("ALTER SYSTEM SET a = 'x';", "system setting"),
        ] {
            assert_eq!(action(statement), Action::Drop(class), "{statement}");
        }
        let cut = |statement: &str| match action(statement) {
            Action::Cut(range, _) => format!("{}{}", &statement[..range.start], &statement[range.end..]),
            other => panic!("{other:?}"),
        };
        assert_eq!(
            cut("ALTER ROLE a WITH LOGIN PASSWORD 'x;)' VALID UNTIL 'y';"),
            "ALTER ROLE a WITH LOGIN  VALID UNTIL 'y';"
        );
        assert_eq!(cut("CREATE USER a ENCRYPTED PASSWORD 'x';"), "CREATE USER a ;");
        assert_eq!(
            cut("CREATE SERVER s FOREIGN DATA WRAPPER w OPTIONS (\n host ')'\n);"),
            "CREATE SERVER s FOREIGN DATA WRAPPER w ;"
        );
    }

    #[test]
    fn what_dumps_hold_passes() {
        for statement in [
            "CREATE OR REPLACE VIEW v AS SELECT 1;",
            "ALTER SERVER s OWNER TO a;",
            "CREATE ROLE a;",
            "ALTER TABLE ONLY public.t ADD CONSTRAINT p PRIMARY KEY (a);",
            "COMMENT ON TABLE t IS 'x';",
            "CREATE TABLE t (a int GENERATED ALWAYS AS (b) STORED);",
            "ALTER SEQUENCE s OWNED BY t.a;",
            "DROP TABLE t;",
        ] {
            assert_eq!(action(statement), Action::Ddl, "{statement}");
        }
        for statement in [
            "BEGIN;",
            "COMMIT;",
            "GRANT ALL ON TABLE t TO a;",
            "START TRANSACTION;",
            "REFRESH MATERIALIZED VIEW v;",
            "UPDATE pg_catalog.pg_database SET datistemplate = false WHERE datname = 'a';",
        ] {
            assert_eq!(action(statement), Action::Pass, "{statement}");
        }
    }

    #[test]
    fn large_objects_are_told_apart() {
        for statement in [
            "SELECT pg_catalog.lo_create('16385');",
            "SELECT pg_catalog.lowrite(0, '\\x00');",
            "SELECT pg_catalog.lo_unlink(oid) FROM pg_catalog.pg_largeobject_metadata WHERE oid = '1';",
            "SELECT CASE WHEN EXISTS(SELECT 1 FROM pg_catalog.pg_largeobject WHERE loid = '1') THEN pg_catalog.lo_unlink('1') END;",
            "ALTER LARGE OBJECT 1 OWNER TO a;",
            "COMMENT ON LARGE OBJECT 1 IS 'x';",
            "GRANT ALL ON LARGE OBJECT 1 TO a;",
        ] {
            assert_eq!(action(statement), Action::LargeObject, "{statement}");
        }
    }

    #[test]
    fn sequences_give_name_value_and_place() {
        let sequence = |statement: &str| match action(statement) {
            Action::Sequence(sequence) => {
                let parts: Vec<_> =
                    sequence.name.iter().map(|part| String::from_utf8_lossy(part).into_owned()).collect();
                assert_eq!(statement[sequence.digits].parse(), Ok(sequence.value));
                (
                    parts.join("/"),
                    sequence.column.map(|column| String::from_utf8_lossy(&column).into_owned()),
                    sequence.value,
                )
            }
            other => panic!("{statement}: {other:?}"),
        };
        let case =
            |name: &str, column: Option<&str>, value| (name.to_owned(), column.map(str::to_owned), value);
        assert_eq!(
            sequence("SELECT pg_catalog.setval('public.\"It''s.Seq\"', 42, true);"),
            case("public/It's.Seq", None, 42)
        );
        assert_eq!(sequence("SELECT setval('A', 1);"), case("a", None, 1));
        assert_eq!(
            sequence("SELECT pg_catalog.setval(pg_catalog.pg_get_serial_sequence('t', 'id'), 7, false);"),
            case("t", Some("id"), 7)
        );
        assert_eq!(sequence("ALTER SEQUENCE public.s RESTART WITH -5;"), case("public/s", None, -5));
        assert_eq!(
            sequence("ALTER TABLE ONLY public.t ALTER COLUMN \"Id\" RESTART 9;"),
            case("public/t", Some("Id"), 9)
        );
    }

    #[test]
    fn a_head_shows_keywords_only() {
        assert_eq!(head(b"DELETE FROM customer;", true), "DELETE FROM");
        assert_eq!(head(b"Smith\t42;", true), "(no keyword)");
    }
}
