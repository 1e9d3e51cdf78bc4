//! Numbers and the texts that PostgreSQL writes for them, in both directions.
//!
//! What an array holds in binary becomes the very text that a dump has for the same value, so that both get the same
//! pseudonym; what an operator makes of it is read back strictly: a text that the type cannot hold is nothing.

use arrow_buffer::i256;

/// Appends a whole number in decimal.
#[inline]
pub(super) fn write_integer(negative: bool, magnitude: u64, out: &mut Vec<u8>) {
    if negative {
        out.push(b'-');
    }
    let mut digits = [0u8; 20];
    let mut start = digits.len();
    let mut rest = magnitude;
    while rest >= 100 {
        let pair = (rest % 100) as usize * 2;
        rest /= 100;
        start -= 2;
        digits[start..start + 2].copy_from_slice(&PAIRS[pair..pair + 2]);
    }
    if rest >= 10 {
        let pair = rest as usize * 2;
        start -= 2;
        digits[start..start + 2].copy_from_slice(&PAIRS[pair..pair + 2]);
    } else {
        start -= 1;
        digits[start] = b'0' + rest as u8;
    }
    out.extend_from_slice(&digits[start..]);
}

/// A whole number as [`write_integer`] writes it; leading zeros are allowed.
#[inline]
pub(super) fn read_integer(text: &[u8]) -> Option<i128> {
    let (negative, digits) = sign(text);
    if digits.is_empty() || digits.len() > 38 {
        return None;
    }
    let mut value: i128 = 0;
    if digits.len() <= 18 {
        let mut short: i64 = 0;
        for digit in digits {
            short = short * 10 + i64::from(decimal(*digit)?);
        }
        value += i128::from(short);
    } else {
        for digit in digits {
            value = value.checked_mul(10)?.checked_add(i128::from(decimal(*digit)?))?;
        }
    }
    Some(if negative { -value } else { value })
}

/// Appends a decimal number of `scale` digits after the point, given its digits without the point.
pub(super) fn write_decimal(negative: bool, digits: &[u8], scale: i8, out: &mut Vec<u8>) {
    if negative {
        out.push(b'-');
    }
    let places = usize::from(scale.unsigned_abs());
    if scale <= 0 {
        out.extend_from_slice(digits);
        if digits != b"0" {
            out.resize(out.len() + places, b'0');
        }
    } else if digits.len() > places {
        let (whole, fraction) = digits.split_at(digits.len() - places);
        out.extend_from_slice(whole);
        out.push(b'.');
        out.extend_from_slice(fraction);
    } else {
        out.extend_from_slice(b"0.");
        out.resize(out.len() + places - digits.len(), b'0');
        out.extend_from_slice(digits);
    }
}

/// The digits, without the point, of a decimal number of `precision` digits in all and `scale` after the point.
/// Digits beyond the scale must be zeros.
pub(super) fn read_decimal(text: &[u8], precision: u8, scale: i8) -> Option<i256> {
    let (negative, unsigned) = sign(text);
    let (whole, fraction) = match unsigned.iter().position(|byte| *byte == b'.') {
        Some(point) => (&unsigned[..point], &unsigned[point + 1..]),
        None => (unsigned, &[][..]),
    };
    if whole.is_empty() || unsigned.ends_with(b".") || !whole.iter().chain(fraction).all(u8::is_ascii_digit) {
        return None;
    }
    let mut digits = whole.to_vec();
    let places = usize::from(scale.unsigned_abs());
    let cut = if scale >= 0 {
        digits.extend_from_slice(&fraction[..fraction.len().min(places)]);
        digits.resize(whole.len() + places, b'0');
        &fraction[fraction.len().min(places)..]
    } else if digits.len() > places {
        digits.truncate(digits.len() - places);
        if !fraction.iter().all(|digit| *digit == b'0') {
            return None;
        }
        &whole[whole.len() - places..]
    } else {
        digits.truncate(0);
        if !fraction.iter().all(|digit| *digit == b'0') {
            return None;
        }
        whole
    };
    if !cut.iter().all(|digit| *digit == b'0') {
        return None;
    }
    let first = digits.iter().position(|digit| *digit != b'0').unwrap_or(digits.len());
    let significant = &digits[first..];
    if significant.len() > usize::from(precision) || significant.len() > 76 {
        return None;
    }
    let mut value = i256::ZERO;
    for digit in significant {
        value =
            value.checked_mul(i256::from_i128(10))?.checked_add(i256::from_i128(i128::from(digit - b'0')))?;
    }
    Some(if negative { value.wrapping_neg() } else { value })
}

/// Appends a floating-point number, given the shortest text with an exponent that reads back as it (`1.5e2`). As
/// PostgreSQL, it takes an exponent from 10^`large` on and below 10^-4.
pub(super) fn write_float(shortest: &str, large: i32, out: &mut Vec<u8>) {
    match shortest {
        "NaN" => return out.extend_from_slice(b"NaN"),
        "inf" => return out.extend_from_slice(b"Infinity"),
        "-inf" => return out.extend_from_slice(b"-Infinity"),
        _ => {}
    }
    let (negative, text) = match shortest.strip_prefix('-') {
        Some(text) => (true, text),
        None => (false, shortest),
    };
    let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or_default();
    let digits: Vec<u8> = mantissa.bytes().filter(u8::is_ascii_digit).collect();
    if negative {
        out.push(b'-');
    }
    if exponent >= large || exponent < -4 {
        out.push(digits[0]);
        if digits.len() > 1 {
            out.push(b'.');
            out.extend_from_slice(&digits[1..]);
        }
        out.push(b'e');
        out.push(if exponent < 0 { b'-' } else { b'+' });
        if exponent.unsigned_abs() < 10 {
            out.push(b'0');
        }
        write_integer(false, exponent.unsigned_abs().into(), out);
        return;
    }
    let places = digits.len() as i32 - 1 - exponent;
    if places <= 0 {
        out.extend_from_slice(&digits);
        out.resize(out.len() + places.unsigned_abs() as usize, b'0');
    } else {
        let first = digits.iter().position(|digit| *digit != b'0').unwrap_or(digits.len() - 1);
        write_decimal(false, &digits[first..], places as i8, out);
    }
}

