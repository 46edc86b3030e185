//! The totals: what every movement is booked on, per currency and terms. Their sum is zero after every entry.

use super::entry::{Flow, Movement};
use super::lot::TermsId;

/// The accounts of one currency and one set of terms. `Outstanding` stands on the members' side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Account {
    /// pending + available + held − debt of all wallets; debt and what pays it bear no terms.
    Outstanding = 0,
    Accrued = 1,
    AccrualReversed = 2,
    Redeemed = 3,
    RedemptionReversed = 4,
    Expired = 5,
    Reinstated = 6,
    Adjusted = 7,
    TransferredOut = 8,
    TransferredIn = 9,
    Forfeited = 10,
    WrittenOff = 11,
    SettledInCash = 12,
}

impl Account {
    pub const COUNT: usize = 13;
    pub const ALL: [Account; Account::COUNT] = [
        Account::Outstanding,
        Account::Accrued,
        Account::AccrualReversed,
        Account::Redeemed,
        Account::RedemptionReversed,
        Account::Expired,
        Account::Reinstated,
        Account::Adjusted,
        Account::TransferredOut,
        Account::TransferredIn,
        Account::Forfeited,
        Account::WrittenOff,
        Account::SettledInCash,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Account::Outstanding => "outstanding",
            Account::Accrued => "accrued",
            Account::AccrualReversed => "accrual_reversed",
            Account::Redeemed => "redeemed",
            Account::RedemptionReversed => "redemption_reversed",
            Account::Expired => "expired",
            Account::Reinstated => "reinstated",
            Account::Adjusted => "adjusted",
            Account::TransferredOut => "transferred_out",
            Account::TransferredIn => "transferred_in",
            Account::Forfeited => "forfeited",
            Account::WrittenOff => "written_off",
            Account::SettledInCash => "settled_in_cash",
        }
    }
}

/// Signed sums; points that members gain are booked above zero on `Outstanding` and below zero opposite.
pub type Sums = [i128; Account::COUNT];

/// Sums per currency and terms, both dense.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Accounts {
    currencies: Vec<Vec<Sums>>,
}

impl Accounts {
    pub fn sums(&self, currency: u8, terms: TermsId) -> Sums {
        let by_terms = self.currencies.get(currency as usize);
        by_terms
            .and_then(|list| list.get(terms.0 as usize))
            .copied()
            .unwrap_or([0; Account::COUNT])
    }

    /// Whether nothing was ever booked.
    pub fn is_empty(&self) -> bool {
        self.currencies.is_empty()
    }

    /// Every (currency, terms) that was ever booked on, in order.
    pub fn iter(&self) -> impl Iterator<Item = (u8, TermsId, &Sums)> {
        self.currencies
            .iter()
            .enumerate()
            .flat_map(|(currency, list)| {
                list.iter()
                    .enumerate()
                    .map(move |(terms, sums)| (currency as u8, TermsId(terms as u32), sums))
            })
    }

    pub fn set(&mut self, currency: u8, terms: TermsId, sums: Sums) {
        *self.slot(currency, terms) = sums;
    }

    /// Books one movement: each account's change and its opposite.
    pub fn book(&mut self, currency: u8, movement: &Movement) {
        let amount = movement.lot.amount as i128;
        let terms = if movement.flow.has_no_lot() {
            TermsId::NONE
        } else {
            movement.lot.terms
        };
        let sums = self.slot(currency, terms);
        for (account, sign) in booked_on(movement.flow) {
            transfer(sums, *account, sign * amount);
        }
        if movement.paid > 0 {
            sums[Account::Outstanding as usize] -= movement.paid as i128;
            self.slot(currency, TermsId::NONE)[Account::Outstanding as usize] +=
                movement.paid as i128;
        }
    }

    /// Whether the sum over all accounts of each currency is zero.
    pub fn balanced(&self) -> bool {
        self.currencies
            .iter()
            .all(|list| list.iter().flatten().sum::<i128>() == 0)
    }

    fn slot(&mut self, currency: u8, terms: TermsId) -> &mut Sums {
        let (currency, terms) = (currency as usize, terms.0 as usize);
        if self.currencies.len() <= currency {
            self.currencies.resize_with(currency + 1, Vec::new);
        }
        let list = &mut self.currencies[currency];
        if list.len() <= terms {
            list.resize(terms + 1, [0; Account::COUNT]);
        }
        &mut list[terms]
    }
}

/// The accounts a flow is booked on, and whether the members gain (1) or lose (−1) by it.
const fn booked_on(flow: Flow) -> &'static [(Account, i128)] {
    match flow {
        Flow::Accrued | Flow::Rewarded => &[(Account::Accrued, 1)],
        Flow::AccrualReversed | Flow::Overdrawn | Flow::RewardTaken | Flow::RewardOverdrawn => {
            &[(Account::AccrualReversed, -1)]
        }
        Flow::AccrualRestored
        | Flow::DebtUndone
        | Flow::RewardRestored
        | Flow::RewardDebtUndone => &[(Account::AccrualReversed, 1)],
        Flow::Redeemed | Flow::Captured | Flow::RedeemOverdrawn => &[(Account::Redeemed, -1)],
        Flow::RedemptionReversed => &[(Account::RedemptionReversed, 1)],
        Flow::ReturnTaken | Flow::ReturnOverdrawn => &[(Account::RedemptionReversed, -1)],
        Flow::Expired => &[(Account::Expired, -1)],
        Flow::Reinstated => &[(Account::Reinstated, 1)],
        Flow::ExpiryReversed | Flow::RewardExpiryTaken => {
            &[(Account::Reinstated, 1), (Account::AccrualReversed, -1)]
        }
        Flow::ExpiryRestored | Flow::RewardExpiryRestored => {
            &[(Account::Reinstated, -1), (Account::AccrualReversed, 1)]
        }
        Flow::AdjustedUp | Flow::AdjustmentReturned => &[(Account::Adjusted, 1)],
        Flow::AdjustedDown | Flow::AdjustOverdrawn => &[(Account::Adjusted, -1)],
        Flow::TransferredIn => &[(Account::TransferredIn, 1)],
        Flow::TransferredOut | Flow::TransferOverdrawn => &[(Account::TransferredOut, -1)],
        Flow::Forfeited => &[(Account::Forfeited, -1)],
        Flow::DebtForgiven => &[(Account::WrittenOff, 1)],
        Flow::MadeGood => &[(Account::WrittenOff, -1)],
        Flow::WrittenOff | Flow::RewardWrittenOff => {
            &[(Account::AccrualReversed, -1), (Account::WrittenOff, 1)]
        }
        Flow::WriteOffUndone | Flow::RewardWriteOffUndone => {
            &[(Account::WrittenOff, -1), (Account::AccrualReversed, 1)]
        }
        Flow::ReturnWrittenOff => &[(Account::RedemptionReversed, -1), (Account::WrittenOff, 1)],
        Flow::TransferWrittenOff => &[(Account::TransferredOut, -1), (Account::WrittenOff, 1)],
        Flow::SettledInCash => &[(Account::AccrualReversed, -1), (Account::SettledInCash, 1)],
        Flow::CashUndone => &[(Account::SettledInCash, -1), (Account::AccrualReversed, 1)],
        Flow::Activated | Flow::Held | Flow::Released | Flow::MovedOut | Flow::MovedIn => &[],
    }
}

/// `gained` points (negative: lost) on the members' side, the same on the other account with the sign turned.
fn transfer(sums: &mut Sums, opposite: Account, gained: i128) {
    sums[Account::Outstanding as usize] += gained;
    sums[opposite as usize] -= gained;
}
