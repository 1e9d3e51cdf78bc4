//! [`SchemaBuilder`]: reads DDL, one statement at a time, into a [`Schema`].
//!
//! Only statements that declare tables, keys, types and sequences are read; all others are let go after their first
//! words. What a statement says is taken by its keywords, names and brackets; expressions are kept as written. A part
//! that is not understood is passed over and leaves a warning: the columns, types and keys around it are still found.
//! Reading is one pass without recursion, so that no input can make it slow or deep.

mod alter_table;
mod column;
mod constraint;
mod create_table;
mod cursor;
mod draft;
mod expression;
mod index;
mod mysql;
mod object;
mod resolve;
mod sql_type;
mod sqlite;
mod sqlite_type;
mod token;

use std::borrow::Cow;
use std::collections::BTreeMap;

use cursor::Cursor;
use draft::{Context, TableDraft};
use sql_type::Types;
use token::{Kind, Lexer};

use super::schema::{Schema, SequenceOwner, Table};
use super::{Dialect, Session, TableName};

/// Builds a [`Schema`] from DDL statements, in the order in which a dump has them.
///
/// ```
/// use scrub::table::{SchemaBuilder, Session, SqlType, TableName};
/// let mut builder = SchemaBuilder::new();
/// let session = Session::default();
/// builder.statement(b"CREATE TABLE customer (id integer NOT NULL, email text);", &session);
/// builder.statement(b"ALTER TABLE ONLY customer ADD CONSTRAINT customer_pkey PRIMARY KEY (id);", &session);
/// let schema = builder.finish();
/// let customer = &schema.tables[&TableName::new("public", "customer")];
/// assert_eq!(customer.primary_key, Some(vec!["id".into()]));
/// assert_eq!(customer.columns[1].sql_type, SqlType::TEXT);
/// ```
#[derive(Clone, Default)]
pub struct SchemaBuilder {
    tables: BTreeMap<TableName, TableDraft>,
    /// Tables of MySQL.
    mysql: mysql::Tables,
    /// Tables whose columns need no other statement to be understood.
    whole: BTreeMap<TableName, Table>,
    /// Whether some of them are all that a file holds.
    part: bool,
    types: Types,
    sequences: BTreeMap<TableName, SequenceOwner>,
    warnings: Vec<String>,
}

impl SchemaBuilder {
    /// A builder that knows nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads one statement, with or without its semicolon. Statements that declare nothing are ignored.
    pub fn statement(&mut self, bytes: &[u8], session: &Session) {
        let Some(text) = decode(bytes, session) else {
            self.warn(&head(&String::from_utf8_lossy(bytes)), None, "is not valid in the dump's encoding");
            return;
        };
        if session.dialect == Dialect::Sqlite {
            return self.sqlite_statement(&text);
        }
        if session.dialect == Dialect::MySql {
            if let Err(object) = mysql::read(self, &text, session) {
                self.warn(&head(&text), object.as_ref(), "could only be read in part");
            }
            return;
        }
        if !declares(&text) {
            return;
        }
        let tokens = token::tokens(&text);
        let mut cursor = Cursor::new(&text, &tokens);
        let read = if cursor.eat(&["CREATE"]) {
            self.create(&mut cursor, session)
        } else if cursor.eat(&["ALTER"]) {
            self.alter(&mut cursor, session)
        } else {
            self.drop(&mut cursor, session)
        };
        if let Err(object) = read {
            self.warn(&head(&text), object.as_ref(), "could only be read in part");
        }
    }

    /// Adds a table that an input declares otherwise than by DDL; the first of a name counts.
    pub fn table(&mut self, name: TableName, table: &Table) {
        self.whole.entry(name).or_insert_with(|| table.clone());
    }

    /// Adds the table that a file of one table holds; what it says of types and keys is not the whole truth.
    pub fn file(&mut self, name: TableName, table: &Table) {
        self.part = true;
        self.table(name, table);
    }

