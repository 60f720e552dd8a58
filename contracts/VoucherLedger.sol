// SPDX-License-Identifier: EUPL-1.2
pragma solidity 0.8.37;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

import {Messages} from "./Messages.sol";
import {Signatures} from "./Signatures.sol";
import {IVoucherLedger} from "./interfaces/IVoucherLedger.sol";

/// @title VoucherLedger
/// @notice All rules about value are implemented here, and only here. The interface documents each function.
contract VoucherLedger is IVoucherLedger, EIP712 {
    uint8 private constant RULES = 1;
    uint8 private constant SHOPS = 2;
    uint8 private constant BUDGET = 4;
    uint8 private constant ISSUE = 8;
    uint8 private constant PAYOUT = 16;
    uint8 private constant OFFICIALS = 32;
    uint8 private constant REGISTER = 64; // the highest bit for which a loop over uint8 terminates

    uint256 private constant MAX_BUNDLE = 6;
    uint256 private constant MAX_MOVE = 32;
    uint256 private constant MAX_ISSUE = 500;
    uint256 private constant MAX_LINES = 500;
    uint256 private constant NONCE_AHEAD = 1 days;
    uint256 private constant DECISION_AHEAD = 14 days;

    mapping(uint16 scheme => Scheme) public schemes;
    mapping(uint32 shop => Shop) public shops;
    mapping(address till => Till) public tills;
    mapping(address coupon => Coupon) public coupons;
    mapping(address coupon => address issued) public origins;
    mapping(address issued => address coupon) public movedTo;
    mapping(bytes32 payment => Payment) public payments;
    mapping(bytes32 refund => bool) public refunds;
    mapping(uint32 batch => bytes32) public batches;
    bytes32 public categoriesSha256;
    mapping(address official => uint8 capacities) public officials;
    mapping(uint8 capacity => uint256) public holders;
    mapping(bytes32 subject => uint40) public decisionNonces;
    mapping(bytes32 decision => bool) public cancelled;

    modifier governed() {
        if (msg.sender != address(this)) revert NotAuthorised(msg.sender);
        _;
    }

    /// @param capacities of each of `first`, as bits
    constructor(address[] memory first, uint8[] memory capacities) EIP712("Kindpakket", "1") {
        if (first.length != capacities.length) revert CallInvalid();
        for (uint256 i = 0; i < first.length; i++) {
            _setCapacities(first[i], capacities[i]);
        }
        for (uint8 capacity = RULES; capacity <= REGISTER; capacity <<= 1) {
            _requireHolders(capacity);
        }
    }

    // ---------------------------------------------------------------- payments

    /// @inheritdoc IVoucherLedger
    function pay(
        Spend calldata spend,
        bytes[] calldata couponSignatures,
        Claim calldata claim,
        bytes calldata tillSignature
    ) external returns (bytes32 payment) {
        _requireSpendSigned(spend, couponSignatures, claim.spend);
        payment = Messages.hash(claim);
        address till = Signatures.signerOf(_hashTypedDataV4(payment), tillSignature);
        if (claim.amount == 0) revert AmountZero();

        Shop storage shop = shops[claim.shop];
        if (!shop.known) revert ShopUnknown(claim.shop);
        Till memory known = tills[till];
        if (known.shop != claim.shop) revert TillUnknown(claim.shop, till);
        if (payments[payment].amount != 0) revert AlreadyPaid(payment);

        Scheme storage scheme = _scheme(spend.scheme);
        if (scheme.paused) revert SchemePaused(spend.scheme);
        _requireOpen(spend.scheme, scheme.opens, scheme.closes);
        if (!shop.admitted) revert ShopNotAdmitted(claim.shop);
        if (shop.suspended) revert ShopNotAdmitted(claim.shop);
        if (!known.active) revert TillNotActive(claim.shop, till);
        _requireCategories(shop.categories, scheme.permitted, scheme.excluded);
        if (spend.shop != 0 && spend.shop != claim.shop) revert CodeForOtherShop(spend.shop, claim.shop);
        if (block.timestamp > spend.validUntil) revert CodeExpired(spend.validUntil, block.timestamp);
        if (claim.amount > spend.maxAmount && !claim.rest) revert AmountAboveMaximum(claim.amount, spend.maxAmount);

        (uint32 amount, uint32[] memory debits) = _debit(spend, claim.amount, claim.rest);
        payments[payment] = Payment({coupon: spend.coupons[0], shop: claim.shop, amount: amount, refunded: 0});
        scheme.spent += amount;
        shop.owed += int64(uint64(amount));
        emit Paid(payment, claim.shop, spend.scheme, till, amount, spend.nonce, spend.coupons, debits);
    }

    /// @inheritdoc IVoucherLedger
    function refund(Refund calldata message, bytes calldata tillSignature) external {
        bytes32 id = Messages.hash(message);
        address till = Signatures.signerOf(_hashTypedDataV4(id), tillSignature);
        if (message.amount == 0) revert AmountZero();

        Payment storage payment = payments[message.payment];
        if (payment.amount == 0 || payment.shop != message.shop) revert PaymentUnknown(message.payment);
        if (tills[till].shop != message.shop) revert TillUnknown(message.shop, till);
        if (refunds[id]) revert AlreadyRefunded(id);
        if (!tills[till].active) revert TillNotActive(message.shop, till);
        if (block.timestamp > message.validUntil) revert CodeExpired(message.validUntil, block.timestamp);
        uint32 refundable = payment.amount - payment.refunded;
        if (message.amount > refundable) revert RefundTooHigh(message.amount, refundable);

        refunds[id] = true;
        payment.refunded += message.amount;
        shops[message.shop].owed -= int64(uint64(message.amount));
        Scheme storage scheme = schemes[coupons[payment.coupon].scheme];
        scheme.refunded += message.amount;
        address coupon = payment.coupon;
        if (coupons[coupon].moved) coupon = movedTo[_origin(coupon)];
        if (coupon == address(0)) scheme.issued -= message.amount;
        else coupons[coupon].remaining += message.amount;
        emit Refunded(id, message.payment, message.shop, till, coupon, message.amount);
    }

    // ---------------------------------------------------------------- tills and moves

    /// @inheritdoc IVoucherLedger
    function changeTill(TillChange calldata change, bytes calldata ownerSignature, bytes calldata tillSignature)
        external
    {
        Shop storage shop = shops[change.shop];
        if (!shop.known) revert ShopUnknown(change.shop);
        bytes32 digest = _hashTypedDataV4(Messages.hash(change));
        Signatures.verify(digest, ownerSignature, shop.owner);
        if (change.active) Signatures.verify(digest, tillSignature, change.till);

        uint32 current = tills[change.till].shop;
        if (current != 0 && current != change.shop) revert TillOfOtherShop(current, change.till);
        if (current == 0 && !change.active) revert TillUnknown(change.shop, change.till);
        _requireNewer(change.nonce, shop.tillNonce);

        shop.tillNonce = change.nonce;
        tills[change.till] = Till({shop: change.shop, active: change.active});
        emit TillChanged(change.shop, change.till, change.active, change.nonce);
    }

    /// @inheritdoc IVoucherLedger
    function move(Move calldata message, bytes[] calldata signatures) external {
        _requireMoveSigned(message, signatures);
        Scheme storage scheme = _scheme(message.scheme);
        _requireNotFarAhead(message.nonce);

        // All coupons in `from` are emptied before any in `to` is created, so a Move cannot spend what it creates.
        uint256 count = message.from.length;
        uint32[] memory amounts = new uint32[](count);
        for (uint256 i = 0; i < count; i++) {
            address from = message.from[i];
            Coupon storage coupon = coupons[from];
            if (coupon.scheme != message.scheme) revert CouponUnknown(message.scheme, from);
            if (coupon.moved) revert CouponMoved(from);
            if (message.nonce <= coupon.lastNonce) revert CodeAlreadyUsed(from, message.nonce, coupon.lastNonce);
            amounts[i] = coupon.remaining;
            coupons[from] = Coupon({scheme: message.scheme, remaining: 0, lastNonce: message.nonce, moved: true});
        }
        for (uint256 i = 0; i < count; i++) {
            address to = message.to[i];
            if (coupons[to].scheme != 0) revert CouponExists(to);
            address origin = _origin(message.from[i]);
            movedTo[origin] = to;
            if (to == address(0)) {
                scheme.issued -= amounts[i];
            } else {
                origins[to] = origin;
                coupons[to] = Coupon({scheme: message.scheme, remaining: amounts[i], lastNonce: 0, moved: false});
            }
        }
        emit Moved(message.scheme, message.nonce, message.from, message.to, amounts);
    }

    // ---------------------------------------------------------------- decisions

    /// @inheritdoc IVoucherLedger
    function execute(Decision calldata decision, bytes[] calldata approvals) external {
        bytes32 id = Messages.hash(decision);
        uint8 capacity = _capacity(decision.call);
        uint256 needed = _stops(decision.call) ? 1 : 2;
        if (approvals.length < needed) revert ApprovalsMissing(approvals.length, needed);
        bytes32 digest = _hashTypedDataV4(id);
        address[] memory signers = new address[](approvals.length);
        address previous = address(0);
        for (uint256 i = 0; i < approvals.length; i++) {
            address signer = Signatures.signerOf(digest, approvals[i]);
            if (signer <= previous) revert ApprovalsNotAscending(previous, signer);
            if (officials[signer] & capacity == 0) revert NotAuthorised(signer);
            signers[i] = previous = signer;
        }
        if (block.timestamp > decision.validUntil) revert DecisionExpired(decision.validUntil, block.timestamp);
        if (decision.validUntil > block.timestamp + DECISION_AHEAD) {
            revert DecisionTooLong(decision.validUntil, block.timestamp + DECISION_AHEAD);
        }
        bytes32 subject = _requireOpenDecision(decision, id);

        decisionNonces[subject] = decision.nonce;
        emit DecisionExecuted(id, decision.call, decision.validUntil, decision.nonce, signers);
        Address.functionCall(address(this), decision.call);
    }

    /// @inheritdoc IVoucherLedger
    function cancel(Decision calldata decision, bytes calldata signature) external {
        bytes32 id = Messages.hash(decision);
        address signer = Signatures.signerOf(_hashTypedDataV4(id), signature);
        if (officials[signer] & _capacity(decision.call) == 0) revert NotAuthorised(signer);
        _requireOpenDecision(decision, id);

        cancelled[id] = true;
        emit DecisionCancelled(id, decision.call, decision.validUntil, decision.nonce, signer);
    }

    // ---------------------------------------------------------------- governed: rules

    /// @inheritdoc IVoucherLedger
    function openScheme(uint16 scheme, uint40 opens, uint40 closes, uint256 permitted, uint256 excluded)
        external
        governed
    {
        if (scheme == 0) revert CallInvalid();
        if (schemes[scheme].closes != 0) revert SchemeExists(scheme);
        _setRules(schemes[scheme], opens, closes, permitted, excluded);
        emit SchemeOpened(scheme, opens, closes, permitted, excluded);
    }

    /// @inheritdoc IVoucherLedger
    function setRules(uint16 scheme, uint40 opens, uint40 closes, uint256 permitted, uint256 excluded)
        external
        governed
    {
        Scheme storage current = _scheme(scheme);
        if (current.closed) revert SchemeAlreadyClosed(scheme);
        _setRules(current, opens, closes, permitted, excluded);
        emit RulesSet(scheme, opens, closes, permitted, excluded);
    }

    /// @inheritdoc IVoucherLedger
    function closeScheme(uint16 scheme) external governed {
        Scheme storage current = _scheme(scheme);
        if (current.closed) revert SchemeAlreadyClosed(scheme);
        current.closed = true;
        if (block.timestamp < current.closes) current.closes = uint40(block.timestamp);
        emit SchemeClosed(scheme, current.closes);
    }

    /// @inheritdoc IVoucherLedger
    function setPaused(uint16 scheme, bool paused) external governed {
        _scheme(scheme).paused = paused;
        emit PausedSet(scheme, paused);
    }

    /// @inheritdoc IVoucherLedger
    function setCategories(bytes32 sha256OfTable) external governed {
        categoriesSha256 = sha256OfTable;
        emit CategoriesSet(sha256OfTable);
    }

    // ---------------------------------------------------------------- governed: shops, budget, officials

    /// @inheritdoc IVoucherLedger
    function setShop(uint32 shop, uint256 categories, address owner, bool admitted) external governed {
        if (shop == 0 || owner == address(0)) revert CallInvalid();
        Shop storage current = shops[shop];
        current.known = true;
        current.admitted = admitted;
        current.owner = owner;
        current.categories = categories;
        emit ShopSet(shop, categories, owner, admitted);
    }

    /// @inheritdoc IVoucherLedger
    function setSuspended(uint32 shop, bool suspended) external governed {
        if (!shops[shop].known) revert ShopUnknown(shop);
        shops[shop].suspended = suspended;
        emit SuspendedSet(shop, suspended);
    }

    /// @inheritdoc IVoucherLedger
    function fund(uint16 scheme, int64 amount) external governed {
        Scheme storage current = _scheme(scheme);
        int256 funded = int256(uint256(current.funded)) + amount;
        if (funded < int256(uint256(current.issued))) revert FundsTooLow(current.issued, funded);
        if (funded > int256(uint256(type(uint64).max))) revert CallInvalid();
        current.funded = uint64(uint256(funded));
        emit Funded(scheme, amount);
    }

    /// @inheritdoc IVoucherLedger
    function issue(uint16 scheme, uint32 value, address[] calldata newCoupons) external governed {
        Scheme storage current = _scheme(scheme);
        uint256 count = newCoupons.length;
        if (value == 0 || count == 0 || count > MAX_ISSUE) revert CallInvalid();
        uint256 issued = current.issued + count * value;
        if (issued > current.funded) revert FundsTooLow(issued, int256(uint256(current.funded)));

        current.issued = uint64(issued);
        for (uint256 i = 0; i < count; i++) {
            address coupon = newCoupons[i];
            if (coupon == address(0)) revert CallInvalid();
            if (coupons[coupon].scheme != 0) revert CouponExists(coupon);
            coupons[coupon] = Coupon({scheme: scheme, remaining: value, lastNonce: 0, moved: false});
        }
        emit Issued(scheme, value, newCoupons);
    }

    /// @inheritdoc IVoucherLedger
    function settle(uint32 batch, uint32[] calldata paidShops, int64[] calldata amounts, bytes32 sha256OfLines)
        external
        governed
    {
        uint256 count = paidShops.length;
        if (batch == 0 || sha256OfLines == 0) revert CallInvalid();
        if (count == 0 || count > MAX_LINES || count != amounts.length) revert CallInvalid();
        if (batches[batch] != 0) revert BatchExists(batch);

        batches[batch] = sha256OfLines;
        int64[] memory settled = new int64[](count);
        for (uint256 i = 0; i < count; i++) {
            Shop storage shop = shops[paidShops[i]];
            int64 amount = amounts[i];
            if (!shop.known) revert ShopUnknown(paidShops[i]);
            if (amount == 0) revert AmountZero();
            if (amount < -shop.settled) revert SettlementTooHigh(paidShops[i], amount, -shop.settled);
            int64 most = shop.owed > 0 ? shop.owed : int64(0);
            if (amount > most) amount = most;
            settled[i] = amount;
            shop.owed -= amount;
            shop.settled += amount;
        }
        emit Settled(batch, paidShops, settled, sha256OfLines);
    }

    /// @inheritdoc IVoucherLedger
    function setOfficial(address official, uint8 capacities) external governed {
        uint8 lost = officials[official] & ~capacities;
        _setCapacities(official, capacities);
        for (uint8 capacity = RULES; capacity <= REGISTER; capacity <<= 1) {
            if (lost & capacity != 0) _requireHolders(capacity);
        }
    }

    // ---------------------------------------------------------------- checks and state changes

    function _requireOpen(uint16 scheme, uint40 opens, uint40 closes) private view {
        if (block.timestamp < opens || block.timestamp >= closes) revert SchemeNotOpen(scheme, opens, closes);
    }

    function _requireCategories(uint256 categories, uint256 permitted, uint256 excluded) private pure {
        if (categories & permitted == 0 || categories & excluded != 0) {
            revert CategoryNotPermitted(categories, permitted, excluded);
        }
    }

    /// @dev Debits `wanted` from the coupons in order; with `rest`, the lowest of `wanted`, the maximum and what is
    /// available. Every listed coupon gets the nonce, also one that is debited zero, so a code works once. A coupon
    /// that is listed twice fails the nonce check the second time.
    function _debit(Spend calldata spend, uint32 wanted, bool rest)
        private
        returns (uint32 amount, uint32[] memory debits)
    {
        uint256 count = spend.coupons.length;
        uint256 available = 0;
        for (uint256 i = 0; i < count; i++) {
            Coupon storage coupon = coupons[spend.coupons[i]];
            if (coupon.scheme != spend.scheme) revert CouponUnknown(spend.scheme, spend.coupons[i]);
            available += coupon.remaining;
        }
        _requireNotFarAhead(spend.nonce);
        amount = wanted;
        if (rest && amount > spend.maxAmount) amount = spend.maxAmount;
        if (rest && amount > available) amount = uint32(available);

        debits = new uint32[](count);
        uint32 open = amount;
        for (uint256 i = 0; i < count; i++) {
            Coupon storage coupon = coupons[spend.coupons[i]];
            (uint32 remaining, uint40 last, bool moved) = (coupon.remaining, coupon.lastNonce, coupon.moved);
            if (spend.nonce <= last) revert CodeAlreadyUsed(spend.coupons[i], spend.nonce, last);
            uint32 debit = remaining < open ? remaining : open;
            debits[i] = debit;
            open -= debit;
            coupons[spend.coupons[i]] =
                Coupon({scheme: spend.scheme, remaining: remaining - debit, lastNonce: spend.nonce, moved: moved});
        }
        if (amount == 0 || open != 0) revert BudgetTooLow(wanted, available);
    }

    /// @dev The issued coupon from which a coupon's money came, before all moves; an issued coupon itself.
    function _origin(address coupon) private view returns (address origin) {
        origin = origins[coupon];
        if (origin == address(0)) origin = coupon;
    }

    function _setRules(Scheme storage scheme, uint40 opens, uint40 closes, uint256 permitted, uint256 excluded)
        private
    {
        if (opens >= closes) revert CallInvalid();
        scheme.opens = opens;
        scheme.closes = closes;
        scheme.permitted = permitted;
        scheme.excluded = excluded;
    }

    function _setCapacities(address official, uint8 capacities) private {
        if (official == address(0) || capacities >= REGISTER << 1) revert CallInvalid();
        uint8 before = officials[official];
        officials[official] = capacities;
        for (uint8 capacity = RULES; capacity <= REGISTER; capacity <<= 1) {
            if (before & capacity != 0) holders[capacity]--;
            if (capacities & capacity != 0) holders[capacity]++;
        }
        emit OfficialSet(official, capacities);
    }

    function _requireHolders(uint8 capacity) private view {
        uint256 needed = capacity == OFFICIALS ? 3 : 2;
        if (holders[capacity] < needed) revert HoldersTooFew(capacity, holders[capacity], needed);
    }

    function _scheme(uint16 id) private view returns (Scheme storage scheme) {
        scheme = schemes[id];
        if (scheme.closes == 0) revert SchemeUnknown(id);
    }

    function _capacity(bytes calldata call) private pure returns (uint8) {
        if (call.length < 36) revert CallInvalid();
        bytes4 selector = bytes4(call);
        if (
            selector == this.openScheme.selector || selector == this.setRules.selector
                || selector == this.closeScheme.selector || selector == this.setPaused.selector
                || selector == this.setCategories.selector
        ) return RULES;
        if (selector == this.setShop.selector || selector == this.setSuspended.selector) return SHOPS;
        if (selector == this.fund.selector) return BUDGET;
        if (selector == this.issue.selector) return ISSUE;
        if (selector == this.settle.selector) return PAYOUT;
        if (selector == this.setOfficial.selector) return OFFICIALS;
        revert FunctionNotGoverned(selector);
    }

    /// @dev Stopping payments, of a scheme or to a shop, is urgent and takes one official; resuming takes two.
    function _stops(bytes calldata call) private pure returns (bool) {
        bytes4 selector = bytes4(call);
        return (selector == this.setPaused.selector || selector == this.setSuspended.selector) && call.length == 68
            && uint256(bytes32(call[36:])) == 1;
    }

    // ---------------------------------------------------------------- nonces and signatures

    function _requireOpenDecision(Decision calldata decision, bytes32 id) private view returns (bytes32 subject) {
        if (cancelled[id]) revert DecisionAlreadyCancelled(id);
        subject = keccak256(decision.call[:36]);
        _requireNewer(decision.nonce, decisionNonces[subject]);
    }

    function _requireNewer(uint40 nonce, uint40 last) private view {
        if (nonce <= last) revert NonceTooOld(nonce, last);
        _requireNotFarAhead(nonce);
    }

    /// @dev Accepting a nonce far in the future would make all lower nonces unusable.
    function _requireNotFarAhead(uint40 nonce) private view {
        if (nonce > block.timestamp + NONCE_AHEAD) revert NonceTooFarAhead(nonce, block.timestamp + NONCE_AHEAD);
    }

    function _requireSpendSigned(Spend calldata spend, bytes[] calldata signatures, bytes32 claimed) private view {
        uint256 count = spend.coupons.length;
        if (count == 0 || count > MAX_BUNDLE || count != signatures.length) {
            revert BundleInvalid(count, signatures.length);
        }
        bytes32 id = Messages.hash(spend);
        if (claimed != id) revert ClaimForOtherSpend(claimed, id);
        bytes32 digest = _hashTypedDataV4(id);
        for (uint256 i = 0; i < count; i++) {
            Signatures.verify(digest, signatures[i], spend.coupons[i]);
        }
    }

    function _requireMoveSigned(Move calldata message, bytes[] calldata signatures) private view {
        uint256 count = message.from.length;
        if (count == 0 || count > MAX_MOVE || count != message.to.length || signatures.length < count) {
            revert BundleInvalid(count, signatures.length);
        }
        bytes32 digest = _hashTypedDataV4(Messages.hash(message));
        uint256 next = count;
        for (uint256 i = 0; i < count; i++) {
            Signatures.verify(digest, signatures[i], message.from[i]);
            if (message.to[i] == address(0)) continue;
            if (next == signatures.length) revert BundleInvalid(count, signatures.length);
            Signatures.verify(digest, signatures[next++], message.to[i]);
        }
        if (next != signatures.length) revert BundleInvalid(count, signatures.length);
    }
}
