//! Conditions of a policy (`when = "kind = 'person' AND country IN ('DE', 'AT')"`): compiled against a table's columns
//! when the plan is made, evaluated on the original values of each row.
//!
//! The language is a part of SQL: columns, literals, comparisons, `IN`, `LIKE`, `ILIKE`, `BETWEEN`, `IS NULL`, `IS TRUE`,
//! `IS DISTINCT FROM`, `AND`, `OR`, `NOT`. Logic is three-valued as in SQL. Numbers compare as numbers, whatever their
//! spelling; text, dates and times compare by their bytes, without the spaces that `char(n)` pads them with, and
//! case-insensitive text in lower case. A value that cannot be compared gives no answer, as NULL does.

use std::cmp::Ordering;

use super::expression::{self, Comparison, Expression};
use crate::base::did_you_mean;
use crate::table::SqlType;

/// A condition over the columns of one table.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    text: String,
    columns: Vec<String>,
    test: Test,
}

/// Part of a condition. Columns are indexes into [`Condition::columns`].
#[derive(Clone, Debug, PartialEq)]
enum Test {
    Always(Option<bool>),
    Not(Box<Test>),
    And(Vec<Test>),
    Or(Vec<Test>),
    Compare(Operand, Comparison, Operand, Kind),
    Distinct(Operand, Operand, Kind),
    In(Operand, Vec<Operand>, Kind),
    Like(Operand, Vec<Wild>, bool),
    IsNull(Operand),
    Is(Box<Test>, Option<bool>),
    Column(usize),
}

#[derive(Clone, Debug, PartialEq)]
enum Operand {
    Column(usize),
    Literal(Vec<u8>),
    Null,
}

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Number,
    Boolean,
    Text { folds: bool },
}

/// An element of a LIKE pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wild {
    Byte(u8),
    One,
    Any,
}

impl Condition {
    /// Reads `text` as a condition over a table with these columns.
    ///
    /// # Errors
    /// A sentence: it cannot be read, names a column that is not there, or uses what the language does not have.
    pub(super) fn compile<'c>(
        text: &str,
        columns: impl Iterator<Item = (&'c str, &'c SqlType)>,
    ) -> Result<Self, String> {
        let expression = expression::parse(text).ok_or_else(|| {
            format!("the condition cannot be read; it may have {LANGUAGE}, and text in single quotes")
        })?;
        let mut compiler = Compiler { known: columns.collect(), used: Vec::new() };
        let test = compiler.test(&expression)?;
        let columns = compiler.used.into_iter().map(str::to_owned).collect();
        Ok(Self { text: text.to_owned(), columns, test })
    }

    /// `column IS NOT DISTINCT FROM 'value'`.
    pub(super) fn column_is(column: &str, value: &str) -> Self {
        let literal = value.replace('\'', "''");
        let test = Test::Not(Box::new(Test::Distinct(
            Operand::Column(0),
            Operand::Literal(value.as_bytes().to_vec()),
            Kind::Text { folds: false },
        )));
        Self {
            text: format!("{column} IS NOT DISTINCT FROM '{literal}'"),
            columns: vec![column.to_owned()],
            test,
        }
    }

    /// The condition as the policy has it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The columns that it looks at.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// What it says of a row, given the original values of [`columns`](Self::columns); `None` for SQL's unknown.
    pub fn evaluate<'r>(&self, value: &dyn Fn(usize) -> Option<&'r [u8]>) -> Option<bool> {
        self.test.evaluate(value)
    }
}

const LANGUAGE: &str = "columns, literals, =, <>, <, <=, >, >=, IN, BETWEEN, LIKE, ILIKE, IS NULL, IS TRUE, IS DISTINCT FROM, AND, OR, NOT";

struct Compiler<'c> {
    known: Vec<(&'c str, &'c SqlType)>,
    used: Vec<&'c str>,
}

/// An operand with the type that it has by itself.
struct Typed<'c> {
    operand: Operand,
    sql_type: Option<&'c SqlType>,
    number: bool,
}

