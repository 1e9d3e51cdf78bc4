//! What stands where in a text: one pass over the bytes that stops where something may begin, and checks of what may.
//!
//! An `@` may be in an address, `://` in a URL, `=` and `:` before a secret, a word may begin a token, and words with
//! digits, joined by single separators, may be a number of any kind. All that is decided by hand-written checks; which
//! words stand near is looked up once for a text, and only if something needs one.

use std::cell::{Ref, RefCell};

use super::Hit;
use super::catalogue::Catalogue;
use super::context::Window;
use super::decode::Decoded;
use super::detector::{Category, Detector, DetectorId};
use super::forms::{date, email, keyed, network, secret};
use super::openings::Openings;
use super::scope::Scope;

/// Bits that a keyword nearby adds to a value with a check or a form, and those of a form alone with a keyword.
pub(super) const KEYWORD: f32 = 6.0;
pub(super) const WEAK: f32 = 4.5;
/// Bits that a value needs to count without a keyword.
pub(super) const ENOUGH: f32 = 6.0;
/// Layers of encoding.
const LAYERS: usize = 3;

/// What the pass needs to know of the detectors.
#[derive(Debug)]
pub(super) struct Finder {
    pub(super) openings: Openings,
    pub(super) forms: FormIds,
    /// What each byte may begin.
    kinds: [u8; 256],
}

macro_rules! form_ids {
    ($($name:ident),* $(,)?) => {
        /// Which detectors have the forms that the pass looks for.
        #[derive(Debug, Default)]
        pub(super) struct FormIds {
            $(pub(super) $name: Option<DetectorId>,)*
        }

        impl FormIds {
            fn new(detectors: &[Detector]) -> Self {
                let id = |name: &str| {
                    let place = detectors.iter().position(|detector| detector.form.as_deref() == Some(name))?;
                    Some(DetectorId(place as u16))
                };
                Self { $($name: id(stringify!($name)),)* }
            }
        }
    };
}

form_ids!(
    card,
    connection_string,
    email,
    ipv4,
    ipv6,
    jwt,
    keyed_secret,
    mac,
    pem,
    phone,
    url,
    url_token,
    birth_date
);

impl Finder {
    pub(super) fn new(detectors: &[Detector]) -> Self {
        let openings = Openings::new(detectors);
        let mut kinds = KINDS;
        for (byte, kind) in kinds.iter_mut().enumerate() {
            if *kind == NOTHING && openings.begins(byte as u8) {
                *kind = SIGN;
            }
        }
        Self { openings, forms: FormIds::new(detectors), kinds }
    }
}

/// Adds what stands in a text to `out`.
pub(super) fn find(catalogue: &Catalogue, text: &[u8], scope: &Scope, out: &mut Vec<Hit>) {
    let from = out.len();
    layer(catalogue, text, scope, out, LAYERS);
    settle(out, from);
    // What only looks like a person's data has kept others from its place, and goes.
    let mut kept = from;
    for place in from..out.len() {
        if catalogue.detector(out[place].detector).category != Category::NotPersonal {
            out[kept] = out[place];
            kept += 1;
        }
    }
    out.truncate(kept);
}

fn layer(catalogue: &Catalogue, text: &[u8], scope: &Scope, out: &mut Vec<Hit>, layers: usize) {
    let decoded = Decoded::new(text);
    let from = out.len();
    let search = Search { catalogue, text: &decoded.text, scope, window: RefCell::default(), layers };
    search.run(out);
    search.patterns(out);
    for hit in &mut out[from..] {
        (hit.start, hit.end) = (decoded.place(hit.start), decoded.place(hit.end));
    }
}

/// Puts hits in order; of two that overlap the stronger stays, then the longer.
fn settle(out: &mut Vec<Hit>, from: usize) {
    out[from..].sort_by(|one, other| one.start.cmp(&other.start).then(other.end.cmp(&one.end)));
    let mut kept = from;
    for place in from..out.len() {
        let hit = out[place];
        if hit.end <= hit.start {
            continue;
        }
        if kept > from && out[kept - 1].end > hit.start {
            let before = out[kept - 1];
            let weight = |hit: &Hit| (hit.strength, hit.end - hit.start);
            if weight(&hit) > weight(&before) {
                out[kept - 1] = hit;
            }
            continue;
        }
        out[kept] = hit;
        kept += 1;
    }
    out.truncate(kept);
}

