//! What CSV and JSON Lines promise alike.
//!
//! Reading and writing everything back as it was gives the input, however it is cut; whether it fails does not depend on
//! the cut either. New values are read back as they were written, and the cells that were kept stay.

use std::io::Cursor;

use scrub::base::{Error, Result};
use scrub::format::{self, Cells, Event, Input, ReaderOptions, RowShape};
use scrub::table::{ColumnBuilder, TableName};

use super::errors_carry_no_input::quotation;

/// Values column by column, block by block put together.
type Values = Vec<Vec<Option<Vec<u8>>>>;

/// Reads `input` under `options` in several cuts, with the columns that the input itself says it has.
pub fn check(options: &ReaderOptions, input: &[u8]) {
    let Ok(columns) = columns(options, input).map_err(|error| quotes_nothing(&error, input)) else { return };
    let keep = |_: usize, _: &[u8]| None;
    let whole = copy(options, input, &columns, 256 * 1024, &keep);
    for block_size in [1, 16, 200] {
        match (&whole, copy(options, input, &columns, block_size, &keep)) {
            (Ok(whole), Ok(cut)) => assert!(*whole == cut, "another cut gives another output"),
            (Err(_), Err(_)) => {}
            (one, other) => panic!("the cut decides: {:?}, {:?}", one.as_ref().err(), other.err()),
        }
    }
    let (before, output) = match whole {
        Ok(whole) => whole,
        Err(error) => return quotes_nothing(&error, input),
    };
    assert!(output == input, "the output is not the input");
    // Every second row of every second column.
    let new = |column: usize, value: &[u8]| {
        (column.is_multiple_of(2) && value.len().is_multiple_of(2)).then(|| [value, b"\"new,\n;'\\"].concat())
    };
    let Ok((_, masked)) = copy(options, input, &columns, 256 * 1024, &new) else { return };
    let (after, _) =
        copy(options, &masked, &columns, 256 * 1024, &keep).expect("what is written can be read");
    let expected: Values = before
        .into_iter()
        .enumerate()
        .map(|(at, values)| {
            let value = |value: Vec<u8>| new(at, &value).unwrap_or(value);
            values.into_iter().map(|cell| cell.map(value)).collect()
        })
        .collect();
    assert!(after == expected, "a value changes when it is written");
}

fn quotes_nothing(error: &Error, input: &[u8]) {
    let quoted = quotation(error, input);
    assert!(quoted.is_none(), "an error quotes its input: {:?}", quoted.unwrap_or_default());
}

/// The columns that a first pass finds.
fn columns(options: &ReaderOptions, input: &[u8]) -> Result<Vec<String>> {
    let mut options = options.clone();
    options.table = Some(TableName::new("", "t"));
    let mut reader = format::open_schema(Input::new("input", Cursor::new(input.to_vec())), &options)?;
    let mut columns = Vec::new();
    while let Some(event) = reader.next(Vec::new())? {
        if let Event::Table { table, .. } = event {
            columns = table.columns.into_iter().map(|column| column.name).collect();
        }
    }
    Ok(columns)
}

fn copy(
    options: &ReaderOptions,
    input: &[u8],
    columns: &[String],
    block_size: usize,
    new: &dyn Fn(usize, &[u8]) -> Option<Vec<u8>>,
) -> Result<(Values, Vec<u8>)> {
    let mut options = options.clone();
    options.block_size = block_size;
    options.table = Some(TableName::new("", "t"));
    let mut reader = format::open(Input::new("input", Cursor::new(input.to_vec())), &options)?;
    let codec = reader.codec();
    let wanted: Vec<usize> = (0..columns.len()).collect();
    let shape = if codec.is_nested() {
        RowShape::nested(columns.to_vec(), wanted, Vec::new())
    } else {
        RowShape::new(columns.to_vec(), wanted)
    };
    let mut values: Values = vec![Vec::new(); columns.len()];
    let mut output = Vec::new();
    while let Some(event) = reader.next(b"what was here before".to_vec())? {
        let block = match event {
            Event::Table { .. } => continue,
            Event::Verbatim { bytes, .. } => {
                output.extend(bytes);
                continue;
            }
            Event::Rows(block) => block,
            _ => panic!("an event that these formats do not have"),
        };
        let mut cells = Cells::default();
        codec.tokenize(&block, &shape, &mut cells)?;
        assert_eq!(cells.rows as u64, codec.count(&block), "rows are counted in two ways");
        let mut built = Vec::new();
        for (at, values) in values.iter_mut().enumerate() {
            let mut builder = ColumnBuilder::default();
            for value in cells.column(&block, at).iter() {
                match value.and_then(|value| new(at, value)) {
                    Some(value) => builder.value(&value),
                    None => builder.keep(),
                }
                values.push(value.map(<[u8]>::to_vec));
            }
            built.push(builder);
        }
        let built: Vec<Option<&ColumnBuilder>> = built.iter().map(Some).collect();
        let mut written = b"what was here before".to_vec();
        codec.splice(&block, &cells, &built, &mut written)?;
        output.extend(written);
    }
    Ok((values, output))
}
