//! Archives in custom, directory and tar format, through the installed `pg_restore`.
//!
//! `pg_restore -f -` writes the plain-text dump; the reader sees nothing else. Its messages may quote data, so they
//! are not shown. It gets no key: the variable that may hold one is taken out of its environment.

use std::io;
use std::process::{Command, Stdio};

use crate::base::{ErrorKind, Result};
use crate::format::child::Running;
use crate::format::input::{Finish, Opened, Stream};

/// Whether these are the first bytes of an archive, or of a directory archive's table of contents.
pub(super) fn sniff(start: &[u8]) -> bool {
    let tar = start.get(257..262) == Some(b"ustar") && start.starts_with(b"toc.dat\0");
    start.starts_with(b"PGDMP") || tar
}

/// Starts `pg_restore` on an archive; its output is the stream.
pub(super) fn restore(mut archive: Opened) -> Result<Opened> {
    let mut command = Command::new("pg_restore");
    if archive.schema_only {
        command.arg("-s");
    }
    command.args(["-f", "-"]).env_remove("SCRUB_KEY").stdout(Stdio::piped()).stderr(Stdio::null());
    match &archive.path {
        Some(path) => command.arg("--").arg(path).stdin(Stdio::null()),
        None => command.stdin(Stdio::piped()),
    };
    let mut child = command.spawn().map_err(|error| {
        ErrorKind::Child(match error.kind() {
            io::ErrorKind::NotFound => {
                "pg_restore is not installed; it is needed to read this archive".into()
            }
            kind => format!("pg_restore cannot be started: {kind}"),
        })
    })?;
    if let Some(mut stdin) = child.stdin.take() {
        let mut source = archive.stream.read;
        // A child that ends early closes the pipe; its exit status says the rest.
        std::thread::spawn(move || io::copy(&mut source, &mut stdin));
    }
    let stdout = child.stdout.take().ok_or_else(|| ErrorKind::Child("pg_restore has no output".into()))?;
    let mut running = Running::new(child);
    let before = archive.stream.finish.take();
    let finish: Finish = Box::new(move || {
        let status = running.wait()?;
        if !status.success() {
            return Err(
                ErrorKind::Child(format!("pg_restore failed ({status}); run it alone to see why")).into()
            );
        }
        before.map_or(Ok(()), |finish| finish())
    });
    let stream = Stream { read: Box::new(stdout), finish: Some(finish) };
    Ok(Opened { stream, path: None, ..archive })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::{Input, ReaderOptions, open};

    #[test]
    fn an_archive_that_pg_restore_cannot_read_is_an_error_without_its_words() {
        let input = Input::new("-", &b"PGDMP\x01\x0e\x00 CANARY"[..]);
        let error = open(input, &ReaderOptions::default())
            .and_then(|mut reader| reader.next(Vec::new()).map(drop))
            .expect_err("no archive");
        assert!(
            matches!(error.kind(), ErrorKind::Child(_)) && !error.to_string().contains("CANARY"),
            "{error}"
        );
    }
}
