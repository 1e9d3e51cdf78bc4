//! Text that SQLite's shell writes as a call: `replace('..','\n',char(10))`, `unistr('..')`; and `CAST(X'..' AS TEXT)`,
//! by which we write text that has zero bytes.

use memchr::memmem;

use super::literal::{REPLACE, TEXT, UNISTR};
use crate::table::sqlite::{Kind, Words};

/// Calls of `replace` within each other that are read: the shell writes two at most.
const DEEPEST: usize = 4;

/// Reads the call that `bytes` begin with: its value, its style and its length.
pub(super) fn read(bytes: &[u8]) -> Option<(Vec<u8>, u8, usize)> {
    let mut words = Words::new(bytes);
    let (value, style) = call(&mut words, DEEPEST)?;
    // The closing parenthesis was taken; what comes next starts behind it.
    let close = words.peek().map_or(bytes.len(), |next| next.start);
    let len = memchr::memrchr(b')', &bytes[..close])? + 1;
    Some((value, style, len))
}

fn call(words: &mut Words<'_>, depth: usize) -> Option<(Vec<u8>, u8)> {
    if words.word("replace") {
        words.symbol(b'(').then_some(())?;
        let text = match words.text() {
            Some(text) => text.into_owned(),
            None => call(words, depth.checked_sub(1)?)?.0,
        };
        words.symbol(b',').then_some(())?;
        let name = words.text()?;
        words.symbol(b',').then_some(())?;
        words.word("char").then_some(())?;
        words.symbol(b'(').then_some(())?;
        let (number, _) = words.integer()?;
        (words.symbol(b')') && words.symbol(b')')).then_some(())?;
        let with = char::from_u32(number.try_into().ok()?)?;
        let mut buffer = [0; 4];
        return Some((replace(&text, &name, with.encode_utf8(&mut buffer).as_bytes()), REPLACE));
    }
    if words.word("unistr") {
        words.symbol(b'(').then_some(())?;
        let text = words.text()?;
        words.symbol(b')').then_some(())?;
        return Some((unescape(&text)?, UNISTR));
    }
    words.word("CAST").then_some(())?;
    words.symbol(b'(').then_some(())?;
    let blob = words.take().filter(|token| token.kind == Kind::Blob)?;
    let digits = &blob.bytes[2..blob.bytes.len() - 1];
    (words.words("AS TEXT") && words.symbol(b')')).then_some(())?;
    let value = data_encoding::HEXLOWER_PERMISSIVE.decode(digits).ok()?;
    Some((value, TEXT))
}

fn replace(text: &[u8], name: &[u8], with: &[u8]) -> Vec<u8> {
    if name.is_empty() {
        return text.to_vec();
    }
    let mut out = Vec::with_capacity(text.len());
    let mut done = 0;
    for at in memmem::find_iter(text, name) {
        out.extend_from_slice(&text[done..at]);
        out.extend_from_slice(with);
        done = at + name.len();
    }
    out.extend_from_slice(&text[done..]);
    out
}

/// `\\`, `\XXXX`, `\uXXXX`, `\+XXXXXX`, `\UXXXXXXXX`.
fn unescape(text: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'\\', rest) {
        out.extend_from_slice(&rest[..at]);
        rest = &rest[at + 1..];
        let (skip, digits) = match rest.first()? {
            b'\\' => {
                out.push(b'\\');
                rest = &rest[1..];
                continue;
            }
            b'+' => (1, 6),
            b'u' => (1, 4),
            b'U' => (1, 8),
            _ => (0, 4),
        };
        let number = std::str::from_utf8(rest.get(skip..skip + digits)?).ok()?;
        number.bytes().all(|byte| byte.is_ascii_hexdigit()).then_some(())?;
        let escaped = char::from_u32(u32::from_str_radix(number, 16).ok()?)?;
        let mut buffer = [0; 4];
        out.extend_from_slice(escaped.encode_utf8(&mut buffer).as_bytes());
        rest = &rest[skip + digits..];
    }
    out.extend_from_slice(rest);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_that_the_shell_writes_are_read() {
        for (call, expected, style) in [
            (r"replace('a\nb','\n',char(10))", "a\nb", REPLACE),
            (r"replace(replace('a\r\nb','\r',char(13)),'\n',char(10))", "a\r\nb", REPLACE),
            (r"unistr('it''s\u000a\\')", "it's\n\\", UNISTR),
            ("CAST(X'610062' AS TEXT)", "a\0b", TEXT),
        ] {
            let text = format!("{call},'next')");
            assert_eq!(
                read(text.as_bytes()),
                Some((expected.as_bytes().to_vec(), style, call.len())),
                "{call}"
            );
        }
    }

    #[test]
    fn other_calls_are_not() {
        for call in [
            "replace((SELECT a FROM t),'a',char(10))",
            "replace('a','b','c')",
            "unistr('\\zz')",
            "CAST(1 AS TEXT)",
            "char(10)",
            "replace('a','b',char(55296))",
        ] {
            assert_eq!(read(call.as_bytes()), None, "{call}");
        }
    }
}
