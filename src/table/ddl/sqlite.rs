//! DDL of SQLite: tables, keys and unique indexes.
//!
//! A `CREATE TABLE` is whole: no later statement changes its columns, so each becomes a finished [`Table`]. Names keep
//! the case in which they are declared and are found in any; types are free text.

use std::collections::{BTreeMap, HashSet};

use super::SchemaBuilder;
use super::sqlite_type::sql_type;
use crate::table::schema::{Check, ColumnDef, ForeignKey, Schema, SequenceOwner, Table, Unique};
use crate::table::sqlite::{Kind, Lexer, Token};
use crate::table::{SqlType, TableName};

impl SchemaBuilder {
    /// Reads one statement; those that declare no table and no unique index are ignored.
    pub(super) fn sqlite_statement(&mut self, text: &str) {
        let parts = parts(text);
        let mut cursor = Cursor { text, tokens: &parts };
        if cursor.eat("DROP TABLE") {
            cursor.eat("IF EXISTS");
            if let Some(name) = cursor.object() {
                self.whole.retain(|known, _| !same(known, &name));
            }
            return;
        }
        if !cursor.eat("CREATE") {
            return;
        }
        let unique = cursor.eat("UNIQUE");
        let (read, what) = if cursor.eat("TABLE") {
            (self.sqlite_table(&mut cursor), "CREATE TABLE")
        } else if unique && cursor.eat("INDEX") {
            (self.sqlite_index(&mut cursor), "CREATE UNIQUE INDEX")
        } else if cursor.eat("VIRTUAL TABLE") {
            (self.sqlite_virtual_table(&mut cursor), "CREATE VIRTUAL TABLE")
        } else {
            return;
        };
        if let Err(name) = read {
            let name = name.map(|name| TableName::new("", name));
            self.warn(what, name.as_ref(), "could only be read in part");
        }
    }

