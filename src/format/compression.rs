//! Compressions of inputs and outputs, told by the first bytes or by the name of a file.

use std::path::Path;

/// How bytes are compressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Compression {
    /// They are not.
    #[default]
    None,
    /// gzip (RFC 1952), one member or many.
    Gzip,
    /// zstd (RFC 8878), one frame or many.
    Zstd,
}

impl Compression {
    /// The compression of a stream that starts with these bytes; four are enough.
    ///
    /// ```
    /// use scrub::format::Compression;
    /// assert_eq!(Compression::sniff(&[0x1f, 0x8b, 8, 0]), Compression::Gzip);
    /// assert_eq!(Compression::sniff(&[0x28, 0xb5, 0x2f, 0xfd]), Compression::Zstd);
    /// assert_eq!(Compression::sniff(b"-- P"), Compression::None);
    /// ```
    pub fn sniff(start: &[u8]) -> Self {
        match start {
            [0x1f, 0x8b, ..] => Self::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Self::Zstd,
            // A frame that decoders skip.
            [kind, 0x2a, 0x4d, 0x18, ..] if kind & 0xf0 == 0x50 => Self::Zstd,
            _ => Self::None,
        }
    }

    /// The compression that a file's name promises: `.gz`, `.zst`.
    ///
    /// ```
    /// use std::path::Path;
    /// use scrub::format::Compression;
    /// assert_eq!(Compression::of_name(Path::new("masked.sql.gz")), Compression::Gzip);
    /// assert_eq!(Compression::of_name(Path::new("masked.sql")), Compression::None);
    /// ```
    pub fn of_name(path: &Path) -> Self {
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        let named =
            |kind: &Self| kind.extension().is_some_and(|extension| ending.eq_ignore_ascii_case(extension));
        [Self::Gzip, Self::Zstd].into_iter().find(named).unwrap_or(Self::None)
    }

    /// The ending of file names, without the dot.
    pub fn extension(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Gzip => Some("gz"),
            Self::Zstd => Some("zst"),
        }
    }
}
