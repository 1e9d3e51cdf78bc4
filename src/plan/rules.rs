//! Checks the policy's rules against the registry of operators: names and kinds of parameters, whatever the column.

use super::names::closeness;
use super::policy::{ColumnRule, Policy};
use super::policy_parse::COLUMN;
use super::problem::{Problem, Severity};
use crate::base::did_you_mean;
use crate::mask::OperatorInfo;
use crate::table::{Schema, SqlType};

/// The operators that a plan may use.
pub(super) type Operators = [&'static OperatorInfo];

/// The operator that a policy's word stands for; `review` is `redact` until somebody looked.
pub(super) fn operator(name: &str, operators: &Operators) -> Option<&'static OperatorInfo> {
    let name = if name == REVIEW { "redact" } else { name };
    operators.iter().copied().find(|info| info.name == name)
}

/// The word for "nobody has decided yet".
pub(super) const REVIEW: &str = "review";

pub(super) fn check(policy: &Policy, schema: &Schema, operators: &Operators, problems: &mut Vec<Problem>) {
    for table in &policy.tables {
        for (column, rule) in &table.columns {
            let before = problems.len();
            check_rule(rule, &format!("{}.{column}", table.pattern), operators, problems);
            if rule.review && rule.operator == "keep" {
                let tables =
                    schema.tables.iter().filter(|(name, _)| closeness(&table.pattern, name).is_some());
                let types =
                    tables.filter_map(|(_, table)| table.column(column)).map(|column| &column.sql_type);
                problems.push(kept_for_review(&format!("{}.{column}", table.pattern), types, rule));
            }
            for problem in &mut problems[before..] {
                problem.table = Some(table.pattern.clone());
                problem.column = Some(column.clone());
            }
        }
    }
}

/// A column that is kept until somebody decides keeps `mask` from running; but codes of up to three characters, which no
/// operator could keep apart in a key, say too little for that.
fn kept_for_review<'a>(column: &str, types: impl Iterator<Item = &'a SqlType>, rule: &ColumnRule) -> Problem {
    let mut known = false;
    let codes = types.inspect(|_| known = true).all(is_code);
    let (severity, what) = if known && codes {
        (
            Severity::Review,
            "it is kept until somebody decides, because no operator keeps so few characters apart",
        )
    } else {
        (Severity::Error, "nothing but keeping it fits, and nobody has said so yet")
    };
    let message = format!("column {column} needs a decision: {what}");
    Problem::new(severity, format!("review:{column}"), message).at(Some(rule.at))
}

/// Whether values of the type are codes of up to three characters.
pub(super) fn is_code(sql_type: &SqlType) -> bool {
    sql_type.is_text() && sql_type.width().is_some_and(|width| width <= 3)
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
        if let Some(expected) = parameter.kind.mismatch(&value.value) {
            let message = format!("parameter \"{name}\" of {} must be {expected}", info.name);
            let id = format!("parameter:{column}.{name}");
            problems.push(Problem::new(Severity::Error, id, message).at(place));
        }
    }
}
