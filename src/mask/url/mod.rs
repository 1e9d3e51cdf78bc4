//! `url`: an address of the web becomes one at a host that nobody has; scheme and port stay, and the shape of the rest.
//!
//! The host becomes TAG.example.test: purpose `tag`, spec `url:host:BITS`, message the host in small letters without a
//! final point. User names and passwords go. What follows the host is cut at `/`, `?`, `&`, `=` and `#`, which stay; the
//! last piece becomes the tag of the whole (spec `url:BITS:EQUALITY`, message host and rest), so that different
//! addresses stay different, any other a tag of 30 bits of its own (spec `url:piece:30`, message the piece). A common
//! file extension stays. What is too long for the column becomes scheme, host and the tag of the whole.
//!
//! `mailto:` holds the address that `email` makes in the key domain `email`, without headers. `data:` becomes `data:,`
//! and the tag of the whole, its message the cell. An address without a scheme is invalid.

mod parts;

use super::invalid::{Invalid, Rejector};
use super::{
    Batch, CellError, Class, DefaultDomain, Equality, Example, KeyedBy, Operator, OperatorInfo, Output,
    Parameter, ParameterKind, Part, Prepared, Refusal, Request, Scratch, Tally, Uniqueness, email, rows,
    start, tag,
};
use crate::base::{Messages, Prf, canonical};
use crate::table::{ColumnBuilder, SqlType};
use parts::{Parsed, Path, Token, count, tokens};

pub(super) const INFO: OperatorInfo = OperatorInfo {
    name: "url",
    summary: "Replace a URL by one of the same shape at a host that nobody has",
    class: Class::Pseudonymize,
    keyed_by: KeyedBy::Value,
    domain: DefaultDomain::Entity("url"),
    entity: "URL",
    parameters: &[
        Parameter {
            name: "bits",
            summary: "bits of the tags of host and whole, a multiple of 5 from 20 to 125, one character for 5; \
                      default 60",
            kind: ParameterKind::Integer,
            required: false,
            of_domain: true,
        },
        Parameter {
            name: "host",
            summary: "the host, or what stands after its tag; default example.test. Hosts other than example.com, \
                      .net, .org, *.test, *.example and *.invalid need live = true",
            kind: ParameterKind::Text,
            required: false,
            of_domain: true,
        },
        Parameter {
            name: "subdomain",
            summary: "tag: each host has a tag before host (default); none: all have the same",
            kind: ParameterKind::Choice(SUBDOMAINS),
            required: false,
            of_domain: true,
        },
        Parameter {
            name: "path",
            summary: "what follows the host: tag (default), drop, or keep: the path stays (say why in reason), query \
                      and fragment become tags",
            kind: ParameterKind::Choice(PATHS),
            required: false,
            of_domain: true,
        },
    ],
    examples: &[
        Example {
            policy: r#"{ op = "url" }"#,
            sql_type: &SqlType::TEXT,
            input: "https://jane:secret@blog.acme.com:8443/users/jane/photo.jpg?size=2#top",
            output: Some(
                "https://obckwtlnp55b.example.test:8443/imevsl/l7kdtu/icwnqi.jpg?qbpdyy=52u5we#j6xsq4qcyags",
            ),
        },
        Example {
            policy: r#"{ op = "url", subdomain = "none", path = "drop" }"#,
            sql_type: &SqlType::TEXT,
            input: "http://acme.com/about",
            output: Some("http://example.test/"),
        },
        Example {
            policy: r#"{ op = "url" }"#,
            sql_type: &SqlType::TEXT,
            input: "mailto:jane.doe@example.com?subject=Hi",
            output: Some("mailto:hehdajejskmsxwd4@example.com"),
        },
    ],
    accepts: SqlType::is_text,
    prepare,
};

const SUBDOMAINS: &[&str] = &["tag", "none"];
const PATHS: &[&str] = &["tag", "drop", "keep"];
const DEFAULT_BITS: u32 = 60;
const DEFAULT_HOST: &str = "example.test";
/// Characters of the tag of a piece that is not the last.
const PIECE: usize = 6;
/// What a column must hold beside host and tags: `https://`, `:`, a port.
const AROUND: u32 = 14;
const EMAIL_DOMAIN: &str = "email";

