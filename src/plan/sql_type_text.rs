//! Column types as the lock file writes them (`varchar(40)`, `numeric(12,2)`, `enum public.mood`, `text[]`), and back.
//!
//! For every type there is one text, and [`parse`] of it gives the type again. Names that are more than letters,
//! digits, `_`, `$`, `.` and `/` stand in double quotes.

use crate::table::SqlType;

/// The type's text.
pub fn write(sql_type: &SqlType) -> String {
    match sql_type {
        SqlType::Integer { bits: 16 } => "smallint".into(),
        SqlType::Integer { bits: 32 } => "integer".into(),
        SqlType::Integer { bits: 64 } => "bigint".into(),
        SqlType::Integer { bits } => format!("integer of {bits} bits"),
        SqlType::Unsigned { bits } => format!("unsigned of {bits} bits"),
        SqlType::Year => "year".into(),
        SqlType::Numeric { precision, scale } => match (precision, scale) {
            (None, None) => "numeric".into(),
            (Some(precision), None) => format!("numeric({precision})"),
            (Some(precision), Some(scale)) => format!("numeric({precision},{scale})"),
            (None, Some(scale)) => format!("numeric(,{scale})"),
        },
        SqlType::Text { width, padded, case_insensitive } => {
            let name = match (padded, case_insensitive, width) {
                (true, true, _) => "cichar",
                (true, false, _) => "char",
                (false, true, _) => "citext",
                (false, false, Some(_)) => "varchar",
                (false, false, None) => "text",
            };
            width.map_or_else(|| name.to_owned(), |width| format!("{name}({width})"))
        }
        SqlType::Range(name) => format!("range {}", quoted(name)),
        SqlType::Array(inner) if matches!(**inner, SqlType::Domain(..)) => format!("({})[]", write(inner)),
        SqlType::Array(inner) => format!("{}[]", write(inner)),
        SqlType::Enum(name) => format!("enum {}", quoted(name)),
        SqlType::Set(name) => format!("set {}", quoted(name)),
        SqlType::Domain(name, inner) => format!("domain {} of {}", quoted(name), write(inner)),
        SqlType::Other(text) => format!("other {}", quoted(text)),
        SqlType::Boolean => "boolean".into(),
        SqlType::Float => "float".into(),
        SqlType::Money => "money".into(),
        SqlType::Bytes => "bytea".into(),
        SqlType::Uuid => "uuid".into(),
        SqlType::Date => "date".into(),
        SqlType::Timestamp { zone: true } => "timestamptz".into(),
        SqlType::Timestamp { zone: false } => "timestamp".into(),
        SqlType::Time => "time".into(),
        SqlType::Interval => "interval".into(),
        SqlType::Json => "json".into(),
        SqlType::Xml => "xml".into(),
        SqlType::Inet => "inet".into(),
        SqlType::Cidr => "cidr".into(),
        SqlType::MacAddr => "macaddr".into(),
        SqlType::Bits => "bits".into(),
        SqlType::TextSearch => "textsearch".into(),
        SqlType::Hstore => "hstore".into(),
        SqlType::Oid => "oid".into(),
    }
}

/// The type of a text, if it is one.
pub(super) fn parse(text: &str) -> Option<SqlType> {
    let mut parser = Parser { rest: text };
    let sql_type = parser.sql_type(DEEPEST)?;
    parser.rest.is_empty().then_some(sql_type)
}

/// Types whose text is one word.
const PLAIN: &[(&str, SqlType)] = &[
    ("boolean", SqlType::Boolean),
    ("float", SqlType::Float),
    ("money", SqlType::Money),
    ("bytea", SqlType::Bytes),
    ("uuid", SqlType::Uuid),
    ("date", SqlType::Date),
    ("timestamptz", SqlType::Timestamp { zone: true }),
    ("timestamp", SqlType::Timestamp { zone: false }),
    ("time", SqlType::Time),
    ("interval", SqlType::Interval),
    ("json", SqlType::Json),
    ("xml", SqlType::Xml),
    ("inet", SqlType::Inet),
    ("cidr", SqlType::Cidr),
    ("macaddr", SqlType::MacAddr),
    ("bits", SqlType::Bits),
    ("textsearch", SqlType::TextSearch),
    ("hstore", SqlType::Hstore),
    ("oid", SqlType::Oid),
    ("smallint", SqlType::Integer { bits: 16 }),
    ("bigint", SqlType::Integer { bits: 64 }),
    ("year", SqlType::Year),
];

/// Types nest no deeper in a lock that we wrote.
const DEEPEST: u32 = 32;

struct Parser<'a> {
    rest: &'a str,
}

