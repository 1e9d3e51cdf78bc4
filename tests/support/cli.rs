//! The command under test, with a home, a key and a policy of its own.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use scrub::base::Key;
use tempfile::TempDir;

use super::server::{feed, programs};

/// What a run left behind.
pub(crate) struct Run {
    /// Exit code; -1 when a signal ended it.
    pub(crate) code: i32,
    /// Standard output.
    pub(crate) stdout: Vec<u8>,
    /// Standard error.
    pub(crate) stderr: String,
}

impl Run {
    /// Standard output of a run that was done.
    pub(crate) fn done(self) -> Vec<u8> {
        assert_eq!(self.code, 0, "{}", self.stderr);
        self.stdout
    }
}

/// A folder outside of any work tree with a policy and a key in it.
pub(crate) struct Workspace {
    dir: TempDir,
}

impl Workspace {
    /// A new folder with this policy.
    pub(crate) fn new(policy: &str) -> Self {
        let workspace = Self { dir: tempfile::Builder::new().prefix("scrub-test-").tempdir().unwrap() };
        workspace.file("scrub.toml", policy.as_bytes());
        // Known, so that a failure can be reproduced; worth nothing.
        let key = Key::from_bytes(std::array::from_fn(|n| n as u8)).unwrap();
        let path = workspace.file("scrub.key", key.to_text().as_bytes());
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
        workspace
    }

    /// A path in the folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Writes a file in the folder.
    pub(crate) fn file(&self, name: &str, content: &[u8]) -> PathBuf {
        fs::write(self.path(name), content).unwrap();
        self.path(name)
    }

    /// The command, to be run in the folder.
    pub(crate) fn command<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_scrub"));
        command.args(arguments).current_dir(self.dir.path()).env("HOME", self.dir.path());
        for variable in ["SCRUB_KEY", "XDG_CONFIG_HOME", "RUST_BACKTRACE"] {
            command.env_remove(variable);
        }
        // For archives, which the command reads through pg_restore.
        if let Some(programs) = programs() {
            let mut path = programs.into_os_string();
            path.push(":");
            path.push(std::env::var_os("PATH").unwrap_or_default());
            command.env("PATH", path);
        }
        command
    }

    /// Runs the command on the given standard input.
    pub(crate) fn run<S: AsRef<OsStr>>(&self, arguments: &[S], stdin: &[u8]) -> Run {
        let output = feed(&mut self.command(arguments), stdin);
        Run {
            code: output.status.code().unwrap_or(-1),
            stdout: output.stdout,
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// `scrub mask` of a pipe, with the policy and the key of the folder.
    pub(crate) fn mask_pipe(&self, options: &[&str], stdin: &[u8]) -> Run {
        let mut arguments = vec!["mask", "-p", "scrub.toml", "--key-file", "scrub.key", "--quiet"];
        arguments.extend(options);
        self.run(&arguments, stdin)
    }

    /// `scrub mask` of a file, to standard output.
    pub(crate) fn mask_file(&self, options: &[&str], input: &Path) -> Run {
        let mut arguments = vec!["mask", "-p", "scrub.toml", "--key-file", "scrub.key", "--quiet"];
        arguments.extend(options);
        arguments.push(input.to_str().unwrap());
        self.run(&arguments, b"")
    }

    /// `scrub check` with `--write` of a file: makes the lock.
    pub(crate) fn lock(&self, input: &Path) {
        let run = self.run(&["check", "-p", "scrub.toml", "--write", input.to_str().unwrap()], b"");
        assert!(self.path("scrub.lock").exists(), "{}{}", String::from_utf8_lossy(&run.stdout), run.stderr);
    }
}

/// A policy that keeps everything.
pub(crate) const KEEP_ALL: &str = r#"version = 1
construction = "v1"
project = "test/keep/dev"
unclassified = "keep"
large_objects = "keep"
"#;

/// The head of a policy that masks what it names and keeps the rest.
pub(crate) const HEAD: &str = r#"version = 1
construction = "v1"
project = "test/mask/dev"
unclassified = "keep"
"#;

/// Asserts that two outputs are the same bytes; says where they part, not what they hold.
#[track_caller]
pub(crate) fn assert_same(found: &[u8], expected: &[u8], what: &str) {
    if found == expected {
        return;
    }
    let at = found.iter().zip(expected).position(|(a, b)| a != b).unwrap_or(found.len().min(expected.len()));
    let line = expected[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
    let excerpt = |bytes: &[u8]| {
        let start = at.saturating_sub(40).min(bytes.len());
        String::from_utf8_lossy(&bytes[start..bytes.len().min(at + 40)]).into_owned()
    };
    panic!(
        "{what}: {} bytes, expected {}; they part at byte {at}, line {line}:\nfound    {:?}\nexpected {:?}",
        found.len(),
        expected.len(),
        excerpt(found),
        excerpt(expected)
    );
}
