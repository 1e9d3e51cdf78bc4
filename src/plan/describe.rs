//! A plan in words: what `check` prints, and `check --explain table.column`.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::plan::{ColumnPlan, MaskPlan, Plan, TablePlan, Treatment, Unmatched, Verdict};
use super::preset::Preset;
use super::problem::Problem;
use super::propagate::Origin;
use super::{names, sql_type_text};
use crate::mask::{Class, KeyedBy, OnInvalid, Output, Part, Uniqueness};
use crate::table::TableName;

impl Plan {
    /// One line for each column and key, table by table.
    pub fn describe(&self) -> String {
        let mut out = String::new();
        for table in self.tables.values() {
            self.describe_table(table, &mut out);
        }
        out
    }

    fn describe_table(&self, table: &TablePlan, out: &mut String) {
        let _ = write!(out, "{}", table.name);
        if let Some(subject) = &table.subject {
            let _ = write!(out, "  about {} (domain {})", subject.columns.join(", "), subject.domain);
        }
        if table.drop_rows {
            out.push_str("  rows dropped\n\n");
            return;
        }
        out.push('\n');
        let width = table.columns.iter().map(|column| column.name.chars().count()).max().unwrap_or(0).min(32);
        for column in &table.columns {
            let _ = writeln!(out, "  {:width$}  {}", column.name, summary(column));
        }
        for key in self.keys.iter().filter(|key| key.table == table.name) {
            let kind = if key.primary { "primary key" } else { "unique" };
            let _ = writeln!(out, "  {kind} ({}): {}", key.columns.join(", "), key.verdict);
        }
        out.push('\n');
    }

    /// Everything about one column, written `schema.table.column`, in plain words; `None` if there is none of that
    /// name.
    pub fn explain(&self, column: &str) -> Option<String> {
        let (table, column) = self.named(column)?;
        let name = &table.name;
        let mut out = format!("{name}.{}: {}\n", column.name, sql_type_text::write(&column.sql_type));
        if table.drop_rows {
            out.push_str("The table's rows are left out.\n");
            return Some(out);
        }
        let _ = writeln!(out, "{}", self.origin(column));
        match &column.treatment {
            Treatment::Keep { reason } => {
                let reason = reason.as_ref().map(|reason| format!(" Reason: {reason}.")).unwrap_or_default();
                let _ = writeln!(out, "Its values pass as they are.{reason}");
            }
            Treatment::Refused => out.push_str("The plan cannot be used before this is resolved:\n"),
            Treatment::Mask(mask) => self.explain_mask(table, column, mask, &mut out),
        }
        let own = self.problems.iter().filter(|problem| {
            problem.table.as_deref() == Some(name.to_string().as_str())
                && problem.column.as_ref() == Some(&column.name)
        });
        for problem in own {
            let _ = writeln!(out, "{}", self.show(problem));
        }
        Some(out)
    }

    /// The column that a text names. The schema may be left out where the table's name is the only one.
    fn named(&self, text: &str) -> Option<(&TablePlan, &ColumnPlan)> {
        let columns = text.rmatch_indices('.').flat_map(|(dot, _)| {
            let (table, column) = (&text[..dot], &text[dot + 1..]);
            let closeness = move |name: &TableName| {
                if table.contains('*') { None } else { names::closeness(table, name) }
            };
            let full = self.tables.values().filter(move |plan| closeness(&plan.name).is_some());
            let mut plain = self.tables.values().filter(move |plan| plan.name.table == table);
            let only = plain.next().filter(|_| plain.next().is_none());
            full.chain(only).filter_map(move |plan| Some((plan, plan.column(column)?)))
        });
        columns.into_iter().next()
    }

