//! Cells outside an operator's domain (`n/a` in an email column): tagged, redacted, or the end of the run.
//!
//! [`Invalid`] is settled when the plan is compiled, [`Rejector`] works on batches. A tag is the letter `x` and the
//! base32 of a CMAC tag under purpose `invalid` and spec `text:BITS:base32:EQUALITY` over the cell's canonical text;
//! BITS is 80, or as many as the narrowest column holds. No valid output of any operator looks like that: emails
//! have an `@`, numbers, cards, national ids and IBANs end in digits or begin with other letters, UUIDs have no `x`.

use super::{CellError, Equality, OnInvalid, Refusal, Request, Uniqueness, rows, tag, typed};
use crate::base::{DomainKeys, ErrorKind, Messages, Prf, canonical, sketch};

/// Most bits of a tag for an invalid cell.
const BITS: u32 = 80;
/// The narrowest column that such tags are written into.
const NARROWEST: u32 = 4;

/// What happens to the cells of a column that are outside the operator's domain.
#[derive(Clone, Debug)]
pub(super) struct Invalid {
    entity: &'static str,
    treatment: Treatment,
}

#[derive(Clone, Debug)]
enum Treatment {
    Tag { bits: u32, equality: Equality },
    Redact(Vec<u8>),
    Error,
}

impl Invalid {
    /// Checks the column's `on_invalid` against its type, width and keys.
    pub(super) fn prepare(request: &Request<'_>, entity: &'static str) -> Result<Self, Refusal> {
        let treatment = match request.on_invalid {
            OnInvalid::Error => Treatment::Error,
            OnInvalid::Redact if request.unique => {
                return Err(Refusal(format!(
                    "on_invalid = \"redact\" gives every cell that is not a valid {entity} the same value, and the \
                     column must stay unique; use \"tag\" or \"error\""
                )));
            }
            OnInvalid::Redact => Treatment::Redact(typed::redacted(request.sql_type, request.room())?),
            OnInvalid::Tag if !request.sql_type.is_text() => {
                return Err(Refusal(
                    "on_invalid = \"tag\" writes text, which the column's type does not hold; use \"redact\" or \"error\"".into(),
                ));
            }
            OnInvalid::Tag => {
                let room = request.room().unwrap_or(u32::MAX);
                if room < NARROWEST {
                    return Err(Refusal(format!(
                        "on_invalid = \"tag\" needs {NARROWEST} characters, and {room} fit; use \"redact\" or \"error\""
                    )));
                }
                Treatment::Tag { bits: BITS.min((room - 1).saturating_mul(5)), equality: request.equality }
            }
        };
        Ok(Self { entity, treatment })
    }

    /// The same for an operator without a key, which cannot make tags: what others tag, it redacts. Its output is not
    /// unique anyway.
    pub(super) fn keyless(request: &Request<'_>, entity: &'static str) -> Result<Self, Refusal> {
        let treatment = match request.on_invalid {
            OnInvalid::Error => Treatment::Error,
            OnInvalid::Redact | OnInvalid::Tag => {
                Treatment::Redact(typed::redacted(request.sql_type, request.room())?)
            }
        };
        Ok(Self { entity, treatment })
    }

    /// The operator's verdict, no better than that of the tags that stand beside its own output.
    pub(super) fn weaken(&self, uniqueness: Uniqueness) -> Uniqueness {
        match (&self.treatment, uniqueness) {
            (Treatment::Tag { bits, .. }, Uniqueness::Proven) => {
                Uniqueness::Bounded { bits: f64::from(*bits) }
            }
            (Treatment::Tag { bits, .. }, Uniqueness::Bounded { bits: own }) => {
                Uniqueness::Bounded { bits: own.min(f64::from(*bits)) }
            }
            (Treatment::Redact(_), _) => Uniqueness::No,
            (_, uniqueness) => uniqueness,
        }
    }

    /// Characters of the longest replacement.
    pub(super) fn width(&self) -> u32 {
        match &self.treatment {
            Treatment::Tag { bits, .. } => 1 + bits / 5,
            Treatment::Redact(value) => value.len() as u32,
            Treatment::Error => 0,
        }
    }

    /// The spec of the tags, where there are any.
    pub(super) fn spec(&self) -> Option<String> {
        match &self.treatment {
            Treatment::Tag { bits, equality } => Some(format!("text:{bits}:base32:{}", equality.as_str())),
            _ => None,
        }
    }

    /// Takes the key.
    pub(super) fn start(&self, keys: &DomainKeys) -> Rejector {
        self.rejector(Some(keys)).expect("keys are all that a rejector can lack")
    }

    /// Takes the key, if there is one; `None` where tags need it.
    pub(super) fn rejector(&self, keys: Option<&DomainKeys>) -> Option<Rejector> {
        let replacement = match &self.treatment {
            Treatment::Tag { bits, equality } => Replacement::Tag {
                prf: Box::new(keys?.prf("invalid", &format!("text:{bits}:base32:{}", equality.as_str()))),
                characters: *bits as usize / 5,
                equality: *equality,
            },
            Treatment::Redact(value) => Replacement::Value(value.clone()),
            Treatment::Error => Replacement::None,
        };
        Some(Rejector { entity: self.entity, replacement })
    }

