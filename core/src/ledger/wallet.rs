//! One member's points of one currency: lots, holds, debt, and how each movement changes them.

use smallvec::SmallVec;

use super::bounds::REQUEST_POINTS;
use super::entry::{Balance, Effect, Flow, Movement, Opened};
pub use super::hold::Hold;
use super::lot::Lot;
use super::time::Instant;

/// What most wallets never have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Rare {
    held: i64,
    debt: i64,
    holds: Vec<Hold>,
}

/// Lots are sorted by their place (expiry, activation, id); inside an effect drained lots stay in line, at its end
/// they go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wallet {
    pending: i64,
    available: i64,
    lots: SmallVec<[Lot; 1]>,
    rare: Option<Box<Rare>>,
    /// Sequence of the latest effect; 0 before the first.
    pub last: u64,
    /// Earliest instant at which time moves something here.
    next_due: Instant,
    /// Where the latest movement of an effect found its lot: the next one's is mostly the one behind.
    cursor: u32,
    /// Whether lots stand in line that have nothing left.
    drained: bool,
}

impl Default for Wallet {
    fn default() -> Wallet {
        Wallet {
            pending: 0,
            available: 0,
            lots: SmallVec::new(),
            rare: None,
            last: 0,
            next_due: Instant::NEVER,
            cursor: 0,
            drained: false,
        }
    }
}

impl Wallet {
    pub fn balance(&self) -> Balance {
        let (held, debt) = self
            .rare
            .as_ref()
            .map_or((0, 0), |rare| (rare.held, rare.debt));
        Balance {
            pending: self.pending,
            available: self.available,
            held,
            debt,
        }
    }

    pub fn debt(&self) -> i64 {
        self.rare.as_ref().map_or(0, |rare| rare.debt)
    }

    pub fn lots(&self) -> &[Lot] {
        &self.lots
    }

    pub fn holds(&self) -> &[Hold] {
        self.rare.as_ref().map_or(&[], |rare| &rare.holds)
    }

    pub fn hold(&self, id: u64) -> Option<&Hold> {
        self.holds().iter().find(|hold| hold.id == id)
    }

    pub fn next_due(&self) -> Instant {
        self.next_due
    }

    /// Earliest expiry of a lot that has points left.
    pub fn next_expiry(&self) -> Instant {
        self.lots
            .iter()
            .find(|lot| lot.amount > 0)
            .map_or(Instant::NEVER, |lot| lot.expires_at)
    }

    /// Earliest activation of a pending lot.
    pub fn next_activation(&self) -> Instant {
        if self.pending == 0 {
            return Instant::NEVER;
        }
        let pending = self.lots.iter().filter(|lot| lot.pending && lot.amount > 0);
        pending
            .map(|lot| lot.activates_at)
            .min()
            .unwrap_or(Instant::NEVER)
    }

    /// Whether neither hold nor debt can change what time does to the lots.
    pub fn is_plain(&self) -> bool {
        self.rare.is_none()
    }

    /// Applies all that one audited effect did here.
    pub fn apply_effect(&mut self, effect: &Effect, sequence: u64) {
        if let Some(opened) = effect.opened {
            self.open(opened);
        }
        self.make_room(&effect.movements);
        for movement in &effect.movements {
            self.apply(movement);
        }
        self.settle_down();
        self.last = sequence;
    }

    pub fn open(&mut self, opened: Opened) {
        let hold = Hold::new(opened.hold, opened.lapses_at, Vec::new());
        self.rare().holds.push(hold);
    }

