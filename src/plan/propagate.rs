//! Carries what the policy says of a referenced column to the columns that reference it.
//!
//! Columns are visited from the referenced to the referencing side, a cycle of foreign keys as one. A column takes the
//! operator, parameters and key domain of what it references; saying the same is allowed, saying anything else is an
//! error, for the join would break.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::plan::Unmatched;
use super::policy::{ColumnRule, Policy, Unclassified};
use super::problem::{Place, Problem, Severity};
use super::relations::{Column, Edge, Relations};
use super::resolve::{Claim, Resolved};
use super::rules::{self, Operators};
use super::source::At;
use crate::mask::{DefaultDomain, OperatorInfo};

/// What becomes of a column.
#[derive(Clone)]
pub(super) enum Assignment<'a> {
    /// Nobody said, and the policy denies that.
    Unclassified,
    /// The policy's word for it was not understood; that has been reported.
    Broken,
    /// It stays.
    Keep {
        /// Why.
        reason: Option<&'a str>,
    },
    /// It is masked.
    Mask(Rc<Use<'a>>),
}

/// An operator in use: what columns that are tied together share.
pub(super) struct Use<'a> {
    pub(super) info: &'static OperatorInfo,
    pub(super) rule: Option<&'a ColumnRule>,
    pub(super) domain: String,
    /// Which rows it is for.
    pub(super) rows: Rows<'a>,
    /// What the rows get that it is not for, in the order in which they are tried.
    pub(super) branches: Vec<Use<'a>>,
    /// What the rows get that nothing is for.
    pub(super) unmatched: Unmatched,
}

/// The rows that an operator is for.
#[derive(Clone, Copy)]
pub(super) enum Rows<'a> {
    /// All.
    All,
    /// Those that a condition is not false for.
    When(&'a At<String>),
    /// Those with this value in that column.
    With(&'a At<String>, &'a str),
}

impl<'a> Use<'a> {
    /// An operator for all rows.
    pub(super) fn plain(info: &'static OperatorInfo, rule: Option<&'a ColumnRule>, domain: String) -> Self {
        Self { info, rule, domain, rows: Rows::All, branches: Vec::new(), unmatched: Unmatched::Keep }
    }

    /// What a rule says; none where it names an unknown operator. `root` is the default name of a column's domain.
    fn new(rule: &'a ColumnRule, operators: &Operators, root: &str) -> Option<Self> {
        let info = rules::operator(&rule.operator, operators)?;
        let domain = match (&rule.domain, info.domain) {
            (Some(domain), _) => domain.clone(),
            (None, DefaultDomain::None) => String::new(),
            (None, DefaultDomain::Entity(entity)) => entity.to_owned(),
            (None, DefaultDomain::Column) => root.to_owned(),
        };
        let mut own = Self::plain(info, Some(rule), domain);
        if let Some(by) = &rule.domain_by {
            let mut cases = by.map.iter().map(|(value, domain)| Self {
                rows: Rows::With(&by.column, value),
                ..Self::plain(info, Some(rule), domain.clone())
            });
            own = cases.next()?;
            own.branches = cases.collect();
            own.unmatched = Unmatched::Error;
            if let Some(otherwise) = &by.otherwise {
                let info = rules::operator(otherwise, operators)?;
                own.branches.push(Self::plain(info, None, String::new()));
            }
        } else if let Some(when) = &rule.when {
            own.rows = Rows::When(when);
            if let Some(otherwise) = &rule.otherwise {
                let mut branch = Self::new(otherwise, operators, root)?;
                let further = std::mem::take(&mut branch.branches);
                own.branches.push(branch);
                own.branches.extend(further);
            }
        }
        Some(own)
    }

    /// It, and what other rows get.
    pub(super) fn all(&self) -> impl Iterator<Item = &Use<'a>> {
        std::iter::once(self).chain(&self.branches)
    }

    /// Whether it depends on the row what is done.
    pub(super) fn is_conditional(&self) -> bool {
        !matches!(self.rows, Rows::All)
    }
}

/// Where an assignment comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Origin {
    /// A line of the policy, under the table of this name or pattern.
    Policy {
        /// The line.
        place: Place,
        /// `[tables."…"]`.
        table: String,
    },
    /// The column that it references, or its own column in the parent table: `public.customer.id`.
    Follows(String),
    /// `on_dropped = "null"`.
    Dropped(Place),
    /// `unclassified` of the policy.
    Unclassified,
    /// No rows carry the column: it is generated, or its table's rows are dropped.
    Absent,
}

