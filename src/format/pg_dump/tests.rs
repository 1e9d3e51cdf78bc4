//! The laws of the format, on small dumps that hold every trap, and on real ones when they are at hand.

use std::io::{self, Cursor, Read};
use std::path::Path;

use super::super::{Block, Cells, Event, Input, Mark, Reader, ReaderOptions, open};
use crate::base::{ErrorKind, Result};
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
        Event::Dropped { .. } => &[],
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
    super::super::Codec::tokenize(&super::PgCodec, block, columns, &wanted, &mut cells)?;
    let text = |row, column| {
        cells.column(block, column).value(row).map(|value| String::from_utf8_lossy(value).into_owned())
    };
    Ok((0..cells.rows).map(|row| wanted.iter().map(|&column| text(row, column)).collect()).collect())
}

fn splice(
    block: &Block,
    columns: usize,
    new: &dyn Fn(usize, usize, Option<&[u8]>, &mut ColumnBuilder),
) -> Result<Vec<u8>> {
    let codec = super::PgCodec;
    let mut cells = Cells::default();
    let wanted: Vec<usize> = (0..columns).collect();
    super::super::Codec::tokenize(&codec, block, columns, &wanted, &mut cells)?;
    let mut built: Vec<ColumnBuilder> = wanted.iter().map(|_| ColumnBuilder::default()).collect();
    for (column, builder) in built.iter_mut().enumerate() {
        for row in 0..cells.rows {
            new(row, column, cells.column(block, column).value(row), builder);
        }
    }
    let built: Vec<Option<&ColumnBuilder>> = built.iter().map(Some).collect();
    let mut out = Vec::new();
    super::super::Codec::splice(&codec, block, &cells, &built, &mut out)?;
    Ok(out)
}

#[test]
fn events_join_to_the_input_at_any_block_size_and_any_read_size() {
    for block_size in (1..64).chain([1 << 18]) {
        let options = ReaderOptions { block_size, ..Default::default() };
        for input in [Input::new("t", Cursor::new(TRICKY)), Input::new("t", Dripping(Cursor::new(TRICKY)))] {
            let mut reader = open(input, &options).unwrap();
            let (events, end) = events(reader.as_mut());
            end.unwrap();
            assert_eq!(String::from_utf8(concatenated(&events)).unwrap(), TRICKY, "{block_size}");
            let marks: Vec<_> = events
                .iter()
                .filter_map(|event| {
                    if let Event::Verbatim { mark: Some(mark), .. } = event { Some(mark) } else { None }
                })
                .collect();
            assert_eq!(marks.len(), 8);
            assert_eq!((marks[0], marks[7]), (&Mark::Restrict("aB3".into()), &Mark::Unrestrict));
        }
    }
}

#[test]
fn a_dump_cut_anywhere_is_an_error_and_what_was_read_is_its_beginning() {
    let end = TRICKY.trim_end().len();
    for len in 0..end {
        let bytes = &TRICKY.as_bytes()[..len];
        for block_size in [7, 1 << 16] {
            let Ok(mut reader) = reader(bytes, block_size, true) else { continue };
            let (events, result) = events(reader.as_mut());
            assert!(result.is_err(), "cut at {len}");
            assert!(bytes.starts_with(&concatenated(&events)), "cut at {len}");
        }
    }
}

#[test]
fn positions_of_blocks_count_rows_lines_and_bytes() {
    let (events, _) = read(TRICKY);
    for block in rows(&events) {
        let start = usize::try_from(block.byte).unwrap();
        assert!(TRICKY.as_bytes()[start..].starts_with(&block.bytes));
        assert_eq!(TRICKY[..start].matches('\n').count() as u64 + 1, block.line);
    }
    let text = dump("COPY public.t (a) FROM stdin;\n1\n2\n\\.\nCOPY public.t (a) FROM stdin;\n3\n\\.\n");
    assert_eq!(rows(&read(&text).0)[1].rows_before, 2);
}

