//! `round`: numbers become multiples of a step, dates the beginning of a year, quarter, month, week, day or hour.
//!
//! No key. `half_even` takes the nearest multiple, of two equally near ones the even one (for dates the earlier);
//! `down` takes the one below. A multiple that the column's type does not hold gives way to the one below it (for
//! negative numbers above it). Digits after the point stay as many as they were, or become as many as the step has.

use super::calendar::{UNITS, Unit};
use super::invalid::{Invalid, Rejector};
use super::number::{Decimal, Form, Limits, Reading, read};
use super::parameters::quoted;
use super::{
    Batch, CellError, Class, DefaultDomain, Example, KeyedBy, Monotone, Operator, OperatorInfo, Output,
    Parameter, ParameterKind, Prepared, Refusal, Request, Scratch, Steps, Tally, Uniqueness, generalize,
    start,
};
use crate::table::{ColumnBuilder, SqlType};

pub(super) const INFO: OperatorInfo = OperatorInfo {
    name: "round",
    summary: "Round numbers to multiples of a step, and dates to a part of the calendar",
    class: Class::Generalize,
    keyed_by: KeyedBy::Nothing,
    domain: DefaultDomain::None,
    entity: ENTITY,
    parameters: &[
        Parameter {
            name: "to",
            summary: "the step, such as 10 or 0.5; for dates year, quarter, month, week, day or hour",
            kind: ParameterKind::Scalar,
            required: true,
            of_domain: false,
        },
        Parameter {
            name: "mode",
            summary: "half_even (default): to the nearest; down: to the one below",
            kind: ParameterKind::Choice(MODES),
            required: false,
            of_domain: false,
        },
    ],
    examples: &[
        Example {
            policy: "{ op = \"round\", to = 1000 }",
            sql_type: &SqlType::Integer { bits: 32 },
            input: "81250",
            output: Some("81000"),
        },
        Example {
            policy: "{ op = \"round\", to = 0.5, mode = \"down\" }",
            sql_type: &SqlType::Numeric { precision: Some(6), scale: Some(2) },
            input: "72.85",
            output: Some("72.50"),
        },
        Example {
            policy: "{ op = \"round\", to = \"month\" }",
            sql_type: &SqlType::Date,
            input: "2024-02-20",
            output: Some("2024-03-01"),
        },
    ],
    accepts,
    prepare,
};

const ENTITY: &str = "number or date";
const MODES: &[&str] = &["half_even", "down"];

fn accepts(sql_type: &SqlType) -> bool {
    generalize::is_number(sql_type) || generalize::is_date(sql_type)
}

fn prepare(request: &Request<'_>) -> Result<Prepared, Refusal> {
    let down = request.choice("mode", MODES)? == Some("down");
    let (step, steps) = match request.text("to").ok().flatten().and_then(Unit::from_name) {
        Some(unit) => {
            generalize::fits_dates(request, unit)?;
            (Step::Calendar(unit), Steps::Named(format!("round:{unit:?}")))
        }
        None => number_step(request, down)?,
    };
    let monotone = if down { Monotone::lowering(steps) } else { Monotone::new(steps) };
    let invalid = Invalid::keyless(request, ENTITY)?;
    let form = Form::of(request.sql_type).unwrap_or(Form::Text);
    let limits = Limits::of(request.sql_type);
    let width = request.sql_type.width();
    Ok(Prepared {
        uniqueness: Uniqueness::No,
        max_width: width,
        output: Output::Monotone(monotone),
        ..Prepared::new(start::keyless(move || Round {
            step,
            down,
            form,
            limits,
            width,
            rejector: invalid.start_keyless(),
        }))
    })
}

fn number_step(request: &Request<'_>, down: bool) -> Result<(Step, Steps), Refusal> {
    let wrong =
        || Refusal(format!("to must be a step above 0, such as 10 or 0.5, or one of {}", quoted(UNITS)));
    let step =
        request.number("to").map_err(|_| wrong())?.filter(|step| step.unscaled > 0).ok_or_else(wrong)?;
    if !generalize::is_number(request.sql_type) {
        return Err(Refusal(format!("a date is rounded to one of {}", quoted(UNITS))));
    }
    generalize::fits_type(request, "to", step)?;
    let steps = match step.whole() {
        Some(size) if down => Steps::Down { size, origin: 0 },
        Some(size) => Steps::Nearest(size),
        None => Steps::Named(format!("round:{}", step.to_canonical())),
    };
    Ok((Step::Number(step), steps))
}

#[derive(Clone, Copy)]
enum Step {
    Number(Decimal),
    Calendar(Unit),
}

struct Round {
    step: Step,
    down: bool,
    form: Form,
    limits: Limits,
    width: Option<u32>,
    rejector: Rejector,
}

impl Round {
    /// Appends the rounded cell; `None` if it is outside of the domain, and whether it changes at all else.
    #[inline]
    fn round(&self, cell: &[u8], out: &mut Vec<u8>) -> generalize::Cell {
        match self.step {
            Step::Calendar(unit) => generalize::date(cell, self.width, out, |day, seconds| {
                if self.down { unit.floor(day, seconds) } else { unit.nearest(day, seconds) }
            }),
            Step::Number(step) => match read(cell, self.form) {
                Some(Reading::Never) => generalize::Cell::Kept,
                Some(Reading::Number(number)) => match self.multiple(number, step) {
                    Some(rounded) => {
                        rounded.write(out);
                        generalize::Cell::Written
                    }
                    None => generalize::Cell::Outside,
                },
                None => generalize::Cell::Outside,
            },
        }
    }

