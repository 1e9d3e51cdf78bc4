//! Drafts a policy: an operator for each column that a scan recognised, `review` for those that it did not.
//!
//! A draft is compiled as it will be, and a column whose proposal the plan refuses gets its next one, until nothing
//! more can be done. So a draft runs as it stands; what a person must still decide is marked, and `check` fails until
//! it is decided. `keep` is drafted for booleans, enums, surrogate keys, partition keys and plain numbers whose name
//! says nothing, and for nothing else.

mod operators;
mod write;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::equality;
use super::lock::Lock;
use super::plan::{Plan, Treatment};
use super::policy::Policy;
use super::problem::{Problem, Severity};
use super::propagate::Origin;
use crate::base::{Equality, Result};
use crate::detect::Category;
use crate::detect::score::ColumnFinding;
use crate::table::{ForeignKeyGraph, Schema, SqlType, Table, TableName};

/// What a draft is made from.
#[derive(Clone, Copy)]
pub struct DraftInput<'a> {
    /// The project's name, for a new policy.
    pub project: &'a str,
    /// The locale, for a new policy.
    pub locale: Option<&'a str>,
    /// Schema and counts.
    pub lock: &'a Lock,
    /// What a scan found, by table and column.
    pub findings: &'a BTreeMap<(TableName, String), ColumnFinding>,
    /// The forms of codes in columns that hold codes: `A999` for a capital letter and three digits.
    pub forms: &'a BTreeMap<(TableName, String), Vec<String>>,
    /// Columns that the database numbers.
    pub surrogates: &'a BTreeSet<(TableName, String)>,
    /// Foreign keys that nobody declared: from, to.
    pub soft_keys: &'a [(String, String)],
    /// The policy that is added to.
    pub existing: Option<&'a str>,
}

/// A drafted policy.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Draft {
    /// The file.
    pub text: String,
    /// Columns with an operator.
    pub masked: usize,
    /// Columns for review.
    pub reviewed: usize,
    /// Columns kept.
    pub kept: usize,
    /// What the plan still refuses.
    pub refused: Vec<Problem>,
}

/// A table of the draft.
struct DraftTable {
    name: TableName,
    subject: Option<String>,
    columns: Vec<DraftColumn>,
}

/// A column of the draft: its proposals, best first, and which of them is in force.
struct DraftColumn {
    name: String,
    proposals: Vec<String>,
    at: usize,
    /// Whether a person must look at it whatever was proposed: a constraint that nobody can evaluate may not hold.
    looked_at: bool,
    /// Why, on the same line.
    comment: String,
}

impl DraftColumn {
    fn text(&self) -> Cow<'_, str> {
        let text = self.proposals.get(self.at).map_or("\"review\"", String::as_str);
        if self.looked_at && !text.contains("review") {
            return operators::with(text, "review = true").into();
        }
        text.into()
    }

    /// Whether all cells become one and the same, which no unique index bears, while there is something else to try.
    fn is_one_for_all(&self) -> bool {
        let text = self.text();
        let same = ["\"review\"", "\"redact\"", "\"constant\""].iter().any(|word| text.contains(word));
        same && self.at + 1 < self.proposals.len()
    }
}

/// Rounds in which refused proposals are replaced; each column has fewer proposals than that.
const ROUNDS: usize = 12;

/// Drafts a policy, or adds what is new to one.
///
/// # Errors
/// An existing policy that is none.
pub fn draft(input: &DraftInput<'_>) -> Result<Draft> {
    let known = input.existing.map(|text| Policy::parse(text, "scrub.toml")).transpose()?;
    let new = known.as_ref().map(|policy| unnamed(policy, input.lock));
    let mut tables = tables(input, new.as_ref());
    let graph = ForeignKeyGraph::new(input.lock.schema());
    let mut equalities = write::Equalities::new();
    let mut best: Option<(usize, Draft)> = None;
    for _ in 0..ROUNDS {
        let text = write::write(input, known.as_ref(), &tables, &equalities)?;
        let policy = Policy::parse(&text, "scrub.toml")?;
        let plan = Plan::compile(&policy, input.lock.schema(), Some(input.lock));
        let found = compared(&plan, input.lock.schema(), &tables);
        let mut changed = found.iter().any(|(domain, equality)| equalities.get(domain) != Some(equality));
        let settled = !changed;
        equalities.extend(found);
        let mut open: Vec<Problem> = plan.problems.into_iter().filter(is_refusal).collect();
        let mut moved = BTreeSet::new();
        open.retain(|problem| {
            let Some((at, within)) = place(problem, &tables, input.lock.schema(), &graph) else {
                return true;
            };
            let column = &mut tables[at].columns[within];
            if problem.severity == Severity::Error {
                // What a domain's equality is wrong for may be right once it is the database's.
                if settled || problem.kind() != "equality" {
                    moved.insert((at, within));
                }
                return true;
            }
            // A constraint that nobody can evaluate may not hold: the person who decides on the column sees to it.
            if problem.kind() == "index-expression" && column.is_one_for_all() {
                moved.insert((at, within));
                return true;
            }
            let marked = column.text().contains("review");
            column.looked_at = true;
            changed |= !marked;
            !marked
        });
        let errors = open.iter().filter(|problem| problem.severity == Severity::Error).count();
        let weight = errors * 1000 + open.len();
        if best.as_ref().is_none_or(|(known, _)| weight <= *known) {
            best = Some((weight, finished(text, &tables, open)));
        }
        for (table, column) in moved {
            let column = &mut tables[table].columns[column];
            if column.at + 1 < column.proposals.len() {
                column.at += 1;
                changed = true;
            }
        }
        if !changed {
            break;
        }
    }
    match best {
        Some((_, draft)) => Ok(draft),
        None => Ok(finished(String::new(), &tables, Vec::new())),
    }
}

