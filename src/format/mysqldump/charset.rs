//! Character sets of the client: which ones can be read.
//!
//! The splitter looks for ASCII bytes, so a character set whose later bytes of a character may be ASCII is refused.

use encoding_rs::{Encoding, UTF_8};

use crate::base::ErrorKind;

/// MySQL's names and the encodings.
///
/// `latin1` is windows-1252 in MySQL too. `binary` says nothing about the text; what is masked must then be UTF-8.
static CHARSETS: &[(&str, &Encoding)] = &[
    ("binary", UTF_8),
    ("cp1250", encoding_rs::WINDOWS_1250),
    ("cp1251", encoding_rs::WINDOWS_1251),
    ("cp1256", encoding_rs::WINDOWS_1256),
    ("cp1257", encoding_rs::WINDOWS_1257),
    ("cp866", encoding_rs::IBM866),
    ("eucjpms", encoding_rs::EUC_JP),
    ("euckr", encoding_rs::EUC_KR),
    // GBK is a superset; what is written is held to gb2312's bytes.
    ("gb2312", encoding_rs::GBK),
    ("greek", encoding_rs::ISO_8859_7),
    ("hebrew", encoding_rs::ISO_8859_8),
    ("koi8r", encoding_rs::KOI8_R),
    ("koi8u", encoding_rs::KOI8_U),
    ("latin1", encoding_rs::WINDOWS_1252),
    ("latin2", encoding_rs::ISO_8859_2),
    ("latin5", encoding_rs::WINDOWS_1254),
    ("latin7", encoding_rs::ISO_8859_13),
    ("macroman", encoding_rs::MACINTOSH),
    ("tis620", encoding_rs::WINDOWS_874),
    ("ujis", encoding_rs::EUC_JP),
    ("utf8", UTF_8),
    ("utf8mb3", UTF_8),
    ("utf8mb4", UTF_8),
];

/// The encoding of a `character_set_client`.
///
/// # Errors
/// One that is not known, or in which a character may hold ASCII bytes.
pub(super) fn client(name: &[u8]) -> Result<&'static Encoding, ErrorKind> {
    let known = CHARSETS.iter().find(|(known, _)| name.eq_ignore_ascii_case(known.as_bytes()));
    if let Some((_, encoding)) = known {
        return Ok(encoding);
    }
    let mixed = [&b"gbk"[..], b"gb18030", b"big5", b"sjis", b"cp932"];
    Err(ErrorKind::Syntax(if mixed.iter().any(|mixed| name.eq_ignore_ascii_case(mixed)) {
        "this character set mixes ASCII bytes into characters; dump with --default-character-set=utf8mb4"
    } else {
        "this character set is not known; dump with --default-character-set=utf8mb4"
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn character_sets_are_told_by_name_in_any_case() {
        assert!(CHARSETS.is_sorted_by(|a, b| a.0 < b.0));
        assert_eq!(client(b"UTF8MB4").ok(), Some(UTF_8));
        assert_eq!(client(b"latin1").ok(), Some(encoding_rs::WINDOWS_1252));
        for name in ["gbk", "sjis", "big5", "ucs2", "x", ""] {
            assert!(client(name.as_bytes()).is_err(), "{name}");
        }
    }
}
