//! `SET`: variables that change how the rest of the dump is read, and those that keep their old values.
//!
//! Dumps save a setting in a variable, change it, and put it back: `SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='ANSI'`, ..,
//! `SET SQL_MODE=@OLD_SQL_MODE`. So variables are followed as far as they hold a character set or an `SQL_MODE`.

use std::collections::BTreeMap;

use encoding_rs::{Encoding, UTF_8};

use super::charset;
use super::lexer::{Kind, Mode};
use super::words::Words;
use crate::base::ErrorKind;

/// What statements of the dump have set.
#[derive(Clone)]
pub(super) struct Settings {
    /// `character_set_client`.
    pub(super) encoding: &'static Encoding,
    /// The last `SET NAMES`.
    pub(super) names: Option<&'static Encoding>,
    /// What `SQL_MODE` says about quotes.
    pub(super) mode: Mode,
    /// Variables that hold one of the two, by name in lower case.
    saved: BTreeMap<Vec<u8>, Saved>,
}

#[derive(Clone, Copy)]
enum Saved {
    Encoding(&'static Encoding),
    Mode(Mode),
}

impl Default for Settings {
    fn default() -> Self {
        Self { encoding: UTF_8, names: None, mode: Mode::default(), saved: BTreeMap::new() }
    }
}

/// A value that a variable is set to.
enum Value {
    Word(Vec<u8>),
    Text(Vec<u8>),
    /// `@name`
    User(Vec<u8>),
    /// `@@name`
    System(Vec<u8>),
    Other,
}

impl Settings {
    /// Follows a `SET`; `false` if it is not one that a dump holds.
    ///
    /// # Errors
    /// A character set that cannot be read, or an `SQL_MODE` that is not told in plain words.
    pub(super) fn apply(&mut self, mut words: Words<'_>) -> Result<bool, ErrorKind> {
        if !words.word("SET") {
            return Ok(false);
        }
        loop {
            if !self.assignment(&mut words)? {
                return Ok(false);
            }
            if words.end() {
                return Ok(true);
            }
            if !words.symbol(b',') {
                return Ok(false);
            }
        }
    }

    fn assignment(&mut self, words: &mut Words<'_>) -> Result<bool, ErrorKind> {
        if words.word("NAMES") || words.word("CHARSET") {
            return self.charset(words);
        }
        if words.sees("CHARACTER") {
            return if words.words("CHARACTER SET") { self.charset(words) } else { Ok(false) };
        }
        let user = words.symbol(b'@') && !words.symbol(b'@');
        let Some(mut name) = words.name() else { return Ok(false) };
        let mut global = false;
        if !user && is_scope(&name) {
            global = !name.eq_ignore_ascii_case(b"session") && !name.eq_ignore_ascii_case(b"local");
            if words.sees("TRANSACTION") {
                return Ok(transaction(words));
            }
            words.symbol(b'.');
            let Some(scoped) = words.name() else { return Ok(false) };
            name = scoped;
        }
        words.symbol(b':');
        if !words.symbol(b'=') {
            return Ok(false);
        }
        let Some(value) = value(words) else { return Ok(false) };
        let name = name.to_ascii_lowercase();
        if user {
            match self.saved(&value) {
                Some(saved) => drop(self.saved.insert(name, saved)),
                None => drop(self.saved.remove(&name)),
            }
            return Ok(true);
        }
        match name.as_slice() {
            _ if global => {}
            b"character_set_client" => self.set_charset(&value)?,
            b"sql_mode" => self.set_mode(&value)?,
            _ => {}
        }
        Ok(true)
    }

    fn charset(&mut self, words: &mut Words<'_>) -> Result<bool, ErrorKind> {
        let Some(value) = value(words) else { return Ok(false) };
        self.set_charset(&value)?;
        self.names = Some(self.encoding);
        Ok(!words.word("COLLATE") || value_follows(words))
    }

    fn set_charset(&mut self, value: &Value) -> Result<(), ErrorKind> {
        let saved = self.saved(value);
        self.encoding = match (value, saved) {
            (Value::Word(name), _) if name.eq_ignore_ascii_case(b"default") => UTF_8,
            (Value::Word(name) | Value::Text(name), _) => charset::client(name)?,
            (_, Some(Saved::Encoding(encoding))) => encoding,
            // A variable that the dump has not set is not the dump's to know; what was in force before it came from
            // outside, and what follows is another dump's beginning.
            (Value::User(_), None) => UTF_8,
            _ => return Err(ErrorKind::Syntax("a character set that is not told in plain words")),
        };
        Ok(())
    }

    fn set_mode(&mut self, value: &Value) -> Result<(), ErrorKind> {
        let saved = self.saved(value);
        self.mode = match (value, saved) {
            (Value::Word(list) | Value::Text(list), _) => mode(list),
            (_, Some(Saved::Mode(mode))) => mode,
            (Value::User(_), None) | (Value::Other, _) => Mode::default(),
            _ => return Err(ErrorKind::Syntax("an SQL_MODE that is not told in plain words")),
        };
        Ok(())
    }

