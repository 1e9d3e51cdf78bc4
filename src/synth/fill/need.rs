//! What a table's rows have to show: requirements of its constraints, pairs of values, edge cases.

use std::collections::{BTreeMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use super::generator::{Cells, Wish};
use super::meaning::Meaning;
use super::shape::{Role, Shape};
use crate::synth::constraints::{Body, Goal, Need as Condition, TruthSet, same_cells};
use crate::synth::expression::{Comparison, Node, Test, Truth};
use crate::synth::{Criterion, EdgeCatalogue, Engine, Requirement, TableRules, Validity, Verdict};
use crate::table::{Dialect, Schema, SqlType, Table, TableName};

/// A group of values of a column that has few of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Level {
    Null,
    NotNull,
    Is(String),
}

impl Level {
    pub(super) fn holds(&self, cell: Option<&str>) -> bool {
        match self {
            Self::Null => cell.is_none(),
            Self::NotNull => cell.is_some(),
            Self::Is(text) => cell == Some(text.as_str()),
        }
    }

    fn name(&self) -> &str {
        match self {
            Self::Null => "null",
            Self::NotNull => "not null",
            Self::Is(text) => text,
        }
    }

    pub(super) fn wish(&self, at: usize, wish: &mut Wish) {
        match self {
            Self::Null => {
                wish.cells.insert(at, None);
            }
            Self::NotNull => {
                wish.not_null.insert(at);
            }
            Self::Is(text) => {
                wish.cells.insert(at, Some(text.clone()));
            }
        }
    }
}

/// One requirement.
#[derive(Clone, Debug)]
pub(super) enum Need {
    Constraint(Requirement),
    Pair([(usize, Level); 2]),
    Edge(usize, String),
}

impl Need {
    pub(super) fn generator(&self) -> &'static str {
        match self {
            Self::Constraint(_) => "constraint",
            Self::Pair(_) => "pair",
            Self::Edge(..) => "edge",
        }
    }
}

/// A requirement, its id, and whether rows show it already.
#[derive(Clone, Debug)]
pub(super) struct Open {
    pub(super) id: String,
    pub(super) need: Need,
    pub(super) shown: bool,
    /// What was seen of it so far, where a single row cannot show it.
    seen: HashSet<u64>,
}

/// The columns with few values, and those.
pub(super) fn levels(
    table: &Table,
    rules: &TableRules,
    schema: &Schema,
    shape: &Shape,
    dialect: Dialect,
) -> Vec<(usize, Vec<Level>)> {
    let mut found = Vec::new();
    for (at, column) in table.columns.iter().enumerate() {
        if shape.roles[at] == Role::Computed || shape.keyed[at] {
            continue;
        }
        let reference = matches!(shape.roles[at], Role::Reference(_));
        let mut levels: Vec<Level> = match column.sql_type.base() {
            _ if reference => Vec::new(),
            SqlType::Boolean => {
                let texts = if dialect == Dialect::Postgres { ["t", "f"] } else { ["1", "0"] };
                texts.map(|text| Level::Is(text.to_owned())).to_vec()
            }
            SqlType::Enum(name) => {
                let labels = schema.enums.get(name).map_or(&[][..], Vec::as_slice);
                labels
                    .iter()
                    .filter(|label| !label.is_empty())
                    .map(|label| Level::Is(label.clone()))
                    .collect()
            }
            _ => Vec::new(),
        };
        if levels.len() > MOST_LEVELS {
            levels.clear();
        }
        if rules.is_nullable(at) && !column.identity {
            if levels.is_empty() {
                levels.push(Level::NotNull);
            }
            levels.push(Level::Null);
        }
        if levels.len() > 1 {
            found.push((at, levels));
        }
    }
    found
}

