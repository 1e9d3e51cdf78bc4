//! Patterns: LIKE, SIMILAR TO, GLOB and regular expressions, all as regular expressions; and texts that match them.

use regex::{Regex, RegexBuilder};

/// Whose rules a pattern follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Like { folds: bool, escape: Option<char> },
    Similar,
    Regex { folds: bool },
    Glob,
}

/// A pattern that can be matched.
#[derive(Clone, Debug)]
pub(in crate::synth) struct Pattern {
    regex: Regex,
    /// The same pattern without regard to letter case.
    folded: Regex,
    source: String,
    /// Whether it is LIKE, which compares by the column's collation.
    like: bool,
}

/// Patterns that would make a larger automaton are not read.
const LARGEST: usize = 1 << 20;

impl Pattern {
    pub(super) fn new(text: &str, kind: Kind) -> Option<Self> {
        let (source, folds) = match kind {
            Kind::Like { folds, escape } => (like(text, escape)?, folds),
            Kind::Similar => (similar(text)?, false),
            Kind::Regex { folds } => (posix(text)?, folds),
            Kind::Glob => (glob(text)?, false),
        };
        let build = |folds: bool| {
            RegexBuilder::new(&source)
                .case_insensitive(folds)
                .dot_matches_new_line(true)
                .size_limit(LARGEST)
                .build()
                .ok()
        };
        Some(Self {
            regex: build(folds)?,
            folded: build(true)?,
            source: source.clone(),
            like: matches!(kind, Kind::Like { .. }),
        })
    }

    /// Whether `text` matches; `folds` is the column's own rule.
    pub(super) fn is_match(&self, text: &str, folds: bool) -> bool {
        if folds { self.folded.is_match(text) } else { self.regex.is_match(text) }
    }

    pub(super) fn is_like(&self) -> bool {
        self.like
    }

    /// Texts that match, short ones first, as far as a walk over the pattern finds any. Some may not match: callers
    /// test them.
    pub(in crate::synth) fn examples(&self) -> Vec<String> {
        let mut found = Vec::new();
        for variant in 0..4 {
            if let Some(text) = example(&self.source, variant)
                && !found.contains(&text)
            {
                found.push(text);
            }
        }
        found
    }
}

fn like(text: &str, escape: Option<char>) -> Option<String> {
    let mut out = String::from("^");
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            _ if Some(c) == escape => out.push_str(&regex::escape(&chars.next()?.to_string())),
            '%' => out.push_str(".*"),
            '_' => out.push('.'),
            other => out.push_str(&regex::escape(&other.to_string())),
        }
    }
    out.push('$');
    Some(out)
}

/// SIMILAR TO: `%` and `_` as in LIKE; brackets, bars, repetitions as in regular expressions.
fn similar(text: &str) -> Option<String> {
    let mut out = String::from("^(?:");
    let mut chars = text.chars();
    let mut class = false;
    while let Some(c) = chars.next() {
        match c {
            '\\' => out.push_str(&regex::escape(&chars.next()?.to_string())),
            '[' if !class => {
                class = true;
                out.push('[');
            }
            ']' => {
                class = false;
                out.push(']');
            }
            _ if class => out.push(c),
            '%' => out.push_str(".*"),
            '_' => out.push('.'),
            '(' | ')' | '|' | '*' | '+' | '?' | '{' | '}' => out.push(c),
            other => out.push_str(&regex::escape(&other.to_string())),
        }
    }
    out.push_str(")$");
    Some(out)
}

fn glob(text: &str) -> Option<String> {
    let mut out = String::from("^");
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '*' => out.push_str(".*"),
            '?' => out.push('.'),
            '[' => {
                out.push('[');
                let mut first = true;
                loop {
                    match chars.next()? {
                        ']' if !first => break,
                        '^' if first => out.push('^'),
                        c @ ('[' | '\\' | '&' | '~') => out.extend(['\\', c]),
                        c => out.push(c),
                    }
                    first = false;
                }
                out.push(']');
            }
            other => out.push_str(&regex::escape(&other.to_string())),
        }
    }
    out.push('$');
    Some(out)
}

