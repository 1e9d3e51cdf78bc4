//! JSON as it is written (RFC 8259), byte by byte: who looks at values says at each object and array whether to go in.

use std::ops::Range;

/// Where a text is no JSON, or may not pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stop {
    /// The place.
    pub(super) at: usize,
    /// What is wrong there.
    pub(super) why: Why,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// No JSON.
    Syntax(&'static str),
    /// A path that nobody knows.
    Unknown(String),
    /// A path that occurs twice in one object.
    Twice(String),
    /// Any other fault of the input.
    Other(&'static str),
}

/// A string between its quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Text {
    /// Its bytes.
    pub(super) range: Range<usize>,
    /// Whether it has escapes.
    pub(super) escaped: bool,
}

/// A value that is no object and no array.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Scalar {
    /// A string.
    String(Text),
    /// A number.
    Number(Range<usize>),
    /// `true` or `false`.
    Boolean(Range<usize>),
    /// `null`.
    Null(Range<usize>),
}

/// What is made of the values of a row.
pub(super) trait Visitor {
    /// Where in the row a value is.
    type Place: Copy;

    /// Whether an object (or else an array) is gone into, instead of being one value.
    fn enters(&mut self, place: Self::Place, object: bool) -> bool;

    /// The place of a key's value.
    fn key(&mut self, place: Self::Place, key: &Text) -> Result<Self::Place, Stop>;

    /// The place of the value of the key that `rest` begins with, behind its opening quote, and the length of the key with
    /// its closing quote; if it is the one that is expected.
    fn expected(&mut self, place: Self::Place, rest: &[u8]) -> Option<(Self::Place, usize)> {
        let _ = (place, rest);
        None
    }

    /// The place of the next element of an array.
    fn element(&mut self, place: Self::Place) -> Self::Place;

    /// A value of its own.
    fn scalar(&mut self, place: Self::Place, scalar: Scalar) -> Result<(), Stop>;

    /// An object or array that is one value.
    fn whole(&mut self, place: Self::Place, range: Range<usize>) -> Result<(), Stop>;
}

/// Passes over values.
pub(super) struct Skip;

impl Visitor for Skip {
    type Place = ();

    fn enters(&mut self, (): (), _: bool) -> bool {
        true
    }

    fn key(&mut self, (): (), _: &Text) -> Result<(), Stop> {
        Ok(())
    }

    fn element(&mut self, (): ()) {}

    fn scalar(&mut self, (): (), _: Scalar) -> Result<(), Stop> {
        Ok(())
    }

    fn whole(&mut self, (): (), _: Range<usize>) -> Result<(), Stop> {
        Ok(())
    }
}

/// Objects and arrays in each other.
pub(super) const DEEPEST: usize = 128;

