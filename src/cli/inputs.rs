//! Several inputs: which files they are, and what their outputs are called.
//!
//! A folder stands for the files in it and below it, in the order of their names; hidden ones and `_SUCCESS` are passed
//! over. A folder that is one input (a directory archive) stays one. A link is followed within the folder that was named
//! and refused where it leads out of it, so that nothing is read that nobody named.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::base::{Error, Result};
use crate::format::{Compression, is_folder_input};
use crate::pipeline::OutputCompression;

use super::usage;

/// One of several inputs.
#[derive(Debug)]
pub(super) struct Item {
    /// Where it is.
    pub(super) path: PathBuf,
    /// Its output's name in the output folder.
    pub(super) name: PathBuf,
    /// How its output is compressed.
    pub(super) compression: OutputCompression,
}

/// All inputs that `given` names, for outputs in the folder `output`.
///
/// # Errors
/// What cannot be read or is neither file nor folder; an output folder in an input folder; two outputs of one name; no
/// input at all.
pub(super) fn collect(
    given: &[&Path],
    output: &Path,
    compress: Option<OutputCompression>,
) -> Result<Vec<Item>> {
    for path in given.iter().filter(|path| is_folder_of_inputs(path)) {
        if canonical_of_new(output)?.starts_with(canonical(path)?) {
            return Err(usage("the output folder lies in this input").in_file(shown(path)));
        }
    }
    let found = find(given)?;
    let mut names: BTreeMap<PathBuf, PathBuf> = BTreeMap::new();
    let mut items = Vec::with_capacity(found.len());
    for (path, name) in found {
        let (name, compression) = output_of(&path, name, compress)?;
        if let Some(other) = names.insert(name.clone(), path.clone()) {
            let message =
                format!("two inputs would be written to {}: {} and this one", shown(&name), shown(&other));
            return Err(usage(message).in_file(shown(&path)));
        }
        items.push(Item { path, name, compression });
    }
    if let Some(name) =
        names.keys().find(|name| name.ancestors().skip(1).any(|parent| names.contains_key(parent)))
    {
        return Err(usage(format!(
            "{} would be in a folder that is the name of another output",
            shown(name)
        )));
    }
    if let Some(path) = names.get(Path::new(super::output_folder::SUCCESS)) {
        return Err(usage("an output cannot be called _SUCCESS").in_file(shown(path)));
    }
    Ok(items)
}

/// All files that `given` names.
///
/// # Errors
/// What cannot be read or is neither file nor folder; a folder without files.
pub(super) fn files(given: &[&Path]) -> Result<Vec<PathBuf>> {
    Ok(find(given)?.into_iter().map(|(path, _)| path).collect())
}

/// All files that `given` names, and what they are called below it.
fn find(given: &[&Path]) -> Result<Vec<(PathBuf, PathBuf)>> {
    let mut found = Vec::new();
    for path in given {
        if !is_folder_of_inputs(path) {
            let name =
                path.file_name().ok_or_else(|| usage("this input has no name").in_file(shown(path)))?;
            found.push((path.to_path_buf(), PathBuf::from(name)));
            continue;
        }
        // A folder that is the only input is mirrored; beside others it keeps its name.
        let base = match path.file_name() {
            Some(name) if given.len() > 1 => PathBuf::from(name),
            _ => PathBuf::new(),
        };
        walk(path, &canonical(path)?, &base, &mut found)?;
    }
    match given.first() {
        Some(first) if found.is_empty() => Err(usage("the folder holds no files").in_file(shown(first))),
        _ => Ok(found),
    }
}

fn is_folder_of_inputs(path: &Path) -> bool {
    path.is_dir() && !is_folder_input(path)
}

/// The name and compression of an output: as the input's, or as told.
fn output_of(
    path: &Path,
    name: PathBuf,
    compress: Option<OutputCompression>,
) -> Result<(PathBuf, OutputCompression)> {
    if path.is_dir() {
        // The archive becomes one file of text.
        let name = with_ending(name, "sql");
        let compression = compress.unwrap_or_default();
        return Ok((ended(name, compression.kind()), compression));
    }
    let mut start = Vec::new();
    let file = super::load::open_file(path)?;
    std::io::Read::read_to_end(&mut std::io::Read::take(file, 4), &mut start)
        .map_err(|error| Error::from(error).in_file(shown(path)))?;
    let is = Compression::sniff(&start);
    let compression = compress.unwrap_or_else(|| is.into());
    if compression.kind() == is {
        return Ok((name, compression));
    }
    let bare = if Compression::of_name(&name) == Compression::None { name } else { name.with_extension("") };
    Ok((ended(bare, compression.kind()), compression))
}

fn ended(name: PathBuf, compression: Compression) -> PathBuf {
    match compression.extension() {
        Some(extension) => with_ending(name, extension),
        None => name,
    }
}

fn with_ending(name: PathBuf, ending: &str) -> PathBuf {
    let mut name = name.into_os_string();
    name.push(".");
    name.push(ending);
    name.into()
}

/// Adds the files of a folder in the order of their names.
fn walk(folder: &Path, root: &Path, base: &Path, found: &mut Vec<(PathBuf, PathBuf)>) -> Result<()> {
    let named = |error: std::io::Error| Error::from(error).in_file(shown(folder));
    let mut entries: Vec<fs::DirEntry> =
        fs::read_dir(folder).map_err(named)?.collect::<Result<_, _>>().map_err(named)?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let (path, name) = (entry.path(), entry.file_name());
        let kind = entry.file_type().map_err(named)?;
        if name.as_encoded_bytes().starts_with(b".") || name == super::output_folder::SUCCESS {
            continue;
        }
        let below = base.join(&name);
        if kind.is_symlink() {
            let target = canonical(&path)?;
            if !target.starts_with(root) {
                return Err(
                    usage("this link leads out of the folder; name its target instead").in_file(shown(&path))
                );
            }
            if !target.is_file() {
                return Err(usage("this link leads to no file").in_file(shown(&path)));
            }
            found.push((path, below));
        } else if kind.is_dir() && !is_folder_input(&path) {
            walk(&path, root, &below, found)?;
        } else if kind.is_file() || kind.is_dir() {
            found.push((path, below));
        } else {
            return Err(usage("this is neither a file nor a folder").in_file(shown(&path)));
        }
    }
    Ok(())
}

fn canonical(path: &Path) -> Result<PathBuf> {
    path.canonicalize().map_err(|error| Error::from(error).in_file(shown(path)))
}

/// The whole path of something that need not be there yet.
fn canonical_of_new(path: &Path) -> Result<PathBuf> {
    let missing: Vec<_> = path.ancestors().take_while(|path| !path.exists()).collect();
    let there = path.ancestors().nth(missing.len()).unwrap_or(Path::new(""));
    let there = if there.as_os_str().is_empty() { Path::new(".") } else { there };
    let whole = canonical(there)?;
    Ok(missing.iter().rev().filter_map(|path| path.file_name()).fold(whole, |whole, name| whole.join(name)))
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}
