//! Entries of the second format: receipts, baskets, transfers, what is done by hand, and what has not arrived.

use loyalty_ledger::ledger::entry::{Balance, Entry, Fact, Figures, Flow, Movement};
use loyalty_ledger::ledger::lot::{Lot, LotId, TermsId};
use loyalty_ledger::ledger::members::Status;
use loyalty_ledger::ledger::program::{Restore, Shortfall};
use loyalty_ledger::ledger::rejection::Code;
use loyalty_ledger::ledger::request::*;
use loyalty_ledger::ledger::time::Instant;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::{
    any_alias, any_name, any_text, available, card, effect, instant, lot, member, movement, number,
    partners, plain, referrals, text,
};

fn receipt(number: &str) -> Receipt<'static> {
    Receipt {
        store: text("store12"),
        terminal: text("t3"),
        business_date: 20_528,
        number: text(number),
    }
}

fn named(kind: ReceiptKind) -> Reference<'static> {
    Reference::Receipt(Box::new(ReceiptName {
        kind,
        receipt: receipt("4711"),
    }))
}

fn nothing(amount: i64) -> Lot {
    Lot {
        id: LotId(0),
        amount,
        activates_at: Instant(0),
        expires_at: Instant(0),
        origin: 0,
        terms: TermsId::NONE,
        pending: false,
    }
}

/// One sample of each verb and each fact of the second format.
pub fn samples() -> Vec<Entry<'static>> {
    let mut entries = vec![
        basket_sale(),
        captured_sale(),
        returned_lines(),
        parked_void(),
    ];
    entries.extend([undone_return(), late_refusal(), offline_redeem(), joined()]);
    entries.extend([transfer(), overdrawn_adjustment()]);
    entries.extend(by_hand());
    entries.extend(batches());
    entries
}

fn basket_sale() -> Entry<'static> {
    let line = |sku: &str, category: &str, amount, excluded| Line {
        sku: text(sku),
        category: text(category),
        quantity: 2,
        amount,
        excluded,
    };
    let command = Command::Purchase(Purchase {
        member: MemberName::Alias(card()),
        amount: Money {
            minor_units: 4_000,
            currency: *b"EUR",
        },
        enroll: true,
        basket: Some(Box::new(Basket {
            lines: vec![
                line("4006381", "coffee", 3_000, false),
                line("", "gift_card", 1_000, true),
            ],
            eligible: Some(3_000),
            spend: Some(Spend::Redeem { points: 250 }),
            joining: Some(Joining {
                id: None,
                aliases: vec![card()],
            }),
            referral: None,
        })),
    });
    let mut entry = plain(20, "store12/t3/4711/purchase/1", command);
    entry.request.details = Details::boxed(Some(receipt("4711")), Source::default());
    entry.figures = Figures {
        requested: 27,
        awarded: 27,
        spent: 250,
        cash: 3_750,
        eligible: 2_750,
        ..Figures::default()
    };
    let movements = [
        movement(Flow::Redeemed, lot(4, 250)),
        movement(Flow::Accrued, lot(20, 27)),
        movement(Flow::AccrualReversed, lot(20, 16)),
    ];
    let mut effect = effect(12, &movements, available(11));
    effect.inactive_at = Instant(1_820_000_000_000_000);
    entry.effects.push(effect);
    entry
}

fn captured_sale() -> Entry<'static> {
    let command = Command::Purchase(Purchase {
        member: member("m-1"),
        amount: Money {
            minor_units: 4_000,
            currency: *b"EUR",
        },
        enroll: false,
        basket: Some(Box::new(Basket {
            spend: Some(Spend::Capture {
                authorization: Reference::Key(text("d")),
                points: Some(300),
            }),
            ..Basket::default()
        })),
    });
    let mut entry = plain(21, "sale", command);
    entry.original = 7;
    let mut captured = movement(Flow::Captured, lot(4, 300));
    captured.hold = 7;
    entry.effects.push(effect(20, &[captured], available(0)));
    entry
}

