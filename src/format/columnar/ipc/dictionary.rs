//! One dictionary for all batches of a file.
//!
//! A stream may replace a dictionary, a file may only add to it. Masked dictionaries are made batch by batch, so in a file
//! each batch's values are looked up in those of the batches before, and what is new is added: in the order of the rows,
//! so that a file does not depend on who masked which batch.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowDictionaryKeyType, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type,
    UInt64Type,
};
use arrow_array::{Array, ArrayRef, DictionaryArray, PrimitiveArray, UInt32Array};
use arrow_buffer::ArrowNativeType;
use arrow_schema::DataType;
use arrow_select::{concat::concat, take::take};

use super::super::fault;
use crate::base::{Error, ErrorKind, Result};
use crate::table::SqlType;
use crate::table::arrow::{Format, Reading};

/// The values of a masked dictionary column in all batches so far.
#[derive(Default)]
pub(super) struct Dictionary {
    values: Option<ArrayRef>,
    places: HashMap<Vec<u8>, usize>,
    reading: Reading,
}

impl Dictionary {
    /// The column with keys into the dictionary of the whole file.
    ///
    /// # Errors
    /// More values than its keys can count; values without a text form.
    pub(super) fn unify(&mut self, column: &ArrayRef) -> Result<ArrayRef> {
        let dictionary = column.as_any_dictionary();
        let values = dictionary.values();
        let unfit =
            || Error::new(ErrorKind::Unfit("a masked dictionary of this type cannot be put into a file"));
        let format = Format::new(values.data_type(), &SqlType::TEXT).ok_or_else(unfit)?;
        let read = self.reading.read(values.as_ref(), &format, 0..values.len(), None).map_err(|_| unfit())?;
        let cells = self.reading.column(read);
        let mut places = Vec::with_capacity(values.len());
        let mut new: Vec<u32> = Vec::new();
        let known = self.values.as_ref().map_or(0, Array::len);
        for (row, value) in cells.iter().enumerate() {
            // An entry that is NULL is one that no row needs: rows have NULLs of their own.
            let Some(value) = value else {
                places.push(None);
                continue;
            };
            let place = self.places.entry(value.to_vec()).or_insert_with(|| {
                new.push(row as u32);
                known + new.len() - 1
            });
            places.push(Some(*place));
        }
        if !new.is_empty() || self.values.is_none() {
            let added = take(values.as_ref(), &UInt32Array::from(new), None).map_err(fault::arrow)?;
            self.values = Some(match &self.values {
                Some(before) => concat(&[before.as_ref(), added.as_ref()]).map_err(fault::arrow)?,
                None => added,
            });
        }
        let all = self.values.as_ref().ok_or_else(unfit)?;
        let DataType::Dictionary(keys, _) = column.data_type() else { return Err(unfit()) };
        match keys.as_ref() {
            DataType::Int8 => with_keys::<Int8Type>(column, &places, all),
            DataType::Int16 => with_keys::<Int16Type>(column, &places, all),
            DataType::Int32 => with_keys::<Int32Type>(column, &places, all),
            DataType::Int64 => with_keys::<Int64Type>(column, &places, all),
            DataType::UInt8 => with_keys::<UInt8Type>(column, &places, all),
            DataType::UInt16 => with_keys::<UInt16Type>(column, &places, all),
            DataType::UInt32 => with_keys::<UInt32Type>(column, &places, all),
            DataType::UInt64 => with_keys::<UInt64Type>(column, &places, all),
            _ => Err(unfit()),
        }
    }
}

fn with_keys<K: ArrowDictionaryKeyType>(
    column: &ArrayRef,
    places: &[Option<usize>],
    values: &ArrayRef,
) -> Result<ArrayRef> {
    let narrow = || {
        Error::new(ErrorKind::Unfit(
            "the keys of the dictionary are too narrow for the masked values of all batches: write a stream",
        ))
    };
    let mut keys = Vec::with_capacity(column.len());
    for key in column.as_dictionary::<K>().keys() {
        let place = key.and_then(|key| places.get(key.as_usize()).copied().flatten());
        keys.push(match place {
            None => None,
            Some(place) => Some(K::Native::from_usize(place).ok_or_else(narrow)?),
        });
    }
    let keys: PrimitiveArray<K> = keys.into_iter().collect();
    Ok(Arc::new(DictionaryArray::try_new(keys, Arc::clone(values)).map_err(fault::arrow)?))
}
