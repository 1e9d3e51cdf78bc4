//! Which statements may pass: the allow-list of everything that `mysqldump` and `mariadb-dump` write.
//!
//! A statement is looked up by its first keywords. What is not in [`STATEMENTS`] does not pass; what is there but
//! holds secrets or values (accounts, passwords, statistics, the coordinates of a replica) is dropped, or the clause
//! that holds them is.

use std::ops::Range;

use super::clauses;
use super::lexer::{Kind, Mode, Token};
use super::words::Words;
use crate::format::statements;

/// What a statement's first keywords say about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    /// Passes, and says nothing about the schema.
    Pass,
    /// Passes, and the schema sees it.
    Ddl,
    /// `CREATE TABLE`, but not with a query.
    Table,
    /// `ALTER TABLE`.
    Alter,
    /// Variables, some of which change how the rest is read.
    Set,
    /// A sequence's value, or nothing.
    Sequence,
    /// Another database.
    Use,
    /// A histogram, with its data or without.
    Histogram,
    /// Dropped and counted.
    Dropped(&'static str),
}

/// The list: first keywords (of `CREATE`, without the clauses between it and what is made) and class. The longest match
/// counts.
static STATEMENTS: &[(&str, Class)] = &[
    ("ALTER DATABASE", Class::Ddl),
    ("ALTER INSTANCE", Class::Dropped("server setting")),
    ("ALTER SCHEMA", Class::Ddl),
    ("ALTER TABLE", Class::Alter),
    ("ALTER TABLESPACE", Class::Pass),
    ("ALTER USER", Class::Dropped("account")),
    ("ANALYZE TABLE", Class::Histogram),
    ("BEGIN", Class::Pass),
    ("CHANGE MASTER", Class::Dropped("replication")),
    ("CHANGE REPLICATION", Class::Dropped("replication")),
    ("COMMIT", Class::Pass),
    ("CREATE DATABASE", Class::Ddl),
    ("CREATE EVENT", Class::Pass),
    ("CREATE FUNCTION", Class::Pass),
    ("CREATE INDEX", Class::Ddl),
    ("CREATE LOGFILE GROUP", Class::Pass),
    ("CREATE PACKAGE", Class::Pass),
    ("CREATE PROCEDURE", Class::Pass),
    ("CREATE ROLE", Class::Dropped("account")),
    ("CREATE SCHEMA", Class::Ddl),
    ("CREATE SEQUENCE", Class::Ddl),
    ("CREATE SERVER", Class::Dropped("server options")),
    ("CREATE TABLE", Class::Table),
    ("CREATE TABLESPACE", Class::Pass),
    ("CREATE TRIGGER", Class::Pass),
    ("CREATE UNIQUE INDEX", Class::Ddl),
    ("CREATE USER", Class::Dropped("account")),
    ("CREATE VIEW", Class::Pass),
    ("DO", Class::Sequence),
    ("DROP DATABASE", Class::Pass),
    ("DROP EVENT", Class::Pass),
    ("DROP FUNCTION", Class::Pass),
    ("DROP PACKAGE", Class::Pass),
    ("DROP PROCEDURE", Class::Pass),
    ("DROP ROLE", Class::Dropped("account")),
    ("DROP SCHEMA", Class::Pass),
    ("DROP SEQUENCE", Class::Pass),
    ("DROP SERVER", Class::Dropped("server options")),
    ("DROP TABLE", Class::Ddl),
    ("DROP TRIGGER", Class::Pass),
    ("DROP USER", Class::Dropped("account")),
    ("DROP VIEW", Class::Pass),
    ("FLUSH BINARY LOGS", Class::Pass),
    ("FLUSH LOGS", Class::Pass),
    ("FLUSH PRIVILEGES", Class::Pass),
    ("FLUSH TABLES", Class::Pass),
    ("GRANT", Class::Dropped("account")),
    ("INSTALL PLUGIN", Class::Pass),
    ("INSTALL SONAME", Class::Pass),
    ("LOCK TABLE", Class::Pass),
    ("LOCK TABLES", Class::Pass),
    ("REVOKE", Class::Dropped("account")),
    ("SELECT", Class::Sequence),
    ("SET", Class::Set),
    ("SET DEFAULT ROLE", Class::Dropped("account")),
    ("SET PASSWORD", Class::Dropped("account")),
    ("SET ROLE", Class::Dropped("account")),
    ("START GROUP_REPLICATION", Class::Dropped("replication")),
    ("START REPLICA", Class::Dropped("replication")),
    ("START SLAVE", Class::Dropped("replication")),
    ("START TRANSACTION", Class::Pass),
    ("STOP ALL SLAVES", Class::Dropped("replication")),
    ("STOP GROUP_REPLICATION", Class::Dropped("replication")),
    ("STOP REPLICA", Class::Dropped("replication")),
    ("STOP SLAVE", Class::Dropped("replication")),
    ("UNLOCK TABLES", Class::Pass),
    ("USE", Class::Use),
];