fn prepare(request: &Request<'_>) -> Result<Prepared, Refusal> {
    let host = request.text("host")?.unwrap_or(DEFAULT_HOST);
    if !email::is_host(host) {
        return Err(Refusal("host must be a host name in lower case, such as example.test".into()));
    }
    if !email::is_inert(host) {
        request.needs_live("requests to that host")?;
    }
    let subdomain = request.choice("subdomain", SUBDOMAINS)? != Some("none");
    let path = match request.choice("path", PATHS)? {
        Some("drop") => Path::Drop,
        Some("keep") if !request.parameters.contains_key("reason") => {
            return Err(Refusal("path = \"keep\" leaves paths as they are; say why in reason".into()));
        }
        Some("keep") => Path::Keep,
        _ => Path::Tag,
    };
    let bits = bits(request, host, subdomain)?;
    let equality = request.equality;
    let (mail, mail_part) = Mail::prepare(request)?;
    let invalid = Invalid::prepare(request, INFO.entity)?;
    let uniqueness = if subdomain && path != Path::Drop {
        Uniqueness::Bounded { bits: f64::from(bits) }
    } else {
        Uniqueness::No
    };
    let mut notes = Vec::new();
    if path == Path::Keep {
        notes.push(("path-kept", "the path of each URL stays as it is".to_owned()));
    }
    let spec = format!("url:{bits}:{}", equality.as_str());
    let host_spec = format!("url:host:{bits}");
    let host = host.as_bytes().to_vec();
    let room = request.room().map_or(usize::MAX, |room| room as usize);
    Ok(Prepared {
        spec: spec.clone(),
        uniqueness: invalid.weaken(uniqueness),
        max_width: request.room(),
        output: Output::Text,
        notes,
        parts: vec![mail_part],
        ..Prepared::new(start::keyed(move |keys| Url {
            hosts: subdomain.then(|| keys.prf("tag", &host_spec)),
            whole: keys.prf("tag", &spec),
            pieces: keys.prf("tag", "url:piece:30"),
            mail: keys.sibling(EMAIL_DOMAIN).prf("tag", &mail.spec()),
            mailbox: mail.clone(),
            host: host.clone(),
            characters: bits as usize / 5,
            path,
            equality,
            room,
            rejector: invalid.start(keys),
        }))
    })
}

/// Bits of the long tags: there may be two of them in a cell.
fn bits(request: &Request<'_>, host: &str, subdomain: bool) -> Result<u32, Refusal> {
    let bits = match request.integer("bits", tag::FEWEST_BITS.into(), tag::MOST_BITS.into())? {
        Some(bits) if bits % 5 != 0 => {
            return Err(Refusal("bits must be a multiple of 5 (one character each)".into()));
        }
        Some(bits) => bits.unsigned_abs() as u32,
        None => DEFAULT_BITS,
    };
    let tags = if subdomain { 2 } else { 1 };
    // A point or a slash belongs to each tag.
    let needed = AROUND + host.len() as u32 + tags * (bits / 5 + 1);
    match request.room() {
        Some(room) if room < needed => {
            let most = (room.saturating_sub(AROUND + host.len() as u32) / tags).saturating_sub(1) * 5;
            let advice = if most >= tag::FEWEST_BITS {
                format!("set bits = {most} (or less) in [domains.\"{}\"]", request.domain)
            } else {
                "use keyed_hash, or redact".to_owned()
            };
            Err(Refusal(format!(
                "a URL of {needed} characters does not fit the {room} of the narrowest column of key domain \"{}\"; {advice}",
                request.domain
            )))
        }
        _ => Ok(bits),
    }
}

/// What `email` does to the address of a `mailto:`.
#[derive(Clone)]
struct Mail {
    bits: u32,
    host: Vec<u8>,
    equality: Equality,
}

impl Mail {
    /// What the policy says of the key domain `email`.
    fn prepare(request: &Request<'_>) -> Result<(Self, Part), Refusal> {
        let mut facts = request.domains.facts(EMAIL_DOMAIN, email::INFO.name);
        if let Some(live) = request.parameters.get("live") {
            facts.parameters.insert("live".into(), live.clone());
        }
        let asked = Request {
            equality: facts.equality.unwrap_or(Equality::Exact),
            width: facts.width,
            ..Request::new(&facts.parameters, EMAIL_DOMAIN, &SqlType::TEXT)
        };
        let (bits, host) = email::parameters(&asked)?;
        let mail = Self { bits, host: host.as_bytes().to_vec(), equality: asked.equality };
        let part = Part {
            place: "mailto:".into(),
            operator: &email::INFO,
            domain: EMAIL_DOMAIN.into(),
            spec: mail.spec(),
            keyed_by: KeyedBy::Value,
        };
        Ok((mail, part))
    }

