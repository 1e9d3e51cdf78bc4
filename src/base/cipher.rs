//! AES-256 on 64 blocks at a time: the shape in which every primitive above uses it.
//!
//! One block alone costs as much as a dozen blocks side by side, for the rounds of one block wait for each other.
//! So everything here works on *lanes*: up to [`LANES`] independent blocks that advance together.

use aes::cipher::{BlockCipherEncrypt, KeyInit};
use aes::{Aes256Enc, Block};

/// Blocks that advance together.
pub(super) const LANES: usize = 64;

/// From this many lanes on, a full set is cheaper than the lanes one by one.
const WORTH_A_FULL_SET: usize = 12;

/// An expanded AES-256 key for encryption; wiped on drop.
pub(super) struct Cipher(Aes256Enc);

impl Cipher {
    /// Expands a key.
    pub(super) fn new(key: &[u8; 32]) -> Self {
        Self(Aes256Enc::new(key.into()))
    }

    /// Encrypts one block in place.
    pub(super) fn encrypt_block(&self, block: &mut Block) {
        self.0.encrypt_block(block);
    }

    /// Encrypts one block, read as a big-endian number.
    pub(super) fn encrypt(&self, block: u128) -> u128 {
        let mut bytes = Block::from(block.to_be_bytes());
        self.0.encrypt_block(&mut bytes);
        u128::from_be_bytes(bytes.into())
    }

    /// Encrypts the first `active` lanes. The rest hold anything afterwards.
    pub(super) fn encrypt_lanes(&self, blocks: &mut [Block; LANES], active: usize) {
        if active >= WORTH_A_FULL_SET {
            self.0.encrypt_blocks(blocks);
        } else {
            self.0.encrypt_blocks(&mut blocks[..active]);
        }
    }
}
