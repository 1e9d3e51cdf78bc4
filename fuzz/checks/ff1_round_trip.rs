//! FF1 goes there and back on any bits, one value or many, and the fast form agrees with the general one.

use scrub::base::ff1::Ff1;
use scrub::base::ff1_bits::Ff1Bits;

use super::Bytes;

/// Runs both forms under a key, a width, a radix and a tweak from the input, on the numbers in the rest of it.
pub fn check(data: &[u8]) {
    let mut bytes = Bytes(data);
    let bits = u32::from(bytes.byte());
    let radix = u32::from(u16::from_be_bytes(bytes.take()));
    let key = bytes.take();
    let tweak: [u8; 16] = bytes.take();
    let tweak = &tweak[..usize::from(bytes.byte()) % 17];
    let values = bytes.numbers();
    fast_form(bits, &key, &values);
    general_form(radix, &key, tweak, &values);
}

fn fast_form(bits: u32, key: &[u8; 32], values: &[u128]) {
    let Some(ff1) = Ff1Bits::new(key, bits) else {
        assert!(!(20..=128).contains(&bits));
        return;
    };
    let plain: Vec<u128> = values.iter().map(|value| value >> (128 - bits)).collect();
    let mut sealed = plain.clone();
    ff1.encrypt(&mut sealed);
    assert!(sealed.iter().all(|value| bits == 128 || value >> bits == 0));
    if let (Some(first), Some(general)) = (plain.first(), Ff1::new(key, 2)) {
        let digits = |value: u128| (0..bits).rev().map(|bit| (value >> bit) as u32 & 1).collect::<Vec<_>>();
        assert_eq!(general.encrypt(b"", &digits(*first)), Some(digits(sealed[0])));
    }
    ff1.decrypt(&mut sealed);
    assert_eq!(sealed, plain);
}

fn general_form(radix: u32, key: &[u8; 32], tweak: &[u8], values: &[u128]) {
    let key_length = [16, 24, 32, 33][values.len() % 4];
    let Some(ff1) = key.get(..key_length).and_then(|key| Ff1::new(key, radix)) else {
        assert!(radix < 2 || key_length == 33);
        return;
    };
    let mut digits: Vec<u32> = values.iter().map(|value| (value % u128::from(radix)) as u32).collect();
    if let Some(sealed) = ff1.encrypt(tweak, &digits) {
        assert!(sealed.iter().all(|digit| *digit < radix));
        assert_eq!(ff1.decrypt(tweak, &sealed).as_ref(), Some(&digits));
    }
    if let Some(digit) = digits.first_mut() {
        *digit = radix;
        assert_eq!(ff1.encrypt(tweak, &digits), None);
    }
}
