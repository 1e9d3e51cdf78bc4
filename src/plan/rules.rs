//! Checks the policy's rules against the registry of operators: names and kinds of parameters, whatever the column.

use super::policy::{ColumnRule, Policy};
use super::policy_parse::COLUMN;
use super::problem::{Problem, Severity};
use super::suggest::did_you_mean;
use crate::mask::{OperatorInfo, ParameterKind};

/// The operators that a plan may use.
pub(super) type Operators = [&'static OperatorInfo];

/// The operator that a policy's word stands for; `review` is `redact` until somebody looked.
pub(super) fn operator(name: &str, operators: &Operators) -> Option<&'static OperatorInfo> {
    let name = if name == REVIEW { "redact" } else { name };
    operators.iter().copied().find(|info| info.name == name)
}

/// The word for "nobody has decided yet".
pub(super) const REVIEW: &str = "review";

pub(super) fn check(policy: &Policy, operators: &Operators, problems: &mut Vec<Problem>) {
    for table in &policy.tables {
        for (column, rule) in &table.columns {
            let before = problems.len();
            check_rule(rule, &format!("{}.{column}", table.pattern), operators, problems);
            for problem in &mut problems[before..] {
                problem.table = Some(table.pattern.clone());
                problem.column = Some(column.clone());
            }
        }
    }
}

fn check_rule(rule: &ColumnRule, column: &str, operators: &Operators, problems: &mut Vec<Problem>) {
    if let Some(otherwise) = &rule.otherwise {
        check_rule(otherwise, column, operators, problems);
    }
    let Some(info) = operator(&rule.operator, operators) else {
        let known = operators.iter().map(|info| info.name).chain([REVIEW]);
        let hint = did_you_mean(&rule.operator, known);
        let message = format!("there is no operator \"{}\"{hint}", rule.operator);
        let problem = Problem::new(Severity::Error, format!("unknown-operator:{column}"), message);
        problems.push(problem.at(Some(rule.at)));
        return;
    };
    for (name, value) in &rule.parameters {
        let place = Some(value.at);
        let Some(parameter) = info.parameters.iter().find(|parameter| parameter.name == name) else {
            let known = info.parameters.iter().map(|parameter| parameter.name).chain(COLUMN.iter().copied());
            let message =
                format!("operator {} has no parameter \"{name}\"{}", info.name, did_you_mean(name, known));
            let id = format!("unknown-parameter:{column}.{name}");
            problems.push(Problem::new(Severity::Error, id, message).at(place));
            continue;
        };
        if let Some(expected) = mismatch(parameter.kind, &value.value) {
            let message = format!("parameter \"{name}\" of {} must be {expected}", info.name);
            let id = format!("parameter:{column}.{name}");
            problems.push(Problem::new(Severity::Error, id, message).at(place));
        }
    }
}

/// What a value should have been, if it is not of the kind.
pub(super) fn mismatch(kind: ParameterKind, value: &toml::Value) -> Option<String> {
    let is_text = |value: &toml::Value| value.is_str();
    let (right, expected) = match kind {
        ParameterKind::Text => (is_text(value), "a string".to_owned()),
        ParameterKind::Choice(choices) => {
            let quoted: Vec<String> = choices.iter().map(|choice| format!("\"{choice}\"")).collect();
            (
                value.as_str().is_some_and(|text| choices.contains(&text)),
                format!("one of {}", quoted.join(", ")),
            )
        }
        ParameterKind::Integer => (value.is_integer(), "an integer".to_owned()),
        ParameterKind::Range => {
            let bounds = value.as_array().map(Vec::as_slice);
            let right =
                matches!(bounds, Some([toml::Value::Integer(lo), toml::Value::Integer(hi)]) if lo <= hi);
            (right, "[lo, hi]: two integers, the smaller first".to_owned())
        }
        ParameterKind::Flag => (value.is_bool(), "true or false".to_owned()),
        ParameterKind::Scalar => (is_scalar(value), "a string, number, boolean or date".to_owned()),
        ParameterKind::List => {
            (value.as_array().is_some_and(|list| list.iter().all(is_text)), "a list of strings".to_owned())
        }
        ParameterKind::Number => (value.is_integer() || value.is_float(), "a number".to_owned()),
        ParameterKind::Scalars => {
            (value.as_array().is_some_and(|list| list.iter().all(is_scalar)), "a list of values".to_owned())
        }
        ParameterKind::Entry => (is_entry(value), ENTRY.to_owned()),
        ParameterKind::Entries => (
            value.as_table().is_some_and(|table| table.values().all(is_entry)),
            format!("a table of names, with {ENTRY} for each"),
        ),
        ParameterKind::Table => (
            value.as_table().is_some_and(|table| table.values().all(is_scalar)),
            "a table of names, with a value for each".to_owned(),
        ),
        ParameterKind::Weights => (
            value.as_array().is_some_and(|list| list.iter().all(is_scalar))
                || value.as_table().is_some_and(|table| table.values().all(toml::Value::is_integer)),
            "a list of values, or a table of values with a whole number for each".to_owned(),
        ),
    };
    (!right).then_some(expected)
}

fn is_scalar(value: &toml::Value) -> bool {
    !value.is_array() && !value.is_table()
}

/// An operator's name, or a table that names it.
fn is_entry(value: &toml::Value) -> bool {
    value.is_str() || value.get("op").is_some_and(toml::Value::is_str)
}

const ENTRY: &str = "an operator: its name, or a table with op and its parameters";
