//! Text put together from picks: entries of lexicons and numbers, each chosen by a tag of the row's subject.
//!
//! `first_name`, `last_name`, `full_name` and `address` are such texts. Each part has a purpose of its own in the key
//! tree and is chosen by [`index`](crate::base::index), so the same part of the same subject is the same in every
//! column that has it: the full name is the first and the last name. A part is written in its language's own script or
//! in Latin letters without accents, as the cell is; a surname has the form that goes with the gender of the row, or of
//! the subject's given name.

use super::gender_word::Gender;
use super::lexicon::{self, Lexicon, LexiconKind};
use super::pick::{Form, Table};
use super::script::Script;
use super::shape::Shape;
use super::subject::{self, Source};
use super::{
    Batch, CellError, Equality, Operator, Output, Prepared, Refusal, Request, Scratch, Tally, first_name,
    start,
};
use crate::base::{DomainKeys, Prf};
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

/// What a text consists of, in order.
#[derive(Clone, Copy, Debug)]
pub(super) enum Piece {
    /// Fixed text.
    Text(&'static str),
    /// The part of this number.
    Part(usize),
}

/// The orders of a text's pieces.
#[derive(Clone, Debug)]
pub(super) struct Layouts {
    /// In Latin letters.
    pub(super) latin: Vec<Piece>,
    /// In the language's own script.
    pub(super) native: Vec<Piece>,
}

impl Layouts {
    /// One order for all scripts.
    pub(super) fn same(pieces: &[Piece]) -> Self {
        Self { latin: pieces.to_vec(), native: pieces.to_vec() }
    }

    fn of(parts: &[Part]) -> Self {
        let pieces = parts.iter().enumerate().flat_map(|(number, part)| {
            let before = (!part.before.is_empty()).then_some(Piece::Text(part.before));
            before.into_iter().chain([Piece::Part(number)])
        });
        Self::same(&pieces.collect::<Vec<_>>())
    }
}

/// Checks a column that gets a text of these parts, one after the other.
pub(super) fn prepare(request: &Request<'_>, parts: &[Part]) -> Result<Prepared, Refusal> {
    prepare_as(request, parts, Layouts::of(parts))
}

/// Checks a column that gets a text of these parts in these orders.
pub(super) fn prepare_as(
    request: &Request<'_>,
    parts: &[Part],
    layouts: Layouts,
) -> Result<Prepared, Refusal> {
    let shape = Shape::prepare(request)?;
    let script = Script::prepare(request)?;
    let tag_spec = shape.tag_spec(request);
    let source = if tag_spec.is_some() { Source::Value } else { Source::Subject };
    let mut recipes = Vec::new();
    let mut notes = Vec::new();
    for part in parts {
        let choices = Choices::new(request, part.from, &mut notes)?;
        recipes.push(Recipe { purpose: part.purpose, choices });
    }
    let mut gender = parts.iter().position(|part| part.purpose == first_name::PURPOSE);
    if gender.is_none() && recipes.iter().any(Recipe::has_feminine) {
        // Nobody sees the given name here, but it says which form the surname has.
        gender = Some(recipes.len());
        let first = first_name::part("");
        let choices = Choices::new(request, first.from, &mut Vec::new())?;
        recipes.push(Recipe { purpose: first.purpose, choices });
    }
    let length = |pieces: &[Piece]| -> usize {
        let piece = |piece: &Piece| match piece {
            Piece::Text(text) => text.chars().count(),
            Piece::Part(number) => recipes[*number].choices.longest(),
        };
        pieces.iter().map(piece).sum()
    };
    let longest = length(&layouts.latin).max(length(&layouts.native));
    let specs: Vec<String> =
        recipes.iter().map(|recipe| recipe.choices.spec()).chain(tag_spec.clone()).collect();
    let equality = request.equality;
    Ok(Prepared {
        spec: specs.join(" "),
        uniqueness: shape.uniqueness(),
        max_width: Some(shape.max_width(longest)),
        output: Output::Text,
        notes,
        ..Prepared::new(start::keyed(move |keys| {
            let picks: Vec<Pick> = recipes.iter().map(|recipe| recipe.start(keys)).collect();
            Composer {
                has_forms: picks.iter().any(|pick| pick.table.has_forms()),
                is_latin: picks.iter().all(|pick| pick.table.is_latin()),
                picks,
                latin: layouts.latin.clone(),
                native: layouts.native.clone(),
                script,
                gender,
                shape: shape.clone(),
                tag: tag_spec.as_ref().map(|spec| keys.prf("tag", spec)),
                source,
                equality,
            }
        }))
    })
}

struct Recipe {
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

