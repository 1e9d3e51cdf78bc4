//! Small policies against small schemas: which problems come out.

use super::*;
use crate::table::{Schema, SchemaBuilder, Session, TableName};

const HEAD: &str = "version = 1\nconstruction = \"v1\"\nproject = \"acme/dev\"\n";

pub(super) fn schema(ddl: &str) -> Schema {
    let mut builder = SchemaBuilder::new();
    for statement in ddl.split(';').map(str::trim).filter(|statement| !statement.is_empty()) {
        builder.statement(statement.as_bytes(), &Session::default());
    }
    builder.finish()
}

fn policy(text: &str) -> Policy {
    Policy::parse(&format!("{HEAD}{text}"), "scrub.toml").unwrap()
}

fn plan(ddl: &str, text: &str) -> Plan {
    Plan::compile(&policy(text), &schema(ddl), None)
}

/// Ids of what is at least so bad, in order.
fn ids_from(plan: &Plan, severity: Severity) -> Vec<&str> {
    let bad =
        plan.problems.iter().filter(|problem| problem.severity >= severity && problem.acknowledged.is_none());
    bad.map(|problem| problem.id.as_str()).collect()
}

fn errors(ddl: &str, text: &str) -> Vec<String> {
    ids_from(&plan(ddl, text), Severity::Error).into_iter().map(str::to_owned).collect()
}

fn reviews(ddl: &str, text: &str) -> Vec<String> {
    ids_from(&plan(ddl, text), Severity::Review).into_iter().map(str::to_owned).collect()
}

fn warnings(ddl: &str, text: &str) -> Vec<String> {
    ids_from(&plan(ddl, text), Severity::Warning).into_iter().map(str::to_owned).collect()
}

fn message(plan: &Plan, id: &str) -> String {
    plan.problems
        .iter()
        .find(|problem| problem.id == id)
        .map(|problem| problem.message.clone())
        .unwrap_or_default()
}

fn mask<'p>(plan: &'p Plan, table: &str, column: &str) -> &'p MaskPlan {
    let table = plan.table(&TableName::new("public", table)).unwrap();
    match &table.column(column).unwrap().treatment {
        Treatment::Mask(mask) => mask,
        _ => panic!("{column} is not masked: {:?}", plan.problems),
    }
}

fn none() -> Vec<String> {
    Vec::new()
}

mod classification {
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
}

mod rules {
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
        let plan =
            Plan::compile(&policy("[tables.\"public.customer\"]\ncolumns.a = \"null\"\n"), &schema, None);
        assert_eq!(ids_from(&plan, Severity::Error), none());
        assert!(plan.table(&TableName::new("public", "customer")).is_none());
        assert!(plan.table(&TableName::new("", "customer")).is_some());
    }
}

mod foreign_keys {
    use super::*;

    const SHOP: &str = "
        CREATE TABLE public.customer (id integer PRIMARY KEY, email varchar(80) UNIQUE);
        CREATE TABLE public.orders (id integer PRIMARY KEY, customer_id integer REFERENCES public.customer,
            customer_email varchar(40) REFERENCES public.customer (email));
        CREATE TABLE public.line (order_id integer REFERENCES public.orders, n integer, PRIMARY KEY (order_id, n))";

    #[test]
    fn operator_and_domain_follow_foreign_keys_through_chains() {
        let text = "[tables.\"public.customer\"]\ncolumns.id = \"permute\"\ncolumns.email = \"email\"\n\
                    [tables.\"public.orders\"]\ncolumns.id = \"permute\"\n\
                    [tables.\"public.line\"]\nkeep = { columns = [\"n\"] }\n";
        let plan = plan(SHOP, text);
        assert_eq!(ids_from(&plan, Severity::Error), none());
        let column = mask(&plan, "orders", "customer_id");
        assert_eq!(column.domain, "customer.id");
        assert_eq!(column.inherited_from.as_deref(), Some("public.customer.id"));
        assert_eq!(mask(&plan, "line", "order_id").domain, "orders.id");
        assert_eq!(mask(&plan, "orders", "customer_email").operator.name, "email");
    }

