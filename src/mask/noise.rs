//! `noise`: numbers and dates move by a bounded amount that nobody without the key can take back.
//!
//! Purpose `noise`, spec `noise:AMOUNT:DISTRIBUTION:MIN:MAX`, where AMOUNT is `ratio=R`, `amount=A` or `UNIT=A`, and
//! numbers are written canonically (`1e-1`). The message is the length-prefixed subject of the row (empty where it has
//! none), then the value: a number's canonical text, or a date's count of days (`19724d`) or seconds (`..s`) since 1970.
//! So equal values of one subject move alike wherever they are copied, and no average over copies removes the noise.
//!
//! All is reckoned in units of the value's last digit (for floats, of its sixth digit or a later one). A bound of
//! n units gives 2n + 1 places, all equally likely under `uniform`: place `floor(tag * (2n + 1) / 2^128)`. Under
//! `normal` the tag's four 32-bit words are added up, and the place is `floor(sum * (2n + 1) / 2^34)`. A result beyond
//! `min`, `max`, the type or zero is mirrored at that border, not cut to it, so no pile of values gives the border away.

use super::calendar::Moment;
use super::civil::{self, Clock, DAY, FIRST_DAY, FIRST_OF_OUR_ERA, Reading as DateReading, day_number};
use super::generalize;
use super::invalid::{Invalid, Rejector};
use super::number::{BEYOND, DIGITS, Decimal, Form, Limits, Reading, leading, read, wide_index};
use super::{
    Batch, CellError, Class, DefaultDomain, Example, KeyedBy, Operator, OperatorInfo, Output, Parameter,
    ParameterKind, Prepared, Refusal, Request, Scratch, Tally, rows, start,
};
use crate::base::{Prf, canonical};
use crate::table::{ColumnBuilder, SqlType};

pub(super) const INFO: OperatorInfo = OperatorInfo {
    name: "noise",
    summary: "Move numbers and dates by a bounded keyed amount",
    class: Class::Perturb,
    keyed_by: KeyedBy::Subject,
    domain: DefaultDomain::Column,
    entity: ENTITY,
    parameters: &[
        Parameter {
            name: "ratio",
            summary: "the most that a number moves, as a share of itself, 0.0001 to 1; this or amount",
            kind: ParameterKind::Number,
            required: false,
            of_domain: false,
        },
        Parameter {
            name: "amount",
            summary: "the most that a value moves: a number, or so many units of time",
            kind: ParameterKind::Number,
            required: false,
            of_domain: false,
        },
        Parameter {
            name: "unit",
            summary: "what amount counts for dates: days (default), hours, minutes or seconds; text needs it to be read as dates",
            kind: ParameterKind::Choice(TIME_UNITS),
            required: false,
            of_domain: false,
        },
        Parameter {
            name: "distribution",
            summary: "uniform (default), or normal: small moves are likelier; both stay within the bound",
            kind: ParameterKind::Choice(DISTRIBUTIONS),
            required: false,
            of_domain: false,
        },
        Parameter {
            name: "min",
            summary: "the least result",
            kind: ParameterKind::Scalar,
            required: false,
            of_domain: false,
        },
        Parameter {
            name: "max",
            summary: "the greatest result",
            kind: ParameterKind::Scalar,
            required: false,
            of_domain: false,
        },
    ],
    examples: &[
        Example {
            policy: "{ op = \"noise\", ratio = 0.1 }",
            sql_type: &SqlType::Numeric { precision: Some(10), scale: Some(2) },
            input: "81250.00",
            output: Some("83513.55"),
        },
        Example {
            policy: "{ op = \"noise\", amount = 5, min = 0, max = 100 }",
            sql_type: &SqlType::Integer { bits: 16 },
            input: "98",
            output: Some("94"),
        },
        Example {
            policy: "{ op = \"noise\", amount = 30, row_key = \"id\" }",
            sql_type: &SqlType::Date,
            input: "2024-02-29",
            output: Some("2024-02-13"),
        },
    ],
    accepts: |sql_type| generalize::is_number(sql_type) || generalize::is_date(sql_type),
    prepare,
};

