//! An Internet address as a cell spells it: version, prefix, and the form that its pseudonym takes.

use std::io::Write as _;
use std::net::{Ipv4Addr, Ipv6Addr};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    V4,
    V6,
}

/// An address, with the prefix that stands behind it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Address {
    pub(super) family: Family,
    /// A version 4 address in the last 32 bits.
    pub(super) value: u128,
    /// Bits of the prefix; as many as the address has where there is none.
    prefix: u8,
    /// A version 4 address in version 6 form.
    mapped: bool,
}

/// `::ffff:0:0/96`.
const MAPPED: u128 = 0xffff << 32;
/// Characters of a version 6 address whose groups all have four digits.
const FULL_LENGTH: usize = 39;

impl Address {
    #[inline]
    pub(super) fn parse(cell: &[u8]) -> Option<Self> {
        let (address, prefix) = match cell.iter().position(|byte| *byte == b'/') {
            Some(slash) => (&cell[..slash], Some(number(&cell[slash + 1..])?)),
            None => (cell, None),
        };
        if !address.contains(&b':') {
            let value = v4(address)?;
            let prefix = prefix.unwrap_or(32);
            return (prefix <= 32).then_some(Self {
                family: Family::V4,
                value: value.into(),
                prefix,
                mapped: false,
            });
        }
        let value = std::str::from_utf8(address).ok()?.parse::<Ipv6Addr>().ok()?.to_bits();
        let prefix = prefix.unwrap_or(128);
        if prefix > 128 {
            return None;
        }
        if value >> 32 == MAPPED >> 32 && prefix >= 96 {
            let value = value & u128::from(u32::MAX);
            return Some(Self { family: Family::V4, value, prefix: prefix - 96, mapped: true });
        }
        Some(Self { family: Family::V6, value, prefix, mapped: false })
    }

    /// Bits of an address.
    #[inline]
    pub(super) fn bits(&self) -> u8 {
        match self.family {
            Family::V4 => 32,
            Family::V6 => 128,
        }
    }

    #[inline]
    pub(super) fn prefix(&self) -> u8 {
        self.prefix
    }

    /// The first so many bits set.
    #[inline]
    pub(super) fn mask(&self, prefix: u8) -> u128 {
        let all = u128::MAX >> (128 - self.bits());
        all & !all.checked_shr(prefix.into()).unwrap_or(0)
    }

    /// Whether there are bits below the prefix.
    #[inline]
    pub(super) fn has_host(&self) -> bool {
        self.value & !self.mask(self.prefix) != 0
    }

    /// Whether this is a network: a prefix, and nothing below it.
    #[inline]
    pub(super) fn is_network(&self) -> bool {
        self.prefix < self.bits() && !self.has_host()
    }

    /// Characters of the longest pseudonym in place of `cell`.
    #[inline]
    pub(super) fn longest(&self, cell: &[u8]) -> usize {
        let (spelled, suffix) = split(cell);
        let longest = match self.family {
            Family::V4 if !self.mapped => 15,
            Family::V4 if spelled.len() < FULL_LENGTH => 22,
            _ => FULL_LENGTH,
        };
        longest + suffix.len()
    }

    /// Appends the address in the form of `cell`, with its prefix.
    #[inline]
    pub(super) fn write(&self, cell: &[u8], out: &mut Vec<u8>) {
        let (spelled, suffix) = split(cell);
        let start = out.len();
        let v4 = Ipv4Addr::from_bits(self.value as u32);
        let v6 = Ipv6Addr::from_bits(self.value | if self.mapped { MAPPED } else { 0 });
        // Writing to a vector does not fail.
        let _ = match self.family {
            Family::V4 if !self.mapped => {
                write_v4(v4, out);
                Ok(())
            }
            _ if spelled.len() == FULL_LENGTH => {
                for (place, group) in v6.segments().into_iter().enumerate() {
                    let _ = write!(out, "{}{group:04x}", if place > 0 { ":" } else { "" });
                }
                Ok(())
            }
            Family::V4 => {
                out.extend_from_slice(b"::ffff:");
                write_v4(v4, out);
                Ok(())
            }
            Family::V6 => write!(out, "{v6}"),
        };
        if spelled.iter().any(u8::is_ascii_uppercase) {
            out[start..].make_ascii_uppercase();
        }
        out.extend_from_slice(suffix);
    }
}

/// A cell before its slash, and from it on.
#[inline]
fn split(cell: &[u8]) -> (&[u8], &[u8]) {
    cell.split_at(cell.iter().position(|byte| *byte == b'/').unwrap_or(cell.len()))
}

/// A number up to 255 without zeros before it.
#[inline]
fn number(digits: &[u8]) -> Option<u8> {
    if digits.len() > 3 || digits.is_empty() || digits.len() > 1 && digits[0] == b'0' {
        return None;
    }
    let number = digits
        .iter()
        .try_fold(0u16, |number, byte| byte.is_ascii_digit().then(|| number * 10 + u16::from(byte - b'0')))?;
    u8::try_from(number).ok()
}

#[inline]
fn v4(cell: &[u8]) -> Option<u32> {
    let mut parts = cell.split(|byte| *byte == b'.');
    let mut value = 0;
    for _ in 0..4 {
        value = value << 8 | u32::from(number(parts.next()?)?);
    }
    parts.next().is_none().then_some(value)
}

#[inline]
fn write_v4(address: Ipv4Addr, out: &mut Vec<u8>) {
    for (place, byte) in address.octets().into_iter().enumerate() {
        if place > 0 {
            out.push(b'.');
        }
        super::rows::write_decimal(byte.into(), out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_have_nothing_below_their_prefix() {
        for (cell, network, host) in [
            ("10.0.0.0/8", true, false),
            ("10.0.0.1/8", false, true),
            ("10.0.0.1/32", false, false),
            ("10.0.0.1", false, false),
            ("0.0.0.0/0", true, false),
            ("::/0", true, false),
            ("::1/0", false, true),
            ("::ffff:10.0.0.0/104", true, false),
        ] {
            let address = Address::parse(cell.as_bytes()).unwrap();
            assert_eq!((address.is_network(), address.has_host()), (network, host), "{cell}");
        }
    }

    #[test]
    fn what_is_written_reads_as_itself() {
        for cell in [
            "192.0.2.1",
            "192.0.2.1/24",
            "2001:db8::1",
            "2001:DB8::A/64",
            "::ffff:192.0.2.1",
            "0000:0000:0000:0000:0000:ffff:c000:0201",
            "2001:0db8:0000:0000:0000:0000:0000:0001",
        ] {
            let address = Address::parse(cell.as_bytes()).unwrap();
            let mut out = Vec::new();
            address.write(cell.as_bytes(), &mut out);
            assert_eq!(out, cell.as_bytes());
            assert!(out.len() <= address.longest(cell.as_bytes()));
        }
    }
}
