//! XML as it is written (XML 1.0, fifth edition), as far as values must be told from markup: tags, attributes, text,
//! CDATA, comments, instructions, with their places.
//!
//! Nothing is validated but what keeps one part from being taken for another: tags match, quotes close, references are
//! those of XML itself or of characters. A document type is refused, and with it all entities that it could declare.

use std::ops::Range;

/// A piece of XML and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// `<name`; its attributes follow.
    Open(Range<usize>),
    /// An attribute: its name, and its value with the quotes.
    Attribute(Range<usize>, Range<usize>),
    /// `>` after the attributes, or `/>`.
    EndOfTag {
        /// `/>`.
        closes: bool,
    },
    /// `</name>`.
    Close(Range<usize>),
    /// Characters, references and CDATA up to the next markup.
    Text(Range<usize>),
    /// `<!-- .. -->`.
    Comment(Range<usize>),
    /// `<? .. ?>`.
    Instruction(Range<usize>),
    /// `<?xml .. ?>` at the beginning.
    Declaration,
}

/// The text is not XML that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NotXml;

/// Reads pieces one by one.
pub(super) struct Pieces<'a> {
    text: &'a str,
    at: usize,
    in_tag: bool,
}

const CDATA: &str = "<![CDATA[";

impl<'a> Pieces<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0, in_tag: false }
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// The next piece; `value` gets the text of an attribute or of characters without references.
    pub(super) fn next(&mut self, value: &mut Vec<u8>) -> Result<Option<Piece>, NotXml> {
        value.clear();
        if self.in_tag {
            return self.attribute(value).map(Some);
        }
        let start = self.at;
        let rest = self.rest();
        if rest.is_empty() {
            return Ok(None);
        }
        if !rest.starts_with('<') || rest.starts_with(CDATA) {
            self.characters(value)?;
            return Ok(Some(Piece::Text(start..self.at)));
        }
        if rest.starts_with("<!--") {
            self.skip_past(4, "-->")?;
            return Ok(Some(Piece::Comment(start..self.at)));
        }
        if rest.starts_with("<?") {
            self.skip_past(2, "?>")?;
            let instruction = &self.text[start..self.at];
            let declares = start == 0 && is_declaration(instruction);
            return Ok(Some(if declares { Piece::Declaration } else { Piece::Instruction(start..self.at) }));
        }
        if rest.starts_with("</") {
            self.at += 2;
            let name = self.name()?;
            self.skip_space();
            self.expect(">")?;
            return Ok(Some(Piece::Close(name)));
        }
        self.at += 1;
        let name = self.name()?;
        self.in_tag = true;
        Ok(Some(Piece::Open(name)))
    }

    fn attribute(&mut self, value: &mut Vec<u8>) -> Result<Piece, NotXml> {
        let spaced = self.skip_space();
        for (end, closes) in [(">", false), ("/>", true)] {
            if self.expect(end).is_ok() {
                self.in_tag = false;
                return Ok(Piece::EndOfTag { closes });
            }
        }
        if !spaced {
            return Err(NotXml);
        }
        let name = self.name()?;
        self.skip_space();
        self.expect("=")?;
        self.skip_space();
        let start = self.at;
        let quote = self.rest().chars().next().filter(|c| matches!(c, '"' | '\'')).ok_or(NotXml)?;
        let length = self.rest()[1..].find(quote).ok_or(NotXml)?;
        let inner = &self.rest()[1..=length];
        if inner.contains('<') {
            return Err(NotXml);
        }
        decode(inner, value)?;
        self.at += length + 2;
        Ok(Piece::Attribute(name, start..self.at))
    }

    /// Reads characters, references and CDATA.
    fn characters(&mut self, value: &mut Vec<u8>) -> Result<(), NotXml> {
        loop {
            if self.rest().starts_with(CDATA) {
                let start = self.at + CDATA.len();
                self.skip_past(CDATA.len(), "]]>")?;
                let inner = &self.text[start..self.at - 3];
                has_only_characters(inner)?;
                value.extend_from_slice(inner.as_bytes());
            }
            let end = self.rest().find('<').unwrap_or(self.rest().len());
            let plain = &self.rest()[..end];
            if plain.contains("]]>") {
                return Err(NotXml);
            }
            decode(plain, value)?;
            self.at += end;
            if !self.rest().starts_with(CDATA) {
                return Ok(());
            }
        }
    }

    fn skip_past(&mut self, skipped: usize, end: &str) -> Result<(), NotXml> {
        let from = self.at + skipped;
        let length = self.text.get(from..).and_then(|rest| rest.find(end)).ok_or(NotXml)?;
        self.at = from + length + end.len();
        Ok(())
    }

    fn skip_space(&mut self) -> bool {
        let trimmed = self.rest().trim_start_matches([' ', '\t', '\n', '\r']);
        let spaced = trimmed.len() < self.rest().len();
        self.at = self.text.len() - trimmed.len();
        spaced
    }

    fn expect(&mut self, what: &str) -> Result<(), NotXml> {
        if !self.rest().starts_with(what) {
            return Err(NotXml);
        }
        self.at += what.len();
        Ok(())
    }

    fn name(&mut self) -> Result<Range<usize>, NotXml> {
        let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | ':' | '-' | '.' | '\u{b7}');
        let start = self.at;
        let length = self.rest().find(|c| !is_name(c)).unwrap_or(self.rest().len());
        let first = self.rest()[..length].chars().next().ok_or(NotXml)?;
        if !(first.is_alphabetic() || matches!(first, '_' | ':')) {
            return Err(NotXml);
        }
        self.at += length;
        Ok(start..self.at)
    }
}

