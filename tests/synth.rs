//! `scrub synth`: its rows in the real databases, as a script and inside the dump, and what they must not depend on.

use std::collections::BTreeMap;

use crate::support::cli::{KEEP_ALL, Workspace};
use crate::support::corpora::{corpus, mysql_corpus};
use crate::support::mariadb::mariadb;
use crate::support::server::server;

/// A schema with what makes rows hard: composite and unique keys, a table of keys alone, circles, a row of itself, CHECKs
/// of several columns, an enum, identity, a generated column.
const SHOP: &str = r"
SET client_encoding = 'UTF8';
CREATE TYPE public.state AS ENUM ('new', 'paid', 'sent');
CREATE TABLE public.customer (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email varchar(40) NOT NULL UNIQUE,
    first_name text NOT NULL,
    born date CHECK (born > '1900-01-01'),
    referred_by bigint REFERENCES public.customer,
    favourite bigint
);
CREATE TABLE public.product (
    sku char(8) PRIMARY KEY,
    name text NOT NULL,
    price numeric(8,2) NOT NULL CHECK (price > 0),
    sale_price numeric(8,2),
    gross numeric GENERATED ALWAYS AS (price * 1.2) STORED,
    CHECK (sale_price IS NULL OR sale_price < price)
);
CREATE TABLE public.orders (
    id serial PRIMARY KEY,
    customer_id bigint NOT NULL REFERENCES public.customer,
    state public.state NOT NULL,
    express boolean NOT NULL,
    gift boolean,
    placed timestamp with time zone NOT NULL,
    sent timestamp with time zone,
    CHECK (sent IS NULL OR sent >= placed),
    CHECK (state <> 'new' OR sent IS NULL)
);
CREATE TABLE public.line (
    order_id int NOT NULL REFERENCES public.orders,
    sku char(8) NOT NULL REFERENCES public.product,
    quantity smallint NOT NULL CHECK (quantity BETWEEN 1 AND 20),
    PRIMARY KEY (order_id, sku)
);
ALTER TABLE public.customer ADD FOREIGN KEY (favourite) REFERENCES public.orders(id);
";

fn workspace() -> Workspace {
    Workspace::new(KEEP_ALL)
}

/// `scrub synth OPTIONS` of an input: the output, and the report.
fn synth(workspace: &Workspace, input: &[u8], options: &[&str]) -> (Vec<u8>, serde_json::Value) {
    let path = workspace.file("input.sql", input);
    let mut arguments = vec!["synth", path.to_str().unwrap(), "--json"];
    arguments.extend(options);
    let run = workspace.run(&arguments, b"");
    assert_eq!(run.code, 0, "{}", run.stderr);
    let report = serde_json::from_str(run.stderr.lines().last().unwrap()).unwrap();
    (run.stdout, report)
}

/// The sum of a number, or of the length of a list, over all tables of a report.
fn sum(report: &serde_json::Value, what: &str) -> u64 {
    let tables = report["tables"].as_object().unwrap().values();
    let value = |table: &serde_json::Value| {
        table[what].as_u64().unwrap_or_else(|| table[what].as_array().unwrap().len() as u64)
    };
    tables.map(value).sum()
}

/// The rows of a script by table: a map from its columns to cells, as written.
fn rows(script: &[u8]) -> BTreeMap<String, Vec<BTreeMap<String, String>>> {
    let text = String::from_utf8(script.to_vec()).unwrap();
    let mut found: BTreeMap<String, Vec<BTreeMap<String, String>>> = BTreeMap::new();
    for line in text.lines().filter(|line| line.starts_with("INSERT")) {
        let (head, values) = line.split_once(" VALUES (").unwrap();
        let (table, columns) = head.split_once(" (").unwrap();
        let names: Vec<String> = columns
            .split(')')
            .next()
            .unwrap()
            .split(", ")
            .map(|name| name.trim_matches('"').to_owned())
            .collect();
        for row in values.trim_end_matches(");").split("),(") {
            // No value of these tables holds a comma next to a quote.
            let cells =
                row.replace("','", "'\u{1}'").replace(",NULL", "\u{1}NULL").replace("NULL,", "NULL\u{1}");
            let cells: Vec<&str> = cells.split('\u{1}').collect();
            assert_eq!(cells.len(), names.len(), "{row}");
            let row = names.iter().cloned().zip(cells.into_iter().map(str::to_owned)).collect();
            found
                .entry(table.rsplit('.').next().unwrap().trim_matches('"').to_owned())
                .or_default()
                .push(row);
        }
    }
    found
}