    /// The plan with these problems, for programs: what [`describe`](Self::describe) says, in JSON.
    pub fn to_json(&self, problems: &[&Problem]) -> Value {
        let tables: Vec<Value> = self.tables.values().map(|table| self.table_json(table)).collect();
        json!({
            "project": self.policy.project(),
            "policy_digest": self.policy.digest(),
            "presets": self.policy.presets().iter().map(Preset::name).collect::<Vec<_>>(),
            "ready": self.ready().is_ok(),
            "passes": !problems.iter().any(|problem| problem.blocks_check()),
            "tables": tables,
            "problems": problems,
        })
    }

    fn table_json(&self, table: &TablePlan) -> Value {
        let columns: Vec<Value> = table.columns.iter().map(column_json).collect();
        let keys: Vec<Value> = self
            .keys
            .iter()
            .filter(|key| key.table == table.name)
            .map(|key| json!({ "columns": key.columns, "primary": key.primary, "verdict": verdict_json(key.verdict) }))
            .collect();
        let subject = table
            .subject
            .as_ref()
            .map(|subject| json!({ "domain": subject.domain, "columns": subject.columns }));
        json!({
            "name": table.name.to_string(),
            "rows": if table.drop_rows { "drop" } else { "keep" },
            "subject": subject,
            "gender": table.gender,
            "country": table.country,
            "keep_rows": table.keep_rows.as_ref().map(|keep| json!({ "when": keep.when.text(), "reason": keep.reason })),
            "columns": columns,
            "keys": keys,
        })
    }

    fn origin(&self, column: &ColumnPlan) -> String {
        let file = self.policy.file();
        match &column.origin {
            Origin::Policy { place: (line, _), table } => {
                format!("The policy says so in line {line} of {file}, under [tables.\"{table}\"].")
            }
            Origin::Follows(other) => {
                format!("It follows {other}, by a foreign key or as a part of that table.")
            }
            Origin::Dropped((line, _)) => {
                format!("The rows it references are dropped, and line {line} of {file} makes it NULL then.")
            }
            Origin::Unclassified => "The policy does not name it; \"unclassified\" decides.".into(),
            Origin::Absent if column.generated => "It is generated: no rows carry it.".into(),
            Origin::Absent => "No rows carry it.".into(),
        }
    }