impl Parser<'_> {
    fn take(&mut self, prefix: &str) -> Option<()> {
        self.rest = self.rest.strip_prefix(prefix)?;
        Some(())
    }

    fn word(&mut self) -> &str {
        let end = self.rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word
    }

    fn number(&mut self) -> Option<u32> {
        let end = self.rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(self.rest.len());
        let (digits, rest) = self.rest.split_at(end);
        self.rest = rest;
        digits.parse().ok()
    }

    fn name(&mut self) -> Option<String> {
        self.take(" ")?;
        if self.take("\"").is_none() {
            let end = self.rest.find(|c| !bare(c)).unwrap_or(self.rest.len());
            let (name, rest) = self.rest.split_at(end);
            self.rest = rest;
            return (!name.is_empty()).then(|| name.to_owned());
        }
        let mut name = String::new();
        loop {
            let end = self.rest.find('"')?;
            name.push_str(&self.rest[..end]);
            self.rest = &self.rest[end + 1..];
            if self.take("\"").is_none() {
                return Some(name);
            }
            name.push('"');
        }
    }

    fn sql_type(&mut self, depth: u32) -> Option<SqlType> {
        let depth = depth.checked_sub(1)?;
        let mut sql_type = if self.take("(").is_some() {
            let inner = self.sql_type(depth)?;
            self.take(")")?;
            inner
        } else {
            self.simple(depth)?
        };
        let mut dimensions = 0;
        while self.take("[]").is_some() {
            dimensions += 1;
            if dimensions > DEEPEST {
                return None;
            }
            sql_type = SqlType::Array(Box::new(sql_type));
        }
        Some(sql_type)
    }

    fn simple(&mut self, depth: u32) -> Option<SqlType> {
        let word = self.word().to_owned();
        match word.as_str() {
            "integer" if self.take(" of ").is_some() => {
                let bits = u8::try_from(self.number()?).ok()?;
                self.take(" bits")?;
                Some(SqlType::Integer { bits })
            }
            "integer" => Some(SqlType::Integer { bits: 32 }),
            "unsigned" => {
                self.take(" of ")?;
                let bits = u8::try_from(self.number()?).ok()?;
                self.take(" bits")?;
                Some(SqlType::Unsigned { bits })
            }
            "numeric" if self.take("(").is_some() => {
                let precision = if self.rest.starts_with(',') { None } else { Some(self.number()?) };
                let scale = if self.take(",").is_some() { Some(self.number()?) } else { None };
                self.take(")")?;
                Some(SqlType::Numeric { precision, scale })
            }
            "numeric" => Some(SqlType::Numeric { precision: None, scale: None }),
            "text" | "varchar" | "char" | "citext" | "cichar" => {
                let width = if self.take("(").is_some() {
                    let width = self.number()?;
                    self.take(")")?;
                    Some(width)
                } else {
                    None
                };
                let padded = matches!(word.as_str(), "char" | "cichar");
                let case_insensitive = matches!(word.as_str(), "citext" | "cichar");
                Some(SqlType::Text { width, padded, case_insensitive })
            }
            "range" => Some(SqlType::Range(self.name()?)),
            "enum" => Some(SqlType::Enum(self.name()?)),
            "set" => Some(SqlType::Set(self.name()?)),
            "domain" => {
                let name = self.name()?;
                self.take(" of ")?;
                Some(SqlType::Domain(name, Box::new(self.sql_type(depth)?)))
            }
            "other" => Some(SqlType::Other(self.name()?)),
            word => PLAIN.iter().find(|(name, _)| *name == word).map(|(_, sql_type)| sql_type.clone()),
        }
    }
}

fn bare(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '$' | '.' | '/')
}

fn quoted(name: &str) -> String {
    if !name.is_empty() && name.chars().all(bare) {
        name.to_owned()
    } else {
        format!("\"{}\"", name.replace('"', "\"\""))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    pub(crate) fn any_type() -> impl Strategy<Value = SqlType> {
        let plain = prop::sample::select(PLAIN).prop_map(|(_, sql_type)| sql_type);
        let leaf = prop_oneof![
            plain,
            any::<u8>().prop_map(|bits| SqlType::Integer { bits }),
            any::<u8>().prop_map(|bits| SqlType::Unsigned { bits }),
            any::<String>().prop_map(SqlType::Set),
            any::<(Option<u32>, Option<u32>)>()
                .prop_map(|(precision, scale)| SqlType::Numeric { precision, scale }),
            any::<(Option<u32>, bool, bool)>().prop_map(|(width, padded, case_insensitive)| {
                SqlType::Text { width, padded, case_insensitive }
            }),
            any::<String>().prop_map(SqlType::Range),
            any::<String>().prop_map(SqlType::Enum),
            any::<String>().prop_map(SqlType::Other),
        ];
        leaf.prop_recursive(4, 8, 1, |inner| {
            prop_oneof![
                inner.clone().prop_map(|inner| SqlType::Array(Box::new(inner))),
                (any::<String>(), inner).prop_map(|(name, inner)| SqlType::Domain(name, Box::new(inner))),
            ]
        })
    }

    #[test]
    fn types_read_as_people_write_them() {
        let text = |sql_type| write(&sql_type);
        assert_eq!(
            text(SqlType::Text { width: Some(40), padded: false, case_insensitive: false }),
            "varchar(40)"
        );
        assert_eq!(text(SqlType::Numeric { precision: Some(12), scale: Some(2) }), "numeric(12,2)");
        assert_eq!(text(SqlType::Enum("public.mpaa_rating".into())), "enum public.mpaa_rating");
        assert_eq!(text(SqlType::Array(Box::new(SqlType::TEXT))), "text[]");
        let year = SqlType::Domain("public.year".into(), Box::new(SqlType::Integer { bits: 32 }));
        assert_eq!(text(year.clone()), "domain public.year of integer");
        assert_eq!(text(SqlType::Array(Box::new(year))), "(domain public.year of integer)[]");
    }

    #[test]
    fn nonsense_is_no_type() {
        let deep = format!("{}integer{}", "(".repeat(9999), ")".repeat(9999));
        let long = format!("integer{}", "[]".repeat(9999));
        for text in
            ["", "integr", "varchar(", "varchar(x)", "enum", "enum \"x", "integer ", "(integer", &deep, &long]
        {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_type_survives_its_text(sql_type in any_type()) {
            let text = write(&sql_type);
            prop_assert_eq!(parse(&text), Some(sql_type), "{}", text);
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in "[a-z \"(),\\[\\]0-9]{0,40}") {
            parse(&text);
        }
    }
}
