//! `username`: a handle becomes another one, a pair of plain words and a keyed tag: `quietfox-x7k2m9qa`.
//!
//! Purpose `tag`, spec `username:BITS:EQUALITY:handles-1`, message the canonical handle without a leading `@`, which
//! stays. The first BITS bits of the tag are written in base32; the last eight bytes choose the words, the first by
//! [`index`] among all pairs, the second word's place the lower digit. So the tag alone keeps handles apart, and the
//! words are for people. What does not fit the narrowest column is cut from the end of the words.

use std::sync::LazyLock;

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::named_email::{self, Cosmetics, Prefix};
use super::{
    Batch, CellError, Class, DefaultDomain, Equality, Example, KeyedBy, Operator, OperatorInfo, Output,
    Parameter, ParameterKind, Prepared, Refusal, Request, Scratch, Tally, Uniqueness, first_name, rows,
    start, tag,
};
use crate::base::{Prf, canonical, index};
use crate::table::{ColumnBuilder, SqlType};

pub(super) const INFO: OperatorInfo = OperatorInfo {
    name: "username",
    summary: "Replace a user name with a handle of plain words and a keyed tag",
    class: Class::Pseudonymize,
    keyed_by: KeyedBy::Value,
    domain: DefaultDomain::Entity("username"),
    entity: "user name",
    parameters: &[
        Parameter {
            name: "bits",
            summary: "bits of the tag, a multiple of 5 from 20 to 125, one character for 5 (default: 80, or what the \
                      width allows, but 40 at least)",
            kind: ParameterKind::Integer,
            required: false,
            of_domain: true,
        },
        Parameter {
            name: "separator",
            summary: "what stands between words and tag: - (default), _, . or nothing",
            kind: ParameterKind::Choice(SEPARATORS),
            required: false,
            of_domain: true,
        },
        Parameter {
            name: "style",
            summary: "what stands before the tag: words (default), or name: the names that first_name and last_name give \
                      the row's subject; not for columns that join others",
            kind: ParameterKind::Choice(STYLES),
            required: false,
            of_domain: false,
        },
        named_email::PERSON,
        first_name::LEXICON,
    ],
    examples: &[
        Example {
            policy: r#"{ op = "username" }"#,
            sql_type: &SqlType::TEXT,
            input: "jane_doe84",
            output: Some("wavyoak-halfvvp2icbhd4pi"),
        },
        Example {
            policy: r#"{ op = "username", separator = "_" }"#,
            sql_type: &SqlType::Text { width: Some(30), padded: false, case_insensitive: false },
            input: "@jane_doe84",
            output: Some("@wavyoak_halfvvp2icbhd4pi"),
        },
    ],
    accepts: SqlType::is_text,
    prepare,
};

const SEPARATORS: &[&str] = &["-", "_", ".", ""];
const STYLES: &[&str] = &["words", "name"];
const DEFAULT_BITS: u32 = 80;
/// Fewest bits that a narrow column brings the default down to.
const FEWEST_BITS: u32 = 40;

fn prepare(request: &Request<'_>) -> Result<Prepared, Refusal> {
    let separator = request.choice("separator", SEPARATORS)?.unwrap_or("-");
    // An at sign, a letter, the separator.
    let around = 2 + separator.len() as u32;
    let room = request.room();
    let fitting = room.map_or(DEFAULT_BITS, |room| room.saturating_sub(around).saturating_mul(5));
    let bits = tag::bits(request, fitting.clamp(FEWEST_BITS, DEFAULT_BITS), around)?;
    let characters = bits as usize / 5;
    let words = Words::get();
    let space = room
        .map_or(words.longest, |room| words.longest.min(room as usize - characters - separator.len() - 1));
    let names = Cosmetics::prepare(request, STYLES, 1 + separator.len() as u32 + characters as u32)?;
    let longest = names.as_ref().map_or(space, |names| space.max(names.width() as usize));
    let equality = request.equality;
    let spec = format!("username:{bits}:{}:handles-1", equality.as_str());
    Ok(Prepared {
        spec: spec.clone(),
        uniqueness: Uniqueness::Bounded { bits: f64::from(bits) },
        max_width: Some((1 + longest + separator.len() + characters) as u32),
        output: Output::Text,
        keyed_by: names.as_ref().map(|_| KeyedBy::SubjectAndValue),
        ..Prepared::new(start::keyed(move |keys| Username {
            prf: keys.prf("tag", &spec),
            characters,
            separator,
            space,
            words,
            names: names.as_ref().map(|names| names.start(keys)),
            equality,
        }))
    })
}

/// The words of `rules/words/handles-1.toml`.
struct Words {
    first: Vec<String>,
    second: Vec<String>,
    /// Characters of the longest pair.
    longest: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    #[serde(rename = "version")]
    _version: u32,
    #[serde(rename = "origin")]
    _origin: String,
    first: Vec<String>,
    second: Vec<String>,
}

/// The table is immutable: a word that changes would change masked values.
const WORDS: &str = include_str!("../../rules/words/handles-1.toml");

/// SHA-256 of the table, in hexadecimal digits.
pub(super) fn words_digest() -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(WORDS))
}

