//! Every message that asks for a write, and the request that it makes.

use std::collections::BTreeSet;

use prost::Message;
use prost_types::{Duration, FileDescriptorSet};

use super::*;
use crate::engine::Rows;
use crate::ledger::link::{LinkScope, LinkScopes};
use crate::ledger::lot::LotId;
use crate::ledger::program::{Restore, Shortfall};
use crate::ledger::request::{
    Accrue, Activate, Adjust, Alias, Authorize, Basket, Capture, ChangeAlias, Command, Details,
    Enroll, EntryMode, ExtendHold, ExtendLot, ForgiveDebt, Joining, Line, LinkMember, ManageMember,
    MemberName, Money, Part, Price, Purchase, Receipt, ReceiptKind, ReceiptName, Redeem, Reference,
    Reinstate, ReplaceAlias, Request, ReturnedLine, Reverse, Source, Spend, Transfer, UnlinkMember,
    Void,
};
use crate::ledger::verbs::VERBS;
use crate::service::convert::requests::{Items, quote};
use crate::service::wire::batch_item::Request as Asked;

const EUR: [u8; 3] = *b"EUR";

fn member(id: &str) -> MemberName<'_> {
    MemberName::Id(id.into())
}

fn aliased(ledger: &Ledger, number: &str) -> Alias<'static> {
    ledger.alias("card", number).unwrap()
}

fn core_receipt(number: &str) -> Receipt<'_> {
    Receipt {
        store: "12".into(),
        terminal: "3".into(),
        business_date: 20_528,
        number: number.into(),
    }
}

/// One message of each kind that a batch takes, and the command that it makes.
fn pairs(ledger: &Ledger) -> Vec<(Asked, Command<'static>)> {
    [
        members(ledger),
        sales(ledger),
        points(),
        corrections(),
        tills(),
        partners(ledger),
        referrals::pairs(),
    ]
    .concat()
}

fn partners(ledger: &Ledger) -> Vec<(Asked, Command<'static>)> {
    let own = ledger.alias("partner:airline", "P-77").unwrap();
    vec![
        (
            Asked::LinkMember(wire::LinkMemberRequest {
                key: "k".to_owned(),
                member: id("m-1"),
                partner: "airline".to_owned(),
                partner_member: "P-77".to_owned(),
                scopes: vec![
                    wire::LinkScope::Redeem.into(),
                    wire::LinkScope::Balance.into(),
                ],
                daily_points: Some(2_000),
                consent: "consent/1".to_owned(),
                starts_time: Some(wire_time(NOW, 0)),
                ..Default::default()
            }),
            Command::LinkMember(Box::new(LinkMember {
                member: member("m-1"),
                partner: "airline".into(),
                alias: own,
                scopes: LinkScopes::NONE
                    .with(LinkScope::Balance)
                    .with(LinkScope::Redeem),
                daily_points: Some(2_000),
                consent: "consent/1".into(),
                starts_at: Some(Instant(NOW * 1_000_000)),
                ends_at: None,
            })),
        ),
        (
            Asked::UnlinkMember(wire::UnlinkMemberRequest {
                key: "k".to_owned(),
                member: id("m-1"),
                partner: "airline".to_owned(),
                reason: "asked to".to_owned(),
                ..Default::default()
            }),
            Command::UnlinkMember(UnlinkMember {
                member: member("m-1"),
                partner: "airline".into(),
                reason: "asked to".into(),
            }),
        ),
    ]
}

