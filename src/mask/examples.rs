//! Runs the examples of every operator, and what the operators' own tests share.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::{
    Batch, CellError, DefaultDomain, Equality, OPERATORS, OnInvalid, OperatorInfo, Prepared, Refusal,
    Request, Scratch, Tally, TextDetectors, TextEntity, TextHit, TextSearch,
};
use crate::base::{Key, ProjectKey};
use crate::table::{Cell, Column, ColumnBuilder, Span, SqlType};

pub(super) type Parameters = BTreeMap<String, toml::Value>;

/// Detectors of emails and one national number, in place of the real ones.
pub(super) struct Samples;

impl TextDetectors for Samples {
    fn entities(&self) -> Vec<TextEntity> {
        let operators = [("EMAIL", Some("\"email\"")), ("US_SSN", None)];
        let entity = |(name, operator): (&str, Option<&str>)| TextEntity {
            name: name.to_owned(),
            operator: operator.map(str::to_owned),
        };
        operators.into_iter().map(entity).collect()
    }

    fn search(&self, _: &[&str]) -> Arc<dyn TextSearch> {
        Arc::new(Self)
    }
}

impl TextSearch for Samples {
    fn find(&self, text: &[u8], each: &mut dyn FnMut(TextHit)) {
        let text = String::from_utf8_lossy(text);
        let mut at = 0;
        for word in text.split(|sign: char| sign.is_whitespace() || "\"{}[],:?\\".contains(sign)) {
            let (start, end) = (at, at + word.len());
            at = end + text[end..].chars().next().map_or(0, char::len_utf8);
            let base_64 = || {
                let decoded = data_encoding::BASE64.decode(word.as_bytes()).unwrap_or_default();
                let mut any = false;
                self.find(&decoded, &mut |_| any = true);
                any
            };
            let number = word.len() == 11 && word.bytes().all(|byte| byte == b'-' || byte.is_ascii_digit());
            let hit = if let Some(sign) = word.find('@').or(word.find("%40")).or(word.find("&#64;")) {
                let start = start + word[..sign].rfind('=').map_or(0, |place| place + 1);
                (start < end && sign > 0).then_some((start, 0, 14.0))
            } else if number {
                Some((start, 1, 8.0))
            } else {
                (word.len() >= 24 && base_64()).then_some((start, 0, 14.0))
            };
            if let Some((start, entity, strength)) = hit {
                each(TextHit { range: start..end, entity, strength });
            }
        }
    }

    fn plain<'t>(&self, stretch: &'t [u8]) -> Cow<'t, [u8]> {
        let text = String::from_utf8_lossy(stretch);
        Cow::Owned(text.replace("%40", "@").replace("&#64;", "@").into_bytes())
    }
}

/// A request for a nullable column that need not be unique.
pub(super) fn request<'a>(parameters: &'a Parameters, sql_type: &'a SqlType) -> Request<'a> {
    Request { detectors: &Samples, ..Request::new(parameters, "t.c", sql_type) }
}

/// The key of bytes 0, 1, .. 31 in the project `acme/dev`.
pub(super) fn demo_key() -> ProjectKey {
    Key::from_bytes(std::array::from_fn(|byte| byte as u8)).unwrap().project("acme/dev")
}

/// A column's entry in a policy as parameters: common ones go to the request, as the plan does it.
pub(super) fn parameters(policy: &str) -> Parameters {
    let document: BTreeMap<String, Parameters> = toml::from_str(&format!("policy = {policy}")).unwrap();
    document.into_values().next().unwrap()
}

pub(super) fn prepare(info: &OperatorInfo, policy: &str, sql_type: &SqlType) -> Result<Prepared, Refusal> {
    let parameters = parameters(policy);
    let mut request = request(&parameters, sql_type);
    match parameters.get("on_invalid").and_then(toml::Value::as_str) {
        Some("error") => request.on_invalid = OnInvalid::Error,
        Some("redact") => request.on_invalid = OnInvalid::Redact,
        _ => {}
    }
    request.equality = match parameters.get("equality").and_then(toml::Value::as_str) {
        Some("ci") => Equality::CaseInsensitive,
        Some("ci_ai") => Equality::CaseAccentInsensitive,
        _ => Equality::Exact,
    };
    (info.prepare)(&request)
}

