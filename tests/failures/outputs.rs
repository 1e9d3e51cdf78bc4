//! Outputs that are inputs, full or gone; and files that appear whole or not at all.

use std::fs::{self, File};
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

use super::{DUMP, dump, policy};
use crate::support::cli::{KEEP_ALL, Workspace};
use crate::support::skip;

#[test]
fn the_output_must_not_be_an_input() {
    let workspace = Workspace::new(&policy());
    let input = workspace.file("input.sql", dump().as_bytes());
    std::os::unix::fs::symlink(&input, workspace.path("link.sql")).unwrap();
    for output in ["input.sql", "./input.sql", "link.sql"] {
        let run = workspace.mask_file(&["-o", output], &input);
        assert_eq!(run.code, 2, "-o {output}: {}", run.stderr);
        assert!(run.stderr.contains("input"), "-o {output}: {}", run.stderr);
        assert_eq!(fs::read(&input).unwrap(), dump().as_bytes(), "-o {output}: the input was touched");
    }
}

/// A dump that is larger than any pipe's buffer.
fn large() -> Vec<u8> {
    let rows: String =
        (1..=60_000).map(|n| format!("{n}\t{}\tnote of some length {n}\n", 1 + n % 40)).collect();
    let (start, end) = DUMP.split_once("<orders>").unwrap();
    let people: String = (1..=40).map(|n| format!("{n}\tp{n}@example.org\tcode{n}\t1980-01-02\n")).collect();
    format!("{}{rows}{end}", start.replace("<people>", &people)).into_bytes()
}

#[test]
fn a_closed_pipe_ends_the_run_quietly() {
    let workspace = Workspace::new(&policy());
    let input = workspace.file("large.sql", &large());
    let arguments =
        ["mask", "-p", "scrub.toml", "--key-file", "scrub.key", "--quiet", input.to_str().unwrap()];
    let mut command = workspace.command(&arguments);
    let mut child =
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut start = [0; 100];
    child.stdout.take().unwrap().read_exact(&mut start).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn a_full_disk_is_an_error_and_leaves_nothing() {
    let workspace = Workspace::new(&policy());
    let input = workspace.file("large.sql", &large());
    let arguments =
        ["mask", "-p", "scrub.toml", "--key-file", "scrub.key", "--quiet", input.to_str().unwrap()];
    if let Ok(full) = File::options().write(true).open("/dev/full") {
        let output = workspace.command(&arguments).stdin(Stdio::null()).stdout(full).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&output.stderr).to_lowercase().contains("space"));
    } else {
        skip("there is no /dev/full", "SCRUB_REQUIRE_NOTHING");
    }
    let disk = workspace.path("disk");
    fs::create_dir(&disk).unwrap();
    let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=64k", "tmpfs"]).arg(&disk).output();
    if !mounted.is_ok_and(|output| output.status.success()) {
        // Only root may, and not in every container: nothing that CI could require.
        skip("no small disk could be mounted", "SCRUB_REQUIRE_NOTHING");
        return;
    }
    let output =
        workspace.command(&arguments).args(["-o", "disk/out.sql"]).stdin(Stdio::null()).output().unwrap();
    let left = fs::read_dir(&disk).unwrap().count();
    Command::new("umount").arg(&disk).status().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).to_lowercase().contains("space"));
    assert_eq!(left, 0, "a failed run left a file");
}

#[test]
fn an_output_file_is_whole_private_and_replaces_the_old_one_at_the_end() {
    let workspace = Workspace::new(KEEP_ALL);
    let input = workspace.file("input.sql", dump().as_bytes());
    workspace.file("out.sql", b"old");
    workspace.mask_file(&["-o", "out.sql"], &input).done();
    assert_eq!(fs::read(workspace.path("out.sql")).unwrap(), dump().as_bytes());
    assert_eq!(fs::metadata(workspace.path("out.sql")).unwrap().permissions().mode() & 0o777, 0o600);
    let half = workspace.file("half.sql", &dump().as_bytes()[..1500]);
    assert_eq!(workspace.mask_file(&["-o", "out.sql"], &half).code, 2);
    assert_eq!(
        fs::read(workspace.path("out.sql")).unwrap(),
        dump().as_bytes(),
        "a failed run touched the old file"
    );
}

#[test]
fn a_pipe_or_device_is_not_replaced_by_the_output() {
    use std::os::unix::fs::FileTypeExt;
    let workspace = Workspace::new(&policy());
    let input = workspace.file("input.sql", dump().as_bytes());
    let pipe = workspace.path("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let run = workspace.mask_file(&["-o", pipe.to_str().unwrap()], &input);
    assert!(run.code == 2 && run.stderr.contains("redirect"), "{}", run.stderr);
    assert!(fs::metadata(&pipe).unwrap().file_type().is_fifo());
}
