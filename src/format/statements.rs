//! Looking statements up in the lists of what may pass.

/// The class of a statement by its first words: that of the longest entry of `list` that they begin with. `is_word` says
/// whether the word at a place is this one.
pub(super) fn find<C: Copy>(list: &[(&str, C)], is_word: impl Fn(usize, &str) -> bool) -> Option<C> {
    let matches = |(words, _): &&(&str, C)| words.split(' ').enumerate().all(|(at, word)| is_word(at, word));
    list.iter().filter(matches).max_by_key(|(words, _)| words.len()).map(|(_, class)| *class)
}

/// What an error may say of a statement that is not on the list: its first three words as far as they are keywords.
/// `next` says of the next word which of `keywords` it is.
pub(super) fn head(mut next: impl FnMut() -> Option<&'static str>) -> String {
    let head: Vec<&str> = std::iter::from_fn(&mut next).take(3).collect();
    if head.is_empty() { "(no keyword)".into() } else { head.join(" ") }
}
