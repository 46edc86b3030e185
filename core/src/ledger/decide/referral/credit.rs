//! Several who had a part in a conversion share the advocate's reward.

use super::super::super::program::ReferralRules;
use super::super::super::program::referral::Credit;
use super::super::super::referral::file::{Claim, Conversion, File, RoleNumber, Touch};
use super::super::super::referral::splitting::{self, Contact};
use super::super::super::referral::standing::Standing;
use super::attribution::{can_use, denial};
use super::desk::{Desk, Subject};
use super::dues::{self, Due, conversion_name};

/// Looks for the touches that have a part, as long as the claim is open: those that no rule denies.
pub fn find_contacts(desk: &Desk<'_, '_>, subject: Subject<'_>, claim: &mut Claim) {
    let standing = desk.standing(subject);
    let visits = standing.visits(claim);
    let mut covering: Vec<Touch> = visits
        .filter(|touch| standing.covers(touch, claim))
        .cloned()
        .collect();
    covering.sort_by(|one, other| (one.touched_at, &one.key).cmp(&(other.touched_at, &other.key)));
    covering.retain(|touch| {
        touch.is_direct()
            || (can_use(desk, subject, touch) && denial(desk, subject, claim, touch).is_none())
    });
    claim.contacts = covering.into_iter().map(|touch| touch.key).collect();
}

/// Those that have a part in a file's conversions; where nobody looked for them, the one who won.
fn contacts<'d>(standing: &Standing<'d>, file: &'d File) -> Vec<&'d Touch> {
    let Some(claim) = &file.claim else {
        return Vec::new();
    };
    let find = |key: &str| standing.visits(claim).find(|touch| *touch.key == *key);
    match (claim.contacts.as_slice(), &file.edge) {
        ([], Some(edge)) => find(&edge.touch).into_iter().collect(),
        (keys, _) => keys.iter().filter_map(|key| find(key)).collect(),
    }
}

/// What each of those who share a reward gets of so many points.
pub fn shares(
    desk: &Desk<'_, '_>,
    subject: Subject<'_>,
    (file, conversion): (&File, &Conversion),
    (credit, points): (Credit, i64),
) -> Vec<Due<'static>> {
    if let Some(edge) = file.edge.as_ref().filter(|_| file.is_moved) {
        return vec![Due::share(RoleNumber::ADVOCATE, edge.advocate, points)];
    }
    let standing = desk.standing(subject);
    let touches = contacts(&standing, file);
    let name = |touch: &Touch| match touch.is_direct() {
        true => "",
        false => desk.name(touch.advocate),
    };
    let contact = |touch: &&'_ Touch| {
        let age = conversion.occurred_at.0 - touch.touched_at.0;
        Contact {
            advocate: name(touch),
            age: u64::try_from(age).unwrap_or(0),
            is_direct: touch.is_direct(),
        }
    };
    let contacts: Vec<Contact<'_>> = touches.iter().map(contact).collect();
    let parts = splitting::credit(&contacts, credit);
    let event = conversion_name(desk, subject, &conversion.event);
    let shares = splitting::split(points, &parts, &event);
    let paid = parts.iter().zip(shares);
    let paid = paid.filter(|(part, _)| part.weight > 0 && !part.advocate.is_empty());
    let due = |(part, points): (&splitting::Part<'_>, i64)| {
        let mut touches = touches.iter();
        let touch = touches.find(|touch| name(touch) == part.advocate)?;
        Some(Due::share(RoleNumber::ADVOCATE, touch.advocate, points))
    };
    paid.filter_map(due).collect()
}

/// Whether those who share a conversion's reward are still the same, with the same parts.
pub fn stands(
    desk: &Desk<'_, '_>,
    subject: Subject<'_>,
    rules: &ReferralRules,
    (file, conversion): (&File, &Conversion),
) -> bool {
    let (Some(_), Some(claim)) = (rules.credit, &file.claim) else {
        return true;
    };
    if file.is_moved || !desk.standing(subject).is_open(claim) {
        return true;
    }
    let shared = conversion.rewards.iter().filter(|reward| reward.from_pool);
    let shared = shared.map(|reward| (reward.member, reward.points));
    let dues = dues::of(desk, subject, rules, (file, conversion));
    shared.eq(dues.iter().filter_map(Due::as_share))
}
