//! `json`: values within JSON documents are masked path by path; everything else stays byte for byte.
//!
//! Nothing passes that the policy does not name: a value without a path follows `rest`, a key that may be data (an email,
//! a number, a UUID) follows `keys`. A path that ends at an object or array is for all values in it that no more
//! specific path names. A string stays a string, whatever becomes of it. A number goes to its operator as a number, and
//! is written as one if what comes back is one, else as a string; a boolean stays unless its operator makes booleans;
//! null stays unless its operator replaces NULL. An entry of operator `json` masks JSON within a string, or the object or array at
//! its very path.

use super::json_text::{NotJson, Text, Token, Tokens, decode, is_number, without_exponent, write_string};
use super::nested::{
    self, Fate, Fault, Forms, Found, Frame, KeyRule, Kind, Leaf, Parts, Rest, Syntax, Tree, Walk,
};
use super::{Class, Example, KeyedBy, OperatorInfo, Prepared, Refusal, Request, json_path, typed};
use crate::table::SqlType;

pub(super) const INFO: OperatorInfo = OperatorInfo {
    name: "json",
    summary: "Mask values within JSON by path; what no path names is denied, redacted or kept",
    class: Class::Suppress,
    keyed_by: KeyedBy::Parts,
    domain: nested::DOMAIN,
    entity: "JSON document",
    parameters: &[json_path::PATHS, Rest::PARAMETER, KeyRule::PARAMETER],
    examples: &[
        Example {
            policy: r#"{ op = "json", paths = { "$.contact.email" = "email", "$.id" = { op = "permute", domain = "id" }, "$.tags" = "keep" } }"#,
            sql_type: &SqlType::Json,
            input: r#"{"id": 42, "contact": {"email": "jane.doe@example.com"}, "tags": ["a"]}"#,
            output: Some(
                r#"{"id": 104, "contact": {"email": "hehdajejskmsxwd4@example.com"}, "tags": ["a"]}"#,
            ),
        },
        Example {
            policy: r#"{ op = "json", rest = "redact", paths = { "$.payload.$json..email" = "email" } }"#,
            sql_type: &SqlType::TEXT,
            input: r#"{"ok":true,"payload":"{\"to\":[{\"email\":\"jane.doe@example.com\"}]}","n":1.5}"#,
            output: Some(
                r#"{"ok":false,"payload":"{\"to\":[{\"email\":\"hehdajejskmsxwd4@example.com\"}]}","n":0}"#,
            ),
        },
        Example {
            policy: r#"{ op = "json", rest = "redact", paths = { "$.by_email.~" = "email", "$.by_email.*" = "keep" } }"#,
            sql_type: &SqlType::Json,
            input: r#"{"by_email": {"jane.doe@example.com": 3}, "jane@x.test": null}"#,
            output: Some(r#"{"by_email": {"hehdajejskmsxwd4@example.com": 3}, "[redacted]": null}"#),
        },
    ],
    accepts: |sql_type| matches!(sql_type.base(), SqlType::Json | SqlType::Text { .. }),
    prepare,
};

fn prepare(request: &Request<'_>) -> Result<Prepared, Refusal> {
    let mut parts = Parts::new(request);
    let paths = json_path::read(request)?;
    let named = paths.iter().map(|(path, text, entry)| (path.clone(), text.clone(), entry)).collect();
    let tree = Tree::new(&mut parts, named, true, |parts, entry, _| {
        Forms::prepare(parts, entry, Some(&SqlType::Json))
    })?;
    parts.finish(&INFO, Json { tree })
}

struct Json {
    tree: Tree<Forms>,
}

/// What stands at a leaf; for redacted keys also their number in the object, from 0.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    String,
    Number,
    Boolean,
    Null,
    Document,
    Key(u32),
}

impl Form {
    fn pack(self) -> u32 {
        match self {
            Self::String => 0,
            Self::Number => 1,
            Self::Boolean => 2,
            Self::Null => 3,
            Self::Document => 4,
            Self::Key(number) => 5 | number << 3,
        }
    }

    fn unpack(packed: u32) -> Self {
        match packed & 7 {
            0 => Self::String,
            1 => Self::Number,
            2 => Self::Boolean,
            3 => Self::Null,
            4 => Self::Document,
            _ => Self::Key(packed >> 3),
        }
    }
}

