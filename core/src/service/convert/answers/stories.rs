//! How balances came to be.

use super::{balance, members, recorded, time};
use crate::ledger::lot::Lot;
use crate::ledger::state::{Objects, Terms};
use crate::query::{Explanation, LotStory, StoryLine};
use crate::service::wire;

/// A wallet's whole past; `objects` knows its member's name.
pub fn explanation(
    told: &Explanation,
    wallet: &str,
    objects: &Objects,
) -> wire::ExplainMemberResponse {
    let lots = told.lots.iter();
    wire::ExplainMemberResponse {
        member: objects.member_id(told.member).to_owned(),
        wallet: wallet.to_owned(),
        at_time: time(told.at),
        balance: Some(balance(&told.balance)),
        lots: lots.map(|story| lot_story(story, &objects.terms)).collect(),
        debt: Some(wire::DebtStory {
            made: told.debt.made,
            paid: told.debt.paid,
            forgiven: told.debt.forgiven,
            lines: lines(&told.debt.lines),
        }),
        noted: lines(&told.noted),
    }
}

fn lot_story(story: &LotStory, terms: &[Terms]) -> wire::LotStory {
    let lot = Lot {
        expires_at: story.expires_at,
        ..story.lot
    };
    wire::LotStory {
        lot: Some(members::lot(&lot, terms)),
        came: story.came,
        paid: story.paid,
        gone: story.gone,
        pending: story.pending,
        available: story.available,
        held: story.held,
        lines: lines(&story.lines),
    }
}

fn lines(lines: &[StoryLine]) -> Vec<wire::StoryLine> {
    let told = lines.iter().map(|line| wire::StoryLine {
        at_time: Some(recorded(line.at)),
        sequence: line.sequence,
        verb: line.verb.to_owned(),
        flow: line.flow as i32,
        points: line.points,
        paid: line.paid,
        original: line.original,
    });
    told.collect()
}
