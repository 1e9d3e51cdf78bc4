//! Partitions held against a slow reading of the same rules, and what CHECKs prove.

use proptest::prelude::*;

use super::ColumnPartitions;
use crate::table::{Check, Schema, SchemaBuilder, Session, TableName};

fn schema(ddl: &[&str]) -> Schema {
    let mut builder = SchemaBuilder::new();
    for statement in ddl {
        builder.statement(statement.as_bytes(), &Session::default());
    }
    builder.finish()
}

/// The partitions of the column `c` of a table of that declaration.
fn of(declaration: &str) -> ColumnPartitions {
    let schema = schema(&[
        "CREATE TYPE public.state AS ENUM ('new', 'paid', 'it''s')",
        "CREATE DOMAIN public.percent AS integer CHECK (VALUE >= 0 AND VALUE <= 100)",
        &format!("CREATE TABLE public.t (c {declaration})"),
    ]);
    let table = &schema.tables[&TableName::new("public", "t")];
    ColumnPartitions::new(&schema, table, &table.columns[0])
}

fn names(column: &ColumnPartitions, cell: Option<&str>) -> (String, Vec<String>) {
    let class = column.classify(cell.map(str::as_bytes));
    let boundaries = column.boundaries.iter().enumerate();
    let at = boundaries.filter(|(number, _)| class.boundaries & (1 << number) != 0);
    (column.partitions[usize::from(class.partition)].id.clone(), at.map(|(_, b)| b.id.clone()).collect())
}

fn infeasible(column: &ColumnPartitions) -> Vec<&str> {
    let all = column.partitions.iter().chain(&column.boundaries);
    all.filter(|partition| partition.infeasible.is_some()).map(|partition| partition.id.as_str()).collect()
}

#[test]
fn cells_are_where_they_belong() {
    for (declaration, cell, partition, boundaries) in [
        ("smallint", "0", "at:0", &[][..]),
        ("smallint", "-32768", "below:0", &["min"]),
        ("smallint", "32766", "above:0", &["max-1"]),
        ("numeric(4,2)", "0.50", "between:0:1", &[]),
        ("numeric(4,2)", "-0.01", "below:0", &[]),
        ("numeric(4,2)", "99.99", "above:1", &["max"]),
        ("numeric", "0.0000001", "between:0:1", &[]),
        ("numeric", "-0.0000001", "below:0", &[]),
        ("numeric", "1.0000001", "above:1", &[]),
        ("numeric", "NaN", "no finite number", &[]),
        ("double precision", "1e300", "above:1", &[]),
        ("double precision", "-1e-300", "below:0", &[]),
        ("double precision", "-Infinity", "no finite number", &[]),
        ("integer CHECK (c > 10)", "11", "above:10", &["at:11"]),
        ("numeric(6,2) CHECK (c >= 2.5)", "2.49", "between:1:2.5", &["at:2.49"]),
        ("varchar(4)", "", "empty", &[]),
        ("varchar(4)", " \t", "blank", &[]),
        ("varchar(4)", "x", "plain ASCII", &["length:1"]),
        ("varchar(4)", "abc", "plain ASCII", &["length:max-1"]),
        ("varchar(4)", "äöüß", "other than ASCII", &["length:max"]),
        ("varchar(4)", "😀", "beyond the BMP", &["length:1"]),
        ("varchar(4)", "e\u{301}", "combining or invisible", &[]),
        ("varchar(4)", "NULL", "reserved word", &["length:max"]),
        ("text", "a,b", "delimiters", &[]),
        ("text", "0815", "digits", &[]),
        ("text", " ab", "space at an end", &[]),
        ("date", "2024-02-29", "leap day", &[]),
        ("date", "2023-02-28", "end of month", &[]),
        ("date", "2024-02-28", "1970 to 2037", &[]),
        ("date", "1970-01-01", "epoch", &["first of january"]),
        ("date", "infinity", "unbounded", &[]),
        ("date", "0044-03-15 BC", "sentinel", &[]),
        (
            "timestamp",
            "2038-12-31 23:59:59.5",
            "end of month",
            &["last of december", "last second of day", "fraction of a second"],
        ),
        ("timestamp", "1999-05-05 00:00:00", "1970 to 2037", &["midnight"]),
        ("boolean", "t", "true", &[]),
        ("boolean", "f", "false", &[]),
        ("public.state", "it's", "label:it's", &[]),
        ("public.state", "gone", "other", &[]),
        ("uuid", "00000000-0000-0000-0000-000000000000", "nil", &[]),
        ("uuid", "6f2a0a56-9d8a-4b7e-8a52-0f3a3c1a2b4c", "version:4", &[]),
        ("jsonb", "{ }", "empty object", &[]),
        ("jsonb", "[1]", "array", &[]),
        ("bytea", "\\x", "empty", &[]),
        ("text[]", "{a}", "value", &[]),
    ] {
        let column = of(declaration);
        let expected = (partition.to_owned(), boundaries.iter().map(|b| (*b).to_owned()).collect());
        assert_eq!(names(&column, Some(cell)), expected, "{declaration}: {cell}");
        assert_eq!(names(&column, None).0, "null");
    }
}

