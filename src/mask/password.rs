//! `password`: every password becomes one that developers know: `scrub-dev-only`, hashed as the application does it.
//!
//! No key: the hashes are constants, made once by other people's tools and verified by the script of the known answers.
//! `scheme = "as_source"` takes each cell's own scheme, as far as its first characters show it and the hash fits, and
//! bcrypt for others. A hash that is bound to its user (PostgreSQL's `md5..`) has no constant.

use super::parameters::quoted;
use super::{
    Batch, CellError, Class, DefaultDomain, Example, KeyedBy, Operator, OperatorInfo, Output, Parameter,
    ParameterKind, Prepared, Refusal, Request, Scratch, Tally, rows, start,
};
use crate::table::{ColumnBuilder, SqlType};

pub(super) const INFO: OperatorInfo = OperatorInfo {
    name: "password",
    summary: "Replace every password with the hash of a known one: scrub-dev-only",
    class: Class::Suppress,
    keyed_by: KeyedBy::Nothing,
    domain: DefaultDomain::None,
    entity: "password",
    parameters: &[Parameter {
        name: "scheme",
        summary: "how the application hashes: bcrypt (default), another scheme, or as_source: as each cell is",
        kind: ParameterKind::Choice(SCHEMES),
        required: false,
        of_domain: false,
    }],
    examples: &[
        Example {
            policy: "{ op = \"password\" }",
            sql_type: &SqlType::TEXT,
            input: "$2b$12$LQv3c1yqBWVHxkd0LHAkCOYz6TtxMQJqhN8/LewdBPj4J/HS.iK8i",
            output: Some("$2b$10$u3wuxSsiCg9JVrPAxodqdes4AW2bDCoCdoQ3E2a1.HXSF0KoPYnhu"),
        },
        Example {
            policy: "{ op = \"password\", scheme = \"plain\" }",
            sql_type: &SqlType::TEXT,
            input: "hunter2",
            output: Some("scrub-dev-only"),
        },
        Example {
            policy: "{ op = \"password\", scheme = \"as_source\" }",
            sql_type: &SqlType::TEXT,
            input: "5f4dcc3b5aa765d61d8327deb882cf99",
            output: Some("16c8af2b56c79a21824f282fb025485a"),
        },
    ],
    accepts: SqlType::is_text,
    prepare,
};

const AS_SOURCE: &str = "as_source";
const BCRYPT: &str = "bcrypt";
const SCHEMES: &[&str] = &[
    "as_source",
    "bcrypt",
    "argon2id",
    "scrypt",
    "pbkdf2_sha256",
    "django_argon2",
    "werkzeug_scrypt",
    "werkzeug_pbkdf2",
    "sha512_crypt",
    "phpass",
    "scram_sha_256",
    "md5",
    "sha1",
    "sha256",
    "plain",
];

