// SPDX-License-Identifier: EUPL-1.2
pragma solidity 0.8.37;

/// @title The voucher ledger of one municipality
/// @notice Decides which payments are allowed, from which budget, at which shops. Every act carries the
/// signatures of those it concerns (EIP-712, in EIP-2098 compact form of 64 bytes, low-s only); who sends the
/// transaction does not matter. There is no owner, no proxy and no upgrade hook.
/// @dev Amounts are whole euro cents, times are unix seconds, ids start at 1. Always true:
/// 1. issued <= funded, and spent - refunded <= issued, for each scheme.
/// 2. The sum of what remains on coupons + spent - refunded = issued, for each scheme.
/// 3. The sum of owed + the sum of settled = the sum of spent - the sum of refunded, over shops and schemes.
/// 4. A coupon is debited at most once for a nonce; its last nonce never goes down; an address is a coupon of
///    one scheme for ever.
/// 5. A claim is paid at most once and a decision executed at most once; refunds of a payment never exceed it
///    and go to the payer's own coupon.
/// 6. No payment reaches a shop that is not admitted or is suspended, or whose categories the scheme does not allow then.
/// 7. Changing a field of a signed message, or a bit of a signature, makes it revert.
interface IVoucherLedger {
    // ---------------------------------------------------------------- signed messages

    /// @notice Signed by the parent: these coupons together may be debited at most once for this nonce.
    /// @param shop the only shop that may claim it; 0 for any admitted shop
    /// @param maxAmount the most that may be claimed, in cents
    /// @param validUntil the last second at which it may be claimed
    /// @param nonce above the last nonce of each coupon, at most a day ahead of the chain's clock
    /// @param coupons one to six, without duplicates, debited in this order; the key of each signs
    struct Spend {
        uint16 scheme;
        uint32 shop;
        uint32 maxAmount;
        uint40 validUntil;
        uint40 nonce;
        address[] coupons;
    }

    /// @notice Signed by the till: pay this amount from that Spend to this shop. Its struct hash is the payment's id.
    /// @param spend the struct hash of the Spend
    /// @param rest whether a lower amount may be paid when the maximum or the budget is lower than `amount`
    /// @param reference_ random, so that two equal sales are two claims. The signed type calls it `reference`, which is
    /// a reserved word in Solidity.
    struct Claim {
        bytes32 spend;
        uint32 shop;
        uint32 amount;
        bool rest;
        uint64 reference_;
    }

    /// @notice Signed by an active till of the shop that was paid: give back part or all of a payment.
    struct Refund {
        bytes32 payment;
        uint32 shop;
        uint32 amount;
        uint40 validUntil;
        uint64 reference_;
    }

    /// @notice Signed by the shop's owner, and to activate also by the till: make this key an active or a blocked till.
    struct TillChange {
        uint32 shop;
        address till;
        bool active;
        uint40 nonce;
    }

    /// @notice Signed by every `from` and every `to`: what remains on `from[i]` is transferred to `to[i]`.
    /// @param from one to 32 coupons, without duplicates; none that this Move creates
    /// @param to as many new addresses; zero gives the amount back to the scheme
    struct Move {
        uint16 scheme;
        uint40 nonce;
        address[] from;
        address[] to;
    }

    /// @notice Signed by officials: call a governed function.
    /// @param call the calldata; its first 36 bytes (function and first argument) are the decision's subject
    /// @param validUntil the last second at which it may be executed, at most 14 days ahead
    /// @param nonce the time of preparation; strictly increasing for each subject
    struct Decision {
        bytes call;
        uint40 validUntil;
        uint40 nonce;
    }

    // ---------------------------------------------------------------- state

    /// @notice The rules in force, and totals in cents.
    struct Scheme {
        uint40 opens;
        uint40 closes;
        bool paused;
        bool closed; // permanently
        uint64 spent;
        uint64 refunded;
        uint256 permitted;
        uint256 excluded;
        uint64 funded;
        uint64 issued;
    }

