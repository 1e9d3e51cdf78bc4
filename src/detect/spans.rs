//! What stands where in a text: one pass over the bytes that stops where something may begin, and checks of what may.
//!
//! An `@` may be in an address, `://` in a URL, `=` and `:` before a secret, a word may begin a token, and words with
//! digits, joined by single separators, may be a number of any kind. All that is decided by hand-written checks; which
//! words stand near is looked up once for a text, and only if something needs one.

use std::cell::OnceCell;
use std::collections::HashMap;

use super::catalogue::Catalogue;
use super::compact::Compact;
use super::context::{Context, Near};
use super::decode::Decoded;
use super::detector::{Detector, DetectorId};
use super::forms::{card, email, network, secret};
use super::scope::Scope;
use super::{Hit, phone};

/// Bits that a keyword nearby adds.
const KEYWORD: f32 = 6.0;
/// Bits that a value needs to count without a keyword.
const ENOUGH: f32 = 6.0;
/// Words of a chain, characters of a candidate, layers of encoding.
const MOST_WORDS: usize = 12;
const LONGEST: usize = 72;
const LAYERS: usize = 3;

/// What the pass needs to know of the detectors.
#[derive(Debug, Default)]
pub(super) struct Finder {
    /// Detectors whose values are written as they are, by the first two bytes.
    written: HashMap<[u8; 2], Vec<(DetectorId, usize)>>,
    /// Those whose first two bytes vary.
    open: Vec<(DetectorId, usize)>,
    /// Detectors by the name of their form.
    forms: HashMap<&'static str, DetectorId>,
}

impl Finder {
    pub(super) fn new(detectors: &[Detector]) -> Self {
        let mut finder = Self::default();
        for (place, detector) in detectors.iter().enumerate() {
            let id = DetectorId(place as u16);
            for (number, shape) in detector.written.iter().enumerate() {
                match shape.prefix()[..] {
                    [first, second, ..] => {
                        finder.written.entry([first, second]).or_default().push((id, number))
                    }
                    _ => finder.open.push((id, number)),
                }
            }
            if let Some(form) =
                super::forms::FORMS.iter().find(|form| detector.form.as_deref() == Some(form.name))
            {
                finder.forms.entry(form.name).or_insert(id);
            }
        }
        finder
    }
}

/// Adds what stands in a text to `out`.
pub(super) fn find(catalogue: &Catalogue, text: &[u8], scope: &Scope, out: &mut Vec<Hit>) {
    let from = out.len();
    layer(catalogue, text, scope, out, LAYERS);
    settle(out, from);
}

fn layer(catalogue: &Catalogue, text: &[u8], scope: &Scope, out: &mut Vec<Hit>, layers: usize) {
    let decoded = Decoded::new(text);
    let from = out.len();
    Search { catalogue, text: &decoded.text, scope, near: OnceCell::new(), layers }.run(out);
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

struct Search<'a> {
    catalogue: &'a Catalogue,
    text: &'a [u8],
    scope: &'a Scope,
    near: OnceCell<Context>,
    layers: usize,
}

/// A word of a chain.
#[derive(Clone, Copy)]
struct Word {
    start: usize,
    end: usize,
}

