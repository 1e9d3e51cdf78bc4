//! Structs, lists and maps by the paths of their leaves.

use arrow_array::builder::{Int32Builder, ListBuilder, MapBuilder, StringBuilder};
use arrow_array::{FixedSizeListArray, Int64Array, ListArray, StringArray, StructArray};
use arrow_buffer::{NullBuffer, OffsetBuffer};

use super::*;

fn address() -> StructArray {
    let city: ArrayRef = Arc::new(StringArray::from(vec!["Oslo", "Bergen", "hidden-town", "Oslo"]));
    let zip: ArrayRef = Arc::new(StringArray::from(vec!["0150", "5003", "9999", "0150"]));
    let fields = vec![Field::new("city", DataType::Utf8, false), Field::new("zip", DataType::Utf8, true)];
    let nulls = NullBuffer::from(vec![true, true, false, true]);
    StructArray::try_new(fields.into(), vec![city, zip], Some(nulls)).unwrap()
}

fn people() -> RecordBatch {
    let mut tags = ListBuilder::new(StringBuilder::new());
    for row in [Some(vec!["red", "blue"]), None, Some(vec![]), Some(vec!["red"])] {
        match row {
            Some(row) => tags.append_value(row.into_iter().map(Some)),
            None => tags.append_null(),
        }
    }
    let mut attributes = MapBuilder::new(None, StringBuilder::new(), Int32Builder::new());
    for row in 0..4 {
        attributes.keys().append_value(format!("phone{row}"));
        attributes.values().append_value(row);
        attributes.append(row != 2).unwrap();
    }
    batch(&[
        ("id", Arc::new(Int64Array::from(vec![1, 2, 3, 1]))),
        ("address", Arc::new(address())),
        ("tags", Arc::new(tags.finish())),
        ("attributes", Arc::new(attributes.finish())),
    ])
}

const RULES: &str = r#"
[tables.t]
subject = "id"
keep = { columns = ["id", "address.zip", "attributes[].value"], reason = "r" }
columns."address.city" = { op = "keyed_hash", bits = 40 }
columns."tags[]" = "first_name"
columns."attributes[].key" = { op = "keyed_hash", bits = 40 }
"#;

#[test]
fn leaves_are_masked_by_their_paths() {
    let input = people();
    let out = masked(RULES, &input).unwrap();
    assert_eq!(out.schema(), input.schema());
    let city = |batch: &RecordBatch| texts(batch.column(1).as_struct().column(0));
    let (before, after) = (city(&input), city(&out));
    assert_eq!(after[0], after[3]);
    assert!(before[0] != after[0] && after[0] != after[1]);
    assert_eq!(after[2].as_deref(), Some(""), "nothing is under a NULL, and the field is not nullable");
    assert_eq!(out.column(1).as_struct().column(1), input.column(1).as_struct().column(1));
    let (tags, masked_tags) = (input.column(2).as_list::<i32>(), out.column(2).as_list::<i32>());
    assert_eq!((tags.offsets(), tags.nulls()), (masked_tags.offsets(), masked_tags.nulls()));
    let names = texts(masked_tags.values());
    assert_eq!((&names[0], &names[1]), (&names[2], &names[2]), "the elements follow the row's subject");
    assert_ne!(names[0].as_deref(), Some("red"));
    let map = out.column(3).as_map();
    assert_eq!(map.values(), input.column(3).as_map().values());
    assert!(texts(map.keys()).iter().all(|key| !key.as_deref().unwrap().starts_with("phone")));
}

#[test]
fn a_slice_of_nested_columns_is_a_part_of_the_whole() {
    let input = people();
    let table = of_batch(RULES, &input).unwrap().table("t").unwrap();
    let whole = table.mask(&input).unwrap();
    for start in 0..4 {
        for len in 0..=(4 - start) {
            let part = table.mask(&input.slice(start, len)).unwrap();
            let expected = whole.slice(start, len);
            assert_eq!(part, expected, "{start}, {len}");
        }
    }
}

#[test]
fn nothing_is_left_under_nulls_and_outside_slices() {
    let rules = r#"
        [tables.t]
        keep = { columns = ["id"], reason = "r" }
        columns."address.city" = "redact"
        columns."address.zip" = "redact"
        columns."tags[]" = "redact"
        columns."attributes[].key" = { op = "keyed_hash", bits = 40 }
        columns."attributes[].value" = "redact"
    "#;
    let out = masked(rules, &people().slice(2, 2)).unwrap();
    for column in out.columns() {
        let bytes = samples::all_bytes(column).concat();
        for canary in ["hidden", "Oslo", "phone", "blue", "9999", "Bergen"] {
            assert!(!bytes.windows(canary.len()).any(|window| window == canary.as_bytes()), "{canary}");
        }
    }
}