/// All requirements of a table that valid rows can show.
pub(super) fn all(
    name: &TableName,
    schema: &Schema,
    rules: &TableRules,
    shape: &Shape,
    dialect: Dialect,
    edges: Option<&EdgeCatalogue>,
) -> Vec<Open> {
    let table = &schema.tables[name];
    let open = |id: String, need: Need| Open { id, need, shown: false, seen: HashSet::new() };
    let own = rules.requirements().into_iter().filter(|requirement| requirement.violates.is_none());
    let mut found: Vec<Open> =
        own.map(|requirement| open(requirement.id.clone(), Need::Constraint(requirement))).collect();
    let levels = levels(table, rules, schema, shape, dialect);
    for (number, (a, of_a)) in levels.iter().enumerate() {
        for (b, of_b) in &levels[number + 1..] {
            for x in of_a {
                for y in of_b {
                    let (first, second) = (&table.columns[*a].name, &table.columns[*b].name);
                    let id = format!("pair/{first}={},{second}={}", x.name(), y.name());
                    found.push(open(id, Need::Pair([(*a, x.clone()), (*b, y.clone())])));
                }
            }
        }
    }
    for (at, column) in table.columns.iter().enumerate() {
        let Some(edges) = edges else { break };
        let free = matches!(shape.roles[at], Role::Free { .. } | Role::Digit(_));
        if !free || shape.referenced[at] {
            continue;
        }
        let engine = match dialect {
            Dialect::MySql => Engine::MySql,
            Dialect::Sqlite => Engine::Sqlite,
            Dialect::Postgres => Engine::PostgreSql,
        };
        let by_meaning = if column.sql_type.is_text() { meaning_names(shape.meanings[at]) } else { &[] };
        for class in
            type_names(&column.sql_type).iter().chain(by_meaning).flat_map(|name| edges.of_type(name))
        {
            let taken = match class.validity {
                Some(validity) => validity == Validity::Valid,
                None => matches!(class.verdict(engine), Verdict::Kept),
            };
            let cell = class.cell(column.sql_type.width(), TODAY).filter(|_| taken);
            let Some(text) = cell.and_then(|cell| String::from_utf8(cell).ok()) else { continue };
            if text.len() <= LONGEST_EDGE
                && !text.contains('\0')
                && rules.types[at].accepts(&text) == Truth::True
            {
                found.push(open(format!("edge/{}/{}", column.name, class.id), Need::Edge(at, text)));
            }
        }
    }
    found
}

/// The names that the catalogue has for a type.
fn type_names(sql_type: &SqlType) -> &'static [&'static str] {
    match sql_type.base() {
        SqlType::Integer { bits: 16 } => &["int2"],
        SqlType::Integer { bits: 32 } => &["int4"],
        SqlType::Integer { bits: 64 } => &["int8"],
        SqlType::Numeric { .. } => &["numeric"],
        SqlType::Float => &["float8"],
        SqlType::Text { width: Some(_), .. } => &["varchar"],
        SqlType::Text { .. } => &["text"],
        SqlType::Date => &["date"],
        SqlType::Timestamp { zone: true } => &["timestamptz"],
        SqlType::Timestamp { zone: false } => &["timestamp"],
        SqlType::Time => &["time"],
        SqlType::Interval => &["interval"],
        SqlType::Uuid => &["uuid"],
        SqlType::Json => &["jsonb", "json"],
        SqlType::Bytes => &["bytea"],
        SqlType::Inet => &["inet"],
        _ => &[],
    }
}

/// The names that the catalogue has for what a text means.
fn meaning_names(meaning: Meaning) -> &'static [&'static str] {
    match meaning {
        Meaning::Email => &["email"],
        Meaning::Phone => &["phone"],
        Meaning::Url => &["url"],
        Meaning::Iban => &["iban"],
        Meaning::Card => &["card_number"],
        Meaning::FirstName | Meaning::LastName | Meaning::FullName => &["person_name"],
        Meaning::Street => &["address"],
        Meaning::Postcode => &["postal_code"],
        Meaning::Username => &["username"],
        _ => &[],
    }
}

