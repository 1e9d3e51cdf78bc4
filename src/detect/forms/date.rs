//! Dates on which a living person may be born.

use crate::base::calendar::days_of_month;

/// Whether a value is such a day. It says little: other dates are of these years too, so it takes a name or a keyword.
pub(in crate::detect) fn birth(value: &[u8]) -> Option<f32> {
    // A timestamp of midnight is a day.
    let value =
        value.strip_suffix(b" 00:00:00").or_else(|| value.strip_suffix(b"T00:00:00")).unwrap_or(value);
    let groups: Vec<&[u8]> =
        value.split(|byte| b" -./".contains(byte)).filter(|group| !group.is_empty()).collect();
    let number = |group: &[u8]| -> Option<i64> {
        (group.len() <= 4 && group.iter().all(u8::is_ascii_digit))
            .then(|| group.iter().fold(0, |number, byte| number * 10 + i64::from(byte & 15)))
    };
    let lives = |year: i64, month: i64, day: i64| {
        (1890..=2030).contains(&year) && day >= 1 && day <= days_of_month(year, month)
    };
    let found = match groups[..] {
        [all] if all.len() == 8 => lives(number(&all[..4])?, number(&all[4..6])?, number(&all[6..])?),
        [one, two, three] => {
            let month = |word: &[u8]| number(word).or_else(|| named_month(word));
            if one.len() == 4 {
                lives(number(one)?, month(two)?, number(three)?)
            } else {
                let year = match (three.len(), number(three)?) {
                    (4, year) => year,
                    (2, year) => 1900 + year,
                    _ => return None,
                };
                match (number(one), month(two)) {
                    (Some(one), Some(two)) => lives(year, two, one) || lives(year, one, two),
                    (None, _) => lives(year, named_month(one)?, number(two)?),
                    _ => false,
                }
            }
        }
        _ => false,
    };
    found.then_some(0.0)
}

/// The length of a moment that a text begins with, `2024-01-31T10:11:12.123Z`: nobody is born to the minute. Midnight is a
/// day.
pub(in crate::detect) fn timestamp(text: &[u8]) -> Option<usize> {
    const FORM: &[u8] = b"dddd-dd-dd dd:dd";
    let front = text.get(..FORM.len())?;
    let fits = |(byte, form): (&u8, &u8)| match form {
        b'd' => byte.is_ascii_digit(),
        b' ' => matches!(byte, b' ' | b'T'),
        form => byte == form,
    };
    if !front.iter().zip(FORM).all(fits) {
        return None;
    }
    let rest =
        text[FORM.len()..].iter().take_while(|byte| byte.is_ascii_digit() || b":.".contains(byte)).count();
    let mut end = FORM.len() + rest;
    while matches!(text[end - 1], b':' | b'.') {
        end -= 1;
    }
    let time = &text[11..end];
    if time.iter().all(|byte| b"0:.".contains(byte)) {
        return None;
    }
    let zone = match text.get(end) {
        Some(b'Z') => 1,
        Some(b'+' | b'-') => {
            1 + text[end + 1..]
                .iter()
                .take(5)
                .take_while(|byte| byte.is_ascii_digit() || **byte == b':')
                .count()
        }
        _ => 0,
    };
    let end = end + zone;
    text.get(end).is_none_or(|byte| !(byte.is_ascii_alphanumeric() || *byte == b'_')).then_some(end)
}

/// First byte and end of a day with a month's name around the digits that begin there: `12 March 1980`, `March 12th, 1980`,
/// `12. März 1980`, `12 de marzo de 1980`.
pub(in crate::detect) fn written_at(text: &[u8], digits: usize) -> Option<(usize, usize)> {
    let count = text[digits..].iter().take(3).take_while(|byte| byte.is_ascii_digit()).count();
    let day = text[digits..digits + count].iter().fold(0, |day, byte| day * 10 + i64::from(byte & 15));
    if !(1..=2).contains(&count) || !(1..=31).contains(&day) {
        return None;
    }
    let mut rest = &text[digits + count..];
    for ordinal in [b"st".as_slice(), b"nd", b"rd", b"th", b"er"] {
        rest = rest.strip_prefix(ordinal).unwrap_or(rest);
    }
    let (start, month, rest) = match month_before(text, digits) {
        Some((start, month)) => (start, month, rest),
        None => {
            let word = skip(rest);
            let length = letters(word);
            (digits, named_month(&word[..length])?, &word[length..])
        }
    };
    let year = skip(rest);
    let number = year.get(..4).filter(|year| year.iter().all(u8::is_ascii_digit))?;
    let number = number.iter().fold(0, |number, byte| number * 10 + i64::from(byte & 15));
    let open = year.get(4).is_none_or(|byte| !byte.is_ascii_alphanumeric());
    let lives = (1890..=2030).contains(&number) && day <= days_of_month(number, month);
    (open && lives).then(|| (start, text.len() - year.len() + 4))
}

