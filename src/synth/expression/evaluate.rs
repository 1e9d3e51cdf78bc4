//! Evaluates an expression for a row: in three values, and "unknown" where a part is not understood and counts.

use std::cmp::Ordering;

use super::cell::{self, CellType};
use super::compare;
use super::decimal::Decimal;
use super::functions;
use super::tree::{Node, Operator, Target, Test};
use super::value::{Comparison, Fold, Truth, Value};
use crate::table::{Dialect, SqlType};

/// The cells of a row, by the place of their columns: none for NULL.
pub(in crate::synth) type Cells<'a> = &'a dyn Fn(usize) -> Option<&'a str>;

/// What an expression is evaluated in.
#[derive(Clone, Copy)]
pub(in crate::synth) struct Scope<'a> {
    pub(in crate::synth) dialect: Dialect,
    pub(in crate::synth) types: &'a [CellType],
    pub(in crate::synth) cells: Cells<'a>,
}

/// Which of SQLite's rules a comparison with this side follows.
#[derive(Clone, Copy, PartialEq)]
enum Affinity {
    None,
    Text,
    Numeric,
}

impl Scope<'_> {
    /// The truth of a condition.
    pub(in crate::synth) fn truth(&self, node: &Node) -> Truth {
        match node {
            Node::And(list) => self.all(list),
            Node::Or(list) => {
                let mut truth = Truth::False;
                for part in list {
                    truth = truth.or(self.truth(part));
                    if truth == Truth::True {
                        break;
                    }
                }
                truth
            }
            Node::Not(inner) => self.truth(inner).negate(),
            Node::Is(inner, Test::Null) => match self.value(inner) {
                Some(value) => Truth::from(Some(value.is_null())),
                None => match &**inner {
                    // A value that cannot be read is a value.
                    Node::Column(_) => Truth::False,
                    _ => Truth::Unknown,
                },
            },
            Node::Is(inner, test) => match self.truth(inner) {
                Truth::Unknown => Truth::Unknown,
                truth => {
                    Truth::from(Some(truth == if *test == Test::True { Truth::True } else { Truth::False }))
                }
            },
            Node::Compare(left, comparison, right) => self.compare(left, *comparison, right),
            Node::Distinct(left, right) => match (self.value(left), self.value(right)) {
                (Some(a), Some(b)) if a.is_null() || b.is_null() => {
                    Truth::from(Some(a.is_null() != b.is_null()))
                }
                _ => self.compare(left, Comparison::NotEqual, right),
            },
            Node::In(left, list) => self.quantified(left, Comparison::Equal, true, list),
            Node::Quantified(left, comparison, any, list) => self.quantified(left, *comparison, *any, list),
            Node::Between(inner, low, high) => self
                .compare(inner, Comparison::GreaterOrEqual, low)
                .and(self.compare(inner, Comparison::LessOrEqual, high)),
            Node::Matches(inner, pattern) => {
                let Some(value) = self.value(inner) else { return Truth::Unknown };
                match (value, pattern) {
                    (Value::Null, _) => Truth::Null,
                    (Value::Text(text, fold), Some(pattern)) => {
                        let mysql = self.dialect == Dialect::MySql;
                        let fold = fold.unwrap_or(Fold { case: mysql, ..Fold::default() });
                        if fold.accents && !text.is_ascii() {
                            return Truth::Unknown;
                        }
                        let folds = fold.case && (mysql || (self.dialect == Dialect::Postgres));
                        // SQLite's NOCASE is no matter of LIKE, and LIKE folds the letters of ASCII only.
                        let ascii = self.dialect != Dialect::Sqlite || text.is_ascii() || !pattern.is_like();
                        if ascii { Truth::from(Some(pattern.is_match(&text, folds))) } else { Truth::Unknown }
                    }
                    (value, Some(pattern)) if value.is_number() && self.dialect != Dialect::Postgres => {
                        match functions::text_of(&value) {
                            Some(text) => Truth::from(Some(pattern.is_match(&text, false))),
                            None => Truth::Unknown,
                        }
                    }
                    (Value::Label(labels, at), Some(pattern)) => {
                        Truth::from(Some(pattern.is_match(&labels[at], false)))
                    }
                    _ => Truth::Unknown,
                }
            }
            other => match self.value(other) {
                Some(value) => self.truth_of(&value),
                None => Truth::Unknown,
            },
        }
    }

    fn all(&self, list: &[Node]) -> Truth {
        let mut truth = Truth::True;
        for part in list {
            truth = truth.and(self.truth(part));
            if truth == Truth::False {
                break;
            }
        }
        truth
    }

    fn truth_of(&self, value: &Value) -> Truth {
        match value {
            Value::Null => Truth::Null,
            Value::Boolean(truth) => Truth::from(Some(*truth)),
            Value::Text(text, _) if self.dialect == Dialect::Postgres => Truth::from(cell::boolean(text)),
            other if self.dialect == Dialect::Postgres => {
                let _ = other;
                Truth::Unknown
            }
            other => Truth::from(other.float().map(|number| number != 0.0)),
        }
    }

    fn compare(&self, left: &Node, comparison: Comparison, right: &Node) -> Truth {
        let (Some(a), Some(b)) = (self.value(left), self.value(right)) else { return Truth::Unknown };
        self.compare_values(a, comparison, b, self.affinity(left), self.affinity(right))
    }

    fn compare_values(
        &self,
        a: Value,
        comparison: Comparison,
        b: Value,
        left: Affinity,
        right: Affinity,
    ) -> Truth {
        if let (Value::List(a), Value::List(b)) = (&a, &b) {
            return self.compare_rows(a, comparison, b);
        }
        if a.is_null() || b.is_null() {
            return Truth::Null;
        }
        let (a, b) = match (self.dialect, left, right) {
            (Dialect::Sqlite, Affinity::Numeric, Affinity::Text | Affinity::None) => {
                (a, compare::with_numeric_affinity(b))
            }
            (Dialect::Sqlite, Affinity::Text | Affinity::None, Affinity::Numeric) => {
                (compare::with_numeric_affinity(a), b)
            }
            (Dialect::Sqlite, Affinity::Text, Affinity::None) => (a, compare::with_text_affinity(b)),
            (Dialect::Sqlite, Affinity::None, Affinity::Text) => (compare::with_text_affinity(a), b),
            _ => (a, b),
        };
        let equality = matches!(comparison, Comparison::Equal | Comparison::NotEqual);
        Truth::from(compare::order(&a, &b, self.dialect, equality).map(|order| comparison.holds(order)))
    }

    /// Rows are compared by their first difference; only equality is needed here.
    fn compare_rows(&self, a: &[Value], comparison: Comparison, b: &[Value]) -> Truth {
        if a.len() != b.len() || !matches!(comparison, Comparison::Equal | Comparison::NotEqual) {
            return Truth::Unknown;
        }
        let equal = a.iter().zip(b).fold(Truth::True, |truth, (a, b)| {
            let same =
                self.compare_values(a.clone(), Comparison::Equal, b.clone(), Affinity::None, Affinity::None);
            truth.and(same)
        });
        if comparison == Comparison::Equal { equal } else { equal.negate() }
    }

    fn quantified(&self, left: &Node, comparison: Comparison, any: bool, list: &[Node]) -> Truth {
        let mut truth = Truth::from(Some(!any));
        for item in list {
            // In SQLite the list has no affinity of its own.
            let own = match (self.value(left), self.value(item)) {
                (Some(a), Some(b)) => {
                    self.compare_values(a, comparison, b, self.affinity(left), Affinity::None)
                }
                _ => Truth::Unknown,
            };
            truth = if any { truth.or(own) } else { truth.and(own) };
        }
        truth
    }

    fn affinity(&self, node: &Node) -> Affinity {
        match node {
            Node::Column(at) => match self.types.get(*at).map(|own| &own.sql_type) {
                Some(SqlType::Text { .. }) => Affinity::Text,
                Some(SqlType::Bytes) | None => Affinity::None,
                Some(_) => Affinity::Numeric,
            },
            Node::Cast(_, Target::Text(_)) => Affinity::Text,
            Node::Cast(_, Target::Integer | Target::Numeric(_) | Target::Float) => Affinity::Numeric,
            Node::Call(name, arguments) if name.starts_with("collate ") => {
                arguments.first().map_or(Affinity::None, |inner| self.affinity(inner))
            }
            _ => Affinity::None,
        }
    }

    /// The value of an expression; none where it is not known.
    pub(in crate::synth) fn value(&self, node: &Node) -> Option<Value> {
        match node {
            Node::Column(at) => match (self.cells)(*at) {
                None => Some(Value::Null),
                Some(text) => self.types.get(*at)?.decode(text),
            },
            Node::Constant(value) => Some(value.clone()),
            Node::Arithmetic(left, operator, right) => self.arithmetic(left, *operator, right),
            Node::Negate(inner) => Some(match self.value(inner)? {
                Value::Null => Value::Null,
                Value::Integer(number) => Value::Integer(number.checked_neg()?),
                Value::Decimal(number) => Value::Decimal(number.negate()),
                Value::Float(number) => Value::Float(-number),
                Value::Interval(months, micros) => Value::Interval(-months, -micros),
                _ => return None,
            }),
            Node::Cast(inner, target) => functions::cast(self.value(inner)?, target, self.dialect),
            Node::Call(name, arguments) => functions::call(self, name, arguments),
            Node::Case(arms, rest) => {
                for (when, then) in arms {
                    match self.truth(when) {
                        Truth::True => return self.value(then),
                        Truth::Unknown => return None,
                        _ => {}
                    }
                }
                rest.as_ref().map_or(Some(Value::Null), |rest| self.value(rest))
            }
            Node::List(items) => {
                items.iter().map(|item| self.value(item)).collect::<Option<_>>().map(Value::List)
            }
            Node::Opaque(_) => None,
            condition => match self.truth(condition) {
                Truth::Null => Some(Value::Null),
                Truth::Unknown => None,
                truth if self.dialect == Dialect::Postgres => Some(Value::Boolean(truth == Truth::True)),
                truth => Some(Value::Integer((truth == Truth::True).into())),
            },
        }
    }

    fn arithmetic(&self, left: &Node, operator: Operator, right: &Node) -> Option<Value> {
        let (a, b) = (self.value(left)?, self.value(right)?);
        if a.is_null() || b.is_null() {
            return Some(Value::Null);
        }
        if operator == Operator::Concatenate {
            return Some(Value::text(functions::text_of(&a)? + &functions::text_of(&b)?));
        }
        if self.dialect == Dialect::Postgres
            && let Some(value) = moments(&a, operator, &b)
        {
            return Some(value);
        }
        // A literal in quotes beside a number is a number.
        let (a, b) = match (&a, &b) {
            (Value::Text(text, None), other) if other.is_number() => (cell::number(text.trim())?, b),
            (other, Value::Text(text, None)) if other.is_number() => {
                let number = cell::number(text.trim())?;
                (a, number)
            }
            _ => (a, b),
        };
        numbers(&a, operator, &b, self.dialect)
    }
}

