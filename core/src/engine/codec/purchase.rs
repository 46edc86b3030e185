//! Purchases with their baskets, and who joins with one.

use std::borrow::Cow;

use super::error::CodecError;
use super::parts::*;
use super::reader::Reader;
use super::referrals;
use super::writer::Writer;
use crate::ledger::request::{Basket, Joining, Line, Purchase, Spend};

type Read<T> = Result<T, CodecError>;

#[inline]
pub(super) fn write(writer: &mut Writer<'_>, purchase: &Purchase<'_>) {
    write_name(writer, 1, &purchase.member);
    write_money(writer, 3, &purchase.amount);
    writer.flag(4, purchase.enroll);
    if let Some(basket) = &purchase.basket {
        write_basket(writer, basket);
    }
}

pub(super) fn read<'b>(reader: &mut Reader<'b>) -> Read<Purchase<'b>> {
    Ok(Purchase {
        member: read_name(reader, 1)?,
        amount: read_money(reader, 3)?.ok_or(CodecError::Missing("the amount"))?,
        enroll: reader.flag(4)?,
        basket: read_basket(reader)?,
    })
}

#[inline(never)]
fn write_basket(writer: &mut Writer<'_>, basket: &Basket<'_>) {
    for line in &basket.lines {
        writer.message(5, |writer| {
            writer.text(1, &line.sku);
            writer.text(2, &line.category);
            writer.integer(3, line.quantity);
            writer.integer(4, line.amount);
            writer.flag(5, line.excluded);
        });
    }
    if let Some(eligible) = basket.eligible {
        writer.stated_number(6, eligible as u64);
    }
    match &basket.spend {
        None => {}
        Some(Spend::Redeem { points }) => writer.stated_number(7, *points as u64),
        Some(Spend::Capture {
            authorization,
            points,
        }) => writer.message(8, |writer| {
            write_reference(writer, authorization);
            if let Some(points) = points {
                writer.stated_number(4, *points as u64);
            }
            write_reference_end(writer, authorization);
        }),
    }
    if let Some(joining) = &basket.joining {
        write_joining(writer, 9, joining);
    }
    if let Some(naming) = &basket.referral {
        referrals::write_naming(writer, 10, naming);
    }
}

#[inline(always)]
fn read_basket<'b>(reader: &mut Reader<'b>) -> Read<Option<Box<Basket<'b>>>> {
    if reader.is_at_end() {
        Ok(None)
    } else {
        read_some_basket(reader)
    }
}

#[inline(never)]
fn read_some_basket<'b>(reader: &mut Reader<'b>) -> Read<Option<Box<Basket<'b>>>> {
    let mut lines = Vec::new();
    while let Some(line) = reader.message(5, read_line)? {
        lines.push(line);
    }
    let eligible = reader.stated_integer(6)?;
    let spend = match reader.stated_integer(7)? {
        Some(points) => Some(Spend::Redeem { points }),
        None => reader.message(8, |reader| {
            let authorization = read_reference(reader)?;
            let points = reader.stated_integer(4)?;
            Ok(Spend::Capture {
                authorization: read_reference_end(reader, authorization)?,
                points,
            })
        })?,
    };
    let joining = read_joining(reader, 9)?;
    let basket = Basket {
        lines,
        eligible,
        spend,
        joining,
        referral: referrals::read_naming(reader, 10)?.map(Box::new),
    };
    Ok((basket != Basket::default()).then(|| Box::new(basket)))
}

fn read_line<'b>(reader: &mut Reader<'b>) -> Read<Line<'b>> {
    Ok(Line {
        sku: Cow::Borrowed(reader.text(1)?),
        category: Cow::Borrowed(reader.text(2)?),
        quantity: reader.integer(3)?,
        amount: reader.integer(4)?,
        excluded: reader.flag(5)?,
    })
}

#[inline(never)]
pub(super) fn write_joining(writer: &mut Writer<'_>, field: u32, joining: &Joining<'_>) {
    writer.message(field, |writer| {
        write_optional_text(writer, 1, joining.id.as_deref());
        for alias in &joining.aliases {
            write_alias(writer, 2, alias);
        }
    });
}

#[inline(never)]
pub(super) fn read_joining<'b>(reader: &mut Reader<'b>, field: u32) -> Read<Option<Joining<'b>>> {
    reader.message(field, |reader| {
        let id = read_optional_text(reader, 1)?;
        let mut aliases = Vec::new();
        while let Some(alias) = read_optional_alias(reader, 2)? {
            aliases.push(alias);
        }
        Ok(Joining { id, aliases })
    })
}