fn returned_lines() -> Entry<'static> {
    let lines = vec![
        ReturnedLine {
            line: 1,
            quantity: Some(1),
        },
        ReturnedLine {
            line: 2,
            quantity: None,
        },
    ];
    let command = Command::Reverse(Reverse {
        original: named(ReceiptKind::Sale),
        part: Part::Lines(lines),
        member: Some(member("m-1")),
        shortfall: Some(Shortfall::ChargeShortfall),
        restore: Some(Restore::Reissue),
        dispute: None,
    });
    let mut entry = plain(22, "return", command);
    entry.request.details = Details::boxed(Some(receipt("9001")), Source::default());
    entry.original = 20;
    entry.figures = Figures {
        requested: 2_500,
        awarded: 15,
        reversed_money: 2_500,
        reversed_points: 15,
        spent: 156,
        cash: 934,
        kept_back: 10,
        spared: 5,
        reversed_spent: 156,
        reversed_by_lines: 2_500,
        eligible_by_lines: 1_500,
        ..Figures::default()
    };
    for (line, quantity) in [(1, 1), (2, 2)] {
        entry.facts.push(Fact::LineReturned { line, quantity });
    }
    let mut written_off = movement(Flow::WrittenOff, nothing(5));
    written_off.hold = 22;
    let movements = [
        movement(Flow::RedemptionReversed, lot(4, 156)),
        written_off,
        movement(Flow::SettledInCash, nothing(10)),
    ];
    entry.effects.push(effect(21, &movements, available(156)));
    entry
}

fn parked_void() -> Entry<'static> {
    let command = Command::Void(Void {
        authorization: named(ReceiptKind::Return),
    });
    let mut entry = plain(23, "void", command);
    entry.code = Code::Parked;
    entry.facts.push(Fact::Parked { previous: 19 });
    entry
}

fn undone_return() -> Entry<'static> {
    let command = Command::Reverse(Reverse {
        original: Reference::Sequence(22),
        part: Part::Rest,
        member: None,
        shortfall: None,
        restore: None,
        dispute: None,
    });
    let mut entry = plain(24, "post-void", command);
    entry.original = 22;
    entry.facts.push(Fact::Reopened { original: 20 });
    let mut undone = movement(Flow::WriteOffUndone, nothing(5));
    undone.hold = 22;
    let movements = [
        movement(Flow::ReturnTaken, lot(4, 156)),
        undone,
        movement(Flow::CashUndone, nothing(10)),
    ];
    entry.effects.push(effect(22, &movements, available(0)));
    entry
}

fn late_refusal() -> Entry<'static> {
    let mut entry = captured_sale();
    entry.sequence = 25;
    entry.code = Code::AlreadyReversed;
    entry.original = 23;
    entry.effects.clear();
    entry
}

fn offline_redeem() -> Entry<'static> {
    let command = Command::Redeem(Redeem {
        member: member("m-1"),
        wallet: text("points"),
        points: 400,
    });
    let mut entry = plain(26, "offline", command);
    let source = Source {
        store: text("store12"),
        actor: text("clerk-7"),
        entry_mode: EntryMode::Swiped,
        offline: true,
        training: false,
        ..Source::default()
    };
    entry.request.details = Details::boxed(None, source);
    (entry.figures.requested, entry.figures.awarded) = (400, 100);
    entry.figures.charged = 300;
    entry.facts.push(Fact::OfflineUsed {
        member: 0,
        day: 20_528,
        points: 100,
    });
    entry.facts.push(Fact::StoreCharged {
        store: text("store12"),
        currency: 0,
        points: 300,
    });
    let movements = [movement(Flow::RedeemOverdrawn, nothing(100))];
    let after = Balance {
        debt: 100,
        ..Balance::default()
    };
    entry.effects.push(effect(24, &movements, after));
    entry
}

fn joined() -> Entry<'static> {
    let command = Command::Accrue(Accrue {
        member: MemberName::Alias(card()),
        wallet: text("points"),
        points: 5,
        activates_at: None,
        expires_at: None,
        funder: None,
        price: None,
        enroll: false,
        joining: Some(Box::new(Joining {
            id: Some(text("m-2")),
            aliases: vec![card()],
        })),
    });
    let mut entry = plain(27, "joined", command);
    let mut waiting = lot(27, 5);
    (waiting.pending, waiting.activates_at) = (true, Instant::NEVER);
    waiting.expires_at = Instant::WITH_WALLET;
    let movements = [movement(Flow::Accrued, waiting)];
    entry.effects.push(effect(0, &movements, available(0)));
    entry
}

