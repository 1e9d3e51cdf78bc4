//! Covering arrays: few rows in which any `t` columns show every combination of their values.
//!
//! Rows are built greedily and then made fewer by local search, both around rows that are there already: what those cover
//! is not asked for again, which makes an array the gap of a table. Ties are broken by a seeded generator, so that the same
//! model gives the same rows on every machine.

mod greedy;
mod open;
mod random;
mod search;
mod space;

use crate::base::{ErrorKind, Result};

use open::Open;
use random::Random;
use search::Search;
use space::Space;

/// A value for each column, as a number from 0.
pub type Row = Vec<u16>;

/// Rows in which any `strength` columns show every combination of their values; `levels` has the number of values of each
/// column. It takes well under a second for a hundred columns in pairs.
///
/// ```
/// let rows = scrub::synth::covering_array(&[3, 3, 3, 3], 2)?;
/// assert_eq!(rows.len(), 9);
/// # Ok::<(), scrub::Error>(())
/// ```
///
/// # Errors
/// As [`Covering::new`].
pub fn covering_array(levels: &[usize], strength: usize) -> Result<Vec<Row>> {
    Ok(Covering::new(levels, strength)?.rows(0, |steps| steps < STEPS))
}

/// Combinations that are still to be covered.
///
/// ```
/// use scrub::synth::Covering;
/// let mut covering = Covering::new(&[2, 2, 2], 2)?;
/// assert_eq!(covering.missing(), 12);
/// covering.cover(&[0, 0, 0])?;
/// assert_eq!(covering.missing(), 9);
/// assert_eq!(covering.rows(0, |steps| steps < 1_000).len(), 3);
/// # Ok::<(), scrub::Error>(())
/// ```
pub struct Covering {
    space: Space,
    open: Open,
}

impl Covering {
    /// All combinations of the values of any `strength` columns.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`]: a strength of 0 or above the number of columns, a column without values or with more than
    /// 65,536, or more than 2^28 combinations.
    pub fn new(levels: &[usize], strength: usize) -> Result<Self> {
        if strength == 0 || strength > levels.len() {
            return Err(refused("the strength of a covering array is from 1 to its number of columns"));
        }
        if levels.iter().any(|&level| level == 0 || level > MOST_LEVELS) {
            return Err(refused("a column of a covering array has from 1 to 65,536 values"));
        }
        if combinations(levels, strength).is_none_or(|tuples| tuples > MOST_TUPLES) {
            return Err(refused(
                "there are more than 2^28 combinations: group values, or choose fewer columns",
            ));
        }
        let space = Space::new(levels, strength);
        let open = Open::new(space.tuples());
        Ok(Self { space, open })
    }

    /// A row that is there already.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`]: a row of another number of columns, or a value that its column does not have.
    pub fn cover(&mut self, row: &[u16]) -> Result<()> {
        let fits = |(value, level): (&u16, &usize)| usize::from(*value) < *level;
        if row.len() != self.space.levels.len() || !row.iter().zip(&self.space.levels).all(fits) {
            return Err(refused("the row is not one of the covering array's model"));
        }
        for tuple in self.space.of_row(row) {
            self.open.settle(tuple);
        }
        Ok(())
    }

    /// A pair that is there already: two columns, each with its value. For arrays of strength 2; whatever is not in the
    /// model is passed over.
    pub(in crate::synth) fn settle(&mut self, a: (usize, usize), b: (usize, usize)) {
        if let Some(tuple) = self.space.pair(a, b) {
            self.open.settle(tuple);
        }
    }

    /// Combinations that no row has.
    pub fn missing(&self) -> usize {
        self.open.len()
    }

    /// Rows for all that is missing: greedy ones first, then fewer of them as long as `go_on` says so, which is asked with
    /// the number of steps of the search so far (some hundred thousand in a second). `seed` breaks ties.
    pub fn rows(self, seed: u64, go_on: impl FnMut(u64) -> bool) -> Vec<Row> {
        let Self { space, mut open } = self;
        let mut random = Random::new(seed);
        let rows = greedy::rows(&space, &mut open, &mut random);
        Search::new(&space, rows, open).shrink(&mut random, go_on)
    }
}

/// Combinations of all choices of columns: the elementary symmetric polynomial of the levels.
fn combinations(levels: &[usize], strength: usize) -> Option<u64> {
    let mut sums = vec![0_u64; strength + 1];
    sums[0] = 1;
    for &level in levels {
        for size in (1..=strength).rev() {
            sums[size] = sums[size].checked_add(sums[size - 1].checked_mul(level as u64)?)?;
        }
    }
    Some(sums[strength])
}

fn refused(what: &str) -> crate::base::Error {
    ErrorKind::Usage(what.into()).into()
}

/// Steps of the search after which more bring little: with a tenth of them all arrays that are known for their size are
/// as small as with hundreds of times as many.
const STEPS: u64 = 20_000;
const MOST_LEVELS: usize = 1 << 16;
const MOST_TUPLES: u64 = 1 << 28;

#[cfg(test)]
mod tests;
