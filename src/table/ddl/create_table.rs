//! `CREATE TABLE` in all its forms: plain, inheriting, partitioned, partition, typed, foreign.

use super::column;
use super::constraint;
use super::cursor::{self, Cursor};
use super::draft::{Context, TableDraft};
use super::expression;
use crate::table::{PartitionOf, Session, TableName};

/// `CREATE .. TABLE [IF NOT EXISTS] name` has been read; the rest follows. `None` where columns cannot be told, as in
/// `CREATE TABLE .. AS SELECT`.
pub(super) fn read(cursor: &mut Cursor<'_>, context: &mut Context<'_>) -> Option<TableDraft> {
    let mut draft = TableDraft::default();
    if cursor.eat(&["PARTITION", "OF"]) {
        let parent = cursor.object(context.session)?;
        if let Some(body) = cursor.group() {
            read_body(body, true, &mut draft, context);
        }
        attach(parent, cursor, &mut draft, context);
        draft.columns_from.extend(draft.partition_of.as_ref().map(|partition| partition.parent.clone()));
    } else if cursor.eat(&["OF"]) {
        draft.columns_from.push(composite(&cursor.object(context.session)?));
        if let Some(body) = cursor.group() {
            read_body(body, true, &mut draft, context);
        }
    } else {
        read_body(cursor.group()?, false, &mut draft, context);
    }
    read_tail(cursor, &mut draft, context)?;
    Some(draft)
}

/// The key under which a composite type's attributes are kept beside tables: no table can have an empty name.
pub(super) fn composite(name: &TableName) -> TableName {
    TableName::new(name.to_string(), "")
}

/// Reads what stands between the parentheses.
pub(super) fn read_body(body: Cursor<'_>, typed: bool, draft: &mut TableDraft, context: &mut Context<'_>) {
    for mut item in body.items() {
        if constraint::begins(&item) {
            constraint::read(&mut item, draft, context);
        } else if item.eat(&["LIKE"]) {
            match item.object(context.session) {
                Some(other) => draft.like.push((draft.columns().len(), other)),
                None => context.unread = true,
            }
        } else {
            column::read(&mut item, typed, draft, context);
        }
    }
}

/// Reads the bound after `PARTITION OF parent` or `ATTACH PARTITION partition`.
pub(super) fn attach(
    parent: TableName,
    cursor: &mut Cursor<'_>,
    draft: &mut TableDraft,
    context: &mut Context<'_>,
) {
    let start = *cursor;
    if cursor.eat(&["FOR", "VALUES"]) {
        while cursor.eat(&["IN"]) || cursor.eat(&["FROM"]) || cursor.eat(&["TO"]) || cursor.eat(&["WITH"]) {
            context.unread |= cursor.group().is_none();
        }
    } else {
        context.unread |= !cursor.eat(&["DEFAULT"]);
    }
    draft.partition_of = Some(PartitionOf::new(parent, start.until(cursor).written()));
}

/// Reads what follows the columns.
fn read_tail(cursor: &mut Cursor<'_>, draft: &mut TableDraft, context: &mut Context<'_>) -> Option<()> {
    while !cursor.at_end() {
        if cursor.eat(&["INHERITS"]) {
            for parent in read_objects(cursor, context.session) {
                draft.inherits.push(parent.clone());
                draft.columns_from.push(parent);
            }
        } else if cursor.eat(&["PARTITION", "BY"]) {
            read_partition_by(cursor, draft, context);
        } else if cursor.eat(&["USING"]) || cursor.eat(&["TABLESPACE"]) || cursor.eat(&["SERVER"]) {
            context.unread |= cursor.ident().is_none();
        } else if cursor.eat(&["WITH"]) || cursor.eat(&["OPTIONS"]) {
            let _ = cursor.eat(&["OIDS"]) || cursor.group().is_some();
        } else if cursor.eat(&["AS"]) {
            return None;
        } else if !cursor.eat(&["WITHOUT", "OIDS"])
            && !cursor.eat(&["ON", "COMMIT", "DROP"])
            && !cursor.eat(&["ON", "COMMIT", "PRESERVE", "ROWS"])
            && !cursor.eat(&["ON", "COMMIT", "DELETE", "ROWS"])
        {
            context.unread = true;
            cursor.skip();
        }
    }
    Some(())
}

fn read_objects(cursor: &mut Cursor<'_>, session: &Session) -> Vec<TableName> {
    let items = cursor.group().into_iter().flat_map(Cursor::items);
    items.filter_map(|mut item| item.path().and_then(|parts| cursor::object(parts, session))).collect()
}

/// `PARTITION BY` has been read; strategy and key follow.
fn read_partition_by(cursor: &mut Cursor<'_>, draft: &mut TableDraft, context: &mut Context<'_>) {
    let strategy = cursor.ident().map(|strategy| strategy.to_ascii_uppercase());
    match (strategy, cursor.group()) {
        (Some(strategy), Some(group)) => {
            let elements =
                group.items().map(|item| expression::read_element(item, context.session)).collect();
            draft.partition_by = Some((strategy, elements));
        }
        _ => context.unread = true,
    }
}
