//! Lines for people: errors and notices on standard error, results on standard output.

use std::io::{IsTerminal, Write, stderr, stdout};

use crate::base::Result;

use super::Finding;

/// An error, on standard error.
pub(super) fn error(message: &str) {
    let head = if stderr().is_terminal() { "\x1b[1;31mscrub:\x1b[0m" } else { "scrub:" };
    let _ = writeln!(stderr(), "{head} {message}");
}

/// A notice, on standard error.
pub(super) fn notice(message: &str) {
    let _ = writeln!(stderr(), "{message}");
}

/// A result, on standard output.
pub(super) fn out(text: &str) -> Result<Finding> {
    let mut out = stdout().lock();
    out.write_all(text.as_bytes())?;
    if !text.ends_with('\n') {
        out.write_all(b"\n")?;
    }
    out.flush()?;
    Ok(Finding::Clean)
}

/// Rows of text in columns of even width, two spaces apart.
pub(super) fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            line.push_str(cell);
            line.extend(std::iter::repeat_n(' ', width + 2 - cell.chars().count()));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// `1,234,567`.
pub(super) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn counts_are_grouped_by_thousands() {
        assert_eq!(super::count(0), "0");
        assert_eq!(super::count(999), "999");
        assert_eq!(super::count(1_000), "1,000");
        assert_eq!(super::count(1_234_567), "1,234,567");
    }
}
