//! The commands about members and by hand: transfers, status, lost aliases, dates and debt.

use std::borrow::Cow;

use super::error::CodecError;
use super::partners;
use super::parts::*;
use super::reader::Reader;
use super::writer::Writer;
use crate::ledger::lot::LotId;
use crate::ledger::request::{
    Activate, Batch, Command, ExtendHold, ExtendLot, ForgiveDebt, ManageMember, MemberName,
    Reinstate, ReplaceAlias, Text, Transfer,
};

type Read<T> = Result<T, CodecError>;

const TRANSFER: u32 = 25;
const BLOCK: u32 = 26;
const UNBLOCK: u32 = 27;
const CLOSE_MEMBER: u32 = 28;
const REPLACE_ALIAS: u32 = 29;
const REINSTATE: u32 = 30;
const EXTEND_LOT: u32 = 31;
const EXTEND_HOLD: u32 = 32;
const FORGIVE_DEBT: u32 = 33;
const ACTIVATE: u32 = 34;
const BATCH: u32 = 35;
/// In the message of close_member: the member is erased too.
const ERASES: u32 = 10;

#[inline(never)]
pub(super) fn write(writer: &mut Writer<'_>, command: &Command<'_>) {
    match command {
        Command::Transfer(transfer) => writer.message(TRANSFER, |writer| {
            write_name(writer, 1, &transfer.giver);
            writer.text(3, &transfer.wallet);
            writer.integer(4, transfer.points);
            write_name(writer, 5, &transfer.receiver);
        }),
        Command::Block(manage) => writer.message(BLOCK, |writer| write_manage(writer, manage)),
        Command::Unblock(manage) => {
            writer.message(UNBLOCK, |writer| write_manage(writer, manage));
        }
        Command::CloseMember(manage) => {
            writer.message(CLOSE_MEMBER, |writer| write_manage(writer, manage));
        }
        Command::EraseMember(manage) => {
            writer.message(CLOSE_MEMBER, |writer| {
                write_manage(writer, manage);
                writer.flag(ERASES, true);
            });
        }
        Command::ReplaceAlias(replace) => writer.message(REPLACE_ALIAS, |writer| {
            write_name(writer, 1, &replace.member);
            write_alias(writer, 3, &replace.old);
            write_alias(writer, 4, &replace.new);
            writer.text(5, &replace.reason);
        }),
        Command::Reinstate(reinstate) => writer.message(REINSTATE, |writer| {
            write_lot_of(writer, &reinstate.member, &reinstate.wallet, reinstate.lot);
            if let Some(points) = reinstate.points {
                writer.stated_number(6, points as u64);
            }
            if let Some(expires_at) = reinstate.expires_at {
                writer.instant(7, expires_at);
            }
            write_hand(writer, &reinstate.reason, &reinstate.actor);
        }),
        Command::ExtendLot(extend) => writer.message(EXTEND_LOT, |writer| {
            write_lot_of(writer, &extend.member, &extend.wallet, extend.lot);
            writer.instant(7, extend.expires_at);
            write_hand(writer, &extend.reason, &extend.actor);
        }),
        Command::ExtendHold(extend) => writer.message(EXTEND_HOLD, |writer| {
            write_reference(writer, &extend.authorization);
            writer.integer(4, extend.ttl_micros);
            write_reference_end(writer, &extend.authorization);
        }),
        Command::ForgiveDebt(forgive) => writer.message(FORGIVE_DEBT, |writer| {
            write_name(writer, 1, &forgive.member);
            writer.text(3, &forgive.wallet);
            if let Some(points) = forgive.points {
                writer.stated_number(6, points as u64);
            }
            write_hand(writer, &forgive.reason, &forgive.actor);
        }),
        Command::Activate(activate) => writer.message(ACTIVATE, |writer| {
            write_reference(writer, &activate.original);
            if let Some(member) = &activate.member {
                write_name(writer, 4, member);
            }
            write_reference_end(writer, &activate.original);
        }),
        Command::Batch(batch) => writer.message(BATCH, |writer| {
            writer.number(1, u64::from(batch.rows));
            writer.stated_bytes(2, &batch.digest);
        }),
        others => partners::write(writer, others),
    }
}

