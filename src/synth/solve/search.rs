//! Finds cells for the columns of a row under conditions: columns that conditions tie together are solved together,
//! region by region, then by repairing one broken condition after the other.

use std::collections::{BTreeMap, BTreeSet};

use super::Given;
use super::domain::{Domain, Facts};
use crate::synth::constraints::{Body, Key};
use crate::synth::constraints::{Need, Stored, TableRules, TruthSet, same, same_element};
use crate::synth::expression::{Node, Truth};

/// What a row has to be, beside the conditions of [`Problem::needs`].
#[derive(Clone)]
pub(super) enum Want<'a> {
    Need(Need),
    /// Not the same as that row, for a key.
    KeyDiffers(&'a Key, Stored),
    /// An element of a key is not the same as in that row.
    ElementDiffers(&'a Key, usize, Stored),
    /// A cell is none of these.
    CellIsNone(usize, Vec<String>),
    /// A cell is not NULL.
    NotNull(usize),
}

/// A row that is looked for.
pub(super) struct Problem<'a> {
    pub(super) table: &'a TableRules,
    /// Cells that are given; the outer None is for those that are free.
    pub(super) fixed: Vec<Given>,
    /// Cells that should be NULL if nothing speaks against it.
    pub(super) prefer_null: BTreeSet<usize>,
    pub(super) wants: Vec<Want<'a>>,
    /// Rows whose cells the row should not repeat if nothing speaks against it.
    pub(super) avoid: Vec<Stored>,
    pub(super) seed: u64,
    /// Whether to go on with repairs where the regions gave nothing.
    pub(super) repairs: bool,
}

/// What a search came to.
#[derive(Debug)]
pub(super) enum Found {
    Row(Stored),
    /// There is no such row: every combination of regions was tried.
    Nothing {
        columns: Vec<usize>,
        tried: u64,
    },
    Unknown,
}

/// Evaluations of conditions in one component; more is given up.
const MOST_STEPS: u64 = 40_000;

impl Want<'_> {
    fn columns(&self, table: &TableRules) -> Vec<usize> {
        let mut columns = match self {
            Self::Need(need) => need.node.columns(),
            Self::KeyDiffers(key, _) => {
                let elements = key.elements.iter().flat_map(|(node, _)| node.columns());
                elements.chain(key.condition.iter().flat_map(Node::columns)).collect()
            }
            Self::ElementDiffers(key, at, _) => key.elements[*at].0.columns(),
            Self::CellIsNone(at, _) | Self::NotNull(at) => vec![*at],
        };
        columns.retain(|at| !table.columns[*at].generated);
        columns.sort_unstable();
        columns.dedup();
        columns
    }

    fn holds(&self, table: &TableRules, row: &Stored) -> bool {
        let cells = |at: usize| row[at].as_deref();
        match self {
            Self::Need(need) => need.allowed.has(table.scope(&cells).truth(&need.node)),
            Self::KeyDiffers(key, other) => same(table, key, row, other) == Truth::False,
            Self::ElementDiffers(key, at, other) => {
                let (node, operator) = &key.elements[*at];
                let not_null = node.columns().iter().all(|at| row[*at].is_some());
                not_null
                    && same_element(table, node, operator, key.nulls_distinct, row, other) == Truth::False
            }
            Self::CellIsNone(at, texts) => match &row[*at] {
                None => false,
                Some(text) => texts.iter().all(|other| {
                    crate::synth::constraints::same_cells(table, *at, text, table, *at, other) == Truth::False
                }),
            },
            Self::NotNull(at) => row[*at].is_some(),
        }
    }

    /// Texts that count as constants for a column.
    fn others(&self, at: usize) -> Option<&str> {
        match self {
            Self::KeyDiffers(_, row) | Self::ElementDiffers(_, _, row) => row[at].as_deref(),
            _ => None,
        }
    }
}

