//! Literals of `INSERT`: how they are read, and how a new value is written in the style of the old one.

use crate::base::ErrorKind;
use crate::table::Span;

use super::lexer::{self, Mode};
use super::words::decode;
use crate::format::literals::{is_number, is_truth};

/// `'..'`; a new value goes between the quotes that are there.
pub(super) const TEXT: u8 = 0;
/// A number, `TRUE` or `FALSE`.
pub(super) const BARE: u8 = 1;
/// `NULL` or `DEFAULT`.
pub(super) const NULL: u8 = 2;
/// `'..'` whose value is bytes: `\x` and hexadecimal digits here, as PostgreSQL writes them.
pub(super) const BYTES: u8 = 3;
/// `_binary '..'`, with the same kind of value.
pub(super) const BINARY: u8 = 4;
/// `_binary'..'`
pub(super) const BINARY_CLOSE: u8 = 5;
/// `0x..`, with the same kind of value.
pub(super) const HEX: u8 = 6;
/// `X'..'`, with the same kind of value.
pub(super) const HEX_QUOTED: u8 = 7;
/// `b'..'`; the value is its digits.
pub(super) const BITS: u8 = 8;
/// `".."`
pub(super) const DOUBLE_QUOTED: u8 = 9;
/// `_utf8mb4 '..'` and the like: the introducer at this place of the list, and a blank behind it if the number is odd.
const INTRODUCED: u8 = 16;

/// Introducers that say what the connection says anyway.
static INTRODUCERS: &[&str] = &["_utf8mb4", "_utf8mb3", "_utf8"];

/// A literal that was read.
pub(super) struct Literal {
    pub(super) style: u8,
    /// The bytes between the quotes, or all of them.
    pub(super) inner: std::ops::Range<usize>,
    pub(super) value: Value,
}

/// Where a literal's value is.
pub(super) enum Value {
    /// It has none.
    Null,
    /// As it stands.
    Plain,
    /// Escapes and doubled quotes are to be taken out.
    Coded(u8),
    /// Hexadecimal digits of bytes.
    Digits,
}

/// Reads a cell that is one literal, without blanks around it.
pub(super) fn read(cell: &[u8], mode: Mode) -> Option<Literal> {
    let (first, second) = (*cell.first()?, cell.get(1).copied());
    let string = |start: usize, style: u8| {
        let quote = *cell.get(start)?;
        let (len, coded) = lexer::quoted(&cell[start..], mode.escapes).ok()?;
        let value = if coded { Value::Coded(quote) } else { Value::Plain };
        (start + len == cell.len()).then_some(Literal { style, inner: start + 1..cell.len() - 1, value })
    };
    let all = 0..cell.len();
    match first {
        b'\'' => string(0, TEXT),
        b'"' if !mode.ansi => string(0, TEXT),
        b'0' if second == Some(b'x') => {
            let digits = &cell[2..];
            let whole = !digits.is_empty()
                && digits.len().is_multiple_of(2)
                && digits.iter().all(u8::is_ascii_hexdigit);
            whole.then_some(Literal { style: HEX, inner: 2..cell.len(), value: Value::Digits })
        }
        b'x' | b'X' | b'b' | b'B' if second == Some(b'\'') && cell.len() > 2 && cell.ends_with(b"'") => {
            let digits = &cell[2..cell.len() - 1];
            let inner = 2..cell.len() - 1;
            if first.eq_ignore_ascii_case(&b'x') {
                let whole = digits.len().is_multiple_of(2) && digits.iter().all(u8::is_ascii_hexdigit);
                return whole.then_some(Literal { style: HEX_QUOTED, inner, value: Value::Digits });
            }
            let whole = digits.iter().all(|digit| matches!(digit, b'0' | b'1'));
            whole.then_some(Literal { style: BITS, inner, value: Value::Plain })
        }
        b'_' => {
            let len = cell.iter().position(|&byte| !lexer::is_word_byte(byte))?;
            let blank = usize::from(cell[len] == b' ');
            if !matches!(cell.get(len + blank), Some(b'\'')) {
                return None;
            }
            if cell[..len].eq_ignore_ascii_case(b"_binary") {
                return string(len + blank, if blank == 1 { BINARY } else { BINARY_CLOSE });
            }
            let known = INTRODUCERS.iter().position(|name| *name.as_bytes() == cell[..len])?;
            string(len + blank, INTRODUCED + (2 * known + blank) as u8)
        }
        _ if cell.eq_ignore_ascii_case(b"NULL") || cell.eq_ignore_ascii_case(b"DEFAULT") => {
            Some(Literal { style: NULL, inner: all, value: Value::Null })
        }
        _ => (is_number(cell) || is_truth(cell)).then_some(Literal {
            style: BARE,
            inner: all,
            value: Value::Plain,
        }),
    }
}

