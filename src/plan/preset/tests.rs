//! Each preset against a sample schema: one policy that passes, and for every rule one that breaks that rule alone.

use std::collections::{BTreeMap, BTreeSet};

use super::super::compile::compile;
use super::super::tests::schema;
use super::super::{Plan, Policy};
use super::rule::{Asks, Selector};
use super::*;
use crate::mask::{
    Class, DefaultDomain, KeyedBy, OPERATORS, OperatorInfo, Parameter, ParameterKind, operator,
};

const CLINIC: &str = "CREATE TABLE public.patient (id integer PRIMARY KEY, name text, email text, zip varchar(10), \
    born date, age integer, note text, profile jsonb, sex varchar(10));
    CREATE TABLE public.visit (id integer PRIMARY KEY, patient_id integer REFERENCES public.patient, admitted timestamp, \
    ward varchar(40));
    CREATE TABLE public.ward (code varchar(40) PRIMARY KEY, opened date)";

const HIPAA: &str = r#"
preset = "hipaa_safe_harbor"
ephemeral = true
[tables."public.patient"]
subject = "id"
keep = { columns = ["sex"], reason = "two values" }
columns.id = "permute"
columns.name = "full_name"
columns.email = "email"
columns.zip = "null"
columns.born = "null"
columns.age = "null"
columns.note = "redact"
columns.profile = "redact"
[tables."public.visit"]
subject = "patient_id"
keep = { columns = ["ward"], reason = "names no town" }
columns.id = "permute"
columns.admitted = "redact"
[tables."public.ward"]
keep = { columns = ["code"], reason = "names no town" }
columns.opened = "redact"
"#;

const GDPR: &str = r#"
preset = "gdpr_pseudonymize"
[tables."public.patient"]
subject = "id"
keep = { columns = ["sex", "age"], reason = "statistics" }
columns.id = "permute"
columns.name = "full_name"
columns.email = "email"
columns.zip = "redact"
columns.born = "date_shift"
columns.note = "redact"
columns.profile = "redact"
[tables."public.visit"]
subject = "patient_id"
keep = { columns = ["ward"], reason = "load of wards" }
columns.id = "permute"
columns.admitted = "date_shift"
[tables."public.ward"]
keep = { columns = ["code", "opened"], reason = "not about people" }
"#;

const DEV: &str = r#"
preset = "dev_minimal"
[tables."public.patient"]
keep = { columns = ["sex", "age"], reason = "statistics" }
columns.id = "permute"
columns.email = "email"
[tables."public.visit"]
keep = { columns = ["id"] }
[tables."public.ward"]
keep = { columns = ["code"], reason = "names no town" }
"#;

const SHOP: &str =
    "CREATE TABLE public.payment (id integer PRIMARY KEY, pan varchar(19), shown varchar(19), \
    cvc varchar(4), note text);
    CREATE TABLE public.refund (id integer PRIMARY KEY, pan varchar(19))";

const PCI: &str = r#"
preset = "pci_dss"
[tables."public.payment"]
keep = { columns = ["id"], reason = "a counter" }
columns.pan = "card"
columns.shown = "redact"
columns.cvc = "null"
columns.note = "redact"
[tables."public.refund"]
keep = { columns = ["id"], reason = "a counter" }
columns.pan = "card"
"#;

/// A preset's rule, what has to be changed in the policy that passes, and what the finding is about.
struct Case {
    rule: &'static str,
    changes: &'static [(&'static str, &'static str)],
    about: &'static str,
}

const fn case(
    rule: &'static str,
    changes: &'static [(&'static str, &'static str)],
    about: &'static str,
) -> Case {
    Case { rule, changes, about }
}

const KEEP_ROWS: (&str, &str) = (
    "[tables.\"public.patient\"]",
    "[tables.\"public.patient\"]\nkeep_rows = { when = \"email LIKE '%@qa.example.com'\", reason = \"tests\" }",
);
const UNCLASSIFIED: (&str, &str) = ("preset =", "unclassified = \"keep\"\npreset =");
const LIVE: (&str, &str) = (
    "columns.email = \"email\"",
    "columns.email = { op = \"email\", host = \"mail.acme.test\", live = true, reason = \"mail tests\" }",
);
const REGEX: (&str, &str) =
    ("columns.note = \"redact\"", "columns.note = { op = \"redact_regex\", pattern = '[0-9]+' }");
