//! Where a value of the row stands within one of its texts: whole words, in whatever case.
//!
//! A name of two letters counts only as it is written, one of a single letter and a number of up to three digits never:
//! they are in every text. Values of more than 128 characters are nobody's name and are not looked for.

use std::ops::Range;

use memchr::memchr2_iter;

const LONGEST: usize = 128;

/// Calls `found` for each place of the value in the text; places do not overlap.
pub(super) fn each(text: &str, value: &str, found: &mut dyn FnMut(Range<usize>)) {
    let value = value.trim();
    let count = value.chars().take(LONGEST + 1).count();
    let numeric = value.bytes().all(|byte| byte.is_ascii_digit());
    let Some(first) =
        value.chars().next().filter(|_| (2..=LONGEST).contains(&count) && !(numeric && count < 4))
    else {
        return;
    };
    let exact = count == 2;
    let mut done = 0;
    let mut look = |start: usize| {
        if start < done || joins(text[..start].chars().next_back(), Some(first)) {
            return;
        }
        let Some(length) = length_at(&text[start..], value, exact) else { return };
        let end = start + length;
        if !joins(value.chars().next_back(), text[end..].chars().next()) {
            done = end;
            found(start..end);
        }
    };
    if first.is_ascii() {
        let (lower, upper) = (first.to_ascii_lowercase() as u8, first.to_ascii_uppercase() as u8);
        memchr2_iter(lower, upper, text.as_bytes()).for_each(look);
    } else {
        text.char_indices().filter(|(_, sign)| !sign.is_ascii()).for_each(|(start, _)| look(start));
    }
}

/// Bytes of the value at the beginning of the text.
fn length_at(text: &str, value: &str, exact: bool) -> Option<usize> {
    let mut rest = text.chars();
    for wanted in value.chars() {
        let sign = rest.next()?;
        if sign != wanted && (exact || !sign.to_lowercase().eq(wanted.to_lowercase())) {
            return None;
        }
    }
    Some(text.len() - rest.as_str().len())
}

/// Whether two characters are of one word. Scripts from U+2E80 on (Chinese, Japanese, Korean) write words without spaces.
fn joins(before: Option<char>, after: Option<char>) -> bool {
    let in_word = |sign: Option<char>| sign.is_some_and(|sign| sign.is_alphanumeric() && sign < '\u{2e80}');
    in_word(before) && in_word(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places<'t>(text: &'t str, value: &str) -> Vec<&'t str> {
        let mut places = Vec::new();
        each(text, value, &mut |range| places.push(&text[range]));
        places
    }

    #[test]
    fn whole_words_count_in_any_case() {
        assert_eq!(places("Jane, JANE's friend Janet; mary-jane", "Jane"), ["Jane", "JANE", "jane"]);
        assert_eq!(places("von ŁUKASZ für Łukasza", "Łukasz"), ["ŁUKASZ"]);
        assert_eq!(places("call o'brien", "O'Brien"), ["o'brien"]);
        assert_eq!(places("山田太郎さん", "太郎"), ["太郎"]);
        assert_eq!(places("no. 12-345", "12-345"), ["12-345"]);
    }

    #[test]
    fn what_is_in_every_text_is_not_looked_for() {
        assert_eq!(places("li and Li", "Li"), ["Li"]);
        for (text, value) in [("a b", "a"), ("on 12 May", "12"), ("x", ""), ("  ", " ")] {
            assert!(places(text, value).is_empty(), "{value:?}");
        }
        let long = "a ".repeat(2000);
        assert!(places(&long, &long).is_empty());
    }
}
