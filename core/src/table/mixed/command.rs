//! One row as the request it asks for; it borrows from the table.

use crate::ledger::link::LinkScopes;
use crate::ledger::lot::LotId;
use crate::ledger::program::{Restore, Shortfall};
use crate::ledger::request::*;
use crate::ledger::time::Instant;

use super::chunk::Chunk;
use super::fields::Field;
use super::verbs::Verb;

type F = Field;

pub(super) const CHECKED: &str = "what a row has to state was checked when the table was read";

/// A row while it is read.
#[derive(Clone, Copy)]
pub struct Row<'t> {
    pub chunk: &'t Chunk,
    pub row: usize,
    pub caller: &'t str,
    /// The money of the program's earn rule.
    pub money: [u8; 3],
}

impl<'t> Row<'t> {
    pub fn request(self) -> Request<'t> {
        Request {
            caller: Text::Borrowed(self.caller),
            key: self.key(),
            occurred_at: self.instant(F::OccurredAt),
            details: self.details(),
            command: self.command(),
        }
    }

    pub fn key(self) -> Text<'t> {
        match self.chunk.text(F::Key, self.row) {
            Some(key) => Text::Borrowed(key),
            None if self.verb() == Verb::Enroll => {
                Text::Owned(format!("enroll/{}", self.text(F::Member)))
            }
            None => Text::Borrowed(""),
        }
    }

    fn command(self) -> Command<'t> {
        match self.verb() {
            Verb::Purchase => Command::Purchase(self.purchase()),
            Verb::Accrue => Command::Accrue(self.accrue()),
            Verb::Redeem => Command::Redeem(Redeem {
                member: self.member(),
                wallet: self.wallet(),
                points: self.points(),
            }),
            Verb::Authorize => Command::Authorize(Authorize {
                member: self.member(),
                wallet: self.wallet(),
                points: self.points(),
                ttl_micros: self.number(F::Ttl),
                allow_partial: self.flag(F::AllowPartial),
            }),
            Verb::Capture => Command::Capture(Capture {
                authorization: self.named(F::Authorization, F::AuthorizationSequence),
                points: self.number(F::Points),
            }),
            Verb::Void => Command::Void(Void {
                authorization: self.named(F::Authorization, F::AuthorizationSequence),
            }),
            Verb::Reverse => Command::Reverse(self.reverse()),
            Verb::Adjust => Command::Adjust(Adjust {
                member: self.member(),
                wallet: self.wallet(),
                points: self.points(),
                reason: self.text(F::Reason),
                actor: self.text(F::Actor),
                expires_at: self.expiry(),
                overdraw: self.flag(F::Overdraw),
            }),
            _ => self.rare_command(),
        }
    }

    fn rare_command(self) -> Command<'t> {
        match self.verb() {
            Verb::Enroll => Command::Enroll(Enroll {
                member: self.text(F::Member),
                aliases: self.aliases([F::Card, F::Phone, F::ExternalId]),
                referral: self.referral(),
            }),
            Verb::AddAlias => Command::AddAlias(self.change()),
            Verb::RemoveAlias => Command::RemoveAlias(self.change()),
            Verb::ReplaceAlias => Command::ReplaceAlias(ReplaceAlias {
                member: self.member(),
                old: self.alias(F::Old),
                new: self.alias(F::New),
                reason: self.text(F::Reason),
            }),
            Verb::Transfer => Command::Transfer(Transfer {
                giver: self.required_name(F::Giver),
                receiver: self.required_name(F::Receiver),
                wallet: self.wallet(),
                points: self.points(),
            }),
            Verb::Block => Command::Block(self.manage()),
            Verb::Unblock => Command::Unblock(self.manage()),
            Verb::CloseMember => Command::CloseMember(self.manage()),
            Verb::EraseMember => Command::EraseMember(self.manage()),
            Verb::Reinstate => Command::Reinstate(Reinstate {
                member: self.member(),
                wallet: self.wallet(),
                lot: self.lot(),
                points: self.number(F::Points),
                expires_at: self.expiry(),
                reason: self.text(F::Reason),
                actor: self.text(F::Actor),
            }),
            Verb::ForgiveDebt => Command::ForgiveDebt(ForgiveDebt {
                member: self.member(),
                wallet: self.wallet(),
                points: self.number(F::Points),
                reason: self.text(F::Reason),
                actor: self.text(F::Actor),
            }),
            Verb::Activate => Command::Activate(Activate {
                original: self.original(),
                member: self.optional_member(),
            }),
            Verb::Extend => self.extend(),
            Verb::LinkMember => Command::LinkMember(Box::new(self.link())),
            Verb::UnlinkMember => Command::UnlinkMember(UnlinkMember {
                member: self.member(),
                partner: self.text(F::Partner),
                reason: self.text(F::Reason),
            }),
            _ => self.referral_command(),
        }
    }

    fn purchase(self) -> Purchase<'t> {
        let basket = Basket {
            lines: self
                .chunk
                .lines()
                .map(|lines| lines.bought(self.row))
                .unwrap_or_default(),
            eligible: self.number(F::Eligible),
            spend: self.spend(),
            joining: self.joining(),
            referral: self.referral(),
        };
        Purchase {
            member: self.member(),
            amount: self.amount(),
            enroll: self.flag(F::Enroll),
            basket: (basket != Basket::default()).then(|| Box::new(basket)),
        }
    }

    fn spend(self) -> Option<Spend<'t>> {
        if let Some(points) = self.number(F::Redeem) {
            return Some(Spend::Redeem { points });
        }
        let captures = self.chunk.text(F::Capture, self.row).is_some()
            || self.number(F::CaptureSequence).is_some();
        captures.then(|| Spend::Capture {
            authorization: self.named(F::Capture, F::CaptureSequence),
            points: self.number(F::CapturePoints),
        })
    }

    fn joining(self) -> Option<Joining<'t>> {
        let joining = Joining {
            id: self.chunk.text(F::EnrollId, self.row).map(Text::Borrowed),
            aliases: self.aliases([F::EnrollCard, F::EnrollPhone, F::EnrollExternalId]),
        };
        (joining != Joining::default()).then_some(joining)
    }

    fn accrue(self) -> Accrue<'t> {
        let price = self.number(F::Price).map(|micros| Price {
            micros,
            currency: self.currency(),
        });
        Accrue {
            member: self.member(),
            wallet: self.wallet(),
            points: self.points(),
            activates_at: self.instant(F::ActivatesAt),
            expires_at: self.expiry(),
            funder: self.chunk.text(F::Funder, self.row).map(Text::Borrowed),
            price,
            enroll: self.flag(F::Enroll),
            joining: self.joining().map(Box::new),
        }
    }

    fn reverse(self) -> Reverse<'t> {
        let lines = self.chunk.lines().filter(|lines| lines.is_given(self.row));
        let part = match (self.number(F::Points), self.number(F::Amount), lines) {
            (Some(points), ..) => Part::Points(points),
            (None, Some(_), _) => Part::Money(self.amount()),
            (None, None, Some(lines)) => Part::Lines(lines.returned(self.row)),
            (None, None, None) => Part::Rest,
        };
        let policy = |field: F| {
            self.number(field)
                .and_then(|place| u8::try_from(place).ok())
        };
        Reverse {
            original: self.original(),
            part,
            member: self.optional_member(),
            shortfall: policy(F::Shortfall).and_then(Shortfall::from_number),
            restore: policy(F::Restore).and_then(Restore::from_number),
            dispute: None,
        }
    }

    fn extend(self) -> Command<'t> {
        if let Some(ttl_micros) = self.number(F::Ttl) {
            return Command::ExtendHold(ExtendHold {
                authorization: self.named(F::Authorization, F::AuthorizationSequence),
                ttl_micros,
            });
        }
        Command::ExtendLot(ExtendLot {
            member: self.member(),
            wallet: self.wallet(),
            lot: self.lot(),
            expires_at: self.expiry().unwrap_or_default(),
            reason: self.text(F::Reason),
            actor: self.text(F::Actor),
        })
    }

    fn link(self) -> LinkMember<'t> {
        let scopes = self
            .number(F::Scopes)
            .and_then(|bits| u8::try_from(bits).ok());
        LinkMember {
            member: self.member(),
            partner: self.text(F::Partner),
            alias: self.alias(F::PartnerMember),
            scopes: scopes.and_then(LinkScopes::from_bits).unwrap_or_default(),
            daily_points: self.number(F::DailyPoints),
            consent: self.text(F::Consent),
            starts_at: self.instant(F::StartsAt),
            ends_at: self.instant(F::EndsAt),
        }
    }

    pub(super) fn original(self) -> Reference<'t> {
        let receipt = [
            F::OriginalStore,
            F::OriginalTerminal,
            F::OriginalBusinessDate,
            F::OriginalNumber,
        ];
        let Some(receipt) = self.receipt(receipt) else {
            return self.named(F::Original, F::OriginalSequence);
        };
        let kind = match self.flag(F::OriginalIsReturn) {
            true => ReceiptKind::Return,
            false => ReceiptKind::Sale,
        };
        Reference::Receipt(Box::new(ReceiptName { kind, receipt }))
    }

    /// An earlier entry by key, or by sequence; which of them was checked when the table was read.
    fn named(self, key: F, sequence: F) -> Reference<'t> {
        match self.number(sequence) {
            Some(sequence) => Reference::Sequence(sequence.unsigned_abs()),
            None => Reference::Key(self.text(key)),
        }
    }

    fn details(self) -> Option<Box<Details<'t>>> {
        let receipt = [
            F::ReceiptStore,
            F::ReceiptTerminal,
            F::ReceiptBusinessDate,
            F::ReceiptNumber,
        ];
        let mode = self
            .number(F::SourceEntryMode)
            .and_then(|place| u8::try_from(place).ok());
        let source = Source {
            store: self.text(F::SourceStore),
            actor: self.text(F::SourceActor),
            entry_mode: mode.and_then(EntryMode::from_number).unwrap_or_default(),
            offline: self.flag(F::Offline),
            training: self.flag(F::SourceTraining),
            partner: self.text(F::SourcePartner),
            verification: self.text(F::SourceVerification),
        };
        Details::boxed(self.receipt(receipt), source)
    }

    /// A receipt by its store, terminal, business date and number.
    fn receipt(self, [store, terminal, date, number]: [F; 4]) -> Option<Receipt<'t>> {
        let number = self.chunk.text(number, self.row)?;
        let days = self.number(date).and_then(|days| i32::try_from(days).ok());
        Some(Receipt {
            store: self.text(store),
            terminal: self.text(terminal),
            // Beyond what days can count: refused as too far ahead.
            business_date: days.unwrap_or(i32::MAX),
            number: Text::Borrowed(number),
        })
    }

    fn change(self) -> ChangeAlias<'t> {
        ChangeAlias {
            member: self.member(),
            alias: self.alias(F::Value),
        }
    }

    fn manage(self) -> ManageMember<'t> {
        ManageMember {
            member: self.member(),
            reason: self.text(F::Reason),
            actor: self.text(F::Actor),
        }
    }

    pub(super) fn member(self) -> MemberName<'t> {
        let by_card = || MemberName::Alias(self.alias(F::Card));
        self.optional_member().unwrap_or_else(by_card)
    }

    fn optional_member(self) -> Option<MemberName<'t>> {
        self.name(F::Member)
    }

    pub(super) fn required_name(self, field: F) -> MemberName<'t> {
        self.name(field).expect(CHECKED)
    }

    /// Who stands in a column, by alias where the row states its kind.
    pub(super) fn name(self, field: F) -> Option<MemberName<'t>> {
        let alias = self.chunk.alias(field, self.row).map(MemberName::Alias);
        let id = || self.chunk.text(field, self.row).map(Text::Borrowed);
        alias.or_else(|| id().map(MemberName::Id))
    }

    fn alias(self, field: F) -> Alias<'t> {
        self.chunk.alias(field, self.row).expect(CHECKED)
    }

    fn aliases<const N: usize>(self, fields: [F; N]) -> Vec<Alias<'t>> {
        let aliases = fields
            .into_iter()
            .filter_map(|field| self.chunk.alias(field, self.row));
        aliases.collect()
    }

    fn amount(self) -> Money {
        Money {
            minor_units: self.number(F::Amount).unwrap_or(0),
            currency: self.currency(),
        }
    }

    fn currency(self) -> [u8; 3] {
        self.chunk.currency(self.row).unwrap_or(self.money)
    }

    fn wallet(self) -> Text<'t> {
        Text::Borrowed(self.chunk.text(F::Wallet, self.row).unwrap_or("points"))
    }

    fn lot(self) -> LotId {
        LotId(self.number(F::Lot).unwrap_or(0).unsigned_abs())
    }

    fn points(self) -> i64 {
        self.number(F::Points).unwrap_or(0)
    }

    pub(super) fn verb(self) -> Verb {
        self.chunk.verbs[self.row]
    }

    /// Text that is empty where it is not given.
    pub(super) fn text(self, field: F) -> Text<'t> {
        Text::Borrowed(self.chunk.text(field, self.row).unwrap_or(""))
    }

    pub(super) fn number(self, field: F) -> Option<i64> {
        self.chunk.number(field, self.row)
    }

    pub(super) fn flag(self, field: F) -> bool {
        self.chunk.flag(field, self.row)
    }

    fn expiry(self) -> Option<Instant> {
        match self.flag(F::NeverExpires) {
            true => Some(Instant::NEVER),
            false => self.instant(F::ExpiresAt),
        }
    }

    pub(super) fn instant(self, field: F) -> Option<Instant> {
        self.number(field).map(Instant)
    }
}
