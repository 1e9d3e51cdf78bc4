//! After a restore the next value of a sequence is free, whatever became of the ids that it fed.

use crate::support::cli::{HEAD, Workspace};
use crate::support::server::{Database, server};

/// Column and sequence of everything that draws its default from a sequence, identity columns among them.
const FED: &str = r"
    SELECT format('SELECT %L, (SELECT count(*) FROM %s WHERE %I = v) = 0 FROM nextval(%L) v',
                  a.attrelid::regclass || '.' || a.attname, a.attrelid::regclass, a.attname, s.oid::regclass)
    FROM pg_depend d
    JOIN pg_class s ON s.oid = CASE WHEN d.classid = 'pg_attrdef'::regclass THEN d.refobjid ELSE d.objid END
        AND s.relkind = 'S'
    LEFT JOIN pg_attrdef f ON d.classid = 'pg_attrdef'::regclass AND f.oid = d.objid
    JOIN pg_attribute a ON a.attrelid = coalesce(f.adrelid, d.refobjid) AND a.attnum = coalesce(f.adnum, d.refobjsubid)
    JOIN pg_class t ON t.oid = a.attrelid AND t.relkind IN ('r', 'p')
    WHERE (d.classid = 'pg_attrdef'::regclass AND d.refclassid = 'pg_class'::regclass)
       OR (d.classid = 'pg_class'::regclass AND d.deptype = 'i')
    ORDER BY 1
    \gexec
";

/// Draws the next value of every sequence that feeds a column: the columns and whether the value was free.
fn next_values(database: &Database) -> Vec<(String, bool)> {
    let lines = database.psql(FED);
    lines
        .lines()
        .map(|line| line.rsplit_once('|').map(|(name, free)| (name.to_owned(), free == "t")).unwrap())
        .collect()
}

/// Wherever the next value is free in the original, it is free in its masked copy.
pub(crate) fn next_values_are_as_free_as_before(original: &Database, masked: &Database) {
    let (before, after) = (next_values(original), next_values(masked));
    assert_eq!(before.len(), after.len());
    for ((column, free_before), (same_column, free_after)) in before.iter().zip(&after) {
        assert_eq!(column, same_column);
        assert!(*free_after || !*free_before, "{}: the next value for {column} is taken", masked.name);
    }
}

const SCHEMA: &str = r#"
    CREATE TABLE people (id serial PRIMARY KEY, email text UNIQUE NOT NULL);
    CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                         person int NOT NULL REFERENCES people);
    CREATE TABLE empty (id serial PRIMARY KEY, note text);
    CREATE SEQUENCE "Shared Numbers";
    CREATE TABLE "Mixed" ("Id" int PRIMARY KEY DEFAULT nextval('"Shared Numbers"'), note text);
    CREATE TABLE small (id smallserial PRIMARY KEY, note text);
    INSERT INTO people (email) SELECT 'someone' || n || '@example.org' FROM generate_series(1, 100) n;
    INSERT INTO orders (person) SELECT 1 + n % 100 FROM generate_series(1, 300) n;
    INSERT INTO "Mixed" (note) SELECT 'x' FROM generate_series(1, 50);
    INSERT INTO small (note) SELECT 'x' FROM generate_series(1, 127);
"#;

const POLICY: &str = r#"
[tables."public.people"]
columns.id = "permute"
columns.email = { op = "email", accept_frequency_leak = "invented" }

[tables."public.orders"]
columns.id = "permute"

[tables."public.empty"]
columns.id = "permute"

[tables."public.Mixed"]
columns.Id = "permute"

[tables."public.small"]
columns.id = "permute"
"#;

#[test]
fn rows_can_be_inserted_after_their_ids_were_permuted() {
    let Some(server) = server() else { return };
    let original = server.create("sequences");
    original.psql(SCHEMA);
    for form in
        [&[][..], &["--inserts"], &["--column-inserts", "--rows-per-insert=7"], &["--quote-all-identifiers"]]
    {
        let workspace = Workspace::new(&format!("{HEAD}{POLICY}"));
        let input = workspace.file("input.sql", &original.dump(form));
        let output = workspace.mask_file(&[], &input).done();
        let masked = server.create("sequences");
        assert_eq!(masked.restore(&output), Vec::<String>::new(), "{form:?}");
        for (column, free) in next_values(&masked) {
            assert!(free, "{form:?}: the next value for {column} is taken");
        }
        masked.psql(
            r#"INSERT INTO people (email) VALUES ('new@example.org');
               INSERT INTO orders (person) SELECT max(id) FROM people;
               INSERT INTO empty (note) VALUES ('first');
               INSERT INTO "Mixed" (note) VALUES ('new');
               INSERT INTO small (note) VALUES ('new');"#,
        );
        let moved = masked.psql(
            "SELECT count(*) FROM people WHERE email <> 'new@example.org' AND id NOT BETWEEN 1 AND 127",
        );
        assert_eq!(moved.trim(), "0", "{form:?}: an id left its band");
        let order = masked.psql(
            "SELECT string_agg(id::text, ',' ORDER BY ctid) FROM people WHERE email <> 'new@example.org'",
        );
        let kept = original.psql("SELECT string_agg(id::text, ',' ORDER BY ctid) FROM people");
        assert_ne!(order, kept, "{form:?}: ids were not permuted");
        let joined = masked.psql("SELECT count(*) FROM orders JOIN people ON people.id = orders.person");
        assert_eq!(joined.trim(), "301", "{form:?}: joins");
    }
}
