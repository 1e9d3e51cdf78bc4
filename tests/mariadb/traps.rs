//! A schema with what is peculiar to MariaDB, made in the server, dumped by its own tool, masked, restored.

use crate::support::cli::{HEAD, Run, Workspace};
use crate::support::mariadb::{Database, mariadb};

const SCHEMA: &str = r"
CREATE TABLE `parent` (`code` varchar(30) NOT NULL PRIMARY KEY, `note` text) COLLATE utf8mb4_general_ci;
CREATE TABLE `child` (`id` int NOT NULL AUTO_INCREMENT PRIMARY KEY, `code` varchar(30) DEFAULT NULL,
  CONSTRAINT `fk` FOREIGN KEY (`code`) REFERENCES `parent` (`code`)) COLLATE utf8mb4_general_ci AUTO_INCREMENT=100;
INSERT INTO parent (code) VALUES ('bob'), ('José'), ('ann');
INSERT INTO child (code) VALUES ('BOB'), ('Bob'), ('bob '), ('JOSE'), ('josé'), ('ANN'), (NULL);
CREATE TABLE `account` (`id` int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
  `email` varchar(60) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL, UNIQUE KEY `u` (`email`),
  `upper_email` varchar(70) GENERATED ALWAYS AS (concat('<', upper(`email`), '>')) VIRTUAL,
  `length` int GENERATED ALWAYS AS (char_length(`email`)) STORED,
  `hidden` int INVISIBLE DEFAULT 7);
INSERT INTO account (email) VALUES ('Jane@example.org'), ('jane@example.org'), ('JANE@example.org');
CREATE TABLE `narrow` (`id` tinyint unsigned NOT NULL PRIMARY KEY, `big` smallint unsigned NOT NULL UNIQUE,
  `huge` int unsigned NOT NULL UNIQUE, `small` smallint DEFAULT NULL, `fixed` char(5), `name` varchar(14) CHARACTER SET utf8mb3,
  `latin` varchar(20) CHARACTER SET latin1 NOT NULL, `zero` int(8) unsigned zerofill DEFAULT NULL);
CREATE TABLE `wide` (`id` bigint NOT NULL PRIMARY KEY, `fixed` varchar(5) NOT NULL);
INSERT INTO narrow SELECT seq, 65536 - seq, 4294967296 - seq, 20000 + seq, 10000 + seq, 'Jürgen', 'José', seq
  FROM seq_1_to_255;
INSERT INTO wide SELECT 20000 + seq, 10000 + seq FROM seq_1_to_255;
CREATE TABLE `bytes` (`id` int NOT NULL PRIMARY KEY, `blob` blob, `bits` bit(12), `fixed` binary(4), `secret` varchar(20));
INSERT INTO bytes VALUES (1, 0x00010227225C0A0D1AFF, b'101010101010', 'a\0', 'geheim'), (2, NULL, b'0', '', ''),
  (3, '', NULL, 0xFFFEFDFC, NULL);
CREATE TABLE `parted` (`id` int NOT NULL, `born` date NOT NULL, `name` varchar(20), PRIMARY KEY (`id`, `born`))
  PARTITION BY RANGE (year(`born`)) (PARTITION p0 VALUES LESS THAN (2000), PARTITION p1 VALUES LESS THAN MAXVALUE);
INSERT INTO parted VALUES (1, '1999-01-01', 'x'), (2, '2001-01-01', 'y');
CREATE SEQUENCE `numbers` START WITH 50;
CREATE TABLE `numbered` (`n` bigint NOT NULL DEFAULT nextval(`numbers`) PRIMARY KEY, `v` set('a','b'), `y` year);
INSERT INTO numbered (v, y) VALUES ('a,b', 2001), ('', 0);
";

const POLICY: &str = r#"locale = "pl_PL"
[domains."code"]
equality = "ci_ai"

[tables."parent"]
columns.code = { op = "keyed_hash", domain = "code", bits = 100, accept_frequency_leak = "invented" }
[tables."account"]
columns.id = "permute"
columns.email = { op = "email", bits = 100, accept_frequency_leak = "invented" }
[tables."narrow"]
subject = "id"
columns.id = { op = "permute", accept_frequency_leak = "invented" }
columns.big = { op = "permute", domain = "big", accept_frequency_leak = "invented" }
columns.huge = { op = "permute", domain = "huge", accept_frequency_leak = "invented" }
columns.name = "first_name"
columns.latin = "first_name"
columns.zero = { op = "permute", domain = "zero", accept_frequency_leak = "invented" }
[tables."wide"]
columns.id = "permute"
columns.fixed = { op = "permute", range = [10000, 99999], accept_frequency_leak = "invented" }
[tables."bytes"]
columns.secret = "redact"
[[relation]]
from = "narrow.small"
to = "wide.id"
[[relation]]
from = "narrow.fixed"
to = "wide.fixed"
"#;

struct Case {
    original: Database,
    dump: Vec<u8>,
    workspace: Workspace,
}

