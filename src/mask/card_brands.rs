//! Payment card brands: which one a number is of, and `card` with `iin = "test"`.
//!
//! A test number begins with six digits that payment providers publish for their test systems, of the cell's brand. Of
//! those and the digits up to the check digit, one is chosen by [`index`]: purpose `card`, spec `card:brands-1:test`,
//! message the digits, the first six the highest part of the choice. The check digit is right unless it is to be broken.

use std::sync::LazyLock;

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::invalid::Rejector;
use super::{Batch, CellError, Operator, Scratch, Tally, rows};
use crate::base::{Prf, index};
use crate::table::ColumnBuilder;

/// The table is immutable: an entry that changes would change masked values.
const BRANDS: &str = include_str!("../../rules/cards/brands-1.toml");

/// SHA-256 of the table, in hexadecimal digits.
pub(super) fn brands_digest() -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(BRANDS))
}

/// Digits of the longest number, and of an issuer's.
const LONGEST: usize = 19;
const ISSUER: usize = 6;

/// The brands of the table.
pub(super) struct Brands {
    brands: Vec<Brand>,
    /// First and last of six digits, digits of the prefix, and the brand: longer prefixes first.
    ranges: Vec<(u32, u32, usize, usize)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    #[serde(rename = "version")]
    _version: u32,
    #[serde(rename = "origin")]
    _origin: String,
    brand: Vec<Brand>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Brand {
    #[cfg_attr(not(test), expect(dead_code, reason = "tests and readers of the table go by it"))]
    name: String,
    prefixes: Vec<String>,
    lengths: Vec<usize>,
    tests: Vec<String>,
}

impl Brands {
    pub(super) fn get() -> &'static Self {
        static TABLE: LazyLock<Brands> = LazyLock::new(|| {
            let table: Table = toml::from_str(BRANDS).expect("a test reads the table");
            let mut ranges = Vec::new();
            for (brand, own) in table.brand.iter().enumerate() {
                for prefix in &own.prefixes {
                    let (first, last) = prefix.split_once('-').unwrap_or((prefix, prefix));
                    let digits = first.len().min(ISSUER);
                    let scale = 10u32.pow((ISSUER - digits) as u32);
                    let number = |text: &str| text.parse::<u32>().unwrap_or_default();
                    ranges.push((number(first) * scale, (number(last) + 1) * scale - 1, digits, brand));
                }
            }
            ranges.sort_by_key(|(_, _, digits, brand)| (std::cmp::Reverse(*digits), *brand));
            Brands { brands: table.brand, ranges }
        });
        &TABLE
    }

    /// The brand of a number of so many digits that begins with these six.
    #[inline]
    fn of(&self, issuer: u32, length: usize) -> Option<&Brand> {
        self.ranges
            .iter()
            .filter(|(first, last, ..)| (*first..=*last).contains(&issuer))
            .map(|(.., brand)| &self.brands[*brand])
            .find(|brand| brand.lengths.contains(&length))
    }

    /// Whether a cell is a number of some brand. Its check digit was looked at before.
    #[inline]
    pub(super) fn know(&self, cell: &[u8], length: usize) -> bool {
        self.of(issuer(cell), length).is_some()
    }
}

/// The first six digits of a cell.
#[inline]
fn issuer(cell: &[u8]) -> u32 {
    let digits = cell.iter().filter(|byte| byte.is_ascii_digit()).take(ISSUER);
    digits.fold(0, |number, digit| number * 10 + u32::from(digit & 15))
}

/// What reads a cell: how many digits it has, if it is a card number.
pub(super) type Read = fn(&[u8]) -> Option<usize>;

/// The operator.
pub(super) struct TestCard {
    pub(super) prf: Prf,
    /// Added to the Luhn digit.
    pub(super) offset: u8,
    pub(super) read: Read,
    pub(super) rejector: Rejector,
}

/// Bits of the smallest choice: one prefix, and five digits.
pub(super) const FEWEST_BITS: f64 = 16.6;
pub(super) const SPEC: &str = "card:brands-1:test";

impl TestCard {
    /// The digits that a tag chooses for a brand and length.
    #[inline]
    fn digits(&self, brand: &Brand, length: usize, tag: &[u8; 16]) -> [u8; LONGEST] {
        let middle = 10u64.pow((length - ISSUER - 1) as u32);
        let choice = index(tag, brand.tests.len() as u64 * middle);
        let mut digits = [b'0'; LONGEST];
        digits[..ISSUER].copy_from_slice(&brand.tests[(choice / middle) as usize].as_bytes()[..ISSUER]);
        let mut rest = choice % middle;
        for digit in digits[ISSUER..length - 1].iter_mut().rev() {
            *digit = b'0' + (rest % 10) as u8;
            rest /= 10;
        }
        let sum: u32 = (digits[..length - 1].iter().rev().enumerate())
            .map(|(place, digit)| {
                let value = u32::from(digit & 15) << (1 - place % 2);
                if value > 9 { value - 9 } else { value }
            })
            .sum();
        digits[length - 1] = b'0' + ((10 - sum % 10) as u8 + self.offset) % 10;
        digits
    }
}

