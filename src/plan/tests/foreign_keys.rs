//! Operators along foreign keys.

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
