//! The rules of ARCHITECTURE.md, checked on the source text: imports go down only, files are small, open with a
//! paragraph that says what they are, and hold no `unsafe`.
//!
//! The floors are read from the table in ARCHITECTURE.md, so that the page cannot drift from the code. Comments and
//! string literals do not count; a path counts wherever it stands, not only in `use`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Lines that a source file may have.
const MOST_LINES: usize = 600;

#[test]
fn imports_go_down_only() {
    let floors = Floors::parse(&read("ARCHITECTURE.md"));
    let mut problems = Vec::new();
    for source in sources() {
        problems.extend(floors.problems(&source));
    }
    assert!(
        problems.is_empty(),
        "imports that go up or sideways (see ARCHITECTURE.md):\n{}",
        problems.join("\n")
    );
}

#[test]
fn every_file_is_small_and_says_what_it_is() {
    let problems: Vec<String> = sources().iter().flat_map(shape_problems).collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// A file under `src`.
struct Source {
    /// Its path from `src`, with slashes: `mask/email.rs`.
    path: String,
    text: String,
}

impl Source {
    /// The top-level module that the file belongs to; none for the roots of the library and the command, which may
    /// name anything.
    fn module(&self) -> Option<&str> {
        match self.path.split_once('/') {
            Some((folder, _)) => Some(folder),
            None if self.path == "lib.rs" || self.path == "main.rs" => None,
            None => self.path.strip_suffix(".rs"),
        }
    }

    /// How many `super` lead from the file's module to the crate's root.
    fn depth(&self) -> usize {
        self.path.split('/').count() - usize::from(self.path.ends_with("/mod.rs"))
    }
}

/// Top-level modules with their floors.
struct Floors(BTreeMap<String, u32>);

impl Floors {
    /// Reads the table whose head is `| floor | modules | ...`.
    fn parse(page: &str) -> Self {
        let mut floors = BTreeMap::new();
        let rows = page.lines().skip_while(|line| !line.starts_with("| floor |")).skip(2);
        for row in rows.take_while(|line| line.starts_with('|')) {
            let cells: Vec<&str> = row.split('|').map(str::trim).collect();
            let floor: u32 = cells[1].parse().expect("the first column of the floor table is a number");
            for module in cells[2].split_whitespace() {
                let name = module.trim_matches('`').trim_end_matches('/').trim_end_matches(".rs");
                floors.insert(name.to_owned(), floor);
            }
        }
        assert!(floors.len() >= 8, "ARCHITECTURE.md has no floor table that can be read");
        Self(floors)
    }

    /// A line for each path in the file that may not be there.
    fn problems(&self, source: &Source) -> Vec<String> {
        let Some(own) = source.module() else { return Vec::new() };
        let Some(own_floor) = self.0.get(own) else {
            return vec![format!(
                "src/{}: module {own} is not in the floor table of ARCHITECTURE.md",
                source.path
            )];
        };
        let code = code_only(&source.text);
        let mut problems = Vec::new();
        for (line, module) in self.modules_named(&code, source.depth()) {
            let way = match self.0.get(&module) {
                _ if module == own => continue,
                None => "past the floors",
                Some(floor) if floor < own_floor => continue,
                Some(floor) if floor == own_floor => "sideways",
                Some(_) => "up",
            };
            problems.push(format!(
                "src/{}:{line}: {own} (floor {own_floor}) goes {way} to {module}",
                source.path
            ));
        }
        problems
    }

    /// What code names at the crate's root, through `crate::`, `scrub::` or enough `super::`, with the lines. Through
    /// `super::` only names of the table count: from a test module inside the file, they are the file's own neighbours.
    fn modules_named(&self, code: &str, depth: usize) -> Vec<(usize, String)> {
        let mut found = Vec::new();
        let supers = "super::".repeat(depth);
        for root in ["crate::", "scrub::", &supers] {
            for (start, _) in code.match_indices(root) {
                let before = &code[..start];
                if before.ends_with(is_word) || before.ends_with("::") {
                    continue;
                }
                let line = before.matches('\n').count() + 1;
                let rest = code[start + root.len()..].trim_start();
                let heads =
                    if let Some(group) = rest.strip_prefix('{') { heads_of_group(group) } else { vec![rest] };
                for head in heads {
                    let name =
                        head.trim_start().split(|character| !is_word(character)).next().unwrap_or_default();
                    if !name.is_empty() && (root != supers || self.0.contains_key(name)) {
                        found.push((line, name.to_owned()));
                    }
                }
            }
        }
        found
    }
}

/// What else is wrong with a file.
fn shape_problems(source: &Source) -> Vec<String> {
    let mut problems = Vec::new();
    let lines = source.text.lines().count();
    if lines > MOST_LINES {
        problems.push(format!("src/{}: {lines} lines; split it (at most {MOST_LINES})", source.path));
    }
    if !source.text.starts_with("//!") {
        problems.push(format!("src/{}: does not open with a `//!` paragraph", source.path));
    }
    for (line, text) in code_only(&source.text).lines().enumerate() {
        if words(text).any(|word| word == "unsafe") {
            problems.push(format!("src/{}:{}: unsafe", source.path, line + 1));
        }
    }
    problems
}

/// The members of `{a::b, c::{d, e}, f}`, given what follows the first brace.
fn heads_of_group(group: &str) -> Vec<&str> {
    let (mut heads, mut depth, mut start) = (Vec::new(), 0, 0);
    for (position, character) in group.char_indices() {
        match character {
            '{' => depth += 1,
            '}' if depth == 0 => {
                heads.push(&group[start..position]);
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                heads.push(&group[start..position]);
                start = position + 1;
            }
            _ => {}
        }
    }
    heads
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|character| !is_word(character)).filter(|word| !word.is_empty())
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// The text with comments, strings and character literals blanked out; lines stay where they are.
fn code_only(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut code = String::with_capacity(text.len());
    let mut at = 0;
    while at < bytes.len() {
        let end = literal_end(text, at);
        if end > at {
            code.extend(text[at..end].chars().map(|character| if character == '\n' { '\n' } else { ' ' }));
            at = end;
        } else {
            let character = text[at..].chars().next().unwrap();
            code.push(character);
            at += character.len_utf8();
        }
    }
    code
}

/// Where the comment or literal that starts at `at` ends; `at` if none does.
fn literal_end(text: &str, at: usize) -> usize {
    let rest = &text[at..];
    let from = |skip: usize, mark: &str| {
        rest[skip..].find(mark).map_or(text.len(), |end| at + skip + end + mark.len())
    };
    if rest.starts_with("//") {
        return rest.find('\n').map_or(text.len(), |end| at + end);
    }
    if rest.starts_with("/*") {
        return from(2, "*/");
    }
    if let Some(raw) =
        rest.strip_prefix('r').filter(|_| !text[..at].ends_with(is_word) || text[..at].ends_with('b'))
    {
        let hashes = raw.bytes().take_while(|byte| *byte == b'#').count();
        if raw[hashes..].starts_with('"') {
            return from(hashes + 2, &format!("\"{}", "#".repeat(hashes)));
        }
    }
    if rest.starts_with('"') {
        return quoted_end(rest, '"').map_or(text.len(), |end| at + end);
    }
    // A quote that no second one follows at once is a lifetime.
    let mut characters = rest.chars();
    if characters.next() == Some('\'') {
        let (second, third) = (characters.next(), characters.next());
        if second == Some('\\') || third == Some('\'') {
            return quoted_end(rest, '\'').map_or(text.len(), |end| at + end);
        }
    }
    at
}

/// The length of a quoted literal with backslash escapes.
fn quoted_end(rest: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    for (position, character) in rest.char_indices().skip(1) {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if character == quote => return Some(position + 1),
            _ => {}
        }
    }
    None
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut sources = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        let mut entries: Vec<PathBuf> =
            fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        entries.sort();
        for path in entries {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let relative = path.strip_prefix(&root).unwrap();
                let parts: Vec<_> = relative.iter().map(|part| part.to_str().unwrap()).collect();
                sources.push(Source { path: parts.join("/"), text: fs::read_to_string(&path).unwrap() });
            }
        }
    }
    assert!(sources.len() > 20, "no source files found");
    sources
}

