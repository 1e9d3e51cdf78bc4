//! `city`, `postcode`, `region`, `country`: parts of one made-up address that exist together.
//!
//! A subject has one town in each country: the one of index i of the country's list, with i chosen by the subject's tag
//! under purpose `address.place` and spec `lex:place.COUNTRY-VERSION`. Bytes 8 to 11 of that tag choose among the town's
//! postcodes; bytes 12 to 15 make what a list does not hold (a British inward code, the last four digits of a long ZIP
//! code). The country is the row's, where the table names a country column that is kept (`country = "COLUMN"`), else the
//! parameter `country`, else that of the policy's locale. Of a country without a list nothing real is known: the town is
//! a surname with an ending, the postcode has other digits and letters in the places of the cell's.

pub(super) mod city;
pub(super) mod country;
mod places;
pub(super) mod postcode;
pub(super) mod region;

pub(super) use places::COUNTRIES;
use places::{Place, by_code, named, of_locale};

use super::lexicon::{self, LexiconKind};
use super::pick::{Form, Table};
use super::script::{SCRIPT, Script};
use super::shape::{self, Shape};
use super::subject::{self, Source};
use super::{
    Batch, CellError, Equality, Operator, Output, Parameter, ParameterKind, Prepared, Refusal, Request,
    Scratch, Tally, first_name, start,
};
use crate::base::{DomainKeys, Prf};
use crate::table::ColumnBuilder;

/// The key domain of addresses.
const DOMAIN: &str = "address";

/// The country of addresses, for a list of parameters.
const COUNTRY: Parameter = Parameter {
    name: "country",
    summary: "where addresses lie: US, GB, DE or FR (default: the row's country, where the table names its column, else \
              that of the locale); one for all parts of an address",
    kind: ParameterKind::Choice(&["US", "GB", "DE", "FR"]),
    required: false,
    of_domain: true,
};

const PARAMETERS: &[Parameter] = &[COUNTRY, shape::CASE, SCRIPT, first_name::LEXICON];

/// What a column holds of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    City,
    Postcode,
    Region(RegionStyle),
    Country,
}

/// How a region is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum RegionStyle {
    AsSource,
    Code,
    Name,
}

/// Where the country of a row comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum From {
    Fixed(usize),
    /// The first of the row's other columns; this one where it is NULL.
    Row(usize),
}

fn prepare(request: &Request<'_>, field: Field) -> Result<Prepared, Refusal> {
    let mut notes = Vec::new();
    let (of_locale, is_own) = of_locale(request.locale);
    let from = match request.choice(COUNTRY.name, &["US", "GB", "DE", "FR"])? {
        Some(code) => From::Fixed(by_code(code).unwrap_or(of_locale)),
        None if request.country.is_some() && field != Field::Country => From::Row(of_locale),
        None => From::Fixed(of_locale),
    };
    if from == From::Fixed(of_locale) && !is_own && !request.parameters.contains_key(COUNTRY.name) {
        notes.push((
            "lexicon-fallback",
            format!(
                "the policy's locale has no list of places and {} is used; write country = \"{}\" in the key domain, so \
                 that a list that comes later changes nothing",
                COUNTRIES[of_locale].list, COUNTRIES[of_locale].code
            ),
        ));
    }
    let countries: Vec<usize> = match from {
        From::Fixed(country) => vec![country],
        From::Row(_) => (0..COUNTRIES.len()).collect(),
    };
    let longest = countries.iter().map(|country| longest(field, *country)).max().unwrap_or_default();
    if field == Field::Postcode {
        postcode::check(request, &countries, longest)?;
    }
    if let (Field::Region(RegionStyle::Code), Some(width)) = (field, request.sql_type.width())
        && (width as usize) < longest
    {
        return Err(Refusal(format!("a region's code has up to {longest} characters, and {width} fit")));
    }
    let surnames = *lexicon::requested(request, LexiconKind::LastName)?;
    let specs: Vec<String> = countries.iter().map(|country| spec(*country)).collect();
    let (shape, script) = (Shape::prepare(request)?, Script::prepare(request)?);
    let reads = match from {
        From::Row(_) => request.country.map(str::to_owned).into_iter().collect(),
        From::Fixed(_) => Vec::new(),
    };
    let (equality, width) = (request.equality, request.sql_type.width());
    let is_integer = !request.sql_type.is_text();
    // What stands in the cell's own places is no longer than the cell.
    let max_width = match from {
        From::Fixed(_) => Some(shape.max_width(longest)),
        From::Row(_) => request.sql_type.width(),
    };
    Ok(Prepared {
        spec: specs.join(" "),
        max_width,
        output: if is_integer { Output::Any } else { Output::Text },
        notes,
        reads,
        ..Prepared::new(start::keyed(move |keys| Part {
            field,
            from,
            towns: countries.iter().map(|country| Towns::start(*country, keys)).collect(),
            surnames: Table::entries(&surnames),
            shape: shape.clone(),
            script,
            width,
            equality,
        }))
    })
}

fn spec(country: usize) -> String {
    format!("lex:{}", COUNTRIES[country].list)
}

