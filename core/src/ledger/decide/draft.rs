//! A wallet on the drawing board: settled to now, changed by one entry's movements, closed into an effect.

use smallvec::SmallVec;

use super::super::bounds::{REQUEST_POINTS, WALLET_LOTS, WALLET_POINTS};
use super::super::entry::{Balance, Effect, Flow, Movement, Opened, WalletId};
use super::super::lot::Lot;
use super::super::memory::WriteOff;
use super::super::outlook::Outlook;
use super::super::program::DrawOrder;
use super::super::rejection::Code;
use super::super::settle::settle;
use super::super::state::State;
use super::super::time::Instant;
use super::super::wallet::Wallet;
use super::draw_order::{in_order, sort_by_draw};

#[derive(Clone)]
pub struct Draft {
    id: WalletId,
    wallet: Wallet,
    now: Instant,
    opened: Option<Opened>,
    movements: SmallVec<[Movement; 1]>,
    inactive_at: Instant,
    /// Its member has left: nothing stays in it.
    has_left: bool,
}

impl Draft {
    /// The wallet as it stands at `now`; a member that this very entry enrols has an empty one.
    pub fn new(state: &State, id: WalletId, now: Instant) -> Draft {
        let mut draft = Draft::unsettled(state, id, now);
        let movements = &mut draft.movements;
        settle(&mut draft.wallet, now, &mut |movement| {
            movements.push(movement)
        });
        draft
    }

    fn unsettled(state: &State, id: WalletId, now: Instant) -> Draft {
        let known = id.member < state.objects.member_count();
        let has_left = known && state.objects.member(id.member).status.has_left();
        let wallet = if known {
            state.objects.wallet(id).cloned()
        } else {
            None
        };
        Draft {
            id,
            wallet: wallet.unwrap_or_default(),
            now,
            opened: None,
            movements: SmallVec::new(),
            inactive_at: Instant::NEVER,
            has_left,
        }
    }

    /// The wallet after an effect of the same entry.
    pub fn after(state: &State, effect: &Effect, now: Instant) -> Draft {
        let mut draft = Draft {
            opened: effect.opened,
            movements: effect.movements.clone(),
            inactive_at: effect.inactive_at,
            ..Draft::unsettled(state, effect.wallet, now)
        };
        draft.wallet.apply_effect(effect, effect.previous);
        draft
    }

    pub const fn id(&self) -> WalletId {
        self.id
    }

    pub fn balance(&self) -> Balance {
        self.wallet.balance()
    }

    /// Whether its member has left: what comes is forfeited, what is missing is written off.
    pub fn has_left(&self) -> bool {
        self.has_left
    }

    pub fn wallet(&self) -> &Wallet {
        &self.wallet
    }

    pub fn movements(&self) -> &[Movement] {
        &self.movements
    }

    /// Points come in or come back: pending ones wait, others pay debt, fill their lot and expire if due. In the wallet
    /// of a member who has left they are forfeited.
    pub fn put(&mut self, flow: Flow, lot: Lot, hold: u64) {
        let paid = if lot.pending {
            0
        } else {
            self.wallet.debt().min(lot.amount)
        };
        self.step(Movement {
            flow,
            due_at: None,
            lot,
            paid,
            hold,
        });
        self.end_if_over(lot.part(lot.amount - paid));
    }

    /// Points of an earlier debit come back: after debt they make good what was written off since that debit, the
    /// oldest first; only the rest stays in their lot.
    pub fn put_back(&mut self, flow: Flow, lot: Lot, debit: u64) {
        if self.wallet.write_offs().is_empty() {
            return self.put(flow, lot, 0);
        }
        let paid = self.wallet.debt().min(lot.amount);
        self.step(Movement {
            flow,
            due_at: None,
            lot,
            paid,
            hold: 0,
        });
        let mut left = lot.amount - paid;
        for write_off in self.younger_write_offs(debit) {
            let amount = write_off.open.min(left);
            left -= amount;
            if amount > 0 {
                self.step(Movement {
                    flow: Flow::MadeGood,
                    due_at: None,
                    lot: lot.part(amount),
                    paid: 0,
                    hold: write_off.entry,
                });
            }
        }
        self.end_if_over(lot.part(left));
    }

    /// How many of the points that come back from an earlier debit do not stay: they pay debt, or make good.
    pub fn claims(&self, debit: u64) -> i64 {
        let open = self.younger_write_offs(debit);
        self.wallet.debt() + open.iter().map(|write_off| write_off.open).sum::<i64>()
    }

    fn younger_write_offs(&self, debit: u64) -> Vec<WriteOff> {
        let open = self.wallet.write_offs().iter();
        let younger = open.filter(|write_off| write_off.entry > debit && !self.has_left);
        younger.copied().collect()
    }

