//! Tables that a tag picks from: the entries of a lexicon in all their forms, or numbers.

use encoding_rs::Encoding;

use super::gender_word::Gender;
use super::lexicon::{Forms, LONGEST_ENTRY, Lexicon};
use super::rows;
use crate::base::index;

/// What a tag picks from.
pub(super) enum Table {
    /// The entries of a lexicon.
    Entries(Box<Entries>),
    /// 1 to this.
    Numbers(u64),
}

/// All entries, then those of women, then those of men. Forms that no entry of the lexicon has are empty.
pub(super) struct Entries {
    native: Vec<Entry>,
    latin: Vec<Entry>,
    feminine: Vec<Entry>,
    feminine_latin: Vec<Entry>,
    genders: Vec<Option<Gender>>,
    all: Run,
    female: Run,
    male: Run,
}

/// The form in which an entry is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Form {
    /// In the language's own script, not in Latin letters without accents.
    pub(super) native: bool,
    /// As women bear it.
    pub(super) feminine: bool,
}

/// An entry with room after it, so that it is copied without looking at its length.
#[derive(Clone, Copy)]
struct Entry {
    text: [u8; LONGEST_ENTRY],
    len: u8,
}

impl Entry {
    fn new(entry: &str) -> Self {
        let mut text = [0; LONGEST_ENTRY];
        let len = entry.len().min(LONGEST_ENTRY);
        text[..len].copy_from_slice(&entry.as_bytes()[..len]);
        Self { text, len: len as u8 }
    }

    fn text(&self) -> &str {
        std::str::from_utf8(&self.text[..usize::from(self.len)]).unwrap_or_default()
    }

    #[inline]
    fn write(&self, out: &mut Vec<u8>) {
        let end = out.len() + usize::from(self.len);
        out.extend_from_slice(&self.text);
        out.truncate(end);
    }
}

/// A run of entries of a table.
#[derive(Clone, Copy)]
struct Run {
    start: u64,
    len: u64,
}

impl Table {
    /// The entries of a lexicon.
    pub(super) fn entries(lexicon: &Lexicon) -> Self {
        let forms: Vec<Forms> = lexicon.forms().collect();
        let of = |gender| forms.iter().filter(move |entry| entry.gender == Some(gender));
        let (women, men) = (of(Gender::Female), of(Gender::Male));
        let ordered: Vec<Forms> = forms.iter().chain(women.clone()).chain(men.clone()).copied().collect();
        let list = |form: fn(&Forms) -> &'static str, base: fn(&Forms) -> &'static str| -> Vec<Entry> {
            let differs = ordered.iter().any(|entry| form(entry) != base(entry));
            if differs { ordered.iter().map(|entry| Entry::new(form(entry))).collect() } else { Vec::new() }
        };
        let (all, female) = (forms.len() as u64, women.count() as u64);
        Self::Entries(Box::new(Entries {
            native: ordered.iter().map(|entry| Entry::new(entry.native)).collect(),
            latin: list(|entry| entry.latin, |entry| entry.native),
            feminine: list(|entry| entry.feminine, |entry| entry.native),
            feminine_latin: list(|entry| entry.feminine_latin, |entry| entry.latin),
            genders: ordered.iter().map(|entry| entry.gender).collect(),
            all: Run { start: 0, len: all },
            female: Run { start: all, len: female },
            male: Run { start: all + female, len: men.count() as u64 },
        }))
    }

    /// What the tag picks, among those of a gender if one is given and the table has any.
    #[inline]
    pub(super) fn pick(&self, tag: &[u8; 16], gender: Option<Gender>) -> u64 {
        match self {
            Self::Numbers(last) => 1 + index(tag, *last),
            Self::Entries(entries) => {
                let run = match gender {
                    Some(Gender::Female) => entries.female,
                    Some(Gender::Male) => entries.male,
                    None => entries.all,
                };
                let run = if run.len == 0 { entries.all } else { run };
                run.start + index(tag, run.len)
            }
        }
    }

    #[inline]
    pub(super) fn write(&self, picked: u64, form: Form, out: &mut Vec<u8>) {
        match self {
            Self::Entries(entries) => entries.of(form)[picked as usize].write(out),
            Self::Numbers(_) => rows::write_decimal(picked, out),
        }
    }

    /// The gender of a picked entry.
    pub(super) fn gender(&self, picked: u64) -> Option<Gender> {
        match self {
            Self::Entries(entries) => entries.genders[picked as usize],
            Self::Numbers(_) => None,
        }
    }

    /// Whether an encoding has all letters of an entry in its own script.
    pub(super) fn fits(&self, picked: u64, encoding: &'static Encoding) -> bool {
        let fits =
            |list: &[Entry]| list.get(picked as usize).is_none_or(|entry| !encoding.encode(entry.text()).2);
        match self {
            Self::Entries(entries) => fits(&entries.native) && fits(&entries.feminine),
            Self::Numbers(_) => true,
        }
    }

    /// Characters of the longest entry.
    pub(super) fn longest(&self) -> usize {
        match self {
            Self::Entries(entries) => {
                let lists = [&entries.native, &entries.latin, &entries.feminine, &entries.feminine_latin];
                let lengths = lists.into_iter().flatten().map(|entry| entry.text().chars().count());
                lengths.max().unwrap_or_default()
            }
            Self::Numbers(last) => last.to_string().len(),
        }
    }

    pub(super) fn has_genders(&self) -> bool {
        matches!(self, Self::Entries(entries) if entries.female.len + entries.male.len > 0)
    }

    /// Whether women bear some entry in another form.
    pub(super) fn has_feminine(&self) -> bool {
        matches!(self, Self::Entries(entries) if !entries.feminine.is_empty())
    }

    /// Whether some entry has more forms than one.
    pub(super) fn has_forms(&self) -> bool {
        matches!(self, Self::Entries(entries) if !entries.latin.is_empty() || !entries.feminine.is_empty())
    }

    /// Whether the entries are in Latin letters, with accents or without.
    pub(super) fn is_latin(&self) -> bool {
        match self {
            Self::Entries(entries) => {
                entries.native.iter().all(|entry| !super::script::has_other_script(entry.text().as_bytes()))
            }
            Self::Numbers(_) => true,
        }
    }
}

impl Entries {
    #[inline]
    fn of(&self, form: Form) -> &[Entry] {
        let lists = match form {
            Form { native: true, feminine: false } => [&self.native, &self.native],
            Form { native: true, feminine: true } => [&self.feminine, &self.native],
            Form { native: false, feminine: false } => [&self.latin, &self.native],
            Form { native: false, feminine: true } if self.feminine_latin.is_empty() => {
                [&self.latin, &self.native]
            }
            Form { native: false, feminine: true } => [&self.feminine_latin, &self.latin],
        };
        if lists[0].is_empty() { lists[1] } else { lists[0] }
    }
}