impl Words {
    fn get() -> &'static Self {
        static TABLE: LazyLock<Words> = LazyLock::new(|| {
            let Table { first, second, .. } = toml::from_str(WORDS).expect("a test reads the table");
            let longest = |words: &[String]| words.iter().map(String::len).max().unwrap_or_default();
            Words { longest: longest(&first) + longest(&second), first, second }
        });
        &TABLE
    }

    /// Appends the words that a tag chooses, cut to `space` characters.
    #[inline]
    fn write(&self, tag: &[u8; 16], space: usize, out: &mut Vec<u8>) {
        let mut turned = *tag;
        turned.rotate_left(8);
        let pair = index(&turned, (self.first.len() * self.second.len()) as u64) as usize;
        let start = out.len();
        out.extend_from_slice(self.first[pair / self.second.len()].as_bytes());
        out.extend_from_slice(self.second[pair % self.second.len()].as_bytes());
        out.truncate(start + space);
    }
}

struct Username {
    prf: Prf,
    characters: usize,
    separator: &'static str,
    /// Characters that the words may take.
    space: usize,
    words: &'static Words,
    /// What stands in place of the words for rows with a subject.
    names: Option<Prefix>,
    equality: Equality,
}

/// A handle without its at sign, and whether it has one.
fn handle(value: &str) -> (&str, bool) {
    match value.trim_start_matches(' ').strip_prefix('@') {
        Some(rest) => (rest, true),
        None => (value, false),
    }
}

impl Operator for Username {
    fn mask(
        &self,
        batch: &Batch<'_>,
        out: &mut ColumnBuilder,
        scratch: &mut Scratch,
    ) -> Result<Tally, CellError> {
        let Scratch { messages, tags, rows, classes, .. } = scratch.cleared();
        for (row, value) in rows::present_cells(&batch.cells) {
            classes.push(row as u32);
            let (handle, has_at) = handle(rows::text(row, value)?);
            messages.push(canonical::text(handle, self.equality).as_bytes());
            rows.push(u32::from(has_at));
        }
        self.prf.tags(messages, tags);
        let names = self.names.as_ref().map(|names| (names, names.pick(batch, classes)));
        let mut made = tags.iter().zip(rows).enumerate();
        Ok(rows::replace(&batch.cells, out, |_, buffer| {
            let Some((place, (tag, has_at))) = made.next() else { return };
            if *has_at == 1 {
                buffer.push(b'@');
            }
            let named = names.as_ref().and_then(|(prefix, names)| Some((prefix, names[place].as_ref()?)));
            if let Some((prefix, name)) = named {
                prefix.write(name, self.separator, buffer);
            } else {
                self.words.write(tag, self.space, buffer);
                buffer.extend_from_slice(self.separator.as_bytes());
            }
            tag::write(tag, self.characters, buffer);
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::super::examples::{mask_cells, mask_text, prepare};
    use super::*;

    const DIGEST: &str = "31866f082aa5651d57851263d80de7b157ec75df9cfccfbdb6de5fec8cac6495";

    fn narrow(width: u32) -> SqlType {
        SqlType::Text { width: Some(width), padded: false, case_insensitive: false }
    }

    #[test]
    fn the_words_are_those_that_were_released() {
        assert_eq!(words_digest(), DIGEST);
    }

    #[test]
    fn words_are_plain_sorted_and_distinct() {
        for words in [&Words::get().first, &Words::get().second] {
            assert!(words.len() >= 100 && words.windows(2).all(|pair| pair[0] < pair[1]));
            for word in words {
                assert!((2..=8).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_lowercase()));
            }
        }
    }

    #[test]
    fn a_handle_is_words_a_separator_and_a_tag() {
        let masked = mask_text(&INFO, "{}", "jane_doe84");
        let (words, tag) = masked.split_once('-').unwrap();
        assert!(words.len() >= 5 && words.bytes().all(|byte| byte.is_ascii_lowercase()));
        assert_eq!(tag.len(), 16);
        assert_eq!(mask_text(&INFO, "{ separator = '_' }", "jane_doe84"), masked.replace('-', "_"));
        assert_eq!(mask_text(&INFO, "{ separator = '' }", "jane_doe84"), masked.replace('-', ""));
    }

    #[test]
    fn an_at_sign_stays_and_does_not_count() {
        let masked = mask_text(&INFO, "{}", "jane");
        assert_eq!(mask_text(&INFO, "{}", "@jane"), format!("@{masked}"));
        assert_eq!(mask_text(&INFO, "{}", "@"), format!("@{}", &mask_text(&INFO, "{}", "@")[1..]));
        assert_ne!(mask_text(&INFO, "{}", "Jane"), masked);
        let ci = "{ equality = 'ci' }";
        assert_eq!(mask_text(&INFO, ci, "@JANE"), mask_text(&INFO, ci, "@jane"));
    }

    #[test]
    fn a_narrow_column_takes_from_the_words_then_from_the_tag() {
        let wide = mask_text(&INFO, "{}", "jane");
        let cut = mask_cells(&INFO, "{}", &narrow(22), "", &[Some("jane"), Some("@jane")]).unwrap();
        let tag = wide.split_once('-').unwrap().1;
        assert_eq!(cut[0].as_deref(), Some(format!("{}-{tag}", &wide[..4]).as_str()));
        assert_eq!(cut[1].as_ref().map(String::len), Some(22));
        let verdict = |width| prepare(&INFO, "{}", &narrow(width)).map(|prepared| prepared.uniqueness);
        assert_eq!(verdict(12), Ok(Uniqueness::Bounded { bits: 45.0 }));
        assert_eq!(verdict(11), Ok(Uniqueness::Bounded { bits: 40.0 }));
        assert!(verdict(10).unwrap_err().0.contains("set bits = 35"));
        assert!(prepare(&INFO, "{ bits = 20 }", &narrow(7)).is_ok());
    }
}
