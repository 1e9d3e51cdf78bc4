//! Whole policies.

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
