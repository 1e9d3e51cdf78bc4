//! See [`checks::errors_carry_no_input`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| checks::errors_carry_no_input::check(data));