impl Operator for TestCard {
    fn mask(
        &self,
        batch: &Batch<'_>,
        out: &mut ColumnBuilder,
        scratch: &mut Scratch,
    ) -> Result<Tally, CellError> {
        let Scratch { messages, tags, rows, rejected, .. } = scratch.cleared();
        let brands = Brands::get();
        let mut cards: Vec<(&Brand, usize)> = Vec::new();
        for (row, value) in rows::present_cells(&batch.cells) {
            let value = rows::trim_end(value);
            let read =
                (self.read)(value).and_then(|length| Some((brands.of(issuer(value), length)?, length)));
            match read {
                Some(card) => {
                    messages.push_with(|message| {
                        message.extend(value.iter().filter(|byte| byte.is_ascii_digit()));
                    });
                    cards.push(card);
                    rows.push(row as u32);
                }
                None => self.rejector.reject(row, value, rejected)?,
            }
        }
        self.prf.tags(messages, tags);
        Ok(rows::write(&batch.cells, rows, &self.rejector, rejected, out, |index, value, buffer| {
            let (brand, length) = cards[index];
            let digits = self.digits(brand, length, &tags[index]);
            let start = buffer.len();
            buffer.extend_from_slice(value);
            let places = buffer[start..].iter_mut().filter(|byte| byte.is_ascii_digit());
            for (byte, new) in places.zip(digits) {
                *byte = new;
            }
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::super::card::INFO;
    use super::super::examples::{mask_text, prepare};
    use super::*;
    use crate::mask::Uniqueness;
    use crate::table::SqlType;

    const DIGEST: &str = "0d92fbba0174662f165e01450a2f04a16fd537f28c15be9f107641dfefbc1d97";

    #[test]
    fn the_table_is_the_one_that_was_released() {
        assert_eq!(brands_digest(), DIGEST);
    }

    #[test]
    fn every_test_prefix_is_of_its_own_brand() {
        for brand in &Brands::get().brands {
            assert!(!brand.tests.is_empty() && brand.lengths.is_sorted());
            for test in &brand.tests {
                assert_eq!(test.len(), ISSUER);
                for length in &brand.lengths {
                    let found = Brands::get().of(issuer(test.as_bytes()), *length).map(|found| &found.name);
                    assert_eq!(found, Some(&brand.name), "{test}");
                }
            }
        }
    }

    #[test]
    fn published_numbers_are_of_their_brands() {
        for (number, name) in [
            ("4111111111111111", "visa"),
            ("5555555555554444", "mastercard"),
            ("2223000048410010", "mastercard"),
            ("378282246310005", "amex"),
            ("6011111111111117", "discover"),
            ("30569309025904", "diners"),
            ("3530111333300000", "jcb"),
            ("6200000000000005", "unionpay"),
            ("6304000000000000", "maestro"),
            ("2200000000000004", "mir"),
            ("6362970000457013", "elo"),
            ("9792000000000001", "troy"),
        ] {
            let brand = Brands::get().of(issuer(number.as_bytes()), number.len()).expect(number);
            assert_eq!(brand.name, name, "{number}");
        }
        assert!(Brands::get().of(issuer(b"411111111111111"), 15).is_none());
        assert!(Brands::get().of(700_000, 16).is_none());
    }

    #[test]
    fn test_numbers_keep_brand_length_and_shape_and_have_a_check_digit() {
        for cell in ["4111 1111 1111 1111", "3782-822463-10005", "5555555555554444"] {
            let masked = mask_text(&INFO, "{ iin = 'test' }", cell);
            let shape = |text: &str| text.replace(|c: char| c.is_ascii_digit(), "9");
            assert_eq!(shape(&masked), shape(cell));
            let brand = |text: &str| {
                let length = text.bytes().filter(u8::is_ascii_digit).count();
                Brands::get().of(issuer(text.as_bytes()), length).map(|brand| {
                    (brand.name.clone(), brand.tests.contains(&issuer(text.as_bytes()).to_string()))
                })
            };
            assert_eq!(brand(&masked).map(|(name, _)| name), brand(cell).map(|(name, _)| name));
            assert!(brand(&masked).is_some_and(|(_, is_test)| is_test));
            assert!(!mask_text(&INFO, "{}", &masked).starts_with('x'), "{masked} has a right check digit");
            let broken = mask_text(&INFO, "{ iin = 'test', luhn = 'broken' }", cell);
            assert!(mask_text(&INFO, "{}", &broken).starts_with('x'), "{broken}");
        }
    }

    #[test]
    fn a_number_of_no_brand_is_invalid_where_brands_count() {
        // A right check digit, but nobody's prefix; and fifteen digits of a brand that has none so long.
        for cell in ["7000000000000005", "411111111111116"] {
            assert!(!mask_text(&INFO, "{}", cell).starts_with('x'), "{cell}");
            for policy in ["{ brand = 'known' }", "{ iin = 'test' }"] {
                assert!(mask_text(&INFO, policy, cell).starts_with('x'), "{cell}");
            }
        }
        let known = mask_text(&INFO, "{ brand = 'known' }", "4111111111111111");
        assert_eq!(known, mask_text(&INFO, "{}", "4111111111111111"));
        let prepared = prepare(&INFO, "{ iin = 'test' }", &SqlType::TEXT).unwrap();
        assert!(matches!(prepared.uniqueness, Uniqueness::Bounded { bits } if bits < 17.0));
    }
}
