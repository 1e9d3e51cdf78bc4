//! `ip`: Internet addresses and networks become reserved ones, change places with each other, or lose their last bits.
//!
//! By default a version 4 address becomes one of 198.18.0.0/15, which is kept for benchmarks (purpose `ip`, spec
//! `ip4:198.18.0.0/15`, message the four bytes, chosen by [`index`]), a version 6 address one of `2001:db8::/32`, which is
//! kept for documentation (spec `ip6:2001:db8::/32`, the first 96 bits of the tag). Of a network, an address without
//! bits below its prefix, so many bits are chosen as the prefix leaves, and its length is the message's last byte; a
//! prefix shorter than the reserved block's gives that block, cut to the prefix.
//!
//! `range = "full"` permutes each block of [`blocks`] onto itself (purpose `perm`, spec `ip4:BLOCK` or `ip6:BLOCK`; of
//! networks of N bits `ip4:BLOCK:N`): private addresses stay private, public ones public. An address with bits below
//! its prefix walks on while its image has none. Fewer than 1,000 networks of public space are not permuted: such a cell
//! is invalid. `mode = "truncate"` clears the bits after the first 24 or 48.
//!
//! A prefix stays. A version 4 address in version 6 form (`::ffff:192.0.2.1`) goes as what it is. Spellings of one
//! address are one value; what comes out is spelled as RFC 5952 has it, in capitals or at full length where the cell is.

mod address;
mod blocks;

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use super::invalid::{Invalid, Rejector};
use super::{
    Batch, CellError, Class, DefaultDomain, Example, KeyedBy, Operator, OperatorInfo, Output, Parameter,
    ParameterKind, Prepared, Refusal, Request, Scratch, Tally, Uniqueness, rows, start,
};
use crate::base::{DomainKeys, Permutation, Prf, index};
use crate::table::{ColumnBuilder, SqlType};
use address::{Address, Family};
use blocks::Block;

pub(super) const INFO: OperatorInfo = OperatorInfo {
    name: "ip",
    summary: "Replace an Internet address by a reserved one, permute it within its block, or truncate it",
    class: Class::Pseudonymize,
    keyed_by: KeyedBy::Value,
    domain: DefaultDomain::Entity("ip"),
    entity: "Internet address",
    parameters: &[
        Parameter {
            name: "range",
            summary: "reserved: addresses for benchmarks and documentation, not for keys; full: any of its block, unique. \
                      Default: full where the column must stay unique, else reserved",
            kind: ParameterKind::Choice(RANGES),
            required: false,
            of_domain: true,
        },
        Parameter {
            name: "mode",
            summary: "map (default), or truncate: clear the bits after the first 24 (version 4) or 48 (version 6)",
            kind: ParameterKind::Choice(MODES),
            required: false,
            of_domain: true,
        },
        Parameter {
            name: "bits4",
            summary: "bits that mode = \"truncate\" keeps of a version 4 address, 0 to 31; default 24",
            kind: ParameterKind::Integer,
            required: false,
            of_domain: true,
        },
        Parameter {
            name: "bits6",
            summary: "bits that mode = \"truncate\" keeps of a version 6 address, 0 to 127; default 48",
            kind: ParameterKind::Integer,
            required: false,
            of_domain: true,
        },
    ],
    examples: &[
        Example {
            policy: r#"{ op = "ip" }"#,
            sql_type: &SqlType::Inet,
            input: "203.0.113.195",
            output: Some("198.19.173.60"),
        },
        Example {
            policy: r#"{ op = "ip", range = "full" }"#,
            sql_type: &SqlType::Cidr,
            input: "10.20.30.0/24",
            output: Some("10.146.182.0/24"),
        },
        Example {
            policy: r#"{ op = "ip", mode = "truncate" }"#,
            sql_type: &SqlType::TEXT,
            input: "2001:db8:85a3::8a2e:370:7334",
            output: Some("2001:db8:85a3::"),
        },
    ],
    accepts: |sql_type| matches!(sql_type.base(), SqlType::Inet | SqlType::Cidr | SqlType::Text { .. }),
    prepare,
};

const RANGES: &[&str] = &["reserved", "full"];
const MODES: &[&str] = &["map", "truncate"];