/// A floating-point number; one that is too large for the type is none.
pub(super) fn read_float<F: std::str::FromStr>(text: &[u8], is_infinite: impl Fn(&F) -> bool) -> Option<F> {
    let text = std::str::from_utf8(text).ok()?;
    let value: F = text.parse().ok()?;
    let says_so = text.bytes().any(|byte| byte.eq_ignore_ascii_case(&b'i'));
    (says_so || !is_infinite(&value)).then_some(value)
}

fn sign(text: &[u8]) -> (bool, &[u8]) {
    match text {
        [b'-', rest @ ..] => (true, rest),
        _ => (false, text),
    }
}

#[inline]
fn decimal(byte: u8) -> Option<u8> {
    let digit = byte.wrapping_sub(b'0');
    (digit < 10).then_some(digit)
}

/// `00`, `01`, .. `99`.
const PAIRS: [u8; 200] = {
    let mut pairs = [0; 200];
    let mut number = 0;
    while number < 100 {
        pairs[number * 2] = b'0' + (number / 10) as u8;
        pairs[number * 2 + 1] = b'0' + (number % 10) as u8;
        number += 1;
    }
    pairs
};

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn float(value: f64) -> String {
        let mut out = Vec::new();
        write_float(&format!("{value:e}"), 15, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn floats_are_written_as_postgresql_does() {
        let cases = [
            (0.0, "0"),
            (-0.0, "-0"),
            (1.5, "1.5"),
            (100_000.0, "100000"),
            (123_456_789_012_345.0, "123456789012345"),
            (1e15, "1e+15"),
            (1.25e20, "1.25e+20"),
            (0.0001, "0.0001"),
            (0.000_012_5, "1.25e-05"),
            (1e-300, "1e-300"),
            (f64::NAN, "NaN"),
            (f64::NEG_INFINITY, "-Infinity"),
            (0.1, "0.1"),
            (-1234.5678, "-1234.5678"),
        ];
        for (value, text) in cases {
            assert_eq!(float(value), text);
        }
    }

    #[test]
    fn a_float_that_is_too_large_is_none() {
        assert_eq!(read_float::<f32>(b"1e300", |value| value.is_infinite()), None);
        assert_eq!(read_float::<f32>(b"Infinity", |value| value.is_infinite()), Some(f32::INFINITY));
    }

    #[test]
    fn decimals_keep_their_scale() {
        let cases: [(bool, &str, i8, &str); 8] = [
            (false, "12345", 2, "123.45"),
            (true, "5", 2, "-0.05"),
            (false, "0", 2, "0.00"),
            (false, "45", 2, "0.45"),
            (false, "12", 0, "12"),
            (false, "12", -3, "12000"),
            (false, "0", -3, "0"),
            (false, "100", 2, "1.00"),
        ];
        for (negative, digits, scale, text) in cases {
            let mut out = Vec::new();
            write_decimal(negative, digits.as_bytes(), scale, &mut out);
            assert_eq!(out, text.as_bytes());
            let value: i128 = digits.parse().unwrap();
            let value = i256::from_i128(if negative { -value } else { value });
            assert_eq!(read_decimal(&out, 38, scale), Some(value), "{text}");
        }
    }

    #[test]
    fn decimals_that_do_not_fit_are_none() {
        for (text, precision, scale) in [
            ("123.456", 10, 2),
            ("1234", 5, 2),
            ("1250", 5, -2),
            ("12.5", 5, -1),
            ("", 5, 0),
            (".5", 5, 1),
            ("5.", 5, 1),
            ("1e3", 9, 0),
            ("0.1", 5, -2),
        ] {
            assert_eq!(read_decimal(text.as_bytes(), precision, scale), None, "{text}");
        }
        assert_eq!(read_decimal(b"123.4500", 5, 2), Some(i256::from_i128(12_345)));
        assert_eq!(read_decimal(b"1200", 2, -2), Some(i256::from_i128(12)));
    }

    proptest! {
        #[test]
        fn an_integer_reads_back(value in any::<i64>()) {
            let mut out = Vec::new();
            write_integer(value < 0, value.unsigned_abs(), &mut out);
            let text = value.to_string();
            prop_assert_eq!(&out, text.as_bytes());
            prop_assert_eq!(read_integer(&out), Some(i128::from(value)));
        }

        #[test]
        fn a_float_reads_back(bits in any::<u64>(), short in any::<u32>()) {
            let value = f64::from_bits(bits);
            let text = float(value);
            let back = read_float::<f64>(text.as_bytes(), |value| value.is_infinite()).unwrap();
            prop_assert!(back.to_bits() == bits || value.is_nan() && back.is_nan(), "{}", text);
            let value = f32::from_bits(short);
            let mut out = Vec::new();
            write_float(&format!("{value:e}"), 6, &mut out);
            let back = read_float::<f32>(&out, |value| value.is_infinite()).unwrap();
            prop_assert!(back.to_bits() == short || value.is_nan() && back.is_nan());
        }
    }
}
