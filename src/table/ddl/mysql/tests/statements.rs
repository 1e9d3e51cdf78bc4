//! Statement by statement.

use super::*;
use crate::table::{ColumnDef, SqlType};

fn column(sql: &str) -> ColumnDef {
    table(&format!("CREATE TABLE t (c {sql})")).columns.remove(0)
}

#[test]
fn types_are_those_of_the_servers() {
    let text = |width, padded| SqlType::Text { width, padded, case_insensitive: false };
    let numeric = |precision, scale| SqlType::Numeric { precision: Some(precision), scale: Some(scale) };
    for (sql, expected) in [
        ("tinyint(1)", SqlType::Integer { bits: 8 }),
        ("TINYINT(3) UNSIGNED", SqlType::Unsigned { bits: 8 }),
        ("smallint(5) unsigned zerofill", SqlType::Unsigned { bits: 16 }),
        ("smallint zerofill", SqlType::Unsigned { bits: 16 }),
        ("mediumint", SqlType::Integer { bits: 24 }),
        ("int(11)", SqlType::Integer { bits: 32 }),
        ("integer unsigned", SqlType::Unsigned { bits: 32 }),
        ("bigint(20) signed", SqlType::Integer { bits: 64 }),
        ("serial", SqlType::Unsigned { bits: 64 }),
        ("bool", SqlType::Integer { bits: 8 }),
        ("decimal(20,2)", numeric(20, 2)),
        ("decimal(5) unsigned", numeric(5, 0)),
        ("dec", numeric(10, 0)),
        ("double precision", SqlType::Float),
        ("float(7,4)", SqlType::Float),
        ("bit(3)", SqlType::Bits),
        ("char", text(Some(1), true)),
        ("char(20) CHARACTER SET latin1", text(Some(20), true)),
        ("character varying(9)", text(Some(9), false)),
        ("national varchar(9)", text(Some(9), false)),
        ("varchar(14)", text(Some(14), false)),
        ("longtext", SqlType::TEXT),
        ("tinytext", text(Some(63), false)),
        ("tinytext CHARACTER SET latin1", text(Some(255), false)),
        ("varchar(5) CHARACTER SET binary", SqlType::Bytes),
        ("varbinary(16)", SqlType::Bytes),
        ("mediumblob", SqlType::Bytes),
        ("json", SqlType::Json),
        ("longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin CHECK (json_valid(`c`))", SqlType::Json),
        ("year(4)", SqlType::Year),
        ("datetime(6)", SqlType::Timestamp { zone: false }),
        ("timestamp", SqlType::Timestamp { zone: false }),
        ("time(3)", SqlType::Time),
        ("uuid", SqlType::Uuid),
        ("inet6", SqlType::Inet),
        ("enum('a','b''c','d\\\\e')", SqlType::Enum("t.c".into())),
        ("set(\"x\",'y')", SqlType::Set("t.c".into())),
        ("geometry", SqlType::Other("geometry".into())),
        ("vector(3)", SqlType::Other("vector(3)".into())),
    ] {
        assert_eq!(column(sql).sql_type, expected, "{sql}");
    }
    let labels = schema("CREATE TABLE t (c enum('a','b''c','d\\\\e'), d set(\"x\",'y'))").enums;
    assert_eq!(labels["t.c"], ["a", "b'c", "d\\e"]);
    assert_eq!(labels["t.d"], ["x", "y"]);
}

#[test]
fn a_column_has_the_nearest_collation() {
    let collations = |sql: &str| -> Vec<Option<String>> {
        table(sql).columns.into_iter().map(|column| column.collation).collect()
    };
    let some = |name: &str| Some(name.to_owned());
    assert_eq!(
        collations(
            "CREATE TABLE `t` (`a` varchar(1), `b` text CHARACTER SET latin1 COLLATE latin1_general_cs, \
             `c` char(1) CHARACTER SET latin1, `d` char(1) COLLATE utf8mb4_bin, e int, f varchar(3) BINARY, \
             g varchar(9) NOT NULL COLLATE 'utf8_unicode_ci', h enum('x') CHARSET ascii) \
             ENGINE=InnoDB AUTO_INCREMENT=7 DEFAULT CHARSET=utf8mb3 COMMENT='COLLATE=latin1_bin'"
        ),
        [
            some("utf8mb3_general_ci"),
            some("latin1_general_cs"),
            some("latin1_swedish_ci"),
            some("utf8mb4_bin"),
            None,
            some("utf8mb3_bin"),
            some("utf8mb3_unicode_ci"),
            some("ascii_general_ci"),
        ]
    );
    let database = "CREATE DATABASE /*!32312 IF NOT EXISTS*/ `d` /*!40100 DEFAULT CHARACTER SET latin1 COLLATE latin1_bin */; ";
    assert_eq!(collations(&format!("{database} CREATE TABLE t (a text)")), [some("latin1_bin")]);
    assert_eq!(collations("CREATE TABLE \"t\" (\"a\" text)"), [some("utf8mb4_general_ci")]);
    assert_eq!(
        collations("CREATE TABLE t (a text) CHARACTER SET utf8mb4 COLLATE uca1400_as_cs"),
        [some("utf8mb4_uca1400_as_cs")]
    );
}

