//! The packed bytes of a file, and what can be told of it from the first of them.

use super::bytes::{Reader, Writer};
use crate::ledger::referral::commands::Month;
use crate::ledger::referral::coupon::Coupon;
use crate::ledger::referral::file::{
    Claim, Conversion, Edge, Ended, File, Notes, Reward, RoleNumber, StepDone, Touch,
};
use crate::ledger::referral::touch::Method;
use crate::ledger::referral::voucher::Voucher;
use crate::ledger::rejection::Code;
use crate::ledger::time::Instant;

const IS_VOID: u8 = 1;
const IS_FROZEN: u8 = 2;
const WAS_RELEASED: u8 = 4;
const HAS_CLAIM: u8 = 8;
const HAS_EDGE: u8 = 16;
const HAS_STEPS: u8 = 32;
const HAS_CONVERSIONS: u8 = 64;
const IS_MOVED: u8 = 128;

const AT_CHECKOUT: u8 = 1;
const CAME_LATE: u8 = 2;
const HAS_CODE: u8 = 4;
const HAS_TOKEN: u8 = 8;
const IS_TYPED: u8 = 16;
const HAS_CONTACTS: u8 = 32;

const VESTS_AT_CLOSE: u8 = 1;
const HAS_LAPSED: u8 = 2;

const FROM_POOL: u8 = 1;
const IS_CLOSED_OUT: u8 = 2;
const IS_WHOLE: u8 = 4;
const HAS_TAKEN: u8 = 8;
const HAS_VOUCHER: u8 = 16;
/// How it ended stands above the marks.
const ENDED: u8 = 5;

const fn mark(is_set: bool, mark: u8) -> u8 {
    if is_set { mark } else { 0 }
}

/// A packed file.
#[derive(Clone, Copy)]
pub(super) struct Record<'b>(pub &'b [u8]);

impl Record<'_> {
    fn has(self, mark: u8) -> bool {
        self.0[0] & mark != 0
    }

    pub fn has_claim(self) -> bool {
        self.has(HAS_CLAIM)
    }

    pub fn has_conversions(self) -> bool {
        self.has(HAS_CONVERSIONS)
    }

    /// Whether it is what a file is packed to; most that are not have other marks.
    pub fn is_of(self, file: &File) -> bool {
        self.0[0] == marks(file) && self.0 == pack(file)
    }
}

fn marks(file: &File) -> u8 {
    mark(file.is_void, IS_VOID)
        | mark(file.is_moved, IS_MOVED)
        | mark(file.is_frozen, IS_FROZEN)
        | mark(file.was_released, WAS_RELEASED)
        | mark(file.claim.is_some(), HAS_CLAIM)
        | mark(file.edge.is_some(), HAS_EDGE)
        | mark(!file.steps.is_empty(), HAS_STEPS)
        | mark(!file.conversions.is_empty(), HAS_CONVERSIONS)
}

pub(super) fn pack(file: &File) -> Vec<u8> {
    let File {
        claim,
        first_claim,
        edge,
        reason,
        notes,
        steps,
        conversions,
        is_void: _,
        is_moved: _,
        is_frozen: _,
        was_released: _,
    } = file;
    let mut writer = Writer::default();
    writer.bytes.reserve(256);
    writer.byte(marks(file));
    write_code(&mut writer, *reason);
    writer.number(u64::from(notes.0));
    writer.number(*first_claim);
    if let Some(claim) = claim {
        write_claim(&mut writer, claim);
    }
    if let Some(edge) = edge {
        write_edge(&mut writer, edge);
    }
    if !steps.is_empty() {
        writer.number(steps.len() as u64);
        steps.iter().for_each(|step| write_step(&mut writer, step));
    }
    for conversion in conversions {
        write_conversion(&mut writer, conversion);
    }
    writer.bytes
}

pub(super) fn unpack(bytes: &[u8]) -> File {
    let mut reader = Reader::new(bytes);
    let marks = reader.byte();
    let has = |mark: u8| marks & mark != 0;
    let mut file = File {
        is_void: has(IS_VOID),
        is_moved: has(IS_MOVED),
        is_frozen: has(IS_FROZEN),
        was_released: has(WAS_RELEASED),
        reason: read_code(&mut reader),
        notes: Notes(reader.number() as u32),
        first_claim: reader.number(),
        ..File::default()
    };
    if has(HAS_CLAIM) {
        file.claim = Some(Box::new(read_claim(&mut reader)));
    }
    if has(HAS_EDGE) {
        file.edge = Some(Edge {
            advocate: reader.member(),
            touch: reader.text().into(),
            code: reader.text().into(),
            bound_at: reader.instant(),
        });
    }
    if has(HAS_STEPS) {
        let count = reader.number();
        file.steps = (0..count).map(|_| read_step(&mut reader)).collect();
    }
    while !reader.is_at_end() {
        file.conversions.push(read_conversion(&mut reader));
    }
    file
}

