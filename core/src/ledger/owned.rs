//! Turns what borrows from a buffer into what lasts.

use std::borrow::Cow;

use super::entry::{Entry, Fact};
use super::request::{
    Accrue, Adjust, Alias, Authorize, Capture, ChangeAlias, Command, Enroll, MemberName, Publish,
    Purchase, Redeem, Reference, Request, Reverse, Text, Void,
};

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
            }),
            Command::AddAlias(change) => Command::AddAlias(change.into_owned()),
            Command::RemoveAlias(change) => Command::RemoveAlias(change.into_owned()),
            Command::Purchase(purchase) => Command::Purchase(Purchase {
                member: purchase.member.into_owned(),
                ..purchase
            }),
            Command::Accrue(accrue) => Command::Accrue(Accrue {
                member: accrue.member.into_owned(),
                wallet: text(accrue.wallet),
                funder: accrue.funder.map(text),
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
                part: reverse.part,
                member: reverse.member.map(MemberName::into_owned),
            }),
            Command::Adjust(adjust) => Command::Adjust(Adjust {
                member: adjust.member.into_owned(),
                wallet: text(adjust.wallet),
                points: adjust.points,
                reason: text(adjust.reason),
                actor: text(adjust.actor),
                expires_at: adjust.expires_at,
            }),
            Command::Publish(publish) => Command::Publish(Publish {
                toml: text(publish.toml),
            }),
            Command::Sweep => Command::Sweep,
            Command::Record(record) => Command::Record(record),
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
        }
    }
}
