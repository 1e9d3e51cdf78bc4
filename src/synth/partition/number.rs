//! Partitions of numbers between cut points, and boundaries at the ends of the type and at constants of CHECKs.
//!
//! Numbers are compared exactly, as integers in units of the column's scale.

use std::collections::BTreeSet;

use crate::table::SqlType;

use super::Partition;
use super::check::Limits;

/// Digits after the point where the type does not say.
const SCALE: u32 = 6;
/// Digits after the point that are told apart.
const MOST_SCALE: u32 = 12;
/// Cut points, so that a column has at most 16 partitions.
const MOST_CUTS: usize = 6;
/// Constants of CHECKs that have boundaries.
const MOST_CONSTANTS: usize = 8;

/// How numbers are told apart.
#[derive(Clone, Debug)]
pub(super) struct Numbers {
    /// Digits after the point.
    scale: u32,
    /// Ends of the type, in units of the scale.
    range: Option<(i128, i128)>,
    /// Ascending.
    cuts: Vec<i128>,
    /// The partition of each place: below the first cut, at it, between it and the next, ..; 0 where no number lies.
    places: Vec<u8>,
    /// Ascending.
    boundaries: Vec<i128>,
    /// Whether NaN and infinities have a partition, the last.
    special: Option<u8>,
}

/// A number in units of a scale, and whether digits behind it were cut off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Scaled {
    units: i128,
    cut: bool,
}

impl Numbers {
    pub(super) fn new(base: &SqlType, limits: &Limits) -> Self {
        let scale = match base {
            SqlType::Integer { .. } | SqlType::Unsigned { .. } | SqlType::Year => 0,
            SqlType::Numeric { precision: Some(_), scale } => scale.unwrap_or(0).min(MOST_SCALE),
            _ => SCALE,
        };
        let range = match base {
            SqlType::Year => Some((1901, 2155)),
            SqlType::Numeric { precision: Some(precision), scale: Some(scale) }
                if *precision <= 30 && *scale <= MOST_SCALE =>
            {
                let most = 10_i128.pow(*precision) - 1;
                Some((-most, most))
            }
            SqlType::Numeric { precision: Some(precision), scale: None } if *precision <= 30 => {
                let most = 10_i128.pow(*precision) - 1;
                Some((-most, most))
            }
            _ => base.integer_range(),
        };
        let one = 10_i128.pow(scale);
        let constants: BTreeSet<i128> = limits
            .constants
            .iter()
            .filter_map(|constant| parse(constant.as_bytes(), scale))
            .filter(|number| !number.cut && number.units.abs() < i128::MAX / 4)
            .map(|number| number.units)
            .take(MOST_CONSTANTS)
            .collect();
        let mut cuts = BTreeSet::from([0]);
        if scale > 0 {
            cuts.insert(one);
        }
        for constant in &constants {
            if cuts.len() < MOST_CUTS {
                cuts.insert(*constant);
            }
        }
        let mut boundaries: BTreeSet<i128> = BTreeSet::new();
        let exact = !matches!(base, SqlType::Float);
        for constant in constants {
            boundaries.insert(constant);
            if exact {
                boundaries.extend([constant - 1, constant + 1]);
            }
        }
        if let Some((least, most)) = range {
            boundaries.extend([least, least + 1, most - 1, most]);
        }
        let cuts: Vec<i128> = cuts.into_iter().collect();
        let mut numbers = Self {
            scale,
            range,
            places: Vec::new(),
            cuts,
            boundaries: boundaries.into_iter().collect(),
            special: None,
        };
        let mut next = 1;
        for place in 0..=2 * numbers.cuts.len() {
            let (least, most) = numbers.place(place);
            let holds = least <= most && range.is_none_or(|(low, high)| least <= high && most >= low);
            numbers.places.push(if holds { next } else { 0 });
            next += u8::from(holds);
        }
        numbers.special =
            (!matches!(base, SqlType::Numeric { precision: Some(_), .. }) && range.is_none()).then_some(next);
        numbers
    }

    /// The least and the greatest number of a place. Numbers finer than the scale are in the place that they lie in.
    fn place(&self, place: usize) -> (i128, i128) {
        let cut = place / 2;
        if place % 2 == 1 {
            return (self.cuts[cut], self.cuts[cut]);
        }
        let least = cut.checked_sub(1).map_or(i128::MIN / 2, |before| self.cuts[before] + 1);
        let most = self.cuts.get(cut).map_or(i128::MAX / 2, |next| next - 1);
        (least, most)
    }

    fn name(&self, place: usize) -> String {
        let cut = place / 2;
        let written = |cut: usize| self.written(self.cuts[cut]);
        match place {
            _ if place % 2 == 1 => format!("at:{}", written(cut)),
            0 => format!("below:{}", written(0)),
            _ if cut == self.cuts.len() => format!("above:{}", written(cut - 1)),
            _ => format!("between:{}:{}", written(cut - 1), written(cut)),
        }
    }

