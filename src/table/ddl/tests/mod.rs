//! Claims about the builder: statement by statement, and over real dumps.

mod corpora;
mod differential;
mod hostile;
mod sqlite;
mod statements;

use super::SchemaBuilder;
use super::token::{Kind, Lexer};
use crate::table::{Schema, Session, Table, TableName};

/// The schema of some statements, in the schema `public`.
fn schema(sql: &str) -> Schema {
    let mut builder = SchemaBuilder::new();
    for statement in split(sql) {
        builder.statement(statement.as_bytes(), &Session::default());
    }
    builder.finish()
}

/// The one table of some statements, which must leave no warning.
fn table(sql: &str) -> Table {
    let mut schema = schema(sql);
    assert_eq!(schema.warnings, Vec::<String>::new(), "{sql}");
    schema.tables.remove(&TableName::new("public", "t")).expect("a table t")
}

/// Cuts SQL without COPY data into statements.
fn split(sql: &str) -> impl Iterator<Item = &str> {
    let mut start = 0;
    let ends = Lexer::new(sql).filter(|token| token.kind == Kind::Mark(b';')).map(|token| token.end);
    let ends: Vec<usize> = ends.chain([sql.len()]).collect();
    ends.into_iter().map(move |end| &sql[std::mem::replace(&mut start, end)..end])
}
