//! Which statements may pass: the allow-list of everything that `sqlite3 .dump` and `.schema` write.
//!
//! A statement is looked up by its first keywords. Statistics hold values of columns and are dropped.

use std::ops::Range;

use super::insert;
use crate::format::statements;
use crate::table::sqlite::{Kind, Words};

/// What a statement's first keywords say about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    /// Passes, and the schema sees it.
    Ddl,
    /// `CREATE TABLE`, but not with a query.
    Table,
    /// A setting of the database, from a list.
    Pragma,
    /// Opens the transaction.
    Begin,
    /// The mark of completion.
    Commit,
    /// The dump tool's word that it failed.
    Rollback,
    /// `ANALYZE` of the schema.
    Analyze,
    /// `DELETE FROM sqlite_sequence`.
    Delete,
    /// Rows, or a row of one of SQLite's own tables.
    Insert,
}

/// The list: first keywords and class. The longest match counts.
static STATEMENTS: &[(&str, Class)] = &[
    ("ANALYZE", Class::Analyze),
    ("BEGIN", Class::Begin),
    ("COMMIT", Class::Commit),
    ("CREATE INDEX", Class::Ddl),
    ("CREATE TABLE", Class::Table),
    ("CREATE TRIGGER", Class::Ddl),
    ("CREATE UNIQUE INDEX", Class::Ddl),
    ("CREATE VIEW", Class::Ddl),
    ("CREATE VIRTUAL TABLE", Class::Ddl),
    ("DELETE FROM", Class::Delete),
    ("DROP INDEX", Class::Ddl),
    ("DROP TABLE", Class::Ddl),
    ("DROP TRIGGER", Class::Ddl),
    ("DROP VIEW", Class::Ddl),
    ("END", Class::Commit),
    ("INSERT", Class::Insert),
    ("PRAGMA", Class::Pragma),
    ("REPLACE INTO", Class::Insert),
    ("ROLLBACK", Class::Rollback),
];

/// Settings that may be made. Others hold keys (`key`, `rekey`) or paths.
const PRAGMAS: &[&str] = &[
    "application_id",
    "auto_vacuum",
    "cache_size",
    "defer_foreign_keys",
    "encoding",
    "foreign_keys",
    "journal_mode",
    "legacy_alter_table",
    "page_size",
    "recursive_triggers",
    "synchronous",
    "user_version",
    "writable_schema",
];

/// Words that an error may show.
const KEYWORDS: &[&str] = &[
    "ALTER",
    "ANALYZE",
    "AS",
    "ATTACH",
    "BEGIN",
    "COMMIT",
    "CREATE",
    "DATABASE",
    "DELETE",
    "DETACH",
    "DROP",
    "EXPLAIN",
    "FROM",
    "INDEX",
    "INSERT",
    "INTO",
    "PRAGMA",
    "REINDEX",
    "RELEASE",
    "REPLACE",
    "ROLLBACK",
    "SAVEPOINT",
    "SELECT",
    "SET",
    "TABLE",
    "TEMP",
    "TEMPORARY",
    "TRIGGER",
    "UPDATE",
    "VACUUM",
    "VALUES",
    "VIEW",
    "VIRTUAL",
    "WITH",
];

/// What happens to a statement.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Action {
    /// It passes.
    Pass,
    /// It passes, and the schema sees it.
    Ddl,
    /// It passes, and a completion mark must follow.
    Begin,
    /// It passes: all that there is was written.
    Commit,
    /// The dump tool met errors.
    Failed,
    /// It sets the last number of a table's AUTOINCREMENT key.
    Sequence(Sequence),
    /// Rows of a table.
    Rows,
    /// It is dropped and counted.
    Drop(&'static str),
    /// It is not on the list.
    Unknown,
}

/// A row of `sqlite_sequence`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Sequence {
    pub(super) table: Vec<u8>,
    pub(super) value: i64,
    pub(super) digits: Range<usize>,
}

