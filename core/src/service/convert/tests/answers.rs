//! What the engine tells, as messages.

use prost::Message;
use prost_types::Duration;

use super::*;
use crate::engine::{ClockKind, RowAnswer, Rows};
use crate::ledger::bounds::PAGE_ROWS;
use crate::ledger::entry::{Flow, RecordedAt};
use crate::ledger::lot::LotId;
use crate::ledger::members::{HeldAlias, Status};
use crate::ledger::program::Calendar;
use crate::ledger::rejection::{CODES, Code};
use crate::ledger::request::{EntryMode, MemberName};
use crate::query::{Ladder, TillTotal};
use crate::service::convert::FieldError;
use crate::service::convert::answers::{self, Answered, TooLarge};
use crate::service::convert::requests::Items;
use crate::service::wire::batch_item::Request as Asked;

#[test]
fn codes_flows_and_modes_have_the_ledgers_numbers_and_names() {
    for row in CODES {
        let code = wire::Code::try_from(i32::from(row.number)).unwrap();
        assert_eq!(code.as_str_name(), format!("CODE_{}", row.name));
    }
    for flow in Flow::ALL {
        let name = format!("FLOW_{}", flow.name().to_uppercase());
        let told = wire::Flow::try_from(flow as i32).unwrap();
        assert_eq!(told.as_str_name(), name);
    }
    assert!(wire::Flow::try_from(Flow::ALL.len() as i32 + 1).is_err());
    for mode in EntryMode::ALL {
        assert!(wire::EntryMode::try_from(mode as i32).is_ok());
    }
    let names = Status::ALL.map(|status| answers::status(status).as_str_name());
    for (name, status) in names.into_iter().zip(Status::ALL) {
        let expected = format!("MEMBER_STATUS_{}", status.name().to_uppercase());
        assert_eq!(name, expected);
    }
}

/// A ledger in which most things have happened once.
fn lived_in() -> Ledger {
    let ledger = ledger();
    let mut funded = accrual("a", "m-1", 100);
    funded.funder = "acme".to_owned();
    funded.price = Some(wire::Price {
        micros: 5_000,
        currency_code: "EUR".to_owned(),
    });
    funded.expiry = until(NOW + 86_400);
    submit(&ledger, &funded);
    let mut sale = wire::RecordPurchaseRequest {
        key: "sale".to_owned(),
        occurred_time: Some(at(NOW - 60)),
        member: by_card("2760001"),
        amount: euros(1_000),
        enroll: Some(wire::Joining {
            id: None,
            aliases: vec![card("2760001")],
        }),
        ..Default::default()
    };
    sale.receipt = Some(receipt("4711"));
    sale.source = Some(wire::Source {
        actor: "ann".to_owned(),
        entry_mode: wire::EntryMode::Scanned.into(),
        ..Default::default()
    });
    submit(&ledger, &sale);
    let hold = wire::AuthorizeRedemptionRequest {
        key: "hold".to_owned(),
        receipt: Some(receipt("4712")),
        member: id("m-1"),
        points: 30,
        ttl: Some(Duration {
            seconds: 600,
            nanos: 0,
        }),
        ..Default::default()
    };
    submit(&ledger, &hold);
    let too_much = wire::RedeemPointsRequest {
        key: "much".to_owned(),
        member: id("m-1"),
        points: 500,
        ..Default::default()
    };
    submit(&ledger, &too_much);
    ledger
}

#[test]
fn an_answer_is_dense_and_its_first_part_stays() {
    let ledger = ledger();
    let message = accrual("a", "m-1", 100);
    let first = submit(&ledger, &message);
    submit(&ledger, &accrual("b", "m-1", 11));
    let again = submit(&ledger, &message);
    let response = |answer, now| wire::AccruePointsResponse::from(Answered::new(answer, now));
    let (first, again) = (response(&first, None), response(&again, Some(111)));
    assert_eq!((first.replayed, again.replayed), (false, true));
    assert_eq!(
        (first.current_available, again.current_available),
        (100, 111)
    );
    let bytes =
        |response: &wire::AccruePointsResponse| response.answer.as_ref().unwrap().encode_to_vec();
    assert_eq!(bytes(&first), bytes(&again));
    let answer = first.answer.unwrap();
    assert_eq!(answer.code(), wire::Code::Applied);
    assert_eq!((answer.requested, answer.awarded), (100, 100));
    assert_eq!(answer.balance.unwrap().available, 100);
    assert_eq!(answer.recorded_time, Some(at(NOW)));
    assert_eq!(answer.next_activation_time, None);
}

