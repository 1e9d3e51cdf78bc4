//! A number without what separates its parts, in capitals: what validators look at.

/// Characters of a number in capitals, without separators.
#[derive(Clone, Copy, Debug)]
pub(super) struct Compact {
    text: [u8; MOST],
    length: u8,
}

/// Characters of the longest number.
const MOST: usize = 72;

impl Compact {
    /// Reads a value: drops every one of `separators`, and space around it. Digits of other scripts, wide forms, dashes
    /// and spaces of typesetting, and Cyrillic letters that look like Latin ones count as what they look like. `None` if
    /// it is too long or holds anything else.
    #[inline]
    pub(super) fn read(value: &[u8], separators: &[u8]) -> Option<Self> {
        let mut compact = Self { text: [0; MOST], length: 0 };
        let value = value.trim_ascii();
        if value.is_ascii() {
            for byte in value {
                compact.push(*byte, separators)?;
            }
        } else {
            for character in std::str::from_utf8(value).ok()?.trim().chars() {
                match plain(character) {
                    Some(byte) => compact.push(byte, separators)?,
                    None if is_invisible(character) => {}
                    None => return None,
                }
            }
        }
        Some(compact)
    }

    #[inline]
    fn push(&mut self, byte: u8, separators: &[u8]) -> Option<()> {
        if !separators.contains(&byte) {
            *self.text.get_mut(usize::from(self.length))? = byte.to_ascii_uppercase();
            self.length += 1;
        }
        Some(())
    }

    /// The characters.
    #[inline]
    pub(super) fn text(&self) -> &[u8] {
        &self.text[..usize::from(self.length)]
    }
}

/// The ASCII character that one looks like.
fn plain(character: char) -> Option<u8> {
    let from = |zero: char| Some(b'0' + (u32::from(character) - u32::from(zero)) as u8);
    match character {
        '\0'..='\x7f' => Some(character as u8),
        '\u{660}'..='\u{669}' => from('\u{660}'),
        '\u{6f0}'..='\u{6f9}' => from('\u{6f0}'),
        '\u{966}'..='\u{96f}' => from('\u{966}'),
        '\u{ff01}'..='\u{ff5e}' => Some((u32::from(character) - 0xff01) as u8 + b'!'),
        '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{3000}' => Some(b' '),
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{ad}' => Some(b'-'),
        _ => CYRILLIC.iter().find(|(known, _)| *known == character).map(|(_, byte)| *byte),
    }
}

/// Characters without width.
pub(super) fn is_invisible(character: char) -> bool {
    matches!(character, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

const CYRILLIC: &[(char, u8)] = &[
    ('А', b'A'),
    ('В', b'B'),
    ('С', b'C'),
    ('Е', b'E'),
    ('Н', b'H'),
    ('І', b'I'),
    ('К', b'K'),
    ('М', b'M'),
    ('О', b'O'),
    ('Р', b'P'),
    ('Т', b'T'),
    ('Х', b'X'),
    ('У', b'Y'),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_alike_counts_alike() {
        let read = |text: &str| Compact::read(text.as_bytes(), b" -").map(|compact| compact.text().to_vec());
        for (text, expected) in [
            ("12-ab 3", "12AB3"),
            ("１２", "12"),
            ("٣٤\u{a0}5", "345"),
            ("1\u{2013}2\u{200b}", "12"),
            ("МК1", "MK1"),
        ] {
            assert_eq!(read(text).as_deref(), Some(expected.as_bytes()), "{text}");
        }
        assert_eq!(read("1é"), None);
        assert_eq!(read(&"1".repeat(MOST + 1)), None);
    }
}
