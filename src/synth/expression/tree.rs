//! The tree of an expression: columns by their place in the table, everything else as read.

use super::pattern::Pattern;
use super::value::{Comparison, Value};

/// A node.
#[derive(Clone, Debug)]
pub(in crate::synth) enum Node {
    Column(usize),
    Constant(Value),
    And(Vec<Node>),
    Or(Vec<Node>),
    Not(Box<Node>),
    Compare(Box<Node>, Comparison, Box<Node>),
    /// `IS NULL`, `IS TRUE`, ...
    Is(Box<Node>, Test),
    /// `IS DISTINCT FROM`; `<=>` and SQLite's `IS` are its negation.
    Distinct(Box<Node>, Box<Node>),
    In(Box<Node>, Vec<Node>),
    /// A comparison with ANY (true) or ALL of a list.
    Quantified(Box<Node>, Comparison, bool, Vec<Node>),
    /// Low and high are part of it.
    Between(Box<Node>, Box<Node>, Box<Node>),
    /// LIKE, SIMILAR TO, regular expressions; none where the pattern is no literal or could not be read.
    Matches(Box<Node>, Option<Pattern>),
    Arithmetic(Box<Node>, Operator, Box<Node>),
    Negate(Box<Node>),
    Cast(Box<Node>, Target),
    /// A function, by its name in lower case.
    Call(String, Vec<Node>),
    /// Conditions with their values, and the value where none holds.
    Case(Vec<(Node, Node)>, Option<Box<Node>>),
    /// `ARRAY[..]` or a list in brackets.
    List(Vec<Node>),
    /// Something over these that is not understood.
    Opaque(Vec<Node>),
}

/// What `IS` asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::synth) enum Test {
    Null,
    True,
    False,
}

/// An operator on values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::synth) enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    /// MySQL's DIV.
    DivideWhole,
    Remainder,
    Power,
    Concatenate,
    BitAnd,
    BitOr,
}

/// What a cast leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::synth) enum Target {
    /// Text, cut to so many characters.
    Text(Option<usize>),
    Integer,
    /// Exact numbers, with so many digits behind the point.
    Numeric(Option<u32>),
    Float,
    Boolean,
    Date,
    Timestamp,
    Time,
    Interval,
    /// A type that we know no values of, by its name in lower case.
    Other(String),
}

impl Node {
    /// The nodes directly below.
    pub(in crate::synth) fn children(&self) -> Vec<&Node> {
        match self {
            Self::Column(_) | Self::Constant(_) => Vec::new(),
            Self::And(list)
            | Self::Or(list)
            | Self::List(list)
            | Self::Opaque(list)
            | Self::Call(_, list) => list.iter().collect(),
            Self::Not(one)
            | Self::Is(one, _)
            | Self::Matches(one, _)
            | Self::Negate(one)
            | Self::Cast(one, _) => vec![one],
            Self::Compare(a, _, b) | Self::Distinct(a, b) | Self::Arithmetic(a, _, b) => vec![a, b],
            Self::In(one, list) | Self::Quantified(one, _, _, list) => {
                std::iter::once(&**one).chain(list).collect()
            }
            Self::Between(a, b, c) => vec![a, b, c],
            Self::Case(arms, rest) => {
                arms.iter().flat_map(|(when, then)| [when, then]).chain(rest.as_deref()).collect()
            }
        }
    }

    /// The nodes directly below, to be changed.
    pub(in crate::synth) fn children_mut(&mut self) -> Vec<&mut Node> {
        match self {
            Self::Column(_) | Self::Constant(_) => Vec::new(),
            Self::And(list)
            | Self::Or(list)
            | Self::List(list)
            | Self::Opaque(list)
            | Self::Call(_, list) => list.iter_mut().collect(),
            Self::Not(one)
            | Self::Is(one, _)
            | Self::Matches(one, _)
            | Self::Negate(one)
            | Self::Cast(one, _) => vec![one],
            Self::Compare(a, _, b) | Self::Distinct(a, b) | Self::Arithmetic(a, _, b) => vec![a, b],
            Self::In(one, list) | Self::Quantified(one, _, _, list) => {
                std::iter::once(&mut **one).chain(list).collect()
            }
            Self::Between(a, b, c) => vec![a, b, c],
            Self::Case(arms, rest) => {
                arms.iter_mut().flat_map(|(when, then)| [when, then]).chain(rest.as_deref_mut()).collect()
            }
        }
    }

    /// The columns in it, each once, in order of their places.
    pub(in crate::synth) fn columns(&self) -> Vec<usize> {
        let mut found = Vec::new();
        self.collect_columns(&mut found);
        found.sort_unstable();
        found.dedup();
        found
    }

    fn collect_columns(&self, found: &mut Vec<usize>) {
        if let Self::Column(at) = self {
            found.push(*at);
        }
        for child in self.children() {
            child.collect_columns(found);
        }
    }

    /// Whether the tree is deeper than those that are worked on: what works on trees calls itself.
    pub(super) fn is_deep(&self) -> bool {
        const DEEPEST: usize = 200;
        let mut open = vec![(self, 0)];
        while let Some((node, depth)) = open.pop() {
            if depth > DEEPEST {
                return true;
            }
            open.extend(node.children().into_iter().map(|child| (child, depth + 1)));
        }
        false
    }

    /// The node without casts around it.
    pub(in crate::synth) fn bare(&self) -> &Node {
        match self {
            Self::Cast(inner, _) => inner.bare(),
            other => other,
        }
    }
}