/// Whether an instruction is the declaration of version, encoding and standalone, and nothing else.
fn is_declaration(text: &str) -> bool {
    let harmless = |byte: u8| byte.is_ascii_alphanumeric() || b" \t\r\n=\"'._-".contains(&byte);
    let inner = text.strip_prefix("<?xml").and_then(|rest| rest.strip_suffix("?>"));
    inner.is_some_and(|inner| {
        inner.len() <= 100
            && inner.starts_with([' ', '\t', '\r', '\n'])
            && inner.bytes().all(harmless)
            && inner.split([' ', '\t', '\r', '\n']).filter(|word| !word.is_empty()).all(|word| {
                ["version=", "encoding=", "standalone="].iter().any(|name| word.starts_with(name))
            })
    })
}

fn has_only_characters(text: &str) -> Result<(), NotXml> {
    if text.bytes().any(|byte| byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r')) {
        return Err(NotXml);
    }
    Ok(())
}

/// Appends text without references.
fn decode(text: &str, out: &mut Vec<u8>) -> Result<(), NotXml> {
    has_only_characters(text)?;
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.extend_from_slice(&rest.as_bytes()[..at]);
        let inner = &rest[at + 1..];
        // The longest is a character's: #x10FFFF, perhaps with zeros in front.
        let end = inner.bytes().take(16).position(|byte| byte == b';').ok_or(NotXml)?;
        let c = match &inner[..end] {
            "lt" => '<',
            "gt" => '>',
            "amp" => '&',
            "quot" => '"',
            "apos" => '\'',
            number => character(number).ok_or(NotXml)?,
        };
        out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        rest = &inner[end + 1..];
    }
    out.extend_from_slice(rest.as_bytes());
    Ok(())
}

/// The character of `#233` or `#xe9`.
fn character(reference: &str) -> Option<char> {
    let number = reference.strip_prefix('#')?;
    let (digits, radix) = match number.strip_prefix('x') {
        Some(digits) => (digits, 16),
        None => (number, 10),
    };
    let plain = digits.chars().all(|digit| digit.is_digit(radix));
    u32::from_str_radix(digits, radix)
        .ok()
        .filter(|_| plain)
        .and_then(char::from_u32)
        .filter(|c| is_character(*c))
}

/// Whether XML can hold a character.
fn is_character(c: char) -> bool {
    c >= ' ' && !matches!(c, '\u{fffe}' | '\u{ffff}') || matches!(c, '\t' | '\n' | '\r')
}

/// Appends characters as text, or as the inner of an attribute between `quote`s. What XML cannot hold becomes U+FFFD.
pub(super) fn write(value: &[u8], quote: Option<char>, out: &mut Vec<u8>) {
    for c in String::from_utf8_lossy(value).chars() {
        match c {
            '&' => out.extend_from_slice(b"&amp;"),
            '<' => out.extend_from_slice(b"&lt;"),
            '>' => out.extend_from_slice(b"&gt;"),
            '"' if quote == Some('"') => out.extend_from_slice(b"&quot;"),
            '\'' if quote == Some('\'') => out.extend_from_slice(b"&apos;"),
            '\r' => out.extend_from_slice(b"&#13;"),
            '\t' | '\n' if quote.is_some() => {
                out.extend_from_slice(format!("&#{};", u32::from(c)).as_bytes());
            }
            c if is_character(c) => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            _ => out.extend_from_slice("\u{fffd}".as_bytes()),
        }
    }
}

/// Whether all of the text is one CDATA section.
pub(super) fn is_cdata(written: &str) -> bool {
    written
        .strip_prefix(CDATA)
        .and_then(|rest| rest.strip_suffix("]]>"))
        .is_some_and(|inner| !inner.contains("]]>"))
}

/// Appends characters as a CDATA section, if they can be in one.
pub(super) fn write_cdata(value: &[u8], out: &mut Vec<u8>) -> bool {
    let fits = std::str::from_utf8(value)
        .is_ok_and(|text| !text.contains("]]>") && !text.contains('\r') && text.chars().all(is_character));
    if fits {
        out.extend_from_slice(CDATA.as_bytes());
        out.extend_from_slice(value);
        out.extend_from_slice(b"]]>");
    }
    fits
}
