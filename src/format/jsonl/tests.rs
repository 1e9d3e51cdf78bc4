//! JSON Lines against `serde_json`, and what must not pass.

use std::io::Cursor;

use proptest::prelude::*;
use serde_json::Value;

use super::scan::{Scanner, escape, unescape};
use super::*;
use crate::base::{Error, ErrorKind};
use crate::format::{Event, Input, ReaderOptions, open, open_schema};
use crate::table::{SqlType, Table, TableName};

fn options(block_size: usize) -> ReaderOptions {
    let table = Some(TableName::new("", "t"));
    ReaderOptions { block_size, format: Some("jsonl"), table, ..ReaderOptions::default() }
}

fn events(text: &[u8], block_size: usize) -> Result<Vec<Event>> {
    let mut reader = open(Input::new("t.jsonl", Cursor::new(text.to_vec())), &options(block_size))?;
    let mut events = Vec::new();
    while let Some(event) = reader.next(vec![b'{'; 7])? {
        events.push(event);
    }
    Ok(events)
}

fn table(text: &[u8]) -> Result<Table> {
    let mut reader = open_schema(Input::new("t.jsonl", Cursor::new(text.to_vec())), &options(64))?;
    let mut found = Table::default();
    while let Some(event) = reader.next(Vec::new())? {
        if let Event::Table { table, .. } = event {
            found = table;
        }
    }
    Ok(found)
}

/// The file with new cells for these columns, of `known` ones, and all values of theirs as (column, value) in the order of
/// their levels.
fn masked(
    text: &[u8],
    known: &[&str],
    wanted: &[&str],
    block_size: usize,
    new: &dyn Fn(Option<&[u8]>) -> Option<Option<Vec<u8>>>,
) -> Result<(Vec<(String, Option<Vec<u8>>)>, Vec<u8>)> {
    let position = |name: &&str| known.iter().position(|known| known == name).expect("known");
    let mut positions: Vec<usize> = wanted.iter().map(position).collect();
    positions.sort_unstable();
    let whole = known.iter().map(|name| name.starts_with("whole")).collect();
    let shape =
        RowShape::nested(known.iter().map(|name| (*name).to_owned()).collect(), positions.clone(), whole);
    let (mut values, mut out) = (Vec::new(), Vec::new());
    for event in events(text, block_size)? {
        let block = match event {
            Event::Verbatim { bytes, .. } => {
                out.extend(bytes);
                continue;
            }
            Event::Rows(block) => block,
            _ => unreachable!("JSON Lines have no other events"),
        };
        let mut cells = Cells::default();
        JsonCodec.tokenize(&block, &shape, &mut cells)?;
        assert_eq!(JsonCodec.count(&block), cells.rows as u64);
        let mut built = Vec::new();
        for (index, position) in positions.iter().enumerate() {
            let column = cells.column(&block, index);
            let entries = match shape.levels[*position] {
                0 => cells.rows,
                level => cells.rows_of[level as usize - 1].len(),
            };
            assert_eq!(column.len(), entries, "every entry has a cell");
            let mut builder = ColumnBuilder::default();
            for value in column.iter() {
                values.push((known[*position].to_owned(), value.map(<[u8]>::to_vec)));
                match new(value) {
                    None => builder.keep(),
                    Some(None) => builder.null(),
                    Some(Some(value)) => builder.value(&value),
                }
            }
            built.push(builder);
        }
        let built: Vec<Option<&ColumnBuilder>> = built.iter().map(Some).collect();
        let mut written = b"what was here before".to_vec();
        JsonCodec.splice(&block, &cells, &built, &mut written)?;
        out.extend(written);
    }
    Ok((values, out))
}

fn kept(text: &[u8], known: &[&str], block_size: usize) -> Result<Vec<u8>> {
    masked(text, known, known, block_size, &|_| None).map(|(_, out)| out)
}

fn error(text: &str, known: &[&str]) -> Error {
    match kept(text.as_bytes(), known, 1000) {
        Err(error) => error,
        Ok(_) => panic!("{text} is read"),
    }
}

/// A JSON value with text as it may be written: space, escapes, spellings of numbers.
fn json() -> impl Strategy<Value = String> {
    let scalar = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        Just("false".to_owned()),
        "-?(0|[1-9][0-9]{0,3})(\\.[0-9]{1,2})?([eE][+-]?[0-9]{1,2})?",
        "\"([ab é]|\\\\n|\\\\\"|\\\\u00e9|\\\\ud83d\\\\ude00|\\\\\\\\|\\\\/){0,5}\"",
    ];
    scalar.prop_recursive(4, 24, 4, |inner| {
        let member = ("\"[abc]\"", "[ \t]{0,2}", inner.clone());
        prop_oneof![
            proptest::collection::vec(inner, 0..4).prop_map(|values| format!("[{}]", values.join(" ,"))),
            proptest::collection::vec(member, 0..4).prop_map(object),
        ]
    })
}