impl Search<'_> {
    fn run(&self, out: &mut Vec<Hit>) {
        let text = self.text;
        let mut at = 0;
        while at < text.len() {
            match KIND[usize::from(text[at])] {
                NOTHING => at += 1,
                WORD => at = self.word(at, out),
                _ => at = self.sign(at, out),
            }
        }
    }

    fn form(&self, name: &str) -> Option<DetectorId> {
        self.catalogue.finder.forms.get(name).copied()
    }

    fn push(&self, out: &mut Vec<Hit>, form: &str, start: usize, end: usize, strength: Option<f32>) {
        if let (Some(detector), Some(strength)) = (self.form(form), strength) {
            out.push(Hit { start, end, detector, strength });
        }
    }

    fn near(&self, start: usize, end: usize) -> Near<'_> {
        self.near.get_or_init(|| self.catalogue.context.find(self.text)).near(start, end)
    }

    /// A sign that something is around.
    fn sign(&self, at: usize, out: &mut Vec<Hit>) -> usize {
        let text = self.text;
        match text[at] {
            b'@' => {
                if let Some((start, end)) = email::around(text, at) {
                    self.push(out, "email", start, end, Some(14.0));
                }
            }
            b'-' if text[at..].starts_with(b"-----BEGIN") => {
                if let Some(end) = secret::pem_at(text, at) {
                    self.push(out, "pem", at, end, Some(30.0));
                    return end;
                }
                // No second look at the other dashes.
                return at + 10;
            }
            b'+' if text.get(at + 1).is_some_and(|byte| byte.is_ascii_digit() || *byte == b'(') => {
                return self.chain(at, at + 1, out);
            }
            b'(' if text.get(at + 1).is_some_and(|byte| byte.is_ascii_digit() || *byte == b'+') => {
                let first = if text[at + 1] == b'+' { at + 2 } else { at + 1 };
                return if text.get(first).is_some_and(u8::is_ascii_digit) {
                    self.chain(at, first, out)
                } else {
                    at + 1
                };
            }
            b':' if text[at..].starts_with(b"://") => self.url(at, out),
            b':' | b'=' => {
                if let Some((start, end)) = secret::keyed_at(text, at) {
                    self.push(out, "keyed_secret", start, end, Some(8.0));
                }
                if text[at] == b':' {
                    self.colons(at, out);
                }
            }
            _ => {}
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
        self.push(out, "connection_string", start, end, network::connection_string(value));
        self.push(out, "url_token", start, end, network::url_token(value));
        self.push(out, "url", start, end, network::url(value).map(|_| 4.0));
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
            self.push(out, "mac", start, end, network::mac(value));
            self.push(out, "ipv6", start, end, network::ipv6(value).filter(|_| value.len() > 4));
        }
    }

    /// A word: a token, or the first of a chain. Returns where to go on.
    fn word(&self, start: usize, out: &mut Vec<Hit>) -> usize {
        let text = self.text;
        if secret::is_uuid(&text[start..text.len().min(start + 36)]) {
            self.tokens(start, out);
            return start + 36;
        }
        let mut end = start;
        let mut digits = false;
        while end < text.len() && KIND[usize::from(text[end])] == WORD {
            digits |= text[end].is_ascii_digit();
            end += 1;
        }
        if end - start >= 4 || digits {
            self.tokens(start, out);
        }
        if end - start >= 24 && self.layers > 1 {
            self.base_64(start, end, out);
        }
        let head = end - start <= 4 && text[start..end].iter().all(u8::is_ascii_uppercase);
        if digits
            || head && joined(text, end).is_some_and(|next| text.get(next).is_some_and(u8::is_ascii_digit))
        {
            return self.chain(start, start, out).max(end);
        }
        end
    }

    /// Values that are written as they are, from the beginning of a word on.
    fn tokens(&self, start: usize, out: &mut Vec<Hit>) {
        let rest = &self.text[start..];
        let [first, second, ..] = rest else { return };
        let finder = &self.catalogue.finder;
        let fixed = finder.written.get(&[*first, *second]);
        for (id, number) in fixed.into_iter().flatten().chain(&finder.open) {
            let detector = self.catalogue.detector(*id);
            let Some(length) = detector.written[*number].reach(rest) else { continue };
            let value = &rest[..length];
            let open = rest.get(length).is_none_or(|byte| !(byte.is_ascii_alphanumeric() || *byte == b'_'));
            let random = detector.entropy == 0.0
                || secret::entropy(value) >= detector.entropy && !secret::is_placeholder(value);
            if open && random && detector.validator.is_none_or(|validator| validator.is_valid(value)) {
                let strength = detector.strength().max(ENOUGH + 1.0);
                out.push(Hit { start, end: start + length, detector: *id, strength });
            }
        }
        if rest.starts_with(b"eyJ") {
            let end = rest
                .iter()
                .position(|byte| !(byte.is_ascii_alphanumeric() || b"_-.=".contains(byte)))
                .unwrap_or(rest.len());
            self.push(out, "jwt", start, start + end, secret::jwt(&rest[..end]));
        }
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

    /// A chain of words with digits: each stretch of it may be a number. Returns its end.
    fn chain(&self, start: usize, first: usize, out: &mut Vec<Hit>) -> usize {
        let text = self.text;
        let mut words = [Word { start: 0, end: 0 }; MOST_WORDS];
        let mut count = 0;
        let mut at = first;
        while count < MOST_WORDS {
            let length =
                text[at..].iter().take(LONGEST).take_while(|byte| byte.is_ascii_alphanumeric()).count();
            let word = &text[at..at + length];
            let numeric =
                word.iter().any(u8::is_ascii_digit) || length <= 4 && word.iter().all(u8::is_ascii_uppercase);
            if length == 0 || !numeric {
                break;
            }
            words[count] = Word { start: at, end: at + length };
            count += 1;
            at += length;
            match joined(text, at) {
                Some(next) if count < MOST_WORDS => at = next,
                _ => break,
            }
        }
        let words = &words[..count];
        let Some(last) = words.last() else { return first + 1 };
        // A word that goes on, `_` or letters of other scripts, is no number.
        let behind = text.get(last.end).is_some_and(|byte| *byte == b'_' || !byte.is_ascii());
        let before = start > 0 && (text[start - 1].is_ascii_alphanumeric() || text[start - 1] == b'_');
        for from in 0..count {
            if from == 0 && before {
                continue;
            }
            for to in (from..count).rev() {
                if to + 1 == count && behind {
                    continue;
                }
                let begin = if from == 0 { start } else { words[from].start };
                let value = &text[begin..words[to].end];
                if value.len() <= LONGEST && value.iter().any(u8::is_ascii_digit) {
                    self.candidate(begin, value, to - from, out);
                }
            }
        }
        last.end
    }

    /// A stretch that may be a number of any kind.
    fn candidate(&self, start: usize, value: &[u8], joints: usize, out: &mut Vec<Hit>) {
        let end = start + value.len();
        // The number behind a bracket or a sign, for all but telephones.
        let bare_start = value.iter().position(u8::is_ascii_alphanumeric).unwrap_or_default();
        let bare = &value[bare_start..];
        let numeric = bare.iter().all(|byte| byte.is_ascii_digit() || b" -./()".contains(byte));
        if numeric {
            self.telephone(start, value, out);
            if joints > 2 && bare.iter().filter(|byte| **byte == b'.').count() == 3 {
                self.push(out, "ipv4", start + bare_start, end, network::ipv4(bare));
            }
            if bare.len() >= 12 && !is_decimal(bare) {
                let strength =
                    card::strength(bare).map(|strength| strength + self.keyword("card", start, end));
                self.push(out, "card", start + bare_start, end, strength);
            }
        }
        if joints == 2 || joints == 5 {
            self.push(
                out,
                "mac",
                start + bare_start,
                end,
                network::mac(bare).filter(|_| joints == 5 || bare.len() == 14),
            );
        }
        if joints > 0 && value[0] == b'+' || is_decimal(bare) {
            return;
        }
        let Some(compact) = Compact::read(bare, b" -./()") else { return };
        let compact = compact.text();
        if compact.len() < 4 {
            return;
        }
        let catalogue = self.catalogue;
        for id in catalogue.by_length.get(compact.len()).into_iter().flatten() {
            let detector = catalogue.detector(*id);
            if !detector.shapes.iter().any(|shape| shape.is(compact)) {
                continue;
            }
            let strength = detector.strength();
            let alone =
                detector.alone && strength >= ENOUGH && self.scope.admits(&detector.countries) && joints < 8;
            // The check is cheaper than a look at the words around.
            if detector.validator.is_some_and(|validator| !validator.is_valid(bare)) {
                continue;
            }
            let near = self.near(start + bare_start, end).holds(*id);
            if near || alone {
                let strength = strength + if near { KEYWORD } else { 0.0 };
                out.push(Hit { start: start + bare_start, end, detector: *id, strength });
            }
        }
    }

    fn keyword(&self, form: &str, start: usize, end: usize) -> f32 {
        self.form(form).filter(|id| self.near(start, end).holds(*id)).map_or(0.0, |_| KEYWORD)
    }

    fn telephone(&self, start: usize, value: &[u8], out: &mut Vec<Hit>) {
        let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
        if !(5..=17).contains(&digits) || value.windows(2).any(|pair| pair == b". ") {
            return;
        }
        let end = start + value.len();
        // A bracket in the middle of a number is closed in it.
        let open = value.iter().filter(|byte| **byte == b'(').count();
        if open != value.iter().filter(|byte| **byte == b')').count() || is_decimal(value) {
            return;
        }
        let mut bits = phone::strength(value, self.scope, false).filter(|bits| *bits >= 4.0);
        let hinted = self.keyword("phone", start, end);
        if hinted > 0.0 {
            bits = phone::strength(value, self.scope, true).map(|bits| bits + hinted).or(bits);
        }
        // In a text a number that is valid in the countries of the scope still takes groups or a keyword.
        let Some(bits) = bits else { return };
        let tail = extension(&self.text[end..]);
        // The more of what may be one number, the better.
        self.push(out, "phone", start, end + tail, Some(bits + digits as f32 / 100.0));
    }
}

