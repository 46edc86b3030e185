//! change_coupon: a till reserves a coupon, uses it, or gives it free.

use super::super::super::entry::Fact;
use super::super::super::referral::book::Code as Issued;
use super::super::super::referral::coupon::CouponAction;
use super::super::super::referral::file::Reward;
use super::super::super::referral::standing::refusal;
use super::super::super::referral::voucher::VoucherState;
use super::super::super::rejection::{Code, Rejection};
use super::super::super::request::ChangeCoupon;
use super::super::case::{Case, Verdict};
use super::book_of;
use super::desk::Desk;

pub fn decide<'a>(
    case: &mut Case<'_>,
    key: &str,
    change: &ChangeCoupon<'a>,
) -> Result<Verdict<'a>, Rejection> {
    let number = book_of(case, &change.program)?;
    let member = match change.action {
        CouponAction::Reserve | CouponAction::Use => case.spender(&change.member)?,
        CouponAction::Release => case.open_member(&change.member)?,
    };
    match case.state.objects.referrals.book(number).code(&change.code) {
        Some(code) => change_code(case, (number, code), member, change),
        // Codes that nobody was issued may be those of vouchers.
        None => change_voucher(case, (key, number), member, change),
    }
}

/// A code that was issued: only a coupon can be changed.
fn change_code<'a>(
    case: &Case<'_>,
    (program, code): (u16, &Issued),
    member: u32,
    change: &ChangeCoupon<'a>,
) -> Result<Verdict<'a>, Rejection> {
    let Some(coupon) = code.coupon else {
        return Err(Rejection::plain(Code::UnknownCode));
    };
    let refused = refusal(code, case.now).filter(|_| change.action != CouponAction::Release);
    if let Some(refused) = refused {
        return Err(Rejection::plain(refused));
    }
    let ends_at = change.ends_at(case.now);
    let Ok(coupon) = coupon.changed(change.action, member, ends_at, case.now) else {
        return Err(Rejection::plain(Code::CodeUsed));
    };
    let mut verdict = case.shown(member);
    verdict.facts.push(Fact::CouponChanged {
        program,
        code: change.code.clone(),
        coupon,
    });
    Ok(verdict)
}

/// A voucher, which only its member can have.
fn change_voucher<'a>(
    case: &mut Case<'_>,
    (key, number): (&str, u16),
    member: u32,
    change: &ChangeCoupon<'a>,
) -> Result<Verdict<'a>, Rejection> {
    let now = case.now;
    let book = case.state.objects.referrals.book(number);
    let Some(friend) = book.friend_of_voucher(&change.code) else {
        return Err(Rejection::plain(Code::UnknownCode));
    };
    let shown = case.shown(member);
    let mut desk = Desk::new(case, key, shown.effects)?;
    let mut file = desk.file(number, friend);
    let rewards = file.conversions.iter_mut().flat_map(|one| &mut one.rewards);
    let mut own = rewards.filter(|reward| reward.member == member);
    let is_meant = |reward: &&mut Reward| {
        let voucher = reward.voucher.as_ref();
        voucher.is_some_and(|voucher| *voucher.code == *change.code)
    };
    let Some(reward) = own.find(is_meant) else {
        return Err(Rejection::plain(Code::UnknownCode));
    };
    let ends_at = change.ends_at(now);
    let state = reward
        .voucher
        .as_ref()
        .map(|one| one.state(reward, false, now));
    let releases = change.action == CouponAction::Release;
    let refused = state.and_then(|state| match state {
        VoucherState::Disabled | VoucherState::Unrecovered => Some(Code::CodeDisabled),
        VoucherState::Expired if !releases => Some(Code::CodeExpired),
        VoucherState::Pending if !releases => Some(Code::CodePending),
        _ => None,
    });
    if let Some(refused) = refused {
        return Err(Rejection::plain(refused));
    }
    if let Some(voucher) = &mut reward.voucher {
        let changed = voucher.coupon.changed(change.action, member, ends_at, now);
        voucher.coupon = changed.map_err(|_| Rejection::plain(Code::CodeUsed))?;
    }
    desk.keep(number, friend, file);
    Ok(desk.close(Verdict::default()))
}
