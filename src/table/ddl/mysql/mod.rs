//! DDL of MySQL and MariaDB, as `mysqldump`, `mariadb-dump` and people write it.
//!
//! A table of theirs needs no other statement to be understood, so each is finished when its statement ends; later
//! ones (`ALTER TABLE .. ADD`) change it. Identifiers are found whatever case they are written in, and keep the case
//! of their declaration. As for PostgreSQL, reading is one pass without recursion, and what is not understood is
//! passed over and leaves a warning.

mod alter;
mod column;
mod draft;
mod expression;
mod key;
mod lexer;
mod options;
mod sql_type;

use std::collections::BTreeMap;

use self::draft::Draft;
use self::lexer::{Lexer, MYSQL};
use super::SchemaBuilder;
use super::cursor::Cursor;
use super::token::Kind;
use crate::table::collation::default_of;
use crate::table::{Schema, SequenceOwner, Session, TableName, Unique};

/// What statements of MySQL have declared so far.
#[derive(Clone, Default)]
pub(super) struct Tables {
    tables: BTreeMap<TableName, Draft>,
    /// Default collations of databases, by name; of the one that was named last for a dump that selects none.
    collations: BTreeMap<String, String>,
    last: Option<String>,
}

/// What columns have where neither they nor their table nor their database say it: today's default of both servers in
/// all that matters here.
const DEFAULT: &str = "utf8mb4_general_ci";

impl Tables {
    /// The columns of a table, if it is known.
    pub(super) fn column_names(&self, table: &TableName) -> Option<Vec<String>> {
        Some(self.tables.get(table)?.table().columns.iter().map(|column| column.name.clone()).collect())
    }

    /// Adds all tables to a schema.
    pub(super) fn finish(self, schema: &mut Schema) {
        for (name, draft) in self.tables {
            let (table, labels) = draft.finish();
            schema.enums.extend(labels);
            schema.tables.insert(name, table);
        }
    }

    /// The collation of a table in `session` whose statement names none.
    fn collation(&self, name: &TableName, session: &Session) -> String {
        let places = [name.database.as_ref(), session.database.as_ref(), Some(&name.schema)];
        let known = places.into_iter().flatten().find_map(|database| self.collations.get(database));
        known.or(self.last.as_ref()).cloned().unwrap_or_else(|| DEFAULT.to_owned())
    }

    fn database(&mut self, cursor: &mut Cursor<'_>) {
        cursor.eat(&["IF", "NOT", "EXISTS"]);
        // `ALTER DATABASE CHARACTER SET ..` is about the selected one.
        let named = !["CHARACTER", "CHARSET", "COLLATE", "DEFAULT"].iter().any(|word| cursor.sees(&[word]));
        let name = if named { cursor.ident() } else { None };
        let collation = options::read(cursor).collation.or_else(|| default_of("utf8mb4"));
        if let (Some(name), Some(collation)) = (name, &collation) {
            self.collations.insert(name, collation.clone());
        }
        self.last = collation;
    }
}

/// Reads one statement. An error is the object of a statement that could only be read in part.
pub(super) fn read(
    builder: &mut SchemaBuilder,
    text: &str,
    session: &Session,
) -> Result<(), Option<TableName>> {
    if !declares(text) {
        return Ok(());
    }
    let tokens = lexer::tokens(text);
    let mut cursor = Cursor::of(&MYSQL, text, &tokens);
    if cursor.eat(&["CREATE"]) {
        create(builder, &mut cursor, session)
    } else if cursor.eat(&["ALTER"]) {
        let _ = cursor.eat(&["ONLINE"]) || cursor.eat(&["OFFLINE"]);
        cursor.eat(&["IGNORE"]);
        if cursor.eat(&["DATABASE"]) || cursor.eat(&["SCHEMA"]) {
            builder.mysql.database(&mut cursor);
            return Ok(());
        }
        cursor.eat(&["TABLE"]);
        cursor.eat(&["IF", "EXISTS"]);
        let name = object(&mut cursor, session).ok_or(None)?;
        // What is altered and not known is a view's stand-in, or a table of another dump.
        let Some(draft) = builder.mysql.tables.get_mut(&name) else { return Err(Some(name)) };
        alter::read(cursor, draft, session);
        end(builder, name)
    } else {
        cursor.eat(&["DROP"]);
        cursor.eat(&["TEMPORARY"]);
        cursor.eat(&["TABLE"]);
        cursor.eat(&["IF", "EXISTS"]);
        for mut item in cursor.items() {
            let name = object(&mut item, session).ok_or(None)?;
            builder.mysql.tables.remove(&name);
            builder.sequences.remove(&name);
        }
        Ok(())
    }
}

