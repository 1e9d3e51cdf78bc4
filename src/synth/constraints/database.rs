//! Tables in memory with the constraints of [`Rules`]: what a real database would say of an INSERT.

use std::collections::BTreeMap;

use super::{Body, Key, Reference, Rules, TableRules};
use crate::synth::expression::{Comparison, Node, Truth, Value};
use crate::table::TableName;

/// A row: a cell per column of its table.
pub(in crate::synth) type Stored = Vec<Option<String>>;

/// Rows by table.
#[derive(Clone)]
pub(in crate::synth) struct Database<'r> {
    rules: &'r Rules,
    rows: BTreeMap<TableName, Vec<Stored>>,
}

impl<'r> Database<'r> {
    pub(in crate::synth) fn new(rules: &'r Rules) -> Self {
        Self { rules, rows: BTreeMap::new() }
    }

    pub(in crate::synth) fn rows(&self, table: &TableName) -> &[Stored] {
        self.rows.get(table).map_or(&[], Vec::as_slice)
    }

    /// Adds a row, whatever constraints say.
    pub(in crate::synth) fn add(&mut self, table: &TableName, row: Stored) {
        self.rows.entry(table.clone()).or_default().push(row);
    }

    /// The same without one row.
    pub(in crate::synth) fn without(&self, table: &TableName, row: &Stored) -> Self {
        let mut other = self.clone();
        if let Some(rows) = other.rows.get_mut(table)
            && let Some(at) = rows.iter().position(|own| own == row)
        {
            rows.remove(at);
        }
        other
    }

    /// The constraints, by their places, that reject a row; and whether any could not be told.
    pub(in crate::synth) fn violations(&self, table: &TableRules, row: &Stored) -> (Vec<usize>, bool) {
        let mut broken = Vec::new();
        let mut unknown = false;
        for at in 0..table.constraints.len() {
            match self.verdict(table, at, row) {
                Truth::False => broken.push(at),
                // A type that is not known here takes what we made for it.
                Truth::Unknown if !matches!(table.constraints[at].body, Body::Type) => unknown = true,
                _ => {}
            }
        }
        (broken, unknown)
    }

    /// What one constraint says of a row beside those that are there.
    pub(in crate::synth) fn verdict(&self, table: &TableRules, at: usize, row: &Stored) -> Truth {
        let constraint = &table.constraints[at];
        let cells = |at: usize| row.get(at).and_then(|cell| cell.as_deref());
        if let Some(truth) = table.verdict(constraint, &cells) {
            return truth;
        }
        match &constraint.body {
            Body::Key(key) => {
                let mut truth = Truth::True;
                for other in self.rows(&table.name) {
                    truth = truth.and(same(table, key, row, other).negate());
                }
                // Against no row at all every key holds, read or not.
                if truth == Truth::Null { Truth::True } else { truth }
            }
            Body::ForeignKey(reference) => self.refers(table, &constraint.columns, reference, row),
            _ => Truth::Unknown,
        }
    }

    fn refers(&self, table: &TableRules, columns: &[usize], reference: &Reference, row: &Stored) -> Truth {
        let nulls = columns.iter().filter(|at| row[**at].is_none()).count();
        if nulls > 0 {
            let rejected = reference.match_full && nulls < columns.len();
            return if rejected { Truth::False } else { Truth::Null };
        }
        let Some(parent) = self.rules.table(&reference.to) else { return Truth::Unknown };
        let mut found = Truth::False;
        let own = (reference.to == table.name).then_some(row);
        for other in self.rows(&reference.to).iter().chain(own) {
            let mut all = Truth::True;
            for (from, to) in columns.iter().zip(&reference.to_columns) {
                let same = match (&row[*from], &other[*to]) {
                    (Some(a), Some(b)) => same_cells(table, *from, a, parent, *to, b),
                    _ => Truth::False,
                };
                all = all.and(same);
            }
            found = found.or(all);
        }
        found
    }
}

