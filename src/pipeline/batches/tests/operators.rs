//! Every operator on arrays of every type that it accepts.

use proptest::prelude::*;

use crate::base::ErrorKind;
use crate::mask::{Class, OPERATORS, OperatorInfo};
use crate::table::arrow::sql_type;

use super::*;

/// Parameters of an operator that its own examples use.
fn entries(operator: &OperatorInfo) -> Vec<String> {
    let mut entries: Vec<String> =
        operator.examples.iter().map(|example| example.policy.to_owned()).collect();
    entries.push(format!("{{ op = \"{}\" }}", operator.name));
    entries.sort();
    entries.dedup();
    entries
}

/// A scrubber for one column under one entry; none where the plan has good reasons against it.
fn scrubber(entry: &str, input: &RecordBatch) -> Option<Scrubber> {
    let text = format!(
        "{HEAD}[tables.t]\nsubject = \"id\"\nkeep = {{ columns = [\"id\"], reason = \"r\" }}\ncolumns.c = {entry}\n"
    );
    let policy = Policy::parse(&text, "scrub.toml").ok()?;
    Scrubber::builder(policy).arrow_table("t", &input.schema()).key(key()).build().ok()
}

fn input(array: &ArrayRef) -> RecordBatch {
    let ids = arrow_array::Int64Array::from_iter_values((0..array.len() as i64).map(|row| row / 2));
    batch(&[("id", Arc::new(ids)), ("c", Arc::clone(array))])
}

/// Masks the array with every operator that can, and hands over what came of it.
fn each(
    array: &ArrayRef,
    mut look: impl FnMut(&OperatorInfo, &crate::pipeline::TableScrubber, Result<RecordBatch, Error>),
) -> usize {
    let input = input(array);
    let mut used = 0;
    for operator in OPERATORS.iter().filter(|operator| operator.name != "keep") {
        if !(operator.accepts)(&sql_type(input.schema().field(1))) {
            continue;
        }
        for entry in entries(operator) {
            if let Some(scrubber) = scrubber(&entry, &input) {
                let table = scrubber.table("t").unwrap();
                let out = table.mask(&input);
                look(operator, &table, out);
                used += 1;
            }
        }
    }
    used
}

fn numbers() -> impl Strategy<Value = Vec<Option<i64>>> {
    let number = prop_oneof![0i64..120, -120i64..0, any::<i64>()];
    proptest::collection::vec(proptest::option::weighted(0.8, number), 1..24)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn types_rows_and_nulls_stay_and_slices_agree(numbers in numbers(), cut in 0usize..24) {
        for array in samples::every_type(&numbers) {
            let whole = input(&array);
            each(&array, |operator, table, out| {
                let out = match out {
                    Ok(out) => out,
                    // A random value may be none that the operator can mask, or its result none that the type can hold.
                    Err(error) => {
                        let told = matches!(error.kind(), ErrorKind::Invalid { .. } | ErrorKind::Unfit(_) | ErrorKind::Encoding(_) | ErrorKind::Unnamed { .. });
                        assert!(told, "{} on {}: {error}", operator.name, array.data_type());
                        assert_eq!(error.position().column.as_deref(), Some("c"));
                        assert!(error.position().row.is_some());
                        return;
                    }
                };
                assert_eq!(out.schema(), whole.schema());
                assert_eq!(out.num_rows(), whole.num_rows());
                let cut = cut.min(array.len());
                let (first, second) = (whole.slice(0, cut), whole.slice(cut, array.len() - cut));
                for (part, start) in [(first, 0), (second, cut)] {
                    let masked = table.mask(&part).unwrap();
                    let expected = out.slice(start, part.num_rows());
                    if matches!(array.data_type(), DataType::Dictionary(..)) {
                        assert_eq!(texts(masked.column(1)), texts(expected.column(1)));
                    } else {
                        assert_eq!(masked.column(1), expected.column(1), "{} on {}", operator.name, array.data_type());
                    }
                }
            });
        }
    }
}

#[test]
fn every_type_has_an_operator() {
    for array in samples::every_type(&[Some(1), None, Some(77)]) {
        let used = each(&array, |operator, _, out| {
            if let Err(error) = out {
                assert!(
                    matches!(
                        error.kind(),
                        ErrorKind::Invalid { .. } | ErrorKind::Unfit(_) | ErrorKind::Unnamed { .. }
                    ),
                    "{}: {error}",
                    operator.name
                );
            }
        });
        assert!(used >= 2, "{}: {used}", array.data_type());
    }
}

/// Texts with a canary, in every type for text and bytes, under every operator that suppresses or replaces whole values.
#[test]
fn no_original_is_left_in_any_buffer() {
    let canary = i64::from_le_bytes(*b"\x01CANARY\x02");
    let numbers: Vec<Option<i64>> = (0..40).map(|row| (row % 5 != 0).then_some(canary)).collect();
    let texts: Vec<Option<String>> =
        (0..40).map(|row| (row % 5 != 0).then(|| format!("CANARY {row} CANARY and more"))).collect();
    let mut arrays = samples::every_type(&numbers);
    arrays.extend(samples::texts(&texts));
    arrays.push(Arc::new(
        texts
            .iter()
            .map(Option::as_deref)
            .collect::<arrow_array::DictionaryArray<arrow_array::types::Int16Type>>(),
    ));
    let mut looked = 0;
    for array in arrays {
        // A slice, so that there is something around it, and NULLs with something under them.
        let array = array.slice(3, 30);
        each(&array, |operator, _, out| {
            let Ok(out) = out else { return };
            let bytes = samples::all_bytes(out.column(1)).concat();
            let left = bytes.windows(6).any(|window| window == b"CANARY");
            // These leave a part of the value on purpose.
            let whole_value = !matches!(operator.class, Class::Generalize | Class::Perturb)
                && !matches!(
                    operator.name,
                    "redact_regex" | "redact_text" | "mask_chars" | "partial" | "template"
                );
            assert!(!(left && whole_value), "{} on {}", operator.name, array.data_type());
            looked += 1;
        });
    }
    assert!(looked > 100, "{looked}");
}
