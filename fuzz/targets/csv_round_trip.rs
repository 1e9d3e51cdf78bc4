//! See [`checks::csv_round_trip`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| checks::csv_round_trip::check(data));
