//! Proofs that no row shows a requirement: what the constraints say, taken without any choice of ours.
//!
//! Four kinds: a search over complete regions found nothing; a truth that a condition cannot have, given which columns
//! may be NULL; a key that lies within another; a reference that another foreign key implies.

use std::collections::BTreeSet;

use super::Given;
use super::search::{Found, Problem, Want, demands};
use crate::synth::constraints::{Body, Goal, Need, Requirement, Rules, TableRules, TruthSet};
use crate::synth::expression::{Node, Test, Truth, Value};
use crate::table::Dialect;

/// Why no row can show it, as far as a look at the requirement alone tells.
pub(super) fn quickly(
    table: &TableRules,
    rules: &Rules,
    requirement: &Requirement,
    target: Option<usize>,
    seed: u64,
) -> Option<String> {
    let by_null = match &requirement.goal {
        Goal::Conditions(needs) => impossible_truth(table, needs),
        _ => None,
    };
    by_null
        .or_else(|| contained_key(table, requirement, target))
        .or_else(|| implied_reference(table, rules, requirement, target))
        .or_else(|| match &requirement.goal {
            Goal::Conditions(needs) => {
                let wants = needs.iter().cloned().map(Want::Need).collect();
                nothing(table, &forced(table, needs), wants, seed)
            }
            _ => None,
        })
}

/// The same with all that the table demands.
pub(super) fn infeasible(
    table: &TableRules,
    requirement: &Requirement,
    target: Option<usize>,
    seed: u64,
) -> Option<String> {
    no_region(table, requirement, target, seed)
}

/// The search without parents and other rows: what it cannot find, no data can hold.
fn no_region(
    table: &TableRules,
    requirement: &Requirement,
    target: Option<usize>,
    seed: u64,
) -> Option<String> {
    let skip: Vec<usize> = if requirement.active || target.is_none() {
        target.into_iter().collect()
    } else {
        (0..table.constraints.len()).collect()
    };
    let mut fixed = match &requirement.goal {
        Goal::Conditions(needs) => forced(table, needs),
        _ => vec![None; table.columns.len()],
    };
    let all = demands(table, &[], &skip);
    let mut wants = Vec::new();
    match &requirement.goal {
        Goal::Null(at, true) => fixed[*at] = Some(None),
        Goal::Null(at, false) => wants.push(Want::NotNull(*at)),
        Goal::Conditions(needs) => wants.extend(needs.iter().cloned().map(Want::Need)),
        Goal::Key { null: Some(element), constraint, .. } => {
            let Body::Key(key) = &table.constraints[*constraint].body else { return None };
            fixed[*key.elements[*element].0.columns().first()?] = Some(None);
        }
        Goal::Reference { null: Some(element), constraint, .. } => {
            fixed[table.constraints[*constraint].columns[*element]] = Some(None);
        }
        _ => {}
    }
    // One other condition is often enough, and leaves more columns whose regions are known.
    for other in &all {
        let mut pair = wants.clone();
        pair.push(other.clone());
        if let Some(proof) = nothing(table, &fixed, pair, seed) {
            return Some(proof);
        }
    }
    wants.extend(all);
    nothing(table, &fixed, wants, seed)
}

/// Whether it is proved that a table accepts the same rows with another condition, or none, in the CHECK at that place.
pub(in crate::synth) fn never_differ(table: &TableRules, at: usize, other: Option<&Node>) -> bool {
    let Body::Check(Some(own)) = &table.constraints[at].body else { return false };
    let sides = [(other, Some(own)), (Some(own), other)];
    sides.into_iter().all(|(accepted, rejected)| {
        let Some(rejected) = rejected else { return true };
        let rejected = Need { node: rejected.clone(), allowed: TruthSet::FALSE };
        let fixed = forced(table, std::slice::from_ref(&rejected));
        let mut pair = vec![Want::Need(rejected)];
        if let Some(accepted) = accepted {
            pair.push(Want::Need(Need { node: accepted.clone(), allowed: TruthSet::ACCEPTED }));
        }
        let others = demands(table, &[], &[at]);
        nothing(table, &fixed, pair.clone(), 1).is_some()
            || others.iter().any(|other| {
                let mut three = pair.clone();
                three.push(other.clone());
                nothing(table, &fixed, three, 1).is_some()
            })
    })
}

