//! The solver against a checker of its own: SQLite evaluates each condition for every row of a small world.
//!
//! Conditions compare whole numbers from -3 to 3 with up to three columns, so that a world from -8 to 8 and NULL has every
//! order of columns and constants that there is.

use proptest::prelude::*;
use rusqlite::Connection;
use scrub::synth::{Completion, Outcome, Rules, Solver, Truth};
use scrub::table::{Dialect, SchemaBuilder, Session, TableName};

use super::prf;

fn operand() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => prop::sample::select(vec!["a", "b", "c"]).prop_map(str::to_owned),
        2 => (-3..4_i32).prop_map(|number| number.to_string()),
    ]
}

fn leaf() -> impl Strategy<Value = String> {
    let column = || prop::sample::select(vec!["a", "b", "c"]);
    let operator = prop::sample::select(vec!["=", "<>", "<", "<=", ">", ">="]);
    prop_oneof![
        6 => (operand(), operator, operand()).prop_map(|(a, operator, b)| format!("{a} {operator} {b}")),
        1 => column().prop_map(|column| format!("{column} IS NULL")),
        1 => column().prop_map(|column| format!("{column} IS NOT NULL")),
        1 => (column(), -3..2_i32, 0..4_i32).prop_map(|(column, low, more)| format!("{column} BETWEEN {low} AND {}", low + more)),
        1 => (column(), prop::collection::vec(-3..4_i32, 1..4)).prop_map(|(column, list)| {
            let list: Vec<String> = list.iter().map(ToString::to_string).collect();
            format!("{column} IN ({})", list.join(", "))
        }),
    ]
}

fn condition() -> impl Strategy<Value = String> {
    leaf().prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) AND ({b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) OR ({b})")),
            inner.prop_map(|a| format!("NOT ({a})")),
        ]
    })
}

fn rules(nullable: [bool; 3], checks: &[&str]) -> Rules {
    let columns: Vec<String> = ["a", "b", "c"]
        .iter()
        .zip(nullable)
        .map(|(name, nullable)| format!("{name} integer{}", if nullable { "" } else { " NOT NULL" }))
        .collect();
    let checks: Vec<String> = checks
        .iter()
        .enumerate()
        .map(|(number, check)| format!(", CONSTRAINT c{number} CHECK ({check})"))
        .collect();
    let mut builder = SchemaBuilder::new();
    let sql = format!("CREATE TABLE t ({}{})", columns.join(", "), checks.concat());
    builder.statement(sql.as_bytes(), &Session::default());
    Rules::new(&builder.finish(), Dialect::Postgres)
}

/// How many rows of the small world meet a condition.
fn count(connection: &Connection, nullable: [bool; 3], condition: &str) -> i64 {
    let world = |nullable: bool| {
        let numbers: Vec<String> = (-8..=8).map(|number| format!("({number})")).collect();
        format!("(VALUES {}{})", numbers.join(", "), if nullable { ", (NULL)" } else { "" })
    };
    let sql = format!(
        "SELECT count(*) FROM (SELECT x.column1 AS a, y.column1 AS b, z.column1 AS c FROM {} x, {} y, {} z) WHERE {condition}",
        world(nullable[0]),
        world(nullable[1]),
        world(nullable[2])
    );
    connection.query_row(&sql, [], |row| row.get(0)).unwrap()
}