fn prepare(request: &Request<'_>) -> Result<Prepared, Refusal> {
    let truncate = request.choice("mode", MODES)? == Some("truncate");
    let range = request.choice("range", RANGES)?;
    let full = range.map_or(request.unique, |range| range == "full");
    let kept = [request.integer("bits4", 0, 31)?, request.integer("bits6", 0, 127)?];
    if truncate && range.is_some() {
        return Err(Refusal(
            "range says where addresses go; mode = \"truncate\" leaves them where they are".into(),
        ));
    }
    if !truncate && kept != [None, None] {
        return Err(Refusal("bits4 and bits6 are what mode = \"truncate\" keeps".into()));
    }
    let kept = [kept[0].unwrap_or(24), kept[1].unwrap_or(48)].map(|bits| bits.unsigned_abs() as u8);
    if let Some(room) = request.room().filter(|room| *room < SHORTEST) {
        return Err(Refusal(format!(
            "an address has {SHORTEST} characters or more, and the narrowest column of key domain \"{}\" holds {room}; \
             use another operator",
            request.domain
        )));
    }
    let invalid = Invalid::prepare(request, INFO.entity)?;
    let room = request.room().map_or(usize::MAX, |room| room as usize);
    let (spec, uniqueness, notes) = if truncate {
        let note = format!("the first {} or {} bits of each address stay", kept[0], kept[1]);
        (format!("ip:truncate:{}:{}", kept[0], kept[1]), Uniqueness::No, vec![("prefix-kept", note)])
    } else if full {
        let note = "an address that comes out may be somebody's; range = \"reserved\" makes sure that it is nobody's";
        ("ip:full".to_owned(), Uniqueness::Proven, vec![("live-values", note.to_owned())])
    } else {
        let networks = matches!(request.sql_type.base(), SqlType::Cidr);
        let verdict =
            if networks { Uniqueness::No } else { Uniqueness::Bounded { bits: f64::from(32 - RESERVED4.1) } };
        ("ip:reserved".to_owned(), verdict, Vec::new())
    };
    let has_networks = !request.sql_type.is_text();
    Ok(Prepared {
        spec,
        uniqueness: invalid.weaken(uniqueness),
        max_width: Some(LONGEST.min(room as u32).max(invalid.width())),
        output: if has_networks { Output::Any } else { Output::Text },
        notes,
        ..Prepared::new(start::keyed(move |keys| Ip {
            mapping: if truncate {
                Mapping::Truncate(kept)
            } else if full {
                Mapping::Full { keys: keys.clone(), remembered: RwLock::default() }
            } else {
                Mapping::Reserved(Box::new([
                    keys.prf("ip", "ip4:198.18.0.0/15"),
                    keys.prf("ip", "ip6:2001:db8::/32"),
                ]))
            },
            room,
            rejector: invalid.start(keys),
        }))
    })
}

/// Characters of the longest version 4 address: no narrower column is one of addresses.
const SHORTEST: u32 = 15;
/// Characters of a version 6 address at full length with a prefix.
const LONGEST: u32 = 43;
/// The blocks of the default, with the bits that they fix.
const RESERVED4: (u128, u8) = (0xc612_0000, 15);
const RESERVED6: (u128, u8) = (0x2001_0db8 << 96, 32);

struct Ip {
    mapping: Mapping,
    /// Characters that fit.
    room: usize,
    rejector: Rejector,
}

enum Mapping {
    /// Of version 4 and of version 6.
    Reserved(Box<[Prf; 2]>),
    Full {
        keys: DomainKeys,
        remembered: RwLock<HashMap<u32, Arc<Permutation>>>,
    },
    /// The bits that stay.
    Truncate([u8; 2]),
}

/// Members of the smallest class of public networks that is permuted.
const FEWEST: u128 = 1000;

impl Address {
    /// The class of the permutation: block, and prefix of a network.
    fn class(&self, block: usize) -> u32 {
        let network = if self.is_network() { u32::from(self.prefix()) + 1 } else { 0 };
        (block as u32) << 8 | network
    }

    /// Bits that are not permuted, at the end.
    fn fixed(&self) -> u8 {
        if self.is_network() { self.bits() - self.prefix() } else { 0 }
    }

    /// What the reserved address of this one is a function of.
    fn message(&self, message: &mut Vec<u8>) {
        match self.family {
            Family::V4 => message.extend_from_slice(&(self.value as u32).to_be_bytes()),
            Family::V6 => message.extend_from_slice(&self.value.to_be_bytes()),
        }
        if self.is_network() {
            message.push(self.prefix());
        }
    }

