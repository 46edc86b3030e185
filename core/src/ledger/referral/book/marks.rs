//! Fingerprints as they are kept: by member, and who has one.

use std::hash::Hasher;

use imbl::OrdSet;
use siphasher::sip::SipHasher13;
use smallvec::SmallVec;

use super::packed::Packed;
use crate::ledger::compact::{push_varint, take_varint};

/// What tells members apart; a record is a member's fingerprints in order, each behind its length.
#[derive(Clone, Debug, Default)]
pub(super) struct Marks {
    of_members: Packed<8>,
    /// Members by the hash of a fingerprint; two may have the same.
    holders: OrdSet<(u64, u32)>,
}

impl Marks {
    pub fn of(&self, member: u32) -> SmallVec<[&str; 8]> {
        split(self.of_members.get(member).unwrap_or_default()).collect()
    }

    /// Everybody who has a fingerprint.
    pub fn holders(&self, mark: &str) -> impl Iterator<Item = u32> {
        let hash = hash(mark);
        let alike = self.holders.range((hash, 0)..=(hash, u32::MAX));
        alike
            .map(|(_, member)| *member)
            .filter(move |member| self.has(*member, mark))
    }

    fn has(&self, member: u32, mark: &str) -> bool {
        split(self.of_members.get(member).unwrap_or_default()).any(|known| known == mark)
    }

    pub fn add<'m>(&mut self, member: u32, marks: impl Iterator<Item = &'m str>) {
        let mut all = self.of(member);
        let mut fresh: SmallVec<[u64; 8]> = SmallVec::new();
        for mark in marks {
            if let Err(place) = all.binary_search(&mark) {
                all.insert(place, mark);
                fresh.push(hash(mark));
            }
        }
        let mut record = Vec::with_capacity(all.iter().map(|mark| mark.len() + 1).sum());
        for mark in all {
            push_varint(&mut record, mark.len() as u64);
            record.extend_from_slice(mark.as_bytes());
        }
        for hash in fresh {
            self.holders.insert((hash, member));
        }
        self.of_members.set(member, &record);
    }

    /// Everybody's, by member.
    pub fn iter(&self) -> impl Iterator<Item = (u32, SmallVec<[&str; 8]>)> {
        let members = self.of_members.iter();
        members.map(|(member, record)| (member, split(record).collect()))
    }
}

fn hash(mark: &str) -> u64 {
    let mut hasher = SipHasher13::new();
    hasher.write(mark.as_bytes());
    hasher.finish()
}

fn split(record: &[u8]) -> impl Iterator<Item = &str> {
    let mut rest = record;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (length, behind) = take_varint(rest).expect("records are whole");
        let (mark, after) = behind.split_at(length as usize);
        rest = after;
        Some(std::str::from_utf8(mark).expect("a text was written"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_found_by_what_they_have() {
        let mut marks = Marks::default();
        marks.add(70, ["ip:1", "card:1"].into_iter());
        marks.add(3, ["card:1"].into_iter());
        marks.add(3, ["email:1", "card:1"].into_iter());
        marks.add(5, std::iter::empty());
        assert_eq!(marks.of(3).as_slice(), ["card:1", "email:1"]);
        assert_eq!(marks.of(70).as_slice(), ["card:1", "ip:1"]);
        assert_eq!(marks.holders("card:1").collect::<Vec<u32>>(), [3, 70]);
        assert_eq!(marks.holders("card:2").next(), None);
        assert_eq!(
            marks.iter().map(|(member, _)| member).collect::<Vec<u32>>(),
            [3, 70]
        );
    }

    #[test]
    fn who_has_another_fingerprint_of_the_same_hash_does_not_have_it() {
        let mut marks = Marks::default();
        marks.add(1, ["card:1"].into_iter());
        marks.holders.insert((hash("card:1"), 2));
        assert_eq!(marks.holders("card:1").collect::<Vec<u32>>(), [1]);
    }
}