impl Problem<'_> {
    /// Solves it.
    pub(super) fn solve(&self) -> Found {
        let table = self.table;
        let facts = Facts::new(
            table,
            self.wants.iter().filter_map(|want| match want {
                Want::Need(need) => Some(need),
                _ => None,
            }),
        );
        let mut row: Stored = Vec::with_capacity(table.columns.len());
        let mut domains: BTreeMap<usize, Domain> = BTreeMap::new();
        let wanted: BTreeSet<usize> = self.wants.iter().flat_map(|want| want.columns(table)).collect();
        // A cell that is given is a constant for the columns that it is compared with.
        let given = wanted.iter().filter_map(|at| self.fixed[*at].clone().flatten());
        let given: Vec<String> = given.collect();
        for at in 0..table.columns.len() {
            if table.columns[at].generated {
                row.push(Some(String::new()));
                continue;
            }
            if let Some(fixed) = &self.fixed[at] {
                row.push(fixed.clone());
                continue;
            }
            let domain = self.domain(&facts, at, if wanted.contains(&at) { &given } else { &[] });
            let first = domain.values.first().cloned();
            if !wanted.contains(&at) && first.is_none() {
                return Found::Unknown;
            }
            row.push(first.flatten());
            domains.insert(at, domain);
        }
        for component in self.components() {
            match self.component(&component, &domains, &mut row) {
                Found::Row(_) => {}
                other => return other,
            }
        }
        Found::Row(row)
    }

    fn domain(&self, facts: &Facts, at: usize, given: &[String]) -> Domain {
        let mut others: Vec<&str> = self.wants.iter().filter_map(|want| want.others(at)).collect();
        others.extend(given.iter().map(String::as_str));
        for want in &self.wants {
            if let Want::CellIsNone(own, texts) = want
                && *own == at
            {
                others.extend(texts.iter().map(String::as_str));
            }
        }
        let seed = self.seed.wrapping_mul(31).wrapping_add(at as u64 * 977);
        let mut domain = facts.domain(self.table, at, &others, seed);
        let repeats =
            |value: &Option<String>| value.is_none() || self.avoid.iter().any(|row| &row[at] == value);
        domain.values.sort_by_key(repeats);
        let column = &self.table.columns[at];
        if column.not_null || column.numbered {
            domain.values.retain(Option::is_some);
        } else if self.prefer_null.contains(&at) {
            domain.values.rotate_right(1);
        }
        domain
    }

    /// Wants that share free columns, with these columns.
    fn components(&self) -> Vec<(Vec<usize>, Vec<usize>)> {
        let mut components: Vec<(BTreeSet<usize>, Vec<usize>)> = Vec::new();
        for (number, want) in self.wants.iter().enumerate() {
            let free = want.columns(self.table).into_iter().filter(|at| self.fixed[*at].is_none());
            let mut columns: BTreeSet<usize> = free.collect();
            let mut wants = vec![number];
            let (shared, rest): (Vec<_>, Vec<_>) =
                components.into_iter().partition(|(own, _)| !own.is_disjoint(&columns));
            components = rest;
            for (own, numbers) in shared {
                columns.extend(own);
                wants.extend(numbers);
            }
            components.push((columns, wants));
        }
        components
            .into_iter()
            .map(|(columns, mut wants)| {
                wants.sort_unstable();
                (columns.into_iter().collect(), wants)
            })
            .collect()
    }

    fn component(
        &self,
        (columns, wants): &(Vec<usize>, Vec<usize>),
        domains: &BTreeMap<usize, Domain>,
        row: &mut Stored,
    ) -> Found {
        let all = |row: &Stored| wants.iter().all(|want| self.wants[*want].holds(self.table, row));
        if all(row) {
            return Found::Row(Vec::new());
        }
        // The columns of few values first; conditions are looked at as soon as their columns are there.
        let mut order = columns.clone();
        order.sort_by_key(|at| domains[at].values.len());
        let mut ready: Vec<Vec<usize>> = vec![Vec::new(); order.len() + 1];
        for want in wants {
            let own = self.wants[*want].columns(self.table);
            let last = order.iter().rposition(|at| own.contains(at)).map_or(0, |at| at + 1);
            ready[last].push(*want);
        }
        let mut walk = Walk { problem: self, order: &order, ready: &ready, domains, steps: 0 };
        if ready[0].iter().all(|want| self.wants[*want].holds(self.table, row)) && walk.descend(0, row) {
            return Found::Row(Vec::new());
        }
        let tried = walk.steps;
        let exhausted = tried < MOST_STEPS;
        let decidable = wants.iter().all(|want| !self.is_unread(*want));
        if exhausted && decidable && columns.iter().all(|at| domains[at].complete) {
            return Found::Nothing { columns: columns.clone(), tried };
        }
        if self.repairs && self.repair(columns, wants, domains, row) {
            Found::Row(Vec::new())
        } else {
            Found::Unknown
        }
    }

    /// Whether a want has a part that cannot be evaluated.
    fn is_unread(&self, want: usize) -> bool {
        match &self.wants[want] {
            Want::Need(need) => is_opaque(&need.node),
            Want::KeyDiffers(key, _) | Want::ElementDiffers(key, _, _) => {
                !key.read || key.elements.iter().any(|(_, operator)| operator != "=")
            }
            _ => false,
        }
    }

    /// Local search: makes one broken comparison true after the other, from several starts.
    fn repair(
        &self,
        columns: &[usize],
        wants: &[usize],
        domains: &BTreeMap<usize, Domain>,
        row: &mut Stored,
    ) -> bool {
        let broken =
            |row: &Stored| wants.iter().filter(|want| !self.wants[**want].holds(self.table, row)).count();
        let mut state = self.seed | 1;
        let mut next = move |bound: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            ((state >> 33) as usize) % bound.max(1)
        };
        for start in 0..8 {
            let mut trial = row.clone();
            if start > 0 {
                for at in columns {
                    let values = &domains[at].values;
                    if let Some(value) = values.get(next(values.len())) {
                        trial[*at].clone_from(value);
                    }
                }
            }
            let mut left = broken(&trial);
            for _ in 0..60 {
                if left == 0 {
                    row.clone_from(&trial);
                    return true;
                }
                let bad: Vec<usize> = wants
                    .iter()
                    .copied()
                    .filter(|want| !self.wants[*want].holds(self.table, &trial))
                    .collect();
                let want = bad[next(bad.len())];
                let mut best: Option<(usize, Stored)> = None;
                let mut moves = self.fixes(want, &trial);
                for at in self.wants[want].columns(self.table) {
                    let Some(domain) = domains.get(&at) else { continue };
                    for _ in 0..12 {
                        if let Some(value) = domain.values.get(next(domain.values.len())) {
                            moves.push((at, value.clone()));
                        }
                    }
                }
                for (at, value) in moves {
                    if !columns.contains(&at) || (value.is_none() && !self.table.is_nullable(at)) {
                        continue;
                    }
                    let mut changed = trial.clone();
                    changed[at] = value;
                    let now = broken(&changed);
                    if best.as_ref().is_none_or(|(least, _)| now < *least) {
                        best = Some((now, changed));
                    }
                }
                match best {
                    Some((now, changed)) if now <= left => (left, trial) = (now, changed),
                    _ => break,
                }
            }
        }
        false
    }

    /// Cells that make a comparison in a broken condition equal, or just more or less than equal.
    fn fixes(&self, want: usize, row: &Stored) -> Vec<(usize, Option<String>)> {
        let Want::Need(need) = &self.wants[want] else { return Vec::new() };
        let mut found = Vec::new();
        let mut stack = vec![&need.node];
        let cells = |at: usize| row[at].as_deref();
        let scope = self.table.scope(&cells);
        while let Some(node) = stack.pop() {
            if let Node::Compare(left, _, right) = node {
                for (side, other) in [(left, right), (right, left)] {
                    let Node::Column(at) = side.bare() else { continue };
                    let Some(value) = scope.value(other) else { continue };
                    let own = &self.table.types[*at];
                    if let Some(text) = own.encode(&value) {
                        for moved in super::step::around(own, &text) {
                            found.push((*at, Some(moved)));
                        }
                    }
                }
            }
            if let Node::Is(inner, _) = node
                && let Node::Column(at) = &**inner
            {
                found.push((*at, None));
            }
            stack.extend(node.children());
        }
        found
    }
}

