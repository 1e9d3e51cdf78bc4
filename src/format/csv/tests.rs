//! CSV against the `csv` crate, and what must not pass.

use std::io::Cursor;

use proptest::prelude::*;

use super::*;
use crate::base::Error;
use crate::format::{Event, Input, open};
use crate::table::TableName;

/// What was read: header and other bytes that pass, the table's columns, the blocks.
struct Read {
    reader: Box<dyn Reader>,
    columns: Vec<String>,
    events: Vec<Event>,
}

fn options(block_size: usize) -> ReaderOptions {
    let table = Some(TableName::new("", "t"));
    ReaderOptions { block_size, format: Some("csv"), table, ..ReaderOptions::default() }
}

fn read(text: &[u8], options: &ReaderOptions) -> Result<Read> {
    let mut reader = open(Input::new("t.csv", Cursor::new(text.to_vec())), options)?;
    let mut columns = Vec::new();
    let mut events = Vec::new();
    while let Some(event) = reader.next(vec![b'"'; 7])? {
        match event {
            Event::Table { table, .. } => {
                columns = table.columns.into_iter().map(|column| column.name).collect();
            }
            event => events.push(event),
        }
    }
    Ok(Read { reader, columns, events })
}

impl Read {
    /// All cells, row by row, and the file with every cell that `new` gives a value for.
    fn cells(&self, new: impl Fn(&[u8]) -> Option<Vec<u8>>) -> Result<(Vec<Vec<Option<Vec<u8>>>>, Vec<u8>)> {
        let codec = self.reader.codec();
        let wanted: Vec<usize> = (0..self.columns.len()).collect();
        let (mut rows, mut out) = (Vec::new(), Vec::new());
        for event in &self.events {
            let block = match event {
                Event::Verbatim { bytes, .. } => {
                    out.extend_from_slice(bytes);
                    continue;
                }
                Event::Rows(block) => block,
                _ => unreachable!("CSV has no other events"),
            };
            let mut cells = Cells::default();
            codec.tokenize(block, &RowShape::unnamed(wanted.len(), &wanted), &mut cells)?;
            assert_eq!(codec.count(block), cells.rows as u64);
            let mut built: Vec<ColumnBuilder> = wanted.iter().map(|_| ColumnBuilder::default()).collect();
            for row in 0..cells.rows {
                let values: Vec<Option<Vec<u8>>> =
                    wanted.iter().map(|at| cells.column(block, *at).value(row).map(<[u8]>::to_vec)).collect();
                for (value, built) in values.iter().zip(&mut built) {
                    match value.as_ref().and_then(|value| new(value)) {
                        Some(value) => built.value(&value),
                        None => built.keep(),
                    }
                }
                rows.push(values);
            }
            let built: Vec<Option<&ColumnBuilder>> = built.iter().map(Some).collect();
            let mut written = b"what was here before".to_vec();
            codec.splice(block, &cells, &built, &mut written)?;
            out.extend(written);
        }
        Ok((rows, out))
    }
}

/// The error of a file, whichever step finds it.
fn error(text: &[u8], options: &ReaderOptions) -> Error {
    match read(text, options) {
        Err(error) => error,
        Ok(read) => read
            .cells(|_| None)
            .err()
            .unwrap_or_else(|| panic!("{:?} is read", String::from_utf8_lossy(text))),
    }
}

/// A file of `columns` columns as some program may write it: delimiter, line end, quotes where needed or anywhere.
fn file() -> impl Strategy<Value = (Vec<u8>, u8)> {
    let cell = "[ab,;\t|\"\n é'.]{0,6}";
    let rows = (2usize..5).prop_flat_map(move |columns| {
        proptest::collection::vec(proptest::collection::vec((cell, any::<bool>()), columns), 0..12)
    });
    (rows, prop_oneof![Just(b','), Just(b';'), Just(b'\t'), Just(b'|')], any::<[bool; 3]>()).prop_map(
        |(rows, delimiter, [crlf, last_end, bom])| {
            let end: &[u8] = if crlf { b"\r\n" } else { b"\n" };
            let mut text: Vec<u8> = if bom { b"\xef\xbb\xbf".to_vec() } else { Vec::new() };
            let columns = rows.first().map_or(2, Vec::len);
            let names: Vec<String> = (0..columns).map(|at| format!("c{at}")).collect();
            text.extend(names.join(&char::from(delimiter).to_string()).bytes());
            for row in rows {
                text.extend(end);
                for (at, (cell, quoted)) in row.iter().enumerate() {
                    if at > 0 {
                        text.push(delimiter);
                    }
                    let special = |byte: u8| byte == delimiter || matches!(byte, b'"' | b'\n' | b'\r');
                    if *quoted || cell.bytes().any(special) {
                        text.extend(format!("\"{}\"", cell.replace('"', "\"\"")).bytes());
                    } else {
                        text.extend(cell.bytes());
                    }
                }
            }
            if last_end {
                text.extend(end);
            }
            (text, delimiter)
        },
    )
}

