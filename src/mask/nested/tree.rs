//! The paths of an entry with their operators: what happens to each value and key of a document.

use super::super::{Refusal, Request};
use super::paths::{Machine, START, StateId};
use super::rest::is_word;
use super::{Entry, Fate, KeyRule, Parts, Path, Rest};
use toml::Value;

/// Paths with what they lead to.
pub(in super::super) struct Tree<R> {
    pub(super) machine: Machine,
    rules: Vec<Rule<R>>,
    rest: Rest,
    keys: KeyRule,
}

/// What a path does with what it names.
enum Rule<R> {
    /// It stays.
    Keep,
    /// These operators mask it.
    Mask(R),
}

/// A path with its text and its entry.
pub(in super::super) type Named<'v> = (Path, String, &'v Value);

impl<R> Tree<R> {
    /// Prepares the entries of all paths with `prepare`, which is told whether the path names keys.
    pub(in super::super) fn new<'a>(
        parts: &mut Parts<'a>,
        paths: Vec<Named<'_>>,
        cover: bool,
        mut prepare: impl FnMut(&mut Parts<'a>, &Entry<'a>, bool) -> Result<R, Refusal>,
    ) -> Result<Self, Refusal> {
        let request: &'a Request<'a> = parts.request;
        let (rest, keys) = (Rest::read(request)?, KeyRule::read(request)?);
        let mut rules = Vec::with_capacity(paths.len());
        let mut named = Vec::with_capacity(paths.len());
        for (path, text, value) in paths {
            let entry = Entry::read(request, &text, value)?;
            let of_keys = path.keys != super::paths::Keys::No;
            if of_keys && entry.info.name == "null" {
                return Err(Refusal(format!("{text}: a key cannot be null; use redact or keyed_hash")));
            }
            rules.push(match entry.info.name {
                "keep" => Rule::Keep,
                _ => Rule::Mask(prepare(parts, &entry, of_keys)?),
            });
            named.push((path, text));
        }
        Ok(Self { machine: Machine::new(&named, cover)?, rules, rest, keys })
    }

    /// Where a walk starts.
    pub(in super::super) fn start() -> StateId {
        START
    }

    /// From a place to the value of a key, or the element of a name.
    pub(in super::super) fn name(&self, state: StateId, name: &[u8]) -> StateId {
        self.machine.state(state).name(name)
    }

    /// From an element to its attribute of a name.
    pub(in super::super) fn attribute(&self, state: StateId, name: &[u8]) -> StateId {
        self.machine.state(state).attribute(name)
    }

    /// Whether some path has this name.
    pub(in super::super) fn knows(&self, name: &[u8]) -> bool {
        self.machine.knows(name)
    }

    /// The operators of a path.
    pub(in super::super) fn rule(&self, path: usize) -> Option<&R> {
        match &self.rules[path] {
            Rule::Keep => None,
            Rule::Mask(rule) => Some(rule),
        }
    }

    /// What happens to the value at a place.
    pub(in super::super) fn value(&self, state: StateId) -> Fate {
        match self.machine.state(state).value {
            Some((path, _)) => self.fate_of(path),
            None => self.rest.fate(),
        }
    }

    /// The path that ends at this very place.
    pub(in super::super) fn exact(&self, state: StateId) -> Option<&R> {
        let (path, exact) = self.machine.state(state).value?;
        if exact { self.rule(path) } else { None }
    }

    /// What happens to a key of the object at a place.
    pub(in super::super) fn key(&self, state: StateId, key: &[u8]) -> Fate {
        match self.machine.state(state).keys {
            Some(path) => self.fate_of(path),
            None if is_word(key) && self.keys == KeyRule::Scan => Fate::Keep,
            None if self.machine.knows(key) => Fate::Keep,
            None => self.keys.fate(self.rest, false),
        }
    }

    /// What happens to a number that is a key of the array at a place; `expected` is what a list would have there.
    pub(in super::super) fn index_key(&self, state: StateId, key: i64, expected: u64) -> Fate {
        let here = self.machine.state(state);
        let index = u64::try_from(key).ok();
        match here.keys {
            Some(path) => self.fate_of(path),
            None if index.is_some_and(|index| index == expected || here.names_index(index)) => Fate::Keep,
            None => self.keys.fate(self.rest, false),
        }
    }

    fn fate_of(&self, path: usize) -> Fate {
        match &self.rules[path] {
            Rule::Keep => Fate::Keep,
            Rule::Mask(_) => Fate::Mask(path),
        }
    }

    pub(in super::super) fn rest(&self) -> Rest {
        self.rest
    }
}
