//! The evaluator of expressions gives the truth that PostgreSQL and SQLite give.

use rusqlite::Connection;
use scrub::synth::{Rules, Truth};
use scrub::table::{Dialect, SchemaBuilder, Session, TableName};

use crate::support::server::server;

/// Conditions over `i`, `n`, `f`, `t`, `d`, `b` that both databases read; PostgreSQL's own and SQLite's own follow.
const BOTH: &[&str] = &[
    "i > 3",
    "i >= -1 AND i < 10",
    "i = 5 OR n > 2.5",
    "NOT (i < 0)",
    "i BETWEEN -2 AND 5",
    "i NOT BETWEEN 0 AND 3",
    "i IN (1, 2, 5)",
    "i NOT IN (1, 2, NULL)",
    "i IS NULL",
    "i IS NOT NULL AND n IS NULL",
    "i + 1 = 6",
    "i * 2 - 3 > n",
    "i / 2 = 2",
    "i % 3 = 2",
    "-i < 0",
    "n / 2 > 0.7",
    "n * 1.5 <= 3",
    "i = n",
    "n <> 1.5",
    "t = 'abc'",
    "t <> 'ABC'",
    "t IN ('abc', 'x')",
    "length(t) > 2",
    "length(t) = 0",
    "upper(t) = 'ABC'",
    "lower(t) = t",
    "trim(t) = t",
    "t || 'x' = 'abcx'",
    "coalesce(t, 'none') = 'none'",
    "coalesce(i, n, 0) > 0",
    "abs(i) >= 2",
    "round(n) = 2",
    "replace(t, 'b', '') = 'ac'",
    "substr(t, 2, 1) = 'b'",
    "nullif(i, 5) IS NULL",
    "CASE WHEN i > 0 THEN t = 'abc' ELSE n IS NULL END",
    "CASE i WHEN 5 THEN 1 ELSE 0 END = 1",
    "t LIKE '%\\%' ESCAPE '\\'",
    "(i > 0) = (n > 0)",
    "i IS DISTINCT FROM 5",
    "i IS NOT DISTINCT FROM NULL",
    "(i, n) = (5, 1.5)",
    "f > 0.1 AND f < 1e3",
    "CAST(i AS text) = '5'",
    "CAST('12' AS integer) > i",
    "1 = 1",
    "NULL IS NULL",
    "i > 0 AND NULL",
];

const POSTGRES: &[&str] = &[
    "((i >= 0) AND (i <= 5))",
    "((t)::text = ANY ((ARRAY['abc'::character varying, 'x'::character varying])::text[]))",
    "i = ANY (ARRAY[1, 5])",
    "i <> ALL (ARRAY[1, 5])",
    "i > ALL ('{1,2}'::int[])",
    "t ~ '^[a-c]+$'",
    "t !~* 'B'",
    "t ILIKE 'AB_'",
    "t ~~ 'a%'::text",
    "t NOT LIKE '%c'",
    "t SIMILAR TO '(a|x)[bc]+'",
    "((t)::text ~ similar_to_escape('a%'::text))",
    "char_length(t) BETWEEN 1 AND 3",
    "btrim(t) <> ''::text",
    "b",
    "NOT b",
    "b IS TRUE",
    "b IS NOT FALSE",
    "b IS UNKNOWN",
    "b = true",
    "d > '2000-01-01'::date",
    "d >= DATE '2020-02-29'",
    "d + 1 > '2020-02-29'",
    "d - DATE '2020-01-01' = 59",
    "EXTRACT(year FROM d) = 2020",
    "date_part('month'::text, d) = (2)::double precision",
    "d + interval '1 month' < '2020-04-01'",
    "(n)::integer = 2",
    "i::text || t = '5abc'",
    "greatest(i, 3) = 5",
    "least(i, n) = n",
    "num_nonnulls(i, n, t) = 3",
    "position('b' in t) = 2",
    "left(t, 1) = 'a'",
    "right(t, 1) = 'c'",
    "i ^ 2 = 25",
    "n::numeric(4,1) = 1.5",
    "floor(n) = 1",
    "ceil(n) = 2",
    "mod(i, 2) = 1",
    "concat(t, NULL) = 'abc'",
    "t < 'abd' COLLATE \"C\"",
    "i = 5 IS TRUE",
    "t IS NULL = false",
    "extract(isodow from d) < 6",
    "sign(i) = 1",
    "trunc(n) = 1",
    "reverse(t) = 'cba'",
    "trim(both 'a' from t) = 'bc'",
];

const SQLITE: &[&str] = &[
    "t GLOB 'a*'",
    "t GLOB '[a-c]bc'",
    "t LIKE 'A%'",
    "t == 'abc'",
    "i == '5'",
    "t = 5",
    "i IS 5",
    "n IS NOT 1.5",
    "t < 'abd'",
    "i ISNULL",
    "t NOTNULL",
    "ifnull(i, 7) = 7",
    "b",
    "NOT b",
    "b = 1",
    "\"i\" > [n]",
    "i <> 5 = 0",
    "t COLLATE NOCASE = 'ABC'",
    "iif(i > 3, 1, 0)",
    "t > 5",
    "instr(t, 'b') = 2",
    "i + '1' = 6",
    "i < 10 = 1",
];