    fn sqlite_table(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Option<String>> {
        cursor.eat("IF NOT EXISTS");
        let name = cursor.object().ok_or(None)?;
        let body = cursor.group().ok_or_else(|| Some(name.clone()))?;
        let mut draft = Draft::default();
        for item in body.items() {
            if draft.table.columns.len() == MOST_COLUMNS {
                draft.unread = true;
                break;
            }
            draft.item(item);
        }
        let mut rowid = true;
        while let Some(token) = cursor.step() {
            rowid &= !token.is_word("WITHOUT");
        }
        let whole = !draft.unread;
        if draft.counts_up
            && let Some([column]) = draft.table.primary_key.as_deref()
        {
            let owner = SequenceOwner::new(TableName::new("", name.as_str()), column.as_str());
            self.sequences.insert(TableName::new("", name.as_str()), owner);
        }
        self.table(TableName::new("", name.as_str()), &draft.finish(rowid));
        if whole { Ok(()) } else { Err(Some(name)) }
    }

    fn sqlite_index(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Option<String>> {
        cursor.eat("IF NOT EXISTS");
        let index = cursor.object().ok_or(None)?;
        cursor.eat("ON").then_some(()).ok_or(None)?;
        let table = cursor.object().ok_or(None)?;
        let elements = cursor.group().ok_or_else(|| Some(table.clone()))?;
        let partial = cursor.eat("WHERE");
        let rest = cursor.tokens;
        let Some((_, table)) = self.whole.iter_mut().find(|(known, _)| same(known, &table)) else {
            return Err(Some(table));
        };
        let columns: Option<Vec<String>> = elements.items().map(|item| plain_column(item, table)).collect();
        match columns {
            Some(columns) if !partial => table.unique.push(Unique::new(Some(index), columns)),
            _ => {
                let mut named = elements.tokens.to_vec();
                named.extend_from_slice(rest);
                let columns = columns_in(&named, table);
                table.expressions.push(Check::new(Some(index), columns, elements.written()));
            }
        }
        Ok(())
    }

    /// The columns of a full-text table, which are its arguments without `=`; of other modules nothing is known.
    fn sqlite_virtual_table(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Option<String>> {
        cursor.eat("IF NOT EXISTS");
        let name = cursor.object().ok_or(None)?;
        let module =
            cursor.eat("USING").then(|| cursor.name()).flatten().ok_or_else(|| Some(name.clone()))?;
        if !module.to_ascii_lowercase().starts_with("fts") {
            return Ok(());
        }
        let mut table = Table::default();
        for mut item in cursor.group().into_iter().flat_map(Cursor::items) {
            let column = item.name();
            if let Some(column) = column.filter(|_| !item.eat_symbol(b'=')) {
                table.columns.push(ColumnDef::new(column, SqlType::TEXT));
            }
        }
        self.table(TableName::new("", name), &table);
        Ok(())
    }
}

/// Columns of a table that are read: SQLite refuses more, unless it is built to take them.
const MOST_COLUMNS: usize = 2_000;

/// Brings the names in foreign keys to the case in which tables and columns are declared.
pub(super) fn match_names(schema: &mut Schema) {
    let folded = |name: &TableName| (name.database.clone(), name.table.to_ascii_lowercase());
    let without_schema = schema.tables.iter().filter(|(name, _)| name.schema.is_empty());
    let declared: BTreeMap<_, (TableName, Vec<String>)> = without_schema
        .map(|(name, table)| {
            let columns = table.columns.iter().map(|column| column.name.clone()).collect();
            (folded(name), (name.clone(), columns))
        })
        .collect();
    let keys = schema.tables.values_mut().flat_map(|table| &mut table.foreign_keys);
    for key in keys.filter(|key| key.to.schema.is_empty()) {
        let Some((name, columns)) = declared.get(&folded(&key.to)) else { continue };
        key.to = name.clone();
        for column in &mut key.to_columns {
            let found = columns.iter().find(|known| known.eq_ignore_ascii_case(column));
            *column = found.cloned().unwrap_or_else(|| std::mem::take(column));
        }
    }
}

fn same(known: &TableName, name: &str) -> bool {
    known.schema.is_empty() && known.table.eq_ignore_ascii_case(name)
}

/// A table while its items are read.
#[derive(Default)]
struct Draft {
    table: Table,
    /// Declared types, as written.
    types: Vec<String>,
    /// `AUTOINCREMENT`.
    counts_up: bool,
    /// Something was passed over that may matter.
    unread: bool,
}

impl Draft {
    /// A column, or constraints of the table; commas between those may be missing.
    fn item(&mut self, mut item: Cursor<'_>) {
        const CONSTRAINTS: [&str; 5] = ["CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"];
        if !CONSTRAINTS.iter().any(|word| item.sees(word)) {
            return self.column(item);
        }
        while !item.tokens.is_empty() {
            let name = item.eat("CONSTRAINT").then(|| item.name()).flatten();
            if item.eat("PRIMARY KEY") {
                let columns = self.key(&mut item);
                self.table.primary_key = columns.or_else(|| self.table.primary_key.take());
            } else if item.eat("UNIQUE") {
                if let Some(columns) = self.key(&mut item) {
                    self.table.unique.push(Unique::new(name, columns));
                }
            } else if item.eat("CHECK") {
                self.check(name, &mut item);
            } else if item.eat("FOREIGN KEY") {
                let columns = item.group().map(|group| names(group));
                match columns {
                    Some(columns) if item.eat("REFERENCES") => self.references(name, columns, &mut item),
                    _ => self.unread = true,
                }
            } else {
                self.unread |= name.is_none();
                item.skip();
            }
        }
    }

    /// `(a COLLATE x, b DESC) [ON CONFLICT ..]`; none for a key over expressions.
    fn key(&mut self, item: &mut Cursor<'_>) -> Option<Vec<String>> {
        let group = item.group();
        item.eat("ON CONFLICT").then(|| item.step());
        let group = group?;
        self.counts_up |= group.tokens.iter().any(|part| part.token.is_word("AUTOINCREMENT"));
        let columns = group.items().map(|element| plain_column(element, &self.table)).collect();
        self.unread |= Option::is_none(&columns);
        columns
    }

    fn check(&mut self, name: Option<String>, item: &mut Cursor<'_>) {
        match item.group() {
            Some(group) => {
                let columns = columns_in(group.tokens, &self.table);
                self.table.checks.push(Check::new(name, columns, group.written()));
                item.eat("ON CONFLICT").then(|| item.step());
            }
            None => self.unread = true,
        }
    }

    /// `REFERENCES` has been read.
    fn references(&mut self, name: Option<String>, columns: Vec<String>, item: &mut Cursor<'_>) {
        let Some(to) = item.object() else {
            self.unread = true;
            return;
        };
        let to_columns = item.group().map(|group| names(group)).unwrap_or_default();
        let columns = columns.iter().map(|column| declared(column, &self.table)).collect();
        let mut key = ForeignKey::new(name, columns, TableName::new("", to), to_columns);
        loop {
            if item.eat("ON DELETE") || item.eat("ON UPDATE") {
                let _ = item.eat("SET NULL")
                    || item.eat("SET DEFAULT")
                    || item.eat("NO ACTION")
                    || item.step().is_some();
            } else if item.eat("MATCH") {
                item.step();
            } else if item.eat("DEFERRABLE") {
                key.deferrable = true;
            } else if !item.eat("NOT DEFERRABLE")
                && !item.eat("INITIALLY DEFERRED")
                && !item.eat("INITIALLY IMMEDIATE")
            {
                break;
            }
        }
        self.table.foreign_keys.push(key);
    }

    fn column(&mut self, mut item: Cursor<'_>) {
        const FACETS: [&str; 10] = [
            "CONSTRAINT",
            "PRIMARY",
            "NOT",
            "NULL",
            "UNIQUE",
            "CHECK",
            "DEFAULT",
            "COLLATE",
            "REFERENCES",
            "GENERATED",
        ];
        let Some(name) = item.name() else {
            self.unread = true;
            return;
        };
        let all = item;
        while !item.tokens.is_empty() && !item.sees("AS") && !FACETS.iter().any(|word| item.sees(word)) {
            item.skip();
        }
        self.types.push(all.until(&item).written().to_owned());
        self.table.columns.push(ColumnDef::new(name.as_str(), SqlType::TEXT));
        let mut constraint = None;
        while !item.tokens.is_empty() {
            if item.eat("CONSTRAINT") {
                constraint = item.name();
            } else if item.eat("PRIMARY KEY") {
                let _ = item.eat("ASC") || item.eat("DESC");
                item.eat("ON CONFLICT").then(|| item.step());
                self.counts_up |= item.eat("AUTOINCREMENT");
                self.table.primary_key = Some(vec![name.clone()]);
            } else if item.eat("NOT NULL") {
                item.eat("ON CONFLICT").then(|| item.step());
                self.last(|column| column.not_null = true);
            } else if item.eat("NULL") {
            } else if item.eat("UNIQUE") {
                item.eat("ON CONFLICT").then(|| item.step());
                self.table.unique.push(Unique::new(constraint.take(), vec![name.clone()]));
            } else if item.eat("CHECK") {
                self.check(constraint.take(), &mut item);
            } else if item.eat("DEFAULT") {
                let start = item;
                let _ = item.eat_symbol(b'-') || item.eat_symbol(b'+');
                item.skip();
                let written = start.until(&item).written().to_owned();
                self.last(|column| column.default = Some(written));
            } else if item.eat("COLLATE") {
                let collation = item.name();
                self.last(|column| column.collation = collation);
            } else if item.eat("REFERENCES") {
                self.references(constraint.take(), vec![name.clone()], &mut item);
            } else if item.eat("GENERATED ALWAYS AS") || item.eat("AS") {
                self.unread |= item.group().is_none();
                let _ = item.eat("STORED") || item.eat("VIRTUAL");
                self.last(|column| column.generated = true);
            } else {
                self.unread = true;
                item.skip();
            }
        }
    }

    fn last(&mut self, change: impl FnOnce(&mut ColumnDef)) {
        if let Some(column) = self.table.columns.last_mut() {
            change(column);
        }
    }

    /// Types by declared names and collations; the primary key by its rules.
    fn finish(self, rowid: bool) -> Table {
        let Self { mut table, types, counts_up, .. } = self;
        let key = table.primary_key.clone().unwrap_or_default();
        for (column, written) in table.columns.iter_mut().zip(&types) {
            column.sql_type = sql_type(written, column.collation.as_deref());
            let in_key = key.contains(&column.name);
            // `INTEGER PRIMARY KEY` is the row's number, which is never NULL; other keys of tables with row numbers may be.
            let alias = rowid && key.len() == 1 && in_key && written.eq_ignore_ascii_case("INTEGER");
            column.not_null |= in_key && (alias || !rowid);
            column.identity |= alias && counts_up;
        }
        table
    }
}

/// The column as it is declared, if a name differs from it in case only.
fn declared(name: &str, table: &Table) -> String {
    let found = table.columns.iter().find(|column| column.name.eq_ignore_ascii_case(name));
    found.map_or_else(|| name.to_owned(), |column| column.name.clone())
}

/// The column that an element of a key is, if it is no more than that.
fn plain_column(mut element: Cursor<'_>, table: &Table) -> Option<String> {
    let name = declared(&element.name()?, table);
    element.eat("COLLATE").then(|| element.step());
    let _ = element.eat("ASC") || element.eat("DESC");
    element.eat("AUTOINCREMENT");
    (element.tokens.is_empty() && table.column(&name).is_some()).then_some(name)
}

/// The columns that these tokens name.
fn columns_in(parts: &[Part<'_>], table: &Table) -> Vec<String> {
    let tokens = parts.iter().map(|part| part.token).filter(|token| token.kind != Kind::Text);
    let named: HashSet<Vec<u8>> =
        tokens.filter_map(|token| token.name()).map(|name| name.to_ascii_lowercase()).collect();
    let columns = table.columns.iter().map(|column| &column.name);
    columns.filter(|name| named.contains(name.to_ascii_lowercase().as_bytes())).cloned().collect()
}

fn names(group: Cursor<'_>) -> Vec<String> {
    group.items().filter_map(|mut item| item.name()).collect()
}

/// A token, and for an opening parenthesis how far on its partner is.
#[derive(Clone, Copy)]
struct Part<'a> {
    token: Token<'a>,
    /// Tokens from here to the partner; 0 where there is none.
    span: usize,
}

/// The tokens that mean something, up to the semicolon or to what cannot be read.
fn parts(text: &str) -> Vec<Part<'_>> {
    let mut lexer = Lexer::new(text.as_bytes());
    let mut parts: Vec<Part<'_>> = Vec::new();
    let mut open = Vec::new();
    while let Ok(Some(token)) = lexer.meaning() {
        match token.kind {
            Kind::Symbol(b';') => break,
            Kind::Symbol(b'(') => open.push(parts.len()),
            Kind::Symbol(b')') => {
                if let Some(start) = open.pop() {
                    parts[start].span = parts.len() - start;
                }
            }
            _ => {}
        }
        parts.push(Part { token, span: 0 });
    }
    parts
}

/// What is left of a statement or of a part of it.
#[derive(Clone, Copy)]
struct Cursor<'a> {
    text: &'a str,
    tokens: &'a [Part<'a>],
}

