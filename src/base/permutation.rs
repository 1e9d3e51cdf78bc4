//! [`Permutation`]: a keyed bijection of the numbers 0 to `last` onto themselves, for any `last`.
//!
//! Below a million numbers a shuffled table, from there on FF1 on just enough bits, walked until the result is in
//! range again: the first return of a permutation to a part of its domain is a permutation of that part. Never a
//! different function for the same key: tables come and go with memory, their content does not.

use std::sync::{Arc, OnceLock};

use super::cipher::{Cipher, LANES};
use super::ff1_bits::{Ff1Bits, Word};
use super::small_permutation::{Table, TableId, Tables, inverse, shuffle};

/// A keyed permutation of 0 to [`last`](Self::last), from [`DomainKeys::permutation`](super::DomainKeys::permutation).
///
/// Whoever has the key can run it backwards. Work on many values at once: 64 together cost a tenth of 64 alone.
pub struct Permutation {
    last: u128,
    kind: Kind,
}

enum Kind {
    Identity,
    Small { cipher: Cipher, id: TableId, tables: Arc<Tables>, pinned: [OnceLock<Table>; 2] },
    Large(Ff1Bits),
}

impl Permutation {
    pub(super) fn new(key: &[u8; 32], last: u128, tables: &Arc<Tables>) -> Self {
        let kind = match u32::try_from(last) {
            Ok(0) => Kind::Identity,
            Ok(last) if last < FIRST_LARGE - 1 => {
                let cipher = Cipher::new(key);
                let id = TableId { key: cipher.encrypt(u128::MAX), length: last + 1, inverse: false };
                Kind::Small { cipher, id, tables: Arc::clone(tables), pinned: Default::default() }
            }
            _ => Kind::Large(Ff1Bits::new(key, 128 - last.leading_zeros()).expect("a million takes 20 bits")),
        };
        Self { last, kind }
    }

    /// The largest number of the domain.
    pub fn last(&self) -> u128 {
        self.last
    }

    /// Replaces each number by its image.
    ///
    /// # Panics
    /// If a number is above [`last`](Self::last): the caller's check is missing.
    pub fn apply(&self, values: &mut [u128]) {
        self.map::<false>(values);
    }

    /// Replaces each number by the one whose image it is.
    ///
    /// # Panics
    /// As [`apply`](Self::apply).
    pub fn invert(&self, values: &mut [u128]) {
        self.map::<true>(values);
    }

    /// [`apply`](Self::apply) for domains within `u64`.
    ///
    /// # Panics
    /// If a number is above [`last`](Self::last), or `last` above [`u64::MAX`].
    pub fn apply_u64(&self, values: &mut [u64]) {
        self.map_u64::<false>(values);
    }

    /// [`invert`](Self::invert) for domains within `u64`.
    ///
    /// # Panics
    /// As [`apply_u64`](Self::apply_u64).
    pub fn invert_u64(&self, values: &mut [u64]) {
        self.map_u64::<true>(values);
    }

    fn map<const INVERSE: bool>(&self, values: &mut [u128]) {
        if let (Kind::Large(ff1), Err(_)) = (&self.kind, u64::try_from(self.last)) {
            return walk::<_, INVERSE>(ff1, self.last, values);
        }
        for values in values.chunks_mut(CHUNK) {
            let mut narrow = [0; CHUNK];
            let narrow = &mut narrow[..values.len()];
            for (narrow, value) in narrow.iter_mut().zip(&*values) {
                assert!(*value <= self.last, "{OUT_OF_DOMAIN}");
                *narrow = *value as u64;
            }
            self.map_u64::<INVERSE>(narrow);
            for (value, narrow) in values.iter_mut().zip(narrow) {
                *value = u128::from(*narrow);
            }
        }
    }

    fn map_u64<const INVERSE: bool>(&self, values: &mut [u64]) {
        let last = u64::try_from(self.last).expect("the domain is within u64");
        assert!(values.iter().all(|value| *value <= last), "{OUT_OF_DOMAIN}");
        match &self.kind {
            Kind::Identity => {}
            Kind::Large(ff1) => walk::<_, INVERSE>(ff1, last, values),
            Kind::Small { cipher, id, tables, pinned } => {
                let make = || {
                    let table = shuffle(cipher, id.length);
                    if INVERSE { inverse(&table) } else { table }
                };
                if id.length <= PINNED {
                    look_up(pinned[usize::from(INVERSE)].get_or_init(make), values);
                } else {
                    look_up(tables.table(TableId { inverse: INVERSE, ..*id }).get_or_init(make), values);
                }
            }
        }
    }
}

fn look_up(table: &Table, values: &mut [u64]) {
    for value in values {
        *value = u64::from(table[*value as usize]);
    }
}

