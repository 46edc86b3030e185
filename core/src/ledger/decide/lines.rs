//! What of a purchase comes back by money and lines, and what the rest still earns on: by sums alone, in any order.

use super::super::entry::{Entry, Fact, Figures};
use super::super::program::EarnRule;
use super::super::rejection::{Code, Rejection};
use super::super::request::{Basket, Line, Part, Purchase, ReturnedLine};
use super::basket;

/// What has come back of a purchase, all returns so far together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Returned {
    /// Minor units, by lines or not.
    pub money: i64,
    /// Minor units by lines, and how much of them would have earned.
    pub by_lines: i64,
    pub eligible_by_lines: i64,
    /// Place and quantity of every line of which something came back, in order of place.
    pub lines: Vec<(u32, i64)>,
}

impl Returned {
    /// As the latest follow-up tells it, or the purchase itself.
    pub fn so_far(latest: &Entry<'_>) -> Returned {
        let Figures {
            reversed_money,
            reversed_by_lines,
            eligible_by_lines,
            ..
        } = latest.figures;
        Returned {
            money: reversed_money,
            by_lines: reversed_by_lines,
            eligible_by_lines,
            lines: lines_of(latest),
        }
    }

    /// How much of a line came back.
    pub fn quantity(&self, place: u32) -> i64 {
        let found = self.lines.binary_search_by_key(&place, |line| line.0);
        found.map_or(0, |at| self.lines[at].1)
    }

    /// As if less of one line had come back.
    pub fn take_line(&mut self, rule: &EarnRule, purchase: &Purchase<'_>, place: u32, less: i64) {
        if let Some(line) = line(purchase, place) {
            self.add_line(rule, line, place, -less);
        }
    }

    /// With more of one line, or less.
    fn add_line(&mut self, rule: &EarnRule, line: &Line<'_>, place: u32, more: i64) {
        let before = self.quantity(place);
        self.set_quantity(place, before + more);
        let money = money_of(line, before + more) - money_of(line, before);
        self.money += money;
        self.by_lines += money;
        if basket::earns(rule, line) {
            self.eligible_by_lines += money;
        }
    }

    /// What these lines come to.
    pub fn of_lines(rule: &EarnRule, purchase: &Purchase<'_>, lines: &[(u32, i64)]) -> Returned {
        let mut returned = Returned::default();
        for (place, quantity) in lines {
            if let Some(line) = line(purchase, *place) {
                returned.add_line(rule, line, *place, *quantity);
            }
        }
        returned
    }

    /// Whether every line is one of the purchase, named once, and no more of it came back than was bought.
    pub fn fits(&self, purchase: &Purchase<'_>) -> bool {
        let in_order = self.lines.windows(2).all(|pair| pair[0].0 < pair[1].0);
        let bought = |(place, quantity): &(u32, i64)| {
            line(purchase, *place).is_some_and(|line| (1..=line.quantity).contains(quantity))
        };
        in_order && self.lines.iter().all(bought)
    }

    fn set_quantity(&mut self, place: u32, quantity: i64) {
        match self.lines.binary_search_by_key(&place, |line| line.0) {
            Ok(at) if quantity == 0 => {
                self.lines.remove(at);
            }
            Ok(at) => self.lines[at].1 = quantity,
            Err(at) => self.lines.insert(at, (place, quantity)),
        }
    }

    /// Minor units that the rest of the basket would earn on, before the part paid with points.
    pub fn eligible_left(&self, rule: &EarnRule, purchase: &Purchase<'_>) -> i64 {
        let (mut amount, mut eligible) = (purchase.amount.minor_units, eligible_of(rule, purchase));
        let mut money = self.money - self.by_lines;
        if is_stated(purchase) {
            money += self.by_lines;
        } else {
            amount -= self.by_lines;
            eligible -= self.eligible_by_lines;
        }
        if amount == 0 {
            return 0;
        }
        let left = i128::from(eligible) * i128::from(amount - money) / i128::from(amount);
        i64::try_from(left).expect("no more is left than was there")
    }
}

