//! One row as the request it asks for; it borrows from the table.

use arrow_array::{Array, Int64Array};

use super::chunk::Chunk;
use super::{OneVerb, Verb};
use crate::ledger::request::{
    Accrue, Alias, Command, Enroll, MemberName, Money, Price, Purchase, Redeem, Request, Text,
};
use crate::ledger::time::Instant;
use crate::table::columns::Texts;
use crate::table::money::currency_bytes;

const NOT_NULL: &str = "nulls were refused when the table was read";

/// A row while it is read.
#[derive(Clone, Copy)]
pub struct Row<'t> {
    table: &'t OneVerb,
    chunk: &'t Chunk,
    row: usize,
}

impl OneVerb {
    pub(super) fn row(&self, at: usize) -> Row<'_> {
        let (chunk, row) = self.chunks.place(at);
        Row {
            table: self,
            chunk,
            row,
        }
    }
}

impl<'t> Row<'t> {
    pub fn request(self) -> Request<'t> {
        Request {
            caller: Text::Borrowed(&self.table.caller),
            key: self.key(),
            occurred_at: self.instant(self.chunk.occurred_at.as_ref()),
            command: self.command(),
            details: None,
        }
    }

    pub fn key(self) -> Text<'t> {
        match &self.chunk.key {
            Some(keys) => Text::Borrowed(keys.get(self.row).expect(NOT_NULL)),
            None if self.table.verb == Verb::Enroll => Text::Owned(format!("enroll/{}", self.id())),
            None => Text::Borrowed(""),
        }
    }

    fn command(self) -> Command<'t> {
        match self.table.verb {
            Verb::Enroll => Command::Enroll(Enroll {
                member: Text::Borrowed(self.id()),
                aliases: self.aliases().collect(),
                referral: None,
            }),
            Verb::Purchase => Command::Purchase(Purchase {
                member: self.member(),
                amount: Money {
                    minor_units: self
                        .chunk
                        .amount
                        .as_ref()
                        .map_or(0, |amounts| amounts[self.row]),
                    currency: self.currency(),
                },
                enroll: self.enroll(),
                basket: None,
            }),
            Verb::Accrue => Command::Accrue(Accrue {
                member: self.member(),
                wallet: self.wallet(),
                points: self.points(),
                activates_at: self.instant(self.chunk.activates_at.as_ref()),
                expires_at: self.instant(self.chunk.expires_at.as_ref()),
                funder: self.text(self.chunk.funder.as_ref()),
                price: self.price(),
                enroll: self.enroll(),
                joining: None,
            }),
            Verb::Redeem => Command::Redeem(Redeem {
                member: self.member(),
                wallet: self.wallet(),
                points: self.points(),
            }),
        }
    }

    fn id(self) -> &'t str {
        let members = self.chunk.member.as_ref();
        let member = members.and_then(|members| members.get(self.row));
        member.expect(NOT_NULL)
    }

    fn member(self) -> MemberName<'t> {
        match self.member_alias().or_else(|| self.aliases().next()) {
            Some(alias) => MemberName::Alias(alias),
            None => MemberName::Id(Text::Borrowed(self.id())),
        }
    }

    fn member_alias(self) -> Option<Alias<'t>> {
        let (hash, last_digits) = (*self.chunk.member_alias.get(self.row)?)?;
        Some(Alias {
            kind: self.text(self.chunk.member_kind.as_ref())?,
            hash,
            last_digits,
        })
    }

    fn aliases(self) -> impl Iterator<Item = Alias<'t>> {
        self.chunk.aliases.iter().filter_map(move |(kind, hashed)| {
            hashed[self.row].map(|(hash, last_digits)| Alias {
                kind: Text::Borrowed(kind),
                hash,
                last_digits,
            })
        })
    }

    fn enroll(self) -> bool {
        let flags = self.chunk.enroll.as_ref();
        let by_id = self.table.create_members && self.member_alias().is_none();
        by_id || flags.is_some_and(|flags| flags.value(self.row))
    }

    fn points(self) -> i64 {
        let points = self.chunk.points.as_ref();
        points.map_or(0, |points| points.value(self.row))
    }

    fn wallet(self) -> Text<'t> {
        self.text(self.chunk.wallet.as_ref())
            .unwrap_or(Text::Borrowed("points"))
    }

    fn currency(self) -> [u8; 3] {
        let currencies = self.chunk.currency.as_ref();
        let own = currencies.and_then(|texts| texts.get(self.row));
        own.and_then(currency_bytes).unwrap_or(self.table.money)
    }

    fn price(self) -> Option<Price> {
        let micros = self
            .chunk
            .price
            .as_ref()
            .and_then(|prices| prices[self.row])?;
        Some(Price {
            micros,
            currency: self.currency(),
        })
    }

    fn text(self, texts: Option<&'t Texts>) -> Option<Text<'t>> {
        texts
            .and_then(|texts| texts.get(self.row))
            .map(Text::Borrowed)
    }

    fn instant(self, times: Option<&Int64Array>) -> Option<Instant> {
        times
            .filter(|times| !times.is_null(self.row))
            .map(|times| Instant(times.value(self.row)))
    }
}
