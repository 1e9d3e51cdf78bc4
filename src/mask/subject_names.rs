//! The names of a row's subject as other operators see them: the ones that `first_name` and `last_name` give it.

use super::first_name::PURPOSE as FIRST;
use super::gender_word::Gender;
use super::last_name::PURPOSE as LAST;
use super::lexicon::{self, Lexicon, LexiconKind};
use super::pick::{Form, Table};
use super::{Refusal, Request};
use crate::base::{DomainKeys, Messages, Prf};
use crate::table::Column;

/// The lists that a subject's names come from.
#[derive(Clone, Copy)]
pub(super) struct Lists {
    first: Lexicon,
    last: Lexicon,
}

impl Lists {
    /// Those that the column, or the policy's locale, asks for.
    pub(super) fn prepare(request: &Request<'_>) -> Result<Self, Refusal> {
        Ok(Self {
            first: *lexicon::requested(request, LexiconKind::FirstName)?,
            last: *lexicon::requested(request, LexiconKind::LastName)?,
        })
    }

    /// The spec that the pick of a given name is bound to.
    pub(super) fn first_spec(&self) -> String {
        format!("lex:{}", self.first.name())
    }

    /// The language of the lists.
    pub(super) fn language(&self) -> &'static str {
        self.first.language()
    }

    /// With the keys of the domain that the names have.
    pub(super) fn start(&self, keys: &DomainKeys) -> Names {
        Names {
            first: keys.prf(FIRST, &self.first_spec()),
            first_names: Table::entries(&self.first),
            last: keys.prf(LAST, &format!("lex:{}", self.last.name())),
            last_names: Table::entries(&self.last),
        }
    }
}

/// Names at work.
pub(super) struct Names {
    first: Prf,
    first_names: Table,
    last: Prf,
    last_names: Table,
}

/// What is picked for one subject.
#[derive(Clone, Copy, Debug)]
pub(super) struct Name {
    first: u64,
    last: u64,
    /// The gender that the row states, or that of the given name; where that goes with either, one of the two, which
    /// is always the same for a subject.
    pub(super) gender: Gender,
}

impl Names {
    /// The names of the subjects with these messages; `genders` are those of the rows `rows`.
    pub(super) fn pick(
        &self,
        messages: &Messages,
        genders: Option<&Column<'_>>,
        rows: &[u32],
        tags: &mut Vec<[u8; 16]>,
    ) -> Vec<Name> {
        self.first.tags(messages, tags);
        let stated = |row: u32| Gender::parse(genders?.value(row as usize)?);
        let mut names: Vec<Name> = tags
            .iter()
            .zip(rows)
            .map(|(tag, row)| {
                let stated = stated(*row);
                let first = self.first_names.pick(tag, stated);
                let either = if tag[15] & 1 == 0 { Gender::Female } else { Gender::Male };
                let gender = stated.or(self.first_names.gender(first)).unwrap_or(either);
                Name { first, last: 0, gender }
            })
            .collect();
        self.last.tags(messages, tags);
        for (name, tag) in names.iter_mut().zip(tags.iter()) {
            name.last = self.last_names.pick(tag, None);
        }
        names
    }

    /// The given name in small Latin letters, and nothing else.
    pub(super) fn write_first(&self, name: &Name, out: &mut Vec<u8>) {
        plain(&self.first_names, name.first, Form::default(), out);
    }

    /// The surname in small Latin letters, and nothing else.
    pub(super) fn write_last(&self, name: &Name, out: &mut Vec<u8>) {
        let form = Form { native: false, feminine: name.gender == Gender::Female };
        plain(&self.last_names, name.last, form, out);
    }
}

fn plain(table: &Table, picked: u64, form: Form, out: &mut Vec<u8>) {
    let start = out.len();
    table.write(picked, form, out);
    let mut end = start;
    for at in start..out.len() {
        if out[at].is_ascii_alphabetic() {
            out[end] = out[at].to_ascii_lowercase();
            end += 1;
        }
    }
    out.truncate(end);
}
