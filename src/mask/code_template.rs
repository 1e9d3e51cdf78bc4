//! Templates of fixed-form codes: `AA-9999` says which characters stand where, and so how many codes there are.
//!
//! `A` is a capital letter, `a` a small one, `9` a digit, `N` a capital or a digit, `n` a small letter or a digit, `*` a
//! letter of either case or a digit, `X` and `x` a hexadecimal digit with capital or small letters. Everything else
//! stands for itself, and so does what a backslash or single quotes make a literal. The rank of a code is the number
//! that its free positions are in mixed radix, the first position the highest; digits come before letters, capitals
//! before small letters.

use super::Refusal;

/// A template.
#[derive(Clone, Debug)]
pub(super) struct Template {
    positions: Vec<Position>,
    members: u128,
    /// Whether letter case means nothing.
    folded: bool,
}

/// What may stand at a position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Position {
    Literal(char),
    Free(Alphabet),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Alphabet {
    Digit,
    Upper,
    Lower,
    UpperDigit,
    LowerDigit,
    Any,
    UpperHex,
    LowerHex,
}

impl Alphabet {
    const ALL: [(char, Self); 8] = [
        ('9', Self::Digit),
        ('A', Self::Upper),
        ('a', Self::Lower),
        ('N', Self::UpperDigit),
        ('n', Self::LowerDigit),
        ('*', Self::Any),
        ('X', Self::UpperHex),
        ('x', Self::LowerHex),
    ];

    fn of(symbol: char) -> Option<Self> {
        Self::ALL.iter().find(|(own, _)| *own == symbol).map(|(_, alphabet)| *alphabet)
    }

    fn symbol(self) -> char {
        Self::ALL.iter().find(|(_, own)| *own == self).map_or('9', |(symbol, _)| *symbol)
    }

    fn characters(self) -> &'static [u8] {
        const ALNUM: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        match self {
            Self::Digit => &ALNUM[..10],
            Self::Upper => &ALNUM[10..36],
            Self::Lower => &ALNUM[36..],
            Self::UpperDigit => &ALNUM[..36],
            Self::LowerDigit => b"0123456789abcdefghijklmnopqrstuvwxyz",
            Self::Any => ALNUM,
            Self::UpperHex => &ALNUM[..16],
            Self::LowerHex => b"0123456789abcdef",
        }
    }

    /// The alphabet in capitals: what it is where letter case means nothing.
    fn folded(self) -> Self {
        match self {
            Self::Lower => Self::Upper,
            Self::LowerDigit | Self::Any => Self::UpperDigit,
            Self::LowerHex => Self::UpperHex,
            other => other,
        }
    }

    /// Whether it has both letters and digits.
    fn is_mixed(self) -> bool {
        !matches!(self, Self::Digit | Self::Upper | Self::Lower)
    }

    /// A character's place in the alphabet.
    #[inline]
    fn place(self, byte: u8) -> Option<u8> {
        let (digit, upper, lower) =
            (byte.wrapping_sub(b'0'), byte.wrapping_sub(b'A'), byte.wrapping_sub(b'a'));
        match self {
            Self::Digit => (digit < 10).then_some(digit),
            Self::Upper => (upper < 26).then_some(upper),
            Self::Lower => (lower < 26).then_some(lower),
            _ if digit < 10 => Some(digit),
            Self::UpperDigit => (upper < 26).then(|| upper + 10),
            Self::LowerDigit => (lower < 26).then(|| lower + 10),
            Self::UpperHex => (upper < 6).then(|| upper + 10),
            Self::LowerHex => (lower < 6).then(|| lower + 10),
            Self::Any if upper < 26 => Some(upper + 10),
            Self::Any => (lower < 26).then(|| lower + 36),
        }
    }
}

