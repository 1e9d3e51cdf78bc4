//! `email`: an address becomes `TAG@example.com`; equal addresses, equal tags.
//!
//! Purpose `tag`, spec `email:BITS:EQUALITY`, message the canonical address (domain in lower case, local part by the
//! domain's equality). The host of the output is not part of the key, so columns may differ in it and still join by
//! local part. Only hosts that receive no mail are allowed (RFC 2606) unless the column is `live`.

#![expect(
    clippy::inline_always,
    reason = "what is not inlined into the dispatched function loses its instructions"
)]

use fearless_simd::prelude::*;
use fearless_simd::{Level, Simd, dispatch, u8x64};

use super::invalid::{Invalid, Rejected, Rejector};
use super::named_email::{self, Cosmetics, NamedEmail};
use super::{
    Batch, CellError, Class, DefaultDomain, Equality, Example, KeyedBy, Operator, OperatorInfo, Output,
    Parameter, ParameterKind, Prepared, Refusal, Request, Scratch, Tally, Uniqueness, first_name, rows,
    start, tag,
};
use crate::base::{Messages, Prf, canonical};
use crate::table::{Column, ColumnBuilder, SqlType, append};

const DEFAULT_BITS: u32 = 80;
const DEFAULT_HOST: &str = "example.com";

pub(super) const INFO: OperatorInfo = OperatorInfo {
    name: "email",
    summary: "Replace an email address with a keyed one at a host that receives no mail",
    class: Class::Pseudonymize,
    keyed_by: KeyedBy::Value,
    domain: DefaultDomain::Entity("email"),
    entity: "email",
    parameters: &[
        Parameter {
            name: "bits",
            summary: "bits of the tag, a multiple of 5 from 20 to 125, one character for 5; default 80",
            kind: ParameterKind::Integer,
            required: false,
            of_domain: true,
        },
        Parameter {
            name: "host",
            summary: "what follows the @; default example.com. Hosts other than example.com, .net, .org, *.test, \
                      *.example and *.invalid need live = true",
            kind: ParameterKind::Text,
            required: false,
            of_domain: true,
        },
        named_email::STYLE,
        named_email::PERSON,
        first_name::LEXICON,
    ],
    examples: &[
        Example {
            policy: r#"{ op = "email" }"#,
            sql_type: &SqlType::TEXT,
            input: "jane.doe@example.com",
            output: Some("hehdajejskmsxwd4@example.com"),
        },
        Example {
            policy: r#"{ op = "email", bits = 60, host = "mail.test" }"#,
            sql_type: &SqlType::Text { width: Some(30), padded: false, case_insensitive: false },
            input: "jane.doe@example.com",
            output: Some("ctcc4lxxd3bh@mail.test"),
        },
        Example {
            policy: r#"{ op = "email" }"#,
            sql_type: &SqlType::TEXT,
            input: "n/a",
            output: Some("xlzzdzair5jlxkkjm"),
        },
    ],
    accepts: SqlType::is_text,
    prepare,
};

/// Bits of the tag, and the host.
pub(super) fn parameters<'a>(request: &'a Request<'_>) -> Result<(u32, &'a str), Refusal> {
    let host = request.text("host")?.unwrap_or(DEFAULT_HOST);
    if !is_host(host) {
        return Err(Refusal("host must be a host name in lower case, such as example.com".into()));
    }
    if !is_inert(host) {
        request.needs_live("mail to that host")?;
    }
    Ok((tag::bits(request, DEFAULT_BITS, 1 + host.len() as u32)?, host))
}