const ENTITY: &str = "number or date";
const TIME_UNITS: &[&str] = &["days", "hours", "minutes", "seconds"];
const DISTRIBUTIONS: &[&str] = &["uniform", "normal"];
/// Most digits after the point of a ratio.
const RATIO_SCALE: i32 = 4;
/// Digits of a float that move at least.
const FLOAT_DIGITS: i32 = 6;
/// Most days that a date moves: a thousand years.
const WIDEST: i128 = 365_250;
/// The last day that a timestamp may have, and a date: 31 December of 294276 and of 5874897.
const LAST_TIMESTAMP: i64 = 106_751_982;
const LAST_DATE: i64 = 2_145_031_948;

fn prepare(request: &Request<'_>) -> Result<Prepared, Refusal> {
    let (ratio, amount) = (request.number("ratio")?, request.number("amount")?);
    let unit = request.choice("unit", TIME_UNITS)?;
    let normal = request.choice("distribution", DISTRIBUTIONS)? == Some("normal");
    let dates = match request.sql_type.base() {
        SqlType::Date | SqlType::Timestamp { .. } => true,
        SqlType::Text { .. } => unit.is_some(),
        _ if unit.is_some() => return Err(Refusal("unit is for columns of dates".into())),
        _ => false,
    };
    let (measure, name) = match (ratio, amount) {
        (Some(_), None) if dates => {
            return Err(Refusal(
                "a date has no ratio to move by; set amount, in days or in another unit".into(),
            ));
        }
        (Some(ratio), None) => (ratio_measure(ratio)?, format!("ratio={}", ratio.to_canonical())),
        (None, Some(amount)) if dates => time_measure(request, amount, unit.unwrap_or("days"))?,
        (None, Some(amount)) if amount.unscaled > 0 => {
            generalize::fits_type(request, "amount", amount)?;
            (Measure::Amount(amount), format!("amount={}", amount.to_canonical()))
        }
        (None, Some(_)) => return Err(Refusal("amount must be above 0".into())),
        _ => return Err(Refusal("noise needs either ratio (a share such as 0.1) or amount".into())),
    };
    let bounds = Bounds::read(request, &measure)?;
    let distribution = if normal { "normal" } else { "uniform" };
    let spec = format!("noise:{name}:{distribution}:{}", bounds.name());
    let output = match (&measure, bounds.whole()) {
        (Measure::Time { .. }, _) | (_, None) => Output::Any,
        (_, Some((low, high))) => Output::Signed(low, high),
    };
    let invalid = Invalid::prepare(request, ENTITY)?;
    let form = Form::of(request.sql_type).unwrap_or(Form::Text);
    let limits = Limits::of(request.sql_type);
    let last = match request.sql_type.base() {
        SqlType::Date => LAST_DATE,
        SqlType::Timestamp { .. } => LAST_TIMESTAMP,
        _ => last_of_four_digits(),
    };
    let width = request.sql_type.width();
    Ok(Prepared {
        spec: spec.clone(),
        max_width: width,
        output,
        ..Prepared::new(start::keyed(move |keys| Noise {
            prf: keys.prf("noise", &spec),
            measure,
            normal,
            bounds,
            form,
            limits,
            last,
            rejector: invalid.start(keys),
        }))
    })
}

fn ratio_measure(ratio: Decimal) -> Result<Measure, Refusal> {
    match ratio.at(RATIO_SCALE) {
        Some(share) if share > 0 && share <= 10_000 && ratio.reduced().scale <= RATIO_SCALE => {
            Ok(Measure::Ratio(share))
        }
        _ => Err(Refusal("ratio must be from 0.0001 to 1, with at most four digits after the point".into())),
    }
}

