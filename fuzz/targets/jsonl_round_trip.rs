//! See [`checks::jsonl_round_trip`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| checks::jsonl_round_trip::check(data));
