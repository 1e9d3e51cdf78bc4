//! Laws over random tables and random bytes.

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

fn block(bytes: Vec<u8>, layout: Layout) -> Block {
    let head = Head {
        table: TableName::new("public", "t"),
        columns: None,
        layout: layout as u8,
        encoding: encoding_rs::UTF_8,
    };
    Block { head: Arc::new(head), bytes, byte: 0, line: 1 }
}

fn written(rows: &[Vec<Option<String>>]) -> (Block, Block) {
    let codec = PgCodec;
    let empty = |layout| block(Vec::new(), layout);
    let (copy, insert) = (empty(Layout::Copy), empty(Layout::Insert));
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
    (block(lines, Layout::Copy), block(statements, Layout::Insert))
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
        PgCodec.tokenize(&copy, &RowShape::unnamed(columns, &[only]), &mut cells).unwrap();
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
        let insert = block(format!("INSERT INTO t VALUES ({values}").into_bytes(), Layout::Insert);
        if cells(&insert, columns).is_ok() {
            prop_assert_eq!(splice(&insert, columns, |_, _, _, built| built.keep()).unwrap(), insert.bytes);
        }
    }
}
