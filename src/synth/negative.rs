//! The negative set: rows that a database must reject, each for one named constraint.

use std::fmt::Write as _;

use super::constraints::Body;
use super::{Case, Outcome, Rules, Solver};
use crate::base::Prf;
use crate::table::Dialect;

/// The rows, and what there is no row for.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct NegativeSet {
    /// Cases that break one constraint and no other.
    pub cases: Vec<Case>,
    /// Requirements that no row can show, by table and id, each with its proof.
    pub infeasible: Vec<(String, String)>,
    /// Requirements for which nothing was found and nothing proved; those of SQLite's deferred keys, which refuse the
    /// transaction and not the row, are among them.
    pub unknown: Vec<String>,
}

impl NegativeSet {
    /// The negative set of a schema. `prf` decides the values: the same one gives the same rows.
    pub fn new(rules: &Rules, prf: Prf) -> Self {
        let solver = Solver::new(rules, prf);
        let mut set = Self::default();
        for table in rules.tables() {
            for (requirement, outcome) in solver.solve_table(table) {
                let name = || format!("{} {}", table.name(), requirement.id);
                match outcome {
                    Outcome::Solved(case) if case.violates.is_some() && case.alone => {
                        if is_late(rules, &case) { set.unknown.push(name()) } else { set.cases.push(*case) }
                    }
                    Outcome::Solved(_) => {}
                    Outcome::Infeasible(proof) => set.infeasible.push((name(), proof)),
                    Outcome::Unknown => set.unknown.push(name()),
                }
            }
        }
        set
    }

    /// A script that tries every row in a transaction of its own and takes it back: the rows it needs, then the row, which
    /// must fail. A client that goes on after errors prints one error for each.
    pub fn script(&self, rules: &Rules) -> String {
        let mut text = String::from(
            "-- Rows that must be rejected, each for the constraint that its comment names. Run this in an empty copy of the\n\
             -- schema with a client that goes on after errors: every transaction gives one error, and nothing stays.\n",
        );
        text.push_str(match rules.dialect() {
            Dialect::Sqlite => "PRAGMA foreign_keys = ON;\n",
            _ => "",
        });
        let begin = match rules.dialect() {
            Dialect::Postgres => "BEGIN;\nSET CONSTRAINTS ALL IMMEDIATE;\n",
            Dialect::MySql => "START TRANSACTION;\n",
            Dialect::Sqlite => "BEGIN;\n",
        };
        for (number, case) in self.cases.iter().enumerate() {
            let Some(statements) = case.to_sql(rules) else { continue };
            let id = case.violates.as_deref().unwrap_or_default();
            let constraint = rules.table(&case.table).and_then(|table| table.constraint(id));
            let name = constraint.and_then(|constraint| constraint.name.as_deref()).unwrap_or(id);
            let line = format!("{} {}: rejected by {name}", case.table, case.requirement);
            let _ = writeln!(
                text,
                "\n-- {}: {}\n{begin}{};",
                number + 1,
                one_line(&line),
                statements.join(";\n")
            );
            text.push_str("ROLLBACK;\n");
        }
        text
    }
}

/// Whether the database may take the row and refuse only the end of its transaction, which the script takes back. SQLite
/// cannot be told to check a deferred key at once.
fn is_late(rules: &Rules, case: &Case) -> bool {
    let table = rules.table(&case.table);
    let broken = table.zip(case.violates.as_deref()).and_then(|(table, id)| table.constraint(id));
    let deferrable = |body: &Body| matches!(body, Body::ForeignKey(reference) if reference.deferrable);
    rules.dialect() == Dialect::Sqlite && broken.is_some_and(|constraint| deferrable(&constraint.body))
}

/// Names may hold anything, and a comment ends with its line.
fn one_line(text: &str) -> String {
    text.replace(['\n', '\r', '\0'], " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Key;
    use crate::table::{SchemaBuilder, Session};

    #[test]
    fn a_key_that_sqlite_checks_late_promises_no_error() {
        for (how, late) in [("", false), ("DEFERRABLE INITIALLY DEFERRED", true)] {
            let mut builder = SchemaBuilder::new();
            let session = Session { dialect: Dialect::Sqlite, ..Session::default() };
            builder.statement(b"CREATE TABLE p (id INTEGER PRIMARY KEY)", &session);
            let child = format!("CREATE TABLE c (id INTEGER PRIMARY KEY, p INTEGER REFERENCES p (id) {how})");
            builder.statement(child.as_bytes(), &session);
            let rules = Rules::new(&builder.finish(), Dialect::Sqlite);
            let prf = Key::from_bytes([7; 32]).unwrap().project("tests").domain("synth").prf("synth", "v1");
            let set = NegativeSet::new(&rules, prf);
            let of_key = |text: &str| text.contains("foreign_key");
            let promised = set.cases.iter().any(|case| of_key(case.violates.as_deref().unwrap()));
            assert_eq!(
                promised,
                !late,
                "{how}: {:?}",
                set.cases.iter().map(|case| &case.violates).collect::<Vec<_>>()
            );
            assert_eq!(set.unknown.is_empty(), !late, "{how}: {:?}", set.unknown);
        }
    }
}
