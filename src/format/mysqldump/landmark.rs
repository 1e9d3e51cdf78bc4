//! The comments by which the tools mark where a dump begins and ends.

/// A comment that marks a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Landmark {
    /// `-- MySQL dump 10.13 ..`, `-- MariaDB dump ..`
    Begin,
    /// `-- Dump completed on ..`
    End,
}

/// What a comment marks, without its line end.
pub(super) fn of(comment: &[u8]) -> Option<Landmark> {
    if [&b"-- MySQL dump "[..], b"-- MariaDB dump "].iter().any(|begin| comment.starts_with(begin)) {
        return Some(Landmark::Begin);
    }
    let rest = comment.strip_prefix(b"-- Dump completed")?;
    (rest.trim_ascii().is_empty() || rest.starts_with(b" on ")).then_some(Landmark::End)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beginnings_and_ends_are_told() {
        assert_eq!(of(b"-- MySQL dump 10.13  Distrib 8.0.36"), Some(Landmark::Begin));
        assert_eq!(of(b"-- MariaDB dump 10.19  Distrib 10.11.6-MariaDB"), Some(Landmark::Begin));
        assert_eq!(of(b"-- Dump completed on 2026-11-22 18:57:27"), Some(Landmark::End));
        assert_eq!(of(b"-- Dump completed\r"), Some(Landmark::End));
        assert_eq!(of(b"-- Dump completely"), None);
        assert_eq!(of(b"-- Host: localhost"), None);
    }
}
