//! `redact_text`: what detectors find within free text is masked by its own entity's operator; the rest stays byte for byte.
//!
//! An entity's operator is the one of a column of that kind, in that kind's key domain, so an email in a note has the
//! pseudonym of the email column. What has no operator becomes a fixed marker. A value is found behind its escapes
//! (HTML entities, %XX, backslashes, base64) and what comes in its place is written with the same ones; a cell that is
//! JSON stays JSON. With `row`, values of the row's own columns (the names above all) are found as well, and get what
//! their operators make of the column's value for the row's subject. It is best effort: what no detector knows stays, and `check` says so.

use std::ops::Range;
use std::sync::Arc;

use toml::Value;

use super::json_text::{Tokens, is_number, write_string};
use super::nested::{self, Entry, Fault, Forms, Found, Leaf, Parts, Results, Syntax};
use super::own_values;
use super::text_detectors::{TextEntity, TextSearch};
use super::{
    Class, Domains, Example, KeyedBy, OperatorInfo, Parameter, ParameterKind, Prepared, Refusal, Request,
    typed,
};
use crate::base::did_you_mean;
use crate::table::{Cell, SqlType};

pub(super) const INFO: OperatorInfo = OperatorInfo {
    name: "redact_text",
    summary: "Mask what detectors find within free text, each by its own kind's operator; best effort",
    class: Class::Suppress,
    keyed_by: KeyedBy::Parts,
    domain: nested::DOMAIN,
    entity: "text that its column holds with its new parts",
    parameters: &[
        Parameter {
            name: "operators",
            summary: "operators by entity, over the built-in ones: { EMAIL = { op = \"email\", domain = \"customer.email\" } }",
            kind: ParameterKind::Entries,
            required: false,
            of_domain: false,
        },
        Parameter {
            name: "row",
            summary: "columns of the same row whose values are looked for, with their operators: { first_name = \"first_name\" }",
            kind: ParameterKind::Entries,
            required: false,
            of_domain: false,
        },
        Parameter {
            name: "entities",
            summary: "the entities to look for; default: all that detectors know",
            kind: ParameterKind::List,
            required: false,
            of_domain: false,
        },
        Parameter {
            name: "min_strength",
            summary: "bits of evidence that a find needs, 0 to 64; default 0: whatever a detector is sure enough of",
            kind: ParameterKind::Number,
            required: false,
            of_domain: false,
        },
        Parameter {
            name: "locales",
            summary: "countries whose numbers count without a keyword beside them: [\"en_US\", \"de_DE\"]; default: the policy's locale",
            kind: ParameterKind::List,
            required: false,
            of_domain: false,
        },
    ],
    examples: &[
        Example {
            policy: r#"{ op = "redact_text" }"#,
            sql_type: &SqlType::TEXT,
            input: "Wrote to jane.doe@example.com twice.",
            output: Some("Wrote to hehdajejskmsxwd4@example.com twice."),
        },
        Example {
            policy: r#"{ op = "redact_text", operators = { EMAIL = "redact" } }"#,
            sql_type: &SqlType::TEXT,
            input: "Wrote to jane.doe@example.com twice.",
            output: Some("Wrote to [redacted] twice."),
        },
    ],
    accepts: |sql_type| matches!(sql_type.base(), SqlType::Text { .. }),
    prepare,
};

