//! One row after the other, each the best of several candidates (after AETG: Cohen, Dalal, Fredman and Patton, 1997).

use super::open::Open;
use super::random::Random;
use super::space::Space;

/// Rows until nothing is open.
pub(super) fn rows(space: &Space, open: &mut Open, random: &mut Random) -> Vec<Vec<u16>> {
    let mut rows = Vec::new();
    let mut builder = Builder {
        space,
        fixed: vec![false; space.levels.len()],
        row: vec![0; space.levels.len()],
        tuple: Vec::new(),
    };
    while open.len() > 0 {
        let mut best: (usize, Vec<u16>) = (0, Vec::new());
        for _ in 0..CANDIDATES {
            let gain = builder.build(open, random);
            if gain > best.0 {
                best = (gain, builder.row.clone());
            }
        }
        open.add_row(space, &best.1);
        rows.push(best.1);
    }
    rows
}

/// Rows of which the best is taken; more than thirty gain less than a row in a hundred.
const CANDIDATES: usize = 30;

/// A row under construction.
struct Builder<'s> {
    space: &'s Space,
    fixed: Vec<bool>,
    row: Vec<u16>,
    tuple: Vec<(usize, u16)>,
}

impl Builder<'_> {
    /// Builds a row around an open tuple; returns how many open tuples it has.
    fn build(&mut self, open: &Open, random: &mut Random) -> usize {
        self.fixed.fill(false);
        self.space.tuple(open.pick(random), &mut self.tuple);
        for &(column, value) in &self.tuple {
            self.row[column] = value;
            self.fixed[column] = true;
        }
        let mut order: Vec<usize> = (0..self.row.len()).filter(|&column| !self.fixed[column]).collect();
        random.shuffle(&mut order);
        for column in order {
            self.row[column] = self.best_value(column, open, random);
            self.fixed[column] = true;
        }
        self.space.of_row(&self.row).filter(|tuple| open.is_open(*tuple)).count()
    }

    fn best_value(&self, column: usize, open: &Open, random: &mut Random) -> u16 {
        let mut gains = vec![0_u32; self.space.levels[column]];
        for part in self.space.parts(column) {
            if part.others.iter().all(|(other, _)| self.fixed[*other]) {
                let base = part.base(&self.row);
                for (value, gain) in gains.iter_mut().enumerate() {
                    *gain += u32::from(open.is_open(base + value * part.stride));
                }
            }
        }
        let (mut best, mut ties) = (0, 0);
        for (value, gain) in gains.iter().enumerate() {
            if *gain > gains[best] || ties == 0 {
                (best, ties) = (value, 1);
            } else if *gain == gains[best] {
                ties += 1;
                if random.below(ties) == 0 {
                    best = value;
                }
            }
        }
        best as u16
    }
}