    /// The reserved address that a tag chooses in place of this one.
    fn reserved(&self, tag: &[u8; 16]) -> u128 {
        let (block, fixed) = match self.family {
            Family::V4 => RESERVED4,
            Family::V6 => RESERVED6,
        };
        let prefix = if self.is_network() { self.prefix() } else { self.bits() };
        if prefix <= fixed {
            return block & self.mask(prefix);
        }
        let free = prefix - fixed;
        let choice = match self.family {
            Family::V4 => u128::from(index(tag, 1 << free)),
            Family::V6 => u128::from_be_bytes(*tag) >> (128 - free),
        };
        block | choice << (self.bits() - prefix)
    }
}

impl Mapping {
    /// The permutation of a class, from memory if it is there.
    fn permutation(&self, class: u32) -> Option<Arc<Permutation>> {
        let Self::Full { keys, remembered } = self else { return None };
        if let Some(known) = remembered.read().unwrap_or_else(PoisonError::into_inner).get(&class) {
            return Some(Arc::clone(known));
        }
        let block = Block::of_number((class >> 8) as usize);
        let (spec, count) = match (class & 255).checked_sub(1) {
            None => (block.spec(), block.count(0)),
            Some(prefix) => (format!("{}:{prefix}", block.spec()), block.count(block.bits() - prefix as u8)),
        };
        let made = Arc::new(keys.permutation("perm", &spec, count - 1));
        remembered.write().unwrap_or_else(PoisonError::into_inner).insert(class, Arc::clone(&made));
        Some(made)
    }
}

impl Ip {
    /// Whether an address can be mapped: the longest one that it may become fits, and networks of public space are
    /// among enough others.
    #[inline]
    fn takes(&self, address: &Address, cell: &[u8]) -> bool {
        if address.longest(cell) > self.room {
            return false;
        }
        if !matches!(self.mapping, Mapping::Full { .. }) || !address.is_network() {
            return true;
        }
        let block = Block::of_number(Block::number_of(address));
        !block.is_public() || block.count(address.fixed()) >= FEWEST
    }
}

impl Operator for Ip {
    fn mask(
        &self,
        batch: &Batch<'_>,
        out: &mut ColumnBuilder,
        scratch: &mut Scratch,
    ) -> Result<Tally, CellError> {
        let Scratch { messages, tags, rows, wide, classes, groups, rejected, .. } = scratch.cleared();
        // Addresses by row: a cell is read once.
        let mut addresses: Vec<Address> = Vec::new();
        for (row, value) in rows::present_cells(&batch.cells) {
            let trimmed = rows::trim_end(value);
            match Address::parse(trimmed).filter(|address| self.takes(address, trimmed)) {
                Some(address) => {
                    addresses.push(address);
                    rows.push(row as u32);
                }
                None => self.rejector.reject(row, value, rejected)?,
            }
        }
        match &self.mapping {
            Mapping::Reserved(prfs) => {
                for (family, prf) in [Family::V4, Family::V6].into_iter().zip(&**prfs) {
                    messages.clear();
                    for address in addresses.iter().filter(|address| address.family == family) {
                        messages.push_with(|message| address.message(message));
                    }
                    prf.tags(messages, tags);
                    let mut own = tags.iter();
                    for address in addresses.iter_mut().filter(|address| address.family == family) {
                        if let Some(tag) = own.next() {
                            address.value = address.reserved(tag);
                        }
                    }
                }
            }
            Mapping::Truncate(kept) => {
                for address in &mut addresses {
                    address.value &= address.mask(kept[usize::from(address.family == Family::V6)]);
                }
            }
            Mapping::Full { .. } => {
                for address in &addresses {
                    let block = Block::number_of(address);
                    classes.push(address.class(block));
                    wide.push(Block::of_number(block).rank(address.value, address.fixed()));
                }
                // A class has one permutation: small numbers for those of this batch.
                let mut known: Vec<u32> = classes.clone();
                known.sort_unstable();
                known.dedup();
                for class in classes.iter_mut() {
                    *class = known.partition_point(|own| own < class) as u32;
                }
                groups.each_wide(classes, wide, |class, ranks| {
                    if let Some(permutation) = self.mapping.permutation(known[class as usize]) {
                        permutation.apply(ranks);
                    }
                });
                for ((address, rank), class) in addresses.iter_mut().zip(&mut *wide).zip(&*classes) {
                    let block = Block::of_number((known[*class as usize] >> 8) as usize);
                    let (fixed, has_host) = (address.fixed(), address.has_host());
                    address.value = block.unrank(*rank, fixed);
                    while has_host && !address.has_host() {
                        let Some(permutation) = self.mapping.permutation(known[*class as usize]) else {
                            break;
                        };
                        permutation.apply(std::slice::from_mut(rank));
                        address.value = block.unrank(*rank, fixed);
                    }
                }
            }
        }
        Ok(rows::write(&batch.cells, rows, &self.rejector, rejected, out, |index, value, buffer| {
            let (cell, padding) = value.split_at(rows::trim_end(value).len());
            addresses[index].write(cell, buffer);
            buffer.extend_from_slice(padding);
        }))
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, Ipv6Addr};

