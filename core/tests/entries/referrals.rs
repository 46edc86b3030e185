//! Entries of the fourth format: referrals, their rewards, and disputes.

use loyalty_ledger::ledger::entry::{Balance, Entry, Fact, Flow};
use loyalty_ledger::ledger::lot::{Lot, LotId, TermsId, origin_of_reward};
use loyalty_ledger::ledger::referral::book::Code as Issued;
use loyalty_ledger::ledger::referral::commands::{Month, ReviewDecision};
use loyalty_ledger::ledger::referral::coupon::Coupon;
use loyalty_ledger::ledger::referral::file::{
    Claim, Conversion, Edge, Ended, File, Finding, Notes, Refund, Reward, RoleNumber, Rule,
    StepDone, Touch,
};
use loyalty_ledger::ledger::referral::touch::Method;
use loyalty_ledger::ledger::referral::voucher::Voucher;
use loyalty_ledger::ledger::rejection::{CODES, Code};
use loyalty_ledger::ledger::request::*;
use loyalty_ledger::ledger::time::Instant;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::{
    RECORDED, any_name, any_reference, any_text, available, card, effect, instant, lot, member,
    movement, number, plain, text,
};

const LATER: Instant = Instant(1_780_000_000_000_000);

/// Of each verb and each fact of the fourth format one sample with all it can state, and one with nothing of that.
pub fn samples() -> Vec<Entry<'static>> {
    let mut entries = codes();
    entries.extend(touches());
    entries.extend(bound());
    entries.extend([enrolled(), bought(), step(), closed(), rewarded()]);
    entries.extend(reviews());
    entries.extend(disputes());
    entries
}

fn codes() -> Vec<Entry<'static>> {
    let issue = |code: Option<&str>, expires_at: Option<Instant>| {
        Command::IssueCode(Box::new(IssueCode {
            program: text(if code.is_some() { "friends" } else { "" }),
            member: member("m-1"),
            code: code.map(text),
            single_use: code.is_some(),
            expires_at,
        }))
    };
    let issued = |program, coupon, expires_at| Fact::ReferralCodeIssued {
        program,
        code: text("ANNA"),
        issued: Box::new(Issued {
            member: 7 * u32::from(program),
            expires_at,
            disabled_at: Instant::NEVER,
            coupon,
        }),
    };
    let mut all = plain(100, "code/1", issue(Some("ANNA"), Some(LATER)));
    all.facts.push(issued(1, Some(Coupon::Open), LATER));
    let mut none = plain(101, "code/2", issue(None, None));
    none.facts.push(issued(0, None, Instant::NEVER));
    let disable = DisableCode {
        program: text("friends"),
        code: text("ANNA"),
        reason: text("posted on a coupon site"),
        actor: text("clerk-7"),
    };
    let mut disabled = plain(102, "code/3", Command::DisableCode(Box::new(disable)));
    for program in [0, 1] {
        let code = text("ANNA");
        disabled
            .facts
            .push(Fact::ReferralCodeDisabled { program, code });
    }
    vec![all, none, disabled]
}

fn touch(key: &str, method: Method) -> Touch {
    Touch {
        key: key.into(),
        method,
        code: "ANNA".into(),
        advocate: 7,
        touched_at: RECORDED.instant(),
    }
}

fn touches() -> Vec<Entry<'static>> {
    let mut entries = Vec::new();
    for (place, (_, method)) in Method::ALL.into_iter().take(4).enumerate() {
        let key = format!("touch/{place}");
        let token = (place % 2 == 0).then(|| text("click-4711"));
        let command = Command::RecordTouch(Box::new(RecordTouch {
            program: text("friends"),
            method,
            token: token.clone(),
            code: text("ANNA"),
            touched_at: RECORDED.instant(),
        }));
        let mut entry = plain(103 + place as u64, &key, command);
        entry.facts.push(Fact::Touched {
            program: place as u16,
            token,
            touch: Box::new(touch(&key, method)),
            forgets: if place == 2 { 80 } else { 0 },
        });
        entries.push(entry);
    }
    entries
}

