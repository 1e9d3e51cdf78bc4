//! All detectors, compiled: what answers for names, cells and texts.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use super::builtin::DETECTORS;
use super::chain::ByLength;
use super::compact::Compact;
use super::context::Keywords;
use super::detector::{Detector, DetectorId};
use super::forms::{self, FORMS, Form, secret};
use super::names::Words;
use super::scope::Scope;
use super::spans::{self, Finder};
use super::{Hit, Match, NameEvidence};
use crate::base::{Error, ErrorKind, Result};
use crate::table::SqlType;

/// Detectors, ready for use.
#[derive(Debug)]
pub struct Catalogue {
    detectors: Vec<Detector>,
    words: Words,
    /// Detectors with shapes, by the number of characters without separators.
    pub(super) by_length: Vec<ByLength>,
    forms: Vec<(DetectorId, &'static Form)>,
    pub(super) finder: Finder,
    pub(super) context: Keywords,
    /// Detectors with regular expressions: users' own.
    pub(super) patterned: Vec<DetectorId>,
}

/// Characters of the longest value that shapes are tried on.
const LONGEST: usize = 72;
/// What shapes do not see of a whole cell.
const SEPARATORS: &[u8] = b" -./";

impl Catalogue {
    /// The detectors that are part of the program.
    pub fn builtin() -> &'static Self {
        static BUILTIN: LazyLock<Catalogue> = LazyLock::new(|| {
            let detectors = DETECTORS.iter().map(|(_, text)| Detector::parse(text));
            Catalogue::new(detectors.collect::<Result<_>>().expect("a test reads every file of DETECTORS"))
        });
        &BUILTIN
    }

    /// The detectors of the program and those of a folder's `*.toml` files, or of one file. One that has the entity of a
    /// built-in one takes its place.
    ///
    /// # Errors
    /// A file that cannot be read or is not a detector; the error names file and line.
    pub fn load(path: &Path) -> Result<Self> {
        let mut detectors = Self::builtin().detectors.clone();
        let io = |error| Error::new(ErrorKind::Io(error)).in_file(path.display().to_string());
        let mut files = Vec::new();
        if fs::metadata(path).map_err(io)?.is_dir() {
            for entry in fs::read_dir(path).map_err(io)? {
                let path = entry.map_err(io)?.path();
                if path.extension().is_some_and(|extension| extension == "toml") {
                    files.push(path);
                }
            }
            files.sort();
        } else {
            files.push(path.to_owned());
        }
        let mut seen = std::collections::BTreeSet::new();
        for path in files {
            let named = |error: Error| error.in_file(path.display().to_string());
            let text = fs::read_to_string(&path).map_err(|error| named(ErrorKind::Io(error).into()))?;
            let detector = Detector { own: true, ..Detector::parse(&text).map_err(named)? };
            if !seen.insert(detector.entity.clone()) {
                return Err(named(Error::new(ErrorKind::Rule("another file of the folder has this entity"))));
            }
            match detectors.iter_mut().find(|known| known.entity == detector.entity) {
                Some(known) => *known = detector,
                None => detectors.push(detector),
            }
        }
        if detectors.len() > usize::from(u16::MAX) {
            return Err(Error::new(ErrorKind::Rule("too many detectors")));
        }
        Ok(Self::new(detectors))
    }

    fn new(detectors: Vec<Detector>) -> Self {
        let (mut forms, mut patterned) = (Vec::new(), Vec::new());
        for (place, detector) in detectors.iter().enumerate() {
            let id = DetectorId(place as u16);
            let form = FORMS.iter().find(|form: &&Form| detector.form.as_deref() == Some(form.name));
            forms.extend(form.map(|form| (id, form)));
            if !detector.patterns.is_empty() {
                patterned.push(id);
            }
        }
        Self {
            words: Words::new(&detectors),
            finder: Finder::new(&detectors),
            context: Keywords::new(&detectors),
            by_length: ByLength::new(&detectors, LONGEST),
            forms,
            patterned,
            detectors,
        }
    }

