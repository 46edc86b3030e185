//! Entries for tests: one sample per verb, and a strategy for arbitrary ones.
#![allow(dead_code)] // Each test binary uses its own part of it.

mod coupons;
mod later;
mod partners;
mod referrals;

use std::borrow::Cow;

use loyalty_ledger::ledger::entry::{
    Balance, Effect, Entry, Fact, Figures, Flow, Movement, Opened, RecordedAt, WalletId,
};
use loyalty_ledger::ledger::lot::{Lot, LotId, TermsId};
use loyalty_ledger::ledger::program::{Restore, Shortfall};
use loyalty_ledger::ledger::rejection::{CODES, Code};
use loyalty_ledger::ledger::request::{
    Accrue, Adjust, Alias, Authorize, Capture, ChangeAlias, Command, Enroll, MemberName, Money,
    Part, Price, Publish, Purchase, Record, Redeem, Reference, Request, Reverse, Text, Void,
};
use loyalty_ledger::ledger::time::Instant;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

pub const RECORDED: RecordedAt = RecordedAt(1_773_652_500_123_456_789);
const EXPIRY: Instant = Instant(1_806_530_400_000_000);

pub fn text(text: &str) -> Text<'static> {
    Cow::Owned(text.to_owned())
}

pub fn member(id: &str) -> MemberName<'static> {
    MemberName::Id(text(id))
}

fn card() -> Alias<'static> {
    Alias {
        kind: text("card"),
        hash: *b"0123456789abcdef",
        last_digits: 4_711,
    }
}

/// An applied entry without facts and effects.
pub fn plain(sequence: u64, key: &str, command: Command<'static>) -> Entry<'static> {
    Entry {
        sequence,
        recorded_at: RECORDED,
        program: 1,
        request: Request {
            caller: text(""),
            key: text(key),
            occurred_at: None,
            command,
            details: None,
        },
        code: Code::Applied,
        figures: Figures::default(),
        original: 0,
        facts: Default::default(),
        effects: Default::default(),
    }
}

fn lot(sequence: u64, amount: i64) -> Lot {
    Lot {
        id: LotId::new(sequence, 0),
        amount,
        activates_at: RECORDED.instant(),
        expires_at: EXPIRY,
        origin: sequence,
        terms: TermsId::NONE,
        pending: false,
    }
}

fn movement(flow: Flow, lot: Lot) -> Movement {
    Movement {
        flow,
        due_at: None,
        lot,
        paid: 0,
        hold: 0,
    }
}

fn effect(previous: u64, movements: &[Movement], after: Balance) -> Effect {
    Effect {
        wallet: WalletId {
            member: 654_321,
            currency: 0,
        },
        previous,
        opened: None,
        movements: movements.iter().copied().collect(),
        after,
        next_activation: Instant::NEVER,
        next_expiry: EXPIRY,
        inactive_at: Instant::NEVER,
    }
}

fn available(available: i64) -> Balance {
    Balance {
        available,
        ..Balance::default()
    }
}

/// The accrual that bulk imports are made of: a key of 27 bytes, a member id of 10.
pub fn hot_accrual() -> Entry<'static> {
    let sequence = 12_345_678;
    let accrue = Command::Accrue(Accrue {
        member: member("m-00654321"),
        wallet: text("points"),
        points: 1_250,
        activates_at: None,
        expires_at: Some(EXPIRY),
        funder: None,
        price: None,
        enroll: false,
        joining: None,
    });
    let mut entry = plain(sequence, "store12/t3/2026-03-16/04711", accrue);
    entry.request.occurred_at = Some(Instant(1_773_649_800_000_000));
    entry.figures.requested = 1_250;
    entry.figures.awarded = 1_250;
    let movement = movement(Flow::Accrued, lot(sequence, 1_250));
    entry
        .effects
        .push(effect(11_222_333, &[movement], available(2_500)));
    entry
}

/// At least one entry of each verb, with each of the parts that entries can have.
pub fn samples() -> Vec<Entry<'static>> {
    let mut entries = fourth_samples();
    entries.extend(coupons::samples());
    entries.push(later::erased());
    entries
}

