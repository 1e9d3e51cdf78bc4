//! Reads the text of a policy into a [`Policy`], key by key, and finds every mistake that the file alone can show.

use std::collections::BTreeMap;

use super::inputs::Inputs;
use super::policy::{
    Acknowledgement, ColumnRule, DomainBy, DomainRule, KeepRowsRule, LargeObjects, Parameters, Policy,
    Relation, TableRule, Unclassified,
};
use super::preset;
use super::source::{self, At, Section, Source};
use crate::base::{Result, did_you_mean};
use crate::mask::{Equality, OnInvalid};

/// Keys of a policy, as documentation and as the list that unknown keys are compared with.
pub(super) const TOP: &[&str] = &[
    "version",
    "construction",
    "project",
    "preset",
    "ephemeral",
    "unclassified",
    "locale",
    "large_objects",
    "max_invalid",
    "source",
    "domains",
    "tables",
    "relation",
    "acknowledge",
];
/// Keys of `[tables."name"]`.
pub(super) const TABLE: &[&str] = &["subject", "gender", "country", "rows", "keep", "keep_rows", "columns"];
/// Keys of a column's entry beside the operator's own parameters.
pub(super) const COLUMN: &[&str] = &[
    "op",
    "domain",
    "equality",
    "on_invalid",
    "max_invalid",
    "unique",
    "row_key",
    "sentinels",
    "accept_frequency_leak",
    "live",
    "reason",
    "review",
    "when",
    "else",
    "domain_by",
];
/// Values of `unclassified`, from strict to loose.
pub(super) const UNCLASSIFIED: &[(&str, Unclassified)] =
    &[("deny", Unclassified::Deny), ("redact", Unclassified::Redact), ("keep", Unclassified::Keep)];
/// Values of `large_objects`, from strict to loose.
pub(super) const LARGE_OBJECTS: &[(&str, LargeObjects)] =
    &[("deny", LargeObjects::Deny), ("drop", LargeObjects::Drop), ("keep", LargeObjects::Keep)];
/// Values of `on_invalid`.
pub(super) const ON_INVALID: &[(&str, OnInvalid)] =
    &[("tag", OnInvalid::Tag), ("redact", OnInvalid::Redact), ("error", OnInvalid::Error)];
/// Values of `equality`.
pub(super) const EQUALITY: &[(&str, Equality)] = &[
    ("exact", Equality::Exact),
    ("ci", Equality::CaseInsensitive),
    ("ci_ai", Equality::CaseAccentInsensitive),
];
/// Values of `rows`.
pub(super) const ROWS: &[(&str, bool)] = &[("keep", false), ("drop", true)];

/// The share of invalid cells that a run bears when the policy says nothing.
const MAX_INVALID: f64 = 0.05;

pub(super) fn parse(text: &str, file: &str, digest: String) -> Result<Policy> {
    let source = Source::new(file, text);
    let policy = source::read(&source, |root| policy(root, digest))?;
    Ok(Policy { source, ..policy })
}

fn policy(root: &Section<'_>, digest: String) -> Policy {
    root.only(TOP);
    match root.number("version") {
        Some(1) => {}
        Some(_) => root.fault_at("version", "this version of scrub reads policies of version = 1 only"),
        None if !root.has("version") => root.fault("\"version = 1\" is missing"),
        None => {}
    }
    match root.required_text("construction") {
        Some("v1") | None => {}
        Some(_) => root.fault_at("construction", "the only construction is \"v1\""),
    }
    let project = root.required_text("project").unwrap_or_default();
    if project.trim().is_empty() && root.has("project") {
        root.fault_at("project", "\"project\" must not be empty: it separates keys");
    }
    let mut domains = BTreeMap::new();
    if let Some(section) = root.section("domains") {
        for name in section.keys() {
            if let Some(domain) = section.section(name) {
                domains.insert(name.to_owned(), domain_rule(&domain));
            }
        }
    }
    let mut tables = Vec::new();
    if let Some(section) = root.section("tables") {
        for name in section.keys() {
            if let Some(table) = section.section(name) {
                tables.push(table_rule(name, &table));
            }
        }
    }
    let presets = preset::chosen(root);
    let defaults = preset::defaults(&presets);
    Policy {
        source: Source::new("", ""),
        path: None,
        digest,
        project: project.to_owned(),
        presets,
        ephemeral: root.flag("ephemeral").unwrap_or(false),
        unclassified: root
            .choice("unclassified", UNCLASSIFIED)
            .or(defaults.unclassified)
            .unwrap_or(Unclassified::Deny),
        locale: root.text("locale").unwrap_or("en_US").to_owned(),
        large_objects: root
            .choice("large_objects", LARGE_OBJECTS)
            .or(defaults.large_objects)
            .unwrap_or(LargeObjects::Deny),
        max_invalid: root.share("max_invalid").or(defaults.max_invalid).unwrap_or(MAX_INVALID),
        inputs: root.section("source").map(|source| Inputs::read(&source)).unwrap_or_default(),
        domains,
        tables,
        relations: root.sections("relation").iter().filter_map(relation).collect(),
        acknowledgements: root.sections("acknowledge").iter().filter_map(acknowledgement).collect(),
    }
}

