//! Cells of INSERTs, read and written.

use proptest::prelude::*;

use super::*;

#[test]
fn values_are_decoded() {
    let rows = block(
        "INSERT INTO t VALUES(1,'it''s',NULL);INSERT INTO t VALUES(-2.5e3,replace('a\\nb','\\n',char(10)),X'aBff');\n\
         INSERT INTO t VALUES (0.98999999999999999111 , 'a' /* ',' */ , unistr('\\u000a\\\\'));\n\
         INSERT INTO t VALUES(1e999,'','x'),(-9.0e+999,CAST(X'6100' AS TEXT),'');",
    );
    let text = |value: &str| Some(value.to_owned());
    assert_eq!(
        cells(&rows, 3).unwrap(),
        [
            [text("1"), text("it's"), None],
            [text("-2.5e3"), text("a\nb"), text("\\xabff")],
            [text("0.99"), text("a"), text("\n\\")],
            [text("Infinity"), text(""), text("x")],
            [text("-Infinity"), text("a\0"), text("")],
        ]
    );
    rewrites(&rows);
}

#[test]
fn new_values_are_written_in_the_style_of_the_old() {
    for (old, new, expected) in [
        ("'a'", "it's", "'it''s'"),
        ("'a'", "1", "'1'"),
        ("1", "2", "2"),
        ("1", "x", "'x'"),
        ("1", "true", "1"),
        ("1.5", "-Infinity", "-9.0e+999"),
        ("NULL", "1", "'1'"),
        ("X'00'", "\\x", "X''"),
        ("X'00'", "text", "'text'"),
        ("'a'", "a\nb", "'a\nb'"),
        ("'a'", "a\0b", "CAST(X'610062' AS TEXT)"),
        ("replace('a\\nb','\\n',char(10))", "c\nd", "replace('c\\nd','\\n',char(10))"),
        ("replace('a\\nb','\\n',char(10))", "c\\n\nd", "replace('c\\n\\012d','\\012',char(10))"),
        (
            "replace('a\\nb','\\n',char(10))",
            "c\r\nd",
            "replace(replace('c\\r\\nd','\\r',char(13)),'\\n',char(10))",
        ),
        ("replace('a\\nb','\\n',char(10))", "c'", "'c'''"),
        ("replace('a\\nb','\\n',char(10))", "\\n\\012\n", "'\\n\\012\n'"),
        ("unistr('a\\u000a')", "c'\n\\", "unistr('c''\\u000a\\\\')"),
        ("unistr('a\\u000a')", "c\\", "'c\\'"),
    ] {
        let row = block(&format!("INSERT INTO t VALUES({old},7);"));
        let out = splice(&row, 2, |_, column, _, built| match column {
            0 => built.value(new.as_bytes()),
            _ => built.keep(),
        });
        assert_eq!(String::from_utf8(out.unwrap()).unwrap(), format!("INSERT INTO t VALUES({expected},7);"));
        let null =
            splice(&row, 2, |_, column, _, built| if column == 0 { built.null() } else { built.keep() });
        assert_eq!(null.unwrap(), b"INSERT INTO t VALUES(NULL,7);");
    }
}

#[test]
fn what_is_no_literal_is_refused() {
    for values in [
        "(SELECT a FROM b)",
        "'a'||'b'",
        "'a'X'00'",
        "lower('A')",
        "CURRENT_TIMESTAMP",
        "1+1",
        "-'a'",
        "?1",
        "X'0'",
        "'a')('b'",
        "'a');DELETE FROM t;--'",
        "'a');INSERT INTO other VALUES('b'",
        "'a') ON CONFLICT DO NOTHING;--'",
        "\"a\"",
        "replace('a',(SELECT 'a'),char(10))",
        "1,2",
    ] {
        let row = block(&format!("INSERT INTO t VALUES({values});"));
        assert!(cells(&row, 1).is_err(), "{values}");
        let unwanted = SqliteCodec.check(&row, &RowShape::unnamed(1, &[]), &mut Cells::default());
        assert!(unwanted.is_err() || values == "X'0'", "{values} passes");
    }
    let text = block("INSERT INTO t VALUES(1,2);INSERT INTO t VALUES(1);");
    assert!(matches!(cells(&text, 2).unwrap_err().kind(), ErrorKind::ColumnCount { expected: 2, found: 1 }));
    let mut latin = block("INSERT INTO t VALUES('a');");
    latin.bytes[22] = 0xe9;
    assert!(matches!(cells(&latin, 1).unwrap_err().kind(), ErrorKind::Encoding(_)));
}

/// Tables of cells that need every escape.
fn table() -> impl Strategy<Value = (usize, Vec<Vec<Option<String>>>)> {
    (1_usize..5).prop_flat_map(|columns| {
        let cell = proptest::option::of("[a\\\\n0,();X'\n\r\u{0}\u{1}é\"-]{0,9}");
        (Just(columns), prop::collection::vec(prop::collection::vec(cell, columns), 0..40))
    })
}

/// One way to write a value, of those that a dump may hold.
fn written(cell: Option<&String>, way: u8) -> String {
    let Some(text) = cell else { return "NULL".into() };
    let quote = |text: &str| format!("'{}'", text.replace('\'', "''"));
    match way % 3 {
        _ if text.contains('\0') => {
            format!("CAST(X'{}' AS TEXT)", data_encoding::HEXUPPER.encode(text.as_bytes()))
        }
        1 if text.contains('\n') && !text.contains("<n>") => {
            format!("replace({},'<n>',char(10))", quote(&text.replace('\n', "<n>")))
        }
        2 => {
            let escape = |c: char| match c {
                '\\' => "\\\\".to_owned(),
                '\0'..=' ' => format!("\\u{:04x}", u32::from(c)),
                other => other.to_string(),
            };
            format!("unistr({})", quote(&text.chars().map(escape).collect::<String>()))
        }
        _ => quote(text),
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read((columns, rows) in table(), way in any::<u8>(), apart in any::<bool>()) {
        let mut statements = String::new();
        for (number, row) in rows.iter().enumerate() {
            let way = |column: usize| way.wrapping_add((number * 7 + column) as u8);
            let values: Vec<String> =
                row.iter().enumerate().map(|(column, cell)| written(cell.as_ref(), way(column))).collect();
            let comma = if apart { " , " } else { "," };
            statements += &format!("INSERT INTO t VALUES({});\n", values.join(comma));
        }
        if rows.is_empty() {
            return Ok(());
        }
        let block = block(&statements);
        prop_assert_eq!(&cells(&block, columns).unwrap(), &rows);
        rewrites(&block);
    }

    #[test]
    fn any_insert_is_read_or_refused_without_a_panic(values in "[-1a'(),;:EX\\\\ \n/*.N\"\\[]{0,40}", columns in 0_usize..3) {
        let insert = block(&format!("INSERT INTO t VALUES({values}"));
        if cells(&insert, columns).is_ok() {
            prop_assert_eq!(splice(&insert, columns, |_, _, _, built| built.keep()).unwrap(), insert.bytes);
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let mut text = b"BEGIN TRANSACTION;\nINSERT INTO t VALUES(1".to_vec();
        text.extend(bytes);
        let (events, _) = events(reader(&text, 16, false).unwrap().as_mut());
        prop_assert!(text.starts_with(&concatenated(&events)));
        for block in rows(&events) {
            let _ = cells(block, 2);
        }
    }
}