impl Template {
    /// Reads a template; `folded` if letter case means nothing.
    pub(super) fn parse(text: &str, folded: bool) -> Result<Self, Refusal> {
        let mut positions = Vec::new();
        let mut characters = text.chars();
        let mut quoted = false;
        while let Some(character) = characters.next() {
            let literal = match character {
                '\\' => characters.next().ok_or_else(|| refused(text, "ends in a backslash"))?,
                '\'' => {
                    quoted = !quoted;
                    continue;
                }
                _ if quoted => character,
                _ => match Alphabet::of(character) {
                    Some(alphabet) => {
                        positions.push(Position::Free(if folded { alphabet.folded() } else { alphabet }));
                        continue;
                    }
                    None => character,
                },
            };
            if folded && !literal.is_ascii() && literal.is_alphabetic() {
                return Err(refused(text, "has a letter beyond ASCII as a literal, whose case is not known"));
            }
            positions.push(Position::Literal(if folded { literal.to_ascii_uppercase() } else { literal }));
        }
        if quoted {
            return Err(refused(text, "has a quote that is not closed"));
        }
        if matches!(positions.last(), Some(Position::Literal(' '))) {
            return Err(refused(text, "ends in a space, which char(n) drops"));
        }
        let mut members = 1u128;
        for position in &positions {
            if let Position::Free(alphabet) = position {
                members = members
                    .checked_mul(alphabet.characters().len() as u128)
                    .ok_or_else(|| refused(text, "has more than 2^128 codes; use keyed_hash"))?;
            }
        }
        if members < FEWEST {
            let few = format!("has {members} codes, too few to hide one among (1000 are the fewest)");
            return Err(refused(text, &few));
        }
        Ok(Self { positions, members, folded })
    }

    /// The template as one text, whatever quotes it was written with.
    pub(super) fn canonical(&self) -> String {
        let mut text = String::new();
        for position in &self.positions {
            match *position {
                Position::Free(alphabet) => text.push(alphabet.symbol()),
                Position::Literal(literal) => {
                    if literal == '\\' || literal == '\'' || Alphabet::of(literal).is_some() {
                        text.push('\\');
                    }
                    text.push(literal);
                }
            }
        }
        text
    }

    /// How many codes there are.
    pub(super) fn members(&self) -> u128 {
        self.members
    }

    /// Characters of a code.
    pub(super) fn width(&self) -> u32 {
        self.positions.len() as u32
    }

    /// Whether some position holds letters and digits.
    pub(super) fn is_mixed(&self) -> bool {
        self.positions
            .iter()
            .any(|position| matches!(position, Position::Free(alphabet) if alphabet.is_mixed()))
    }

    /// Whether some text fits both templates.
    pub(super) fn overlaps(&self, other: &Self) -> bool {
        self.positions.len() == other.positions.len()
            && self.positions.iter().zip(&other.positions).all(|pair| match pair {
                (Position::Literal(a), Position::Literal(b)) => a == b,
                (Position::Free(a), Position::Free(b)) => {
                    a.characters().iter().any(|byte| b.place(*byte).is_some())
                }
                (Position::Literal(literal), Position::Free(alphabet))
                | (Position::Free(alphabet), Position::Literal(literal)) => {
                    u8::try_from(*literal).is_ok_and(|byte| alphabet.place(byte).is_some())
                }
            })
    }

    /// The rank of a code; `None` for text that does not fit.
    #[inline]
    pub(super) fn rank(&self, cell: &[u8]) -> Option<u128> {
        // Within 64 bits as long as it goes.
        let (mut rank, mut low, mut scale) = (0u128, 0u64, 1u64);
        let mut rest = cell;
        for position in &self.positions {
            let (first, after) = rest.split_first()?;
            rest = after;
            match position {
                Position::Literal(literal) if literal.is_ascii() => {
                    let byte = if self.folded { first.to_ascii_uppercase() } else { *first };
                    if u32::from(byte) != u32::from(*literal) {
                        return None;
                    }
                }
                Position::Literal(literal) => {
                    let mut bytes = [0; 4];
                    rest = rest.strip_prefix(&literal.encode_utf8(&mut bytes).as_bytes()[1..])?;
                    if bytes[0] != *first {
                        return None;
                    }
                }
                Position::Free(alphabet) => {
                    let byte = if self.folded { first.to_ascii_uppercase() } else { *first };
                    let radix = alphabet.characters().len() as u64;
                    if scale > u64::MAX / 64 {
                        rank = rank * u128::from(scale) + u128::from(low);
                        (low, scale) = (0, 1);
                    }
                    low = low * radix + u64::from(alphabet.place(byte)?);
                    scale *= radix;
                }
            }
        }
        rest.is_empty().then(|| rank * u128::from(scale) + u128::from(low))
    }

