//! TOML with places: reads policy and lock files so that every mistake is reported, with its line and a caret.
//!
//! A [`Section`] is one table of the file. Readers ask it for the keys they know; what nobody asked for is unknown and
//! becomes a fault with the nearest known key. Faults are collected, so that one run shows all of them.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::problem::Place;
use crate::base::{Error, ErrorKind, Result, did_you_mean};

/// A text file that can name and show its lines.
#[derive(Clone, Debug)]
pub(super) struct Source {
    file: String,
    text: String,
    lines: Vec<usize>,
}

impl Source {
    pub(super) fn new(file: &str, text: &str) -> Self {
        let starts = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        Self {
            file: file.to_owned(),
            text: text.to_owned(),
            lines: std::iter::once(0).chain(starts).collect(),
        }
    }

    /// Line and column (in characters) of a byte offset, from 1.
    pub(super) fn place(&self, offset: usize) -> Place {
        let line = self.lines.partition_point(|start| *start <= offset).max(1);
        let start = self.lines[line - 1];
        let before = self.text.get(start..offset).unwrap_or_default();
        (line, before.chars().count() + 1)
    }

    /// `scrub.toml:12:5: message`, the line, and a caret under the column.
    pub(super) fn show(&self, (line, column): Place, message: &str) -> String {
        let start = self.lines.get(line.wrapping_sub(1)).copied().unwrap_or(self.text.len());
        let text = self.text.get(start..).unwrap_or_default().lines().next().unwrap_or_default();
        let skipped = column.saturating_sub(WINDOW);
        let shown: String = text.chars().skip(skipped).take(2 * WINDOW).collect();
        // Tabs stay tabs above the caret, so that it stands where the terminal puts the character.
        let indent: String = shown
            .chars()
            .take(column.saturating_sub(1 + skipped))
            .map(|c| if c == '\t' { '\t' } else { ' ' })
            .collect();
        let number = line.to_string();
        let margin = " ".repeat(number.len());
        format!("{}:{line}:{column}: {message}\n  {number} | {shown}\n  {margin} | {indent}^", self.file)
    }

    /// The file's name.
    pub(super) fn file(&self) -> &str {
        &self.file
    }
}

/// Characters of a long line shown on each side of the caret.
const WINDOW: usize = 100;

/// The mistakes found in a file so far.
pub(super) struct Faults<'s> {
    source: &'s Source,
    list: RefCell<Vec<(usize, String)>>,
}

impl<'s> Faults<'s> {
    pub(super) fn new(source: &'s Source) -> Self {
        Self { source, list: RefCell::default() }
    }

    /// Reports `message` at `span`.
    pub(super) fn add(&self, span: &Range<usize>, message: impl Into<String>) {
        self.list.borrow_mut().push((span.start, message.into()));
    }

    /// The place of `span`.
    pub(super) fn place(&self, span: &Range<usize>) -> Place {
        self.source.place(span.start)
    }

    /// Whether nothing was found.
    pub(super) fn is_empty(&self) -> bool {
        self.list.borrow().is_empty()
    }

    /// All mistakes as one error, in the order of the file.
    pub(super) fn into_error(self) -> Error {
        let mut list = self.list.into_inner();
        list.sort();
        list.dedup();
        let shown: Vec<String> = list
            .iter()
            .take(MOST)
            .map(|(at, message)| self.source.show(self.source.place(*at), message))
            .collect();
        let mut text = shown.join("\n");
        if list.len() > MOST {
            let _ = write!(text, "\n{}: {} more errors", self.source.file, list.len() - MOST);
        }
        ErrorKind::Policy(text).into()
    }
}

/// More errors than this are one mistake.
const MOST: usize = 50;

