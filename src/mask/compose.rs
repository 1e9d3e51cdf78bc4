//! Text put together from picks: entries of lexicons and numbers, each chosen by a tag of the row's subject.
//!
//! `first_name`, `last_name`, `full_name` and `address` are such texts. Each part has a purpose of its own in the key
//! tree and is chosen by [`index`](crate::base::index), so the same part of the same subject is the same in every
//! column that has it: the full name is the first and the last name.

use super::gender::Gender;
use super::lexicon::{self, LONGEST_ENTRY, Lexicon, LexiconKind};
use super::shape::Shape;
use super::subject::{self, Source};
use super::{
    Batch, CellError, Equality, Operator, Output, Prepared, Refusal, Request, Scratch, Tally, rows, start,
};
use crate::base::{DomainKeys, Prf, index};
use crate::table::{Column, ColumnBuilder};

/// One part of a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    /// What stands before it.
    pub(super) before: &'static str,
    /// Purpose of its key.
    pub(super) purpose: &'static str,
    /// What it is picked from.
    pub(super) from: Pool,
}

/// What a part is picked from.
#[derive(Clone, Copy, Debug)]
pub(super) enum Pool {
    /// The entries of a lexicon.
    Lexicon(LexiconKind),
    /// The numbers from 1 to this one.
    Numbers(u64),
}

/// Checks a column that gets a text of these parts.
pub(super) fn prepare(request: &Request<'_>, parts: &[Part]) -> Result<Prepared, Refusal> {
    let shape = Shape::prepare(request)?;
    let tag_spec = shape.tag_spec(request);
    let source = if tag_spec.is_some() { Source::Value } else { Source::Subject };
    let mut recipes = Vec::new();
    let mut notes = Vec::new();
    let mut longest = 0;
    for part in parts {
        let choices = Choices::new(request, part.from, &mut notes)?;
        longest += part.before.len() + choices.longest();
        recipes.push(Recipe { before: part.before, purpose: part.purpose, choices });
    }
    let specs: Vec<String> =
        recipes.iter().map(|recipe| recipe.choices.spec()).chain(tag_spec.clone()).collect();
    let uniqueness = shape.uniqueness();
    let max_width = shape.max_width(longest);
    let equality = request.equality;
    Ok(Prepared {
        spec: specs.join(" "),
        uniqueness,
        max_width: Some(max_width),
        output: Output::Text,
        notes,
        start: start::keyed(move |keys| Composer {
            picks: recipes.iter().map(|recipe| recipe.start(keys)).collect(),
            shape: shape.clone(),
            tag: tag_spec.as_ref().map(|spec| keys.prf("tag", spec)),
            source,
            equality,
        }),
    })
}

struct Recipe {
    before: &'static str,
    purpose: &'static str,
    choices: Choices,
}

enum Choices {
    Lexicon(Lexicon),
    Numbers(u64),
}

impl Choices {
    fn new(
        request: &Request<'_>,
        from: Pool,
        notes: &mut Vec<(&'static str, String)>,
    ) -> Result<Self, Refusal> {
        let kind = match from {
            Pool::Numbers(last) => return Ok(Self::Numbers(last)),
            Pool::Lexicon(kind) => kind,
        };
        let lexicon = lexicon::requested(request, kind)?;
        if lexicon::is_fallback(request, lexicon) {
            let (name, version) = (lexicon.name(), lexicon.locale_version());
            notes.push((
                "lexicon-fallback",
                format!(
                    "the policy's locale has no {} lexicon and {name} is used; write lexicon = \"{version}\" in the \
                     key domain, so that a lexicon that comes later changes nothing",
                    kind.as_str()
                ),
            ));
        }
        Ok(Self::Lexicon(*lexicon))
    }

    /// The spec that the key of a pick is bound to.
    fn spec(&self) -> String {
        match self {
            Self::Lexicon(lexicon) => format!("lex:{}", lexicon.name()),
            Self::Numbers(last) => format!("int:1:{last}"),
        }
    }

    fn longest(&self) -> usize {
        match self {
            Self::Lexicon(lexicon) => lexicon.entries().map(str::len).max().unwrap_or_default(),
            Self::Numbers(last) => last.to_string().len(),
        }
    }
}

impl Recipe {
    fn start(&self, keys: &DomainKeys) -> Pick {
        let table = match &self.choices {
            Choices::Lexicon(lexicon) => Table::entries(lexicon),
            Choices::Numbers(last) => Table::Numbers(*last),
        };
        Pick { before: self.before.as_bytes(), prf: keys.prf(self.purpose, &self.choices.spec()), table }
    }
}

/// Puts texts together.
struct Composer {
    picks: Vec<Pick>,
    shape: Shape,
    tag: Option<Prf>,
    source: Source,
    equality: Equality,
}

struct Pick {
    before: &'static [u8],
    prf: Prf,
    table: Table,
}

enum Table {
    /// All entries, then those of women, then those of men.
    Entries { entries: Vec<Entry>, all: Run, female: Run, male: Run },
    /// 1 to this.
    Numbers(u64),
}

/// An entry with room after it, so that it is copied without looking at its length.
#[derive(Clone, Copy)]
struct Entry {
    text: [u8; LONGEST_ENTRY],
    len: u8,
}

impl Entry {
    fn new(entry: &str) -> Self {
        let mut text = [0; LONGEST_ENTRY];
        let len = entry.len().min(LONGEST_ENTRY);
        text[..len].copy_from_slice(&entry.as_bytes()[..len]);
        Self { text, len: len as u8 }
    }

