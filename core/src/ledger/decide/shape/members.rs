//! The shape of what is done to members and by hand.

use super::super::super::bounds::ID_BYTES;
use super::super::super::rejection::{Code, Rejection};
use super::super::super::request::Command;
use super::*;

pub fn check(command: &Command<'_>) -> Result<(), Rejection> {
    match command {
        Command::Transfer(transfer) => {
            check_member(&transfer.giver)?;
            check_member(&transfer.receiver)?;
            if transfer.giver == transfer.receiver {
                return Err(Rejection::plain(Code::SameMember));
            }
            check_points(transfer.points)
        }
        Command::Block(manage) | Command::Unblock(manage) => {
            check_member(&manage.member)?;
            check_hand(&manage.reason, &manage.actor)
        }
        Command::CloseMember(manage) | Command::EraseMember(manage) => {
            check_member(&manage.member)?;
            // Members may leave by themselves.
            let actor = match manage.actor.as_ref() {
                "" => "-",
                actor => actor,
            };
            check_hand(&manage.reason, actor)
        }
        Command::ReplaceAlias(replace) => {
            check_member(&replace.member)?;
            check_alias(&replace.old)?;
            check_alias(&replace.new)?;
            if replace.reason.len() > ID_BYTES {
                return Err(Rejection::plain(Code::ReasonMissing));
            }
            if replace.old == replace.new {
                let message = "the new alias is the old one";
                return Err(Rejection::new(Code::InvalidId, message));
            }
            Ok(())
        }
        Command::Reinstate(reinstate) => {
            check_member(&reinstate.member)?;
            reinstate.points.map_or(Ok(()), check_points)?;
            check_expiry(reinstate.expires_at)?;
            check_hand(&reinstate.reason, &reinstate.actor)
        }
        Command::ExtendLot(extend) => {
            check_member(&extend.member)?;
            check_expiry(Some(extend.expires_at))?;
            check_hand(&extend.reason, &extend.actor)
        }
        Command::ExtendHold(extend) => {
            check_reference(&extend.authorization)?;
            if extend.ttl_micros <= 0 {
                return Err(Rejection::plain(Code::InvalidTtl));
            }
            Ok(())
        }
        Command::ForgiveDebt(forgive) => {
            check_member(&forgive.member)?;
            forgive.points.map_or(Ok(()), check_points)?;
            check_hand(&forgive.reason, &forgive.actor)
        }
        Command::Activate(activate) => {
            check_reference(&activate.original)?;
            activate.member.as_ref().map_or(Ok(()), check_member)
        }
        _ => Ok(()),
    }
}
