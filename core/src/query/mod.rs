//! Reads: answers questions from views of the state and the journal; never writes.

mod balance;
mod explain;
mod history;
mod holds;
mod ladder;
mod referral_code;
mod referral_words;
mod referrals;
mod rewards;
mod statement;
mod till_totals;
mod totals;
mod trial_balance;
mod verify;

#[cfg(test)]
mod sample;

pub use balance::{BalanceView, balance, wallet_at};
pub use explain::{DebtStory, Explanation, LotStory, StoryLine, explain};
pub use history::{History, HistoryError};
pub use holds::{OpenHold, WantedHolds, open_holds};
pub use ladder::{Ladder, ladder, program_ladder};
pub use referral_code::{CodeKind, CodeState, CodeView, referral_code, voucher};
pub use referral_words::{
    Share, edge_word, named_tree, open_text, progress_text, progress_words, reward_word,
    touch_word, voucher_word,
};
pub use referrals::{
    FriendView, FriendsPage, Kpis, Open, ReferralView, TREE_MEMBERS, TreeMember, friends, kpis,
    referral, standing, tree,
};
pub use rewards::{RewardView, VoucherView};
pub use statement::{Change, LotPart, Page, Position, PositionError, StatementRow, statement};
pub use till_totals::{TillTotal, till_totals};
pub use totals::{MemberTotal, Totals, each_wallet, largest_members, totals};
pub use trial_balance::{TrialBalance, TrialLine, trial_balance, trial_lines};
pub use verify::{Problems, Report, check, compare, verify};