fn time_measure(
    request: &Request<'_>,
    amount: Decimal,
    unit: &'static str,
) -> Result<(Measure, String), Refusal> {
    let seconds = match unit {
        "days" => DAY,
        "hours" => 3_600,
        "minutes" => 60,
        _ => 1,
    };
    let most = WIDEST * i128::from(DAY / seconds);
    let count = amount.whole().filter(|amount| (1..=most).contains(amount));
    let Some(count) = count else {
        return Err(Refusal(format!("amount must be a whole number of {unit} from 1 to {most}")));
    };
    if unit != "days" && *request.sql_type.base() == SqlType::Date {
        return Err(Refusal("a date moves by days; leave unit out".into()));
    }
    let measure = match unit {
        "days" => Measure::Time { most: count, by_days: true },
        _ => Measure::Time { most: count * i128::from(seconds), by_days: false },
    };
    Ok((measure, format!("{unit}={count}")))
}

/// 31 December 9999.
fn last_of_four_digits() -> i64 {
    day_number(10_000, 1, 1) - 1
}

/// How far a value moves at most.
#[derive(Clone, Copy)]
enum Measure {
    /// So many ten-thousandths of itself.
    Ratio(i128),
    /// A number.
    Amount(Decimal),
    /// Whole days, or seconds.
    Time { most: i128, by_days: bool },
}

/// `min` and `max`.
#[derive(Clone, Copy)]
enum Bounds {
    Numbers(Option<Decimal>, Option<Decimal>),
    /// Days or seconds since 1970.
    Times(Option<i64>, Option<i64>),
}

impl Bounds {
    fn read(request: &Request<'_>, measure: &Measure) -> Result<Self, Refusal> {
        let bounds = if let Measure::Time { by_days, .. } = measure {
            Self::Times(time(request, "min", *by_days, 0)?, time(request, "max", *by_days, DAY - 1)?)
        } else {
            let (min, max) = (request.number("min")?, request.number("max")?);
            for (name, bound) in [("min", min), ("max", max)] {
                if let Some(bound) = bound {
                    generalize::fits_type(request, name, bound)?;
                }
            }
            Self::Numbers(min, max)
        };
        let empty = match bounds {
            Self::Numbers(Some(min), Some(max)) => min.compare(max).is_ge(),
            Self::Times(Some(min), Some(max)) => min >= max,
            _ => false,
        };
        if empty { Err(Refusal("min must be below max".into())) } else { Ok(bounds) }
    }

    fn name(self) -> String {
        match self {
            Self::Numbers(min, max) => {
                let name = |bound: Option<Decimal>| bound.map_or_else(String::new, Decimal::to_canonical);
                format!("{}:{}", name(min), name(max))
            }
            Self::Times(min, max) => {
                let name = |bound: Option<i64>| bound.map_or_else(String::new, |bound| bound.to_string());
                format!("{}:{}", name(min), name(max))
            }
        }
    }

    /// The least and the greatest whole number; none if a bound is not whole.
    fn whole(self) -> Option<(i128, i128)> {
        let Self::Numbers(min, max) = self else { return None };
        Some((min.map_or(Some(i128::MIN), Decimal::whole)?, max.map_or(Some(i128::MAX), Decimal::whole)?))
    }
}

/// A bound for dates; without a time of day it has that of `missing` seconds.
fn time(request: &Request<'_>, name: &str, by_days: bool, missing: i64) -> Result<Option<i64>, Refusal> {
    let Some(text) = request.scalar(name)? else { return Ok(None) };
    let Some(moment) = Moment::read(text.as_bytes()) else {
        return Err(Refusal(format!("{name} must be a date such as 2025-01-01")));
    };
    let seconds = moment.clock.map_or(missing, |clock: Clock<'_>| clock.seconds);
    Ok(Some(if by_days { moment.day } else { moment.day * DAY + seconds }))
}

struct Noise {
    prf: Prf,
    measure: Measure,
    normal: bool,
    bounds: Bounds,
    form: Form,
    limits: Limits,
    last: i64,
    rejector: Rejector,
}

/// A value in whole units, and how it is put back.
struct Value<'a> {
    units: i128,
    back: Back<'a>,
}

