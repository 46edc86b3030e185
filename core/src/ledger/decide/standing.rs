//! Who a request is about, and whether their status allows it.

use super::super::entry::Balance;
use super::super::members::Status;
use super::super::rejection::{Class, Code, Rejection};
use super::super::request::{Command, MemberName, Request};
use super::case::{Case, Verdict};

impl Case<'_> {
    /// The member, who has not left.
    pub fn open_member(&self, name: &MemberName<'_>) -> Result<u32, Rejection> {
        let member = self.member(name)?;
        self.check_open(member)?;
        Ok(member)
    }

    /// The member, who may spend.
    pub fn spender(&self, name: &MemberName<'_>) -> Result<u32, Rejection> {
        let member = self.member(name)?;
        self.check_spends(member)?;
        Ok(member)
    }

    /// A member that this very entry enrols is active.
    pub fn status(&self, member: u32) -> Status {
        let objects = &self.state.objects;
        if member < objects.member_count() {
            objects.member(member).status
        } else {
            Status::Active
        }
    }

    pub fn check_open(&self, member: u32) -> Result<(), Rejection> {
        match self.status(member) {
            Status::Closed | Status::Erased => Err(Rejection::plain(Code::MemberClosed)),
            Status::Active | Status::Blocked => Ok(()),
        }
    }

    pub fn check_spends(&self, member: u32) -> Result<(), Rejection> {
        match self.status(member) {
            Status::Closed | Status::Erased => Err(Rejection::plain(Code::MemberClosed)),
            Status::Blocked => Err(Rejection::plain(Code::MemberBlocked)),
            Status::Active => Ok(()),
        }
    }

    /// A no by state is remembered, with what the wallet that was asked about has; any other is not.
    pub fn remembered<'a>(
        &self,
        request: &Request<'a>,
        rejection: Rejection,
    ) -> Result<Verdict<'a>, Rejection> {
        if rejection.code.class() != Class::Refused {
            return Err(rejection);
        }
        let wallet = self
            .state
            .wallet_asked_for(request, self.program(), self.now);
        let balance = wallet.map_or_else(Balance::default, |wallet| self.draft(wallet).balance());
        let original = self.originals.original.as_deref();
        let original = original.map_or(0, |original| original.sequence);
        let refused = Verdict::refused(rejection.code, asked(&request.command), balance);
        Ok(refused.about(original))
    }
}

/// Points that a command asks for.
fn asked(command: &Command<'_>) -> i64 {
    match command {
        Command::Accrue(accrue) => accrue.points,
        Command::Redeem(redeem) => redeem.points,
        Command::Authorize(authorize) => authorize.points,
        Command::Adjust(adjust) => adjust.points,
        Command::Transfer(transfer) => transfer.points,
        Command::Reinstate(reinstate) => reinstate.points.unwrap_or(0),
        Command::ForgiveDebt(forgive) => forgive.points.unwrap_or(0),
        _ => 0,
    }
}
