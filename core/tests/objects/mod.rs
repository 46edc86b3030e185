//! A small state in which every kind of object occurs.
#![allow(dead_code)] // Each test binary uses its own part of it.

pub mod referrals;

use std::sync::Arc;

use loyalty_ledger::ledger::image::{Assembly, ImageError, write_chunk, write_head};
use loyalty_ledger::ledger::link::{LinkScope, LinkScopes};
use loyalty_ledger::ledger::members::Member;
use loyalty_ledger::ledger::request::*;
use loyalty_ledger::ledger::state::{Objects, State};

use crate::common::{Book, at, id};

pub const SECRET: [u8; 16] = [7; 16];

const PROGRAM: &str = r#"
[currencies.points]
expiry = { rolling = "P12M", round_up_to = "month" }
pending = "P14D"
[currencies.stamps]
[referral.friends]
steps = [{ step = "newsletter" }]
[referral.partners]
steps = [{ step = "every_purchase" }]
"#;

fn accrue(member: &str, wallet: &str, points: i64, funder: Option<&str>) -> Command<'static> {
    Command::Accrue(Accrue {
        member: id(member),
        wallet: wallet.to_owned().into(),
        points,
        activates_at: Some(at("2026-01-01T00:00:00Z")),
        expires_at: None,
        funder: funder.map(|funder| funder.to_owned().into()),
        price: funder.map(|_| Price {
            micros: 4_500,
            currency: *b"EUR",
        }),
        enroll: false,
        joining: None,
    })
}

/// A link with its alias, and a code.
fn ties() -> [Command<'static>; 2] {
    let alias = |kind: &'static str| Alias {
        kind: kind.into(),
        hash: [9; 16],
        last_digits: 0,
    };
    let link = LinkMember {
        member: id("m"),
        partner: "airline".into(),
        alias: alias("partner:airline"),
        scopes: LinkScopes::NONE.with(LinkScope::Redeem),
        daily_points: Some(2_000),
        consent: "consent/1".into(),
        starts_at: None,
        ends_at: None,
    };
    let issue = IssueOneTimeCode {
        member: id("m"),
        alias: alias("one_time"),
        partner: "airline".into(),
        points: Some(500),
        ttl_micros: None,
    };
    [
        Command::LinkMember(Box::new(link)),
        Command::IssueOneTimeCode(issue),
    ]
}

/// Members with pending and spendable lots, holds, debt, a second currency, aliases held now and before, all that is
/// known of referrals, and members without points, so that there are two chunks.
pub fn full() -> Book {
    let mut book = Book::with_program(PROGRAM);
    book.enroll("debtor");
    for number in 0..70 {
        book.enroll(&format!("quiet-{number}"));
    }
    let card = |hash: u8| ChangeAlias {
        member: id("m"),
        alias: Alias {
            kind: "card".into(),
            hash: [hash; 16],
            last_digits: 4_711,
        },
    };
    let mut run = |key: &str, command| book.run(key, command).expect("the request is right");
    run("alias/1", Command::AddAlias(card(1)));
    run("alias/2", Command::RemoveAlias(card(1)));
    run("alias/3", Command::AddAlias(card(2)));
    for command in ties() {
        run(command.verb(), command);
    }
    run("points/1", accrue("m", "points", 500, Some("bakery")));
    run("points/2", accrue("m", "points", 300, None));
    run("stamps", accrue("m", "stamps", 7, None));
    let spent = run("points/3", accrue("debtor", "points", 100, None));
    let redeem = Command::Redeem(Redeem {
        member: id("debtor"),
        wallet: "points".into(),
        points: 80,
    });
    run("redeem", redeem);
    let reverse = Command::Reverse(Reverse {
        original: Reference::Sequence(spent.sequence),
        part: Part::Rest,
        member: None,
        shortfall: None,
        restore: None,
        dispute: None,
    });
    run("reverse", reverse);
    book.purchase("purchase", 12_599);
    let hold = book.authorize("hold/1", 350, 60);
    book.authorize("hold/2", 120, 90);
    book.capture("capture", hold.sequence, 100);
    book.authorize("hold/3", 60, 30);
    referrals::fill(Arc::make_mut(&mut book.state.objects.referrals));
    book
}

/// The parts of an image: head and chunks.
pub fn image(objects: &Objects) -> (Vec<u8>, Vec<Vec<u8>>) {
    let mut head = Vec::new();
    write_head(objects, &mut head);
    let chunk = |chunk: &Arc<_>| {
        let mut bytes = Vec::new();
        write_chunk(chunk, &mut bytes);
        bytes
    };
    (head, objects.chunks.iter().map(chunk).collect())
}

pub fn assembled(head: &[u8], chunks: &[Vec<u8>]) -> Result<Objects, ImageError> {
    let mut assembly = Assembly::new(head)?;
    let reader = assembly.chunk_reader();
    for chunk in chunks {
        assembly.add(reader.read(chunk)?)?;
    }
    assembly.finish()
}

/// The member with this id, for changes that no entry would make.
pub fn member_mut<'s>(state: &'s mut State, id: &str) -> &'s mut Member {
    let number = state.find_id(id).expect("the member is there") as usize;
    Arc::make_mut(&mut state.objects.chunks[number / 1_024]).member_mut(number % 1_024)
}
