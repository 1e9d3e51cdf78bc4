//! Names, streets, towns, prose: by the lexicons that masking draws on, and by words of addresses.

use std::collections::HashSet;
use std::sync::LazyLock;

macro_rules! lexicons {
    ($($name:literal),* $(,)?) => { &[$(include_str!(concat!("../../../rules/lexicons/", $name, "-1.txt"))),*] };
}

const FIRST: &[&str] = lexicons![
    "first_name.ar",
    "first_name.de",
    "first_name.en",
    "first_name.es",
    "first_name.fr",
    "first_name.hi",
    "first_name.it",
    "first_name.ja",
    "first_name.nl",
    "first_name.pl",
    "first_name.pt",
    "first_name.ru",
    "first_name.tr",
    "first_name.zh",
];
const LAST: &[&str] = lexicons![
    "last_name.ar",
    "last_name.de",
    "last_name.en",
    "last_name.es",
    "last_name.fr",
    "last_name.hi",
    "last_name.it",
    "last_name.ja",
    "last_name.nl",
    "last_name.pl",
    "last_name.pt",
    "last_name.ru",
    "last_name.tr",
    "last_name.zh",
];
const PLACES: &[&str] = lexicons!["place.de", "place.fr", "place.gb", "place.us"];

/// Names, in small letters.
struct Lexicon(HashSet<String>);

impl Lexicon {
    fn new(files: &[&str]) -> Self {
        let entries = files.iter().flat_map(|file| file.lines()).filter(|line| !line.starts_with('#'));
        Self(
            entries
                .filter_map(|line| line.split('\t').next())
                .filter(|name| name.chars().count() > 1)
                .map(str::to_lowercase)
                .collect(),
        )
    }

    fn holds(&self, word: &str) -> bool {
        // No allocation for what most words are.
        let mut buffer = [0; 32];
        if word.is_ascii() && word.len() <= buffer.len() {
            let lower = &mut buffer[..word.len()];
            lower.copy_from_slice(word.as_bytes());
            lower.make_ascii_lowercase();
            return std::str::from_utf8(lower).is_ok_and(|lower| self.0.contains(lower));
        }
        self.0.contains(&word.to_lowercase())
    }
}

static FIRST_NAMES: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::new(FIRST));
static LAST_NAMES: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::new(LAST));
static TOWNS: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::new(PLACES));

/// Bits of evidence that a value is a given name of the lexicons.
pub(in crate::detect) fn first_name(value: &[u8]) -> Option<f32> {
    let name = std::str::from_utf8(value).ok().filter(|name| is_name(name))?;
    FIRST_NAMES.holds(name).then_some(3.0)
}

/// Bits of evidence that a value is a surname of the lexicons.
pub(in crate::detect) fn last_name(value: &[u8]) -> Option<f32> {
    let name = std::str::from_utf8(value).ok().filter(|name| is_name(name))?;
    LAST_NAMES.holds(name).then_some(3.0)
}

/// Bits of evidence that a value is a full name: two to four words, one of them in a lexicon; up to nine, where a comma
/// sets the surname apart.
pub(in crate::detect) fn full_name(value: &[u8]) -> Option<f32> {
    let name = std::str::from_utf8(value).ok()?;
    let words: Vec<&str> = name.split([' ', ',', '(', ')', '"']).filter(|word| !word.is_empty()).collect();
    let most = if name.contains(',') { 9 } else { 4 };
    if !(2..=most).contains(&words.len()) || !words.iter().all(|word| is_name(word)) {
        return None;
    }
    let is_title = |word: &&str| TITLES.contains(&word.trim_end_matches('.').to_lowercase().as_str());
    // `Smith, Mrs. Jane`
    let titled = is_title(&words[0])
        || name.contains(',') && words[1..].iter().any(|word| word.ends_with('.') && is_title(word));
    let given = words.iter().any(|word| FIRST_NAMES.holds(word));
    let family = words.iter().any(|word| LAST_NAMES.holds(word));
    match (given, family, titled) {
        (true, true, _) => Some(5.0),
        (_, _, true) => Some(4.0),
        (true, false, _) | (false, true, _) => Some(2.0),
        _ => None,
    }
}

