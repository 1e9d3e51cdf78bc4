//! What names say: the words of a column's and a table's name, and the detectors whose words they are.

use std::collections::HashMap;

use super::NameEvidence;
use super::detector::{Category, Detector, DetectorId, TypeGate};
use crate::table::SqlType;

/// The words of a name, in small letters: split at every other character, at digits, and where small letters turn to
/// capitals.
///
/// ```
/// use scrub::detect::tokens;
/// assert_eq!(tokens("customerEmail_2"), ["customer", "email"]);
/// assert_eq!(tokens("CCNumber"), ["cc", "number"]);
/// assert_eq!(tokens("Straße"), ["straße"]);
/// ```
pub fn tokens(name: &str) -> Vec<String> {
    let characters: Vec<char> = name.chars().collect();
    let mut tokens = vec![String::new()];
    for (place, character) in characters.iter().enumerate() {
        if !character.is_alphabetic() && !is_mark(*character) {
            tokens.push(String::new());
            continue;
        }
        let before = place.checked_sub(1).map(|place| characters[place]);
        let after = characters.get(place + 1);
        let begins = character.is_uppercase()
            && before.is_some_and(|before| {
                before.is_lowercase()
                    || before.is_uppercase() && after.is_some_and(|after| after.is_lowercase())
            });
        if begins {
            tokens.push(String::new());
        }
        if let Some(token) = tokens.last_mut() {
            token.extend(character.to_lowercase());
        }
    }
    tokens.retain(|token| !token.is_empty());
    tokens
}

/// Signs that letters carry in Indic, Thai and Hebrew writing.
fn is_mark(character: char) -> bool {
    matches!(character, '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5c7}' | '\u{900}'..='\u{dff}' | '\u{e31}'..='\u{e4e}')
}

/// The words of all detectors, by their first.
#[derive(Clone, Debug, Default)]
pub(super) struct Words {
    by_first: HashMap<String, Vec<Phrase>>,
    /// Phrases in writing without spaces, which are looked for anywhere.
    anywhere: Vec<Phrase>,
}

#[derive(Clone, Debug)]
struct Phrase {
    words: Vec<String>,
    detector: DetectorId,
    /// Counts only beside one of the detector's `within` words.
    bare: bool,
}

/// A phrase in a name: first word, behind the last one.
struct Found<'a> {
    phrase: &'a Phrase,
    start: usize,
    end: usize,
}

impl Words {
    pub(super) fn new(detectors: &[Detector]) -> Self {
        let mut words = Self::default();
        for (place, detector) in detectors.iter().enumerate() {
            let detector_id = DetectorId(place as u16);
            let all = detector.names.iter().map(|phrase| (phrase, false));
            for (phrase, bare) in all.chain(detector.bare.iter().map(|phrase| (phrase, true))) {
                words.add(Phrase { words: phrase.clone(), detector: detector_id, bare });
            }
        }
        words
    }

    fn add(&mut self, phrase: Phrase) {
        let Some(first) = phrase.words.first() else { return };
        if first.chars().any(is_unspaced) {
            self.anywhere.push(phrase);
            return;
        }
        // `first name` is written `firstname` too.
        let joined: String = phrase.words.concat();
        if phrase.words.len() > 1 {
            let words = vec![joined.clone()];
            self.by_first.entry(joined).or_default().push(Phrase { words, ..phrase.clone() });
        }
        self.by_first.entry(first.clone()).or_default().push(phrase);
    }

    /// What a column's name says, the surest first.
    pub(super) fn evidence(
        &self,
        detectors: &[Detector],
        table: &str,
        column: &str,
        sql_type: &SqlType,
    ) -> Vec<NameEvidence> {
        let column = tokens(column);
        let table: Vec<String> = tokens(table).into_iter().map(|word| singular(&word).to_owned()).collect();
        if column.first().is_some_and(|word| HEADS.contains(&word.as_str())) {
            return Vec::new();
        }
        // What the rows are is said by the last word: those of `users_token` are no users.
        let head = table.iter().rev().find(|word| !COLLECTIONS.contains(&word.as_str()));
        let found = self.find(&column);
        let gate = gate(sql_type);
        let mut evidence: Vec<NameEvidence> = Vec::new();
        for one in &found {
            let detector = &detectors[one.phrase.detector.index()];
            let longer = |other: &&Found| {
                other.start <= one.start
                    && other.end >= one.end
                    && other.end - other.start > one.end - one.start
            };
            let behind = &column[one.end.min(column.len())..];
            let within = || {
                let outside = column[..one.start].iter().chain(behind).chain(head);
                outside
                    .map(|word| singular(word))
                    .any(|word| detector.within.iter().any(|known| known == word))
            };
            let refused = found.iter().any(|other| longer(&other))
                || column[..one.start].iter().chain(behind).any(|word| {
                    detector.not.contains(word) || detector.not.iter().any(|not| not == singular(word))
                })
                || behind.last().is_some_and(|word| {
                    TAILS.contains(&word.as_str()) && !detector.types.contains(&TypeGate::Boolean)
                })
                || one.phrase.bare && table.iter().any(|word| detector.not.contains(word))
                || !gate.is_none_or(|gate| detector.types.contains(&gate))
                // A number called after something and `id` is the number of a row, not the thing.
                || gate == Some(TypeGate::Number) && behind.last().is_some_and(|word| word == "id");
            if refused {
                continue;
            }
            // Words around it make it less sure; those that only number it do not.
            let others = column.len() - (one.end - one.start).min(column.len());
            let alone = one.phrase.bare && !within();
            if alone && (detector.category != Category::Direct || !detector.has_values()) {
                continue;
            }
            let weight = if alone { UNSURE } else { detector.weight };
            let weight = weight * 0.98_f32.powi(others.min(5) as i32);
            let token = one.phrase.words.join("_");
            match evidence.iter_mut().find(|known| known.detector == one.phrase.detector) {
                Some(known) if known.weight >= weight => {}
                Some(known) => (known.weight, known.token) = (weight, token),
                None => evidence.push(NameEvidence { detector: one.phrase.detector, weight, token }),
            }
        }
        evidence.sort_by(|one, other| {
            other.weight.total_cmp(&one.weight).then(one.detector.cmp(&other.detector))
        });
        evidence
    }

