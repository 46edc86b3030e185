//! The one table of answer codes: number, name, class, meaning, example. Everything else derives from it.

/// What a code means for the caller: whether it is remembered under the key and what to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Done; the key is used up.
    Applied,
    /// The request is wrong in shape; correct it and send it again under the same key.
    Invalid,
    /// Something else already stands in this place; never send it again.
    Conflict,
    /// The business says no; remembered under the key, a new attempt needs a new key.
    Refused,
    /// Names something unknown; correct it and send it again under the same key.
    NotFound,
    /// The caller has no right to it; nothing was done.
    NotAllowed,
    /// A bound of the system was reached; split the request or send it later.
    Limit,
    /// Certainly not applied; send it again under the same key.
    Unavailable,
    /// Nobody knows yet whether it was applied; ask again under the same key.
    Unknown,
    /// Stored data is damaged; an operator has to act.
    Corrupt,
}

impl Class {
    /// The class's name as documented.
    pub const fn name(self) -> &'static str {
        match self {
            Class::Applied => "applied",
            Class::Invalid => "invalid",
            Class::Conflict => "conflict",
            Class::Refused => "refused",
            Class::NotFound => "not_found",
            Class::NotAllowed => "not_allowed",
            Class::Limit => "limit",
            Class::Unavailable => "unavailable",
            Class::Unknown => "unknown",
            Class::Corrupt => "corrupt",
        }
    }

    /// Whether sending the same request again under the same key can end differently.
    pub const fn retryable(self) -> bool {
        matches!(self, Class::Limit | Class::Unavailable | Class::Unknown)
    }
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct CodeRow {
    pub code: Code,
    pub number: u16,
    pub name: &'static str,
    pub class: Class,
    pub meaning: &'static str,
    pub example: &'static str,
}

macro_rules! codes {
    ($($number:literal $variant:ident $name:literal $class:ident $meaning:literal $example:literal;)*) => {
        /// What became of a request. Numbers are stored and never reused.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u16)]
        pub enum Code { $($variant = $number,)* }

        /// Every code there is, in order of number.
        pub const CODES: &[CodeRow] = &[$(CodeRow {
            code: Code::$variant, number: $number, name: $name, class: Class::$class, meaning: $meaning, example: $example,
        },)*];
    };
}

