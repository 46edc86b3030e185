//! The one table from answer codes to gRPC statuses, and what a status carries beside its code.
//!
//! Every status that says no has `ErrorInfo`: the code's name as `reason`, this ledger's `domain`, the figures as
//! `metadata`. Wrong fields come as `BadRequest`, and what may be sent again as it is has `RetryInfo`.

use std::collections::HashMap;
use std::time::Duration;

use tonic::Status;
use tonic_types::{ErrorDetails, FieldViolation, StatusExt};

use super::convert::FieldError;
use super::convert::answers::TooLarge;
use crate::engine::Failure;
use crate::ledger::answer::Answer;
use crate::ledger::rejection::{Class, Code, Rejection};
use crate::table::TableError;

/// The domain of every `ErrorInfo`.
pub const DOMAIN: &str = "loyalty-ledger";
/// When to come again after a full queue.
const AFTER_A_QUEUE: Duration = Duration::from_millis(100);
/// When to come again after what takes a while: misses, what somebody has to mend, a server that goes.
const AFTER_A_PAUSE: Duration = Duration::from_secs(1);

/// The gRPC code of an answer code: that of its class, but for callers that nobody knows.
pub fn grpc_code(code: Code) -> tonic::Code {
    match code.class() {
        Class::NotAllowed if code == Code::UnknownCredential => tonic::Code::Unauthenticated,
        Class::NotAllowed => tonic::Code::PermissionDenied,
        Class::Applied => tonic::Code::Ok,
        Class::Invalid => tonic::Code::InvalidArgument,
        Class::Conflict => tonic::Code::AlreadyExists,
        Class::Refused => tonic::Code::FailedPrecondition,
        Class::NotFound => tonic::Code::NotFound,
        Class::Limit => tonic::Code::ResourceExhausted,
        Class::Unavailable => tonic::Code::Unavailable,
        Class::Unknown => tonic::Code::DeadlineExceeded,
        Class::Corrupt => tonic::Code::DataLoss,
    }
}

/// When the same request may be sent again under the same key; `None` where that would change nothing.
fn retry_after(code: Code) -> Option<Duration> {
    match code.class() {
        Class::Limit if code == Code::BatchTooLarge => None,
        Class::Limit if code == Code::RateLimited => Some(AFTER_A_PAUSE),
        Class::Limit => Some(AFTER_A_QUEUE),
        Class::Unavailable if code == Code::ReadOnly => None,
        Class::Unavailable | Class::Unknown => Some(AFTER_A_PAUSE),
        Class::Applied
        | Class::Invalid
        | Class::Conflict
        | Class::Refused
        | Class::NotFound
        | Class::NotAllowed
        | Class::Corrupt => None,
    }
}

/// The field that the ledger itself found wrong, where the code alone tells which.
fn field_of(code: Code) -> Option<&'static str> {
    Some(match code {
        Code::KeyMissing | Code::KeyTooLong => "key",
        Code::PointsNotPositive | Code::PointsTooLarge => "points",
        Code::AmountNegative | Code::AmountNotPositive | Code::AmountTooLarge => "amount",
        Code::MoneyCurrencyNotAccepted => "amount.currency_code",
        Code::ExpiryBeforeActivation | Code::ExpiryInPast => "expiry",
        Code::UnknownCurrency => "wallet",
        Code::OccurredInFuture => "occurred_time",
        Code::InvalidTtl => "ttl",
        Code::NotReversible => "original",
        Code::WrongUnit => "part",
        Code::NotAnAuthorization => "authorization",
        Code::ReasonMissing => "reason",
        Code::MemberMismatch => "member",
        Code::ProgramInvalid => "toml",
        Code::AliasUnknown => "alias",
        Code::LineInvalid | Code::LineUnknown => "lines",
        Code::EligibleExceedsAmount => "eligible_minor_units",
        Code::SpendExceedsAmount => "spend",
        Code::SameMember => "receiver",
        Code::SourceInvalid => "source",
        Code::CodeMistyped => "code",
        Code::TokenTooLong => "token",
        Code::TouchInFuture => "touched_time",
        Code::PeriodNotOver => "month",
        Code::UnknownStep => "step",
        Code::UnknownProgram => "program",
        _ => return None,
    })
}