/// An object whose keys differ.
fn object(members: Vec<(String, String, String)>) -> String {
    let mut known = std::collections::BTreeSet::new();
    let members = members.into_iter().filter(|(key, _, _)| known.insert(key.clone()));
    let members: Vec<String> =
        members.map(|(key, space, value)| format!("{key}{space}:{space}{value}")).collect();
    format!("{{{}}}", members.join(", "))
}

fn row() -> impl Strategy<Value = String> {
    proptest::collection::vec(("\"[abcd]\"", "[ \t]{0,2}", json()), 0..5).prop_map(object)
}

fn file() -> impl Strategy<Value = Vec<u8>> {
    (proptest::collection::vec(row(), 1..8), any::<[bool; 3]>()).prop_map(|(rows, [crlf, last, bom])| {
        let end = if crlf { "\r\n" } else { "\n" };
        let mut text = rows.join(end);
        if last {
            text.push_str(end);
        }
        let mark: &[u8] = if bom { b"\xef\xbb\xbf" } else { b"" };
        [mark, text.as_bytes()].concat()
    })
}

/// All leaves of a value by their paths, as text.
fn leaves(path: &str, value: &Value, out: &mut Vec<(String, Option<Vec<u8>>)>) {
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                leaves(&path, value, out);
            }
        }
        Value::Array(values) => {
            for value in values {
                leaves(&format!("{path}[]"), value, out);
            }
        }
        Value::Null => out.push((path.to_owned(), None)),
        Value::String(text) => out.push((path.to_owned(), Some(text.clone().into_bytes()))),
        other => out.push((path.to_owned(), Some(other.to_string().into_bytes()))),
    }
}

fn rows(text: &[u8]) -> Vec<Value> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let lines = text.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
    lines.map(|line| serde_json::from_slice(line).expect("sound")).collect()
}

/// `value` with `new` in place of all leaves of the wanted columns.
fn expect(path: &str, value: &mut Value, wanted: &[&str], new: &str) {
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                expect(&path, value, wanted, new);
            }
        }
        Value::Array(values) => {
            for value in values {
                expect(&format!("{path}[]"), value, wanted, new);
            }
        }
        Value::Null => {}
        Value::Number(_) if wanted.contains(&path) => {
            let number: Option<serde_json::Number> = serde_json::from_str(new)
                .ok()
                .filter(|_| !new.ends_with(['\n', ' ']) && !new.starts_with(['\n', ' ']));
            *value = number.map_or_else(|| Value::String(new.into()), Value::Number);
        }
        other if wanted.contains(&path) => *other = Value::String(new.into()),
        _ => {}
    }
}

