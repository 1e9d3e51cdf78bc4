//! Lists of names and streets that pseudonyms are drawn from: versioned data in `rules/lexicons`.
//!
//! A lexicon is a text file `KIND.LANGUAGE-VERSION.txt`: lines that begin with `#` state its origin, every other line
//! is an entry with tabs between its forms. Given names have `f`, `m` or `n` (either) after the name; whatever is not
//! plain ASCII has a form in Latin letters without accents after that; surnames that women have another form of have
//! that form, and its Latin one, at the end. Entries are sorted and stand for ever: an index into the list is part of a
//! released value, so an edit makes a new version. A new language or version is one file and one line in [`LEXICONS`].

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::gender_word::Gender;
use super::{Refusal, Request};

/// A list of entries that pseudonyms are drawn from.
#[derive(Clone, Copy, Debug)]
pub struct Lexicon {
    name: &'static str,
    text: &'static str,
}

/// What the entries of a lexicon are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LexiconKind {
    /// Given names, with gender.
    FirstName,
    /// Surnames.
    LastName,
    /// Street names, with their kind (`Lane`).
    Street,
    /// First words of companies.
    CompanyWord,
    /// Second words of companies: what they deal in.
    CompanyTrade,
}

impl LexiconKind {
    /// As file names and key specs write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FirstName => "first_name",
            Self::LastName => "last_name",
            Self::Street => "street",
            Self::CompanyWord => "company_word",
            Self::CompanyTrade => "company_trade",
        }
    }
}

impl Lexicon {
    /// `first_name.en-1`.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Language and version: `en-1`.
    pub fn locale_version(&self) -> &'static str {
        self.name.split_once('.').map_or("", |(_, version)| version)
    }

    /// SHA-256 of the file, in hexadecimal digits: what a lock file pins.
    pub fn digest(&self) -> String {
        Sha256::digest(self.text.as_bytes()).iter().fold(String::new(), |mut digits, byte| {
            let _ = write!(digits, "{byte:02x}");
            digits
        })
    }

    /// `en`.
    pub fn language(&self) -> &'static str {
        self.locale_version().split('-').next().unwrap_or_default()
    }

    /// The entries in the file's order, in the language's own script.
    pub fn entries(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.forms().map(|entry| entry.native)
    }

    /// The entries with all their forms.
    pub(super) fn forms(&self) -> impl Iterator<Item = Forms> + use<> {
        let given = self.name.starts_with("first_name.");
        self.text.lines().filter(|line| !line.starts_with('#')).map(move |line| {
            let mut fields = line.split('\t');
            let native = fields.next().unwrap_or_default();
            let gender = given.then(|| Gender::parse(fields.next().unwrap_or_default().as_bytes())).flatten();
            let latin = fields.next().unwrap_or(native);
            let feminine = fields.next().unwrap_or(native);
            let feminine_latin = fields.next().unwrap_or(if feminine == native { latin } else { feminine });
            Forms { native, latin, feminine, feminine_latin, gender }
        })
    }
}

/// An entry in all its forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Forms {
    /// In the language's own script.
    pub(super) native: &'static str,
    /// In Latin letters without accents.
    pub(super) latin: &'static str,
    /// As women bear it.
    pub(super) feminine: &'static str,
    /// As women bear it, in Latin letters without accents.
    pub(super) feminine_latin: &'static str,
    /// The gender that it goes with; `None` for either.
    pub(super) gender: Option<Gender>,
}

/// The lexicon of that kind for a policy's `locale` (`en_US`): version 1 of its language's, or of the English one
/// where the language has none.
///
/// Later versions are never chosen by themselves: a policy asks for them with `lexicon = "en-2"`.
pub fn lexicon(kind: LexiconKind, locale: &str) -> Option<&'static Lexicon> {
    let language = locale.split(['_', '-', '.', '@']).next().unwrap_or_default().to_ascii_lowercase();
    find(kind, &format!("{language}-1")).or_else(|| find(kind, FALLBACK))
}

