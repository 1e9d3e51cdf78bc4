//! New rows for a schema: as many as are asked for, or just those that show what rows lack.
//!
//! A [`Survey`] looks at the rows that are there, if any: it keeps what they show and the greatest of each number, and no
//! value of theirs. [`make`] then makes rows. Cells are functions of key, table, column and the row's number or
//! requirement, so that another column or table changes no other cell but numbers of keys.

mod existing;
mod generator;
mod meaning;
mod minimise;
mod need;
mod order;
mod shape;
mod typed;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::constraints::{Body, Goal, same};
use super::covering::Covering;
use super::expression::{Node, Truth};
use super::rows::SyntheticRows;
use super::{Completion, EdgeCatalogue, Outcome, Rules};
use crate::base::{Error, ErrorKind, ProjectKey, Result};
use crate::table::{Schema, TableName};
use existing::Existing;
use generator::{Cells, Generator, Obstacle, Wish};
use meaning::Meaning;
use need::{Need, Needs};
use shape::Shape;

/// What is asked for.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Rows by table.
    pub rows: BTreeMap<TableName, u64>,
    /// Whether what the rows lack is filled.
    pub fill: bool,
    /// Whether edge cases are among what is filled.
    pub edges: bool,
    /// Language and country of names and streets: `de_DE`.
    pub locale: String,
    /// A column that says of every new row that it was made, in tables that have it.
    pub marker: Option<String>,
    /// What columns hold, by table and column, in the words of masking operators (`email`); others are known by name.
    pub entities: BTreeMap<(String, String), String>,
}

/// What rows show already, and what they leave to new ones.
pub struct Survey<'a> {
    schema: &'a Schema,
    rules: &'a Rules,
    existing: Existing,
    needs: Needs,
}

/// What became of the requirements of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TableReport {
    /// Requirements that rows showed before.
    pub before: usize,
    /// Those that new rows show.
    pub filled: usize,
    /// Those that no row can show.
    pub infeasible: Vec<String>,
    /// Those for which no row was found.
    pub unknown: Vec<String>,
    /// Rows that were asked for and could not be made.
    pub missing: u64,
}

/// New rows, and what they are for.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Made {
    /// The rows.
    pub rows: SyntheticRows,
    /// By table.
    pub report: BTreeMap<TableName, TableReport>,
}

impl<'a> Survey<'a> {
    /// No rows yet.
    pub fn new(schema: &'a Schema, rules: &'a Rules, request: &Request) -> Self {
        let mut needs = Needs::new();
        let nothing = Existing::default();
        for (name, table) in
            schema.tables.iter().filter(|(_, table)| request.fill && table.partition_by.is_none())
        {
            let shape = Shape::new(schema, name, table, &nothing, &entities(request));
            let edges = request.edges.then(EdgeCatalogue::builtin);
            if let Some(own) = rules.table(name) {
                needs.insert(name.clone(), need::all(name, schema, own, &shape, rules.dialect(), edges));
            }
        }
        Self { schema, rules, existing: Existing::new(schema), needs }
    }

    /// A row that is there: a cell per column of its table.
    pub fn observe(&mut self, table: &TableName, row: &[Option<&str>]) {
        self.existing.observe(table, row);
        let (Some(needs), Some(rules)) = (self.needs.get_mut(table), self.rules.table(table)) else { return };
        for open in needs {
            open.observe(rules, row);
        }
    }
}

fn entities(request: &Request) -> BTreeMap<(String, String), Meaning> {
    let known = request.entities.iter();
    known.filter_map(|(place, entity)| Some((place.clone(), Meaning::of_entity(entity)?))).collect()
}

/// Makes rows.
///
/// # Errors
/// [`ErrorKind::Usage`]: rows of a table that the schema does not have, or that is only a parent of partitions.
pub fn make(survey: Survey<'_>, request: &Request, keys: &ProjectKey) -> Result<Made> {
    let Survey { schema, rules, existing, needs } = survey;
    for name in request.rows.keys() {
        match schema.tables.get(name) {
            None => return Err(refused(format!("the schema has no table {name}"))),
            Some(table)
                if table.partition_by.is_some() && rules.dialect() == crate::table::Dialect::Postgres =>
            {
                return Err(refused(format!("{name} is partitioned: ask for rows of one of its partitions")));
            }
            Some(_) => {}
        }
    }
    let domain = keys.domain("synth");
    let prfs = (domain.prf("synth", "solve:1"), domain.prf("synth", "values:1"));
    let mut generator = Generator::new(schema, rules, prfs, &existing, &request.locale, &entities(request));
    generator.marker.clone_from(&request.marker);
    if request.fill {
        generator.ask_for_gap();
    } else {
        generator.ask(&request.rows, FAN_OUT);
    }
    let mut filler = Filler {
        generator,
        existing,
        made: BTreeMap::new(),
        report: BTreeMap::new(),
        next: BTreeMap::new(),
        numbers: RefCell::default(),
    };
    if request.fill {
        filler.fill(needs);
    } else {
        filler.count();
    }
    Ok(filler.finish())
}