fn domain_rule(section: &Section<'_>) -> DomainRule {
    let mut parameters = Parameters::new();
    for key in section.keys() {
        if key != "equality" {
            parameters.extend(section.any(key).map(|value| (key.to_owned(), value)));
        }
    }
    DomainRule { at: section.place(), equality: section.choice("equality", EQUALITY), parameters }
}

fn table_rule(pattern: &str, section: &Section<'_>) -> TableRule {
    dotted_name(pattern, section);
    section.only(TABLE);
    let mut columns = BTreeMap::new();
    if let Some(entries) = section.section("columns") {
        for name in entries.keys() {
            columns.extend(column_rule(name, &entries).map(|rule| (name.to_owned(), rule)));
        }
    }
    let mut keep = BTreeMap::new();
    let mut keep_reason = None;
    if let Some(list) = section.section("keep") {
        list.only(&["columns", "reason"]);
        keep_reason = list.text("reason").map(str::to_owned);
        if !list.has("columns") {
            list.fault("\"columns\" is missing: which columns are kept?");
        }
        for column in list.texts("columns").unwrap_or_default() {
            keep.insert(column.value, column.at);
        }
    }
    for name in columns.keys().filter(|name| keep.contains_key(*name)) {
        section.fault_at("keep", format!("column \"{name}\" is in \"keep\" and in \"columns\""));
    }
    if pattern.contains('*') && (!keep.is_empty() || columns.values().any(ColumnRule::keeps_some)) {
        section.fault("a pattern with * may not keep columns: name the table");
    }
    TableRule {
        pattern: pattern.to_owned(),
        at: section.place(),
        subject: section.text_or_texts("subject"),
        gender: section.placed("gender"),
        country: section.placed("country"),
        drop_rows: section.choice("rows", ROWS),
        keep,
        keep_reason,
        keep_rows: section.section("keep_rows").and_then(|section| keep_rows(&section)),
        columns,
    }
}

fn keep_rows(section: &Section<'_>) -> Option<KeepRowsRule> {
    section.only(&["when", "reason"]);
    let (when, reason) = (section.required_text("when"), section.required_text("reason"));
    let (when, reason) = (when?, reason?);
    if reason.trim().is_empty() {
        section.fault_at("reason", "\"reason\" must not be empty: these rows pass in clear");
    }
    Some(KeepRowsRule {
        when: At { value: when.to_owned(), at: section.place_of("when") },
        reason: reason.to_owned(),
    })
}

/// `domain_by = { column = "kind", map = { Post = "posts.id" }, else = "error" }`.
fn domain_by(section: &Section<'_>) -> Option<DomainBy> {
    section.only(&["column", "map", "else"]);
    let column = section.required_text("column");
    let mut map = BTreeMap::new();
    match section.section("map") {
        None if !section.has("map") => {
            section.fault("\"map\" is missing: which value means which key domain?");
        }
        None => {}
        Some(entries) => {
            for value in entries.keys() {
                map.extend(entries.text(value).map(|domain| (value.to_owned(), domain.to_owned())));
            }
            if map.is_empty() {
                section.fault_at("map", "\"map\" must not be empty");
            }
        }
    }
    let choices = [("error", None), ("null", Some("null")), ("redact", Some("redact"))];
    Some(DomainBy {
        column: At { value: column?.to_owned(), at: section.place_of("column") },
        map,
        otherwise: section.choice("else", &choices).flatten().map(str::to_owned),
    })
}

/// `[tables.public.customer]` is a table `public` with a key `customer`: say what was meant.
fn dotted_name(pattern: &str, section: &Section<'_>) {
    let keys = section.keys();
    if let Some(first) =
        keys.first().filter(|_| keys.iter().all(|key| !TABLE.contains(key)) && !pattern.contains('.'))
    {
        section.fault(format!("a table's name is one quoted key: [tables.\"{pattern}.{first}\"]"));
    }
}

