//! Laws that every operator in [`OPERATORS`] keeps, on cells of its own domain and on any others.

use proptest::prelude::*;

use super::examples::{Parameters, block, demo_key, domain, parameters, request};
use super::{
    Batch, CellError, KeyedBy, OPERATORS, OnInvalid, Operator, OperatorInfo, Prepared, Scratch, Tally,
    Uniqueness,
};
use crate::table::{Cell, Column, ColumnBuilder, Span, SqlType};

const TYPES: &[SqlType] = &[
    SqlType::TEXT,
    SqlType::Integer { bits: 16 },
    SqlType::Float,
    SqlType::Bytes,
    SqlType::Bits,
    SqlType::Text { width: Some(40), padded: true, case_insensitive: false },
    SqlType::Integer { bits: 64 },
    SqlType::Numeric { precision: None, scale: None },
    SqlType::Uuid,
    SqlType::Date,
    SqlType::Timestamp { zone: true },
    SqlType::Json,
    SqlType::Inet,
    SqlType::Cidr,
    SqlType::MacAddr,
    SqlType::Hstore,
    SqlType::Xml,
];

/// Policies that an operator is tried with.
fn policies(operator: &str) -> &'static [&'static str] {
    match operator {
        "age_group" => &["{ as_of = 2100-01-01 }", "{ size = 5, top = 85, as_of = 2100-01-01 }"],
        "array" => &["{ element = 'keyed_hash' }", "{ element = 'redact' }"],
        "bucket" => &["{ size = 7 }", "{ size = 100, origin = 50 }", "{ edges = [0, 10, 5000] }"],
        "bytes" => &["{}", "{ mode = 'hash' }", "{ mode = 'hash', length = 32 }", "{ mode = 'image' }"],
        "card" => &["{}", "{ luhn = 'valid', live = true }", "{ brand = 'any' }"],
        "character_map" => &[
            "{ template = 'NNNNNNNN-aa' }",
            "{ templates = ['99999999-AA', '9999999'], case = 'any' }",
            "{ templates = ['999999999999', 'NNNNNNNN-aa'] }",
        ],
        "choice" => &["{ values = [1, 2, 3] }", "{ values = { 1 = 5, 0 = 1 }, by = 'value' }"],
        "company" => &["{}", "{ unique = true }", "{ form = 'locale' }"],
        "constant" => &["{ value = 0 }"],
        "email" => &["{}", "{ bits = 20, host = 'a.test' }", "{ style = 'name' }"],
        "gender" => &["{}", "{ female = 2, male = 1 }"],
        "hstore" => &[
            "{ rest = 'redact' }",
            "{ rest = 'redact', keys = 'keep', reason = 'a test', values = { a = 'keyed_hash', '*' = 'null' } }",
        ],
        "iban" => &["{}", "{ check = 'broken' }", "{ structure = 'registry' }"],
        "ip" => &["{}", "{ range = 'full' }", "{ mode = 'truncate' }"],
        "json" => &[
            "{ rest = 'redact' }",
            "{ rest = 'redact', paths = { '$.a' = 'keyed_hash', '$..b' = 'permute', '$.c.~' = 'email' } }",
            "{ rest = 'keep', reason = 'a test', keys = 'redact', paths = { '$.d.$json.a' = 'first_name' } }",
        ],
        "keyed_hash" => &["{}", "{ bits = 20 }"],
        "mac" => &["{}", "{ range = 'full' }", "{ oui = 'keep' }"],
        "mask_chars" => &[
            "{}",
            "{ keep_start = 2, keep_end = 3, char = '•' }",
            "{ count = 3, from = 'end', keep = '-.' }",
        ],
        "national_id" => &["{ kind = 'us_ssn', range = 'full' }", "{ kind = 'us_ssn' }"],
        "noise" => &[
            "{ ratio = 0.1 }",
            "{ amount = 5 }",
            "{ amount = 3.5, min = 2, max = 60000, distribution = 'normal' }",
            "{ amount = 30, unit = 'days', max = 2000-01-01 }",
            "{ amount = 90, unit = 'minutes' }",
            "{ ratio = 1, distribution = 'normal' }",
        ],
        "partial" => &[
            "{ prefix = 2, suffix = 2 }",
            "{ style = 'card' }",
            "{ style = 'email', prefix = 3, pad = '*' }",
        ],
        "password" => &["{}", "{ scheme = 'as_source' }", "{ scheme = 'md5' }"],
        "permute" => &["{}", "{ range = [-50000, 50000] }", "{ range = [0, 9223372036854775807] }"],
        "phone" => &["{}", "{ range = 'full' }", "{ range = 'full', region = 'GB' }"],
        "range" => &[
            "{ bounds = 'integer', element = 'permute' }",
            "{ element = 'redact' }",
            "{ element = { op = 'constant', value = '1' } }",
        ],
        "redact_text" => &["{}", "{ entities = ['EMAIL'], operators = { EMAIL = 'keyed_hash' } }"],
        "redact_regex" => &["{ pattern = '[0-9]+', replacement = '0' }"],
        "round" => &[
            "{ to = 10 }",
            "{ to = 0.5, mode = 'down' }",
            "{ to = 'month' }",
            "{ to = 'year', mode = 'down' }",
        ],
        "serialized_php" => &[
            "{ rest = 'redact' }",
            "{ rest = 'redact', paths = { '$.a' = 'keyed_hash', '$[0]' = 'permute', '$.c.~' = 'permute' } }",
        ],
        "template" => &[
            "{ template = 'x' }",
            "{ template = 'u-{tag:8}' }",
            "{ template = '{a|hash:8}{b|first:2}-{c}@example.com' }",
        ],
        "top_bottom" => {
            &["{ max = 100 }", "{ min = 20, max = 3000 }", "{ min = 1950-01-01 }", "{ max = 1999-12-31 }"]
        }
        "truncate_date" => {
            &["{ to = 'year' }", "{ to = 'week' }", "{ to = 'hour' }", "{ to = 'year', format = 'year' }"]
        }
        "url" => {
            &["{}", "{ subdomain = 'none', path = 'drop' }", "{ bits = 20, path = 'keep', reason = 'x' }"]
        }
        "username" => &["{}", "{ style = 'name', separator = '.' }"],
        "xml" => &[
            "{ rest = 'redact' }",
            "{ rest = 'redact', paths = { '//b' = 'keyed_hash', '/a/@c' = 'email' } }",
        ],
        _ => &["{}"],
    }
}

