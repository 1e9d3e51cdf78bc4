//! `partial`: the first and last characters of a text stay, and a fixed text stands for all between.
//!
//! No key. A text too short to hide anything (no longer than what stays of it) becomes the fixed text alone. Two styles
//! know more: `card` counts digits, leaves the number's spaces and hyphens, writes one pad for each hidden digit, and
//! keeps no more than PCI DSS lets be shown (8 and 4 digits; 6 and 4 of a number under 16 digits); `email` keeps the
//! first characters of the local part and of the domain, and the domain's last label.

use super::parameters::ends;
use super::{
    Batch, CellError, Class, DefaultDomain, Example, KeyedBy, Operator, OperatorInfo, Output, Parameter,
    ParameterKind, Prepared, Refusal, Request, Scratch, Tally, rows, start,
};
use crate::table::{ColumnBuilder, SqlType};

pub(super) const INFO: OperatorInfo = OperatorInfo {
    name: "partial",
    summary: "Keep the first and last characters of a text, with a fixed text between them",
    class: Class::Suppress,
    keyed_by: KeyedBy::Nothing,
    domain: DefaultDomain::None,
    entity: "text",
    parameters: &[
        Parameter {
            name: "prefix",
            summary: "characters that stay at the start; default 0 (style = \"card\": 6, style = \"email\": 2)",
            kind: ParameterKind::Integer,
            required: false,
            of_domain: false,
        },
        Parameter {
            name: "pad",
            summary: "what stands for the others; default ****** (style = \"card\": *, one for each digit)",
            kind: ParameterKind::Text,
            required: false,
            of_domain: false,
        },
        Parameter {
            name: "suffix",
            summary: "characters that stay at the end; default 0 (style = \"card\": 4)",
            kind: ParameterKind::Integer,
            required: false,
            of_domain: false,
        },
        Parameter {
            name: "style",
            summary: "plain (default), card or email",
            kind: ParameterKind::Choice(STYLES),
            required: false,
            of_domain: false,
        },
    ],
    examples: &[
        Example {
            policy: "{ op = \"partial\", prefix = 1, pad = \"...\", suffix = 2 }",
            sql_type: &SqlType::TEXT,
            input: "+1 212 867 5309",
            output: Some("+...09"),
        },
        Example {
            policy: "{ op = \"partial\", prefix = 6, suffix = 4, pad = \"******\" }",
            sql_type: &SqlType::Text { width: Some(16), padded: false, case_insensitive: false },
            input: "4111111111111111",
            output: Some("411111******1111"),
        },
        Example {
            policy: "{ op = \"partial\", style = \"card\" }",
            sql_type: &SqlType::TEXT,
            input: "4111 1111 1111 1111",
            output: Some("4111 11** **** 1111"),
        },
        Example {
            policy: "{ op = \"partial\", style = \"email\" }",
            sql_type: &SqlType::TEXT,
            input: "jane.doe@larkspur.co.uk",
            output: Some("ja******@la******.uk"),
        },
    ],
    accepts: SqlType::is_text,
    prepare,
};

const STYLES: &[&str] = &["plain", "card", "email"];
const DEFAULT_PAD: &str = "******";
/// Characters that may stay at either end.
const MOST: i64 = 1_000;
/// Digits of the shortest and the longest card number.
const CARD: std::ops::RangeInclusive<usize> = 12..=19;

fn prepare(request: &Request<'_>) -> Result<Prepared, Refusal> {
    let style = request.choice("style", STYLES)?.unwrap_or("plain");
    let (prefix, suffix) = (request.integer("prefix", 0, MOST)?, request.integer("suffix", 0, MOST)?);
    let pad = request.text("pad")?;
    if pad.is_some_and(|pad| pad.trim().is_empty() || pad.chars().any(char::is_control)) {
        return Err(Refusal("pad must be text that can be seen".into()));
    }
    if request.ascii && !pad.is_none_or(str::is_ascii) {
        return Err(Refusal("pad must be ASCII: the dump's encoding may not hold other characters".into()));
    }
    let style = match style {
        "card" => card(prefix, suffix, pad)?,
        "email" => email(prefix, suffix, pad)?,
        _ => Style::Plain {
            prefix: prefix.unwrap_or(0).unsigned_abs() as usize,
            suffix: suffix.unwrap_or(0).unsigned_abs() as usize,
        },
    };
    let pad = pad.unwrap_or(if matches!(style, Style::Card { .. }) { "*" } else { DEFAULT_PAD }).to_owned();
    let width = request.sql_type.width().map(|width| width as usize);
    let length = pad.chars().count();
    let needed = match style {
        Style::Plain { prefix, suffix } => prefix + length + suffix,
        _ => length,
    };
    if let Some(width) = width.filter(|width| *width < needed) {
        return Err(Refusal(format!(
            "prefix, pad and suffix have {needed} characters, and {width} fit; shorten them"
        )));
    }
    let max_width = match style {
        Style::Plain { .. } => Some(needed as u32),
        _ => width.map(|width| width as u32),
    };
    let padded = matches!(request.sql_type.base(), SqlType::Text { padded: true, .. });
    Ok(Prepared {
        max_width,
        output: Output::Text,
        notes: style.notes(),
        ..Prepared::new(start::keyless(move || Partial { style, pad: pad.clone(), width, padded }))
    })
}