/// Looks a statement up. It must be whole.
pub(super) fn classify(statement: &[u8]) -> Action {
    match find(Words::new(statement)) {
        Some(Class::Ddl) => Action::Ddl,
        Some(Class::Table) => table(Words::new(statement)),
        Some(Class::Pragma) => pragma(Words::new(statement)),
        Some(Class::Begin) => Action::Begin,
        Some(Class::Commit) => Action::Commit,
        Some(Class::Rollback) => Action::Failed,
        Some(Class::Analyze) => {
            let mut words = Words::new(statement);
            words.word("ANALYZE");
            pass_if((words.word("sqlite_schema") || words.word("sqlite_master")) && words.end())
        }
        Some(Class::Delete) => {
            let mut words = Words::new(statement);
            words.words("DELETE FROM");
            pass_if(words.word("sqlite_sequence") && words.end())
        }
        Some(Class::Insert) => insert(statement),
        None => Action::Unknown,
    }
}

/// The keywords at a statement's head, for an error; words that are no keywords are not shown.
pub(super) fn head(statement: &[u8]) -> String {
    let mut words = Words::new(statement);
    statements::head(|| {
        let token = words.take()?;
        KEYWORDS.iter().find(|keyword| token.is_word(keyword)).copied()
    })
}

fn find(mut words: Words<'_>) -> Option<Class> {
    let head = [words.take(), words.take(), words.take()];
    let is = |at: usize, word: &str| {
        head.get(at).is_some_and(|token| token.is_some_and(|token| token.is_word(word)))
    };
    statements::find(STATEMENTS, is)
}

fn pass_if(known: bool) -> Action {
    if known { Action::Pass } else { Action::Unknown }
}

fn table(mut words: Words<'_>) -> Action {
    words.words("CREATE TABLE");
    if words.word("IF") {
        words.words("NOT EXISTS");
    }
    let body = words.object().is_some() && words.symbol(b'(');
    if body { Action::Ddl } else { Action::Unknown }
}

fn pragma(mut words: Words<'_>) -> Action {
    words.word("PRAGMA");
    let Some(name) = words.object() else { return Action::Unknown };
    let known = PRAGMAS.iter().any(|pragma| name.eq_ignore_ascii_case(pragma.as_bytes()));
    let value = words.symbol(b'=') && {
        words.symbol(b'-');
        words.take().is_some_and(|token| matches!(token.kind, Kind::Word | Kind::Number | Kind::Text))
    };
    pass_if(known && value && words.end())
}

fn insert(statement: &[u8]) -> Action {
    let Some(head) = insert::head(statement) else { return Action::Unknown };
    let name = head.table.to_ascii_lowercase();
    if !name.starts_with(b"sqlite_") {
        return Action::Rows;
    }
    let values = Words::new(&statement[head.len..]);
    match &*name {
        b"sqlite_sequence" => sequence(values, &head).unwrap_or(Action::Unknown),
        b"sqlite_schema" | b"sqlite_master" => pass_if(virtual_table(values, &head).is_some()),
        name if name.starts_with(b"sqlite_stat") => Action::Drop("statistics"),
        _ => Action::Unknown,
    }
}

/// `([rowid,] 'table', number);`
fn sequence(mut values: Words<'_>, head: &insert::Head<'_>) -> Option<Action> {
    let columns = head.columns.as_ref().map(|columns| columns.iter().map(|name| name.to_ascii_lowercase()));
    let columns: Option<Vec<Vec<u8>>> = columns.map(Iterator::collect);
    let with_row = match columns.as_deref() {
        None => false,
        Some([name, seq]) if name == b"name" && seq == b"seq" => false,
        Some([row, name, seq]) if super::is_row_id(row) && name == b"name" && seq == b"seq" => true,
        Some(_) => return None,
    };
    values.symbol(b'(').then_some(())?;
    if with_row {
        values.integer()?;
        values.symbol(b',').then_some(())?;
    }
    let table = values.text()?.into_owned();
    values.symbol(b',').then_some(())?;
    if values.word("NULL") {
        return (values.symbol(b')') && values.end()).then_some(Action::Pass);
    }
    let (value, digits) = values.integer()?;
    let digits = head.len + digits.start..head.len + digits.end;
    (values.symbol(b')') && values.end()).then_some(Action::Sequence(Sequence { table, value, digits }))
}

