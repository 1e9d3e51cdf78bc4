//! The sample databases: real dumps in several variants, with what must hold after a restore.
//!
//! They lie in `$SCRUB_SHARED` or in `shared` beside the checkout, and are no part of the project.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::skip;

/// One sample database.
pub(crate) struct Corpus {
    dir: PathBuf,
    /// Its short name: `chinook`.
    pub(crate) name: &'static str,
}

/// What `expect.json` says.
pub(crate) struct Expectation {
    /// Rows per table.
    pub(crate) rows: BTreeMap<String, u64>,
    /// Constraints: table, name, kind, deferrable, deferred, definition.
    pub(crate) constraints: BTreeSet<Vec<String>>,
    /// Joins over foreign keys: SQL and the number that it gives.
    pub(crate) joins: Vec<(String, u64)>,
}

/// A column that the truth file calls personal.
pub(crate) struct Personal {
    /// `schema.table`.
    pub(crate) table: String,
    /// Column.
    pub(crate) column: String,
    /// Its type, in the server's words.
    pub(crate) sql_type: String,
    /// What it holds, in the file's words.
    pub(crate) entity: String,
}

/// The folder of things shared; `None` after a loud skip.
pub(crate) fn shared() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let dir = std::env::var_os("SCRUB_SHARED").map_or(beside, PathBuf::from);
    if dir.join("data/corpora").is_dir() {
        return Some(dir);
    }
    skip("the sample databases are not here (no $SCRUB_SHARED, no ../shared)", "SCRUB_REQUIRE_CORPORA");
    None
}

/// A PostgreSQL sample; `None` after a loud skip.
pub(crate) fn corpus(name: &'static str) -> Option<Corpus> {
    Some(Corpus { dir: shared()?.join("data/corpora").join(format!("pg_{name}")), name })
}

/// A MariaDB sample; `None` after a loud skip.
pub(crate) fn mysql_corpus(name: &'static str) -> Option<Corpus> {
    Some(Corpus { dir: shared()?.join("data/corpora").join(format!("my_{name}")), name })
}

/// A SQLite sample; `None` after a loud skip.
pub(crate) fn sqlite_corpus(name: &'static str) -> Option<Corpus> {
    Some(Corpus { dir: shared()?.join("data/corpora").join(format!("sqlite_{name}")), name })
}

impl Corpus {
    /// Whether there is such a variant.
    pub(crate) fn has(&self, variant: &str) -> bool {
        self.path(variant).exists()
    }

    /// The compressed dump of a variant.
    pub(crate) fn path(&self, variant: &str) -> PathBuf {
        self.dir.join(format!("{}.{variant}.sql.zst", self.name))
    }

    /// The dump of a variant.
    pub(crate) fn dump(&self, variant: &str) -> Vec<u8> {
        zstd::decode_all(fs::File::open(self.path(variant)).unwrap()).unwrap()
    }

    /// Rows per table.
    pub(crate) fn rows(&self) -> BTreeMap<String, u64> {
        let text = fs::read_to_string(self.dir.join(format!("{}.expect.json", self.name))).unwrap();
        let json: Value = serde_json::from_str(&text).unwrap();
        let rows = json["rows"].as_object().unwrap().iter();
        rows.map(|(table, count)| (table.clone(), count.as_u64().unwrap())).collect()
    }

    /// What must hold after a restore.
    pub(crate) fn expectation(&self) -> Expectation {
        let text = fs::read_to_string(self.dir.join(format!("{}.expect.json", self.name))).unwrap();
        let json: Value = serde_json::from_str(&text).unwrap();
        let constraints = json["constraints"].as_array().unwrap().iter().map(|fields| {
            fields.as_array().unwrap().iter().map(|field| field.as_str().unwrap().to_owned()).collect()
        });
        let joins = json["fk_joins"].as_array().unwrap().iter();
        Expectation {
            rows: self.rows(),
            constraints: constraints.collect(),
            joins: joins
                .map(|join| (join["sql"].as_str().unwrap().to_owned(), join["rows"].as_u64().unwrap()))
                .collect(),
        }
    }

    /// The first column of each table's primary key, by the truth file.
    pub(crate) fn primary_keys(&self) -> BTreeMap<String, String> {
        let mut reader = csv::Reader::from_path(self.dir.join(format!("{}.columns.csv", self.name))).unwrap();
        let mut keys = BTreeMap::new();
        for record in reader.records().map(Result::unwrap).filter(|record| record[5].contains("pk")) {
            keys.entry(record[0].to_owned()).or_insert_with(|| record[1].to_owned());
        }
        keys
    }

    /// The columns whose label is "yes".
    pub(crate) fn personal(&self) -> Vec<Personal> {
        let mut reader = csv::Reader::from_path(self.dir.join(format!("{}.columns.csv", self.name))).unwrap();
        let records = reader.records().map(Result::unwrap).filter(|record| &record[3] == "yes");
        records
            .map(|record| Personal {
                table: record[0].to_owned(),
                column: record[1].to_owned(),
                sql_type: record[2].to_owned(),
                entity: record[4].to_owned(),
            })
            .collect()
    }
}
