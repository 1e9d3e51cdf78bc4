//! Sums do not depend on the split of the rows, and a slow reading of small data finds the same.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::keys::KeyCounts;
use super::{Accumulator, Coverage, Criterion, Model, Status, Tally};
use crate::table::{Column, SchemaBuilder, Session, Span, TableName};

const DDL: [&str; 2] = [
    "CREATE TABLE public.p (id integer PRIMARY KEY, up integer REFERENCES public.p (id), paid boolean, n smallint)",
    "CREATE TABLE public.c (a integer, b boolean NOT NULL, FOREIGN KEY (a) REFERENCES public.p (id))",
];

fn model() -> Model {
    let mut builder = SchemaBuilder::new();
    for statement in DDL {
        builder.statement(statement.as_bytes(), &Session::default());
    }
    Model::new(&builder.finish())
}

type Rows = Vec<Vec<Option<&'static str>>>;

/// Adds rows to a table as one block.
fn add(seen: &mut Accumulator, model: &Model, table: usize, rows: &[Vec<Option<&str>>]) {
    let mut bytes = Vec::new();
    let width = model.tables[table].columns.len();
    let mut spans: Vec<Vec<Span>> = vec![Vec::new(); width];
    for row in rows {
        for (column, cell) in row.iter().enumerate() {
            let span = cell.map_or(Span::NULL, |cell| Span::raw(bytes.len(), cell.len()));
            bytes.extend_from_slice(cell.unwrap_or_default().as_bytes());
            spans[column].push(span);
        }
    }
    let columns: Vec<(usize, Column<'_>)> =
        spans.iter().enumerate().map(|(at, spans)| (at, Column::new(&bytes, &[], spans))).collect();
    seen.add(model, table, rows.len(), &columns);
}

fn cell(values: &'static [&'static str]) -> impl Strategy<Value = Option<&'static str>> {
    prop_oneof![1 => Just(None), 4 => proptest::sample::select(values).prop_map(Some)]
}

fn parents() -> impl Strategy<Value = Rows> {
    let row = (
        proptest::sample::select(&["1", "2", "3", "4", "5"][..]).prop_map(Some),
        cell(&["1", "2", "3"]),
        cell(&["t", "f"]),
        cell(&["0", "-1", "7", "32767"]),
    );
    proptest::collection::vec(row.prop_map(|(a, b, c, d)| vec![a, b, c, d]), 0..12)
}

fn children() -> impl Strategy<Value = Rows> {
    let row = (cell(&["1", "2", "3"]), proptest::sample::select(&["t", "f"][..]).prop_map(Some));
    proptest::collection::vec(row.prop_map(|(a, b)| vec![a, b]), 0..12)
}

fn tables(model: &Model) -> (usize, usize) {
    let table = |name: &str| model.table(&TableName::new("public", name)).unwrap();
    (table("p"), table("c"))
}

/// All requirements with their state, in order.
fn states(model: &Model, seen: &Accumulator) -> Vec<(String, Status)> {
    let mut all = Vec::new();
    Coverage::new(model, seen).each(&Criterion::ALL, &mut |one| all.push((one.id(model), one.status)));
    all
}

proptest! {
    #[test]
    fn any_split_of_the_rows_sums_to_the_same(
        parents in parents(),
        children in children(),
        cuts in proptest::collection::vec(0usize..4, 24),
    ) {
        let model = model();
        let (p, c) = tables(&model);
        let mut whole = Accumulator::default();
        add(&mut whole, &model, p, &parents);
        add(&mut whole, &model, c, &children);
        let mut parts = vec![Accumulator::default(); 4];
        for (row, part) in children.iter().zip(&cuts) {
            add(&mut parts[*part], &model, c, std::slice::from_ref(row));
        }
        for (row, part) in parents.iter().zip(cuts.iter().rev()) {
            add(&mut parts[*part], &model, p, std::slice::from_ref(row));
        }
        let mut sum = Accumulator::default();
        parts.into_iter().rev().for_each(|part| sum.merge(part));
        prop_assert_eq!(states(&model, &sum), states(&model, &whole));
        for table in [p, c] {
            let rows = |seen| Coverage::new(&model, seen).rows(table);
            prop_assert_eq!(rows(&sum), rows(&whole));
        }
    }

    #[test]
    fn a_slow_reading_finds_the_same(parents in parents(), children in children()) {
        let model = model();
        let (p, c) = tables(&model);
        let mut seen = Accumulator::default();
        add(&mut seen, &model, p, &parents);
        add(&mut seen, &model, c, &children);
        let satisfied: BTreeSet<String> = states(&model, &seen)
            .into_iter()
            .filter(|(_, status)| *status == Status::Satisfied)
            .map(|(id, _)| id)
            .collect();
        prop_assert_eq!(satisfied, expected(&parents, &children));
    }

    #[test]
    fn samples_of_keys_do_not_depend_on_the_order(
        hashes in proptest::collection::vec(any::<u64>().prop_map(|hash| hash << (hash % 7)), 0..200),
        cut in 0usize..200,
    ) {
        let count = |hashes: &[u64]| {
            let mut counts = KeyCounts::new(16);
            for hash in hashes {
                counts.add(*hash);
            }
            counts
        };
        let whole = count(&hashes);
        let (head, tail) = hashes.split_at(cut.min(hashes.len()));
        let mut sum = count(tail);
        sum.merge(count(head));
        prop_assert_eq!(sum.sorted(), whole.sorted());
        let reversed: Vec<u64> = hashes.iter().rev().copied().collect();
        prop_assert_eq!(count(&reversed).sorted(), whole.sorted());
        let (level, kept) = whole.sorted();
        prop_assert!(kept.len() <= 16);
        for (hash, times) in kept {
            prop_assert!(hash.trailing_zeros() >= level);
            prop_assert_eq!(times as usize, hashes.iter().filter(|other| **other == hash).count());
        }
    }
}

