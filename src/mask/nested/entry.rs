//! The operator of a part of a value, as a policy names it: checked as a column's is.
//!
//! An entry is an operator's name, or a table with `op`, the operator's parameters, and what a column may say of its
//! key domain and its invalid cells. Without `domain` it has the one that a column would have, so an email within a
//! document has the pseudonym of an email in a column; an operator whose default is the column's own name gets
//! `table.column` with the part's place after it.

use std::collections::BTreeMap;

use toml::Value;

use super::super::{
    DefaultDomain, DomainFacts, Equality, OPERATORS, OnInvalid, OperatorInfo, Prepared, Refusal, Request,
    operator,
};
use crate::base::did_you_mean;
use crate::table::SqlType;

/// What an entry may say beside the operator's own parameters.
const COMMON: &[&str] = &["op", "domain", "equality", "on_invalid", "unique", "sentinels", "live", "reason"];
/// What only a whole column can say.
const OF_COLUMNS: &[&str] = &["max_invalid", "row_key", "accept_frequency_leak"];
/// Entries within entries.
const DEEPEST: usize = 6;

/// An entry that names a known operator with parameters of its own.
pub(in super::super) struct Entry<'a> {
    request: &'a Request<'a>,
    pub(super) place: String,
    pub(in super::super) info: &'static OperatorInfo,
    pub(super) domain: String,
    pub(super) sentinels: Vec<Vec<u8>>,
    /// Somebody said why its output may reach real people.
    pub(super) live: bool,
    parameters: BTreeMap<String, Value>,
    facts: DomainFacts,
    /// As the entry or its domain says.
    equality: Option<Equality>,
    on_invalid: Option<OnInvalid>,
    /// What operators of parts of this part call their column.
    column: String,
}

impl<'a> Entry<'a> {
    /// Reads the entry of the part at `place`.
    pub(in super::super) fn read(
        request: &'a Request<'a>,
        place: &str,
        value: &Value,
    ) -> Result<Self, Refusal> {
        Self::checked(request, place, value).map_err(|Refusal(why)| Refusal(format!("{place}: {why}")))
    }

    fn checked(request: &'a Request<'a>, place: &str, value: &Value) -> Result<Self, Refusal> {
        if is_deeper(value, DEEPEST * 2) {
            return Err(Refusal(format!("entries stand within entries at most {DEEPEST} deep")));
        }
        let none = toml::Table::new();
        let said = value.as_table().unwrap_or(&none);
        let Some(name) = value.as_str().or_else(|| said.get("op")?.as_str()) else {
            return Err(Refusal("needs an operator: its name, or a table with op and its parameters".into()));
        };
        let info = operator(name).ok_or_else(|| {
            let hint = did_you_mean(name, OPERATORS.iter().map(|info| info.name));
            Refusal(format!("there is no operator \"{name}\"{hint}"))
        })?;
        let column = format!("{}{place}", request.column);
        let domain = match (text(said, "domain")?, info.domain) {
            (Some(""), _) => return Err(Refusal("\"domain\" must not be empty".into())),
            (Some(domain), _) => domain.to_owned(),
            (None, DefaultDomain::None) => String::new(),
            (None, DefaultDomain::Entity(entity)) => entity.to_owned(),
            (None, DefaultDomain::Column) => column.clone(),
        };
        let facts = if domain.is_empty() {
            DomainFacts::default()
        } else {
            request.domains.facts(&domain, info.name)
        };
        let live = flag(said, "live")?;
        if live && !said.contains_key("reason") {
            return Err(Refusal(
                "\"live = true\" lets output reach real people or systems: it needs a \"reason\"".into(),
            ));
        }
        text(said, "reason")?;
        let said_equality = choice(said, "equality", &["exact", "ci", "ci_ai"])?;
        let equality = match (said_equality.and_then(Equality::from_name), facts.equality) {
            (Some(own), Some(domain)) if own != domain => {
                return Err(Refusal("has another equality than its key domain".into()));
            }
            (own, domain) => own.or(domain),
        };
        let on_invalid = choice(said, "on_invalid", &["tag", "redact", "error"])?.map(|name| match name {
            "tag" => OnInvalid::Tag,
            "redact" => OnInvalid::Redact,
            _ => OnInvalid::Error,
        });
        let parameters = parameters(info, said, &facts, live)?;
        let sentinels = sentinels(said)?;
        let place = place.to_owned();
        Ok(Self {
            request,
            place,
            info,
            domain,
            sentinels,
            live,
            parameters,
            facts,
            equality,
            on_invalid,
            column,
        })
    }

