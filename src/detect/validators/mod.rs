//! Checks of numbers: one small function for each, by the algorithm that its issuer publishes.
//!
//! A check is a pure function of a number's characters, in capitals and without its separators. [`VALIDATORS`] lists
//! them; names are those of python-stdnum's modules where it has one, which lets a test compare the two.

use super::compact::Compact;

/// A check.
#[derive(Debug)]
#[non_exhaustive]
pub struct Validator {
    /// Its name in detectors' files.
    pub name: &'static str,
    /// Characters that may stand anywhere between those of the number.
    pub separators: &'static str,
    /// The chance that an unrelated value of the same length and classes passes.
    pub chance: f32,
    check: fn(&[u8]) -> Option<bool>,
}

impl Validator {
    /// Whether a value passes.
    #[inline]
    pub fn is_valid(&self, value: &[u8]) -> bool {
        Compact::read(value, self.separators.as_bytes())
            .is_some_and(|compact| (self.check)(compact.text()).unwrap_or(false))
    }
}

/// The check of that name.
pub fn validator(name: &str) -> Option<&'static Validator> {
    VALIDATORS.iter().find(|validator| validator.name == name)
}

const fn check(
    name: &'static str,
    separators: &'static str,
    chance: f32,
    check: fn(&[u8]) -> Option<bool>,
) -> Validator {
    Validator { name, separators, chance, check }
}

/// All checks.
pub const VALIDATORS: &[Validator] = &[check("iban", " -.", 0.0001, common::iban)];

mod common;
