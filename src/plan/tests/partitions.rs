//! Partitions and inherited tables.

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
    let ddl = P.replace("at date", "at integer").replace("'2020-01-01'", "1").replace("'2021-01-01'", "100");
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
    let ddl = "CREATE TABLE public.a (x text, y text); CREATE TABLE public.b (z text) INHERITS (public.a)";
    let text = "[tables.\"public.a\"]\ncolumns.x = \"keyed_hash\"\nkeep = { columns = [\"y\"] }\n[tables.\"public.b\"]\ncolumns.z = \"null\"\n";
    let plan = plan(ddl, text);
    assert_eq!(ids_from(&plan, Severity::Error), none());
    assert_eq!(mask(&plan, "b", "x").domain, "a.x");
}
