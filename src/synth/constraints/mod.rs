//! The constraints of a schema, ready to be evaluated: [`Rules`] for the schema, [`TableRules`] for a table.
//!
//! A constraint has an id that stays when other columns and constraints come and go: `not_null(email)`,
//! `check(price_positive)`, `unique(email)`, `foreign_key(customer_id)`.

mod database;
mod read;
mod requirement;

use std::collections::BTreeMap;
use std::fmt;

pub(super) use database::{Database, Stored, same, same_cells, same_element};
pub use requirement::{Criterion, Requirement};
pub(super) use requirement::{Goal, Need, TruthSet};

use super::expression::{CellType, Node, Scope, Truth};
use crate::table::{Dialect, Schema, TableName};

/// The constraints of all tables of a schema.
///
/// ```
/// use scrub::synth::{Rules, Truth};
/// use scrub::table::{Dialect, SchemaBuilder, Session, TableName};
/// let mut builder = SchemaBuilder::new();
/// builder.statement(b"CREATE TABLE item (id int NOT NULL, price numeric CHECK (price > 0))", &Session::default());
/// let rules = Rules::new(&builder.finish(), Dialect::Postgres);
/// let item = rules.table(&TableName::new("public", "item")).expect("it was declared");
/// assert_eq!(item.accepts(&[Some("1"), Some("9.90")]), Truth::True);
/// assert_eq!(item.accepts(&[Some("1"), None]), Truth::True, "a CHECK that is NULL rejects nothing");
/// assert_eq!(item.accepts(&[None, Some("9.90")]), Truth::False);
/// let broken: Vec<String> = item.verdicts(&[Some("1"), Some("-1")]).into_iter()
///     .filter(|(_, truth)| *truth == Truth::False)
///     .map(|(constraint, _)| constraint.id.clone())
///     .collect();
/// assert_eq!(broken.len(), 1);
/// assert!(broken[0].starts_with("check("));
/// ```
#[derive(Clone, Debug)]
pub struct Rules {
    pub(super) dialect: Dialect,
    pub(super) tables: BTreeMap<TableName, TableRules>,
}

/// The constraints of one table.
#[derive(Clone, Debug)]
pub struct TableRules {
    pub(super) name: TableName,
    pub(super) columns: Vec<ColumnRules>,
    pub(super) types: Vec<CellType>,
    pub(super) constraints: Vec<Constraint>,
    pub(super) dialect: Dialect,
}

/// A column, as constraints see it.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "what a column may be is several things at once")]
pub(super) struct ColumnRules {
    pub(super) name: String,
    pub(super) not_null: bool,
    /// No INSERT may name it.
    pub(super) generated: bool,
    /// The database puts a value of its own in place of NULL: a number, or the time.
    pub(super) numbered: bool,
    pub(super) identity: bool,
}

/// What kind of constraint one is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ConstraintKind {
    /// The column's type, its width and the labels of an enum.
    Type,
    /// NOT NULL.
    NotNull,
    /// CHECK, of the table or of a column's domain.
    Check,
    /// PRIMARY KEY.
    PrimaryKey,
    /// UNIQUE, unique indexes, and exclusion constraints.
    Unique,
    /// FOREIGN KEY.
    ForeignKey,
    /// The bound of a partition.
    Partition,
}

impl fmt::Display for ConstraintKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Type => "type",
            Self::NotNull => "not_null",
            Self::Check => "check",
            Self::PrimaryKey => "primary_key",
            Self::Unique => "unique",
            Self::ForeignKey => "foreign_key",
            Self::Partition => "partition",
        })
    }
}

/// A constraint of a table.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Constraint {
    /// Its id within the table.
    pub id: String,
    /// What it is.
    pub kind: ConstraintKind,
    /// Its name in the database, where the schema gives one.
    pub name: Option<String>,
    /// The columns that it is about, by their places.
    pub columns: Vec<usize>,
    pub(super) body: Body,
}

/// What a constraint demands.
#[derive(Clone, Debug)]
pub(super) enum Body {
    Type,
    NotNull,
    /// None for an expression that could not be read.
    Check(Option<Node>),
    Key(Key),
    ForeignKey(Reference),
}

