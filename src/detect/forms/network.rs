//! Addresses of networks and places: IPv4, IPv6, MAC, URLs, connection strings, coordinates.

use std::net::Ipv6Addr;

/// Bits of evidence that a value is an IPv4 address, perhaps with a prefix length or a port.
pub(in crate::detect) fn ipv4(value: &[u8]) -> Option<f32> {
    let end = value.iter().position(|byte| b"/:".contains(byte)).unwrap_or(value.len());
    let rest = &value[end..];
    let tail = rest.is_empty() || rest.len() <= 6 && rest[1..].iter().all(u8::is_ascii_digit);
    let address = &value[..end];
    // Versions: small numbers throughout.
    let version = address.split(|byte| *byte == b'.').all(|part| part.len() == 1);
    (tail && octets(address) && !version).then_some(9.0)
}

/// The same where a word beside it says that it is one: small numbers will do.
pub(in crate::detect) fn ipv4_in_words(value: &[u8]) -> Option<f32> {
    octets(value).then_some(12.0)
}

/// Whether a value is four numbers below 256.
pub(in crate::detect) fn octets(value: &[u8]) -> bool {
    let octet = |part: &[u8]| {
        matches!(part.len(), 1..=3)
            && part.iter().all(u8::is_ascii_digit)
            && (part.len() == 1 || part[0] != b'0')
            && part.iter().fold(0_u32, |number, byte| number * 10 + u32::from(byte & 15)) < 256
    };
    let parts = value.split(|byte| *byte == b'.');
    parts.clone().count() == 4 && parts.clone().all(octet) && value != b"0.0.0.0"
}

/// Bits of evidence that a value is what a browser or a client of the web says of itself: `name/version`, then
/// comments in brackets.
pub(in crate::detect) fn user_agent(value: &[u8]) -> Option<f32> {
    if value.starts_with(b"Mozilla/") && value.len() > 12 {
        return Some(12.0);
    }
    let known =
        CLIENTS.iter().any(|client| value.starts_with(client.as_bytes()) && value.len() > client.len());
    known.then_some(10.0)
}

/// How clients of the web that are no browsers begin.
const CLIENTS: &[&str] =
    &["curl/", "Wget/", "PostmanRuntime/", "Dalvik/", "okhttp/", "python-requests/", "Opera/"];

/// Bits of evidence that a value is an IPv6 address, perhaps with a zone or a prefix length.
pub(in crate::detect) fn ipv6(value: &[u8]) -> Option<f32> {
    if value.len() < 3 || value.iter().filter(|byte| **byte == b':').count() < 2 {
        return None;
    }
    let end = value.iter().position(|byte| b"%/".contains(byte)).unwrap_or(value.len());
    let text = std::str::from_utf8(&value[..end]).ok()?;
    let parsed = text.parse::<Ipv6Addr>().ok()?;
    let tail = value[end..].iter().all(|byte| byte.is_ascii_alphanumeric() || b"%/.-_".contains(byte));
    (tail && parsed != Ipv6Addr::UNSPECIFIED && text.len() > 2)
        .then_some(if text.contains("::") && text.len() < 8 { 4.0 } else { 14.0 })
}

/// Bits of evidence that a value is a hardware address of six or eight bytes.
pub(in crate::detect) fn mac(value: &[u8]) -> Option<f32> {
    let separator = *value
        .get(2)
        .filter(|byte| b":-".contains(byte))
        .or_else(|| value.get(4).filter(|byte| **byte == b'.'))?;
    let groups: Vec<&[u8]> = value.split(|byte| *byte == separator).collect();
    let shape = match separator {
        b'.' => groups.len() == 3 && groups.iter().all(|group| group.len() == 4),
        _ => matches!(groups.len(), 6 | 8) && groups.iter().all(|group| group.len() == 2),
    };
    let hex = || groups.iter().all(|group| group.iter().all(u8::is_ascii_hexdigit));
    let plain = || {
        value.iter().any(|byte| byte.is_ascii_hexdigit() && *byte != b'0')
            && !value.iter().all(|byte| b"fF:-.".contains(byte))
    };
    (shape && hex() && plain()).then_some(
        if separator == b'-' && value.iter().all(|byte| byte.is_ascii_digit() || *byte == b'-') {
            3.0
        } else {
            13.0
        },
    )
}

