//! Whom rows are about.

use super::*;

const T: &str = "CREATE TABLE public.c (id integer PRIMARY KEY, first text, born date);
    CREATE TABLE public.o (c integer REFERENCES public.c, who text)";

#[test]
fn the_subject_follows_foreign_keys() {
    let text = "unclassified = \"keep\"\n[tables.\"public.c\"]\nsubject = \"id\"\n[tables.\"public.o\"]\nsubject = [\"c\"]\n";
    let plan = plan(T, text);
    let subject =
        |table: &str| plan.table(&TableName::new("public", table)).unwrap().subject.clone().unwrap();
    assert_eq!(subject("c").domain, "c.id");
    assert_eq!(subject("o").domain, "c.id");
    assert_eq!(subject("o").columns, ["c"]);
}

#[test]
fn a_masked_subject_gives_its_own_domain() {
    let text = "unclassified = \"keep\"\n[tables.\"public.c\"]\nsubject = \"id\"\ncolumns.id = { op = \"permute\", domain = \"person\" }\n\
                [tables.\"public.o\"]\nsubject = \"c\"\n";
    let plan = plan(T, text);
    let subject =
        |table: &str| plan.table(&TableName::new("public", table)).unwrap().subject.clone().unwrap();
    assert_eq!((subject("c").domain.as_str(), subject("o").domain.as_str()), ("person", "person"));
}

#[test]
fn dates_shift_by_subject_or_row_key_only() {
    let head = "unclassified = \"keep\"\n[tables.\"public.c\"]\n";
    assert_eq!(errors(T, &format!("{head}columns.born = \"date_shift\"\n")), ["subject:public.c.born"]);
    assert_eq!(errors(T, &format!("{head}subject = \"id\"\ncolumns.born = \"date_shift\"\n")), none());
    let by_row = format!("{head}columns.born = {{ op = \"date_shift\", row_key = \"id\" }}\n");
    assert_eq!(errors(T, &by_row), none());
    assert_eq!(mask(&plan(T, &by_row), "c", "born").row_key.as_ref().unwrap().domain, "c.id");
    assert_eq!(errors(T, &by_row.replace("\"id\"", "\"ids\"")), ["row-key:public.c.born"]);
}

#[test]
fn names_without_a_subject_are_a_warning() {
    let text = "unclassified = \"keep\"\n[tables.\"public.c\"]\ncolumns.first = \"first_name\"\n";
    assert_eq!(warnings(T, text), ["no-subject:public.c.first"]);
}

#[test]
fn a_name_in_a_key_needs_a_tag() {
    let ddl = "CREATE TABLE public.t (id integer PRIMARY KEY, name text UNIQUE)";
    let text = |more: &str| {
        format!(
            "unclassified = \"keep\"\n[tables.\"public.t\"]\nsubject = \"id\"\ncolumns.name = {{ op = \"last_name\"{more} }}\n"
        )
    };
    let ids = errors(ddl, &text(""));
    assert_eq!(ids, ["unique:public.t(name)", "subject-key:public.t.name"]);
    assert_eq!(errors(ddl, &text(", unique = true")), none());
}

#[test]
fn a_name_that_joins_tables_cannot_follow_the_subject() {
    let ddl = "CREATE TABLE public.t (id integer PRIMARY KEY, name text UNIQUE); CREATE TABLE public.u (name text REFERENCES public.t (name))";
    let text = "unclassified = \"keep\"\n[tables.\"public.t\"]\nsubject = \"id\"\ncolumns.name = { op = \"last_name\", unique = true }\n";
    assert_eq!(errors(ddl, text), ["subject-key:public.t.name"]);
}