fn card(prefix: Option<i64>, suffix: Option<i64>, pad: Option<&str>) -> Result<Style, Refusal> {
    let (prefix, suffix) = (prefix.unwrap_or(6), suffix.unwrap_or(4));
    if prefix > 8 || suffix > 4 {
        return Err(Refusal(
            "of a card number no more than the first 8 and the last 4 digits may be shown".into(),
        ));
    }
    if pad.is_some_and(|pad| pad.chars().count() != 1 || pad.chars().any(|c| c.is_ascii_digit())) {
        return Err(Refusal("pad is one character for each hidden digit, and not itself a digit".into()));
    }
    Ok(Style::Card { prefix: prefix.unsigned_abs() as usize, suffix: suffix.unsigned_abs() as usize })
}

fn email(prefix: Option<i64>, suffix: Option<i64>, pad: Option<&str>) -> Result<Style, Refusal> {
    if suffix.is_some() {
        return Err(Refusal("style = \"email\" keeps the domain's last label and has no suffix".into()));
    }
    // Else what is left could be the name of a real host.
    let in_hosts = |c: char| c.is_alphanumeric() || matches!(c, '-' | '.' | '@');
    if pad.is_some_and(|pad| pad.chars().all(in_hosts)) {
        return Err(Refusal("pad must have a character that no host name has, such as *".into()));
    }
    Ok(Style::Email { prefix: prefix.unwrap_or(2).unsigned_abs() as usize })
}

#[derive(Clone, Copy)]
enum Style {
    Plain { prefix: usize, suffix: usize },
    Card { prefix: usize, suffix: usize },
    Email { prefix: usize },
}

impl Style {
    fn notes(self) -> Vec<(&'static str, String)> {
        if let Self::Plain { prefix: 0, suffix: 0 }
        | Self::Card { prefix: 0, suffix: 0 }
        | Self::Email { prefix: 0 } = self
        {
            return Vec::new();
        }
        let what = match self {
            Self::Plain { prefix, suffix } => ends(prefix, suffix, "characters"),
            Self::Card { prefix, suffix } => ends(prefix, suffix, "digits"),
            Self::Email { prefix } => format!("the first {prefix} characters of local part and domain"),
        };
        vec![("partial-values", format!("{what} of each value pass as they are"))]
    }
}

struct Partial {
    style: Style,
    pad: String,
    width: Option<usize>,
    padded: bool,
}

impl Partial {
    fn replace(&self, text: &str, out: &mut Vec<u8>) {
        let start = out.len();
        let shown = match self.style {
            Style::Plain { prefix, suffix } => self.plain(text, prefix, suffix, out),
            Style::Card { prefix, suffix } => self.card(text, prefix, suffix, out),
            Style::Email { prefix } => self.email(text, prefix, out),
        };
        let fits = self.width.is_none_or(|width| {
            let written = &out[start..];
            written.len() <= width || String::from_utf8_lossy(written).chars().count() <= width
        });
        if shown.is_none() || !fits {
            out.truncate(start);
            out.extend_from_slice(self.pad.as_bytes());
        }
    }

    fn plain(&self, text: &str, prefix: usize, suffix: usize, out: &mut Vec<u8>) -> Option<()> {
        // The end of the first characters, and the beginning of the last.
        let first = text.char_indices().nth(prefix)?.0;
        let last = match suffix {
            0 => text.len(),
            suffix => text.char_indices().nth_back(suffix - 1)?.0,
        };
        let hidden = text.get(first..last).is_some_and(|hidden| !hidden.is_empty());
        hidden.then(|| {
            out.extend_from_slice(&text.as_bytes()[..first]);
            out.extend_from_slice(self.pad.as_bytes());
            out.extend_from_slice(&text.as_bytes()[last..]);
        })
    }

