//! The report of `scrub coverage`, as text for a terminal and as JSON. Worst gaps first; no value of a row.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::synth::coverage::{Counts, Coverage, Criterion, PairTally, Requirement, Status, Tally};

use super::print;

/// Columns, pairs and references that a terminal shows.
const SHOWN: usize = 15;

/// Why rows could be looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum RowsAre {
    MaskedAsRead,
    MaskedByManifest,
    DeclaredSafe,
    None,
}

impl RowsAre {
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::MaskedAsRead => "masked under the policy as they were read",
            Self::MaskedByManifest => "masked, by the manifest of the run that wrote them",
            Self::DeclaredSafe => "looked at as they are, because --input-is-safe said so",
            Self::None => "none: the schema alone was looked at",
        }
    }
}

impl Gap<'_> {
    /// Those that lack most, in share and then in number, come first.
    fn worst_first(one: &Self, two: &Self) -> Ordering {
        let by_share = one.counts.percent().total_cmp(&two.counts.percent());
        by_share.then(two.counts.missing().cmp(&one.counts.missing()))
    }
}

/// What there is to say.
pub(super) struct Report<'a> {
    pub(super) coverage: Coverage<'a>,
    pub(super) tally: &'a Tally,
    pub(super) rows: RowsAre,
    pub(super) criteria: &'a [Criterion],
}

/// A column and what it lacks.
pub(super) struct Gap<'a> {
    pub(super) name: String,
    pub(super) counts: Counts,
    pub(super) missing: Vec<&'a Requirement>,
}