    /// `CREATE` has been read. An error is the object of a statement that could only be read in part.
    fn create(&mut self, cursor: &mut Cursor<'_>, session: &Session) -> Result<(), Option<TableName>> {
        let unique = cursor.eat(&["UNIQUE"]);
        while ["GLOBAL", "LOCAL", "TEMP", "TEMPORARY", "UNLOGGED", "FOREIGN"]
            .iter()
            .any(|word| cursor.eat(&[word]))
        {}
        if cursor.eat(&["INDEX"]) {
            return self.create_index(unique, cursor, session);
        }
        let class = cursor.raw().unwrap_or_default().to_ascii_uppercase();
        cursor.step();
        let exists = cursor.eat(&["IF", "NOT", "EXISTS"]);
        let name = cursor.object(session).ok_or(None)?;
        let mut context = Context::new(session, name);
        match class.as_str() {
            "TABLE" => {
                if self.tables.contains_key(&context.table) {
                    return if exists { Ok(()) } else { Err(Some(context.table)) };
                }
                match create_table::read(cursor, &mut context) {
                    Some(draft) => drop(self.tables.insert(context.table.clone(), draft)),
                    None => context.unread = true,
                }
            }
            "TYPE" => {
                let name = context.table.clone();
                if let Some(attributes) = object::read_type(&name, cursor, &mut self.types, &mut context) {
                    self.tables.insert(create_table::composite(&name), attributes);
                }
            }
            "DOMAIN" => {
                let name = context.table.clone();
                object::read_domain(&name, cursor, &mut self.types, &mut context);
            }
            _ => self.own(cursor, &context),
        }
        self.end(context)
    }

    fn create_index(
        &mut self,
        unique: bool,
        cursor: &mut Cursor<'_>,
        session: &Session,
    ) -> Result<(), Option<TableName>> {
        cursor.eat(&["CONCURRENTLY"]);
        cursor.eat(&["IF", "NOT", "EXISTS"]);
        let name = index::read_name(cursor);
        let table = cursor.object(session).ok_or(None)?;
        let mut context = Context::new(session, table);
        // An index on something else is one on a materialized view, which has no rows in a dump.
        if let Some(draft) = self.tables.get_mut(&context.table) {
            index::read(name, unique, cursor, draft, &mut context);
        }
        self.end(context)
    }

    /// `ALTER` has been read.
    fn alter(&mut self, cursor: &mut Cursor<'_>, session: &Session) -> Result<(), Option<TableName>> {
        cursor.eat(&["FOREIGN"]);
        let class = cursor.raw().unwrap_or_default().to_ascii_uppercase();
        cursor.step();
        let exists = cursor.eat(&["IF", "EXISTS"]);
        cursor.eat(&["ONLY"]);
        let name = cursor.object(session).ok_or(None)?;
        let mut context = Context::new(session, name.clone());
        match class.as_str() {
            "TABLE" => {
                cursor.eat_mark(b'*');
                self.alter_table(*cursor, exists, &mut context);
            }
            "TYPE" => object::alter_type(&name, cursor, &mut self.types, &mut context),
            "DOMAIN" => object::alter_domain(&name, cursor, &mut self.types, &mut context),
            _ => self.own(cursor, &context),
        }
        self.end(context)
    }

    fn alter_table(&mut self, actions: Cursor<'_>, exists: bool, context: &mut Context<'_>) {
        // Views and sequences are altered as tables too: owners and defaults, which are read and let go.
        let mut other = TableDraft::default();
        let known = self.tables.contains_key(&context.table);
        let draft = self.tables.get_mut(&context.table).unwrap_or(&mut other);
        let attached = alter_table::read(actions, draft, context);
        if !known {
            let adds = other.columns().iter().any(|column| column.written.is_some());
            let says_more = adds || other.declares() || attached.is_some();
            context.unread = says_more && !exists;
            context.sequences.clear();
        } else if let Some(attached) = attached {
            let parent = context.table.clone();
            match self.tables.get_mut(&attached.partition) {
                Some(partition) => alter_table::attach(parent, attached.bound, partition, context),
                None => context.unread = true,
            }
        }
    }

