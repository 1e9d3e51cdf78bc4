//! Chains: words with digits that single separators join. Each stretch of one may be a number of any kind.
//!
//! `555-0100 or 4111 1111 1111 1111` has two. A stretch begins and ends at an end of the chain, at a space or a bracket,
//! or behind a word of capitals (`SSN-…`): dashes and points hold a number together, so no part of a date or of a longer
//! number is taken for one.

use super::catalogue::Catalogue;
use super::compact::Compact;
use super::context::Near;
use super::detector::DetectorId;
use super::forms::{card, date, network};
use super::scope::Scope;
use super::shape::Shape;
use super::spans::{ENOUGH, KEYWORD, Search, WEAK, push};
use super::{Hit, phone};

/// Words of a chain, characters of a candidate.
const MOST_WORDS: usize = 12;
const LONGEST: usize = 72;

/// Bits of a number behind a word for it whose check fails.
const MISTYPED: f32 = 7.5;

/// A word of a chain.
#[derive(Clone, Copy, Default)]
struct Word {
    start: usize,
    end: usize,
    /// Letters and digits, and digits alone, up to its end.
    characters: usize,
    digits: usize,
    /// Whether a number may begin with it, and end with it.
    opens: bool,
    closes: bool,
}

/// Which detectors have shapes of a number of characters: those that digits may be, and those with letters.
#[derive(Debug, Default, Clone)]
pub(super) struct ByLength {
    pub(super) digits: Vec<DetectorId>,
    pub(super) mixed: Vec<DetectorId>,
    /// Of both, those that count without a keyword.
    alone: [Vec<DetectorId>; 2],
}

impl ByLength {
    /// The detectors for each number of characters up to `longest`.
    pub(super) fn new(detectors: &[super::Detector], longest: usize) -> Vec<Self> {
        let mut all = vec![Self::default(); longest + 1];
        for (place, detector) in detectors.iter().enumerate() {
            let id = DetectorId(place as u16);
            for (length, list) in all.iter_mut().enumerate() {
                let fits = |shape: &&Shape| (shape.lengths().0..=shape.lengths().1).contains(&length);
                let shapes = || detector.shapes.iter().filter(fits);
                let alone = detector.alone && detector.strength() >= ENOUGH;
                if shapes().any(Shape::may_be_digits) {
                    list.digits.push(id);
                    list.alone[0].extend(alone.then_some(id));
                }
                if shapes().any(Shape::may_have_letters) {
                    list.mixed.push(id);
                    list.alone[1].extend(alone.then_some(id));
                }
            }
        }
        all
    }
}