/// Sums and differences of dates, times and intervals.
fn moments(a: &Value, operator: Operator, b: &Value) -> Option<Value> {
    let add = operator == Operator::Add;
    if !add && operator != Operator::Subtract {
        return None;
    }
    let sign = if add { 1 } else { -1 };
    Some(match (a, b) {
        (Value::Date(day), Value::Integer(number)) => {
            Value::Date(day.checked_add(sign * i64::try_from(*number).ok()?)?)
        }
        (Value::Integer(number), Value::Date(day)) if add => {
            Value::Date(day.checked_add(i64::try_from(*number).ok()?)?)
        }
        (Value::Date(a), Value::Date(b)) if !add => Value::Integer(i128::from(*a) - i128::from(*b)),
        (Value::Timestamp(a), Value::Timestamp(b)) if !add => Value::Interval(0, a.checked_sub(*b)?),
        (Value::Date(_) | Value::Timestamp(_), Value::Interval(months, micros)) => {
            let at = match a {
                Value::Date(day) => day.checked_mul(cell::DAY)?,
                Value::Timestamp(at) => *at,
                _ => return None,
            };
            Value::Timestamp(functions::add_months(at, sign * months)?.checked_add(sign * micros)?)
        }
        (Value::Interval(..), Value::Date(_) | Value::Timestamp(_)) if add => moments(b, operator, a)?,
        (Value::Interval(own, x), Value::Interval(other, y)) => {
            Value::Interval(own.checked_add(sign * other)?, x.checked_add(sign * y)?)
        }
        _ => return None,
    })
}

