//! Tests of all operators that follow a subject: known answers from an independent script, and the laws they share.

use proptest::prelude::*;
use serde_json::Value;

use super::examples::{self, Parameters, demo_key};
use super::*;
use crate::base::canonical;
use crate::table::{Cell, Column, Span};

const KNOWN_ANSWERS: &[&str] = &[
    include_str!("../../tests/kat/first_name.jsonl"),
    include_str!("../../tests/kat/last_name.jsonl"),
    include_str!("../../tests/kat/full_name.jsonl"),
    include_str!("../../tests/kat/address.jsonl"),
    include_str!("../../tests/kat/date_shift.jsonl"),
];

/// A row: cell, subject message, gender.
#[derive(Clone, Debug, Default)]
struct Row {
    cell: Option<String>,
    subject: Option<Vec<u8>>,
    gender: Option<String>,
}

fn row(cell: &str, subject: &str) -> Row {
    let mut message = Vec::new();
    canonical::subject("customer.id", [subject], &mut message);
    Row { cell: Some(cell.into()), subject: Some(message), gender: None }
}

fn started(
    op: &str,
    parameters: &Parameters,
    sql_type: &SqlType,
    equality: Equality,
    domain: &str,
) -> Arc<dyn Operator> {
    let mut request = examples::request(parameters, sql_type);
    request.equality = equality;
    request.width = sql_type.width();
    let prepared =
        (operator(op).unwrap().prepare)(&request).unwrap_or_else(|refusal| panic!("{op}: {}", refusal.0));
    (prepared.start)(Some(&demo_key().domain(domain)))
}

/// One batch through an operator; kept cells come back as they are.
fn mask(operator: &dyn Operator, rows: &[Row]) -> Result<(Vec<Option<String>>, Tally), CellError> {
    fn block<'a>(cells: impl Iterator<Item = Option<&'a [u8]>>) -> (Vec<u8>, Vec<Span>) {
        let (mut bytes, mut spans) = (Vec::new(), Vec::new());
        for cell in cells {
            spans.push(cell.map_or(Span::NULL, |cell| Span::raw(bytes.len(), cell.len())));
            bytes.extend_from_slice(cell.unwrap_or_default());
        }
        (bytes, spans)
    }
    let cells = block(rows.iter().map(|row| row.cell.as_deref().map(str::as_bytes)));
    let subjects = block(rows.iter().map(|row| row.subject.as_deref()));
    let genders = block(rows.iter().map(|row| row.gender.as_deref().map(str::as_bytes)));
    let batch = Batch {
        cells: Column::new(&cells.0, &[], &cells.1),
        subjects: Some(Column::new(&subjects.0, &[], &subjects.1)),
        genders: Some(Column::new(&genders.0, &[], &genders.1)),
        others: &[],
        encoding: encoding_rs::UTF_8,
    };
    let mut out = ColumnBuilder::default();
    let tally = operator.mask(&batch, &mut out, &mut Scratch::default())?;
    assert_eq!(out.len(), rows.len());
    let read = |(number, row): (usize, &Row)| match out.cell(number) {
        Cell::Kept => row.cell.clone(),
        Cell::Null => None,
        Cell::Value(value) => Some(String::from_utf8(value.to_vec()).unwrap()),
    };
    Ok((rows.iter().enumerate().map(read).collect(), tally))
}

fn masked(op: &str, policy: &str, sql_type: &SqlType, rows: &[Row]) -> Vec<Option<String>> {
    let domain = examples::domain(operator(op).unwrap());
    let operator = started(op, &examples::parameters(policy), sql_type, Equality::Exact, domain);
    mask(&*operator, rows).unwrap().0
}

fn text(op: &str, policy: &str, row: Row) -> String {
    masked(op, policy, &SqlType::TEXT, &[row]).remove(0).unwrap()
}

#[test]
fn every_known_answer_is_met() {
    for file in KNOWN_ANSWERS {
        assert!(file.lines().count() >= 3);
        for line in file.lines() {
            let line: Value = serde_json::from_str(line).unwrap();
            let string = |name: &str| line[name].as_str().map(str::to_owned);
            let width = line["width"].as_u64().map(|width| width as u32);
            let sql_type = match line["type"].as_str().unwrap() {
                "date" => SqlType::Date,
                "timestamp" => SqlType::Timestamp { zone: false },
                "timestamptz" => SqlType::Timestamp { zone: true },
                _ => SqlType::Text { width, padded: false, case_insensitive: false },
            };
            let parameters: Parameters = serde_json::from_value(line["policy"].clone()).unwrap();
            let equality = Equality::from_name(line["equality"].as_str().unwrap()).unwrap();
            let operator = started(
                line["op"].as_str().unwrap(),
                &parameters,
                &sql_type,
                equality,
                line["domain"].as_str().unwrap(),
            );
            let subject =
                line["subject"].as_str().map(|hex| data_encoding::HEXLOWER.decode(hex.as_bytes()).unwrap());
            let row = Row { cell: string("v"), subject, gender: string("gender") };
            let out = mask(&*operator, &[row]).unwrap().0.remove(0);
            assert_eq!(out, string("out"), "{line}");
        }
    }
}

