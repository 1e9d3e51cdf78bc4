//! `bytes`: binary values become zeros, keyed bytes, or a blank image or document of their own kind.
//!
//! `wipe` and `image` need no key. `hash` has purpose `bytes` and spec `bytes:same` or `bytes:LENGTH`; the message is the
//! bytes themselves, and with T its tag the output is the tags, under purpose `stream` and the same spec, of T followed
//! by the 64-bit numbers 0, 1, .. (big-endian), one after the other, cut to the length. A bit string is a message of its
//! digits, and its output the bits of those bytes, first bit first.
//!
//! The cell keeps its form: `\x` and hexadecimal digits, PostgreSQL's escape form, base64, a `data:` URL with base64.

use std::borrow::Cow;

use data_encoding::{BASE64, HEXLOWER, HEXLOWER_PERMISSIVE, HEXUPPER};

use super::invalid::{Invalid, Rejector};
use super::{
    Batch, CellError, Class, DefaultDomain, Example, KeyedBy, Operator, OperatorInfo, Parameter,
    ParameterKind, Prepared, Refusal, Request, Scratch, Tally, Uniqueness, rows, start,
};
use crate::base::Prf;
use crate::table::{ColumnBuilder, SqlType};

pub(super) const INFO: OperatorInfo = OperatorInfo {
    name: "bytes",
    summary: "Replace binary values with zeros, keyed bytes, or a blank image or document of their kind",
    class: Class::Suppress,
    keyed_by: KeyedBy::Nothing,
    domain: DefaultDomain::Column,
    entity: ENTITY,
    parameters: &[
        Parameter {
            name: "mode",
            summary: "wipe (default): zeros of the same length; hash: keyed bytes; image: a blank PNG, JPEG, GIF or PDF",
            kind: ParameterKind::Choice(MODES),
            required: false,
            of_domain: true,
        },
        Parameter {
            name: "length",
            summary: "bytes of a hash, 4 to 1048576; default: as many as the value has",
            kind: ParameterKind::Integer,
            required: false,
            of_domain: true,
        },
    ],
    examples: &[
        Example {
            policy: "{ op = \"bytes\" }",
            sql_type: &SqlType::Bytes,
            input: "\\xdeadbeef00",
            output: Some("\\x0000000000"),
        },
        Example {
            policy: "{ op = \"bytes\", mode = \"hash\", length = 8 }",
            sql_type: &SqlType::Bytes,
            input: "\\xdeadbeef00",
            output: Some("\\xde0fe6fbd24f57c2"),
        },
        Example {
            policy: "{ op = \"bytes\", mode = \"image\" }",
            sql_type: &SqlType::TEXT,
            input: "R0lGODlhAQABAAAAACw=",
            output: Some("R0lGODlhAQABAIAAAICAgAAAACwAAAAAAQABAAACAkQBADs="),
        },
    ],
    accepts: |sql_type| matches!(sql_type.base(), SqlType::Bytes | SqlType::Bits | SqlType::Text { .. }),
    prepare,
};

const ENTITY: &str = "binary value (\\x.., base64)";
const MODES: &[&str] = &["wipe", "hash", "image"];

const PNG: &[u8] = include_bytes!("../../rules/images/blank.png");
const JPEG: &[u8] = include_bytes!("../../rules/images/blank.jpeg");
const GIF: &[u8] = include_bytes!("../../rules/images/blank.gif");
const PDF: &[u8] = include_bytes!("../../rules/images/blank.pdf");

