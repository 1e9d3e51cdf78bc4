//! What the fuzz targets assert: one function per target, that panics when a promise is broken.
//!
//! The targets in `fuzz/targets` hand libFuzzer's bytes to these functions. The integration tests include this folder
//! (`tests/fuzz_regressions.rs`) and replay `fuzz/seeds` and `fuzz/regressions` through them, without a fuzzer.

pub mod csv_round_trip;
pub mod detect_spans;
mod dump;
pub mod errors_carry_no_input;
pub mod ff1_round_trip;
pub mod jsonl_round_trip;
pub mod mysqldump_round_trip;
pub mod permutation_round_trip;
pub mod pg_dump_round_trip;
pub mod policy_never_panics;
pub mod sqlite_dump_round_trip;
mod text_file;

/// Takes numbers off the front of the fuzzer's bytes; missing bytes are zero.
struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn take<const N: usize>(&mut self) -> [u8; N] {
        let mut taken = [0; N];
        let count = N.min(self.0.len());
        let (front, rest) = self.0.split_at(count);
        taken[..count].copy_from_slice(front);
        self.0 = rest;
        taken
    }

    fn byte(&mut self) -> u8 {
        let [byte] = self.take();
        byte
    }

    fn number(&mut self) -> u128 {
        u128::from_be_bytes(self.take())
    }

    /// All that is left, as numbers; enough for some batches and not more.
    fn numbers(&mut self) -> Vec<u128> {
        let mut numbers = Vec::new();
        while !self.0.is_empty() && numbers.len() < 200 {
            numbers.push(self.number());
        }
        numbers
    }
}
