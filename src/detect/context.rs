//! Words beside values: which detectors' keywords stand where in a text.

use std::collections::HashMap;

use super::detector::{Detector, DetectorId};

/// How far before a value a keyword counts, and how far behind it, in bytes.
const BEFORE: usize = 48;
const BEHIND: usize = 14;

/// The keywords of all detectors.
#[derive(Debug, Default)]
pub(super) struct Keywords {
    by_first: HashMap<String, Vec<(Vec<String>, DetectorId)>>,
    /// A bit for the hash of every first word: most words of a text need no more than a look at it.
    sieve: Vec<u64>,
    /// Keywords in writing without spaces.
    anywhere: Vec<(String, DetectorId)>,
}

/// Where keywords stand in a text: start, end, detector; in order of starts.
pub(super) struct Context(Vec<(u32, u32, DetectorId)>);

/// The keywords around a value.
pub(super) struct Near<'a> {
    found: &'a [(u32, u32, DetectorId)],
    start: usize,
    end: usize,
}

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

    /// Finds the keywords of a text.
    pub(super) fn find(&self, text: &[u8]) -> Context {
        let mut found = Vec::new();
        // Where bytes are no UTF-8 only words of ASCII count.
        let same = std::str::from_utf8(text).is_ok();
        let mut words: Vec<(usize, usize)> = Vec::new();
        let mut start = None;
        for (place, byte) in text.iter().enumerate() {
            let letter = byte.is_ascii_alphabetic() || !byte.is_ascii() && same;
            match (letter, start) {
                (true, None) => start = Some(place),
                (false, Some(first)) => {
                    split(text, first, place, &mut words);
                    start = None;
                }
                _ => {}
            }
        }
        if let Some(first) = start {
            split(text, first, text.len(), &mut words);
        }
        let mut lower = String::new();
        for (place, (start, end)) in words.iter().enumerate() {
            let word = &text[*start..*end];
            let bit = sieve(word);
            if end - start > 40 || word.is_ascii() && self.sieve[bit / 64] >> (bit % 64) & 1 == 0 {
                continue;
            }
            lowercase(&text[*start..*end], &mut lower);
            for (phrase, id) in self.by_first.get(&lower).into_iter().flatten() {
                let rest = words[place + 1..].iter().zip(&phrase[1..]);
                let mut last = *end;
                let same = words.len() - place >= phrase.len()
                    && rest.into_iter().all(|((start, end), word)| {
                        let close = *start <= last + 2;
                        last = *end;
                        close && equal(&text[*start..*end], word)
                    });
                if same {
                    found.push((*start as u32, last as u32, *id));
                }
            }
        }
        if same && !text.is_ascii() {
            for (keyword, id) in &self.anywhere {
                found.extend(
                    memchr::memmem::find_iter(text, keyword.as_bytes())
                        .map(|at| (at as u32, (at + keyword.len()) as u32, *id)),
                );
            }
        }
        found.sort_unstable_by_key(|(start, _, id)| (*start, *id));
        Context(found)
    }
}

/// Bits of the sieve.
const SIEVE: usize = 1 << 14;

/// A word's place in the sieve, whatever the case of its letters.
#[inline]
fn sieve(word: &[u8]) -> usize {
    let hash = word.iter().fold(word.len() as u32, |hash, byte| {
        (hash ^ u32::from(byte | 0x20)).wrapping_mul(0x9e37_79b1).rotate_left(7)
    });
    hash as usize % SIEVE
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

impl Context {
    /// The keywords around a value.
    pub(super) fn near(&self, start: usize, end: usize) -> Near<'_> {
        let from = self.0.partition_point(|(first, _, _)| (*first as usize) + BEFORE < start);
        let to = self.0.partition_point(|(first, _, _)| (*first as usize) < end + BEHIND);
        Near { found: &self.0[from.min(to)..to], start, end }
    }
}

impl Near<'_> {
    /// Whether a keyword of a detector is among them, outside the value itself.
    pub(super) fn holds(&self, detector: DetectorId) -> bool {
        self.found.iter().any(|(first, last, id)| {
            *id == detector && (*last as usize <= self.start || *first as usize >= self.end)
        })
    }
}
