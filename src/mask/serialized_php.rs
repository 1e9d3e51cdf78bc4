//! `serialized_php`: values within the text of PHP's `serialize()` are masked path by path, as in [`json`](super::json).
//!
//! The format counts bytes: a new string gets its new length, and everything else stays byte for byte. Paths are those
//! of `json`; a number in brackets is an integer key, and a property is named without the class that PHP puts before
//! private ones. References stay. An enum case and the text of a class that serializes itself are taken whole: masked
//! or redacted they become NULL.

use std::ops::Range;

use super::json::redacted_key;
use super::json_text::{is_number, without_exponent};
use super::nested::{self, Fate, Fault, Forms, Found, KeyRule, Kind, Leaf, Parts, Rest, Syntax, Tree, Walk};
use super::{Class, Example, KeyedBy, OperatorInfo, Prepared, Refusal, Request, json_path, typed};
use crate::base::sketch;
use crate::table::SqlType;

pub(super) const INFO: OperatorInfo = OperatorInfo {
    name: "serialized_php",
    summary: "Mask values within serialized PHP by path; lengths stay right",
    class: Class::Suppress,
    keyed_by: KeyedBy::Parts,
    domain: nested::DOMAIN,
    entity: "serialized PHP value",
    parameters: &[json_path::PATHS, Rest::PARAMETER, KeyRule::PARAMETER],
    examples: &[
        Example {
            policy: r#"{ op = "serialized_php", paths = { "$.email" = "email", "$.roles" = "keep" } }"#,
            sql_type: &SqlType::TEXT,
            input: r#"a:2:{s:5:"email";s:20:"jane.doe@example.com";s:5:"roles";a:1:{i:0;s:5:"admin";}}"#,
            output: Some(
                r#"a:2:{s:5:"email";s:28:"hehdajejskmsxwd4@example.com";s:5:"roles";a:1:{i:0;s:5:"admin";}}"#,
            ),
        },
        Example {
            policy: r#"{ op = "serialized_php", rest = "redact", paths = { "$.inner.$php.id" = { op = "permute", domain = "customer.id" } } }"#,
            sql_type: &SqlType::TEXT,
            input: r#"a:2:{s:5:"inner";s:22:"a:1:{s:2:"id";i:1000;}";s:4:"note";s:2:"hi";}"#,
            output: Some(r#"a:2:{s:5:"inner";s:22:"a:1:{s:2:"id";i:5682;}";s:4:"note";s:10:"[redacted]";}"#),
        },
    ],
    accepts: SqlType::is_text,
    prepare,
};

fn prepare(request: &Request<'_>) -> Result<Prepared, Refusal> {
    let mut parts = Parts::new(request);
    let paths = json_path::read(request)?;
    let named = paths.iter().map(|(path, text, entry)| (path.clone(), text.clone(), entry)).collect();
    let tree = Tree::new(&mut parts, named, true, |parts, entry, _| Forms::prepare(parts, entry, None))?;
    parts.finish(&INFO, SerializedPhp { tree })
}

struct SerializedPhp {
    tree: Tree<Forms>,
}

/// What stands at a leaf; for redacted keys also their number in the array, from 0.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    String,
    Integer,
    Float,
    Boolean,
    Null,
    Whole,
    Key(u32),
}

impl Form {
    fn pack(self) -> u32 {
        match self {
            Self::String => 0,
            Self::Integer => 1,
            Self::Float => 2,
            Self::Boolean => 3,
            Self::Null => 4,
            Self::Whole => 5,
            Self::Key(number) => 6 | number << 3,
        }
    }

    fn unpack(packed: u32) -> Self {
        match packed & 7 {
            0 => Self::String,
            1 => Self::Integer,
            2 => Self::Float,
            3 => Self::Boolean,
            4 => Self::Null,
            5 => Self::Whole,
            _ => Self::Key(packed >> 3),
        }
    }
}

/// A value, or the head of one that has others in it, with its text.
enum Token {
    String(Range<usize>),
    Integer(Range<usize>),
    Float(Range<usize>),
    Boolean(Range<usize>),
    Null,
    /// A reference to a value that has been before.
    Reference,
    /// An enum case, or a value in a syntax of its own.
    Whole,
    /// An array of so many pairs.
    Array(u64),
    /// An object of a class with so many properties.
    Object(Range<usize>, u64),
}