/// The key domains of drafted columns which the database compares otherwise than byte by byte. Where columns of a domain
/// differ, the coarsest counts.
fn compared(plan: &Plan, schema: &Schema, tables: &[DraftTable]) -> write::Equalities {
    let mut equalities = write::Equalities::new();
    for (name, table) in &plan.tables {
        let Some(declared) = schema.tables.get(name) else { continue };
        let drafted = |column: &str| {
            tables
                .iter()
                .any(|table| table.name == *name && table.columns.iter().any(|known| known.name == column))
        };
        for column in table.columns.iter().filter(|column| drafted(&column.name)) {
            let Some(mask) = column.mask().filter(|mask| !mask.domain.is_empty()) else { continue };
            let definition = declared.column(&column.name);
            let Some(equality) = definition.and_then(equality::needed) else { continue };
            if equality != Equality::Exact {
                let known = equalities.entry(mask.domain.clone()).or_insert(equality);
                *known = (*known).max(equality);
            }
        }
    }
    equalities
}

fn finished(text: String, tables: &[DraftTable], refused: Vec<Problem>) -> Draft {
    let columns = || tables.iter().flat_map(|table| &table.columns).map(DraftColumn::text);
    let reviewed = columns().filter(|text| text.contains("review")).count();
    let kept = columns().filter(|text| !text.contains("review") && text.contains("\"keep\"")).count();
    Draft { text, masked: columns().count() - reviewed - kept, reviewed, kept, refused }
}

/// What keeps a draft from being used, apart from the decisions that it asks for.
fn is_refusal(problem: &Problem) -> bool {
    problem.acknowledged.is_none()
        && problem.kind() != "review"
        && matches!(problem.severity, Severity::Error | Severity::Review)
}

/// The draft's column behind a problem: its own, its parent's, or the one that it references.
fn place(
    problem: &Problem,
    tables: &[DraftTable],
    schema: &Schema,
    graph: &ForeignKeyGraph,
) -> Option<(usize, usize)> {
    let table = schema.tables.keys().find(|name| Some(name.to_string()) == problem.table)?.clone();
    let column = problem.column.as_deref()?;
    let find = |table: &TableName, column: &str| {
        let at = tables.iter().position(|drafted| drafted.name == *table)?;
        let within = tables[at].columns.iter().position(|drafted| drafted.name == column)?;
        Some((at, within))
    };
    let mut above = Some(&table);
    let mut steps = 0;
    while let Some(name) = above.filter(|_| steps < 32) {
        if let Some(found) = find(name, column) {
            return Some(found);
        }
        let declared = schema.tables.get(name)?;
        above = declared.partition_of.as_ref().map(|of| &of.parent).or(declared.inherits.first());
        steps += 1;
    }
    let (root, key) = graph.root(&table, column);
    find(&root, &key)
}

/// Columns that an existing policy says nothing of.
fn unnamed(policy: &Policy, lock: &Lock) -> BTreeSet<(TableName, String)> {
    let plan = Plan::compile(policy, lock.schema(), Some(lock));
    let refused: BTreeSet<&str> = plan.problems.iter().map(|problem| problem.id.as_str()).collect();
    let mut new = BTreeSet::new();
    for (name, table) in &plan.tables {
        for column in &table.columns {
            let denied = matches!(column.treatment, Treatment::Refused)
                && refused.contains(format!("unclassified:{name}.{}", column.name).as_str());
            if denied || column.origin == Origin::Unclassified {
                new.insert((name.clone(), column.name.clone()));
            }
        }
    }
    new
}

