//! What happens to the parts that no path names, and to keys.

use super::super::{Parameter, ParameterKind, Refusal, Request};

/// What happens to parts that the policy does not name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Rest {
    /// They end the run.
    Deny,
    /// They get the fixed text of their type.
    Redact,
    /// They stay.
    Keep,
}

/// What happens to keys that the policy does not name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum KeyRule {
    /// Words of a program stay; what may be data is treated as [`Rest`] says.
    Scan,
    /// They get a fixed text.
    Redact,
    /// They stay.
    Keep,
}

/// What happens to one part, or one key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Fate {
    /// It stays.
    Keep,
    /// The operator of the path of this number masks it.
    Mask(usize),
    /// It gets its fixed text.
    Redact,
    /// It ends the run.
    Deny,
}

impl Rest {
    /// The parameter `rest`.
    pub(in super::super) const PARAMETER: Parameter = Parameter {
        name: "rest",
        summary: "what happens to parts that no path names: deny (default: they end the run), redact (each gets the \
                  fixed value of its type), or keep (needs a reason)",
        kind: ParameterKind::Choice(REST),
        required: false,
        of_domain: false,
    };

    pub(in super::super) fn read(request: &Request<'_>) -> Result<Self, Refusal> {
        Ok(match request.choice("rest", REST)? {
            Some("redact") => Self::Redact,
            Some("keep") => {
                needs_reason(request, "rest")?;
                Self::Keep
            }
            _ => Self::Deny,
        })
    }

    pub(in super::super) fn fate(self) -> Fate {
        match self {
            Self::Deny => Fate::Deny,
            Self::Redact => Fate::Redact,
            Self::Keep => Fate::Keep,
        }
    }
}

impl KeyRule {
    /// The parameter `keys`.
    pub(in super::super) const PARAMETER: Parameter = Parameter {
        name: "keys",
        summary: "what happens to keys that no path names: scan (default: words of letters, digits and _ stay, others \
                  are treated as rest says), redact, or keep (needs a reason)",
        kind: ParameterKind::Choice(KEYS),
        required: false,
        of_domain: false,
    };

    pub(in super::super) fn read(request: &Request<'_>) -> Result<Self, Refusal> {
        Ok(match request.choice("keys", KEYS)? {
            Some("redact") => Self::Redact,
            Some("keep") => {
                needs_reason(request, "keys")?;
                Self::Keep
            }
            _ => Self::Scan,
        })
    }

    /// What happens to a key that no path has.
    pub(in super::super) fn fate(self, rest: Rest, is_word: bool) -> Fate {
        match self {
            Self::Keep => Fate::Keep,
            Self::Redact => Fate::Redact,
            Self::Scan if is_word => Fate::Keep,
            Self::Scan => rest.fate(),
        }
    }
}

const REST: &[&str] = &["deny", "redact", "keep"];
const KEYS: &[&str] = &["scan", "redact", "keep"];

fn needs_reason(request: &Request<'_>, parameter: &str) -> Result<(), Refusal> {
    if request.text("reason")?.is_some_and(|reason| !reason.trim().is_empty()) {
        return Ok(());
    }
    Err(Refusal(format!("{parameter} = \"keep\" passes what nobody has looked at; say why in a reason")))
}

/// Whether a key is a word of a program: a letter or `_`, then up to 63 letters, digits and `_`.
pub(in super::super) fn is_word(key: &[u8]) -> bool {
    let first = key.first().is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_');
    first && key.len() <= 64 && key.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_programs_are_told_from_data() {
        for key in ["email", "_id", "lastLogin2", &"a".repeat(64)] {
            assert!(is_word(key.as_bytes()), "{key}");
        }
        let data = ["", "jane@example.com", "Jane Doe", "4711", "c00d544c-2b15", "naïve", &"a".repeat(65)];
        for key in data {
            assert!(!is_word(key.as_bytes()), "{key}");
        }
    }
}
