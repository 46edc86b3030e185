//! Purchases: what points paid and what was left to pay and to earn follow from the basket; nothing else states it.

use super::super::decide::eligible_of;
use super::super::entry::{Effect, Entry, Flow, Movement, WalletId};
use super::super::rejection::Class;
use super::super::request::{Basket, Command, Purchase, Spend};
use super::super::state::State;
use super::{Finding, demand};

pub fn check(state: &State, entry: &Entry<'_>) -> Finding {
    let figures = &entry.figures;
    let stated = [figures.spent, figures.cash, figures.eligible];
    match (&entry.request.command, entry.code.class()) {
        (Command::Purchase(purchase), Class::Applied) => match &purchase.basket {
            Some(basket) => check_basket(state, entry, purchase, basket),
            None => demand(
                stated == [0; 3] && entry.effects.len() <= 1,
                "a purchase of an amount alone states nothing else",
            ),
        },
        // What a reversal gives back is checked with it.
        (Command::Reverse(_), Class::Applied) => Ok(()),
        _ => demand(stated == [0; 3], "only a purchase states how it was paid"),
    }
}

fn check_basket(
    state: &State,
    entry: &Entry<'_>,
    purchase: &Purchase<'_>,
    basket: &Basket<'_>,
) -> Finding {
    let program = &state.objects.programs[entry.program as usize];
    let rule = &program.earning;
    let figures = &entry.figures;
    let main = entry.effects.first().ok_or("a purchase changes a wallet")?;
    let earning = WalletId {
        member: main.wallet.member,
        currency: rule.currency,
    };
    let spending = WalletId {
        member: main.wallet.member,
        currency: program.spending.currency,
    };
    let others = &entry.effects[1..];
    demand(
        main.wallet == earning && others.iter().all(|other| other.wallet == spending),
        "it changes another wallet than those it is paid from and earns in",
    )?;
    demand(
        others.is_empty() != (basket.spend.is_some() && spending != earning),
        "it changes a wallet that it does not touch",
    )?;
    let paying = others.first().unwrap_or(main);
    let paid = check_spend(state, entry, basket, paying)?;
    let total = purchase.amount.minor_units;
    let worth = program.spending.worth(paid);
    demand(
        figures.spent + figures.charged == paid && worth <= total && figures.cash == total - worth,
        "what is left to pay is not what points leave",
    )?;
    demand(
        figures.eligible == (eligible_of(rule, basket, total) - worth).max(0),
        "what earns is not what points and exclusions leave",
    )
}

/// Points that paid: as many as asked for, of the hold that was named, which ends with it.
fn check_spend(
    state: &State,
    entry: &Entry<'_>,
    basket: &Basket<'_>,
    paying: &Effect,
) -> Result<i64, String> {
    let sum = |flow: Flow| -> i64 {
        let parts = paying.parts(flow).map(|lot| lot.amount);
        parts.fold(0, i64::saturating_add)
    };
    let (redeemed, captured) = (
        sum(Flow::Redeemed).saturating_add(sum(Flow::RedeemOverdrawn)),
        sum(Flow::Captured),
    );
    let (released, charged) = (sum(Flow::Released), entry.figures.charged);
    let is_offline = entry.request.is_offline();
    // Of what a till that was offline took, the member bears all or nothing.
    let borne = redeemed.saturating_add(charged);
    demand(
        charged >= 0 && (charged == 0 || (redeemed, captured) == (0, 0)),
        "what paid is taken and charged",
    )?;
    let asked = match &basket.spend {
        None => (borne, captured) == (0, 0),
        Some(Spend::Redeem { points }) => (borne, captured) == (*points, 0),
        Some(Spend::Capture { points, .. }) if is_offline && captured == 0 => {
            borne > 0 && points.is_none_or(|points| points == borne)
        }
        Some(Spend::Capture { points, .. }) => {
            borne == 0 && captured > 0 && points.is_none_or(|points| points == captured)
        }
    };
    demand(asked, "it is paid with other points than asked for")?;
    let is_own = |movement: &&Movement| {
        movement.due_at.is_none() && matches!(movement.flow, Flow::Captured | Flow::Released)
    };
    let mut of_hold = paying.movements.iter().filter(is_own);
    demand(
        of_hold.all(|movement| movement.hold == entry.original),
        "it takes points of another hold",
    )?;
    if captured > 0 {
        let known = paying.wallet.member < state.objects.member_count();
        demand(known, "it takes points that nobody held")?;
        let wallet = state.objects.wallet(paying.wallet);
        let hold = wallet.and_then(|wallet| wallet.hold(entry.original));
        let parts = hold.map_or(&[][..], |hold| hold.parts.as_slice());
        let held: i64 = parts.iter().map(|part| part.amount).sum();
        demand(
            captured.saturating_add(released) == held,
            "it leaves something of the hold",
        )?;
    }
    Ok(borne.saturating_add(captured))
}