#[test]
fn cells_lose_their_escapes_and_null_is_told_from_text() {
    let (events, _) = read(TRICKY);
    let blocks = rows(&events);
    let row = |cells: &[Option<&str>]| cells.iter().map(|cell| cell.map(str::to_owned)).collect::<Vec<_>>();
    assert_eq!(blocks[0].head.table.to_string(), "public.Müller T");
    assert_eq!(blocks[0].head.columns, Some(vec!["id".to_owned(), "B c".to_owned()]));
    assert_eq!(
        cells(blocks[0], 2).unwrap(),
        [
            row(&[Some("1"), Some("one\ttab")]),
            row(&[Some("2"), None]),
            row(&[Some("3"), Some("COPY x (y) FROM stdin;")]),
            row(&[Some("4"), Some("\\.")]),
            row(&[Some("5"), Some("\\x00ff")]),
            row(&[Some("6"), Some("\\n;'")]),
        ]
    );
    assert_eq!(cells(blocks[1], 0).unwrap().len(), 2);
    assert_eq!(
        cells(blocks[2], 3).unwrap(),
        [row(&[Some("1"), Some("it's; --"), None]), row(&[Some("-2.5e3"), Some("'\n"), None])]
    );
    assert_eq!(cells(blocks[3], 2).unwrap(), [row(&[Some("1"), Some("1001")]), row(&[Some("2"), None])]);
    assert_eq!(cells(blocks[4], 0).unwrap().len(), 1);
}

#[test]
fn cells_that_are_kept_leave_the_block_as_it_was() {
    let (events, _) = read(TRICKY);
    for (block, columns) in rows(&events).into_iter().zip([2, 0, 3, 2, 0]) {
        assert_eq!(splice(block, columns, &|_, _, _, built| built.keep()).unwrap(), block.bytes);
        let codec: &dyn super::super::Codec = &super::PgCodec;
        let mut counted = Cells::default();
        codec.tokenize(block, columns, &[], &mut counted).unwrap();
        assert_eq!(codec.count(block), counted.rows as u64);
    }
}

#[test]
fn new_values_are_written_in_the_style_of_the_old() {
    let masked = |text: &str, columns, value: &'static [u8]| {
        let text = dump(text);
        let (events, _) = read(&text);
        let out = splice(rows(&events)[0], columns, &|_, _, _, built| built.value(value)).unwrap();
        String::from_utf8(out).unwrap()
    };
    let insert = "INSERT INTO t VALUES (1, 'a', E'b', B'1', NULL, true, 'c'::text);";
    assert_eq!(
        masked(insert, 7, b"x'\\y"),
        "INSERT INTO t VALUES ('x''\\y', 'x''\\y', E'x''\\\\y', 'x''\\y', 'x''\\y', 'x''\\y', 'x''\\y'::text);"
    );
    assert_eq!(
        masked(insert, 7, b"101"),
        "INSERT INTO t VALUES (101, '101', E'101', B'101', '101', 101, '101'::text);"
    );
    assert_eq!(
        masked("SET standard_conforming_strings = off;\nINSERT INTO t VALUES ('a\\'b');", 1, b"x'\\"),
        "INSERT INTO t VALUES ('x''\\\\');"
    );
    assert_eq!(
        masked("COPY t (a, b) FROM stdin;\n1\t\\N\n\\.\n", 2, b"a\tb\\N\n\x0b"),
        "a\\tb\\\\N\\n\\v\ta\\tb\\\\N\\n\\v\n"
    );
}

#[test]
fn null_is_written_as_null() {
    for (text, masked) in [
        ("COPY t (a, b) FROM stdin;\n1\tx\n\\.\n", "\\N\t\\N\n"),
        ("INSERT INTO t VALUES (1, 'x');", "INSERT INTO t VALUES (NULL, NULL);"),
    ] {
        let text = dump(text);
        let (events, _) = read(&text);
        let out = splice(rows(&events)[0], 2, &|_, _, _, built| built.null()).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), masked);
    }
}

