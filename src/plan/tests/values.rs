//! Constraints on values.

use super::*;

fn with_lock(text: &str, rows: u64, distinct: u32) -> Vec<String> {
    let schema = schema("CREATE TABLE public.t (id integer PRIMARY KEY, code text)");
    let mut statistics = Statistics::default();
    let mut counts = TableStatistics { rows, ..TableStatistics::default() };
    counts.distinct.insert("code".into(), distinct);
    statistics.tables.insert(TableName::new("public", "t"), counts);
    let lock = Lock::new(&schema, &statistics);
    let plan = Plan::compile(&policy(text), &schema, Some(&lock));
    ids_from(&plan, Severity::Error).into_iter().map(str::to_owned).collect()
}

#[test]
fn few_values_that_repeat_are_not_pseudonymized_without_a_reason() {
    let text = |more: &str| {
        format!(
            "[tables.\"public.t\"]\nkeep = {{ columns = [\"id\"] }}\ncolumns.code = {{ op = \"keyed_hash\"{more} }}\n"
        )
    };
    assert_eq!(with_lock(&text(""), 50_000, 80), ["frequency:public.t.code"]);
    assert_eq!(with_lock(&text(", accept_frequency_leak = \"codes are public\""), 50_000, 80), none());
    assert_eq!(with_lock(&text(""), 50_000, 1001), none());
    assert_eq!(with_lock(&text(""), 59, 59), none());
}

#[test]
fn what_no_lock_counted_is_a_note() {
    let ddl = "CREATE TABLE public.t (code text)";
    let plan = plan(ddl, "[tables.\"public.t\"]\ncolumns.code = \"keyed_hash\"\n");
    assert_eq!(ids_from(&plan, Severity::Info), ["frequency-unknown"]);
}

#[test]
fn checks_are_decided_where_they_can_be() {
    let ddl = |check: &str| format!("CREATE TABLE public.t (c varchar(60), CONSTRAINT k CHECK ({check}))");
    let text = "[tables.\"public.t\"]\ncolumns.c = \"email\"\n";
    assert_eq!(reviews(&ddl("char_length(c) <= 60"), text), none());
    assert_eq!(errors(&ddl("char_length(c) <= 10"), text), ["check-constraint:public.t.k"]);
    assert_eq!(reviews(&ddl("c LIKE '%@%'"), text), ["check-constraint:public.t.k"]);
    let done = "[[acknowledge]]\nid = \"check-constraint:public.t.k\"\nreason = \"restored in test\"\n";
    assert_eq!(reviews(&ddl("c LIKE '%@%'"), &format!("{text}{done}")), none());
}

#[test]
fn checks_of_domains_and_labels_of_enums_count_too() {
    let ddl =
        "CREATE DOMAIN public.year AS integer CONSTRAINT y CHECK (((VALUE >= 1901) AND (VALUE <= 2155)));
        CREATE TYPE public.mood AS ENUM ('sad', 'ok');
        CREATE TABLE public.t (y public.year, m public.mood)";
    let text = |year: &str, mood: &str| {
        format!(
            "[tables.\"public.t\"]\ncolumns.y = {{ op = \"constant\", value = {year} }}\ncolumns.m = {{ op = \"constant\", value = \"{mood}\" }}\n"
        )
    };
    assert_eq!(errors(ddl, &text("2000", "ok")), none());
    assert_eq!(errors(ddl, &text("1000", "ok")), ["domain-constraint:public.t.y"]);
    assert_eq!(errors(ddl, &text("2000", "happy")), ["enum:public.t.m"]);
}

#[test]
fn indexes_over_expressions_must_be_acknowledged() {
    let ddl = "CREATE TABLE public.t (id integer, c text); CREATE UNIQUE INDEX i ON public.t USING btree (lower(c))";
    let text = "[tables.\"public.t\"]\nkeep = { columns = [\"id\"] }\ncolumns.c = \"email\"\n";
    assert_eq!(reviews(ddl, text), ["index-expression:public.t.i"]);
}

#[test]
fn a_partial_unique_index_over_a_proven_column_is_fine() {
    let ddl = "CREATE TABLE public.t (n integer, gone boolean); CREATE UNIQUE INDEX i ON public.t USING btree (n) WHERE (NOT gone)";
    let text = "[tables.\"public.t\"]\nkeep = { columns = [\"gone\"] }\ncolumns.n = \"permute\"\n";
    assert_eq!(reviews(ddl, text), none());
    let text = "[tables.\"public.t\"]\nkeep = { columns = [\"gone\"] }\ncolumns.n = \"redact\"\n";
    assert_eq!(reviews(ddl, text), ["index-expression:public.t.i"]);
}

#[test]
fn an_index_over_an_expression_of_kept_columns_and_a_proven_one_is_fine() {
    let ddl = "CREATE TABLE public.t (n integer, s text); CREATE UNIQUE INDEX i ON public.t USING btree (lower(s), n)";
    let text = "[tables.\"public.t\"]\nkeep = { columns = [\"s\"] }\ncolumns.n = \"permute\"\n";
    assert_eq!(reviews(ddl, text), none());
    let text = "[tables.\"public.t\"]\nkeep = { columns = [\"n\"] }\ncolumns.s = \"keyed_hash\"\n";
    assert_eq!(reviews(ddl, text), ["index-expression:public.t.i"]);
}

#[test]
fn a_sequence_that_feeds_a_permuted_column_is_a_note() {
    let ddl = "CREATE TABLE public.t (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY)";
    let plan = plan(ddl, "[tables.\"public.t\"]\ncolumns.id = \"permute\"\n");
    assert_eq!(ids_from(&plan, Severity::Info), ["sequence:public.t.id"]);
}

#[test]
fn kept_ids_and_times_of_a_subject_are_a_warning() {
    let ddl = "CREATE TABLE public.t (id integer PRIMARY KEY, at timestamp, name text)";
    let text = "[tables.\"public.t\"]\nsubject = \"id\"\nkeep = { columns = [\"id\", \"at\"] }\ncolumns.name = \"last_name\"\n";
    let plan = plan(ddl, text);
    assert_eq!(ids_from(&plan, Severity::Warning), ["linkable:public.t"]);
    assert!(message(&plan, "linkable:public.t").contains("id (unique), at (exact times)"));
}