#[test]
fn an_entry_tells_what_was_asked_and_what_moved() {
    let ledger = lived_in();
    let view = ledger.view().unwrap();
    let told = |sequence| answers::entry(&ledger.entry(sequence).unwrap(), &view);
    let sale = told(2);
    assert_eq!(
        (sale.verb.as_str(), sale.caller.as_str(), sale.key.as_str()),
        ("purchase", "till", "sale")
    );
    assert_eq!(sale.amount, euros(1_000));
    assert_eq!(sale.receipt, Some(receipt("4711")));
    let source = sale.source.as_ref().unwrap();
    assert_eq!(
        (source.actor.as_str(), source.entry_mode()),
        ("ann", wire::EntryMode::Scanned)
    );
    assert_eq!(sale.occurred_time, Some(at(NOW - 60)));
    let effect = &sale.effects[0];
    assert_eq!(effect.wallet, "points");
    assert_eq!((effect.member.len(), &sale.member), (32, &effect.member));
    assert_eq!(effect.moves[0].flow(), wire::Flow::Accrued);
    assert_eq!(effect.moves[0].lot, LotId::earned(2).0);
    assert_eq!(effect.moves[0].made_by, 2);
    let held = told(3);
    assert_eq!((held.member.as_str(), held.source), ("m-1", None));
    assert_eq!(
        (
            held.effects[0].moves[0].flow(),
            held.effects[0].moves[0].hold
        ),
        (wire::Flow::Held, 3)
    );
    let refused = told(4).answer.unwrap();
    assert_eq!(refused.code(), wire::Code::InsufficientPoints);
    let balance = refused.balance.unwrap();
    assert_eq!((balance.available, balance.held), (70, 30));
}

#[test]
fn a_wallet_shows_lots_where_they_are_asked_for() {
    let ledger = lived_in();
    let view = ledger
        .balance(&MemberName::Id("m-1".into()), "points", None)
        .unwrap();
    let terms = ledger.terms().unwrap();
    let plain = answers::wallet("points", &view, &terms, false);
    assert_eq!(plain.lots, []);
    assert_eq!(plain.next_expiry_time, Some(at(NOW + 86_400)));
    assert_eq!(plain.next_expiry_points, 70);
    assert_eq!(
        (plain.holds[0].authorization, plain.holds[0].points),
        (3, 30)
    );
    assert_eq!(plain.holds[0].lapses_time, Some(at(NOW + 600)));
    let full = answers::wallet("points", &view, &terms, true);
    let lot = &full.lots[0];
    assert_eq!((lot.points, lot.made_by, lot.earned_by), (70, 1, 1));
    assert_eq!(
        (lot.funder.as_str(), lot.price.as_ref().unwrap().micros),
        ("acme", 5_000)
    );
}

#[test]
fn statements_go_page_by_page() {
    let ledger = lived_in();
    let member = MemberName::Id("m-1".into());
    let page = ledger.statement(&member, "points", 1, None).unwrap();
    let first = answers::statement(&page);
    let newest = &first.rows[0];
    assert_eq!(
        (newest.verb.as_str(), newest.code()),
        ("authorize", wire::Code::Applied)
    );
    assert_eq!(
        (newest.reason.as_str(), newest.points, newest.key.as_str()),
        ("authorization", -30, "hold")
    );
    assert_eq!(newest.change.unwrap().held, 30);
    let before = first.next_page_token.parse().unwrap();
    let rest = ledger
        .statement(&member, "points", PAGE_ROWS, Some(before))
        .unwrap();
    let rest = answers::statement(&rest);
    assert_eq!(rest.next_page_token, "");
    let rows: Vec<(&str, i64)> = rest
        .rows
        .iter()
        .map(|row| (row.reason.as_str(), row.points))
        .collect();
    assert_eq!(rows, [("accrual", 100)]);
    assert_eq!(rest.rows[0].balance.unwrap().available, 100);
}

