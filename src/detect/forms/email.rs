//! E-mail addresses.

/// Bits of evidence that a value is one.
pub(super) fn whole(value: &[u8]) -> Option<f32> {
    let at = memchr::memchr(b'@', value)?;
    let (local, domain) = (&value[..at], &value[at + 1..]);
    let plain = |byte: &u8| {
        byte.is_ascii_alphanumeric() || b"._%+-'/=?^`{|}~!#$&*".contains(byte) || !byte.is_ascii()
    };
    let host = |byte: &u8| byte.is_ascii_alphanumeric() || b".-".contains(byte) || !byte.is_ascii();
    let valid = !local.is_empty()
        && local.len() <= 64
        && local.iter().all(plain)
        && domain.len() >= 3
        && domain.iter().all(host)
        && domain.contains(&b'.')
        && !domain.starts_with(b".")
        && !domain.ends_with(b".");
    valid.then_some(14.0)
}
