//! CSV under options that the first byte picks: [`text_file`](super::text_file) says what is promised.

use scrub::format::{CsvOptions, Quote, ReaderOptions};

use super::text_file;

/// Checks the input.
pub fn check(data: &[u8]) {
    let Some((&choice, input)) = data.split_first() else { return };
    let mut options = ReaderOptions::default();
    options.format = Some("csv");
    options.csv.delimiter = [None, Some(b','), Some(b';'), Some(b'\t')][usize::from(choice & 3)];
    options.csv.quote =
        [None, Some(Quote::Byte(b'\'')), Some(Quote::None), None][usize::from(choice >> 2 & 3)];
    options.csv.header = [None, Some(true), Some(false), None][usize::from(choice >> 4 & 3)];
    if options.csv.header == Some(false) {
        options.csv.columns = Some(vec!["a".into(), "b".into()]);
    }
    if choice & 64 != 0 {
        options.csv.null = Some("\\N".into());
    }
    if choice & 128 != 0 {
        options.csv.encoding = CsvOptions::encoding_of("latin1").ok();
    }
    text_file::check(&options, input);
}
