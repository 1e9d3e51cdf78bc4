//! Decimal numbers as databases write them, exact: what the operators reckon with that blur or round numbers.
//!
//! A number is `unscaled / 10^scale` with at most 34 digits, as many as IEEE 754's decimal128 has; with more it is not
//! read. Numbers in text are read in one spelling only: `007`, `+7`, `1e3` and `-0` may be codes. Floats are decimal
//! text in a dump and stay that here: no arithmetic is binary, so results do not depend on a machine.

use std::cmp::Ordering;

use toml::Value;

use super::{Refusal, Request};
use crate::table::SqlType;

/// Most digits of a number.
pub(super) const DIGITS: i32 = 34;
/// Beyond any number that is read, and small enough that sums of a few stay within 128 bits.
pub(super) const BEYOND: i128 = POWERS[36];

/// `unscaled / 10^scale`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Decimal {
    pub(super) unscaled: i128,
    pub(super) scale: i32,
}

/// What a cell says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    Number(Decimal),
    /// `NaN` or an infinity: no number at all, and nobody's secret.
    Never,
}

/// How a column writes numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// Whole numbers.
    Integer,
    /// With a point.
    Numeric,
    /// With a point or an exponent.
    Float,
    /// As text, in one spelling only.
    Text,
}

impl Form {
    /// How a column of the type writes numbers; none if it holds none.
    pub(super) fn of(sql_type: &SqlType) -> Option<Self> {
        match sql_type.base() {
            SqlType::Integer { .. } | SqlType::Unsigned { .. } => Some(Self::Integer),
            SqlType::Numeric { .. } => Some(Self::Numeric),
            SqlType::Float => Some(Self::Float),
            SqlType::Text { .. } => Some(Self::Text),
            _ => None,
        }
    }
}

/// Reads a cell; `None` for what is no number in that form.
#[inline]
pub(super) fn read(cell: &[u8], form: Form) -> Option<Reading> {
    let cell = cell.trim_ascii_end();
    match form {
        Form::Text => is_plain(cell).then(|| decimal(cell)).flatten().map(Reading::Number),
        _ => match decimal(cell) {
            Some(number) => Some(Reading::Number(number)),
            None => matches!(cell, b"NaN" | b"Infinity" | b"-Infinity").then_some(Reading::Never),
        },
    }
}

/// Whether text is a number in its shortest spelling, zeros after the point aside.
fn is_plain(cell: &[u8]) -> bool {
    let digits = cell.strip_prefix(b"-").unwrap_or(cell);
    let whole = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let fraction = match &digits[whole..] {
        [] => true,
        [b'.', fraction @ ..] => !fraction.is_empty() && fraction.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    let negative_zero = digits.len() < cell.len() && !digits.iter().any(|byte| matches!(byte, b'1'..=b'9'));
    fraction && whole > 0 && (whole == 1 || digits[0] != b'0') && !negative_zero
}

/// `[+-]digits[.digits][e[+-]digits]` of at most [`DIGITS`] significant digits.
fn decimal(cell: &[u8]) -> Option<Decimal> {
    let (negative, rest) = match cell.trim_ascii_start() {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] | rest => (false, rest),
    };
    let (mut head, mut tail, mut digits, mut seen, mut scale) = (0_u64, 0_u64, 0_u32, false, None::<i32>);
    let mut at = 0;
    while let Some(byte) = rest.get(at) {
        match byte {
            b'0'..=b'9' => {
                seen = true;
                let digit = u64::from(byte - b'0');
                if digits > 0 || digit > 0 {
                    digits += 1;
                }
                // Two words of up to seventeen digits each.
                match digits {
                    0..=17 => head = head * 10 + digit,
                    18..=34 => tail = tail * 10 + digit,
                    _ => return None,
                }
                if let Some(scale) = &mut scale {
                    *scale += 1;
                }
            }
            b'.' if scale.is_none() => scale = Some(0),
            b'e' | b'E' => break,
            _ => return None,
        }
        at += 1;
    }
    if !seen {
        return None;
    }
    let unscaled = i128::from(head) * POWERS[digits.saturating_sub(17) as usize] + i128::from(tail);
    let exponent = match rest.get(at + 1..) {
        None => 0,
        Some(exponent) => std::str::from_utf8(exponent).ok()?.parse::<i16>().ok()?,
    };
    let scale = scale.unwrap_or(0) - i32::from(exponent);
    Some(Decimal { unscaled: if negative { -unscaled } else { unscaled }, scale })
}