    /// Starts where there is no key: after [`Invalid::keyless`].
    pub(super) fn start_keyless(&self) -> Rejector {
        let replacement = match &self.treatment {
            Treatment::Redact(value) => Replacement::Value(value.clone()),
            Treatment::Tag { .. } | Treatment::Error => Replacement::None,
        };
        Rejector { entity: self.entity, replacement }
    }
}

/// An [`Invalid`] at work.
pub(super) struct Rejector {
    entity: &'static str,
    replacement: Replacement,
}

enum Replacement {
    Tag { prf: Box<Prf>, characters: usize, equality: Equality },
    Value(Vec<u8>),
    None,
}

impl Rejector {
    /// Takes a cell that is outside the domain.
    #[cold]
    pub(super) fn reject(&self, row: usize, value: &[u8], rejected: &mut Rejected) -> Result<(), CellError> {
        match &self.replacement {
            Replacement::Tag { equality, .. } => {
                rejected.messages.push(canonical::text(rows::text(row, value)?, *equality).as_bytes());
            }
            Replacement::Value(_) => {}
            Replacement::None => {
                return Err(CellError {
                    row,
                    kind: ErrorKind::Invalid { entity: self.entity, sketch: sketch(value) },
                });
            }
        }
        rejected.rows.push(row as u32);
        Ok(())
    }

    /// Makes the replacements of all cells taken so far.
    pub(super) fn finish(&self, rejected: &mut Rejected) {
        if let Replacement::Tag { prf, .. } = &self.replacement {
            prf.tags(&rejected.messages, &mut rejected.tags);
        }
    }

    /// Appends the replacement of the cell taken as number `index`.
    pub(super) fn write(&self, rejected: &Rejected, index: usize, out: &mut Vec<u8>) {
        match &self.replacement {
            Replacement::Tag { characters, .. } => {
                out.push(b'x');
                tag::write(&rejected.tags[index], *characters, out);
            }
            Replacement::Value(value) => out.extend_from_slice(value),
            Replacement::None => {}
        }
    }
}

/// Buffers for the cells of a block that are outside the operator's domain.
#[derive(Default)]
pub struct Rejected {
    rows: Vec<u32>,
    messages: Messages,
    tags: Vec<[u8; 16]>,
}

impl Rejected {
    /// Forgets all cells and keeps the memory.
    pub(super) fn clear(&mut self) {
        self.rows.clear();
        self.messages.clear();
        self.tags.clear();
    }

    /// The rows of all cells.
    pub(super) fn rows(&self) -> &[u32] {
        &self.rows
    }

    /// Says that these were the rows, for whoever looks at them next.
    pub(super) fn set_rows(&mut self, rows: &[u32]) {
        self.clear();
        self.rows.extend_from_slice(rows);
    }

    /// The row of cell number `index`.
    #[inline]
    pub(super) fn row(&self, index: usize) -> Option<usize> {
        self.rows.get(index).map(|row| *row as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::super::examples::request;
    use super::*;
    use crate::table::SqlType;

    fn refusal(on_invalid: OnInvalid, sql_type: &SqlType, unique: bool) -> String {
        let none = std::collections::BTreeMap::new();
        let mut request = request(&none, sql_type);
        request.on_invalid = on_invalid;
        request.unique = unique;
        Invalid::prepare(&request, "email").map_or_else(|refusal| refusal.0, |_| String::new())
    }

    fn text(width: u32) -> SqlType {
        SqlType::Text { width: Some(width), padded: false, case_insensitive: false }
    }

    #[test]
    fn tags_need_text_of_four_characters() {
        assert_eq!(refusal(OnInvalid::Tag, &text(4), true), "");
        assert!(refusal(OnInvalid::Tag, &text(3), false).contains("3 fit"));
        assert!(refusal(OnInvalid::Tag, &SqlType::Uuid, false).contains("does not hold"));
    }

    #[test]
    fn redaction_is_refused_where_values_must_stay_unique() {
        assert!(refusal(OnInvalid::Redact, &SqlType::TEXT, true).contains("must stay unique"));
        assert_eq!(refusal(OnInvalid::Redact, &SqlType::TEXT, false), "");
    }

    #[test]
    fn a_proven_verdict_becomes_that_of_the_tags() {
        let none = std::collections::BTreeMap::new();
        let narrow = text(10);
        let mut request = request(&none, &narrow);
        let weak =
            |request: &Request<'_>| Invalid::prepare(request, "id").unwrap().weaken(Uniqueness::Proven);
        assert_eq!(weak(&request), Uniqueness::Bounded { bits: 45.0 });
        request.on_invalid = OnInvalid::Error;
        assert_eq!(weak(&request), Uniqueness::Proven);
    }
}
