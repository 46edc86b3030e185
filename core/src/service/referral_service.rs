//! ReferralService: codes, touches, sign-ups, steps and reviews, and how referrals stand.

use tonic::{Request, Response, Status};

use super::convert::{FieldError, answers, page_size, required_member};
use super::desk::{Call, Desk};
use super::principals::{Operation, Role};
use super::{masked, wire};
use crate::engine::{Directions, Failure, Ledger};
use crate::ledger::referral::commands::plain;
use crate::query::Open;

/// The RPCs that write one entry, each the same way, and the others.
macro_rules! referral_service {
    ({ $($rpc:ident $operation:ident $request:ident $response:ident;)* } $($others:tt)*) => {
        #[tonic::async_trait]
        impl wire::referral_service_server::ReferralService for Desk {
            $(
                async fn $rpc(
                    &self,
                    request: Request<wire::$request>,
                ) -> Result<Response<wire::$response>, Status> {
                    self.write(Operation::$operation, request).await
                }
            )*

            $($others)*
        }
    };
}

referral_service! {
    {
        issue_referral_code IssueReferralCode IssueReferralCodeRequest IssueReferralCodeResponse;
        disable_referral_code DisableReferralCode DisableReferralCodeRequest DisableReferralCodeResponse;
        record_touch RecordTouch RecordTouchRequest RecordTouchResponse;
        bind_referral BindReferral BindReferralRequest BindReferralResponse;
        record_step RecordStep RecordStepRequest RecordStepResponse;
        review_referral ReviewReferral ReviewReferralRequest ReviewReferralResponse;
        close_referral_period CloseReferralPeriod CloseReferralPeriodRequest CloseReferralPeriodResponse;
        dispute_purchase DisputePurchase DisputePurchaseRequest DisputePurchaseResponse;
        change_coupon ChangeCoupon ChangeCouponRequest ChangeCouponResponse;
    }

    async fn get_referral(
        &self,
        request: Request<wire::GetReferralRequest>,
    ) -> Result<Response<wire::GetReferralResponse>, Status> {
        let call = self.admit(Operation::GetReferral, &request)?;
        let asked = request.into_inner();
        let desk = self.clone();
        self.blocking(call, move |ledger, call| {
            let (referral, _) = stands(&desk, ledger, call, &asked.program, asked.friend.as_ref())?;
            Ok(wire::GetReferralResponse { referral: Some(referral) })
        }).await
    }

    async fn get_referral_code(
        &self,
        request: Request<wire::GetReferralCodeRequest>,
    ) -> Result<Response<wire::GetReferralCodeResponse>, Status> {
        let call = self.admit(Operation::GetReferralCode, &request)?;
        let asked = request.into_inner();
        let desk = self.clone();
        self.blocking(call, move |ledger, call| {
            desk.guard.check_misses(&call.principal)?;
            let code = plain(asked.code.as_str().into());
            let seen = desk.noted(call, ledger.referral_code(&asked.program, &code))?;
            Ok(answers::issued_code(&seen.answer, &seen.objects))
        }).await
    }

    async fn explain_referral(
        &self,
        request: Request<wire::ExplainReferralRequest>,
    ) -> Result<Response<wire::ExplainReferralResponse>, Status> {
        let call = self.admit(Operation::ExplainReferral, &request)?;
        let asked = request.into_inner();
        let desk = self.clone();
        self.blocking(call, move |ledger, call| {
            let (referral, open) = stands(&desk, ledger, call, &asked.program, asked.friend.as_ref())?;
            Ok(wire::ExplainReferralResponse { referral: Some(referral), meaning: answers::meaning(&open) })
        }).await
    }

    async fn list_referrals(
        &self,
        request: Request<wire::ListReferralsRequest>,
    ) -> Result<Response<wire::ListReferralsResponse>, Status> {
        let call = self.admit(Operation::ListReferrals, &request)?;
        let asked = request.into_inner();
        let desk = self.clone();
        self.blocking(call, move |ledger, call| list(&desk, ledger, call, &asked)).await
    }

    async fn get_referral_tree(
        &self,
        request: Request<wire::GetReferralTreeRequest>,
    ) -> Result<Response<wire::GetReferralTreeResponse>, Status> {
        let call = self.admit(Operation::GetReferralTree, &request)?;
        let asked = request.into_inner();
        let desk = self.clone();
        self.blocking(call, move |ledger, call| {
            let member = required_member("member", asked.member.as_ref(), call.edge(ledger))?;
            let directions = Directions { up: asked.up, down: asked.down, depth: asked.depth };
            desk.guard.check_misses(&call.principal)?;
            let seen = desk.noted(call, ledger.referral_tree(&asked.program, &member, directions))?;
            Ok(answers::tree(&seen.answer, &seen.objects))
        }).await
    }

    async fn get_referral_kpis(
        &self,
        request: Request<wire::GetReferralKpisRequest>,
    ) -> Result<Response<wire::GetReferralKpisResponse>, Status> {
        let call = self.admit(Operation::GetReferralKpis, &request)?;
        let asked = request.into_inner();
        self.blocking(call, move |ledger, _| Ok(answers::kpis(&ledger.referral_kpis(&asked.program)?))).await
    }
}

/// How the referral of a friend stands, and what is open.
fn stands(
    desk: &Desk,
    ledger: &Ledger,
    call: &Call,
    program: &str,
    friend: Option<&wire::MemberName>,
) -> Result<(wire::Referral, Open), Status> {
    let friend = required_member("friend", friend, call.edge(ledger))?;
    desk.guard.check_misses(&call.principal)?;
    let seen = desk.noted(call, ledger.referral(program, &friend))?;
    let id = seen.objects.told_id(seen.member);
    let referral = answers::referral(&seen.answer, &id, &seen.objects);
    Ok((referral, seen.answer.open))
}

fn list(
    desk: &Desk,
    ledger: &Ledger,
    call: &Call,
    asked: &wire::ListReferralsRequest,
) -> Result<wire::ListReferralsResponse, Status> {
    let advocate = required_member("advocate", asked.advocate.as_ref(), call.edge(ledger))?;
    let principal = &call.principal;
    principal.check_member(&advocate)?;
    desk.guard.check_misses(principal)?;
    let is_partner = principal.role == Role::Partner;
    if is_partner {
        let link = masked::check_linked(ledger.link(&advocate, &principal.partner, None));
        desk.noted(call, link.map_err(Failure::from))?;
    }
    // A page is named by how many come before it, so that no token tells who a friend is.
    let after = match asked.page_token.as_str() {
        "" => 0,
        token => token.parse().map_err(|_| {
            let message = "is none; pass what an earlier page gave, unchanged";
            FieldError::new("page_token", message)
        })?,
    };
    let page = (after, page_size(asked.page_size));
    let seen = desk.noted(call, ledger.referrals(&asked.program, &advocate, page))?;
    let page = seen.answer;
    let next = after.saturating_add(page.friends.len());
    Ok(wire::ListReferralsResponse {
        referrals: page
            .friends
            .iter()
            .map(|friend| answers::listed(friend, &seen.objects, is_partner))
            .collect(),
        next_page_token: match next < page.all {
            true => next.to_string(),
            false => String::new(),
        },
    })
}
