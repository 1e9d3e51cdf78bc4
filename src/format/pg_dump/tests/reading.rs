//! Events: what a dump is cut into, and what ends the run.

use super::*;

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
fn positions_of_blocks_count_lines_and_bytes() {
    let (events, _) = read(TRICKY);
    for block in rows(&events) {
        let start = usize::try_from(block.byte).unwrap();
        assert!(TRICKY.as_bytes()[start..].starts_with(&block.bytes));
        assert_eq!(TRICKY[..start].matches('\n').count() as u64 + 1, block.line);
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