    use super::super::examples::{mask_cells, mask_text, prepare};
    use super::*;

    const FULL: &str = "{ range = 'full' }";

    fn one(policy: &str, sql_type: &SqlType, cell: &str) -> String {
        mask_cells(&INFO, policy, sql_type, "", &[Some(cell)]).unwrap()[0].clone().unwrap()
    }

    #[test]
    fn addresses_become_reserved_ones_unless_asked_otherwise() {
        for number in 0..300u32 {
            let cell = Ipv4Addr::from(number.wrapping_mul(0x9e37_79b9)).to_string();
            let masked: Ipv4Addr = mask_text(&INFO, "{}", &cell).parse().unwrap();
            assert_eq!(u32::from(masked) >> 17, 0xc612_0000 >> 17);
            let cell =
                Ipv6Addr::from(u128::from(number).wrapping_mul(0x9e37_79b9_7f4a_7c15 << 60)).to_string();
            let masked = mask_text(&INFO, "{}", &cell);
            assert!(masked.starts_with("2001:db8:") || cell.starts_with("::ffff:"), "{masked}");
        }
    }

    #[test]
    fn a_prefix_stays_and_a_network_stays_one() {
        for (cell, ends) in [("10.1.2.0/24", ".0/24"), ("10.1.0.0/16", ".0.0/16"), ("2001:db9::/48", "::/48")]
        {
            for policy in ["{}", FULL] {
                let masked = one(policy, &SqlType::Cidr, cell);
                assert!(masked.ends_with(ends), "{masked}");
            }
        }
        assert_eq!(one("{}", &SqlType::Cidr, "10.0.0.0/8"), "198.0.0.0/8");
        assert_eq!(one("{}", &SqlType::Cidr, "fc00::/7"), "2000::/7");
        assert_eq!(one("{}", &SqlType::Cidr, "0.0.0.0/0"), "0.0.0.0/0");
        assert_eq!(one(FULL, &SqlType::Cidr, "10.0.0.0/8"), "10.0.0.0/8");
        assert_eq!(one(FULL, &SqlType::Cidr, "::/0"), "::/0");
        assert!(one("{}", &SqlType::Inet, "10.1.2.3/24").ends_with("/24"));
        let plain = one(FULL, &SqlType::Inet, "8.8.4.4");
        assert!(
            [format!("{plain}/32"), one(FULL, &SqlType::Inet, "8.8.4.4/32")]
                .windows(2)
                .all(|pair| pair[0] == pair[1])
        );
    }

    #[test]
    fn the_full_range_keeps_addresses_in_their_blocks() {
        for (cell, block) in [
            ("10.1.2.3", "10."),
            ("192.168.1.17", "192.168."),
            ("127.0.0.1", "127."),
            ("169.254.10.20", "169.254."),
            ("203.0.113.7", "203.0.113."),
            ("fe80::1", "fe8"),
            ("2001:db8::7", "2001:db8:"),
            ("::1", "::1"),
            ("::", "::"),
        ] {
            let masked = mask_text(&INFO, FULL, cell);
            let kept = if block == "fe8" { masked.starts_with("fe") } else { masked.starts_with(block) };
            assert!(kept, "{cell}: {masked}");
        }
        for number in 0..200u32 {
            let cell = Ipv4Addr::from(0x0808_0000 + number).to_string();
            let masked: Ipv4Addr = mask_text(&INFO, FULL, &cell).parse().unwrap();
            assert!(!masked.is_private() && !masked.is_loopback() && !masked.is_multicast(), "{masked}");
        }
    }