/// The key domain of an example.
pub(super) fn domain(info: &OperatorInfo) -> &'static str {
    match info.domain {
        DefaultDomain::Entity(name) => name,
        DefaultDomain::None | DefaultDomain::Column => "t.c",
    }
}

/// Cells as a block and its spans.
pub(super) fn block(cells: &[Option<&str>]) -> (Vec<u8>, Vec<Span>) {
    let mut bytes = Vec::new();
    let mut spans = Vec::new();
    for cell in cells {
        spans.push(cell.map_or(Span::NULL, |cell| Span::raw(bytes.len(), cell.len())));
        bytes.extend_from_slice(cell.unwrap_or_default().as_bytes());
    }
    (bytes, spans)
}

/// Masks cells with a prepared operator; kept cells come back as they are.
pub(super) fn run(
    prepared: &Prepared,
    domain: &str,
    cells: &[Option<&str>],
) -> Result<(Vec<Option<String>>, Tally), CellError> {
    let operator = (prepared.start)(Some(&demo_key().domain(domain)));
    let (bytes, spans) = block(cells);
    let batch = Batch::new(Column::new(&bytes, &[], &spans));
    let mut out = ColumnBuilder::default();
    let tally = operator.mask(&batch, &mut out, &mut Scratch::default())?;
    assert_eq!(out.len(), cells.len(), "one cell per row");
    let read = |row| match out.cell(row) {
        Cell::Kept => cells[row].map(str::to_owned),
        Cell::Null => None,
        Cell::Value(value) => Some(String::from_utf8(value.to_vec()).unwrap()),
    };
    Ok(((0..cells.len()).map(read).collect(), tally))
}

/// Masks cells under a policy entry; `domain` may be empty for the default.
pub(super) fn mask_cells(
    info: &OperatorInfo,
    policy: &str,
    sql_type: &SqlType,
    key_domain: &str,
    cells: &[Option<&str>],
) -> Result<Vec<Option<String>>, CellError> {
    let prepared =
        prepare(info, policy, sql_type).unwrap_or_else(|refusal| panic!("{}: {}", info.name, refusal.0));
    let key_domain = if key_domain.is_empty() { domain(info) } else { key_domain };
    Ok(run(&prepared, key_domain, cells)?.0)
}

/// Masks one cell of text under the default domain.
pub(super) fn mask_text(info: &OperatorInfo, policy: &str, cell: &str) -> String {
    let masked = mask_cells(info, policy, &SqlType::TEXT, "", &[Some(cell)]).unwrap();
    masked[0].clone().unwrap()
}

#[test]
fn every_example_gives_what_it_says() {
    let mut wrong = Vec::new();
    for info in OPERATORS {
        assert!(info.examples.len() >= 2, "{}: two examples or more", info.name);
        for example in info.examples {
            assert!((info.accepts)(example.sql_type), "{}: {}", info.name, example.policy);
            let masked =
                mask_cells(info, example.policy, example.sql_type, "", &[Some(example.input)]).unwrap();
            if masked[0].as_deref() != example.output {
                wrong.push(format!("{} {} {:?}: {:?}", info.name, example.policy, example.input, masked[0]));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn operators_are_sorted_by_name() {
    assert!(OPERATORS.is_sorted_by(|a, b| a.name < b.name));
}

#[test]
fn parameters_of_an_example_are_declared_or_common() {
    const COMMON: [&str; 10] = [
        "op",
        "domain",
        "on_invalid",
        "max_invalid",
        "unique",
        "row_key",
        "sentinels",
        "live",
        "reason",
        "equality",
    ];
    for info in OPERATORS {
        for example in info.examples {
            for name in parameters(example.policy).keys() {
                let declared = info.parameters.iter().any(|parameter| parameter.name == name);
                assert!(declared || COMMON.contains(&name.as_str()), "{}: {name}", info.name);
            }
        }
    }
}
