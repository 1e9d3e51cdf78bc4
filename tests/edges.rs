//! Edge cases against the real databases: each takes, changes or refuses a value as the catalogue says.

use scrub::synth::{EdgeCatalogue, Engine, Verdict};

use crate::support::mariadb::mariadb;
use crate::support::server::server;

const TODAY: &str = "2026-01-31";

/// A class that a database is asked about.
struct Question {
    id: &'static str,
    column: &'static str,
    cell: String,
    verdict: &'static Verdict,
}

/// Classes with a verdict whose value can be written into a statement.
fn questions(engine: Engine) -> Vec<Question> {
    let edges = EdgeCatalogue::builtin();
    let asked = edges.classes().iter().filter_map(|class| {
        let column = edges.column_type(class, engine)?;
        let verdict = Some(class.verdict(engine)).filter(|verdict| **verdict != Verdict::Unknown)?;
        let cell = String::from_utf8(class.cell(Some(10), TODAY)?).ok()?;
        // No statement of PostgreSQL can hold a zero byte; that it is refused is not the column's doing.
        (!cell.contains('\0')).then_some(Question { id: &class.id, column, cell, verdict })
    });
    asked.collect()
}

/// Compares what was read back, by the number of the question, as hexadecimal digits.
fn judge(engine: Engine, questions: &[Question], answers: &str) {
    let mut back: Vec<Option<String>> = vec![None; questions.len()];
    for line in answers.lines() {
        let (number, hex) = line.split_once('\t').unwrap_or((line, ""));
        let bytes = data_encoding::HEXLOWER_PERMISSIVE.decode(hex.as_bytes()).unwrap();
        back[number.parse::<usize>().unwrap()] = Some(String::from_utf8(bytes).unwrap());
    }
    let wrong: Vec<String> = questions
        .iter()
        .zip(&back)
        .filter(|(question, back)| match question.verdict {
            Verdict::Kept => back.as_deref() != Some(&*question.cell),
            Verdict::Becomes(text) => back.as_deref() != Some(text),
            _ => back.is_some(),
        })
        .map(|(question, back)| {
            let said = format!("{:?}", question.verdict);
            format!(
                "{}: {} said, {:?} seen",
                question.id,
                said,
                back.as_deref().map(|text| text.chars().take(60).collect::<String>())
            )
        })
        .collect();
    assert!(wrong.is_empty(), "{engine:?}, {} of {}:\n{}", wrong.len(), questions.len(), wrong.join("\n"));
    assert!(questions.len() > 300, "{}", questions.len());
}

fn columns(questions: &[Question]) -> Vec<&'static str> {
    let mut columns: Vec<&'static str> = questions.iter().map(|question| question.column).collect();
    columns.sort_unstable();
    columns.dedup();
    columns
}

#[test]
fn postgresql_does_what_the_catalogue_says() {
    let Some(server) = server() else { return };
    let database = server.create("edges");
    let questions = questions(Engine::PostgreSql);
    let columns = columns(&questions);
    let mut script = String::from("SET client_min_messages = error; SET TimeZone = 'UTC';\n");
    for (number, column) in columns.iter().enumerate() {
        script.push_str(&format!("CREATE TABLE t{number} (n int, x {column});\n"));
    }
    for (number, question) in questions.iter().enumerate() {
        let table = columns.iter().position(|column| *column == question.column).unwrap();
        let literal = question.cell.replace('\'', "''");
        script.push_str(&format!("INSERT INTO t{table} VALUES ({number}, '{literal}');\n"));
    }
    database.restore(script.as_bytes());
    let selects: Vec<String> = (0..columns.len())
        .map(|table| {
            format!("SELECT n || E'\\t' || encode(convert_to(x::text, 'UTF8'), 'hex') FROM t{table}")
        })
        .collect();
    let sql = format!("SET TimeZone = 'UTC';\n{};", selects.join(" UNION ALL "));
    judge(Engine::PostgreSql, &questions, &database.psql(&sql));
}

#[test]
fn mariadb_does_what_the_catalogue_says() {
    let Some(server) = mariadb() else { return };
    let database = server.create("edges");
    let questions = questions(Engine::MySql);
    let columns = columns(&questions);
    let mut script = String::from("SET sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE';\n");
    for (number, column) in columns.iter().enumerate() {
        script.push_str(&format!("CREATE TABLE t{number} (n int, x {column}) CHARACTER SET utf8mb4;\n"));
    }
    for (number, question) in questions.iter().enumerate() {
        let table = columns.iter().position(|column| *column == question.column).unwrap();
        let literal = question.cell.replace('\\', "\\\\").replace('\'', "''");
        // The client would make one character of two.
        let literal = literal.replace('\r', "\\r").replace('\n', "\\n");
        script.push_str(&format!("INSERT INTO t{table} VALUES ({number}, '{literal}');\n"));
    }
    database.run_over_errors(script.as_bytes());
    let selects: Vec<String> = (0..columns.len())
        .map(|table| format!("SELECT n, lower(hex(convert(x USING utf8mb4))) FROM t{table}"))
        .collect();
    judge(Engine::MySql, &questions, &database.query(&selects.join(" UNION ALL ")));
}
