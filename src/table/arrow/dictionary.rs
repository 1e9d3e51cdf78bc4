//! Arrays that hold each value once, and for each row its number.
//!
//! The values that rows use are read once. What comes out is numbered anew, in the order in which rows use it, and
//! equal values get one number: neither unused values, nor the order of the originals, nor which of them differed
//! where the output does not, can be read from it.

use std::collections::HashMap;
use std::ops::Range;

use arrow_array::types::ArrowDictionaryKeyType;
use arrow_array::{Array, ArrayRef, DictionaryArray, PrimitiveArray, downcast_dictionary_array};
use arrow_buffer::{ArrowNativeType, NullBuffer};
use arrow_schema::DataType;

use super::format::Format;
use super::read::{Borrowed, Reading, Strange};
use crate::table::{Column, Span};

/// The row has no value.
pub(super) const NONE: u32 = u32::MAX;

/// A dictionary array that is being read.
pub(crate) struct Dictionary<'a> {
    values: Reading,
    borrowed: Borrowed<'a>,
    /// The value's number in each row.
    keys: Vec<u32>,
}

/// The values that rows of a dictionary array use, each once.
pub(crate) struct Distinct {
    /// Numbers of the values, in the order of their first rows.
    used: Vec<u32>,
    /// The first row of each.
    pub(crate) first: Vec<u32>,
    /// For each row the place of its value in `used`, or `u32::MAX`.
    pub(crate) rows: Vec<u32>,
}

impl<'a> Dictionary<'a> {
    /// Reads the values of `array`, which is a dictionary. Rows that `shown` has no bit for are NULL.
    pub(crate) fn new(
        array: &'a dyn Array,
        format: &Format,
        shown: Option<&NullBuffer>,
    ) -> Result<Self, Strange> {
        let mut values = Reading::default();
        let mut keys = Vec::with_capacity(array.len());
        let borrowed = downcast_dictionary_array!(
            array => {
                let entries = array.values();
                for row in 0..array.len() {
                    let hidden = shown.is_some_and(|shown| shown.is_null(row));
                    let key = array.key(row).filter(|key| !hidden && !entries.is_null(*key));
                    keys.push(key.map_or(NONE, |key| key as u32));
                }
                values.read(entries, format, 0..entries.len(), None).map_err(|Strange(entry)| {
                    Strange(keys.iter().position(|key| *key as usize == entry).unwrap_or_default())
                })?
            },
            _ => Borrowed::default()
        );
        Ok(Self { values, borrowed, keys })
    }

    /// The cells of `rows`; `spans` is room for them.
    pub(crate) fn rows<'s>(&'s self, rows: Range<usize>, spans: &'s mut Vec<Span>) -> Column<'s> {
        self.gather(self.keys[rows].iter(), spans)
    }

    /// The cells of some rows.
    pub(crate) fn at<'s>(&'s self, rows: &[u32], spans: &'s mut Vec<Span>) -> Column<'s> {
        self.gather(rows.iter().map(|row| &self.keys[*row as usize]), spans)
    }

    /// The values that rows use.
    pub(crate) fn distinct(&self) -> Distinct {
        let mut places = vec![NONE; self.values.spans.len()];
        let mut distinct = Distinct { used: Vec::new(), first: Vec::new(), rows: Vec::new() };
        for (row, key) in self.keys.iter().enumerate() {
            let place = if *key == NONE {
                NONE
            } else {
                let place = &mut places[*key as usize];
                if *place == NONE {
                    *place = distinct.used.len() as u32;
                    distinct.used.push(*key);
                    distinct.first.push(row as u32);
                }
                *place
            };
            distinct.rows.push(place);
        }
        distinct
    }

    /// Some of the values that rows use; `spans` is room for them.
    pub(crate) fn used<'s>(
        &'s self,
        distinct: &Distinct,
        places: Range<usize>,
        spans: &'s mut Vec<Span>,
    ) -> Column<'s> {
        self.gather(distinct.used[places].iter(), spans)
    }

    fn gather<'s, 'k>(&'s self, keys: impl Iterator<Item = &'k u32>, spans: &'s mut Vec<Span>) -> Column<'s> {
        spans.clear();
        spans
            .extend(keys.map(|key| if *key == NONE { Span::NULL } else { self.values.spans[*key as usize] }));
        self.values.over(self.borrowed, spans)
    }
}

impl Distinct {
    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.used.len()
    }
}

/// Numbers values as they come, equal ones alike.
#[derive(Default)]
pub(super) struct Numbering {
    numbers: HashMap<Box<[u8]>, u32>,
    /// The number of the value of each row.
    pub(super) rows: Vec<u32>,
}

impl Numbering {
    /// Adds a row; whether its value is a new one.
    pub(super) fn push(&mut self, value: Option<&[u8]>) -> bool {
        let Some(value) = value else {
            self.rows.push(NONE);
            return false;
        };
        if let Some(number) = self.numbers.get(value) {
            self.rows.push(*number);
            return false;
        }
        let number = self.numbers.len() as u32;
        self.numbers.insert(value.into(), number);
        self.rows.push(number);
        true
    }
}

/// A dictionary array of these keys; `None` where the key type cannot count that far.
pub(super) fn build(data_type: &DataType, rows: &[u32], values: ArrayRef) -> Option<ArrayRef> {
    use arrow_array::types::{
        Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
    };
    fn of<K: ArrowDictionaryKeyType>(rows: &[u32], values: ArrayRef) -> Option<ArrayRef> {
        let mut keys = Vec::with_capacity(rows.len());
        for row in rows {
            keys.push(if *row == NONE { None } else { Some(K::Native::from_usize(*row as usize)?) });
        }
        let keys = PrimitiveArray::<K>::from_iter(keys);
        Some(std::sync::Arc::new(DictionaryArray::try_new(keys, values).ok()?))
    }
    let DataType::Dictionary(key_type, _) = data_type else { return None };
    match key_type.as_ref() {
        DataType::Int8 => of::<Int8Type>(rows, values),
        DataType::Int16 => of::<Int16Type>(rows, values),
        DataType::Int32 => of::<Int32Type>(rows, values),
        DataType::Int64 => of::<Int64Type>(rows, values),
        DataType::UInt8 => of::<UInt8Type>(rows, values),
        DataType::UInt16 => of::<UInt16Type>(rows, values),
        DataType::UInt32 => of::<UInt32Type>(rows, values),
        DataType::UInt64 => of::<UInt64Type>(rows, values),
        _ => None,
    }
}
