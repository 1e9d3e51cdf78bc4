//! What the columns and the policy say of each key domain, for operators that mask parts of a value: a part of a
//! domain is masked as its columns are.

use std::collections::BTreeMap;

use super::policy::{Parameters, Policy};
use super::prepare::{Group, GroupName};
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