impl Value<'_> {
    /// Appends what the tag depends on.
    #[inline]
    fn message(&self, subject: &[u8], out: &mut Vec<u8>) {
        canonical::length_prefixed(subject, out);
        match &self.back {
            Back::Number { scale, .. } => Decimal { unscaled: self.units, scale: *scale }.canonical(out),
            Back::Days(_) => {
                super::number::write_integer(self.units, out);
                out.push(b'd');
            }
            Back::Seconds(_) => {
                super::number::write_integer(self.units, out);
                out.push(b's');
            }
        }
    }
}

enum Back<'a> {
    Number { scale: i32, least: i32 },
    Days(&'a [u8]),
    Seconds(Moment<'a>),
}

/// What a cell says.
enum Parsed<'a> {
    Value(Value<'a>),
    Kept,
    Outside,
}

impl Noise {
    #[inline]
    fn parse<'a>(&self, cell: &'a [u8]) -> Parsed<'a> {
        if let Measure::Time { by_days, .. } = self.measure {
            return match civil::read(cell) {
                None => Parsed::Outside,
                Some(DateReading::Never) => Parsed::Kept,
                Some(DateReading::Day(day)) if day.number > self.last => Parsed::Outside,
                Some(DateReading::Day(day)) if by_days => Parsed::Value(Value {
                    units: day.number.into(),
                    back: Back::Days(&cell[day.tail.0 as usize..day.tail.1 as usize]),
                }),
                Some(DateReading::Day(day)) => {
                    let moment = Moment::new(cell, day);
                    match moment.clock {
                        Some(clock) => Parsed::Value(Value {
                            units: (moment.day * DAY + clock.seconds).into(),
                            back: Back::Seconds(moment),
                        }),
                        None => Parsed::Outside,
                    }
                }
            };
        }
        match read(cell, self.form) {
            None => Parsed::Outside,
            Some(Reading::Never) => Parsed::Kept,
            Some(Reading::Number(number)) => {
                let fine = self.refined(number);
                Parsed::Value(Value {
                    units: fine.unscaled,
                    back: Back::Number { scale: fine.scale, least: number.scale },
                })
            }
        }
    }

    /// A float with as many digits as move.
    fn refined(&self, number: Decimal) -> Decimal {
        if self.form != Form::Float {
            return number;
        }
        let digits = if number.unscaled == 0 { FLOAT_DIGITS } else { leading(number.unscaled) + 1 };
        let scale = number.scale + (FLOAT_DIGITS - digits).max(0);
        let scale = match self.measure {
            Measure::Amount(amount) => scale.max(amount.reduced().scale + FLOAT_DIGITS - 1),
            _ => scale,
        };
        match number.at(scale) {
            Some(unscaled) if leading(unscaled) < DIGITS => Decimal { unscaled, scale },
            _ => number,
        }
    }

    /// Where the value may move to: the type's limits, `min` and `max`, and its own side of zero or of the era.
    #[inline]
    fn range(&self, value: &Value<'_>) -> (i128, i128) {
        let units = value.units;
        match (&value.back, self.bounds) {
            (Back::Number { scale, .. }, Bounds::Numbers(min, max)) => {
                let (mut low, mut high) = self.limits.at(units, *scale);
                if units >= 0 {
                    low = low.max(i128::from(units > 0));
                } else {
                    high = high.min(-1);
                }
                narrowed((low, high), min.map(|min| min.ceil_at(*scale)), max.map(|max| max.floor_at(*scale)))
            }
            (Back::Days(_) | Back::Seconds(_), Bounds::Times(min, max)) => {
                let (unit, rest) = if matches!(value.back, Back::Days(_)) { (1, 0) } else { (DAY, DAY - 1) };
                let first = |day: i64| i128::from(day) * i128::from(unit);
                let last = |day: i64| first(day) + i128::from(rest);
                let four_digits = last_of_four_digits();
                let (low, high) = if units < first(FIRST_OF_OUR_ERA) {
                    (first(FIRST_DAY), first(FIRST_OF_OUR_ERA) - 1)
                } else if units <= last(four_digits) {
                    (first(FIRST_OF_OUR_ERA), last(four_digits))
                } else {
                    (last(four_digits) + 1, last(self.last))
                };
                narrowed((low, high), min.map(i128::from), max.map(i128::from))
            }
            _ => (units, units),
        }
    }

    /// How many units the value moves at most.
    #[inline]
    fn most(&self, value: &Value<'_>) -> i128 {
        match (self.measure, &value.back) {
            (Measure::Ratio(share), _) => {
                let product = value.units.abs() * share;
                product.div_euclid(10_000) + i128::from(product % 10_000 != 0)
            }
            (Measure::Amount(amount), Back::Number { scale, .. }) => {
                amount.ceil_at(*scale).clamp(1, BEYOND / 100)
            }
            (Measure::Amount(_), _) => 0,
            (Measure::Time { most, .. }, _) => most,
        }
    }

    #[inline]
    fn moved(&self, value: &Value<'_>, tag: &[u8; 16]) -> i128 {
        let most = self.most(value);
        let places = (2 * most + 1).unsigned_abs();
        let place = if self.normal {
            let tag = u128::from_be_bytes(*tag);
            let sum = (0..4).map(|word| tag >> (32 * word) & 0xffff_ffff).sum::<u128>();
            // The sum has 34 bits: as the top of a tag it picks a place.
            wide_index(&(sum << 94).to_be_bytes(), places)
        } else {
            wide_index(tag, places)
        };
        let (low, high) = self.range(value);
        let moved = mirrored(value.units - most + place.cast_signed(), (low, high));
        match &value.back {
            // A time without seconds gets none.
            Back::Seconds(Moment { clock: Some(clock), .. }) if !clock.has_seconds => {
                let minute = moved - moved.rem_euclid(60);
                if minute < low { minute + 60 } else { minute }
            }
            _ => moved,
        }
    }
}

