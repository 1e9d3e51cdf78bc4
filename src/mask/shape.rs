//! The shape of made-up text: letter case as in the source, the column's width, and the tag of `unique = true`.
//!
//! A name that must stay unique is the name, a hyphen and a tag: the first bits of a CMAC tag in base32, under purpose
//! `tag` and spec `text:BITS:base32:EQUALITY` over the cell's canonical text. What does not fit the width is cut from
//! the end of the name, never from the tag.

use super::parameters::quoted;
use super::{Parameter, ParameterKind, Refusal, Request, Uniqueness, tag};

/// Letter case of the output, for a list of parameters.
pub(super) const CASE: Parameter = Parameter {
    name: "case",
    summary: "letter case: as_source (default: all upper or all lower where the cell is), title, upper or lower",
    kind: ParameterKind::Choice(CASES),
    required: false,
    of_domain: false,
};

/// Whether a tag is appended, for a list of parameters.
pub(super) const UNIQUE: Parameter = Parameter {
    name: "unique",
    summary: "append a tag so that different values stay different; all then depends on the cell's own value, not on \
              the subject, so that foreign keys hold (default: false)",
    kind: ParameterKind::Flag,
    required: false,
    of_domain: true,
};

/// Length of that tag, for a list of parameters.
pub(super) const BITS: Parameter = Parameter {
    name: "bits",
    summary: "bits of the tag of unique = true, a multiple of 5 from 40 to 125 (default: 80, or what the width allows)",
    kind: ParameterKind::Integer,
    required: false,
    of_domain: true,
};

/// What is done to a text after it was put together.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    case: Case,
    /// Characters of the text, tag included.
    width: Option<usize>,
    /// Characters of the tag; 0 for none.
    tag: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Case {
    AsSource,
    Title,
    Upper,
    Lower,
}

const CASES: &[&str] = &["as_source", "title", "upper", "lower"];

impl Shape {
    /// Reads `case`, `unique` and `bits`.
    ///
    /// A text without a tag is cut to its own column: a name stays the person's name in every column, and a narrow
    /// column elsewhere (an initial) does not cut the wide ones. A tagged text must be the same wherever a foreign key
    /// carries it, so it is cut to the narrowest column of the key domain.
    pub(super) fn prepare(request: &Request<'_>) -> Result<Self, Refusal> {
        let case = match request.choice(CASE.name, CASES)? {
            Some("title") => Case::Title,
            Some("upper") => Case::Upper,
            Some("lower") => Case::Lower,
            _ => Case::AsSource,
        };
        if !request.flag(UNIQUE.name)? {
            if request.parameters.contains_key(BITS.name) {
                return Err(Refusal("bits is the length of the tag that unique = true appends".into()));
            }
            return Ok(Self { case, width: request.sql_type.width().map(|width| width as usize), tag: 0 });
        }
        let bits = match request.integer(BITS.name, FEWEST_BITS, MOST_BITS)? {
            Some(bits) if bits % 5 != 0 => {
                return Err(Refusal("bits must be a multiple of 5 (one character each)".into()));
            }
            Some(bits) => bits.unsigned_abs() as usize,
            None => {
                let room = request.room().map_or(usize::MAX, |room| room as usize);
                DEFAULT_BITS.min(room.saturating_sub(AROUND_TAG).saturating_mul(5)).max(FEWEST_BITS as usize)
            }
        };
        let needed = bits / 5 + AROUND_TAG;
        match request.room() {
            Some(room) if (room as usize) < needed => Err(Refusal(format!(
                "unique = true with {bits} bits needs {needed} characters, and the narrowest column of key domain {} \
                 holds {room}; widen the column, or use keyed_hash",
                quoted(&[request.domain])
            ))),
            room => Ok(Self { case, width: room.map(|room| room as usize), tag: bits / 5 }),
        }
    }

    /// The verdict on uniqueness.
    pub(super) fn uniqueness(&self) -> Uniqueness {
        if self.tag == 0 { Uniqueness::No } else { Uniqueness::Bounded { bits: (self.tag * 5) as f64 } }
    }

