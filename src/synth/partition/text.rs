//! Partitions of text by what it is made of, and boundaries of its length in characters.

use super::Partition;

/// What text is made of, disjoint: the first that fits holds.
const CONTENTS: [&str; 10] = [
    "empty",
    "blank",
    "beyond the BMP",
    "combining or invisible",
    "other than ASCII",
    "delimiters",
    "reserved word",
    "digits",
    "space at an end",
    "plain ASCII",
];

/// Words that programs take for something else than text.
const RESERVED: [&[u8]; 16] = [
    b"null",
    b"none",
    b"nil",
    b"nan",
    b"true",
    b"false",
    b"undefined",
    b"inf",
    b"infinity",
    b"n/a",
    b"na",
    b"select",
    b"default",
    b"user",
    b"void",
    b"nul",
];

const DIGIT: u8 = 1;
const SPACE: u8 = 2;
const DELIMITER: u8 = 4;
const OTHER: u8 = 8;
const HIGH: u8 = 16;

/// The class of each byte.
const CLASSES: [u8; 256] = {
    let mut classes = [OTHER; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = match byte as u8 {
            b'0'..=b'9' => DIGIT,
            b' ' => SPACE,
            b'\t' | b'\n' | b'\r' | b'"' | b'\'' | b'\\' | b',' | b';' | b'|' | b'<' | b'>' | b'&' | b'%' => {
                DELIMITER
            }
            0..0x20 | 0x7f => DELIMITER,
            0x80.. => HIGH,
            _ => OTHER,
        };
        byte += 1;
    }
    classes
};

/// How text is told apart.
#[derive(Clone, Debug)]
pub(super) struct Texts {
    /// Characters that fit.
    width: Option<usize>,
}

/// From how many characters on text without a limit is long.
const LONG: usize = 256;

impl Texts {
    pub(super) fn new(width: Option<u32>) -> Self {
        Self { width: width.map(|width| width as usize) }
    }

    pub(super) fn list(&self, partitions: &mut Vec<Partition>, boundaries: &mut Vec<Partition>) {
        partitions.extend(CONTENTS.map(Partition::new));
        boundaries.push(Partition::new("length:1"));
        match self.width {
            Some(1) => {}
            Some(2) => boundaries.push(Partition::new("length:max")),
            Some(_) => boundaries.extend(["length:max-1", "length:max"].map(Partition::new)),
            None => boundaries.push(Partition::new("length:256+")),
        }
    }

    #[inline]
    pub(super) fn classify(&self, bytes: &[u8]) -> (u8, u32) {
        let classes = bytes.iter().fold(0, |all, byte| all | CLASSES[usize::from(*byte)]);
        let chars = if classes & HIGH == 0 {
            bytes.len()
        } else {
            bytes.iter().filter(|byte| (**byte & 0xc0) != 0x80).count()
        };
        let boundaries = match self.width {
            Some(1) => u32::from(chars == 1),
            Some(2) => u32::from(chars == 1) | (u32::from(chars == 2) << 1),
            Some(width) => {
                u32::from(chars == 1)
                    | (u32::from(chars + 1 == width) << 1)
                    | (u32::from(chars == width) << 2)
            }
            None => u32::from(chars == 1) | (u32::from(chars >= LONG) << 1),
        };
        let partition = match classes {
            0 => 1,
            SPACE => 2,
            _ if classes & HIGH != 0 => beyond_ascii(bytes),
            _ if is_reserved(bytes) => 7,
            _ if classes & DELIMITER != 0 => {
                if bytes.iter().all(u8::is_ascii_whitespace) {
                    2
                } else {
                    6
                }
            }
            DIGIT => 8,
            _ if bytes.first() == Some(&b' ') || bytes.last() == Some(&b' ') => 9,
            _ => 10,
        };
        (partition, boundaries)
    }
}

fn is_reserved(bytes: &[u8]) -> bool {
    bytes.len() <= 9 && RESERVED.iter().any(|word| word.eq_ignore_ascii_case(bytes))
}

/// The partition of text that is not all ASCII.
fn beyond_ascii(bytes: &[u8]) -> u8 {
    let text = String::from_utf8_lossy(bytes);
    let mut partition = 5;
    for c in text.chars() {
        match c {
            '\u{10000}'.. => return 3,
            '\u{300}'..='\u{36f}'
            | '\u{590}'..='\u{8ff}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{20d0}'..='\u{20ff}'
            | '\u{feff}' => partition = 4,
            _ => {}
        }
    }
    if partition == 5 && text.trim().is_empty() { 2 } else { partition }
}