    /// A number of units as people write it.
    fn written(&self, units: i128) -> String {
        let one = 10_i128.pow(self.scale);
        let (whole, rest) = (units / one, (units % one).unsigned_abs());
        if rest == 0 {
            return whole.to_string();
        }
        let sign = if units < 0 && whole == 0 { "-" } else { "" };
        let fraction = format!("{rest:0width$}", width = self.scale as usize);
        format!("{sign}{whole}.{}", fraction.trim_end_matches('0'))
    }

    fn boundary_name(&self, number: i128) -> String {
        match self.range {
            Some((least, _)) if number == least => "min".into(),
            Some((least, _)) if number == least + 1 => "min+1".into(),
            Some((_, most)) if number == most - 1 => "max-1".into(),
            Some((_, most)) if number == most => "max".into(),
            _ => format!("at:{}", self.written(number)),
        }
    }

    pub(super) fn list(
        &self,
        limits: &Limits,
        partitions: &mut Vec<Partition>,
        boundaries: &mut Vec<Partition>,
    ) {
        let bound = |text: &Option<(String, bool)>| {
            let (text, open) = text.as_ref()?;
            Some((parse(text.as_bytes(), self.scale)?, *open, text.starts_with('-')))
        };
        // What was cut off lies away from zero.
        let low = bound(&limits.low).map_or(i128::MIN, |(Scaled { units, cut }, open, negative)| {
            units + i128::from(if cut { !negative } else { open })
        });
        let high = bound(&limits.high).map_or(i128::MAX, |(Scaled { units, cut }, open, negative)| {
            units - i128::from(if cut { negative } else { open })
        });
        // Where units are the finest that there is, a bound that lies outside proves that there is no such row.
        let outside = |least: i128, most: i128| {
            (most < low || least > high).then(|| "a CHECK does not let it".to_owned())
        };
        for (place, partition) in self.places.iter().enumerate() {
            if *partition > 0 {
                let (least, most) = self.place(place);
                partitions.push(Partition::new(self.name(place)).unless(outside(least, most)));
            }
        }
        if self.special.is_some() {
            let bounded = (limits.high.is_some()).then(|| "a CHECK does not let it".to_owned());
            partitions.push(Partition::new("no finite number").unless(bounded));
        }
        for number in &self.boundaries {
            boundaries.push(Partition::new(self.boundary_name(*number)).unless(outside(*number, *number)));
        }
    }

    #[inline]
    pub(super) fn classify(&self, bytes: &[u8]) -> (u8, u32) {
        let Some(number) = parse(bytes, self.scale) else { return (self.special.unwrap_or(1), 0) };
        let units = number.units;
        let mut place = 2 * self.cuts.partition_point(|cut| *cut < units);
        if self.cuts.get(place / 2) == Some(&units) {
            // Digits that were cut off lie away from zero.
            place += match number.cut {
                false => 1,
                true if bytes.first() == Some(&b'-') => 0,
                true => 2,
            };
        }
        let partition = self.places[place];
        let partition = if partition == 0 { self.nearest(place) } else { partition };
        let boundaries = match self.boundaries.first().zip(self.boundaries.last()) {
            Some((first, last)) if !number.cut && (*first..=*last).contains(&units) => {
                self.boundaries.binary_search(&units).map_or(0, |at| 1 << at)
            }
            _ => 0,
        };
        (partition, boundaries)
    }

    /// Where a number counts that the type cannot hold.
    fn nearest(&self, place: usize) -> u8 {
        let before = self.places[..place].iter().rev().find(|partition| **partition > 0);
        before.or_else(|| self.places[place..].iter().find(|partition| **partition > 0)).copied().unwrap_or(1)
    }
}

/// A decimal number in units of 10^-`scale`; those with exponents go through binary floating point.
#[inline]
fn parse(bytes: &[u8], scale: u32) -> Option<Scaled> {
    let (negative, digits) = match bytes {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, bytes),
    };
    if digits.len() > 28 || digits.is_empty() {
        return parse_slowly(bytes, scale);
    }
    let (mut units, mut after, mut cut, mut point) = (0_i128, 0, false, false);
    for byte in digits {
        match byte {
            b'0'..=b'9' if point && after == scale => cut |= *byte != b'0',
            b'0'..=b'9' => {
                units = units * 10 + i128::from(byte - b'0');
                after += u32::from(point);
            }
            b'.' if !point => point = true,
            _ => return parse_slowly(bytes, scale),
        }
    }
    if after < scale {
        match units.checked_mul(10_i128.pow(scale - after)) {
            Some(scaled) => units = scaled,
            None => return parse_slowly(bytes, scale),
        }
    }
    Some(Scaled { units: if negative { -units } else { units }, cut })
}

#[cold]
fn parse_slowly(bytes: &[u8], scale: u32) -> Option<Scaled> {
    let number: f64 = std::str::from_utf8(bytes).ok()?.trim().parse().ok()?;
    if !number.is_finite() {
        return None;
    }
    let scaled = number * 10_f64.powi(scale as i32);
    // Far beyond all cut points it is all the same how far.
    let units = (scaled as i128).clamp(i128::MIN / 4, i128::MAX / 4);
    Some(Scaled { units, cut: (scaled.trunc() - scaled).abs() > 0.0 || scaled.abs() >= 1e30 })
}
