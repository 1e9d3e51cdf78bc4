//! How a plan lets cells come out, one [`Seen`] for each way: the operator of a column, those of rows that it is not
//! for, those of parts of a value, and rows that keep theirs. What selectors are compared with.

use std::collections::BTreeMap;

use crate::mask::{Class, KeyedBy};

use super::super::check::{Context, Examined};
use super::super::plan::{ColumnPlan, MaskPlan, Treatment, Unmatched};
use super::super::propagate::Assignment;
use super::rule::{Selector, Waiver};

/// One way in which cells of a column come out.
pub(super) struct Seen<'p> {
    pub(super) table: usize,
    pub(super) position: usize,
    pub(super) column: &'p ColumnPlan,
    pub(super) operator: &'p str,
    /// The part of the value, for an operator of a part.
    pub(super) part: Option<&'p str>,
    pub(super) domain: &'p str,
    class: Class,
    keyed_by: KeyedBy,
    /// What is not known of parts: bounds then hold.
    parameters: Option<&'p BTreeMap<String, toml::Value>>,
    live: bool,
    reason: Option<&'p str>,
    waiver: Option<&'p str>,
    is_key: bool,
    about_subject: bool,
    /// Which of the column's operators it is, in the order in which rows try them.
    step: usize,
}

/// All ways in which the cells of a table come out.
pub(super) fn of_table<'a, 'p>(context: &Context<'a, 'p>, table: Examined<'a, 'p>) -> Vec<Seen<'p>> {
    let mut all = Vec::new();
    for (position, column) in table.plan.columns.iter().enumerate() {
        if column.generated {
            continue;
        }
        let is_key = table.resolved.table.keys().any(|key| key == std::slice::from_ref(&column.name));
        let kept = |reason: Option<&'p str>, step| Seen {
            table: table.index,
            position,
            column,
            operator: "keep",
            part: None,
            domain: "",
            class: Class::Keep,
            keyed_by: KeyedBy::Nothing,
            parameters: Some(&NONE),
            live: false,
            reason: reason.filter(|reason| !reason.trim().is_empty()),
            waiver: None,
            is_key,
            about_subject: table.plan.subject.is_some(),
            step,
        };
        match &column.treatment {
            Treatment::Refused => {}
            Treatment::Keep { reason } => all.push(kept(reason.as_deref(), 0)),
            Treatment::Mask(mask) => {
                for (step, own) in mask.all().enumerate() {
                    let waiver = waiver(context, (table.index, position), step);
                    // An operator for some rows has its reason, if it is not its own, from the rule that it stands in.
                    let reason = own.reason.as_deref().or(mask.reason.as_deref());
                    let base = || Seen { waiver, ..kept(reason, step) };
                    all.push(of_mask(own, &base()));
                    all.extend(own.prepared.parts.iter().map(|part| Seen {
                        operator: part.operator.name,
                        part: Some(&part.place),
                        domain: &part.domain,
                        class: part.operator.class,
                        keyed_by: part.keyed_by,
                        parameters: None,
                        ..base()
                    }));
                }
                if mask.unmatched == Unmatched::Keep && mask.all().all(|own| own.when.is_some()) {
                    all.push(kept(mask.reason.as_deref(), mask.all().count()));
                }
            }
        }
    }
    all
}

/// What an operator does to a column; all else is as in `seen`.
fn of_mask<'p>(mask: &'p MaskPlan, seen: &Seen<'p>) -> Seen<'p> {
    Seen {
        operator: mask.operator.name,
        domain: &mask.domain,
        class: mask.operator.class,
        // What its parts follow is said of the parts.
        keyed_by: if mask.prepared.parts.is_empty() { mask.keyed_by() } else { KeyedBy::Nothing },
        parameters: Some(&mask.parameters),
        live: mask.parameters.iter().any(|(name, value)| is_live(name, value)),
        ..*seen
    }
}

/// The parameters of what passes.
static NONE: BTreeMap<String, toml::Value> = BTreeMap::new();

/// Whether `live = true` is said here or of a part.
fn is_live(name: &str, value: &toml::Value) -> bool {
    match value {
        toml::Value::Boolean(live) => name == "live" && *live,
        toml::Value::Table(entries) => entries.iter().any(|(name, value)| is_live(name, value)),
        toml::Value::Array(list) => list.iter().any(|value| is_live("", value)),
        _ => false,
    }
}

/// The policy's word on the histogram of one of a column's operators.
fn waiver<'a>(context: &Context<'a, '_>, (table, column): (usize, usize), step: usize) -> Option<&'a str> {
    let Assignment::Mask(shared) = &context.assigned[table][column].assignment else { return None };
    let rule = shared.all().nth(step)?.rule?;
    rule.accept_frequency_leak.as_deref()
}

impl Selector {
    /// Whether one of them selects that.
    pub(super) fn any(selectors: &[Self], seen: &Seen<'_>) -> bool {
        selectors.iter().any(|own| own.matches(seen))
    }

    /// Whether it selects that.
    pub(super) fn matches(&self, seen: &Seen<'_>) -> bool {
        let agrees = |wanted: Option<bool>, is: bool| wanted.is_none_or(|wanted| wanted == is);
        let bounds = |(name, bound): &(String, super::rule::Bound)| match seen.parameters {
            Some(parameters) => bound.holds(parameters.get(name)),
            None => true,
        };
        listed(&self.operators, |name| name == seen.operator)
            && listed(&self.class, |class| *class == seen.class)
            && listed(&self.keyed_by, |keyed_by| *keyed_by == seen.keyed_by)
            && listed(&self.types, |family| family.has(&seen.column.sql_type))
            && agrees(self.is_key, seen.is_key)
            && agrees(self.about_subject, seen.about_subject)
            && agrees(self.live, seen.live)
            && agrees(self.reason, seen.reason.is_some())
            && self.frequency_leak.is_none_or(|wanted| match (wanted, seen.waiver) {
                (_, None) => false,
                (Waiver::Accepted, Some(_)) => true,
                (Waiver::Unexplained, Some(reason)) => reason.trim().is_empty(),
            })
            && listed(&self.on_prefixes, |prefix| seen.gets(prefix))
            && self.parameters.iter().all(bounds)
    }
}

fn listed<T>(list: &[T], is: impl Fn(&T) -> bool) -> bool {
    list.is_empty() || list.iter().any(is)
}

impl Seen<'_> {
    /// The column.
    pub(super) fn at(&self) -> (usize, usize) {
        (self.table, self.position)
    }

    /// What its output is a function of.
    pub(super) fn keyed_by(&self) -> KeyedBy {
        self.keyed_by
    }

    /// Whether a cell that begins so may come here, for all that conditions on the column itself say.
    fn gets(&self, prefix: &str) -> bool {
        let Some(mask) = self.column.mask() else { return true };
        let cells = [prefix.to_owned(), format!("{prefix}01"), format!("{prefix}01-0001")];
        cells.iter().any(|cell| {
            for (step, own) in mask.all().enumerate() {
                let answer = own.when.as_ref().map_or(Some(true), |when| {
                    let is_own = |index| when.columns().get(index) == Some(&self.column.name);
                    when.evaluate(&|index| is_own(index).then_some(cell.as_bytes()))
                });
                if step == self.step && answer != Some(false) {
                    return true;
                }
                // What other columns decide may send the row on.
                if answer == Some(true) {
                    return false;
                }
            }
            self.step == mask.all().count()
        })
    }
}