    /// All detectors, in the order of their ids.
    pub fn detectors(&self) -> &[Detector] {
        &self.detectors
    }

    /// A detector by its id. An id of another catalogue may panic or name another detector.
    pub fn detector(&self, id: DetectorId) -> &Detector {
        &self.detectors[id.index()]
    }

    /// The detector of an entity.
    pub fn entity(&self, name: &str) -> Option<(DetectorId, &Detector)> {
        let place = self.detectors.iter().position(|detector| detector.entity == name)?;
        Some((DetectorId(place as u16), &self.detectors[place]))
    }

    /// What a whole cell may be, added to `out`, one entry for a detector. Weak ones are among them
    /// ([`Detector::alone`] is false): those count only for a column whose name says so too.
    pub fn whole(&self, cell: &[u8], scope: &Scope, out: &mut Vec<Match>) {
        let cell = cell.trim_ascii();
        if cell.is_empty() {
            return;
        }
        let kinds = forms::kinds(cell);
        for (id, form) in &self.forms {
            if let Some(strength) = form.whole(cell, kinds, scope) {
                out.push(Match { detector: *id, strength });
            }
        }
        if let Some(compact) = Compact::read(cell, SEPARATORS) {
            let text = compact.text();
            let lists = self.by_length.get(text.len());
            let numeric = text.iter().all(u8::is_ascii_digit);
            let list = lists.map(|lists| if numeric { &lists.digits } else { &lists.mixed });
            for id in list.into_iter().flatten() {
                let detector = self.detector(*id);
                if scope.admits(&detector.countries)
                    && detector.shapes.iter().any(|shape| shape.is(text))
                    && detector.validator.is_none_or(|validator| validator.accepts(cell, &compact))
                {
                    out.push(Match { detector: *id, strength: detector.strength() });
                }
            }
        }
        let word = cell.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
        self.finder.openings.each(cell, word, |id, number| {
            let detector = self.detector(id);
            if detector.written[number].is(cell)
                && detector.validator.is_none_or(|validator| validator.is_valid(cell))
                && (detector.entropy == 0.0
                    || secret::entropy(cell) >= detector.entropy
                        && !secret::is_placeholder(cell)
                        && !secret::is_text(cell))
            {
                let strength = detector.strength().max(7.0);
                // A number in its own groups says more than its digits.
                match out.iter_mut().find(|known| known.detector == id) {
                    Some(known) => known.strength = strength,
                    None => out.push(Match { detector: id, strength }),
                }
            }
        });
        for id in &self.patterned {
            let detector = self.detector(*id);
            let whole = |pattern: &regex::bytes::Regex| {
                pattern.find(cell).is_some_and(|found| found.len() == cell.len())
            };
            if detector.patterns.iter().any(whole)
                && detector.validator.is_none_or(|validator| validator.is_valid(cell))
            {
                out.push(Match { detector: *id, strength: detector.strength() });
            }
        }
    }

    /// What stands where in a text, added to `out` in order of places; hits do not overlap. Detectors of countries
    /// outside the scope, and weak ones, count only with a keyword beside them.
    pub fn spans(&self, text: &[u8], scope: &Scope, out: &mut Vec<Hit>) {
        spans::find(self, text, scope, out);
    }

    /// What a column's name says, the surest first. `table` may be empty.
    pub fn names(&self, table: &str, column: &str, sql_type: &SqlType) -> Vec<NameEvidence> {
        self.words.evidence(&self.detectors, table, column, sql_type)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_read_and_is_named_for_its_entity() {
        let mut problems = Vec::new();
        for (name, text) in DETECTORS {
            match Detector::parse(text) {
                Ok(detector) if detector.entity.to_lowercase() == *name => {}
                Ok(_) => problems.push(format!("{name}: another entity")),
                Err(error) => problems.push(format!("{name}: {error}")),
            }
        }
        assert!(problems.is_empty(), "{problems:#?}");
        assert!(DETECTORS.len() >= 120);
        assert!(DETECTORS.is_sorted_by_key(|(name, _)| name));
    }

    #[test]
    fn no_file_of_the_folder_is_forgotten() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/detectors");
        assert_eq!(fs::read_dir(folder).unwrap().count(), DETECTORS.len());
    }

