//! What a column of text means, by the words of its name, and a value that means the same.
//!
//! Values are from the lexicons and from ranges that are reserved for examples: no address, number or host of anybody.

use crate::base::Prf;
use crate::mask::lexicon::{LexiconKind, lexicon};

/// The lexicons of a language; English where there is none.
pub(super) struct Lists {
    first: Vec<&'static str>,
    last: Vec<&'static str>,
    street: Vec<&'static str>,
}

impl Lists {
    pub(super) fn new(language: &str) -> Self {
        let list = |kind: LexiconKind| {
            let list = lexicon(kind, language);
            list.map(|list| list.entries().collect()).unwrap_or_default()
        };
        Self {
            first: list(LexiconKind::FirstName),
            last: list(LexiconKind::LastName),
            street: list(LexiconKind::Street),
        }
    }
}

/// What a text says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    Email,
    FirstName,
    LastName,
    FullName,
    Phone,
    Street,
    City,
    Postcode,
    Country,
    Company,
    Url,
    Host,
    Ip,
    Iban,
    Card,
    Username,
    Password,
    Currency,
    Language,
    Title,
    Prose,
    Code,
}

/// Words of names, and what they mean; the first that fits counts.
const WORDS: &[(&[&str], Meaning)] = &[
    (&["email", "mail", "courriel"], Meaning::Email),
    (&["iban"], Meaning::Iban),
    (&["card", "pan", "creditcard"], Meaning::Card),
    (&["password", "passwd", "pwd"], Meaning::Password),
    (&["username", "login", "nickname", "handle"], Meaning::Username),
    (&["firstname", "forename", "givenname", "vorname", "prenom"], Meaning::FirstName),
    (&["lastname", "surname", "familyname", "nachname"], Meaning::LastName),
    (&["fullname", "displayname", "contactname", "customername"], Meaning::FullName),
    (&["phone", "mobile", "telephone", "tel", "fax", "cell"], Meaning::Phone),
    (&["ip", "ipaddress"], Meaning::Ip),
    (&["street", "address", "address1", "address2", "addr"], Meaning::Street),
    (&["city", "town", "ort"], Meaning::City),
    (&["zip", "zipcode", "postcode", "postal", "postalcode", "plz"], Meaning::Postcode),
    (&["country"], Meaning::Country),
    (
        &["company", "employer", "organization", "organisation", "vendor", "supplier", "companyname"],
        Meaning::Company,
    ),
    (&["url", "uri", "website", "homepage", "link", "href"], Meaning::Url),
    (&["host", "hostname", "domain"], Meaning::Host),
    (&["currency"], Meaning::Currency),
    (&["language", "lang", "locale"], Meaning::Language),
    (&["title", "subject", "label"], Meaning::Title),
    (
        &["description", "comment", "comments", "note", "notes", "body", "message", "text", "summary", "bio"],
        Meaning::Prose,
    ),
];

/// Tables of persons: a plain `name` in them is one.
const PERSONS: &[&str] = &[
    "customer", "person", "people", "user", "employee", "contact", "member", "author", "actor", "patient",
    "staff",
];

impl Meaning {
    /// What a policy's operator says that the column means.
    pub(super) fn of_entity(entity: &str) -> Option<Self> {
        Some(match entity {
            "email" | "named_email" => Self::Email,
            "first_name" => Self::FirstName,
            "last_name" => Self::LastName,
            "full_name" => Self::FullName,
            "phone" => Self::Phone,
            "address" => Self::Street,
            "city" => Self::City,
            "postcode" => Self::Postcode,
            "country" => Self::Country,
            "company" => Self::Company,
            "url" => Self::Url,
            "ip" => Self::Ip,
            "iban" => Self::Iban,
            "card" => Self::Card,
            "username" => Self::Username,
            "password" => Self::Password,
            _ => return None,
        })
    }

    /// What the names of column and table say.
    pub(super) fn of_name(table: &str, column: &str) -> Self {
        let words = words(column);
        let pairs = words.windows(2).map(<[String]>::concat);
        let all: Vec<String> = pairs.chain(words.iter().cloned()).chain([words.concat()]).collect();
        for (names, meaning) in WORDS {
            if all.iter().any(|word| names.contains(&word.as_str())) {
                return *meaning;
            }
        }
        if words.last().is_some_and(|word| word == "name") {
            let person = self::words(table).iter().any(|word| PERSONS.contains(&word.trim_end_matches('s')));
            return if person { Self::FullName } else { Self::Title };
        }
        Self::Code
    }

