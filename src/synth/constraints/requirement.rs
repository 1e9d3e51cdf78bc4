//! What a data set has to show of a table's constraints: the coverage criteria of `McMinn`, Wright and Kapfhammer, "The
//! Effectiveness of Test Coverage Criteria for Relational Database Schema Integrity Constraints" (TOSEM 2015).
//!
//! Each requirement is a row that is accepted, or one that is rejected by one constraint. The active criteria (AICC,
//! `CondAICC`, `ClauseAICC`, AUCC, ANCC) ask that no other constraint hides the one that is meant.

use std::cmp::Ordering;
use std::fmt;

use super::{Body, ConstraintKind, TableRules};
use crate::synth::expression::{Comparison, Node, Truth};
use crate::table::{Dialect, TableName};

/// A coverage criterion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Criterion {
    /// Acceptance predicate: a row that is accepted, and one that is not.
    Apc,
    /// Integrity constraints: each satisfied, and each violated.
    Icc,
    /// The same while all others hold.
    Aicc,
    /// Each condition of a constraint: true, false, NULL.
    CondAicc,
    /// Each clause of a CHECK, each column of a key and a foreign key.
    ClauseAicc,
    /// Each comparison with its sides less, equal and greater, each item of a list: what tells `<` from `<=`.
    Relation,
    /// Each column repeated and not.
    Ucc,
    /// The same while all other constraints hold.
    Aucc,
    /// Each column NULL and not.
    Ncc,
    /// The same while all other constraints hold.
    Ancc,
}

impl fmt::Display for Criterion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Apc => "apc",
            Self::Icc => "icc",
            Self::Aicc => "aicc",
            Self::CondAicc => "cond_aicc",
            Self::ClauseAicc => "clause_aicc",
            Self::Relation => "relation",
            Self::Ucc => "ucc",
            Self::Aucc => "aucc",
            Self::Ncc => "ncc",
            Self::Ancc => "ancc",
        })
    }
}

/// One thing that a data set has to show.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Requirement {
    /// Its id within the table, which stays when other columns and constraints come and go: `aicc/unique(email)/false`.
    pub id: String,
    /// The table.
    pub table: TableName,
    /// The criterion that asks for it.
    pub criterion: Criterion,
    /// The id of the constraint that has to reject the row; none for a row that is accepted.
    pub violates: Option<String>,
    pub(in crate::synth) goal: Goal,
    /// Whether all other constraints have to hold.
    pub(in crate::synth) active: bool,
}

/// What a row has to be.
#[derive(Clone, Debug)]
pub(in crate::synth) enum Goal {
    /// Accepted, no more.
    Accepted,
    /// A column NULL or not.
    Null(usize, bool),
    /// Conditions with the truths that they may have.
    Conditions(Vec<Need>),
    /// Beside a row that is there: elements of the key (by place) that are the same, and one that is NULL.
    Key { constraint: usize, same: Vec<usize>, null: Option<usize> },
    /// A column's value is there already, or is not.
    Repeated(usize, bool),
    /// Columns of a foreign key that match a parent's, and one that is NULL; of the others some do not match.
    Reference { constraint: usize, matches: Vec<usize>, null: Option<usize> },
}

/// A condition, and the truths that it may have.
#[derive(Clone, Debug)]
pub(in crate::synth) struct Need {
    pub(in crate::synth) node: Node,
    pub(in crate::synth) allowed: TruthSet,
}

/// A set of the three truths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::synth) struct TruthSet(u8);

impl TruthSet {
    pub(in crate::synth) const TRUE: Self = Self(1);
    pub(in crate::synth) const FALSE: Self = Self(2);
    pub(in crate::synth) const NULL: Self = Self(4);
    /// What a CHECK accepts.
    pub(in crate::synth) const ACCEPTED: Self = Self(5);

    pub(in crate::synth) fn of(truth: Truth) -> Self {
        match truth {
            Truth::True => Self::TRUE,
            Truth::False => Self::FALSE,
            Truth::Null => Self::NULL,
            Truth::Unknown => Self(7),
        }
    }

    pub(in crate::synth) fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether the two have a truth in common.
    pub(in crate::synth) fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether it is there; what is unknown never is.
    pub(in crate::synth) fn has(self, truth: Truth) -> bool {
        truth != Truth::Unknown && self.meets(Self::of(truth))
    }

