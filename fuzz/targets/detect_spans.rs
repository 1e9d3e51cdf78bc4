//! See [`checks::detect_spans`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| checks::detect_spans::check(data));