fn members(ledger: &Ledger) -> Vec<(Asked, Command<'static>)> {
    let by_hand = || ManageMember {
        member: member("m-1"),
        reason: "fraud".into(),
        actor: "ann".into(),
    };
    let change = || ChangeAlias {
        member: MemberName::Alias(aliased(ledger, "2760001")),
        alias: aliased(ledger, "2760002"),
    };
    vec![
        (
            Asked::EnrollMember(wire::EnrollMemberRequest {
                key: "k".to_owned(),
                member: "m-1".to_owned(),
                aliases: vec![card("2760 001")],
                ..Default::default()
            }),
            Command::Enroll(Enroll {
                member: "m-1".into(),
                aliases: vec![aliased(ledger, "2760001")],
                referral: None,
            }),
        ),
        (
            Asked::AddAlias(wire::AddAliasRequest {
                key: "k".to_owned(),
                member: by_card("2760001"),
                alias: Some(card("2760002")),
                ..Default::default()
            }),
            Command::AddAlias(change()),
        ),
        (
            Asked::RemoveAlias(wire::RemoveAliasRequest {
                key: "k".to_owned(),
                member: by_card("2760001"),
                alias: Some(card("2760002")),
                ..Default::default()
            }),
            Command::RemoveAlias(change()),
        ),
        (
            Asked::ReplaceAlias(wire::ReplaceAliasRequest {
                key: "k".to_owned(),
                member: id("m-1"),
                old: Some(card("2760001")),
                new: Some(card("2760002")),
                reason: "lost".to_owned(),
                ..Default::default()
            }),
            Command::ReplaceAlias(ReplaceAlias {
                member: member("m-1"),
                old: aliased(ledger, "2760001"),
                new: aliased(ledger, "2760002"),
                reason: "lost".into(),
            }),
        ),
        (
            Asked::BlockMember(wire::BlockMemberRequest {
                key: "k".to_owned(),
                member: id("m-1"),
                reason: "fraud".to_owned(),
                actor: "ann".to_owned(),
                ..Default::default()
            }),
            Command::Block(by_hand()),
        ),
        (
            Asked::UnblockMember(wire::UnblockMemberRequest {
                key: "k".to_owned(),
                member: id("m-1"),
                reason: "fraud".to_owned(),
                actor: "ann".to_owned(),
                ..Default::default()
            }),
            Command::Unblock(by_hand()),
        ),
        (
            Asked::CloseMember(wire::CloseMemberRequest {
                key: "k".to_owned(),
                member: id("m-1"),
                reason: "fraud".to_owned(),
                actor: "ann".to_owned(),
                ..Default::default()
            }),
            Command::CloseMember(by_hand()),
        ),
        (
            Asked::EraseMember(wire::EraseMemberRequest {
                key: "k".to_owned(),
                member: id("m-1"),
                reason: "fraud".to_owned(),
                actor: "ann".to_owned(),
                ..Default::default()
            }),
            Command::EraseMember(by_hand()),
        ),
    ]
}

fn basket() -> wire::RecordPurchaseRequest {
    let line = |sku: &str, quantity, amount_minor_units, excluded| wire::Line {
        sku: sku.to_owned(),
        category: "coffee".to_owned(),
        quantity,
        amount_minor_units,
        excluded,
    };
    wire::RecordPurchaseRequest {
        key: "k".to_owned(),
        amount: euros(1_000),
        lines: vec![
            line("4711", None, 400, false),
            line("4712", Some(3), 600, true),
        ],
        eligible_minor_units: Some(350),
        spend: Some(wire::Spend {
            spend: Some(wire::spend::Spend::Capture(wire::CapturedSpend {
                authorization: by_key("hold"),
                points: Some(20),
            })),
        }),
        enroll: Some(wire::Joining {
            id: Some("m-9".to_owned()),
            aliases: vec![card("2760009")],
        }),
        ..Default::default()
    }
}

fn core_basket(ledger: &Ledger) -> Purchase<'static> {
    let line = |sku: &'static str, quantity, amount, excluded| Line {
        sku: sku.into(),
        category: "coffee".into(),
        quantity,
        amount,
        excluded,
    };
    Purchase {
        member: member("m-9"),
        amount: Money {
            minor_units: 1_000,
            currency: EUR,
        },
        enroll: false,
        basket: Some(Box::new(Basket {
            lines: vec![line("4711", 1, 400, false), line("4712", 3, 600, true)],
            eligible: Some(350),
            spend: Some(Spend::Capture {
                authorization: Reference::Key("hold".into()),
                points: Some(20),
            }),
            joining: Some(Joining {
                id: Some("m-9".into()),
                aliases: vec![aliased(ledger, "2760009")],
            }),
            referral: None,
        })),
    }
}

fn sales(ledger: &Ledger) -> Vec<(Asked, Command<'static>)> {
    vec![(
        Asked::RecordPurchase(basket()),
        Command::Purchase(core_basket(ledger)),
    )]
}

