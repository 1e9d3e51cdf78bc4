//! Operators of parts of a value: paths of a document, elements of an array, bounds of a range.
//!
//! An operator of such values is a [`Syntax`]: it finds the parts of a cell that are to be masked and writes new ones
//! in their place; everything between them stays byte for byte. What happens to the parts is the same for all, and
//! is here: parts of a whole batch are gathered by operator, each operator is called once with a column of them, and
//! the results go back to where they came from, row by row.
//!
//! A cell that its syntax cannot read is an invalid cell; a part that the policy does not name ends the run where
//! `rest = "deny"`. A cell counts as invalid once, whether it or some of its parts are.

mod batch;
mod entry;
mod forms;
mod paths;
mod rest;
mod tree;
mod walk;

use std::sync::Arc;

use super::invalid::Invalid;
use super::{
    DefaultDomain, KeyedBy, OperatorInfo, Output, Part, Prepared, Refusal, Request, Start, Uniqueness, start,
};
use crate::base::DomainKeys;
use crate::table::{Cell, SqlType};
use batch::Container;

pub(super) use batch::{Buffers, Fault, Found, Leaf, Results};
pub(super) use entry::Entry;
pub(super) use forms::{Forms, Kind};
pub(super) use paths::{Keys, Path, StateId, Step, Test};
pub(super) use rest::{Fate, KeyRule, Rest};
pub(super) use tree::Tree;
pub(super) use walk::{Frame, Walk};

/// How deep documents may be nested; deeper ones are invalid.
pub(super) const DEEPEST: usize = 256;

/// The syntax of a kind of values that have parts.
pub(super) trait Syntax: Send + Sync + 'static {
    /// What a part is called when it ends the run: `JSON value`.
    const PART: &'static str;

    /// Finds the parts of a cell that get a new value, in their order.
    ///
    /// # Errors
    /// The cell is not of the syntax, or has a part that may not pass.
    fn find(&self, cell: &str, found: &mut Found<'_>) -> Result<(), Fault>;

    /// Appends `value` (`None` for NULL) as it is written in place of `leaf`, which was `written`.
    fn write(&self, leaf: &Leaf, written: &str, value: Option<&[u8]>, out: &mut Vec<u8>);

    /// Appends the fixed text that stands for any leaf of this kind.
    fn redact(&self, leaf: &Leaf, written: &str, out: &mut Vec<u8>);

    /// Appends the cell with new parts; `false` if there are none, whatever was appended.
    fn splice(&self, cell: &str, leaves: &[Leaf], results: &Results<'_>, out: &mut Vec<u8>) -> bool {
        let mut at = 0;
        for leaf in leaves {
            let (start, end) = (leaf.start as usize, leaf.end as usize);
            let result = results.cell(leaf);
            if result == Some(Cell::Kept) {
                continue;
            }
            out.extend_from_slice(&cell.as_bytes()[at..start]);
            match result {
                None => self.redact(leaf, &cell[start..end], out),
                Some(Cell::Value(value)) => self.write(leaf, &cell[start..end], Some(value), out),
                Some(_) => self.write(leaf, &cell[start..end], None, out),
            }
            at = end;
        }
        if at > 0 {
            out.extend_from_slice(&cell.as_bytes()[at..]);
        }
        at > 0
    }
}

/// The operators of the parts of a column's values, as they are being prepared.
pub(super) struct Parts<'a> {
    pub(super) request: &'a Request<'a>,
    slots: Vec<Slot>,
    listed: Vec<Part>,
    notes: Vec<(&'static str, String)>,
    reads: Vec<String>,
}

/// An operator that was prepared for parts of one type.
struct Slot {
    prepared: Prepared,
    domain: String,
    keyed: bool,
    follows_subject: bool,
    sentinels: Vec<Vec<u8>>,
    /// Where its columns begin among all that are read.
    reads: usize,
}

impl<'a> Parts<'a> {
    pub(super) fn new(request: &'a Request<'a>) -> Self {
        Self { request, slots: Vec::new(), listed: Vec::new(), notes: Vec::new(), reads: Vec::new() }
    }

