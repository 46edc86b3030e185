//! Every key ever used, as an 88-bit print and the sequence of its entry: 16 bytes a key, kept for ever.
//!
//! ```text
//!  127 ............................ 40 39 ............ 0
//!  print (88 bits of the keyed hash)   sequence (40 bits)
//!
//!  top bits of the print ─▶ directory ─▶ page of 128 slots, searched from the slot that the print's last bits name
//! ```
//!
//! A page that is full is split by one more bit of the print, and nothing else moves: no write waits for a large table,
//! memory that was taken stays in use, and finding a key reads one line of a page.

use super::bounds::SEQUENCE_BITS;
use super::tables::Hashing;

/// Parts in which all keys can be told one after the other.
pub const PARTS: usize = 256;
const SEQUENCE_MASK: u128 = (1 << SEQUENCE_BITS) - 1;
const PAGE_SLOTS: usize = 128;
/// Keys of a page that is full: some slots stay free, so that every search is short and ends.
const PAGE_KEYS: u8 = 104;
/// Pages that are allocated at once.
const BLOCK_PAGES: usize = 256;
/// No sequence is zero, so no key's slot is.
const FREE: Slot = Slot(0);

/// A key's place in the table: the top 88 bits count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Print(u128);

impl Print {
    pub fn of(hashing: &Hashing, caller: &str, key: &str) -> Print {
        Print::of_bytes(hashing, caller.as_bytes(), key.as_bytes())
    }

    pub(super) fn of_bytes(hashing: &Hashing, space: &[u8], name: &[u8]) -> Print {
        Print(hashing.hash_pair(space, name) & !SEQUENCE_MASK)
    }

    /// Its first bits.
    const fn prefix(self, bits: u32) -> usize {
        match bits {
            0 => 0,
            _ => (self.0 >> (u128::BITS - bits)) as usize,
        }
    }

    /// Where in its page the search for it begins.
    const fn start(self) -> usize {
        (self.0 >> SEQUENCE_BITS) as usize % PAGE_SLOTS
    }
}

/// One slot: print and sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slot(u128);

impl Slot {
    pub const fn new(print: Print, sequence: u64) -> Slot {
        Slot(print.0 | sequence as u128)
    }

    pub const fn print(self) -> Print {
        Print(self.0 & !SEQUENCE_MASK)
    }

    pub const fn sequence(self) -> u64 {
        (self.0 & SEQUENCE_MASK) as u64
    }

    pub const fn to_bytes(self) -> [u8; 16] {
        self.0.to_be_bytes()
    }

    pub const fn from_bytes(bytes: [u8; 16]) -> Slot {
        Slot(u128::from_be_bytes(bytes))
    }
}

type Page = [Slot; PAGE_SLOTS];

/// How many keys a page has, and by how many first bits of their prints they are told from those of other pages.
#[derive(Clone, Copy, Debug)]
struct Fill {
    keys: u8,
    bits: u8,
}

#[derive(Clone, Debug)]
pub struct Keys {
    /// By the first `bits` bits of a print, the number of the page that has it.
    directory: Vec<u32>,
    bits: u32,
    fills: Vec<Fill>,
    blocks: Vec<Vec<Page>>,
    len: usize,
}

impl Default for Keys {
    fn default() -> Keys {
        let mut keys = Keys {
            directory: vec![0],
            bits: 0,
            fills: Vec::new(),
            blocks: Vec::new(),
            len: 0,
        };
        keys.add_page(0);
        keys
    }
}

impl Keys {
    pub fn find(&self, print: Print) -> Option<u64> {
        let page = self.page(self.page_of(print));
        let found = page[steps(page, print)];
        (found != FREE).then(|| found.sequence())
    }

    /// The slot where the search for a print begins: for reading ahead, without waiting for what is there.
    pub fn touch(&self, print: Print) -> u64 {
        self.page(self.page_of(print))[print.start()].sequence()
    }

    /// Adds a key that is not there yet.
    pub fn insert(&mut self, slot: Slot) {
        let print = slot.print();
        let mut number = self.page_of(print);
        while self.fills[number].keys == PAGE_KEYS {
            self.split(number, print);
            number = self.page_of(print);
        }
        let page = self.page_mut(number);
        let at = steps(page, print);
        page[at] = slot;
        self.fills[number].keys += 1;
        self.len += 1;
    }

    /// Adds a key, or replaces what its print stood for.
    pub fn set(&mut self, slot: Slot) {
        let number = self.page_of(slot.print());
        let page = self.page_mut(number);
        let at = steps(page, slot.print());
        if page[at] == FREE {
            self.insert(slot);
        } else {
            page[at] = slot;
        }
    }

