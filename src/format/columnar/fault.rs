//! Errors of the crates that read and write arrays, in our words: theirs may quote data.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};

use arrow_schema::ArrowError;
use parquet::errors::ParquetError;

use crate::base::{Error, ErrorKind, Result};

/// Does something with bytes of the input; a panic on them is an error like any other.
///
/// # Errors
/// Those of `act`.
pub(super) fn guarded<T>(act: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(act)).unwrap_or_else(|_| Err(damaged()))
}

/// The input is not what its format says.
pub(super) fn damaged() -> Error {
    ErrorKind::Syntax("the file is damaged: it does not hold what its format says").into()
}

/// The input ends too early.
pub(super) fn cut_short() -> Error {
    ErrorKind::Truncated("the file is cut short").into()
}

/// What went wrong in the Parquet crate.
pub(super) fn parquet(error: ParquetError) -> Error {
    match error {
        ParquetError::External(inner) => match inner.downcast::<io::Error>() {
            Ok(error) => reading(*error),
            Err(_) => damaged(),
        },
        ParquetError::EOF(_) | ParquetError::NeedMoreData(_) | ParquetError::NeedMoreDataRange(_) => {
            cut_short()
        }
        ParquetError::NYI(_) => {
            ErrorKind::Syntax("the file uses a part of Parquet that is not supported here").into()
        }
        _ => damaged(),
    }
}

/// What went wrong in the Arrow crates.
pub(super) fn arrow(error: ArrowError) -> Error {
    match error {
        ArrowError::IoError(_, error) => reading(error),
        ArrowError::ExternalError(inner) => match inner.downcast::<io::Error>() {
            Ok(error) => reading(*error),
            Err(_) => damaged(),
        },
        ArrowError::NotYetImplemented(_) => {
            ErrorKind::Syntax("the file uses a part of Arrow that is not supported here").into()
        }
        _ => damaged(),
    }
}

/// An error of the system below.
fn reading(error: io::Error) -> Error {
    match (error.raw_os_error(), error.kind()) {
        (None, io::ErrorKind::UnexpectedEof) => cut_short(),
        _ => error.into(),
    }
}