    /// Applies one movement; what `check` accepts cannot fail here.
    pub fn apply(&mut self, movement: &Movement) {
        let amount = movement.lot.amount;
        match movement.flow {
            Flow::Accrued | Flow::RedemptionReversed | Flow::AdjustedUp => self.put(movement),
            Flow::Activated => {
                self.take(&movement.lot);
                self.pending -= amount;
                self.put(&Movement {
                    lot: Lot {
                        pending: false,
                        ..movement.lot
                    },
                    ..*movement
                });
            }
            Flow::AccrualReversed if movement.lot.pending => {
                self.take(&movement.lot);
                self.pending -= amount;
            }
            Flow::Expired | Flow::Redeemed | Flow::AccrualReversed | Flow::AdjustedDown => {
                self.take(&movement.lot);
                self.available -= amount;
            }
            Flow::ExpiryReversed => {}
            Flow::Overdrawn => self.rare().debt += amount,
            Flow::Held => {
                self.take(&movement.lot);
                self.available -= amount;
                self.hold_part(movement);
            }
            Flow::Released => {
                self.unhold_part(movement);
                self.put(movement);
            }
            Flow::Captured => self.unhold_part(movement),
        }
    }

    /// Ends an effect: drained lots go, the next due instant is found.
    pub fn settle_down(&mut self) {
        if self.drained {
            self.lots.retain(|lot| lot.amount > 0);
            self.drained = false;
        }
        self.cursor = 0;
        if let Some(rare) = &mut self.rare {
            rare.holds.iter_mut().for_each(Hold::settle_down);
        }
        let idle = |rare: &Rare| rare.held == 0 && rare.debt == 0 && rare.holds.is_empty();
        if self.rare.as_deref().is_some_and(idle) {
            self.rare = None;
        }
        let expiry = self
            .lots
            .iter()
            .find(|lot| !lot.pending)
            .map_or(Instant::NEVER, |lot| lot.expires_at);
        let lapse = self
            .holds()
            .iter()
            .map(|hold| hold.lapses_at)
            .min()
            .unwrap_or(Instant::NEVER);
        self.next_due = expiry.min(self.next_activation()).min(lapse);
    }

    /// Where in line a lot stands, if it has a place.
    pub fn position(&self, lot: &Lot) -> Result<usize, usize> {
        // Most lots that come are the last in line: this looks at no other.
        if self.lots.last().map(Lot::place) < Some(lot.place()) {
            return Err(self.lots.len());
        }
        let cursor = self.cursor as usize;
        let is_at = |at: &usize| {
            self.lots
                .get(*at)
                .is_some_and(|stored| stored.id == lot.id && stored.place() == lot.place())
        };
        let near = [cursor, cursor + 1, cursor.wrapping_sub(1)];
        match near.into_iter().find(is_at) {
            Some(at) => Ok(at),
            None => self.lots.binary_search_by_key(&lot.place(), Lot::place),
        }
    }

    /// Puts the lots that come back by many movements in line before they do, drained: one pass instead of an
    /// insertion for each.
    pub fn make_room(&mut self, movements: &[Movement]) {
        let returns = |movement: &&Movement| {
            matches!(movement.flow, Flow::Released | Flow::RedemptionReversed)
        };
        if movements.len() < MANY || movements.iter().filter(returns).count() < MANY {
            return;
        }
        let coming = movements
            .iter()
            .filter(returns)
            .map(|movement| &movement.lot);
        self.make_room_for(coming);
    }

