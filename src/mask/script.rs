//! The script in which a made-up text is written: the language's own, or Latin letters without accents.

use super::{Parameter, ParameterKind, Refusal, Request};

/// The script of the output, for a list of parameters.
pub(super) const SCRIPT: Parameter = Parameter {
    name: "script",
    summary: "letters of the output: as_source (default: the language's own where the cell has letters that are not \
              Latin, or where the language is written in Latin letters), native, or latin (without accents)",
    kind: ParameterKind::Choice(SCRIPTS),
    required: false,
    of_domain: false,
};

const SCRIPTS: &[&str] = &["as_source", "native", "latin"];

/// Which script a column gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Script {
    AsSource,
    Native,
    Latin,
}

impl Script {
    /// Reads `script`.
    pub(super) fn prepare(request: &Request<'_>) -> Result<Self, Refusal> {
        Ok(match request.choice(SCRIPT.name, SCRIPTS)? {
            _ if request.ascii => Self::Latin,
            Some("native") => Self::Native,
            Some("latin") => Self::Latin,
            _ => Self::AsSource,
        })
    }

    /// Whether a cell's output is in the language's own script; `latin` says that this is Latin anyway.
    #[inline]
    pub(super) fn is_native(self, cell: &[u8], latin: bool) -> bool {
        match self {
            Self::AsSource => latin || has_other_script(cell),
            Self::Native => true,
            Self::Latin => false,
        }
    }
}

/// Whether a text has letters that are not Latin.
pub(super) fn has_other_script(text: &[u8]) -> bool {
    const FIRST: char = '\u{370}';
    let is_other = |letter: char| {
        letter >= FIRST && letter.is_alphabetic() && !matches!(letter, '\u{1e00}'..='\u{1eff}')
    };
    !text.is_ascii() && std::str::from_utf8(text).is_ok_and(|text| text.chars().any(is_other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_are_latin_and_other_alphabets_are_not() {
        for text in ["Jane", "Müller", "Łukasz", "Şahin", "Nguyễn", "1", "’"] {
            assert!(!has_other_script(text.as_bytes()), "{text}");
        }
        for text in ["Иван", "王伟", "佐藤", "さくら", "محمد", "अमित", "Jane 王"] {
            assert!(has_other_script(text.as_bytes()), "{text}");
        }
        assert!(!has_other_script(b"\xff\xfe"));
    }
}
