//! ISO 13616: international bank account numbers, by the structures of the registry in `rules/ibans`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::common::mod_97;
use super::parts::{digits, is_letters, when};

const REGISTRY: &str = include_str!("../../../rules/ibans/registry-1.toml");

/// Kinds of characters with how many there are, by country.
static STRUCTURES: LazyLock<BTreeMap<[u8; 2], Vec<(u8, usize)>>> = LazyLock::new(|| {
    let line = |line: &str| {
        let (country, structure) = line.split_once(" = \"")?;
        Some((country.as_bytes().try_into().ok()?, runs(structure.strip_suffix('"')?)?))
    };
    REGISTRY.lines().skip_while(|line| *line != "[structures]").filter_map(line).collect()
});

/// `n8c12` as kinds and counts.
fn runs(structure: &str) -> Option<Vec<(u8, usize)>> {
    let mut runs = Vec::new();
    let mut rest = structure;
    while let Some(kind) = rest.bytes().next() {
        let count = rest[1..].bytes().take_while(u8::is_ascii_digit).count();
        runs.push((kind, rest[1..=count].parse().ok()?));
        rest = &rest[1 + count..];
    }
    Some(runs)
}

/// Any country of the registry: length, kinds of characters, check digits.
pub(super) fn iban(text: &[u8]) -> Option<bool> {
    let (front, account) = text.split_at_checked(4)?;
    when(is_letters(&front[..2]) && digits(&front[2..], 2).is_some())?;
    let structure = STRUCTURES.get(&[front[0], front[1]])?;
    let mut rest = account;
    for (kind, count) in structure {
        let (part, behind) = rest.split_at_checked(*count)?;
        let fits = |byte: &u8| match kind {
            b'n' => byte.is_ascii_digit(),
            b'a' => byte.is_ascii_uppercase(),
            _ => byte.is_ascii_digit() || byte.is_ascii_uppercase(),
        };
        when(part.iter().all(fits))?;
        rest = behind;
    }
    when(rest.is_empty())?;
    Some(mod_97(account.iter().chain(front))? == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_registry_is_read_whole() {
        assert!(STRUCTURES.len() > 80);
        assert_eq!(STRUCTURES[b"DE"], [(b'n', 18)]);
        let longest =
            STRUCTURES.values().map(|runs| runs.iter().map(|(_, count)| count).sum::<usize>()).max();
        assert_eq!(longest, Some(29));
    }

    #[test]
    fn structure_and_check_digits_both_count() {
        // Published examples of the registry.
        for valid in ["DE89370400440532013000", "GB29NWBK60161331926819", "MT84MALT011000012345MTLCAST001S"] {
            assert_eq!(iban(valid.as_bytes()), Some(true), "{valid}");
        }
        for invalid in ["DE89370400440532013001", "GB2911BK60161331926819", "XX89370400440532013000", "DE89"]
        {
            assert_ne!(iban(invalid.as_bytes()), Some(true), "{invalid}");
        }
    }
}
