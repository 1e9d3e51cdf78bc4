//! `iban`: account numbers change places with those of the same country and shape; check digits are made anew.
//!
//! The class of an IBAN is its country and which positions of the account part are digits and which letters, written
//! as runs: `iban:DE:n18`, `iban:GB:a4n14`. Each class is permuted under purpose `perm` and that spec: positions are
//! digits of a number in mixed radix, 10 or 26, the first position the highest. Where a class has more than 2^128
//! members, only the longest end of it that has no more is permuted, and the positions before it stay. National check
//! digits within the account part are not made anew. `structure = "registry"` and `national_check = "valid"` are the
//! business of `iban_registry`.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{Arc, PoisonError, RwLock};

use super::iban_registry::RegistryIban;
use super::invalid::{Invalid, Rejector};
use super::{
    Batch, CellError, Class, DefaultDomain, Equality, Example, KeyedBy, Operator, OperatorInfo, Output,
    Parameter, ParameterKind, Prepared, Refusal, Request, Scratch, Tally, Uniqueness, digits, rows, start,
};
use crate::base::{DomainKeys, Permutation};
use crate::table::{ColumnBuilder, SqlType};

const SHORTEST: usize = 15;
const LONGEST: usize = 34;
/// Characters before the account part: country and check digits.
const HEAD: usize = 4;
/// Classes that are kept from batch to batch.
const REMEMBERED: usize = 1024;

pub(super) const INFO: OperatorInfo = OperatorInfo {
    name: "iban",
    summary: "Permute IBANs of one country and shape; check digits are made anew",
    class: Class::Pseudonymize,
    keyed_by: KeyedBy::Value,
    domain: DefaultDomain::Entity("iban"),
    entity: "IBAN",
    parameters: &[
        Parameter {
            name: "check",
            summary: "check digits of the output: valid (default), or broken, so that no bank takes it",
            kind: ParameterKind::Choice(&["valid", "broken"]),
            required: false,
            of_domain: true,
        },
        Parameter {
            name: "structure",
            summary: "letters and digits of the account part: as the cell has them (cell, default), or as the country has \
                      them (registry), and other cells are invalid",
            kind: ParameterKind::Choice(&["cell", "registry"]),
            required: false,
            of_domain: true,
        },
        Parameter {
            name: "national_check",
            summary: "check digits within the account part: as_is (default), or valid, with structure = \"registry\": made \
                      anew where the country has such",
            kind: ParameterKind::Choice(&["as_is", "valid"]),
            required: false,
            of_domain: true,
        },
    ],
    examples: &[
        Example {
            policy: r#"{ op = "iban" }"#,
            sql_type: &SqlType::TEXT,
            input: "DE89 3704 0044 0532 0130 00",
            output: Some("DE61 8748 6245 8241 3343 54"),
        },
        Example {
            policy: r#"{ op = "iban", check = "broken" }"#,
            sql_type: &SqlType::TEXT,
            input: "GB82WEST12345698765432",
            output: Some("GB30EUCG83544034111189"),
        },
        Example {
            policy: r#"{ op = "iban", national_check = "valid" }"#,
            sql_type: &SqlType::TEXT,
            input: "FR14 2004 1010 0505 0001 3M02 606",
            output: Some("FR86 3480 3634 587J 3XEW N0EI G87"),
        },
    ],
    accepts: SqlType::is_text,
    prepare,
};

