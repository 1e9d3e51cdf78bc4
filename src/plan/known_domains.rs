//! What the columns and the policy say of each key domain, for operators that mask parts of a value: a part of a
//! domain is masked as its columns are.

use std::collections::{BTreeMap, BTreeSet};

use super::policy::{Parameters, Policy};
use super::prepare::{Group, GroupName};
use super::problem::{Problem, Severity};
use crate::mask::{DomainFacts, Domains};

/// What columns say of key domains, for operators that mask parts of a value.
pub(super) struct KnownDomains(BTreeMap<(String, String), DomainFacts>, BTreeMap<String, DomainFacts>);

impl KnownDomains {
    pub(super) fn new(policy: &Policy, groups: &BTreeMap<GroupName, Group<'_>>) -> Self {
        let values = |parameters: &Parameters| {
            parameters.iter().map(|(name, value)| (name.clone(), value.value.clone())).collect()
        };
        let mut known: BTreeMap<_, DomainFacts> = BTreeMap::new();
        for ((domain, operator, _), group) in groups {
            let facts = known.entry((domain.clone(), (*operator).to_owned())).or_default();
            facts.parameters.extend::<BTreeMap<_, _>>(values(&group.parameters));
            facts.equality = facts.equality.or(group.equality.map(|(equality, _)| equality));
            facts.unique |= group.unique;
            facts.unsigned.extend(&group.unsigned);
            facts.unsigned.sort_unstable();
            facts.unsigned.dedup();
            facts.width = facts.width.into_iter().chain(group.width).min();
        }
        let said = policy.domains.iter().map(|(name, rule)| {
            let parameters = values(&rule.parameters);
            (name.clone(), DomainFacts { parameters, equality: rule.equality, ..DomainFacts::default() })
        });
        Self(known, said.collect())
    }
}

impl Domains for KnownDomains {
    fn facts(&self, domain: &str, operator: &str) -> DomainFacts {
        let Self(columns, policy) = self;
        let columns = columns.get(&(domain.to_owned(), operator.to_owned()));
        columns.or_else(|| policy.get(domain)).cloned().unwrap_or_default()
    }
}

/// Reports key domains whose columns do not map alike although their parameters agree.
pub(super) fn different_specs(groups: &BTreeMap<GroupName, Group<'_>>, problems: &mut Vec<Problem>) {
    let mut domains: BTreeMap<&str, BTreeMap<&str, BTreeSet<&str>>> = BTreeMap::new();
    // Names that follow the subject are no function of their own value: nothing to compare.
    let by_value =
        |((domain, _, apart), _): &(&GroupName, &Group<'_>)| !domain.is_empty() && apart.is_empty();
    for ((domain, operator, _), group) in groups.iter().filter(by_value) {
        let specs = domains.entry(domain).or_default().entry(operator).or_default();
        specs.extend(group.specs.iter().map(String::as_str));
    }
    for (domain, operators) in domains {
        for (operator, specs) in operators.iter().filter(|(_, specs)| specs.len() > 1) {
            let specs: Vec<&str> = specs.iter().copied().collect();
            let message = format!(
                "columns of key domain \"{domain}\" are masked with {operator} in different ways ({}): equal values \
                 become different ones",
                specs.join(", ")
            );
            problems.push(Problem::new(Severity::Warning, format!("domain-specs:{domain}"), message));
        }
        if operators.len() > 1 {
            let names: Vec<&str> = operators.keys().copied().collect();
            let message =
                format!("key domain \"{domain}\" is shared by {}: they map independently", names.join(", "));
            problems.push(Problem::new(Severity::Info, format!("domain-operators:{domain}"), message));
        }
    }
}
