//! Policy and schema, and the lock if there is one, become a plan.
//!
//! With a lock the plan is made from the lock's schema alone, whatever part of it an input holds: so a file and a pipe
//! of the same dump are masked alike. What the input has beyond the lock is drift, and an error.

use std::collections::BTreeMap;

use super::check::Context;
use super::lock::Lock;
use super::plan::{Plan, TablePlan, Treatment};
use super::policy::{Policy, Unclassified};
use super::prepare::Preparation;
use super::problem::{Problem, Severity};
use super::propagate::{self, Assigned, Assignment, Origin};
use super::relations::Relations;
use super::resolve::Resolved;
use super::rules::{self, Operators};
use super::statistics::Statistics;
use super::{
    coherence, constraints, dropped, equality, frequency, linkability, partitions, preset, sequences, unique,
};
use crate::mask;
use crate::table::Schema;

impl Plan {
    /// Makes a plan. It always succeeds: what is wrong is in [`Plan::problems`].
    ///
    /// ```
    /// use scrub::plan::{Plan, Policy};
    /// use scrub::table::{Schema, SchemaBuilder, Session};
    /// let mut schema = SchemaBuilder::new();
    /// schema.statement(b"CREATE TABLE public.t (email text)", &Session::default());
    /// let policy = Policy::parse("version = 1\nconstruction = \"v1\"\nproject = \"acme/dev\"\n", "scrub.toml")?;
    /// let plan = Plan::compile(&policy, &schema.finish(), None);
    /// assert_eq!(plan.problems[0].id, "unclassified:public.t.email");
    /// assert!(plan.ready().is_err());
    /// # Ok::<(), scrub::base::Error>(())
    /// ```
    pub fn compile(policy: &Policy, schema: &Schema, lock: Option<&Lock>) -> Self {
        compile(policy, schema, lock, mask::OPERATORS)
    }
}

/// Makes a plan with the operators of a registry.
pub(super) fn compile(policy: &Policy, input: &Schema, lock: Option<&Lock>, operators: &Operators) -> Plan {
    let mut problems = Vec::new();
    let schema = lock.map_or(input, Lock::schema);
    if let Some(lock) = lock {
        problems.extend(lock.check(input));
        problems.extend(lock.check_data());
    }
    rules::check(policy, schema, operators, &mut problems);
    let resolved = Resolved::new(policy, schema, &mut problems);
    let relations = Relations::new(policy, schema, &resolved, &mut problems);
    let assigned = propagate::assign(policy, &resolved, &relations, operators, &mut problems);
    unclassified(policy, &resolved, &assigned, &mut problems);
    let preparation = Preparation {
        policy,
        schema,
        resolved: &resolved,
        relations: &relations,
        assigned: &assigned,
        operators,
    };
    let mut plans = preparation.run(&mut problems);
    let context = Context {
        schema,
        lock,
        resolved: &resolved,
        relations: &relations,
        assigned: &assigned,
        plans: &plans,
    };
    let (keys, verdicts) = unique::check(&context, &mut problems);
    for check in [
        frequency::check,
        partitions::check,
        constraints::check,
        dropped::check,
        sequences::check,
        equality::check,
        linkability::check,
        coherence::check,
    ] {
        check(&context, &mut problems);
    }
    preset::check(policy, &context, &mut problems);
    for ((table, column), verdict) in verdicts {
        if let Treatment::Mask(mask) = &mut plans[table].columns[column].treatment {
            mask.verdict = Some(verdict);
        }
    }
    acknowledge(policy, &mut problems);
    problems.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| a.policy_line.cmp(&b.policy_line)));
    problems.dedup();
    let tables: BTreeMap<_, TablePlan> = plans.into_iter().map(|plan| (plan.name.clone(), plan)).collect();
    Plan {
        problems,
        tables,
        keys,
        sequences: schema.sequences.clone(),
        large_objects: policy.large_objects(),
        policy: policy.clone(),
        schema: Lock::new(schema, &Statistics::default()),
    }
}

/// Columns that nobody named: each is an error where the policy denies them, else one note for each table.
fn unclassified(
    policy: &Policy,
    resolved: &Resolved<'_>,
    assigned: &[Vec<Assigned<'_>>],
    problems: &mut Vec<Problem>,
) {
    let nobody = |assigned: &Assigned<'_>| {
        assigned.origin == Origin::Unclassified || matches!(assigned.assignment, Assignment::Unclassified)
    };
    for (table, columns) in resolved.tables.iter().zip(assigned) {
        let name = table.name;
        let mut passed = Vec::new();
        for (definition, _) in table.table.columns.iter().zip(columns).filter(|(_, own)| nobody(own)) {
            let column = &definition.name;
            // What is said of the parent's column holds for the partition's.
            let repeated = table.ancestors.iter().any(|ancestor| {
                let at = resolved.tables[*ancestor].column(column);
                at.is_some_and(|(at, _)| nobody(&assigned[*ancestor][at]))
            });
            if repeated {
                continue;
            }
            if policy.unclassified != Unclassified::Deny {
                passed.push(column.as_str());
                continue;
            }
            let message = format!("column {name}.{column} is not classified: name its operator, or keep it");
            problems.push(
                Problem::new(Severity::Error, format!("unclassified:{name}.{column}"), message)
                    .in_table(name)
                    .in_column(column),
            );
        }
        if !passed.is_empty() {
            let done = if policy.unclassified == Unclassified::Keep { "kept" } else { "redacted" };
            let message = format!("not classified and {done} in {name}: {}", passed.join(", "));
            problems
                .push(Problem::new(Severity::Info, format!("unclassified:{name}"), message).in_table(name));
        }
    }
}

/// Marks what the policy acknowledges, and complains of acknowledgements of nothing.
fn acknowledge(policy: &Policy, problems: &mut Vec<Problem>) {
    let mut wrong = Vec::new();
    for acknowledgement in &policy.acknowledgements {
        let id = &acknowledgement.id.value;
        let mut found = false;
        for problem in problems.iter_mut().filter(|problem| problem.id == *id) {
            found = true;
            if problem.severity == Severity::Error {
                wrong.push((
                    acknowledgement,
                    "is an error: it cannot be acknowledged, only resolved".to_owned(),
                ));
            } else {
                problem.acknowledged = Some(acknowledgement.reason.clone());
            }
        }
        if !found {
            let ids = problems.iter().map(|problem| problem.id.as_str());
            let hint = crate::base::did_you_mean(id, ids);
            wrong.push((acknowledgement, format!("is no longer there{hint}")));
        }
    }
    for (acknowledgement, what) in wrong {
        let id = &acknowledgement.id.value;
        problems.push(
            Problem::new(Severity::Error, format!("acknowledge:{id}"), format!("\"{id}\" {what}"))
                .at(Some(acknowledgement.id.at)),
        );
    }
}