impl Report<'_> {
    /// The name of a column.
    pub(super) fn column(&self, table: usize, column: usize) -> &str {
        &self.coverage.model.tables[table].columns[column].column
    }

    /// The gaps of a table, those of pairs aside, by the columns that they are about; the worst first.
    pub(super) fn gaps<'s>(&'s self, table: usize) -> Vec<Gap<'s>> {
        let mut by_columns: BTreeMap<&[usize], Vec<&Requirement>> = BTreeMap::new();
        for gap in &self.tally.tables[table].gaps {
            by_columns.entry(&gap.columns).or_default().push(gap);
        }
        let gap = |(columns, missing): (&[usize], Vec<&'s Requirement>)| {
            let names: Vec<&str> = columns.iter().map(|column| self.column(table, *column)).collect();
            let name = if names.is_empty() { "(row)".to_owned() } else { names.join(" + ") };
            Gap { name, counts: self.tally.tables[table].groups[columns], missing }
        };
        let mut gaps: Vec<Gap<'_>> = by_columns.into_iter().map(gap).collect();
        gaps.sort_by(Gap::worst_first);
        gaps
    }

    /// The pairs of a table in which something is missing, the worst first.
    pub(super) fn worst_pairs(&self, table: usize) -> Vec<&PairTally> {
        let mut pairs: Vec<&PairTally> =
            self.tally.tables[table].pairs.iter().filter(|pair| pair.counts.missing() > 0).collect();
        pairs.sort_by(|one, two| {
            let by_share = one.counts.percent().total_cmp(&two.counts.percent());
            by_share.then(two.counts.missing().cmp(&one.counts.missing()))
        });
        pairs
    }

    /// Tables, those with most rows first: their gaps are the least excusable.
    pub(super) fn tables(&self) -> Vec<usize> {
        let mut tables: Vec<usize> = (0..self.tally.tables.len()).collect();
        tables.sort_by_key(|table| std::cmp::Reverse(self.coverage.rows(*table)));
        tables
    }

    /// The report for people.
    pub(super) fn describe(&self, totals_only: bool) -> String {
        let mut text = String::new();
        let total = &self.tally.total;
        let _ = writeln!(
            text,
            "coverage: {:.1} % of what is feasible; rows: {}",
            total.percent(),
            self.rows.words()
        );
        let mut lines = vec![row("criterion", "", ["satisfied", "open", "infeasible", "unknown"], "covered")];
        for criterion in self.criteria {
            let counts = self.tally.criteria.get(criterion).copied().unwrap_or_default();
            lines.push(counted(criterion.name(), criterion.title(), &counts));
        }
        lines.push(counted("all", "", total));
        text.push_str(&print::table(&lines));
        if totals_only {
            return text;
        }
        let model = self.coverage.model;
        let mut lines = vec![row("table", "rows", ["satisfied", "open", "infeasible", "unknown"], "covered")];
        let mut tables: Vec<usize> = (0..self.tally.tables.len()).collect();
        tables.sort_by(|one, two| {
            let percent = |table: &usize| self.tally.tables[*table].total.percent();
            percent(one).total_cmp(&percent(two))
        });
        for table in tables {
            let rows = print::count(self.coverage.rows(table));
            lines.push(counted(
                &model.tables[table].name.to_string(),
                &rows,
                &self.tally.tables[table].total,
            ));
        }
        let _ = write!(text, "\n{}", print::table(&lines));
        self.describe_gaps(&mut text);
        self.describe_pairs(&mut text);
        text
    }

    fn describe_gaps(&self, text: &mut String) {
        let mut lines = Vec::new();
        let mut all: Vec<(usize, Gap<'_>)> = self
            .tables()
            .into_iter()
            .flat_map(|table| self.gaps(table).into_iter().map(move |gap| (table, gap)))
            .collect();
        all.retain(|(_, gap)| gap.missing.iter().any(|gap| gap.status == Status::Open));
        all.sort_by(|(_, one), (_, two)| Gap::worst_first(one, two));
        let more = all.len().saturating_sub(SHOWN);
        for (table, gap) in all.iter().take(SHOWN) {
            let mut what: Vec<String> = gap
                .missing
                .iter()
                .filter(|gap| gap.status == Status::Open)
                .map(|gap| gap.what.clone())
                .collect();
            if what.len() > 6 {
                let rest = what.len() - 6;
                what.truncate(6);
                what.push(format!("and {rest} more"));
            }
            let name = format!("{}.{}", self.coverage.model.tables[*table].name, gap.name);
            lines.push(vec![name, format!("{:.0} %", gap.counts.percent()), what.join("; ")]);
        }
        if !lines.is_empty() {
            let _ = write!(text, "\nno row has, worst first:\n{}", print::table(&lines));
        }
        if more > 0 {
            let _ = writeln!(text, "and {more} more; --json and --html have all");
        }
    }

    fn describe_pairs(&self, text: &mut String) {
        let mut all: Vec<(usize, &PairTally)> = (0..self.tally.tables.len())
            .filter(|table| self.coverage.rows(*table) > 0)
            .flat_map(|table| self.worst_pairs(table).into_iter().map(move |pair| (table, pair)))
            .collect();
        all.sort_by_key(|(_, pair)| std::cmp::Reverse(pair.counts.open));
        let mut lines = Vec::new();
        for (table, pair) in all.iter().take(SHOWN) {
            let [one, two] = pair.columns.map(|column| self.column(*table, column));
            let name = format!("{}: {one} x {two}", self.coverage.model.tables[*table].name);
            let example = pair.example.as_ref().map_or_else(String::new, |what| format!("as {what}"));
            let found =
                format!("{} of {}", pair.counts.satisfied, pair.counts.satisfied + pair.counts.missing());
            lines.push(vec![name, found, example]);
        }
        if !lines.is_empty() {
            let _ =
                write!(text, "\npairs of columns that lack most pairs of values:\n{}", print::table(&lines));
        }
    }

    /// The report for programs.
    pub(super) fn to_json(&self) -> Value {
        let tables: Vec<Value> = (0..self.tally.tables.len()).map(|table| self.table_json(table)).collect();
        json!({
            "total": self.tally.total,
            "covered": self.tally.total.percent() / 100.0,
            "rows": self.rows.words(),
            "criteria": criteria_json(&self.tally.criteria),
            "tables": tables,
        })
    }

    fn table_json(&self, table: usize) -> Value {
        let (own, found) = (&self.coverage.model.tables[table], &self.tally.tables[table]);
        let columns: Vec<Value> = own
            .columns
            .iter()
            .zip(&found.columns)
            .map(|(column, counts)| {
                let mut value = json!({ "name": column.column, "criteria": criteria_json(&counts.criteria) });
                add_counts(&mut value, &counts.total);
                value
            })
            .collect();
        let gaps: Vec<Value> = found
            .gaps
            .iter()
            .map(|gap| {
                let (status, reason) = match &gap.status {
                    Status::Unknown(reason) => ("unknown", Some(reason)),
                    _ => ("open", None),
                };
                let columns: Vec<&str> =
                    gap.columns.iter().map(|column| self.column(table, *column)).collect();
                json!({
                    "id": gap.id(self.coverage.model), "criterion": gap.criterion.name(), "columns": columns,
                    "what": gap.what, "status": status, "reason": reason,
                })
            })
            .collect();
        let pairs: Vec<Value> = found
            .pairs
            .iter()
            .map(|pair| {
                let names = pair.columns.map(|column| self.column(table, column));
                let mut value = json!({ "columns": names, "example": pair.example });
                add_counts(&mut value, &pair.counts);
                value
            })
            .collect();
        let mut value = json!({
            "name": own.name.to_string(), "rows": self.coverage.rows(table),
            "criteria": criteria_json(&found.criteria), "columns": columns, "gaps": gaps, "pairs": pairs,
        });
        add_counts(&mut value, &found.total);
        value
    }
}

fn criteria_json(criteria: &BTreeMap<Criterion, Counts>) -> Value {
    criteria.iter().map(|(criterion, counts)| (criterion.name().to_owned(), json!(counts))).collect()
}

/// Puts the four counts beside what is there.
fn add_counts(value: &mut Value, counts: &Counts) {
    value["satisfied"] = counts.satisfied.into();
    value["open"] = counts.open.into();
    value["infeasible"] = counts.infeasible.into();
    value["unknown"] = counts.unknown.into();
}

fn row(first: &str, second: &str, counts: [&str; 4], last: &str) -> Vec<String> {
    let counts = counts.into_iter().map(str::to_owned);
    [first.to_owned(), second.to_owned()].into_iter().chain(counts).chain([last.to_owned()]).collect()
}

fn counted(first: &str, second: &str, counts: &Counts) -> Vec<String> {
    let numbers = [counts.satisfied, counts.open, counts.infeasible, counts.unknown].map(print::count);
    row(first, second, numbers.each_ref().map(String::as_str), &format!("{:.1} %", counts.percent()))
}
