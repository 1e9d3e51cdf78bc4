//! The columns of a file that does not declare any: every path that occurs, and what kinds of values stand there.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::cells::stopped;
use super::paths::join;
use super::scan::{Scalar, Scanner, Stop, Text, Visitor, Why, unescape};
use crate::base::{ErrorKind, Result, canonical};
use crate::format::Block;
use crate::table::{ColumnDef, SqlType, Table};

/// More paths than this are keys that are data.
const MOST_PATHS: usize = 10_000;

/// The paths seen so far, in the order in which they came.
#[derive(Default)]
pub(super) struct Discovery {
    nodes: Vec<Seen>,
    by_parent: BTreeMap<(u32, Option<String>), u32>,
}

/// What was seen at a path.
#[derive(Default)]
struct Seen {
    path: String,
    /// Keys as they were written first, with their closing quotes, in the order in which they came; and their nodes.
    written: Vec<(Vec<u8>, u32)>,
    /// The key that is expected next.
    hint: usize,
    /// The node of its elements.
    element: Option<u32>,
    /// Kinds of values that stood there, a bit for each.
    kinds: u8,
}

const NULL: u8 = 1;
const BOOLEAN: u8 = 2;
const INTEGER: u8 = 4;
const NUMBER: u8 = 8;
/// A string that is an integer as a database prints it.
const DIGITS: u8 = 16;
const TEXT: u8 = 32;

impl Seen {
    fn is_column(&self) -> bool {
        self.kinds != 0
    }

    fn is_null_only(&self) -> bool {
        self.kinds == NULL
    }

    fn sql_type(&self) -> SqlType {
        let kinds = self.kinds & !NULL;
        let numbers = INTEGER | NUMBER;
        if kinds == BOOLEAN {
            SqlType::Boolean
        } else if kinds == INTEGER {
            SqlType::Integer { bits: 64 }
        } else if kinds & numbers != 0 && kinds & !(numbers | DIGITS) == 0 {
            // Some rows may write the number as a string: it is the same number.
            SqlType::Numeric { precision: None, scale: None }
        } else {
            SqlType::TEXT
        }
    }
}

impl Discovery {
    /// Looks through a block, and says whether there are other columns since.
    ///
    /// # Errors
    /// A line that is no JSON object; too many paths.
    pub(super) fn add(&mut self, block: &Block) -> Result<bool> {
        let bytes = &block.bytes;
        if let Err(error) = std::str::from_utf8(bytes) {
            return Err(super::super::place(ErrorKind::Encoding("UTF-8"), block, None, error.valid_up_to()));
        }
        if self.nodes.is_empty() {
            self.nodes.push(Seen::default());
        }
        let before = self.columns();
        let mut scanner = Scanner::new(bytes, 0);
        let mut walk = Walk { found: self, block: bytes, full: false };
        let mut row = 0;
        loop {
            scanner.space();
            match bytes.get(scanner.at) {
                None => return Ok(self.columns() != before),
                Some(b'\n') => scanner.at += 1,
                Some(_) => {
                    walk.enters(0, true);
                    scanner.row(&mut walk, 0).map_err(|stop| stopped(block, row, stop))?;
                    row += 1;
                }
            }
        }
    }

    /// How many columns there are, and how many of them are NULL so far. The first only grows; while it stays, the second
    /// only falls.
    fn columns(&self) -> (usize, usize) {
        let count = |is: fn(&Seen) -> bool| self.nodes.iter().filter(|seen| is(seen)).count();
        (count(Seen::is_column), count(Seen::is_null_only))
    }