/// What the tools write for servers with `MyRocks`, word for word, blanks aside.
static ROCKS: &[&str] = &[
    "/*!50717 SELECT COUNT(*) INTO @rocksdb_has_p_s_session_variables FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_SCHEMA = 'performance_schema' AND TABLE_NAME = 'session_variables' */;",
    "/*!50717 SET @rocksdb_get_is_supported = IF (@rocksdb_has_p_s_session_variables, 'SELECT COUNT(*) INTO @rocksdb_is_supported FROM performance_schema.session_variables WHERE VARIABLE_NAME=\\'rocksdb_bulk_load\\'', 'SELECT 0') */;",
    "/*!50717 PREPARE s FROM @rocksdb_get_is_supported */;",
    "/*!50717 EXECUTE s */;",
    "/*!50717 DEALLOCATE PREPARE s */;",
    "/*!50717 SET @rocksdb_enable_bulk_load = IF (@rocksdb_is_supported, 'SET SESSION rocksdb_bulk_load = 1', 'SET @rocksdb_dummy_bulk_load = 0') */;",
    "/*!50717 PREPARE s FROM @rocksdb_enable_bulk_load */;",
    "/*!50112 SET @disable_bulk_load = IF (@is_rocksdb_supported, 'SET SESSION rocksdb_bulk_load = @old_rocksdb_bulk_load', 'SET @dummy_rocksdb_bulk_load = 0') */;",
    "/*!50112 PREPARE s FROM @disable_bulk_load */;",
    "/*!50112 EXECUTE s */;",
    "/*!50112 DEALLOCATE PREPARE s */;",
];

/// What mariadb-dump writes around the accounts of `--system=users`, word for word.
static ROLE: &[&str] = &[
    "SELECT COALESCE(CURRENT_ROLE(),'NONE') into @current_role;",
    "/*M!100203 EXECUTE IMMEDIATE CONCAT('SET ROLE ', @current_role) */;",
];

/// Tables of the database `mysql` whose rows are left out, and why.
static SYSTEM_TABLES: &[(&str, &str)] = &[
    ("column_stats", "statistics"),
    ("columns_priv", "account"),
    ("db", "account"),
    ("default_roles", "account"),
    ("general_log", "log"),
    ("global_grants", "account"),
    ("global_priv", "account"),
    ("gtid_executed", "replication"),
    ("gtid_slave_pos", "replication"),
    ("index_stats", "statistics"),
    ("innodb_index_stats", "statistics"),
    ("innodb_table_stats", "statistics"),
    ("password_history", "account"),
    ("procs_priv", "account"),
    ("proxies_priv", "account"),
    ("replication_asynchronous_connection_failover", "replication"),
    ("role_edges", "account"),
    ("roles_mapping", "account"),
    ("servers", "server options"),
    ("slave_master_info", "replication"),
    ("slave_relay_log_info", "replication"),
    ("slave_worker_info", "replication"),
    ("slow_log", "log"),
    ("table_stats", "statistics"),
    ("tables_priv", "account"),
    ("user", "account"),
];

