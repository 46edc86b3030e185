//! The batch's own entry: that it was applied as a whole, or which row it was refused for.

use smallvec::smallvec;

use super::super::entry::{Entry, Fact, Figures};
use super::super::rejection::Code;
use super::super::request::Request;
use super::super::state::State;
use super::case::Moment;

/// Why a batch was refused.
#[derive(Clone, Copy, Debug)]
pub struct RowRefusal {
    /// Counted from 0.
    pub row: u32,
    pub code: Code,
    /// Of the row's refusal.
    pub figures: Figures,
}

/// The entry of a batch that was refused for one of its rows.
pub fn refused_batch<'a>(
    state: &State,
    request: Request<'a>,
    moment: Moment,
    refusal: &RowRefusal,
) -> Entry<'a> {
    let RowRefusal { row, code, figures } = *refusal;
    Entry {
        sequence: moment.sequence,
        recorded_at: moment.recorded_at,
        program: state.objects.program_version(),
        request,
        code,
        figures: Figures {
            requested: figures.requested,
            available: figures.available,
            held: figures.held,
            debt: figures.debt,
            ..Figures::default()
        },
        original: 0,
        facts: smallvec![Fact::RowRefused { row }],
        effects: smallvec![],
    }
}
