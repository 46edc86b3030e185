//! Which role may call what: one row per call of the wire, in one table.

use super::role::{Role, Scope};
use crate::ledger::request::Command;

/// How far a role may go with an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Not at all.
    No,
    /// With what is its own: a till's stores, a partner's entries and members.
    Own,
    /// With everything.
    Any,
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
struct Row {
    operation: Operation,
    service: &'static str,
    method: &'static str,
    scope: Scope,
    /// In the order of [`Role::ALL`].
    reach: [Reach; 5],
}

macro_rules! operations {
    ($($operation:ident $service:ident $method:ident $scope:ident
       $pos:ident $partner:ident $support:ident $operator:ident $auditor:ident;)*) => {
        /// What can be called.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Operation { $($operation,)* }

        const ROWS: &[Row] = &[$(Row {
            operation: Operation::$operation,
            service: stringify!($service),
            method: stringify!($method),
            scope: Scope::$scope,
            reach: [Reach::$pos, Reach::$partner, Reach::$support, Reach::$operator, Reach::$auditor],
        },)*];
    };
}

operations! {
    // operation          service        method               scope    pos  partner support operator auditor
    EnrollMember         LedgerService  EnrollMember         Members  Any  No      Any     Any      No;
    GetMember            LedgerService  GetMember            Read     Any  Own     Any     Any      Any;
    AddAlias             LedgerService  AddAlias             Members  No   No      Any     Any      No;
    RemoveAlias          LedgerService  RemoveAlias          Members  No   No      Any     Any      No;
    ReplaceAlias         LedgerService  ReplaceAlias         Members  No   No      Any     Any      No;
    BlockMember          LedgerService  BlockMember          Correct  No   No      Any     Any      No;
    UnblockMember        LedgerService  UnblockMember        Correct  No   No      Any     Any      No;
    CloseMember          LedgerService  CloseMember          Correct  No   No      Any     Any      No;
    EraseMember          LedgerService  EraseMember          Correct  No   No      Any     Any      No;
    QuotePurchase        LedgerService  QuotePurchase        Sell     Any  No      No      Any      No;
    RecordPurchase       LedgerService  RecordPurchase       Sell     Any  No      No      Any      No;
    AccruePoints         LedgerService  AccruePoints         Earn     Any  Own     No      Any      No;
    RedeemPoints         LedgerService  RedeemPoints         Redeem   Any  Own     No      Any      No;
    AdjustPoints         LedgerService  AdjustPoints         Correct  No   No      Any     Any      No;
    TransferPoints       LedgerService  TransferPoints       Correct  No   No      Any     Any      No;
    ReinstatePoints      LedgerService  ReinstatePoints      Correct  No   No      Any     Any      No;
    ExtendExpiry         LedgerService  ExtendExpiry         Correct  No   No      Any     Any      No;
    ForgiveDebt          LedgerService  ForgiveDebt          Correct  No   No      Any     Any      No;
    ActivatePoints       LedgerService  ActivatePoints       Correct  No   No      Any     Any      No;
    AuthorizeRedemption  LedgerService  AuthorizeRedemption  Redeem   Any  Own     No      Any      No;
    CaptureRedemption    LedgerService  CaptureRedemption    Redeem   Own  Own     No      Any      No;
    VoidRedemption       LedgerService  VoidRedemption       Redeem   Own  Own     Any     Any      No;
    ExtendAuthorization  LedgerService  ExtendAuthorization  Redeem   Own  Own     No      Any      No;
    ReverseTransaction   LedgerService  ReverseTransaction   Return   Any  Own     Any     Any      No;
    PostBatch            LedgerService  PostBatch            Batch    Any  Own     Any     Any      No;
    PostTable            LedgerService  PostTable            Batch    Any  Own     Any     Any      No;
    GetTransaction       LedgerService  GetTransaction       Read     Any  Own     Any     Any      Any;
    ListEntries          LedgerService  ListEntries          Read     Any  No      Any     Any      Any;
    ListHolds            LedgerService  ListHolds            Totals   Own  No      Any     Any      Any;
    GetTotals            LedgerService  GetTotals            Totals   Own  No      Any     Any      Any;
    GetLadder            LedgerService  GetLadder            Read     Any  No      Any     Any      Any;
    ExplainMember        LedgerService  ExplainMember        Read     Any  No      Any     Any      Any;
    GetTrialBalance      LedgerService  GetTrialBalance      Totals   No   No      No      Any      Any;
    Sweep                LedgerService  Sweep                Operate  No   No      No      Any      No;
    LinkMember           PartnerService LinkMember           Links    No   Own     Any     Any      No;
    UnlinkMember         PartnerService UnlinkMember         Links    No   Own     Any     Any      No;
    IssueOneTimeCode     PartnerService IssueOneTimeCode     Links    No   No      Any     Any      No;
    ListOwnEntries       PartnerService ListEntries          Read     No   Own     No      Any      Any;
    IssueReferralCode    ReferralService IssueReferralCode   Referrals No  No     Any     Any      No;
    DisableReferralCode  ReferralService DisableReferralCode Correct  No   No      Any     Any      No;
    RecordTouch          ReferralService RecordTouch         Referrals Any No     Any     Any      No;
    BindReferral         ReferralService BindReferral        Referrals Any No     Any     Any      No;
    RecordStep           ReferralService RecordStep          Referrals Any No     Any     Any      No;
    ReviewReferral       ReferralService ReviewReferral      Correct  No   No      Any     Any      No;
    CloseReferralPeriod  ReferralService CloseReferralPeriod Correct  No   No      Any     Any      No;
    DisputePurchase      ReferralService DisputePurchase     Return   No   No      Any     Any      No;
    ChangeCoupon         ReferralService ChangeCoupon        Referrals Any No     Any     Any      No;
    GetReferral          ReferralService GetReferral         Read     Any  No      Any     Any      Any;
    GetReferralCode      ReferralService GetReferralCode     Read     Any  No      Any     Any      Any;
    ExplainReferral      ReferralService ExplainReferral     Read     Any  No      Any     Any      Any;
    ListReferrals        ReferralService ListReferrals       Read     Any  Own     Any     Any      Any;
    GetReferralTree      ReferralService GetReferralTree     Read     No   No      Any     Any      Any;
    GetReferralKpis      ReferralService GetReferralKpis     Totals   No   No      Any     Any      Any;
    PublishProgram       ProgramService PublishProgram       Operate  No   No      No      Any      No;
    GetProgram           ProgramService GetProgram           Read     Any  No      Any     Any      Any;
    ListVersions         ProgramService ListVersions         Read     Any  No      Any     Any      Any;
    Watch                JournalService Watch                Journal  Own  Own     Any     Any      Any;
    GetCheckpoint        JournalService GetCheckpoint        Journal  No   No      No      Any      Any;
    Verify               JournalService Verify               Journal  No   No      No      Any      Any;
}