const ROWS: &[[Option<&str>; 6]] = &[
    [Some("5"), Some("1.5"), Some("0.25"), Some("abc"), Some("2020-02-29"), Some("t")],
    [Some("-3"), Some("-2.75"), Some("100"), Some("ABC"), Some("1999-12-31"), Some("f")],
    [Some("0"), Some("0"), Some("0"), Some(""), Some("2020-03-01"), None],
    [None, None, None, None, None, None],
    [Some("2"), Some("2.5"), Some("2"), Some(" ab%"), Some("2024-01-15"), Some("t")],
    [Some("1"), None, Some("7.5"), Some("x"), None, Some("f")],
    [None, Some("3"), None, Some("abc"), Some("2000-01-01"), Some("t")],
];

fn rules(ddl: &str, condition: &str, dialect: Dialect) -> Rules {
    let mut session = Session::default();
    session.dialect = dialect;
    if dialect == Dialect::Sqlite {
        session.schema = String::new();
    }
    let mut builder = SchemaBuilder::new();
    builder
        .statement(format!("CREATE TABLE t ({ddl}, CONSTRAINT c CHECK ({condition}))").as_bytes(), &session);
    Rules::new(&builder.finish(), dialect)
}

fn ours(rules: &Rules, name: &TableName, row: &[Option<&str>]) -> Truth {
    let table = rules.table(name).unwrap();
    let verdicts = table.verdicts(row);
    verdicts.into_iter().find(|(constraint, _)| constraint.id == "check(c)").unwrap().1
}

fn literal(cell: Option<&str>) -> String {
    cell.map_or("NULL".into(), |text| format!("'{}'", text.replace('\'', "''")))
}

/// What is known must be right, and of these conditions nearly all has to be known.
fn compare(conditions: &[&str], known: usize, unknown: &[String], wrong: &[String]) {
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(unknown.len() * 50 < known, "{} of {known}: {unknown:?} ({})", unknown.len(), conditions.len());
}

#[test]
fn conditions_are_what_postgresql_says() {
    let Some(server) = server() else { return };
    let ddl = "i integer, n numeric, f double precision, t text, d date, b boolean";
    let conditions: Vec<&str> = BOTH.iter().chain(POSTGRES).copied().collect();
    let mut sql = String::new();
    for row in ROWS {
        let cells: Vec<String> = row
            .iter()
            .zip(["integer", "numeric", "double precision", "text", "date", "boolean"])
            .map(|(cell, own)| format!("{}::{own}", literal(*cell)))
            .collect();
        for condition in &conditions {
            let cells = cells.join(", ");
            sql += &format!(
                "SELECT coalesce(({condition})::text, 'null') FROM (VALUES ({cells})) AS v (i, n, f, t, d, b);\n"
            );
        }
    }
    let answers = server.psql("postgres", &sql);
    let mut answers = answers.lines();
    let (mut unknown, mut wrong, mut known) = (Vec::new(), Vec::new(), 0);
    for row in ROWS {
        for condition in &conditions {
            let own = ours(&rules(ddl, condition, Dialect::Postgres), &TableName::new("public", "t"), row);
            let theirs = match answers.next().unwrap() {
                "true" => Truth::True,
                "false" => Truth::False,
                _ => Truth::Null,
            };
            match own {
                Truth::Unknown => unknown.push(format!("{condition} {row:?}")),
                own if own == theirs => known += 1,
                own => wrong.push(format!("{condition} {row:?}: {own:?}, and PostgreSQL says {theirs:?}")),
            }
        }
    }
    compare(&conditions, known, &unknown, &wrong);
}

#[test]
fn conditions_are_what_sqlite_says() {
    let ddl = "i INTEGER, n NUMERIC, f REAL, t TEXT, d DATE, b BOOLEAN";
    let connection = Connection::open_in_memory().unwrap();
    connection.execute_batch(&format!("CREATE TABLE t ({ddl})")).unwrap();
    let conditions: Vec<&str> = BOTH.iter().chain(SQLITE).copied().collect();
    let (mut unknown, mut wrong, mut known) = (Vec::new(), Vec::new(), 0);
    for row in ROWS {
        let mut row = *row;
        row[5] = row[5].map(|truth| if truth == "t" { "1" } else { "0" });
        connection.execute_batch("DELETE FROM t").unwrap();
        let cells: Vec<String> = row.iter().map(|cell| literal(*cell)).collect();
        connection.execute_batch(&format!("INSERT INTO t VALUES ({})", cells.join(", "))).unwrap();
        for condition in &conditions {
            let sql =
                format!("SELECT CASE WHEN ({condition}) THEN 1 WHEN NOT ({condition}) THEN 0 END FROM t");
            let theirs: Option<i64> = connection.query_row(&sql, [], |row| row.get(0)).unwrap();
            let theirs = theirs.map_or(Truth::Null, |one| if one == 1 { Truth::True } else { Truth::False });
            let own = ours(&rules(ddl, condition, Dialect::Sqlite), &TableName::new("", "t"), &row);
            match own {
                Truth::Unknown => unknown.push(format!("{condition} {row:?}")),
                own if own == theirs => known += 1,
                own => wrong.push(format!("{condition} {row:?}: {own:?}, and SQLite says {theirs:?}")),
            }
        }
    }
    compare(&conditions, known, &unknown, &wrong);
}
