//! `ALTER TABLE`: keys, partitions, defaults and identities that a dump adds after the table, often after its rows.

use super::column;
use super::constraint;
use super::create_table;
use super::cursor::Cursor;
use super::draft::{Context, TableDraft};
use super::sql_type;
use crate::table::TableName;

/// What an action of `ALTER TABLE` asks of another table than its own.
pub(super) struct Attach<'a> {
    pub(super) partition: TableName,
    pub(super) bound: Cursor<'a>,
}

/// Reads the actions on one table. Returns the partition that one of them attaches.
pub(super) fn read<'a>(
    cursor: Cursor<'a>,
    draft: &mut TableDraft,
    context: &mut Context<'_>,
) -> Option<Attach<'a>> {
    let mut attached = None;
    for mut action in cursor.items() {
        if action.eat(&["ATTACH", "PARTITION"]) {
            match action.object(context.session) {
                Some(partition) => attached = Some(Attach { partition, bound: action }),
                None => context.unread = true,
            }
        } else {
            read_action(&mut action, draft, context);
        }
    }
    attached
}

fn read_action(action: &mut Cursor<'_>, draft: &mut TableDraft, context: &mut Context<'_>) {
    if action.eat(&["ADD"]) {
        if constraint::begins(action) {
            constraint::read(action, draft, context);
        } else {
            action.eat(&["COLUMN"]);
            action.eat(&["IF", "NOT", "EXISTS"]);
            column::read(action, false, draft, context);
        }
    } else if action.eat(&["ALTER", "CONSTRAINT"]) {
        // Deferrability of a constraint that is known already.
    } else if action.eat(&["ALTER"]) {
        action.eat(&["COLUMN"]);
        match action.ident() {
            Some(name) => alter_column(&name, action, draft, context),
            None => context.unread = true,
        }
    } else if action.eat(&["INHERIT"]) {
        match action.object(context.session) {
            Some(parent) => draft.inherits.push(parent),
            None => context.unread = true,
        }
    } else {
        context.unread |= !is_harmless(action);
    }
}

fn alter_column(name: &str, action: &mut Cursor<'_>, draft: &mut TableDraft, context: &mut Context<'_>) {
    if action.eat(&["SET", "DEFAULT"]) {
        column::read_default(name, action, draft, context);
    } else if action.eat(&["DROP", "DEFAULT"]) {
        draft.column(name).column.default = None;
    } else if action.eat(&["SET", "NOT", "NULL"]) {
        draft.column(name).column.not_null = true;
    } else if action.eat(&["DROP", "NOT", "NULL"]) {
        draft.column(name).column.not_null = false;
    } else if action.eat(&["ADD", "GENERATED"]) {
        column::read_generated(name, action, draft, context);
    } else if action.eat(&["DROP", "EXPRESSION"]) {
        draft.column(name).column.generated = false;
    } else if action.eat(&["DROP", "IDENTITY"]) {
        draft.column(name).column.identity = false;
    } else if action.eat(&["SET", "DATA", "TYPE"]) || action.eat(&["TYPE"]) {
        match sql_type::read(action, context.session) {
            Some(written) => draft.column(name).written = Some(written),
            None => context.unread = true,
        }
    } else {
        const HARMLESS: [&[&str]; 7] = [
            &["SET", "STATISTICS"],
            &["SET", "STORAGE"],
            &["SET", "COMPRESSION"],
            &["SET", "GENERATED"],
            &["RESET"],
            &["RESTART"],
            &["OPTIONS"],
        ];
        context.unread |= !sets_options(action) && !HARMLESS.iter().any(|words| action.sees(words));
    }
}

/// Whether an action changes nothing that a [`Schema`](crate::table::Schema) holds.
fn is_harmless(action: &Cursor<'_>) -> bool {
    const HARMLESS: [&[&str]; 20] = [
        &["OWNER", "TO"],
        &["REPLICA", "IDENTITY"],
        &["CLUSTER", "ON"],
        &["ENABLE"],
        &["DISABLE"],
        &["FORCE"],
        &["NO", "FORCE"],
        &["VALIDATE", "CONSTRAINT"],
        &["SET", "TABLESPACE"],
        &["SET", "ACCESS"],
        &["SET", "LOGGED"],
        &["SET", "UNLOGGED"],
        &["SET", "WITHOUT"],
        &["SET", "WITH"],
        &["RESET"],
        &["OPTIONS"],
        &["NOT", "OF"],
        &["OF"],
        &["DEPENDS"],
        &["NO", "DEPENDS"],
    ];
    sets_options(action) || HARMLESS.iter().any(|words| action.sees(words))
}

/// `SET (fillfactor = 70)`.
fn sets_options(action: &Cursor<'_>) -> bool {
    let mut options = *action;
    options.eat(&["SET"]) && options.group().is_some()
}

/// Makes `draft` the partition that `ATTACH PARTITION .. bound` says.
pub(super) fn attach(
    parent: TableName,
    mut bound: Cursor<'_>,
    draft: &mut TableDraft,
    context: &mut Context<'_>,
) {
    create_table::attach(parent, &mut bound, draft, context);
}
