//! A first pass over an input: its schema, and on request its row and distinct counts.

use crate::base::Result;
use crate::format::{Cells, Event, Reader, RowShape, SequenceValue};
use crate::plan::{DistinctCounter, Statistics};
use crate::table::{Schema, SchemaBuilder, TableName};

/// Reads the DDL of an input and skips its rows.
///
/// # Errors
/// Input that cannot be read to its end.
pub fn read_schema(reader: &mut dyn Reader) -> Result<Schema> {
    let mut schema = SchemaBuilder::new();
    read_ddl(reader, &mut schema)?;
    Ok(schema.finish())
}

/// Reads the DDL of several inputs, in their order, as if they were one: keys in one may be of tables in another. Of a
/// table that several declare the first counts.
///
/// # Errors
/// The first input that cannot be opened, or read to its end.
pub fn read_schemas(readers: impl IntoIterator<Item = Result<Box<dyn Reader>>>) -> Result<Schema> {
    let mut schema = SchemaBuilder::new();
    for reader in readers {
        read_ddl(reader?.as_mut(), &mut schema)?;
    }
    Ok(schema.finish())
}

fn read_ddl(reader: &mut dyn Reader, schema: &mut SchemaBuilder) -> Result<()> {
    let mut spare = Vec::new();
    while let Some(event) = reader.next(std::mem::take(&mut spare))? {
        match event {
            Event::Ddl { bytes, session } => {
                schema.statement(&bytes, &session);
                spare = bytes;
            }
            Event::Sequence(SequenceValue { bytes, ddl: Some(session), .. }) => {
                schema.statement(&bytes, &session);
            }
            Event::Table { name, table } => schema.file(name, &table),
            Event::Rows(block) => spare = block.bytes,
            Event::Verbatim { bytes, .. } => spare = bytes,
            _ => {}
        }
        spare.clear();
    }
    Ok(())
}

/// Reads schema, row counts and distinct counts (up to 1,000) of several inputs, each with its name for messages, as if
/// they were one.
///
/// # Errors
/// The first input that cannot be opened, or read to its end.
pub fn read_statistics(
    readers: impl IntoIterator<Item = Result<(String, Box<dyn Reader>)>>,
) -> Result<(Schema, Statistics)> {
    let (mut schema, mut statistics) = (SchemaBuilder::new(), Statistics::default());
    for reader in readers {
        let (name, mut reader) = reader?;
        count(reader.as_mut(), &mut schema, &mut statistics).map_err(|error| error.in_file(name))?;
    }
    Ok((schema.finish(), statistics))
}

fn count(reader: &mut dyn Reader, schema: &mut SchemaBuilder, statistics: &mut Statistics) -> Result<()> {
    let codec = reader.codec();
    let mut open: Option<Counting> = None;
    let mut cells = Cells::default();
    while let Some(event) = reader.next(Vec::new())? {
        match event {
            Event::Ddl { bytes, session }
            | Event::Sequence(SequenceValue { bytes, ddl: Some(session), .. }) => {
                schema.statement(&bytes, &session);
            }
            Event::Table { name, table } => schema.file(name, &table),
            Event::Rows(block) => {
                if open.as_ref().is_none_or(|counting| !counting.fits(&block.head)) {
                    close(statistics, open.take());
                    open = Some(Counting::new(&block.head, schema, codec.is_nested()));
                }
                let Some(counting) = &mut open else { continue };
                counting.want();
                let wanted = &counting.shape.wanted;
                if wanted.is_empty() {
                    counting.rows += codec.count(&block);
                    continue;
                }
                codec
                    .tokenize(&block, &counting.shape, &mut cells)
                    .map_err(|error| error.after_rows(counting.rows))?;
                counting.rows += cells.rows as u64;
                for (index, column) in wanted.iter().enumerate() {
                    for value in cells.column(&block, index).iter().flatten() {
                        counting.distinct[*column].add(value);
                    }
                }
            }
            _ => {}
        }
    }
    close(statistics, open);
    Ok(())
}

/// The table whose rows are coming in.
struct Counting {
    table: TableName,
    given: Option<Vec<String>>,
    /// The columns, and those whose count is still open.
    shape: RowShape,
    /// Whether the columns are paths.
    nested: bool,
    distinct: Vec<DistinctCounter>,
    rows: u64,
}

impl Counting {
    fn new(head: &crate::format::Head, schema: &SchemaBuilder, nested: bool) -> Self {
        let names = head.columns.clone().unwrap_or_else(|| schema.column_names(&head.table));
        let distinct = names.iter().map(|_| DistinctCounter::default()).collect();
        Self {
            table: head.table.clone(),
            given: head.columns.clone(),
            shape: shape(names, Vec::new(), nested),
            nested,
            distinct,
            rows: 0,
        }
    }

    fn fits(&self, head: &crate::format::Head) -> bool {
        self.table == head.table && self.given == head.columns
    }

    /// Looks at the columns whose count is still open.
    fn want(&mut self) {
        let open = (0..self.shape.columns.len()).filter(|column| !self.distinct[*column].is_full());
        let wanted: Vec<usize> = open.collect();
        if wanted != self.shape.wanted {
            self.shape = shape(std::mem::take(&mut self.shape.columns), wanted, self.nested);
        }
    }
}

fn shape(columns: Vec<String>, wanted: Vec<usize>, nested: bool) -> RowShape {
    if nested { RowShape::nested(columns, wanted, Vec::new()) } else { RowShape::new(columns, wanted) }
}

fn close(statistics: &mut Statistics, counting: Option<Counting>) {
    if let Some(Counting { table, shape, distinct, rows, .. }) = counting {
        let entry = statistics.tables.entry(table).or_default();
        entry.rows += rows;
        for (name, counter) in shape.columns.into_iter().zip(distinct) {
            let distinct = entry.distinct.entry(name).or_default();
            *distinct = (*distinct).max(counter.count());
        }
    }
}
