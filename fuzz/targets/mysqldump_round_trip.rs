//! See [`checks::mysqldump_round_trip`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| checks::mysqldump_round_trip::check(data));
