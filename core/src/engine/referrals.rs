//! Owns what is asked about referrals.

use super::core::Core;
use super::failure::Failure;
use super::history::{Past, of_history};
use super::ledger::Ledger;
use super::reads::find_member;
use crate::ledger::referral::standing::{Standing, can_be_code};
use crate::ledger::rejection::{Code, Rejection};
use crate::ledger::request::MemberName;
use crate::ledger::state::Objects;
use crate::query::{self, CodeView, FriendsPage, Kpis, ReferralView, TreeMember};

/// Objects as they stand, with the member that was asked about: what tells ids of the answer's members.
pub struct Seen<T> {
    pub objects: Objects,
    /// The member that was named.
    pub member: u32,
    pub answer: T,
}

/// Which way a tree is looked at, and how far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Directions {
    pub up: bool,
    pub down: bool,
    /// Levels either way; `None`: all.
    pub depth: Option<u32>,
}

impl Core {
    /// How the referral of one friend stands.
    pub fn referral(
        &self,
        program: &str,
        friend: &MemberName<'_>,
    ) -> Result<Seen<ReferralView>, Failure> {
        let history = Past(&self.reader);
        self.look(program, Some(friend), |standing, friend| {
            query::referral(&history, standing, friend).map_err(|error| of_history(&error))
        })
    }

    /// The friends that an advocate has brought: as many as `page` says, after so many.
    pub fn referrals(
        &self,
        program: &str,
        advocate: &MemberName<'_>,
        page: (usize, usize),
    ) -> Result<Seen<FriendsPage>, Failure> {
        self.look(program, Some(advocate), |standing, advocate| {
            Ok(query::friends(standing, advocate, page))
        })
    }

    /// How a code stands, given as codes are kept.
    pub fn referral_code(&self, program: &str, code: &str) -> Result<Seen<CodeView>, Failure> {
        if !can_be_code(code) {
            return Err(Rejection::plain(Code::CodeMistyped).into());
        }
        self.look(program, None, |standing, _| {
            let found = match standing.book.code(code) {
                Some(issued) => Some(query::referral_code(issued, standing.now)),
                None => query::voucher(standing, code),
            };
            Ok(found.ok_or_else(|| Rejection::plain(Code::UnknownCode))?)
        })
    }

    /// Those above and below a member.
    pub fn referral_tree(
        &self,
        program: &str,
        member: &MemberName<'_>,
        directions: Directions,
    ) -> Result<Seen<Vec<TreeMember>>, Failure> {
        let Directions { up, down, depth } = directions;
        self.look(program, Some(member), |standing, member| {
            Ok(query::tree(standing.book, member, (up, down), depth))
        })
    }

    /// What a program comes to. Goes through all its referrals.
    pub fn referral_kpis(&self, program: &str) -> Result<Kpis, Failure> {
        let seen = self.look(program, None, |standing, _| Ok(query::kpis(standing)))?;
        Ok(seen.answer)
    }

    fn look<T>(
        &self,
        program: &str,
        name: Option<&MemberName<'_>>,
        ask: impl FnOnce(&Standing<'_>, u32) -> Result<T, Failure>,
    ) -> Result<Seen<T>, Failure> {
        self.enter_read()?;
        let (objects, calendar, member, now) = {
            let state = self.state.read();
            let now = self.now(&state.objects);
            let member = name
                .map(|name| find_member(&state, name, now))
                .transpose()?;
            let calendar = state.calendar.clone();
            (state.objects.clone(), calendar, member.unwrap_or(0), now)
        };
        self.commit.wait(objects.sequence)?;
        let calendar = calendar.ok_or_else(|| unknown_zone(&objects))?;
        let standing = query::standing(&objects, &calendar, program, now);
        let standing = standing.ok_or_else(|| unknown(program))?;
        let answer = ask(&standing, member)?;
        Ok(Seen {
            objects,
            member,
            answer,
        })
    }
}

fn unknown_zone(objects: &Objects) -> Failure {
    let zone = &objects.program().zone;
    let message = format!("this version does not know the zone {zone}; publish another");
    Rejection::new(Code::ProgramInvalid, message).into()
}

fn unknown(program: &str) -> Failure {
    let message = format!("the program file in force has no table [referral.{program}]");
    Rejection::new(Code::UnknownProgram, message).into()
}

impl Ledger {
    /// How the referral of one friend stands.
    pub fn referral(
        &self,
        program: &str,
        friend: &MemberName<'_>,
    ) -> Result<Seen<ReferralView>, Failure> {
        self.core().referral(program, friend)
    }

    /// How a code stands, given as codes are kept.
    pub fn referral_code(&self, program: &str, code: &str) -> Result<Seen<CodeView>, Failure> {
        self.core().referral_code(program, code)
    }

    /// The friends that an advocate has brought: as many as `page` says, after so many.
    pub fn referrals(
        &self,
        program: &str,
        advocate: &MemberName<'_>,
        page: (usize, usize),
    ) -> Result<Seen<FriendsPage>, Failure> {
        self.core().referrals(program, advocate, page)
    }

    /// Those above and below a member.
    pub fn referral_tree(
        &self,
        program: &str,
        member: &MemberName<'_>,
        directions: Directions,
    ) -> Result<Seen<Vec<TreeMember>>, Failure> {
        self.core().referral_tree(program, member, directions)
    }

    /// What a program comes to. Goes through all its referrals.
    pub fn referral_kpis(&self, program: &str) -> Result<Kpis, Failure> {
        self.core().referral_kpis(program)
    }
}
