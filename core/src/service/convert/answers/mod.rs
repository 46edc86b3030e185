//! Answers go out: one conversion per thing that the engine tells.

mod entries;
mod members;
mod referrals;
mod stories;
mod sums;

use prost_types::Timestamp;

use super::fields::FieldError;
use crate::engine::RowAnswer;
use crate::ledger::answer::Answer;
use crate::ledger::entry::{Balance, RecordedAt};
use crate::ledger::request::{Money, Price};
use crate::ledger::time::{Instant, MICROS_PER_SECOND};
use crate::query::Change;
use crate::service::wire;
use crate::table::answers::AnswerColumns;
use crate::table::ipc;

pub use entries::{entry, statement};
pub use members::{held_alias, link, open_hold, status, wallet};
pub use referrals::{issued_code, kpis, listed, meaning, referral, tree};
pub use stories::explanation;
pub use sums::{TooLarge, checkpoint, ladder, program, report, till_total, trial_balance};

const NANOS_PER_SECOND: i64 = 1_000_000_000;

/// An answer, with what is not part of the first one.
#[derive(Clone, Debug, PartialEq)]
pub struct Answered {
    answer: wire::Answer,
    replayed: bool,
    current_available: i64,
}

impl Answered {
    /// `current_available` is what the wallet has now, where that is another than the answer's.
    pub fn new(told: &Answer, current_available: Option<i64>) -> Answered {
        Answered {
            answer: answer(told),
            replayed: told.replayed,
            current_available: current_available.unwrap_or(told.balance.available),
        }
    }
}

impl Answered {
    /// The same for who may not see the member's balance.
    pub fn without_balance(mut self) -> Answered {
        self.answer.balance = None;
        self.answer.next_activation_time = None;
        self.answer.next_expiry_time = None;
        self.current_available = 0;
        self
    }
}

/// Messages that answer a write.
macro_rules! answers {
    ($($response:ident)*) => {$(
        impl From<Answered> for wire::$response {
            fn from(answered: Answered) -> wire::$response {
                wire::$response {
                    answer: Some(answered.answer),
                    replayed: answered.replayed,
                    current_available: answered.current_available,
                }
            }
        }
    )*};
}

answers! {
    EnrollMemberResponse AddAliasResponse RemoveAliasResponse ReplaceAliasResponse
    BlockMemberResponse UnblockMemberResponse CloseMemberResponse
    EraseMemberResponse
    RecordPurchaseResponse AccruePointsResponse RedeemPointsResponse AdjustPointsResponse
    TransferPointsResponse ReinstatePointsResponse ExtendExpiryResponse ForgiveDebtResponse
    ActivatePointsResponse AuthorizeRedemptionResponse CaptureRedemptionResponse
    VoidRedemptionResponse ExtendAuthorizationResponse ReverseTransactionResponse
    LinkMemberResponse UnlinkMemberResponse
    IssueReferralCodeResponse DisableReferralCodeResponse RecordTouchResponse BindReferralResponse
    RecordStepResponse ReviewReferralResponse CloseReferralPeriodResponse DisputePurchaseResponse
    ChangeCouponResponse
}

impl From<Answered> for wire::IssueOneTimeCodeResponse {
    /// Whoever asked knows the code; it is no part of what is written.
    fn from(answered: Answered) -> wire::IssueOneTimeCodeResponse {
        wire::IssueOneTimeCodeResponse {
            code: String::new(),
            expires_time: None,
            answer: Some(answered.answer),
            replayed: answered.replayed,
            current_available: answered.current_available,
        }
    }
}

/// The part of an answer that is the same whenever its key is sent again.
pub fn answer(told: &Answer) -> wire::Answer {
    wire::Answer {
        sequence: told.sequence,
        recorded_time: Some(recorded(told.recorded_at)),
        code: i32::from(told.code.number()),
        requested: told.requested,
        awarded: told.awarded,
        balance: Some(balance(&told.balance)),
        next_activation_time: time(told.next_activation),
        next_expiry_time: time(told.next_expiry),
        original: told.original,
        spent: told.spent,
        cash_minor_units: told.cash,
        kept_back_minor_units: told.kept_back,
        spared: told.spared,
        charged: told.charged,
        taken_back: told.taken_back,
        overdrawn: told.overdrawn,
        referral: told.referral.map_or(0, |code| i32::from(code.number())),
        referral_code: told.referral_code.as_deref().unwrap_or_default().to_owned(),
        vested: told.vested,
    }
}

/// What became of a batch's items: answers of those that could be read, in order, and errors of the others by place.
pub fn batch(
    answers: &[RowAnswer],
    wrong: &[(usize, FieldError)],
    refused: Option<usize>,
) -> wire::PostBatchResponse {
    let mut results = Vec::with_capacity(answers.len() + wrong.len());
    let mut answers = answers.iter();
    for (place, error) in wrong {
        results.extend(answers.by_ref().take(place - results.len()).map(row));
        results.push(unread(error));
    }
    results.extend(answers.map(row));
    wire::PostBatchResponse {
        results,
        refused_item: refused.and_then(|place| u32::try_from(place).ok()),
    }
}

/// What became of a table's rows, as the table that they came as.
pub fn table(answers: &[RowAnswer], refused: Option<usize>) -> wire::PostTableResponse {
    let mut columns = AnswerColumns::with_capacity(answers.len());
    for answer in answers {
        columns.add(answer);
    }
    wire::PostTableResponse {
        arrow_ipc: ipc::write(&columns.finish()).into(),
        refused_row: refused.and_then(|row| u32::try_from(row).ok()),
    }
}

fn row(told: &RowAnswer) -> wire::BatchResult {
    wire::BatchResult {
        code: i32::from(told.code.number()),
        sequence: told.sequence,
        recorded_time: (told.sequence != 0).then(|| recorded(RecordedAt(told.recorded_at))),
        requested: told.requested,
        awarded: told.awarded,
        available: told.available,
        replayed: told.replayed,
        message: String::new(),
    }
}

fn unread(error: &FieldError) -> wire::BatchResult {
    wire::BatchResult {
        code: i32::from(error.code.number()),
        message: error.to_string(),
        ..wire::BatchResult::default()
    }
}

fn balance(balance: &Balance) -> wire::Balance {
    wire::Balance {
        pending: balance.pending,
        available: balance.available,
        held: balance.held,
        debt: balance.debt,
    }
}

fn change(change: &Change) -> wire::Change {
    wire::Change {
        pending: change.pending,
        available: change.available,
        held: change.held,
        debt: change.debt,
    }
}

fn money(money: &Money) -> wire::Money {
    wire::Money {
        minor_units: money.minor_units,
        currency_code: currency_code(money.currency),
    }
}

fn price(price: &Price) -> wire::Price {
    wire::Price {
        micros: price.micros,
        currency_code: currency_code(price.currency),
    }
}

fn currency_code(bytes: [u8; 3]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
}

/// An instant; nothing for one that never comes.
pub fn time(instant: Instant) -> Option<Timestamp> {
    instant.is_valid().then(|| Timestamp {
        seconds: instant.0.div_euclid(MICROS_PER_SECOND),
        nanos: (instant.0.rem_euclid(MICROS_PER_SECOND) * 1_000) as i32,
    })
}

/// When an entry was recorded, to the nanosecond.
pub fn recorded(at: RecordedAt) -> Timestamp {
    Timestamp {
        seconds: at.0.div_euclid(NANOS_PER_SECOND),
        nanos: at.0.rem_euclid(NANOS_PER_SECOND) as i32,
    }
}
