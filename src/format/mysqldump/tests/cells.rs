//! Cells: found, decoded and written again.

use std::sync::Arc;

use super::*;
use crate::format::Head;
use crate::table::TableName;

pub(super) fn block_of(
    bytes: impl Into<Vec<u8>>,
    layout: Layout,
    encoding: &'static encoding_rs::Encoding,
) -> Block {
    let head = Head { table: TableName::new("", "t"), columns: None, layout: layout as u8, encoding };
    Block { head: Arc::new(head), bytes: bytes.into(), byte: 0, line: 1 }
}

fn block(values: &str) -> Block {
    block_of(format!("INSERT INTO t VALUES {values}"), Layout::Plain, encoding_rs::UTF_8)
}

fn row(cells: &[Option<&str>]) -> Vec<Option<String>> {
    cells.iter().map(|cell| cell.map(str::to_owned)).collect()
}

#[test]
fn cells_lose_their_escapes_and_null_is_told_from_text() {
    let (events, _) = read(TRICKY);
    let blocks = rows(&events);
    assert_eq!(
        cells(blocks[0], 2).unwrap(),
        [
            row(&[Some("1"), Some("one\ttab")]),
            row(&[Some("2"), None]),
            row(&[Some("3"), Some("),(4,'INSERT INTO `x` VALUES (1);")]),
            row(&[Some("5"), Some("\\")]),
            row(&[Some("6"), Some("it's\0\u{1a}\\%")]),
            row(&[Some("-7"), Some("é;--#/*")]),
        ]
    );
    assert_eq!(blocks[1].head.columns, Some(vec!["x".to_owned(), "it's".to_owned(), "z".to_owned()]));
    assert_eq!(
        cells(blocks[1], 3).unwrap(),
        [
            row(&[Some("1"), Some("\\x41ff"), Some("\\x610027")]),
            row(&[Some("2.5e-3"), Some("101"), Some("")]),
        ]
    );
    // What only the lexer can read begins a block of its own.
    assert_eq!(cells(blocks[2], 3).unwrap(), [row(&[Some("-0.5"), Some("\\x00"), Some("d\"q'")])]);
    assert_eq!(cells(blocks[3], 1).unwrap(), [row(&[Some("1")]), row(&[Some("2")])]);
    assert_eq!(cells(blocks[4], 1).unwrap(), [row(&[None])]);
    assert_eq!(cells(blocks[5], 0).unwrap().len(), 2);
}

#[test]
fn new_values_are_written_in_the_style_of_the_old() {
    let block = block(
        "(1,'a',NULL,0x41,X'41',b'1',_binary 'x',_binary'x',_utf8mb4 'x',\"q\",TRUE,-1.5,DEFAULT,'')\n,( 2 , 'a b' ,1,1,1,1,1,1,1,1,1,1,1,1);",
    );
    let written = |value: &str| {
        let out = splice(
            &block,
            14,
            |row, _, _, built| {
                if row == 0 { built.value(value.as_bytes()) } else { built.keep() }
            },
        );
        let out = String::from_utf8(out.unwrap()).unwrap();
        assert!(out.ends_with(")\n,( 2 , 'a b' ,1,1,1,1,1,1,1,1,1,1,1,1);"), "{out}");
        out.split_once("VALUES (").unwrap().1.split_once(")\n,").unwrap().0.to_owned()
    };
    assert_eq!(
        written("10"),
        "10,'10','10',0x3130,X'3130',b'10',_binary '10',_binary'10',_utf8mb4 '10','10',10,10,'10','10'"
    );
    assert_eq!(
        written("\\x0027"),
        "'\\\\x0027','\\\\x0027','\\\\x0027',0x0027,X'0027','\\\\x0027',_binary '\\0\\'',_binary'\\0\\'',\
         _utf8mb4 '\\\\x0027','\\\\x0027','\\\\x0027','\\\\x0027','\\\\x0027','\\\\x0027'"
    );
    assert_eq!(
        written("i\"t's\n\r\u{1a}\0"),
        ["'i\\\"t\\'s\\n\\r\\Z\\0'"; 14]
            .iter()
            .enumerate()
            .map(|(at, text)| match at {
                3 => "0x692274277".to_owned() + "30A0D1A00",
                4 => "X'692274277".to_owned() + "30A0D1A00'",
                6 => format!("_binary {text}"),
                7 => format!("_binary{text}"),
                8 => format!("_utf8mb4 {text}"),
                _ => (*text).to_owned(),
            })
            .collect::<Vec<_>>()
            .join(",")
    );
    let nulls = splice(&block, 14, |_, _, _, built| built.null()).unwrap();
    let null = ["NULL"; 14].join(",");
    let second = "( NULL , NULL ,".to_owned() + &["NULL"; 12].join(",") + ")";
    assert_eq!(String::from_utf8(nulls).unwrap(), format!("INSERT INTO t VALUES ({null})\n,{second};"));
}

