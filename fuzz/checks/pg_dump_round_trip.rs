//! Dumps of PostgreSQL: [`dump`](super::dump) says what is promised.

use super::dump;

/// Reads the input as a dump in plain text.
pub fn check(data: &[u8]) {
    // An archive is what the installed pg_restore makes of it.
    if data.get(1..).is_some_and(|input| input.starts_with(b"PGDMP")) {
        return;
    }
    dump::round_trip("pg_dump", may_hold_secrets, data);
}

/// Whether a clause of the input may be cut out of its statement.
fn may_hold_secrets(input: &[u8]) -> bool {
    let upper = input.to_ascii_uppercase();
    [b"PASSWORD".as_slice(), b"OPTIONS", b"CONNECTION"]
        .iter()
        .any(|word| upper.windows(word.len()).any(|window| window == *word))
}