    #[test]
    fn a_domain_fits_its_narrowest_member() {
        let text = "unclassified = \"keep\"\n[tables.\"public.customer\"]\ncolumns.email = \"email\"\n";
        let plan = plan(SHOP, text);
        assert_eq!(mask(&plan, "customer", "email").width, Some(40));
        assert_eq!(
            mask(&plan, "customer", "email").prepared.spec,
            mask(&plan, "orders", "customer_email").prepared.spec
        );
    }

    #[test]
    fn saying_the_same_is_allowed_and_anything_else_is_not() {
        let head = "unclassified = \"keep\"\n[tables.\"public.customer\"]\ncolumns.email = \"email\"\n[tables.\"public.orders\"]\n";
        assert_eq!(errors(SHOP, &format!("{head}columns.customer_email = \"email\"\n")), none());
        assert_eq!(errors(SHOP, &format!("{head}columns.customer_email = \"null\"\n")), none());
        for other in [
            "\"keyed_hash\"",
            "{ op = \"email\", domain = \"other\" }",
            "{ op = \"email\", bits = 40 }",
            "\"keep\"",
        ] {
            let ids = errors(SHOP, &format!("{head}columns.customer_email = {other}\n"));
            assert_eq!(ids, ["relation:public.orders.customer_email"], "{other}");
        }
    }

    #[test]
    fn a_masked_child_of_a_kept_parent_says_where_the_operator_belongs() {
        let text = "unclassified = \"keep\"\n[tables.\"public.orders\"]\ncolumns.customer_id = \"permute\"\n";
        let plan = plan(SHOP, text);
        assert_eq!(ids_from(&plan, Severity::Error), ["relation:public.orders.customer_id"]);
        let message = message(&plan, "relation:public.orders.customer_id");
        assert!(message.contains("put permute on public.customer.id"), "{message}");
        let deny = errors(SHOP, "[tables.\"public.orders\"]\ncolumns.customer_id = \"permute\"\n");
        assert!(deny.contains(&"relation:public.orders.customer_id".to_owned()), "{deny:?}");
    }

    #[test]
    fn a_kept_parent_keeps_its_children() {
        let text = "[tables.\"public.customer\"]\nkeep = { columns = [\"id\", \"email\"] }\n[tables.\"public.orders\"]\n\
                    keep = { columns = [\"id\"] }\n[tables.\"public.line\"]\nkeep = { columns = [\"n\"] }\n";
        assert_eq!(errors(SHOP, text), none());
    }

    #[test]
    fn a_relation_of_the_policy_is_a_foreign_key() {
        let ddl = "CREATE TABLE public.a (email text); CREATE TABLE public.b (mail text)";
        let text = "[tables.\"public.a\"]\ncolumns.email = \"email\"\n\
                    [[relation]]\nfrom = \"public.b.mail\"\nto = \"public.a.email\"\n";
        assert_eq!(errors(ddl, text), none());
        let typo = text.replace("b.mail", "b.mial");
        let plan = plan(ddl, &typo);
        assert!(message(&plan, "unknown-column:public.b.mial").contains("did you mean \"public.b.mail\""));
    }

