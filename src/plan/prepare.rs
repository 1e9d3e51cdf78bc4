//! Turns assignments into column plans: gathers what the columns of a key domain have in common, and prepares each
//! operator for its column.

use std::collections::{BTreeMap, BTreeSet};

use super::by_row;
use super::known_domains::{self, KnownDomains};
use super::plan::{ColumnPlan, MaskPlan, SubjectPlan, TablePlan, Treatment, Unmatched};
use super::policy::{ColumnRule, DomainRule, Parameters, Policy, TableRule};
use super::problem::{Place, Problem, Severity};
use super::propagate::{Assigned, Assignment, Origin, Use};
use super::relations::{Column, Relations};
use super::resolve::{Resolved, ResolvedTable};
use super::rules::{self, Operators};
use super::source::At;
use super::sql_type_text;
use crate::base::did_you_mean;
use crate::mask::{
    About, DefaultDomain, Equality, KeyedBy, OnInvalid, OperatorInfo, Prepared, Refusal, Request,
};
use crate::table::{ColumnDef, Schema, SqlType, TableName};

pub(super) struct Preparation<'a, 'c> {
    pub(super) policy: &'a Policy,
    pub(super) schema: &'a Schema,
    pub(super) resolved: &'c Resolved<'a>,
    pub(super) relations: &'c Relations,
    pub(super) assigned: &'c [Vec<Assigned<'a>>],
    pub(super) operators: &'c Operators,
}

/// What the columns of one key domain and operator have in common.
#[derive(Default)]
pub(super) struct Group<'a> {
    pub(super) width: Option<u32>,
    /// Bits of the columns that hold integers from 0 on.
    pub(super) unsigned: BTreeSet<u8>,
    pub(super) unique: bool,
    pub(super) equality: Option<(Equality, &'static str)>,
    pub(super) parameters: Parameters,
    pub(super) specs: BTreeSet<String>,
    members: Vec<Column>,
    rule: Option<&'a DomainRule>,
}

