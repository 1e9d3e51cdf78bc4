//! E-mail addresses: whole values, and around an `@` in a text.

/// Bits of evidence in an address.
const STRENGTH: f32 = 14.0;

/// Bits of evidence that a value is one.
pub(in crate::detect) fn whole(value: &[u8]) -> Option<f32> {
    let value = value.strip_prefix(b"mailto:").unwrap_or(value);
    let at = memchr::memchr(b'@', value)?;
    (around(value, at)? == (0, value.len())).then_some(STRENGTH)
}

/// First byte and end of the address whose `@` is there.
pub(in crate::detect) fn around(text: &[u8], at: usize) -> Option<(usize, usize)> {
    let mut start = text[..at].iter().rposition(|byte| !is_local(*byte)).map_or(0, |place| place + 1);
    // Local parts do not begin with what often stands before an address in a text.
    while text[start..at].first().is_some_and(|byte| b".-'=/&".contains(byte)) {
        start += 1;
    }
    let local = &text[start..at];
    let mut end =
        at + 1 + text[at + 1..].iter().position(|byte| !is_host(*byte)).unwrap_or(text.len() - at - 1);
    while end > at && matches!(text[end - 1], b'.' | b'-') {
        end -= 1;
    }
    let domain = &text[at + 1..end];
    let last = domain.rsplit(|byte| *byte == b'.').next().unwrap_or_default();
    let valid = !local.is_empty()
        && local.len() <= 64
        && !local.ends_with(b".")
        && !has_double_dot(local)
        && !has_double_dot(domain)
        && domain.len() > last.len() + 1
        && !domain.starts_with(b"-")
        && !domain.starts_with(b".")
        && last.len() >= 2
        && (last.iter().all(|byte| byte.is_ascii_alphabetic() || !byte.is_ascii())
            || last.starts_with(b"xn--"))
        && text.get(end) != Some(&b'@');
    valid.then_some((start, end))
}

fn has_double_dot(text: &[u8]) -> bool {
    text.windows(2).any(|pair| pair == b"..")
}

fn is_local(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"._%+-'/=?^`{|}~!#$&*".contains(&byte) || !byte.is_ascii()
}

fn is_host(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'-' || !byte.is_ascii()
}
