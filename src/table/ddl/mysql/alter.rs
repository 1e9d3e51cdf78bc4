//! `ALTER TABLE`: keys and columns that a dump adds after the table, as phpMyAdmin writes it.

use super::super::cursor::Cursor;
use super::draft::Draft;
use super::{column, key};
use crate::table::Session;

/// Reads the actions on one table.
pub(super) fn read(cursor: Cursor<'_>, draft: &mut Draft, session: &Session) {
    for mut action in cursor.items() {
        read_action(&mut action, draft, session);
    }
    draft.settle();
}

fn read_action(action: &mut Cursor<'_>, draft: &mut Draft, session: &Session) {
    if action.eat(&["ADD"]) {
        action.eat(&["COLUMN"]);
        action.eat(&["IF", "NOT", "EXISTS"]);
        if key::begins(action) {
            key::read(action, draft, session);
        } else if let Some(columns) = action.group() {
            for mut item in columns.items() {
                if key::begins(&item) {
                    key::read(&mut item, draft, session);
                } else {
                    column::read(&mut item, draft, session);
                }
            }
        } else if action.sees(&["PARTITION"]) {
            // More of the same partitions.
        } else {
            column::read(action, draft, session);
        }
    } else if action.eat(&["MODIFY"]) {
        action.eat(&["COLUMN"]);
        action.eat(&["IF", "EXISTS"]);
        let mut name = *action;
        change(name.ident(), action, draft, session);
    } else if action.eat(&["CHANGE"]) {
        action.eat(&["COLUMN"]);
        action.eat(&["IF", "EXISTS"]);
        let old = action.ident();
        change(old, action, draft, session);
    } else {
        const HARMLESS: [&[&str]; 12] = [
            &["DISABLE", "KEYS"],
            &["ENABLE", "KEYS"],
            &["AUTO_INCREMENT"],
            &["ENGINE"],
            &["COMMENT"],
            &["ROW_FORMAT"],
            &["ORDER", "BY"],
            &["FORCE"],
            &["DROP", "INDEX"],
            &["DROP", "KEY"],
            &["DISABLE"],
            &["ENABLE"],
        ];
        draft.unread |= !HARMLESS.iter().any(|words| action.sees(words));
    }
}

fn change(old: Option<String>, action: &mut Cursor<'_>, draft: &mut Draft, session: &Session) {
    match (old, column::read_definition(action, draft, session)) {
        (Some(old), Some(column)) => draft.replace(&old, column),
        _ => draft.unread = true,
    }
}