proptest! {
    #[test]
    fn cells_are_those_of_serde_json(text in file(), block_size in 1usize..200) {
        let columns = table(&text).expect("sound").columns;
        let known: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
        let (found, out) = masked(&text, &known, &known, block_size, &|_| None).expect("sound");
        prop_assert_eq!(&out, &text);
        let mut expected = Vec::new();
        for row in &rows(&text) {
            leaves("", row, &mut expected);
        }
        // Numbers are compared as serde_json writes them (once: it does not read all of them back as they were), strings as
        // they are, what is missing not at all.
        let number = |value: &[u8]| {
            let number: Option<serde_json::Number> = serde_json::from_slice(value).ok();
            number.map_or_else(|| value.to_vec(), |number| number.to_string().into_bytes())
        };
        let same = |value: &[u8]| value.to_vec();
        let values = |cells: Vec<(String, Option<Vec<u8>>)>, write: &dyn Fn(&[u8]) -> Vec<u8>| {
            let cells = cells.into_iter().filter_map(|(path, value)| Some((path, write(&value?))));
            let mut cells: Vec<(String, Vec<u8>)> = cells.collect();
            cells.sort();
            cells
        };
        prop_assert_eq!(values(found, &number), values(expected, &same));
    }

    #[test]
    fn new_cells_are_read_back_and_the_others_stay(text in file(), new in "[ab\"\\\\\n\u{1} é😀1]{0,4}", block_size in 1usize..200) {
        let columns = table(&text).expect("sound").columns;
        let known: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
        let wanted: Vec<&str> = known.iter().step_by(2).copied().collect();
        let masks = |value: Option<&[u8]>| value.map(|_| Some(new.clone().into_bytes()));
        let (_, out) = masked(&text, &known, &wanted, block_size, &masks).expect("sound");
        let mut expected = rows(&text);
        for row in &mut expected {
            expect("", row, &wanted, &new);
        }
        prop_assert_eq!(rows(&out), expected);
        // Where everything becomes NULL nothing else changes.
        let (_, nulled) = masked(&text, &known, &known, block_size, &|_| Some(None)).expect("sound");
        let mut left = Vec::new();
        for row in &rows(&nulled) {
            leaves("", row, &mut left);
        }
        prop_assert!(left.iter().all(|(_, value)| value.is_none()));
    }

    #[test]
    fn what_is_json_is_what_serde_json_takes(
        text in "[\\[\\]{}:,\"\\\\0-9eE+\\-.truefalsn \tu\u{1}é]{0,30}",
        sound in json(),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut broken = sound.clone();
        let at = (0..=cut.index(sound.len() + 1)).rev().find(|at| sound.is_char_boundary(*at)).unwrap_or(0);
        broken.truncate(at);
        for text in [text, sound, broken] {
            let expected = serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok();
            prop_assert_eq!(Scanner::is_one_value(text.as_bytes()), expected, "{}", text);
        }
    }

    #[test]
    fn strings_are_escaped_and_read_as_serde_json_does(text in any::<String>()) {
        let mut ours = Vec::new();
        escape(text.as_bytes(), &mut ours);
        let quoted = format!("\"{}\"", String::from_utf8_lossy(&ours));
        prop_assert_eq!(serde_json::from_str::<String>(&quoted).ok(), Some(text.clone()));
        let theirs = serde_json::to_string(&text).expect("text");
        let mut back = Vec::new();
        unescape(&theirs.as_bytes()[1..theirs.len() - 1], &mut back);
        prop_assert_eq!(back, text.as_bytes());
    }

    #[test]
    fn any_bytes_are_read_alike_in_any_cut(
        bytes in proptest::collection::vec(
            prop_oneof![Just(b'"'), Just(b'{'), Just(b'}'), Just(b':'), Just(b'\n'), Just(b'a'), Just(b'1'), Just(b','), Just(0xc3)],
            0..100),
        block_size in 1usize..120,
    ) {
        let (whole, cut) = (kept(&bytes, &["a"], 1 << 20), kept(&bytes, &["a"], block_size));
        prop_assert_eq!(whole.is_ok(), cut.is_ok());
        if let (Ok(whole), Ok(cut)) = (whole, cut) {
            prop_assert_eq!(&whole, &bytes);
            prop_assert_eq!(cut, bytes);
        }
    }
}

#[test]
fn types_are_those_of_the_values() {
    let text = br#"{"i": 1, "n": 1.5, "b": true, "t": "x", "mixed": 42, "o": {"x": null}, "v": null, "l": [1, 2], "e": [], "z": "01"}
{"i": -2, "n": 2, "b": null, "t": "y", "mixed": "42", "o": {"y": "1"}, "l": ["a"], "v": {"w": [true]}, "p": [{"q": 1}, {"r": []}]}"#;
    let found: Vec<(String, SqlType)> =
        table(text).unwrap().columns.into_iter().map(|column| (column.name, column.sql_type)).collect();
    let numeric = SqlType::Numeric { precision: None, scale: None };
    let expected = [
        ("i", SqlType::Integer { bits: 64 }),
        ("n", numeric.clone()),
        ("b", SqlType::Boolean),
        ("t", SqlType::TEXT),
        ("mixed", numeric),
        ("o.x", SqlType::TEXT),
        ("l[]", SqlType::TEXT),
        ("z", SqlType::TEXT),
        ("o.y", SqlType::TEXT),
        ("v.w[]", SqlType::Boolean),
        ("p[].q", SqlType::Integer { bits: 64 }),
    ];
    assert_eq!(found, expected.map(|(name, sql_type)| (name.to_owned(), sql_type)));
}