/// A cell of the operator's domain for each number, different ones for different numbers.
fn cell(operator: &str, sql_type: &SqlType, parameters: &Parameters, number: u64) -> String {
    let small = *sql_type == SqlType::Integer { bits: 16 };
    let number = if small { number % 32_768 } else { number };
    let spread = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    match operator {
        "array" if sql_type.width().is_some() => format!("{{{}}}", number % 1000),
        "array" => format!("{{v{number},NULL,\"a b\"}}"),
        "hstore" if sql_type.width().is_some() => format!("x=>{}", number % 1000),
        "hstore" => format!("\"a\"=>\"v{number}\", \"b\"=>NULL, \"{number}\"=>x"),
        "range" => format!("[{},{})", number % 50_000, spread % 1000 + 50_000),
        "card" => {
            let length = 12 + (spread % 8) as usize;
            let body = format!("4{:0width$}", number % 10u64.pow(length as u32 - 2), width = length - 2);
            let sum: u32 = body
                .bytes()
                .rev()
                .enumerate()
                .map(|(place, byte)| u32::from(byte - b'0') * if place % 2 == 0 { 2 } else { 1 })
                .map(|value| value / 10 + value % 10)
                .sum();
            format!("{body}{}", (10 - sum % 10) % 10)
        }
        "email" => format!("user.{number}@Example.com"),
        "gender" if sql_type.is_text() => {
            ["f", "M", "female", "Male", "1", "Frau"][(number % 6) as usize].to_owned()
        }
        "gender" => (1 + number % 2).to_string(),
        "iban" => {
            let (country, account) = [
                ("DE", format!("{:018}", number % 10u64.pow(17))),
                ("GB", format!("WEST{:014}", number % 10u64.pow(13))),
                ("NO", format!("{:011}", number % 10u64.pow(11))),
            ][(spread >> 60) as usize % 3]
                .clone();
            let digits: String = format!("{account}{country}00")
                .chars()
                .map(|c| c.to_digit(36).unwrap().to_string())
                .collect();
            let rest = digits.bytes().fold(0, |rest, byte| (rest * 10 + u32::from(byte - b'0')) % 97);
            format!("{country}{:02}{account}", 98 - rest)
        }
        "json" if sql_type.width().is_some() => format!("{{\"b\": {}}}", number % 50_000),
        "json" => format!(
            r#"{{"a": "v{number}", "b": {}, "c": {{"{number}@a.test": [{{"b": "{}"}}]}}, "d": "{{\"a\":\"{number}\"}}"}}"#,
            number % 50_000,
            spread % 50_000
        ),
        "national_id" => {
            let (area, group, serial) =
                (number / 9999 / 99 % 665 + 1, number / 9999 % 99 + 1, number % 9999 + 1);
            format!("{area:03}-{group:02}-{serial:04}")
        }
        "permute" => match sql_type {
            SqlType::Numeric { .. } => format!("{}.0", number % 50_000),
            _ => (number % 50_000).to_string(),
        },
        "phone" => {
            let rank = number % 6_400_000_000;
            let (area, exchange, line) = (rank / 8_000_000 + 200, rank / 10_000 % 800 + 200, rank % 10_000);
            format!("+1 ({area}) {exchange}-{line:04}")
        }
        "character_map" => {
            format!("{:08}-{}", number % 100_000_000, ["kx", "qa"][(number / 100_000_000 % 2) as usize])
        }
        "ip" if number.is_multiple_of(3) && *sql_type != SqlType::Cidr => {
            format!("2a00:1450:{:x}::f:{:x}", number >> 16 & 0xffff, number & 0xffff)
        }
        "ip" => {
            let address = std::net::Ipv4Addr::from((number as u32).reverse_bits());
            match sql_type {
                SqlType::Cidr => format!("{}/24", std::net::Ipv4Addr::from(address.to_bits() & !255)),
                _ => address.to_string(),
            }
        }
        "mac" => {
            (0..6).map(|byte| format!("{:02x}", number >> (8 * byte) & 255)).collect::<Vec<_>>().join(":")
        }
        "url" => format!("https://h{}.example.com/p/{number}?q={}#f", number % 97, number % 13),
        "serialized_php" if sql_type.width().is_some() => format!("a:1:{{i:0;i:{};}}", number % 50_000),
        "serialized_php" => format!(
            "a:3:{{s:1:\"a\";s:{}:\"v{number}\";i:0;i:{};s:1:\"c\";a:1:{{i:{};b:1;}}}}",
            number.to_string().len() + 1,
            number % 50_000,
            spread % 50_000,
        ),
        "xml" if sql_type.width().is_some() => format!("<a>{}</a>", number % 1000),
        "xml" => format!("<a c='{number}@a.test'><b>{number} &amp; more</b> <d/></a>"),
        "uuid" => format!(
            "{:08x}-{:04x}-7{:03x}-a{:03x}-{number:012x}",
            spread >> 32,
            spread >> 16 & 0xffff,
            spread & 0xfff,
            number >> 52
        )
        .replace(&format!("{number:012x}"), &format!("{:012x}", number & 0xffff_ffff_ffff)),
        "date_shift" | "truncate_date" if sql_type.is_text() => {
            cell(operator, &SqlType::Date, parameters, number)
        }
        "noise" | "round" | "top_bottom" if sql_type.is_text() && is_about_dates(parameters) => {
            cell(operator, &SqlType::Timestamp { zone: false }, parameters, number)
        }
        "age_group" if *sql_type == SqlType::Date => {
            format!("{:04}-{:02}-{:02}", 1950 + number / 336 % 150, number / 28 % 12 + 1, number % 28 + 1)
        }
        "age_group" => (number % 120).to_string(),
        "bucket" if sql_type.is_text() => (number >> 24).to_string(),
        "noise" | "round" | "top_bottom" if sql_type.is_text() => number.to_string(),
        "bytes" if sql_type.is_text() => format!("\\x{number:016x}{spread:016x}"),
        _ => match sql_type {
            SqlType::Integer { .. } | SqlType::Numeric { .. } => number.to_string(),
            SqlType::Float => format!("{}.5e-3", number >> 12),
            SqlType::Bytes => format!("\\x{number:016x}{}", "00".repeat((spread >> 60) as usize)),
            SqlType::Bits => format!("{number:064b}"),
            SqlType::Uuid => format!("00000000-0000-4000-8000-{:012x}", number & 0xffff_ffff_ffff),
            SqlType::Date => {
                format!("{:04}-{:02}-{:02}", 1900 + number / 336 % 200, number / 28 % 12 + 1, number % 28 + 1)
            }
            SqlType::Timestamp { .. } => format!(
                "{:04}-{:02}-{:02} 03:04:05+00",
                1900 + number / 336 % 200,
                number / 28 % 12 + 1,
                number % 28 + 1
            ),
            SqlType::Json => format!("{{\"a\": {number}}}"),
            _ => format!("value {number}"),
        },
    }
}

