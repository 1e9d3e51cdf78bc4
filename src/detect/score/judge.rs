//! The verdict on a column: which entity it holds, how sure that is, and why.

use std::collections::BTreeMap;

use serde::Serialize;

use super::super::detector::{Detector, TypeGate};
use super::super::names::gate;
use super::super::{Catalogue, Category, DetectorId, NameEvidence, Scope};
use super::profile::{ColumnProfile, Sampled};
use super::{text, weigh};
use crate::table::SqlType;

/// The entity of texts that may hold any other.
pub const FREE_TEXT: &str = "FREE_TEXT";
/// What counts as found.
const THRESHOLD: f32 = 0.5;
/// Bits that values may take from a name: real columns hold foreign and misspelt values, so the name is not forgotten.
const DOUBT: f32 = -2.0;
/// Values below which nothing is said without a name.
const FEW: u64 = 3;
/// Different values below which a name that is said of many things says nothing.
const SEVERAL: u64 = 10;
/// Characters of values that are no text, on average.
const SHORT: f32 = 12.0;
/// Bits that a value must have to say something without a name: less than a check digit is a form that numbers share.
const TELLING: f32 = 3.0;
/// Bits from which on a value that matches is what it seems.
const FIRM: f32 = 6.0;
/// Weight from which on a name by itself says something.
const NAMED: f32 = 0.3;

/// What is known of a column beside its values.
#[derive(Clone, Copy, Debug)]
pub struct ColumnContext<'a> {
    /// The table's name, without schema.
    pub table: &'a str,
    /// The column's name.
    pub column: &'a str,
    /// Its type.
    pub sql_type: &'a SqlType,
    /// Whether it numbers the table's own rows, or holds the number of another table's row.
    pub surrogate: bool,
    /// Whether the table is about persons, as far as its other columns tell.
    pub about_persons: bool,
    /// Countries whose numbers need no name.
    pub scope: &'a Scope,
}

/// The verdict on a column.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ColumnFinding {
    /// The entity, if there is one.
    pub entity: Option<String>,
    /// How sure that is, from 0 to 1; for a column without entity, how sure the likeliest one is.
    pub confidence: f32,
    /// The kind of the entity.
    pub category: Option<Category>,
    /// Why: one line for each piece of evidence. No value is in it.
    pub evidence: Vec<String>,
    /// Whether the name alone says something, whatever came of it.
    #[serde(skip)]
    pub named: bool,
    /// The share of rows whose values are beyond doubt such as the entity's are, where values were looked at.
    #[serde(skip)]
    pub matching: Option<f32>,
}

impl ColumnFinding {
    fn nothing(confidence: f32, evidence: Vec<String>) -> Self {
        Self { entity: None, confidence, category: None, evidence, named: false, matching: None }
    }

    /// Whether the column is personal or secret.
    pub fn is_found(&self) -> bool {
        self.entity.is_some()
    }
}

/// One entity that a column may hold.
struct Candidate {
    detector: DetectorId,
    bits: f32,
    named: bool,
    matching: Option<f32>,
    lines: Vec<String>,
}

