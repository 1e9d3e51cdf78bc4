//! `age_group`: an age, or a date of birth, becomes a group of ages, and all from `top` on are one.
//!
//! No key and no clock: the age of somebody born on a date is that on `as_of`. In text the group is `30-39` or `90+`, in a
//! column of integers its first age, and in a column of dates the 1 January on which somebody of the first age was
//! born. Groups are 5 or 10 years wide; 90 is the age that HIPAA's safe harbor puts all above into one group from.

use super::calendar::Moment;
use super::civil::{self, Reading as DateReading, civil, day_number};
use super::generalize::{self, Cell};
use super::invalid::{Invalid, Rejector};
use super::number::{Form, Reading, read, write_integer};
use super::{
    Batch, CellError, Class, DefaultDomain, Example, KeyedBy, Monotone, Operator, OperatorInfo, Output,
    Parameter, ParameterKind, Prepared, Refusal, Request, Scratch, Steps, Tally, start,
};
use crate::table::{ColumnBuilder, SqlType};

pub(super) const INFO: OperatorInfo = OperatorInfo {
    name: "age_group",
    summary: "Replace ages and dates of birth with a group of ages, the oldest in one",
    class: Class::Generalize,
    keyed_by: KeyedBy::Nothing,
    domain: DefaultDomain::None,
    entity: ENTITY,
    parameters: &[
        Parameter {
            name: "size",
            summary: "years of a group, 5 or 10 (default)",
            kind: ParameterKind::Integer,
            required: false,
            of_domain: false,
        },
        Parameter {
            name: "top",
            summary: "the age from which all are one group, a multiple of size; default 90",
            kind: ParameterKind::Integer,
            required: false,
            of_domain: false,
        },
        Parameter {
            name: "as_of",
            summary: "the day on which somebody born on a date has the age; needed for dates of birth",
            kind: ParameterKind::Scalar,
            required: false,
            of_domain: false,
        },
    ],
    examples: &[
        Example {
            policy: "{ op = \"age_group\" }",
            sql_type: &SqlType::Integer { bits: 16 },
            input: "37",
            output: Some("30"),
        },
        Example {
            policy: "{ op = \"age_group\", size = 5 }",
            sql_type: &SqlType::TEXT,
            input: "37",
            output: Some("35-39"),
        },
        Example {
            policy: "{ op = \"age_group\", as_of = 2025-01-01 }",
            sql_type: &SqlType::TEXT,
            input: "1931-06-15",
            output: Some("90+"),
        },
        Example {
            policy: "{ op = \"age_group\", as_of = 2025-01-01 }",
            sql_type: &SqlType::Date,
            input: "1984-02-29",
            output: Some("1985-01-01"),
        },
    ],
    accepts: |sql_type| {
        sql_type.is_integer()
            || matches!(sql_type.base(), SqlType::Numeric { .. } | SqlType::Text { .. } | SqlType::Date)
    },
    prepare,
};

const ENTITY: &str = "age or date of birth";
/// Nobody is as old; a greater number is no age.
const OLDEST: i64 = 150;

fn prepare(request: &Request<'_>) -> Result<Prepared, Refusal> {
    let size = request.integer("size", 5, 10)?.unwrap_or(10);
    let top = request.integer("top", 5, OLDEST)?.unwrap_or(90);
    if !matches!(size, 5 | 10) || top % size != 0 {
        return Err(Refusal("size must be 5 or 10, and top a multiple of it".into()));
    }
    let as_of = match request.scalar("as_of")? {
        None => None,
        Some(text) => match Moment::read(text.as_bytes()) {
            Some(moment) => Some(moment.day),
            None => return Err(Refusal("as_of must be a date such as 2025-01-01".into())),
        },
    };
    let form = match request.sql_type.base() {
        SqlType::Date if as_of.is_none() => {
            return Err(Refusal(
                "as_of must say on which day somebody born on the date has the age: as_of = 2025-01-01"
                    .into(),
            ));
        }
        SqlType::Date => None,
        other => Form::of(other),
    };
    let width = request.sql_type.width();
    let label = longest_label(size, top);
    if let Some(width) = width.filter(|width| (*width as usize) < label) {
        return Err(Refusal(format!("a group has up to {label} characters, and {width} fit")));
    }
    let invalid = Invalid::keyless(request, ENTITY)?;
    let edges = (0..=top / size).map(|group| i128::from(group * size)).collect();
    let output = match request.sql_type.base() {
        SqlType::Text { .. } => Output::Text,
        SqlType::Date => Output::Any,
        _ => Output::Monotone(Monotone::lowering(Steps::Edges(edges))),
    };
    let max_width = request.sql_type.is_text().then(|| (label as u32).max(invalid.width()));
    Ok(Prepared {
        max_width,
        output,
        ..Prepared::new(start::keyless(move || AgeGroup {
            size,
            top,
            as_of,
            form,
            rejector: invalid.start_keyless(),
        }))
    })
}

