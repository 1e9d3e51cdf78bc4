//! `scrub key`, and where every verb finds its key.
//!
//! A key is a text in a file of its own with mode 0600, by default under the user's configuration folder, named after
//! the project. It never stands in an argument, and a file inside a git work tree is refused: it would be committed.

use std::fs::{self, File, OpenOptions};
use std::io::Write;

use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::base::{Error, ErrorKind, Key, Result};
use crate::plan::Policy;

use super::args::{KeyArgs, KeySource, KeyVerb};
use super::{Finding, print, usage};

const VARIABLE: &str = "SCRUB_KEY";

pub(super) fn run(args: &KeyArgs) -> Result<Finding> {
    match &args.verb {
        KeyVerb::New { project, policy, output } => new(project.as_deref(), policy, output.as_deref()),
        KeyVerb::Id { project, policy, key } => {
            let project = project_name(project.as_deref(), policy)?;
            print::out(&load(key, &project)?.project(&project).id())
        }
    }
}

fn new(project: Option<&str>, policy: &Path, output: Option<&Path>) -> Result<Finding> {
    let path = match output {
        Some(path) => path.to_owned(),
        None => default_path(&project_name(project, policy)?)?,
    };
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder)
            .map_err(|error| Error::from(error).in_file(folder.display().to_string()))?;
    }
    refuse_work_tree(&path)?;
    let text = fresh()?.to_text();
    let mut file =
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path).map_err(|error| {
            if error.kind() == std::io::ErrorKind::AlreadyExists {
                usage("there is a key already; scrub never overwrites one: choose another file with -o")
                    .in_file(path.display().to_string())
            } else {
                Error::from(error).in_file(path.display().to_string())
            }
        })?;
    file.write_all(text.as_bytes())?;
    file.write_all(b"\n")?;
    file.sync_all()?;
    print::notice(&format!("wrote {}; keep it away from where masked data goes", path.display()));
    Ok(Finding::Clean)
}

fn project_name(project: Option<&str>, policy: &Path) -> Result<String> {
    match project {
        Some(name) => Ok(name.to_owned()),
        None if policy.exists() => Ok(Policy::from_path(policy)?.project().to_owned()),
        None => Err(usage("which project? give --project NAME, or a policy with -p")),
    }
}

/// A new random key.
pub(super) fn fresh() -> Result<Key> {
    let mut bytes = Zeroizing::new([0; 32]);
    #[expect(clippy::disallowed_methods, reason = "a new key is the one thing that must be random")]
    getrandom::fill(bytes.as_mut()).map_err(|_| key_error("the system gives no random numbers"))?;
    Key::from_bytes(*bytes)
}

/// The key that the options, the environment or the configuration folder name.
///
/// # Errors
/// No key, a malformed one, one that others can read, or one that git would pick up.
pub(super) fn load(source: &KeySource, project: &str) -> Result<Key> {
    // Removed before anything is started, whichever key is used.
    let variable = take_variable();
    if source.ephemeral_key {
        return fresh();
    }
    if let Some(number) = source.key_fd {
        return from_descriptor(number);
    }
    if let Some(path) = &source.key_file {
        return from_file(path);
    }
    if let Some(text) = variable {
        print::notice(
            "scrub: key taken from SCRUB_KEY: other processes of this user can read it; prefer a key file",
        );
        return Key::from_text(text.trim_end());
    }
    let path = default_path(project)?;
    if !path.exists() {
        return Err(key_error(&format!(
            "there is no key for project \"{project}\": make one with `scrub key new --project {project}`, or name one \
             with --key-file (looked for {})",
            path.display()
        )));
    }
    from_file(&path)
}

/// Whether a key was given on the command line although the plan needs none is no error; this just takes the variable
/// out of the environment of any child.
pub(super) fn take_variable() -> Option<Zeroizing<String>> {
    #[expect(clippy::disallowed_methods, reason = "the command reads the environment")]
    std::env::var(VARIABLE).ok().map(Zeroizing::new)
}

fn from_file(path: &Path) -> Result<Key> {
    let place = || path.display().to_string();
    refuse_work_tree(path)?;
    let file = File::open(path).map_err(|error| Error::from(error).in_file(place()))?;
    let mode = file.metadata()?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(key_error("others can read this key: chmod 600, and make a new one if they have")
            .in_file(place()));
    }
    Key::from_reader(file).map_err(|error| error.in_file(place()))
}

fn from_descriptor(number: i32) -> Result<Key> {
    let place = || format!("file descriptor {number}");
    let path = PathBuf::from(format!("/dev/fd/{number}"));
    let file = File::open(path).map_err(|error| Error::from(error).in_file(place()))?;
    Key::from_reader(file).map_err(|error| error.in_file(place()))
}

/// `~/.config/scrub/keys/PROJECT.key`, with `/` in the project as `--`.
fn default_path(project: &str) -> Result<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "the command reads the environment")]
    let variable = |name| std::env::var(name).ok().filter(|value| !value.is_empty()).map(PathBuf::from);
    let base = variable("XDG_CONFIG_HOME")
        .or_else(|| variable("HOME").map(|home| home.join(".config")))
        .ok_or_else(|| key_error("there is no configuration folder (HOME is not set): use --key-file"))?;
    let safe = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-');
    let name: String = project.replace('/', "--").chars().map(|c| if safe(c) { c } else { '_' }).collect();
    Ok(base.join("scrub").join("keys").join(format!("{name}.key")))
}

/// A key file inside a git work tree is one `git add .` away from everybody.
fn refuse_work_tree(path: &Path) -> Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let Ok(folder) = folder.canonicalize() else { return Ok(()) };
    if folder.ancestors().any(|ancestor| ancestor.join(".git").exists()) {
        return Err(key_error(
            "a key inside a git work tree gets committed sooner or later: keep it outside",
        )
        .in_file(path.display().to_string()));
    }
    Ok(())
}

fn key_error(message: &str) -> Error {
    Error::new(ErrorKind::Key(message.to_owned()))
}
