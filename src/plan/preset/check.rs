//! Checks a plan against the presets that its policy names.
//!
//! A finding is said once: a column that follows another, by a foreign key or as a part of its table, does not repeat
//! what is said of that one.

use std::collections::BTreeSet;

use super::super::check::{Context, full_name};
use super::super::policy::Policy;
use super::super::policy_parse::{LARGE_OBJECTS, UNCLASSIFIED};
use super::super::problem::Problem;
use super::super::propagate::Origin;
use super::Preset;
use super::rule::{Asks, Fact, Rule, Scope, Selector, Setting, name_of};
use super::seen::{self, Seen};
use crate::mask::KeyedBy;

pub(in super::super) fn check(policy: &Policy, context: &Context<'_, '_>, problems: &mut Vec<Problem>) {
    if policy.presets.is_empty() {
        return;
    }
    let seen: Vec<Seen<'_>> = context.tables().flat_map(|table| seen::of_table(context, table)).collect();
    let look = Look { policy, context, seen: &seen };
    for preset in &policy.presets {
        for rule in &preset.rules {
            if !rule.unless.is_some_and(|fact| look.is(fact)) {
                look.check(preset, rule, problems);
            }
        }
    }
}

struct Look<'a, 'c, 's> {
    policy: &'a Policy,
    context: &'s Context<'a, 'c>,
    seen: &'s [Seen<'c>],
}

impl Look<'_, '_, '_> {
    fn is(&self, fact: Fact) -> bool {
        match fact {
            Fact::Ephemeral => self.policy.ephemeral,
            Fact::Key => self.seen.iter().any(|seen| seen.keyed_by() != KeyedBy::Nothing),
        }
    }

    fn check(&self, preset: &Preset, rule: &Rule, problems: &mut Vec<Problem>) {
        let of_policy = |what: &str| Problem::new(rule.severity, id(preset, rule, ""), message(rule, what));
        match &rule.asks {
            Asks::Refuse(selectors) => {
                let selected = |seen: &&Seen<'_>| Selector::any(selectors, seen);
                self.columns(
                    preset,
                    rule,
                    self.seen.iter().filter(selected).map(|seen| (seen, None)),
                    problems,
                );
            }
            Asks::Apart { one, other, within } => {
                let pairs = self
                    .seen
                    .iter()
                    .filter(|seen| Selector::any(one, seen))
                    .filter_map(|seen| Some((seen, Some(self.beside(seen, other, within)?))));
                self.columns(preset, rule, pairs, problems);
            }
            Asks::Settings(settings) => {
                for (setting, allowed) in settings {
                    let (key, value) = match setting {
                        Setting::Unclassified => {
                            ("unclassified", name_of(UNCLASSIFIED, &self.policy.unclassified))
                        }
                        Setting::LargeObjects => {
                            ("large_objects", name_of(LARGE_OBJECTS, &self.policy.large_objects))
                        }
                    };
                    if !allowed.iter().any(|allowed| allowed == value) {
                        problems.push(of_policy(&format!("the policy has {key} = \"{value}\"")));
                    }
                }
            }
            Asks::Require(fact) if !self.is(*fact) => problems.push(of_policy(match fact {
                Fact::Ephemeral => "the policy does not say ephemeral = true",
                Fact::Key => "no column is masked under a key",
            })),
            Asks::Require(_) => {}
            Asks::NoKeptRows => {
                for table in self.context.tables().filter(|table| table.plan.keep_rows.is_some()) {
                    let name = &table.plan.name;
                    let what = format!("table {name} has rows that pass in clear (keep_rows)");
                    let place =
                        table.resolved.setting(|rule| rule.keep_rows.as_ref()).map(|rule| rule.when.at);
                    let id = id(preset, rule, &name.to_string());
                    problems
                        .push(Problem::new(rule.severity, id, message(rule, &what)).at(place).in_table(name));
                }
            }
        }
    }

    /// One finding for each column, in the order of the schema.
    fn columns<'s>(
        &self,
        preset: &Preset,
        rule: &Rule,
        found: impl Iterator<Item = (&'s Seen<'s>, Option<&'s Seen<'s>>)>,
        problems: &mut Vec<Problem>,
    ) {
        let mut first: Vec<(&Seen<'_>, Option<&Seen<'_>>)> = Vec::new();
        for (seen, other) in found {
            if first.last().is_none_or(|(last, _)| last.at() != seen.at()) {
                first.push((seen, other));
            }
        }
        let names: BTreeSet<String> = first.iter().map(|(seen, _)| self.name(seen)).collect();
        for (seen, other) in first {
            let name = self.name(seen);
            if matches!(&seen.column.origin, Origin::Follows(from) if names.contains(from)) {
                continue;
            }
            if self.context.is_repeated(seen.at()) {
                continue;
            }
            let place = seen.part.map_or_else(String::new, |part| format!(" at {part}"));
            let done = match seen.operator {
                "keep" => format!("column {name} is kept{place}"),
                operator => format!("column {name} is masked with {operator}{place}"),
            };
            let done = other.map_or_else(
                || done.clone(),
                |other| format!("{done}, and {} with {}", self.name(other), other.operator),
            );
            let table = &self.context.plans[seen.table].name;
            let problem = Problem::new(rule.severity, id(preset, rule, &name), message(rule, &done));
            problems
                .push(problem.at(self.context.place(seen.at())).in_table(table).in_column(&seen.column.name));
        }
    }

    /// What stands together with a column, and should not.
    fn beside(&self, seen: &Seen<'_>, others: &[Selector], within: &[Scope]) -> Option<&Seen<'_>> {
        let root = |seen: &Seen<'_>| &self.context.assigned[seen.table][seen.position].root;
        let together = |other: &Seen<'_>| {
            within.iter().any(|scope| match scope {
                Scope::Domain => !seen.domain.is_empty() && seen.domain == other.domain,
                Scope::References => root(seen) == root(other),
                Scope::Table => seen.table == other.table,
            })
        };
        self.seen.iter().find(|candidate| together(candidate) && Selector::any(others, candidate))
    }

    fn name(&self, seen: &Seen<'_>) -> String {
        full_name(&self.context.plans[seen.table].name, &seen.column.name)
    }
}

fn id(preset: &Preset, rule: &Rule, object: &str) -> String {
    let before = if object.is_empty() { "" } else { ":" };
    format!("preset:{}:{}{before}{object}", preset.name, rule.id)
}

/// What is done, what is wrong about it, and who says so.
fn message(rule: &Rule, what: &str) -> String {
    let reference = rule.reference.as_ref().map_or_else(String::new, |section| format!(" ({section})"));
    format!("{what}: {}{reference}", rule.advice)
}
