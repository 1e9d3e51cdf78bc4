//! `mac`: hardware addresses change places with each other; the output is a locally administered one.
//!
//! Colons, hyphens, points or nothing between the digits, and letter case, stay. The bit of multicast stays. By default
//! the bit of local administration is set, so that no output is a device's, and the other 46 bits are permuted (purpose
//! `perm`, spec `mac48:46`, the first bits first). With `range = "full"` that bit stays as well: one to one.
//! `oui = "keep"` keeps the first three bytes and permutes the rest (spec `mac48:24`). Addresses of eight bytes have
//! specs `mac64:62` and `mac64:40`; one with ff:fe in its middle is six bytes spread out, and goes as those.

use super::invalid::{Invalid, Rejector};
use super::{
    Batch, CellError, Class, DefaultDomain, Example, KeyedBy, Operator, OperatorInfo, Output, Parameter,
    ParameterKind, Prepared, Refusal, Request, Scratch, Tally, Uniqueness, rows, start,
};
use crate::base::Permutation;
use crate::table::{ColumnBuilder, SqlType};

pub(super) const INFO: OperatorInfo = OperatorInfo {
    name: "mac",
    summary: "Permute hardware addresses; what comes out is locally administered",
    class: Class::Pseudonymize,
    keyed_by: KeyedBy::Value,
    domain: DefaultDomain::Entity("mac"),
    entity: "hardware address",
    parameters: &[
        Parameter {
            name: "range",
            summary: "local: no device's address; full: any address, unique. Default: full where the column must stay \
                      unique, else local",
            kind: ParameterKind::Choice(RANGES),
            required: false,
            of_domain: true,
        },
        Parameter {
            name: "oui",
            summary: "the first three bytes (the vendor): mask (default), or keep, and permute the others",
            kind: ParameterKind::Choice(OUIS),
            required: false,
            of_domain: true,
        },
    ],
    examples: &[
        Example {
            policy: r#"{ op = "mac" }"#,
            sql_type: &SqlType::MacAddr,
            input: "08:00:2b:01:02:03",
            output: Some("6e:21:42:e1:e3:98"),
        },
        Example {
            policy: r#"{ op = "mac", oui = "keep" }"#,
            sql_type: &SqlType::TEXT,
            input: "0800.2B01.0203",
            output: Some("0800.2B4B.2197"),
        },
    ],
    accepts: |sql_type| matches!(sql_type.base(), SqlType::MacAddr | SqlType::Text { .. }),
    prepare,
};

const RANGES: &[&str] = &["local", "full"];
const OUIS: &[&str] = &["mask", "keep"];

fn prepare(request: &Request<'_>) -> Result<Prepared, Refusal> {
    let keep_vendor = request.choice("oui", OUIS)? == Some("keep");
    let full = request.choice("range", RANGES)?.map_or(request.unique, |range| range == "full");
    let invalid = Invalid::prepare(request, INFO.entity)?;
    let mut notes = Vec::new();
    if full || keep_vendor {
        notes.push(("live-values", "an address that comes out may be some device's".to_owned()));
    }
    if keep_vendor {
        notes.push(("vendor-kept", "the first three bytes of each address, the vendor's, stay".to_owned()));
    }
    let uniqueness =
        if full || keep_vendor { Uniqueness::Proven } else { Uniqueness::Bounded { bits: 46.0 } };
    let fixed = if keep_vendor { 24 } else { 2 };
    Ok(Prepared {
        spec: format!("mac48:{}", 48 - fixed),
        uniqueness: invalid.weaken(uniqueness),
        max_width: None,
        output: if request.sql_type.is_text() { Output::Text } else { Output::Any },
        notes,
        ..Prepared::new(start::keyed(move |keys| {
            let permutation = |bits: u32| {
                let free = bits - fixed;
                keys.permutation("perm", &format!("mac{bits}:{free}"), (1 << free) - 1)
            };
            Mac {
                permutations: [permutation(48), permutation(64)],
                keep_vendor,
                local: !full && !keep_vendor,
                rejector: invalid.start(keys),
            }
        }))
    })
}

struct Mac {
    /// Of six bytes and of eight.
    permutations: [Permutation; 2],
    keep_vendor: bool,
    local: bool,
    rejector: Rejector,
}

