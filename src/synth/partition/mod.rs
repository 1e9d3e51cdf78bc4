//! Value partitions and boundaries of a column: the classes of values that tests should meet at least once.
//!
//! They follow from the type, the length, the labels, the nullability and the constants in simple CHECKs alone, never
//! from data, and so do their names. A cell is in exactly one partition and at any number of boundaries.

mod check;
mod number;
mod other;
mod text;
mod time;

#[cfg(test)]
mod tests;

use crate::table::{ColumnDef, Schema, SqlType, Table};

use check::Limits;
use number::Numbers;
use other::Labels;
use text::Texts;

/// The partition of NULL, which every column has.
pub const NULL: u8 = 0;

/// Partitions that a column may have; labels beyond share the last.
const MOST: usize = 250;

/// A class of values.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Partition {
    /// Its name by rule, stable while the declaration of the column is: `null`, `below:0`, `label:paid`, `max`.
    pub id: String,
    /// Why no row of the table can be in it, where that is proved.
    pub infeasible: Option<String>,
}

impl Partition {
    fn new(id: impl Into<String>) -> Self {
        Self { id: id.into(), infeasible: None }
    }

    fn unless(mut self, reason: Option<String>) -> Self {
        self.infeasible = reason;
        self
    }
}

/// Where a cell belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Class {
    /// Index of its partition.
    pub partition: u8,
    /// A bit for each boundary that it is at.
    pub boundaries: u32,
}

/// The partitions and boundaries of one column.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ColumnPartitions {
    /// The column.
    pub column: String,
    /// Its type.
    pub sql_type: SqlType,
    /// Whether it may be NULL.
    pub nullable: bool,
    /// Disjoint classes that hold all values; the first is that of NULL.
    pub partitions: Vec<Partition>,
    /// Single values and lengths at the ends of what the column takes; at most 32.
    pub boundaries: Vec<Partition>,
    /// Why it is not known whether all partitions can have rows: a CHECK that is more than comparisons with constants.
    pub unsure: Option<String>,
    kind: Kind,
}

/// How cells are told apart.
#[derive(Clone, Debug)]
enum Kind {
    Number(Numbers),
    Text(Texts),
    Labels(Labels),
    Boolean,
    Date { clock: bool },
    Uuid,
    Json,
    Bytes,
    Array,
    Other,
}

impl ColumnPartitions {
    /// Those of `column` of `table`.
    pub fn new(schema: &Schema, table: &Table, column: &ColumnDef) -> Self {
        let limits = Limits::of(schema, table, column);
        let (mut partitions, mut boundaries) = (vec![Partition::new("null")], Vec::new());
        let kind = kind(schema, column, &limits);
        match &kind {
            Kind::Number(numbers) => numbers.list(&limits, &mut partitions, &mut boundaries),
            Kind::Text(texts) => texts.list(&mut partitions, &mut boundaries),
            Kind::Labels(labels) => labels.list(&mut partitions),
            Kind::Boolean => partitions.extend(["true", "false"].map(Partition::new)),
            Kind::Date { clock } => time::list(*clock, &mut partitions, &mut boundaries),
            Kind::Uuid => partitions.extend(other::UUIDS.map(Partition::new)),
            Kind::Json => partitions.extend(other::JSONS.map(Partition::new)),
            Kind::Bytes | Kind::Array | Kind::Other => {
                partitions.extend(["empty", "value"].map(Partition::new));
            }
        }
        if column.not_null {
            partitions[usize::from(NULL)].infeasible = Some("the column is NOT NULL".into());
        }
        Self {
            column: column.name.clone(),
            sql_type: column.sql_type.clone(),
            nullable: !column.not_null,
            partitions,
            boundaries,
            unsure: limits.unsure,
            kind,
        }
    }

    /// The partition and the boundaries of a cell; `None` is NULL.
    #[inline]
    pub fn classify(&self, cell: Option<&[u8]>) -> Class {
        let Some(bytes) = cell else { return Class { partition: NULL, boundaries: 0 } };
        let (partition, boundaries) = match &self.kind {
            Kind::Number(numbers) => numbers.classify(bytes),
            Kind::Text(texts) => texts.classify(bytes),
            Kind::Labels(labels) => (labels.classify(bytes), 0),
            Kind::Boolean => (1 + u8::from(!matches!(bytes.first(), Some(b't' | b'T' | b'1' | b'y'))), 0),
            Kind::Date { clock } => time::classify(bytes, *clock),
            Kind::Uuid => (other::uuid(bytes), 0),
            Kind::Json => (other::json(bytes), 0),
            Kind::Bytes => (1 + u8::from(!matches!(bytes, b"" | b"\\x")), 0),
            Kind::Array => (1 + u8::from(!matches!(bytes, b"" | b"{}" | b"[]")), 0),
            Kind::Other => (1 + u8::from(!bytes.is_empty()), 0),
        };
        Class { partition, boundaries }
    }
}

fn kind(schema: &Schema, column: &ColumnDef, limits: &Limits) -> Kind {
    let base = column.sql_type.base();
    if let Some(labels) = &limits.labels {
        return Kind::Labels(Labels::new(labels.clone()));
    }
    match base {
        SqlType::Boolean => Kind::Boolean,
        SqlType::Enum(name) => match schema.enums.get(name) {
            Some(labels) => Kind::Labels(Labels::new(labels.clone())),
            None => Kind::Other,
        },
        SqlType::Integer { .. }
        | SqlType::Unsigned { .. }
        | SqlType::Year
        | SqlType::Numeric { .. }
        | SqlType::Float => Kind::Number(Numbers::new(base, limits)),
        SqlType::Text { width, .. } => Kind::Text(Texts::new(*width)),
        SqlType::Date => Kind::Date { clock: false },
        SqlType::Timestamp { .. } => Kind::Date { clock: true },
        SqlType::Uuid => Kind::Uuid,
        SqlType::Json => Kind::Json,
        SqlType::Bytes | SqlType::Bits => Kind::Bytes,
        SqlType::Array(_) | SqlType::Hstore => Kind::Array,
        _ => Kind::Other,
    }
}