#[test]
fn of_an_alias_no_more_than_last_digits_is_shown() {
    let ledger = lived_in();
    let view = ledger.view().unwrap();
    let aliases = view.member(1).aliases();
    let shown = answers::held_alias(&aliases[0]);
    assert_eq!(
        (shown.kind.as_str(), shown.masked.as_str()),
        ("card", "****0001")
    );
    assert_eq!((shown.until_time, shown.lost), (None, false));
    let phone = HeldAlias {
        kind: "phone".into(),
        hash: [0; 16],
        last_digits: 0,
        from: Instant(0),
        until: Instant(1_000_000),
        lost: true,
    };
    let shown = answers::held_alias(&phone);
    assert_eq!(
        (shown.masked.as_str(), shown.until_time),
        ("****", Some(at(1)))
    );
}

#[test]
fn open_holds_tell_their_till() {
    let ledger = lived_in();
    let holds = ledger.open_holds(Some("12"), None, 0, 10).unwrap();
    let told = answers::open_hold(&holds[0], &ledger.view().unwrap());
    assert_eq!((told.authorization, told.points), (3, 30));
    assert_eq!(
        (told.member.as_str(), told.wallet.as_str()),
        ("m-1", "points")
    );
    assert_eq!(
        (
            told.store.as_str(),
            told.terminal.as_str(),
            told.key.as_str()
        ),
        ("12", "3", "hold")
    );
}

#[test]
fn sums_are_told_where_they_fit() {
    let ledger = lived_in();
    let view = ledger.view().unwrap();
    let balance = answers::trial_balance(&ledger.trial_balance(None).unwrap(), 0, &view).unwrap();
    assert!(balance.balanced);
    assert_eq!(balance.wallet, "points");
    let members = balance.members.unwrap();
    let outstanding = members.pending + members.available + members.held - members.debt;
    assert_eq!(balance.accounts.unwrap().outstanding, outstanding);
    let funders: Vec<&str> = balance
        .terms
        .iter()
        .map(|terms| terms.funder.as_str())
        .collect();
    assert_eq!(funders, ["", "acme"]);

    let calendar = Calendar::of_zone("Europe/Berlin").unwrap();
    let member = MemberName::Id("m-1".into());
    let ladder = ledger.ladder(Some(&member), "points").unwrap();
    let told = answers::ladder(&ladder, &calendar).unwrap();
    assert_eq!(
        (told.steps[0].local_date.as_str(), told.steps[0].points),
        ("2026-03-17", 100)
    );
    let huge = Ladder {
        never: i128::MAX,
        ..Ladder::default()
    };
    assert_eq!(answers::ladder(&huge, &calendar), Err(TooLarge));
}

#[test]
fn a_tills_day_is_told_by_verb_and_code() {
    let ledger = lived_in();
    let totals = ledger.till_totals("12", Some("3"), 20_528).unwrap();
    let told: Vec<wire::TillTotal> = totals
        .iter()
        .map(|total| answers::till_total(total).unwrap())
        .collect();
    let verbs: Vec<(&str, u64, i64)> = told
        .iter()
        .map(|total| (total.verb.as_str(), total.count, total.money_minor_units))
        .collect();
    assert_eq!(verbs, [("authorize", 1, 0), ("purchase", 1, 1_000)]);
    let huge = TillTotal {
        money: i128::MAX,
        ..totals[0]
    };
    assert_eq!(answers::till_total(&huge), Err(TooLarge));
}