    /// The table that has these columns.
    pub(super) fn table(&self) -> Table {
        // An object that is NULL in some rows is no column of its own.
        let parents: BTreeMap<u32, u32> =
            self.by_parent.iter().map(|((parent, _), node)| (*node, *parent)).collect();
        let mut above = BTreeSet::new();
        // A node comes after its parent, so what holds a column is known before its parent is looked at.
        for (number, seen) in self.nodes.iter().enumerate().rev() {
            let node = number as u32;
            if let Some(parent) = parents.get(&node).filter(|_| seen.is_column() || above.contains(&node)) {
                above.insert(*parent);
            }
        }
        let columns = (0_u32..)
            .zip(&self.nodes)
            .filter(|(node, seen)| seen.is_column() && !(seen.is_null_only() && above.contains(node)));
        let columns = columns.map(|(_, seen)| ColumnDef::new(&seen.path, seen.sql_type()));
        let mut table = Table { columns: columns.collect(), ..Table::default() };
        // Keys with dots in them can give a path twice; a table has it once.
        let mut known = BTreeSet::new();
        table.columns.retain(|column| known.insert(column.name.clone()));
        table
    }
}

struct Walk<'a> {
    found: &'a mut Discovery,
    block: &'a [u8],
    full: bool,
}

impl Walk<'_> {
    fn node(&mut self, parent: u32, key: Option<&str>) -> u32 {
        let Discovery { nodes, by_parent } = &mut *self.found;
        let place = (parent, key.map(str::to_owned));
        if let Some(known) = by_parent.get(&place) {
            return *known;
        }
        if nodes.len() > MOST_PATHS {
            self.full = true;
            return parent;
        }
        let above = &nodes[parent as usize].path;
        let path = key.map_or_else(|| format!("{above}[]"), |key| join(above, parent == 0, key));
        let number = nodes.len() as u32;
        nodes.push(Seen { path, ..Seen::default() });
        by_parent.insert(place, number);
        number
    }
}

impl Visitor for Walk<'_> {
    type Place = u32;

    fn enters(&mut self, place: u32, _: bool) -> bool {
        self.found.nodes[place as usize].hint = 0;
        true
    }

    fn expected(&mut self, place: u32, rest: &[u8]) -> Option<(u32, usize)> {
        let seen = &mut self.found.nodes[place as usize];
        let (written, node) = seen.written.get(seen.hint)?;
        if !rest.starts_with(written) {
            return None;
        }
        seen.hint += 1;
        Some((*node, written.len()))
    }

    fn key(&mut self, place: u32, key: &Text) -> Result<u32, Stop> {
        let mut name = &self.block[key.range.clone()];
        let mut decoded = Vec::new();
        if key.escaped {
            unescape(name, &mut decoded);
            name = &decoded;
        }
        let name = String::from_utf8_lossy(name);
        let node = self.node(place, Some(&name));
        let seen = &mut self.found.nodes[place as usize];
        if let Some(at) = seen.written.iter().position(|(_, known)| *known == node) {
            seen.hint = at + 1;
        } else if !key.escaped && !self.full {
            seen.written.push(([&self.block[key.range.clone()], b"\""].concat(), node));
            seen.hint = seen.written.len();
        }
        if self.full {
            let why = Why::Other("more than 10,000 different paths: keys that are data cannot be classified");
            return Err(Stop { at: key.range.start, why });
        }
        Ok(node)
    }

    fn element(&mut self, place: u32) -> u32 {
        if let Some(known) = self.found.nodes[place as usize].element {
            return known;
        }
        let node = self.node(place, None);
        self.found.nodes[place as usize].element = Some(node).filter(|_| !self.full);
        node
    }

    fn scalar(&mut self, place: u32, scalar: Scalar) -> Result<(), Stop> {
        let seen = &mut self.found.nodes[place as usize];
        match scalar {
            Scalar::Null(_) => seen.kinds |= NULL,
            Scalar::Boolean(_) => seen.kinds |= BOOLEAN,
            Scalar::Number(range) => {
                let number = canonical::integer(&self.block[range]);
                let small = number.is_some_and(|number| i64::try_from(number).is_ok());
                seen.kinds |= if small { INTEGER } else { NUMBER };
            }
            Scalar::String(text) => {
                let text = &self.block[text.range];
                let plain =
                    canonical::integer(text).is_some_and(|number| number.to_string().as_bytes() == text);
                seen.kinds |= if plain { DIGITS } else { TEXT };
            }
        }
        Ok(())
    }

    fn whole(&mut self, _: u32, _: Range<usize>) -> Result<(), Stop> {
        Ok(())
    }
}
