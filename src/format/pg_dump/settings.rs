//! Statements and meta-commands that change how the rest of the dump is read.

use encoding_rs::Encoding;

use super::clauses::set_config;
use super::encoding::client_encoding;
use super::lexer::{Kind, Token};
use super::words::Words;
use crate::base::ErrorKind;

/// A setting that matters here, with its new value.
#[derive(Debug, PartialEq)]
pub(super) enum Setting {
    /// `client_encoding`.
    Encoding(&'static Encoding),
    /// The first schema of `search_path`, if there is one.
    Schema(Option<Vec<u8>>),
    /// `standard_conforming_strings`.
    StandardStrings(bool),
}

/// Reads `SET ..` or `SELECT set_config(..)`; `None` for settings that do not matter here.
///
/// # Errors
/// An encoding that cannot be read, or a value of one of the three settings that is not understood.
pub(super) fn read(statement: &[u8], standard: bool) -> Result<Option<Setting>, ErrorKind> {
    let words = Words::new(statement, standard);
    if let Some((name, value)) = set_config(&mut words.clone()) {
        return match name.as_slice() {
            b"search_path" => Ok(Some(Setting::Schema(first_schema(Words::new(&value, true))))),
            name => setting(name, &value),
        };
    }
    set(words)
}

fn set(mut words: Words<'_>) -> Result<Option<Setting>, ErrorKind> {
    if !words.word("SET") {
        return Ok(None);
    }
    let _ = words.word("SESSION") || words.word("LOCAL");
    let Some(name) = words.name() else { return Ok(None) };
    let name = if name == b"names" {
        b"client_encoding".to_vec()
    } else {
        if !words.symbol(b'=') && !words.word("TO") {
            return Ok(None);
        }
        name
    };
    match name.as_slice() {
        b"search_path" => Ok(Some(Setting::Schema(first_schema(words)))),
        b"client_encoding" | b"standard_conforming_strings" => {
            let value = words.text().map(std::borrow::Cow::into_owned).or_else(|| words.name());
            match value {
                Some(value) if words.end() => setting(&name, &value),
                _ => Err(ErrorKind::Syntax("a setting's value that is neither a word nor a string")),
            }
        }
        _ => Ok(None),
    }
}

fn setting(name: &[u8], value: &[u8]) -> Result<Option<Setting>, ErrorKind> {
    if name == b"client_encoding" {
        return client_encoding(value).map(|encoding| Some(Setting::Encoding(encoding)));
    }
    match value.to_ascii_lowercase().as_slice() {
        b"on" | b"true" | b"yes" | b"1" => Ok(Some(Setting::StandardStrings(true))),
        b"off" | b"false" | b"no" | b"0" => Ok(Some(Setting::StandardStrings(false))),
        _ => Err(ErrorKind::Syntax("standard_conforming_strings is neither on nor off")),
    }
}

/// The first schema of a list that names one; `"$user"` and empty names are passed over.
fn first_schema(mut words: Words<'_>) -> Option<Vec<u8>> {
    loop {
        let schema = words.text().map(std::borrow::Cow::into_owned).or_else(|| words.name())?;
        if !schema.is_empty() && schema != b"$user" {
            return Some(schema);
        }
        words.symbol(b',');
    }
}

/// A psql meta-command that may pass.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Command {
    /// `\restrict TOKEN`
    Restrict(String),
    /// `\unrestrict TOKEN`
    Unrestrict(String),
    /// `\connect DATABASE`; `None` keeps the database.
    Connect(Option<Vec<u8>>),
    /// `\encoding NAME`, which comes before a `\connect` to a database with an unusual name.
    Encoding(&'static Encoding),
}

/// Reads the line of a meta-command, which starts with a backslash.
///
/// # Errors
/// Any other command, and arguments that psql would run or that may hold a password.
pub(super) fn command(line: &[u8]) -> Result<Command, ErrorKind> {
    let name_end = line.iter().position(|&byte| byte.is_ascii_whitespace()).unwrap_or(line.len());
    let (name, arguments) = (&line[1..name_end], &line[name_end..]);
    let token = || {
        let token = arguments.trim_ascii();
        match std::str::from_utf8(token) {
            Ok(token) if !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_alphanumeric()) => {
                Ok(token.to_owned())
            }
            _ => Err(ErrorKind::Syntax("\\restrict and \\unrestrict take one token of letters and digits")),
        }
    };
    match name {
        b"restrict" => token().map(Command::Restrict),
        b"unrestrict" => token().map(Command::Unrestrict),
        b"connect" | b"c" => connect(arguments).map(Command::Connect),
        b"encoding" => client_encoding_argument(arguments.trim_ascii()).map(Command::Encoding),
        _ => Err(ErrorKind::Syntax(
            "a psql command other than \\restrict, \\unrestrict, \\encoding and \\connect; it cannot pass and cannot be \
             dropped",
        )),
    }
}

fn client_encoding_argument(name: &[u8]) -> Result<&'static Encoding, ErrorKind> {
    if !name.iter().all(|&byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')) {
        return Err(ErrorKind::Syntax("\\encoding takes the name of an encoding"));
    }
    client_encoding(name)
}

const CONNECT: ErrorKind =
    ErrorKind::Syntax("\\connect takes a database's name as pg_dump writes it, and nothing else");

