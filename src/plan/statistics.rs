//! How many rows a table has and how many different values a column: what the plan's arithmetic needs to know.
//!
//! Only orders of magnitude are kept, and no value: a [`DistinctCounter`] holds hashes while a pass runs and is never
//! stored. A lock keeps row ceilings and [`Distinct`] buckets.

use std::collections::{BTreeMap, HashSet};
use std::hash::{DefaultHasher, Hasher as _};

use crate::table::TableName;

/// Counts of one input.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    /// By table.
    pub tables: BTreeMap<TableName, TableStatistics>,
}

/// Counts of one table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TableStatistics {
    /// Rows.
    pub rows: u64,
    /// Different values by column, up to [`DistinctCounter::LIMIT`]; NULL does not count.
    pub distinct: BTreeMap<String, u32>,
}

/// Counts different values of a column up to a limit; those of parts of a table can be merged.
///
/// ```
/// use scrub::plan::DistinctCounter;
/// let mut counter = DistinctCounter::default();
/// for value in ["a", "b", "a"] {
///     counter.add(value.as_bytes());
/// }
/// assert_eq!(counter.count(), 2);
/// ```
#[derive(Clone, Debug, Default)]
pub struct DistinctCounter {
    hashes: HashSet<u64>,
}

impl DistinctCounter {
    /// Where counting stops: more than a thousand is "more".
    pub const LIMIT: u32 = 1001;

    /// Counts a value.
    #[inline]
    pub fn add(&mut self, value: &[u8]) {
        if !self.is_full() {
            let mut hasher = DefaultHasher::new();
            hasher.write(value);
            self.hashes.insert(hasher.finish());
        }
    }

    /// Counts the values that `other` counted.
    pub fn merge(&mut self, other: &Self) {
        #[expect(clippy::iter_over_hash_type, reason = "a count does not depend on the order")]
        for hash in &other.hashes {
            if self.is_full() {
                return;
            }
            self.hashes.insert(*hash);
        }
    }

    /// Whether further values change nothing.
    pub fn is_full(&self) -> bool {
        self.hashes.len() >= Self::LIMIT as usize
    }

    /// Different values, up to [`DistinctCounter::LIMIT`].
    pub fn count(&self) -> u32 {
        self.hashes.len() as u32
    }
}

/// How many different values a column has, by order of magnitude.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Distinct {
    /// At most so many: 1, 10, 100 or 1,000.
    UpTo(u32),
    /// More than 1,000.
    More,
}

impl Distinct {
    /// The bucket of a count; none for a column without values, of which nothing is known.
    pub fn of(count: u32) -> Option<Self> {
        match count {
            0 => None,
            count => Some(
                [1, 10, 100, 1000].into_iter().find(|bucket| count <= *bucket).map_or(Self::More, Self::UpTo),
            ),
        }
    }
}

/// The power of ten at or above a number of rows, 10^18 at most.
pub fn row_ceiling(rows: u64) -> u64 {
    let mut ceiling: u64 = 1;
    while ceiling < rows && ceiling < 1_000_000_000_000_000_000 {
        ceiling *= 10;
    }
    ceiling
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counter(values: std::ops::Range<u32>) -> DistinctCounter {
        let mut counter = DistinctCounter::default();
        values.for_each(|value| counter.add(&value.to_le_bytes()));
        counter
    }

    #[test]
    fn counting_stops_above_a_thousand() {
        assert_eq!(counter(0..1000).count(), 1000);
        assert_eq!(counter(0..5000).count(), DistinctCounter::LIMIT);
        assert_eq!(Distinct::of(counter(0..5000).count()), Some(Distinct::More));
    }

    #[test]
    fn merged_parts_count_like_the_whole() {
        let mut parts = counter(0..60);
        parts.merge(&counter(40..100));
        assert_eq!(parts.count(), 100);
        parts.merge(&counter(0..2000));
        assert!(parts.is_full());
    }

    #[test]
    fn buckets_are_powers_of_ten() {
        let bucket = |count| Distinct::of(count);
        assert_eq!(bucket(0), None);
        assert_eq!(bucket(1), Some(Distinct::UpTo(1)));
        assert_eq!(bucket(2), Some(Distinct::UpTo(10)));
        assert_eq!(bucket(1000), Some(Distinct::UpTo(1000)));
        assert_eq!(bucket(1001), Some(Distinct::More));
    }

    #[test]
    fn row_ceilings_are_powers_of_ten() {
        assert_eq!([0, 1, 2, 10, 11, 599].map(row_ceiling), [1, 1, 10, 10, 100, 1000]);
        assert_eq!(row_ceiling(u64::MAX), 1_000_000_000_000_000_000);
    }
}
