//! Flows: every way points can move, and what each does to a wallet.

/// Every way points can move.
///
/// ```text
///  flow               from                 to                    booked on
///  Accrued            –                    pending | available*  accrued
///  Activated          pending              available*            –
///  Expired            available            –                     expired
///  Redeemed           available            –                     redeemed
///  RedemptionReversed –                    available*            redemption_reversed
///  AccrualReversed    pending | available  –                     accrual_reversed
///  ExpiryReversed     –                    –                     reinstated and accrual_reversed
///  Overdrawn          –                    debt                  accrual_reversed
///  AdjustedUp         –                    pending | available*  adjusted
///  AdjustedDown       available            –                     adjusted
///  Held               available            held                  –
///  Released           held                 available*            –
///  Captured           held                 –                     redeemed
///  TransferredOut     available            –                     transferred_out
///  TransferredIn      –                    available*            transferred_in
///  Forfeited          pending | available  –                     forfeited
///  Reinstated         –                    available*            reinstated
///  RedeemOverdrawn    –                    debt                  redeemed
///  AdjustOverdrawn    –                    debt                  adjusted
///  TransferOverdrawn  –                    debt                  transferred_out
///  ReturnOverdrawn    –                    debt                  redemption_reversed, back
///  WrittenOff         –                    –                     accrual_reversed and written_off
///  ReturnWrittenOff   –                    –                     redemption_reversed, back, and written_off
///  TransferWrittenOff –                    –                     transferred_out and written_off
///  SettledInCash      –                    –                     accrual_reversed and settled_in_cash
///  DebtForgiven       debt                 –                     written_off
///  MadeGood           available            –                     written_off, back
///  AccrualRestored    –                    pending | available*  accrual_reversed, back
///  DebtUndone         debt                 –                     accrual_reversed, back
///  ExpiryRestored     –                    –                     reinstated and accrual_reversed, both back
///  WriteOffUndone     –                    –                     accrual_reversed and written_off, both back
///  CashUndone         –                    –                     accrual_reversed and settled_in_cash, both back
///  ReturnTaken        available            –                     redemption_reversed, back
///  AdjustmentReturned –                    available*            adjusted
///  MovedOut           pending | available  –                     –, as much as MovedIn
///  MovedIn            –                    pending | available*  –, as much as MovedOut
///  Rewarded           –                    pending | available*  accrued
///  RewardTaken        pending | available  –                     accrual_reversed
///  RewardExpiryTaken  –                    –                     reinstated and accrual_reversed
///  RewardOverdrawn    –                    debt                  accrual_reversed
///  RewardWrittenOff   –                    –                     accrual_reversed and written_off
///  RewardRestored     –                    pending | available*  accrual_reversed, back
///  RewardDebtUndone   debt                 –                     accrual_reversed, back
///  RewardExpiryRestored –                  –                     reinstated and accrual_reversed, both back
///  RewardWriteOffUndone –                  –                     accrual_reversed and written_off, both back
///                                          * debt is paid first
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Flow {
    Accrued = 1,
    Activated = 2,
    Expired = 3,
    Redeemed = 4,
    RedemptionReversed = 5,
    AccrualReversed = 6,
    ExpiryReversed = 7,
    Overdrawn = 8,
    AdjustedUp = 9,
    AdjustedDown = 10,
    Held = 11,
    Released = 12,
    Captured = 13,
    TransferredOut = 14,
    TransferredIn = 15,
    Forfeited = 16,
    Reinstated = 17,
    RedeemOverdrawn = 18,
    AdjustOverdrawn = 19,
    TransferOverdrawn = 20,
    ReturnOverdrawn = 21,
    WrittenOff = 22,
    ReturnWrittenOff = 23,
    TransferWrittenOff = 24,
    SettledInCash = 25,
    DebtForgiven = 26,
    MadeGood = 27,
    AccrualRestored = 28,
    DebtUndone = 29,
    ExpiryRestored = 30,
    WriteOffUndone = 31,
    CashUndone = 32,
    ReturnTaken = 33,
    AdjustmentReturned = 34,
    MovedOut = 35,
    MovedIn = 36,
    Rewarded = 37,
    RewardTaken = 38,
    RewardExpiryTaken = 39,
    RewardOverdrawn = 40,
    RewardWrittenOff = 41,
    RewardRestored = 42,
    RewardDebtUndone = 43,
    RewardExpiryRestored = 44,
    RewardWriteOffUndone = 45,
}

