//! `array`: the elements of a PostgreSQL array are masked as a column of their type would be.
//!
//! The text is that of `array_out`: braces, commas, elements in quotes where they need them, NULL without quotes,
//! perhaps the bounds of its dimensions in front. Braces, commas and spaces stay byte for byte; a new element is
//! quoted as PostgreSQL does it. The same syntax in a column of text is masked alike.

use super::nested::{self, Entry, Fault, Found, Leaf, Parts, Syntax};
use super::{
    Class, Example, KeyedBy, OperatorInfo, Parameter, ParameterKind, Prepared, Refusal, Request, typed,
};
use crate::table::SqlType;

pub(super) const INFO: OperatorInfo = OperatorInfo {
    name: "array",
    summary: "Mask the elements of an array; dimensions and NULL elements stay",
    class: Class::Suppress,
    keyed_by: KeyedBy::Parts,
    domain: nested::DOMAIN,
    entity: "array ({..})",
    parameters: &[
        Parameter {
            name: "element",
            summary: "the operator of the elements: \"email\", or a table with op and its parameters",
            kind: ParameterKind::Entry,
            required: true,
            of_domain: false,
        },
        Parameter {
            name: "delimiter",
            summary: "what stands between elements: \",\" (default), or \";\" as in arrays of box",
            kind: ParameterKind::Choice(&[",", ";"]),
            required: false,
            of_domain: false,
        },
    ],
    examples: &[
        Example {
            policy: r#"{ op = "array", element = "email" }"#,
            sql_type: &SqlType::TEXT,
            input: "{jane.doe@example.com,NULL,\"\"}",
            output: Some("{hehdajejskmsxwd4@example.com,NULL,\"\"}"),
        },
        Example {
            policy: r#"{ op = "array", element = { op = "permute", domain = "customer.id" } }"#,
            sql_type: &SqlType::TEXT,
            input: "[0:1]={{1,42},{-1,0}}",
            output: Some("[0:1]={{63,51},{-59,0}}"),
        },
    ],
    accepts: |sql_type| matches!(sql_type.base(), SqlType::Array(_) | SqlType::Text { .. }),
    prepare,
};

fn prepare(request: &Request<'_>) -> Result<Prepared, Refusal> {
    let delimiter = request.choice("delimiter", &[",", ";"])?.unwrap_or(",").as_bytes()[0];
    let Some(entry) = request.parameters.get("element") else {
        return Err(Refusal("array needs an element: the operator of its elements".into()));
    };
    let element_type = match request.sql_type.base() {
        SqlType::Array(inner) => inner.as_ref(),
        _ => &SqlType::TEXT,
    };
    let mut parts = Parts::new(request);
    let slot = parts.slot(&Entry::read(request, "[*]", entry)?, element_type)?;
    parts.finish(&INFO, Array { slot, delimiter })
}

struct Array {
    slot: u32,
    delimiter: u8,
}

/// Dimensions that an array of PostgreSQL may have.
const MOST_DIMENSIONS: usize = 6;

impl Array {
    fn is_space(byte: u8) -> bool {
        byte == b' ' || (9..=13).contains(&byte)
    }

    /// Reads an element that begins at `at`; `None` if it is none, else where it ends and whether it is in quotes.
    fn element(&self, cell: &[u8], at: usize, value: &mut Vec<u8>) -> Option<(usize, bool)> {
        value.clear();
        let quoted = cell[at] == b'"';
        let mut at = at + usize::from(quoted);
        // The length of the value without the spaces that may follow it.
        let mut length = 0;
        loop {
            match *cell.get(at)? {
                b'\\' => {
                    value.push(*cell.get(at + 1)?);
                    at += 2;
                    length = value.len();
                    continue;
                }
                b'"' if quoted => return Some((at + 1, true)),
                b'"' | b'{' if !quoted => return None,
                byte if !quoted && (byte == self.delimiter || byte == b'}') => break,
                byte => {
                    value.push(byte);
                    if quoted || !Self::is_space(byte) {
                        length = value.len();
                    }
                }
            }
            at += 1;
        }
        let spaces = value.len() - length;
        value.truncate(length);
        (!value.is_empty()).then_some((at - spaces, false))
    }

