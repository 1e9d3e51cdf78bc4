//! See [`checks::policy_never_panics`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| checks::policy_never_panics::check(data));
