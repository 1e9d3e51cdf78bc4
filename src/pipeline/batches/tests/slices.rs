//! A batch is masked alike however it is cut: slices, single rows, no rows, a million rows, many threads.

use arrow_array::types::Int32Type;
use arrow_array::{
    DictionaryArray, Int64Array, LargeStringArray, StringArray, StringViewArray, new_null_array,
};

use super::*;

const RULES: &str = r#"
[tables.t]
subject = "id"
columns.id = "permute"
columns.first = "first_name"
columns.email = "email"
columns.city = { op = "keyed_hash", bits = 40 }
columns.memo = "redact"
columns.seen = "date_shift"
"#;

fn people(rows: i64) -> RecordBatch {
    let null = |n: i64| n % 11 == 3;
    let text = |word: &'static str| (0..rows).map(move |n| (!null(n)).then(|| format!("{word} number {n}")));
    let first: StringViewArray = (0..rows).map(|n| (!null(n)).then(|| format!("Jo{}", n % 50))).collect();
    let email: LargeStringArray =
        (0..rows).map(|n| (!null(n + 1)).then(|| format!("j{n}@acme.example"))).collect();
    let city: Vec<Option<String>> =
        (0..rows).map(|n| (!null(n)).then(|| format!("Town {}", n % 300))).collect();
    let city: DictionaryArray<Int32Type> = city.iter().map(Option::as_deref).collect();
    let seen: arrow_array::TimestampMillisecondArray =
        (0..rows).map(|n| (!null(n + 2)).then_some(1_700_000_000_000 + n * 86_000)).collect();
    batch(&[
        ("id", Arc::new(Int64Array::from_iter_values((0..rows).map(|n| n / 3)))),
        ("first", Arc::new(first)),
        ("email", Arc::new(email)),
        ("city", Arc::new(city)),
        ("memo", Arc::new(text("memo").collect::<StringArray>())),
        ("seen", Arc::new(seen)),
    ])
}

/// Whether two batches have the same values; dictionaries may number them otherwise.
fn assert_equal(left: &RecordBatch, right: &RecordBatch, what: &str) {
    assert_eq!((left.schema(), left.num_rows()), (right.schema(), right.num_rows()), "{what}");
    for (left, right) in left.columns().iter().zip(right.columns()) {
        if matches!(left.data_type(), DataType::Dictionary(..)) {
            assert_eq!(texts(left), texts(right), "{what}");
        } else {
            assert!(left == right, "{what}: {}", left.data_type());
        }
    }
}

#[test]
fn a_slice_is_masked_as_a_part_of_the_whole() {
    let input = people(9000);
    let table = of_batch(RULES, &input).unwrap().table("t").unwrap();
    let whole = table.mask(&input).unwrap();
    for (start, len) in [(0, 9000), (1, 8999), (17, 4096), (4095, 2), (8999, 1), (500, 0), (9000, 0)] {
        let slice = table.mask(&input.slice(start, len)).unwrap();
        assert_equal(&slice, &whole.slice(start, len), &format!("{start}, {len}"));
    }
    for row in (0..9000).step_by(701) {
        let one = table.mask(&input.slice(row, 1)).unwrap();
        assert_equal(&one, &whole.slice(row, 1), &format!("row {row}"));
    }
}

#[test]
fn a_slice_lets_nothing_out_of_what_is_around_it() {
    let input = people(64);
    let secret = StringArray::from_iter_values((0..64).map(|n| format!("CANARY {n} of this column")));
    let mut columns: Vec<ArrayRef> = input.columns().to_vec();
    columns[4] = Arc::new(secret);
    let input = RecordBatch::try_new(input.schema(), columns).unwrap();
    let table = of_batch(RULES, &input).unwrap().table("t").unwrap();
    let out = table.mask(&input.slice(20, 5)).unwrap();
    for column in out.columns() {
        let bytes = samples::all_bytes(column).concat();
        for canary in ["CANARY", "Jo", "acme", "Town", "number"] {
            assert!(!bytes.windows(canary.len()).any(|window| window == canary.as_bytes()), "{canary}");
        }
    }
}

#[test]
fn columns_of_nothing_but_nulls_stay_so() {
    let schema = people(1).schema();
    let columns = schema.fields().iter().map(|field| new_null_array(field.data_type(), 100)).collect();
    let input = RecordBatch::try_new(schema, columns).unwrap();
    let out = masked(RULES, &input).unwrap();
    assert_equal(&out, &input, "all NULL");
}

#[test]
fn a_million_rows_are_masked_as_their_parts() {
    let rules = "[tables.t]\nsubject = \"id\"\ncolumns.id = \"permute\"\ncolumns.first = \"first_name\"\n";
    let input = people(1_000_000).project(&[0, 1]).unwrap();
    let table = of_batch(rules, &input).unwrap().table("t").unwrap();
    let whole = table.mask(&input).unwrap();
    for start in (0..1_000_000).step_by(333_333) {
        let len = 333_333.min(1_000_000 - start);
        assert_equal(&table.mask(&input.slice(start, len)).unwrap(), &whole.slice(start, len), "a third");
    }
}

#[test]
fn threads_share_a_table() {
    let input = people(3000);
    let table = of_batch(RULES, &input).unwrap().table("t").unwrap();
    let whole = table.mask(&input).unwrap();
    std::thread::scope(|scope| {
        for part in 0..6 {
            let (table, input, whole) = (&table, &input, &whole);
            scope.spawn(move || {
                let slice = table.mask(&input.slice(part * 500, 500)).unwrap();
                assert_equal(&slice, &whole.slice(part * 500, 500), "a part");
            });
        }
    });
    assert_eq!(table.summary().rows, 6000);
}

#[test]
fn a_batch_without_columns_keeps_its_rows() {
    let input = people(10);
    let options = arrow_array::RecordBatchOptions::new().with_row_count(Some(10));
    let none =
        RecordBatch::try_new_with_options(Arc::new(ArrowSchema::empty()), Vec::new(), &options).unwrap();
    assert_eq!(of_batch(RULES, &input).unwrap().table("t").unwrap().mask(&none).unwrap().num_rows(), 10);
}
