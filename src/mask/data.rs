//! The versioned data files that can alter an output, with their digests: what a lock records.

use sha2::{Digest, Sha256};

use super::{lexicon, lorem, phone};

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
    let phones =
        DataFile { name: "phones.plan-1".into(), spec: "phone".into(), digest: phone::plan_digest() };
    let words = DataFile {
        name: "words.latin-1".into(),
        spec: lorem::NAME.into(),
        digest: data_encoding::HEXLOWER.encode(&Sha256::digest(lorem::WORDS)),
    };
    lexicons.chain([phones, words]).collect()
}