    fn explain_mask(&self, table: &TablePlan, column: &ColumnPlan, mask: &MaskPlan, out: &mut String) {
        let info = mask.operator;
        if let Some(when) = &mask.when {
            let _ = writeln!(out, "For rows for which this is not false: {}.", when.text());
        }
        let _ = writeln!(out, "Operator {}: {}.", info.name, info.summary);
        let what = match (mask.keyed_by(), &mask.row_key, &table.subject) {
            (KeyedBy::Nothing, ..) => "The result depends on nothing secret; no key is needed.".to_owned(),
            (KeyedBy::SubjectAndValue, ..) => {
                "The result follows the row's subject and the cell's own value.".to_owned()
            }
            (KeyedBy::Subject, Some(key), _) => {
                format!("The result follows the row's {}.", key.columns.join(", "))
            }
            (KeyedBy::Subject, None, Some(subject)) => {
                let columns = subject.columns.join(", ");
                format!("The result follows the row's subject, {columns} (domain {}).", subject.domain)
            }
            _ => "The result follows the cell's own value: equal values become equal.".to_owned(),
        };
        let _ = writeln!(out, "{what}");
        for part in &mask.prepared.parts {
            let domain = if part.domain.is_empty() {
                String::new()
            } else {
                format!(", key domain \"{}\", {}", part.domain, part.spec)
            };
            let _ = writeln!(out, "Part {}: {}{domain}.", part.place, part.operator.name);
        }
        if !mask.domain.is_empty() {
            let spec = &mask.prepared.spec;
            let _ =
                writeln!(out, "Key domain \"{}\", {spec}, equality {}.", mask.domain, mask.equality.as_str());
            let members = self.members(&mask.domain);
            let _ = writeln!(out, "Columns of that domain: {}.", members.join(", "));
        }
        if let Some(width) = mask.width {
            let most = mask
                .prepared
                .max_width
                .map_or_else(String::new, |most| format!(", results have up to {most}"));
            let _ = writeln!(out, "The narrowest of these holds {width} characters{most}.");
        }
        match (mask.prepared.uniqueness, mask.verdict) {
            (_, Some(Verdict::Proven)) => {
                out.push_str("Different values stay different, by construction: proven.\n");
            }
            (Uniqueness::Bounded { bits }, Some(Verdict::Bounded { probability, rows })) => {
                let _ = writeln!(
                    out,
                    "Two of n = {rows} values meet with probability n^2 / 2^({bits} + 1) = {probability:.1e}; \
                     up to 2^-20 = 9.5e-7 is accepted."
                );
            }
            (_, Some(verdict)) => {
                let _ = writeln!(out, "As a key it is {verdict}.");
            }
            (_, None) => {}
        }
        let _ = writeln!(out, "{}", fate(mask));
        if let Some(example) = info.examples.first() {
            let output = example.output.map_or_else(|| "NULL".to_owned(), |output| format!("\"{output}\""));
            let _ = writeln!(
                out,
                "For example, \"{}\" becomes {output} under {}.",
                example.input, example.policy
            );
        }
        if let Some(reason) = &mask.reason {
            let _ = writeln!(out, "Reason: {reason}.");
        }
        for branch in &mask.branches {
            out.push_str("Else: ");
            self.explain_mask(table, column, branch, out);
        }
        if mask.is_conditional() {
            out.push_str(match mask.unmatched {
                Unmatched::Keep if mask.keeps_some() => "Other rows keep their value.\n",
                Unmatched::Keep => "",
                Unmatched::Error => "Any other row ends the run, unless its cell is NULL.\n",
            });
        }
        if !std::ptr::eq(mask, column.mask().unwrap_or(mask)) {
            return;
        }
        if let Some(keep) = &table.keep_rows {
            let what = if mask.keeps_rows { "pass in clear" } else { "are masked here all the same" };
            let _ = writeln!(out, "Rows of keep_rows ({}) {what}.", keep.when.text());
        }
        let keys =
            self.keys.iter().filter(|key| key.table == table.name && key.columns.contains(&column.name));
        for key in keys {
            let _ = writeln!(out, "Part of key ({}): {}.", key.columns.join(", "), key.verdict);
        }
    }

    /// Columns of a key domain, as `schema.table.column`, and parts of their values with their places.
    pub fn members(&self, domain: &str) -> Vec<String> {
        let mut members = Vec::new();
        for table in self.tables.values().filter(|table| !table.drop_rows) {
            for column in &table.columns {
                let Some(mask) = column.mask() else { continue };
                if mask.domain == domain {
                    members.push(format!("{}.{}", table.name, column.name));
                }
                let parts = mask.prepared.parts.iter().filter(|part| part.domain == domain);
                members.extend(parts.map(|part| format!("{}.{} {}", table.name, column.name, part.place)));
            }
        }
        members
    }
}

fn column_json(column: &ColumnPlan) -> Value {
    let mut out = json!({
        "name": column.name,
        "type": sql_type_text::write(&column.sql_type),
        "generated": column.generated,
        "treatment": match &column.treatment {
            Treatment::Keep { .. } => "keep",
            Treatment::Mask(_) => "mask",
            Treatment::Refused => "refused",
        },
        "policy_line": match column.origin {
            Origin::Policy { place: (line, _), .. } | Origin::Dropped((line, _)) => Some(line),
            _ => None,
        },
    });
    if let Treatment::Keep { reason: Some(reason) } = &column.treatment {
        out["reason"] = json!(reason);
    }
    if let Treatment::Mask(mask) = &column.treatment {
        mask_json(mask, &mut out);
    }
    out
}

