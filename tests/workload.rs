//! The common workload of the throughput measurements: masked, restored, and sound.

use std::fs;
use std::process::Command;

use crate::support::cli::Workspace;
use crate::support::copy::tables;
use crate::support::corpora::shared;
use crate::support::server::{Database, server};
use crate::support::skip;

#[test]
fn the_common_workload_stays_sound() {
    let Some(shared) = shared() else { return };
    let Some(server) = server() else { return };
    let policy = fs::read_to_string(shared.join("bench/policy11.toml")).unwrap();
    let workspace = Workspace::new(&policy);
    let folder = workspace.path("");
    let generated = Command::new("python3")
        .arg(shared.join("bench/gen_dump.py"))
        .args([folder.to_str().unwrap(), "small", "3000"])
        .output();
    if !generated.is_ok_and(|output| output.status.success()) {
        skip("the workload's generator needs python3", "SCRUB_REQUIRE_CORPORA");
        return;
    }
    let input = workspace.path("pg_small.sql");
    let output = workspace.mask_file(&["--threads", "2"], &input).done();
    let (before, after) = (tables(&fs::read(&input).unwrap()), tables(&output));
    for (table, column) in [
        ("customers", "email"),
        ("customers", "ssn"),
        ("orders", "customer_email"),
        ("payments", "card_number"),
        ("payments", "iban"),
    ] {
        let (before, after) = (&before[&format!("public.{table}")], &after[&format!("public.{table}")]);
        let pairs = before.column(column).into_iter().zip(after.column(column));
        let equal = pairs.filter(|(old, new)| old == new && *old != r"\N").count();
        assert_eq!(equal, 0, "{table}.{column}: cells that are their own pseudonym");
    }
    let original = server.create("workload");
    assert_eq!(original.restore(&fs::read(&input).unwrap()), Vec::<String>::new());
    let masked = server.create("workload");
    assert_eq!(masked.restore(&output), Vec::<String>::new());
    assert_eq!(facts(&masked), facts(&original));
    let sound = masked.psql(UNSOUND);
    assert_eq!(
        sound.trim(),
        "0|0|0|0",
        "orphans by id, orphans by email, duplicate emails, duplicate numbers"
    );
}

/// Rows, NULLs, distinct values of unique columns, and joins: what masking must not change.
fn facts(database: &Database) -> String {
    let mut facts = String::new();
    for table in ["customers", "orders", "payments"] {
        let columns = database.psql(&format!(
            "SELECT string_agg(format('%L, count(*) - count(%I)', attname, attname), ', ' ORDER BY attnum)
             FROM pg_attribute WHERE attrelid = 'public.{table}'::regclass AND attnum > 0 AND NOT attisdropped"
        ));
        facts += &database.psql(&format!("SELECT '{table}', count(*), {columns} FROM public.{table}"));
    }
    facts += &database.psql(
        "SELECT count(*) FROM public.orders JOIN public.customers ON customers.id = customer_id;
         SELECT count(*) FROM public.orders JOIN public.customers ON customers.email = customer_email;
         SELECT count(*) FROM public.orders JOIN public.customers ON customers.email = customer_email AND customers.id = customer_id;
         SELECT count(*) FROM public.payments JOIN public.orders ON orders.id = order_id;
         SELECT count(DISTINCT email), count(DISTINCT ssn) FROM public.customers;",
    );
    facts
}

const UNSOUND: &str = "SELECT
    (SELECT count(*) FROM public.orders o WHERE NOT EXISTS (SELECT FROM public.customers c WHERE c.id = o.customer_id)),
    (SELECT count(*) FROM public.orders o WHERE NOT EXISTS (SELECT FROM public.customers c WHERE c.email = o.customer_email)),
    (SELECT count(*) - count(DISTINCT email) FROM public.customers),
    (SELECT count(ssn) - count(DISTINCT ssn) FROM public.customers)";