/// The status of a request that the ledger refused; `current_available` is what the wallet has now, if that is known.
/// Who may not see the member's balance is told that it was refused, and why.
pub fn refusal(answer: &Answer, current_available: Option<i64>, sees_balance: bool) -> Status {
    let balance = &answer.balance;
    let mut figures = HashMap::from([
        ("requested".to_owned(), answer.requested.to_string()),
        ("replayed".to_owned(), answer.replayed.to_string()),
    ]);
    let mut told = format!(
        "{} ({} requested",
        answer.code.row().meaning,
        answer.requested
    );
    if sees_balance {
        let parts = [
            ("available", balance.available),
            ("held", balance.held),
            ("debt", balance.debt),
        ];
        for (part, points) in parts {
            figures.insert(part.to_owned(), points.to_string());
            told.push_str(&format!(", {points} {part}"));
        }
        if let Some(available) = current_available {
            figures.insert("current_available".to_owned(), available.to_string());
        }
    }
    told.push(')');
    // What was never written, as a quote, has no sequence.
    if answer.sequence != 0 {
        let recorded_at = answer.recorded_at.instant();
        figures.insert("sequence".to_owned(), answer.sequence.to_string());
        figures.insert("recorded_time".to_owned(), recorded_at.to_string());
    }
    if answer.original != 0 {
        figures.insert("original".to_owned(), answer.original.to_string());
    }
    status(answer.code, &told, figures, None)
}

impl From<FieldError> for Status {
    fn from(error: FieldError) -> Status {
        let told = error.to_string();
        let violation = FieldViolation::new(error.path, error.message);
        status(error.code, &told, HashMap::new(), Some(violation))
    }
}

impl From<TableError> for Status {
    /// Column and row stand in the figures too.
    fn from(error: TableError) -> Status {
        let told = error.to_string();
        let mut field = "arrow_ipc".to_owned();
        let mut place = HashMap::new();
        if !error.column.is_empty() {
            field = format!("{field}.{}", error.column);
            place.insert("column".to_owned(), error.column);
        }
        if let Some(row) = error.row {
            field = format!("{field}[{row}]");
            place.insert("row".to_owned(), row.to_string());
        }
        let violation = FieldViolation::new(field, error.message);
        status(Code::FieldInvalid, &told, place, Some(violation))
    }
}

impl From<TooLarge> for Status {
    fn from(error: TooLarge) -> Status {
        Status::out_of_range(error.to_string())
    }
}

impl From<Rejection> for Status {
    fn from(rejection: Rejection) -> Status {
        let code = rejection.code;
        let entry = rejection
            .entry
            .map(|entry| ("entry".to_owned(), entry.to_string()));
        let field = field_of(code).filter(|_| code.class() == Class::Invalid);
        let violation = field.map(|field| FieldViolation::new(field, rejection.message.clone()));
        status(
            code,
            &rejection.message,
            entry.into_iter().collect(),
            violation,
        )
    }
}

impl From<Failure> for Status {
    /// What the system says of itself (paths, errors of a disk) is for its log: callers are told what the code means.
    fn from(failure: Failure) -> Status {
        match failure {
            Failure::Rejected(rejection) => Status::from(rejection),
            Failure::System { code, .. } => status(code, code.row().meaning, HashMap::new(), None),
        }
    }
}

