//! `top_bottom`: top and bottom coding: what is above `max` becomes `max`, what is below `min` becomes `min`.
//!
//! No key, and what lies between stays: extremes are what picks people out of a distribution. For numbers and dates;
//! a cap for times is a moment in the cell's own zone.

use super::calendar::Moment;
use super::civil::{self, Day, Reading as DateReading};
use super::generalize::{self, Cell};
use super::invalid::{Invalid, Rejector};
use super::number::{Decimal, Form, Reading, read};
use super::{
    Batch, CellError, Class, DefaultDomain, Example, KeyedBy, Monotone, Operator, OperatorInfo, Output,
    Parameter, ParameterKind, Prepared, Refusal, Request, Scratch, Steps, Tally, start,
};
use crate::table::{ColumnBuilder, SqlType};

pub(super) const INFO: OperatorInfo = OperatorInfo {
    name: "top_bottom",
    summary: "Cap numbers and dates: what is above max becomes max, what is below min becomes min",
    class: Class::Generalize,
    keyed_by: KeyedBy::Nothing,
    domain: DefaultDomain::None,
    entity: ENTITY,
    parameters: &[
        Parameter {
            name: "min",
            summary: "the least value; this or max, or both",
            kind: ParameterKind::Scalar,
            required: false,
            of_domain: false,
        },
        Parameter {
            name: "max",
            summary: "the greatest value",
            kind: ParameterKind::Scalar,
            required: false,
            of_domain: false,
        },
    ],
    examples: &[
        Example {
            policy: "{ op = \"top_bottom\", min = 20000, max = 150000 }",
            sql_type: &SqlType::Integer { bits: 32 },
            input: "1250000",
            output: Some("150000"),
        },
        Example {
            policy: "{ op = \"top_bottom\", min = 1935-01-01 }",
            sql_type: &SqlType::Date,
            input: "1921-05-09",
            output: Some("1935-01-01"),
        },
    ],
    accepts: |sql_type| generalize::is_number(sql_type) || generalize::is_date(sql_type),
    prepare,
};

const ENTITY: &str = "number or date";

fn prepare(request: &Request<'_>) -> Result<Prepared, Refusal> {
    let (min, max) = (cap(request, "min")?, cap(request, "max")?);
    let caps = match (&min, &max) {
        (None, None) => return Err(Refusal("top_bottom needs min or max".into())),
        (Some(Cap::Number(_)), Some(Cap::Moment(_))) | (Some(Cap::Moment(_)), Some(Cap::Number(_))) => {
            return Err(Refusal("min and max must both be numbers, or both be dates".into()));
        }
        (Some(Cap::Number(min)), Some(Cap::Number(max))) if min.compare(*max).is_gt() => {
            return Err(Refusal("min is above max".into()));
        }
        (Some(Cap::Moment(min)), Some(Cap::Moment(max))) if min.at() > max.at() => {
            return Err(Refusal("min is above max".into()));
        }
        _ => Caps { min, max },
    };
    let number = |cap: &Option<Cap>, none| match cap {
        Some(Cap::Number(number)) => number.whole(),
        Some(Cap::Moment(_)) => None,
        None => Some(none),
    };
    let steps = match (number(&caps.min, i128::MIN), number(&caps.max, i128::MAX)) {
        (Some(min), Some(max)) => Steps::Caps(min, max),
        _ => Steps::Named(caps.name()),
    };
    let monotone = if caps.min.is_none() { Monotone::lowering(steps) } else { Monotone::new(steps) };
    let invalid = Invalid::keyless(request, ENTITY)?;
    let form = Form::of(request.sql_type);
    let width = request.sql_type.width();
    Ok(Prepared {
        max_width: width,
        output: Output::Monotone(monotone),
        ..Prepared::new(start::keyless(move || TopBottom {
            caps: caps.clone(),
            form,
            width,
            rejector: invalid.start_keyless(),
        }))
    })
}

