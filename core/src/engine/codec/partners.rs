//! Links and one-time codes: their commands, and the facts that entries state of them.

use std::borrow::Cow;

use super::details::read_day;
use super::error::CodecError;
use super::parts::*;
use super::reader::Reader;
use super::referrals;
use super::writer::Writer;
use crate::ledger::codes::OneTimeCode;
use crate::ledger::entry::Fact;
use crate::ledger::link::{LinkScopes, LinkTerms};
use crate::ledger::request::{Command, IssueOneTimeCode, LinkMember, UnlinkMember};

type Read<T> = Result<T, CodecError>;

const LINK_MEMBER: u32 = 36;
const UNLINK_MEMBER: u32 = 37;
const ISSUE_ONE_TIME_CODE: u32 = 38;

const LINKED: u32 = 14;
const UNLINKED: u32 = 15;
const LINK_USED: u32 = 16;
const CODE_ISSUED: u32 = 17;
const CODE_USED: u32 = 18;

#[inline(never)]
pub(super) fn write(writer: &mut Writer<'_>, command: &Command<'_>) {
    match command {
        Command::LinkMember(link) => writer.message(LINK_MEMBER, |writer| {
            write_name(writer, 1, &link.member);
            writer.text(3, &link.partner);
            write_alias(writer, 4, &link.alias);
            writer.number(5, u64::from(link.scopes.bits()));
            write_optional_points(writer, 6, link.daily_points);
            writer.text(7, &link.consent);
            let dates = [(8, link.starts_at), (9, link.ends_at)];
            for (field, date) in dates {
                if let Some(date) = date {
                    writer.instant(field, date);
                }
            }
        }),
        Command::UnlinkMember(unlink) => writer.message(UNLINK_MEMBER, |writer| {
            write_name(writer, 1, &unlink.member);
            writer.text(3, &unlink.partner);
            writer.text(8, &unlink.reason);
        }),
        Command::IssueOneTimeCode(issue) => writer.message(ISSUE_ONE_TIME_CODE, |writer| {
            write_name(writer, 1, &issue.member);
            writer.text(3, &issue.partner);
            write_alias(writer, 4, &issue.alias);
            write_optional_points(writer, 6, issue.points);
            if let Some(ttl) = issue.ttl_micros {
                writer.stated_number(7, ttl as u64);
            }
        }),
        of_referrals => referrals::write(writer, of_referrals),
    }
}

/// Reads one of these commands, if there is one.
#[inline(never)]
pub(super) fn read<'b>(reader: &mut Reader<'b>) -> Read<Option<Command<'b>>> {
    if let Some(link) = reader.message(LINK_MEMBER, read_link)? {
        return Ok(Some(Command::LinkMember(Box::new(link))));
    }
    if let Some(unlink) = reader.message(UNLINK_MEMBER, |reader| {
        Ok(UnlinkMember {
            member: read_name(reader, 1)?,
            partner: Cow::Borrowed(reader.text(3)?),
            reason: Cow::Borrowed(reader.text(8)?),
        })
    })? {
        return Ok(Some(Command::UnlinkMember(unlink)));
    }
    let issue = reader.message(ISSUE_ONE_TIME_CODE, |reader| {
        let member = read_name(reader, 1)?;
        let partner = Cow::Borrowed(reader.text(3)?);
        Ok(IssueOneTimeCode {
            member,
            partner,
            alias: read_alias(reader, 4)?,
            points: reader.stated_integer(6)?,
            ttl_micros: reader.stated_integer(7)?,
        })
    })?;
    match issue {
        Some(issue) => Ok(Some(Command::IssueOneTimeCode(issue))),
        None => referrals::read(reader),
    }
}

fn read_link<'b>(reader: &mut Reader<'b>) -> Read<LinkMember<'b>> {
    Ok(LinkMember {
        member: read_name(reader, 1)?,
        partner: Cow::Borrowed(reader.text(3)?),
        alias: read_alias(reader, 4)?,
        scopes: read_scopes(reader, 5)?,
        daily_points: reader.stated_integer(6)?,
        consent: Cow::Borrowed(reader.text(7)?),
        starts_at: reader.instant(8)?,
        ends_at: reader.instant(9)?,
    })
}

