//! Forms that a shape cannot say: e-mail addresses, telephone numbers, cards, names, addresses. One function for each.

pub(super) mod card;
pub(super) mod date;
pub(super) mod email;
pub(super) mod keyed;
pub(super) mod network;
pub(super) mod person;
pub(super) mod secret;

use super::phone;
use super::scope::Scope;

/// A form.
#[derive(Debug)]
pub(super) struct Form {
    /// Its name in detectors' files.
    pub(super) name: &'static str,
    /// Kinds of characters that every value has, and that none has: a look at these saves most calls.
    has: u16,
    lacks: u16,
    /// Whether a whole value has it; bits of evidence if so.
    whole: fn(&[u8], &Scope) -> Option<f32>,
}

impl Form {
    /// Whether a value with these kinds of characters has the form; bits of evidence if so.
    #[inline]
    pub(super) fn whole(&self, value: &[u8], kinds: u16, scope: &Scope) -> Option<f32> {
        if kinds & self.has != self.has || kinds & self.lacks != 0 {
            return None;
        }
        (self.whole)(value, scope)
    }
}

const fn form(name: &'static str, has: u16, lacks: u16, whole: fn(&[u8], &Scope) -> Option<f32>) -> Form {
    Form { name, has, lacks, whole }
}

const DIGIT: u16 = 1;
const LETTER: u16 = 2;
const AT: u16 = 4;
const COLON: u16 = 8;
const DOT: u16 = 16;
const DASH: u16 = 32;
const BLANK: u16 = 64;
const SLASH: u16 = 128;
const UNDERSCORE: u16 = 256;
/// Other ASCII characters.
const OTHER: u16 = 512;

/// The kinds of characters that a value has. Other scripts count as letters.
#[inline]
pub(super) fn kinds(value: &[u8]) -> u16 {
    value.iter().fold(0, |kinds, byte| kinds | KINDS[usize::from(*byte)])
}

const KINDS: [u16; 256] = {
    let mut kinds = [OTHER; 256];
    let mut byte = 0;
    while byte < 256 {
        kinds[byte] = match byte as u8 {
            b'0'..=b'9' => DIGIT,
            b'a'..=b'z' | b'A'..=b'Z' | 128.. => LETTER,
            b'@' => AT,
            b':' => COLON,
            b'.' => DOT,
            b'-' => DASH,
            b' ' => BLANK,
            b'/' => SLASH,
            b'_' => UNDERSCORE,
            _ => OTHER,
        };
        byte += 1;
    }
    kinds
};

/// All forms.
pub(super) const FORMS: &[Form] = &[
    form("birth_date", DIGIT, AT, |value, _| date::birth(value)),
    form("card", DIGIT, LETTER | AT | COLON | SLASH | UNDERSCORE | OTHER, |value, _| card::strength(value)),
    form("city", LETTER, DIGIT | AT | COLON | UNDERSCORE, |value, _| person::city(value)),
    form("connection_string", COLON | SLASH | AT, 0, |value, _| network::connection_string(value)),
    form("coordinates", DIGIT, AT | COLON, |value, _| network::coordinates(value)),
    form("email", AT, 0, |value, _| email::whole(value)),
    form("first_name", LETTER, DIGIT | AT | COLON | SLASH | UNDERSCORE, |value, _| person::first_name(value)),
    form("free_text", LETTER | BLANK, 0, |value, _| person::free_text(value)),
    form("full_name", LETTER, DIGIT | AT | COLON | SLASH | UNDERSCORE, |value, _| person::full_name(value)),
    form("ipv4", DIGIT | DOT, LETTER | AT | BLANK | UNDERSCORE, |value, _| network::ipv4(value)),
    form("ipv6", COLON, BLANK, |value, _| network::ipv6(value)),
    form("jwt", LETTER | DOT, BLANK, |value, _| secret::jwt(value)),
    form("keyed_secret", LETTER, 0, |value, _| keyed::whole(value)),
    form("last_name", LETTER, DIGIT | AT | COLON | SLASH | UNDERSCORE, |value, _| person::last_name(value)),
    form("mac", 0, BLANK | AT | SLASH | UNDERSCORE | OTHER, |value, _| network::mac(value)),
    form("pem", DASH | LETTER, 0, |value, _| secret::pem(value)),
    form("phone", DIGIT, AT | UNDERSCORE, |value, scope| phone::strength(value, scope, false)),
    form("random", DIGIT | LETTER, BLANK | AT, |value, _| secret::random(value)),
    form("street", DIGIT | LETTER | BLANK, AT, |value, _| person::street(value)),
    form("url", COLON | SLASH, BLANK, |value, _| network::url(value)),
    form("url_token", COLON | SLASH, BLANK, |value, _| network::url_token(value)),
    form("user_agent", LETTER | SLASH, 0, |value, _| network::user_agent(value)),
];