#[test]
fn a_subject_has_one_name_in_all_columns() {
    for subject in ["1", "2", "77"] {
        let first = text("first_name", "{}", row("Jane", subject));
        let last = text("last_name", "{}", row("Doe", subject));
        assert_eq!(text("full_name", "{}", row("J. Doe", subject)), format!("{first} {last}"));
        let reversed = text("full_name", "{ format = 'last, first' }", row("Doe, J.", subject));
        assert_eq!(reversed, format!("{last}, {first}"));
        let address = text("address", "{}", row("1 Main Street", subject));
        let number = text("address", "{ style = 'number' }", row("1", subject));
        let street = text("address", "{ style = 'street' }", row("Main Street", subject));
        assert_eq!(address, format!("{number} {street}"));
    }
}

#[test]
fn the_gender_of_the_row_is_kept() {
    let first = lexicon::lexicon(lexicon::LexiconKind::FirstName, "en_US").unwrap();
    let gender = |name: &str| first.forms().find(|entry| entry.native == name).unwrap().gender;
    for subject in 0..200 {
        for (code, expected) in [("F", gender_word::Gender::Female), ("male", gender_word::Gender::Male)] {
            let row = Row { gender: Some(code.into()), ..row("Alex", &subject.to_string()) };
            let name = text("first_name", "{}", row.clone());
            assert_eq!(gender(&name), Some(expected));
            assert!(text("full_name", "{}", row).starts_with(&name));
        }
    }
}

#[test]
fn a_unique_name_follows_the_value_and_not_the_row() {
    let of = |subject: &str, gender: Option<&str>| Row {
        gender: gender.map(str::to_owned),
        ..row("Jane", subject)
    };
    let policy = "{ unique = true }";
    assert_eq!(
        text("first_name", policy, of("1", Some("f"))),
        text("first_name", policy, of("2", Some("m")))
    );
    assert_ne!(text("first_name", policy, row("Jane", "1")), text("first_name", policy, row("Janet", "1")));
}

#[test]
fn null_and_blank_cells_stay() {
    for op in ["first_name", "last_name", "full_name", "address", "date_shift"] {
        let rows = [Row::default(), row("", "1"), row("   ", "1")];
        let cells: Vec<_> = rows.iter().map(|row| row.cell.clone()).collect();
        let started = started(op, &Parameters::new(), &SqlType::TEXT, Equality::Exact, "person");
        assert_eq!(mask(&*started, &rows).unwrap(), (cells, Tally::default()), "{op}");
    }
}

#[test]
fn a_cell_that_is_not_utf_8_ends_the_run() {
    let operator = started("first_name", &Parameters::new(), &SqlType::TEXT, Equality::Exact, "person");
    let spans = [Span::raw(0, 4)];
    let batch = Batch::new(Column::new(b"Ren\xe9", &[], &spans));
    let error = operator.mask(&batch, &mut ColumnBuilder::default(), &mut Scratch::default()).unwrap_err();
    assert!(matches!(error.kind, crate::base::ErrorKind::Encoding("UTF-8")));
}

#[test]
fn a_locale_without_lists_of_its_own_is_noted() {
    let notes = |locale, parameters: &Parameters| {
        let mut request = examples::request(parameters, &SqlType::TEXT);
        request.locale = locale;
        let prepared = (operator("full_name").unwrap().prepare)(&request).map_err(|refusal| refusal.0);
        prepared.map(|prepared| prepared.notes.len())
    };
    assert_eq!(notes("en_GB", &Parameters::new()), Ok(0));
    assert_eq!(notes("xx_XX", &Parameters::new()), Ok(2));
    assert_eq!(notes("xx_XX", &examples::parameters("{ lexicon = 'en-1' }")), Ok(0));
    assert!(notes("en_US", &examples::parameters("{ lexicon = 'en-9' }")).unwrap_err().contains("\"en-1\""));
}

