//! Words beside values: which detectors' keywords stand where in a text.

use std::collections::HashMap;

use super::detector::{Detector, DetectorId};

/// How far before a value a keyword counts, and how far behind it, in bytes.
const BEFORE: usize = 48;
const BEHIND: usize = 14;

/// How far before a value without a check a keyword counts.
const LEADING: usize = 24;

/// The keywords of all detectors.
#[derive(Debug, Default)]
pub(super) struct Keywords {
    by_first: HashMap<String, Vec<(Vec<String>, DetectorId)>>,
    /// A bit for the hash of every first word: most words of a text need no more than a look at it.
    sieve: Vec<u64>,
    /// Keywords in writing without spaces.
    anywhere: Vec<(String, DetectorId)>,
}

/// A stretch of a text, and where keywords stand in it: start, end, detector; in order of starts. It moves along as
/// values are met, so a text is read for keywords only around values.
#[derive(Debug, Default)]
pub(super) struct Window {
    from: usize,
    to: usize,
    found: Vec<(u32, u32, DetectorId)>,
    words: Vec<(usize, usize)>,
    lower: String,
}

/// The keywords around a value.
pub(super) struct Near<'a> {
    found: &'a [(u32, u32, DetectorId)],
    start: usize,
    end: usize,
}

/// Bytes that a window goes on behind what was asked for: the next value is often near.
const AHEAD: usize = 384;
/// Bytes of the longest word.
const LONGEST: usize = 40;

impl Keywords {
    pub(super) fn new(detectors: &[Detector]) -> Self {
        let mut keywords = Self { sieve: vec![0; SIEVE / 64], ..Self::default() };
        for (place, detector) in detectors.iter().enumerate() {
            let id = DetectorId(place as u16);
            for phrase in &detector.context {
                let Some(first) = phrase.first() else { continue };
                if first.chars().any(|character| character >= '\u{e00}') {
                    // A single sign is part of too many words.
                    if phrase.concat().chars().nth(1).is_some() {
                        keywords.anywhere.push((phrase.concat(), id));
                    }
                } else {
                    let bit = sieve(first.as_bytes());
                    keywords.sieve[bit / 64] |= 1 << (bit % 64);
                    keywords.by_first.entry(first.clone()).or_default().push((phrase.clone(), id));
                }
            }
        }
        keywords
    }

    /// Moves a window to where the keywords around a value are.
    #[inline]
    pub(super) fn look(&self, text: &[u8], start: usize, end: usize, window: &mut Window) {
        let from = start.saturating_sub(BEFORE);
        let to = text.len().min(end + BEHIND);
        if window.from > from || window.to < to {
            self.find(text, from, text.len().min(to + AHEAD), window);
        }
    }

    fn find(&self, text: &[u8], from: usize, to: usize, window: &mut Window) {
        let is_letter = |byte: u8| byte.is_ascii_alphabetic() || !byte.is_ascii();
        let inside = |place: usize| {
            place > 0 && place < text.len() && is_letter(text[place]) && is_letter(text[place - 1])
        };
        // Whole words at both ends.
        let first = (from.saturating_sub(LONGEST)..=from).rev().find(|place| !inside(*place)).unwrap_or(from);
        let last = (to..=text.len().min(to + LONGEST)).find(|place| !inside(*place)).unwrap_or(to);
        window.found.clear();
        window.words.clear();
        (window.from, window.to) = (from, to);
        let mut at = first;
        while at < last {
            if !is_letter(text[at]) {
                at += 1;
                continue;
            }
            let start = at;
            while at < last && is_letter(text[at]) {
                at += 1;
            }
            split(text, start, at, &mut window.words);
        }
        let Window { found, words, lower, .. } = window;
        for (place, (start, end)) in words.iter().enumerate() {
            let word = &text[*start..*end];
            let bit = sieve(word);
            if end - start > LONGEST || word.is_ascii() && self.sieve[bit / 64] >> (bit % 64) & 1 == 0 {
                continue;
            }
            lowercase(word, lower);
            for (phrase, id) in self.by_first.get(lower.as_str()).into_iter().flatten() {
                let rest = words[place + 1..].iter().zip(&phrase[1..]);
                let mut behind = *end;
                let same = words.len() - place >= phrase.len()
                    && rest.into_iter().all(|((start, end), word)| {
                        let close = *start <= behind + 2;
                        behind = *end;
                        close && equal(&text[*start..*end], word)
                    });
                if same {
                    found.push((*start as u32, behind as u32, *id));
                }
            }
        }
        let stretch = &text[first..last];
        if stretch.iter().any(|byte| *byte >= 0xe0) {
            for (keyword, id) in &self.anywhere {
                let places = memchr::memmem::find_iter(stretch, keyword.as_bytes());
                found
                    .extend(places.map(|at| ((first + at) as u32, (first + at + keyword.len()) as u32, *id)));
            }
        }
        found.sort_unstable_by_key(|(start, _, id)| (*start, *id));
    }
}

