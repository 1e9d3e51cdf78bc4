//! Paths become one machine: which path names the place that a walk through a document has come to.
//!
//! All paths of a policy entry are followed at once. A state of the machine is the set of paths that still may match,
//! each with the steps it has behind it, so a document costs one look-up for each key however many paths there are.
//! Where several paths name one place the most specific wins: the one with more names and indexes, then the one with
//! fewer `..`, then the one with more wildcards. Two that are alike in all of that are refused.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::super::Refusal;

/// A path: where it goes, and whether it names what is there or the keys of what is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Path {
    pub(in super::super) steps: Vec<Step>,
    pub(in super::super) keys: Keys,
}

/// Whether a path names keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Keys {
    /// It names values.
    No,
    /// It names the keys of the object there.
    There,
    /// It names the keys of that object and of all below it.
    Below,
}

/// One step down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Step {
    /// Whether any number of steps may come before it.
    pub(in super::super) descend: bool,
    pub(in super::super) test: Test,
}

/// What a step leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) enum Test {
    /// The value of this key, or the element of this name.
    Name(String),
    /// The element of this number, from 0.
    Index(u64),
    /// Any value or element.
    Any,
    /// The attribute of this name, or any.
    Attribute(Option<String>),
}

/// What a step of a document is to the machine.
#[derive(Clone, Copy)]
enum Symbol<'a> {
    Name(&'a str),
    OtherName,
    Index(u64),
    OtherIndex,
    Attribute(&'a str),
    OtherAttribute,
}

impl Test {
    fn accepts(&self, symbol: Symbol<'_>) -> bool {
        match (self, symbol) {
            (Self::Name(own), Symbol::Name(name)) => own == name,
            (Self::Index(own), Symbol::Index(index)) => *own == index,
            (Self::Any, symbol) => !matches!(symbol, Symbol::Attribute(_) | Symbol::OtherAttribute),
            (Self::Attribute(Some(own)), Symbol::Attribute(name)) => own == name,
            (Self::Attribute(None), Symbol::Attribute(_) | Symbol::OtherAttribute) => true,
            _ => false,
        }
    }

    fn is_wildcard(&self) -> bool {
        matches!(self, Self::Any | Self::Attribute(None))
    }
}

/// The machine.
pub(super) struct Machine {
    states: Vec<State>,
    /// All names that some path has, sorted.
    names: Vec<Box<[u8]>>,
}

/// Number of a state.
pub(in super::super) type StateId = u32;

/// Where a walk may be.
pub(super) struct State {
    names: Vec<(Box<[u8]>, StateId)>,
    attributes: Vec<(Box<[u8]>, StateId)>,
    indexes: Vec<(u64, StateId)>,
    other_name: StateId,
    other_attribute: StateId,
    other_index: StateId,
    /// The path that names the value here, and whether it ends here and not above.
    pub(super) value: Option<(usize, bool)>,
    /// The path that names the keys of the object here.
    pub(super) keys: Option<usize>,
}

impl State {
    fn find<K: Ord + ?Sized, Q: std::borrow::Borrow<K>>(
        list: &[(Q, StateId)],
        key: &K,
        other: StateId,
    ) -> StateId {
        list.binary_search_by(|(own, _)| own.borrow().cmp(key)).map_or(other, |found| list[found].1)
    }

    pub(super) fn name(&self, name: &[u8]) -> StateId {
        Self::find(&self.names, name, self.other_name)
    }

    pub(super) fn attribute(&self, name: &[u8]) -> StateId {
        Self::find(&self.attributes, name, self.other_attribute)
    }

    pub(super) fn index(&self, index: u64) -> StateId {
        Self::find(&self.indexes, &index, self.other_index)
    }

    /// Whether some path names this very index.
    pub(super) fn names_index(&self, index: u64) -> bool {
        self.indexes.binary_search_by_key(&index, |(own, _)| *own).is_ok()
    }
}

impl Machine {
    /// The machine of some paths, each with its text for messages. With `cover` a path that ends at an object or array
    /// names all that is in it and has no path of its own.
    pub(super) fn new(paths: &[(Path, String)], cover: bool) -> Result<Self, Refusal> {
        let mut builder =
            Builder { paths, cover, states: Vec::new(), known: BTreeMap::new(), todo: Vec::new(), work: 0 };
        let start = paths.iter().enumerate().map(|(path, _)| (path, 0)).collect();
        builder.state(&start, None)?;
        while let Some((id, set)) = builder.todo.pop() {
            builder.leave(id, &set)?;
        }
        let tests = paths.iter().flat_map(|(path, _)| &path.steps).map(|step| &step.test);
        let names: BTreeSet<&[u8]> = tests
            .filter_map(|test| match test {
                Test::Name(name) | Test::Attribute(Some(name)) => Some(name.as_bytes()),
                _ => None,
            })
            .collect();
        Ok(Self { states: builder.states, names: names.into_iter().map(Box::from).collect() })
    }

    pub(super) fn state(&self, id: StateId) -> &State {
        &self.states[id as usize]
    }

    /// Whether some path has this name.
    pub(super) fn knows(&self, name: &[u8]) -> bool {
        self.names.binary_search_by(|own| (**own).cmp(name)).is_ok()
    }
}

/// Where a walk starts.
pub(super) const START: StateId = 0;
/// States and steps between them that a machine may have, and the work that it may take to find them.
const MOST_STATES: usize = 20_000;
const MOST_WORK: usize = 20_000_000;

/// Paths with the steps that each has behind it.
type Set = BTreeSet<(usize, usize)>;

/// What tells states apart.
type StateKey = (Set, Option<(usize, bool)>, Option<usize>);

struct Builder<'a> {
    paths: &'a [(Path, String)],
    cover: bool,
    states: Vec<State>,
    known: BTreeMap<StateKey, StateId>,
    todo: Vec<(StateId, Set)>,
    work: usize,
}

