//! Paths into documents, as policies write them: a part of JSONPath (RFC 9535).
//!
//! `$.name`, `$['any name']`, `$.list[0]`, `$.*` or `$[*]` for any value, `..` for any number of steps down. Two
//! things are added. `.~` at the end names the keys of the object that the path leads to. `.$json` (`.$php`) goes
//! into a string that holds JSON (serialized PHP) itself; it is short for an entry of operator `json`
//! (`serialized_php`) with the rest of the path, and the same `rest` and `keys`.

use std::collections::BTreeMap;

use toml::{Table, Value};

use super::nested::{Keys, Path, Step, Test};
use super::{Parameter, ParameterKind, Refusal, Request};

/// The parameter `paths`.
pub(super) const PATHS: Parameter = Parameter {
    name: "paths",
    summary: "operators by path: { \"$.contact.email\" = \"email\", \"$..ip\" = \"redact\", \"$.items[*].name\" = .., \
              \"$.by_email.~\" = .. (keys), \"$.payload.$json.id\" = .. (JSON in a string) }; the most specific wins",
    kind: ParameterKind::Entries,
    required: false,
    of_domain: false,
};

/// All paths of a policy entry with their texts and entries.
pub(super) fn read(request: &Request<'_>) -> Result<Vec<(Path, String, Value)>, Refusal> {
    let mut paths = Vec::new();
    let mut within: BTreeMap<(String, &str), Table> = BTreeMap::new();
    let entries = request.parameters.get("paths").and_then(Value::as_table);
    for (text, entry) in entries.into_iter().flatten() {
        match parse(text).map_err(|why| Refusal(format!("path {text}: {why}")))? {
            Parsed::Path(path) => paths.push((path, text.clone(), entry.clone())),
            Parsed::Within { prefix, operator, rest } => {
                within.entry((prefix, operator)).or_default().insert(rest, entry.clone());
            }
        }
    }
    for ((prefix, operator), inner) in within {
        let Parsed::Path(path) = parse(&prefix).map_err(|why| Refusal(format!("path {prefix}: {why}")))?
        else {
            return Err(Refusal(format!("path {prefix} cannot be read")));
        };
        let mut entry = Table::from_iter([
            ("op".to_owned(), Value::String(operator.to_owned())),
            ("paths".to_owned(), Value::Table(inner)),
        ]);
        for name in ["rest", "keys", "reason"] {
            entry.extend(request.parameters.get(name).map(|value| (name.to_owned(), value.clone())));
        }
        paths.push((path, prefix, Value::Table(entry)));
    }
    Ok(paths)
}

enum Parsed {
    Path(Path),
    /// A path into a string: to the string, and on from there.
    Within {
        prefix: String,
        operator: &'static str,
        rest: String,
    },
}

/// Steps of the longest path.
const MOST_STEPS: usize = 64;

fn parse(text: &str) -> Result<Parsed, String> {
    let mut steps = Vec::new();
    let mut rest = text.strip_prefix('$').ok_or("a path begins with $")?;
    while !rest.is_empty() {
        let before = rest;
        let (descend, dotted) = (rest.starts_with(".."), rest.starts_with('.'));
        rest = &rest[usize::from(dotted) + usize::from(descend)..];
        if rest.starts_with('[') && (descend || !dotted) {
            let (test, after) = bracket(rest)?;
            steps.push(Step { descend, test });
            rest = after;
        } else if let Some(after) = rest.strip_prefix('*').filter(|_| dotted) {
            steps.push(Step { descend, test: Test::Any });
            rest = after;
        } else if rest == "~" && dotted {
            let keys = if descend { Keys::Below } else { Keys::There };
            return Ok(Parsed::Path(Path { steps, keys }));
        } else if let Some((operator, after)) = within(rest).filter(|_| dotted && !descend) {
            let prefix = text[..text.len() - before.len()].to_owned();
            return Ok(Parsed::Within { prefix, operator, rest: format!("${after}") });
        } else if dotted {
            let length = rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-'));
            let (name, after) = rest.split_at(length.unwrap_or(rest.len()));
            if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit() || c == '-') {
                return Err(
                    "a name after . begins with a letter or _; write others as ['name'], numbers as [0]"
                        .into(),
                );
            }
            steps.push(Step { descend, test: Test::Name(name.to_owned()) });
            rest = after;
        } else {
            return Err("after a step comes . or [ ".trim_end().into());
        }
        if steps.len() > MOST_STEPS {
            return Err(format!("it has more than {MOST_STEPS} steps"));
        }
    }
    Ok(Parsed::Path(Path { steps, keys: Keys::No }))
}

