//! Where a dump comes from: a file or a stream, compressed or not, in one of the formats of [`FORMATS`].

use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

#[cfg(feature = "parquet")]
use super::Batches;
#[cfg(feature = "parquet")]
use super::columnar;
use super::{
    Codec, Compression, Event, Reader, ReaderOptions, Tail, csv, jsonl, mysqldump, pg_dump, sqlite_dump,
};
use crate::base::{Error, ErrorKind, Result};
use crate::table::TableName;

/// All formats, in the order in which they are tried.
pub const FORMATS: &[FormatInfo] = &[
    pg_dump::ARCHIVE,
    #[cfg(feature = "sqlite")]
    super::sqlite_file::FORMAT,
    #[cfg(feature = "parquet")]
    columnar::PARQUET,
    #[cfg(feature = "parquet")]
    columnar::ARROW_IPC,
    #[cfg(feature = "parquet")]
    columnar::ARROW_STREAM,
    mysqldump::FORMAT,
    mysqldump::tab::FORMAT,
    sqlite_dump::FORMAT,
    pg_dump::FORMAT,
    jsonl::FORMAT,
    csv::FORMAT,
    csv::TSV,
];

/// What is known about a format before anything is read.
#[non_exhaustive]
pub struct FormatInfo {
    /// Its name, as `--format` takes it.
    pub name: &'static str,
    /// One line: what it is.
    pub summary: &'static str,
    /// What a policy that keeps everything gives back.
    pub identity: Identity,
    /// Whether an input that starts with these (decompressed) bytes is of this format.
    pub sniff: fn(&[u8]) -> bool,
    /// What stands in place of an output of a run that could not start: whoever reads it fails.
    pub(super) refusal: fn() -> Vec<u8>,
    pub(super) open: fn(Opened, &ReaderOptions) -> Result<Box<dyn Reader>>,
}

/// How much of an input comes back when nothing is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Identity {
    /// Every byte (after decompression).
    Bytes,
    /// Every byte of what the database's own tool makes of it.
    Converted,
    /// Equal values, types, NULLs, row groups and metadata that is on the list; columns that are kept, as they were encoded.
    Batches,
}

/// A dump to be read, with a name for messages.
///
/// ```
/// use scrub::format::{self, Input, ReaderOptions};
/// let dump = "SET row_security = off;\n--\n-- PostgreSQL database dump complete\n--\n";
/// let mut reader = format::open(Input::new("demo", dump.as_bytes()), &ReaderOptions::default())?;
/// assert!(reader.next(Vec::new())?.is_some());
/// # Ok::<(), scrub::base::Error>(())
/// ```
pub struct Input {
    name: String,
    source: Source,
    file: Option<Backing>,
}

/// A file that is read at random places by formats that need it.
pub(super) struct Backing {
    pub(super) file: File,
    /// Told how many bytes were read.
    #[cfg_attr(
        not(feature = "parquet"),
        expect(dead_code, reason = "for formats that are read at random places")
    )]
    pub(super) read: Option<Arc<AtomicU64>>,
}

enum Source {
    Stream(Box<dyn Read + Send>),
    Checked(Box<dyn Read + Send>, Finish),
    Path(PathBuf),
}

impl Input {
    /// A stream. Standard input is called `-`.
    pub fn new(name: impl Into<String>, source: impl Read + Send + 'static) -> Self {
        Self { name: name.into(), source: Source::Stream(Box::new(source)), file: None }
    }

    /// A stream that a producer writes. `finish` is called once, after the last byte: whether the producer had come to
    /// its end, which the bytes alone do not always show.
    ///
    /// ```
    /// use scrub::base::{Error, ErrorKind};
    /// use scrub::format::{self, Input, ReaderOptions};
    /// let killed = || Err(Error::new(ErrorKind::Child("the producer was killed".into())));
    /// let dump = "SET row_security = off;\n--\n-- PostgreSQL database dump complete\n--\n";
    /// let mut reader = format::open(Input::checked("demo", dump.as_bytes(), killed), &ReaderOptions::default())?;
    /// let mut last = Ok(None);
    /// while let Ok(Some(_)) = { last = reader.next(Vec::new()); &last } {}
    /// assert!(last.is_err());
    /// # Ok::<(), scrub::base::Error>(())
    /// ```
    pub fn checked(
        name: impl Into<String>,
        source: impl Read + Send + 'static,
        finish: impl FnOnce() -> Result<()> + Send + 'static,
    ) -> Self {
        Self { name: name.into(), source: Source::Checked(Box::new(source), Box::new(finish)), file: None }
    }