codes! {
    1 Applied "APPLIED" Applied "The request was applied." "An accrual of 100 points.";
    2 Parked "PARKED" Applied "What it undoes has not arrived; it will be undone when it does." "A return sent before its sale.";

    20 KeyMissing "KEY_MISSING" Invalid "A write needs a key." "redeem with key=\"\"";
    21 KeyTooLong "KEY_TOO_LONG" Invalid "A key has at most 128 bytes." "A key of 129 bytes.";
    22 InvalidId "INVALID_ID" Invalid "A member id has 1 to 64 bytes, no @, no spaces, no control characters; an alias has 1 to 64 bytes in the form of its kind." "ann@example.org as member id";
    23 PointsNotPositive "POINTS_NOT_POSITIVE" Invalid "Points must be above zero." "accrue 0 points";
    24 PointsTooLarge "POINTS_TOO_LARGE" Invalid "One request moves at most 2^53 points." "accrue 2^53 + 1 points";
    25 AmountNegative "AMOUNT_NEGATIVE" Invalid "A purchase's amount is zero or more." "purchase of -1.00 EUR";
    26 AmountNotPositive "AMOUNT_NOT_POSITIVE" Invalid "A returned amount must be above zero; name none to return all that is left." "return of 0.00 EUR";
    27 AmountTooLarge "AMOUNT_TOO_LARGE" Invalid "One request names at most 2^53 minor units; split it." "purchase of 2^53 + 1 cents";
    28 ExpiryBeforeActivation "EXPIRY_BEFORE_ACTIVATION" Invalid "A lot must expire after it activates." "activates 1 May, expires 1 April";
    29 UnknownCurrency "UNKNOWN_CURRENCY" Invalid "The program has no such currency of points." "wallet=\"stars\"";
    30 MoneyCurrencyNotAccepted "MONEY_CURRENCY_NOT_ACCEPTED" Invalid "The program earns on another money." "a purchase in USD where EUR is earned on";
    31 OccurredInFuture "OCCURRED_IN_FUTURE" Invalid "occurred_at is further ahead than the program allows." "occurred tomorrow";
    32 TimeOutOfRange "TIME_OUT_OF_RANGE" Invalid "Times lie between 1970 and 9999." "expires in the year 10000";
    33 InvalidTtl "INVALID_TTL" Invalid "A hold lives longer than zero and at most as long as the program allows, a one-time code at most 10 minutes." "ttl of 8 days";
    34 NotReversible "NOT_REVERSIBLE" Invalid "This kind of entry cannot be reversed; the message says what to use instead." "reverse of an enrolment";
    35 WrongUnit "WRONG_UNIT" Invalid "A purchase is reversed by money, anything else by points." "reverse(purchase, points=5)";
    36 NotAnAuthorization "NOT_AN_AUTHORIZATION" Invalid "The named entry opened no hold." "capture of an accrual";
    37 ReasonMissing "REASON_MISSING" Invalid "What is done by hand needs a reason and an actor of 1 to 64 bytes." "adjust without reason";
    38 MemberMismatch "MEMBER_MISMATCH" Invalid "The named entry belongs to another member." "reverse(original of m-1, member=\"m-2\")";
    39 ProgramInvalid "PROGRAM_INVALID" Invalid "The program file has an error; the message names line and column." "zone = \"Mars/Base\"";
    40 TermsInvalid "TERMS_INVALID" Invalid "A funder has 1 to 64 bytes; a price is zero or more, at most 2^53 millionths." "price of -1";
    41 AliasUnknown "ALIAS_UNKNOWN" Invalid "The member does not hold this alias." "remove_alias of a card never added";
    42 RecordedInPast "RECORDED_IN_PAST" Invalid "The ledger's clock has passed the row's recorded_at: entries are recorded in order." "a row of March after one of April";
    43 DirectoryNotEmpty "DIRECTORY_NOT_EMPTY" Invalid "A ledger or a copy of one is made in an empty directory; name another one." "backup into yesterday's backup";
    44 ReceiptInvalid "RECEIPT_INVALID" Invalid "A receipt has a store and a number of 1 to 64 bytes, a terminal of at most 64, and a business date at most a year ahead." "a receipt without a number";
    45 LineInvalid "LINE_INVALID" Invalid "Lines have a quantity and an amount above zero, and add up to the purchase's amount." "a line of 0.00 EUR";
    46 LineUnknown "LINE_UNKNOWN" Invalid "The purchase has no such line." "return of line 9 of 8";
    47 EligibleExceedsAmount "ELIGIBLE_EXCEEDS_AMOUNT" Invalid "What earns is zero or more and at most the amount." "eligible 40.01 of 40.00";
    48 SpendExceedsAmount "SPEND_EXCEEDS_AMOUNT" Invalid "Points pay at most for the amount." "redeem 5,000 points for 40.00 EUR";
    49 SameMember "SAME_MEMBER" Invalid "A transfer needs two members; name another receiver." "transfer from m-1 to m-1";
    50 ExpiryInPast "EXPIRY_IN_PAST" Invalid "A new expiry lies ahead, and not before the one that it replaces." "extend to yesterday";
    51 SourceInvalid "SOURCE_INVALID" Invalid "A source's store, actor and verification have at most 64 bytes." "an actor of 65 bytes";
    52 FieldInvalid "FIELD_INVALID" Invalid "A field of the request is missing, or has a value that it cannot have; the message names it." "a receipt of 31 February";
    53 CodeMistyped "CODE_MISTYPED" Invalid "This cannot be a referral code: its check letter is wrong, or it has letters that no code has; have it typed again." "37C8QM8D8 for 37C8QM8D7";
    54 TokenTooLong "TOKEN_TOO_LONG" Invalid "A touch's token has 1 to 256 bytes." "a token of 257 bytes";
    55 TouchInFuture "TOUCH_IN_FUTURE" Invalid "touched_at is further ahead than the program allows." "a click of tomorrow";
    56 PeriodNotOver "PERIOD_NOT_OVER" Invalid "The month is not over in the program's zone; close it later." "close_period of this month";
    57 UnknownStep "UNKNOWN_STEP" Invalid "The referral program lists no such step, or it is a purchase, which counts by itself." "record_step(\"newsletter\") where only purchases count";
    58 UnknownProgram "UNKNOWN_PROGRAM" Invalid "There is no such referral program, or none is named where there are several." "bind_referral(\"fiends\")";
    59 ApproverMissing "APPROVER_MISSING" Invalid "Who moves a referral needs a second person of 1 to 64 bytes, somebody else than the actor." "review_referral(\"move\", actor=\"desk-1\", approved_by=\"Desk-1\")";

    60 KeyReused "KEY_REUSED" Conflict "This key was used for another request; the details name its entry." "redeem 5 and then 6 under one key";
    61 MemberExists "MEMBER_EXISTS" Conflict "A member with this id was enrolled under another key." "enroll m-1 twice with two keys";
    62 AliasInUse "ALIAS_IN_USE" Conflict "Another member holds this alias; nothing was made." "enroll with a card that is taken";
    63 ReceiptReused "RECEIPT_REUSED" Conflict "This receipt was used with another member or total; the details name its entry." "40.00 and then 41.00 under one receipt";
    64 CodeTaken "CODE_TAKEN" Conflict "This referral code was issued before; choose another one." "issue_code(code=\"ANNA\") twice";

    80 InsufficientPoints "INSUFFICIENT_POINTS" Refused "Fewer points are available than asked for." "redeem 120 of 100";
    81 AuthorizationExpired "AUTHORIZATION_EXPIRED" Refused "The hold has lapsed." "capture after 20 minutes";
    82 CaptureExceedsAuthorization "CAPTURE_EXCEEDS_AUTHORIZATION" Refused "More is captured than was held." "capture 400 of a hold of 350";
    83 AlreadyCaptured "ALREADY_CAPTURED" Refused "The hold was captured before." "a second capture under a new key";
    84 AlreadyVoided "ALREADY_VOIDED" Refused "The hold was voided before." "capture after void";
    85 AlreadyReversed "ALREADY_REVERSED" Refused "Nothing is left to reverse; its statement rows tell what was." "a second full reversal";
    86 ReversalExceedsOriginal "REVERSAL_EXCEEDS_ORIGINAL" Refused "More is reversed than is left of the original; reverse less, or name no part for all that is left." "return 30.00 of 20.00";
    87 TooOld "TOO_OLD" Refused "occurred_at is further back than the program allows; have the operator record it." "a sale of last year";
    88 BalanceLimit "BALANCE_LIMIT" Refused "A wallet holds at most 2^62 points; take some out first." "accrue to a full wallet";
    89 TooManyLots "TOO_MANY_LOTS" Refused "A wallet holds at most 65,536 lots; let some be spent first." "accrual number 65,537";
    90 PointsAlreadySpent "POINTS_ALREADY_SPENT" Refused "The points to be taken back are spent, and the policy is to block." "refund after the points are gone";
    91 MemberClosed "MEMBER_CLOSED" Refused "The member has left; only reversals are possible." "purchase of a closed or erased member";
    92 MemberBlocked "MEMBER_BLOCKED" Refused "The member may not spend, transfer or hold points now; unblock it first." "redeem while blocked";
    93 CardLost "CARD_LOST" Refused "This alias was reported lost and replaced." "a sale on the old card";
    94 HoldsOpen "HOLDS_OPEN" Refused "A member with open holds cannot leave." "close_member or erase_member during an authorization";
    95 LimitExceeded "LIMIT_EXCEEDED" Refused "A limit of the caller or the program is reached." "more offline points than the floor limit";

    96 VerificationRequired "VERIFICATION_REQUIRED" Refused "The program lets partners take so many points only from a member who proves to be there; name it by a one-time code, or say how it was verified." "a partner redeems 5,000 points by its own alias";

    100 MemberNotFound "MEMBER_NOT_FOUND" NotFound "No member has this id or alias." "balance of an unknown card";
    101 TransactionNotFound "TRANSACTION_NOT_FOUND" NotFound "No entry has this sequence or key." "reverse of an unknown key";
    102 LotNotFound "LOT_NOT_FOUND" NotFound "The wallet has or had no such lot." "extend of another member's lot";
    103 LinkNotFound "LINK_NOT_FOUND" NotFound "The member has no link with this partner." "unlink_member of a partner that was never linked";

    110 UnknownCredential "UNKNOWN_CREDENTIAL" NotAllowed "The call has no token or certificate that the server knows, or it has expired." "a token of last year";
    111 ScopeMissing "SCOPE_MISSING" NotAllowed "The caller's role or scopes do not let it do this." "adjust from a till";
    112 StoreNotAllowed "STORE_NOT_ALLOWED" NotAllowed "The caller may not speak for this store, or names none." "a till of store12 sends a receipt of store14";
    113 PointsNotAllowed "POINTS_NOT_ALLOWED" NotAllowed "The caller may not move so many points in one call, offline, or on one day." "accrue 50,000 where a till may give 10,000";

    120 BatchTooLarge "BATCH_TOO_LARGE" Limit "A batch has at most 8,192 requests and 64 MiB, a table sent in one message 65,536 rows." "9,000 requests in one call";
    121 Overloaded "OVERLOADED" Limit "The queue is full; nothing was done." "a burst above the bound";
    122 RateLimited "RATE_LIMITED" Limit "The caller has asked for too many members that do not exist; wait and ask again." "a thousand cards tried one after the other";

    140 ShuttingDown "SHUTTING_DOWN" Unavailable "The ledger is being closed; nothing was done." "a call during close";
    141 DiskFull "DISK_FULL" Unavailable "The disk is full; nothing was done. Make room and open again." "append without space";
    142 ReadOnly "READ_ONLY" Unavailable "The ledger was opened for reading." "accrue with read_only=True";
    143 ClockJump "CLOCK_JUMP" Unavailable "The system clock jumped; open with accept_clock once it is right." "the clock set back a day";

    160 OutcomeUnknown "OUTCOME_UNKNOWN" Unknown "The disk failed while writing; open again and ask under the same key." "a failed fsync";
    161 Poisoned "POISONED" Unavailable "An earlier write failed, so nothing more is written; open again." "any write after a failed fsync";

    180 ChainBroken "CHAIN_BROKEN" Corrupt "The journal's bytes are damaged; restore a backup." "a flipped bit";
    181 AuditFailed "AUDIT_FAILED" Corrupt "An entry contradicts the state; writes stop." "a lot drawn below zero";

    200 UnknownCode "UNKNOWN_CODE" Refused "Nobody has issued this referral code; a claim with it waits until grace is over." "bind_referral with a code of nobody";
    201 CodeDisabled "CODE_DISABLED" Refused "The referral code was disabled before." "a code that was posted on a coupon site";
    202 CodeExpired "CODE_EXPIRED" Refused "The referral code had expired." "a code of last summer";
    203 CodeUsed "CODE_USED" Refused "The single-use code has been used, or somebody else has it." "one coupon for two friends";
    204 NoAttribution "NO_ATTRIBUTION" Refused "No touch joins this friend to anybody, and none can any more." "a click a day after the sign-up";
    205 WindowExpired "WINDOW_EXPIRED" Refused "The touch's window was over when the friend signed up." "a click 30 days before the sign-up";
    206 TouchAfterIdentification "TOUCH_AFTER_IDENTIFICATION" Refused "The touch happened after the friend signed up." "a click a second after the sign-up";
    207 Blocked "BLOCKED" Refused "The advocate or the friend is blocked, or the advocate has left." "the code of a blocked member";
    208 SelfReferral "SELF" Refused "Nobody brings themselves." "one's own code at sign-up";
    209 AlreadyReferred "ALREADY_REFERRED" Refused "The friend was brought before, by the same or another advocate." "a second code";
    210 NotNew "NOT_NEW" Refused "The friend had bought, or was a member, before the touch." "a customer of many years";
    211 OwnCode "OWN_CODE" Refused "The code at the checkout is the buyer's own." "one's own coupon on one's own sale";
    212 SameIdentity "SAME_IDENTITY" Refused "Friend and advocate have a strong fingerprint in common." "one card, two accounts";
    213 Cycle "CYCLE" Refused "The friend is above the advocate already." "A brings B, B brings C, C brings A";
    214 HasReferrals "HAS_REFERRALS" Refused "Who has brought others is not brought by anybody in this program." "an advocate types a friend's code";
    215 Depth "DEPTH" Refused "The advocate has as many above as the program allows." "the fourth level where three are allowed";
    216 NotDisputed "NOT_DISPUTED" Refused "No lost dispute of this sale stands." "dispute(outcome=\"won\") of a sale that was never charged back";
    217 CapReached "CAP_REACHED" Refused "A cap of the referral program is reached." "the 33rd reward where 32 are allowed";
    218 Denied "DENIED" Refused "A person denied the referral." "review_referral(\"deny\")";
    219 CodePending "CODE_PENDING" Refused "The voucher is not ready: its reward has not vested." "change_coupon(\"use\") within the hold";
    220 Returning "RETURNING" Refused "The friend was a member who has been erased: a strong fingerprint or an alias is the same." "erased in May, and back in June by a friend's code";
}

