//! E-mail addresses with a name before the tag: `jane.doe.TAG@example.com`, for those who look at the data.
//!
//! The names are the ones that `first_name` and `last_name` give the row's subject, under the key domain of names; the
//! tag is the one that `email` makes without names, so addresses stay as unique as they are without. A row without a
//! subject has the tag alone. The name is no function of the address: such a column cannot join others.

use super::invalid::Rejector;
use super::subject_names::{Lists, Name, Names};
use super::{
    Batch, CellError, Equality, Operator, Parameter, ParameterKind, Refusal, Request, Scratch, Tally,
    first_name, rows, tag,
};
use crate::base::{DomainKeys, Messages, Prf, canonical};
use crate::table::{Column, ColumnBuilder};

/// What stands before the tag, for a list of parameters.
pub(super) const STYLE: Parameter = Parameter {
    name: "style",
    summary: "what stands before the @: tag (default), or name: the names that first_name and last_name give the row's \
              subject, and the tag; not for columns that join others",
    kind: ParameterKind::Choice(STYLES),
    required: false,
    of_domain: false,
};

/// The key domain of the names, for a list of parameters.
pub(super) const PERSON: Parameter = Parameter {
    name: "person",
    summary: "with style = \"name\": the key domain of the columns that hold the subject's names; default person",
    kind: ParameterKind::Text,
    required: false,
    of_domain: false,
};

const STYLES: &[&str] = &["tag", "name"];

/// What stands before a tag.
#[derive(Clone)]
pub(super) struct Cosmetics {
    lists: Lists,
    domain: String,
    /// Characters of the names, with a point after each.
    room: usize,
}

impl Cosmetics {
    /// Reads `style` and `person`; none for a tag alone. `around` are the characters beside the names.
    pub(super) fn prepare(request: &Request<'_>, around: u32) -> Result<Option<Self>, Refusal> {
        if request.choice(STYLE.name, STYLES)? != Some("name") {
            return Ok(None);
        }
        let domain = request.text(PERSON.name)?.unwrap_or(first_name::DOMAIN).to_owned();
        let room = match request.sql_type.width() {
            Some(width) => (width.saturating_sub(around) as usize).min(LONGEST),
            None => LONGEST,
        };
        Ok(Some(Self { lists: Lists::prepare(request)?, domain, room }))
    }

    /// The most characters that it adds.
    pub(super) fn width(&self) -> u32 {
        self.room as u32
    }

    /// The names with their keys.
    pub(super) fn start(&self, keys: &DomainKeys) -> Prefix {
        Prefix { names: self.lists.start(&keys.sibling(&self.domain)), room: self.room }
    }
}

/// [`Cosmetics`] at work.
pub(super) struct Prefix {
    names: Names,
    room: usize,
}

impl Prefix {
    /// The names of the rows in `rows`; none for a row without a subject.
    pub(super) fn pick(&self, batch: &Batch<'_>, rows: &[u32]) -> Vec<Option<Name>> {
        let Some(subjects) = &batch.subjects else { return vec![None; rows.len()] };
        let mut messages = Messages::default();
        let known: Vec<u32> = rows.iter().copied().filter(|row| message(subjects, *row).is_some()).collect();
        for row in &known {
            messages.push(message(subjects, *row).unwrap_or_default());
        }
        let names = self.names.pick(&messages, batch.genders.as_ref(), &known, &mut Vec::new());
        let mut names = names.into_iter();
        rows.iter().map(|row| message(subjects, *row).and_then(|_| names.next())).collect()
    }

    /// Appends `first.last.`, or as much of it as there is room for.
    pub(super) fn write(&self, name: &Name, out: &mut Vec<u8>) {
        let start = out.len();
        self.names.write_first(name, out);
        out.push(b'.');
        self.names.write_last(name, out);
        let most = self.room.saturating_sub(1);
        if out.len() - start > most {
            out.truncate(start + most);
        }
        while out.len() > start && out.last() == Some(&b'.') {
            out.pop();
        }
        if out.len() > start {
            out.push(b'.');
        }
    }
}

fn message<'a>(subjects: &Column<'a>, row: u32) -> Option<&'a [u8]> {
    subjects.value(row as usize)
}

/// Characters of the names and their points: what a local part of 64 characters (RFC 5321) has room for beside a tag.
const LONGEST: usize = 38;

/// Makes addresses with names in them.
pub(super) struct NamedEmail {
    pub(super) prf: Prf,
    pub(super) characters: usize,
    pub(super) suffix: Vec<u8>,
    pub(super) equality: Equality,
    pub(super) rejector: Rejector,
    pub(super) prefix: Prefix,
}

impl Operator for NamedEmail {
    fn mask(
        &self,
        batch: &Batch<'_>,
        out: &mut ColumnBuilder,
        scratch: &mut Scratch,
    ) -> Result<Tally, CellError> {
        let Scratch { messages, tags, rows, rejected, .. } = scratch.cleared();
        for (row, value) in rows::present_cells(&batch.cells) {
            match canonical::email(rows::text(row, value)?, self.equality) {
                Some(address) => {
                    messages.push(address.as_bytes());
                    rows.push(row as u32);
                }
                None => self.rejector.reject(row, value, rejected)?,
            }
        }
        self.prf.tags(messages, tags);
        let names = self.prefix.pick(batch, rows);
        Ok(rows::write(&batch.cells, rows, &self.rejector, rejected, out, |index, _, buffer| {
            if let Some(name) = &names[index] {
                self.prefix.write(name, buffer);
            }
            tag::write(&tags[index], self.characters, buffer);
            buffer.extend_from_slice(&self.suffix);
        }))
    }
}