fn prepare(request: &Request<'_>) -> Result<Prepared, Refusal> {
    let (bits, host) = parameters(request)?;
    let around = 1 + host.len() as u32;
    let equality = request.equality;
    let invalid = Invalid::prepare(request, INFO.entity)?;
    let spec = format!("email:{bits}:{}", equality.as_str());
    let suffix = format!("@{host}").into_bytes();
    if let Some(cosmetics) = Cosmetics::prepare(request, bits / 5 + around)? {
        let width = cosmetics.width() + bits / 5 + around;
        return Ok(Prepared {
            spec: spec.clone(),
            uniqueness: invalid.weaken(Uniqueness::Bounded { bits: f64::from(bits) }),
            max_width: Some(width.max(invalid.width())),
            output: Output::Text,
            keyed_by: Some(KeyedBy::SubjectAndValue),
            ..Prepared::new(start::keyed(move |keys| NamedEmail {
                prf: keys.prf("tag", &spec),
                characters: bits as usize / 5,
                suffix: suffix.clone(),
                equality,
                rejector: invalid.start(keys),
                prefix: cosmetics.start(keys),
            }))
        });
    }
    Ok(Prepared {
        spec: spec.clone(),
        uniqueness: invalid.weaken(Uniqueness::Bounded { bits: f64::from(bits) }),
        max_width: Some((bits / 5 + around).max(invalid.width())),
        output: Output::Text,
        notes: Vec::new(),
        ..Prepared::new(start::keyed(move |keys| Email {
            prf: keys.prf("tag", &spec),
            characters: bits as usize / 5,
            suffix: Suffix::new(&suffix),
            equality,
            rejector: invalid.start(keys),
        }))
    })
}

/// Labels of letters, digits and hyphens.
pub(super) fn is_host(host: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && label.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    host.len() <= 253 && host.split('.').all(label)
}

/// Whether no mail can ever arrive there: the names that RFC 2606 reserves.
pub(super) fn is_inert(host: &str) -> bool {
    matches!(host, "example.com" | "example.org" | "example.net")
        || matches!(host.rsplit_once('.'), Some((_, "test" | "example" | "invalid")))
}

/// What a byte may be part of in an address that is canonical as it stands.
const EXACT_LOCAL: u8 = 1;
const FOLDED_LOCAL: u8 = 2;
const HOST: u8 = 4;

const PARTS: [u8; 256] = {
    let mut parts = [0; 256];
    let mut byte = b'!';
    while byte <= b'~' {
        parts[byte as usize] = match byte {
            b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' => EXACT_LOCAL | FOLDED_LOCAL | HOST,
            b'A'..=b'Z' => EXACT_LOCAL,
            b'!' | b'#'..=b'\'' | b'*' | b'+' | b'/' | b'=' | b'?' | b'^' | b'`' | b'{'..=b'~' => {
                EXACT_LOCAL | FOLDED_LOCAL
            }
            _ => 0,
        };
        byte += 1;
    }
    parts
};

/// Whether an address surely is its own canonical form: what [`canonical::email`] would give back, in one pass.
#[inline]
fn is_canonical(value: &[u8], equality: Equality) -> bool {
    let Some(at) = value.iter().position(|byte| *byte == b'@') else { return false };
    let (local, host) = (&value[..at], &value[at + 1..]);
    // What all bytes may be part of: a loop without a way out in the middle has no branch to guess.
    let common = |bytes: &[u8]| bytes.iter().fold(u8::MAX, |common, byte| common & PARTS[usize::from(*byte)]);
    let wanted = if equality == Equality::Exact { EXACT_LOCAL } else { FOLDED_LOCAL };
    let labels_hold_something = match host {
        [b'.', ..] | [.., b'.'] | [] => false,
        _ => !host.windows(2).any(|pair| pair == b".."),
    };
    !local.is_empty() && common(local) & wanted != 0 && common(host) & HOST != 0 && labels_hold_something
}