fn write_edge(writer: &mut Writer, edge: &Edge) {
    let Edge {
        advocate,
        touch,
        code,
        bound_at,
    } = edge;
    writer.member(*advocate);
    writer.text(touch);
    writer.text(code);
    writer.instant(*bound_at);
}

fn write_claim(writer: &mut Writer, claim: &Claim) {
    let Claim {
        key,
        code,
        token,
        identified_at,
        recorded_at,
        at_checkout,
        came_late,
        typed,
        verdicts,
        contacts,
    } = claim;
    writer.byte(
        mark(*at_checkout, AT_CHECKOUT)
            | mark(*came_late, CAME_LATE)
            | mark(code.is_some(), HAS_CODE)
            | mark(token.is_some(), HAS_TOKEN)
            | mark(typed.is_some(), IS_TYPED)
            | mark(!contacts.is_empty(), HAS_CONTACTS),
    );
    writer.text(key);
    for name in [code, token].into_iter().flatten() {
        writer.text(name);
    }
    writer.instant(*identified_at);
    writer.instant(*recorded_at);
    if let Some(typed) = typed {
        write_touch(writer, typed);
    }
    writer.number(verdicts.len() as u64);
    for (touch, denied) in verdicts {
        writer.text(touch);
        write_code(writer, *denied);
    }
    if !contacts.is_empty() {
        writer.number(contacts.len() as u64);
        contacts.iter().for_each(|touch| writer.text(touch));
    }
}

fn read_claim(reader: &mut Reader<'_>) -> Claim {
    let marks = reader.byte();
    let has = |mark: u8| marks & mark != 0;
    let mut claim = Claim {
        key: reader.text().into(),
        code: has(HAS_CODE).then(|| reader.text().into()),
        token: has(HAS_TOKEN).then(|| reader.text().into()),
        identified_at: reader.instant(),
        recorded_at: reader.instant(),
        at_checkout: has(AT_CHECKOUT),
        came_late: has(CAME_LATE),
        typed: has(IS_TYPED).then(|| read_touch(reader)),
        verdicts: Vec::new(),
        contacts: Vec::new(),
    };
    let count = reader.number();
    let verdict = |_| (reader.text().into(), read_code(reader));
    claim.verdicts = (0..count).map(verdict).collect();
    if has(HAS_CONTACTS) {
        let count = reader.number();
        claim.contacts = (0..count).map(|_| reader.text().into()).collect();
    }
    claim
}

fn write_touch(writer: &mut Writer, touch: &Touch) {
    let Touch {
        key,
        method,
        code,
        advocate,
        touched_at,
    } = touch;
    writer.text(key);
    writer.byte(*method as u8);
    writer.text(code);
    writer.member(*advocate);
    writer.instant(*touched_at);
}

fn read_touch(reader: &mut Reader<'_>) -> Touch {
    Touch {
        key: reader.text().into(),
        method: Method::ALL[usize::from(reader.byte())].1,
        code: reader.text().into(),
        advocate: reader.member(),
        touched_at: reader.instant(),
    }
}

fn write_step(writer: &mut Writer, done: &StepDone) {
    let StepDone {
        key,
        step,
        occurred_at,
        recorded_at,
    } = done;
    writer.text(key);
    writer.text(step);
    writer.instant(*occurred_at);
    writer.instant(*recorded_at);
}

fn read_step(reader: &mut Reader<'_>) -> StepDone {
    StepDone {
        key: reader.text().into(),
        step: reader.text().into(),
        occurred_at: reader.instant(),
        recorded_at: reader.instant(),
    }
}

fn write_conversion(writer: &mut Writer, conversion: &Conversion) {
    let Conversion {
        event,
        occurred_at,
        sale,
        program,
        recorded_at,
        month,
        clawback_ends_at,
        vests_at_close,
        rewards,
        has_lapsed,
    } = conversion;
    writer.byte(mark(*vests_at_close, VESTS_AT_CLOSE) | mark(*has_lapsed, HAS_LAPSED));
    writer.text(event);
    writer.instant(*occurred_at);
    writer.number(*sale);
    writer.number(u64::from(*program));
    writer.instant(*recorded_at);
    writer.signed(i64::from(month.0));
    writer.instant(*clawback_ends_at);
    writer.number(rewards.len() as u64);
    for reward in rewards {
        write_reward(writer, reward);
    }
}

