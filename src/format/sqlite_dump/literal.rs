//! Literals of `INSERT`: their styles, and how a new value is written in the style of the old one.

use crate::base::ErrorKind;
use crate::format::literals::is_number;
use crate::format::splice::{Patch, Style};

/// A string: `'..'`.
pub(super) const TEXT: u8 = 0;
/// A number.
pub(super) const NUMBER: u8 = 1;
/// `X'..'`; its value is `\x` and hexadecimal digits, as PostgreSQL writes bytes.
pub(super) const BLOB: u8 = 2;
/// `replace('..','\n',char(10))`: line ends are written in another way.
pub(super) const REPLACE: u8 = 3;
/// `unistr('..')`: control characters are written as `\u000a`.
pub(super) const UNISTR: u8 = 4;

/// Infinity as text, and as SQLite's shell writes it.
const INFINITIES: [(&[u8], &[u8]); 2] = [(b"Infinity", b"9.0e+999"), (b"-Infinity", b"-9.0e+999")];

/// Writes cells as literals, each in the style of the one that it replaces.
pub(super) struct LiteralStyle;

impl Style for LiteralStyle {
    const PLAIN: bool = false;
    const COUNTED: bool = false;

    fn is_special(&self, byte: u8) -> bool {
        byte < b' ' || byte == b'\'' || byte == b'\\'
    }

    fn null(&self, _: Patch, out: &mut Vec<u8>) {
        out.extend_from_slice(b"NULL");
    }

    fn value(&self, value: &[u8], cell: Patch, out: &mut Vec<u8>) -> Result<(), ErrorKind> {
        let infinity = INFINITIES.iter().find(|(text, _)| *text == value);
        match (cell.style, infinity, hexadecimal(value)) {
            (NUMBER, ..) if is_number(value) => out.extend_from_slice(value),
            (NUMBER, ..) if value == b"true" => out.push(b'1'),
            (NUMBER, ..) if value == b"false" => out.push(b'0'),
            (NUMBER, Some((_, written)), _) => out.extend_from_slice(written),
            (BLOB, _, Some(digits)) => {
                out.extend_from_slice(b"X'");
                out.extend_from_slice(digits);
                out.push(b'\'');
            }
            _ if cell.clean => string(value, false, out),
            _ if value.contains(&0) => cast(value, out),
            (REPLACE, ..) => replaced(value, out),
            (UNISTR, ..) => unistr(value, out),
            _ => string(value, true, out),
        }
        Ok(())
    }
}

fn string(value: &[u8], quotes: bool, out: &mut Vec<u8>) {
    out.push(b'\'');
    if quotes {
        for part in value.split_inclusive(|&byte| byte == b'\'') {
            out.extend_from_slice(part);
            if part.ends_with(b"'") {
                out.push(b'\'');
            }
        }
    } else {
        out.extend_from_slice(value);
    }
    out.push(b'\'');
}

/// Text with a zero byte, which no string literal can hold.
fn cast(value: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(b"CAST(X'");
    out.extend_from_slice(data_encoding::HEXLOWER.encode(value).as_bytes());
    out.extend_from_slice(b"' AS TEXT)");
}

/// Line ends as stand-ins that the text does not hold, with calls that put them back.
fn replaced(value: &[u8], out: &mut Vec<u8>) {
    let ends = [(b'\n', ["\\n", "\\012"], "char(10)"), (b'\r', ["\\r", "\\015"], "char(13)")];
    let mut text = value.to_vec();
    let mut calls = Vec::new();
    for (byte, names, call) in ends {
        if !value.contains(&byte) {
            continue;
        }
        let unused = |name: &str| memchr::memmem::find(&text, name.as_bytes()).is_none();
        let Some(name) = names.into_iter().find(|name| unused(name)) else {
            // A line end may stand in a string as it is.
            return string(value, true, out);
        };
        let parts: Vec<&[u8]> = text.split(|&other| other == byte).collect();
        text = parts.join(name.as_bytes());
        calls.push((name, call));
    }
    for _ in &calls {
        out.extend_from_slice(b"replace(");
    }
    string(&text, true, out);
    for (name, call) in calls.iter().rev() {
        out.extend_from_slice(format!(",'{name}',{call})").as_bytes());
    }
}

/// Control characters and backslashes as escapes.
fn unistr(value: &[u8], out: &mut Vec<u8>) {
    if !value.iter().any(|&byte| byte < b' ') {
        return string(value, true, out);
    }
    out.extend_from_slice(b"unistr('");
    for &byte in value {
        match byte {
            b'\'' => out.extend_from_slice(b"''"),
            b'\\' => out.extend_from_slice(b"\\\\"),
            0..b' ' => out.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
            _ => out.push(byte),
        }
    }
    out.extend_from_slice(b"')");
}

/// The digits of `\x..`.
fn hexadecimal(value: &[u8]) -> Option<&[u8]> {
    let digits = value.strip_prefix(b"\\x")?;
    (digits.len() % 2 == 0 && digits.iter().all(u8::is_ascii_hexdigit)).then_some(digits)
}

/// What a number is as a value: as written, but for reals with more digits than they have, and infinities.
pub(super) fn number(bytes: &[u8]) -> Option<Vec<u8>> {
    let real = bytes.iter().any(|byte| matches!(byte, b'.' | b'e' | b'E'));
    if !real {
        return None;
    }
    let value: f64 = std::str::from_utf8(bytes).ok()?.parse().ok()?;
    if value.is_infinite() {
        let text = INFINITIES[usize::from(value < 0.0)].0;
        return Some(text.to_vec());
    }
    let mantissa = bytes.split(|byte| matches!(byte, b'e' | b'E')).next().unwrap_or_default();
    // A double has at most 17 digits; SQLite's shell writes 20.
    let digits = mantissa.iter().filter(|byte| byte.is_ascii_digit()).count();
    (digits > 17).then(|| format!("{value:?}").into_bytes())
}