    /// @notice A shop can be paid while it is `admitted` and not `suspended`. `owed` is negative after a refund that
    /// follows a payout.
    struct Shop {
        bool known;
        bool admitted;
        bool suspended;
        uint40 tillNonce;
        int64 owed;
        int64 settled;
        address owner;
        uint256 categories;
    }

    /// @notice A till belongs permanently to one shop.
    struct Till {
        uint32 shop;
        bool active;
    }

    /// @notice `moved` is true after a Move to another coupon or back to the scheme.
    struct Coupon {
        uint16 scheme;
        uint32 remaining;
        uint40 lastNonce;
        bool moved;
    }

    /// @notice `coupon` is the first of the Spend; refunds go to it.
    struct Payment {
        address coupon;
        uint32 shop;
        uint32 amount;
        uint32 refunded;
    }

    // ---------------------------------------------------------------- refusals: any message

    /// @notice A signature is malformed, or is not that of `expected` (zero where no particular key is expected).
    error SignatureInvalid(address expected);
    /// @notice The number of coupons or of signatures is out of range, or they do not match.
    error BundleInvalid(uint256 coupons, uint256 signatures);
    error AmountZero();
    /// @notice The nonce lies more than a day ahead of the chain's clock.
    error NonceTooFarAhead(uint40 nonce, uint256 latest);
    error NonceTooOld(uint40 nonce, uint40 last);

    // ---------------------------------------------------------------- refusals: payments, refunds, tills, moves

    error ClaimForOtherSpend(bytes32 claimed, bytes32 spend);
    error ShopUnknown(uint32 shop);
    /// @notice This key was never a till of this shop.
    error TillUnknown(uint32 shop, address till);
    error AlreadyPaid(bytes32 payment);
    error SchemeUnknown(uint16 scheme);
    error SchemePaused(uint16 scheme);
    error SchemeNotOpen(uint16 scheme, uint40 opens, uint40 closes);
    /// @notice The shop is not admitted, or it is suspended.
    error ShopNotAdmitted(uint32 shop);
    error TillNotActive(uint32 shop, address till);
    error CategoryNotPermitted(uint256 categories, uint256 permitted, uint256 excluded);
    error CodeForOtherShop(uint32 meant, uint32 shop);
    /// @notice A Spend or a Refund is used after its `validUntil`.
    error CodeExpired(uint40 validUntil, uint256 time);
    error AmountAboveMaximum(uint32 amount, uint32 maxAmount);
    error CouponUnknown(uint16 scheme, address coupon);
    error CodeAlreadyUsed(address coupon, uint40 nonce, uint40 last);
    error BudgetTooLow(uint32 amount, uint256 available);
    error PaymentUnknown(bytes32 payment);
    error AlreadyRefunded(bytes32 refund);
    error RefundTooHigh(uint32 amount, uint32 refundable);
    /// @notice A till belongs permanently to one shop.
    error TillOfOtherShop(uint32 shop, address till);
    error CouponMoved(address coupon);
    error CouponExists(address coupon);

    // ---------------------------------------------------------------- refusals: decisions

    error NotAuthorised(address signer);
    error FunctionNotGoverned(bytes4 selector);
    error ApprovalsMissing(uint256 approvals, uint256 needed);
    /// @notice Signers must be in ascending order, so that no signer is counted twice.
    error ApprovalsNotAscending(address previous, address signer);
    error DecisionExpired(uint40 validUntil, uint256 time);
    error DecisionTooLong(uint40 validUntil, uint256 latest);
    error DecisionAlreadyCancelled(bytes32 decision);
    /// @notice An argument of a governed function is invalid: an id of zero, an empty period, lists of unequal length.
    error CallInvalid();
    error SchemeExists(uint16 scheme);
    error SchemeAlreadyClosed(uint16 scheme);
    /// @notice `issued` would exceed `funded`.
    error FundsTooLow(uint256 issued, int256 funded);
    error BatchExists(uint32 batch);
    /// @notice A returned amount exceeds what was settled.
    error SettlementTooHigh(uint32 shop, int64 amount, int64 most);
    /// @notice A capacity would be left with fewer holders than it needs.
    error HoldersTooFew(uint8 capacity, uint256 holders, uint256 needed);

