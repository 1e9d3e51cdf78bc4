//! Values that look like a shop's: numbers with valid check digits, addresses, notes with the traps of COPY text.

use super::random::Random;
use super::words::{NASTY, STREETS, WORDS};

/// One of the entries.
pub(super) fn pick<'a>(random: &mut Random, from: &[&'a str]) -> &'a str {
    from[random.below(from.len() as u64) as usize]
}

/// A phone number in one of four spellings.
pub(super) fn phone(random: &mut Random) -> String {
    let (area, exchange, line) = (201 + random.below(789), 200 + random.below(800), random.below(10_000));
    match random.below(10) {
        0..4 => format!("({area}) {exchange}-{line:04}"),
        4..7 => format!("+1 {area} {exchange} {line:04}"),
        7..9 => format!("{area}-{exchange}-{line:04}"),
        _ => format!("+44 20 {:04} {line:04}", random.below(10_000)),
    }
}

/// House number, street, sometimes a flat.
pub(super) fn address(random: &mut Random) -> String {
    let (house, street) = (1 + random.below(9_998), pick(random, STREETS));
    if random.chance(30) {
        format!("{house} {street}, Apt {}", 1 + random.below(399))
    } else {
        format!("{house} {street}")
    }
}

/// A social security number of valid form; different rows have different numbers (there are 658 million).
pub(super) fn ssn(row: u64) -> String {
    let all = 665 * 99 * 9_999;
    let rank = (row * 1_000_003 + 7_654_321) % all;
    let (area, group, serial) = (rank / (99 * 9_999), rank / 9_999 % 99, rank % 9_999);
    format!("{:03}-{:02}-{:04}", area + 1, group + 1, serial + 1)
}

/// A card number with a valid check digit.
pub(super) fn card(random: &mut Random) -> String {
    let (prefix, length) = match random.below(20) {
        0..10 => ("4", 16),
        10..15 => ("51", 16),
        15..18 => ("2221", 16),
        _ => ("37", 15),
    };
    let mut digits = String::from(prefix);
    while digits.len() < length - 1 {
        digits.push(char::from(b'0' + random.below(10) as u8));
    }
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(position, digit)| {
            let digit = u32::from(digit - b'0');
            if position % 2 == 0 { digit * 2 / 10 + digit * 2 % 10 } else { digit }
        })
        .sum();
    digits.push(char::from(b'0' + ((10 - sum % 10) % 10) as u8));
    digits
}

/// A German or British account number with valid check digits.
pub(super) fn iban(random: &mut Random) -> String {
    let (country, body) = if random.chance(70) {
        ("DE", format!("{:018}", random.below(10_u64.pow(18))))
    } else {
        let bank: String = (0..4).map(|_| char::from(b'A' + random.below(26) as u8)).collect();
        ("GB", format!("{bank}{:014}", random.below(10_u64.pow(14))))
    };
    let remainder = format!("{body}{country}00").bytes().fold(0, |remainder, byte| match byte {
        b'0'..=b'9' => (remainder * 10 + u32::from(byte - b'0')) % 97,
        letter => (remainder * 100 + u32::from(letter - b'A') + 10) % 97,
    });
    format!("{country}{:02}{body}", 98 - remainder)
}

/// A date in one of so many years.
pub(super) fn date(random: &mut Random, first_year: u64, years: u64) -> String {
    format!("{}-{:02}-{:02}", first_year + random.below(years), 1 + random.below(12), 1 + random.below(28))
}

/// A date and time of the last years.
pub(super) fn timestamp(random: &mut Random) -> String {
    let day = date(random, 2018, 8);
    format!("{day} {:02}:{:02}:{:02}", random.below(24), random.below(60), random.below(60))
}

/// Some words.
pub(super) fn sentence(random: &mut Random, words: u64) -> String {
    let mut text = String::new();
    for _ in 0..words {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(pick(random, WORDS));
    }
    text
}

/// A support note: nothing, empty, plain, with personal data, or with characters that COPY text escapes.
pub(super) fn note(random: &mut Random, name: &str, email: &str, phone: Option<&str>) -> Option<String> {
    let words = 12 + random.below(18);
    let kind = random.below(100);
    if kind < 5 {
        return None;
    }
    if kind < 7 {
        return Some(String::new());
    }
    let mut text = sentence(random, words);
    if kind < 10 {
        text.push(' ');
        text.push_str(pick(random, NASTY));
    } else if kind < 25 {
        let phone = phone.unwrap_or("no phone");
        text.extend([". Reach ", name, " at ", email, " or ", phone]);
    }
    Some(text)
}
