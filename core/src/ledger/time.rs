//! temp
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Instant(pub i64);
impl Instant {
    pub const NEVER: Instant = Instant(i64::MAX);
}
