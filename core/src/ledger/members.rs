//! Members with their wallets and aliases, in chunks that views share.

use super::bounds::CHUNK_MEMBERS;
use super::link::Link;
use super::request::Alias;
use super::time::Instant;
use super::wallet::Wallet;

/// The program's first currency: what is about a member as a whole shows this wallet.
pub const MAIN_CURRENCY: u8 = 0;

/// Whether a member may earn and spend.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub enum Status {
    #[default]
    Active = 0,
    /// Earns, but does not spend.
    Blocked = 1,
    /// Has left.
    Closed = 2,
    /// Has left, and nothing but its id finds it.
    Erased = 3,
}

impl Status {
    pub const ALL: [Status; 4] = [
        Status::Active,
        Status::Blocked,
        Status::Closed,
        Status::Erased,
    ];

    /// Whether nothing new is possible with the member.
    pub const fn has_left(self) -> bool {
        matches!(self, Status::Closed | Status::Erased)
    }

    pub fn from_number(number: u8) -> Option<Status> {
        Status::ALL
            .into_iter()
            .find(|status| *status as u8 == number)
    }

    pub const fn name(self) -> &'static str {
        match self {
            Status::Active => "active",
            Status::Blocked => "blocked",
            Status::Closed => "closed",
            Status::Erased => "erased",
        }
    }
}

/// An alias that a member holds or held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldAlias {
    pub kind: Box<str>,
    pub hash: [u8; 16],
    pub last_digits: u16,
    pub from: Instant,
    /// `Instant::NEVER` while it is held.
    pub until: Instant,
    /// It was reported lost, so nobody gets it again.
    pub lost: bool,
}

impl HeldAlias {
    pub fn is_held(&self) -> bool {
        self.until == Instant::NEVER
    }

    pub fn to_alias<'a>(&self) -> Alias<'a> {
        Alias {
            kind: self.kind.to_string().into(),
            hash: self.hash,
            last_digits: self.last_digits,
        }
    }

    pub fn is(&self, alias: &Alias<'_>) -> bool {
        self.hash == alias.hash && *self.kind == *alias.kind
    }
}

/// The first currency's wallet stands inline; others are rare, and boxed so that their absence takes one word.
#[derive(Clone, Debug)]
#[allow(clippy::box_collection)]
pub struct Member {
    id_start: u32,
    id_length: u8,
    pub status: Status,
    /// Whether a purchase of the member was ever recorded.
    pub has_bought: bool,
    wallet: Wallet,
    others: Option<Box<Vec<(u8, Wallet)>>>,
    ties: Option<Box<Ties>>,
}

/// What few members have: other names, and partners.
#[derive(Clone, Debug, Default)]
struct Ties {
    aliases: Vec<HeldAlias>,
    /// In the order in which they were tied.
    links: Vec<Link>,
}

impl Member {
    pub fn wallet(&self, currency: u8) -> Option<&Wallet> {
        if currency == 0 {
            return Some(&self.wallet);
        }
        self.others
            .as_ref()?
            .iter()
            .find(|(number, _)| *number == currency)
            .map(|(_, wallet)| wallet)
    }

    /// Every wallet, by number of currency.
    pub fn wallets(&self) -> impl Iterator<Item = (u8, &Wallet)> + Clone {
        let others = self
            .others
            .iter()
            .flat_map(|list| list.iter())
            .map(|(number, wallet)| (*number, wallet));
        std::iter::once((0, &self.wallet)).chain(others)
    }

    pub fn wallet_mut(&mut self, currency: u8) -> &mut Wallet {
        if currency == 0 {
            return &mut self.wallet;
        }
        let others = self.others.get_or_insert_default();
        let at = others
            .binary_search_by_key(&currency, |(number, _)| *number)
            .unwrap_or_else(|at| {
                others.insert(at, (currency, Wallet::default()));
                at
            });
        &mut others[at].1
    }

    /// Every alias held now or before, oldest first.
    pub fn aliases(&self) -> &[HeldAlias] {
        self.ties.as_ref().map_or(&[], |ties| &ties.aliases)
    }

    pub fn aliases_mut(&mut self) -> &mut Vec<HeldAlias> {
        &mut self.ties.get_or_insert_default().aliases
    }

    /// Partners that are tied to the member, whether their links are in force or not.
    pub fn links(&self) -> &[Link] {
        self.ties.as_ref().map_or(&[], |ties| &ties.links)
    }

    pub fn links_mut(&mut self) -> &mut Vec<Link> {
        &mut self.ties.get_or_insert_default().links
    }

    /// The link with a partner.
    pub fn link(&self, partner: &str) -> Option<&Link> {
        self.links().iter().find(|link| *link.partner == *partner)
    }

    /// Earliest instant at which time moves something in any wallet.
    pub fn next_due(&self) -> Instant {
        self.wallets()
            .map(|(_, wallet)| wallet.next_due())
            .min()
            .unwrap_or(Instant::NEVER)
    }
}

/// Up to 64 members, their ids end to end beside them.
#[derive(Clone, Debug)]
pub struct Chunk {
    ids: Vec<u8>,
    members: Vec<Member>,
    /// No wallet here is due before this instant.
    pub due: Instant,
}

impl Default for Chunk {
    fn default() -> Chunk {
        Chunk {
            ids: Vec::new(),
            members: Vec::new(),
            due: Instant::NEVER,
        }
    }
}

impl Chunk {
    /// Room for exactly this many members whose ids take this many bytes.
    pub fn with_room(members: usize, id_bytes: usize) -> Chunk {
        Chunk {
            ids: Vec::with_capacity(id_bytes),
            members: Vec::with_capacity(members),
            due: Instant::NEVER,
        }
    }

    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// Bytes of all ids.
    pub fn id_bytes(&self) -> usize {
        self.ids.len()
    }

    pub fn member(&self, place: usize) -> &Member {
        &self.members[place]
    }

    pub fn member_mut(&mut self, place: usize) -> &mut Member {
        &mut self.members[place]
    }

    pub fn id(&self, place: usize) -> &str {
        std::str::from_utf8(self.id_as_bytes(place)).expect("ids enter as text")
    }

    pub fn id_as_bytes(&self, place: usize) -> &[u8] {
        let member = &self.members[place];
        let start = member.id_start as usize;
        &self.ids[start..start + member.id_length as usize]
    }

    pub fn is_full(&self) -> bool {
        self.members.len() == CHUNK_MEMBERS
    }

    /// Adds a member at the next place.
    pub fn add(&mut self, id: &str) {
        if self.members.len() == self.members.capacity() {
            let more = self
                .members
                .len()
                .max(16)
                .min(CHUNK_MEMBERS - self.members.len());
            self.members.reserve_exact(more);
        }
        self.members.push(Member {
            id_start: self.ids.len() as u32,
            id_length: id.len() as u8,
            status: Status::Active,
            has_bought: false,
            wallet: Wallet::default(),
            others: None,
            ties: None,
        });
        self.ids.extend_from_slice(id.as_bytes());
    }

    /// Takes out the members from a place on; they were the last to come.
    pub fn truncate(&mut self, members: usize) {
        if let Some(first) = self.members.get(members) {
            self.ids.truncate(first.id_start as usize);
            self.members.truncate(members);
        }
    }

    /// Finds again the earliest due instant, after time's movements were recorded.
    pub fn find_due(&mut self) {
        self.due = self
            .members
            .iter()
            .map(Member::next_due)
            .min()
            .unwrap_or(Instant::NEVER);
    }
}