fn oracle(text: &[u8], delimiter: u8) -> Vec<Vec<Vec<u8>>> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let mut reader = ::csv::ReaderBuilder::new().delimiter(delimiter).from_reader(text);
    reader.byte_records().map(|row| row.expect("sound").iter().map(<[u8]>::to_vec).collect()).collect()
}

proptest! {
    #[test]
    fn cells_are_those_of_the_csv_crate((text, delimiter) in file(), block_size in 1usize..200) {
        let mut options = options(block_size);
        options.csv.delimiter = Some(delimiter);
        let read = read(&text, &options).expect("sound");
        let (rows, out) = read.cells(|_| None).expect("sound");
        let plain: Vec<Vec<Vec<u8>>> = rows
            .into_iter()
            .map(|row| row.into_iter().map(Option::unwrap_or_default).collect())
            .collect();
        prop_assert_eq!(plain, oracle(&text, delimiter));
        prop_assert_eq!(out, text);
    }

    #[test]
    fn new_cells_are_read_back_and_the_others_stay(
        (text, delimiter) in file(),
        new in "[ab,;\t|\"\n\ré']{0,5}",
        block_size in 1usize..200,
    ) {
        let mut options = options(block_size);
        options.csv.delimiter = Some(delimiter);
        let first = read(&text, &options).expect("sound");
        let masks = |value: &[u8]| value.contains(&b'a').then(|| new.clone().into_bytes());
        let (before, out) = first.cells(masks).expect("sound");
        let (after, _) = read(&out, &options).expect("written soundly").cells(|_| None).expect("written soundly");
        let expected: Vec<Vec<Option<Vec<u8>>>> = before
            .into_iter()
            .map(|row| {
                let new = |value: Vec<u8>| masks(&value).unwrap_or(value);
                row.into_iter().map(|cell| cell.map(new)).collect()
            })
            .collect();
        prop_assert_eq!(&after, &expected);
        let plain: Vec<Vec<Vec<u8>>> = after
            .into_iter()
            .map(|row| row.into_iter().map(Option::unwrap_or_default).collect())
            .collect();
        prop_assert_eq!(plain, oracle(&out, delimiter));
    }

    /// Whatever the bytes are: the cut changes nothing, what is read is written back, and quotes are judged alike by the
    /// fast way and the slow one.
    #[test]
    fn any_bytes_are_read_alike_in_any_cut(
        body in proptest::collection::vec(
            prop_oneof![Just(b'"'), Just(b','), Just(b'\n'), Just(b'\r'), Just(b'a'), Just(0xc3)], 0..200),
        block_size in 1usize..300,
    ) {
        let text = [b"x,y\n", &body[..]].concat();
        let mut whole = options(1 << 20);
        whole.csv.delimiter = Some(b',');
        let mut cut = options(block_size);
        cut.csv.delimiter = Some(b',');
        let all = |options: &ReaderOptions| read(&text, options).and_then(|read| read.cells(|_| None));
        match (all(&whole), all(&cut)) {
            (Ok((rows, out)), Ok((cut_rows, cut_out))) => {
                prop_assert_eq!(&out, &text);
                prop_assert_eq!(cut_out, out);
                prop_assert_eq!(rows, cut_rows);
            }
            (Err(one), Err(_)) => {
                prop_assert!(!matches!(one.kind(), crate::base::ErrorKind::Panic(_)), "{}", one);
            }
            (one, other) => prop_assert!(false, "{:?} {:?}", one.err(), other.err()),
        }
    }

    #[test]
    fn soundness_is_what_the_slow_reader_says(
        bytes in proptest::collection::vec(
            prop_oneof![3 => Just(b'"'), 2 => Just(b','), 1 => Just(b'\n'), 1 => Just(b'\r'), 3 => Just(b'a')], 0..200),
    ) {
        let dialect = Dialect { delimiter: b',', quote: Some(b'"'), null: Vec::new() };
        let mut offsets = Vec::new();
        let found = bits::separators(&bytes, b',', Some(b'"'), &mut offsets);
        let (mut at, mut sound, mut cells, mut rows) = (0, true, 0, 0);
        while at < bytes.len() {
            match record::record(&bytes[at..], &dialect) {
                Ok(Some(read)) => {
                    sound &= read.ended || !bytes.ends_with(b"\r");
                    (at, cells, rows) = (at + read.len, cells + read.cells.len(), rows + 1);
                }
                _ => {
                    sound = false;
                    break;
                }
            }
        }
        prop_assert_eq!(found.sound, sound);
        if sound {
            prop_assert_eq!((found.count, found.rows), (cells, rows));
            let ended = bits::rows(&bytes, Some(b'"'));
            prop_assert_eq!(ended.rows as usize + usize::from(ended.end < bytes.len()), rows);
        }
    }
}