impl Json {
    /// Reads the whole document.
    fn walk(
        &self,
        cell: &str,
        walk: &mut Walk<'_, Forms>,
        found: &mut Found<'_>,
        decoded: &mut Vec<u8>,
    ) -> Result<(), Fault> {
        let mut tokens = Tokens::new(cell);
        loop {
            let token = tokens.next()?;
            if !matches!(token, None | Some(Token::Close | Token::Key(_))) {
                walk.next_element();
            }
            match token {
                None => return Ok(()),
                Some(Token::Close) => walk.leave(),
                Some(Token::Key(text)) => self.key(cell, &text, walk, found, decoded)?,
                Some(Token::Open { object }) => {
                    match walk.exact().and_then(|forms| forms.slot(Kind::Document)) {
                        Some(slot) => {
                            let start = tokens.at() - 1;
                            let depth = tokens.depth();
                            while tokens.depth() >= depth {
                                tokens.next()?.ok_or(Fault::Invalid)?;
                            }
                            let document = &cell.as_bytes()[start..tokens.at()];
                            found.push(start..tokens.at(), Form::Document.pack(), slot, Some(document));
                        }
                        None => walk.enter(object)?,
                    }
                }
                Some(Token::String(text)) => {
                    let value = decode_into(cell, &text, decoded);
                    let range = text.range.start - 1..text.range.end + 1;
                    self.leaf(cell, (Form::String, Kind::Text), range, Some(value), walk, found)?;
                }
                Some(Token::Number(range)) => {
                    let number = &cell[range.clone()];
                    let plain = without_exponent(number);
                    let number = plain.as_deref().unwrap_or(number);
                    let kind = if number.parse::<i64>().is_ok() { Kind::Integer } else { Kind::Decimal };
                    self.leaf(cell, (Form::Number, kind), range, Some(number.as_bytes()), walk, found)?;
                }
                Some(Token::Boolean(range)) => {
                    let value = Some(&cell.as_bytes()[range.clone()]);
                    self.leaf(cell, (Form::Boolean, Kind::Boolean), range, value, walk, found)?;
                }
                Some(Token::Null(range)) => {
                    self.leaf(cell, (Form::Null, Kind::Null), range, None, walk, found)?;
                }
            }
        }
    }

    fn key(
        &self,
        cell: &str,
        text: &Text,
        walk: &mut Walk<'_, Forms>,
        found: &mut Found<'_>,
        decoded: &mut Vec<u8>,
    ) -> Result<(), Fault> {
        let key = decode_into(cell, text, decoded);
        let range = text.range.start - 1..text.range.end + 1;
        match walk.key(key, (text.range.start, text.range.end)) {
            Fate::Keep => {}
            Fate::Mask(path) => {
                if let Some(slot) = self.tree.rule(path).and_then(|forms| forms.slot(Kind::Text)) {
                    found.push(range, Form::Key(0).pack(), slot, Some(key));
                }
            }
            Fate::Redact => found.redact(range, Form::Key(walk.count_redacted()).pack()),
            Fate::Deny => return Err(Fault::Unnamed(walk.place(cell))),
        }
        Ok(())
    }

    fn leaf(
        &self,
        cell: &str,
        (form, kind): (Form, Kind),
        range: std::ops::Range<usize>,
        value: Option<&[u8]>,
        walk: &Walk<'_, Forms>,
        found: &mut Found<'_>,
    ) -> Result<(), Fault> {
        match walk.value() {
            Fate::Keep => {}
            Fate::Mask(path) => {
                if let Some(slot) = self.tree.rule(path).and_then(|forms| forms.slot(kind)) {
                    found.push(range, form.pack(), slot, value);
                }
            }
            // There is nothing in a null or an empty string.
            Fate::Redact if value.is_none_or(<[u8]>::is_empty) => {}
            Fate::Redact => found.redact(range, form.pack()),
            Fate::Deny if value.is_none() => {}
            Fate::Deny => return Err(Fault::Unnamed(walk.place(cell))),
        }
        Ok(())
    }
}

impl Syntax for Json {
    const PART: &'static str = "JSON value or key";

    fn find(&self, cell: &str, found: &mut Found<'_>) -> Result<(), Fault> {
        let frames: Vec<Frame> = std::mem::take(found.frames);
        let mut decoded = std::mem::take(found.decoded);
        let mut walk = Walk::new(&self.tree, frames);
        let result = self.walk(cell, &mut walk, found, &mut decoded);
        *found.frames = walk.into_frames();
        *found.decoded = decoded;
        result
    }

