//! Rules that name what is not there, or say what cannot be.

use super::*;

const T: &str = "CREATE TABLE public.audit_a (a text); CREATE TABLE public.audit_b (a text, b text)";

#[test]
fn rules_that_match_nothing_are_errors() {
    let text = "unclassified = \"keep\"\n[tables.\"public.audit\"]\n[tables.\"audit_a\"]\n[tables.\"x*\"]\n\
                [tables.\"public.audit_b\"]\nsubject = \"id\"\nkeep = { columns = [\"c\"] }\n";
    let plan = plan(T, text);
    assert_eq!(
        ids_from(&plan, Severity::Error),
        [
            "unknown-table:public.audit",
            "unknown-table:audit_a",
            "unknown-table:x*",
            "unknown-column:public.audit_b.id",
            "unknown-column:public.audit_b.c",
        ]
    );
    assert!(message(&plan, "unknown-table:audit_a").contains("did you mean \"public.audit_a\""));
}

#[test]
fn an_exact_name_beats_a_pattern() {
    let text = "[tables.\"public.audit_*\"]\ncolumns.a = \"email\"\ncolumns.b = \"null\"\n\
                [tables.\"public.audit_b\"]\nkeep = { columns = [\"a\", \"b\"] }\n";
    let plan = plan(T, text);
    assert_eq!(ids_from(&plan, Severity::Error), none());
    assert!(plan.table(&TableName::new("public", "audit_b")).unwrap().columns[0].is_kept());
    assert_eq!(mask(&plan, "audit_a", "a").operator.name, "email");
}

#[test]
fn two_patterns_on_one_table_are_an_error() {
    let text = "unclassified = \"keep\"\n[tables.\"public.audit_*\"]\n[tables.\"*_b\"]\n";
    assert_eq!(errors(T, text), ["glob:public.audit_b"]);
}

#[test]
fn parameters_are_checked_by_name_and_kind() {
    let text = "unclassified = \"keep\"\n[tables.\"public.audit_b\"]\ncolumns.a = { op = \"email\", bist = 80 }\n\
                columns.b = { op = \"permute\", range = [9, 1] }\n";
    let plan = plan(T, text);
    assert!(message(&plan, "unknown-parameter:public.audit_b.a.bist").contains("did you mean \"bits\""));
    assert!(ids_from(&plan, Severity::Error).contains(&"parameter:public.audit_b.b.range"));
}

#[test]
fn a_required_parameter_must_be_there() {
    let text = "unclassified = \"keep\"\n[tables.\"public.audit_a\"]\ncolumns.a = \"constant\"\n";
    assert_eq!(errors(T, text), ["parameter:public.audit_a.a"]);
}

#[test]
fn an_operator_of_the_wrong_type_names_those_that_fit() {
    let plan = plan("CREATE TABLE public.t (d date)", "[tables.\"public.t\"]\ncolumns.d = \"email\"\n");
    assert_eq!(ids_from(&plan, Severity::Error), ["operator:public.t.d"]);
    assert!(message(&plan, "operator:public.t.d").contains("redact"));
}

#[test]
fn a_database_in_front_is_closer_than_none() {
    let mut builder = SchemaBuilder::new();
    for database in ["shop", "crm"] {
        let session = Session { database: Some(database.into()), ..Session::default() };
        builder.statement(b"CREATE TABLE public.t (a text)", &session);
    }
    let schema = builder.finish();
    let text =
        "[tables.\"public.t\"]\ncolumns.a = \"email\"\n[tables.\"crm/public.t\"]\ncolumns.a = \"null\"\n";
    let plan = Plan::compile(&policy(text), &schema, None);
    assert_eq!(ids_from(&plan, Severity::Error), none());
    let operator = |database| {
        let name = TableName::new("public", "t").in_database(Some(database));
        plan.table(&name).unwrap().columns[0].mask().unwrap().operator.name
    };
    assert_eq!((operator("shop"), operator("crm")), ("email", "null"));
}

#[test]
fn a_source_without_schemas_is_matched_by_table() {
    let mut schema = schema("CREATE TABLE public.customer (a text)");
    let table = schema.tables.pop_first().unwrap().1;
    schema.tables.insert(TableName::new("", "customer"), table);
    let plan = Plan::compile(&policy("[tables.\"public.customer\"]\ncolumns.a = \"null\"\n"), &schema, None);
    assert_eq!(ids_from(&plan, Severity::Error), none());
    assert!(plan.table(&TableName::new("public", "customer")).is_none());
    assert!(plan.table(&TableName::new("", "customer")).is_some());
}
