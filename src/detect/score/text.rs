//! Columns that are no one thing: free text, and cells of which some are something.

use super::super::{Catalogue, Category, DetectorId};
use super::judge::{ColumnContext, ColumnFinding, FREE_TEXT, Values, plural};
use super::profile::ColumnProfile;
use crate::table::SqlType;

/// Bits from which on a single cell is not there by chance.
const STRONG: f32 = 9.0;

/// What stands in texts that are about nobody: pages and machines have addresses too.
const ELSEWHERE: &[&str] = &["URL", "HOSTNAME", "UUID_GUID", "USER_AGENT"];

/// Free text in which something personal stands, or a column of mixed cells; none for columns that are neither.
pub(super) fn mixed(
    catalogue: &Catalogue,
    context: &ColumnContext<'_>,
    profile: &ColumnProfile,
) -> Option<ColumnFinding> {
    if !holds_text(context.sql_type) {
        return None;
    }
    let values = Values::new(profile);
    let personal = |id: &DetectorId| {
        let detector = catalogue.detector(*id);
        detector.category != Category::NotPersonal && !ELSEWHERE.contains(&detector.entity.as_str())
    };
    let mut lines = Vec::new();
    let mut hits: Vec<(&DetectorId, &u64)> = profile.hits.iter().filter(|(id, _)| personal(id)).collect();
    hits.sort_by(|one, other| other.1.cmp(one.1).then(one.0.cmp(other.0)));
    let most = hits.first().map_or(0, |(_, count)| **count);
    let in_text = most >= 3 || most * 20 >= profile.values().max(1) && most > 0;
    if in_text {
        for (id, count) in hits.iter().take(4) {
            let entity = &catalogue.detector(**id).entity;
            lines.push(format!("text: {entity} stands in {} of {} texts", count, profile.texts));
        }
    }
    let strong = values.shares.iter().filter(|share| {
        share.strength >= STRONG && personal(&share.detector) && share.share < 0.5 && share.different >= 3
    });
    for share in strong {
        let entity = &catalogue.detector(share.detector).entity;
        lines.push(format!(
            "mixed: {:.0} % of {} are {entity}",
            100.0 * share.share,
            plural(values.rows, "row")
        ));
    }
    if lines.is_empty() {
        return None;
    }
    if values.sentences >= 0.3 {
        lines.push(format!("values: sentences of about {:.0} characters", values.length));
    }
    Some(ColumnFinding {
        entity: Some(FREE_TEXT.to_owned()),
        confidence: if most >= 10 { 0.9 } else { 0.7 },
        category: Some(Category::FreeText),
        evidence: lines,
        named: false,
        matching: None,
    })
}

fn holds_text(sql_type: &SqlType) -> bool {
    match sql_type.base() {
        SqlType::Text { .. } | SqlType::Json | SqlType::Xml | SqlType::Hstore | SqlType::Other(_) => true,
        SqlType::Array(inner) => holds_text(inner),
        _ => false,
    }
}
