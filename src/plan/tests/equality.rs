//! Key domains have the equality of the columns that they mask.

use super::*;
use crate::table::Dialect;

fn mysql(ddl: &str, text: &str) -> Plan {
    let session = Session { schema: String::new(), dialect: Dialect::MySql, ..Session::default() };
    let mut builder = SchemaBuilder::new();
    for statement in ddl.split(';') {
        builder.statement(statement.as_bytes(), &session);
    }
    let schema = builder.finish();
    assert_eq!(schema.warnings, none());
    Plan::compile(&policy(&format!("unclassified = \"keep\"\n{text}")), &schema, None)
}

const TIED: &str = "CREATE TABLE p (code varchar(40) PRIMARY KEY) COLLATE=<collation>; \
    CREATE TABLE c (code varchar(40), FOREIGN KEY (code) REFERENCES p (code)) COLLATE=<collation>";
const HASHED: &str = "[domains.\"code\"]\nequality = \"<equality>\"\n[tables.\"p\"]\n\
    columns.code = { op = \"keyed_hash\", domain = \"code\", bits = 100 }\n";

#[test]
fn a_domain_has_the_equality_that_joins_have() {
    for (collation, equal) in [
        ("utf8mb4_general_ci", "ci_ai"),
        ("utf8mb4_0900_ai_ci", "ci_ai"),
        ("latin1_swedish_ci", "ci_ai"),
        ("latin1_general_ci", "ci"),
        ("utf8mb4_0900_as_ci", "ci"),
        ("utf8mb4_bin", "exact"),
        ("latin1_general_cs", "exact"),
    ] {
        let ddl = TIED.replace("<collation>", collation);
        for equality in ["exact", "ci", "ci_ai"] {
            let plan = mysql(&ddl, &HASHED.replace("<equality>", equality));
            let errors = ids_from(&plan, Severity::Error);
            if equality == equal {
                assert_eq!(errors, none(), "{collation} {equality}");
            } else {
                assert_eq!(errors, ["equality:c.code", "equality:p.code"], "{collation} {equality}");
                let advice = format!("set equality = \"{equal}\" in [domains.\"code\"]");
                assert!(message(&plan, "equality:p.code").contains(&advice), "{collation} {equality}");
            }
        }
    }
}

#[test]
fn a_key_without_references_may_be_finer_but_not_coarser() {
    let ddl = |collation: &str| format!("CREATE TABLE t (e varchar(60) COLLATE {collation} NOT NULL UNIQUE)");
    let text = |equality: &str| {
        format!("[tables.\"t\"]\ncolumns.e = {{ op = \"email\", bits = 100, equality = \"{equality}\" }}\n")
    };
    let ids = |collation: &str, equality: &str, severity| -> Vec<String> {
        let plan = mysql(&ddl(collation), &text(equality));
        ids_from(&plan, severity)
            .into_iter()
            .filter(|id| id.starts_with("equality"))
            .map(str::to_owned)
            .collect()
    };
    assert_eq!(ids("utf8mb4_bin", "ci", Severity::Error), ["equality:t.e"]);
    assert_eq!(ids("utf8mb4_bin", "exact", Severity::Warning), none());
    assert_eq!(ids("utf8mb4_general_ci", "exact", Severity::Error), none());
    assert_eq!(ids("utf8mb4_general_ci", "exact", Severity::Warning), ["equality:t.e"]);
    assert_eq!(ids("utf8mb4_general_ci", "ci_ai", Severity::Warning), none());
    assert_eq!(ids("utf8mb4_uca1400_ai_cs", "exact", Severity::Review), ["equality:t.e"]);
}

