//! SQLite itself as the oracle: it must read what we write as what we mean, and as what we read.

use proptest::prelude::*;
use rusqlite::Connection;
use rusqlite::types::Value;

use super::*;

/// The values of `SELECT` over one literal each, as our values are: text, numbers as written, blobs as `\x..`.
fn value_of(connection: &Connection, literal: &str) -> Option<Vec<u8>> {
    let value: Value = connection.query_row(&format!("SELECT {literal}"), [], |row| row.get(0)).unwrap();
    match value {
        Value::Null => None,
        Value::Integer(number) => Some(number.to_string().into_bytes()),
        Value::Real(number) => Some(format!("real {}", number.to_bits()).into_bytes()),
        Value::Text(text) => Some(text.into_bytes()),
        Value::Blob(bytes) => Some(format!("\\x{}", data_encoding::HEXLOWER.encode(&bytes)).into_bytes()),
    }
}

fn literal(style: &str, new: &str) -> String {
    let row = block(&format!("INSERT INTO t VALUES({style});"));
    let out = splice(&row, 1, |_, _, _, built| built.value(new.as_bytes())).unwrap();
    let out = String::from_utf8(out).unwrap();
    out["INSERT INTO t VALUES(".len()..out.len() - ");".len()].to_owned()
}

proptest! {
    #[test]
    fn sqlite_reads_text_as_it_was_meant(text in "[a\\\\n0u,();X'\n\r\u{0}\u{1}é\"-]{0,12}", style in 0_usize..4) {
        let connection = Connection::open_in_memory().unwrap();
        let style = ["'a'", "replace('a','b',char(10))", "unistr('a')", "NULL"][style];
        prop_assert_eq!(value_of(&connection, &literal(style, &text)), Some(text.into_bytes()));
    }

    #[test]
    fn sqlite_and_we_read_the_same_calls(text in "[ab\\\\n'\r]{0,12}", name in "[ab\\\\n]{1,2}") {
        let connection = Connection::open_in_memory().unwrap();
        let call = format!("replace('{}','{name}',char(10))", text.replace('\'', "''"));
        let row = block(&format!("INSERT INTO t VALUES({call});"));
        let ours = cells(&row, 1).unwrap().remove(0).remove(0).map(String::into_bytes);
        prop_assert_eq!(ours, value_of(&connection, &call));
    }

    #[test]
    fn reals_keep_their_bits(bits in any::<u64>()) {
        let real = f64::from_bits(bits);
        prop_assume!(!real.is_nan());
        // As the shell writes it.
        let connection = Connection::open_in_memory().unwrap();
        let written: String =
            connection.query_row("SELECT printf('%!.20g', ?1)", [real], |row| row.get(0)).unwrap();
        prop_assume!(written.starts_with(|c: char| c.is_ascii_digit() || c == '-') && !written.contains("Inf"));
        let row = block(&format!("INSERT INTO t VALUES({written});"));
        let value = cells(&row, 1).unwrap().remove(0).remove(0).unwrap();
        prop_assert_eq!(value.parse().map(f64::to_bits), written.parse().map(f64::to_bits));
        prop_assert!(value.len() <= written.len().max(24));
    }
}
