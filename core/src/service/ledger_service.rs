//! LedgerService: what tills ask for.

use std::sync::Arc;

use tokio::sync::oneshot;
use tonic::{Response, Status};

use super::convert::answers;
use super::convert::{
    self, FieldError, business_date, micros, optional_member, page_size, reference, requests,
    required_member,
};
use super::desk::{Call, Desk, heard};
use super::guard::{find_entry, missed};
use super::principals::Operation;
use super::{batches, masked, status, wire};
use crate::engine::{Failure, Ledger, MemberView};
use crate::ledger::bounds::PAGE_ROWS;
use crate::ledger::program::Calendar;
use crate::ledger::rejection::{Class, Code};
use crate::query::{OpenHold, Position};

/// The RPCs that write one entry, each the same way, and the others.
macro_rules! ledger_service {
    ({ $($rpc:ident $operation:ident $request:ident $response:ident;)* } $($others:tt)*) => {
        #[tonic::async_trait]
        impl wire::ledger_service_server::LedgerService for Desk {
            $(
                async fn $rpc(
                    &self,
                    request: tonic::Request<wire::$request>,
                ) -> Result<Response<wire::$response>, Status> {
                    self.write(Operation::$operation, request).await
                }
            )*

            $($others)*
        }
    };
}

ledger_service! {
    {
        enroll_member EnrollMember EnrollMemberRequest EnrollMemberResponse;
        add_alias AddAlias AddAliasRequest AddAliasResponse;
        remove_alias RemoveAlias RemoveAliasRequest RemoveAliasResponse;
        replace_alias ReplaceAlias ReplaceAliasRequest ReplaceAliasResponse;
        block_member BlockMember BlockMemberRequest BlockMemberResponse;
        unblock_member UnblockMember UnblockMemberRequest UnblockMemberResponse;
        close_member CloseMember CloseMemberRequest CloseMemberResponse;
        erase_member EraseMember EraseMemberRequest EraseMemberResponse;
        record_purchase RecordPurchase RecordPurchaseRequest RecordPurchaseResponse;
        accrue_points AccruePoints AccruePointsRequest AccruePointsResponse;
        redeem_points RedeemPoints RedeemPointsRequest RedeemPointsResponse;
        adjust_points AdjustPoints AdjustPointsRequest AdjustPointsResponse;
        transfer_points TransferPoints TransferPointsRequest TransferPointsResponse;
        reinstate_points ReinstatePoints ReinstatePointsRequest ReinstatePointsResponse;
        extend_expiry ExtendExpiry ExtendExpiryRequest ExtendExpiryResponse;
        forgive_debt ForgiveDebt ForgiveDebtRequest ForgiveDebtResponse;
        activate_points ActivatePoints ActivatePointsRequest ActivatePointsResponse;
        authorize_redemption AuthorizeRedemption AuthorizeRedemptionRequest AuthorizeRedemptionResponse;
        capture_redemption CaptureRedemption CaptureRedemptionRequest CaptureRedemptionResponse;
        void_redemption VoidRedemption VoidRedemptionRequest VoidRedemptionResponse;
        extend_authorization ExtendAuthorization ExtendAuthorizationRequest ExtendAuthorizationResponse;
        reverse_transaction ReverseTransaction ReverseTransactionRequest ReverseTransactionResponse;
    }

    async fn get_member(
        &self,
        request: tonic::Request<wire::GetMemberRequest>,
    ) -> Result<Response<wire::GetMemberResponse>, Status> {
        let call = self.admit(Operation::GetMember, &request)?;
        let asked = request.into_inner();
        let member = required_member("member", asked.member.as_ref(), call.edge(&self.ledger))?;
        call.principal.check_member(&member)?;
        self.guard.check_misses(&call.principal)?;
        if asked.at_time.is_some() {
            let desk = self.clone();
            return self.blocking(call, move |ledger, call| {
                let member = required_member("member", asked.member.as_ref(), call.edge(ledger))?;
                let at = convert::optional_instant("at_time", asked.at_time.as_ref())?;
                let view = desk.noted(call, ledger.member(&member, at))?;
                desk.shown(call, view, asked.include_lots)
            }).await;
        }
        // Mostly it is durable already, and told at once.
        let (tell, told) = oneshot::channel();
        let tell = move |view| drop(tell.send(view));
        self.want(self.ledger.member_then(&member, tell));
        let view = self.noted(&call, heard(told.await))?;
        let has_holds = view.wallets.iter().any(|(_, wallet)| !wallet.holds.is_empty());
        if has_holds && !call.principal.sees_every_hold() {
            let desk = self.clone();
            return self.blocking(call, move |_, call| desk.shown(call, view, asked.include_lots)).await;
        }
        self.shown(&call, view, asked.include_lots).map(Response::new)
    }

    async fn quote_purchase(
        &self,
        request: tonic::Request<wire::QuotePurchaseRequest>,
    ) -> Result<Response<wire::QuotePurchaseResponse>, Status> {
        let call = self.admit(Operation::QuotePurchase, &request)?;
        let asked = request.into_inner();
        let guard = Arc::clone(&self.guard);
        self.blocking(call, move |ledger, call| {
            let wanted = requests::quote(&asked, call.edge(ledger))?;
            guard.check(&call.principal, call.operation, &wanted)?;
            let answer = ledger.quote(wanted)?;
            if missed(&answer) {
                guard.note_misses(&call.principal, 1);
            }
            match answer.code.class() {
                Class::Refused => Err(status::refusal(&answer, None, true)),
                _ => Ok(wire::QuotePurchaseResponse { answer: Some(answers::answer(&answer)) }),
            }
        }).await
    }

    async fn post_batch(
        &self,
        request: tonic::Request<wire::PostBatchRequest>,
    ) -> Result<Response<wire::PostBatchResponse>, Status> {
        let call = self.admit(Operation::PostBatch, &request)?;
        let asked = request.into_inner();
        let guard = Arc::clone(&self.guard);
        self.blocking(call, move |ledger, call| batches::batch(ledger, &guard, call, asked)).await
    }

    async fn post_table(
        &self,
        request: tonic::Request<wire::PostTableRequest>,
    ) -> Result<Response<wire::PostTableResponse>, Status> {
        let call = self.admit(Operation::PostTable, &request)?;
        let asked = request.into_inner();
        let (guard, has_test_clock) = (Arc::clone(&self.guard), self.clock.is_some());
        self.blocking(call, move |ledger, call| batches::table(ledger, &guard, call, asked, has_test_clock)).await
    }

    async fn get_transaction(
        &self,
        request: tonic::Request<wire::GetTransactionRequest>,
    ) -> Result<Response<wire::GetTransactionResponse>, Status> {
        let call = self.admit(Operation::GetTransaction, &request)?;
        let asked = request.into_inner();
        self.blocking(call, move |ledger, call| {
            let named = reference("transaction", asked.transaction.as_ref())?;
            let entry = call.principal.shown(call.operation, find_entry(ledger, &call.principal.key_space, &named))?;
            let entry = masked::entry(&entry, &ledger.view()?, &call.principal, ledger.now());
            Ok(wire::GetTransactionResponse { entry: Some(entry) })
        }).await
    }

    async fn list_entries(
        &self,
        request: tonic::Request<wire::ListEntriesRequest>,
    ) -> Result<Response<wire::ListEntriesResponse>, Status> {
        let call = self.admit(Operation::ListEntries, &request)?;
        let asked = request.into_inner();
        self.blocking(call, move |ledger, call| {
            let member = required_member("member", asked.member.as_ref(), call.edge(ledger))?;
            let before = page_of(&asked.page_token)?;
            let wallet = convert::wallet(&asked.wallet);
            let page = ledger.statement(&member, &wallet, page_size(asked.page_size), before)?;
            Ok(answers::statement(&page))
        }).await
    }

    async fn list_holds(
        &self,
        request: tonic::Request<wire::ListHoldsRequest>,
    ) -> Result<Response<wire::ListHoldsResponse>, Status> {
        let call = self.admit(Operation::ListHolds, &request)?;
        let asked = request.into_inner();
        self.blocking(call, move |ledger, call| holds(ledger, call, &asked)).await
    }

    async fn get_totals(
        &self,
        request: tonic::Request<wire::GetTotalsRequest>,
    ) -> Result<Response<wire::GetTotalsResponse>, Status> {
        let call = self.admit(Operation::GetTotals, &request)?;
        let asked = request.into_inner();
        self.blocking(call, move |ledger, call| totals(ledger, call, &asked)).await
    }

    async fn get_ladder(
        &self,
        request: tonic::Request<wire::GetLadderRequest>,
    ) -> Result<Response<wire::GetLadderResponse>, Status> {
        let call = self.admit(Operation::GetLadder, &request)?;
        let asked = request.into_inner();
        self.blocking(call, move |ledger, call| {
            let member = optional_member("member", asked.member.as_ref(), call.edge(ledger))?;
            if member.is_none() {
                // Of all members together, it tells what the books tell.
                call.principal.may(Operation::GetTrialBalance)?;
            }
            let ladder = ledger.ladder(member.as_ref(), &convert::wallet(&asked.wallet))?;
            let calendar = Calendar::of_zone(&ledger.info()?.zone)
                .expect("a zone is looked up before it is published");
            answers::ladder(&ladder, &calendar).map_err(too_large)
        }).await
    }

    async fn explain_member(
        &self,
        request: tonic::Request<wire::ExplainMemberRequest>,
    ) -> Result<Response<wire::ExplainMemberResponse>, Status> {
        let call = self.admit(Operation::ExplainMember, &request)?;
        let asked = request.into_inner();
        self.blocking(call, move |ledger, call| {
            let member = required_member("member", asked.member.as_ref(), call.edge(ledger))?;
            let wallet = convert::wallet(&asked.wallet);
            let told = ledger.explain(&member, &wallet)?;
            Ok(answers::explanation(&told, &wallet, &ledger.view()?))
        }).await
    }

    async fn get_trial_balance(
        &self,
        request: tonic::Request<wire::GetTrialBalanceRequest>,
    ) -> Result<Response<wire::GetTrialBalanceResponse>, Status> {
        let call = self.admit(Operation::GetTrialBalance, &request)?;
        let asked = request.into_inner();
        self.blocking(call, move |ledger, _| {
            let at = convert::optional_instant("at_time", asked.at_time.as_ref())?;
            let view = ledger.view()?;
            let wallet = convert::wallet(&asked.wallet);
            let currency = view.program().currency(&wallet);
            let currency = currency.ok_or_else(|| Failure::plain(Code::UnknownCurrency))?;
            let told = ledger.trial_balance(at)?;
            answers::trial_balance(&told, currency, &view).map_err(too_large)
        }).await
    }

    async fn sweep(
        &self,
        request: tonic::Request<wire::SweepRequest>,
    ) -> Result<Response<wire::SweepResponse>, Status> {
        let call = self.admit(Operation::Sweep, &request)?;
        self.blocking(call, |ledger, _| Ok(wire::SweepResponse { settled: ledger.sweep()? })).await
    }
}

