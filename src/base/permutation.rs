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