/// Classes: six bytes, eight bytes.
const SHORT: u32 = 0;
const LONG: u32 = 1;
/// What the middle of eight bytes is that were six.
const SPREAD: u64 = 0xff_fe00_0000;
const MIDDLE: u64 = 0xff_ff00_0000;
/// Bits of the first byte: multicast, and local administration above it.
const LOCAL: u64 = 0b10;

impl Mac {
    /// The part of an address that is permuted. `bits` is 48 or 64.
    #[inline]
    fn rank(&self, address: u64, bits: u32) -> u64 {
        if self.keep_vendor {
            return address & ((1 << (bits - 24)) - 1);
        }
        let below = bits - 8;
        address >> (below + 2) << below | address & ((1 << below) - 1)
    }

    /// The address that has this part, the other bits being those of `old`.
    #[inline]
    fn unrank(&self, rank: u64, old: u64, bits: u32) -> u64 {
        if self.keep_vendor {
            let low = (1 << (bits - 24)) - 1;
            return old & !low | rank;
        }
        let below = bits - 8;
        let mut flags = old >> below & 0b11;
        if self.local {
            flags |= LOCAL;
        }
        rank >> below << (below + 2) | flags << below | rank & ((1 << below) - 1)
    }
}

impl Operator for Mac {
    fn mask(
        &self,
        batch: &Batch<'_>,
        out: &mut ColumnBuilder,
        scratch: &mut Scratch,
    ) -> Result<Tally, CellError> {
        let Scratch { rows, numbers, classes, groups, rejected, .. } = scratch.cleared();
        for (row, value) in rows::present_cells(&batch.cells) {
            match parse(rows::trim_end(value)) {
                Some((address, class)) => {
                    numbers.push(self.rank(address, 48 + 16 * class));
                    classes.push(class);
                    rows.push(row as u32);
                }
                None => self.rejector.reject(row, value, rejected)?,
            }
        }
        groups.each(classes, numbers, |class, numbers| {
            self.permutations[class as usize].apply_u64(numbers);
            // What looks like six bytes spread out is an output of those: on to the next that does not.
            if class == LONG {
                for number in numbers {
                    while self.unrank(*number, 0, 64) & MIDDLE == SPREAD {
                        self.permutations[LONG as usize].apply_u64(std::slice::from_mut(number));
                    }
                }
            }
        });
        Ok(rows::write(&batch.cells, rows, &self.rejector, rejected, out, |index, value, buffer| {
            let Some((old, class)) = parse(rows::trim_end(value)) else { return };
            let address = self.unrank(numbers[index], old, 48 + 16 * class);
            write(address, class, value, buffer);
        }))
    }
}

/// Values of hexadecimal digits; 16 and more for other bytes.
const VALUES: [u8; 256] = {
    let mut values = [16; 256];
    let mut digit = 0;
    while digit < 16 {
        values[b"0123456789abcdef"[digit] as usize] = digit as u8;
        values[b"0123456789ABCDEF"[digit] as usize] = digit as u8;
        digit += 1;
    }
    values
};

/// An address of six bytes, or of eight: its bits and its class. Groups of two digits, of four, of six, or one.
#[inline]
fn parse(cell: &[u8]) -> Option<(u64, u32)> {
    let (mut address, mut digits) = (0u64, 0usize);
    // The bit 0x20 of all letters: set, clear, both.
    let mut cases = 0u8;
    let mut separator = None;
    // Digits between separators, all of one number.
    let (mut group, mut size) = (0, None);
    for byte in cell {
        let value = VALUES[usize::from(*byte)];
        if value < 16 {
            address = address.wrapping_shl(4) | u64::from(value);
            digits += 1;
            group += 1;
            if value > 9 {
                cases |= 1 << (byte >> 5 & 1);
            }
            continue;
        }
        if !matches!(byte, b':' | b'-' | b'.') || *separator.get_or_insert(*byte) != *byte {
            return None;
        }
        if *size.get_or_insert(group) != group {
            return None;
        }
        group = 0;
    }
    if size.is_some_and(|size| size != group || !matches!(size, 2 | 4 | 6)) || cases == 0b11 {
        return None;
    }
    match digits {
        12 => Some((address, SHORT)),
        16 if address & MIDDLE == SPREAD => Some((address >> 40 << 24 | address & 0xff_ffff, SHORT)),
        16 => Some((address, LONG)),
        _ => None,
    }
}

