//! Which operator a drafted policy proposes for which entity: a plain list.

use super::super::rules;
use super::super::source::quoted;
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
/// Where not all values are what the entity's are, the share that may be something else is written down.
pub(super) fn proposals(entity: &str, seen: &Seen<'_>, matching: Option<f32>) -> Vec<String> {
    let sql_type = seen.sql_type;
    let listed = PROPOSALS.iter().find(|(known, _)| *known == entity).map_or(&[][..], |(_, list)| list);
    let mut proposals: Vec<String> = listed.iter().map(|text| (*text).to_owned()).collect();
    let lower = entity.to_ascii_lowercase();
    let kind = KINDS.iter().find(|(known, _)| *known == entity).map_or(lower.as_str(), |(_, kind)| kind);
    if is_kind(kind) {
        proposals.push(format!(r#"{{ op = "national_id", kind = "{kind}" }}"#));
    }
    proposals.retain(|text| accepts(text, sql_type));
    if let Some(share) = matching.filter(|share| *share < ALL) {
        proposals = proposals.iter().map(|text| bearing(text, share)).collect();
    }
    if accepts("\"redact\"", sql_type) {
        proposals.push("\"redact\"".to_owned());
    }
    proposals.extend(unique(seen, false));
    proposals
}

/// Share of matching values from which on no others are to be expected.
const ALL: f32 = 0.98;

/// An operator that bears the values which are not what it is for, if it is one that looks.
fn bearing(text: &str, share: f32) -> String {
    let name = text.split('"').nth(1).unwrap_or_default();
    if !LOOKING.contains(&name) {
        return text.to_owned();
    }
    let bearable = (((1.0 - share) * 1.2 + 0.05) * 100.0).ceil().min(100.0) / 100.0;
    with(text, &format!("max_invalid = {bearable}"))
}

/// A value of TOML that names an operator, with one more parameter.
pub(super) fn with(text: &str, parameter: &str) -> String {
    let parameters = text.strip_prefix('{').and_then(|text| text.strip_suffix('}'));
    let parameters = parameters.map_or_else(|| format!("op = {text}"), |text| text.trim().to_owned());
    format!("{{ {parameters}, {parameter} }}")
}

/// Operators that end a run in which too many values are not what they are for.
const LOOKING: &[&str] =
    &["email", "phone", "card", "iban", "ip", "mac", "url", "uuid", "national_id", "date_shift"];

/// A shift of dates that are part of keys, by the number of days of another column of those keys: it keeps them apart.
pub(super) fn shift_within(row_key: &str, review: bool) -> String {
    let mark = if review { ", review = true" } else { "" };
    format!("{{ op = \"date_shift\", row_key = {}{mark} }}", quoted(row_key))
}

/// What to draft for a column that nobody recognised, best first: `review`, and where that breaks a key, an operator that
/// keeps values apart, marked for review.
pub(super) fn reviews(seen: &Seen<'_>) -> Vec<String> {
    let mut reviews = Vec::new();
    if accepts("\"redact\"", seen.sql_type) {
        reviews.push("\"review\"".to_owned());
    }
    reviews.extend(unique(seen, true));
    reviews
}

/// Operators that keep different values different, and after them the one that leaves nothing. For what no operator keeps
/// apart, dates and codes of up to three characters, `keep` for review comes last.
fn unique(seen: &Seen<'_>, review: bool) -> Vec<String> {
    let Seen { sql_type, not_null, forms, .. } = *seen;
    let mark = if review { ", review = true" } else { "" };
    let names: &[&str] = match sql_type.base() {
        SqlType::Integer { .. } | SqlType::Unsigned { .. } | SqlType::Numeric { .. } => &["permute"],
        SqlType::Uuid => &["uuid"],
        SqlType::MacAddr => &["mac"],
        SqlType::Inet | SqlType::Cidr => &["ip"],
        _ => &["keyed_hash"],
    };
    // A tag has 24 characters, or as many as fit.
    let bits = sql_type.width().filter(|width| names == ["keyed_hash"] && (4..24).contains(width));
    let range = match bits {
        Some(width) => format!(", bits = {}", 5 * width),
        None if names == ["ip"] => ", range = \"full\", domain = \"ip.full\"".to_owned(),
        None => String::new(),
    };
    let mut list: Vec<String> = names
        .iter()
        .map(|name| format!("{{ op = \"{name}\"{range}{mark} }}"))
        .chain((!forms.is_empty() && forms.iter().all(|form| is_wide(form))).then(|| {
            let forms: Vec<String> = forms.iter().map(|form| quoted(form)).collect();
            format!(
                "{{ op = \"character_map\", templates = [{}], on_invalid = \"error\"{mark} }}",
                forms.join(", ")
            )
        }))
        .chain((!not_null).then(|| format!("{{ op = \"null\"{mark} }}")))
        .chain(place(seen).map(|value| format!("{{ op = \"constant\", value = {}{mark} }}", quoted(&value))))
        .filter(|text| accepts(text, sql_type))
        .collect();
    let narrow = rules::is_code(sql_type);
    let dated = matches!(sql_type.base(), SqlType::Date | SqlType::Timestamp { .. } | SqlType::Time);
    if review && (narrow || dated) {
        list.push(
            "{ op = \"keep\", review = true, reason = \"part of a key, and no operator keeps such values apart (drafted by init)\" }"
                .to_owned(),
        );
    }
    list
}

/// Whether a form has enough codes to hide one among them.
fn is_wide(form: &str) -> bool {
    let codes = form.bytes().map(|sign| match sign {
        b'A' | b'a' => 26.0_f64,
        b'9' => 10.0,
        _ => 1.0,
    });
    codes.product::<f64>() >= FEWEST_CODES
}

/// What `character_map` asks for.
const FEWEST_CODES: f64 = 1000.0;

/// A place in the sea, as the database writes it, for types of places: there is nothing else that such a column may hold.
fn place(seen: &Seen<'_>) -> Option<String> {
    let SqlType::Other(name) = seen.sql_type.base() else { return None };
    match (name.to_ascii_lowercase().as_str(), seen.has_schemas) {
        ("point", true) => Some("(0,0)".to_owned()),
        // Reference system, byte order, type, coordinates.
        ("point" | "geometry", false) => Some(format!("\\x000000000101000000{}", "00".repeat(16))),
        _ => None,
    }
}

/// What is known of a column that an operator must fit.
#[derive(Clone, Copy)]
pub(super) struct Seen<'a> {
    /// Its type.
    pub(super) sql_type: &'a SqlType,
    /// Whether NULL cannot be.
    pub(super) not_null: bool,
    /// The forms of its codes, where it holds codes.
    pub(super) forms: &'a [String],
    /// Whether the database has schemas, as PostgreSQL has: types of places are written otherwise there.
    pub(super) has_schemas: bool,
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

    fn seen(sql_type: &SqlType) -> Seen<'_> {
        Seen { sql_type, not_null: false, forms: &[], has_schemas: true }
    }

    #[test]
    fn a_type_that_an_operator_cannot_make_gets_another() {
        let text = seen(&SqlType::TEXT);
        assert_eq!(proposals("EMAIL", &text, None)[0], "\"email\"");
        assert_eq!(proposals("EMAIL", &seen(&SqlType::Date), None)[0], "\"redact\"");
        assert!(proposals("US_SSN", &text, None)[0].contains("us_ssn"));
        assert_eq!(reviews(&text)[0], "\"review\"");
        assert_eq!(
            proposals("PHONE", &text, Some(0.8))[0],
            "{ op = \"phone\", max_invalid = 0.29 }",
            "a fifth of the values is something else"
        );
        assert!(reviews(&text).iter().all(|text| !text.contains("keep")));
    }

    #[test]
    fn a_column_that_cannot_be_null_is_never_drafted_as_null() {
        let forms = ["A999".to_owned()];
        let column = Seen { not_null: true, forms: &forms, ..seen(&SqlType::TEXT) };
        let reviews = reviews(&column);
        assert!(reviews.iter().all(|text| !text.contains("null")), "{reviews:?}");
        assert!(
            reviews.iter().any(|text| text.contains("templates = [\"A999\"], on_invalid")),
            "{reviews:?}"
        );
    }

    #[test]
    fn places_are_written_as_their_database_writes_them() {
        let geometry = SqlType::Other("geometry".into());
        let column = Seen { not_null: true, has_schemas: false, ..seen(&geometry) };
        let reviews = reviews(&column);
        assert!(reviews.iter().all(|text| toml::from_str::<toml::Table>(&format!("x = {text}")).is_ok()));
        assert!(reviews[0].contains("constant"), "{reviews:?}");
    }
}