#[test]
fn the_dialect_is_found_out() {
    for (text, delimiter) in [
        ("id,name\n1,a\n2,b\n", b','),
        ("id;name\n1;a,b\n2;b,c\n", b';'),
        ("id\tname\n1\ta\n", b'\t'),
        ("id|name|x\n1|a|\n", b'|'),
        ("id,name\n1,\"a;b\n;\"\n2,\"c;\"\n", b','),
        ("id\n1\n", b','),
        ("price;city\n1,5;A\n2,5;B\n", b';'),
    ] {
        let dialect = Dialect::of(text.as_bytes(), true, &CsvOptions::default());
        assert_eq!(dialect.delimiter, delimiter, "{text}");
    }
}

#[test]
fn tables_are_told_from_other_texts() {
    for table in ["id,name\n1,x\n", "a;b;c\n1;2;3\n4;5;6\n", "\u{feff}id\tname\n1\tx\n"] {
        assert!(sniff(table.as_bytes()), "{table}");
    }
    for other in [
        "id\n1\n",
        "1,2\n3,4\n",
        "hello, world\nand\n",
        "jane@acme.example,1\n",
        "SET a = 1;\n",
        "{\"a\": 1}\n",
    ] {
        assert!(!sniff(other.as_bytes()), "{other}");
    }
}

#[test]
fn empty_is_null_and_quoted_empty_is_text() {
    let (rows, _) = read(b"a,b\n,\"\"\n", &options(100)).unwrap().cells(|_| None).unwrap();
    assert_eq!(rows, [[None, Some(Vec::new())]]);
    let mut with_null = options(100);
    with_null.csv.null = Some("\\N".into());
    let read = read(b"a,b,c\n\\N,,\"\\N\"\n", &with_null).unwrap();
    let (rows, out) = read.cells(|value| value.is_empty().then(|| b"\\N".to_vec())).unwrap();
    assert_eq!(rows, [[None, Some(Vec::new()), Some(b"\\N".to_vec())]]);
    assert_eq!(out, b"a,b,c\n\\N,\"\\N\",\"\\N\"\n");
}

#[test]
fn quotes_stay_and_come_where_they_are_needed() {
    let read = read(b"a,b,c\n\"x\",x,y\n", &options(100)).unwrap();
    let (_, plain) = read.cells(|value| (value == b"x").then(|| b"new".to_vec())).unwrap();
    assert_eq!(plain, b"a,b,c\n\"new\",new,y\n");
    let (_, special) = read.cells(|value| (value == b"x").then(|| b"n,\"w\"".to_vec())).unwrap();
    assert_eq!(special, b"a,b,c\n\"n,\"\"w\"\"\",\"n,\"\"w\"\"\",y\n");
    let (_, empty) = read.cells(|value| (value == b"x").then(Vec::new)).unwrap();
    assert_eq!(empty, b"a,b,c\n\"\",\"\",y\n");
}

#[test]
fn a_row_that_is_wrong_is_named() {
    for (text, row, line, what) in [
        ("a,b\n1,2\n\"x\ny\",2\n3\n", 3, 5, "expected 2 columns, found 1"),
        ("a,b\n1,2\n1,2,3\n", 2, 3, "expected 2 columns, found 3"),
        ("a,b\n1,2\n\n1,2\n", 2, 3, "expected 2 columns, found 1"),
        ("a,b\n1,x\"y\n", 1, 2, "a quote within a cell"),
        ("a,b\n1,\"x\"y\n", 1, 2, "behind its closing quote"),
        ("a,b\n1,x\ry\n", 1, 2, "a carriage return"),
        ("a,b\n1,2\n3,4\r", 1, 3, "a carriage return"),
        ("a,b\n1,\"x\n2,y\n", 1, 2, "without its closing quote"),
    ] {
        let mut options = options(1000);
        options.csv.delimiter = Some(b',');
        let error = error(text.as_bytes(), &options);
        assert!(error.to_string().contains(what), "{text}: {error}");
        assert_eq!(error.position().line, Some(line), "{text}: {error}");
        assert!(error.position().row.is_none_or(|found| found == row), "{text}: {error}");
    }
}

