//! How a code stands: whose it is, and whether it can be used.

use super::referral_words::voucher_word;
use super::referrals::settled;
use crate::ledger::referral::book::Code;
use crate::ledger::referral::coupon::Coupon;
use crate::ledger::referral::file::Reward;
use crate::ledger::referral::standing::Standing;
use crate::ledger::referral::voucher::{Voucher, VoucherState};
use crate::ledger::time::Instant;

/// What a till looks at before it takes a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeView {
    pub kind: CodeKind,
    /// Whose code it is.
    pub member: u32,
    pub state: CodeState,
    /// Who has it reserved, or has used it.
    pub holder: Option<u32>,
    /// What a voucher is good for; empty for others.
    pub label: Box<str>,
    /// First instant at which it no longer works; `NEVER`: it stays.
    pub expires_at: Instant,
    /// When its reservation ends; `NEVER`: it has none, or one without an end.
    pub reserved_until: Instant,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeKind {
    /// For as many as like to use it.
    Code,
    /// For one friend.
    Coupon,
    /// A reward of its member's.
    Voucher,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeState {
    Open,
    Reserved,
    Used,
    Disabled,
    Expired,
    Voucher(VoucherState),
}

/// How a code that was issued stands at an instant; what was used stays used.
pub fn referral_code(code: &Code, now: Instant) -> CodeView {
    let coupon = code.coupon.unwrap_or_default().settled(now);
    let (of_coupon, reserved_until) = match coupon {
        Coupon::Open => (CodeState::Open, Instant::NEVER),
        Coupon::Reserved { ends_at, .. } => (CodeState::Reserved, ends_at),
        Coupon::Used(_) | Coupon::Bound(_) => (CodeState::Used, Instant::NEVER),
    };
    let state = match of_coupon {
        CodeState::Used => CodeState::Used,
        _ if now >= code.disabled_at => CodeState::Disabled,
        _ if now >= code.expires_at => CodeState::Expired,
        open_or_reserved => open_or_reserved,
    };
    let is_held = matches!(state, CodeState::Reserved | CodeState::Used);
    CodeView {
        kind: match code.coupon {
            None => CodeKind::Code,
            Some(_) => CodeKind::Coupon,
        },
        member: code.member,
        state,
        holder: coupon.friend().filter(|_| is_held),
        label: Box::default(),
        expires_at: code.expires_at,
        reserved_until: if is_held {
            reserved_until
        } else {
            Instant::NEVER
        },
    }
}

/// How the voucher of a code stands.
pub fn voucher(standing: &Standing<'_>, code: &str) -> Option<CodeView> {
    let friend = standing.book.friend_of_voucher(code)?;
    let file = settled(standing, friend);
    let mut vouchers = file.rewards().filter_map(|(_, reward)| {
        let voucher = reward.voucher.as_deref()?;
        (*voucher.code == *code).then_some((voucher, reward))
    });
    vouchers.next().map(|(voucher, reward)| {
        let has_left = standing.objects.member(reward.member).status.has_left();
        of_voucher(
            voucher,
            reward,
            voucher.state(reward, has_left, standing.now),
        )
    })
}

fn of_voucher(voucher: &Voucher, reward: &Reward, state: VoucherState) -> CodeView {
    let is_held = matches!(
        state,
        VoucherState::Reserved | VoucherState::Redeemed | VoucherState::Unrecovered
    );
    let reserved_until = match voucher.coupon {
        Coupon::Reserved { ends_at, .. } if is_held => ends_at,
        _ => Instant::NEVER,
    };
    CodeView {
        kind: CodeKind::Voucher,
        member: reward.member,
        state: CodeState::Voucher(state),
        holder: is_held.then_some(reward.member),
        label: voucher.label.clone(),
        expires_at: voucher.expires_at,
        reserved_until,
    }
}

impl CodeKind {
    /// One word, the same at every door.
    pub const fn word(self) -> &'static str {
        match self {
            CodeKind::Code => "CODE",
            CodeKind::Coupon => "COUPON",
            CodeKind::Voucher => "VOUCHER",
        }
    }
}

impl CodeState {
    /// One word, the same at every door.
    pub const fn word(self) -> &'static str {
        match self {
            CodeState::Open => "OPEN",
            CodeState::Reserved => "RESERVED",
            CodeState::Used => "USED",
            CodeState::Disabled => "DISABLED",
            CodeState::Expired => "EXPIRED",
            CodeState::Voucher(state) => voucher_word(state),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Instant = Instant(100);

    fn seen(coupon: Option<Coupon<u32>>, disabled_at: Instant, expires_at: Instant) -> CodeView {
        let code = Code {
            member: 7,
            expires_at,
            disabled_at,
            coupon,
        };
        referral_code(&code, NOW)
    }

    #[test]
    fn a_code_says_first_why_it_cannot_be_used() {
        let never = Instant::NEVER;
        let (soon, over) = (Instant(101), Instant(100));
        let reserved = |ends_at| Some(Coupon::Reserved { friend: 8, ends_at });
        let used = Some(Coupon::Used(8));
        let bound = Some(Coupon::Bound(8));
        let open = Some(Coupon::Open);
        let cases = [
            (None, never, never, "CODE", "OPEN", None, never),
            (None, over, never, "CODE", "DISABLED", None, never),
            (open, soon, soon, "COUPON", "OPEN", None, never),
            (open, never, over, "COUPON", "EXPIRED", None, never),
            (
                reserved(soon),
                never,
                never,
                "COUPON",
                "RESERVED",
                Some(8),
                soon,
            ),
            (
                reserved(never),
                never,
                never,
                "COUPON",
                "RESERVED",
                Some(8),
                never,
            ),
            (reserved(over), never, never, "COUPON", "OPEN", None, never),
            (used, never, never, "COUPON", "USED", Some(8), never),
            (bound, never, over, "COUPON", "USED", Some(8), never),
            (used, over, over, "COUPON", "USED", Some(8), never),
        ];
        for (coupon, disabled_at, expires_at, kind, state, holder, until) in cases {
            let view = seen(coupon, disabled_at, expires_at);
            assert_eq!((view.kind.word(), view.state.word()), (kind, state));
            assert_eq!((view.holder, view.reserved_until), (holder, until));
            assert_eq!((view.member, view.expires_at), (7, expires_at));
        }
    }
}
