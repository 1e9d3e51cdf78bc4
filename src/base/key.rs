//! The key tree: root [`Key`], [`ProjectKey`], [`DomainKeys`], and the text form of the root.
//!
//! Each step is HKDF-SHA256 and each leaf is bound to project, domain, purpose and the domain's parameters, so no
//! key serves two ends and changing any parameter visibly changes everything. Secrets here have no `Debug` and are
//! wiped on drop.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use data_encoding::{BASE32_NOPAD, HEXLOWER};
use hkdf::Hkdf;
use sha2::{Digest, Sha256};
use zeroize::{Zeroize, Zeroizing};

use super::error::{Error, ErrorKind, Result};
use super::permutation::Permutation;
use super::prf::Prf;
use super::small_permutation::Tables;

/// The root secret: 32 random bytes from which every key of every project follows.
pub struct Key(Zeroizing<[u8; 32]>);

/// The secret of one project. Clones share the secret and the tables of small permutations.
#[derive(Clone)]
pub struct ProjectKey(Arc<Project>);

struct Project {
    secret: Zeroizing<[u8; 32]>,
    tables: Arc<Tables>,
}

/// The keys of one key domain: all columns whose pseudonyms must agree.
#[derive(Clone)]
pub struct DomainKeys {
    project: ProjectKey,
    name: String,
}

impl Key {
    /// A key of these bytes.
    ///
    /// # Errors
    /// All bytes are zero: somebody's uninitialised buffer.
    pub fn from_bytes(bytes: [u8; 32]) -> Result<Self> {
        let bytes = Zeroizing::new(bytes);
        if bytes.iter().all(|byte| *byte == 0) {
            return Err(malformed("the key is all zeros; make one with `scrub key new`"));
        }
        Ok(Self(bytes))
    }

    /// Reads the text form, `scrub-key-1-` and 58 characters. White space around it is ignored.
    ///
    /// # Errors
    /// Anything else. The error says what is wrong and never quotes the text.
    pub fn from_text(text: &str) -> Result<Self> {
        let Some(body) = text.trim_ascii().strip_prefix(PREFIX) else {
            return Err(malformed("a key starts with `scrub-key-1-`; make one with `scrub key new`"));
        };
        if body.len() != BODY {
            return Err(malformed("the key has too few or too many characters; was it copied whole?"));
        }
        if !body.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'2'..=b'7')) {
            return Err(malformed("the key has a character other than a-z and 2-7"));
        }
        let upper = Zeroizing::new(body.to_ascii_uppercase());
        let mut bytes = Zeroizing::new([0; 36]);
        if BASE32_NOPAD.decode_mut(upper.as_bytes(), &mut *bytes).is_err() {
            return Err(malformed("the key's last character is wrong; was it copied whole?"));
        }
        let mut secret = Zeroizing::new([0; 32]);
        secret.copy_from_slice(&bytes[..32]);
        if bytes[32..] != checksum(&secret) {
            return Err(malformed("the key's checksum does not match; a character was changed"));
        }
        Self::from_bytes(*secret)
    }

    /// Reads a key file, as `scrub key new` writes it.
    ///
    /// ```no_run
    /// let key = scrub::Key::from_file("scrub.key")?;
    /// # Ok::<(), scrub::Error>(())
    /// ```
    ///
    /// # Errors
    /// A file that cannot be read, or that holds anything but a key.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let place = || path.display().to_string();
        let file = File::open(path).map_err(|error| Error::from(error).in_file(place()))?;
        Self::from_reader(file).map_err(|error| error.in_file(place()))
    }

    /// Reads the text form from a file or a pipe.
    ///
    /// # Errors
    /// As [`Key::from_text`].
    pub fn from_reader(source: impl Read) -> Result<Self> {
        let mut text = Zeroizing::new(String::new());
        source
            .take(LONGEST_FILE)
            .read_to_string(&mut text)
            .map_err(|_| malformed("this is not a key file"))?;
        Self::from_text(text.trim_end())
    }

    /// The text form, for a key file.
    pub fn to_text(&self) -> Zeroizing<String> {
        let mut bytes = Zeroizing::new([0; 36]);
        bytes[..32].copy_from_slice(&*self.0);
        bytes[32..].copy_from_slice(&checksum(&self.0));
        let mut text = Zeroizing::new(String::with_capacity(PREFIX.len() + BODY));
        text.push_str(PREFIX);
        BASE32_NOPAD.encode_append(&*bytes, &mut text);
        text.make_ascii_lowercase();
        text
    }

    /// The key of a project. Its name has the environment in it (`acme/dev`): other environments get pseudonyms
    /// that cannot be linked to these.
    pub fn project(&self, name: &str) -> ProjectKey {
        let salt = [b"scrub/v1/", name.as_bytes()].concat();
        let (mut extracted, _) = Hkdf::<Sha256>::extract(Some(&salt), &*self.0);
        let mut secret = Zeroizing::new([0; 32]);
        secret.copy_from_slice(&extracted);
        extracted.as_mut_slice().zeroize();
        ProjectKey(Arc::new(Project { secret, tables: Arc::default() }))
    }
}

impl ProjectKey {
    /// A name of 16 hexadecimal digits for this key and project, safe to publish.
    pub fn id(&self) -> String {
        let mut id = [0; 8];
        self.expand(&[b"scrub/v1/key-id"], &mut id);
        HEXLOWER.encode(&id)
    }