fn read_conversion(reader: &mut Reader<'_>) -> Conversion {
    let marks = reader.byte();
    let mut conversion = Conversion {
        event: reader.text().into(),
        occurred_at: reader.instant(),
        sale: reader.number(),
        program: reader.number() as u32,
        recorded_at: reader.instant(),
        month: Month(reader.signed() as i32),
        clawback_ends_at: reader.instant(),
        vests_at_close: marks & VESTS_AT_CLOSE != 0,
        rewards: Vec::new(),
        has_lapsed: marks & HAS_LAPSED != 0,
    };
    let count = reader.number();
    conversion.rewards = (0..count).map(|_| read_reward(reader)).collect();
    conversion
}

fn write_reward(writer: &mut Writer, reward: &Reward) {
    let Reward {
        role,
        member,
        currency,
        points,
        kept,
        hold_ends_at,
        from_pool,
        ended,
        frozen_until,
        is_closed_out,
        origin,
        clawed,
        charged_back,
        charged_back_vested,
        voucher,
    } = reward;
    let taken = [*clawed, *charged_back, *charged_back_vested];
    let (is_whole, has_taken) = (points == kept, taken != [0; 3]);
    writer.byte(
        mark(*from_pool, FROM_POOL)
            | mark(*is_closed_out, IS_CLOSED_OUT)
            | mark(is_whole, IS_WHOLE)
            | mark(has_taken, HAS_TAKEN)
            | mark(voucher.is_some(), HAS_VOUCHER)
            | ended.map_or(0, |ended| (ended as u8) << ENDED),
    );
    writer.byte(role.0);
    writer.member(*member);
    writer.byte(*currency);
    writer.signed(*points);
    if !is_whole {
        writer.signed(*kept);
    }
    writer.instant(*hold_ends_at);
    writer.instant(*frozen_until);
    writer.origin(*origin);
    if has_taken {
        taken.into_iter().for_each(|count| writer.signed(count));
    }
    if let Some(voucher) = voucher {
        write_voucher(writer, voucher);
    }
}

fn read_reward(reader: &mut Reader<'_>) -> Reward {
    let marks = reader.byte();
    let has = |mark: u8| marks & mark != 0;
    let mut reward = Reward {
        role: RoleNumber(reader.byte()),
        member: reader.member(),
        currency: reader.byte(),
        points: reader.signed(),
        kept: 0,
        hold_ends_at: Instant::NEVER,
        from_pool: has(FROM_POOL),
        ended: Ended::from_number(marks >> ENDED),
        frozen_until: Instant::NEVER,
        is_closed_out: has(IS_CLOSED_OUT),
        origin: 0,
        clawed: 0,
        charged_back: 0,
        charged_back_vested: 0,
        voucher: None,
    };
    reward.kept = match has(IS_WHOLE) {
        true => reward.points,
        false => reader.signed(),
    };
    reward.hold_ends_at = reader.instant();
    reward.frozen_until = reader.instant();
    reward.origin = reader.origin();
    if has(HAS_TAKEN) {
        reward.clawed = reader.signed();
        reward.charged_back = reader.signed();
        reward.charged_back_vested = reader.signed();
    }
    if has(HAS_VOUCHER) {
        reward.voucher = Some(Box::new(read_voucher(reader)));
    }
    reward
}

fn write_voucher(writer: &mut Writer, voucher: &Voucher) {
    let Voucher {
        code,
        label,
        ready_at,
        expires_at,
        coupon,
        is_charged_back,
    } = voucher;
    let (state, ends_at) = match coupon {
        Coupon::Open => (0, Instant::NEVER),
        Coupon::Reserved { ends_at, .. } => (1, *ends_at),
        Coupon::Used(_) => (2, Instant::NEVER),
        Coupon::Bound(_) => (3, Instant::NEVER),
    };
    writer.byte(state << 1 | u8::from(*is_charged_back));
    writer.text(code);
    writer.text(label);
    writer.instant(*ready_at);
    writer.instant(*expires_at);
    if let Some(friend) = coupon.friend() {
        writer.member(friend);
        writer.instant(ends_at);
    }
}

fn read_voucher(reader: &mut Reader<'_>) -> Voucher {
    let marks = reader.byte();
    let mut voucher = Voucher {
        code: reader.text().into(),
        label: reader.text().into(),
        ready_at: reader.instant(),
        expires_at: reader.instant(),
        coupon: Coupon::Open,
        is_charged_back: marks & 1 == 1,
    };
    if marks >> 1 > 0 {
        let (friend, ends_at) = (reader.member(), reader.instant());
        voucher.coupon = match marks >> 1 {
            1 => Coupon::Reserved { friend, ends_at },
            2 => Coupon::Used(friend),
            _ => Coupon::Bound(friend),
        };
    }
    voucher
}

/// A code that may be absent: then its number is 0.
fn write_code(writer: &mut Writer, code: Option<Code>) {
    writer.number(code.map_or(0, |code| u64::from(code.number())));
}

fn read_code(reader: &mut Reader<'_>) -> Option<Code> {
    match reader.number() {
        0 => None,
        number => Code::from_number(number as u16),
    }
}