const REST: (&str, &str) = (
    "columns.profile = \"redact\"",
    "columns.profile = { op = \"json\", rest = \"keep\", reason = \"settings\" }",
);
/// The least that the guidance lets stay of a postcode.
const ZIP: &str = "columns.zip = { op = \"partial\", prefix = 3, pad = \"\", when = \"zip NOT LIKE '036%' AND zip NOT LIKE '059%' AND zip \
    NOT LIKE '063%' AND zip NOT LIKE '102%' AND zip NOT LIKE '203%' AND zip NOT LIKE '556%' AND zip NOT LIKE '692%' AND zip NOT \
    LIKE '790%' AND zip NOT LIKE '821%' AND zip NOT LIKE '823%' AND zip NOT LIKE '83%' AND zip NOT LIKE '878%' AND zip NOT LIKE \
    '879%' AND zip NOT LIKE '884%' AND zip NOT LIKE '89%'\", else = { op = \"constant\", value = \"000\" } }";

const HIPAA_CASES: &[Case] = &[
    case(
        "derived-code",
        &[
            ("ephemeral = true", ""),
            ("[tables.\"public.patient\"]", "[tables.\"public.patient\"]\nrows = \"drop\""),
            ("[tables.\"public.visit\"]", "[tables.\"public.visit\"]\nrows = \"drop\""),
            ("keep = { columns = [\"code\"], reason = \"names no town\" }", "columns.code = \"keyed_hash\""),
        ],
        "public.ward.code",
    ),
    case(
        "shifted-date",
        &[("columns.born = \"null\"", "columns.born = \"date_shift\"")],
        "public.patient.born",
    ),
    case(
        "date-precision",
        &[("columns.born = \"null\"", "columns.born = { op = \"truncate_date\", to = \"month\" }")],
        "public.patient.born",
    ),
    case(
        "kept-date-of-person",
        &[("columns.admitted = \"redact\"", "columns.admitted = { op = \"keep\", reason = \"needed\" }")],
        "public.visit.admitted",
    ),
    case(
        "kept-date",
        &[("columns.opened = \"redact\"", "columns.opened = { op = \"keep\", reason = \"a building's\" }")],
        "public.ward.opened",
    ),
    case(
        "age-over-89",
        &[("columns.age = \"null\"", "columns.age = { op = \"age_group\", top = 100 }")],
        "public.patient.age",
    ),
    case(
        "top-over-90",
        &[("columns.age = \"null\"", "columns.age = { op = \"top_bottom\", max = 99 }")],
        "public.patient.age",
    ),
    case("postcode", &[("columns.zip = \"null\"", ZIP), ("prefix = 3", "prefix = 4")], "public.patient.zip"),
    case(
        "sparse-postcode",
        &[("columns.zip = \"null\"", ZIP), ("zip NOT LIKE '821%' AND", "")],
        "public.patient.zip",
    ),
    case(
        "part-of-identifier",
        &[("columns.zip = \"null\"", ZIP), ("prefix = 3", "prefix = 3, suffix = 2")],
        "public.patient.zip",
    ),
    case(
        "kept-key",
        &[(
            "columns.id = \"permute\"\ncolumns.admitted",
            "columns.id = { op = \"keep\", reason = \"x\" }\ncolumns.admitted",
        )],
        "public.visit.id",
    ),
    case("keep-reason", &[(", reason = \"two values\"", "")], "public.patient.sex"),
    case("free-text", &[REGEX], "public.patient.note"),
    case("kept-rest", &[REST], "public.patient.profile"),
    case("live", &[LIVE], "public.patient.email"),
    case(
        "frequency-leak",
        &[(
            "columns.email = \"email\"",
            "columns.email = { op = \"email\", accept_frequency_leak = \"so what\" }",
        )],
        "public.patient.email",
    ),
    case("keep-rows", &[KEEP_ROWS], "public.patient"),
    case("settings", &[UNCLASSIFIED], ""),
];

