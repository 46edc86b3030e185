//! Who brought each member, in arrays: a walk to the top is a read per level.

use std::sync::Arc;

const NOBODY: u32 = u32::MAX;
/// Members of an array, and arrays of a branch and branches of a limb.
const LEAF: usize = 256;
const FAN: usize = 16;
/// Members below one place of the root.
const LIMB: usize = LEAF * FAN * FAN;

type Leaf = Option<Arc<[u32; LEAF]>>;
type Branch = Option<Arc<[Leaf; FAN]>>;
type Limb = Option<Arc<[Branch; FAN]>>;

/// Who brought each member.
#[derive(Clone, Debug, Default)]
pub(super) struct Advocates(Arc<Vec<Limb>>);

impl Advocates {
    pub fn of(&self, member: u32) -> Option<u32> {
        let member = member as usize;
        let limb = self.0.get(member / LIMB)?.as_ref()?;
        let branch = limb[member / (LEAF * FAN) % FAN].as_ref()?;
        let leaf = branch[member / LEAF % FAN].as_ref()?;
        Some(leaf[member % LEAF]).filter(|advocate| *advocate != NOBODY)
    }

    pub fn set(&mut self, member: u32, advocate: Option<u32>) {
        if self.of(member) == advocate {
            return;
        }
        let member = member as usize;
        let root = Arc::make_mut(&mut self.0);
        if member / LIMB >= root.len() {
            root.resize(member / LIMB + 1, None);
        }
        let limb = root[member / LIMB].get_or_insert_with(|| Arc::new([const { None }; FAN]));
        let branch = &mut Arc::make_mut(limb)[member / (LEAF * FAN) % FAN];
        let branch = branch.get_or_insert_with(|| Arc::new([const { None }; FAN]));
        let leaf = &mut Arc::make_mut(branch)[member / LEAF % FAN];
        let leaf = leaf.get_or_insert_with(|| Arc::new([NOBODY; LEAF]));
        Arc::make_mut(leaf)[member % LEAF] = advocate.unwrap_or(NOBODY);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_stay_as_they_are() {
        let mut advocates = Advocates::default();
        for member in [0, 255, 256, 70_000, 3_000_000] {
            advocates.set(member, Some(member + 1));
        }
        let copy = advocates.clone();
        advocates.set(256, None);
        advocates.set(9, None);
        advocates.set(70_000, Some(0));
        let of = |all: &Advocates| [0, 9, 256, 70_000, 3_000_000, 9_000_000].map(|one| all.of(one));
        let was = [
            Some(1),
            None,
            Some(257),
            Some(70_001),
            Some(3_000_001),
            None,
        ];
        let is = [Some(1), None, None, Some(0), Some(3_000_001), None];
        assert_eq!((of(&copy), of(&advocates)), (was, is));
    }
}