/// The month that stands before a day: its first byte, and which.
fn month_before(text: &[u8], digits: usize) -> Option<(usize, i64)> {
    let front = text[..digits].strip_suffix(b" ")?;
    let front = front.strip_suffix(b".").unwrap_or(front);
    let length =
        front.iter().rev().take(20).take_while(|byte| byte.is_ascii_alphabetic() || !byte.is_ascii());
    let start = front.len() - length.count();
    named_month(&front[start..]).map(|month| (start, month))
}

/// What follows points, blanks, and words between the parts of a date.
fn skip(mut text: &[u8]) -> &[u8] {
    for _ in 0..4 {
        let next = text.iter().position(|byte| !b" .,".contains(byte)).unwrap_or(text.len());
        text = &text[next..];
        for word in [b"of ".as_slice(), b"de ", b"del "] {
            text = text.strip_prefix(word).unwrap_or(text);
        }
    }
    text
}

fn letters(text: &[u8]) -> usize {
    text.iter().take(20).take_while(|byte| byte.is_ascii_alphabetic() || !byte.is_ascii()).count()
}

/// The month of a name, or of the first letters of an English one.
fn named_month(word: &[u8]) -> Option<i64> {
    let word = std::str::from_utf8(word).ok()?.to_lowercase();
    let word = word.trim_end_matches(',');
    let short = |month: &str| word.len() >= 3 && month.starts_with(word);
    MONTHS.iter().position(|names| short(names[0]) || names.contains(&word)).map(|place| place as i64 + 1)
}

/// The months in English, German, French, Spanish, Italian, Portuguese, Dutch.
const MONTHS: [[&str; 7]; 12] = [
    ["january", "januar", "janvier", "enero", "gennaio", "janeiro", "januari"],
    ["february", "februar", "février", "febrero", "febbraio", "fevereiro", "februari"],
    ["march", "märz", "mars", "marzo", "marzo", "março", "maart"],
    ["april", "april", "avril", "abril", "aprile", "abril", "april"],
    ["may", "mai", "mai", "mayo", "maggio", "maio", "mei"],
    ["june", "juni", "juin", "junio", "giugno", "junho", "juni"],
    ["july", "juli", "juillet", "julio", "luglio", "julho", "juli"],
    ["august", "august", "août", "agosto", "agosto", "agosto", "augustus"],
    ["september", "september", "septembre", "septiembre", "settembre", "setembro", "september"],
    ["october", "oktober", "octobre", "octubre", "ottobre", "outubro", "oktober"],
    ["november", "november", "novembre", "noviembre", "novembre", "novembro", "november"],
    ["december", "dezember", "décembre", "diciembre", "dicembre", "dezembro", "december"],
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_told_from_a_day() {
        let length = |text: &str| timestamp(text.as_bytes()).unwrap_or(0);
        assert_eq!(length("2024-01-31T10:11:12.123Z INFO"), 24);
        assert_eq!(length("2024-01-31 10:11, and"), 16);
        assert_eq!(length("2024-01-31 10:11:12+02:00"), 25);
        for text in ["2024-01-31", "1980-01-31 00:00:00", "2024-01-31T10:11:12_a", "2024-01-31 at 10"] {
            assert_eq!(length(text), 0, "{text}");
        }
    }

    #[test]
    fn days_with_months_in_words_are_read_whole() {
        for (text, found) in [
            ("born 12 March 1980.", "12 March 1980"),
            ("born on March 12th, 1980 in", "March 12th, 1980"),
            ("geboren am 3. März 1975", "3. März 1975"),
            ("nacida el 12 de marzo de 1980", "12 de marzo de 1980"),
            ("born 31 April 1980", ""),
            ("took 12 marches 1980", ""),
            ("12 March", ""),
        ] {
            let digits = text.find(|character: char| character.is_ascii_digit()).unwrap();
            let range = written_at(text.as_bytes(), digits);
            assert_eq!(range.map_or("", |(start, end)| &text[start..end]), found, "{text}");
        }
    }
}
