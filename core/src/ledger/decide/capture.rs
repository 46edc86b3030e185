//! capture: held points are redeemed, in hold order; the rest goes back. Also what void shares with it.

use super::super::entry::{Balance, Entry, Figures, WalletId};
use super::super::rejection::{Class, Code, Rejection};
use super::super::request::{Capture, Command};
use super::case::{Case, Verdict};
use super::draft::Draft;

pub fn decide<'a>(case: &mut Case<'_>, capture: &Capture<'a>) -> Result<Verdict<'a>, Rejection> {
    let hold = Held::find(case)?;
    let asked = capture.points.unwrap_or(hold.points);
    if hold.points == 0 {
        let code = match hold.ended_by(case) {
            Some(End::Captured) => Code::AlreadyCaptured,
            Some(End::Voided) => Code::AlreadyVoided,
            None => Code::AuthorizationExpired,
        };
        return Ok(Verdict::refused(code, asked, hold.balance()).about(hold.id));
    }
    if asked > hold.points {
        return Ok(
            Verdict::refused(Code::CaptureExceedsAuthorization, asked, hold.balance())
                .about(hold.id),
        );
    }
    Ok(hold.take(
        asked,
        Figures {
            requested: asked,
            awarded: asked,
            ..Figures::default()
        },
    ))
}

/// How a hold ended by an entry.
pub enum End {
    Captured,
    Voided,
}

/// The hold that a request names, in its wallet settled to now.
pub struct Held {
    pub id: u64,
    /// Zero when it is not open any more.
    pub points: i64,
    draft: Draft,
}

impl Held {
    pub fn find(case: &Case<'_>) -> Result<Held, Rejection> {
        let original = case.original()?;
        let is_hold = matches!(original.request.command, Command::Authorize(_));
        let opened = original.effects.first().and_then(|effect| effect.opened);
        if !is_hold || original.code.class() != Class::Applied || opened.is_none() {
            let message = format!(
                "entry {} opened no hold; name an applied authorize",
                original.sequence
            );
            return Err(Rejection::new(Code::NotAnAuthorization, message));
        }
        let draft = case.draft(wallet_of(original));
        let parts = draft
            .wallet()
            .hold(original.sequence)
            .map(|hold| hold.parts.as_slice())
            .unwrap_or_default();
        let points = parts.iter().map(|part| part.amount).sum();
        Ok(Held {
            id: original.sequence,
            points,
            draft,
        })
    }

    pub fn balance(&self) -> Balance {
        self.draft.balance()
    }

    /// How it ended; `None` for a hold that lapsed.
    pub fn ended_by(&self, case: &Case<'_>) -> Option<End> {
        let latest = case.originals.latest.as_ref()?;
        match &latest.request.command {
            Command::Capture(_) if latest.figures.awarded > 0 => Some(End::Captured),
            _ => Some(End::Voided),
        }
    }

    /// Captures `points` of it and releases the rest.
    pub fn take<'a>(mut self, points: i64, figures: Figures) -> Verdict<'a> {
        let before = self.draft.balance();
        self.draft.capture(self.id, points);
        Verdict::applied(self.draft, before, figures).about(self.id)
    }
}

/// The wallet that an applied entry was about.
pub fn wallet_of(entry: &Entry<'_>) -> WalletId {
    entry
        .effects
        .first()
        .map(|effect| effect.wallet)
        .expect("an applied entry about points has an effect")
}
