//! `company`: another company name of two plain words, with the legal form that the cell has.
//!
//! A name follows the row's subject like the names of people, else the cell's own value; `by = "value"` makes it follow
//! the value in every table, so that one employer has one name in the rows of all who work there. The words are picked
//! under purposes `company.word` and `company.trade`, spec `lex:LEXICON` each. A legal form at the end of the cell (Ltd,
//! SARL, S.A., with or without points, after a comma or not) stays as it is written there.

use super::lexicon::{self, LexiconKind};
use super::shape::{self, Shape};
use super::subject::{self, Source};
use super::{
    Batch, CellError, Class, DefaultDomain, Equality, Example, KeyedBy, Operator, OperatorInfo, Output,
    Parameter, ParameterKind, Prepared, Refusal, Request, Scratch, Tally, first_name, start,
};
use crate::base::{Prf, index};
use crate::table::{ColumnBuilder, SqlType};

pub(super) const INFO: OperatorInfo = OperatorInfo {
    name: "company",
    summary: "Replace with a company name of plain words; the legal form stays",
    class: Class::Pseudonymize,
    keyed_by: KeyedBy::Subject,
    domain: DefaultDomain::Entity("company"),
    entity: "company name",
    parameters: &[
        Parameter {
            name: "by",
            summary: "what the name follows: subject (default; the cell's value where the table has none), or value",
            kind: ParameterKind::Choice(SOURCES),
            required: false,
            of_domain: true,
        },
        Parameter {
            name: "form",
            summary: "the legal form: as_source (default: the cell's, if it has one), locale (that of the policy's \
                      locale where the cell has none), or none",
            kind: ParameterKind::Choice(FORM_CHOICES),
            required: false,
            of_domain: false,
        },
        shape::CASE,
        first_name::LEXICON,
        shape::UNIQUE,
        shape::BITS,
    ],
    examples: &[
        Example {
            policy: r#"{ op = "company" }"#,
            sql_type: &SqlType::TEXT,
            input: "Müller & Söhne GmbH",
            output: Some("Maple Publishing GmbH"),
        },
        Example {
            policy: r#"{ op = "company", unique = true, form = "none" }"#,
            sql_type: &SqlType::TEXT,
            input: "ACME, Inc.",
            output: Some("Alder Recycling-cci3zcfdftgvqqno"),
        },
    ],
    accepts: SqlType::is_text,
    prepare,
};

const SOURCES: &[&str] = &["subject", "value"];
const FORM_CHOICES: &[&str] = &["as_source", "locale", "none"];

/// Legal forms in small letters, without the points that may stand after each letter and at the end.
const FORMS: &[&str] = &[
    "ab",
    "ag",
    "aps",
    "as",
    "asa",
    "bhd",
    "bv",
    "bvba",
    "cia",
    "co",
    "company",
    "corp",
    "corporation",
    "cv",
    "doo",
    "eg",
    "ei",
    "ek",
    "eood",
    "eu",
    "eurl",
    "ev",
    "gbr",
    "gie",
    "gmbh",
    "gmbh & co kg",
    "gmbh & co. kg",
    "inc",
    "incorporated",
    "jsc",
    "k.k",
    "kft",
    "kg",
    "kgaa",
    "kk",
    "lda",
    "limited",
    "llc",
    "llp",
    "lp",
    "ltd",
    "ltda",
    "nv",
    "ohg",
    "ood",
    "oy",
    "oyj",
    "pjsc",
    "plc",
    "private limited",
    "pt",
    "pte ltd",
    "pte. ltd",
    "pty ltd",
    "pty. ltd",
    "pvt ltd",
    "pvt. ltd",
    "s de rl de cv",
    "s. de r.l. de c.v",
    "sa",
    "sa de cv",
    "s.a. de c.v",
    "sarl",
    "sas",
    "sasu",
    "scop",
    "scs",
    "sdn bhd",
    "sdn. bhd",
    "se",
    "sl",
    "slu",
    "snc",
    "sp z oo",
    "sp. z o.o",
    "spa",
    "spol. s r.o",
    "sprl",
    "srl",
    "sro",
    "ug",
    "unlimited",
    "vof",
    "zrt",
];
/// The legal form of a country where a cell has none.
const FORM_OF_COUNTRY: &[(&str, &str)] = &[
    ("AT", "GmbH"),
    ("AU", "Pty Ltd"),
    ("BE", "BV"),
    ("BR", "Ltda"),
    ("CH", "AG"),
    ("DE", "GmbH"),
    ("ES", "S.L."),
    ("FR", "SARL"),
    ("IN", "Pvt Ltd"),
    ("IT", "S.r.l."),
    ("MX", "S.A. de C.V."),
    ("NL", "B.V."),
    ("PL", "Sp. z o.o."),
    ("PT", "Lda"),
    ("TR", "A.S."),
    ("US", "Inc."),
];
const OTHER_FORM: &str = "Ltd";