/// An assignment with where it comes from.
#[derive(Clone)]
pub(super) struct Assigned<'a> {
    pub(super) assignment: Assignment<'a>,
    pub(super) origin: Origin,
    /// `table.column` of the column at the root of its foreign keys.
    pub(super) root: String,
}

impl Assigned<'_> {
    pub(super) fn place(&self) -> Option<Place> {
        match (&self.origin, &self.assignment) {
            (Origin::Policy { place, .. } | Origin::Dropped(place), _) => Some(*place),
            (_, Assignment::Mask(shared)) => shared.rule.map(|rule| rule.at),
            _ => None,
        }
    }
}

/// Assignments of all columns, by table and position.
pub(super) fn assign<'a>(
    policy: &'a Policy,
    resolved: &Resolved<'a>,
    relations: &Relations,
    operators: &Operators,
    problems: &mut Vec<Problem>,
) -> Vec<Vec<Assigned<'a>>> {
    let mut first = Vec::with_capacity(resolved.tables.len());
    let mut nodes: Vec<Column> = Vec::new();
    for (table, entry) in resolved.tables.iter().enumerate() {
        first.push(nodes.len());
        nodes.extend((0..entry.table.columns.len()).map(|column| (table, column)));
    }
    let node = |(table, column): Column| first[table] + column;
    let mut out: Vec<Vec<(usize, bool)>> = vec![Vec::new(); nodes.len()];
    for Edge { from, to, hard } in &relations.edges {
        out[node(*from)].push((node(*to), *hard));
    }
    let mut propagation = Propagation {
        policy,
        resolved,
        relations,
        operators,
        problems,
        nodes: &nodes,
        out: &out,
        done: vec![None; nodes.len()],
        dropped: nulled(resolved, relations),
        reported: BTreeSet::new(),
    };
    for component in components(&out) {
        propagation.visit(&component);
    }
    let mut done = propagation.done.into_iter();
    let tables = resolved.tables.iter();
    tables.map(|table| done.by_ref().take(table.table.columns.len()).flatten().collect()).collect()
}

/// Columns that become NULL because the rows they reference are dropped.
fn nulled(resolved: &Resolved<'_>, relations: &Relations) -> std::collections::BTreeMap<Column, Place> {
    let mut nulled = std::collections::BTreeMap::new();
    for reference in &relations.references {
        let Some(place) = reference.null_on_dropped else { continue };
        for (from, to) in reference.from.iter().zip(&reference.to) {
            if resolved.tables[to.0].dropped {
                nulled.insert(*from, place);
            }
        }
    }
    nulled
}

struct Propagation<'a, 'c> {
    policy: &'a Policy,
    resolved: &'c Resolved<'a>,
    relations: &'c Relations,
    operators: &'c Operators,
    problems: &'c mut Vec<Problem>,
    nodes: &'c [Column],
    out: &'c [Vec<(usize, bool)>],
    done: Vec<Option<Assigned<'a>>>,
    dropped: std::collections::BTreeMap<Column, Place>,
    reported: BTreeSet<(Place, String)>,
}

/// What a policy says of a column, made concrete.
struct Said<'a> {
    assignment: Assignment<'a>,
    origin: Origin,
}

