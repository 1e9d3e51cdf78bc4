//! `phone`: telephone numbers change places within their country and length, or move to numbers kept for fiction.
//!
//! The class of a number is its calling code CC and the length LEN of its national number, spec `phone:CC:LEN`
//! (`phone:CC:LEN:0` where a national number begins with 0, as in Italy). `range = "fictional"` chooses among the
//! numbers that the country's regulator keeps for drama: purpose `phone`, message the digits in E.164 form. Classes
//! without such numbers, and all with `range = "full"`, are permuted: purpose `perm`, over the national numbers
//! whose first digit is not 0, and in the North American plan (area and exchange from 200 to 999) over those.
//!
//! Spaces, brackets, points, hyphens, `+`, `00`, the calling code and a trunk prefix stay where they are.

mod numbering;

use std::sync::OnceLock;

use super::invalid::{Invalid, Rejector};
use super::{
    Batch, CellError, Class, DefaultDomain, Example, KeyedBy, Operator, OperatorInfo, Output, Parameter,
    ParameterKind, Prepared, Refusal, Request, Scratch, Tally, Uniqueness, rows, start,
};
use crate::base::{DomainKeys, Permutation, Prf, index};
use crate::table::{ColumnBuilder, SqlType};
pub(super) use numbering::plan_digest;
use numbering::{Numbering, PlanClass};

pub(super) const INFO: OperatorInfo = OperatorInfo {
    name: "phone",
    summary: "Replace a telephone number by a fictional one of its country, or permute within country and length",
    class: Class::Pseudonymize,
    keyed_by: KeyedBy::Value,
    domain: DefaultDomain::Entity("phone"),
    entity: "phone number",
    parameters: &[
        Parameter {
            name: "range",
            summary: "fictional: numbers kept for drama where the country has them, not for keys; full: any number, \
                      unique. Default: full where the column must stay unique, else fictional",
            kind: ParameterKind::Choice(&["fictional", "full"]),
            required: false,
            of_domain: true,
        },
        Parameter {
            name: "region",
            summary: "country (US, GB, ..) of numbers without a calling code; default: that of the policy's locale",
            kind: ParameterKind::Text,
            required: false,
            of_domain: true,
        },
    ],
    examples: &[
        Example {
            policy: r#"{ op = "phone" }"#,
            sql_type: &SqlType::TEXT,
            input: "(212) 555-7890",
            output: Some("(547) 555-0181"),
        },
        Example {
            policy: r#"{ op = "phone" }"#,
            sql_type: &SqlType::TEXT,
            input: "+44 20 7946 0958",
            output: Some("+44 13 1496 0470"),
        },
        Example {
            policy: r#"{ op = "phone", range = "full", region = "DE" }"#,
            sql_type: &SqlType::TEXT,
            input: "030/901820",
            output: Some("052/940302"),
        },
    ],
    accepts: SqlType::is_text,
    prepare,
};

fn prepare(request: &Request<'_>) -> Result<Prepared, Refusal> {
    let numbering = Numbering::get();
    let full =
        request.choice("range", &["fictional", "full"])?.map_or(request.unique, |range| range == "full");
    let home = match request.text("region")? {
        Some(region) => Some(numbering.of_region(region).ok_or_else(|| {
            Refusal("region must be the two letters of a country, such as US or GB".into())
        })?),
        None => region(request.locale).and_then(|region| numbering.of_region(region)),
    };
    let invalid = Invalid::prepare(request, INFO.entity)?;
    let mut notes = Vec::new();
    let live = if full {
        "numbers that come out may be somebody's; range = \"fictional\" makes sure that they are nobody's where the \
         country keeps numbers for drama"
    } else {
        "numbers of countries that keep none for drama may come out as somebody's"
    };
    notes.push(("live-values", live.to_owned()));
    if home.is_none() {
        notes.push((
            "no-region",
            "numbers without a calling code are invalid: the locale names no country".to_owned(),
        ));
    }
    let uniqueness = if full {
        Uniqueness::Proven
    } else {
        Uniqueness::Bounded { bits: (numbering.fewest_fictional() as f64).log2() }
    };
    Ok(Prepared {
        spec: "phone".into(),
        uniqueness: invalid.weaken(uniqueness),
        max_width: None,
        output: Output::Text,
        notes,
        ..Prepared::new(start::keyed(move |keys| Phone {
            keys: keys.clone(),
            numbering,
            home,
            full,
            mappings: (0..numbering.classes()).map(|_| OnceLock::new()).collect(),
            rejector: invalid.start(keys),
        }))
    })
}

/// The country of a locale: `US` of `en_US.UTF-8`.
fn region(locale: &str) -> Option<&str> {
    let (_, region) = locale.split_once(['_', '-'])?;
    region.get(..2)
}

struct Phone {
    keys: DomainKeys,
    numbering: &'static Numbering,
    /// The plan of numbers without a calling code.
    home: Option<usize>,
    full: bool,
    /// By class, made when the first number of the class comes.
    mappings: Box<[OnceLock<Mapping>]>,
    rejector: Rejector,
}

enum Mapping {
    Fictional(Prf),
    Full(Permutation),
}

impl Phone {
    fn mapping(&self, class: PlanClass) -> &Mapping {
        self.mappings[class.number()].get_or_init(|| {
            let spec = self.numbering.spec(class);
            if !self.full && self.numbering.fictional(class) > 0 {
                Mapping::Fictional(self.keys.prf("phone", &spec))
            } else {
                Mapping::Full(self.keys.permutation(
                    "perm",
                    &spec,
                    u128::from(self.numbering.members(class)) - 1,
                ))
            }
        })
    }
}

