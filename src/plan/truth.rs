//! What a condition says of a row after masking, given that it held before.
//!
//! Masked columns are known by what their operator can put out; all else is as it was. The answer errs on the side of
//! [`Truth::Unknown`].

use super::comparisons::{column, columns, is_integer, length};
use super::expression::{Comparison, Expression};
use crate::mask::{OnInvalid, Output};
use crate::table::SqlType;

/// What is known of a condition after masking. NULL counts as met, as it does for a CHECK.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Truth {
    /// What it was before.
    Same,
    /// True, or NULL.
    True,
    /// False, or NULL where the cell is NULL.
    False,
    /// NULL.
    Null,
    /// Met if it was met before.
    Met,
    /// Anybody's guess.
    Unknown,
}

impl Truth {
    /// Whether a row that met the condition surely meets it still.
    pub(super) fn is_met(self) -> bool {
        matches!(self, Self::Same | Self::True | Self::Null | Self::Met)
    }

    fn not(self) -> Self {
        match self {
            Self::Same => Self::Same,
            Self::True => Self::False,
            Self::False => Self::True,
            Self::Null => Self::Null,
            Self::Met | Self::Unknown => Self::Unknown,
        }
    }

    fn and(self, other: Self) -> Self {
        match (self, other) {
            (a, b) if a == b => a,
            (Self::False, _) | (_, Self::False) => Self::False,
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
            _ => Self::Met,
        }
    }

    fn or(self, other: Self) -> Self {
        match (self, other) {
            (a, b) if a == b => a,
            (Self::True, _) | (_, Self::True) => Self::True,
            // NULL or anything is true or NULL.
            (Self::Null, _) | (_, Self::Null) | (Self::Same, Self::Met) | (Self::Met, Self::Same) => {
                Self::Met
            }
            _ => Self::Unknown,
        }
    }
}

/// A masked column, as conditions see it.
pub(super) struct Facts<'a> {
    pub(super) name: &'a str,
    pub(super) sql_type: &'a SqlType,
    pub(super) output: &'a Output,
    pub(super) max_width: Option<u32>,
    pub(super) on_invalid: OnInvalid,
    pub(super) has_sentinels: bool,
    /// What its shift depends on: two columns with the same are shifted alike in one row.
    pub(super) shift: String,
}

/// A condition over a table with these masked columns.
pub(super) fn evaluate(condition: &Expression, masked: &[Facts<'_>]) -> Truth {
    Evaluation { masked }.truth(condition)
}

/// Whether an expression is over masked columns.
pub(super) fn is_masked(expression: &Expression, masked: &[Facts<'_>]) -> bool {
    Evaluation { masked }.mentions(expression)
}

/// A side of a comparison.
pub(super) enum Side<'e> {
    /// As it was: no masked column in it.
    Same,
    /// An integer literal.
    Integer(i128),
    /// A string literal.
    Text(&'e str),
    /// A masked column.
    Column(&'e Facts<'e>),
    /// The length of a masked column's text.
    Length(&'e Facts<'e>),
    Unknown,
}

struct Evaluation<'m> {
    masked: &'m [Facts<'m>],
}

impl<'m> Evaluation<'m> {
    fn facts(&self, name: &str) -> Option<&'m Facts<'m>> {
        self.masked.iter().find(|facts| facts.name == name)
    }

    fn mentions(&self, expression: &Expression) -> bool {
        match expression {
            Expression::Name(name) => self.facts(name).is_some(),
            Expression::Text(_) | Expression::Number(_) | Expression::Null | Expression::Boolean(_) => false,
            Expression::Cast(inner, _)
            | Expression::Not(inner)
            | Expression::IsNull(inner)
            | Expression::Is(inner, _) => self.mentions(inner),
            Expression::Compare(a, _, b) | Expression::Distinct(a, b) | Expression::Like(a, b, _) => {
                self.mentions(a) || self.mentions(b)
            }
            Expression::In(item, list) => self.mentions(item) || list.iter().any(|item| self.mentions(item)),
            Expression::Call(_, list)
            | Expression::List(list)
            | Expression::And(list)
            | Expression::Or(list)
            | Expression::Other(list) => list.iter().any(|item| self.mentions(item)),
        }
    }

