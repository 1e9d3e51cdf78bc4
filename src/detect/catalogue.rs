//! All detectors, compiled: what answers for names, cells and texts.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use super::compact::Compact;
use super::context::Keywords;
use super::detector::{Detector, DetectorId};
use super::forms::{FORMS, Form, secret};
use super::names::Words;
use super::scope::Scope;
use super::spans::{self, Finder};
use super::{Hit, Match, NameEvidence};
use crate::base::{Error, ErrorKind, Result};
use crate::table::SqlType;

/// The detectors of the binary: the text of each file in `rules/detectors`, by name.
pub(super) const DETECTORS: &[(&str, &str)] = &[
    ("email", include_str!("../../rules/detectors/email.toml")),
    ("iban", include_str!("../../rules/detectors/iban.toml")),
];

/// Detectors, ready for use.
#[derive(Debug)]
pub struct Catalogue {
    detectors: Vec<Detector>,
    words: Words,
    /// Detectors with shapes, by the number of characters without separators.
    pub(super) by_length: Vec<Vec<DetectorId>>,
    forms: Vec<(DetectorId, fn(&[u8], &Scope) -> Option<f32>)>,
    pub(super) finder: Finder,
    pub(super) context: Keywords,
    /// Detectors whose values are written as they are.
    written: Vec<DetectorId>,
    patterned: Vec<DetectorId>,
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

    /// The detectors of the program and those of a folder's `*.toml` files. One that has the entity of a built-in one
    /// takes its place.
    ///
    /// # Errors
    /// A file that cannot be read or is not a detector; the error names file and line.
    pub fn load(folder: &Path) -> Result<Self> {
        let mut detectors = Self::builtin().detectors.clone();
        let io = |error| Error::new(ErrorKind::Io(error)).in_file(folder.display().to_string());
        let mut files = Vec::new();
        for entry in fs::read_dir(folder).map_err(io)? {
            let path = entry.map_err(io)?.path();
            if path.extension().is_some_and(|extension| extension == "toml") {
                files.push(path);
            }
        }
        files.sort();
        for path in files {
            let named = |error: Error| error.in_file(path.display().to_string());
            let text = fs::read_to_string(&path).map_err(|error| named(ErrorKind::Io(error).into()))?;
            let detector = Detector::parse(&text).map_err(named)?;
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
        let mut by_length = vec![Vec::new(); LONGEST + 1];
        let (mut forms, mut patterned) = (Vec::new(), Vec::new());
        for (place, detector) in detectors.iter().enumerate() {
            let id = DetectorId(place as u16);
            for (length, list) in by_length.iter_mut().enumerate() {
                let fits =
                    |shape: &super::shape::Shape| (shape.lengths().0..=shape.lengths().1).contains(&length);
                if detector.shapes.iter().any(fits) {
                    list.push(id);
                }
            }
            let form = FORMS.iter().find(|form: &&Form| detector.form.as_deref() == Some(form.name));
            forms.extend(form.map(|form| (id, form.whole)));
            if !detector.patterns.is_empty() {
                patterned.push(id);
            }
        }
        let written = (0..detectors.len()).filter(|place| !detectors[*place].written.is_empty());
        Self {
            words: Words::new(&detectors),
            finder: Finder::new(&detectors),
            context: Keywords::new(&detectors),
            written: written.map(|place| DetectorId(place as u16)).collect(),
            by_length,
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
        for (id, form) in &self.forms {
            if let Some(strength) = form(cell, scope) {
                out.push(Match { detector: *id, strength });
            }
        }
        if let Some(compact) = Compact::read(cell, SEPARATORS) {
            let text = compact.text();
            for id in self.by_length.get(text.len()).into_iter().flatten() {
                let detector = self.detector(*id);
                if scope.admits(&detector.countries)
                    && detector.shapes.iter().any(|shape| shape.is(text))
                    && detector.validator.is_none_or(|validator| validator.is_valid(cell))
                {
                    out.push(Match { detector: *id, strength: detector.strength() });
                }
            }
        }
        for id in &self.written {
            let detector = self.detector(*id);
            if detector.written.iter().any(|shape| shape.is(cell))
                && detector.validator.is_none_or(|validator| validator.is_valid(cell))
                && (detector.entropy == 0.0
                    || secret::entropy(cell) >= detector.entropy && !secret::is_placeholder(cell))
                && out.last().is_none_or(|last| last.detector != *id)
            {
                out.push(Match { detector: *id, strength: detector.strength().max(7.0) });
            }
        }
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