fn tables(input: &DraftInput<'_>, new: Option<&BTreeSet<(TableName, String)>>) -> Vec<DraftTable> {
    let schema = input.lock.schema();
    let graph = ForeignKeyGraph::new(schema);
    let mut drafted = Vec::new();
    for (name, table) in &schema.tables {
        if table.partition_of.is_some() {
            continue;
        }
        let mut columns = Vec::new();
        for definition in &table.columns {
            let key = (name.clone(), definition.name.clone());
            let inherited = table.inherits.iter().any(|parent| {
                schema.tables.get(parent).is_some_and(|parent| parent.column(&definition.name).is_some())
            });
            let follows = graph.root(name, &definition.name) != key;
            let known = new.is_some_and(|new| !new.contains(&key));
            if definition.generated || inherited || follows || known {
                continue;
            }
            columns.push(column(input, schema, table, &key, &definition.sql_type));
        }
        if !columns.is_empty() {
            drafted.push(DraftTable { subject: subject(input, name, table), name: name.clone(), columns });
        }
    }
    drafted
}

fn column(
    input: &DraftInput<'_>,
    schema: &Schema,
    table: &Table,
    key: &(TableName, String),
    sql_type: &SqlType,
) -> DraftColumn {
    let finding = input.findings.get(key);
    let entity = finding.and_then(|finding| finding.entity.as_deref());
    let seen = operators::Seen {
        sql_type,
        not_null: table.column(&key.1).is_some_and(|column| column.not_null),
        forms: input.forms.get(key).map_or(&[], Vec::as_slice),
        has_schemas: !key.0.schema.is_empty(),
    };
    let keep = |why: &str| format!("{{ op = \"keep\", reason = \"{why} (drafted by init)\" }}");
    let partitions = table.partition_by.as_ref().is_some_and(|by| by.columns.contains(&key.1));
    let (mut proposals, comment) = match (entity, keep_reason(schema, input, key, sql_type, finding)) {
        _ if partitions && entity.is_none() => {
            (vec![keep("partition key: rows must stay in their partition")], String::new())
        }
        (Some(entity), _) => {
            let confidence = finding.map_or(0.0, |finding| finding.confidence);
            let matching = finding.and_then(|finding| finding.matching);
            (operators::proposals(entity, &seen, matching), format!("{entity}, {confidence:.2}"))
        }
        (None, Some(reason)) => {
            let mut list = vec![keep(reason)];
            list.extend(operators::reviews(&seen));
            (list, String::new())
        }
        (None, None) => (operators::reviews(&seen), String::new()),
    };
    if matches!(sql_type.base(), SqlType::Date | SqlType::Timestamp { .. }) {
        let shifts = beside_in_keys(table, &key.1).into_iter();
        let shifts = shifts.map(|row_key| operators::shift_within(&row_key, entity.is_none()));
        proposals.splice(1.min(proposals.len())..1.min(proposals.len()), shifts);
    }
    DraftColumn { name: key.1.clone(), proposals, at: 0, looked_at: false, comment }
}

/// Numbers and UUIDs that stand beside a column in every key that it is part of.
fn beside_in_keys(table: &Table, column: &str) -> Vec<String> {
    let keys: Vec<&[String]> = table.keys().filter(|key| key.iter().any(|name| name == column)).collect();
    let Some(first) = keys.first() else { return Vec::new() };
    let beside = first.iter().filter(|name| *name != column && keys.iter().all(|key| key.contains(name)));
    let is_number = |name: &&String| {
        table.column(name).is_some_and(|column| {
            matches!(
                column.sql_type.base(),
                SqlType::Integer { .. } | SqlType::Unsigned { .. } | SqlType::Uuid
            )
        })
    };
    beside.filter(is_number).cloned().collect()
}

/// Why a column without entity may be kept.
fn keep_reason(
    schema: &Schema,
    input: &DraftInput<'_>,
    key: &(TableName, String),
    sql_type: &SqlType,
    finding: Option<&ColumnFinding>,
) -> Option<&'static str> {
    if input.surrogates.contains(key) {
        return Some("surrogate key");
    }
    let named = finding.is_some_and(|finding| finding.named);
    match sql_type.base() {
        SqlType::Boolean => Some("boolean"),
        SqlType::Enum(name) if schema.enums.contains_key(name) => Some("enum of the schema"),
        SqlType::Integer { .. }
        | SqlType::Unsigned { .. }
        | SqlType::Year
        | SqlType::Numeric { .. }
        | SqlType::Float
        | SqlType::Money
            if !named =>
        {
            Some("plain number")
        }
        _ => None,
    }
}

/// The key of a table with columns about persons: names and dates follow it.
fn subject(input: &DraftInput<'_>, name: &TableName, table: &Table) -> Option<String> {
    let [key] = table.primary_key.as_deref()? else { return None };
    let personal = table.columns.iter().any(|column| {
        let finding = input.findings.get(&(name.clone(), column.name.clone()));
        finding.is_some_and(|finding| {
            matches!(finding.category, Some(Category::Direct | Category::Quasi | Category::Special))
        })
    });
    personal.then(|| key.clone())
}
