//! The gender column of a row, as far as it decides which given names fit.
//!
//! Values are the codes and words that databases hold: `m`, `female`, ISO/IEC 5218's `1` and `2`, titles, and the
//! words of a few languages. What is not in the table says nothing, and any name will do.

/// What the gender column of a row says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gender {
    Female,
    Male,
}

impl Gender {
    /// Reads a cell; letter case, spaces around the word and a final point do not matter.
    #[inline]
    pub(super) fn parse(cell: &[u8]) -> Option<Self> {
        match cell {
            [letter] => Self::letter(*letter),
            _ => Self::word(cell),
        }
    }

    /// English, Dutch (v), French (h), German (w), and ISO/IEC 5218.
    fn letter(letter: u8) -> Option<Self> {
        match letter.to_ascii_lowercase() {
            b'f' | b'w' | b'v' | b'2' => Some(Self::Female),
            b'm' | b'h' | b'1' => Some(Self::Male),
            _ => None,
        }
    }

    fn word(cell: &[u8]) -> Option<Self> {
        let cell = cell.trim_ascii();
        let cell = cell.strip_suffix(b".").unwrap_or(cell);
        if let [letter] = cell {
            return Self::letter(*letter);
        }
        let is = |word: &&str| cell.eq_ignore_ascii_case(word.as_bytes());
        if FEMALE.iter().any(is) {
            Some(Self::Female)
        } else if MALE.iter().any(is) {
            Some(Self::Male)
        } else {
            None
        }
    }
}

const FEMALE: &[&str] = &[
    "female", "woman", "girl", "mrs", "ms", "miss", "weiblich", "frau", "femme", "mme", "madame", "mujer",
    "femenino", "sra", "femmina", "donna", "vrouw", "feminino", "mulher",
];
const MALE: &[&str] = &[
    "male",
    "man",
    "boy",
    "mr",
    "männlich",
    "maennlich",
    "herr",
    "homme",
    "monsieur",
    "hombre",
    "masculino",
    "sr",
    "maschio",
    "uomo",
    "homem",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_words_and_titles_are_read_in_any_case() {
        for cell in ["f", "F", "2", "female", "Female", "Mrs.", " ms ", "W", "f ", "weiblich", "V."] {
            assert_eq!(Gender::parse(cell.as_bytes()), Some(Gender::Female), "{cell}");
        }
        for cell in ["m", "M", "1", "MALE", "Mr.", "Herr", "männlich", "m     ", "h"] {
            assert_eq!(Gender::parse(cell.as_bytes()), Some(Gender::Male), "{cell}");
        }
    }

    #[test]
    fn other_values_say_nothing() {
        for cell in ["", " ", "x", "d", "0", "9", "unknown", "Dr", ".", "\u{fffd}"] {
            assert_eq!(Gender::parse(cell.as_bytes()), None, "{cell}");
        }
        assert_eq!(Gender::parse(b"\xff\xfe"), None);
    }
}