impl Search<'_> {
    /// Looks at all stretches of the chain that begins there, `first` being its first letter or digit. Returns its end.
    pub(super) fn chain(&self, start: usize, first: usize, out: &mut Vec<Hit>) -> usize {
        let text = self.text;
        let mut words = [Word::default(); MOST_WORDS];
        let count = read(text, first, &mut words);
        let words = &mut words[..count];
        let Some(last) = words.last_mut() else { return first + 1 };
        let end = last.end;
        // A word that goes on, `_` or letters of other scripts, is no number.
        if text.get(end).is_some_and(|byte| *byte == b'_' || byte.is_ascii_alphanumeric() || !byte.is_ascii())
            && !is_extension(&text[end..])
        {
            last.closes = false;
        }
        if start > 0 && (text[start - 1].is_ascii_alphanumeric() || text[start - 1] == b'_') {
            words[0].opens = false;
        }
        if let Some((start, end)) = date::written_at(text, first)
            && let Some(id) = self.ids().birth_date
            && self.window(start, end).near(start, end).holds(id)
        {
            out.push(Hit { start, end, detector: id, strength: KEYWORD });
            return end;
        }
        for from in 0..count {
            if !words[from].opens {
                continue;
            }
            let before = from.checked_sub(1).map_or((0, 0), |at| (words[at].characters, words[at].digits));
            for to in (from..count).rev() {
                let word = words[to];
                let (characters, digits) = (word.characters - before.0, word.digits - before.1);
                if !word.closes || digits == 0 || !(4..=LONGEST).contains(&characters) {
                    continue;
                }
                let begin = if from == 0 { start } else { words[from].start };
                let value = &text[begin..word.end];
                if value.len() <= LONGEST {
                    self.candidate(begin, value, to - from, characters == digits, out);
                }
            }
        }
        end
    }

    /// A stretch that may be a number of any kind.
    fn candidate(&self, start: usize, value: &[u8], joints: usize, numeric: bool, out: &mut Vec<Hit>) {
        let end = start + value.len();
        // The number behind a bracket or a sign, for all but telephones.
        let bare_start = start + value.iter().position(u8::is_ascii_alphanumeric).unwrap_or_default();
        let bare = &self.text[bare_start..end];
        if is_decimal(bare) {
            return;
        }
        let window = self.window(start, end);
        let near = &window.near(bare_start, end);
        if numeric {
            if joints == 2 && phone::is_date(bare) {
                if self.ids().birth_date.is_some_and(|id| near.holds(id)) {
                    let strength = date::birth(bare).map(|_| KEYWORD);
                    push(out, self.ids().birth_date, bare_start, end, strength);
                }
                return;
            }
            self.telephone(start, value, near, out);
            let points = || bare.iter().filter(|byte| **byte == b'.').count();
            if joints == 3 && points() == 3 && !self.is_version(bare_start, end) {
                let hinted = self.ids().ipv4.is_some_and(|id| near.holds(id));
                let strength = if hinted { network::ipv4_in_words(bare) } else { network::ipv4(bare) };
                push(out, self.ids().ipv4, bare_start, end, strength);
            }
            if bare.len() >= 12 {
                let hinted = self.ids().card.is_some_and(|id| near.holds(id));
                push(out, self.ids().card, bare_start, end, card::in_text(bare, hinted));
            }
        }
        if joints == 2 && bare.len() == 14 {
            push(out, self.ids().mac, bare_start, end, network::mac(bare));
        }
        if joints > 0 && value[0] == b'+' {
            return;
        }
        self.shapes(bare_start, bare, numeric, joints, near, out);
    }

    /// Whether four numbers are a version: behind a word for it, or with a word behind a dash after it.
    fn is_version(&self, start: usize, end: usize) -> bool {
        let tail = &self.text[end..];
        tail.first() == Some(&b'-') && tail.get(1).is_some_and(u8::is_ascii_alphabetic)
            || is_behind_version(&self.text[..start])
    }

    /// Numbers that a detector's shapes and check accept.
    fn shapes(
        &self,
        start: usize,
        bare: &[u8],
        numeric: bool,
        joints: usize,
        near: &Near<'_>,
        out: &mut Vec<Hit>,
    ) {
        let catalogue: &Catalogue = self.catalogue;
        let characters = bare.iter().filter(|byte| byte.is_ascii_alphanumeric()).count();
        let Some(lists) = catalogue.by_length.get(characters) else { return };
        let alone = &lists.alone[usize::from(!numeric)];
        if alone.is_empty() && near.is_empty() {
            return;
        }
        let Some(compact) = Compact::read(bare, b" -./()") else { return };
        let admitted =
            alone.iter().copied().filter(|id| self.scope.admits(&catalogue.detector(*id).countries));
        let hinted = near
            .ids()
            .filter(|id| !alone.contains(id) || !self.scope.admits(&catalogue.detector(*id).countries));
        for id in admitted.chain(hinted) {
            let detector = catalogue.detector(id);
            if joints >= 8 || !detector.shapes.iter().any(|shape| shape.is(compact.text())) {
                continue;
            }
            if let Some(strength) = self.weigh(id, bare, &compact, near) {
                out.push(Hit { start, end: start + bare.len(), detector: id, strength });
            }
        }
    }

    /// Bits of evidence in a number that has a detector's shape, if it counts.
    fn weigh(&self, id: DetectorId, bare: &[u8], compact: &Compact, near: &Near<'_>) -> Option<f32> {
        let detector = self.catalogue.detector(id);
        let strength = detector.strength();
        let leads = || near.leads(id, self.text) && !phone::is_date(bare);
        let Some(validator) = detector.validator else {
            // A form alone takes a word right before it, and says less than anything with a check.
            return leads().then_some(strength + WEAK);
        };
        if !validator.accepts(bare, compact) {
            // People mistype: right behind a word for it a number counts whatever its check says.
            return (detector.chance < 0.2 && leads()).then_some(MISTYPED);
        }
        if near.holds(id) {
            return Some(strength + KEYWORD);
        }
        (detector.alone && strength >= ENOUGH && self.scope.admits(&detector.countries)).then_some(strength)
    }

    fn telephone(&self, start: usize, value: &[u8], near: &Near<'_>, out: &mut Vec<Hit>) {
        let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
        let Some(id) = self.ids().phone else { return };
        if !(5..=17).contains(&digits) {
            return;
        }
        // Mere digits beside a word for telephones may be anything that stands beside one.
        let plain = digits == value.len();
        let hinted = if plain { near.adjoins(id, self.text) } else { near.holds(id) };
        let end = start + value.len();
        let tail = extension(&self.text[end..]);
        if plain && !hinted && tail == 0 && *self.scope == Scope::default() && value[0] != b'0' {
            return;
        }
        if value.windows(2).any(|pair| pair == b". ") {
            return;
        }
        // A bracket in the middle of a number is closed in it.
        let open = value.iter().filter(|byte| **byte == b'(').count();
        if open != value.iter().filter(|byte| **byte == b')').count() {
            return;
        }
        let strength = phone::strength(value, self.scope, hinted || tail > 0);
        let word = if hinted { KEYWORD } else { 0.0 };
        let Some(bits) = strength.filter(|bits| hinted || *bits >= 4.0) else { return };
        if value[0] != b'+' && is_before_a_street(&self.text[end + tail..]) {
            return;
        }
        // The more of what may be one number, the better.
        let strength = bits + word + digits as f32 / 100.0;
        out.push(Hit { start, end: end + tail, detector: id, strength });
    }
}

