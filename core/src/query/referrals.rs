//! How referrals stand: one friend's, an advocate's, a tree, and what a program comes to.

use std::collections::BTreeSet;

use super::history::{History, HistoryError};
use super::rewards::{RewardView, Wallets};
use crate::ledger::program::{Calendar, ReferralRules};
use crate::ledger::referral::book::Book;
use crate::ledger::referral::edge::EdgeState;
use crate::ledger::referral::file::{Conversion, File, Finding, Rule};
use crate::ledger::referral::progress::Progress;
use crate::ledger::referral::reward::RewardState;
use crate::ledger::referral::standing::Standing;
use crate::ledger::referral::touch::{Method, TouchState};
use crate::ledger::rejection::Code;
use crate::ledger::state::Objects;
use crate::ledger::time::{Instant, MICROS_PER_SECOND};

/// Members that one tree shows at most.
pub const TREE_MEMBERS: usize = 65_536;

/// How the referral of one friend stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReferralView {
    pub edge: EdgeState,
    pub advocate: Option<u32>,
    pub progress: Option<Progress>,
    pub rewards: Vec<RewardView>,
    /// The condition that is still to be met, or why nothing is.
    pub open: Open,
    /// By the key of each touch; none of an erased friend.
    pub touches: Vec<(Box<str>, TouchState)>,
    pub notes: Vec<(&'static str, Finding)>,
}

/// What a referral waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Open {
    Nothing,
    /// A touch with the token that the friend named.
    Touch,
    /// Steps, by name.
    Steps(Vec<String>),
    /// A person's decision, the end of the hold, or the close of the month.
    Review,
    Hold,
    Close,
    /// Nothing can come of it, for this reason.
    Never(Code),
}

/// One member of a tree: levels above zero are below the one that was asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TreeMember {
    pub level: i32,
    pub member: u32,
    /// Who brought the member.
    pub advocate: Option<u32>,
}

/// What one advocate's friends came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FriendView {
    pub friend: u32,
    pub progress: Option<Progress>,
    pub open: Open,
    /// Points that the advocate keeps of it.
    pub points: i64,
}

/// Some of an advocate's friends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FriendsPage {
    pub friends: Vec<FriendView>,
    /// How many there are in all.
    pub all: usize,
}

/// Counts that a program's figures are fractions of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kpis {
    pub members: u64,
    /// Members with a code.
    pub advocates: u64,
    pub codes: u64,
    /// Touches by method: code, coupon, click, invite, direct.
    pub touches: [u64; Method::ALL.len()],
    /// Those of them that brought somebody.
    pub led: u64,
    /// Friends who named a code or a token.
    pub claims: u64,
    pub bound: u64,
    /// Friends whose referral ever qualified, and those for whom that stands.
    pub qualified: u64,
    pub standing: u64,
    /// Points that all roles keep, and how many were decided and given.
    pub kept: i128,
    pub given: i128,
    /// Seconds from binding to qualification, over all that qualified.
    pub cycle_seconds: i128,
}

/// A book with its rules, as a program in force has them.
pub fn standing<'l>(
    objects: &'l Objects,
    calendar: &'l Calendar,
    program: &str,
    now: Instant,
) -> Option<Standing<'l>> {
    let rules: &ReferralRules = objects.program().referral(program)?;
    let number = objects.referrals.find_book(program)?;
    Some(Standing {
        objects,
        referrals: &objects.referrals,
        book: objects.referrals.book(number),
        rules,
        calendar,
        now,
        told: None,
    })
}

/// How a friend's referral stands; reads the journal where only the past knows what became of a reward.
pub fn referral(
    history: &dyn History,
    standing: &Standing<'_>,
    friend: u32,
) -> Result<ReferralView, HistoryError> {
    let file = settled(standing, friend);
    let wallets = Wallets::of(standing, &file);
    let mut conversions: Vec<&Conversion> = file.conversions.iter().collect();
    conversions.sort_by(|one, other| {
        (one.occurred_at, &one.event).cmp(&(other.occurred_at, &other.event))
    });
    let mut rewards = Vec::new();
    for reward in conversions
        .iter()
        .flat_map(|conversion| &conversion.rewards)
    {
        rewards.push(wallets.view(history, standing, reward)?);
    }
    let progress = standing.progress(friend, &file, |conversion| wallets.wait(conversion));
    let open = open(
        standing,
        friend,
        &file,
        progress,
        rewards.iter().map(|one| one.state),
    );
    let found = |(name, rule): (&'static str, Rule)| {
        let found = file.notes.found(rule);
        (found != Finding::None).then_some((name, found))
    };
    Ok(ReferralView {
        edge: standing.edge(friend, &file),
        advocate: file.edge.as_ref().map(|edge| edge.advocate),
        progress,
        rewards,
        open,
        // Their keys may have the id in them.
        touches: match standing.is_erased(friend) {
            true => Vec::new(),
            false => standing.touch_states(&file),
        },
        notes: Rule::ALL.into_iter().filter_map(found).collect(),
    })
}

/// A friend's file as time has left it.
pub(super) fn settled(standing: &Standing<'_>, friend: u32) -> File {
    let mut file = standing.book.file(friend).unwrap_or_default();
    file.settle(standing.now);
    file
}

