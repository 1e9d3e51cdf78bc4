//! A value for any type: different for different numbers, as far as the type has different values.

use crate::synth::expression::{CellType, DAY, Value};
use crate::table::{Dialect, SqlType};

/// The `n`-th value of a type, in any order; none for a type that nobody knows values of.
pub(super) fn fresh(own: &CellType, n: u64) -> Option<String> {
    let small = n % 100_000;
    Some(match &own.sql_type {
        SqlType::Boolean if own.dialect == Dialect::Postgres => {
            if n.is_multiple_of(2) { "t" } else { "f" }.into()
        }
        SqlType::Boolean => (n % 2).to_string(),
        SqlType::Integer { bits: 8 } => (n % 127 + 1).to_string(),
        SqlType::Unsigned { bits: 8 } => (n % 255 + 1).to_string(),
        SqlType::Integer { bits: 16 } | SqlType::Unsigned { bits: 16 } => (n % 32_767 + 1).to_string(),
        SqlType::Integer { .. } | SqlType::Unsigned { .. } | SqlType::Oid => (small + 1).to_string(),
        SqlType::Year => (1980 + n % 60).to_string(),
        SqlType::Numeric { precision: Some(precision), scale } => {
            let whole = precision.saturating_sub(scale.unwrap_or(0));
            if whole == 0 {
                return own.encode(&Value::Integer(0));
            }
            let limit = 10_u64.pow(whole.min(5));
            own.encode(&Value::Decimal(crate::synth::expression::Decimal::from(i128::from(n % limit))))?
        }
        SqlType::Numeric { .. } | SqlType::Float => (small + 1).to_string(),
        SqlType::Money => format!("{}.00", small + 1),
        SqlType::Text { width, .. } => {
            let text = format!("v{}", base36(n));
            match width {
                Some(width) if (*width as usize) < text.len() => {
                    let keep = text.len() - *width as usize;
                    text[keep..].to_owned()
                }
                _ => text,
            }
        }
        SqlType::Bytes => format!("\\x{:04x}", n % 65_536),
        SqlType::Uuid => format!("00000000-0000-4000-8000-{:012x}", n & 0xffff_ffff_ffff),
        SqlType::Date => own.encode(&Value::Date(19_000 + (n % 2_000) as i64))?,
        SqlType::Timestamp { .. } => {
            let second = (n % 86_400) as i64 * 1_000_000;
            own.encode(&Value::Timestamp((19_000 + (n % 2_000) as i64) * DAY + second))?
        }
        SqlType::Time => own.encode(&Value::Time((n % 86_400) as i64 * 1_000_000))?,
        SqlType::Interval => format!("{} days", n % 1_000 + 1),
        SqlType::Json => format!("{{\"n\": {small}}}"),
        SqlType::Xml => format!("<n>{small}</n>"),
        SqlType::Inet => format!("198.18.{}.{}", n / 254 % 256, n % 254 + 1),
        SqlType::Cidr => format!("198.18.{}.0/24", n % 256),
        SqlType::MacAddr => format!("02:00:5e:10:{:02x}:{:02x}", n / 256 % 256, n % 256),
        SqlType::Bits => (n % 2).to_string(),
        SqlType::TextSearch => format!("v{}", base36(n)),
        SqlType::Hstore => format!("\"n\"=>\"{small}\""),
        SqlType::Range(name) => range(name, n)?,
        SqlType::Array(inner) => {
            let inner = CellType { sql_type: (**inner).clone(), ..own.clone() };
            match fresh(&inner, n) {
                Some(item) => format!("{{\"{}\"}}", item.replace('\\', "\\\\").replace('"', "\\\"")),
                None => "{}".into(),
            }
        }
        SqlType::Enum(_) | SqlType::Set(_) => {
            let labels = own.labels.as_ref()?;
            labels.get((n % labels.len().max(1) as u64) as usize)?.clone()
        }
        other if other.is_bytes() => {
            // A point as MySQL stores it: no reference system, then well-known binary.
            let x = (small as f64).to_le_bytes();
            format!("\\x000000000101000000{}{}", hex(x), hex(1_f64.to_le_bytes()))
        }
        SqlType::Other(name) => match name.split('(').next().unwrap_or_default() {
            "point" => format!("({small},1)"),
            "circle" => format!("<({small},1),2>"),
            "box" => format!("({small},1),(0,0)"),
            "line" => "{1,2,3}".into(),
            "lseg" | "path" => format!("[({small},1),(0,0)]"),
            "polygon" => format!("(({small},1),(0,0),(1,0))"),
            "bit" | "varbit" => (n % 2).to_string(),
            "pg_lsn" => format!("0/{small:X}"),
            "ltree" => format!("v{}", base36(n)),
            "jsonpath" => "$.n".into(),
            _ => return None,
        },
        _ => return None,
    })
}

fn hex(bytes: [u8; 8]) -> String {
    data_encoding::HEXLOWER.encode(&bytes)
}

fn range(name: &str, n: u64) -> Option<String> {
    let low = n % 10_000 * 10;
    let name = name.rsplit('.').next().unwrap_or(name);
    let (name, multi) = match name.strip_suffix("multirange") {
        Some(rest) => (format!("{rest}range"), true),
        None => (name.to_owned(), false),
    };
    let day = |n: u64| format!("{:04}-{:02}-{:02}", 2000 + n / 336 % 100, n / 28 % 12 + 1, n % 28 + 1);
    let text = match name.as_str() {
        "int4range" | "int8range" | "numrange" => format!("[{low},{})", low + 5),
        "daterange" => format!("[{},{})", day(low), day(low + 5)),
        "tsrange" => format!("[\"{} 00:00:00\",\"{} 00:00:00\")", day(low), day(low + 5)),
        "tstzrange" => format!("[\"{} 00:00:00+00\",\"{} 00:00:00+00\")", day(low), day(low + 5)),
        _ => return None,
    };
    Some(if multi { format!("{{{text}}}") } else { text })
}

fn base36(mut n: u64) -> String {
    const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    n %= 36_u64.pow(6);
    let mut text = Vec::new();
    loop {
        text.push(DIGITS[(n % 36) as usize]);
        n /= 36;
        if n == 0 {
            break;
        }
    }
    text.reverse();
    String::from_utf8(text).unwrap_or_default()
}