#[test]
fn databases_of_one_dump_keep_their_defaults_and_their_tables_apart() {
    let mut builder = SchemaBuilder::new();
    let within = |database: &str| Session { database: Some(database.into()), ..session() };
    builder.statement(b"CREATE DATABASE a DEFAULT CHARACTER SET latin1", &session());
    builder.statement(b"CREATE DATABASE b CHARSET ascii", &session());
    builder.statement(b"CREATE TABLE t (c text)", &within("a"));
    builder.statement(b"CREATE TABLE t (c text, x int, FOREIGN KEY (x) REFERENCES a.t (x))", &within("b"));
    let schema = builder.finish();
    let of = |database: &str| &schema.tables[&TableName::new("", "t").in_database(Some(database))];
    assert_eq!(of("a").columns[0].collation.as_deref(), Some("latin1_swedish_ci"));
    assert_eq!(of("b").columns[0].collation.as_deref(), Some("ascii_general_ci"));
    assert_eq!(of("b").foreign_keys[0].to, TableName::new("", "t").in_database(Some("a")));
}

#[test]
fn what_follows_a_type_is_found_in_any_order() {
    let t = table(
        "CREATE TABLE `t` (
          `id` int(10) unsigned NOT NULL AUTO_INCREMENT COMMENT 'NOT NULL, PRIMARY KEY (',
          `a` varchar(9) NOT NULL DEFAULT 'x,) COMMENT',
          `b` timestamp NULL DEFAULT current_timestamp() ON UPDATE current_timestamp(),
          `c` int(11) GENERATED ALWAYS AS (`id` * 2 + length('),')) VIRTUAL,
          `d` int AS (id) PERSISTENT COMMENT 'd',
          `e` int /*!80023 INVISIBLE */ DEFAULT -1,
          `f` bigint DEFAULT nextval(`s`.`q`),
          `g` bit(1) DEFAULT b'0',
          `h` text DEFAULT (concat(_utf8mb4'a',now())) CHECK (`h` <> ''),
          `i` point NOT NULL /*!80003 SRID 4326 */,
          `j` int DEFAULT NULL INVISIBLE,
          PRIMARY KEY (`ID`),
          UNIQUE KEY `u` (`a`,`E`) USING BTREE,
          UNIQUE KEY `prefix` (`h`(10)),
          KEY `k` (`b` DESC) COMMENT 'UNIQUE KEY (`b`)',
          FULLTEXT KEY `ft` (`h`) /*!50100 WITH PARSER `ngram` */ ,
          SPATIAL KEY `sp` (`i`),
          CONSTRAINT `fk` FOREIGN KEY (`E`) REFERENCES `p` (`id`) ON DELETE SET NULL ON UPDATE CASCADE,
          CONSTRAINT `ck` CHECK (`e` > 0 and `a` in ('it''s','b'))
        ) ENGINE=InnoDB AUTO_INCREMENT=42 DEFAULT CHARSET=utf8mb4;",
    );
    let flags = |of: fn(&ColumnDef) -> bool| -> String {
        t.columns.iter().filter(|column| of(column)).map(|column| column.name.as_str()).collect()
    };
    assert_eq!(flags(|column| column.not_null), "idai");
    assert_eq!(flags(|column| column.identity), "id");
    assert_eq!(flags(|column| column.generated), "cd");
    let default = |name: &str| t.column(name).and_then(|column| column.default.clone()).unwrap_or_default();
    assert_eq!(default("a"), "'x,) COMMENT'");
    assert_eq!(default("b"), "current_timestamp()");
    assert_eq!(default("e"), "-1");
    assert_eq!(t.primary_key.as_deref(), Some(&["id".to_owned()][..]));
    let unique: Vec<_> = t.unique.iter().map(|key| (key.name.as_deref(), key.columns.join(","))).collect();
    assert_eq!(unique, [(Some("u"), "a,e".to_owned())]);
    assert_eq!(
        (t.expressions[0].name.as_deref(), t.expressions[0].columns.join(",")),
        (Some("prefix"), "h".into())
    );
    assert_eq!(
        (t.foreign_keys[0].columns.join(","), t.foreign_keys[0].to.to_string()),
        ("e".into(), "p".into())
    );
    let checks: Vec<_> =
        t.checks.iter().map(|check| (check.columns.join(","), check.expression.as_str())).collect();
    assert_eq!(
        checks,
        [("h".to_owned(), "\"h\"<>''"), ("e,a".to_owned(), "\"e\">0 and \"a\" in('it''s','b')")]
    );
}

