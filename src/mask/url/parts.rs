//! The parts of a URL, as far as its pseudonym keeps their shape.

/// What becomes of paths.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Path {
    Tag,
    Drop,
    Keep,
}

/// A cell that was read.
#[derive(Clone, Copy)]
pub(super) enum Parsed<'a> {
    /// Scheme, host, port with its colon, and what follows.
    Web {
        scheme: &'a str,
        host: &'a str,
        port: &'a str,
        rest: &'a str,
    },
    /// Scheme as it is written, and the address.
    Mail(&'a str, &'a str),
    Data(&'a str),
}

impl<'a> Parsed<'a> {
    pub(super) fn read(cell: &'a str) -> Option<Self> {
        let (scheme, after) = cell.split_once(':')?;
        let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
        if !is_scheme || cell.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return None;
        }
        let Some(after) = after.strip_prefix("//") else {
            return match () {
                () if scheme.eq_ignore_ascii_case("mailto") => {
                    let address = after.split(['?', '#']).next()?;
                    (!address.contains([',', ';', '%'])).then_some(Self::Mail(scheme, address))
                }
                () if scheme.eq_ignore_ascii_case("data") && after.contains(',') => Some(Self::Data(scheme)),
                () => None,
            };
        };
        let (authority, rest) = after.split_at(after.find(['/', '?', '#']).unwrap_or(after.len()));
        let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        let (host, port) = match host.rfind(':') {
            Some(colon) if !host.ends_with(']') => host.split_at(colon),
            _ => (host, ""),
        };
        let host = host.strip_suffix('.').unwrap_or(host);
        let is_port = port.len() <= 6 && port.bytes().skip(1).all(|byte| byte.is_ascii_digit());
        let is_host = match host.strip_prefix('[') {
            Some(inner) => {
                inner.strip_suffix(']').is_some_and(|inner| inner.parse::<std::net::Ipv6Addr>().is_ok())
            }
            None => {
                !host.contains(['[', ']', ':', '\\', '"', '<', '>', '^', '`', '{', '|', '}'])
                    && !host.is_empty()
            }
        };
        let nowhere = host.is_empty() && port.is_empty() && scheme.eq_ignore_ascii_case("file");
        (is_port && (is_host || nowhere)).then_some(Self::Web { scheme, host, port, rest })
    }
}

/// A part of what follows the host.
#[derive(Clone, Copy)]
pub(super) enum Token<'a> {
    Kept(&'a str),
    Piece(&'a str),
}

/// Extensions of files that say nothing about anyone.
const EXTENSIONS: &[&str] = &[
    "asp", "aspx", "css", "csv", "doc", "docx", "gif", "gz", "htm", "html", "ico", "jpeg", "jpg", "js",
    "json", "jsp", "mov", "mp3", "mp4", "pdf", "php", "png", "rss", "svg", "tif", "txt", "webm", "webp",
    "xls", "xlsx", "xml", "zip",
];

/// Hands over the parts of what follows the host, in order.
pub(super) fn tokens<'a>(rest: &'a str, path: Path, mut token: impl FnMut(Token<'a>)) {
    let piece = |text: &'a str, token: &mut dyn FnMut(Token<'a>)| {
        if !text.is_empty() {
            token(Token::Piece(text));
        }
    };
    let (before, fragment) = rest.split_at(rest.find('#').unwrap_or(rest.len()));
    let (directory, query) = before.split_at(before.find('?').unwrap_or(before.len()));
    match path {
        Path::Drop => {
            if directory.starts_with('/') {
                token(Token::Kept("/"));
            }
            return;
        }
        Path::Keep => token(Token::Kept(directory)),
        Path::Tag => {
            let mut segments = directory.split('/').peekable();
            let mut first = true;
            while let Some(segment) = segments.next() {
                if !first {
                    token(Token::Kept("/"));
                }
                first = false;
                let stem = match segment.rsplit_once('.') {
                    Some((stem, extension))
                        if segments.peek().is_none()
                            && !stem.is_empty()
                            && EXTENSIONS.iter().any(|known| extension.eq_ignore_ascii_case(known)) =>
                    {
                        stem
                    }
                    _ => segment,
                };
                piece(stem, &mut token);
                if stem.len() < segment.len() {
                    token(Token::Kept(&segment[stem.len()..]));
                }
            }
        }
    }
    for (mark, part, separator) in [("?", query, '&'), ("#", fragment, '\0')] {
        let Some(part) = part.strip_prefix(mark) else { continue };
        token(Token::Kept(mark));
        for (place, pair) in part.split(separator).enumerate() {
            if place > 0 {
                token(Token::Kept("&"));
            }
            match pair.split_once('=').filter(|_| separator == '&') {
                Some((name, value)) => {
                    piece(name, &mut token);
                    token(Token::Kept("="));
                    piece(value, &mut token);
                }
                None => piece(pair, &mut token),
            }
        }
    }
}

/// How many pieces there are.
pub(super) fn count(rest: &str, path: Path) -> usize {
    let mut count = 0;
    tokens(rest, path, |token| count += usize::from(matches!(token, Token::Piece(_))));
    count
}
