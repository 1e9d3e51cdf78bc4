//! Checks the policy's rules against the registry of operators: names and kinds of parameters, whatever the column.

use super::policy::{ColumnRule, Policy};
use super::policy_parse::COLUMN;
use super::problem::{Problem, Severity};
use crate::base::did_you_mean;
use crate::mask::OperatorInfo;

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
    if rule.review && rule.operator == "keep" {
        let message = format!(
            "column {column} needs a decision: nothing but keeping it fits, and nobody has said so yet"
        );
        problems.push(Problem::new(Severity::Error, format!("review:{column}"), message).at(Some(rule.at)));
    }
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
        if let Some(expected) = parameter.kind.mismatch(&value.value) {
            let message = format!("parameter \"{name}\" of {} must be {expected}", info.name);
            let id = format!("parameter:{column}.{name}");
            problems.push(Problem::new(Severity::Error, id, message).at(place));
        }
    }
}
