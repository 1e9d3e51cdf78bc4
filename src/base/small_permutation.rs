//! Permutations of fewer than a million numbers: a keyed Fisher-Yates shuffle, kept as a table.
//!
//! A Feistel network is weak on so small a domain; a shuffle is as strong as the stream that drives it (AES-256-CTR
//! from zero, 32-bit draws, Lemire's rejection, so every permutation is equally likely). A table takes 4 bytes per
//! number and at most 6 ms to make, so tables are shared, dropped when they are too many, and made again on use.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use aes::Block;
use zeroize::Zeroizing;

use super::cipher::{Cipher, LANES};

/// The images of 0, 1, ..; wiped on drop.
pub(super) type Table = Zeroizing<Vec<u32>>;

/// The tables of a project that are in use, at most [`Tables::BOUND`] bytes of them.
#[derive(Default)]
pub(super) struct Tables(Mutex<Shelf>);

#[derive(Default)]
struct Shelf {
    tables: BTreeMap<TableId, Entry>,
    bytes: usize,
    clock: u64,
}

struct Entry {
    table: Arc<OnceLock<Table>>,
    used: u64,
}

/// Which table: a fingerprint of its key, its length, and whether it is the inverse.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct TableId {
    pub(super) key: u128,
    pub(super) length: u32,
    pub(super) inverse: bool,
}

impl TableId {
    fn bytes(&self) -> usize {
        self.length as usize * size_of::<u32>()
    }
}

impl Tables {
    /// The most that tables may take together, unless one alone takes more.
    pub(super) const BOUND: usize = 16 << 20;

    /// The place of a table, to be filled by whoever comes first. The least recently used make room for it.
    pub(super) fn table(&self, id: TableId) -> Arc<OnceLock<Table>> {
        let mut guard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Shelf { tables: known, bytes, clock } = &mut *guard;
        *clock += 1;
        if let Some(entry) = known.get_mut(&id) {
            entry.used = *clock;
            return Arc::clone(&entry.table);
        }
        while *bytes + id.bytes() > Self::BOUND {
            let Some((oldest, _)) = known.iter().min_by_key(|(_, entry)| entry.used) else { break };
            let oldest = *oldest;
            known.remove(&oldest);
            *bytes -= oldest.bytes();
        }
        *bytes += id.bytes();
        let table = Arc::default();
        known.insert(id, Entry { table: Arc::clone(&table), used: *clock });
        table
    }
}

/// Shuffles 0 .. `length`.
pub(super) fn shuffle(cipher: &Cipher, length: u32) -> Table {
    let mut table: Table = Zeroizing::new((0..length).collect());
    let mut draws = Draws::new(cipher);
    for last in (1..length).rev() {
        let range = last + 1;
        let threshold = range.wrapping_neg() % range;
        let chosen = loop {
            let product = u64::from(draws.next()) * u64::from(range);
            if product as u32 >= threshold {
                break (product >> 32) as usize;
            }
        };
        table.swap(last as usize, chosen);
    }
    table
}

/// The table that undoes a table.
pub(super) fn inverse(table: &Table) -> Table {
    let mut inverse = Zeroizing::new(vec![0; table.len()]);
    for (number, image) in (0..).zip(table.iter()) {
        inverse[*image as usize] = number;
    }
    inverse
}

/// AES-256-CTR from counter zero, read as big-endian 32-bit numbers.
struct Draws<'a> {
    cipher: &'a Cipher,
    counter: u128,
    blocks: [Block; LANES],
    next: usize,
}

impl<'a> Draws<'a> {
    const PER_BLOCK: usize = 4;

    fn new(cipher: &'a Cipher) -> Self {
        Self { cipher, counter: 0, blocks: [Block::default(); LANES], next: LANES * Self::PER_BLOCK }
    }

    fn next(&mut self) -> u32 {
        if self.next == LANES * Self::PER_BLOCK {
            for block in &mut self.blocks {
                *block = Block::from(self.counter.to_be_bytes());
                self.counter += 1;
            }
            self.cipher.encrypt_blocks(&mut self.blocks);
            self.next = 0;
        }
        let block = &self.blocks[self.next / Self::PER_BLOCK];
        let draw = block.as_chunks::<4>().0[self.next % Self::PER_BLOCK];
        self.next += 1;
        u32::from_be_bytes(draw)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_stay_within_their_bound_and_the_oldest_go_first() {
        let tables = Tables::default();
        let id = |key| TableId { key, length: 1 << 20, inverse: false };
        let made = |key| tables.table(id(key)).get().is_some();
        for key in 0..4 {
            tables.table(id(key)).get_or_init(|| Zeroizing::new(vec![key as u32]));
        }
        assert!(made(0), "four tables of 4 MiB fit");
        tables.table(id(4));
        assert!(made(0), "it was used last");
        assert!(!made(1), "it was used longest ago");
        let shelf = tables.0.lock().unwrap();
        assert_eq!((shelf.bytes, shelf.tables.len()), (Tables::BOUND, 4));
    }

    #[test]
    fn the_inverse_undoes_the_shuffle() {
        let table = shuffle(&Cipher::new(&[1; 32]), 1000);
        let inverse = inverse(&table);
        assert!((0..1000).all(|number| inverse[table[number as usize] as usize] == number));
    }

    /// Each of the 24 orders of four numbers, 100 times of 2,400 give or take.
    #[test]
    fn every_order_is_as_likely() {
        let mut counts = BTreeMap::new();
        for key in 0..2400u16 {
            let mut bytes = [0; 32];
            bytes[..2].copy_from_slice(&key.to_be_bytes());
            *counts.entry(shuffle(&Cipher::new(&bytes), 4).to_vec()).or_insert(0) += 1;
        }
        assert_eq!(counts.len(), 24);
        assert!(counts.values().all(|count| (60..=150).contains(count)));
    }
}