fn prepare(request: &Request<'_>) -> Result<Prepared, Refusal> {
    let length = request.integer("length", 4, 1 << 20)?.map(|length| length.unsigned_abs() as usize);
    let mode = request.choice("mode", MODES)?.unwrap_or("wipe");
    let bits = *request.sql_type.base() == SqlType::Bits;
    if length.is_some() && (mode != "hash" || bits) {
        return Err(Refusal("length goes with mode = \"hash\", and not with bits".into()));
    }
    if mode == "image" && bits {
        return Err(Refusal("bits hold no image; use wipe or hash".into()));
    }
    let width = request.sql_type.width().map(|width| width as usize);
    let least = match (mode, length) {
        ("image", _) => BASE64.encode_len(GIF.len()),
        (_, Some(length)) => BASE64.encode_len(length),
        _ => 0,
    };
    if let Some(width) = width.filter(|width| *width < least) {
        return Err(Refusal(format!("results have {least} characters or more, and {width} fit")));
    }
    let form = match request.sql_type.base() {
        SqlType::Bytes => Column::Bytes,
        SqlType::Bits => Column::Bits,
        _ => Column::Text,
    };
    let promise = |keyed_by, spec: String, uniqueness, start| Prepared {
        spec,
        uniqueness,
        max_width: width.map(|width| width as u32),
        keyed_by: Some(keyed_by),
        ..Prepared::new(start)
    };
    if mode != "hash" {
        let invalid = Invalid::keyless(request, ENTITY)?;
        let image = mode == "image";
        return Ok(promise(
            KeyedBy::Nothing,
            String::new(),
            Uniqueness::No,
            start::keyless(move || Bytes {
                fill: if image { Fill::Image } else { Fill::Zeros },
                form,
                width,
                rejector: invalid.start_keyless(),
            }),
        ));
    }
    let invalid = Invalid::prepare(request, ENTITY)?;
    let spec = length.map_or_else(|| "bytes:same".to_owned(), |length| format!("bytes:{length}"));
    let uniqueness = match length {
        Some(length) => invalid.weaken(Uniqueness::Bounded { bits: (length * 8).min(128) as f64 }),
        None => Uniqueness::No,
    };
    Ok(promise(
        KeyedBy::Value,
        spec.clone(),
        uniqueness,
        start::keyed(move |keys| Bytes {
            fill: Fill::Keyed {
                prf: Box::new(keys.prf("bytes", &spec)),
                stream: Box::new(keys.prf("stream", &spec)),
                length,
            },
            form,
            width,
            rejector: invalid.start(keys),
        }),
    ))
}

/// How a column holds bytes.
#[derive(Clone, Copy)]
enum Column {
    Bytes,
    Bits,
    Text,
}

/// What bytes become.
enum Fill {
    Zeros,
    Keyed { prf: Box<Prf>, stream: Box<Prf>, length: Option<usize> },
    Image,
}

/// How a cell is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form<'a> {
    /// Hexadecimal digits after this.
    Hex { before: &'a [u8], upper: bool },
    /// PostgreSQL's escape form.
    Escape,
    /// Base64 after this.
    Base64 { before: &'a [u8] },
    /// Binary digits.
    Bits,
}

/// The bytes of a cell and how it is written.
fn read<'a>(cell: &'a [u8], column: Column) -> Option<(Form<'a>, Vec<u8>)> {
    let hex = |before: &'a [u8], digits: &'a [u8]| {
        let upper = digits.iter().any(u8::is_ascii_uppercase);
        Some((Form::Hex { before, upper }, HEXLOWER_PERMISSIVE.decode(digits).ok()?))
    };
    match column {
        Column::Bits => {
            cell.iter().all(|byte| matches!(byte, b'0' | b'1')).then(|| (Form::Bits, cell.to_vec()))
        }
        Column::Bytes => match cell {
            [b'\\', b'x', digits @ ..] => hex(&cell[..2], digits),
            _ => Some((Form::Escape, unescaped(cell)?)),
        },
        Column::Text => {
            let cell = cell.trim_ascii();
            match cell {
                [b'\\' | b'0', b'x', digits @ ..] => return hex(&cell[..2], digits),
                _ if cell.iter().all(u8::is_ascii_hexdigit) && cell.len().is_multiple_of(2) => {
                    return hex(b"", cell);
                }
                _ => {}
            }
            let before = if cell.starts_with(b"data:") {
                cell.windows(8).take(128).position(|window| window == b";base64,")? + 8
            } else {
                0
            };
            let (before, text) = cell.split_at(before);
            let compact: Cow<'_, [u8]> = if text.iter().any(u8::is_ascii_whitespace) {
                text.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect::<Vec<_>>().into()
            } else {
                text.into()
            };
            // A media type is a word or two; more may be somebody's.
            let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b":/;,.+-".contains(byte);
            (before.len() <= 64 && before.iter().all(plain))
                .then(|| Some((Form::Base64 { before }, BASE64.decode(&compact).ok()?)))
                .flatten()
        }
    }
}