fn transfer() -> Entry<'static> {
    let command = Command::Transfer(Transfer {
        giver: member("m-1"),
        receiver: MemberName::Alias(card()),
        wallet: text("points"),
        points: 150,
    });
    let mut entry = plain(28, "gift", command);
    (entry.figures.requested, entry.figures.awarded) = (150, 150);
    let mut given = lot(4, 150);
    let out = movement(Flow::TransferredOut, given);
    entry.effects.push(effect(26, &[out], available(50)));
    given.id = LotId::new(28, 1);
    let come = movement(Flow::TransferredIn, given);
    let mut other = effect(27, &[come], available(190));
    other.wallet.member = 1;
    entry.effects.push(other);
    entry
}

fn overdrawn_adjustment() -> Entry<'static> {
    let command = Command::Adjust(Adjust {
        member: member("m-1"),
        wallet: text("points"),
        points: -70,
        reason: text("fraud"),
        actor: text("desk"),
        expires_at: None,
        overdraw: true,
    });
    let mut entry = plain(29, "down", command);
    let movements = [movement(Flow::AdjustOverdrawn, nothing(70))];
    let after = Balance {
        debt: 70,
        ..Balance::default()
    };
    entry.effects.push(effect(28, &movements, after));
    entry
}

fn manage() -> ManageMember<'static> {
    ManageMember {
        member: member("m-1"),
        reason: text("moved away"),
        actor: text("desk"),
    }
}

pub fn erased() -> Entry<'static> {
    let mut entry = plain(34, "erase", Command::EraseMember(manage()));
    let alias = card();
    entry.facts.push(Fact::AliasRemoved { member: 0, alias });
    entry.facts.push(Fact::Unlinked {
        member: 0,
        partner: text("airline"),
    });
    entry.facts.push(Fact::StatusChanged {
        member: 0,
        status: Status::Erased,
    });
    entry.effects.push(effect(29, &[], available(0)));
    entry
}

fn by_hand() -> Vec<Entry<'static>> {
    let mut block = plain(30, "j", Command::Block(manage()));
    let changed = |status| Fact::StatusChanged { member: 0, status };
    block.facts.push(changed(Status::Blocked));
    let mut unblock = plain(31, "k", Command::Unblock(manage()));
    unblock.facts.push(changed(Status::Active));
    let mut close = plain(32, "l", Command::CloseMember(manage()));
    close.facts.push(changed(Status::Closed));
    let movements = [
        movement(Flow::Forfeited, lot(4, 80)),
        movement(Flow::DebtForgiven, nothing(3)),
    ];
    close.effects.push(effect(29, &movements, available(0)));
    let replace = ReplaceAlias {
        member: member("m-1"),
        old: card(),
        new: Alias {
            hash: *b"fedcba9876543210",
            ..card()
        },
        reason: text("stolen"),
    };
    let mut replaced = plain(33, "m", Command::ReplaceAlias(replace.clone()));
    replaced.facts.push(Fact::AliasLost {
        member: 0,
        alias: replace.old,
    });
    replaced.facts.push(Fact::AliasAdded {
        member: 0,
        alias: replace.new,
    });
    let mut entries = vec![block, unblock, close, replaced];
    entries.extend(dates_and_debt());
    entries
}

