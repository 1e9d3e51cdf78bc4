//! A dump that ends too early, through scrub into the real server: the client says so, wherever it was cut.
//!
//! MariaDB cannot roll back what a dump's DDL did: each `CREATE TABLE` commits by itself, so tables of a cut dump stay,
//! as they would without us. Rows can be rolled back: in a dump with `--no-autocommit` a table has all its rows or none.

use crate::support::cli::{HEAD, Workspace};
use crate::support::mariadb::mariadb;

const SCHEMA: &str = "
CREATE TABLE people (id int NOT NULL AUTO_INCREMENT PRIMARY KEY, email varchar(60) NOT NULL, note text);
CREATE TABLE orders (id int NOT NULL AUTO_INCREMENT PRIMARY KEY, person int, total decimal(10,2),
  FOREIGN KEY (person) REFERENCES people (id));
INSERT INTO people (email, note) SELECT concat('p', seq, '@example.org'), repeat('it''s; (x), ', seq % 9) FROM seq_1_to_300;
INSERT INTO orders (person, total) SELECT 1 + seq % 300, seq FROM seq_1_to_600;
DELIMITER ;;
CREATE TRIGGER t BEFORE INSERT ON orders FOR EACH ROW BEGIN SET NEW.total = NEW.total; END;;
DELIMITER ;
";

const POLICY: &str = r#"
[tables."people"]
columns.email = { op = "email", accept_frequency_leak = "invented" }
"#;

/// Places to cut, spread over the whole and the same in every run.
fn cuts(below: usize, count: usize) -> impl Iterator<Item = usize> {
    (0..count).map(move |number| (number * 7919 + 17) * 104_729 % below)
}

#[test]
fn a_dump_cut_anywhere_is_seen_by_the_client() {
    let Some(server) = mariadb() else { return };
    let original = server.create("cut");
    original.query(SCHEMA);
    let forms: [(&[&str], usize); 3] = [
        (&["--no-autocommit"], 50),
        (&["--no-autocommit", "--skip-extended-insert"], 25),
        (&["--compact"], 0),
    ];
    for (form, count) in forms {
        let dump = original.dump(form);
        let workspace = Workspace::new(&format!("{HEAD}{POLICY}"));
        let options: &[&str] = if form == ["--compact"] { &["--no-trailer"] } else { &[] };
        if count > 0 {
            workspace.lock(&workspace.file("whole.sql", &dump));
        }
        let end = dump.windows(17).rposition(|bytes| bytes == b"-- Dump completed").unwrap_or(dump.len());
        for cut in cuts(end, count) {
            let target = server.create("cut");
            let run = workspace.mask_pipe(&["--block-size", "4096"], &dump[..cut]);
            assert_eq!(run.code, 2, "{form:?} cut at {cut}: {}", run.stderr);
            assert!(target.restore(&run.stdout).is_err(), "{form:?} cut at {cut}: the client saw no failure");
            for (table, all) in [("people", 300), ("orders", 600)] {
                let known = target.number(&format!(
                    "SELECT count(*) FROM information_schema.tables WHERE table_schema = database() AND table_name = '{table}'"
                ));
                let rows =
                    if known == 0 { 0 } else { target.number(&format!("SELECT count(*) FROM {table}")) };
                assert!(rows == 0 || rows == all, "{form:?} cut at {cut}: {rows} rows of {table}");
            }
        }
        let input = workspace.file("input.sql", &dump);
        let whole = workspace.mask_file(options, &input).done();
        let control = server.create("cut");
        // The shortest form leaves it to its reader that references may come before what they reference.
        let whole = [&b"SET foreign_key_checks = 0;\n"[..], &whole].concat();
        assert_eq!(control.restore(&whole), Ok(()), "{form:?}: the whole dump restores");
        assert_eq!(control.number("SELECT count(*) FROM orders JOIN people ON people.id = person"), 600);
    }
}
