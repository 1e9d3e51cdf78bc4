//! `hstore`: the values of PostgreSQL's hstore are masked key by key; keys, order and spaces stay.
//!
//! The text is that of `hstore_out` (`"key"=>"value", "key"=>NULL`); keys and values without quotes are read too. A
//! key that the policy does not name follows `keys`, its value `rest`, as in [`json`](super::json).

use std::ops::Range;

use toml::Value;

use super::json::redacted_key;
use super::nested::{
    self, Fate, Fault, Forms, Found, KeyRule, Keys, Leaf, Parts, Path, Rest, Step, Syntax, Test, Tree, Walk,
};
use super::{
    Class, Example, KeyedBy, OperatorInfo, Parameter, ParameterKind, Prepared, Refusal, Request, typed,
};
use crate::table::SqlType;

pub(super) const INFO: OperatorInfo = OperatorInfo {
    name: "hstore",
    summary: "Mask values of an hstore by key; what is not named is denied, redacted or kept",
    class: Class::Suppress,
    keyed_by: KeyedBy::Parts,
    domain: nested::DOMAIN,
    entity: "hstore (\"key\"=>\"value\")",
    parameters: &[
        Parameter {
            name: "values",
            summary: "operators by key: { email = \"email\", \"*\" = \"redact\" }; * is any other key",
            kind: ParameterKind::Entries,
            required: false,
            of_domain: false,
        },
        Rest::PARAMETER,
        KeyRule::PARAMETER,
    ],
    examples: &[
        Example {
            policy: r#"{ op = "hstore", values = { email = "email", plan = "keep" } }"#,
            sql_type: &SqlType::Hstore,
            input: r#""plan"=>"gold", "email"=>"jane.doe@example.com""#,
            output: Some(r#""plan"=>"gold", "email"=>"hehdajejskmsxwd4@example.com""#),
        },
        Example {
            policy: r#"{ op = "hstore", rest = "redact" }"#,
            sql_type: &SqlType::Hstore,
            input: r#""note"=>"call her", "jane@example.com"=>NULL"#,
            output: Some(r#""note"=>"[redacted]", "[redacted]"=>NULL"#),
        },
    ],
    accepts: |sql_type| matches!(sql_type.base(), SqlType::Hstore | SqlType::Text { .. }),
    prepare,
};

fn prepare(request: &Request<'_>) -> Result<Prepared, Refusal> {
    let mut parts = Parts::new(request);
    let entries = request.parameters.get("values").and_then(Value::as_table);
    let path = |(key, entry)| {
        let test = if key == "*" { Test::Any } else { Test::Name(String::clone(key)) };
        (Path { steps: vec![Step { descend: false, test }], keys: Keys::No }, format!("->{key}"), entry)
    };
    let named = entries.into_iter().flatten().map(path).collect();
    let tree = Tree::new(&mut parts, named, false, |parts, entry, _| Forms::text(parts, entry))?;
    parts.finish(&INFO, Hstore { tree })
}

struct Hstore {
    tree: Tree<u32>,
}

/// A leaf that is a value; keys have their number among redacted ones, from 0.
const VALUE: u32 = u32::MAX;

impl Hstore {
    fn pairs(
        &self,
        cell: &str,
        walk: &mut Walk<'_, u32>,
        found: &mut Found<'_>,
        value: &mut Vec<u8>,
    ) -> Result<(), Fault> {
        let bytes = cell.as_bytes();
        let mut at = skip_space(bytes, 0);
        walk.enter(true)?;
        while at < bytes.len() {
            let key = word(bytes, at, value).ok_or(Fault::Invalid)?;
            let name = if key.quoted { key.range.start + 1..key.range.end - 1 } else { key.range.clone() };
            match walk.key(value, (name.start, name.end)) {
                Fate::Keep | Fate::Mask(_) => {}
                Fate::Redact => found.redact(key.range.clone(), walk.count_redacted()),
                Fate::Deny => return Err(Fault::Unnamed(walk.place(cell))),
            }
            at = skip_space(bytes, key.range.end);
            at = skip_space(bytes, expect(bytes, at, b"=>")?);
            let word = word(bytes, at, value).ok_or(Fault::Invalid)?;
            at = word.range.end;
            let is_null = !word.quoted && bytes[word.range.clone()].eq_ignore_ascii_case(b"NULL");
            match walk.value() {
                Fate::Keep => {}
                Fate::Mask(path) => {
                    if let Some(slot) = self.tree.rule(path) {
                        found.push(word.range, VALUE, *slot, (!is_null).then_some(value.as_slice()));
                    }
                }
                Fate::Redact if is_null || value.is_empty() => {}
                Fate::Redact => found.redact(word.range, VALUE),
                Fate::Deny if is_null => {}
                Fate::Deny => return Err(Fault::Unnamed(walk.place(cell))),
            }
            at = skip_space(bytes, at);
            if at < bytes.len() {
                at = skip_space(bytes, expect(bytes, at, b",")?);
            }
        }
        Ok(())
    }
}

fn is_space(byte: u8) -> bool {
    byte == b' ' || (9..=13).contains(&byte)
}

fn skip_space(cell: &[u8], mut at: usize) -> usize {
    while cell.get(at).is_some_and(|byte| is_space(*byte)) {
        at += 1;
    }
    at
}

fn expect(cell: &[u8], at: usize, what: &[u8]) -> Result<usize, Fault> {
    if cell[at..].starts_with(what) { Ok(at + what.len()) } else { Err(Fault::Invalid) }
}

struct Word {
    range: Range<usize>,
    quoted: bool,
}

/// Reads a key or value with or without quotes; what it says goes to `value`.
fn word(cell: &[u8], start: usize, value: &mut Vec<u8>) -> Option<Word> {
    value.clear();
    let quoted = cell.get(start) == Some(&b'"');
    let mut at = start + usize::from(quoted);
    loop {
        match cell.get(at) {
            Some(b'\\') => {
                value.push(*cell.get(at + 1)?);
                at += 2;
                continue;
            }
            Some(b'"') if quoted => return Some(Word { range: start..at + 1, quoted }),
            None if quoted => return None,
            None => break,
            Some(b'"') => return None,
            Some(b'=') if !quoted && cell.get(at + 1) == Some(&b'>') => break,
            Some(b',') if !quoted => break,
            Some(byte) if !quoted && is_space(*byte) => break,
            Some(byte) => value.push(*byte),
        }
        at += 1;
    }
    (at > start).then_some(Word { range: start..at, quoted })
}

impl Syntax for Hstore {
    const PART: &'static str = "hstore key or value";

    fn find(&self, cell: &str, found: &mut Found<'_>) -> Result<(), Fault> {
        let mut walk = Walk::new(&self.tree, std::mem::take(found.frames));
        let mut value = std::mem::take(found.decoded);
        let result = self.pairs(cell, &mut walk, found, &mut value);
        *found.frames = walk.into_frames();
        *found.decoded = value;
        result
    }

    fn write(&self, _: &Leaf, _: &str, value: Option<&[u8]>, out: &mut Vec<u8>) {
        let Some(value) = value else {
            out.extend_from_slice(b"NULL");
            return;
        };
        out.push(b'"');
        for byte in value {
            if matches!(byte, b'"' | b'\\') {
                out.push(b'\\');
            }
            out.push(*byte);
        }
        out.push(b'"');
    }

    fn redact(&self, leaf: &Leaf, _: &str, out: &mut Vec<u8>) {
        out.push(b'"');
        match leaf.form {
            VALUE => out.extend_from_slice(typed::REDACTED.as_bytes()),
            number => out.extend_from_slice(redacted_key(number).as_bytes()),
        }
        out.push(b'"');
    }
}

#[cfg(test)]
mod tests {
    use super::super::examples::mask_cells;
    use super::*;

    fn masked(policy: &str, cell: &str) -> Result<String, String> {
        let policy = format!("{{ on_invalid = 'error', {policy} }}");
        let masked = mask_cells(&INFO, &policy, &SqlType::Hstore, "", &[Some(cell)]);
        masked.map(|masked| masked[0].clone().unwrap()).map_err(|error| error.kind.to_string())
    }

    #[test]
    fn pairs_are_read_with_and_without_quotes() {
        let policy = "rest = 'redact', values = { 'a b' = { op = 'constant', value = 'x\"\\' }, k = 'keep', '*' = 'null' }";
        assert_eq!(
            masked(policy, r#" a\ b=>1 ,"k" => v,"a b"=>NULL, other=>"\"=>" "#).unwrap(),
            r#" a\ b=>"x\"\\" ,"k" => v,"a b"=>NULL, other=>NULL "#
        );
        assert_eq!(
            masked("rest = 'redact'", r#"a=>"", "4 2"=>null, "4 3"=>b"#).unwrap(),
            r#"a=>"", "[redacted]"=>null, "[redacted 2]"=>"[redacted]""#
        );
    }

    #[test]
    fn what_is_not_named_ends_the_run() {
        let policy = "values = { email = 'email' }";
        assert!(masked(policy, r#""phone_no"=>"1""#).unwrap_err().contains("$.LLLL+PLL is not named"));
        assert!(masked(policy, r#""jane@example.com"=>NULL"#).unwrap_err().contains("is not named"));
        assert!(masked(policy, r#""phone_no"=>NULL"#).is_ok());
    }

    #[test]
    fn what_is_no_hstore_is_invalid() {
        for cell in ["a", "a=>", "=>b", "a=>b c=>d", "\"a=>b", "a=>b,,c=>d", "a=b", "\"a\"\"b\"=>c", "a=>\"b"]
        {
            let error = masked("rest = 'redact'", cell).unwrap_err();
            assert!(error.contains("is not a valid hstore"), "{cell}: {error}");
        }
    }
}