    /// What a variable holds.
    fn saved(&self, value: &Value) -> Option<Saved> {
        match value {
            Value::User(name) => self.saved.get(name).copied(),
            Value::System(name) if name == b"character_set_client" => Some(Saved::Encoding(self.encoding)),
            Value::System(name) if name == b"sql_mode" => Some(Saved::Mode(self.mode)),
            _ => None,
        }
    }
}

fn is_scope(name: &[u8]) -> bool {
    let scopes = [&b"session"[..], b"local", b"global", b"persist", b"persist_only"];
    scopes.iter().any(|scope| name.eq_ignore_ascii_case(scope))
}

/// `TRANSACTION ISOLATION LEVEL REPEATABLE READ`
fn transaction(words: &mut Words<'_>) -> bool {
    while words.peek().is_some_and(|token| token.kind == Kind::Word) {
        words.take();
    }
    true
}

fn value_follows(words: &mut Words<'_>) -> bool {
    value(words).is_some()
}

/// A value without a call, an operator or a query.
fn value(words: &mut Words<'_>) -> Option<Value> {
    if words.symbol(b'@') {
        if !words.symbol(b'@') {
            return words.name().map(|name| Value::User(name.to_ascii_lowercase()));
        }
        let mut name = words.name()?;
        if is_scope(&name) && words.symbol(b'.') {
            name = words.name()?;
        }
        return Some(Value::System(name.to_ascii_lowercase()));
    }
    let token = words.peek()?;
    match token.kind {
        Kind::Text => {
            let text = words.text()?;
            // GTID_PURGED=/*!80000 '+'*/ '..'
            while words.peek().is_some_and(|token| token.kind == Kind::Text) {
                words.text()?;
            }
            Some(Value::Text(text))
        }
        Kind::Word => {
            words.take();
            Some(Value::Word(token.bytes.to_vec()))
        }
        Kind::Number | Kind::Symbol(b'-') => {
            words.symbol(b'-');
            words.peek().filter(|token| token.kind == Kind::Number)?;
            words.take();
            if words.symbol(b'.') {
                words.peek().filter(|token| token.kind == Kind::Number)?;
                words.take();
            }
            Some(Value::Other)
        }
        _ => None,
    }
}

/// What a list of modes says about quotes.
fn mode(list: &[u8]) -> Mode {
    let has = |names: &[&str]| {
        let mut modes = list.split(|byte| *byte == b',').map(<[u8]>::trim_ascii);
        modes.any(|mode| names.iter().any(|name| mode.eq_ignore_ascii_case(name.as_bytes())))
    };
    Mode {
        ansi: has(&["ANSI", "ANSI_QUOTES", "DB2", "MAXDB", "MSSQL", "ORACLE", "POSTGRESQL"]),
        escapes: !has(&["NO_BACKSLASH_ESCAPES"]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn apply(settings: &mut Settings, text: &str) -> Result<bool, ErrorKind> {
        let mode = settings.mode;
        settings.apply(Words::new(text.as_bytes(), mode, b";"))
    }

    #[test]
    fn settings_are_saved_changed_and_put_back() {
        let mut settings = Settings::default();
        for (statement, encoding, ansi, escapes) in [
            ("/*!40101 SET NAMES latin1 */;", encoding_rs::WINDOWS_1252, false, true),
            (
                "/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO,ANSI' */;",
                encoding_rs::WINDOWS_1252,
                true,
                true,
            ),
            ("SET @saved_cs_client     = @@character_set_client;", encoding_rs::WINDOWS_1252, true, true),
            ("/*!50503 SET character_set_client = utf8mb4 */;", UTF_8, true, true),
            ("SET character_set_client = @saved_cs_client;", encoding_rs::WINDOWS_1252, true, true),
            ("SET SESSION sql_mode = 'NO_BACKSLASH_ESCAPES';", encoding_rs::WINDOWS_1252, false, false),
            ("/*!40101 SET SQL_MODE=@OLD_SQL_MODE */;", encoding_rs::WINDOWS_1252, false, true),
            ("SET GLOBAL sql_mode = 'ANSI';", encoding_rs::WINDOWS_1252, false, true),
            ("SET NAMES utf8mb4 COLLATE utf8mb4_general_ci;", UTF_8, false, true),
        ] {
            assert_eq!(apply(&mut settings, statement).ok(), Some(true), "{statement}");
            assert_eq!(settings.encoding, encoding, "{statement}");
            assert_eq!(settings.mode, Mode { ansi, escapes }, "{statement}");
        }
    }

    #[test]
    fn what_dumps_set_is_known() {
        for statement in [
            "/*!40103 SET TIME_ZONE='+00:00' */;",
            "SET @@SESSION.SQL_LOG_BIN= 0;",
            "SET @MYSQLDUMP_TEMP_LOG_BIN = @@SESSION.SQL_LOG_BIN;",
            "SET @@GLOBAL.GTID_PURGED=/*!80000 '+'*/ 'aa-1:1-3';",
            "/*!40014 SET @OLD_UNIQUE_CHECKS=@@UNIQUE_CHECKS, UNIQUE_CHECKS=0 */;",
            "SET autocommit=0;",
            "SET SESSION NET_READ_TIMEOUT= 86400, SESSION NET_WRITE_TIMEOUT= 86400;",
            "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ;",
            "/*!50003 SET sql_mode              = '' */ ;",
            "/*!50606 SET GLOBAL INNODB_STATS_AUTO_RECALC=OFF */;",
            "SET CHARACTER SET utf8;",
        ] {
            assert_eq!(apply(&mut Settings::default(), statement).ok(), Some(true), "{statement}");
        }
        for statement in [
            "SET @a = (SELECT 1);",
            "SET @a = CONCAT('x', 'y');",
            "SET @a = 1 + 1;",
            "SET @a;",
            "SET;",
            "SET NAMES;",
        ] {
            assert_ne!(apply(&mut Settings::default(), statement).ok(), Some(true), "{statement}");
        }
        for statement in ["SET NAMES gbk;", "SET sql_mode = @@x;", "SET character_set_client = 5;"] {
            assert!(apply(&mut Settings::default(), statement).is_err(), "{statement}");
        }
    }
}
