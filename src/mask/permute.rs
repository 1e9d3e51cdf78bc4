//! `permute`: integers change places with each other, so that keys stay keys and joins stay joins.
//!
//! Purpose `perm`. Without a range, each value stays within its band ([`integer_bands`]) under spec `int:LO:HI` of
//! that band; 0 and -2^63 stay. With `range = [lo, hi]` all values are permuted within it under its own spec, and
//! others are invalid. Text must hold integers as a database prints them: `042`, `+42` and ` 42` are invalid there,
//! for the result could not be told from that of `42`.

use super::invalid::{Invalid, Rejector};
use super::{
    Batch, CellError, Class, DefaultDomain, Example, KeyedBy, Operator, OperatorInfo, Output, Parameter,
    ParameterKind, Prepared, Refusal, Request, Scratch, Tally, Uniqueness, rows, start,
};
use crate::base::integer_bands::{BANDS, Place, place, top};
use crate::base::{Permutation, canonical};
use crate::table::{ColumnBuilder, SqlType};

/// The longest 64-bit integer, sign included.
const LONGEST: u32 = 20;

pub(super) const INFO: OperatorInfo = OperatorInfo {
    name: "permute",
    summary: "Permute integers within bands of like size, or within a range; keys stay unique",
    class: Class::Pseudonymize,
    keyed_by: KeyedBy::Value,
    domain: DefaultDomain::Column,
    entity: "integer",
    parameters: &[Parameter {
        name: "range",
        summary: "[lo, hi]: permute within this range; default: within fixed bands (1 to 127, to 32767, ..)",
        kind: ParameterKind::Range,
        required: false,
        of_domain: true,
    }],
    examples: &[
        Example {
            policy: r#"{ op = "permute" }"#,
            sql_type: &SqlType::Integer { bits: 32 },
            input: "42",
            output: Some("100"),
        },
        Example {
            policy: r#"{ op = "permute", range = [1000, 9999] }"#,
            sql_type: &SqlType::Text { width: Some(4), padded: false, case_insensitive: false },
            input: "4711",
            output: Some("6420"),
        },
        Example {
            policy: r#"{ op = "permute" }"#,
            sql_type: &SqlType::Numeric { precision: None, scale: None },
            input: "42.00",
            output: Some("100.00"),
        },
    ],
    accepts: |sql_type| {
        sql_type.is_integer() || matches!(sql_type.base(), SqlType::Numeric { .. } | SqlType::Text { .. })
    },
    prepare,
};

fn prepare(request: &Request<'_>) -> Result<Prepared, Refusal> {
    let range = request.range("range")?;
    let mut notes = Vec::new();
    let form = match request.sql_type.base() {
        SqlType::Integer { bits } | SqlType::Unsigned { bits } => {
            let (least, greatest) = request.sql_type.integer_range().unwrap_or_default();
            if range.is_some_and(|(lo, hi)| i128::from(lo) < least || i128::from(hi) > greatest) {
                return Err(Refusal(format!("range does not fit the column's {bits} bits")));
            }
            Form::Number
        }
        SqlType::Numeric { precision, scale } => {
            if let Some(precision) = precision {
                numeric_holds(range, precision.saturating_sub(scale.unwrap_or(0)))?;
            }
            Form::Number
        }
        SqlType::Text { .. } => Form::Text,
        SqlType::Uuid => return Err(Refusal("permute takes integers; use uuid".into())),
        _ => {
            return Err(Refusal(
                "permute takes integers; use keyed_hash for text, or another operator".into(),
            ));
        }
    };
    let longest = range.map_or(LONGEST, |(lo, hi)| (lo.to_string().len().max(hi.to_string().len())) as u32);
    if let Some(room) = request.room().filter(|room| *room < longest) {
        return Err(Refusal(format!(
            "results of {longest} characters do not fit the {room} of the narrowest column of key domain \"{}\"; {}",
            request.domain,
            advice(room)
        )));
    }
    if let Some((lo, hi)) = range.filter(|(lo, hi)| hi.abs_diff(*lo) < 999) {
        notes.push(("small-range", format!("{} values are too few to hide one among", hi.abs_diff(lo) + 1)));
    }
    let invalid = Invalid::prepare(request, INFO.entity)?;
    let splits = Splits::of(request.unsigned);
    Ok(Prepared {
        spec: range.map_or_else(|| splits.spec(), |(lo, hi)| format!("int:{lo}:{hi}")),
        uniqueness: invalid.weaken(Uniqueness::Proven),
        max_width: Some(longest.max(invalid.width())),
        output: range.map_or(Output::Band, |(lo, hi)| Output::Range(lo.into(), hi.into())),
        notes,
        ..Prepared::new(start::keyed(move |keys| {
            let permutation = |low: i64, high: i64| Interval {
                low,
                high,
                permutation: keys.permutation(
                    "perm",
                    &format!("int:{low}:{high}"),
                    high.abs_diff(low).into(),
                ),
            };
            Permute {
                intervals: match range {
                    Some((lo, hi)) => vec![permutation(lo, hi)],
                    None => splits.bands().map(|(low, high)| permutation(low, high)).collect(),
                },
                splits: if range.is_none() { splits } else { Splits::default() },
                banded: range.is_none(),
                form,
                rejector: invalid.start(keys),
            }
        }))
    })
}