/// Those of them that the fourth format could write.
pub fn fourth_samples() -> Vec<Entry<'static>> {
    let mut entries = third_samples();
    entries.extend(referrals::samples());
    entries
}

/// Those of them that the third format could write.
pub fn third_samples() -> Vec<Entry<'static>> {
    let mut entries = second_samples();
    entries.extend(partners::samples());
    entries
}

/// Those of them that the second format could write.
pub fn second_samples() -> Vec<Entry<'static>> {
    let mut entries = first_samples();
    entries.extend(later::samples());
    entries
}

/// Those of them that the first format could write.
pub fn first_samples() -> Vec<Entry<'static>> {
    let mut entries = vec![hot_accrual(), enroll(), alias_added(), alias_removed()];
    entries.extend([purchase(), redeem(), refused_redeem(), authorize()]);
    entries.extend([capture(), void(), reverse(), reverse_money()]);
    entries.extend([adjust(), publish(), sweep()]);
    let records = [
        Record::Restored { through: 77 },
        Record::ClockAccepted,
        Record::ClockIsSystem,
    ];
    for record in records {
        entries.push(plain(90, "", Command::Record(record)));
    }
    entries
}

fn enroll() -> Entry<'static> {
    let command = Command::Enroll(Enroll {
        member: text("m-1"),
        aliases: vec![card()],
        referral: None,
    });
    let mut entry = plain(1, "enroll/m-1", command);
    entry.recorded_at.0 += 5_000;
    entry.facts.push(Fact::MemberEnrolled {
        member: 0,
        id: text("m-1"),
    });
    entry.facts.push(Fact::AliasAdded {
        member: 0,
        alias: card(),
    });
    entry
}

fn change() -> ChangeAlias<'static> {
    ChangeAlias {
        member: member("m-1"),
        alias: card(),
    }
}

fn alias_added() -> Entry<'static> {
    let mut entry = plain(2, "a", Command::AddAlias(change()));
    let (member, alias) = (0, card());
    entry.facts.push(Fact::AliasAdded { member, alias });
    entry
}

fn alias_removed() -> Entry<'static> {
    let mut entry = plain(3, "b", Command::RemoveAlias(change()));
    let (member, alias) = (0, card());
    entry.facts.push(Fact::AliasRemoved { member, alias });
    entry
}

fn purchase() -> Entry<'static> {
    let command = Command::Purchase(Purchase {
        member: MemberName::Alias(card()),
        amount: Money {
            minor_units: 12_599,
            currency: *b"EUR",
        },
        enroll: true,
        basket: None,
    });
    let mut entry = plain(4, "store12/t3/4711/purchase/1", command);
    entry.request.caller = text("store12");
    (entry.figures.requested, entry.figures.awarded) = (125, 125);
    let mut pending = lot(4, 125);
    pending.pending = true;
    pending.activates_at.0 += 14 * 86_400_000_000;
    let mut effect = effect(
        0,
        &[movement(Flow::Accrued, pending)],
        Balance {
            pending: 125,
            ..Balance::default()
        },
    );
    effect.next_activation = pending.activates_at;
    entry.effects.push(effect);
    entry
}

fn redeem() -> Entry<'static> {
    let command = Command::Redeem(Redeem {
        member: member("m-1"),
        wallet: text("points"),
        points: 150,
    });
    let mut entry = plain(5, "c", command);
    (entry.figures.requested, entry.figures.awarded) = (150, 150);
    let mut old = lot(4, 125);
    old.activates_at.0 -= 86_400_000_000;
    let mut activated = movement(
        Flow::Activated,
        Lot {
            pending: true,
            ..old
        },
    );
    activated.due_at = Some(old.activates_at);
    let mut grace = lot(3, 25);
    (grace.origin, grace.terms) = (2, TermsId(1));
    grace.id = LotId::new(3, 1);
    grace.expires_at = Instant::NEVER;
    let movements = [
        activated,
        movement(Flow::Redeemed, old),
        movement(Flow::Redeemed, grace),
    ];
    entry.effects.push(effect(4, &movements, available(10)));
    entry
}