    /// What came in stays, unless its member has left or it is expired already.
    fn end_if_over(&mut self, lot: Lot) {
        if lot.amount == 0 {
            return;
        }
        if self.has_left {
            self.forfeit(lot);
        } else if !lot.pending && self.wallet.expiry_of(&lot) <= self.now {
            self.step(Movement {
                flow: Flow::Expired,
                due_at: Some(self.now),
                lot,
                paid: 0,
                hold: 0,
            });
        }
    }

    /// Takes points of one lot.
    pub fn take_part(&mut self, flow: Flow, lot: Lot) {
        self.step(Movement {
            flow,
            due_at: None,
            lot,
            paid: 0,
            hold: 0,
        });
    }

    /// Points that are gone count as taken: they are there again for a moment, in which they pay debt. Tells what they
    /// paid, which is missing then.
    pub fn take_gone(&mut self, flow: Flow, lot: Lot) -> i64 {
        let paid = self.wallet.debt().min(lot.amount);
        self.step(Movement {
            flow: Flow::Reinstated,
            due_at: None,
            lot,
            paid,
            hold: 0,
        });
        if paid < lot.amount {
            self.take_part(flow, lot.part(lot.amount - paid));
        }
        paid
    }

    /// Gets ready for lots that are about to come back.
    pub fn make_room(&mut self, coming: &[Lot]) {
        self.wallet.make_room_for(coming.iter());
    }

    /// Parts that a flow has moved so far, in order.
    pub fn parts(&self, flow: Flow) -> impl Iterator<Item = &Lot> {
        let own = self.movements.iter();
        own.filter(move |movement| movement.flow == flow && movement.due_at.is_none())
            .map(|movement| &movement.lot)
    }

    /// A lot's points go for good, pending or available.
    pub fn forfeit(&mut self, lot: Lot) {
        self.step(Movement {
            flow: Flow::Forfeited,
            due_at: None,
            lot,
            paid: 0,
            hold: 0,
        });
    }

    /// Lowers debt; in steps, since there may be more of it than one movement tells.
    pub fn forgive(&mut self, flow: Flow, points: i64) {
        let mut left = points;
        while left > 0 {
            let amount = left.min(REQUEST_POINTS);
            left -= amount;
            self.move_amount(flow, amount, 0);
        }
    }

    /// Draws up to `points` from lots that are available, in order; tells how many it found.
    pub fn draw(&mut self, flow: Flow, points: i64, order: DrawOrder, hold: u64) -> i64 {
        self.take(flow, points, order, hold, |lot| !lot.pending)
    }

    /// What expired is there again, as the lots it was: it pays debt, the rest can be drawn on.
    pub fn reinstate(&mut self, mut lots: Vec<Lot>, order: DrawOrder) {
        sort_by_draw(&self.wallet, order, &mut lots, |lot| lot);
        self.make_room(&lots);
        for lot in lots.into_iter().rev() {
            self.put(Flow::Reinstated, lot, 0);
        }
    }

    /// Expired points are there again, and go at once but for those that pay debt; tells how many went.
    pub fn redeem_expired(&mut self, lot: Lot) -> i64 {
        let paid = self.wallet.debt().min(lot.amount);
        self.step(Movement {
            flow: Flow::Reinstated,
            due_at: None,
            lot,
            paid,
            hold: 0,
        });
        let gone = lot.part(lot.amount - paid);
        if gone.amount > 0 {
            self.step(Movement {
                flow: Flow::Redeemed,
                due_at: None,
                lot: gone,
                paid: 0,
                hold: 0,
            });
        }
        gone.amount
    }

    /// Draws like `draw`, on some lots alone.
    pub fn draw_where(
        &mut self,
        flow: Flow,
        points: i64,
        order: DrawOrder,
        of: impl Fn(&Lot) -> bool,
    ) -> i64 {
        self.take(flow, points, order, 0, |lot| !lot.pending && of(lot))
    }

    /// Points that belong to no lot; `write_off` is the entry that writes them off so that they can be made good.
    pub fn move_amount(&mut self, flow: Flow, points: i64, write_off: u64) {
        if points > 0 {
            self.step(Movement {
                flow,
                due_at: None,
                lot: Lot::nowhere(points),
                paid: 0,
                hold: write_off,
            });
        }
    }

    /// Points move into a lot of their own; what is available there pays debt and expires if due.
    pub fn move_over(&mut self, old: Lot, new: Lot) {
        self.step(Movement {
            flow: Flow::MovedOut,
            due_at: None,
            lot: old,
            paid: 0,
            hold: 0,
        });
        self.put(Flow::MovedIn, new.part(old.amount), 0);
    }

    /// The wallet has seen activity: points that expire with it do so at this instant, if not later anyway.
    pub fn be_active_until(&mut self, inactive_at: Instant) {
        let known = self.wallet.inactive_at();
        if known == Instant::NEVER || known < inactive_at {
            self.wallet.set_inactive_at(inactive_at);
            self.inactive_at = inactive_at;
        }
    }

