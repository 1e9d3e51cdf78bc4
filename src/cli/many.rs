//! `scrub mask` of several inputs: one policy, one plan, one output folder, one manifest.

use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use crate::base::{Error, ErrorKind, Result};
use crate::pipeline::{Digested, Digesting, Manifest, OpenInput, Stream};

use super::args::MaskArgs;
use super::input::{self, Digest, Meter};
use super::inputs::{Item, collect};
use super::load::Again;
use super::mask::{cancel_on_signal, conclude, describe, json, keys, policy, preview, threads};
use super::output::{PendingFile, SyncedFile};
use super::output_folder::OutputFolder;
use super::progress::Progress;
use super::{Finding, load, print, usage};

/// Whether a call is about several inputs, or about a folder for outputs.
pub(super) fn is_for(args: &MaskArgs) -> bool {
    let folder = |path: &Path| path.is_dir() && !crate::format::is_folder_input(path);
    !args.more.is_empty()
        || args.input.as_deref().is_some_and(folder)
        || args.output.as_deref().is_some_and(names_folder)
}

/// Whether a path is one of a folder: there is one, or it ends with a slash.
fn names_folder(path: &Path) -> bool {
    path.is_dir() || path.as_os_str().as_encoded_bytes().ends_with(b"/")
}

pub(super) fn run(args: &MaskArgs) -> Result<Finding> {
    let given: Vec<&Path> = args.input.iter().chain(&args.more).map(std::path::PathBuf::as_path).collect();
    if given.is_empty() {
        return Err(usage("a folder takes the outputs of files; name a file after -o for this input"));
    }
    if args.policy.schema_from_stream {
        return Err(usage(
            "files are read twice where there is no lock: leave --schema-from-stream to standard input",
        ));
    }
    let output = match (&args.output, args.preview) {
        (Some(output), _) if args.preview.is_some() || names_folder(output) => output.as_path(),
        (None, Some(_)) => Path::new("/dev/null"),
        (Some(_), None) => return Err(usage("several inputs need a folder after -o: DIR/")),
        (None, None) => return Err(usage("several inputs need a folder for their outputs: -o DIR/")),
        (Some(output), Some(_)) => output.as_path(),
    };
    let policy = policy(args)?;
    let items = collect(&given, output, args.compress)?;
    let paths: Vec<&Path> = items.iter().map(|item| item.path.as_path()).collect();
    let mut builder = load::builder(&policy, &args.policy, &args.reading, &Again::Files(&paths))?;
    let plan = builder.plan()?.ok_or_else(|| Error::new(ErrorKind::Panic("the plan")))?;
    let keys = keys(Some(&plan), &policy, args)?;
    if let Some(keys) = &keys {
        builder = builder.project_key(keys.clone());
    }
    let cancelled = cancel_on_signal();
    let scrubber = builder.threads(threads(args.threads)).cancel(Arc::clone(&cancelled)).build()?;
    if let Some(rows) = args.preview {
        let mut text = String::new();
        for path in &paths {
            let reader = load::reader(
                input::open(Some(path), &cancelled, Digest::None)?.input,
                &policy,
                &args.reading,
            )?;
            text.push_str(&preview(&scrubber.preview(reader, rows)?, args.reveal));
        }
        return print::out(&text);
    }
    let meter = Meter { size: paths.iter().map(|path| input::size(path)).sum(), ..Meter::default() };
    let folder = OutputFolder::new(output)?;
    // After the folder, which it may be in, and dropped before it.
    let record = args.manifest.as_ref().map(|path| PendingFile::new(path, &paths)).transpose()?;
    let (started, began) = (Instant::now(), jiff::Timestamp::now());
    let progress = Progress::start(&meter, args.quiet);
    let streams: Mutex<Vec<Option<(Stream, Stream)>>> = Mutex::new(items.iter().map(|_| None).collect());
    let digest = if record.is_some() { Digest::For(keys.as_ref()) } else { Digest::None };
    let result = scrubber.mask_many(
        items.len(),
        |number| {
            let Item { path, name, compression } = &items[number];
            let named = |error: Error| error.in_file(path.display().to_string());
            let source = input::open_file_of(path, meter.clone(), digest)?;
            let reader = load::reader(source.input, &policy, &args.reading).map_err(named)?;
            let file = folder.file(name)?;
            let writer = Output::new(file, digest, source.digest)?;
            Ok(OpenInput { reader, writer, compression: *compression, name: path.display().to_string() })
        },
        |number, output| {
            let Item { path, name, .. } = &items[number];
            let Output { writer, file, read } = output;
            // The file is whole when nobody can write to it any more.
            let written = match writer {
                Written::Plain(writer) => {
                    drop(writer);
                    None
                }
                Written::Digested(writer, digested) => {
                    drop(writer);
                    Some(digested)
                }
            };
            folder.finish_file(name, file)?;
            let shown = |path: &Path| path.display().to_string();
            if let Some(written) = written {
                let read = read.map(|read| read.stream(shown(path)));
                let read = read.unwrap_or_else(|| Stream { name: shown(path), ..Stream::default() });
                let mut streams = streams.lock().unwrap_or_else(PoisonError::into_inner);
                streams[number] = Some((read, written.stream(shown(name))));
            }
            Ok(())
        },
    );
    drop(progress);
    let summary = result?;
    if let Some(file) = record {
        let mut manifest = Manifest::new(&policy, &plan, keys.as_ref(), &summary);
        describe(&mut manifest, args, &began.to_string(), started);
        let streams = streams.into_inner().unwrap_or_else(PoisonError::into_inner);
        (manifest.inputs, manifest.outputs) = streams.into_iter().flatten().unzip();
        file.write(&json(&manifest)?)?;
    }
    folder.finish()?;
    conclude(args, &summary, &meter, started, Some(&plan))
}

/// One output: its bytes, the file that they are for, and the digest of the input that they came from.
struct Output {
    writer: Written,
    file: PendingFile,
    read: Option<Digested>,
}

enum Written {
    Plain(BufWriter<SyncedFile>),
    Digested(Digesting<BufWriter<SyncedFile>>, Digested),
}

impl Output {
    fn new(file: PendingFile, digest: Digest<'_>, read: Option<Digested>) -> Result<Self> {
        let plain = file.writer()?;
        let writer = match digest {
            Digest::None => Written::Plain(plain),
            Digest::For(keys) => {
                let (writer, digested) = Digesting::new(plain, keys);
                Written::Digested(writer, digested)
            }
        };
        Ok(Self { writer, file, read })
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        match &mut self.writer {
            Written::Plain(writer) => writer.write(bytes),
            Written::Digested(writer, _) => writer.write(bytes),
        }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        match &mut self.writer {
            Written::Plain(writer) => writer.flush(),
            Written::Digested(writer, _) => writer.flush(),
        }
    }
}