impl Decimal {
    /// A number of a policy: an integer, a number with a point, or text of one.
    pub(super) fn from_toml(value: &Value) -> Option<Self> {
        let text = match value {
            Value::Integer(number) => number.to_string(),
            Value::Float(number) if number.is_finite() => number.to_string(),
            Value::String(text) => text.clone(),
            _ => return None,
        };
        decimal(text.as_bytes()).map(Self::reduced).filter(|number| number.scale.abs() <= DIGITS)
    }

    /// Whether it is a whole number.
    pub(super) fn is_whole(self) -> bool {
        self.reduced().scale <= 0
    }

    /// It as a whole number, if it is one and not too large.
    pub(super) fn whole(self) -> Option<i128> {
        let Self { unscaled, scale } = self.reduced();
        if scale > 0 { None } else { unscaled.checked_mul(power(-scale)?) }
    }

    /// Without zeros at its end: one form for each value.
    pub(super) fn reduced(self) -> Self {
        let Self { mut unscaled, mut scale } = self;
        if unscaled == 0 {
            return Self { unscaled: 0, scale: 0 };
        }
        if let Ok(mut small) = i64::try_from(unscaled) {
            while small % 10 == 0 {
                small /= 10;
                scale -= 1;
            }
            return Self { unscaled: small.into(), scale };
        }
        while unscaled % 10 == 0 {
            unscaled /= 10;
            scale -= 1;
        }
        Self { unscaled, scale }
    }

    /// It in units of `10^-scale`, for a scale that is no coarser than its own; `None` if that is too long a number.
    #[inline]
    pub(super) fn at(self, scale: i32) -> Option<i128> {
        if self.scale == scale || self.unscaled == 0 {
            return Some(self.unscaled);
        }
        let product = self.unscaled.checked_mul(power(scale.checked_sub(self.scale)?)?)?;
        (product.unsigned_abs() < BEYOND.unsigned_abs()).then_some(product)
    }

    /// Which of two numbers is the greater.
    pub(super) fn compare(self, other: Self) -> Ordering {
        let scale = self.scale.max(other.scale);
        if let (Some(a), Some(b)) = (self.at(scale), other.at(scale)) {
            return a.cmp(&b);
        }
        let signs = self.unscaled.signum().cmp(&other.unscaled.signum());
        if signs.is_ne() || self.unscaled == 0 {
            return signs;
        }
        // One of them is far longer than the other: the place of its first digit decides.
        let place = |it: Self| leading(it.unscaled) - it.scale;
        let magnitudes = place(self).cmp(&place(other));
        if self.unscaled > 0 { magnitudes } else { magnitudes.reverse() }
    }

    /// The greatest multiple of `10^-scale` that is not above it, in those units; limits beyond all numbers.
    pub(super) fn floor_at(self, scale: i32) -> i128 {
        if scale >= self.scale {
            return self.at(scale).unwrap_or(BEYOND * self.unscaled.signum());
        }
        match power(self.scale - scale) {
            Some(divisor) => self.unscaled.div_euclid(divisor),
            None => self.unscaled.signum().min(0),
        }
    }

    /// The smallest multiple of `10^-scale` that is not below it, in those units.
    pub(super) fn ceil_at(self, scale: i32) -> i128 {
        -Self { unscaled: -self.unscaled, scale: self.scale }.floor_at(scale)
    }

    /// Appends its canonical text: digits without zeros at either end, `e`, and the power of ten of the last.
    pub(super) fn canonical(self, out: &mut Vec<u8>) {
        let Self { unscaled, scale } = self.reduced();
        write_integer(unscaled, out);
        out.push(b'e');
        write_integer((-scale).into(), out);
    }