/// `CREATE` has been read.
fn create(
    builder: &mut SchemaBuilder,
    cursor: &mut Cursor<'_>,
    session: &Session,
) -> Result<(), Option<TableName>> {
    let replace = cursor.eat(&["OR", "REPLACE"]);
    cursor.eat(&["TEMPORARY"]);
    if cursor.eat(&["DATABASE"]) || cursor.eat(&["SCHEMA"]) {
        builder.mysql.database(cursor);
        return Ok(());
    }
    if cursor.eat(&["SEQUENCE"]) {
        // The tables that use it say so in their defaults.
        return Ok(());
    }
    if cursor.eat(&["TABLE"]) {
        let exists = cursor.eat(&["IF", "NOT", "EXISTS"]);
        let name = object(cursor, session).ok_or(None)?;
        if !replace && builder.mysql.tables.contains_key(&name) {
            return if exists { Ok(()) } else { Err(Some(name)) };
        }
        let draft = match like(cursor, session) {
            Some(other) => builder.mysql.tables.get(&other).map(|other| other.like(&name)),
            None => {
                let default = builder.mysql.collation(&name, session);
                draft::table(cursor, &name, default, session)
            }
        };
        let Some(draft) = draft else { return Err(Some(name)) };
        builder.mysql.tables.insert(name.clone(), draft);
        return end(builder, name);
    }
    let unique = cursor.eat(&["UNIQUE"]);
    let _ = cursor.eat(&["FULLTEXT"]) || cursor.eat(&["SPATIAL"]) || cursor.eat(&["VECTOR"]);
    cursor.eat(&["INDEX"]);
    cursor.eat(&["IF", "NOT", "EXISTS"]);
    let index = cursor.ident();
    while !cursor.at_end() && !cursor.eat(&["ON"]) {
        cursor.skip();
    }
    let name = object(cursor, session).ok_or(None)?;
    let Some(draft) = builder.mysql.tables.get_mut(&name) else { return Err(Some(name)) };
    if unique {
        key::read_unique(index, cursor, draft);
    }
    end(builder, name)
}

/// The table of `LIKE other` or `(LIKE other)`.
fn like(cursor: &Cursor<'_>, session: &Session) -> Option<TableName> {
    let mut next = *cursor;
    if !next.eat(&["LIKE"]) {
        next = next.group().filter(|group| group.sees(&["LIKE"]))?;
        next.step();
    }
    object(&mut next, session)
}

/// Takes over what a table's statement says of sequences, and reports what it could not read.
fn end(builder: &mut SchemaBuilder, name: TableName) -> Result<(), Option<TableName>> {
    let Some(draft) = builder.mysql.tables.get_mut(&name) else { return Ok(()) };
    let (sequences, unread) = draft.take_findings();
    for (sequence, column) in sequences {
        builder.sequences.insert(sequence, SequenceOwner::new(name.clone(), column));
    }
    if unread { Err(Some(name)) } else { Ok(()) }
}

/// Reads the name of a table. One in another database than the session's carries it.
fn object(cursor: &mut Cursor<'_>, session: &Session) -> Option<TableName> {
    let mut parts = cursor.path()?;
    let table = parts.pop()?;
    let name = TableName::new(session.schema.clone(), table);
    Some(match parts.pop() {
        None => name.in_database(session.database.as_deref()),
        Some(database) if session.schema.is_empty() => name.in_database(Some(&database)),
        Some(database) => TableName::new(database, name.table).in_database(session.database.as_deref()),
    })
}

/// Whether a statement is one of those that are read, by its first words. A `CREATE TABLE` in a version comment is an
/// older `mysqldump`'s stand-in for a view, and no table.
fn declares(text: &str) -> bool {
    let mut words = Lexer::new(text).map(|token| match token.kind {
        Kind::Word => (&text[token.start..token.end], token.start),
        _ => ("", token.start),
    });
    let is = |word: &str, list: &[&str]| list.iter().any(|entry| word.eq_ignore_ascii_case(entry));
    let (head, start) = words.next().unwrap_or_default();
    let modifiers = [
        "OR",
        "REPLACE",
        "TEMPORARY",
        "UNIQUE",
        "FULLTEXT",
        "SPATIAL",
        "VECTOR",
        "ONLINE",
        "OFFLINE",
        "IGNORE",
    ];
    let (class, _) = words.find(|(word, _)| !is(word, &modifiers)).unwrap_or_default();
    let commented = text[..start].contains("/*!");
    if is(head, &["CREATE"]) {
        return is(class, &["TABLE", "INDEX", "DATABASE", "SCHEMA", "SEQUENCE"]) && !commented;
    }
    (is(head, &["ALTER"]) && is(class, &["TABLE", "DATABASE", "SCHEMA"]))
        || (is(head, &["DROP"]) && is(class, &["TABLE"]))
}

/// Adds a key that allows no two equal rows.
fn add_unique(name: Option<String>, columns: Vec<String>, draft: &mut Draft) {
    draft.table_mut().unique.push(Unique::new(name, columns));
}

#[cfg(test)]
mod tests;
