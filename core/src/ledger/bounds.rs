//! Every bound of the ledger, in one place.

/// Bytes of a key.
pub const KEY_BYTES: usize = 128;
/// Bytes of a member id, an alias value, a funder, a reason or an actor.
pub const ID_BYTES: usize = 64;
/// Requests that one batch of a caller carries; larger tables are cut.
pub const BATCH_REQUESTS: usize = 8_192;
/// Rows of a table that comes in one message: what they are answered fits one too.
pub const TABLE_ROWS: usize = 65_536;
/// Requests the writer decides in one go before it yields to single calls.
pub const SLICE_REQUESTS: usize = 512;
/// Lots of one wallet.
pub const WALLET_LOTS: usize = 65_536;
/// Points (or minor units of money) of one request.
pub const REQUEST_POINTS: i64 = 1 << 53;
/// Points of one wallet: pending, available and held together, and debt for itself, stay at or below it.
pub const WALLET_POINTS: i64 = 1 << 62;
/// Lines of one purchase or one return.
pub const LINES: usize = 1_000;
/// Rows of one page of a statement.
pub const PAGE_ROWS: usize = 1_000;
/// Movements after which a sweep entry takes no further wallet.
pub const SWEEP_MOVEMENTS: usize = 16_384;
/// Wallets that one sweep entry settles.
pub const SWEEP_WALLETS: usize = 256;
/// Aliases that one member holds or has held.
pub const MEMBER_ALIASES: usize = 64;
/// Partners that may be tied to a member at once.
pub const MEMBER_LINKS: usize = 32;
/// Bytes of a partner's id: its aliases' kind is an id too.
pub const PARTNER_BYTES: usize = 48;
/// Microseconds that a one-time code lives at most.
pub const CODE_MICROS: i64 = 600_000_000;
/// Rewards of referrals that one entry gives, or lets go.
pub const ENTRY_REWARDS: u32 = 16_384;
/// Touches of one token that are kept.
pub const TOKEN_TOUCHES: usize = 64;
/// Fingerprints that one member is known by.
pub const MEMBER_FINGERPRINTS: usize = 256;
/// Steps of one friend in one referral program that are kept.
pub const FRIEND_STEPS: usize = 256;
/// Purchases of one friend that count, each by itself, in one referral program.
pub const FRIEND_CONVERSIONS: usize = 256;
/// Members per chunk: the unit of sharing between the state and its views.
pub const CHUNK_MEMBERS: usize = 64;
/// Bits of a sequence.
pub const SEQUENCE_BITS: u32 = 40;