    fn spec(&self) -> String {
        format!("email:{}:{}", self.bits, self.equality.as_str())
    }

    fn characters(&self) -> usize {
        self.bits as usize / 5
    }
}

struct Url {
    /// For the tags of hosts, if they have any.
    hosts: Option<Prf>,
    whole: Prf,
    pieces: Prf,
    mail: Prf,
    mailbox: Mail,
    host: Vec<u8>,
    /// Characters of the tags of host and whole.
    characters: usize,
    path: Path,
    equality: Equality,
    room: usize,
    rejector: Rejector,
}

impl Url {
    /// Characters of the shortest form that a cell may become.
    fn least(&self, parsed: &Parsed<'_>) -> usize {
        match parsed {
            Parsed::Mail(scheme, _) => scheme.len() + 2 + self.mailbox.characters() + self.mailbox.host.len(),
            Parsed::Data(scheme) => scheme.len() + 2 + self.characters,
            Parsed::Web { scheme, port, .. } => {
                let host = if self.hosts.is_some() { self.characters + 1 } else { 0 } + self.host.len();
                scheme.len() + 3 + host + port.len() + 1 + self.characters
            }
        }
    }

    /// The message of the whole.
    fn message(&self, cell: &str, parsed: &Parsed<'_>, message: &mut Vec<u8>) {
        match parsed {
            Parsed::Web { host, rest, .. } => {
                push_host(host, message);
                message.extend_from_slice(canonical::text(rest, self.equality).as_bytes());
            }
            _ => message.extend_from_slice(canonical::text(cell, self.equality).as_bytes()),
        }
    }