#[test]
fn rows_of_another_width_name_their_place() {
    let text = dump("COPY public.t (a, b) FROM stdin;\n1\t2\n3\n\\.\n");
    let (events, _) = read(&text);
    let error = cells(rows(&events)[0], 2).unwrap_err();
    assert_eq!(error.to_string(), "table public.t, row 2, line 6 (byte 71): expected 2 columns, found 1");
    for text in ["INSERT INTO t VALUES (1);", "INSERT INTO t VALUES (1, 2), (1, 2, 3);"] {
        let text = dump(text);
        let (events, _) = read(&text);
        assert!(matches!(
            cells(rows(&events)[0], 2).unwrap_err().kind(),
            ErrorKind::ColumnCount { expected: 2, .. }
        ));
    }
}

#[test]
fn rows_that_only_look_right_are_refused() {
    for (row, columns) in [("a\\\tb\tc", 3), ("a\\\nb", 1), ("a\\", 1), ("a\r", 1), ("\u{e9}\\351", 1)] {
        let text = dump(&format!("COPY t (a) FROM stdin;\n{row}\n\\.\n"));
        let (events, _) = read(&text);
        assert!(cells(rows(&events)[0], columns).is_err(), "{row:?}");
    }
}

#[test]
fn values_that_are_not_one_literal_are_refused() {
    for value in [
        "now()",
        "(1)",
        "1 + 1",
        "'a' || 'b'",
        "(SELECT 1)",
        "U&'x'",
        "$$x$$",
        "NaN",
        "1::f(2, g(3))",
        "'a'\n'b'::x y(",
        "x",
        "ARRAY[1]",
        "",
    ] {
        let text = dump(&format!("INSERT INTO t VALUES ({value});"));
        let (events, end) = read(&text);
        assert!(end.is_err() || cells(rows(&events)[0], 1).is_err(), "{value}");
    }
    for tail in ["RETURNING a", "ON CONFLICT DO UPDATE SET a = 'x'", "ON CONFLICT (a) DO NOTHING"] {
        let text = dump(&format!("INSERT INTO t VALUES (1) {tail};"));
        assert!(cells(rows(&read(&text).0)[0], 1).is_err(), "{tail}");
    }
}

#[test]
fn statements_that_are_not_on_the_list_end_the_run_or_are_dropped() {
    for statement in [
        "DO $$ BEGIN END $$;",
        "INSERT INTO t SELECT 'x';",
        "DELETE FROM t;",
        "INSERT INTO t AS a VALUES (1);",
    ] {
        let text = dump(&format!("SET a = 1;\n{statement}\n"));
        let error = read(&text).1.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Statement { .. }), "{error}");
        assert_eq!(error.position().line, Some(5));
        let options = ReaderOptions { drop_unparsed: true, ..Default::default() };
        let mut reader = open(Input::new("t", Cursor::new(text.clone())), &options).unwrap();
        let (events, end) = events(reader.as_mut());
        end.unwrap();
        assert_eq!(String::from_utf8(concatenated(&events)).unwrap(), text.replace(statement, ""));
    }
}

#[test]
fn what_cannot_be_dropped_always_ends_the_run() {
    let options = ReaderOptions { drop_unparsed: true, ..Default::default() };
    for statement in [
        "\\! ls",
        "\\copy t from 'x'",
        "COPY t (a) FROM stdin WITH (FORMAT csv);\n1\n\\.",
        "COPY t FROM '/etc/passwd';",
        "COPY t FROM PROGRAM 'x';",
        "COPY t TO stdout;",
        "COPY t (a) FROM stdin WITH OIDS;\n\\.",
        "SET a = 1 \\! ls\n;",
        "COPY t (a) FROM stdin; SELECT 1;\n1\n\\.",
        "SET client_encoding = 'SJIS';",
        "\\unrestrict x",
        "\\.",
    ] {
        let text = dump(&format!("{statement}\n"));
        let mut reader = open(Input::new("t", Cursor::new(text)), &options).unwrap();
        assert!(events(reader.as_mut()).1.is_err(), "{statement}");
    }
}