/// Bits of evidence that a value is a town of the lexicons.
pub(in crate::detect) fn city(value: &[u8]) -> Option<f32> {
    let name = std::str::from_utf8(value).ok()?;
    (name.len() < 64 && TOWNS.holds(name)).then_some(3.0)
}

/// Bits of evidence that a value is an address of a street: a number, and a word for streets.
pub(in crate::detect) fn street(value: &[u8]) -> Option<f32> {
    if !(5..=160).contains(&value.len()) || !value.iter().any(u8::is_ascii_digit) {
        return None;
    }
    let text = std::str::from_utf8(value).ok()?.to_lowercase();
    let words: Vec<&str> = text
        .split(|character: char| !character.is_alphanumeric() && character != '.')
        .filter(|word| !word.is_empty())
        .collect();
    let known = words.iter().any(|word| is_street(word));
    let number = words.iter().any(|word| word.len() <= 6 && word.bytes().any(|byte| byte.is_ascii_digit()));
    (known && number && (2..=16).contains(&words.len())).then_some(5.0)
}

/// Whether a word, in small letters, is one of streets or ends like one.
pub(in crate::detect) fn is_street(word: &str) -> bool {
    let bare = word.trim_end_matches('.');
    STREETS.contains(&bare) || STREET_ENDS.iter().any(|end| bare.len() > end.len() && bare.ends_with(end))
}

/// Bits of evidence that a value is prose.
pub(in crate::detect) fn free_text(value: &[u8]) -> Option<f32> {
    let words = value.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).count();
    (value.len() >= 40 && words >= 6).then_some(3.0)
}

/// One word of letters, hyphens and apostrophes.
fn is_name(word: &str) -> bool {
    let mut characters = word.chars();
    characters.next().is_some_and(char::is_alphabetic)
        && word.chars().count() <= 40
        && characters.all(|character| character.is_alphabetic() || "-'’. ".contains(character))
}

const TITLES: &[&str] = &[
    "mr", "mrs", "ms", "miss", "dr", "prof", "herr", "frau", "sr", "sra", "mme", "mlle", "m", "sig", "dott",
    "pan", "pani", "sir", "madam",
];

const STREETS: &[&str] = &[
    "street",
    "st",
    "avenue",
    "ave",
    "road",
    "rd",
    "boulevard",
    "blvd",
    "lane",
    "ln",
    "drive",
    "dr",
    "court",
    "ct",
    "place",
    "pl",
    "square",
    "sq",
    "highway",
    "hwy",
    "parkway",
    "pkwy",
    "way",
    "terrace",
    "close",
    "crescent",
    "rue",
    "chemin",
    "impasse",
    "quai",
    "allée",
    "calle",
    "avenida",
    "av",
    "plaza",
    "paseo",
    "carrer",
    "camino",
    "via",
    "viale",
    "piazza",
    "corso",
    "rua",
    "travessa",
    "praça",
    "estrada",
    "ul",
    "ulica",
    "aleja",
    "al",
    "улица",
    "ул",
    "проспект",
    "пр",
    "sokak",
    "sk",
    "cadde",
    "caddesi",
    "cad",
    "mahallesi",
    "mah",
    "utca",
    "út",
    "strada",
    "str",
    "gade",
    "vej",
    "gatan",
    "vägen",
    "katu",
    "tie",
    "box",
    "straat",
    "weg",
    "laan",
    "platz",
    "gasse",
];
const STREET_ENDS: &[&str] = &[
    "straße", "strasse", "str", "weg", "platz", "gasse", "allee", "ring", "damm", "ufer", "straat", "laan",
    "gracht", "plein", "gatan", "vägen", "gata", "vej", "gade", "katu", "sokağı", "caddesi",
];
