//! Tables: what the DDL declares, and columns of cells. Formats fill these types, operators work on them.

#[cfg(feature = "arrow")]
pub(crate) mod arrow;
mod collation;
mod column;
mod ddl;
mod graph;
mod name;
pub(crate) mod quotes;
mod schema;
mod session;
pub(crate) mod sqlite;

pub use collation::Collation;
pub use column::{Cell, Column, ColumnBuilder, Span, append};
pub use ddl::SchemaBuilder;
pub use graph::{Edge, ForeignKeyGraph};
pub use name::TableName;
pub use schema::{
    Check, ColumnDef, DomainType, ForeignKey, PartitionBy, PartitionOf, Schema, SequenceOwner, SqlType,
    Table, Unique,
};
pub use session::{Dialect, Session};