/// What stands behind the words.
#[derive(Clone, Copy)]
enum Form {
    AsSource,
    Locale(&'static str),
    Nothing,
}

fn prepare(request: &Request<'_>) -> Result<Prepared, Refusal> {
    let shape = Shape::prepare(request)?;
    let tag_spec = shape.tag_spec(request);
    let by_value = request.choice("by", SOURCES)? == Some("value") || tag_spec.is_some();
    let form = match request.choice("form", FORM_CHOICES)? {
        Some("none") => Form::Nothing,
        Some("locale") => {
            let country = request.locale.get(3..5).unwrap_or_default();
            let known = FORM_OF_COUNTRY.iter().find(|(own, _)| *own == country);
            Form::Locale(known.map_or(OTHER_FORM, |(_, form)| form))
        }
        _ => Form::AsSource,
    };
    let mut notes = Vec::new();
    let mut lists = Vec::new();
    for (purpose, kind) in
        [("company.word", LexiconKind::CompanyWord), ("company.trade", LexiconKind::CompanyTrade)]
    {
        let lexicon = lexicon::requested(request, kind)?;
        if lexicon::is_fallback(request, lexicon) && notes.is_empty() {
            notes.push((
                "lexicon-fallback",
                format!(
                    "the policy's locale has no list of words for companies and {} is used; write lexicon = \"{}\" in \
                     the key domain, so that a list that comes later changes nothing",
                    lexicon.name(),
                    lexicon.locale_version()
                ),
            ));
        }
        lists.push((purpose, format!("lex:{}", lexicon.name()), lexicon.entries().collect::<Vec<_>>()));
    }
    let longest: usize = lists
        .iter()
        .map(|(_, _, words)| words.iter().map(|word| word.len()).max().unwrap_or_default() + 1)
        .sum::<usize>()
        + LONGEST_FORM;
    let specs: Vec<&str> =
        lists.iter().map(|(_, spec, _)| spec.as_str()).chain(tag_spec.as_deref()).collect();
    let equality = request.equality;
    Ok(Prepared {
        spec: specs.join(" "),
        uniqueness: shape.uniqueness(),
        max_width: Some(shape.max_width(longest)),
        output: Output::Text,
        notes,
        ..Prepared::new(start::keyed(move |keys| Company {
            picks: lists
                .iter()
                .map(|(purpose, spec, words)| (keys.prf(purpose, spec), words.clone()))
                .collect(),
            tag: tag_spec.as_ref().map(|spec| keys.prf("tag", spec)),
            shape: shape.clone(),
            form,
            source: if by_value { Source::Value } else { Source::Subject },
            equality,
        }))
    })
}

/// Characters of the longest form with what is before it.
const LONGEST_FORM: usize = 24;

/// The legal form at the end of a cell, with the space or comma before it.
fn form(cell: &[u8]) -> &[u8] {
    let cell = cell.trim_ascii_end();
    // From the longest on: three words before a last one.
    let spaces = cell.iter().enumerate().rev().filter(|(_, byte)| **byte == b' ').map(|(place, _)| place);
    let mut found = &[][..];
    for space in spaces.take(5) {
        let (before, tail) = cell.split_at(space);
        if before.is_empty() || tail.len() + 1 > LONGEST_FORM || !tail.is_ascii() {
            break;
        }
        let comma = usize::from(before.ends_with(b","));
        if before.len() > comma && is_form(&tail[1..]) {
            found = &cell[space - comma..];
        }
    }
    found
}

/// Whether a word, or some, is a legal form: as listed, or with points after its letters or at the end.
fn is_form(text: &[u8]) -> bool {
    let text = text.strip_suffix(b".").unwrap_or(text);
    FORMS.iter().any(|form| {
        let form = form.as_bytes();
        if text.eq_ignore_ascii_case(form) {
            return true;
        }
        // S.A.R.L: letters with points between them.
        text.len() == 2 * form.len() - 1
            && text.iter().enumerate().all(|(place, byte)| {
                if place % 2 == 1 { *byte == b'.' } else { byte.to_ascii_lowercase() == form[place / 2] }
            })
    })
}

struct Company {
    picks: Vec<(Prf, Vec<&'static str>)>,
    tag: Option<Prf>,
    shape: Shape,
    form: Form,
    source: Source,
    equality: Equality,
}

impl Operator for Company {
    fn mask(
        &self,
        batch: &Batch<'_>,
        out: &mut ColumnBuilder,
        scratch: &mut Scratch,
    ) -> Result<Tally, CellError> {
        subject::messages(batch, self.source, self.equality, scratch)?;
        let Scratch { messages, tags, rows, numbers, text, .. } = scratch;
        numbers.clear();
        for (prf, words) in &self.picks {
            prf.tags(messages, tags);
            numbers.extend(tags.iter().map(|tag| index(tag, words.len() as u64)));
        }
        if let Some(prf) = &self.tag {
            prf.tags(messages, tags);
        }
        let mut next = 0;
        for (row, cell) in batch.cells.iter().enumerate() {
            if rows.get(next).is_none_or(|masked| *masked as usize != row) {
                out.keep();
                continue;
            }
            let cell = cell.unwrap_or_default();
            let own = form(cell);
            text.clear();
            match self.form {
                Form::Nothing => {}
                Form::Locale(form) if own.is_empty() => {
                    text.push(b' ');
                    text.extend_from_slice(form.as_bytes());
                }
                _ => text.extend_from_slice(own),
            }
            let tag = self.tag.as_ref().map(|_| &tags[next]);
            out.write(|buffer| {
                let start = buffer.len();
                for (pick, (_, words)) in self.picks.iter().enumerate() {
                    if pick > 0 {
                        buffer.push(b' ');
                    }
                    buffer.extend_from_slice(words[numbers[pick * rows.len() + next] as usize].as_bytes());
                }
                self.shape.finish_before(start, cell, tag, text, buffer);
            });
            next += 1;
        }
        Ok(Tally { masked: next as u64, invalid: 0 })
    }
}

#[cfg(test)]
mod tests {
    use super::super::examples::{mask_cells, mask_text};
    use super::*;