/// Where the next word of a chain begins behind a single separator, or a bracket with a space.
fn joined(text: &[u8], end: usize) -> Option<usize> {
    let rest = &text[end..];
    let length = match rest {
        [b')', b' ' | b'-', ..] | [b' ', b'(', ..] | [b'-', b'(', ..] => 2,
        [b' ' | b'-' | b'.' | b'/' | b')' | b'(', ..] => 1,
        _ => return None,
    };
    rest.get(length).is_some_and(u8::is_ascii_alphanumeric).then_some(end + length)
}

/// A number with a point: digits on both sides of the only separator.
fn is_decimal(value: &[u8]) -> bool {
    let mut separators = value.iter().filter(|byte| !byte.is_ascii_digit());
    separators.next() == Some(&b'.') && separators.next().is_none()
}

/// The length of an extension behind a telephone number: `x123`, ` ext. 123`.
fn extension(rest: &[u8]) -> usize {
    let spaces = usize::from(rest.first() == Some(&b' '));
    for mark in [b"ext. ".as_slice(), b"ext.", b"ext ", b"ext", b"x ", b"x", b"#"] {
        let Some(head) = rest.get(spaces..spaces + mark.len()) else { continue };
        if head.eq_ignore_ascii_case(mark) {
            let digits =
                rest[spaces + mark.len()..].iter().take(7).take_while(|byte| byte.is_ascii_digit()).count();
            if (1..=6).contains(&digits) {
                return spaces + mark.len() + digits;
            }
        }
    }
    0
}

const NOTHING: u8 = 0;
const WORD: u8 = 1;
const SIGN: u8 = 2;
const KIND: [u8; 256] = {
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