fn read(file: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap()
}

fn problems_of(path: &str, text: &str) -> Vec<String> {
    let floors = Floors::parse(&read("ARCHITECTURE.md"));
    floors.problems(&Source { path: path.to_owned(), text: text.to_owned() })
}

#[test]
fn the_checker_sees_a_path_that_goes_up() {
    let problems = problems_of("table/made_up.rs", "//! x\nuse crate::plan::Policy;\n");
    assert_eq!(problems, ["src/table/made_up.rs:2: table (floor 1) goes up to plan"]);
}

#[test]
fn the_checker_sees_a_path_that_goes_sideways() {
    let problems = problems_of("mask/made_up.rs", "//! x\n\nfn f() { crate::format::open(); }\n");
    assert_eq!(problems, ["src/mask/made_up.rs:3: mask (floor 2) goes sideways to format"]);
}

#[test]
fn the_checker_sees_groups_and_super() {
    assert_eq!(problems_of("base/x.rs", "use crate::{base::Error, table::{Cell, Span}};").len(), 1);
    assert_eq!(problems_of("base/x.rs", "use super::super::table::Cell;").len(), 1);
    assert_eq!(problems_of("base/mod.rs", "use super::table::Cell;").len(), 1);
    assert_eq!(problems_of("plan/y.rs", "use scrub::cli::run;").len(), 1);
    assert_eq!(problems_of("plan/y.rs", "use crate::Scrubber;").len(), 1);
}

#[test]
fn the_checker_lets_paths_go_down_and_ignores_comments_and_strings() {
    let text = "//! [`crate::cli`]\nuse crate::base::Error; // crate::pipeline\n/* crate::plan */\nconst X: &str = \"crate::plan::Y\";\nconst Y: char = '\"'; const Z: &str = r#\"crate::cli\"#;\nfn f<'a>(x: &'a str) {}\n";
    assert_eq!(problems_of("mask/x.rs", text), Vec::<String>::new());
    assert_eq!(problems_of("mask/x.rs", &format!("{text}use crate::cli::A;")).len(), 1);
}

#[test]
fn the_checker_wants_every_module_on_a_floor() {
    assert_eq!(problems_of("helpers/x.rs", "//! x").len(), 1);
}

#[test]
fn the_checker_sees_long_files_missing_paragraphs_and_unsafe() {
    let bad = format!("{}fn f() {{ unsafe {{}} }}\n", "\n".repeat(MOST_LINES));
    assert_eq!(shape_problems(&Source { path: "mask/x.rs".to_owned(), text: bad }).len(), 3);
    let good = "//! No unsafe.\n#![forbid(unsafe_code)]\n".to_owned();
    assert_eq!(shape_problems(&Source { path: "mask/x.rs".to_owned(), text: good }), Vec::<String>::new());
}