    /// Characters of the longest choice.
    fn longest(&self) -> usize {
        match self {
            Self::Lexicon(lexicon) => Table::entries(lexicon).longest(),
            Self::Numbers(last) => last.to_string().len(),
        }
    }
}

impl Recipe {
    fn has_feminine(&self) -> bool {
        matches!(&self.choices, Choices::Lexicon(lexicon) if Table::entries(lexicon).has_feminine())
    }

    fn start(&self, keys: &DomainKeys) -> Pick {
        let table = match &self.choices {
            Choices::Lexicon(lexicon) => Table::entries(lexicon),
            Choices::Numbers(last) => Table::Numbers(*last),
        };
        Pick { prf: keys.prf(self.purpose, &self.choices.spec()), table }
    }
}

/// Puts texts together.
struct Composer {
    picks: Vec<Pick>,
    latin: Vec<Piece>,
    native: Vec<Piece>,
    script: Script,
    /// The pick whose entry has the subject's gender, where the row does not say.
    gender: Option<usize>,
    has_forms: bool,
    is_latin: bool,
    shape: Shape,
    tag: Option<Prf>,
    source: Source,
    equality: Equality,
}

struct Pick {
    prf: Prf,
    table: Table,
}

impl Composer {
    /// The genders of the rows, as far as they decide anything. A row's gender is not the value's: where equal values
    /// must give equal names, it has no say.
    fn genders<'b>(&self, batch: &Batch<'b>) -> Option<Column<'b>> {
        batch.genders.filter(|_| self.source == Source::Subject)
    }

    /// What each row's tags pick, all parts of a row together.
    fn pick(&self, batch: &Batch<'_>, subjects: Option<&Column<'_>>, scratch: &mut Scratch) {
        let genders = self.genders(batch);
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

    /// The forms in which a row's picks are written.
    fn form(&self, batch: &Batch<'_>, row: usize, cell: &[u8], picked: &[u64]) -> Form {
        let native = self.script.is_native(cell, self.is_latin)
            && (batch.encoding == encoding_rs::UTF_8
                || self
                    .picks
                    .iter()
                    .zip(picked)
                    .all(|(pick, picked)| pick.table.fits(*picked, batch.encoding)));
        let own = self.gender.and_then(|part| self.picks[part].table.gender(picked[part]));
        let stated = || Gender::parse(self.genders(batch)?.value(row)?);
        Form { native, feminine: self.gender.is_some() && stated().or(own) == Some(Gender::Female) }
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
            let cell = cell.unwrap_or_default();
            let form = if self.has_forms { self.form(batch, row, cell, picked) } else { Form::default() };
            let pieces = if form.native { &self.native } else { &self.latin };
            out.write(|buffer| {
                let start = buffer.len();
                for piece in pieces {
                    match piece {
                        Piece::Text(text) => buffer.extend_from_slice(text.as_bytes()),
                        Piece::Part(part) => self.picks[*part].table.write(picked[*part], form, buffer),
                    }
                }
                self.shape.finish(start, cell, tag, buffer);
            });
            next += 1;
        }
        Ok(Tally { masked: next as u64, invalid: 0 })
    }
}
