//! `lorem`: text becomes Latin filler of the same length and skeleton: line breaks, spaces and punctuation stay.
//!
//! Purpose `lorem`, spec `words:latin-1:EQUALITY`, message the canonical text. The tag is the first 16 of a stream of
//! bytes; the next ones are the tags of it followed by the 64-bit numbers 0, 1, .. (big-endian), under purpose `stream`
//! and the same spec. Each run of letters takes one byte for each word: a word of the list that is as long as the run
//! (or 13 letters long while more are left), number `floor(byte * words / 256)` among those of its length. Each digit
//! takes a byte too, and becomes `floor(byte * 10 / 256)`. A word is written as its run was: in capitals, with one, or
//! in small letters. Letters are all characters but digits, white space, and the punctuation of ASCII and of print.

use std::sync::LazyLock;

use super::{
    Batch, CellError, Class, DefaultDomain, Equality, Example, KeyedBy, Operator, OperatorInfo, Output,
    Prepared, Refusal, Request, Scratch, Tally, rows, start,
};
use crate::base::{Prf, canonical};
use crate::table::{ColumnBuilder, SqlType};

pub(super) const INFO: OperatorInfo = OperatorInfo {
    name: "lorem",
    summary: "Replace text with Latin filler of the same length, line breaks and punctuation",
    class: Class::Synthesize,
    keyed_by: KeyedBy::Value,
    domain: DefaultDomain::Column,
    entity: "text",
    parameters: &[],
    examples: &[
        Example {
            policy: "{ op = \"lorem\" }",
            sql_type: &SqlType::TEXT,
            input: "Called Jane twice on May 3rd; she WON'T pay.",
            output: Some("Veniam Enim lorem te Hic 0os; hac FIT'O est."),
        },
        Example {
            policy: "{ op = \"lorem\" }",
            sql_type: &SqlType::TEXT,
            input: "Größe: 183 cm",
            output: Some("Lacus: 155 ab"),
        },
    ],
    accepts: SqlType::is_text,
    prepare,
};

/// The file of words, for the lock.
pub(super) const WORDS: &str = include_str!("../../rules/words/latin-1.txt");
/// Its name and version.
pub(super) const NAME: &str = "words:latin-1";
/// Letters of the longest word.
const LONGEST: usize = 13;

/// Words by their length, those of one letter first.
static BY_LENGTH: LazyLock<Vec<Vec<&'static str>>> = LazyLock::new(|| {
    let mut by_length = vec![Vec::new(); LONGEST];
    for word in WORDS.lines().filter(|line| !line.starts_with('#')) {
        if let Some(list) = word.len().checked_sub(1).and_then(|length| by_length.get_mut(length)) {
            list.push(word);
        }
    }
    by_length
});

#[expect(clippy::unnecessary_wraps, reason = "the signature of every operator")]
fn prepare(request: &Request<'_>) -> Result<Prepared, Refusal> {
    let equality = request.equality;
    let spec = format!("{NAME}:{}", equality.as_str());
    Ok(Prepared {
        spec: spec.clone(),
        max_width: request.sql_type.width(),
        output: Output::Text,
        notes: vec![(
            "skeleton",
            "the lengths of words, line breaks and punctuation pass as they are".into(),
        )],
        ..Prepared::new(start::keyed(move |keys| Lorem {
            prf: keys.prf("lorem", &spec),
            stream: keys.prf("stream", &spec),
            equality,
        }))
    })
}

/// What a character is to the skeleton.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Letter,
    Digit,
    Other,
}

#[inline]
fn kind(character: char) -> Kind {
    /// Punctuation of print.
    const PRINT: &str = "‘’‚‛“”„‟«»‹›‐‑‒–—―…·•¡¿§¶†‡′″°№©®™€£¥、。「」『』，．：；！？（）";
    match character {
        'a'..='z' | 'A'..='Z' => Kind::Letter,
        '0'..='9' => Kind::Digit,
        '\0'..='\x7f' => Kind::Other,
        other if other.is_numeric() => Kind::Digit,
        other if other.is_whitespace() || PRINT.contains(other) => Kind::Other,
        _ => Kind::Letter,
    }
}

struct Lorem {
    prf: Prf,
    stream: Prf,
    equality: Equality,
}

/// The bytes that a text draws.
struct Draws<'a> {
    stream: &'a Prf,
    block: [u8; 16],
    seed: [u8; 24],
    used: usize,
    number: u64,
}