/// `('table','name','name',0,'CREATE VIRTUAL TABLE ..');`: how a dump makes a virtual table.
fn virtual_table(mut values: Words<'_>, head: &insert::Head<'_>) -> Option<()> {
    let expected: [&[u8]; 5] = [b"type", b"name", b"tbl_name", b"rootpage", b"sql"];
    let columns = head.columns.as_ref()?;
    let same =
        columns.iter().map(|name| name.to_ascii_lowercase()).eq(expected.iter().map(|name| name.to_vec()));
    same.then_some(())?;
    values.symbol(b'(').then_some(())?;
    (*values.text()? == *b"table").then_some(())?;
    for _ in 0..2 {
        values.symbol(b',').then_some(())?;
        values.text()?;
    }
    values.symbol(b',').then_some(())?;
    (values.integer()?.0 == 0 && values.symbol(b',')).then_some(())?;
    let sql = values.text()?;
    (Words::new(&sql).words("CREATE VIRTUAL TABLE") && values.symbol(b')') && values.end()).then_some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn action(statement: &str) -> Action {
        classify(statement.as_bytes())
    }

    #[test]
    fn the_list_is_sorted_and_names_nothing_twice() {
        assert!(STATEMENTS.is_sorted_by(|a, b| a.0 < b.0));
    }

    #[test]
    fn what_could_change_or_make_data_is_not_on_the_list() {
        for statement in [
            "UPDATE t SET a = 'x';",
            "DELETE FROM t;",
            "DELETE FROM sqlite_sequence WHERE 1;",
            "CREATE TABLE t AS SELECT 'x';",
            "CREATE TEMP TABLE t (a);",
            "ATTACH 'x' AS y;",
            "PRAGMA key='secret';",
            "PRAGMA foreign_keys;",
            "PRAGMA user_version=1+2;",
            "SELECT 'x';",
            "VACUUM INTO 'x';",
            "ALTER TABLE t ADD COLUMN a DEFAULT 'x';",
            "INSERT INTO t SELECT 'x';",
            "INSERT INTO t DEFAULT VALUES;",
            "INSERT INTO temp.t VALUES(1);",
            "INSERT INTO sqlite_schema(type,name,tbl_name,rootpage,sql)VALUES('table','t','t',0,'CREATE TABLE t(a)');",
            "INSERT INTO sqlite_schema VALUES('table','t','t',0,'CREATE VIRTUAL TABLE t USING f');",
            "INSERT INTO sqlite_sequence VALUES('t',1),('u',2);",
            "INSERT INTO sqlite_sequence VALUES('t',1.5);",
            "INSERT INTO sqlite_other VALUES(1);",
            "EXPLAIN SELECT 1;",
            ";",
        ] {
            assert_eq!(action(statement), Action::Unknown, "{statement}");
        }
    }

    #[test]
    fn what_dumps_hold_is_known() {
        for (statement, expected) in [
            ("PRAGMA foreign_keys=OFF;", Action::Pass),
            ("BEGIN TRANSACTION;", Action::Begin),
            ("COMMIT;", Action::Commit),
            ("ROLLBACK;", Action::Failed),
            ("ANALYZE sqlite_schema;", Action::Pass),
            ("DELETE FROM sqlite_sequence;", Action::Pass),
            ("INSERT INTO sqlite_stat1 VALUES('t','i','1 1');", Action::Drop("statistics")),
            ("INSERT INTO \"a b\" VALUES(1);", Action::Rows),
            ("INSERT OR REPLACE INTO [a b](x) VALUES(1);", Action::Rows),
            ("CREATE TABLE IF NOT EXISTS 'a' (b);", Action::Ddl),
            (
                "INSERT INTO sqlite_schema(type,name,tbl_name,rootpage,sql)VALUES('table','t','t',0,'CREATE VIRTUAL TABLE t USING fts5(''a'')');",
                Action::Pass,
            ),
            (
                "INSERT INTO sqlite_sequence VALUES('a''b',-7);",
                Action::Sequence(Sequence { table: b"a'b".to_vec(), value: -7, digits: 42..44 }),
            ),
            (
                "INSERT INTO sqlite_sequence(rowid,name,seq) VALUES(1,'t',7);",
                Action::Sequence(Sequence { table: b"t".to_vec(), value: 7, digits: 57..58 }),
            ),
        ] {
            assert_eq!(action(statement), expected, "{statement}");
        }
    }
}