/// Whether an address of up to 64 characters, with something behind it in `window`, surely is its own canonical form:
/// letters, digits and what else is common in addresses. All of it is looked at in one go; masks are put together as numbers, for the
/// compiler takes vectors of them apart.
#[inline(always)]
fn is_plain<S: Simd>(simd: S, window: &[u8; WINDOW], len: usize, equality: Equality) -> bool {
    let window = u8x64::load_array_ref(simd, window);
    let this = |byte: u8| window.simd_eq(byte).to_bitmask();
    let within = |first: u8, last: u8| (window - first).simd_le(last - first).to_bitmask();
    let dots = this(b'.');
    let either = within(b'a', b'z') | within(b'0', b'9') | this(b'-') | this(b'_') | dots;
    let capitals = if equality == Equality::Exact { within(b'A', b'Z') } else { 0 };
    let local_only = capitals | this(b'+');
    let all = u64::MAX >> (WINDOW - len);
    let at = this(b'@') & all;
    let local = at.wrapping_sub(1) & !at;
    let host = all & !(local | at);
    let first_or_last = at << 1 | 1 << (len - 1);
    let host_dots = dots & host;
    at.is_power_of_two()
        && local != 0
        && host != 0
        && (either | local_only) & local == local
        && either & host == host
        && host_dots & (first_or_last | host_dots << 1) == 0
}

const WINDOW: usize = 64;

struct Email {
    prf: Prf,
    characters: usize,
    suffix: Suffix,
    equality: Equality,
    rejector: Rejector,
}

/// The text after a tag, with room behind it, as [`append`] likes it.
struct Suffix {
    padded: Vec<u8>,
    len: usize,
}

impl Suffix {
    fn new(text: &[u8]) -> Self {
        let mut padded = text.to_vec();
        padded.resize(text.len() + 32, 0);
        Self { padded, len: text.len() }
    }
}

impl Operator for Email {
    fn mask(
        &self,
        batch: &Batch<'_>,
        out: &mut ColumnBuilder,
        scratch: &mut Scratch,
    ) -> Result<Tally, CellError> {
        let Scratch { messages, tags, rows, rejected, .. } = scratch.cleared();
        dispatch!(Level::new(), simd => self.collect(simd, &batch.cells, messages, rows, rejected))?;
        self.prf.tags(messages, tags);
        if let (SHORT, Some(suffix)) = (self.characters, self.suffix.padded.first_chunk::<SUFFIX>())
            && self.suffix.len <= SUFFIX
        {
            // The usual case at a fixed length, and what is too much cut off.
            let write = |index: usize, _: &[u8], buffer: &mut Vec<u8>| {
                let end = buffer.len() + SHORT + self.suffix.len;
                buffer.extend_from_slice(&tag::eight(&tags[index], 0));
                buffer.extend_from_slice(&tag::eight(&tags[index], 1));
                buffer.extend_from_slice(suffix);
                buffer.truncate(end);
            };
            return Ok(rows::write(&batch.cells, rows, &self.rejector, rejected, out, write));
        }
        Ok(rows::write(&batch.cells, rows, &self.rejector, rejected, out, |index, _, buffer| {
            tag::write(&tags[index], self.characters, buffer);
            append(buffer, &self.suffix.padded, 0..self.suffix.len);
        }))
    }
}

/// Characters of the usual tag.
const SHORT: usize = DEFAULT_BITS as usize / 5;
/// Bytes of a usual suffix, at most.
const SUFFIX: usize = 32;