/// Whether a policy's bounds, step or unit are those of dates.
fn is_about_dates(parameters: &Parameters) -> bool {
    parameters
        .iter()
        .any(|(name, value)| value.is_datetime() || name == "unit" || name == "to" && value.is_str())
}

/// Every operator with every policy of its own and every type that it accepts.
fn cases() -> impl Iterator<Item = (&'static OperatorInfo, Parameters, &'static SqlType)> {
    OPERATORS.iter().flat_map(|info| {
        policies(info.name).iter().flat_map(move |policy| {
            TYPES
                .iter()
                .filter(|sql_type| (info.accepts)(sql_type))
                .map(move |sql_type| (*info, parameters(policy), sql_type))
        })
    })
}

fn prepared(
    info: &OperatorInfo,
    parameters: &Parameters,
    sql_type: &SqlType,
    on_invalid: OnInvalid,
) -> Option<Prepared> {
    let mut request = request(parameters, sql_type);
    request.on_invalid = on_invalid;
    (info.prepare)(&request).ok()
}

fn started(info: &OperatorInfo, prepared: &Prepared) -> std::sync::Arc<dyn Operator> {
    (prepared.start)(Some(&demo_key().domain(domain(info))))
}

type Masked = Result<(Vec<Option<String>>, Tally), CellError>;

