//! What nobody classified.

use super::*;

const T: &str = "CREATE TABLE public.t (a text, b text, g text GENERATED ALWAYS AS (upper(a)) STORED)";

#[test]
fn a_column_that_nobody_named_is_an_error() {
    assert_eq!(errors(T, "[tables.\"public.t\"]\ncolumns.a = \"email\"\n"), ["unclassified:public.t.b"]);
}

#[test]
fn generated_columns_need_no_rule_and_take_no_operator() {
    let all = "[tables.\"public.t\"]\ncolumns.a = \"email\"\ncolumns.b = \"null\"\n";
    assert_eq!(errors(T, all), none());
    assert_eq!(errors(T, &format!("{all}columns.g = \"email\"\n")), ["operator:public.t.g"]);
    assert!(plan(T, all).table(&TableName::new("public", "t")).unwrap().columns[2].generated);
}

#[test]
fn unclassified_columns_can_be_kept_or_redacted_on_demand() {
    let keep = plan(T, "unclassified = \"keep\"\n");
    assert_eq!(ids_from(&keep, Severity::Info), ["unclassified:public.t"]);
    assert!(keep.ready().is_ok() && keep.passes_check() && !keep.needs_key());
    let redact = plan(T, "unclassified = \"redact\"\n");
    assert_eq!(mask(&redact, "t", "a").operator.name, "redact");
}

#[test]
fn review_redacts_and_fails_the_check_only() {
    let plan = plan(
        T,
        "[tables.\"public.t\"]\nkeep = { columns = [\"a\"], reason = \"r\" }\ncolumns.b = \"review\"\n",
    );
    assert_eq!(ids_from(&plan, Severity::Review), ["review:public.t.b"]);
    assert_eq!(mask(&plan, "t", "b").operator.name, "redact");
    assert!(plan.ready().is_ok());
    assert!(!plan.passes_check());
}

#[test]
fn the_error_of_a_plan_shows_the_line_of_the_policy() {
    let plan = plan(T, "unclassified = \"keep\"\n[tables.\"public.t\"]\ncolumns.a = \"emial\"\n");
    let error = plan.ready().unwrap_err().to_string();
    assert_eq!(
        error,
        "scrub.toml:6:13: error: there is no operator \"emial\"; did you mean \"email\"? \
         [unknown-operator:public.t.a]\n  6 | columns.a = \"emial\"\n    |             ^"
    );
}
