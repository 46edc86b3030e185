//! The shape of baskets, of returned lines, and of who joins.

use super::super::super::bounds::{ID_BYTES, LINES, MEMBER_ALIASES, REQUEST_POINTS};
use super::super::super::rejection::{Code, Rejection};
use super::super::super::request::{Basket, Joining, Line, Money, ReturnedLine, Spend};
use super::{check_id, check_points, check_reference};

pub fn check(basket: &Basket<'_>, amount: Money) -> Result<(), Rejection> {
    check_lines(&basket.lines, amount.minor_units)?;
    let fits = |eligible: i64| (0..=amount.minor_units).contains(&eligible);
    if !basket.eligible.is_none_or(fits) {
        return Err(Rejection::plain(Code::EligibleExceedsAmount));
    }
    match &basket.spend {
        None => {}
        Some(Spend::Redeem { points }) => check_points(*points)?,
        Some(Spend::Capture {
            authorization,
            points,
        }) => {
            check_reference(authorization)?;
            points.map_or(Ok(()), check_points)?;
        }
    }
    if *basket == Basket::default() {
        let message = "a basket that says nothing is left out";
        return Err(Rejection::new(Code::LineInvalid, message));
    }
    basket.joining.as_ref().map_or(Ok(()), check_joining)
}

fn check_lines(lines: &[Line<'_>], amount: i64) -> Result<(), Rejection> {
    if lines.is_empty() {
        return Ok(());
    }
    if lines.len() > LINES {
        let message = format!("a purchase has at most {LINES} lines");
        return Err(Rejection::new(Code::LineInvalid, message));
    }
    let mut sum = 0_i128;
    for (place, line) in lines.iter().enumerate() {
        let range = 1..=REQUEST_POINTS;
        let named = line.sku.len() <= ID_BYTES && line.category.len() <= ID_BYTES;
        if !named || !range.contains(&line.quantity) || !range.contains(&line.amount) {
            let message = format!(
                "line {}: quantity and amount are above zero, SKU and category have at most {ID_BYTES} bytes",
                place + 1
            );
            return Err(Rejection::new(Code::LineInvalid, message));
        }
        sum += i128::from(line.amount);
    }
    if sum != i128::from(amount) {
        let message =
            format!("the lines add up to {sum}, the purchase to {amount}; make them equal");
        return Err(Rejection::new(Code::LineInvalid, message));
    }
    Ok(())
}

/// Returned lines stand there once each, and there is one at least.
pub fn check_returned(lines: &[ReturnedLine]) -> Result<(), Rejection> {
    if lines.is_empty() || lines.len() > LINES {
        let message = format!("a return by lines names 1 to {LINES} of them");
        return Err(Rejection::new(Code::LineInvalid, message));
    }
    let mut places: Vec<u32> = lines.iter().map(|line| line.line).collect();
    places.sort_unstable();
    if places.windows(2).any(|pair| pair[0] == pair[1]) {
        let message = "a return names each line once";
        return Err(Rejection::new(Code::LineInvalid, message));
    }
    let counts = lines.iter().filter_map(|line| line.quantity);
    if counts
        .clone()
        .any(|count| !(1..=REQUEST_POINTS).contains(&count))
    {
        return Err(Rejection::plain(Code::LineInvalid));
    }
    Ok(())
}

pub fn check_joining(joining: &Joining<'_>) -> Result<(), Rejection> {
    if joining.aliases.len() > MEMBER_ALIASES {
        return Err(Rejection::new(
            Code::InvalidId,
            format!("a member has at most {MEMBER_ALIASES} aliases"),
        ));
    }
    if let Some(id) = &joining.id {
        check_id(id, "member id")?;
    }
    joining.aliases.iter().try_for_each(super::check_alias)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(quantity: i64, amount: i64) -> Line<'static> {
        Line {
            sku: "4711".into(),
            category: "coffee".into(),
            quantity,
            amount,
            excluded: false,
        }
    }

    fn code(basket: &Basket<'_>, minor_units: i64) -> Option<Code> {
        let amount = Money {
            minor_units,
            currency: *b"EUR",
        };
        check(basket, amount).err().map(|rejection| rejection.code)
    }

    #[test]
    fn lines_are_above_zero_and_add_up() {
        let of = |lines: Vec<Line<'static>>| Basket {
            lines,
            ..Basket::default()
        };
        assert_eq!(code(&of(vec![line(1, 300), line(2, 700)]), 1_000), None);
        for (lines, amount) in [
            (vec![line(1, 300), line(2, 700)], 1_001),
            (vec![line(1, 0)], 0),
            (vec![line(0, 300)], 300),
            (vec![line(1, -300), line(1, 600)], 300),
            (vec![line(1, 1); LINES + 1], LINES as i64 + 1),
            (vec![], 300),
        ] {
            assert_eq!(code(&of(lines), amount), Some(Code::LineInvalid));
        }
    }

    #[test]
    fn what_earns_is_at_most_the_amount() {
        let of = |eligible| Basket {
            eligible: Some(eligible),
            ..Basket::default()
        };
        let codes = [-1, 0, 300, 301].map(|eligible| code(&of(eligible), 300));
        let refused = Some(Code::EligibleExceedsAmount);
        assert_eq!(codes, [refused, None, None, refused]);
    }

    #[test]
    fn a_return_names_each_line_once() {
        let line = |line, quantity| ReturnedLine { line, quantity };
        assert_eq!(check_returned(&[line(2, None), line(1, Some(3))]), Ok(()));
        for lines in [
            &[][..],
            &[line(1, None), line(1, Some(1))],
            &[line(1, Some(0))],
        ] {
            let code = check_returned(lines).unwrap_err().code;
            assert_eq!(code, Code::LineInvalid);
        }
    }
}