/// Weighs what is known of a column. Without a profile the name and the type decide alone.
pub fn judge(
    catalogue: &Catalogue,
    context: &ColumnContext<'_>,
    profile: Option<&ColumnProfile>,
) -> ColumnFinding {
    let profile = profile.filter(|profile| profile.values() > 0);
    if context.surrogate {
        let line = "key: a number that the database gives or takes from another table".to_owned();
        return ColumnFinding::nothing(0.0, vec![line]);
    }
    let values = profile.map(Values::new);
    let mut table = context.table.to_owned();
    if context.about_persons {
        // As if its name said so.
        table.push_str("_person");
    }
    let mut names = catalogue.names(&table, context.column, context.sql_type);
    names.extend(native(catalogue, context.sql_type));
    if let Some(values) = &values
        && values.flags >= 0.95
        && values.different <= 4
        && !names.iter().any(|name| is_special(catalogue, name.detector))
    {
        return ColumnFinding::nothing(0.0, vec!["values: yes and no only".to_owned()]);
    }
    let mut ids: Vec<DetectorId> = names.iter().map(|name| name.detector).collect();
    if let Some(values) = &values {
        ids.extend(values.shares.iter().map(|share| share.detector));
    }
    ids.sort_unstable();
    ids.dedup();
    let mut candidates: Vec<Candidate> = ids
        .into_iter()
        .filter_map(|id| {
            let name = names.iter().find(|name| name.detector == id);
            let name = name.map(|name| (name.weight, name.token.as_str()));
            weigh_candidate(catalogue, context, id, name, values.as_ref())
        })
        .collect();
    candidates.sort_by(|one, other| {
        other
            .bits
            .total_cmp(&one.bits)
            .then(other.named.cmp(&one.named))
            .then(one.detector.cmp(&other.detector))
    });
    let named = names.iter().any(|name| name.weight >= NAMED);
    let mixed = profile.and_then(|profile| text::mixed(catalogue, context, profile));
    let best = candidates.into_iter().next();
    let confidence = best.as_ref().map_or(0.0, |best| weigh::probability(best.bits)).min(0.99);
    let finding = match best {
        Some(best) if confidence >= THRESHOLD => {
            let detector = catalogue.detector(best.detector);
            let personal = detector.category != Category::NotPersonal;
            let mut lines = best.lines;
            if !personal {
                lines.push(format!("{}: looks personal and is not", detector.title));
            }
            ColumnFinding {
                entity: personal.then(|| detector.entity.clone()),
                confidence: round(confidence),
                category: personal.then_some(detector.category),
                evidence: lines,
                named,
                matching: best.matching,
            }
        }
        Some(best) => {
            let mut lines = best.lines;
            lines.push(format!("{}: not sure enough", catalogue.detector(best.detector).entity));
            ColumnFinding { named, ..ColumnFinding::nothing(round(confidence), lines) }
        }
        None => ColumnFinding::nothing(0.0, vec!["nothing in the name or the values".to_owned()]),
    };
    match mixed {
        Some(mixed) if !finding.is_found() => ColumnFinding { named, ..mixed },
        _ => finding,
    }
}

/// Whether a table is about persons: one of its columns names them.
pub fn is_about_persons<'a>(findings: impl IntoIterator<Item = &'a ColumnFinding>) -> bool {
    let names_persons = |entity: &str| PERSONS.contains(&entity);
    findings
        .into_iter()
        .any(|finding| finding.confidence >= SURE && finding.entity.as_deref().is_some_and(names_persons))
}

/// What persons are called.
const PERSONS: &[&str] = &["PERSON_NAME", "GIVEN_NAME", "SURNAME"];

/// Confidence from which on a finding says something of others.
const SURE: f32 = 0.8;

fn is_special(catalogue: &Catalogue, id: DetectorId) -> bool {
    catalogue.detector(id).category == Category::Special
}

fn weigh_candidate(
    catalogue: &Catalogue,
    context: &ColumnContext<'_>,
    id: DetectorId,
    name: Option<(f32, &str)>,
    values: Option<&Values>,
) -> Option<Candidate> {
    let detector = catalogue.detector(id);
    let mut lines = Vec::new();
    let admitted = context.scope.admits(&detector.countries);
    let prior = match name {
        Some((weight, token)) => {
            lines.push(format!("name: \"{token}\" stands for {} ({weight:.2})", detector.entity));
            weigh::name(weight)
        }
        // A weak form says nothing without a name, and no form in a column whose type it cannot have.
        None if !detector.alone || !fits(detector, context.sql_type) => return None,
        None if !admitted => weigh::FOREIGN,
        None => weigh::NO_NAME,
    };
    let Some(values) = values else {
        if name.is_some() {
            lines.push("values: none to look at".to_owned());
        }
        return Some(Candidate { detector: id, bits: prior, named: name.is_some(), matching: None, lines });
    };
    let share = values.shares.iter().find(|share| share.detector == id);
    let mut bits = 0.0;
    let typed = native(catalogue, context.sql_type).is_some_and(|native| native.detector == id);
    if typed {
        lines.push("type: that of such values".to_owned());
    } else if detector.has_values() {
        let (part, strength) =
            share.map_or((0.0, detector.strength()), |share| (share.share, share.strength));
        bits = weigh::values(part, values.different, strength);
        lines.push(format!(
            "values: {:.0} % of {} match{}",
            100.0 * part,
            plural(values.rows, "row"),
            odds(strength)
        ));
    }
    let borne_out = |share: &Share| share.share >= 0.5 && share.strength >= TELLING;
    if name.is_none() && (values.different < FEW || !share.is_some_and(borne_out)) {
        return None;
    }
    if name.is_some_and(|(weight, _)| weight < NAMED) && values.different < SEVERAL {
        // Names of few things are those of a list to choose from.
        return None;
    }
    if name.is_some() {
        bits = bits.max(DOUBT);
        if detector.category == Category::FreeText {
            // Prose is prose whatever it is about, and a short note is still one.
            let short = values.different >= SEVERAL && values.sentences == 0.0 && values.length < SHORT;
            bits = if short { DOUBT } else { bits.clamp(-0.5, 0.5) };
        }
        if !admitted && !share.is_some_and(borne_out) {
            bits += weigh::UNLIKELY;
            let countries = detector.countries.join(", ");
            lines.push(format!("country: the name would be that of a number of {countries}"));
        }
    }
    if name.is_none() && !admitted {
        lines.push(format!("country: nothing else points to {}", detector.countries.join(", ")));
    }
    // A form that many texts have says nothing of what an operator makes of them.
    let told = |share: &Share| if share.strength >= FIRM { share.share } else { 0.0 };
    let matching = (detector.has_values() && !typed).then(|| share.map_or(0.0, told));
    Some(Candidate { detector: id, bits: prior + bits.min(20.0), named: name.is_some(), matching, lines })
}