/// The lines that an entry states as returned, in order of place.
pub fn lines_of(entry: &Entry<'_>) -> Vec<(u32, i64)> {
    let stated = entry.facts.iter().filter_map(|fact| match fact {
        Fact::LineReturned { line, quantity } => Some((*line, *quantity)),
        _ => None,
    });
    stated.collect()
}

/// What this return adds to `before`: all that is left, money, or lines; the money of it with what came back then.
/// Too much is an error with what was asked for.
pub fn add(
    rule: &EarnRule,
    purchase: &Purchase<'_>,
    before: &Returned,
    part: &Part,
) -> Result<Returned, (Code, i64)> {
    let left = purchase.amount.minor_units - before.money;
    let mut after = before.clone();
    match part {
        Part::Lines(lines) => {
            for wanted in lines {
                add_wanted(rule, purchase, &mut after, wanted)
                    .ok_or((Code::ReversalExceedsOriginal, 0))?;
            }
        }
        Part::Money(money) if money.minor_units > left => {
            return Err((Code::ReversalExceedsOriginal, money.minor_units));
        }
        Part::Money(money) => after.money += money.minor_units,
        Part::Rest | Part::Points(_) => after.money += left,
    }
    let asked = after.money - before.money;
    if asked > left {
        return Err((Code::ReversalExceedsOriginal, asked));
    }
    Ok(after)
}

/// Every line that is returned must stand in the purchase.
pub fn check_known(purchase: &Purchase<'_>, returned: &[ReturnedLine]) -> Result<(), Rejection> {
    let count = lines(purchase).len();
    match returned
        .iter()
        .find(|wanted| line(purchase, wanted.line).is_none())
    {
        None => Ok(()),
        Some(unknown) => {
            let message = format!(
                "the purchase has {count} lines and none at place {}; count them from 1",
                unknown.line
            );
            Err(Rejection::new(Code::LineUnknown, message))
        }
    }
}

/// `None` if less is left of the line.
fn add_wanted(
    rule: &EarnRule,
    purchase: &Purchase<'_>,
    after: &mut Returned,
    wanted: &ReturnedLine,
) -> Option<()> {
    let line = line(purchase, wanted.line)?;
    let left = line.quantity - after.quantity(wanted.line);
    let more = wanted.quantity.unwrap_or(left);
    if more > left || more == 0 {
        return None;
    }
    after.add_line(rule, line, wanted.line, more);
    Some(())
}

/// Minor units that a purchase earns on, before the part paid with points.
fn eligible_of(rule: &EarnRule, purchase: &Purchase<'_>) -> i64 {
    let total = purchase.amount.minor_units;
    let basket = purchase.basket.as_deref();
    basket.map_or(total, |basket| basket::eligible_of(rule, basket, total))
}

/// Whether the eligible amount is stated, and does not follow from the lines.
fn is_stated(purchase: &Purchase<'_>) -> bool {
    let basket = purchase.basket.as_deref();
    basket.is_some_and(|basket: &Basket<'_>| basket.eligible.is_some())
}

fn lines<'p>(purchase: &'p Purchase<'_>) -> &'p [Line<'p>] {
    purchase.basket.as_ref().map_or(&[], |basket| &basket.lines)
}

fn line<'p>(purchase: &'p Purchase<'_>, place: u32) -> Option<&'p Line<'p>> {
    lines(purchase).get(usize::try_from(place.checked_sub(1)?).ok()?)
}

/// What a number of a line's pieces cost, rounded down; all of them cost all of it.
fn money_of(line: &Line<'_>, quantity: i64) -> i64 {
    let money = i128::from(line.amount) * i128::from(quantity) / i128::from(line.quantity);
    i64::try_from(money).expect("a part of a line costs no more than the line")
}