#[test]
fn what_nobody_has_classified_is_refused_however_deep() {
    let known = ["id", "address.city", "tags[]", "orders[].email", "whole"];
    for (text, path) in [
        (r#"{"id": 1, "phone": "x"}"#, "phone"),
        (r#"{"address": {"street": "x"}}"#, "address.street"),
        (r#"{"address": "x"}"#, "address"),
        (r#"{"tags": "x"}"#, "tags"),
        (r#"{"tags": [["x"]]}"#, "tags[][]"),
        (r#"{"tags": [{"a": "x"}]}"#, "tags[].a"),
        (r#"{"orders": [{"email": "a"}, {"phone": "x"}]}"#, "orders[].phone"),
        (r#"{"orders": {"email": "x"}}"#, "orders.email"),
        (r#"{"deep": {"er": [{"x": 1}]}}"#, "deep"),
        (r#"{"id": {"x": 1}}"#, "id.x"),
        (r#"{"id": [1]}"#, "id[]"),
        (r#"{"tags[]": 1}"#, "tags[]"),
    ] {
        let error = error(text, &known);
        assert!(matches!(error.kind(), ErrorKind::Schema(_)), "{text}: {error}");
        assert_eq!(error.position().column.as_deref(), Some(path), "{text}");
    }
    // What holds nothing, and what is kept as a whole, passes.
    for text in [
        "{}",
        r#"{"address": null, "tags": [], "orders": [{}], "other": {}, "more": [[], {}]}"#,
        r#"{"whole": {"any": [1, {"thing": "x"}]}}"#,
        r#"{"address": {"city": null}, "id": 1}"#,
    ] {
        assert_eq!(kept(text.as_bytes(), &known, 1000).unwrap(), text.as_bytes());
    }
}

#[test]
fn a_path_that_occurs_twice_is_refused() {
    for text in [
        r#"{"a": 1, "a": 2}"#,
        r#"{"a": 1, "\u0061": 2}"#,
        r#"{"b": {"c": 1, "c": 2}}"#,
        r#"{"b": {"c": 1}, "b.c": 2}"#,
        r#"{"l": [{"x": 1, "x": 2}]}"#,
    ] {
        assert!(error(text, &["a", "b.c", "l[].x"]).to_string().contains("two values"), "{text}");
    }
}

#[test]
fn broken_lines_are_named() {
    for (text, line, byte) in [
        ("{\"a\": 1}\n{\"a\": }\n", 2, 15),
        ("{\"a\": 1}\n{\"a\": \"x\n\"}\n", 2, 17),
        ("{\"a\": 1}\n\n[1]\n", 3, 10),
        ("{\"a\": 01}\n", 1, 6),
        ("{\"a\": 1} {\"a\": 2}\n", 1, 9),
        ("{\"a\": \"\\x\"}\n", 1, 7),
        ("{\"a\": \"\\ud83\"}\n", 1, 7),
        ("{\"a\": 1,}\n", 1, 8),
        ("{\"a\": 1", 1, 7),
    ] {
        let error = error(text, &["a"]);
        assert!(matches!(error.kind(), ErrorKind::Syntax(_)), "{text}: {error}");
        assert_eq!(
            (error.position().line, error.position().byte),
            (Some(line), Some(byte)),
            "{text}: {error}"
        );
    }
    let deep = format!("{{\"a\": {}{}}}", "[".repeat(200), "]".repeat(200));
    assert!(error(&deep, &["a"]).to_string().contains("too deep"));
    assert!(table(deep.as_bytes()).is_err());
    let latin1 = kept(b"{\"a\": \"Jos\xe9\"}\n", &["a"], 100).unwrap_err();
    assert!(matches!(latin1.kind(), ErrorKind::Encoding(_)));
    let utf16: Vec<u8> = "{\"a\": 1}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(kept(&utf16, &["a"], 100).unwrap_err().to_string().contains("UTF-16"));
}

#[test]
fn kinds_of_values_stay_where_they_can() {
    let masks = |value: Option<&[u8]>| value.map(|_| Some(b"7".to_vec()));
    let text = br#"{ "a" :1.50, "b":"x\u00e9", "c":true,"d": null, "whole": {"f": [1]} , "g":[ 1,"2" ]}"#;
    let known = ["a", "b", "c", "d", "whole", "g[]", "missing"];
    let (_, out) = masked(text, &known, &known, 100, &masks).unwrap();
    assert_eq!(out, br#"{ "a" :7, "b":"7", "c":"7","d": null, "whole": 7 , "g":[ 7,"7" ]}"#);
    let text_only = |value: Option<&[u8]>| value.map(|_| Some(b"a\"b".to_vec()));
    let (_, out) = masked(text, &known, &known, 100, &text_only).unwrap();
    assert_eq!(
        out,
        br#"{ "a" :"a\"b", "b":"a\"b", "c":"a\"b","d": null, "whole": "a\"b" , "g":[ "a\"b","a\"b" ]}"#
    );
}

#[test]
fn keys_that_are_data_are_too_many() {
    let row: Vec<String> = (0..11_000).map(|key| format!("\"k{key}\": 1")).collect();
    assert!(table(format!("{{{}}}", row.join(",")).as_bytes()).is_err());
}

#[test]
fn the_tail_is_an_object_that_never_ends() {
    let mut out = b"{\"a\": 1}\n".to_vec();
    out.extend(JsonTail.bytes());
    let text = String::from_utf8(out).unwrap();
    assert!(text.lines().last().is_some_and(|line| serde_json::from_str::<Value>(line).is_err()));
    assert!(kept(text.as_bytes(), &["a", "scrub"], 100).is_err());
}

#[test]
fn objects_are_told_from_other_texts() {
    for object in ["{\"a\": 1}\n", " {}\n", "\u{feff}{ \"a\": 1}"] {
        assert!(sniff(object.as_bytes()), "{object}");
    }
    for other in ["[{}]", "{\n  \"a\": 1\n}", "a,b\n", ""] {
        assert!(!sniff(other.as_bytes()), "{other}");
    }
}
