//! The footer's key-value metadata, by allow-list.
//!
//! Frameworks keep their schemas there, and people keep anything. Schemas pass without the places where values hide
//! (comments, attributes, categories); what is not on the list is left out and counted.

use arrow_schema::Schema;
use parquet::arrow::{ARROW_SCHEMA_META_KEY, encode_arrow_schema};
use parquet::file::metadata::KeyValue;
use serde_json::{Map, Value};

use super::super::ipc::allowed_schema;

/// Keys whose values say which program wrote the file, and how it counts days.
const PLAIN: &[&str] = &[
    "org.apache.spark.version",
    "org.apache.spark.timeZone",
    "org.apache.spark.legacyDateTime",
    "org.apache.spark.legacyINT96",
    "writer.model.name",
    "writer.date.proleptic",
    "writer.time.zone",
];

/// The entries that may pass, and how many were left out, in whole or in part. `promised` is the Arrow schema that the
/// file promises its readers.
pub(super) fn allowed(pairs: &[KeyValue], promised: Option<&Schema>) -> (Vec<KeyValue>, u64) {
    let mut kept = Vec::new();
    let mut left_out = 0;
    // The crate's Arrow schema has the footer's entries in it too; they are counted once.
    let keys: Vec<&str> = pairs.iter().map(|pair| pair.key.as_str()).collect();
    for pair in pairs {
        let text = pair.value.as_deref().unwrap_or_default();
        let (value, whole) = match pair.key.as_str() {
            ARROW_SCHEMA_META_KEY => match promised {
                Some(schema) => {
                    let (schema, out) = allowed_schema(schema, &keys);
                    left_out += out;
                    (Some(encode_arrow_schema(&schema)), true)
                }
                None => (None, false),
            },
            key => value(key, text),
        };
        left_out += u64::from(!whole);
        kept.extend(value.map(|value| KeyValue::new(pair.key.clone(), value)));
    }
    (kept, left_out)
}

/// The value of an entry as far as it may pass, and whether that is all of it.
pub(in crate::format::columnar) fn value(key: &str, text: &str) -> (Option<String>, bool) {
    let filter: fn(&Value) -> Option<Value> = match key {
        key if PLAIN.contains(&key) => return (Some(text.to_owned()), true),
        "pandas" => pandas,
        "org.apache.spark.sql.parquet.row.metadata" => spark,
        _ => return (None, false),
    };
    let Some(read) = serde_json::from_str::<Value>(text).ok() else { return (None, false) };
    match filter(&read) {
        Some(passed) if passed == read => (Some(text.to_owned()), true),
        passed => (passed.map(|passed| passed.to_string()), false),
    }
}

/// What pandas says of index and columns: names and types. Attributes of the frame may hold anything.
fn pandas(value: &Value) -> Option<Value> {
    let mut out = Map::new();
    for (key, value) in value.as_object()? {
        let passed = match key.as_str() {
            "creator" => only(value, &["library", "version"]),
            "pandas_version" => Some(value.clone()).filter(Value::is_string),
            "index_columns" => list(value, |index| match index {
                Value::String(_) | Value::Null => Some(index.clone()),
                _ => only(index, &["kind", "name", "start", "stop", "step"]),
            }),
            "columns" | "column_indexes" => list(value, |column| {
                let mut column = column.as_object()?.clone();
                column.retain(|key, _| {
                    ["name", "field_name", "pandas_type", "numpy_type", "metadata"].contains(&key.as_str())
                });
                if let Some(metadata) = column.get_mut("metadata").filter(|metadata| !metadata.is_null()) {
                    let known =
                        ["num_categories", "ordered", "timezone", "unit", "encoding", "precision", "scale"];
                    *metadata = only(metadata, &known)?;
                }
                Some(Value::Object(column))
            }),
            _ => None,
        };
        if let Some(passed) = passed {
            out.insert(key.clone(), passed);
        }
    }
    Some(Value::Object(out))
}

/// What Spark says of columns: names and types. The metadata of a column may hold comments.
fn spark(value: &Value) -> Option<Value> {
    match value {
        Value::Object(object) => {
            let mut out = Map::new();
            for (key, value) in object {
                let passed = match key.as_str() {
                    "type" | "elementType" | "keyType" | "valueType" | "fields" => spark(value)?,
                    "name" => value.clone(),
                    "nullable" | "containsNull" | "valueContainsNull" => value.clone(),
                    "metadata" => only(value, &["__CHAR_VARCHAR_TYPE_STRING"])?,
                    _ => return None,
                };
                out.insert(key.clone(), passed);
            }
            Some(Value::Object(out))
        }
        Value::Array(values) => values.iter().map(spark).collect::<Option<_>>().map(Value::Array),
        Value::String(_) => Some(value.clone()),
        _ => None,
    }
}

/// The members of an object that have one of these names and a plain value.
fn only(value: &Value, names: &[&str]) -> Option<Value> {
    let mut object = value.as_object()?.clone();
    object.retain(|name, value| names.contains(&name.as_str()) && !value.is_object() && !value.is_array());
    Some(Value::Object(object))
}

fn list(value: &Value, each: impl Fn(&Value) -> Option<Value>) -> Option<Value> {
    value.as_array()?.iter().map(each).collect::<Option<_>>().map(Value::Array)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schemas_of_frameworks_pass_as_they_are() {
        let pandas = r#"{"index_columns": [{"kind": "range", "name": null, "start": 0, "stop": 9, "step": 1}],
            "column_indexes": [], "columns": [{"name": "id", "field_name": "id", "pandas_type": "int64",
            "numpy_type": "int64", "metadata": null}], "creator": {"library": "pyarrow", "version": "9"},
            "pandas_version": "2.2.0"}"#;
        assert_eq!(value("pandas", pandas), (Some(pandas.to_owned()), true));
        let spark = r#"{"type":"struct","fields":[{"name":"id","type":"long","nullable":true,"metadata":{}},
            {"name":"a","type":{"type":"array","elementType":"string","containsNull":true},"nullable":true,"metadata":{}}]}"#;
        assert_eq!(value("org.apache.spark.sql.parquet.row.metadata", spark), (Some(spark.to_owned()), true));
    }

    #[test]
    fn places_where_values_hide_do_not_pass() {
        let (passed, whole) = value(
            "pandas",
            r#"{"columns": [{"name": "id", "metadata": {"categories": ["jane"], "ordered": true}}],
                "attributes": {"owner": "jane"}, "pandas_version": {"a": "jane"}}"#,
        );
        assert_eq!(passed.as_deref(), Some(r#"{"columns":[{"metadata":{"ordered":true},"name":"id"}]}"#));
        assert!(!whole);
        let (passed, whole) = value(
            "org.apache.spark.sql.parquet.row.metadata",
            r#"{"type":"struct","fields":[{"name":"id","type":"long","nullable":true,"metadata":{"comment":"jane"}}]}"#,
        );
        assert!(passed.is_some_and(|text| !text.contains("jane")) && !whole);
        for key in ["pandas", "geo", "org.apache.spark.sql.parquet.row.metadata", "note"] {
            assert_eq!(value(key, "jane"), (None, false), "{key}");
        }
    }
}
