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

/// Bits of evidence that a value holds a name that says secret, and behind `=` or `:` what looks like one.
pub(in crate::detect) fn keyed(value: &[u8]) -> Option<f32> {
    let mut found = Vec::new();
    for (place, byte) in value.iter().enumerate() {
        if matches!(byte, b'=' | b':') {
            found.extend(keyed_at(value, place));
        }
    }
    (!found.is_empty()).then_some(8.0)
}

/// Start and end of the secret behind the `=` or `:` at a place, if the name before it says that it is one.
pub(in crate::detect) fn keyed_at(text: &[u8], place: usize) -> Option<(usize, usize)> {
    let name = name_before(text, place)?;
    let kind = Kind::of(name)?;
    let mut start = place + 1;
    // `:=`, `=>`, `==`, `: "`, `= b'`.
    let mut quoted = None;
    for _ in 0..6 {
        match text.get(start)? {
            b' ' | b'\t' | b'>' | b'=' => start += 1,
            quote @ (b'"' | b'\'' | b'`') => {
                quoted = Some(*quote);
                start += 1;
                break;
            }
            b'\\' if text.get(start + 1).is_some_and(|next| b"\"'".contains(next)) => {
                quoted = Some(b'\\');
                start += 2;
                break;
            }
            _ => break,
        }
    }
    let rest = &text[start..text.len().min(start + 4096)];
    let length = match quoted {
        Some(quote) => rest.iter().position(|byte| *byte == quote || *byte == b'\n')?,
        None => rest
            .iter()
            .position(|byte| byte.is_ascii_whitespace() || b"\"'`,;<>()[]{}&\\".contains(byte))
            .unwrap_or(rest.len()),
    };
    let mut value = &rest[..length];
    for scheme in ["Bearer ", "Basic ", "bearer ", "basic ", "Token ", "token "] {
        if let Some(credentials) = value.strip_prefix(scheme.as_bytes()) {
            start += scheme.len();
            value = credentials;
        }
    }
    if quoted.is_none() {
        while value.last().is_some_and(|byte| b".:".contains(byte)) {
            value = &value[..value.len() - 1];
        }
    }
    kind.holds(value, name).then_some((start, start + value.len()))
}

/// The identifier before `=` or `:`, quotes and spaces between them left out.
fn name_before(text: &[u8], place: usize) -> Option<&[u8]> {
    let mut end = place;
    for _ in 0..5 {
        match text[..end].last()? {
            b' ' | b'\t' | b'"' | b'\'' | b'`' | b':' | b'\\' | b']' | b')' => end -= 1,
            _ => break,
        }
    }
    let front = &text[end.saturating_sub(80)..end];
    let start = front
        .iter()
        .rposition(|byte| !(byte.is_ascii_alphanumeric() || b"_-.".contains(byte) || !byte.is_ascii()))
        .map_or(0, |place| place + 1);
    let name = &front[start..];
    (name.len() >= 3).then_some(name)
}

/// What a name says of the value behind it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A password: any word that is no placeholder.
    Password,
    /// A token or key: long and random.
    Token,
}