fn prepare(request: &Request<'_>) -> Result<Prepared, Refusal> {
    let broken = request.choice("check", &["valid", "broken"])? == Some("broken");
    let national = request.choice("national_check", &["as_is", "valid"])? == Some("valid");
    let registry = match request.choice("structure", &["cell", "registry"])? {
        Some("cell") if national => {
            return Err(Refusal("national_check = \"valid\" needs structure = \"registry\"".into()));
        }
        structure => national || structure == Some("registry"),
    };
    let invalid = Invalid::prepare(request, INFO.entity)?;
    let lower_case = request.equality != Equality::Exact;
    let mut notes = vec![("country-kept", "the country of each IBAN stays".to_owned())];
    if !broken {
        notes.push((
            "live-values",
            "an IBAN that comes out may be somebody's; check = \"broken\" makes sure that it is nobody's"
                .to_owned(),
        ));
    }
    if registry {
        return Ok(Prepared {
            spec: if national { "iban:registry-1:national" } else { "iban:registry-1" }.into(),
            uniqueness: invalid.weaken(Uniqueness::Proven),
            output: Output::Text,
            notes,
            ..Prepared::new(start::keyed(move |keys| {
                RegistryIban::new(keys, national, broken, lower_case, invalid.start(keys))
            }))
        });
    }
    Ok(Prepared {
        spec: "iban".into(),
        uniqueness: invalid.weaken(Uniqueness::Proven),
        max_width: None,
        output: Output::Text,
        notes,
        ..Prepared::new(start::keyed(move |keys| Ibans {
            keys: keys.clone(),
            remembered: RwLock::default(),
            broken,
            lower_case,
            rejector: invalid.start(keys),
        }))
    })
}

struct Ibans {
    keys: DomainKeys,
    remembered: RwLock<HashMap<Shape, Arc<Members>>>,
    broken: bool,
    lower_case: bool,
    rejector: Rejector,
}

/// What the members of a class have in common.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Shape {
    country: [u8; 2],
    /// Characters of the account part.
    length: u8,
    /// Its letters, the first position the highest bit of `length`.
    letters: u32,
}

/// The permutation of a class.
struct Members {
    permutation: Permutation,
    /// Positions of the account part, from its end, that are permuted.
    permuted: usize,
}

impl Shape {
    fn radix(self, from_end: usize) -> u128 {
        if self.letters >> from_end & 1 == 1 { 26 } else { 10 }
    }

    fn spec(self) -> String {
        let mut spec = String::from("iban:");
        spec.extend(self.country.map(char::from));
        spec.push(':');
        let mut from_end = usize::from(self.length);
        while from_end > 0 {
            let radix = self.radix(from_end - 1);
            let run = (0..from_end).rev().take_while(|position| self.radix(*position) == radix).count();
            // Writing to a string does not fail.
            let _ = write!(spec, "{}{run}", if radix == 26 { 'a' } else { 'n' });
            from_end -= run;
        }
        spec
    }

    fn members(self, keys: &DomainKeys) -> Members {
        let mut count = 1u128;
        let mut permuted = 0;
        while permuted < usize::from(self.length) {
            let Some(more) = count.checked_mul(self.radix(permuted)) else { break };
            count = more;
            permuted += 1;
        }
        Members { permutation: keys.permutation("perm", &self.spec(), count - 1), permuted }
    }
}

impl Ibans {
    /// The class of a shape, from memory if it is there.
    fn members(&self, shape: Shape) -> Arc<Members> {
        if let Some(members) = self.remembered.read().unwrap_or_else(PoisonError::into_inner).get(&shape) {
            return Arc::clone(members);
        }
        let members = Arc::new(shape.members(&self.keys));
        let mut remembered = self.remembered.write().unwrap_or_else(PoisonError::into_inner);
        if remembered.len() < REMEMBERED {
            remembered.insert(shape, Arc::clone(&members));
        }
        members
    }
}

/// An IBAN in capitals without spaces.
struct Compact {
    text: [u8; LONGEST],
    length: usize,
    /// Positions of letters, the last position the lowest bit.
    letters: u64,
    /// The account part in two halves, if it has digits only and was read already.
    number: Option<[u64; 2]>,
}