#[test]
fn blank_lines_at_the_end_pass() {
    for block_size in [1, 4, 9, 100] {
        let text = b"a,b\n1,2\n\r\n\n\n";
        let (rows, out) = read(text, &options(block_size)).unwrap().cells(|_| None).unwrap();
        assert_eq!((rows.len(), &out[..]), (1, &text[..]));
    }
}

#[test]
fn a_first_row_that_looks_like_data_is_refused_unless_it_is_said_to_be_a_header() {
    for text in ["1,2\n", "jane@acme.example,x\n", "a,a\n", "a,\n", "2020-01-01,x\n"] {
        let error = error(text.as_bytes(), &options(100)).to_string();
        assert!(error.contains("of the first row"), "{text}: {error}");
        assert!(!error.contains("jane") && !error.contains("2020"), "{error}");
    }
    let mut given = options(100);
    given.csv.header = Some(true);
    assert_eq!(read(b"1,\n3,4\n", &given).unwrap().columns, ["1", ""]);
}

#[test]
fn a_file_without_a_header_has_the_columns_that_are_given() {
    let mut given = options(100);
    given.csv.header = Some(false);
    given.csv.columns = Some(vec!["id".into(), "name".into()]);
    let read = read(b"1,x\n2,y\n", &given).unwrap();
    assert_eq!(read.columns, ["id", "name"]);
    assert_eq!(read.cells(|_| None).unwrap().0.len(), 2);
}

#[test]
fn one_byte_encodings_are_kept_and_two_byte_ones_refused() {
    let mut latin1 = options(100);
    latin1.csv.encoding = Some(CsvOptions::encoding_of("latin1").unwrap());
    let file = read(b"a,b\nJos\xe9,x\n", &latin1).unwrap();
    let (rows, out) = file.cells(|value| (value == b"x").then(|| "Zoë".as_bytes().to_vec())).unwrap();
    assert_eq!(rows[0][0].as_deref(), Some("José".as_bytes()));
    assert_eq!(out, b"a,b\nJos\xe9,Zo\xeb\n");
    let text = error(b"a,b\nJos\xe9,x\n", &options(100)).to_string();
    assert!(text.contains("row 1") && text.contains("column a"), "{text}");
    let utf16: Vec<u8> = "a,b\n1,2\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for text in [[b"\xff\xfe", &utf16[..]].concat(), utf16] {
        assert!(error(&text, &options(100)).to_string().contains("UTF-16"));
    }
    assert!(CsvOptions::encoding_of("shift_jis").is_err() && CsvOptions::encoding_of("utf-16").is_err());
}

#[test]
fn without_quotes_a_quote_is_text() {
    let mut bare = options(100);
    bare.csv.quote = Some(Quote::None);
    let read = read(b"a,b\n5\" pipe,x\n", &bare).unwrap();
    let (rows, _) = read.cells(|_| None).unwrap();
    assert_eq!(rows[0][0].as_deref(), Some(&b"5\" pipe"[..]));
    assert!(read.cells(|value| (value == b"x").then(|| b"1,2".to_vec())).is_err());
}

#[test]
fn a_stray_quote_ends_the_run_before_the_file_is_in_memory() {
    let mut text = b"a,b\n1,x\"y\n".to_vec();
    text.extend(b"2,z\n".repeat(100_000));
    let error = error(&text, &options(4096));
    assert_eq!(error.position().line, Some(2));
}

#[test]
fn the_tail_is_a_record_that_never_ends() {
    let read = read(b"a,b\n1,2\n", &options(100)).unwrap();
    let mut out = b"a,b\n1,2\n".to_vec();
    out.extend(read.reader.tail().bytes());
    let text = error(&out, &options(100)).to_string();
    assert!(text.contains("closing quote") || text.contains("expected 2 columns"), "{text}");
    let parsed: Vec<_> = ::csv::Reader::from_reader(&out[..]).byte_records().collect();
    assert!(parsed.last().is_some_and(Result::is_err), "a reader that counts cells refuses it");
}
