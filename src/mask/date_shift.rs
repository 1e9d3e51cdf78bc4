//! `date_shift`: move dates back by a number of days that is fixed per subject.
//!
//! All dates of one subject move by the same 1 to `window` days, so intervals and order within a subject stay;
//! absolute dates do not, and no date comes to lie in the future. Time of day, fraction and zone stay as written;
//! a column of times moves by whole days too.

use super::civil::{self, Day, FIRST_DAY, FIRST_OF_OUR_ERA, Reading};
use super::invalid::{Invalid, Rejector};
use super::subject::{self, Source};
use super::{
    Batch, CellError, Class, DefaultDomain, Equality, Example, KeyedBy, Operator, OperatorInfo, Output,
    Parameter, ParameterKind, Prepared, Refusal, Request, Scratch, Tally, Uniqueness, first_name, rows,
    start,
};
use crate::base::{Prf, index};
use crate::table::{ColumnBuilder, SqlType};

pub(super) const INFO: OperatorInfo = OperatorInfo {
    name: "date_shift",
    summary: "Move dates and times back by 1 to window days, the same number for all dates of a subject",
    class: Class::Perturb,
    keyed_by: KeyedBy::Subject,
    domain: DefaultDomain::Entity(first_name::DOMAIN),
    entity: ENTITY,
    parameters: &[Parameter {
        name: WINDOW,
        summary: "the largest shift in days, 1 to 36500 (default: 365); one for all dates of a subject",
        kind: ParameterKind::Integer,
        required: false,
        of_domain: true,
    }],
    examples: &[
        Example {
            policy: "{ op = \"date_shift\" }",
            sql_type: &SqlType::Date,
            input: "1984-02-29",
            output: Some("1983-03-13"),
        },
        Example {
            policy: "{ op = \"date_shift\", window = 30 }",
            sql_type: &SqlType::Timestamp { zone: true },
            input: "2024-03-01 12:30:00.25+01",
            output: Some("2024-02-29 12:30:00.25+01"),
        },
    ],
    accepts,
    prepare,
};

const ENTITY: &str = "date (YYYY-MM-DD)";
const WINDOW: &str = "window";
const DEFAULT_WINDOW: i64 = 365;
const WIDEST_WINDOW: i64 = 36_500;
/// Characters of the shortest date.
const SHORTEST: u32 = 10;

fn accepts(sql_type: &SqlType) -> bool {
    matches!(sql_type.base(), SqlType::Date | SqlType::Timestamp { .. } | SqlType::Text { .. })
}

fn prepare(request: &Request<'_>) -> Result<Prepared, Refusal> {
    let window = request.integer(WINDOW, 1, WIDEST_WINDOW)?.unwrap_or(DEFAULT_WINDOW).unsigned_abs() as u32;
    let width = request.sql_type.width();
    if let Some(width) = width.filter(|width| *width < SHORTEST) {
        return Err(Refusal(format!("a date has {SHORTEST} characters, and {width} fit")));
    }
    let invalid = Invalid::prepare(request, ENTITY)?;
    let spec = format!("days:{window}");
    let equality = request.equality;
    Ok(Prepared {
        spec: spec.clone(),
        uniqueness: Uniqueness::No,
        max_width: width,
        output: Output::Earlier(window),
        notes: Vec::new(),
        ..Prepared::new(start::keyed(move |keys| DateShift {
            prf: keys.prf("dateshift", &spec),
            window,
            width,
            equality,
            rejector: invalid.start(keys),
        }))
    })
}

struct DateShift {
    prf: Prf,
    window: u32,
    width: Option<u32>,
    equality: Equality,
    rejector: Rejector,
}

impl DateShift {
    /// Whether the widest shift leaves a date that its column holds. It does not look at the shift itself, so that
    /// a cell's fate does not hang on the key.
    fn has_room(&self, day: Day, cell: &[u8]) -> bool {
        let earliest = day.number - i64::from(self.window);
        let crosses = day.number >= FIRST_OF_OUR_ERA && earliest < FIRST_OF_OUR_ERA;
        let longest = cell.trim_ascii_end().len() + if crosses { " BC".len() } else { 0 };
        earliest >= FIRST_DAY && self.width.is_none_or(|width| longest <= width as usize)
    }
}

impl Operator for DateShift {
    fn mask(
        &self,
        batch: &Batch<'_>,
        out: &mut ColumnBuilder,
        scratch: &mut Scratch,
    ) -> Result<Tally, CellError> {
        let Scratch { messages, tags, rows: masked, numbers, rejected, .. } = scratch.cleared();
        for (row, cell) in batch.cells.iter().enumerate() {
            let Some(cell) = cell.filter(|cell| !subject::is_blank(cell)) else { continue };
            match civil::read(cell) {
                Some(Reading::Day(day)) if self.has_room(day, cell) => {
                    subject::push(batch, row, cell, Source::Subject, self.equality, messages)?;
                    masked.push(row as u32);
                    numbers.push(pack(day));
                }
                Some(Reading::Never) => {}
                _ => self.rejector.reject(row, cell, rejected)?,
            }
        }
        self.prf.tags(messages, tags);
        Ok(rows::write(&batch.cells, masked, &self.rejector, rejected, out, |entry, cell, buffer| {
            let day = unpack(numbers[entry]);
            let days = 1 + index(&tags[entry], self.window.into()).cast_signed();
            civil::write(day.number - days, &cell[day.tail.0 as usize..day.tail.1 as usize], buffer);
        }))
    }
}

/// A day and the place of its tail in one number of the scratch buffer.
fn pack(day: Day) -> u64 {
    u64::from((day.number as i32).cast_unsigned()) | u64::from(day.tail.0) << 32 | u64::from(day.tail.1) << 40
}

fn unpack(packed: u64) -> Day {
    Day { number: (packed as u32).cast_signed().into(), tail: ((packed >> 32) as u8, (packed >> 40) as u8) }
}
