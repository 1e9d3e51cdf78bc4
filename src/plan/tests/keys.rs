//! Keys that must stay unique.

use super::*;

#[test]
fn a_permuted_key_is_proven() {
    let plan = plan(
        "CREATE TABLE public.t (id integer PRIMARY KEY)",
        "[tables.\"public.t\"]\ncolumns.id = \"permute\"\n",
    );
    assert_eq!(plan.keys[0].verdict, Verdict::Proven);
    assert_eq!(mask(&plan, "t", "id").verdict, Some(Verdict::Proven));
    assert!(plan.keys[0].primary);
}

#[test]
fn a_lossy_operator_on_a_key_is_refused() {
    let ddl = "CREATE TABLE public.t (a text NOT NULL, b integer, UNIQUE (a, b))";
    let text = "[tables.\"public.t\"]\nkeep = { columns = [\"b\"] }\ncolumns.a = \"redact\"\n";
    assert_eq!(errors(ddl, text), ["unique:public.t(a,b)"]);
}

#[test]
fn a_key_that_holds_a_proven_key_is_proven() {
    let ddl = "CREATE TABLE public.t (id integer PRIMARY KEY, a text, UNIQUE (a, id))";
    let text = "[tables.\"public.t\"]\ncolumns.id = \"permute\"\ncolumns.a = \"redact\"\n";
    assert_eq!(errors(ddl, text), none());
}

#[test]
fn dates_move_within_a_key_by_a_number_of_the_same_key() {
    let ddl =
        "CREATE TABLE public.t (a integer NOT NULL, b text NOT NULL, d date NOT NULL, UNIQUE (a, b, d))";
    let text = |shift: &str, a: &str| {
        format!(
            "[tables.\"public.t\"]\ncolumns.a = {a}\ncolumns.b = \"keyed_hash\"\ncolumns.d = {{ op = \"date_shift\"{shift} }}\n"
        )
    };
    let kept = "{ op = \"keep\", reason = \"r\" }";
    assert_eq!(errors(ddl, &text(", row_key = \"a\"", kept)), none());
    assert_eq!(errors(ddl, &text(", row_key = \"a\"", "\"permute\"")), none());
    for (shift, a, why) in [
        (", row_key = \"b\"", kept, "a text may be spelt in two ways that are one to the key"),
        (", row_key = \"a\"", "{ op = \"round\", to = 10 }", "numbers become one and their shifts do not"),
        (
            ", row_key = \"a\", sentinels = [\"1900-01-01\"]",
            kept,
            "a date that stays may be met by one that moves",
        ),
    ] {
        assert!(!errors(ddl, &text(shift, a)).is_empty(), "{why}");
    }
    let outside = ddl.replace("UNIQUE (a, b, d)", "UNIQUE (b, d)");
    assert!(!errors(&outside, &text(", row_key = \"a\"", kept)).is_empty(), "rows of two numbers may meet");
}

#[test]
fn null_is_no_duplicate() {
    let ddl = "CREATE TABLE public.t (a text UNIQUE)";
    assert_eq!(errors(ddl, "[tables.\"public.t\"]\ncolumns.a = \"null\"\n"), none());
}

#[test]
fn null_is_refused_where_it_is_not_allowed() {
    let ddl = "CREATE TABLE public.t (a text NOT NULL)";
    assert_eq!(errors(ddl, "[tables.\"public.t\"]\ncolumns.a = \"null\"\n"), ["not-null:public.t.a"]);
}

#[test]
fn few_bits_are_too_few_for_a_key_of_many_rows() {
    let ddl = "CREATE TABLE public.t (a text UNIQUE)";
    let text =
        |bits: u32| format!("[tables.\"public.t\"]\ncolumns.a = {{ op = \"email\", bits = {bits} }}\n");
    assert_eq!(errors(ddl, &text(80)), none());
    let small = plan(ddl, &text(40));
    assert_eq!(ids_from(&small, Severity::Error), ["unique:public.t(a)"]);
    let message = message(&small, "unique:public.t(a)");
    assert!(message.contains("bounded p=1.0e0 (n=100000000)"), "{message}");
}

#[test]
fn the_locks_row_ceiling_decides_what_is_enough() {
    let schema = schema("CREATE TABLE public.t (a text UNIQUE)");
    let mut statistics = Statistics::default();
    let name = TableName::new("public", "t");
    statistics.tables.insert(name, TableStatistics { rows: 700, ..TableStatistics::default() });
    let lock = Lock::new(&schema, &statistics);
    let policy = policy("[tables.\"public.t\"]\ncolumns.a = { op = \"email\", bits = 40 }\n");
    let plan = Plan::compile(&policy, &schema, Some(&lock));
    assert_eq!(ids_from(&plan, Severity::Error), none());
    assert_eq!(plan.keys[0].verdict.to_string(), "bounded p=4.5e-7 (n=1000)");
}
