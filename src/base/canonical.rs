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
    let value = trim(value);
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
    let value = trim(value);
    if !value.is_ascii() {
        return foreign_email(value, equality);
    }
    let (local, host) = split_email(value)?;
    let address = &value[..=local.len() + host.len()];
    let folded = match equality {
        Equality::Exact => local.len(),
        Equality::CaseInsensitive | Equality::CaseAccentInsensitive => 0,
    };
    if !address.as_bytes()[folded..].iter().any(u8::is_ascii_uppercase) {
        return Some(Cow::Borrowed(address));
    }
    let mut address = address.to_owned();
    address[folded..].make_ascii_lowercase();
    Some(Cow::Owned(address))
}

fn foreign_email(value: &str, equality: Equality) -> Option<Cow<'_, str>> {
    if value.chars().any(|c| !c.is_ascii() && (c.is_whitespace() || c.is_control())) {
        return None;
    }
    let value = compose(value);
    let (local, host) = split_email(&value)?;
    Some(Cow::Owned(format!("{}@{}", fold(Cow::Borrowed(local), equality), host.to_lowercase())))
}

/// The value of a whole number, however it is written: `42`, ` 42 `, `+42`, `042`, `42.0`, and 0 for `-0`.
///
/// ```
/// use scrub::base::canonical;
/// assert_eq!(canonical::integer(b" 042.0 "), Some(42));
/// assert_eq!(canonical::integer(b"4.2"), None);
/// ```
pub fn integer(value: &[u8]) -> Option<i128> {
    let plain = (1..=18).contains(&value.len());
    plain
        .then(|| value.iter().copied().try_fold(0, push_digit))
        .flatten()
        .map(i128::from)
        .or_else(|| any_integer(value))
}

/// Appends a decimal digit to a number that has room for it.
fn push_digit(number: i64, byte: u8) -> Option<i64> {
    let digit = byte.wrapping_sub(b'0');
    (digit < 10).then(|| number * 10 + i64::from(digit))
}

fn any_integer(value: &[u8]) -> Option<i128> {
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
    length_prefixed(domain.as_bytes(), out);
    for part in parts {
        length_prefixed(part.as_ref(), out);
    }
}

/// Appends one piece of a [`subject`] message: its length, then itself.
pub fn length_prefixed(piece: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(&(piece.len() as u32).to_be_bytes());
    out.extend_from_slice(piece);
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

/// Local part and host without its final dots, if each has nothing that it must not have. Characters beyond ASCII are
/// for the caller to judge.
fn split_email(value: &str) -> Option<(&str, &str)> {
    let (local, host) = value.rsplit_once('@')?;
    let host = host.trim_end_matches('.');
    let flaws = |part: &str| part.bytes().fold(0, |flaws, byte| flaws | FLAWS[usize::from(byte)]);
    let quoted = local.len() > 2 && local.starts_with('"') && local.ends_with('"');
    let bad_local = flaws(local) & if quoted { CONTROL } else { CONTROL | NOT_LOCAL };
    let bad_host = flaws(host) & NOT_HOST != 0 && !is_address_literal(host);
    let empty_label = host.is_empty() || host.starts_with('.') || host.contains("..");
    (!local.is_empty() && bad_local == 0 && !bad_host && !empty_label).then_some((local, host))
}

/// `[192.0.2.1]`, `[IPv6:2001:db8::1]`.
fn is_address_literal(host: &str) -> bool {
    let literal = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    literal.is_some_and(|literal| {
        literal.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b':'))
    })
}

const CONTROL: u8 = 1;
const NOT_LOCAL: u8 = 2;
const NOT_HOST: u8 = 4;

/// What an ASCII character is out of place in; characters beyond ASCII are in place anywhere.
const FLAWS: [u8; 256] = {
    let mut flaws = [0; 256];
    let mut byte = 0u8;
    while byte < 128 {
        if byte.is_ascii_control() {
            flaws[byte as usize] |= CONTROL;
        }
        if matches!(byte, 0..=b' ' | b'<' | b'>' | b'(' | b')' | b',' | b';' | b':' | b'\\' | b'"' | b'@') {
            flaws[byte as usize] |= NOT_LOCAL;
        }
        if !(byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.')) {
            flaws[byte as usize] |= NOT_HOST;
        }
        byte += 1;
    }
    flaws
};

fn trim(value: &str) -> &str {
    let bytes = value.as_bytes();
    if bytes.first() == Some(&b' ') || bytes.last() == Some(&b' ') { value.trim_matches(' ') } else { value }
}

fn trim_spaces(mut value: &[u8]) -> &[u8] {
    while let [b' ', rest @ ..] | [rest @ .., b' '] = value {
        value = rest;
    }
    value
}

#[cfg(test)]
mod tests {
    use Equality::{CaseAccentInsensitive, CaseInsensitive, Exact};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn canonical_ascii_is_not_copied() {
        for equality in [Exact, CaseInsensitive, CaseAccentInsensitive] {
            assert!(matches!(text(" jane ", equality), Cow::Borrowed("jane")));
            assert!(matches!(email("jane@example.com.", equality), Some(Cow::Borrowed("jane@example.com"))));
        }
        assert!(matches!(text("Jane", Exact), Cow::Borrowed("Jane")));
    }

