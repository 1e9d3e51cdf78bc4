//! What a dump declares: tables, columns, types, keys, and what hangs on them.
//!
//! A [`Schema`] is built from DDL by [`SchemaBuilder`](crate::table::SchemaBuilder), one statement at a time, and
//! stored in `scrub.lock`. It knows nothing about policies.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::collation::Collation;
use super::name::TableName;

/// Everything that the DDL of an input declares.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Schema {
    /// Tables by name, partitions and inherited tables included.
    pub tables: BTreeMap<TableName, Table>,
    /// Labels of enum types, by `schema.type` (with `database/` before it in a dump of several databases).
    pub enums: BTreeMap<String, Vec<String>>,
    /// Domain types, by `schema.type`.
    pub domains: BTreeMap<String, DomainType>,
    /// Sequences and the column that each feeds.
    pub sequences: BTreeMap<TableName, SequenceOwner>,
    /// Whether it came from files of one table each, which say nothing of other tables, of types and of keys.
    pub part: bool,
    /// Statements that could only be read in part: the statement's head and object, never its literals.
    pub warnings: Vec<String>,
}

/// One table.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Table {
    /// Columns in the table's own order, inherited ones first.
    pub columns: Vec<ColumnDef>,
    /// Primary key: column names.
    pub primary_key: Option<Vec<String>>,
    /// UNIQUE constraints and plain unique indexes.
    pub unique: Vec<Unique>,
    /// Foreign keys.
    pub foreign_keys: Vec<ForeignKey>,
    /// CHECK constraints, those of columns included.
    pub checks: Vec<Check>,
    /// Exclusion constraints and unique or expression indexes that are more than a list of columns: the columns they
    /// name as far as could be read, with the constraint's name.
    pub expressions: Vec<Check>,
    /// How rows are spread over partitions.
    pub partition_by: Option<PartitionBy>,
    /// The parent that this table is a partition of, and its bound as written.
    pub partition_of: Option<PartitionOf>,
    /// Parents by `INHERITS`.
    pub inherits: Vec<TableName>,
}

/// A column.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ColumnDef {
    /// Name without quotes.
    pub name: String,
    /// Type, domains resolved to [`SqlType::Domain`].
    pub sql_type: SqlType,
    /// NOT NULL, PRIMARY KEY included.
    pub not_null: bool,
    /// DEFAULT expression as written.
    pub default: Option<String>,
    /// `GENERATED ALWAYS AS (expr) STORED | VIRTUAL`: no rows carry it.
    pub generated: bool,
    /// `GENERATED .. AS IDENTITY` or a serial type.
    pub identity: bool,
    /// COLLATE, as written without quotes. For text of MySQL always the collation that holds, be it the column's, the
    /// table's or the database's.
    pub collation: Option<String>,
}

impl ColumnDef {
    /// A nullable column without anything else.
    pub fn new(name: impl Into<String>, sql_type: SqlType) -> Self {
        Self {
            name: name.into(),
            sql_type,
            not_null: false,
            default: None,
            generated: false,
            identity: false,
            collation: None,
        }
    }
}

impl ColumnDef {
    /// The collation of a text column of MySQL.
    pub fn collation(&self) -> Option<Collation> {
        let text = matches!(self.sql_type.base(), SqlType::Text { .. } | SqlType::Enum(_) | SqlType::Set(_));
        self.collation.as_deref().filter(|_| text).and_then(Collation::of)
    }
}

/// A column's type, as far as masking needs to tell types apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum SqlType {
    /// boolean.
    Boolean,
    /// Signed integer of so many bits (8, 16, 24, 32, 64).
    Integer {
        /// 8, 16, 24, 32 or 64.
        bits: u8,
    },
    /// Integer from 0 on of so many bits, MySQL's `unsigned`.
    Unsigned {
        /// 8, 16, 24, 32 or 64.
        bits: u8,
    },
    /// MySQL's year: 1901 to 2155, and 0.
    Year,
    /// numeric(precision, scale); both absent for plain numeric.
    Numeric {
        /// Digits in all.
        precision: Option<u32>,
        /// Digits after the point.
        scale: Option<u32>,
    },
    /// real, double precision.
    Float,
    /// money.
    Money,
    /// text, varchar(n), char(n), citext, name.
    Text {
        /// Characters, if limited.
        width: Option<u32>,
        /// char(n): trailing spaces mean nothing.
        padded: bool,
        /// citext: letter case means nothing.
        case_insensitive: bool,
    },
    /// bytea.
    Bytes,
    /// uuid.
    Uuid,
    /// date.
    Date,
    /// timestamp, with or without time zone.
    Timestamp {
        /// `with time zone`.
        zone: bool,
    },
    /// time, with or without time zone.
    Time,
    /// interval.
    Interval,
    /// json, jsonb.
    Json,
    /// xml.
    Xml,
    /// inet.
    Inet,
    /// cidr.
    Cidr,
    /// macaddr, macaddr8.
    MacAddr,
    /// bit(n), bit varying.
    Bits,
    /// tsvector, tsquery.
    TextSearch,
    /// hstore.
    Hstore,
    /// oid and the reg* types; a large object's number among them.
    Oid,
    /// A range or multirange type, by name.
    Range(String),
    /// An array of the type.
    Array(Box<SqlType>),
    /// An enum, by its name in [`Schema::enums`]; one of MySQL is called like its column, `table.column`.
    Enum(String),
    /// MySQL's set: labels of that name in [`Schema::enums`], any of them, with commas between.
    Set(String),
    /// A domain, by its name in [`Schema::domains`], and the type under it.
    Domain(String, Box<SqlType>),
    /// Anything else: its name without quotes, and its arguments as written.
    Other(String),
}

impl SqlType {
    /// Unlimited text.
    pub const TEXT: Self = Self::Text { width: None, padded: false, case_insensitive: false };

