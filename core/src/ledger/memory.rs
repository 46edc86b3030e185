//! What a wallet remembers beside lots, holds and debt: its date of inactivity, and what was written off.

use super::entry::{Flow, Movement};
use super::lot::Lot;
use super::time::Instant;
use super::wallet::Wallet;

/// Points that an entry wrote off and that points coming back can still make good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WriteOff {
    pub entry: u64,
    pub open: i64,
}

/// What a wallet remembers beside lots, holds and debt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Memory {
    /// Oldest first; none of zero.
    pub write_offs: Vec<WriteOff>,
    /// When points that expire with the wallet do so; `NEVER` before the first activity.
    pub inactive_at: Instant,
    /// The latest instant at which points expired by inactivity; the first instant if none did.
    pub last_inactivity: Instant,
}

impl Default for Memory {
    fn default() -> Memory {
        Memory {
            write_offs: Vec::new(),
            inactive_at: Instant::NEVER,
            last_inactivity: Instant::FIRST,
        }
    }
}

impl Wallet {
    /// When points that expire with the wallet do so; `NEVER` before the first activity.
    pub fn inactive_at(&self) -> Instant {
        self.rare
            .as_ref()
            .map_or(Instant::NEVER, |rare| rare.memory.inactive_at)
    }

    /// The latest instant at which points expired by inactivity; the first instant if none did.
    pub fn last_inactivity(&self) -> Instant {
        self.rare
            .as_ref()
            .map_or(Instant::FIRST, |rare| rare.memory.last_inactivity)
    }

    /// Write-offs that can still be made good, oldest first.
    pub fn write_offs(&self) -> &[WriteOff] {
        self.rare
            .as_ref()
            .map_or(&[], |rare| &rare.memory.write_offs)
    }

    /// When a lot expires in this wallet.
    pub fn expiry_of(&self, lot: &Lot) -> Instant {
        if lot.expires_at == Instant::WITH_WALLET {
            self.inactive_at()
        } else {
            lot.expires_at
        }
    }

    /// The lots that expire with the wallet; they stand in line behind all with a date of their own.
    pub fn lots_with_wallet(&self) -> &[Lot] {
        let start = self
            .lots()
            .partition_point(|lot| lot.expires_at < Instant::WITH_WALLET);
        let more =
            self.lots()[start..].partition_point(|lot| lot.expires_at == Instant::WITH_WALLET);
        &self.lots()[start..start + more]
    }

    /// When available points expire with the wallet; `NEVER` if there are none.
    pub fn next_inactivity(&self) -> Instant {
        let at = self.inactive_at();
        let any = |lot: &Lot| lot.amount > 0 && !lot.pending;
        if at != Instant::NEVER && self.lots_with_wallet().iter().any(any) {
            at
        } else {
            Instant::NEVER
        }
    }

    /// Earliest expiry of a lot that has points left.
    pub fn next_expiry(&self) -> Instant {
        let first = self
            .lots()
            .iter()
            .find(|lot| lot.amount > 0 && !lot.is_frozen())
            .map_or(Instant::NEVER, |lot| self.expiry_of(lot));
        if self.is_plain() {
            return first;
        }
        let with_wallet = self.lots_with_wallet().iter();
        let with_wallet = with_wallet.filter(|lot| lot.amount > 0).count();
        first.min(if with_wallet > 0 {
            self.inactive_at()
        } else {
            Instant::NEVER
        })
    }

    /// The wallet has seen activity: points that expire with it do so at another instant.
    pub fn set_inactive_at(&mut self, inactive_at: Instant) {
        self.rare().memory.inactive_at = inactive_at;
    }

    /// Keeps what is remembered beside the lots: open write-offs, and when points last expired by inactivity.
    #[inline(always)]
    pub(super) fn note(&mut self, movement: &Movement) {
        let expires =
            movement.flow == Flow::Expired && movement.lot.expires_at == Instant::WITH_WALLET;
        if expires || movement.hold != 0 {
            self.note_rare(movement);
        }
    }

    fn note_rare(&mut self, movement: &Movement) {
        let (entry, amount) = (movement.hold, movement.lot.amount);
        match movement.flow {
            Flow::Expired if movement.lot.expires_at == Instant::WITH_WALLET => {
                let at = movement.due_at.unwrap_or(Instant::FIRST);
                let memory = &mut self.rare().memory;
                memory.last_inactivity = memory.last_inactivity.max(at);
            }
            flow if flow.writes_off() && entry != 0 => {
                let write_offs = &mut self.rare().memory.write_offs;
                match write_offs.iter_mut().find(|known| known.entry == entry) {
                    Some(known) => known.open += amount,
                    None => write_offs.push(WriteOff {
                        entry,
                        open: amount,
                    }),
                }
            }
            Flow::MadeGood | Flow::WriteOffUndone | Flow::RewardWriteOffUndone if entry != 0 => {
                let write_offs = &mut self.rare().memory.write_offs;
                for known in write_offs.iter_mut().filter(|known| known.entry == entry) {
                    known.open -= amount;
                }
                write_offs.retain(|known| known.open > 0);
            }
            _ => {}
        }
    }

    /// Whether a movement names a hold or a write-off exactly where it is about one.
    #[inline(always)]
    pub(super) fn check_named(&self, movement: &Movement) -> Result<(), &'static str> {
        match movement.flow {
            Flow::Held | Flow::Released | Flow::Captured if movement.hold != 0 => Ok(()),
            Flow::Accrued | Flow::Redeemed | Flow::Expired if movement.hold == 0 => Ok(()),
            _ => self.check_rarely_named(movement),
        }
    }

    fn check_rarely_named(&self, movement: &Movement) -> Result<(), &'static str> {
        let open = || {
            let known = self.write_offs().iter();
            known
                .filter(|known| known.entry == movement.hold)
                .map(|known| known.open)
                .sum::<i64>()
        };
        match movement.flow {
            Flow::MadeGood | Flow::WriteOffUndone | Flow::RewardWriteOffUndone
                if movement.hold != 0 =>
            {
                if open() >= movement.lot.amount {
                    Ok(())
                } else {
                    Err("less is written off there than comes back")
                }
            }
            Flow::WriteOffUndone | Flow::RewardWriteOffUndone => Ok(()),
            flow if flow.writes_off() => Ok(()),
            Flow::Held | Flow::Released | Flow::Captured | Flow::MadeGood => {
                Err("what enters or leaves a hold, or makes good, names which")
            }
            _ if movement.hold != 0 => Err("exactly what enters or leaves a hold names it"),
            _ => Ok(()),
        }
    }

    /// What it remembers beside lots, holds and debt; `None` if nothing.
    pub fn memory(&self) -> Option<&Memory> {
        let memory = &self.rare.as_ref()?.memory;
        (*memory != Memory::default()).then_some(memory)
    }
}
