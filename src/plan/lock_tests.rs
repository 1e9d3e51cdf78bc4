//! A lock survives its text, finds what changed, and reads in review.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use proptest::prelude::*;

use super::tests::schema;
use super::{Lock, Severity, Statistics, TableStatistics};
use crate::table::{
    Check, ColumnDef, DomainType, ForeignKey, PartitionBy, PartitionOf, Schema, SchemaBuilder, SequenceOwner,
    Session, SqlType, Table, TableName, Unique,
};

const SHOP: &str = "
    CREATE TYPE public.mood AS ENUM ('sad', 'it''s \"ok\"');
    CREATE DOMAIN public.year AS integer CONSTRAINT y CHECK (((VALUE >= 1901) AND (VALUE <= 2155)));
    CREATE TABLE public.customer (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email varchar(80) NOT NULL UNIQUE,
        mood public.mood, born public.year, price numeric(12,2), tags text[], CONSTRAINT c CHECK (price > 0));
    CREATE TABLE public.orders (id bigint, at timestamptz NOT NULL, customer integer REFERENCES public.customer DEFERRABLE)
        PARTITION BY RANGE (at);
    CREATE TABLE public.orders_1 PARTITION OF public.orders FOR VALUES FROM ('2020-01-01') TO ('2021-01-01')";

fn lock_of(schema: &Schema) -> Lock {
    let mut statistics = Statistics::default();
    for (name, table) in &schema.tables {
        let mut counts = TableStatistics { rows: 1234, ..TableStatistics::default() };
        let distinct =
            |(index, column): (usize, &ColumnDef)| (column.name.clone(), [0, 1, 7, 1001][index % 4]);
        counts.distinct = table.columns.iter().enumerate().map(distinct).collect();
        statistics.tables.insert(name.clone(), counts);
    }
    let mut lock = Lock::new(schema, &statistics);
    lock.set_data(BTreeMap::from([("lexicon en-1".to_owned(), "ab12".to_owned())]));
    lock
}

fn assert_survives(lock: &Lock) {
    let text = lock.to_toml();
    let read = Lock::parse(&text, "scrub.lock").unwrap_or_else(|error| panic!("{error}\n{text}"));
    assert_eq!(&read, lock, "{text}");
    assert_eq!(read.to_toml(), text);
}

#[test]
fn a_lock_reads_line_by_line() {
    let text = lock_of(&schema(SHOP)).to_toml();
    for line in [
        "version = 1",
        "\"public.mood\" = [\"sad\", \"it's \\\"ok\\\"\"]",
        "[tables.\"public.customer\"]",
        "rows = 10000",
        "  { name = \"id\", type = \"integer\", not_null = true, identity = true },",
        "  { name = \"email\", type = \"varchar(80)\", not_null = true, distinct = 1 },",
        "  { name = \"born\", type = \"domain public.year of integer\", distinct = \"more\" },",
        "primary_key = [\"id\"]",
        "partition_by = { strategy = \"RANGE\", columns = [\"at\"] }",
    ] {
        assert!(text.lines().any(|own| own == line), "{line}\n{text}");
    }
}

#[test]
fn a_lock_survives_its_text() {
    assert_survives(&lock_of(&schema(SHOP)));
    assert_survives(&Lock::default());
}

#[test]
fn a_lock_fits_the_schema_that_it_was_made_from() {
    let schema = schema(SHOP);
    assert_eq!(lock_of(&schema).check(&schema), []);
}