#[test]
fn a_leaf_that_nobody_named_is_refused() {
    for missing in ["address.city", "address.zip", "tags[]", "attributes[].key", "attributes[].value"] {
        let rules: String = RULES
            .lines()
            .filter(|line| !line.starts_with(&format!("columns.\"{missing}\"")))
            .map(|line| format!("{}\n", line.replace(&format!("\"{missing}\""), "\"id\"")))
            .collect();
        let error = masked(&rules.replace("\"id\", \"id\"", "\"id\""), &people()).unwrap_err().to_string();
        assert!(error.contains(missing) && error.contains("not classified"), "{missing}: {error}");
    }
    // A plan that knows the column but not what is in it.
    let schema = ddl("CREATE TABLE public.t (id bigint, address jsonb, tags text[], attributes jsonb);");
    let rules = "[tables.\"public.t\"]\nkeep = { columns = [\"id\", \"tags\", \"attributes\"], reason = \"r\" }\n\
                 columns.address = \"redact\"\n";
    let scrubber = Scrubber::builder(policy(rules)).schema(schema).key(key()).build().unwrap();
    let error = scrubber.table("public.t").unwrap().mask(&people()).unwrap_err().to_string();
    assert!(error.contains("column address") && error.contains("by its leaves"), "{error}");
}

#[test]
fn a_nested_column_is_kept_or_made_null_as_a_whole() {
    let rules = "[tables.t]\nkeep = { columns = [\"id\", \"tags\", \"attributes\"], reason = \"r\" }\ncolumns.address = \"null\"\n";
    let input = people();
    let out = masked(rules, &input).unwrap();
    assert_eq!(out.column(1).null_count(), 4);
    assert_eq!(out.column(2), input.column(2));
    let bytes = samples::all_bytes(out.column(1)).concat();
    assert!(!bytes.windows(4).any(|window| window == b"Oslo"));
}

#[test]
fn lists_of_lists_structs_and_fixed_size_keep_their_shape() {
    let fields = vec![Field::new("email", DataType::Utf8, true), Field::new("n", DataType::Int64, true)];
    let emails: ArrayRef = Arc::new(StringArray::from(vec![
        Some("a@b.example"),
        None,
        Some("c@d.example"),
        Some("a@b.example"),
    ]));
    let numbers: ArrayRef = Arc::new(Int64Array::from(vec![1, 2, 3, 4]));
    let orders = StructArray::try_new(fields.into(), vec![emails, numbers], None).unwrap();
    let element = Arc::new(Field::new("item", orders.data_type().clone(), true));
    let inner =
        ListArray::try_new(element, OffsetBuffer::new(vec![0, 2, 2, 4].into()), Arc::new(orders), None)
            .unwrap();
    let element = Arc::new(Field::new("item", inner.data_type().clone(), true));
    let outer: ArrayRef = Arc::new(
        ListArray::try_new(element, OffsetBuffer::new(vec![0, 1, 3].into()), Arc::new(inner), None).unwrap(),
    );
    let words: ArrayRef = Arc::new(StringArray::from(vec!["x", "y", "z", "x"]));
    let pair = Arc::new(Field::new("item", DataType::Utf8, true));
    let pairs: ArrayRef = Arc::new(FixedSizeListArray::try_new(pair, 2, words, None).unwrap());
    let input = batch(&[("orders", outer), ("pairs", pairs)]);
    let rules = "[tables.t]\nkeep = { columns = [\"orders[][].n\"], reason = \"r\" }\n\
                 columns.\"orders[][].email\" = \"email\"\ncolumns.\"pairs[]\" = { op = \"keyed_hash\", bits = 40 }\n";
    let out = masked(rules, &input).unwrap();
    assert_eq!(out.schema(), input.schema());
    let orders = |batch: &RecordBatch| {
        let lists = batch.column(0).as_list::<i32>().values().as_list::<i32>().values().clone();
        texts(lists.as_struct().column(0))
    };
    let (before, after) = (orders(&input), orders(&out));
    assert_eq!((&after[0], &after[1]), (&after[3], &None));
    assert_ne!(before[0], after[0]);
    let pairs = texts(out.column(1).as_fixed_size_list().values());
    assert_eq!(pairs[0], pairs[3]);
    assert_ne!(pairs[0].as_deref(), Some("x"));
    let table = of_batch(rules, &input).unwrap().table("t").unwrap();
    assert_eq!(table.mask(&input.slice(1, 1)).unwrap(), out.slice(1, 1));
}
