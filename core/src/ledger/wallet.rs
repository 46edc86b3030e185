//! One member's points of one currency: lots, holds, debt, and how each movement changes them.

use smallvec::SmallVec;

use super::bounds::REQUEST_POINTS;
use super::entry::{Balance, Effect, Movement, Opened, Way};
pub use super::hold::Hold;
use super::line::room_for_more;
use super::lot::Lot;
use super::memory::Memory;
use super::time::Instant;

/// What most wallets never have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Rare {
    held: i64,
    debt: i64,
    holds: Vec<Hold>,
    pub(super) memory: Memory,
}

/// Lots are sorted by their place (expiry, activation, id); inside an effect drained lots stay in line, at its end
/// they go.
#[derive(Debug, PartialEq, Eq)]
pub struct Wallet {
    pending: i64,
    available: i64,
    pub(super) lots: SmallVec<[Lot; 1]>,
    pub(super) rare: Option<Box<Rare>>,
    /// Sequence of the latest effect; 0 before the first.
    pub last: u64,
    /// Earliest instant at which time moves something here.
    next_due: Instant,
    /// Where the latest movement of an effect found its lot: the next one's is mostly the one behind.
    pub(super) cursor: u32,
    /// Whether lots stand in line that have nothing left.
    pub(super) drained: bool,
}

/// The lots are copied as one piece of memory: a decision and its audit begin with a copy.
impl Clone for Wallet {
    fn clone(&self) -> Wallet {
        Wallet {
            lots: SmallVec::from_slice(&self.lots),
            rare: self.rare.clone(),
            ..*self
        }
    }
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

    /// Earliest instant at which a freeze lapses that nobody decided on.
    pub fn next_lapse_of_freeze(&self) -> Instant {
        if self.pending == 0 {
            return Instant::NEVER;
        }
        let frozen = self
            .lots
            .iter()
            .filter(|lot| lot.is_frozen() && lot.amount > 0);
        frozen
            .map(|lot| lot.expires_at)
            .min()
            .unwrap_or(Instant::NEVER)
    }

    /// Whether no hold, debt or date of the wallet's own can change what time does to the lots.
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
        if effect.inactive_at != Instant::NEVER {
            self.set_inactive_at(effect.inactive_at);
        }
        self.settle_down();
        self.last = sequence;
    }

    /// Opens a hold, or lets one that is open live until another instant.
    pub fn open(&mut self, opened: Opened) {
        let holds = &mut self.rare().holds;
        match holds.iter_mut().find(|hold| hold.id == opened.hold) {
            Some(hold) => hold.lapses_at = opened.lapses_at,
            None => holds.push(Hold::new(opened.hold, opened.lapses_at, Vec::new())),
        }
    }

    /// Applies one movement; what `check` accepts cannot fail here.
    pub fn apply(&mut self, movement: &Movement) {
        let amount = movement.lot.amount;
        match movement.flow.way() {
            Way::New | Way::Back | Way::Restored => self.put(movement),
            Way::Activates => {
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
            Way::Taken if movement.lot.pending => {
                self.take(&movement.lot);
                self.pending -= amount;
            }
            Way::Out | Way::Taken => {
                self.take(&movement.lot);
                self.available -= amount;
                self.note(movement);
            }
            Way::Noted => self.note(movement),
            Way::Owes => self.rare().debt += amount,
            Way::Forgiven => self.rare().debt -= amount,
            Way::Holds => {
                self.take(&movement.lot);
                self.available -= amount;
                self.hold_part(movement);
            }
            Way::Releases => {
                self.unhold_part(movement);
                self.put(movement);
            }
            Way::Captures => self.unhold_part(movement),
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
        if self.rare.as_deref() == Some(&Rare::default()) {
            self.rare = None;
        }
        let first = self.lots.iter().find(|lot| !lot.pending);
        let expiry = match first.map(|lot| lot.expires_at) {
            Some(dated) if dated <= Instant::FORESEEABLE => dated,
            _ => Instant::NEVER,
        };
        let expiry = expiry.min(self.next_inactivity());
        let lapse = self
            .holds()
            .iter()
            .map(|hold| hold.lapses_at)
            .min()
            .unwrap_or(Instant::NEVER);
        self.next_due = expiry
            .min(self.next_activation())
            .min(self.next_lapse_of_freeze())
            .min(lapse);
    }

    pub(super) fn rare(&mut self) -> &mut Rare {
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
        self.check_named(movement)?;
        match movement.flow.way() {
            Way::New if lot.pending => self.check_absent(lot, paid),
            Way::New => self.check_absent(lot, self.unpaid(lot, paid)?),
            Way::Restored if lot.pending => {
                self.check_unpaid(paid)?;
                self.check_same(lot)
            }
            Way::Back | Way::Restored => self.check_fill(lot, paid),
            Way::Activates => {
                self.unpaid(lot, paid)?;
                if !lot.pending {
                    return Err("only a pending lot activates");
                }
                match self.find(lot) {
                    Some(stored) if stored.amount == lot.amount => Ok(()),
                    _ => Err("a lot activates whole"),
                }
            }
            Way::Owes if self.available > 0 => Err("debt is made only when nothing is available"),
            Way::Forgiven if lot.amount > self.debt() => Err("more debt goes than there is"),
            Way::Owes | Way::Forgiven | Way::Noted => self.check_unpaid(paid),
            Way::Taken => self.check_take(lot, paid),
            Way::Out if lot.pending => Err("a pending lot cannot be drawn on"),
            Way::Out => self.check_take(lot, paid),
            Way::Holds if self.hold(movement.hold).is_none() => Err("the hold is not open"),
            Way::Holds if lot.pending => Err("a pending lot cannot be held"),
            Way::Holds => self.check_take(lot, paid),
            Way::Releases => {
                self.check_held(movement)?;
                self.check_fill(lot, paid)
            }
            Way::Captures => {
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
        self.check_same(lot)
    }

    /// A lot that is there already is the same in every field.
    fn check_same(&self, lot: &Lot) -> Result<(), &'static str> {
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
        Wallet::from_stored(lots, holds, debt, last, Memory::default())
    }

    /// Puts a wallet together from all its stored parts.
    pub fn from_stored(
        lots: Vec<Lot>,
        holds: Vec<Hold>,
        debt: i64,
        last: u64,
        memory: Memory,
    ) -> Wallet {
        let mut wallet = Wallet {
            lots: SmallVec::from_vec(lots),
            last,
            drained: true,
            ..Wallet::default()
        };
        if !holds.is_empty() || debt != 0 || memory != Memory::default() {
            wallet.rare = Some(Box::new(Rare {
                held: 0,
                debt,
                holds,
                memory,
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
