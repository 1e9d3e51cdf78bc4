//! Lists of names and streets that pseudonyms are drawn from: versioned data in `rules/lexicons`.
//!
//! A lexicon is a text file `KIND.LANGUAGE-VERSION.txt`: lines that begin with `#` state its origin, every other line
//! is an entry, in a list of given names followed by a tab and `f`, `m` or `n` (either). Entries are ASCII, sorted,
//! and stand for ever: an index into the list is part of a released value, so an edit makes a new version. A new
//! language or version is one file and one line in [`LEXICONS`].

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::gender::Gender;
use super::{Refusal, Request};

/// A list of entries that pseudonyms are drawn from.
#[derive(Clone, Copy, Debug)]
pub struct Lexicon {
    name: &'static str,
    text: &'static str,
}

/// What the entries of a lexicon are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LexiconKind {
    /// Given names, with gender.
    FirstName,
    /// Surnames.
    LastName,
    /// Street names, with their kind (`Lane`).
    Street,
    /// First words of companies.
    CompanyWord,
    /// Second words of companies: what they deal in.
    CompanyTrade,
}

impl LexiconKind {
    /// As file names and key specs write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FirstName => "first_name",
            Self::LastName => "last_name",
            Self::Street => "street",
            Self::CompanyWord => "company_word",
            Self::CompanyTrade => "company_trade",
        }
    }
}

impl Lexicon {
    /// `first_name.en-1`.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Language and version: `en-1`.
    pub fn locale_version(&self) -> &'static str {
        self.name.split_once('.').map_or("", |(_, version)| version)
    }

    /// SHA-256 of the file, in hexadecimal digits: what a lock file pins.
    pub fn digest(&self) -> String {
        Sha256::digest(self.text.as_bytes()).iter().fold(String::new(), |mut digits, byte| {
            let _ = write!(digits, "{byte:02x}");
            digits
        })
    }

    /// The entries in the file's order.
    pub fn entries(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.gendered().map(|(entry, _)| entry)
    }

    /// The entries with the gender that each goes with; `None` for either.
    pub(super) fn gendered(&self) -> impl Iterator<Item = (&'static str, Option<Gender>)> + use<> {
        self.text.lines().filter(|line| !line.starts_with('#')).map(|line| match line.split_once('\t') {
            Some((entry, gender)) => (entry, Gender::parse(gender.as_bytes())),
            None => (line, None),
        })
    }
}

/// The lexicon of that kind for a policy's `locale` (`en_US`): version 1 of its language's, or of the English one
/// where the language has none.
///
/// Later versions are never chosen by themselves: a policy asks for them with `lexicon = "en-2"`.
pub fn lexicon(kind: LexiconKind, locale: &str) -> Option<&'static Lexicon> {
    let language = locale.split(['_', '-', '.', '@']).next().unwrap_or_default().to_ascii_lowercase();
    find(kind, &format!("{language}-1")).or_else(|| find(kind, FALLBACK))
}

/// The lexicon that a column asks for: its parameter `lexicon`, else the one of the policy's locale.
pub(super) fn requested(request: &Request<'_>, kind: LexiconKind) -> Result<&'static Lexicon, Refusal> {
    let Some(version) = request.text(PARAMETER)? else {
        return lexicon(kind, request.locale)
            .ok_or_else(|| Refusal(format!("there is no lexicon of kind {}", kind.as_str())));
    };
    find(kind, version).ok_or_else(|| {
        let known: Vec<_> =
            of_kind(kind).map(|lexicon| format!("\"{}\"", lexicon.locale_version())).collect();
        Refusal(format!(
            "lexicon must be a language and version that {} has: {}",
            kind.as_str(),
            known.join(", ")
        ))
    })
}

/// Whether a column gets the English lexicon only because its policy's language has none.
pub(super) fn is_fallback(request: &Request<'_>, lexicon: &Lexicon) -> bool {
    let language = request.locale.split(['_', '-', '.', '@']).next().unwrap_or_default();
    let own = lexicon.locale_version().split('-').next().unwrap_or_default();
    !request.parameters.contains_key(PARAMETER) && !own.eq_ignore_ascii_case(language)
}

fn find(kind: LexiconKind, version: &str) -> Option<&'static Lexicon> {
    of_kind(kind).find(|lexicon| lexicon.locale_version() == version)
}

