//! Literals of `INSERT`: their styles, and how a new value is written in the style of the old one.

use crate::base::ErrorKind;
use crate::format::literals::{is_number, is_truth};
use crate::format::splice::{Patch, Style};

/// A string: `'..'`.
pub(super) const TEXT: u8 = 0;
/// A string in which a backslash escapes: `E'..'`.
pub(super) const ESCAPE: u8 = 1;
/// The same without the `E`, with `standard_conforming_strings = off`.
pub(super) const OLD: u8 = 2;
/// A number, `true` or `false`.
pub(super) const BARE: u8 = 3;
/// `B'..'`.
pub(super) const BINARY: u8 = 4;
/// `X'..'`.
pub(super) const HEX: u8 = 5;
/// A row written `DEFAULT VALUES` has no cell.
pub(super) const NO_CELL: u8 = 6;

/// Writes cells as literals, each in the style of the one that it replaces.
pub(super) struct InsertStyle {
    /// `standard_conforming_strings`.
    pub(super) standard: bool,
}

impl Style for InsertStyle {
    const PLAIN: bool = false;
    const COUNTED: bool = false;

    fn is_special(&self, byte: u8) -> bool {
        is_special(byte)
    }

    fn null(&self, cell: Patch, out: &mut Vec<u8>) {
        if cell.style != NO_CELL {
            out.extend_from_slice(b"NULL");
        }
    }

    fn value(&self, value: &[u8], cell: Patch, out: &mut Vec<u8>) -> Result<(), ErrorKind> {
        match cell.style {
            NO_CELL => {
                return Err(ErrorKind::Syntax("a row written DEFAULT VALUES has no place for a new value"));
            }
            BARE if is_number(value) || is_truth(value) => out.extend_from_slice(value),
            BINARY if value.iter().all(|byte| matches!(byte, b'0' | b'1')) => wrap(b"B", value, out),
            HEX if value.iter().all(u8::is_ascii_hexdigit) => wrap(b"X", value, out),
            ESCAPE => return string(b"E'", true, cell.clean, value, out),
            _ => return string(b"'", !self.standard, cell.clean, value, out),
        }
        Ok(())
    }
}

fn is_special(byte: u8) -> bool {
    matches!(byte, b'\'' | b'\\' | 0)
}

fn wrap(prefix: &[u8], value: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(prefix);
    out.push(b'\'');
    out.extend_from_slice(value);
    out.push(b'\'');
}

fn string(open: &[u8], escapes: bool, clean: bool, value: &[u8], out: &mut Vec<u8>) -> Result<(), ErrorKind> {
    out.extend_from_slice(open);
    let special = |byte: &u8| is_special(*byte);
    let mut rest = value;
    if !clean {
        while let Some(at) = rest.iter().position(special) {
            out.extend_from_slice(&rest[..at]);
            match rest[at] {
                0 => return Err(super::ZERO_BYTE),
                b'\'' => out.extend_from_slice(b"''"),
                _ if escapes => out.extend_from_slice(b"\\\\"),
                other => out.push(other),
            }
            rest = &rest[at + 1..];
        }
    }
    out.extend_from_slice(rest);
    out.push(b'\'');
    Ok(())
}