fn longest_label(size: i64, top: i64) -> usize {
    let last = if top == size { size - 1 } else { top - 1 };
    format!("{}-{last}", last / size * size).len().max(format!("{top}+").len())
}

struct AgeGroup {
    size: i64,
    top: i64,
    as_of: Option<i64>,
    form: Option<Form>,
    rejector: Rejector,
}

impl AgeGroup {
    #[inline]
    fn group(&self, cell: &[u8], out: &mut Vec<u8>) -> Cell {
        let number = match self.form.and_then(|form| read(cell, form)) {
            Some(Reading::Number(number)) => Some(number.floor_at(0)),
            Some(Reading::Never) => return Cell::Kept,
            None => None,
        };
        let age = match number {
            Some(age) => age,
            None => match (civil::read(cell), self.as_of) {
                (Some(DateReading::Day(day)), Some(as_of)) if self.takes_dates() => age(day.number, as_of),
                (Some(DateReading::Never), Some(_)) if self.takes_dates() => return Cell::Kept,
                _ => return Cell::Outside,
            },
        };
        let Some(age) = i64::try_from(age).ok().filter(|age| (0..=OLDEST).contains(age)) else {
            return Cell::Outside;
        };
        let low = age.min(self.top) / self.size * self.size;
        match (self.form, self.as_of) {
            (None, Some(as_of)) => {
                let (year, ..) = civil(as_of);
                let _ = civil::write_day(day_number(i64::from(year) - low, 1, 1), out);
            }
            (Some(Form::Text), _) => {
                write_integer(low.into(), out);
                if low == self.top {
                    out.push(b'+');
                } else {
                    out.push(b'-');
                    write_integer((low + self.size - 1).into(), out);
                }
            }
            _ => write_integer(low.into(), out),
        }
        Cell::Written
    }

    fn takes_dates(&self) -> bool {
        matches!(self.form, None | Some(Form::Text))
    }
}

/// Whole years from one day to another; negative if it is yet to come.
fn age(born: i64, as_of: i64) -> i128 {
    let ((year, month, day), (now, this_month, today)) = (civil(born), civil(as_of));
    i128::from(now) - i128::from(year) - i128::from((this_month, today) < (month, day))
}

impl Operator for AgeGroup {
    fn mask(
        &self,
        batch: &Batch<'_>,
        out: &mut ColumnBuilder,
        scratch: &mut Scratch,
    ) -> Result<Tally, CellError> {
        generalize::mask(batch, &self.rejector, out, scratch, |cell, buffer| self.group(cell, buffer))
    }
}

#[cfg(test)]
mod tests {
    use super::super::examples::{mask_cells, mask_text, prepare};
    use super::*;

    #[test]
    fn ages_fall_into_groups_and_the_oldest_into_one() {
        for (cell, expected) in
            [("0", "0-9"), ("9", "0-9"), ("89", "80-89"), ("90", "90+"), ("104", "90+"), ("34.9", "30-39")]
        {
            assert_eq!(mask_text(&INFO, "{}", cell), expected, "{cell}");
        }
        for cell in ["-1", "151", "old", "1984-02-29", "07"] {
            assert_eq!(mask_text(&INFO, "{}", cell), "[redacted]", "{cell}");
        }
    }

    #[test]
    fn somebody_has_an_age_from_the_birthday_on() {
        for (cell, expected) in [
            ("1995-06-15", "30-34"),
            ("1995-06-16", "25-29"),
            ("2025-06-16", "[redacted]"),
            ("2025-06-15", "0-4"),
            ("0000-00-00", "0000-00-00"),
        ] {
            assert_eq!(mask_text(&INFO, "{ size = 5, as_of = 2025-06-15 }", cell), expected, "{cell}");
        }
    }

    #[test]
    fn a_date_of_birth_becomes_one_of_the_same_group() {
        let policy = "{ as_of = 2025-06-15 }";
        let one = |cell: &str| {
            mask_cells(&INFO, policy, &SqlType::Date, "", &[Some(cell)]).unwrap()[0].clone().unwrap()
        };
        for cell in ["1915-01-01", "1934-06-16", "1984-02-29", "2025-06-15"] {
            let masked = one(cell);
            assert_eq!(mask_text(&INFO, policy, &masked), mask_text(&INFO, policy, cell));
            assert_eq!(one(&masked), masked);
        }
    }

    #[test]
    fn groups_that_cannot_be_are_refused() {
        let narrow = SqlType::Text { width: Some(4), padded: false, case_insensitive: false };
        for (policy, sql_type) in [
            ("{ size = 7 }", &SqlType::TEXT),
            ("{ top = 85 }", &SqlType::TEXT),
            ("{ as_of = 'today' }", &SqlType::TEXT),
            ("{}", &SqlType::Date),
            ("{}", &narrow),
        ] {
            assert!(prepare(&INFO, policy, sql_type).is_err(), "{policy}");
        }
    }
}