fn refused_redeem() -> Entry<'static> {
    let mut entry = redeem();
    entry.sequence = 6;
    entry.code = Code::InsufficientPoints;
    entry.figures = Figures {
        requested: 150,
        available: 10,
        held: 5,
        ..Figures::default()
    };
    entry.effects.clear();
    entry
}

fn authorize() -> Entry<'static> {
    let command = Command::Authorize(Authorize {
        member: member("m-1"),
        wallet: text("points"),
        points: 400,
        ttl_micros: Some(900_000_000),
        allow_partial: true,
    });
    let mut entry = plain(7, "d", command);
    (entry.figures.requested, entry.figures.awarded) = (400, 350);
    let mut held = movement(Flow::Held, lot(4, 350));
    held.hold = 7;
    let after = Balance {
        held: 350,
        ..Balance::default()
    };
    let mut effect = effect(5, &[held], after);
    effect.opened = Some(Opened {
        hold: 7,
        lapses_at: Instant(RECORDED.instant().0 + 900_000_000),
    });
    entry.effects.push(effect);
    entry
}

fn capture() -> Entry<'static> {
    let command = Command::Capture(Capture {
        authorization: Reference::Sequence(7),
        points: Some(300),
    });
    let mut entry = plain(8, "e", command);
    (entry.figures.requested, entry.figures.awarded) = (300, 300);
    entry.original = 7;
    let mut captured = movement(Flow::Captured, lot(4, 300));
    let mut released = movement(Flow::Released, lot(4, 50));
    (captured.hold, released.hold, released.paid) = (7, 7, 20);
    entry
        .effects
        .push(effect(7, &[captured, released], available(30)));
    entry
}

fn void() -> Entry<'static> {
    let command = Command::Void(Void {
        authorization: Reference::Key(text("d")),
    });
    let mut entry = plain(9, "f", command);
    entry.original = 7;
    entry
}

fn reverse() -> Entry<'static> {
    let command = Command::Reverse(Reverse {
        original: Reference::Key(text("c")),
        part: Part::Points(50),
        member: Some(member("m-1")),
        shortfall: None,
        restore: None,
        dispute: None,
    });
    let mut entry = plain(10, "g", command);
    entry.original = 5;
    entry.figures = Figures {
        requested: 50,
        awarded: 50,
        reversed_points: 50,
        ..Figures::default()
    };
    let movements = [movement(Flow::RedemptionReversed, lot(4, 50))];
    entry.effects.push(effect(8, &movements, available(80)));
    entry
}

fn reverse_money() -> Entry<'static> {
    let command = Command::Reverse(Reverse {
        original: Reference::Sequence(4),
        part: Part::Money(Money {
            minor_units: 12_599,
            currency: *b"EUR",
        }),
        member: None,
        shortfall: None,
        restore: None,
        dispute: None,
    });
    let mut entry = plain(11, "h", command);
    entry.original = 4;
    entry.figures = Figures {
        requested: 125,
        awarded: 125,
        reversed_money: 12_599,
        reversed_points: 125,
        reversed_expired: 20,
        ..Figures::default()
    };
    let overdrawn = Lot {
        id: LotId(0),
        amount: 25,
        activates_at: Instant(0),
        expires_at: Instant::NEVER,
        origin: 0,
        terms: TermsId::NONE,
        pending: false,
    };
    let movements = [
        movement(Flow::ExpiryReversed, lot(4, 20)),
        movement(Flow::AccrualReversed, lot(4, 80)),
        movement(Flow::Overdrawn, overdrawn),
    ];
    let after = Balance {
        debt: 25,
        ..Balance::default()
    };
    entry.effects.push(effect(10, &movements, after));
    entry
}

fn adjust() -> Entry<'static> {
    let command = Command::Adjust(Adjust {
        member: member("m-1"),
        wallet: text("points"),
        points: -30,
        reason: text("goodwill"),
        actor: text("clerk-7"),
        expires_at: Some(Instant::NEVER),
        overdraw: false,
    });
    let mut entry = plain(12, "i", command);
    (entry.figures.requested, entry.figures.awarded) = (-30, -30);
    entry.facts.push(Fact::TermsAdded {
        terms: 1,
        funder: Some(text("bakery")),
        price: Some(Price {
            micros: 4_500,
            currency: *b"EUR",
        }),
    });
    let movements = [
        movement(Flow::AdjustedDown, lot(4, 30)),
        movement(Flow::AdjustedUp, lot(12, 30)),
        movement(Flow::Expired, lot(12, 30)),
    ];
    entry.effects.push(effect(11, &movements, available(0)));
    entry
}

