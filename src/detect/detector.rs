//! A detector: what its file says, checked.

use serde::{Deserialize, Serialize};

use super::shape::Shape;
use crate::base::{Error, ErrorKind, Result};

/// A detector's place in its [`Catalogue`](super::Catalogue).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DetectorId(pub(super) u16);

impl DetectorId {
    /// The place as a number, from 0.
    pub fn index(self) -> usize {
        self.0.into()
    }
}

/// What kind of data an entity is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Category {
    /// Names one person by itself (GDPR art. 4: an identifier).
    Direct,
    /// Narrows down who it is: birth date, postcode, device.
    Quasi,
    /// Special categories of GDPR art. 9: health, religion, origin, orientation.
    Special,
    /// Money: accounts, cards, salaries.
    Financial,
    /// Gives access: passwords, keys, tokens.
    Secret,
    /// Text that may hold any of the others.
    FreeText,
    /// Not personal, but looks like it: product codes, securities, identifiers of companies.
    NotPersonal,
}

impl Category {
    /// The word in files and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Quasi => "quasi",
            Self::Special => "special",
            Self::Financial => "financial",
            Self::Secret => "secret",
            Self::FreeText => "free_text",
            Self::NotPersonal => "not_personal",
        }
    }
}

/// A law or standard that names an entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Regime {
    /// The General Data Protection Regulation.
    Gdpr,
    /// One of the eighteen identifiers of HIPAA's safe harbor.
    Hipaa,
    /// Account data of PCI DSS.
    Pci,
}

impl Regime {
    /// The word in files and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gdpr => "gdpr",
            Self::Hipaa => "hipaa",
            Self::Pci => "pci",
        }
    }
}

/// Which columns a detector's name evidence is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum TypeGate {
    /// Text, and types that hold text.
    Text,
    /// Integers, numerics and floats.
    Number,
    /// Dates and timestamps.
    Date,
    /// Bytes.
    Bytes,
    /// Network addresses, UUIDs, points: types that are the entity.
    Native,
    /// Booleans.
    Boolean,
}

/// A detector.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Detector {
    /// The entity that it finds, in capitals: `US_SSN`.
    pub entity: String,
    /// What that is, in a few words.
    pub title: String,
    /// What kind of data it is.
    pub category: Category,
    /// Laws and standards that name it.
    pub regimes: Vec<Regime>,
    /// Countries that it belongs to, by ISO 3166 code; none if it is the same everywhere.
    pub countries: Vec<String>,
    /// How sure a matching name alone makes it, from 0 to 1.
    pub weight: f32,
    /// The chance that an unrelated value of the same form passes; 1 for a form alone.
    pub chance: f32,
    /// Whether a value counts without a name or a keyword.
    pub alone: bool,
    /// Where the rules come from.
    pub references: Vec<String>,
    /// Whether it is a user's own.
    pub own: bool,
    /// Values that must match.
    pub matches: Vec<String>,
    /// Values that must not.
    pub no_matches: Vec<String>,
    pub(super) names: Vec<Vec<String>>,
    pub(super) bare: Vec<Vec<String>>,
    pub(super) not: Vec<String>,
    pub(super) within: Vec<String>,
    pub(super) types: Vec<TypeGate>,
    pub(super) form: Option<String>,
    pub(super) shapes: Vec<Shape>,
    pub(super) written: Vec<Shape>,
    /// Whether a value that is written as it is counts in any text, whatever the country.
    pub(super) plain: bool,
    pub(super) entropy: f32,
    pub(super) patterns: Vec<regex::bytes::Regex>,
    pub(super) validator: Option<&'static super::validators::Validator>,
    pub(super) context: Vec<Vec<String>>,
}

impl Detector {
    /// Whether its names or values say anything: some are found by name only.
    pub fn has_values(&self) -> bool {
        self.form.is_some()
            || !self.shapes.is_empty()
            || !self.written.is_empty()
            || !self.patterns.is_empty()
    }

    /// Words by which a column's name gives it away.
    pub fn names(&self) -> impl Iterator<Item = String> + '_ {
        self.names.iter().map(|words| words.join(" "))
    }

    /// Words that count beside a value.
    pub fn context(&self) -> impl Iterator<Item = String> + '_ {
        self.context.iter().map(|words| words.join(" "))
    }

    /// The name of its check, if its values have one.
    pub fn validator(&self) -> Option<&'static str> {
        self.validator.map(|validator| validator.name)
    }

    /// Bits of evidence in one value that passes.
    pub fn strength(&self) -> f32 {
        -self.chance.log2()
    }

    /// Reads a detector's file. `patterns` (regular expressions) are for users' own files.
    pub(super) fn parse(text: &str) -> Result<Self> {
        let file: File = toml::from_str(text).map_err(|error| {
            at_span(ErrorKind::Rule("this is not what a detector file may hold"), text, &error)
        })?;
        file.check()
    }
}

