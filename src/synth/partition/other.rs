//! Partitions of labels, UUIDs and JSON.

use super::{MOST, Partition};

/// Labels of an enum, or of a CHECK that lists what a column may be.
#[derive(Clone, Debug)]
pub(super) struct Labels {
    labels: Vec<String>,
    /// Whether values that are no label have a class: more labels than classes, or no database that holds to them.
    shown: usize,
}

impl Labels {
    pub(super) fn new(labels: Vec<String>) -> Self {
        let shown = labels.len().min(MOST);
        Self { labels, shown }
    }

    pub(super) fn list(&self, partitions: &mut Vec<Partition>) {
        let labels = self.labels[..self.shown].iter();
        partitions.extend(labels.map(|label| Partition::new(format!("label:{label}"))));
        let reason = (self.shown == self.labels.len()).then(|| "it is none of the labels".to_owned());
        partitions.push(Partition::new("other").unless(reason));
    }

    #[inline]
    pub(super) fn classify(&self, bytes: &[u8]) -> u8 {
        let same = |label: &String| label.as_bytes() == bytes;
        let at = self.labels[..self.shown].iter().position(same).unwrap_or(self.shown);
        1 + at as u8
    }
}

/// Partitions of a UUID.
pub(super) const UUIDS: [&str; 4] = ["nil", "version:4", "version:7", "version:other"];

pub(super) fn uuid(bytes: &[u8]) -> u8 {
    let mut version = 0;
    let (mut digits, mut zero) = (0, true);
    for byte in bytes.iter().filter(|byte| byte.is_ascii_hexdigit()) {
        if digits == 12 {
            version = *byte;
        }
        digits += 1;
        zero &= *byte == b'0';
    }
    match version {
        _ if zero => 1,
        b'4' => 2,
        b'7' => 3,
        _ => 4,
    }
}

/// Partitions of JSON.
pub(super) const JSONS: [&str; 7] =
    ["empty object", "object", "empty array", "array", "string", "null literal", "number or boolean"];

pub(super) fn json(bytes: &[u8]) -> u8 {
    let text = bytes.trim_ascii();
    let inside = |text: &[u8]| text.len() >= 2 && !text[1..text.len() - 1].trim_ascii().is_empty();
    match text.first() {
        Some(b'{') => 1 + u8::from(inside(text)),
        Some(b'[') => 3 + u8::from(inside(text)),
        Some(b'"') => 5,
        Some(b'n') => 6,
        _ => 7,
    }
}
