//! A column: its name, its type, and what follows.

use super::super::cursor::Cursor;
use super::super::token::Kind;
use super::draft::Draft;
use super::options::Choice;
use super::{add_unique, expression, key, object, sql_type};
use crate::table::{ColumnDef, Session, SqlType};

/// Reads a column and adds it.
pub(super) fn read(cursor: &mut Cursor<'_>, draft: &mut Draft, session: &Session) {
    if let Some(column) = read_definition(cursor, draft, session) {
        draft.unread |= !draft.add(column);
    } else {
        draft.unread = true;
    }
}

/// Reads `name type ..`.
pub(super) fn read_definition(
    cursor: &mut Cursor<'_>,
    draft: &mut Draft,
    session: &Session,
) -> Option<ColumnDef> {
    let name = cursor.ident()?;
    let typed = sql_type::read(&name, cursor, draft)?;
    let mut column = ColumnDef::new(name, typed.sql_type);
    column.collation = typed.collation;
    if typed.serial {
        column.identity = true;
        column.not_null = true;
        add_unique(None, vec![column.name.clone()], draft);
    }
    while !cursor.at_end() {
        read_facet(&mut column, cursor, draft, session);
    }
    Some(column)
}

/// Reads one of the things that follow a column's type.
fn read_facet(column: &mut ColumnDef, cursor: &mut Cursor<'_>, draft: &mut Draft, session: &Session) {
    const WORDS: [&[&str]; 13] = [
        &["NULL"],
        &["VISIBLE"],
        &["INVISIBLE"],
        &["ENFORCED"],
        &["NOT", "ENFORCED"],
        &["VIRTUAL"],
        &["STORED"],
        &["PERSISTENT"],
        &["WITH", "SYSTEM", "VERSIONING"],
        &["WITHOUT", "SYSTEM", "VERSIONING"],
        &["COMPRESSED"],
        &["FIRST"],
        &["KEY"],
    ];
    const ARGUMENTS: [&[&str]; 9] = [
        &["COMMENT"],
        &["COLUMN_FORMAT"],
        &["STORAGE"],
        &["SRID"],
        &["REF_SYSTEM_ID"],
        &["ENGINE_ATTRIBUTE"],
        &["SECONDARY_ENGINE_ATTRIBUTE"],
        &["AFTER"],
        &["VALUE"],
    ];
    let constraint =
        if cursor.eat(&["CONSTRAINT"]) && !cursor.sees(&["CHECK"]) { cursor.ident() } else { None };
    let mut choice = Choice::default();
    if cursor.eat(&["NOT", "NULL"]) {
        column.not_null = true;
    } else if cursor.eat(&["DEFAULT"]) {
        read_default(column, cursor, draft, session);
    } else if cursor.eat(&["AUTO_INCREMENT"]) {
        column.identity = true;
        column.not_null = true;
    } else if cursor.eat(&["ON", "UPDATE"]) {
        cursor.skip();
        let _ = cursor.group();
    } else if cursor.sees(&["GENERATED"]) || cursor.sees(&["AS"]) {
        cursor.eat(&["GENERATED", "ALWAYS"]);
        cursor.eat(&["AS"]);
        let row = cursor.eat(&["ROW", "START"]) || cursor.eat(&["ROW", "END"]);
        column.generated = true;
        draft.unread |= !row && cursor.group().is_none();
    } else if cursor.eat(&["CHECK"]) {
        read_check(constraint, column, cursor, draft);
    } else if cursor.eat(&["PRIMARY"]) {
        cursor.eat(&["KEY"]);
        column.not_null = true;
        draft.set_primary_key(vec![column.name.clone()]);
    } else if cursor.eat(&["UNIQUE"]) {
        cursor.eat(&["KEY"]);
        add_unique(constraint, vec![column.name.clone()], draft);
    } else if cursor.eat(&["REFERENCES"]) {
        key::read_references(constraint, vec![column.name.clone()], cursor, draft, session);
    } else if choice.read(cursor) {
        if column.sql_type.is_text() {
            column.collation = choice.collation();
        }
    } else if ARGUMENTS.iter().any(|words| cursor.eat(words)) {
        cursor.eat_mark(b'=');
        cursor.skip();
    } else if !WORDS.iter().any(|words| cursor.eat(words)) {
        draft.unread |= !cursor.eat_mark(b'=');
        cursor.skip();
    }
}

/// `CHECK` has been read. The columns of the table are not all known yet, so the expression is kept until they are.
fn read_check(name: Option<String>, column: &mut ColumnDef, cursor: &mut Cursor<'_>, draft: &mut Draft) {
    let Some(group) = cursor.group() else {
        draft.unread = true;
        return;
    };
    if expression::json_column(group).is_some_and(|json| json.eq_ignore_ascii_case(&column.name)) {
        column.sql_type = SqlType::Json;
        column.collation = None;
        return;
    }
    key::add_check(name, group, Some(&column.name), draft);
}

/// `DEFAULT` has been read; the expression follows, up to a keyword that can only begin what comes after it.
fn read_default(column: &mut ColumnDef, cursor: &mut Cursor<'_>, draft: &mut Draft, session: &Session) {
    const FOLLOWING: [&[&str]; 20] = [
        &["NOT", "NULL"],
        &["NULL"],
        &["AUTO_INCREMENT"],
        &["ON", "UPDATE"],
        &["GENERATED"],
        &["AS"],
        &["CONSTRAINT"],
        &["CHECK"],
        &["PRIMARY"],
        &["KEY"],
        &["UNIQUE"],
        &["REFERENCES"],
        &["COLLATE"],
        &["COMMENT"],
        &["COLUMN_FORMAT"],
        &["STORAGE"],
        &["VISIBLE"],
        &["INVISIBLE"],
        &["SRID"],
        &["WITHOUT", "SYSTEM"],
    ];
    let start = *cursor;
    let mut first = true;
    while !cursor.at_end() && (first || !FOLLOWING.iter().any(|words| cursor.sees(words))) {
        first = matches!(cursor.kind(), Some(Kind::Mark(b'-' | b'+')));
        cursor.skip();
    }
    let expression = start.until(cursor);
    column.default = Some(expression.written().to_owned());
    let mut call = expression;
    let inner = call.group();
    call = inner.unwrap_or(call);
    let next = if call.eat(&["NEXTVAL"]) {
        call.group()
    } else if call.eat(&["NEXT", "VALUE", "FOR"]) {
        Some(call)
    } else {
        None
    };
    if let Some(sequence) = next.and_then(|mut name| object(&mut name, session)) {
        draft.sequence(sequence, &column.name);
    }
}
