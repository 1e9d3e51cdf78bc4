//! A permutation stays in its domain, goes back, keeps different numbers different, and maps a number alike alone,
//! in company and in either width.

use std::collections::BTreeSet;

use scrub::base::Key;

use super::Bytes;

/// Permutes the numbers of the input under a key and a domain size that come first in it.
pub fn check(data: &[u8]) {
    let mut bytes = Bytes(data);
    let Ok(key) = Key::from_bytes(bytes.take()) else { return };
    let mut last = bytes.number() >> (bytes.byte() % 128);
    // A large table takes milliseconds to shuffle; one in sixteen is enough.
    if (20_000..999_999).contains(&last) && last % 16 != 0 {
        last %= 20_000;
    }
    let values = bytes.numbers();
    let permutation = key.project("fuzz/dev").domain("fuzz").permutation("perm", "fuzz", last);
    let plain: Vec<u128> =
        values.iter().map(|value| last.checked_add(1).map_or(*value, |size| value % size)).collect();
    let mut mapped = plain.clone();
    permutation.apply(&mut mapped);
    assert!(mapped.iter().all(|value| *value <= last));
    let different = |values: &[u128]| values.iter().collect::<BTreeSet<_>>().len();
    assert_eq!(different(&plain), different(&mapped));
    if let (Some(first), Some(image)) = (plain.first(), mapped.first()) {
        let mut alone = [*first];
        permutation.apply(&mut alone);
        assert_eq!(alone, [*image]);
    }
    if u64::try_from(last).is_ok() {
        let mut narrow: Vec<u64> = plain.iter().map(|value| *value as u64).collect();
        permutation.apply_u64(&mut narrow);
        assert!(narrow.iter().map(|value| u128::from(*value)).eq(mapped.iter().copied()));
        permutation.invert_u64(&mut narrow);
        assert!(narrow.iter().map(|value| u128::from(*value)).eq(plain.iter().copied()));
    }
    permutation.invert(&mut mapped);
    assert_eq!(mapped, plain);
}