#[test]
fn without_backslash_escapes_a_backslash_is_a_backslash() {
    let block = block_of("INSERT INTO t VALUES ('a\\','b''c');", Layout::Verbatim, encoding_rs::UTF_8);
    assert_eq!(cells(&block, 2).unwrap(), [row(&[Some("a\\"), Some("b'c")])]);
    let out = splice(&block, 2, |_, _, _, built| built.value(b"x'\\\n")).unwrap();
    assert_eq!(String::from_utf8(out).unwrap(), "INSERT INTO t VALUES ('x''\\\n','x''\\\n');");
}

#[test]
fn with_ansi_quotes_a_name_is_no_value() {
    let block = block_of("INSERT INTO \"t\" VALUES ('a',\"b\");", Layout::Ansi, encoding_rs::UTF_8);
    assert!(cells(&block, 2).is_err());
    let block = block_of("INSERT INTO \"t\" VALUES ('a','\"b');", Layout::Ansi, encoding_rs::UTF_8);
    assert_eq!(cells(&block, 2).unwrap(), [row(&[Some("a"), Some("\"b")])]);
}

#[test]
fn bytes_are_kept_and_text_follows_the_encoding() {
    let latin1 = block_of(
        *b"INSERT INTO t VALUES ('M\xfcller',_binary '\xff\x00',0xFF);",
        Layout::Plain,
        encoding_rs::WINDOWS_1252,
    );
    assert_eq!(cells(&latin1, 3).unwrap(), [row(&[Some("Müller"), Some("\\xff00"), Some("\\xff")])]);
    let again = splice(&latin1, 3, |_, _, value, built| built.value(value.unwrap())).unwrap();
    assert_eq!(again, b"INSERT INTO t VALUES ('M\xfcller',_binary '\xff\\0',0xFF);");
    assert!(splice(&latin1, 3, |_, _, _, built| built.value("Łódź".as_bytes())).is_err());
    // Bytes in a string that is no text, as the tools of old write them.
    let raw = block_of(*b"INSERT INTO t VALUES ('\xff\\0\\'x');", Layout::Plain, encoding_rs::UTF_8);
    assert_eq!(cells(&raw, 1).unwrap(), [row(&[Some("\\xff002778")])]);
    assert_eq!(splice(&raw, 1, |_, _, value, built| built.value(value.unwrap())).unwrap(), raw.bytes);
}

#[test]
fn columns_of_bytes_are_bytes_whatever_they_look_like() {
    let block = block("('abc',0x616263),('',NULL);");
    let mut shape = RowShape::unnamed(2, &[0, 1]);
    shape.binary = vec![0];
    let mut cells = Cells::default();
    MySqlCodec.tokenize(&block, &shape, &mut cells).unwrap();
    let values: Vec<_> =
        (0..2).flat_map(|column| cells.column(&block, column).iter().collect::<Vec<_>>()).collect();
    assert_eq!(values, [Some(&b"\\x616263"[..]), Some(b"\\x"), Some(b"\\x616263"), None]);
    let (mut one, mut other) = (ColumnBuilder::default(), ColumnBuilder::default());
    for (built, value) in [(&mut one, b"\\x00ff"), (&mut other, b"\\xff00")] {
        built.value(value);
        built.keep();
    }
    let mut out = Vec::new();
    MySqlCodec.splice(&block, &cells, &[Some(&one), Some(&other)], &mut out).unwrap();
    assert_eq!(out, b"INSERT INTO t VALUES ('\\0\xff',0xFF00),('',NULL);");
}

#[test]
fn rows_that_are_wrong_are_named() {
    for (values, row, found) in
        [("(1,2),(1);", 2, Some(1)), ("(1,2,3);", 1, Some(3)), ("(1,2),();", 2, Some(0))]
    {
        let error = cells(&block(values), 2).unwrap_err();
        assert_eq!(error.position().row, Some(row), "{values}");
        let count = if let ErrorKind::ColumnCount { expected: 2, found } = error.kind() {
            Some(*found)
        } else {
            None
        };
        assert_eq!(count, found, "{values}");
    }
    for values in [
        "(1,f());",
        "(1,(2));",
        "(1,2)(3,4);",
        "(1,2) x;",
        "(1,2),x(3,4);",
        "x (1,2);",
        "(1,2) ON DUPLICATE KEY UPDATE a = 1;",
        "(1,'a' 'b');",
        "(1,'a'x);",
        "(1,@a);",
        "(1,a);",
        "(1,0x4);",
        "(1,'a);",
        "(1,2)",
        "(1,2",
        "(1,/* ' */ 2);",
        "(1,-- '\n2);",
        "(1,2);(3,4);",
        "(1,2);x",
        "(1,2,);",
        "",
        ";",
    ] {
        assert!(cells(&block(values), 2).is_err(), "{values}");
    }
}