    /// Spec of the tag's key, if there is a tag.
    pub(super) fn tag_spec(&self, request: &Request<'_>) -> Option<String> {
        (self.tag > 0).then(|| format!("text:{}:base32:{}", self.tag * 5, request.equality.as_str()))
    }

    /// Characters of the longest output where the text alone has up to `text`.
    pub(super) fn max_width(&self, text: usize) -> u32 {
        let longest = if self.tag == 0 { text } else { text + 1 + self.tag };
        self.width.map_or(longest, |width| width.min(longest)) as u32
    }

    /// [`finish`](Self::finish), with room left for `tail` and that behind it; without the tail where the column has no
    /// room for it and a letter.
    pub(super) fn finish_before(
        &self,
        start: usize,
        source: &[u8],
        tag: Option<&[u8; 16]>,
        tail: &[u8],
        out: &mut Vec<u8>,
    ) {
        let least = tail.len() + AROUND_TAG + self.tag;
        match self.width {
            Some(width) if width < least => self.finish(start, source, tag, out),
            width => {
                let width = width.map(|width| width - tail.len());
                Self { width, ..self.clone() }.finish(start, source, tag, out);
                out.extend_from_slice(tail);
            }
        }
    }

    /// Finishes the text that `out` holds from `start` on, in place of the cell `source`.
    #[inline]
    pub(super) fn finish(&self, start: usize, source: &[u8], tag: Option<&[u8; 16]>, out: &mut Vec<u8>) {
        if let Some(width) = self.width {
            let room = if self.tag == 0 { width } else { width - 1 - self.tag };
            // Bytes are no fewer than characters.
            if out.len() - start > room {
                cut(start, room, out);
            }
        }
        if let Some(tag) = tag {
            out.push(b'-');
            tag::write(tag, self.tag, out);
        }
        match self.case {
            Case::AsSource => match spelling(source) {
                Spelling::Upper => upper(start, self.width, out),
                Spelling::Lower => lower(start, out),
                Spelling::Mixed => {}
            },
            Case::Title => {}
            Case::Upper => upper(start, self.width, out),
            Case::Lower => lower(start, out),
        }
    }
}

/// Cuts the text from `start` on to `room` characters and takes spaces and commas off its end.
#[cold]
fn cut(start: usize, room: usize, out: &mut Vec<u8>) {
    let end = match std::str::from_utf8(&out[start..]) {
        Ok(text) => text.char_indices().nth(room).map_or(out.len(), |(end, _)| start + end),
        Err(_) => start + room,
    };
    if end == out.len() {
        return;
    }
    out.truncate(end);
    while out.len() > start && matches!(out.last(), Some(b' ' | b',')) {
        out.pop();
    }
}

/// Capital letters only, where none of them takes more characters than fit.
fn upper(start: usize, width: Option<usize>, out: &mut Vec<u8>) {
    if out[start..].is_ascii() {
        return out[start..].make_ascii_uppercase();
    }
    let Ok(text) = std::str::from_utf8(&out[start..]) else { return };
    let text = text.to_uppercase();
    if width.is_none_or(|width| text.chars().count() <= width) {
        out.truncate(start);
        out.extend_from_slice(text.as_bytes());
    }
}