/// Reads the words of a chain; how many there are.
fn read(text: &[u8], first: usize, words: &mut [Word; MOST_WORDS]) -> usize {
    let (mut count, mut at) = (0, first);
    let (mut characters, mut digits) = (0, 0);
    let mut opens = true;
    while count < MOST_WORDS {
        let mut length =
            text[at..].iter().take(LONGEST).take_while(|byte| byte.is_ascii_alphanumeric()).count();
        let front = text[at..at + length].iter().take_while(|byte| byte.is_ascii_digit()).count();
        // `9740x11144`: the extension is no part of the number.
        if front > 1 && front < length && is_extension(&text[at + front..]) {
            length = front;
        }
        let word = &text[at..at + length];
        let found = word.iter().filter(|byte| byte.is_ascii_digit()).count();
        let capitals = length <= 4 && word.iter().all(u8::is_ascii_uppercase);
        if length == 0 || found == 0 && !capitals {
            break;
        }
        characters += length;
        digits += found;
        let end = at + length;
        words[count] = Word { start: at, end, characters, digits, opens, closes: true };
        count += 1;
        let Some((next, loose)) = joined(text, end) else { return count };
        if count == MOST_WORDS {
            break;
        }
        words[count - 1].closes = loose;
        opens = loose || capitals;
        at = next;
    }
    // The word behind is none of the chain.
    if let Some(last) = count.checked_sub(1) {
        words[last].closes = true;
    }
    count
}

/// Where the next word of a chain begins behind a single separator, or a bracket with a space; and whether a number may
/// end before it.
fn joined(text: &[u8], end: usize) -> Option<(usize, bool)> {
    let rest = &text[end..];
    let (length, loose) = match rest {
        [b')', b' ' | b'-', ..] | [b' ' | b'-', b'(', ..] => (2, true),
        [b' ' | b')' | b'(' | b'/', ..] => (1, true),
        [b'-' | b'.', ..] => (1, false),
        _ => return None,
    };
    rest.get(length).is_some_and(u8::is_ascii_alphanumeric).then_some((end + length, loose))
}

/// A number with a point: digits on both sides of the only separator.
fn is_decimal(value: &[u8]) -> bool {
    let mut separators = value.iter().filter(|byte| !byte.is_ascii_digit());
    separators.next() == Some(&b'.') && separators.next().is_none()
}

/// Whether a text ends with a word for versions.
fn is_behind_version(text: &[u8]) -> bool {
    let line = &text[text.len().saturating_sub(12)..];
    let line = line[..line.iter().rposition(u8::is_ascii_alphanumeric).map_or(0, |last| last + 1)]
        .to_ascii_lowercase();
    [b"version".as_slice(), b"ver", b" v", b"release", b"build", b"revision"]
        .iter()
        .any(|word| line.ends_with(word))
}

