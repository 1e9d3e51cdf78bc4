//! A preset as a page for people, and as JSON: what `scrub policy show` and `scrub policy presets --json` print.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::super::policy_parse::{LARGE_OBJECTS, UNCLASSIFIED};
use super::Preset;
use super::rule::name_of;

impl Preset {
    /// Everything that it says, in plain text.
    pub fn page(&self) -> String {
        let mut out = format!("{}: {}\n\n{}\n", self.name, self.title, self.purpose);
        if !self.limits.is_empty() {
            out.push_str("\nWhat it does not do\n");
            for limit in &self.limits {
                let _ = writeln!(out, "  - {limit}");
            }
        }
        out.push_str("\nReferences\n");
        for reference in &self.references {
            let _ = writeln!(out, "  {}: {}", reference.section, reference.about);
        }
        let defaults = self.default_lines();
        if !defaults.is_empty() {
            let _ = writeln!(out, "\nWhere the policy says nothing\n  {}", defaults.join("\n  "));
        }
        let _ = writeln!(out, "\nRules (a finding's id is preset:{}:RULE:table.column)", self.name);
        for rule in &self.rules {
            let reference =
                rule.reference.as_ref().map_or_else(String::new, |section| format!(" ({section})"));
            let _ = writeln!(out, "  {}, {}: {}{reference}", rule.id, rule.severity, rule.advice);
        }
        let _ = writeln!(out, "\nIn a policy: preset = \"{}\"", self.name);
        out
    }

    fn default_lines(&self) -> Vec<String> {
        let word = |key: &str, value: &str| format!("{key} = \"{value}\"");
        let unclassified =
            self.defaults.unclassified.map(|own| word("unclassified", name_of(UNCLASSIFIED, &own)));
        let objects =
            self.defaults.large_objects.map(|own| word("large_objects", name_of(LARGE_OBJECTS, &own)));
        let invalid = self.defaults.max_invalid.map(|share| format!("max_invalid = {share}"));
        unclassified.into_iter().chain(objects).chain(invalid).collect()
    }

    /// For programs.
    pub fn to_json(&self) -> Value {
        let references = self.references.iter();
        let rules = self.rules.iter().map(|rule| {
            json!({
                "id": rule.id, "severity": rule.severity, "reference": rule.reference, "advice": rule.advice,
            })
        });
        json!({
            "name": self.name,
            "title": self.title,
            "summary": self.summary,
            "sha256": self.digest,
            "purpose": self.purpose,
            "limits": self.limits,
            "references": references
                .map(|own| json!({ "section": own.section, "about": own.about }))
                .collect::<Value>(),
            "rules": rules.collect::<Value>(),
        })
    }
}