#[test]
fn secrets_leave_the_dump_and_are_counted() {
    let text = dump(
        "CREATE ROLE a;\nALTER ROLE a WITH LOGIN PASSWORD 'CANARY';\nCREATE USER MAPPING FOR a SERVER s OPTIONS (p 'CANARY');\nCREATE SERVER s FOREIGN DATA WRAPPER w OPTIONS (h 'CANARY');\n",
    );
    let (events, end) = read(&text);
    end.unwrap();
    let out = String::from_utf8(concatenated(&events)).unwrap();
    assert!(!out.contains("CANARY"));
    assert!(
        out.contains("ALTER ROLE a WITH LOGIN ;") && out.contains("CREATE SERVER s FOREIGN DATA WRAPPER w ;")
    );
    let dropped: Vec<_> = events
        .iter()
        .filter_map(|event| if let Event::Dropped { class } = event { Some(*class) } else { None })
        .collect();
    assert_eq!(dropped, ["role password", "user mapping", "server options"]);
}

#[test]
fn the_session_gives_tables_their_schema_database_and_encoding() {
    let text = dump(
        "SET search_path = sales, pg_catalog;\nCOPY t (a) FROM stdin;\n1\n\\.\n\\connect -reuse-previous=on \"dbname='d b'\"\nSET client_encoding = 'LATIN1';\nCOPY t (a) FROM stdin;\n1\n\\.\nCREATE TABLE x (a int);\n",
    );
    let (events, end) = read(&text);
    end.unwrap();
    let heads: Vec<_> =
        rows(&events).iter().map(|block| (block.head.table.to_string(), block.head.encoding)).collect();
    assert_eq!(
        heads,
        [("sales.t".to_owned(), encoding_rs::UTF_8), ("d b/public.t".to_owned(), encoding_rs::WINDOWS_1252)]
    );
    let session = events
        .iter()
        .find_map(|event| if let Event::Ddl { session, .. } = event { Some(session) } else { None });
    assert_eq!(session.unwrap().database.as_deref(), Some("d b"));
}

#[test]
fn text_of_other_encodings_is_read_and_written_in_them() {
    let mut bytes =
        dump("SET client_encoding = 'LATIN1';\nCOPY t (\"?\") FROM stdin;\nM?ller\n\\.\n").into_bytes();
    bytes.iter_mut().filter(|byte| **byte == b'?').for_each(|byte| *byte = 0xfc);
    let (events, end) = events(reader(&bytes, 1 << 16, true).unwrap().as_mut());
    end.unwrap();
    let block = rows(&events)[0];
    assert_eq!(block.head.columns, Some(vec!["ü".to_owned()]));
    assert_eq!(cells(block, 1).unwrap(), [[Some("Müller".to_owned())]]);
    assert_eq!(splice(block, 1, &|_, _, _, built| built.value("é\n".as_bytes())).unwrap(), b"\xe9\\n\n");
    assert!(splice(block, 1, &|_, _, _, built| built.value("Ł".as_bytes())).is_err());
}

#[test]
fn text_that_is_not_valid_names_its_place() {
    let mut bytes = dump("COPY public.t (a, b) FROM stdin;\n1\tx\n2\t?\n\\.\n").into_bytes();
    bytes.iter_mut().filter(|byte| **byte == b'?').for_each(|byte| *byte = 0xff);
    let (events, _) = events(reader(&bytes, 1 << 16, true).unwrap().as_mut());
    let error = cells(rows(&events)[0], 2).unwrap_err();
    assert_eq!(
        error.to_string(),
        "table public.t, row 2, column b, line 6 (byte 73): cell is not valid UTF-8"
    );
    let mut only = Cells::default();
    assert!(super::super::Codec::tokenize(&super::PgCodec, rows(&events)[0], 2, &[0], &mut only).is_ok());
}