fn column_rule(name: &str, entries: &Section<'_>) -> Option<ColumnRule> {
    let at = entries.place_of(name);
    if entries.is_text(name) {
        return Some(plain_rule(at, entries.text(name)?));
    }
    let section = entries.section(name)?;
    let operator = section.required_text("op");
    if operator.is_none() && !section.has("op") {
        let hint = did_you_mean("op", section.keys());
        if !hint.is_empty() {
            section.fault(format!("\"op\" names the operator{hint}"));
        }
    }
    let live = section.flag("live").unwrap_or(false);
    let reason = section.text("reason").map(str::to_owned);
    if live && reason.is_none() {
        section.fault_at(
            "live",
            "\"live = true\" lets output reach real people or systems: it needs a \"reason\"",
        );
    }
    let when = section.text("when").map(|when| At { value: when.to_owned(), at: section.place_of("when") });
    let otherwise = if section.has("else") { column_rule("else", &section) } else { None };
    let domain_by = section.section("domain_by").and_then(|section| domain_by(&section));
    if when.is_none() && section.has("else") {
        section.fault_at("else", "\"else\" needs a \"when\"");
    }
    if domain_by.is_some() && (when.is_some() || section.has("domain")) {
        section.fault_at("domain_by", "\"domain_by\" stands in place of \"domain\" and of \"when\"");
    }
    let mut parameters = Parameters::new();
    for key in section.keys() {
        if !COLUMN.contains(&key) {
            parameters.extend(section.any(key).map(|value| (key.to_owned(), value)));
        }
    }
    let rule = ColumnRule {
        domain: section.text("domain").map(str::to_owned),
        equality: section.choice("equality", EQUALITY),
        on_invalid: section.choice("on_invalid", ON_INVALID),
        max_invalid: section.share("max_invalid"),
        unique: section.flag("unique").unwrap_or(false),
        row_key: section.text_or_texts("row_key"),
        sentinels: section.names("sentinels").map(|list| list.into_iter().collect()),
        accept_frequency_leak: section.text("accept_frequency_leak").map(str::to_owned),
        live,
        reason,
        review: section.flag("review").unwrap_or(false),
        when,
        otherwise: otherwise.map(Box::new),
        domain_by,
        parameters,
        ..plain_rule(at, operator.unwrap_or_default())
    };
    if rule.domain.as_deref() == Some("") {
        section.fault_at("domain", "\"domain\" must not be empty");
    }
    operator.map(|_| rule)
}

fn plain_rule(at: super::problem::Place, operator: &str) -> ColumnRule {
    ColumnRule {
        at,
        operator: operator.to_owned(),
        domain: None,
        equality: None,
        on_invalid: None,
        max_invalid: None,
        unique: false,
        row_key: None,
        sentinels: None,
        accept_frequency_leak: None,
        live: false,
        reason: None,
        review: false,
        when: None,
        otherwise: None,
        domain_by: None,
        parameters: Parameters::new(),
    }
}

fn relation(section: &Section<'_>) -> Option<Relation> {
    section.only(&["from", "to", "on_dropped"]);
    let null_on_dropped = section.choice("on_dropped", &[("null", true)]).unwrap_or(false);
    let place = |key: &str, value: &str| At { value: value.to_owned(), at: section.place_of(key) };
    let (from, to) = (section.required_text("from"), section.required_text("to"));
    Some(Relation { from: place("from", from?), to: place("to", to?), null_on_dropped })
}