#[test]
fn codes_that_differ_only_in_case_must_not_meet_in_a_key() {
    let ddl = "CREATE TABLE t (c char(7) COLLATE utf8mb4_general_ci NOT NULL UNIQUE)";
    let text = |equality: &str| {
        format!(
            "[tables.\"t\"]\ncolumns.c = {{ op = \"character_map\", template = \"AA-9999\", equality = \"{equality}\", on_invalid = \"error\" }}\n"
        )
    };
    assert_eq!(ids_from(&mysql(ddl, &text("exact")), Severity::Error), ["equality:t.c"]);
    assert_eq!(ids_from(&mysql(ddl, &text("ci_ai")), Severity::Error), none());
}

#[test]
fn numbers_as_text_and_columns_outside_of_keys_have_no_say() {
    let ddl = "CREATE TABLE t (n varchar(20) NOT NULL UNIQUE, e varchar(60))";
    let text = "[tables.\"t\"]\ncolumns.n = \"permute\"\ncolumns.e = \"email\"\n";
    assert!(ids_from(&mysql(ddl, text), Severity::Warning).iter().all(|id| !id.starts_with("equality")));
}

#[test]
fn keys_of_postgresql_tell_case_apart_but_for_citext() {
    let text = |equality: &str| {
        format!(
            "[tables.\"public.t\"]\ncolumns.e = {{ op = \"email\", bits = 100, equality = \"{equality}\" }}\n"
        )
    };
    let ddl = "CREATE TABLE public.t (e text PRIMARY KEY)";
    assert_eq!(errors(ddl, &text("ci")), ["equality:public.t.e"]);
    assert_eq!(errors(ddl, &text("exact")), none());
    let ddl = "CREATE TABLE public.t (e citext PRIMARY KEY)";
    assert_eq!(errors(ddl, &text("ci")), none());
    assert_eq!(errors(ddl, &text("ci_ai")), ["equality:public.t.e"]);
}

#[test]
fn unsigned_columns_narrow_the_bands_of_their_domain() {
    let ddl = "CREATE TABLE t (a tinyint unsigned PRIMARY KEY, b int unsigned); CREATE TABLE u (c bigint)";
    let text = "[tables.\"t\"]\ncolumns.a = { op = \"permute\", domain = \"d\" }\ncolumns.b = { op = \"permute\", domain = \"d\" }\n\
                [tables.\"u\"]\ncolumns.c = { op = \"permute\", domain = \"e\" }\n";
    let plan = mysql(ddl, text);
    let spec = |table: &str, column: &str| {
        let table = plan.table(&TableName::new("", table)).unwrap();
        table.column(column).unwrap().mask().unwrap().prepared.spec.clone()
    };
    assert_eq!(
        (spec("t", "a"), spec("t", "b")),
        ("int:bands:unsigned:8,32".into(), "int:bands:unsigned:8,32".into())
    );
    assert_eq!(spec("u", "c"), "int:bands");
}

#[test]
fn a_partition_key_of_mysql_is_kept() {
    let ddl = "CREATE TABLE t (id int, d date, PRIMARY KEY (id, d)) /*!50100 PARTITION BY RANGE (year(`d`)) (PARTITION p VALUES LESS THAN (2000)) */";
    let text = "[tables.\"t\"]\nsubject = \"id\"\ncolumns.d = \"date_shift\"\n";
    assert!(ids_from(&mysql(ddl, text), Severity::Error).contains(&"partition-key:t.d"));
}

#[test]
fn counters_are_told_of() {
    let ddl = "CREATE TABLE t (id smallint unsigned AUTO_INCREMENT PRIMARY KEY)";
    let plan = mysql(ddl, "[tables.\"t\"]\ncolumns.id = \"permute\"\n");
    assert!(message(&plan, "sequence:t.id").contains("2^15 to 2^16-1"));
}

#[test]
fn a_character_set_that_is_not_known_takes_ascii_only() {
    let ddl = "CREATE TABLE t (n varchar(40) CHARACTER SET hp8)";
    let text = "[tables.\"t\"]\ncolumns.n = { op = \"constant\", value = \"é\" }\n";
    assert_eq!(ids_from(&mysql(ddl, text), Severity::Error), ["operator:t.n"]);
}
