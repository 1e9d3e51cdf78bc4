//! Types, domains and sequences.

use super::cursor::{self, Cursor};
use super::draft::TableDraft;
use super::sql_type::{self, DomainDraft, Types};
use super::{column, create_table, draft::Context};
use crate::table::{SequenceOwner, TableName};

/// `CREATE TYPE name` has been read. Returns the attributes of a composite type.
pub(super) fn read_type(
    name: &TableName,
    cursor: &mut Cursor<'_>,
    types: &mut Types,
    context: &mut Context<'_>,
) -> Option<TableDraft> {
    if cursor.eat(&["AS", "ENUM"]) {
        match cursor.group() {
            Some(group) => {
                let labels = group.items().filter_map(|mut label| label.literal()).collect();
                types.enums.insert(name.to_string(), labels);
            }
            None => context.unread = true,
        }
    } else if cursor.eat(&["AS", "RANGE"]) {
        types.ranges.insert(name.to_string());
        for mut option in cursor.group().into_iter().flat_map(Cursor::items) {
            if option.eat(&["multirange_type_name"]) && option.eat_mark(b'=') {
                types.ranges.extend(option.object(context.session).map(|multirange| multirange.to_string()));
            }
        }
    } else if cursor.eat(&["AS"]) {
        let mut attributes = TableDraft::default();
        match cursor.group() {
            Some(group) => create_table::read_body(group, false, &mut attributes, context),
            None => context.unread = true,
        }
        return Some(attributes);
    }
    // Anything else is a shell or base type: nothing to know about its values.
    None
}

/// `ALTER TYPE name` has been read.
pub(super) fn alter_type(
    name: &TableName,
    cursor: &mut Cursor<'_>,
    types: &mut Types,
    context: &mut Context<'_>,
) {
    let Some(labels) = types.enums.get_mut(&name.to_string()) else { return };
    if cursor.eat(&["ADD", "VALUE"]) {
        cursor.eat(&["IF", "NOT", "EXISTS"]);
        let Some(label) = cursor.literal() else {
            context.unread = true;
            return;
        };
        // The order of labels is of use to people only; in an enum of absurd size it is let go.
        let ordered = labels.len() < 10_000;
        let place = |labels: &[String], other: Option<String>| {
            other.filter(|_| ordered).and_then(|other| labels.iter().position(|label| *label == other))
        };
        let at = if cursor.eat(&["BEFORE"]) {
            place(labels, cursor.literal())
        } else if cursor.eat(&["AFTER"]) {
            place(labels, cursor.literal()).map(|at| at + 1)
        } else {
            None
        };
        if !ordered || !labels.contains(&label) {
            labels.insert(at.unwrap_or(labels.len()), label);
        }
    } else {
        context.unread |= !cursor.sees(&["OWNER", "TO"]);
    }
}

/// `CREATE DOMAIN name` has been read.
pub(super) fn read_domain(
    name: &TableName,
    cursor: &mut Cursor<'_>,
    types: &mut Types,
    context: &mut Context<'_>,
) {
    cursor.eat(&["AS"]);
    let Some(base) = sql_type::read(cursor, context.session) else {
        context.unread = true;
        return;
    };
    let mut value = TableDraft::default();
    while !cursor.at_end() {
        column::read_facet("value", cursor, &mut value, context);
    }
    context.sequences.clear();
    let not_null = value.column("value").column.not_null;
    let checks = value.checks.into_iter().map(|check| check.text).collect();
    types.domains.insert(name.to_string(), DomainDraft { base, not_null, checks });
}

/// `ALTER DOMAIN name` has been read.
pub(super) fn alter_domain(
    name: &TableName,
    cursor: &mut Cursor<'_>,
    types: &mut Types,
    context: &mut Context<'_>,
) {
    let Some(domain) = types.domains.get_mut(&name.to_string()) else { return };
    if cursor.eat(&["SET", "NOT", "NULL"]) {
        domain.not_null = true;
    } else if cursor.eat(&["ADD"]) {
        let mut value = TableDraft::default();
        while !cursor.at_end() {
            column::read_facet("value", cursor, &mut value, context);
        }
        domain.not_null |= value.column("value").column.not_null;
        domain.checks.extend(value.checks.into_iter().map(|check| check.text));
    } else {
        let harmless = [&["OWNER", "TO"][..], &["SET", "DEFAULT"], &["DROP", "DEFAULT"], &["VALIDATE"]];
        context.unread |= !harmless.iter().any(|words| cursor.sees(words));
    }
}

/// `CREATE | ALTER SEQUENCE name` has been read: the column it is owned by, if the statement says so.
pub(super) fn read_owner(cursor: &mut Cursor<'_>, context: &Context<'_>) -> Option<SequenceOwner> {
    while !cursor.at_end() {
        if cursor.eat(&["OWNED", "BY"]) {
            let mut parts = cursor.path()?;
            let column = parts.pop()?;
            return Some(SequenceOwner::new(cursor::object(parts, context.session)?, column));
        }
        cursor.skip();
    }
    None
}