impl Code {
    /// This code's row of the table.
    pub fn row(self) -> &'static CodeRow {
        CODES
            .iter()
            .find(|row| row.code == self)
            .expect("every code has its row: both come from one macro")
    }

    pub fn name(self) -> &'static str {
        self.row().name
    }

    #[inline]
    pub fn class(self) -> Class {
        match self {
            Code::Applied => Class::Applied,
            other => other.row().class,
        }
    }

    pub fn number(self) -> u16 {
        self as u16
    }

    pub fn from_number(number: u16) -> Option<Code> {
        if number == Code::Applied as u16 {
            return Some(Code::Applied);
        }
        CODES
            .binary_search_by_key(&number, |row| row.number)
            .ok()
            .map(|at| CODES[at].code)
    }
}

/// A no that is not remembered: nothing was written, the key is still free.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {message}", code.name())]
pub struct Rejection {
    pub code: Code,
    pub message: String,
    /// Sequence of the entry that stands in the way, where there is one (`KEY_REUSED`).
    pub entry: Option<u64>,
}

impl Rejection {
    pub fn new(code: Code, message: impl Into<String>) -> Rejection {
        Rejection {
            code,
            message: message.into(),
            entry: None,
        }
    }

    /// The code with the table's own meaning as message.
    pub fn plain(code: Code) -> Rejection {
        Rejection::new(code, code.row().meaning)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_rise_and_find_their_code() {
        assert!(CODES.windows(2).all(|pair| pair[0].number < pair[1].number));
        for row in CODES {
            assert_eq!(Code::from_number(row.number), Some(row.code));
            assert_eq!(row.code.number(), row.number);
            assert!(!row.meaning.is_empty() && !row.example.is_empty());
            assert_eq!(row.name, row.name.to_uppercase());
        }
        assert_eq!(Code::from_number(0), None);
        assert_eq!(Code::from_number(3), None);
    }
}