#[test]
fn a_past_is_told_lot_by_lot() {
    let ledger = lived_in();
    let explained = ledger
        .explain(&MemberName::Id("m-1".into()), "points")
        .unwrap();
    let told = answers::explanation(&explained, "points", &ledger.view().unwrap());
    assert_eq!((told.member.as_str(), told.lots.len()), ("m-1", 1));
    let story = &told.lots[0];
    assert_eq!((story.came, story.available, story.held), (100, 70, 30));
    let flows: Vec<wire::Flow> = story.lines.iter().map(wire::StoryLine::flow).collect();
    assert_eq!(flows, [wire::Flow::Accrued, wire::Flow::Held]);
    assert_eq!(told.debt, Some(wire::DebtStory::default()));
}

#[test]
fn the_ledger_tells_of_itself_and_its_program() {
    let ledger = lived_in();
    let report = answers::report(&ledger.verify().unwrap());
    assert!(report.ok, "{:?}", report.problems);
    let info = ledger.info().unwrap();
    assert_eq!(info.clock, ClockKind::Manual);
    let checkpoint = answers::checkpoint(&info, *b"EUR", Some(ledger.digest().unwrap()));
    assert_eq!((checkpoint.sequence, checkpoint.members), (4, 2));
    assert_eq!(checkpoint.digest, report.digest);
    assert!(checkpoint.manual_clock);
    let view = ledger.view().unwrap();
    let program = answers::program(0, &view.programs[0], None);
    assert_eq!(
        (
            program.version,
            program.toml.as_str(),
            program.recorded_time
        ),
        (0, "", None)
    );
    assert_eq!(program.wallets, ["points"]);
    assert_eq!(program.earning.unwrap().wallet, "points");
}

#[test]
fn results_of_a_batch_stand_in_its_order() {
    let ledger = ledger();
    let items = vec![
        wire::BatchItem::default(),
        wire::BatchItem {
            request: Some(Asked::AccruePoints(accrual("a", "m-1", 5))),
        },
        wire::BatchItem {
            request: Some(Asked::AccruePoints(accrual("b", "m-1", -5))),
        },
        wire::BatchItem::default(),
        wire::BatchItem {
            request: Some(Asked::AccruePoints(accrual("a", "m-1", 5))),
        },
    ];
    let (items, wrong) = Items::new(items, edge(&ledger));
    assert_eq!(items.len(), 3);
    let answers = ledger.submit_rows(Arc::new(items)).unwrap();
    let told = answers::batch(&answers, &wrong, None);
    let codes: Vec<wire::Code> = told.results.iter().map(wire::BatchResult::code).collect();
    use wire::Code::{Applied, FieldInvalid, PointsNotPositive};
    assert_eq!(
        codes,
        [
            FieldInvalid,
            Applied,
            PointsNotPositive,
            FieldInvalid,
            Applied
        ]
    );
    assert_eq!(told.results[0].message, "items[0].request: is required");
    assert_eq!(told.results[1].recorded_time, Some(at(NOW)));
    assert_eq!(told.results[2].recorded_time, None);
    assert_eq!(
        (told.results[4].replayed, told.results[4].sequence),
        (true, 1)
    );
    assert_eq!(told.refused_item, None);
}

#[test]
fn a_batch_of_wrong_items_alone_is_answered_too() {
    let error = FieldError::new("items[0].request", "is required");
    let told = answers::batch(&[], &[(0, error.clone()), (1, error)], None);
    assert_eq!(told.results.len(), 2);
    let none: [RowAnswer; 0] = [];
    assert_eq!(answers::batch(&none, &[], Some(3)).refused_item, Some(3));
}

#[test]
fn instants_keep_their_digits() {
    let recorded = answers::recorded(RecordedAt(NOW * 1_000_000_000 + 123_456_789));
    assert_eq!((recorded.seconds, recorded.nanos), (NOW, 123_456_789));
    let told = answers::time(Instant(NOW * 1_000_000 + 1)).unwrap();
    assert_eq!((told.seconds, told.nanos), (NOW, 1_000));
    for never in [Instant::NEVER, Instant::WITH_WALLET] {
        assert_eq!(answers::time(never), None);
    }
    assert_eq!(Code::from_number(52), Some(Code::FieldInvalid));
}