fn naming() -> Naming<'static> {
    Naming {
        program: text("friends"),
        code: Some(text("ANNA")),
        token: Some(text("click-4711")),
        fingerprints: vec![text("device:1"), text("ip:192.0.2.7")],
    }
}

fn claim() -> Claim {
    Claim {
        key: "bind/1".into(),
        code: Some("ANNA".into()),
        token: Some("click-4711".into()),
        identified_at: RECORDED.instant(),
        recorded_at: LATER,
        at_checkout: true,
        came_late: true,
        typed: Some(touch("bind/1", Method::Code)),
        verdicts: vec![
            ("bind/1".into(), None),
            ("touch/0".into(), Some(Code::SelfReferral)),
        ],
        contacts: Vec::new(),
    }
}

fn reward(role: u8, ended: Option<Ended>) -> Reward {
    Reward {
        role: RoleNumber(role),
        member: 7,
        currency: 1,
        points: 500,
        kept: 380,
        hold_ends_at: LATER,
        from_pool: true,
        ended,
        frozen_until: LATER,
        is_closed_out: true,
        origin: origin_of_reward(LotId::reward(112, u32::from(role))),
        clawed: 70,
        charged_back: 50,
        charged_back_vested: 20,
        voucher: None,
    }
}

fn bare_reward() -> Reward {
    Reward {
        role: RoleNumber::FRIEND,
        member: 0,
        currency: 0,
        points: 0,
        kept: 0,
        hold_ends_at: Instant::FIRST,
        from_pool: false,
        ended: None,
        frozen_until: Instant::NEVER,
        is_closed_out: false,
        origin: 0,
        clawed: 0,
        charged_back: 0,
        charged_back_vested: 0,
        voucher: None,
    }
}

/// All that can be known of one friend.
pub fn known() -> File {
    let mut notes = Notes::default();
    for (place, (_, rule)) in Rule::ALL.into_iter().take(7).enumerate() {
        notes = notes.with(rule, Finding::ALL[place % Finding::ALL.len()]);
    }
    let ends = [Ended::CapLimited, Ended::Cancelled, Ended::Clawed];
    let ended = ends.into_iter().zip(1..);
    let whole = Conversion {
        event: "store12/t3/4711/purchase/1".into(),
        occurred_at: RECORDED.instant(),
        sale: 110,
        program: 1,
        recorded_at: LATER,
        month: Month::of(2026, 3),
        clawback_ends_at: LATER,
        vests_at_close: true,
        rewards: ended.map(|(end, role)| reward(role, Some(end))).collect(),
        has_lapsed: true,
    };
    let bare = Conversion {
        event: "".into(),
        occurred_at: Instant::FIRST,
        sale: 0,
        program: 0,
        recorded_at: Instant::FIRST,
        month: Month(-1),
        clawback_ends_at: Instant::NEVER,
        vests_at_close: false,
        rewards: vec![bare_reward()],
        has_lapsed: false,
    };
    let step = |key: &str, step: &str| StepDone {
        key: key.into(),
        step: step.into(),
        occurred_at: RECORDED.instant(),
        recorded_at: LATER,
    };
    File {
        claim: Some(Box::new(claim())),
        first_claim: 107,
        edge: Some(Edge {
            advocate: 7,
            touch: "touch/0".into(),
            code: "ANNA".into(),
            bound_at: LATER,
        }),
        is_void: true,
        is_moved: false,
        reason: Some(Code::NotDisputed),
        is_frozen: true,
        was_released: true,
        notes,
        steps: vec![step("step/1", "newsletter"), step("step/2", "event:app")],
        conversions: vec![whole, bare],
    }
}