    pub fn open_hold(&mut self, opened: Opened) {
        self.wallet.open(opened);
        self.opened = Some(opened);
    }

    /// Takes `points` out of a hold for good, in hold order, and releases the rest, last lots first.
    pub fn capture(&mut self, hold: u64, points: i64) {
        let parts = self
            .wallet
            .hold(hold)
            .map(|hold| hold.parts.clone())
            .unwrap_or_default();
        let mut left = points;
        let mut rest = Vec::new();
        for part in parts {
            let captured = part.amount.min(left);
            left -= captured;
            if captured > 0 {
                let lot = part.part(captured);
                self.step(Movement {
                    flow: Flow::Captured,
                    due_at: None,
                    lot,
                    paid: 0,
                    hold,
                });
            }
            if part.amount > captured {
                rest.push(part.part(part.amount - captured));
            }
        }
        self.wallet.make_room_for(rest.iter());
        for lot in rest.into_iter().rev() {
            self.put(Flow::Released, lot, hold);
        }
    }

    /// The effect, or the code of the bound that it would break.
    pub fn finish(mut self) -> Result<Effect, Code> {
        let previous = self.wallet.last;
        if self.inactive_at <= self.now {
            self.expire_with_wallet();
        }
        self.wallet.settle_down();
        Ok(Effect {
            opened: self.opened,
            inactive_at: self.inactive_at,
            ..effect(self.id, previous, self.movements, self.wallet.outlook())?
        })
    }

    /// A first activity so long ago that its date has passed: what the wallet still has goes with it.
    fn expire_with_wallet(&mut self) {
        let lots = self.wallet.lots_with_wallet().iter();
        let left = lots.filter(|lot| lot.amount > 0 && !lot.pending);
        let mut gone: Vec<Lot> = left.copied().collect();
        gone.sort_unstable_by_key(|lot| lot.id);
        for lot in gone {
            self.step(Movement {
                flow: Flow::Expired,
                due_at: Some(self.now),
                lot,
                paid: 0,
                hold: 0,
            });
        }
    }

    fn take(
        &mut self,
        flow: Flow,
        points: i64,
        order: DrawOrder,
        hold: u64,
        of: impl Fn(&Lot) -> bool,
    ) -> i64 {
        let mut left = points;
        let mut parts: SmallVec<[Lot; 4]> = SmallVec::new();
        for lot in in_order(&self.wallet, order)
            .iter()
            .filter(|lot| lot.amount > 0 && of(lot))
        {
            if left == 0 {
                break;
            }
            let amount = lot.amount.min(left);
            left -= amount;
            parts.push(lot.part(amount));
        }
        for lot in parts {
            self.step(Movement {
                flow,
                due_at: None,
                lot,
                paid: 0,
                hold,
            });
        }
        points - left
    }

    fn step(&mut self, movement: Movement) {
        self.wallet.apply(&movement);
        self.movements.push(movement);
    }
}

/// The effect of a new lot on a plain wallet to which time has done nothing, drawn without copying the wallet; `None`
/// where it takes a draft.
pub fn lone_lot(
    state: &State,
    id: WalletId,
    now: Instant,
    flow: Flow,
    lot: Lot,
) -> Option<Result<Effect, Code>> {
    let known = id.member < state.objects.member_count();
    let wallet = if known {
        state.objects.wallet(id)?
    } else {
        return None;
    };
    if !wallet.is_plain() || wallet.next_due() <= now || lot.expires_at <= now {
        return None;
    }
    let movement = Movement {
        flow,
        due_at: None,
        lot,
        paid: 0,
        hold: 0,
    };
    Some(effect(
        id,
        wallet.last,
        SmallVec::from_buf([movement]),
        wallet.outlook_with(&lot),
    ))
}

/// Closes movements into an effect, or refuses by the bound that it would break.
fn effect(
    wallet: WalletId,
    previous: u64,
    movements: SmallVec<[Movement; 1]>,
    outlook: Outlook,
) -> Result<Effect, Code> {
    let after = outlook.balance;
    let gained = i128::from(after.pending) + i128::from(after.available) + i128::from(after.held);
    if gained > i128::from(WALLET_POINTS) || after.debt > WALLET_POINTS {
        return Err(Code::BalanceLimit);
    }
    if outlook.lots > WALLET_LOTS && movements.iter().any(Movement::makes_lot) {
        return Err(Code::TooManyLots);
    }
    Ok(Effect {
        wallet,
        previous,
        opened: None,
        movements,
        after,
        next_activation: outlook.next_activation,
        next_expiry: outlook.next_expiry,
        inactive_at: Instant::NEVER,
    })
}
