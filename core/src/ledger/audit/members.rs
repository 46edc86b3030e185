//! Members: what an entry does to a member, or refuses because of it, follows from the request and the member's status.

use super::super::entry::{Balance, Effect, Entry, Fact, Flow};
use super::super::members::{MAIN_CURRENCY, Member, Status};
use super::super::rejection::{Class, Code};
use super::super::request::{Alias, Command, MemberName};
use super::super::state::State;
use super::super::time::Instant;
use super::{Finding, demand, partners};

/// Whether a code says no to a member, whatever else the request names.
pub fn refuses(code: Code) -> bool {
    matches!(
        code,
        Code::MemberClosed | Code::MemberBlocked | Code::CardLost
    )
}

pub fn check(state: &State, entry: &Entry<'_>) -> Finding {
    if entry.code.class() == Class::Refused {
        return check_refusal(state, entry);
    }
    let (member, expected) = match &entry.request.command {
        Command::LinkMember(link) => {
            let member = named(state, entry, &link.member)?;
            partners::check_linked(state, entry, member, link)?;
            return check_shown(entry, member);
        }
        Command::UnlinkMember(unlink) => {
            let member = named(state, entry, &unlink.member)?;
            partners::check_unlinked(state, entry, member, unlink)?;
            return check_shown(entry, member);
        }
        Command::IssueOneTimeCode(issue) => {
            let member = named(state, entry, &issue.member)?;
            partners::check_issued(state, entry, member, issue)?;
            return check_shown(entry, member);
        }
        command => match managed(state, entry, command)? {
            Some(managed) => managed,
            None => {
                demand(!manages(&entry.facts), "it manages a member by the way")?;
                return check_wallet(state, entry);
            }
        },
    };
    let own = entry
        .facts
        .iter()
        .filter(|fact| !matches!(fact, Fact::CodeUsed { .. }));
    demand(
        own.eq(&expected),
        "it changes the member in another way than it was asked to",
    )?;
    check_shown(entry, member)
}

/// Who is managed by a command, and what the entry has to state; nothing if it manages nobody.
fn managed<'a>(
    state: &State,
    entry: &Entry<'a>,
    command: &Command<'a>,
) -> Result<Option<(u32, Vec<Fact<'a>>)>, String> {
    let who = |name| named(state, entry, name);
    let becomes = |name, status| -> Result<(u32, Vec<Fact<'a>>), String> {
        let member = who(name)?;
        let changed = changed(state, member, status);
        Ok((member, changed.into_iter().collect()))
    };
    Ok(Some(match command {
        Command::AddAlias(change) => {
            let member = who(&change.member)?;
            (member, vec![added(member, &change.alias)])
        }
        Command::RemoveAlias(change) => {
            let (member, alias) = (who(&change.member)?, change.alias.clone());
            (member, vec![Fact::AliasRemoved { member, alias }])
        }
        Command::ReplaceAlias(replace) => {
            let (member, alias) = (who(&replace.member)?, replace.old.clone());
            let lost = Fact::AliasLost { member, alias };
            (member, vec![lost, added(member, &replace.new)])
        }
        Command::Block(manage) => becomes(&manage.member, Status::Blocked)?,
        Command::Unblock(manage) => becomes(&manage.member, Status::Active)?,
        Command::CloseMember(manage) => {
            let (member, closed) = becomes(&manage.member, Status::Closed)?;
            check_close(state, entry, member)?;
            (member, closed)
        }
        Command::EraseMember(manage) => {
            let (member, erased) = becomes(&manage.member, Status::Erased)?;
            check_close(state, entry, member)?;
            (member, [given_up(state, member), erased].concat())
        }
        _ => return Ok(None),
    }))
}

fn added<'a>(member: u32, alias: &Alias<'a>) -> Fact<'a> {
    let alias = alias.clone();
    Fact::AliasAdded { member, alias }
}

/// What finds a member, and who is tied to it.
fn given_up<'a>(state: &State, member: u32) -> Vec<Fact<'a>> {
    let known = state.objects.member(member);
    let mut facts = Vec::new();
    for held in known.aliases().iter().filter(|held| held.is_held()) {
        let alias = held.to_alias();
        facts.push(Fact::AliasRemoved { member, alias });
    }
    for link in known.links() {
        let partner = link.partner.to_string().into();
        facts.push(Fact::Unlinked { member, partner });
    }
    facts
}

fn changed<'a>(state: &State, member: u32, status: Status) -> Option<Fact<'a>> {
    let present = state.objects.member(member).status;
    (present != status).then_some(Fact::StatusChanged { member, status })
}

/// Whether the first wallet that changes is of the member and the currency that the request names.
fn check_wallet(state: &State, entry: &Entry<'_>) -> Finding {
    let Some(wallet) = entry.effects.first().map(|effect| effect.wallet) else {
        return Ok(());
    };
    let command = &entry.request.command;
    let is_named = match command.member() {
        Some(MemberName::Id(id)) if wallet.member < state.objects.member_count() => {
            state.objects.member_id_bytes(wallet.member) == id.as_bytes()
        }
        Some(name @ MemberName::Alias(_)) if wallet.member < state.objects.member_count() => {
            find(state, entry, name) == Some(wallet.member)
        }
        // Whom the entry itself enrols is looked at with the effect.
        _ => true,
    };
    let named = match command {
        Command::Accrue(accrue) => &accrue.wallet,
        Command::Redeem(redeem) => &redeem.wallet,
        Command::Authorize(authorize) => &authorize.wallet,
        Command::Adjust(adjust) => &adjust.wallet,
        _ => return demand(is_named, "it changes the wallet of another member"),
    };
    let currencies = &state.objects.program().currencies;
    let currency = currencies.get(usize::from(wallet.currency));
    demand(
        is_named && currency.is_some_and(|currency| currency.name == *named),
        "it changes another wallet than was asked for",
    )
}