fn bound() -> Vec<Entry<'static>> {
    let bind = |friend, naming| Command::BindReferral(Box::new(BindReferral { friend, naming }));
    let mut all = plain(107, "bind/1", bind(member("m-2"), naming()));
    all.facts.push(Fact::Referral {
        program: 1,
        friend: 8,
        file: Box::new(known()),
    });
    all.facts.push(Fact::Fingerprints {
        member: 8,
        marks: naming().fingerprints,
    });
    all.facts.push(Fact::BindPassed {
        program: 1,
        advocate: 7,
        most: 5,
    });
    let nobody = bind(MemberName::Alias(card()), Naming::default());
    let mut none = plain(108, "bind/2", nobody);
    none.facts.push(Fact::Referral {
        program: 0,
        friend: 0,
        file: Box::default(),
    });
    let bare_claim = Claim {
        key: "".into(),
        code: None,
        token: None,
        identified_at: Instant::FIRST,
        recorded_at: Instant::FIRST,
        at_checkout: false,
        came_late: false,
        typed: None,
        verdicts: Vec::new(),
        contacts: Vec::new(),
    };
    none.facts.push(Fact::Referral {
        program: 0,
        friend: 1,
        file: Box::new(File {
            claim: Some(Box::new(bare_claim)),
            ..File::default()
        }),
    });
    vec![all, none]
}

fn enrolled() -> Entry<'static> {
    let command = Command::Enroll(Enroll {
        member: text("m-2"),
        aliases: vec![card()],
        referral: Some(Box::new(naming())),
    });
    let mut entry = plain(109, "enroll/m-2", command);
    entry.facts.push(Fact::ReferralAnswered {
        code: Code::Applied,
    });
    entry
}

fn bought() -> Entry<'static> {
    let command = Command::Purchase(Purchase {
        member: member("m-2"),
        amount: Money {
            minor_units: 4_000,
            currency: *b"EUR",
        },
        enroll: false,
        basket: Some(Box::new(Basket {
            referral: Some(Box::default()),
            ..Basket::default()
        })),
    });
    let mut entry = plain(110, "store12/t3/4711/purchase/1", command);
    let refund = Refund {
        entry: 60,
        amount: 1_500,
        occurred_at: RECORDED.instant(),
        is_chargeback: false,
        is_undone: false,
    };
    let undone = Refund {
        amount: -1_500,
        is_chargeback: true,
        is_undone: true,
        ..refund
    };
    entry.facts.push(Fact::RefundMet { refund });
    entry.facts.push(Fact::RefundMet { refund: undone });
    entry.facts.push(Fact::ReferralAnswered {
        code: Code::UnknownCode,
    });
    entry
}

fn step() -> Entry<'static> {
    let step = RecordStep {
        program: text("friends"),
        friend: member("m-2"),
        step: text("newsletter"),
    };
    plain(111, "step/1", Command::RecordStep(Box::new(step)))
}

fn closed() -> Entry<'static> {
    let (program, month) = (text("friends"), Month::of(2026, 3));
    let mut entry = plain(
        113,
        "close",
        Command::ClosePeriod(ClosePeriod { program, month }),
    );
    for (program, month) in [(0, month), (63, Month(0)), (1, Month(i32::MIN))] {
        entry.facts.push(Fact::PeriodClosed { program, month });
    }
    entry
}

/// Every flow once: those of rewards with lots of a reward, the others as they may be.
fn rewarded() -> Entry<'static> {
    let mut entry = plain(112, "", Command::Sweep);
    let given = LotId::reward(112, 0);
    let of_reward = Lot {
        id: given,
        amount: 250,
        activates_at: LATER,
        expires_at: LATER,
        origin: origin_of_reward(given),
        terms: TermsId(1),
        pending: true,
    };
    let moved = Lot {
        id: LotId::new(112, 1).moved(),
        ..of_reward
    };
    for flow in Flow::ALL {
        let lots = if flow.has_no_lot() {
            vec![Lot::nowhere(25)]
        } else if flow.is_of_reward() {
            vec![of_reward, moved]
        } else {
            vec![lot(4, 25)]
        };
        let moves: Vec<_> = lots.into_iter().map(|lot| movement(flow, lot)).collect();
        let mut effect = effect(100, &moves, available(10));
        effect.wallet.member = flow as u32;
        entry.effects.push(effect);
    }
    entry.effects[0].after = Balance::default();
    entry
}

