//! The detectors of `detect`, as the operators of `mask` see them: the two know nothing of each other.

use std::borrow::Cow;
use std::sync::Arc;

use super::entity_operators;
use crate::detect::{self, Catalogue, Scope};
use crate::mask::{TextDetectors, TextEntity, TextHit, TextSearch};

/// The program's own detectors, for operators that look for entities in texts.
pub struct Detectors;

impl TextDetectors for Detectors {
    fn entities(&self) -> Vec<TextEntity> {
        let detectors = Catalogue::builtin().detectors().iter();
        let entity =
            |name: &String| TextEntity { name: name.clone(), operator: entity_operators::in_text(name) };
        detectors.map(|detector| entity(&detector.entity)).collect()
    }

    fn search(&self, locales: &[&str]) -> Arc<dyn TextSearch> {
        Arc::new(Search { scope: Scope::of(locales.iter().copied()) })
    }
}

struct Search {
    scope: Scope,
}

impl TextSearch for Search {
    fn find(&self, text: &[u8], each: &mut dyn FnMut(TextHit)) {
        // Takes memory only where there is something.
        let mut hits = Vec::new();
        Catalogue::builtin().spans(text, &self.scope, &mut hits);
        for hit in hits {
            each(TextHit { range: hit.start..hit.end, entity: hit.detector.index(), strength: hit.strength });
        }
    }

    fn plain<'t>(&self, stretch: &'t [u8]) -> Cow<'t, [u8]> {
        detect::plain(stretch)
    }
}