impl Flow {
    pub const ALL: [Flow; 45] = [
        Flow::Accrued,
        Flow::Activated,
        Flow::Expired,
        Flow::Redeemed,
        Flow::RedemptionReversed,
        Flow::AccrualReversed,
        Flow::ExpiryReversed,
        Flow::Overdrawn,
        Flow::AdjustedUp,
        Flow::AdjustedDown,
        Flow::Held,
        Flow::Released,
        Flow::Captured,
        Flow::TransferredOut,
        Flow::TransferredIn,
        Flow::Forfeited,
        Flow::Reinstated,
        Flow::RedeemOverdrawn,
        Flow::AdjustOverdrawn,
        Flow::TransferOverdrawn,
        Flow::ReturnOverdrawn,
        Flow::WrittenOff,
        Flow::ReturnWrittenOff,
        Flow::TransferWrittenOff,
        Flow::SettledInCash,
        Flow::DebtForgiven,
        Flow::MadeGood,
        Flow::AccrualRestored,
        Flow::DebtUndone,
        Flow::ExpiryRestored,
        Flow::WriteOffUndone,
        Flow::CashUndone,
        Flow::ReturnTaken,
        Flow::AdjustmentReturned,
        Flow::MovedOut,
        Flow::MovedIn,
        Flow::Rewarded,
        Flow::RewardTaken,
        Flow::RewardExpiryTaken,
        Flow::RewardOverdrawn,
        Flow::RewardWrittenOff,
        Flow::RewardRestored,
        Flow::RewardDebtUndone,
        Flow::RewardExpiryRestored,
        Flow::RewardWriteOffUndone,
    ];

    pub fn from_number(number: u8) -> Option<Flow> {
        Flow::ALL.into_iter().find(|flow| *flow as u8 == number)
    }
}

/// What a flow does to a wallet: flows that differ only in what they are booked on go one way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// A lot that was not there comes in, pending or available.
    New,
    /// Points come in, available, to a lot that may be there.
    Back,
    /// Points come in, pending or available, to a lot that may be there.
    Restored,
    /// A pending lot becomes available.
    Activates,
    /// Available points go.
    Out,
    /// Pending or available points go.
    Taken,
    /// Debt grows.
    Owes,
    /// Debt shrinks.
    Forgiven,
    /// Nothing moves; it is only booked.
    Noted,
    /// Available points enter a hold.
    Holds,
    /// Points leave a hold and become available.
    Releases,
    /// Points leave a hold for good.
    Captures,
}

impl Flow {
    pub const fn way(self) -> Way {
        match self {
            Flow::Accrued | Flow::AdjustedUp | Flow::Rewarded => Way::New,
            Flow::RedemptionReversed
            | Flow::TransferredIn
            | Flow::Reinstated
            | Flow::AdjustmentReturned => Way::Back,
            Flow::AccrualRestored | Flow::MovedIn | Flow::RewardRestored => Way::Restored,
            Flow::Activated => Way::Activates,
            Flow::Expired
            | Flow::Redeemed
            | Flow::AdjustedDown
            | Flow::TransferredOut
            | Flow::MadeGood
            | Flow::ReturnTaken => Way::Out,
            Flow::AccrualReversed | Flow::Forfeited | Flow::MovedOut | Flow::RewardTaken => {
                Way::Taken
            }
            Flow::Overdrawn
            | Flow::RedeemOverdrawn
            | Flow::AdjustOverdrawn
            | Flow::TransferOverdrawn
            | Flow::RewardOverdrawn
            | Flow::ReturnOverdrawn => Way::Owes,
            Flow::DebtForgiven | Flow::DebtUndone | Flow::RewardDebtUndone => Way::Forgiven,
            Flow::ExpiryReversed
            | Flow::WrittenOff
            | Flow::ReturnWrittenOff
            | Flow::TransferWrittenOff
            | Flow::SettledInCash
            | Flow::ExpiryRestored
            | Flow::WriteOffUndone
            | Flow::RewardExpiryTaken
            | Flow::RewardWrittenOff
            | Flow::RewardExpiryRestored
            | Flow::RewardWriteOffUndone
            | Flow::CashUndone => Way::Noted,
            Flow::Held => Way::Holds,
            Flow::Released => Way::Releases,
            Flow::Captured => Way::Captures,
        }
    }