#[test]
fn what_changed_is_drift() {
    let lock = lock_of(&schema(SHOP));
    let drift = |from: &str, to: &str| {
        let changed = SHOP.replace(from, to);
        assert_ne!(changed, SHOP);
        let problems = lock.check(&schema(&changed));
        problems.iter().map(|problem| format!("{} {}", problem.severity, problem.id)).collect::<Vec<_>>()
    };
    assert_eq!(drift("mood public.mood", "mood public.mood, x text"), ["error drift:public.customer.x"]);
    assert_eq!(drift("price numeric(12,2),", "price numeric(14,2),"), ["error drift:public.customer.price"]);
    assert_eq!(
        drift("email varchar(80) NOT NULL", "email varchar(80)"),
        ["error drift:public.customer.email"]
    );
    assert_eq!(drift("tags text[],", ""), ["error drift:public.customer.tags"]);
    assert_eq!(drift("tags text[]", "tags text[] UNIQUE"), ["error drift:public.customer(tags)"]);
    assert_eq!(drift("NOT NULL UNIQUE", "NOT NULL"), ["review drift:public.customer(email)"]);
    assert_eq!(drift("price > 0", "price > 1"), ["review drift:public.customer:check"]);
    assert_eq!(drift("2155", "2156"), ["review drift:type public.year"]);
    assert_eq!(drift("'sad'", "'sad', 'new'"), ["review drift:type public.mood"]);
    assert_eq!(drift("TO ('2021", "TO ('2022"), ["review drift:public.orders_1:bound"]);
    let unreferenced = drift(" REFERENCES public.customer DEFERRABLE", "");
    assert!(
        unreferenced.contains(&"review drift:public.orders(customer)->public.customer".to_owned()),
        "{unreferenced:?}"
    );
    assert_eq!(drift("born public.year,", "born public.year REFERENCES public.customer,").len(), 1);
}

#[test]
fn a_new_table_is_drift_and_an_absent_one_is_not() {
    let lock = lock_of(&schema("CREATE TABLE public.a (x text); CREATE TABLE public.b (x text)"));
    let problems = lock.check(&schema("CREATE TABLE public.a (x text); CREATE TABLE public.c (x text)"));
    let found: Vec<_> = problems.iter().map(|problem| (problem.severity, problem.id.as_str())).collect();
    assert_eq!(found, [(Severity::Error, "drift:public.c"), (Severity::Info, "absent")]);
    assert_eq!(lock.check(&Schema::default()), []);
}

#[test]
fn a_broken_lock_says_where() {
    for (text, part) in [
        ("", "version = 1"),
        ("version = 2\n", "version = 1"),
        ("version = 1\n[tables.\"public.t\"]\ncolums = []\n", "did you mean \"columns\"?"),
        (
            "version = 1\n[tables.\"public.t\"]\ncolumns = [{ name = \"a\", type = \"strange\" }]\n",
            "scrub.lock:3:33",
        ),
        ("version = 1\n[tables.\"a.b.c\"]\n", "not the name of a table"),
        (
            "version = 1\n[tables.\"public.t\"]\ncolumns = [{ name = \"a\", type = \"text\", distinct = 7 }]\n",
            "1, 10, 100",
        ),
        ("<<<<<<< HEAD\nversion = 1\n", "scrub.lock:1:"),
    ] {
        let error = Lock::parse(text, "scrub.lock").unwrap_err().to_string();
        assert!(error.contains(part), "{part}\n{error}");
    }
}

/// The schemas of real dumps, where the corpora are at hand.
#[test]
fn locks_of_real_schemas_survive_their_text() {
    let shared = std::env::var_os("SCRUB_SHARED").map(PathBuf::from);
    let shared = shared.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"));
    for dump in ["chinook", "pagila", "netbox", "pgex"] {
        let path = shared.join(format!("data/corpora/pg_{dump}/{dump}.plain.sql.zst"));
        let Ok(file) = std::fs::File::open(&path) else {
            skipped(&path);
            continue;
        };
        let dump = zstd::decode_all(file).unwrap();
        let schema = real_schema(&dump);
        assert!(!schema.tables.is_empty());
        let lock = lock_of(&schema);
        assert_survives(&lock);
        assert_eq!(lock.check(&schema), []);
    }
}

#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn skipped(path: &Path) {
    eprintln!("SKIPPED: no dump at {}; set SCRUB_SHARED", path.display());
}

