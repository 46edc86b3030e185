//! Short records by number, packed: neighbours share one piece of memory, and copies share what does not change.

use std::borrow::Cow;
use std::sync::Arc;

/// Branches of a level. A copy counts each of them, so that few are better than a flat tree.
const FAN: usize = 16;
/// Pages below one place of the root.
const PAGES: usize = FAN * FAN * FAN;

/// The records of neighbouring numbers, in one piece.
///
/// ```text
///    0  1  bytes of a length, 2 or 4
///    1  4  numbers that have a record, a bit each
///    5     the length of each record
///          records
/// ```
type Page = Option<Arc<[u8]>>;
type Leaf = Option<Arc<[Page; FAN]>>;
type Branch = Option<Arc<[Leaf; FAN]>>;
type Limb = Option<Arc<[Branch; FAN]>>;

/// Records by number, `PAGE` of them in a page: at most 32.
#[derive(Clone, Debug)]
pub(super) struct Packed<const PAGE: usize> {
    root: Arc<Vec<Limb>>,
    count: usize,
}

impl<const PAGE: usize> Default for Packed<PAGE> {
    fn default() -> Self {
        Packed {
            root: Arc::default(),
            count: 0,
        }
    }
}

impl<const PAGE: usize> Packed<PAGE> {
    pub fn len(&self) -> usize {
        self.count
    }

    pub fn get(&self, number: u32) -> Option<&[u8]> {
        let page = self.page(number as usize / PAGE)?;
        Parts::of(page).record(number as usize % PAGE)
    }

    /// Some of a record: for reading ahead.
    pub fn touch(&self, number: u32) -> u64 {
        let first = self.get(number).and_then(<[u8]>::first);
        first.map_or(0, |byte| u64::from(*byte))
    }

    fn page(&self, page: usize) -> Option<&[u8]> {
        let limb = self.root.get(page / PAGES)?.as_ref()?;
        let branch = limb[page / (FAN * FAN) % FAN].as_ref()?;
        let leaf = branch[page / FAN % FAN].as_ref()?;
        leaf[page % FAN].as_deref()
    }

    fn page_mut(&mut self, page: usize) -> &mut Page {
        let root = Arc::make_mut(&mut self.root);
        let top = page / PAGES;
        if top >= root.len() {
            root.resize(top + 1, None);
        }
        let limb = below(&mut root[top]);
        let branch = below(&mut limb[page / (FAN * FAN) % FAN]);
        let leaf = below(&mut branch[page / FAN % FAN]);
        &mut leaf[page % FAN]
    }

    /// A record as it is from now on; an empty one is none.
    pub fn set(&mut self, number: u32, record: &[u8]) {
        let place = number as usize % PAGE;
        let page = self.page_mut(number as usize / PAGE);
        let parts = page.as_deref().map_or(Parts::NONE, Parts::of);
        let had = parts.has(place);
        let new = parts.with(place, record);
        *page = new;
        self.count = self.count + usize::from(!record.is_empty()) - usize::from(had);
    }

    /// Every record, by number.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &[u8])> {
        let limbs = self.root.iter().enumerate();
        let there = limbs.filter(|(_, limb)| limb.is_some());
        let pages = there.flat_map(|(top, _)| top * PAGES..(top + 1) * PAGES);
        let pages = pages.filter_map(|number| Some((number, Parts::of(self.page(number)?))));
        pages.flat_map(|(number, parts)| {
            (0..PAGE).filter_map(move |place| {
                let record = parts.record(place)?;
                Some(((number * PAGE + place) as u32, record))
            })
        })
    }
}

/// What is below a place, alone in its hands.
fn below<T: Clone>(place: &mut Option<Arc<[Option<T>; FAN]>>) -> &mut [Option<T>; FAN] {
    Arc::make_mut(place.get_or_insert_with(|| Arc::new([const { None }; FAN])))
}

/// The parts of a page.
#[derive(Clone, Copy)]
struct Parts<'p> {
    width: usize,
    present: u32,
    lengths: &'p [u8],
    records: &'p [u8],
}

