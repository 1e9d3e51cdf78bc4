//! The mutation operators, and which mutants are no real ones.

use super::{Mutant, Verdict};
use crate::synth::constraints::{Body, Constraint, ConstraintKind, Key, Rules, TableRules};
use crate::synth::expression::{Comparison, Node};

/// All mutants of a table, with the verdict for those that need no rows.
pub(super) fn mutants(rules: &Rules, table: &TableRules) -> Vec<(Mutant, Option<Verdict>)> {
    let mut maker = Maker { rules, table, found: Vec::new() };
    for at in 0..table.constraints.len() {
        match (&table.constraints[at].body, table.constraints[at].kind) {
            (_, ConstraintKind::Partition | ConstraintKind::Type) => {}
            (Body::NotNull, _) => maker.not_null(at),
            (Body::Check(Some(node)), _) => maker.check(at, node),
            (Body::Key(key), _) => maker.key(at, key),
            (Body::ForeignKey(_), _) => maker.reference(at),
            _ => {}
        }
    }
    maker.additions();
    maker.found
}

struct Maker<'t> {
    rules: &'t Rules,
    table: &'t TableRules,
    found: Vec<(Mutant, Option<Verdict>)>,
}

impl Maker<'_> {
    fn push(&mut self, operator: &'static str, change: String, rules: TableRules, verdict: Option<Verdict>) {
        let mutant = Mutant { table: self.table.name.clone(), operator, change, rules, check: None };
        self.found.push((mutant, verdict));
    }

    fn without(&self, at: usize) -> TableRules {
        let mut rules = self.table.clone();
        rules.constraints.remove(at);
        rules
    }

    fn with_body(&self, at: usize, columns: Vec<usize>, body: Body) -> TableRules {
        let mut rules = self.table.clone();
        rules.constraints[at].columns = columns;
        rules.constraints[at].body = body;
        rules
    }

    fn id(&self, at: usize) -> &str {
        &self.table.constraints[at].id
    }

    fn name(&self, column: usize) -> &str {
        &self.table.columns[column].name
    }

    fn in_primary_key(&self, column: usize) -> bool {
        self.table.constraints.iter().any(|constraint| {
            constraint.kind == ConstraintKind::PrimaryKey && constraint.columns.contains(&column)
        })
    }

    fn not_null(&mut self, at: usize) {
        let column = self.table.constraints[at].columns[0];
        let verdict = if self.table.columns[column].numbered {
            Some(Verdict::Equivalent("the database puts a value of its own in place of NULL"))
        } else if self.in_primary_key(column) {
            Some(Verdict::Equivalent("the primary key forbids NULL as well"))
        } else if self.partition_forbids_null(column) {
            Some(Verdict::Equivalent("no partition takes NULL"))
        } else {
            None
        };
        self.push("NN removal", self.id(at).to_owned(), self.without(at), verdict);
    }

    fn partition_forbids_null(&self, column: usize) -> bool {
        let partition = |constraint: &&Constraint| constraint.kind == ConstraintKind::Partition;
        self.table.constraints.iter().filter(partition).any(|constraint| constraint.columns.contains(&column))
    }

    fn check(&mut self, at: usize, node: &Node) {
        let id = self.id(at).to_owned();
        let columns = self.table.constraints[at].columns.clone();
        self.push("CC nullifier", id.clone(), self.without(at), None);
        if let Some((mutant, _)) = self.found.last_mut() {
            mutant.check = Some((at, None));
        }
        let mut changed = Vec::new();
        variants(node, &mut |what, node| changed.push((what, node)));
        for (what, node) in changed {
            let rules = self.with_body(at, columns.clone(), Body::Check(Some(node.clone())));
            let operator = if what.starts_with("item") {
                "CC list item removal"
            } else {
                "CC relational operator exchange"
            };
            self.push(operator, format!("{id} {what}"), rules, None);
            if let Some((mutant, _)) = self.found.last_mut() {
                mutant.check = Some((at, Some(node)));
            }
        }
    }

    fn key(&mut self, at: usize, key: &Key) {
        let id = self.id(at).to_owned();
        let kind = self.table.constraints[at].kind;
        let plain: Option<Vec<usize>> = key
            .elements
            .iter()
            .map(|(node, operator)| match node {
                Node::Column(at) if operator == "=" => Some(*at),
                _ => None,
            })
            .collect();
        let names = if kind == ConstraintKind::PrimaryKey {
            ["PK removal", "PK column addition", "PK column exchange"]
        } else {
            ["UC removal", "UC column addition", "UC column exchange"]
        };
        let Some(columns) = plain.filter(|_| key.condition.is_none() && key.read) else {
            self.push(names[0], id, self.without(at), None);
            return;
        };
        let with = |columns: &[usize]| Key {
            elements: columns.iter().map(|at| (Node::Column(*at), "=".into())).collect(),
            condition: None,
            nulls_distinct: key.nulls_distinct,
            read: true,
        };
        for gone in 0..columns.len() {
            let mut left = columns.clone();
            left.remove(gone);
            let what = format!("{id} {}", self.name(columns[gone]));
            let (rules, verdict) = if left.is_empty() {
                (self.without(at), self.implied(at, &columns).filter(|_| !self.is_referenced(&columns)))
            } else {
                (self.with_body(at, left.clone(), Body::Key(with(&left))), self.implied(at, &left))
            };
            self.push(names[0], what, rules, self.stillborn(&columns).or(verdict));
        }
        for new in 0..self.table.columns.len() {
            if columns.contains(&new) || self.table.columns[new].generated {
                continue;
            }
            let mut more = columns.clone();
            more.push(new);
            let verdict = self.stillborn(&columns).or_else(|| self.implied(at, &columns));
            let rules = self.key_rules(at, &more, with(&more));
            self.push(names[1], format!("{id} {}", self.name(new)), rules, verdict.clone());
            for old in 0..columns.len() {
                let mut other = columns.clone();
                other[old] = new;
                let what = format!("{id} {} by {}", self.name(columns[old]), self.name(new));
                let rules = self.key_rules(at, &other, with(&other));
                let same = (self.implied(at, &other).is_some()).then_some(()).and(self.implied(at, &columns));
                self.push(names[2], what, rules, self.stillborn(&columns).or(same));
            }
        }
    }

    /// A changed key; a primary key brings NOT NULL to its new columns, and leaves it on those that had it declared.
    fn key_rules(&self, at: usize, columns: &[usize], key: Key) -> TableRules {
        let mut rules = self.with_body(at, columns.to_vec(), Body::Key(key));
        if self.table.constraints[at].kind == ConstraintKind::PrimaryKey
            && self.table.dialect != crate::table::Dialect::Sqlite
        {
            for column in columns.iter().filter(|column| self.table.is_nullable(**column)) {
                rules.columns[*column].not_null = true;
                rules.constraints.push(not_null(self.table, *column));
            }
        }
        rules
    }

    /// Another key sees to it that these columns differ.
    fn implied(&self, at: usize, columns: &[usize]) -> Option<Verdict> {
        let nulls_distinct = match &self.table.constraints[at].body {
            Body::Key(key) => key.nulls_distinct,
            _ => true,
        };
        self.table
            .constraints
            .iter()
            .enumerate()
            .any(|(other, constraint)| match &constraint.body {
                Body::Key(key) => {
                    other != at
                        && key.read
                        && key.condition.is_none()
                        && (nulls_distinct || !key.nulls_distinct)
                        && key.elements.iter().all(|(node, operator)| {
                            operator == "=" && matches!(node, Node::Column(at) if columns.contains(at))
                        })
                }
                _ => false,
            })
            .then_some(Verdict::Equivalent("another key lies within the columns"))
    }

    fn is_referenced(&self, columns: &[usize]) -> bool {
        self.rules.tables().any(|table| {
            table.constraints.iter().any(|constraint| match &constraint.body {
                Body::ForeignKey(reference) => {
                    let mut to = reference.to_columns.clone();
                    let mut own = columns.to_vec();
                    to.sort_unstable();
                    own.sort_unstable();
                    reference.to == self.table.name && to == own
                }
                _ => false,
            })
        })
    }

    /// A foreign key needs a key of exactly the columns that it refers to.
    fn stillborn(&self, columns: &[usize]) -> Option<Verdict> {
        let strict = self.table.dialect != crate::table::Dialect::MySql;
        (strict && self.is_referenced(columns))
            .then_some(Verdict::Stillborn("a foreign key refers to exactly these columns"))
    }

    fn reference(&mut self, at: usize) {
        let Body::ForeignKey(reference) = &self.table.constraints[at].body else { return };
        let (id, reference) = (self.id(at).to_owned(), reference.clone());
        let columns = self.table.constraints[at].columns.clone();
        for gone in 0..columns.len() {
            let mut left = (columns.clone(), reference.clone());
            left.0.remove(gone);
            left.1.to_columns.remove(gone);
            let what = format!("{id} {}", self.name(columns[gone]));
            if left.0.is_empty() {
                self.push("FKC column pair removal", what, self.without(at), None);
            } else {
                let verdict = self.no_key(&left.1.to, &left.1.to_columns);
                let rules = self.with_body(at, left.0, Body::ForeignKey(left.1));
                self.push("FKC column pair removal", what, rules, verdict);
            }
        }
        let Some(parent) = self.rules.table(&reference.to) else { return };
        for new in 0..self.table.columns.len() {
            if columns.contains(&new) || self.table.columns[new].generated {
                continue;
            }
            for old in 0..columns.len() {
                let alike = self.table.types[columns[old]].sql_type == self.table.types[new].sql_type;
                let mut other = columns.clone();
                other[old] = new;
                let what = format!("{id} {} by {}", self.name(columns[old]), self.name(new));
                let rules = self.with_body(at, other, Body::ForeignKey(reference.clone()));
                let verdict = (!alike).then_some(Verdict::Stillborn("the types do not fit"));
                self.push("FKC column pair exchange", what, rules, verdict);
            }
            for to in 0..parent.columns.len() {
                if reference.to_columns.contains(&to)
                    || parent.types[to].sql_type != self.table.types[new].sql_type
                {
                    continue;
                }
                let mut more = (columns.clone(), reference.clone());
                more.0.push(new);
                more.1.to_columns.push(to);
                let what = format!("{id} {} to {}", self.name(new), parent.columns[to].name);
                let verdict = self.no_key(&more.1.to, &more.1.to_columns);
                let rules = self.with_body(at, more.0, Body::ForeignKey(more.1));
                self.push("FKC column pair addition", what, rules, verdict);
            }
        }
    }

    /// A foreign key to columns that are no key is refused.
    fn no_key(&self, to: &crate::table::TableName, columns: &[usize]) -> Option<Verdict> {
        let parent = self.rules.table(to)?;
        let mut wanted = columns.to_vec();
        wanted.sort_unstable();
        let found = parent.constraints.iter().any(|constraint| match &constraint.body {
            Body::Key(key) => {
                let mut own = constraint.columns.clone();
                own.sort_unstable();
                key.read && key.condition.is_none() && own == wanted
            }
            _ => false,
        });
        (!found).then_some(Verdict::Stillborn("there is no key of these columns"))
    }

    /// NOT NULL and UNIQUE where there is none.
    fn additions(&mut self) {
        for column in 0..self.table.columns.len() {
            let own = &self.table.columns[column];
            if own.generated {
                continue;
            }
            if !own.not_null {
                let mut rules = self.table.clone();
                rules.columns[column].not_null = true;
                rules.constraints.push(not_null(self.table, column));
                let verdict = self
                    .partition_forbids_null(column)
                    .then_some(Verdict::Equivalent("no partition takes NULL"));
                self.push("NN addition", self.name(column).to_owned(), rules, verdict);
            }
            let key = Key {
                elements: vec![(Node::Column(column), "=".into())],
                condition: None,
                nulls_distinct: true,
                read: true,
            };
            let exists = self.table.constraints.iter().any(|constraint| {
                constraint.columns == [column]
                    && matches!(&constraint.body, Body::Key(key) if key.condition.is_none())
            });
            if !exists {
                let mut rules = self.table.clone();
                let (kind, body) = (ConstraintKind::Unique, Body::Key(key));
                rules.constraints.push(Constraint {
                    id: format!("mutant({})", own.name),
                    kind,
                    name: None,
                    columns: vec![column],
                    body,
                });
                self.push("UC column addition", self.name(column).to_owned(), rules, None);
            }
        }
    }
}

