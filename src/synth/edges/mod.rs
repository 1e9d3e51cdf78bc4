//! Edge cases: values that software gets wrong, as data.
//!
//! A class is one value, or a rule that makes one, with the reason why it matters and the verdict of each database: whether
//! a column of the type takes it, and what it reads back as. Classes of semantic types (an email address, an IBAN) say
//! instead whether the value is a valid one. They are in `rules/edges`, one file for a family of types, listed in
//! [`EDGE_CLASSES`]; [`EdgeCatalogue::load`] adds a user's own. Values are from ranges that are reserved for examples, or
//! belong to nobody.
//!
//! ```
//! use scrub::synth::{EdgeCatalogue, Engine, Verdict};
//!
//! let edges = EdgeCatalogue::builtin();
//! let smallest = edges.class("int4/min").expect("it is in rules/edges/integer.toml");
//! assert_eq!(smallest.cell(None, "2026-01-31").as_deref(), Some(&b"-2147483648"[..]));
//! let leap = edges.class("date/no-leap-2100").expect("it is in rules/edges/date.toml");
//! assert_eq!(leap.verdict(Engine::PostgreSql), &Verdict::Rejected);
//! ```

mod builtin;
mod class;
mod read;
#[cfg(test)]
mod tests;
mod value;

use std::path::Path;
use std::sync::OnceLock;

pub use builtin::EDGE_CLASSES;
pub use class::{EdgeClass, EdgeType, Engine, Validity, Verdict};

use crate::base::{Error, ErrorKind, Result};

/// All classes, in the order of their files.
#[derive(Clone, Debug, Default)]
pub struct EdgeCatalogue {
    types: Vec<EdgeType>,
    classes: Vec<EdgeClass>,
}

impl EdgeCatalogue {
    /// The classes of this build.
    pub fn builtin() -> &'static Self {
        static BUILTIN: OnceLock<EdgeCatalogue> = OnceLock::new();
        BUILTIN.get_or_init(|| {
            let mut catalogue = Self::default();
            for (name, text) in EDGE_CLASSES {
                catalogue.add(name, text).expect("a test reads every file of the build");
            }
            catalogue
        })
    }

    /// The classes of this build and those of a file, or of every `*.toml` in a folder. A class of the same id replaces
    /// the one that was there.
    ///
    /// # Errors
    /// A file that cannot be read, or that says something that a class cannot say.
    pub fn load(path: &Path) -> Result<Self> {
        let mut catalogue = Self::builtin().clone();
        let named =
            |error: std::io::Error, path: &Path| Error::from(error).in_file(path.display().to_string());
        let mut files = vec![path.to_path_buf()];
        if path.is_dir() {
            let entries = std::fs::read_dir(path).map_err(|error| named(error, path))?;
            files = entries
                .map(|entry| entry.map(|entry| entry.path()))
                .collect::<std::io::Result<_>>()
                .map_err(|error| named(error, path))?;
            files.retain(|file| file.extension().is_some_and(|end| end == "toml"));
            files.sort();
        }
        for file in files {
            let text = std::fs::read_to_string(&file).map_err(|error| named(error, &file))?;
            catalogue.add(&file.display().to_string(), &text)?;
        }
        Ok(catalogue)
    }

    fn add(&mut self, name: &str, text: &str) -> Result<()> {
        let (types, classes) = read::file(text).map_err(|error| error.in_file(name))?;
        for own in types {
            match self.types.iter_mut().find(|known| known.name == own.name) {
                Some(known) => *known = own,
                None => self.types.push(own),
            }
        }
        for class in classes {
            if self.edge_type(class.type_name()).is_none() {
                let what = format!("the class \"{}\" is of a type that no file declares", class.id);
                return Err(Error::new(ErrorKind::Usage(what)).in_file(name));
            }
            match self.classes.iter_mut().find(|known| known.id == class.id) {
                Some(known) => *known = class,
                None => self.classes.push(class),
            }
        }
        Ok(())
    }

    /// All classes.
    pub fn classes(&self) -> &[EdgeClass] {
        &self.classes
    }

    /// The class of an id.
    pub fn class(&self, id: &str) -> Option<&EdgeClass> {
        self.classes.iter().find(|class| class.id == id)
    }

    /// The classes of a type: `int4`, `text`, `email`.
    pub fn of_type<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a EdgeClass> {
        self.classes.iter().filter(move |class| class.type_name() == name)
    }

    /// All types.
    pub fn types(&self) -> &[EdgeType] {
        &self.types
    }

    /// The type of a name.
    pub fn edge_type(&self, name: &str) -> Option<&EdgeType> {
        self.types.iter().find(|known| known.name == name)
    }

    /// The column type, in a database's own words, that a class's verdict is about.
    pub fn column_type<'a>(&'a self, class: &'a EdgeClass, engine: Engine) -> Option<&'a str> {
        let own = class.columns[engine as usize].as_deref();
        own.or_else(|| self.edge_type(class.type_name())?.columns[engine as usize].as_deref())
    }
}
