//! A walk through a document with objects and arrays: where it is, and what happens to what is there.

use super::paths::StateId;
use super::{DEEPEST, Fate, Fault, Tree};
use crate::base::sketch;

/// An object or array that a walk is in.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Frame {
    state: StateId,
    /// Elements and keys so far.
    count: u64,
    /// Keys so far that got a fixed text.
    redacted: u32,
    /// Whether its members have keys.
    keyed: bool,
    /// Where the key that led here stands; nothing for an element.
    key: (u32, u32),
}

/// A walk through one document.
pub(in super::super) struct Walk<'a, R> {
    tree: &'a Tree<R>,
    frames: Vec<Frame>,
    /// Where the next value is.
    state: StateId,
    key: (u32, u32),
}

impl<'a, R> Walk<'a, R> {
    /// At the root; `frames` is room for the places on the way.
    pub(in super::super) fn new(tree: &'a Tree<R>, mut frames: Vec<Frame>) -> Self {
        frames.clear();
        Self { tree, frames, state: Tree::<R>::start(), key: (0, 0) }
    }

    pub(in super::super) fn into_frames(self) -> Vec<Frame> {
        self.frames
    }

    /// The number of the key that gets a fixed text, from 0, among those of its object.
    pub(in super::super) fn count_redacted(&mut self) -> u32 {
        let Some(frame) = self.frames.last_mut() else { return 0 };
        frame.redacted += 1;
        frame.redacted - 1
    }

    /// Into the object or array that is the next value.
    pub(in super::super) fn enter(&mut self, keyed: bool) -> Result<(), Fault> {
        if self.frames.len() == DEEPEST {
            return Err(Fault::Invalid);
        }
        self.frames.push(Frame { state: self.state, count: 0, redacted: 0, keyed, key: self.key });
        Ok(())
    }

    /// Out of it.
    pub(in super::super) fn leave(&mut self) {
        self.frames.pop();
    }

    /// To the value of a key that stands at `at`; what happens to the key.
    pub(in super::super) fn key(&mut self, key: &[u8], at: (usize, usize)) -> Fate {
        let Some(frame) = self.frames.last_mut() else { return Fate::Deny };
        frame.count += 1;
        self.state = self.tree.machine.state(frame.state).name(key);
        self.key = (at.0 as u32, at.1 as u32);
        self.tree.key(frame.state, key)
    }

    /// To the next element, in an array.
    pub(in super::super) fn next_element(&mut self) {
        if let Some(frame) = self.frames.last_mut().filter(|frame| !frame.keyed) {
            self.state = self.tree.machine.state(frame.state).index(frame.count);
            frame.count += 1;
            self.key = (0, 0);
        }
    }

    /// To the element of a number that stands at `at`; what happens to the number.
    pub(in super::super) fn numbered(&mut self, number: i64, at: (usize, usize)) -> Fate {
        let Some(frame) = self.frames.last_mut() else { return Fate::Deny };
        let expected = frame.count;
        frame.count += 1;
        // A negative number is no place that a path can name, and neither is the largest.
        self.state = self.tree.machine.state(frame.state).index(u64::try_from(number).unwrap_or(u64::MAX));
        self.key = (at.0 as u32, at.1 as u32);
        self.tree.index_key(frame.state, number, expected)
    }

    /// What happens to the next value.
    pub(in super::super) fn value(&self) -> Fate {
        self.tree.value(self.state)
    }

    /// The operators of the path that ends at the next value.
    pub(in super::super) fn exact(&self) -> Option<&'a R> {
        self.tree.exact(self.state)
    }

    /// Where the next value is: names that a path has, sketches of others.
    pub(in super::super) fn place(&self, cell: &str) -> String {
        let mut place = "$".to_owned();
        for (depth, frame) in self.frames.iter().enumerate() {
            let (start, end) = self.frames.get(depth + 1).map_or(self.key, |below| below.key);
            if (start, end) == (0, 0) {
                place.push_str(&format!("[{}]", frame.count.saturating_sub(1)));
                continue;
            }
            let key = &cell.as_bytes()[start as usize..end as usize];
            place.push('.');
            match std::str::from_utf8(key).ok().filter(|_| self.tree.machine.knows(key)) {
                Some(key) => place.push_str(key),
                None => place.push_str(&sketch(key)),
            }
        }
        place
    }
}