fn points() -> Vec<(Asked, Command<'static>)> {
    vec![
        (
            Asked::AccruePoints(wire::AccruePointsRequest {
                key: "k".to_owned(),
                member: id("m-1"),
                points: 100,
                activates_time: Some(at(NOW + 60)),
                expiry: until(NOW + 120),
                funder: "acme".to_owned(),
                price: Some(wire::Price {
                    micros: 5_000,
                    currency_code: "EUR".to_owned(),
                }),
                enroll: Some(wire::Joining::default()),
                ..Default::default()
            }),
            Command::Accrue(Accrue {
                member: member("m-1"),
                wallet: "points".into(),
                points: 100,
                activates_at: Some(Instant((NOW + 60) * 1_000_000)),
                expires_at: Some(Instant((NOW + 120) * 1_000_000)),
                funder: Some("acme".into()),
                price: Some(Price {
                    micros: 5_000,
                    currency: EUR,
                }),
                enroll: true,
                joining: None,
            }),
        ),
        (
            Asked::RedeemPoints(wire::RedeemPointsRequest {
                key: "k".to_owned(),
                member: id("m-1"),
                wallet: "stamps".to_owned(),
                points: 5,
                ..Default::default()
            }),
            Command::Redeem(Redeem {
                member: member("m-1"),
                wallet: "stamps".into(),
                points: 5,
            }),
        ),
        (
            Asked::TransferPoints(wire::TransferPointsRequest {
                key: "k".to_owned(),
                giver: id("m-1"),
                receiver: id("m-2"),
                points: 5,
                ..Default::default()
            }),
            Command::Transfer(Transfer {
                giver: member("m-1"),
                receiver: member("m-2"),
                wallet: "points".into(),
                points: 5,
            }),
        ),
        (
            Asked::ActivatePoints(wire::ActivatePointsRequest {
                key: "k".to_owned(),
                original: by_sequence(4),
                member: id("m-1"),
                ..Default::default()
            }),
            Command::Activate(Activate {
                original: Reference::Sequence(4),
                member: Some(member("m-1")),
            }),
        ),
    ]
}

fn corrections() -> Vec<(Asked, Command<'static>)> {
    let (reason, actor) = ("goodwill".to_owned(), "ann".to_owned());
    vec![
        (
            Asked::AdjustPoints(wire::AdjustPointsRequest {
                key: "k".to_owned(),
                member: id("m-1"),
                points: -5,
                reason: reason.clone(),
                actor: actor.clone(),
                expiry: never(),
                overdraw: true,
                ..Default::default()
            }),
            Command::Adjust(Adjust {
                member: member("m-1"),
                wallet: "points".into(),
                points: -5,
                reason: "goodwill".into(),
                actor: "ann".into(),
                expires_at: Some(Instant::NEVER),
                overdraw: true,
            }),
        ),
        (
            Asked::ReinstatePoints(wire::ReinstatePointsRequest {
                key: "k".to_owned(),
                member: id("m-1"),
                lot: 9 << 20,
                points: Some(7),
                reason: reason.clone(),
                actor: actor.clone(),
                ..Default::default()
            }),
            Command::Reinstate(Reinstate {
                member: member("m-1"),
                wallet: "points".into(),
                lot: LotId::earned(9),
                points: Some(7),
                expires_at: None,
                reason: "goodwill".into(),
                actor: "ann".into(),
            }),
        ),
        (
            Asked::ExtendExpiry(wire::ExtendExpiryRequest {
                key: "k".to_owned(),
                member: id("m-1"),
                lot: 9 << 20,
                expiry: never(),
                reason: reason.clone(),
                actor: actor.clone(),
                ..Default::default()
            }),
            Command::ExtendLot(ExtendLot {
                member: member("m-1"),
                wallet: "points".into(),
                lot: LotId::earned(9),
                expires_at: Instant::NEVER,
                reason: "goodwill".into(),
                actor: "ann".into(),
            }),
        ),
        (
            Asked::ForgiveDebt(wire::ForgiveDebtRequest {
                key: "k".to_owned(),
                member: id("m-1"),
                points: Some(3),
                reason,
                actor,
                ..Default::default()
            }),
            Command::ForgiveDebt(ForgiveDebt {
                member: member("m-1"),
                wallet: "points".into(),
                points: Some(3),
                reason: "goodwill".into(),
                actor: "ann".into(),
            }),
        ),
    ]
}

