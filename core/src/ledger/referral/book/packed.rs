//! Short records by number, packed: neighbours share one piece of memory, and copies share what does not change.

use std::sync::Arc;

use smallvec::SmallVec;

/// Branches of a level. A copy counts each of them, so that few are better than a flat tree.
const FAN: usize = 16;
/// Pages below one place of the root.
const PAGES: usize = FAN * FAN * FAN;

/// The records of neighbouring numbers, in one piece.
///
/// ```text
///    0  1  bytes of an end, 2 or 4
///    1  4  numbers that have a record, a bit each
///    5     where each record ends, counted from the first one
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
    ends: &'p [u8],
    records: &'p [u8],
}

impl<'p> Parts<'p> {
    const HEAD: usize = 5;
    const NONE: Parts<'static> = Parts {
        width: 2,
        present: 0,
        ends: &[],
        records: &[],
    };

    fn of(page: &'p [u8]) -> Parts<'p> {
        let (head, rest) = page.split_at(Self::HEAD);
        let width = usize::from(head[0]);
        let present = u32::from_le_bytes([head[1], head[2], head[3], head[4]]);
        let (ends, records) = rest.split_at(present.count_ones() as usize * width);
        Parts {
            width,
            present,
            ends,
            records,
        }
    }

    fn end(&self, rank: usize) -> usize {
        let at = rank * self.width;
        match self.width {
            2 => usize::from(u16::from_le_bytes([self.ends[at], self.ends[at + 1]])),
            _ => {
                let bytes = self.ends[at..].first_chunk();
                u32::from_le_bytes(*bytes.expect("an end has four bytes")) as usize
            }
        }
    }

    /// Records before a place, and where the next one would start.
    fn before(&self, place: usize) -> (usize, usize) {
        let rank = (self.present & ((1 << place) - 1)).count_ones() as usize;
        (rank, rank.checked_sub(1).map_or(0, |last| self.end(last)))
    }

    fn has(&self, place: usize) -> bool {
        self.present >> place & 1 == 1
    }

    fn record(&self, place: usize) -> Option<&'p [u8]> {
        if !self.has(place) {
            return None;
        }
        let (rank, start) = self.before(place);
        Some(&self.records[start..self.end(rank)])
    }

    /// The page with another record in a place.
    fn with(&self, place: usize, record: &[u8]) -> Page {
        let (rank, start) = self.before(place);
        let had = usize::from(self.has(place));
        let old_end = if had == 1 { self.end(rank) } else { start };
        let size = self.records.len() - (old_end - start) + record.len();
        let width = if size > usize::from(u16::MAX) { 4 } else { 2 };
        let present = match record.is_empty() {
            true => self.present & !(1 << place),
            false => self.present | 1 << place,
        };
        if present == 0 {
            return None;
        }
        let count = present.count_ones() as usize;
        let mut page: SmallVec<[u8; 2_048]> = SmallVec::new();
        page.reserve(Self::HEAD + count * width + size);
        page.push(width as u8);
        page.extend_from_slice(&present.to_le_bytes());
        let mut push_end =
            |end: usize| page.extend_from_slice(&(end as u32).to_le_bytes()[..width]);
        (0..rank).for_each(|rank| push_end(self.end(rank)));
        if !record.is_empty() {
            push_end(start + record.len());
        }
        let after = rank + had..self.present.count_ones() as usize;
        after.for_each(|rank| push_end(self.end(rank) - old_end + start + record.len()));
        page.extend_from_slice(&self.records[..start]);
        page.extend_from_slice(record);
        page.extend_from_slice(&self.records[old_end..]);
        Some(Arc::from(&*page))
    }
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
            let length = if step % 97 == 0 {
                9_000
            } else {
                hash as usize % 40
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