/// A step into a string: the operator that reads it, and what follows.
fn within(rest: &str) -> Option<(&'static str, &str)> {
    [("$json", "json"), ("$php", "serialized_php")]
        .into_iter()
        .find_map(|(step, operator)| Some((operator, rest.strip_prefix(step)?)))
        .filter(|(_, after)| after.is_empty() || after.starts_with(['.', '[']))
}

/// `[0]`, `[*]`, `['name']` or `["name"]`, and what follows.
fn bracket(text: &str) -> Result<(Test, &str), String> {
    const KNOWN: &str = "within [ ] there is a number from 0, *, or a name in quotes";
    let inner = &text[1..];
    if let Some(quote) = inner.chars().next().filter(|c| matches!(c, '\'' | '"')) {
        let mut name = String::new();
        let mut chars = inner[1..].char_indices();
        while let Some((at, c)) = chars.next() {
            match c {
                '\\' => match chars.next() {
                    Some((_, c @ ('\\' | '\'' | '"'))) => name.push(c),
                    _ => return Err("after \\ in a name comes \\ or a quote".into()),
                },
                c if c == quote => {
                    let after = inner[1 + at + 1..].strip_prefix(']').ok_or(KNOWN)?;
                    return Ok((Test::Name(name), after));
                }
                c => name.push(c),
            }
        }
        return Err("a quote is not closed".into());
    }
    let (inner, after) = inner.split_once(']').ok_or("a [ is not closed")?;
    if inner == "*" {
        return Ok((Test::Any, after));
    }
    let plain = !inner.is_empty() && inner.bytes().all(|byte| byte.is_ascii_digit());
    let index = inner.parse().ok().filter(|index| plain && *index < u64::MAX).ok_or(KNOWN)?;
    Ok((Test::Index(index), after))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(text: &str) -> Result<String, String> {
        Ok(match parse(text)? {
            Parsed::Within { prefix, operator, rest } => format!("{prefix} {operator} {rest}"),
            Parsed::Path(path) => {
                let step = |step: &Step| {
                    let test = match &step.test {
                        Test::Name(name) => format!("'{name}'"),
                        Test::Index(index) => index.to_string(),
                        Test::Any => "*".into(),
                        Test::Attribute(_) => "@".into(),
                    };
                    format!("{}{test}", if step.descend { ".." } else { "" })
                };
                let mut all: Vec<String> = path.steps.iter().map(step).collect();
                all.extend((path.keys != Keys::No).then(|| format!("{:?}", path.keys)));
                all.join(" ")
            }
        })
    }

    #[test]
    fn paths_are_read() {
        for (text, expected) in [
            ("$", ""),
            ("$.contact.email", "'contact' 'email'"),
            ("$..ip", "..'ip'"),
            ("$.items[*].name", "'items' * 'name'"),
            ("$['a b']['it\\'s']", "'a b' 'it's'"),
            ("$.*", "*"),
            ("$.a[0]", "'a' 0"),
            ("$..*", "..*"),
            ("$..[1]", "..1"),
            ("$..['x']", "..'x'"),
            ("$.by_email.~", "'by_email' There"),
            ("$..~", "Below"),
            ("$.payload.$json.email", "$.payload json $.email"),
            ("$.a.$php", "$.a serialized_php $"),
            ("$.größe-1", "'größe-1'"),
        ] {
            assert_eq!(steps(text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_path_is_refused() {
        for text in [
            "",
            "a",
            "$a",
            "$.",
            "$..",
            "$.a.",
            "$.0",
            "$[-1]",
            "$[1:2]",
            "$[?(@.a)]",
            "$['a'",
            "$['a",
            "$[]",
            "$[+1]",
            "$.a~",
            "$.~.a",
            "$.a b",
            "$[18446744073709551615]",
            "$.$jsonx",
            "$..$json",
            "$.[0]",
        ] {
            assert!(steps(text).is_err(), "{text}");
        }
    }
}
