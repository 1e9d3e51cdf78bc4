//! One value, many spellings: COPY, INSERT, and arrays of every type.

use arrow_array::types::{Int8Type, Int64Type, UInt32Type};
use arrow_array::{
    DictionaryArray, Int16Array, Int32Array, Int64Array, StringArray, TimestampMicrosecondArray, UInt64Array,
};

use super::*;

const TABLE: &str =
    "CREATE TABLE public.t (id bigint, email text, code uuid, born date, seen timestamp with time zone);";
const RULES: &str = r#"
[tables."public.t"]
subject = "id"
columns.id = "permute"
columns.email = { op = "email", max_invalid = 1.0 }
columns.code = "uuid"
columns.born = "date_shift"
columns.seen = "date_shift"
"#;

fn scrubber() -> Scrubber {
    Scrubber::builder(policy(RULES)).schema(ddl(TABLE)).key(key()).build().unwrap()
}

#[test]
fn a_text_has_one_pseudonym_in_every_type() {
    let emails = [Some("jane@acme.example"), None, Some("n/a"), Some("jane@acme.example"), Some("")];
    let rows: Vec<Vec<Option<String>>> = emails.iter().map(|email| vec![email.map(str::to_owned)]).collect();
    let expected: Vec<Option<String>> = masked_copy(&scrubber(), "public.t", &["email"], &rows)
        .into_iter()
        .map(|mut row| row.remove(0))
        .collect();
    assert_ne!(expected[0].as_deref(), emails[0]);
    let mut arrays = samples::texts(&emails);
    arrays.push(Arc::new(emails.iter().copied().collect::<DictionaryArray<Int8Type>>()));
    arrays.push(Arc::new(emails.iter().copied().collect::<DictionaryArray<UInt32Type>>()));
    let table = scrubber().table("public.t").unwrap();
    for array in arrays {
        let out = table.mask_array("email", &array).unwrap();
        assert_eq!(out.data_type(), array.data_type());
        assert_eq!(texts(&out), expected, "{}", array.data_type());
    }
    let insert = "INSERT INTO public.t (email) VALUES ('jane@acme.example');\n--\n-- PostgreSQL database dump complete\n--\n";
    let mut out = Vec::new();
    scrubber().mask(insert.as_bytes(), &mut out).unwrap();
    assert!(String::from_utf8(out).unwrap().contains(expected[0].as_deref().unwrap()));
}

#[test]
fn a_number_has_one_pseudonym_in_every_type() {
    let numbers = [41i64, 300, 31_000, -7, 0, 41];
    let rows: Vec<Vec<Option<String>>> = numbers.iter().map(|n| vec![Some(n.to_string())]).collect();
    let expected: Vec<String> = masked_copy(&scrubber(), "public.t", &["id"], &rows)
        .into_iter()
        .map(|mut row| row.remove(0).unwrap())
        .collect();
    let table = scrubber().table("public.t").unwrap();
    let plain: [ArrayRef; 3] = [
        Arc::new(Int64Array::from(numbers.to_vec())),
        Arc::new(Int32Array::from_iter_values(numbers.iter().map(|n| *n as i32))),
        Arc::new(Int16Array::from_iter_values(numbers.iter().map(|n| *n as i16))),
    ];
    for array in plain {
        let out = table.mask_array("id", &array).unwrap();
        let same = table.mask_array(
            "id",
            &(Arc::new(StringArray::from_iter_values(numbers.map(|n| n.to_string()))) as ArrayRef),
        );
        assert_eq!(texts(&same.unwrap()), expected.iter().cloned().map(Some).collect::<Vec<_>>());
        let values: Vec<String> = match out.data_type() {
            DataType::Int64 => {
                out.as_primitive::<Int64Type>().values().iter().map(ToString::to_string).collect()
            }
            DataType::Int32 => out
                .as_primitive::<arrow_array::types::Int32Type>()
                .values()
                .iter()
                .map(ToString::to_string)
                .collect(),
            _ => out
                .as_primitive::<arrow_array::types::Int16Type>()
                .values()
                .iter()
                .map(ToString::to_string)
                .collect(),
        };
        assert_eq!(values, expected, "{}", array.data_type());
    }
    let keys = arrow_array::Int8Array::from(vec![0, 1, 2, 0]);
    let values: ArrayRef = Arc::new(Int64Array::from(vec![41, 300, 31_000, 999]));
    let dictionary: ArrayRef = Arc::new(DictionaryArray::try_new(keys, values).unwrap());
    let out = table.mask_array("id", &dictionary).unwrap();
    let out = out.as_dictionary::<Int8Type>();
    let values: Vec<String> =
        out.values().as_primitive::<Int64Type>().values().iter().map(ToString::to_string).collect();
    assert_eq!(values, expected[..3], "the unused value is gone");
    assert_eq!(out.keys().values().as_ref(), [0, 1, 2, 0]);
}

#[test]
fn rows_of_a_subject_are_those_of_the_dump() {
    let ids = [1i64, 2, 3, 4];
    let days = [0i32, 11_017, 19_000, -1];
    let instants = [0i64, 1_709_296_200_250_000, -1, 86_400_000_000];
    let born: ArrayRef = Arc::new(arrow_array::Date32Array::from(days.to_vec()));
    let seen: ArrayRef =
        Arc::new(TimestampMicrosecondArray::from(instants.to_vec()).with_timezone("America/Lima"));
    let rows = [
        vec!["1", "1970-01-01", "1970-01-01 00:00:00+00"],
        vec!["2", "2000-03-01", "2024-03-01 12:30:00.25+00"],
        vec!["3", "2022-01-08", "1969-12-31 23:59:59.999999+00"],
        vec!["4", "1969-12-31", "1970-01-02 00:00:00+00"],
    ];
    let rows: Vec<Vec<Option<String>>> =
        rows.iter().map(|row| row.iter().map(|cell| Some((*cell).to_owned())).collect()).collect();
    let expected = masked_copy(&scrubber(), "public.t", &["id", "born", "seen"], &rows);
    let input = batch(&[("seen", seen), ("born", born), ("id", Arc::new(Int64Array::from(ids.to_vec())))]);
    let out = scrubber().table("public.t").unwrap().mask(&input).unwrap();
    assert_eq!(out.schema(), input.schema());
    // Back to text by keeping: a column that is kept by a sentinel is written as it was read.
    let dates: Vec<String> = out
        .column(1)
        .as_primitive::<arrow_array::types::Date32Type>()
        .iter()
        .map(|day| {
            let (year, month, day) = crate::base::calendar::date(day.unwrap().into());
            format!("{year:04}-{month:02}-{day:02}")
        })
        .collect();
    let born: Vec<String> = expected.iter().map(|row| row[1].clone().unwrap()).collect();
    assert_eq!(dates, born);
    let moved = out.column(0).as_primitive::<arrow_array::types::TimestampMicrosecondType>();
    for row in 0..4 {
        let days = i64::from(days[row])
            - i64::from(out.column(1).as_primitive::<arrow_array::types::Date32Type>().value(row));
        assert_eq!(
            instants[row] - moved.value(row),
            days * 86_400_000_000,
            "all dates of a subject move together"
        );
    }
    let unsigned: ArrayRef = Arc::new(UInt64Array::from(vec![5]));
    assert!(scrubber().table("public.t").unwrap().mask_array("id", &unsigned).is_ok());
}
