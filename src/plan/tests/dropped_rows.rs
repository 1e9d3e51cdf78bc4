//! Tables whose rows are left out.

use super::*;

const T: &str = "CREATE TABLE public.log (id integer PRIMARY KEY, secret text);
    CREATE TABLE public.job (id integer PRIMARY KEY, log integer REFERENCES public.log)";

#[test]
fn a_kept_table_that_references_dropped_rows_needs_a_relation() {
    let text = "unclassified = \"deny\"\n[tables.\"public.log\"]\nrows = \"drop\"\n[tables.\"public.job\"]\nkeep = { columns = [\"id\"] }\n";
    let plan = plan(T, &format!("{text}columns.log = \"permute\"\n"));
    assert_eq!(ids_from(&plan, Severity::Error), ["dropped:public.job.log"]);
    assert!(
        message(&plan, "dropped:public.job.log")
            .contains("from = \"public.job.log\", to = \"public.log.id\"")
    );
}

#[test]
fn the_relation_makes_the_reference_null() {
    let text = "[tables.\"public.log\"]\nrows = \"drop\"\n[tables.\"public.job\"]\nkeep = { columns = [\"id\"] }\n\
                [[relation]]\nfrom = \"public.job.log\"\nto = \"public.log.id\"\non_dropped = \"null\"\n";
    let plan = plan(T, text);
    assert_eq!(ids_from(&plan, Severity::Error), none());
    assert_eq!(mask(&plan, "job", "log").operator.name, "null");
    assert!(plan.table(&TableName::new("public", "log")).unwrap().drop_rows);
    let not_null = T.replace("log integer", "log integer NOT NULL");
    assert_eq!(errors(&not_null, text), ["not-null:public.job.log"]);
}
