//! How referrals are told: one word for each state, the same at every door, and figures as exact shares.

use std::borrow::Cow;

use super::referrals::{Kpis, Open, TreeMember};
use crate::ledger::referral::edge::EdgeState;
use crate::ledger::referral::progress::Progress;
use crate::ledger::referral::reward::RewardState;
use crate::ledger::referral::touch::TouchState;
use crate::ledger::referral::voucher::VoucherState;
use crate::ledger::state::Objects;

/// What is counted, and of what.
pub type Share = (&'static str, i64, i64);

pub const fn edge_word(edge: EdgeState) -> &'static str {
    match edge {
        EdgeState::Unbound => "UNBOUND",
        EdgeState::Bound => "BOUND",
        EdgeState::Moved => "MOVED",
        EdgeState::Void => "VOID",
        EdgeState::Closed => "CLOSED",
        EdgeState::Anonymised => "ANONYMISED",
    }
}

pub const fn reward_word(state: RewardState) -> &'static str {
    match state {
        RewardState::Pending => "PENDING",
        RewardState::Frozen => "FROZEN",
        RewardState::Waiting => "WAITING",
        RewardState::Available => "AVAILABLE",
        RewardState::Redeemed => "REDEEMED",
        RewardState::Expired => "EXPIRED",
        RewardState::Cancelled => "CANCELLED",
        RewardState::Clawed => "CLAWED",
        RewardState::CapLimited => "CAP_LIMITED",
    }
}

pub const fn voucher_word(state: VoucherState) -> &'static str {
    match state {
        VoucherState::Pending => "PENDING",
        VoucherState::Available => "AVAILABLE",
        VoucherState::Reserved => "RESERVED",
        VoucherState::Redeemed => "REDEEMED",
        VoucherState::Expired => "EXPIRED",
        VoucherState::Disabled => "DISABLED",
        VoucherState::Unrecovered => "UNRECOVERED",
    }
}

/// A touch that nobody knows has no word.
pub const fn touch_word(state: TouchState) -> &'static str {
    match state {
        TouchState::Unknown => "UNSPECIFIED",
        TouchState::Stub => "STUB",
        TouchState::Recorded => "RECORDED",
        TouchState::Candidate => "CANDIDATE",
        TouchState::Won => "WON",
        TouchState::Lost => "LOST",
        TouchState::Orphaned => "ORPHANED",
    }
}

/// The word of a progress, and why it is disqualified; empty for others.
pub const fn progress_words(progress: Progress) -> (&'static str, &'static str) {
    match progress {
        Progress::Open { done: 0, .. } => ("ATTRIBUTED", ""),
        Progress::Open { .. } => ("IN_PROGRESS", ""),
        Progress::Qualified => ("QUALIFIED", ""),
        Progress::Settled => ("SETTLED", ""),
        Progress::Reversed => ("REVERSED", ""),
        Progress::Expired => ("EXPIRED", ""),
        Progress::BelowMinimum => ("DISQUALIFIED", "BELOW_MINIMUM"),
        Progress::Denied => ("DISQUALIFIED", "DENIED"),
    }
}

/// A progress in one word with what belongs to it, as `IN_PROGRESS(1/2)`.
pub fn progress_text(progress: Progress) -> String {
    let (word, reason) = progress_words(progress);
    match progress {
        Progress::Open { done, needed } if done > 0 => format!("{word}({done}/{needed})"),
        _ if !reason.is_empty() => format!("{word}({reason})"),
        _ => word.to_owned(),
    }
}

/// The condition that is open; nothing if none is.
pub fn open_text(open: &Open) -> Option<String> {
    Some(match open {
        Open::Nothing => return None,
        Open::Touch => "TOUCH".to_owned(),
        Open::Steps(steps) => steps.join(","),
        Open::Review => "REVIEW".to_owned(),
        Open::Hold => "HOLD".to_owned(),
        Open::Close => "CLOSE".to_owned(),
        Open::Never(code) => code.name().to_owned(),
    })
}

/// Level, id and advocate's id, from the top down, in each level by id.
pub fn named_tree<'o>(
    objects: &'o Objects,
    tree: &[TreeMember],
) -> Vec<(i32, Cow<'o, str>, Option<Cow<'o, str>>)> {
    let id = |member| objects.told_id(member);
    let named = tree
        .iter()
        .map(|one| (one.level, id(one.member), one.advocate.map(id)));
    let mut named: Vec<_> = named.collect();
    named.sort_unstable();
    named
}

impl Kpis {
    /// The figures of a program, each as what is counted and of what.
    pub fn shares(&self) -> [Share; 8] {
        let touches: u64 = self.touches.iter().sum();
        let share = |name, counted: u64, of: u64| (name, whole(counted), whole(of));
        [
            share("share_rate", self.advocates, self.members),
            share("click_to_sign_up", self.led, touches),
            share("sign_up_to_qualified", self.qualified, self.bound),
            share("k_gross", self.qualified, self.advocates),
            share("k_net", self.standing, self.advocates),
            share(
                "reversal_rate",
                self.qualified.saturating_sub(self.standing),
                self.qualified,
            ),
            (
                "cost_per_net_friend",
                whole(self.kept),
                whole(self.standing),
            ),
            (
                "mean_cycle_seconds",
                whole(self.cycle_seconds),
                whole(self.qualified),
            ),
        ]
    }
}

fn whole(count: impl TryInto<i64>) -> i64 {
    count.try_into().unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::rejection::Code;

    #[test]
    fn progress_is_one_word_with_what_belongs_to_it() {
        let open = |done| Progress::Open { done, needed: 2 };
        for (progress, told) in [
            (open(0), "ATTRIBUTED"),
            (open(1), "IN_PROGRESS(1/2)"),
            (Progress::Settled, "SETTLED"),
            (Progress::BelowMinimum, "DISQUALIFIED(BELOW_MINIMUM)"),
            (Progress::Denied, "DISQUALIFIED(DENIED)"),
        ] {
            assert_eq!(progress_text(progress), told);
        }
    }

    #[test]
    fn what_is_open_is_told_by_its_name() {
        let steps = Open::Steps(vec!["first_purchase".into(), "newsletter".into()]);
        let told = open_text(&steps);
        assert_eq!(told.as_deref(), Some("first_purchase,newsletter"));
        let never = open_text(&Open::Never(Code::NotNew));
        assert_eq!(never.as_deref(), Some("NOT_NEW"));
        assert_eq!(open_text(&Open::Nothing), None);
    }

    #[test]
    fn shares_are_exact_and_what_is_not_yet_is_of_nothing() {
        let kpis = Kpis {
            members: 7,
            advocates: 3,
            qualified: 5,
            standing: 4,
            kept: 3_000,
            ..Kpis::default()
        };
        let shares = kpis.shares();
        assert_eq!(shares[0], ("share_rate", 3, 7));
        assert_eq!(shares[1], ("click_to_sign_up", 0, 0));
        assert_eq!(shares[5], ("reversal_rate", 1, 5));
        assert_eq!(shares[6], ("cost_per_net_friend", 3_000, 4));
    }
}