/// Reads tokens.
struct Reader<'a> {
    text: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn expect(&mut self, what: &[u8]) -> Option<()> {
        self.text[self.at..].starts_with(what).then(|| self.at += what.len())
    }

    fn until(&mut self, end: u8) -> Option<Range<usize>> {
        let start = self.at;
        let length = memchr::memchr(end, &self.text[start..])?;
        self.at = start + length + 1;
        Some(start..start + length)
    }

    /// Decimal digits and the byte after them.
    fn count(&mut self, end: u8) -> Option<u64> {
        let range = self.until(end)?;
        let digits = &self.text[range];
        let plain = !digits.is_empty() && digits.len() < 19 && digits.iter().all(u8::is_ascii_digit);
        plain.then(|| digits.iter().fold(0, |count, digit| count * 10 + u64::from(digit - b'0')))
    }

    /// `LEN:"text"`.
    fn counted(&mut self) -> Option<Range<usize>> {
        let length = usize::try_from(self.count(b':')?).ok()?;
        self.expect(b"\"")?;
        let range = self.at..self.at.checked_add(length)?;
        self.text.get(range.clone())?;
        self.at = range.end;
        self.expect(b"\"")?;
        Some(range)
    }

    fn token(&mut self) -> Option<Token> {
        let kind = *self.text.get(self.at)?;
        self.at += 1;
        if kind == b'N' {
            self.expect(b";")?;
            return Some(Token::Null);
        }
        self.expect(b":")?;
        Some(match kind {
            b's' => {
                let range = self.counted()?;
                self.expect(b";")?;
                Token::String(range)
            }
            b'i' => {
                let range = self.until(b';')?;
                let digits = self.text[range.clone()].strip_prefix(b"-").unwrap_or(&self.text[range.clone()]);
                (!digits.is_empty() && digits.iter().all(u8::is_ascii_digit)).then_some(())?;
                Token::Integer(range)
            }
            b'd' => {
                let range = self.until(b';')?;
                let number = &self.text[range.clone()];
                if matches!(number, b"INF" | b"-INF" | b"NAN") {
                    return Some(Token::Null);
                }
                is_float(number).then_some(Token::Float(range))?
            }
            b'b' => {
                let range = self.until(b';')?;
                matches!(&self.text[range.clone()], b"0" | b"1").then_some(Token::Boolean(range))?
            }
            b'r' | b'R' => {
                self.count(b';')?;
                Token::Reference
            }
            b'E' => {
                self.counted()?;
                self.expect(b";")?;
                Token::Whole
            }
            b'C' => {
                self.counted()?;
                self.expect(b":")?;
                let length = usize::try_from(self.count(b':')?).ok()?;
                self.expect(b"{")?;
                let end = self.at.checked_add(length)?;
                // The text may be cut only where a character ends.
                (self.text.get(end) == Some(&b'}')).then(|| self.at = end + 1)?;
                Token::Whole
            }
            b'a' => {
                let count = self.count(b':')?;
                self.expect(b"{")?;
                Token::Array(count)
            }
            b'O' => {
                let class = self.counted()?;
                self.expect(b":")?;
                let count = self.count(b':')?;
                self.expect(b"{")?;
                Token::Object(class, count)
            }
            _ => return None,
        })
    }
}

/// Whether text is a number as PHP writes floats: `0.1`, `-1.0E+25`.
fn is_float(text: &[u8]) -> bool {
    is_number(text)
}

/// The name of a property without the class or star in front of it.
fn property(cell: &str, range: &Range<usize>) -> Range<usize> {
    let name = &cell.as_bytes()[range.clone()];
    match name.strip_prefix(b"\0").and_then(|rest| memchr::memchr(0, rest)) {
        Some(end) => range.start + end + 2..range.end,
        None => range.clone(),
    }
}

/// An array or object that is being read.
struct Level {
    pairs_left: u64,
    /// Whether a key comes next, and not its value.
    at_key: bool,
}