    // ---------------------------------------------------------------- events

    /// @param debits the amount debited from each of `coupons`, in cents; they add up to `amount`
    event Paid(
        bytes32 indexed payment,
        uint32 indexed shop,
        uint16 scheme,
        address till,
        uint32 amount,
        uint40 nonce,
        address[] coupons,
        uint32[] debits
    );
    /// @param coupon the coupon credited; zero when that coupon was given back, in which case `issued` decreases
    event Refunded(
        bytes32 indexed refund, bytes32 indexed payment, uint32 indexed shop, address till, address coupon, uint32 amount
    );
    event TillChanged(uint32 indexed shop, address indexed till, bool active, uint40 nonce);
    /// @param amounts the amount transferred from each of `from` to each of `to`
    event Moved(uint16 indexed scheme, uint40 nonce, address[] from, address[] to, uint32[] amounts);

    /// @param signers the officials who approved, ascending
    event DecisionExecuted(bytes32 indexed decision, bytes call, uint40 validUntil, uint40 nonce, address[] signers);
    event DecisionCancelled(bytes32 indexed decision, bytes call, uint40 validUntil, uint40 nonce, address signer);
    event SchemeOpened(uint16 indexed scheme, uint40 opens, uint40 closes, uint256 permitted, uint256 excluded);
    event RulesSet(uint16 indexed scheme, uint40 opens, uint40 closes, uint256 permitted, uint256 excluded);
    event SchemeClosed(uint16 indexed scheme, uint40 closes);
    event PausedSet(uint16 indexed scheme, bool paused);
    event CategoriesSet(bytes32 sha256OfTable);
    event ShopSet(uint32 indexed shop, uint256 categories, address owner, bool admitted);
    event SuspendedSet(uint32 indexed shop, bool suspended);
    /// @param amount the amount added; negative when taken back
    event Funded(uint16 indexed scheme, int64 amount);
    event Issued(uint16 indexed scheme, uint32 value, address[] coupons);
    /// @param amounts the amount settled for each line of the call, in order; zero where nothing was owed
    event Settled(uint32 indexed batch, uint32[] shops, int64[] amounts, bytes32 sha256OfLines);
    event OfficialSet(address indexed official, uint8 capacities);

    // ---------------------------------------------------------------- acts

    /// @notice Pays a claim. Reverts with the first check that fails, in this order: signatures, shop unknown, till
    /// never this shop's, already paid, scheme unknown, paused, not open, shop not admitted or suspended, till not
    /// active, category, code for another shop, expired, amount above maximum, coupon unknown, code already used,
    /// budget too low. So a paid claim that is sent again reverts with "already paid", whatever has changed
    /// since.
    /// @param couponSignatures of the Spend, one for each coupon, in the same order
    /// @param tillSignature of the Claim
    /// @return payment the struct hash of the Claim
    function pay(
        Spend calldata spend,
        bytes[] calldata couponSignatures,
        Claim calldata claim,
        bytes calldata tillSignature
    ) external returns (bytes32 payment);

    /// @notice Refunds to the first coupon of the Spend, or to the coupon to which its money was moved. The gas does
    /// not depend on the number of moves. Allowed while the scheme is paused or over, or the shop is suspended.
    function refund(Refund calldata message, bytes calldata tillSignature) external;

    /// @param tillSignature of the till itself when it becomes active; ignored otherwise
    function changeTill(TillChange calldata change, bytes calldata ownerSignature, bytes calldata tillSignature)
        external;

    /// @notice Empties every `from`, then creates every `to`. Allowed while the scheme is paused or over. The event
    /// publicly links the coupons of one Move.
    /// @param signatures those of `from` in order, then those of `to` in order, leaving out the zero addresses
    function move(Move calldata message, bytes[] calldata signatures) external;

    /// @notice Requires two different officials with the capacity that the function requires; one to pause or to
    /// suspend.
    /// @param approvals signatures of the Decision, signers ascending
    function execute(Decision calldata decision, bytes[] calldata approvals) external;

