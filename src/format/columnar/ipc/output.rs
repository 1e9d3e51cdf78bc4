//! An Arrow IPC file or stream is written, and what of a schema's metadata may be in it.

use std::collections::HashMap;
use std::io::Write;
use std::sync::Arc;

use arrow_array::{RecordBatch, RecordBatchOptions};
use arrow_ipc::writer::{DictionaryHandling, FileWriter, IpcWriteOptions, StreamWriter};
use arrow_schema::{ArrowError, DataType, FieldRef, Schema};

use super::super::fault;
use super::super::parquet::allowed_value;
use super::IpcInput;
use super::dictionary::Dictionary;
use crate::base::{Error, ErrorKind, Result};

/// A file or stream under construction. Dropped unfinished, a file has no footer and a stream no end mark.
pub(crate) struct IpcOutput<W: Write> {
    writer: Writer<W>,
    /// For each column the dictionary of the file, where batches have dictionaries of their own.
    dictionaries: Vec<Option<Dictionary>>,
}

enum Writer<W: Write> {
    File(FileWriter<W>),
    Stream(StreamWriter<W>),
}

impl<W: Write> IpcOutput<W> {
    /// Starts an output like an input, and says how many entries of its schema's metadata were left out. `masked` are the
    /// columns that hold something masked.
    ///
    /// # Errors
    /// A place that cannot be written to.
    pub(crate) fn new(input: &IpcInput, masked: &[bool], writer: W) -> Result<(Self, u64)> {
        let (schema, left_out) = allowed_schema(input.schema(), &[]);
        let options =
            IpcWriteOptions::default().try_with_compression(input.compression()).map_err(fault::arrow)?;
        if input.is_stream() {
            let writer =
                StreamWriter::try_new_with_options(writer, &schema, options).map_err(fault::arrow)?;
            return Ok((Self { writer: Writer::Stream(writer), dictionaries: Vec::new() }, left_out));
        }
        let of = |(field, masked): (&FieldRef, &bool)| {
            (*masked && matches!(field.data_type(), DataType::Dictionary(..))).then(Dictionary::default)
        };
        let dictionaries = schema.fields().iter().zip(masked).map(of).collect();
        let options = options.with_dictionary_handling(DictionaryHandling::Delta);
        let writer = FileWriter::try_new_with_options(writer, &schema, options).map_err(fault::arrow)?;
        Ok((Self { writer: Writer::File(writer), dictionaries }, left_out))
    }

    /// Writes a batch.
    ///
    /// # Errors
    /// A place that cannot be written to; a dictionary that a file can have only one of.
    pub(crate) fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        let written = match &mut self.writer {
            Writer::Stream(writer) => writer.write(batch),
            Writer::File(writer) if self.dictionaries.iter().all(Option::is_none) => writer.write(batch),
            Writer::File(writer) => {
                let mut columns = batch.columns().to_vec();
                for ((column, dictionary), field) in
                    columns.iter_mut().zip(&mut self.dictionaries).zip(batch.schema_ref().fields())
                {
                    if let Some(dictionary) = dictionary {
                        *column = dictionary
                            .unify(column)
                            .map_err(|error| error.in_column(field.name().clone()))?;
                    }
                }
                let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
                let batch = RecordBatch::try_new_with_options(batch.schema(), columns, &options);
                writer.write(&batch.map_err(fault::arrow)?)
            }
        };
        written.map_err(|error| match error {
            ArrowError::InvalidArgumentError(_) => Error::new(ErrorKind::Unfit(
                "a masked dictionary below a nested column is another one in each batch, and a file holds one for all \
                 batches: write a stream",
            )),
            other => fault::arrow(other),
        })
    }

    /// Writes what makes the output whole.
    ///
    /// # Errors
    /// A place that cannot be written to.
    pub(crate) fn finish(mut self) -> Result<()> {
        let finished = match &mut self.writer {
            Writer::File(writer) => writer.finish(),
            Writer::Stream(writer) => writer.finish(),
        };
        finished.map_err(fault::arrow)
    }
}

/// A schema with the metadata that may pass, and how many entries were left out: programs keep types there, and people
/// anything. `elsewhere` are keys that are not counted, since the file has them in another place too.
pub(crate) fn allowed_schema(schema: &Schema, elsewhere: &[&str]) -> (Schema, u64) {
    let mut left_out = 0;
    let fields: Vec<FieldRef> =
        schema.fields().iter().map(|field| allowed_field(field, &mut left_out)).collect();
    let mut metadata = HashMap::new();
    let mut pairs: Vec<_> = schema.metadata().iter().collect();
    pairs.sort_unstable();
    for (key, text) in pairs {
        let (value, whole) = allowed_value(key, text);
        left_out += u64::from(!whole && !elsewhere.contains(&key.as_str()));
        if let Some(value) = value {
            metadata.insert(key.clone(), value);
        }
    }
    (Schema::new_with_metadata(fields, metadata), left_out)
}

/// A field with its number and the name of its extension type; parameters of such types only where Arrow itself defines
/// them.
fn allowed_field(field: &FieldRef, left_out: &mut u64) -> FieldRef {
    let data_type = match field.data_type() {
        DataType::List(inner) => DataType::List(allowed_field(inner, left_out)),
        DataType::LargeList(inner) => DataType::LargeList(allowed_field(inner, left_out)),
        DataType::ListView(inner) => DataType::ListView(allowed_field(inner, left_out)),
        DataType::LargeListView(inner) => DataType::LargeListView(allowed_field(inner, left_out)),
        DataType::FixedSizeList(inner, size) => {
            DataType::FixedSizeList(allowed_field(inner, left_out), *size)
        }
        DataType::Map(inner, sorted) => DataType::Map(allowed_field(inner, left_out), *sorted),
        DataType::RunEndEncoded(ends, values) => {
            DataType::RunEndEncoded(Arc::clone(ends), allowed_field(values, left_out))
        }
        DataType::Struct(fields) => {
            DataType::Struct(fields.iter().map(|inner| allowed_field(inner, left_out)).collect())
        }
        DataType::Union(fields, mode) => {
            let fields = fields.iter().map(|(id, inner)| (id, allowed_field(inner, left_out))).collect();
            DataType::Union(fields, *mode)
        }
        other => other.clone(),
    };
    let extension = field.metadata().get(EXTENSION).map(String::as_str).unwrap_or_default();
    let mut metadata = HashMap::new();
    let mut pairs: Vec<_> = field.metadata().iter().collect();
    pairs.sort_unstable();
    for (key, value) in pairs {
        let allowed = match key.as_str() {
            "PARQUET:field_id" | EXTENSION => true,
            "ARROW:extension:metadata" => extension.starts_with("arrow.") || value.is_empty(),
            _ => false,
        };
        if allowed {
            metadata.insert(key.clone(), value.clone());
        } else {
            *left_out += 1;
        }
    }
    // A dictionary's number in the schema is kept by a copy of the field.
    Arc::new(field.as_ref().clone().with_data_type(data_type).with_metadata(metadata))
}

const EXTENSION: &str = "ARROW:extension:name";
