//! `card`: payment card numbers change places with those of the same issuer and length; a check digit that no
//! network accepts tells them from real ones.
//!
//! 12 to 19 digits with a valid Luhn digit; spaces and hyphens stay where they are. The first six digits (the
//! issuer's) stay; the digits between them and the check digit are permuted under purpose `perm`, spec
//! `card:iin6:LEN:luhn-broken` or `card:iin6:LEN:luhn-valid` (LEN digits in all). The new check digit is the Luhn
//! digit, plus 5 modulo 10 where it is broken.

use super::invalid::{Invalid, Rejector};
use super::{
    Batch, CellError, Class, DefaultDomain, Example, KeyedBy, Operator, OperatorInfo, Output, Parameter,
    ParameterKind, Prepared, Refusal, Request, Scratch, Tally, Uniqueness, rows, start,
};
use crate::base::Permutation;
use crate::table::{ColumnBuilder, SqlType};

const SHORTEST: usize = 12;
const LONGEST: usize = 19;
/// Digits of the issuer identification number that stay.
const ISSUER: usize = 6;

pub(super) const INFO: OperatorInfo = OperatorInfo {
    name: "card",
    summary: "Permute payment card numbers of one issuer; the check digit comes out wrong on purpose",
    class: Class::Pseudonymize,
    keyed_by: KeyedBy::Value,
    domain: DefaultDomain::Entity("card"),
    entity: "card number",
    parameters: &[Parameter {
        name: "luhn",
        summary: "check digit of the output: broken (default), or valid, which needs live = true",
        kind: ParameterKind::Choice(&["broken", "valid"]),
        required: false,
        of_domain: true,
    }],
    examples: &[
        Example {
            policy: r#"{ op = "card" }"#,
            sql_type: &SqlType::TEXT,
            input: "4111 1111 1111 1111",
            output: Some("4111 1176 7165 7315"),
        },
        Example {
            policy: r#"{ op = "card", luhn = "valid", live = true, reason = "the till's own check" }"#,
            sql_type: &SqlType::TEXT,
            input: "4111111111111111",
            output: Some("4111110541200213"),
        },
    ],
    accepts: SqlType::is_text,
    prepare,
};

fn prepare(request: &Request<'_>) -> Result<Prepared, Refusal> {
    let valid = request.choice("luhn", &["broken", "valid"])? == Some("valid");
    if valid {
        request.needs_live("a card number with a valid check digit")?;
    }
    let luhn = if valid { "luhn-valid" } else { "luhn-broken" };
    let invalid = Invalid::prepare(request, INFO.entity)?;
    Ok(Prepared {
        spec: format!("card:iin6:{luhn}"),
        uniqueness: invalid.weaken(Uniqueness::Proven),
        max_width: None,
        output: Output::Text,
        notes: vec![("issuer-kept", "the first six digits of each card number stay".into())],
        start: start::keyed(move |keys| Card {
            permutations: std::array::from_fn(|class| {
                let length = SHORTEST + class;
                let last = 10u128.pow((length - ISSUER - 1) as u32) - 1;
                keys.permutation("perm", &format!("card:iin6:{length}:{luhn}"), last)
            }),
            offset: if valid { 0 } else { 5 },
            rejector: invalid.start(keys),
        }),
    })
}

struct Card {
    /// By length.
    permutations: [Permutation; LONGEST - SHORTEST + 1],
    /// Added to the Luhn digit.
    offset: u8,
    rejector: Rejector,
}

impl Operator for Card {
    fn mask(
        &self,
        batch: &Batch<'_>,
        out: &mut ColumnBuilder,
        scratch: &mut Scratch,
    ) -> Result<Tally, CellError> {
        let Scratch { rows, numbers, classes, groups, rejected, .. } = scratch;
        rows.clear();
        numbers.clear();
        classes.clear();
        rejected.clear();
        for (row, value) in rows::present_cells(&batch.cells) {
            match parse(rows::trim_end(value)) {
                Some((middle, length)) => {
                    numbers.push(middle);
                    classes.push((length - SHORTEST) as u32);
                    rows.push(row as u32);
                }
                None => self.rejector.reject(row, value, rejected)?,
            }
        }
        groups.each(classes, numbers, |class, middles| self.permutations[class as usize].apply_u64(middles));
        Ok(rows::write(&batch.cells, rows, &self.rejector, rejected, out, |index, value, buffer| {
            write(numbers[index], SHORTEST + classes[index] as usize, self.offset, value, buffer);
        }))
    }
}

