//! Rows that complete tables which lack some pairs of values, against the figures of other tools on the same tables.

#![allow(clippy::print_stdout, reason = "the record holds what it prints")]

use std::fs;

use scrub::synth::Covering;

use crate::support::corpora::shared;

#[test]
fn gaps_are_filled_with_no_more_rows_than_others_need() {
    let Some(shared) = shared() else { return };
    let folder = shared.join("data/gap_fill");
    let index = fs::read_to_string(folder.join("index.json")).unwrap();
    let sets: Vec<serde_json::Value> = serde_json::from_str(&index).unwrap();
    assert!(!sets.is_empty());
    for set in sets {
        let number = |key: &str| set[key].as_u64().unwrap() as usize;
        let file = set["file"].as_str().unwrap();
        let levels: Vec<usize> =
            set["levels"].as_array().unwrap().iter().map(|level| level.as_u64().unwrap() as usize).collect();
        let mut covering = Covering::new(&levels, 2).unwrap();
        let mut table = csv::Reader::from_path(folder.join(file)).unwrap();
        let mut rows = 0;
        for record in table.records() {
            let row: Vec<u16> = record.unwrap().iter().map(|value| value.parse().unwrap()).collect();
            covering.cover(&row).unwrap();
            rows += 1;
        }
        assert_eq!(rows, number("rows"), "{file}");
        let new = covering.rows(0, |steps| steps < 20_000);
        let least = number("pict_new_rows").min(number("simple_greedy_new_rows"));
        println!("{file}: {} new rows, others {least}", new.len());
        if levels == [10; 20] {
            assert!(new.len() < least, "{file}: {} of {least}", new.len());
        } else {
            assert!(new.len() <= least, "{file}: {} of {least}", new.len());
        }
    }
}