impl SerializedPhp {
    fn walk(&self, cell: &str, walk: &mut Walk<'_, Forms>, found: &mut Found<'_>) -> Result<(), Fault> {
        let mut reader = Reader { text: cell.trim_end_matches(' ').as_bytes(), at: 0 };
        let mut levels: Vec<Level> = Vec::new();
        loop {
            while levels.last().is_some_and(|level| level.at_key && level.pairs_left == 0) {
                reader.expect(b"}").ok_or(Fault::Invalid)?;
                levels.pop();
                walk.leave();
            }
            if levels.is_empty() && reader.at > 0 {
                return if reader.at == reader.text.len() { Ok(()) } else { Err(Fault::Invalid) };
            }
            let start = reader.at;
            let token = reader.token().ok_or(Fault::Invalid)?;
            let range = start..reader.at;
            if let Some(level) = levels.last_mut() {
                level.at_key = !level.at_key;
                if !level.at_key {
                    self.key(cell, &token, range, walk, found)?;
                    continue;
                }
                level.pairs_left -= 1;
            }
            let bytes = cell.as_bytes();
            match token {
                Token::Array(pairs_left) => {
                    walk.enter(true)?;
                    levels.push(Level { pairs_left, at_key: true });
                }
                Token::Object(class, pairs_left) => {
                    self.class(cell, &class, walk)?;
                    walk.enter(true)?;
                    levels.push(Level { pairs_left, at_key: true });
                }
                Token::Null => self.leaf(cell, (Form::Null, Kind::Null), range, None, walk, found)?,
                Token::Reference => {}
                Token::Whole => match walk.value() {
                    Fate::Keep => {}
                    Fate::Deny => return Err(Fault::Unnamed(walk.place(cell))),
                    Fate::Mask(_) | Fate::Redact => found.redact(range, Form::Whole.pack()),
                },
                Token::String(text) => {
                    self.leaf(cell, (Form::String, Kind::Text), range, Some(&bytes[text]), walk, found)?;
                }
                Token::Boolean(text) => {
                    let value: &[u8] = if bytes[text.start] == b'1' { b"true" } else { b"false" };
                    self.leaf(cell, (Form::Boolean, Kind::Boolean), range, Some(value), walk, found)?;
                }
                Token::Integer(text) => {
                    let kind = kind_of(&cell[text.clone()]);
                    self.leaf(cell, (Form::Integer, kind), range, Some(&bytes[text]), walk, found)?;
                }
                Token::Float(text) => {
                    let plain = without_exponent(&cell[text.clone()]);
                    let number = plain.as_deref().unwrap_or(&cell[text]);
                    let form = (Form::Float, kind_of(number));
                    self.leaf(cell, form, range, Some(number.as_bytes()), walk, found)?;
                }
            }
        }
    }

