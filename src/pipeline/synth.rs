//! Synthetic rows for an input: its schema and what its rows show in a first pass, the rows made, and the input written
//! again with them in place.
//!
//! New rows of a table stand behind its last row, or behind its `CREATE TABLE` where it has none: before keys and triggers
//! of a PostgreSQL dump, and before the triggers of MySQL's and SQLite's.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use encoding_rs::{Encoding, UTF_8};

use crate::base::{Error, ErrorKind, Result};
use crate::format::{Block, Cells, Codec, Event, Mark, Reader, RowShape, SequenceValue};
use crate::synth::fill::Survey;
use crate::synth::rows::{SyntheticRows, counter_statements, write_table};
use crate::table::{Dialect, Schema, SchemaBuilder, Session, SqlType, TableName};

/// What a first pass tells of an input.
pub struct Outline {
    /// Its schema.
    pub schema: Schema,
    /// Whose SQL it is.
    pub dialect: Dialect,
    /// Whether it holds rows.
    pub has_rows: bool,
    copies: bool,
    encoding: &'static Encoding,
    /// Runs of rows by table.
    runs: BTreeMap<TableName, u64>,
}

impl Outline {
    /// Reads an input once.
    ///
    /// # Errors
    /// Input that cannot be read to its end, or that declares no tables.
    pub fn read(reader: &mut dyn Reader) -> Result<Self> {
        let mut builder = SchemaBuilder::new();
        let (mut dialect, mut encoding) = (None, UTF_8);
        let mut runs: BTreeMap<TableName, u64> = BTreeMap::new();
        let mut copies = false;
        let mut last: Option<TableName> = None;
        while let Some(event) = reader.next(Vec::new())? {
            let mut run = None;
            match event {
                Event::Ddl { bytes, session }
                | Event::Sequence(SequenceValue { bytes, ddl: Some(session), .. }) => {
                    builder.statement(&bytes, &session);
                    dialect.get_or_insert(session.dialect);
                    encoding = session.encoding;
                }
                Event::Rows(block) => {
                    if last.as_ref() != Some(&block.head.table) {
                        *runs.entry(block.head.table.clone()).or_default() += 1;
                    }
                    run = Some(block.head.table.clone());
                }
                Event::Verbatim { mark, .. } => copies |= mark == Some(Mark::RowsBegin),
                _ => {}
            }
            last = run;
        }
        let Some(dialect) = dialect else {
            return Err(Error::new(ErrorKind::Usage(
                "the input declares no tables, so nobody knows what a row must be: give a dump with its schema, or a \
                 schema alone"
                    .into(),
            )));
        };
        let has_rows = !runs.is_empty();
        copies |= !has_rows;
        Ok(Self { schema: builder.finish(), dialect, has_rows, copies, encoding, runs })
    }

    /// Shows all rows of the same input to a survey.
    ///
    /// # Errors
    /// Input that cannot be read.
    pub fn survey(&self, reader: &mut dyn Reader, survey: &mut Survey<'_>) -> Result<()> {
        let codec = reader.codec();
        let mut cells = Cells::default();
        while let Some(event) = reader.next(Vec::new())? {
            if let Event::Rows(block) = event {
                self.block(&block, &*codec, &mut cells, survey)?;
            }
        }
        Ok(())
    }