fn mask(operator: &dyn Operator, cells: &[Option<&str>], scratch: &mut Scratch) -> Masked {
    let (bytes, spans) = block(cells);
    let batch = Batch::new(Column::new(&bytes, &[], &spans));
    let mut out = ColumnBuilder::default();
    let tally = operator.mask(&batch, &mut out, scratch)?;
    assert_eq!(out.len(), cells.len(), "one cell per row");
    let read = |row| match out.cell(row) {
        Cell::Kept => cells[row].map(str::to_owned),
        Cell::Null => None,
        Cell::Value(value) => Some(String::from_utf8(value.to_vec()).unwrap()),
    };
    Ok(((0..cells.len()).map(read).collect(), tally))
}

fn as_cells(values: &[String]) -> Vec<Option<&str>> {
    values.iter().map(|value| Some(value.as_str())).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn a_cell_does_not_depend_on_its_neighbours(numbers in prop::collection::vec(any::<u64>(), 1..200), cut: prop::sample::Index) {
        for (info, parameters, sql_type) in cases() {
            let Some(prepared) = prepared(info, &parameters, sql_type, OnInvalid::Error) else { continue };
            let operator = started(info, &prepared);
            let values: Vec<String> = numbers.iter().map(|number| cell(info.name, sql_type, &parameters, *number)).collect();
            let cells = as_cells(&values);
            let scratch = &mut Scratch::default();
            let (whole, tally) = mask(&*operator, &cells, scratch).unwrap_or_else(|error| panic!("{}: {:?}", info.name, error.kind));
            prop_assert_eq!(tally.invalid, 0);
            let (head, tail) = cells.split_at(cut.index(cells.len()));
            let mut parts = mask(&*operator, head, scratch).unwrap().0;
            parts.extend(mask(&*operator, tail, scratch).unwrap().0);
            prop_assert_eq!(&whole, &parts, "{}", info.name);
            let backwards: Vec<_> = cells.iter().rev().copied().collect();
            let mut turned = mask(&*started(info, &prepared), &backwards, scratch).unwrap().0;
            turned.reverse();
            prop_assert_eq!(&whole, &turned, "{}", info.name);
        }
    }

    #[test]
    fn different_values_stay_different_where_that_is_proven(start: u32, step in 1u64..7) {
        for (info, parameters, sql_type) in cases().filter(|(info, ..)| info.name != "null") {
            let Some(prepared) = prepared(info, &parameters, sql_type, OnInvalid::Error) else { continue };
            if prepared.uniqueness != Uniqueness::Proven {
                continue;
            }
            let mut values: Vec<String> =
                (0..2000).map(|place| cell(info.name, sql_type, &parameters, u64::from(start) + place * step)).collect();
            values.sort();
            values.dedup();
            let (masked, _) = mask(&*started(info, &prepared), &as_cells(&values), &mut Scratch::default())
                .unwrap_or_else(|error| panic!("{}: {:?}", info.name, error.kind));
            let distinct: std::collections::BTreeSet<_> = masked.iter().collect();
            prop_assert_eq!(distinct.len(), values.len(), "{}", info.name);
        }
    }

    #[test]
    fn any_text_gives_one_cell_that_fits(
        mut values in prop::collection::vec(any::<String>(), 1..30),
        digits in prop::collection::vec("[-+0-9 (.@]{0,24}", 1..30),
        width in 1u32..50,
    ) {
        values.extend(digits);
        for value in &mut values {
            if let Some((end, _)) = value.char_indices().nth(width as usize) {
                value.truncate(end);
            }
        }
        let narrow = SqlType::Text { width: Some(width), padded: false, case_insensitive: false };
        for info in OPERATORS.iter().filter(|info| (info.accepts)(&narrow)) {
            for policy in policies(info.name) {
                for on_invalid in [OnInvalid::Tag, OnInvalid::Redact] {
                    let parameters = parameters(policy);
                    let Some(prepared) = prepared(info, &parameters, &narrow, on_invalid) else { continue };
                    let (masked, tally) =
                        mask(&*started(info, &prepared), &as_cells(&values), &mut Scratch::default())
                            .unwrap_or_else(|error| panic!("{}: {:?}", info.name, error.kind));
                    prop_assert!(tally.invalid <= tally.masked && tally.masked <= values.len() as u64);
                    for (value, masked) in values.iter().zip(&masked) {
                        let length = masked.as_ref().map_or(0, |masked| masked.chars().count());
                        prop_assert!(length <= width as usize, "{}: {} of {}", info.name, length, width);
                        if masked.as_ref() != Some(value) {
                            let most = prepared.max_width.unwrap_or(width) as usize;
                            prop_assert!(length <= most, "{}: {} of {}", info.name, length, most);
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn bytes_that_are_no_text_do_not_panic(values in prop::collection::vec(any::<Vec<u8>>(), 1..20)) {
        let mut bytes = Vec::new();
        let mut spans = Vec::new();
        for value in &values {
            spans.push(Span::raw(bytes.len(), value.len()));
            bytes.extend_from_slice(value);
        }
        for (info, parameters, sql_type) in cases() {
            for on_invalid in [OnInvalid::Tag, OnInvalid::Redact, OnInvalid::Error] {
                let Some(prepared) = prepared(info, &parameters, sql_type, on_invalid) else { continue };
                let mut out = ColumnBuilder::default();
                let batch = Batch::new(Column::new(&bytes, &[], &spans));
                match started(info, &prepared).mask(&batch, &mut out, &mut Scratch::default()) {
                    Ok(_) => prop_assert_eq!(out.len(), values.len()),
                    Err(error) => prop_assert!(error.row < values.len()),
                }
            }
        }
    }
}

#[test]
fn null_and_empty_cells_are_kept() {
    for (info, parameters, sql_type) in cases().filter(|(info, ..)| info.name != "null") {
        let Some(prepared) = prepared(info, &parameters, sql_type, OnInvalid::Error) else { continue };
        let cells = [None, Some(""), None];
        let (masked, tally) = mask(&*started(info, &prepared), &cells, &mut Scratch::default()).unwrap();
        assert_eq!(masked, [None, Some(String::new()), None], "{}", info.name);
        assert_eq!(tally, Tally::default(), "{}", info.name);
    }
}

/// Whether the operator, or one of parts of its values, needs a key.
fn needs_key(info: &OperatorInfo, prepared: &Prepared) -> bool {
    let keyed = |keyed_by| !matches!(keyed_by, KeyedBy::Nothing | KeyedBy::Parts);
    keyed(prepared.keyed_by.unwrap_or(info.keyed_by))
        || prepared.parts.iter().any(|part| keyed(part.keyed_by))
}

#[test]
fn a_keyed_operator_without_a_key_masks_nothing() {
    for (info, parameters, sql_type) in cases() {
        let Some(prepared) = prepared(info, &parameters, sql_type, OnInvalid::Error) else { continue };
        let cell = cell(info.name, sql_type, &parameters, 1);
        let keyless = mask(&*(prepared.start)(None), &[Some(&cell)], &mut Scratch::default());
        assert_eq!(keyless.is_ok(), !needs_key(info, &prepared), "{}", info.name);
    }
}

#[test]
fn every_keyed_operator_names_its_parameters_in_its_spec() {
    for (info, parameters, sql_type) in cases() {
        let Some(prepared) = prepared(info, &parameters, sql_type, OnInvalid::Error) else { continue };
        let keyed_by = prepared.keyed_by.unwrap_or(info.keyed_by);
        let has_none =
            keyed_by == KeyedBy::Nothing || (keyed_by == KeyedBy::Parts && prepared.parts.is_empty());
        assert_eq!(prepared.spec.is_empty(), has_none, "{}", info.name);
    }
}