impl Compact {
    /// Reads an IBAN whose check digits are right.
    #[inline]
    fn parse(value: &[u8], lower_case: bool) -> Option<Self> {
        let mut compact = Self { text: [0; LONGEST], length: 0, letters: 0, number: None };
        if !value.first()?.is_ascii_alphabetic() {
            return None;
        }
        for byte in value {
            let byte = match byte {
                b' ' => continue,
                b'A'..=b'Z' | b'0'..=b'9' => *byte,
                b'a'..=b'z' if lower_case => byte.to_ascii_uppercase(),
                _ => return None,
            };
            compact.push(byte)?;
        }
        let (head, account) = compact.text[..compact.length].split_first_chunk::<HEAD>()?;
        let [a, b, tens, units] = *head;
        let formed = a.is_ascii_alphabetic()
            && b.is_ascii_alphabetic()
            && tens.is_ascii_digit()
            && units.is_ascii_digit();
        if !formed || compact.length < SHORTEST {
            return None;
        }
        let check = u64::from(tens - b'0') * 10 + u64::from(units - b'0');
        compact.number = compact.has_digits_only().then(|| halves(account));
        ((2..=98).contains(&check) && compact.check_digits() == check).then_some(compact)
    }

    #[inline]
    fn push(&mut self, byte: u8) -> Option<()> {
        *self.text.get_mut(self.length)? = byte;
        self.length += 1;
        self.letters = self.letters << 1 | u64::from(byte.is_ascii_uppercase());
        Some(())
    }

    #[inline]
    fn account(&self) -> &[u8] {
        &self.text[HEAD..self.length]
    }

    /// Whether there are no letters in the account part. It is permuted whole then: it has fewer than 39 digits.
    #[inline]
    fn has_digits_only(&self) -> bool {
        self.shape().letters == 0
    }

    /// The check digits, 2 to 98, that country and account part have (ISO 13616, ISO/IEC 7064 MOD 97-10).
    #[inline]
    fn check_digits(&self) -> u64 {
        let account = match self.number {
            Some([high, low]) => (high % 97 * (HALF % 97) + low % 97) % 97,
            None => self.account().iter().fold(0, |rest, byte| append(rest, *byte)),
        };
        check_digits(account, [self.text[0], self.text[1]])
    }

    #[inline]
    fn shape(&self) -> Shape {
        let letters = self.letters as u32 & ((1 << (self.length - HEAD)) - 1);
        Shape { country: [self.text[0], self.text[1]], length: (self.length - HEAD) as u8, letters }
    }

    /// The number that the last `permuted` positions of the account part are.
    #[inline]
    fn rank(&self, permuted: usize) -> u128 {
        // Up to eleven positions at a time stay within 64 bits.
        let account = self.account();
        if let Some([high, low]) = self.number {
            return u128::from(high) * u128::from(HALF) + u128::from(low);
        }
        // Up to eleven positions at a time stay within 64 bits.
        account[account.len() - permuted..].chunks(11).fold(0, |rank, chunk| {
            let (low, scale) = chunk.iter().fold((0u64, 1u64), |(low, scale), byte| {
                let (digit, radix) = digit(*byte);
                (low * radix + digit, scale * radix)
            });
            rank * u128::from(scale) + u128::from(low)
        })
    }

