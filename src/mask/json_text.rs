//! JSON as it is written (RFC 8259): tokens with their places, so that one can be replaced and all else stay.
//!
//! Every byte is looked at once and nothing recurses: objects and arrays are counted to a fixed depth. Strings may hold
//! escapes of lone surrogates, as the `json` type of PostgreSQL lets them; decoded they are U+FFFD.

use std::ops::Range;

use super::nested::DEEPEST;

/// A token and where it stands; strings and keys without their quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// `{` or `[`.
    Open {
        /// `{`.
        object: bool,
    },
    /// `}` or `]`.
    Close,
    /// A key; its colon has been read.
    Key(Text),
    /// A string.
    String(Text),
    /// A number.
    Number(Range<usize>),
    /// `true` or `false`.
    Boolean(Range<usize>),
    /// `null`.
    Null(Range<usize>),
}

/// A string between its quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Text {
    pub(super) range: Range<usize>,
    /// Whether it has escapes.
    pub(super) escaped: bool,
}

/// The text is no JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NotJson;

/// Reads tokens one by one.
pub(super) struct Tokens<'a> {
    text: &'a [u8],
    at: usize,
    depth: usize,
    /// One bit for each open object or array: whether it is an object.
    objects: [u64; DEEPEST.div_ceil(64)],
    next: Next,
}

#[derive(Clone, Copy)]
enum Next {
    Value,
    ValueOrClose,
    Key,
    KeyOrClose,
    CommaOrClose,
}

