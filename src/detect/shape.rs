//! A shape: the class of character at each place of a value, with counts. Less than a regular expression, and read in
//! one pass without going back.
//!
//! | written | means |
//! |---|---|
//! | `9` | a digit |
//! | `A` `a` | a capital, a small letter |
//! | `X` `x` | a digit or capital, a digit or letter |
//! | `h` `H` | a hexadecimal digit in small letters, in either |
//! | `w` | a digit, letter, `_` or `-` |
//! | `b` | a digit, letter, `+`, `/`, `_`, `-` or `=` |
//! | `[A-F2-7]` | one of these |
//! | `'text'` | this text |
//! | `{6}` `{4,9}` | so many of what stands before |
//!
//! Of classes with a varying count each takes as many characters as it can, but leaves what the rest needs at least.

/// A shape, compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    parts: Vec<Part>,
    least: usize,
    most: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Part {
    class: Class,
    least: usize,
    most: usize,
    /// What the parts behind it need at least.
    rest: usize,
}

/// A set of ASCII characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(super) struct Class(u128);

impl Class {
    #[inline]
    pub(super) fn holds(self, byte: u8) -> bool {
        byte < 128 && self.0 >> byte & 1 == 1
    }

    pub(super) fn insert(&mut self, byte: u8) {
        self.add(byte, byte);
    }

    /// Characters of either.
    pub(super) fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Characters of both.
    pub(super) fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub(super) fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Letters and digits.
    pub(super) fn word() -> Self {
        Self::of(&[(b'0', b'9'), (b'A', b'Z'), (b'a', b'z')])
    }

    fn add(&mut self, first: u8, last: u8) {
        for byte in first..=last.min(127) {
            self.0 |= 1 << byte;
        }
    }

    fn of(ranges: &[(u8, u8)]) -> Self {
        let mut class = Self::default();
        for (first, last) in ranges {
            class.add(*first, *last);
        }
        class
    }
}

/// The letters and digits that a value of a shape begins with.
#[derive(Clone, Copy, Debug)]
pub(super) struct FirstWord {
    /// Fewest and most of them.
    pub(super) least: usize,
    pub(super) most: usize,
    /// What the first character may be.
    pub(super) first: Class,
    /// What the character behind them may be, if it is always one that is no letter or digit.
    pub(super) next: Option<Class>,
}

/// Characters that a count may reach.
const MOST: usize = 4096;

impl Shape {
    /// Reads a shape.
    pub(super) fn parse(text: &str) -> Option<Self> {
        const DIGIT: (u8, u8) = (b'0', b'9');
        const UPPER: (u8, u8) = (b'A', b'Z');
        const LOWER: (u8, u8) = (b'a', b'z');
        let one = |byte| (byte, byte);
        let bytes = text.as_bytes();
        let mut parts: Vec<Part> = Vec::new();
        let mut at = 0;
        while at < bytes.len() {
            let byte = bytes[at];
            at += 1;
            let class = match byte {
                b'9' => Class::of(&[DIGIT]),
                b'A' => Class::of(&[UPPER]),
                b'a' => Class::of(&[LOWER]),
                b'X' => Class::of(&[DIGIT, UPPER]),
                b'x' => Class::of(&[DIGIT, UPPER, LOWER]),
                b'h' => Class::of(&[DIGIT, (b'a', b'f')]),
                b'H' => Class::of(&[DIGIT, (b'a', b'f'), (b'A', b'F')]),
                b'w' => Class::of(&[DIGIT, UPPER, LOWER, one(b'_'), one(b'-')]),
                b'b' => {
                    Class::of(&[DIGIT, UPPER, LOWER, one(b'_'), one(b'-'), one(b'+'), one(b'/'), one(b'=')])
                }
                b'[' => {
                    let end = at + bytes[at..].iter().position(|byte| *byte == b']')?;
                    let class = set(&bytes[at..end])?;
                    at = end + 1;
                    class
                }
                b'\'' => {
                    let end = at + bytes[at..].iter().position(|byte| *byte == b'\'')?;
                    let literal = &bytes[at..end];
                    if !literal.is_ascii() {
                        return None;
                    }
                    parts.extend(literal.iter().map(|byte| Part {
                        class: Class::of(&[one(*byte)]),
                        least: 1,
                        most: 1,
                        rest: 0,
                    }));
                    at = end + 1;
                    continue;
                }
                b'{' => {
                    let end = at + bytes[at..].iter().position(|byte| *byte == b'}')?;
                    let counts = std::str::from_utf8(&bytes[at..end]).ok()?;
                    let (least, most) = counts.split_once(',').unwrap_or((counts, counts));
                    let part = parts.last_mut()?;
                    (part.least, part.most) = (least.parse().ok()?, most.parse().ok()?);
                    if part.least > part.most || part.most > MOST {
                        return None;
                    }
                    at = end + 1;
                    continue;
                }
                _ => return None,
            };
            parts.push(Part { class, least: 1, most: 1, rest: 0 });
        }
        let (mut least, mut most) = (0, 0);
        for part in parts.iter_mut().rev() {
            part.rest = least;
            least += part.least;
            most += part.most;
        }
        (!parts.is_empty()).then_some(Self { parts, least, most })
    }

