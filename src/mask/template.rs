//! `template`: text put together from fixed pieces, other columns of the original row, and keyed tags.
//!
//! Other columns come in clear only if the policy keeps them; of all others a placeholder takes a keyed tag or a few
//! first characters, and the plan refuses what would show more. `{tag:N}` is the tag that `keyed_hash` would give the
//! cell: purpose `tag`, spec `text:BITS:base32:EQUALITY` with BITS = 5 N. `{column|hash:N}` is the tag of that column's
//! canonical text: purpose `template`, spec `text:BITS:base32:exact:COLUMN`. `{column|first:N}` is the first N characters
//! of the value, but not more than half of it; `x` stands for those that are missing. NULL gives nothing.
//!
//! What does not fit the width is cut from the columns in clear, the last first.

use super::{
    Batch, CellError, Class, DefaultDomain, Equality, Example, KeyedBy, Operator, OperatorInfo, Output,
    Parameter, ParameterKind, Prepared, Refusal, Request, Scratch, Tally, Uniqueness, email, rows, start,
    tag,
};
use crate::base::{DomainKeys, Prf, canonical};
use crate::table::{Column, ColumnBuilder, SqlType};

pub(super) const INFO: OperatorInfo = OperatorInfo {
    name: "template",
    summary: "Put a text together from fixed pieces, columns of the row, and keyed tags",
    class: Class::Synthesize,
    keyed_by: KeyedBy::Value,
    domain: DefaultDomain::Column,
    entity: "text",
    parameters: &[Parameter {
        name: "template",
        summary: "text with {column} for a column that the policy keeps, {column|hash:8}, {column|first:1}, |lower or \
                  |upper after any of them, {tag:16} for the cell's own tag, and {{ }} for braces",
        kind: ParameterKind::Text,
        required: true,
        of_domain: false,
    }],
    examples: &[
        Example {
            policy: "{ op = \"template\", template = \"user-{tag:16}@example.com\" }",
            sql_type: &SqlType::TEXT,
            input: "jane.doe@larkspur.example",
            output: Some("user-k4zxmtqtm3utbbo3@example.com"),
        },
        Example {
            policy: "{ op = \"template\", template = \"{{{tag:8|upper}}}\" }",
            sql_type: &SqlType::TEXT,
            input: "ABC-4471",
            output: Some("{H6U7ZX4P}"),
        },
    ],
    accepts: SqlType::is_text,
    prepare,
};

/// Most characters of a tag.
const LONGEST_TAG: usize = tag::MOST_BITS as usize / 5;
/// Fewest.
const SHORTEST_TAG: usize = tag::FEWEST_BITS as usize / 5;
/// Most first characters of a value.
const MOST_FIRST: usize = 3;

fn prepare(request: &Request<'_>) -> Result<Prepared, Refusal> {
    let Some(template) = request.text("template")? else {
        return Err(Refusal("template needs a template".into()));
    };
    let mut reads = Vec::new();
    let pieces = parse(template, &mut reads)?;
    if request.ascii && !template.is_ascii() {
        return Err(Refusal(
            "template must be ASCII: the dump's encoding may not hold other characters".into(),
        ));
    }
    if reaches(&pieces) {
        request.needs_live("what the template makes")?;
    }
    let fixed: usize = pieces.iter().map(Piece::most).sum();
    let is_clear = |piece: &Piece| matches!(piece.what, What::Clear(_));
    let bounded = !pieces.iter().any(is_clear);
    let width = request.sql_type.width().map(|width| width as usize);
    if let Some(width) = width.filter(|width| *width < fixed) {
        return Err(Refusal(format!(
            "the template has up to {fixed} characters beside its columns in clear, and {width} fit; shorten it"
        )));
    }
    let max_width = if bounded { Some(fixed) } else { width };
    let keyed = pieces.iter().any(|piece| matches!(piece.what, What::Tag(_) | What::Hash { .. }));
    let spec = if keyed { spec(&pieces, &reads, request.equality) } else { String::new() };
    let mut exposes: Vec<String> = Vec::new();
    let mut partial = Vec::new();
    for piece in &pieces {
        match piece.what {
            What::Clear(column) if !exposes.contains(&reads[column]) => exposes.push(reads[column].clone()),
            What::First { column, characters } => partial.push(format!("{characters} of {}", reads[column])),
            _ => {}
        }
    }
    let notes = if partial.is_empty() {
        Vec::new()
    } else {
        vec![("partial-values", format!("first characters pass as they are: {}", partial.join(", ")))]
    };
    let (equality, uniqueness, columns) = (request.equality, uniqueness(&pieces), reads.clone());
    let make = move |keys: Option<&DomainKeys>| Template {
        pieces: pieces.iter().map(|piece| Started::new(piece, &columns, equality, keys)).collect(),
        width,
        equality,
    };
    Ok(Prepared {
        spec,
        uniqueness,
        max_width: max_width.map(|width| width as u32),
        output: Output::Text,
        notes,
        reads,
        exposes,
        keyed_by: Some(if keyed { KeyedBy::Value } else { KeyedBy::Nothing }),
        ..Prepared::new(if keyed {
            start::keyed(move |keys| make(Some(keys)))
        } else {
            start::keyless(move || make(None))
        })
    })
}