fn outcome(rules: &Rules, id: &str) -> Outcome {
    let table = rules.table(&TableName::new("public", "t")).unwrap();
    let requirement = table.requirements().into_iter().find(|requirement| requirement.id == id).unwrap();
    Solver::new(rules, prf()).solve(&requirement)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn a_truth_is_reached_exactly_when_some_row_reaches_it(condition in condition(), nullable in any::<[bool; 3]>()) {
        let connection = Connection::open_in_memory().unwrap();
        let rules = rules(nullable, &[&condition]);
        for (name, test) in [("true", "IS TRUE"), ("false", "IS FALSE"), ("null", "IS NULL")] {
            let there = count(&connection, nullable, &format!("({condition}) {test}"));
            match outcome(&rules, &format!("cond_aicc/check(c0)/condition {name}")) {
                Outcome::Solved(_) => prop_assert!(there > 0, "{condition} is never {name}"),
                Outcome::Infeasible(proof) => prop_assert!(there == 0, "{condition} is {name} in {there} rows: {proof}"),
                _ => prop_assert!(false, "{condition} {name}: unknown, and {there} rows"),
            }
        }
    }

    #[test]
    fn one_check_is_broken_alone_exactly_when_some_row_does(first in condition(), second in condition(), nullable in any::<[bool; 3]>()) {
        let connection = Connection::open_in_memory().unwrap();
        let rules = rules(nullable, &[&first, &second]);
        let there = count(&connection, nullable, &format!("({first}) IS FALSE AND ({second}) IS NOT FALSE"));
        match outcome(&rules, "aicc/check(c0)/false") {
            Outcome::Solved(case) => {
                prop_assert!(there > 0);
                let table = rules.table(&case.table).unwrap();
                let broken: Vec<String> = table.verdicts(&case.row.cells).into_iter()
                    .filter(|(_, truth)| *truth == Truth::False)
                    .map(|(constraint, _)| constraint.id.clone())
                    .collect();
                prop_assert_eq!(broken, vec!["check(c0)".to_owned()]);
            }
            Outcome::Infeasible(proof) => prop_assert!(there == 0, "{first} / {second}: {proof}"),
            _ => prop_assert!(false, "unknown: {first} / {second}, and {there} rows"),
        }
    }

    #[test]
    fn a_row_is_completed_exactly_when_it_can_be(condition in condition(), a in proptest::option::of(-4..5_i32), nullable in any::<[bool; 3]>()) {
        let connection = Connection::open_in_memory().unwrap();
        let rules = rules(nullable, &[&condition]);
        let table = rules.table(&TableName::new("public", "t")).unwrap();
        let given = a.map_or("a IS NULL".to_owned(), |a| format!("a = {a}"));
        let there = count(&connection, nullable, &format!("({condition}) IS NOT FALSE AND {given}"));
        let cells = [Some(a.map(|a| a.to_string())), None, None];
        match Solver::new(&rules, prf()).complete(table, &cells, &[], "row") {
            Completion::Row(row) => {
                prop_assert!(there > 0);
                prop_assert_eq!(table.accepts(&row), Truth::True);
                prop_assert_eq!(&row[0], &a.map(|a| a.to_string()));
            }
            Completion::Impossible => prop_assert!(there == 0, "{condition} {a:?}"),
            _ => prop_assert!(false, "unknown: {condition} {a:?}, and {there} rows"),
        }
    }
}

/// Whether two rows are the same for a key: all its columns have values, the same ones.
fn same(key: &[usize], a: [Option<u8>; 3], b: [Option<u8>; 3]) -> bool {
    key.iter().all(|at| a[*at].is_some() && a[*at] == b[*at])
}

proptest! {
    #[test]
    fn one_key_is_broken_alone_exactly_when_two_rows_can(
        keys in prop::collection::btree_set(prop::sample::subsequence(vec![0_usize, 1, 2], 1..=3), 1..4),
        nullable in any::<[bool; 3]>(),
        domain in prop::sample::select(vec!["integer", "boolean"]),
    ) {
        let names = ["a", "b", "c"];
        let columns: Vec<String> = (0..3)
            .map(|at| format!("{} {domain}{}", names[at], if nullable[at] { "" } else { " NOT NULL" }))
            .collect();
        let keys: Vec<Vec<usize>> = keys.into_iter().collect();
        let constraints: Vec<String> = keys
            .iter()
            .enumerate()
            .map(|(number, key)| {
                let columns: Vec<&str> = key.iter().map(|at| names[*at]).collect();
                format!(", CONSTRAINT k{number} UNIQUE ({})", columns.join(", "))
            })
            .collect();
        let mut builder = SchemaBuilder::new();
        let sql = format!("CREATE TABLE t ({}{})", columns.join(", "), constraints.concat());
        builder.statement(sql.as_bytes(), &Session::default());
        let rules = Rules::new(&builder.finish(), Dialect::Postgres);
        // Two values and NULL are enough for two rows.
        let cell = |at: usize| [Some(0), Some(1), None].into_iter().filter(move |cell| cell.is_some() || nullable[at]);
        let rows = || cell(0).flat_map(move |a| cell(1).flat_map(move |b| cell(2).map(move |c| [a, b, c])));
        for (number, key) in keys.iter().enumerate() {
            let others = || keys.iter().filter(|other| *other != key);
            let there = rows().any(|first| {
                rows().any(|row| same(key, first, row) && others().all(|other| !same(other, first, row)))
            });
            match outcome(&rules, &format!("aicc/unique(k{number})/false")) {
                Outcome::Solved(_) => prop_assert!(there, "{sql}"),
                Outcome::Infeasible(proof) => prop_assert!(!there, "{sql}: {proof}"),
                _ => prop_assert!(false, "unknown: {sql}, and it {}", if there { "can be" } else { "cannot be" }),
            }
        }
    }
}