    fn block(
        &self,
        block: &Block,
        codec: &dyn Codec,
        cells: &mut Cells,
        survey: &mut Survey<'_>,
    ) -> Result<()> {
        let Some(table) = self.schema.tables.get(&block.head.table) else { return Ok(()) };
        let names: Vec<String> = match &block.head.columns {
            Some(names) => names.clone(),
            None => {
                let carried =
                    table.columns.iter().filter(|column| !(column.generated && codec.omits_generated()));
                carried.map(|column| column.name.clone()).collect()
            }
        };
        let place = |name: &String| table.columns.iter().position(|column| column.name == *name);
        let places: Vec<Option<usize>> = names.iter().map(place).collect();
        let mut shape = RowShape::new(names, (0..places.len()).collect());
        let is_bytes =
            |at: &usize| places[*at].is_some_and(|column| table.columns[column].sql_type.is_bytes());
        shape.binary = (0..places.len()).filter(is_bytes).collect();
        codec.tokenize(block, &shape, cells)?;
        for row in 0..cells.rows {
            let texts: Vec<Option<Cow<'_, str>>> = (0..places.len())
                .map(|at| cells.column(block, at).value(row).map(String::from_utf8_lossy))
                .collect();
            let mut own: Vec<Option<&str>> = vec![None; table.columns.len()];
            for (place, text) in places.iter().zip(&texts) {
                if let Some(place) = place {
                    let truth = table.columns[*place].sql_type.base() == &SqlType::Boolean;
                    own[*place] = match text.as_deref() {
                        Some("true") if truth && self.dialect == Dialect::Postgres => Some("t"),
                        Some("false") if truth && self.dialect == Dialect::Postgres => Some("f"),
                        text => text,
                    };
                }
            }
            survey.observe(&block.head.table, &own);
        }
        Ok(())
    }

    /// Writes the same input again, with the new rows in it and its sequences behind them.
    ///
    /// # Errors
    /// Input that cannot be read, output that cannot be written, a value that the encoding of the input cannot express.
    pub fn append(&self, reader: &mut dyn Reader, rows: &SyntheticRows, out: &mut dyn Write) -> Result<()> {
        let mut writer = Appender {
            outline: self,
            rows,
            counters: rows.counters(&self.schema),
            builder: SchemaBuilder::new(),
            waiting: rows.tables.iter().map(|(name, _)| name.clone()).collect(),
            done: BTreeMap::new(),
            open: None,
            line_end: true,
        };
        while let Some(event) = reader.next(Vec::new())? {
            writer.event(event, out)?;
        }
        writer.close(out)?;
        match writer.waiting.first() {
            None => Ok(()),
            Some(table) => Err(Error::new(ErrorKind::Schema("the input no longer holds a table".into()))
                .in_table(table.to_string())),
        }
    }

    /// Writes the new rows alone, as a script for the database's own client.
    ///
    /// # Errors
    /// As [`Outline::append`].
    pub fn script(&self, rows: &SyntheticRows, out: &mut dyn Write) -> Result<()> {
        let (begin, end) = match self.dialect {
            Dialect::Postgres => (
                "SET client_encoding = 'UTF8';\nSET standard_conforming_strings = on;\nBEGIN;\nSET CONSTRAINTS ALL DEFERRED;\n",
                "COMMIT;\n",
            ),
            // Rows that refer to each other in a circle are there together or not at all.
            Dialect::MySql if rows.has_circles => (
                "SET NAMES utf8mb4;\nSET FOREIGN_KEY_CHECKS = 0;\nSTART TRANSACTION;\n",
                "COMMIT;\nSET FOREIGN_KEY_CHECKS = 1;\n",
            ),
            Dialect::MySql => ("SET NAMES utf8mb4;\nSTART TRANSACTION;\n", "COMMIT;\n"),
            Dialect::Sqlite => ("BEGIN TRANSACTION;\nPRAGMA defer_foreign_keys = ON;\n", "COMMIT;\n"),
        };
        out.write_all(begin.as_bytes())?;
        let mut text = Vec::new();
        for (table, rows) in &rows.tables {
            write_table(&self.schema, table, rows, (self.dialect, false, UTF_8), &mut text)?;
        }
        out.write_all(&text)?;
        out.write_all(counter_statements(&self.schema, rows, self.dialect).as_bytes())?;
        out.write_all(end.as_bytes())?;
        Ok(())
    }
}

/// Writes an input again, with rows added.
struct Appender<'a> {
    outline: &'a Outline,
    rows: &'a SyntheticRows,
    counters: BTreeMap<(TableName, String), i64>,
    builder: SchemaBuilder,
    /// Tables whose new rows are still to be written.
    waiting: BTreeSet<TableName>,
    /// Runs of rows that have ended, by table.
    done: BTreeMap<TableName, u64>,
    /// The table whose rows came last.
    open: Option<TableName>,
    line_end: bool,
}