    fn card(&self, text: &str, prefix: usize, suffix: usize, out: &mut Vec<u8>) -> Option<()> {
        let digits = text.bytes().filter(u8::is_ascii_digit).count();
        let only_digits = text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b' ' | b'-'));
        if !only_digits || !CARD.contains(&digits) {
            return None;
        }
        let prefix = if digits < 16 { prefix.min(6) } else { prefix };
        let mut place = 0;
        for byte in text.bytes() {
            if !byte.is_ascii_digit() {
                out.push(byte);
                continue;
            }
            if place < prefix || place >= digits - suffix {
                out.push(byte);
            } else {
                out.extend_from_slice(self.pad.as_bytes());
            }
            place += 1;
        }
        Some(())
    }

    fn email(&self, text: &str, prefix: usize, out: &mut Vec<u8>) -> Option<()> {
        let (local, host) = text.trim().rsplit_once('@')?;
        let (domain, last) = host.rsplit_once('.')?;
        let label = !last.is_empty() && last.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if local.is_empty() || domain.is_empty() || !label {
            return None;
        }
        for (part, end) in [(local, "@"), (domain, ".")] {
            if let Some((first, _)) = part.char_indices().nth(prefix) {
                out.extend_from_slice(&part.as_bytes()[..first]);
            }
            out.extend_from_slice(self.pad.as_bytes());
            out.extend_from_slice(end.as_bytes());
        }
        out.extend_from_slice(last.as_bytes());
        Some(())
    }
}

impl Operator for Partial {
    fn mask(&self, batch: &Batch<'_>, out: &mut ColumnBuilder, _: &mut Scratch) -> Result<Tally, CellError> {
        let mut masked = 0;
        for (row, cell) in batch.cells.iter().enumerate() {
            let Some(cell) = rows::present(cell) else {
                out.keep();
                continue;
            };
            let text = rows::text(row, if self.padded { rows::trim_end(cell) } else { cell })?;
            out.write(|buffer| self.replace(text, buffer));
            masked += 1;
        }
        Ok(Tally { masked, invalid: 0 })
    }
}

#[cfg(test)]
mod tests {
    use super::super::examples::{mask_cells, mask_text, prepare};
    use super::*;

    #[test]
    fn what_is_too_short_to_hide_anything_is_hidden_whole() {
        let masked = |cell| mask_text(&INFO, "{ prefix = 2, suffix = 2, pad = '-' }", cell);
        assert_eq!(masked("abcde"), "ab-de");
        assert_eq!(masked("abcd"), "-");
        assert_eq!(masked("a"), "-");
        assert_eq!(masked("žluťk"), "žl-ťk");
        assert_eq!(mask_text(&INFO, "{}", "secret"), "******");
        assert_eq!(mask_text(&INFO, "{ suffix = 1 }", "x"), "******");
    }

    #[test]
    fn a_card_number_shows_no_more_than_the_standard_allows() {
        let masked = |policy, cell| mask_text(&INFO, policy, cell);
        assert_eq!(masked("{ style = 'card', prefix = 8 }", "4111111111111111"), "41111111****1111");
        assert_eq!(masked("{ style = 'card', prefix = 8 }", "3782-822463-10005"), "3782-82****-*0005");
        assert_eq!(
            masked("{ style = 'card', prefix = 0, pad = 'X' }", "4111 1111 1111 1111"),
            "XXXX XXXX XXXX 1111"
        );
        for cell in ["41111111111", "41111111111111111111", "4111 1111 1111 111x", "none"] {
            assert_eq!(masked("{ style = 'card' }", cell), "*");
        }
    }

    #[test]
    fn an_email_keeps_the_first_characters_of_its_parts() {
        let masked = |cell| mask_text(&INFO, "{ style = 'email' }", cell);
        assert_eq!(masked("daamien@gmail.com"), "da******@gm******.com");
        assert_eq!(masked("jo@ab.de"), "******@******.de");
        for cell in ["n/a", "@x.de", "a@b", "a@.de", "a@b."] {
            assert_eq!(masked(cell), "******", "{cell}");
        }
    }

    #[test]
    fn what_does_not_fit_is_hidden_whole() {
        let narrow = SqlType::Text { width: Some(12), padded: false, case_insensitive: false };
        let masked = mask_cells(&INFO, "{ style = 'email' }", &narrow, "", &[Some("abc@defg.com")]).unwrap();
        assert_eq!(masked[0].as_deref(), Some("******"));
        assert!(prepare(&INFO, "{ prefix = 4, suffix = 4 }", &narrow).is_err());
        assert!(prepare(&INFO, "{ prefix = 4, suffix = 2 }", &narrow).is_ok());
    }

    #[test]
    fn parameters_that_would_show_too_much_are_refused() {
        for policy in [
            "{ pad = '' }",
            "{ pad = ' ' }",
            "{ style = 'card', prefix = 9 }",
            "{ style = 'card', suffix = 5 }",
            "{ style = 'card', pad = '**' }",
            "{ style = 'card', pad = '0' }",
            "{ style = 'email', pad = 'x' }",
            "{ style = 'email', suffix = 2 }",
        ] {
            assert!(prepare(&INFO, policy, &SqlType::TEXT).is_err(), "{policy}");
        }
    }
}
