//! Checks that belong to no country: ISO 7064, ISO 13616.

/// The rest modulo 97 of a number whose letters count as 10 to 35 (ISO/IEC 7064).
pub(super) fn mod_97(text: impl IntoIterator<Item = u8>) -> Option<u64> {
    text.into_iter().try_fold(0, |rest, byte| match byte {
        b'0'..=b'9' => Some((rest * 10 + u64::from(byte - b'0')) % 97),
        b'A'..=b'Z' => Some((rest * 100 + u64::from(byte - b'A') + 10) % 97),
        _ => None,
    })
}

/// International bank account numbers.
pub(super) fn iban(text: &[u8]) -> Option<bool> {
    let (front, account) = text.split_at_checked(4)?;
    Some(mod_97(account.iter().chain(front).copied())? == 1)
}