impl Case {
    fn new(options: &[&str], policy: &str) -> Option<Self> {
        let original = mariadb()?.create("traps");
        original.query(SCHEMA);
        let dump = original.dump(options);
        Some(Self { original, dump, workspace: Workspace::new(&format!("{HEAD}{policy}")) })
    }

    fn mask(&self) -> Run {
        let input = self.workspace.file("input.sql", &self.dump);
        self.workspace.mask_file(&[], &input)
    }
}

/// Ways to dump that say the same. Not with locks: the server's own tool does not lock the sequences that defaults use,
/// and then refuses its own dump.
const FORMS: [&[&str]; 4] = [
    &["--skip-add-locks"],
    &["--skip-add-locks", "--skip-extended-insert", "--complete-insert", "--hex-blob"],
    &["--skip-add-locks", "--compatible=ansi"],
    &["--skip-add-locks", "--default-character-set=latin1"],
];

/// What must be as before: joins, rows, bytes, and what the server makes by itself.
const SAME: [&str; 9] = [
    "SELECT count(*) FROM child c JOIN parent p ON c.code = p.code",
    "SELECT count(*), count(DISTINCT email) FROM account",
    "SELECT count(*), sum(hidden) FROM account",
    "SELECT count(*), count(DISTINCT id), count(DISTINCT big), count(DISTINCT huge), count(DISTINCT zero) FROM narrow",
    "SELECT count(*) FROM narrow n JOIN wide w ON n.small = w.id",
    "SELECT count(*) FROM narrow n JOIN wide w ON n.fixed = w.fixed",
    "SELECT id, hex(`blob`), bits + 0, hex(fixed), length(secret) > 0 FROM bytes ORDER BY id",
    "SELECT id, born, name FROM parted PARTITION (p0)",
    "SELECT n, v + 0, y FROM numbered ORDER BY n",
];

/// What must hold after masking: each gives 0.
const NEVER: [&str; 7] = [
    "SELECT count(*) FROM account WHERE NOT (upper_email <=> concat('<', upper(email), '>')) OR NOT (length <=> char_length(email))",
    "SELECT count(*) FROM account WHERE email LIKE '%jane%'",
    "SELECT count(*) FROM parent WHERE code IN ('bob', 'josé', 'ann')",
    "SELECT count(*) FROM narrow WHERE name LIKE '%?%' OR latin LIKE '%?%' OR name = '' OR latin = ''",
    "SELECT count(*) FROM narrow WHERE big < 32768 OR huge < 2147483648 OR id = 0",
    "SELECT count(*) = 0 FROM narrow n WHERE n.small NOT BETWEEN 20001 AND 20255",
    "SELECT count(*) FROM bytes WHERE secret = 'geheim'",
];

#[test]
fn what_is_peculiar_to_the_server_survives_masking() {
    for form in FORMS {
        let Some(case) = Case::new(form, POLICY) else { return };
        let masked = mariadb().unwrap().create("traps");
        let output = case.mask().done();
        // The tool dumps what generated columns hold.
        for original in ["jane", "Jane", "JANE", "geheim"] {
            let found = memchr::memmem::find(&output, original.as_bytes());
            assert_eq!(found, None, "{form:?}: an original is in the output");
        }
        assert_eq!(masked.restore(&output), Ok(()), "{form:?}");
        for sql in SAME {
            assert_eq!(masked.query(sql), case.original.query(sql), "{form:?}: {sql}");
        }
        for sql in NEVER {
            assert_eq!(masked.number(sql), 0, "{form:?}: {sql}");
        }
        // The next row finds its number.
        masked.query("INSERT INTO account (email) VALUES ('new@example.org'); INSERT INTO child (code) VALUES (NULL); INSERT INTO numbered (v) VALUES ('b')");
        assert_eq!(masked.number("SELECT count(*) FROM account"), 4, "{form:?}");
    }
}

#[test]
fn joins_of_the_original_are_as_many_as_the_server_says() {
    let Some(case) = Case::new(&[], POLICY) else { return };
    assert_eq!(case.original.number(SAME[0]), 6);
    assert_eq!(case.original.number(SAME[4]), 255);
}

#[test]
fn an_equality_that_is_not_the_columns_is_refused_by_name() {
    for (from, to, id) in [
        ("equality = \"ci_ai\"", "equality = \"exact\"", "equality:parent.code"),
        ("equality = \"ci_ai\"", "equality = \"ci\"", "equality:parent.code"),
        ("{ op = \"email\",", "{ op = \"email\", equality = \"ci\",", "equality:account.email"),
    ] {
        let Some(case) = Case::new(&[], &POLICY.replace(from, to)) else { return };
        let run = case.mask();
        assert_eq!(run.code, 2, "{to}");
        assert!(run.stderr.contains(id), "{to}: {}", run.stderr);
    }
}

#[test]
fn a_partition_key_is_kept_or_refused() {
    let policy = format!("{POLICY}\n[tables.\"parted\"]\nsubject = \"id\"\ncolumns.born = \"date_shift\"\n");
    let Some(case) = Case::new(&[], &policy) else { return };
    let run = case.mask();
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("partition-key:parted.born"), "{}", run.stderr);
}