    /// The inverse of [`rank`](Self::rank) in place, then new check digits.
    #[inline]
    fn replace(&mut self, mut rank: u128, permuted: usize, broken: bool) {
        let (start, end) = (self.length - permuted, self.length);
        if self.has_digits_only() {
            let (high, low) = match u64::try_from(rank) {
                Ok(rank) => (rank / HALF, rank % HALF),
                Err(_) => ((rank / u128::from(HALF)) as u64, (rank % u128::from(HALF)) as u64),
            };
            self.number = Some([high, low]);
            let low_digits = permuted.min(HALF_DIGITS);
            let high_digits = permuted - low_digits;
            self.text[end - low_digits..end]
                .copy_from_slice(&digits::of(low, low_digits)[digits::MOST - low_digits..]);
            self.text[start..start + high_digits]
                .copy_from_slice(&digits::of(high, high_digits)[digits::MOST - high_digits..]);
        } else {
            // In 128 bits only as long as it must be.
            let mut positions = self.text[start..end].iter_mut().rev();
            while u64::try_from(rank).is_err() {
                let Some(byte) = positions.next() else { break };
                let (first, radix) = radix_of(*byte);
                *byte = first + (rank % u128::from(radix)) as u8;
                rank /= u128::from(radix);
            }
            let mut rank = rank as u64;
            for byte in positions {
                let (first, radix) = radix_of(*byte);
                *byte = first + (rank % radix) as u8;
                rank /= radix;
            }
        }
        let check = written_check(self.check_digits(), broken);
        self.text[2] = b'0' + (check / 10) as u8;
        self.text[3] = b'0' + (check % 10) as u8;
    }
}

/// The check digits of a country and an account part that is `account` modulo 97.
#[inline]
fn check_digits(account: u64, country: [u8; 2]) -> u64 {
    let rest = country.into_iter().fold(account, append);
    98 - rest % 97 * 100 % 97
}

/// The number that a number and one more character are, perhaps less a multiple of 97.
#[inline]
fn append(rest: u64, byte: u8) -> u64 {
    let (digit, radix) = digit(byte);
    let rest = if radix == 10 { rest * 10 + digit } else { rest * 100 + digit + 10 };
    if rest < 10_000_000_000_000_000 { rest } else { rest % 97 }
}

/// An IBAN as most are written: capitals and digits without spaces, and no letters in an account part of up to 19. It is
/// permuted whole, as one number.
#[derive(Clone, Copy)]
struct Plain {
    country: [u8; 2],
    /// Digits of the account part.
    length: usize,
    account: u64,
    check: u64,
}

impl Plain {
    /// Reads an IBAN whose check digits are right.
    #[inline]
    fn parse(value: &[u8]) -> Option<Self> {
        let plain = Self::like(value)?;
        ((2..=98).contains(&plain.check) && check_digits(plain.account % 97, plain.country) == plain.check)
            .then_some(plain)
    }

    /// What looks like such an IBAN.
    #[inline]
    fn like(value: &[u8]) -> Option<Self> {
        let (country, digits) = value.split_first_chunk::<2>()?;
        let (_, account) = digits.split_first_chunk::<2>()?;
        if value.len() < SHORTEST
            || account.len() > HALF_DIGITS
            || !country.iter().all(u8::is_ascii_uppercase)
        {
            return None;
        }
        // The check digits are read on their own: with them, the number might not fit.
        let [tens, units] = [digits[0], digits[1]].map(|digit| digit.wrapping_sub(b'0'));
        if tens > 9 || units > 9 {
            return None;
        }
        Some(Self {
            country: *country,
            length: account.len(),
            account: digits::number(&digits::padded(account)?),
            check: u64::from(tens * 10 + units),
        })
    }

    /// Appends the IBAN of this country and length with another account.
    #[inline]
    fn write(self, account: u64, broken: bool, out: &mut Vec<u8>) {
        let check = written_check(check_digits(account % 97, self.country), broken);
        let [a, b] = self.country;
        out.extend_from_slice(&[a, b, b'0' + (check / 10) as u8, b'0' + (check % 10) as u8]);
        digits::push(account, self.length, out);
    }
}

/// The check digits that are written: other ones, if they are to be wrong.
#[inline]
fn written_check(check: u64, broken: bool) -> u64 {
    if broken { (check - 2 + 48) % 97 + 2 } else { check }
}

/// An IBAN that was read.
enum Iban {
    Plain(Plain),
    Compact(Compact),
}

impl Iban {
    #[inline]
    fn shape(&self) -> Shape {
        match self {
            Self::Plain(plain) => Shape { country: plain.country, length: plain.length as u8, letters: 0 },
            Self::Compact(compact) => compact.shape(),
        }
    }

