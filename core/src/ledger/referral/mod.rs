//! Referrals: who brought whom, when it counts, what is due, and when it is taken back.
//!
//! ```text
//! codes.rs      what customers hand on: letters, check letter, what people type
//! coupon.rs     the life of a code that can be used once
//! splitting.rs  whole points between several who have a part in them
//!
//! commands.rs   what is asked for
//! file.rs       what is known of one friend
//! book.rs       what is known of all, and what is found out from it
//! noting.rs     what entries leave there
//! standing.rs   where a referral stands
//! voucher.rs    what rewards are worth at the till beside points
//!
//! touch.rs ─▶ edge.rs ─▶ progress.rs ─▶ reward.rs: four machines, each with its table
//! ```

pub mod book;
pub mod codes;
pub mod commands;
pub mod coupon;
pub mod edge;
pub mod file;
pub mod noting;
pub mod progress;
pub mod reward;
pub mod splitting;
pub mod standing;
pub mod touch;
pub mod voucher;
