//! Presets: what a law, a standard or plain prudence asks of a policy, as data that a plan is checked against.
//!
//! A policy names them (`preset = "hipaa_safe_harbor"`). A preset masks nothing: it has defaults for keys that the policy
//! leaves open, and rules; what a plan does against a rule is a [`Problem`](super::Problem) with the id
//! `preset:NAME:RULE:table.column`. One file in `rules/policies` for each, in the words of [`rule`], listed in [`POLICIES`].

mod check;
mod page;
mod read;
mod rule;
mod seen;

#[cfg(test)]
mod tests;

use super::policy::{LargeObjects, Unclassified, digest};
use super::policy_parse::{LARGE_OBJECTS, UNCLASSIFIED};
use super::source::Section;
use crate::base::Result;
use crate::base::did_you_mean;
use rule::Rule;

pub(super) use check::check;

/// All presets, by name: the text of each file.
pub const POLICIES: &[(&str, &str)] = &[
    ("dev_minimal", include_str!("../../../rules/policies/dev_minimal.toml")),
    ("gdpr_pseudonymize", include_str!("../../../rules/policies/gdpr_pseudonymize.toml")),
    ("hipaa_safe_harbor", include_str!("../../../rules/policies/hipaa_safe_harbor.toml")),
    ("pci_dss", include_str!("../../../rules/policies/pci_dss.toml")),
];

/// A preset.
///
/// ```
/// use scrub::plan::Preset;
/// let preset = Preset::named("hipaa_safe_harbor")?.expect("it is one of POLICIES");
/// assert!(preset.page().contains("45 CFR 164.514(b)(2)"));
/// assert!(Preset::named("hipa")?.is_none());
/// # Ok::<(), scrub::base::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Preset {
    name: String,
    digest: String,
    title: String,
    summary: String,
    purpose: String,
    limits: Vec<String>,
    references: Vec<Reference>,
    defaults: Defaults,
    rules: Vec<Rule>,
}

/// A law or standard, and what its section is about.
#[derive(Clone, Debug)]
struct Reference {
    section: String,
    about: String,
}

/// Values of the policy's own keys where the policy says nothing.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Defaults {
    pub(super) unclassified: Option<Unclassified>,
    pub(super) large_objects: Option<LargeObjects>,
    pub(super) max_invalid: Option<f64>,
}

impl Preset {
    /// The preset of that name, if there is one.
    ///
    /// # Errors
    /// Its file is wrong; no preset of this build is.
    pub fn named(name: &str) -> Result<Option<Self>> {
        POLICIES.iter().find(|(known, _)| *known == name).map(|(_, text)| Self::parse(name, text)).transpose()
    }

    /// Reads the text of a preset.
    fn parse(name: &str, text: &str) -> Result<Self> {
        read::preset(name, text, digest(text))
    }

    /// Its name in a policy.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// SHA-256 of its file, in hex.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// What it is called elsewhere.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// One line: what it asks for.
    pub fn summary(&self) -> &str {
        &self.summary
    }
}

/// The presets that a policy names.
pub(super) fn chosen(root: &Section<'_>) -> Vec<Preset> {
    let mut presets: Vec<Preset> = Vec::new();
    let named = root.text_or_texts("preset");
    if named.as_ref().is_some_and(Vec::is_empty) {
        root.fault_at("preset", "\"preset\" must not be empty: name one, or remove the key");
    }
    for name in named.unwrap_or_default().iter().map(|name| name.value.as_str()) {
        if presets.iter().any(|preset| preset.name == name) {
            root.fault_at("preset", format!("preset \"{name}\" is named twice"));
            continue;
        }
        match Preset::named(name) {
            Ok(Some(preset)) => presets.push(preset),
            Ok(None) => {
                let hint = did_you_mean(name, POLICIES.iter().map(|(known, _)| *known));
                let message =
                    format!("there is no preset \"{name}\"{hint}; `scrub policy presets` lists them");
                root.fault_at("preset", message);
            }
            Err(error) => root.fault_at("preset", error.to_string()),
        }
    }
    presets
}

/// What several presets give: the strictest of each.
pub(super) fn defaults(presets: &[Preset]) -> Defaults {
    let all = || presets.iter().map(|preset| &preset.defaults);
    Defaults {
        unclassified: strictest(UNCLASSIFIED, &all().filter_map(|own| own.unclassified).collect::<Vec<_>>()),
        large_objects: strictest(
            LARGE_OBJECTS,
            &all().filter_map(|own| own.large_objects).collect::<Vec<_>>(),
        ),
        max_invalid: all().filter_map(|own| own.max_invalid).reduce(f64::min),
    }
}

/// The first that the list of a key's values has: they go from strict to loose.
fn strictest<T: Copy + PartialEq>(values: &[(&str, T)], given: &[T]) -> Option<T> {
    values.iter().map(|(_, value)| *value).find(|value| given.contains(value))
}