    #[test]
    fn self_and_circular_and_composite_references_settle() {
        let ddl = "CREATE TABLE public.staff (id integer PRIMARY KEY, boss integer REFERENCES public.staff, store integer);
            CREATE TABLE public.store (id integer PRIMARY KEY, manager integer REFERENCES public.staff);
            ALTER TABLE public.staff ADD CONSTRAINT f FOREIGN KEY (store) REFERENCES public.store(id);
            CREATE TABLE public.x (a integer, b integer, PRIMARY KEY (a, b));
            CREATE TABLE public.y (a integer, b integer, FOREIGN KEY (a, b) REFERENCES public.x);
            CREATE TABLE public.p (id integer PRIMARY KEY);
            CREATE TABLE public.q (id integer PRIMARY KEY REFERENCES public.p);
            ALTER TABLE public.p ADD CONSTRAINT g FOREIGN KEY (id) REFERENCES public.q(id)";
        let text = "[tables.\"public.staff\"]\ncolumns.id = \"permute\"\n[tables.\"public.store\"]\ncolumns.id = \"permute\"\n\
                    [tables.\"public.x\"]\ncolumns.a = \"permute\"\nkeep = { columns = [\"b\"] }\n\
                    [tables.\"public.q\"]\ncolumns.id = \"permute\"\n";
        let plan = plan(ddl, text);
        assert_eq!(ids_from(&plan, Severity::Error), none());
        assert_eq!(mask(&plan, "staff", "boss").domain, "staff.id");
        assert_eq!(mask(&plan, "store", "manager").domain, "staff.id");
        assert_eq!(mask(&plan, "y", "a").domain, "x.a");
        assert_eq!(mask(&plan, "p", "id").domain, "p.id");
        assert_eq!(mask(&plan, "q", "id").domain, "p.id");
    }

    #[test]
    fn a_column_that_references_two_needs_them_alike() {
        let ddl =
            "CREATE TABLE public.a (id integer PRIMARY KEY); CREATE TABLE public.b (id integer PRIMARY KEY);
            CREATE TABLE public.c (id integer REFERENCES public.a REFERENCES public.b)";
        let text = |domain: &str| {
            format!(
                "[tables.\"public.a\"]\ncolumns.id = {{ op = \"permute\", domain = \"x\" }}\n[tables.\"public.b\"]\n\
                     columns.id = {{ op = \"permute\", domain = \"{domain}\" }}\n"
            )
        };
        assert_eq!(errors(ddl, &text("x")), none());
        assert_eq!(errors(ddl, &text("y")), ["relation:public.c.id"]);
        let plain = text("x").replace(", domain = \"x\"", "");
        assert_eq!(errors(ddl, &plain), none());
    }
}

mod partitions {
    use super::*;

    const P: &str = "CREATE TABLE public.pay (id integer NOT NULL, at date NOT NULL, who text, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
        CREATE TABLE public.pay_1 PARTITION OF public.pay FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
        CREATE TABLE public.pay_2 PARTITION OF public.pay DEFAULT";

    #[test]
    fn partitions_follow_the_policy_of_their_parent() {
        let text = "[tables.\"public.pay\"]\ncolumns.id = \"permute\"\nkeep = { columns = [\"at\"] }\ncolumns.who = \"keyed_hash\"\n";
        let plan = plan(P, text);
        assert_eq!(ids_from(&plan, Severity::Error), none());
        for table in ["pay", "pay_1", "pay_2"] {
            assert_eq!(mask(&plan, table, "id").domain, "pay.id");
            assert_eq!(mask(&plan, table, "who").domain, "pay.who");
        }
    }

    #[test]
    fn a_partition_can_say_otherwise() {
        let text = "unclassified = \"keep\"\n[tables.\"public.pay\"]\ncolumns.who = \"keyed_hash\"\n[tables.\"public.pay_1\"]\ncolumns.who = \"null\"\n";
        let plan = plan(P, text);
        assert_eq!(mask(&plan, "pay_1", "who").operator.name, "null");
        assert_eq!(mask(&plan, "pay_2", "who").operator.name, "keyed_hash");
    }

    #[test]
    fn what_nobody_said_of_the_parent_is_reported_once() {
        let text = "[tables.\"public.pay\"]\nkeep = { columns = [\"id\", \"at\"] }\n";
        assert_eq!(errors(P, text), ["unclassified:public.pay.who"]);
    }