/// Facts that only a verb about the member itself may state.
fn manages(facts: &[Fact<'_>]) -> bool {
    let by_hand = |fact: &Fact<'_>| {
        matches!(
            fact,
            Fact::StatusChanged { .. } | Fact::AliasLost { .. } | Fact::AliasRemoved { .. }
        ) || partners::ties(fact)
    };
    facts.iter().any(by_hand)
}

/// The member a request names; one that has left is only still found to take something away.
fn named(state: &State, entry: &Entry<'_>, name: &MemberName<'_>) -> Result<u32, String> {
    let member = find(state, entry, name).ok_or("it names nobody")?;
    let status = state.objects.member(member).status;
    let may = match entry.request.command {
        Command::RemoveAlias(_) | Command::UnlinkMember(_) => true,
        Command::EraseMember(_) => status != Status::Erased,
        _ => !status.has_left(),
    };
    demand(may, "its member has left")?;
    Ok(member)
}

fn find(state: &State, entry: &Entry<'_>, name: &MemberName<'_>) -> Option<u32> {
    let now = entry.recorded_at.instant();
    state.find_member_at(name, entry.request.occurred_at.unwrap_or(now))
}

/// The answer shows the member's first wallet; only who leaves loses something there.
fn check_shown(entry: &Entry<'_>, member: u32) -> Finding {
    let shown = entry.effects.first().map(|effect| effect.wallet);
    let leaves = matches!(
        entry.request.command,
        Command::CloseMember(_) | Command::EraseMember(_)
    );
    let moves = |effect: &Effect| {
        let mut movements = effect.movements.iter();
        movements.any(|movement| movement.due_at.is_none())
    };
    demand(
        shown.is_some_and(|id| id.member == member && id.currency == MAIN_CURRENCY),
        "it does not show the member's first wallet",
    )?;
    demand(
        leaves || (entry.effects.len() == 1 && !moves(&entry.effects[0])),
        "it moves points by the way",
    )
}

/// Whoever leaves takes nothing along: no points, no debt, no hold, in no wallet.
fn check_close(state: &State, entry: &Entry<'_>, member: u32) -> Finding {
    let of_wallet = |currency: u8| {
        let mut effects = entry.effects.iter();
        effects.find(|effect| effect.wallet.currency == currency)
    };
    for (currency, wallet) in state.objects.member(member).wallets() {
        let after = of_wallet(currency).map_or(wallet.balance(), |effect| effect.after);
        demand(
            after == Balance::default(),
            "something is left where its member leaves",
        )?;
    }
    let own = entry.effects.iter().flat_map(|effect| &effect.movements);
    let mut own = own.filter(|movement| movement.due_at.is_none());
    demand(
        own.all(|movement| matches!(movement.flow, Flow::Forfeited | Flow::DebtForgiven)),
        "it does something else than to take leave",
    )?;
    let theirs = |effect: &Effect| effect.wallet.member == member;
    demand(
        entry.effects.iter().all(theirs),
        "it takes leave of another member",
    )
}

/// A no to a member is true of one that the request names.
fn check_refusal(state: &State, entry: &Entry<'_>) -> Finding {
    // A batch has the code of the row that it was refused for.
    if matches!(entry.request.command, Command::Batch(_)) {
        return Ok(());
    }
    let names = |holds: &dyn Fn(&MemberName<'_>) -> bool| {
        let other = match &entry.request.command {
            Command::Transfer(transfer) => Some(&transfer.receiver),
            Command::ReviewReferral(review) => review.to.as_ref(),
            _ => None,
        };
        let mut named = entry.request.command.member().into_iter().chain(other);
        named.any(holds)
    };
    let is = |holds: &dyn Fn(&Member) -> bool| {
        names(&|name| {
            let member = find(state, entry, name);
            member.is_some_and(|member| holds(state.objects.member(member)))
        })
    };
    match entry.code {
        Code::CardLost => demand(
            names(&|name| match name {
                MemberName::Alias(alias) => state.find_lost(alias).is_some(),
                MemberName::Id(_) => false,
            }),
            "it takes an alias for lost that is not",
        ),
        // Whoever is only found by an earlier entry is not known here.
        Code::MemberClosed | Code::MemberBlocked if entry.request.command.member().is_none() => {
            Ok(())
        }
        Code::MemberClosed => {
            let erases = matches!(entry.request.command, Command::EraseMember(_));
            let refuses = |member: &Member| match erases {
                true => member.status == Status::Erased,
                false => member.status.has_left(),
            };
            demand(is(&refuses), "it takes a member for closed who is not")
        }
        Code::MemberBlocked => demand(
            is(&|member| member.status == Status::Blocked),
            "it takes a member for blocked who is not",
        ),
        Code::HoldsOpen => demand(
            is(&|member| holds_open(member, entry.recorded_at.instant())),
            "it states holds that are not there",
        ),
        _ => Ok(()),
    }
}

fn holds_open(member: &Member, now: Instant) -> bool {
    let mut holds = member.wallets().flat_map(|(_, wallet)| wallet.holds());
    holds.any(|hold| hold.lapses_at > now)
}