    /// The same, for parts that are about to come back.
    pub fn make_room_for<'l>(&mut self, coming: impl Iterator<Item = &'l Lot>) {
        let absent = coming.filter(|lot| self.position(lot).is_err());
        let mut line: Vec<Lot> = absent.map(|lot| lot.part(0)).collect();
        if line.len() < MANY {
            return;
        }
        line.reserve_exact(self.lots.len());
        line.extend_from_slice(&self.lots);
        // Stable: of lots that claim one place, the first to come stands for it.
        line.sort_by_key(Lot::place);
        line.dedup_by_key(|lot| lot.place());
        line.shrink_to_fit();
        self.lots = SmallVec::from_vec(line);
        self.cursor = 0;
        self.drained = true;
    }

    fn rare(&mut self) -> &mut Rare {
        self.rare.get_or_insert_default()
    }

    /// Points come in: pending, or available after debt is paid.
    fn put(&mut self, movement: &Movement) {
        let filled = movement.lot.amount - movement.paid;
        if movement.paid > 0 {
            self.rare().debt -= movement.paid;
        }
        if movement.lot.pending {
            self.pending += filled;
        } else {
            self.available += filled;
        }
        self.drained |= filled == 0;
        match self.position(&movement.lot) {
            Ok(at) => {
                self.lots[at].amount += filled;
                self.lots[at].pending = movement.lot.pending;
                self.cursor = at as u32;
            }
            Err(at) => {
                if self.lots.len() == self.lots.capacity() {
                    self.lots.reserve_exact(room_for_more(self.lots.len()));
                }
                self.lots.insert(at, movement.lot.part(filled));
            }
        }
    }

    fn take(&mut self, part: &Lot) {
        let at = self.position(part).expect("audit found the lot in line");
        self.lots[at].amount -= part.amount;
        self.drained |= self.lots[at].amount == 0;
        self.cursor = at as u32;
    }

    fn hold_part(&mut self, movement: &Movement) {
        let rare = self.rare();
        rare.held += movement.lot.amount;
        let hold = rare
            .holds
            .iter_mut()
            .find(|hold| hold.id == movement.hold)
            .expect("audit found the hold open");
        hold.add(movement.lot);
    }

    fn unhold_part(&mut self, movement: &Movement) {
        let rare = self.rare();
        rare.held -= movement.lot.amount;
        let number = rare
            .holds
            .iter()
            .position(|hold| hold.id == movement.hold)
            .expect("audit found the hold open");
        if rare.holds[number].take(&movement.lot) {
            rare.holds.remove(number);
        }
    }
}

/// Lots that come back at once from which on they are put in line in one pass.
const MANY: usize = 16;

/// Lots of which a wallet makes room when it is full: few, as most wallets stay small.
const fn room_for_more(lots: usize) -> usize {
    match lots {
        0..=1 => 1,
        2..=16 => 2,
        _ => lots / 8,
    }
}