impl<'a> Tokens<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text: text.as_bytes(), at: 0, depth: 0, objects: [0; DEEPEST.div_ceil(64)], next: Next::Value }
    }

    /// Where the next byte is read.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// Objects and arrays that are open.
    pub(super) fn depth(&self) -> usize {
        self.depth
    }

    /// The next token; `None` at the end of a whole document.
    pub(super) fn next(&mut self) -> Result<Option<Token>, NotJson> {
        loop {
            self.skip_space();
            let byte = self.text.get(self.at).copied();
            match (self.next, byte) {
                (Next::CommaOrClose, None) if self.depth == 0 => return Ok(None),
                (_, None) => return Err(NotJson),
                (Next::CommaOrClose, Some(b',')) if self.depth > 0 => {
                    self.at += 1;
                    self.next = if self.in_object() { Next::Key } else { Next::Value };
                }
                (Next::CommaOrClose | Next::KeyOrClose | Next::ValueOrClose, Some(close @ (b'}' | b']'))) => {
                    if self.depth == 0 || (close == b'}') != self.in_object() {
                        return Err(NotJson);
                    }
                    self.at += 1;
                    self.depth -= 1;
                    self.next = Next::CommaOrClose;
                    return Ok(Some(Token::Close));
                }
                (Next::Key | Next::KeyOrClose, Some(b'"')) => {
                    let key = self.string()?;
                    self.skip_space();
                    if self.text.get(self.at) != Some(&b':') {
                        return Err(NotJson);
                    }
                    self.at += 1;
                    self.next = Next::Value;
                    return Ok(Some(Token::Key(key)));
                }
                (Next::Value | Next::ValueOrClose, Some(byte)) => return self.value(byte).map(Some),
                _ => return Err(NotJson),
            }
        }
    }

    fn value(&mut self, byte: u8) -> Result<Token, NotJson> {
        self.next = Next::CommaOrClose;
        match byte {
            b'{' | b'[' => self.open(byte == b'{'),
            b'"' => Ok(Token::String(self.string()?)),
            b'-' | b'0'..=b'9' => {
                let length = number_length(&self.text[self.at..]).ok_or(NotJson)?;
                Ok(Token::Number(self.take(length)))
            }
            b't' => self.word(b"true").map(Token::Boolean),
            b'f' => self.word(b"false").map(Token::Boolean),
            b'n' => self.word(b"null").map(Token::Null),
            _ => Err(NotJson),
        }
    }

    fn open(&mut self, object: bool) -> Result<Token, NotJson> {
        if self.depth == DEEPEST {
            return Err(NotJson);
        }
        let (word, bit) = (self.depth / 64, 1 << (self.depth % 64));
        if object {
            self.objects[word] |= bit;
        } else {
            self.objects[word] &= !bit;
        }
        self.depth += 1;
        self.at += 1;
        self.next = if object { Next::KeyOrClose } else { Next::ValueOrClose };
        Ok(Token::Open { object })
    }

    fn in_object(&self) -> bool {
        let depth = self.depth.wrapping_sub(1);
        self.objects.get(depth / 64).is_some_and(|word| word >> (depth % 64) & 1 == 1)
    }

    fn skip_space(&mut self) {
        while matches!(self.text.get(self.at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn take(&mut self, length: usize) -> Range<usize> {
        let start = self.at;
        self.at += length;
        start..self.at
    }

    fn word(&mut self, word: &[u8]) -> Result<Range<usize>, NotJson> {
        if self.text[self.at..].starts_with(word) { Ok(self.take(word.len())) } else { Err(NotJson) }
    }

    fn string(&mut self) -> Result<Text, NotJson> {
        let start = self.at + 1;
        let mut escaped = false;
        self.at = start;
        loop {
            match self.text.get(self.at) {
                Some(b'"') => break,
                Some(b'\\') => {
                    escaped = true;
                    self.at += match self.text.get(self.at + 1) {
                        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => 2,
                        Some(b'u') if unit(&self.text[self.at..]).is_some() => 6,
                        _ => return Err(NotJson),
                    };
                }
                Some(0x20..) => self.at += 1,
                _ => return Err(NotJson),
            }
        }
        self.at += 1;
        Ok(Text { range: start..self.at - 1, escaped })
    }
}

/// The UTF-16 unit of `\uXXXX` at the head of a text.
fn unit(text: &[u8]) -> Option<u32> {
    let digits = text.strip_prefix(b"\\u")?.first_chunk::<4>()?;
    digits.iter().try_fold(0, |unit, digit| Some(unit << 4 | char::from(*digit).to_digit(16)?))
}

/// How long the number at the head of a text is.
fn number_length(text: &[u8]) -> Option<usize> {
    let digits = |from: usize| {
        let count =
            text.get(from..).unwrap_or_default().iter().take_while(|byte| byte.is_ascii_digit()).count();
        (count > 0).then_some(from + count)
    };
    let start = usize::from(text.first() == Some(&b'-'));
    let mut at = if text.get(start) == Some(&b'0') { start + 1 } else { digits(start)? };
    if text.get(at) == Some(&b'.') {
        at = digits(at + 1)?;
    }
    if matches!(text.get(at), Some(b'e' | b'E')) {
        at = digits(at + 1 + usize::from(matches!(text.get(at + 1), Some(b'+' | b'-'))))?;
    }
    Some(at)
}

/// Whether text is a number as JSON writes it.
pub(super) fn is_number(text: &[u8]) -> bool {
    number_length(text) == Some(text.len())
}

/// Appends a string that has escapes without them.
pub(super) fn decode(text: &str, out: &mut Vec<u8>) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(found) = memchr::memchr(b'\\', &bytes[at..]) {
        out.extend_from_slice(&bytes[at..at + found]);
        at += found;
        let simple = match bytes.get(at + 1) {
            Some(b'b') => 8,
            Some(b'f') => 12,
            Some(b'n') => b'\n',
            Some(b'r') => b'\r',
            Some(b't') => b'\t',
            Some(b'u') => {
                let (scalar, length) = scalar(&bytes[at..]);
                out.extend_from_slice(scalar.encode_utf8(&mut [0; 4]).as_bytes());
                at = (at + length).min(bytes.len());
                continue;
            }
            Some(byte) => *byte,
            None => break,
        };
        out.push(simple);
        at += 2;
    }
    out.extend_from_slice(&bytes[at..]);
}

/// The character of the escapes at the head of a text, and their length.
fn scalar(text: &[u8]) -> (char, usize) {
    let high = unit(text).unwrap_or(0xfffd);
    if (0xd800..0xdc00).contains(&high)
        && let Some(low @ 0xdc00..0xe000) = text.get(6..).and_then(unit)
    {
        let scalar = 0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00);
        return (char::from_u32(scalar).unwrap_or(char::REPLACEMENT_CHARACTER), 12);
    }
    (char::from_u32(high).unwrap_or(char::REPLACEMENT_CHARACTER), 6)
}

