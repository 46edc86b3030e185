//! Principals, requests and entries for the tests.

use smallvec::SmallVec;

use crate::ledger::entry::{Entry, Figures, RecordedAt};
use crate::ledger::rejection::Code;
use crate::ledger::request::{
    Accrue, Adjust, Alias, Authorize, Basket, Capture, Command, Details, ExtendHold, ForgiveDebt,
    ManageMember, MemberName, Money, Naming, Purchase, Redeem, Reference, Request, Reverse, Source,
    Spend, Transfer, Void,
};
use crate::ledger::request::{Part, Text};
use crate::service::principals::{Principal, Roster};

/// One of each role, and tills with less.
const FILE: &str = r#"
    [store_groups]
    north = ["n-1", "n-2"]

    [principals.till]
    role = "pos"
    stores = ["n-1"]
    store_group = "north"

    [principals.anywhere]
    role = "pos"

    [principals.seller]
    role = "pos"
    scopes = ["sell", "batch"]

    [principals.offline]
    role = "pos"
    scopes = ["earn", "redeem", "offline"]
    limits = { offline_floor = 50 }

    [principals.limited]
    role = "support"
    limits = { points_per_operation = 100, points_per_day = 250 }

    [principals.airline]
    role = "partner"
    partner = "airline"
    scopes = ["read", "earn", "redeem", "return", "batch"]

    [principals.blind]
    role = "partner"
    partner = "blind"
    scopes = ["earn"]

    [principals.desk]
    role = "support"

    [principals.boss]
    role = "operator"

    [principals.books]
    role = "auditor"
"#;

pub fn principal(name: &str) -> Principal {
    let roster = Roster::parse(FILE).unwrap();
    roster.by_name(name).unwrap().as_ref().clone()
}

pub fn request(command: Command<'static>) -> Request<'static> {
    Request {
        caller: "".into(),
        key: "key".into(),
        occurred_at: None,
        details: None,
        command,
    }
}

pub fn from_store(store: &'static str, command: Command<'static>) -> Request<'static> {
    let source = Source {
        store: store.into(),
        ..Source::default()
    };
    Request {
        details: Details::boxed(None, source),
        ..request(command)
    }
}

pub fn offline(command: Command<'static>) -> Request<'static> {
    let source = Source {
        offline: true,
        ..Source::default()
    };
    Request {
        details: Details::boxed(None, source),
        ..request(command)
    }
}

pub fn written(caller: &'static str, request: Request<'static>) -> Entry<'static> {
    Entry {
        sequence: 7,
        recorded_at: RecordedAt(0),
        program: 0,
        request: Request {
            caller: caller.into(),
            ..request
        },
        code: Code::Applied,
        figures: Figures::default(),
        original: 0,
        facts: SmallVec::new(),
        effects: SmallVec::new(),
    }
}

pub fn by_id() -> MemberName<'static> {
    MemberName::Id("m-1".into())
}

pub fn by_alias(kind: &'static str) -> MemberName<'static> {
    MemberName::Alias(Alias {
        kind: kind.into(),
        hash: [7; 16],
        last_digits: 0,
    })
}

pub fn accrue(member: MemberName<'static>, points: i64) -> Command<'static> {
    Command::Accrue(Accrue {
        member,
        wallet: "points".into(),
        points,
        activates_at: None,
        expires_at: None,
        funder: None,
        price: None,
        enroll: false,
        joining: None,
    })
}

pub fn accrue_paid_by(funder: &'static str) -> Command<'static> {
    let Command::Accrue(mut command) = accrue(by_alias("card"), 10) else {
        unreachable!("it is an accrual");
    };
    command.funder = Some(funder.into());
    Command::Accrue(command)
}

pub fn redeem(member: MemberName<'static>, points: i64) -> Command<'static> {
    Command::Redeem(Redeem {
        member,
        wallet: "points".into(),
        points,
    })
}

pub fn authorize(points: i64) -> Command<'static> {
    Command::Authorize(Authorize {
        member: by_id(),
        wallet: "points".into(),
        points,
        ttl_micros: None,
        allow_partial: false,
    })
}

pub fn adjust(points: i64) -> Command<'static> {
    Command::Adjust(Adjust {
        member: by_id(),
        wallet: "points".into(),
        points,
        reason: "goodwill".into(),
        actor: "desk".into(),
        expires_at: None,
        overdraw: false,
    })
}

pub fn transfer(points: i64) -> Command<'static> {
    Command::Transfer(Transfer {
        giver: by_id(),
        receiver: by_alias("card"),
        wallet: "points".into(),
        points,
    })
}

pub fn forgive(points: Option<i64>) -> Command<'static> {
    Command::ForgiveDebt(ForgiveDebt {
        member: by_id(),
        wallet: "points".into(),
        points,
        reason: "goodwill".into(),
        actor: "desk".into(),
    })
}

pub fn block() -> Command<'static> {
    Command::Block(ManageMember {
        member: by_id(),
        reason: "lost".into(),
        actor: "desk".into(),
    })
}

pub fn sequence() -> Reference<'static> {
    Reference::Sequence(7)
}

pub fn key() -> Reference<'static> {
    Reference::Key(Text::Borrowed("key"))
}

pub fn capture(authorization: Reference<'static>) -> Command<'static> {
    Command::Capture(Capture {
        authorization,
        points: None,
    })
}

pub fn void(authorization: Reference<'static>) -> Command<'static> {
    Command::Void(Void { authorization })
}

pub fn extend(authorization: Reference<'static>) -> Command<'static> {
    Command::ExtendHold(ExtendHold {
        authorization,
        ttl_micros: 1,
    })
}

pub fn reverse(original: Reference<'static>) -> Command<'static> {
    Command::Reverse(Reverse {
        original,
        part: Part::Rest,
        member: None,
        shortfall: None,
        restore: None,
        dispute: None,
    })
}

pub fn purchase(spend: Option<Spend<'static>>, enroll: bool) -> Command<'static> {
    let basket = Basket {
        spend,
        ..Basket::default()
    };
    Command::Purchase(Purchase {
        member: by_alias("card"),
        amount: Money {
            minor_units: 1_000,
            currency: *b"EUR",
        },
        enroll,
        basket: (basket != Basket::default()).then(|| Box::new(basket)),
    })
}

pub fn paid_by_hold(authorization: Reference<'static>) -> Command<'static> {
    let spend = Spend::Capture {
        authorization,
        points: None,
    };
    purchase(Some(spend), false)
}

/// A purchase that names who brought the buyer.
pub fn referred() -> Command<'static> {
    let mut sale = purchase(None, false);
    if let Command::Purchase(purchase) = &mut sale {
        let naming = Naming {
            code: Some("ANN26".into()),
            ..Naming::default()
        };
        purchase.basket = Some(Box::new(Basket {
            referral: Some(Box::new(naming)),
            ..Basket::default()
        }));
    }
    sale
}