#[test]
fn rows_by_number_are_taken_by_the_database() {
    let Some(server) = server() else { return };
    let workspace = workspace();
    let asked = ["--rows", "orders=300", "--rows", "line=500", "--rows", "customer=40"];
    let (script, _) = synth(&workspace, SHOP.as_bytes(), &asked);
    let database = server.create("synth_rows");
    let complaints = database.restore(SHOP.as_bytes());
    assert!(complaints.is_empty(), "{complaints:?}");
    let complaints = database.restore(&script);
    assert!(complaints.is_empty(), "{complaints:?}");
    for (table, count) in [("orders", "300"), ("line", "500"), ("customer", "40")] {
        assert_eq!(database.psql(&format!("SELECT count(*) FROM public.{table}")).trim(), count, "{table}");
    }
    // Sequences go on behind them.
    database.psql("INSERT INTO public.customer (email, first_name) VALUES ('a@example.com', 'A')");
    database.psql(
        "INSERT INTO public.orders (customer_id, state, express, placed) VALUES (1, 'new', true, now())",
    );
    assert_eq!(database.psql("SELECT max(id) FROM public.orders").trim(), "301");
    let spread =
        database.psql("SELECT count(DISTINCT state) = 3 AND count(DISTINCT customer_id) > 20 FROM orders");
    assert_eq!(spread.trim(), "t");
}

#[test]
fn a_gap_is_filled_as_a_script_and_inside_the_dump_and_nothing_is_left_of_it() {
    let Some(server) = server() else { return };
    let workspace = workspace();
    let (script, report) = synth(&workspace, SHOP.as_bytes(), &["--fill", "--edges"]);
    assert_eq!(sum(&report, "unknown"), 0, "{report}");
    assert!(sum(&report, "filled") > 300, "{report}");
    let database = server.create("synth_fill");
    database.restore(SHOP.as_bytes());
    let complaints = database.restore(&script);
    assert!(complaints.is_empty(), "{complaints:?}");
    let pairs = "SELECT (SELECT count(*) FROM (SELECT DISTINCT state, gift FROM orders) x)
        || ' ' || (SELECT count(*) FROM (SELECT DISTINCT express, gift FROM orders) x)";
    assert_eq!(database.psql(pairs).trim(), "9 6");

    // What the database gives back shows everything, whatever it made of the values on the way.
    let dump = database.dump(&[]);
    let safe = ["--fill", "--edges", "--input-is-safe"];
    let (again, left) = synth(&workspace, &dump, &safe);
    assert_eq!(
        (sum(&left, "filled"), sum(&left, "unknown")),
        (0, 0),
        "{}\n{left}",
        String::from_utf8_lossy(&again)
    );

    // Half of it gone, the other half comes back inside the dump.
    database.psql("DELETE FROM line; UPDATE customer SET favourite = NULL; DELETE FROM orders WHERE express");
    let dump = database.dump(&[]);
    let (whole, report) = synth(&workspace, &dump, &[&safe[..], &["--append"]].concat());
    assert!(sum(&report, "filled") > 5, "{report}");
    let other = server.create("synth_append");
    let complaints = other.restore(&whole);
    assert!(complaints.is_empty(), "{complaints:?}");
    other.psql("INSERT INTO orders (customer_id, state, express, placed) SELECT min(id), 'new', true, now() FROM customer");
    let (_, left) = synth(&workspace, &whole, &safe);
    assert_eq!((sum(&left, "filled"), sum(&left, "unknown")), (0, 0), "{left}");
}