fn mask_json(mask: &MaskPlan, out: &mut Value) {
    out["operator"] = json!(mask.operator.name);
    out["domain"] = json!(mask.domain);
    out["spec"] = json!(mask.prepared.spec);
    if !mask.prepared.parts.is_empty() {
        let part = |part: &Part| {
            json!({
                "place": part.place, "operator": part.operator.name, "domain": part.domain, "spec": part.spec,
            })
        };
        out["parts"] = mask.prepared.parts.iter().map(part).collect();
    }
    out["inherited_from"] = json!(mask.inherited_from);
    out["verdict"] = mask.verdict.map_or(Value::Null, verdict_json);
    out["max_invalid"] = json!(mask.max_invalid);
    out["reason"] = json!(mask.reason);
    if let Some(when) = &mask.when {
        out["when"] = json!(when.text());
        out["else"] = mask
            .branches
            .iter()
            .map(|branch| {
                let mut own = json!({});
                mask_json(branch, &mut own);
                own
            })
            .collect();
        out["unmatched"] = json!(match mask.unmatched {
            Unmatched::Keep => "keep",
            Unmatched::Error => "error",
        });
    }
}

fn verdict_json(verdict: Verdict) -> Value {
    match verdict {
        Verdict::Proven => json!({ "kind": "proven" }),
        Verdict::Bounded { probability, rows } => {
            json!({ "kind": "bounded", "probability": probability, "rows": rows })
        }
        Verdict::NotUnique => json!({ "kind": "not unique" }),
    }
}

fn summary(column: &ColumnPlan) -> String {
    match &column.treatment {
        Treatment::Keep { .. } if column.generated => "generated".into(),
        Treatment::Keep { reason: Some(reason) } => format!("keep ({reason})"),
        Treatment::Keep { reason: None } if column.origin == Origin::Unclassified => {
            "keep (unclassified)".into()
        }
        Treatment::Keep { reason: None } => "keep".into(),
        Treatment::Refused => "refused".into(),
        Treatment::Mask(mask) => {
            let mut text = mask.operator.name.to_owned();
            if !mask.domain.is_empty() && mask.keyed_by() != KeyedBy::Nothing {
                let _ = write!(text, "  domain {} [{}]", mask.domain, mask.prepared.spec);
            }
            if mask.is_conditional() {
                let others: Vec<&str> = mask.branches.iter().map(|branch| branch.operator.name).collect();
                let others = if others.is_empty() { "keep".to_owned() } else { others.join(", ") };
                let _ = write!(text, "  by row, else {others}");
            }
            if let Some(verdict) = mask.verdict {
                let _ = write!(text, "  {verdict}");
            }
            if let Some(from) = &mask.inherited_from {
                let _ = write!(text, "  follows {from}");
            }
            if column.origin == Origin::Unclassified {
                text.push_str("  (unclassified)");
            }
            text
        }
    }
}

/// What happens to NULL, the empty string, sentinels and invalid cells.
fn fate(mask: &MaskPlan) -> String {
    let mut text = match mask.prepared.output {
        Output::Null => return "Every cell becomes NULL.".into(),
        _ => "NULL stays NULL, and the empty string stays empty".to_owned(),
    };
    if !mask.sentinels.is_empty() {
        let _ = write!(text, "; {} sentinels pass as they are", mask.sentinels.len());
    }
    let keyless = mask.keyed_by() == KeyedBy::Nothing;
    if !keyless || mask.operator.class == Class::Generalize {
        let invalid = match mask.on_invalid {
            OnInvalid::Tag if keyless => "becomes the fixed value of the type",
            OnInvalid::Tag => "becomes a keyed tag",
            OnInvalid::Redact => "becomes the fixed value of the type",
            _ => "ends the run",
        };
        let _ = write!(text, "; a cell that is not a valid {} {invalid}", mask.operator.entity);
        if mask.on_invalid != OnInvalid::Error {
            let _ = write!(text, ", and more than {} % of them end the run", mask.max_invalid * 100.0);
        }
    }
    text.push('.');
    text
}
