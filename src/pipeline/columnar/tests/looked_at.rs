//! Passes that look at rows and write nothing: statistics and previews.

use arrow_array::{Int64Array, StringArray, StructArray};
use arrow_schema::DataType;

use crate::pipeline::read_statistics;

use super::*;

fn people() -> RecordBatch {
    let cities = StringArray::from_iter_values((0..3000).map(|row| format!("city {}", row % 40)));
    let fields = vec![Field::new("city", DataType::Utf8, true)];
    batch(vec![
        ("id".into(), Arc::new(Int64Array::from_iter_values(0..3000)) as ArrayRef),
        (
            "email".into(),
            Arc::new(
                (0..3000).map(|row| (row > 0).then(|| format!("a{row}@b.example"))).collect::<StringArray>(),
            ),
        ),
        ("address".into(), Arc::new(StructArray::new(fields.into(), vec![Arc::new(cities)], None))),
    ])
}

fn inputs() -> [Vec<u8>; 3] {
    let properties = WriterProperties::builder().set_max_row_group_row_count(Some(1300)).build();
    [
        parquet(&[people()], properties),
        ipc::written(&[people()], true, None),
        ipc::written(&[people()], false, None),
    ]
}

fn reader(bytes: Vec<u8>) -> Box<dyn format::Reader> {
    format::open(Input::new("in", Cursor::new(bytes)), &reading()).unwrap()
}

#[test]
fn rows_and_different_values_are_counted() {
    for input in inputs() {
        let (schema, statistics) = read_statistics([Ok((String::new(), reader(input)))]).unwrap();
        let name = TableName::new("", "t");
        assert!(schema.tables[&name].columns.iter().any(|column| column.name == "address.city"));
        let counts = &statistics.tables[&name];
        assert_eq!(counts.rows, 3000);
        assert_eq!(counts.distinct["address.city"], 40);
        assert_eq!(counts.distinct["id"], 1001);
    }
}

#[test]
fn a_preview_shows_the_first_rows() {
    let rules = "[tables.t]\ncolumns.id = \"permute\"\ncolumns.email = \"email\"\n\
                 columns.\"address.city\" = { op = \"keyed_hash\", accept_frequency_leak = \"r\" }\n";
    for input in inputs() {
        let scrubber = scrubber(rules, &input, 1).unwrap();
        let table = scrubber.preview(reader(input.clone()), 5).unwrap().remove(0);
        let names: Vec<&str> = table.columns.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["id", "email", "address.city"]);
        let emails = &table.columns[1].1;
        assert_eq!(emails[0], (None, None));
        assert_eq!(emails[1].0.as_deref(), Some(&b"a1@b.example"[..]));
        let mut out = Vec::new();
        scrubber.mask(Cursor::new(input), &mut out).unwrap();
        assert!(
            has(&out, std::str::from_utf8(emails[1].1.as_ref().unwrap()).unwrap()),
            "as the run makes it"
        );
    }
}
