//! Many writes in one call: as items of a message, or as an Arrow table.

use std::sync::Arc;

use tonic::Status;

use super::allowed::{Allowed, all_answers};
use super::convert::answers;
use super::convert::requests::{self, Asked};
use super::desk::Call;
use super::guard::Guard;
use super::principals::Role;
use super::wire;
use crate::engine::{ClockKind, Failure, Ledger, RowAnswer, Rows};
use crate::ledger::bounds::{BATCH_REQUESTS, TABLE_ROWS};
use crate::ledger::rejection::{Code, Rejection};
use crate::table::ipc::Batches;
use crate::table::{Mixed, OneVerb, Rules};

pub fn batch(
    ledger: &Ledger,
    guard: &Guard,
    call: &Call,
    asked: wire::PostBatchRequest,
) -> Result<wire::PostBatchResponse, Status> {
    if asked.items.len() > BATCH_REQUESTS {
        return Err(Failure::plain(Code::BatchTooLarge).into());
    }
    let (items, mut wrong) = requests::Items::new(asked.items, call.edge(ledger));
    let items = Arc::new(items);
    let (allowed, looked) = Allowed::of(Arc::clone(&items), guard, &call.principal)?;
    let refused = looked.refused.into_iter();
    wrong.extend(refused.map(|(row, rejection)| items.refused(row, rejection)));
    wrong.sort_unstable_by_key(|(place, _)| *place);
    let (mut rows, stopped_by) = if asked.all_or_nothing {
        // What cannot be read or may not be done cannot be applied, and then nothing is.
        if let Some((_, error)) = wrong.into_iter().next() {
            return Err(error.into());
        }
        let key_space = &call.principal.key_space;
        let whole = ledger.submit_whole(key_space, &asked.key, Arc::new(allowed))?;
        wrong = Vec::new();
        (whole.rows, whole.refused)
    } else {
        (ledger.submit_rows(Arc::new(allowed))?, None)
    };
    guard.settle(&call.principal, &rows, looked.reserved);
    hide_balances(call, &mut rows);
    Ok(answers::batch(&rows, &wrong, stopped_by))
}

/// Who may not see balances gets none.
fn hide_balances(call: &Call, rows: &mut [RowAnswer]) {
    if call.principal.role == Role::Partner {
        rows.iter_mut().for_each(|row| row.available = 0);
    }
}

/// `has_test_clock`: rows may say when they are recorded.
pub fn table(
    ledger: &Ledger,
    guard: &Guard,
    call: &Call,
    message: wire::PostTableRequest,
    has_test_clock: bool,
) -> Result<wire::PostTableResponse, Status> {
    let asked = requests::asked_of_table(&message)?;
    let batches = Batches::read(message.arrow_ipc)?;
    let rows = batches.rows();
    if rows > TABLE_ROWS {
        let told = format!(
            "{rows} rows; one call takes at most {TABLE_ROWS}: send the table in several, each row under its own key"
        );
        return Err(Rejection::new(Code::BatchTooLarge, told).into());
    }
    let rules = Rules {
        ledger,
        caller: &call.principal.key_space,
        money: ledger.view()?.program().earning.money.bytes(),
        manual: has_test_clock && ledger.info()?.clock == ClockKind::Manual,
    };
    let reader = batches.into_reader();
    let rows: Arc<dyn Rows> = match &asked {
        Asked::OneVerb {
            verb,
            create_members,
        } => Arc::new(OneVerb::read(reader, *verb, *create_members, &rules)?),
        Asked::Mixed => Arc::new(Mixed::read(reader, false, &rules)?),
        Asked::Whole { .. } => Arc::new(Mixed::read(reader, true, &rules)?),
    };
    let (allowed, looked) = Allowed::of(rows, guard, &call.principal)?;
    let allowed = Arc::new(allowed);
    call.check_deadline()?;
    let (mut rows, stopped_by) = match asked {
        Asked::Whole { key } => {
            looked.check_whole()?;
            let whole = ledger.submit_whole(rules.caller, &key, allowed)?;
            (whole.rows, whole.refused)
        }
        Asked::OneVerb { .. } | Asked::Mixed => (ledger.submit_rows(allowed)?, None),
    };
    guard.settle(&call.principal, &rows, looked.reserved);
    hide_balances(call, &mut rows);
    Ok(answers::table(
        &all_answers(&looked.refused, rows),
        stopped_by,
    ))
}