    fn multiple(&self, number: Decimal, step: Decimal) -> Option<Decimal> {
        // What is that small is nothing beside any step.
        let number = if number.scale > step.scale + 70 { Decimal { unscaled: 0, scale: 0 } } else { number };
        let scale = number.scale.max(step.scale);
        let (value, step) = (number.at(scale)?, step.at(scale)?);
        let (below, rest) = (value.div_euclid(step), value.rem_euclid(step));
        let up = !self.down && (rest > step - rest || rest == step - rest && below % 2 != 0);
        let (low, high) = self.limits.at(value, scale);
        let mut rounded = (below + i128::from(up)).checked_mul(step)?;
        if rounded > high {
            rounded -= step;
        } else if rounded < low {
            rounded += step;
        }
        let least = if self.form == Form::Integer { 0 } else { number.scale };
        Some(Decimal { unscaled: rounded, scale }.trimmed(least))
    }
}

impl Operator for Round {
    fn mask(
        &self,
        batch: &Batch<'_>,
        out: &mut ColumnBuilder,
        scratch: &mut Scratch,
    ) -> Result<Tally, CellError> {
        generalize::mask(batch, &self.rejector, out, scratch, |cell, buffer| self.round(cell, buffer))
    }
}

#[cfg(test)]
mod tests {
    use super::super::examples::{mask_cells, mask_text, prepare};
    use super::*;

    const SMALL: SqlType = SqlType::Integer { bits: 16 };
    const NUMERIC: SqlType = SqlType::Numeric { precision: None, scale: None };

    fn one(policy: &str, sql_type: &SqlType, cell: &str) -> String {
        mask_cells(&INFO, policy, sql_type, "", &[Some(cell)]).unwrap()[0].clone().unwrap()
    }

    #[test]
    fn the_nearest_multiple_comes_out_and_ties_go_to_the_even_one() {
        for (cell, expected) in
            [("14", "10"), ("15", "20"), ("25", "20"), ("-15", "-20"), ("-14", "-10"), ("0", "0")]
        {
            assert_eq!(one("{ to = 10 }", &SMALL, cell), expected, "{cell}");
        }
        assert_eq!(one("{ to = 10, mode = 'down' }", &SMALL, "-1"), "-10");
        assert_eq!(one("{ to = 0.25 }", &NUMERIC, "1.3"), "1.25");
        assert_eq!(one("{ to = 0.25 }", &NUMERIC, "7"), "7");
        assert_eq!(one("{ to = 100 }", &NUMERIC, "149.99"), "100.00");
        assert_eq!(
            one("{ to = 10 }", &NUMERIC, "1234567890123456789012345678901234"),
            "1234567890123456789012345678901230"
        );
    }

    #[test]
    fn a_multiple_beyond_the_type_gives_way_to_the_one_before_it() {
        assert_eq!(one("{ to = 10 }", &SMALL, "32767"), "32760");
        assert_eq!(one("{ to = 10 }", &SMALL, "-32768"), "-32760");
        let narrow = SqlType::Numeric { precision: Some(3), scale: Some(1) };
        assert_eq!(one("{ to = 5 }", &narrow, "99.0"), "95.0");
        let text = SqlType::Text { width: Some(2), padded: false, case_insensitive: false };
        assert_eq!(one("{ to = 10 }", &text, "99"), "90");
    }

    #[test]
    fn dates_keep_their_writing() {
        let zoned = SqlType::Timestamp { zone: true };
        assert_eq!(one("{ to = 'hour' }", &zoned, "2024-05-30 13:45:10.25+02"), "2024-05-30 14:00:00+02");
        assert_eq!(one("{ to = 'year', mode = 'down' }", &SqlType::Date, "2024-12-31"), "2024-01-01");
        assert_eq!(one("{ to = 'year' }", &SqlType::Date, "infinity"), "infinity");
        assert_eq!(mask_text(&INFO, "{ to = 'day' }", "2024-05-30T23:45Z"), "2024-05-31T00:00Z");
    }

    #[test]
    fn what_is_no_number_is_redacted_in_text_and_ends_the_run_elsewhere() {
        assert_eq!(mask_text(&INFO, "{ to = 10 }", "about 40"), "[redacted]");
        assert!(mask_cells(&INFO, "{ to = 10 }", &NUMERIC, "", &[Some("x")]).is_err());
        assert_eq!(one("{ to = 10 }", &NUMERIC, "NaN"), "NaN");
    }

    #[test]
    fn steps_that_cannot_be_are_refused() {
        for (policy, sql_type) in [
            ("{ to = 0 }", &SMALL),
            ("{ to = -5 }", &SMALL),
            ("{ to = 0.5 }", &SMALL),
            ("{ to = 'decade' }", &SqlType::Date),
            ("{ to = 10 }", &SqlType::Date),
            ("{ to = 'year' }", &SMALL),
            ("{ to = 'hour' }", &SqlType::Date),
        ] {
            assert!(prepare(&INFO, policy, sql_type).is_err(), "{policy}");
        }
        assert!(prepare(&INFO, "{ to = 10 }", &SMALL).is_ok());
    }
}