fn tag_spec(characters: usize, equality: Equality) -> String {
    format!("text:{}:base32:{}", characters * 5, equality.as_str())
}

fn hash_spec(characters: usize, column: &str) -> String {
    format!("{}:{column}", tag_spec(characters, Equality::Exact))
}

/// The specs of all keys of a template.
fn spec(pieces: &[Piece], reads: &[String], equality: Equality) -> String {
    let mut specs: Vec<String> = Vec::new();
    for piece in pieces {
        let spec = match piece.what {
            What::Tag(characters) => tag_spec(characters, equality),
            What::Hash { column, characters } => hash_spec(characters, &reads[column]),
            _ => continue,
        };
        if !specs.contains(&spec) {
            specs.push(spec);
        }
    }
    specs.join(" ")
}

/// A tag keeps values apart if all before it, or all after it, has one length.
fn uniqueness(pieces: &[Piece]) -> Uniqueness {
    let has_one_length = |piece: &Piece| matches!(piece.what, What::Text(_) | What::Tag(_));
    let before = pieces.iter().take_while(|piece| has_one_length(piece));
    let after = pieces.iter().rev().take_while(|piece| has_one_length(piece));
    let characters = before.chain(after).filter_map(|piece| match piece.what {
        What::Tag(characters) => Some(characters),
        _ => None,
    });
    characters
        .max()
        .map_or(Uniqueness::No, |characters| Uniqueness::Bounded { bits: (characters * 5) as f64 })
}

/// Whether the text may be an address or a URL of a real host.
fn reaches(pieces: &[Piece]) -> bool {
    let text: String = pieces
        .iter()
        .map(|piece| match &piece.what {
            What::Text(text) => text.as_str(),
            // What no host that is reserved has in it.
            _ => "\0",
        })
        .collect();
    let hosts = text.match_indices('@').map(|(at, sign)| at + sign.len());
    let urls = text.match_indices("://").map(|(at, sign)| at + sign.len());
    hosts.chain(urls).any(|start| {
        let host =
            text[start..].split(['/', ':', '?', '#', ' ', '>', ',', ';', '"']).next().unwrap_or_default();
        !email::is_inert(host.rsplit('@').next().unwrap_or_default())
    })
}