#[test]
fn lines_that_end_with_carriage_returns_keep_them() {
    let text = dump("COPY t (a, b) FROM stdin;\n1\tx\n2\t\\N\n\\.\n").replace('\n', "\r\n");
    let (events, end) = read(&text);
    end.unwrap();
    assert_eq!(String::from_utf8(concatenated(&events)).unwrap(), text);
    let block = rows(&events)[0];
    assert_eq!(cells(block, 2).unwrap()[0][1].as_deref(), Some("x"));
    assert_eq!(cells(block, 2).unwrap()[1][1], None);
    assert_eq!(splice(block, 2, &|_, _, _, built| built.value(b"y")).unwrap(), b"y\ty\r\ny\ty\r\n");
}

#[test]
fn the_completion_mark_must_be_there_and_count() {
    assert!(read("SET a = 1;\n").1.is_err());
    assert!(read(&(dump("") + &dump(""))).1.is_ok());
    assert!(read(&(dump("") + "--\n-- PostgreSQL database dump\n--\n")).1.is_err());
    let cluster = format!("-- PostgreSQL database cluster dump\n{}", dump(""));
    assert!(read(&cluster).1.is_err());
    assert!(read(&format!("{cluster}-- PostgreSQL database cluster dump complete\n")).1.is_ok());
    assert!(read("SELECT '\n-- PostgreSQL database dump complete\n';").1.is_err());
    let mut without = reader(b"SET a = 1;\n", 99, false).unwrap();
    assert!(events(without.as_mut()).1.is_ok());
}

#[test]
fn a_byte_order_mark_passes() {
    let text = format!("\u{feff}{}", dump("SET a = 1;"));
    let (events, end) = read(&text);
    end.unwrap();
    assert_eq!(String::from_utf8(concatenated(&events)).unwrap(), text);
}

#[test]
fn real_dumps_come_back_byte_for_byte() {
    let corpora = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/corpora");
    let mut dumps = 0;
    for folder in ["pg_chinook", "pg_netbox", "pg_pagila", "pg_pgex"] {
        let Ok(files) = std::fs::read_dir(corpora.join(folder)) else { continue };
        for path in
            files.map(|file| file.unwrap().path()).filter(|path| path.to_string_lossy().ends_with(".sql.zst"))
        {
            let original = zstd::decode_all(std::fs::File::open(&path).unwrap()).unwrap();
            for block_size in [4 << 10, 256 << 10] {
                let options = ReaderOptions { block_size, ..Default::default() };
                let mut reader = open(Input::path(&path), &options).unwrap();
                let (events, end) = events(reader.as_mut());
                end.unwrap();
                assert!(concatenated(&events) == original, "{}", path.display());
                for block in rows(&events) {
                    let columns = block.head.columns.as_ref().map_or_else(|| width(block), Vec::len);
                    assert!(splice(block, columns, &|_, _, _, built| built.keep()).unwrap() == block.bytes);
                    // Every value, written again, reads as the same value.
                    let again = splice(block, columns, &|_, _, value, built| match value {
                        Some(value) => built.value(value),
                        None => built.keep(),
                    });
                    let again = Block { head: block.head.clone(), bytes: again.unwrap(), ..*block };
                    assert!(cells(&again, columns).unwrap() == cells(block, columns).unwrap());
                }
            }
            dumps += 1;
        }
    }
    if dumps == 0 {
        // Said in the test's own output, for whoever runs it.
        std::io::Write::write_all(&mut io::stderr(), b"SKIPPED: no corpora beside the checkout\n").unwrap();
    }
}

/// How many values the first row of an INSERT has.
fn width(block: &Block) -> usize {
    match cells(block, 0) {
        Ok(_) => 0,
        Err(error) => match error.kind() {
            ErrorKind::ColumnCount { found, .. } => *found,
            _ => panic!("{error}"),
        },
    }
}

mod laws {
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::*;
    use crate::format::Head;
    use crate::table::TableName;