    /// Prepares the operator for parts of this type.
    pub(in super::super) fn prepare(&self, sql_type: &SqlType) -> Result<Prepared, Refusal> {
        let refuse = |why: String| Refusal(format!("{}: {why}", self.place));
        let name = self.info.name;
        if !(self.info.accepts)(sql_type) {
            return Err(refuse(format!("{name} cannot mask values of that type")));
        }
        let on_invalid = match self.on_invalid {
            // A tag is text; what is no text ends the run, as in a column of the type.
            Some(OnInvalid::Tag) | None => OnInvalid::default_for(sql_type),
            Some(said) => said,
        };
        let folds = matches!(sql_type.base(), SqlType::Text { case_insensitive: true, .. });
        let natural = if folds { Equality::CaseInsensitive } else { Equality::Exact };
        let request = Request {
            equality: self.equality.unwrap_or(natural),
            width: self.facts.width,
            unsigned: &self.facts.unsigned,
            unique: self.facts.unique,
            ascii: self.request.ascii,
            locale: self.request.locale,
            on_invalid,
            column: &self.column,
            domains: self.request.domains,
            detectors: self.request.detectors,
            ..Request::new(&self.parameters, &self.domain, sql_type)
        };
        (self.info.prepare)(&request).map_err(|Refusal(why)| refuse(format!("cannot use {name}: {why}")))
    }
}

/// Parameters of the domain, and the entry's own over them.
fn parameters(
    info: &OperatorInfo,
    said: &toml::Table,
    facts: &DomainFacts,
    live: bool,
) -> Result<BTreeMap<String, Value>, Refusal> {
    let mut parameters = BTreeMap::new();
    for own in info.parameters.iter().filter(|own| own.of_domain) {
        parameters.extend(facts.parameters.get(own.name).map(|value| (own.name.to_owned(), value.clone())));
    }
    for (name, value) in said {
        if COMMON.contains(&name.as_str()) {
            continue;
        }
        let Some(declared) = info.parameters.iter().find(|own| own.name == name) else {
            if OF_COLUMNS.contains(&name.as_str()) {
                return Err(Refusal(format!("\"{name}\" belongs to the column, not to a part of its value")));
            }
            let known = info.parameters.iter().map(|own| own.name).chain(COMMON.iter().copied());
            let hint = did_you_mean(name, known);
            return Err(Refusal(format!("operator {} has no parameter \"{name}\"{hint}", info.name)));
        };
        if let Some(expected) = declared.kind.mismatch(value) {
            return Err(Refusal(format!("parameter \"{name}\" of {} must be {expected}", info.name)));
        }
        let of_domain = parameters.insert(name.clone(), value.clone());
        if of_domain.is_some_and(|of_domain| of_domain != *value) {
            return Err(Refusal(format!("has another {name} than its key domain: a domain has one")));
        }
    }
    if let Some(missing) =
        info.parameters.iter().find(|own| own.required && !parameters.contains_key(own.name))
    {
        return Err(Refusal(format!(
            "needs {} of operator {}: {}",
            missing.name, info.name, missing.summary
        )));
    }
    for (name, set) in [("live", live), ("unique", flag(said, "unique")?)] {
        if set {
            parameters.insert(name.to_owned(), Value::Boolean(true));
        }
    }
    parameters.extend(said.get("reason").map(|reason| ("reason".to_owned(), reason.clone())));
    Ok(parameters)
}

fn sentinels(said: &toml::Table) -> Result<Vec<Vec<u8>>, Refusal> {
    let wrong = || Refusal("\"sentinels\" must be a list of strings".into());
    let Some(value) = said.get("sentinels") else { return Ok(Vec::new()) };
    let list = value.as_array().ok_or_else(wrong)?;
    list.iter().map(|text| Ok(text.as_str().ok_or_else(wrong)?.as_bytes().to_vec())).collect()
}

fn text<'t>(said: &'t toml::Table, name: &str) -> Result<Option<&'t str>, Refusal> {
    let Some(value) = said.get(name) else { return Ok(None) };
    value.as_str().map(Some).ok_or_else(|| Refusal(format!("\"{name}\" must be a string")))
}

fn flag(said: &toml::Table, name: &str) -> Result<bool, Refusal> {
    let Some(value) = said.get(name) else { return Ok(false) };
    value.as_bool().ok_or_else(|| Refusal(format!("\"{name}\" must be true or false")))
}

fn choice<'t>(said: &'t toml::Table, name: &str, choices: &[&str]) -> Result<Option<&'t str>, Refusal> {
    let text = text(said, name)?;
    if text.is_some_and(|text| !choices.contains(&text)) {
        let quoted = super::super::parameters::quoted(choices);
        return Err(Refusal(format!("\"{name}\" must be one of {quoted}")));
    }
    Ok(text)
}

/// Whether tables stand within tables deeper than that.
fn is_deeper(value: &Value, most: usize) -> bool {
    match value {
        Value::Table(table) => most == 0 || table.values().any(|value| is_deeper(value, most - 1)),
        _ => false,
    }
}
