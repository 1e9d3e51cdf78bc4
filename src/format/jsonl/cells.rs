//! The cells of a block of JSON Lines.
//!
//! Each row is walked once, whole, so that what is no JSON and what nobody has classified is found wherever it stands.
//! Cells are noted in the order of their bytes too, for rows need not have their keys in one order.

use std::ops::Range;

use super::paths::{Paths, ROOT, join};
use super::scan::{Scalar, Scanner, Stop, Text, Visitor, Why, unescape};
use super::style;
use crate::base::{Error, ErrorKind, Result};
use crate::format::{Block, Cells, MAX_BLOCK};
use crate::table::Span;

/// Finds the cells of the wanted columns of `paths`.
pub(super) fn tokenize(block: &Block, paths: &Paths, cells: &mut Cells) -> Result<()> {
    cells.clear(paths.wanted.len());
    let bytes = &block.bytes;
    if bytes.len() >= MAX_BLOCK {
        return Err(ErrorKind::Syntax("a row is longer than 1 GiB").into());
    }
    if let Err(error) = std::str::from_utf8(bytes) {
        return Err(super::super::place(ErrorKind::Encoding("UTF-8"), block, None, error.valid_up_to()));
    }
    cells.special.clear();
    cells.rows_of.resize_with(paths.arrays, Vec::new);
    let mut visitor = Rows { paths, cells, block: bytes, hints: vec![0; paths.len()], row: 0, unknown: None };
    let mut scanner = Scanner::new(bytes, 0);
    let mut row = 0;
    loop {
        scanner.space();
        match bytes.get(scanner.at) {
            None => break,
            Some(b'\n') => scanner.at += 1,
            Some(_) => {
                visitor.row = row;
                visitor.hints[ROOT as usize] = 0;
                let place = Place { node: ROOT, entry: row };
                scanner.row(&mut visitor, place).map_err(|stop| stopped(block, row as usize, stop))?;
                row += 1;
            }
        }
    }
    visitor.finish(row);
    Ok(())
}

/// An error where a row stopped.
pub(super) fn stopped(block: &Block, row: usize, Stop { at, why }: Stop) -> Error {
    let place = |kind| super::super::place(kind, block, Some(row), at);
    match why {
        Why::Syntax(what) | Why::Other(what) => place(ErrorKind::Syntax(what)),
        Why::Unknown(path) => place(ErrorKind::Schema(
            "the data has a path that the schema in use does not have; refresh scrub.lock and classify it"
                .into(),
        ))
        .in_column(path),
        Why::Twice(path) => place(ErrorKind::Syntax(
            "one object has two values for this path, and nobody knows which one counts",
        ))
        .in_column(path),
    }
}

/// Where in a row a value is: its node, and the entry of the node's level.
#[derive(Clone, Copy)]
struct Place {
    node: u32,
    entry: u32,
}

/// Somewhere below a path that no column has.
const UNKNOWN: u32 = u32::MAX;

struct Rows<'a> {
    paths: &'a Paths,
    cells: &'a mut Cells,
    block: &'a [u8],
    /// For each node the child that is expected next.
    hints: Vec<u32>,
    row: u32,
    /// The last path that is not known.
    unknown: Option<String>,
}

impl Rows<'_> {
    /// Notes a cell. What is missing before it gets one that is not there.
    fn push(&mut self, place: Place, wanted: u32, raw: Span, value: Span, style: u8) -> Result<(), Stop> {
        let column = &mut self.cells.columns[wanted as usize];
        let entry = place.entry as usize;
        if column.raw.len() > entry {
            let path = self.paths.get(place.node).path.clone();
            return Err(Stop { at: raw.range().start, why: Why::Twice(path) });
        }
        if column.raw.len() < entry {
            absent(column, entry);
        }
        column.raw.push(raw);
        column.values.push(value);
        column.styles.push(style);
        self.cells.special.extend([wanted, place.entry]);
        Ok(())
    }

    /// Fills up all columns to their levels' entries.
    fn finish(self, rows: u32) {
        let Self { paths, cells, .. } = self;
        cells.rows = rows as usize;
        cells.text = true;
        for (column, level) in cells.columns.iter_mut().zip(&paths.wanted) {
            let entries = match level.checked_sub(1) {
                None => cells.rows,
                Some(array) => cells.rows_of[array as usize].len(),
            };
            absent(column, entries);
        }
    }

    fn unknown(&self, at: usize) -> Stop {
        Stop { at, why: Why::Unknown(self.unknown.clone().unwrap_or_default()) }
    }
}

/// Cells up to `len` that are not there.
fn absent(column: &mut crate::format::CellColumn, len: usize) {
    column.raw.resize(len, Span::raw(0, 0));
    column.values.resize(len, Span::NULL);
    column.styles.resize(len, style::ABSENT);
}

