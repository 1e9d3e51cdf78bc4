//! Builds the rows of a [`Case`]: the row that a requirement asks for, beside a first row of the same table where the
//! requirement speaks of one, with parents made on demand.
//!
//! Several ways of dealing with foreign keys are tried in turn: NULL or a parent, the parent's key first or the
//! child's. What comes out is inserted into a database in memory: only rows that it accepts, or rejects for the one
//! reason that is meant, count.

use std::collections::BTreeSet;

use super::search::{Found, Problem, Want, demands};
use super::{Case, Given, Insert, Outcome, Solver, prove};
use crate::synth::constraints::{
    Body, Constraint, Database, Goal, Need, Reference, Requirement, Stored, TableRules, TruthSet, same,
};
use crate::synth::expression::Truth;
use crate::table::TableName;

/// How foreign keys are dealt with.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "choices that are tried in combinations")]
struct Way {
    /// NULL where that is possible.
    nulls: bool,
    /// Parents are made before the child's cells are chosen.
    parent_first: bool,
    /// Parents of the row are new ones, even if others are there.
    fresh: bool,
    /// Constraints other than the target may be broken.
    relaxed: bool,
    /// Distinguishes tries.
    salt: u64,
}

const fn way(salt: u64, nulls: bool, parent_first: bool, fresh: bool) -> Way {
    Way { nulls, parent_first, fresh, relaxed: false, salt }
}

const WAYS: [Way; 8] = [
    way(0, true, true, false),
    way(1, false, true, false),
    way(2, true, true, true),
    way(3, false, true, true),
    way(4, true, false, false),
    way(5, false, false, false),
    Way { relaxed: true, ..way(6, true, true, false) },
    Way { relaxed: true, ..way(7, false, true, false) },
];

pub(super) fn solve(solver: &Solver<'_>, requirement: &Requirement) -> Outcome {
    let Some(table) = solver.rules.table(&requirement.table) else { return Outcome::Unknown };
    let target = requirement
        .violates
        .as_ref()
        .and_then(|id| table.constraints.iter().position(|constraint| &constraint.id == id));
    let seed = solver.seed(table, &requirement.id);
    if let Some(proof) = prove::quickly(table, solver.rules, requirement, target, seed) {
        return Outcome::Infeasible(proof);
    }
    for way in WAYS {
        if way.relaxed && (requirement.active || target.is_none()) {
            continue;
        }
        if let Some(case) = attempt(solver, table, requirement, target, way, seed) {
            return Outcome::Solved(Box::new(case));
        }
    }
    match prove::infeasible(table, requirement, target, seed) {
        Some(proof) => Outcome::Infeasible(proof),
        None => Outcome::Unknown,
    }
}