impl Open {
    /// Takes note of a row; whether the requirement is shown from now on.
    pub(super) fn observe(&mut self, rules: &TableRules, row: &[Option<&str>]) -> bool {
        if !self.shown {
            self.shown = match &self.need {
                Need::Pair(pair) => pair.iter().all(|(at, level)| level.holds(row[*at])),
                Need::Edge(at, text) => holds(rules, *at, row[*at], text),
                Need::Constraint(requirement) => match requirement.is_shown_by(rules, row) {
                    Some(shown) => shown,
                    None => together(requirement, rules, row, &mut self.seen),
                },
            };
        }
        self.shown
    }
}

/// Whether a cell holds an edge case, however its database writes it.
pub(super) fn holds(rules: &TableRules, at: usize, cell: Option<&str>, text: &str) -> bool {
    let number = matches!(
        rules.types[at].sql_type,
        SqlType::Numeric { .. } | SqlType::Float | SqlType::Timestamp { .. } | SqlType::Time
    );
    let same =
        |cell: &str| cell == text || (number && same_cells(rules, at, cell, rules, at, text) == Truth::True);
    cell.is_some_and(same)
}

/// Whether a row shows a requirement that speaks of other rows, given the hashes of those that came before.
fn together(
    requirement: &Requirement,
    rules: &TableRules,
    row: &[Option<&str>],
    seen: &mut HashSet<u64>,
) -> bool {
    match &requirement.goal {
        Goal::Reference { constraint, matches, null } => {
            let columns = &rules.constraints()[*constraint].columns;
            let null = null.map(|part| columns[part]);
            let is_null = |at: usize| row[at].is_none();
            match null {
                Some(at) => is_null(at) && columns.iter().all(|other| *other == at || !is_null(*other)),
                None => matches.len() == columns.len() && !columns.iter().any(|at| is_null(*at)),
            }
        }
        Goal::Repeated(at, repeated) => {
            let Some(text) = row[*at] else { return false };
            let known = seen.contains(&hash([text].into_iter()));
            let others = !seen.is_empty();
            if seen.len() < MOST_SEEN {
                seen.insert(hash([text].into_iter()));
            }
            if *repeated { known } else { others && !known }
        }
        Goal::Key { constraint, same, null } => {
            let Body::Key(key) = &rules.constraints()[*constraint].body else { return false };
            let column = |part: usize| match &key.elements[part].0 {
                Node::Column(at) => Some(*at),
                _ => None,
            };
            let Some(columns) = (0..key.elements.len()).map(column).collect::<Option<Vec<usize>>>() else {
                return false;
            };
            let Some(own) = of(same, &columns, row) else { return false };
            // The two rows come in any order; where one has NULL, only a row without is its other.
            let (mine, other) = match null {
                None => (own, own),
                Some(part) if row[columns[*part]].is_none() => (own, !own),
                Some(_) => (!own, own),
            };
            let known = seen.contains(&other);
            if seen.len() < MOST_SEEN {
                seen.insert(mine);
            }
            known
        }
        _ => false,
    }
}

fn of(same: &[usize], columns: &[usize], row: &[Option<&str>]) -> Option<u64> {
    let cells: Vec<&str> = same.iter().map(|part| row[columns[*part]]).collect::<Option<_>>()?;
    Some(hash(cells.into_iter()))
}

fn hash<'a>(cells: impl Iterator<Item = &'a str>) -> u64 {
    let mut hasher = DefaultHasher::new();
    cells.for_each(|cell| cell.hash(&mut hasher));
    hasher.finish()
}

/// A pair as a requirement that the solver can prove infeasible.
pub(super) fn condition(
    table: &TableName,
    pair: &[(usize, Level); 2],
    rules: &TableRules,
) -> Option<Requirement> {
    let condition = |(at, level): &(usize, Level)| {
        let column = Box::new(Node::Column(*at));
        Some(match level {
            Level::Null => Condition { node: Node::Is(column, Test::Null), allowed: TruthSet::TRUE },
            Level::NotNull => Condition { node: Node::Is(column, Test::Null), allowed: TruthSet::FALSE },
            Level::Is(text) => {
                let value = Box::new(Node::Constant(rules.types[*at].decode(text)?));
                Condition { node: Node::Compare(column, Comparison::Equal, value), allowed: TruthSet::TRUE }
            }
        })
    };
    Some(Requirement {
        id: "pair".into(),
        table: table.clone(),
        criterion: Criterion::Aicc,
        violates: None,
        goal: Goal::Conditions(pair.iter().map(condition).collect::<Option<_>>()?),
        active: true,
    })
}

