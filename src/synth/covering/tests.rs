//! Arrays of known sizes, models that are none, and the laws of every array.

use std::collections::HashSet;

use proptest::prelude::*;

use super::*;

fn model(parts: &[(usize, usize)]) -> Vec<usize> {
    parts.iter().flat_map(|&(level, columns)| vec![level; columns]).collect()
}

/// The combinations of any `strength` columns in these rows, found the slow way.
fn combinations_of(rows: &[Row], strength: usize) -> HashSet<Vec<(usize, u16)>> {
    let mut found: HashSet<Vec<(usize, u16)>> = HashSet::new();
    for row in rows {
        let mut choices: Vec<Vec<(usize, u16)>> = vec![Vec::new()];
        for (column, &value) in row.iter().enumerate() {
            let longer: Vec<_> = choices
                .iter()
                .filter(|choice| choice.len() < strength)
                .map(|choice| [choice.as_slice(), &[(column, value)]].concat())
                .collect();
            choices.extend(longer);
        }
        found.extend(choices.into_iter().filter(|choice| choice.len() == strength));
    }
    found
}

#[test]
fn arrays_known_for_their_size_are_as_small() {
    for (parts, most) in [
        (&[(3, 4)][..], 9),
        (&[(3, 13)], 15),
        (&[(4, 15), (3, 17), (2, 29)], 29),
        (&[(4, 1), (3, 39), (2, 35)], 21),
        (&[(2, 100)], 10),
        (&[(10, 20)], 188),
    ] {
        let levels = model(parts);
        let rows = covering_array(&levels, 2).unwrap();
        assert!(rows.len() <= most, "{parts:?}: {} rows", rows.len());
        let all = combinations(&levels, 2).unwrap();
        assert_eq!(combinations_of(&rows, 2).len() as u64, all, "{parts:?}");
    }
}

#[test]
fn three_columns_at_a_time() {
    let rows = covering_array(&[3; 4], 3).unwrap();
    assert_eq!((rows.len(), combinations_of(&rows, 3).len()), (27, 4 * 27));
}

#[test]
fn what_is_no_model_is_refused() {
    for (levels, strength) in [
        (&[2, 2][..], 0),
        (&[2, 2], 3),
        (&[], 1),
        (&[2, 0], 2),
        (&[70_000, 2], 2),
        (&[60_000; 3], 2),
        (&[60_000; 9], 9),
    ] {
        assert!(covering_array(levels, strength).is_err(), "{levels:?} {strength}");
    }
    let mut covering = Covering::new(&[2, 3], 2).unwrap();
    assert!(covering.cover(&[1]).is_err());
    assert!(covering.cover(&[0, 3]).is_err());
}

proptest! {
    #[test]
    fn every_combination_is_there_and_what_was_covered_is_not_asked_for(
        levels in proptest::collection::vec(1_usize..5, 1..7),
        strength in 1_usize..4,
        seeds in proptest::collection::vec(proptest::collection::vec(any::<u16>(), 7), 0..12),
        seed in any::<u64>(),
    ) {
        let strength = strength.min(levels.len());
        let existing: Vec<Row> = seeds
            .iter()
            .map(|row| row.iter().zip(&levels).map(|(value, level)| value % *level as u16).collect())
            .collect();
        let rows = |seed| {
            let mut covering = Covering::new(&levels, strength).unwrap();
            for row in &existing {
                covering.cover(row).unwrap();
            }
            let all = combinations(&levels, strength).unwrap();
            assert_eq!(covering.missing() as u64, all - combinations_of(&existing, strength).len() as u64);
            covering.rows(seed, |steps| steps < 200)
        };
        let new = rows(seed);
        prop_assert_eq!(&new, &rows(seed));
        let whole = [existing.clone(), new.clone()].concat();
        let all = combinations(&levels, strength).unwrap();
        prop_assert_eq!(combinations_of(&whole, strength).len() as u64, all);
        // No new row is superfluous.
        for left_out in 0..new.len() {
            let mut fewer = whole.clone();
            fewer.remove(existing.len() + left_out);
            prop_assert!((combinations_of(&fewer, strength).len() as u64) < all);
        }
    }
}
