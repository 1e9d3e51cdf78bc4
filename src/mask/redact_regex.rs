//! `redact_regex`: what a pattern finds within text is replaced; the rest stays.
//!
//! The pattern is the policy's own, in the syntax of the `regex` crate: no look-around, linear time. The replacement
//! is literal unless `expand = true`. A result that is longer than the column is cut at its width. In a JSON column
//! the result must still be JSON, else the run ends.

use regex::{Regex, RegexBuilder};

use super::{
    Batch, CellError, Class, DefaultDomain, Example, KeyedBy, Operator, OperatorInfo, Output, Parameter,
    ParameterKind, Prepared, Refusal, Request, Scratch, Tally, Uniqueness, rows, start, typed,
};
use crate::base::{ErrorKind, sketch};
use crate::table::{ColumnBuilder, SqlType};

/// Bytes that a compiled pattern and its cache may take.
const SIZE_LIMIT: usize = 4 << 20;

pub(super) const INFO: OperatorInfo = OperatorInfo {
    name: "redact_regex",
    summary: "Replace what a pattern finds within text",
    class: Class::Suppress,
    keyed_by: KeyedBy::Nothing,
    domain: DefaultDomain::None,
    entity: "JSON text after the replacement",
    parameters: &[
        Parameter {
            name: "pattern",
            summary: "a regular expression (Unicode; no look-around); put (?i) before it to ignore case",
            kind: ParameterKind::Text,
            required: true,
            of_domain: false,
        },
        Parameter {
            name: "replacement",
            summary: "what each match becomes; default [redacted]",
            kind: ParameterKind::Text,
            required: false,
            of_domain: false,
        },
        Parameter {
            name: "expand",
            summary: "whether $1 or ${name} in the replacement stands for a group; default false",
            kind: ParameterKind::Flag,
            required: false,
            of_domain: false,
        },
    ],
    examples: &[
        Example {
            policy: r#"{ op = "redact_regex", pattern = '\b\d{3}-\d{2}-\d{4}\b' }"#,
            sql_type: &SqlType::TEXT,
            input: "her number is 078-05-1120, she says",
            output: Some("her number is [redacted], she says"),
        },
        Example {
            policy: r#"{ op = "redact_regex", pattern = '(token=)\w+', replacement = "${1}x", expand = true }"#,
            sql_type: &SqlType::TEXT,
            input: "https://example.test/?token=abc123&page=2",
            output: Some("https://example.test/?token=x&page=2"),
        },
    ],
    accepts: |sql_type| matches!(sql_type.base(), SqlType::Text { .. } | SqlType::Json),
    prepare,
};

fn prepare(request: &Request<'_>) -> Result<Prepared, Refusal> {
    let Some(pattern) = request.text("pattern")? else {
        return Err(Refusal("redact_regex needs a pattern".into()));
    };
    let pattern = RegexBuilder::new(pattern)
        .size_limit(SIZE_LIMIT)
        .dfa_size_limit(SIZE_LIMIT)
        .build()
        .map_err(|error| Refusal(format!("pattern: {error}")))?;
    if pattern.is_match("") {
        return Err(Refusal("pattern matches the empty string, so it would match everywhere".into()));
    }
    let replacement = request.text("replacement")?.unwrap_or(typed::REDACTED).to_owned();
    if request.ascii && !replacement.is_ascii() {
        return Err(Refusal(
            "replacement must be ASCII: the dump's encoding may not hold other characters".into(),
        ));
    }
    let expand = request.flag("expand")?;
    let width = request.sql_type.width();
    let json = !request.sql_type.is_text();
    Ok(Prepared {
        spec: String::new(),
        uniqueness: Uniqueness::No,
        max_width: width,
        output: if json { Output::Any } else { Output::Text },
        notes: Vec::new(),
        ..Prepared::new(start::keyless(move || RedactRegex {
            pattern: pattern.clone(),
            replacement: replacement.clone(),
            expand,
            width: width.map(|width| width as usize),
            json,
        }))
    })
}