#[test]
fn counters_and_sequences_feed_their_columns() {
    let schema = schema(
        "CREATE SEQUENCE `q` start with 1; CREATE TABLE t (id int AUTO_INCREMENT PRIMARY KEY, n bigint DEFAULT nextval(`q`)); \
         CREATE TABLE u (n bigint DEFAULT (NEXT VALUE FOR `q`))",
    );
    assert_eq!(schema.warnings, Vec::<String>::new());
    let owner = |name: &str| {
        schema
            .sequences
            .get(&TableName::new("", name))
            .map(|owner| format!("{}.{}", owner.table, owner.column))
    };
    assert_eq!(owner("t").as_deref(), Some("t.id"));
    assert_eq!(owner("q").as_deref(), Some("u.n"));
}

#[test]
fn partition_keys_are_found_in_and_outside_of_comments() {
    let key = |sql: &str| {
        let by =
            table(&format!("CREATE TABLE t (id int, d date, r int, PRIMARY KEY (id, d)) {sql}")).partition_by;
        by.map(|by| format!("{} {}", by.strategy, by.columns.join(",")))
    };
    for (sql, expected) in [
        (
            "ENGINE=InnoDB\n/*!50100 PARTITION BY RANGE (year(`d`))\n(PARTITION p0 VALUES LESS THAN (2000) ENGINE = InnoDB) */",
            "RANGE d",
        ),
        (" PARTITION BY LIST COLUMNS(`r`)\n(PARTITION p VALUES IN (1,2))", "LIST r"),
        (
            "/*!50500 PARTITION BY RANGE  COLUMNS(`R`,d)\n(PARTITION p VALUES LESS THAN (1,MAXVALUE)) */",
            "RANGE r,d",
        ),
        ("PARTITION BY LINEAR HASH (id + r) PARTITIONS 4", "HASH id,r"),
        ("PARTITION BY KEY () PARTITIONS 4", "KEY id,d"),
        ("PARTITION BY KEY ALGORITHM=2 (id)", "KEY id"),
        (
            "PARTITION BY RANGE (r) SUBPARTITION BY HASH (id) SUBPARTITIONS 2 (PARTITION p VALUES LESS THAN (5))",
            "RANGE r,id",
        ),
    ] {
        assert_eq!(key(sql).as_deref(), Some(expected), "{sql}");
    }
}

#[test]
fn later_statements_change_a_table() {
    let t = table(
        "CREATE TABLE t (id int(11) NOT NULL, name varchar(9)); ALTER TABLE `t` ADD PRIMARY KEY (`id`), ADD UNIQUE KEY `n` (`name`); \
         ALTER TABLE t MODIFY `id` int(11) NOT NULL AUTO_INCREMENT, AUTO_INCREMENT=5; \
         ALTER TABLE t ADD COLUMN (x int, y int), ADD CONSTRAINT f FOREIGN KEY (x) REFERENCES p (id) ON DELETE CASCADE; \
         CREATE UNIQUE INDEX i USING BTREE ON t (x, y); ALTER TABLE t DISABLE KEYS",
    );
    assert!(t.columns[0].identity && t.columns[0].not_null);
    assert_eq!(t.unique.iter().map(|key| key.columns.join(",")).collect::<Vec<_>>(), ["name", "x,y"]);
    assert_eq!((t.columns.len(), t.foreign_keys.len()), (4, 1));
}

#[test]
fn stand_ins_of_views_and_what_is_dropped_are_no_tables() {
    let schema = schema(
        "/*!50001 CREATE TABLE `v` (`a` tinyint NOT NULL) ENGINE=MyISAM */; CREATE VIEW w AS SELECT 1; \
         /*!50001 CREATE VIEW `x` AS SELECT 1 AS `a` */; CREATE TABLE gone (a int); DROP TABLE IF EXISTS `gone`, other; \
         CREATE TABLE a (x int, y enum('p')); CREATE TABLE b LIKE a; CREATE TABLE c (LIKE a)",
    );
    assert_eq!(schema.warnings, Vec::<String>::new());
    assert_eq!(schema.tables.keys().map(|name| name.table.as_str()).collect::<Vec<_>>(), ["a", "b", "c"]);
    assert_eq!(schema.enums["b.y"], ["p"]);
}

#[test]
fn what_is_not_understood_leaves_a_warning_and_the_rest() {
    let schema = schema("CREATE TABLE t (a int WRONG 'canary', b text); CREATE TABLE u SELECT 'canary' AS a");
    assert_eq!(
        schema.warnings,
        ["CREATE TABLE t could only be read in part", "CREATE TABLE u could only be read in part"]
    );
    assert_eq!(schema.tables[&TableName::new("", "t")].columns.len(), 2);
}
