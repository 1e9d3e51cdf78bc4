//! Claims about the reader of MySQL's DDL: statement by statement, over real dumps, and against another reader.

mod corpora;
mod differential;
mod hostile;
mod statements;

use super::super::SchemaBuilder;
use super::super::token::Kind;
use super::lexer::Lexer;
use crate::table::{Dialect, Schema, Session, Table, TableName};

/// A session of MySQL's without a database.
fn session() -> Session {
    Session { schema: String::new(), dialect: Dialect::MySql, ..Session::default() }
}

/// The schema of some statements.
fn schema(sql: &str) -> Schema {
    let mut builder = SchemaBuilder::new();
    let mut start = 0;
    let ends = Lexer::new(sql).filter(|token| token.kind == Kind::Mark(b';')).map(|token| token.end);
    for end in ends.chain([sql.len()]) {
        builder.statement(&sql.as_bytes()[std::mem::replace(&mut start, end)..end], &session());
    }
    builder.finish()
}

/// The one table of some statements, which must leave no warning.
fn table(sql: &str) -> Table {
    let mut schema = schema(sql);
    assert_eq!(schema.warnings, Vec::<String>::new(), "{sql}");
    schema.tables.remove(&TableName::new("", "t")).expect("a table t")
}
