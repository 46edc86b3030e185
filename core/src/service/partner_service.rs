//! PartnerService: ties of partners to members, one-time codes, and what was done on a partner's behalf.

use tonic::{Request, Response, Status};

use super::convert::requests::partner;
use super::convert::{self, FieldError, answers, page_size, required_member};
use super::desk::{Call, Desk};
use super::principals::{Operation, Role};
use super::{masked, wire};
use crate::engine::{Failure, Ledger};
use crate::ledger::bounds::CODE_MICROS;
use crate::ledger::rejection::{Code, Rejection};
use crate::ledger::time::Instant;

#[tonic::async_trait]
impl wire::partner_service_server::PartnerService for Desk {
    async fn link_member(
        &self,
        request: Request<wire::LinkMemberRequest>,
    ) -> Result<Response<wire::LinkMemberResponse>, Status> {
        self.write(Operation::LinkMember, request).await
    }

    async fn unlink_member(
        &self,
        request: Request<wire::UnlinkMemberRequest>,
    ) -> Result<Response<wire::UnlinkMemberResponse>, Status> {
        self.write(Operation::UnlinkMember, request).await
    }

    async fn issue_one_time_code(
        &self,
        request: Request<wire::IssueOneTimeCodeRequest>,
    ) -> Result<Response<wire::IssueOneTimeCodeResponse>, Status> {
        let key_space = Desk::caller(&request)?.key_space.clone();
        let asked = request.get_ref();
        let code = self.ledger.one_time_code(&key_space, &asked.key).code;
        let ttl = asked.ttl.as_ref().map(|ttl| convert::micros("ttl", ttl));
        let ttl = ttl.transpose()?.unwrap_or(CODE_MICROS);
        let mut response = self.write(Operation::IssueOneTimeCode, request).await?;
        let issued = response.get_mut();
        let recorded = issued
            .answer
            .as_ref()
            .and_then(|answer| answer.recorded_time);
        let recorded = convert::optional_instant("recorded_time", recorded.as_ref())?;
        issued.expires_time =
            recorded.and_then(|at| answers::time(Instant(at.0.saturating_add(ttl))));
        issued.code = code;
        Ok(response)
    }

    async fn list_entries(
        &self,
        request: Request<wire::PartnerServiceListEntriesRequest>,
    ) -> Result<Response<wire::PartnerServiceListEntriesResponse>, Status> {
        let call = self.admit(Operation::ListOwnEntries, &request)?;
        let asked = request.into_inner();
        self.guard.check_misses(&call.principal)?;
        let desk = self.clone();
        self.blocking(call, move |ledger, call| list(&desk, ledger, call, &asked))
            .await
    }
}

fn list(
    desk: &Desk,
    ledger: &Ledger,
    call: &Call,
    asked: &wire::PartnerServiceListEntriesRequest,
) -> Result<wire::PartnerServiceListEntriesResponse, Status> {
    let edge = call.edge(ledger);
    let partner = partner(&asked.partner, edge)?;
    if call.principal.role == Role::Partner && partner != call.principal.partner {
        let message = "a partner lists its own transactions; leave `partner` empty";
        return Err(Failure::from(Rejection::new(Code::ScopeMissing, message)).into());
    }
    let member = asked.member.as_ref();
    let member = member.map(|member| required_member("member", Some(member), edge));
    let member = member.transpose()?;
    if let Some(name) = &member {
        call.principal.check_member(name)?;
        if call.principal.role == Role::Partner {
            let link = masked::check_linked(ledger.link(name, &partner, None));
            desk.noted(call, link.map_err(Failure::from))?;
        }
    }
    let before = match asked.page_token.as_str() {
        "" => None,
        token => Some(token.parse().map_err(|_| {
            FieldError::new(
                "page_token",
                "is none; pass what an earlier page gave, unchanged",
            )
        })?),
    };
    let size = page_size(asked.page_size);
    let page = ledger.entries_of_partner(&partner, member.as_ref(), size, before);
    let page = desk.noted(call, page)?;
    let (view, now) = (ledger.view()?, ledger.now());
    let entries = page.entries.iter();
    Ok(wire::PartnerServiceListEntriesResponse {
        entries: entries
            .map(|entry| masked::entry(entry, &view, &call.principal, now))
            .collect(),
        next_page_token: page.next.map_or_else(String::new, |next| next.to_string()),
    })
}
