//! What the checks of a plan share: the plan so far with everything that it was made from.

use super::lock::Lock;
use super::plan::{ColumnPlan, TablePlan, Treatment};
use super::policy::ColumnRule;
use super::problem::{Place, Problem, Severity};
use super::propagate::{Assigned, Assignment};
use super::relations::{Column, Relations};
use super::resolve::{Resolved, ResolvedTable};
use crate::table::{Schema, TableName};

/// A plan under examination.
pub(super) struct Context<'a, 'c> {
    pub(super) schema: &'a Schema,
    pub(super) lock: Option<&'a Lock>,
    pub(super) resolved: &'c Resolved<'a>,
    pub(super) relations: &'c Relations,
    pub(super) assigned: &'c [Vec<Assigned<'a>>],
    /// In the order of the resolved tables.
    pub(super) plans: &'c [TablePlan],
}

/// A table under examination.
#[derive(Clone, Copy)]
pub(super) struct Examined<'a, 'c> {
    pub(super) index: usize,
    pub(super) resolved: &'c ResolvedTable<'a>,
    pub(super) plan: &'c TablePlan,
}

impl<'a, 'c> Context<'a, 'c> {
    /// Tables whose rows are kept.
    pub(super) fn tables(&self) -> impl Iterator<Item = Examined<'a, 'c>> + use<'a, 'c> {
        let pairs = self.resolved.tables.iter().zip(self.plans).enumerate();
        pairs
            .map(|(index, (resolved, plan))| Examined { index, resolved, plan })
            .filter(|table| !table.plan.drop_rows)
    }

    /// The column's plan.
    pub(super) fn column(&self, (table, column): Column) -> &'c ColumnPlan {
        &self.plans[table].columns[column]
    }

    /// The line of the policy behind the column's treatment.
    pub(super) fn place(&self, (table, column): Column) -> Option<Place> {
        self.assigned[table][column].place()
    }

    /// The policy's rule behind the column's treatment.
    pub(super) fn rule(&self, (table, column): Column) -> Option<&'a ColumnRule> {
        match &self.assigned[table][column].assignment {
            Assignment::Mask(shared) => shared.rule,
            _ => None,
        }
    }

    /// Rows that the table may hold, partitions counted: the sum of the lock's ceilings, where it has any.
    pub(super) fn rows(&self, index: usize) -> Option<u64> {
        let lock = self.lock?;
        let table = |at: usize| lock.row_ceiling(self.resolved.tables[at].name);
        let below = self.resolved.tables.iter().enumerate();
        let partitions =
            below.filter(|(_, table)| table.table.partition_of.is_some() && table.ancestors.contains(&index));
        let all = partitions.filter_map(|(at, _)| table(at)).chain(table(index));
        all.reduce(u64::saturating_add)
    }

    /// Whether the same was said of an ancestor's column: a partition need not repeat it.
    pub(super) fn is_repeated(&self, (table, column): Column) -> bool {
        let resolved = &self.resolved.tables[table];
        let name = &resolved.table.columns[column].name;
        let Some(place) = self.place((table, column)) else { return false };
        resolved.ancestors.iter().any(|ancestor| {
            let at = self.resolved.tables[*ancestor].column(name);
            at.is_some_and(|(at, _)| self.place((*ancestor, at)) == Some(place))
        })
    }

    /// A problem with a column.
    pub(super) fn problem(&self, severity: Severity, kind: &str, at: Column, message: String) -> Problem {
        let (table, column) = (self.resolved.tables[at.0].name, &self.column(at).name);
        Problem::new(severity, format!("{kind}:{table}.{column}"), message)
            .at(self.place(at))
            .in_table(table)
            .in_column(column)
    }
}

/// `public.customer.email`.
pub(super) fn full_name(table: &TableName, column: &str) -> String {
    format!("{table}.{column}")
}

impl ColumnPlan {
    /// Whether an error about it was reported before.
    pub(super) fn is_refused(&self) -> bool {
        matches!(self.treatment, Treatment::Refused)
    }
}