    /// Reads all elements of the cell.
    fn elements(&self, cell: &[u8], found: &mut Found<'_>, value: &mut Vec<u8>) -> Option<()> {
        let mut at = bounds(cell)?;
        let mut depth = 0;
        // Whether an element or a nested array must come, may come, or must not.
        let mut next = Next::Open;
        loop {
            while cell.get(at).is_some_and(|byte| Self::is_space(*byte)) {
                at += 1;
            }
            let Some(byte) = cell.get(at).copied() else { return (next == Next::Nothing).then_some(()) };
            match (byte, next) {
                (b'{', Next::Open | Next::Item | Next::ItemOrClose) if depth < MOST_DIMENSIONS => {
                    depth += 1;
                    next = Next::ItemOrClose;
                }
                (b'}', Next::ItemOrClose | Next::DelimiterOrClose) => {
                    depth -= 1;
                    next = if depth == 0 { Next::Nothing } else { Next::DelimiterOrClose };
                }
                (byte, Next::DelimiterOrClose) if byte == self.delimiter => next = Next::Item,
                (byte, Next::Item | Next::ItemOrClose) if byte != self.delimiter && byte != b'}' => {
                    let (end, quoted) = self.element(cell, at, value)?;
                    let is_null = !quoted && cell[at..end].eq_ignore_ascii_case(b"NULL");
                    found.push(at..end, 0, self.slot, (!is_null).then_some(value.as_slice()));
                    at = end;
                    next = Next::DelimiterOrClose;
                    continue;
                }
                _ => return None,
            }
            at += 1;
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    Open,
    Item,
    ItemOrClose,
    DelimiterOrClose,
    Nothing,
}

/// Where the braces begin, after bounds such as `[1:2][0:3]=`.
fn bounds(cell: &[u8]) -> Option<usize> {
    let start = cell.iter().take_while(|byte| Array::is_space(**byte)).count();
    if cell.get(start) != Some(&b'[') {
        return Some(start);
    }
    let end = start + cell[start..].iter().position(|byte| *byte == b'=')?;
    let allowed = |byte: &u8| matches!(byte, b'[' | b']' | b':' | b'-' | b'+' | b' ' | b'0'..=b'9');
    cell[start..end].iter().all(allowed).then_some(end + 1)
}

impl Syntax for Array {
    const PART: &'static str = "array element";

    fn find(&self, cell: &str, found: &mut Found<'_>) -> Result<(), Fault> {
        let mut value = std::mem::take(found.decoded);
        let read = self.elements(cell.as_bytes(), found, &mut value);
        *found.decoded = value;
        read.ok_or(Fault::Invalid)
    }

    fn write(&self, _: &Leaf, _: &str, value: Option<&[u8]>, out: &mut Vec<u8>) {
        let Some(value) = value else {
            out.extend_from_slice(b"NULL");
            return;
        };
        let special = |byte: &u8| {
            matches!(byte, b'"' | b'\\' | b'{' | b'}') || *byte == self.delimiter || Self::is_space(*byte)
        };
        if !value.is_empty() && !value.eq_ignore_ascii_case(b"NULL") && !value.iter().any(special) {
            out.extend_from_slice(value);
            return;
        }
        out.push(b'"');
        for byte in value {
            if matches!(byte, b'"' | b'\\') {
                out.push(b'\\');
            }
            out.push(*byte);
        }
        out.push(b'"');
    }

    fn redact(&self, _: &Leaf, _: &str, out: &mut Vec<u8>) {
        out.extend_from_slice(typed::REDACTED.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::examples::{mask_cells, prepare};
    use super::*;

    fn masked(element: &str, cell: &str) -> Option<String> {
        let policy = format!("{{ element = {element}, on_invalid = 'error' }}");
        mask_cells(&INFO, &policy, &SqlType::TEXT, "", &[Some(cell)]).ok()?[0].clone()
    }

    #[test]
    fn elements_are_unquoted_for_the_operator_and_quoted_again() {
        let constant = "{ op = 'constant', value = 'a \"b\" \\' }";
        assert_eq!(
            masked(constant, r#"{ x , "y z" ,NULL,"NULL",n\,m}"#).unwrap(),
            r#"{ "a \"b\" \\" , "a \"b\" \\" ,NULL,"a \"b\" \\","a \"b\" \\"}"#
        );
        assert_eq!(masked("{ op = 'constant', value = 'null' }", "{x}").unwrap(), "{\"null\"}");
        assert_eq!(masked("'null'", "{x,{y}}").unwrap(), "{NULL,{NULL}}");
        assert_eq!(masked("'email'", "{}").unwrap(), "{}");
        let quoted = masked("'email'", "{\"jane.doe@example.com\"}");
        assert_eq!(quoted, masked("'email'", r"{jane\.doe@example.com}"));
    }

    #[test]
    fn what_is_no_array_is_invalid() {
        for cell in
            ["x", "{", "{a", "{a}}", "{a,}", "{,a}", "{a b\"c\"}", "{a}x", "[1:2", "[x]={a}", "{\"a}", "{a\\"]
        {
            assert_eq!(masked("'keyed_hash'", cell), None, "{cell}");
        }
        assert_eq!(masked("'keyed_hash'", &format!("{}a{}", "{".repeat(7), "}".repeat(7))), None);
        assert!(masked("'keyed_hash'", &format!("{}a{}", "{".repeat(6), "}".repeat(6))).is_some());
    }

    #[test]
    fn the_element_is_masked_as_a_column_of_its_type() {
        let integers = SqlType::Array(Box::new(SqlType::Integer { bits: 32 }));
        let policy = "{ element = { op = 'permute', domain = 'customer.id' } }";
        let masked = mask_cells(&INFO, policy, &integers, "", &[Some("{1,42,0}")]).unwrap();
        assert_eq!(masked[0].as_deref(), Some("{63,51,0}"));
        let refused = prepare(&INFO, "{ element = 'phone' }", &integers).err().unwrap();
        assert!(refused.0.contains("[*]"), "{}", refused.0);
        let narrow = SqlType::Array(Box::new(SqlType::Text {
            width: Some(8),
            padded: false,
            case_insensitive: false,
        }));
        assert!(prepare(&INFO, "{ element = 'email' }", &narrow).is_err());
    }

    proptest! {
        #[test]
        fn any_element_is_read_as_it_was_written(values in prop::collection::vec(prop::option::of(any::<String>()), 0..5)) {
            let array = Array { slot: 0, delimiter: b',' };
            let mut cell = vec![b'{'];
            for (place, value) in values.iter().enumerate() {
                if place > 0 {
                    cell.push(b',');
                }
                array.write(&Leaf::default(), "", value.as_deref().map(str::as_bytes), &mut cell);
            }
            cell.push(b'}');
            let cell = String::from_utf8(cell).unwrap();
            let masked = masked("{ op = 'constant', value = 'c' }", &cell).unwrap();
            let expected: Vec<&str> = values
                .iter()
                .map(|value| match value {
                    None => "NULL",
                    Some(value) if value.trim_matches(' ').is_empty() => "\"",
                    Some(_) => "c",
                })
                .collect();
            let masked: Vec<&str> = masked[1..masked.len() - 1].split(',').filter(|part| !part.is_empty()).collect();
            prop_assert_eq!(masked.len(), expected.len());
            for (masked, expected) in masked.iter().zip(expected) {
                prop_assert!(masked.starts_with(expected), "{}", expected);
            }
        }
    }
}
