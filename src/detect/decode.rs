//! What a text means behind its escapes: HTML entities, %XX, \u and other backslashes, wide forms, characters without
//! width. Places in the decoded text map back to the text as it was given.

use std::borrow::Cow;

use super::compact::is_invisible;

/// A text without escapes.
pub(super) struct Decoded<'a> {
    pub(super) text: Cow<'a, [u8]>,
    /// Where an escape ended: its place in the decoded text and in the text as it was given. From there on, up to the
    /// next one, both go on together.
    ends: Vec<(u32, u32)>,
    /// Where each escape began, in both, in the same order.
    starts: Vec<(u32, u32)>,
}

impl<'a> Decoded<'a> {
    /// Decodes one layer.
    pub(super) fn new(text: &'a [u8]) -> Self {
        let mut decoded = Self { text: Cow::Borrowed(text), ends: Vec::new(), starts: Vec::new() };
        if text.len() >= u32::MAX as usize || !may_be_escaped(text) {
            return decoded;
        }
        let mut out = Vec::new();
        let (mut copied, mut at) = (0, 0);
        while let Some(length) = text[at..].iter().position(|byte| BEGINS[usize::from(*byte)]) {
            at += length;
            let Some((length, character)) = escape(&text[at..]) else {
                at += 1;
                continue;
            };
            out.extend_from_slice(&text[copied..at]);
            decoded.starts.push((out.len() as u32, at as u32));
            match character {
                Escaped::Byte(byte) => out.push(byte),
                Escaped::Character(character) => out.extend(character.encode_utf8(&mut [0; 4]).bytes()),
                Escaped::Nothing => {}
            }
            at += length;
            copied = at;
            decoded.ends.push((out.len() as u32, at as u32));
        }
        if !decoded.starts.is_empty() {
            out.extend_from_slice(&text[copied..]);
            decoded.text = Cow::Owned(out);
        }
        decoded
    }

    /// Where a place of the decoded text was. Places within an escape are where it begins.
    pub(super) fn place(&self, place: usize) -> usize {
        let next = self.ends.partition_point(|(end, _)| *end as usize <= place);
        let (from, was) = next.checked_sub(1).map_or((0, 0), |last| self.ends[last]);
        let through = was as usize + place - from as usize;
        // Before the end of the next escape, which may have begun.
        self.starts.get(next).map_or(through, |(_, start)| through.min(*start as usize))
    }
}

enum Escaped {
    Byte(u8),
    Character(char),
    Nothing,
}

/// A first look for what begins escapes.
fn may_be_escaped(text: &[u8]) -> bool {
    memchr::memchr3(b'&', b'%', b'\\', text).is_some() || memchr::memchr3(0xe2, 0xef, 0xc2, text).is_some()
}

/// The escape that a text begins with: its length, and what it stands for.
fn escape(text: &[u8]) -> Option<(usize, Escaped)> {
    match text[0] {
        b'&' => entity(text),
        b'%' => {
            let byte = hex(text.get(1..3)?)? as u8;
            if byte.is_ascii() {
                return Some((3, Escaped::Byte(byte)));
            }
            // What is no ASCII comes with all bytes of its character: `20 %ab` is no escape.
            let count = match byte {
                0xc2..=0xdf => 2,
                0xe0..=0xef => 3,
                0xf0..=0xf4 => 4,
                _ => return None,
            };
            let mut bytes = [0; 4];
            for (place, byte) in bytes.iter_mut().enumerate().take(count) {
                let part = text.get(3 * place..3 * place + 3).filter(|part| part[0] == b'%')?;
                *byte = hex(&part[1..])? as u8;
            }
            let character = std::str::from_utf8(&bytes[..count]).ok()?.chars().next()?;
            Some((3 * count, Escaped::Character(character)))
        }
        b'\\' => match text.get(1)? {
            b'u' => {
                let code = hex(text.get(2..6)?)?;
                match char::from_u32(code) {
                    Some(character) => Some((6, Escaped::Character(character))),
                    None => {
                        // Two halves of a character beyond the first plane.
                        let low = text
                            .get(6..8)
                            .filter(|mark| *mark == b"\\u")
                            .and_then(|_| hex(text.get(8..12)?))?;
                        let whole = 0x10000 + ((code & 0x3ff) << 10 | low & 0x3ff);
                        Some((12, Escaped::Character(char::from_u32(whole)?)))
                    }
                }
            }
            b'x' => {
                let byte = hex(text.get(2..4)?)? as u8;
                byte.is_ascii().then_some((4, Escaped::Byte(byte)))
            }
            b'n' | b'r' | b't' => Some((2, Escaped::Byte(b'\n'))),
            quote @ (b'"' | b'\'' | b'/' | b'\\') => Some((2, Escaped::Byte(*quote))),
            _ => None,
        },
        0xc2 | 0xe2 | 0xef => {
            let length = if text[0] == 0xc2 { 2 } else { 3 };
            let character = std::str::from_utf8(text.get(..length)?).ok()?.chars().next()?;
            match character {
                _ if is_invisible(character) => Some((length, Escaped::Nothing)),
                '\u{ad}' => Some((length, Escaped::Nothing)),
                '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' => Some((length, Escaped::Byte(b' '))),
                '\u{2010}'..='\u{2015}' => Some((length, Escaped::Byte(b'-'))),
                '\u{ff01}'..='\u{ff5e}' => {
                    Some((length, Escaped::Byte((u32::from(character) - 0xff01) as u8 + b'!')))
                }
                _ => None,
            }
        }
        _ => None,
    }
}

