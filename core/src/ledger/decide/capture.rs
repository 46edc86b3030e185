//! capture: held points are redeemed, in hold order; the rest goes back. Also what void shares with it.

use super::super::entry::{Balance, Entry, Figures, Opened, WalletId};
use super::super::rejection::{Class, Code, Rejection};
use super::super::request::{Capture, Command};
use super::super::time::Instant;
use super::activity::Activity;
use super::case::{Case, Verdict};
use super::draft::Draft;
use super::offline::{self, Spent};

pub fn decide<'a>(case: &mut Case<'_>, capture: &Capture<'a>) -> Result<Verdict<'a>, Rejection> {
    let hold = Held::find(case)?;
    let late = hold.told_late(case);
    let points = late.map_or(hold.points, |authorization| authorization.figures.awarded);
    let asked = capture.points.unwrap_or(points);
    if let Some(refusal) = hold.refusal(case, points, asked) {
        return Ok(refusal);
    }
    let mut hold = hold;
    if asked > 0 {
        if let Some(authorization) = late {
            let spent = Spent::Held(authorization);
            let verdict = offline::decide(case, hold.draft.id(), asked, spent)?;
            return Ok(verdict.about(hold.id));
        }
        hold.note_activity(case)?;
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
        let latest = case.originals.latest.as_deref()?;
        match &latest.request.command {
            Command::Capture(_) if latest.figures.awarded + latest.figures.charged > 0 => {
                Some(End::Captured)
            }
            Command::Purchase(_) => Some(End::Captured),
            _ => Some(End::Voided),
        }
    }

    /// The authorization, if the hold has lapsed since a till that was offline captured it.
    pub fn told_late<'s>(&self, case: &Case<'s>) -> Option<&'s Entry<'static>> {
        let authorization = case.originals.original.as_deref()?;
        if self.points > 0 || case.offline_at.is_none() || self.ended_by(case).is_some() {
            return None;
        }
        let later = case.originals.history();
        let entries = later.chain([authorization]);
        let mut opened = entries
            .flat_map(|entry| &entry.effects)
            .filter_map(|effect| effect.opened);
        let lapses_at = opened.find(|opened| opened.hold == self.id)?.lapses_at;
        let lived = authorization.recorded_at.instant()..lapses_at;
        lived.contains(&case.occurred_at).then_some(authorization)
    }

    /// Its wallet, settled to now.
    pub fn into_draft(self) -> Draft {
        self.draft
    }

    /// The refusal of what only an open hold can bear.
    pub fn refused_as_ended<'a>(&self, case: &Case<'_>, asked: i64) -> Verdict<'a> {
        let code = match self.ended_by(case) {
            Some(End::Captured) => Code::AlreadyCaptured,
            Some(End::Voided) => Code::AlreadyVoided,
            None => Code::AuthorizationExpired,
        };
        Verdict::refused(code, asked, self.balance()).about(self.id)
    }

    /// Lets it live until another instant.
    pub fn extend<'a>(mut self, lapses_at: Instant) -> Verdict<'a> {
        let before = self.draft.balance();
        self.draft.open_hold(Opened {
            hold: self.id,
            lapses_at,
        });
        Verdict::applied(self.draft, before, Figures::default()).about(self.id)
    }

    /// Why `asked` of `points` cannot be captured, if they cannot.
    pub fn refusal<'a>(&self, case: &Case<'_>, points: i64, asked: i64) -> Option<Verdict<'a>> {
        if points == 0 {
            return Some(self.refused_as_ended(case, asked));
        }
        let exceeds = Code::CaptureExceedsAuthorization;
        let refusal = Verdict::refused(exceeds, asked, self.balance()).about(self.id);
        (asked > points).then_some(refusal)
    }

    /// Captures `points` of it and releases the rest.
    pub fn take<'a>(self, points: i64, figures: Figures) -> Verdict<'a> {
        let (id, before) = (self.id, self.balance());
        Verdict::applied(self.captured(points), before, figures).about(id)
    }

    /// Its wallet is in use.
    pub fn note_activity(&mut self, case: &Case<'_>) -> Result<(), Rejection> {
        if let Some(activity) = Activity::in_wallet(case, self.draft.id())? {
            activity.note(case, &mut self.draft);
        }
        Ok(())
    }

    /// The wallet once `points` of it are captured and the rest is released.
    pub fn captured(mut self, points: i64) -> Draft {
        self.draft.capture(self.id, points);
        self.draft
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
