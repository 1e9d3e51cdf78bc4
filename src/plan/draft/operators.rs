//! Which operator a drafted policy proposes for which entity: a plain list.

use crate::mask::OPERATORS;
use crate::table::SqlType;

/// Entity -> operators with their parameters, best first; the first that the column's type and the plan allow is drafted.
const PROPOSALS: &[(&str, &[&str])] = &[
    ("EMAIL", &[r#""email""#]),
    ("PHONE", &[r#""phone""#]),
    ("PERSON_NAME", &[r#""full_name""#, r#"{ op = "full_name", unique = true }"#]),
    ("GIVEN_NAME", &[r#""first_name""#, r#"{ op = "first_name", unique = true }"#]),
    ("SURNAME", &[r#""last_name""#, r#"{ op = "last_name", unique = true }"#]),
    ("USERNAME", &[r#""username""#]),
    ("SOCIAL_HANDLE", &[r#""username""#]),
    ("DATE_OF_BIRTH", &[r#""date_shift""#, r#"{ op = "truncate_date", to = "year" }"#]),
    ("AGE", &[r#""age_group""#]),
    ("GENDER", &[r#""gender""#]),
    ("TITLE", &[r#""title""#]),
    ("STREET_ADDRESS", &[r#""address""#]),
    ("CITY", &[r#""city""#]),
    ("REGION", &[r#""region""#]),
    ("POSTCODE", &[r#""postcode""#]),
    ("COUNTRY", &[r#""country""#]),
    ("GEO_COORD", &[r#"{ op = "round", to = 0.1 }"#]),
    ("LATITUDE", &[r#"{ op = "round", to = 0.1 }"#]),
    ("LONGITUDE", &[r#"{ op = "round", to = 0.1 }"#]),
    ("COMPANY", &[r#""company""#]),
    ("COMPANY_NAME", &[r#""company""#]),
    ("CREDIT_CARD", &[r#""card""#]),
    ("IBAN", &[r#""iban""#]),
    ("IP", &[r#""ip""#]),
    ("IP_ADDRESS", &[r#""ip""#]),
    ("IPV4", &[r#""ip""#]),
    ("IPV6", &[r#""ip""#]),
    ("MAC", &[r#""mac""#]),
    ("UUID_GUID", &[r#""uuid""#]),
    ("ADVERTISING_ID", &[r#""uuid""#]),
    ("COOKIE_SESSION", &[r#""keyed_hash""#]),
    ("USER_AGENT", &[r#""user_agent""#]),
    ("URL", &[r#""url""#]),
    ("URL_WITH_TOKEN", &[r#""defuse""#]),
    ("PASSWORD", &[r#""redact""#]),
    ("PASSWORD_HASH", &[r#""password""#]),
];

/// National numbers whose entity and kind have different names.
const KINDS: &[(&str, &str)] = &[
    ("UK_NHS", "gb_nhs"),
    ("UK_NINO", "gb_nino"),
    ("BE_NN", "be_rrn"),
    ("NO_FNR", "no_fodselsnummer"),
    ("ES_DNI_NIF", "es_dni_nie"),
    ("ES_NIE", "es_dni_nie"),
    ("KR_RRN_FRN", "kr_rrn"),
    ("AR_DNI_CUIT", "ar_cuit"),
    ("PT_NIF_CC_NISS", "pt_nif"),
];

/// What to draft for a column of this type with this entity, best first, as values of TOML. Ends with what every column
/// of the entity may become: `redact`.
pub(super) fn proposals(entity: &str, sql_type: &SqlType) -> Vec<String> {
    let listed = PROPOSALS.iter().find(|(known, _)| *known == entity).map_or(&[][..], |(_, list)| list);
    let mut proposals: Vec<String> = listed.iter().map(|text| (*text).to_owned()).collect();
    let lower = entity.to_ascii_lowercase();
    let kind = KINDS.iter().find(|(known, _)| *known == entity).map_or(lower.as_str(), |(_, kind)| kind);
    if is_kind(kind) {
        proposals.push(format!(r#"{{ op = "national_id", kind = "{kind}" }}"#));
    }
    proposals.retain(|text| accepts(text, sql_type));
    if accepts("\"redact\"", sql_type) {
        proposals.push("\"redact\"".to_owned());
    }
    proposals.extend(unique(sql_type, false));
    proposals
}

/// What to draft for a column that nobody recognised, best first: `review`, and where that breaks a key, an operator that
/// keeps values apart, marked for review.
pub(super) fn reviews(sql_type: &SqlType) -> Vec<String> {
    let mut reviews = Vec::new();
    if accepts("\"redact\"", sql_type) {
        reviews.push("\"review\"".to_owned());
    }
    reviews.extend(unique(sql_type, true));
    reviews
}

/// Operators that keep different values different, and after them the one that leaves nothing. For what no operator keeps
/// apart, dates and one or two characters, `keep` for review comes last.
fn unique(sql_type: &SqlType, review: bool) -> Vec<String> {
    let mark = if review { ", review = true" } else { "" };
    let names: &[&str] = match sql_type.base() {
        SqlType::Integer { .. } | SqlType::Unsigned { .. } | SqlType::Numeric { .. } => &["permute"],
        SqlType::Uuid => &["uuid"],
        SqlType::MacAddr => &["mac"],
        SqlType::Inet | SqlType::Cidr => &["ip"],
        _ => &["keyed_hash"],
    };
    let range = if names == ["ip"] { ", range = \"full\"" } else { "" };
    let mut list: Vec<String> = names
        .iter()
        .map(|name| format!("{{ op = \"{name}\"{range}{mark} }}"))
        .chain([format!("{{ op = \"null\"{mark} }}")])
        .filter(|text| accepts(text, sql_type))
        .collect();
    let narrow = sql_type.is_text() && sql_type.width().is_some_and(|width| width <= 2);
    let dated = matches!(sql_type.base(), SqlType::Date | SqlType::Timestamp { .. } | SqlType::Time);
    if review && (narrow || dated) {
        list.push(
            "{ op = \"keep\", review = true, reason = \"part of a key, and no operator keeps such values apart (drafted by init)\" }"
                .to_owned(),
        );
    }
    list
}

/// Whether the operator that a value of TOML names takes this type.
fn accepts(text: &str, sql_type: &SqlType) -> bool {
    let name = text.split('"').nth(1).unwrap_or_default();
    OPERATORS.iter().any(|info| info.name == name && (info.accepts)(sql_type))
}

fn is_kind(name: &str) -> bool {
    let info = OPERATORS.iter().find(|info| info.name == "national_id");
    let parameter = info.and_then(|info| info.parameters.iter().find(|parameter| parameter.name == "kind"));
    parameter
        .is_some_and(|parameter| parameter.kind.mismatch(&toml::Value::String(name.to_owned())).is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_proposal_names_an_operator_and_reads_as_toml() {
        for (entity, list) in PROPOSALS {
            for text in *list {
                let name = text.split('"').nth(1).unwrap();
                assert!(OPERATORS.iter().any(|info| info.name == name), "{entity}: {name}");
                assert!(toml::from_str::<toml::Table>(&format!("x = {text}")).is_ok(), "{entity}: {text}");
            }
        }
        for (entity, kind) in KINDS {
            assert!(is_kind(kind), "{entity}: {kind}");
        }
    }

    #[test]
    fn a_type_that_an_operator_cannot_make_gets_another() {
        assert_eq!(proposals("EMAIL", &SqlType::TEXT)[0], "\"email\"");
        assert_eq!(proposals("EMAIL", &SqlType::Date)[0], "\"redact\"");
        assert!(proposals("US_SSN", &SqlType::TEXT)[0].contains("us_ssn"));
        assert_eq!(reviews(&SqlType::TEXT)[0], "\"review\"");
        assert!(reviews(&SqlType::TEXT).iter().all(|text| !text.contains("keep")));
    }
}
