//! What must hold for any rows and any bytes.

use proptest::prelude::*;

use super::cells::block_of;
use super::*;

fn table() -> impl Strategy<Value = (usize, Vec<Vec<Option<String>>>)> {
    (1_usize..5).prop_flat_map(|columns| {
        let cell = proptest::option::of("[a\\\\N\n\t\r\u{0}\u{1a}'\"`(),;é%_-]{0,9}");
        (Just(columns), prop::collection::vec(prop::collection::vec(cell, columns), 1..40))
    })
}

fn written(rows: &[Vec<Option<String>>], layout: Layout, between: &str) -> Block {
    let head = block_of("", layout, encoding_rs::UTF_8);
    let literal = |cell: &Option<String>| {
        let cell = cell.as_ref().map_or(Cell::Null, |text| Cell::Value(text.as_bytes()));
        MySqlCodec.literal(&head.head, cell)
    };
    let tuple = |row: &Vec<Option<String>>| {
        [b"(".to_vec(), row.iter().map(literal).collect::<Vec<_>>().join(&b','), b")".to_vec()].concat()
    };
    let rows = rows.iter().map(tuple).collect::<Vec<_>>().join(between.as_bytes());
    block_of([b"INSERT INTO `t` VALUES\n".to_vec(), rows, b";".to_vec()].concat(), layout, encoding_rs::UTF_8)
}

proptest! {
    #[test]
    fn what_is_written_is_read((columns, rows) in table()) {
        for layout in [Layout::Plain, Layout::Verbatim, Layout::Ansi] {
            for between in [",", ",\n", ";\nINSERT INTO `t` VALUES\n"] {
                let block = written(&rows, layout, between);
                prop_assert_eq!(&cells(&block, columns).unwrap(), &rows);
                prop_assert_eq!(MySqlCodec.count(&block), rows.len() as u64);
            }
        }
    }

    #[test]
    fn any_cut_gives_the_same_rows((columns, rows) in table(), block_size in 1_usize..200) {
        let whole = written(&rows, Layout::Plain, ",");
        let mut reader = reader(&whole.bytes, block_size, false).unwrap();
        let (events, end) = events(reader.as_mut());
        end.unwrap();
        prop_assert_eq!(concatenated(&events), whole.bytes);
        let read: Vec<_> = super::rows(&events).iter().flat_map(|block| cells(block, columns).unwrap()).collect();
        prop_assert_eq!(read, rows);
    }

    #[test]
    fn any_bytes_are_read_or_refused_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let mut text = b"SET a = 1;\nINSERT INTO `t` VALUES (1,".to_vec();
        text.extend(bytes);
        for block_size in [16, 1 << 16] {
            if let Ok(mut reader) = reader(&text, block_size, false) {
                let (events, _) = events(reader.as_mut());
                prop_assert!(text.starts_with(&concatenated(&events)));
                for block in rows(&events) {
                    let _ = cells(block, 2);
                }
            }
        }
    }

    #[test]
    fn any_insert_is_read_or_refused_without_a_panic(values in "[-1a'(),;:xE\\\\ \n#/*.N\"_`]{0,40}", columns in 0_usize..3) {
        let insert = block_of(format!("INSERT INTO t VALUES ({values}"), Layout::Plain, encoding_rs::UTF_8);
        if cells(&insert, columns).is_ok() {
            prop_assert_eq!(splice(&insert, columns, |_, _, _, built| built.keep()).unwrap(), insert.bytes);
        }
    }
}
