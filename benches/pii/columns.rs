//! How often the scan is right on labelled columns: those of sample databases that others publish, and the truth files of
//! the real dumps.
//!
//! The labels are yes, no, and quasi: what may be personal or not, nobody is asked. The same functions are behind
//! `cargo bench --bench pii -- columns` and behind the test that holds the scan to its target.

use std::collections::BTreeMap;
use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use scrub::detect::Catalogue;
use scrub::detect::score::ColumnFinding;
use scrub::format::{self, Input, ReaderOptions};
use scrub::pipeline::{Scan, ScanOptions, scan};
use scrub::table::TableName;
use serde_json::Value;

/// Labelled columns of one database, and what the scan made of them.
pub struct Measured {
    /// The database.
    pub name: String,
    /// Personal columns that were found.
    pub right: u32,
    /// Columns that are not personal and were called so.
    pub false_alarms: Vec<Answer>,
    /// Personal columns that were not found.
    pub misses: Vec<Answer>,
}

/// A wrong answer.
pub struct Answer {
    /// Table and column.
    pub column: String,
    /// What it holds, in the words of the labels.
    pub label: String,
    /// Why the scan said what it said.
    pub reason: String,
}

impl Measured {
    fn new(name: &str) -> Self {
        Self { name: name.to_owned(), right: 0, false_alarms: Vec::new(), misses: Vec::new() }
    }

    fn count(&mut self, personal: bool, column: String, label: &str, finding: &ColumnFinding) {
        let entity = finding.entity.as_deref().unwrap_or("nothing");
        let answer = || Answer {
            column,
            label: label.to_owned(),
            reason: format!("{entity} {:.2}: {}", finding.confidence, finding.evidence.join("; ")),
        };
        match (personal, finding.is_found()) {
            (true, true) => self.right += 1,
            (true, false) => self.misses.push(answer()),
            (false, true) => self.false_alarms.push(answer()),
            (false, false) => {}
        }
    }

    /// Misses of what names a person by itself or gives access.
    pub fn direct_misses(&self) -> Vec<&Answer> {
        let direct = |answer: &&Answer| {
            let label = answer.label.to_ascii_lowercase();
            DIRECT.iter().any(|word| label.contains(word))
        };
        self.misses.iter().filter(direct).collect()
    }
}

/// Words of the labels of direct identifiers.
const DIRECT: &[&str] = &[
    "email",
    "e-mail",
    "phone",
    "person",
    "full name",
    "username",
    "card",
    "ssn",
    "national_id",
    "password",
];

/// Precision, recall and F1 over several databases.
pub fn scores(measured: &[Measured]) -> (f64, f64, f64) {
    let sum = |count: &dyn Fn(&Measured) -> usize| measured.iter().map(count).sum::<usize>() as f64;
    let right = sum(&|one| one.right as usize);
    let (missed, wrong) = (sum(&|one| one.misses.len()), sum(&|one| one.false_alarms.len()));
    let f1 = 2.0 * right / (2.0 * right + missed + wrong).max(1.0);
    (right / (right + wrong).max(1.0), right / (right + missed).max(1.0), f1)
}

/// Prints the scores, and every wrong answer with its reason.
pub fn report(set: &str, measured: &[Measured]) {
    let (precision, recall, f1) = scores(measured);
    println!("== {set}: P {precision:.3}  R {recall:.3}  F1 {f1:.3} (names and the best other tool: F1 .86)");
    for one in measured {
        let (missed, wrong) = (one.misses.len(), one.false_alarms.len());
        println!("   {:24} {} found, {missed} missed, {wrong} false alarms", one.name, one.right);
        let direct = one.direct_misses();
        for (what, list) in [("missed", &one.misses), ("false alarm", &one.false_alarms)] {
            for answer in list {
                let identifies =
                    direct.iter().any(|direct| direct.column == answer.column && what == "missed");
                let mark = if identifies { ", a direct identifier" } else { "" };
                println!("      {what}{mark}: {} [{}] {}", answer.column, answer.label, answer.reason);
            }
        }
    }
}

/// Both sets.
pub fn columns(folder: &Path, _: bool) {
    report("columns_dbsamples", &sample_columns(folder));
    let corpora = folder.join("../corpora");
    if corpora.is_dir() {
        report("columns of the sample dumps", &corpora_columns(&corpora));
    } else {
        eprintln!("SKIPPED: the sample dumps are not beside the labelled columns");
    }
}

