//! [`Prf`]: AES-256-CMAC (SP 800-38B), one message or many at once.
//!
//! The batch sorts messages by their number of cipher blocks and keeps up to 64 in flight, longest first: each advances by
//! one block per step, and those that are done are the last ones. So lanes are full and no step has to ask who is done.

#![expect(
    clippy::inline_always,
    reason = "what is not inlined into the cipher's function loses its instructions"
)]

use std::ops::Range;

use aes::Block;
use zeroize::Zeroizing;

use super::cipher::{Cipher, Engine, Kernel, LANES};
use super::messages::Messages;

/// A keyed function from byte strings to 16 bytes that nobody without the key can tell from a random one.
pub struct Prf {
    cipher: Cipher,
    /// By the length of the last block: its padding and the subkey that says whether there is any.
    finish: Zeroizing<[u128; BLOCK + 1]>,
}

/// A number below `n` chosen by a tag; no number is likelier than another by more than n / 2^64. Zero for `n = 0`.
///
/// ```
/// assert_eq!(scrub::base::index(&[0xff; 16], 10), 9);
/// ```
pub fn index(tag: &[u8; 16], n: u64) -> u64 {
    let first = (u128::from_be_bytes(*tag) >> 64) as u64;
    ((u128::from(first) * u128::from(n)) >> 64) as u64
}

impl Prf {
    pub(super) fn new(key: &[u8; 32]) -> Self {
        let cipher = Cipher::new(key);
        let full = double(cipher.encrypt(0));
        let padded = double(full);
        let mut finish = Zeroizing::new([0; BLOCK + 1]);
        for (length, finish) in finish.iter_mut().enumerate() {
            let block = if length == BLOCK { full } else { padded ^ (1 << (127 - 8 * length)) };
            *finish = u128::from_ne_bytes(block.to_be_bytes());
        }
        Self { cipher, finish }
    }

    /// The tag of one message. Many are cheaper through [`tags`](Self::tags).
    pub fn tag(&self, message: &[u8]) -> [u8; 16] {
        let mut state = Block::default();
        let mut position = 0;
        while message.len() - position > BLOCK {
            absorb(&mut state, message, position);
            self.cipher.encrypt_block(&mut state);
            position += BLOCK;
        }
        self.absorb_last(&mut state, message, position, message.len());
        self.cipher.encrypt_block(&mut state);
        state.into()
    }

    /// The tags of all messages, in order; what was in `out` is gone.
    pub fn tags(&self, messages: &Messages, out: &mut Vec<[u8; 16]>) {
        let (bytes, bounds) = messages.parts();
        self.tags_within(bytes, messages.len(), |number| bounds[number]..bounds[number + 1], out);
    }

    /// The tags of `count` messages that lie in `bytes` where `place` says; what was in `out` is gone.
    pub fn tags_within(
        &self,
        bytes: &[u8],
        count: usize,
        place: impl Fn(usize) -> Range<usize>,
        out: &mut Vec<[u8; 16]>,
    ) {
        // Every one is written over.
        out.resize(count, [0; 16]);
        self.cipher.run(Tags { prf: self, bytes, place, out });
    }

    /// The first block of the messages and the state after it, if the first two messages have it in common: subjects
    /// begin with the name of their domain.
    fn common_beginning(&self, bytes: &[u8], messages: [Range<usize>; 2]) -> Option<([u8; BLOCK], Block)> {
        let [first, second] = messages.map(|place| {
            let message = &bytes[place];
            (message.len() > BLOCK).then(|| message.first_chunk::<BLOCK>()).flatten()
        });
        let common = *first.filter(|_| first == second)?;
        let mut state = Block::from(common);
        self.cipher.encrypt_block(&mut state);
        Some((common, state))
    }

    /// XORs the last block of a message into a state: what there is from `position` to `end`, and what closes it.
    #[inline(always)]
    fn absorb_last(&self, state: &mut Block, bytes: &[u8], position: usize, end: usize) {
        let rest = &bytes[position..];
        let block = rest.first_chunk().copied().unwrap_or_else(|| {
            let mut block = [0; BLOCK];
            block[..rest.len()].copy_from_slice(rest);
            block
        });
        let length = end - position;
        xor(state, u128::from_ne_bytes(block) & KEEP[length] ^ self.finish[length]);
    }
}