fn connect(arguments: &[u8]) -> Result<Option<Vec<u8>>, ErrorKind> {
    let mut rest = arguments.trim_ascii();
    if let Some(after) = rest.strip_prefix(b"-reuse-previous=on") {
        rest = after.trim_ascii_start();
    }
    let database = if rest.first() == Some(&b'"') || rest.first() == Some(&b'\'') {
        let quote = rest[0];
        let inner = rest.get(1..rest.len() - 1).filter(|_| rest.last() == Some(&quote)).ok_or(CONNECT)?;
        // psql reads escapes between single quotes; pg_dump writes double ones.
        if quote == b'\'' && inner.contains(&b'\\') {
            return Err(CONNECT);
        }
        unquote(inner, quote).ok_or(CONNECT)?
    } else {
        if !rest
            .iter()
            .all(|&byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.') || byte >= 0x80)
        {
            return Err(CONNECT);
        }
        rest.to_vec()
    };
    if database.is_empty() || database == b"-" {
        return Ok(None);
    }
    if database.starts_with(b"postgres:") || database.starts_with(b"postgresql:") {
        return Err(CONNECT);
    }
    if !database.contains(&b'=') {
        return Ok(Some(database));
    }
    connection_string(&database).map(Some).ok_or(CONNECT)
}

/// Undoubles quotes; a single one inside ends the argument and is refused.
fn unquote(inner: &[u8], quote: u8) -> Option<Vec<u8>> {
    let mut value = Vec::with_capacity(inner.len());
    let mut bytes = inner.iter().copied();
    while let Some(byte) = bytes.next() {
        if byte == quote && bytes.next() != Some(quote) {
            return None;
        }
        value.push(byte);
    }
    Some(value)
}

/// `dbname='it\'s'`, and no other key.
fn connection_string(text: &[u8]) -> Option<Vec<u8>> {
    let value = text.strip_prefix(b"dbname=")?;
    let Some(quoted) = value.strip_prefix(b"'") else {
        return (!value.iter().any(|byte| matches!(byte, b' ' | b'\'' | b'\\' | b'=')))
            .then(|| value.to_vec());
    };
    let mut database = Vec::new();
    let mut bytes = quoted.iter().copied();
    loop {
        match bytes.next()? {
            b'\'' => return bytes.next().is_none().then_some(database),
            b'\\' => database.push(bytes.next()?),
            byte => database.push(byte),
        }
    }
}

/// What a comment says about the dump's ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Landmark {
    /// A dump of one database begins.
    Begin,
    /// It is complete.
    End,
    /// A dump of a whole server begins.
    ClusterBegin,
    /// It is complete.
    ClusterEnd,
}

/// Reads a comment.
pub(super) fn landmark(comment: &Token<'_>) -> Option<Landmark> {
    if comment.kind != Kind::Comment {
        return None;
    }
    match comment.bytes.strip_prefix(b"-- PostgreSQL database ")?.trim_ascii_end() {
        b"dump" => Some(Landmark::Begin),
        b"dump complete" => Some(Landmark::End),
        b"cluster dump" => Some(Landmark::ClusterBegin),
        b"cluster dump complete" => Some(Landmark::ClusterEnd),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setting(statement: &str) -> Option<Setting> {
        read(statement.as_bytes(), true).expect("reads")
    }

    #[test]
    fn settings_are_read_in_every_spelling() {
        let schema = |name: &str| Some(Setting::Schema(Some(name.as_bytes().to_vec())));
        assert_eq!(setting("SET client_encoding = 'UTF8';"), Some(Setting::Encoding(encoding_rs::UTF_8)));
        assert_eq!(setting("set names latin1;"), Some(Setting::Encoding(encoding_rs::WINDOWS_1252)));
        assert_eq!(
            setting("SET SESSION standard_conforming_strings TO off;"),
            Some(Setting::StandardStrings(false))
        );
        assert_eq!(setting("SET search_path = \"$user\", \"My s\", public;"), schema("My s"));
        assert_eq!(
            setting("SELECT pg_catalog.set_config('search_path', '\"$user\", Sales', false);"),
            schema("sales")
        );
        assert_eq!(
            setting("SELECT pg_catalog.set_config('search_path', '', false);"),
            Some(Setting::Schema(None))
        );
        assert_eq!(setting("SET default_tablespace = '';"), None);
        assert_eq!(setting("SET SESSION AUTHORIZATION DEFAULT;"), None);
        assert!(read(b"SET client_encoding = DEFAULT;", true).is_err());
    }

    #[test]
    fn connect_gives_the_database() {
        let database = |line: &str| match command(line.as_bytes()) {
            Ok(Command::Connect(database)) => {
                database.map(|name| String::from_utf8_lossy(&name).into_owned())
            }
            other => panic!("{other:?}"),
        };
        assert_eq!(database("\\connect chinook"), Some("chinook".into()));
        assert_eq!(database("\\c \"two words\"\r"), Some("two words".into()));
        assert_eq!(
            database("\\connect -reuse-previous=on \"dbname='it\\'s \"\"x\"\"'\""),
            Some("it's \"x\"".into())
        );
        assert_eq!(database("\\connect -"), None);
    }

    #[test]
    fn commands_that_run_something_or_carry_secrets_are_refused() {
        for line in [
            "\\! ls",
            "\\copy t from 'x'",
            "\\i x",
            "\\.",
            "\\connect `id`",
            "\\connect a \\! ls",
            "\\connect a b",
            "\\connect \"host=x password=y\"",
            "\\connect postgresql://u:p@h/d",
            "\\connect \"dbname='x' password='y'\"",
            "\\restrict a b",
            "\\restrict",
            "\\",
            "\\connect \"",
            "\\connect 'a\\'b'",
            "\\connect :x",
            "\\gexec",
            "\\encoding `id`",
            "\\encoding",
        ] {
            assert!(command(line.as_bytes()).is_err(), "{line}");
        }
    }
}
