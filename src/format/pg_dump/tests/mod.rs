//! The laws of the format, on small dumps that hold every trap, and on real ones when they are at hand.

mod cells;
mod corpora;
mod laws;
mod reading;

use std::io::{self, Cursor, Read};

use super::{Layout, PgCodec};
use crate::base::{ErrorKind, Result};
use crate::format::{Block, Cells, Codec, Event, Input, Mark, Reader, ReaderOptions, RowShape, open};
use crate::table::{Cell, ColumnBuilder};

/// A dump with the traps that a splitter falls into.
pub(super) const TRICKY: &str = concat!(
    "--\n-- PostgreSQL database dump\n--\n\n\\restrict aB3\n\n",
    "SET client_encoding = 'UTF8';\nSET standard_conforming_strings = on;\n",
    "SELECT pg_catalog.set_config('search_path', '', false);\n\n",
    "CREATE FUNCTION public.f() RETURNS text LANGUAGE plpgsql AS $_$begin return ';COPY x FROM stdin;'; end;$_$;\n",
    "CREATE FUNCTION public.g() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT CASE WHEN true THEN 1 ELSE 2 END; SELECT 2; END;\n",
    "CREATE FUNCTION public.h() RETURNS text LANGUAGE sql AS E'select \\'a;\\n\\'';\n",
    "CREATE TABLE public.\"Müller T\" (\n    id integer NOT NULL,\n    \"B c\" text DEFAULT ';'::text\n);\n\n",
    "CREATE RULE r AS ON INSERT TO public.a DO INSTEAD (SELECT 1; SELECT 2);\n",
    "COPY public.\"Müller T\" (id, \"B c\") FROM stdin;\n1\tone\\ttab\n2\t\\N\n3\tCOPY x (y) FROM stdin;\n4\t\\\\.\n5\t\\\\x00ff\n6\t\\\\n;'\n\\.\n\n\n",
    "COPY public.empty  FROM stdin;\n\n\n\\.\n\n",
    "COPY public.none (a) FROM stdin;\n\\.\n\n",
    "INSERT INTO public.a VALUES (1, 'it''s; --', NULL);\nINSERT INTO public.a VALUES (-2.5e3, E'\\'\\n', DEFAULT);\n",
    "INSERT INTO public.b (x, y) OVERRIDING SYSTEM VALUE VALUES\n\t(1, B'1001'),\n\t(2, NULL) ON CONFLICT DO NOTHING;\n",
    "INSERT INTO public.c DEFAULT VALUES;\n/* a /* nested */ ; comment */\n",
    "SELECT pg_catalog.setval('public.\"S q\"', 42, true);\n",
    "ALTER TABLE ONLY public.\"Müller T\" ADD CONSTRAINT p PRIMARY KEY (id);\n",
    "BEGIN;\nSELECT pg_catalog.lo_open('16385', 131072);\nSELECT pg_catalog.lo_close(0);\nCOMMIT;\n",
    "--\n-- PostgreSQL database dump complete\n--\n\n\\unrestrict aB3\n\n",
);

/// Gives one byte at a time.
struct Dripping<R>(R);

impl<R: Read> Read for Dripping<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let len = buffer.len().min(1);
        self.0.read(&mut buffer[..len])
    }
}

fn reader(bytes: &[u8], block_size: usize, trailer: bool) -> Result<Box<dyn Reader>> {
    open(
        Input::new("t", Cursor::new(bytes.to_vec())),
        &ReaderOptions { block_size, trailer, ..Default::default() },
    )
}

pub(super) fn bytes_of(event: &Event) -> &[u8] {
    match event {
        Event::Verbatim { bytes, .. } | Event::Ddl { bytes, .. } | Event::LargeObject(bytes) => bytes,
        Event::Rows(block) => &block.bytes,
        Event::Sequence(value) => &value.bytes,
        Event::Table { .. } | Event::Dropped { .. } => &[],
    }
}

/// All events up to the end or an error.
fn events(reader: &mut dyn Reader) -> (Vec<Event>, Result<()>) {
    let mut events = Vec::new();
    loop {
        match reader.next(Vec::new()) {
            Ok(Some(event)) => events.push(event),
            Ok(None) => return (events, Ok(())),
            Err(error) => return (events, Err(error)),
        }
    }
}

fn concatenated(events: &[Event]) -> Vec<u8> {
    events.iter().flat_map(|event| bytes_of(event).to_vec()).collect()
}

fn read(text: &str) -> (Vec<Event>, Result<()>) {
    match reader(text.as_bytes(), 1 << 16, true) {
        Ok(mut reader) => events(reader.as_mut()),
        Err(error) => (Vec::new(), Err(error)),
    }
}

/// A dump of one statement or more, with the marks around it.
fn dump(text: &str) -> String {
    format!("--\n-- PostgreSQL database dump\n--\n{text}\n-- PostgreSQL database dump complete\n")
}

fn rows(events: &[Event]) -> Vec<&Block> {
    events
        .iter()
        .filter_map(|event| if let Event::Rows(block) = event { Some(block) } else { None })
        .collect()
}

/// The cells of all columns of a block, row by row; NULL is `None`.
fn cells(block: &Block, columns: usize) -> Result<Vec<Vec<Option<String>>>> {
    let mut cells = Cells::default();
    let wanted: Vec<usize> = (0..columns).collect();
    PgCodec.tokenize(block, &RowShape::unnamed(columns, &wanted), &mut cells)?;
    let text = |row, column| {
        cells.column(block, column).value(row).map(|value| String::from_utf8_lossy(value).into_owned())
    };
    Ok((0..cells.rows).map(|row| wanted.iter().map(|&column| text(row, column)).collect()).collect())
}

fn splice(
    block: &Block,
    columns: usize,
    new: impl Fn(usize, usize, Option<&[u8]>, &mut ColumnBuilder),
) -> Result<Vec<u8>> {
    let codec = PgCodec;
    let mut cells = Cells::default();
    let wanted: Vec<usize> = (0..columns).collect();
    codec.tokenize(block, &RowShape::unnamed(columns, &wanted), &mut cells)?;
    let mut built: Vec<ColumnBuilder> = wanted.iter().map(|_| ColumnBuilder::default()).collect();
    for (column, builder) in built.iter_mut().enumerate() {
        for row in 0..cells.rows {
            new(row, column, cells.column(block, column).value(row), builder);
        }
    }
    let built: Vec<Option<&ColumnBuilder>> = built.iter().map(Some).collect();
    let mut out = Vec::new();
    codec.splice(block, &cells, &built, &mut out)?;
    Ok(out)
}