impl<'a> Propagation<'a, '_> {
    fn name(&self, node: usize) -> String {
        let (table, column) = self.nodes[node];
        let table = &self.resolved.tables[table];
        format!("{}.{}", table.name, table.table.columns[column].name)
    }

    /// `table.column` of the column at the root of its foreign keys.
    fn root(&self, node: usize) -> String {
        let (table, column) = self.resolved.definition(self.nodes[node]);
        let (table, column) = self.relations.graph.root(table, &column.name);
        format!("{}.{column}", table.table)
    }

    /// Settles the columns of one cycle (or, most often, one column), after all that they reference.
    fn visit(&mut self, members: &[usize]) {
        let inside: BTreeSet<usize> = members.iter().copied().collect();
        let parents = |hard: bool| -> Vec<usize> {
            let edges = members.iter().flat_map(|member| &self.out[*member]);
            let outside = edges.filter(|(to, firm)| *firm == hard && !inside.contains(to));
            outside.map(|(to, _)| *to).collect::<BTreeSet<_>>().into_iter().collect()
        };
        let (hard, soft) = (parents(true), parents(false));
        let roots: Vec<String> = members.iter().map(|member| self.root(*member)).collect();
        let said: Vec<Option<Said<'a>>> =
            members.iter().zip(&roots).map(|(member, root)| self.said(*member, root)).collect();
        let base = self.base(members, &said, &hard, &soft);
        for ((member, said), root) in members.iter().zip(said).zip(roots) {
            let assigned = self.settle(*member, said, base.as_ref());
            self.done[*member] =
                Some(Assigned { assignment: assigned.assignment, origin: assigned.origin, root });
        }
    }

    /// What the policy says of this very column.
    fn said(&mut self, node: usize, root: &str) -> Option<Said<'a>> {
        let (table, column) = self.nodes[node];
        let resolved = &self.resolved.tables[table];
        let definition = &resolved.table.columns[column];
        let claim = resolved.claim(&definition.name);
        if resolved.dropped {
            return Some(Said { assignment: Assignment::Keep { reason: None }, origin: Origin::Absent });
        }
        if definition.generated {
            if let Some((Claim::Rule(rule), _)) = claim {
                let name = self.name(node);
                let message = format!(
                    "column {name} is generated: no rows carry it, and it follows the columns it is made of"
                );
                self.report(node, rule.at, "operator", message);
            }
            return Some(Said { assignment: Assignment::Keep { reason: None }, origin: Origin::Absent });
        }
        if let Some(place) = self.dropped.get(&(table, column)).copied() {
            if let Some((claim, _)) = claim.filter(|(claim, _)| !is_null(claim)) {
                let message = format!(
                    "column {} becomes NULL because the rows it references are dropped; remove what the policy says of it",
                    self.name(node)
                );
                self.report(node, claim.at(), "relation", message);
            }
            let info = rules::operator("null", self.operators)?;
            let shared = Use::plain(info, None, String::new());
            return Some(Said {
                assignment: Assignment::Mask(Rc::new(shared)),
                origin: Origin::Dropped(place),
            });
        }
        let (claim, pattern) = claim?;
        let origin = Origin::Policy { place: claim.at(), table: pattern.to_owned() };
        let assignment = match claim {
            Claim::Keep { reason, .. } => Assignment::Keep { reason },
            Claim::Rule(rule) => match Use::new(rule, self.operators, root) {
                None => Assignment::Broken,
                Some(shared) => Assignment::Mask(Rc::new(shared)),
            },
        };
        Some(Said { assignment, origin })
    }

    /// What the columns have to agree with, and the column that it comes from. Columns that reference several others
    /// need these to agree.
    fn base(
        &mut self,
        members: &[usize],
        said: &[Option<Said<'a>>],
        hard: &[usize],
        soft: &[usize],
    ) -> Option<Base<'a>> {
        let known = |node: usize| {
            let assigned = self.done[node].as_ref()?;
            Some(Base { from: node, assignment: assigned.assignment.clone(), hard: true })
        };
        let mut parents = hard.iter().filter_map(|parent| known(*parent));
        if let Some(first) = parents.next() {
            let others: Vec<Base<'a>> = parents.collect();
            if let Some(other) = others.iter().find(|other| !same(&other.assignment, &first.assignment)) {
                let message = format!(
                    "column {} references {} ({}) and {} ({}): give both the same operator and domain",
                    self.name(members[0]),
                    self.name(first.from),
                    describe(&first.assignment),
                    self.name(other.from),
                    describe(&other.assignment)
                );
                self.report(members[0], (0, 0), "relation", message);
            }
            return Some(first);
        }
        if members.len() > 1 {
            let spoken = members.iter().zip(said).find_map(|(member, said)| Some((*member, said.as_ref()?)));
            return spoken.map(|(from, said)| Base { from, assignment: said.assignment.clone(), hard: true });
        }
        let parent = soft.iter().find_map(|parent| known(*parent))?;
        Some(Base { hard: false, ..parent })
    }

    fn settle(&mut self, node: usize, said: Option<Said<'a>>, base: Option<&Base<'a>>) -> Said<'a> {
        let Some(base) = base.filter(|base| base.from != node) else {
            return said.unwrap_or_else(|| self.unclassified());
        };
        let follows = Origin::Follows(self.name(base.from));
        let Some(said) = said else {
            return match &base.assignment {
                Assignment::Unclassified => self.unclassified(),
                assignment => Said { assignment: assignment.clone(), origin: follows },
            };
        };
        if !base.hard || matches!(said.origin, Origin::Absent | Origin::Dropped(_)) {
            return said;
        }
        match agree(&said.assignment, &base.assignment) {
            Ok(assignment) => Said { assignment, origin: said.origin },
            Err(disagreement) => {
                let message = disagreement.message(&self.name(node), &self.name(base.from));
                let place = match said.origin {
                    Origin::Policy { place, .. } => place,
                    _ => (0, 0),
                };
                self.report(node, place, "relation", message);
                match &base.assignment {
                    Assignment::Unclassified => said,
                    assignment => Said { assignment: assignment.clone(), origin: follows },
                }
            }
        }
    }

    fn unclassified(&self) -> Said<'a> {
        let assignment = match self.policy.unclassified {
            Unclassified::Deny => Assignment::Unclassified,
            Unclassified::Keep => Assignment::Keep { reason: None },
            Unclassified::Redact => match rules::operator("redact", self.operators) {
                Some(info) => Assignment::Mask(Rc::new(Use::plain(info, None, String::new()))),
                None => Assignment::Unclassified,
            },
        };
        Said { assignment, origin: Origin::Unclassified }
    }

    /// Reports once for each line of the policy, however many partitions it reaches.
    fn report(&mut self, node: usize, place: Place, kind: &str, message: String) {
        let place_known = place != (0, 0);
        if place_known && !self.reported.insert((place, kind.to_owned())) {
            return;
        }
        let (table, column) = self.resolved.definition(self.nodes[node]);
        let column = &column.name;
        self.problems.push(
            Problem::new(Severity::Error, format!("{kind}:{table}.{column}"), message)
                .at(place_known.then_some(place))
                .in_table(table)
                .in_column(column),
        );
    }
}