/// The bytes of PostgreSQL's escape form: `\\` for a backslash and `\ooo` for any byte.
fn unescaped(cell: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(cell.len());
    let mut rest = cell;
    while let [first, after @ ..] = rest {
        rest = match (first, after) {
            (b'\\', [b'\\', after @ ..]) => {
                out.push(b'\\');
                after
            }
            (b'\\', [a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', after @ ..]) => {
                out.push((a - b'0') << 6 | (b - b'0') << 3 | (c - b'0'));
                after
            }
            (b'\\', _) => return None,
            (byte, after) => {
                out.push(*byte);
                after
            }
        };
    }
    Some(out)
}

/// Appends bytes in the form of a cell.
fn write(form: Form<'_>, bytes: &[u8], out: &mut Vec<u8>) {
    let mut encode = |before: &[u8], encoding: &data_encoding::Encoding| {
        out.extend_from_slice(before);
        let start = out.len();
        out.resize(start + encoding.encode_len(bytes.len()), 0);
        encoding.encode_mut(bytes, &mut out[start..]);
    };
    match form {
        Form::Hex { before, upper: true } => encode(before, &HEXUPPER),
        Form::Hex { before, upper: false } => encode(before, &HEXLOWER),
        Form::Base64 { before } => encode(before, &BASE64),
        Form::Escape => {
            for byte in bytes {
                match byte {
                    b'\\' => out.extend_from_slice(b"\\\\"),
                    b' '..=b'~' => out.push(*byte),
                    byte => out.extend_from_slice(&[
                        b'\\',
                        b'0' + (byte >> 6),
                        b'0' + (byte >> 3 & 7),
                        b'0' + (byte & 7),
                    ]),
                }
            }
        }
        Form::Bits => out.extend_from_slice(bytes),
    }
}

/// The blank file of the kind that the first bytes show; a PNG for others.
fn blank(bytes: &[u8]) -> &'static [u8] {
    match bytes {
        [0xff, 0xd8, 0xff, ..] => JPEG,
        [b'G', b'I', b'F', b'8', ..] => GIF,
        [b'%', b'P', b'D', b'F', ..] => PDF,
        _ => PNG,
    }
}

struct Bytes {
    fill: Fill,
    form: Column,
    width: Option<usize>,
    rejector: Rejector,
}

