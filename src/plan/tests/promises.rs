//! What operators promise of their output, and what they ask of the rest of the row.

use super::*;
use crate::mask::KeyedBy;

const T: &str = "CREATE TABLE public.t (id integer PRIMARY KEY, mail text, first text, secret text, kind text, age integer,
    paid numeric(10,2), born date, died date, CONSTRAINT age CHECK (age >= 0 AND age <= 150), CONSTRAINT paid CHECK (paid > 0),
    CONSTRAINT dates CHECK (born <= died), CONSTRAINT kind CHECK (kind IN ('free', 'paid', 'staff')))";

fn text(columns: &str) -> String {
    format!("unclassified = \"keep\"\n[tables.\"public.t\"]\n{columns}\n")
}

#[test]
fn a_template_shows_in_clear_only_what_is_kept() {
    let template = |template: &str, more: &str| {
        text(&format!("columns.mail = {{ op = \"template\", template = \"{template}\" }}\n{more}"))
    };
    let masked = "columns.first = \"redact\"";
    assert_eq!(errors(T, &template("{first}.{id}@x.test", "")), none());
    assert_eq!(errors(T, &template("{first}.{id}@x.test", masked)), ["exposes:public.t.mail"]);
    assert_eq!(errors(T, &template("{first|upper}@x.test", masked)), ["exposes:public.t.mail"]);
    assert_eq!(errors(T, &template("{mail}", "")), ["exposes:public.t.mail"]);
    assert_eq!(errors(T, &template("{first|first:1}{first|hash:8}@x.test", masked)), none());
    assert_eq!(errors(T, &template("{frist|hash:8}@x.test", masked)), ["reads:public.t.mail"]);
    let plan = plan(T, &template("{first}@x.test", masked));
    assert!(message(&plan, "exposes:public.t.mail").contains("{first|hash:8}"));
    assert!(plan.ready().is_err());
}

#[test]
fn a_generated_column_is_not_shown_either() {
    let ddl = "CREATE TABLE public.t (a text, b text GENERATED ALWAYS AS (lower(a)) STORED, c text)";
    let policy = "unclassified = \"keep\"\n[tables.\"public.t\"]\ncolumns.a = \"redact\"\ncolumns.c = { op = \"template\", template = \"{b}\" }\n";
    assert_eq!(errors(ddl, policy), ["exposes:public.t.c"]);
}

#[test]
fn noise_needs_a_subject_or_a_row_key() {
    let noise = |more: &str| text(&format!("columns.paid = {{ op = \"noise\", ratio = 0.1{more} }}"));
    assert_eq!(errors(T, &noise("")), ["subject:public.t.paid"]);
    assert_eq!(errors(T, &noise(", row_key = \"id\"")), none());
    assert_eq!(errors(T, &text("subject = \"id\"\ncolumns.paid = { op = \"noise\", ratio = 0.1 }")), none());
}

#[test]
fn checks_that_coarser_values_cannot_break_are_silent() {
    for columns in [
        "columns.age = { op = \"round\", to = 10, mode = \"down\" }",
        "columns.age = { op = \"bucket\", size = 5 }",
        "columns.age = \"age_group\"",
        "columns.age = { op = \"top_bottom\", max = 90 }",
        "columns.age = { op = \"noise\", amount = 3, min = 0, max = 120, row_key = \"id\" }",
        "columns.paid = { op = \"noise\", ratio = 0.2, row_key = \"id\" }",
        "columns.born = { op = \"truncate_date\", to = \"year\" }\ncolumns.died = { op = \"truncate_date\", to = \"year\" }",
        "columns.kind = { op = \"choice\", values = [\"free\", \"paid\"], row_key = \"id\" }",
    ] {
        assert_eq!(reviews(T, &text(columns)), none(), "{columns}");
    }
    for (columns, id) in [
        ("columns.paid = { op = \"round\", to = 10 }", "check-constraint:public.t.paid"),
        ("columns.age = { op = \"noise\", amount = 3, row_key = \"id\" }", "check-constraint:public.t.age"),
        (
            "columns.kind = { op = \"choice\", values = [\"free\", \"x\"], row_key = \"id\" }",
            "check-constraint:public.t.kind",
        ),
        ("columns.died = { op = \"truncate_date\", to = \"year\" }", "check-constraint:public.t.dates"),
    ] {
        assert_eq!(reviews(T, &text(columns)), [id], "{columns}");
    }
}

#[test]
fn a_choice_follows_what_there_is() {
    let choice =
        |more: &str| text(&format!("columns.kind = {{ op = \"choice\", values = [\"free\"]{more} }}"));
    let keyed_by = |text: &str| mask(&plan(T, text), "t", "kind").keyed_by();
    assert_eq!(keyed_by(&choice("")), KeyedBy::Value);
    assert_eq!(keyed_by(&choice(", row_key = \"id\"")), KeyedBy::Subject);
    assert_eq!(warnings(T, &choice("")), none());
    assert_eq!(errors(T, &choice(", by = \"row\"")), ["operator:public.t.kind"]);
    assert_eq!(errors(T, &choice(", by = \"subject\"")), ["operator:public.t.kind"]);
}

#[test]
fn labels_of_an_enum_are_checked_for_every_choice() {
    let ddl =
        "CREATE TYPE public.mood AS ENUM ('sad', 'ok'); CREATE TABLE public.t (id integer, m public.mood)";
    let choice = |label: &str| {
        text(&format!("columns.m = {{ op = \"choice\", values = [\"ok\", \"{label}\"], row_key = \"id\" }}"))
    };
    assert_eq!(errors(ddl, &choice("sad")), none());
    assert_eq!(errors(ddl, &choice("happy")), ["enum:public.t.m"]);
}
