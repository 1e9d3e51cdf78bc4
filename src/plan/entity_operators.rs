//! Which operators are for which entity: one list for drafted policies and for what is found in free text.

use crate::mask::{KeyedBy, OPERATORS};
use crate::table::SqlType;

/// Entity -> operators with their parameters, best first.
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

/// The operators of an entity, best first, as values of TOML.
pub(super) fn listed(entity: &str) -> Vec<String> {
    let listed = PROPOSALS.iter().find(|(known, _)| *known == entity).map_or(&[][..], |(_, list)| list);
    let mut operators: Vec<String> = listed.iter().map(|text| (*text).to_owned()).collect();
    let lower = entity.to_ascii_lowercase();
    let kind = KINDS.iter().find(|(known, _)| *known == entity).map_or(lower.as_str(), |(_, kind)| kind);
    if is_kind(kind) {
        operators.push(format!(r#"{{ op = "national_id", kind = "{kind}" }}"#));
    }
    operators
}

/// The operator of an entity that stands in a text, where it may be about anybody and written in any way: one that takes
/// text, follows the value alone, and asks for no form that a database would give it.
pub(super) fn in_text(entity: &str) -> Option<String> {
    listed(entity).into_iter().find(|text| {
        let name = text.split('"').nth(1).unwrap_or_default();
        OPERATORS.iter().any(|info| {
            info.name == name
                && (info.keyed_by == KeyedBy::Value || info.name == "redact")
                && (info.accepts)(&SqlType::TEXT)
        })
    })
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
    fn what_follows_a_subject_is_for_no_text() {
        assert_eq!(in_text("EMAIL").as_deref(), Some("\"email\""));
        assert_eq!(in_text("US_SSN").as_deref(), Some("{ op = \"national_id\", kind = \"us_ssn\" }"));
        for entity in ["PERSON_NAME", "GIVEN_NAME", "DATE_OF_BIRTH", "NO_SUCH"] {
            assert_eq!(in_text(entity), None, "{entity}");
        }
    }
}