fn not_null(table: &TableRules, column: usize) -> Constraint {
    Constraint {
        id: format!("mutant({})", table.columns[column].name),
        kind: ConstraintKind::NotNull,
        name: None,
        columns: vec![column],
        body: Body::NotNull,
    }
}

/// A condition with one comparison changed or one item of a list removed, for each.
fn variants(node: &Node, keep: &mut dyn FnMut(String, Node)) {
    let mut paths = vec![Vec::new()];
    while let Some(path) = paths.pop() {
        let here = at(node, &path);
        for child in 0..here.children().len() {
            let mut below = path.clone();
            below.push(child);
            paths.push(below);
        }
        match here {
            Node::Compare(_, own, _) => {
                for other in Comparison::ALL.into_iter().filter(|other| other != own) {
                    let mut changed = node.clone();
                    if let Node::Compare(_, comparison, _) = at_mut(&mut changed, &path) {
                        *comparison = other;
                    }
                    keep(format!("{own:?} to {other:?}"), changed);
                }
            }
            Node::In(_, list) if list.len() > 1 => {
                for item in 0..list.len() {
                    let mut changed = node.clone();
                    if let Node::In(_, list) = at_mut(&mut changed, &path) {
                        list.remove(item);
                    }
                    keep(format!("item {}", item + 1), changed);
                }
            }
            _ => {}
        }
    }
}

fn at<'n>(node: &'n Node, path: &[usize]) -> &'n Node {
    path.iter().fold(node, |node, child| node.children().swap_remove(*child))
}

fn at_mut<'n>(node: &'n mut Node, path: &[usize]) -> &'n mut Node {
    path.iter().fold(node, |node, child| node.children_mut().swap_remove(*child))
}