fn reviews() -> Vec<Entry<'static>> {
    let decisions = ReviewDecision::ALL.into_iter().take(3).zip(114..);
    let entries = decisions.map(|((name, decision), sequence)| {
        let review = ReviewReferral {
            program: text("friends"),
            friend: member("m-2"),
            decision,
            to: None,
            reason: text(name),
            actor: text("clerk-7"),
            approved_by: text(""),
        };
        plain(sequence, name, Command::ReviewReferral(Box::new(review)))
    });
    entries.collect()
}

fn disputes() -> Vec<Entry<'static>> {
    let receipt = ReceiptName {
        kind: ReceiptKind::Sale,
        receipt: Receipt {
            store: text("store12"),
            terminal: text("t3"),
            business_date: 20_528,
            number: text("4711"),
        },
    };
    let references = [
        Reference::Sequence(110),
        Reference::Key(text("sale")),
        Reference::Receipt(Box::new(receipt)),
    ];
    let outcomes = DisputeOutcome::ALL.into_iter().cycle();
    let all = references.into_iter().zip(outcomes).zip(117..);
    all.map(|((original, (name, outcome)), sequence)| {
        let mut entry = plain(sequence, name, dispute(original, outcome));
        entry.original = 110;
        entry.figures.requested = 4_000;
        entry
    })
    .collect()
}

fn dispute(original: Reference<'static>, outcome: DisputeOutcome) -> Command<'static> {
    Command::Reverse(Reverse {
        original,
        part: Part::Rest,
        member: None,
        shortfall: None,
        restore: None,
        dispute: Some(outcome),
    })
}

pub fn any_naming() -> impl Strategy<Value = Naming<'static>> {
    (
        any_text(),
        option::of(any_text()),
        option::of(any_text()),
        vec(any_text(), 0..4),
    )
        .prop_map(|(program, code, token, fingerprints)| Naming {
            program,
            code,
            token,
            fingerprints,
        })
}

fn any_method() -> impl Strategy<Value = Method> {
    select(&Method::ALL[..]).prop_map(|(_, method)| method)
}

fn any_month() -> impl Strategy<Value = Month> {
    any::<i32>().prop_map(Month)
}

pub fn any_command() -> impl Strategy<Value = Command<'static>> {
    prop_oneof![
        any_of_codes().boxed(),
        any_of_friends().boxed(),
        any_of_programs().boxed()
    ]
}

fn any_of_codes() -> impl Strategy<Value = Command<'static>> {
    let issue = (
        any_text(),
        any_name(),
        option::of(any_text()),
        any::<bool>(),
        option::of(instant()),
    )
        .prop_map(|(program, member, code, single_use, expires_at)| {
            Command::IssueCode(Box::new(IssueCode {
                program,
                member,
                code,
                single_use,
                expires_at,
            }))
        });
    let disable = (any_text(), any_text(), any_text(), any_text()).prop_map(
        |(program, code, reason, actor)| {
            Command::DisableCode(Box::new(DisableCode {
                program,
                code,
                reason,
                actor,
            }))
        },
    );
    let touch = (
        any_text(),
        any_method(),
        option::of(any_text()),
        any_text(),
        instant(),
    )
        .prop_map(|(program, method, token, code, touched_at)| {
            Command::RecordTouch(Box::new(RecordTouch {
                program,
                method,
                token,
                code,
                touched_at,
            }))
        });
    prop_oneof![issue, disable, touch]
}

fn any_of_friends() -> impl Strategy<Value = Command<'static>> {
    let bind = (any_name(), any_naming()).prop_map(|(friend, naming)| {
        Command::BindReferral(Box::new(BindReferral { friend, naming }))
    });
    let step = (any_text(), any_name(), any_text()).prop_map(|(program, friend, step)| {
        Command::RecordStep(Box::new(RecordStep {
            program,
            friend,
            step,
        }))
    });
    let decision = select(&ReviewDecision::ALL[..]);
    let names = (any_name(), option::of(any_name()));
    let texts = (any_text(), any_text(), any_text(), any_text());
    let review = (names, decision, texts).prop_map(|((friend, to), (_, decision), texts)| {
        let (program, reason, actor, approved_by) = texts;
        Command::ReviewReferral(Box::new(ReviewReferral {
            program,
            friend,
            decision,
            to,
            reason,
            actor,
            approved_by,
        }))
    });
    prop_oneof![bind, step, review]
}