/// Refuses a numeric column of so many digits before the point that results may be longer.
fn numeric_holds(range: Option<(i64, i64)>, digits: u32) -> Result<(), Refusal> {
    let limit = 10u64.checked_pow(digits).unwrap_or(u64::MAX);
    let largest = range.map_or(u64::MAX, |(lo, hi)| lo.unsigned_abs().max(hi.unsigned_abs()));
    if largest < limit || digits >= LONGEST - 1 {
        return Ok(());
    }
    Err(Refusal(format!(
        "results may have more than the column's {digits} digits before the point; {}",
        advice(digits)
    )))
}

fn advice(digits: u32) -> String {
    match 10i64.checked_pow(digits) {
        Some(limit) if digits > 0 => {
            format!("set range = [1, {}] or the values' own range in [domains]", limit - 1)
        }
        _ => "use another operator".into(),
    }
}

/// How a column writes integers.
#[derive(Clone, Copy)]
enum Form {
    /// As a number, perhaps with zeros after the point.
    Number,
    /// As text, in one spelling only.
    Text,
}

struct Interval {
    low: i64,
    high: i64,
    permutation: Permutation,
}

/// Where bands are cut so that results fit unsigned types: that of one byte ends at 255, in the midst of a band.
#[derive(Clone, Copy, Default)]
struct Splits {
    /// For each band the first number of its upper part, and that part's place behind the bands.
    upper: [Option<(i64, usize)>; BANDS.len()],
}

impl Splits {
    /// The cuts for columns of so many bits, none of them signed.
    fn of(bits: &[u8]) -> Self {
        let mut upper = [None; BANDS.len()];
        let firsts = [8, 16, 24, 32].into_iter().filter(|own| bits.contains(own)).map(|own| 1_i64 << own);
        for (number, first) in firsts.enumerate() {
            if let Place::Band(band) = place(first.into()) {
                upper[band] = Some((first, BANDS.len() + number));
            }
        }
        Self { upper }
    }

    /// The bands that are left, lower parts in place of the whole, then the upper parts.
    fn bands(self) -> impl Iterator<Item = (i64, i64)> {
        let cut = move |number: usize| self.upper[number].map(|(first, _)| first);
        let lower = BANDS
            .iter()
            .enumerate()
            .map(move |(number, band)| (band.low, cut(number).map_or(band.high, |first| first - 1)));
        let upper = BANDS
            .iter()
            .enumerate()
            .filter_map(move |(number, band)| cut(number).map(|first| (first, band.high)));
        lower.chain(upper)
    }

    /// The interval of a number of a band.
    #[inline]
    fn interval(self, band: usize, value: i64) -> usize {
        match self.upper[band] {
            Some((first, upper)) if value >= first => upper,
            _ => band,
        }
    }

    fn spec(self) -> String {
        let firsts = self.upper.iter().flatten().map(|(first, _)| first.ilog2().to_string());
        let bits: Vec<String> = firsts.collect();
        if bits.is_empty() { "int:bands".into() } else { format!("int:bands:unsigned:{}", bits.join(",")) }
    }
}

struct Permute {
    intervals: Vec<Interval>,
    splits: Splits,
    banded: bool,
    form: Form,
    rejector: Rejector,
}

