//! How values that are written as they are begin: what a word of a text may be the first part of.
//!
//! Few words of a text begin a token, so most must be let go of after a look at two bytes and the word's length.

use super::detector::{Detector, DetectorId};
use super::shape::Class;

/// Lengths of words that are told apart; longer ones count as this long.
const LENGTHS: usize = 65;

/// The beginnings of all detectors' written shapes.
#[derive(Debug)]
pub(super) struct Openings {
    /// Second bytes of the shapes that begin with two fixed ones, by the first.
    pairs: Vec<Class>,
    /// Those shapes, by the first byte.
    fixed: Vec<Vec<Opening>>,
    /// The others, by the length of the first word, with all first bytes that any of them may have.
    open: Vec<(Class, Vec<Opening>)>,
}

/// A shape's beginning.
#[derive(Clone, Debug)]
struct Opening {
    detector: DetectorId,
    /// Its place among the detector's shapes.
    number: u16,
    prefix: Vec<u8>,
    first: Class,
    /// What follows its first word, if that is always one of a few characters.
    next: Option<Class>,
}

impl Openings {
    pub(super) fn new(detectors: &[Detector]) -> Self {
        let mut openings = Self {
            pairs: vec![Class::default(); 128],
            fixed: vec![Vec::new(); 128],
            open: vec![(Class::default(), Vec::new()); LENGTHS],
        };
        for (place, detector) in detectors.iter().enumerate() {
            for (number, shape) in detector.written.iter().enumerate() {
                let word = shape.first_word();
                let opening = Opening {
                    detector: DetectorId(place as u16),
                    number: number as u16,
                    prefix: shape.prefix(),
                    first: word.first,
                    next: word.next,
                };
                if let [first, second, ..] = opening.prefix[..] {
                    openings.pairs[usize::from(first)].insert(second);
                    openings.fixed[usize::from(first)].push(opening);
                    continue;
                }
                for (length, (class, list)) in openings.open.iter_mut().enumerate() {
                    if (word.least..=word.most).contains(&length)
                        || length + 1 == LENGTHS && word.most >= LENGTHS
                    {
                        *class = class.with(word.first);
                        list.push(opening.clone());
                    }
                }
            }
        }
        openings
    }

    /// Whether a value may begin with this byte, if that is no letter or digit.
    pub(super) fn begins(&self, byte: u8) -> bool {
        !byte.is_ascii_alphanumeric()
            && self.fixed.get(usize::from(byte)).is_some_and(|fixed| !fixed.is_empty())
    }

    /// Calls `found` with every shape that a text may begin with, whose first word has this length.
    #[inline]
    pub(super) fn each(&self, text: &[u8], length: usize, mut found: impl FnMut(DetectorId, usize)) {
        let [first, rest @ ..] = text else { return };
        let Some(pairs) = self.pairs.get(usize::from(*first)) else { return };
        if rest.first().is_some_and(|second| pairs.holds(*second)) {
            for opening in &self.fixed[usize::from(*first)] {
                if text.starts_with(&opening.prefix) {
                    found(opening.detector, usize::from(opening.number));
                }
            }
        }
        let (class, open) = &self.open[length.min(LENGTHS - 1)];
        if class.holds(*first) {
            let next = text.get(length);
            for opening in open {
                let goes_on = opening.next.is_none_or(|class| next.is_some_and(|next| class.holds(*next)));
                if goes_on && opening.first.holds(*first) {
                    found(opening.detector, usize::from(opening.number));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Catalogue;
    use super::*;

    #[test]
    fn no_example_of_a_written_shape_is_let_go_of() {
        let catalogue = Catalogue::builtin();
        let openings = Openings::new(catalogue.detectors());
        for (place, detector) in catalogue.detectors().iter().enumerate() {
            for example in &detector.matches {
                let text = example.as_bytes();
                let length = text.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
                let mut found = Vec::new();
                openings.each(text, length, |id, number| found.push((id.index(), number)));
                for (number, shape) in detector.written.iter().enumerate() {
                    assert!(!shape.is(text) || found.contains(&(place, number)), "{example}");
                }
            }
        }
    }
}
