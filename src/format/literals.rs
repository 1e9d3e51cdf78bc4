//! Literals that stand without quotes in all of SQL.

/// Whether this is `true` or `false`.
pub(super) fn is_truth(bytes: &[u8]) -> bool {
    bytes.eq_ignore_ascii_case(b"true") || bytes.eq_ignore_ascii_case(b"false")
}

/// Whether SQL reads this as one number.
pub(super) fn is_number(bytes: &[u8]) -> bool {
    let digits = |bytes: &mut &[u8]| {
        let len = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
        *bytes = &bytes[len..];
        len
    };
    let mut rest = bytes.strip_prefix(b"-").or_else(|| bytes.strip_prefix(b"+")).unwrap_or(bytes);
    let mut count = digits(&mut rest);
    if let Some(fraction) = rest.strip_prefix(b".") {
        rest = fraction;
        count += digits(&mut rest);
    }
    if count > 0
        && let Some(exponent) = rest.strip_prefix(b"e").or_else(|| rest.strip_prefix(b"E"))
    {
        rest = exponent.strip_prefix(b"-").or_else(|| exponent.strip_prefix(b"+")).unwrap_or(exponent);
        count = digits(&mut rest);
    }
    count > 0 && rest.is_empty()
}
