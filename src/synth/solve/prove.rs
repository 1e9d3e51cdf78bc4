//! Proofs that no row shows a requirement: what the constraints say, taken without any choice of ours.
//!
//! Four kinds: a search over complete regions found nothing; a truth that a condition cannot have, given which columns
//! may be NULL; a key that lies within another; a reference that another foreign key implies.

use std::collections::BTreeSet;

use super::search::{Found, Problem, Want, demands};
use crate::synth::constraints::{Body, Goal, Need, Requirement, Rules, TableRules, TruthSet};
use crate::synth::expression::{Node, Test, Value};

/// Why no row can show it; none where that is not proved.
pub(super) fn infeasible(
    table: &TableRules,
    rules: &Rules,
    requirement: &Requirement,
    target: Option<usize>,
    seed: u64,
) -> Option<String> {
    let by_null = match &requirement.goal {
        Goal::Conditions(needs) => needs.iter().find_map(|need| impossible_truth(table, need)),
        _ => None,
    };
    by_null
        .or_else(|| contained_key(table, requirement, target))
        .or_else(|| implied_reference(table, rules, requirement, target))
        .or_else(|| no_region(table, requirement, target, seed))
}

/// The search without parents and other rows: what it cannot find, no data can hold.
fn no_region(table: &TableRules, requirement: &Requirement, target: Option<usize>, seed: u64) -> Option<String> {
    let skip: Vec<usize> = if requirement.active || target.is_none() {
        target.into_iter().collect()
    } else {
        (0..table.constraints.len()).collect()
    };
    let mut fixed = vec![None; table.columns.len()];
    let mut wants = demands(table, &[], &skip);
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
    let problem = Problem { table, fixed, prefer_null: BTreeSet::new(), wants, seed };
    match problem.solve() {
        Found::Nothing { columns, tried } => {
            let names: Vec<&str> = columns.iter().map(|at| table.columns[*at].name.as_str()).collect();
            Some(format!(
                "no values of {} meet the conditions: one of each region between their constants was tried \
                 ({tried} combinations)",
                names.join(", ")
            ))
        }
        _ => None,
    }
}

/// A condition that cannot have any of the truths that are asked for, whatever the columns hold.
fn impossible_truth(table: &TableRules, need: &Need) -> Option<String> {
    let possible = possible(table, &need.node);
    (!possible.meets(need.allowed)).then(|| {
        let columns = need.node.columns();
        let names: Vec<&str> = columns.iter().map(|at| table.columns[*at].name.as_str()).collect();
        let truths: Vec<&str> = need
            .allowed
            .members()
            .map(|truth| match truth {
                crate::synth::Truth::True => "true",
                crate::synth::Truth::False => "false",
                _ => "NULL",
            })
            .collect();
        format!("a condition over {} is never {}: no column in it makes it so", names.join(", "), truths.join(" or "))
    })
}

/// The truths that a condition may have: too many rather than too few.
fn possible(table: &TableRules, node: &Node) -> TruthSet {
    let both = TruthSet::TRUE.or(TruthSet::FALSE);
    match node {
        Node::And(list) => combine(table, list, TruthSet::FALSE, TruthSet::TRUE),
        Node::Or(list) => combine(table, list, TruthSet::TRUE, TruthSet::FALSE),
        Node::Not(inner) => {
            let inner = possible(table, inner);
            let mut turned = TruthSet::NULL;
            if !inner.meets(TruthSet::NULL) {
                turned = both;
            }
            let mut out: Option<TruthSet> = None;
            for truth in inner.members() {
                let own = TruthSet::of(truth.negate());
                out = Some(out.map_or(own, |out| out.or(own)));
            }
            out.unwrap_or(turned)
        }
        Node::Is(inner, Test::Null) => match &**inner {
            Node::Column(at) if !table.is_nullable(*at) && !table.columns[*at].numbered => TruthSet::FALSE,
            _ => both,
        },
        Node::Is(..) | Node::Distinct(..) => both,
        Node::Constant(Value::Null) => TruthSet::NULL,
        Node::Constant(Value::Boolean(true)) => TruthSet::TRUE,
        Node::Constant(Value::Boolean(false)) => TruthSet::FALSE,
        other if never_null(table, other) => both,
        _ => both.or(TruthSet::NULL),
    }
}

/// AND (or OR) of a list, where `one` decides it and `all` is needed of every part.
fn combine(table: &TableRules, list: &[Node], one: TruthSet, all: TruthSet) -> TruthSet {
    let parts: Vec<TruthSet> = list.iter().map(|part| possible(table, part)).collect();
    let mut out: Option<TruthSet> = None;
    let mut add = |set: TruthSet| out = Some(out.map_or(set, |out| out.or(set)));
    if parts.iter().any(|part| part.meets(one)) {
        add(one);
    }
    if parts.iter().all(|part| part.meets(all)) {
        add(all);
    }
    if parts.iter().any(|part| part.meets(TruthSet::NULL)) && parts.iter().all(|part| part.meets(all.or(TruthSet::NULL))) {
        add(TruthSet::NULL);
    }
    out.unwrap_or(one)
}

/// Whether an expression has a value whenever the columns that must have one do.
fn never_null(table: &TableRules, node: &Node) -> bool {
    let all = || node.children().into_iter().all(|child| never_null(table, child));
    match node {
        Node::Column(at) => !table.is_nullable(*at) && !table.columns[*at].generated && !table.columns[*at].numbered,
        Node::Constant(value) => !value.is_null(),
        Node::Compare(..) | Node::In(..) | Node::Quantified(..) | Node::Between(..) | Node::Matches(..) => all(),
        Node::Cast(..) | Node::Negate(_) => all(),
        Node::Arithmetic(_, operator, _) => {
            use crate::synth::expression::Operator::{Divide, DivideWhole, Remainder};
            all() && !matches!(operator, Divide | DivideWhole | Remainder)
        }
        Node::Call(name, arguments) => match name.as_str() {
            "coalesce" | "ifnull" => arguments.iter().any(|argument| never_null(table, argument)),
            "length" | "char_length" | "character_length" | "octet_length" | "lower" | "upper" | "trim" | "btrim"
            | "ltrim" | "rtrim" | "abs" | "round" | "floor" | "ceil" | "ceiling" => all(),
            _ => false,
        },
        Node::And(_) | Node::Or(_) | Node::Not(_) | Node::Is(..) | Node::Distinct(..) => {
            !possible(table, node).meets(TruthSet::NULL)
        }
        Node::Case(..) | Node::List(_) | Node::Opaque(_) => false,
    }
}

/// A key that has to hold lies within the columns that have to be the same.
fn contained_key(table: &TableRules, requirement: &Requirement, target: Option<usize>) -> Option<String> {
    if target.is_some() && !requirement.active {
        return None;
    }
    let same: Vec<usize> = match &requirement.goal {
        Goal::Key { constraint, same, .. } => {
            let Body::Key(key) = &table.constraints[*constraint].body else { return None };
            if key.condition.is_some() {
                return None;
            }
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
            if (name == table.name && number == *constraint) || columns.iter().any(|column| own.is_nullable(*column) && name != table.name) {
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