/// The cap of that name: a number, or a date, as the column's type has it.
fn cap(request: &Request<'_>, name: &str) -> Result<Option<Cap>, Refusal> {
    let Some(text) = request.scalar(name)? else { return Ok(None) };
    let dates = generalize::is_date(request.sql_type);
    if generalize::is_number(request.sql_type)
        && let Ok(Some(number)) = request.number(name)
    {
        generalize::fits_type(request, name, number)?;
        let fits = request.sql_type.is_text() || super::typed::holds(request.sql_type, &text).is_ok();
        let shortest = number.reduced();
        let mut written = Vec::new();
        shortest.trimmed(0).write(&mut written);
        if !fits || request.sql_type.width().is_some_and(|width| written.len() > width as usize) {
            return Err(Refusal(format!("{name} is no value that the column holds")));
        }
        return Ok(Some(Cap::Number(number)));
    }
    let text = text.trim_end_matches('Z');
    let day = match civil::read(text.as_bytes()) {
        Some(DateReading::Day(day)) if dates => day,
        _ => {
            let what = if dates { "a number or a date such as 1935-01-01" } else { "a number" };
            return Err(Refusal(format!("{name} must be {what}")));
        }
    };
    let fits = request.sql_type.width().is_none_or(|width| text.len() <= width as usize);
    let (day, seconds) = Moment::new(text.as_bytes(), day).settled();
    if !fits || *request.sql_type.base() == SqlType::Date && seconds != 0 {
        return Err(Refusal(format!("{name} is no value that the column holds")));
    }
    Ok(Some(Cap::Moment(Instant { day, seconds })))
}

#[derive(Clone, Copy)]
enum Cap {
    Number(Decimal),
    Moment(Instant),
}

/// A day and the second of it.
#[derive(Clone, Copy)]
struct Instant {
    day: i64,
    seconds: i64,
}

impl Instant {
    fn at(self) -> (i64, i64) {
        (self.day, self.seconds)
    }
}

#[derive(Clone)]
struct Caps {
    min: Option<Cap>,
    max: Option<Cap>,
}

impl Caps {
    /// A name that is the same for the same caps.
    fn name(&self) -> String {
        let name = |cap: &Option<Cap>| match cap {
            None => String::new(),
            Some(Cap::Number(number)) => number.to_canonical(),
            Some(Cap::Moment(moment)) => format!("{}d{}", moment.day, moment.seconds),
        };
        format!("caps:{}:{}", name(&self.min), name(&self.max))
    }

    /// The cap that takes a number's place.
    fn number(&self, number: Decimal) -> Option<Decimal> {
        match (self.min, self.max) {
            (Some(Cap::Number(min)), _) if number.compare(min).is_lt() => Some(min),
            (_, Some(Cap::Number(max))) if number.compare(max).is_gt() => Some(max),
            _ => None,
        }
    }

    /// The cap that takes a moment's place.
    fn moment(&self, moment: (i64, i64), has_fraction: bool) -> Option<Instant> {
        match (self.min, self.max) {
            (Some(Cap::Moment(min)), _) if moment < min.at() => Some(min),
            (_, Some(Cap::Moment(max))) if moment > max.at() || moment == max.at() && has_fraction => {
                Some(max)
            }
            _ => None,
        }
    }

    fn of_numbers(&self) -> bool {
        matches!((&self.min, &self.max), (Some(Cap::Number(_)), _) | (_, Some(Cap::Number(_))))
    }
}

struct TopBottom {
    caps: Caps,
    form: Option<Form>,
    width: Option<u32>,
    rejector: Rejector,
}

impl TopBottom {
    #[inline]
    fn cap(&self, cell: &[u8], out: &mut Vec<u8>) -> Cell {
        let written = if self.caps.of_numbers() { self.number(cell, out) } else { self.moment(cell, out) };
        match written {
            Cell::Written if self.width.is_some_and(|width| out.len() > width as usize) => Cell::Outside,
            written => written,
        }
    }

    fn number(&self, cell: &[u8], out: &mut Vec<u8>) -> Cell {
        match self.form.and_then(|form| read(cell, form)) {
            None => Cell::Outside,
            // Infinities are beyond any cap, and nobody's.
            Some(Reading::Never) => Cell::Kept,
            Some(Reading::Number(number)) => {
                if let Some(cap) = self.caps.number(number) {
                    let scale = number.scale.max(cap.scale).max(0);
                    cap.at(scale).map_or(cap, |unscaled| Decimal { unscaled, scale }).write(out);
                } else {
                    out.extend_from_slice(cell);
                }
                Cell::Written
            }
        }
    }