    /// Tables of text cells that need every escape.
    fn table() -> impl Strategy<Value = (usize, Vec<Vec<Option<String>>>)> {
        (1_usize..5).prop_flat_map(|columns| {
            let cell = proptest::option::of("[a\\\\N\n\t\r\u{8}\u{c}\u{b}'é.]{0,9}");
            (Just(columns), prop::collection::vec(prop::collection::vec(cell, columns), 0..40))
        })
    }

    fn block(bytes: Vec<u8>, layout: super::super::Layout) -> Block {
        let head = Head {
            table: TableName::new("public", "t"),
            columns: None,
            layout: layout as u8,
            encoding: encoding_rs::UTF_8,
        };
        Block { head: Arc::new(head), bytes, rows_before: 0, byte: 0, line: 1 }
    }

    fn written(rows: &[Vec<Option<String>>]) -> (Block, Block) {
        let codec: &dyn crate::format::Codec = &super::super::PgCodec;
        let empty = |layout| block(Vec::new(), layout);
        let (copy, insert) = (empty(super::super::Layout::Copy), empty(super::super::Layout::Insert));
        let literal = |head: &Head, cell: &Option<String>| {
            let cell = cell.as_ref().map_or(Cell::Null, |text| Cell::Value(text.as_bytes()));
            codec.literal(head, cell)
        };
        let (mut lines, mut statements) = (Vec::new(), Vec::new());
        for row in rows {
            let cells = |head| row.iter().map(|cell| literal(head, cell)).collect::<Vec<_>>();
            lines.extend([cells(&copy.head).join(&b'\t'), b"\n".to_vec()].concat());
            let values = cells(&insert.head).join(&b", "[..]);
            statements.extend([b"INSERT INTO t VALUES (".to_vec(), values, b");\n".to_vec()].concat());
        }
        (block(lines, super::super::Layout::Copy), block(statements, super::super::Layout::Insert))
    }

    proptest! {
        #[test]
        fn what_is_written_is_read((columns, rows) in table()) {
            let (copy, insert) = written(&rows);
            prop_assert_eq!(&cells(&copy, columns).unwrap(), &rows);
            prop_assert_eq!(&cells(&insert, columns).unwrap(), &rows);
        }

        #[test]
        fn cells_of_copy_are_those_of_a_plain_splitter((columns, rows) in table(), only in 0_usize..5) {
            let (copy, _) = written(&rows);
            let only = only % columns;
            let mut cells = Cells::default();
            crate::format::Codec::tokenize(&super::super::PgCodec, &copy, columns, &[only], &mut cells).unwrap();
            let text = String::from_utf8(copy.bytes.clone()).unwrap();
            let naive: Vec<&str> = text.lines().map(|line| line.split('\t').nth(only).unwrap()).collect();
            let found: Vec<&str> = cells.columns[0].raw.iter().map(|span| &text[span.range()]).collect();
            prop_assert_eq!(found, naive);
        }

        #[test]
        fn any_bytes_are_read_or_refused_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let mut text = b"SET a = 1;\nCOPY t (a, b) FROM stdin;\n".to_vec();
            text.extend(bytes);
            if let Ok(mut reader) = reader(&text, 16, false) {
                let (events, _) = events(reader.as_mut());
                prop_assert!(text.starts_with(&concatenated(&events)));
                for block in rows(&events) {
                    let _ = cells(block, 2);
                }
            }
        }

        #[test]
        fn any_insert_is_read_or_refused_without_a_panic(values in "[-1a'(),;:E\\\\ \n$/*.N\"]{0,40}", columns in 0_usize..3) {
            let insert = block(format!("INSERT INTO t VALUES ({values}").into_bytes(), super::super::Layout::Insert);
            if cells(&insert, columns).is_ok() {
                prop_assert_eq!(splice(&insert, columns, &|_, _, _, built| built.keep()).unwrap(), insert.bytes);
            }
        }
    }
}
