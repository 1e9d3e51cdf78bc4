//! `defuse`: what reaches production (web hooks, push tokens, mail servers, buckets) becomes something that reaches nothing.
//!
//! Purpose `tag`, spec `defuse:BITS:EQUALITY`, message the canonical text; TAG is the first BITS / 5 characters of the
//! tag in base32, and BITS is 80 or what the column's width leaves. A URL of a known scheme becomes
//! `SCHEME://example.test/TAG`, a bucket `SCHEME://defused-TAG`, an email address `TAG@example.com`, a host name
//! `TAG.example.test` with the port that it had, and anything else, or what would not fit, `defused-TAG`. Each is inert by
//! the names that RFC 2606 reserves, and no other part of the original comes out.

use super::{
    Batch, CellError, Class, DefaultDomain, Equality, Example, KeyedBy, Operator, OperatorInfo, Output,
    Prepared, Refusal, Request, Scratch, Tally, Uniqueness, rows, start, tag,
};
use crate::base::{Prf, canonical};
use crate::table::{ColumnBuilder, SqlType};

pub(super) const INFO: OperatorInfo = OperatorInfo {
    name: "defuse",
    summary: "Replace URLs, tokens, hosts and buckets of production with ones that lead nowhere",
    class: Class::Pseudonymize,
    keyed_by: KeyedBy::Value,
    domain: DefaultDomain::Column,
    entity: "text",
    parameters: &[],
    examples: &[
        Example {
            policy: "{ op = \"defuse\" }",
            sql_type: &SqlType::TEXT,
            input: "https://hooks.chat.example/services/T01/B02/s3cr3t",
            output: Some("https://example.test/gkxhei5b57yr4o2i"),
        },
        Example {
            policy: "{ op = \"defuse\" }",
            sql_type: &SqlType::TEXT,
            input: "smtp.mail.example:587",
            output: Some("3zfh2vrmsajldaru.example.test:587"),
        },
        Example {
            policy: "{ op = \"defuse\" }",
            sql_type: &SqlType::TEXT,
            input: "sk_live_51H8example",
            output: Some("defused-ss3rstjb2ubpodfv"),
        },
    ],
    accepts: SqlType::is_text,
    prepare,
};

const BITS: u32 = 80;
const TOKEN: &[u8] = b"defused-";
const HOST: &[u8] = b"example.test";

/// Schemes of URLs that name a host.
const SCHEMES: &[&str] = &[
    "amqp",
    "amqps",
    "ftp",
    "ftps",
    "grpc",
    "http",
    "https",
    "imap",
    "imaps",
    "jdbc",
    "kafka",
    "ldap",
    "ldaps",
    "mongodb",
    "mqtt",
    "mqtts",
    "mysql",
    "nats",
    "pop3",
    "pop3s",
    "postgres",
    "postgresql",
    "redis",
    "rediss",
    "sftp",
    "sip",
    "sips",
    "smb",
    "smtp",
    "smtps",
    "ssh",
    "tcp",
    "udp",
    "ws",
    "wss",
];
/// Schemes of URLs that name a bucket.
const BUCKETS: &[&str] = &["gcs", "gs", "s3", "s3a", "s3n"];

fn prepare(request: &Request<'_>) -> Result<Prepared, Refusal> {
    let width = request.room();
    let around = TOKEN.len() as u32;
    let bits = BITS.min(width.unwrap_or(u32::MAX).saturating_sub(around).saturating_mul(5));
    if bits < tag::FEWEST_BITS {
        return Err(Refusal(format!(
            "the narrowest column of key domain \"{}\" holds {} characters, and {} are the fewest; use keyed_hash or redact",
            request.domain,
            width.unwrap_or(0),
            around + tag::FEWEST_BITS / 5
        )));
    }
    let equality = request.equality;
    let spec = format!("defuse:{bits}:{}", equality.as_str());
    Ok(Prepared {
        spec: spec.clone(),
        uniqueness: Uniqueness::Bounded { bits: f64::from(bits) },
        max_width: width,
        output: Output::Text,
        ..Prepared::new(start::keyed(move |keys| Defuse {
            prf: keys.prf("tag", &spec),
            characters: bits as usize / 5,
            width: width.map_or(usize::MAX, |width| width as usize),
            equality,
        }))
    })
}

/// What a cell is.
enum Kind<'a> {
    Url(&'static str),
    Bucket(&'static str),
    Email,
    /// A host name with the port after it.
    Host(&'a [u8]),
    Token,
}

fn kind(cell: &[u8]) -> Kind<'_> {
    let cell = cell.trim_ascii();
    if let Some(end) = cell.windows(3).take(16).position(|window| window == b"://") {
        let of = |list: &'static [&'static str]| {
            list.iter().find(|scheme| cell[..end].eq_ignore_ascii_case(scheme.as_bytes())).copied()
        };
        return match (of(SCHEMES), of(BUCKETS)) {
            (Some(scheme), _) => Kind::Url(scheme),
            (_, Some(scheme)) => Kind::Bucket(scheme),
            _ => Kind::Token,
        };
    }
    let is_email = || {
        let text = std::str::from_utf8(cell).ok()?;
        canonical::email(text, Equality::Exact)
    };
    if cell.contains(&b'@') {
        return if is_email().is_some() { Kind::Email } else { Kind::Token };
    }
    let (host, port) = match cell.iter().position(|byte| *byte == b':') {
        Some(colon) => cell.split_at(colon),
        None => (cell, &b""[..]),
    };
    let is_port = match port {
        [] => true,
        [_, digits @ ..] => (1..=5).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit),
    };
    if is_port && is_host(host) { Kind::Host(port) } else { Kind::Token }
}