    #[inline]
    fn write(&self, out: &mut Vec<u8>) {
        let end = out.len() + usize::from(self.len);
        out.extend_from_slice(&self.text);
        out.truncate(end);
    }
}

/// A run of entries of a table.
#[derive(Clone, Copy)]
struct Run {
    start: u64,
    len: u64,
}

impl Table {
    fn entries(lexicon: &Lexicon) -> Self {
        let mut entries: Vec<Entry> = lexicon.entries().map(Entry::new).collect();
        let all = Run { start: 0, len: entries.len() as u64 };
        let mut run = |gender| {
            let start = entries.len() as u64;
            entries.extend(
                lexicon
                    .gendered()
                    .filter(|(_, own)| *own == Some(gender))
                    .map(|(entry, _)| Entry::new(entry)),
            );
            Run { start, len: entries.len() as u64 - start }
        };
        let (female, male) = (run(Gender::Female), run(Gender::Male));
        Self::Entries { entries, all, female, male }
    }

    /// What the tag picks; `None` for a row without gender, or where any will do.
    #[inline]
    fn pick(&self, tag: &[u8; 16], gender: Option<Gender>) -> u64 {
        match self {
            Self::Numbers(last) => 1 + index(tag, *last),
            Self::Entries { all, female, male, .. } => {
                let run = match gender {
                    Some(Gender::Female) => female,
                    Some(Gender::Male) => male,
                    None => all,
                };
                let run = if run.len == 0 { all } else { run };
                run.start + index(tag, run.len)
            }
        }
    }

    #[inline]
    fn write(&self, picked: u64, out: &mut Vec<u8>) {
        match self {
            Self::Entries { entries, .. } => entries[picked as usize].write(out),
            Self::Numbers(_) => rows::write_decimal(picked, out),
        }
    }

    fn has_genders(&self) -> bool {
        matches!(self, Self::Entries { female, male, .. } if female.len + male.len > 0)
    }
}

impl Composer {
    /// What each row's tags pick, all parts of a row together.
    fn pick(&self, batch: &Batch<'_>, subjects: Option<&Column<'_>>, scratch: &mut Scratch) {
        // A row's gender is not the value's: where equal values must give equal names, it has no say.
        let genders = batch.genders.as_ref().filter(|_| self.source == Source::Subject);
        let parts = self.picks.len();
        scratch.numbers.clear();
        scratch.numbers.resize(scratch.rows.len() * parts, 0);
        for (part, pick) in self.picks.iter().enumerate() {
            subject::tags(&pick.prf, subjects, scratch);
            let Scratch { tags, rows, numbers, .. } = &mut *scratch;
            let genders = genders.filter(|_| pick.table.has_genders());
            for (entry, (tag, row)) in tags.iter().zip(rows.iter()).enumerate() {
                let gender = genders.and_then(|genders| Gender::parse(genders.value(*row as usize)?));
                numbers[entry * parts + part] = pick.table.pick(tag, gender);
            }
        }
    }
}

impl Operator for Composer {
    fn mask(
        &self,
        batch: &Batch<'_>,
        out: &mut ColumnBuilder,
        scratch: &mut Scratch,
    ) -> Result<Tally, CellError> {
        let subjects = subject::rows_with_subjects(batch, self.source, scratch);
        if subjects.is_none() {
            subject::messages(batch, self.source, self.equality, scratch)?;
        }
        self.pick(batch, subjects, scratch);
        if let Some(prf) = &self.tag {
            subject::tags(prf, subjects, scratch);
        }
        let mut picked = scratch.numbers.chunks_exact(self.picks.len());
        let mut next = 0;
        for (row, cell) in batch.cells.iter().enumerate() {
            if scratch.rows.get(next).is_none_or(|masked| *masked as usize != row) {
                out.keep();
                continue;
            }
            let tag = self.tag.as_ref().map(|_| &scratch.tags[next]);
            let picked = picked.next().unwrap_or_default();
            out.write(|buffer| {
                let start = buffer.len();
                for (pick, picked) in self.picks.iter().zip(picked) {
                    match pick.before {
                        [byte] => buffer.push(*byte),
                        before => buffer.extend_from_slice(before),
                    }
                    pick.table.write(*picked, buffer);
                }
                self.shape.finish(start, cell.unwrap_or_default(), tag, buffer);
            });
            next += 1;
        }
        Ok(Tally { masked: next as u64, invalid: 0 })
    }
}
