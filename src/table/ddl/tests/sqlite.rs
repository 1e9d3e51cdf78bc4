//! DDL of SQLite: by hand, and against what SQLite itself makes of it.

use proptest::prelude::*;

use crate::table::{Dialect, Schema, SchemaBuilder, Session, SqlType, TableName};

fn session() -> Session {
    Session { schema: String::new(), dialect: Dialect::Sqlite, ..Session::default() }
}

fn schema(statements: &[&str]) -> Schema {
    let mut builder = SchemaBuilder::new();
    for statement in statements {
        builder.statement(statement.as_bytes(), &session());
    }
    builder.finish()
}

const TABLES: &[&str] = &[
    "CREATE TABLE [cust omer] (\"Id\" INTEGER PRIMARY KEY AUTOINCREMENT, `e mail` TEXT NOT NULL UNIQUE COLLATE NOCASE, -- c; '\n\
     name VARCHAR(40) DEFAULT 'a, b' CHECK (name <> ';' /* , */), price DECIMAL(10,2) DEFAULT -1.5, up TEXT AS (upper(name)) STORED,\n\
     free, \"two words\" double precision NULL, x GENERATED ALWAYS AS (1), CONSTRAINT c CHECK (length(NAME) < 9 AND \"Id\" > 0));",
    "CREATE TABLE 'orders' (customer REFERENCES \"CUST OMER\", mail TEXT REFERENCES [cust omer](`E MAIL`) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED,\n\
     a INT, b INT, PRIMARY KEY (A, b DESC), UNIQUE (B, mail) ON CONFLICT IGNORE FOREIGN KEY (A, B) REFERENCES pair MATCH SIMPLE ON UPDATE NO ACTION);",
    "CREATE TABLE pair (a TEXT, b INT, PRIMARY KEY (b, a)) WITHOUT ROWID;",
    "CREATE TABLE IF NOT EXISTS strict_one(id INT PRIMARY KEY, body ANY) STRICT;",
    "CREATE TABLE bare(a,b);",
    "CREATE UNIQUE INDEX i1 ON orders (CUSTOMER COLLATE NOCASE, a DESC);",
    "CREATE UNIQUE INDEX i2 ON orders (mail) WHERE a > 0;",
    "CREATE UNIQUE INDEX i3 ON [cust omer] (lower(name), free);",
    "CREATE INDEX i4 ON orders (a);",
];

#[test]
fn tables_keys_and_indexes_are_read() {
    let schema = schema(TABLES);
    assert_eq!(schema.warnings, Vec::<String>::new());
    let customer = &schema.tables[&TableName::new("", "cust omer")];
    let names: Vec<&str> = customer.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["Id", "e mail", "name", "price", "up", "free", "two words", "x"]);
    let generated: Vec<bool> = customer.columns.iter().map(|column| column.generated).collect();
    assert_eq!(generated, [false, false, false, false, true, false, false, true]);
    assert_eq!(customer.columns[0].sql_type, SqlType::Integer { bits: 64 });
    assert!(customer.columns[0].not_null && customer.columns[0].identity);
    assert_eq!(
        customer.columns[1].sql_type,
        SqlType::Text { width: None, padded: false, case_insensitive: true }
    );
    assert_eq!(customer.columns[2].default.as_deref(), Some("'a, b'"));
    assert_eq!(customer.columns[3].default.as_deref(), Some("-1.5"));
    assert_eq!(customer.checks.len(), 2);
    assert_eq!(customer.checks[1].columns, ["Id", "name"]);
    assert_eq!(customer.expressions[0].columns, ["name", "free"]);
    let owner = &schema.sequences[&TableName::new("", "cust omer")];
    assert_eq!(owner.column, "Id");
    let orders = &schema.tables[&TableName::new("", "orders")];
    assert_eq!(orders.primary_key, Some(vec!["a".into(), "b".into()]));
    assert!(!orders.columns[2].not_null, "SQLite lets keys of such tables be NULL");
    let keys: Vec<_> = orders
        .foreign_keys
        .iter()
        .map(|key| (&*key.to.table, key.columns.join(","), key.to_columns.join(",")))
        .collect();
    assert_eq!(
        keys,
        [
            ("cust omer", "customer".into(), "Id".into()),
            ("cust omer", "mail".into(), "e mail".into()),
            ("pair", "a,b".into(), "b,a".to_owned()),
        ]
    );
    let unique: Vec<String> = orders.unique.iter().map(|unique| unique.columns.join(",")).collect();
    assert_eq!(unique, ["b,mail", "customer,a"]);
    assert!(schema.tables[&TableName::new("", "pair")].columns.iter().all(|column| column.not_null));
}

