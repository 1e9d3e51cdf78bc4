//! What the fuzz targets assert: one function per target, that panics when a promise is broken.
//!
//! The targets in `fuzz/targets` hand libFuzzer's bytes to these functions. The integration tests include this folder
//! (`tests/fuzz_regressions.rs`) and replay `fuzz/seeds` and `fuzz/regressions` through them, without a fuzzer.

pub mod errors_carry_no_input;
