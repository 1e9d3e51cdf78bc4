//! Every operator at work on a dump that restores: three sample databases and one of our own, masked, restored, and
//! compared with the restored originals. An operator that no policy in `tests/policies/whole` uses fails the test.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use scrub::mask::OPERATORS;
use serde_json::Value;

use crate::corpora_masked::contents;
use crate::support::cli::Workspace;
use crate::support::corpora::{Corpus, corpus};
use crate::support::server::{Database, server};

const REGISTRY: &str = include_str!("fixtures/registry.sql");
const SAMPLES: [&str; 3] = ["pagila", "netbox", "chinook"];

#[test]
fn every_operator_is_used_on_a_dump_that_restores() {
    let Some(server) = server() else { return };
    let registry = server.create("registry");
    registry.psql(REGISTRY);
    let mut used = restored("registry", &registry.dump(&[]), &REGISTRY_JOINS.map(str::to_owned));
    for name in SAMPLES {
        let Some(sample) = corpus(name) else { return };
        used.append(&mut restored(name, &sample.dump("plain"), &joins(&sample)));
    }
    let unused: Vec<&str> =
        OPERATORS.iter().map(|info| info.name).filter(|name| !used.contains(*name)).collect();
    assert!(unused.is_empty(), "no policy in tests/policies/whole uses {}", unused.join(", "));
}

/// Masks a dump and restores it and its original: the operators that its policy uses.
fn restored(name: &'static str, dump: &[u8], joins: &[String]) -> BTreeSet<String> {
    let server = server().unwrap();
    let policy = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/policies/whole/{name}.toml"));
    let workspace = Workspace::new(&fs::read_to_string(policy).unwrap());
    let input = workspace.file("input.sql", dump);
    let output = workspace.mask_file(&["--threads", "2"], &input).done();
    let (original, masked) = (server.create(name), server.create(name));
    let expected = original.restore(dump);
    assert_eq!(masked.restore(&output), expected, "{name}: errors of the restore");
    assert_eq!(rows(&masked), rows(&original), "{name}: rows of tables");
    for join in joins {
        assert_eq!(masked.psql(join), original.psql(join), "{name}: {join}");
    }
    assert_ne!(contents(&masked), contents(&original), "{name}: nothing was masked");
    let plan = workspace.run(&["check", "-p", "scrub.toml", "--json", "--schema", "input.sql"], b"");
    let plan: Value =
        serde_json::from_slice(&plan.stdout).unwrap_or_else(|_| panic!("{name}: {}", plan.stderr));
    operators(&plan)
}

/// The operators of a plan: of columns, of parts of their values, and of rows for which a condition does not hold.
fn operators(plan: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut pending = vec![plan];
    while let Some(value) = pending.pop() {
        match value {
            Value::Array(items) => pending.extend(items),
            Value::Object(fields) => {
                if let Some(Value::String(operator)) = fields.get("operator") {
                    found.insert(operator.clone());
                }
                // A column that keeps its values has no operator in the plan.
                if fields.get("treatment").is_some_and(|treatment| treatment == "keep") {
                    found.insert("keep".to_owned());
                }
                pending.extend(fields.values());
            }
            _ => {}
        }
    }
    found
}

/// Table and number of rows, one per line.
fn rows(database: &Database) -> String {
    database.psql(
        "SELECT format('SELECT %L, count(*) FROM ONLY %s', c.oid::regclass, c.oid::regclass)
         FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema') ORDER BY c.oid::regclass::text
         \\gexec",
    )
}

fn joins(sample: &Corpus) -> Vec<String> {
    // One question at a time would take as long as the restore: a sample has hundreds.
    let all: Vec<String> = sample.expectation().joins.into_iter().map(|(sql, _)| sql).collect();
    vec![all.join(";\n")]
}

/// Joins of the registry, by foreign keys and by pseudonyms within values.
const REGISTRY_JOINS: [&str; 6] = [
    "SELECT count(*) FROM public.account JOIN public.person ON person.id = person_id AND person.email = person_email",
    "SELECT count(*) FROM public.account JOIN public.person ON person.email = attributes -> 'email'",
    "SELECT count(*) FROM public.account JOIN public.person ON person.email = (xpath('/order/email/text()', document))[1]::text",
    "SELECT count(*) FROM public.account JOIN public.person ON person.email = settings #>> '{contact,email}' AND person.id = (settings ->> 'id')::integer",
    "SELECT count(*) FROM public.account JOIN public.person ON person.email = tags[1]",
    "SELECT count(*), count(DISTINCT email), count(DISTINCT ssn), count(DISTINCT username), count(*) FILTER (WHERE left_at < joined) FROM public.person",
];
