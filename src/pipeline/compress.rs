//! Compressed output: each piece of it a gzip member or a zstd frame of its own, made by whichever worker made the piece.
//!
//! Members and frames may follow each other in a file; every reader of gzip and zstd takes them as one stream. They hold no
//! time and no name, so the same pieces give the same bytes.

use std::fmt;
use std::io;
use std::str::FromStr;

use flate2::{Compress, Crc, FlushCompress, Status};
use zstd::bulk::Compressor as ZstdCompressor;
use zstd::zstd_safe::{CParameter, compress_bound};

use crate::base::{Error, ErrorKind, Result};
use crate::format::Compression;

/// How an output is compressed, and how hard.
///
/// ```
/// use scrub::pipeline::OutputCompression;
/// let how: OutputCompression = "zstd:9".parse()?;
/// assert_eq!(how.to_string(), "zstd:9");
/// assert!("zip".parse::<OutputCompression>().is_err());
/// assert!("gzip:12".parse::<OutputCompression>().is_err());
/// # Ok::<(), scrub::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OutputCompression {
    kind: Compression,
    level: u8,
}

impl OutputCompression {
    /// Bytes as they are.
    pub const NONE: Self = Self { kind: Compression::None, level: 0 };

    /// The kind.
    pub fn kind(self) -> Compression {
        self.kind
    }
}

/// The level that the kind's own tool has by default.
impl From<Compression> for OutputCompression {
    fn from(kind: Compression) -> Self {
        let level = match kind {
            Compression::None => 0,
            Compression::Gzip => 6,
            Compression::Zstd => 3,
        };
        Self { kind, level }
    }
}

impl FromStr for OutputCompression {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let (kind, level) = text.split_once(':').map_or((text, None), |(kind, level)| (kind, Some(level)));
        // The highest level; they count from 1.
        let (kind, levels) = match kind {
            "none" => (Compression::None, 0),
            "gzip" => (Compression::Gzip, 9),
            "zstd" => (Compression::Zstd, 19),
            _ => return Err(wrong("there is gzip, zstd and none")),
        };
        match level {
            None => Ok(kind.into()),
            Some(level) => match level.parse() {
                Ok(level) if (1..=levels).contains(&level) => Ok(Self { kind, level }),
                _ => Err(wrong("levels are gzip:1 to gzip:9 and zstd:1 to zstd:19")),
            },
        }
    }
}

fn wrong(why: &str) -> Error {
    ErrorKind::Usage(format!("this is no way to compress: {why}")).into()
}

impl fmt::Display for OutputCompression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            Compression::None => f.write_str("none"),
            Compression::Gzip => write!(f, "gzip:{}", self.level),
            Compression::Zstd => write!(f, "zstd:{}", self.level),
        }
    }
}

/// One thread's compressor, its tables kept from piece to piece.
#[derive(Default)]
pub(super) struct Compressor {
    how: OutputCompression,
    deflate: Option<Compress>,
    zstd: Option<ZstdCompressor<'static>>,
}

impl Compressor {
    /// Writes `bytes` as one member or frame over whatever `out` holds. It must not be called for [`OutputCompression::NONE`].
    ///
    /// # Errors
    /// An encoder that cannot be made or fails.
    pub(super) fn piece(&mut self, how: OutputCompression, bytes: &[u8], out: &mut Vec<u8>) -> Result<()> {
        if self.how != how {
            *self = Self { how, ..Self::default() };
        }
        out.clear();
        match how.kind {
            Compression::Gzip => self.member(bytes, out),
            Compression::Zstd => self.frame(bytes, out),
            Compression::None => Err(Error::new(ErrorKind::Panic("the compressor"))),
        }
    }

    fn member(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> Result<()> {
        let level = flate2::Compression::new(u32::from(self.how.level));
        let deflate = self.deflate.get_or_insert_with(|| Compress::new(level, false));
        deflate.reset();
        // No name, no time, no system.
        out.extend_from_slice(&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);
        loop {
            let done = usize::try_from(deflate.total_in()).unwrap_or(usize::MAX);
            let left = bytes.get(done..).unwrap_or_default();
            out.reserve(left.len() / 2 + 1024);
            match deflate.compress_vec(left, out, FlushCompress::Finish) {
                Ok(Status::StreamEnd) => break,
                Ok(_) => {}
                Err(_) => return Err(io::Error::other("the gzip encoder failed").into()),
            }
        }
        let mut crc = Crc::new();
        crc.update(bytes);
        out.extend_from_slice(&crc.sum().to_le_bytes());
        // The length modulo 2^32, as the format has it.
        out.extend_from_slice(&(bytes.len() as u32).to_le_bytes());
        Ok(())
    }

    fn frame(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> Result<()> {
        if self.zstd.is_none() {
            let mut fresh = ZstdCompressor::new(i32::from(self.how.level))?;
            fresh.set_parameter(CParameter::ChecksumFlag(true))?;
            self.zstd = Some(fresh);
        }
        let Some(zstd) = &mut self.zstd else { return Err(Error::new(ErrorKind::Panic("the compressor"))) };
        out.reserve(compress_bound(bytes.len()));
        zstd.compress_to_buffer(bytes, out).map_err(|_| io::Error::other("the zstd encoder failed"))?;
        Ok(())
    }
}

/// `bytes` as a stream of its own.
///
/// # Errors
/// An encoder that cannot be made or fails.
pub fn compressed(how: OutputCompression, bytes: Vec<u8>) -> Result<Vec<u8>> {
    if how.kind == Compression::None {
        return Ok(bytes);
    }
    let mut out = Vec::new();
    Compressor::default().piece(how, &bytes, &mut out)?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::Read;

    fn all() -> Vec<OutputCompression> {
        ["gzip:1", "gzip", "gzip:9", "zstd:1", "zstd", "zstd:19"].map(|how| how.parse().unwrap()).to_vec()
    }

    fn decompressed(kind: Compression, bytes: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        match kind {
            Compression::Gzip => flate2::read::MultiGzDecoder::new(bytes).read_to_end(&mut out).map(drop),
            Compression::Zstd => zstd::Decoder::new(bytes).unwrap().read_to_end(&mut out).map(drop),
            Compression::None => panic!("not compressed"),
        }
        .unwrap();
        out
    }

    proptest! {
        #[test]
        fn pieces_one_after_the_other_are_one_stream(
            pieces in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..3000), 1..4),
            repeat in 1_usize..60,
        ) {
            for how in all() {
                let mut compressor = Compressor::default();
                let (mut whole, mut plain, mut out) = (Vec::new(), Vec::new(), vec![7; 50]);
                for piece in &pieces {
                    let piece = piece.repeat(repeat);
                    compressor.piece(how, &piece, &mut out).unwrap();
                    prop_assert_eq!(&out, &compressed(how, piece.clone()).unwrap(), "{} remembers", how);
                    whole.extend_from_slice(&out);
                    plain.extend_from_slice(&piece);
                }
                prop_assert!(decompressed(how.kind(), &whole) == plain, "{}", how);
            }
        }
    }

    #[test]
    fn a_level_that_does_not_exist_is_refused() {
        for wrong in ["", "gz", "gzip:", "gzip:0", "gzip:10", "zstd:20", "zstd:-1", "none:1", "zstd:3:1"] {
            assert!(wrong.parse::<OutputCompression>().is_err(), "{wrong}");
        }
        for how in all() {
            assert_eq!(how.to_string().parse::<OutputCompression>().unwrap(), how);
        }
    }
}
