//! `gender`: the gender of the subject's new given name, in the words of the cell.
//!
//! It is that of the entry that `first_name` picks for the subject (purpose `name.first`, spec `lex:first_name.VERSION`);
//! for a name that goes with either, an even last byte of that tag means a woman. So gender and given name agree in
//! every table, also where a table has only one of them. `f` becomes `m` or `f`, `Male` `Female` or `Male`, `2` `1` or
//! `2`; the pair for a woman and a man can be set.

use super::gender_word::{Gender, reword};
use super::invalid::{Invalid, Rejector};
use super::subject::{self, Source};
use super::subject_names::{Lists, Names};
use super::{
    Batch, CellError, Class, DefaultDomain, Equality, Example, KeyedBy, Operator, OperatorInfo, Output,
    Parameter, ParameterKind, Prepared, Refusal, Request, Scratch, Tally, first_name, rows, start,
};
use crate::table::{ColumnBuilder, SqlType};

pub(super) const INFO: OperatorInfo = OperatorInfo {
    name: "gender",
    summary: "Replace with the gender of the name that first_name gives the subject, in the words of the cell",
    class: Class::Pseudonymize,
    keyed_by: KeyedBy::Subject,
    domain: DefaultDomain::Entity(first_name::DOMAIN),
    entity: "word for a gender",
    parameters: &[FEMALE, MALE, first_name::LEXICON],
    examples: &[
        Example {
            policy: "{ op = \"gender\" }",
            sql_type: &SqlType::TEXT,
            input: "female",
            output: Some("female"),
        },
        Example {
            policy: "{ op = \"gender\", female = \"1\", male = \"0\" }",
            sql_type: &SqlType::Integer { bits: 16 },
            input: "9",
            output: Some("0"),
        },
    ],
    accepts,
    prepare,
};

const FEMALE: Parameter = Parameter {
    name: "female",
    summary: "what is written for a woman, whatever the cell has; with male (default: the word of the cell's pair)",
    kind: ParameterKind::Scalar,
    required: false,
    of_domain: false,
};

const MALE: Parameter = Parameter {
    name: "male",
    summary: "what is written for a man, whatever the cell has; with female",
    kind: ParameterKind::Scalar,
    required: false,
    of_domain: false,
};

/// Characters of the longest word in the pairs.
const LONGEST: u32 = 9;

fn accepts(sql_type: &SqlType) -> bool {
    sql_type.is_integer() || matches!(sql_type.base(), SqlType::Text { .. } | SqlType::Enum(_))
}

fn prepare(request: &Request<'_>) -> Result<Prepared, Refusal> {
    let lists = Lists::prepare(request)?;
    let words = match (request.scalar(FEMALE.name)?, request.scalar(MALE.name)?) {
        (Some(female), Some(male)) => {
            for word in [&female, &male] {
                super::typed::holds(request.sql_type, word)?;
            }
            Some((female, male))
        }
        (None, None) => None,
        _ => return Err(Refusal("female and male are set together".into())),
    };
    let invalid = if words.is_some() { None } else { Some(Invalid::prepare(request, INFO.entity)?) };
    let longest = match &words {
        Some((female, male)) => female.chars().count().max(male.chars().count()) as u32,
        None => LONGEST.max(invalid.as_ref().map_or(0, Invalid::width)),
    };
    let letter = match lists.language() {
        "de" => "w",
        "nl" => "v",
        "pl" => "k",
        _ => "f",
    };
    let width = request.sql_type.width();
    let equality = request.equality;
    Ok(Prepared {
        spec: lists.first_spec(),
        max_width: Some(width.map_or(longest, |width| longest.min(width))),
        output: match &words {
            Some((female, male)) => Output::OneOf(vec![female.clone(), male.clone()]),
            None => Output::Text,
        },
        ..Prepared::new(start::keyed(move |keys| Genders {
            names: lists.start(keys),
            words: words.clone(),
            letter,
            width,
            equality,
            rejector: invalid.as_ref().map(|invalid| invalid.start(keys)),
        }))
    })
}

struct Genders {
    names: Names,
    words: Option<(String, String)>,
    letter: &'static str,
    width: Option<u32>,
    equality: Equality,
    rejector: Option<Rejector>,
}

impl Genders {
    fn word(&self, cell: &str, gender: Gender) -> Option<String> {
        match (&self.words, gender) {
            (Some((female, _)), Gender::Female) => Some(female.clone()),
            (Some((_, male)), Gender::Male) => Some(male.clone()),
            (None, _) => reword(cell, gender, self.letter),
        }
    }

    /// Whether both words for what the cell says are known and fit, so that its fate does not hang on the key.
    fn can_mask(&self, cell: &str) -> bool {
        [Gender::Female, Gender::Male].into_iter().all(|gender| {
            self.word(cell, gender)
                .is_some_and(|word| self.width.is_none_or(|width| word.chars().count() <= width as usize))
        })
    }
}

impl Operator for Genders {
    fn mask(
        &self,
        batch: &Batch<'_>,
        out: &mut ColumnBuilder,
        scratch: &mut Scratch,
    ) -> Result<Tally, CellError> {
        let Scratch { messages, tags, rows: masked, rejected, .. } = scratch.cleared();
        for (row, cell) in rows::present_cells(&batch.cells) {
            match &self.rejector {
                Some(rejector) if !self.can_mask(rows::text(row, cell)?) => {
                    rejector.reject(row, cell, rejected)?;
                }
                _ => {
                    subject::push(batch, row, cell, Source::Subject, self.equality, messages)?;
                    masked.push(row as u32);
                }
            }
        }
        // The row's own gender is what is to be hidden: it has no say.
        let names = self.names.pick(messages, None, masked, tags);
        let write = |index: usize, cell: &[u8], buffer: &mut Vec<u8>| {
            let cell = std::str::from_utf8(cell).unwrap_or_default();
            let word = self.word(cell, names[index].gender).unwrap_or_default();
            buffer.extend_from_slice(word.as_bytes());
        };
        if let Some(rejector) = &self.rejector {
            return Ok(rows::write(&batch.cells, masked, rejector, rejected, out, write));
        }
        let mut next = 0;
        for (row, cell) in batch.cells.iter().enumerate() {
            if masked.get(next).is_some_and(|masked| *masked as usize == row) {
                out.write(|buffer| write(next, cell.unwrap_or_default(), buffer));
                next += 1;
            } else {
                out.keep();
            }
        }
        Ok(Tally { masked: next as u64, invalid: 0 })
    }
}
