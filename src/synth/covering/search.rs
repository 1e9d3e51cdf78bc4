//! Fewer rows by local search: a row is taken out, and the others are changed until they cover what it covered (tabu search
//! after Nurmela, 2004: a step picks a tuple that is open and changes one cell so that some row has it).

use super::open::Open;
use super::random::Random;
use super::space::Space;

/// Rows under change.
pub(super) struct Search<'s> {
    space: &'s Space,
    rows: Vec<Vec<u16>>,
    open: Open,
    /// For each cell the step before which it may not change again.
    tabu: Vec<u64>,
    step: u64,
    tuple: Vec<(usize, u16)>,
}

impl<'s> Search<'s> {
    pub(super) fn new(space: &'s Space, rows: Vec<Vec<u16>>, open: Open) -> Self {
        let cells = rows.len() * space.levels.len();
        Self { space, rows, open, tabu: vec![0; cells], step: 0, tuple: Vec::new() }
    }

    /// Takes rows out as long as `more` says that there is time. Returns the fewest rows that covered everything.
    pub(super) fn shrink(mut self, random: &mut Random, mut more: impl FnMut(u64) -> bool) -> Vec<Vec<u16>> {
        let mut best = self.rows.clone();
        while !self.rows.is_empty() {
            self.drop_row();
            while self.open.len() > 0 {
                if self.rows.is_empty() || !more(self.step) {
                    return best;
                }
                self.step(random);
            }
            best.clone_from(&self.rows);
        }
        best
    }

    /// Takes out the row that alone covers the fewest tuples.
    fn drop_row(&mut self) {
        let alone = |row: &Vec<u16>| self.open.only_in(self.space, row);
        let Some((at, _)) = self.rows.iter().enumerate().min_by_key(|(_, row)| alone(row)) else { return };
        let row = self.rows.swap_remove(at);
        self.open.remove_row(self.space, &row);
        self.tabu.fill(0);
    }

    fn step(&mut self, random: &mut Random) {
        self.step += 1;
        let picked = self.open.pick(random);
        let mut tuple = std::mem::take(&mut self.tuple);
        self.space.tuple(picked, &mut tuple);
        let columns = self.space.levels.len();
        let mut best: Option<(i32, usize, usize, u16)> = None;
        let mut ties = 0;
        for (at, row) in self.rows.iter().enumerate() {
            let mut missing = tuple.iter().filter(|(column, value)| row[*column] != *value);
            let (Some(&(column, value)), None) = (missing.next(), missing.next()) else { continue };
            if self.tabu[at * columns + column] > self.step {
                continue;
            }
            let delta = self.delta(row, column, value);
            if best.is_none_or(|(least, ..)| delta < least) {
                best = Some((delta, at, column, value));
                ties = 1;
            } else if best.is_some_and(|(least, ..)| delta == least) {
                ties += 1;
                if random.below(ties) == 0 {
                    best = Some((delta, at, column, value));
                }
            }
        }
        if let Some((_, row, column, value)) = best {
            self.change(row, column, value, random);
        } else {
            let row = random.below(self.rows.len());
            for &(column, value) in &tuple {
                if self.rows[row][column] != value {
                    self.change(row, column, value, random);
                }
            }
        }
        self.tuple = tuple;
    }

    /// How many more tuples are open if a cell changes.
    #[inline]
    fn delta(&self, row: &[u16], column: usize, value: u16) -> i32 {
        let (old, new) = (usize::from(row[column]), usize::from(value));
        let mut delta = 0;
        for part in self.space.parts(column) {
            let base = part.base(row);
            delta += i32::from(self.open.count(base + old * part.stride) == 1);
            delta -= i32::from(self.open.count(base + new * part.stride) == 0);
        }
        delta
    }

    fn change(&mut self, at: usize, column: usize, value: u16, random: &mut Random) {
        let old = usize::from(self.rows[at][column]);
        for part in self.space.parts(column) {
            let base = part.base(&self.rows[at]);
            self.open.uncover(base + old * part.stride);
            self.open.cover(base + usize::from(value) * part.stride);
        }
        self.rows[at][column] = value;
        self.tabu[at * self.space.levels.len() + column] = self.step + 1 + random.below(TENURE) as u64;
    }
}

/// Steps for which a changed cell stays, at most.
const TENURE: usize = 10;
