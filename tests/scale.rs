//! Keys at scale: a hundred thousand customers with five unique columns through the pipe, and not one duplicate.
//!
//! `benches/scale/run` does the same with ten million, in bounded memory.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::support::cli::Workspace;
use crate::support::copy::{Rows, tables};

const SCHEMA: &str = include_str!("../benches/scale/schema.sql");
const POLICY: &str = include_str!("../benches/scale/mask.toml");
const CUSTOMERS: u64 = 100_000;
const UNIQUE: [&str; 5] = ["id", "email", "username", "phone", "ssn"];

#[test]
fn unique_columns_stay_unique_and_references_lead_to_the_same_row() {
    let workspace = Workspace::new(POLICY);
    let schema = workspace.file("schema.sql", SCHEMA.as_bytes());
    let dump = dump();
    let options = ["--schema", schema.to_str().unwrap(), "--threads", "2"];
    let output = workspace.mask_pipe(&options, dump.as_bytes()).done();
    let (before, after) = (tables(dump.as_bytes()), tables(&output));
    let (customers, masked) = (&before["public.customer"], &after["public.customer"]);
    for name in UNIQUE {
        assert_eq!(distinct(customers, name), CUSTOMERS as usize, "{name} before");
        assert_eq!(distinct(masked, name), CUSTOMERS as usize, "{name}: duplicates");
        let pairs = customers.column(name).into_iter().zip(masked.column(name));
        let equal = pairs.filter(|(old, new)| old == new).count();
        // Small ids are permuted among few.
        assert!(equal <= if name == "id" { 20 } else { 0 }, "{name}: {equal} cells are their own pseudonym");
    }
    let logins = &after["public.login"];
    assert_eq!(logins.rows.len(), CUSTOMERS as usize);
    assert_eq!(distinct(logins, "id"), CUSTOMERS as usize);
    let known: BTreeSet<_> = masked.column("id").into_iter().zip(masked.column("email")).collect();
    let named: BTreeSet<_> =
        logins.column("customer_id").into_iter().zip(logins.column("customer_email")).collect();
    assert_eq!(named.len(), CUSTOMERS as usize / 2, "customers that are referenced");
    assert_eq!(named.difference(&known).count(), 0, "references to no customer, or to two");
    // Row by row it is the same customer as before.
    let renamed: BTreeMap<_, _> = customers.column("id").into_iter().zip(masked.column("id")).collect();
    let referenced = before["public.login"].column("customer_id");
    let moved =
        referenced.iter().zip(logins.column("customer_id")).filter(|(old, new)| renamed[*old] != *new);
    assert_eq!(moved.count(), 0, "logins of another customer than before");
}

fn distinct(rows: &Rows, column: &str) -> usize {
    rows.column(column).into_iter().collect::<BTreeSet<_>>().len()
}

/// A dump of customers, and of two logins for every second one.
fn dump() -> String {
    let (created, keys) = SCHEMA.split_at(SCHEMA.find("ALTER").unwrap());
    let mut dump = format!("--\n-- PostgreSQL database dump\n--\n\n{created}");
    dump.push_str("COPY public.customer (id, email, username, phone, ssn) FROM stdin;\n");
    for id in 1..=CUSTOMERS {
        let (rest, line) = (id * 7919 / 10_000, id * 7919 % 10_000);
        let (area, exchange) = (rest / 800 % 789 + 201, rest % 800 + 200);
        let number = id * 104_729 % (665 * 99 * 9999);
        let (first, rest) = (number / (99 * 9999) + 1, number % (99 * 9999));
        let (group, serial) = (rest / 9999 + 1, rest % 9999 + 1);
        let email = email(id);
        let _ = writeln!(
            dump,
            "{id}\t{email}\tuser_{id}\t({area}) {exchange}-{line:04}\t{first:03}-{group:02}-{serial:04}"
        );
    }
    dump.push_str("\\.\n\n\nCOPY public.login (id, customer_id, customer_email) FROM stdin;\n");
    for id in 1..=CUSTOMERS {
        // A prime, so all of them come by, in another order than that of their ids.
        let customer = 2 * (id * 2_654_435_761 % (CUSTOMERS / 2)) + 2;
        let _ = writeln!(dump, "{id}\t{customer}\t{}", email(customer));
    }
    dump.push_str("\\.\n\n\n");
    dump.push_str(keys);
    dump
}

fn email(id: u64) -> String {
    format!("c{}.{id}@{}.test", id % 50, if id.is_multiple_of(3) { "mail" } else { "post" })
}
