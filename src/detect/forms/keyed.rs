//! Secrets by what stands before them: `api_key = "…"`, `password: …`, `Authorization: Bearer …`.

use super::secret::{entropy, is_identifier, is_placeholder, is_uuid, is_word_list};

/// Characters of a name that are looked at, and of a value.
const NAME: usize = 80;
const VALUE: usize = 2048;

/// Bits of evidence that a value holds a name that says secret, and behind `=` or `:` what looks like one.
pub(in crate::detect) fn whole(value: &[u8]) -> Option<f32> {
    let marks = value.iter().enumerate().filter(|(_, byte)| matches!(byte, b'=' | b':'));
    marks.map(|(place, _)| place).any(|place| keyed_at(value, place).is_some()).then_some(8.0)
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
            b' ' | b'\t' | b'>' | b'=' | b':' => start += 1,
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
    let rest = &text[start..];
    let end = |byte: &u8| match quoted {
        Some(quote) => *byte == quote || *byte == b'\n',
        None => byte.is_ascii_whitespace() || b"\"'`,;<>()[]{}&\\".contains(byte),
    };
    let length = rest.iter().take(VALUE).position(end);
    let length = length.or((quoted.is_none() && rest.len() < VALUE).then_some(rest.len()))?;
    let mut value = &rest[..length];
    for scheme in ["Bearer ", "Basic ", "Token ", "ApiKey "] {
        let front =
            value.get(..scheme.len()).is_some_and(|front| front.eq_ignore_ascii_case(scheme.as_bytes()));
        if front {
            start += scheme.len();
            value = &value[scheme.len()..];
        }
    }
    // Cut short by who wrote it down.
    if value.ends_with(b"..") || value.ends_with("…".as_bytes()) {
        return None;
    }
    if quoted.is_none() {
        // `Authorization: Bearer abc`: the value stands behind the scheme.
        if [b"bearer".as_slice(), b"basic", b"token"].iter().any(|scheme| value.eq_ignore_ascii_case(scheme))
        {
            let behind = rest.get(length + 1..)?;
            let length = behind.iter().take(VALUE).position(end).unwrap_or(behind.len().min(VALUE));
            start += value.len() + 1;
            value = &behind[..length];
        }
        while value.last().is_some_and(|byte| b".:".contains(byte)) {
            value = &value[..value.len() - 1];
        }
    }
    kind.holds(value, name).then_some((start, start + value.len()))
}

/// Start and end of a password that a sentence tells, behind a word for passwords: `her password is hunter2!`,
/// `password 'hunter2!'`.
pub(in crate::detect) fn spoken_at(text: &[u8], start: usize, end: usize) -> Option<(usize, usize)> {
    const WORDS: &[&str] = &["password", "passwort", "passwd", "pwd", "passphrase", "passcode", "kennwort"];
    let word = &text[start..end];
    if !WORDS.iter().any(|known| word.eq_ignore_ascii_case(known.as_bytes())) {
        return None;
    }
    let mut rest = text[end..].strip_prefix(b" ")?;
    for verb in [b"is ".as_slice(), b"was ", b"ist ", b"of "] {
        rest = rest.strip_prefix(verb).unwrap_or(rest);
    }
    let quote = rest.first().filter(|byte| b"\"'`".contains(byte));
    let rest = &rest[usize::from(quote.is_some())..];
    let ends = |byte: &u8| quote.map_or(byte.is_ascii_whitespace(), |quote| byte == quote);
    let length =
        rest.iter().take(65).position(ends).or((quote.is_none() && rest.len() < 65).then_some(rest.len()))?;
    let mut value = &rest[..length];
    if quote.is_none() {
        while value.last().is_some_and(|byte| b".,;:)".contains(byte)) {
            value = &value[..value.len() - 1];
        }
    }
    // Words of the sentence are none: there are digits among letters, or signs.
    let letters = value.iter().filter(|byte| byte.is_ascii_alphabetic()).count();
    let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
    let signs = value.iter().filter(|byte| b"!@#$%^&*+=?".contains(byte)).count();
    let mixed = letters > 0 && digits + signs > 0 && !value.contains(&b' ');
    let from = text.len() - rest.len();
    (value.len() >= 5 && mixed && !is_placeholder(value) && !is_identifier(value))
        .then(|| (from, from + value.len()))
}

