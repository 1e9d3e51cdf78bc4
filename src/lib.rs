//! Turns production dumps into safe, realistic, restorable test data.

pub mod base;
pub mod format;
pub mod mask;
pub mod pipeline;
pub mod plan;
pub mod table;
