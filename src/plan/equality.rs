//! Equality as the source database has it: one pseudonym exactly when the database calls two values equal.
//!
//! A column's collation says when that is. A key domain that is coarser makes two values of a key one, and the restore
//! fails; one that is finer parts a reference from what it references, which only the joins show.

use super::check::{Context, full_name};
use super::problem::{Problem, Severity};
use super::relations::Column;
use crate::base::Equality;
use crate::mask::{KeyedBy, Output};
use crate::table::{ColumnDef, SqlType};

pub(super) fn check(context: &Context<'_, '_>, problems: &mut Vec<Problem>) {
    for table in context.tables() {
        for (position, definition) in table.resolved.table.columns.iter().enumerate() {
            let at = (table.index, position);
            let tied =
                context.relations.referenced.contains(&at) || context.relations.referencing.contains(&at);
            let in_key = table.resolved.table.keys().any(|key| key.contains(&definition.name));
            if (tied || in_key) && !context.is_repeated(at) {
                judge(context, at, definition, (tied, in_key), problems);
            }
        }
    }
}

fn judge(
    context: &Context<'_, '_>,
    at: Column,
    definition: &ColumnDef,
    (tied, in_key): (bool, bool),
    problems: &mut Vec<Problem>,
) {
    let Some(mask) = context.column(at).mask() else { return };
    // Numbers have one equality, and names of a subject are no function of the value.
    let by_text =
        |output: &Output| !matches!(output, Output::Band | Output::Range(..) | Output::Same | Output::Null);
    let concerned = mask.all().any(|own| own.keyed_by() == KeyedBy::Value && by_text(own.output()));
    let Some(source) = source(definition).filter(|_| concerned) else { return };
    let name = full_name(context.resolved.tables[at.0].name, &definition.name);
    let place = match &definition.collation {
        Some(collation) => format!("compares by {collation}"),
        None if source == Source::Like(Equality::Exact) => "tells case and accents apart".to_owned(),
        None => "does not look at case".to_owned(),
    };
    let Source::Like(source) = source else {
        let message = format!(
            "column {name} {place}, which looks at case and not at accents: no equality of a key domain is like that, \
             so try a restore and count the joins"
        );
        problems.push(context.problem(Severity::Review, "equality", at, message));
        return;
    };
    let own = mask.equality;
    let (severity, what) = match source.cmp(&own) {
        std::cmp::Ordering::Equal => return,
        // A reference follows the key that it refers to, which is judged by itself.
        std::cmp::Ordering::Less if !in_key => return,
        std::cmp::Ordering::Less => (Severity::Error, "two values that it keeps apart would become one"),
        std::cmp::Ordering::Greater if tied => {
            (Severity::Error, "values that join although they are written in two ways would join no longer")
        }
        // Its results are codes in both cases of letters: two of them may differ in case alone.
        std::cmp::Ordering::Greater if mask.all().any(|own| own.operator.name == "character_map") => {
            (Severity::Error, "results may differ in nothing but case, which is one value to the key")
        }
        std::cmp::Ordering::Greater => (
            Severity::Warning,
            "equal values of other columns, written otherwise, would become different ones",
        ),
    };
    let message = format!(
        "column {name} {place}, and key domain \"{}\" has equality {}: {what}; set equality = \"{}\" in [domains.\"{}\"]",
        mask.domain,
        own.as_str(),
        source.as_str(),
        mask.domain
    );
    problems.push(context.problem(severity, "equality", at, message));
}

/// When the database takes two texts of a column for equal.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    Like(Equality),
    /// As no equality of ours.
    Unlike,
}

/// The equality that a key domain needs for a column, where that is known and there is such a one.
pub(super) fn needed(column: &ColumnDef) -> Option<Equality> {
    match source(column)? {
        Source::Like(equality) => Some(equality),
        Source::Unlike => None,
    }
}

/// None where nothing is known, or the column holds no text.
fn source(column: &ColumnDef) -> Option<Source> {
    let SqlType::Text { case_insensitive, .. } = column.sql_type.base() else { return None };
    match (column.collation(), &column.collation) {
        (Some(collation), _) => Some(collation.equality.map_or(Source::Unlike, Source::Like)),
        (None, None) if *case_insensitive => Some(Source::Like(Equality::CaseInsensitive)),
        (None, None) => Some(Source::Like(Equality::Exact)),
        // PostgreSQL's collations are all but always deterministic, and then exact; which are not, a dump of the
        // tables does not say where they are used.
        (None, Some(_)) => None,
    }
}