/// The lexicon that a column asks for: its parameter `lexicon`, else the one of the policy's locale.
pub(super) fn requested(request: &Request<'_>, kind: LexiconKind) -> Result<&'static Lexicon, Refusal> {
    let Some(version) = request.text(PARAMETER)? else {
        return lexicon(kind, request.locale)
            .ok_or_else(|| Refusal(format!("there is no lexicon of kind {}", kind.as_str())));
    };
    find(kind, version).ok_or_else(|| {
        let known: Vec<_> =
            of_kind(kind).map(|lexicon| format!("\"{}\"", lexicon.locale_version())).collect();
        Refusal(format!(
            "lexicon must be a language and version that {} has: {}",
            kind.as_str(),
            known.join(", ")
        ))
    })
}

/// Whether a column gets the English lexicon only because its policy's language has none.
pub(super) fn is_fallback(request: &Request<'_>, lexicon: &Lexicon) -> bool {
    let language = request.locale.split(['_', '-', '.', '@']).next().unwrap_or_default();
    let own = lexicon.locale_version().split('-').next().unwrap_or_default();
    !request.parameters.contains_key(PARAMETER) && !own.eq_ignore_ascii_case(language)
}

fn find(kind: LexiconKind, version: &str) -> Option<&'static Lexicon> {
    of_kind(kind).find(|lexicon| lexicon.locale_version() == version)
}

fn of_kind(kind: LexiconKind) -> impl Iterator<Item = &'static Lexicon> {
    LEXICONS.iter().filter(move |lexicon| lexicon.name.split('.').next() == Some(kind.as_str()))
}

macro_rules! lexicon {
    ($name:literal) => {
        Lexicon { name: $name, text: include_str!(concat!("../../rules/lexicons/", $name, ".txt")) }
    };
}

/// All lexicons.
pub const LEXICONS: &[Lexicon] = &[
    lexicon!("first_name.ar-1"),
    lexicon!("first_name.de-1"),
    lexicon!("first_name.en-1"),
    lexicon!("first_name.es-1"),
    lexicon!("first_name.fr-1"),
    lexicon!("first_name.hi-1"),
    lexicon!("first_name.it-1"),
    lexicon!("first_name.ja-1"),
    lexicon!("first_name.nl-1"),
    lexicon!("first_name.pl-1"),
    lexicon!("first_name.pt-1"),
    lexicon!("first_name.ru-1"),
    lexicon!("first_name.tr-1"),
    lexicon!("first_name.zh-1"),
    lexicon!("last_name.ar-1"),
    lexicon!("last_name.de-1"),
    lexicon!("last_name.en-1"),
    lexicon!("last_name.es-1"),
    lexicon!("last_name.fr-1"),
    lexicon!("last_name.hi-1"),
    lexicon!("last_name.it-1"),
    lexicon!("last_name.ja-1"),
    lexicon!("last_name.nl-1"),
    lexicon!("last_name.pl-1"),
    lexicon!("last_name.pt-1"),
    lexicon!("last_name.ru-1"),
    lexicon!("last_name.tr-1"),
    lexicon!("last_name.zh-1"),
    lexicon!("street.ar-1"),
    lexicon!("street.de-1"),
    lexicon!("street.en-1"),
    lexicon!("street.es-1"),
    lexicon!("street.fr-1"),
    lexicon!("street.hi-1"),
    lexicon!("street.it-1"),
    lexicon!("street.ja-1"),
    lexicon!("street.nl-1"),
    lexicon!("street.pl-1"),
    lexicon!("street.pt-1"),
    lexicon!("street.ru-1"),
    lexicon!("street.tr-1"),
    lexicon!("street.zh-1"),
    lexicon!("company_word.en-1"),
    lexicon!("company_trade.en-1"),
];

/// Bytes of the longest entry that a lexicon may have.
pub(super) const LONGEST_ENTRY: usize = 31;

