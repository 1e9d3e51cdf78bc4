//! Reads the text of a preset, as the policy's own reader does: unknown keys and wrong values are errors with their line.

use crate::base::Result;

use super::super::policy_parse::{LARGE_OBJECTS, UNCLASSIFIED};
use super::super::problem::Severity;
use super::super::source::{self, Section, Source};
use super::rule::{
    Asks, Bound, CLASSES, FACTS, FAMILIES, KEYED_BY, Rule, SCOPES, SETTINGS, SEVERITIES, Selector, WAIVERS,
};
use super::{Defaults, Preset, Reference};

pub(super) fn preset(name: &str, text: &str, digest: String) -> Result<Preset> {
    let source = Source::new(&format!("{name}.toml"), text);
    source::read(&source, |root| read(name, root, digest))
}

fn read(name: &str, root: &Section<'_>, digest: String) -> Preset {
    root.only(&["name", "title", "summary", "purpose", "limits", "reference", "defaults", "rule"]);
    if root.required_text("name").is_some_and(|own| own != name) {
        root.fault_at("name", "\"name\" must be the file's name");
    }
    let text = |key| root.required_text(key).unwrap_or_default().to_owned();
    let references = root.sections("reference");
    let rules: Vec<Rule> = root.sections("rule").iter().filter_map(rule).collect();
    for (index, own) in rules.iter().enumerate() {
        if rules[..index].iter().any(|other| other.id == own.id) {
            root.fault_at("rule", format!("two rules have the id \"{}\"", own.id));
        }
    }
    Preset {
        name: name.to_owned(),
        digest,
        title: text("title"),
        summary: text("summary"),
        purpose: text("purpose"),
        limits: root.names("limits").unwrap_or_default(),
        references: references.iter().filter_map(reference).collect(),
        defaults: root.section("defaults").map(|section| defaults(&section)).unwrap_or_default(),
        rules,
    }
}

fn reference(section: &Section<'_>) -> Option<Reference> {
    section.only(&["section", "about"]);
    let (place, about) = (section.required_text("section"), section.required_text("about"));
    Some(Reference { section: place?.to_owned(), about: about?.to_owned() })
}

fn defaults(section: &Section<'_>) -> Defaults {
    section.only(&["unclassified", "large_objects", "max_invalid"]);
    Defaults {
        unclassified: section.choice("unclassified", UNCLASSIFIED),
        large_objects: section.choice("large_objects", LARGE_OBJECTS),
        max_invalid: section.share("max_invalid"),
    }
}

fn rule(section: &Section<'_>) -> Option<Rule> {
    section.only(&[
        "id",
        "severity",
        "reference",
        "unless",
        "advice",
        "refuse",
        "apart",
        "settings",
        "require",
        "keep_rows",
    ]);
    let kinds = ["refuse", "apart", "settings", "require", "keep_rows"];
    if kinds.iter().filter(|kind| section.has(kind)).count() != 1 {
        section.fault(format!("a rule has one of {}", kinds.join(", ")));
    }
    let asks = if section.has("refuse") {
        let selectors: Vec<Selector> = section.sections("refuse").iter().map(selector).collect();
        if selectors.is_empty() {
            section.fault_at("refuse", "\"refuse\" must not be empty");
        }
        Asks::Refuse(selectors)
    } else if let Some(apart) = section.section("apart") {
        apart.only(&["one", "other", "within"]);
        let side = |key: &str| {
            let selectors: Vec<Selector> = apart.sections(key).iter().map(selector).collect();
            if selectors.is_empty() {
                apart.fault(format!("\"{key}\" is missing: a list of selectors"));
            }
            selectors
        };
        Asks::Apart { one: side("one"), other: side("other"), within: choices(&apart, "within", SCOPES) }
    } else if let Some(settings) = section.section("settings") {
        let names: Vec<&str> = SETTINGS.iter().map(|(name, _)| *name).collect();
        settings.only(&names);
        let given = SETTINGS.iter().filter(|(name, _)| settings.has(name));
        Asks::Settings(given.map(|(name, key)| (*key, settings.names(name).unwrap_or_default())).collect())
    } else if section.has("require") {
        Asks::Require(section.choice("require", FACTS)?)
    } else {
        section.choice("keep_rows", &[("refuse", ())]);
        Asks::NoKeptRows
    };
    let (id, advice) = (section.required_text("id"), section.required_text("advice"));
    let severity = section.choice("severity", SEVERITIES);
    if severity.is_none() && !section.has("severity") {
        section.fault("\"severity\" is missing");
    }
    Some(Rule {
        id: id?.to_owned(),
        severity: severity.unwrap_or(Severity::Error),
        reference: section.text("reference").map(str::to_owned),
        unless: section.choice("unless", FACTS),
        asks,
        advice: advice?.to_owned(),
    })
}

fn selector(section: &Section<'_>) -> Selector {
    section.only(&[
        "operators",
        "class",
        "keyed_by",
        "types",
        "is_key",
        "about_subject",
        "live",
        "reason",
        "frequency_leak",
        "on_prefixes",
        "parameters",
    ]);
    if section.keys().is_empty() {
        section.fault("a selector that says nothing selects everything");
    }
    let mut parameters = Vec::new();
    if let Some(bounds) = section.section("parameters") {
        for name in bounds.keys() {
            parameters.extend(bounds.section(name).map(|section| (name.to_owned(), bound(&section))));
        }
    }
    Selector {
        operators: section.names("operators").unwrap_or_default(),
        class: choices(section, "class", CLASSES),
        keyed_by: choices(section, "keyed_by", KEYED_BY),
        types: choices(section, "types", FAMILIES),
        is_key: section.flag("is_key"),
        about_subject: section.flag("about_subject"),
        live: section.flag("live"),
        reason: section.flag("reason"),
        frequency_leak: section.choice("frequency_leak", WAIVERS),
        on_prefixes: section.names("on_prefixes").unwrap_or_default(),
        parameters,
    }
}

fn bound(section: &Section<'_>) -> Bound {
    section.only(&["above", "is", "other_than", "containing", "given", "absent"]);
    if section.keys().is_empty() {
        section.fault("a bound that says nothing bounds nothing");
    }
    Bound {
        above: section.number("above").map(|number| number as f64),
        is: section.names("is").unwrap_or_default(),
        other_than: section.names("other_than").unwrap_or_default(),
        containing: section.names("containing").unwrap_or_default(),
        given: section.flag("given").unwrap_or(false),
        absent: section.flag("absent").unwrap_or(false),
    }
}

/// A list of a few words.
fn choices<T: Copy>(section: &Section<'_>, key: &str, known: &[(&str, T)]) -> Vec<T> {
    let mut found = Vec::new();
    for word in section.names(key).unwrap_or_default() {
        if let Some((_, value)) = known.iter().find(|(name, _)| *name == word) {
            found.push(*value);
        } else {
            let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
            section.fault_at(key, format!("\"{key}\" may have {}", names.join(", ")));
        }
    }
    if found.is_empty() && section.has(key) {
        section.fault_at(key, format!("\"{key}\" must not be empty"));
    }
    found
}
