//! The versioned data files that can alter an output, with their digests: what a lock records.

use sha2::{Digest, Sha256};

use super::{card_brands, iban_registry, lexicon, lorem, phone, place, user_agent, username};

/// A data file in use.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DataFile {
    /// Name and version: `first_name.en-1`.
    pub name: String,
    /// How the spec of an operator that draws on it begins.
    pub spec: String,
    /// SHA-256 of the file, in hexadecimal digits.
    pub digest: String,
}

/// All data files of this build.
pub fn data_files() -> Vec<DataFile> {
    let lexicons = lexicon::LEXICONS.iter().map(|lexicon| DataFile {
        name: lexicon.name().to_owned(),
        spec: format!("lex:{}", lexicon.name()),
        digest: lexicon.digest(),
    });
    let places = place::COUNTRIES.iter().map(|country| DataFile {
        name: country.list.to_owned(),
        spec: format!("lex:{}", country.list),
        digest: country.digest(),
    });
    let table = |name: &str, spec: &str, digest| DataFile { name: name.into(), spec: spec.into(), digest };
    let tables = [
        table("phones.plan-1", "phone", phone::plan_digest()),
        table("words.handles-1", "username", username::words_digest()),
        table("user_agents.agents-1", "agent", user_agent::agents_digest()),
        table("ibans.registry-1", "iban:registry-1", iban_registry::registry_digest()),
        table("cards.brands-1", "card:brands-1", card_brands::brands_digest()),
        table("words.latin-1", lorem::NAME, data_encoding::HEXLOWER.encode(&Sha256::digest(lorem::WORDS))),
    ];
    lexicons.chain(places).chain(tables).collect()
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    /// All files below a folder that hold lists.
    fn lists(folder: &Path) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let entries: Vec<PathBuf> = entries.collect();
        let (folders, files): (Vec<_>, Vec<_>) = entries.into_iter().partition(|path| path.is_dir());
        folders.iter().flat_map(|folder| lists(folder)).chain(files).collect()
    }

    #[test]
    fn lists_hold_no_character_that_takes_four_bytes() {
        let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
        let folders = ["cards", "ibans", "lexicons", "phones", "user_agents", "words"];
        let files: Vec<PathBuf> = folders.iter().flat_map(|folder| lists(&rules.join(folder))).collect();
        assert!(files.len() > 40, "{}", files.len());
        for file in files {
            let text = std::fs::read_to_string(&file).unwrap();
            assert!(text.chars().all(|c| c <= '\u{ffff}'), "{}: utf8mb3 cannot hold it", file.display());
        }
    }
}
