//! `title`: the form of address that goes with the subject's new name.
//!
//! The gender is the row's, where the table names a gender column that is kept, else that of the given name that
//! `first_name` gives the subject, as for [`gender`](super::gender). Academic and other titles go too: they single out. A
//! point after the title is kept or left out as in the cell.

use super::gender_word::Gender;
use super::script::{SCRIPT, Script};
use super::shape::{self, Shape};
use super::subject::{self, Source};
use super::subject_names::{Lists, Names};
use super::{
    Batch, CellError, Class, DefaultDomain, Equality, Example, KeyedBy, Operator, OperatorInfo, Output,
    Prepared, Refusal, Request, Scratch, Tally, first_name, start,
};
use crate::table::{ColumnBuilder, SqlType};

pub(super) const INFO: OperatorInfo = OperatorInfo {
    name: "title",
    summary: "Replace a form of address with the one that goes with the subject's new name: Mr, Ms",
    class: Class::Pseudonymize,
    keyed_by: KeyedBy::Subject,
    domain: DefaultDomain::Entity(first_name::DOMAIN),
    entity: "title",
    parameters: &[shape::CASE, SCRIPT, first_name::LEXICON],
    examples: &[
        Example { policy: "{ op = \"title\" }", sql_type: &SqlType::TEXT, input: "Dr.", output: Some("Ms.") },
        Example {
            policy: "{ op = \"title\", lexicon = \"de-1\" }",
            sql_type: &SqlType::TEXT,
            input: "Dr. med.",
            output: Some("Frau"),
        },
    ],
    accepts: SqlType::is_text,
    prepare,
};

/// By language: for a woman, for a man, whether a point may follow, and both in the language's own script.
struct Titles {
    female: &'static str,
    male: &'static str,
    point: bool,
    native: (&'static str, &'static str),
}

fn titles(language: &str) -> Titles {
    let (female, male, point, native) = match language {
        "de" => ("Frau", "Herr", false, None),
        "fr" => ("Mme", "M", true, None),
        "es" | "pt" => ("Sra", "Sr", true, None),
        "it" => ("Sig.ra", "Sig", true, None),
        "nl" => ("Mevr", "Dhr", true, None),
        "pl" => ("Pani", "Pan", false, None),
        "tr" => ("Bayan", "Bay", false, None),
        "ru" => ("Gospozha", "Gospodin", false, Some(("госпожа", "господин"))),
        "ja" => ("San", "San", false, Some(("様", "様"))),
        "zh" => ("Nushi", "Xiansheng", false, Some(("女士", "先生"))),
        "ar" => ("Al-Sayyida", "Al-Sayyid", false, Some(("السيدة", "السيد"))),
        "hi" => ("Shrimati", "Shri", false, Some(("श्रीमती", "श्री"))),
        _ => ("Ms", "Mr", true, None),
    };
    Titles { female, male, point, native: native.unwrap_or((female, male)) }
}

fn prepare(request: &Request<'_>) -> Result<Prepared, Refusal> {
    let lists = Lists::prepare(request)?;
    let language = lists.language();
    let own = titles(language);
    let all = [own.female, own.male, own.native.0, own.native.1];
    let longest = all.iter().map(|title| title.chars().count()).max().unwrap_or_default() as u32;
    if let Some(width) = request.sql_type.width().filter(|width| *width < longest) {
        return Err(Refusal(format!(
            "a title has up to {longest} characters, and {width} fit; use constant, redact or null"
        )));
    }
    let (shape, script) = (Shape::prepare(request)?, Script::prepare(request)?);
    let with_point = longest + u32::from(own.point);
    let width = request.sql_type.width();
    let equality = request.equality;
    Ok(Prepared {
        spec: lists.first_spec(),
        max_width: Some(width.map_or(with_point, |width| with_point.min(width))),
        output: Output::Text,
        ..Prepared::new(start::keyed(move |keys| Title {
            names: lists.start(keys),
            titles: titles(language),
            shape: shape.clone(),
            script,
            equality,
        }))
    })
}

struct Title {
    names: Names,
    titles: Titles,
    shape: Shape,
    script: Script,
    equality: Equality,
}

impl Title {
    fn write(&self, gender: Gender, cell: &[u8], batch: &Batch<'_>, buffer: &mut Vec<u8>) {
        let Titles { female, male, point, native: (native_female, native_male) } = self.titles;
        let native = match gender {
            Gender::Female => native_female,
            Gender::Male => native_male,
        };
        let is_native = self.script.is_native(cell, native.is_ascii())
            && (batch.encoding == encoding_rs::UTF_8 || !batch.encoding.encode(native).2);
        let title = match gender {
            _ if is_native => native,
            Gender::Female => female,
            Gender::Male => male,
        };
        let start = buffer.len();
        buffer.extend_from_slice(title.as_bytes());
        if point && cell.trim_ascii_end().ends_with(b".") {
            buffer.push(b'.');
        }
        self.shape.finish(start, cell, None, buffer);
    }
}

impl Operator for Title {
    fn mask(
        &self,
        batch: &Batch<'_>,
        out: &mut ColumnBuilder,
        scratch: &mut Scratch,
    ) -> Result<Tally, CellError> {
        subject::messages(batch, Source::Subject, self.equality, scratch)?;
        let Scratch { messages, tags, rows, .. } = scratch;
        let names = self.names.pick(messages, batch.genders.as_ref(), rows, tags);
        let mut next = 0;
        for (row, cell) in batch.cells.iter().enumerate() {
            if rows.get(next).is_none_or(|masked| *masked as usize != row) {
                out.keep();
                continue;
            }
            let gender = names[next].gender;
            out.write(|buffer| self.write(gender, cell.unwrap_or_default(), batch, buffer));
            next += 1;
        }
        Ok(Tally { masked: next as u64, invalid: 0 })
    }
}
