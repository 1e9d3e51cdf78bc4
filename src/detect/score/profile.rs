//! What a pass over the rows keeps of a column: counts, and a sample of its different values with what each may be.
//!
//! The sample holds the values with the smallest hashes, at most [`SAMPLE`]. Which these are depends on nothing but the
//! set of values, so neither blocks nor threads nor the order of rows make a difference. A value that is in the final
//! sample was in it from its first row on, so its rows are counted exactly. Only values that enter the sample are
//! looked at by the detectors; long texts are all read.

use std::collections::{BTreeMap, BTreeSet};

use super::super::{Catalogue, DetectorId, Hit, Match, Scope};
use crate::table::SqlType;

/// Different values that a profile keeps, as hashes.
const SAMPLE: usize = 1024;
/// Bytes from which on a text with blanks in it is read for what stands within.
const PROSE: usize = 24;
/// Words from which on a value reads like a sentence.
const SENTENCE: usize = 4;

/// A value of the sample.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Sampled {
    /// Rows that hold it.
    pub(super) rows: u64,
    /// Its bytes.
    pub(super) length: u32,
    /// What it may be.
    pub(super) found: Vec<(DetectorId, f32)>,
    /// Whether it reads like a sentence.
    pub(super) sentence: bool,
    /// Whether it is a number.
    pub(super) number: bool,
    /// Whether it is yes or no, however written.
    pub(super) flag: bool,
}

/// The forms of a column of codes: `A999` for a capital letter and three digits.
#[derive(Clone, Debug, Default, PartialEq)]
struct Forms {
    seen: BTreeSet<String>,
    /// More forms than codes have, or something that no code is.
    many: bool,
}

impl Forms {
    fn add(&mut self, value: &[u8]) {
        if self.many {
            return;
        }
        match form_of(value) {
            Some(form) if self.seen.contains(&form) => {}
            Some(form) if self.seen.len() < FORMS => drop(self.seen.insert(form)),
            _ => self.give_up(),
        }
    }

    fn merge(&mut self, other: Self) {
        self.many |= other.many;
        self.seen.extend(other.seen);
        if self.many || self.seen.len() > FORMS {
            self.give_up();
        }
    }

    fn give_up(&mut self) {
        self.many = true;
        self.seen.clear();
    }
}

/// Forms of one column of codes.
const FORMS: usize = 4;
/// Characters of the longest code.
const CODE: usize = 16;

fn form_of(value: &[u8]) -> Option<String> {
    let value = value.trim_ascii_end();
    if value.is_empty() || value.len() > CODE {
        return None;
    }
    let sign = |byte: &u8| match byte {
        b'A'..=b'Z' => Some('A'),
        b'a'..=b'z' => Some('a'),
        b'0'..=b'9' => Some('9'),
        b'-' | b'_' | b'/' | b'.' | b':' | b' ' => Some(char::from(*byte)),
        _ => None,
    };
    value.iter().map(sign).collect()
}

/// What is known of a column's values.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ColumnProfile {
    forms: Forms,
    nulls: u64,
    empty: u64,
    values: u64,
    pub(super) sample: BTreeMap<u64, Sampled>,
    /// Texts that were read whole.
    pub(super) texts: u64,
    /// Of these, how many hold something, by detector.
    pub(super) hits: BTreeMap<DetectorId, u64>,
}

impl ColumnProfile {
    /// Rows without a value.
    pub fn nulls(&self) -> u64 {
        self.nulls
    }

    /// Rows with a value that is not empty.
    pub fn values(&self) -> u64 {
        self.values
    }

    /// Rows with an empty value.
    pub fn empty(&self) -> u64 {
        self.empty
    }

    /// Different values, exact up to a thousand and estimated above; the empty one does not count.
    pub fn distinct(&self) -> u64 {
        match self.sample.last_key_value() {
            Some((last, _)) if self.sample.len() == SAMPLE => {
                let estimate = (SAMPLE - 1) as f64 / (*last as f64 / u64::MAX as f64);
                (estimate as u64).clamp(SAMPLE as u64, self.values.max(SAMPLE as u64))
            }
            _ => self.sample.len() as u64,
        }
    }

    /// The forms of its values, if it holds codes of few forms: `A` for a capital letter, `a` for a small one, `9` for a
    /// digit, and signs for themselves.
    pub fn forms(&self) -> impl Iterator<Item = &str> {
        self.forms.seen.iter().map(String::as_str)
    }

    /// Takes in what another part of the same column gave.
    pub fn merge(&mut self, other: Self) {
        self.forms.merge(other.forms);
        self.nulls += other.nulls;
        self.empty += other.empty;
        self.values += other.values;
        self.texts += other.texts;
        for (detector, count) in other.hits {
            *self.hits.entry(detector).or_default() += count;
        }
        for (hash, sampled) in other.sample {
            match self.sample.get_mut(&hash) {
                Some(known) => known.rows += sampled.rows,
                None => {
                    self.sample.insert(hash, sampled);
                }
            }
        }
        while self.sample.len() > SAMPLE {
            self.sample.pop_last();
        }
    }