/// Columns of sample databases, by database. Each table is scanned as the CSV file that it would be: without types.
pub fn sample_columns(folder: &Path) -> Vec<Measured> {
    let mut tables: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for part in ["open", "held"] {
        let Ok(text) = fs::read_to_string(folder.join(format!("columns_dbsamples.{part}.jsonl"))) else {
            continue;
        };
        for line in text.lines() {
            let record: Value = serde_json::from_str(line).unwrap();
            tables.entry(record["table"].as_str().unwrap().to_owned()).or_default().push(record);
        }
    }
    let mut measured: BTreeMap<String, Measured> = BTreeMap::new();
    for (name, columns) in &tables {
        let (database, table) = name.rsplit_once('.').unwrap_or(("", name));
        let found = scan_of(csv_of(columns), Some(table), true);
        for record in columns {
            let Some(personal) = record["pii"].as_bool() else { continue };
            let name = record["column"].as_str().unwrap();
            let column = found.tables[0].columns.iter().find(|column| column.name == name).unwrap();
            let label = record["label"].as_str().unwrap_or_default();
            let one = measured.entry(database.to_owned()).or_insert_with(|| Measured::new(database));
            one.count(personal, format!("{table}.{name}"), label, &column.finding);
        }
    }
    measured.into_values().collect()
}

/// Labelled columns of one table as a CSV file; shorter ones end in empty cells.
fn csv_of(columns: &[Value]) -> Input {
    let cells: Vec<&Vec<Value>> = columns.iter().map(|column| column["values"].as_array().unwrap()).collect();
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(columns.iter().map(|column| column["column"].as_str().unwrap())).unwrap();
    for row in 0..cells.iter().map(|values| values.len()).max().unwrap_or_default() {
        let value =
            |values: &&Vec<Value>| values.get(row).and_then(Value::as_str).unwrap_or_default().to_owned();
        writer.write_record(cells.iter().map(value)).unwrap();
    }
    Input::new("columns.csv", Cursor::new(writer.into_inner().unwrap()))
}

fn scan_of(input: Input, table: Option<&str>, is_csv: bool) -> Scan {
    let mut options = ReaderOptions::default();
    options.describe = true;
    options.table = table.map(|table| TableName::new("", table));
    if is_csv {
        options.csv.header = Some(true);
    }
    let reader = format::open(input, &options).unwrap();
    scan(reader, Catalogue::builtin(), &ScanOptions::default()).unwrap()
}

/// The columns of every dump that has a truth file.
pub fn corpora_columns(folder: &Path) -> Vec<Measured> {
    let mut folders: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    folders.iter().filter_map(|folder| corpus_columns(folder)).collect()
}

fn corpus_columns(folder: &Path) -> Option<Measured> {
    let files = || fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let truth = files().find(|path| name_of(path).ends_with(".columns.csv"))?;
    let stem = name_of(&truth).strip_suffix(".columns.csv")?.to_owned();
    let wanted = [
        format!("{stem}.plain.sql.zst"),
        format!("{stem}.default.sql.zst"),
        format!("{stem}.dump.sql.zst"),
        format!("{stem}.csv"),
        format!("{stem}.text.csv.zst"),
        "userdata1.csv.zst".to_owned(),
    ];
    let input = wanted.iter().map(|name| folder.join(name)).find(|path| path.is_file())?;
    let mut reader = csv::Reader::from_path(&truth).unwrap();
    let truth: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let is_csv = name_of(&input).contains(".csv");
    let table = if is_csv { truth.first()?.get(0) } else { None };
    let found = scan_of(Input::path(&input), table, is_csv);
    let mut measured = Measured::new(&name_of(folder));
    for record in &truth {
        let personal = match &record[3] {
            "yes" => true,
            "no" => false,
            _ => continue,
        };
        let table = found.tables.iter().find(|table| {
            let name = table.name.to_string();
            name == record[0] || table.name.table == record[0]
        });
        let column = table.and_then(|table| table.columns.iter().find(|column| column.name == record[1]));
        let Some(column) = column else {
            assert!(table.is_none() && !personal, "{}.{}: no such column", &record[0], &record[1]);
            continue;
        };
        measured.count(personal, format!("{}.{}", &record[0], &record[1]), &record[4], &column.finding);
    }
    Some(measured)
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