    pub(in crate::synth) fn members(self) -> impl Iterator<Item = Truth> {
        [Truth::True, Truth::False, Truth::Null].into_iter().filter(move |truth| self.has(*truth))
    }
}

impl Requirement {
    /// Whether a row of data shows it, as far as that can be seen from the row alone: none for requirements of keys,
    /// foreign keys and repeated values. The row is taken to have been accepted by its database, so that those that
    /// ask for a rejection are never shown.
    pub fn is_shown_by<S: AsRef<str>>(&self, table: &TableRules, row: &[Option<S>]) -> Option<bool> {
        let cells = |at: usize| row.get(at).and_then(|cell| cell.as_ref().map(AsRef::as_ref));
        if self.violates.is_some() {
            return Some(false);
        }
        match &self.goal {
            Goal::Accepted => Some(true),
            Goal::Null(at, null) => Some(cells(*at).is_none() == *null),
            Goal::Conditions(needs) => {
                Some(needs.iter().all(|need| need.allowed.has(table.scope(&cells).truth(&need.node))))
            }
            Goal::Key { .. } | Goal::Repeated(..) | Goal::Reference { .. } => None,
        }
    }
}

impl TableRules {
    /// All requirements of the table's constraints, in the order of the criteria.
    pub fn requirements(&self) -> Vec<Requirement> {
        let mut list = List { table: self, found: Vec::new() };
        list.whole();
        for at in 0..self.constraints.len() {
            list.constraint(at);
        }
        for at in (0..self.columns.len()).filter(|at| !self.columns[*at].generated) {
            list.column(at);
        }
        list.found.sort_by_key(|requirement| requirement.criterion);
        list.found
    }
}

struct List<'t> {
    table: &'t TableRules,
    found: Vec<Requirement>,
}