    /// Its canonical text.
    pub(super) fn to_canonical(self) -> String {
        let mut out = Vec::new();
        self.canonical(&mut out);
        String::from_utf8_lossy(&out).into_owned()
    }

    /// Appends it with all digits of its scale, or with an exponent where a float needs one.
    #[inline]
    pub(super) fn write(self, out: &mut Vec<u8>) {
        const ZEROS: i32 = 20;
        let Self { unscaled, scale } = self;
        if scale == 0 || unscaled == 0 && scale < 0 {
            return write_integer(unscaled, out);
        }
        let digits = leading(unscaled);
        if digits - scale >= DIGITS || scale > 2 * ZEROS {
            write_integer(unscaled, out);
            out.push(b'e');
            return write_integer((-scale).into(), out);
        }
        if scale < 0 {
            write_integer(unscaled, out);
            out.extend(std::iter::repeat_n(b'0', scale.unsigned_abs() as usize));
            return;
        }
        if unscaled < 0 {
            out.push(b'-');
        }
        let start = out.len();
        write_integer(unscaled.abs(), out);
        let scale = scale.unsigned_abs() as usize;
        let missing = (scale + 1).saturating_sub(out.len() - start);
        out.splice(start..start, std::iter::repeat_n(b'0', missing));
        out.insert(out.len() - scale, b'.');
    }

    /// It with fewer zeros after the point, down to the scale `least`.
    pub(super) fn trimmed(self, least: i32) -> Self {
        let Self { mut unscaled, mut scale } = self;
        while scale > least && unscaled % 10 == 0 {
            unscaled /= 10;
            scale -= 1;
        }
        Self { unscaled, scale }
    }
}

/// Digits after the first.
#[inline]
pub(super) fn leading(number: i128) -> i32 {
    number.unsigned_abs().checked_ilog10().unwrap_or(0).cast_signed()
}

/// Appends a whole number.
#[inline]
pub(super) fn write_integer(number: i128, out: &mut Vec<u8>) {
    if number < 0 {
        out.push(b'-');
    }
    let magnitude = number.unsigned_abs();
    match u64::try_from(magnitude) {
        Ok(small) => super::rows::write_decimal(small, out),
        Err(_) => out.extend_from_slice(magnitude.to_string().as_bytes()),
    }
}

/// `10^exponent`.
#[inline]
pub(super) fn power(exponent: i32) -> Option<i128> {
    POWERS.get(usize::try_from(exponent).ok()?).copied()
}

const POWERS: [i128; 38] = {
    let mut powers = [1; 38];
    let mut exponent = 1;
    while exponent < 38 {
        powers[exponent] = powers[exponent - 1] * 10;
        exponent += 1;
    }
    powers
};

/// The largest and smallest numbers that a column holds.
#[derive(Clone, Copy, Debug)]
pub(super) enum Limits {
    /// So many bits.
    Bits(u32),
    /// So many bits, and no sign.
    Unsigned(u32),
    /// So many digits before the point.
    Whole(i32),
    /// So many characters.
    Characters(u32),
    /// A float: that of its own size class.
    Float,
    /// All that are read.
    None,
}

impl Limits {
    /// Those of a column.
    pub(super) fn of(sql_type: &SqlType) -> Self {
        match sql_type.base() {
            SqlType::Integer { bits } => Self::Bits((*bits).into()),
            SqlType::Unsigned { bits } => Self::Unsigned((*bits).into()),
            SqlType::Numeric { precision: Some(precision), scale } => {
                Self::Whole((*precision).min(1000).cast_signed() - scale.unwrap_or(0).min(1000).cast_signed())
            }
            SqlType::Text { width: Some(width), .. } => Self::Characters(*width),
            SqlType::Float => Self::Float,
            _ => Self::None,
        }
    }

