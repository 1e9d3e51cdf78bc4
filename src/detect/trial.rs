//! A detector tried on its own examples, and on what is not personal.

use super::decoys::DECOYS;
use super::{Catalogue, DetectorId, Match, Scope};

/// What came of it. Examples are told by their number: those of a user's file may be real.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Trial {
    /// The entity.
    pub entity: String,
    /// Examples that were tried.
    pub examples: usize,
    /// Which of `match` are not found, from 1.
    pub missed: Vec<usize>,
    /// Which of `no_match` are found.
    pub wrong: Vec<usize>,
    /// Kinds of [decoys](DECOYS) that a detector that counts without a name takes for its own.
    pub decoys: Vec<&'static str>,
}

impl Trial {
    /// Whether all went as the file says, and no decoy was taken.
    pub fn is_passed(&self) -> bool {
        self.missed.is_empty() && self.wrong.is_empty() && self.decoys.is_empty()
    }
}

/// Bits from which on a value counts without a name: fewer need many rows that agree.
const TELLING: f32 = 6.0;

impl Catalogue {
    /// Tries one of its detectors.
    pub fn trial(&self, id: DetectorId) -> Trial {
        let detector = self.detector(id);
        let strength = |value: &str| {
            let mut found: Vec<Match> = Vec::new();
            self.whole(value.as_bytes(), &Scope::everywhere(), &mut found);
            found.iter().find(|found| found.detector == id).map(|found| found.strength)
        };
        let numbers = |list: &[String], expected: bool| -> Vec<usize> {
            let as_expected = |value: &String| strength(value).is_some() == expected;
            list.iter()
                .enumerate()
                .filter(|(_, value)| !as_expected(value))
                .map(|(place, _)| place + 1)
                .collect()
        };
        let (missed, wrong) = (numbers(&detector.matches, true), numbers(&detector.no_matches, false));
        let personal = detector.alone && detector.category != super::Category::NotPersonal;
        let decoys = DECOYS.iter().filter(|(_, decoys)| {
            personal && decoys.iter().any(|decoy| strength(decoy).is_some_and(|bits| bits >= TELLING))
        });
        Trial {
            entity: detector.entity.clone(),
            examples: detector.matches.len() + detector.no_matches.len(),
            missed,
            wrong,
            decoys: decoys.map(|(kind, _)| *kind).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_detector_keeps_to_its_examples_and_leaves_decoys_alone() {
        let catalogue = Catalogue::builtin();
        let mut problems = Vec::new();
        for detector in catalogue.detectors() {
            let (id, _) = catalogue.entity(&detector.entity).expect("it is one of the catalogue");
            let trial = catalogue.trial(id);
            if !trial.is_passed() {
                problems.push(trial);
            }
            let enough = !detector.matches.is_empty() && !detector.no_matches.is_empty();
            assert_eq!(enough, detector.has_values(), "{}: examples", detector.entity);
        }
        assert!(problems.is_empty(), "{problems:#?}");
    }
}