impl List<'_> {
    fn push(&mut self, criterion: Criterion, what: &str, violates: Option<usize>, goal: Goal) {
        let active = !matches!(criterion, Criterion::Apc | Criterion::Icc | Criterion::Ucc | Criterion::Ncc);
        let id = format!("{criterion}/{what}");
        if self.found.iter().any(|known| known.id == id) {
            return;
        }
        self.found.push(Requirement {
            id,
            table: self.table.name.clone(),
            criterion,
            violates: violates.map(|at| self.table.constraints[at].id.clone()),
            goal,
            active,
        });
    }

    /// Whether a constraint is one that the criteria speak of, and that a row can break.
    fn counts(&self, at: usize) -> bool {
        let constraint = &self.table.constraints[at];
        match constraint.kind {
            ConstraintKind::Type | ConstraintKind::Partition => false,
            ConstraintKind::NotNull => constraint.columns.iter().all(|at| !self.table.columns[*at].numbered),
            _ => true,
        }
    }

    fn whole(&mut self) {
        self.push(Criterion::Apc, "true", None, Goal::Accepted);
        let breakable = (0..self.table.constraints.len()).filter(|at| self.counts(*at));
        // The easiest to break comes first: NOT NULL, then keys.
        let easy = |at: &usize| match self.table.constraints[*at].kind {
            ConstraintKind::NotNull => 0,
            ConstraintKind::PrimaryKey => 1,
            ConstraintKind::Unique | ConstraintKind::ForeignKey => 2,
            _ => 3,
        };
        if let Some(at) = breakable.min_by_key(easy)
            && let Some(goal) = self.broken(at)
        {
            self.push(Criterion::Apc, "false", Some(at), goal);
        }
    }

    /// The goal that breaks a constraint.
    fn broken(&self, at: usize) -> Option<Goal> {
        let constraint = &self.table.constraints[at];
        Some(match &constraint.body {
            Body::Type => return None,
            Body::NotNull => Goal::Null(constraint.columns[0], true),
            Body::Check(node) => {
                Goal::Conditions(vec![Need { node: node.clone()?, allowed: TruthSet::FALSE }])
            }
            Body::Key(key) => {
                Goal::Key { constraint: at, same: (0..key.elements.len()).collect(), null: None }
            }
            Body::ForeignKey(_) => Goal::Reference { constraint: at, matches: Vec::new(), null: None },
        })
    }

    fn constraint(&mut self, at: usize) {
        if !self.counts(at) {
            return;
        }
        let constraint = &self.table.constraints[at];
        let id = constraint.id.clone();
        for criterion in [Criterion::Icc, Criterion::Aicc] {
            self.push(criterion, &format!("{id}/true"), None, Goal::Accepted);
            // An expression that cannot be read has requirements all the same: they end as unknown.
            let goal = self.broken(at).unwrap_or(Goal::Conditions(vec![unread(TruthSet::FALSE)]));
            self.push(criterion, &format!("{id}/false"), Some(at), goal);
        }
        match &constraint.body {
            Body::Type => {}
            Body::NotNull => {
                let column = constraint.columns[0];
                self.push(Criterion::CondAicc, &format!("{id}/true"), None, Goal::Null(column, false));
                self.push(Criterion::CondAicc, &format!("{id}/false"), Some(at), Goal::Null(column, true));
            }
            Body::Check(None) => {
                for truth in [TruthSet::TRUE, TruthSet::NULL] {
                    let name = if truth == TruthSet::TRUE { "condition true" } else { "condition null" };
                    let goal = Goal::Conditions(vec![unread(truth)]);
                    self.push(Criterion::CondAicc, &format!("{id}/{name}"), None, goal);
                }
            }
            Body::Check(Some(node)) => {
                let node = node.clone();
                self.check(at, &id, &node);
            }
            Body::Key(key) => {
                let (count, read) = (key.elements.len(), key.read);
                let names: Vec<(String, bool)> = key
                    .elements
                    .iter()
                    .map(|(node, _)| {
                        let columns = node.columns();
                        let names: Vec<&str> =
                            columns.iter().map(|at| self.table.columns[*at].name.as_str()).collect();
                        (names.join("+"), matches!(node, Node::Column(_)))
                    })
                    .collect();
                if read {
                    self.key(at, &id, count, &names);
                }
            }
            Body::ForeignKey(_) => {
                let columns = constraint.columns.clone();
                self.reference(at, &id, &columns);
            }
        }
    }

    fn check(&mut self, at: usize, id: &str, node: &Node) {
        let need = |allowed| Goal::Conditions(vec![Need { node: node.clone(), allowed }]);
        let criterion = Criterion::CondAicc;
        self.push(criterion, &format!("{id}/condition true"), None, need(TruthSet::TRUE));
        self.push(criterion, &format!("{id}/condition false"), Some(at), need(TruthSet::FALSE));
        self.push(criterion, &format!("{id}/condition null"), None, need(TruthSet::NULL));
        let mut clauses = Vec::new();
        collect_clauses(node, &mut Vec::new(), true, &mut clauses);
        for (number, clause) in clauses.iter().enumerate().take(MOST_CLAUSES) {
            for (name, node, truth) in relations(clause.node) {
                let mut needs = vec![Need { node, allowed: TruthSet::TRUE }];
                for (sibling, and) in &clause.siblings {
                    let allowed = if *and { TruthSet::TRUE } else { TruthSet::FALSE };
                    needs.push(Need { node: (*sibling).clone(), allowed });
                }
                let violates = (truth != clause.positive).then_some(at);
                let what = format!("{id}/clause {} {name}", number + 1);
                self.push(Criterion::Relation, &what, violates, Goal::Conditions(needs));
            }
            // Comparisons within a clause, as in CASE: whether they decide it cannot be told, so both ways.
            for (inner, node) in within(clause.node).into_iter().enumerate().take(MOST_CLAUSES) {
                for (name, node, _) in relations(node) {
                    let goal =
                        || Goal::Conditions(vec![Need { node: node.clone(), allowed: TruthSet::TRUE }]);
                    let what = format!("{id}/clause {} part {} {name}", number + 1, inner + 1);
                    self.push(Criterion::Relation, &format!("{what} accepted"), None, goal());
                    self.push(Criterion::Relation, &format!("{what} rejected"), Some(at), goal());
                }
            }
            for truth in [Truth::True, Truth::False, Truth::Null] {
                let mut needs = vec![Need { node: clause.node.clone(), allowed: TruthSet::of(truth) }];
                for (sibling, and) in &clause.siblings {
                    let hides_not = if *and { TruthSet::TRUE } else { TruthSet::FALSE };
                    let allowed = if truth == Truth::Null { hides_not.or(TruthSet::NULL) } else { hides_not };
                    needs.push(Need { node: (*sibling).clone(), allowed });
                }
                let outcome = if clause.positive { truth } else { truth.negate() };
                let violates = (outcome == Truth::False).then_some(at);
                let name = match truth {
                    Truth::True => "true",
                    Truth::False => "false",
                    _ => "null",
                };
                self.push(
                    Criterion::ClauseAicc,
                    &format!("{id}/clause {} {name}", number + 1),
                    violates,
                    Goal::Conditions(needs),
                );
            }
        }
    }

    fn key(&mut self, at: usize, id: &str, count: usize, names: &[(String, bool)]) {
        let all: Vec<usize> = (0..count).collect();
        let key = |same: Vec<usize>, null| Goal::Key { constraint: at, same, null };
        self.push(Criterion::CondAicc, &format!("{id}/same"), Some(at), key(all.clone(), None));
        self.push(Criterion::ClauseAicc, &format!("{id}/same"), Some(at), key(all.clone(), None));
        for (element, (name, plain)) in names.iter().enumerate() {
            let but: Vec<usize> = all.iter().copied().filter(|other| *other != element).collect();
            self.push(Criterion::CondAicc, &format!("{id}/{name} differs"), None, key(but.clone(), None));
            self.push(Criterion::ClauseAicc, &format!("{id}/all but {name}"), None, key(but.clone(), None));
            let Node::Column(column) = self.element(at, element) else { continue };
            if *plain && self.table.columns[column].numbered {
                continue;
            }
            // NULL in a primary key is a matter of NOT NULL, where the database has that at all.
            let not_null = self.not_null_of(column);
            self.push(Criterion::ClauseAicc, &format!("{id}/{name} null"), not_null, key(but, Some(element)));
        }
    }

    fn element(&self, at: usize, element: usize) -> Node {
        match &self.table.constraints[at].body {
            Body::Key(key) => key.elements[element].0.clone(),
            _ => Node::Opaque(Vec::new()),
        }
    }

    fn not_null_of(&self, column: usize) -> Option<usize> {
        self.table.constraints.iter().position(|constraint| {
            constraint.kind == ConstraintKind::NotNull && constraint.columns == [column]
        })
    }

    fn reference(&mut self, at: usize, id: &str, columns: &[usize]) {
        let all: Vec<usize> = (0..columns.len()).collect();
        let goal = |matches: Vec<usize>, null| Goal::Reference { constraint: at, matches, null };
        self.push(Criterion::CondAicc, &format!("{id}/matches"), None, goal(all.clone(), None));
        self.push(Criterion::CondAicc, &format!("{id}/no match"), Some(at), goal(Vec::new(), None));
        self.push(Criterion::ClauseAicc, &format!("{id}/matches"), None, goal(all.clone(), None));
        for (element, column) in columns.iter().enumerate() {
            let name = self.table.columns[*column].name.clone();
            let but: Vec<usize> = all.iter().copied().filter(|other| *other != element).collect();
            let violates = self.not_null_of(*column);
            let full = match &self.table.constraints[at].body {
                Body::ForeignKey(reference) => reference.match_full && columns.len() > 1,
                _ => false,
            };
            let violates = violates.or(full.then_some(at));
            self.push(
                Criterion::ClauseAicc,
                &format!("{id}/{name} null"),
                violates,
                goal(but.clone(), Some(element)),
            );
            self.push(Criterion::ClauseAicc, &format!("{id}/all but {name}"), Some(at), goal(but, None));
        }
        if columns.iter().any(|column| self.not_null_of(*column).is_none()) {
            let nullable = columns.iter().position(|column| self.not_null_of(*column).is_none()).unwrap_or(0);
            let full = matches!(&self.table.constraints[at].body, Body::ForeignKey(own) if own.match_full);
            if !full {
                self.push(Criterion::CondAicc, &format!("{id}/null"), None, goal(Vec::new(), Some(nullable)));
            }
        }
    }

    fn column(&mut self, at: usize) {
        let name = self.table.columns[at].name.clone();
        let alone = self.table.constraints.iter().position(|constraint| match &constraint.body {
            Body::Key(key) => {
                key.condition.is_none()
                    && matches!(key.elements.as_slice(), [(Node::Column(own), _)] if *own == at)
            }
            _ => false,
        });
        for criterion in [Criterion::Ucc, Criterion::Aucc] {
            self.push(criterion, &format!("{name}/repeated"), alone, Goal::Repeated(at, true));
            self.push(criterion, &format!("{name}/new"), None, Goal::Repeated(at, false));
        }
        if self.table.columns[at].numbered {
            return;
        }
        let not_null = self.not_null_of(at);
        // That a primary key holds no NULL is the key's own matter.
        let in_key = self.table.constraints.iter().any(|constraint| {
            constraint.kind == ConstraintKind::PrimaryKey && constraint.columns.contains(&at)
        });
        for criterion in [Criterion::Ncc, Criterion::Ancc] {
            if !(in_key && self.table.dialect != Dialect::Sqlite) || not_null.is_none() {
                self.push(criterion, &format!("{name}/null"), not_null, Goal::Null(at, true));
            }
            self.push(criterion, &format!("{name}/not null"), None, Goal::Null(at, false));
        }
    }
}