struct RedactRegex {
    pattern: Regex,
    replacement: String,
    expand: bool,
    width: Option<usize>,
    json: bool,
}

impl RedactRegex {
    /// Puts the cell with its matches replaced into `out`; `false` if there are none.
    fn replace(&self, cell: &str, out: &mut String) -> bool {
        out.clear();
        let mut end = 0;
        if self.expand {
            for captures in self.pattern.captures_iter(cell) {
                let found = captures.get_match();
                out.push_str(&cell[end..found.start()]);
                captures.expand(&self.replacement, out);
                end = found.end();
            }
        } else {
            for found in self.pattern.find_iter(cell) {
                out.push_str(&cell[end..found.start()]);
                out.push_str(&self.replacement);
                end = found.end();
            }
        }
        if end == 0 {
            return false;
        }
        out.push_str(&cell[end..]);
        if let Some((cut, _)) = self.width.and_then(|width| out.char_indices().nth(width)) {
            out.truncate(cut);
        }
        true
    }
}

impl Operator for RedactRegex {
    fn mask(
        &self,
        batch: &Batch<'_>,
        out: &mut ColumnBuilder,
        scratch: &mut Scratch,
    ) -> Result<Tally, CellError> {
        let mut text = String::from_utf8(std::mem::take(&mut scratch.text)).unwrap_or_default();
        let mut masked = 0;
        for (row, value) in batch.cells.iter().enumerate() {
            let Some(value) = value else {
                out.keep();
                continue;
            };
            if !self.replace(rows::text(row, value)?, &mut text) {
                out.keep();
                continue;
            }
            if self.json && serde_json::from_str::<serde::de::IgnoredAny>(&text).is_err() {
                let kind = ErrorKind::Invalid { entity: INFO.entity, sketch: sketch(text.as_bytes()) };
                return Err(CellError { row, kind });
            }
            out.value(text.as_bytes());
            masked += 1;
        }
        scratch.text = text.into_bytes();
        Ok(Tally { masked, invalid: 0 })
    }
}

#[cfg(test)]
mod tests {
    use super::super::examples::{mask_cells, mask_text, prepare};
    use super::*;

    #[test]
    fn every_match_is_replaced_and_the_rest_stays() {
        assert_eq!(mask_text(&INFO, r"{ pattern = '\d+', replacement = '#' }", "a1b22ç333"), "a#b#ç#");
        assert_eq!(mask_text(&INFO, r"{ pattern = '\d+' }", "none"), "none");
        assert_eq!(mask_text(&INFO, r"{ pattern = '(\d)', replacement = '$1' }", "7"), "$1");
    }

    #[test]
    fn a_long_result_is_cut_between_characters() {
        let narrow = SqlType::Text { width: Some(6), padded: false, case_insensitive: false };
        let masked =
            mask_cells(&INFO, r"{ pattern = '\d', replacement = 'ççç' }", &narrow, "", &[Some("a1b2c")]);
        assert_eq!(masked.unwrap()[0].as_deref(), Some("açççbç"));
    }

    #[test]
    fn json_must_stay_json() {
        let masked = |policy, cell| mask_cells(&INFO, policy, &SqlType::Json, "", &[Some(cell)]);
        let policy = r"{ pattern = '\d+', replacement = '0' }";
        assert_eq!(masked(policy, r#"{"a": 12}"#).unwrap()[0].as_deref(), Some(r#"{"a": 0}"#));
        assert!(masked("{ pattern = '[{]' }", r#"{"a": 12}"#).is_err());
    }

    #[test]
    fn patterns_that_match_everywhere_or_grow_too_large_are_refused() {
        for pattern in ["a*", "", "(", r"(\w{500}){500}"] {
            assert!(
                prepare(&INFO, &format!("{{ pattern = '{pattern}' }}"), &SqlType::TEXT).is_err(),
                "{pattern}"
            );
        }
    }
}