    /// Forgets a key: its page is put together again without it.
    pub fn remove(&mut self, print: Print) {
        let number = self.page_of(print);
        let page = self.page_mut(number);
        if page[steps(page, print)] == FREE {
            return;
        }
        let slots = std::mem::replace(page, [FREE; PAGE_SLOTS]);
        let kept = slots
            .into_iter()
            .filter(|slot| *slot != FREE && slot.print() != print);
        for slot in kept {
            let at = steps(page, slot.print());
            page[at] = slot;
        }
        self.fills[number].keys -= 1;
        self.len -= 1;
    }

    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Every slot in order of print.
    pub fn sorted(&self) -> impl Iterator<Item = Slot> + '_ {
        (0..PARTS).flat_map(|part| self.sorted_part(part))
    }

    /// The slots of one part in order of print; the parts follow one another in that order.
    pub fn sorted_part(&self, part: usize) -> Vec<Slot> {
        let first = Print((part as u128) << (u128::BITS - PARTS.ilog2()));
        let last = Print(first.0 | u128::MAX >> PARTS.ilog2());
        let mut pages = self.directory[first.prefix(self.bits)..=last.prefix(self.bits)].to_vec();
        pages.dedup();
        let slots = pages.iter().flat_map(|page| self.page(*page as usize));
        let ours =
            slots.filter(|slot| **slot != FREE && slot.print().prefix(PARTS.ilog2()) == part);
        let mut sorted: Vec<Slot> = ours.copied().collect();
        sorted.sort_unstable();
        sorted
    }

    fn page_of(&self, print: Print) -> usize {
        self.directory[print.prefix(self.bits)] as usize
    }

    fn page(&self, number: usize) -> &Page {
        &self.blocks[number / BLOCK_PAGES][number % BLOCK_PAGES]
    }

    fn page_mut(&mut self, number: usize) -> &mut Page {
        &mut self.blocks[number / BLOCK_PAGES][number % BLOCK_PAGES]
    }

    fn add_page(&mut self, bits: u8) -> usize {
        let number = self.fills.len();
        if number.is_multiple_of(BLOCK_PAGES) {
            // The first few pages are not worth a block.
            let pages = if number == 0 { 1 } else { BLOCK_PAGES };
            self.blocks.push(Vec::with_capacity(pages));
        }
        self.blocks[number / BLOCK_PAGES].push([FREE; PAGE_SLOTS]);
        self.fills.push(Fill { keys: 0, bits });
        number
    }

    /// Moves the keys of a full page whose next bit is set to a page of their own.
    fn split(&mut self, number: usize, print: Print) {
        let bits = self.fills[number].bits as u32;
        if bits == self.bits {
            self.directory = self.directory.iter().flat_map(|page| [*page; 2]).collect();
            self.bits += 1;
        }
        self.fills[number].bits += 1;
        let other = self.add_page(self.fills[number].bits);
        let covered = 1 << (self.bits - bits);
        let first = print.prefix(bits) * covered;
        self.directory[first + covered / 2..first + covered].fill(other as u32);

        let slots = std::mem::replace(self.page_mut(number), [FREE; PAGE_SLOTS]);
        self.fills[number].keys = 0;
        for slot in slots.into_iter().filter(|slot| *slot != FREE) {
            let print = slot.print();
            let goes_to = [number, other][print.prefix(bits + 1) % 2];
            let page = self.page_mut(goes_to);
            let at = steps(page, print);
            page[at] = slot;
            self.fills[goes_to].keys += 1;
        }
    }
}

/// Where a print stands in its page, or would.
fn steps(page: &Page, print: Print) -> usize {
    let around = (0..PAGE_SLOTS).map(|step| (print.start() + step) % PAGE_SLOTS);
    let mut around = around.filter(|at| page[*at] == FREE || page[*at].print() == print);
    around.next().expect("a page always has free slots")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slots(count: u64) -> Vec<Slot> {
        let hashing = Hashing::new([7; 16]);
        let print = |number: u64| Print::of(&hashing, "till", &format!("receipt/{number}"));
        (1..=count)
            .map(|number| Slot::new(print(number), number))
            .collect()
    }

    #[test]
    fn every_key_is_found_while_pages_split() {
        let (slots, mut keys) = (slots(40_000), Keys::default());
        for (before, slot) in slots.iter().enumerate() {
            assert_eq!(keys.find(slot.print()), None);
            keys.insert(*slot);
            let seen = &slots[before / 2];
            assert_eq!(keys.find(seen.print()), Some(seen.sequence()));
        }
        assert_eq!(keys.len(), slots.len());
        assert!(
            slots
                .iter()
                .all(|slot| keys.find(slot.print()) == Some(slot.sequence()))
        );
    }

    #[test]
    fn a_key_that_is_set_again_stays_one() {
        let (slots, mut keys) = (slots(5_000), Keys::default());
        for slot in slots.iter().chain(&slots) {
            keys.set(Slot::new(slot.print(), slot.sequence() + keys.len() as u64));
        }
        assert_eq!(keys.len(), slots.len());
        for slot in &slots {
            let latest = slot.sequence() + slots.len() as u64;
            assert_eq!(keys.find(slot.print()), Some(latest));
        }
    }

    #[test]
    fn a_key_that_is_removed_is_gone_and_no_other() {
        let (slots, mut keys) = (slots(5_000), Keys::default());
        slots.iter().for_each(|slot| keys.insert(*slot));
        for slot in slots.iter().step_by(3).chain(slots.iter().step_by(6)) {
            keys.remove(slot.print());
        }
        for (number, slot) in slots.iter().enumerate() {
            let expected = (number % 3 != 0).then(|| slot.sequence());
            assert_eq!(keys.find(slot.print()), expected);
        }
        assert_eq!(keys.len(), keys.sorted().count());
        slots.iter().for_each(|slot| keys.set(*slot));
        assert_eq!(keys.len(), slots.len());
    }

    #[test]
    fn they_come_out_in_order_of_print_each_once() {
        let (mut slots, mut keys) = (slots(5_000), Keys::default());
        slots.iter().for_each(|slot| keys.insert(*slot));
        slots.sort_unstable();
        assert_eq!(keys.sorted().collect::<Vec<_>>(), slots);
    }

    #[test]
    fn a_key_takes_at_most_forty_bytes_at_any_fill() {
        let mut keys = Keys::default();
        for slot in slots(300_000) {
            keys.insert(slot);
            if keys.len() > 50_000 && keys.len() % 1_000 == 0 {
                let pages = keys.fills.len() * (size_of::<Page>() + size_of::<Fill>());
                let bytes = pages + keys.directory.capacity() * 4;
                assert!(
                    bytes <= 40 * keys.len(),
                    "{bytes} bytes for {} keys",
                    keys.len()
                );
            }
        }
    }
}
