//! How an operator is made once its plan stands: with the keys of its domain, or without any.

use std::sync::Arc;

use super::{Batch, CellError, Operator, Scratch, Start, Tally};
use crate::base::{DomainKeys, ErrorKind};
use crate::table::ColumnBuilder;

/// Starts an operator that needs keys. Without any, what it makes refuses every cell.
pub(super) fn keyed<O: Operator + 'static>(make: impl Fn(&DomainKeys) -> O + Send + Sync + 'static) -> Start {
    Box::new(move |keys| match keys {
        Some(keys) => Arc::new(make(keys)),
        None => refusing(),
    })
}

/// What stands in for an operator that needs keys and got none.
pub(super) fn refusing() -> Arc<dyn Operator> {
    Arc::new(Keyless)
}

/// Starts an operator that needs no key.
pub(super) fn keyless<O: Operator + 'static>(make: impl Fn() -> O + Send + Sync + 'static) -> Start {
    Box::new(move |_| Arc::new(make()))
}

/// Stands in for a keyed operator that was started without a key: nothing passes.
struct Keyless;

impl Operator for Keyless {
    fn mask(&self, _: &Batch<'_>, _: &mut ColumnBuilder, _: &mut Scratch) -> Result<Tally, CellError> {
        Err(CellError { row: 0, kind: ErrorKind::Key("this operator needs a key".into()) })
    }
}
