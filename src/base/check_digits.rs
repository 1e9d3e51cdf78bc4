//! What the check algorithms of many countries share: weighted sums, Luhn, ISO 7064.

/// The number that digits are; `None` if one is none.
#[inline]
pub fn number(digits: &[u8]) -> Option<u64> {
    digits
        .iter()
        .try_fold(0, |number, byte| byte.is_ascii_digit().then(|| number * 10 + u64::from(byte - b'0')))
}

/// Writes a number over all of `digits`, with zeros before it.
#[inline]
pub fn put(digits: &mut [u8], mut number: u64) {
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
    }
}

/// The digit that a number below ten is.
#[inline]
pub fn digit(number: u64) -> u8 {
    b'0' + (number % 10) as u8
}

/// The sum of digits, each times its weight.
#[inline]
pub fn weigh(digits: &[u8], weights: &[u8]) -> u64 {
    digits.iter().zip(weights).map(|(digit, weight)| u64::from(digit & 15) * u64::from(*weight)).sum()
}

/// The check digit behind these digits (ISO/IEC 7812-1, annex B): every second from the last doubled.
#[inline]
pub fn luhn(digits: &[u8]) -> u8 {
    let sum: u64 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            let value = u64::from(digit & 15) << (1 - place % 2);
            if value > 9 { value - 9 } else { value }
        })
        .sum();
    digit((10 - sum % 10) % 10)
}

/// The check digit behind these digits by ISO/IEC 7064 MOD 11,10.
#[inline]
pub fn mod_11_10(digits: &[u8]) -> u8 {
    let rest = digits.iter().fold(10, |rest, digit| {
        let sum = (rest + u64::from(digit & 15)) % 10;
        (if sum == 0 { 10 } else { sum }) * 2 % 11
    });
    digit((11 - rest) % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_numbers_have_their_check_digits() {
        assert_eq!(luhn(b"7992739871"), b'3');
        assert_eq!(mod_11_10(b"0794"), b'5');
        assert_eq!(weigh(b"123", &[3, 2, 1]), 10);
        let mut digits = *b"xxxxx";
        put(&mut digits, 42);
        assert_eq!(&digits, b"00042");
        assert_eq!((number(&digits), number(b"4x")), (Some(42), None));
    }
}
