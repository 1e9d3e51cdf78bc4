//! `uuid`: UUIDs change places with each other; version and variant stay.
//!
//! Purpose `perm`, spec `uuid122:vN` for version N, over the 122 bits that are neither version nor variant, the
//! first ones first. Hyphens, braces and letter case stay as they are. UUIDs of other variants (the nil UUID among
//! them) and text in mixed case are invalid.

use super::invalid::{Invalid, Rejector};
use super::{
    Batch, CellError, Class, DefaultDomain, Example, KeyedBy, Operator, OperatorInfo, Output, Prepared,
    Refusal, Request, Scratch, Tally, Uniqueness, rows, start,
};
use crate::base::Permutation;
use crate::table::{ColumnBuilder, SqlType};

pub(super) const INFO: OperatorInfo = OperatorInfo {
    name: "uuid",
    summary: "Permute UUIDs of each version; keys stay unique",
    class: Class::Pseudonymize,
    keyed_by: KeyedBy::Value,
    domain: DefaultDomain::Column,
    entity: "UUID",
    parameters: &[],
    examples: &[
        Example {
            policy: r#"{ op = "uuid" }"#,
            sql_type: &SqlType::Uuid,
            input: "c00d544c-2b15-41eb-adc1-0242ac120002",
            output: Some("66ccfe9d-8c33-4228-93b8-67bae0f7e8b5"),
        },
        Example {
            policy: r#"{ op = "uuid" }"#,
            sql_type: &SqlType::TEXT,
            input: "{018F3B2E-7C00-7ABC-8DEF-0123456789AB}",
            output: Some("{89AD9D65-EB69-72EA-A0EB-32878CF25F23}"),
        },
    ],
    accepts: |sql_type| matches!(sql_type.base(), SqlType::Uuid | SqlType::Text { .. }),
    prepare,
};

fn prepare(request: &Request<'_>) -> Result<Prepared, Refusal> {
    let invalid = Invalid::prepare(request, INFO.entity)?;
    let one_case = request.sql_type.is_text();
    Ok(Prepared {
        spec: "uuid122".into(),
        uniqueness: invalid.weaken(Uniqueness::Proven),
        max_width: None,
        output: if one_case { Output::Text } else { Output::Any },
        notes: Vec::new(),
        ..Prepared::new(start::keyed(move |keys| Uuid {
            permutations: std::array::from_fn(|version| {
                keys.permutation("perm", &format!("uuid122:v{version}"), (1 << 122) - 1)
            }),
            one_case,
            rejector: invalid.start(keys),
        }))
    })
}

struct Uuid {
    /// By version.
    permutations: [Permutation; 16],
    /// Whether mixed case is invalid: text, where case is part of the value.
    one_case: bool,
    rejector: Rejector,
}

impl Operator for Uuid {
    fn mask(
        &self,
        batch: &Batch<'_>,
        out: &mut ColumnBuilder,
        scratch: &mut Scratch,
    ) -> Result<Tally, CellError> {
        let Scratch { rows, wide, classes, groups, rejected, .. } = scratch.cleared();
        for (row, value) in rows::present_cells(&batch.cells) {
            match parse(rows::trim_end(value), self.one_case) {
                Some(uuid) if uuid >> 62 & 0b11 == 0b10 => {
                    wide.push(rank(uuid));
                    classes.push((uuid >> 76) as u32 & 15);
                    rows.push(row as u32);
                }
                _ => self.rejector.reject(row, value, rejected)?,
            }
        }
        groups.each_wide(classes, wide, |version, ranks| self.permutations[version as usize].apply(ranks));
        Ok(rows::write(&batch.cells, rows, &self.rejector, rejected, out, |index, value, buffer| {
            write(unrank(wide[index], classes[index]), value, buffer);
        }))
    }
}

/// Values of hexadecimal digits; `NONE` for other bytes.
const VALUES: [u8; 256] = {
    let mut values = [NONE; 256];
    let mut digit = 0;
    while digit < 16 {
        values[LOWER[digit] as usize] = digit as u8;
        values[UPPER[digit] as usize] = digit as u8;
        digit += 1;
    }
    values
};
const NONE: u8 = 0x80;
const LOWER: &[u8; 16] = b"0123456789abcdef";
const UPPER: &[u8; 16] = b"0123456789ABCDEF";

/// Where the digits lie between hyphens, and where they go without.
const PARTS: [(usize, usize, usize); 5] = [(0, 0, 8), (9, 8, 4), (14, 12, 4), (19, 16, 4), (24, 20, 12)];

/// The digits of a UUID: alone or with hyphens after 8, 12, 16 and 20, in braces or not.
#[inline]
fn digits(value: &[u8]) -> Option<[u8; 32]> {
    let value = match value {
        [b'{', inner @ .., b'}'] => inner,
        value => value,
    };
    if let Ok(digits) = value.try_into() {
        return Some(digits);
    }
    let value: &[u8; 36] = value.try_into().ok()?;
    if [value[8], value[13], value[18], value[23]] != [b'-'; 4] {
        return None;
    }
    let mut digits = [0; 32];
    for (from, to, length) in PARTS {
        digits[to..to + length].copy_from_slice(&value[from..from + length]);
    }
    Some(digits)
}