fn open(
    standing: &Standing<'_>,
    friend: u32,
    file: &File,
    progress: Option<Progress>,
    states: impl Iterator<Item = RewardState>,
) -> Open {
    let Some(claim) = &file.claim else {
        return Open::Never(Code::NoAttribution);
    };
    let never = |reason: Option<Code>| reason.map_or(Open::Nothing, Open::Never);
    if file.edge.is_none() {
        return match standing.is_stub(claim) && standing.is_open(claim) {
            true => Open::Touch,
            false => never(file.reason),
        };
    }
    if file.is_void {
        return never(file.reason);
    }
    if file.conversions.is_empty() {
        return match progress {
            Some(Progress::Open { .. }) => Open::Steps(standing.open_steps(friend, file)),
            _ => Open::Nothing,
        };
    }
    let states: Vec<RewardState> = states.collect();
    let waiting = [
        (RewardState::Frozen, Open::Review),
        (RewardState::Pending, Open::Hold),
        (RewardState::Waiting, Open::Close),
    ];
    let found = waiting
        .into_iter()
        .find(|(state, _)| states.contains(state));
    found.map_or(Open::Nothing, |(_, open)| open)
}

/// Some of those whom an advocate brought or shares the credit for, in the order in which they were enrolled, and how
/// many there are in all.
pub fn friends(
    standing: &Standing<'_>,
    advocate: u32,
    (after, limit): (usize, usize),
) -> FriendsPage {
    let brought = standing.book.friends(advocate);
    let mut friends: Vec<u32> = brought.chain(standing.book.shared(advocate)).collect();
    friends.sort_unstable();
    let view = |friend: u32| {
        let file = settled(standing, friend);
        let wallets = Wallets::of(standing, &file);
        let progress = standing.progress(friend, &file, |conversion| wallets.wait(conversion));
        let states = file
            .rewards()
            .filter_map(|(_, reward)| wallets.state(reward));
        let open = open(standing, friend, &file, progress, states);
        let own = file
            .rewards()
            .filter(|(_, reward)| reward.member == advocate);
        FriendView {
            friend,
            progress,
            open,
            points: own.map(|(_, reward)| reward.kept).sum(),
        }
    };
    let page = friends.iter().copied().skip(after).take(limit);
    FriendsPage {
        friends: page.map(view).collect(),
        all: friends.len(),
    }
}

/// Those above a member and those below, level by level; `depth` bounds both ways.
pub fn tree(
    book: &Book,
    member: u32,
    (up, down): (bool, bool),
    depth: Option<u32>,
) -> Vec<TreeMember> {
    let most = depth.map_or(usize::MAX, |depth| depth as usize);
    let mut found = Vec::new();
    let shown = |level: i32, member: u32| TreeMember {
        level,
        member,
        advocate: book.advocate_of(member),
    };
    if up {
        let above = book.ancestors(member).take(most.min(TREE_MEMBERS));
        found.extend(above.zip(1i32..).map(|(above, level)| shown(-level, above)));
    }
    let (mut layer, mut level) = (vec![member], 0i32);
    while down && !layer.is_empty() && (level as usize) < most {
        level += 1;
        let mut next: Vec<u32> = layer.iter().flat_map(|one| book.friends(*one)).collect();
        next.truncate(TREE_MEMBERS.saturating_sub(found.len()));
        found.extend(next.iter().map(|member| shown(level, *member)));
        layer = next;
    }
    found
}

/// What a program comes to, counted over all its referrals.
pub fn kpis(standing: &Standing<'_>) -> Kpis {
    let book = standing.book;
    let mut kpis = Kpis {
        members: u64::from(standing.objects.member_count()),
        touches: book.touched,
        kept: 0,
        ..Kpis::default()
    };
    let mut advocates = BTreeSet::new();
    let mut led = BTreeSet::new();
    for (_, code) in book.codes() {
        kpis.codes += 1;
        advocates.insert(code.member);
    }
    kpis.advocates = advocates.len() as u64;
    for (friend, mut file) in book.files() {
        file.settle(standing.now);
        kpis.claims += u64::from(file.claim.is_some());
        kpis.bound += u64::from(file.bound().is_some());
        led.extend(recorded_touch(&file));
        let stands = |conversion: &Conversion| {
            file.bound().is_some() && !standing.is_reversed(friend, conversion)
        };
        kpis.qualified += u64::from(!file.conversions.is_empty());
        kpis.standing += u64::from(file.conversions.iter().any(stands));
        if let (Some(edge), Some(first)) = (&file.edge, file.conversions.first()) {
            let micros = first.occurred_at.0 - edge.bound_at.0;
            kpis.cycle_seconds += i128::from(micros.max(0) / MICROS_PER_SECOND);
        }
        for (_, reward) in file.rewards().filter(|(_, reward)| reward.origin != 0) {
            kpis.given += i128::from(reward.points);
            kpis.kept += i128::from(reward.kept);
        }
    }
    kpis.led = led.len() as u64;
    kpis
}

/// The key of the touch that brought a friend, if it was told by itself: a typed code is none.
fn recorded_touch(file: &File) -> Option<Box<str>> {
    let edge = file.bound().filter(|_| !file.is_moved)?;
    let is_typed = file
        .claim
        .as_ref()
        .is_some_and(|claim| claim.key == edge.touch);
    (!is_typed).then(|| edge.touch.clone())
}