    fn write(&self, leaf: &Leaf, _: &str, value: Option<&[u8]>, out: &mut Vec<u8>) {
        match (Form::unpack(leaf.form), value) {
            (Form::Key(_), value) => write_string(value.unwrap_or_default(), out),
            (_, None) => out.extend_from_slice(b"null"),
            (Form::Number, Some(value)) if is_number(value) => out.extend_from_slice(value),
            (Form::Boolean, Some(b"true" | b"t")) => out.extend_from_slice(b"true"),
            (Form::Boolean, Some(b"false" | b"f")) => out.extend_from_slice(b"false"),
            (Form::Document, Some(value)) => out.extend_from_slice(value),
            (_, Some(value)) => write_string(value, out),
        }
    }

    fn redact(&self, leaf: &Leaf, _: &str, out: &mut Vec<u8>) {
        match Form::unpack(leaf.form) {
            Form::Number => out.push(b'0'),
            Form::Boolean => out.extend_from_slice(b"false"),
            Form::Null => out.extend_from_slice(b"null"),
            Form::Key(number) => write_string(redacted_key(number).as_bytes(), out),
            Form::String | Form::Document => write_string(typed::REDACTED.as_bytes(), out),
        }
    }
}

/// The fixed text of the key that is number `number`, from 0, of those in its object: keys stay different.
pub(super) fn redacted_key(number: u32) -> String {
    if number == 0 {
        return typed::REDACTED.to_owned();
    }
    format!("{} {}]", typed::REDACTED.trim_end_matches(']'), number + 1)
}

fn decode_into<'t>(cell: &'t str, text: &Text, decoded: &'t mut Vec<u8>) -> &'t [u8] {
    let written = &cell[text.range.clone()];
    if !text.escaped {
        return written.as_bytes();
    }
    decoded.clear();
    decode(written, decoded);
    decoded
}

impl From<NotJson> for Fault {
    fn from(_: NotJson) -> Self {
        Self::Invalid
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Map, Value};

    use super::super::examples::{mask_cells, prepare, run};
    use super::*;

    fn masked(policy: &str, cell: &str) -> String {
        let masked = mask_cells(&INFO, policy, &SqlType::Json, "", &[Some(cell)]).unwrap();
        masked[0].clone().unwrap()
    }

    fn error(policy: &str, cell: &str) -> String {
        let error = mask_cells(&INFO, policy, &SqlType::Json, "", &[Some(cell)]).unwrap_err();
        error.kind.to_string()
    }

    const IDS: &str = "{ paths = { '$..id' = { op = 'permute', domain = 'customer.id' } } }";

    #[test]
    fn one_number_has_one_pseudonym_however_it_is_written() {
        let cell = r#"[{"id":42},{"id":"42"},{"id":42.0},{"id":4.2e1},{"id":0},{"id":null},{"id":""}]"#;
        assert_eq!(
            masked(IDS, cell),
            r#"[{"id":51},{"id":"51"},{"id":51.0},{"id":51},{"id":0},{"id":null},{"id":""}]"#
        );
    }

    #[test]
    fn what_is_not_named_stays_byte_for_byte() {
        let cell = "{ \"a\" :[ 1.50,\t\"\\u00e9\\/\" ] , \"e\":\"jane.doe@example.com\",\n\"b\": -0.0e-1 }";
        let policy = "{ rest = 'keep', reason = 'a test', paths = { '$.e' = 'email' } }";
        assert_eq!(masked(policy, cell), cell.replace("jane.doe", "hehdajejskmsxwd4"));
    }

