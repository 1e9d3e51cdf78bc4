//! `SplitMix64`, started anew for every row.
//!
//! Sebastiano Vigna's public-domain generator (Steele, Lea, Flood: "Fast splittable pseudorandom number generators",
//! OOPSLA 2014). Test data needs no more.

/// A stream of numbers.
pub(super) struct Random(u64);

impl Random {
    /// The stream of one row.
    pub(super) fn new(seed: u64, table: u64, row: u64) -> Self {
        let mut random = Self(seed ^ table.rotate_right(8));
        random.0 = random.next() ^ row;
        random.0 = random.next();
        random
    }

    /// A number in `0..limit`, not quite even for limits near 2^64, which nobody uses.
    pub(super) fn below(&mut self, limit: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(limit)) >> 64) as u64
    }

    /// True in so many of a hundred cases.
    pub(super) fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}
