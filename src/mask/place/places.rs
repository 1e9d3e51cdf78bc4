//! Lists of towns with the region and the postcodes that belong to them: versioned data in `rules/lexicons`.
//!
//! A file `place.COUNTRY-VERSION.txt` has lines of city, city in plain ASCII, code of the region, its name, its name in
//! plain ASCII, and postcodes, with tabs between them. They stand for ever, as [lexicons](crate::mask::lexicon) do.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

/// A country that has a list.
#[derive(Clone, Copy, Debug)]
pub(in crate::mask) struct Country {
    /// ISO 3166-1 alpha-2, which a policy writes.
    pub(super) code: &'static str,
    /// ISO 3166-1 alpha-3.
    pub(super) long_code: &'static str,
    /// Its name in English.
    pub(super) name: &'static str,
    /// Its name in its own language.
    pub(super) native: &'static str,
    /// Other words for it, in small letters.
    others: &'static [&'static str],
    /// `place.us-1`.
    pub(in crate::mask) list: &'static str,
    text: &'static str,
}

/// A town.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) city: &'static str,
    pub(super) city_ascii: &'static str,
    pub(super) region_code: &'static str,
    pub(super) region: &'static str,
    pub(super) region_ascii: &'static str,
    pub(super) postcodes: Vec<&'static str>,
}

impl Country {
    /// Its towns in the file's order.
    pub(super) fn places(&self) -> Vec<Place> {
        let lines = self.text.lines().filter(|line| !line.starts_with('#'));
        lines
            .map(|line| {
                let mut fields = line.split('\t');
                let mut field = || fields.next().unwrap_or_default();
                Place {
                    city: field(),
                    city_ascii: field(),
                    region_code: field(),
                    region: field(),
                    region_ascii: field(),
                    postcodes: field().split(' ').collect(),
                }
            })
            .collect()
    }

    /// SHA-256 of the file, in hexadecimal digits.
    pub(in crate::mask) fn digest(&self) -> String {
        Sha256::digest(self.text.as_bytes()).iter().fold(String::new(), |mut digits, byte| {
            let _ = write!(digits, "{byte:02x}");
            digits
        })
    }
}

/// The country with this ISO 3166-1 alpha-2 code, as an index into [`COUNTRIES`].
pub(super) fn by_code(code: &str) -> Option<usize> {
    COUNTRIES.iter().position(|country| country.code == code)
}

/// The country that a cell names: a code or a name in English or its own language, in any letter case.
pub(super) fn named(cell: &str) -> Option<usize> {
    let word = cell.trim().to_lowercase();
    COUNTRIES.iter().position(|country| {
        let own = [country.code, country.long_code, country.name, country.native];
        own.iter().any(|own| own.to_lowercase() == word) || country.others.contains(&word.as_str())
    })
}

/// The country of a policy's `locale`: that of its second part, else that of its language; `false` if neither has a
/// list and the first country stands in.
pub(super) fn of_locale(locale: &str) -> (usize, bool) {
    let mut parts = locale.split(['_', '-', '.', '@']);
    let (language, country) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let of_language = || match language {
        "en" => by_code("US"),
        "de" => by_code("DE"),
        "fr" => by_code("FR"),
        _ => None,
    };
    by_code(&country.to_uppercase()).map_or((of_language().unwrap_or(0), false), |own| (own, true))
}

macro_rules! list {
    ($name:literal) => {
        include_str!(concat!("../../../rules/lexicons/", $name, ".txt"))
    };
}