/// No two rows have the same.
#[derive(Clone, Debug)]
pub(super) struct Key {
    /// Each with the operator under which two rows may not agree; `=` for keys.
    pub(super) elements: Vec<(Node, String)>,
    /// Only rows that meet it count.
    pub(super) condition: Option<Node>,
    pub(super) nulls_distinct: bool,
    /// Whether all of it could be read.
    pub(super) read: bool,
}

/// A foreign key.
#[derive(Clone, Debug)]
pub(super) struct Reference {
    pub(super) to: TableName,
    /// The columns there, by their places.
    pub(super) to_columns: Vec<usize>,
    pub(super) match_full: bool,
    /// Whether it may be checked at the transaction's end only.
    pub(super) deferrable: bool,
}

impl Rules {
    /// Reads the constraints of a schema whose SQL is that of `dialect`.
    pub fn new(schema: &Schema, dialect: Dialect) -> Self {
        read::rules(schema, dialect)
    }

    /// The rules of a table.
    pub fn table(&self, name: &TableName) -> Option<&TableRules> {
        self.tables.get(name)
    }

    /// All tables, by name.
    pub fn tables(&self) -> impl Iterator<Item = &TableRules> {
        self.tables.values()
    }

    /// Whose SQL it is.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }
}

impl TableRules {
    /// The table's name.
    pub fn name(&self) -> &TableName {
        &self.name
    }

    /// The names of the columns, in the order in which rows hold their cells.
    pub fn column_names(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|column| column.name.as_str())
    }

    /// The place of a column.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }

    /// Whether no INSERT may name the column, because the database computes it.
    pub fn is_generated(&self, column: usize) -> bool {
        self.columns.get(column).is_some_and(|column| column.generated)
    }

    /// Whether the column may hold NULL.
    pub fn is_nullable(&self, column: usize) -> bool {
        self.columns.get(column).is_some_and(|column| !column.not_null)
    }

    /// All constraints: the column's types first, then what the schema declares.
    pub fn constraints(&self) -> &[Constraint] {
        &self.constraints
    }

    /// What each constraint of the row itself says of a row: types, NOT NULL, CHECK, partition bounds. Keys and foreign
    /// keys look at other rows and are not among them. `row` has a cell per column, None for NULL; a cell of a
    /// generated column does not matter.
    pub fn verdicts<S: AsRef<str>>(&self, row: &[Option<S>]) -> Vec<(&Constraint, Truth)> {
        let cells = |at: usize| row.get(at).and_then(|cell| cell.as_ref().map(AsRef::as_ref));
        let own = self.constraints.iter();
        own.filter_map(|constraint| Some((constraint, self.verdict(constraint, &cells)?))).collect()
    }

    /// Whether the table's own constraints take a row: [`Truth::False`] if one surely rejects it, [`Truth::Unknown`] if
    /// one might.
    pub fn accepts<S: AsRef<str>>(&self, row: &[Option<S>]) -> Truth {
        let mut all = Truth::True;
        for (_, truth) in self.verdicts(row) {
            all = all.and(if truth == Truth::Null { Truth::True } else { truth });
        }
        all
    }

    /// What a constraint says of a row; none for those that look at other rows.
    pub(super) fn verdict<'c>(
        &'c self,
        constraint: &Constraint,
        cells: &'c dyn Fn(usize) -> Option<&'c str>,
    ) -> Option<Truth> {
        let first = constraint.columns.first().copied();
        Some(match &constraint.body {
            Body::Type => {
                let at = first?;
                match cells(at) {
                    _ if self.is_generated(at) => Truth::True,
                    None => Truth::Null,
                    Some(text) => self.types.get(at)?.accepts(text),
                }
            }
            Body::NotNull => {
                let at = first?;
                Truth::from(Some(self.is_generated(at) || self.columns[at].numbered || cells(at).is_some()))
            }
            Body::Check(None) => Truth::Unknown,
            Body::Check(Some(node)) => self.scope(cells).truth(node),
            Body::Key(_) | Body::ForeignKey(_) => return None,
        })
    }

    pub(super) fn scope<'c>(&'c self, cells: &'c dyn Fn(usize) -> Option<&'c str>) -> Scope<'c> {
        Scope { dialect: self.dialect, types: &self.types, cells }
    }

    /// The constraint of that id.
    pub fn constraint(&self, id: &str) -> Option<&Constraint> {
        self.constraints.iter().find(|constraint| constraint.id == id)
    }
}