/// Bits of evidence that a value is a URL of the web.
pub(in crate::detect) fn url(value: &[u8]) -> Option<f32> {
    let scheme = memchr::memmem::find(value, b"://")?;
    let known = matches!(
        value[..scheme].to_ascii_lowercase().as_slice(),
        b"http" | b"https" | b"ftp" | b"ftps" | b"sftp" | b"ws" | b"wss"
    );
    (known && value.len() > scheme + 5 && !value.iter().any(u8::is_ascii_whitespace)).then_some(10.0)
}

/// Bits of evidence that a value is a URL whose parameters give access.
pub(in crate::detect) fn url_token(value: &[u8]) -> Option<f32> {
    const KEYS: &[&str] = &[
        "token",
        "access_token",
        "auth",
        "api_key",
        "apikey",
        "key",
        "sig",
        "signature",
        "x-amz-signature",
        "x-goog-signature",
        "password",
        "secret",
        "code",
        "id_token",
        "refresh_token",
        "session",
        "sas",
    ];
    url(value)?;
    let query = &value[memchr::memchr2(b'?', b'#', value)? + 1..];
    let gives = |part: &[u8]| {
        let Some(equals) = memchr::memchr(b'=', part) else { return false };
        let name = part[..equals].to_ascii_lowercase();
        let value = &part[equals + 1..];
        value.len() >= 8
            && KEYS.iter().any(|key| key.as_bytes() == name)
            && !super::secret::is_placeholder(value)
            && !super::secret::is_identifier(value)
    };
    query.split(|byte| b"&;".contains(byte)).any(gives).then_some(14.0)
}

/// Bits of evidence that a value is an address with a password in it: `scheme://user:password@host`.
pub(in crate::detect) fn connection_string(value: &[u8]) -> Option<f32> {
    let scheme = memchr::memmem::find(value, b"://")?;
    let rest = &value[scheme + 3..];
    let end = rest
        .iter()
        .position(|byte| b"/?#".contains(byte) || byte.is_ascii_whitespace())
        .unwrap_or(rest.len());
    let at = memchr::memrchr(b'@', &rest[..end])?;
    let colon = memchr::memchr(b':', &rest[..at])?;
    let password = &rest[colon + 1..at];
    let named = scheme > 0
        && value[..scheme].iter().all(|byte| byte.is_ascii_alphanumeric() || b"+.-".contains(byte));
    (named && !password.is_empty() && !super::secret::is_placeholder(password) && end > at + 1)
        .then_some(14.0)
}

/// Bits of evidence that a value is a place: two decimals of at least three digits behind the point, or a point of WKT.
pub(in crate::detect) fn coordinates(value: &[u8]) -> Option<f32> {
    let text = std::str::from_utf8(value).ok()?;
    let inner = text
        .strip_prefix("POINT")
        .map(str::trim_start)
        .and_then(|rest| rest.strip_prefix('(')?.strip_suffix(')'));
    let bare =
        inner.or_else(|| text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'))).unwrap_or(text);
    let mut parts = bare.split([',', ' ', ';']).filter(|part| !part.is_empty());
    let (first, second) = (parts.next()?, parts.next()?);
    let fine = |part: &str| part.split_once('.').is_some_and(|(_, decimals)| decimals.len() >= 3);
    let (x, y) = (first.parse::<f64>().ok()?, second.parse::<f64>().ok()?);
    let lies = x.abs() <= 180.0 && y.abs() <= 180.0 && (x.abs() <= 90.0 || y.abs() <= 90.0);
    (parts.next().is_none() && lies && (inner.is_some() || fine(first) && fine(second))).then_some(7.0)
}
