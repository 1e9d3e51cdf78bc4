//! Pseudonym tags as text: the first bits of a CMAC tag in lower-case base32 without padding (RFC 4648).

use super::{Refusal, Request};
use crate::table::append;

const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// Fewest bits of a tag that a policy may ask for.
pub(super) const FEWEST_BITS: u32 = 20;
/// Most bits of a tag: whole characters within a CMAC tag.
pub(super) const MOST_BITS: u32 = 125;

/// Appends the first `characters` (up to 25) of the tag's base32.
#[inline]
pub(super) fn write(tag: &[u8; 16], characters: usize, out: &mut Vec<u8>) {
    let bits = u128::from_be_bytes(*tag);
    let mut text = [0; 32];
    // Five bytes are eight characters.
    for (group, text) in text.chunks_exact_mut(8).enumerate().take(characters.div_ceil(8)) {
        let bits = ((bits << (40 * group)) >> 88) as u64;
        for (position, character) in text.iter_mut().enumerate() {
            *character = ALPHABET[(bits >> (35 - 5 * position)) as usize & 31];
        }
    }
    append(out, &text, 0..characters.min(MOST_BITS as usize / 5));
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
