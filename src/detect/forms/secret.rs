//! Secrets: tokens, keys in PEM, values behind a word that says what they are.

/// Bits of evidence that a value is a JSON web token: the first part decodes to an object with `alg`.
pub(in crate::detect) fn jwt(value: &[u8]) -> Option<f32> {
    let mut parts = value.split(|byte| *byte == b'.');
    let (header, claims, signature) = (parts.next()?, parts.next()?, parts.next()?);
    let decoded = data_encoding::BASE64URL_NOPAD.decode(header).ok()?;
    let object = memchr::memmem::find(&decoded, b"\"alg\"").is_some();
    let rest = [claims, signature]
        .iter()
        .all(|part| part.iter().all(|byte| byte.is_ascii_alphanumeric() || b"_-=".contains(byte)));
    (header.starts_with(b"eyJ") && object && rest && claims.len() > 3).then_some(24.0)
}

/// Bits of evidence that a value holds a private key.
pub(in crate::detect) fn pem(value: &[u8]) -> Option<f32> {
    pem_at(value, memchr::memmem::find(value, b"-----BEGIN")?).map(|_| 30.0)
}

/// The end of the private key that begins there.
pub(in crate::detect) fn pem_at(text: &[u8], start: usize) -> Option<usize> {
    let rest = &text[start..];
    let head = rest.get(10..)?;
    let head_end = memchr::memmem::find(head, b"-----")?;
    let label = &head[..head_end];
    if label.len() > 60 || memchr::memmem::find(label, b"PRIVATE KEY").is_none() {
        return None;
    }
    let body = 10 + head_end + 5;
    let end = memchr::memmem::find(&rest[body..], b"-----END").map_or(rest.len(), |end| {
        let from = body + end + 8;
        memchr::memmem::find(&rest[from..], b"-----").map_or(rest.len(), |tail| from + tail + 5)
    });
    // An example without a key in it.
    (end - body > 64).then_some(start + end)
}

/// Bits of evidence that a value is one long word of random characters.
pub(in crate::detect) fn random(value: &[u8]) -> Option<f32> {
    let long = (16..=512).contains(&value.len());
    let word = value.iter().all(|byte| byte.is_ascii_alphanumeric() || b"+/=_-".contains(byte));
    let mixed = value.iter().any(u8::is_ascii_digit) && value.iter().any(u8::is_ascii_alphabetic);
    (long && word && mixed && !is_uuid(value) && entropy(value) >= 3.5 && !is_placeholder(value))
        .then_some(4.0)
}

/// Whether a value is an identifier, a version or a path: words and short numbers that separators join.
pub(in crate::detect) fn is_identifier(value: &[u8]) -> bool {
    let parts = value.split(|byte| b"_-./:".contains(byte));
    let part = |part: &[u8]| {
        let letters = part.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        let (word, rest) = part.split_at(letters);
        let numbered =
            rest.len() <= if word.is_empty() { 10 } else { 5 } && rest.iter().all(u8::is_ascii_digit);
        numbered && word.len() <= 24 && (word.len() <= 4 || is_wordy(word))
    };
    parts.clone().count() > 1 && parts.clone().all(part)
}

/// Whether a value is no more than words: no digit in it, and letters as words have them, or all small or all capitals.
pub(in crate::detect) fn is_text(value: &[u8]) -> bool {
    let letters = || value.iter().filter(|byte| byte.is_ascii_alphabetic());
    let parts = value.split(|byte| !byte.is_ascii_alphabetic());
    !value.iter().any(u8::is_ascii_digit)
        && (letters().all(u8::is_ascii_lowercase)
            || letters().all(u8::is_ascii_uppercase)
            || parts.into_iter().all(is_wordy))
}

/// Words in small letters or capitals, joined: identifiers and texts, with at most two digits.
pub(in crate::detect) fn is_word_list(value: &[u8]) -> bool {
    let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
    let words = value.split(|byte| b"_-. /:".contains(byte));
    let wordy = |word: &[u8]| {
        word.iter().all(u8::is_ascii_alphabetic) && word.len() <= 24 && is_wordy(word)
            || word.len() <= 2 && word.iter().all(u8::is_ascii_digit)
    };
    digits <= 2 && words.clone().all(wordy) && (words.count() > 1 || digits == 0)
}

/// Whether letters are spread as in words: vowels among them, few consonants in a row, capitals only where words begin.
fn is_wordy(word: &[u8]) -> bool {
    let run = word.split(|byte| b"aeiouyAEIOUY".contains(byte)).map(<[u8]>::len).max().unwrap_or_default();
    let changes =
        word.windows(2).filter(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase()).count();
    run <= 4 && changes <= word.len() / 4
}

/// What stands in for a secret in examples and templates.
pub(in crate::detect) fn is_placeholder(value: &[u8]) -> bool {
    const WORDS: &[&str] = &[
        "example",
        "changeme",
        "change_me",
        "placeholder",
        "redacted",
        "your_",
        "your-",
        "yourpassword",
        "yourtoken",
        "insert",
        "dummy",
        "undefined",
        "xxxx",
        "****",
        "....",
        "todo",
        "<",
        "${",
        "{{",
        "%s",
        "$(",
        "process.env",
        "os.environ",
        "getenv",
        "secrets.",
        "null",
        "none",
        "false",
        "true",
        "123456789012",
        "abcdefgh",
        "0000000",
    ];
    let lower = value.to_ascii_lowercase();
    let distinct = {
        let mut seen = [false; 256];
        for byte in value {
            seen[usize::from(*byte)] = true;
        }
        seen.iter().filter(|seen| **seen).count()
    };
    value.is_empty()
        || value.len() >= 4 && distinct <= 2
        || value.len() >= 16 && distinct <= 5
        || value.starts_with(b"$")
        || value.starts_with(b"%") && value.ends_with(b"%")
        || WORDS.iter().any(|word| memchr::memmem::find(&lower, word.as_bytes()).is_some())
}

/// Whether a value is a UUID in its usual form.
pub(in crate::detect) fn is_uuid(value: &[u8]) -> bool {
    value.len() == 36
        && value.iter().enumerate().all(|(place, byte)| {
            if matches!(place, 8 | 13 | 18 | 23) { *byte == b'-' } else { byte.is_ascii_hexdigit() }
        })
}

/// Shannon's entropy of the bytes of a value, in bits for one.
pub(in crate::detect) fn entropy(value: &[u8]) -> f32 {
    let mut counts = [0_u16; 256];
    for byte in value {
        counts[usize::from(*byte)] += 1;
    }
    let all = value.len() as f32;
    counts
        .iter()
        .filter(|count| **count > 0)
        .map(|count| f32::from(*count) / all)
        .map(|share| -share * share.log2())
        .sum()
}
