//! The text of a draft: a new file, or an existing one with what is new put in and every other byte left alone.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use toml_edit::{DocumentMut, Item, Table, Value};

use super::super::names::{self, Closeness};
use super::super::policy::Policy;
use super::super::source::{quoted, quoted_key};
use super::{DraftInput, DraftTable};
use crate::base::{Equality, Error, ErrorKind, Result};

const HEAD: &str = "\
# Drafted by `scrub init`. Read it line by line: what a scan has not found is not known to be harmless.
# \"review\" masks like redact until a person decides; `scrub check` fails as long as there is one.
";

/// Key domains, and when two of their values are one to the database.
pub(super) type Equalities = BTreeMap<String, Equality>;

pub(super) fn write(
    input: &DraftInput<'_>,
    known: Option<&Policy>,
    tables: &[DraftTable],
    equalities: &Equalities,
) -> Result<String> {
    match (input.existing, known) {
        (Some(text), Some(policy)) => add(text, policy, tables, equalities),
        _ => Ok(fresh(input, tables, equalities)),
    }
}

fn fresh(input: &DraftInput<'_>, tables: &[DraftTable], equalities: &Equalities) -> String {
    let mut text = String::from(HEAD);
    let _ = writeln!(text, "version = 1\nconstruction = \"v1\"\nproject = {}", quoted(input.project));
    text.push_str("unclassified = \"deny\"\n");
    if let Some(locale) = input.locale {
        let _ = writeln!(text, "locale = {}", quoted(locale));
    }
    domains(&mut text, equalities.iter());
    for table in tables {
        section(&mut text, table);
    }
    soft_keys(&mut text, input);
    text
}

fn section(text: &mut String, table: &DraftTable) {
    let _ = writeln!(text, "\n[tables.{}]", quoted(&table.name.to_string()));
    if let Some(subject) = &table.subject {
        let _ = writeln!(text, "subject = {}", quoted(subject));
    }
    for column in &table.columns {
        let _ = write!(text, "columns.{} = {}", quoted_key(&column.name), column.text());
        if !column.comment.is_empty() {
            let _ = write!(text, " # {}", column.comment);
        }
        text.push('\n');
    }
}

fn domains<'a>(text: &mut String, equalities: impl Iterator<Item = (&'a String, &'a Equality)>) {
    for (domain, equality) in equalities {
        let _ = writeln!(
            text,
            "\n[domains.{}] # as the database compares\nequality = {}",
            quoted(domain),
            quoted(equality.as_str())
        );
    }
}

fn soft_keys(text: &mut String, input: &DraftInput<'_>) {
    if input.soft_keys.is_empty() {
        return;
    }
    text.push_str(
        "\n# Every value of these columns is in the other one, and no foreign key says so. Take out the # of those that\n\
         # are references: they are masked alike then.\n",
    );
    for (from, to) in input.soft_keys {
        let _ = writeln!(text, "# [[relation]]\n# from = {}\n# to = {}", quoted(from), quoted(to));
    }
}

/// Adds to an existing policy.
fn add(text: &str, policy: &Policy, tables: &[DraftTable], equalities: &Equalities) -> Result<String> {
    let unread =
        || Error::new(ErrorKind::Policy("the policy cannot be edited: write it as TOML tables".into()));
    let mut document: DocumentMut = text.parse().map_err(|_| unread())?;
    let mut appended = String::new();
    domains(&mut appended, equalities.iter().filter(|(domain, _)| !policy.domains.contains_key(*domain)));
    for table in tables {
        let Some((pattern, glob)) = section_of(policy, table) else {
            section(&mut appended, table);
            continue;
        };
        let section = document
            .get_mut("tables")
            .and_then(Item::as_table_like_mut)
            .and_then(|tables| tables.get_mut(&pattern))
            .and_then(Item::as_table_like_mut)
            .ok_or_else(unread)?;
        if section.get("columns").is_none() {
            let mut columns = Table::new();
            columns.set_dotted(true);
            section.insert("columns", Item::Table(columns));
        }
        let columns = section.get_mut("columns").and_then(Item::as_table_like_mut).ok_or_else(unread)?;
        for column in &table.columns {
            // Patterns may not keep.
            let text = column.text();
            let proposal = if glob && text.contains("\"keep\"") { "\"review\"" } else { &text };
            let mut value: Value = proposal.parse().map_err(|_| unread())?;
            if !column.comment.is_empty() && !glob {
                value.decor_mut().set_suffix(format!(" # {}", column.comment));
            }
            if columns.get(&column.name).is_none() {
                columns.insert(&column.name, Item::Value(value));
            }
        }
    }
    let mut text = document.to_string();
    if !appended.is_empty() {
        if !text.ends_with('\n') {
            text.push('\n');
        }
        text.push_str(&appended);
    }
    Ok(text)
}

/// The section of a policy that is for a table, and whether it is for others too.
fn section_of(policy: &Policy, table: &DraftTable) -> Option<(String, bool)> {
    let fits = policy.tables.iter().filter_map(|rule| {
        let closeness: Closeness = names::closeness(&rule.pattern, &table.name)?;
        Some((closeness, rule))
    });
    let rule = fits.max_by(|(one, _), (other, _)| one.cmp(other)).map(|(_, rule)| rule)?;
    Some((rule.pattern.clone(), rule.is_glob()))
}