/// The cells that conditions leave no choice but NULL.
fn forced(table: &TableRules, needs: &[Need]) -> Vec<Given> {
    let mut fixed = vec![None; table.columns.len()];
    let mut open: Vec<(&Node, TruthSet)> = needs.iter().map(|need| (&need.node, need.allowed)).collect();
    while let Some((node, allowed)) = open.pop() {
        match node {
            Node::And(list) if allowed == TruthSet::TRUE => {
                open.extend(list.iter().map(|part| (part, allowed)));
            }
            Node::Or(list) if allowed == TruthSet::FALSE => {
                open.extend(list.iter().map(|part| (part, allowed)));
            }
            Node::Not(inner) if allowed == TruthSet::TRUE => open.push((inner, TruthSet::FALSE)),
            Node::Not(inner) if allowed == TruthSet::FALSE => open.push((inner, TruthSet::TRUE)),
            Node::Is(inner, Test::Null) if allowed == TruthSet::TRUE => {
                if let Node::Column(at) = &**inner {
                    fixed[*at] = Some(None);
                }
            }
            _ => {}
        }
    }
    fixed
}

/// The proof that a search finds nothing.
fn nothing(table: &TableRules, fixed: &[Given], wants: Vec<Want<'_>>, seed: u64) -> Option<String> {
    let problem = Problem {
        table,
        fixed: fixed.to_vec(),
        prefer_null: BTreeSet::new(),
        wants,
        avoid: Vec::new(),
        seed,
        repairs: false,
    };
    match problem.solve() {
        Found::Nothing { columns, tried } => {
            let names: Vec<&str> = columns.iter().map(|at| table.columns[*at].name.as_str()).collect();
            if names.is_empty() {
                return Some("the cells that have to be NULL break another condition".into());
            }
            Some(format!(
                "no values of {} meet the conditions: one of each region between their constants was tried \
                 ({tried} combinations)",
                names.join(", ")
            ))
        }
        _ => None,
    }
}

/// Conditions that cannot have the truths that are asked for, whichever of their columns are NULL and whatever the
/// others hold.
fn impossible_truth(table: &TableRules, needs: &[Need]) -> Option<String> {
    let mut columns: Vec<usize> = needs.iter().flat_map(|need| need.node.columns()).collect();
    columns.sort_unstable();
    columns.dedup();
    let open: Vec<usize> = columns
        .iter()
        .copied()
        .filter(|at| table.is_nullable(*at) || table.columns[*at].numbered || table.columns[*at].generated)
        .collect();
    if open.len() > 8 {
        return None;
    }
    for pattern in 0..1_u32 << open.len() {
        let nulls = open.iter().enumerate().filter(|(bit, _)| pattern >> bit & 1 == 1).map(|(_, at)| *at);
        let nulls = Nulls { table, columns: nulls.collect() };
        if needs.iter().all(|need| nulls.possible(&need.node).meets(need.allowed)) {
            return None;
        }
    }
    let names: Vec<&str> = columns.iter().map(|at| table.columns[*at].name.as_str()).collect();
    let truths: Vec<&str> = needs
        .first()?
        .allowed
        .members()
        .map(|truth| match truth {
            Truth::True => "true",
            Truth::False => "false",
            _ => "NULL",
        })
        .collect();
    Some(format!(
        "the condition over {} is never {} where it decides: whichever of the columns are NULL",
        names.join(", "),
        truths.join(" or ")
    ))
}

/// A table's row of which it is known which columns are NULL; all others have values.
struct Nulls<'t> {
    table: &'t TableRules,
    columns: BTreeSet<usize>,
}

