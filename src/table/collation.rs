//! Collations of MySQL and MariaDB: which texts a column takes for equal, and which characters it can hold.
//!
//! A collation's name tells both: its character set comes first, what it looks at last (`latin1_swedish_ci`).

use encoding_rs::{Encoding, UTF_8};

use crate::base::Equality;

/// A collation of MySQL or MariaDB.
///
/// ```
/// use scrub::base::Equality;
/// use scrub::table::Collation;
/// let collation = Collation::of("utf8mb3_general_ci").expect("one of MySQL's");
/// assert_eq!((collation.charset, collation.equality), ("utf8mb3", Some(Equality::CaseAccentInsensitive)));
/// assert!(Collation::of("de_DE.utf8").is_none());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Collation {
    /// The character set: `latin1`, `utf8mb3`.
    pub charset: &'static str,
    /// When two texts are one. None where no equality of ours is like it: one that looks at case and not at accents.
    pub equality: Option<Equality>,
}

/// A character set.
struct Charset {
    name: &'static str,
    /// Its default collation, where it is not `_general_ci`.
    default: Option<&'static str>,
    /// Most bytes of a character.
    longest: u32,
    /// What can be written into it; none where only ASCII is known to fit.
    encoding: Option<&'static Encoding>,
    /// Whether its `_ci` collations keep accented letters apart.
    accents: bool,
}

impl Collation {
    /// The collation of that name, if it is one of MySQL's or MariaDB's.
    pub fn of(name: &str) -> Option<Self> {
        let charset = charset_of(name)?;
        Some(Self { charset: charset.name, equality: equality(name, charset) })
    }

    /// The encoding of the text that a column of this collation can hold. None where nothing but ASCII is known to fit.
    ///
    /// The forms of Unicode count as UTF-8, `utf8mb3` too: no operator of ours makes characters beyond the basic plane
    /// where the cell had none.
    pub fn encoding(&self) -> Option<&'static Encoding> {
        find(self.charset)?.encoding
    }

    /// Most bytes that a character takes.
    pub(super) fn longest_character(&self) -> u32 {
        find(self.charset).map_or(1, |charset| charset.longest)
    }
}

/// The default collation of a character set, by any of its names. None for one that is not known.
pub(super) fn default_of(charset: &str) -> Option<String> {
    let folded = charset.to_ascii_lowercase();
    let charset = find(if folded == "utf8" { "utf8mb3" } else { &folded })?;
    Some(charset.default.map_or_else(|| format!("{}_general_ci", charset.name), str::to_owned))
}

/// The `_bin` collation of a collation's character set.
pub(super) fn binary_of(collation: &str) -> Option<String> {
    Some(format!("{}_bin", charset_of(collation)?.name))
}

/// The name without the spellings that mean the same: `utf8_general_ci` is `utf8mb3_general_ci`.
pub(super) fn normal(name: &str) -> String {
    let folded = name.to_ascii_lowercase();
    match folded.strip_prefix("utf8_") {
        Some(rest) => format!("utf8mb3_{rest}"),
        None => folded,
    }
}

fn find(charset: &str) -> Option<&'static Charset> {
    CHARSETS.iter().find(|entry| entry.name == charset)
}

fn charset_of(collation: &str) -> Option<&'static Charset> {
    if collation == "binary" {
        return find(collation);
    }
    let (charset, rest) = collation.split_once('_')?;
    let ends = ["_ci", "_cs", "_bin", "_w2"].iter().any(|end| collation.ends_with(end));
    let charset = find(if charset == "utf8" { "utf8mb3" } else { charset })?;
    (ends && !rest.is_empty()).then_some(charset)
}

fn equality(name: &str, charset: &Charset) -> Option<Equality> {
    if name.ends_with("_ai_cs") {
        None
    } else if name.ends_with("_bin") || name.ends_with("_cs") || name == "binary" {
        Some(Equality::Exact)
    } else if name.ends_with("_ai_ci") {
        Some(Equality::CaseAccentInsensitive)
    } else if name.ends_with("_as_ci")
        || name.ends_with("_w2")
        || charset.accents
        || matches!(
            name,
            "latin1_general_ci"
                | "latin1_general_nopad_ci"
                | "latin7_general_ci"
                | "latin7_general_nopad_ci"
                | "cp1257_lithuanian_ci"
        )
    {
        Some(Equality::CaseInsensitive)
    } else {
        Some(Equality::CaseAccentInsensitive)
    }
}

const fn wide(name: &'static str, longest: u32) -> Charset {
    Charset { name, default: None, longest, encoding: Some(UTF_8), accents: false }
}

/// One byte a character.
const fn narrow(name: &'static str, encoding: Option<&'static Encoding>, accents: bool) -> Charset {
    Charset { name, default: None, longest: 1, encoding, accents }
}

const fn of_asia(
    name: &'static str,
    default: &'static str,
    longest: u32,
    encoding: &'static Encoding,
) -> Charset {
    Charset { name, default: Some(default), longest, encoding: Some(encoding), accents: true }
}

const fn with_default(charset: Charset, default: &'static str) -> Charset {
    Charset { default: Some(default), ..charset }
}