/// The hashes of `scrub-dev-only`, by scheme. A released one never changes.
const HASHES: &[(&str, &str)] = &[
    ("bcrypt", "$2b$10$u3wuxSsiCg9JVrPAxodqdes4AW2bDCoCdoQ3E2a1.HXSF0KoPYnhu"),
    (
        "argon2id",
        "$argon2id$v=19$m=19456,t=2,p=1$PrVlQX+IsRlaPx8+ZISmfw$kVhJgBI+ibCmk1QsD6dapfqIL7kL3gZBR9W9yd493OM",
    ),
    ("scrypt", "$scrypt$ln=14,r=8,p=1$gbD2vlcqRcgZ45zTujdGSA$hNEOwzWPJN3AH6SbrwGgmkO4l6NW8mGDbPC16sU/Q+U"),
    (
        "pbkdf2_sha256",
        "pbkdf2_sha256$600000$scrubdevonlyfaeb5434c3$XJ/htqRwXyiravporXJMDIRCR/911xfnzYgy18hMKDw=",
    ),
    (
        "django_argon2",
        "argon2$argon2id$v=19$m=102400,t=2,p=8$0Ge1vamzUwrqGWT05knx1g$lhqhYLGex08Q/7t1qrbsRVfKGy/l/WbxrC5R9x0Nbjg",
    ),
    (
        "werkzeug_scrypt",
        "scrypt:32768:8:1$432a4cb9642f7c73$6d90a94ac56fe32e43a6c9a9a377112f05d695f0a53ab089af36db38827f7815f4001a6ffd76c79129475ef17b292bd4c36b01dd11634f65a963aa830b650d4a",
    ),
    (
        "werkzeug_pbkdf2",
        "pbkdf2:sha256:600000$270f9988b4d15443$edb8cfe3703f22de0fd58905d8f0470309ebe711c77f0930dd21aa77d5a47d04",
    ),
    (
        "sha512_crypt",
        "$6$RlDXM9SNh88O6OTW$OPu.k4XSugEULQRaJfP.JbQFABtd669KhWGW5OSmZejzSNwfZ/DrMKeAj579.EweV0GWJmwpkn5j8AZ1fzrtk/",
    ),
    ("phpass", "$P$BU3lMYEh5tTUJ9hY3ko20T89jcFpds."),
    (
        "scram_sha_256",
        "SCRAM-SHA-256$4096:pxPaB0PkzQcC4Jv7PsHMYA==$BAy1EaCpxA2gJHhNGxHAdZZESw9yfiu6XlpPN5wMC10=:weJl/nxHCTj8IRHR7J9cBE8E3Dyh2Z3BLbSoLQlnmJA=",
    ),
    ("md5", "16c8af2b56c79a21824f282fb025485a"),
    ("sha1", "fb26cc1f286b88531a0466e46fc0507595407386"),
    ("sha256", "7a9aa0744dfb89938710736cbc60dbfafeb77f874c186a0ffabeac29858f3bb3"),
    ("plain", "scrub-dev-only"),
];

fn hash(scheme: &str) -> Option<&'static str> {
    HASHES.iter().find(|(own, _)| *own == scheme).map(|(_, hash)| *hash)
}

fn prepare(request: &Request<'_>) -> Result<Prepared, Refusal> {
    let scheme = request.choice("scheme", SCHEMES)?.unwrap_or(BCRYPT);
    let as_source = scheme == AS_SOURCE;
    let Some(default) = hash(if as_source { BCRYPT } else { scheme }) else {
        return Err(Refusal(format!("scheme must be one of {}", quoted(SCHEMES))));
    };
    if request.unique {
        return Err(Refusal("one password for all cannot stay unique; use keyed_hash".into()));
    }
    let width = request.sql_type.width().map(|width| width as usize);
    if let Some(width) = width.filter(|width| *width < default.len()) {
        return Err(Refusal(format!(
            "a hash of that scheme has {} characters, and {width} fit; use another scheme, or keyed_hash",
            default.len()
        )));
    }
    let longest =
        HASHES.iter().map(|(_, hash)| hash.len()).filter(|length| width.is_none_or(|width| *length <= width));
    let max_width = if as_source { longest.max().unwrap_or(default.len()) } else { default.len() };
    Ok(Prepared {
        max_width: Some(max_width as u32),
        output: if as_source { Output::Text } else { Output::Constant(default.into()) },
        notes: vec![("known-password", "everybody's password becomes scrub-dev-only".into())],
        ..Prepared::new(start::keyless(move || Password { default, as_source, width }))
    })
}

struct Password {
    default: &'static str,
    as_source: bool,
    width: Option<usize>,
}

impl Password {
    fn write(&self, cell: &[u8], out: &mut Vec<u8>) {
        let own = scheme_of(cell).filter(|_| self.as_source);
        let fitting = |hash: &&str| self.width.is_none_or(|width| hash.len() <= width);
        let Some(hash) = own.and_then(hash).filter(fitting) else {
            return out.extend_from_slice(self.default.as_bytes());
        };
        // Implementations of one scheme tell themselves apart by a letter that some of them insist on.
        match (cell, hash.as_bytes()) {
            ([b'$', b'2', letter @ (b'a' | b'x' | b'y'), b'$', ..], [b'$', b'2', _, rest @ ..]) => {
                out.extend_from_slice(&[b'$', b'2', *letter]);
                out.extend_from_slice(rest);
            }
            ([b'$', b'H', ..], [b'$', b'P', rest @ ..]) => {
                out.extend_from_slice(b"$H");
                out.extend_from_slice(rest);
            }
            (cell, hash) if cell.iter().any(u8::is_ascii_uppercase) && is_hex(hash) => {
                out.extend(hash.iter().map(u8::to_ascii_uppercase));
            }
            (_, hash) => out.extend_from_slice(hash),
        }
    }
}