impl Nulls<'_> {
    /// The truths that a condition may have: too many rather than too few.
    fn possible(&self, node: &Node) -> TruthSet {
        let both = TruthSet::TRUE.or(TruthSet::FALSE);
        match node {
            Node::And(list) => self.combine(list, TruthSet::FALSE, TruthSet::TRUE),
            Node::Or(list) => self.combine(list, TruthSet::TRUE, TruthSet::FALSE),
            Node::Not(inner) => {
                let turned = self.possible(inner).members().map(|truth| TruthSet::of(truth.negate()));
                turned.reduce(TruthSet::or).unwrap_or(both.or(TruthSet::NULL))
            }
            Node::Is(inner, Test::Null) => match (self.is_null(inner), self.has_value(inner)) {
                (true, _) => TruthSet::TRUE,
                (_, true) => TruthSet::FALSE,
                _ => both,
            },
            Node::Is(..) | Node::Distinct(..) => both,
            Node::Constant(Value::Boolean(true)) => TruthSet::TRUE,
            Node::Constant(Value::Boolean(false)) => TruthSet::FALSE,
            Node::Constant(Value::Integer(number)) if *number != 0 => TruthSet::TRUE,
            Node::Constant(Value::Integer(_)) => TruthSet::FALSE,
            Node::Case(arms, Some(rest)) => {
                arms.iter().fold(self.possible(rest), |set, (_, then)| set.or(self.possible(then)))
            }
            other if self.is_null(other) => TruthSet::NULL,
            other if self.has_value(other) => both,
            _ => both.or(TruthSet::NULL),
        }
    }

    /// AND (or OR) of a list, where `one` decides it and `all` is needed of every part.
    fn combine(&self, list: &[Node], one: TruthSet, all: TruthSet) -> TruthSet {
        let parts: Vec<TruthSet> = list.iter().map(|part| self.possible(part)).collect();
        let either = all.or(TruthSet::NULL);
        let found = [
            (parts.iter().any(|part| part.meets(one)), one),
            (parts.iter().all(|part| part.meets(all)), all),
            (
                parts.iter().any(|part| part.meets(TruthSet::NULL))
                    && parts.iter().all(|part| part.meets(either)),
                TruthSet::NULL,
            ),
        ];
        let found = found.into_iter().filter(|(possible, _)| *possible).map(|(_, truth)| truth);
        found.reduce(TruthSet::or).unwrap_or(one)
    }

    /// Whether an expression is surely NULL.
    fn is_null(&self, node: &Node) -> bool {
        match node {
            Node::Column(at) => self.columns.contains(at) && !self.table.columns[*at].generated,
            Node::Constant(value) => value.is_null(),
            Node::Compare(a, _, b) | Node::Arithmetic(a, _, b) => self.is_null(a) || self.is_null(b),
            Node::In(inner, list) => self.is_null(inner) && !list.is_empty(),
            Node::Matches(inner, _) | Node::Cast(inner, _) | Node::Negate(inner) => self.is_null(inner),
            Node::Call(name, arguments) => match name.as_str() {
                "coalesce" | "ifnull" => arguments.iter().all(|argument| self.is_null(argument)),
                name if PLAIN.contains(&name) => arguments.iter().any(|argument| self.is_null(argument)),
                _ => false,
            },
            _ => false,
        }
    }

    /// Whether an expression surely has a value.
    fn has_value(&self, node: &Node) -> bool {
        let all = || node.children().into_iter().all(|child| self.has_value(child));
        match node {
            Node::Column(at) => {
                !self.columns.contains(at)
                    && !self.table.columns[*at].generated
                    && !self.table.columns[*at].numbered
            }
            Node::Constant(value) => !value.is_null(),
            Node::Compare(..)
            | Node::In(..)
            | Node::Quantified(..)
            | Node::Between(..)
            | Node::Matches(..) => all(),
            Node::Cast(..) | Node::Negate(_) => all(),
            Node::Arithmetic(_, operator, divisor) => {
                use crate::synth::expression::Operator::{Divide, DivideWhole, Remainder};
                let zero = match divisor.bare() {
                    // A division by 0 is an error in PostgreSQL, and NULL elsewhere.
                    Node::Constant(Value::Integer(number)) => *number == 0,
                    _ => self.table.dialect != Dialect::Postgres,
                };
                all() && !(zero && matches!(operator, Divide | DivideWhole | Remainder))
            }
            Node::Call(name, arguments) => match name.as_str() {
                "coalesce" | "ifnull" => arguments.iter().any(|argument| self.has_value(argument)),
                "num_nonnulls" | "num_nulls" | "typeof" => true,
                name if PLAIN.contains(&name) => all(),
                _ => false,
            },
            Node::And(_) | Node::Or(_) | Node::Not(_) | Node::Is(..) | Node::Distinct(..) => {
                !self.possible(node).meets(TruthSet::NULL)
            }
            Node::Case(arms, Some(rest)) => {
                self.has_value(rest) && arms.iter().all(|(_, then)| self.has_value(then))
            }
            Node::Case(..) | Node::List(_) | Node::Opaque(_) => false,
        }
    }
}