/// Labels of lower-case letters, digits and hyphens, two at least, the last of letters.
fn is_host(host: &[u8]) -> bool {
    let label = |label: &[u8]| {
        (1..=63).contains(&label.len())
            && label.iter().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
    };
    let mut labels = host.split(|byte| *byte == b'.').peekable();
    let (mut count, mut last) = (0, &b""[..]);
    for own in labels.by_ref() {
        if !label(own) {
            return false;
        }
        (count, last) = (count + 1, own);
    }
    count > 1 && last.len() > 1 && last.iter().all(u8::is_ascii_lowercase)
}

struct Defuse {
    prf: Prf,
    characters: usize,
    width: usize,
    equality: Equality,
}

impl Defuse {
    fn write(&self, cell: &[u8], tag: &[u8; 16], out: &mut Vec<u8>) {
        let start = out.len();
        match kind(cell) {
            Kind::Url(scheme) => {
                out.extend_from_slice(scheme.as_bytes());
                out.extend_from_slice(b"://");
                out.extend_from_slice(HOST);
                out.push(b'/');
                tag::write(tag, self.characters, out);
            }
            Kind::Bucket(scheme) => {
                out.extend_from_slice(scheme.as_bytes());
                out.extend_from_slice(b"://");
                out.extend_from_slice(TOKEN);
                tag::write(tag, self.characters, out);
            }
            Kind::Email => {
                tag::write(tag, self.characters, out);
                out.extend_from_slice(b"@example.com");
            }
            Kind::Host(port) => {
                tag::write(tag, self.characters, out);
                out.push(b'.');
                out.extend_from_slice(HOST);
                out.extend_from_slice(port);
            }
            Kind::Token => {}
        }
        if out.len() == start || out.len() - start > self.width {
            out.truncate(start);
            out.extend_from_slice(TOKEN);
            tag::write(tag, self.characters, out);
        }
    }
}

impl Operator for Defuse {
    fn mask(
        &self,
        batch: &Batch<'_>,
        out: &mut ColumnBuilder,
        scratch: &mut Scratch,
    ) -> Result<Tally, CellError> {
        let Scratch { messages, tags, .. } = scratch.cleared();
        for (row, cell) in rows::present_cells(&batch.cells) {
            messages.push(canonical::text(rows::text(row, cell)?, self.equality).as_bytes());
        }
        self.prf.tags(messages, tags);
        let mut tags = tags.iter();
        Ok(rows::replace(&batch.cells, out, |cell, buffer| {
            if let Some(tag) = tags.next() {
                self.write(cell, tag, buffer);
            }
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::super::examples::{mask_cells, mask_text, prepare};
    use super::*;

    /// The output with its tag as `TAG`.
    fn shape(cell: &str) -> String {
        let masked = mask_text(&INFO, "{}", cell);
        let mut out = Vec::new();
        let key = super::super::examples::demo_key().domain("t.c").prf("tag", "defuse:80:exact");
        tag::write(&key.tag(cell.trim().as_bytes()), 16, &mut out);
        masked.replace(std::str::from_utf8(&out).unwrap(), "TAG")
    }

    #[test]
    fn each_kind_keeps_its_form_and_nothing_else() {
        for (cell, expected) in [
            ("https://user:pw@hooks.chat.example:8443/T01?token=x#y", "https://example.test/TAG"),
            ("WSS://push.example/x", "wss://example.test/TAG"),
            ("s3://acme-prod-invoices/2024", "s3://defused-TAG"),
            ("slack-hook://x", "defused-TAG"),
            ("alerts@acme.example", "TAG@example.com"),
            ("smtp.acme.example", "TAG.example.test"),
            ("smtp.acme.example:587", "TAG.example.test:587"),
            ("10.0.0.5:25", "defused-TAG"),
            ("sk_live_abc", "defused-TAG"),
            ("eyJhbGciOi.eyJzdWIi.SflKx", "defused-TAG"),
            ("acme-prod-invoices", "defused-TAG"),
            ("a@b@c d", "defused-TAG"),
            ("javascript://example/%0aalert(1)", "defused-TAG"),
            ("smtp.acme.example:x", "defused-TAG"),
        ] {
            assert_eq!(shape(cell), expected, "{cell}");
        }
    }

    #[test]
    fn what_does_not_fit_becomes_a_token() {
        let narrow = |width| SqlType::Text { width: Some(width), padded: false, case_insensitive: false };
        let masked = mask_cells(&INFO, "{}", &narrow(24), "", &[Some("https://a.example/b")]).unwrap();
        assert!(masked[0].as_deref().unwrap().starts_with("defused-"));
        let masked = mask_cells(&INFO, "{}", &narrow(12), "", &[Some("https://a.io")]).unwrap();
        assert_eq!(masked[0].as_deref().unwrap().len(), 12);
        assert!(prepare(&INFO, "{}", &narrow(11)).is_err());
    }
}