    /// A file, or the folder of a directory archive.
    pub fn path(path: impl AsRef<Path>) -> Self {
        let path = path.as_ref().to_path_buf();
        Self { name: path.display().to_string(), source: Source::Path(path), file: None }
    }

    /// The file that the stream is of, for formats that are read at random places: Parquet, Arrow files. `read` is told
    /// how many bytes of it were read in this way.
    ///
    /// ```
    /// use std::fs::File;
    /// use scrub::format::Input;
    /// # fn open() -> std::io::Result<()> {
    /// let file = File::open("customers.parquet")?;
    /// let input = Input::new("customers.parquet", file.try_clone()?).with_file(file, None);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn with_file(mut self, file: File, read: Option<Arc<AtomicU64>>) -> Self {
        self.file = Some(Backing { file, read });
        self
    }

    /// The name for messages.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// Opens a dump; its compression and format are found out from its first bytes.
///
/// # Errors
/// An input that cannot be read, that is empty, or whose format is not known.
pub fn open(input: Input, options: &ReaderOptions) -> Result<Box<dyn Reader>> {
    open_part(input, options, false)
}

/// Opens a dump for its schema alone: an archive gives no rows then. Other inputs are read whole; the caller passes
/// over the rows.
///
/// # Errors
/// As [`open`].
pub fn open_schema(input: Input, options: &ReaderOptions) -> Result<Box<dyn Reader>> {
    open_part(input, options, true)
}

fn open_part(input: Input, options: &ReaderOptions, schema_only: bool) -> Result<Box<dyn Reader>> {
    let name = input.name.clone();
    opened(input, schema_only)
        .and_then(|(opened, start)| {
            let tab = mysqldump::tab::is_tab(&opened.name);
            let format = FORMATS.iter().find(|format| match options.format {
                Some(name) => format.name == name,
                None if tab => format.name == mysqldump::tab::FORMAT.name,
                None => (format.sniff)(&start),
            });
            let format = match (options.format, by_name(&opened.name)) {
                (None, Some(name)) => FORMATS.iter().find(|format| format.name == name),
                _ => format,
            };
            let format = format.ok_or(match options.format {
                Some(_) => ErrorKind::Usage("there is no format of this name".into()),
                None => ErrorKind::Syntax(
                    "this does not look like a dump or file of a known format; --format names it",
                ),
            })?;
            let reader = (format.open)(opened, options)?;
            Ok(Box::new(Named { name: name.clone(), reader, ended: false }) as Box<dyn Reader>)
        })
        .map_err(|error| error.in_file(name.as_str()))
}

/// A reader whose errors name its input, and that gives nothing more after its end or an error.
struct Named {
    name: String,
    reader: Box<dyn Reader>,
    ended: bool,
}

impl Reader for Named {
    fn next(&mut self, spare: Vec<u8>) -> Result<Option<Event>> {
        if self.ended {
            return Ok(None);
        }
        let event = self.reader.next(spare);
        self.ended = !matches!(event, Ok(Some(_)));
        event.map_err(|error| error.in_file(self.name.as_str()))
    }

    fn codec(&self) -> Arc<dyn Codec> {
        self.reader.codec()
    }

    fn tail(&self) -> Box<dyn Tail> {
        self.reader.tail()
    }

    #[cfg(feature = "parquet")]
    fn batches(&mut self) -> Option<Batches> {
        self.reader.batches()
    }
}

/// What stands in place of an output when a run cannot even start: whoever restores or reads it fails. The format is the
/// one that was named, else the one that the input's name tells; what is in the input is not looked at.
pub fn refusal(format: Option<&str>, input: &str) -> Vec<u8> {
    let name = format.or_else(|| by_name(input));
    let format = FORMATS.iter().find(|format| Some(format.name) == name);
    (format.map_or(pg_dump::FORMAT.refusal, |format| format.refusal))()
}

/// Whether a folder is one input, and not a folder of inputs: a directory archive.
pub fn is_folder_input(folder: &Path) -> bool {
    folder.join("toc.dat").is_file()
}