fn tills() -> Vec<(Asked, Command<'static>)> {
    let ttl = Some(Duration {
        seconds: 90,
        nanos: 500_000,
    });
    vec![
        (
            Asked::AuthorizeRedemption(wire::AuthorizeRedemptionRequest {
                key: "k".to_owned(),
                member: id("m-1"),
                points: 5,
                ttl,
                allow_partial: true,
                ..Default::default()
            }),
            Command::Authorize(Authorize {
                member: member("m-1"),
                wallet: "points".into(),
                points: 5,
                ttl_micros: Some(90_000_500),
                allow_partial: true,
            }),
        ),
        (
            Asked::CaptureRedemption(wire::CaptureRedemptionRequest {
                key: "k".to_owned(),
                authorization: by_sequence(3),
                points: Some(0),
                ..Default::default()
            }),
            Command::Capture(Capture {
                authorization: Reference::Sequence(3),
                points: Some(0),
            }),
        ),
        (
            Asked::VoidRedemption(wire::VoidRedemptionRequest {
                key: "k".to_owned(),
                authorization: by_key("hold"),
                ..Default::default()
            }),
            Command::Void(Void {
                authorization: Reference::Key("hold".into()),
            }),
        ),
        (
            Asked::ExtendAuthorization(wire::ExtendAuthorizationRequest {
                key: "k".to_owned(),
                authorization: by_key("hold"),
                ttl,
                ..Default::default()
            }),
            Command::ExtendHold(ExtendHold {
                authorization: Reference::Key("hold".into()),
                ttl_micros: 90_000_500,
            }),
        ),
        (
            Asked::ReverseTransaction(wire::ReverseTransactionRequest {
                key: "k".to_owned(),
                original: named(reference::Reference::SalesReceipt(receipt("4711"))),
                member: id("m-1"),
                shortfall: wire::Shortfall::ChargeShortfall.into(),
                restore: wire::Restore::Reissue.into(),
                part: Some(wire::reverse_transaction_request::Part::Lines(
                    wire::ReturnedLines {
                        lines: vec![wire::ReturnedLine {
                            line: 2,
                            quantity: Some(1),
                        }],
                    },
                )),
                ..Default::default()
            }),
            Command::Reverse(Reverse {
                original: Reference::Receipt(Box::new(ReceiptName {
                    kind: ReceiptKind::Sale,
                    receipt: core_receipt("4711"),
                })),
                part: Part::Lines(vec![ReturnedLine {
                    line: 2,
                    quantity: Some(1),
                }]),
                member: Some(member("m-1")),
                shortfall: Some(Shortfall::ChargeShortfall),
                restore: Some(Restore::Reissue),
                dispute: None,
            }),
        ),
    ]
}

/// Over the wire and back.
fn sent(asked: Asked) -> wire::BatchItem {
    let request = Some(asked);
    let bytes = wire::BatchItem { request }.encode_to_vec();
    wire::BatchItem::decode(&bytes[..]).unwrap()
}

#[test]
fn every_message_makes_its_command() {
    let ledger = ledger();
    let (messages, commands): (Vec<Asked>, Vec<_>) = pairs(&ledger).into_iter().unzip();
    let items = messages.into_iter().map(sent).collect();
    let (items, wrong) = Items::new(items, edge(&ledger));
    assert_eq!(wrong, []);
    assert_eq!(items.len(), commands.len());
    for (index, command) in commands.into_iter().enumerate() {
        let expected = Request {
            caller: "till".into(),
            key: "k".into(),
            occurred_at: None,
            details: None,
            command,
        };
        assert_eq!(items.request(index), expected);
    }
}

#[test]
fn every_verb_of_the_ledger_has_a_message() {
    let ledger = ledger();
    let numbers = |commands: Vec<(Asked, Command<'_>)>| -> BTreeSet<u8> {
        commands
            .iter()
            .map(|(_, command)| command.number())
            .collect()
    };
    // Programs, sweeps, batches, one-time codes, closed months and the engine's own records are asked for otherwise, or
    // not at all.
    let apart = [22, 23, 24, 35, 38, 45];
    let expected = VERBS.iter().map(|(number, _)| *number);
    let expected = expected.filter(|number| !apart.contains(number)).collect();
    assert_eq!(numbers(pairs(&ledger)), expected);
}