fn acknowledgement(section: &Section<'_>) -> Option<Acknowledgement> {
    section.only(&["id", "reason"]);
    let (id, reason) = (section.required_text("id"), section.required_text("reason"));
    let (id, reason) = (id?, reason?);
    if reason.trim().is_empty() {
        section.fault_at("reason", "\"reason\" must not be empty: somebody will ask");
    }
    Some(Acknowledgement {
        id: At { value: id.to_owned(), at: section.place_of("id") },
        reason: reason.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "version = 1\nconstruction = \"v1\"\nproject = \"acme/dev\"\n";

    fn parse_ok(rest: &str) -> Policy {
        Policy::parse(&format!("{HEAD}{rest}"), "scrub.toml").unwrap()
    }

    fn parse_error(rest: &str) -> String {
        Policy::parse(&format!("{HEAD}{rest}"), "scrub.toml").unwrap_err().to_string()
    }

    #[test]
    fn the_example_of_the_design_parses() {
        let policy = parse_ok(
            r#"
unclassified = "redact"
locale = "de_DE"
large_objects = "drop"
max_invalid = 0.1
[source]
files = { "customers.csv" = "public.customer" }
[domains."customer.email"]
kind = "email"
bits = 80
equality = "exact"
[tables."public.customer"]
subject = "id"
gender = "sex"
keep = { columns = ["status", "created_by_system"], reason = "order state, not personal" }
columns.id = "permute"
columns.email = { op = "email", domain = "customer.email", sentinels = ["n/a"], on_invalid = "redact", max_invalid = 0 }
columns.profile = { op = "json", rest = "deny", paths = { "$.contact.email" = "email" } }
[tables."public.audit_*"]
rows = "drop"
[[relation]]
from = "public.orders.customer_email"
to = "public.customer.email"
on_dropped = "null"
[[acknowledge]]
id = "linkable:public.customer"
reason = "internal only"
"#,
        );
        assert_eq!(policy.unclassified(), Unclassified::Redact);
        assert_eq!(policy.large_objects(), LargeObjects::Drop);
        assert_eq!(policy.locale(), "de_DE");
        assert_eq!(policy.source_table("customers.csv"), Some("public.customer"));
        assert_eq!(policy.domains["customer.email"].equality, Some(Equality::Exact));
        let table = &policy.tables[0];
        assert_eq!((table.pattern.as_str(), table.keep.len()), ("public.customer", 2));
        assert_eq!(table.columns["id"].operator, "permute");
        assert_eq!(table.columns["email"].on_invalid, Some(OnInvalid::Redact));
        assert_eq!(table.columns["email"].max_invalid, Some(0.0));
        assert_eq!(table.columns["profile"].parameters.len(), 2);
        assert_eq!(policy.tables[1].drop_rows, Some(true));
        assert!(policy.relations[0].null_on_dropped);
        assert_eq!(policy.acknowledgements[0].id.value, "linkable:public.customer");
    }

    #[test]
    fn an_unknown_key_of_a_table_names_the_nearest() {
        let error = parse_error("[tables.\"public.customer\"]\ncolums.id = \"permute\"\n");
        assert_eq!(
            error,
            "scrub.toml:5:1: unknown key \"colums\" in [tables.\"public.customer\"]; did you mean \"columns\"?\n  \
             5 | colums.id = \"permute\"\n    | ^"
        );
    }

    #[test]
    fn version_construction_and_project_are_required() {
        let error = Policy::parse("", "p").unwrap_err().to_string();
        for key in ["version", "construction", "project"] {
            assert!(error.contains(key), "{error}");
        }
        let error = Policy::parse("version = 2\nconstruction = \"v2\"\nproject = \" \"\n", "p")
            .unwrap_err()
            .to_string();
        assert_eq!(error.matches("p:").count(), 3, "{error}");
    }

    #[test]
    fn a_dotted_table_name_is_explained() {
        let error = parse_error("[tables.public.customer]\ncolumns.id = \"permute\"\n");
        assert!(error.contains("[tables.\"public.customer\"]"), "{error}");
    }

    #[test]
    fn a_glob_may_not_keep() {
        assert!(
            parse_error("[tables.\"public.a*\"]\nkeep = { columns = [\"id\"] }\n").contains("may not keep")
        );
        assert!(parse_error("[tables.\"public.a*\"]\ncolumns.id = \"keep\"\n").contains("may not keep"));
    }

    #[test]
    fn live_needs_a_reason() {
        let error = parse_error("[tables.\"public.a\"]\ncolumns.e = { op = \"email\", live = true }\n");
        assert!(error.contains("needs a \"reason\""), "{error}");
    }

    #[test]
    fn a_column_is_either_kept_or_masked() {
        let error =
            parse_error("[tables.\"public.a\"]\nkeep = { columns = [\"e\"] }\ncolumns.e = \"email\"\n");
        assert!(error.contains("column \"e\" is in \"keep\" and in \"columns\""), "{error}");
    }

    #[test]
    fn wrong_kinds_of_values_are_named() {
        let error = parse_error(
            "max_invalid = 5\n[tables.\"public.a\"]\nsubject = 1\nrows = \"none\"\ncolumns.e = 5\n[[relation]]\nfrom = \"a\"\n",
        );
        for part in [
            "\"max_invalid\" must be a share from 0 to 1",
            "\"subject\" must be a list of strings, not a number",
            "\"rows\" must be \"keep\", \"drop\"",
            "\"e\" must be a table, not a number",
            "\"to\" is missing",
        ] {
            assert!(error.contains(part), "{part}\n{error}");
        }
    }

    #[test]
    fn the_digest_is_that_of_the_bytes() {
        assert_eq!(parse_ok("").digest(), parse_ok("").digest());
        assert_ne!(parse_ok("").digest(), parse_ok("\n").digest());
        assert_eq!(parse_ok("").digest().len(), 64);
    }

    #[test]
    fn a_byte_order_mark_does_no_harm() {
        assert!(Policy::parse(&format!("\u{feff}{HEAD}"), "p").is_ok());
    }

    #[test]
    fn the_project_can_be_overridden() {
        let mut policy = parse_ok("");
        policy.override_project("acme/test");
        assert_eq!(policy.project(), "acme/test");
    }
}