/// The bytes that escapes begin with.
const BEGINS: [bool; 256] = {
    let mut begins = [false; 256];
    let signs = [b'&', b'%', b'\\', 0xc2, 0xe2, 0xef];
    let mut at = 0;
    while at < signs.len() {
        begins[signs[at] as usize] = true;
        at += 1;
    }
    begins
};

fn entity(text: &[u8]) -> Option<(usize, Escaped)> {
    let end = text.iter().take(12).position(|byte| *byte == b';')?;
    let inner = std::str::from_utf8(&text[1..end]).ok()?;
    let character = match inner.strip_prefix('#') {
        Some(number) => {
            let code = match number.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)?
        }
        None => match inner {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            "nbsp" => ' ',
            "commat" => '@',
            "period" => '.',
            "colon" => ':',
            "hyphen" | "dash" => '-',
            _ => return None,
        },
    };
    Some((end + 1, Escaped::Character(character)))
}

fn hex(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |number, byte| Some(number << 4 | char::from(*byte).to_digit(16)?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn escapes_of_many_kinds_are_read() {
        for (text, expected) in [
            ("&#105;nfo&#x40;example&period;com", "info@example.com"),
            ("jane%40example.com", "jane@example.com"),
            (r#"{\"mail\":\"a\u0040b.de\"}"#, r#"{"mail":"a@b.de"}"#),
            ("１２３\u{200b}４", "1234"),
            (r"\ud83d\ude00", "😀"),
            ("100% & \\q &nothing; %zz", "100% & \\q &nothing; %zz"),
            ("%B4111^DOE", "%B4111^DOE"),
            ("M%C3%BCller %e2%82%ac", "Müller €"),
            ("%B4111^DOE", "%B4111^DOE"),
            ("M%C3%BCller %e2%82%ac", "Müller €"),
        ] {
            assert_eq!(Decoded::new(text.as_bytes()).text, expected.as_bytes(), "{text}");
        }
    }

    #[test]
    fn places_map_back() {
        let text = "x &#64; y%41z";
        let decoded = Decoded::new(text.as_bytes());
        assert_eq!(&*decoded.text, b"x @ yAz");
        assert_eq!(
            (decoded.place(2), decoded.place(3), decoded.place(5), decoded.place(6), decoded.place(7)),
            (2, 7, 9, 12, 13)
        );
    }

    proptest! {
        #[test]
        fn places_rise_and_end_at_the_end(text in proptest::collection::vec(prop_oneof![Just(b'&'), Just(b'#'), Just(b';'), Just(b'%'), Just(b'\\'), Just(b'u'), Just(b'4'), any::<u8>()], 0..60)) {
            let decoded = Decoded::new(&text);
            prop_assert_eq!(decoded.place(decoded.text.len()), text.len());
            for place in 0..decoded.text.len() {
                prop_assert!(decoded.place(place) <= decoded.place(place + 1));
            }
        }
    }
}
