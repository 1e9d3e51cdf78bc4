//! Canonical forms: which spellings are one value of a key domain.
//!
//! Every keyed operator maps the canonical form of a cell, so cells that mean the same get the same pseudonym in
//! every table, type and file. The forms are part of "scrub v1" and never change. Cells that are canonical already
//! (ASCII, no space around them, lower case where case is folded) are not copied.

use std::borrow::Cow;

use caseless::Caseless;
use unicode_normalization::char::canonical_combining_class;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// When two texts of a key domain are one and the same. In all cases canonically equivalent ones are (NFC), and
/// spaces around them do not count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Equality {
    /// Character for character.
    #[default]
    Exact,
    /// Letter case does not matter.
    CaseInsensitive,
    /// Neither case nor accents matter.
    CaseAccentInsensitive,
}

impl Equality {
    /// Its name in policies and spec strings: `exact`, `ci`, `ci_ai`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::CaseInsensitive => "ci",
            Self::CaseAccentInsensitive => "ci_ai",
        }
    }

    /// The equality of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Exact, Self::CaseInsensitive, Self::CaseAccentInsensitive]
            .into_iter()
            .find(|equality| equality.as_str() == name)
    }
}

/// The canonical form of a text.
///
/// ```
/// use scrub::base::{Equality, canonical};
/// assert_eq!(canonical::text(" Straße ", Equality::Exact), "Straße");
/// assert_eq!(canonical::text("Straße", Equality::CaseInsensitive), "strasse");
/// assert_eq!(canonical::text("José", Equality::CaseAccentInsensitive), "jose");
/// ```
pub fn text(value: &str, equality: Equality) -> Cow<'_, str> {
    let value = value.trim_matches(' ');
    if value.is_ascii() { fold_ascii(value, equality) } else { fold(compose(value), equality) }
}

/// The canonical form of an email address: domain in lower case and without a final dot, local part by the domain's
/// equality. `None` if it is none: no `@`, an empty part, white space or a delimiter of lists outside of quotes.
///
/// ```
/// use scrub::base::{Equality, canonical};
/// assert_eq!(canonical::email("Jane@Example.COM", Equality::Exact).as_deref(), Some("Jane@example.com"));
/// assert_eq!(canonical::email("Jane Doe", Equality::Exact), None);
/// ```
pub fn email(value: &str, equality: Equality) -> Option<Cow<'_, str>> {
    let value = value.trim_matches(' ');
    if value.is_ascii() {
        let (local, host) = value.rsplit_once('@')?;
        let host = host.trim_end_matches('.');
        if !is_local_part(local) || !is_host(host) {
            return None;
        }
        let folds = equality != Equality::Exact && local.bytes().any(|byte| byte.is_ascii_uppercase());
        let address = &value[..=local.len() + host.len()];
        if !folds && !host.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Some(Cow::Borrowed(address));
        }
        let mut address = address.to_owned();
        let lowered = if folds { 0 } else { local.len() };
        address[lowered..].make_ascii_lowercase();
        return Some(Cow::Owned(address));
    }
    let value = compose(value);
    let (local, host) = value.rsplit_once('@')?;
    let host = host.to_lowercase();
    let host = host.trim_end_matches('.');
    if !is_local_part(local) || !is_host(host) {
        return None;
    }
    Some(Cow::Owned(format!("{}@{host}", fold(Cow::Borrowed(local), equality))))
}

/// The value of a whole number, however it is written: `42`, ` 42 `, `+42`, `042`, `42.0`, and 0 for `-0`.
///
/// ```
/// use scrub::base::canonical;
/// assert_eq!(canonical::integer(b" 042.0 "), Some(42));
/// assert_eq!(canonical::integer(b"4.2"), None);
/// ```
pub fn integer(value: &[u8]) -> Option<i128> {
    let value = trim_spaces(value);
    let (negative, value) = match value {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, value),
    };
    let digits = value.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, fraction) = value.split_at(digits);
    let whole = match fraction {
        [] => true,
        [b'.', zeros @ ..] => !zeros.is_empty() && zeros.iter().all(|byte| *byte == b'0'),
        _ => false,
    };
    if digits.is_empty() || !whole {
        return None;
    }
    if digits.len() <= 18 {
        let value = digits.iter().fold(0, |value, digit| value * 10 + i64::from(digit - b'0'));
        return Some(i128::from(if negative { -value } else { value }));
    }
    digits.iter().try_fold(0i128, |value, digit| {
        let digit = i128::from(digit - b'0');
        value.checked_mul(10)?.checked_add(if negative { -digit } else { digit })
    })
}

/// Appends the message by which a subject is known: the key domain of the subject and the canonical form of each
/// part of its key, each with its length before it. What is derived for the subject is derived from this.
///
/// ```
/// let mut message = Vec::new();
/// scrub::base::canonical::subject("customer.id", [b"42"], &mut message);
/// assert_eq!(message, b"\0\0\0\x0bcustomer.id\0\0\0\x0242");
/// ```
pub fn subject<P: AsRef<[u8]>>(domain: &str, parts: impl IntoIterator<Item = P>, out: &mut Vec<u8>) {
    let mut append = |part: &[u8]| {
        out.extend_from_slice(&(part.len() as u32).to_be_bytes());
        out.extend_from_slice(part);
    };
    append(domain.as_bytes());
    for part in parts {
        append(part.as_ref());
    }
}

fn compose(value: &str) -> Cow<'_, str> {
    match is_nfc_quick(value.chars()) {
        IsNormalized::Yes => Cow::Borrowed(value),
        _ => Cow::Owned(value.nfc().collect()),
    }
}

fn fold_ascii(value: &str, equality: Equality) -> Cow<'_, str> {
    if equality == Equality::Exact || !value.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Borrowed(value)
    } else {
        Cow::Owned(value.to_ascii_lowercase())
    }
}

/// Full case folding of a composed text; accents are the characters that combine with one before them, but for the
/// sign that joins consonants in the scripts of India, which is a letter's business.
fn fold(value: Cow<'_, str>, equality: Equality) -> Cow<'_, str> {
    const VIRAMA: u8 = 9;
    match equality {
        Equality::Exact => value,
        Equality::CaseInsensitive => Cow::Owned(value.chars().default_case_fold().collect()),
        Equality::CaseAccentInsensitive => Cow::Owned(
            value
                .chars()
                .default_case_fold()
                .nfd()
                .filter(|c| matches!(canonical_combining_class(*c), 0 | VIRAMA))
                .nfc()
                .collect(),
        ),
    }
}

/// A quoted string, or anything without the characters that separate addresses.
fn is_local_part(local: &str) -> bool {
    let quoted = local.len() > 2 && local.starts_with('"') && local.ends_with('"');
    !local.is_empty()
        && local
            .chars()
            .all(|c| !c.is_control() && (quoted || !(c.is_whitespace() || "<>(),;:\\\"@".contains(c))))
}

/// Labels with dots between them, or an address in brackets.
fn is_host(host: &str) -> bool {
    if let Some(literal) = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        return !literal.is_empty()
            && literal
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b':' | b'-'));
    }
    host.split('.').all(|label| {
        !label.is_empty()
            && label.chars().all(|c| {
                c.is_ascii_alphanumeric()
                    || c == '-'
                    || c == '_'
                    || !(c.is_ascii() || c.is_whitespace() || c.is_control())
            })
    })
}

fn trim_spaces(mut value: &[u8]) -> &[u8] {
    while let [b' ', rest @ ..] | [rest @ .., b' '] = value {
        value = rest;
    }
    value
}
