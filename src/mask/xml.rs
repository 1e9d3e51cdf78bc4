//! `xml`: texts and attributes of XML documents are masked path by path; everything else stays byte for byte.
//!
//! A path names the text of elements (`/order/customer/email`, `//ip`, `/order/*`) or attributes (`//@ip`, `/order/@*`),
//! by names as they are written, prefixes included; it does not reach into the elements below. What no path names
//! follows `rest`, comments and processing instructions too: redacted, a comment says so, and an instruction goes.
//! White space around a text is layout and stays. Names of elements and attributes stay if they are ASCII words of at
//! most 64 bytes, and so do declarations of namespaces; a document with others that no path has is invalid, or ends the
//! run where `rest` denies.

use toml::Value;

use super::nested::{
    self, DEEPEST, Fate, Fault, Forms, Found, Keys, Leaf, Parts, Path, Rest, StateId, Step, Syntax, Test,
    Tree,
};
use super::xml_text::{NotXml, Piece, Pieces, is_cdata, write, write_cdata};
use super::{
    Class, Example, KeyedBy, OperatorInfo, Parameter, ParameterKind, Prepared, Refusal, Request, typed,
};
use crate::base::sketch;
use crate::table::SqlType;
use std::ops::Range;

pub(super) const INFO: OperatorInfo = OperatorInfo {
    name: "xml",
    summary: "Mask texts and attributes of XML by path; what no path names is denied, redacted or kept",
    class: Class::Suppress,
    keyed_by: KeyedBy::Parts,
    domain: nested::DOMAIN,
    entity: "XML document without DOCTYPE",
    parameters: &[
        Parameter {
            name: "paths",
            summary: "operators by path: { \"/order/customer/email\" = \"email\", \"//@ip\" = \"redact\", \"/order/*\" = .. }; \
                      the most specific wins",
            kind: ParameterKind::Entries,
            required: false,
            of_domain: false,
        },
        Rest::PARAMETER,
    ],
    examples: &[
        Example {
            policy: r#"{ op = "xml", paths = { "/order/email" = "email", "/order/@no" = "keep" } }"#,
            sql_type: &SqlType::Xml,
            input: r#"<order no="7"><email>jane.doe&#64;example.com</email></order>"#,
            output: Some(r#"<order no="7"><email>hehdajejskmsxwd4@example.com</email></order>"#),
        },
        Example {
            policy: r#"{ op = "xml", rest = "redact" }"#,
            sql_type: &SqlType::Xml,
            input: "<a x='1'><!-- for Jane --> <b>Jane</b> <c/></a>",
            output: Some("<a x='[redacted]'><!--[redacted]--> <b>[redacted]</b> <c/></a>"),
        },
    ],
    accepts: |sql_type| matches!(sql_type.base(), SqlType::Xml | SqlType::Text { .. }),
    prepare,
};

fn prepare(request: &Request<'_>) -> Result<Prepared, Refusal> {
    let mut parts = Parts::new(request);
    let entries = request.parameters.get("paths").and_then(Value::as_table);
    let mut named = Vec::new();
    for (text, entry) in entries.into_iter().flatten() {
        let path = path(text).map_err(|why| Refusal(format!("path {text}: {why}")))?;
        named.push((path, text.clone(), entry));
    }
    let tree = Tree::new(&mut parts, named, false, |parts, entry, _| Forms::text(parts, entry))?;
    parts.finish(&INFO, Xml { tree })
}

/// Steps of the longest path.
const MOST_STEPS: usize = 64;

/// Reads `/a/b`, `//b`, `/a/*`, `/a/@x`, `//@*`.
fn path(text: &str) -> Result<Path, String> {
    let mut steps = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let after = rest.strip_prefix('/').ok_or("a path begins with /, and so does each step")?;
        let (descend, after) = after.strip_prefix('/').map_or((false, after), |after| (true, after));
        let (step, following) = after.split_at(after.find('/').unwrap_or(after.len()));
        let (is_attribute, name) = step.strip_prefix('@').map_or((false, step), |name| (true, name));
        let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | ':' | '-' | '.');
        if name != "*" && (name.is_empty() || !name.chars().all(plain)) {
            return Err("a step is a name, *, @name or @*; conditions in [ ] are not supported".into());
        }
        if is_attribute && !following.is_empty() {
            return Err("an attribute has nothing below it".into());
        }
        let test = match (is_attribute, name) {
            (false, "*") => Test::Any,
            (false, name) => Test::Name(name.to_owned()),
            (true, "*") => Test::Attribute(None),
            (true, name) => Test::Attribute(Some(name.to_owned())),
        };
        steps.push(Step { descend, test });
        rest = following;
    }
    if steps.is_empty() || steps.len() > MOST_STEPS {
        return Err(format!("a path has 1 to {MOST_STEPS} steps"));
    }
    Ok(Path { steps, keys: Keys::No })
}

