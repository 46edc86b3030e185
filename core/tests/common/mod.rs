//! A ledger of pure state: every entry in a list, no clock, no disk.
#![allow(dead_code)]

use std::convert::Infallible;
use std::sync::Arc;

use loyalty_ledger::ledger::answer::{Answer, answer};
use loyalty_ledger::ledger::apply::apply;
use loyalty_ledger::ledger::audit::audit;
use loyalty_ledger::ledger::decide::{
    Moment, Originals, Past, check_shape, decide, gather, rests_on_past, same_content,
};
use loyalty_ledger::ledger::entry::{Balance, Entry, RecordedAt, WalletId};
use loyalty_ledger::ledger::rejection::{Code, Rejection};
use loyalty_ledger::ledger::request::*;
use loyalty_ledger::ledger::settle::settle;
use loyalty_ledger::ledger::state::State;
use loyalty_ledger::ledger::time::Instant;

pub struct Book {
    pub state: State,
    pub entries: Vec<Entry<'static>>,
    pub now: Instant,
}

/// An instant of the test's year: `at("2026-05-01T00:00:00Z")`.
pub fn at(text: &str) -> Instant {
    let instant: jiff::Timestamp = text.parse().expect("tests write instants right");
    Instant(instant.as_microsecond())
}

pub fn id(name: &str) -> MemberName<'static> {
    MemberName::Id(name.to_owned().into())
}

/// The earlier entries that a request rests on.
pub fn originals(
    state: &State,
    entries: &[Entry<'static>],
    request: &Request<'static>,
    now: RecordedAt,
) -> Originals {
    if !rests_on_past(state, request) {
        return Originals::default();
    }
    let mut past = Remembered { state, entries };
    match gather(&mut past, request, now) {
        Ok(originals) => originals,
        Err(never) => match never {},
    }
}

/// All entries in a list.
struct Remembered<'b> {
    state: &'b State,
    entries: &'b [Entry<'static>],
}

impl Past for Remembered<'_> {
    type Error = Infallible;

    fn look<T>(&self, at: impl FnOnce(&State) -> T) -> T {
        at(self.state)
    }

    fn entry(&mut self, sequence: u64) -> Result<Arc<Entry<'static>>, Infallible> {
        Ok(Arc::new(self.entries[sequence as usize - 1].clone()))
    }

    fn broken(&self, sequence: u64) -> Infallible {
        panic!("entry {sequence} is linked to a wallet it did not change")
    }
}

impl Default for Book {
    fn default() -> Book {
        Book {
            state: State::new([7; 16]),
            entries: Vec::new(),
            now: at("2026-01-01T00:00:00Z"),
        }
    }
}

impl Book {
    /// A ledger with one member, `m`, under the program.
    pub fn with_program(toml: &str) -> Book {
        let mut book = Book::default();
        book.run(
            "",
            Command::Publish(Publish {
                toml: toml.to_owned().into(),
            }),
        )
        .expect("the program is right");
        book.enroll("m");
        book
    }

    pub fn enroll(&mut self, member: &str) {
        let enroll = Enroll {
            member: member.to_owned().into(),
            aliases: Vec::new(),
            referral: None,
        };
        self.run(&format!("enroll/{member}"), Command::Enroll(enroll))
            .expect("the id is new");
    }

    pub fn go(&mut self, text: &str) -> &mut Book {
        self.now = at(text);
        self
    }

    /// What the engine does around `decide`.
    pub fn run(&mut self, key: &str, command: Command<'static>) -> Result<Answer, Rejection> {
        self.run_request(Request {
            caller: "".into(),
            key: key.to_owned().into(),
            occurred_at: None,
            command,
            details: None,
        })
    }