    /// A value, without the end that makes it unique.
    pub(super) fn value(self, draw: &mut Draw, lists: &Lists) -> String {
        match self {
            Self::Email => format!("{}@example.com", draw.word()),
            Self::FirstName => draw.of(&lists.first),
            Self::LastName => draw.of(&lists.last),
            Self::FullName => {
                let first = draw.of(&lists.first);
                format!("{first} {}", draw.of(&lists.last))
            }
            Self::Phone => format!("+1 202 555 01{:02}", draw.below(100)),
            Self::Street => format!("{} {}", draw.below(200) + 1, draw.of(&lists.street)),
            Self::City => draw.of(&["Exampleton", "Sampleford", "Testbury", "Mockville", "Demoburg"]),
            Self::Postcode => format!("{:05}", draw.below(100_000)),
            Self::Country => draw.of(&["US", "GB", "DE", "FR", "ES", "IT", "NL", "PL"]),
            Self::Company => format!("{} Example Ltd", draw.of(&lists.last)),
            Self::Url => format!("https://example.test/{}", draw.word()),
            Self::Host => format!("{}.example.test", draw.word()),
            Self::Ip => format!("192.0.2.{}", draw.below(254) + 1),
            Self::Iban => "GB33BUKB20201555555555".into(),
            Self::Card => "4111111111111111".into(),
            Self::Username => draw.word(),
            Self::Password => "*".into(),
            Self::Currency => draw.of(&["EUR", "USD", "GBP", "JPY"]),
            Self::Language => draw.of(&["en", "de", "fr", "es"]),
            Self::Title => {
                let word = draw.word();
                let mut letters = word.chars();
                letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
            }
            Self::Prose => {
                let count = 3 + draw.below(8);
                let words: Vec<String> = (0..count).map(|_| draw.word()).collect();
                words.join(" ")
            }
            Self::Code => draw.word(),
        }
    }
}

/// A name's words: split at what is no letter or digit, and where a capital letter follows a small one.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut small = false;
    for c in name.chars() {
        if !c.is_alphanumeric() || (small && c.is_uppercase()) {
            words.push(String::new());
        }
        small = c.is_lowercase();
        if let (true, Some(word)) = (c.is_alphanumeric(), words.last_mut()) {
            word.extend(c.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Numbers that look random, from one tag.
pub(super) struct Draw {
    state: u64,
}

impl Draw {
    pub(super) fn new(prf: &Prf, message: &str) -> Self {
        let tag = prf.tag(message.as_bytes());
        let mut eight = [0; 8];
        eight.copy_from_slice(&tag[..8]);
        Self { state: u64::from_le_bytes(eight) }
    }

    /// The next number (splitmix64, Steele, Lea and Flood 2014).
    pub(super) fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `n`, which is not 0.
    pub(super) fn below(&mut self, n: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(n)) >> 64) as u64
    }

    fn of(&mut self, list: &[&str]) -> String {
        list[self.below(list.len() as u64) as usize].to_owned()
    }

    /// A word that means nothing.
    fn word(&mut self) -> String {
        let mut word = String::new();
        for _ in 0..2 + self.below(2) {
            word.push(char::from(b"bdfgklmnprstvz"[self.below(14) as usize]));
            word.push(char::from(b"aeiou"[self.below(5) as usize]));
        }
        word
    }
}

#[cfg(test)]
mod tests {
    use super::Meaning;

    #[test]
    fn names_of_columns_say_what_they_mean() {
        for (table, column, meaning) in [
            ("customer", "email_address", Meaning::Email),
            ("customer", "FirstName", Meaning::FirstName),
            ("customer", "name", Meaning::FullName),
            ("Customers", "ContactName", Meaning::FullName),
            ("category", "name", Meaning::Title),
            ("film", "description", Meaning::Prose),
            ("address", "postal_code", Meaning::Postcode),
            ("x", "ip_address", Meaning::Ip),
            ("x", "sku", Meaning::Code),
        ] {
            assert_eq!(Meaning::of_name(table, column), meaning, "{table}.{column}");
        }
    }
}