impl<'p> Parts<'p> {
    const HEAD: usize = 5;
    const NONE: Parts<'static> = Parts {
        width: 2,
        present: 0,
        lengths: &[],
        records: &[],
    };

    fn of(page: &'p [u8]) -> Parts<'p> {
        let (head, rest) = page.split_at(Self::HEAD);
        let width = usize::from(head[0]);
        let present = u32::from_le_bytes([head[1], head[2], head[3], head[4]]);
        let (lengths, records) = rest.split_at(present.count_ones() as usize * width);
        Parts {
            width,
            present,
            lengths,
            records,
        }
    }

    /// Where the record after so many starts.
    fn start(&self, rank: usize) -> usize {
        let before = &self.lengths[..rank * self.width];
        match self.width {
            2 => short(before).map(usize::from).sum(),
            _ => {
                let (lengths, _) = before.as_chunks();
                let lengths = lengths.iter().map(|bytes| u32::from_le_bytes(*bytes));
                lengths.map(|length| length as usize).sum()
            }
        }
    }

    /// Records before a place.
    fn before(&self, place: usize) -> usize {
        (self.present & ((1 << place) - 1)).count_ones() as usize
    }

    fn has(&self, place: usize) -> bool {
        self.present >> place & 1 == 1
    }

    fn record(&self, place: usize) -> Option<&'p [u8]> {
        if !self.has(place) {
            return None;
        }
        let rank = self.before(place);
        Some(&self.records[self.start(rank)..self.start(rank + 1)])
    }

    /// The page with another record in a place; lengths that were wide stay so.
    fn with(&self, place: usize, record: &[u8]) -> Page {
        let is_long = record.len() > usize::from(u16::MAX);
        let width = if is_long { 4 } else { self.width };
        let lengths = match width == self.width {
            true => Cow::Borrowed(self.lengths),
            false => short(self.lengths)
                .flat_map(|length| u32::from(length).to_le_bytes())
                .collect(),
        };
        let rank = self.before(place);
        let after = rank + usize::from(self.has(place));
        let (present, own) = match record.is_empty() {
            true => (self.present & !(1 << place), 0),
            false => (self.present | 1 << place, width),
        };
        if present == 0 {
            return None;
        }
        Some(joined(&[
            &[width as u8],
            &present.to_le_bytes(),
            &lengths[..rank * width],
            &(record.len() as u32).to_le_bytes()[..own],
            &lengths[after * width..],
            &self.records[..self.start(rank)],
            record,
            &self.records[self.start(after)..],
        ]))
    }
}

/// Lengths of two bytes.
fn short(lengths: &[u8]) -> impl Iterator<Item = u16> {
    let (lengths, _) = lengths.as_chunks();
    lengths.iter().map(|bytes| u16::from_le_bytes(*bytes))
}

/// Parts one behind the other.
fn joined(parts: &[&[u8]]) -> Arc<[u8]> {
    let size = parts.iter().map(|part| part.len()).sum();
    let mut whole: Arc<[u8]> = std::iter::repeat_n(0, size).collect();
    let mut rest = Arc::get_mut(&mut whole).expect("nobody else has it yet");
    for part in parts {
        let (here, behind) = rest.split_at_mut(part.len());
        here.copy_from_slice(part);
        rest = behind;
    }
    whole
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn check<const PAGE: usize>(packed: &Packed<PAGE>, expected: &BTreeMap<u32, Vec<u8>>) {
        let found: Vec<(u32, &[u8])> = packed.iter().collect();
        let expected: Vec<(u32, &[u8])> = expected.iter().map(|(at, one)| (*at, &**one)).collect();
        assert_eq!((found, packed.len()), (expected.clone(), expected.len()));
        for (number, record) in expected {
            assert_eq!(packed.get(number), Some(record));
            assert_eq!(packed.get(number ^ 1 << 31), None);
        }
    }

    fn is_as_a_map<const PAGE: usize>() {
        let (mut packed, mut expected) = (Packed::<PAGE>::default(), BTreeMap::new());
        let mut copies = Vec::new();
        for step in 0..4_000_u32 {
            let hash = step.wrapping_mul(2_654_435_761) >> 8;
            let number = match step % 3 {
                0 => hash % 300,
                1 => hash % 300_000,
                _ => 100_000 + hash % 64,
            };
            let length = match step % 97 {
                0 if step % 7 == 0 => 70_000,
                0 => 9_000,
                _ => hash as usize % 40,
            };
            let record = vec![step as u8; length];
            packed.set(number, &record);
            match length {
                0 => expected.remove(&number),
                _ => expected.insert(number, record),
            };
            if step % 1_000 == 0 {
                copies.push((packed.clone(), expected.clone()));
            }
        }
        copies.push((packed, expected));
        for (packed, expected) in &copies {
            check(packed, expected);
        }
    }

    #[test]
    fn records_are_kept_as_in_a_map_and_copies_stay_as_they_are() {
        is_as_a_map::<32>();
        is_as_a_map::<8>();
    }
}