impl Desk {
    /// A member as its caller may see it; where it has holds that may be others', that reads the journal.
    fn shown(
        &self,
        call: &Call,
        mut view: MemberView,
        include_lots: bool,
    ) -> Result<wire::GetMemberResponse, Status> {
        let (principal, now) = (&call.principal, self.ledger.now());
        let linked = masked::check_seen(&view, principal, now);
        self.noted(call, linked.map_err(Failure::from))?;
        if !principal.sees_every_hold() {
            masked::hide_holds(&self.ledger, principal, &mut view)?;
        }
        Ok(masked::member(&view, principal, include_lots, now)?)
    }
}

fn page_of(token: &str) -> Result<Option<Position>, FieldError> {
    if token.is_empty() {
        return Ok(None);
    }
    let position = token.parse();
    position.map(Some).map_err(|_| no_page())
}

fn no_page() -> FieldError {
    FieldError::new(
        "page_token",
        "is none; pass what an earlier page gave, unchanged",
    )
}

fn holds(
    ledger: &Ledger,
    call: &Call,
    asked: &wire::ListHoldsRequest,
) -> Result<wire::ListHoldsResponse, Status> {
    let older = asked.older_than.as_ref();
    let older = older.map(|span| micros("older_than", span)).transpose()?;
    let store = Some(asked.store.as_str()).filter(|store| !store.is_empty());
    call.principal.check_store_of_read(store)?;
    let after = match asked.page_token.as_str() {
        "" => 0,
        token => token.parse().map_err(|_| no_page())?,
    };
    let size = page_size(asked.page_size);
    let holds = ledger.open_holds(store, older, after, size)?;
    let next = holds.last().filter(|_| holds.len() == size);
    let view = ledger.view()?;
    Ok(wire::ListHoldsResponse {
        holds: holds
            .iter()
            .map(|hold| answers::open_hold(hold, &view))
            .collect(),
        next_page_token: next.map_or_else(String::new, |last| last.authorization.to_string()),
    })
}

