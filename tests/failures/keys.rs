//! Keys that are not there, not whole, or in a wrong place; and good ones.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use super::{dump, fails, policy};
use crate::support::cli::{Run, Workspace};

#[test]
fn a_key_must_be_there_whole_and_out_of_reach() {
    let workspace = Workspace::new(&policy());
    let stream = "--schema-from-stream";
    fails("no key", &mask(&workspace, &[stream]), &["key"]);
    fails("no key file", &mask(&workspace, &[stream, "--key-file", "none.key"]), &["none.key"]);
    let good = fs::read_to_string(workspace.path("scrub.key")).unwrap();
    let mut flipped = good.trim().to_owned();
    let last = flipped.pop().unwrap();
    flipped.push(if last == 'a' { 'b' } else { 'a' });
    for (what, text) in [
        ("an empty key", ""),
        ("half a key", &good[..good.len() / 2]),
        ("a key with a wrong letter", &flipped),
        ("a password", "geheimwert77"),
        ("32 bytes in hexadecimal", "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"),
    ] {
        let path = workspace.file("bad.key", text.as_bytes());
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
        let run = mask(&workspace, &[stream, "--key-file", "bad.key"]);
        fails(what, &run, &["key"]);
        assert!(text.is_empty() || !run.stderr.contains(text), "{what}: the message holds the key");
    }
    let tree = workspace.path("tree");
    fs::create_dir_all(tree.join("deep/er")).unwrap();
    let made = Command::new("git").args(["init", "-q"]).arg(&tree).status();
    if !made.is_ok_and(|status| status.success()) {
        fs::create_dir(tree.join(".git")).unwrap();
    }
    fs::copy(workspace.path("scrub.key"), tree.join("deep/er/scrub.key")).unwrap();
    fails(
        "a key in a work tree",
        &mask(&workspace, &[stream, "--key-file", "tree/deep/er/scrub.key"]),
        &["git"],
    );
    let run = workspace.run(&["key", "new", "-o", "tree/deep/new.key"], b"");
    assert_eq!(run.code, 2, "a new key in a work tree: {}", run.stderr);
    assert!(!workspace.path("tree/deep/new.key").exists());
}

#[test]
fn a_new_key_works_and_is_private() {
    let workspace = Workspace::new(&policy());
    let run = workspace.run(&["key", "new", "-o", "new.key"], b"");
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(fs::metadata(workspace.path("new.key")).unwrap().permissions().mode() & 0o777, 0o600);
    let text = fs::read_to_string(workspace.path("new.key")).unwrap();
    assert!(text.starts_with("scrub-key-1-"));
    assert!(!run.stderr.contains(text.trim()) && !String::from_utf8_lossy(&run.stdout).contains(text.trim()));
    let again = workspace.run(&["key", "new", "-o", "new.key"], b"");
    assert_eq!(again.code, 2, "a key is never overwritten: {}", again.stderr);
    assert_eq!(fs::read_to_string(workspace.path("new.key")).unwrap(), text);
    let with_new = mask(&workspace, &["--schema-from-stream", "--key-file", "new.key"]).done();
    let with_old = mask(&workspace, &["--schema-from-stream", "--key-file", "scrub.key"]).done();
    assert_ne!(with_new, with_old);
}

/// Runs `mask` with these arguments over the good dump.
fn mask<S: AsRef<OsStr>>(workspace: &Workspace, arguments: &[S]) -> Run {
    let mut all = vec![OsStr::new("mask"), OsStr::new("-p"), OsStr::new("scrub.toml"), OsStr::new("--quiet")];
    all.extend(arguments.iter().map(AsRef::as_ref));
    workspace.run(&all, dump().as_bytes())
}