fn at_span(kind: ErrorKind, text: &str, error: &toml::de::Error) -> Error {
    let line = error
        .span()
        .and_then(|span| text.get(..span.start))
        .map_or(1, |front| front.matches('\n').count() + 1);
    Error::new(kind).at_line(line as u64)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    entity: String,
    title: String,
    category: Category,
    #[serde(default)]
    regimes: Vec<Regime>,
    #[serde(default)]
    countries: Vec<String>,
    #[serde(default)]
    references: Vec<String>,
    #[serde(default)]
    name: Name,
    #[serde(default)]
    value: Value,
    #[serde(default)]
    examples: Examples,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Name {
    words: Vec<String>,
    bare: Vec<String>,
    not: Vec<String>,
    within: Vec<String>,
    types: Option<Vec<TypeGate>>,
    weight: Option<f32>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Value {
    form: Option<String>,
    shapes: Vec<String>,
    written: Vec<String>,
    plain: bool,
    entropy: f32,
    patterns: Vec<String>,
    validator: Option<String>,
    chance: Option<f32>,
    alone: Option<bool>,
    context: Vec<String>,
    /// Names of columns that say nothing beside a value.
    silent: Vec<String>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Examples {
    #[serde(rename = "match")]
    matches: Vec<String>,
    no_match: Vec<String>,
}

/// Words that count beside a value: those of names, if they are long enough not to be words of something else, and those
/// that a file adds.
fn context(names: &[String], value: &Value) -> Vec<Vec<String>> {
    let is_telling = |words: &&String| {
        let long = !words.is_ascii() || words.bytes().filter(u8::is_ascii_alphanumeric).count() >= SHORTEST;
        long && !value.silent.contains(words)
    };
    names.iter().filter(is_telling).chain(&value.context).map(|words| super::names::tokens(words)).collect()
}

/// Letters of the shortest name that counts as a word beside a value too.
const SHORTEST: usize = 4;

impl File {
    fn check(self) -> Result<Detector> {
        let rule = |what| Error::new(ErrorKind::Rule(what));
        let words = |list: &[String]| list.iter().map(|words| super::names::tokens(words)).collect();
        let is_name = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
        if self.entity.is_empty() || !self.entity.bytes().all(is_name) {
            return Err(rule("an entity is named in capitals, digits and _"));
        }
        let shapes = |list: &[String]| -> Result<Vec<Shape>> {
            list.iter()
                .map(|shape| Shape::parse(shape).ok_or_else(|| rule("a shape cannot be read")))
                .collect()
        };
        let patterns = self.value.patterns.iter().map(|pattern| {
            regex::bytes::RegexBuilder::new(pattern)
                .unicode(false)
                .size_limit(1 << 20)
                .build()
                .map_err(|_| rule("a pattern is not a regular expression over ASCII, or too large"))
        });
        let validator = match &self.value.validator {
            None => None,
            Some(name) => {
                Some(super::validators::validator(name).ok_or_else(|| rule("there is no such validator"))?)
            }
        };
        if let Some(form) = &self.value.form
            && !super::forms::FORMS.iter().any(|known| known.name == form)
        {
            return Err(rule("there is no such form"));
        }
        let chance = self.value.chance.or(validator.map(|validator| validator.chance)).unwrap_or(1.0);
        let weight = self.name.weight.unwrap_or(0.9);
        if !(chance > 0.0 && chance <= 1.0 && (0.0..=1.0).contains(&weight)) {
            return Err(rule("a chance lies above 0 and up to 1, a weight from 0 to 1"));
        }
        Ok(Detector {
            weight,
            chance,
            alone: self.value.alone.unwrap_or(chance < 0.2),
            context: context(&self.name.words, &self.value),
            names: words(&self.name.words),
            bare: words(&self.name.bare),
            not: self.name.not,
            within: self.name.within,
            types: self.name.types.unwrap_or_else(|| vec![TypeGate::Text, TypeGate::Number]),
            shapes: shapes(&self.value.shapes)?,
            written: shapes(&self.value.written)?,
            plain: self.value.plain,
            entropy: self.value.entropy,
            patterns: patterns.collect::<Result<_>>()?,
            form: self.value.form,
            validator,
            entity: self.entity,
            title: self.title,
            category: self.category,
            regimes: self.regimes,
            countries: self.countries,
            references: self.references,
            own: false,
            matches: self.examples.matches,
            no_matches: self.examples.no_match,
        })
    }
}