impl Appender<'_> {
    fn event(&mut self, event: Event, out: &mut dyn Write) -> Result<()> {
        match event {
            Event::Rows(block) => {
                if self.open.as_ref() != Some(&block.head.table) {
                    self.close(out)?;
                    self.open = Some(block.head.table.clone());
                }
                self.write(&block.bytes, out)
            }
            // The line that ends a COPY belongs to its rows.
            Event::Verbatim { bytes, mark: Some(Mark::RowsEnd) } => {
                self.write(&bytes, out)?;
                self.close(out)
            }
            other => {
                self.close(out)?;
                match other {
                    Event::Ddl { bytes, session } => {
                        self.write(&bytes, out)?;
                        self.declared(&bytes, &session, out)
                    }
                    Event::Sequence(sequence) => self.sequence(sequence, out),
                    Event::Verbatim { bytes, .. } | Event::LargeObject(bytes) => self.write(&bytes, out),
                    _ => Ok(()),
                }
            }
        }
    }

    fn write(&mut self, bytes: &[u8], out: &mut dyn Write) -> Result<()> {
        if let Some(last) = bytes.last() {
            self.line_end = *last == b'\n';
        }
        Ok(out.write_all(bytes)?)
    }

    /// A run of rows has ended; behind the last one of its table come the new rows.
    fn close(&mut self, out: &mut dyn Write) -> Result<()> {
        let Some(table) = self.open.take() else { return Ok(()) };
        let done = self.done.entry(table.clone()).or_default();
        *done += 1;
        if Some(&*done) == self.outline.runs.get(&table) {
            self.add(&table, out)?;
        }
        Ok(())
    }

    /// A table without rows gets its new ones when it is there.
    fn declared(&mut self, statement: &[u8], session: &Session, out: &mut dyn Write) -> Result<()> {
        self.builder.statement(statement, session);
        let bare = |name: &&TableName| !self.outline.runs.contains_key(*name);
        let known: Vec<TableName> = self
            .waiting
            .iter()
            .filter(bare)
            .filter(|name| !self.builder.column_names(name).is_empty())
            .cloned()
            .collect();
        known.iter().try_for_each(|table| self.add(table, out))
    }

    fn add(&mut self, table: &TableName, out: &mut dyn Write) -> Result<()> {
        if !self.waiting.remove(table) {
            return Ok(());
        }
        let outline = self.outline;
        let mut text = Vec::new();
        if !self.line_end {
            text.push(b'\n');
        }
        let how = (outline.dialect, outline.copies, outline.encoding);
        for (_, rows) in self.rows.tables.iter().filter(|(name, _)| name == table) {
            write_table(&outline.schema, table, rows, how, &mut text)?;
        }
        // What follows may be the rest of a line that a statement ended on.
        self.write(&text, out)
    }

    /// A sequence goes on behind the new rows.
    fn sequence(&mut self, sequence: SequenceValue, out: &mut dyn Write) -> Result<()> {
        if let Some(session) = sequence.ddl {
            self.write(&sequence.bytes, out)?;
            return self.declared(&sequence.bytes, &session, out);
        }
        let owner = match &sequence.column {
            Some(column) => Some((sequence.sequence.clone(), column.clone())),
            None => {
                let owner = self.outline.schema.sequences.get(&sequence.sequence);
                owner.map(|owner| (owner.table.clone(), owner.column.clone()))
            }
        };
        let most = owner.and_then(|owner| self.counters.get(&owner)).copied();
        match most {
            // Behind it whatever the statement says of the value, used or not.
            Some(most) if most >= sequence.value && self.outline.dialect == Dialect::Postgres => {
                let mut bytes = sequence.bytes;
                bytes.splice(sequence.digits, most.saturating_add(1).to_string().into_bytes());
                self.write(&bytes, out)
            }
            _ => self.write(&sequence.bytes, out),
        }
    }
}
