//! Known answers: every line of `tests/kat/<operator>.jsonl`, made by the scripts beside them, through the library.

use std::collections::BTreeMap;
use std::path::Path;

use scrub::base::Key;
use scrub::mask::{About, Batch, Equality, OPERATORS, Request, Scratch, operator};
use scrub::table::{Cell, Column, ColumnBuilder, Span, SqlType};
use serde_json::Value;

/// The type that a line names, with the width that it gives in brackets or apart.
fn sql_type(name: &str, width: Option<u32>) -> SqlType {
    if let Some(element) = name.strip_suffix("[]") {
        return SqlType::Array(Box::new(sql_type(element, width)));
    }
    if name.ends_with("range") {
        return SqlType::Range(name.to_owned());
    }
    let (name, own) = match name.strip_suffix(')').and_then(|name| name.split_once('(')) {
        Some((name, own)) => (name, Some(own.parse().unwrap())),
        None => (name, width),
    };
    match name {
        "text" | "varchar" => SqlType::Text { width: own, padded: false, case_insensitive: false },
        "char" => SqlType::Text { width: own, padded: true, case_insensitive: false },
        "boolean" => SqlType::Boolean,
        "integer" => SqlType::Integer { bits: 32 },
        "bigint" => SqlType::Integer { bits: 64 },
        "numeric" => SqlType::Numeric { precision: own, scale: own.map(|_| 2) },
        "smallint" => SqlType::Integer { bits: 16 },
        "float" => SqlType::Float,
        "bytea" => SqlType::Bytes,
        "bit" => SqlType::Bits,
        "date" => SqlType::Date,
        "timestamp" => SqlType::Timestamp { zone: false },
        "timestamptz" => SqlType::Timestamp { zone: true },
        "uuid" => SqlType::Uuid,
        "json" => SqlType::Json,
        "inet" => SqlType::Inet,
        "cidr" => SqlType::Cidr,
        "macaddr" => SqlType::MacAddr,
        "hstore" => SqlType::Hstore,
        "xml" => SqlType::Xml,
        other => panic!("type {other}"),
    }
}

/// One cell as a block with its span.
fn block(cell: Option<&[u8]>) -> (Vec<u8>, [Span; 1]) {
    (cell.unwrap_or_default().to_vec(), [cell.map_or(Span::NULL, |cell| Span::raw(0, cell.len()))])
}

fn column(block: &(Vec<u8>, [Span; 1])) -> Column<'_> {
    Column::new(&block.0, &[], &block.1)
}

/// What an operator makes of the line's cell.
fn answer(line: &Value) -> Option<String> {
    let text = |name: &str| line[name].as_str();
    let info = operator(text("op").unwrap()).unwrap();
    let width = line["width"].as_u64().map(|width| width as u32);
    let sql_type = sql_type(text("type").unwrap(), width);
    let parameters: BTreeMap<String, toml::Value> = serde_json::from_value(line["policy"].clone()).unwrap();
    let request = Request {
        equality: Equality::from_name(text("equality").unwrap()).unwrap(),
        width: width.or(sql_type.width()),
        detectors: &scrub::plan::Detectors,
        ..Request::new(&parameters, text("domain").unwrap(), &sql_type)
    };
    let about = if line["subject"].is_string() { About::Subject } else { About::Nobody };
    let country = line["others"]["country"].is_string().then_some("country");
    let request = Request { about, country, ..request };
    let prepared = (info.prepare)(&request).unwrap_or_else(|refusal| panic!("{}", refusal.0));
    let key = Key::from_bytes(std::array::from_fn(|byte| byte as u8)).unwrap();
    let started = (prepared.start)(Some(&key.project("acme/dev").domain(request.domain)));

    let cell = text("v").map(str::as_bytes);
    let subject = text("subject").map(|hex| data_encoding::HEXLOWER.decode(hex.as_bytes()).unwrap());
    let (cells, subjects, genders) =
        (block(cell), block(subject.as_deref()), block(text("gender").map(str::as_bytes)));
    let others: Vec<_> =
        prepared.reads.iter().map(|name| block(line["others"][name].as_str().map(str::as_bytes))).collect();
    let others: Vec<_> = others.iter().map(column).collect();
    let batch = Batch {
        cells: column(&cells),
        subjects: subject.as_ref().map(|_| column(&subjects)),
        genders: text("gender").map(|_| column(&genders)),
        others: &others,
        encoding: encoding_rs::UTF_8,
    };
    let mut out = ColumnBuilder::default();
    started.mask(&batch, &mut out, &mut Scratch::default()).unwrap();
    match out.cell(0) {
        Cell::Kept => text("v").map(str::to_owned),
        Cell::Value(value) => Some(String::from_utf8(value.to_vec()).unwrap()),
        _ => None,
    }
}

#[test]
fn every_operator_meets_its_known_answers() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/kat");
    let mut wrong = Vec::new();
    for info in OPERATORS {
        let file = std::fs::read_to_string(folder.join(format!("{}.jsonl", info.name))).unwrap();
        assert!(file.lines().count() >= 3, "{}: three known answers or more", info.name);
        for line in file.lines() {
            let parsed: Value = serde_json::from_str(line).unwrap();
            assert_eq!(parsed["op"], info.name);
            let answer = answer(&parsed);
            if answer.as_deref() != parsed["out"].as_str() {
                wrong.push(format!("{line}\n    gave {answer:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