    fn truth(&self, expression: &Expression) -> Truth {
        if !self.mentions(expression) {
            return Truth::Same;
        }
        match expression {
            Expression::And(list) => {
                list.iter().map(|item| self.truth(item)).reduce(Truth::and).unwrap_or(Truth::Unknown)
            }
            Expression::Or(list) => {
                list.iter().map(|item| self.truth(item)).reduce(Truth::or).unwrap_or(Truth::Unknown)
            }
            Expression::Not(inner) => match &**inner {
                Expression::IsNull(inner) => self.is_not_null(inner),
                inner => self.truth(inner).not(),
            },
            Expression::IsNull(inner) => match self.is_not_null(inner) {
                Truth::Met => Truth::Unknown,
                truth => truth.not(),
            },
            Expression::Compare(left, comparison, right) => self.compare(left, *comparison, right),
            Expression::In(item, list) => {
                if let Some(truth) = self.within(item, list) {
                    return truth;
                }
                let equal = |other| self.compare(item, Comparison::Equal, other);
                list.iter().map(equal).reduce(Truth::or).unwrap_or(Truth::Unknown)
            }
            _ => Truth::Unknown,
        }
    }

    /// Whether a column of known values has no other than those of a list.
    fn within(&self, item: &Expression, list: &[Expression]) -> Option<Truth> {
        let Side::Column(facts) = self.side(item) else { return None };
        let Output::OneOf(values) = facts.output else { return None };
        let listed = |value: &String| {
            list.iter().any(|item| match self.side(item) {
                Side::Text(text) => text == value,
                Side::Integer(number) => value.parse() == Ok(number),
                _ => false,
            })
        };
        let truth = if facts.has_sentinels { Truth::Met } else { Truth::True };
        values.iter().all(listed).then_some(truth)
    }

    fn is_not_null(&self, expression: &Expression) -> Truth {
        match self.side(expression) {
            Side::Column(facts) => match facts.output {
                Output::Null => Truth::False,
                // It may replace NULLs too.
                Output::Constant(_) => Truth::Met,
                _ => Truth::Same,
            },
            _ => Truth::Unknown,
        }
    }

    fn side<'e>(&'e self, expression: &'e Expression) -> Side<'e> {
        match expression {
            Expression::Name(name) => self.facts(name).map_or(Side::Same, Side::Column),
            Expression::Text(text) => Side::Text(text),
            Expression::Number(digits) => digits.parse().map_or(Side::Same, Side::Integer),
            Expression::Cast(inner, to) => match self.side(inner) {
                // A cast may change what a value equals, except to text, or of a whole number to another number.
                Side::Column(facts) if !(is_text(to) || is_number(to) && is_integer(facts.sql_type)) => {
                    Side::Unknown
                }
                Side::Length(_) if !is_number(to) => Side::Unknown,
                Side::Text(text) if is_number(to) => text.trim().parse().map_or(Side::Unknown, Side::Integer),
                side => side,
            },
            Expression::Call(name, list) => match (name.as_str(), &list[..]) {
                ("length" | "char_length" | "character_length", [inner]) => match self.side(inner) {
                    Side::Column(facts) if facts.sql_type.is_text() => Side::Length(facts),
                    Side::Column(_) => Side::Unknown,
                    _ if self.mentions(inner) => Side::Unknown,
                    _ => Side::Same,
                },
                // How many are NULL does not change with what the others become.
                ("num_nulls" | "num_nonnulls", list)
                    if list
                        .iter()
                        .all(|item| !self.mentions(item) || self.is_not_null(item) == Truth::Same) =>
                {
                    Side::Same
                }
                _ if self.mentions(expression) => Side::Unknown,
                _ => Side::Same,
            },
            _ if self.mentions(expression) => Side::Unknown,
            _ => Side::Same,
        }
    }

    fn compare(&self, left: &Expression, comparison: Comparison, right: &Expression) -> Truth {
        match (self.side(left), self.side(right)) {
            (Side::Column(a), Side::Column(b)) => columns(a, comparison, b),
            (Side::Column(facts), other) => column(facts, comparison, &other),
            (other, Side::Column(facts)) => column(facts, comparison.mirrored(), &other),
            (Side::Length(facts), Side::Integer(n)) => length(facts, comparison, n),
            (Side::Integer(n), Side::Length(facts)) => length(facts, comparison.mirrored(), n),
            (Side::Unknown | Side::Length(_), _) | (_, Side::Unknown | Side::Length(_)) => Truth::Unknown,
            _ => Truth::Same,
        }
    }
}

fn is_text(name: &str) -> bool {
    matches!(name, "text" | "character" | "varchar" | "bpchar" | "citext" | "name")
}

fn is_number(name: &str) -> bool {
    matches!(name, "integer" | "int" | "int4" | "int8" | "int2" | "bigint" | "smallint" | "numeric")
}

