//! Blocks of Internet addresses with a use of their own (IANA's registries of special-purpose addresses, RFC 6890), and
//! what is left: public space. Each is a class of addresses that are permuted among themselves.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::LazyLock;

use super::address::{Address, Family};

/// A block, or what is left of the space of a version.
pub(super) struct Block {
    family: Family,
    name: &'static str,
    is_public: bool,
    /// First and last addresses of the runs that make it up.
    runs: Vec<(u128, u128)>,
}

/// Blocks of version 4.
const SPECIAL4: &[&str] = &[
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
];

/// Blocks of version 6.
const SPECIAL6: &[&str] = &[
    "::/128",
    "::1/128",
    "::ffff:0:0/96",
    "64:ff9b::/96",
    "64:ff9b:1::/48",
    "100::/64",
    "2001::/23",
    "2001:db8::/32",
    "2002::/16",
    "3fff::/20",
    "fc00::/7",
    "fe80::/10",
    "ff00::/8",
];

/// Global unicast space: what of it is not special is public.
const GLOBAL6: (u128, u128) = (0x2000 << 112, (0x4000 << 112) - 1);

static BLOCKS: LazyLock<Vec<Block>> = LazyLock::new(|| {
    let mut blocks = Vec::new();
    for (family, names) in [(Family::V4, SPECIAL4), (Family::V6, SPECIAL6)] {
        for name in names {
            blocks.push(Block { family, name, is_public: false, runs: vec![run(name)] });
        }
    }
    let specials = |family| {
        let mut runs: Vec<_> = blocks
            .iter()
            .filter(|block: &&Block| block.family == family)
            .map(|block| block.runs[0])
            .collect();
        runs.sort_unstable();
        runs
    };
    let public4 = without((0, u32::MAX.into()), &specials(Family::V4));
    let public6 = without(GLOBAL6, &specials(Family::V6));
    let mut not_other = specials(Family::V6);
    not_other.retain(|run| run.0 < GLOBAL6.0 || run.0 > GLOBAL6.1);
    not_other.push(GLOBAL6);
    not_other.sort_unstable();
    let other6 = without((0, u128::MAX), &not_other);
    for (family, name, runs) in
        [(Family::V4, "public", public4), (Family::V6, "public", public6), (Family::V6, "other", other6)]
    {
        blocks.push(Block { family, name, is_public: true, runs });
    }
    blocks
});

/// First and last address of a block in CIDR notation.
fn run(name: &str) -> (u128, u128) {
    let (address, prefix) = name.split_once('/').expect("written above");
    let prefix: u32 = prefix.parse().expect("written above");
    let (first, bits) = match address.parse::<Ipv4Addr>() {
        Ok(address) => (u128::from(address.to_bits()), 32),
        Err(_) => (address.parse::<Ipv6Addr>().expect("written above").to_bits(), 128),
    };
    (first, first | 1u128.checked_shl(bits - prefix).map_or(u128::MAX, |size| size - 1))
}

/// What is left of a run without other runs, which ascend.
fn without(whole: (u128, u128), runs: &[(u128, u128)]) -> Vec<(u128, u128)> {
    let mut left = Vec::new();
    let (mut start, last) = whole;
    for (first, end) in runs.iter().filter(|run| run.0 >= whole.0 && run.1 <= last) {
        if *first > start {
            left.push((start, first - 1));
        }
        if *end == last {
            return left;
        }
        start = end + 1;
    }
    left.push((start, last));
    left
}

impl Block {
    pub(super) fn of_number(number: usize) -> &'static Self {
        &BLOCKS[number]
    }

    /// The number of the block that an address is in.
    #[inline]
    pub(super) fn number_of(address: &Address) -> usize {
        let holds = |block: &Block| {
            block.family == address.family
                && block.runs.iter().any(|(first, last)| (*first..=*last).contains(&address.value))
        };
        BLOCKS.iter().position(holds).expect("the blocks cover both versions")
    }

    /// The spec that its permutation is bound to.
    pub(super) fn spec(&self) -> String {
        match self.family {
            Family::V4 => format!("ip4:{}", self.name),
            Family::V6 => format!("ip6:{}", self.name),
        }
    }

    /// Bits of an address.
    pub(super) fn bits(&self) -> u8 {
        match self.family {
            Family::V4 => 32,
            Family::V6 => 128,
        }
    }

    pub(super) fn is_public(&self) -> bool {
        self.is_public
    }

    /// How many addresses it has whose last `fixed` bits are zero.
    pub(super) fn count(&self, fixed: u8) -> u128 {
        self.steps(fixed).map(|(_, count)| count).sum()
    }

    /// For each run, the first address without its last `fixed` bits that lies in it, and how many do.
    #[inline]
    fn steps(&self, fixed: u8) -> impl Iterator<Item = (u128, u128)> + '_ {
        self.runs.iter().map(move |(first, last)| {
            let low = 1u128.checked_shl(fixed.into()).map_or(u128::MAX, |size| size - 1);
            let last = shifted(*last, fixed);
            // The next multiple, if the run does not begin with one.
            let first = shifted(*first, fixed).saturating_add(u128::from(first & low != 0));
            (first, last.checked_sub(first).map_or(0, |distance| distance + 1))
        })
    }

    /// The rank of an address of the block whose last `fixed` bits are zero.
    #[inline]
    pub(super) fn rank(&self, value: u128, fixed: u8) -> u128 {
        let value = shifted(value, fixed);
        let mut before = 0;
        for (first, count) in self.steps(fixed) {
            if value >= first && value - first < count {
                return before + (value - first);
            }
            before += count;
        }
        0
    }

    /// The inverse of [`rank`](Self::rank).
    #[inline]
    pub(super) fn unrank(&self, mut rank: u128, fixed: u8) -> u128 {
        for (first, count) in self.steps(fixed) {
            if rank < count {
                return (first + rank).checked_shl(fixed.into()).unwrap_or(0);
            }
            rank -= count;
        }
        0
    }
}

#[inline]
fn shifted(value: u128, fixed: u8) -> u128 {
    value.checked_shr(fixed.into()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_part_the_whole_space() {
        for (family, last) in [(Family::V4, u128::from(u32::MAX)), (Family::V6, u128::MAX)] {
            let mut runs: Vec<_> = BLOCKS
                .iter()
                .filter(|block| block.family == family)
                .flat_map(|block| block.runs.iter().copied())
                .collect();
            runs.sort_unstable();
            assert_eq!(runs.first().map(|run| run.0), Some(0));
            assert!(runs.windows(2).all(|pair| pair[0].1 + 1 == pair[1].0));
            assert_eq!(runs.last().map(|run| run.1), Some(last));
        }
    }

    #[test]
    fn ranks_are_a_bijection_of_each_block() {
        for block in BLOCKS.iter() {
            for fixed in [0, 8, 16, 24, 32].into_iter().filter(|fixed| *fixed <= block.bits()) {
                let count = block.count(fixed);
                for rank in [0, 1, count / 3, count / 2, count.saturating_sub(1)] {
                    if rank < count {
                        let value = block.unrank(rank, fixed);
                        assert_eq!(block.rank(value, fixed), rank, "{}", block.spec());
                        assert!(block.runs.iter().any(|run| (run.0..=run.1).contains(&value)));
                    }
                }
            }
        }
        // Every network of 16 bits, once.
        let networks: u128 =
            BLOCKS.iter().filter(|block| block.family == Family::V4).map(|block| block.count(16)).sum();
        assert_eq!(networks, 1 << 16);
    }
}