impl Visitor for Rows<'_> {
    type Place = Place;

    fn enters(&mut self, place: Place, object: bool) -> bool {
        if place.node == UNKNOWN {
            return true;
        }
        let node = self.paths.get(place.node);
        // A column that has others below it stands for its plain values only.
        let below = !node.children.is_empty() || node.element.is_some();
        if node.column.is_some_and(|leaf| leaf.whole) && !below {
            return false;
        }
        if object {
            self.hints[place.node as usize] = 0;
        }
        true
    }

    #[inline]
    fn expected(&mut self, place: Place, rest: &[u8]) -> Option<(Place, usize)> {
        if place.node == UNKNOWN {
            return None;
        }
        let hint = &mut self.hints[place.node as usize];
        let child = *self.paths.get(place.node).children.get(*hint as usize)?;
        let quoted = &self.paths.get(child).quoted;
        if quoted.is_empty() || !rest.starts_with(quoted) {
            return None;
        }
        *hint += 1;
        Some((Place { node: child, entry: place.entry }, quoted.len()))
    }

    fn key(&mut self, place: Place, key: &Text) -> Result<Place, Stop> {
        if place.node == UNKNOWN {
            return Ok(place);
        }
        let mut decoded = Vec::new();
        let mut name = &self.block[key.range.clone()];
        if key.escaped {
            unescape(name, &mut decoded);
            name = &decoded;
        }
        let parent = self.paths.get(place.node);
        // What a path writes for the elements of an array cannot be part of a name.
        if memchr::memmem::find(name, b"[]").is_some() {
            self.unknown = Some(join(&parent.path, place.node == ROOT, &String::from_utf8_lossy(name)));
            return Ok(Place { node: UNKNOWN, entry: 0 });
        }
        let is_child = |child: &u32| self.paths.get(*child).quoted.strip_suffix(b"\"") == Some(name);
        if let Some(at) = parent.children.iter().position(is_child) {
            self.hints[place.node as usize] = at as u32 + 1;
            return Ok(Place { node: parent.children[at], entry: place.entry });
        }
        let name = String::from_utf8_lossy(name);
        if let Some(node) = self.paths.child(place.node, &name) {
            return Ok(Place { node, entry: place.entry });
        }
        self.unknown = Some(join(&parent.path, place.node == ROOT, &name));
        Ok(Place { node: UNKNOWN, entry: 0 })
    }

    fn element(&mut self, place: Place) -> Place {
        if place.node == UNKNOWN {
            return place;
        }
        let node = self.paths.get(place.node);
        let Some(element) = node.element else {
            self.unknown = Some(format!("{}[]", node.path));
            return Place { node: UNKNOWN, entry: 0 };
        };
        let entry = match self.paths.get(element).level {
            Some(level) if level > 0 => {
                let entries = &mut self.cells.rows_of[level as usize - 1];
                entries.push(self.row);
                entries.len() as u32 - 1
            }
            _ => 0,
        };
        Place { node: element, entry }
    }

    fn scalar(&mut self, place: Place, scalar: Scalar) -> Result<(), Stop> {
        let start = match &scalar {
            Scalar::String(text) => text.range.start,
            Scalar::Number(range) | Scalar::Boolean(range) | Scalar::Null(range) => range.start,
        };
        if place.node == UNKNOWN {
            return Err(self.unknown(start));
        }
        let node = self.paths.get(place.node);
        let Some(leaf) = node.column else {
            // An object or array that is not there holds nothing.
            return if matches!(scalar, Scalar::Null(_)) {
                Ok(())
            } else {
                self.unknown = Some(node.path.clone());
                Err(self.unknown(start))
            };
        };
        let Some(wanted) = leaf.wanted else { return Ok(()) };
        let span = |range: &Range<usize>| Span::raw(range.start, range.len());
        let (raw, value, style) = match scalar {
            Scalar::String(text) if text.escaped => {
                let start = self.cells.decoded.len();
                unescape(&self.block[text.range.clone()], &mut self.cells.decoded);
                let value = Span::decoded(start, self.cells.decoded.len() - start);
                (span(&text.range), value, style::STRING)
            }
            Scalar::String(text) => (span(&text.range), span(&text.range), style::STRING),
            Scalar::Number(range) => (span(&range), span(&range), style::NUMBER),
            Scalar::Boolean(range) => (span(&range), span(&range), style::BOOLEAN),
            Scalar::Null(range) => (span(&range), Span::NULL, style::NULL),
        };
        self.push(place, wanted, raw, value, style)
    }

    fn whole(&mut self, place: Place, range: Range<usize>) -> Result<(), Stop> {
        let leaf = self.paths.get(place.node).column;
        let Some(wanted) = leaf.and_then(|leaf| leaf.wanted) else { return Ok(()) };
        let span = Span::raw(range.start, range.len());
        self.push(place, wanted, span, span, style::JSON)
    }
}