impl Builder<'_> {
    /// The state of a set, below a place that `above` names.
    fn state(&mut self, set: &Set, above: Option<usize>) -> Result<StateId, Refusal> {
        let ends = set.iter().filter(|(path, at)| *at == self.paths[*path].0.steps.len());
        let (values, keys): (Vec<usize>, Vec<usize>) =
            ends.map(|(path, _)| *path).partition(|path| self.paths[*path].0.keys == Keys::No);
        let value = match self.most_specific(&values)? {
            Some(path) => Some((path, true)),
            None => above.filter(|_| self.cover).map(|path| (path, false)),
        };
        let keys = self.most_specific(&keys)?;
        // Paths that end here have no way on, but for those that go on naming keys.
        let on: Set = set
            .iter()
            .copied()
            .filter(|(path, at)| {
                let path = &self.paths[*path].0;
                *at < path.steps.len() || path.keys == Keys::Below
            })
            .collect();
        let key = (on, value, keys);
        if let Some(known) = self.known.get(&key) {
            return Ok(*known);
        }
        let id = self.states.len() as StateId;
        if self.states.len() == MOST_STATES {
            return Err(too_many());
        }
        self.states.push(State {
            names: Vec::new(),
            attributes: Vec::new(),
            indexes: Vec::new(),
            other_name: 0,
            other_attribute: 0,
            other_index: 0,
            value,
            keys,
        });
        self.todo.push((id, key.0.clone()));
        self.known.insert(key, id);
        Ok(id)
    }

    /// Finds where each step from a state leads.
    fn leave(&mut self, id: StateId, set: &Set) -> Result<(), Refusal> {
        let (mut names, mut attributes, mut indexes) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        let paths = self.paths;
        for (path, at) in set {
            match paths[*path].0.steps.get(*at).map(|step| &step.test) {
                Some(Test::Name(name)) => drop(names.insert(name.as_str())),
                Some(Test::Attribute(Some(name))) => drop(attributes.insert(name.as_str())),
                Some(Test::Index(index)) => drop(indexes.insert(*index)),
                _ => {}
            }
        }
        let above = self.states[id as usize].value.map(|(path, _)| path);
        let mut go = |symbol| self.step(set, symbol, above);
        let other_name = go(Symbol::OtherName)?;
        let other_attribute = go(Symbol::OtherAttribute)?;
        let other_index = go(Symbol::OtherIndex)?;
        let mut named = Vec::new();
        for name in names {
            named.push((Box::from(name.as_bytes()), go(Symbol::Name(name))?));
        }
        let mut attributed = Vec::new();
        for name in attributes {
            attributed.push((Box::from(name.as_bytes()), go(Symbol::Attribute(name))?));
        }
        let mut indexed = Vec::new();
        for index in indexes {
            indexed.push((index, go(Symbol::Index(index))?));
        }
        let state = &mut self.states[id as usize];
        (state.names, state.attributes, state.indexes) = (named, attributed, indexed);
        (state.other_name, state.other_attribute, state.other_index) =
            (other_name, other_attribute, other_index);
        Ok(())
    }

    fn step(&mut self, set: &Set, symbol: Symbol<'_>, above: Option<usize>) -> Result<StateId, Refusal> {
        self.work += set.len() + 1;
        if self.work > MOST_WORK {
            return Err(too_many());
        }
        let mut next = Set::new();
        for (path, at) in set {
            match self.paths[*path].0.steps.get(*at) {
                None => drop(next.insert((*path, *at))),
                Some(step) => {
                    if step.descend {
                        next.insert((*path, *at));
                    }
                    if step.test.accepts(symbol) {
                        next.insert((*path, at + 1));
                    }
                }
            }
        }
        self.state(&next, above)
    }

    fn most_specific(&self, ends: &[usize]) -> Result<Option<usize>, Refusal> {
        let rank = |path: usize| {
            let steps = &self.paths[path].0.steps;
            let wildcards = steps.iter().filter(|step| step.test.is_wildcard()).count();
            let descends = steps.iter().filter(|step| step.descend).count()
                + usize::from(self.paths[path].0.keys == Keys::Below);
            (steps.len() - wildcards, Reverse(descends), wildcards)
        };
        let Some(best) = ends.iter().copied().max_by_key(|path| rank(*path)) else { return Ok(None) };
        match ends.iter().find(|path| **path != best && rank(**path) == rank(best)) {
            Some(other) => Err(Refusal(format!(
                "paths {} and {} name the same place, and neither is more specific",
                self.paths[*other].1, self.paths[best].1
            ))),
            None => Ok(Some(best)),
        }
    }
}