struct Xml {
    tree: Tree<u32>,
}

const TEXT: u32 = 0;
const ATTRIBUTE: u32 = 1;
const COMMENT: u32 = 2;
const INSTRUCTION: u32 = 3;

/// An element that is open.
struct Open {
    name: Range<usize>,
    state: StateId,
}

/// A document that is being read.
struct Reading<'a> {
    tree: &'a Tree<u32>,
    cell: &'a str,
    open: Vec<Open>,
}

impl Reading<'_> {
    fn state(&self) -> StateId {
        self.open.last().map_or_else(Tree::<u32>::start, |element| element.state)
    }

    /// Where the reading is, and what it has come to there.
    fn place(&self, what: &str) -> Fault {
        let mut place = String::new();
        for element in &self.open {
            place.push('/');
            place.push_str(&self.shown(&element.name));
        }
        Fault::Unnamed(format!("{place}/{what}"))
    }

    fn shown(&self, name: &Range<usize>) -> String {
        let name = &self.cell[name.clone()];
        if self.tree.knows(name.as_bytes()) { name.to_owned() } else { sketch(name.as_bytes()) }
    }

    /// Refuses a name that may be data.
    fn check_name(&self, name: &Range<usize>) -> Result<(), Fault> {
        let text = self.cell[name.clone()].as_bytes();
        let is_word = text.len() <= 64
            && text.iter().all(|byte| byte.is_ascii_alphanumeric() || b"_-.:".contains(byte));
        if is_word || self.tree.rest() == Rest::Keep || self.tree.knows(text) {
            return Ok(());
        }
        // A name cannot be redacted, its tags being two and anywhere.
        Err(match self.tree.rest() {
            Rest::Deny => self.place(&format!("{} (name)", sketch(text))),
            _ => Fault::Invalid,
        })
    }

    fn leaf(
        &self,
        state: StateId,
        range: Range<usize>,
        form: u32,
        value: &[u8],
        what: impl FnOnce() -> String,
        found: &mut Found<'_>,
    ) -> Result<(), Fault> {
        match self.tree.value(state) {
            Fate::Keep => {}
            Fate::Mask(path) => {
                if let Some(slot) = self.tree.rule(path) {
                    found.push(range, form, *slot, Some(value));
                }
            }
            Fate::Redact if value.is_empty() => {}
            Fate::Redact => found.redact(range, form),
            Fate::Deny => return Err(self.place(&what())),
        }
        Ok(())
    }

    /// A comment or instruction.
    fn aside(&self, range: Range<usize>, form: u32, what: &str, found: &mut Found<'_>) -> Result<(), Fault> {
        match self.tree.rest() {
            Rest::Keep => {}
            Rest::Redact => found.redact(range, form),
            Rest::Deny => return Err(self.place(what)),
        }
        Ok(())
    }

    fn whole(&mut self, found: &mut Found<'_>, value: &mut Vec<u8>) -> Result<(), Fault> {
        let mut pieces = Pieces::new(self.cell);
        while let Some(piece) = pieces.next(value)? {
            match piece {
                Piece::Declaration => {}
                Piece::Open(name) => {
                    self.check_name(&name)?;
                    if self.open.len() == DEEPEST {
                        return Err(Fault::Invalid);
                    }
                    let state = self.tree.name(self.state(), self.cell[name.clone()].as_bytes());
                    self.open.push(Open { name, state });
                }
                Piece::EndOfTag { closes: true } => drop(self.open.pop()),
                Piece::EndOfTag { closes: false } => {}
                Piece::Close(name) => {
                    let opened = self.open.pop().ok_or(Fault::Invalid)?;
                    if self.cell[opened.name] != self.cell[name] {
                        return Err(Fault::Invalid);
                    }
                }
                Piece::Attribute(name, range) => {
                    let written = &self.cell[name.clone()];
                    if written == "xmlns" || written.starts_with("xmlns:") {
                        continue;
                    }
                    self.check_name(&name)?;
                    let state = self.tree.attribute(self.state(), written.as_bytes());
                    let what = || format!("@{}", self.shown(&name));
                    self.leaf(state, range, ATTRIBUTE, value, what, found)?;
                }
                Piece::Text(range) => {
                    let written = &self.cell[range.clone()];
                    let space = [' ', '\t', '\n', '\r'];
                    let before = written.len() - written.trim_start_matches(space).len();
                    let after = written.len() - written.trim_end_matches(space).len();
                    if before < written.len() && !value.trim_ascii().is_empty() {
                        let inner = &value[before..value.len() - after];
                        let range = range.start + before..range.end - after;
                        self.leaf(self.state(), range, TEXT, inner, || "text()".into(), found)?;
                    }
                }
                Piece::Comment(range) => self.aside(range, COMMENT, "comment()", found)?,
                Piece::Instruction(range) => {
                    self.aside(range, INSTRUCTION, "processing-instruction()", found)?;
                }
            }
        }
        if self.open.is_empty() { Ok(()) } else { Err(Fault::Invalid) }
    }
}

