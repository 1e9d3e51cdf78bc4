//! `card`: payment card numbers change places with those of the same issuer and length; a check digit that no
//! network accepts tells them from real ones.
//!
//! 12 to 19 digits with a valid Luhn digit; spaces and hyphens stay where they are. The first six digits (the
//! issuer's) stay; the digits between them and the check digit are permuted under purpose `perm`, spec
//! `card:iin6:LEN:luhn-broken` or `card:iin6:LEN:luhn-valid` (LEN digits in all). The new check digit is the Luhn
//! digit, plus 5 modulo 10 where it is broken. `brand = "known"` makes numbers of no payment network invalid;
//! `iin = "test"` puts out numbers that begin as published test numbers do (see `card_brands`).

use super::card_brands::{self, Brands, TestCard};
use super::invalid::{Invalid, Rejector};
use super::{
    Batch, CellError, Class, DefaultDomain, Example, KeyedBy, Operator, OperatorInfo, Output, Parameter,
    ParameterKind, Prepared, Refusal, Request, Scratch, Tally, Uniqueness, digits, rows, start,
};
use crate::base::Permutation;
use crate::table::{ColumnBuilder, SqlType};

const SHORTEST: usize = 12;
const LONGEST: usize = 19;
/// Digits of the issuer identification number that stay.
const ISSUER: usize = 6;
/// How many numbers so many digits are.
const POWERS: [u64; LONGEST - ISSUER] = {
    let mut powers = [1; LONGEST - ISSUER];
    let mut digits = 1;
    while digits < powers.len() {
        powers[digits] = powers[digits - 1] * 10;
        digits += 1;
    }
    powers
};

pub(super) const INFO: OperatorInfo = OperatorInfo {
    name: "card",
    summary: "Permute payment card numbers of one issuer; the check digit comes out wrong on purpose",
    class: Class::Pseudonymize,
    keyed_by: KeyedBy::Value,
    domain: DefaultDomain::Entity("card"),
    entity: "card number",
    parameters: &[
        Parameter {
            name: "luhn",
            summary: "check digit of the output: broken (default), or valid, which needs live = true; with iin = \"test\" \
                      valid is the default and needs nothing",
            kind: ParameterKind::Choice(&["broken", "valid"]),
            required: false,
            of_domain: true,
        },
        Parameter {
            name: "iin",
            summary: "the first six digits: keep (default), or test: those of the brand's published test numbers, not for \
                      keys",
            kind: ParameterKind::Choice(&["keep", "test"]),
            required: false,
            of_domain: true,
        },
        Parameter {
            name: "brand",
            summary: "any (default), or known: a number of no payment network, or of a length that its network has not, \
                      is invalid",
            kind: ParameterKind::Choice(&["any", "known"]),
            required: false,
            of_domain: true,
        },
    ],
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
        Example {
            policy: r#"{ op = "card", iin = "test" }"#,
            sql_type: &SqlType::TEXT,
            input: "4929 1234 5678 9015",
            output: Some("4000 0587 8716 9291"),
        },
    ],
    accepts: SqlType::is_text,
    prepare,
};

fn prepare(request: &Request<'_>) -> Result<Prepared, Refusal> {
    let luhn = request.choice("luhn", &["broken", "valid"])?;
    let known = request.choice("brand", &["any", "known"])? == Some("known");
    if request.choice("iin", &["keep", "test"])? == Some("test") {
        return prepare_test(request, luhn == Some("broken"));
    }
    let valid = luhn == Some("valid");
    if valid {
        request.needs_live("a card number with a valid check digit")?;
    }
    let luhn = if valid { "luhn-valid" } else { "luhn-broken" };
    let invalid = Invalid::prepare(request, INFO.entity)?;
    Ok(Prepared {
        spec: if known { format!("card:iin6:{luhn} card:brands-1") } else { format!("card:iin6:{luhn}") },
        uniqueness: invalid.weaken(Uniqueness::Proven),
        max_width: None,
        output: Output::Text,
        notes: vec![("issuer-kept", "the first six digits of each card number stay".into())],
        ..Prepared::new(start::keyed(move |keys| Card {
            permutations: std::array::from_fn(|class| {
                let length = SHORTEST + class;
                let last = u128::from(POWERS[length - ISSUER - 1]) - 1;
                keys.permutation("perm", &format!("card:iin6:{length}:{luhn}"), last)
            }),
            offset: if valid { 0 } else { 5 },
            brands: known.then(Brands::get),
            rejector: invalid.start(keys),
        }))
    })
}

fn prepare_test(request: &Request<'_>, broken: bool) -> Result<Prepared, Refusal> {
    let invalid = Invalid::prepare(request, INFO.entity)?;
    Ok(Prepared {
        spec: card_brands::SPEC.into(),
        uniqueness: invalid.weaken(Uniqueness::Bounded { bits: card_brands::FEWEST_BITS }),
        output: Output::Text,
        notes: vec![("brand-kept", "the brand of each card number stays".into())],
        ..Prepared::new(start::keyed(move |keys| TestCard {
            prf: keys.prf("card", card_brands::SPEC),
            offset: if broken { 5 } else { 0 },
            read: |cell| parse(cell).map(|(_, length)| length),
            rejector: invalid.start(keys),
        }))
    })
}

struct Card {
    /// By length.
    permutations: [Permutation; LONGEST - SHORTEST + 1],
    /// Added to the Luhn digit.
    offset: u8,
    /// Where numbers of no brand are invalid.
    brands: Option<&'static Brands>,
    rejector: Rejector,
}

