//! See [`checks::sqlite_dump_round_trip`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| checks::sqlite_dump_round_trip::check(data));
