//! Each preset against a sample schema: one policy that passes, and for every rule one that breaks that rule alone.

mod cases;
mod stand_in;

use std::collections::BTreeMap;

use super::super::compile::compile;
use super::super::tests::schema;
use super::super::{Plan, Policy};
use super::rule::{Asks, Selector};
use super::*;
use crate::mask::OPERATORS;
use cases::{ALL, CLINIC, Case, DEV, GDPR, HIPAA, KEEP_ROWS, PCI, SHOP, ZIP};
use stand_in::KEYLESS;

/// Rules that are broken in tests of their own.
const APART: &[&str] = &["gdpr_pseudonymize:keyless-pseudonym", "pci_dss:chargeable"];

fn plan(ddl: &str, text: &str) -> Plan {
    let head = "version = 1\nconstruction = \"v1\"\nproject = \"acme/dev\"\n";
    let policy = Policy::parse(&format!("{head}{text}"), "scrub.toml");
    let operators: Vec<_> = OPERATORS.iter().copied().chain([&KEYLESS]).collect();
    compile(&policy.unwrap_or_else(|error| panic!("{error}")), &schema(ddl), None, &operators)
}

fn findings(plan: &Plan) -> Vec<&str> {
    plan.problems.iter().filter(|own| own.kind() == "preset").map(|own| own.id.as_str()).collect()
}

fn changed(policy: &str, changes: &[(&str, &str)]) -> String {
    let mut text = policy.to_owned();
    for (from, to) in changes {
        assert!(text.contains(from), "{from} is not in the policy");
        text = text.replace(from, to);
    }
    text
}

fn presets() -> impl Iterator<Item = Preset> {
    POLICIES.iter().map(|(name, text)| Preset::parse(name, text).unwrap_or_else(|error| panic!("{error}")))
}

#[test]
fn a_policy_that_a_preset_is_content_with_passes() {
    for (name, ddl, policy, _) in ALL {
        let plan = plan(ddl, policy);
        assert_eq!(findings(&plan), <[&str; 0]>::default(), "{name}");
        assert!(plan.ready().is_ok() && plan.passes_check(), "{name}: {:?}", plan.problems);
    }
    assert_eq!(ALL.len(), POLICIES.len());
}

#[test]
fn every_rule_has_a_policy_that_breaks_it_alone() {
    for ((name, ddl, policy, cases), preset) in ALL.iter().zip(presets()) {
        let mut open: BTreeMap<&str, &Rule> =
            preset.rules.iter().map(|rule| (rule.id.as_str(), rule)).collect();
        for Case { rule, changes, about } in *cases {
            let expected = open.remove(rule).unwrap_or_else(|| panic!("{name} has no open rule {rule}"));
            let text = changed(policy, changes);
            let plan = plan(ddl, &text);
            let before = if about.is_empty() { "" } else { ":" };
            assert_eq!(findings(&plan), [format!("preset:{name}:{rule}{before}{about}")], "{text}");
            let problem = plan.problems.iter().find(|own| own.kind() == "preset").unwrap();
            assert_eq!(problem.severity, expected.severity);
            let others = plan.problems.iter().filter(|own| own.kind() != "preset");
            let others: Vec<_> = others.filter(|own| own.severity == crate::plan::Severity::Error).collect();
            assert!(others.is_empty(), "{name} {rule}: {others:?}");
        }
        let apart = |rule: &&&str| APART.contains(&format!("{name}:{rule}").as_str());
        let open: Vec<_> = open.keys().filter(|rule| !apart(rule)).collect();
        assert!(open.is_empty(), "{name}: no case for {open:?}");
    }
}

#[test]
fn presets_speak_of_operators_and_parameters_that_are_there() {
    for preset in presets() {
        for selector in preset.rules.iter().flat_map(selectors) {
            for name in &selector.operators {
                let info = OPERATORS.iter().find(|info| info.name == name);
                let info = info.unwrap_or_else(|| panic!("{}: there is no operator {name}", preset.name));
                for (parameter, _) in &selector.parameters {
                    let known = info.parameters.iter().any(|own| own.name == parameter);
                    assert!(known, "{}: {name} has no parameter {parameter}", preset.name);
                }
            }
        }
    }
}

