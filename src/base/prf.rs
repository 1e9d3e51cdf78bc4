//! [`Prf`]: AES-256-CMAC (SP 800-38B), one message or many at once.
//!
//! The batch keeps up to 64 messages in flight: each advances by one cipher block per step, and a lane whose message
//! is done takes the next one. So a long message among short ones holds nobody up.

#![expect(
    clippy::inline_always,
    reason = "what is not inlined into the cipher's function loses its instructions"
)]

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
        let mut block = Block::default();
        let mut position = 0;
        while self.absorb(&mut block, message, &mut position, message.len()) {
            self.cipher.encrypt_block(&mut block);
        }
        self.cipher.encrypt_block(&mut block);
        block.into()
    }

    /// The tags of all messages, in order; what was in `out` is gone.
    pub fn tags(&self, messages: &Messages, out: &mut Vec<[u8; 16]>) {
        out.clear();
        out.resize(messages.len(), [0; 16]);
        self.cipher.run(Tags { prf: self, messages, out });
    }

    /// The first block of the messages and the state after it, if the first two messages have it in common: subjects
    /// begin with the name of their domain.
    fn common_beginning(&self, messages: &Messages) -> Option<([u8; BLOCK], Block)> {
        let beginning = |number: usize| {
            let message = messages.get(number);
            (message.len() > BLOCK).then(|| message.first_chunk::<BLOCK>()).flatten()
        };
        if messages.len() < 2 || beginning(0) != beginning(1) {
            return None;
        }
        let common = *beginning(0)?;
        let mut state = Block::from(common);
        self.cipher.encrypt_block(&mut state);
        Some((common, state))
    }

    /// XORs the block at `position` of a message that ends at `end` into a state. `false` if it was the last one.
    #[inline(always)]
    fn absorb(&self, state: &mut Block, bytes: &[u8], position: &mut usize, end: usize) -> bool {
        let rest = &bytes[*position..];
        let block = rest.first_chunk().copied().unwrap_or_else(|| {
            let mut block = [0; BLOCK];
            block[..rest.len()].copy_from_slice(rest);
            block
        });
        let block = u128::from_ne_bytes(block);
        let length = end - *position;
        let more = length > BLOCK;
        let block = if more { block } else { block & KEEP[length] ^ self.finish[length] };
        *position += BLOCK;
        *state = Block::from((u128::from_ne_bytes((*state).into()) ^ block).to_ne_bytes());
        more
    }
}

/// The loop of [`Prf::tags`].
struct Tags<'a> {
    prf: &'a Prf,
    messages: &'a Messages,
    out: &'a mut [[u8; 16]],
}

impl Kernel for Tags<'_> {
    #[inline(always)]
    fn run(self, engine: &impl Engine) {
        let (bytes, ends) = self.messages.parts();
        let (mut next, mut start) = (0, 0);
        let beginning = self.prf.common_beginning(self.messages);
        let mut take = |lane: &mut Lane, block: &mut Block| {
            let Some(end) = ends.get(next) else { return false };
            *lane = Lane { owner: next, position: start, end: *end, done: false };
            *block = Block::default();
            if let Some((common, state)) = &beginning
                && *end - start > BLOCK
                && bytes[start..].first_chunk() == Some(common)
            {
                lane.position += BLOCK;
                *block = *state;
            }
            (next, start) = (next + 1, *end);
            true
        };
        let mut blocks = [Block::default(); LANES];
        let mut lanes = [Lane::default(); LANES];
        let mut active = 0;
        while active < LANES && take(&mut lanes[active], &mut blocks[active]) {
            active += 1;
        }
        while active > 0 {
            for (lane, block) in lanes[..active].iter_mut().zip(&mut blocks) {
                lane.done = !self.prf.absorb(block, bytes, &mut lane.position, lane.end);
            }
            engine.encrypt(&mut blocks[..engine.width(active).min(LANES)]);
            for number in (0..active).rev() {
                let lane = &mut lanes[number];
                if !lane.done {
                    continue;
                }
                self.out[lane.owner] = blocks[number].into();
                if !take(lane, &mut blocks[number]) {
                    active -= 1;
                    lanes[number] = lanes[active];
                    blocks[number] = blocks[active];
                }
            }
        }
    }
}

/// One message on its way.
#[derive(Clone, Copy, Default)]
struct Lane {
    owner: usize,
    position: usize,
    end: usize,
    done: bool,
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
            messages in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..70), 0..200),
            common in prop::sample::select(vec!["", "short", "as long as a block", "longer than two blocks, to be sure"]),
        ) {
            let messages: Vec<Vec<u8>> = messages
                .into_iter()
                .enumerate()
                .map(|(number, message)| if number % 7 == 3 { message } else { [common.as_bytes(), &message].concat() })
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