fn too_many() -> Refusal {
    Refusal("the paths can be combined in too many ways; write fewer, or fewer with ..".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(name: &str) -> Step {
        let descend = name.starts_with("..");
        let test = match name.trim_start_matches('.') {
            "*" => Test::Any,
            name => name.parse().map_or_else(|_| Test::Name(name.into()), Test::Index),
        };
        Step { descend, test }
    }

    fn machine(paths: &[&str]) -> Result<Machine, Refusal> {
        let paths: Vec<(Path, String)> = paths
            .iter()
            .map(|path| {
                let steps = path.split(' ').filter(|step| !step.is_empty()).map(name).collect();
                (Path { steps, keys: Keys::No }, (*path).to_owned())
            })
            .collect();
        Machine::new(&paths, true)
    }

    fn at(machine: &Machine, place: &str) -> Option<(usize, bool)> {
        let mut state = machine.state(START);
        for step in place.split(' ').filter(|step| !step.is_empty()) {
            let next = step.parse().map_or_else(|_| state.name(step.as_bytes()), |index| state.index(index));
            state = machine.state(next);
        }
        state.value
    }

    #[test]
    fn the_most_specific_path_wins() {
        let machine = machine(&["..name", "items * name", "items 0 name", "items", "* ..name"]).unwrap();
        assert_eq!(at(&machine, "name"), Some((0, true)));
        assert_eq!(at(&machine, "a b c name"), Some((4, true)));
        assert_eq!(at(&machine, "items 3 name"), Some((1, true)));
        assert_eq!(at(&machine, "items 0 name"), Some((2, true)));
        assert_eq!(at(&machine, "items 0 price"), Some((3, false)));
        assert_eq!(at(&machine, "items 0 price 2"), Some((3, false)));
        assert_eq!(at(&machine, "other"), None);
    }

    #[test]
    fn paths_of_equal_rank_are_refused_only_where_they_meet() {
        assert!(machine(&["a *", "* b"]).err().unwrap().0.contains("neither is more specific"));
        assert!(machine(&["a b", "a c"]).is_ok());
        assert!(machine(&["a", "a"]).is_err());
    }

    #[test]
    fn many_paths_stay_a_small_machine_and_wild_ones_are_refused() {
        let paths: Vec<String> = (0..500).map(|number| format!("a{number} b c{number}")).collect();
        let machine_of = |paths: &[String]| machine(&paths.iter().map(String::as_str).collect::<Vec<_>>());
        assert!(machine_of(&paths).unwrap().states.len() < 2_100);
        let wild: Vec<String> = (0..24).map(|number| format!("..a{number} * * * * b{number}")).collect();
        assert!(machine_of(&wild).is_err());
    }
}