/// Parses TOML and gives its root to `read`. Syntax errors of the whole file are reported at once; other faults only
/// when the syntax is right.
pub(super) fn read<T>(source: &Source, read: impl FnOnce(&Section<'_>) -> T) -> Result<T> {
    let faults = Faults::new(source);
    let (root, errors) = DeTable::parse_recoverable(&source.text);
    for error in &errors {
        faults.add(&error.span().unwrap_or(0..0), error.message());
    }
    if !faults.is_empty() {
        return Err(faults.into_error());
    }
    let span = root.span();
    let section = Section { path: String::new(), span, table: root.get_ref(), faults: &faults };
    let value = read(&section);
    if faults.is_empty() { Ok(value) } else { Err(faults.into_error()) }
}

/// A value with its place.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct At<T> {
    pub(super) value: T,
    pub(super) at: Place,
}

type Value<'t> = Spanned<DeValue<'t>>;

/// One table of a file.
#[derive(Clone)]
pub(super) struct Section<'t> {
    path: String,
    span: Range<usize>,
    table: &'t DeTable<'t>,
    faults: &'t Faults<'t>,
}

impl<'t> Section<'t> {
    /// Reports every key that is not in `known`.
    pub(super) fn only(&self, known: &[&str]) {
        for key in self.table.keys() {
            let name = key.get_ref().as_ref();
            if !known.contains(&name) {
                let hint = did_you_mean(name, known.iter().copied());
                self.faults.add(&key.span(), format!("unknown key \"{name}\"{}{hint}", self.within()));
            }
        }
    }

    fn within(&self) -> String {
        if self.path.is_empty() { String::new() } else { format!(" in [{}]", self.path) }
    }

    /// Reports `message` at this table.
    pub(super) fn fault(&self, message: impl Into<String>) {
        self.faults.add(&self.span, message);
    }

    /// Reports `message` at the value of `key`, or at the table if there is none.
    pub(super) fn fault_at(&self, key: &str, message: impl Into<String>) {
        match self.entry(key) {
            Some((_, value)) => self.faults.add(&value.span(), message),
            None => self.fault(message),
        }
    }

    /// The place of the table.
    pub(super) fn place(&self) -> Place {
        self.faults.place(&self.span)
    }

    /// The place of the value of `key`, or of the table if there is none.
    pub(super) fn place_of(&self, key: &str) -> Place {
        self.entry(key).map_or_else(|| self.place(), |(_, value)| self.faults.place(&value.span()))
    }