fn dates_and_debt() -> Vec<Entry<'static>> {
    let (reason, actor) = (text("goodwill"), text("desk"));
    let mut reinstate = plain(
        34,
        "n",
        Command::Reinstate(Reinstate {
            member: member("m-1"),
            wallet: text("points"),
            lot: LotId::new(4, 1),
            points: Some(20),
            expires_at: Some(Instant::NEVER),
            reason: reason.clone(),
            actor: actor.clone(),
        }),
    );
    let movements = [movement(Flow::Reinstated, lot(34, 20))];
    reinstate
        .effects
        .push(effect(32, &movements, available(20)));
    let extend_lot = Command::ExtendLot(ExtendLot {
        member: member("m-1"),
        wallet: text("points"),
        lot: LotId::new(4, 0),
        expires_at: Instant(1_830_000_000_000_000),
        reason: reason.clone(),
        actor: actor.clone(),
    });
    let mut extended = plain(35, "o", extend_lot);
    let movements: [Movement; 2] = [
        movement(Flow::MovedOut, lot(4, 20)),
        movement(Flow::MovedIn, lot(35, 20)),
    ];
    extended.effects.push(effect(34, &movements, available(20)));
    let extend_hold = Command::ExtendHold(ExtendHold {
        authorization: named(ReceiptKind::Sale),
        ttl_micros: 3_600_000_000,
    });
    let forgive = Command::ForgiveDebt(ForgiveDebt {
        member: member("m-1"),
        wallet: text("points"),
        points: Some(12),
        reason,
        actor,
    });
    let activate = Command::Activate(Activate {
        original: Reference::Sequence(27),
        member: Some(MemberName::Alias(card())),
    });
    vec![
        reinstate,
        extended,
        plain(36, "p", extend_hold),
        plain(37, "q", forgive),
        plain(38, "r", activate),
    ]
}

fn batches() -> Vec<Entry<'static>> {
    let batch = Command::Batch(Batch {
        rows: 12,
        digest: [7; 32],
    });
    let applied = plain(39, "s", batch);
    let mut refused = applied.clone();
    refused.sequence = 40;
    refused.code = Code::InsufficientPoints;
    refused.figures.available = 30;
    refused.facts.push(Fact::RowRefused { row: 11 });
    vec![applied, refused]
}

fn any_receipt() -> impl Strategy<Value = Receipt<'static>> {
    (any_text(), any_text(), any::<i32>(), any_text()).prop_map(
        |(store, terminal, business_date, number)| Receipt {
            store,
            terminal,
            business_date,
            number,
        },
    )
}

pub fn any_details() -> impl Strategy<Value = Option<Box<Details<'static>>>> {
    let mode = proptest::sample::select(&EntryMode::ALL[..]);
    let texts = (any_text(), any_text(), any_text(), any_text());
    let source = (texts, mode, any::<bool>(), any::<bool>()).prop_map(
        |((store, actor, partner, verification), entry_mode, offline, training)| Source {
            store,
            actor,
            entry_mode,
            offline,
            training,
            partner,
            verification,
        },
    );
    let some = (option::of(any_receipt()), source)
        .prop_map(|(receipt, source)| Details::boxed(receipt, source));
    prop_oneof![Just(None), some]
}

pub fn any_receipt_name() -> impl Strategy<Value = Reference<'static>> {
    (any::<bool>(), any_receipt()).prop_map(|(sale, receipt)| {
        let kind = match sale {
            true => ReceiptKind::Sale,
            false => ReceiptKind::Return,
        };
        Reference::Receipt(Box::new(ReceiptName { kind, receipt }))
    })
}

pub fn any_joining() -> impl Strategy<Value = Joining<'static>> {
    (option::of(any_text()), vec(any_alias(), 0..3))
        .prop_map(|(id, aliases)| Joining { id, aliases })
}

pub fn any_basket() -> impl Strategy<Value = Option<Box<Basket<'static>>>> {
    let line = (any_text(), any_text(), number(), number(), any::<bool>()).prop_map(
        |(sku, category, quantity, amount, excluded)| Line {
            sku,
            category,
            quantity,
            amount,
            excluded,
        },
    );
    let redeem = number().prop_map(|points| Spend::Redeem { points });
    let capture =
        (super::any_reference(), option::of(number())).prop_map(|(authorization, points)| {
            Spend::Capture {
                authorization,
                points,
            }
        });
    let spend = option::of(prop_oneof![redeem, capture]);
    let parts = (
        vec(line, 0..4),
        option::of(number()),
        spend,
        option::of(any_joining()),
        option::of(referrals::any_naming()),
    );
    parts.prop_map(|(lines, eligible, spend, joining, referral)| {
        let basket = Basket {
            lines,
            eligible,
            spend,
            joining,
            referral: referral.map(Box::new),
        };
        (basket != Basket::default()).then(|| Box::new(basket))
    })
}