    /// All tags of a batch.
    fn tags(&self, cells: &[(&str, Parsed<'_>)], messages: &mut Messages) -> Tags {
        let mut made = Tags::default();
        if let Some(prf) = &self.hosts {
            for (_, parsed) in cells {
                if let Parsed::Web { host, .. } = parsed {
                    messages.push_with(|message| push_host(host, message));
                }
            }
            prf.tags(messages, &mut made.hosts);
            messages.clear();
        }
        for (text, parsed) in cells {
            messages.push_with(|message| self.message(text, parsed, message));
        }
        self.whole.tags(messages, &mut made.wholes);
        messages.clear();
        for (_, parsed) in cells {
            if let Parsed::Web { rest, .. } = parsed {
                let mut left = count(rest, self.path);
                tokens(rest, self.path, |token| {
                    if let Token::Piece(piece) = token {
                        left -= 1;
                        if left > 0 {
                            messages.push(piece.as_bytes());
                        }
                    }
                });
            }
        }
        self.pieces.tags(messages, &mut made.pieces);
        messages.clear();
        for (_, parsed) in cells {
            if let Parsed::Mail(_, address) = parsed {
                let address = canonical::email(address, self.mailbox.equality).unwrap_or_default();
                messages.push(address.as_bytes());
            }
        }
        self.mail.tags(messages, &mut made.mails);
        made
    }
}

/// Tags of the cells of a batch, in order.
#[derive(Default)]
struct Tags {
    /// Of each host, if hosts have any.
    hosts: Vec<[u8; 16]>,
    /// Of each cell.
    wholes: Vec<[u8; 16]>,
    /// Of each piece that is not its cell's last.
    pieces: Vec<[u8; 16]>,
    /// Of each address of a `mailto:`.
    mails: Vec<[u8; 16]>,
}

/// Appends a host in small letters.
fn push_host(host: &str, message: &mut Vec<u8>) {
    if host.is_ascii() {
        let start = message.len();
        message.extend_from_slice(host.as_bytes());
        message[start..].make_ascii_lowercase();
    } else {
        message.extend_from_slice(canonical::text(host, Equality::Exact).to_lowercase().as_bytes());
    }
}

impl Operator for Url {
    fn mask(
        &self,
        batch: &Batch<'_>,
        out: &mut ColumnBuilder,
        scratch: &mut Scratch,
    ) -> Result<Tally, CellError> {
        let Scratch { messages, rows, rejected, .. } = scratch.cleared();
        let mut cells: Vec<(&str, Parsed<'_>)> = Vec::new();
        for (row, value) in rows::present_cells(&batch.cells) {
            let text = rows::text(row, value)?.trim_matches(' ');
            let parsed = Parsed::read(text).filter(|parsed| {
                let is_address = |address| canonical::email(address, self.mailbox.equality).is_some();
                self.least(parsed) <= self.room
                    && !matches!(parsed, Parsed::Mail(_, address) if !is_address(address))
            });
            match parsed {
                Some(parsed) => {
                    cells.push((text, parsed));
                    rows.push(row as u32);
                }
                None => self.rejector.reject(row, value, rejected)?,
            }
        }
        let Tags { hosts, wholes, pieces, mails } = self.tags(&cells, messages);
        let (mut hosts, mut pieces, mut mails) = (hosts.iter(), pieces.iter(), mails.iter());
        Ok(rows::write(&batch.cells, rows, &self.rejector, rejected, out, |index, _, buffer| {
            let whole = &wholes[index];
            match cells[index].1 {
                Parsed::Mail(scheme, _) => {
                    buffer.extend_from_slice(scheme.as_bytes());
                    buffer.push(b':');
                    if let Some(tag) = mails.next() {
                        tag::write(tag, self.mailbox.characters(), buffer);
                    }
                    buffer.push(b'@');
                    buffer.extend_from_slice(&self.mailbox.host);
                }
                Parsed::Data(scheme) => {
                    buffer.extend_from_slice(scheme.as_bytes());
                    buffer.extend_from_slice(b":,");
                    tag::write(whole, self.characters, buffer);
                }
                Parsed::Web { scheme, port, rest, .. } => {
                    let start = buffer.len();
                    buffer.extend_from_slice(scheme.as_bytes());
                    buffer.extend_from_slice(b"://");
                    if let Some(tag) = hosts.next() {
                        tag::write(tag, self.characters, buffer);
                        buffer.push(b'.');
                    }
                    buffer.extend_from_slice(&self.host);
                    buffer.extend_from_slice(port.as_bytes());
                    let end = buffer.len();
                    let all = count(rest, self.path);
                    let (mut left, mut wide) = (all, 0);
                    tokens(rest, self.path, |token| match token {
                        Token::Kept(text) => {
                            // Characters count, not bytes: a kept path may have others than ASCII.
                            wide += text.len() - text.chars().count();
                            buffer.extend_from_slice(text.as_bytes());
                        }
                        Token::Piece(_) => {
                            left -= 1;
                            if left == 0 {
                                tag::write(whole, self.characters, buffer);
                            } else if let Some(tag) = pieces.next() {
                                tag::write(tag, PIECE, buffer);
                            }
                        }
                    });
                    if buffer.len() - start - wide > self.room {
                        buffer.truncate(end);
                        buffer.push(b'/');
                        tag::write(whole, self.characters, buffer);
                    }
                }
            }
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::super::examples::{mask_cells, mask_text, prepare};
    use super::*;

    fn masked(cell: &str) -> String {
        mask_text(&INFO, "{}", cell)
    }

    #[test]
    fn scheme_port_and_shape_stay_and_nothing_else() {
        let out = masked("https://jane:secret@blog.acme.com:8443/users/jane/photo.jpg?size=2&jane#top");
        assert!(out.starts_with("https://") && out.contains(".example.test:8443/"), "{out}");
        let shape: String = out.chars().filter(|c| !c.is_ascii_alphanumeric()).collect();
        assert_eq!(shape, "://..:///.?=&#");
        for word in ["jane", "secret", "acme", "users", "photo", "size"] {
            assert!(!out.contains(word), "{out}");
        }
        assert!(out.contains(".jpg?"));
    }

    #[test]
    fn equal_urls_and_hosts_stay_equal_and_different_ones_different() {
        let host = |cell: &str| masked(cell)[8..20].to_owned();
        assert_eq!(host("https://ACME.com./a"), host("https://acme.com/b?c"));
        assert_ne!(host("https://acme.com"), host("https://acme.org"));
        let urls = [
            "https://acme.com",
            "https://acme.com/",
            "https://acme.com/a",
            "https://acme.com/b",
            "https://acme.com/a/b",
            "https://acme.com/a?b",
            "https://acme.com/a#b",
            "https://acme.com/a/",
            "http://acme.com/a",
            "https://acme.com:1/a",
        ];
        let distinct: std::collections::BTreeSet<_> = urls.iter().map(|url| masked(url)).collect();
        assert_eq!(distinct.len(), urls.len());
        assert_eq!(masked("https://jane:pw@acme.com/a"), masked("https://acme.com/a"));
    }

    #[test]
    fn paths_are_dropped_or_kept_on_request() {
        let with = |policy: &str, cell: &str| mask_text(&INFO, policy, cell);
        assert_eq!(
            with("{ path = 'drop', subdomain = 'none' }", "https://acme.com/a/b?c#d"),
            "https://example.test/"
        );
        assert_eq!(
            with("{ path = 'drop', subdomain = 'none' }", "https://acme.com?c"),
            "https://example.test"
        );
        let kept =
            with("{ path = 'keep', reason = 'routes', subdomain = 'none' }", "https://acme.com/a/b?token=c");
        assert!(kept.starts_with("https://example.test/a/b?") && !kept.contains("token"), "{kept}");
        assert!(prepare(&INFO, "{ path = 'keep' }", &SqlType::TEXT).is_err());
    }

    #[test]
    fn hosts_of_all_forms_are_read() {
        for cell in [
            "http://bücher.example/x",
            "http://xn--bcher-kva.example",
            "http://[2001:db8::1]:80/",
            "http://192.0.2.1/",
            "http://localhost:3000",
            "ftp://files.acme.com/a.zip",
            "file:///home/jane/notes.txt",
            "s3://bucket/key",
        ] {
            let out = masked(cell);
            assert!(out.contains(".example.test") && !out.contains("jane"), "{cell}: {out}");
        }
        assert_eq!(masked("http://BÜCHER.example"), masked("http://bücher.example"));
    }

    #[test]
    fn mail_and_data_have_forms_of_their_own() {
        let mail = mask_text(&email::INFO, "{}", "jane.doe@example.com");
        assert_eq!(masked("mailto:jane.doe@example.com"), format!("mailto:{mail}"));
        assert_eq!(masked("MAILTO:jane.doe@EXAMPLE.com?cc=x@y.z"), format!("MAILTO:{mail}"));
        let data = masked("data:text/plain;base64,SmFuZSBEb2U=");
        assert!(data.starts_with("data:,") && data.len() == 18);
    }

    #[test]
    fn what_is_no_url_is_invalid() {
        for cell in [
            "/users/jane",
            "//acme.com/a",
            "www.acme.com",
            "acme.com/a",
            "http:/acme.com",
            "http://",
            "http:///a",
            "http://ac me.com",
            "http://acme.com:port/",
            "tel:+4930123",
            "javascript:alert(1)",
            "mailto:jane",
            "mailto:a@b,c@d",
            "http://[::1",
            "1http://acme.com",
            "n/a",
            "http://a:b:c",
        ] {
            assert!(masked(cell).starts_with('x'), "{cell}: {}", masked(cell));
        }
    }

    #[test]
    fn what_is_too_long_becomes_host_and_tag() {
        let narrow = SqlType::Text { width: Some(60), padded: false, case_insensitive: false };
        let cells = [
            Some("https://a.b/c/d/e/f/g/h/i/j"),
            Some("https://a.b/c"),
            Some("a-very-long-scheme-indeed://a.b:12345/c"),
        ];
        let out: Vec<String> =
            mask_cells(&INFO, "{}", &narrow, "", &cells).unwrap().into_iter().flatten().collect();
        assert!(out.iter().all(|cell| cell.len() <= 60), "{out:?}");
        assert!(out[0].starts_with("https://") && out[0].matches('/').count() == 3);
        assert!(out[2].starts_with('x'));
        let tight = SqlType::Text { width: Some(50), padded: false, case_insensitive: false };
        assert!(prepare(&INFO, "{}", &tight).map(|_| ()).unwrap_err().0.contains("set bits = 55"));
    }

    #[test]
    fn hosts_that_somebody_has_need_live() {
        assert!(prepare(&INFO, "{ host = 'acme.com' }", &SqlType::TEXT).is_err());
        assert!(prepare(&INFO, "{ host = 'acme.com', live = true }", &SqlType::TEXT).is_ok());
        assert!(prepare(&INFO, "{ host = 'shop.test' }", &SqlType::TEXT).is_ok());
    }
}