    #[test]
    fn a_masked_partition_key_names_the_bound() {
        let ddl =
            P.replace("at date", "at integer").replace("'2020-01-01'", "1").replace("'2021-01-01'", "100");
        let text = "unclassified = \"keep\"\n[tables.\"public.pay\"]\ncolumns.at = \"permute\"\n";
        let plan = plan(&ddl, text);
        assert_eq!(ids_from(&plan, Severity::Error), ["partition-key:public.pay.at"]);
        assert!(message(&plan, "partition-key:public.pay.at").contains("FROM (1) TO (100)"));
    }

    #[test]
    fn foreign_keys_of_partitions_reach_the_parent() {
        let ddl = format!(
            "CREATE TABLE public.c (id integer PRIMARY KEY);
            {}; ALTER TABLE public.pay_1 ADD CONSTRAINT f FOREIGN KEY (c) REFERENCES public.c(id)",
            P.replace("who text", "c integer")
        );
        let text = "[tables.\"public.c\"]\ncolumns.id = \"permute\"\n[tables.\"public.pay\"]\nkeep = { columns = [\"id\", \"at\"] }\n";
        let plan = plan(&ddl, text);
        assert_eq!(ids_from(&plan, Severity::Error), none());
        for table in ["pay", "pay_1", "pay_2"] {
            assert_eq!(mask(&plan, table, "c").domain, "c.id", "{table}");
        }
    }

    #[test]
    fn inherited_tables_follow_their_parent_too() {
        let ddl =
            "CREATE TABLE public.a (x text, y text); CREATE TABLE public.b (z text) INHERITS (public.a)";
        let text = "[tables.\"public.a\"]\ncolumns.x = \"keyed_hash\"\nkeep = { columns = [\"y\"] }\n[tables.\"public.b\"]\ncolumns.z = \"null\"\n";
        let plan = plan(ddl, text);
        assert_eq!(ids_from(&plan, Severity::Error), none());
        assert_eq!(mask(&plan, "b", "x").domain, "a.x");
    }
}

mod keys {
    use super::*;

    #[test]
    fn a_permuted_key_is_proven() {
        let plan = plan(
            "CREATE TABLE public.t (id integer PRIMARY KEY)",
            "[tables.\"public.t\"]\ncolumns.id = \"permute\"\n",
        );
        assert_eq!(plan.keys[0].verdict, Verdict::Proven);
        assert_eq!(mask(&plan, "t", "id").verdict, Some(Verdict::Proven));
        assert!(plan.keys[0].primary);
    }

    #[test]
    fn a_lossy_operator_on_a_key_is_refused() {
        let ddl = "CREATE TABLE public.t (a text NOT NULL, b integer, UNIQUE (a, b))";
        let text = "[tables.\"public.t\"]\nkeep = { columns = [\"b\"] }\ncolumns.a = \"redact\"\n";
        assert_eq!(errors(ddl, text), ["unique:public.t(a,b)"]);
    }

    #[test]
    fn a_key_that_holds_a_proven_key_is_proven() {
        let ddl = "CREATE TABLE public.t (id integer PRIMARY KEY, a text, UNIQUE (a, id))";
        let text = "[tables.\"public.t\"]\ncolumns.id = \"permute\"\ncolumns.a = \"redact\"\n";
        assert_eq!(errors(ddl, text), none());
    }

    #[test]
    fn null_is_no_duplicate() {
        let ddl = "CREATE TABLE public.t (a text UNIQUE)";
        assert_eq!(errors(ddl, "[tables.\"public.t\"]\ncolumns.a = \"null\"\n"), none());
    }

    #[test]
    fn null_is_refused_where_it_is_not_allowed() {
        let ddl = "CREATE TABLE public.t (a text NOT NULL)";
        assert_eq!(errors(ddl, "[tables.\"public.t\"]\ncolumns.a = \"null\"\n"), ["not-null:public.t.a"]);
    }