fn status(
    code: Code,
    told: &str,
    figures: HashMap<String, String>,
    violation: Option<FieldViolation>,
) -> Status {
    let mut details = ErrorDetails::with_error_info(code.name(), DOMAIN, figures);
    if let Some(violation) = violation {
        details.set_bad_request(vec![violation]);
    }
    if let Some(delay) = retry_after(code) {
        details.set_retry_info(Some(delay));
    }
    let message = format!("{}: {told}", code.name());
    Status::with_error_details(grpc_code(code), message, details)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::entry::{Balance, RecordedAt};
    use crate::ledger::rejection::CODES;
    use crate::ledger::time::Instant;

    fn refused(code: Code) -> Answer {
        Answer {
            sequence: 7,
            recorded_at: RecordedAt(1_773_652_500_000_000_123),
            code,
            requested: 120,
            awarded: 0,
            spent: 0,
            cash: 0,
            kept_back: 0,
            spared: 0,
            charged: 0,
            taken_back: 0,
            overdrawn: false,
            balance: Balance {
                pending: 0,
                available: 100,
                held: 20,
                debt: 0,
            },
            next_activation: Instant::NEVER,
            next_expiry: Instant::NEVER,
            wallet: None,
            original: 3,
            referral: None,
            referral_code: None,
            vested: 0,
            replayed: true,
        }
    }

    #[test]
    fn every_code_has_a_status_with_its_name() {
        for row in CODES {
            let status = Status::from(Rejection::plain(row.code));
            assert_eq!(status.code(), grpc_code(row.code), "{}", row.name);
            let info = status.get_details_error_info().expect("there is one");
            assert_eq!(
                (info.reason.as_str(), info.domain.as_str()),
                (row.name, DOMAIN)
            );
            assert!(status.message().starts_with(row.name));
            let is_ok = status.code() == tonic::Code::Ok;
            assert_eq!(is_ok, row.class == Class::Applied, "{}", row.name);
        }
    }

    #[test]
    fn callers_that_nobody_knows_are_told_from_those_who_may_not() {
        for (code, expected) in [
            (Code::UnknownCredential, tonic::Code::Unauthenticated),
            (Code::ScopeMissing, tonic::Code::PermissionDenied),
            (Code::StoreNotAllowed, tonic::Code::PermissionDenied),
            (Code::PointsNotAllowed, tonic::Code::PermissionDenied),
            (Code::RateLimited, tonic::Code::ResourceExhausted),
        ] {
            assert_eq!(Status::from(Rejection::plain(code)).code(), expected);
        }
    }

    #[test]
    fn only_what_may_be_sent_again_says_when() {
        for row in CODES {
            let retry = Status::from(Rejection::plain(row.code)).get_details_retry_info();
            let hopeless = matches!(row.code, Code::BatchTooLarge | Code::ReadOnly);
            let expected = row.class.retryable() && !hopeless;
            assert_eq!(retry.is_some(), expected, "{}", row.name);
        }
    }

    #[test]
    fn fields_are_named_for_invalid_requests_alone() {
        for row in CODES {
            let named = field_of(row.code).is_some();
            assert!(!named || row.class == Class::Invalid, "{}", row.name);
        }
        let status = Status::from(Rejection::plain(Code::PointsNotPositive));
        let wrong = status.get_details_bad_request().expect("there is one");
        assert_eq!(wrong.field_violations[0].field, "points");
        let inner = FieldError::new("lines[2].quantity", "is wrong");
        let wrong = Status::from(inner)
            .get_details_bad_request()
            .expect("there is one");
        assert_eq!(wrong.field_violations[0].field, "lines[2].quantity");
        assert_eq!(wrong.field_violations[0].description, "is wrong");
    }

    #[test]
    fn a_wrong_table_names_column_and_row() {
        let places = [
            (
                TableError::cell("points", 3, "is null"),
                "arrow_ipc.points[3]",
                "column 'points', row 3 is null",
            ),
            (
                TableError::column("points", "is missing"),
                "arrow_ipc.points",
                "column 'points' is missing",
            ),
            (TableError::whole("is no table"), "arrow_ipc", "is no table"),
        ];
        for (error, field, told) in places {
            let (column, row) = (error.column.clone(), error.row.map(|row| row.to_string()));
            let status = Status::from(error);
            assert_eq!(status.code(), tonic::Code::InvalidArgument);
            assert_eq!(status.message(), format!("FIELD_INVALID: {told}"));
            let wrong = status.get_details_bad_request().expect("there is one");
            assert_eq!(wrong.field_violations[0].field, field);
            let place = status
                .get_details_error_info()
                .expect("there is one")
                .metadata;
            assert_eq!(place.get("column").cloned().unwrap_or_default(), column);
            assert_eq!(place.get("row").cloned(), row);
        }
    }

    #[test]
    fn a_refusal_carries_its_figures() {
        let status = refusal(&refused(Code::InsufficientPoints), Some(180), true);
        assert_eq!(status.code(), tonic::Code::FailedPrecondition);
        let info = status.get_details_error_info().expect("there is one");
        let mut figures: Vec<(&str, &str)> = info
            .metadata
            .iter()
            .map(|(name, figure)| (name.as_str(), figure.as_str()))
            .collect();
        figures.sort_unstable();
        assert_eq!(
            figures,
            [
                ("available", "100"),
                ("current_available", "180"),
                ("debt", "0"),
                ("held", "20"),
                ("original", "3"),
                ("recorded_time", "2026-03-16T09:15:00Z"),
                ("replayed", "true"),
                ("requested", "120"),
                ("sequence", "7"),
            ]
        );
    }

    #[test]
    fn a_refusal_keeps_the_balance_from_who_may_not_see_it() {
        let status = refusal(&refused(Code::InsufficientPoints), Some(180), false);
        let info = status.get_details_error_info().expect("there is one");
        for part in ["available", "held", "debt", "current_available"] {
            assert!(!info.metadata.contains_key(part), "{part}");
        }
        assert!(!status.message().contains("100"), "{}", status.message());
    }

    #[test]
    fn a_conflict_names_the_entry_in_the_way() {
        let mut rejection = Rejection::plain(Code::KeyReused);
        rejection.entry = Some(12);
        let status = Status::from(Failure::Rejected(rejection));
        assert_eq!(status.code(), tonic::Code::AlreadyExists);
        let info = status.get_details_error_info().expect("there is one");
        assert_eq!(info.metadata["entry"], "12");
    }

    #[test]
    fn what_the_system_says_of_itself_stays_inside() {
        let failure = Failure::System {
            code: Code::DiskFull,
            message: "a path of this machine".to_owned(),
        };
        let status = Status::from(failure);
        assert_eq!(status.code(), tonic::Code::Unavailable);
        assert!(!status.message().contains("path"), "{}", status.message());
        assert!(status.get_details_retry_info().is_some());
    }
}
