//! What is done to a column by row: `when`, `else`, `domain_by`, `keep_rows`.

use super::*;

const T: &str =
    "CREATE TABLE public.c (id integer PRIMARY KEY, kind text, email text UNIQUE, number integer UNIQUE, \
    note text, boss integer REFERENCES public.c);
    CREATE TABLE public.tag (target integer, target_kind text, UNIQUE (target_kind, target))";

fn with(entries: &str) -> String {
    format!("unclassified = \"keep\"\n[tables.\"public.c\"]\n{entries}\n[tables.\"public.tag\"]\n")
}

#[test]
fn a_condition_is_compiled_against_the_table() {
    let text =
        with("columns.note = { op = \"redact\", when = \"kind = 'person' AND id > 5\", reason = \"firms\" }");
    let plan = plan(T, &text);
    let note = mask(&plan, "c", "note");
    assert_eq!(note.when.as_ref().unwrap().columns(), ["kind", "id"]);
    assert!(note.branches.is_empty() && note.keeps_some());
    assert_eq!(warnings(T, &text), none());
    let typo = text.replace("kind =", "kid =");
    assert_eq!(errors(T, &typo), ["condition:public.c.note"]);
    let plan = super::plan(T, &typo);
    assert!(message(&plan, "condition:public.c.note").contains("unknown column \"kid\"; did you mean"));
}

#[test]
fn rows_that_keep_their_value_are_a_warning_until_there_is_a_reason() {
    let text = with("columns.note = { op = \"redact\", when = \"kind = 'person'\" }");
    assert_eq!(warnings(T, &text), ["conditional:public.c.note"]);
    let text = with("columns.note = { op = \"redact\", when = \"kind = 'person'\", else = \"null\" }");
    assert_eq!(warnings(T, &text), none());
}

#[test]
fn else_may_have_a_condition_of_its_own() {
    let text = with(
        "columns.note = { op = \"redact\", when = \"kind = 'a'\", else = { op = \"constant\", value = \"x\", when = \"kind = 'b'\", else = \"null\" } }",
    );
    let plan = plan(T, &text);
    let note = mask(&plan, "c", "note");
    let operators: Vec<&str> = note.all().map(|own| own.operator.name).collect();
    assert_eq!(operators, ["redact", "constant", "null"]);
    assert!(!note.keeps_some());
    let wrong = text.replace("constant", "constnt");
    assert_eq!(errors(T, &wrong), ["unknown-operator:public.c.note"]);
}

#[test]
fn a_column_that_joins_tables_cannot_depend_on_the_row() {
    let text = with("columns.id = { op = \"permute\", when = \"kind = 'person'\" }");
    assert!(errors(T, &text).contains(&"condition:public.c.id".to_owned()));
}

#[test]
fn a_permuted_key_may_not_stand_beside_kept_values_and_a_tag_may() {
    let text = with("columns.number = { op = \"permute\", when = \"kind = 'person'\", reason = \"r\" }");
    assert_eq!(errors(T, &text), ["unique:public.c(number)"]);
    let text = with("columns.email = { op = \"email\", when = \"kind = 'person'\", reason = \"r\" }");
    assert_eq!(errors(T, &text), none());
}

#[test]
fn a_reference_to_one_of_several_tables_takes_its_key_domain_from_the_row() {
    let text = with("columns.id = \"permute\"")
        + "columns.target = { op = \"permute\", domain_by = { column = \"target_kind\", map = { C = \"public.c.id\", D = \"public.d.id\" } } }\n";
    let plan = plan(T, &text);
    let target = mask(&plan, "tag", "target");
    let domains: Vec<&str> = target.all().map(|own| own.domain.as_str()).collect();
    assert_eq!((domains, target.unmatched), (vec!["public.c.id", "public.d.id"], Unmatched::Error));
    // The kind is part of the key, so two rows that meet in the number differ in the kind.
    assert_eq!(errors(T, &text), none());
    let apart = T.replace("UNIQUE (target_kind, target)", "UNIQUE (target)");
    assert_eq!(errors(&apart, &text), ["unique:public.tag(target)"]);
    let wrong = text.replace("\"target_kind\", map", "\"target_knd\", map");
    assert_eq!(errors(T, &wrong), ["condition:public.tag.target"]);
    let null = text.replace("public.d.id\" } }", "public.d.id\" }, else = \"null\" }");
    assert_eq!(mask(&super::plan(T, &null), "tag", "target").branches[1].operator.name, "null");
}

#[test]
fn kept_rows_stay_masked_where_they_join_or_could_meet() {
    let text = with(
        "keep_rows = { when = \"email LIKE '%@qa.example.com'\", reason = \"test accounts\" }\ncolumns.id = \"permute\"\n\
         columns.number = \"permute\"\ncolumns.email = \"email\"\ncolumns.note = \"redact\"",
    );
    let plan = plan(T, &text);
    assert!(plan.tables[&TableName::new("public", "c")].keep_rows.is_some());
    let kept = ["id", "boss", "number", "email", "note"].map(|column| mask(&plan, "c", column).keeps_rows);
    assert_eq!(kept, [false, false, false, true, true]);
    assert_eq!(errors(T, &text.replace("email LIKE", "mail LIKE")), ["keep-rows:public.c"]);
}
