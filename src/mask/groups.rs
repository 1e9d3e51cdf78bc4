//! Numbers of one batch that belong to different permutations, brought together so that each permutation gets its
//! numbers at once, and put back in their places.

/// Buffers for numbers sorted by class.
#[derive(Default)]
pub struct Groups {
    ends: Vec<u32>,
    order: Vec<u32>,
    narrow: Vec<u64>,
    wide: Vec<u128>,
}

impl Groups {
    /// Hands the numbers of each class to `apply` in one slice, whose results go back where the numbers came from.
    /// Classes are small numbers.
    pub(super) fn each(&mut self, classes: &[u32], numbers: &mut [u64], apply: impl FnMut(u32, &mut [u64])) {
        each(&mut self.ends, &mut self.order, &mut self.narrow, classes, numbers, apply);
    }

    /// [`each`](Self::each) for wider numbers.
    pub(super) fn each_wide(
        &mut self,
        classes: &[u32],
        numbers: &mut [u128],
        apply: impl FnMut(u32, &mut [u128]),
    ) {
        each(&mut self.ends, &mut self.order, &mut self.wide, classes, numbers, apply);
    }
}

fn each<T: Copy>(
    ends: &mut Vec<u32>,
    order: &mut Vec<u32>,
    sorted: &mut Vec<T>,
    classes: &[u32],
    numbers: &mut [T],
    mut apply: impl FnMut(u32, &mut [T]),
) {
    let Some(first) = classes.first() else { return };
    if classes.iter().all(|class| class == first) {
        return apply(*first, numbers);
    }
    // A counting sort: where each class starts, then the place of each number.
    let highest = classes.iter().copied().max().unwrap_or_default() as usize;
    ends.clear();
    ends.resize(highest + 1, 0);
    for class in classes {
        ends[*class as usize] += 1;
    }
    let mut start = 0;
    for end in ends.iter_mut() {
        start += std::mem::replace(end, start);
    }
    order.clear();
    order.resize(classes.len(), 0);
    for (index, class) in classes.iter().enumerate() {
        let end = &mut ends[*class as usize];
        order[*end as usize] = index as u32;
        *end += 1;
    }
    sorted.clear();
    sorted.extend(order.iter().map(|index| numbers[*index as usize]));
    let mut start = 0;
    for (class, end) in ends.iter().enumerate() {
        if *end as usize > start {
            apply(class as u32, &mut sorted[start..*end as usize]);
            start = *end as usize;
        }
    }
    for (index, number) in order.iter().zip(sorted.iter()) {
        numbers[*index as usize] = *number;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_class_is_seen_once_and_results_go_back_to_their_places() {
        let classes = [3, 0, 3, 7, 0];
        let mut numbers = [10, 20, 30, 40, 50];
        let mut seen = Vec::new();
        Groups::default().each(&classes, &mut numbers, |class, group| {
            seen.push((class, group.to_vec()));
            for number in group {
                *number += u64::from(class);
            }
        });
        assert_eq!(seen, [(0, vec![20, 50]), (3, vec![10, 30]), (7, vec![40])]);
        assert_eq!(numbers, [13, 20, 33, 47, 50]);
    }

    #[test]
    fn one_class_and_no_numbers_need_no_sorting() {
        let mut groups = Groups::default();
        groups.each_wide(&[], &mut [], |_, _| unreachable!());
        let mut numbers = [1, 2];
        groups.each_wide(&[9, 9], &mut numbers, |class, group| {
            assert_eq!(class, 9);
            group.reverse();
        });
        assert_eq!(numbers, [2, 1]);
    }
}
