//! Turns what borrows from a buffer into what lasts.

use std::borrow::Cow;

use super::entry::{Entry, Fact};
use super::request::*;

fn text(text: Text<'_>) -> Text<'static> {
    Cow::Owned(text.into_owned())
}

impl Entry<'_> {
    /// The same entry, borrowing from nothing.
    pub fn into_owned(self) -> Entry<'static> {
        Entry {
            sequence: self.sequence,
            recorded_at: self.recorded_at,
            program: self.program,
            request: self.request.into_owned(),
            code: self.code,
            figures: self.figures,
            original: self.original,
            facts: self.facts.into_iter().map(Fact::into_owned).collect(),
            effects: self.effects,
        }
    }
}

impl Request<'_> {
    /// The same request, borrowing from nothing.
    pub fn into_owned(self) -> Request<'static> {
        Request {
            caller: text(self.caller),
            key: text(self.key),
            occurred_at: self.occurred_at,
            details: self
                .details
                .map(|details| Box::new((*details).into_owned())),
            command: self.command.into_owned(),
        }
    }
}

impl Command<'_> {
    /// The same command, borrowing from nothing.
    pub fn into_owned(self) -> Command<'static> {
        match self {
            Command::Enroll(enroll) => Command::Enroll(Enroll {
                member: text(enroll.member),
                aliases: enroll.aliases.into_iter().map(Alias::into_owned).collect(),
                referral: enroll
                    .referral
                    .map(|naming| Box::new((*naming).into_owned())),
            }),
            Command::AddAlias(change) => Command::AddAlias(change.into_owned()),
            Command::RemoveAlias(change) => Command::RemoveAlias(change.into_owned()),
            Command::Purchase(purchase) => Command::Purchase(Purchase {
                member: purchase.member.into_owned(),
                basket: purchase
                    .basket
                    .map(|basket| Box::new((*basket).into_owned())),
                ..purchase
            }),
            Command::Accrue(accrue) => Command::Accrue(Accrue {
                member: accrue.member.into_owned(),
                wallet: text(accrue.wallet),
                funder: accrue.funder.map(text),
                joining: accrue
                    .joining
                    .map(|joining| Box::new((*joining).into_owned())),
                ..accrue
            }),
            Command::Redeem(redeem) => Command::Redeem(Redeem {
                member: redeem.member.into_owned(),
                wallet: text(redeem.wallet),
                points: redeem.points,
            }),
            Command::Authorize(authorize) => Command::Authorize(Authorize {
                member: authorize.member.into_owned(),
                wallet: text(authorize.wallet),
                ..authorize
            }),
            Command::Capture(capture) => Command::Capture(Capture {
                authorization: capture.authorization.into_owned(),
                points: capture.points,
            }),
            Command::Void(void) => Command::Void(Void {
                authorization: void.authorization.into_owned(),
            }),
            Command::Reverse(reverse) => Command::Reverse(Reverse {
                original: reverse.original.into_owned(),
                member: reverse.member.map(MemberName::into_owned),
                ..reverse
            }),
            Command::Adjust(adjust) => Command::Adjust(Adjust {
                member: adjust.member.into_owned(),
                wallet: text(adjust.wallet),
                reason: text(adjust.reason),
                actor: text(adjust.actor),
                ..adjust
            }),
            Command::Publish(publish) => Command::Publish(Publish {
                toml: text(publish.toml),
            }),
            Command::Sweep => Command::Sweep,
            Command::Record(record) => Command::Record(record),
            by_hand => by_hand.into_owned_by_hand(),
        }
    }

    /// The same for what is done to members and by hand, and for batches.
    fn into_owned_by_hand(self) -> Command<'static> {
        match self {
            Command::Transfer(transfer) => Command::Transfer(Transfer {
                giver: transfer.giver.into_owned(),
                receiver: transfer.receiver.into_owned(),
                wallet: text(transfer.wallet),
                points: transfer.points,
            }),
            Command::Block(manage) => Command::Block(manage.into_owned()),
            Command::Unblock(manage) => Command::Unblock(manage.into_owned()),
            Command::CloseMember(manage) => Command::CloseMember(manage.into_owned()),
            Command::EraseMember(manage) => Command::EraseMember(manage.into_owned()),
            Command::ReplaceAlias(replace) => Command::ReplaceAlias(ReplaceAlias {
                member: replace.member.into_owned(),
                old: replace.old.into_owned(),
                new: replace.new.into_owned(),
                reason: text(replace.reason),
            }),
            Command::Reinstate(reinstate) => Command::Reinstate(Reinstate {
                member: reinstate.member.into_owned(),
                wallet: text(reinstate.wallet),
                reason: text(reinstate.reason),
                actor: text(reinstate.actor),
                ..reinstate
            }),
            Command::ExtendLot(extend) => Command::ExtendLot(ExtendLot {
                member: extend.member.into_owned(),
                wallet: text(extend.wallet),
                reason: text(extend.reason),
                actor: text(extend.actor),
                ..extend
            }),
            Command::ExtendHold(extend) => Command::ExtendHold(ExtendHold {
                authorization: extend.authorization.into_owned(),
                ttl_micros: extend.ttl_micros,
            }),
            Command::ForgiveDebt(forgive) => Command::ForgiveDebt(ForgiveDebt {
                member: forgive.member.into_owned(),
                wallet: text(forgive.wallet),
                points: forgive.points,
                reason: text(forgive.reason),
                actor: text(forgive.actor),
            }),
            Command::Activate(activate) => Command::Activate(Activate {
                original: activate.original.into_owned(),
                member: activate.member.map(MemberName::into_owned),
            }),
            Command::Batch(batch) => Command::Batch(batch),
            of_partners => of_partners.into_owned_of_partners(),
        }
    }

    /// The same for links and codes.
    fn into_owned_of_partners(self) -> Command<'static> {
        match self {
            Command::LinkMember(link) => Command::LinkMember(Box::new(LinkMember {
                member: link.member.into_owned(),
                partner: text(link.partner),
                alias: link.alias.into_owned(),
                consent: text(link.consent),
                ..*link
            })),
            Command::UnlinkMember(unlink) => Command::UnlinkMember(UnlinkMember {
                member: unlink.member.into_owned(),
                partner: text(unlink.partner),
                reason: text(unlink.reason),
            }),
            Command::IssueOneTimeCode(issue) => Command::IssueOneTimeCode(IssueOneTimeCode {
                member: issue.member.into_owned(),
                alias: issue.alias.into_owned(),
                partner: text(issue.partner),
                ..issue
            }),
            of_referrals => of_referrals.into_owned_of_referrals(),
        }
    }

    /// The same for referrals.
    fn into_owned_of_referrals(self) -> Command<'static> {
        match self {
            Command::IssueCode(issue) => Command::IssueCode(Box::new(issue.into_owned())),
            Command::DisableCode(code) => Command::DisableCode(Box::new(code.into_owned())),
            Command::RecordTouch(touch) => Command::RecordTouch(Box::new(touch.into_owned())),
            Command::BindReferral(bind) => Command::BindReferral(Box::new(bind.into_owned())),
            Command::RecordStep(step) => Command::RecordStep(Box::new(step.into_owned())),
            Command::ReviewReferral(review) => {
                Command::ReviewReferral(Box::new(review.into_owned()))
            }
            Command::ClosePeriod(close) => Command::ClosePeriod(close.into_owned()),
            Command::ChangeCoupon(change) => Command::ChangeCoupon(Box::new(change.into_owned())),
            _ => unreachable!("the other commands were taken before"),
        }
    }
}

