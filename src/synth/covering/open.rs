//! How often each tuple is covered, and which are not at all.

use super::random::Random;
use super::space::Space;

/// Counts of tuples, with the list of those at zero.
pub(super) struct Open {
    counts: Vec<u32>,
    list: Vec<u32>,
    /// Where a tuple stands in the list, if it does.
    place: Vec<u32>,
}

/// The count of a tuple that rows elsewhere cover: it never falls to zero.
const ELSEWHERE: u32 = 1 << 31;

impl Open {
    /// So many tuples, none of them covered.
    pub(super) fn new(tuples: usize) -> Self {
        let list: Vec<u32> = (0..tuples as u32).collect();
        Self { counts: vec![0; tuples], place: list.clone(), list }
    }

    /// A tuple is covered for good.
    pub(super) fn settle(&mut self, tuple: usize) {
        if self.counts[tuple] < ELSEWHERE {
            self.cover(tuple);
            self.counts[tuple] = ELSEWHERE;
        }
    }

    /// How many rows have a tuple.
    #[inline]
    pub(super) fn count(&self, tuple: usize) -> u32 {
        self.counts[tuple]
    }

    /// Whether no row has it.
    #[inline]
    pub(super) fn is_open(&self, tuple: usize) -> bool {
        self.counts[tuple] == 0
    }

    /// Tuples that no row has.
    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    /// One of them.
    pub(super) fn pick(&self, random: &mut Random) -> usize {
        self.list[random.below(self.list.len())] as usize
    }

    /// A row more has it.
    #[inline]
    pub(super) fn cover(&mut self, tuple: usize) {
        self.counts[tuple] += 1;
        if self.counts[tuple] == 1 {
            let place = self.place[tuple] as usize;
            self.list.swap_remove(place);
            if let Some(&moved) = self.list.get(place) {
                self.place[moved as usize] = place as u32;
            }
        }
    }

    /// A row less has it.
    #[inline]
    pub(super) fn uncover(&mut self, tuple: usize) {
        self.counts[tuple] -= 1;
        if self.counts[tuple] == 0 {
            self.place[tuple] = self.list.len() as u32;
            self.list.push(tuple as u32);
        }
    }

    /// A row more.
    pub(super) fn add_row(&mut self, space: &Space, row: &[u16]) {
        space.of_row(row).for_each(|tuple| self.cover(tuple));
    }

    /// A row less.
    pub(super) fn remove_row(&mut self, space: &Space, row: &[u16]) {
        space.of_row(row).for_each(|tuple| self.uncover(tuple));
    }

    /// Tuples that only this row has.
    pub(super) fn only_in(&self, space: &Space, row: &[u16]) -> usize {
        space.of_row(row).filter(|tuple| self.counts[*tuple] == 1).count()
    }
}
