//! The order in which debits draw on lots.

use std::borrow::Cow;

use super::super::lot::Lot;
use super::super::program::DrawOrder;
use super::super::wallet::Wallet;

/// A wallet's lots in the order they are drawn on; earliest expiry first is how they stand in line, but for those that
/// expire with the wallet beside others.
pub fn in_order(wallet: &Wallet, order: DrawOrder) -> Cow<'_, [Lot]> {
    let lots = wallet.lots();
    let with_wallet = wallet.lots_with_wallet().len();
    if order == DrawOrder::Fefo && (with_wallet == 0 || with_wallet == lots.len()) {
        return Cow::Borrowed(lots);
    }
    let mut lots = lots.to_vec();
    sort_by_draw(wallet, order, &mut lots, |lot| lot);
    Cow::Owned(lots)
}

/// Sorts what belongs to lots as debits draw on them; what belongs to one lot stays in order.
pub fn sort_by_draw<T>(
    wallet: &Wallet,
    order: DrawOrder,
    items: &mut [T],
    lot: impl Fn(&T) -> &Lot,
) {
    let age = |item: &T| (lot(item).activates_at, lot(item).id);
    match order {
        DrawOrder::Fefo => items.sort_by_key(|item| (wallet.expiry_of(lot(item)), age(item))),
        DrawOrder::Fifo => items.sort_by_key(age),
        DrawOrder::Lifo => items.sort_by_key(|item| std::cmp::Reverse(age(item))),
    }
}