/// All countries that have a list.
pub(in crate::mask) const COUNTRIES: &[Country] = &[
    Country {
        code: "US",
        long_code: "USA",
        name: "United States",
        native: "United States of America",
        others: &["u.s.", "u.s.a.", "us of a", "america", "vereinigte staaten", "états-unis"],
        list: "place.us-1",
        text: list!("place.us-1"),
    },
    Country {
        code: "GB",
        long_code: "GBR",
        name: "United Kingdom",
        native: "Great Britain",
        others: &["uk", "u.k.", "england", "scotland", "wales", "northern ireland", "britain", "royaume-uni"],
        list: "place.gb-1",
        text: list!("place.gb-1"),
    },
    Country {
        code: "DE",
        long_code: "DEU",
        name: "Germany",
        native: "Deutschland",
        others: &["allemagne", "federal republic of germany"],
        list: "place.de-1",
        text: list!("place.de-1"),
    },
    Country {
        code: "FR",
        long_code: "FRA",
        name: "France",
        native: "France",
        others: &["frankreich", "république française"],
        list: "place.fr-1",
        text: list!("place.fr-1"),
    },
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Released files never change: add a version, and its digest here.
    const DIGESTS: &[(&str, &str)] = &[
        ("place.us-1", "7013918847a228da6d38dcf35ef9628b8966bc16a8227dc83f370ec779aedcbc"),
        ("place.gb-1", "eff56616bdfc4359f0d366f7323baad27f9cef030e29df47d5cd60de66f970bc"),
        ("place.de-1", "9632a64829d004cb555874408afc296933a06cc1533bb4207ede050966c8a28e"),
        ("place.fr-1", "a0247fac5fa85afcbb42887cf04e59906ae466079f7a4b4f440e917c5a742bc0"),
    ];

    #[test]
    fn released_lists_have_not_changed() {
        let digests: Vec<_> = COUNTRIES.iter().map(|country| (country.list, country.digest())).collect();
        let pinned: Vec<_> = DIGESTS.iter().map(|(name, digest)| (*name, (*digest).to_string())).collect();
        assert_eq!(digests, pinned);
    }

    #[test]
    fn towns_are_whole_and_distinct_and_their_postcodes_have_the_countrys_form() {
        for country in COUNTRIES {
            let places = country.places();
            assert!(places.len() >= 200, "{}", country.list);
            let names: BTreeSet<_> = places.iter().map(|place| (place.city, place.region_code)).collect();
            assert_eq!(names.len(), places.len(), "{}", country.list);
            for place in places {
                for text in
                    [place.city, place.city_ascii, place.region_code, place.region, place.region_ascii]
                {
                    assert!(!text.is_empty() && text.trim() == text, "{place:?}");
                }
                assert!(place.city_ascii.is_ascii() && place.region_ascii.is_ascii(), "{place:?}");
                for code in &place.postcodes {
                    let digits = code.bytes().all(|byte| byte.is_ascii_digit());
                    let fits = match country.code {
                        "GB" => {
                            (2..=4).contains(&code.len())
                                && code.starts_with(|first: char| first.is_ascii_uppercase())
                                && code.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
                        }
                        "FR" => {
                            digits
                                && code.len() == 5
                                && code[..2] == place.region_code.replace(['A', 'B'], "0")
                        }
                        _ => digits && code.len() == 5,
                    };
                    assert!(fits, "{} {place:?}", country.code);
                }
            }
        }
    }

    #[test]
    fn countries_go_by_many_words() {
        for (cell, code) in [
            ("us", "US"),
            ("USA", "US"),
            (" Deutschland ", "DE"),
            ("uk", "GB"),
            ("FRANCE", "FR"),
            ("Scotland", "GB"),
        ] {
            assert_eq!(named(cell).map(|index| COUNTRIES[index].code), Some(code), "{cell}");
        }
        assert_eq!(named("Italy"), None);
        for (locale, code, own) in [
            ("en_US", "US", true),
            ("en-GB", "GB", true),
            ("de_AT", "DE", false),
            ("fr", "FR", false),
            ("it_IT", "US", false),
        ] {
            let (index, is_own) = of_locale(locale);
            assert_eq!((COUNTRIES[index].code, is_own), (code, own), "{locale}");
        }
    }
}