    #[test]
    fn no_validator_accepts_garbage() {
        for validator in super::super::VALIDATORS {
            for garbage in ["", " ", "-", "é", "x", "'; DROP TABLE", "\u{0}", &"9".repeat(100)] {
                assert!(!validator.is_valid(garbage.as_bytes()), "{} {garbage:?}", validator.name);
            }
        }
    }

    #[test]
    fn names_say_what_columns_hold() {
        let catalogue = Catalogue::builtin();
        let first = |table: &str, column: &str, sql_type: &SqlType| {
            let names = catalogue.names(table, column, sql_type);
            // A word that is said of many things is evidence beside values, and too little by itself.
            let sure = names.first().filter(|name| name.weight >= 0.3);
            sure.map(|name| catalogue.detector(name.detector).entity.clone()).unwrap_or_default()
        };
        for (table, column, entity) in [
            ("customer", "email", "EMAIL"),
            ("customer", "emailAddress", "EMAIL"),
            ("customer", "name", "PERSON_NAME"),
            ("category", "name", ""),
            ("product", "product_name", "PRODUCT_NAME"),
            ("employee", "birth_date", "DATE_OF_BIRTH"),
            ("card", "CCNumber", "CREDIT_CARD"),
            ("card", "CVV2", "CARD_CVV"),
            ("person", "FirstName", "GIVEN_NAME"),
            ("person", "surname", "SURNAME"),
            ("staff", "MothersMaidenName", "SURNAME"),
            ("log", "ip_address", "IP_ADDRESS"),
            ("store", "postal_code", "POSTCODE"),
            ("employee", "NationalIDNumber", "NATIONAL_ID"),
            ("users", "password_hash", "PASSWORD_HASH"),
            ("t", "氏名", "PERSON_NAME"),
            ("kunde", "geburtsdatum", "DATE_OF_BIRTH"),
            ("orders", "acid_level", ""),
            ("orders", "public_flag", ""),
        ] {
            assert_eq!(first(table, column, &SqlType::TEXT), entity, "{table}.{column}");
        }
        assert_eq!(first("customer", "email_verified", &SqlType::Boolean), "");
        assert_eq!(first("customer", "is_email", &SqlType::TEXT), "");
    }

    #[test]
    fn a_users_detector_takes_the_place_of_a_built_in_one() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("badge.toml"), "entity = 'BADGE'\ntitle = 'Badge'\ncategory = 'direct'\n[value]\npatterns = ['B-[0-9]{4}']\nalone = true\nchance = 0.01\n").unwrap();
        fs::write(
            folder.path().join("iban.toml"),
            "entity = 'IBAN'\ntitle = 'Ours'\ncategory = 'financial'\n",
        )
        .unwrap();
        let catalogue = Catalogue::load(folder.path()).unwrap();
        assert_eq!(catalogue.entity("IBAN").unwrap().1.title, "Ours");
        let mut found = Vec::new();
        catalogue.whole(b"B-1234", &Scope::default(), &mut found);
        assert!(found.iter().any(|found| catalogue.detector(found.detector).entity == "BADGE"));
        fs::write(
            folder.path().join("bad.toml"),
            "entity = 'BAD'\ntitle = 'x'\ncategory = 'direct'\nsecret_word = 'hunter2'\n",
        )
        .unwrap();
        let error = Catalogue::load(folder.path()).unwrap_err().to_string();
        assert!(error.contains("bad.toml") && !error.contains("hunter2"), "{error}");
    }
}
