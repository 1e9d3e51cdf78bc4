//! Reads a file of classes.

use std::collections::BTreeMap;

use data_encoding::HEXLOWER_PERMISSIVE;
use serde::Deserialize;

use super::class::{Content, EdgeClass, EdgeType, Part, Times, Validity, Verdict};
use crate::base::{Error, ErrorKind, Result};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    types: BTreeMap<String, Type>,
    #[serde(default)]
    class: Vec<Class>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Type {
    #[serde(default)]
    semantic: bool,
    postgresql: Option<String>,
    mysql: Option<String>,
    sqlite: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Columns {
    postgresql: Option<String>,
    mysql: Option<String>,
    sqlite: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Class {
    id: String,
    value: Option<String>,
    hex: Option<String>,
    parts: Option<Vec<PartOf>>,
    hex_parts: Option<Vec<PartOf>>,
    random: Option<usize>,
    wide: Option<usize>,
    relative: Option<Relative>,
    valid: Option<Answer>,
    postgresql: Option<Answer>,
    mysql: Option<Answer>,
    sqlite: Option<Answer>,
    #[serde(default)]
    column: Columns,
    why: String,
    source: String,
    #[serde(default)]
    tags: Vec<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum PartOf {
    Once(String),
    Repeated { repeat: String, times: TimesOf },
}

#[derive(Deserialize)]
#[serde(untagged)]
enum TimesOf {
    Fixed(usize),
    Length(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Relative {
    #[serde(default)]
    years: i32,
    #[serde(default)]
    days: i32,
}

/// `true`, `false` or a text.
#[derive(Deserialize)]
#[serde(untagged)]
enum Answer {
    Is(bool),
    Text(String),
}

/// Types and classes of a file.
///
/// # Errors
/// What no class can say.
pub(super) fn file(text: &str) -> Result<(Vec<EdgeType>, Vec<EdgeClass>)> {
    let File { types, class } = toml::from_str(text).map_err(|error| {
        let line = error.span().map(|span| text[..span.start].matches('\n').count() as u64 + 1);
        let error = Error::new(ErrorKind::Usage(format!("not a file of edge cases: {}", error.message())));
        match line {
            Some(line) => error.at_line(line),
            None => error,
        }
    })?;
    let types = types.into_iter().map(|(name, Type { semantic, postgresql, mysql, sqlite })| EdgeType {
        name,
        semantic,
        columns: [postgresql, mysql, sqlite],
    });
    let types: Vec<EdgeType> = types.collect();
    let classes: Result<Vec<EdgeClass>> = class.into_iter().map(read).collect();
    Ok((types, classes?))
}

fn read(class: Class) -> Result<EdgeClass> {
    let id = class.id;
    let wrong = |what: &str| Error::new(ErrorKind::Usage(format!("the class \"{id}\" {what}")));
    if id.split('/').count() != 2 || id.contains(char::is_whitespace) {
        return Err(wrong("needs an id of the form type/name"));
    }
    let part = |part: PartOf| match part {
        PartOf::Once(unit) => Ok(Part { unit, times: Times::Fixed(1) }),
        PartOf::Repeated { repeat, times } => Ok(Part { unit: repeat, times: times.read().ok_or(())? }),
    };
    let parts = |list: Vec<PartOf>| {
        let list: std::result::Result<Vec<Part>, ()> = list.into_iter().map(part).collect();
        list.map_err(|()| wrong("has a number of times that is none: a number, n, n-1 or n+1"))
    };
    let bytes = |hex: String| {
        HEXLOWER_PERMISSIVE.decode(hex.as_bytes()).map_err(|_| wrong("has bytes that are not hexadecimal"))
    };
    let contents = [
        class.value.map(|text| Ok(Content::Text(text))),
        class.hex.map(|hex| bytes(hex).map(Content::Bytes)),
        class.parts.map(|list| parts(list).map(Content::Parts)),
        class.hex_parts.map(|list| parts(list).map(Content::HexParts)),
        class.random.map(|count| Ok(Content::Random(count))),
        class.wide.map(|keys| Ok(Content::Wide(keys))),
        class.relative.map(|Relative { years, days }| Ok(Content::Relative { years, days })),
    ];
    let mut contents = contents.into_iter().flatten();
    let (Some(content), None) = (contents.next(), contents.next()) else {
        return Err(wrong("needs one of value, hex, parts, hex_parts, random, wide, relative"));
    };
    let validity = match class.valid {
        None => None,
        Some(Answer::Is(true)) => Some(Validity::Valid),
        Some(Answer::Is(false)) => Some(Validity::Invalid),
        Some(Answer::Text(text)) if text == "disputed" => Some(Validity::Disputed),
        Some(Answer::Text(_)) => return Err(wrong("is valid, true or false, or \"disputed\"")),
    };
    let verdict = |answer: Option<Answer>| match answer {
        None => Verdict::Unknown,
        Some(Answer::Is(true)) => Verdict::Kept,
        Some(Answer::Is(false)) => Verdict::Rejected,
        Some(Answer::Text(text)) => Verdict::Becomes(text),
    };
    let content = content?;
    Ok(EdgeClass {
        validity,
        verdicts: [verdict(class.postgresql), verdict(class.mysql), verdict(class.sqlite)],
        columns: [class.column.postgresql, class.column.mysql, class.column.sqlite],
        content,
        why: class.why,
        source: class.source,
        tags: class.tags,
        id,
    })
}

impl TimesOf {
    fn read(self) -> Option<Times> {
        match self {
            Self::Fixed(times) => Some(Times::Fixed(times)),
            Self::Length(text) => match text.strip_prefix('n')? {
                "" => Some(Times::Length(0)),
                more => more.parse().ok().map(Times::Length),
            },
        }
    }
}