    /// They in units of `10^-scale`, for results in place of `value`, which is among them.
    #[inline]
    pub(super) fn at(self, value: i128, scale: i32) -> (i128, i128) {
        let all = |most: i128| (-most, most);
        let nines = |digits: i32| all(power(digits.clamp(0, 35)).unwrap_or(BEYOND) - 1);
        let (low, high) = match self {
            Self::Bits(bits) => {
                let most = i128::from(i64::MAX >> 64_u32.saturating_sub(bits).min(63));
                let unit = power(scale.clamp(0, 16)).unwrap_or(1);
                (-(most + 1) * unit, most * unit)
            }
            Self::Unsigned(bits) => {
                let unit = power(scale.clamp(0, 16)).unwrap_or(1);
                (0, i128::from(u64::MAX >> 64_u32.saturating_sub(bits).min(63)) * unit)
            }
            Self::Whole(digits) => nines(digits.saturating_add(scale)),
            Self::Characters(width) => {
                let room = |sign: u32| {
                    let point = u32::from(scale > 0);
                    width.saturating_sub(sign + point).min(35).cast_signed()
                };
                (nines(room(1)).0, nines(room(0)).1)
            }
            Self::Float => all(float_limit(value, scale)),
            Self::None => all(BEYOND / 10),
        };
        (low.min(value), high.max(value))
    }
}

/// The largest number of the float type that the value may be of: about 3.4e38 for those that a `real` holds.
fn float_limit(value: i128, scale: i32) -> i128 {
    let limit =
        |unscaled, exponent: i32| Decimal { unscaled, scale: -exponent }.floor_at(scale).min(BEYOND / 10);
    let real = limit(34, 37);
    if value.abs() <= real { real } else { limit(17, 307) }
}

/// `floor(tag * count / 2^128)`: a number below `count`, all but equally likely.
#[inline]
pub(super) fn wide_index(tag: &[u8; 16], count: u128) -> u128 {
    let tag = u128::from_be_bytes(*tag);
    let (a, b) = (tag >> 64, tag & u128::from(u64::MAX));
    let (c, d) = (count >> 64, count & u128::from(u64::MAX));
    let middle = b * c + ((b * d) >> 64);
    let other = a * d + (middle & u128::from(u64::MAX));
    a * c + (middle >> 64) + (other >> 64)
}