#[test]
fn the_same_key_gives_the_same_rows_and_a_new_column_changes_no_other() {
    let sql = |more: &str| {
        let mut builder = SchemaBuilder::new();
        let sql =
            format!("CREATE TABLE t (a integer PRIMARY KEY, b text NOT NULL CHECK (length(b) > 2){more})");
        builder.statement(sql.as_bytes(), &Session::default());
        Rules::new(&builder.finish(), Dialect::Postgres)
    };
    let rows = |rules: &Rules| {
        let table = rules.table(&TableName::new("public", "t")).unwrap();
        let solved = Solver::new(rules, prf()).solve_table(table);
        let cells = solved.into_iter().filter_map(|(requirement, outcome)| match outcome {
            Outcome::Solved(case) => Some((requirement.id, case.row.cells[..2].to_vec())),
            _ => None,
        });
        cells.collect::<std::collections::BTreeMap<_, _>>()
    };
    let (before, again, after) = (rows(&sql("")), rows(&sql("")), rows(&sql(", c date")));
    assert_eq!(before, again);
    assert!(before.iter().all(|(id, row)| after.get(id) == Some(row)), "{before:#?}\n{after:#?}");
}

#[test]
fn conditions_of_any_text_and_depth_are_taken_without_a_panic() {
    for condition in [
        vec!["a"; 4000].join(" || "),
        vec!["a"; 4000].join(" = "),
        "(".repeat(5000),
        format!("{}a", "NOT ".repeat(900)),
        "a = ".repeat(2000),
        "-".repeat(9000),
        "a::".repeat(500),
    ] {
        let deep = rules([true; 3], &[&condition]);
        deep.table(&TableName::new("public", "t")).unwrap().accepts(&[Some("1"), None, Some("2")]);
    }
    // As deep as it gets, on the small stack of a test's thread: 40 brackets with 55 operators each.
    let deep = (0..40).fold("a".to_owned(), |inner, _| format!("({inner}){}", " + 1".repeat(4)));
    let long = format!("a{} > 0", " + 1".repeat(55));
    let wide = vec!["a > 1"; 2_000].join(" OR ");
    for (condition, read) in [
        (format!("{deep} > 0"), true),
        (long, true),
        (wide, true),
        (format!("a{}", " + 1".repeat(4_000)), false),
    ] {
        let rules = rules([true; 3], &[&condition]);
        let table = rules.table(&TableName::new("public", "t")).unwrap();
        let known = table.verdicts(&[Some("1"), None, None]).last().unwrap().1 != Truth::Unknown;
        assert_eq!(known, read);
        Solver::new(&rules, prf()).complete(table, &[], &[], "deep");
    }
    proptest!(|(text in "[a-c '\"()\\[\\],.:=<>!0-9\\-+*/%|~é]{0,60}|( ?(a|b|CASE|WHEN|IN|NOT|BETWEEN|LIKE|IS|NULL|AND|OR|\\(|\\)|=|'x'|1)){0,20}")| {
        for dialect in [Dialect::Postgres, Dialect::MySql, Dialect::Sqlite] {
            let mut session = Session::default();
            session.dialect = dialect;
            let mut builder = SchemaBuilder::new();
            builder.statement(format!("CREATE TABLE t (a integer, b text, c date, CHECK ({text}))").as_bytes(), &session);
            let rules = Rules::new(&builder.finish(), dialect);
            for table in rules.tables() {
                table.accepts(&[Some("1"), Some("x"), None]);
            }
        }
    });
}