fn prepare(request: &Request<'_>) -> Result<Prepared, Refusal> {
    let entities = request.detectors.entities();
    if entities.is_empty() {
        return Err(Refusal("there are no detectors that could look for anything".into()));
    }
    let known = |name: &str| {
        let names = || entities.iter().map(|entity| entity.name.as_str());
        let unknown = || Refusal(format!("there is no entity \"{name}\"{}", did_you_mean(name, names())));
        names().position(|known| known == name).ok_or_else(unknown)
    };
    let only = request.texts("entities")?;
    let only = only.map(|only| only.into_iter().map(known).collect::<Result<Vec<_>, _>>()).transpose()?;
    if only.as_ref().is_some_and(Vec::is_empty) {
        return Err(Refusal("entities is empty: nothing would be looked for".into()));
    }
    let minimum = minimum(request)?;
    let locales = request.texts("locales")?.unwrap_or_else(|| vec![request.locale]);
    let none = toml::Table::new();
    let own = request.parameters.get("operators").and_then(Value::as_table).unwrap_or(&none);
    let mut parts = Parts::new(request);
    let mut fates = vec![Fate::Marker; entities.len()];
    for (number, entity) in entities.iter().enumerate() {
        if only.as_ref().is_some_and(|only| !only.contains(&number)) {
            fates[number] = Fate::Stays;
        } else if !own.contains_key(&entity.name) {
            // What cannot be used (a domain of another kind of number, say) leaves the marker.
            let entry = default_entry(entity, request.domains);
            let slot = entry.and_then(|value| slot(&mut parts, &entity.name, &value).ok());
            fates[number] = slot.map_or(Fate::Marker, Fate::Slot);
        }
    }
    for (name, value) in own {
        let number = known(name)?;
        if fates[number] == Fate::Stays {
            return Err(Refusal(format!("{name} has an operator and is not among entities")));
        }
        fates[number] = Fate::Slot(slot(&mut parts, name, value)?);
    }
    let row = request.parameters.get("row").and_then(Value::as_table).unwrap_or(&none);
    let columns = parts.look_at(row.keys().cloned());
    let own = row.iter().map(|(name, value)| slot(&mut parts, name, value)).collect::<Result<_, _>>()?;
    let search = request.detectors.search(&locales);
    let mut prepared = parts.finish(&INFO, RedactText { search, fates, minimum, columns, own })?;
    prepared.notes.push((
        "free-text",
        "free text is best effort: only what detectors recognise is masked, names for the most part are not"
            .into(),
    ));
    Ok(prepared)
}

fn minimum(request: &Request<'_>) -> Result<f32, Refusal> {
    let Some(value) = request.parameters.get("min_strength") else { return Ok(0.0) };
    let number = value.as_float().or_else(|| value.as_integer().map(|number| number as f64));
    match number.filter(|number| (0.0..=64.0).contains(number)) {
        Some(number) => Ok(number as f32),
        None => Err(Refusal("min_strength must be a number from 0 to 64".into())),
    }
}

/// The operator of an entity that the policy does not name. A national number has one where columns hold the same kind;
/// elsewhere a marker is as good, and nobody's number.
fn default_entry(entity: &TextEntity, domains: &dyn Domains) -> Option<Value> {
    let text = format!("entry = {}", entity.operator.as_ref()?);
    let entry = toml::from_str::<toml::Table>(&text).ok()?.remove("entry")?;
    if let Some(kind) = entry.get("kind") {
        let op = entry.get("op").and_then(Value::as_str)?;
        domains.facts(op, op).parameters.get("kind").filter(|known| *known == kind)?;
    }
    Some(entry)
}

fn slot(parts: &mut Parts<'_>, name: &str, value: &Value) -> Result<u32, Refusal> {
    let place = format!("({name})");
    let entry = Entry::read(parts.request, &place, value)?;
    Forms::text(parts, &entry)
}

/// What becomes of an entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// Nothing: the policy does not look for it.
    Stays,
    /// A fixed marker.
    Marker,
    /// The result of an operator.
    Slot(u32),
}

struct RedactText {
    search: Arc<dyn TextSearch>,
    /// By entity.
    fates: Vec<Fate>,
    minimum: f32,
    /// The columns of the row whose values are looked for, and their operators.
    columns: Range<usize>,
    own: Vec<u32>,
}

/// Something to be masked.
struct Find<'v> {
    range: Range<usize>,
    fate: Fate,
    /// The row's own value, as its column has it.
    value: Option<&'v str>,
}