impl Request<'_> {
    /// A list of numbers.
    pub(super) fn numbers(&self, name: &str) -> Result<Option<Vec<Decimal>>, Refusal> {
        let Some(value) = self.parameters.get(name) else { return Ok(None) };
        let numbers = value.as_array().and_then(|list| list.iter().map(Decimal::from_toml).collect());
        match numbers {
            Some(numbers) => Ok(Some(numbers)),
            None => Err(Refusal(format!("{name} must be a list of numbers"))),
        }
    }

    /// A number, whole or not, exact.
    pub(super) fn number(&self, name: &str) -> Result<Option<Decimal>, Refusal> {
        match self.parameters.get(name) {
            None => Ok(None),
            Some(value) => match Decimal::from_toml(value) {
                Some(number) => Ok(Some(number)),
                None => Err(Refusal(format!("{name} must be a number of at most {DIGITS} digits"))),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn number(cell: &str, form: Form) -> Option<(i128, i32)> {
        match read(cell.as_bytes(), form)? {
            Reading::Number(Decimal { unscaled, scale }) => Some((unscaled, scale)),
            Reading::Never => None,
        }
    }

    fn written(unscaled: i128, scale: i32) -> String {
        let mut out = Vec::new();
        Decimal { unscaled, scale }.write(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn numbers_are_read_with_their_scale() {
        for (cell, expected) in [
            ("42", (42, 0)),
            ("-42.50", (-4250, 2)),
            ("0.007", (7, 3)),
            ("1.5e-07", (15, 8)),
            ("1e+30", (1, -30)),
            ("9999999999999999999999999999999999", (9_999_999_999_999_999_999_999_999_999_999_999, 0)),
        ] {
            assert_eq!(number(cell, Form::Float), Some(expected), "{cell}");
        }
        for cell in
            ["", "-", ".", "1.2.3", "1e", "1e99999", "x", "10000000000000000000000000000000000", "0x10"]
        {
            assert_eq!(number(cell, Form::Float), None, "{cell}");
        }
        assert_eq!(read(b"NaN", Form::Numeric), Some(Reading::Never));
        assert_eq!(read(b"-Infinity", Form::Float), Some(Reading::Never));
    }

    #[test]
    fn text_has_one_spelling_only() {
        for cell in ["0", "7", "-7", "0.5", "10.00", "7  "] {
            assert!(number(cell, Form::Text).is_some(), "{cell}");
        }
        for cell in ["007", "+7", "1e3", "-0", "-0.0", " 7", ".5", "5.", "NaN", "1,000", "1 000", "\u{661}"] {
            assert_eq!(number(cell, Form::Text), None, "{cell}");
        }
    }

    #[test]
    fn numbers_are_written_with_their_scale() {
        for ((unscaled, scale), expected) in [
            ((4250, 2), "42.50"),
            ((-7, 3), "-0.007"),
            ((0, 2), "0.00"),
            ((1, -3), "1000"),
            ((1, -300), "1e300"),
            ((-15, 60), "-15e-60"),
            ((0, -4), "0"),
        ] {
            assert_eq!(written(unscaled, scale), expected);
        }
    }

    #[test]
    fn limits_are_those_of_the_type() {
        let at = |sql_type: &SqlType, value, scale| Limits::of(sql_type).at(value, scale);
        assert_eq!(at(&SqlType::Integer { bits: 16 }, 5, 0), (-32_768, 32_767));
        assert_eq!(at(&SqlType::Unsigned { bits: 8 }, 5, 0), (0, 255));
        assert_eq!(at(&SqlType::Unsigned { bits: 64 }, 5, 0), (0, u64::MAX.into()));
        let numeric = SqlType::Numeric { precision: Some(5), scale: Some(2) };
        assert_eq!(at(&numeric, 5, 2), (-99_999, 99_999));
        assert_eq!(
            at(&SqlType::Text { width: Some(3), padded: false, case_insensitive: false }, 5, 0),
            (-99, 999)
        );
        assert_eq!(at(&SqlType::Float, 3, -38), (-3, 3));
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(unscaled in -9_999_999_999_999_999_999_i128..9_999_999_999_999_999_999, scale in -60..60_i32) {
            let read = number(&written(unscaled, scale), Form::Float).unwrap();
            let same = |(unscaled, scale)| Decimal { unscaled, scale }.reduced();
            prop_assert_eq!(same(read), same((unscaled, scale)));
        }

        #[test]
        fn an_index_is_the_high_half_of_the_product(tag: u64, low: u64, count: u64) {
            let whole = u128::from(tag) << 64 | u128::from(low);
            prop_assert!(wide_index(&whole.to_be_bytes(), count.into()) <= u128::from(count));
            let expected = (u128::from(tag) * u128::from(count) + ((u128::from(low) * u128::from(count)) >> 64)) >> 64;
            prop_assert_eq!(wide_index(&whole.to_be_bytes(), count.into()), expected);
        }

        #[test]
        fn floors_and_ceilings_are_at_either_side(unscaled in -1_000_000_i128..1_000_000, scale in 0..6_i32, to in -3..9_i32) {
            let number = Decimal { unscaled, scale };
            let (floor, ceil) = (number.floor_at(to), number.ceil_at(to));
            prop_assert!(floor <= ceil && ceil - floor <= 1);
            let fine = scale.max(to);
            let of = |units| Decimal { unscaled: units, scale: to }.at(fine).unwrap();
            prop_assert!(of(floor) <= number.at(fine).unwrap() && number.at(fine).unwrap() <= of(ceil));
        }

        #[test]
        fn no_bytes_make_it_panic(cell in prop::collection::vec(any::<u8>(), 0..60)) {
            for form in [Form::Float, Form::Text] {
                let _ = read(&cell, form);
            }
        }
    }
}