impl Bytes {
    /// What a value's bytes become.
    fn filled(&self, form: Form<'_>, bytes: &[u8]) -> Cow<'static, [u8]> {
        let is_bits = form == Form::Bits;
        match &self.fill {
            Fill::Zeros => vec![if is_bits { b'0' } else { 0 }; bytes.len()].into(),
            Fill::Image => blank(bytes).into(),
            Fill::Keyed { prf, stream, length } => {
                let length = length.unwrap_or(bytes.len());
                let wanted = if is_bits { length.div_ceil(8) } else { length };
                let mut message = [0; 24];
                message[..16].copy_from_slice(&prf.tag(bytes));
                let mut out = Vec::with_capacity(wanted + 16);
                for number in 0..wanted.div_ceil(16) as u64 {
                    message[16..].copy_from_slice(&number.to_be_bytes());
                    out.extend_from_slice(&stream.tag(&message));
                }
                if is_bits {
                    let bit = |place: usize| b'0' + (out[place / 8] >> (7 - place % 8) & 1);
                    return (0..length).map(bit).collect::<Vec<u8>>().into();
                }
                out.truncate(length);
                out.into()
            }
        }
    }
}

impl Operator for Bytes {
    fn mask(
        &self,
        batch: &Batch<'_>,
        out: &mut ColumnBuilder,
        scratch: &mut Scratch,
    ) -> Result<Tally, CellError> {
        let Scratch { rows: masked, rejected, text: made, .. } = scratch.cleared();
        made.clear();
        let mut ends = Vec::with_capacity(batch.cells.len());
        for (row, cell) in rows::present_cells(&batch.cells) {
            let start = made.len();
            match read(cell, self.form) {
                // Nothing to hide.
                Some((_, bytes)) if bytes.is_empty() => continue,
                Some((form, bytes)) => write(form, &self.filled(form, &bytes), made),
                None => {
                    self.rejector.reject(row, cell, rejected)?;
                    continue;
                }
            }
            if self.width.is_some_and(|width| made.len() - start > width) {
                made.truncate(start);
                self.rejector.reject(row, cell, rejected)?;
                continue;
            }
            masked.push(row as u32);
            ends.push(start..made.len());
        }
        Ok(rows::write(&batch.cells, masked, &self.rejector, rejected, out, |entry, _, buffer| {
            buffer.extend_from_slice(&made[ends[entry].clone()]);
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::super::examples::{mask_cells, mask_text, prepare};
    use super::*;

    fn one(policy: &str, sql_type: &SqlType, cell: &str) -> String {
        mask_cells(&INFO, policy, sql_type, "", &[Some(cell)]).unwrap()[0].clone().unwrap()
    }

    #[test]
    fn a_wiped_value_keeps_its_form_and_length() {
        for (cell, expected) in
            [("\\xDEADbeef", "\\x00000000"), ("ab\\\\c\\001", "\\000\\000\\000\\000\\000"), ("\\x", "\\x")]
        {
            assert_eq!(one("{}", &SqlType::Bytes, cell), expected);
        }
        assert_eq!(one("{}", &SqlType::Bits, "10110"), "00000");
        for (cell, expected) in [
            ("deadBEEF", "00000000"),
            ("aGVsbG8=", "AAAAAAA="),
            ("data:image/png;base64,aGVs\nbG8=", "data:image/png;base64,AAAAAAA="),
            ("not binary!", "[redacted]"),
            ("data:image/png;name=jane@x;base64,aGVsbG8=", "[redacted]"),
        ] {
            assert_eq!(mask_text(&INFO, "{}", cell), expected, "{cell}");
        }
    }

    #[test]
    fn one_value_in_two_forms_has_one_hash() {
        let hex = one("{ mode = 'hash' }", &SqlType::Bytes, "\\x61625c01");
        let escaped = one("{ mode = 'hash' }", &SqlType::Bytes, "ab\\\\\\001");
        assert_eq!(unescaped(escaped.as_bytes()).unwrap(), HEXLOWER.decode(&hex.as_bytes()[2..]).unwrap());
        assert_eq!(hex.len(), 10);
        let bits = one("{ mode = 'hash' }", &SqlType::Bits, "1011001110001111");
        assert!(bits.len() == 16 && bits.bytes().all(|bit| matches!(bit, b'0' | b'1')));
    }

    #[test]
    fn an_image_stays_one_of_its_kind() {
        for (cell, blank) in
            [("\\xffd8ffe0", JPEG), ("\\x474946383961", GIF), ("\\x255044462d", PDF), ("\\x00", PNG)]
        {
            let masked = one("{ mode = 'image' }", &SqlType::Bytes, cell);
            assert_eq!(masked, format!("\\x{}", HEXLOWER.encode(blank)));
        }
    }

    #[test]
    fn what_is_no_binary_value_ends_the_run() {
        for cell in ["\\xabc", "\\xzz", "a\\b", "\\777"] {
            assert!(mask_cells(&INFO, "{}", &SqlType::Bytes, "", &[Some(cell)]).is_err(), "{cell}");
        }
        assert!(mask_cells(&INFO, "{}", &SqlType::Bits, "", &[Some("102")]).is_err());
    }

    #[test]
    fn modes_and_lengths_that_do_not_go_together_are_refused() {
        let narrow = SqlType::Text { width: Some(20), padded: false, case_insensitive: false };
        for (policy, sql_type) in [
            ("{ length = 8 }", &SqlType::Bytes),
            ("{ mode = 'image', length = 8 }", &SqlType::Bytes),
            ("{ mode = 'hash', length = 8 }", &SqlType::Bits),
            ("{ mode = 'image' }", &SqlType::Bits),
            ("{ mode = 'image' }", &narrow),
            ("{ mode = 'hash', length = 32 }", &narrow),
        ] {
            assert!(prepare(&INFO, policy, sql_type).is_err(), "{policy}");
        }
    }
}
