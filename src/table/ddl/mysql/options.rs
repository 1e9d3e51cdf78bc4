//! What follows the columns of a table or the name of a database: character set, collation, partitions.

use super::super::cursor::Cursor;
use super::draft::Draft;
use super::expression;
use crate::table::PartitionBy;
use crate::table::collation::{Collation, default_of, normal};

/// Options that say something about values.
#[derive(Default)]
pub(super) struct Options<'a> {
    /// The default collation, named or that of the character set.
    pub(super) collation: Option<String>,
    /// Something was passed over that may matter.
    pub(super) unread: bool,
    /// `PARTITION BY` and `SUBPARTITION BY`: the strategy, and what stands in its parentheses.
    partitions: Vec<(String, Cursor<'a>)>,
}

/// Reads all options.
pub(super) fn read<'a>(cursor: &mut Cursor<'a>) -> Options<'a> {
    let mut options = Options::default();
    let mut choice = Choice::default();
    while !cursor.at_end() {
        if choice.read(cursor) {
        } else if cursor.eat(&["PARTITION", "BY"]) || cursor.eat(&["SUBPARTITION", "BY"]) {
            cursor.eat(&["LINEAR"]);
            let strategy = cursor.ident().unwrap_or_default().to_ascii_uppercase();
            while !cursor.at_end() && cursor.kind() != Some(super::Kind::Mark(b'(')) {
                cursor.skip();
            }
            match cursor.group() {
                Some(group) => options.partitions.push((strategy, group)),
                // MariaDB's SYSTEM_TIME is about no column.
                None => options.unread |= strategy != "SYSTEM_TIME",
            }
        } else if cursor.eat(&["COMMENT"]) || cursor.eat(&["CONNECTION"]) {
            cursor.eat_mark(b'=');
            cursor.skip();
        } else {
            options.unread |= cursor.sees(&["SELECT"]);
            cursor.skip();
        }
    }
    options.collation = choice.collation();
    options
}

impl Options<'_> {
    /// Gives the table its partition key.
    pub(super) fn partition(self, draft: &mut Draft) {
        let Some((strategy, _)) = self.partitions.first() else { return };
        let mut by = PartitionBy::new(strategy.clone(), Vec::new());
        for (strategy, key) in &self.partitions {
            let mut columns = expression::columns(*key, draft);
            // `KEY ()` is the primary key.
            if columns.is_empty() && strategy == "KEY" {
                columns = draft.table().primary_key.clone().unwrap_or_default();
            }
            by.columns.extend(columns);
        }
        let mut seen = std::collections::HashSet::new();
        by.columns.retain(|column| seen.insert(column.clone()));
        draft.table_mut().partition_by = Some(by);
    }
}

/// A character set and a collation, as far as they are named.
#[derive(Default)]
pub(super) struct Choice {
    charset: Option<String>,
    collate: Option<String>,
}

impl Choice {
    /// Reads one of `[DEFAULT] CHARACTER SET | CHARSET | COLLATE`. Returns whether there was one.
    pub(super) fn read(&mut self, cursor: &mut Cursor<'_>) -> bool {
        let mut next = *cursor;
        next.eat(&["DEFAULT"]);
        let place = if next.eat(&["CHARACTER", "SET"]) || next.eat(&["CHARSET"]) {
            &mut self.charset
        } else if next.eat(&["COLLATE"]) {
            &mut self.collate
        } else {
            return false;
        };
        next.eat_mark(b'=');
        let name = next.ident().or_else(|| next.literal());
        if name.is_none() {
            return false;
        }
        *place = name;
        *cursor = next;
        true
    }

    /// A character set that is named by the type itself.
    pub(super) fn set_charset(&mut self, charset: &str) {
        self.charset.get_or_insert_with(|| charset.to_owned());
    }

    /// Whether it is bytes and no text.
    pub(super) fn is_binary(&self) -> bool {
        self.charset.as_deref().is_some_and(|charset| charset.eq_ignore_ascii_case("binary"))
    }

    /// The collation that follows; none where nothing is named.
    pub(super) fn collation(&self) -> Option<String> {
        let default = self.charset.as_deref().map(|charset| default_of(charset).ok_or(charset));
        match (&self.collate, default) {
            (None, None) => None,
            (None, Some(default)) => Some(default.unwrap_or_else(str::to_ascii_lowercase)),
            (Some(collate), default) => {
                let collate = normal(collate);
                // MariaDB has names without a character set: `uca1400_ai_ci`.
                let charset = default.and_then(Result::ok).and_then(|name| Collation::of(&name));
                match charset.filter(|_| Collation::of(&collate).is_none()) {
                    Some(known) => Some(format!("{}_{collate}", known.charset)),
                    None => Some(collate),
                }
            }
        }
    }
}