/// How a value stands in its text: what comes in its place is written so too.
const PLAIN: u32 = 0;
const PERCENT: u32 = 1;
const HTML: u32 = 2;
const BACKSLASH: u32 = 3;
/// A JSON value that is no string.
const BARE: u32 = 4;
/// Within the base64 text that the leaf covers.
const BASE64: u32 = 5;

/// Characters of the shortest base64 text that is looked into.
const SHORTEST_BASE64: usize = 24;

impl RedactText {
    /// What is found and not to stay: places that do not overlap, at bounds of characters.
    fn hits(&self, text: &str, each: &mut dyn FnMut(Range<usize>, Fate)) {
        let mut done = 0;
        self.search.find(text.as_bytes(), &mut |hit| {
            let fate = self.fates.get(hit.entity).copied().unwrap_or(Fate::Marker);
            if fate == Fate::Stays || hit.strength < self.minimum {
                return;
            }
            let (mut start, mut end) = (hit.range.start.max(done), hit.range.end.min(text.len()));
            while !text.is_char_boundary(start) {
                start -= 1;
            }
            while !text.is_char_boundary(end) {
                end += 1;
            }
            if start < end {
                done = end;
                each(start..end, fate);
            }
        });
    }

    /// The same, and the row's own values.
    fn finds<'v>(&self, cell: &str, found: &Found<'v>) -> Vec<Find<'v>> {
        let mut finds = Vec::new();
        for (number, slot) in self.columns.clone().zip(&self.own) {
            let Some(value) = found.column(number) else { continue };
            let mut add = |range| finds.push(Find { range, fate: Fate::Slot(*slot), value: Some(value) });
            own_values::each(cell, value, &mut add);
        }
        self.hits(cell, &mut |range, fate| finds.push(Find { range, fate, value: None }));
        finds.sort_by_key(|find| (find.range.start, std::cmp::Reverse(find.range.end), find.value.is_none()));
        finds.dedup_by(|next, last| {
            if next.range.start >= last.range.end {
                return false;
            }
            if next.range.end > last.range.end {
                // Neither is the whole of it.
                *last = Find { range: last.range.start..next.range.end, fate: Fate::Marker, value: None };
            }
            true
        });
        finds
    }

    /// Adds a find.
    fn push(&self, cell: &str, range: Range<usize>, fate: Fate, is_json: bool, found: &mut Found<'_>) {
        let stretch = &cell[range.clone()];
        if let Some(inner) = base_64(stretch) {
            let mut any = false;
            self.hits(&inner, &mut |place, fate| {
                any = true;
                let plain = self.search.plain(&inner.as_bytes()[place]);
                match fate {
                    Fate::Slot(slot) if is_text(&plain) => {
                        found.push(range.clone(), BASE64, slot, Some(&plain));
                    }
                    _ => found.redact(range.clone(), BASE64),
                }
            });
            if any {
                return;
            }
        }
        let plain = self.search.plain(stretch.as_bytes());
        let form = form(cell, &range, plain.as_ref() != stretch.as_bytes(), is_json);
        match (fate, form) {
            (Fate::Slot(slot), Some(form)) if is_text(&plain) => found.push(range, form, slot, Some(&plain)),
            (_, form) => found.redact(range, form.unwrap_or(PLAIN)),
        }
    }

    /// Appends base64 text with the new parts of what it holds.
    fn splice_base_64(&self, written: &str, leaves: &[Leaf], results: &Results<'_>, out: &mut Vec<u8>) {
        let mut new = Vec::new();
        let mut at = 0;
        let mut leaves = leaves.iter();
        let inner = base_64(written).unwrap_or_default();
        self.hits(&inner, &mut |place, _| {
            let result = leaves.next().and_then(|leaf| results.cell(leaf));
            new.extend_from_slice(&inner.as_bytes()[at..place.start]);
            let raw = &inner[place.clone()];
            let escaped = self.search.plain(raw.as_bytes()).as_ref() != raw.as_bytes();
            let form = form(&inner, &place, escaped, is_json(&inner)).unwrap_or(PLAIN);
            match result {
                Some(Cell::Value(value)) => write(form, value, &mut new),
                Some(Cell::Kept) => new.extend_from_slice(raw.as_bytes()),
                Some(Cell::Null) => {}
                None => write(form, typed::REDACTED.as_bytes(), &mut new),
            }
            at = place.end;
        });
        new.extend_from_slice(&inner.as_bytes()[at..]);
        let encoding = if written.ends_with('=') || written.len().is_multiple_of(4) {
            &data_encoding::BASE64
        } else {
            &data_encoding::BASE64_NOPAD
        };
        out.extend_from_slice(encoding.encode(&new).as_bytes());
    }
}

