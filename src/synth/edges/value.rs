//! From a class to the cell that it puts into a row.

use data_encoding::{BASE64, HEXLOWER};
use jiff::ToSpan;
use jiff::civil::Date;
use sha2::{Digest, Sha256};

use super::class::{Content, EdgeClass, Part, Times};

impl EdgeClass {
    /// The cell, as COPY holds it before it is escaped; bytes of a `bytea` as `\x` and hexadecimal digits. `length` is the
    /// declared length of the column, if it has one; `today` is the date (`2026-01-31`) that ages are counted from. The
    /// bytes may not be valid UTF-8, for there are classes of such. Nothing where a class needs a length and there is
    /// none, or where `today` is no date.
    pub fn cell(&self, length: Option<u32>, today: &str) -> Option<Vec<u8>> {
        match &self.content {
            Content::Text(text) => Some(text.clone().into_bytes()),
            Content::Bytes(bytes) if self.type_name() == "bytea" => {
                Some(format!("\\x{}", HEXLOWER.encode(bytes)).into_bytes())
            }
            Content::Bytes(bytes) => Some(bytes.clone()),
            Content::Parts(parts) => joined(parts, length).map(String::into_bytes),
            Content::HexParts(parts) => Some(format!("\\x{}", joined(parts, length)?).into_bytes()),
            Content::Random(count) => Some(random(&self.id, *count)),
            Content::Wide(keys) => {
                let members: Vec<String> =
                    (0..*keys).map(|number| format!("\"k{number}\":{number}")).collect();
                Some(format!("{{{}}}", members.join(",")).into_bytes())
            }
            Content::Relative { years, days } => {
                let today: Date = today.parse().ok()?;
                let date = today.checked_add(years.years()).ok()?.checked_add(days.days()).ok()?;
                Some(date.to_string().into_bytes())
            }
        }
    }
}

fn joined(parts: &[Part], length: Option<u32>) -> Option<String> {
    let mut out = String::new();
    for part in parts {
        let times = match part.times {
            Times::Fixed(times) => times,
            Times::Length(more) => usize::try_from(i64::from(length?) + i64::from(more)).ok()?,
        };
        out.push_str(&part.unit.repeat(times));
    }
    Some(out)
}

/// Characters of Base64 from digests of the id: the same for everybody, and without a pattern.
fn random(id: &str, count: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(count + 44);
    let mut number = 0_u64;
    while out.len() < count {
        let mut digest = Sha256::new();
        digest.update(id.as_bytes());
        digest.update(number.to_le_bytes());
        out.extend_from_slice(BASE64.encode(&digest.finalize()).trim_end_matches('=').as_bytes());
        number += 1;
    }
    out.truncate(count);
    out
}
