//! Single-use coupons: validated, reserved, used, and released like a hold.
//!
//! F is the friend who has it, G anybody else.
//!
//! | state         | validate F / G | reserve F / G      | use F / G      | release F / G  |
//! | ------------- | -------------- | ------------------ | -------------- | -------------- |
//! | open          | ok / ok        | reserved / reserved | used / used   | open / open    |
//! | reserved by F | ok / refused   | reserved / refused | used / refused | open / refused |
//! | used by F     | ok / refused   | used / refused     | used / refused | open / refused |

/// The life of a coupon; `F` is what friends are known by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Coupon<F> {
    #[default]
    Open,
    Reserved(F),
    Used(F),
}

/// Another friend has the coupon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodeUsed;

impl<F: Copy + PartialEq> Coupon<F> {
    pub fn validate(self, friend: F) -> Result<(), CodeUsed> {
        match self {
            Self::Reserved(other) | Self::Used(other) if other != friend => Err(CodeUsed),
            _ => Ok(()),
        }
    }

    pub fn reserve(self, friend: F) -> Result<Self, CodeUsed> {
        self.validate(friend)?;
        Ok(match self {
            Self::Open => Self::Reserved(friend),
            Self::Reserved(_) | Self::Used(_) => self,
        })
    }

    pub fn consume(self, friend: F) -> Result<Self, CodeUsed> {
        self.validate(friend)?;
        Ok(Self::Used(friend))
    }

    pub fn release(self, friend: F) -> Result<Self, CodeUsed> {
        self.validate(friend)?;
        Ok(Self::Open)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPEN: Coupon<char> = Coupon::Open;

    #[test]
    fn the_friend_who_has_it_may_do_anything() {
        let (reserved, used) = (Coupon::Reserved('F'), Coupon::Used('F'));
        for coupon in [OPEN, reserved, used] {
            assert_eq!(coupon.validate('F'), Ok(()));
            assert_eq!(coupon.consume('F'), Ok(used));
            assert_eq!(coupon.release('F'), Ok(OPEN));
        }
        let after = [OPEN, reserved, used].map(|coupon| coupon.reserve('F'));
        assert_eq!(after, [Ok(reserved), Ok(reserved), Ok(used)]);
    }

    #[test]
    fn others_find_it_used() {
        for coupon in [Coupon::Reserved('F'), Coupon::Used('F')] {
            assert_eq!(coupon.validate('G'), Err(CodeUsed));
            let changes = [
                coupon.reserve('G'),
                coupon.consume('G'),
                coupon.release('G'),
            ];
            assert_eq!(changes, [Err(CodeUsed); 3]);
        }
        assert_eq!(OPEN.validate('G'), Ok(()));
        assert_eq!(OPEN.reserve('G'), Ok(Coupon::Reserved('G')));
    }
}