    fn find(&self, column: &[String]) -> Vec<Found<'_>> {
        let mut found = Vec::new();
        for (start, word) in column.iter().enumerate() {
            let single = singular(word);
            let forms = [Some(word.as_str()), (single != word).then_some(single)];
            for phrase in forms.into_iter().flatten().filter_map(|form| self.by_first.get(form)).flatten() {
                let end = start + phrase.words.len();
                let same = |(word, known): (&String, &String)| word == known || singular(word) == known;
                if end <= column.len() && column[start + 1..end].iter().zip(&phrase.words[1..]).all(same) {
                    found.push(Found { phrase, start, end });
                }
            }
            self.within(word, start, &mut found);
        }
        found
    }

    /// Phrases of writing without spaces in a word; one that is part of another one there says nothing.
    fn within<'a>(&'a self, word: &str, start: usize, found: &mut Vec<Found<'a>>) {
        if word.is_ascii() {
            return;
        }
        let is_there = |phrase: &&Phrase| phrase.words.first().is_some_and(|known| stands_in(known, word));
        let all: Vec<&Phrase> = self.anywhere.iter().filter(is_there).collect();
        let part = |one: &Phrase| {
            all.iter().any(|other| {
                other.words[0].len() > one.words[0].len() && other.words[0].contains(one.words[0].as_str())
            })
        };
        found.extend(all.iter().filter(|phrase| !part(phrase)).map(|phrase| Found {
            phrase,
            start,
            end: start + 1,
        }));
    }
}

/// Whether a phrase without spaces is one in a word: a single character is one only by itself, or it would be found in
/// half of all words.
fn stands_in(known: &str, word: &str) -> bool {
    word == known || known.chars().nth(1).is_some() && word.contains(known)
}

/// A word without its plural `s`.
fn singular(word: &str) -> &str {
    match word.strip_suffix('s') {
        Some(single) if single.len() > 2 && !single.ends_with(['s', 'u', 'i']) => single,
        _ => word,
    }
}

/// Whether words are written without spaces around this character.
fn is_unspaced(character: char) -> bool {
    matches!(character, '\u{e00}'..='\u{eff}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}')
}

/// The gate that a type goes through; none for types that may hold anything.
pub(super) fn gate(sql_type: &SqlType) -> Option<TypeGate> {
    match sql_type.base() {
        SqlType::Boolean => Some(TypeGate::Boolean),
        SqlType::Integer { .. }
        | SqlType::Unsigned { .. }
        | SqlType::Year
        | SqlType::Numeric { .. }
        | SqlType::Float
        | SqlType::Money => Some(TypeGate::Number),
        SqlType::Date | SqlType::Timestamp { .. } => Some(TypeGate::Date),
        SqlType::Time | SqlType::Interval => Some(TypeGate::Boolean),
        SqlType::Bytes => Some(TypeGate::Bytes),
        SqlType::Text { .. } | SqlType::Enum(_) | SqlType::Set(_) => Some(TypeGate::Text),
        SqlType::Array(inner) => gate(inner),
        _ => None,
    }
}

/// How sure a word makes it that is said of other things as well: `name` in a table that nothing is known of. Values must
/// bear it out.
const UNSURE: f32 = 0.15;

/// Words at the end of names of tables that say nothing of their rows.
const COLLECTIONS: &[&str] = &[
    "data",
    "info",
    "information",
    "list",
    "table",
    "tbl",
    "detail",
    "details",
    "master",
    "record",
    "archive",
    "backup",
    "history",
    "copy",
    "old",
    "new",
    "tmp",
    "temp",
    "view",
    "base",
    "main",
];

/// Words at the front of names of flags and counts.
const HEADS: &[&str] = &[
    "is", "has", "can", "should", "allow", "allows", "enable", "show", "hide", "num", "count", "total",
    "max", "min", "use", "uses",
];

/// Words at the end of names of what is said about a thing, not the thing.
const TAILS: &[&str] = &[
    "type",
    "kind",
    "status",
    "state",
    "count",
    "flag",
    "enabled",
    "verified",
    "confirmed",
    "validated",
    "sent",
    "template",
    "format",
    "length",
    "size",
    "at",
    "valid",
    "optin",
    "optout",
    "subscribed",
    "preference",
    "visible",
    "required",
    "index",
    "order",
    "position",
    "label",
    "version",
    "changed",
    "updated",
    "expires",
    "expiry",
    "attempts",
    "retries",
    "limit",
    "policy",
    "description",
    "text",
    "custom",
    "subject",
    "body",
    "method",
    "frequency",
];