    #[test]
    fn legal_forms_are_found_at_the_end() {
        for (cell, expected) in [
            ("Acme Ltd", " Ltd"),
            ("Acme, Inc.", ", Inc."),
            ("ACME GMBH", " GMBH"),
            ("Müller GmbH & Co. KG", " GmbH & Co. KG"),
            ("Foo S.A.R.L.", " S.A.R.L."),
            ("Foo S.A. de C.V.", " S.A. de C.V."),
            ("Foo Sp. z o.o.", " Sp. z o.o."),
            ("Foo Pty Ltd", " Pty Ltd"),
            ("Jane Doe", ""),
            ("Ltd", ""),
            (", Inc", ""),
            ("Bar Inch", ""),
            ("Bar Inc Jane", ""),
            ("S A", ""),
            ("", ""),
        ] {
            assert_eq!(String::from_utf8_lossy(form(cell.as_bytes())), expected, "{cell}");
        }
        assert!(FORMS.iter().all(|form| form.len() + 4 <= LONGEST_FORM));
    }

    #[test]
    fn the_form_stays_and_the_name_goes() {
        let masked = mask_text(&INFO, "{}", "Acme Trading, Inc.");
        assert!(masked.ends_with(", Inc.") && !masked.contains("Acme"), "{masked}");
        assert_eq!(mask_text(&INFO, "{}", "Acme Trading, Inc."), masked);
        assert!(!mask_text(&INFO, "{ form = 'none' }", "Acme Trading, Inc.").contains("Inc"));
        assert!(mask_text(&INFO, "{ form = 'locale' }", "Acme").ends_with(" Inc."));
        assert!(mask_text(&INFO, "{ form = 'locale' }", "Acme GmbH").ends_with(" GmbH"));
        let upper = mask_text(&INFO, "{}", "ACME GMBH");
        assert_eq!(upper, upper.to_uppercase());
    }

    #[test]
    fn a_narrow_column_cuts_the_name_before_the_form() {
        let narrow = |width, policy, cell: &str| {
            let sql_type = SqlType::Text { width: Some(width), padded: false, case_insensitive: false };
            mask_cells(&INFO, policy, &sql_type, "", &[Some(cell)]).unwrap()[0].clone().unwrap()
        };
        let cut = narrow(12, "{}", "Acme GmbH");
        assert!(cut.len() <= 12 && cut.ends_with(" GmbH"), "{cut}");
        assert!(narrow(4, "{}", "A Co").len() <= 4);
        let tagged = narrow(30, "{ unique = true }", "Acme GmbH");
        assert!(tagged.len() <= 30 && tagged.ends_with(" GmbH") && tagged.contains('-'), "{tagged}");
    }
}
