//! `character_map`: codes of a fixed form change places with each other; letters stay letters, literals stay.
//!
//! The policy declares the form: `template = "AA-9999"`, or several that no text fits together. Each template is a
//! class of its own, permuted under purpose `perm` and spec `chars:TEMPLATE`, where TEMPLATE is written in one way
//! whatever quotes the policy has, and in capitals where letter case means nothing (`case = "any"`).

use super::code_template::Template;
use super::invalid::{Invalid, Rejector};
use super::{
    Batch, CellError, Class, DefaultDomain, Equality, Example, KeyedBy, Operator, OperatorInfo, Output,
    Parameter, ParameterKind, Prepared, Refusal, Request, Scratch, Tally, Uniqueness, rows, start,
};
use crate::base::Permutation;
use crate::table::{ColumnBuilder, SqlType};

pub(super) const INFO: OperatorInfo = OperatorInfo {
    name: "character_map",
    summary: "Permute codes of a declared form, such as AA-9999; keys stay unique",
    class: Class::Pseudonymize,
    keyed_by: KeyedBy::Value,
    domain: DefaultDomain::Column,
    entity: "code of the template",
    parameters: &[
        Parameter {
            name: "template",
            summary: "A capital letter, a small letter, 9 digit, N capital or digit, n small letter or digit, * letter \
                      or digit, X and x hexadecimal digit; other characters, \\c and 'text' stand for themselves",
            kind: ParameterKind::Text,
            required: false,
            of_domain: true,
        },
        Parameter {
            name: "templates",
            summary: "several templates in place of one; no text may fit two of them",
            kind: ParameterKind::List,
            required: false,
            of_domain: true,
        },
        Parameter {
            name: "case",
            summary: "exact: letter case as the template has it; any: either, and it stays. Default: exact, or any \
                      where the column's equality ignores case",
            kind: ParameterKind::Choice(CASES),
            required: false,
            of_domain: true,
        },
    ],
    examples: &[
        Example {
            policy: r#"{ op = "character_map", template = "AA-9999" }"#,
            sql_type: &SqlType::TEXT,
            input: "KX-4711",
            output: Some("XI-7944"),
        },
        Example {
            policy: r#"{ op = "character_map", templates = ["'INV-'999999", "99999999"] }"#,
            sql_type: &SqlType::Text { width: Some(12), padded: false, case_insensitive: false },
            input: "INV-004711",
            output: Some("INV-984075"),
        },
    ],
    accepts: SqlType::is_text,
    prepare,
};

const CASES: &[&str] = &["exact", "any"];

fn prepare(request: &Request<'_>) -> Result<Prepared, Refusal> {
    let folds = request.equality != Equality::Exact;
    let any_case = match request.choice("case", CASES)? {
        Some("exact") if folds => {
            return Err(Refusal(
                "case = \"exact\" would mask one of two values that the database calls equal and not the other; \
                 use case = \"any\""
                    .into(),
            ));
        }
        Some(case) => case == "any",
        None => folds,
    };
    let templates = match (request.text("template")?, request.texts("templates")?) {
        (Some(template), None) => vec![template],
        (None, Some(templates)) if !templates.is_empty() => templates,
        _ => {
            return Err(Refusal(
                "character_map needs a template, such as template = \"AA-9999\", or a list of templates"
                    .into(),
            ));
        }
    };
    let templates = templates
        .into_iter()
        .map(|text| Template::parse(text, any_case))
        .collect::<Result<Vec<Template>, Refusal>>()?;
    for (place, template) in templates.iter().enumerate() {
        if let Some(other) = templates[..place].iter().find(|other| other.overlaps(template)) {
            return Err(Refusal(format!(
                "templates \"{}\" and \"{}\" both fit some text; make them differ in a literal or in length",
                other.canonical(),
                template.canonical()
            )));
        }
        if any_case && !folds && template.is_mixed() {
            return Err(Refusal(
                "case = \"any\" with positions that hold letters or digits (N, n, *, X, x) loses the case of letters \
                 that become digits; set equality = \"ci\" in the key domain, or case = \"exact\""
                    .into(),
            ));
        }
    }
    let invalid = Invalid::prepare(request, INFO.entity)?;
    let longest = templates.iter().map(Template::width).max().unwrap_or_default();
    let shortest = templates.iter().map(Template::width).min().unwrap_or_default();
    if let Some(room) = request.room().filter(|room| *room < shortest) {
        return Err(Refusal(format!(
            "a code of the template has {shortest} characters, and the narrowest column of key domain \"{}\" holds \
             {room}: none would fit",
            request.domain
        )));
    }
    let specs: Vec<String> =
        templates.iter().map(|template| format!("chars:{}", template.canonical())).collect();
    Ok(Prepared {
        spec: specs.join(" "),
        uniqueness: invalid.weaken(Uniqueness::Proven),
        max_width: Some(longest.max(invalid.width())),
        output: Output::Text,
        ..Prepared::new(start::keyed(move |keys| CharacterMap {
            classes: templates
                .iter()
                .zip(&specs)
                .map(|(template, spec)| {
                    (template.clone(), keys.permutation("perm", spec, template.members() - 1))
                })
                .collect(),
            rejector: invalid.start(keys),
        }))
    })
}