/// The identifier before `=` or `:`, quotes and spaces between them left out.
fn name_before(text: &[u8], place: usize) -> Option<&[u8]> {
    let mut end = place;
    for _ in 0..5 {
        match text[..end].last()? {
            b' ' | b'\t' | b'"' | b'\'' | b'`' | b':' | b'\\' | b']' | b')' | b'?' => end -= 1,
            _ => break,
        }
    }
    let front = &text[end.saturating_sub(NAME)..end];
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
    /// The name of an account for machines: as a token, but no UUID, which is what identifiers are.
    Client,
}

/// Words to look for in a name, with the letters that each takes: most names lack some.
struct Words<const N: usize> {
    words: [&'static str; N],
    letters: [u32; N],
}

impl<const N: usize> Words<N> {
    const fn new(words: [&'static str; N]) -> Self {
        let mut letters = [0; N];
        let mut at = 0;
        while at < N {
            letters[at] = self::letters(words[at].as_bytes());
            at += 1;
        }
        Self { words, letters }
    }

    /// Whether one of the words stands in a name, in small letters, that has these letters.
    fn stand_in(&self, name: &[u8], letters: u32) -> bool {
        // All at once, without leaving early: that is one pass of wide instructions.
        let may = self.letters.iter().fold(false, |may, needed| may | (letters & needed == *needed));
        may && self.letters.iter().zip(self.words).any(|(needed, word)| {
            letters & needed == *needed && name.windows(word.len()).any(|part| part == word.as_bytes())
        })
    }
}

/// Words in names of secrets, in small letters. Those of passwords first.
static PASSWORDS: Words<13> = Words::new([
    "password",
    "passwd",
    "passphrase",
    "passwort",
    "kennwort",
    "contrasen",
    "contraseñ",
    "pwd",
    "motdepasse",
    "mot_de_passe",
    "senha",
    "parola",
    "пароль",
]);
static TOKENS: Words<18> = Words::new([
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
    "webhook",
    "signature",
    "salt",
    "bearer",
    "sas_key",
]);
static CLIENTS: Words<6> =
    Words::new(["client_id", "clientid", "client-id", "access_id", "accessid", "access-id"]);
/// Public keys, keys of maps and sorts, tokens of parsers, and what says where a secret is, not what.
static HARMLESS: Words<47> = Words::new([
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
    "secret_length",
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
    "keystone",
    "_url",
    "url_",
    "path",
    "pass_rate",
    "passed",
    "passenger",
    "keyspace",
    "bucket",
    "schema_key",
    "schemakey",
    "surrogate",
    "natural_key",
]);
/// Who wrote a thing, and who may use it.
static AUTHORS: Words<1> = Words::new(["author"]);
static AUTHORIZATION: Words<2> = Words::new(["authoriz", "authoris"]);
/// What a name may end with that makes it the name of something about a secret.
const TAILS: &[&str] =
    &["id", "ids", "name", "type", "url", "uri", "length", "len", "size", "count", "expires", "at"];

impl Kind {
    fn of(name: &[u8]) -> Option<Self> {
        let mut buffer = [0; NAME];
        let lower = buffer.get_mut(..name.len())?;
        lower.copy_from_slice(name);
        lower.make_ascii_lowercase();
        let letters = letters(lower);
        let key = lower.ends_with(b"key") || lower.ends_with(b"_pass") || lower.ends_with(b"_pat");
        let kind = if PASSWORDS.stand_in(lower, letters)
            || matches!(&*lower, b"pass" | b"db_pass" | b"dbpass" | b"user_pass")
        {
            Self::Password
        } else if CLIENTS.stand_in(lower, letters) {
            Self::Client
        } else if key || TOKENS.stand_in(lower, letters) {
            Self::Token
        } else {
            return None;
        };
        let tail = lower.rsplit(|byte| b"_-.".contains(byte)).next().unwrap_or_default();
        let camel = name.ends_with(b"Id") || name.ends_with(b"Ids") || name.ends_with(b"Name");
        let about = TAILS.iter().any(|word| word.as_bytes() == tail) || camel;
        let harmless = HARMLESS.stand_in(lower, letters)
            || AUTHORS.stand_in(lower, letters) && !AUTHORIZATION.stand_in(lower, letters);
        (!harmless && (kind == Self::Client || !about)).then_some(kind)
    }

