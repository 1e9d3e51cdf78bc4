//! JSON Lines: [`text_file`](super::text_file) says what is promised.

use scrub::format::ReaderOptions;

use super::text_file;

/// Checks the input.
pub fn check(data: &[u8]) {
    let mut options = ReaderOptions::default();
    options.format = Some("jsonl");
    text_file::check(&options, data);
}