    /// The type below any domains.
    pub fn base(&self) -> &Self {
        match self {
            Self::Domain(_, inner) => inner.base(),
            other => other,
        }
    }

    /// Width in characters, where the type has one.
    pub fn width(&self) -> Option<u32> {
        match self.base() {
            Self::Text { width, .. } => *width,
            _ => None,
        }
    }

    /// Whether its values are bytes and no text: MySQL's shapes are, too.
    pub fn is_bytes(&self) -> bool {
        const SHAPES: [&str; 9] = [
            "geometry",
            "point",
            "linestring",
            "polygon",
            "multipoint",
            "multilinestring",
            "multipolygon",
            "geometrycollection",
            "geomcollection",
        ];
        match self.base() {
            Self::Bytes | Self::Bits => true,
            Self::Other(name) => SHAPES.contains(&name.as_str()),
            _ => false,
        }
    }

    /// Whether it holds whole numbers.
    pub fn is_integer(&self) -> bool {
        matches!(self.base(), Self::Integer { .. } | Self::Unsigned { .. })
    }

    /// The least and the greatest number of an integer type. None for types that hold other things.
    pub fn integer_range(&self) -> Option<(i128, i128)> {
        match self.base() {
            Self::Integer { bits } => {
                let half = 1_i128 << (u32::from(*bits).clamp(1, 64) - 1);
                Some((-half, half - 1))
            }
            Self::Unsigned { bits } => Some((0, (1_i128 << u32::from(*bits).clamp(1, 64)) - 1)),
            _ => None,
        }
    }

    /// Whether any text may stand in it.
    pub fn is_text(&self) -> bool {
        matches!(self.base(), Self::Text { .. })
    }
}

/// A UNIQUE constraint or index.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unique {
    /// Its name, if it has one.
    pub name: Option<String>,
    /// Column names.
    pub columns: Vec<String>,
    /// Whether rows with a NULL in the key are never the same: true but for `NULLS NOT DISTINCT`.
    pub nulls_distinct: bool,
}

impl Unique {
    /// A unique key over `columns`.
    pub fn new(name: Option<String>, columns: Vec<String>) -> Self {
        Self { name, columns, nulls_distinct: true }
    }
}

/// A FOREIGN KEY.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ForeignKey {
    /// Its name, if it has one.
    pub name: Option<String>,
    /// Columns of this table.
    pub columns: Vec<String>,
    /// The table referenced.
    pub to: TableName,
    /// Its columns, in the order of `columns`; resolved to its primary key where the DDL leaves them out.
    pub to_columns: Vec<String>,
    /// DEFERRABLE.
    pub deferrable: bool,
    /// MATCH FULL: either all columns are NULL or none is.
    pub match_full: bool,
}

impl ForeignKey {
    /// A foreign key from `columns` to `to_columns` of `to`.
    pub fn new(name: Option<String>, columns: Vec<String>, to: TableName, to_columns: Vec<String>) -> Self {
        Self { name, columns, to, to_columns, deferrable: false, match_full: false }
    }
}

/// A CHECK constraint, or the expression of an index or exclusion constraint.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Check {
    /// Its name, if it has one.
    pub name: Option<String>,
    /// The columns it names.
    pub columns: Vec<String>,
    /// The expression as written.
    pub expression: String,
    /// An index over expressions that is not unique: any two rows may be the same for it.
    pub plain: bool,
}

impl Check {
    /// A check of `expression` over `columns`.
    pub fn new(name: Option<String>, columns: Vec<String>, expression: impl Into<String>) -> Self {
        Self { name, columns, expression: expression.into(), plain: false }
    }
}

/// PARTITION BY of a parent table.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PartitionBy {
    /// `RANGE`, `LIST`, `HASH`.
    pub strategy: String,
    /// Columns of the key; for an expression the columns it names.
    pub columns: Vec<String>,
}

impl PartitionBy {
    /// A partition key.
    pub fn new(strategy: impl Into<String>, columns: Vec<String>) -> Self {
        Self { strategy: strategy.into(), columns }
    }
}

/// `PARTITION OF parent FOR VALUES ..` or `ATTACH PARTITION`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PartitionOf {
    /// The parent.
    pub parent: TableName,
    /// The bound as written: `FOR VALUES FROM (..) TO (..)` or `DEFAULT`.
    pub bound: String,
}

impl PartitionOf {
    /// A place in `parent`.
    pub fn new(parent: TableName, bound: impl Into<String>) -> Self {
        Self { parent, bound: bound.into() }
    }
}

/// A domain type.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DomainType {
    /// The type under it.
    pub base: SqlType,
    /// NOT NULL.
    pub not_null: bool,
    /// Its CHECKs as written; `VALUE` is the cell.
    pub checks: Vec<String>,
}

impl DomainType {
    /// A domain over `base`.
    pub fn new(base: SqlType) -> Self {
        Self { base, not_null: false, checks: Vec::new() }
    }
}

/// The column that a sequence feeds: by OWNED BY, `nextval` in a DEFAULT, or identity.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SequenceOwner {
    /// Table.
    pub table: TableName,
    /// Column.
    pub column: String,
}

impl SequenceOwner {
    /// The column `column` of `table`.
    pub fn new(table: TableName, column: impl Into<String>) -> Self {
        Self { table, column: column.into() }
    }
}

impl Table {
    /// The column of that name.
    pub fn column(&self, name: &str) -> Option<&ColumnDef> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// Primary key and unique constraints, as lists of columns.
    pub fn keys(&self) -> impl Iterator<Item = &[String]> {
        self.primary_key
            .iter()
            .map(Vec::as_slice)
            .chain(self.unique.iter().map(|unique| unique.columns.as_slice()))
    }
}