    fn holds(self, value: &[u8], name: &[u8]) -> bool {
        if is_placeholder(value) || value.eq_ignore_ascii_case(name) {
            return false;
        }
        let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
        match self {
            Self::Password => {
                let letters = value.iter().filter(|byte| byte.is_ascii_alphabetic()).count();
                value.len() >= 4
                    && digits + letters > 0
                    && !value.contains(&b' ')
                    && !is_word_list(value)
                    && (digits > 0 || letters < value.len() || value.len() >= 6 && entropy(value) > 2.2)
            }
            Self::Token | Self::Client => {
                let hex = value.iter().all(|byte| byte.is_ascii_hexdigit() || *byte == b'-');
                let shape =
                    value.iter().all(|byte| (b'!'..=b'~').contains(byte) && !b"\"'`<>(){}$,;".contains(byte));
                value.len() >= 10
                    && shape
                    && digits >= 1
                    && entropy(value) >= if hex { 2.5 } else { 3.0 }
                    && !is_word_list(value)
                    && !is_identifier(value)
                    && !is_uri(value)
                    && !is_time(value)
                    && !(self == Self::Client && is_uuid(value))
            }
        }
    }
}

/// The letters of a word in small letters, a bit for each.
const fn letters(word: &[u8]) -> u32 {
    let (mut set, mut at) = (0, 0);
    while at < word.len() {
        if word[at].is_ascii_lowercase() {
            set |= 1 << (word[at] - b'a');
        }
        at += 1;
    }
    set
}

fn is_uri(value: &[u8]) -> bool {
    memchr::memmem::find(value, b"://").is_some() || value.starts_with(b"/") || value.starts_with(b"./")
}

/// Dates and times: digits in few groups.
fn is_time(value: &[u8]) -> bool {
    value.iter().all(|byte| byte.is_ascii_digit() || b"-:TZ.+ ".contains(byte))
        && value.iter().any(|byte| b"-:".contains(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> Option<&str> {
        let place = text.find(['=', ':']).unwrap();
        keyed_at(text.as_bytes(), place).map(|(start, end)| &text[start..end])
    }

    #[test]
    fn a_name_says_that_what_follows_is_secret() {
        for (text, value) in [
            ("password: hunter2!", "hunter2!"),
            ("db_pass = \"tr0ub4dor\"", "tr0ub4dor"),
            ("API_KEY=q8Zr4T1xVb7NcK2mPw9L;", "q8Zr4T1xVb7NcK2mPw9L"),
            ("Authorization: Bearer q8Zr4T1xVb7NcK2m", "q8Zr4T1xVb7NcK2m"),
            ("client_secret := 'q8Zr4T1xVb7NcK2m'", "q8Zr4T1xVb7NcK2m"),
        ] {
            assert_eq!(secret(text), Some(value), "{text}");
        }
    }

    #[test]
    fn a_sentence_may_tell_a_password() {
        let told = |text: &str| {
            let start = text.find("assw").unwrap() - 1;
            let end = start + text[start..].find(|character: char| !character.is_alphabetic()).unwrap();
            spoken_at(text.as_bytes(), start, end).map(|(start, end)| text[start..end].to_owned())
        };
        assert_eq!(told("her password is hunter2!.").as_deref(), Some("hunter2!"));
        assert_eq!(told("and password 'Sesame2024$Open' were").as_deref(), Some("Sesame2024$Open"));
        for text in [
            "password reset was asked for",
            "the password is long",
            "password 'is wrong' said",
            "password of user-17",
        ] {
            assert_eq!(told(text), None, "{text}");
        }
    }

    #[test]
    fn names_and_values_that_are_no_secrets_are_let_be() {
        for text in [
            "token_type: bearer",
            "primary_key: id",
            "credentialId: 9mTcFSck2LzJO2S3ols63",
            "keyVault: stage2-west-1204",
            "signature = Ed25519.verify_signature",
            "api_key = YOUR_API_KEY",
            "token: eyJhbGciOi...",
            "password = ????????",
            "author: q8Zr4T1xVb7NcK2m",
            "client_id = 123e4567-e89b-12d3-a456-426614174000",
            "order: q8Zr4T1xVb7NcK2m",
        ] {
            assert_eq!(secret(text), None, "{text}");
        }
    }
}