    /// Prepares an entry for parts of a type; the number stands for it in [`Found::push`].
    pub(super) fn slot(&mut self, entry: &Entry<'_>, sql_type: &SqlType) -> Result<u32, Refusal> {
        let mut prepared = entry.prepare(sql_type)?;
        let mut own = vec![Part {
            place: entry.place.clone(),
            operator: entry.info,
            domain: entry.domain.clone(),
            spec: if entry.info.keyed_by == KeyedBy::Parts { String::new() } else { prepared.spec.clone() },
            keyed_by: entry.info.keyed_by,
        }];
        own.extend(
            std::mem::take(&mut prepared.parts)
                .into_iter()
                .map(|part| Part { place: format!("{}{}", entry.place, part.place), ..part }),
        );
        let keyed = own.iter().any(is_keyed);
        let follows_subject = own.iter().any(|part| part.keyed_by == KeyedBy::Subject);
        for part in own {
            let same = |other: &Part| {
                (&other.place, other.operator.name, &other.spec)
                    == (&part.place, part.operator.name, &part.spec)
            };
            if !self.listed.iter().any(same) {
                self.listed.push(part);
            }
        }
        for (kind, text) in std::mem::take(&mut prepared.notes) {
            let kind = if kind == "live-values" && entry.live { "live-part" } else { kind };
            let note = (kind, format!("{}: {text}", entry.place));
            if !self.notes.contains(&note) {
                self.notes.push(note);
            }
        }
        let reads = self.reads.len();
        self.reads.extend(prepared.reads.iter().cloned());
        self.slots.push(Slot {
            prepared,
            domain: entry.domain.clone(),
            keyed,
            follows_subject,
            sentinels: entry.sentinels.clone(),
            reads,
        });
        Ok(self.slots.len() as u32 - 1)
    }

    /// Columns of the row that the syntax itself looks at; the result stands for them in [`Found::column`].
    pub(super) fn look_at(&mut self, columns: impl Iterator<Item = String>) -> std::ops::Range<usize> {
        let start = self.reads.len();
        self.reads.extend(columns);
        start..self.reads.len()
    }

    /// The operator of the whole column.
    pub(super) fn finish<S: Syntax>(
        mut self,
        info: &'static OperatorInfo,
        syntax: S,
    ) -> Result<Prepared, Refusal> {
        let invalid = Invalid::prepare(self.request, info.entity)?;
        let column = self.request.column.to_owned();
        if let Some(spec) = invalid.spec() {
            let place = INVALID.to_owned();
            let keyed_by = KeyedBy::Value;
            self.listed.push(Part { place, operator: info, domain: column.clone(), spec, keyed_by });
        }
        let spec: Vec<String> = self
            .listed
            .iter()
            .map(|part| format!("{}={} {} {}", part.place, part.operator.name, part.domain, part.spec))
            .collect();
        let width = self.request.sql_type.width();
        let keyed = self.listed.iter().any(is_keyed);
        let (slots, syntax) = (self.slots, Arc::new(syntax));
        let start: Start = Box::new(move |keys: Option<&DomainKeys>| {
            let own = keys.map(|keys| keys.sibling(&column));
            match invalid.rejector(own.as_ref()) {
                Some(rejector) if keys.is_some() || !keyed => {
                    let slots = slots.iter().map(|slot| slot.start(keys)).collect();
                    Arc::new(Container { syntax: Arc::clone(&syntax), slots, rejector, width })
                }
                _ => start::refusing(),
            }
        });
        Ok(Prepared {
            spec: spec.join("; "),
            uniqueness: Uniqueness::No,
            max_width: width,
            output: Output::Any,
            notes: self.notes,
            reads: self.reads,
            parts: self.listed,
            ..Prepared::new(start)
        })
    }
}

impl Slot {
    fn start(&self, keys: Option<&DomainKeys>) -> batch::Slot {
        let keys = keys.filter(|_| self.keyed).map(|keys| keys.sibling(&self.domain));
        batch::Slot {
            operator: (self.prepared.start)(keys.as_ref()),
            follows_subject: self.follows_subject,
            reads: self.reads..self.reads + self.prepared.reads.len(),
            sentinels: self.sentinels.clone(),
        }
    }
}

/// The place of cells that are not of the syntax, among the parts.
const INVALID: &str = "(invalid)";

fn is_keyed(part: &Part) -> bool {
    !matches!(part.keyed_by, KeyedBy::Nothing | KeyedBy::Parts)
}

/// What containers have in common.
pub(super) const DOMAIN: DefaultDomain = DefaultDomain::None;