/// What columns have to agree with.
struct Base<'a> {
    from: usize,
    assignment: Assignment<'a>,
    hard: bool,
}

fn is_null(claim: &Claim<'_>) -> bool {
    matches!(claim, Claim::Rule(rule) if rule.operator == NULL && rule.when.is_none())
}

const NULL: &str = "null";

/// How what a column's rule says differs from what the column that it references does.
enum Disagreement {
    MaskedChildOfKept(&'static str),
    MaskedChildOfUnclassified(&'static str),
    KeptChildOfMasked(&'static str),
    Different { own: String, theirs: String },
}

impl Disagreement {
    fn message(&self, own_name: &str, their_name: &str) -> String {
        match self {
            Self::MaskedChildOfKept(operator) => format!(
                "column {own_name} is masked with {operator}, but {their_name}, which it references, is kept: \
                 put {operator} on {their_name}, and {own_name} follows by itself"
            ),
            Self::MaskedChildOfUnclassified(operator) => format!(
                "column {own_name} is masked with {operator}, but {their_name}, which it references, is not classified: \
                 put {operator} on {their_name}, and {own_name} follows by itself"
            ),
            Self::KeptChildOfMasked(operator) => format!(
                "column {own_name} is kept, but {their_name}, which it references, is masked with {operator}: \
                 remove {own_name} from the policy, and it follows by itself"
            ),
            Self::Different { own, theirs } => format!(
                "column {own_name} has {own}, but {their_name}, which it references, has {theirs}: \
                 remove {own_name} from the policy, and it follows by itself"
            ),
        }
    }
}

/// What a column gets whose own rule says `own` and that references a column that gets `base`.
fn agree<'a>(own: &Assignment<'a>, base: &Assignment<'a>) -> Result<Assignment<'a>, Disagreement> {
    match (own, base) {
        // A foreign key that is NULL references nothing.
        (Assignment::Mask(own_use), _) if own_use.info.name == NULL => Ok(own.clone()),
        (Assignment::Mask(own), Assignment::Keep { .. }) => {
            Err(Disagreement::MaskedChildOfKept(own.info.name))
        }
        (Assignment::Mask(own), Assignment::Unclassified) => {
            Err(Disagreement::MaskedChildOfUnclassified(own.info.name))
        }
        (Assignment::Keep { .. }, Assignment::Mask(base)) => {
            Err(Disagreement::KeptChildOfMasked(base.info.name))
        }
        (Assignment::Mask(own), Assignment::Mask(theirs)) => match difference(own, theirs) {
            None => Ok(base.clone()),
            Some((own, theirs)) => Err(Disagreement::Different { own, theirs }),
        },
        _ => Ok(own.clone()),
    }
}

/// Where what is said differs from the base; what is not said does not.
fn difference(own: &Rc<Use<'_>>, base: &Rc<Use<'_>>) -> Option<(String, String)> {
    if own.info.name != base.info.name {
        return Some((own.info.name.to_owned(), base.info.name.to_owned()));
    }
    let (Some(rule), Some(base_rule)) = (own.rule, base.rule) else { return None };
    if rule.domain.as_ref().is_some_and(|domain| *domain != base.domain) {
        return Some((format!("domain \"{}\"", own.domain), format!("domain \"{}\"", base.domain)));
    }
    for (name, value) in &rule.parameters {
        if base_rule.parameters.get(name).is_none_or(|theirs| theirs.value != value.value) {
            return Some((format!("its own {name}"), "another or none".to_owned()));
        }
    }
    let differs = |name: &str| Some((format!("its own {name}"), "another or none".to_owned()));
    if rule.equality.is_some() && rule.equality != base_rule.equality {
        return differs("equality");
    }
    if rule.on_invalid.is_some() && rule.on_invalid != base_rule.on_invalid {
        return differs("on_invalid");
    }
    if rule.sentinels.is_some() && rule.sentinels != base_rule.sentinels {
        return differs("sentinels");
    }
    if rule.unique && !base_rule.unique {
        return differs("unique");
    }
    None
}

/// Whether two columns that one column references are treated alike.
fn same(a: &Assignment<'_>, b: &Assignment<'_>) -> bool {
    match (a, b) {
        (Assignment::Mask(a), Assignment::Mask(b)) => {
            Rc::ptr_eq(a, b)
                || (a.domain == b.domain && difference(a, b).is_none() && difference(b, a).is_none())
        }
        (Assignment::Broken, _) | (_, Assignment::Broken) => true,
        (Assignment::Mask(_), _) | (_, Assignment::Mask(_)) => false,
        _ => true,
    }
}

fn describe(assignment: &Assignment<'_>) -> String {
    match assignment {
        Assignment::Unclassified | Assignment::Broken => "not classified".into(),
        Assignment::Keep { .. } => "kept".into(),
        Assignment::Mask(shared) if shared.domain.is_empty() => shared.info.name.into(),
        Assignment::Mask(shared) => format!("{} in domain \"{}\"", shared.info.name, shared.domain),
    }
}

/// Strongly connected components (Tarjan), each after all that it leads to; no recursion, for input is hostile.
fn components(out: &[Vec<(usize, bool)>]) -> Vec<Vec<usize>> {
    const NEW: usize = usize::MAX;
    let mut number = vec![NEW; out.len()];
    let mut low = vec![0; out.len()];
    let mut on_stack = vec![false; out.len()];
    let mut stack = Vec::new();
    let mut components = Vec::new();
    let mut next = 0;
    for start in 0..out.len() {
        if number[start] != NEW {
            continue;
        }
        let mut work = vec![(start, 0)];
        while let Some((node, edge)) = work.pop() {
            if edge == 0 {
                number[node] = next;
                low[node] = next;
                next += 1;
                stack.push(node);
                on_stack[node] = true;
            }
            if let Some((to, _)) = out[node].get(edge) {
                work.push((node, edge + 1));
                if number[*to] == NEW {
                    work.push((*to, 0));
                } else if on_stack[*to] {
                    low[node] = low[node].min(number[*to]);
                }
                continue;
            }
            if let Some((parent, _)) = work.last() {
                low[*parent] = low[*parent].min(low[node]);
            }
            if low[node] == number[node] {
                let mut component = Vec::new();
                while let Some(member) = stack.pop() {
                    on_stack[member] = false;
                    component.push(member);
                    if member == node {
                        break;
                    }
                }
                component.sort_unstable();
                components.push(component);
            }
        }
    }
    components
}
