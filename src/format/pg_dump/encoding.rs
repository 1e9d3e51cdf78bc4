//! Client encodings: which ones can be read.
//!
//! The splitter looks for ASCII bytes, so an encoding whose later bytes of a character may be ASCII is refused.

use encoding_rs::{Encoding, UTF_8};

use crate::base::ErrorKind;

/// PostgreSQL's names, folded to lower-case letters and digits, and the encodings.
///
/// `LATIN1` is windows-1252 here: both give one character to each of 256 bytes, and differ only in control characters.
/// `SQL_ASCII` says nothing about the text; what is masked must then be UTF-8.
static ENCODINGS: &[(&str, &Encoding)] = &[
    ("utf8", UTF_8),
    ("unicode", UTF_8),
    ("sqlascii", UTF_8),
    ("latin1", encoding_rs::WINDOWS_1252),
    ("iso88591", encoding_rs::WINDOWS_1252),
    ("latin2", encoding_rs::ISO_8859_2),
    ("iso88592", encoding_rs::ISO_8859_2),
    ("latin3", encoding_rs::ISO_8859_3),
    ("iso88593", encoding_rs::ISO_8859_3),
    ("latin4", encoding_rs::ISO_8859_4),
    ("iso88594", encoding_rs::ISO_8859_4),
    ("latin5", encoding_rs::WINDOWS_1254),
    ("iso88599", encoding_rs::WINDOWS_1254),
    ("latin6", encoding_rs::ISO_8859_10),
    ("iso885910", encoding_rs::ISO_8859_10),
    ("latin7", encoding_rs::ISO_8859_13),
    ("iso885913", encoding_rs::ISO_8859_13),
    ("latin8", encoding_rs::ISO_8859_14),
    ("iso885914", encoding_rs::ISO_8859_14),
    ("latin9", encoding_rs::ISO_8859_15),
    ("iso885915", encoding_rs::ISO_8859_15),
    ("latin10", encoding_rs::ISO_8859_16),
    ("iso885916", encoding_rs::ISO_8859_16),
    ("iso88595", encoding_rs::ISO_8859_5),
    ("iso88596", encoding_rs::ISO_8859_6),
    ("iso88597", encoding_rs::ISO_8859_7),
    ("iso88598", encoding_rs::ISO_8859_8),
    ("koi8r", encoding_rs::KOI8_R),
    ("koi8", encoding_rs::KOI8_R),
    ("koi8u", encoding_rs::KOI8_U),
    ("win866", encoding_rs::IBM866),
    ("alt", encoding_rs::IBM866),
    ("win874", encoding_rs::WINDOWS_874),
    ("win1250", encoding_rs::WINDOWS_1250),
    ("win1251", encoding_rs::WINDOWS_1251),
    ("win", encoding_rs::WINDOWS_1251),
    ("win1252", encoding_rs::WINDOWS_1252),
    ("win1253", encoding_rs::WINDOWS_1253),
    ("win1254", encoding_rs::WINDOWS_1254),
    ("win1255", encoding_rs::WINDOWS_1255),
    ("win1256", encoding_rs::WINDOWS_1256),
    ("win1257", encoding_rs::WINDOWS_1257),
    ("win1258", encoding_rs::WINDOWS_1258),
    ("eucjp", encoding_rs::EUC_JP),
    ("euckr", encoding_rs::EUC_KR),
    // GBK is a superset; what is written is held to EUC_CN's bytes.
    ("euccn", encoding_rs::GBK),
];

/// The encoding of a `client_encoding`.
///
/// # Errors
/// One that is not known, or in which a character may hold ASCII bytes.
pub(super) fn client_encoding(name: &[u8]) -> Result<&'static Encoding, ErrorKind> {
    let folded: String = name
        .iter()
        .filter(|byte| byte.is_ascii_alphanumeric())
        .map(|&byte| char::from(byte.to_ascii_lowercase()))
        .collect();
    if let Some((_, encoding)) = ENCODINGS.iter().find(|(name, _)| *name == folded) {
        return Ok(encoding);
    }
    Err(ErrorKind::Syntax(match folded.as_str() {
        "sjis" | "shiftjis" | "mskanji" | "big5" | "gbk" | "gb18030" | "uhc" | "johab" | "shiftjis2004"
        | "win949" | "windows949" | "win950" | "win936" | "win932" => {
            "this client_encoding mixes ASCII bytes into characters; dump with pg_dump --encoding=UTF8"
        }
        _ => "this client_encoding is not known; dump with pg_dump --encoding=UTF8",
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_encodings_are_read_as_postgresql_reads_them() {
        assert_eq!(client_encoding(b"UTF8").ok(), Some(UTF_8));
        assert_eq!(client_encoding(b"utf-8").ok(), Some(UTF_8));
        assert_eq!(client_encoding(b"SQL_ASCII").ok(), Some(UTF_8));
        assert_eq!(client_encoding(b"ISO_8859_5").ok(), Some(encoding_rs::ISO_8859_5));
    }

    #[test]
    fn encodings_with_ascii_inside_characters_are_refused() {
        for name in ["SJIS", "BIG5", "GBK", "GB18030", "UHC", "JOHAB", "EBCDIC"] {
            assert!(client_encoding(name.as_bytes()).is_err(), "{name}");
        }
    }
}