fn attempt(
    solver: &Solver<'_>,
    table: &TableRules,
    requirement: &Requirement,
    target: Option<usize>,
    way: Way,
    seed: u64,
) -> Option<Case> {
    // Rows that are the same in a key differ in all else, so that it is this key that rejects the second.
    let whole_key = matches!(requirement.goal, Goal::Key { null: None, .. });
    let way = Way { fresh: way.fresh || (whole_key && way.salt < 2), ..way };
    let database = Database::new(solver.rules);
    let mut builder =
        Builder { solver, database, groups: Vec::new(), open: Vec::new(), seed, count: way.salt * 100 };
    let width = table.columns.len();
    let mut plan = Plan { target, ..Plan::free(width) };
    match &requirement.goal {
        Goal::Accepted => {}
        Goal::Null(at, true) => plan.fixed[*at] = Some(None),
        Goal::Null(at, false) => plan.wants.push(Want::NotNull(*at)),
        Goal::Conditions(needs) => plan.wants.extend(needs.iter().cloned().map(Want::Need)),
        Goal::Key { constraint, same, null } => {
            let Body::Key(key) = &table.constraints[*constraint].body else { return None };
            let mut first = Plan::free(width);
            let columns = &table.constraints[*constraint].columns;
            first.wants.extend(columns.iter().map(|at| Want::NotNull(*at)));
            let condition = key
                .condition
                .as_ref()
                .map(|node| Want::Need(Need { node: node.clone(), allowed: TruthSet::TRUE }));
            // A condition may ask for NULL in a column of the key.
            if condition.is_some() {
                first.wants.retain(|want| match want {
                    Want::NotNull(at) => key.elements.iter().any(|(node, _)| node.columns().contains(at)),
                    _ => true,
                });
            }
            first.wants.extend(condition.clone());
            let row = builder.any_row(table, &first)?;
            for (at, (node, _)) in key.elements.iter().enumerate() {
                let columns = node.columns();
                if Some(at) == *null {
                    let column = columns.first()?;
                    plan.fixed[*column] = Some(None);
                } else if same.contains(&at) {
                    for column in columns {
                        plan.fixed[column] = Some(row[column].clone());
                    }
                } else {
                    plan.wants.push(Want::ElementDiffers(key, at, row.clone()));
                }
            }
            plan.wants.extend(condition.filter(|_| null.is_none()));
        }
        Goal::Repeated(at, repeated) => {
            let first = Plan { wants: vec![Want::NotNull(*at)], ..Plan::free(width) };
            let row = builder.any_row(table, &first)?;
            if *repeated {
                plan.fixed[*at] = Some(row[*at].clone());
            } else {
                plan.wants.push(Want::CellIsNone(*at, row[*at].clone().into_iter().collect()));
            }
        }
        Goal::Reference { constraint, matches, null } => {
            let Body::ForeignKey(reference) = &table.constraints[*constraint].body else { return None };
            let columns = &table.constraints[*constraint].columns;
            let mut parent = builder.parent(reference, &vec![None; columns.len()], &[], false)?;
            // A parent whose own parents made a row that has it already.
            if let Some(taken) = builder.taken(table, &plan, columns, reference, &parent) {
                parent = builder.parent(reference, &vec![None; columns.len()], &taken, true)?;
            }
            for (at, column) in columns.iter().enumerate() {
                if Some(at) == *null {
                    plan.fixed[*column] = Some(None);
                } else if matches.contains(&at) {
                    plan.fixed[*column] = Some(parent[reference.to_columns[at]].clone());
                } else {
                    let rows = builder.database.rows(&reference.to);
                    let there = rows.iter().filter_map(|row| row[reference.to_columns[at]].clone()).collect();
                    plan.wants.push(Want::CellIsNone(*column, there));
                }
            }
            if null.is_none() && matches.len() == columns.len() {
                plan.forced.push(*constraint);
            } else {
                plan.loose = Some(*constraint);
            }
        }
    }
    let row = builder.row_of(table, plan, way)?;
    let (broken, unknown) = builder.database.violations(table, &row);
    let right = match (target, requirement.active) {
        (None, _) => broken.is_empty() && !unknown,
        (Some(at), true) => broken == [at] && !unknown,
        (Some(at), false) => broken.contains(&at) && !unknown,
    };
    let all: Vec<&Insert> = builder.groups.iter().flatten().collect();
    if !builder.all_refer(&all) || !right || !shows(table, requirement, &row, &builder.database) {
        return None;
    }
    Some(Case {
        table: table.name.clone(),
        requirement: requirement.id.clone(),
        alone: broken.len() <= 1,
        setup: builder.groups,
        row: Insert { table: table.name.clone(), cells: row },
        violates: requirement.violates.clone(),
    })
}

/// Whether a row is what the requirement asks for.
fn shows(table: &TableRules, requirement: &Requirement, row: &Stored, database: &Database<'_>) -> bool {
    let cells = |at: usize| row[at].as_deref();
    match &requirement.goal {
        Goal::Conditions(needs) => {
            needs.iter().all(|need| need.allowed.has(table.scope(&cells).truth(&need.node)))
        }
        Goal::Null(at, null) => row[*at].is_none() == *null,
        Goal::Repeated(at, repeated) => {
            database.rows(&table.name).iter().any(|other| other[*at] == row[*at] && row[*at].is_some())
                == *repeated
        }
        _ => true,
    }
}

