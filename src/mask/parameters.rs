//! Typed reading of an operator's parameters: each value is what the operator asks for, or a sentence that says
//! what it should be.

use toml::Value;

use super::{ParameterKind, Refusal, Request};

impl Request<'_> {
    /// A string.
    pub(super) fn text(&self, name: &str) -> Result<Option<&str>, Refusal> {
        self.read(name, "a string", Value::as_str)
    }

    /// One of `choices`.
    pub(super) fn choice(
        &self,
        name: &str,
        choices: &'static [&'static str],
    ) -> Result<Option<&'static str>, Refusal> {
        let Some(value) = self.text(name)? else { return Ok(None) };
        match choices.iter().find(|choice| **choice == value) {
            Some(choice) => Ok(Some(choice)),
            None => Err(Refusal(format!("{name} must be one of {}", quoted(choices)))),
        }
    }

    /// An integer from `lo` to `hi`.
    pub(super) fn integer(&self, name: &str, lo: i64, hi: i64) -> Result<Option<i64>, Refusal> {
        match self.read(name, "an integer", Value::as_integer)? {
            Some(value) if value < lo || value > hi => {
                Err(Refusal(format!("{name} must be from {lo} to {hi}")))
            }
            value => Ok(value),
        }
    }

    /// `[lo, hi]`, both inclusive, `lo < hi`.
    pub(super) fn range(&self, name: &str) -> Result<Option<(i64, i64)>, Refusal> {
        let pair = |value: &Value| match value.as_array()?.as_slice() {
            [Value::Integer(lo), Value::Integer(hi)] if lo < hi => Some((*lo, *hi)),
            _ => None,
        };
        self.read(name, "[lo, hi]: two integers, the smaller first", pair)
    }

    /// A boolean, `false` where it is not given.
    pub(super) fn flag(&self, name: &str) -> Result<bool, Refusal> {
        Ok(self.read(name, "true or false", Value::as_bool)?.unwrap_or(false))
    }

    /// A list of strings.
    pub(super) fn texts(&self, name: &str) -> Result<Option<Vec<&str>>, Refusal> {
        self.read(name, "a list of strings", |value| value.as_array()?.iter().map(Value::as_str).collect())
    }

    /// Any scalar, as text.
    pub(super) fn scalar(&self, name: &str) -> Result<Option<String>, Refusal> {
        self.read(name, "a string, number, boolean or date", scalar_text)
    }

    /// Characters that fit: the narrowest column of the domain, this one included.
    pub(super) fn room(&self) -> Option<u32> {
        match (self.width, self.sql_type.width()) {
            (Some(domain), Some(own)) => Some(domain.min(own)),
            (domain, own) => domain.or(own),
        }
    }

    /// Refuses a parameter unless the column says `live = true`.
    pub(super) fn needs_live(&self, what: &str) -> Result<(), Refusal> {
        if self.flag("live")? {
            return Ok(());
        }
        Err(Refusal(format!(
            "{what} may reach real people or systems; say live = true, with a reason, if that is meant"
        )))
    }

    fn read<'a, T>(
        &'a self,
        name: &str,
        expected: &str,
        read: impl FnOnce(&'a Value) -> Option<T>,
    ) -> Result<Option<T>, Refusal> {
        match self.parameters.get(name) {
            None => Ok(None),
            Some(value) => match read(value) {
                Some(value) => Ok(Some(value)),
                None => Err(Refusal(format!("{name} must be {expected}"))),
            },
        }
    }
}

/// What stays at the ends of a value: `the first 2 and last 4 digits`.
pub(super) fn ends(start: usize, end: usize, what: &str) -> String {
    match (start, end) {
        (start, 0) => format!("the first {start} {what}"),
        (0, end) => format!("the last {end} {what}"),
        (start, end) => format!("the first {start} and last {end} {what}"),
    }
}