    /// The hash that a value must not be above to enter the sample.
    fn limit(&self) -> u64 {
        match self.sample.last_key_value() {
            Some((last, _)) if self.sample.len() >= SAMPLE => *last,
            _ => u64::MAX,
        }
    }
}

/// Whether all values of one column are values of another, as far as the samples of both tell. `None` where they share
/// too little of the range of hashes to tell, or where there are too few values.
pub fn included(part: &ColumnProfile, whole: &ColumnProfile) -> Option<bool> {
    let limit = part.limit().min(whole.limit());
    let mut seen = 0;
    for hash in part.sample.range(..=limit).map(|(hash, _)| hash) {
        if !whole.sample.contains_key(hash) {
            return Some(false);
        }
        seen += 1;
    }
    (seen >= 8).then_some(true)
}

/// How many of a column's different values are values of another, and the share of its rows that hold them; numbers do
/// not count. Of both the part of the samples that can be compared.
pub fn shared(part: &ColumnProfile, whole: &ColumnProfile) -> (u64, f32) {
    let limit = part.limit().min(whole.limit());
    let (mut different, mut rows, mut all) = (0, 0, 0);
    for (hash, sampled) in part.sample.range(..=limit) {
        all += sampled.rows;
        if !sampled.number && !sampled.flag && whole.sample.contains_key(hash) {
            different += 1;
            rows += sampled.rows;
        }
    }
    (different, rows as f32 / all.max(1) as f32)
}

/// Fills profiles; each thread has its own.
pub struct Profiler<'c> {
    catalogue: &'c Catalogue,
    scope: Scope,
    matches: Vec<Match>,
    hits: Vec<Hit>,
    in_text: Vec<DetectorId>,
}

impl<'c> Profiler<'c> {
    /// A profiler with these detectors, for free text of this scope. Whole cells are matched with the numbers of every
    /// country: which of them count is for [`judge`](super::judge) to say.
    pub fn new(catalogue: &'c Catalogue, scope: Scope) -> Self {
        Self { catalogue, scope, matches: Vec::new(), hits: Vec::new(), in_text: Vec::new() }
    }

    /// Adds one row's cell of a column.
    #[inline]
    pub fn add(&mut self, profile: &mut ColumnProfile, sql_type: &SqlType, value: Option<&[u8]>) {
        match value {
            None => profile.nulls += 1,
            Some(b"") => profile.empty += 1,
            Some(value) => {
                profile.values += 1;
                profile.forms.add(value);
                let hash = value_hash(value);
                if hash <= profile.limit() {
                    self.sample(profile, sql_type, hash, value);
                }
                if value.len() >= PROSE && is_readable(sql_type) && has_blank(value) {
                    self.read(profile, value);
                }
            }
        }
    }

    fn sample(&mut self, profile: &mut ColumnProfile, sql_type: &SqlType, hash: u64, value: &[u8]) {
        if let Some(known) = profile.sample.get_mut(&hash) {
            known.rows += 1;
            return;
        }
        self.matches.clear();
        if is_matched(sql_type) {
            self.catalogue.whole(value, &Scope::everywhere(), &mut self.matches);
        }
        let words = value.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
        let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
        let mark = |byte: &u8| matches!(byte, b'0'..=b'9' | b'.' | b'-' | b'+' | b'e' | b'E' | b',');
        let sampled = Sampled {
            rows: 1,
            length: u32::try_from(value.len()).unwrap_or(u32::MAX),
            found: self.matches.iter().map(|found| (found.detector, found.strength)).collect(),
            sentence: words.take(SENTENCE).count() == SENTENCE,
            number: digits > 0 && value.iter().all(mark),
            flag: FLAGS.iter().any(|flag| flag.as_bytes().eq_ignore_ascii_case(value)),
        };
        profile.sample.insert(hash, sampled);
        if profile.sample.len() > SAMPLE {
            profile.sample.pop_last();
        }
    }

    fn read(&mut self, profile: &mut ColumnProfile, value: &[u8]) {
        self.hits.clear();
        self.catalogue.spans(value, &self.scope, &mut self.hits);
        profile.texts += 1;
        self.in_text.clear();
        self.in_text.extend(self.hits.iter().map(|hit| hit.detector));
        self.in_text.sort_unstable();
        self.in_text.dedup();
        for detector in &self.in_text {
            *profile.hits.entry(*detector).or_default() += 1;
        }
    }
}

/// Yes and no.
const FLAGS: &[&str] = &["0", "1", "t", "f", "true", "false", "y", "n", "yes", "no"];

