//! AES-256 on 64 blocks at a time: the shape in which every primitive above uses it.
//!
//! One block alone costs as much as a dozen blocks side by side, for the rounds of one block wait for each other.
//! So everything here works on *lanes*: up to [`LANES`] independent blocks that advance together.

#![expect(
    clippy::inline_always,
    reason = "what is not inlined into the cipher's function loses its instructions"
)]

use aes::cipher::array::{Array, typenum::Unsigned};
use aes::cipher::consts::U16;
use aes::cipher::{BlockCipherEncBackend, BlockCipherEncClosure, BlockCipherEncrypt, BlockSizeUser, KeyInit};
use aes::{Aes256Enc, Block};

/// Blocks that advance together.
pub(super) const LANES: usize = 64;

/// An expanded AES-256 key for encryption; wiped on drop.
pub(super) struct Cipher(Aes256Enc);

/// A loop with the cipher inside. It is compiled once for each kind of processor that the cipher knows, so that the
/// loop's own arithmetic gets the same wide instructions.
pub(super) trait Kernel {
    /// Runs the loop.
    fn run(self, engine: &impl Engine);
}

/// The cipher as a [`Kernel`] sees it.
pub(super) trait Engine {
    /// The best number of blocks to encrypt when `active` matter: `active`, or a little more to fill the engine.
    fn width(&self, active: usize) -> usize;

    /// Encrypts blocks in place.
    fn encrypt(&self, blocks: &mut [Block]);
}

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

    /// Encrypts blocks in place.
    pub(super) fn encrypt_blocks(&self, blocks: &mut [Block]) {
        self.0.encrypt_blocks(blocks);
    }

    /// Runs a kernel.
    pub(super) fn run(&self, kernel: impl Kernel) {
        self.0.encrypt_with_backend(Closure(kernel));
    }
}

struct Closure<K>(K);

impl<K> BlockSizeUser for Closure<K> {
    type BlockSize = U16;
}

impl<K: Kernel> BlockCipherEncClosure for Closure<K> {
    #[inline(always)]
    fn call<B: BlockCipherEncBackend<BlockSize = U16>>(self, backend: &B) {
        self.0.run(&Backend(backend));
    }
}

struct Backend<'a, B>(&'a B);

impl<B: BlockCipherEncBackend<BlockSize = U16>> Engine for Backend<'_, B> {
    #[inline(always)]
    fn width(&self, active: usize) -> usize {
        let together = B::ParBlocksSize::USIZE;
        let rest = active % together;
        // A block alone has to wait less than a third of what a full set takes.
        if 3 * rest > together { active - rest + together } else { active }
    }

    #[inline(always)]
    fn encrypt(&self, blocks: &mut [Block]) {
        let (sets, rest) = Array::<Block, B::ParBlocksSize>::slice_as_chunks_mut(blocks);
        for set in sets {
            self.0.encrypt_par_blocks_inplace(set);
        }
        for block in rest {
            self.0.encrypt_block_inplace(block);
        }
    }
}