/// Reads one of these commands, if there is one.
#[inline(never)]
pub(super) fn read<'b>(reader: &mut Reader<'b>) -> Read<Option<Command<'b>>> {
    if let Some(transfer) = reader.message(TRANSFER, read_transfer)? {
        return Ok(Some(Command::Transfer(transfer)));
    }
    if let Some(manage) = reader.message(BLOCK, read_manage)? {
        return Ok(Some(Command::Block(manage)));
    }
    if let Some(manage) = reader.message(UNBLOCK, read_manage)? {
        return Ok(Some(Command::Unblock(manage)));
    }
    if let Some(command) = reader.message(CLOSE_MEMBER, |reader| {
        let manage = read_manage(reader)?;
        Ok(match reader.flag(ERASES)? {
            true => Command::EraseMember(manage),
            false => Command::CloseMember(manage),
        })
    })? {
        return Ok(Some(command));
    }
    if let Some(replace) = reader.message(REPLACE_ALIAS, read_replace)? {
        return Ok(Some(Command::ReplaceAlias(replace)));
    }
    if let Some(reinstate) = reader.message(REINSTATE, read_reinstate)? {
        return Ok(Some(Command::Reinstate(reinstate)));
    }
    if let Some(extend) = reader.message(EXTEND_LOT, read_extend_lot)? {
        return Ok(Some(Command::ExtendLot(extend)));
    }
    if let Some(extend) = reader.message(EXTEND_HOLD, |reader| {
        let authorization = read_reference(reader)?;
        let ttl_micros = reader.integer(4)?;
        Ok(ExtendHold {
            authorization: read_reference_end(reader, authorization)?,
            ttl_micros,
        })
    })? {
        return Ok(Some(Command::ExtendHold(extend)));
    }
    if let Some(forgive) = reader.message(FORGIVE_DEBT, read_forgive)? {
        return Ok(Some(Command::ForgiveDebt(forgive)));
    }
    if let Some(activate) = reader.message(ACTIVATE, |reader| {
        let original = read_reference(reader)?;
        let member = read_optional_name(reader, 4)?;
        Ok(Activate {
            original: read_reference_end(reader, original)?,
            member,
        })
    })? {
        return Ok(Some(Command::Activate(activate)));
    }
    let batch = reader.message(BATCH, |reader| {
        Ok(Batch {
            rows: reader.small(1, "the rows of a batch")?,
            digest: reader.exactly(2, "the digest of a batch")?,
        })
    })?;
    match batch {
        Some(batch) => Ok(Some(Command::Batch(batch))),
        None => partners::read(reader),
    }
}

fn write_manage(writer: &mut Writer<'_>, manage: &ManageMember<'_>) {
    write_name(writer, 1, &manage.member);
    write_hand(writer, &manage.reason, &manage.actor);
}

/// A lot of a wallet takes numbers 1 to 5.
fn write_lot_of(writer: &mut Writer<'_>, member: &MemberName<'_>, wallet: &str, lot: LotId) {
    write_name(writer, 1, member);
    writer.text(3, wallet);
    writer.number(4, lot.0);
}

/// Reason and actor take numbers 8 and 9.
fn write_hand(writer: &mut Writer<'_>, reason: &str, actor: &str) {
    writer.text(8, reason);
    writer.text(9, actor);
}

fn read_hand<'b>(reader: &mut Reader<'b>) -> Read<(Text<'b>, Text<'b>)> {
    let reason = Cow::Borrowed(reader.text(8)?);
    Ok((reason, Cow::Borrowed(reader.text(9)?)))
}

fn read_transfer<'b>(reader: &mut Reader<'b>) -> Read<Transfer<'b>> {
    Ok(Transfer {
        giver: read_name(reader, 1)?,
        wallet: Cow::Borrowed(reader.text(3)?),
        points: reader.integer(4)?,
        receiver: read_name(reader, 5)?,
    })
}

fn read_manage<'b>(reader: &mut Reader<'b>) -> Read<ManageMember<'b>> {
    let member = read_name(reader, 1)?;
    let (reason, actor) = read_hand(reader)?;
    Ok(ManageMember {
        member,
        reason,
        actor,
    })
}

fn read_replace<'b>(reader: &mut Reader<'b>) -> Read<ReplaceAlias<'b>> {
    Ok(ReplaceAlias {
        member: read_name(reader, 1)?,
        old: read_alias(reader, 3)?,
        new: read_alias(reader, 4)?,
        reason: Cow::Borrowed(reader.text(5)?),
    })
}

fn read_reinstate<'b>(reader: &mut Reader<'b>) -> Read<Reinstate<'b>> {
    let member = read_name(reader, 1)?;
    let wallet = Cow::Borrowed(reader.text(3)?);
    let lot = LotId(reader.number(4)?);
    let points = reader.stated_integer(6)?;
    let expires_at = reader.instant(7)?;
    let (reason, actor) = read_hand(reader)?;
    Ok(Reinstate {
        member,
        wallet,
        lot,
        points,
        expires_at,
        reason,
        actor,
    })
}

fn read_extend_lot<'b>(reader: &mut Reader<'b>) -> Read<ExtendLot<'b>> {
    let member = read_name(reader, 1)?;
    let wallet = Cow::Borrowed(reader.text(3)?);
    let lot = LotId(reader.number(4)?);
    let expires_at = reader.instant(7)?;
    let (reason, actor) = read_hand(reader)?;
    Ok(ExtendLot {
        member,
        wallet,
        lot,
        expires_at: expires_at.ok_or(CodecError::Missing("the new expiry"))?,
        reason,
        actor,
    })
}

fn read_forgive<'b>(reader: &mut Reader<'b>) -> Read<ForgiveDebt<'b>> {
    let member = read_name(reader, 1)?;
    let wallet = Cow::Borrowed(reader.text(3)?);
    let points = reader.stated_integer(6)?;
    let (reason, actor) = read_hand(reader)?;
    Ok(ForgiveDebt {
        member,
        wallet,
        points,
        reason,
        actor,
    })
}