impl Kind {
    fn of(name: &[u8]) -> Option<Self> {
        let name = String::from_utf8_lossy(name).to_lowercase();
        // Public keys, keys of maps and sorts, tokens of parsers, and what says where a secret is, not what.
        const HARMLESS: &[&str] = &[
            "public",
            "foreign",
            "primary",
            "partition",
            "sort",
            "keyword",
            "monkey",
            "turkey",
            "hotkey",
            "keyboard",
            "keycode",
            "keyname",
            "key_name",
            "key-name",
            "tokenizer",
            "tokens",
            "token_type",
            "tokentype",
            "token_count",
            "max_token",
            "secret_name",
            "secretname",
            "secretref",
            "password_file",
            "passwordfile",
            "key_file",
            "keyfile",
            "key_path",
            "keypath",
            "cache_key",
            "cachekey",
            "idempotency",
            "csrf_field",
            "author",
            "authority",
            "authors",
            "keystone",
            "_url",
            "url_",
            "path",
            "pass_rate",
            "passed",
            "passenger",
            "keyspace",
            "bucket",
        ];
        if HARMLESS.iter().any(|word| name.contains(word)) {
            return None;
        }
        const PASSWORDS: &[&str] = &[
            "password",
            "passwd",
            "passphrase",
            "passwort",
            "kennwort",
            "contrasena",
            "contraseña",
            "pwd",
            "motdepasse",
            "mot_de_passe",
            "senha",
            "parola",
            "пароль",
        ];
        if PASSWORDS.iter().any(|word| name.contains(word))
            || matches!(name.as_str(), "pass" | "db_pass" | "dbpass" | "user_pass")
        {
            return Some(Self::Password);
        }
        const TOKENS: &[&str] = &[
            "token",
            "secret",
            "apikey",
            "api_key",
            "api-key",
            "access_key",
            "accesskey",
            "access-key",
            "auth",
            "credential",
            "private_key",
            "privatekey",
            "encryption_key",
            "client_id",
            "clientid",
            "webhook",
            "signature",
            "salt",
            "bearer",
            "sas_key",
        ];
        if TOKENS.iter().any(|word| name.contains(word))
            || name.ends_with("key")
            || name.ends_with("_pass")
            || name.ends_with("_pat")
        {
            return Some(Self::Token);
        }
        None
    }

    fn holds(self, value: &[u8], name: &[u8]) -> bool {
        if is_placeholder(value) || value.eq_ignore_ascii_case(name) || value.len() > 2048 {
            return false;
        }
        let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
        match self {
            Self::Password => {
                value.len() >= 4
                    && !value.contains(&b' ')
                    && !is_word_list(value)
                    && (digits > 0
                        || value.iter().any(|byte| !byte.is_ascii_alphanumeric())
                        || value.len() >= 6 && entropy(value) > 2.2)
            }
            Self::Token => {
                let hex = value.iter().all(|byte| byte.is_ascii_hexdigit() || *byte == b'-');
                let shape =
                    value.iter().all(|byte| (b'!'..=b'~').contains(byte) && !b"\"'`<>(){}$,;".contains(byte));
                let least = if hex { 2.5 } else { 3.0 };
                value.len() >= 10
                    && shape
                    && digits >= 1
                    && !is_word_list(value)
                    && entropy(value) >= least
                    && !is_uri(value)
                    && !is_time(value)
            }
        }
    }
}

fn is_uri(value: &[u8]) -> bool {
    memchr::memmem::find(value, b"://").is_some() || value.starts_with(b"/") || value.starts_with(b"./")
}

/// Dates and times: digits in few groups.
fn is_time(value: &[u8]) -> bool {
    value.iter().all(|byte| byte.is_ascii_digit() || b"-:TZ.+ ".contains(byte))
        && value.iter().any(|byte| b"-:".contains(byte))
}

/// Words in small letters or capitals, joined: identifiers and texts, with at most two digits.
fn is_word_list(value: &[u8]) -> bool {
    let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
    let words = value.split(|byte| b"_-. /:".contains(byte));
    let wordy = words.clone().all(|word| {
        let changes = word
            .windows(2)
            .filter(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase())
            .count();
        word.iter().all(u8::is_ascii_alphabetic)
            && word.len() <= 24
            && changes <= word.len() / 4
            && has_vowels(word)
            || word.iter().all(u8::is_ascii_digit) && word.len() <= 2
    });
    digits <= 2 && wordy && (words.count() > 1 || digits == 0)
}

/// Whether letters are spread as in words: vowels among them, few consonants in a row.
fn has_vowels(word: &[u8]) -> bool {
    let run = word.split(|byte| b"aeiouyAEIOUY".contains(byte)).map(<[u8]>::len).max().unwrap_or_default();
    run <= 4
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
        value.iter().for_each(|byte| seen[usize::from(*byte)] = true);
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
    value.iter().for_each(|byte| counts[usize::from(*byte)] += 1);
    let all = value.len() as f32;
    counts
        .iter()
        .filter(|count| **count > 0)
        .map(|count| f32::from(*count) / all)
        .map(|share| -share * share.log2())
        .sum()
}