/// XORs the block at `position`, which is not the last one, into a state.
#[inline(always)]
fn absorb(state: &mut Block, bytes: &[u8], position: usize) {
    let block = bytes[position..].first_chunk().copied().unwrap_or_default();
    xor(state, u128::from_ne_bytes(block));
}

#[inline(always)]
fn xor(state: &mut Block, block: u128) {
    *state = Block::from((u128::from_ne_bytes((*state).into()) ^ block).to_ne_bytes());
}

/// The loop of [`Prf::tags`].
struct Tags<'a, P> {
    prf: &'a Prf,
    bytes: &'a [u8],
    place: P,
    out: &'a mut [[u8; 16]],
}

/// Messages that are sorted together.
const SORTED: usize = 256;

/// One message on its way.
#[derive(Clone, Copy, Default)]
struct Lane {
    position: usize,
    end: usize,
    /// Blocks to go.
    blocks: usize,
    /// Whether it starts from the state after the common first block.
    begun: bool,
}

impl<P: Fn(usize) -> Range<usize>> Kernel for Tags<'_, P> {
    #[inline(always)]
    fn run(self, engine: &impl Engine) {
        let Self { prf, bytes, place, out } = self;
        let beginning = if out.len() < 2 { None } else { prf.common_beginning(bytes, [place(0), place(1)]) };
        let (common, begun) = beginning.unwrap_or_default();
        let mut lanes = [Lane::default(); SORTED];
        for (chunk, out) in out.chunks_mut(SORTED).enumerate() {
            let (mut fewest, mut most) = (usize::MAX, 0);
            for (number, lane) in lanes[..out.len()].iter_mut().enumerate() {
                let Range { start, end } = place(chunk * SORTED + number);
                let begun = beginning.is_some()
                    && end - start > BLOCK
                    && bytes[start..].first_chunk() == Some(&common);
                let position = start + usize::from(begun) * BLOCK;
                let blocks = (end - position).div_ceil(BLOCK).max(1);
                (fewest, most) = (fewest.min(blocks), most.max(blocks));
                *lane = Lane { position, end, blocks, begun };
            }
            let mut order: [u16; SORTED] = std::array::from_fn(|number| number as u16);
            if fewest < most {
                longest_first(&lanes[..out.len()], most, &mut order[..out.len()]);
            }
            for group in order[..out.len()].chunks(LANES) {
                prf.group(engine, bytes, &begun, &mut lanes, group, out);
            }
        }
    }
}

impl Prf {
    /// Takes up to [`LANES`] messages, the longest first, from start to end.
    #[inline(always)]
    fn group(
        &self,
        engine: &impl Engine,
        bytes: &[u8],
        begun: &Block,
        lanes: &mut [Lane; SORTED],
        group: &[u16],
        out: &mut [[u8; 16]],
    ) {
        let mut blocks = [Block::default(); LANES];
        for (block, number) in blocks.iter_mut().zip(group) {
            if lanes[usize::from(*number)].begun {
                *block = *begun;
            }
        }
        let mut active = group.len().min(LANES);
        let mut step = 1;
        while active > 0 {
            let mut more = active;
            while more > 0 && lanes[usize::from(group[more - 1])].blocks == step {
                more -= 1;
            }
            for (block, number) in blocks[..more].iter_mut().zip(group) {
                let lane = &mut lanes[usize::from(*number)];
                absorb(block, bytes, lane.position);
                lane.position += BLOCK;
            }
            for (block, number) in blocks[more..active].iter_mut().zip(&group[more..]) {
                let lane = &lanes[usize::from(*number)];
                self.absorb_last(block, bytes, lane.position, lane.end);
            }
            engine.encrypt(&mut blocks[..engine.width(active).min(LANES)]);
            for (block, number) in blocks[more..active].iter().zip(&group[more..]) {
                out[usize::from(*number)] = (*block).into();
            }
            active = more;
            step += 1;
        }
    }
}