impl Operation {
    /// The operation of a path such as `/loyalty.ledger.v1.LedgerService/GetMember`.
    pub fn of_path(path: &str) -> Option<Operation> {
        let (service, method) = path.strip_prefix("/loyalty.ledger.v1.")?.split_once('/')?;
        ROWS.iter()
            .find(|row| row.method == method && row.service == service)
            .map(|row| row.operation)
    }

    /// The operation that a write is; `None` for what only the engine writes.
    pub const fn of(command: &Command<'_>) -> Option<Operation> {
        Some(match command {
            Command::Enroll(_) => Operation::EnrollMember,
            Command::AddAlias(_) => Operation::AddAlias,
            Command::RemoveAlias(_) => Operation::RemoveAlias,
            Command::ReplaceAlias(_) => Operation::ReplaceAlias,
            Command::Block(_) => Operation::BlockMember,
            Command::Unblock(_) => Operation::UnblockMember,
            Command::CloseMember(_) => Operation::CloseMember,
            Command::EraseMember(_) => Operation::EraseMember,
            Command::Purchase(_) => Operation::RecordPurchase,
            Command::Accrue(_) => Operation::AccruePoints,
            Command::Redeem(_) => Operation::RedeemPoints,
            Command::Adjust(_) => Operation::AdjustPoints,
            Command::Transfer(_) => Operation::TransferPoints,
            Command::Reinstate(_) => Operation::ReinstatePoints,
            Command::ExtendLot(_) => Operation::ExtendExpiry,
            Command::ForgiveDebt(_) => Operation::ForgiveDebt,
            Command::Activate(_) => Operation::ActivatePoints,
            Command::Authorize(_) => Operation::AuthorizeRedemption,
            Command::Capture(_) => Operation::CaptureRedemption,
            Command::Void(_) => Operation::VoidRedemption,
            Command::ExtendHold(_) => Operation::ExtendAuthorization,
            Command::Reverse(reverse) if reverse.dispute.is_some() => Operation::DisputePurchase,
            Command::Reverse(_) => Operation::ReverseTransaction,
            Command::LinkMember(_) => Operation::LinkMember,
            Command::UnlinkMember(_) => Operation::UnlinkMember,
            Command::IssueOneTimeCode(_) => Operation::IssueOneTimeCode,
            Command::Publish(_) => Operation::PublishProgram,
            Command::Sweep => Operation::Sweep,
            Command::Batch(_) => Operation::PostBatch,
            Command::IssueCode(_) => Operation::IssueReferralCode,
            Command::DisableCode(_) => Operation::DisableReferralCode,
            Command::RecordTouch(_) => Operation::RecordTouch,
            Command::BindReferral(_) => Operation::BindReferral,
            Command::RecordStep(_) => Operation::RecordStep,
            Command::ReviewReferral(_) => Operation::ReviewReferral,
            Command::ClosePeriod(_) => Operation::CloseReferralPeriod,
            Command::ChangeCoupon(_) => Operation::ChangeCoupon,
            Command::Record(_) => return None,
        })
    }