    pub fn run_request(&mut self, request: Request<'static>) -> Result<Answer, Rejection> {
        let key = request.key.as_ref();
        check_shape(&request)?;
        if let Some(first) = self
            .state
            .keys
            .find(self.state.print("", key))
            .filter(|_| !key.is_empty())
        {
            let first = &self.entries[first as usize - 1];
            let same = same_content(&request, first);
            return if same {
                Ok(Answer {
                    replayed: true,
                    ..answer(first)
                })
            } else {
                Err(Rejection::plain(Code::KeyReused))
            };
        }
        let recorded_at =
            RecordedAt((self.now.0 * 1_000).max(self.state.objects.recorded_at.0 + 1));
        let originals = originals(&self.state, &self.entries, &request, recorded_at);
        let moment = Moment {
            sequence: self.entries.len() as u64 + 1,
            recorded_at,
        };
        let entry = decide(&self.state, request, moment, &originals)?;
        audit(&self.state, &entry, &originals).expect("what was decided passes the audit");
        apply(&mut self.state, &entry);
        let told = answer(&entry);
        self.entries.push(entry);
        assert!(self.state.objects.accounts.balanced());
        Ok(told)
    }

    pub fn accrue(&mut self, key: &str, points: i64, expires: Option<&str>) -> Answer {
        self.accrue_from(key, points, None, expires)
    }

    pub fn accrue_from(
        &mut self,
        key: &str,
        points: i64,
        activates: Option<&str>,
        expires: Option<&str>,
    ) -> Answer {
        let accrue = Accrue {
            member: id("m"),
            wallet: "points".into(),
            points,
            activates_at: activates.map(at),
            expires_at: expires.map(at),
            funder: None,
            price: None,
            enroll: false,
            joining: None,
        };
        self.run(key, Command::Accrue(accrue))
            .expect("the accrual is right")
    }

    pub fn purchase(&mut self, key: &str, cents: i64) -> Answer {
        let amount = Money {
            minor_units: cents,
            currency: *b"EUR",
        };
        self.run(
            key,
            Command::Purchase(Purchase {
                member: id("m"),
                amount,
                enroll: false,
                basket: None,
            }),
        )
        .expect("right")
    }

    pub fn redeem(&mut self, key: &str, points: i64) -> Answer {
        self.run(
            key,
            Command::Redeem(Redeem {
                member: id("m"),
                wallet: "points".into(),
                points,
            }),
        )
        .expect("right")
    }

    pub fn authorize(&mut self, key: &str, points: i64, minutes: i64) -> Answer {
        let authorize = Authorize {
            member: id("m"),
            wallet: "points".into(),
            points,
            ttl_micros: Some(minutes * 60_000_000),
            allow_partial: false,
        };
        self.run(key, Command::Authorize(authorize)).expect("right")
    }

    pub fn capture(&mut self, key: &str, hold: u64, points: i64) -> Answer {
        let capture = Capture {
            authorization: Reference::Sequence(hold),
            points: Some(points),
        };
        self.run(key, Command::Capture(capture)).expect("right")
    }

    pub fn void(&mut self, key: &str, hold: u64) -> Answer {
        self.run(
            key,
            Command::Void(Void {
                authorization: Reference::Sequence(hold),
            }),
        )
        .expect("right")
    }

    pub fn reverse(&mut self, key: &str, original: u64, part: Part) -> Answer {
        let reverse = Reverse {
            original: Reference::Sequence(original),
            part,
            member: None,
            shortfall: None,
            restore: None,
            dispute: None,
        };
        self.run(key, Command::Reverse(reverse)).expect("right")
    }

    pub fn sweep(&mut self) {
        self.run("", Command::Sweep)
            .expect("a sweep is never wrong");
    }

    /// The balance of `m` now.
    pub fn balance(&self) -> Balance {
        let member = self.state.find_id("m").expect("m is enrolled");
        let mut wallet = self
            .state
            .objects
            .wallet(WalletId {
                member,
                currency: 0,
            })
            .expect("it is there")
            .clone();
        settle(&mut wallet, self.now, &mut |_| {});
        wallet.balance()
    }

    /// pending / available / held / debt of `m` now.
    pub fn parts(&self) -> (i64, i64, i64, i64) {
        let Balance {
            pending,
            available,
            held,
            debt,
        } = self.balance();
        (pending, available, held, debt)
    }
}
