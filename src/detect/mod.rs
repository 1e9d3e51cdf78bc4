//! What is personal or secret: detectors as data, and what finds them in names, cells and free text.
//!
//! A [`Detector`] is one file in `rules/detectors`: what the entity is, how its columns are called, what its values look
//! like, and examples. A [`Catalogue`] holds all of them, compiled. It answers three questions: what a column's name says
//! ([`Catalogue::names`]), what a whole cell may be ([`Catalogue::whole`]), and what stands where in a text
//! ([`Catalogue::spans`]). It judges no column: how many rows match, and what that means, is for the scan to say.
//!
//! ```
//! use scrub::detect::{Catalogue, Scope};
//! use scrub::table::SqlType;
//!
//! let catalogue = Catalogue::builtin();
//! let entity = |id| catalogue.detector(id).entity.as_str();
//! let names = catalogue.names("customer", "email_address", &SqlType::TEXT);
//! assert_eq!(entity(names[0].detector), "EMAIL");
//! let mut cells = Vec::new();
//! catalogue.whole(b"DE89 3704 0044 0532 0130 00", &Scope::everywhere(), &mut cells);
//! assert!(cells.iter().any(|found| entity(found.detector) == "IBAN"));
//! ```

mod builtin;
mod catalogue;
mod chain;
mod compact;
mod context;
mod decode;
mod decoys;
mod detector;
mod forms;
mod names;
mod openings;
mod phone;
mod scope;
pub mod score;
mod shape;
mod spans;
mod trial;
mod validators;

pub use catalogue::Catalogue;
pub use decoys::DECOYS;
pub use detector::{Category, Detector, DetectorId, Regime, TypeGate};
pub use names::tokens;
pub use scope::Scope;
pub use trial::Trial;
pub use validators::{VALIDATORS, Validator, validator};

/// What a whole cell may be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Match {
    /// Which detector says so.
    pub detector: DetectorId,
    /// Bits of evidence: minus the binary logarithm of the chance that an unrelated value of the same form passes. 0 for
    /// a form alone, about 3.3 for one check digit, 10 and more for an IBAN or a token with a prefix.
    pub strength: f32,
}

/// A stretch of a text that is something.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hit {
    /// Its first byte in the text as it was given, whatever was decoded.
    pub start: usize,
    /// Behind its last byte.
    pub end: usize,
    /// Which detector found it.
    pub detector: DetectorId,
    /// Bits of evidence, as in [`Match`]; a keyword nearby counts.
    pub strength: f32,
}

/// What a column's name says.
#[derive(Clone, Debug, PartialEq)]
pub struct NameEvidence {
    /// Which detector's words are in the name.
    pub detector: DetectorId,
    /// How sure the name alone makes it, from 0 to 1.
    pub weight: f32,
    /// The word or words of the name that say so.
    pub token: String,
}