#[cfg(test)]
mod tests {
    use super::super::expression;
    use super::*;
    use crate::mask::{Monotone, Steps};

    const INTEGER: SqlType = SqlType::Integer { bits: 32 };
    const DATE: SqlType = SqlType::Date;

    fn facts<'a>(
        name: &'a str,
        sql_type: &'a SqlType,
        output: &'a Output,
        max_width: Option<u32>,
    ) -> Facts<'a> {
        let shift = "days:365".to_owned();
        Facts { name, sql_type, output, max_width, on_invalid: OnInvalid::Error, has_sentinels: false, shift }
    }

    fn truth(condition: &str, masked: &[Facts<'_>]) -> Truth {
        evaluate(&expression::parse(condition).unwrap(), masked)
    }

    #[test]
    fn a_condition_over_kept_columns_stays_what_it_was() {
        assert_eq!(truth("a > b AND lower(c) = c", &[]), Truth::Same);
    }

    #[test]
    fn length_limits_are_compared_with_the_widest_output() {
        let masked = [facts("c", &SqlType::TEXT, &Output::Text, Some(28))];
        assert_eq!(truth("char_length((c)::text) <= 40", &masked), Truth::True);
        assert_eq!(truth("char_length(c) <= 20", &masked), Truth::False);
        assert_eq!(truth("28 >= length(c)", &masked), Truth::True);
        assert_eq!(truth("length(c) < 28", &masked), Truth::False);
        assert_eq!(truth("length(c) > 0", &masked), Truth::Same);
        assert_eq!(truth("length(c) > 5", &masked), Truth::Unknown);
        assert_eq!(truth("octet_length(c) <= 40", &masked), Truth::Unknown);
    }

    #[test]
    fn a_constant_is_looked_up_in_a_list() {
        let output = Output::Constant("b".into());
        let masked = [facts("c", &SqlType::TEXT, &output, Some(1))];
        assert_eq!(truth("c = ANY (ARRAY['a'::text, 'b'::text])", &masked), Truth::True);
        assert_eq!(truth("c IN ('x', 'y')", &masked), Truth::False);
        assert_eq!(truth("c <> 'b'", &masked), Truth::False);
        assert_eq!(truth("c IN ('x') OR other > 5", &masked), Truth::Unknown);
        assert_eq!(truth("c IS NOT NULL", &masked), Truth::Met);
    }

    #[test]
    fn bands_keep_the_sign_and_their_own_borders() {
        let masked = [facts("c", &INTEGER, &Output::Band, None)];
        for (condition, expected) in [
            ("c > 0", Truth::Same),
            ("c >= 1", Truth::Same),
            ("c <> 0", Truth::Same),
            ("0 <= c", Truth::Same),
            ("c <= 127", Truth::Same),
            ("c < 128 OR c IS NULL", Truth::Same),
            ("c > 100", Truth::Unknown),
            ("c = 5", Truth::Unknown),
            ("c > other", Truth::Unknown),
        ] {
            assert_eq!(truth(condition, &masked), expected, "{condition}");
        }
    }

    #[test]
    fn what_is_chosen_is_looked_up_in_a_list() {
        let output = Output::OneOf(vec!["a".into(), "b".into()]);
        let masked = [facts("c", &SqlType::TEXT, &output, Some(1))];
        assert_eq!(truth("c = ANY (ARRAY['a'::text, 'b'::text, 'c'::text])", &masked), Truth::True);
        assert_eq!(truth("c IN ('a', 'x')", &masked), Truth::Unknown);
        assert_eq!(truth("c = 'x'", &masked), Truth::False);
        assert_eq!(truth("c <> 'x'", &masked), Truth::True);
        assert_eq!(truth("c = 'a'", &masked), Truth::Unknown);
    }

    #[test]
    fn noise_keeps_the_sign_and_its_range() {
        let output = Output::Signed(i128::MIN, 500);
        let masked = [facts("c", &INTEGER, &output, None)];
        for (condition, expected) in [
            ("c > 0", Truth::Met),
            ("c >= 0", Truth::Met),
            ("c <> 0", Truth::Met),
            ("c <= 0", Truth::Unknown),
            ("c <= 500", Truth::True),
            ("c < 500", Truth::Unknown),
            ("c = 0", Truth::Unknown),
        ] {
            assert_eq!(truth(condition, &masked), expected, "{condition}");
        }
    }

    #[test]
    fn coarser_values_keep_borders_that_map_to_their_own_side() {
        let down = Output::Monotone(Monotone::lowering(Steps::Down { size: 10, origin: 0 }));
        let masked = [facts("c", &INTEGER, &down, None)];
        for (condition, expected) in [
            ("c >= 0", Truth::Met),
            ("c >= 5", Truth::Unknown),
            ("c > 0", Truth::Unknown),
            ("c > 9", Truth::Met),
            ("c < 7", Truth::Met),
            ("c <= 150", Truth::Met),
            ("c <= other", Truth::Met),
            ("c >= other", Truth::Unknown),
            ("c = 10", Truth::Unknown),
        ] {
            assert_eq!(truth(condition, &masked), expected, "{condition}");
        }
        let caps = Output::Monotone(Monotone::new(Steps::Caps(10, 90)));
        let masked = [facts("c", &INTEGER, &caps, None)];
        for (condition, expected) in [
            ("c >= 0", Truth::True),
            ("c <= 50", Truth::Met),
            ("c <= 5", Truth::Unknown),
            ("c BETWEEN 0 AND 100", Truth::True),
            ("c <= other", Truth::Unknown),
        ] {
            assert_eq!(truth(condition, &masked), expected, "{condition}");
        }
        let year = Output::Monotone(Monotone::lowering(Steps::Named("year".into())));
        let masked = [facts("a", &DATE, &year, None), facts("b", &DATE, &year, None)];
        assert_eq!(truth("a <= b", &masked), Truth::Met);
        assert_eq!(truth("a < b", &masked), Truth::Unknown);
        assert_eq!(truth("a <= CURRENT_DATE", &masked), Truth::Met);
    }

    #[test]
    fn a_range_is_compared_as_a_whole() {
        let output = Output::Range(1000, 9999);
        let masked = [facts("c", &INTEGER, &output, None)];
        assert_eq!(truth("c BETWEEN 1 AND 9999", &masked), Truth::True);
        assert_eq!(truth("c >= 2000", &masked), Truth::False);
        assert_eq!(truth("c <> 5", &masked), Truth::True);
    }

    #[test]
    fn dates_of_one_subject_keep_their_order() {
        let output = Output::Earlier(365);
        let masked = [facts("a", &DATE, &output, None), facts("b", &DATE, &output, None)];
        assert_eq!(truth("a <= b", &masked), Truth::Same);
        assert_eq!(truth("a <= CURRENT_DATE", &masked), Truth::Met);
        assert_eq!(truth("a >= '1900-01-01'::date", &masked), Truth::Unknown);
        assert_eq!(truth("kept > a", &masked), Truth::Met);
        let mut other = facts("b", &DATE, &output, None);
        other.shift = "another".into();
        assert_eq!(truth("a <= b", &[facts("a", &DATE, &output, None), other]), Truth::Unknown);
    }

    #[test]
    fn null_meets_everything_but_not_null() {
        let masked = [facts("c", &INTEGER, &Output::Null, None)];
        assert!(truth("c > 5", &masked).is_met());
        assert!(truth("NOT (c > 5)", &masked).is_met());
        assert!(truth("c > 5 AND other = 1", &masked).is_met());
        assert_eq!(truth("c IS NOT NULL", &masked), Truth::False);
        assert_eq!(truth("c IS NULL", &masked), Truth::True);
    }

    #[test]
    fn nullness_is_kept() {
        let masked = [facts("c", &SqlType::TEXT, &Output::Text, None)];
        assert_eq!(truth("(c IS NULL) = (d IS NULL)", &masked), Truth::Unknown);
        assert_eq!(truth("c IS NOT NULL OR d IS NOT NULL", &masked), Truth::Same);
        assert_eq!(truth("num_nonnulls(c, d) = 1", &masked), Truth::Same);
    }

    #[test]
    fn sentinels_weaken_what_is_known() {
        let output = Output::Constant("b".into());
        let mut masked = facts("c", &SqlType::TEXT, &output, Some(1));
        masked.has_sentinels = true;
        assert_eq!(truth("c = 'b'", &[masked]), Truth::Met);
    }

    #[test]
    fn a_cast_of_a_masked_column_to_something_else_is_anybodys_guess() {
        let output = Output::Constant("1.0".into());
        let masked = [facts("c", &SqlType::TEXT, &output, None)];
        assert_eq!(truth("(c)::date > '2000-01-01'", &masked), Truth::Unknown);
        let masked = [facts("c", &INTEGER, &Output::Band, None)];
        assert_eq!(truth("(c)::numeric > (0)::numeric", &masked), Truth::Same);
    }
}
