//! The state's objects as bytes: equal objects have equal bytes, and no other bytes are read.
//!
//! ```text
//!  head    where in the journal · terms · programs · accounts        head.rs
//!          · stores · offline allowances · tills                     tills.rs
//!          · one-time codes                                          partners.rs
//!          · books of referrals, what members bought                 referrals/
//!  chunk   members: id, status, aliases, links                       chunk.rs, partners.rs
//!          · wallets: lots, holds, debt                              wallet.rs
//!  chunk   …
//! ```
//!
//! Head and chunks are written and read one by one, so that an image streams. The schedule is not stored: it is the
//! sum of what time will do to the wallets read. Reading checks whatever later code takes for granted.

mod bytes;
mod chunk;
mod head;
mod partners;
mod referrals;
mod tills;
mod wallet;

use std::sync::Arc;

pub use self::chunk::{ChunkReader, Piece, write_chunk};
pub use self::head::write_head;
use super::compact::VarintError;
use super::members::Chunk;
use super::state::Objects;

/// Bytes that are no image.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImageError {
    #[error("the bytes end too early")]
    CutOff,
    #[error("bytes follow the end")]
    Trailing,
    #[error("a number or field is not in its shortest form")]
    NotMinimal,
    #[error("a text is not UTF-8")]
    NotText,
    #[error("{0}")]
    Invalid(&'static str),
    #[error("a program cannot be read: {0}")]
    Program(String),
}

impl From<VarintError> for ImageError {
    fn from(error: VarintError) -> ImageError {
        match error {
            VarintError::CutOff => ImageError::CutOff,
            VarintError::NotMinimal => ImageError::NotMinimal,
        }
    }
}

/// Puts objects together from the parts of an image.
#[derive(Debug)]
pub struct Assembly {
    objects: Objects,
    members: u32,
}

impl Assembly {
    /// Starts with the bytes of the head.
    pub fn new(head: &[u8]) -> Result<Assembly, ImageError> {
        let (objects, members) = head::read(head)?;
        Ok(Assembly { objects, members })
    }

    /// What reads the chunks of this image.
    pub fn chunk_reader(&self) -> ChunkReader {
        ChunkReader {
            terms: self.objects.terms.len() as u32,
            currencies: self.objects.program().currencies.len(),
        }
    }

    /// Adds the next chunk, in order.
    pub fn add(&mut self, piece: Piece) -> Result<(), ImageError> {
        if !self.objects.chunks.last().is_none_or(|last| last.is_full()) {
            return Err(ImageError::Invalid(
                "a chunk that is not the last has room left",
            ));
        }
        self.objects.chunks.push(Arc::<Chunk>::new(piece.chunk));
        self.objects.schedule.merge(&piece.schedule);
        Ok(())
    }

    /// All chunks were added.
    pub fn finish(self) -> Result<Objects, ImageError> {
        if self.objects.member_count() == self.members {
            Ok(self.objects)
        } else {
            Err(ImageError::Invalid(
                "there are more or fewer members than stated",
            ))
        }
    }
}