#[inline]
fn parse(value: &[u8], one_case: bool) -> Option<u128> {
    let digits = digits(value)?;
    let mut bytes = [0; 16];
    let mut seen = 0;
    for (byte, [high, low]) in bytes.iter_mut().zip(digits.as_chunks::<2>().0) {
        let (high, low) = (VALUES[usize::from(*high)], VALUES[usize::from(*low)]);
        seen |= high | low;
        *byte = high << 4 | low;
    }
    if seen & NONE != 0 || one_case && is_upper(&digits) && digits.iter().any(u8::is_ascii_lowercase) {
        return None;
    }
    Some(u128::from_be_bytes(bytes))
}

/// Whether there is a capital among hexadecimal digits: only letters have 0x40, and only small ones 0x20 beside it.
#[inline]
fn is_upper(digits: &[u8]) -> bool {
    digits.iter().fold(0, |capitals, byte| capitals | u8::from(byte & 0x60 == 0x40)) != 0
}

/// The 122 bits beside version and variant.
fn rank(uuid: u128) -> u128 {
    (uuid >> 80) << 74 | (uuid >> 64 & 0xfff) << 62 | uuid & ((1 << 62) - 1)
}

fn unrank(rank: u128, version: u32) -> u128 {
    (rank >> 74) << 80
        | u128::from(version) << 76
        | (rank >> 62 & 0xfff) << 64
        | 0b10 << 62
        | rank & ((1 << 62) - 1)
}

/// Appends the digits of `uuid` in the shape of `like`.
#[inline]
fn write(uuid: u128, like: &[u8], out: &mut Vec<u8>) {
    let alphabet = if is_upper(like) && like.iter().any(u8::is_ascii_uppercase) { UPPER } else { LOWER };
    let mut digits = [0; 32];
    for ([high, low], byte) in digits.as_chunks_mut::<2>().0.iter_mut().zip(uuid.to_be_bytes()) {
        *high = alphabet[usize::from(byte >> 4)];
        *low = alphabet[usize::from(byte & 15)];
    }
    let start = out.len();
    out.extend_from_slice(like);
    let cell = &mut out[start..];
    let cell = match cell {
        [b'{', inner @ ..] => inner,
        cell => cell,
    };
    if cell.get(8) == Some(&b'-') {
        for (to, from, length) in PARTS {
            cell[to..to + length].copy_from_slice(&digits[from..from + length]);
        }
    } else {
        cell[..32].copy_from_slice(&digits);
    }
}

#[cfg(test)]
mod tests {
    use super::super::examples::{mask_cells, mask_text, prepare};
    use super::*;

    #[test]
    fn every_spelling_of_a_uuid_has_one_result() {
        let plain = mask_text(&INFO, "{}", "c00d544c-2b15-41eb-adc1-0242ac120002");
        assert_eq!(
            mask_text(&INFO, "{}", "{C00D544C-2B15-41EB-ADC1-0242AC120002}"),
            format!("{{{}}}", plain.to_uppercase())
        );
        assert_eq!(mask_text(&INFO, "{}", "c00d544c2b1541ebadc10242ac120002"), plain.replace('-', ""));
    }

    #[test]
    fn version_and_variant_stay() {
        for version in 0..16 {
            let masked = mask_text(&INFO, "{}", &format!("c00d544c-2b15-{version:x}1eb-adc1-0242ac120002"));
            assert_eq!(masked[14..15], format!("{version:x}"));
            assert!("89ab".contains(&masked[19..20]));
        }
    }

    #[test]
    fn other_variants_mixed_case_and_other_text_are_invalid() {
        for cell in [
            "00000000-0000-0000-0000-000000000000",
            "ffffffff-ffff-ffff-ffff-ffffffffffff",
            "C00d544c-2b15-41eb-adc1-0242ac120002",
            "c00d544c-2b15-41eb-adc1-0242ac12000",
            "c00d544c2b15-41eb-adc1-0242ac120002",
            "{c00d544c-2b15-41eb-adc1-0242ac120002",
            "urn:uuid:c00d544c-2b15-41eb-adc1-0242ac120002",
            "ç00d544c2b1541ebadc10242ac12000",
        ] {
            assert!(mask_text(&INFO, "{}", cell).starts_with('x'), "{cell}");
        }
        assert!(
            mask_cells(&INFO, "{}", &SqlType::Uuid, "", &[Some("00000000-0000-0000-0000-000000000000")])
                .is_err()
        );
    }

    #[test]
    fn a_tag_does_not_go_into_a_uuid_column() {
        let parameters = std::collections::BTreeMap::new();
        let mut request = super::super::examples::request(&parameters, &SqlType::Uuid);
        request.on_invalid = super::super::OnInvalid::Tag;
        assert!((INFO.prepare)(&request).is_err());
        assert_eq!(prepare(&INFO, "{}", &SqlType::Uuid).unwrap().uniqueness, Uniqueness::Proven);
    }
}