/// The columns that a first row must have values in, for a requirement that speaks of two rows.
pub(super) fn beside(need: &Need, rules: &TableRules) -> Option<Vec<usize>> {
    let Need::Constraint(requirement) = need else { return None };
    match &requirement.goal {
        Goal::Repeated(at, _) => Some(vec![*at]),
        Goal::Key { constraint, .. } => Some(rules.constraints()[*constraint].columns.clone()),
        _ => None,
    }
}

/// The cells that a row needs to show a requirement beside a first row of its table; none where that cannot be said so.
pub(super) fn wish(need: &Need, rules: &TableRules, shape: &Shape, first: Option<&Cells>) -> Option<Wish> {
    let mut wish = Wish::default();
    match need {
        Need::Pair(pair) => pair.iter().for_each(|(at, level)| level.wish(*at, &mut wish)),
        Need::Edge(at, text) => {
            wish.cells.insert(*at, Some(text.clone()));
        }
        Need::Constraint(requirement) => match &requirement.goal {
            Goal::Accepted => {}
            Goal::Null(at, true) => {
                wish.cells.insert(*at, None);
            }
            Goal::Null(at, false) => {
                wish.not_null.insert(*at);
            }
            Goal::Conditions(_) => return None,
            Goal::Repeated(at, true) => copy(&[*at], shape, first?, &mut wish)?,
            Goal::Repeated(at, false) => {
                first?;
                wish.not_null.insert(*at);
            }
            Goal::Reference { constraint, null, .. } => {
                let columns = &rules.constraints()[*constraint].columns;
                wish.not_null.extend(columns.iter().copied());
                if let Some(part) = null {
                    wish.not_null.remove(&columns[*part]);
                    wish.cells.insert(columns[*part], None);
                }
            }
            Goal::Key { constraint, same, null } => {
                let Body::Key(key) = &rules.constraints()[*constraint].body else { return None };
                let column = |part: &usize| match &key.elements[*part].0 {
                    Node::Column(at) => Some(*at),
                    _ => None,
                };
                let columns: Vec<usize> = same.iter().map(column).collect::<Option<_>>()?;
                copy(&columns, shape, first?, &mut wish)?;
                if let Some(part) = null {
                    wish.cells.insert(column(part)?, None);
                }
            }
        },
    }
    Some(wish)
}

/// Wishes for the cells of another row, and for its parents.
fn copy(columns: &[usize], shape: &Shape, row: &Cells, wish: &mut Wish) -> Option<()> {
    for at in columns {
        wish.cells.insert(*at, Some(row[*at].clone()?));
    }
    // A foreign key of several columns follows its first row whole, so that the parent is there.
    for reference in &shape.references {
        if reference.columns.len() > 1 && reference.columns.iter().any(|at| columns.contains(at)) {
            for at in &reference.columns {
                if !shape.keyed[*at] {
                    wish.cells.insert(*at, row[*at].clone());
                }
            }
        }
    }
    Some(())
}

/// Requirements by table, with what rows of data have shown so far.
pub(super) type Needs = BTreeMap<TableName, Vec<Open>>;

/// More values of a column are no partition of it.
const MOST_LEVELS: usize = 16;
/// Most hashes of rows that a requirement remembers.
const MOST_SEEN: usize = 100_000;
/// Longer edge cases are left to those who ask for them by hand.
const LONGEST_EDGE: usize = 10_000;
/// The date that ages count from: the output does not depend on the day of the run.
const TODAY: &str = "2026-01-31";