    /// `DROP` has been read: tables that a dump with `--clean` makes anew.
    fn drop(&mut self, cursor: &mut Cursor<'_>, session: &Session) -> Result<(), Option<TableName>> {
        cursor.eat(&["FOREIGN"]);
        cursor.eat(&["TABLE"]);
        cursor.eat(&["IF", "EXISTS"]);
        for mut item in cursor.items() {
            let name = item.object(session).ok_or(None)?;
            self.tables.remove(&name);
        }
        Ok(())
    }

    /// `CREATE | ALTER SEQUENCE name` has been read.
    fn own(&mut self, cursor: &mut Cursor<'_>, context: &Context<'_>) {
        if let Some(owner) = object::read_owner(cursor, context) {
            self.sequences.insert(context.table.clone(), owner);
        }
    }

    fn end(&mut self, context: Context<'_>) -> Result<(), Option<TableName>> {
        for (sequence, column) in context.sequences {
            self.sequences
                .entry(sequence)
                .or_insert_with(|| SequenceOwner::new(context.table.clone(), column));
        }
        if context.unread { Err(Some(context.table)) } else { Ok(()) }
    }

    fn warn(&mut self, head: &str, object: Option<&TableName>, what: &str) {
        let object = object.map(|object| format!(" {object}")).unwrap_or_default();
        self.warnings.push(format!("{head}{object} {what}"));
    }

    /// The columns that rows without a list of columns carry, as far as statements have declared them, in the table's
    /// order; none if it is not known.
    pub fn column_names(&self, table: &TableName) -> Vec<String> {
        if let Some(whole) = self.whole.get(table) {
            let carried = whole.columns.iter().filter(|column| !column.generated);
            return carried.map(|column| column.name.clone()).collect();
        }
        let mysql = self.mysql.column_names(table);
        mysql.or_else(|| self.tables.get(table).map(TableDraft::column_names)).unwrap_or_default()
    }

    /// The schema: types resolved, inherited columns filled in, foreign keys without columns completed.
    pub fn finish(self) -> Schema {
        resolve::schema(self)
    }
}

/// The statement as text, if it is valid in its encoding.
fn decode<'a>(bytes: &'a [u8], session: &Session) -> Option<Cow<'a, str>> {
    session.encoding.decode_without_bom_handling_and_without_replacement(bytes)
}

/// Whether a statement is one of those that are read: by its first words.
fn declares(text: &str) -> bool {
    let mut words = Lexer::new(text).map(|token| match token.kind {
        Kind::Word => &text[token.start..token.end],
        _ => "",
    });
    let is = |word: &str, list: &[&str]| list.iter().any(|entry| word.eq_ignore_ascii_case(entry));
    let head = words.next().unwrap_or_default();
    let modifiers = ["GLOBAL", "LOCAL", "TEMP", "TEMPORARY", "UNLOGGED", "FOREIGN"];
    let class = words.find(|word| !is(word, &modifiers)).unwrap_or_default();
    if is(head, &["CREATE"]) {
        return is(class, &["TABLE", "TYPE", "DOMAIN", "SEQUENCE", "INDEX"])
            || (is(class, &["UNIQUE"]) && words.next().is_some_and(|word| is(word, &["INDEX"])));
    }
    (is(head, &["ALTER"]) && is(class, &["TABLE", "TYPE", "DOMAIN", "SEQUENCE"]))
        || (is(head, &["DROP"]) && is(class, &["TABLE"]))
}

/// The keywords at a statement's head, for messages: at most three words, letters only.
fn head(text: &str) -> String {
    const KNOWN: [&str; 15] = [
        "CREATE",
        "ALTER",
        "DROP",
        "TABLE",
        "TYPE",
        "DOMAIN",
        "SEQUENCE",
        "INDEX",
        "UNIQUE",
        "FOREIGN",
        "UNLOGGED",
        "TEMP",
        "TEMPORARY",
        "GLOBAL",
        "LOCAL",
    ];
    let words = Lexer::new(text).take(3).map(|token| text[token.start..token.end].to_ascii_uppercase());
    let known: Vec<String> = words.take_while(|word| KNOWN.contains(&word.as_str())).collect();
    if known.is_empty() { "statement".into() } else { known.join(" ") }
}

#[cfg(test)]
mod tests;
