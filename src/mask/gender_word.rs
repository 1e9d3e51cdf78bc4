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

/// Words for a woman and a man that stand side by side in one column; the first pair that has the word counts.
const PAIRS: &[(&str, &str)] = &[
    ("f", "m"),
    ("w", "m"),
    ("v", "m"),
    ("k", "m"),
    ("f", "h"),
    ("2", "1"),
    ("female", "male"),
    ("woman", "man"),
    ("girl", "boy"),
    ("weiblich", "männlich"),
    ("weiblich", "maennlich"),
    ("frau", "herr"),
    ("femme", "homme"),
    ("madame", "monsieur"),
    ("mujer", "hombre"),
    ("femenino", "masculino"),
    ("femmina", "maschio"),
    ("donna", "uomo"),
    ("vrouw", "man"),
    ("feminino", "masculino"),
    ("mulher", "homem"),
    ("kobieta", "mężczyzna"),
    ("kadın", "erkek"),
    ("ж", "м"),
    ("женский", "мужской"),
    ("女", "男"),
    ("女性", "男性"),
    ("أنثى", "ذكر"),
    ("महिला", "पुरुष"),
];

/// The word for the other gender, or the same, in the words and the letter case of `cell`; `None` for a word that is in
/// no pair. `letter` is the language's letter for a woman where the cell alone does not say.
pub(super) fn reword(cell: &str, gender: Gender, letter: &str) -> Option<String> {
    let word = cell.trim();
    let folded = word.to_lowercase();
    let pair = match folded.as_str() {
        "m" => (letter, "m"),
        _ => *PAIRS.iter().find(|(female, male)| *female == folded || *male == folded)?,
    };
    let chosen = match gender {
        Gender::Female => pair.0,
        Gender::Male => pair.1,
    };
    let mut letters = word.chars();
    let first_is_upper = letters.next().is_some_and(char::is_uppercase);
    Some(if first_is_upper && letters.clone().all(char::is_uppercase) {
        chosen.to_uppercase()
    } else if first_is_upper {
        let mut letters = chosen.chars();
        letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
    } else {
        chosen.to_owned()
    })
}

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
    fn words_change_within_their_pair_and_keep_their_case() {
        for (cell, gender, expected) in [
            ("F", Gender::Male, Some("M")),
            ("m", Gender::Female, Some("f")),
            ("Male", Gender::Female, Some("Female")),
            ("MALE", Gender::Female, Some("FEMALE")),
            ("female", Gender::Female, Some("female")),
            ("1", Gender::Female, Some("2")),
            ("männlich", Gender::Female, Some("weiblich")),
            ("Ж", Gender::Male, Some("М")),
            ("w", Gender::Male, Some("m")),
            ("divers", Gender::Male, None),
            ("", Gender::Male, None),
        ] {
            assert_eq!(reword(cell, gender, "f").as_deref(), expected, "{cell}");
        }
        assert_eq!(reword("M", Gender::Female, "v").as_deref(), Some("V"));
    }

    #[test]
    fn other_values_say_nothing() {
        for cell in ["", " ", "x", "d", "0", "9", "unknown", "Dr", ".", "\u{fffd}"] {
            assert_eq!(Gender::parse(cell.as_bytes()), None, "{cell}");
        }
        assert_eq!(Gender::parse(b"\xff\xfe"), None);
    }
}