    /// Names of all keys in the order of the file.
    pub(super) fn keys(&self) -> Vec<&'t str> {
        let mut keys: Vec<_> =
            self.table.keys().map(|key| (key.span().start, key.get_ref().as_ref())).collect();
        keys.sort_unstable();
        keys.into_iter().map(|(_, name)| name).collect()
    }

    /// Whether there is such a key.
    pub(super) fn has(&self, key: &str) -> bool {
        self.entry(key).is_some()
    }

    fn entry(&self, key: &str) -> Option<(&'t Spanned<std::borrow::Cow<'t, str>>, &'t Value<'t>)> {
        self.table.get_key_value(key)
    }

    fn value(&self, key: &str) -> Option<&'t Value<'t>> {
        self.entry(key).map(|(_, value)| value)
    }

    fn wrong(&self, key: &str, value: &Value<'_>, expected: &str) {
        let found = kind(value.get_ref());
        self.faults.add(&value.span(), format!("\"{key}\" must be {expected}, not {found}"));
    }

    /// A string.
    pub(super) fn text(&self, key: &str) -> Option<&'t str> {
        let value = self.value(key)?;
        let text = value.get_ref().as_str();
        if text.is_none() {
            self.wrong(key, value, "a string");
        }
        text
    }

    /// A string that must be there.
    pub(super) fn required_text(&self, key: &str) -> Option<&'t str> {
        if !self.has(key) {
            self.fault(format!("\"{key}\" is missing{}", self.within()));
        }
        self.text(key)
    }

    /// One of a few strings.
    pub(super) fn choice<T: Copy>(&self, key: &str, choices: &[(&str, T)]) -> Option<T> {
        let text = self.text(key)?;
        let found = choices.iter().find(|(name, _)| *name == text).map(|(_, choice)| *choice);
        if found.is_none() {
            let names: Vec<String> = choices.iter().map(|(name, _)| format!("\"{name}\"")).collect();
            self.fault_at(key, format!("\"{key}\" must be {}", names.join(", ")));
        }
        found
    }

    /// A boolean.
    pub(super) fn flag(&self, key: &str) -> Option<bool> {
        let value = self.value(key)?;
        let flag = value.get_ref().as_bool();
        if flag.is_none() {
            self.wrong(key, value, "true or false");
        }
        flag
    }

    /// An integer from 0.
    pub(super) fn number(&self, key: &str) -> Option<u64> {
        let value = self.value(key)?;
        let number = value
            .get_ref()
            .as_integer()
            .and_then(|integer| u64::from_str_radix(integer.as_str(), integer.radix()).ok());
        if number.is_none() {
            self.wrong(key, value, "an integer from 0");
        }
        number
    }

    /// A share: a number from 0 to 1.
    pub(super) fn share(&self, key: &str) -> Option<f64> {
        let value = self.value(key)?;
        let number: Option<f64> = match value.get_ref() {
            DeValue::Float(float) => float.as_str().parse().ok(),
            DeValue::Integer(integer) => integer.as_str().parse().ok(),
            _ => None,
        };
        let share = number.filter(|share| (0.0..=1.0).contains(share));
        if share.is_none() {
            self.wrong(key, value, "a share from 0 to 1");
        }
        share
    }

    /// A list of strings.
    pub(super) fn texts(&self, key: &str) -> Option<Vec<At<String>>> {
        let value = self.value(key)?;
        let Some(array) = value.get_ref().as_array() else {
            self.wrong(key, value, "a list of strings");
            return None;
        };
        let mut texts = Vec::with_capacity(array.len());
        for item in array {
            match item.get_ref().as_str() {
                Some(text) => texts.push(At { value: text.to_owned(), at: self.faults.place(&item.span()) }),
                None => self.wrong(key, item, "a list of strings"),
            }
        }
        Some(texts)
    }

    /// A string with its place.
    pub(super) fn placed(&self, key: &str) -> Option<At<String>> {
        Some(At { value: self.text(key)?.to_owned(), at: self.place_of(key) })
    }

    /// A string or a list of strings.
    pub(super) fn text_or_texts(&self, key: &str) -> Option<Vec<At<String>>> {
        let value = self.value(key)?;
        match value.get_ref().as_str() {
            Some(text) => Some(vec![At { value: text.to_owned(), at: self.faults.place(&value.span()) }]),
            None => self.texts(key),
        }
    }

    /// A list of strings without their places.
    pub(super) fn names(&self, key: &str) -> Option<Vec<String>> {
        Some(self.texts(key)?.into_iter().map(|text| text.value).collect())
    }

    /// A table.
    pub(super) fn section(&self, key: &str) -> Option<Section<'t>> {
        let (name, value) = self.entry(key)?;
        let path =
            if self.path.is_empty() { quoted_key(key) } else { format!("{}.{}", self.path, quoted_key(key)) };
        if let Some(table) = value.get_ref().as_table() {
            // A dotted table has no place of its own; its key has.
            return Some(Section { path, span: name.span(), table, faults: self.faults });
        }
        self.wrong(key, value, "a table");
        None
    }

    /// An array of tables.
    pub(super) fn sections(&self, key: &str) -> Vec<Section<'t>> {
        let Some(value) = self.value(key) else { return Vec::new() };
        let Some(array) = value.get_ref().as_array() else {
            self.wrong(key, value, "a list of tables");
            return Vec::new();
        };
        let path = if self.path.is_empty() { format!("[{key}]") } else { format!("{}.{key}", self.path) };
        let mut sections = Vec::with_capacity(array.len());
        for item in array {
            match item.get_ref().as_table() {
                Some(table) => {
                    let span = item.span();
                    sections.push(Section { path: path.clone(), span, table, faults: self.faults });
                }
                None => self.wrong(key, item, "a list of tables"),
            }
        }
        sections
    }

    /// Whether the value of `key` is a string.
    pub(super) fn is_text(&self, key: &str) -> bool {
        self.value(key).is_some_and(|value| value.get_ref().is_str())
    }

    /// Any value, for somebody else to judge.
    pub(super) fn any(&self, key: &str) -> Option<At<toml::Value>> {
        let value = self.value(key)?;
        let plain = plain(value.get_ref());
        if plain.is_none() {
            self.faults.add(&value.span(), format!("\"{key}\" holds a number that does not fit 64 bits"));
        }
        Some(At { value: plain?, at: self.faults.place(&value.span()) })
    }
}