impl Syntax for RedactText {
    const PART: &'static str = "find";

    fn find(&self, cell: &str, found: &mut Found<'_>) -> Result<(), Fault> {
        let mut json = None;
        if !self.own.is_empty() {
            for Find { range, fate, value } in self.finds(cell, found) {
                let is_json = *json.get_or_insert_with(|| is_json(cell));
                match (value, fate) {
                    (Some(value), Fate::Slot(slot)) => {
                        let form = form(cell, &range, false, is_json).unwrap_or(PLAIN);
                        found.push(range, form, slot, Some(value.as_bytes()));
                    }
                    _ => self.push(cell, range, fate, is_json, found),
                }
            }
            return Ok(());
        }
        self.hits(cell, &mut |range, fate| {
            let is_json = *json.get_or_insert_with(|| is_json(cell));
            self.push(cell, range, fate, is_json, found);
        });
        Ok(())
    }

    fn write(&self, leaf: &Leaf, _: &str, value: Option<&[u8]>, out: &mut Vec<u8>) {
        write(leaf.form, value.unwrap_or_default(), out);
    }

    fn redact(&self, leaf: &Leaf, _: &str, out: &mut Vec<u8>) {
        write(leaf.form, typed::REDACTED.as_bytes(), out);
    }

    fn splice(&self, cell: &str, leaves: &[Leaf], results: &Results<'_>, out: &mut Vec<u8>) -> bool {
        let from = out.len();
        let (mut at, mut next) = (0, 0);
        while let Some(leaf) = leaves.get(next) {
            let (start, end) = (leaf.start as usize, leaf.end as usize);
            let same = leaves[next..].iter().take_while(|other| other.start == leaf.start).count();
            let own = &leaves[next..next + same];
            next += same;
            if own.iter().all(|leaf| results.cell(leaf) == Some(Cell::Kept)) {
                continue;
            }
            out.extend_from_slice(&cell.as_bytes()[at..start]);
            let written = &cell[start..end];
            match results.cell(leaf) {
                _ if leaf.form == BASE64 => self.splice_base_64(written, own, results, out),
                None => self.redact(leaf, written, out),
                Some(Cell::Value(value)) => self.write(leaf, written, Some(value), out),
                Some(_) => self.write(leaf, written, None, out),
            }
            at = end;
        }
        if at == 0 {
            return false;
        }
        out.extend_from_slice(&cell.as_bytes()[at..]);
        // A find across the bounds of JSON's own signs: nothing of such a cell can stay.
        if is_json(cell) && !std::str::from_utf8(&out[from..]).is_ok_and(is_json) {
            out.truncate(from);
            out.push(b'[');
            write_string(typed::REDACTED.as_bytes(), out);
            out.push(b']');
        }
        true
    }
}

/// How a stretch stands in its text; `None` where ways are mixed.
fn form(text: &str, range: &Range<usize>, escaped: bool, is_json: bool) -> Option<u32> {
    let bytes = &text.as_bytes()[range.clone()];
    if escaped {
        let kinds = [(b'%', PERCENT), (b'&', HTML), (b'\\', BACKSLASH)];
        let mut seen = kinds.iter().filter(|(sign, _)| bytes.contains(sign)).map(|(_, form)| *form);
        match (seen.next(), seen.next()) {
            (Some(_), Some(_)) => return None,
            (Some(form), None) => return Some(form),
            (None, _) => {}
        }
    }
    if !is_json {
        return Some(PLAIN);
    }
    Some(if is_in_string(&text[..range.start]) { BACKSLASH } else { BARE })
}