    /// Its method on the wire.
    pub fn method(self) -> &'static str {
        self.row().method
    }

    /// The scope that it needs.
    pub fn scope(self) -> Scope {
        self.row().scope
    }

    /// How far a role may go with it.
    pub fn reach(self, role: Role) -> Reach {
        self.row().reach[role as usize]
    }

    fn row(self) -> &'static Row {
        let row = &ROWS[self as usize];
        debug_assert!(
            row.operation == self,
            "rows stand in the order of operations"
        );
        row
    }
}

#[cfg(test)]
mod tests {
    use prost::Message;
    use prost_types::FileDescriptorSet;

    use super::*;
    use crate::service::wire::DESCRIPTORS;

    /// What a server with a clock for tests offers beside; it listens on loopback alone.
    const FOR_TESTS: &str = "TestClockService";

    #[test]
    fn every_call_of_the_wire_has_its_row_and_every_row_its_call() {
        let files = FileDescriptorSet::decode(DESCRIPTORS).unwrap().file;
        let ours = files
            .iter()
            .filter(|file| file.package() == "loyalty.ledger.v1");
        let mut operations = Vec::new();
        for service in ours.flat_map(|file| &file.service) {
            if service.name() == FOR_TESTS {
                continue;
            }
            for method in &service.method {
                let path = format!("/loyalty.ledger.v1.{}/{}", service.name(), method.name());
                let operation = Operation::of_path(&path);
                operations.push(operation.unwrap_or_else(|| panic!("{path} has no row")));
            }
        }
        operations.sort_unstable();
        let rows: Vec<Operation> = ROWS.iter().map(|row| row.operation).collect();
        assert_eq!(operations, rows);
    }

    #[test]
    fn other_paths_are_no_operation() {
        for path in [
            "",
            "/",
            "/loyalty.ledger.v1.LedgerService/Nothing",
            "/loyalty.ledger.v1.PartnerService/GetMember",
            "/loyalty.ledger.v2.LedgerService/GetMember",
            "loyalty.ledger.v1.LedgerService/GetMember",
        ] {
            assert_eq!(Operation::of_path(path), None, "{path}");
        }
        let partners = "/loyalty.ledger.v1.PartnerService/ListEntries";
        assert_eq!(
            Operation::of_path(partners),
            Some(Operation::ListOwnEntries)
        );
    }

    #[test]
    fn roles_stand_in_the_tables_order() {
        for (place, role) in Role::ALL.into_iter().enumerate() {
            assert_eq!(role as usize, place);
        }
        assert_eq!(Operation::AdjustPoints.reach(Role::Pos), Reach::No);
        assert_eq!(Operation::AdjustPoints.reach(Role::Support), Reach::Any);
        assert_eq!(Operation::VoidRedemption.reach(Role::Pos), Reach::Own);
        assert_eq!(Operation::VoidRedemption.reach(Role::Support), Reach::Any);
    }

    #[test]
    fn a_role_may_have_every_scope_that_its_operations_need_and_no_idle_one() {
        for role in Role::ALL {
            let open = ROWS
                .iter()
                .filter(|row| row.operation.reach(role) != Reach::No);
            let needed = open.fold(super::super::role::Scopes::NONE, |scopes, row| {
                scopes.with(row.scope)
            });
            let possible = role.possible_scopes().without(Scope::Offline);
            assert_eq!(needed.names(), possible.names(), "{}", role.name());
        }
    }

    #[test]
    fn operators_may_do_everything_and_auditors_change_nothing() {
        for row in ROWS {
            assert_eq!(row.operation.reach(Role::Operator), Reach::Any);
            let reads = ["Get", "List", "Explain", "Watch", "Verify"];
            let is_read = reads.iter().any(|verb| row.method.starts_with(verb));
            let audited = row.operation.reach(Role::Auditor) == Reach::Any;
            assert_eq!(audited, is_read, "{}", row.method);
        }
    }
}
