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
        let mut shelf = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        shelf.clock += 1;
        let now = shelf.clock;
        if let Some(entry) = shelf.tables.get_mut(&id) {
            entry.used = now;
            return Arc::clone(&entry.table);
        }
        while shelf.bytes + id.bytes() > Self::BOUND {
            let Some((oldest, _)) = shelf.tables.iter().min_by_key(|(_, entry)| entry.used) else { break };
            let oldest = *oldest;
            shelf.tables.remove(&oldest);
            shelf.bytes -= oldest.bytes();
        }
        shelf.bytes += id.bytes();
        let table = Arc::default();
        shelf.tables.insert(id, Entry { table: Arc::clone(&table), used: now });
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
