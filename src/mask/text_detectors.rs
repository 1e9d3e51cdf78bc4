//! What finds personal data within texts, as [`redact_text`](super::redact_text) sees it.
//!
//! Detectors live beside the operators and neither knows the other: the plan hands a [`TextDetectors`] to each operator
//! that it prepares.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

/// Detectors of personal data in texts.
pub trait TextDetectors: Send + Sync {
    /// What they can find. A place in this list stands for the entity in [`TextHit`].
    fn entities(&self) -> Vec<TextEntity>;

    /// A search that knows the numbers of these locales' countries without a keyword beside them.
    fn search(&self, locales: &[&str]) -> Arc<dyn TextSearch>;
}

/// What detectors can find.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextEntity {
    /// Its name: `EMAIL`.
    pub name: String,
    /// The operator that it gets where the policy names none, as a value of TOML; without one it becomes a fixed marker.
    pub operator: Option<String>,
}

/// A search in texts. A pure function of the text.
pub trait TextSearch: Send + Sync {
    /// Calls `each` for what stands in the text, in order of places; hits do not overlap.
    fn find(&self, text: &[u8], each: &mut dyn FnMut(TextHit));

    /// A stretch of text without its escapes.
    fn plain<'t>(&self, stretch: &'t [u8]) -> Cow<'t, [u8]>;
}

/// A stretch of a text that is something.
#[derive(Clone, Debug, PartialEq)]
pub struct TextHit {
    /// Its bytes in the text.
    pub range: Range<usize>,
    /// Its entity's place in [`TextDetectors::entities`].
    pub entity: usize,
    /// Bits of evidence.
    pub strength: f32,
}

/// No detectors: nothing that looks for entities can be used.
pub struct NoDetectors;

impl TextDetectors for NoDetectors {
    fn entities(&self) -> Vec<TextEntity> {
        Vec::new()
    }

    fn search(&self, _: &[&str]) -> Arc<dyn TextSearch> {
        Arc::new(Self)
    }
}

impl TextSearch for NoDetectors {
    fn find(&self, _: &[u8], _: &mut dyn FnMut(TextHit)) {}

    fn plain<'t>(&self, stretch: &'t [u8]) -> Cow<'t, [u8]> {
        Cow::Borrowed(stretch)
    }
}