/// What a type by itself says: some are an entity.
fn native(catalogue: &Catalogue, sql_type: &SqlType) -> Option<NameEvidence> {
    let (entity, token) = match sql_type.base() {
        SqlType::Inet | SqlType::Cidr => ("IP_ADDRESS", "inet"),
        SqlType::Other(name) => {
            let name = name.rsplit('.').next().unwrap_or(name);
            let word = PLACES.iter().find(|place| name.eq_ignore_ascii_case(place))?;
            ("LATITUDE_LONGITUDE", *word)
        }
        _ => return None,
    };
    let (detector, _) = catalogue.entity(entity)?;
    Some(NameEvidence { detector, weight: TYPED, token: token.to_owned() })
}

/// Types of places on a map.
const PLACES: &[&str] = &["geometry", "geography", "point", "multipoint", "linestring", "polygon"];
/// How sure a type makes it: machines and shops have addresses and places too.
const TYPED: f32 = 0.6;

/// Whether a column of this type can hold the entity's values.
fn fits(detector: &Detector, sql_type: &SqlType) -> bool {
    match gate(sql_type) {
        // A number of its own kind has check digits; any other number is one of many.
        Some(TypeGate::Number) => {
            detector.types.contains(&TypeGate::Number) && detector.strength() >= TELLING
                || detector.form.as_deref() == Some("card")
        }
        Some(gate) => detector.types.contains(&gate),
        None => true,
    }
}

/// `, 1 in 97 unrelated ones would`.
fn odds(strength: f32) -> String {
    if strength < 0.5 {
        return String::new();
    }
    format!(", one in {:.0} unrelated ones would", strength.min(40.0).exp2())
}

pub(super) fn plural(count: u64, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

fn round(confidence: f32) -> f32 {
    (confidence * 100.0).round() / 100.0
}

/// The values of a profile, as shares of rows.
pub(super) struct Values {
    pub(super) rows: u64,
    pub(super) different: u64,
    pub(super) flags: f32,
    pub(super) sentences: f32,
    pub(super) length: f32,
    pub(super) shares: Vec<Share>,
}

/// How many rows a detector accepts.
pub(super) struct Share {
    pub(super) detector: DetectorId,
    pub(super) share: f32,
    pub(super) strength: f32,
    pub(super) different: u64,
}

impl Values {
    pub(super) fn new(profile: &ColumnProfile) -> Self {
        let sample = || profile.sample.values();
        let seen: u64 = sample().map(|sampled| sampled.rows).sum();
        let share = |is: &dyn Fn(&Sampled) -> bool| {
            let rows: u64 = sample().filter(|sampled| is(sampled)).map(|sampled| sampled.rows).sum();
            rows as f32 / seen.max(1) as f32
        };
        let mut found: BTreeMap<DetectorId, (u64, u64, f64)> = BTreeMap::new();
        for sampled in sample() {
            for (detector, strength) in &sampled.found {
                let entry = found.entry(*detector).or_default();
                entry.0 += sampled.rows;
                entry.1 += 1;
                entry.2 += f64::from(*strength);
            }
        }
        let shares = found.into_iter().map(|(detector, (rows, different, strength))| Share {
            detector,
            share: rows as f32 / seen.max(1) as f32,
            strength: (strength / different as f64) as f32,
            different,
        });
        let length: f64 = sample().map(|sampled| f64::from(sampled.length)).sum();
        Self {
            rows: profile.values(),
            different: sample().count() as u64,
            flags: share(&|sampled| sampled.flag),
            sentences: share(&|sampled| sampled.sentence),
            length: (length / sample().count().max(1) as f64) as f32,
            shares: shares.collect(),
        }
    }
}
