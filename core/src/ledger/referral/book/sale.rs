//! Sales as they are kept: those of a member one behind the other, and when members first bought.

use super::bytes::{Reader, Writer};
use super::packed::Packed;
use super::{Buyer, Referrals};
use crate::ledger::compact::{push_varint, take_varint};
use crate::ledger::referral::file::{Refund, Sale};
use crate::ledger::time::Instant;

const NEVER_STOOD: u8 = 1;
const HAS_REFUNDS: u8 = 2;

const IS_CHARGEBACK: u8 = 1;
const IS_UNDONE: u8 = 2;

impl Referrals {
    /// What a member bought at times that count, as far as it is known, in the order in which it was recorded.
    pub fn sales(&self, member: u32, counts: impl Fn(Instant, Instant) -> bool) -> Vec<Sale> {
        self.sales.of(member, counts)
    }

    pub fn sale(&self, member: u32, sequence: u64) -> Option<Sale> {
        self.sales.get(member, sequence)
    }

    /// A member bought something; sales recorded before `since` that nobody claimed are forgotten, a few at a time.
    pub fn add_sale(&mut self, member: u32, sale: &Sale, since: Instant) {
        let known = self.buyer(member);
        if known.is_none_or(|known| sale.occurred_at < known.occurred_at) {
            let recorded_at = known.map_or(sale.recorded_at, |known| known.recorded_at);
            let buyer = Buyer {
                occurred_at: sale.occurred_at,
                recorded_at,
            };
            self.restore_buyer(member, buyer);
        }
        for _ in 0..4 {
            if !self.forget_sale(since) {
                break;
            }
        }
        self.sales.set(member, sale);
        self.waiting.insert(sale.sequence, member);
    }

    /// Whether the oldest sale that waits need not wait any more.
    fn forget_sale(&mut self, since: Instant) -> bool {
        let Some((&sequence, &member)) = self.waiting.get_min().map(|(key, member)| (key, member))
        else {
            return false;
        };
        let recorded_at = self.sales.recorded_at(member, sequence);
        if recorded_at.is_some_and(|recorded_at| recorded_at >= since) {
            return false;
        }
        self.waiting.remove(&sequence);
        if !self.books.iter().any(|book| book.has_claim(member)) {
            self.sales.remove(member, sequence);
        }
        true
    }

    /// A sale as it is from now on: money of it came back.
    pub fn set_sale(&mut self, member: u32, sale: &Sale) {
        self.sales.set(member, sale);
    }
}

/// What members bought; a record is a member's sales by sequence, each behind its length.
#[derive(Clone, Debug, Default)]
pub(super) struct Sales(Packed<8>);

impl Sales {
    /// Those of a member that occurred and were recorded at times that count.
    pub fn of(&self, member: u32, counts: impl Fn(Instant, Instant) -> bool) -> Vec<Sale> {
        let sales = split(self.0.get(member).unwrap_or_default());
        sales
            .filter_map(|(_, bytes)| unpack(bytes, &counts))
            .collect()
    }

    pub fn touch(&self, member: u32) -> u64 {
        self.0.touch(member)
    }

    pub fn get(&self, member: u32, sequence: u64) -> Option<Sale> {
        unpack(self.find(member, sequence)?, |_, _| true)
    }

    pub fn recorded_at(&self, member: u32, sequence: u64) -> Option<Instant> {
        self.find(member, sequence)
            .map(|bytes| Head::read(&mut Reader::new(bytes)).recorded_at)
    }

    fn find(&self, member: u32, sequence: u64) -> Option<&[u8]> {
        let mut sales = split(self.0.get(member)?);
        let found = sales.find(|(_, bytes)| Reader::new(bytes).number() == sequence);
        found.map(|(_, bytes)| bytes)
    }

    pub fn set(&mut self, member: u32, sale: &Sale) {
        self.put(member, sale.sequence, &pack(sale));
    }

    pub fn remove(&mut self, member: u32, sequence: u64) {
        self.put(member, sequence, &[]);
    }

    /// Puts bytes in the place of a sale, which may be new.
    fn put(&mut self, member: u32, sequence: u64, bytes: &[u8]) {
        let known = self.0.get(member).unwrap_or_default();
        let (mut start, mut end) = (known.len(), known.len());
        for (whole, one) in split(known) {
            let at = Reader::new(one).number();
            if at >= sequence {
                start = known.len() - whole.len();
                let length = whole.len() - after(whole).len();
                end = start + if at == sequence { length } else { 0 };
                break;
            }
        }
        let mut record = Vec::with_capacity(known.len() + bytes.len() + 2);
        record.extend_from_slice(&known[..start]);
        if !bytes.is_empty() {
            push_varint(&mut record, bytes.len() as u64);
            record.extend_from_slice(bytes);
        }
        record.extend_from_slice(&known[end..]);
        self.0.set(member, &record);
    }

    /// Every sale, by buyer and sequence.
    pub fn iter(&self) -> impl Iterator<Item = (u32, Sale)> {
        self.0.iter().flat_map(|(member, record)| {
            split(record).filter_map(move |(_, bytes)| Some((member, unpack(bytes, |_, _| true)?)))
        })
    }
}

/// The sales of a record: each with all that follows it, and alone.
fn split(record: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut rest = record;
    std::iter::from_fn(move || {
        let whole = rest;
        if whole.is_empty() {
            return None;
        }
        let (length, behind) = take_varint(whole).expect("records are whole");
        let (sale, after) = behind.split_at(length as usize);
        rest = after;
        Some((whole, sale))
    })
}