/// Whether the cells of two columns are equal.
pub(in crate::synth) fn same_cells(
    a: &TableRules,
    at: usize,
    x: &str,
    b: &TableRules,
    to: usize,
    y: &str,
) -> Truth {
    if x == y {
        return Truth::True;
    }
    let none = |_: usize| None;
    let scope = crate::synth::expression::Scope { dialect: a.dialect, types: &[], cells: &none };
    let (Some(x), Some(y)) = (a.types[at].decode(x), b.types[to].decode(y)) else { return Truth::False };
    let equal = Node::Compare(Box::new(Node::Constant(x)), Comparison::Equal, Box::new(Node::Constant(y)));
    match scope.truth(&equal) {
        // Values that cannot be read are taken for what they look like.
        Truth::Unknown => Truth::False,
        truth => truth,
    }
}

/// Whether two rows are the same for a key.
pub(in crate::synth) fn same(table: &TableRules, key: &Key, row: &Stored, other: &Stored) -> Truth {
    if !key.read {
        return Truth::Unknown;
    }
    let counts = key.condition.as_ref().map_or(Truth::True, |condition| {
        let truth = |row: &Stored| {
            let cells = |at: usize| row[at].as_deref();
            match table.scope(&cells).truth(condition) {
                Truth::Null => Truth::False,
                truth => truth,
            }
        };
        truth(row).and(truth(other))
    });
    let mut all = counts;
    for (node, operator) in &key.elements {
        if all == Truth::False {
            break;
        }
        all = all.and(same_element(table, node, operator, key.nulls_distinct, row, other));
    }
    all
}

/// Whether two ranges of the form `[a,b)` overlap; none for others.
fn overlap(a: &str, b: &str) -> Option<bool> {
    let ends = |text: &str| {
        let (low, high) = text.strip_prefix('[')?.strip_suffix(')')?.split_once(',')?;
        let number = |end: &str| end.parse::<i64>().ok();
        // Numbers by their size, moments as they are written.
        match (number(low), number(high)) {
            (Some(low), Some(high)) => Some((format!("{low:020}"), format!("{high:020}"))),
            _ if low.len() == high.len() && low.len() >= 10 => Some((low.to_owned(), high.to_owned())),
            _ => None,
        }
    };
    let ((a, b), (c, d)) = (ends(a)?, ends(b)?);
    (!a.starts_with('-') && !c.starts_with('-')).then_some(a < d && c < b)
}

/// Whether an element of a key is the same in two rows.
pub(in crate::synth) fn same_element(
    table: &TableRules,
    node: &Node,
    operator: &str,
    nulls_distinct: bool,
    row: &Stored,
    other: &Stored,
) -> Truth {
    if let Node::Column(at) = node {
        if table.columns[*at].generated {
            return Truth::Unknown;
        }
        return match (&row[*at], &other[*at]) {
            (Some(a), Some(b)) => match (operator, same_cells(table, *at, a, table, *at, b)) {
                ("=", truth) => truth,
                // Equal values overlap; what others do is not known here.
                ("&&", Truth::True) => Truth::True,
                ("&&", _) => Truth::from(overlap(a, b)),
                _ => Truth::Unknown,
            },
            (None, None) => Truth::from(Some(!nulls_distinct)),
            _ => Truth::False,
        };
    }
    let value = |row: &Stored| {
        let cells = |at: usize| row[at].as_deref();
        table.scope(&cells).value(node)
    };
    let values = (value(row), value(other));
    let reads_the_same =
        node.columns().iter().all(|at| row[*at] == other[*at] && !table.columns[*at].generated);
    match values {
        (Some(Value::Null), Some(Value::Null)) => Truth::from(Some(!nulls_distinct)),
        (Some(Value::Null), _) | (_, Some(Value::Null)) => Truth::False,
        _ if reads_the_same && matches!(operator, "=" | "&&") => Truth::True,
        (Some(a), Some(b)) if operator == "=" => {
            let none = |_: usize| None;
            let (a, b) = (Box::new(Node::Constant(a)), Box::new(Node::Constant(b)));
            table.scope(&none).truth(&Node::Compare(a, Comparison::Equal, b))
        }
        _ => Truth::Unknown,
    }
}