impl Email {
    /// Sorts the cells into addresses, whose messages it collects, and others.
    #[inline(always)]
    fn collect<S: Simd>(
        &self,
        simd: S,
        cells: &Column<'_>,
        messages: &mut Messages,
        rows: &mut Vec<u32>,
        rejected: &mut Rejected,
    ) -> Result<(), CellError> {
        for row in 0..cells.len() {
            let Some(value) = rows::present(cells.value(row)) else { continue };
            let plain = value.len() <= WINDOW
                && cells.window(row).is_some_and(|window| is_plain(simd, window, value.len(), self.equality));
            if plain || is_canonical(value, self.equality) {
                messages.push(value);
                rows.push(row as u32);
                continue;
            }
            match canonical::email(rows::text(row, value)?, self.equality) {
                Some(address) => {
                    messages.push(address.as_bytes());
                    rows.push(row as u32);
                }
                None => self.rejector.reject(row, value, rejected)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::examples::{mask_cells, mask_text, prepare};
    use super::*;

    #[test]
    fn spellings_of_one_address_share_a_tag() {
        let masked = |policy, cell| mask_text(&INFO, policy, cell);
        assert_eq!(masked("{}", "Jane@Example.COM."), masked("{}", " Jane@example.com"));
        assert_ne!(masked("{}", "Jane@example.com"), masked("{}", "jane@example.com"));
        let ci = r#"{ equality = "ci" }"#;
        assert_eq!(masked(ci, "Jane@example.com"), masked(ci, "jane@example.com"));
    }

    proptest::proptest! {
        #[test]
        fn the_quick_test_agrees_with_the_canonical_form(address in "[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~@ \"(),:;<>-]{1,12}@?[a-zA-Z0-9._@-]{0,12}") {
            for equality in [Equality::Exact, Equality::CaseInsensitive, Equality::CaseAccentInsensitive] {
                let mut window = [b'x'; WINDOW];
                window[..address.len()].copy_from_slice(address.as_bytes());
                let plain = dispatch!(Level::new(), simd => is_plain(simd, &window, address.len(), equality));
                if plain || is_canonical(address.as_bytes(), equality) {
                    let canonical = canonical::email(&address, equality);
                    proptest::prop_assert_eq!(canonical.as_deref(), Some(address.as_str()));
                }
            }
        }
    }

    #[test]
    fn usual_addresses_are_seen_at_a_glance() {
        for (address, expected) in [
            ("jane.doe+x@example-1.com", true),
            ("Jane@example.com", true),
            ("jane@Example.com", false),
            ("jane@example..com", false),
            ("jane@.example.com", false),
            ("jane@example.com.", false),
            ("jane@x@y", false),
            ("@example.com", false),
            ("jane@", false),
        ] {
            let mut window = [b'.'; WINDOW];
            window[..address.len()].copy_from_slice(address.as_bytes());
            let exact =
                dispatch!(Level::new(), simd => is_plain(simd, &window, address.len(), Equality::Exact));
            assert_eq!(exact, expected, "{address}");
        }
    }

    #[test]
    fn what_is_no_address_gets_a_tag_without_an_at_sign() {
        for cell in ["n/a", "jane@", "@example.com", "jane doe@example.com", "a@b,c@d", "-"] {
            let masked = mask_text(&INFO, "{}", cell);
            assert!(
                masked.starts_with('x') && masked.len() == 17 && !masked.contains('@'),
                "{cell}: {masked}"
            );
        }
        let error =
            mask_cells(&INFO, r#"{ on_invalid = "error" }"#, &SqlType::TEXT, "", &[None, Some("n/a")]);
        assert_eq!(error.unwrap_err().row, 1);
        let redacted = mask_cells(&INFO, r#"{ on_invalid = "redact" }"#, &SqlType::TEXT, "", &[Some("n/a")]);
        assert_eq!(redacted.unwrap()[0].as_deref(), Some("[redacted]"));
    }

    #[test]
    fn hosts_that_receive_mail_need_live() {
        for host in ["example.com", "shop.test", "a.b.invalid"] {
            assert!(prepare(&INFO, &format!("{{ host = '{host}' }}"), &SqlType::TEXT).is_ok());
        }
        for host in ["gmail.com", "test", "myexample.com", "Example.com", "-.test", ""] {
            assert!(prepare(&INFO, &format!("{{ host = '{host}' }}"), &SqlType::TEXT).is_err(), "{host}");
        }
        assert!(prepare(&INFO, "{ host = 'gmail.com', live = true }", &SqlType::TEXT).is_ok());
    }

    #[test]
    fn a_narrow_column_is_refused_with_the_bits_that_fit() {
        let narrow = SqlType::Text { width: Some(20), padded: false, case_insensitive: false };
        let refusal = prepare(&INFO, "{}", &narrow).map(|_| ()).unwrap_err().0;
        assert!(refusal.contains("set bits = 40"), "{refusal}");
        let masked = mask_cells(&INFO, "{ bits = 40 }", &narrow, "", &[Some("jane@example.com")]).unwrap();
        assert_eq!(masked[0].as_ref().map(String::len), Some(20));
    }
}