/// A regular expression of PostgreSQL or MySQL whose meaning is the same here; none for what differs: embedded
/// options, back references, look-around, the escapes that only they have.
fn posix(text: &str) -> Option<String> {
    if text.starts_with("***") || text.starts_with("(?") {
        return None;
    }
    let mut chars = text.chars().peekable();
    let mut out = String::new();
    let mut class = false;
    while let Some(c) = chars.next() {
        match c {
            '\\' => {
                let escaped = chars.next()?;
                if escaped.is_ascii_alphanumeric() && !"dwsDWSnrt".contains(escaped) {
                    return None;
                }
                out.extend(['\\', escaped]);
            }
            '[' if class && chars.peek() == Some(&':') => out.push('['),
            '[' if class => out.push_str("\\["),
            '&' | '~' if class => out.extend(['\\', c]),
            '[' => {
                class = true;
                out.push('[');
                if chars.peek() == Some(&'^') {
                    out.extend(chars.next());
                }
                if chars.peek() == Some(&']') {
                    chars.next();
                    out.push_str("\\]");
                }
            }
            ']' if class => {
                // The end of `[:alpha:]` is not the end of the class around it.
                class = out.ends_with(':') && out.contains("[:");
                out.push(']');
            }
            '(' if !class && chars.peek() == Some(&'?') => {
                chars.next();
                if chars.peek() != Some(&':') {
                    return None;
                }
                out.push_str("(?");
            }
            other => out.push(other),
        }
    }
    Some(out)
}

/// A text made by walking over a regular expression: the first alternative, few repetitions; `variant` moves the
/// choices. None for what the walk does not know.
fn example(source: &str, variant: usize) -> Option<String> {
    let chars: Vec<char> = source.chars().collect();
    let mut walk = Walk { chars: &chars, at: 0, variant };
    let text = walk.alternatives(20)?;
    (walk.at == chars.len()).then_some(text)
}

struct Walk<'c> {
    chars: &'c [char],
    at: usize,
    variant: usize,
}