/// Reads values from bytes that are known to be UTF-8.
pub(super) struct Scanner<'a> {
    bytes: &'a [u8],
    /// Where the next byte is read.
    pub(super) at: usize,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at }
    }

    fn byte(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn stop<T>(&self, why: &'static str) -> Result<T, Stop> {
        Err(Stop { at: self.at, why: Why::Syntax(why) })
    }

    /// Passes over space, but for line ends: a row is one line.
    pub(super) fn space(&mut self) {
        while matches!(self.byte(), Some(b' ' | b'\t' | b'\r')) {
            self.at += 1;
        }
    }

    /// A row: an object and the line end behind it, if there is one.
    pub(super) fn row<V: Visitor>(&mut self, visitor: &mut V, place: V::Place) -> Result<(), Stop> {
        if self.byte() != Some(b'{') {
            return self.stop("a line that is not one JSON object");
        }
        self.at += 1;
        self.object(visitor, place, 1)?;
        self.space();
        match self.byte() {
            None => Ok(()),
            Some(b'\n') => {
                self.at += 1;
                Ok(())
            }
            Some(_) => self.stop("a line goes on behind its JSON object"),
        }
    }

    /// Whether all of the bytes are one value.
    pub(super) fn is_one_value(bytes: &'a [u8]) -> bool {
        let mut scanner = Self::new(bytes, 0);
        scanner.space();
        if scanner.value(&mut Skip, (), 0).is_err() {
            return false;
        }
        scanner.space();
        scanner.at == bytes.len()
    }

    fn value<V: Visitor>(&mut self, visitor: &mut V, place: V::Place, depth: usize) -> Result<(), Stop> {
        let start = self.at;
        let scalar = match self.byte() {
            Some(b'"') => {
                self.at += 1;
                Scalar::String(self.string()?)
            }
            Some(open @ (b'{' | b'[')) => {
                if depth == DEEPEST {
                    return self.stop("objects and arrays are nested too deep");
                }
                self.at += 1;
                let object = open == b'{';
                if visitor.enters(place, object) {
                    return if object {
                        self.object(visitor, place, depth + 1)
                    } else {
                        self.array(visitor, place, depth + 1)
                    };
                }
                if object {
                    self.object(&mut Skip, (), depth + 1)?;
                } else {
                    self.array(&mut Skip, (), depth + 1)?;
                }
                return visitor.whole(place, start..self.at);
            }
            Some(b'-' | b'0'..=b'9') => {
                self.number()?;
                Scalar::Number(start..self.at)
            }
            Some(b't') => Scalar::Boolean(self.word(b"true")?),
            Some(b'f') => Scalar::Boolean(self.word(b"false")?),
            Some(b'n') => Scalar::Null(self.word(b"null")?),
            _ => return self.stop("a JSON value was expected"),
        };
        visitor.scalar(place, scalar)
    }

    fn object<V: Visitor>(&mut self, visitor: &mut V, place: V::Place, depth: usize) -> Result<(), Stop> {
        self.space();
        if self.byte() == Some(b'}') {
            self.at += 1;
            return Ok(());
        }
        loop {
            if self.byte() != Some(b'"') {
                return self.stop("a JSON object without a key where one must be");
            }
            self.at += 1;
            let inner = match visitor.expected(place, &self.bytes[self.at..]) {
                Some((inner, len)) => {
                    self.at += len;
                    inner
                }
                None => {
                    let key = self.string()?;
                    visitor.key(place, &key)?
                }
            };
            self.space();
            if self.byte() != Some(b':') {
                return self.stop("a JSON key without a colon behind it");
            }
            self.at += 1;
            self.space();
            self.value(visitor, inner, depth)?;
            self.space();
            match self.byte() {
                Some(b',') => {
                    self.at += 1;
                    self.space();
                }
                Some(b'}') => {
                    self.at += 1;
                    return Ok(());
                }
                _ => return self.stop("a JSON object that is not closed on its line"),
            }
        }
    }

    fn array<V: Visitor>(&mut self, visitor: &mut V, place: V::Place, depth: usize) -> Result<(), Stop> {
        self.space();
        if self.byte() == Some(b']') {
            self.at += 1;
            return Ok(());
        }
        loop {
            let inner = visitor.element(place);
            self.value(visitor, inner, depth)?;
            self.space();
            match self.byte() {
                Some(b',') => {
                    self.at += 1;
                    self.space();
                }
                Some(b']') => {
                    self.at += 1;
                    return Ok(());
                }
                _ => return self.stop("a JSON array that is not closed on its line"),
            }
        }
    }

    /// A string; its opening quote has been read.
    #[inline]
    fn string(&mut self) -> Result<Text, Stop> {
        let start = self.at;
        let mut escaped = false;
        loop {
            self.at = special(self.bytes, self.at);
            match self.byte() {
                Some(b'"') => {
                    let range = start..self.at;
                    self.at += 1;
                    return Ok(Text { range, escaped });
                }
                Some(b'\\') => {
                    escaped = true;
                    self.escape()?;
                }
                Some(b'\n') | None => return self.stop("a JSON string that is not closed on its line"),
                Some(_) => return self.stop("a control character in a JSON string"),
            }
        }
    }

    fn escape(&mut self) -> Result<(), Stop> {
        match self.bytes.get(self.at + 1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.at += 2,
            Some(b'u')
                if self
                    .bytes
                    .get(self.at + 2..self.at + 6)
                    .is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit)) =>
            {
                self.at += 6;
            }
            _ => return self.stop("an escape that JSON does not have"),
        }
        Ok(())
    }

    fn number(&mut self) -> Result<(), Stop> {
        match number_len(&self.bytes[self.at..]) {
            Some(len) => {
                self.at += len;
                Ok(())
            }
            None => self.stop("a number that is not written as JSON writes them"),
        }
    }

    fn word(&mut self, word: &[u8]) -> Result<Range<usize>, Stop> {
        if !self.bytes[self.at..].starts_with(word) {
            return self.stop("a JSON value was expected");
        }
        let start = self.at;
        self.at += word.len();
        Ok(start..self.at)
    }
}