fn any_of_programs() -> impl Strategy<Value = Command<'static>> {
    let close = (any_text(), any_month())
        .prop_map(|(program, month)| Command::ClosePeriod(ClosePeriod { program, month }));
    let dispute = (any_reference(), select(&DisputeOutcome::ALL[..]))
        .prop_map(|(original, (_, outcome))| dispute(original, outcome));
    prop_oneof![close, dispute]
}

fn any_boxed() -> impl Strategy<Value = Box<str>> {
    any_text().prop_map(|text| text.into_owned().into())
}

fn any_code() -> impl Strategy<Value = Code> {
    (0..CODES.len()).prop_map(|place| CODES[place].code)
}

fn any_touch() -> impl Strategy<Value = Touch> {
    (
        any_boxed(),
        any_method(),
        any_boxed(),
        any::<u32>(),
        instant(),
    )
        .prop_map(|(key, method, code, advocate, touched_at)| Touch {
            key,
            method,
            code,
            advocate,
            touched_at,
        })
}

fn any_claim() -> impl Strategy<Value = Claim> {
    let names = (
        any_boxed(),
        option::of(any_boxed()),
        option::of(any_boxed()),
    );
    (
        names,
        (instant(), instant()),
        (any::<bool>(), any::<bool>()),
        option::of(any_touch()),
        vec((any_boxed(), option::of(any_code())), 0..3),
    )
        .prop_map(|(names, instants, marks, typed, verdicts)| Claim {
            key: names.0,
            code: names.1,
            token: names.2,
            identified_at: instants.0,
            recorded_at: instants.1,
            at_checkout: marks.0,
            came_late: marks.1,
            typed,
            contacts: verdicts.iter().map(|(key, _)| key.clone()).collect(),
            verdicts,
        })
}

fn any_voucher() -> impl Strategy<Value = Voucher> {
    let coupon = prop_oneof![Just(Coupon::Open), any::<u32>().prop_map(Coupon::Used),];
    (
        (any_boxed(), any_boxed()),
        (instant(), instant()),
        coupon,
        any::<bool>(),
    )
        .prop_map(|(texts, instants, coupon, is_charged_back)| Voucher {
            code: texts.0,
            label: texts.1,
            ready_at: instants.0,
            expires_at: instants.1,
            coupon,
            is_charged_back,
        })
}

fn any_reward() -> impl Strategy<Value = Reward> {
    let end = (0..4_u8).prop_map(Ended::from_number);
    (
        (any::<u8>(), any::<u32>(), any::<u8>()),
        any::<[i64; 5]>(),
        (instant(), instant()),
        (any::<bool>(), any::<bool>()),
        end,
        any::<u64>(),
        option::of(any_voucher()),
    )
        .prop_map(
            |(of, points, instants, marks, ended, origin, voucher)| Reward {
                role: RoleNumber(of.0),
                member: of.1,
                currency: of.2,
                points: points[0],
                kept: points[1],
                hold_ends_at: instants.0,
                from_pool: marks.0,
                ended,
                frozen_until: instants.1,
                is_closed_out: marks.1,
                origin,
                clawed: points[2],
                charged_back: points[3],
                charged_back_vested: points[4],
                voucher: voucher.map(Box::new),
            },
        )
}

fn any_conversion() -> impl Strategy<Value = Conversion> {
    (
        any_boxed(),
        (instant(), instant(), instant()),
        (any::<u64>(), any::<u32>(), any_month()),
        (any::<bool>(), any::<bool>()),
        vec(any_reward(), 0..3),
    )
        .prop_map(|(event, instants, numbers, marks, rewards)| Conversion {
            event,
            occurred_at: instants.0,
            sale: numbers.0,
            program: numbers.1,
            recorded_at: instants.1,
            month: numbers.2,
            clawback_ends_at: instants.2,
            vests_at_close: marks.0,
            rewards,
            has_lapsed: marks.1,
        })
}