#[test]
fn a_table_that_is_dropped_may_be_made_anew() {
    let schema = schema(&["CREATE TABLE t(a);", "DROP TABLE IF EXISTS \"T\";", "CREATE TABLE t(b);"]);
    assert_eq!(schema.tables[&TableName::new("", "t")].columns[0].name, "b");
}

#[test]
fn full_text_tables_have_the_columns_that_their_arguments_name() {
    let schema =
        schema(&["CREATE VIRTUAL TABLE f USING fts5(a, \"b c\" UNINDEXED, content='', tokenize = 'x');"]);
    let names: Vec<&str> =
        schema.tables[&TableName::new("", "f")].columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["a", "b c"]);
}

#[test]
fn what_is_not_understood_leaves_a_warning_that_quotes_nothing() {
    let schema = schema(&["CREATE TABLE t (a, b secret 'value' %% ! , CHECK 'secret');", "CREATE TABLE u"]);
    assert_eq!(schema.warnings.len(), 2);
    assert!(!schema.warnings.concat().contains("secret"));
    assert_eq!(schema.tables[&TableName::new("", "t")].columns.len(), 2);
}

#[cfg(feature = "sqlite")]
mod oracle {
    use rusqlite::Connection;

    use super::*;

    fn list<T: rusqlite::types::FromSql>(connection: &Connection, sql: &str, name: &str) -> Vec<T> {
        let mut query = connection.prepare(sql).unwrap();
        query.query_map([name], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    }

    /// Columns, generated ones, keys, unique keys and foreign keys of all tables are those that SQLite finds.
    fn agrees(connection: &Connection, schema: &Schema) -> usize {
        let tables: Vec<String> = list(
            connection,
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> ?1",
            "",
        );
        for name in &tables {
            let table = &schema.tables[&TableName::new("", name.as_str())];
            let columns: Vec<String> = table.columns.iter().map(|column| column.name.clone()).collect();
            assert_eq!(
                columns,
                list::<String>(connection, "SELECT name FROM pragma_table_xinfo(?1) ORDER BY cid", name)
            );
            let generated: Vec<bool> = table.columns.iter().map(|column| column.generated).collect();
            assert_eq!(
                generated,
                list::<bool>(connection, "SELECT hidden > 0 FROM pragma_table_xinfo(?1) ORDER BY cid", name)
            );
            let defaults: Vec<Option<String>> =
                table.columns.iter().map(|column| column.default.clone()).collect();
            let theirs = list::<Option<String>>(
                connection,
                "SELECT dflt_value FROM pragma_table_xinfo(?1) ORDER BY cid",
                name,
            );
            let bare =
                |text: &Option<String>| text.as_ref().map(|text| text.trim_matches(['(', ')']).to_owned());
            assert_eq!(
                defaults.iter().map(bare).collect::<Vec<_>>(),
                theirs.iter().map(bare).collect::<Vec<_>>(),
                "{name}"
            );
            let key: Vec<String> =
                list(connection, "SELECT name FROM pragma_table_xinfo(?1) WHERE pk > 0 ORDER BY pk", name);
            assert_eq!(table.primary_key.clone().unwrap_or_default(), key, "{name}");
            let foreign: Vec<String> = list(
                connection,
                "SELECT \"table\" || ':' || group_concat(\"from\") FROM (SELECT * FROM pragma_foreign_key_list(?1) ORDER BY id, seq) GROUP BY id ORDER BY id DESC",
                name,
            );
            let ours: Vec<String> = table
                .foreign_keys
                .iter()
                .map(|key| format!("{}:{}", key.to.table, key.columns.join(",")))
                .collect();
            assert!(
                ours.iter().zip(&foreign).all(|(ours, theirs)| ours.eq_ignore_ascii_case(theirs)),
                "{name}: {ours:?} {foreign:?}"
            );
            assert_eq!(ours.len(), foreign.len(), "{name}");
            let mut unique: Vec<String> = list(
                connection,
                "SELECT (SELECT group_concat(name) FROM pragma_index_info(i.name)) FROM pragma_index_list(?1) i \
                 WHERE \"unique\" AND NOT partial AND origin <> 'pk' AND NOT EXISTS (SELECT 1 FROM pragma_index_info(i.name) WHERE cid < 0)",
                name,
            );
            let mut ours: Vec<String> = table.unique.iter().map(|unique| unique.columns.join(",")).collect();
            unique.sort();
            ours.sort();
            // One index may serve two constraints.
            let primary = key.join(",");
            ours.retain(|columns| *columns != primary);
            unique.retain(|columns| *columns != primary);
            ours.dedup();
            unique.dedup();
            assert_eq!(ours, unique, "{name}");
        }
        tables.len()
    }

    #[test]
    fn sqlite_finds_the_same_in_tables_of_our_own() {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch(&TABLES.concat()).unwrap();
        assert_eq!(agrees(&connection, &schema(TABLES)), 5);
    }

    #[test]
    fn sqlite_finds_the_same_in_the_sample_databases() {
        let beside = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
        let shared = std::env::var_os("SCRUB_SHARED").map_or(beside, Into::into);
        for name in ["chinook", "northwind"] {
            let path = shared.join(format!("data/corpora/sqlite_{name}/{name}.dump.sql.zst"));
            let Ok(file) = std::fs::File::open(path) else {
                // Said in the test's own output, for whoever runs it.
                std::io::Write::write_all(
                    &mut std::io::stderr(),
                    b"SKIPPED: no corpora beside the checkout\n",
                )
                .unwrap();
                return;
            };
            let connection = Connection::open_in_memory().unwrap();
            connection.execute_batch(&String::from_utf8(zstd::decode_all(file).unwrap()).unwrap()).unwrap();
            let mut query = connection.prepare("SELECT sql FROM sqlite_schema WHERE sql NOT NULL").unwrap();
            let statements: Vec<String> =
                query.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
            let statements: Vec<&str> = statements.iter().map(String::as_str).collect();
            let schema = schema(&statements);
            assert_eq!(schema.warnings, Vec::<String>::new());
            assert!(agrees(&connection, &schema) > 8);
        }
    }

    proptest! {
        #[test]
        fn what_sqlite_takes_is_read_alike(
            columns in proptest::collection::vec((0_usize..9, 0_usize..9), 1..6),
            tail in 0_usize..6,
        ) {
            let types = ["", "INTEGER", "text", "VARCHAR(10)", "UNSIGNED BIG INT", "NUMERIC (10, 2)", "[my type]", "'quoted'", "REAL"];
            let facets = [
                "", "NOT NULL ON CONFLICT FAIL", "UNIQUE", "DEFAULT (1 + (2))", "DEFAULT -5 CHECK (c0 <> 1)",
                "COLLATE rtrim", "CONSTRAINT x REFERENCES t(C0)", "NULL DEFAULT 'it''s, )'", "AS (1) VIRTUAL",
            ];
            let tails = ["", ", UNIQUE (C0)", ", PRIMARY KEY (c0 DESC)", ", FOREIGN KEY (c0) REFERENCES T", ", CHECK (C0 > ')') CHECK (1)", ", CONSTRAINT y UNIQUE (c0 COLLATE binary ASC)"];
            let list: Vec<String> = columns
                .iter()
                .enumerate()
                .map(|(index, (kind, facet))| format!("c{index} {} {}", types[*kind], facets[*facet]))
                .collect();
            let sql = format!("CREATE TABLE t ({}{})", list.join(" , "), tails[tail]);
            let connection = Connection::open_in_memory().unwrap();
            prop_assume!(connection.execute_batch(&sql).is_ok());
            agrees(&connection, &schema(&[&sql]));
        }
    }
}

proptest! {
    #[test]
    fn statements_of_random_pieces_are_read_without_a_panic(pieces in proptest::collection::vec(0_usize..22, 0..30)) {
        let words = [
            "CREATE", "TABLE", "UNIQUE", "INDEX", "t", "(", ")", ",", "'a''b'", "[x", "\"y\"", "PRIMARY KEY", "CHECK", "AS",
            "REFERENCES", "ON", "DEFAULT", "-1", "CONSTRAINT", "VIRTUAL TABLE", "USING fts5", ";",
        ];
        let text: Vec<&str> = pieces.iter().map(|piece| words[*piece]).collect();
        let _ = schema(&[&text.join(" "), &format!("CREATE TABLE t ({}", text.join(" "))]);
    }
}
