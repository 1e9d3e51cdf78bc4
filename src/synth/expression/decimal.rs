//! Exact decimal numbers of up to 38 digits, as CHECKs compare and add them.
//!
//! An operation that needs more digits gives none: the evaluator then says that it does not know.

use std::cmp::Ordering;
use std::fmt;

/// `digits` x 10^-`scale`.
#[derive(Clone, Copy, Debug)]
pub(in crate::synth) struct Decimal {
    digits: i128,
    scale: u32,
}

impl Decimal {
    /// A number of these digits, the last `scale` of them behind the point.
    pub(in crate::synth) fn new(digits: i128, scale: u32) -> Self {
        Self { digits, scale }
    }

    /// Reads `12`, `-1.50`, `.5`, `1e3`; none for anything else and for numbers that are too long.
    pub(in crate::synth) fn parse(text: &str) -> Option<Self> {
        let (negative, rest) = match text.as_bytes().first()? {
            b'-' => (true, &text[1..]),
            b'+' => (false, &text[1..]),
            _ => (false, text),
        };
        let (mantissa, exponent) = match rest.find(['e', 'E']) {
            Some(at) => (&rest[..at], rest[at + 1..].parse::<i32>().ok()?),
            None => (rest, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        if whole.is_empty() && fraction.is_empty() {
            return None;
        }
        let mut digits = 0_i128;
        for byte in whole.bytes().chain(fraction.bytes()) {
            let digit = i128::from(byte.is_ascii_digit().then(|| byte - b'0')?);
            digits = digits.checked_mul(10)?.checked_add(digit)?;
        }
        let digits = if negative { -digits } else { digits };
        let scale = i32::try_from(fraction.len()).ok()?.checked_sub(exponent)?;
        if scale < 0 {
            let digits = digits.checked_mul(10_i128.checked_pow(scale.unsigned_abs())?)?;
            return Some(Self { digits, scale: 0 });
        }
        (scale <= 60).then_some(Self { digits, scale: scale.unsigned_abs() })
    }

    /// Digits behind the point.
    pub(in crate::synth) fn scale(self) -> u32 {
        self.scale
    }

    /// The same number with exactly `scale` digits behind the point, rounded half away from zero.
    pub(in crate::synth) fn rescale(self, scale: u32) -> Option<Self> {
        if scale >= self.scale {
            let digits = self.digits.checked_mul(10_i128.checked_pow(scale - self.scale)?)?;
            return Some(Self { digits, scale });
        }
        let unit = 10_i128.checked_pow(self.scale - scale)?;
        let (quotient, rest) = (self.digits / unit, self.digits % unit);
        let up = if rest.abs().checked_mul(2)? >= unit { self.digits.signum() } else { 0 };
        Some(Self { digits: quotient + up, scale })
    }

    /// The whole number below or at this one.
    pub(in crate::synth) fn floor(self) -> Option<i128> {
        Some(self.digits.div_euclid(10_i128.checked_pow(self.scale)?))
    }

    /// The whole number, with what is behind the point cut off.
    pub(in crate::synth) fn truncate(self) -> Option<i128> {
        Some(self.digits / 10_i128.checked_pow(self.scale)?)
    }

    /// Whether nothing is behind the point.
    pub(in crate::synth) fn is_whole(self) -> bool {
        10_i128.checked_pow(self.scale).is_some_and(|unit| self.digits % unit == 0)
    }

    fn aligned(self, other: Self) -> Option<(i128, i128, u32)> {
        let scale = self.scale.max(other.scale);
        Some((self.rescale(scale)?.digits, other.rescale(scale)?.digits, scale))
    }

    /// The order of two numbers.
    pub(in crate::synth) fn compare(self, other: Self) -> Option<Ordering> {
        if let Some((a, b, _)) = self.aligned(other) {
            return Some(a.cmp(&b));
        }
        // So far apart in size that one does not fit beside the other: signs and sizes decide.
        let (a, b) = (self.to_f64(), other.to_f64());
        a.partial_cmp(&b).filter(|order| order.is_ne())
    }

    /// The sum.
    pub(in crate::synth) fn add(self, other: Self) -> Option<Self> {
        let (a, b, scale) = self.aligned(other)?;
        Some(Self { digits: a.checked_add(b)?, scale })
    }

    /// The negative.
    #[must_use]
    pub(in crate::synth) fn negate(self) -> Self {
        Self { digits: self.digits.checked_neg().unwrap_or(i128::MAX), ..self }
    }

    /// The product.
    pub(in crate::synth) fn multiply(self, other: Self) -> Option<Self> {
        let scale = self.scale.checked_add(other.scale).filter(|scale| *scale <= 60)?;
        Some(Self { digits: self.digits.checked_mul(other.digits)?, scale })
    }

    /// The quotient to `scale` digits behind the point, rounded; none for a division by 0.
    pub(in crate::synth) fn divide(self, other: Self, scale: u32) -> Option<Self> {
        if other.digits == 0 {
            return None;
        }
        let power = scale.checked_add(1)?.checked_add(other.scale)?;
        let (mut numerator, mut denominator) = (self.digits, other.digits);
        if power >= self.scale {
            numerator = numerator.checked_mul(10_i128.checked_pow(power - self.scale)?)?;
        } else {
            denominator = denominator.checked_mul(10_i128.checked_pow(self.scale - power)?)?;
        }
        Self { digits: numerator / denominator, scale: scale + 1 }.rescale(scale)
    }

    /// The rest of a division that cuts off, with the sign of the first number.
    pub(in crate::synth) fn remainder(self, other: Self) -> Option<Self> {
        let (a, b, scale) = self.aligned(other)?;
        Some(Self { digits: a.checked_rem(b)?, scale })
    }

    /// Whether it is 0.
    pub(in crate::synth) fn is_zero(self) -> bool {
        self.digits == 0
    }

    /// The sign: -1, 0 or 1.
    pub(in crate::synth) fn sign(self) -> i128 {
        self.digits.signum()
    }

    /// The nearest number of that form.
    pub(in crate::synth) fn to_f64(self) -> f64 {
        self.to_string().parse().unwrap_or(f64::NAN)
    }
}

impl From<i128> for Decimal {
    fn from(digits: i128) -> Self {
        Self { digits, scale: 0 }
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.scale == 0 {
            return write!(f, "{}", self.digits);
        }
        let width = self.scale as usize + 1;
        let text = format!("{:0width$}", self.digits.unsigned_abs());
        let (whole, fraction) = text.split_at(text.len() - self.scale as usize);
        write!(f, "{}{whole}.{fraction}", if self.digits < 0 { "-" } else { "" })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn number(text: &str) -> Decimal {
        Decimal::parse(text).unwrap()
    }

    #[test]
    fn texts_are_read_and_written() {
        for text in ["0", "-1", "1.50", "-0.05", "123456789012345678901234567890.12"] {
            assert_eq!(number(text).to_string(), text);
        }
        assert_eq!(number("1e3").to_string(), "1000");
        assert_eq!(number(".5").to_string(), "0.5");
        for text in ["", "-", ".", "1,5", "0x10", "1e", "e5", "1e999999999999"] {
            assert!(Decimal::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn quotients_round_half_away_from_zero() {
        assert_eq!(number("1").divide(number("3"), 4).unwrap().to_string(), "0.3333");
        assert_eq!(number("-2").divide(number("3"), 2).unwrap().to_string(), "-0.67");
        assert!(number("1").divide(number("0.00"), 4).is_none());
        assert_eq!(number("2.345").rescale(2).unwrap().to_string(), "2.35");
    }

    proptest! {
        #[test]
        fn arithmetic_is_that_of_whole_numbers(a in -1_000_000_i64..1_000_000, b in -1_000_000_i64..1_000_000, s in 0..6_u32, t in 0..6_u32) {
            let (x, y) = (Decimal::new(a.into(), s), Decimal::new(b.into(), t));
            let unit = 10_i128.pow(12);
            let scaled = |d: Decimal| d.digits * unit / 10_i128.pow(d.scale);
            prop_assert_eq!(scaled(x.add(y).unwrap()), scaled(x) + scaled(y));
            prop_assert_eq!(x.compare(y), Some(scaled(x).cmp(&scaled(y))));
            prop_assert_eq!(scaled(x.multiply(y).unwrap()) , scaled(x) * scaled(y) / unit);
        }
    }
}
