//! [`Messages`]: many short byte strings in one buffer, the input of batched [`Prf::tags`](super::Prf::tags).

/// A list of byte strings in one allocation, to be filled, hashed and cleared again for each block of rows.
///
/// ```
/// use scrub::base::Messages;
/// let mut messages = Messages::default();
/// messages.push(b"jane");
/// messages.push_with(|buffer| buffer.extend_from_slice(b"joe"));
/// assert_eq!(messages.len(), 2);
/// assert_eq!(messages.get(1), b"joe");
/// ```
pub struct Messages {
    bytes: Vec<u8>,
    /// Where each message starts, and where the last one ends.
    bounds: Vec<usize>,
}

impl Default for Messages {
    fn default() -> Self {
        Self { bytes: Vec::new(), bounds: vec![0] }
    }
}

impl Messages {
    /// Forgets all messages and keeps the room.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.bounds.truncate(1);
    }

    /// Adds a message.
    #[inline]
    pub fn push(&mut self, message: &[u8]) {
        append(&mut self.bytes, message);
        self.bounds.push(self.bytes.len());
    }

    /// Adds the message that `write` appends to the buffer. It must only append.
    #[inline]
    pub fn push_with(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        let start = self.bytes.len();
        write(&mut self.bytes);
        assert!(self.bytes.len() >= start, "a message is appended");
        self.bounds.push(self.bytes.len());
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.bounds.len() - 1
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The message of that number, from 0.
    pub fn get(&self, number: usize) -> &[u8] {
        &self.bytes[self.bounds[number]..self.bounds[number + 1]]
    }

    /// All messages in order.
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.len()).map(|number| self.get(number))
    }

    /// The buffer, and where each message starts in it and the last one ends.
    pub(super) fn parts(&self) -> (&[u8], &[usize]) {
        (&self.bytes, &self.bounds)
    }
}

/// Appends a message. One of 16 to 64 bytes is copied as its first and its last half, which may overlap: most messages are
/// of that length, and a call of `memcpy` takes longer than the copy.
#[inline]
fn append(out: &mut Vec<u8>, message: &[u8]) {
    match message.len() {
        16..=32 => append_halves::<16>(out, message),
        33..=64 => append_halves::<32>(out, message),
        _ => out.extend_from_slice(message),
    }
}

/// Appends a message of `HALF` to twice as many bytes.
#[inline]
fn append_halves<const HALF: usize>(out: &mut Vec<u8>, message: &[u8]) {
    if let (Some(first), Some(last)) = (message.first_chunk::<HALF>(), message.last_chunk::<HALF>()) {
        let start = out.len();
        out.extend_from_slice(first);
        out.truncate(start + message.len() - HALF);
        out.extend_from_slice(last);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_of_any_length_are_kept_byte_for_byte() {
        let bytes: Vec<u8> = (0..100).collect();
        let mut messages = Messages::default();
        (0..=100).for_each(|len| messages.push(&bytes[..len]));
        assert!(messages.iter().enumerate().all(|(len, message)| *message == bytes[..len]));
    }

    #[test]
    fn keeps_empty_messages_and_order() {
        let mut messages = Messages::default();
        for message in [&b""[..], b"a", b"", b"bc"] {
            messages.push(message);
        }
        assert_eq!(messages.iter().collect::<Vec<_>>(), [&b""[..], b"a", b"", b"bc"]);
        messages.clear();
        assert!(messages.is_empty());
        messages.push_with(|buffer| buffer.push(b'x'));
        assert_eq!(messages.get(0), b"x");
    }
}