/// Domain and operator; for operators that follow the subject also the root of the column's foreign keys, for one
/// column's duty to stay unique is none of the others'.
pub(super) type GroupName = (String, &'static str, String);

impl<'a> Preparation<'a, '_> {
    /// Plans of all tables, in the order of the resolved ones.
    pub(super) fn run(&self, problems: &mut Vec<Problem>) -> Vec<TablePlan> {
        let mut groups = self.groups(problems);
        let known = KnownDomains::new(self.policy, &groups);
        let mut plans = Vec::with_capacity(self.resolved.tables.len());
        for (index, table) in self.resolved.tables.iter().enumerate() {
            let subject = self.subject(index);
            let gender = self.kept(index, |rule| rule.gender.as_ref()).map(str::to_owned);
            let mut columns = Vec::with_capacity(table.table.columns.len());
            for (position, definition) in table.table.columns.iter().enumerate() {
                let assigned = &self.assigned[index][position];
                let treatment = match &assigned.assignment {
                    Assignment::Keep { reason } => Treatment::Keep { reason: reason.map(str::to_owned) },
                    Assignment::Unclassified | Assignment::Broken => Treatment::Refused,
                    Assignment::Mask(shared) => {
                        let column = Masked { at: (index, position), table, definition, assigned, shared };
                        match self.mask(&column, subject.is_some(), &known, &mut groups, problems) {
                            Some(mask) => Treatment::Mask(mask),
                            None => Treatment::Refused,
                        }
                    }
                };
                columns.push(ColumnPlan {
                    name: definition.name.clone(),
                    sql_type: definition.sql_type.clone(),
                    encoding: definition.collation().and_then(|collation| collation.encoding()),
                    generated: definition.generated,
                    treatment,
                    origin: assigned.origin.clone(),
                });
            }
            let plan = TablePlan {
                name: table.name.clone(),
                drop_rows: table.dropped,
                columns,
                subject,
                gender,
                country: self.kept(index, |rule| rule.country.as_ref()).map(str::to_owned),
                keep_rows: by_row::keep_rows(table, problems),
            };
            plans.push(plan);
        }
        self.exposed(&mut plans, problems);
        self.domain_rules(&plans, problems);
        known_domains::different_specs(&groups, problems);
        plans
    }

    fn definition(&self, (table, column): Column) -> (&'a TableName, &'a ColumnDef) {
        let table = &self.resolved.tables[table];
        (table.name, &table.table.columns[column])
    }

    fn uses(&self) -> impl Iterator<Item = (Column, &Assigned<'a>, &Use<'a>)> {
        self.assigned
            .iter()
            .enumerate()
            .flat_map(|(table, columns)| {
                columns.iter().enumerate().filter_map(move |(column, assigned)| match &assigned.assignment {
                    Assignment::Mask(shared) => Some(((table, column), assigned, shared.as_ref())),
                    _ => None,
                })
            })
            .flat_map(|(at, assigned, shared)| shared.all().map(move |own| (at, assigned, own)))
    }

    fn groups(&self, problems: &mut Vec<Problem>) -> BTreeMap<GroupName, Group<'a>> {
        let mut groups: BTreeMap<GroupName, Group<'a>> = BTreeMap::new();
        for (at, assigned, shared) in self.uses() {
            let (table, definition) = self.definition(at);
            let group = groups.entry(group_name(at, assigned, shared)).or_default();
            if let Some(width) = definition.sql_type.width() {
                group.width = Some(group.width.map_or(width, |narrowest| narrowest.min(width)));
            }
            if let SqlType::Unsigned { bits } = definition.sql_type.base() {
                group.unsigned.insert(*bits);
            }
            group.unique |= self.must_be_unique(at) || shared.rule.is_some_and(|rule| rule.unique);
            group.rule = self.policy.domains.get(&shared.domain);
            let folds = matches!(definition.sql_type.base(), SqlType::Text { case_insensitive: true, .. });
            if folds && group.equality.is_none() {
                group.equality = Some((Equality::CaseInsensitive, CITEXT));
            }
            if let Some(rule) = shared.rule {
                merge(group, rule, shared, table, definition, problems);
            }
            group.members.push(at);
        }
        for ((domain, operator, _), group) in &mut groups {
            let Some(rule) = group.rule else { continue };
            if let Some(equality) = rule.equality {
                if group.equality.is_some_and(|(other, from)| other != equality && from != CITEXT) {
                    let message =
                        format!("columns of key domain \"{domain}\" have another equality than the domain");
                    problems.push(
                        Problem::new(Severity::Error, format!("domain:{domain}"), message).at(Some(rule.at)),
                    );
                }
                group.equality = Some((equality, "domain"));
            }
            let info = rules::operator(operator, self.operators);
            for (name, value) in &rule.parameters {
                let declared = info.and_then(|info| info.parameters.iter().find(|own| own.name == name));
                if !declared.is_some_and(|parameter| parameter.of_domain) {
                    continue;
                }
                let own = group.parameters.insert(name.clone(), value.clone());
                if let Some(own) = own.filter(|own| own.value != value.value) {
                    let message = format!(
                        "a column of key domain \"{domain}\" has another {name} than [domains]: a domain has one"
                    );
                    problems.push(
                        Problem::new(Severity::Error, format!("domain:{domain}"), message).at(Some(own.at)),
                    );
                }
            }
        }
        groups
    }

    /// Whether the column is part of a key, or tied to others by a foreign key.
    fn must_be_unique(&self, at: Column) -> bool {
        let (table, column) = (&self.resolved.tables[at.0], &self.resolved.tables[at.0].table.columns[at.1]);
        table.table.keys().any(|key| key.contains(&column.name))
            || self.relations.referenced.contains(&at)
            || self.relations.referencing.contains(&at)
    }

    /// Checks `[domains]`: that somebody uses each, columns or parts of their values, and that its parameters mean
    /// something to them.
    fn domain_rules(&self, plans: &[TablePlan], problems: &mut Vec<Problem>) {
        let mut users: BTreeMap<&str, BTreeMap<&str, &'static OperatorInfo>> = BTreeMap::new();
        for (_, _, shared) in self.uses() {
            users.entry(&shared.domain).or_default().insert(shared.info.name, shared.info);
        }
        let masks = plans.iter().flat_map(|table| &table.columns).filter_map(ColumnPlan::mask);
        for part in masks.flat_map(|mask| &mask.prepared.parts) {
            users.entry(&part.domain).or_default().insert(part.operator.name, part.operator);
        }
        for (name, rule) in &self.policy.domains {
            let mut add = |kind: &str, at: Place, message: String| {
                let problem = Problem::new(Severity::Error, format!("{kind}:{name}"), message);
                problems.push(problem.at(Some(at)));
            };
            let Some(infos) = users.get(name.as_str()) else {
                // A column whose parts could not be prepared has been reported, and may be the one.
                let refused = plans.iter().flat_map(|table| &table.columns).any(ColumnPlan::is_refused);
                if refused && self.uses().any(|(_, _, shared)| shared.info.keyed_by == KeyedBy::Parts) {
                    continue;
                }
                let known = users.keys().copied().filter(|domain| !domain.is_empty());
                add(
                    "unknown-domain",
                    rule.at,
                    format!("no column uses key domain \"{name}\"{}", did_you_mean(name, known)),
                );
                continue;
            };
            for (key, value) in &rule.parameters {
                let of_domain =
                    || infos.values().flat_map(|info| info.parameters).filter(|own| own.of_domain);
                match of_domain().find(|parameter| parameter.name == key) {
                    Some(parameter) => {
                        if let Some(expected) = parameter.kind.mismatch(&value.value) {
                            add("parameter", value.at, format!("\"{key}\" must be {expected}"));
                        }
                    }
                    None if key == "kind" => {
                        let kind = value.value.as_str().unwrap_or_default();
                        let fits = |info: &OperatorInfo| {
                            let entity =
                                matches!(info.domain, DefaultDomain::Entity(entity) if entity == kind);
                            entity || info.name == kind
                        };
                        if !infos.values().all(|info| fits(info)) {
                            let operators: Vec<&str> = infos.keys().copied().collect();
                            add(
                                "domain",
                                value.at,
                                format!(
                                    "key domain \"{name}\" has another kind than the operator that uses it ({})",
                                    operators.join(", ")
                                ),
                            );
                        }
                    }
                    None => {
                        let known = of_domain().map(|own| own.name).chain(["kind", "equality"]);
                        let hint = did_you_mean(key, known);
                        let message = format!("\"{key}\" is no parameter of key domain \"{name}\"{hint}");
                        add("unknown-parameter", value.at, message);
                    }
                }
            }
        }
    }

    /// The column that a table's rule names, if the policy keeps it: what is masked must not show through elsewhere.
    fn kept(
        &self,
        index: usize,
        setting: impl Fn(&'a TableRule) -> Option<&'a At<String>>,
    ) -> Option<&'a str> {
        let table = &self.resolved.tables[index];
        let (position, definition) = table.column(&table.setting(setting)?.value)?;
        let kept = matches!(self.assigned[index][position].assignment, Assignment::Keep { .. });
        (kept && !definition.generated).then_some(definition.name.as_str())
    }

    fn subject(&self, index: usize) -> Option<SubjectPlan> {
        let table = &self.resolved.tables[index];
        let columns = table.setting(|rule| rule.subject.as_ref())?;
        self.message(index, columns.iter().map(|column| column.value.as_str()))
    }

    /// The subject message of some columns; none if the table lacks one of them.
    fn message<'s>(&self, index: usize, names: impl Iterator<Item = &'s str>) -> Option<SubjectPlan> {
        let table = &self.resolved.tables[index];
        let mut domains = Vec::new();
        let mut columns = Vec::new();
        for name in names {
            let (position, _) = table.column(name)?;
            let assigned = &self.assigned[index][position];
            domains.push(match &assigned.assignment {
                Assignment::Mask(shared)
                    if shared.info.keyed_by == KeyedBy::Value && !shared.domain.is_empty() =>
                {
                    shared.domain.as_str()
                }
                _ => assigned.root.as_str(),
            });
            columns.push(name.to_owned());
        }
        (!columns.is_empty()).then(|| SubjectPlan { domain: domains.join(","), columns })
    }

    /// The operator of a column for the rows that it is for.
    pub(super) fn mask_rows(
        &self,
        column: &Masked<'a, '_>,
        has_subject: bool,
        known: &KnownDomains,
        groups: &mut BTreeMap<GroupName, Group<'a>>,
        problems: &mut Vec<Problem>,
    ) -> Option<MaskPlan> {
        let when = self.condition(column, problems)?;
        let Masked { definition, shared, assigned, .. } = column;
        let info = shared.info;
        let row_key = self.row_key(column, problems);
        let not_null = definition.not_null || self.domain_not_null(&definition.sql_type);
        if info.name == "null" && not_null {
            problems.push(
                column.problem("not-null", "is NOT NULL and cannot become NULL; use redact or constant"),
            );
            return None;
        }
        if !(info.accepts)(&definition.sql_type) {
            problems.push(column.problem("operator", &self.wrong_type(info, &definition.sql_type)));
            return None;
        }
        let group = groups.get_mut(&group_name(column.at, assigned, shared))?;
        let own = shared.rule.map(|rule| &rule.parameters);
        let mut parameters: BTreeMap<String, toml::Value> = group
            .parameters
            .iter()
            .chain(own.into_iter().flatten())
            .map(|(name, value)| (name.clone(), value.value.clone()))
            .collect();
        for (name, set) in [
            ("unique", shared.rule.is_some_and(|rule| rule.unique)),
            ("live", shared.rule.is_some_and(|rule| rule.live)),
        ] {
            if set {
                parameters.insert(name.to_owned(), toml::Value::Boolean(true));
            }
        }
        if let Some(reason) = shared.rule.and_then(|rule| rule.reason.clone()) {
            parameters.insert("reason".to_owned(), toml::Value::String(reason));
        }
        let missing = info.parameters.iter().find(|own| own.required && !parameters.contains_key(own.name));
        if let Some(missing) = missing {
            let message = format!("needs {} of operator {}: {}", missing.name, info.name, missing.summary);
            problems.push(column.problem("parameter", &message));
            return None;
        }
        let default = OnInvalid::default_for(&definition.sql_type);
        let unsigned: Vec<u8> = group.unsigned.iter().copied().collect();
        let request = Request {
            parameters: &parameters,
            domain: &shared.domain,
            equality: group.equality.map_or(Equality::Exact, |(equality, _)| equality),
            sql_type: &definition.sql_type,
            width: group.width,
            unsigned: &unsigned,
            unique: group.unique,
            not_null,
            ascii: holds_only_ascii(definition),
            locale: &self.policy.locale,
            on_invalid: shared.rule.and_then(|rule| rule.on_invalid).unwrap_or(default),
            column: &assigned.root,
            domains: known,
            about: match (&row_key, has_subject) {
                (Some(_), _) => About::RowKey,
                (None, true) => About::Subject,
                (None, false) => About::Nobody,
            },
            country: self.kept(column.at.0, |rule| rule.country.as_ref()),
        };
        let prepared = match (info.prepare)(&request) {
            Ok(prepared) => prepared,
            Err(Refusal(why)) => {
                problems
                    .push(column.problem("operator", &format!("cannot be masked with {}: {why}", info.name)));
                return None;
            }
        };
        if let Some(unknown) = prepared.reads.iter().find(|name| column.table.column(name).is_none()) {
            let known = column.table.table.columns.iter().map(|column| column.name.as_str());
            let message =
                format!("looks at the unknown column \"{unknown}\"{}", did_you_mean(unknown, known));
            problems.push(column.problem("reads", &message));
            return None;
        }
        let width = group.width;
        group.specs.insert(prepared.spec.clone());
        for part in prepared.parts.iter().filter(|part| part.keyed_by == KeyedBy::Value) {
            let name = (part.domain.clone(), part.operator.name, String::new());
            groups.entry(name).or_default().specs.insert(part.spec.clone());
        }
        column.notes(
            &prepared,
            has_subject || shared.rule.is_some_and(|rule| rule.row_key.is_some()),
            problems,
        );
        let inherited_from = match &assigned.origin {
            Origin::Follows(from) => Some(from.clone()),
            _ => None,
        };
        Some(MaskPlan {
            operator: info,
            domain: shared.domain.clone(),
            max_invalid: shared.rule.and_then(|rule| rule.max_invalid).unwrap_or(self.policy.max_invalid),
            on_invalid: request.on_invalid,
            equality: request.equality,
            width,
            row_key,
            sentinels: shared.rule.and_then(|rule| rule.sentinels.clone()).into_iter().flatten().collect(),
            inherited_from,
            verdict: None,
            reason: shared.rule.and_then(|rule| rule.reason.clone()),
            when,
            branches: Vec::new(),
            unmatched: Unmatched::Keep,
            keeps_rows: false,
            prepared,
            parameters,
        })
    }

    fn row_key(&self, column: &Masked<'a, '_>, problems: &mut Vec<Problem>) -> Option<SubjectPlan> {
        let row_key = column.shared.rule?.row_key.as_ref()?;
        if !matches!(column.shared.info.keyed_by, KeyedBy::Subject | KeyedBy::Parts) {
            let message =
                format!("has a row_key, but {} does not follow the row's subject", column.shared.info.name);
            problems.push(column.problem("row-key", &message));
            return None;
        }
        if let Some(unknown) = row_key.iter().find(|name| column.table.column(&name.value).is_none()) {
            let known = column.table.table.columns.iter().map(|column| column.name.as_str());
            let hint = did_you_mean(&unknown.value, known);
            let message = format!("has a row_key with the unknown column \"{}\"{hint}", unknown.value);
            problems.push(column.problem("row-key", &message).at(Some(unknown.at)));
            return None;
        }
        self.message(column.at.0, row_key.iter().map(|name| name.value.as_str()))
    }

    fn domain_not_null(&self, sql_type: &SqlType) -> bool {
        match sql_type {
            SqlType::Domain(name, inner) => {
                self.schema.domains.get(name).is_some_and(|domain| domain.not_null)
                    || self.domain_not_null(inner)
            }
            _ => false,
        }
    }

    fn wrong_type(&self, info: &OperatorInfo, sql_type: &SqlType) -> String {
        let fitting = self.operators.iter().filter(|other| other.name != "keep" && (other.accepts)(sql_type));
        let fitting: Vec<&str> = fitting.map(|other| other.name).collect();
        format!(
            "is {}, which {} cannot mask; for that type there are {}",
            sql_type_text::write(sql_type),
            info.name,
            fitting.join(", ")
        )
    }
}