fn is_extension(rest: &[u8]) -> bool {
    extension(rest) > 0
}

/// The length of an extension behind a telephone number: `x123`, ` ext. 123`.
fn extension(rest: &[u8]) -> usize {
    if !rest.first().is_some_and(|byte| b" eExX#".contains(byte)) {
        return 0;
    }
    let spaces = usize::from(rest.first() == Some(&b' '));
    for mark in [b"ext. ".as_slice(), b"ext.", b"ext ", b"ext", b"x ", b"x", b"#"] {
        let Some(head) = rest.get(spaces..spaces + mark.len()) else { continue };
        if head.eq_ignore_ascii_case(mark) {
            let behind = &rest[spaces + mark.len()..];
            let digits = behind.iter().take(7).take_while(|byte| byte.is_ascii_digit()).count();
            let open = behind.get(digits).is_none_or(|byte| !(byte.is_ascii_alphanumeric() || *byte == b'_'));
            if (1..=6).contains(&digits) && open {
                return spaces + mark.len() + digits;
            }
        }
    }
    0
}

/// Whether a street's name follows, so that digits before it are the number of a house.
fn is_before_a_street(rest: &[u8]) -> bool {
    let Some(rest) = rest.strip_prefix(b" ") else { return false };
    let line = rest.iter().take(60).position(|byte| b"\n,;".contains(byte)).unwrap_or(rest.len().min(60));
    let mut words = rest[..line].split(|byte| *byte == b' ').filter(|word| !word.is_empty()).take(5);
    let named = words.next().is_some_and(|word| word[0].is_ascii_alphabetic() || !word[0].is_ascii());
    named
        && words.any(|word| {
            std::str::from_utf8(word).is_ok_and(|word| super::forms::person::is_street(&word.to_lowercase()))
        })
}

#[cfg(test)]
mod tests {
    use super::super::{Catalogue, Scope};

    fn found(text: &str, scope: &Scope) -> Vec<(String, String)> {
        let catalogue = Catalogue::builtin();
        let mut hits = Vec::new();
        catalogue.spans(text.as_bytes(), scope, &mut hits);
        let entity = |hit: &super::Hit| catalogue.detector(hit.detector).entity.clone();
        hits.iter().map(|hit| (entity(hit), text[hit.start..hit.end].to_owned())).collect()
    }

    fn one(text: &str, entity: &str, value: &str) {
        assert_eq!(found(text, &Scope::default()), [(entity.to_owned(), value.to_owned())], "{text}");
    }

    #[test]
    fn a_number_is_found_among_others() {
        one("call 212-555-0142x1187 or write", "PHONE", "212-555-0142x1187");
        one("dial 2125550142 x9", "PHONE", "2125550142 x9");
        one("Phone: (212) 555-0142 ext. 9, room 12", "PHONE", "(212) 555-0142 ext. 9");
        one("paid 12.50 by 4111 1111 1111 1111 on 2024-01-31", "CREDIT_CARD", "4111 1111 1111 1111");
        one("ssn 123-45-6789.", "US_SSN", "123-45-6789");
        one("SSN-123-45-6789", "US_SSN", "123-45-6789");
        one("her NHS number is 943 476 5919, thanks", "GB_NHS", "943 476 5919");
        one("DE89 3704 0044 0532 0130 00 is the account", "IBAN", "DE89 3704 0044 0532 0130 00");
    }

    #[test]
    fn a_mistyped_number_is_found_behind_its_word_alone() {
        one("his NHS number: 943 476 5918", "GB_NHS", "943 476 5918");
        assert!(found("943 476 5918", &Scope::of(["GB"])).iter().all(|(entity, _)| entity != "GB_NHS"));
    }

    #[test]
    fn parts_of_longer_numbers_are_none() {
        for text in [
            "call me on 2023-07-12",
            "call 14 3684 Court Street",
            "the office is at 17031 2202 Example Road",
            "ref 4111111111111111_7",
            "phone model 12.5.1.3-alpha",
        ] {
            assert_eq!(found(text, &Scope::default()), [], "{text}");
        }
    }

    #[test]
    fn a_country_lets_its_own_numbers_count() {
        assert_eq!(found("Reach 030 123456 now", &Scope::of(["DE"])).len(), 1);
        assert_eq!(found("Invoice 030 123456 now", &Scope::default()), []);
    }
}