impl Wallet {
    /// Whether a movement fits this wallet as it stands; the pure check behind `audit`.
    pub fn check(&self, movement: &Movement) -> Result<(), &'static str> {
        let (lot, paid) = (&movement.lot, movement.paid);
        if lot.amount <= 0 || paid < 0 || paid > lot.amount {
            return Err("amounts are above zero, and no more pays debt than moves");
        }
        let Balance {
            pending,
            available,
            held,
            debt,
        } = self.balance();
        let overflows = |part: i64| part.checked_add(lot.amount).is_none();
        if lot.amount > REQUEST_POINTS
            || [pending, available, held, debt].into_iter().any(overflows)
        {
            return Err("more moves than a wallet can hold");
        }
        let moves_hold = matches!(movement.flow, Flow::Held | Flow::Released | Flow::Captured);
        if moves_hold != (movement.hold != 0) {
            return Err("exactly what enters or leaves a hold names it");
        }
        match movement.flow {
            Flow::Accrued | Flow::AdjustedUp if lot.pending => self.check_absent(lot, paid),
            Flow::Accrued | Flow::AdjustedUp => self.check_absent(lot, self.unpaid(lot, paid)?),
            Flow::RedemptionReversed => self.check_fill(lot, paid),
            Flow::Activated => {
                self.unpaid(lot, paid)?;
                if !lot.pending {
                    return Err("only a pending lot activates");
                }
                match self.find(lot) {
                    Some(stored) if stored.amount == lot.amount => Ok(()),
                    _ => Err("a lot activates whole"),
                }
            }
            Flow::Overdrawn if self.available > 0 => {
                Err("debt is made only when nothing is available")
            }
            Flow::Overdrawn | Flow::ExpiryReversed => self.check_unpaid(paid),
            Flow::AccrualReversed => self.check_take(lot, paid),
            Flow::Expired | Flow::Redeemed | Flow::AdjustedDown if lot.pending => {
                Err("a pending lot cannot be drawn on")
            }
            Flow::Expired | Flow::Redeemed | Flow::AdjustedDown => self.check_take(lot, paid),
            Flow::Held if self.hold(movement.hold).is_none() => Err("the hold is not open"),
            Flow::Held if lot.pending => Err("a pending lot cannot be held"),
            Flow::Held => self.check_take(lot, paid),
            Flow::Released => {
                self.check_held(movement)?;
                self.check_fill(lot, paid)
            }
            Flow::Captured => {
                self.check_held(movement)?;
                self.check_unpaid(paid)
            }
        }
    }

    fn find(&self, lot: &Lot) -> Option<&Lot> {
        let stored = &self.lots[self.position(lot).ok()?];
        stored.same_lot(lot).then_some(stored)
    }

    fn check_unpaid(&self, paid: i64) -> Result<(), &'static str> {
        if paid == 0 {
            Ok(())
        } else {
            Err("only points that become available pay debt")
        }
    }

    /// Debt is paid as far as it goes; returns zero so that callers can chain it.
    fn unpaid(&self, lot: &Lot, paid: i64) -> Result<i64, &'static str> {
        if paid == self.debt().min(lot.amount) {
            Ok(0)
        } else {
            Err("points that become available pay debt first")
        }
    }

    fn check_absent(&self, lot: &Lot, paid: i64) -> Result<(), &'static str> {
        self.check_unpaid(paid)?;
        if self.position(lot).is_ok() {
            Err("the lot exists already")
        } else {
            Ok(())
        }
    }

    fn check_take(&self, lot: &Lot, paid: i64) -> Result<(), &'static str> {
        self.check_unpaid(paid)?;
        match self.find(lot) {
            Some(stored) if stored.amount >= lot.amount => Ok(()),
            Some(_) => Err("the lot holds less than is drawn"),
            None => Err("no such lot"),
        }
    }

    fn check_fill(&self, lot: &Lot, paid: i64) -> Result<(), &'static str> {
        self.unpaid(lot, paid)?;
        if lot.pending {
            return Err("points come back available");
        }
        match self.position(lot) {
            Ok(at) if !self.lots[at].same_lot(lot) => {
                Err("the lot's dates, terms or origin differ")
            }
            _ => Ok(()),
        }
    }

    fn check_held(&self, movement: &Movement) -> Result<(), &'static str> {
        let hold = self.hold(movement.hold).ok_or("the hold is not open")?;
        match hold.part_of(&movement.lot) {
            Some(part) if !part.same_lot(&movement.lot) => Err("the hold keeps nothing of the lot"),
            Some(part) if part.amount >= movement.lot.amount => Ok(()),
            Some(_) => Err("the hold keeps less of the lot than leaves it"),
            None => Err("the hold keeps nothing of the lot"),
        }
    }

    /// Balance recomputed from lots and holds; the stored sums must equal it.
    pub fn recomputed(&self) -> Balance {
        let sum = |pending| {
            self.lots
                .iter()
                .filter(|lot| lot.pending == pending)
                .map(|lot| lot.amount)
                .sum()
        };
        let held = self
            .holds()
            .iter()
            .flat_map(|hold| &hold.parts)
            .map(|part| part.amount)
            .sum();
        Balance {
            pending: sum(true),
            available: sum(false),
            held,
            debt: self.debt(),
        }
    }

    /// Puts a wallet together from its stored parts.
    pub fn from_parts(lots: Vec<Lot>, holds: Vec<Hold>, debt: i64, last: u64) -> Wallet {
        let mut wallet = Wallet {
            lots: SmallVec::from_vec(lots),
            last,
            drained: true,
            ..Wallet::default()
        };
        if !holds.is_empty() || debt != 0 {
            wallet.rare = Some(Box::new(Rare {
                held: 0,
                debt,
                holds,
            }));
        }
        let Balance {
            pending,
            available,
            held,
            ..
        } = wallet.recomputed();
        (wallet.pending, wallet.available) = (pending, available);
        if let Some(rare) = &mut wallet.rare {
            rare.held = held;
        }
        wallet.settle_down();
        wallet
    }
}