impl<'c> Compiler<'c> {
    fn test(&mut self, expression: &Expression) -> Result<Test, String> {
        Ok(match expression {
            Expression::And(list) => Test::And(self.tests(list)?),
            Expression::Or(list) => Test::Or(self.tests(list)?),
            Expression::Not(inner) => Test::Not(Box::new(self.test(inner)?)),
            Expression::Compare(left, comparison, right) => {
                let (left, right) = (self.operand(left)?, self.operand(right)?);
                let kind = kind(&[&left, &right])?;
                if kind == Kind::Boolean && !matches!(comparison, Comparison::Equal | Comparison::NotEqual) {
                    return Err("booleans can be compared by = and <> only".into());
                }
                Test::Compare(left.operand, *comparison, right.operand, kind)
            }
            Expression::Distinct(left, right) => {
                let (left, right) = (self.operand(left)?, self.operand(right)?);
                let kind = kind(&[&left, &right])?;
                Test::Distinct(left.operand, right.operand, kind)
            }
            Expression::In(item, list) => {
                let item = self.operand(item)?;
                let list: Vec<Typed<'c>> =
                    list.iter().map(|value| self.operand(value)).collect::<Result<_, _>>()?;
                let all: Vec<&Typed<'c>> = std::iter::once(&item).chain(&list).collect();
                let kind = kind(&all)?;
                Test::In(item.operand, list.into_iter().map(|typed| typed.operand).collect(), kind)
            }
            Expression::Like(item, pattern, folds) => {
                let item = self.operand(item)?;
                let Operand::Literal(pattern) = self.operand(pattern)?.operand else {
                    return Err("the pattern of LIKE must be a text in single quotes".into());
                };
                let folds = *folds || item.sql_type.is_some_and(folds_case);
                Test::Like(item.operand, wild(&pattern, folds), folds)
            }
            Expression::IsNull(inner) => Test::IsNull(self.operand(inner)?.operand),
            Expression::Is(inner, value) => Test::Is(Box::new(self.test(inner)?), *value),
            Expression::Null => Test::Always(None),
            Expression::Boolean(value) => Test::Always(Some(*value)),
            Expression::Cast(inner, _) => self.test(inner)?,
            Expression::Name(name) => {
                let typed = self.column(name)?;
                match (typed.operand, typed.sql_type.map(SqlType::base)) {
                    (Operand::Column(index), Some(SqlType::Boolean)) => Test::Column(index),
                    _ => return Err(format!("column \"{name}\" is no boolean: compare it with something")),
                }
            }
            _ => return Err(format!("the condition has something else than {LANGUAGE}")),
        })
    }

    fn tests(&mut self, list: &[Expression]) -> Result<Vec<Test>, String> {
        list.iter().map(|item| self.test(item)).collect()
    }

    fn operand(&mut self, expression: &Expression) -> Result<Typed<'c>, String> {
        let literal =
            |text: &str, number| Typed { operand: Operand::Literal(text.into()), sql_type: None, number };
        Ok(match expression {
            Expression::Name(name) => self.column(name)?,
            Expression::Text(text) => literal(text, false),
            Expression::Number(digits) => literal(digits, true),
            Expression::Boolean(value) => literal(if *value { "t" } else { "f" }, false),
            Expression::Null => Typed { operand: Operand::Null, sql_type: None, number: false },
            Expression::Cast(inner, _) => self.operand(inner)?,
            _ => {
                return Err(format!(
                    "the condition compares something else than columns and literals; it may have {LANGUAGE}"
                ));
            }
        })
    }

    fn column(&mut self, name: &str) -> Result<Typed<'c>, String> {
        // The reader of conditions writes words in lower case, as SQL does.
        let folded = || self.known.iter().filter(|(known, _)| known.to_lowercase() == name);
        let found = self.known.iter().find(|(known, _)| *known == name).or_else(|| {
            let mut found = folded();
            found.next().filter(|_| found.next().is_none())
        });
        let Some((known, sql_type)) = found.copied() else {
            let hint = did_you_mean(name, self.known.iter().map(|(known, _)| *known));
            return Err(format!("the condition names the unknown column \"{name}\"{hint}"));
        };
        let index = self.used.iter().position(|used| *used == known).unwrap_or_else(|| {
            self.used.push(known);
            self.used.len() - 1
        });
        Ok(Typed { operand: Operand::Column(index), sql_type: Some(sql_type), number: false })
    }
}

