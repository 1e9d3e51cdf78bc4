//! Statements of a dump, taken apart for whoever runs them: rows as values that can be bound, so that numbers are exact
//! and each table's statement is compiled once.

use std::borrow::Cow;

use super::insert::{self, Content, Value};
use super::literal::NUMBER;
use crate::base::{ErrorKind, Result};
use crate::table::quotes::undouble_into;
use crate::table::sqlite::{Lexer, Stop, statement_end};

/// A statement and what it does.
pub(crate) enum Statement<'a> {
    /// Rows of a table: the head of the statement, `VALUES` included, and the values row by row.
    Rows(&'a str, Vec<Vec<Literal<'a>>>),
    /// Anything else.
    Other(&'a str),
}

/// The value of a literal.
#[derive(Debug, PartialEq)]
pub(crate) enum Literal<'a> {
    /// NULL.
    Null,
    /// A whole number of 64 bits.
    Integer(i64),
    /// Any other number.
    Real(f64),
    /// Text.
    Text(Cow<'a, [u8]>),
    /// Bytes.
    Blob(Vec<u8>),
}

/// The statement that `bytes` begin with, and where it ends; `None` if it does not end in them.
///
/// # Errors
/// Rows that cannot be read, text that is not UTF-8.
pub(crate) fn statement(bytes: &[u8]) -> Result<Option<(usize, Statement<'_>)>> {
    let start = trivia(bytes);
    let rest = &bytes[start..];
    let refused = |stop| match stop {
        Stop::Open => None,
        Stop::Malformed(what) => Some(ErrorKind::Syntax(what)),
    };
    let rows = insert::head(rest).filter(|head| !head.table.to_ascii_lowercase().starts_with(b"sqlite_"));
    let end = match &rows {
        Some(head) => insert::end(rest, head.len),
        None => statement_end(rest),
    };
    let end = match end {
        Ok(Some(end)) => end,
        Ok(None) => return Ok(None),
        Err(stop) => return refused(stop).map_or(Ok(None), |kind| Err(kind.into())),
    };
    let text = |bytes| std::str::from_utf8(bytes).map_err(|_| ErrorKind::Encoding("UTF-8"));
    let statement = match rows {
        Some(head) => {
            let values = insert::values(&rest[..end])?;
            let rows =
                values.into_iter().map(|row| row.into_iter().map(|value| literal(rest, value)).collect());
            Statement::Rows(text(&rest[..head.len])?, rows.collect::<Result<_>>()?)
        }
        None => Statement::Other(text(&rest[..end])?),
    };
    Ok(Some((start + end, statement)))
}

/// The length of the blanks and comments that come first.
pub(crate) fn trivia(bytes: &[u8]) -> usize {
    let mut lexer = Lexer::new(bytes);
    let mut end = 0;
    while let Ok(Some(token)) = lexer.token() {
        if !token.is_trivia() {
            break;
        }
        end = token.end();
    }
    end
}

fn literal<'a>(bytes: &'a [u8], value: Value<'a>) -> Result<Literal<'a>> {
    Ok(match value.content {
        Content::Null => Literal::Null,
        _ if value.style == NUMBER => {
            let number = std::str::from_utf8(&bytes[value.raw]).unwrap_or_default();
            match number.parse() {
                Ok(integer) => Literal::Integer(integer),
                Err(_) => {
                    let real =
                        number.parse().map_err(|_| ErrorKind::Syntax("a number that cannot be read"))?;
                    Literal::Real(real)
                }
            }
        }
        Content::Plain(range) => Literal::Text(Cow::Borrowed(&bytes[range])),
        Content::Doubled(inner) => {
            let mut text = Vec::with_capacity(inner.len());
            undouble_into(inner, b'\'', &mut text);
            Literal::Text(Cow::Owned(text))
        }
        Content::Bytes(digits) => Literal::Blob(
            data_encoding::HEXLOWER_PERMISSIVE
                .decode(digits)
                .map_err(|_| ErrorKind::Syntax("a blob whose digits cannot be read"))?,
        ),
        Content::Made(text) => Literal::Text(Cow::Owned(text)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_become_values() {
        let text = b"-- c\nINSERT INTO \"a b\"(x) VALUES(1,-1.5,'it''s',X'00Ff',NULL,replace('a','a',char(10)));COMMIT;";
        let (end, found) = statement(text).unwrap().unwrap();
        assert_eq!(&text[end..], b"COMMIT;");
        let Statement::Rows(head, rows) = found else { panic!("no rows") };
        assert_eq!(head, "INSERT INTO \"a b\"(x) VALUES");
        let text = |text: &str| Literal::Text(Cow::Owned(text.as_bytes().to_vec()));
        let expected = [
            Literal::Integer(1),
            Literal::Real(-1.5),
            text("it's"),
            Literal::Blob(vec![0, 255]),
            Literal::Null,
            text("\n"),
        ];
        assert_eq!(rows, [expected]);
        assert!(statement(b"INSERT INTO t VALUES('a;").unwrap().is_none());
        assert!(matches!(statement(b" COMMIT;").unwrap(), Some((8, Statement::Other("COMMIT;")))));
    }
}