/// A column that is to be masked.
#[derive(Clone, Copy)]
pub(super) struct Masked<'a, 'c> {
    pub(super) at: Column,
    pub(super) table: &'c ResolvedTable<'a>,
    pub(super) definition: &'a ColumnDef,
    pub(super) assigned: &'c Assigned<'a>,
    pub(super) shared: &'c Use<'a>,
}

impl Masked<'_, '_> {
    /// An error about the column; `what` is the rest of the sentence.
    pub(super) fn problem(&self, kind: &str, what: &str) -> Problem {
        let (table, column) = (self.table.name, &self.definition.name);
        Problem::new(
            Severity::Error,
            format!("{kind}:{table}.{column}"),
            format!("column {table}.{column} {what}"),
        )
        .at(self.assigned.place())
        .in_table(table)
        .in_column(column)
    }

    /// What the operator and the policy's words have to say, once for each column that they are said of.
    fn notes(&self, prepared: &Prepared, has_subject: bool, problems: &mut Vec<Problem>) {
        let info = self.shared.info;
        if !has_subject {
            self.without_subject(info, prepared.keyed_by.unwrap_or(info.keyed_by), "", problems);
            for part in &prepared.parts {
                self.without_subject(part.operator, part.keyed_by, &format!(" at {}", part.place), problems);
            }
        }
        if matches!(self.assigned.origin, Origin::Follows(_)) {
            return;
        }
        let rule = self.shared.rule;
        if rule.is_some_and(|rule| rule.operator == rules::REVIEW || rule.review) {
            let what = "needs a decision: it is masked until the policy names an operator without review, or keeps it";
            problems.push(Problem { severity: Severity::Review, ..self.problem("review", what) });
        }
        for (kind, text) in &prepared.notes {
            let severity = if *kind == "live-values" { Severity::Warning } else { Severity::Info };
            let acknowledged =
                rule.filter(|rule| rule.live && *kind == "live-values").and_then(|rule| rule.reason.clone());
            problems.push(Problem {
                severity,
                acknowledged,
                ..self.problem(kind, &format!("({}): {text}", info.name))
            });
        }
    }