impl Permute {
    /// The value of a cell and the interval it is in; no interval for a value that stays.
    #[inline]
    fn read(&self, value: &[u8]) -> Option<(i64, Option<usize>)> {
        if matches!(self.form, Form::Text) && !is_plain(rows::trim_end(value)) {
            return None;
        }
        let value = canonical::integer(value)?;
        if self.banded {
            return match place(value) {
                Place::Band(number) => Some((value as i64, Some(self.splits.interval(number, value as i64)))),
                Place::Fixed => Some((value as i64, None)),
                Place::Outside => None,
            };
        }
        let value = i64::try_from(value).ok()?;
        let Interval { low, high, .. } = self.intervals[0];
        (low..=high).contains(&value).then_some((value, Some(0)))
    }
}

impl Operator for Permute {
    fn mask(
        &self,
        batch: &Batch<'_>,
        out: &mut ColumnBuilder,
        scratch: &mut Scratch,
    ) -> Result<Tally, CellError> {
        let Scratch { rows, numbers, classes, groups, rejected, .. } = scratch.cleared();
        for (row, value) in rows::present_cells(&batch.cells) {
            match self.read(value) {
                Some((value, Some(interval))) => {
                    numbers.push(value.abs_diff(self.intervals[interval].low));
                    classes.push(interval as u32);
                    rows.push(row as u32);
                }
                Some((_, None)) => {}
                None => self.rejector.reject(row, value, rejected)?,
            }
        }
        groups.each(classes, numbers, |class, numbers| {
            self.intervals[class as usize].permutation.apply_u64(numbers);
        });
        Ok(rows::write(&batch.cells, rows, &self.rejector, rejected, out, |index, value, buffer| {
            let low = self.intervals[classes[index] as usize].low;
            let number = low.wrapping_add_unsigned(numbers[index]);
            if number < 0 {
                buffer.push(b'-');
            }
            rows::write_decimal(number.unsigned_abs(), buffer);
            if let Some(point) = value.iter().position(|byte| *byte == b'.') {
                buffer.extend_from_slice(rows::trim_end(&value[point..]));
            }
        }))
    }

    fn sequence_value(&self, value: i64) -> Option<i64> {
        let highest = match place(value.into()) {
            _ if !self.banded => self.intervals[0].high,
            Place::Band(number) => self.intervals[self.splits.interval(number, value)].high,
            _ => top(value),
        };
        (highest > value).then_some(highest)
    }
}

/// Whether text is an integer in the one spelling that a database prints.
#[inline]
fn is_plain(value: &[u8]) -> bool {
    let digits = value.strip_prefix(b"-").unwrap_or(value);
    match digits {
        [b'0'] => value.len() == 1,
        [] | [b'0', ..] => false,
        digits => digits.iter().all(u8::is_ascii_digit),
    }
}

#[cfg(test)]
mod tests {
    use super::super::examples::{demo_key, mask_cells, prepare};
    use super::*;

    const INT4: SqlType = SqlType::Integer { bits: 32 };
    const NUMERIC: SqlType = SqlType::Numeric { precision: None, scale: None };

    fn text(width: Option<u32>) -> SqlType {
        SqlType::Text { width, padded: false, case_insensitive: false }
    }

    fn one(policy: &str, sql_type: &SqlType, cell: &str) -> String {
        mask_cells(&INFO, policy, sql_type, "customer.id", &[Some(cell)]).unwrap()[0].clone().unwrap()
    }

    #[test]
    fn results_fit_the_unsigned_types_of_the_domain() {
        let (parameters, key) = (super::super::examples::Parameters::new(), demo_key());
        let unsigned = SqlType::Unsigned { bits: 16 };
        for (bits, cells) in [(8, [128, 200, 255, 256, 300]), (16, [32_768, 40_000, 65_535, 65_536, 70_000])]
        {
            let list = [bits];
            let request = Request { unsigned: &list, ..Request::new(&parameters, "d", &unsigned) };
            let prepared = super::prepare(&request).ok().unwrap();
            assert_eq!(prepared.spec, format!("int:bands:unsigned:{bits}"));
            let operator = (prepared.start)(Some(&key.domain("d")));
            let end = 1_i64 << bits;
            for cell in cells {
                let text = cell.to_string();
                let spans = [crate::table::Span::raw(0, text.len())];
                let column = crate::table::Column::new(text.as_bytes(), &[], &spans);
                let mut out = ColumnBuilder::default();
                operator.mask(&Batch::new(column), &mut out, &mut Scratch::default()).ok().unwrap();
                let crate::table::Cell::Value(masked) = out.cell(0) else { panic!("{cell} stays") };
                let masked: i64 = std::str::from_utf8(masked).unwrap().parse().unwrap();
                assert_eq!(masked < end, cell < end, "{cell} became {masked}");
            }
            assert_eq!(operator.sequence_value(end - 2), Some(end - 1));
        }
    }