/// Types whose cells may be a number or a text that a detector knows.
fn is_matched(sql_type: &SqlType) -> bool {
    !matches!(
        sql_type.base(),
        SqlType::Boolean
            | SqlType::Bytes
            | SqlType::Uuid
            | SqlType::Timestamp { .. }
            | SqlType::Time
            | SqlType::Interval
            | SqlType::Json
            | SqlType::TextSearch
            | SqlType::Enum(_)
            | SqlType::Range(_)
    )
}

/// Types that may hold a text.
fn is_readable(sql_type: &SqlType) -> bool {
    match sql_type.base() {
        SqlType::Text { .. } | SqlType::Json | SqlType::Xml | SqlType::Hstore | SqlType::Other(_) => true,
        SqlType::Array(inner) => is_readable(inner),
        _ => false,
    }
}

fn has_blank(value: &[u8]) -> bool {
    memchr::memchr3(b' ', b'"', b'>', value).is_some()
}

/// A hash of a value that is the same on every machine. It spreads values evenly; it keeps no secret.
#[inline]
pub fn value_hash(value: &[u8]) -> u64 {
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
    let fold = |state: u64, word: u64| {
        let product = u128::from(state ^ word) * u128::from(FACTOR ^ 0x5851_f42d_4c95_7f2d);
        (product as u64) ^ ((product >> 64) as u64)
    };
    let mut state = FACTOR ^ value.len() as u64;
    let mut chunks = value.chunks_exact(8);
    for chunk in &mut chunks {
        let word = chunk.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte));
        state = fold(state, word).wrapping_add(FACTOR);
    }
    let rest = chunks.remainder().iter().rev().fold(1, |word, byte| word << 8 | u64::from(*byte));
    let mixed = fold(state, rest);
    let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn profile(values: &[Option<String>]) -> ColumnProfile {
        let mut profile = ColumnProfile::default();
        let mut profiler = Profiler::new(Catalogue::builtin(), Scope::default());
        for value in values {
            profiler.add(&mut profile, &SqlType::TEXT, value.as_deref().map(str::as_bytes));
        }
        profile
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn parts_in_any_order_merge_to_the_whole(
            values in prop::collection::vec(prop::option::of("[a-z0-9@. ]{0,30}"), 0..60),
            cut in 0_usize..60,
        ) {
            let cut = cut.min(values.len());
            let (first, second) = (profile(&values[..cut]), profile(&values[cut..]));
            let (mut one, mut other) = (first.clone(), second.clone());
            one.merge(second);
            other.merge(first);
            prop_assert_eq!(&one, &profile(&values));
            prop_assert_eq!(&one, &other);
        }
    }

    #[test]
    fn a_full_sample_does_not_depend_on_parts() {
        let values: Vec<Option<String>> = (0..6000).map(|n| Some(format!("value {}", n % 4000))).collect();
        let whole = profile(&values);
        let mut parts = ColumnProfile::default();
        for part in values.chunks(700).rev() {
            parts.merge(profile(part));
        }
        assert_eq!(whole, parts);
        assert_eq!(whole.sample.len(), SAMPLE);
        assert!((3500..4500).contains(&whole.distinct()), "{}", whole.distinct());
        assert!(whole.sample.values().all(|sampled| sampled.rows <= 2));
    }

    #[test]
    fn codes_have_few_forms() {
        let forms = |values: &[&str]| {
            let values: Vec<_> = values.iter().map(|value| Some((*value).to_owned())).collect();
            profile(&values).forms().map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(forms(&["d001", "d002", "x9-1"]), ["a9-9", "a999"]);
        assert!(forms(&["a", "b1", "c-", "D", "22"]).is_empty(), "too many");
        assert!(forms(&["d001", "dé01"]).is_empty(), "not ASCII");
        assert!(forms(&["d001", "a sentence of words"]).is_empty(), "too long");
    }

    #[test]
    fn values_of_another_column_are_counted_and_numbers_are_not() {
        let some = |values: &[&str]| {
            profile(&values.iter().map(|value| Some((*value).to_owned())).collect::<Vec<_>>())
        };
        let names = some(&["alice", "bob", "carol", "12"]);
        assert_eq!(
            shared(&some(&["alice", "alice", "rack 7", "bob", "12", "12", "12", "x"]), &names),
            (2, 0.375)
        );
        assert_eq!(shared(&some(&[]), &names), (0, 0.0));
    }

    #[test]
    fn a_part_of_a_column_is_included_in_it() {
        let numbers = |range: std::ops::Range<u32>| {
            profile(&range.map(|number| Some(number.to_string())).collect::<Vec<_>>())
        };
        assert_eq!(included(&numbers(100..120), &numbers(0..5000)), None, "too little in common");
        assert_eq!(included(&numbers(0..2500), &numbers(0..5000)), Some(true));
        assert_eq!(included(&numbers(4000..6000), &numbers(0..5000)), Some(false));
        assert_eq!(included(&numbers(10..40), &numbers(0..100)), Some(true));
        assert_eq!(included(&numbers(0..3), &numbers(0..100)), None);
    }
}