fn numbers(a: &Value, operator: Operator, b: &Value, dialect: Dialect) -> Option<Value> {
    if let (Value::Integer(a), Value::Integer(b)) = (a, b) {
        let whole = match operator {
            Operator::Add => a.checked_add(*b)?,
            Operator::Subtract => a.checked_sub(*b)?,
            Operator::Multiply => a.checked_mul(*b)?,
            Operator::BitAnd => a & b,
            Operator::BitOr => a | b,
            Operator::Divide | Operator::DivideWhole | Operator::Remainder if *b == 0 => {
                // An error in PostgreSQL.
                return (dialect != Dialect::Postgres).then_some(Value::Null);
            }
            Operator::DivideWhole => a / b,
            Operator::Divide if dialect != Dialect::MySql => a / b,
            Operator::Remainder => a % b,
            Operator::Power => return Some(Value::Float((*a as f64).powf(*b as f64))),
            Operator::Divide | Operator::Concatenate => {
                return Decimal::from(*a).divide(Decimal::from(*b), 8).map(Value::Decimal);
            }
        };
        return Some(Value::Integer(whole));
    }
    if let (Some(x), Some(y)) = (a.decimal(), b.decimal()) {
        let exact = match operator {
            Operator::Add => x.add(y)?,
            Operator::Subtract => x.add(y.negate())?,
            Operator::Multiply => x.multiply(y)?,
            Operator::Divide | Operator::Remainder if y.is_zero() => {
                return (dialect != Dialect::Postgres).then_some(Value::Null);
            }
            Operator::Divide => x.divide(y, 16)?,
            Operator::Remainder => x.remainder(y)?,
            _ => return None,
        };
        return Some(Value::Decimal(exact));
    }
    let (x, y) = (a.float()?, b.float()?);
    let float = match operator {
        Operator::Add => x + y,
        Operator::Subtract => x - y,
        Operator::Multiply => x * y,
        Operator::Divide if y == 0.0 => return (dialect != Dialect::Postgres).then_some(Value::Null),
        Operator::Divide => x / y,
        Operator::Power => x.powf(y),
        _ => return None,
    };
    float.is_finite().then_some(Value::Float(float))
}

/// The order of two values, for functions.
pub(super) fn order(a: &Value, b: &Value, dialect: Dialect) -> Option<Ordering> {
    compare::order(a, b, dialect, false)
}