    #[test]
    fn escapes_are_read_before_the_operator_sees_them() {
        let policy = "{ paths = { '$.e' = 'email' } }";
        assert_eq!(
            masked(policy, r#"{"\u0065":"jane\u002edoe\u0040example.com"}"#),
            r#"{"\u0065":"hehdajejskmsxwd4@example.com"}"#
        );
        assert_eq!(
            masked("{ paths = { '$' = { op = 'constant', value = \"a\\\"\\\\\\n\\u0001é\" } } }", r#""x""#),
            r#""a\"\\\n\u0001é""#
        );
    }

    #[test]
    fn a_value_that_no_path_names_ends_the_run_with_a_sketch_of_where() {
        let policy = "{ paths = { '$.contact.email' = 'email' } }";
        assert_eq!(
            masked(policy, r#"{"contact":{"email":null,"x":[]},"y":null}"#),
            r#"{"contact":{"email":null,"x":[]},"y":null}"#
        );
        let message = error(policy, r#"{"contact":{"jane_doe":[1,{"email":"a"}]}}"#);
        assert!(message.contains("$.contact.LLLLPLLL[0] "), "{message}");
        for cell in [r#"{"contact":true}"#, r#"{"a":""}"#, "1", r#"{"jane@example.com":null}"#] {
            assert!(error(policy, cell).contains("is not named by the policy"), "{cell}");
        }
    }

    #[test]
    fn redaction_keeps_types_and_keeps_keys_apart() {
        assert_eq!(
            masked("{ rest = 'redact' }", r#"{"a b":"x","4711":2,"c":[true,null,"",{"é":1}],"a b":3}"#),
            r#"{"[redacted]":"[redacted]","[redacted 2]":0,"c":[false,null,"",{"[redacted]":0}],"[redacted 3]":0}"#
        );
        let keys = "{ rest = 'redact', keys = 'redact', paths = { '$.a' = 'keep' } }";
        assert_eq!(masked(keys, r#"{"a":1,"b":2}"#), r#"{"a":1,"[redacted]":0}"#);
    }

    #[test]
    fn a_path_to_an_object_is_for_all_that_has_no_path_of_its_own() {
        let policy =
            "{ paths = { '$.a' = 'redact', '$.a.b' = 'keep', '$..c' = 'null', '$.d' = 'keyed_hash' } }";
        assert_eq!(
            masked(policy, r#"{"a":{"x":"y","b":[1,2],"c":7,"z":[true]},"d":["ABC",12]}"#),
            r#"{"a":{"x":"[redacted]","b":[1,2],"c":null,"z":[false]},"d":["#.to_owned()
                + &["ABC", "12"].map(|value| format!("\"{}\"", hash(value))).join(",")
                + "]}"
        );
    }

    fn hash(value: &str) -> String {
        let info = super::super::operator("keyed_hash").unwrap();
        let masked = mask_cells(info, "{}", &SqlType::TEXT, "t.c$.d", &[Some(value)]).unwrap();
        masked[0].clone().unwrap()
    }

    #[test]
    fn json_within_a_string_and_an_object_in_its_place_are_masked_alike() {
        let policy = "{ paths = { '$.p.$json.e' = 'email', '$.p.$json.n' = 'keep' } }";
        assert_eq!(masked(policy, "[]"), "[]");
        assert_eq!(
            masked(policy, r#"{"p":"{\"e\":\"jane.doe@example.com\",\"n\":\"\\\"\"}"}"#),
            r#"{"p":"{\"e\":\"hehdajejskmsxwd4@example.com\",\"n\":\"\\\"\"}"}"#
        );
        assert_eq!(
            masked(policy, r#"{"p":{"e":"jane.doe@example.com","n":1}}"#),
            r#"{"p":{"e":"hehdajejskmsxwd4@example.com","n":1}}"#
        );
        assert!(error(policy, r#"{"p":"{\"x\":1}"}"#).contains("is not named"));
        let entry = "{ paths = { '$.p' = { op = 'json', paths = { '$.e' = 'email', '$.n' = 'keep' } } } }";
        let [short, long] =
            [policy, entry].map(|policy| prepare(&INFO, policy, &SqlType::Json).unwrap().spec);
        assert_eq!(short, long);
    }

    #[test]
    fn a_document_with_invalid_parts_counts_once() {
        let prepared = prepare(&INFO, "{ paths = { '$[*]' = 'email' } }", &SqlType::TEXT).unwrap();
        let cells =
            [Some(r#"["n/a","n/a","a@b.test"]"#), Some("[1"), Some(r#"["a@b.test"]"#), Some("[]"), None];
        let (masked, tally) = run(&prepared, "", &cells).unwrap();
        assert_eq!((tally.masked, tally.invalid), (3, 2));
        assert!(masked[1].as_ref().unwrap().starts_with('x'));
        assert_eq!((&masked[3], &masked[4]), (&Some("[]".into()), &None));
    }

    #[test]
    fn a_result_that_is_too_long_for_its_column_is_an_invalid_cell() {
        let narrow = SqlType::Text { width: Some(20), padded: false, case_insensitive: false };
        let masked =
            mask_cells(&INFO, "{ rest = 'redact' }", &narrow, "", &[Some(r#"["a","b"]"#), Some("[1]")]);
        let masked = masked.unwrap();
        assert!(masked[0].as_ref().unwrap().starts_with('x'));
        assert_eq!(masked[1].as_deref(), Some("[0]"));
    }

    fn document() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            (-1e9..1e9).prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(5, 60, 6, |inner| {
            let key = prop_oneof![Just("email".to_owned()), "[a-c]", ".{0,6}"];
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::btree_map(key, inner, 0..6)
                    .prop_map(|map| Value::Object(map.into_iter().collect::<Map<_, _>>())),
            ]
        })
    }

    /// What redaction makes of a document, hashes as a word; keys by their number.
    fn expected(value: &Value, hashed: bool) -> Value {
        match value {
            Value::Array(list) => list.iter().map(|value| expected(value, hashed)).collect(),
            Value::Object(map) => {
                let mut redacted = 0;
                let entry = |(key, value): (&String, &Value)| {
                    let word = key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
                        && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
                    let name = if word {
                        key.clone()
                    } else {
                        redacted += 1;
                        redacted_key(redacted - 1)
                    };
                    (name, expected(value, hashed || key == "email"))
                };
                Value::Object(map.iter().map(entry).collect())
            }
            Value::Null => Value::Null,
            Value::String(text) if text.trim_matches(' ').is_empty() && (hashed || text.is_empty()) => {
                value.clone()
            }
            Value::Bool(_) if hashed => value.clone(),
            _ if hashed => "hash".into(),
            Value::String(_) => "[redacted]".into(),
            Value::Number(_) => 0.into(),
            Value::Bool(_) => false.into(),
        }
    }

    /// The document with each hash as that word.
    fn unhashed(value: Value) -> Value {
        match value {
            Value::String(text) if text.len() == 24 && !text.contains(' ') => "hash".into(),
            Value::Array(list) => list.into_iter().map(unhashed).collect(),
            Value::Object(map) => map.into_iter().map(|(key, value)| (key, unhashed(value))).collect(),
            other => other,
        }
    }

    proptest! {
        #[test]
        fn the_result_is_the_document_with_other_values(value in document(), pretty: bool) {
            let text = if pretty { format!("{value:#}") } else { value.to_string() };
            let policy = "{ rest = 'redact', paths = { '$..email' = 'keyed_hash' } }";
            let masked: Value = serde_json::from_str(&masked(policy, &text)).unwrap();
            prop_assert_eq!(unhashed(masked), expected(&value, false));
        }

        #[test]
        fn bytes_between_masked_values_stay(value in document(), pretty: bool) {
            let text = if pretty { format!("{value:#}") } else { value.to_string() };
            let policy = "{ rest = 'keep', keys = 'keep', reason = 'a test', paths = { '$..email' = 'keyed_hash' } }";
            let masked = masked(policy, &text);
            let (mut before, mut after) = (Tokens::new(&text), Tokens::new(&masked));
            let (mut last_before, mut last_after) = (0, 0);
            while let Some(one) = before.next().unwrap() {
                let other = after.next().unwrap().unwrap();
                let (old, new) = (&text[last_before..before.at()], &masked[last_after..after.at()]);
                (last_before, last_after) = (before.at(), after.at());
                let changed = old != new;
                prop_assert!(!changed || matches!(one, Token::String(_) | Token::Number(_)));
                prop_assert!(!changed || matches!(other, Token::String(_)));
                if changed {
                    let space = |text: &str| text.find(|c: char| !c.is_whitespace() && c != ',').unwrap_or(0);
                    prop_assert_eq!(&old[..space(old)], &new[..space(new)]);
                }
            }
            prop_assert_eq!(after.next(), Ok(None));
            prop_assert_eq!(&text[last_before..], &masked[last_after..]);
        }

        #[test]
        fn any_cell_gives_json_or_an_error(text: String) {
            let policy = "{ rest = 'redact', on_invalid = 'redact' }";
            let masked = mask_cells(&INFO, policy, &SqlType::Json, "", &[Some(&text)]).unwrap();
            let masked = masked[0].clone().unwrap();
            prop_assert!(text.trim_matches(' ').is_empty() || serde_json::from_str::<Value>(&masked).is_ok());
        }
    }
}