/// Encrypts each value until it is in range. A lane whose value has arrived takes the next value, so the lanes are
/// full until the values run out.
fn walk<T: Word, const INVERSE: bool>(ff1: &Ff1Bits, last: T, values: &mut [T]) {
    let mut lanes = [T::default(); LANES];
    let mut owners = [0; LANES];
    let mut active = values.len().min(LANES);
    lanes[..active].copy_from_slice(&values[..active]);
    for (lane, owner) in owners.iter_mut().enumerate() {
        *owner = lane;
    }
    let mut next = active;
    while active > 0 {
        ff1.lanes::<_, INVERSE>(&mut lanes[..active]);
        let mut lane = 0;
        while lane < active {
            if lanes[lane] > last {
                lane += 1;
                continue;
            }
            values[owners[lane]] = lanes[lane];
            if next < values.len() {
                lanes[lane] = values[next];
                owners[lane] = next;
                next += 1;
                lane += 1;
            } else {
                active -= 1;
                lanes[lane] = lanes[active];
                owners[lane] = owners[active];
            }
        }
    }
}

/// The least size of a domain that FF1 is for (SP 800-38G Rev. 1).
const FIRST_LARGE: u32 = 1_000_000;
/// Tables up to this length stay with their permutation: 16 KiB.
const PINNED: u32 = 4096;
const CHUNK: usize = 256;
const OUT_OF_DOMAIN: &str = "a number is outside the permutation's domain";

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::base::integer_bands::BANDS;

    fn permutation(last: u128) -> Permutation {
        let mut key = [3; 32];
        key[..16].copy_from_slice(&last.to_be_bytes());
        Permutation::new(&key, last, &Arc::default())
    }

    /// Maps the whole domain: every number comes out once, and going back gives every number again.
    fn assert_bijection(size: u64) {
        let permutation = permutation(u128::from(size - 1));
        let mut seen = vec![false; size as usize];
        let mut values = [0; 2048];
        for start in (0..size).step_by(values.len()) {
            let values = &mut values[..(size - start).min(2048) as usize];
            for (value, number) in values.iter_mut().zip(start..) {
                *value = number;
            }
            permutation.apply_u64(values);
            for value in &*values {
                assert!(!std::mem::replace(&mut seen[*value as usize], true), "{value} came twice of {size}");
            }
            permutation.invert_u64(values);
            assert!(values.iter().copied().eq(start..start + values.len() as u64), "size {size}");
        }
    }

    #[test]
    fn is_a_bijection_for_every_small_size() {
        (1..=2000).for_each(assert_bijection);
    }

    #[test]
    fn is_a_bijection_around_the_change_of_method() {
        [4095, 4096, 4097, 65_536, 99_991, 999_999, 1_000_000, 1_000_001, 1 << 20, (1 << 20) + 1]
            .into_iter()
            .for_each(assert_bijection);
    }

    #[test]
    fn is_a_bijection_on_every_integer_band_up_to_2_23() {
        BANDS[..3].iter().for_each(|band| assert_bijection(band.high.abs_diff(band.low) + 1));
    }

    #[test]
    fn a_domain_of_one_stays() {
        let mut values = [0, 0];
        permutation(0).apply(&mut values);
        assert_eq!(values, [0, 0]);
    }

    #[test]
    fn the_widest_domain_is_all_of_u128() {
        let permutation = permutation(u128::MAX);
        let mut values = [0, 1, u128::MAX];
        permutation.apply(&mut values);
        assert_ne!(values, [0, 1, u128::MAX]);
        permutation.invert(&mut values);
        assert_eq!(values, [0, 1, u128::MAX]);
    }

    #[test]
    #[should_panic = "outside the permutation's domain"]
    fn a_number_outside_is_never_passed_on() {
        permutation(1 << 40).apply(&mut [1 << 41]);
    }

    #[test]
    fn tables_that_were_dropped_come_back_the_same() {
        let tables = Arc::default();
        let all: Vec<_> = (0..8).map(|key| Permutation::new(&[key; 32], 999_000, &tables)).collect();
        let run = || -> Vec<u64> {
            all.iter()
                .map(|permutation| {
                    let mut value = [12_345];
                    permutation.apply_u64(&mut value);
                    value[0]
                })
                .collect()
        };
        let first = run();
        assert_eq!(run(), first);
        assert!(first.windows(2).any(|pair| pair[0] != pair[1]), "keys matter");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn stays_in_any_domain_and_goes_back(last: u128, shift in 0..128u32, values in prop::collection::vec(any::<u128>(), 0..300)) {
            let last = last >> shift;
            let values: Vec<u128> =
                values.into_iter().map(|value| if last == u128::MAX { value } else { value % (last + 1) }).collect();
            let permutation = permutation(last);
            let mut together = values.clone();
            permutation.apply(&mut together);
            prop_assert!(together.iter().all(|value| *value <= last));
            let mut alone = values.clone();
            for value in &mut alone {
                permutation.apply(std::slice::from_mut(value));
            }
            prop_assert_eq!(&together, &alone);
            if u64::try_from(last).is_ok() {
                let mut narrow: Vec<u64> = values.iter().map(|value| *value as u64).collect();
                permutation.apply_u64(&mut narrow);
                prop_assert!(narrow.iter().map(|value| u128::from(*value)).eq(together.iter().copied()));
            }
            permutation.invert(&mut together);
            prop_assert_eq!(together, values);
        }
    }
}