struct CharacterMap {
    classes: Vec<(Template, Permutation)>,
    rejector: Rejector,
}

impl Operator for CharacterMap {
    fn mask(
        &self,
        batch: &Batch<'_>,
        out: &mut ColumnBuilder,
        scratch: &mut Scratch,
    ) -> Result<Tally, CellError> {
        let Scratch { rows, wide, classes, groups, rejected, .. } = scratch.cleared();
        for (row, value) in rows::present_cells(&batch.cells) {
            let trimmed = rows::trim_end(value);
            let mut fitting = self.classes.iter().map(|(template, _)| template.rank(trimmed)).enumerate();
            match fitting.find_map(|(class, rank)| Some((class, rank?))) {
                Some((class, rank)) => {
                    wide.push(rank);
                    classes.push(class as u32);
                    rows.push(row as u32);
                }
                None => self.rejector.reject(row, value, rejected)?,
            }
        }
        groups.each_wide(classes, wide, |class, ranks| self.classes[class as usize].1.apply(ranks));
        Ok(rows::write(&batch.cells, rows, &self.rejector, rejected, out, |index, value, buffer| {
            let (code, padding) = value.split_at(rows::trim_end(value).len());
            self.classes[classes[index] as usize].0.write(wide[index], code, buffer);
            buffer.extend_from_slice(padding);
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::super::examples::{mask_cells, mask_text, prepare};
    use super::*;

    fn refusal(policy: &str) -> String {
        prepare(&INFO, policy, &SqlType::TEXT).map_or_else(|refusal| refusal.0, |_| String::new())
    }

    #[test]
    fn letters_stay_letters_and_literals_stay() {
        for number in 0..500 {
            let masked = mask_text(&INFO, "{ template = 'AA-9999a' }", &format!("KX-{number:04}q"));
            let bytes = masked.as_bytes();
            assert!(bytes.len() == 8 && bytes[2] == b'-' && bytes[7].is_ascii_lowercase());
            assert!(bytes[..2].iter().all(u8::is_ascii_uppercase));
            assert!(bytes[3..7].iter().all(u8::is_ascii_digit));
        }
    }

    #[test]
    fn a_whole_class_is_permuted_onto_itself() {
        let cells: Vec<String> = (0..1000).map(|number| format!("K{number:03}")).collect();
        let cells: Vec<_> = cells.iter().map(|cell| Some(cell.as_str())).collect();
        let masked = mask_cells(&INFO, "{ template = \"'K'999\" }", &SqlType::TEXT, "", &cells).unwrap();
        let distinct: std::collections::BTreeSet<_> = masked.into_iter().flatten().collect();
        assert_eq!(distinct.len(), 1000);
        assert!(cells.iter().all(|cell| distinct.contains(cell.unwrap())));
    }

    #[test]
    fn where_case_means_nothing_equal_values_stay_equal() {
        let policy = "{ template = 'AANN-9999', equality = 'ci' }";
        let upper = mask_text(&INFO, policy, "KX1B-4711");
        assert_eq!(mask_text(&INFO, policy, "kx1b-4711"), upper.to_lowercase());
        assert_eq!(mask_text(&INFO, policy, "Kx1b-4711").to_uppercase(), upper);
        assert!(refusal("{ template = 'AA99', equality = 'ci', case = 'exact' }").contains("calls equal"));
    }

    #[test]
    fn either_case_stays_where_letters_have_places_of_their_own() {
        let policy = "{ template = 'AA-9999', case = 'any' }";
        let upper = mask_text(&INFO, policy, "KX-4711");
        assert_eq!(upper, mask_text(&INFO, "{ template = 'AA-9999' }", "KX-4711"));
        assert_eq!(mask_text(&INFO, policy, "kx-4711"), upper.to_lowercase());
        assert!(refusal("{ template = 'NN-9999', case = 'any' }").contains("loses the case"));
    }

    #[test]
    fn what_fits_no_template_is_invalid() {
        for cell in ["KX-471", "kx-4711", "K1-4711", "n/a", "KX-4711 x", "ÄX-4711"] {
            assert!(mask_text(&INFO, "{ template = 'AA-9999' }", cell).starts_with('x'), "{cell}");
        }
        let padded = mask_text(&INFO, "{ template = 'AA-9999' }", "KX-4711  ");
        assert_eq!(padded, mask_text(&INFO, "{ template = 'AA-9999' }", "KX-4711") + "  ");
    }

    #[test]
    fn forms_that_cannot_work_are_refused_with_advice() {
        assert!(refusal("{}").contains("AA-9999"));
        assert!(refusal("{ templates = [] }").contains("AA-9999"));
        assert!(refusal("{ template = 'AA', templates = ['AAAA'] }").contains("AA-9999"));
        assert!(refusal("{ template = 'AA' }").contains("676 codes"));
        assert!(refusal("{ templates = ['AAA9', '***9'] }").contains("both fit"));
        let narrow = SqlType::Text { width: Some(6), padded: false, case_insensitive: false };
        assert!(prepare(&INFO, "{ template = 'AA-9999' }", &narrow).is_err());
    }
}