impl<'a> Cursor<'a> {
    fn sees(&self, words: &str) -> bool {
        let mut tokens = self.tokens.iter();
        words.split(' ').all(|word| tokens.next().is_some_and(|part| part.token.is_word(word)))
    }

    fn eat(&mut self, words: &str) -> bool {
        let seen = self.sees(words);
        if seen {
            self.tokens = &self.tokens[words.split(' ').count()..];
        }
        seen
    }

    fn eat_symbol(&mut self, symbol: u8) -> bool {
        let seen = self.tokens.first().is_some_and(|part| part.token.kind == Kind::Symbol(symbol));
        if seen {
            self.step();
        }
        seen
    }

    fn step(&mut self) -> Option<Token<'a>> {
        let (first, rest) = self.tokens.split_first()?;
        self.tokens = rest;
        Some(first.token)
    }

    /// Moves over one token, or over a whole group in parentheses.
    fn skip(&mut self) {
        if self.group().is_none() {
            self.step();
        }
    }

    fn name(&mut self) -> Option<String> {
        let name = self.tokens.first()?.token.name()?;
        let name = String::from_utf8_lossy(&name).into_owned();
        self.step();
        Some(name)
    }

    /// A name, behind the name of its database if there is one.
    fn object(&mut self) -> Option<String> {
        let name = self.name()?;
        if self.eat_symbol(b'.') { self.name() } else { Some(name) }
    }

    /// What stands in the parentheses that come next.
    fn group(&mut self) -> Option<Self> {
        let span = self.tokens.first()?.span;
        let inner = Self { tokens: self.tokens.get(1..span)?, ..*self };
        self.tokens = self.tokens.get(span + 1..)?;
        Some(inner)
    }

    /// Splits what is left at commas outside of parentheses.
    fn items(mut self) -> impl Iterator<Item = Self> {
        std::iter::from_fn(move || {
            if self.tokens.is_empty() {
                return None;
            }
            let mut end = 0;
            while let Some(part) = self.tokens.get(end)
                && part.token.kind != Kind::Symbol(b',')
            {
                end += 1 + part.span;
            }
            let end = end.min(self.tokens.len());
            let item = Self { tokens: &self.tokens[..end], ..self };
            self.tokens = self.tokens.get(end + 1..).unwrap_or_default();
            Some(item)
        })
    }

    /// What is left, up to `rest`, which is a later place of the same cursor.
    fn until(mut self, rest: &Self) -> Self {
        self.tokens = &self.tokens[..self.tokens.len() - rest.tokens.len()];
        self
    }

    /// What is left, as it is written.
    fn written(&self) -> &'a str {
        match (self.tokens.first(), self.tokens.last()) {
            (Some(first), Some(last)) => &self.text[first.token.start..last.token.end()],
            _ => "",
        }
    }
}