#[test]
fn rows_depend_on_the_key_and_on_nothing_else() {
    let workspace = workspace();
    let asked = ["--rows", "orders=30", "--rows", "customer=10"];
    let (once, _) = synth(&workspace, SHOP.as_bytes(), &asked);
    assert_eq!(once, synth(&workspace, SHOP.as_bytes(), &asked).0);
    let keyed = [&asked[..], &["--key-file", "scrub.key"]].concat();
    assert_ne!(once, synth(&workspace, SHOP.as_bytes(), &keyed).0);

    // More rows begin with the same ones, if the parents are the same.
    let more = synth(&workspace, SHOP.as_bytes(), &["--rows", "orders=60", "--rows", "customer=10"]).0;
    let (once, more) = (rows(&once), rows(&more));
    assert_eq!(once["orders"][..], more["orders"][..30]);

    // A column or a table more changes no other cell.
    let wider = SHOP.replace("express boolean", "note text, express boolean")
        + "CREATE TABLE public.another (id int PRIMARY KEY);\n";
    let mut wider = rows(&synth(&workspace, wider.as_bytes(), &asked).0);
    for row in wider.get_mut("orders").unwrap() {
        assert!(row.remove("note").is_some());
    }
    assert!(once == wider, "{}", String::from_utf8_lossy(&synth(&workspace, SHOP.as_bytes(), &asked).0));
}

#[test]
fn rows_that_nobody_vouches_for_are_not_read() {
    let workspace = workspace();
    let secret = "CREATE TABLE public.t (a text);\nINSERT INTO public.t VALUES ('Xq7-secret-value');\n";
    let path = workspace.file("dump.sql", secret.as_bytes());
    let run = workspace.run(&["synth", path.to_str().unwrap(), "--fill", "--no-trailer"], b"");
    assert_eq!((run.code, &*run.stdout), (2, &b""[..]));
    assert!(!run.stderr.contains("secret-value") && run.stderr.contains("--input-is-safe"), "{}", run.stderr);
    // Values of the data are in no new row.
    let run = workspace.run(
        &[
            "synth",
            path.to_str().unwrap(),
            "--fill",
            "--no-trailer",
            "--input-is-safe",
            "--provenance",
            "p.csv",
        ],
        b"",
    );
    assert_eq!(run.code, 0, "{}", run.stderr);
    let provenance = std::fs::read_to_string(workspace.path("p.csv")).unwrap();
    for text in [&String::from_utf8_lossy(&run.stdout), run.stderr.as_str(), &provenance] {
        assert!(!text.contains("secret-value"));
    }
    assert!(provenance.lines().count() > 1 && provenance.contains("ncc/a/null"), "{provenance}");
}

#[test]
fn samples_of_postgresql_are_filled_and_restored() {
    let Some(server) = server() else { return };
    let Some(corpus) = corpus("pagila") else { return };
    let workspace = workspace();
    let dump = corpus.dump("plain");
    let safe = ["--fill", "--input-is-safe"];
    let (script, report) = synth(&workspace, &dump, &safe);
    assert!(sum(&report, "filled") > 200 && sum(&report, "unknown") <= 10, "{report}");
    let database = server.create("synth_pagila");
    database.restore(&dump);
    let complaints = database.restore(&script);
    assert!(complaints.is_empty(), "{complaints:?}");
    for variant in ["plain", "inserts"] {
        let (whole, _) = synth(&workspace, &corpus.dump(variant), &[&safe[..], &["--append"]].concat());
        let other = server.create("synth_pagila");
        let complaints = other.restore(&whole);
        assert!(complaints.is_empty(), "{variant}: {complaints:?}");
        for table in ["film", "customer", "payment", "film_actor"] {
            let count = format!("SELECT count(*) FROM public.{table}");
            assert_eq!(database.psql(&count), other.psql(&count), "{variant}: {table}");
        }
        let next =
            other.psql("SELECT nextval('public.customer_customer_id_seq') > max(customer_id) FROM customer");
        assert_eq!(next.trim(), "t", "{variant}");
        let (_, left) = synth(&workspace, &whole, &safe);
        assert_eq!(sum(&left, "filled"), 0, "{variant}: {left}");
    }
}