const GDPR_CASES: &[Case] = &[
    case(
        "key",
        &[
            ("columns.id = \"permute\"", "columns.id = { op = \"keep\", reason = \"a counter\" }"),
            ("columns.name = \"full_name\"", "columns.name = \"redact\""),
            ("columns.email = \"email\"", "columns.email = \"redact\""),
            ("\"date_shift\"", "\"redact\""),
        ],
        "",
    ),
    case("keep-reason", &[(", reason = \"load of wards\"", ", reason = \" \"")], "public.visit.ward"),
    case(
        "frequency-reason",
        &[("columns.email = \"email\"", "columns.email = { op = \"email\", accept_frequency_leak = \"\" }")],
        "public.patient.email",
    ),
    case("free-text", &[REGEX], "public.patient.note"),
    case(
        "kept-text",
        &[("columns.note = \"redact\"", "columns.note = { op = \"keep\", reason = \"codes\" }")],
        "public.patient.note",
    ),
    case("kept-rest", &[REST], "public.patient.profile"),
    case("live", &[LIVE], "public.patient.email"),
    case("keep-rows", &[KEEP_ROWS], "public.patient"),
    case("settings", &[("preset =", "large_objects = \"keep\"\npreset =")], ""),
];

const DEV_CASES: &[Case] = &[
    case(
        "kept-text",
        &[("keep = { columns = [\"id\"] }", "keep = { columns = [\"id\", \"ward\"] }")],
        "public.visit.ward",
    ),
    case("live", &[LIVE], "public.patient.email"),
    case("keep-rows", &[KEEP_ROWS], "public.patient"),
    case("settings", &[("preset =", "large_objects = \"keep\"\npreset =")], ""),
];

const PCI_CASES: &[Case] = &[
    case(
        "truncated-and-replaced",
        &[
            ("columns.pan = \"card\"\ncolumns.shown", "columns.pan = \"redact\"\ncolumns.shown"),
            (
                "columns.shown = \"redact\"",
                "columns.shown = { op = \"partial\", prefix = 6, suffix = 4, domain = \"card\" }",
            ),
        ],
        "public.payment.shown",
    ),
    case(
        "truncated-beside-replaced",
        &[("columns.shown = \"redact\"", "columns.shown = { op = \"partial\", prefix = 6, suffix = 4 }")],
        "public.payment.shown",
    ),
    case(
        "truncation",
        &[
            ("columns.pan = \"card\"\ncolumns.shown", "columns.pan = \"redact\"\ncolumns.shown"),
            ("columns.shown = \"redact\"", "columns.shown = { op = \"partial\", prefix = 6, suffix = 5 }"),
        ],
        "public.payment.shown",
    ),
    case(
        "eight-digits",
        &[
            ("columns.pan = \"card\"\ncolumns.shown", "columns.pan = \"redact\"\ncolumns.shown"),
            ("columns.shown = \"redact\"", "columns.shown = { op = \"partial\", prefix = 8, suffix = 4 }"),
        ],
        "public.payment.shown",
    ),
    case(
        "truncated-by-count",
        &[
            ("columns.pan = \"card\"\ncolumns.shown", "columns.pan = \"redact\"\ncolumns.shown"),
            ("columns.shown = \"redact\"", "columns.shown = { op = \"mask_chars\", count = 3 }"),
        ],
        "public.payment.shown",
    ),
    case(
        "card-in-some-rows",
        &[(
            "columns.pan = \"card\"\ncolumns.shown",
            "columns.pan = { op = \"card\", when = \"id > 9\", reason = \"test cards\" }\ncolumns.shown",
        )],
        "public.payment.pan",
    ),
    case("keep-reason", &[("columns.cvc = \"null\"", "columns.cvc = \"keep\"")], "public.payment.cvc"),
    case("free-text", &[REGEX], "public.payment.note"),
    case(
        "live",
        &[(
            "columns.note = \"redact\"",
            "columns.note = { op = \"email\", live = true, reason = \"r\", host = \"a.test\" }",
        )],
        "public.payment.note",
    ),
    case(
        "frequency-leak",
        &[(
            "columns.note = \"redact\"",
            "columns.note = { op = \"keyed_hash\", accept_frequency_leak = \"why\" }",
        )],
        "public.payment.note",
    ),
    case(
        "keep-rows",
        &[(
            "[tables.\"public.refund\"]",
            "[tables.\"public.refund\"]\nkeep_rows = { when = \"id < 5\", reason = \"ours\" }",
        )],
        "public.refund",
    ),
    case("settings", &[UNCLASSIFIED], ""),
];

