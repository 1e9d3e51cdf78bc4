//! Rows by their number: any row can be made alone, and is the same in every run with the same key.

use std::collections::{BTreeMap, BTreeSet};

use super::existing::Existing;
use super::meaning::{Draw, Lists, Meaning};
use super::shape::{Digit, Role, Shape};
use super::typed::{self, Asked};
use crate::base::Prf;
use crate::synth::expression::Truth;
use crate::synth::{Completion, ConstraintKind, Given, Rules, Solver};
use crate::table::{Dialect, Schema, SqlType, TableName};

/// Cells of a row, None for NULL.
pub(super) type Cells = Vec<Option<String>>;

/// Why a row cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Obstacle {
    /// The constraints allow no such row.
    Impossible,
    /// None was found.
    Unknown,
}

/// What a row has to be beside accepted.
#[derive(Clone, Debug, Default)]
pub(super) struct Wish {
    /// Cells that are given, by column.
    pub(super) cells: BTreeMap<usize, Option<String>>,
    /// Columns that may not be NULL.
    pub(super) not_null: BTreeSet<usize>,
}

pub(super) struct Generator<'a> {
    pub(super) schema: &'a Schema,
    pub(super) rules: &'a Rules,
    pub(super) solver: Solver<'a>,
    prf: Prf,
    lists: Lists,
    pub(super) shapes: BTreeMap<TableName, Shape>,
    /// Tables, parents first.
    pub(super) order: Vec<TableName>,
    /// A column that says of every row that it was made, in tables that have it.
    pub(super) marker: Option<String>,
    /// Most parents that rows are spread over, where no key needs more.
    most_parents: u64,
}

impl<'a> Generator<'a> {
    pub(super) fn new(
        schema: &'a Schema,
        rules: &'a Rules,
        prf: (Prf, Prf),
        existing: &Existing,
        locale: &str,
        entities: &BTreeMap<(String, String), Meaning>,
    ) -> Self {
        let shapes = schema
            .tables
            .iter()
            .map(|(name, table)| (name.clone(), Shape::new(schema, name, table, existing, entities)))
            .collect();
        let mut generator = Self {
            schema,
            rules,
            solver: Solver::new(rules, prf.0),
            prf: prf.1,
            lists: Lists::new(locale),
            shapes,
            order: Vec::new(),
            marker: None,
            most_parents: u64::MAX,
        };
        generator.arrange();
        generator
    }

    /// Puts parents before children; of a circle, one reference points backward.
    fn arrange(&mut self) {
        let names: Vec<TableName> = self.shapes.keys().cloned().collect();
        let mut open = Vec::new();
        for name in &names {
            self.visit(name, &mut open);
        }
    }

    fn visit(&mut self, name: &TableName, open: &mut Vec<TableName>) {
        if self.order.contains(name) || open.contains(name) {
            return;
        }
        open.push(name.clone());
        // Parents that have to be there come first, so that circles break where NULL may stand.
        let mut keys: Vec<usize> = (0..self.shapes[name].references.len()).collect();
        keys.sort_by_key(|key| self.shapes[name].references[*key].nullable);
        for key in keys {
            let reference = &self.shapes[name].references[key];
            let to = reference.to.clone();
            if to == *name {
                continue;
            }
            // A circle is cut where NULL may stand.
            if !reference.nullable || !self.needs_one_of(&to, open) {
                self.visit(&to, open);
            }
            if !self.order.contains(&to)
                && let Some(shape) = self.shapes.get_mut(name)
            {
                shape.references[key].backward = true;
            }
        }
        open.pop();
        self.order.push(name.clone());
    }

    /// Whether rows of a table need rows of one of these, by references that may not be NULL.
    fn needs_one_of(&self, table: &TableName, open: &[TableName]) -> bool {
        let mut seen = BTreeSet::from([table.clone()]);
        let mut next = vec![table.clone()];
        while let Some(table) = next.pop() {
            if open.contains(&table) {
                return true;
            }
            for reference in self.shapes[&table].references.iter().filter(|reference| !reference.nullable) {
                if seen.insert(reference.to.clone()) {
                    next.push(reference.to.clone());
                }
            }
        }
        false
    }

    /// Sets how many rows are asked for, and how many parents they need.
    pub(super) fn ask(&mut self, asked: &BTreeMap<TableName, u64>, fan_out: u64) {
        for (name, rows) in asked {
            if let Some(shape) = self.shapes.get_mut(name) {
                shape.rows = *rows;
            }
        }
        for name in self.order.clone().iter().rev() {
            let shape = &self.shapes[name];
            if shape.rows == 0 {
                continue;
            }
            let rows = shape.rows;
            let needs: Vec<(TableName, u64)> = shape
                .references
                .iter()
                .enumerate()
                .filter(|(_, reference)| reference.to != *name && !(reference.backward && reference.nullable))
                .map(|(key, reference)| {
                    let most = match shape.digits_of(&Digit::Reference(key)) {
                        Some(parts) => root(rows.div_ceil(few(shape, parts)), references(parts).count()),
                        None => rows.div_ceil(fan_out),
                    };
                    (reference.to.clone(), most.max(1))
                })
                .collect();
            for (to, rows) in needs {
                if !asked.contains_key(&to)
                    && let Some(parent) = self.shapes.get_mut(&to)
                {
                    parent.rows = parent.rows.max(rows);
                }
            }
        }
    }