/// Keywords that may be named in an error when they begin a statement that is not on the list.
static KEYWORDS: &[&str] = &[
    "ALTER",
    "ANALYZE",
    "CALL",
    "CHANGE",
    "CHECK",
    "CREATE",
    "DATA",
    "DEALLOCATE",
    "DELETE",
    "DELAYED",
    "DO",
    "DROP",
    "EXECUTE",
    "EXPLAIN",
    "FLUSH",
    "FROM",
    "HANDLER",
    "HELP",
    "IGNORE",
    "IMPORT",
    "INFILE",
    "INSERT",
    "INSTALL",
    "INTO",
    "KILL",
    "LOAD",
    "LOCK",
    "OPTIMIZE",
    "PREPARE",
    "PURGE",
    "RENAME",
    "REPAIR",
    "REPLACE",
    "RESET",
    "ROLLBACK",
    "SAVEPOINT",
    "SELECT",
    "SET",
    "SHOW",
    "SHUTDOWN",
    "SOURCE",
    "START",
    "STOP",
    "TABLE",
    "TEMPORARY",
    "TRUNCATE",
    "UNINSTALL",
    "UPDATE",
    "USER",
    "VALUES",
    "VIEW",
    "WITH",
    "XA",
];

/// What happens to a statement.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Action {
    /// It passes.
    Pass,
    /// It passes, and the schema sees it.
    Ddl,
    /// It passes without these bytes, which are counted as dropped, and the schema sees it.
    Cut(Range<usize>, &'static str),
    /// It passes, and may change how the rest is read.
    Set,
    /// It passes, and what follows is about this database.
    Use(Vec<u8>),
    /// It sets a counter.
    Counter(Counter),
    /// It is dropped and counted.
    Drop(&'static str),
    /// It is not on the list.
    Unknown,
}

/// A new value of a sequence, or of the counter of a table.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Counter {
    /// Name of the sequence, or of the table when `column` is there.
    pub(super) name: Vec<Vec<u8>>,
    /// The column that is counted.
    pub(super) column: Option<Vec<u8>>,
    /// The value.
    pub(super) value: i64,
    /// Where its digits stand.
    pub(super) digits: Range<usize>,
    /// Whether the statement declares a table.
    pub(super) ddl: bool,
}

/// Looks a statement up. It must be whole.
pub(super) fn classify(statement: &[u8], mode: Mode, delimiter: &[u8]) -> Action {
    let words = Words::new(statement, mode, delimiter);
    let commented = statement.starts_with(b"/*");
    if statement.len() < 400 {
        let folded = statement.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
        let folded = folded.collect::<Vec<_>>().join(&b' ');
        let is = |known: &&str| known.as_bytes() == folded;
        if ROCKS.iter().any(is) {
            return Action::Pass;
        }
        if ROLE.iter().any(is) {
            return Action::Drop("account");
        }
    }
    let Some(class) = find(words.clone()) else { return Action::Unknown };
    match class {
        Class::Pass => Action::Pass,
        Class::Ddl => Action::Ddl,
        // In a version comment it is an older tool's stand-in for a view.
        Class::Table if commented => clauses::table(words).map_or(Action::Unknown, |_| Action::Pass),
        Class::Table => clauses::table(words).unwrap_or(Action::Unknown),
        Class::Alter => clauses::alter(words),
        Class::Set => Action::Set,
        Class::Sequence => clauses::setval(words).map_or(Action::Unknown, Action::Counter),
        Class::Use => clauses::database(words).map_or(Action::Unknown, Action::Use),
        Class::Histogram => clauses::histogram(words),
        Class::Dropped(class) => Action::Drop(class),
    }
}

/// Why the rows of a table of the database `mysql` are left out, if they are.
pub(super) fn system_table(table: &[u8]) -> Option<&'static str> {
    let found = SYSTEM_TABLES.iter().find(|(name, _)| table.eq_ignore_ascii_case(name.as_bytes()));
    found.map(|(_, class)| *class)
}

/// The keywords at a statement's head, for an error; words that are no keywords are not shown.
pub(super) fn head(statement: &[u8], mode: Mode, delimiter: &[u8]) -> String {
    let mut words = Words::new(statement, mode, delimiter);
    statements::head(|| {
        let token = words.take()?;
        KEYWORDS.iter().find(|keyword| token.is_word(keyword)).copied()
    })
}

