//! The bytes of links and one-time codes.

use super::ImageError;
use super::bytes::{Reader, Writer};
use crate::ledger::codes::{Codes, OneTimeCode};
use crate::ledger::link::{Link, LinkScopes, LinkTerms};

type Read<T> = Result<T, ImageError>;

/// Length of the partner's id, hash, scopes, whether a day has a limit, two instants, day and points.
pub(super) const SMALLEST_LINK: usize = 22;
/// Hash, member, length of the partner's id, points and end.
const SMALLEST_CODE: usize = 20;

pub(super) fn write_link(writer: &mut Writer<'_>, link: &Link) {
    let terms = &link.terms;
    writer.bytes(link.partner.as_bytes());
    writer.fixed(&terms.alias);
    writer.byte(terms.scopes.bits());
    writer.byte(u8::from(terms.daily_points.is_some()));
    if let Some(points) = terms.daily_points {
        writer.amount(points);
    }
    writer.instant(terms.starts_at);
    writer.instant(terms.ends_at);
    writer.signed(i64::from(link.day));
    writer.amount(link.used);
}

pub(super) fn read_link(reader: &mut Reader<'_>) -> Read<Link> {
    Ok(Link {
        partner: Box::from(reader.text()?),
        terms: LinkTerms {
            alias: reader.fixed()?,
            scopes: LinkScopes::from_bits(reader.byte()?)
                .ok_or(ImageError::Invalid("a link has an unknown scope"))?,
            daily_points: match reader.byte()? {
                0 => None,
                1 => Some(reader.amount()?),
                _ => return Err(ImageError::Invalid("a link limits a day or does not")),
            },
            starts_at: reader.instant()?,
            ends_at: reader.instant()?,
        },
        day: i32::try_from(reader.signed()?)
            .map_err(|_| ImageError::Invalid("a date is out of range"))?,
        used: reader.amount()?,
    })
}

pub(super) fn write_codes(writer: &mut Writer<'_>, codes: &Codes) {
    writer.number(codes.iter().len() as u64);
    for (hash, code) in codes.iter() {
        writer.fixed(hash);
        writer.number(u64::from(code.member));
        writer.bytes(code.partner.as_bytes());
        writer.amount(code.points);
        writer.instant(code.expires_at);
    }
}

pub(super) fn read_codes(reader: &mut Reader<'_>, members: u32) -> Read<Codes> {
    let mut codes = Codes::default();
    let mut before = None;
    for _ in 0..reader.count(SMALLEST_CODE)? {
        let hash: [u8; 16] = reader.fixed()?;
        let code = OneTimeCode {
            member: reader.small("a member's number is too large")?,
            partner: Box::from(reader.text()?),
            points: reader.amount()?,
            expires_at: reader.instant()?,
        };
        if before.is_some_and(|before| before >= hash) || code.member >= members {
            return Err(ImageError::Invalid("codes are out of order, or of nobody"));
        }
        before = Some(hash);
        codes.add(hash, code);
    }
    Ok(codes)
}