/// Whether JSON that begins so is within a string.
fn is_in_string(before: &str) -> bool {
    let (mut inside, mut escaped) = (false, false);
    for byte in before.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if inside => escaped = true,
            b'"' => inside = !inside,
            _ => {}
        }
    }
    inside
}

/// Appends a value in its form.
fn write(form: u32, value: &[u8], out: &mut Vec<u8>) {
    match form {
        PERCENT => {
            for byte in value {
                if byte.is_ascii_alphanumeric() || b"-._~".contains(byte) {
                    out.push(*byte);
                } else {
                    out.push(b'%');
                    out.extend_from_slice(data_encoding::HEXUPPER.encode(&[*byte]).as_bytes());
                }
            }
        }
        HTML => {
            for byte in value {
                match byte {
                    b'&' => out.extend_from_slice(b"&amp;"),
                    b'<' => out.extend_from_slice(b"&lt;"),
                    b'>' => out.extend_from_slice(b"&gt;"),
                    b'"' => out.extend_from_slice(b"&quot;"),
                    b'\'' => out.extend_from_slice(b"&#39;"),
                    _ => out.push(*byte),
                }
            }
        }
        BACKSLASH => {
            let mut quoted = Vec::new();
            write_string(value, &mut quoted);
            out.extend_from_slice(&quoted[1..quoted.len() - 1]);
        }
        BARE if !is_number(value) => write_string(value, out),
        _ => out.extend_from_slice(value),
    }
}

fn is_text(value: &[u8]) -> bool {
    !value.is_empty() && std::str::from_utf8(value).is_ok()
}

/// Whether a text is a JSON object or array.
fn is_json(text: &str) -> bool {
    if !text.trim_start().starts_with(['{', '[']) {
        return false;
    }
    let mut tokens = Tokens::new(text);
    loop {
        match tokens.next() {
            Ok(Some(_)) => {}
            Ok(None) => return true,
            Err(_) => return false,
        }
    }
}

