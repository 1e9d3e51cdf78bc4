//! Counts of keys in bounded memory.
//!
//! Keys are known by 64-bit hashes. When there are more than fit, only those whose hash ends in enough zero bits are
//! counted on: the same keys whatever the order of rows and the split of the input, each with its exact count. What a
//! sample shows is then true of all keys; what it does not show is unknown. The hash is not keyed and has 64 bits:
//! two keys of 2^24 share one with a probability of 2^-17.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, DefaultHasher, Hasher};

/// Keys that are counted at most. A map of that many takes about 2.5 MiB.
pub(super) const MOST_KEYS: usize = 1 << 17;

/// Counts of distinct keys.
#[derive(Clone, Debug)]
pub(super) struct KeyCounts {
    counts: HashMap<u64, u32, BuildHasherDefault<AsIs>>,
    /// Zero bits that a hash must end in to be counted.
    level: u32,
    most: usize,
}

impl Default for KeyCounts {
    fn default() -> Self {
        Self::new(MOST_KEYS)
    }
}

impl KeyCounts {
    pub(super) fn new(most: usize) -> Self {
        Self { counts: HashMap::default(), level: 0, most }
    }

    #[inline]
    pub(super) fn add(&mut self, hash: u64) {
        self.add_times(hash, 1);
    }

    #[inline]
    fn add_times(&mut self, hash: u64, times: u32) {
        if hash.trailing_zeros() < self.level {
            return;
        }
        let count = self.counts.entry(hash).or_default();
        *count = count.saturating_add(times);
        while self.counts.len() > self.most {
            self.raise(self.level + 1);
        }
    }

    fn raise(&mut self, level: u32) {
        self.level = level;
        self.counts.retain(|hash, _| hash.trailing_zeros() >= level);
    }

    pub(super) fn merge(&mut self, other: Self) {
        if other.level > self.level {
            self.raise(other.level);
        }
        #[expect(clippy::iter_over_hash_type, reason = "the result does not depend on the order")]
        for (hash, times) in other.counts {
            self.add_times(hash, times);
        }
    }

    /// Whether all keys are counted.
    pub(super) fn is_whole(&self) -> bool {
        self.level == 0
    }

    /// How often a key was seen; `None` if it is not among those that are counted.
    fn get(&self, hash: u64) -> Option<u32> {
        (hash.trailing_zeros() >= self.level).then(|| self.counts.get(&hash).copied().unwrap_or(0))
    }

    /// Whether some key of `self` has no, one, two and more than two in `children`.
    pub(super) fn fan_outs(&self, children: &Self) -> [bool; 4] {
        let mut seen = [false; 4];
        #[expect(clippy::iter_over_hash_type, reason = "the result does not depend on the order")]
        for hash in self.counts.keys() {
            if let Some(count) = children.get(*hash) {
                seen[count.min(3) as usize] = true;
            }
        }
        seen
    }

    /// What is counted, in a fixed order.
    #[cfg(test)]
    pub(super) fn sorted(&self) -> (u32, Vec<(u64, u32)>) {
        let mut all: Vec<(u64, u32)> = self.counts.iter().map(|(hash, count)| (*hash, *count)).collect();
        all.sort_unstable();
        (self.level, all)
    }
}

/// The hash of a key: each part with its length. `None` where a part is NULL.
#[inline]
pub(super) fn hash<'a>(parts: impl Iterator<Item = Option<&'a [u8]>>) -> Option<u64> {
    let mut hasher = DefaultHasher::new();
    for part in parts {
        // What pads char(n) is no part of a key.
        let part = part?.trim_ascii_end();
        hasher.write(part);
        hasher.write_u32(part.len() as u32);
    }
    Some(hasher.finish())
}

/// Hashes are spread well enough as they are; the low bits may all be zero, so the high ones choose the bucket.
#[derive(Clone, Copy, Debug, Default)]
struct AsIs(u64);

impl Hasher for AsIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash.rotate_left(32);
    }
}