#[test]
fn checks_prove_what_no_row_can_be() {
    for (declaration, expected) in [
        ("integer NOT NULL", &["null"][..]),
        ("smallint CHECK (c > 0)", &["below:0", "at:0", "min", "min+1", "at:-1", "at:0"]),
        ("smallint CHECK (c >= 0)", &["below:0", "min", "min+1", "at:-1"]),
        (
            "smallint CHECK ((c > 0) AND (c <= (5)::smallint))",
            &["below:0", "at:0", "above:5", "min", "min+1", "at:-1", "at:0", "at:6", "max-1", "max"],
        ),
        (
            "numeric(3,1) CHECK (c < 0.0)",
            &["at:0", "between:0:1", "at:1", "above:1", "at:0", "at:0.1", "max-1", "max"],
        ),
        ("numeric(3,1) CHECK (0 <= c)", &["below:0", "min", "min+1", "at:-0.1"]),
        ("smallint CHECK (c BETWEEN -0.5 AND 0.5)", &["below:0", "above:0", "min", "min+1", "max-1", "max"]),
        ("public.percent", &["below:0", "above:100", "min", "min+1", "at:-1", "at:101", "max-1", "max"]),
        ("text CHECK (c = ANY (ARRAY['a'::text, 'b'::text]))", &["other"]),
        (
            "varchar(9) CHECK (((c)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[])))",
            &["other"],
        ),
        ("text CHECK (c IN ('a', 'b'))", &["other"]),
        ("public.state", &["other"]),
    ] {
        let column = of(declaration);
        assert_eq!(infeasible(&column), expected, "{declaration}");
        assert_eq!(column.unsure, None, "{declaration}");
    }
}

#[test]
fn what_is_not_understood_proves_nothing() {
    for check in [
        "c > 0 OR c < -5",
        "NOT (c > 0)",
        "abs(c) > 3",
        "c - 5 > 3",
        "c > c",
        "c % 2 = 0",
        "-c > 3",
        "c <> 4",
        "c = ANY (ARRAY[1, 2])",
        "(c > 0) = true",
        "c > 0x10",
        "c > 1e3",
    ] {
        let column = of(&format!("integer CHECK ({check})"));
        assert_eq!(infeasible(&column), [""; 0], "{check}");
        assert!(column.unsure.is_some(), "{check}");
    }
    let two = schema(&["CREATE TABLE public.t (c integer, d integer, CHECK (c < d))"]);
    let table = &two.tables[&TableName::new("public", "t")];
    assert!(ColumnPartitions::new(&two, table, &table.columns[1]).unsure.is_some());
}

