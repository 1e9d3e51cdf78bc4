//! A number without what separates its parts, in capitals: what validators look at.

/// Characters of a number in capitals, without separators.
#[derive(Clone, Copy, Debug)]
pub(super) struct Compact {
    text: [u8; MOST],
    length: u8,
}

/// Characters of the longest number.
const MOST: usize = 72;

impl Compact {
    /// Reads a value: drops every one of `separators`, and space around it. `None` if it is too long or not ASCII.
    #[inline]
    pub(super) fn read(value: &[u8], separators: &[u8]) -> Option<Self> {
        let mut compact = Self { text: [0; MOST], length: 0 };
        for byte in value.trim_ascii() {
            if separators.contains(byte) {
                continue;
            }
            if !byte.is_ascii() {
                return None;
            }
            *compact.text.get_mut(usize::from(compact.length))? = byte.to_ascii_uppercase();
            compact.length += 1;
        }
        Some(compact)
    }

    /// The characters.
    #[inline]
    pub(super) fn text(&self) -> &[u8] {
        &self.text[..usize::from(self.length)]
    }
}