    #[test]
    fn a_small_block_is_permuted_onto_itself_and_hosts_stay_hosts() {
        let cells: Vec<String> = (0..256).map(|number| format!("203.0.113.{number}")).collect();
        let cells: Vec<_> = cells.iter().map(|cell| Some(cell.as_str())).collect();
        let masked = mask_cells(&INFO, FULL, &SqlType::Inet, "", &cells).unwrap();
        let distinct: std::collections::BTreeSet<_> = masked.into_iter().flatten().collect();
        assert!(distinct.len() == 256 && cells.iter().all(|cell| distinct.contains(cell.unwrap())));
        let hosts: Vec<String> = (0..256)
            .filter(|number| number % 4 != 0)
            .map(|number| format!("203.0.113.{number}/30"))
            .collect();
        let hosts: Vec<_> = hosts.iter().map(|cell| Some(cell.as_str())).collect();
        let masked = mask_cells(&INFO, FULL, &SqlType::Inet, "", &hosts).unwrap();
        let distinct: std::collections::BTreeSet<_> = masked.into_iter().flatten().collect();
        assert!(distinct.len() == 192 && hosts.iter().all(|cell| distinct.contains(cell.unwrap())));
    }

    #[test]
    fn a_version_4_address_in_version_6_form_goes_as_what_it_is() {
        for policy in ["{}", FULL] {
            let plain = mask_text(&INFO, policy, "8.8.4.4");
            assert_eq!(mask_text(&INFO, policy, "::ffff:8.8.4.4"), format!("::ffff:{plain}"));
            assert_eq!(mask_text(&INFO, policy, "::FFFF:808:404"), format!("::FFFF:{plain}"));
        }
    }

    #[test]
    fn spellings_of_one_address_are_one_value() {
        for policy in ["{}", FULL] {
            let masked = mask_text(&INFO, policy, "2a00:1450:0:0:0:0:0:abc");
            assert_eq!(mask_text(&INFO, policy, "2a00:1450::abc"), masked);
            assert_eq!(mask_text(&INFO, policy, "2A00:1450::ABC"), masked.to_uppercase());
            let long = mask_text(&INFO, policy, "2a00:1450:0000:0000:0000:0000:0000:0abc");
            assert_eq!(long.len(), 39);
            assert_eq!(long.parse::<Ipv6Addr>().unwrap(), masked.parse::<Ipv6Addr>().unwrap());
        }
    }

    #[test]
    fn truncation_keeps_the_first_bits() {
        let truncate = "{ mode = 'truncate' }";
        assert_eq!(mask_text(&INFO, truncate, "198.51.100.77"), "198.51.100.0");
        assert_eq!(one(truncate, &SqlType::Inet, "198.51.100.77/28"), "198.51.100.0/28");
        assert_eq!(mask_text(&INFO, truncate, "2001:db8:1:2::3"), "2001:db8:1::");
        assert_eq!(mask_text(&INFO, "{ mode = 'truncate', bits4 = 16 }", "198.51.100.77"), "198.51.0.0");
    }

    #[test]
    fn what_is_no_address_is_invalid() {
        for cell in [
            "192.0.2.1:80",
            "192.0.2",
            "192.0.2.256",
            "192.0.2.01",
            "[2001:db8::1]",
            "fe80::1%eth0",
            "2001:db8::1::2",
            "192.0.2.1/33",
            "192.0.2.1/08",
            "192.0.2.1/",
            "10/8",
            "n/a",
            "192.0.2.1/2 4",
        ] {
            assert!(mask_text(&INFO, "{}", cell).starts_with('x'), "{cell}");
        }
        assert!(mask_cells(&INFO, FULL, &SqlType::Cidr, "", &[Some("8.0.0.0/8")]).is_err());
    }

    #[test]
    fn what_would_not_fit_is_invalid_and_parameters_that_clash_are_refused() {
        let narrow = SqlType::Text { width: Some(20), padded: false, case_insensitive: false };
        assert!(one("{}", &narrow, "2001:db8::1").starts_with('x'));
        assert!(one("{}", &narrow, "192.0.2.1/24").ends_with("/24"));
        let tiny = SqlType::Text { width: Some(14), padded: false, case_insensitive: false };
        assert!(prepare(&INFO, "{}", &tiny).is_err());
        for policy in
            ["{ mode = 'truncate', range = 'full' }", "{ bits4 = 16 }", "{ mode = 'truncate', bits4 = 32 }"]
        {
            assert!(prepare(&INFO, policy, &SqlType::Inet).is_err(), "{policy}");
        }
        let verdict = |policy, sql_type| prepare(&INFO, policy, sql_type).unwrap().uniqueness;
        assert_eq!(verdict("{}", &SqlType::Inet), Uniqueness::Bounded { bits: 17.0 });
        assert_eq!(verdict("{}", &SqlType::Cidr), Uniqueness::No);
        assert_eq!(verdict(FULL, &SqlType::Cidr), Uniqueness::Proven);
    }
}