impl<'a> Draws<'a> {
    fn new(stream: &'a Prf, tag: &[u8; 16]) -> Self {
        let mut seed = [0; 24];
        seed[..16].copy_from_slice(tag);
        Self { stream, block: *tag, seed, used: 0, number: 0 }
    }

    /// A number below `count`.
    #[inline]
    fn below(&mut self, count: usize) -> usize {
        if self.used == self.block.len() {
            self.seed[16..].copy_from_slice(&self.number.to_be_bytes());
            self.block = self.stream.tag(&self.seed);
            self.number += 1;
            self.used = 0;
        }
        let byte = self.block[self.used];
        self.used += 1;
        (usize::from(byte) * count) >> 8
    }
}

/// Appends filler for a run of so many letters.
fn words(mut letters: usize, draws: &mut Draws<'_>, out: &mut Vec<u8>) {
    while letters > 0 {
        let length = letters.min(LONGEST);
        let list = &BY_LENGTH[length - 1];
        match list.get(draws.below(list.len())) {
            Some(word) => out.extend_from_slice(word.as_bytes()),
            None => out.resize(out.len() + length, b'x'),
        }
        letters -= length;
    }
}

/// Appends the filler for a text.
fn fill(text: &str, draws: &mut Draws<'_>, out: &mut Vec<u8>) {
    let mut characters = text.chars().peekable();
    let mut shown = [0; 4];
    while let Some(character) = characters.next() {
        match kind(character) {
            Kind::Other => out.extend_from_slice(character.encode_utf8(&mut shown).as_bytes()),
            Kind::Digit => out.push(b'0' + draws.below(10) as u8),
            Kind::Letter => {
                let first = character.is_uppercase();
                let (mut letters, mut all) = (1, first);
                while let Some(next) = characters.next_if(|next| kind(*next) == Kind::Letter) {
                    letters += 1;
                    all &= !next.is_lowercase();
                }
                let start = out.len();
                words(letters, draws, out);
                if first {
                    let capitals = if all { letters } else { 1 };
                    out[start..start + capitals].make_ascii_uppercase();
                }
            }
        }
    }
}

impl Operator for Lorem {
    fn mask(
        &self,
        batch: &Batch<'_>,
        out: &mut ColumnBuilder,
        scratch: &mut Scratch,
    ) -> Result<Tally, CellError> {
        let Scratch { messages, tags, .. } = scratch.cleared();
        for (row, cell) in rows::present_cells(&batch.cells) {
            messages.push(canonical::text(rows::text(row, cell)?, self.equality).as_bytes());
        }
        self.prf.tags(messages, tags);
        let mut tags = tags.iter();
        Ok(rows::replace(&batch.cells, out, |cell, buffer| {
            if let (Some(tag), Ok(text)) = (tags.next(), std::str::from_utf8(cell)) {
                fill(text, &mut Draws::new(&self.stream, tag), buffer);
            }
        }))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sha2::{Digest, Sha256};

    use super::super::examples::mask_text;
    use super::*;

    #[test]
    fn the_released_words_have_not_changed() {
        let digest = data_encoding::HEXLOWER.encode(&Sha256::digest(WORDS));
        assert_eq!(digest, "259bba913f8259d3c2a0bc25745b4e962e61f87cc1ded0f78a3d0016fc7f7dfb");
        assert!(BY_LENGTH.iter().all(|list| (1..=16).contains(&list.len())));
    }

    #[test]
    fn the_skeleton_stays() {
        let masked = mask_text(&INFO, "{}", "Dear Ms. O'HARA,\n\n  call +1 (212) 555-0100 – “soon”…\t再见");
        let skeleton: String = masked
            .chars()
            .map(|c| match kind(c) {
                Kind::Letter if c.is_uppercase() => 'A',
                Kind::Letter => 'a',
                Kind::Digit => '0',
                Kind::Other => c,
            })
            .collect();
        assert_eq!(skeleton, "Aaaa Aa. A'AAAA,\n\n  aaaa +0 (000) 000-0000 – “aaaa”…\taa");
    }

    #[test]
    fn long_runs_are_made_of_several_words() {
        let masked = mask_text(&INFO, "{}", &"x".repeat(100));
        assert!(masked.len() == 100 && masked.bytes().all(|byte| byte.is_ascii_lowercase()));
    }

    proptest! {
        #[test]
        fn as_many_characters_come_out_as_went_in(text in any::<String>()) {
            prop_assert_eq!(mask_text(&INFO, "{}", &text).chars().count(), text.chars().count());
        }
    }
}