    /// Appends the code of a rank. Where case means nothing, a letter takes the case of the one that stood there in
    /// `like`; one that stands for a digit is small where `like` has small letters only.
    #[inline]
    pub(super) fn write(&self, mut rank: u128, like: &[u8], out: &mut Vec<u8>) {
        let start = out.len();
        out.extend_from_slice(like);
        let small = self.folded
            && like.iter().any(u8::is_ascii_lowercase)
            && !like.iter().any(u8::is_ascii_uppercase);
        let mut narrow = u64::try_from(rank).ok();
        let mut end = out.len();
        for position in self.positions.iter().rev() {
            let alphabet = match position {
                Position::Literal(literal) => {
                    end -= literal.len_utf8();
                    continue;
                }
                Position::Free(alphabet) => alphabet.characters(),
            };
            end -= 1;
            let radix = alphabet.len() as u64;
            let place = if let Some(rank) = &mut narrow {
                let place = *rank % radix;
                *rank /= radix;
                place
            } else {
                let place = (rank % u128::from(radix)) as u64;
                rank /= u128::from(radix);
                narrow = u64::try_from(rank).ok();
                place
            };
            let new = alphabet[place as usize];
            let old = out[end];
            let lower = self.folded && (old.is_ascii_lowercase() || old.is_ascii_digit() && small);
            out[end] = if lower { new.to_ascii_lowercase() } else { new };
        }
        debug_assert_eq!(end, start, "the cell fits its template");
    }
}

fn refused(template: &str, why: &str) -> Refusal {
    Refusal(format!("template \"{template}\" {why}"))
}

/// Members of the smallest class that is permuted.
const FEWEST: u128 = 1000;

#[cfg(test)]
mod tests {
    use super::*;

    fn template(text: &str) -> Template {
        Template::parse(text, false).unwrap()
    }

    #[test]
    fn every_rank_is_one_code_and_comes_back() {
        let template = template("A9-a*");
        let mut codes = std::collections::BTreeSet::new();
        for rank in 0..template.members() {
            let mut code = Vec::new();
            template.write(rank, b"X0-xx", &mut code);
            assert_eq!(template.rank(&code), Some(rank));
            codes.insert(code);
        }
        assert_eq!(codes.len() as u128, 26 * 10 * 26 * 62);
    }

    #[test]
    fn ranks_beyond_64_bits_come_back() {
        let template = template("NNNNNNNNNNNNNNNNNNNNNNNN");
        for rank in [0, 1, 1 << 64, (1 << 100) + 12345, template.members() - 1] {
            let mut code = Vec::new();
            template.write(rank, &[b'0'; 24], &mut code);
            assert_eq!(template.rank(&code), Some(rank));
        }
        assert_eq!(template.rank(&[b'Z'; 24]), Some(template.members() - 1));
    }

    #[test]
    fn quotes_and_backslashes_make_literals() {
        for text in [r"'INV-'999", r"INV-999", r"I\NV-999", r"I\N'V-'999"] {
            assert_eq!(
                Template::parse(text, false).map(|t| t.members()).ok(),
                if text == "INV-999" { Some(36_000) } else { Some(1000) }
            );
        }
        assert_eq!(template(r"'INV-'999").canonical(), r"I\NV-999");
        assert_eq!(template(r"'INV-'999").rank(b"INV-042"), Some(42));
        assert_eq!(template(r"'№ '9999").rank("№ 0042".as_bytes()), Some(42));
        assert_eq!(template(r"'№ '9999").rank(b"# 0042"), None);
    }

    #[test]
    fn what_does_not_fit_has_no_rank() {
        let template = template("AA-9999");
        for cell in ["", "AB-123", "AB-12345", "ab-1234", "AB 1234", "A1-1234", "AB-12é", "ÄB-123"] {
            assert_eq!(template.rank(cell.as_bytes()), None, "{cell}");
        }
        assert_eq!(template.rank(b"AB-1234"), Some(11_234));
    }

    #[test]
    fn small_and_endless_classes_are_refused() {
        for (text, why) in [
            ("99", "100 codes"),
            ("", "1 codes"),
            ("'abc'", "too few"),
            ("9999\\", "backslash"),
            ("9999'", "not closed"),
            ("9999 ", "space"),
            (&"*".repeat(22), "keyed_hash"),
        ] {
            assert!(Template::parse(text, false).unwrap_err().0.contains(why), "{text}");
        }
        assert!(Template::parse(&"*".repeat(21), false).is_ok());
    }

    #[test]
    fn templates_overlap_if_a_text_fits_both() {
        for (a, b, expected) in [
            ("AAA9", "NNN9", true),
            ("AAA9", "aaa9", false),
            ("AAA9", "AAA99", false),
            ("AAAA", "'K'AAA", true),
            ("AAAA", "'k'AAA", false),
            ("9999", "AAAA", false),
        ] {
            assert_eq!(template(a).overlaps(&template(b)), expected, "{a} {b}");
            assert_eq!(template(b).overlaps(&template(a)), expected, "{b} {a}");
        }
        assert!(Template::parse("aaa9", true).unwrap().overlaps(&Template::parse("AAA9", true).unwrap()));
    }
}