/// An input with its compression taken off.
pub(super) struct Opened {
    pub(super) name: String,
    pub(super) stream: Stream,
    /// The file or folder, when it is not compressed.
    pub(super) path: Option<PathBuf>,
    /// The file, when it is not compressed and was given as one.
    #[cfg_attr(
        not(feature = "parquet"),
        expect(dead_code, reason = "for formats that are read at random places")
    )]
    pub(super) file: Option<Backing>,
    pub(super) schema_only: bool,
}

/// Bytes, and what must go well after the last of them.
pub(super) struct Stream {
    pub(super) read: Box<dyn Read + Send>,
    pub(super) finish: Option<Finish>,
}

/// Run once when a stream has ended.
pub(super) type Finish = Box<dyn FnOnce() -> Result<()> + Send>;

pub(super) fn opened(input: Input, schema_only: bool) -> Result<(Opened, Vec<u8>)> {
    let mut backing = input.file;
    let mut finish = None;
    let (source, path): (Box<dyn Read + Send>, _) = match input.source {
        Source::Stream(source) => (source, None),
        Source::Checked(source, check) => {
            finish = Some(check);
            (source, None)
        }
        Source::Path(path) if path.is_dir() => {
            // A directory archive is known by its table of contents.
            let contents = File::open(path.join("toc.dat"))?;
            (Box::new(contents), Some(path))
        }
        Source::Path(path) => {
            let file = File::open(&path)?;
            backing = file.try_clone().ok().map(|file| Backing { file, read: None });
            (Box::new(file), Some(path))
        }
    };
    // Only a file has places; a pipe that was opened by its name has none.
    let backing = backing.filter(|backing| backing.file.metadata().is_ok_and(|data| data.is_file()));
    let (magic, source) = peek(source, 4)?;
    let tab = mysqldump::tab::is_tab(&input.name);
    if magic.is_empty() && !tab {
        // A producer that failed at once says more.
        finish.map_or(Ok(()), |finish| finish())?;
        return Err(ErrorKind::Truncated("the input is empty").into());
    }
    let (source, (path, file)): (Box<dyn Read + Send>, _) = match Compression::sniff(&magic) {
        Compression::Gzip => {
            (Box::new(Decompressed(flate2::read::MultiGzDecoder::new(source))), (None, None))
        }
        Compression::Zstd => (Box::new(Decompressed(zstd::Decoder::new(source)?)), (None, None)),
        Compression::None => (source, (path, backing)),
    };
    let (start, read) = peek(source, SNIFFED).map_err(|error| read_error(&error))?;
    if start.is_empty() && !tab {
        return Err(ErrorKind::Truncated("the input is empty").into());
    }
    Ok((Opened { name: input.name, stream: Stream { read, finish }, path, file, schema_only }, start))
}

/// Bytes that formats are told by.
pub(super) const SNIFFED: usize = 8 * 1024;

/// The format that a file's name says, for formats that hold nothing to be known by.
fn by_name(name: &str) -> Option<&'static str> {
    let extension = uncompressed(name).rsplit_once('.')?.1.to_ascii_lowercase();
    match extension.as_str() {
        "csv" => Some("csv"),
        "tsv" | "tab" => Some("tsv"),
        "jsonl" | "ndjson" => Some("jsonl"),
        _ => None,
    }
}

/// The table that a file without table names holds: `customers.csv.gz` holds `customers`.
///
/// # Errors
/// A stream, which has no name.
pub(super) fn table_of_file(name: &str) -> Result<TableName> {
    let name = uncompressed(name.rsplit(['/', '\\']).next().unwrap_or(name));
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| if stem.is_empty() { name } else { stem });
    if stem.is_empty() || stem == "-" {
        return Err(ErrorKind::Usage(
            "the input does not say what table it holds: name it with --table".into(),
        )
        .into());
    }
    Ok(TableName::new("", stem))
}

/// A file's name without the ending that says how it is compressed.
fn uncompressed(name: &str) -> &str {
    [".gz", ".zst"].iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(name)
}

/// The first bytes of a source, and the source with them put back.
fn peek(mut source: Box<dyn Read + Send>, len: usize) -> io::Result<(Vec<u8>, Box<dyn Read + Send>)> {
    let mut start = Vec::new();
    source.by_ref().take(len as u64).read_to_end(&mut start)?;
    let source = Cursor::new(start.clone()).chain(source);
    Ok((start, Box::new(source)))
}

