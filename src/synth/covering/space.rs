//! The tuples of a model: every choice of `t` columns, with every combination of their values.

/// Columns with so many values each, and all choices of `t` of them.
pub(super) struct Space {
    pub(super) levels: Vec<usize>,
    /// Choices of columns, in lexicographic order.
    subsets: Vec<Vec<usize>>,
    /// For each choice the number of its first tuple.
    offsets: Vec<usize>,
    /// For each column the choices that it is in.
    of_column: Vec<Vec<Part>>,
    tuples: usize,
}

/// A choice of columns as one of them sees it: the tuple's number is `offset`, the column's value times `stride`, and
/// the others' values times theirs.
pub(super) struct Part {
    pub(super) offset: usize,
    pub(super) stride: usize,
    pub(super) others: Vec<(usize, usize)>,
}

impl Part {
    /// The number of the tuple in `row`, the column's value being 0.
    #[inline]
    pub(super) fn base(&self, row: &[u16]) -> usize {
        self.others.iter().fold(self.offset, |sum, &(column, stride)| sum + usize::from(row[column]) * stride)
    }
}

impl Space {
    pub(super) fn new(levels: &[usize], strength: usize) -> Self {
        let mut space = Self {
            levels: levels.to_vec(),
            subsets: Vec::new(),
            offsets: Vec::new(),
            of_column: levels.iter().map(|_| Vec::new()).collect(),
            tuples: 0,
        };
        let mut chosen: Vec<usize> = (0..strength).collect();
        if strength == 0 || strength > levels.len() {
            return space;
        }
        loop {
            space.add(&chosen);
            let Some(at) = (0..strength).rev().find(|&at| chosen[at] < levels.len() - strength + at) else {
                return space;
            };
            chosen[at] += 1;
            for next in at + 1..strength {
                chosen[next] = chosen[next - 1] + 1;
            }
        }
    }

    fn add(&mut self, columns: &[usize]) {
        let mut strides = vec![1; columns.len()];
        for at in (0..columns.len() - 1).rev() {
            strides[at] = strides[at + 1] * self.levels[columns[at + 1]];
        }
        for (at, &column) in columns.iter().enumerate() {
            let others = columns.iter().zip(&strides).enumerate().filter(|(other, _)| *other != at);
            self.of_column[column].push(Part {
                offset: self.tuples,
                stride: strides[at],
                others: others.map(|(_, (&column, &stride))| (column, stride)).collect(),
            });
        }
        self.offsets.push(self.tuples);
        self.tuples += strides[0] * self.levels[columns[0]];
        self.subsets.push(columns.to_vec());
    }

    /// Tuples in all.
    pub(super) fn tuples(&self) -> usize {
        self.tuples
    }

    /// The choices of columns that a column is in.
    #[inline]
    pub(super) fn parts(&self, column: usize) -> &[Part] {
        &self.of_column[column]
    }

    /// The numbers of the tuples in a row.
    pub(super) fn of_row<'a>(&'a self, row: &'a [u16]) -> impl Iterator<Item = usize> + 'a {
        self.subsets.iter().zip(&self.offsets).map(|(columns, offset)| {
            offset
                + columns.iter().fold(0, |sum, &column| sum * self.levels[column] + usize::from(row[column]))
        })
    }

    /// The number of a pair of columns with their values, where tuples are pairs.
    pub(super) fn pair(&self, a: (usize, usize), b: (usize, usize)) -> Option<usize> {
        let fits = |part: &&Part| matches!(&*part.others, [(column, _)] if *column == b.0);
        let part = self.of_column.get(a.0)?.iter().find(fits)?;
        Some(part.offset + part.stride * a.1 + part.others[0].1 * b.1)
    }

    /// The columns and values of a tuple.
    pub(super) fn tuple(&self, number: usize, out: &mut Vec<(usize, u16)>) {
        let subset = self.offsets.partition_point(|&offset| offset <= number) - 1;
        let mut rest = number - self.offsets[subset];
        out.clear();
        for &column in self.subsets[subset].iter().rev() {
            out.push((column, (rest % self.levels[column]) as u16));
            rest /= self.levels[column];
        }
    }
}