impl Operator for Card {
    fn mask(
        &self,
        batch: &Batch<'_>,
        out: &mut ColumnBuilder,
        scratch: &mut Scratch,
    ) -> Result<Tally, CellError> {
        let Scratch { rows, numbers, classes, groups, rejected, .. } = scratch.cleared();
        for (row, value) in rows::present_cells(&batch.cells) {
            let known = |length| self.brands.is_none_or(|brands| brands.know(value, length));
            match parse(rows::trim_end(value)) {
                Some((middle, length)) if known(length) => {
                    numbers.push(middle);
                    classes.push((length - SHORTEST) as u32);
                    rows.push(row as u32);
                }
                _ => self.rejector.reject(row, value, rejected)?,
            }
        }
        groups.each(classes, numbers, |class, middles| self.permutations[class as usize].apply_u64(middles));
        Ok(rows::write(&batch.cells, rows, &self.rejector, rejected, out, |index, value, buffer| {
            let length = SHORTEST + classes[index] as usize;
            let (card, padding) = value.split_at(rows::trim_end(value).len());
            write(numbers[index], length, self.offset, card, buffer);
            buffer.extend_from_slice(padding);
        }))
    }
}

/// The digits between issuer and check digit, and how many digits there are in all.
#[inline]
fn parse(value: &[u8]) -> Option<(u64, usize)> {
    let (text, length) = digits_of(value)?;
    if luhn(&text) != 0 {
        return None;
    }
    Some((digits::number(&text) / 10 % POWERS[length - ISSUER - 1], length))
}

/// The digits of a cell at the end of an array of zeros, and how many there are.
#[inline]
fn digits_of(value: &[u8]) -> Option<([u8; digits::MOST], usize)> {
    if let Some(text) = digits::padded(value)
        && value.len() <= LONGEST
    {
        return (value.len() >= SHORTEST).then_some((text, value.len()));
    }
    let mut text = [b'0'; digits::MOST];
    if !value.first()?.is_ascii_digit() || !value.last()?.is_ascii_digit() {
        return None;
    }
    let mut length = 0;
    for byte in value.iter().rev() {
        match byte {
            b'0'..=b'9' if length < LONGEST => {
                length += 1;
                text[digits::MOST - length] = *byte;
            }
            b' ' | b'-' => {}
            _ => return None,
        }
    }
    (length >= SHORTEST).then_some((text, length))
}

/// The Luhn sum (ISO/IEC 7812-1, annex B) modulo 10, every second digit from the last but one doubled: 0 if the last
/// is the right check digit.
#[inline]
fn luhn(text: &[u8; digits::MOST]) -> u8 {
    const LOW: u64 = 0x000f_000f_000f_000f;
    const EACH: u64 = 0x0001_0001_0001_0001;
    // Pairs of digits side by side in a word: the first of each is doubled, and its own digits added.
    let sums = |word: [u8; 8]| {
        let word = u64::from_le_bytes(word);
        let double = (word & LOW) * 2;
        let carries = (double + 6 * EACH) >> 4 & EACH;
        double - carries * 9 + (word >> 8 & LOW)
    };
    let (words, _) = text[4..].as_chunks::<8>();
    let head = [text[0], text[1], text[2], text[3], 0, 0, 0, 0];
    let sum = words.iter().fold(sums(head), |sum, word| sum + sums(*word));
    ((sum.wrapping_mul(EACH) >> 48) % 10) as u8
}

/// Appends `like` with the digits between issuer and check digit replaced, and a check digit for them.
#[inline]
fn write(middle: u64, length: usize, offset: u8, like: &[u8], out: &mut Vec<u8>) {
    let start = digits::MOST - length;
    // The middle and a check digit of 0, then the issuer before them.
    let mut text = digits::of(middle * 10, length - ISSUER);
    if like.len() == length {
        text[start..start + ISSUER].copy_from_slice(&like[..ISSUER]);
    } else {
        let Some((old, _)) = digits_of(like) else { return };
        text[start..start + ISSUER].copy_from_slice(&old[start..start + ISSUER]);
    }
    text[digits::MOST - 1] = b'0' + (10 - luhn(&text) + offset) % 10;
    if like.len() == length {
        return digits::append(&text, length, out);
    }
    let cell = out.len();
    out.extend_from_slice(like);
    digits::replace(&mut out[cell..], &text, length);
}

#[cfg(test)]
mod tests {
    use super::super::examples::{mask_text, prepare};
    use super::*;

    fn digits(text: &str) -> String {
        text.chars().filter(char::is_ascii_digit).collect()
    }

    fn is_valid(text: &str) -> bool {
        parse(text.as_bytes()).is_some()
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
    fn padding_stays_behind_the_number() {
        let padded = mask_text(&INFO, "{}", "4111 1111 1111 1111  ");
        assert_eq!(padded, mask_text(&INFO, "{}", "4111 1111 1111 1111") + "  ");
    }

    #[test]
    fn the_check_digit_is_wrong_unless_asked_for() {
        assert!(!is_valid(&mask_text(&INFO, "{}", "4111111111111111")));
        assert!(is_valid(&mask_text(&INFO, "{ luhn = 'valid', live = true }", "4111111111111111")));
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
            "00000000000000000000",
        ] {
            assert!(mask_text(&INFO, "{}", cell).starts_with('x'), "{cell}");
        }
    }

    #[test]
    fn published_numbers_are_valid() {
        for number in
            ["4111111111111111", "378282246310005", "5555555555554444", "6011111111111117", "30569309025904"]
        {
            assert!(is_valid(number), "{number}");
        }
    }
}