    /// Has a few parents ready in each table, which count only where a row refers to them.
    pub(super) fn ask_for_gap(&mut self) {
        self.most_parents = FEW;
        let mut rows: BTreeMap<TableName, u64> = self.shapes.keys().map(|name| (name.clone(), FEW)).collect();
        for shape in self.shapes.values() {
            for parts in &shape.digits {
                for key in references(parts) {
                    let most = rows.entry(shape.references[key].to.clone()).or_default();
                    *most = (*most).max(root(MANY, references(parts).count()));
                }
            }
        }
        for (name, rows) in rows {
            if let Some(shape) = self.shapes.get_mut(&name) {
                shape.rows = rows;
            }
        }
    }

    fn draw(&self, table: &TableName, what: &str, salt: &str) -> Draw {
        Draw::new(&self.prf, &format!("{table}\n{what}\n{salt}"))
    }

    /// The parent of a row, by its number; none for NULL.
    pub(super) fn parent(
        &self,
        table: &TableName,
        key: usize,
        index: u64,
        salt: &str,
    ) -> Result<Option<u64>, Obstacle> {
        let shape = &self.shapes[table];
        let reference = &shape.references[key];
        let own = reference.to == *table;
        if reference.backward && reference.nullable {
            return Ok(None);
        }
        let rows = self.shapes.get(&reference.to).map_or(0, |parent| parent.rows);
        let rows = if own { index.min(rows) } else { rows };
        let part = Digit::Reference(key);
        if !own && let Some(parts) = shape.digits_of(&part) {
            let divisor = self.divisor(shape, parts, part);
            return match (rows, reference.nullable) {
                (0, true) => Ok(None),
                (0, false) => Err(Obstacle::Unknown),
                _ => Ok(Some(index / divisor % rows)),
            };
        }
        // What nobody asks for stays small.
        if reference.nullable && self.most_parents == FEW && salt.starts_with("row ") {
            return Ok(None);
        }
        match (rows, own, reference.nullable) {
            (0, true, true) => Ok(None),
            (0, true, false) => Ok(Some(index)),
            (0, false, true) => Ok(None),
            (0, false, false) => Err(Obstacle::Unknown),
            _ => {
                let names: Vec<&str> = reference
                    .columns
                    .iter()
                    .map(|at| self.schema.tables[table].columns[*at].name.as_str())
                    .collect();
                Ok(Some(self.draw(table, &names.join(","), salt).below(rows.min(self.most_parents))))
            }
        }
    }

    /// A parent where there would be none: one of those that can be made.
    fn wished_parent(&self, table: &TableName, key: usize, salt: &str) -> Option<u64> {
        let rows = self.shapes.get(&self.shapes[table].references[key].to)?.rows.min(self.most_parents);
        (rows > 0).then(|| self.draw(table, &format!("parent {key}"), salt).below(rows))
    }

    /// How many rows go by before a part of a key moves on.
    fn divisor(&self, shape: &Shape, parts: &[Digit], part: Digit) -> u64 {
        let before = parts.iter().take_while(|own| **own != part);
        let size = |part: &Digit| match part {
            Digit::Reference(key) => {
                self.shapes.get(&shape.references[*key].to).map_or(1, |parent| parent.rows.max(1))
            }
            Digit::Column(at) => match shape.roles[*at] {
                Role::Digit(size) => size,
                _ => 1,
            },
        };
        before.map(size).fold(1, u64::saturating_mul)
    }

    /// A cell of a row that others refer to.
    fn key_cell(
        &self,
        table: &TableName,
        at: usize,
        index: u64,
        depth: u32,
    ) -> Result<Option<String>, Obstacle> {
        let salt = format!("row {index}");
        match self.shapes[table].roles[at] {
            Role::Reference(key) if depth < 32 => {
                let reference = &self.shapes[table].references[key];
                let Some(parent) = self.parent(table, key, index, &salt)? else { return Ok(None) };
                if reference.to == *table && parent == index {
                    return Err(Obstacle::Unknown);
                }
                let part = reference.columns.iter().position(|own| *own == at).unwrap_or_default();
                self.key_cell(&reference.to, reference.to_columns[part], parent, depth + 1)
            }
            Role::Reference(_) | Role::Computed => Err(Obstacle::Unknown),
            _ => self.plain(table, at, index, &salt).map(Some),
        }
    }

