//! The bytes of a chunk: its members with their aliases and wallets.

use super::bytes::{Reader, Writer};
use super::{ImageError, partners, wallet};
use crate::ledger::bounds::{CHUNK_MEMBERS, ID_BYTES};
use crate::ledger::members::{Chunk, HeldAlias, Member, Status};
use crate::ledger::schedule::Schedule;
use crate::ledger::time::Instant;

type Read<T> = Result<T, ImageError>;

/// Set beside the status of a member who ever bought something.
const HAS_BOUGHT: u8 = 1 << 7;
/// Length of the id, status, counts of aliases, links and further wallets, and an empty wallet.
const SMALLEST_MEMBER: usize = 13;
/// Length of the kind, hash, digits, two instants and whether it is lost.
const SMALLEST_ALIAS: usize = 21;
/// Currency and an empty wallet.
const SMALLEST_WALLET: usize = 9;

/// Appends a chunk's bytes.
pub fn write_chunk(chunk: &Chunk, buffer: &mut Vec<u8>) {
    let writer = &mut Writer(buffer);
    writer.number(chunk.members().len() as u64);
    writer.number(chunk.id_bytes() as u64);
    for (place, member) in chunk.members().iter().enumerate() {
        writer.bytes(chunk.id(place).as_bytes());
        write_member(writer, member);
    }
}

fn write_member(writer: &mut Writer<'_>, member: &Member) {
    let bought = if member.has_bought { HAS_BOUGHT } else { 0 };
    writer.byte(member.status as u8 | bought);
    writer.number(member.aliases().len() as u64);
    for alias in member.aliases() {
        writer.bytes(alias.kind.as_bytes());
        writer.fixed(&alias.hash);
        writer.number(u64::from(alias.last_digits));
        writer.instant(alias.from);
        writer.instant(alias.until);
        writer.byte(u8::from(alias.lost));
    }
    writer.number(member.links().len() as u64);
    for link in member.links() {
        partners::write_link(writer, link);
    }
    let mut wallets = member.wallets();
    let (_, first) = wallets
        .next()
        .expect("the first currency's wallet is always there");
    wallet::write(writer, first);
    writer.number(wallets.clone().count() as u64);
    for (currency, further) in wallets {
        writer.byte(currency);
        wallet::write(writer, further);
    }
}

/// Reads chunks of one image; knows what their lots may refer to.
#[derive(Clone, Copy, Debug)]
pub struct ChunkReader {
    pub(super) terms: u32,
    pub(super) currencies: usize,
}

/// A chunk and what time will do to it.
#[derive(Debug)]
pub struct Piece {
    pub(super) chunk: Chunk,
    pub(super) schedule: Schedule,
}

impl ChunkReader {
    /// Reads one chunk, on any thread and in any order.
    pub fn read(self, bytes: &[u8]) -> Result<Piece, ImageError> {
        let reader = &mut Reader::new(bytes);
        let count = reader.count(SMALLEST_MEMBER)?;
        let id_bytes = reader.count(1)?;
        if count == 0 || count > CHUNK_MEMBERS {
            return Err(ImageError::Invalid("a chunk has no or too many members"));
        }
        let mut piece = Piece {
            chunk: Chunk::with_room(count, id_bytes),
            schedule: Schedule::default(),
        };
        for _ in 0..count {
            self.read_member(reader, &mut piece)?;
        }
        reader.end()?;
        if piece.chunk.id_bytes() != id_bytes {
            return Err(ImageError::Invalid("the ids take other room than stated"));
        }
        piece.chunk.find_due();
        Ok(piece)
    }

    fn read_member(self, reader: &mut Reader<'_>, piece: &mut Piece) -> Read<()> {
        let id = reader.text()?;
        if id.is_empty() || id.len() > ID_BYTES {
            return Err(ImageError::Invalid("a member's id is empty or too long"));
        }
        let place = piece.chunk.members().len();
        piece.chunk.add(id);
        let member = piece.chunk.member_mut(place);
        let status = reader.byte()?;
        member.has_bought = status & HAS_BOUGHT != 0;
        let status = Status::from_number(status & !HAS_BOUGHT);
        member.status = status.ok_or(ImageError::Invalid("a member has an unknown status"))?;
        let aliases = reader.count(SMALLEST_ALIAS)?;
        if aliases > 0 {
            member.aliases_mut().reserve_exact(aliases);
        }
        for _ in 0..aliases {
            member.aliases_mut().push(read_alias(reader)?);
        }
        let links = reader.count(partners::SMALLEST_LINK)?;
        if links > 0 {
            member.links_mut().reserve_exact(links);
        }
        for _ in 0..links {
            member.links_mut().push(partners::read_link(reader)?);
        }
        *member.wallet_mut(0) = wallet::read(reader, self.terms)?;
        let mut before = 0;
        for _ in 0..reader.count(SMALLEST_WALLET)? {
            let currency = reader.byte()?;
            if currency <= before || usize::from(currency) >= self.currencies {
                return Err(ImageError::Invalid("a wallet has a wrong currency"));
            }
            before = currency;
            *member.wallet_mut(currency) = wallet::read(reader, self.terms)?;
        }
        for (currency, wallet) in piece.chunk.member(place).wallets() {
            piece.schedule.add(currency, wallet, 1);
        }
        Ok(())
    }
}

fn read_alias(reader: &mut Reader<'_>) -> Read<HeldAlias> {
    let alias = HeldAlias {
        kind: Box::from(reader.text()?),
        hash: reader.fixed()?,
        last_digits: reader.small("the digits of an alias are too large")?,
        from: reader.instant()?,
        until: reader.instant()?,
        lost: match reader.byte()? {
            0 => false,
            1 => true,
            _ => return Err(ImageError::Invalid("an alias is lost or is not")),
        },
    };
    if alias.lost && alias.until == Instant::NEVER {
        return Err(ImageError::Invalid("a lost alias is still held"));
    }
    Ok(alias)
}