#[test]
fn names_in_brackets_and_of_another_case_are_the_column() {
    for expression in ["[Discount] >= (0)", "discount>=0", "(\"Discount\">=(0))", "`Discount` >= 0"] {
        let mut schema = schema(&["CREATE TABLE public.t (\"Discount\" smallint)"]);
        let table = schema.tables.get_mut(&TableName::new("public", "t")).unwrap();
        table.checks.push(Check::new(None, vec!["Discount".into()], expression));
        let table = table.clone();
        let column = ColumnPartitions::new(&schema, &table, &table.columns[0]);
        assert_eq!(infeasible(&column), ["below:0", "min", "min+1", "at:-1"], "{expression}");
        assert_eq!(column.unsure, None, "{expression}");
    }
}

/// Where a number of hundredths lies among cut points, by comparing it with each.
fn slow(hundredths: i64, cuts: &[(i64, &str)]) -> String {
    for (place, (cut, name)) in cuts.iter().enumerate() {
        if hundredths == *cut {
            return format!("at:{name}");
        }
        if hundredths < *cut {
            return match place {
                0 => format!("below:{name}"),
                _ => format!("between:{}:{name}", cuts[place - 1].1),
            };
        }
    }
    format!("above:{}", cuts[cuts.len() - 1].1)
}

proptest! {
    #[test]
    fn numbers_are_where_a_slow_reading_puts_them(hundredths in prop_oneof![-300i64..1200, -99_999i64..99_999]) {
        let column = of("numeric(5,2) CHECK (c <> 2.5 AND c <> 10)");
        let sign = if hundredths < 0 { "-" } else { "" };
        let text = format!("{sign}{}.{:02}", hundredths.abs() / 100, hundredths.abs() % 100);
        let cuts = [(0, "0"), (100, "1"), (250, "2.5"), (1000, "10")];
        prop_assert_eq!(names(&column, Some(&text)).0, slow(hundredths, &cuts));
        let at = |name: &str| names(&column, Some(&text)).1.contains(&name.to_owned());
        prop_assert_eq!(at("at:2.5"), hundredths == 250);
        prop_assert_eq!(at("at:9.99"), hundredths == 999);
        prop_assert_eq!(at("max"), hundredths == 99_999);
        prop_assert_eq!(at("min+1"), hundredths == -99_998);
    }

    #[test]
    fn text_is_where_a_slow_reading_puts_it(text in "[ a-c0-9,\u{e9}\u{301}\u{1f600}]{0,4}") {
        let column = of("varchar(3)");
        let chars: Vec<char> = text.chars().collect();
        let expected = if text.is_empty() {
            "empty"
        } else if chars.contains(&'\u{1f600}') {
            "beyond the BMP"
        } else if chars.contains(&'\u{301}') {
            "combining or invisible"
        } else if chars.contains(&'\u{e9}') {
            "other than ASCII"
        } else if text.trim().is_empty() {
            "blank"
        } else if chars.contains(&',') {
            "delimiters"
        } else if chars.iter().all(char::is_ascii_digit) {
            "digits"
        } else if text.trim() != text {
            "space at an end"
        } else {
            "plain ASCII"
        };
        let (partition, boundaries) = names(&column, Some(&text));
        prop_assert_eq!(partition, expected);
        prop_assert_eq!(boundaries.contains(&"length:1".to_owned()), chars.len() == 1);
        prop_assert_eq!(boundaries.contains(&"length:max-1".to_owned()), chars.len() == 2);
        prop_assert_eq!(boundaries.contains(&"length:max".to_owned()), chars.len() == 3);
    }

    #[test]
    fn any_bytes_have_a_place(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
        for declaration in
            ["bigint", "numeric(30,12)", "real", "varchar(2)", "text", "date", "timestamptz", "uuid", "jsonb", "public.state"]
        {
            let column = of(declaration);
            let class = column.classify(Some(&bytes));
            prop_assert!(class.partition > 0 && usize::from(class.partition) < column.partitions.len());
            prop_assert!(u64::from(class.boundaries) < 1 << column.boundaries.len());
        }
    }
}