fn partition(column: &str, cell: Option<&str>) -> &'static str {
    match (column, cell) {
        (_, None) => "null",
        ("paid" | "b", Some("t")) => "true",
        ("paid" | "b", Some(_)) => "false",
        (_, Some("0")) => "at:0",
        (_, Some(number)) if number.starts_with('-') => "below:0",
        _ => "above:0",
    }
}

/// The names of the requirements that rows satisfy, found row by row and by counting.
fn expected(parents: &Rows, children: &Rows) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    let tables: [(&str, &[&str], &[&str], &Rows); 2] = [
        ("public.p", &["id", "up", "paid", "n"], &["up", "paid", "n"], parents),
        ("public.c", &["a", "b"], &["a"], children),
    ];
    for (table, columns, nullable, rows) in tables {
        for row in rows {
            for (second, name) in columns.iter().enumerate() {
                let two = partition(name, row[second]);
                all.insert(format!("VPC:{table}.{name}:{two}"));
                if row[second] == Some("32767") {
                    all.insert(format!("BVC:{table}.{name}:max"));
                }
                let state = |at: usize| if row[at].is_none() { "null" } else { "not null" };
                if nullable.contains(name) {
                    all.insert(format!("NC:{table}.{name}:{}", state(second)));
                }
                for first in 0..second {
                    let one = partition(columns[first], row[first]);
                    all.insert(format!("TWC:{table}.{}+{name}:{one}, {two}", columns[first]));
                    if nullable.contains(name) && nullable.contains(&columns[first]) {
                        let ways = format!("{}, {}", state(first), state(second));
                        all.insert(format!("NC:{table}.{}+{name}:{ways}", columns[first]));
                    }
                }
            }
            if row.iter().all(Option::is_some) {
                all.insert(format!("NC:{table}:a row without NULL"));
            }
            let mut may = (0..row.len()).filter(|at| nullable.contains(&columns[*at]));
            if may.all(|at| row[at].is_none()) {
                all.insert(format!("NC:{table}:a row with all NULL that may be"));
            }
        }
    }
    for (place, rows, column) in [("public.p.up", parents, 1), ("public.c.a", children, 0)] {
        for parent in parents {
            let count = rows.iter().filter(|row| row[column].is_some() && row[column] == parent[0]).count();
            let children = ["no child", "1 child", "2 children", "3 or more children"][count.min(3)];
            all.insert(format!("FCC:{place}:public.p:a parent with {children}"));
        }
        if rows.iter().any(|row| row[column].is_none()) {
            all.insert(format!("FCC:{place}:public.p:no parent"));
        }
    }
    if parents.iter().any(|row| row[1].is_some() && row[1] == row[0]) {
        all.insert("FCC:public.p.up:public.p:a row that is its own parent".into());
    }
    all
}

#[test]
fn without_rows_nothing_is_satisfied_and_what_cannot_be_is_infeasible() {
    let model = model();
    let seen = Accumulator::default();
    let tally = Tally::new(&Coverage::new(&model, &seen), &Criterion::ALL);
    assert_eq!((tally.total.satisfied, tally.total.unknown), (0, 0));
    let mut reasons = BTreeSet::new();
    Coverage::new(&model, &seen).each(&[Criterion::Vpc, Criterion::Bvc], &mut |one| {
        if let Status::Infeasible(reason) = &one.status {
            reasons.insert((one.id(&model), reason.clone()));
        }
    });
    let not_null = "the column is NOT NULL".to_owned();
    let expected = [("VPC:public.c.b:null", &not_null), ("VPC:public.p.id:null", &not_null)];
    assert_eq!(reasons, expected.map(|(id, reason)| (id.to_owned(), reason.clone())).into());
    let sum = tally.tables.iter().map(|table| table.total.open).sum::<u64>();
    assert_eq!(sum, tally.total.open);
}

#[test]
fn ids_are_unique() {
    let model = model();
    let all = states(&model, &Accumulator::default());
    let distinct: BTreeSet<&String> = all.iter().map(|(id, _)| id).collect();
    assert_eq!(distinct.len(), all.len());
}

#[test]
fn keys_beyond_the_bound_make_what_is_not_seen_unknown() {
    let model = model();
    let (p, _) = tables(&model);
    let mut seen = Accumulator::default();
    let ids: Vec<String> = (0..=super::keys::MOST_KEYS).map(|id| id.to_string()).collect();
    let rows: Vec<Vec<Option<&str>>> =
        ids.iter().map(|id| vec![Some(id.as_str()), None, None, None]).collect();
    add(&mut seen, &model, p, &rows);
    let all = states(&model, &seen);
    let state = |what: &str| {
        let id = format!("FCC:public.c.a:public.p:a parent with {what}");
        all.iter().find(|(known, _)| *known == id).map(|(_, status)| status.clone())
    };
    assert_eq!(state("no child"), Some(Status::Satisfied), "true of the sample, and so of all");
    assert!(matches!(state("1 child"), Some(Status::Unknown(_))));
}
