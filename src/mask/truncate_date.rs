//! `truncate_date`: dates and times become the beginning of their year, quarter, month, week, day or hour.
//!
//! No key. The type stays: a date becomes 1 January, a time midnight in the zone that it was written with. In a text
//! column `format = "year"` puts out the year alone.

use super::calendar::{Moment, UNITS, Unit};
use super::civil::{self, FIRST_OF_OUR_ERA, civil};
use super::generalize::{self, Cell};
use super::invalid::{Invalid, Rejector};
use super::parameters::quoted;
use super::{
    Batch, CellError, Class, DefaultDomain, Example, KeyedBy, Monotone, Operator, OperatorInfo, Output,
    Parameter, ParameterKind, Prepared, Refusal, Request, Scratch, Steps, Tally, number, start,
};
use crate::table::{ColumnBuilder, SqlType};

pub(super) const INFO: OperatorInfo = OperatorInfo {
    name: "truncate_date",
    summary: "Cut dates and times to the beginning of their year, quarter, month, week, day or hour",
    class: Class::Generalize,
    keyed_by: KeyedBy::Nothing,
    domain: DefaultDomain::None,
    entity: ENTITY,
    parameters: &[
        Parameter {
            name: "to",
            summary: "year, quarter, month, week (from Monday), day or hour",
            kind: ParameterKind::Choice(UNITS),
            required: true,
            of_domain: false,
        },
        Parameter {
            name: "format",
            summary: "date (default), or year: the year alone, for text columns with to = \"year\"",
            kind: ParameterKind::Choice(FORMATS),
            required: false,
            of_domain: false,
        },
    ],
    examples: &[
        Example {
            policy: "{ op = \"truncate_date\", to = \"year\" }",
            sql_type: &SqlType::Date,
            input: "1984-02-29",
            output: Some("1984-01-01"),
        },
        Example {
            policy: "{ op = \"truncate_date\", to = \"hour\" }",
            sql_type: &SqlType::Timestamp { zone: true },
            input: "2024-03-01 12:34:56.789+01",
            output: Some("2024-03-01 12:00:00+01"),
        },
        Example {
            policy: "{ op = \"truncate_date\", to = \"year\", format = \"year\" }",
            sql_type: &SqlType::TEXT,
            input: "1984-02-29",
            output: Some("1984"),
        },
    ],
    accepts: generalize::is_date,
    prepare,
};

const ENTITY: &str = "date (YYYY-MM-DD)";
const FORMATS: &[&str] = &["date", "year"];
/// Digits of a year, most often.
const YEAR: u32 = 4;

fn prepare(request: &Request<'_>) -> Result<Prepared, Refusal> {
    let Some(unit) = request.choice("to", UNITS)?.and_then(Unit::from_name) else {
        return Err(Refusal(format!("to must be one of {}", quoted(UNITS))));
    };
    let year_alone = request.choice("format", FORMATS)? == Some("year");
    let width = request.sql_type.width();
    if year_alone {
        if unit != Unit::Year || !request.sql_type.is_text() {
            return Err(Refusal("format = \"year\" is for text columns, with to = \"year\"".into()));
        }
        if let Some(width) = width.filter(|width| *width < YEAR) {
            return Err(Refusal(format!("a year has {YEAR} characters, and {width} fit")));
        }
    } else {
        generalize::fits_dates(request, unit)?;
    }
    let invalid = Invalid::keyless(request, ENTITY)?;
    let monotone = Monotone::lowering(Steps::Named(format!("truncate_date:{unit:?}")));
    Ok(Prepared {
        max_width: width,
        output: if year_alone { Output::Text } else { Output::Monotone(monotone) },
        ..Prepared::new(start::keyless(move || TruncateDate {
            unit,
            year_alone,
            width,
            rejector: invalid.start_keyless(),
        }))
    })
}

struct TruncateDate {
    unit: Unit,
    year_alone: bool,
    width: Option<u32>,
    rejector: Rejector,
}

impl TruncateDate {
    #[inline]
    fn cut(&self, cell: &[u8], out: &mut Vec<u8>) -> Cell {
        if !self.year_alone {
            return generalize::date(cell, self.width, out, |day, seconds| self.unit.floor(day, seconds));
        }
        match Moment::read(cell) {
            Some(moment) if moment.day >= FIRST_OF_OUR_ERA => {
                let (year, ..) = civil(moment.settled().0);
                if year < 1_000 {
                    out.resize(out.len() + 3 - (year.ilog10() as usize), b'0');
                }
                number::write_integer(year.into(), out);
                match self.width {
                    Some(width) if out.len() > width as usize => Cell::Outside,
                    _ => Cell::Written,
                }
            }
            None if civil::read(cell).is_some() => Cell::Kept,
            _ => Cell::Outside,
        }
    }
}

impl Operator for TruncateDate {
    fn mask(
        &self,
        batch: &Batch<'_>,
        out: &mut ColumnBuilder,
        scratch: &mut Scratch,
    ) -> Result<Tally, CellError> {
        generalize::mask(batch, &self.rejector, out, scratch, |cell, buffer| self.cut(cell, buffer))
    }
}

#[cfg(test)]
mod tests {
    use super::super::examples::{mask_cells, mask_text, prepare};
    use super::*;

    #[test]
    fn infinity_stays_and_the_first_days_of_all_are_no_dates_to_cut() {
        let cells = [Some("infinity"), Some("0000-00-00"), None];
        let masked = mask_cells(&INFO, "{ to = 'year' }", &SqlType::Date, "", &cells).unwrap();
        assert_eq!(masked, cells.map(|cell| cell.map(str::to_owned)));
        assert!(mask_cells(&INFO, "{ to = 'year' }", &SqlType::Date, "", &[Some("4714-11-24 BC")]).is_err());
    }

    #[test]
    fn text_may_become_a_year_alone() {
        let year = |cell| mask_text(&INFO, "{ to = 'year', format = 'year' }", cell);
        assert_eq!(year("2024-02-29 23:59:59"), "2024");
        assert_eq!(year("0794-02-01"), "0794");
        assert_eq!(year("0044-03-15 BC"), "[redacted]");
        assert_eq!(year("29.02.2024"), "[redacted]");
    }

    #[test]
    fn what_a_type_does_not_have_is_refused() {
        for (policy, sql_type) in [
            ("{ to = 'day' }", SqlType::Date),
            ("{ to = 'year', format = 'year' }", SqlType::Date),
            ("{ to = 'month', format = 'year' }", SqlType::TEXT),
            ("{ to = 'decade' }", SqlType::Date),
            ("{ to = 'year' }", SqlType::Text { width: Some(9), padded: false, case_insensitive: false }),
        ] {
            assert!(prepare(&INFO, policy, &sql_type).is_err(), "{policy}");
        }
    }
}