    #[test]
    fn equivalent_spellings_are_one_under_any_equality() {
        assert_eq!(text("jose\u{301}", Exact), "jos\u{e9}");
        assert_eq!(text("\u{212b}", Exact), "\u{c5}");
    }

    #[test]
    fn accents_go_and_letters_stay() {
        for (value, form) in
            [("ÀÉÎõü", "aeiou"), ("Łódź", "łodz"), ("한글", "한글"), ("हिन्दी", "हिन्दी"), ("Ёлка", "елка")]
        {
            assert_eq!(text(value, CaseAccentInsensitive), form);
        }
    }

    #[test]
    fn only_spaces_are_trimmed() {
        assert_eq!(text(" \t a ", Exact), "\t a");
    }

    #[test]
    fn what_is_no_address_is_none() {
        for value in [
            "",
            "@",
            "jane",
            "jane@",
            "@example.com",
            "jane@.",
            "jane doe@example.com",
            "Jane <jane@example.com>",
            "a@x.com,b@x.com",
            "jane@exa mple.com",
            "jane@.com",
            "jane@a..b",
            "jane\u{a0}x@example.com",
            "j\n@x.com",
            "jane@[1.2.3.4",
            "jane@[a@b]",
            "jane@ex\u{2028}é.com",
        ] {
            assert_eq!(email(value, Exact), None, "{value:?}");
        }
    }

    #[test]
    fn unusual_addresses_are_addresses() {
        for value in [
            "root@localhost",
            "\"jane doe\"@example.com",
            "jane@[192.0.2.1]",
            "o'neil+x/y=z@example.com",
            "é@é.com",
        ] {
            assert_eq!(email(value, Exact).as_deref(), Some(value));
        }
        assert_eq!(email("É@É.COM", CaseInsensitive).as_deref(), Some("é@é.com"));
        assert_eq!(email("É@É.COM", Exact).as_deref(), Some("É@é.com"));
        assert_eq!(email("É@É.COM", CaseAccentInsensitive).as_deref(), Some("e@é.com"));
    }

    #[test]
    fn a_whole_number_is_one_however_written() {
        for value in
            ["42", " 42 ", "+42", "042", "42.0", "42.000", "00000000000000000000000000000000000000000042"]
        {
            assert_eq!(integer(value.as_bytes()), Some(42), "{value}");
        }
        for value in
            ["", " ", "-", "+", "42.", ".0", "4 2", "4_2", "42.5", "1e3", "--1", "0x10", "٤٢", "\t42"]
        {
            assert_eq!(integer(value.as_bytes()), None, "{value}");
        }
        assert_eq!(integer(b"-0"), Some(0));
        assert_eq!(integer(i128::MIN.to_string().as_bytes()), Some(i128::MIN));
        assert_eq!(integer(i128::MAX.to_string().as_bytes()), Some(i128::MAX));
        assert_eq!(integer(b"170141183460469231731687303715884105728"), None);
    }

    #[test]
    fn subjects_differ_by_domain_and_by_where_a_part_ends() {
        let message = |domain: &str, parts: &[&str]| {
            let mut message = Vec::new();
            subject(domain, parts, &mut message);
            message
        };
        assert_ne!(message("a", &["bc"]), message("ab", &["c"]));
        assert_ne!(message("a", &["b", "c"]), message("a", &["bc"]));
    }

    proptest! {
        #[test]
        fn integers_are_read_back(value: i128, zeros in 0..3usize) {
            prop_assert_eq!(integer(value.to_string().as_bytes()), Some(value));
            let padded = format!(" {}{}{} ", if value < 0 { "-" } else { "+" }, "0".repeat(zeros), value.unsigned_abs());
            prop_assert_eq!(integer(padded.as_bytes()), Some(value));
        }

        #[test]
        fn nothing_panics(value: Vec<u8>, text_value: String) {
            integer(&value);
            for equality in [Exact, CaseInsensitive, CaseAccentInsensitive] {
                text(&text_value, equality);
                email(&text_value, equality);
                email(&format!("{text_value}@{text_value}"), equality);
            }
        }

        #[test]
        fn the_short_way_for_ascii_agrees_with_the_long_one(value in "[ -~]{0,12}") {
            for equality in [Exact, CaseInsensitive, CaseAccentInsensitive] {
                let long = fold(compose(value.trim_matches(' ')), equality);
                prop_assert_eq!(text(&value, equality), long);
                let address = format!("{value}@Example.Com");
                prop_assert_eq!(email(&address, equality), foreign_email(address.trim_matches(' '), equality));
            }
        }

        #[test]
        fn a_canonical_text_is_its_own_canonical_form(value: String) {
            let form = text(&value, Exact);
            prop_assert_eq!(text(form.trim_matches(' '), Exact), form.trim_matches(' '));
        }

        #[test]
        fn decomposed_and_composed_agree(value in "[a-zA-Zà-ÿÀ-ÖΆ-ώ]{0,8}") {
            let decomposed: String = value.nfd().collect();
            for equality in [Exact, CaseInsensitive, CaseAccentInsensitive] {
                prop_assert_eq!(text(&value, equality), text(&decomposed, equality));
            }
        }
    }
}