impl MemberName<'_> {
    /// The same name, borrowing from nothing.
    pub fn into_owned(self) -> MemberName<'static> {
        match self {
            MemberName::Id(id) => MemberName::Id(text(id)),
            MemberName::Alias(alias) => MemberName::Alias(alias.into_owned()),
        }
    }
}

impl Alias<'_> {
    /// The same alias, borrowing from nothing.
    pub fn into_owned(self) -> Alias<'static> {
        Alias {
            kind: text(self.kind),
            ..self
        }
    }
}

impl Reference<'_> {
    /// The same reference, borrowing from nothing.
    pub fn into_owned(self) -> Reference<'static> {
        match self {
            Reference::Sequence(sequence) => Reference::Sequence(sequence),
            Reference::Key(key) => Reference::Key(text(key)),
            Reference::Receipt(name) => Reference::Receipt(Box::new(ReceiptName {
                kind: name.kind,
                receipt: name.receipt.into_owned(),
            })),
        }
    }
}

impl Receipt<'_> {
    /// The same receipt, borrowing from nothing.
    pub fn into_owned(self) -> Receipt<'static> {
        Receipt {
            store: text(self.store),
            terminal: text(self.terminal),
            business_date: self.business_date,
            number: text(self.number),
        }
    }
}

impl Details<'_> {
    fn into_owned(self) -> Details<'static> {
        Details {
            receipt: self.receipt.map(Receipt::into_owned),
            source: Source {
                store: text(self.source.store),
                actor: text(self.source.actor),
                partner: text(self.source.partner),
                verification: text(self.source.verification),
                ..self.source
            },
        }
    }
}

impl Basket<'_> {
    fn into_owned(self) -> Basket<'static> {
        Basket {
            lines: self.lines.into_iter().map(Line::into_owned).collect(),
            eligible: self.eligible,
            spend: self.spend.map(Spend::into_owned),
            joining: self.joining.map(Joining::into_owned),
            referral: self.referral.map(|naming| Box::new((*naming).into_owned())),
        }
    }
}

impl Line<'_> {
    fn into_owned(self) -> Line<'static> {
        Line {
            sku: text(self.sku),
            category: text(self.category),
            ..self
        }
    }
}