/// A range without what is beyond `min` and `max`; where nothing is left, these alone count.
fn narrowed((low, high): (i128, i128), min: Option<i128>, max: Option<i128>) -> (i128, i128) {
    let least = min.map_or(low, |min| min.max(low));
    let most = max.map_or(high, |max| max.min(high));
    if least <= most {
        return (least, most);
    }
    match (min, max) {
        (Some(min), None) => (min, min),
        (None, Some(max)) => (max, max),
        (Some(min), Some(max)) => (min, max.max(min)),
        (None, None) => (low, high),
    }
}

/// A number in the range: it, or its image in the mirrors at both ends.
fn mirrored(number: i128, (low, high): (i128, i128)) -> i128 {
    if (low..=high).contains(&number) {
        return number;
    }
    let length = high - low;
    if length <= 0 {
        return low;
    }
    let place = (number - low).rem_euclid(2 * length);
    low + place.min(2 * length - place)
}

impl Operator for Noise {
    fn mask(
        &self,
        batch: &Batch<'_>,
        out: &mut ColumnBuilder,
        scratch: &mut Scratch,
    ) -> Result<Tally, CellError> {
        let Scratch { messages, tags, rows: masked, rejected, .. } = scratch.cleared();
        for (row, cell) in rows::present_cells(&batch.cells) {
            match self.parse(cell) {
                Parsed::Value(value) => {
                    let subject = batch.subjects.as_ref().and_then(|subjects| subjects.value(row));
                    messages.push_with(|buffer| value.message(subject.unwrap_or_default(), buffer));
                    masked.push(row as u32);
                }
                Parsed::Kept => {}
                Parsed::Outside => self.rejector.reject(row, cell, rejected)?,
            }
        }
        self.prf.tags(messages, tags);
        Ok(rows::write(&batch.cells, masked, &self.rejector, rejected, out, |entry, cell, buffer| {
            let Parsed::Value(value) = self.parse(cell) else { return };
            let moved = self.moved(&value, &tags[entry]);
            match value.back {
                Back::Number { scale, least } => {
                    Decimal { unscaled: moved, scale }.trimmed(least.max(0).min(scale)).write(buffer);
                }
                Back::Days(tail) => civil::write(moved as i64, tail, buffer),
                Back::Seconds(moment) => {
                    let seconds = moved as i64;
                    moment.write((seconds.div_euclid(DAY), seconds.rem_euclid(DAY)), buffer);
                }
            }
        }))
    }
}