    /// What it means for an operator, of the column or of what is `at` a place in it, that the table has no subject.
    fn without_subject(&self, info: &OperatorInfo, keyed_by: KeyedBy, at: &str, problems: &mut Vec<Problem>) {
        if keyed_by != KeyedBy::Subject {
            return;
        }
        if info.class == crate::mask::Class::Perturb {
            let what = format!(
                "cannot be masked with {}{at}: it needs the table's subject, or a row_key",
                info.name
            );
            problems.push(self.problem("subject", &what));
        } else {
            let what = format!(
                "is masked with {}{at} and the table has no subject: equal values become equal, whoever they belong to",
                info.name
            );
            problems.push(Problem { severity: Severity::Warning, ..self.problem("no-subject", &what) });
        }
    }
}

fn group_name(at: Column, assigned: &Assigned<'_>, shared: &Use<'_>) -> GroupName {
    let apart = if shared.domain.is_empty() {
        format!("{}.{}", at.0, at.1)
    } else if shared.info.keyed_by == KeyedBy::Subject {
        assigned.root.clone()
    } else {
        String::new()
    };
    (shared.domain.clone(), shared.info.name, apart)
}

const CITEXT: &str = "citext";

/// Whether nothing but ASCII is known to fit the column's character set.
fn holds_only_ascii(column: &ColumnDef) -> bool {
    column.collation().is_some_and(|collation| collation.encoding().is_none())
}