    /// Whether it is about an amount alone: its lot is empty but for that.
    pub const fn has_no_lot(self) -> bool {
        match self.way() {
            Way::Owes | Way::Forgiven => true,
            Way::Noted => !self.counts_expired(),
            _ => false,
        }
    }

    /// Whether points that are gone count as taken, or no longer do.
    pub const fn counts_expired(self) -> bool {
        matches!(
            self,
            Flow::ExpiryReversed
                | Flow::ExpiryRestored
                | Flow::RewardExpiryTaken
                | Flow::RewardExpiryRestored
        )
    }

    /// Whether it gives a reward, takes one back, or undoes that.
    pub const fn is_of_reward(self) -> bool {
        self as u8 >= Flow::Rewarded as u8
    }

    /// Whether it writes points off that can be made good later.
    pub const fn writes_off(self) -> bool {
        matches!(
            self,
            Flow::WrittenOff
                | Flow::ReturnWrittenOff
                | Flow::TransferWrittenOff
                | Flow::RewardWrittenOff
        )
    }

    /// The flow's name as people read it.
    pub const fn name(self) -> &'static str {
        match self {
            Flow::Accrued => "accrued",
            Flow::Activated => "activated",
            Flow::Expired => "expired",
            Flow::Redeemed => "redeemed",
            Flow::RedemptionReversed => "redemption_reversed",
            Flow::AccrualReversed => "accrual_reversed",
            Flow::ExpiryReversed => "expiry_reversed",
            Flow::Overdrawn => "overdrawn",
            Flow::AdjustedUp => "adjusted_up",
            Flow::AdjustedDown => "adjusted_down",
            Flow::Held => "held",
            Flow::Released => "released",
            Flow::Captured => "captured",
            Flow::TransferredOut => "transferred_out",
            Flow::TransferredIn => "transferred_in",
            Flow::Forfeited => "forfeited",
            Flow::Reinstated => "reinstated",
            Flow::RedeemOverdrawn => "redeem_overdrawn",
            Flow::AdjustOverdrawn => "adjust_overdrawn",
            Flow::TransferOverdrawn => "transfer_overdrawn",
            Flow::ReturnOverdrawn => "return_overdrawn",
            Flow::WrittenOff => "written_off",
            Flow::ReturnWrittenOff => "return_written_off",
            Flow::TransferWrittenOff => "transfer_written_off",
            Flow::SettledInCash => "settled_in_cash",
            Flow::DebtForgiven => "debt_forgiven",
            Flow::MadeGood => "made_good",
            Flow::AccrualRestored => "accrual_restored",
            Flow::DebtUndone => "debt_undone",
            Flow::ExpiryRestored => "expiry_restored",
            Flow::WriteOffUndone => "write_off_undone",
            Flow::CashUndone => "cash_undone",
            Flow::ReturnTaken => "return_taken",
            Flow::AdjustmentReturned => "adjustment_returned",
            Flow::MovedOut => "moved_out",
            Flow::MovedIn => "moved_in",
            Flow::Rewarded => "rewarded",
            Flow::RewardTaken => "reward_taken",
            Flow::RewardExpiryTaken => "reward_expiry_taken",
            Flow::RewardOverdrawn => "reward_overdrawn",
            Flow::RewardWrittenOff => "reward_written_off",
            Flow::RewardRestored => "reward_restored",
            Flow::RewardDebtUndone => "reward_debt_undone",
            Flow::RewardExpiryRestored => "reward_expiry_restored",
            Flow::RewardWriteOffUndone => "reward_write_off_undone",
        }
    }
}