/// Bits of the sieve.
const SIEVE: usize = 1 << 14;

/// A word's place in the sieve, whatever the case of its letters: by its length and its first eight bytes.
#[inline]
fn sieve(word: &[u8]) -> usize {
    let front =
        word.iter().take(8).fold(word.len() as u64, |front, byte| front << 8 | u64::from(byte | 0x20));
    (front.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - SIEVE.trailing_zeros())) as usize
}

/// Words of a run of letters: split where small letters turn to capitals, as in names of fields.
fn split(text: &[u8], start: usize, end: usize, words: &mut Vec<(usize, usize)>) {
    let mut first = start;
    let begins = |place: &usize| text[*place].is_ascii_uppercase() && text[*place - 1].is_ascii_lowercase();
    // `eGK` is a word too.
    if end - start <= 8 && (start + 1..end).any(|place| begins(&place)) {
        words.push((start, end));
    }
    for place in start + 1..end {
        if begins(&place) {
            words.push((first, place));
            first = place;
        }
    }
    words.push((first, end));
}

fn lowercase(word: &[u8], out: &mut String) {
    out.clear();
    if word.is_ascii() {
        out.extend(word.iter().map(|byte| char::from(byte.to_ascii_lowercase())));
    } else {
        out.extend(String::from_utf8_lossy(word).chars().flat_map(char::to_lowercase));
    }
}

fn equal(word: &[u8], known: &str) -> bool {
    let mut lower = String::new();
    lowercase(word, &mut lower);
    lower == known
}

impl Window {
    /// The keywords around a value.
    pub(super) fn near(&self, start: usize, end: usize) -> Near<'_> {
        let from = self.found.partition_point(|(first, _, _)| (*first as usize) + BEFORE < start);
        let to = self.found.partition_point(|(first, _, _)| (*first as usize) < end + BEHIND);
        Near { found: &self.found[from.min(to)..to], start, end }
    }
}

impl Near<'_> {
    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// The detectors whose keywords they are, each once.
    pub(super) fn ids(&self) -> impl Iterator<Item = DetectorId> + '_ {
        let first =
            |place: usize, id: DetectorId| !self.found[..place].iter().any(|(_, _, known)| *known == id);
        self.found
            .iter()
            .enumerate()
            .filter(move |(place, (_, _, id))| first(*place, *id))
            .map(|(_, (_, _, id))| *id)
    }

    /// Whether a keyword of a detector stands right before the value, with no other number between them: what has no check
    /// of its own takes that.
    pub(super) fn leads(&self, detector: DetectorId, text: &[u8]) -> bool {
        let before = |last: &u32| {
            let between = text.get(*last as usize..self.start);
            between.is_some_and(|between| between.len() <= LEADING && !between.iter().any(u8::is_ascii_digit))
        };
        self.found.iter().any(|(_, last, id)| *id == detector && before(last))
    }

    /// The same, or right behind it with blanks and brackets between them: `020 79460958 (home)`.
    pub(super) fn adjoins(&self, detector: DetectorId, text: &[u8]) -> bool {
        let behind = |first: &u32| {
            let between = text.get(self.end..*first as usize);
            between
                .is_some_and(|between| between.len() <= 3 && between.iter().all(|byte| b" (-".contains(byte)))
        };
        self.leads(detector, text) || self.found.iter().any(|(first, _, id)| *id == detector && behind(first))
    }

    /// Whether a keyword of a detector is among them, outside the value itself.
    pub(super) fn holds(&self, detector: DetectorId) -> bool {
        self.found.iter().any(|(first, last, id)| {
            *id == detector && (*last as usize <= self.start || *first as usize >= self.end)
        })
    }
}
