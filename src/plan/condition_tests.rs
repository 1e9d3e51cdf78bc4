//! What conditions of a policy say of rows.

use proptest::prelude::*;

use super::condition::{Condition, decimal, like, wild};
use crate::table::SqlType;

const COLUMNS: &[(&str, SqlType)] = &[
    ("kind", SqlType::TEXT),
    ("age", SqlType::Integer { bits: 32 }),
    ("total", SqlType::Numeric { precision: None, scale: None }),
    ("active", SqlType::Boolean),
    ("code", SqlType::Text { width: Some(5), padded: true, case_insensitive: false }),
    ("nick", SqlType::Text { width: None, padded: false, case_insensitive: true }),
    ("born", SqlType::Date),
];

fn compile(text: &str) -> Result<Condition, String> {
    Condition::compile(text, COLUMNS.iter().map(|(name, sql_type)| (*name, sql_type)))
}

/// Evaluates with `name=value` pairs; what is not given is NULL.
fn holds(text: &str, row: &[(&str, &str)]) -> Option<bool> {
    let condition = compile(text).unwrap();
    condition.evaluate(&|index| {
        let column = condition.columns()[index].as_str();
        row.iter().find(|(name, _)| *name == column).map(|(_, value)| value.as_bytes())
    })
}

#[test]
fn comparisons_follow_the_columns_type() {
    for (text, row, expected) in [
        ("kind = 'person'", ("kind", "person"), true),
        ("kind <> 'person'", ("kind", "person"), false),
        ("age >= 18", ("age", "9"), false),
        ("age >= 18", ("age", "100"), true),
        ("age = '018'", ("age", "18"), true),
        ("total < 10.5", ("total", "9.99"), true),
        ("total = 10.50", ("total", "10.5"), true),
        ("total > -3", ("total", "-4"), false),
        ("total = 0", ("total", "-0.00"), true),
        ("code = 'ab'", ("code", "ab   "), true),
        ("nick = 'BOB'", ("nick", "bob"), true),
        ("active", ("active", "t"), true),
        ("active = true", ("active", "f"), false),
        ("active IS NOT TRUE", ("active", "f"), true),
        ("born < '1990-01-01'", ("born", "1984-02-29"), true),
        ("age BETWEEN 1 AND 5", ("age", "5"), true),
        ("kind IN ('a', 'b')", ("kind", "b"), true),
        ("age NOT IN (1, 2)", ("age", "3"), true),
    ] {
        assert_eq!(holds(text, &[row]), Some(expected), "{text}");
    }
}

#[test]
fn null_gives_no_answer_except_where_it_is_asked_for() {
    for text in
        ["kind = 'a'", "kind <> 'a'", "kind IN ('a')", "kind LIKE 'a%'", "active", "NOT active", "NULL"]
    {
        assert_eq!(holds(text, &[]), None, "{text}");
    }
    for (text, expected) in [
        ("kind IS NULL", true),
        ("kind IS NOT NULL", false),
        ("kind IS DISTINCT FROM 'a'", true),
        ("kind IS NOT DISTINCT FROM NULL", true),
        ("active IS UNKNOWN", true),
        ("kind = 'a' OR age IS NULL", true),
        ("kind = 'a' AND age IS NOT NULL", false),
    ] {
        assert_eq!(holds(text, &[]), Some(expected), "{text}");
    }
    assert_eq!(holds("kind IN ('a', NULL)", &[("kind", "b")]), None);
    assert_eq!(holds("kind NOT IN ('a', NULL)", &[("kind", "a")]), Some(false));
}

#[test]
fn like_knows_both_wildcards_and_the_backslash() {
    for (pattern, value, expected) in [
        ("%@acme.test", "jane@acme.test", true),
        ("%@acme.test", "jane@acme.test ", false),
        ("j_ne%", "jane@acme.test", true),
        ("j_ne", "jéne", true),
        ("_", "é", true),
        ("100\\%", "100%", true),
        ("100\\%", "1000", false),
        ("%a%b%c%", "xxaxxbxxcxx", true),
        ("%a%b%c%", "xxaxxcxxbxx", false),
        ("", "", true),
        ("%", "", true),
    ] {
        let text = format!("kind LIKE '{pattern}'");
        assert_eq!(holds(&text, &[("kind", value)]), Some(expected), "{pattern} {value}");
    }
    assert_eq!(holds("kind ILIKE 'ÉL%'", &[("kind", "élan")]), Some(true));
    assert_eq!(holds("nick LIKE 'BO%'", &[("nick", "bob")]), Some(true));
}

#[test]
fn a_value_that_is_no_number_gives_no_answer() {
    assert_eq!(holds("age > 3", &[("age", "many")]), None);
    assert_eq!(holds("total > 3", &[("total", "NaN")]), None);
}

#[test]
fn what_the_language_does_not_have_is_refused_with_a_sentence() {
    for (text, part) in [
        ("kinf = 'a'", "unknown column \"kinf\"; did you mean \"kind\"?"),
        ("lower(kind) = 'a'", "something else"),
        ("kind", "is no boolean"),
        ("age > 'old'", "no number"),
        ("active > true", "by = and <> only"),
        ("active = 5", "neither true nor false"),
        ("kind LIKE kind", "in single quotes"),
        ("kind = ", "cannot be read"),
        ("", "cannot be read"),
    ] {
        let refusal = compile(text).unwrap_err();
        assert!(refusal.contains(part), "{text}: {refusal}");
    }
}

#[test]
fn a_column_that_is_a_value_never_answers_unknown() {
    let condition = Condition::column_is("kind", "it's");
    assert_eq!(condition.text(), "kind IS NOT DISTINCT FROM 'it''s'");
    assert_eq!(condition.evaluate(&|_| Some(b"it's")), Some(true));
    assert_eq!(condition.evaluate(&|_| Some(b"other")), Some(false));
    assert_eq!(condition.evaluate(&|_| None), Some(false));
}

proptest! {
    #[test]
    fn decimals_compare_as_numbers(a in -1_000_000i64..1_000_000, b in -1_000_000i64..1_000_000, scale in 0u32..4) {
        let write = |n: i64| {
            let unit = 10i64.pow(scale);
            format!("{}{}.{:03}", if n < 0 { "-" } else { "" }, n.abs() / unit, n.abs() % unit * 10i64.pow(3 - scale.min(3)))
        };
        prop_assume!(scale <= 3);
        let (x, y) = (write(a), write(b));
        prop_assert_eq!(decimal(x.as_bytes()).unwrap().cmp(&decimal(y.as_bytes()).unwrap()), a.cmp(&b));
    }

    #[test]
    fn like_agrees_with_a_regular_expression(pattern in "[ab%_é]{0,8}", text in "[abé]{0,10}") {
        let regex: String = pattern.chars().map(|c| match c { '%' => "(?s:.*)".into(), '_' => "(?s:.)".into(), c => c.to_string() }).collect();
        let oracle = regex::Regex::new(&format!("^{regex}$")).unwrap();
        prop_assert_eq!(like(text.as_bytes(), &wild(pattern.as_bytes(), false)), oracle.is_match(&text));
    }

    #[test]
    fn no_text_makes_the_compiler_panic(text in "[a-k '%()=<>,ANDORLIKEnul]{0,40}", value in "\\PC{0,8}") {
        if let Ok(condition) = compile(&text) {
            condition.evaluate(&|_| Some(value.as_bytes()));
        }
    }
}
