//! Finds members by their ids: a table that keeps what it needs of their hashes, so that it grows without reading them.

use super::tables::Parts;

/// Bits of a hash that choose a place in a part of the table; a part with more places than they tell apart would still
/// be right, and slower.
const PLACE_BITS: u32 = 25;
/// The hash's uppermost bits, which the table keeps beside each place.
const MARK_SHIFT: u32 = u64::BITS - 7;

#[derive(Clone, Copy, Debug)]
struct Known {
    tag: u32,
    member: u32,
}

/// Members' numbers by the hashes of their ids.
#[derive(Clone, Debug, Default)]
pub struct Ids {
    parts: Parts<Known>,
}

impl Ids {
    /// The member with this hash whose id is the one sought.
    pub fn find(&self, hash: u64, mut is_it: impl FnMut(u32) -> bool) -> Option<u32> {
        let tag = tag_of(hash);
        let found = self.parts.find(within(hash), |known| {
            known.tag == tag && is_it(known.member)
        });
        found.map(|known| known.member)
    }

    /// Adds a member whose id is not there yet.
    pub fn insert(&mut self, hash: u64, member: u32) {
        let known = Known {
            tag: tag_of(hash),
            member,
        };
        self.parts
            .insert(within(hash), known, |known| place_of(known.tag));
    }

    /// Forgets a member.
    pub fn remove(&mut self, hash: u64, member: u32) {
        self.parts
            .remove(within(hash), |known| known.member == member);
    }

    pub fn reserve(&mut self, more: usize) {
        self.parts.reserve(more, |known| place_of(known.tag));
    }
}

/// What of a hash chooses the part, the place in it, and the mark beside the place.
const fn within(hash: u64) -> u64 {
    (hash >> 48 & 0xFF) << 48 | place_of(tag_of(hash))
}

const fn tag_of(hash: u64) -> u32 {
    ((hash >> MARK_SHIFT) as u32) << PLACE_BITS | (hash as u32 & ((1 << PLACE_BITS) - 1))
}

/// The hash of a tag, as a part of the table looks at it.
const fn place_of(tag: u32) -> u64 {
    (tag as u64 >> PLACE_BITS) << MARK_SHIFT | (tag as u64 & ((1 << PLACE_BITS) - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_found_also_after_the_table_has_grown() {
        let mut ids = Ids::default();
        let hash_of = |number: u32| u64::from(number).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        for number in 0..100_000 {
            ids.insert(hash_of(number), number);
        }
        for number in 0..100_000 {
            assert_eq!(
                ids.find(hash_of(number), |found| found == number),
                Some(number)
            );
        }
        ids.remove(hash_of(70_000), 70_000);
        assert_eq!(ids.find(hash_of(70_000), |_| true), None);
        assert_eq!(ids.find(hash_of(100_000), |_| true), None);
        assert_eq!(ids.find(hash_of(1), |_| false), None);
    }

    #[test]
    fn a_place_is_the_same_from_the_tag_as_from_the_hash() {
        for hash in [
            0,
            u64::MAX,
            0x0123_4567_89AB_CDEF,
            1 << 63,
            1 << 57,
            1 << 24,
        ] {
            let without_part = within(hash) & !(0xFF << 48 & !(0x7F << MARK_SHIFT));
            assert_eq!(without_part, place_of(tag_of(hash)));
        }
    }
}