    /// A cell that depends on no other row.
    fn plain(&self, table: &TableName, at: usize, index: u64, salt: &str) -> Result<String, Obstacle> {
        let shape = &self.shapes[table];
        let column = &self.schema.tables[table].columns[at];
        let mut asked = Asked {
            sql_type: &column.sql_type,
            labels: shape.labels[at].as_ref(),
            dialect: self.rules.dialect(),
            meaning: shape.meanings[at],
            unique: None,
            lists: &self.lists,
        };
        let made = match shape.roles[at] {
            Role::Counter { base } => {
                let number = base + 1 + i128::from(index);
                let most = column.sql_type.integer_range().map_or(i128::MAX, |(_, most)| most);
                (number <= most).then(|| number.to_string())
            }
            Role::Digit(size) => {
                let part = Digit::Column(at);
                let divisor = shape.digits_of(&part).map_or(1, |parts| self.divisor(shape, parts, part));
                typed::nth(&asked, index / divisor % size)
            }
            Role::Free { unique } => {
                asked.unique = unique.then_some(shape.existing + index);
                typed::value(&asked, &mut self.draw(table, &column.name, salt))
            }
            _ => None,
        };
        made.ok_or(Obstacle::Unknown)
    }

    /// The row with a number, that of `rows`.
    pub(super) fn row(&self, table: &TableName, index: u64) -> Result<Cells, Obstacle> {
        self.make(table, index, &format!("row {index}"), &Wish::default())
    }

    /// A row with the cells of a wish. What its other cells are depends on `salt`, its keys on its number.
    pub(super) fn make(
        &self,
        table: &TableName,
        index: u64,
        salt: &str,
        wish: &Wish,
    ) -> Result<Cells, Obstacle> {
        let (shape, declared) = (&self.shapes[table], &self.schema.tables[table]);
        let rules = self.rules.table(table).ok_or(Obstacle::Unknown)?;
        let mut cells: Vec<Given> = vec![None; declared.columns.len()];
        for (at, cell) in &wish.cells {
            cells[*at] = Some(cell.clone());
        }
        if let Some(at) =
            self.marker.as_ref().and_then(|name| declared.columns.iter().position(|own| own.name == *name))
            && !shape.keyed[at]
        {
            let mark = match declared.columns[at].sql_type.base() {
                SqlType::Boolean if self.rules.dialect() == Dialect::Postgres => "t",
                sql_type if sql_type.is_text() => "synthetic",
                _ => "1",
            };
            cells[at] = Some(Some(mark.to_owned()));
        }
        for key in 0..shape.references.len() {
            self.refer(table, key, (index, salt), wish, &mut cells)?;
        }
        let mut fixed = cells.clone();
        for at in 0..cells.len() {
            if cells[at].is_some() {
                continue;
            }
            let column = &declared.columns[at];
            let steady = shape.referenced[at] || shape.roles[at] != Role::Free { unique: false };
            match shape.roles[at] {
                Role::Computed => {
                    cells[at] = Some(None);
                    fixed[at] = Some(None);
                    continue;
                }
                Role::Reference(_) => {
                    cells[at] = Some(None);
                    continue;
                }
                _ => {}
            }
            let optional = !column.not_null && !steady && !shape.keyed[at] && !wish.not_null.contains(&at);
            if optional && self.draw(table, &format!("{} is null", column.name), salt).below(8) == 0 {
                cells[at] = Some(None);
                continue;
            }
            match self.plain(table, at, index, salt) {
                Ok(text) => {
                    cells[at] = Some(Some(text));
                    if steady {
                        fixed[at].clone_from(&cells[at]);
                    }
                }
                Err(_) if optional => cells[at] = Some(None),
                // The solver knows values of more types.
                Err(_) => {}
            }
        }
        let mut broken = BTreeSet::new();
        // Most constraints hold for some other choice of the same kind; the solver is for those that do not.
        for redraw in 0..REDRAWS {
            let Some(row) = cells.iter().cloned().collect::<Option<Cells>>() else { break };
            broken.clear();
            for (constraint, truth) in rules.verdicts(&row) {
                let strange = truth == Truth::Unknown && constraint.kind == ConstraintKind::Type;
                if matches!(truth, Truth::False | Truth::Unknown) && !strange {
                    broken.extend(constraint.columns.iter().copied());
                }
            }
            if broken.is_empty() {
                return Ok(row);
            }
            for at in broken.iter().filter(|at| fixed[**at].is_none()) {
                if let Ok(text) = self.plain(table, *at, index, &format!("{salt} again {redraw}")) {
                    cells[*at] = Some(Some(text));
                }
            }
        }
        // First only the cells that a broken constraint speaks of are made anew, then all.
        let mut near = cells;
        for at in broken {
            near[at].clone_from(&fixed[at]);
        }
        let mut found = Obstacle::Impossible;
        for (number, given) in [near, fixed].into_iter().enumerate() {
            match self.solver.complete(rules, &given, &[], &format!("{salt} {number}")) {
                Completion::Row(mut row) => {
                    for (cell, role) in row.iter_mut().zip(&shape.roles) {
                        if *role == Role::Computed {
                            *cell = None;
                        }
                    }
                    let kept = wish.not_null.iter().all(|at| row[*at].is_some());
                    if kept {
                        return Ok(row);
                    }
                    found = Obstacle::Unknown;
                }
                Completion::Impossible => {}
                Completion::Unknown => found = Obstacle::Unknown,
            }
        }
        // That our own choice of keys leads nowhere proves nothing of others.
        let chosen = shape.roles.iter().enumerate().any(|(at, role)| {
            !matches!(role, Role::Computed | Role::Free { .. }) && !wish.cells.contains_key(&at)
        });
        Err(if chosen { Obstacle::Unknown } else { found })
    }