impl Syntax for Xml {
    const PART: &'static str = "XML";

    fn find(&self, cell: &str, found: &mut Found<'_>) -> Result<(), Fault> {
        let mut value = std::mem::take(found.decoded);
        let result = Reading { tree: &self.tree, cell, open: Vec::new() }.whole(found, &mut value);
        *found.decoded = value;
        result
    }

    fn write(&self, leaf: &Leaf, written: &str, value: Option<&[u8]>, out: &mut Vec<u8>) {
        let value = value.unwrap_or_default();
        if leaf.form != ATTRIBUTE {
            if !(is_cdata(written) && write_cdata(value, out)) {
                write(value, None, out);
            }
            return;
        }
        let quote = if written.starts_with('\'') { '\'' } else { '"' };
        out.push(quote as u8);
        write(value, Some(quote), out);
        out.push(quote as u8);
    }

    fn redact(&self, leaf: &Leaf, written: &str, out: &mut Vec<u8>) {
        match leaf.form {
            COMMENT => out.extend_from_slice(format!("<!--{}-->", typed::REDACTED).as_bytes()),
            INSTRUCTION => {}
            _ => self.write(leaf, written, Some(typed::REDACTED.as_bytes()), out),
        }
    }
}

impl From<NotXml> for Fault {
    fn from(_: NotXml) -> Self {
        Self::Invalid
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::examples::mask_cells;
    use super::*;

    fn masked(policy: &str, cell: &str) -> Result<String, String> {
        let policy = format!("{{ on_invalid = 'error', {policy} }}");
        let masked = mask_cells(&INFO, &policy, &SqlType::Xml, "", &[Some(cell)]);
        masked.map(|masked| masked[0].clone().unwrap()).map_err(|error| error.kind.to_string())
    }

    const KEEP: &str = "rest = 'keep', reason = 'a test'";

    #[test]
    fn texts_and_attributes_are_masked_by_path() {
        let policy = format!(
            "{KEEP}, paths = {{ '/o/c/e' = 'email', '//@ip' = {{ op = 'constant', value = \"a'\\\"<&\" }}, '//p:x' = 'null', '/o/@id' = 'redact' }}"
        );
        let cell = "<?xml version=\"1.0\"?>\n<o id=\"1\" ip='2'>\n <c t=\"x\"><e>\n  jane.doe@example.com\n</e><e/></c>\
                    <p:x ip=\"\">y<z>k</z>w</p:x></o>\n";
        assert_eq!(
            masked(&policy, cell).unwrap(),
            "<?xml version=\"1.0\"?>\n<o id=\"[redacted]\" ip='a&apos;\"&lt;&amp;'>\n <c t=\"x\"><e>\n  \
             hehdajejskmsxwd4@example.com\n</e><e/></c><p:x ip=\"\"><z>k</z></p:x></o>\n"
        );
    }

    #[test]
    fn references_and_cdata_are_read_and_written() {
        let policy = "paths = { '//e' = 'email', '//k' = { op = 'constant', value = \"a]]>&\" } }";
        assert_eq!(
            masked(policy, "<a><e><![CDATA[jane.doe@example.com]]></e><e>jane.doe&#x40;<![CDATA[example]]>.com</e><k>&lt;</k><k><![CDATA[x]]></k></a>").unwrap(),
            "<a><e><![CDATA[hehdajejskmsxwd4@example.com]]></e><e>hehdajejskmsxwd4@example.com</e><k>a]]&gt;&amp;</k><k>a]]&gt;&amp;</k></a>"
        );
    }

    #[test]
    fn what_is_not_named_ends_the_run() {
        let policy = "paths = { '/order/email' = 'email' }";
        assert!(masked(policy, "<order xmlns='urn:x'> <email/> </order>").is_ok());
        for (cell, place) in [
            ("<order>text</order>", "XML /order/text() is not named"),
            ("<order><email ip='1'/></order>", "/order/email/@… is not named"),
            ("<order><customer_name>x</customer_name></order>", "/order/LLLL+PLLLL/text() "),
            ("<order><!--x--></order>", "/order/comment() "),
            ("<order><?x y?></order>", "/order/processing-instruction() "),
            ("plain", "/text() "),
            ("<order><schlüssel_x/></order>", "(name) "),
        ] {
            let error = masked(policy, cell).unwrap_err();
            assert!(error.contains(place), "{cell}: {error}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_invalid() {
        for cell in [
            "<a>",
            "</a>",
            "<a></b>",
            "<a",
            "<a x></a>",
            "<a x=1/>",
            "<a x='1'y='2'/>",
            "<a x='<'/>",
            "<a>&nbsp;</a>",
            "<a>&#0;</a>",
            "<a>&",
            "<!DOCTYPE a><a/>",
            "<a><![CDATA[x</a>",
            "<!-- x",
            "<1/>",
            "<a>]]></a>",
            "< a/>",
            "<a>&#+5;</a>",
            "<a>\u{1}</a>",
        ] {
            let error = masked(KEEP, cell).unwrap_err();
            assert!(error.contains("is not a valid XML"), "{cell}: {error}");
        }
        let deep = |depth: usize| format!("{}{}", "<a>".repeat(depth), "</a>".repeat(depth));
        assert!(masked(KEEP, &deep(DEEPEST)).is_ok());
        assert!(masked(KEEP, &deep(DEEPEST + 1)).is_err());
    }

    #[test]
    fn paths_that_are_none_are_refused() {
        for text in ["", "a", "/", "/a/", "//", "/a[1]", "/@x/b", "/a b", "///a", "/@"] {
            assert!(path(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_written_so_that_it_is_read_again(text in "[ -~é\n\t]{1,30}", quote in prop::sample::select(vec!['"', '\''])) {
            prop_assume!(!text.trim().is_empty());
            let mut cell = b"<a x=".to_vec();
            cell.push(quote as u8);
            write(text.as_bytes(), Some(quote), &mut cell);
            cell.push(quote as u8);
            cell.push(b'>');
            write(text.as_bytes(), None, &mut cell);
            cell.extend_from_slice(b"</a>");
            let cell = String::from_utf8(cell).unwrap();
            let mut pieces = Pieces::new(&cell);
            let mut value = Vec::new();
            while let Some(piece) = pieces.next(&mut value).unwrap() {
                if matches!(piece, Piece::Attribute(..) | Piece::Text(_)) {
                    prop_assert_eq!(std::str::from_utf8(&value).unwrap(), &text);
                }
            }
            let kept = masked(KEEP, &cell).unwrap();
            prop_assert_eq!(kept, cell);
        }

        #[test]
        fn any_markup_gives_a_result_or_an_error(text in "[<>/a!\\-\\[\\]CDATA?&;#x'\"= ]{0,40}") {
            if let Ok(masked_cell) = masked("rest = 'redact'", &text) {
                prop_assert!(masked(KEEP, &masked_cell).is_ok() || masked_cell.trim_matches(' ').is_empty(), "{}", masked_cell);
            }
        }
    }
}