const PARAMETER: &str = "lexicon";
const FALLBACK: &str = "en-1";

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Released files never change: add a version, and its digest here.
    const DIGESTS: &[(&str, &str)] = &[
        ("first_name.ar-1", "2e966dbefc36d60e4e8211355f9a7e88ddb7d561e66ab894697deb06a7cface0"),
        ("first_name.de-1", "99f6f6e1cd5f9ced5b60014ea0bdbd2fbbfaa0b18fe7bc845793b40e39397105"),
        ("first_name.en-1", "abd8d6f42a19a9e484f400d3cef536d2c8aab61530f8f06b54cce50698c7add4"),
        ("first_name.es-1", "76a9f60ae635bdc89ceb0e90064d9950042d778902bdce10d887843610f362e3"),
        ("first_name.fr-1", "fdc35ca00de8bc9ab87768509e24dfe79309689ce9c3529788611021fec9a716"),
        ("first_name.hi-1", "740bb42aded196ba8de77aedbfb6393e1cff2b7c4b175f05bbaf96949b829abf"),
        ("first_name.it-1", "52ab3e43ee2a514d323341adb92a09d0fb53194f1235ab26ddb58abfca935ce4"),
        ("first_name.ja-1", "a1cfb67c9c8da4394e6a48b3fc0b3aecbcbbe51f9ada2f3ca3f0d64122dc77aa"),
        ("first_name.nl-1", "25b6335e6cb3fd89034f545644a4e055187ef1f9c7c8c9ec5827868aa2fd3d21"),
        ("first_name.pl-1", "30b1e0e81c920d92ec28553206c828d6b52bec749817b67647ac4bda39514e0d"),
        ("first_name.pt-1", "2002fe1087f47868d6041b7539697fe8faac49a870d7edd4c878a137f51a5933"),
        ("first_name.ru-1", "795d1172544511e367546aeef0425f91f4c8b4242a7402b3167e16a869201313"),
        ("first_name.tr-1", "d3e424fefa8cdd5cef42c2c8328158a365269d92cf275529a0349647ec7f816b"),
        ("first_name.zh-1", "562d09bb44d715ad24e6f71a44086ba9727a2be5620db5c2f498c95fdf145c18"),
        ("last_name.ar-1", "0063774b7e259084ed93422e64641d312fa1c87a36dcf500393a606a258ad3bc"),
        ("last_name.de-1", "4a92fa778790756545490f4598ba8face3527729a9172bb501ae7484c007d033"),
        ("last_name.en-1", "d3b1be039652272a6764d5bd1c40166d6548700e11e952ff9303de368a2aff21"),
        ("last_name.es-1", "db3ca980bfd05c9aee39c1ac43db697b33939cde24682b6423c9afea7d9ec431"),
        ("last_name.fr-1", "d9e477777263e94b62b7720ace4256e7bfc43c373feabd3463ccc509a8dca0ab"),
        ("last_name.hi-1", "534f312c0e5142ca692a65086e930ccfccbc5ad9a2c504b58b095b28fdc52674"),
        ("last_name.it-1", "c6f974640a1d8aacb31aa746e646b78583a505394d9d2d0630c85b086133c2cd"),
        ("last_name.ja-1", "dd642eb3d580929f89000d7ab0a0fa5991b9e090a881ea3a73871351befd3c47"),
        ("last_name.nl-1", "6bccaceae92146703704d1ae61dc957ef31884f8d06cfd070de5f58c4dc1d9bd"),
        ("last_name.pl-1", "3cc4a64dffcd1814d71ef305727ca26e577d5f802d394ada49a91fa69485b1de"),
        ("last_name.pt-1", "e8085db587ded25378cb9bf2db298afeab5d58122b55597037719916e12c4070"),
        ("last_name.ru-1", "0f1cd81c3cfb4539624fd926f1f4574c0ca50650749c73cbfc4427325574fb0b"),
        ("last_name.tr-1", "fcab057f06a4e9f7ecb405132ae9734103ab766e24efdcf62dd03d2c03175fae"),
        ("last_name.zh-1", "8207f3d1f38ae00a2a33a117fc8a7e7edcf533ec65ca2cb92c78c7bcc423009b"),
        ("street.ar-1", "29306c13d5baece654123a7c829ab8c84684938e3c16a6b026eda27d2a57b389"),
        ("street.de-1", "f5f008beae8239139328f81fdfedde0f0baedfd06296841d39fcf762b738d806"),
        ("street.en-1", "12513d6758f37c8e3e6735298786a2e1485328e245e2c4930e2fd55236f01ea8"),
        ("street.es-1", "95b6d98d425b441cfc2b03229b468cf5a14f1baad969533de416904c6a96403b"),
        ("street.fr-1", "473f3133300c5bf6814beebc2abe4ed298a1d4fd21ace4a155ed2970408cb94c"),
        ("street.hi-1", "d958e798d76ac8ec9728364a2c691fcf0c0f8e6708670fc0962b7a28afe0d5ab"),
        ("street.it-1", "d53a6e171dcf2e9bc01888680ffdb75573fdfb86ac41e1aeab3ed2b80b16191c"),
        ("street.ja-1", "d79e459aaaa3f9df4e0c58faf08425521c1ab98576e07b14fdf21781988eeddc"),
        ("street.nl-1", "80e6d3d4ec2b2b1eb7dfcd36c2e2551963d26c39edd08483719f366ea3562278"),
        ("street.pl-1", "9dd94da5bfd47c60c97a86463e1841cc7bce849cbf57e60ea2fecc93f3a683d6"),
        ("street.pt-1", "390b0524e92ed341c9b5c12af0f8d629783065ba92d69a3a82a7593631f7bb98"),
        ("street.ru-1", "0c90dbe68963ef7c15397fd8c57371d73c2dc7ca9d1a8b9f12c1f4bf90f817d4"),
        ("street.tr-1", "1694c28c8554e7ec40c31601d2f29f23a2ae1fb4eed2abfc300df6001d9b942e"),
        ("street.zh-1", "a19134d8bcac36d72b3b3b90b2151ca125998f6aee5863f02c09daa1b6cf744b"),
        ("company_word.en-1", "07f7852871d3e55515cc0dc44fb140a3d0bc07f0503d084073d3b7fd81eb640d"),
        ("company_trade.en-1", "29a81708c5c927c75c1f71bd873a8afe4780b41c2aed9a79c5e7e840f4b6f0c2"),
    ];

    #[test]
    fn released_lexicons_have_not_changed() {
        let digests: Vec<_> = LEXICONS.iter().map(|lexicon| (lexicon.name(), lexicon.digest())).collect();
        let pinned: Vec<_> = DIGESTS.iter().map(|(name, digest)| (*name, (*digest).to_string())).collect();
        assert_eq!(digests, pinned);
    }

    #[test]
    fn entries_are_sorted_and_distinct_and_every_form_is_a_name() {
        let latin =
            |text: &str| text.bytes().all(|byte| byte.is_ascii_alphabetic() || b" -'".contains(&byte));
        for lexicon in LEXICONS {
            let forms: Vec<_> = lexicon.forms().collect();
            assert!(forms.windows(2).all(|pair| pair[0].native < pair[1].native), "{}", lexicon.name());
            let folded: BTreeSet<_> = forms.iter().map(|entry| entry.native.to_lowercase()).collect();
            assert_eq!(folded.len(), forms.len(), "{}", lexicon.name());
            for entry in forms {
                for form in [entry.native, entry.latin, entry.feminine, entry.feminine_latin] {
                    assert!((1..=LONGEST_ENTRY).contains(&form.len()) && form.trim() == form, "{entry:?}");
                    assert!(form.chars().all(|c| !c.is_control() && !c.is_ascii_digit()), "{entry:?}");
                    assert_eq!(
                        unicode_normalization::UnicodeNormalization::nfc(form).collect::<String>(),
                        form
                    );
                }
                assert!(latin(entry.latin) && latin(entry.feminine_latin), "{entry:?}");
                assert!(!latin(entry.native) || entry.latin == entry.native, "{entry:?}");
            }
        }
    }

    #[test]
    fn forms_are_read_from_their_columns() {
        let entry = |kind, language: &str, native: &str| {
            lexicon(kind, language).unwrap().forms().find(|entry| entry.native == native).unwrap()
        };
        let name = entry(LexiconKind::LastName, "ru", "\u{418}\u{432}\u{430}\u{43d}\u{43e}\u{432}");
        assert_eq!((name.latin, name.feminine_latin), ("Ivanov", "Ivanova"));
        assert!(name.feminine.ends_with('\u{430}'));
        let name = entry(LexiconKind::LastName, "de", "Müller");
        assert_eq!((name.latin, name.feminine, name.feminine_latin), ("Mueller", "Müller", "Mueller"));
        let name = entry(LexiconKind::FirstName, "de", "Jürgen");
        assert_eq!((name.latin, name.gender), ("Juergen", Some(Gender::Male)));
    }

    #[test]
    fn every_file_states_origin_and_licence() {
        for lexicon in LEXICONS {
            let header: String = lexicon.text.lines().take_while(|line| line.starts_with('#')).collect();
            for word in [lexicon.name(), "Origin:", "Licence:", "Short form:"] {
                assert!(header.contains(word), "{} does not state {word}", lexicon.name());
            }
        }
    }

    #[test]
    fn lists_are_long_enough_to_look_real() {
        for language in LEXICONS.iter().map(Lexicon::language) {
            let count = |kind| lexicon(kind, language).unwrap().entries().count();
            assert!(count(LexiconKind::FirstName) >= 400, "{language}");
            assert!(count(LexiconKind::LastName) >= 360, "{language}");
            assert!(count(LexiconKind::Street) >= 190, "{language}");
            let first = lexicon(LexiconKind::FirstName, language).unwrap();
            for gender in [Gender::Female, Gender::Male] {
                assert!(
                    first.forms().filter(|entry| entry.gender == Some(gender)).count() >= 200,
                    "{language}"
                );
            }
        }
    }

    #[test]
    fn a_locale_chooses_by_language_and_falls_back_to_english() {
        for locale in ["en_US", "en-GB", "EN", "en_US.UTF-8", "xx_YY", ""] {
            assert_eq!(lexicon(LexiconKind::LastName, locale).unwrap().name(), "last_name.en-1");
        }
        assert_eq!(lexicon(LexiconKind::LastName, "de_AT").unwrap().name(), "last_name.de-1");
    }
}
