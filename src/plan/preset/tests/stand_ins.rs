//! Operators that presets speak of and that are still to come, and one that is not to come: what tests put beside the
//! registry.

use crate::mask::{Class, DefaultDomain, KeyedBy, OperatorInfo, Parameter, ParameterKind, operator};

/// Operators that presets speak of and that are still to come, as far as presets know them.
pub(super) static PENDING: &[OperatorInfo] = &[
    stand_in("age_group", Class::Generalize, &[parameter("top", ParameterKind::Integer)]),
    stand_in("bucket", Class::Generalize, &[]),
    stand_in(
        "mask_chars",
        Class::Suppress,
        &[
            parameter("keep_start", ParameterKind::Integer),
            parameter("keep_end", ParameterKind::Integer),
            parameter("count", ParameterKind::Integer),
        ],
    ),
    stand_in(
        "partial",
        Class::Suppress,
        &[
            parameter("prefix", ParameterKind::Integer),
            parameter("pad", ParameterKind::Text),
            parameter("suffix", ParameterKind::Integer),
            parameter("style", ParameterKind::Text),
        ],
    ),
    stand_in("template", Class::Synthesize, &[parameter("template", ParameterKind::Text)]),
    stand_in("top_bottom", Class::Generalize, &[parameter("max", ParameterKind::Scalar)]),
    stand_in("truncate_date", Class::Generalize, &[parameter("to", ParameterKind::Text)]),
];
/// A pseudonym that anybody can make.
pub(super) static KEYLESS: OperatorInfo = stand_in("keyless", Class::Pseudonymize, &[]);

const fn stand_in(name: &'static str, class: Class, parameters: &'static [Parameter]) -> OperatorInfo {
    OperatorInfo {
        name,
        summary: "",
        class,
        keyed_by: KeyedBy::Nothing,
        domain: DefaultDomain::None,
        entity: "value",
        parameters,
        examples: &[],
        accepts: |_| true,
        prepare: |request| (operator("redact").unwrap().prepare)(request),
    }
}

const fn parameter(name: &'static str, kind: ParameterKind) -> Parameter {
    Parameter { name, summary: "", kind, required: false, of_domain: false }
}