/// Whether the value of a literal of this style is bytes.
pub(super) fn is_binary(style: u8) -> bool {
    (BYTES..=HEX_QUOTED).contains(&style)
}

/// Whether a literal of this style says that its text is UTF-8.
pub(super) fn is_introduced(style: u8) -> bool {
    style >= INTRODUCED
}

/// The value of a string whose escapes are taken out, at the end of `out`.
pub(super) fn unescape(inner: &[u8], quote: u8, mode: Mode, out: &mut Vec<u8>) -> Result<(), ErrorKind> {
    decode(inner, quote, mode.escapes, out).ok_or(NOT_A_LITERAL)
}

/// Bytes as PostgreSQL writes them: `\x` and hexadecimal digits.
pub(super) fn write_hex(bytes: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(b"\\x");
    let digit = |half: u8| b"0123456789abcdef"[usize::from(half)];
    out.extend(bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]));
}

/// The bytes of a value, which may be written as `\x` and hexadecimal digits.
pub(super) fn bytes_of(value: &[u8]) -> Option<Vec<u8>> {
    let digits = value.strip_prefix(b"\\x")?;
    let half = |digit: u8| char::from(digit).to_digit(16).map(|half| half as u8);
    let (pairs, []) = digits.as_chunks::<2>() else { return None };
    pairs.iter().map(|[high, low]| Some(half(*high)? << 4 | half(*low)?)).collect()
}

/// Puts `\x` and digits in the place of the bytes from `from` on.
pub(super) fn hex_of_last(from: usize, decoded: &mut Vec<u8>) -> Span {
    let bytes = decoded.split_off(from);
    write_hex(&bytes, decoded);
    Span::decoded(from, decoded.len() - from)
}

/// Whether a byte is escaped in a string.
#[inline]
pub(super) fn is_special(byte: u8) -> bool {
    matches!(byte, 0 | b'\n' | b'\r' | 0x1a | b'"' | b'\'' | b'\\')
}

/// Writes NULL in place of a literal.
pub(super) fn write_null(out: &mut Vec<u8>) {
    out.extend_from_slice(b"NULL");
}

/// Writes a value in the style of the literal that it replaces. `clean` says that no byte of it is special.
pub(super) fn write(value: &[u8], style: u8, clean: bool, mode: Mode, out: &mut Vec<u8>) {
    match style {
        BARE if is_number(value) || is_truth(value) => out.extend_from_slice(value),
        BITS if value.iter().all(|byte| matches!(byte, b'0' | b'1')) => {
            out.extend_from_slice(b"b'");
            out.extend_from_slice(value);
            out.push(b'\'');
        }
        style if is_binary(style) => {
            let decoded = bytes_of(value);
            binary(decoded.as_deref().unwrap_or(value), style, mode, out);
        }
        style if style >= INTRODUCED => {
            let number = style - INTRODUCED;
            out.extend_from_slice(INTRODUCERS[usize::from(number / 2)].as_bytes());
            if number % 2 == 1 {
                out.push(b' ');
            }
            string(value, clean, mode, out);
        }
        _ => string(value, clean, mode, out),
    }
}

fn binary(bytes: &[u8], style: u8, mode: Mode, out: &mut Vec<u8>) {
    match style {
        HEX | HEX_QUOTED if style == HEX_QUOTED || !bytes.is_empty() => {
            let start = out.len();
            write_hex(bytes, out);
            out[start..].make_ascii_uppercase();
            if style == HEX {
                out[start..start + 2].copy_from_slice(b"0x");
            } else {
                out[start..start + 2].copy_from_slice(b"X'");
                out.push(b'\'');
            }
        }
        BINARY | BINARY_CLOSE => {
            out.extend_from_slice(if style == BINARY { b"_binary " } else { b"_binary" });
            string(bytes, false, mode, out);
        }
        _ => string(bytes, false, mode, out),
    }
}

fn string(value: &[u8], clean: bool, mode: Mode, out: &mut Vec<u8>) {
    out.push(b'\'');
    if clean {
        out.extend_from_slice(value);
    } else if mode.escapes {
        let mut rest = value;
        while let Some(at) = rest.iter().position(|byte| is_special(*byte)) {
            out.extend_from_slice(&rest[..at]);
            out.push(b'\\');
            out.push(match rest[at] {
                0 => b'0',
                b'\n' => b'n',
                b'\r' => b'r',
                0x1a => b'Z',
                other => other,
            });
            rest = &rest[at + 1..];
        }
        out.extend_from_slice(rest);
    } else {
        for part in value.split_inclusive(|byte| *byte == b'\'') {
            out.extend_from_slice(part);
            if part.ends_with(b"'") {
                out.push(b'\'');
            }
        }
    }
    out.push(b'\'');
}

pub(super) const NOT_A_LITERAL: ErrorKind = ErrorKind::Syntax("a value that is not one literal");
