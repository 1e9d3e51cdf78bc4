//! Integer bands: the ranges within which `permute` maps integers when the policy gives no range.
//!
//! A band keeps a value's magnitude, so that a result fits wherever the input did: in a `smallint`, in a double,
//! below the JSON limit of 2^53. Zero and the least 64-bit integer are bands of one and stay what they are.

use std::fmt;

/// A range of integers of one sign that a permutation maps onto itself. Prints as its spec string, `int:1:127`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Band {
    /// The least.
    pub low: i64,
    /// The greatest.
    pub high: i64,
}

impl fmt::Display for Band {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "int:{}:{}", self.low, self.high)
    }
}

/// Where an integer falls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place {
    /// 0 and -2^63 map to themselves.
    Fixed,
    /// In the band of that number in [`BANDS`].
    Band(usize),
    /// It does not fit in 64 bits.
    Outside,
}

/// The band of an integer.
///
/// ```
/// use scrub::base::integer_bands::{BANDS, Place, place};
/// assert_eq!(place(0), Place::Fixed);
/// let Place::Band(number) = place(200) else { unreachable!() };
/// assert_eq!(BANDS[number].to_string(), "int:128:32767");
/// ```
pub fn place(value: i128) -> Place {
    let Ok(value) = i64::try_from(value) else { return Place::Outside };
    let bits = match value {
        0 | i64::MIN => return Place::Fixed,
        _ => 64 - value.unsigned_abs().leading_zeros(),
    };
    let number = match bits {
        1..=7 => 0,
        8..=15 => 1,
        16..=23 => 2,
        24..=30 => 3,
        31 => 4,
        32..=53 => 5,
        _ => 6,
    };
    Place::Band(if value < 0 { number + POSITIVE } else { number })
}

/// The largest image of any integer up to `value`: what a sequence must reach so that its next value is free.
pub fn top(value: i64) -> i64 {
    match place(value.into()) {
        Place::Band(number) => BANDS[number].high,
        Place::Fixed | Place::Outside => value,
    }
}

const POSITIVE: usize = 7;

/// The bands: seven of positive integers, then their mirror images.
pub const BANDS: [Band; 2 * POSITIVE] = {
    let tops = [0, 127, 32_767, (1 << 23) - 1, (1 << 30) - 1, (1 << 31) - 1, (1 << 53) - 1, i64::MAX];
    let mut bands = [Band { low: 0, high: 0 }; 2 * POSITIVE];
    let mut number = 0;
    while number < POSITIVE {
        let (low, high) = (tops[number] + 1, tops[number + 1]);
        bands[number] = Band { low, high };
        bands[number + POSITIVE] = Band { low: -high, high: -low };
        number += 1;
    }
    bands
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_band_holds_its_ends_and_not_their_neighbours() {
        for (number, band) in BANDS.iter().enumerate() {
            let (low, high) = (i128::from(band.low), i128::from(band.high));
            assert_eq!([place(low), place(high)], [Place::Band(number); 2]);
            assert_ne!(place(low - 1), Place::Band(number));
            assert_ne!(place(high + 1), Place::Band(number));
        }
    }

    #[test]
    fn zero_and_the_least_integer_are_fixed() {
        assert_eq!([place(0), place(i64::MIN.into())], [Place::Fixed; 2]);
        assert_eq!([place(1 << 63), place(i128::from(i64::MIN) - 1)], [Place::Outside; 2]);
    }

    #[test]
    fn the_top_is_the_end_of_the_band() {
        assert_eq!([top(1), top(127), top(128), top(0)], [127, 127, 32_767, 0]);
        assert_eq!([top(-5), top(-127), top(i64::MIN)], [-1, -1, i64::MIN]);
    }
}