    /// @notice Permanently cancels a decision. Requires one official with the capacity that the decision requires.
    function cancel(Decision calldata decision, bytes calldata signature) external;

    // ---------------------------------------------------------------- governed, called by execute only

    /// @param opens the first second at which payments are allowed
    /// @param closes the first second after the period
    /// @param permitted categories of which a shop must have at least one
    /// @param excluded categories of which a shop may have none
    function openScheme(uint16 scheme, uint40 opens, uint40 closes, uint256 permitted, uint256 excluded) external;
    function setRules(uint16 scheme, uint40 opens, uint40 closes, uint256 permitted, uint256 excluded) external;
    /// @notice Permanent: the rules of a closed scheme cannot be set again.
    function closeScheme(uint16 scheme) external;
    /// @notice A pause stops payments and nothing else.
    function setPaused(uint16 scheme, bool paused) external;
    function setCategories(bytes32 sha256OfTable) external;
    /// @notice Registers a shop or changes it. Its tills are kept.
    function setShop(uint32 shop, uint256 categories, address owner, bool admitted) external;
    /// @notice A suspended shop is paid nothing. Independent of `setShop`: neither changes what the other sets.
    function setSuspended(uint32 shop, bool suspended) external;
    /// @param amount in cents; a negative amount takes back what was not issued
    function fund(uint16 scheme, int64 amount) external;
    /// @param value of each coupon, in cents
    /// @param coupons at most 500, all new
    function issue(uint16 scheme, uint32 value, address[] calldata coupons) external;
    /// @notice Records a payout in euros. A batch is recorded once.
    /// @param shops the shop of each of 1 to 500 lines
    /// @param amounts in cents, never zero. Positive: settled up to what the shop is owed when this line is processed;
    /// the rest is dropped. Negative (returned by the bank): at most what was settled.
    /// @param sha256OfLines SHA-256 of the list of lines that was decided
    function settle(uint32 batch, uint32[] calldata shops, int64[] calldata amounts, bytes32 sha256OfLines) external;
    /// @notice OFFICIALS must keep at least three holders, every other capacity at least two.
    function setOfficial(address official, uint8 capacities) external;

    // ---------------------------------------------------------------- views

    function schemes(uint16 scheme)
        external
        view
        returns (
            uint40 opens,
            uint40 closes,
            bool paused,
            bool closed,
            uint64 spent,
            uint64 refunded,
            uint256 permitted,
            uint256 excluded,
            uint64 funded,
            uint64 issued
        );
    function shops(uint32 shop)
        external
        view
        returns (
            bool known,
            bool admitted,
            bool suspended,
            uint40 tillNonce,
            int64 owed,
            int64 settled,
            address owner,
            uint256 categories
        );
    function tills(address till) external view returns (uint32 shop, bool active);
    function coupons(address coupon)
        external
        view
        returns (uint16 scheme, uint32 remaining, uint40 lastNonce, bool moved);
    /// @return the issued coupon that the money of a coupon made by a Move came from; zero for an issued one
    function origins(address coupon) external view returns (address);
    /// @return where the money of an issued coupon is after its moves; zero when there were none, or it was given back
    function movedTo(address issued) external view returns (address);
    function payments(bytes32 payment)
        external
        view
        returns (address coupon, uint32 shop, uint32 amount, uint32 refunded);
    /// @return whether the Refund with this struct hash was carried out
    function refunds(bytes32 refund) external view returns (bool);
    /// @return the hash of the batch's lines; zero when there is no such batch
    function batches(uint32 batch) external view returns (bytes32);
    function categoriesSha256() external view returns (bytes32);
    /// @return capacities as bits: RULES 1, SHOPS 2, BUDGET 4, ISSUE 8, PAYOUT 16, OFFICIALS 32, REGISTER 64
    function officials(address official) external view returns (uint8 capacities);
    function holders(uint8 capacity) external view returns (uint256);
    /// @param subject keccak256 of the first 36 bytes of a call
    function decisionNonces(bytes32 subject) external view returns (uint40);
    function cancelled(bytes32 decision) external view returns (bool);
}