/// A decoder whose errors are told apart from those of the file below it.
struct Decompressed<R>(R);

impl<R: Read> Read for Decompressed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof | io::ErrorKind::Interrupted => error,
            _ if error.raw_os_error().is_some() => error,
            _ => io::ErrorKind::InvalidData.into(),
        })
    }
}

/// An error while reading, in our words.
pub(super) fn read_error(error: &io::Error) -> Error {
    match (error.raw_os_error(), error.kind()) {
        (Some(code), _) => io::Error::from_raw_os_error(code).into(),
        (None, io::ErrorKind::UnexpectedEof) => {
            ErrorKind::Truncated("the compressed input is cut short").into()
        }
        (None, io::ErrorKind::InvalidData) => ErrorKind::Syntax("the compressed input is damaged").into(),
        (None, kind) => io::Error::from(kind).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    const DUMP: &[u8] =
        b"--\n-- PostgreSQL database dump\n--\nSET a = 1;\n--\n-- PostgreSQL database dump complete\n--\n";

    fn read(bytes: Vec<u8>) -> Result<Vec<u8>> {
        let mut reader = open(Input::new("-", Cursor::new(bytes)), &ReaderOptions::default())?;
        let mut out = Vec::new();
        while let Some(event) = reader.next(Vec::new())? {
            if let Event::Verbatim { bytes, .. } = event {
                out.extend_from_slice(&bytes);
            }
        }
        Ok(out)
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn a_refusal_is_of_the_format_that_is_named_or_told_by_the_name() {
        assert_eq!(refusal(None, "-"), refusal(Some("pg_dump"), "people.csv"));
        assert_eq!(refusal(None, "shop/people.csv.gz"), refusal(Some("csv"), "-"));
        for format in FORMATS {
            assert!(!refusal(Some(format.name), "-").is_empty(), "{}", format.name);
        }
        let open = leaves_a_quote_open(&refusal(Some("csv"), "-"));
        assert!(open, "a CSV reader sees a quote that nobody closes");
        let json = String::from_utf8(refusal(Some("jsonl"), "-")).unwrap();
        assert!(json.lines().any(|line| serde_json::from_str::<serde_json::Value>(line).is_err()));
    }

    /// Whether a quote is open at the end.
    fn leaves_a_quote_open(bytes: &[u8]) -> bool {
        bytes.iter().filter(|byte| **byte == b'"').count() % 2 == 1
    }

    #[test]
    fn gzip_members_and_zstd_frames_are_read_one_after_the_other() {
        let (first, second) = DUMP.split_at(40);
        assert_eq!(read([gzip(first), gzip(second)].concat()).unwrap(), DUMP);
        let frame = |bytes| zstd::encode_all(bytes, 1).unwrap();
        assert_eq!(read([frame(first), frame(second)].concat()).unwrap(), DUMP);
    }

    #[test]
    fn compressed_input_that_is_cut_or_damaged_is_an_error() {
        for whole in [gzip(DUMP), zstd::encode_all(DUMP, 1).unwrap()] {
            for len in 0..whole.len() {
                assert!(read(whole[..len].to_vec()).is_err(), "{len} of {}", whole.len());
            }
            let mut damaged = whole.clone();
            damaged.extend_from_slice(b"garbage");
            assert!(read(damaged).is_err());
        }
    }

    #[test]
    fn a_format_that_is_named_is_not_sniffed() {
        let options = |format| ReaderOptions { format: Some(format), trailer: false, ..Default::default() };
        let input = || Input::new("-", &b"-- MySQL dump\nSET a = 1;\n"[..]);
        assert!(open(input(), &options("pg_dump")).is_ok());
        assert!(matches!(open(input(), &options("x")).err().unwrap().kind(), ErrorKind::Usage(_)));
    }

    #[test]
    fn what_is_no_dump_is_called_so() {
        for text in ["id\n1\n", "jane@acme.example,41\n", "[{}]", "{\n"] {
            let error = read(text.as_bytes().to_vec()).unwrap_err().to_string();
            assert!(error.contains("does not look like"), "{text}: {error}");
        }
        assert_eq!(read(Vec::new()).unwrap_err().to_string(), "-: the input is empty");
    }
}
