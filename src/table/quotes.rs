//! Quotes that are doubled inside quotes.

use std::borrow::Cow;

use memchr::memchr;

/// What stands between two quotes, with each doubled quote in it as one.
pub(crate) fn undouble(inner: &[u8], quote: u8) -> Cow<'_, [u8]> {
    if memchr(quote, inner).is_none() {
        return Cow::Borrowed(inner);
    }
    let mut out = Vec::with_capacity(inner.len());
    undouble_into(inner, quote, &mut out);
    Cow::Owned(out)
}

/// As [`undouble`], appended to `out`.
pub(crate) fn undouble_into(mut inner: &[u8], quote: u8, out: &mut Vec<u8>) {
    while let Some(at) = memchr(quote, inner) {
        out.extend_from_slice(&inner[..=at]);
        inner = inner.get(at + 2..).unwrap_or_default();
    }
    out.extend_from_slice(inner);
}

/// A quoted text at the start of `text`, with doubled quotes undone, and its length.
pub(crate) fn quoted(text: &str, quote: char) -> Option<(String, usize)> {
    let mut value = String::new();
    let mut at = 1;
    loop {
        let end = at + text[at..].find(quote)?;
        value.push_str(&text[at..end]);
        at = end + 1;
        if !text[at..].starts_with(quote) {
            return Some((value, at));
        }
        value.push(quote);
        at += 1;
    }
}