fn totals(
    ledger: &Ledger,
    call: &Call,
    asked: &wire::GetTotalsRequest,
) -> Result<wire::GetTotalsResponse, Status> {
    let day = business_date("business_date", &asked.business_date)?;
    if asked.store.is_empty() {
        return Err(FieldError::new("store", "is required").into());
    }
    call.principal.check_store_of_read(Some(&asked.store))?;
    let totals = ledger.till_totals(&asked.store, asked.terminal.as_deref(), day)?;
    let totals = totals
        .iter()
        .map(answers::till_total)
        .collect::<Result<_, _>>();
    let of_till = |hold: &OpenHold| {
        let terminal = asked.terminal.as_ref();
        terminal.is_none_or(|terminal| hold.terminal == *terminal)
    };
    let mut open_holds = Vec::new();
    let view = ledger.view()?;
    let mut after = 0;
    loop {
        let page = ledger.open_holds(Some(&asked.store), None, after, PAGE_ROWS)?;
        let of_till = page.iter().filter(|hold| of_till(hold));
        open_holds.extend(of_till.map(|hold| answers::open_hold(hold, &view)));
        match page.last() {
            Some(last) if page.len() == PAGE_ROWS => after = last.authorization,
            _ => break,
        }
    }
    Ok(wire::GetTotalsResponse {
        totals: totals.map_err(too_large)?,
        open_holds,
    })
}

pub(super) fn too_large(error: answers::TooLarge) -> Status {
    Status::out_of_range(error.to_string())
}