    #[test]
    fn one_value_has_one_result_in_every_type() {
        assert_eq!(one("{}", &INT4, "42"), "51");
        assert_eq!(one("{}", &text(None), "42"), "51");
        assert_eq!(one("{}", &NUMERIC, "42.00"), "51.00");
        assert_eq!(one("{}", &NUMERIC, "-1"), "-59");
    }

    #[test]
    fn zero_and_the_least_integer_stay() {
        let cells = [Some("0"), Some("-9223372036854775808")];
        let masked = mask_cells(&INFO, "{}", &SqlType::Integer { bits: 64 }, "", &cells).unwrap();
        assert_eq!(masked, cells.map(|cell| cell.map(str::to_owned)));
    }

    #[test]
    fn results_keep_the_order_of_rows_across_bands() {
        let cells = ["1", "128", "-1", "42", "32767", "2147483648"].map(Some);
        let masked = mask_cells(&INFO, "{}", &SqlType::Integer { bits: 64 }, "customer.id", &cells).unwrap();
        let expected = ["63", "6828", "-59", "51", "5217", "3066638164428203"];
        assert_eq!(masked, expected.map(|cell| Some(cell.to_owned())));
    }

    #[test]
    fn other_spellings_are_invalid_in_text() {
        for cell in ["042", "+42", " 42", "42.0", "-0", "", "abc", "9223372036854775808"] {
            if !cell.is_empty() {
                assert!(one("{}", &text(None), cell).starts_with('x'), "{cell}");
            }
        }
        assert_eq!(
            one("{}", &SqlType::Text { width: Some(20), padded: true, case_insensitive: false }, "42  "),
            "51"
        );
    }

    #[test]
    fn values_outside_of_the_range_end_the_run() {
        let masked = |cell| mask_cells(&INFO, "{ range = [10, 99] }", &INT4, "", &[Some(cell)]);
        assert!(masked("10").is_ok() && masked("99").is_ok());
        assert!(masked("9").is_err() && masked("100").is_err());
        assert!(mask_cells(&INFO, "{}", &NUMERIC, "", &[Some("NaN")]).is_err());
        assert!(mask_cells(&INFO, "{}", &NUMERIC, "", &[Some("4.5")]).is_err());
    }

    #[test]
    fn columns_too_narrow_for_a_band_are_refused_with_a_range() {
        let refusal =
            |policy: &str, sql_type: &SqlType| prepare(&INFO, policy, sql_type).map(|_| ()).map_err(|r| r.0);
        assert!(refusal("{}", &text(Some(10))).unwrap_err().contains("range = [1, 9999999999]"));
        assert!(refusal("{}", &text(Some(20))).is_ok());
        let numeric = |precision, scale| SqlType::Numeric { precision: Some(precision), scale: Some(scale) };
        assert!(refusal("{}", &numeric(10, 2)).unwrap_err().contains("range = [1, 99999999]"));
        assert!(refusal("{}", &numeric(21, 2)).is_ok());
        assert!(refusal("{ range = [1, 99999999] }", &numeric(10, 2)).is_ok());
        assert!(refusal("{ range = [0, 40000] }", &SqlType::Integer { bits: 16 }).is_err());
        assert!(refusal("{ range = [0, 40000] }", &SqlType::Unsigned { bits: 16 }).is_ok());
        assert!(refusal("{ range = [-1, 40000] }", &SqlType::Unsigned { bits: 16 }).is_err());
        assert!(refusal("{ range = [-32768, 32767] }", &SqlType::Integer { bits: 16 }).is_ok());
    }

    #[test]
    fn a_sequence_moves_to_the_top_of_its_band() {
        let keys = demo_key().domain("customer.id");
        let banded = (prepare(&INFO, "{}", &INT4).unwrap().start)(Some(&keys));
        assert_eq!(
            [5, 127, 128, 0].map(|value| banded.sequence_value(value)),
            [Some(127), None, Some(32_767), None]
        );
        let ranged = (prepare(&INFO, "{ range = [1, 5000] }", &INT4).unwrap().start)(Some(&keys));
        assert_eq!(ranged.sequence_value(7), Some(5000));
    }
}
