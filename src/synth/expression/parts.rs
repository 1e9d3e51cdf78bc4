//! Small parts of the parser: what the names of types and operators stand for, and nodes put together.

use super::pattern::{Kind, Pattern};
use super::tree::{Node, Target};
use super::value::{Comparison, Value};

pub(super) fn target_of(name: &str, argument: Option<Vec<u32>>) -> Target {
    let width = argument.as_ref().and_then(|numbers| numbers.first()).map(|width| *width as usize);
    match name {
        "text" | "citext" | "name" | "clob" | "nchar" => Target::Text(width),
        "varchar" | "nvarchar" => Target::Text(width),
        "character" | "char" | "bpchar" => Target::Text(width),
        "int" | "integer" | "int2" | "int4" | "int8" | "smallint" | "bigint" | "signed" | "unsigned" => {
            Target::Integer
        }
        "numeric" | "decimal" | "dec" => {
            Target::Numeric(argument.map(|numbers| numbers.get(1).copied().unwrap_or(0)))
        }
        "real" | "float" | "double" | "float4" | "float8" => Target::Float,
        "boolean" | "bool" => Target::Boolean,
        "date" => Target::Date,
        "timestamp" | "timestamptz" | "datetime" => Target::Timestamp,
        "time" => Target::Time,
        "interval" => Target::Interval,
        other => Target::Other(other.to_owned()),
    }
}

pub(super) fn comparison(symbol: &str) -> Option<Comparison> {
    Some(match symbol {
        "=" | "==" => Comparison::Equal,
        "<>" | "!=" => Comparison::NotEqual,
        "<" => Comparison::Less,
        "<=" => Comparison::LessOrEqual,
        ">" => Comparison::Greater,
        ">=" => Comparison::GreaterOrEqual,
        _ => return None,
    })
}

pub(super) fn negate(node: Node, negated: bool) -> Node {
    if negated { Node::Not(Box::new(node)) } else { node }
}

/// AND or OR, flat where one side is of the same kind already.
pub(super) fn join(left: Node, right: Node, and: bool) -> Node {
    match (left, and) {
        (Node::And(mut list), true) => {
            list.push(right);
            Node::And(list)
        }
        (Node::Or(mut list), false) => {
            list.push(right);
            Node::Or(list)
        }
        (left, true) => Node::And(vec![left, right]),
        (left, false) => Node::Or(vec![left, right]),
    }
}

pub(super) fn matches(left: Node, right: Node, kind: Kind) -> Node {
    let (kind, pattern) = match right.bare() {
        Node::Call(name, arguments) if name.starts_with("similar_to_escape") || name == "similar_escape" => {
            (Kind::Similar, arguments.first().map(Node::bare))
        }
        other => (kind, Some(other)),
    };
    let pattern = match pattern {
        Some(Node::Constant(Value::Text(text, _))) => Pattern::new(text, kind),
        _ => None,
    };
    Node::Matches(Box::new(left), pattern)
}

/// The items of an array literal without nested arrays: `{a,"b c"}`.
pub(super) fn array(text: &str) -> Option<Vec<Node>> {
    let inner = text.strip_prefix('{')?.strip_suffix('}')?;
    if inner.contains(['{', '\\', '"']) {
        return None;
    }
    if inner.is_empty() {
        return Some(Vec::new());
    }
    let item = |item: &str| match item.trim() {
        "NULL" => Node::Constant(Value::Null),
        text => Node::Constant(Value::text(text)),
    };
    Some(inner.split(',').map(item).collect())
}