/// A part of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Piece {
    what: What,
    case: Case,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum What {
    Text(String),
    /// The cell's own tag.
    Tag(usize),
    /// A column as it is, by its place among those that are read.
    Clear(usize),
    Hash {
        column: usize,
        characters: usize,
    },
    First {
        column: usize,
        characters: usize,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Case {
    AsIs,
    Lower,
    Upper,
}

impl Piece {
    /// Its most characters; 0 for a column in clear, which is cut to what is left.
    fn most(&self) -> usize {
        match &self.what {
            What::Text(text) => text.chars().count(),
            What::Tag(characters) | What::Hash { characters, .. } | What::First { characters, .. } => {
                *characters
            }
            What::Clear(_) => 0,
        }
    }
}

fn parse(template: &str, reads: &mut Vec<String>) -> Result<Vec<Piece>, Refusal> {
    let mut pieces = Vec::new();
    let mut text = String::new();
    let mut rest = template;
    while let Some(place) = rest.find(['{', '}']) {
        text.push_str(&rest[..place]);
        let (brace, after) = rest[place..].split_at(1);
        if after.starts_with(brace) {
            text.push_str(brace);
            rest = &after[1..];
            continue;
        }
        let end = if brace == "{" { after.find(['{', '}']) } else { None };
        let Some(end) = end.filter(|end| after[*end..].starts_with('}')) else {
            return Err(Refusal("a brace of the template has no partner; {{ and }} stand for braces".into()));
        };
        if !text.is_empty() {
            pieces.push(Piece { what: What::Text(std::mem::take(&mut text)), case: Case::AsIs });
        }
        pieces.push(placeholder(&after[..end], reads)?);
        rest = &after[end + 1..];
    }
    text.push_str(rest);
    if !text.is_empty() {
        pieces.push(Piece { what: What::Text(text), case: Case::AsIs });
    }
    if pieces.iter().map(Piece::most).sum::<usize>() == 0 && reads.is_empty() {
        return Err(Refusal("template is empty".into()));
    }
    Ok(pieces)
}

fn placeholder(text: &str, reads: &mut Vec<String>) -> Result<Piece, Refusal> {
    let mut parts = text.split('|');
    let name = parts.next().unwrap_or_default().trim();
    let number = |text: &str, least: usize, most: usize| {
        text.parse::<usize>().ok().filter(|number| (least..=most).contains(number)).ok_or_else(|| {
            Refusal(format!("a placeholder of the template has a number that is not from {least} to {most}"))
        })
    };
    let mut what = match name.strip_prefix("tag:") {
        Some(count) => What::Tag(number(count, SHORTEST_TAG, LONGEST_TAG)?),
        None if name.is_empty() => {
            return Err(Refusal("a placeholder of the template names no column".into()));
        }
        None => {
            let place = reads.iter().position(|read| read == name).unwrap_or_else(|| {
                reads.push(name.to_owned());
                reads.len() - 1
            });
            What::Clear(place)
        }
    };
    let mut case = Case::AsIs;
    for part in parts {
        what = match (part.trim().split_once(':'), what) {
            (Some(("hash", count)), What::Clear(column)) => {
                What::Hash { column, characters: number(count, SHORTEST_TAG, LONGEST_TAG)? }
            }
            (Some(("first", count)), What::Clear(column)) => {
                What::First { column, characters: number(count, 1, MOST_FIRST)? }
            }
            (None, what) if part.trim() == "lower" => {
                case = Case::Lower;
                what
            }
            (None, what) if part.trim() == "upper" => {
                case = Case::Upper;
                what
            }
            _ => {
                return Err(Refusal(
                    "a placeholder of the template may have |hash:N or |first:N, and |lower or |upper".into(),
                ));
            }
        };
    }
    Ok(Piece { what, case })
}

/// A piece with its key.
struct Started {
    piece: Piece,
    prf: Option<Prf>,
}

impl Started {
    fn new(piece: &Piece, reads: &[String], equality: Equality, keys: Option<&DomainKeys>) -> Self {
        let prf = keys.and_then(|keys| match piece.what {
            What::Hash { column, characters } => {
                Some(keys.prf("template", &hash_spec(characters, &reads[column])))
            }
            What::Tag(characters) => Some(keys.prf("tag", &tag_spec(characters, equality))),
            _ => None,
        });
        Self { piece: piece.clone(), prf }
    }
}

struct Template {
    pieces: Vec<Started>,
    width: Option<usize>,
    equality: Equality,
}

impl Template {
    /// Appends one row's text; `clear` is room for the places of columns in clear.
    fn write(
        &self,
        row: usize,
        own: &str,
        others: &[Column<'_>],
        out: &mut Vec<u8>,
        clear: &mut Vec<(usize, usize)>,
    ) -> Result<(), CellError> {
        let begin = out.len();
        clear.clear();
        for Started { piece, prf } in &self.pieces {
            let start = out.len();
            let other = |column: usize| match others.get(column).and_then(|column| column.value(row)) {
                Some(value) => rows::text(row, value).map(Some),
                None => Ok(None),
            };
            match (&piece.what, prf) {
                (What::Text(text), _) => out.extend_from_slice(text.as_bytes()),
                (What::Tag(characters), Some(prf)) => {
                    tag::write(&prf.tag(canonical::text(own, self.equality).as_bytes()), *characters, out);
                }
                (What::Hash { column, characters }, Some(prf)) => {
                    if let Some(value) = other(*column)? {
                        let message = canonical::text(value, Equality::Exact);
                        tag::write(&prf.tag(message.as_bytes()), *characters, out);
                    }
                }
                (What::First { column, characters }, _) => {
                    if let Some(value) = other(*column)?.map(str::trim).filter(|value| !value.is_empty()) {
                        first(value, *characters, out);
                    }
                }
                (What::Clear(column), _) => {
                    if let Some(value) = other(*column)? {
                        out.extend_from_slice(value.as_bytes());
                    }
                }
                // A key is missing, so nothing comes out that needs it.
                _ => {}
            }
            recase(piece.case, start, out);
            if matches!(piece.what, What::Clear(_)) {
                clear.push((start, out.len()));
            }
        }
        if let Some(width) = self.width {
            cut(width, begin, clear, out);
        }
        Ok(())
    }
}

/// Appends the first characters, no more than half of them, and `x` for those that are missing.
fn first(value: &str, characters: usize, out: &mut Vec<u8>) {
    let shown = characters.min(value.chars().count() / 2);
    let end = value.char_indices().nth(shown).map_or(value.len(), |(end, _)| end);
    out.extend_from_slice(&value.as_bytes()[..end]);
    out.resize(out.len() + characters - shown, b'x');
}

fn recase(case: Case, start: usize, out: &mut Vec<u8>) {
    if case == Case::AsIs {
        return;
    }
    if out[start..].is_ascii() {
        match case {
            Case::Upper => out[start..].make_ascii_uppercase(),
            _ => out[start..].make_ascii_lowercase(),
        }
        return;
    }
    let text = String::from_utf8_lossy(&out[start..]);
    // Character by character, so that as many come out.
    let mapped: String = text
        .chars()
        .map(|own| {
            let (mut lower, mut upper) = (own.to_lowercase(), own.to_uppercase());
            let first = if case == Case::Lower { lower.next() } else { upper.next() };
            let rest = if case == Case::Lower { lower.next() } else { upper.next() };
            first.filter(|_| rest.is_none()).unwrap_or(own)
        })
        .collect();
    out.truncate(start);
    out.extend_from_slice(mapped.as_bytes());
}

/// Cuts columns in clear, the last first, until the text that begins at `begin` has no more than `width` characters.
fn cut(width: usize, begin: usize, clear: &[(usize, usize)], out: &mut Vec<u8>) {
    let count = |bytes: &[u8]| bytes.iter().filter(|byte| **byte & 0xc0 != 0x80).count();
    let mut over = count(&out[begin..]).saturating_sub(width);
    for (start, end) in clear.iter().rev() {
        if over == 0 {
            return;
        }
        let gone = over.min(count(&out[*start..*end]));
        let mut from = *end;
        for _ in 0..gone {
            from -= 1;
            while from > *start && out[from] & 0xc0 == 0x80 {
                from -= 1;
            }
        }
        out.drain(from..*end);
        over -= gone;
    }
}

impl Operator for Template {
    fn mask(
        &self,
        batch: &Batch<'_>,
        out: &mut ColumnBuilder,
        scratch: &mut Scratch,
    ) -> Result<Tally, CellError> {
        let mut text = std::mem::take(&mut scratch.text);
        let mut clear = Vec::new();
        let mut masked = 0;
        for (row, cell) in batch.cells.iter().enumerate() {
            let Some(cell) = rows::present(cell) else {
                out.keep();
                continue;
            };
            text.clear();
            self.write(row, rows::text(row, cell)?, batch.others, &mut text, &mut clear)?;
            out.value(&text);
            masked += 1;
        }
        scratch.text = text;
        Ok(Tally { masked, invalid: 0 })
    }
}

#[cfg(test)]
mod tests {
    use super::super::examples::{block, demo_key, mask_text, parameters, prepare, request};
    use super::*;
    use crate::table::{Cell, Span};

    fn with(policy: &str, width: Option<u32>, others: &[Option<&str>]) -> String {
        let sql_type = SqlType::Text { width, padded: false, case_insensitive: false };
        let parameters = parameters(policy);
        let prepared = (INFO.prepare)(&request(&parameters, &sql_type))
            .unwrap_or_else(|refusal| panic!("{}", refusal.0));
        let blocks: Vec<(Vec<u8>, Vec<Span>)> = others.iter().map(|other| block(&[*other])).collect();
        let others: Vec<Column<'_>> =
            blocks.iter().map(|(bytes, spans)| Column::new(bytes, &[], spans)).collect();
        let (bytes, spans) = block(&[Some("own")]);
        let batch = Batch { others: &others, ..Batch::new(Column::new(&bytes, &[], &spans)) };
        let mut out = ColumnBuilder::default();
        let operator = (prepared.start)(Some(&demo_key().domain("t.c")));
        operator.mask(&batch, &mut out, &mut Scratch::default()).unwrap();
        match out.cell(0) {
            Cell::Value(value) => String::from_utf8(value.to_vec()).unwrap(),
            _ => panic!("a value"),
        }
    }

    #[test]
    fn columns_come_in_clear_in_part_or_as_tags() {
        let row = [Some("Žofie"), Some("42")];
        assert_eq!(with("{ template = '{name|lower}.{id}@x.test' }", None, &row), "žofie.42@x.test");
        assert_eq!(with("{ template = '{name|first:2}{id}' }", None, &row), "Žo42");
        assert_eq!(with("{ template = '{name|first:1|lower}-{id}' }", None, &[Some("Z"), None]), "x-");
        let hashed = with("{ template = '{name|hash:8}/{id|hash:4|upper}' }", None, &row);
        assert!(
            hashed.len() == 13
                && hashed[9..].bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        );
        assert_eq!(with("{ template = '{{{id}}}' }", None, &[Some("42")]), "{42}");
    }

    #[test]
    fn a_tag_is_that_of_keyed_hash() {
        let hash = mask_text(&super::super::keyed_hash::INFO, "{ bits = 80 }", "abc");
        assert_eq!(mask_text(&INFO, "{ template = 'u-{tag:16}' }", "abc"), format!("u-{hash}"));
    }

    #[test]
    fn what_does_not_fit_is_cut_from_columns_in_clear() {
        let cut = |width, name| {
            with("{ template = '{name}.{id}@x.test' }", Some(width), &[Some(name), Some("4711")])
        };
        assert_eq!(cut(20, "Maximilian"), "Maximilian.47@x.test");
        assert_eq!(cut(12, "Žöfie"), "Žöfi.@x.test");
        assert!(
            prepare(
                &INFO,
                "{ template = '{id}@x.test' }",
                &SqlType::Text { width: Some(6), padded: false, case_insensitive: false }
            )
            .is_err()
        );
    }

    #[test]
    fn what_is_shown_in_clear_is_declared() {
        let prepared =
            prepare(&INFO, "{ template = '{a}{b|hash:4}{c|first:1}{a|upper}{d|lower}' }", &SqlType::TEXT)
                .unwrap();
        assert_eq!(prepared.reads, ["a", "b", "c", "d"]);
        assert_eq!(prepared.exposes, ["a", "d"]);
    }

    #[test]
    fn a_tag_beside_columns_in_clear_keeps_values_apart() {
        let verdict = |template: &str| {
            prepare(&INFO, &format!("{{ template = '{template}' }}"), &SqlType::TEXT).unwrap().uniqueness
        };
        assert_eq!(verdict("{a}.{tag:16}"), Uniqueness::Bounded { bits: 80.0 });
        assert_eq!(verdict("{tag:16}.{a}@x.test"), Uniqueness::Bounded { bits: 80.0 });
        assert_eq!(verdict("{a}.{tag:16}{a}"), Uniqueness::No);
        assert_eq!(verdict("{a|hash:16}"), Uniqueness::No);
    }

    #[test]
    fn templates_that_cannot_be_or_may_reach_somebody_are_refused() {
        for template in [
            "",
            "{",
            "a}",
            "{a{b}}",
            "{}",
            "{a|hash}",
            "{a|hash:3}",
            "{a|hash:26}",
            "{a|first:4}",
            "{a|first:1|hash:8}",
            "{a|reverse}",
            "{tag:1}",
            "{a}@gmail.com",
            "{a}@{b}",
            "https://{a}.example.com/",
            "https://x@acme.com/{a}",
        ] {
            assert!(
                prepare(&INFO, &format!("{{ template = '{template}' }}"), &SqlType::TEXT).is_err(),
                "{template}"
            );
        }
        assert!(prepare(&INFO, "{ template = '{a}@gmail.com', live = true }", &SqlType::TEXT).is_ok());
        assert!(prepare(&INFO, "{ template = 'https://example.test/{a}' }", &SqlType::TEXT).is_ok());
    }
}