    #[test]
    fn few_bits_are_too_few_for_a_key_of_many_rows() {
        let ddl = "CREATE TABLE public.t (a text UNIQUE)";
        let text =
            |bits: u32| format!("[tables.\"public.t\"]\ncolumns.a = {{ op = \"email\", bits = {bits} }}\n");
        assert_eq!(errors(ddl, &text(80)), none());
        let small = plan(ddl, &text(40));
        assert_eq!(ids_from(&small, Severity::Error), ["unique:public.t(a)"]);
        let message = message(&small, "unique:public.t(a)");
        assert!(message.contains("bounded p=1.0e0 (n=100000000)"), "{message}");
    }

    #[test]
    fn the_locks_row_ceiling_decides_what_is_enough() {
        let schema = schema("CREATE TABLE public.t (a text UNIQUE)");
        let mut statistics = Statistics::default();
        let name = TableName::new("public", "t");
        statistics.tables.insert(name, TableStatistics { rows: 700, ..TableStatistics::default() });
        let lock = Lock::new(&schema, &statistics);
        let policy = policy("[tables.\"public.t\"]\ncolumns.a = { op = \"email\", bits = 40 }\n");
        let plan = Plan::compile(&policy, &schema, Some(&lock));
        assert_eq!(ids_from(&plan, Severity::Error), none());
        assert_eq!(plan.keys[0].verdict.to_string(), "bounded p=4.5e-7 (n=1000)");
    }
}

mod subjects {
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
}

mod values {
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
        let ddl =
            |check: &str| format!("CREATE TABLE public.t (c varchar(60), CONSTRAINT k CHECK ({check}))");
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
}

mod domains {
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
}

mod dropped_rows {
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
}

mod acknowledgements {
    use super::*;

    const T: &str = "CREATE TABLE public.t (a text)";

    #[test]
    fn of_nothing_are_errors() {
        let text = "unclassified = \"keep\"\n[[acknowledge]]\nid = \"linkable:public.t\"\nreason = \"r\"\n";
        assert_eq!(errors(T, text), ["acknowledge:linkable:public.t"]);
    }

    #[test]
    fn of_errors_are_errors() {
        let text = "[[acknowledge]]\nid = \"unclassified:public.t.a\"\nreason = \"r\"\n";
        assert_eq!(errors(T, text), ["unclassified:public.t.a", "acknowledge:unclassified:public.t.a"]);
    }
}

mod whole {
    use super::*;

    /// The throughput bench's tables.
    const BENCH: &str = "
        CREATE TABLE public.customers (id bigint NOT NULL, first_name character varying(100) NOT NULL,
            last_name character varying(100) NOT NULL, email character varying(255) NOT NULL, phone character varying(40),
            address character varying(200), city character varying(100), ssn character varying(20), dob date, ip inet,
            notes text, profile jsonb, created_at timestamp without time zone NOT NULL);
        CREATE TABLE public.orders (id bigint NOT NULL, customer_id bigint NOT NULL, customer_email character varying(255) NOT NULL,
            status character varying(20) NOT NULL, total numeric(12,2) NOT NULL, shipping_address character varying(200),
            gift_note text, placed_at timestamp without time zone NOT NULL);
        CREATE TABLE public.payments (id bigint NOT NULL, order_id bigint NOT NULL, customer_id bigint NOT NULL,
            card_number character varying(30), iban character varying(40), billing_name character varying(200), amount numeric(12,2),
            paid_at timestamp without time zone);
        ALTER TABLE ONLY public.customers ADD CONSTRAINT customers_pkey PRIMARY KEY (id);
        ALTER TABLE ONLY public.customers ADD CONSTRAINT customers_email_key UNIQUE (email);
        ALTER TABLE ONLY public.orders ADD CONSTRAINT orders_pkey PRIMARY KEY (id);
        ALTER TABLE ONLY public.orders ADD CONSTRAINT o1 FOREIGN KEY (customer_id) REFERENCES public.customers(id);
        ALTER TABLE ONLY public.orders ADD CONSTRAINT o2 FOREIGN KEY (customer_email) REFERENCES public.customers(email);
        ALTER TABLE ONLY public.payments ADD CONSTRAINT p1 FOREIGN KEY (order_id) REFERENCES public.orders(id);
        ALTER TABLE ONLY public.payments ADD CONSTRAINT p2 FOREIGN KEY (customer_id) REFERENCES public.customers(id)";