fn is_hex(text: &[u8]) -> bool {
    text.iter().all(u8::is_ascii_hexdigit)
}

/// The scheme that a hash's first characters, or its length, show.
fn scheme_of(cell: &[u8]) -> Option<&'static str> {
    const PREFIXES: &[(&[u8], &str)] = &[
        (b"$2a$", BCRYPT),
        (b"$2b$", BCRYPT),
        (b"$2x$", BCRYPT),
        (b"$2y$", BCRYPT),
        (b"$argon2", "argon2id"),
        (b"$scrypt$", "scrypt"),
        (b"pbkdf2_sha256$", "pbkdf2_sha256"),
        (b"argon2$", "django_argon2"),
        (b"scrypt:", "werkzeug_scrypt"),
        (b"pbkdf2:", "werkzeug_pbkdf2"),
        (b"$1$", "sha512_crypt"),
        (b"$5$", "sha512_crypt"),
        (b"$6$", "sha512_crypt"),
        (b"$P$", "phpass"),
        (b"$H$", "phpass"),
        (b"SCRAM-SHA-256$", "scram_sha_256"),
    ];
    let cell = cell.trim_ascii_end();
    match cell.len() {
        32 if is_hex(cell) => Some("md5"),
        40 if is_hex(cell) => Some("sha1"),
        64 if is_hex(cell) => Some("sha256"),
        _ => PREFIXES.iter().find(|(prefix, _)| cell.starts_with(prefix)).map(|(_, scheme)| *scheme),
    }
}

impl Operator for Password {
    fn mask(&self, batch: &Batch<'_>, out: &mut ColumnBuilder, _: &mut Scratch) -> Result<Tally, CellError> {
        Ok(rows::replace(&batch.cells, out, |cell, buffer| self.write(cell, buffer)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::examples::{mask_cells, mask_text, parameters, prepare, request};
    use super::*;

    #[test]
    fn every_scheme_has_a_hash_that_shows_it() {
        for scheme in &SCHEMES[1..] {
            let hash = hash(scheme).unwrap();
            if *scheme != "plain" {
                assert_eq!(scheme_of(hash.as_bytes()), Some(*scheme));
            }
            assert_eq!(mask_text(&INFO, &format!("{{ scheme = '{scheme}' }}"), "hunter2"), hash);
        }
        assert_eq!(SCHEMES.len(), HASHES.len() + 1);
    }

    #[test]
    fn a_cell_keeps_its_scheme_on_demand() {
        let one = |cell: &str| mask_text(&INFO, "{ scheme = 'as_source' }", cell);
        assert!(one("$2y$12$LQv3c1yqBWVHxkd0LHAkCO").starts_with("$2y$10$"));
        assert!(one("$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA").starts_with("$argon2id$"));
        assert!(one("$H$9abcdefghijklmnopqrstuvwxyz0123").starts_with("$H$B"));
        assert_eq!(one("5F4DCC3B5AA765D61D8327DEB882CF99"), hash("md5").unwrap().to_uppercase());
        for cell in ["hunter2", "md55f4dcc3b5aa765d61d8327deb882cf99", "{SSHA}x"] {
            assert_eq!(one(cell), hash(BCRYPT).unwrap(), "{cell}");
        }
    }

    #[test]
    fn a_hash_that_does_not_fit_is_refused_or_gives_way() {
        let width = |width| SqlType::Text { width: Some(width), padded: false, case_insensitive: false };
        assert!(prepare(&INFO, "{}", &width(59)).is_err());
        assert!(prepare(&INFO, "{ scheme = 'argon2id' }", &width(60)).is_err());
        let scram = "SCRAM-SHA-256$4096:abc";
        let masked = mask_cells(&INFO, "{ scheme = 'as_source' }", &width(60), "", &[Some(scram)]).unwrap();
        assert_eq!(masked[0].as_deref(), hash(BCRYPT));
        let parameters = parameters("{}");
        let mut request = request(&parameters, &SqlType::TEXT);
        request.unique = true;
        assert!((INFO.prepare)(&request).is_err());
    }
}