#[test]
fn a_sample_of_mariadb_is_filled_and_restored() {
    let Some(server) = mariadb() else { return };
    let Some(corpus) = mysql_corpus("sakila") else { return };
    let workspace = workspace();
    let dump = corpus.dump("default");
    let safe = ["--fill", "--input-is-safe"];
    let (script, report) = synth(&workspace, &dump, &safe);
    assert!(sum(&report, "filled") > 150 && sum(&report, "unknown") <= 10, "{report}");
    let database = server.create("synth_sakila");
    database.restore(&dump).unwrap();
    // Triggers make rows of their own out of rows of a script.
    for trigger in ["ins_film", "rental_date", "payment_date", "customer_create_date"] {
        database.query(&format!("DROP TRIGGER {trigger}"));
    }
    database.restore(&script).unwrap();
    let (whole, _) = synth(&workspace, &dump, &[&safe[..], &["--append"]].concat());
    let other = server.create("synth_sakila");
    other.restore(&whole).unwrap();
    for table in ["film", "customer", "rental", "staff", "film_actor", "film_text"] {
        let count = format!("SELECT count(*) FROM `{table}`");
        assert_eq!(database.number(&count), other.number(&count), "{table}");
    }
    other.query("INSERT INTO actor (first_name, last_name) VALUES ('A', 'B')");
    let (_, left) = synth(&workspace, &whole, &safe);
    assert_eq!(sum(&left, "filled"), 0, "{left}");
}

#[test]
fn a_device_is_no_place_for_an_output() {
    let workspace = workspace();
    let path = workspace.path("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
    let run = workspace.run(&["synth", "--fill", "-o", path.to_str().unwrap()], SHOP.as_bytes());
    assert_eq!(run.code, 2, "{}", run.stderr);
    assert!(!path.metadata().unwrap().is_file());
}

#[cfg(feature = "sqlite")]
#[test]
fn a_sample_of_sqlite_is_filled_and_restored() {
    use crate::support::corpora::shared;
    let Some(shared) = shared() else { return };
    let workspace = workspace();
    let compressed =
        std::fs::read(shared.join("data/corpora/sqlite_northwind/northwind.dump.sql.zst")).unwrap();
    let dump = zstd::decode_all(&*compressed).unwrap();
    let safe = ["--fill", "--input-is-safe"];
    let (script, report) = synth(&workspace, &dump, &safe);
    assert!(sum(&report, "filled") > 900 && sum(&report, "unknown") <= 10, "{report}");
    let run = |texts: &[&[u8]]| {
        let connection = rusqlite::Connection::open_in_memory().unwrap();
        for text in texts {
            connection.execute_batch(std::str::from_utf8(text).unwrap()).unwrap();
        }
        let mut check = connection.prepare("PRAGMA foreign_key_check").unwrap();
        assert!(!check.exists([]).unwrap());
        let count = |table: &str| -> i64 {
            connection.query_row(&format!("SELECT count(*) FROM \"{table}\""), [], |row| row.get(0)).unwrap()
        };
        ["Customers", "Orders", "Order Details", "Employees", "Territories"].map(count)
    };
    let (whole, _) = synth(&workspace, &dump, &[&safe[..], &["--append"]].concat());
    let (before, script, appended) = (run(&[&dump]), run(&[&dump, &script]), run(&[&whole]));
    assert_eq!(script, appended);
    assert!(script.iter().zip(&before).all(|(after, before)| after >= before) && script != before);
    let (_, left) = synth(&workspace, &whole, &safe);
    assert_eq!(sum(&left, "filled"), 0, "{left}");
}

#[test]
fn a_policy_says_what_columns_hold_and_a_marker_that_rows_were_made() {
    let policy = r#"version = 1
construction = "v1"
project = "acme/dev"
locale = "de_DE"
[tables."public.person"]
keep = { columns = ["id", "made", "who"], reason = "a test" }
columns.x1 = "email"
"#;
    let workspace = Workspace::new(policy);
    let schema = "CREATE TABLE public.person (id int PRIMARY KEY, x1 text NOT NULL, who text NOT NULL, made boolean NOT NULL);\n";
    let (script, _) = synth(
        &workspace,
        schema.as_bytes(),
        &["--rows", "person=40", "-p", "scrub.toml", "--marker", "made"],
    );
    let rows = &rows(&script)["person"];
    assert_eq!(rows.len(), 40);
    assert!(rows.iter().all(|row| row["x1"].ends_with("@example.com'") && row["made"] == "'t'"));
    assert!(rows.iter().all(|row| !row["who"].contains('@')));
    // Asked for what there is no room for, it says so.
    let schema = "CREATE TABLE public.few (is_open boolean PRIMARY KEY);\n";
    let path = workspace.file("few.sql", schema.as_bytes());
    let run = workspace.run(&["synth", path.to_str().unwrap(), "--rows", "few=5"], b"");
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(run.stderr.contains("3 rows could not be made"), "{}", run.stderr);
    assert_eq!(self::rows(&run.stdout)["few"].len(), 2);
}