/// What a row has to be.
#[derive(Clone)]
struct Plan<'a> {
    fixed: Vec<Given>,
    wants: Vec<Want<'a>>,
    /// The constraint that is to be broken.
    target: Option<usize>,
    /// Foreign keys that have to match a parent.
    forced: Vec<usize>,
    /// A foreign key that is dealt with already.
    loose: Option<usize>,
}

impl Plan<'_> {
    fn free(width: usize) -> Self {
        Self { fixed: vec![None; width], wants: Vec::new(), target: None, forced: Vec::new(), loose: None }
    }
}

/// A row that is being made, whose key rows further down may refer to.
struct Draft {
    table: TableName,
    fixed: Vec<Given>,
    /// The first group that belongs into one statement with it.
    starts: Option<usize>,
}

struct Builder<'s, 'r> {
    solver: &'s Solver<'r>,
    database: Database<'r>,
    groups: Vec<Vec<Insert>>,
    open: Vec<Draft>,
    seed: u64,
    count: u64,
}

impl<'r> Builder<'_, 'r> {
    /// A row that is accepted, inserted.
    fn row(&mut self, table: &'r TableRules, plan: Plan<'r>, way: Way) -> Option<Stored> {
        if self.open.len() > 60 {
            return None;
        }
        self.open.push(Draft { table: table.name.clone(), fixed: plan.fixed.clone(), starts: None });
        let row = self.fill(table, plan, way, true);
        let draft = self.open.pop()?;
        let row = row?;
        let (mut broken, unknown) = self.database.violations(table, &row);
        // In a circle, what it refers to is not there yet; it is looked at when the circle is closed.
        broken.retain(|at| match &table.constraints[*at].body {
            Body::ForeignKey(reference) => !self.open.iter().any(|draft| draft.table == reference.to),
            _ => true,
        });
        if unknown || !broken.is_empty() {
            return None;
        }
        self.database.add(&table.name, row.clone());
        let mut group = Vec::new();
        if let Some(starts) = draft.starts {
            group.extend(self.groups.drain(starts.min(self.groups.len())..).flatten());
        }
        group.push(Insert { table: table.name.clone(), cells: row.clone() });
        self.groups.push(group);
        Some(row)
    }

    /// Whether every row of a group finds what it refers to.
    fn all_refer(&self, group: &[&Insert]) -> bool {
        group.iter().all(|insert| {
            let Some(table) = self.solver.rules.table(&insert.table) else { return false };
            (0..table.constraints.len()).all(|at| {
                !matches!(table.constraints[at].body, Body::ForeignKey(_))
                    || self.database.verdict(table, at, &insert.cells) != Truth::False
            })
        })
    }

    /// The values of a parent's key that would make the row the same as one that is there, if they do.
    fn taken(
        &self,
        table: &TableRules,
        plan: &Plan<'_>,
        columns: &[usize],
        reference: &Reference,
        parent: &Stored,
    ) -> Option<Vec<(usize, Vec<String>)>> {
        let mut row: Stored = plan.fixed.iter().map(|cell| cell.clone().flatten()).collect();
        let mut known: Vec<bool> = plan.fixed.iter().map(Option::is_some).collect();
        for (column, to) in columns.iter().zip(&reference.to_columns) {
            row[*column].clone_from(&parent[*to]);
            known[*column] = true;
        }
        let collides = table.constraints.iter().enumerate().any(|(at, constraint)| match &constraint.body {
            Body::Key(key) if Some(at) != plan.target => {
                let touched =
                    constraint.columns.iter().any(|at| columns.contains(at) && plan.fixed[*at].is_none());
                touched
                    && constraint.columns.iter().all(|at| known[*at])
                    && self
                        .database
                        .rows(&table.name)
                        .iter()
                        .any(|other| same(table, key, &row, other) == Truth::True)
            }
            _ => false,
        });
        collides.then(|| {
            let free = columns.iter().zip(&reference.to_columns).filter(|(at, _)| plan.fixed[**at].is_none());
            free.map(|(_, to)| (*to, parent[*to].clone().into_iter().collect())).collect()
        })
    }

    /// Brings the cells that are known of the row being made, and those of its draft, together.
    fn sync(&mut self, fixed: &mut [Given], open: bool) {
        if !open {
            return;
        }
        if let Some(draft) = self.open.last_mut() {
            for (own, known) in draft.fixed.iter_mut().zip(fixed) {
                match known {
                    Some(_) => own.clone_from(known),
                    None => known.clone_from(own),
                }
            }
        }
    }

    /// The row that a requirement is about, not inserted.
    fn row_of(&mut self, table: &'r TableRules, plan: Plan<'r>, way: Way) -> Option<Stored> {
        self.fill(table, plan, way, false)
    }

    fn fill(&mut self, table: &'r TableRules, mut plan: Plan<'r>, way: Way, open: bool) -> Option<Stored> {
        let keys: Vec<(usize, &'r Reference)> = table
            .constraints
            .iter()
            .enumerate()
            .filter_map(|(at, constraint)| match &constraint.body {
                Body::ForeignKey(reference) if Some(at) != plan.target && Some(at) != plan.loose => {
                    Some((at, reference))
                }
                _ => None,
            })
            .collect();
        let mut prefer_null = BTreeSet::new();
        let mut later = Vec::new();
        for (at, reference) in keys {
            self.sync(&mut plan.fixed, open);
            let columns = &table.constraints[at].columns;
            if columns.iter().any(|column| plan.fixed[*column] == Some(None)) && !reference.match_full {
                continue;
            }
            let wanted = |column: usize| {
                plan.wants.iter().any(|want| match want {
                    Want::NotNull(own) | Want::CellIsNone(own, _) => *own == column,
                    Want::ElementDiffers(key, element, _) => {
                        key.elements[*element].0.columns().contains(&column)
                    }
                    _ => false,
                })
            };
            let nullable = columns.iter().find(|column| {
                table.is_nullable(**column) && plan.fixed[**column].is_none() && !wanted(**column)
            });
            if let Some(column) = nullable
                && way.nulls
                && !plan.forced.contains(&at)
            {
                if reference.match_full {
                    prefer_null.extend(columns.iter().copied());
                } else {
                    prefer_null.insert(*column);
                }
                later.push((at, reference));
                continue;
            }
            // Values of the key that the row may not have.
            let mut without: Vec<(usize, Vec<String>)> = Vec::new();
            for (column, to) in columns.iter().zip(&reference.to_columns) {
                for want in &plan.wants {
                    match want {
                        Want::ElementDiffers(key, element, row)
                            if key.elements[*element].0.columns().contains(column) =>
                        {
                            without.push((*to, row[*column].clone().into_iter().collect()));
                        }
                        Want::CellIsNone(own, texts) if own == column => without.push((*to, texts.clone())),
                        _ => {}
                    }
                }
            }
            if way.parent_first {
                let cells: Vec<Option<String>> =
                    columns.iter().map(|column| plan.fixed[*column].clone().flatten()).collect();
                let mut parent = self.parent(reference, &cells, &without, way.fresh)?;
                if let Some(taken) = self.taken(table, &plan, columns, reference, &parent) {
                    without.extend(taken);
                    parent = self.parent(reference, &cells, &without, true)?;
                }
                for (column, to) in columns.iter().zip(&reference.to_columns) {
                    plan.fixed[*column] = Some(parent[*to].clone());
                }
                // Its own key may have been used further down.
                self.sync(&mut plan.fixed, open);
            } else {
                later.push((at, reference));
            }
        }
        self.count += 1;
        let checks =
            |(_, constraint): &(usize, &Constraint)| matches!(constraint.body, Body::Check(_) | Body::Key(_));
        let skip: Vec<usize> = if way.relaxed && !open {
            table.constraints.iter().enumerate().filter(checks).map(|(at, _)| at).chain(plan.target).collect()
        } else {
            plan.target.into_iter().collect()
        };
        let rows = self.database.rows(&table.name).to_vec();
        let mut wants = demands(table, &rows, &skip);
        wants.extend(plan.wants.iter().cloned());
        let problem = Problem {
            table,
            fixed: plan.fixed.clone(),
            prefer_null,
            wants,
            avoid: rows,
            seed: self.seed.wrapping_add(self.count.wrapping_mul(0x9e37_79b9)),
            repairs: true,
        };
        let Found::Row(row) = problem.solve() else { return None };
        for (at, reference) in later {
            let columns = &table.constraints[at].columns;
            let cells: Vec<Option<String>> = columns.iter().map(|column| row[*column].clone()).collect();
            if cells.iter().any(Option::is_none) {
                continue;
            }
            if self.database.verdict(table, at, &row) != Truth::False {
                continue;
            }
            if open && let Some(draft) = self.open.last_mut() {
                for (own, cell) in draft.fixed.iter_mut().zip(&row) {
                    *own = Some(cell.clone());
                }
            }
            self.parent(reference, &cells, &[], false)?;
        }
        Some(row)
    }

    /// A row that is accepted, inserted: with NULL for what it refers to where that is possible, else with parents.
    fn any_row(&mut self, table: &'r TableRules, plan: &Plan<'r>) -> Option<Stored> {
        for way in [way(0, true, true, false), way(0, true, false, false), way(0, false, false, false)] {
            let before = (self.database.clone(), self.groups.clone());
            if let Some(row) = self.row(table, plan.clone(), way) {
                return Some(row);
            }
            (self.database, self.groups) = before;
        }
        None
    }

    /// A row of the referenced table with these cells in its key, where they are given, and none of the values in
    /// `without` in its columns: one that is there, unless it has to be fresh, or a new one.
    fn parent(
        &mut self,
        reference: &Reference,
        cells: &[Option<String>],
        without: &[(usize, Vec<String>)],
        fresh: bool,
    ) -> Option<Stored> {
        let solver = self.solver;
        let table = solver.rules.table(&reference.to)?;
        let fits = |row: &Stored| {
            let mut pairs = reference.to_columns.iter().zip(cells);
            pairs.all(|(to, cell)| row[*to].is_some() && (cell.is_none() || &row[*to] == cell))
                && without
                    .iter()
                    .all(|(at, texts)| row[*at].as_ref().is_none_or(|text| !texts.contains(text)))
        };
        let fresh = fresh && cells.iter().any(Option::is_none);
        if !fresh && let Some(row) = self.database.rows(&reference.to).iter().find(|row| fits(row)) {
            return Some(row.clone());
        }
        // A second row of the same table breaks most circles; what it cannot break is closed.
        let same = self.open.iter().filter(|draft| draft.table == reference.to).count();
        let itself = self.open.last().is_some_and(|draft| draft.table == reference.to);
        if same >= if itself { 2 } else { 1 }
            && let Some(at) = self.open.iter().rposition(|draft| draft.table == reference.to)
        {
            return self.draft_key(at, table, reference, cells);
        }
        let mut plan = Plan::free(table.columns.len());
        for (to, cell) in reference.to_columns.iter().zip(cells) {
            match cell {
                Some(text) => plan.fixed[*to] = Some(Some(text.clone())),
                None => plan.wants.push(Want::NotNull(*to)),
            }
        }
        plan.wants.extend(without.iter().map(|(at, texts)| Want::CellIsNone(*at, texts.clone())));
        self.any_row(table, &plan)
    }

    /// The key of a row that is being made: chosen now, and kept to when the rest of the row is.
    fn draft_key(
        &mut self,
        at: usize,
        table: &TableRules,
        reference: &Reference,
        cells: &[Option<String>],
    ) -> Option<Stored> {
        let mut row: Stored = vec![None; table.columns.len()];
        for (to, cell) in reference.to_columns.iter().zip(cells) {
            let draft = &self.open[at];
            let chosen = match (&draft.fixed[*to], cell) {
                (Some(Some(own)), None) => own.clone(),
                (Some(Some(own)), Some(text)) if own == text => own.clone(),
                (Some(_), _) => return None,
                (None, Some(text)) => text.clone(),
                (None, None) => {
                    self.count += 1;
                    let seed = self.seed.wrapping_add(self.count * 7919);
                    super::sample::fresh(&table.types[*to], seed)?
                }
            };
            self.open[at].fixed[*to] = Some(Some(chosen.clone()));
            row[*to] = Some(chosen);
        }
        let groups = self.groups.len();
        let starts = self.open[at].starts.get_or_insert(groups);
        *starts = (*starts).min(groups);
        Some(row)
    }
}
