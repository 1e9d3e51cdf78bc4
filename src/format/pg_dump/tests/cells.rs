//! Cells: found, decoded and written again.

use super::*;

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
        assert_eq!(splice(block, columns, |_, _, _, built| built.keep()).unwrap(), block.bytes);
        let codec = PgCodec;
        let mut counted = Cells::default();
        codec.tokenize(block, &RowShape::unnamed(columns, &[]), &mut counted).unwrap();
        assert_eq!(codec.count(block), counted.rows as u64);
    }
}

#[test]
fn new_values_are_written_in_the_style_of_the_old() {
    let masked = |text: &str, columns, value: &'static [u8]| {
        let text = dump(text);
        let (events, _) = read(&text);
        let out = splice(rows(&events)[0], columns, |_, _, _, built| built.value(value)).unwrap();
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
        let out = splice(rows(&events)[0], 2, |_, _, _, built| built.null()).unwrap();
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
fn text_of_other_encodings_is_read_and_written_in_them() {
    let mut bytes =
        dump("SET client_encoding = 'LATIN1';\nCOPY t (\"?\") FROM stdin;\nM?ller\n\\.\n").into_bytes();
    bytes.iter_mut().filter(|byte| **byte == b'?').for_each(|byte| *byte = 0xfc);
    let (events, end) = events(reader(&bytes, 1 << 16, true).unwrap().as_mut());
    end.unwrap();
    let block = rows(&events)[0];
    assert_eq!(block.head.columns, Some(vec!["ü".to_owned()]));
    assert_eq!(cells(block, 1).unwrap(), [[Some("Müller".to_owned())]]);
    assert_eq!(splice(block, 1, |_, _, _, built| built.value("é\n".as_bytes())).unwrap(), b"\xe9\\n\n");
    assert!(splice(block, 1, |_, _, _, built| built.value("Ł".as_bytes())).is_err());
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
    assert!(PgCodec.tokenize(rows(&events)[0], &RowShape::unnamed(2, &[0]), &mut only).is_ok());
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
    assert_eq!(splice(block, 2, |_, _, _, built| built.value(b"y")).unwrap(), b"y\ty\r\ny\ty\r\n");
}