/// Sorts the numbers of messages by how many blocks they take, up to `most`.
#[inline(always)]
fn longest_first(lanes: &[Lane], most: usize, order: &mut [u16]) {
    const COUNTED: usize = 16;
    if most >= COUNTED {
        order.sort_unstable_by_key(|number| std::cmp::Reverse(lanes[usize::from(*number)].blocks));
        return;
    }
    let mut starts = [0; COUNTED];
    for lane in lanes {
        starts[lane.blocks % COUNTED] += 1;
    }
    let mut start = 0;
    for count in starts.iter_mut().rev() {
        start += std::mem::replace(count, start);
    }
    for (number, lane) in lanes.iter().enumerate() {
        let place = &mut starts[lane.blocks % COUNTED];
        order[*place] = number as u16;
        *place += 1;
    }
}

/// Multiplies by x in GF(2^128), as SP 800-38B derives its subkeys.
fn double(value: u128) -> u128 {
    (value << 1) ^ ((value >> 127) * 0x87)
}

const BLOCK: usize = 16;

/// By the length of the last block: which of 16 bytes belong to it.
const KEEP: [u128; BLOCK + 1] = {
    let mut keep = [0; BLOCK + 1];
    let mut length = 1;
    while length <= BLOCK {
        keep[length] = u128::from_ne_bytes((u128::MAX << (128 - 8 * length)).to_be_bytes());
        length += 1;
    }
    keep
};

#[cfg(test)]
mod tests {
    use aes::Aes256;
    use cmac::{Cmac, KeyInit, Mac};
    use data_encoding::HEXLOWER;
    use proptest::prelude::*;

    use super::*;

    /// SP 800-38B, appendix D.3 (examples of AES-256).
    #[test]
    fn gives_the_examples_of_the_standard() {
        let hex = |text: &str| HEXLOWER.decode(text.as_bytes()).unwrap();
        let key = hex("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4");
        let message = hex(
            "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710",
        );
        let prf = Prf::new(&key.try_into().unwrap());
        for (length, tag) in [
            (0, "028962f61b7bf89efc6b551f4667d983"),
            (16, "28a7023f452e8f82bd4bf28d8c37c35c"),
            (40, "aaf3d8f1de5640c232f5b169b9c911e6"),
            (64, "e1992190549f6ed5696a2c056c315410"),
        ] {
            assert_eq!(HEXLOWER.encode(&prf.tag(&message[..length])), tag);
        }
    }

    #[test]
    fn an_index_is_below_its_bound() {
        assert_eq!([index(&[0; 16], 10), index(&[0xff; 16], 10), index(&[0xff; 16], 0)], [0, 9, 0]);
        assert_eq!(index(&[0xff; 16], u64::MAX), u64::MAX - 1);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn one_by_one_or_together_it_is_cmac(
            key: [u8; 32],
            messages in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..70), 0..600),
            common in prop::sample::select(vec!["", "short", "as long as a block", "longer than two blocks, to be sure"]),
        ) {
            let messages: Vec<Vec<u8>> = messages
                .into_iter()
                .enumerate()
                .map(|(number, message)| match number % 300 {
                    299 => message.repeat(9),
                    number if number % 7 == 3 => message,
                    _ => [common.as_bytes(), &message].concat(),
                })
                .collect();
            let prf = Prf::new(&key);
            let mut arena = Messages::default();
            for message in &messages {
                arena.push(message);
            }
            let mut tags = vec![[1; 16]; 3];
            prf.tags(&arena, &mut tags);
            prop_assert_eq!(tags.len(), messages.len());
            for (message, tag) in messages.iter().zip(tags) {
                let mut cmac = Cmac::<Aes256>::new(&key.into());
                cmac.update(message);
                let expected: [u8; 16] = cmac.finalize().into_bytes().into();
                prop_assert_eq!(tag, expected);
                prop_assert_eq!(prf.tag(message), expected);
            }
        }
    }
}