#[test]
fn every_item_of_a_batch_is_tried_here() {
    let files = FileDescriptorSet::decode(wire::DESCRIPTORS).unwrap();
    let mut messages = files.file.iter().flat_map(|file| &file.message_type);
    let item = messages.find(|message| message.name() == "BatchItem");
    assert_eq!(pairs(&ledger()).len(), item.unwrap().field.len());
}

#[test]
fn a_request_says_when_about_what_and_from_where() {
    let ledger = ledger();
    let message = wire::RedeemPointsRequest {
        key: "store12/t3/2026-03-16/4711/redeem/1".to_owned(),
        occurred_time: Some(wire_time(NOW, 123_456_789)),
        receipt: Some(receipt("4711")),
        source: Some(wire::Source {
            store: "12".to_owned(),
            actor: "ann".to_owned(),
            entry_mode: wire::EntryMode::Swiped.into(),
            offline: true,
            training: false,
            partner: "airline".to_owned(),
            verification: "pin/1".to_owned(),
        }),
        member: by_card("2760001"),
        points: 5,
        ..Default::default()
    };
    let request = message.request(edge(&ledger)).unwrap();
    assert_eq!(
        request.occurred_at,
        Some(Instant(NOW * 1_000_000 + 123_456))
    );
    let details = Details {
        receipt: Some(core_receipt("4711")),
        source: Source {
            store: "12".into(),
            actor: "ann".into(),
            entry_mode: EntryMode::Swiped,
            offline: true,
            training: false,
            partner: "airline".into(),
            verification: "pin/1".into(),
        },
    };
    assert_eq!(request.details, Some(Box::new(details)));
}

fn wire_time(seconds: i64, nanos: i32) -> Timestamp {
    Timestamp { seconds, nanos }
}

#[test]
fn a_request_borrows_from_its_message() {
    let ledger = ledger();
    let message = accrual("k", "m-1", 5);
    let request = message.request(edge(&ledger)).unwrap();
    let borrowed = |text: &std::borrow::Cow<'_, str>| matches!(text, std::borrow::Cow::Borrowed(_));
    assert!(borrowed(&request.key) && borrowed(&request.caller));
    assert!(matches!(request.command.member(), Some(MemberName::Id(id)) if borrowed(id)));
}

#[test]
fn an_enrolment_without_a_key_has_one_of_its_own() {
    let ledger = ledger();
    let message = wire::EnrollMemberRequest {
        member: "m-1".to_owned(),
        ..Default::default()
    };
    let request = message.request(edge(&ledger)).unwrap();
    assert_eq!(request.key, "enroll/m-1");
}

#[test]
fn whoever_joins_may_name_the_member() {
    let ledger = ledger();
    let joining = |id: Option<&str>, aliases| wire::RecordPurchaseRequest {
        key: "k".to_owned(),
        amount: euros(100),
        enroll: Some(wire::Joining {
            id: id.map(str::to_owned),
            aliases,
        }),
        ..Default::default()
    };
    let named = |message: &wire::RecordPurchaseRequest| {
        let request = message.request(edge(&ledger)).unwrap();
        request
            .command
            .member()
            .cloned()
            .map(MemberName::into_owned)
    };
    let alias = MemberName::Alias(aliased(&ledger, "2760001"));
    let by_id = joining(Some("m-9"), vec![card("2760001")]);
    assert_eq!(named(&by_id), Some(member("m-9")));
    assert_eq!(named(&joining(None, vec![card("2760001")])), Some(alias));
}

#[test]
fn a_quote_is_the_purchase_without_a_key() {
    let ledger = ledger();
    let purchase = basket();
    let asked = wire::QuotePurchaseRequest {
        amount: purchase.amount.clone(),
        lines: purchase.lines.clone(),
        eligible_minor_units: purchase.eligible_minor_units,
        spend: purchase.spend.clone(),
        enroll: purchase.enroll.clone(),
        ..Default::default()
    };
    let request = quote(&asked, edge(&ledger)).unwrap();
    assert_eq!(request.key, "");
    assert_eq!(request.command, Command::Purchase(core_basket(&ledger)));
}