#[test]
fn a_cell_that_is_no_date_is_outside_the_domain() {
    let date = started("date_shift", &Parameters::new(), &SqlType::Date, Equality::Exact, "person");
    let error = mask(&*date, &[row("2023-02-29", "1")]).unwrap_err();
    assert_eq!(
        error.kind.to_string(),
        "cell is not a valid date (YYYY-MM-DD) (NNNNPNNPNN); set on_invalid to tag or redact it"
    );
    // The earliest dates have no room for the shift.
    assert!(mask(&*date, &[row("4714-12-01 BC", "1")]).is_err());

    let text = SqlType::Text { width: Some(10), padded: false, case_insensitive: false };
    let text = started("date_shift", &Parameters::new(), &text, Equality::Exact, "person");
    let (cells, tally) =
        mask(&*text, &[row("2023-02-28", "1"), row("soon", "1"), row("0001-01-01", "1")]).unwrap();
    assert_eq!(tally, Tally { masked: 3, invalid: 2 });
    assert!(cells[1..].iter().flatten().all(|cell| cell.starts_with('x') && cell.len() == 10));
}

#[test]
fn windows_and_widths_are_checked() {
    let refusal = |policy: &str, width| {
        let sql_type = SqlType::Text { width, padded: false, case_insensitive: false };
        let parameters = examples::parameters(policy);
        let request = examples::request(&parameters, &sql_type);
        (operator("date_shift").unwrap().prepare)(&request).map(|_| ()).unwrap_err().0
    };
    assert_eq!(refusal("{ window = 0 }", None), "window must be from 1 to 36500");
    assert_eq!(refusal("{}", Some(8)), "a date has 10 characters, and 8 fit");
}

const OPERATORS_OF_TEXT: [&str; 4] = ["address", "first_name", "full_name", "last_name"];

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let row = (
        proptest::option::weighted(0.9, "[A-Za-zé ]{0,12}"),
        proptest::option::weighted(0.8, "[0-9]{1,20}"),
        proptest::option::of("[fmx]"),
    );
    let row = row.prop_map(|(cell, subject, gender)| Row {
        cell,
        subject: subject.map(String::into_bytes),
        gender,
    });
    proptest::collection::vec(row, 0..150)
}

proptest! {
    #[test]
    fn neither_order_nor_batches_change_a_cell(rows in rows(), cut in 0_usize..150, op in 0_usize..4, unique: bool) {
        let policy = if unique { "{ unique = true }" } else { "{}" };
        let run = |rows: &[Row]| masked(OPERATORS_OF_TEXT[op], policy, &SqlType::TEXT, rows);
        let whole = run(&rows);
        let (left, right) = rows.split_at(cut.min(rows.len()));
        prop_assert_eq!(&[run(left), run(right)].concat(), &whole);
        let backwards: Vec<_> = rows.iter().rev().cloned().collect();
        let mut turned = run(&backwards);
        turned.reverse();
        prop_assert_eq!(turned, whole);
    }

    #[test]
    fn every_output_fits_its_column(rows in rows(), width in 10_u32..40, op in 0_usize..4, unique: bool) {
        let policy = if unique { "{ unique = true }" } else { "{}" };
        let sql_type = SqlType::Text { width: Some(width), padded: false, case_insensitive: false };
        let most = width as usize;
        for cell in masked(OPERATORS_OF_TEXT[op], policy, &sql_type, &rows).into_iter().zip(&rows) {
            if let (Some(out), Row { cell: Some(cell), .. }) = cell {
                prop_assert!(out.len() <= most || &out == cell);
                prop_assert_eq!(out.trim_matches(' ').is_empty(), cell.trim_matches(' ').is_empty());
            }
        }
    }

    #[test]
    fn intervals_of_a_subject_are_kept(days in proptest::collection::vec(-2_300_000_i64..40_000, 1..20), subject in "[0-9]{1,9}") {
        let rows: Vec<Row> = days.iter().map(|day| {
            let mut text = Vec::new();
            civil::write(*day, b"", &mut text);
            row(&String::from_utf8(text).unwrap(), &subject)
        }).collect();
        let out = masked("date_shift", "{}", &SqlType::Date, &rows);
        let shifts: Vec<i64> = out.iter().zip(&days).map(|(cell, day)| {
            match civil::read(cell.as_deref().unwrap().as_bytes()) {
                Some(civil::Reading::Day(moved)) => day - moved.number,
                _ => panic!("a date becomes a date"),
            }
        }).collect();
        prop_assert!(shifts.iter().all(|shift| *shift == shifts[0] && (1..=365).contains(shift)));
    }
}