pub fn any_lines() -> impl Strategy<Value = Part> {
    let line = (any::<u32>(), option::of(number()))
        .prop_map(|(line, quantity)| ReturnedLine { line, quantity });
    vec(line, 1..4).prop_map(Part::Lines)
}

fn any_managed() -> impl Strategy<Value = Command<'static>> {
    let manage =
        (any_name(), any_text(), any_text(), 0..4).prop_map(|(member, reason, actor, which)| {
            let manage = ManageMember {
                member,
                reason,
                actor,
            };
            match which {
                0 => Command::Block(manage),
                1 => Command::Unblock(manage),
                2 => Command::EraseMember(manage),
                _ => Command::CloseMember(manage),
            }
        });
    let replace = (any_name(), any_alias(), any_alias(), any_text()).prop_map(
        |(member, old, new, reason)| {
            Command::ReplaceAlias(ReplaceAlias {
                member,
                old,
                new,
                reason,
            })
        },
    );
    let transfer = (any_name(), any_name(), any_text(), number()).prop_map(
        |(giver, receiver, wallet, points)| {
            Command::Transfer(Transfer {
                giver,
                receiver,
                wallet,
                points,
            })
        },
    );
    let batch = (any::<u32>(), any::<[u8; 32]>())
        .prop_map(|(rows, digest)| Command::Batch(Batch { rows, digest }));
    prop_oneof![manage, replace, transfer, batch]
}

fn any_dated() -> impl Strategy<Value = Command<'static>> {
    let hand = || (any_text(), any_text());
    let lot_of = || (any_name(), any_text(), any::<u64>().prop_map(LotId));
    let reinstate = (
        lot_of(),
        option::of(number()),
        option::of(instant()),
        hand(),
    )
        .prop_map(
            |((member, wallet, lot), points, expires_at, (reason, actor))| {
                Command::Reinstate(Reinstate {
                    member,
                    wallet,
                    lot,
                    points,
                    expires_at,
                    reason,
                    actor,
                })
            },
        );
    let extend = (lot_of(), instant(), hand()).prop_map(
        |((member, wallet, lot), expires_at, (reason, actor))| {
            Command::ExtendLot(ExtendLot {
                member,
                wallet,
                lot,
                expires_at,
                reason,
                actor,
            })
        },
    );
    let hold = (super::any_reference(), number()).prop_map(|(authorization, ttl_micros)| {
        Command::ExtendHold(ExtendHold {
            authorization,
            ttl_micros,
        })
    });
    let forgive = (any_name(), any_text(), option::of(number()), hand()).prop_map(
        |(member, wallet, points, (reason, actor))| {
            Command::ForgiveDebt(ForgiveDebt {
                member,
                wallet,
                points,
                reason,
                actor,
            })
        },
    );
    let activate = (super::any_reference(), option::of(any_name()))
        .prop_map(|(original, member)| Command::Activate(Activate { original, member }));
    prop_oneof![reinstate, extend, hold, forgive, activate]
}

pub fn any_command() -> impl Strategy<Value = Command<'static>> {
    prop_oneof![
        any_managed().boxed(),
        any_dated().boxed(),
        partners::any_command().boxed()
    ]
}

pub fn any_fact() -> impl Strategy<Value = Fact<'static>> {
    let status = proptest::sample::select(&Status::ALL[..]);
    prop_oneof![
        (any::<u32>(), any_alias()).prop_map(|(member, alias)| Fact::AliasLost { member, alias }),
        (any::<u32>(), status).prop_map(|(member, status)| Fact::StatusChanged { member, status }),
        any::<u64>().prop_map(|previous| Fact::Parked { previous }),
        (any_text(), any::<u8>(), number()).prop_map(|(store, currency, points)| {
            Fact::StoreCharged {
                store,
                currency,
                points,
            }
        }),
        (any::<u32>(), any::<i32>(), number()).prop_map(|(member, day, points)| {
            Fact::OfflineUsed {
                member,
                day,
                points,
            }
        }),
        (any::<u32>(), number()).prop_map(|(line, quantity)| Fact::LineReturned { line, quantity }),
        any::<u64>().prop_map(|original| Fact::Reopened { original }),
        any::<u32>().prop_map(|row| Fact::RowRefused { row }),
        partners::any_fact(),
    ]
}