/// Statements of a plain dump that end a line, without its rows.
fn real_schema(dump: &[u8]) -> Schema {
    let text = String::from_utf8_lossy(dump);
    let mut builder = SchemaBuilder::new();
    let (mut statement, mut rows) = (String::new(), false);
    for line in text.lines() {
        if rows || line.starts_with('\\') {
            rows = rows && line != "\\.";
            continue;
        }
        rows = line.starts_with("COPY ");
        statement.push_str(line);
        statement.push('\n');
        if line.ends_with(';') {
            builder.statement(statement.as_bytes(), &Session::default());
            statement.clear();
        }
    }
    builder.finish()
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z]{1,6}", "[a-z.\"' /\\\\é\n]{1,6}"]
}

fn table_name() -> impl Strategy<Value = TableName> {
    (proptest::option::of(name()), name(), name())
        .prop_map(|(database, schema, table)| TableName::new(schema, table).in_database(database.as_deref()))
}

fn table() -> impl Strategy<Value = Table> {
    let types = prop_oneof![
        Just(SqlType::TEXT),
        Just(SqlType::Uuid),
        name().prop_map(SqlType::Enum),
        name().prop_map(|name| SqlType::Array(Box::new(SqlType::Other(name)))),
    ];
    let column = (name(), types, any::<(bool, bool, bool)>(), proptest::option::of(name())).prop_map(
        |(name, sql_type, (not_null, generated, identity), collation)| ColumnDef {
            not_null,
            generated,
            identity,
            collation,
            ..ColumnDef::new(name, sql_type)
        },
    );
    let names = || proptest::collection::vec(name(), 0..3);
    let columns = proptest::collection::vec(column, 0..4).prop_map(|mut columns| {
        let mut seen = std::collections::BTreeSet::new();
        columns.retain(|column| seen.insert(column.name.clone()));
        columns
    });
    let check = (proptest::option::of(name()), names(), name(), any::<bool>())
        .prop_map(|(name, c, e, plain)| Check { plain, ..Check::new(name, c, e) });
    let key = (proptest::option::of(name()), names(), table_name(), names(), any::<[bool; 2]>()).prop_map(
        |(name, columns, to, to_columns, [deferrable, match_full])| ForeignKey {
            deferrable,
            match_full,
            ..ForeignKey::new(name, columns, to, to_columns)
        },
    );
    let first = (
        columns,
        proptest::option::of(names()),
        proptest::collection::vec((proptest::option::of(name()), names(), any::<bool>()), 0..2),
    );
    let unique = |(name, columns, nulls_distinct)| Unique { nulls_distinct, ..Unique::new(name, columns) };
    let second = (proptest::collection::vec(key, 0..2), proptest::collection::vec(check, 0..2));
    let third = (
        proptest::option::of((name(), names())),
        proptest::option::of((table_name(), name())),
        proptest::collection::vec(table_name(), 0..2),
    );
    (first, second, third).prop_map(move |(first, second, third)| Table {
        columns: first.0,
        primary_key: first.1,
        unique: first.2.into_iter().map(unique).collect(),
        foreign_keys: second.0,
        checks: second.1.clone(),
        expressions: second.1,
        partition_by: third.0.map(|(strategy, columns)| PartitionBy::new(strategy, columns)),
        partition_of: third.1.map(|(parent, bound)| PartitionOf::new(parent, bound)),
        inherits: third.2,
    })
}

proptest! {
    #[test]
    fn every_lock_survives_its_text(
        tables in proptest::collection::btree_map(table_name(), table(), 0..4),
        enums in proptest::collection::btree_map(name(), proptest::collection::vec(name(), 0..3), 0..2),
        domain in proptest::option::of((name(), name(), any::<bool>())),
        sequence in proptest::option::of((table_name(), table_name(), name())),
    ) {
        let mut schema = Schema { tables, enums, ..Schema::default() };
        if let Some((name, check, not_null)) = domain {
            let domain = DomainType { not_null, checks: vec![check], ..DomainType::new(SqlType::TEXT) };
            schema.domains.insert(name, domain);
        }
        if let Some((name, table, column)) = sequence {
            schema.sequences.insert(name, SequenceOwner::new(table, column));
        }
        assert_survives(&lock_of(&schema));
    }
}