/// The length of the number that some bytes begin with.
fn number_len(bytes: &[u8]) -> Option<usize> {
    let digits = |at: usize| bytes[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let mut at = usize::from(bytes.first() == Some(&b'-'));
    let whole = digits(at);
    if whole == 0 || (bytes[at] == b'0' && whole > 1) {
        return None;
    }
    at += whole;
    if bytes.get(at) == Some(&b'.') {
        let fraction = digits(at + 1);
        if fraction == 0 {
            return None;
        }
        at += 1 + fraction;
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
        let exponent = bytes.get(at + 1 + sign..).map_or(0, |_| digits(at + 1 + sign));
        if exponent == 0 {
            return None;
        }
        at += 1 + sign + exponent;
    }
    Some(at)
}

/// Whether this is one number.
pub(super) fn is_number(bytes: &[u8]) -> bool {
    number_len(bytes) == Some(bytes.len())
}

/// Where the next quote, backslash or control character stands; the end if there is none.
#[inline]
fn special(bytes: &[u8], mut at: usize) -> usize {
    const ONES: u64 = u64::MAX / 0xff;
    const HIGHS: u64 = ONES * 0x80;
    let zero = |word: u64| word.wrapping_sub(ONES) & !word;
    let short = at + SHORT;
    while let Some(chunk) = bytes.get(at..).and_then(<[u8]>::first_chunk::<8>) {
        let word = u64::from_le_bytes(*chunk);
        let control = word.wrapping_sub(ONES * 0x20) & !word;
        let found = (control | zero(word ^ (ONES * 0x22)) | zero(word ^ (ONES * 0x5c))) & HIGHS;
        if found != 0 {
            // A borrow can only mark bytes behind the first, so the first is right.
            return at + (found.trailing_zeros() / 8) as usize;
        }
        at += 8;
        if at >= short {
            at = long(bytes, at);
        }
    }
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().position(|byte| is_special(*byte)).unwrap_or(rest.len())
}

/// Bytes of a string that are looked at in small steps first.
const SHORT: usize = 32;

/// Passes over bytes that are not special, in large steps that the compiler makes vectors of.
fn long(bytes: &[u8], mut at: usize) -> usize {
    const STEP: usize = 64;
    while let Some(chunk) = bytes.get(at..).and_then(<[u8]>::first_chunk::<STEP>) {
        let any = chunk.iter().fold(0, |any, &byte| {
            any | u8::from(byte < 0x20) | u8::from(byte == b'"') | u8::from(byte == b'\\')
        });
        if any != 0 {
            break;
        }
        at += STEP;
    }
    at
}

/// Whether a byte cannot stand in a string as it is.
pub(super) fn is_special(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\'
}

/// Appends a string with its escapes taken out; a lone surrogate becomes U+FFFD.
pub(super) fn unescape(text: &[u8], out: &mut Vec<u8>) {
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'\\', rest) {
        out.extend_from_slice(&rest[..at]);
        rest = &rest[at + 1..];
        let Some((&code, after)) = rest.split_first() else { return };
        rest = after;
        let plain = match code {
            b'b' => 0x08,
            b'f' => 0x0c,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'u' => {
                let first = unit(rest).unwrap_or(0xfffd);
                rest = rest.get(4..).unwrap_or_default();
                let low =
                    rest.strip_prefix(b"\\u").and_then(unit).filter(|low| (0xdc00..0xe000).contains(low));
                let code = match (first, low) {
                    (0xd800..0xdc00, Some(low)) => {
                        rest = &rest[6..];
                        0x1_0000 + ((first - 0xd800) << 10) + (low - 0xdc00)
                    }
                    _ => first,
                };
                let character = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
                out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                continue;
            }
            other => other,
        };
        out.push(plain);
    }
    out.extend_from_slice(rest);
}

/// The four hexadecimal digits that some bytes begin with.
fn unit(digits: &[u8]) -> Option<u32> {
    let digits = std::str::from_utf8(digits.get(..4)?).ok()?;
    u32::from_str_radix(digits, 16).ok()
}

/// Appends a string with the escapes that it needs.
pub(super) fn escape(text: &[u8], out: &mut Vec<u8>) {
    let mut rest = text;
    loop {
        let at = special(rest, 0);
        out.extend_from_slice(&rest[..at]);
        let Some(&byte) = rest.get(at) else { return };
        match byte {
            b'"' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
            0x08 => out.extend_from_slice(b"\\b"),
            0x0c => out.extend_from_slice(b"\\f"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            other => {
                let hex = |digit: u8| char::from_digit(digit.into(), 16).map_or(b'0', |digit| digit as u8);
                out.extend_from_slice(b"\\u00");
                out.extend_from_slice(&[hex(other >> 4), hex(other & 15)]);
            }
        }
        rest = &rest[at + 1..];
    }
}
