//! `mask_chars`: the characters of a text become one mask character, but for some at its ends or of some kinds.
//!
//! No key. Characters, not bytes, count, and the length stays. A text that would pass whole, because it is not longer
//! than what is kept of it, is masked whole.

use super::parameters::ends;
use super::{
    Batch, CellError, Class, DefaultDomain, Example, KeyedBy, Operator, OperatorInfo, Output, Parameter,
    ParameterKind, Prepared, Refusal, Request, Scratch, Tally, rows, start,
};
use crate::table::{ColumnBuilder, SqlType};

pub(super) const INFO: OperatorInfo = OperatorInfo {
    name: "mask_chars",
    summary: "Replace characters of a text with *, but for some at its ends",
    class: Class::Suppress,
    keyed_by: KeyedBy::Nothing,
    domain: DefaultDomain::None,
    entity: "text",
    parameters: &[
        Parameter {
            name: "char",
            summary: "the character that others become; default *",
            kind: ParameterKind::Text,
            required: false,
            of_domain: false,
        },
        Parameter {
            name: "keep_start",
            summary: "characters that stay at the start; default 0",
            kind: ParameterKind::Integer,
            required: false,
            of_domain: false,
        },
        Parameter {
            name: "keep_end",
            summary: "characters that stay at the end; default 0",
            kind: ParameterKind::Integer,
            required: false,
            of_domain: false,
        },
        Parameter {
            name: "count",
            summary: "characters to mask; the others stay. Default: all that are not kept",
            kind: ParameterKind::Integer,
            required: false,
            of_domain: false,
        },
        Parameter {
            name: "from",
            summary: "the end that count is counted from: start (default) or end",
            kind: ParameterKind::Choice(FROM),
            required: false,
            of_domain: false,
        },
        Parameter {
            name: "keep",
            summary: "characters that stay wherever they are, such as \"@.-\"; no letters or digits; default none",
            kind: ParameterKind::Text,
            required: false,
            of_domain: false,
        },
    ],
    examples: &[
        Example {
            policy: "{ op = \"mask_chars\", keep_end = 4 }",
            sql_type: &SqlType::TEXT,
            input: "ABC-4471-0093",
            output: Some("*********0093"),
        },
        Example {
            policy: "{ op = \"mask_chars\", char = \"x\", keep = \"@.\" }",
            sql_type: &SqlType::TEXT,
            input: "zoë@example.com",
            output: Some("xxx@xxxxxxx.xxx"),
        },
        Example {
            policy: "{ op = \"mask_chars\", count = 3, from = \"end\" }",
            sql_type: &SqlType::TEXT,
            input: "SW1A 2AA",
            output: Some("SW1A ***"),
        },
    ],
    accepts: SqlType::is_text,
    prepare,
};

const FROM: &[&str] = &["start", "end"];
/// No text is longer.
const LONGEST: i64 = 1 << 30;

fn prepare(request: &Request<'_>) -> Result<Prepared, Refusal> {
    let mut characters = request.text("char")?.unwrap_or("*").chars();
    let (Some(mask), None) = (characters.next(), characters.next()) else {
        return Err(Refusal("char must be one character".into()));
    };
    if mask.is_whitespace() || mask.is_control() {
        return Err(Refusal("char must be a character that can be seen".into()));
    }
    if request.ascii && !mask.is_ascii() {
        return Err(Refusal("char must be ASCII: the dump's encoding may not hold other characters".into()));
    }
    let keep: Vec<char> = request.text("keep")?.unwrap_or_default().chars().collect();
    if keep.iter().any(|kept| kept.is_alphanumeric()) {
        return Err(Refusal("keep is for punctuation: letters and digits are what is to be masked".into()));
    }
    let ends = (request.integer("keep_start", 0, LONGEST)?, request.integer("keep_end", 0, LONGEST)?);
    let from_end = request.choice("from", FROM)?;
    let area = match (request.integer("count", 1, LONGEST)?, ends) {
        (Some(count), (None, None)) => {
            Area::Some { count: count.unsigned_abs() as usize, from_end: from_end == Some("end") }
        }
        (Some(_), _) => {
            return Err(Refusal("count and from stand alone, without keep_start and keep_end".into()));
        }
        (None, _) if from_end.is_some() => return Err(Refusal("from goes with count".into())),
        (None, (start, end)) => Area::Between {
            start: start.unwrap_or(0).unsigned_abs() as usize,
            end: end.unwrap_or(0).unsigned_abs() as usize,
        },
    };
    let padded = matches!(request.sql_type.base(), SqlType::Text { padded: true, .. });
    Ok(Prepared {
        max_width: request.sql_type.width(),
        output: Output::Text,
        notes: area.notes(),
        ..Prepared::new(start::keyless(move || MaskChars { mask, keep: keep.clone(), area, padded }))
    })
}

