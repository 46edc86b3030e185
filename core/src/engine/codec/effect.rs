//! Effects and movements: what happened to the wallets.

use smallvec::SmallVec;

use super::error::CodecError;
use super::reader::Reader;
use super::writer::Writer;
use crate::ledger::entry::{Balance, Effect, Flow, Movement, Opened, WalletId};
use crate::ledger::lot::{Lot, LotId, TermsId};
use crate::ledger::time::Instant;

type Read<T> = Result<T, CodecError>;

/// What the fields of a movement leave out because the entry says it.
#[derive(Clone, Copy)]
pub(super) struct Context {
    pub sequence: u64,
    pub recorded: Instant,
}

#[inline]
pub(super) fn write(writer: &mut Writer<'_>, effect: &Effect, context: Context) {
    writer.number(1, u64::from(effect.wallet.member));
    writer.number(2, u64::from(effect.wallet.currency));
    writer.number(3, effect.previous);
    if let Some(opened) = effect.opened {
        writer.message(4, |writer| {
            writer.number_unless(1, opened.hold, context.sequence);
            writer.instant_unless(2, opened.lapses_at, Instant::NEVER);
        });
    }
    for movement in &effect.movements {
        writer.message(5, |writer| write_movement(writer, movement, context));
    }
    writer.integer(6, effect.after.pending);
    writer.integer(7, effect.after.available);
    writer.integer(8, effect.after.held);
    writer.integer(9, effect.after.debt);
    writer.instant_unless(10, effect.next_activation, Instant::NEVER);
    writer.instant_unless(11, effect.next_expiry, Instant::NEVER);
    writer.instant_unless(12, effect.inactive_at, Instant::NEVER);
}

#[inline]
fn write_movement(writer: &mut Writer<'_>, movement: &Movement, context: Context) {
    let lot = &movement.lot;
    writer.number(1, u64::from(movement.flow as u8 - Flow::Accrued as u8));
    writer.integer(2, lot.amount);
    writer.number_unless(3, lot.id.sequence(), context.sequence);
    writer.number(4, u64::from(lot.id.place()));
    writer.instant_unless(5, lot.activates_at, context.recorded);
    writer.instant_unless(6, lot.expires_at, Instant::NEVER);
    writer.number_unless(7, lot.origin, lot.id.sequence());
    writer.number(8, u64::from(lot.terms.0));
    writer.flag(9, lot.pending);
    if let Some(due_at) = movement.due_at {
        writer.instant(10, due_at);
    }
    writer.integer(11, movement.paid);
    writer.number(12, movement.hold);
}

#[inline]
pub(super) fn read(reader: &mut Reader<'_>, context: Context) -> Read<Effect> {
    let wallet = WalletId {
        member: reader.small(1, "a member's number")?,
        currency: reader.small(2, "a currency's number")?,
    };
    let previous = reader.number(3)?;
    let opened = reader.message(4, |reader| {
        Ok(Opened {
            hold: reader.number_unless(1, context.sequence)?,
            lapses_at: reader.instant_unless(2, Instant::NEVER)?,
        })
    })?;
    let mut movements = SmallVec::new();
    while let Some(movement) = reader.message(5, |reader| read_movement(reader, context))? {
        movements.push(movement);
    }
    Ok(Effect {
        wallet,
        previous,
        opened,
        movements,
        after: Balance {
            pending: reader.integer(6)?,
            available: reader.integer(7)?,
            held: reader.integer(8)?,
            debt: reader.integer(9)?,
        },
        next_activation: reader.instant_unless(10, Instant::NEVER)?,
        next_expiry: reader.instant_unless(11, Instant::NEVER)?,
        inactive_at: reader.instant_unless(12, Instant::NEVER)?,
    })
}

#[inline]
fn read_movement(reader: &mut Reader<'_>, context: Context) -> Read<Movement> {
    let flow = reader.small::<u8>(1, "a flow")?;
    let flow = flow
        .checked_add(Flow::Accrued as u8)
        .and_then(Flow::from_number)
        .ok_or(CodecError::OutOfRange("a flow"))?;
    let amount = reader.integer(2)?;
    let made_by = reader.number_unless(3, context.sequence)?;
    let place = reader.small(4, "a lot's place")?;
    let id = LotId::checked(made_by, place).ok_or(CodecError::OutOfRange("a lot's place"))?;
    let lot = Lot {
        id,
        amount,
        activates_at: reader.instant_unless(5, context.recorded)?,
        expires_at: reader.instant_unless(6, Instant::NEVER)?,
        origin: reader.number_unless(7, made_by)?,
        terms: TermsId(reader.small(8, "a number of terms")?),
        pending: reader.flag(9)?,
    };
    Ok(Movement {
        flow,
        lot,
        due_at: reader.instant(10)?,
        paid: reader.integer(11)?,
        hold: reader.number(12)?,
    })
}