/// Name, schema, the policy that passes, and those that do not.
const ALL: &[(&str, &str, &str, &[Case])] = &[
    ("dev_minimal", CLINIC, DEV, DEV_CASES),
    ("gdpr_pseudonymize", CLINIC, GDPR, GDPR_CASES),
    ("hipaa_safe_harbor", CLINIC, HIPAA, HIPAA_CASES),
    ("pci_dss", SHOP, PCI, PCI_CASES),
];

/// Rules that are broken in tests of their own.
const APART: &[&str] = &["gdpr_pseudonymize:keyless-pseudonym", "pci_dss:chargeable"];

/// Operators that presets speak of and that are still to come, as far as presets know them.
static PENDING: &[OperatorInfo] = &[
    stand_in("age_group", Class::Generalize, &[parameter("top", ParameterKind::Integer)]),
    stand_in("bucket", Class::Generalize, &[]),
    stand_in("hstore", Class::Suppress, REST_AND_KEYS),
    stand_in("json", Class::Suppress, REST_AND_KEYS),
    stand_in(
        "mask_chars",
        Class::Suppress,
        &[
            parameter("keep_start", ParameterKind::Integer),
            parameter("keep_end", ParameterKind::Integer),
            parameter("count", ParameterKind::Integer),
        ],
    ),
    stand_in(
        "partial",
        Class::Suppress,
        &[
            parameter("prefix", ParameterKind::Integer),
            parameter("pad", ParameterKind::Text),
            parameter("suffix", ParameterKind::Integer),
            parameter("style", ParameterKind::Text),
        ],
    ),
    stand_in("template", Class::Synthesize, &[parameter("template", ParameterKind::Text)]),
    stand_in("top_bottom", Class::Generalize, &[parameter("max", ParameterKind::Scalar)]),
    stand_in("truncate_date", Class::Generalize, &[parameter("to", ParameterKind::Text)]),
    stand_in("xml", Class::Suppress, REST_AND_KEYS),
];
/// A pseudonym that anybody can make.
static KEYLESS: OperatorInfo = stand_in("keyless", Class::Pseudonymize, &[]);

const REST_AND_KEYS: &[Parameter] =
    &[parameter("rest", ParameterKind::Text), parameter("keys", ParameterKind::Text)];

const fn stand_in(name: &'static str, class: Class, parameters: &'static [Parameter]) -> OperatorInfo {
    OperatorInfo {
        name,
        summary: "",
        class,
        keyed_by: KeyedBy::Nothing,
        domain: DefaultDomain::None,
        entity: "value",
        parameters,
        examples: &[],
        accepts: |_| true,
        prepare: |request| (operator("redact").unwrap().prepare)(request),
    }
}

const fn parameter(name: &'static str, kind: ParameterKind) -> Parameter {
    Parameter { name, summary: "", kind, required: false, of_domain: false }
}

fn plan(ddl: &str, text: &str) -> Plan {
    let head = "version = 1\nconstruction = \"v1\"\nproject = \"acme/dev\"\n";
    let policy = Policy::parse(&format!("{head}{text}"), "scrub.toml");
    let missing = PENDING.iter().filter(|info| operator(info.name).is_none());
    let operators: Vec<_> = OPERATORS.iter().copied().chain(missing).chain([&KEYLESS]).collect();
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
    let mut missing = BTreeSet::new();
    for preset in presets() {
        for selector in preset.rules.iter().flat_map(selectors) {
            for name in &selector.operators {
                let Some(info) = OPERATORS.iter().find(|info| info.name == name) else {
                    missing.insert(name.clone());
                    continue;
                };
                for (parameter, _) in &selector.parameters {
                    let known = info.parameters.iter().any(|own| own.name == parameter);
                    assert!(known, "{}: {name} has no parameter {parameter}", preset.name);
                }
            }
        }
    }
    let known: BTreeSet<String> = PENDING.iter().map(|info| info.name.to_owned()).collect();
    assert_eq!(
        missing, known,
        "presets speak of operators that are not there, or stand-ins are not needed any more"
    );
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