fn publish() -> Entry<'static> {
    let command = Command::Publish(Publish {
        toml: text("zone = \"UTC\"\n"),
    });
    let mut entry = plain(13, "", command);
    entry.facts.push(Fact::ProgramPublished {
        version: 1,
        compiled: Cow::Owned(vec![1; 200]),
    });
    entry
}

fn sweep() -> Entry<'static> {
    let mut entry = plain(14, "", Command::Sweep);
    let mut expired = movement(Flow::Expired, lot(4, 30));
    expired.due_at = Some(expired.lot.expires_at);
    entry.effects.push(effect(12, &[expired], available(0)));
    let mut second = effect(13, &[expired], available(7));
    second.wallet.currency = 3;
    entry.effects.push(second);
    entry
}

/// Instants that a ledger can hold.
pub fn instant() -> impl Strategy<Value = Instant> {
    prop_oneof![
        (0..=Instant::LAST.0).prop_map(Instant),
        (0..=Instant::LAST.0 / 1_000_000).prop_map(|seconds| Instant(seconds * 1_000_000)),
        Just(Instant::NEVER),
        Just(RECORDED.instant()),
        Just(Instant::FIRST),
    ]
}

fn number() -> impl Strategy<Value = i64> {
    prop_oneof![
        any::<i64>(),
        -300..300_i64,
        Just(0),
        Just(i64::MIN),
        Just(i64::MAX)
    ]
}

fn any_text() -> impl Strategy<Value = Text<'static>> {
    prop_oneof![Just(String::new()), "[a-z0-9/]{1,30}", "\\PC{0,70}"].prop_map(Cow::Owned)
}

fn any_alias() -> impl Strategy<Value = Alias<'static>> {
    (any_text(), any::<[u8; 16]>(), any::<u16>()).prop_map(|(kind, hash, last_digits)| Alias {
        kind,
        hash,
        last_digits,
    })
}

fn any_name() -> impl Strategy<Value = MemberName<'static>> {
    prop_oneof![
        any_text().prop_map(MemberName::Id),
        any_alias().prop_map(MemberName::Alias)
    ]
}

fn any_money() -> impl Strategy<Value = Money> {
    (number(), any::<[u8; 3]>()).prop_map(|(minor_units, currency)| Money {
        minor_units,
        currency,
    })
}

fn any_price() -> impl Strategy<Value = Price> {
    (number(), any::<[u8; 3]>()).prop_map(|(micros, currency)| Price { micros, currency })
}

fn any_reference() -> impl Strategy<Value = Reference<'static>> {
    prop_oneof![
        any::<u64>().prop_map(Reference::Sequence),
        any_text().prop_map(Reference::Key),
        later::any_receipt_name()
    ]
}

fn any_part() -> impl Strategy<Value = Part> {
    prop_oneof![
        Just(Part::Rest),
        number().prop_map(Part::Points),
        any_money().prop_map(Part::Money),
        later::any_lines()
    ]
}

fn any_accrue() -> impl Strategy<Value = Command<'static>> {
    let dates = (option::of(instant()), option::of(instant()));
    let terms = (option::of(any_text()), option::of(any_price()));
    (
        any_name(),
        any_text(),
        number(),
        dates,
        terms,
        (any::<bool>(), option::of(later::any_joining())),
    )
        .prop_map(
            |(member, wallet, points, dates, terms, (enroll, joining))| {
                Command::Accrue(Accrue {
                    member,
                    wallet,
                    points,
                    activates_at: dates.0,
                    expires_at: dates.1,
                    funder: terms.0,
                    price: terms.1,
                    enroll,
                    joining: joining.map(Box::new),
                })
            },
        )
}