    /// Fewest and most characters.
    pub(super) fn lengths(&self) -> (usize, usize) {
        (self.least, self.most)
    }

    /// The text that every value begins with.
    pub(super) fn prefix(&self) -> Vec<u8> {
        let fixed = |part: &&Part| part.class.0.is_power_of_two() && part.least == 1 && part.most == 1;
        self.parts.iter().take_while(fixed).map(|part| part.class.0.trailing_zeros() as u8).collect()
    }

    /// The letters and digits that every value begins with.
    pub(super) fn first_word(&self) -> FirstWord {
        let first = self.parts.first().map_or(Class::default(), |part| part.class);
        let mut word = FirstWord { least: 0, most: 0, first, next: None };
        for part in &self.parts {
            let letters = part.class.and(Class::word());
            if letters.is_empty() {
                if part.least > 0 {
                    word.next = Some(part.class);
                    return word;
                }
                // What may be absent: the word may go on behind it.
                word.most = usize::MAX;
                return word;
            }
            if letters != part.class {
                word.most = usize::MAX;
                return word;
            }
            if word.least == 0 && part.least == 0 && word.most == 0 {
                // The first character is one of several parts.
                word.first = Class(u128::MAX);
            }
            word.least += part.least;
            word.most = word.most.saturating_add(part.most);
        }
        word
    }

    /// Whether a value may be digits only.
    pub(super) fn may_be_digits(&self) -> bool {
        let digits = Class::of(&[(b'0', b'9')]);
        self.parts.iter().all(|part| part.least == 0 || !part.class.and(digits).is_empty())
    }

    /// Whether a value may hold letters.
    pub(super) fn may_have_letters(&self) -> bool {
        let letters = Class::of(&[(b'A', b'Z'), (b'a', b'z')]);
        self.parts.iter().any(|part| part.most > 0 && !part.class.and(letters).is_empty())
    }

    /// Whether the whole text has this shape.
    #[inline]
    pub(super) fn is(&self, text: &[u8]) -> bool {
        text.len() >= self.least && text.len() <= self.most && self.reach(text) == Some(text.len())
    }

    /// How much of the front of a text has this shape.
    #[inline]
    pub(super) fn reach(&self, text: &[u8]) -> Option<usize> {
        let mut at = 0;
        for part in &self.parts {
            let room = text.len().saturating_sub(at + part.rest).min(part.most);
            let run = text[at..].iter().take(room).take_while(|byte| part.class.holds(**byte)).count();
            if run < part.least {
                return None;
            }
            at += run;
        }
        Some(at)
    }
}

fn set(inner: &[u8]) -> Option<Class> {
    let mut class = Class::default();
    let mut at = 0;
    while at < inner.len() {
        if inner.get(at + 1) == Some(&b'-') && at + 2 < inner.len() {
            class.add(inner[at], inner[at + 2]);
            at += 3;
        } else {
            class.add(inner[at], inner[at]);
            at += 1;
        }
    }
    inner.is_ascii().then_some(class)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_say_which_texts_they_are() {
        for (shape, yes, no) in [
            ("999-99", "", ""),
            ("'AB'9{2,4}", "AB12 AB1234", "AB1 AB12345 ab12 AB12x"),
            ("A{0,1}9{3}", "A123 123", "AA123 12"),
            ("[XYZ]9{7}A", "X1234567L", "W1234567L X1234567"),
            ("[A-F0-9]{4}'-'h", "AF09-a", "AG09-a AF09-A"),
            ("x{2,9}'.'b{3}", "a1.+_= abcdefghi.aaa", "a.+_= aaaaaaaaaa.aaa"),
        ] {
            let Some(parsed) = Shape::parse(shape) else {
                assert!(yes.is_empty(), "{shape}");
                continue;
            };
            for text in yes.split_whitespace() {
                assert!(parsed.is(text.as_bytes()), "{shape} {text}");
            }
            for text in no.split_whitespace() {
                assert!(!parsed.is(text.as_bytes()), "{shape} {text}");
            }
        }
        for bad in ["", "?", "'AB", "[AB", "9{2", "9{3,2}", "9{9999}", "'ä'"] {
            assert_eq!(Shape::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_shape_knows_its_prefix_and_lengths() {
        let word = |text| {
            let word = Shape::parse(text).unwrap().first_word();
            (word.least, word.most, word.next.is_some_and(|class| class.holds(b'-')))
        };
        assert_eq!(word("999'-'99'-'9999"), (3, 3, true));
        assert_eq!(word("9{2,10}'/'9999"), (2, 10, false));
        assert_eq!(word("h{32}"), (32, 32, false));
        assert_eq!(word("w{3}'-'"), (0, usize::MAX, false));
        let shape = Shape::parse("'ghp_'x{36}").unwrap();
        assert_eq!((shape.prefix(), shape.lengths()), (b"ghp_".to_vec(), (40, 40)));
        assert_eq!(shape.reach(&[b"ghp_".as_slice(), &[b'a'; 50]].concat()), Some(40));
    }
}