/// Appends `like` with its digits replaced by those of an address.
#[inline]
fn write(address: u64, class: u32, like: &[u8], out: &mut Vec<u8>) {
    let digits = like.iter().filter(|byte| VALUES[usize::from(**byte)] < 16).count();
    let address = if class == SHORT && digits == 16 {
        address >> 24 << 40 | SPREAD | address & 0xff_ffff
    } else {
        address
    };
    let alphabet =
        if like.iter().any(u8::is_ascii_uppercase) { b"0123456789ABCDEF" } else { b"0123456789abcdef" };
    let start = out.len();
    out.extend_from_slice(like);
    let mut shift = 4 * digits;
    for byte in &mut out[start..] {
        if VALUES[usize::from(*byte)] < 16 {
            shift -= 4;
            *byte = alphabet[(address >> shift & 15) as usize];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::examples::{mask_cells, mask_text, prepare};
    use super::*;

    fn plain(text: &str) -> String {
        text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase()
    }

    #[test]
    fn every_spelling_of_an_address_has_one_result() {
        let expected = plain(&mask_text(&INFO, "{}", "08:00:2b:01:02:03"));
        for cell in ["08-00-2B-01-02-03", "0800.2b01.0203", "08002b:010203", "08002B010203", "08002b-010203"]
        {
            let masked = mask_text(&INFO, "{}", cell);
            assert_eq!(plain(&masked), expected);
            let shape = |text: &str| text.replace(|c: char| c.is_ascii_hexdigit(), "h");
            assert_eq!(shape(&masked), shape(cell));
            assert_eq!(masked.contains(|c: char| c.is_ascii_lowercase()), cell.contains('b'));
        }
    }

    #[test]
    fn results_are_locally_administered_and_multicast_stays() {
        for first in 0..=255u8 {
            let cell = format!("{first:02x}:11:22:33:44:55");
            let masked = u8::from_str_radix(&mask_text(&INFO, "{}", &cell)[..2], 16).unwrap();
            assert_eq!((masked & 1, masked & 2), (first & 1, 2));
            let masked = mask_text(&INFO, "{ range = 'full' }", &cell);
            assert_eq!(u8::from_str_radix(&masked[..2], 16).unwrap() & 3, first & 3);
        }
    }

    #[test]
    fn the_vendor_can_be_kept() {
        let masked = mask_text(&INFO, "{ oui = 'keep' }", "08:00:2b:01:02:03");
        assert!(masked.starts_with("08:00:2b:") && masked != "08:00:2b:01:02:03");
    }

    #[test]
    fn eight_bytes_that_were_six_join_with_those() {
        let six = plain(&mask_text(&INFO, "{}", "08:00:2b:01:02:03"));
        let eight = plain(&mask_text(&INFO, "{}", "08:00:2b:ff:fe:01:02:03"));
        assert_eq!(eight, format!("{}fffe{}", &six[..6], &six[6..]));
        let other = mask_text(&INFO, "{}", "08:00:2b:ff:ff:01:02:03");
        assert!(other.len() == 23 && !other.contains("ff:fe"));
    }

    #[test]
    fn what_is_no_address_is_invalid() {
        for cell in [
            "08:00:2b:01:02",
            "08:00:2b:01:02:0g",
            "08:00:2b:01:02:03:04",
            "08:00-2b:01:02:03",
            "8:0:2b:1:2:3",
            "08:00:2B:01:02:0a",
            "08002b0102031",
            "0:8:0:0:2:b:0:1:0:2:0:3",
            ":08002b010203",
            "n/a",
        ] {
            assert!(mask_text(&INFO, "{}", cell).starts_with('x'), "{cell}");
        }
        assert!(mask_cells(&INFO, "{}", &SqlType::MacAddr, "", &[Some("n/a")]).is_err());
    }

    #[test]
    fn only_the_full_range_and_a_kept_vendor_are_proven_unique() {
        let verdict = |policy| prepare(&INFO, policy, &SqlType::MacAddr).unwrap().uniqueness;
        assert_eq!(verdict("{}"), Uniqueness::Bounded { bits: 46.0 });
        assert_eq!(verdict("{ range = 'full' }"), Uniqueness::Proven);
        assert_eq!(verdict("{ oui = 'keep' }"), Uniqueness::Proven);
    }
}