/// How operands are compared: by the type of the columns among them.
fn kind(operands: &[&Typed<'_>]) -> Result<Kind, String> {
    let columns = || operands.iter().filter_map(|typed| typed.sql_type).map(SqlType::base);
    let is_number = |sql_type: &SqlType| {
        sql_type.is_integer()
            || matches!(sql_type, SqlType::Numeric { .. } | SqlType::Float | SqlType::Oid | SqlType::Year)
    };
    let kind = if columns().any(|sql_type| matches!(sql_type, SqlType::Boolean)) {
        Kind::Boolean
    } else if columns().any(is_number) || operands.iter().any(|typed| typed.number) {
        Kind::Number
    } else {
        Kind::Text { folds: columns().any(folds_case) }
    };
    let literals = operands.iter().filter_map(|typed| match &typed.operand {
        Operand::Literal(literal) => Some(literal.as_slice()),
        _ => None,
    });
    for literal in literals {
        let fits = match kind {
            Kind::Number => decimal(literal).is_some(),
            Kind::Boolean => boolean(literal).is_some(),
            Kind::Text { .. } => true,
        };
        if !fits {
            return Err(match kind {
                Kind::Number => "a number is compared with a text that is no number".into(),
                _ => "a boolean is compared with something that is neither true nor false".into(),
            });
        }
    }
    Ok(kind)
}

fn folds_case(sql_type: &SqlType) -> bool {
    matches!(sql_type.base(), SqlType::Text { case_insensitive: true, .. })
}

type Values<'v, 'r> = &'v dyn Fn(usize) -> Option<&'r [u8]>;

impl Test {
    fn evaluate(&self, values: Values<'_, '_>) -> Option<bool> {
        match self {
            Self::Always(value) => *value,
            Self::Not(inner) => inner.evaluate(values).map(|truth| !truth),
            Self::And(list) => all(list, values, false),
            Self::Or(list) => all(list, values, true),
            Self::Compare(left, comparison, right, kind) => {
                let (left, right) = (left.value(values)?, right.value(values)?);
                Some(comparison.holds(kind.compare(left, right)?))
            }
            Self::Distinct(left, right, kind) => match (left.value(values), right.value(values)) {
                (Some(left), Some(right)) => Some(kind.compare(left, right)?.is_ne()),
                (left, right) => Some(left.is_some() != right.is_some()),
            },
            Self::In(item, list, kind) => {
                let item = item.value(values)?;
                let mut unknown = false;
                for other in list {
                    match other.value(values).and_then(|other| kind.compare(item, other)) {
                        Some(Ordering::Equal) => return Some(true),
                        Some(_) => {}
                        None => unknown = true,
                    }
                }
                (!unknown).then_some(false)
            }
            Self::Like(item, pattern, folds) => {
                let item = item.value(values)?;
                Some(if *folds { like(&folded(item), pattern) } else { like(item, pattern) })
            }
            Self::IsNull(item) => Some(item.value(values).is_none()),
            Self::Is(inner, value) => Some(inner.evaluate(values) == *value),
            Self::Column(index) => boolean(values(*index)?),
        }
    }
}

/// AND, or with `end` OR, of all.
fn all(list: &[Test], values: Values<'_, '_>, end: bool) -> Option<bool> {
    let mut unknown = false;
    for item in list {
        match item.evaluate(values) {
            Some(truth) if truth == end => return Some(end),
            Some(_) => {}
            None => unknown = true,
        }
    }
    (!unknown).then_some(!end)
}

impl Operand {
    fn value<'v, 'r: 'v>(&'v self, values: Values<'_, 'r>) -> Option<&'v [u8]> {
        match self {
            Self::Column(index) => values(*index),
            Self::Literal(literal) => Some(literal),
            Self::Null => None,
        }
    }
}

impl Kind {
    fn compare(self, left: &[u8], right: &[u8]) -> Option<Ordering> {
        match self {
            Self::Number => Some(decimal(left)?.cmp(&decimal(right)?)),
            Self::Boolean => Some(boolean(left)?.cmp(&boolean(right)?)),
            Self::Text { folds: false } => Some(trim_end(left).cmp(trim_end(right))),
            Self::Text { folds: true } => Some(folded(trim_end(left)).cmp(&folded(trim_end(right)))),
        }
    }
}