impl Operator for Phone {
    fn mask(
        &self,
        batch: &Batch<'_>,
        out: &mut ColumnBuilder,
        scratch: &mut Scratch,
    ) -> Result<Tally, CellError> {
        let Scratch { messages, tags, rows, numbers, classes, groups, rejected, .. } = scratch.cleared();
        for (row, value) in rows::present_cells(&batch.cells) {
            match self.numbering.parse(rows::trim_end(value), self.home) {
                Some((class, national)) => {
                    numbers.push(national);
                    classes.push(class.number() as u32);
                    rows.push(row as u32);
                }
                None => self.rejector.reject(row, value, rejected)?,
            }
        }
        groups.each(classes, numbers, |class, numbers| {
            let class = PlanClass::from_number(class as usize);
            match self.mapping(class) {
                Mapping::Fictional(prf) => {
                    messages.clear();
                    for number in &*numbers {
                        messages
                            .push_with(|message| self.numbering.write_international(class, *number, message));
                    }
                    prf.tags(messages, tags);
                    let count = self.numbering.fictional(class);
                    for (number, tag) in numbers.iter_mut().zip(&*tags) {
                        *number = self.numbering.fictional_number(class, index(tag, count));
                    }
                }
                Mapping::Full(permutation) => {
                    for number in numbers.iter_mut() {
                        *number = self.numbering.rank(class, *number);
                    }
                    permutation.apply_u64(numbers);
                    for number in numbers.iter_mut() {
                        *number = self.numbering.unrank(class, *number);
                    }
                }
            }
        });
        Ok(rows::write(&batch.cells, rows, &self.rejector, rejected, out, |index, value, buffer| {
            let digits = PlanClass::from_number(classes[index] as usize).length();
            rows::write_digits(numbers[index], digits, value, buffer);
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::super::examples::{mask_text, prepare};
    use super::*;

    fn fictional(cell: &str) -> String {
        mask_text(&INFO, "{}", cell)
    }

    #[test]
    fn spellings_of_one_number_agree_in_their_digits() {
        let digits = |text: &str| text.bytes().filter(u8::is_ascii_digit).map(char::from).collect::<String>();
        for policy in ["{}", "{ range = 'full' }"] {
            let expected = digits(&mask_text(&INFO, policy, "2125557890"));
            for cell in
                ["(212) 555-7890", "212.555.7890", "1-212-555-7890", "+1 212 555 7890", "001 212 5557890"]
            {
                let masked = mask_text(&INFO, policy, cell);
                assert!(digits(&masked).ends_with(&expected), "{cell}: {masked}");
                let shape = |text: &str| text.replace(|c: char| c.is_ascii_digit(), "9");
                assert_eq!(shape(&masked), shape(cell));
            }
        }
        assert_eq!(fictional("+44 (0)20 7946 0958")[7..], fictional("+44 20 7946 0958")[4..]);
        let british = "{ region = 'GB' }";
        assert_eq!(mask_text(&INFO, british, "020 7946 0958")[1..], fictional("+44 20 7946 0958")[4..]);
        assert_eq!(mask_text(&INFO, british, "442079460958")[2..], fictional("+442079460958")[3..]);
    }

    #[test]
    fn american_numbers_become_those_kept_for_fiction() {
        for line in 0..300 {
            let masked = fictional(&format!("(415) 867-{line:04}"));
            assert_eq!(masked[5..12], *" 555-01", "{masked}");
            let area = &masked[1..4];
            assert!(
                area.as_bytes()[0] >= b'2' && area.as_bytes()[1] != b'9' && &area[1..] != "11",
                "{masked}"
            );
        }
    }

    #[test]
    fn a_country_without_fictional_numbers_is_permuted() {
        let masked = fictional("+39 06 6982 1234");
        assert!(masked.starts_with("+39 0") && masked.as_bytes()[5] != b'0', "{masked}");
        assert_eq!(masked, mask_text(&INFO, "{ range = 'full' }", "+39 06 6982 1234"));
        assert_ne!(fictional("+34 612 345 678"), "+34 612 345 678");
    }

    #[test]
    fn what_is_no_number_is_invalid() {
        for cell in [
            "n/a",
            "555-1234",
            "+1 112 555 0100",
            "+1 212 155 0100",
            "212-555-0100 x12",
            "+999 1234567",
            "+44",
            "1234567890123456789012",
            "+44+20 7946 0958",
            "20 7946 0958+",
            "++442079460958",
            "١٢٣٤٥٦٧٨٩٠",
        ] {
            assert!(fictional(cell).starts_with('x'), "{cell}");
        }
    }

    #[test]
    fn the_locale_names_the_country() {
        assert_eq!(["en_US.UTF-8", "de-AT", "C", "en_"].map(region), [Some("US"), Some("AT"), None, None]);
        assert!(prepare(&INFO, "{ region = 'XX' }", &SqlType::TEXT).is_err());
    }

    #[test]
    fn only_the_full_range_is_proven_unique() {
        let verdict = |policy| prepare(&INFO, policy, &SqlType::TEXT).unwrap().uniqueness;
        assert_eq!(verdict("{ range = 'full', on_invalid = 'error' }"), Uniqueness::Proven);
        assert!(matches!(verdict("{ on_invalid = 'error' }"), Uniqueness::Bounded { bits } if bits < 20.0));
    }
}
