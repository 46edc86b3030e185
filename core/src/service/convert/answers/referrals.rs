//! How referrals stand, as messages.

use crate::ledger::referral::progress::Progress;
use crate::ledger::state::Objects;
use crate::query::{
    self, CodeView, FriendView, Kpis, Open, ReferralView, RewardView, TreeMember, VoucherView,
};
use crate::service::wire;

use super::time;

/// What stands for the id of a friend whom a partner does not know.
const MASKED: &str = "***";

pub fn referral(view: &ReferralView, friend: &str, objects: &Objects) -> wire::Referral {
    let told = told(view.progress);
    let advocate = view.advocate.map(|advocate| objects.told_id(advocate));
    let touches = view.touches.iter().map(|(key, state)| wire::ReferralTouch {
        key: key.to_string(),
        state: number::<wire::TouchState>("TOUCH_STATE", query::touch_word(*state)),
    });
    let notes = view.notes.iter().map(|(rule, found)| wire::ReferralNote {
        rule: (*rule).to_owned(),
        finding: found.name().to_owned(),
    });
    wire::Referral {
        edge: number::<wire::ReferralEdge>("REFERRAL_EDGE", query::edge_word(view.edge)),
        advocate: advocate.unwrap_or_default().into_owned(),
        progress: told.progress,
        steps_done: told.steps_done,
        steps_needed: told.steps_needed,
        disqualified: told.disqualified,
        rewards: view
            .rewards
            .iter()
            .map(|one| reward(one, objects))
            .collect(),
        open: query::open_text(&view.open).unwrap_or_default(),
        touches: touches.collect(),
        notes: notes.collect(),
        friend: friend.to_owned(),
    }
}

fn reward(view: &RewardView, objects: &Objects) -> wire::ReferralReward {
    wire::ReferralReward {
        role: view.role.clone(),
        member: objects.told_id(view.member).into_owned(),
        points: view.points,
        state: number::<wire::RewardState>("REWARD_STATE", query::reward_word(view.state)),
        reason: view.reason.map_or(0, |code| i32::from(code.number())),
        voucher: view.voucher.as_ref().map(voucher),
    }
}

fn voucher(view: &VoucherView) -> wire::ReferralVoucher {
    wire::ReferralVoucher {
        code: view.code.to_string(),
        label: view.label.to_string(),
        state: number::<wire::VoucherState>("VOUCHER_STATE", query::voucher_word(view.state)),
        expires_time: time(view.expires_at),
    }
}

pub fn issued_code(view: &CodeView, objects: &Objects) -> wire::GetReferralCodeResponse {
    let holder = view.holder.map(|holder| objects.told_id(holder));
    wire::GetReferralCodeResponse {
        kind: number::<wire::ReferralCodeKind>("REFERRAL_CODE_KIND", view.kind.word()),
        member: objects.told_id(view.member).into_owned(),
        state: number::<wire::ReferralCodeState>("REFERRAL_CODE_STATE", view.state.word()),
        holder: holder.unwrap_or_default().into_owned(),
        label: view.label.to_string(),
        expires_time: time(view.expires_at),
        reserved_until_time: time(view.reserved_until),
    }
}

/// What the open condition means, in a sentence.
pub fn meaning(open: &Open) -> String {
    match open {
        Open::Nothing => String::new(),
        Open::Touch => "No touch of the token that the sign-up named has arrived.".to_owned(),
        Open::Steps(steps) => format!("Steps that are missing: {}.", steps.join(", ")),
        Open::Review => "A person has to decide.".to_owned(),
        Open::Hold => "The hold of the rewards is not over.".to_owned(),
        Open::Close => "The month has to be closed.".to_owned(),
        Open::Never(code) => code.row().meaning.to_owned(),
    }
}

/// A friend of an advocate; `is_masked` for who may not see who it is.
pub fn listed(view: &FriendView, objects: &Objects, is_masked: bool) -> wire::ListedReferral {
    let told = told(view.progress);
    let friend = match is_masked {
        true => MASKED.into(),
        false => objects.told_id(view.friend),
    };
    wire::ListedReferral {
        friend: friend.into_owned(),
        progress: told.progress,
        steps_done: told.steps_done,
        steps_needed: told.steps_needed,
        disqualified: told.disqualified,
        open: query::open_text(&view.open).unwrap_or_default(),
        points: if is_masked { 0 } else { view.points },
    }
}

pub fn tree(members: &[TreeMember], objects: &Objects) -> wire::GetReferralTreeResponse {
    let named = query::named_tree(objects, members).into_iter();
    let members = named.map(|(level, member, advocate)| wire::TreeMember {
        level,
        member: member.into_owned(),
        advocate: advocate.unwrap_or_default().into_owned(),
    });
    wire::GetReferralTreeResponse {
        members: members.collect(),
    }
}

pub fn kpis(kpis: &Kpis) -> wire::GetReferralKpisResponse {
    let [share, click, sign_up, gross, net, reversal, cost, cycle] = kpis.shares();
    let ratio = |(_, numerator, denominator)| {
        Some(wire::Ratio {
            numerator,
            denominator,
        })
    };
    wire::GetReferralKpisResponse {
        share_rate: ratio(share),
        click_to_sign_up: ratio(click),
        sign_up_to_qualified: ratio(sign_up),
        k_gross: ratio(gross),
        k_net: ratio(net),
        reversal_rate: ratio(reversal),
        cost_per_net_friend: ratio(cost),
        mean_cycle_seconds: ratio(cycle),
    }
}

/// How far a referral has come.
#[derive(Default)]
struct ProgressParts {
    progress: i32,
    steps_done: u32,
    steps_needed: u32,
    disqualified: String,
}

fn told(progress: Option<Progress>) -> ProgressParts {
    let Some(progress) = progress else {
        return ProgressParts::default();
    };
    let (word, disqualified) = query::progress_words(progress);
    let (done, needed) = match progress {
        Progress::Open { done, needed } => (done, needed),
        _ => (0, 0),
    };
    ProgressParts {
        progress: number::<wire::ReferralProgress>("REFERRAL_PROGRESS", word),
        steps_done: done.into(),
        steps_needed: needed.into(),
        disqualified: disqualified.to_owned(),
    }
}

/// A state of the wire, which has it by the same word.
trait Named: Into<i32> + Sized {
    fn named(name: &str) -> Option<Self>;
}

macro_rules! named {
    ($($state:ident)*) => {$(
        impl Named for wire::$state {
            fn named(name: &str) -> Option<Self> {
                wire::$state::from_str_name(name)
            }
        }
    )*};
}

named! {
    ReferralEdge ReferralProgress RewardState TouchState VoucherState ReferralCodeKind ReferralCodeState
}

fn number<S: Named>(prefix: &str, word: &str) -> i32 {
    S::named(&format!("{prefix}_{word}")).map_or(0, Into::into)
}