fn any_member_command() -> impl Strategy<Value = Command<'static>> {
    let naming = option::of(referrals::any_naming());
    let enroll =
        (any_text(), vec(any_alias(), 0..4), naming).prop_map(|(member, aliases, referral)| {
            Command::Enroll(Enroll {
                member,
                aliases,
                referral: referral.map(Box::new),
            })
        });
    let change = (any_name(), any_alias(), any::<bool>()).prop_map(|(member, alias, add)| {
        let change = ChangeAlias { member, alias };
        if add {
            Command::AddAlias(change)
        } else {
            Command::RemoveAlias(change)
        }
    });
    let adjust = (
        any_name(),
        any_text(),
        number(),
        any_text(),
        any_text(),
        (option::of(instant()), any::<bool>()),
    )
        .prop_map(
            |(member, wallet, points, reason, actor, (expires_at, overdraw))| {
                Command::Adjust(Adjust {
                    member,
                    wallet,
                    points,
                    reason,
                    actor,
                    expires_at,
                    overdraw,
                })
            },
        );
    let publish = any_text().prop_map(|toml| Command::Publish(Publish { toml }));
    prop_oneof![enroll, change, adjust, publish]
}

fn any_spend() -> impl Strategy<Value = Command<'static>> {
    let redeem = (any_name(), any_text(), number()).prop_map(|(member, wallet, points)| {
        Command::Redeem(Redeem {
            member,
            wallet,
            points,
        })
    });
    let authorize = (
        any_name(),
        any_text(),
        number(),
        option::of(number()),
        any::<bool>(),
    )
        .prop_map(|(member, wallet, points, ttl_micros, allow_partial)| {
            Command::Authorize(Authorize {
                member,
                wallet,
                points,
                ttl_micros,
                allow_partial,
            })
        });
    let purchase = (any_name(), any_money(), any::<bool>(), later::any_basket()).prop_map(
        |(member, amount, enroll, basket)| {
            Command::Purchase(Purchase {
                member,
                amount,
                enroll,
                basket,
            })
        },
    );
    prop_oneof![redeem, authorize, purchase]
}

fn any_undo() -> impl Strategy<Value = Command<'static>> {
    let capture = (any_reference(), option::of(number())).prop_map(|(authorization, points)| {
        Command::Capture(Capture {
            authorization,
            points,
        })
    });
    let void = any_reference().prop_map(|authorization| Command::Void(Void { authorization }));
    let reverse = (
        any_reference(),
        any_part(),
        option::of(any_name()),
        (0..6u8, 0..4u8),
    )
        .prop_map(|(original, part, member, (shortfall, restore))| {
            Command::Reverse(Reverse {
                original,
                part,
                member,
                shortfall: Shortfall::from_number(shortfall),
                restore: Restore::from_number(restore),
                dispute: None,
            })
        });
    prop_oneof![capture, void, reverse]
}

fn any_record() -> impl Strategy<Value = Command<'static>> {
    prop_oneof![
        any::<u64>().prop_map(|through| Command::Record(Record::Restored { through })),
        Just(Command::Record(Record::ClockAccepted)),
        Just(Command::Record(Record::ClockIsSystem)),
        Just(Command::Sweep),
    ]
}

fn any_command() -> impl Strategy<Value = Command<'static>> {
    prop_oneof![
        any_accrue().boxed(),
        any_member_command().boxed(),
        any_spend().boxed(),
        any_undo().boxed(),
        any_record().boxed(),
        later::any_command().boxed(),
        referrals::any_command().boxed(),
        coupons::any_command().boxed()
    ]
}

fn any_fact() -> impl Strategy<Value = Fact<'static>> {
    prop_oneof![
        later::any_fact(),
        referrals::any_fact(),
        coupons::any_fact(),
        (any::<u32>(), any_text()).prop_map(|(member, id)| Fact::MemberEnrolled { member, id }),
        (any::<u32>(), any_alias()).prop_map(|(member, alias)| Fact::AliasAdded { member, alias }),
        (any::<u32>(), any_alias())
            .prop_map(|(member, alias)| Fact::AliasRemoved { member, alias }),
        (
            any::<u32>(),
            option::of(any_text()),
            option::of(any_price())
        )
            .prop_map(|(terms, funder, price)| Fact::TermsAdded {
                terms,
                funder,
                price
            }),
        (any::<u32>(), vec(any::<u8>(), 0..300)).prop_map(|(version, compiled)| {
            Fact::ProgramPublished {
                version,
                compiled: Cow::Owned(compiled),
            }
        }),
    ]
}