    fn moment(&self, cell: &[u8], out: &mut Vec<u8>) -> Cell {
        let day: Day = match civil::read(cell) {
            None => return Cell::Outside,
            Some(DateReading::Never) => return Cell::Kept,
            Some(DateReading::Day(day)) => day,
        };
        let moment = Moment::new(cell, day);
        match self.caps.moment(moment.settled(), moment.has_fraction()) {
            Some(cap) => moment.whole().write(cap.at(), out),
            None => out.extend_from_slice(cell),
        }
        Cell::Written
    }
}

impl Operator for TopBottom {
    fn mask(
        &self,
        batch: &Batch<'_>,
        out: &mut ColumnBuilder,
        scratch: &mut Scratch,
    ) -> Result<Tally, CellError> {
        generalize::mask(batch, &self.rejector, out, scratch, |cell, buffer| self.cap(cell, buffer))
    }
}

#[cfg(test)]
mod tests {
    use super::super::examples::{mask_cells, mask_text, prepare};
    use super::*;

    const INT4: SqlType = SqlType::Integer { bits: 32 };
    const NUMERIC: SqlType = SqlType::Numeric { precision: Some(8), scale: Some(2) };

    fn one(policy: &str, sql_type: &SqlType, cell: &str) -> String {
        mask_cells(&INFO, policy, sql_type, "", &[Some(cell)]).unwrap()[0].clone().unwrap()
    }

    #[test]
    fn only_extremes_change() {
        for (cell, expected) in [("-5", "0"), ("0", "0"), ("57", "57"), ("100", "100"), ("101", "100")] {
            assert_eq!(one("{ min = 0, max = 100 }", &INT4, cell), expected, "{cell}");
        }
        assert_eq!(one("{ max = 99.5 }", &NUMERIC, "250.00"), "99.50");
        assert_eq!(one("{ max = 99.5 }", &NUMERIC, "NaN"), "NaN");
        assert_eq!(mask_text(&INFO, "{ max = 90 }", "97"), "90");
        assert_eq!(mask_text(&INFO, "{ max = 90 }", "very old"), "[redacted]");
    }

    #[test]
    fn dates_and_times_are_capped_in_their_own_writing() {
        let zoned = SqlType::Timestamp { zone: true };
        assert_eq!(one("{ max = 2024-01-01 }", &zoned, "2024-05-30 13:45:10.5+02"), "2024-01-01 00:00:00+02");
        assert_eq!(one("{ max = 2024-01-01 }", &zoned, "2024-01-01 00:00:00.5+02"), "2024-01-01 00:00:00+02");
        assert_eq!(one("{ min = '1935-01-01' }", &SqlType::Date, "0044-03-15 BC"), "1935-01-01");
        assert_eq!(one("{ min = '1935-01-01' }", &SqlType::Date, "1935-01-02"), "1935-01-02");
        assert_eq!(
            one("{ max = 2024-01-01T12:30:00 }", &zoned, "2024-01-01 12:30:01+00"),
            "2024-01-01 12:30:00+00"
        );
    }

    #[test]
    fn caps_that_cannot_be_are_refused() {
        for (policy, sql_type) in [
            ("{}", &INT4),
            ("{ min = 5, max = 1 }", &INT4),
            ("{ max = 0.5 }", &INT4),
            ("{ max = 99999999999 }", &INT4),
            ("{ max = 'x' }", &INT4),
            ("{ max = 2024-01-01 }", &INT4),
            ("{ max = 5 }", &SqlType::Date),
            ("{ max = 2024-01-01T10:00:00 }", &SqlType::Date),
            ("{ min = 5, max = 2024-01-01 }", &SqlType::TEXT),
        ] {
            assert!(prepare(&INFO, policy, sql_type).is_err(), "{policy}");
        }
    }
}
