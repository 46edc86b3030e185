//! Aliases: who holds one, who held it when, and who lost it.

use super::State;
use super::undo::AliasChange;
use crate::ledger::request::Alias;
use crate::ledger::time::Instant;

/// Who holds an alias, or held it once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Holder {
    pub hash: [u8; 16],
    pub member: u32,
}

impl State {
    /// Who holds the alias now.
    pub fn find_alias(&self, alias: &Alias<'_>) -> Option<u32> {
        let hash = self.hashing.hash(&alias.hash);
        self.aliases
            .find(hash, |holder| holder.hash == alias.hash)
            .map(|holder| holder.member)
    }

    /// Whether one of those who held an alias and gave it up is such a member.
    pub fn was_held(&self, alias: &[u8; 16], by: impl Fn(u32) -> bool) -> bool {
        let hash = self.hashing.hash(alias);
        let is_one = |holder: &Holder| holder.hash == *alias && by(holder.member);
        self.former_holders.find(hash, is_one).is_some()
    }

    /// Who held an alias when it was lost.
    pub fn find_lost(&self, alias: &Alias<'_>) -> Option<u32> {
        let lost = |holder: &Holder| {
            let aliases = self.objects.member(holder.member).aliases().iter();
            holder.hash == alias.hash
                && aliases
                    .filter(|held| held.hash == alias.hash)
                    .any(|held| held.lost)
        };
        let hash = self.hashing.hash(&alias.hash);
        let found = self.former_holders.find(hash, lost);
        found.map(|holder| holder.member)
    }

    /// Who held the alias at an instant. Before its first holder got it, it finds that one: clocks of tills run behind.
    pub fn find_alias_at(&self, alias: &Alias<'_>, at: Instant) -> Option<u32> {
        if self.former_holders.is_empty() {
            return self.find_alias(alias);
        }
        let (mut first, mut then) = (None, None);
        let mut look = |holder: &Holder| {
            if holder.hash == alias.hash {
                let member = holder.member;
                let aliases = self.objects.member(member).aliases().iter();
                for held in aliases.filter(|held| held.hash == alias.hash) {
                    let place = (held.from, held.until, member);
                    first = Some(first.map_or(place, |first| place.min(first)));
                    if held.from <= at && at < held.until {
                        then = Some(member);
                    }
                }
            }
            // Every holder is looked at, so none is the one that ends the search.
            false
        };
        let hash = self.hashing.hash(&alias.hash);
        self.former_holders.find(hash, &mut look);
        self.aliases.find(hash, &mut look);
        let first = first.filter(|(from, _, _)| at < *from);
        then.or(first.map(|(_, _, member)| member))
    }

    pub(in crate::ledger) fn index_alias(&mut self, hash: [u8; 16], member: u32) {
        if let Some(undo) = &mut self.undo {
            undo.note_alias(AliasChange::Added { hash });
        }
        let hashing = self.hashing;
        self.aliases.insert(
            hashing.hash(&hash),
            Holder { hash, member },
            move |holder| hashing.hash(&holder.hash),
        );
    }

    /// The alias's holder gives it up.
    pub(in crate::ledger) fn unindex_alias(&mut self, hash: [u8; 16]) {
        let removed = self
            .aliases
            .remove(self.hashing.hash(&hash), |holder| holder.hash == hash);
        if let Some(holder) = removed {
            self.note_ended(holder);
            self.index_former_holder(holder);
        }
    }

    pub(super) fn index_former_holder(&mut self, holder: Holder) {
        let hashing = self.hashing;
        let hash = move |holder: &Holder| hashing.hash(&holder.hash);
        let same = |other: &Holder| *other == holder;
        self.former_holders.set(hash(&holder), holder, same, hash);
    }
}
