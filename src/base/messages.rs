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
#[derive(Default)]
pub struct Messages {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Messages {
    /// Forgets all messages and keeps the room.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
    }

    /// Adds a message.
    pub fn push(&mut self, message: &[u8]) {
        self.bytes.extend_from_slice(message);
        self.ends.push(self.bytes.len());
    }

    /// Adds the message that `write` appends to the buffer. It must only append.
    pub fn push_with(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        let start = self.bytes.len();
        write(&mut self.bytes);
        assert!(self.bytes.len() >= start, "a message is appended");
        self.ends.push(self.bytes.len());
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The message of that number, from 0.
    pub fn get(&self, number: usize) -> &[u8] {
        let start = if number == 0 { 0 } else { self.ends[number - 1] };
        &self.bytes[start..self.ends[number]]
    }

    /// All messages in order.
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.len()).map(|number| self.get(number))
    }

    /// The buffer and where each message ends in it.
    pub(super) fn parts(&self) -> (&[u8], &[usize]) {
        (&self.bytes, &self.ends)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