/// Adds what a column's rule says of its domain.
fn merge(
    group: &mut Group<'_>,
    rule: &ColumnRule,
    shared: &Use<'_>,
    table: &TableName,
    definition: &ColumnDef,
    problems: &mut Vec<Problem>,
) {
    let mut conflict = |what: &str, at: Place| {
        let message = format!(
            "column {table}.{} has another {what} than other columns of key domain \"{}\"; set it in [domains.\"{}\"]",
            definition.name, shared.domain, shared.domain
        );
        problems.push(
            Problem::new(Severity::Error, format!("domain:{}", shared.domain), message)
                .at(Some(at))
                .in_table(table)
                .in_column(&definition.name),
        );
    };
    if let Some(equality) = rule.equality {
        if group.equality.is_some_and(|(other, from)| other != equality && from != CITEXT) {
            conflict("equality", rule.at);
        }
        group.equality = Some((equality, "column"));
    }
    let first = group.members.is_empty();
    for parameter in shared.info.parameters.iter().filter(|parameter| parameter.of_domain) {
        let in_domain = group.rule.is_some_and(|rule| rule.parameters.contains_key(parameter.name));
        match (rule.parameters.get(parameter.name), group.parameters.get(parameter.name)) {
            (Some(own), None) if first || in_domain => {
                group.parameters.insert(parameter.name.to_owned(), own.clone());
            }
            (Some(own), Some(other)) if own.value == other.value => {}
            (Some(own), _) => conflict(parameter.name, own.at),
            (None, Some(_)) if !in_domain => conflict(parameter.name, rule.at),
            (None, _) => {}
        }
    }
}
