//! Small policies against small schemas: which problems come out.

use super::*;
use crate::table::{Schema, SchemaBuilder, Session, TableName};

const HEAD: &str = "version = 1\nconstruction = \"v1\"\nproject = \"acme/dev\"\n";

pub(super) fn schema(ddl: &str) -> Schema {
    let mut builder = SchemaBuilder::new();
    for statement in ddl.split(';').map(str::trim).filter(|statement| !statement.is_empty()) {
        builder.statement(statement.as_bytes(), &Session::default());
    }
    builder.finish()
}

fn policy(text: &str) -> Policy {
    Policy::parse(&format!("{HEAD}{text}"), "scrub.toml").unwrap()
}

fn plan(ddl: &str, text: &str) -> Plan {
    Plan::compile(&policy(text), &schema(ddl), None)
}

/// Ids of what is at least so bad, in order.
fn ids_from(plan: &Plan, severity: Severity) -> Vec<&str> {
    let bad =
        plan.problems.iter().filter(|problem| problem.severity >= severity && problem.acknowledged.is_none());
    bad.map(|problem| problem.id.as_str()).collect()
}

fn errors(ddl: &str, text: &str) -> Vec<String> {
    ids_from(&plan(ddl, text), Severity::Error).into_iter().map(str::to_owned).collect()
}

fn reviews(ddl: &str, text: &str) -> Vec<String> {
    ids_from(&plan(ddl, text), Severity::Review).into_iter().map(str::to_owned).collect()
}

fn warnings(ddl: &str, text: &str) -> Vec<String> {
    ids_from(&plan(ddl, text), Severity::Warning).into_iter().map(str::to_owned).collect()
}

fn message(plan: &Plan, id: &str) -> String {
    plan.problems
        .iter()
        .find(|problem| problem.id == id)
        .map(|problem| problem.message.clone())
        .unwrap_or_default()
}

fn mask<'p>(plan: &'p Plan, table: &str, column: &str) -> &'p MaskPlan {
    let table = plan.table(&TableName::new("public", table)).unwrap();
    match &table.column(column).unwrap().treatment {
        Treatment::Mask(mask) => mask,
        _ => panic!("{column} is not masked: {:?}", plan.problems),
    }
}

fn none() -> Vec<String> {
    Vec::new()
}

mod acknowledgements;
mod classification;
mod conditions;
mod domains;
mod dropped_rows;
mod equality;
mod foreign_keys;
mod keys;
mod partitions;
mod parts;
mod promises;
mod rules;
mod subjects;
mod values;
mod whole;
