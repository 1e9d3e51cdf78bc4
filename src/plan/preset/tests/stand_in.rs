//! An operator that is not in the registry: what tests put beside it.

use crate::mask::{Class, DefaultDomain, KeyedBy, OperatorInfo, operator};

/// A pseudonym that anybody can make.
pub(super) static KEYLESS: OperatorInfo = OperatorInfo {
    name: "keyless",
    summary: "",
    class: Class::Pseudonymize,
    keyed_by: KeyedBy::Nothing,
    domain: DefaultDomain::None,
    entity: "value",
    parameters: &[],
    examples: &[],
    accepts: |_| true,
    prepare: |request| (operator("redact").unwrap().prepare)(request),
};