/// The digits between issuer and check digit, and how many digits there are in all.
#[inline]
fn parse(value: &[u8]) -> Option<(u64, usize)> {
    let mut digits = [0; LONGEST];
    let mut length = 0;
    for byte in value {
        match byte {
            b'0'..=b'9' if length < LONGEST => {
                digits[length] = byte - b'0';
                length += 1;
            }
            b' ' | b'-' if length > 0 => {}
            _ => return None,
        }
    }
    if length < SHORTEST || !value.last().is_some_and(u8::is_ascii_digit) {
        return None;
    }
    let (body, check) = digits[..length].split_at(length - 1);
    if luhn(body) != check[0] {
        return None;
    }
    Some((body[ISSUER..].iter().fold(0, |middle, digit| middle * 10 + u64::from(*digit)), length))
}

/// The Luhn digit (ISO/IEC 7812-1, annex B) of the digits before it.
#[inline]
fn luhn(body: &[u8]) -> u8 {
    const DOUBLED: [u8; 10] = [0, 2, 4, 6, 8, 1, 3, 5, 7, 9];
    let mut sum = 0;
    for (position, digit) in body.iter().rev().enumerate() {
        sum += if position % 2 == 0 { DOUBLED[*digit as usize] } else { *digit };
    }
    (10 - sum % 10) % 10
}

/// Appends `like` with the digits between issuer and check digit replaced, and a check digit for them.
#[inline]
fn write(mut middle: u64, length: usize, offset: u8, like: &[u8], out: &mut Vec<u8>) {
    let start = out.len();
    out.extend_from_slice(like);
    let mut digits = [0; LONGEST];
    let cell = out[start..].iter().filter(|byte| byte.is_ascii_digit());
    for (digit, byte) in digits[..ISSUER].iter_mut().zip(cell) {
        *digit = byte - b'0';
    }
    for digit in digits[ISSUER..length - 1].iter_mut().rev() {
        *digit = (middle % 10) as u8;
        middle /= 10;
    }
    digits[length - 1] = (luhn(&digits[..length - 1]) + offset) % 10;
    let cell = out[start..].iter_mut().filter(|byte| byte.is_ascii_digit());
    for (digit, byte) in digits.iter().zip(cell) {
        *byte = b'0' + digit;
    }
}

#[cfg(test)]
mod tests {
    use super::super::examples::{mask_text, prepare};
    use super::*;

    fn digits(text: &str) -> Vec<u8> {
        text.bytes().filter(u8::is_ascii_digit).map(|byte| byte - b'0').collect()
    }

    #[test]
    fn issuer_length_and_separators_stay() {
        for cell in ["4111 1111 1111 1111", "3782-822463-10005", "6304000000000000", "5018 0000 0009"] {
            let masked = mask_text(&INFO, "{}", cell);
            assert_eq!(digits(&masked)[..6], digits(cell)[..6]);
            let shape = |text: &str| text.replace(|c: char| c.is_ascii_digit(), "9");
            assert_eq!(shape(&masked), shape(cell));
        }
    }

    #[test]
    fn the_check_digit_is_wrong_unless_asked_for() {
        let valid = |text: &str| {
            let digits = digits(text);
            let (check, body) = digits.split_last().unwrap();
            luhn(body) == *check
        };
        assert!(!valid(&mask_text(&INFO, "{}", "4111111111111111")));
        assert!(valid(&mask_text(&INFO, "{ luhn = 'valid', live = true }", "4111111111111111")));
        assert!(prepare(&INFO, "{ luhn = 'valid' }", &SqlType::TEXT).is_err());
    }

    #[test]
    fn what_is_no_card_number_is_invalid() {
        for cell in [
            "4111111111111112",
            "41111111111",
            "4111 1111 1111 1111 x",
            "-4111111111111111",
            "4111111111111111-",
        ] {
            assert!(mask_text(&INFO, "{}", cell).starts_with('x'), "{cell}");
        }
    }

    #[test]
    fn luhn_digits_of_published_numbers() {
        for number in
            ["79927398713", "4111111111111111", "378282246310005", "5555555555554444", "6011111111111117"]
        {
            let digits = digits(number);
            let (check, body) = digits.split_last().unwrap();
            assert_eq!(luhn(body), *check, "{number}");
        }
    }
}
