//! Operators on whole columns: parse, hash or permute, write.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::sync::Arc;

use criterion::{BenchmarkId, Criterion, Throughput};
use scrub::mask::{Batch, OPERATORS, OnInvalid, Operator, Request, Scratch, operator};
use scrub::table::{Column, ColumnBuilder, Span, SqlType};

/// Operator, policy, type, and a cell for each number.
type Case = (&'static str, &'static str, SqlType, fn(u64) -> String);

const CASES: &[Case] = &[
    ("keep", "", SqlType::TEXT, |number| format!("value {number}")),
    ("redact", "", SqlType::TEXT, |number| format!("value {number}")),
    ("keyed_hash", "", SqlType::TEXT, |number| format!("value {number}")),
    ("email", "", SqlType::TEXT, |number| format!("jane.doe{number}@example.com")),
    ("email", "style = 'name'", SqlType::TEXT, |number| format!("jane.doe{number}@example.com")),
    ("first_name", "", SqlType::TEXT, |number| format!("Jane{number}")),
    ("full_name", "", SqlType::TEXT, |number| format!("Jane Doe{number}")),
    ("full_name", "lexicon = 'ru-1'", SqlType::TEXT, |number| format!("Jane Doe{number}")),
    ("address", "", SqlType::TEXT, |number| format!("{number} Infinite Loop")),
    ("title", "", SqlType::TEXT, |number| if number % 2 == 0 { "Mr." } else { "Dr." }.to_owned()),
    ("gender", "", SqlType::TEXT, |number| if number % 2 == 0 { "m" } else { "female" }.to_owned()),
    ("city", "", SqlType::TEXT, |number| format!("Springfield {number}")),
    ("postcode", "", SqlType::TEXT, |number| format!("{:05}", number % 100_000)),
    ("region", "", SqlType::TEXT, |number| format!("Illinois {number}")),
    ("country", "", SqlType::TEXT, |number| format!("Canada {number}")),
    ("permute", "", SqlType::Integer { bits: 32 }, |number| number.to_string()),
    ("uuid", "", SqlType::Uuid, |number| format!("c00d544c-2b15-41eb-adc1-{number:012x}")),
    ("phone", "", SqlType::TEXT, |number| format!("(212) 867-{:04}", number % 10_000)),
    ("phone", "range = 'full'", SqlType::TEXT, |number| format!("(212) 867-{:04}", number % 10_000)),
    ("card", "", SqlType::TEXT, card),
    ("iban", "", SqlType::TEXT, |number| {
        let account = u128::from(number);
        let rest = (account * 1_000_000 + 131_400) % 97;
        format!("DE{:02}{account:018}", 98 - rest)
    }),
    ("national_id", "kind = 'us_ssn'", SqlType::TEXT, |number| format!("123-45-{:04}", number % 9_999 + 1)),
    ("national_id", "kind = 'us_ssn'\nrange = 'full'", SqlType::TEXT, |number| {
        format!("123-45-{:04}", number % 9_999 + 1)
    }),
    ("character_map", "template = 'AA-999999'", SqlType::TEXT, |number| {
        format!("KX-{:06}", number % 1_000_000)
    }),
    ("character_map", "template = '****************'", SqlType::TEXT, |number| format!("aB3dE{number:011}")),
    ("username", "", SqlType::TEXT, |number| format!("jane_doe{number}")),
    ("ip", "", SqlType::Inet, |number| format!("{}.{}.4.4", number / 7 % 200 + 20, number % 256)),
    ("ip", "range = 'full'", SqlType::Inet, |number| {
        format!("{}.{}.4.4", number / 7 % 200 + 20, number % 256)
    }),
    ("ip", "range = 'full'", SqlType::TEXT, |number| {
        format!("2a00:1450:4001:{:x}::{:x}", number % 999, number % 0xffff)
    }),
    ("mac", "", SqlType::MacAddr, |number| {
        format!("08:00:2b:{:02x}:{:02x}:03", number / 256 % 256, number % 256)
    }),
    ("company", "", SqlType::TEXT, |number| format!("Acme {number} GmbH & Co. KG")),
    ("url", "", SqlType::TEXT, |number| format!("https://www.acme.com/users/{number}/photo.jpg?size=2")),
    ("user_agent", "", SqlType::TEXT, |number| {
        format!(
            "Mozilla/5.0 (Linux; Android 9; SM-{number}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/78.0 Mobile Safari/537.36"
        )
    }),
    ("national_id", "kind = 'de_steuer_id'\nrange = 'full'", SqlType::TEXT, |_| "86 095 742 719".into()),
    ("national_id", "kind = 'no_fodselsnummer'\nrange = 'full'", SqlType::TEXT, |_| "15108695088".into()),
    ("national_id", "kind = 'it_codice_fiscale'", SqlType::TEXT, |_| "RCCMNL83S18D969H".into()),
    ("national_id", "kind = 'in_aadhaar'", SqlType::TEXT, |_| "2341 2341 2346".into()),
    (
        "json",
        "paths = { '$.a.email' = 'email', '$.a.tags' = 'keep', '$.n' = 'permute' }",
        SqlType::Json,
        |number| {
            format!(
                r#"{{"a": {{"email": "jane.doe{number}@example.com", "tags": ["new", "x"]}}, "n": {number}}}"#
            )
        },
    ),
    ("mask_chars", "keep_end = 4", SqlType::TEXT, |number| format!("ABC-{number:012}")),
    ("partial", "prefix = 1\nsuffix = 2", SqlType::TEXT, |number| format!("+1 212 867 {number:04}")),
    ("partial", "style = 'email'", SqlType::TEXT, |number| format!("jane.doe{number}@example.com")),
    ("password", "", SqlType::TEXT, |number| {
        format!("$2b$12$LQv3c1yqBWVHxkd0LHAkCOYz6TtxMQJqhN8/{number:016}")
    }),
    ("bytes", "", SqlType::Bytes, |number| format!("\\x{number:032x}")),
    ("bytes", "mode = 'hash'", SqlType::Bytes, |number| format!("\\x{number:032x}")),
    ("round", "to = 1000", SqlType::Integer { bits: 32 }, |number| number.to_string()),
    ("round", "to = 'month'", SqlType::Date, date),
    ("bucket", "size = 10", SqlType::TEXT, |number| (number % 100).to_string()),
    ("bucket", "edges = [0, 18, 30, 65]", SqlType::Integer { bits: 32 }, |number| (number % 100).to_string()),
    ("top_bottom", "max = 5000", SqlType::Numeric { precision: Some(10), scale: Some(2) }, |number| {
        format!("{number}.50")
    }),
    ("truncate_date", "to = 'month'", SqlType::Timestamp { zone: true }, |number| {
        format!("{} 12:30:00.25+01", date(number))
    }),
    ("age_group", "as_of = 2025-01-01", SqlType::Date, date),
    ("noise", "ratio = 0.1", SqlType::Numeric { precision: Some(12), scale: Some(2) }, |number| {
        format!("{number}.50")
    }),
    ("noise", "amount = 30", SqlType::Date, date),
    ("choice", "values = { free = 90, paid = 9, staff = 1 }", SqlType::TEXT, |number| {
        format!("plan {number}")
    }),
    ("template", "template = '{first_name|first:1}.{id}-{tag:8}@example.com'", SqlType::TEXT, |number| {
        format!("jane.doe{number}@example.com")
    }),
    ("lorem", "", SqlType::TEXT, |number| format!("Order {number} was late; Jane wants her money back.")),
    ("defuse", "", SqlType::TEXT, |number| format!("https://hooks.example.com/services/T{number}/secret")),
    // A text of 150 bytes with one email, and one without anything.
    ("redact_text", "", SqlType::TEXT, |number| {
        format!(
            "Customer rang about order {number}; parcel was late, she wants it sent again and the invoice corrected. Reply to user{number}@example.com before Friday."
        )
    }),
    ("redact_text", "entities = ['EMAIL']", SqlType::TEXT, |number| {
        format!(
            "Customer rang about order {number}; parcel was late, and she wants it to be sent again with the invoice corrected before Friday, please."
        )
    }),
    ("redact_regex", "pattern = '[0-9]+'", SqlType::TEXT, |number| format!("order {number} was late")),
    ("last_name", "", SqlType::TEXT, |number| format!("Doe{number}")),
    ("date_shift", "", SqlType::Date, date),
    ("constant", "value = 'x'", SqlType::TEXT, |number| format!("value {number}")),
    ("null", "", SqlType::TEXT, |number| format!("value {number}")),
    ("array", "element = 'email'", SqlType::TEXT, |number| format!("{{jane.doe{number}@example.com,NULL}}")),
    ("hstore", "values = { email = 'email', plan = 'keep' }", SqlType::Hstore, |number| {
        format!(r#""plan"=>"gold", "email"=>"jane.doe{number}@example.com""#)
    }),
    ("range", "bounds = 'date'\nelement = 'date_shift'", SqlType::TEXT, |number| {
        format!("[{},2024-04-01)", date(number))
    }),
    ("xml", "paths = { '/order/email' = 'email', '/order/@no' = 'keep' }", SqlType::Xml, |number| {
        format!(r#"<order no="{number}"><email>jane.doe{number}@example.com</email></order>"#)
    }),
    ("serialized_php", "paths = { '$.email' = 'email', '$.plan' = 'keep' }", SqlType::TEXT, |number| {
        format!(r#"a:2:{{s:5:"email";s:28:"jane.doe{number:08}@example.com";s:4:"plan";s:4:"gold";}}"#)
    }),
];

fn date(number: u64) -> String {
    format!("{:04}-{:02}-{:02}", 1930 + number % 90, number % 12 + 1, number % 28 + 1)
}

fn card(number: u64) -> String {
    let body = format!("411111{number:09}");
    let sum: u32 = body
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, byte)| u32::from(byte - b'0') * if place % 2 == 0 { 2 } else { 1 })
        .map(|value| value / 10 + value % 10)
        .sum();
    format!("{body}{}", (10 - sum % 10) % 10)
}

fn started(name: &str, policy: &str, sql_type: &SqlType) -> Arc<dyn Operator> {
    let parameters: BTreeMap<String, toml::Value> = toml::from_str(policy).expect("written above");
    let request = Request {
        on_invalid: OnInvalid::Error,
        detectors: &scrub::plan::Detectors,
        ..Request::new(&parameters, "bench", sql_type)
    };
    let info = operator(name).expect("listed");
    let prepared = (info.prepare)(&request).unwrap_or_else(|refusal| panic!("{name}: {}", refusal.0));
    (prepared.start)(Some(&super::keys()))
}

/// A column of so many cells through each operator.
pub(super) fn operators(criterion: &mut Criterion) {
    for info in OPERATORS {
        assert!(CASES.iter().any(|case| case.0 == info.name), "{} has no case", info.name);
    }
    let mut group = criterion.benchmark_group("operator");
    for (name, policy, sql_type, cell) in CASES {
        let operator = started(name, policy, sql_type);
        for rows in [64, 2048] {
            let mut block = Vec::new();
            let mut spans = Vec::new();
            for number in 0..rows {
                let cell = cell(number * 7919);
                spans.push(Span::raw(block.len(), cell.len()));
                block.extend_from_slice(cell.as_bytes());
            }
            let mut out = ColumnBuilder::default();
            let mut scratch = Scratch::default();
            group.throughput(Throughput::Elements(rows));
            let label = format!(
                "{name} {policy} {}",
                if sql_type.is_text() { String::new() } else { format!("{sql_type:?}") }
            )
            .replace('\n', " ");
            group.bench_function(BenchmarkId::new(label.trim(), rows), |bencher| {
                bencher.iter(|| {
                    out.clear();
                    let cells = Column::new(black_box(&block), &[], &spans);
                    // Columns of the row, for operators that look at any.
                    let batch = Batch { others: &[cells; 4], ..Batch::new(cells) };
                    operator
                        .mask(&batch, &mut out, &mut scratch)
                        .unwrap_or_else(|error| panic!("{label}: {error:?}"))
                });
            });
        }
    }
    group.finish();
}