impl Spend<'_> {
    fn into_owned(self) -> Spend<'static> {
        match self {
            Spend::Redeem { points } => Spend::Redeem { points },
            Spend::Capture {
                authorization,
                points,
            } => Spend::Capture {
                authorization: authorization.into_owned(),
                points,
            },
        }
    }
}

impl Joining<'_> {
    fn into_owned(self) -> Joining<'static> {
        Joining {
            id: self.id.map(text),
            aliases: self.aliases.into_iter().map(Alias::into_owned).collect(),
        }
    }
}

impl ManageMember<'_> {
    fn into_owned(self) -> ManageMember<'static> {
        ManageMember {
            member: self.member.into_owned(),
            reason: text(self.reason),
            actor: text(self.actor),
        }
    }
}

impl ChangeAlias<'_> {
    fn into_owned(self) -> ChangeAlias<'static> {
        ChangeAlias {
            member: self.member.into_owned(),
            alias: self.alias.into_owned(),
        }
    }
}

impl Fact<'_> {
    fn into_owned(self) -> Fact<'static> {
        match self {
            Fact::MemberEnrolled { member, id } => Fact::MemberEnrolled {
                member,
                id: text(id),
            },
            Fact::AliasAdded { member, alias } => Fact::AliasAdded {
                member,
                alias: alias.into_owned(),
            },
            Fact::AliasRemoved { member, alias } => Fact::AliasRemoved {
                member,
                alias: alias.into_owned(),
            },
            Fact::AliasLost { member, alias } => Fact::AliasLost {
                member,
                alias: alias.into_owned(),
            },
            Fact::StatusChanged { member, status } => Fact::StatusChanged { member, status },
            Fact::Parked { previous } => Fact::Parked { previous },
            Fact::StoreCharged {
                store,
                currency,
                points,
            } => Fact::StoreCharged {
                store: text(store),
                currency,
                points,
            },
            Fact::OfflineUsed {
                member,
                day,
                points,
            } => Fact::OfflineUsed {
                member,
                day,
                points,
            },
            Fact::LineReturned { line, quantity } => Fact::LineReturned { line, quantity },
            Fact::Reopened { original } => Fact::Reopened { original },
            Fact::RowRefused { row } => Fact::RowRefused { row },
            Fact::TermsAdded {
                terms,
                funder,
                price,
            } => Fact::TermsAdded {
                terms,
                funder: funder.map(text),
                price,
            },
            Fact::ProgramPublished { version, compiled } => Fact::ProgramPublished {
                version,
                compiled: Cow::Owned(compiled.into_owned()),
            },
            of_partners => of_partners.into_owned_of_partners(),
        }
    }

    /// The same for links and codes.
    fn into_owned_of_partners(self) -> Fact<'static> {
        match self {
            Fact::Linked {
                member,
                partner,
                terms,
            } => Fact::Linked {
                member,
                partner: text(partner),
                terms,
            },
            Fact::Unlinked { member, partner } => Fact::Unlinked {
                member,
                partner: text(partner),
            },
            Fact::LinkUsed {
                member,
                partner,
                day,
                points,
            } => Fact::LinkUsed {
                member,
                partner: text(partner),
                day,
                points,
            },
            Fact::CodeIssued { hash, code } => Fact::CodeIssued { hash, code },
            Fact::CodeUsed { hash } => Fact::CodeUsed { hash },
            of_referrals => of_referrals.into_owned_of_referrals(),
        }
    }

    /// The same for referrals.
    fn into_owned_of_referrals(self) -> Fact<'static> {
        match self {
            Fact::ReferralCodeIssued {
                program,
                code,
                issued,
            } => Fact::ReferralCodeIssued {
                program,
                code: text(code),
                issued,
            },
            Fact::ReferralCodeDisabled { program, code } => Fact::ReferralCodeDisabled {
                program,
                code: text(code),
            },
            Fact::CouponChanged {
                program,
                code,
                coupon,
            } => Fact::CouponChanged {
                program,
                code: text(code),
                coupon,
            },
            Fact::Touched {
                program,
                token,
                touch,
                forgets,
            } => Fact::Touched {
                program,
                token: token.map(text),
                touch,
                forgets,
            },
            Fact::Referral {
                program,
                friend,
                file,
            } => Fact::Referral {
                program,
                friend,
                file,
            },
            Fact::Fingerprints { member, marks } => Fact::Fingerprints {
                member,
                marks: marks.into_iter().map(text).collect(),
            },
            Fact::BindPassed {
                program,
                advocate,
                most,
            } => Fact::BindPassed {
                program,
                advocate,
                most,
            },
            Fact::RefundMet { refund } => Fact::RefundMet { refund },
            Fact::PeriodClosed { program, month } => Fact::PeriodClosed { program, month },
            Fact::ReferralAnswered { code } => Fact::ReferralAnswered { code },
            _ => unreachable!("the other facts were taken before"),
        }
    }
}