fn find(mut words: Words<'_>) -> Option<Class> {
    let mut head: Vec<Token<'_>> = Vec::with_capacity(3);
    while head.len() < 3
        && let Some(token) = words.take().filter(|token| token.kind == Kind::Word)
    {
        head.push(token);
        if head.len() == 1 && token.is_word("CREATE") && !clauses::skip_options(&mut words) {
            return None;
        }
        if head.len() == 1 && token.is_word("DROP") {
            words.word("TEMPORARY");
        }
        if head.len() == 1 && token.is_word("ALTER") {
            words.word("IGNORE");
        }
    }
    statements::find(STATEMENTS, |at, word| head.get(at).is_some_and(|token| token.is_word(word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn action(statement: &str) -> Action {
        classify(statement.as_bytes(), Mode::default(), b";")
    }

    #[test]
    fn the_lists_are_sorted_and_name_nothing_twice() {
        assert!(STATEMENTS.is_sorted_by(|a, b| a.0 < b.0));
        assert!(SYSTEM_TABLES.is_sorted_by(|a, b| a.0 < b.0));
    }

    #[test]
    fn what_could_change_or_make_data_is_not_on_the_list() {
        for statement in [
            "UPDATE t SET a = 'x';",
            "DELETE FROM t;",
            "TRUNCATE t;",
            "CALL f();",
            "EXECUTE p;",
            "PREPARE p FROM 'x';",
            "VALUES ('x');",
            "WITH a AS (SELECT 1) SELECT 1;",
            "SELECT 'x';",
            "SELECT f('x');",
            "SELECT SETVAL(`s`, 1, 0), 'x';",
            "DO SLEEP(1);",
            "CREATE TABLE t AS SELECT 'x';",
            "CREATE TABLE t (a int) SELECT 'x';",
            "CREATE TABLE t LIKE u;",
            "CREATE TEMPORARY TABLE t (a int);",
            "CREATE OR TABLE t (a int);",
            "LOAD DATA INFILE 'x' INTO TABLE t;",
            "HANDLER t OPEN;",
            "ROLLBACK;",
            "system ls;",
            "source x;",
            "/*!50717 EXECUTE t */;",
            "1;",
            ";",
            "USE `a` `b`;",
        ] {
            assert_eq!(action(statement), Action::Unknown, "{statement}");
        }
    }

    #[test]
    fn statements_with_secrets_or_values_are_dropped_or_cut() {
        for (statement, class) in [
            ("CREATE USER `a`@`%` IDENTIFIED BY 'x';", "account"),
            ("CREATE OR REPLACE USER a IDENTIFIED BY PASSWORD '*x';", "account"),
            ("/*M!100005 CREATE ROLE IF NOT EXISTS r */;", "account"),
            ("GRANT ALL ON *.* TO `a` IDENTIFIED BY PASSWORD '*x';", "account"),
            ("SET PASSWORD FOR a = 'x';", "account"),
            ("SET DEFAULT ROLE r FOR a;", "account"),
            ("CHANGE MASTER TO MASTER_LOG_FILE='x', MASTER_LOG_POS=1;", "replication"),
            ("CHANGE REPLICATION SOURCE TO SOURCE_LOG_FILE='x';", "replication"),
            ("STOP SLAVE;", "replication"),
            ("SELECT COALESCE(CURRENT_ROLE(),'NONE') into @current_role;", "account"),
            ("/*M!100203 EXECUTE IMMEDIATE CONCAT('SET ROLE ', @current_role) */;", "account"),
            ("CREATE SERVER s FOREIGN DATA WRAPPER mysql OPTIONS (PASSWORD 'x');", "server options"),
            ("/*!80002 ANALYZE TABLE `t` UPDATE HISTOGRAM ON `a` USING DATA '{\"x\":1}' */;", "statistics"),
        ] {
            assert_eq!(action(statement), Action::Drop(class), "{statement}");
        }
        let statement = "CREATE TABLE t (a int) ENGINE=FEDERATED CONNECTION='mysql://u:p@h/d' COMMENT='';";
        let Action::Cut(range, "connection") = action(statement) else { panic!("not cut") };
        assert_eq!(&statement[range], "CONNECTION='mysql://u:p@h/d'");
    }

    #[test]
    fn what_dumps_hold_passes() {
        for statement in [
            "CREATE TABLE `t` (`a` int AS (b) VIRTUAL) WITH SYSTEM VERSIONING;",
            "DROP TABLE IF EXISTS `t`;",
            "CREATE DATABASE /*!32312 IF NOT EXISTS*/ `d` /*!40100 DEFAULT CHARACTER SET utf8mb4 */;",
            "CREATE SEQUENCE `s` start with 1 minvalue 1 maxvalue 9 increment by 1 cache 1000 nocycle ENGINE=InnoDB;",
            "ALTER TABLE `t` ADD KEY `k` (`a`);",
            "CREATE TABLE `t` (`a` int) /*!50100 PARTITION BY RANGE (`a`) (PARTITION p0 VALUES LESS THAN (5)) */;",
        ] {
            assert_eq!(action(statement), Action::Ddl, "{statement}");
        }
        for statement in [
            "LOCK TABLES `t` WRITE;",
            "/*!40000 ALTER TABLE `t` DISABLE KEYS */;",
            "/*!50001 CREATE TABLE `v` (`a` int) ENGINE=MyISAM */;",
            "/*!50001 CREATE ALGORITHM=UNDEFINED */ /*!50013 DEFINER=`a`@`%` SQL SECURITY DEFINER */ /*!50001 VIEW `v` AS select 1 */;",
            "/*!50003 CREATE*/ /*!50017 DEFINER=`root`@`localhost`*/ /*!50003 TRIGGER t BEFORE INSERT ON u FOR EACH ROW SET a = 1 */;",
            "CREATE DEFINER=CURRENT_USER() PROCEDURE `p`() SELECT 1;",
            "CREATE AGGREGATE FUNCTION f RETURNS STRING SONAME 'x';",
            "/*!50106 CREATE*/ /*!50117 DEFINER=`a`@`b`*/ /*!50106 EVENT `e` ON SCHEDULE EVERY 1 DAY DO SELECT 1 */;",
            "/*!40000 DROP DATABASE IF EXISTS `d`*/;",
            "START TRANSACTION;",
            "/*!50717 EXECUTE s */;",
            "/*!80002 ANALYZE TABLE `t` UPDATE HISTOGRAM ON `a` WITH 100 BUCKETS */;",
        ] {
            assert_eq!(action(statement), Action::Pass, "{statement}");
        }
        assert_eq!(action("USE `a``b`;"), Action::Use(b"a`b".to_vec()));
    }

    #[test]
    fn counters_give_name_value_and_place() {
        let counter = |statement: &str| match action(statement) {
            Action::Counter(counter) => {
                assert_eq!(statement[counter.digits].parse(), Ok(counter.value));
                let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
                let name: Vec<String> = counter.name.iter().map(|part| text(part)).collect();
                (name.join("/"), counter.column.map(|column| text(&column)), counter.value, counter.ddl)
            }
            other => panic!("{statement}: {other:?}"),
        };
        assert_eq!(
            counter(
                "CREATE TABLE `t` (\n `a` int DEFAULT (1),\n `id` int(11) NOT NULL AUTO_INCREMENT,\n PRIMARY KEY (`id`)\n) ENGINE=InnoDB AUTO_INCREMENT=605 DEFAULT CHARSET=utf8;"
            ),
            ("t".into(), Some("id".into()), 605, true)
        );
        assert_eq!(
            counter("ALTER TABLE `t`\n  MODIFY `id` int(11) NOT NULL AUTO_INCREMENT, AUTO_INCREMENT=7;"),
            ("t".into(), Some("id".into()), 7, true)
        );
        assert_eq!(counter("DO SETVAL(`s`, 4, 0);"), ("s".into(), None, 4, false));
        assert_eq!(counter("SELECT SETVAL(`d`.`s`, -4, 0);"), ("d/s".into(), None, -4, false));
    }

    #[test]
    fn a_head_shows_keywords_only() {
        assert_eq!(head(b"DELETE FROM customer;", Mode::default(), b";"), "DELETE FROM");
        assert_eq!(head(b"Smith,42;", Mode::default(), b";"), "(no keyword)");
    }
}