fn boolean(value: &[u8]) -> Option<bool> {
    match value.to_ascii_lowercase().as_slice() {
        b"t" | b"true" | b"1" | b"y" | b"yes" | b"on" => Some(true),
        b"f" | b"false" | b"0" | b"n" | b"no" | b"off" => Some(false),
        _ => None,
    }
}

fn trim_end(value: &[u8]) -> &[u8] {
    let end = value.iter().rposition(|byte| *byte != b' ').map_or(0, |last| last + 1);
    &value[..end]
}

fn folded(value: &[u8]) -> Vec<u8> {
    match std::str::from_utf8(value) {
        Ok(text) => text.to_lowercase().into_bytes(),
        Err(_) => value.to_ascii_lowercase(),
    }
}

/// A number as written, ready to be compared exactly: its sign, then its digits by magnitude.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Decimal<'v> {
    negative: bool,
    /// Digits before the point, without leading zeros.
    whole: &'v [u8],
    /// Digits after it, without trailing zeros.
    fraction: &'v [u8],
}

pub(super) fn decimal(value: &[u8]) -> Option<Decimal<'_>> {
    let value = value.trim_ascii();
    let (negative, digits) = match value {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, value),
    };
    let point = digits.iter().position(|byte| *byte == b'.').unwrap_or(digits.len());
    let (whole, fraction) = (&digits[..point], digits.get(point + 1..).unwrap_or_default());
    let are_digits = whole.iter().chain(fraction).all(u8::is_ascii_digit);
    if !are_digits || whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let start = whole.iter().position(|byte| *byte != b'0').unwrap_or(whole.len());
    let end = fraction.iter().rposition(|byte| *byte != b'0').map_or(0, |last| last + 1);
    let (whole, fraction) = (&whole[start..], &fraction[..end]);
    let zero = whole.is_empty() && fraction.is_empty();
    Some(Decimal { negative: negative && !zero, whole, fraction })
}

impl Ord for Decimal<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        let magnitude = (self.whole.len().cmp(&other.whole.len()))
            .then_with(|| self.whole.cmp(other.whole))
            .then_with(|| self.fraction.cmp(other.fraction));
        match (self.negative, other.negative) {
            (false, false) => magnitude,
            (true, true) => magnitude.reverse(),
            (negative, _) => {
                if negative {
                    Ordering::Less
                } else {
                    Ordering::Greater
                }
            }
        }
    }
}

impl PartialOrd for Decimal<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The elements of a LIKE pattern; a backslash takes the meaning of what follows it.
pub(super) fn wild(pattern: &[u8], folds: bool) -> Vec<Wild> {
    let pattern = if folds { folded(pattern) } else { pattern.to_vec() };
    let mut elements = Vec::with_capacity(pattern.len());
    let mut bytes = pattern.into_iter();
    while let Some(byte) = bytes.next() {
        elements.push(match byte {
            b'%' => Wild::Any,
            b'_' => Wild::One,
            b'\\' => Wild::Byte(bytes.next().unwrap_or(b'\\')),
            byte => Wild::Byte(byte),
        });
    }
    elements
}

/// Whether the whole text matches. After a `%` only the latest one is tried again, so the time is at most that of
/// length times pattern.
pub(super) fn like(text: &[u8], pattern: &[Wild]) -> bool {
    let (mut at, mut place) = (0, 0);
    let mut again: Option<(usize, usize)> = None;
    while at < text.len() {
        match pattern.get(place) {
            Some(Wild::Any) => {
                again = Some((place + 1, at));
                place += 1;
                continue;
            }
            Some(Wild::One) => {
                at = after_character(text, at);
                place += 1;
                continue;
            }
            Some(Wild::Byte(byte)) if *byte == text[at] => {
                at += 1;
                place += 1;
                continue;
            }
            _ => {}
        }
        let Some((start, tried)) = again else { return false };
        let next = after_character(text, tried);
        again = Some((start, next));
        (place, at) = (start, next);
    }
    pattern[place..].iter().all(|element| *element == Wild::Any)
}

/// Where the character that begins at `at` ends.
fn after_character(text: &[u8], at: usize) -> usize {
    let rest = text[at + 1..].iter().take_while(|byte| **byte & 0xc0 == 0x80).count();
    at + 1 + rest
}