fn any_lot() -> impl Strategy<Value = Lot> {
    let id = prop_oneof![
        any::<u64>(),
        (0..1_u64 << 40).prop_map(|sequence| LotId::new(sequence, 0).0)
    ];
    let marks = (any::<bool>(), any::<bool>());
    (
        id,
        number(),
        instant(),
        instant(),
        any::<u64>(),
        any::<u32>(),
        marks,
    )
        .prop_map(
            |(id, amount, activates_at, expires_at, origin, terms, (same, pending))| Lot {
                id: LotId(id),
                amount,
                activates_at,
                expires_at,
                origin: if same { LotId(id).sequence() } else { origin },
                terms: TermsId(terms),
                pending,
            },
        )
}

fn any_movement() -> impl Strategy<Value = Movement> {
    let flow = proptest::sample::select(&Flow::ALL[..]);
    (
        flow,
        option::of(instant()),
        any_lot(),
        number(),
        any::<u64>(),
    )
        .prop_map(|(flow, due_at, lot, paid, hold)| Movement {
            flow,
            due_at,
            lot,
            paid,
            hold,
        })
}

fn any_effect() -> impl Strategy<Value = Effect> {
    let wallet = (any::<u32>(), any::<u8>());
    let opened = option::of((any::<u64>(), instant()));
    let after = (number(), number(), number(), number());
    (
        wallet,
        any::<u64>(),
        opened,
        vec(any_movement().boxed(), 0..5),
        after,
        (instant(), instant(), instant()),
    )
        .prop_map(
            |(wallet, previous, opened, movements, after, next)| Effect {
                wallet: WalletId {
                    member: wallet.0,
                    currency: wallet.1,
                },
                previous,
                opened: opened.map(|(hold, lapses_at)| Opened { hold, lapses_at }),
                movements: movements.into_iter().collect(),
                after: Balance {
                    pending: after.0,
                    available: after.1,
                    held: after.2,
                    debt: after.3,
                },
                next_activation: next.0,
                next_expiry: next.1,
                inactive_at: next.2,
            },
        )
}

fn any_figures() -> impl Strategy<Value = Figures> {
    prop_oneof![
        Just(Figures::default()),
        any::<[i64; 17]>().prop_map(|numbers| Figures {
            requested: numbers[0],
            awarded: numbers[1],
            available: numbers[2],
            held: numbers[3],
            debt: numbers[4],
            reversed_money: numbers[5],
            reversed_points: numbers[6],
            reversed_expired: numbers[7],
            spent: numbers[8],
            cash: numbers[9],
            kept_back: numbers[10],
            spared: numbers[11],
            charged: numbers[12],
            eligible: numbers[13],
            reversed_spent: numbers[14],
            reversed_by_lines: numbers[15],
            eligible_by_lines: numbers[16],
        }),
    ]
}

/// Entries with anything in any field that its type and the bounds of time and sequence allow.
pub fn any_entry() -> impl Strategy<Value = Entry<'static>> {
    let head = (0..1_u64 << 40, any::<i64>(), any::<u32>(), 0..CODES.len());
    let asked = (
        any_text(),
        any_text(),
        option::of(number()),
        any_command().boxed(),
        later::any_details(),
    );
    let facts = vec(any_fact().boxed(), 0..4);
    let effects = vec(any_effect().boxed(), 0..4);
    (head, asked, any_figures(), any::<u64>(), facts, effects).prop_map(
        |(head, asked, figures, original, facts, effects)| Entry {
            sequence: head.0,
            recorded_at: RecordedAt(head.1.saturating_abs()),
            program: head.2,
            request: Request {
                caller: asked.0,
                key: asked.1,
                occurred_at: asked.2.map(Instant),
                command: asked.3,
                details: asked.4,
            },
            code: CODES[head.3].code,
            figures,
            original,
            facts: facts.into_iter().collect(),
            effects: effects.into_iter().collect(),
        },
    )
}