impl Walk<'_> {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn alternatives(&mut self, depth: usize) -> Option<String> {
        let depth = depth.checked_sub(1)?;
        let mut all = vec![self.sequence(depth)?];
        while self.peek() == Some('|') {
            self.at += 1;
            all.push(self.sequence(depth)?);
        }
        let pick = self.variant % all.len();
        Some(all.swap_remove(pick))
    }

    fn sequence(&mut self, depth: usize) -> Option<String> {
        let mut out = String::new();
        while let Some(c) = self.peek().filter(|c| !matches!(c, '|' | ')')) {
            self.at += 1;
            let piece = match c {
                '^' | '$' => continue,
                '(' => {
                    if self.chars[self.at..].starts_with(&['?', ':']) {
                        self.at += 2;
                    }
                    let inner = self.alternatives(depth)?;
                    if self.peek() != Some(')') {
                        return None;
                    }
                    self.at += 1;
                    inner
                }
                '[' => self.class()?.to_string(),
                '.' => if self.variant.is_multiple_of(2) { "a" } else { "7" }.to_owned(),
                '\\' => {
                    let escaped = self.peek()?;
                    self.at += 1;
                    match escaped {
                        'd' => "5".into(),
                        'w' | 'D' | 'S' => "a".into(),
                        's' => " ".into(),
                        'W' => "-".into(),
                        'n' | 'r' | 't' => return None,
                        other => other.to_string(),
                    }
                }
                other => other.to_string(),
            };
            let (least, most) = self.repetition()?;
            let times = (least + self.variant % 3).min(most.unwrap_or(usize::MAX));
            if out.len() + piece.len() * times > 100_000 {
                return None;
            }
            out.push_str(&piece.repeat(times));
        }
        Some(out)
    }

    fn repetition(&mut self) -> Option<(usize, Option<usize>)> {
        let range = match self.peek() {
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('?') => (0, Some(1)),
            Some('{') => {
                let end = self.chars[self.at..].iter().position(|c| *c == '}')? + self.at;
                let inner: String = self.chars[self.at + 1..end].iter().collect();
                self.at = end;
                match inner.split_once(',') {
                    None => {
                        let exact = inner.parse().ok()?;
                        (exact, Some(exact))
                    }
                    Some((low, "")) => (low.parse().ok()?, None),
                    Some((low, high)) => (low.parse().ok()?, Some(high.parse().ok()?)),
                }
            }
            _ => return Some((1, Some(1))),
        };
        self.at += 1;
        if self.peek() == Some('?') {
            self.at += 1;
        }
        Some(range)
    }

    /// A character of a class; the `[` has been read.
    fn class(&mut self) -> Option<char> {
        let negated = self.peek() == Some('^');
        self.at += usize::from(negated);
        let mut ranges: Vec<(char, char)> = Vec::new();
        loop {
            let c = self.peek()?;
            self.at += 1;
            match c {
                ']' => break,
                '[' => {
                    let end = self.chars[self.at..].iter().position(|c| *c == ']')? + self.at;
                    let name: String = self.chars[self.at..end].iter().filter(|c| **c != ':').collect();
                    self.at = end + 1;
                    ranges.extend(match name.as_str() {
                        "alpha" | "lower" => [('a', 'z'), ('a', 'z')],
                        "upper" => [('A', 'Z'), ('A', 'Z')],
                        "alnum" | "word" => [('a', 'z'), ('0', '9')],
                        "digit" | "xdigit" => [('0', '9'), ('0', '9')],
                        "space" | "blank" => [(' ', ' '), (' ', ' ')],
                        "punct" => [('!', '!'), ('.', '.')],
                        _ => return None,
                    });
                }
                '\\' => {
                    let escaped = self.peek()?;
                    self.at += 1;
                    ranges.push(match escaped {
                        'd' => ('0', '9'),
                        'w' => ('a', 'z'),
                        's' => (' ', ' '),
                        other => (other, other),
                    });
                }
                low if self.peek() == Some('-') && self.chars.get(self.at + 1) != Some(&']') => {
                    let high = *self.chars.get(self.at + 1)?;
                    self.at += 2;
                    ranges.push((low, high));
                }
                one => ranges.push((one, one)),
            }
        }
        let inside = |c: char| ranges.iter().any(|(low, high)| (*low..=*high).contains(&c));
        if negated {
            return ('a'..='z').chain('0'..='9').chain([' ', '-', 'A']).find(|c| !inside(*c));
        }
        let (low, high) = *ranges.get(self.variant % ranges.len().max(1))?;
        Some(if self.variant >= 2 { high } else { low })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_match_their_patterns() {
        let regex = Kind::Regex { folds: false };
        let like = Kind::Like { folds: false, escape: Some('\\') };
        for (text, kind) in [
            ("^[A-Z]{3}-[0-9]+$", regex),
            ("^[^@]+@[^@]+\\.[a-z]{2,}$", regex),
            ("^(red|green)?[[:digit:]]*x$", regex),
            ("a_c%", like),
            ("%@%.%", like),
            ("10\\%", like),
            ("(A|B)[0-9]{2}%", Kind::Similar),
            ("[A-Z]*x?", Kind::Glob),
        ] {
            let pattern = Pattern::new(text, kind).unwrap();
            let examples = pattern.examples();
            assert!(examples.iter().any(|example| pattern.is_match(example, false)), "{text} {examples:?}");
        }
    }

    #[test]
    fn what_other_engines_mean_otherwise_is_not_read() {
        for text in ["(a)\\1", "\\yword\\y", "(?i)a", "a(?=b)", "***:a"] {
            assert!(Pattern::new(text, Kind::Regex { folds: false }).is_none(), "{text}");
        }
    }
}