/// The text within base64 text.
fn base_64(written: &str) -> Option<String> {
    if written.len() < SHORTEST_BASE64 {
        return None;
    }
    let body = written.trim_end_matches('=');
    let decoded = data_encoding::BASE64_NOPAD.decode(body.as_bytes()).ok()?;
    String::from_utf8(decoded).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::examples::{mask_cells, mask_text, prepare};
    use super::*;

    const JANE: &str = "jane.doe@example.com";
    const ALIAS: &str = "hehdajejskmsxwd4@example.com";

    fn masked(cell: &str) -> String {
        mask_text(&INFO, "{}", cell)
    }

    #[test]
    fn what_has_no_operator_becomes_a_marker_and_the_rest_stays() {
        assert_eq!(masked(&format!("a {JANE}\tb  078-05-1120\n")), format!("a {ALIAS}\tb  [redacted]\n"));
        assert_eq!(masked("nothing here"), "nothing here");
    }

    #[test]
    fn only_what_the_policy_looks_for_is_masked() {
        let cell = format!("{JANE} 078-05-1120");
        assert_eq!(mask_text(&INFO, "{ entities = ['EMAIL'] }", &cell), format!("{ALIAS} 078-05-1120"));
        assert_eq!(
            mask_text(&INFO, "{ min_strength = 10 }", &cell),
            format!("{ALIAS} 078-05-1120"),
            "the number has 8 bits"
        );
        assert_eq!(
            mask_text(&INFO, "{ operators = { EMAIL = 'keep' } }", &cell),
            format!("{JANE} [redacted]")
        );
    }

    #[test]
    fn mistakes_are_refused_with_what_to_do() {
        for (policy, why) in [
            ("{ entities = ['EMIAL'] }", "there is no entity \"EMIAL\"; did you mean \"EMAIL\"?"),
            ("{ entities = [] }", "nothing would be looked for"),
            ("{ operators = { MAIL = 'email' } }", "there is no entity"),
            ("{ operators = { EMAIL = 'emial' } }", "(EMAIL): there is no operator"),
            ("{ entities = ['EMAIL'], operators = { US_SSN = 'redact' } }", "is not among entities"),
            ("{ min_strength = 65 }", "from 0 to 64"),
        ] {
            let Err(Refusal(said)) = prepare(&INFO, policy, &SqlType::TEXT) else { panic!("{policy}") };
            assert!(said.contains(why), "{policy}: {said}");
        }
    }

    #[test]
    fn a_value_is_written_as_it_stood() {
        assert_eq!(masked("?e=jane.doe%40example.com"), "?e=hehdajejskmsxwd4%40example.com");
        assert_eq!(
            mask_text(
                &INFO,
                "{ operators = { EMAIL = { op = 'constant', value = '<&\"' } } }",
                "to jane.doe&#64;example.com"
            ),
            "to &lt;&amp;&quot;"
        );
        let encode = |text: &str| data_encoding::BASE64.encode(text.as_bytes());
        let blob = |mail: &str| format!("x {} y", encode(&format!("mail to {mail} and 078-05-1120 please")));
        assert_eq!(
            masked(&blob(JANE)),
            format!("x {} y", encode(&format!("mail to {ALIAS} and [redacted] please")))
        );
    }

    #[test]
    fn json_stays_json() {
        assert_eq!(
            masked(r#"{"to": "jane.doe@example.com", "n": 078}"#).replace(ALIAS, JANE),
            r#"{"to": "jane.doe@example.com", "n": 078}"#,
            "what is no JSON is text"
        );
        assert_eq!(
            masked(r#"{ "to":[ "cc jane.doe@example.com x"],"n":1.50 }"#),
            r#"{ "to":[ "cc hehdajejskmsxwd4@example.com x"],"n":1.50 }"#
        );
        let policy = "{ operators = { EMAIL = { op = 'constant', value = 'a\"b' } } }";
        assert_eq!(
            mask_text(&INFO, policy, r#"{"to": "cc jane.doe@example.com x"}"#),
            r#"{"to": "cc a\"b x"}"#
        );
    }

    #[test]
    fn it_masks_a_leaf_of_a_document() {
        let json = super::super::operator("json").unwrap();
        let cell = r#"{"note":"ask jane.doe@example.com \u00e9","list":[{"note":"{\"a\":\"jane.doe@example.com\"}"}]}"#;
        let policy = "{ paths = { '$..note' = 'redact_text' } }";
        let masked = mask_cells(json, policy, &SqlType::Json, "", &[Some(cell)]).unwrap();
        let value: serde_json::Value = serde_json::from_str(masked[0].as_deref().unwrap()).unwrap();
        assert_eq!(value["note"], format!("ask {ALIAS} é"));
        assert_eq!(value["list"][0]["note"], format!(r#"{{"a":"{ALIAS}"}}"#));
    }

    #[test]
    fn a_text_that_its_column_cannot_hold_is_no_text_of_its_column() {
        let narrow = SqlType::Text { width: Some(26), padded: false, case_insensitive: false };
        let masked = mask_cells(&INFO, "{}", &narrow, "", &[Some("to jane.doe@example.com"), Some("short")]);
        let masked = masked.unwrap();
        let first = masked[0].as_deref().unwrap();
        assert!(first.len() <= 26 && !first.contains("jane"), "a tag");
        assert_eq!(masked[1].as_deref(), Some("short"));
    }

    proptest! {
        #[test]
        fn all_but_finds_is_byte_identical(words in proptest::collection::vec("[a-zé&%\\\\\"{]{0,6}", 1..8), at in 0usize..8) {
            let mut words: Vec<String> = words;
            let at = at.min(words.len());
            words.insert(at, JANE.to_owned());
            let cell = words.join(" ");
            prop_assert_eq!(masked(&cell), cell.replace(JANE, ALIAS));
        }
    }
}
