//! Key domains.

use super::*;

const T: &str = "CREATE TABLE public.a (e text, f text); CREATE TABLE public.b (e varchar(60))";

#[test]
fn parameters_of_a_domain_reach_its_columns() {
    let text = "unclassified = \"keep\"\n[domains.\"mail\"]\nkind = \"email\"\nbits = 100\nequality = \"ci\"\n\
                [tables.\"public.a\"]\ncolumns.e = { op = \"email\", domain = \"mail\" }\n";
    let plan = plan(T, text);
    assert_eq!(ids_from(&plan, Severity::Error), none());
    assert_eq!(mask(&plan, "a", "e").prepared.spec, "email:100:ci");
}

#[test]
fn a_domain_has_one_set_of_parameters() {
    let text = "unclassified = \"keep\"\n[tables.\"public.a\"]\ncolumns.e = { op = \"email\", bits = 60 }\n\
                [tables.\"public.b\"]\ncolumns.e = \"email\"\n";
    assert_eq!(errors(T, text), ["domain:email"]);
}

#[test]
fn a_domain_that_nobody_uses_is_an_error() {
    let text = "unclassified = \"keep\"\n[domains.\"emial\"]\nbits = 60\n[tables.\"public.a\"]\ncolumns.e = \"email\"\n";
    let plan = plan(T, text);
    assert_eq!(ids_from(&plan, Severity::Error), ["unknown-domain:emial"]);
    assert!(message(&plan, "unknown-domain:emial").contains("did you mean \"email\""));
}

#[test]
fn unknown_parameters_and_other_kinds_of_a_domain_are_errors() {
    let text = "unclassified = \"keep\"\n[domains.\"email\"]\nkind = \"phone\"\nbist = 60\n[tables.\"public.a\"]\ncolumns.e = \"email\"\n";
    assert_eq!(errors(T, text), ["domain:email", "unknown-parameter:email"]);
}

#[test]
fn two_operators_may_share_a_name_but_are_told() {
    let text = "unclassified = \"keep\"\n[tables.\"public.a\"]\ncolumns.e = \"email\"\ncolumns.f = { op = \"keyed_hash\", domain = \"email\" }\n";
    let plan = plan(T, text);
    assert!(ids_from(&plan, Severity::Info).contains(&"domain-operators:email"));
    assert_eq!(ids_from(&plan, Severity::Warning), none());
}

#[test]
fn citext_is_folded_unless_the_policy_says_otherwise() {
    let ddl = "CREATE TABLE public.t (e public.citext)";
    let text = "[tables.\"public.t\"]\ncolumns.e = \"email\"\n";
    assert_eq!(mask(&plan(ddl, text), "t", "e").prepared.spec, "email:80:ci");
    let exact = format!("[domains.\"email\"]\nequality = \"exact\"\n{text}");
    assert_eq!(mask(&plan(ddl, &exact), "t", "e").prepared.spec, "email:80:exact");
}
