//! A part of a policy: what it says of some tables, where only they are known.
//!
//! A run over record batches knows the tables that it was told of and no others. What the policy says of other tables is
//! no mistake then, while a rule for a table that is there must still match.

use super::names;
use super::{Plan, Policy};
use crate::table::Schema;

impl Policy {
    /// Whether it names the column, in a rule for the table itself or for several.
    #[cfg(feature = "arrow")]
    pub(crate) fn names_column(&self, table: &crate::table::TableName, column: &str) -> bool {
        let rules = self.tables.iter().filter(|rule| names::closeness(&rule.pattern, table).is_some());
        rules.flat_map(super::policy::TableRule::named).any(|(named, _)| named == column)
    }

    /// The policy without what it says of tables that are not in the schema.
    fn about(&self, schema: &Schema) -> Self {
        let known =
            |pattern: &str| schema.tables.keys().any(|name| names::closeness(pattern, name).is_some());
        let column = |text: &str| text.rmatch_indices('.').any(|(dot, _)| known(&text[..dot]));
        let mut part = self.clone();
        part.tables.retain(|rule| known(&rule.pattern));
        part.relations.retain(|relation| column(&relation.from.value) && column(&relation.to.value));
        part.acknowledgements.clear();
        part
    }
}

impl Plan {
    /// Makes a plan for the tables of a schema alone.
    pub(crate) fn compile_part(policy: &Policy, schema: &Schema) -> Self {
        let mut part = policy.about(schema);
        let found = Self::compile(&part, schema, None);
        part.acknowledgements.clone_from(&policy.acknowledgements);
        let is_there = |id: &str| found.problems.iter().any(|problem| problem.id == id);
        part.acknowledgements.retain(|acknowledgement| is_there(&acknowledgement.id.value));
        Self::compile(&part, schema, None)
    }
}