    const ELEVEN: &str = "
unclassified = \"keep\"
[tables.\"public.customers\"]
subject = \"id\"
columns.first_name = \"first_name\"
columns.last_name = \"last_name\"
columns.email = \"email\"
columns.phone = \"phone\"
columns.address = \"address\"
columns.ssn = { op = \"national_id\", kind = \"us_ssn\" }
[tables.\"public.orders\"]
subject = \"customer_id\"
columns.shipping_address = \"address\"
[tables.\"public.payments\"]
subject = \"customer_id\"
columns.card_number = \"card\"
columns.iban = \"iban\"
columns.billing_name = \"full_name\"
";

    #[test]
    fn the_policy_of_the_throughput_bench_compiles() {
        let plan = plan(BENCH, ELEVEN);
        assert_eq!(ids_from(&plan, Severity::Review), none());
        let masked =
            plan.tables.values().flat_map(|table| &table.columns).filter(|column| column.mask().is_some());
        assert_eq!(masked.count(), 11);
        assert!(plan.needs_key() && plan.ready().is_ok() && plan.passes_check());
        assert_eq!(
            mask(&plan, "orders", "customer_email").inherited_from.as_deref(),
            Some("public.customers.email")
        );
        let payments = plan.table(&TableName::new("public", "payments")).unwrap();
        assert_eq!(payments.subject.as_ref().unwrap().domain, "customers.id");
    }

    #[test]
    fn the_order_of_tables_and_keys_in_the_ddl_does_not_matter() {
        let statements: Vec<&str> = BENCH.split(';').collect();
        let tables: Vec<&str> = statements.iter().take(3).rev().copied().collect();
        let keys: Vec<&str> = statements.iter().skip(3).rev().copied().collect();
        let reversed = [tables, keys].concat().join(";");
        let summary = |ddl: &str| {
            let plan = plan(ddl, ELEVEN);
            let columns = plan.tables.iter().flat_map(|(name, table)| {
                table.columns.iter().filter_map(move |column| {
                    let mask = column.mask()?;
                    Some(format!(
                        "{name}.{} {} {} {}",
                        column.name, mask.operator.name, mask.domain, mask.prepared.spec
                    ))
                })
            });
            columns.collect::<Vec<_>>()
        };
        assert_eq!(summary(BENCH), summary(&reversed));
    }

    #[test]
    fn a_plan_is_described_and_explained_in_words() {
        let plan = plan(BENCH, ELEVEN);
        let text = plan.describe();
        assert!(text.contains("public.orders  about customer_id (domain customers.id)\n"), "{text}");
        assert!(text.contains("customer_email    email  domain email [email:80:exact]  bounded"), "{text}");
        assert!(text.contains("primary key (id): proven"), "{text}");
        let text = plan.explain("public.orders.customer_email").unwrap();
        for part in [
            "public.orders.customer_email: varchar(255)",
            "It follows public.customers.email",
            "Columns of that domain: public.customers.email, public.orders.customer_email.",
            "NULL stays NULL",
            "n^2 / 2^(80 + 1)",
        ] {
            assert!(text.contains(part), "{part}\n{text}");
        }
        assert_eq!(plan.explain("orders.customer_email"), Some(text));
        assert_eq!(plan.explain("public.orders.nothing"), None);
        assert_eq!(plan.explain("nonsense"), None);
        let all: Vec<&Problem> = plan.problems.iter().collect();
        let json = plan.to_json(&all);
        assert_eq!(json["passes"], true);
        assert_eq!(json["tables"][1]["columns"][2]["operator"], "email");
    }
}
