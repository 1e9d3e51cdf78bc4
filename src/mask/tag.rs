//! Pseudonym tags as text: the first bits of a CMAC tag in lower-case base32 without padding (RFC 4648).

use super::{Refusal, Request};
use crate::table::append;

/// Fewest bits of a tag that a policy may ask for.
pub(super) const FEWEST_BITS: u32 = 20;
/// Most bits of a tag: whole characters within a CMAC tag.
pub(super) const MOST_BITS: u32 = 125;

/// Appends the first `characters` (up to 25) of the tag's base32.
#[inline]
pub(super) fn write(tag: &[u8; 16], characters: usize, out: &mut Vec<u8>) {
    let mut text = [0; 32];
    for (group, text) in text.chunks_exact_mut(8).enumerate().take(characters.div_ceil(8)) {
        text.copy_from_slice(&eight(tag, group));
    }
    append(out, &text, 0..characters.min(MOST_BITS as usize / 5));
}

/// Eight characters of the tag's base32: they stand for five bytes. All are made at once, each in its byte of a word.
#[inline]
pub(super) fn eight(tag: &[u8; 16], group: usize) -> [u8; 8] {
    const EACH: u64 = 0x0101_0101_0101_0101;
    let bits = ((u128::from_be_bytes(*tag) << (40 * group)) >> 88) as u64;
    let halves = bits & 0xf_ffff | (bits >> 20) << 32;
    let quarters = halves & 0x0000_03ff_0000_03ff | (halves & 0x000f_fc00_000f_fc00) << 6;
    let values = quarters & 0x001f_001f_001f_001f | (quarters & 0x03e0_03e0_03e0_03e0) << 3;
    // `a` to `z`, and for values from 26 on `2` to `7`.
    let is_digit = (values + (128 - 26) * EACH) >> 7 & EACH;
    (values + u64::from(b'a') * EACH - is_digit * u64::from(b'a' + 26 - b'2')).to_be_bytes()
}

/// The parameter `bits` of an operator that writes `around` characters beside its tag, checked against the width.
pub(super) fn bits(request: &Request<'_>, default: u32, around: u32) -> Result<u32, Refusal> {
    let bits = match request.integer("bits", FEWEST_BITS.into(), MOST_BITS.into())? {
        Some(bits) if bits % 5 != 0 => {
            return Err(Refusal("bits must be a multiple of 5 (one character each)".into()));
        }
        Some(bits) => bits.unsigned_abs() as u32,
        None => default,
    };
    let needed = bits / 5 + around;
    match request.room() {
        Some(room) if room < needed => {
            let most = room.saturating_sub(around) * 5;
            Err(Refusal(if most >= FEWEST_BITS {
                format!(
                    "{needed} characters do not fit the {room} of the narrowest column of key domain \"{}\"; \
                     set bits = {most} (or less) in [domains.\"{}\"]",
                    request.domain, request.domain
                )
            } else {
                format!(
                    "the narrowest column of key domain \"{}\" holds {room} characters, and {} are the fewest; \
                     use another operator",
                    request.domain,
                    FEWEST_BITS / 5 + around
                )
            }))
        }
        _ => Ok(bits),
    }
}

#[cfg(test)]
mod tests {
    use super::super::examples::request;
    use super::*;
    use crate::table::SqlType;

    #[test]
    fn a_tag_is_rfc_4648_base32_in_lower_case() {
        let tag = *b"foobar\xff\x00\x80\x7f456789";
        let expected = data_encoding::BASE32_NOPAD.encode(&tag).to_lowercase();
        for characters in 0..=25 {
            let mut out = Vec::new();
            write(&tag, characters, &mut out);
            assert_eq!(out, expected.as_bytes()[..characters]);
        }
    }

    #[test]
    fn a_tag_that_does_not_fit_is_refused_with_the_bits_that_do() {
        let none = std::collections::BTreeMap::new();
        let narrow = SqlType::Text { width: Some(20), padded: false, case_insensitive: false };
        let mut request = request(&none, &narrow);
        assert_eq!(bits(&request, 80, 0), Ok(80));
        assert!(bits(&request, 80, 12).unwrap_err().0.contains("set bits = 40 (or less)"));
        request.width = Some(10);
        assert!(bits(&request, 80, 12).unwrap_err().0.contains("use another operator"));
    }
}