fn refused(what: String) -> Error {
    ErrorKind::Usage(what).into()
}

/// Rows of a child table for each row of a parent that is made on demand.
const FAN_OUT: u64 = 5;

/// Where a parent is.
enum Parent {
    /// Among the rows that were made.
    Made,
    /// It can be made, and has this number.
    Number(u64),
}

/// A row that was made.
#[derive(Clone, Debug)]
struct Entry {
    cells: Cells,
    requirements: Vec<String>,
    generator: &'static str,
    /// Whether another row of the set means something only beside it.
    pinned: bool,
}

struct Filler<'a> {
    generator: Generator<'a>,
    existing: Existing,
    made: BTreeMap<TableName, Vec<Entry>>,
    report: BTreeMap<TableName, TableReport>,
    next: BTreeMap<TableName, u64>,
    numbers: RefCell<Numbers>,
}

/// The numbers of rows that can be made, by table, columns and their cells; found out when they are first asked for.
type Numbers = BTreeMap<(TableName, Vec<usize>), HashMap<Vec<String>, u64>>;

impl Filler<'_> {
    /// Rows by their number.
    fn count(&mut self) {
        for name in self.generator.order.clone() {
            let rows = self.generator.shapes[&name].rows;
            let mut missing = 0;
            for index in 0..rows {
                match self.generator.row(&name, index) {
                    Ok(cells) if self.is_new(&name, &cells) && self.has_parents(&name, &cells) => {
                        self.existing.take(&name, &cells);
                        self.add(&name, cells, "rows");
                    }
                    _ => missing += 1,
                }
            }
            if rows > 0 {
                self.report.entry(name).or_default().missing = missing;
            }
        }
    }

    /// Whether the parents of a row were made. Only tables that have fewer rows than were asked for are looked through.
    fn has_parents(&self, name: &TableName, cells: &Cells) -> bool {
        self.generator.shapes[name].references.iter().all(|reference| {
            let made = self.made.get(&reference.to).map_or(&[][..], Vec::as_slice);
            let key: Option<Vec<&String>> = reference.columns.iter().map(|at| cells[*at].as_ref()).collect();
            let lost =
                reference.to != *name && (made.len() as u64) < self.generator.shapes[&reference.to].rows;
            let Some(key) = key.filter(|_| lost) else { return true };
            let fits = |entry: &Entry| {
                reference
                    .to_columns
                    .iter()
                    .zip(&key)
                    .all(|(at, text)| entry.cells[*at].as_ref() == Some(*text))
            };
            made.iter().any(fits)
        })
    }

    fn add(&mut self, table: &TableName, cells: Cells, generator: &'static str) {
        let entry = Entry { cells, requirements: Vec::new(), generator, pinned: false };
        self.made.entry(table.clone()).or_default().push(entry);
    }

    /// Whether the keys of a row are free.
    fn is_new(&self, table: &TableName, cells: &Cells) -> bool {
        let Some(rules) = self.generator.rules.table(table) else { return false };
        // Keys that are more than lists of columns are compared with every row that was made.
        let plain = |key: &super::constraints::Key| {
            key.read
                && key.nulls_distinct
                && key.condition.is_none()
                && key
                    .elements
                    .iter()
                    .all(|(node, operator)| operator == "=" && matches!(node, Node::Column(_)))
        };
        let special = rules.constraints().iter().filter_map(|constraint| match &constraint.body {
            Body::Key(key) if !plain(key) => Some(key),
            _ => None,
        });
        let made = self.made.get(table).map_or(&[][..], Vec::as_slice);
        for key in special {
            if made.iter().any(|entry| same(rules, key, cells, &entry.cells) != Truth::False) {
                return false;
            }
        }
        self.existing.is_free(table, cells)
    }

    /// Rows for what is open, the hardest first.
    fn fill(&mut self, mut needs: Needs) {
        for name in self.generator.order.clone() {
            let Some(mut open) = needs.remove(&name) else { continue };
            let mut report = TableReport {
                before: open.iter().filter(|open| open.shown).count(),
                ..TableReport::default()
            };
            let untouched = open.clone();
            let start: BTreeSet<String> =
                open.iter().filter(|open| !open.shown).map(|open| open.id.clone()).collect();
            self.pairs(&name, &mut open);
            self.edges(&name, &mut open);
            for at in 0..open.len() {
                if open[at].shown {
                    continue;
                }
                match self.single(&name, &mut open, at) {
                    Ok(()) => {}
                    Err(Obstacle::Impossible) => report.infeasible.push(open[at].id.clone()),
                    Err(Obstacle::Unknown) => report.unknown.push(open[at].id.clone()),
                }
            }
            // A later row may have shown what alone could not be made.
            let shown: BTreeSet<&str> =
                open.iter().filter(|open| open.shown).map(|open| open.id.as_str()).collect();
            report.infeasible.retain(|id| !shown.contains(id.as_str()));
            report.unknown.retain(|id| !shown.contains(id.as_str()));
            report.filled = start.iter().filter(|id| shown.contains(id.as_str())).count();
            if let (Some(entries), Some(rules)) =
                (self.made.get_mut(&name), self.generator.rules.table(&name))
            {
                let references = &self.generator.shapes[&name].references;
                let own: Vec<&shape::Reference> =
                    references.iter().filter(|reference| reference.to == name).collect();
                minimise::minimise(entries, (&open, untouched), &start, rules, &own);
            }
            self.report.insert(name, report);
        }
        self.prune();
    }

    /// Rows in which pairs of values meet, from a covering array around what is shown already.
    fn pairs(&mut self, name: &TableName, open: &mut [need::Open]) {
        let generator = &self.generator;
        let (table, shape) = (&generator.schema.tables[name], &generator.shapes[name]);
        let Some(rules) = generator.rules.table(name) else { return };
        let levels = need::levels(table, rules, generator.schema, shape, generator.rules.dialect());
        if levels.len() < 2 {
            return;
        }
        let sizes: Vec<usize> = levels.iter().map(|(_, levels)| levels.len()).collect();
        let Ok(mut covering) = Covering::new(&sizes, 2) else { return };
        let place = |at: usize| levels.iter().position(|(own, _)| *own == at);
        for known in open.iter().filter(|open| open.shown) {
            let Need::Pair([(a, x), (b, y)]) = &known.need else { continue };
            let level = |at: usize, level: &need::Level| {
                let column = place(at)?;
                Some((column, levels[column].1.iter().position(|own| own == level)?))
            };
            if let (Some(a), Some(b)) = (level(*a, x), level(*b, y)) {
                covering.settle(a, b);
            }
        }
        if covering.missing() == 0 {
            return;
        }
        for row in covering.rows(0, |steps| steps < POLISH) {
            let mut wish = Wish::default();
            for (value, (at, levels)) in row.iter().zip(&levels) {
                levels[usize::from(*value)].wish(*at, &mut wish);
            }
            // What constraints forbid is told pair by pair, later.
            let salt = format!("pair {row:?}");
            let _ = self.attempt(name, open, &wish, &salt, "pair");
        }
    }

    /// Rows with an edge case in each column.
    fn edges(&mut self, name: &TableName, open: &mut [need::Open]) {
        loop {
            let mut wish = Wish::default();
            let mut ids = String::from("edge");
            for open in open.iter().filter(|open| !open.shown) {
                if let Need::Edge(at, text) = &open.need
                    && !wish.cells.contains_key(at)
                {
                    wish.cells.insert(*at, Some(text.clone()));
                    ids.push(' ');
                    ids.push_str(&open.id);
                }
            }
            // A row of one edge case is made alone; what a whole row cannot hold, too.
            if wish.cells.len() < 2 || self.attempt(name, open, &wish, &ids, "edge").is_err() {
                return;
            }
        }
    }

    /// A row for one requirement.
    fn single(
        &mut self,
        name: &TableName,
        open: &mut [need::Open],
        at: usize,
    ) -> std::result::Result<(), Obstacle> {
        let rules = self.generator.rules.table(name).ok_or(Obstacle::Unknown)?;
        let (need, id) = (open[at].need.clone(), open[at].id.clone());
        let beside = need::beside(&need, rules);
        let full = |columns: &[usize], entry: &Entry| columns.iter().all(|at| entry.cells[*at].is_some());
        let place = |made: &BTreeMap<TableName, Vec<Entry>>, columns: &[usize]| {
            made.get(name).and_then(|made| made.iter().position(|entry| full(columns, entry)))
        };
        let mut first = None;
        if let Some(columns) = &beside {
            if place(&self.made, columns).is_none() {
                let not_null = columns.iter().copied().filter(|at| rules.is_nullable(*at)).collect();
                self.attempt(name, open, &Wish { not_null, ..Wish::default() }, "first", "constraint")?;
            }
            first = place(&self.made, columns);
        }
        let shape = &self.generator.shapes[name];
        let row = first.and_then(|at| Some(&self.made.get(name)?[at].cells));
        let wish = match need::wish(&need, rules, shape, row) {
            Some(wish) => wish,
            None => self.solved(name, &need)?,
        };
        let entry = self.made.get(name).map_or(0, Vec::len);
        for (salt, step) in STEPS.into_iter().enumerate() {
            // Keys of few values follow from the row's number: another one may be free.
            *self.next.entry(name.clone()).or_default() += step;
            if self.attempt(name, open, &wish, &format!("{id} {salt}"), need.generator()).is_ok()
                && open[at].shown
            {
                if let (Some(first), Some(made)) = (first, self.made.get_mut(name)) {
                    made[first].pinned = true;
                    made[entry..].iter_mut().for_each(|entry| entry.pinned = true);
                }
                return Ok(());
            }
        }
        Err(self.verdict(name, &need, &wish))
    }

    /// The cells that a condition needs, from the solver.
    fn solved(&self, name: &TableName, need: &Need) -> std::result::Result<Wish, Obstacle> {
        let Need::Constraint(requirement) = need else { return Err(Obstacle::Unknown) };
        match self.generator.solver.solve(requirement) {
            Outcome::Solved(case) => {
                let Goal::Conditions(needs) = &requirement.goal else { return Err(Obstacle::Unknown) };
                let mut wish = Wish::default();
                for at in needs.iter().flat_map(|need| need.node.columns()) {
                    let reference =
                        matches!(self.generator.shapes[name].roles[at], shape::Role::Reference(_));
                    if !reference {
                        wish.cells.insert(at, case.row.cells[at].clone());
                    }
                }
                Ok(wish)
            }
            Outcome::Infeasible(_) => Err(Obstacle::Impossible),
            Outcome::Unknown => Err(Obstacle::Unknown),
        }
    }

    /// What is known of a requirement that no row was found for.
    fn verdict(&self, name: &TableName, need: &Need, wish: &Wish) -> Obstacle {
        let Some(rules) = self.generator.rules.table(name) else { return Obstacle::Unknown };
        let asked = match need {
            Need::Constraint(requirement) => Some(requirement.clone()),
            Need::Pair(pair) => need::condition(name, pair, rules),
            Need::Edge(..) => None,
        };
        if let Some(requirement) = asked {
            return match self.generator.solver.solve(&requirement) {
                Outcome::Infeasible(_) => Obstacle::Impossible,
                _ => Obstacle::Unknown,
            };
        }
        let mut cells = vec![None; self.generator.schema.tables[name].columns.len()];
        for (at, cell) in &wish.cells {
            cells[*at] = Some(cell.clone());
        }
        match self.generator.solver.complete(rules, &cells, &[], "proof") {
            Completion::Impossible => Obstacle::Impossible,
            _ => Obstacle::Unknown,
        }
    }

    /// Makes a row, if it can be made and shows something new.
    fn attempt(
        &mut self,
        name: &TableName,
        open: &mut [need::Open],
        wish: &Wish,
        salt: &str,
        generator: &'static str,
    ) -> std::result::Result<(), Obstacle> {
        let next = self.next.get(name).copied().unwrap_or(0);
        let index = self.generator.shapes[name].rows + next;
        let cells = self.generator.make(name, index, salt, wish)?;
        let parents = self.take(name, &cells).ok_or(Obstacle::Unknown)?;
        for (table, row) in parents {
            self.add(&table, row, "parent");
        }
        self.next.insert(name.clone(), next + 1);
        let row: Vec<Option<&str>> = cells.iter().map(Option::as_deref).collect();
        let rules = self.generator.rules.table(name).ok_or(Obstacle::Unknown)?;
        let mut more = false;
        for open in open.iter_mut().filter(|open| !open.shown) {
            more |= open.observe(rules, &row);
        }
        // One that shows nothing new has been seen all the same; it is left out again when rows are made fewer.
        self.add(name, cells, generator);
        if more || salt == "first" { Ok(()) } else { Err(Obstacle::Unknown) }
    }

    /// Takes the keys of a row and of the parents that it needs, if all are free; the parents, first ones last.
    fn take(&mut self, name: &TableName, cells: &Cells) -> Option<Vec<(TableName, Cells)>> {
        let mut parents: Vec<(TableName, Cells)> = Vec::new();
        let mut open = vec![(name.clone(), cells.clone())];
        while let Some((table, row)) = open.pop() {
            for reference in &self.generator.shapes[&table].references {
                let key: Option<Vec<&String>> =
                    reference.columns.iter().map(|at| row[*at].as_ref()).collect();
                let Some(key) = key else { continue };
                let fits = |cells: &Cells| {
                    reference.to_columns.iter().zip(&key).all(|(at, text)| cells[*at].as_ref() == Some(*text))
                };
                let known = parents.iter().any(|(parent, cells)| *parent == reference.to && fits(cells))
                    || (table == reference.to && fits(&row))
                    || (*name == reference.to && fits(cells));
                if known {
                    continue;
                }
                if let Parent::Number(index) = self.find(&reference.to, &reference.to_columns, &key)? {
                    let parent = self.generator.row(&reference.to, index).ok()?;
                    parents.push((reference.to.clone(), parent.clone()));
                    open.push((reference.to.clone(), parent));
                }
            }
        }
        if !self.is_new(name, cells) || !parents.iter().all(|(table, row)| self.is_new(table, row)) {
            return None;
        }
        self.existing.take(name, cells);
        for (table, row) in &parents {
            self.existing.take(table, row);
        }
        Some(parents)
    }

    /// The row with a key: one that was made, or one that can be made.
    fn find(&self, table: &TableName, columns: &[usize], key: &[&String]) -> Option<Parent> {
        let fits =
            |cells: &Cells| columns.iter().zip(key).all(|(at, text)| cells[*at].as_ref() == Some(*text));
        let made = self.made.get(table).is_some_and(|made| made.iter().any(|entry| fits(&entry.cells)));
        if made {
            return Some(Parent::Made);
        }
        let rows = self.generator.shapes.get(table)?.rows;
        let mut numbers = self.numbers.borrow_mut();
        let numbers = numbers.entry((table.clone(), columns.to_vec())).or_insert_with(|| {
            let mut numbers = HashMap::new();
            for index in 0..rows {
                let Ok(cells) = self.generator.row(table, index) else { continue };
                let key: Option<Vec<String>> = columns.iter().map(|at| cells[*at].clone()).collect();
                if let Some(key) = key {
                    numbers.entry(key).or_insert(index);
                }
            }
            numbers
        });
        let key: Vec<String> = key.iter().map(|part| (*part).clone()).collect();
        numbers.get(&key).copied().map(Parent::Number)
    }

    /// Leaves out parents that no row refers to any more.
    fn prune(&mut self) {
        for name in self.generator.order.clone().iter().rev() {
            let Some(entries) = self.made.get(name) else { continue };
            let used: Vec<bool> = entries
                .iter()
                .enumerate()
                .map(|(at, entry)| {
                    entry.generator != "parent" || entry.pinned || self.is_used(name, at, entry)
                })
                .collect();
            let mut at = 0;
            if let Some(entries) = self.made.get_mut(name) {
                entries.retain(|_| {
                    at += 1;
                    used[at - 1]
                });
            }
        }
    }

    fn is_used(&self, name: &TableName, number: usize, parent: &Entry) -> bool {
        self.made.iter().any(|(table, entries)| {
            let references = &self.generator.shapes[table].references;
            references.iter().filter(|reference| reference.to == *name).any(|reference| {
                entries.iter().enumerate().any(|(at, entry)| {
                    let same = |(from, to): (&usize, &usize)| {
                        entry.cells[*from].is_some() && entry.cells[*from] == parent.cells[*to]
                    };
                    (table != name || at != number)
                        && reference.columns.iter().zip(&reference.to_columns).all(same)
                })
            })
        })
    }

    fn finish(self) -> Made {
        Made { rows: order::order(&self.generator, self.made), report: self.report }
    }
}

/// Numbers of rows that are passed over before each try of a requirement.
const STEPS: [u64; 6] = [0, 1, 3, 13, 16, 31];
/// Steps of search that make a covering array smaller.
const POLISH: u64 = 20_000;
