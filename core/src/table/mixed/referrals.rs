//! Rows about referrals as the requests they ask for.

use super::command::{CHECKED, Row};
use super::fields::Field as F;
use super::verbs::Verb;
use crate::ledger::program::referral::Method;
use crate::ledger::referral::commands::{ReviewDecision, plain};
use crate::ledger::referral::coupon::CouponAction;
use crate::ledger::request::*;
use crate::ledger::time::Instant;

impl<'t> Row<'t> {
    pub(super) fn referral_command(self) -> Command<'t> {
        match self.verb() {
            Verb::IssueCode => Command::IssueCode(Box::new(IssueCode {
                program: self.text(F::Program),
                member: self.member(),
                code: self.optional_text(F::Code).map(plain),
                single_use: self.flag(F::SingleUse),
                expires_at: self.instant(F::ExpiresAt),
            })),
            Verb::DisableCode => Command::DisableCode(Box::new(DisableCode {
                program: self.text(F::Program),
                code: plain(self.text(F::Code)),
                reason: self.text(F::Reason),
                actor: self.text(F::Actor),
            })),
            Verb::RecordTouch => Command::RecordTouch(Box::new(RecordTouch {
                program: self.text(F::Program),
                method: self.one_of(F::Method, &Method::ALL),
                token: self.optional_text(F::Token),
                code: self.optional_text(F::Code).map(plain).unwrap_or_default(),
                touched_at: self.instant(F::TouchedAt).unwrap_or(Instant::NEVER),
            })),
            Verb::BindReferral => Command::BindReferral(Box::new(BindReferral {
                friend: self.required_name(F::Friend),
                naming: self.naming(),
            })),
            Verb::RecordStep => Command::RecordStep(Box::new(RecordStep {
                program: self.text(F::Program),
                friend: self.required_name(F::Friend),
                step: self.text(F::Step),
            })),
            Verb::ReviewReferral => Command::ReviewReferral(Box::new(ReviewReferral {
                program: self.text(F::Program),
                friend: self.required_name(F::Friend),
                decision: self.one_of(F::Decision, &ReviewDecision::ALL),
                to: self.name(F::To),
                reason: self.text(F::Reason),
                actor: self.text(F::Actor),
                approved_by: self.text(F::ApprovedBy),
            })),
            Verb::Dispute => Command::Reverse(Reverse {
                original: self.original(),
                part: Part::Rest,
                member: None,
                shortfall: None,
                restore: None,
                dispute: Some(self.one_of(F::Outcome, &DisputeOutcome::ALL)),
            }),
            Verb::ChangeCoupon => Command::ChangeCoupon(Box::new(ChangeCoupon {
                program: self.text(F::Program),
                code: plain(self.text(F::Code)),
                member: self.member(),
                action: self.one_of(F::Action, &CouponAction::ALL),
                ttl_micros: self.number(F::Ttl),
            })),
            _ => unreachable!("all other verbs were taken before"),
        }
    }

    /// Who brought the member whom the row enrols, or who buys.
    pub(super) fn referral(self) -> Option<Box<Naming<'t>>> {
        let naming = self.naming();
        (naming != Naming::default()).then(|| Box::new(naming))
    }

    fn naming(self) -> Naming<'t> {
        Naming::of(
            self.text(F::Program),
            self.optional_text(F::Code),
            self.optional_text(F::Token),
            self.chunk.words(F::Fingerprints, self.row),
        )
    }

    fn optional_text(self, field: F) -> Option<Text<'t>> {
        self.chunk.text(field, self.row).map(Text::Borrowed)
    }

    /// What a word stands for, by its place.
    fn one_of<T: Copy>(self, field: F, known: &[(&'static str, T)]) -> T {
        let place = self
            .number(field)
            .and_then(|place| usize::try_from(place).ok());
        let named = place.and_then(|place| known.get(place));
        named.expect(CHECKED).1
    }
}