fn of_kind(kind: LexiconKind) -> impl Iterator<Item = &'static Lexicon> {
    LEXICONS.iter().filter(move |lexicon| lexicon.name.split('.').next() == Some(kind.as_str()))
}

macro_rules! lexicon {
    ($name:literal) => {
        Lexicon { name: $name, text: include_str!(concat!("../../rules/lexicons/", $name, ".txt")) }
    };
}

/// All lexicons.
pub const LEXICONS: &[Lexicon] = &[
    lexicon!("first_name.en-1"),
    lexicon!("last_name.en-1"),
    lexicon!("street.en-1"),
    lexicon!("company_word.en-1"),
    lexicon!("company_trade.en-1"),
];

/// Bytes of the longest entry that a lexicon may have.
pub(super) const LONGEST_ENTRY: usize = 23;

const PARAMETER: &str = "lexicon";
const FALLBACK: &str = "en-1";

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Released files never change: add a version, and its digest here.
    const DIGESTS: &[(&str, &str)] = &[
        ("first_name.en-1", "abd8d6f42a19a9e484f400d3cef536d2c8aab61530f8f06b54cce50698c7add4"),
        ("last_name.en-1", "d3b1be039652272a6764d5bd1c40166d6548700e11e952ff9303de368a2aff21"),
        ("street.en-1", "12513d6758f37c8e3e6735298786a2e1485328e245e2c4930e2fd55236f01ea8"),
        ("company_word.en-1", "07f7852871d3e55515cc0dc44fb140a3d0bc07f0503d084073d3b7fd81eb640d"),
        ("company_trade.en-1", "29a81708c5c927c75c1f71bd873a8afe4780b41c2aed9a79c5e7e840f4b6f0c2"),
    ];

    #[test]
    fn released_lexicons_have_not_changed() {
        let digests: Vec<_> = LEXICONS.iter().map(|lexicon| (lexicon.name(), lexicon.digest())).collect();
        let pinned: Vec<_> = DIGESTS.iter().map(|(name, digest)| (*name, (*digest).to_string())).collect();
        assert_eq!(digests, pinned);
    }

    #[test]
    fn entries_are_plain_ascii_sorted_and_distinct() {
        for lexicon in LEXICONS {
            let entries: Vec<_> = lexicon.entries().collect();
            assert!(entries.windows(2).all(|pair| pair[0] < pair[1]), "{}", lexicon.name());
            let folded: BTreeSet<_> = entries.iter().map(|entry| entry.to_lowercase()).collect();
            assert_eq!(folded.len(), entries.len(), "{}", lexicon.name());
            for entry in entries {
                assert!(entry.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b' '), "{entry}");
                assert!((2..=LONGEST_ENTRY).contains(&entry.len()) && entry.trim() == entry, "{entry}");
            }
        }
    }

    #[test]
    fn every_file_states_origin_and_licence() {
        for lexicon in LEXICONS {
            let header: String = lexicon.text.lines().take_while(|line| line.starts_with('#')).collect();
            for word in [lexicon.name(), "Origin:", "Licence:", "Short form:"] {
                assert!(header.contains(word), "{} does not state {word}", lexicon.name());
            }
        }
    }

    #[test]
    fn lists_are_long_enough_to_look_real() {
        let count = |kind| lexicon(kind, "en_US").unwrap().entries().count();
        assert!(count(LexiconKind::FirstName) >= 400);
        assert!(count(LexiconKind::LastName) >= 800);
        assert!(count(LexiconKind::Street) >= 300);
        let first = lexicon(LexiconKind::FirstName, "en_US").unwrap();
        for gender in [Gender::Female, Gender::Male] {
            assert!(first.gendered().filter(|(_, own)| *own == Some(gender)).count() >= 200);
        }
    }

    #[test]
    fn a_locale_chooses_by_language_and_falls_back_to_english() {
        for locale in ["en_US", "en-GB", "EN", "en_US.UTF-8", "xx_YY", ""] {
            assert_eq!(lexicon(LexiconKind::LastName, locale).unwrap().name(), "last_name.en-1");
        }
    }
}
