//! Operators of parts of a value: their key domains are those of columns.

use super::*;

const T: &str = "CREATE TABLE public.t (id integer, e varchar(40) UNIQUE, doc jsonb, text text)";

fn doc(paths: &str) -> String {
    format!("unclassified = \"keep\"\n[tables.\"public.t\"]\ncolumns.doc = {{ op = \"json\", {paths} }}\n")
}

fn parts(plan: &Plan) -> Vec<String> {
    let parts = mask(plan, "t", "doc").prepared.parts.iter();
    parts.map(|part| format!("{} {} {} {}", part.place, part.operator.name, part.domain, part.spec)).collect()
}

#[test]
fn a_part_has_the_domain_and_spec_that_a_column_would_have() {
    let text = doc("paths = { \"$.e\" = \"email\", \"$.n\" = \"permute\" }") + "columns.e = \"email\"\n";
    let plan = plan(T, &text);
    assert_eq!(ids_from(&plan, Severity::Warning), none());
    assert_eq!(parts(&plan), ["$.e email email email:80:exact", "$.n permute t.doc$.n int:bands"]);
    assert_eq!(plan.members("email"), ["public.t.e", "public.t.doc $.e"]);
    assert!(plan.needs_key());
}

#[test]
fn a_domain_that_only_parts_use_is_used() {
    let text = format!(
        "[domains.\"mail\"]\nkind = \"email\"\nbits = 60\nequality = \"ci\"\n{}",
        doc("paths = { \"$.e\" = { op = \"email\", domain = \"mail\" } }")
    );
    let text = text.replace("unclassified = \"keep\"\n", "");
    let plan = plan(T, &format!("unclassified = \"keep\"\n{text}"));
    assert_eq!(ids_from(&plan, Severity::Error), none());
    assert_eq!(parts(&plan), ["$.e email mail email:60:ci"]);
}

#[test]
fn parts_and_columns_of_one_domain_that_map_differently_are_a_warning() {
    let text = doc("paths = { \"$.e\" = { op = \"email\", bits = 60 } }") + "columns.text = \"email\"\n";
    assert_eq!(warnings(T, &text), ["domain-specs:email"]);
    let two = doc("paths = { \"$.e\" = { op = \"email\", bits = 60 }, \"$.f\" = \"email\" }");
    assert_eq!(warnings(T, &two), ["domain-specs:email"]);
}

#[test]
fn entries_are_checked_as_columns_are() {
    for (paths, expected) in [
        ("paths = { \"$.e\" = \"emial\" }", "no operator \"emial\"; did you mean \"email\""),
        (
            "paths = { \"$.e\" = { op = \"email\", bist = 60 } }",
            "no parameter \"bist\"; did you mean \"bits\"",
        ),
        ("paths = { \"$.e\" = { op = \"email\", bits = \"60\" } }", "\"bits\" of email must be an integer"),
        ("paths = { \"$.e\" = { op = \"email\", max_invalid = 0.5 } }", "belongs to the column"),
        ("paths = { \"$.e\" = { op = \"email\", live = true } }", "needs a \"reason\""),
        ("paths = { \"$.e\" = { op = \"email\", host = \"corp.com\" } }", "$.e: cannot use email"),
        ("paths = { \"$.e\" = { op = \"constant\" } }", "needs value of operator constant"),
        ("paths = { \"e\" = \"email\" }", "a path begins with $"),
        ("paths = { \"$.e\" = \"email\", \"$['e']\" = \"redact\" }", "neither is more specific"),
        ("rest = \"keep\"", "say why in a reason"),
        (
            "paths = { \"$.a\" = { op = \"json\", paths = { \"$.b\" = \"emial\" } } }",
            "$.b: there is no operator",
        ),
    ] {
        let plan = plan(T, &doc(paths));
        let message = message(&plan, "operator:public.t.doc");
        assert!(message.contains(expected), "{paths}: {message} {:?}", ids_from(&plan, Severity::Error));
    }
    assert!(errors(T, &doc("paths = { \"$.e\" = 5 }")).contains(&"parameter:public.t.doc.paths".to_owned()));
}

#[test]
fn parts_that_follow_the_subject_need_one() {
    let text = doc("paths = { \"$.born\" = \"date_shift\", \"$.name\" = \"full_name\" }")
        + "columns.id = \"permute\"\ncolumns.e = \"email\"\n";
    assert_eq!(errors(T, &text), ["subject:public.t.doc"]);
    assert_eq!(warnings(T, &text), ["subject:public.t.doc", "no-subject:public.t.doc"]);
    assert_eq!(warnings(T, &(text.clone() + "subject = \"id\"\n")), none());
    assert_eq!(warnings(T, &text.replace("op = \"json\"", "op = \"json\", row_key = \"id\"")), none());
}

#[test]
fn a_document_is_no_key() {
    let ddl = "CREATE TABLE public.t (doc jsonb UNIQUE)";
    assert_eq!(errors(ddl, &doc("rest = \"redact\"")), ["unique:public.t(doc)"]);
}

#[test]
fn documents_without_keyed_parts_need_no_key_unless_invalid_ones_get_a_tag() {
    let plan_of = |column: &str| {
        let text = doc("rest = \"redact\"").replace("columns.doc", &format!("columns.{column}"));
        plan(T, &text).needs_key()
    };
    assert!(!plan_of("doc"));
    assert!(plan_of("text"));
}