pub(super) struct Search<'a> {
    pub(super) catalogue: &'a Catalogue,
    pub(super) text: &'a [u8],
    pub(super) scope: &'a Scope,
    window: RefCell<Window>,
    layers: usize,
}

impl Search<'_> {
    fn run(&self, out: &mut Vec<Hit>) {
        let text = self.text;
        let kinds = &self.catalogue.finder.kinds;
        let mut at = 0;
        while let Some(byte) = text.get(at) {
            match kinds[usize::from(*byte)] {
                NOTHING => at += 1,
                WORD => at = self.word(at, out),
                _ => at = self.sign(at, out),
            }
        }
    }

    /// What users' own regular expressions find, as whole words.
    fn patterns(&self, out: &mut Vec<Hit>) {
        let word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        for id in &self.catalogue.patterned {
            let detector = self.catalogue.detector(*id);
            for found in detector.patterns.iter().flat_map(|pattern| pattern.find_iter(self.text)) {
                let (start, end) = (found.start(), found.end());
                let before = start.checked_sub(1).and_then(|before| self.text.get(before));
                let joined = |outside: Option<&u8>, inside: Option<&u8>| {
                    outside.is_some_and(word) && inside.is_some_and(word)
                };
                let value = found.as_bytes();
                if value.is_empty()
                    || joined(before, value.first())
                    || joined(self.text.get(end), value.last())
                    || !is_character(self.text, start)
                    || !is_character(self.text, end)
                    || detector.validator.is_some_and(|validator| !validator.is_valid(value))
                {
                    continue;
                }
                let near = self.window(start, end).near(start, end).holds(*id);
                if near || detector.alone {
                    let strength = detector.strength().max(ENOUGH) + if near { KEYWORD } else { 0.0 };
                    out.push(Hit { start, end, detector: *id, strength });
                }
            }
        }
    }

    pub(super) fn ids(&self) -> &FormIds {
        &self.catalogue.finder.forms
    }

    /// The keywords around a stretch of the text.
    pub(super) fn window(&self, start: usize, end: usize) -> Ref<'_, Window> {
        self.catalogue.context.look(self.text, start, end, &mut self.window.borrow_mut());
        self.window.borrow()
    }

    /// A sign that something is around. Returns where to go on.
    fn sign(&self, at: usize, out: &mut Vec<Hit>) -> usize {
        let text = self.text;
        let ids = self.ids();
        match text[at] {
            b'@' => {
                if let Some((start, end)) = email::around(text, at) {
                    push(out, ids.email, start, end, Some(14.0));
                } else {
                    self.tokens(at, 0, out);
                }
            }
            b'-' if text[at..].starts_with(b"-----BEGIN") => {
                if let Some(end) = secret::pem_at(text, at) {
                    push(out, ids.pem, at, end, Some(30.0));
                    return end;
                }
                // No second look at the other dashes.
                return at + 10;
            }
            b'-' => {}
            b'+' if text.get(at + 1).is_some_and(|byte| byte.is_ascii_digit() || *byte == b'(') => {
                return self.chain(at, at + 1, out);
            }
            b'(' if text.get(at + 1).is_some_and(|byte| byte.is_ascii_digit() || *byte == b'+') => {
                self.tokens(at, 0, out);
                let first = if text[at + 1] == b'+' { at + 2 } else { at + 1 };
                return if text.get(first).is_some_and(u8::is_ascii_digit) {
                    self.chain(at, first, out)
                } else {
                    at + 1
                };
            }
            b':' if text[at..].starts_with(b"://") => self.url(at, out),
            b':' | b'=' => {
                if let Some((start, end)) = keyed::keyed_at(text, at) {
                    push(out, ids.keyed_secret, start, end, Some(8.0));
                }
                if text[at] == b':' {
                    self.colons(at, out);
                }
            }
            _ => self.tokens(at, 0, out),
        }
        at + 1
    }

    /// A URL around `://`.
    fn url(&self, at: usize, out: &mut Vec<Hit>) {
        let text = self.text;
        let start = text[..at]
            .iter()
            .rposition(|byte| !(byte.is_ascii_alphanumeric() || b"+.-".contains(byte)))
            .map_or(0, |place| place + 1);
        let rest = &text[at..];
        let mut end = at
            + rest
                .iter()
                .position(|byte| byte.is_ascii_whitespace() || b"\"'<>`|\\".contains(byte))
                .unwrap_or(rest.len());
        while end > at + 3 && b".,;:!?)]}".contains(&text[end - 1]) {
            end -= 1;
        }
        let value = &text[start..end];
        push(out, self.ids().connection_string, start, end, network::connection_string(value));
        push(out, self.ids().url_token, start, end, network::url_token(value));
        // Most addresses of pages are nobody's.
        let Some(id) = self.ids().url else { return };
        if network::url(value).is_some()
            && (self.catalogue.detector(id).alone || self.window(start, end).near(start, end).holds(id))
        {
            out.push(Hit { start, end, detector: id, strength: 4.0 });
        }
    }

    /// An IPv6 or a hardware address around its first colon.
    fn colons(&self, at: usize, out: &mut Vec<Hit>) {
        let text = self.text;
        let part = |byte: &u8| byte.is_ascii_hexdigit() || b":.%".contains(byte);
        let start = at - text[..at].iter().rev().take(5).take_while(|byte| byte.is_ascii_hexdigit()).count();
        if start > 0 && (text[start - 1].is_ascii_alphanumeric() || text[start - 1] == b':') {
            return;
        }
        let length = text[start..].iter().take(64).take_while(|byte| part(byte)).count();
        let mut end = start + length;
        while end > start && matches!(text[end - 1], b'.' | b'%')
            || end > start + 1 && text[end - 1] == b':' && text[end - 2] != b':'
        {
            end -= 1;
        }
        if text.get(end).is_some_and(u8::is_ascii_alphanumeric) {
            return;
        }
        let value = &text[start..end];
        if value.iter().filter(|byte| **byte == b':').count() > 1 {
            push(out, self.ids().mac, start, end, network::mac(value));
            push(out, self.ids().ipv6, start, end, network::ipv6(value).filter(|_| value.len() > 4));
        }
    }

    /// A word: a token, or the first of a chain. Returns where to go on.
    #[inline]
    fn word(&self, start: usize, out: &mut Vec<Hit>) -> usize {
        let text = self.text;
        let mut end = start;
        let mut digits = false;
        while let Some(byte) = text.get(end)
            && KINDS[usize::from(*byte)] == WORD
        {
            digits |= byte.is_ascii_digit();
            end += 1;
        }
        let length = end - start;
        if matches!(text[start] | 0x20, b'p' | b'k')
            && let Some((start, end)) = keyed::spoken_at(text, start, end)
        {
            push(out, self.ids().keyed_secret, start, end, Some(7.0));
        }
        if length == 8 && secret::is_uuid(&text[start..text.len().min(start + 36)]) {
            return start + 36;
        }
        self.tokens(start, length, out);
        if length >= 10 {
            if length >= 24 && self.layers > 1 {
                self.base_64(start, end, out);
            }
            if text[start..].starts_with(b"eyJ") {
                self.jwt(start, out);
            }
        }
        if length == 4
            && digits
            && let Some(length) = date::timestamp(&text[start..])
        {
            return start + length;
        }
        if length == 2 && matches!(text.get(end), Some(b'-')) && self.dashed_mac(start, out) {
            return start + 17;
        }
        let head = || length <= 4 && text[start..end].iter().all(u8::is_ascii_uppercase);
        if digits
            || matches!(text.get(end), Some(b' ' | b'-' | b'.' | b'/')) && head() && {
                let next = text.get(end + 1);
                next.is_some_and(u8::is_ascii_digit)
            }
        {
            return self.chain(start, start, out).max(end);
        }
        end
    }

    /// A hardware address with dashes.
    fn dashed_mac(&self, start: usize, out: &mut Vec<Hit>) -> bool {
        let text = self.text;
        let Some(value) = text.get(start..start + 17) else { return false };
        let open =
            |byte: Option<&u8>| byte.is_none_or(|byte| !(byte.is_ascii_alphanumeric() || *byte == b'-'));
        let before = start.checked_sub(1).and_then(|before| text.get(before));
        let strength = network::mac(value).filter(|bits| *bits > ENOUGH);
        let found = strength.is_some() && open(text.get(start + 17)) && open(before);
        if found {
            push(out, self.ids().mac, start, start + 17, strength);
        }
        found
    }

    /// Values that are written as they are, from the beginning of a word of that length on, or from a sign on.
    #[inline]
    fn tokens(&self, start: usize, length: usize, out: &mut Vec<Hit>) {
        let rest = &self.text[start..];
        self.catalogue.finder.openings.each(rest, length, |id, number| {
            self.token(start, rest, id, number, out);
        });
    }

    fn token(&self, start: usize, rest: &[u8], id: DetectorId, number: usize, out: &mut Vec<Hit>) {
        let detector = self.catalogue.detector(id);
        let Some(length) = detector.written[number].reach(rest) else { return };
        let value = &rest[..length];
        let open = rest.get(length).is_none_or(|byte| !(byte.is_ascii_alphanumeric() || *byte == b'_'));
        let before = start.checked_sub(1).is_none_or(|before| {
            // A longer word, unless it is a sign's.
            let byte = self.text[before];
            !(byte.is_ascii_alphanumeric() || byte == b'_' && detector.entropy == 0.0)
        });
        let random = detector.entropy == 0.0
            || secret::entropy(value) >= detector.entropy
                && !secret::is_placeholder(value)
                && !secret::is_text(value);
        if !(open && before && random)
            || detector.validator.is_some_and(|validator| !validator.is_valid(value))
        {
            return;
        }
        let near = self.window(start, start + length).near(start, start + length).holds(id);
        let alone = detector.plain || detector.alone && self.scope.admits(&detector.countries);
        if near || alone {
            let strength = detector.strength().max(ENOUGH + 1.0) + if near { KEYWORD } else { 0.0 };
            out.push(Hit { start, end: start + length, detector: id, strength });
        }
    }

    fn jwt(&self, start: usize, out: &mut Vec<Hit>) {
        let rest = &self.text[start..];
        let part = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-.=".contains(byte);
        let end = rest.iter().position(|byte| !part(byte)).unwrap_or(rest.len());
        push(out, self.ids().jwt, start, start + end, secret::jwt(&rest[..end]));
    }

    /// A run of base64: what its text holds makes it what it is.
    fn base_64(&self, start: usize, word_end: usize, out: &mut Vec<Hit>) {
        let text = self.text;
        if start > 0 && b"+/=".contains(&text[start - 1]) {
            return;
        }
        let mut end = word_end;
        while text.get(end).is_some_and(|byte| byte.is_ascii_alphanumeric() || b"+/".contains(byte)) {
            end += 1;
        }
        let body = &text[start..end];
        if !body.iter().any(u8::is_ascii_uppercase) || !body.iter().any(u8::is_ascii_lowercase) {
            return;
        }
        let Ok(decoded) = data_encoding::BASE64_NOPAD.decode(&body[..body.len() / 4 * 4]) else { return };
        let readable =
            decoded.iter().filter(|byte| (b' '..=b'~').contains(byte) || byte.is_ascii_whitespace()).count();
        if decoded.len() < 12 || readable * 20 < decoded.len() * 19 {
            return;
        }
        let mut inner = Vec::new();
        layer(self.catalogue, &decoded, self.scope, &mut inner, self.layers - 1);
        let strongest = inner.iter().max_by(|one, other| one.strength.total_cmp(&other.strength));
        if let Some(hit) = strongest.filter(|hit| hit.strength >= ENOUGH) {
            let padded = end + text[end..].iter().take(2).take_while(|byte| **byte == b'=').count();
            out.push(Hit { start, end: padded, ..*hit });
        }
    }
}

/// Adds a hit of a form's detector, if there are both.
pub(super) fn push(
    out: &mut Vec<Hit>,
    form: Option<DetectorId>,
    start: usize,
    end: usize,
    strength: Option<f32>,
) {
    if let (Some(detector), Some(strength)) = (form, strength) {
        out.push(Hit { start, end, detector, strength });
    }
}

/// Whether a character may begin there.
fn is_character(text: &[u8], place: usize) -> bool {
    text.get(place).is_none_or(|byte| byte & 0xc0 != 0x80)
}

const NOTHING: u8 = 0;
const WORD: u8 = 1;
const SIGN: u8 = 2;
/// What each byte may begin, whatever the detectors.
const KINDS: [u8; 256] = {
    let mut kinds = [NOTHING; 256];
    let mut byte = 0;
    while byte < 256 {
        kinds[byte] = match byte as u8 {
            b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => WORD,
            b'@' | b':' | b'=' | b'-' | b'+' | b'(' => SIGN,
            _ => NOTHING,
        };
        byte += 1;
    }
    kinds
};