/// Both servers' character sets.
static CHARSETS: &[Charset] = &[
    wide("utf8mb4", 4),
    wide("utf8mb3", 3),
    wide("ucs2", 2),
    wide("utf16", 4),
    wide("utf16le", 4),
    wide("utf32", 4),
    with_default(narrow("latin1", Some(encoding_rs::WINDOWS_1252), false), "latin1_swedish_ci"),
    narrow("latin2", Some(encoding_rs::ISO_8859_2), false),
    with_default(narrow("latin5", Some(encoding_rs::WINDOWS_1254), false), "latin5_turkish_ci"),
    narrow("latin7", Some(encoding_rs::ISO_8859_13), false),
    narrow("ascii", None, true),
    with_default(narrow("binary", None, true), "binary"),
    narrow("cp1250", Some(encoding_rs::WINDOWS_1250), false),
    narrow("cp1251", Some(encoding_rs::WINDOWS_1251), true),
    narrow("cp1256", Some(encoding_rs::WINDOWS_1256), true),
    narrow("cp1257", Some(encoding_rs::WINDOWS_1257), false),
    narrow("koi8r", Some(encoding_rs::KOI8_R), true),
    narrow("koi8u", Some(encoding_rs::KOI8_U), true),
    narrow("greek", Some(encoding_rs::ISO_8859_7), true),
    narrow("hebrew", Some(encoding_rs::ISO_8859_8), true),
    with_default(narrow("tis620", Some(encoding_rs::WINDOWS_874), true), "tis620_thai_ci"),
    narrow("cp866", Some(encoding_rs::IBM866), true),
    narrow("macroman", Some(encoding_rs::MACINTOSH), false),
    with_default(narrow("dec8", None, false), "dec8_swedish_ci"),
    narrow("cp850", None, true),
    narrow("cp852", None, false),
    with_default(narrow("hp8", None, true), "hp8_english_ci"),
    with_default(narrow("swe7", None, false), "swe7_swedish_ci"),
    narrow("armscii8", None, true),
    narrow("keybcs2", None, false),
    narrow("macce", None, false),
    narrow("geostd8", None, true),
    of_asia("big5", "big5_chinese_ci", 2, encoding_rs::BIG5),
    of_asia("ujis", "ujis_japanese_ci", 3, encoding_rs::EUC_JP),
    of_asia("sjis", "sjis_japanese_ci", 2, encoding_rs::SHIFT_JIS),
    of_asia("cp932", "cp932_japanese_ci", 2, encoding_rs::SHIFT_JIS),
    of_asia("eucjpms", "eucjpms_japanese_ci", 3, encoding_rs::EUC_JP),
    of_asia("euckr", "euckr_korean_ci", 2, encoding_rs::EUC_KR),
    of_asia("gb2312", "gb2312_chinese_ci", 2, encoding_rs::GBK),
    of_asia("gbk", "gbk_chinese_ci", 2, encoding_rs::GBK),
    of_asia("gb18030", "gb18030_chinese_ci", 4, encoding_rs::GB18030),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_a_collation_looks_at() {
        use Equality::{CaseAccentInsensitive, CaseInsensitive, Exact};
        for (name, expected) in [
            ("utf8mb4_bin", Some(Exact)),
            ("utf8mb4_nopad_bin", Some(Exact)),
            ("utf8mb4_0900_as_cs", Some(Exact)),
            ("latin1_general_cs", Some(Exact)),
            ("utf8mb4_0900_as_ci", Some(CaseInsensitive)),
            ("latin1_general_ci", Some(CaseInsensitive)),
            ("cp1251_general_ci", Some(CaseInsensitive)),
            ("utf8mb4_0900_ai_ci", Some(CaseAccentInsensitive)),
            ("utf8_unicode_ci", Some(CaseAccentInsensitive)),
            ("latin1_swedish_ci", Some(CaseAccentInsensitive)),
            ("utf8mb4_uca1400_ai_cs", None),
        ] {
            assert_eq!(Collation::of(name).map(|found| found.equality), Some(expected), "{name}");
        }
    }

    #[test]
    fn names_of_other_databases_are_no_collations_here() {
        for name in ["C", "de_DE", "de_DE.utf8", "public.ci", "utf8mb4", "utf8mb4_", "NOCASE", ""] {
            assert_eq!(Collation::of(name), None, "{name}");
        }
    }

    #[test]
    fn defaults_and_spellings_are_the_servers() {
        assert_eq!(default_of("utf8").as_deref(), Some("utf8mb3_general_ci"));
        assert_eq!(default_of("LATIN1").as_deref(), Some("latin1_swedish_ci"));
        assert_eq!(default_of("klingon"), None);
        assert_eq!(binary_of("latin1_swedish_ci").as_deref(), Some("latin1_bin"));
        assert_eq!(normal("utf8_General_ci"), "utf8mb3_general_ci");
    }

    #[test]
    fn every_default_is_a_collation_of_its_character_set() {
        for charset in CHARSETS {
            let default = default_of(charset.name).and_then(|name| Collation::of(&name));
            assert_eq!(default.map(|found| found.charset), Some(charset.name));
        }
    }
}