/// Which characters are masked.
#[derive(Clone, Copy)]
enum Area {
    /// All but so many at either end.
    Between { start: usize, end: usize },
    /// So many at one end.
    Some { count: usize, from_end: bool },
}

impl Area {
    /// First and last but one of the characters that are masked.
    fn of(self, length: usize) -> (usize, usize) {
        match self {
            Self::Between { start, end } if start + end < length => (start, length - end),
            Self::Some { count, from_end } if count < length => {
                if from_end {
                    (length - count, length)
                } else {
                    (0, count)
                }
            }
            _ => (0, length),
        }
    }

    fn notes(self) -> Vec<(&'static str, String)> {
        let what = match self {
            Self::Between { start: 0, end: 0 } => return Vec::new(),
            Self::Between { start, end } => ends(start, end, "characters"),
            Self::Some { count, .. } => format!("all but {count} characters"),
        };
        vec![("partial-values", format!("{what} of each value pass as they are"))]
    }
}

struct MaskChars {
    mask: char,
    keep: Vec<char>,
    area: Area,
    padded: bool,
}

impl Operator for MaskChars {
    fn mask(&self, batch: &Batch<'_>, out: &mut ColumnBuilder, _: &mut Scratch) -> Result<Tally, CellError> {
        let mut encoded = [0; 4];
        let mask: &[u8] = self.mask.encode_utf8(&mut encoded).as_bytes();
        let mut masked = 0;
        for (row, cell) in batch.cells.iter().enumerate() {
            let Some(cell) = rows::present(cell) else {
                out.keep();
                continue;
            };
            let cell = if self.padded { rows::trim_end(cell) } else { cell };
            let text = rows::text(row, cell)?;
            masked += 1;
            if cell.is_ascii() {
                let (first, end) = self.area.of(cell.len());
                out.write(|buffer| {
                    buffer.extend_from_slice(&cell[..first]);
                    for byte in &cell[first..end] {
                        if self.keep.contains(&char::from(*byte)) {
                            buffer.push(*byte);
                        } else {
                            buffer.extend_from_slice(mask);
                        }
                    }
                    buffer.extend_from_slice(&cell[end..]);
                });
                continue;
            }
            let (first, end) = self.area.of(text.chars().count());
            out.write(|buffer| {
                let mut shown = [0; 4];
                for (place, character) in text.chars().enumerate() {
                    if (first..end).contains(&place) && !self.keep.contains(&character) {
                        buffer.extend_from_slice(mask);
                    } else {
                        buffer.extend_from_slice(character.encode_utf8(&mut shown).as_bytes());
                    }
                }
            });
        }
        Ok(Tally { masked, invalid: 0 })
    }
}

#[cfg(test)]
mod tests {
    use super::super::examples::{mask_cells, mask_text, prepare};
    use super::*;

    #[test]
    fn characters_count_and_not_bytes() {
        assert_eq!(mask_text(&INFO, "{}", "žluťoučký"), "*********");
        assert_eq!(mask_text(&INFO, "{ keep_start = 2 }", "žluťoučký"), "žl*******");
        assert_eq!(mask_text(&INFO, "{ keep_end = 1, char = '•' }", "王小明"), "••明");
        assert_eq!(mask_text(&INFO, "{ count = 2 }", "éa1"), "**1");
    }

    #[test]
    fn what_would_pass_whole_is_masked_whole() {
        assert_eq!(mask_text(&INFO, "{ keep_start = 2, keep_end = 2 }", "1234"), "****");
        assert_eq!(mask_text(&INFO, "{ keep_start = 2, keep_end = 2 }", "12345"), "12*45");
        assert_eq!(mask_text(&INFO, "{ count = 9, from = 'end' }", "1234"), "****");
    }

    #[test]
    fn spaces_that_pad_are_no_characters() {
        let padded = SqlType::Text { width: Some(8), padded: true, case_insensitive: false };
        let masked =
            mask_cells(&INFO, "{ keep_end = 2 }", &padded, "", &[Some("ABC-12  "), Some("        ")])
                .unwrap();
        assert_eq!(masked, [Some("****12".to_owned()), Some("        ".to_owned())]);
    }

    #[test]
    fn parameters_that_contradict_each_other_are_refused() {
        for policy in [
            "{ char = '' }",
            "{ char = 'xx' }",
            "{ char = ' ' }",
            "{ keep = 'a' }",
            "{ count = 2, keep_end = 1 }",
            "{ from = 'end' }",
            "{ count = 0 }",
            "{ keep_start = -1 }",
        ] {
            assert!(prepare(&INFO, policy, &SqlType::TEXT).is_err(), "{policy}");
        }
    }
}
