//! One fixed, harmless value for each column type: what `redact` and `on_invalid = "redact"` write.

use super::Refusal;
use crate::table::SqlType;

/// The replacement for text, cut to the column's width.
pub(super) const REDACTED: &str = "[redacted]";

/// The fixed value of a type, within `width` characters.
pub(super) fn redacted(sql_type: &SqlType, width: Option<u32>) -> Result<Vec<u8>, Refusal> {
    let value = match sql_type.base() {
        SqlType::Text { .. } => {
            let width = width.map_or(REDACTED.len(), |width| REDACTED.len().min(width as usize));
            &REDACTED[..width]
        }
        SqlType::Boolean => "false",
        SqlType::Integer { .. }
        | SqlType::Unsigned { .. }
        | SqlType::Numeric { .. }
        | SqlType::Float
        | SqlType::Money
        | SqlType::Oid => "0",
        SqlType::Bytes => "\\x",
        SqlType::Uuid => "00000000-0000-0000-0000-000000000000",
        SqlType::Year => "1970",
        SqlType::Date => "1970-01-01",
        SqlType::Timestamp { zone: false } => "1970-01-01 00:00:00",
        SqlType::Timestamp { zone: true } => "1970-01-01 00:00:00+00",
        SqlType::Time | SqlType::Interval => "00:00:00",
        SqlType::Json | SqlType::Array(_) => "{}",
        SqlType::Xml => "<redacted/>",
        SqlType::Inet => "192.0.2.1",
        SqlType::Cidr => "192.0.2.0/24",
        SqlType::MacAddr => "00:00:5e:00:53:00",
        SqlType::TextSearch | SqlType::Hstore => "",
        SqlType::Range(name) if name.contains("multirange") => "{}",
        SqlType::Range(_) => "empty",
        SqlType::Enum(_) | SqlType::Set(_) => {
            return Err(Refusal(
                "an enum has no label that means redacted; use constant with one of its labels, or null"
                    .into(),
            ));
        }
        _ => {
            return Err(Refusal(
                "there is no fixed value for the column's type; use constant or null".into(),
            ));
        }
    };
    Ok(value.as_bytes().to_vec())
}

/// Refuses a value that a column of the type surely cannot hold; types with a syntax of their own are left to the
/// database.
pub(super) fn holds(sql_type: &SqlType, value: &str) -> Result<(), Refusal> {
    let fits = match sql_type.base() {
        SqlType::Text { width, .. } => width.is_none_or(|width| value.chars().count() <= width as usize),
        SqlType::Boolean => matches!(value, "true" | "false" | "t" | "f"),
        SqlType::Integer { .. } | SqlType::Unsigned { .. } => {
            let range = sql_type.integer_range();
            value.parse::<i128>().is_ok_and(|value| range.is_some_and(|(lo, hi)| lo <= value && value <= hi))
        }
        SqlType::Year => value.parse::<u16>().is_ok_and(|year| year == 0 || (1901..=2155).contains(&year)),
        SqlType::Numeric { .. } | SqlType::Float => value.parse::<f64>().is_ok(),
        SqlType::Uuid => {
            value.len() == 36 && value.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
        }
        SqlType::Json => serde_json::from_str::<serde::de::IgnoredAny>(value).is_ok(),
        _ => true,
    };
    if fits { Ok(()) } else { Err(Refusal("the column's type cannot hold that value".into())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_to_the_width() {
        assert_eq!(redacted(&SqlType::TEXT, None).unwrap(), b"[redacted]");
        assert_eq!(redacted(&SqlType::TEXT, Some(4)).unwrap(), b"[red");
        assert_eq!(redacted(&SqlType::TEXT, Some(40)).unwrap(), b"[redacted]");
    }

    #[test]
    fn a_domain_type_is_redacted_as_the_type_under_it() {
        let domain = SqlType::Domain("public.year".into(), Box::new(SqlType::Integer { bits: 32 }));
        assert_eq!(redacted(&domain, None).unwrap(), b"0");
    }

    #[test]
    fn an_integer_holds_its_range_and_no_more() {
        let small = SqlType::Integer { bits: 16 };
        for (value, fits) in
            [("32767", true), ("-32768", true), ("32768", false), ("-32769", false), ("x", false)]
        {
            assert_eq!(holds(&small, value).is_ok(), fits, "{value}");
        }
        assert!(holds(&SqlType::Integer { bits: 64 }, "-9223372036854775808").is_ok());
        assert!(holds(&SqlType::Unsigned { bits: 64 }, "18446744073709551615").is_ok());
        assert!(holds(&SqlType::Unsigned { bits: 8 }, "256").is_err());
        assert!(holds(&SqlType::Unsigned { bits: 8 }, "-1").is_err());
        assert!(holds(&SqlType::Year, "1900").is_err());
    }

    #[test]
    fn an_enum_is_refused_with_advice() {
        assert!(redacted(&SqlType::Enum("public.mood".into()), None).unwrap_err().0.contains("constant"));
    }
}