/// Characters of the longest text that a list gives.
fn longest(field: Field, country: usize) -> usize {
    let own = COUNTRIES[country];
    if field == Field::Country {
        return own.name.chars().count();
    }
    let length = |place: &Place| match field {
        Field::City => place.city.chars().count().max(place.city_ascii.len()),
        Field::Postcode => place.postcodes.iter().map(|code| code.len()).max().unwrap_or_default(),
        Field::Region(RegionStyle::Code) => place.region_code.len(),
        Field::Region(_) => place.region.chars().count().max(place.region_ascii.len()),
        Field::Country => 0,
    };
    let longest = own.places().iter().map(length).max().unwrap_or_default();
    if field == Field::Postcode { longest + postcode::more(country) } else { longest }
}

/// A part of an address.
struct Part {
    field: Field,
    from: From,
    towns: Vec<Towns>,
    surnames: Table,
    shape: Shape,
    script: Script,
    width: Option<u32>,
    equality: Equality,
}

/// The towns of a country, with the key that chooses among them.
struct Towns {
    country: usize,
    prf: Prf,
    places: Vec<Place>,
}

impl Towns {
    fn start(country: usize, keys: &DomainKeys) -> Self {
        let prf = keys.prf("address.place", &spec(country));
        Self { country, prf, places: COUNTRIES[country].places() }
    }

    fn pick(&self, tag: &[u8; 16]) -> &Place {
        &self.places[crate::base::index(tag, self.places.len() as u64) as usize]
    }
}

/// Bytes 8 to 11, or 12 to 15, of a tag as a number below `n`.
fn further(tag: &[u8; 16], from: usize, n: u32) -> u32 {
    let word = tag[from..].first_chunk().map_or(0, |word| u32::from_be_bytes(*word));
    ((u64::from(word) * u64::from(n)) >> 32) as u32
}

impl Part {
    /// The towns of the row's country; `None` where it has no list.
    fn towns(&self, batch: &Batch<'_>, row: usize) -> Option<usize> {
        let From::Row(fallback) = self.from else { return Some(0) };
        let cell = batch.others.first().and_then(|countries| countries.value(row));
        let country = match cell.filter(|cell| !subject::is_blank(cell)) {
            None => fallback,
            Some(cell) => named(std::str::from_utf8(cell).ok()?)?,
        };
        self.towns.iter().position(|towns| towns.country == country)
    }

    fn write(&self, towns: &Towns, tag: &[u8; 16], cell: &[u8], batch: &Batch<'_>, out: &mut Vec<u8>) {
        let place = towns.pick(tag);
        let start = out.len();
        let mut either = |native: &str, ascii: &str| {
            let is_native = self.script.is_native(cell, true)
                && (batch.encoding == encoding_rs::UTF_8 || !batch.encoding.encode(native).2);
            out.extend_from_slice(if is_native { native.as_bytes() } else { ascii.as_bytes() });
        };
        match self.field {
            Field::City => either(place.city, place.city_ascii),
            Field::Region(style) => {
                let is_code = match style {
                    RegionStyle::AsSource => region::is_code(cell),
                    style => style == RegionStyle::Code,
                };
                if is_code {
                    return out.extend_from_slice(place.region_code.as_bytes());
                }
                either(place.region, place.region_ascii);
            }
            Field::Postcode => return postcode::write(towns.country, place, tag, cell, out),
            Field::Country => return country::write(towns.country, cell, self.width, out),
        }
        self.shape.finish(start, cell, None, out);
    }

    /// What stands in for a place in a country without a list.
    fn invent(&self, tag: &[u8; 16], cell: &[u8], out: &mut Vec<u8>) {
        if self.field == Field::Postcode {
            return postcode::invent(tag, cell, out);
        }
        let start = out.len();
        self.surnames.write(self.surnames.pick(tag, None), Form::default(), out);
        out.extend_from_slice(if self.field == Field::City { b"ville" } else { b"shire" });
        self.shape.finish(start, cell, None, out);
    }
}

impl Operator for Part {
    fn mask(
        &self,
        batch: &Batch<'_>,
        out: &mut ColumnBuilder,
        scratch: &mut Scratch,
    ) -> Result<Tally, CellError> {
        subject::messages(batch, Source::Subject, self.equality, scratch)?;
        let Scratch { messages, tags, rows, classes, .. } = scratch;
        classes.clear();
        classes.extend(
            rows.iter().map(|row| self.towns(batch, *row as usize).map_or(u32::MAX, |towns| towns as u32)),
        );
        let mut all: Vec<[u8; 16]> = Vec::with_capacity(rows.len());
        for (number, towns) in self.towns.iter().enumerate() {
            // Rows of a country without a list are tagged by the first one's key.
            let mine = |class: u32| class as usize == number || number == 0 && class == u32::MAX;
            if !classes.iter().any(|class| mine(*class)) {
                continue;
            }
            towns.prf.tags(messages, tags);
            all.resize(rows.len(), [0; 16]);
            for (slot, (tag, class)) in all.iter_mut().zip(tags.iter().zip(classes.iter())) {
                if mine(*class) {
                    *slot = *tag;
                }
            }
        }
        let mut next = 0;
        for (row, cell) in batch.cells.iter().enumerate() {
            if rows.get(next).is_none_or(|masked| *masked as usize != row) {
                out.keep();
                continue;
            }
            let (tag, cell) = (&all[next], cell.unwrap_or_default());
            let towns = self.towns.get(classes[next] as usize);
            out.write(|buffer| match towns {
                Some(towns) => self.write(towns, tag, cell, batch, buffer),
                None => self.invent(tag, cell, buffer),
            });
            next += 1;
        }
        Ok(Tally { masked: next as u64, invalid: 0 })
    }
}