fn any_notes() -> impl Strategy<Value = Notes> {
    vec(select(&Finding::ALL[..]), Rule::ALL.len()).prop_map(|found| {
        let rules = Rule::ALL.into_iter().zip(found);
        rules.fold(Notes::default(), |notes, ((_, rule), found)| {
            notes.with(rule, found)
        })
    })
}

fn any_file() -> impl Strategy<Value = File> {
    let edge = (any::<u32>(), any_boxed(), any_boxed(), instant()).prop_map(
        |(advocate, touch, code, bound_at)| Edge {
            advocate,
            touch,
            code,
            bound_at,
        },
    );
    let step = (any_boxed(), any_boxed(), instant(), instant()).prop_map(
        |(key, step, occurred_at, recorded_at)| StepDone {
            key,
            step,
            occurred_at,
            recorded_at,
        },
    );
    (
        option::of(any_claim().prop_map(Box::new)),
        (any::<u64>(), option::of(any_code()), any_notes()),
        option::of(edge),
        any::<[bool; 4]>(),
        vec(step, 0..3),
        vec(any_conversion(), 0..3),
    )
        .prop_map(|(claim, numbers, edge, marks, steps, conversions)| File {
            claim,
            first_claim: numbers.0,
            edge,
            is_void: marks[0],
            is_moved: marks[3],
            reason: numbers.1,
            is_frozen: marks[1],
            was_released: marks[2],
            notes: numbers.2,
            steps,
            conversions,
        })
}

pub fn any_fact() -> impl Strategy<Value = Fact<'static>> {
    prop_oneof![any_of_books().boxed(), any_of_members().boxed()]
}

fn any_of_books() -> impl Strategy<Value = Fact<'static>> {
    let issued = (
        any::<u16>(),
        any_text(),
        any::<u32>(),
        instant(),
        any::<bool>(),
    )
        .prop_map(
            |(program, code, member, expires_at, single_use)| Fact::ReferralCodeIssued {
                program,
                code,
                issued: Box::new(Issued {
                    member,
                    expires_at,
                    disabled_at: Instant::NEVER,
                    coupon: single_use.then_some(Coupon::Open),
                }),
            },
        );
    let disabled = (any::<u16>(), any_text())
        .prop_map(|(program, code)| Fact::ReferralCodeDisabled { program, code });
    let touched = (
        any::<u16>(),
        option::of(any_text()),
        any_touch(),
        any::<u64>(),
    )
        .prop_map(|(program, token, touch, forgets)| Fact::Touched {
            program,
            token,
            touch: Box::new(touch),
            forgets,
        });
    let passed =
        (any::<u16>(), any::<u32>(), any::<u16>()).prop_map(|(program, advocate, most)| {
            Fact::BindPassed {
                program,
                advocate,
                most,
            }
        });
    let closed = (any::<u16>(), any_month())
        .prop_map(|(program, month)| Fact::PeriodClosed { program, month });
    prop_oneof![issued, disabled, touched, passed, closed]
}

fn any_of_members() -> impl Strategy<Value = Fact<'static>> {
    let referral =
        (any::<u16>(), any::<u32>(), any_file().boxed()).prop_map(|(program, friend, file)| {
            Fact::Referral {
                program,
                friend,
                file: Box::new(file),
            }
        });
    let marks = (any::<u32>(), vec(any_text(), 0..4))
        .prop_map(|(member, marks)| Fact::Fingerprints { member, marks });
    let refund = (
        any::<u64>(),
        number(),
        instant(),
        any::<bool>(),
        any::<bool>(),
    )
        .prop_map(
            |(entry, amount, occurred_at, is_chargeback, is_undone)| Fact::RefundMet {
                refund: Refund {
                    entry,
                    amount,
                    occurred_at,
                    is_chargeback,
                    is_undone,
                },
            },
        );
    let answered = any_code().prop_map(|code| Fact::ReferralAnswered { code });
    prop_oneof![referral, marks, refund, answered]
}