/// The comparisons and lists below a clause.
fn within(clause: &Node) -> Vec<&Node> {
    let mut found = Vec::new();
    let mut open = clause.children();
    while let Some(node) = open.pop() {
        if matches!(node, Node::Compare(..) | Node::In(..) | Node::Between(..)) {
            found.push(node);
        }
        open.extend(node.children());
    }
    found
}

/// The relations in which the sides of a clause may be, each as a condition, and whether the clause holds then.
fn relations(clause: &Node) -> Vec<(String, Node, bool)> {
    let compare =
        |a: &Node, comparison, b: &Node| Node::Compare(Box::new(a.clone()), comparison, Box::new(b.clone()));
    let orders = [
        ("less", Comparison::Less, Ordering::Less),
        ("equal", Comparison::Equal, Ordering::Equal),
        ("greater", Comparison::Greater, Ordering::Greater),
    ];
    match clause {
        Node::Compare(a, own, b) => orders
            .into_iter()
            .map(|(name, order, is)| (name.to_owned(), compare(a, order, b), own.holds(is)))
            .collect(),
        Node::Between(inner, low, high) => {
            let below = orders.into_iter().map(|(name, order, is)| {
                let inside = Node::Compare(inner.clone(), Comparison::LessOrEqual, high.clone());
                let node = Node::And(vec![compare(inner, order, low), inside]);
                (format!("{name} low"), node, is.is_ge())
            });
            let above = orders.into_iter().map(|(name, order, is)| {
                let inside = Node::Compare(inner.clone(), Comparison::GreaterOrEqual, low.clone());
                let node = Node::And(vec![compare(inner, order, high), inside]);
                (format!("{name} high"), node, is.is_le())
            });
            below.chain(above).collect()
        }
        Node::In(inner, items) => items
            .iter()
            .enumerate()
            .take(MOST_CLAUSES)
            .map(|(number, item)| {
                (format!("item {}", number + 1), compare(inner, Comparison::Equal, item), true)
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// CHECKs of more clauses are covered as far as this.
const MOST_CLAUSES: usize = 200;

fn unread(allowed: TruthSet) -> Need {
    Need { node: Node::Opaque(Vec::new()), allowed }
}

/// A clause of a condition, and what stands beside it on the way from the root: under AND (true) or OR.
struct Clause<'n> {
    node: &'n Node,
    siblings: Vec<(&'n Node, bool)>,
    positive: bool,
}

fn collect_clauses<'n>(
    node: &'n Node,
    siblings: &mut Vec<(&'n Node, bool)>,
    positive: bool,
    out: &mut Vec<Clause<'n>>,
) {
    match node {
        Node::And(list) | Node::Or(list) => {
            let and = matches!(node, Node::And(_));
            for (at, part) in list.iter().enumerate() {
                let before = siblings.len();
                siblings.extend(
                    list.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, other)| (other, and)),
                );
                collect_clauses(part, siblings, positive, out);
                siblings.truncate(before);
            }
        }
        Node::Not(inner) => collect_clauses(inner, siblings, !positive, out),
        leaf => out.push(Clause { node: leaf, siblings: siblings.clone(), positive }),
    }
}