/// Functions that are NULL exactly when an argument is.
const PLAIN: [&str; 15] = [
    "length",
    "char_length",
    "character_length",
    "octet_length",
    "lower",
    "upper",
    "trim",
    "btrim",
    "ltrim",
    "rtrim",
    "abs",
    "round",
    "floor",
    "ceil",
    "ceiling",
];

/// A key that has to hold lies within the columns that have to be the same.
fn contained_key(table: &TableRules, requirement: &Requirement, target: Option<usize>) -> Option<String> {
    if target.is_some() && !requirement.active {
        return None;
    }
    let same: Vec<usize> = match &requirement.goal {
        Goal::Key { constraint, same, .. } => {
            let Body::Key(key) = &table.constraints[*constraint].body else { return None };
            same.iter().flat_map(|element| key.elements[*element].0.columns()).collect()
        }
        Goal::Repeated(at, true) => vec![*at],
        _ => return None,
    };
    let found = table.constraints.iter().enumerate().find(|(at, constraint)| match &constraint.body {
        Body::Key(key) => {
            Some(*at) != target
                && key.read
                && key.condition.is_none()
                && key.elements.iter().all(|(node, operator)| {
                    operator == "=" && node.columns().iter().all(|column| same.contains(column))
                })
        }
        _ => false,
    });
    found.map(|(_, constraint)| format!("the same values would break {} as well", constraint.id))
}

/// Another foreign key, or the row itself, sees to it that the value is there.
fn implied_reference(
    table: &TableRules,
    rules: &Rules,
    requirement: &Requirement,
    target: Option<usize>,
) -> Option<String> {
    let Goal::Reference { constraint, .. } = &requirement.goal else { return None };
    if target != Some(*constraint) {
        return None;
    }
    let Body::ForeignKey(reference) = &table.constraints[*constraint].body else { return None };
    let columns = &table.constraints[*constraint].columns;
    if reference.to == table.name && &reference.to_columns == columns {
        return Some("each row refers to itself".into());
    }
    if !requirement.active {
        return None;
    }
    // Where the values of these columns must be, by other foreign keys.
    let mut seen = vec![(table.name.clone(), columns.clone())];
    let mut at = 0;
    while let Some((name, columns)) = seen.get(at).cloned() {
        at += 1;
        let Some(own) = rules.table(&name) else { continue };
        for (number, other) in own.constraints.iter().enumerate() {
            let Body::ForeignKey(to) = &other.body else { continue };
            if (name == table.name && number == *constraint)
                || columns.iter().any(|column| own.is_nullable(*column) && name != table.name)
            {
                continue;
            }
            let places: Option<Vec<usize>> = columns
                .iter()
                .map(|column| other.columns.iter().position(|own| own == column).map(|at| to.to_columns[at]))
                .collect();
            let Some(places) = places else { continue };
            if to.to == reference.to && places == reference.to_columns {
                return Some(format!("{} sees to it that the value is there", other.id));
            }
            if !seen.contains(&(to.to.clone(), places.clone())) {
                seen.push((to.to.clone(), places));
            }
        }
    }
    None
}