/// A key as TOML writes it: bare where possible.
pub(super) fn quoted_key(key: &str) -> String {
    let bare = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if !key.is_empty() && key.bytes().all(bare) { key.to_owned() } else { quoted(key) }
}

/// A string as TOML writes it.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

fn plain(value: &DeValue<'_>) -> Option<toml::Value> {
    Some(match value {
        DeValue::String(text) => toml::Value::String(text.to_string()),
        DeValue::Integer(integer) => {
            toml::Value::Integer(i64::from_str_radix(integer.as_str(), integer.radix()).ok()?)
        }
        DeValue::Float(float) => toml::Value::Float(float.as_str().parse().ok()?),
        DeValue::Boolean(flag) => toml::Value::Boolean(*flag),
        DeValue::Datetime(date) => toml::Value::Datetime(*date),
        DeValue::Array(array) => {
            toml::Value::Array(array.iter().map(|item| plain(item.get_ref())).collect::<Option<_>>()?)
        }
        DeValue::Table(table) => {
            let entry = |(key, value): (&Spanned<std::borrow::Cow<'_, str>>, &Value<'_>)| {
                Some((key.get_ref().to_string(), plain(value.get_ref())?))
            };
            toml::Value::Table(table.iter().map(entry).collect::<Option<_>>()?)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str, known: &[&str]) -> String {
        let source = Source::new("scrub.toml", text);
        read(&source, |root| {
            root.only(known);
            root.number("version");
        })
        .unwrap_err()
        .to_string()
    }

    #[test]
    fn an_unknown_key_is_shown_with_its_line_and_the_nearest_key() {
        assert_eq!(
            error("version = 1\n\n  versoin = 2\n", &["version"]),
            "scrub.toml:3:3: unknown key \"versoin\"; did you mean \"version\"?\n  3 |   versoin = 2\n    |   ^"
        );
    }

    #[test]
    fn all_mistakes_of_a_file_are_shown_at_once() {
        let text = error("version = \"1\"\na = 1\nb = 2\n", &["version"]);
        assert_eq!(text.lines().filter(|line| line.starts_with("scrub.toml:")).count(), 3, "{text}");
        assert!(
            text.contains("scrub.toml:1:11: \"version\" must be an integer from 0, not a string"),
            "{text}"
        );
    }

    #[test]
    fn a_syntax_error_has_its_place() {
        let text = error("version = 1\nproject = [\n", &["version"]);
        assert!(text.starts_with("scrub.toml:"), "{text}");
    }

    #[test]
    fn places_count_characters() {
        let source = Source::new("f", "a = 1\nß = \"x\" # é\n");
        assert_eq!(source.place(0), (1, 1));
        assert_eq!(source.place(6 + 5), (2, 5));
        assert_eq!(source.place(10_000).0, 3);
        assert!(source.show((9, 1), "m").ends_with('^'));
    }

    #[test]
    fn long_lines_are_cut_around_the_caret() {
        let text = format!("version = \"{}\"\n", "x".repeat(4000));
        assert!(error(&text, &["version"]).len() < 500);
        let text = format!("a = \"{}\" x\n", "é".repeat(4000));
        assert!(error(&text, &["version"]).len() < 900);
    }

    #[test]
    fn quoting_survives_a_round_trip() {
        for text in ["plain", "", "with \"quotes\" and \\", "line\nfeed\ttab\r", "\u{1}\u{7f}\u{85}", "é😀"]
        {
            let line = format!("{} = {}", quoted_key(text), quoted(text));
            let table: toml::Table = toml::from_str(&line).unwrap();
            assert_eq!(table[text].as_str(), Some(text), "{line}");
        }
    }
}