    #[inline]
    fn rank(&self, permuted: usize) -> u128 {
        match self {
            Self::Plain(plain) => plain.account.into(),
            Self::Compact(compact) => compact.rank(permuted),
        }
    }
}

/// Digits of the lower half of a long number.
const HALF_DIGITS: usize = 19;
const HALF: u64 = 10_000_000_000_000_000_000;

/// The number that digits are: what is above the last 19, and those.
#[inline]
fn halves(account: &[u8]) -> [u64; 2] {
    let (high, low) = account.split_at(account.len().saturating_sub(HALF_DIGITS));
    [high, low].map(|part| {
        let mut text = [b'0'; digits::MOST];
        text[digits::MOST - part.len()..].copy_from_slice(part);
        digits::number(&text)
    })
}

/// The first character of a character's kind, and how many there are.
#[inline]
fn radix_of(byte: u8) -> (u8, u64) {
    if byte.is_ascii_digit() { (b'0', 10) } else { (b'A', 26) }
}

/// A character's value in its own radix.
#[inline]
fn digit(byte: u8) -> (u64, u64) {
    let (first, radix) = radix_of(byte);
    (u64::from(byte - first), radix)
}

impl Operator for Ibans {
    fn mask(
        &self,
        batch: &Batch<'_>,
        out: &mut ColumnBuilder,
        scratch: &mut Scratch,
    ) -> Result<Tally, CellError> {
        let Scratch { rows, wide, classes, groups, rejected, .. } = scratch.cleared();
        // The classes of this batch in order of appearance.
        let mut numbers: HashMap<Shape, u32> = HashMap::new();
        let mut members: Vec<Arc<Members>> = Vec::new();
        let mut last = None;
        for (row, value) in rows::present_cells(&batch.cells) {
            let iban = match Plain::parse(value) {
                Some(plain) => Iban::Plain(plain),
                None => match Compact::parse(rows::trim_end(value), self.lower_case) {
                    Some(compact) => Iban::Compact(compact),
                    None => {
                        self.rejector.reject(row, value, rejected)?;
                        continue;
                    }
                },
            };
            let shape = iban.shape();
            let class = match last {
                Some((last, class)) if last == shape => class,
                _ => *numbers.entry(shape).or_insert_with(|| {
                    members.push(self.members(shape));
                    members.len() as u32 - 1
                }),
            };
            last = Some((shape, class));
            wide.push(iban.rank(members[class as usize].permuted));
            classes.push(class);
            rows.push(row as u32);
        }
        groups.each_wide(classes, wide, |class, ranks| members[class as usize].permutation.apply(ranks));
        Ok(rows::write(&batch.cells, rows, &self.rejector, rejected, out, |index, value, buffer| {
            let permuted = members[classes[index] as usize].permuted;
            let rank = wide[index];
            match (Plain::like(value), u64::try_from(rank)) {
                (Some(plain), Ok(account)) => plain.write(account, self.broken, buffer),
                _ => write(rank, permuted, self.broken, value, buffer),
            }
        }))
    }
}

/// Appends `like` with the permuted end of its account part and its check digits replaced.
#[inline]
fn write(rank: u128, permuted: usize, broken: bool, like: &[u8], out: &mut Vec<u8>) {
    let mut compact = Compact { text: [0; LONGEST], length: 0, letters: 0, number: None };
    for byte in like.iter().filter(|byte| **byte != b' ') {
        if compact.push(byte.to_ascii_uppercase()).is_none() {
            return;
        }
    }
    compact.replace(rank, permuted, broken);
    let start = out.len();
    out.extend_from_slice(like);
    let cell = out[start..].iter_mut().filter(|byte| **byte != b' ');
    for (byte, new) in cell.zip(&compact.text) {
        *byte = *new;
    }
}

#[cfg(test)]
#[path = "iban_tests.rs"]
mod tests;