/// Whether an expression has a part without a meaning here.
pub(super) fn is_opaque(node: &Node) -> bool {
    match node {
        Node::Opaque(_) | Node::Matches(_, None) => true,
        other => other.children().into_iter().any(is_opaque),
    }
}

struct Walk<'w, 'a> {
    problem: &'w Problem<'a>,
    order: &'w [usize],
    /// Wants by the number of columns that have to be set before they can be looked at.
    ready: &'w [Vec<usize>],
    domains: &'w BTreeMap<usize, Domain>,
    steps: u64,
}

impl Walk<'_, '_> {
    fn descend(&mut self, depth: usize, row: &mut Stored) -> bool {
        let Some(at) = self.order.get(depth) else { return true };
        let before = row[*at].clone();
        for value in &self.domains[at].values {
            self.steps += 1;
            if self.steps >= MOST_STEPS {
                break;
            }
            row[*at].clone_from(value);
            let wants = &self.ready[depth + 1];
            if wants.iter().all(|want| self.problem.wants[*want].holds(self.problem.table, row))
                && self.descend(depth + 1, row)
            {
                return true;
            }
        }
        row[*at] = before;
        false
    }
}

/// The wants that all constraints of a table make of a row beside `rows` that are there, those in `skip` left out.
pub(super) fn demands<'a>(table: &'a TableRules, rows: &[Stored], skip: &[usize]) -> Vec<Want<'a>> {
    let mut wants = Vec::new();
    for (_, constraint) in table.constraints.iter().enumerate().filter(|(at, _)| !skip.contains(at)) {
        match &constraint.body {
            Body::Check(Some(node)) => {
                wants.push(Want::Need(Need { node: node.clone(), allowed: TruthSet::ACCEPTED }));
            }
            Body::Check(None) => {
                let node = Node::Opaque(Vec::new());
                wants.push(Want::Need(Need { node, allowed: TruthSet::ACCEPTED }));
            }
            Body::Key(key) => {
                wants.extend(rows.iter().map(|row| Want::KeyDiffers(key, row.clone())));
            }
            _ => {}
        }
    }
    wants
}
