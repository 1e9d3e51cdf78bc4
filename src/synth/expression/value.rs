//! The values that expressions work on, and the truths they end in.

use std::cmp::Ordering;
use std::sync::Arc;

use super::decimal::Decimal;

/// What a condition is for a row, in SQL's logic of three values, or that nobody here can say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Truth {
    /// True.
    True,
    /// False: the one truth for which a CHECK rejects a row.
    False,
    /// NULL.
    Null,
    /// The expression has a part that is not understood, and its value matters.
    Unknown,
}

impl Truth {
    /// NOT.
    #[must_use]
    pub fn negate(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            other => other,
        }
    }

    /// AND.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::False, _) | (_, Self::False) => Self::False,
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
            (Self::Null, _) | (_, Self::Null) => Self::Null,
            _ => Self::True,
        }
    }

    /// OR.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        self.negate().and(other.negate()).negate()
    }

    /// Whether a CHECK lets the row in; none if that is not known.
    pub fn accepts(self) -> Option<bool> {
        match self {
            Self::True | Self::Null => Some(true),
            Self::False => Some(false),
            Self::Unknown => None,
        }
    }
}

impl From<Option<bool>> for Truth {
    /// None is [`Truth::Unknown`].
    fn from(truth: Option<bool>) -> Self {
        match truth {
            Some(true) => Self::True,
            Some(false) => Self::False,
            None => Self::Unknown,
        }
    }
}

/// Which differences between texts do not count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "differences that do or do not count, each by itself")]
pub(in crate::synth) struct Fold {
    /// Letter case.
    pub(super) case: bool,
    /// Accents.
    pub(super) accents: bool,
    /// Trailing spaces.
    pub(super) padding: bool,
    /// Whether the order of texts is that of their bytes (else it is a language's).
    pub(super) bytes: bool,
}

impl Fold {
    /// What holds for a comparison of two texts.
    #[must_use]
    pub(super) fn with(self, other: Self) -> Self {
        Self {
            case: self.case || other.case,
            accents: self.accents || other.accents,
            padding: self.padding || other.padding,
            bytes: self.bytes && other.bytes,
        }
    }
}

/// A value of SQL.
#[derive(Clone, Debug)]
pub(in crate::synth) enum Value {
    Null,
    Boolean(bool),
    Integer(i128),
    Decimal(Decimal),
    Float(f64),
    /// A text, and how it is compared; a literal has no fold of its own.
    Text(String, Option<Fold>),
    Bytes(Vec<u8>),
    /// Days from 1970-01-01.
    Date(i64),
    /// Microseconds from 1970-01-01 00:00, UTC where there is a zone.
    Timestamp(i64),
    /// Microseconds from midnight.
    Time(i64),
    /// Months, and microseconds.
    Interval(i64, i64),
    /// A label of an enum, by its place among them.
    Label(Arc<[String]>, usize),
    List(Vec<Value>),
}

impl Value {
    /// A text literal.
    pub(in crate::synth) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into(), None)
    }

    pub(in crate::synth) fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// As an exact number.
    pub(super) fn decimal(&self) -> Option<Decimal> {
        match self {
            Self::Integer(number) => Some(Decimal::from(*number)),
            Self::Decimal(number) => Some(*number),
            _ => None,
        }
    }

    /// As a number of any kind.
    pub(super) fn float(&self) -> Option<f64> {
        match self {
            Self::Float(number) => Some(*number),
            other => other.decimal().map(Decimal::to_f64),
        }
    }

    pub(super) fn is_number(&self) -> bool {
        matches!(self, Self::Integer(_) | Self::Decimal(_) | Self::Float(_))
    }
}

/// A comparison operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Comparison {
    /// `=`
    Equal,
    /// `<>`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

impl Comparison {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Equal, Self::NotEqual, Self::Less, Self::LessOrEqual, Self::Greater, Self::GreaterOrEqual];

    /// Whether it holds for values in this order.
    pub fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::NotEqual => order.is_ne(),
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::GreaterOrEqual => order.is_ge(),
        }
    }
}