    /// Sets the columns of a foreign key.
    fn refer(
        &self,
        table: &TableName,
        key: usize,
        (index, salt): (u64, &str),
        wish: &Wish,
        cells: &mut [Given],
    ) -> Result<(), Obstacle> {
        let reference = &self.shapes[table].references[key];
        let declared = &self.schema.tables[table];
        let given = |cells: &[Given]| reference.columns.iter().any(|at| cells[*at] == Some(None));
        if given(cells) {
            return Ok(());
        }
        let own = reference.to == *table;
        let parent = match self.parent(table, key, index, salt)? {
            None if reference.columns.iter().any(|at| wish.not_null.contains(at)) => {
                self.wished_parent(table, key, salt)
            }
            parent => parent,
        };
        let Some(parent) = parent else {
            if reference.columns.iter().any(|at| wish.not_null.contains(at)) {
                return Err(Obstacle::Unknown);
            }
            for at in &reference.columns {
                if cells[*at].is_none() && !declared.columns[*at].not_null {
                    cells[*at] = Some(None);
                }
            }
            return Ok(());
        };
        let rows = if own { index.max(1) } else { self.shapes[&reference.to].rows.max(1) };
        // Where columns are shared with another key, a parent that agrees is looked for.
        for try_at in 0..rows.min(200) {
            let candidate = (parent + try_at) % rows.max(parent + 1);
            let mut values = Vec::with_capacity(reference.columns.len());
            for to in &reference.to_columns {
                let value = if own && candidate == index {
                    // A row that is its own parent.
                    self.plain(table, *to, index, salt).map(Some)
                } else {
                    self.key_cell(&reference.to, *to, candidate, 0)
                };
                values.push(value?);
            }
            let agrees = reference
                .columns
                .iter()
                .zip(&values)
                .all(|(at, value)| cells[*at].as_ref().is_none_or(|cell| cell == value));
            if agrees {
                for (at, value) in reference.columns.iter().zip(values) {
                    cells[*at] = Some(value);
                }
                return Ok(());
            }
        }
        let free =
            reference.columns.iter().find(|at| cells[**at].is_none() && !declared.columns[**at].not_null);
        match free {
            Some(at) => {
                cells[*at] = Some(None);
                Ok(())
            }
            None => Err(Obstacle::Unknown),
        }
    }
}

/// The foreign keys among the parts of a key.
fn references(parts: &[Digit]) -> impl Iterator<Item = usize> {
    parts.iter().filter_map(|part| match part {
        Digit::Reference(key) => Some(*key),
        Digit::Column(_) => None,
    })
}

/// The combinations of those parts that are columns.
fn few(shape: &Shape, parts: &[Digit]) -> u64 {
    let sizes = parts.iter().filter_map(|part| match part {
        Digit::Column(at) => match shape.roles[*at] {
            Role::Digit(size) => Some(size),
            _ => None,
        },
        Digit::Reference(_) => None,
    });
    sizes.fold(1, u64::saturating_mul)
}

/// How often the cells of a broken constraint are drawn again.
const REDRAWS: u32 = 16;
/// Parents of a table that rows of a gap share.
const FEW: u64 = 2;
/// Rows of a gap that a key of foreign keys alone can tell apart.
const MANY: u64 = 200;

/// The least number whose `parts`-th power is at least `n`.
fn root(n: u64, parts: usize) -> u64 {
    let parts = u32::try_from(parts.max(1)).unwrap_or(u32::MAX);
    let mut least = (n as f64).powf(1.0 / f64::from(parts)).floor().max(1.0) as u64;
    while least.checked_pow(parts).is_some_and(|power| power < n) {
        least += 1;
    }
    least
}