fn read_scopes(reader: &mut Reader<'_>, field: u32) -> Read<LinkScopes> {
    let bits = reader.small(field, "the scopes of a link")?;
    LinkScopes::from_bits(bits).ok_or(CodecError::OutOfRange("the scopes of a link"))
}

fn write_optional_points(writer: &mut Writer<'_>, field: u32, points: Option<i64>) {
    if let Some(points) = points {
        writer.stated_number(field, points as u64);
    }
}

#[inline(never)]
pub(super) fn write_fact(writer: &mut Writer<'_>, fact: &Fact<'_>) {
    match fact {
        Fact::Linked {
            member,
            partner,
            terms,
        } => writer.message(LINKED, |writer| {
            writer.number(1, u64::from(*member));
            writer.text(2, partner);
            writer.stated_bytes(3, &terms.alias);
            writer.number(4, u64::from(terms.scopes.bits()));
            write_optional_points(writer, 5, terms.daily_points);
            writer.instant(6, terms.starts_at);
            writer.instant(7, terms.ends_at);
        }),
        Fact::Unlinked { member, partner } => writer.message(UNLINKED, |writer| {
            writer.number(1, u64::from(*member));
            writer.text(2, partner);
        }),
        Fact::LinkUsed {
            member,
            partner,
            day,
            points,
        } => writer.message(LINK_USED, |writer| {
            writer.number(1, u64::from(*member));
            writer.text(2, partner);
            writer.signed(3, i64::from(*day));
            writer.integer(4, *points);
        }),
        Fact::CodeIssued { hash, code } => writer.message(CODE_ISSUED, |writer| {
            writer.stated_bytes(1, hash);
            writer.number(2, u64::from(code.member));
            writer.text(3, &code.partner);
            writer.integer(4, code.points);
            writer.instant(5, code.expires_at);
        }),
        Fact::CodeUsed { hash } => {
            writer.message(CODE_USED, |writer| writer.stated_bytes(1, hash));
        }
        of_referrals => referrals::write_fact(writer, of_referrals),
    }
}

/// Reads one of these facts, if there is one.
#[inline(never)]
pub(super) fn read_fact<'b>(reader: &mut Reader<'b>) -> Read<Option<Fact<'b>>> {
    if let Some(linked) = reader.message(LINKED, read_linked)? {
        return Ok(Some(linked));
    }
    if let Some(unlinked) = reader.message(UNLINKED, |reader| {
        Ok(Fact::Unlinked {
            member: reader.small(1, "a member's number")?,
            partner: Cow::Borrowed(reader.text(2)?),
        })
    })? {
        return Ok(Some(unlinked));
    }
    if let Some(used) = reader.message(LINK_USED, |reader| {
        Ok(Fact::LinkUsed {
            member: reader.small(1, "a member's number")?,
            partner: Cow::Borrowed(reader.text(2)?),
            day: read_day(reader, 3)?,
            points: reader.integer(4)?,
        })
    })? {
        return Ok(Some(used));
    }
    if let Some(issued) = reader.message(CODE_ISSUED, |reader| {
        let hash = reader.exactly(1, "the hash of a code")?;
        let code = Box::new(OneTimeCode {
            member: reader.small(2, "a member's number")?,
            partner: Box::from(reader.text(3)?),
            points: reader.integer(4)?,
            expires_at: read_instant(reader, 5)?,
        });
        Ok(Fact::CodeIssued { hash, code })
    })? {
        return Ok(Some(issued));
    }
    let used = reader.message(CODE_USED, |reader| reader.exactly(1, "the hash of a code"))?;
    match used {
        Some(hash) => Ok(Some(Fact::CodeUsed { hash })),
        None => referrals::read_fact(reader),
    }
}

fn read_linked<'b>(reader: &mut Reader<'b>) -> Read<Fact<'b>> {
    let member = reader.small(1, "a member's number")?;
    let partner = Cow::Borrowed(reader.text(2)?);
    let terms = LinkTerms {
        alias: reader.exactly(3, "the hash of an alias")?,
        scopes: read_scopes(reader, 4)?,
        daily_points: reader.stated_integer(5)?,
        starts_at: read_instant(reader, 6)?,
        ends_at: read_instant(reader, 7)?,
    };
    Ok(Fact::Linked {
        member,
        partner,
        terms: Box::new(terms),
    })
}