fn selectors(rule: &Rule) -> Vec<&Selector> {
    match &rule.asks {
        Asks::Refuse(selectors) => selectors.iter().collect(),
        Asks::Apart { one, other, .. } => one.iter().chain(other).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn what_a_preset_says_fits_a_line_and_promises_nothing() {
    for (name, text) in POLICIES {
        assert!(!text.to_lowercase().contains("anonym"), "{name} uses a word that no pseudonym deserves");
    }
    for preset in presets() {
        assert!(preset.summary.len() <= 110 && !preset.summary.ends_with('.'), "{}", preset.summary);
        assert!(!preset.limits.is_empty() && !preset.references.is_empty());
        let page = preset.page();
        for rule in &preset.rules {
            assert!(page.contains(&rule.advice) && !rule.advice.contains('\n'), "{}", rule.id);
            let prefixes = selectors(rule).into_iter().flat_map(|selector| &selector.on_prefixes);
            assert!(prefixes.clone().all(|prefix| page.contains(prefix.as_str())), "{}", rule.id);
            let id = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            assert!(rule.id.chars().all(id), "{}", rule.id);
        }
    }
    assert!(POLICIES.is_sorted());
}

#[test]
fn a_key_that_is_forgotten_makes_no_code_derived() {
    let stored = HIPAA.replace("ephemeral = true", "");
    let plan = plan(CLINIC, &stored);
    let codes: Vec<String> = ["patient.id", "patient.name", "patient.email", "visit.id"]
        .iter()
        .map(|column| format!("preset:hipaa_safe_harbor:derived-code:public.{column}"))
        .collect();
    // visit.patient_id follows patient.id and is not said again.
    let mut found = findings(&plan);
    found.sort_unstable();
    let mut codes: Vec<&str> = codes.iter().map(String::as_str).collect();
    codes.sort_unstable();
    assert_eq!(found, codes);
    assert!(plan.ready().is_err());
}

#[test]
fn a_card_number_that_could_be_charged_is_refused_as_such_and_as_live() {
    let valid =
        "columns.pan = { op = \"card\", luhn = \"valid\", live = true, reason = \"r\" }\ncolumns.shown";
    let plan = plan(
        SHOP,
        &PCI.replace("columns.pan = \"card\"\ncolumns.shown", valid)
            .replace("\ncolumns.pan = \"card\"", "\ncolumns.pan = \"redact\""),
    );
    let mut found = findings(&plan);
    found.sort_unstable();
    assert_eq!(
        found,
        ["preset:pci_dss:chargeable:public.payment.pan", "preset:pci_dss:live:public.payment.pan"]
    );
}

#[test]
fn a_pseudonym_without_a_key_is_none() {
    let plan = plan(CLINIC, &GDPR.replace("columns.email = \"email\"", "columns.email = \"keyless\""));
    assert_eq!(findings(&plan), ["preset:gdpr_pseudonymize:keyless-pseudonym:public.patient.email"]);
}

#[test]
fn a_sparse_postcode_that_a_condition_leaves_out_is_fine_and_one_that_it_may_not_is_not() {
    let with = |zip: &str| findings(&plan(CLINIC, &HIPAA.replace("columns.zip = \"null\"", zip))).join(" ");
    assert_eq!(with(ZIP), "");
    let sparse = "preset:hipaa_safe_harbor:sparse-postcode:public.patient.zip";
    assert_eq!(with("columns.zip = { op = \"partial\", prefix = 3 }"), sparse);
    // Who knows what the other column says.
    assert_eq!(with(&ZIP.replace("when = \"", "when = \"sex = 'x' OR ")), sparse);
    assert_eq!(with(&ZIP.replace("when = \"", "when = \"sex = 'x' AND ")), "");
    let turned = "columns.zip = { op = \"constant\", value = \"000\", when = \"sex = 'x'\", else = { op = \"partial\", prefix = 3 } }";
    assert_eq!(with(turned), sparse);
}

#[test]
fn each_way_of_keeping_a_part_counts_and_keeping_none_does_not() {
    let with = |note: &str| {
        findings(&plan(
            CLINIC,
            &HIPAA.replace("columns.note = \"redact\"", &format!("columns.note = {note}")),
        ))
        .join(" ")
    };
    let part = "preset:hipaa_safe_harbor:part-of-identifier:public.patient.note";
    for some in [
        "{ op = \"mask_chars\", keep_start = 1 }",
        "{ op = \"mask_chars\", keep_end = 4 }",
        "{ op = \"mask_chars\", count = 0 }",
        "{ op = \"template\", template = \"{name|first:1}.\" }",
        "\"card\"",
    ] {
        assert_eq!(with(some), part, "{some}");
    }
    assert_eq!(with("{ op = \"mask_chars\", keep_end = 0 }"), "");
    assert_eq!(with("{ op = \"template\", template = \"note\" }"), "");
}

#[test]
fn several_presets_hold_together_and_the_strictest_default_wins() {
    let text = DEV.replace("\"dev_minimal\"", "[\"dev_minimal\", \"pci_dss\"]");
    let plan = plan(CLINIC, &text);
    assert!(findings(&plan).contains(&"preset:pci_dss:keep-reason:public.visit.id"));
    assert_eq!(plan.policy.unclassified(), Unclassified::Deny);
    assert_eq!(plan.policy.large_objects(), LargeObjects::Deny);
    assert!((plan.policy.max_invalid - 0.01).abs() < 1e-9);
}

#[test]
fn what_the_policy_says_itself_stands() {
    let plan = plan(CLINIC, &format!("unclassified = \"deny\"\nmax_invalid = 0.2\n{DEV}"));
    assert_eq!(plan.policy.unclassified(), Unclassified::Deny);
    assert!((plan.policy.max_invalid - 0.2).abs() < 1e-9);
}

#[test]
fn warnings_and_reviews_can_be_acknowledged_and_errors_cannot() {
    let acknowledge = |id: &str| format!("\n[[acknowledge]]\nid = \"{id}\"\nreason = \"looked at\"\n");
    let warning = "preset:gdpr_pseudonymize:keep-rows:public.patient";
    let text = changed(GDPR, &[KEEP_ROWS]) + &acknowledge(warning);
    let accepted = plan(CLINIC, &text);
    let problem = accepted.problems.iter().find(|own| own.id == warning).unwrap();
    assert_eq!(problem.acknowledged.as_deref(), Some("looked at"));
    let error = "preset:hipaa_safe_harbor:keep-rows:public.patient";
    let refused = plan(CLINIC, &(changed(HIPAA, &[KEEP_ROWS]) + &acknowledge(error)));
    assert!(refused.problems.iter().any(|own| own.id == format!("acknowledge:{error}")));
}

#[test]
fn a_preset_that_is_not_there_is_a_mistake_with_its_line() {
    let head = "version = 1\nconstruction = \"v1\"\nproject = \"acme/dev\"\n";
    let error = |text: &str| Policy::parse(&format!("{head}{text}"), "scrub.toml").unwrap_err().to_string();
    assert!(
        error("preset = \"pci_ds\"").contains("scrub.toml:4:10: there is no preset \"pci_ds\"; did you mean")
    );
    assert!(error("preset = []").contains("must not be empty"));
    assert!(error("preset = [\"pci_dss\", \"pci_dss\"]").contains("named twice"));
    assert!(error("preset = 1").contains("must be a list of strings"));
    assert!(error("ephemeral = \"yes\"").contains("must be true or false"));
}

#[test]
fn a_wrong_rule_is_an_error_with_its_line() {
    let head = "name = \"x\"\ntitle = \"t\"\nsummary = \"s\"\npurpose = \"p\"\n[[rule]]\nid = \"r\"\nseverity = \"error\"\n";
    let error =
        |text: &str| Preset::parse("x", &format!("{head}advice = \"a\"\n{text}\n")).unwrap_err().to_string();
    for (text, part) in [
        ("", "a rule has one of"),
        ("refuse = [{}]", "selects everything"),
        ("refuse = []", "must not be empty"),
        ("refuse = [{ class = [\"keeps\"] }]", "\"class\" may have keep, suppress"),
        ("refuse = [{ operator = [\"keep\"] }]", "unknown key \"operator\""),
        ("refuse = [{ parameters = { to = {} } }]", "bounds nothing"),
        ("apart = { one = [{ live = true }], within = [\"table\"] }", "\"other\" is missing"),
        ("require = \"luck\"", "\"require\" must be"),
        ("keep_rows = \"allow\"", "\"keep_rows\" must be"),
    ] {
        assert!(error(text).contains(part), "{text}: {}", error(text));
        assert!(error(text).contains("x.toml:"), "{}", error(text));
    }
}