/// What follows the first sale.
fn after(record: &[u8]) -> &[u8] {
    let (length, rest) = take_varint(record).expect("records are whole");
    &rest[length as usize..]
}

/// What stands first, so that sales which do not count are passed over quickly.
struct Head {
    sequence: u64,
    occurred_at: Instant,
    recorded_at: Instant,
}

impl Head {
    fn read(reader: &mut Reader<'_>) -> Head {
        Head {
            sequence: reader.number(),
            occurred_at: reader.instant(),
            recorded_at: reader.instant(),
        }
    }
}

fn pack(sale: &Sale) -> Vec<u8> {
    let Sale {
        sequence,
        key,
        amount,
        occurred_at,
        recorded_at,
        never_stood,
        refunds,
    } = sale;
    let mut writer = Writer::default();
    writer.bytes.reserve(48);
    writer.number(*sequence);
    writer.instant(*occurred_at);
    writer.instant(*recorded_at);
    let has_refunds = !refunds.is_empty();
    writer.byte((u8::from(*never_stood) * NEVER_STOOD) | (u8::from(has_refunds) * HAS_REFUNDS));
    writer.signed(*amount);
    writer.text(key);
    if has_refunds {
        writer.number(refunds.len() as u64);
    }
    for refund in refunds {
        let Refund {
            entry,
            amount,
            occurred_at,
            is_chargeback,
            is_undone,
        } = refund;
        writer.number(*entry);
        writer.signed(*amount);
        writer.instant(*occurred_at);
        writer
            .byte((u8::from(*is_chargeback) * IS_CHARGEBACK) | (u8::from(*is_undone) * IS_UNDONE));
    }
    writer.bytes
}

fn unpack(bytes: &[u8], counts: impl Fn(Instant, Instant) -> bool) -> Option<Sale> {
    let mut reader = Reader::new(bytes);
    let head = Head::read(&mut reader);
    if !counts(head.occurred_at, head.recorded_at) {
        return None;
    }
    let marks = reader.byte();
    let mut sale = Sale {
        sequence: head.sequence,
        amount: reader.signed(),
        key: reader.text().into(),
        occurred_at: head.occurred_at,
        recorded_at: head.recorded_at,
        never_stood: marks & NEVER_STOOD != 0,
        refunds: Vec::new(),
    };
    if marks & HAS_REFUNDS != 0 {
        let count = reader.number();
        sale.refunds = (0..count).map(|_| read_refund(&mut reader)).collect();
    }
    Some(sale)
}

fn read_refund(reader: &mut Reader<'_>) -> Refund {
    let (entry, amount, occurred_at) = (reader.number(), reader.signed(), reader.instant());
    let marks = reader.byte();
    Refund {
        entry,
        amount,
        occurred_at,
        is_chargeback: marks & IS_CHARGEBACK != 0,
        is_undone: marks & IS_UNDONE != 0,
    }
}

pub(super) fn pack_buyer(buyer: Buyer) -> Vec<u8> {
    let Buyer {
        occurred_at,
        recorded_at,
    } = buyer;
    let mut writer = Writer::default();
    writer.instant(occurred_at);
    writer.instant(recorded_at);
    writer.bytes
}

pub(super) fn unpack_buyer(bytes: &[u8]) -> Buyer {
    let mut reader = Reader::new(bytes);
    Buyer {
        occurred_at: reader.instant(),
        recorded_at: reader.instant(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sale(sequence: u64, refunds: Vec<Refund>) -> Sale {
        Sale {
            sequence,
            key: format!("sale/{sequence}").into(),
            amount: 6_000,
            occurred_at: Instant(sequence as i64 * 7),
            recorded_at: Instant(sequence as i64 * 11),
            never_stood: sequence == 4,
            refunds,
        }
    }

    #[test]
    fn sales_are_kept_in_the_order_of_their_entries() {
        let refund = Refund {
            entry: 9,
            amount: -40,
            occurred_at: Instant(99),
            is_chargeback: true,
            is_undone: true,
        };
        let mut sales = Sales::default();
        for sequence in [4, 2, 8, 6] {
            sales.set(1, &sale(sequence, Vec::new()));
        }
        sales.set(2, &sale(5, Vec::new()));
        sales.set(1, &sale(6, vec![refund; 3]));
        sales.remove(1, 2);
        sales.remove(1, 3);
        let left = [
            sale(4, Vec::new()),
            sale(6, vec![refund; 3]),
            sale(8, Vec::new()),
        ];
        assert_eq!(sales.of(1, |_, _| true), left);
        assert_eq!(sales.of(1, |occurred_at, _| occurred_at.0 > 42), left[2..]);
        assert_eq!(sales.get(1, 6).as_ref(), Some(&left[1]));
        assert_eq!(sales.recorded_at(1, 8), Some(Instant(88)));
        assert_eq!((sales.get(1, 2), sales.get(2, 6)), (None, None));
        let all: Vec<(u32, u64)> = sales
            .iter()
            .map(|(member, one)| (member, one.sequence))
            .collect();
        assert_eq!(all, [(1, 4), (1, 6), (1, 8), (2, 5)]);
        (4..=8).for_each(|sequence| sales.remove(1, sequence));
        assert_eq!(sales.iter().count(), 1);
    }
}