impl ParameterKind {
    /// What a value should have been, if it is not of the kind.
    pub fn mismatch(self, value: &Value) -> Option<String> {
        let list_of = |right: fn(&Value) -> bool| value.as_array().is_some_and(|list| list.iter().all(right));
        let table_of =
            |right: fn(&Value) -> bool| value.as_table().is_some_and(|table| table.values().all(right));
        let (right, expected) = match self {
            Self::Text => (value.is_str(), "a string".to_owned()),
            Self::Choice(choices) => {
                let named: Vec<String> = choices.iter().map(|choice| format!("\"{choice}\"")).collect();
                let right = value.as_str().is_some_and(|text| choices.contains(&text));
                (right, format!("one of {}", named.join(", ")))
            }
            Self::Integer => (value.is_integer(), "an integer".to_owned()),
            Self::Range => {
                let bounds = value.as_array().map(Vec::as_slice);
                let right = matches!(bounds, Some([Value::Integer(lo), Value::Integer(hi)]) if lo <= hi);
                (right, "[lo, hi]: two integers, the smaller first".to_owned())
            }
            Self::Flag => (value.is_bool(), "true or false".to_owned()),
            Self::Scalar => (is_scalar(value), "a string, number, boolean or date".to_owned()),
            Self::List => (list_of(Value::is_str), "a list of strings".to_owned()),
            Self::Number => (value.is_integer() || value.is_float(), "a number".to_owned()),
            Self::Scalars => (list_of(is_scalar), "a list of values".to_owned()),
            Self::Entry => (is_entry(value), ENTRY.to_owned()),
            Self::Entries => (table_of(is_entry), format!("a table of names, with {ENTRY} for each")),
            Self::Weights => (
                list_of(is_scalar)
                    || table_of(|weight| weight.as_integer().is_some_and(|weight| weight >= 0)),
                "a list of values, or a table of values with a whole number for each".to_owned(),
            ),
            Self::Table => (table_of(is_scalar), "a table of names, with a value for each".to_owned()),
        };
        (!right).then_some(expected)
    }
}

fn is_scalar(value: &Value) -> bool {
    !value.is_array() && !value.is_table()
}

/// An operator's name, or a table that names it.
fn is_entry(value: &Value) -> bool {
    value.is_str() || value.get("op").is_some_and(Value::is_str)
}

const ENTRY: &str = "an operator: its name, or a table with op and its parameters";

/// A scalar as text.
pub(super) fn scalar_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Integer(number) => Some(number.to_string()),
        Value::Float(number) => Some(number.to_string()),
        Value::Boolean(flag) => Some(flag.to_string()),
        Value::Datetime(time) => Some(time.to_string().replace('T', " ")),
        Value::Array(_) | Value::Table(_) => None,
    }
}

/// `"a", "b" or "c"`.
pub(super) fn quoted(choices: &[&str]) -> String {
    let quoted: Vec<String> = choices.iter().map(|choice| format!("\"{choice}\"")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::examples::request;
    use super::*;
    use crate::table::SqlType;

    fn refusal<T: std::fmt::Debug>(result: Result<T, Refusal>) -> String {
        result.unwrap_err().0
    }

    #[test]
    fn values_of_the_right_kind_are_read() {
        let parameters =
            toml::from_str("a = 'x'\nb = 5\nc = [1, 9]\nd = true\ne = 1.5\nf = 2024-02-03T04:05:06").unwrap();
        let request = request(&parameters, &SqlType::TEXT);
        assert_eq!(request.text("a"), Ok(Some("x")));
        assert_eq!(request.choice("a", &["x", "y"]), Ok(Some("x")));
        assert_eq!(request.integer("b", 0, 9), Ok(Some(5)));
        assert_eq!(request.range("c"), Ok(Some((1, 9))));
        assert_eq!(request.flag("d"), Ok(true));
        assert_eq!(request.flag("absent"), Ok(false));
        assert_eq!(request.scalar("e"), Ok(Some("1.5".into())));
        assert_eq!(request.scalar("f"), Ok(Some("2024-02-03 04:05:06".into())));
        assert_eq!(request.text("absent"), Ok(None));
    }

    #[test]
    fn a_refusal_says_what_the_value_should_be() {
        let parameters = toml::from_str("a = 'x'\nb = 50\nc = [9, 1]\nd = []").unwrap();
        let request = request(&parameters, &SqlType::TEXT);
        assert_eq!(refusal(request.integer("a", 0, 9)), "a must be an integer");
        assert_eq!(refusal(request.choice("a", &["p", "q", "r"])), "a must be one of \"p\", \"q\" or \"r\"");
        assert_eq!(refusal(request.integer("b", 0, 9)), "b must be from 0 to 9");
        assert_eq!(refusal(request.range("c")), "c must be [lo, hi]: two integers, the smaller first");
        assert_eq!(refusal(request.flag("c")), "c must be true or false");
        assert_eq!(refusal(request.scalar("d")), "d must be a string, number, boolean or date");
    }
}