    /// Names of classes are words of a program; others may be data.
    fn class(&self, cell: &str, class: &Range<usize>, walk: &Walk<'_, Forms>) -> Result<(), Fault> {
        let name = &cell.as_bytes()[class.clone()];
        let word = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'\\');
        if (name.len() <= 128 && name.iter().all(word)) || self.tree.rest() == Rest::Keep {
            return Ok(());
        }
        Err(match self.tree.rest() {
            Rest::Deny => Fault::Unnamed(format!("{} (class {})", walk.place(cell), sketch(name))),
            _ => Fault::Invalid,
        })
    }

    fn key(
        &self,
        cell: &str,
        token: &Token,
        range: Range<usize>,
        walk: &mut Walk<'_, Forms>,
        found: &mut Found<'_>,
    ) -> Result<(), Fault> {
        let (fate, name, kind) = match token {
            Token::String(text) => {
                let name = property(cell, text);
                let fate = walk.key(&cell.as_bytes()[name.clone()], (name.start, name.end));
                (fate, name, Kind::Text)
            }
            Token::Integer(text) => {
                let number = cell[text.clone()].parse().map_err(|_| Fault::Invalid)?;
                (walk.numbered(number, (text.start, text.end)), text.clone(), Kind::Integer)
            }
            _ => return Err(Fault::Invalid),
        };
        match fate {
            Fate::Keep => {}
            Fate::Mask(path) => {
                if let Some(slot) = self.tree.rule(path).and_then(|forms| forms.slot(kind)) {
                    found.push(range, Form::Key(0).pack(), slot, Some(&cell.as_bytes()[name]));
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
        range: Range<usize>,
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
            Fate::Redact if value.is_none_or(<[u8]>::is_empty) => {}
            Fate::Redact => found.redact(range, form.pack()),
            Fate::Deny if value.is_none() => {}
            Fate::Deny => return Err(Fault::Unnamed(walk.place(cell))),
        }
        Ok(())
    }
}

fn kind_of(number: &str) -> Kind {
    if number.parse::<i64>().is_ok() { Kind::Integer } else { Kind::Decimal }
}

/// Appends `s:LEN:"..";`.
fn write_string(before: &[u8], text: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(format!("s:{}:\"", before.len() + text.len()).as_bytes());
    out.extend_from_slice(before);
    out.extend_from_slice(text);
    out.extend_from_slice(b"\";");
}

/// Appends a scalar that needs no quotes.
fn write_plain(kind: u8, value: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(&[kind, b':']);
    out.extend_from_slice(value);
    out.push(b';');
}

impl Syntax for SerializedPhp {
    const PART: &'static str = "PHP value or key";

    fn find(&self, cell: &str, found: &mut Found<'_>) -> Result<(), Fault> {
        let mut walk = Walk::new(&self.tree, std::mem::take(found.frames));
        let result = self.walk(cell, &mut walk, found);
        *found.frames = walk.into_frames();
        result
    }

    fn write(&self, leaf: &Leaf, written: &str, value: Option<&[u8]>, out: &mut Vec<u8>) {
        let form = Form::unpack(leaf.form);
        let Some(value) = value else {
            match form {
                Form::Key(_) => write_string(b"", b"", out),
                _ => out.extend_from_slice(b"N;"),
            }
            return;
        };
        let is_integer = || {
            let text = std::str::from_utf8(value).ok();
            text.and_then(|text| text.parse::<i64>().ok().filter(|number| number.to_string() == text))
                .is_some()
        };
        match (form, value) {
            (Form::Integer, _) if is_integer() => write_plain(b'i', value, out),
            (Form::Integer | Form::Float, _) if is_number(value) => write_plain(b'd', value, out),
            (Form::Boolean, b"true" | b"t") => write_plain(b'b', b"1", out),
            (Form::Boolean, b"false" | b"f") => write_plain(b'b', b"0", out),
            (Form::Key(_), _) if written.starts_with('i') && is_integer() => write_plain(b'i', value, out),
            (Form::Key(_), _) if written.starts_with('s') => {
                let quote = written.find('"').map_or(0, |quote| quote + 1);
                let whole = quote..written.len().saturating_sub(2).max(quote);
                let name = property(written, &whole);
                write_string(&written.as_bytes()[whole.start..name.start], value, out);
            }
            _ => write_string(b"", value, out),
        }
    }

    fn redact(&self, leaf: &Leaf, _: &str, out: &mut Vec<u8>) {
        match Form::unpack(leaf.form) {
            Form::String => write_string(b"", typed::REDACTED.as_bytes(), out),
            Form::Integer => write_plain(b'i', b"0", out),
            Form::Float => write_plain(b'd', b"0", out),
            Form::Boolean => write_plain(b'b', b"0", out),
            Form::Key(number) => write_string(b"", redacted_key(number).as_bytes(), out),
            Form::Null | Form::Whole => out.extend_from_slice(b"N;"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::examples::mask_cells;
    use super::*;

    fn masked(policy: &str, cell: &str) -> Result<String, String> {
        let policy = format!("{{ on_invalid = 'error', {policy} }}");
        let masked = mask_cells(&INFO, &policy, &SqlType::TEXT, "", &[Some(cell)]);
        masked.map(|masked| masked[0].clone().unwrap()).map_err(|error| error.kind.to_string())
    }

    #[test]
    fn lengths_count_bytes_and_types_stay() {
        let cell = "a:6:{s:1:\"a\";s:5:\"naïf\";i:0;i:7;s:1:\"b\";b:1;i:1;d:0.5;s:1:\"c\";N;i:9;s:0:\"\";}";
        assert_eq!(
            masked("rest = 'redact', paths = { '$[9]' = 'keep' }", cell).unwrap(),
            "a:6:{s:1:\"a\";s:10:\"[redacted]\";s:10:\"[redacted]\";i:0;s:1:\"b\";b:0;s:12:\"[redacted 2]\";d:0;\
             s:1:\"c\";N;i:9;s:0:\"\";}"
        );
        let constant = "rest = 'keep', keys = 'keep', reason = 'a test', paths = { '$.a' = { op = 'constant', value = 'é' } }";
        assert!(masked(constant, cell).unwrap().contains("s:1:\"a\";s:2:\"é\";i:0;i:7;"));
    }

    #[test]
    fn objects_references_and_whole_values() {
        let cell =
            "O:8:\"stdClass\":3:{s:4:\"\0*\0n\";s:3:\"abc\";s:4:\"\0A\0n\";r:1;s:1:\"e\";E:9:\"Suit:Club\";}";
        let policy =
            "rest = 'redact', paths = { '$.n' = { op = 'constant', value = 'x' }, '$.~' = 'keyed_hash' }";
        let masked_cell = masked(policy, cell).unwrap();
        assert!(masked_cell.starts_with("O:8:\"stdClass\":3:{s:27:\"\0*\0"), "{masked_cell}");
        assert!(
            masked_cell.contains("s:1:\"x\";s:27:\"\0A\0") && masked_cell.ends_with(";N;}"),
            "{masked_cell}"
        );
        assert_eq!(masked("rest = 'redact'", "C:1:\"A\":5:{x:\"}y}").unwrap(), "N;");
        assert!(masked("rest = 'deny'", "O:3:\"a b\":0:{}").unwrap_err().contains("is not named"));
        assert!(masked("rest = 'redact'", "O:3:\"a b\":0:{}").unwrap_err().contains("is not a valid"));
    }

    #[test]
    fn integer_keys_are_permuted_and_lists_stay_lists() {
        let policy = "paths = { '$.~' = { op = 'permute', domain = 'customer.id' }, '$.*' = 'keep' }";
        assert_eq!(masked(policy, "a:2:{i:42;b:1;s:2:\"42\";N;}").unwrap(), "a:2:{i:51;b:1;s:2:\"51\";N;}");
        assert_eq!(
            masked("paths = { '$.*' = 'keep' }", "a:2:{i:0;i:5;i:1;i:6;}").unwrap(),
            "a:2:{i:0;i:5;i:1;i:6;}"
        );
        assert!(
            masked("paths = { '$.*' = 'keep' }", "a:1:{i:4711;i:5;}").unwrap_err().contains("is not named")
        );
    }

    #[test]
    fn what_is_not_serialized_is_invalid() {
        for cell in [
            "x",
            "s:3:\"ab\";",
            "s:2:\"abc\";",
            "a:1:{i:0;}",
            "a:1:{i:0;i:1;",
            "a:0:{i:0;}",
            "i:1;i:2;",
            "i:;",
            "i:1.5;",
            "d:x;",
            "b:2;",
            "a:1:{N;i:1;}",
            "s:1:\"é\";",
            "a:99999999999999999999:{}",
            "O:1:\"A\":1:{}",
            "S:1:\"a\";",
            "N",
        ] {
            let error = masked("rest = 'redact'", cell).unwrap_err();
            assert!(error.contains("is not a valid serialized"), "{cell}: {error}");
        }
    }

    /// PHP's `serialize()` of a list of texts under texts.
    fn serialize(map: &[(String, Vec<String>)]) -> String {
        let text = |text: &String| format!("s:{}:\"{text}\";", text.len());
        let list = |list: &Vec<String>| {
            let items: String =
                list.iter().enumerate().map(|(at, item)| format!("i:{at};{}", text(item))).collect();
            format!("a:{}:{{{items}}}", list.len())
        };
        let pairs: String = map.iter().map(|(key, value)| text(key) + &list(value)).collect();
        format!("a:{}:{{{pairs}}}", map.len())
    }

    proptest! {
        #[test]
        fn the_result_is_what_php_would_have_written(
            map in prop::collection::vec(("[a-z]{1,8}", prop::collection::vec(any::<String>(), 0..4)), 0..4)
        ) {
            let policy = "paths = { '$' = { op = 'constant', value = 'é\"; }' } }";
            let constant = |value: &String| {
                if value.trim_matches(' ').is_empty() { value.clone() } else { "é\"; }".to_owned() }
            };
            let expected: Vec<_> =
                map.iter().map(|(key, list)| (key.clone(), list.iter().map(constant).collect())).collect();
            prop_assert_eq!(masked(policy, &serialize(&map)).unwrap(), serialize(&expected));
        }
    }
}