/// Appends text as a string, with no more escapes than it needs.
pub(super) fn write_string(text: &[u8], out: &mut Vec<u8>) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    out.push(b'"');
    for byte in text {
        match byte {
            b'"' | b'\\' => out.extend_from_slice(&[b'\\', *byte]),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            0..0x20 => {
                out.extend_from_slice(b"\\u00");
                out.extend([HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
            }
            _ => out.push(*byte),
        }
    }
    out.push(b'"');
}

/// A number without exponent that has the value of this one, if it is short enough; `None` as well where there is no
/// exponent to do away with.
pub(super) fn without_exponent(number: &str) -> Option<String> {
    let (mantissa, exponent) = number.split_once(['e', 'E'])?;
    let exponent: i32 = exponent.parse().ok().filter(|exponent: &i32| exponent.abs() <= MOST_ZEROS)?;
    let (sign, mantissa) = match mantissa.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", mantissa),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if mantissa.len() > MOST_DIGITS {
        return None;
    }
    let mut digits = format!("{whole}{fraction}");
    let mut point = whole.len() as i32 + exponent;
    while point < 1 {
        digits.insert(0, '0');
        point += 1;
    }
    while (digits.len() as i32) < point {
        digits.push('0');
    }
    let (whole, fraction) = digits.split_at(point.unsigned_abs() as usize);
    let whole = whole.trim_start_matches('0');
    let fraction = fraction.trim_end_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let point = if fraction.is_empty() { "" } else { "." };
    Some(format!("{sign}{whole}{point}{fraction}"))
}

const MOST_ZEROS: i32 = 40;
const MOST_DIGITS: usize = 60;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn is_json(text: &str) -> bool {
        let mut tokens = Tokens::new(text);
        loop {
            match tokens.next() {
                Ok(Some(_)) => {}
                Ok(None) => return true,
                Err(NotJson) => return false,
            }
        }
    }

    fn oracle(text: &str) -> bool {
        serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
    }

    fn decoded(text: &str) -> String {
        let mut out = Vec::new();
        decode(text, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn what_is_json_and_what_is_not() {
        for text in ["1", " -0.5e+3 ", "\"\"", "[]", "{}", "[1,[],{\"a\":null}]", "\"\\u00e9\\/\"", "true"] {
            assert!(is_json(text) && oracle(text), "{text}");
        }
        for text in [
            "",
            "01",
            "1.",
            ".5",
            "+1",
            "[1,]",
            "{\"a\":1,}",
            "{a:1}",
            "[1 2]",
            "\"\n\"",
            "\"\\x\"",
            "nul",
            "1 2",
            "}",
            "[}",
            "{\"a\"}",
            "\"",
            "-",
            "1e",
            "[",
            "{\"a\":",
            "\"\\u12\"",
            "NaN",
            "'a'",
            "\u{feff}1",
        ] {
            assert!(!is_json(text) && !oracle(text), "{text}");
        }
    }

    #[test]
    fn depth_is_bounded() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(is_json(&nested(DEEPEST)));
        assert!(!is_json(&nested(DEEPEST + 1)));
    }

    #[test]
    fn surrogates_are_one_character_or_none() {
        assert_eq!(decoded(r"a\ud83d\ude00b\n\\"), "a😀b\n\\");
        assert_eq!(decoded(r"\ud83dx\ude00"), "\u{fffd}x\u{fffd}");
    }

    #[test]
    fn exponents_are_written_out() {
        for (number, plain) in [
            ("4.2e1", Some("42")),
            ("42e0", Some("42")),
            ("-4200E-2", Some("-42")),
            ("1e-3", Some("0.001")),
            ("0e5", Some("0")),
            ("1.50e1", Some("15")),
            ("12", None),
            ("1e999", None),
        ] {
            assert_eq!(without_exponent(number).as_deref(), plain, "{number}");
        }
    }

    proptest! {
        #[test]
        fn agrees_with_serde_json_on_any_text(text in r#"[\[\]{}:,"0-9eE+.\- \\ubntrafls]{0,40}"#) {
            prop_assert_eq!(is_json(&text), oracle(&text));
        }

        #[test]
        fn a_written_string_is_read_back(text: String) {
            let mut out = Vec::new();
            write_string(text.as_bytes(), &mut out);
            let written = String::from_utf8(out).unwrap();
            prop_assert_eq!(&serde_json::from_str::<String>(&written).unwrap(), &text);
            prop_assert_eq!(decoded(&written[1..written.len() - 1]), text);
        }

        #[test]
        fn any_string_of_serde_json_is_decoded(text: String) {
            let written = serde_json::to_string(&text).unwrap();
            prop_assert!(is_json(&written));
            prop_assert_eq!(decoded(&written[1..written.len() - 1]), text);
        }

        #[test]
        fn a_number_without_exponent_has_the_same_value(number in "-?(0|[1-9][0-9]{0,5})(\\.[0-9]{1,5})?[eE][+-]?[0-9]") {
            let plain = without_exponent(&number).unwrap();
            let (a, b): (f64, f64) = (number.parse().unwrap(), plain.parse().unwrap());
            prop_assert!((a - b).abs() <= a.abs() * 1e-12, "{} {}", number, plain);
            prop_assert!(is_number(plain.as_bytes()));
        }
    }
}