/// Small letters only.
fn lower(start: usize, out: &mut Vec<u8>) {
    if out[start..].is_ascii() {
        return out[start..].make_ascii_lowercase();
    }
    let Ok(text) = std::str::from_utf8(&out[start..]) else { return };
    let text = text.to_lowercase();
    out.truncate(start);
    out.extend_from_slice(text.as_bytes());
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Spelling {
    /// Two letters or more, all of them capitals.
    Upper,
    /// At least one letter, and no capitals.
    Lower,
    /// Anything else.
    Mixed,
}

/// How the letters of a cell are written.
#[inline]
fn spelling(cell: &[u8]) -> Spelling {
    let (mut upper, mut lower) = (0_u32, 0_u32);
    for byte in cell {
        upper += u32::from(byte.is_ascii_uppercase());
        lower += u32::from(byte.is_ascii_lowercase());
        if upper > 0 && lower > 0 {
            return Spelling::Mixed;
        }
    }
    if !cell.is_ascii()
        && let Ok(text) = std::str::from_utf8(cell)
    {
        upper = text.chars().filter(|letter| letter.is_uppercase()).count() as u32;
        lower = text.chars().filter(|letter| letter.is_lowercase()).count() as u32;
    }
    match (upper, lower) {
        (2.., 0) => Spelling::Upper,
        (0, 1..) => Spelling::Lower,
        _ => Spelling::Mixed,
    }
}

/// A hyphen, and a name of one letter at least.
const AROUND_TAG: usize = 2;
const DEFAULT_BITS: usize = 80;
const FEWEST_BITS: i64 = 40;
const MOST_BITS: i64 = 125;

#[cfg(test)]
mod tests {
    use super::super::examples::request;
    use super::*;
    use crate::table::SqlType;

    fn prepare(parameters: &str, width: Option<u32>) -> Result<Shape, String> {
        let parameters = toml::from_str(parameters).unwrap();
        let sql_type = SqlType::Text { width, padded: false, case_insensitive: false };
        Shape::prepare(&request(&parameters, &sql_type)).map_err(|refusal| refusal.0)
    }

    fn finish(shape: &Shape, text: &str, source: &str) -> String {
        let mut out = text.as_bytes().to_vec();
        shape.finish(0, source.as_bytes(), (shape.tag > 0).then_some(&[0; 16]), &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn case_follows_the_source() {
        let shape = prepare("", None).unwrap();
        for (source, expected) in [
            ("JANE", "MARY ANN"),
            ("ÉLÉONORE", "MARY ANN"),
            ("jane", "mary ann"),
            ("j", "mary ann"),
            ("Jane", "Mary Ann"),
            ("J", "Mary Ann"),
            ("Élan", "Mary Ann"),
            ("12", "Mary Ann"),
            ("王", "Mary Ann"),
        ] {
            assert_eq!(finish(&shape, "Mary Ann", source), expected, "{source}");
        }
    }

    #[test]
    fn case_can_be_fixed() {
        for (case, expected) in [("title", "Mary"), ("upper", "MARY"), ("lower", "mary")] {
            let shape = prepare(&format!("case = '{case}'"), None).unwrap();
            assert_eq!(finish(&shape, "Mary", "jANE"), expected);
        }
        assert!(prepare("case = 'camel'", None).unwrap_err().contains("as_source"));
    }

    #[test]
    fn text_is_cut_to_the_width_and_ends_in_no_space() {
        let shape = prepare("", Some(5)).unwrap();
        assert_eq!(finish(&shape, "Mary Ann", "Jane"), "Mary");
        assert_eq!(finish(&shape, "Maryann", "Jane"), "Marya");
        assert_eq!(finish(&prepare("", Some(1)).unwrap(), "Mary", "J"), "M");
    }

    #[test]
    fn a_tag_takes_room_from_the_name() {
        for (width, expected) in [
            (None, "Mary-aaaaaaaaaaaaaaaa"),
            (Some(20), "Mar-aaaaaaaaaaaaaaaa"),
            (Some(18), "M-aaaaaaaaaaaaaaaa"),
            (Some(12), "M-aaaaaaaaaa"),
            (Some(10), "M-aaaaaaaa"),
        ] {
            assert_eq!(finish(&prepare("unique = true", width).unwrap(), "Mary", "Jane"), expected);
        }
        assert!(prepare("unique = true", Some(9)).unwrap_err().contains("needs 10 characters"));
    }

    #[test]
    fn bits_are_checked() {
        let bits = |text: &str| prepare(text, Some(30)).map(|shape| shape.uniqueness());
        assert_eq!(bits("unique = true\nbits = 60"), Ok(Uniqueness::Bounded { bits: 60.0 }));
        assert_eq!(bits(""), Ok(Uniqueness::No));
        assert!(bits("unique = true\nbits = 61").unwrap_err().contains("multiple of 5"));
        assert!(bits("unique = true\nbits = 35").unwrap_err().contains("from 40 to 125"));
        assert!(bits("bits = 60").unwrap_err().contains("unique = true"));
    }
}