    /// The keys of a domain.
    pub fn domain(&self, name: &str) -> DomainKeys {
        DomainKeys { project: self.clone(), name: name.into() }
    }

    fn expand(&self, info: &[&[u8]], out: &mut [u8]) {
        Hkdf::<Sha256>::from_prk(&*self.0.secret)
            .expect("the extracted key has the length of a hash")
            .expand_multi_info(info, out)
            .expect("at most 32 bytes are asked for");
    }
}

impl DomainKeys {
    /// The keys of another domain of the same project.
    #[must_use]
    pub fn sibling(&self, name: &str) -> Self {
        self.project.domain(name)
    }

    /// The pseudorandom function for a purpose (`tag`, `dateshift`) under the domain's parameters (`email:80:exact`).
    pub fn prf(&self, purpose: &str, spec: &str) -> Prf {
        Prf::new(&self.derive(purpose, spec))
    }

    /// The permutation of 0 to `last` for a purpose and the domain's parameters (`int:1:127`).
    pub fn permutation(&self, purpose: &str, spec: &str, last: u128) -> Permutation {
        Permutation::new(&self.derive(purpose, spec), last, &self.project.0.tables)
    }

    /// The key for a purpose. Lengths come before texts, so no two triples give the same input.
    pub(super) fn derive(&self, purpose: &str, spec: &str) -> Zeroizing<[u8; 32]> {
        let length = |text: &str| (text.len() as u32).to_be_bytes();
        let mut key = Zeroizing::new([0; 32]);
        self.project.expand(
            &[
                b"scrub/v1/dom",
                &length(&self.name),
                self.name.as_bytes(),
                &length(purpose),
                purpose.as_bytes(),
                &length(spec),
                spec.as_bytes(),
            ],
            &mut *key,
        );
        key
    }
}

fn checksum(secret: &[u8; 32]) -> [u8; 4] {
    let digest: [u8; 32] = Sha256::new().chain_update(b"scrub-key-1").chain_update(secret).finalize().into();
    [digest[0], digest[1], digest[2], digest[3]]
}

fn malformed(message: &str) -> Error {
    ErrorKind::Key(message.into()).into()
}

/// A key file is shorter.
const LONGEST_FILE: u64 = 4096;
const PREFIX: &str = "scrub-key-1-";
/// 36 bytes in base32 without padding.
const BODY: usize = 58;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn message(result: Result<Key>) -> String {
        result.err().expect("the text is refused").to_string()
    }

    #[test]
    fn the_text_form_is_fixed() {
        let key = Key::from_bytes(std::array::from_fn(|i| i as u8)).unwrap();
        assert_eq!(&*key.to_text(), "scrub-key-1-aaaqeayeaudaocajbifqydiob4ibceqtcqkrmfyydenbwha5dypyo4reuu");
    }

    #[test]
    fn all_zeros_is_no_key() {
        assert!(Key::from_bytes([0; 32]).is_err());
        let text = Key(Zeroizing::new([0; 32])).to_text();
        assert!(message(Key::from_text(&text)).contains("all zeros"));
    }

    #[test]
    fn anything_but_the_text_form_is_refused_and_not_quoted() {
        let good = Key::from_bytes([7; 32]).unwrap().to_text();
        let body = &good[PREFIX.len()..];
        for text in [
            "",
            "secret",
            "scrub-key-1-",
            &good[..good.len() - 1],
            &format!("{}a", *good),
            &good.to_uppercase(),
            &format!("scrub-key-2-{body}"),
            &body.repeat(2),
            &good.replace('a', "1"),
            &good.replacen('a', "é", 1),
        ] {
            let message = message(Key::from_text(text));
            assert!(text.len() < 8 || !message.contains(&text[text.len() / 2..]));
            assert!(!message.contains(&body[..8]));
        }
    }

    #[test]
    fn projects_and_domains_and_purposes_and_specs_have_keys_of_their_own() {
        let key = Key::from_bytes([7; 32]).unwrap();
        assert_ne!(key.project("acme/dev").id(), key.project("acme/test").id());
        let keys =
            |domain: &str, purpose: &str, spec: &str| *key.project("p").domain(domain).derive(purpose, spec);
        let all = [
            keys("a", "b", "c"),
            keys("ab", "", "c"),
            keys("a", "bc", ""),
            keys("", "ab", "c"),
            keys("b", "a", "c"),
        ];
        for (number, one) in all.iter().enumerate() {
            assert!(all[..number].iter().all(|other| other != one));
        }
    }

    proptest! {
        #[test]
        fn a_text_is_read_back(bytes: [u8; 32]) {
            prop_assume!(bytes != [0; 32]);
            let text = Key::from_bytes(bytes).unwrap().to_text();
            prop_assert_eq!(*Key::from_text(&format!(" {}\n", *text)).unwrap().0, bytes);
        }

        #[test]
        fn a_changed_character_is_noticed(bytes: [u8; 32], position in 0..BODY, character in "[a-z2-7]") {
            prop_assume!(bytes != [0; 32]);
            let mut text = Key::from_bytes(bytes).unwrap().to_text().to_string();
            let place = PREFIX.len() + position..PREFIX.len() + position + 1;
            prop_assume!(text[place.clone()] != character);
            text.replace_range(place, &character);
            prop_assert!(Key::from_text(&text).is_err());
        }
    }
}
