// SPDX-License-Identifier: EUPL-1.2
pragma solidity 0.8.37;

import {IVoucherLedger, Messages, Proof} from "./Proof.sol";

/// @title Refund
/// @notice Properties of any single call of `refund`, given the invariant for the payment's coupon.
contract Refund is Proof {
    /// @notice The amount subtracted from the shop's `owed` is added to one coupon, or subtracted from `issued` when
    /// that coupon was given back.
    function check_refund_conserves_the_totals(IVoucherLedger.Refund calldata message, bytes calldata signature)
        external
    {
        (address first,,,) = ledger.payments(message.payment);
        VM.assume(isSound(first));
        Coupon memory coupon = couponOf(first);
        VM.assume(coupon.scheme != 0);
        address target = coupon.moved ? coupon.current : first;
        uint256 remaining = remainingOf(target);
        Scheme memory scheme = schemeOf(coupon.scheme);
        Shop memory shop = shopOf(message.shop);

        ledger.refund(message, signature);

        uint256 amount = message.amount;
        unchecked {
            scheme.refunded += amount;
            if (target == address(0)) scheme.issued -= amount;
            else remaining += amount;
            shop.owed -= int256(amount);
        }
        assert(remainingOf(target) == remaining);
        (uint16 its,,, bool moved) = ledger.coupons(target);
        assert(bit(target == address(0)) | (bit(its == coupon.scheme) & bit(!moved)) == 1);
        assert(keccak256(abi.encode(schemeOf(coupon.scheme))) == keccak256(abi.encode(scheme)));
        assert(keccak256(abi.encode(shopOf(message.shop))) == keccak256(abi.encode(shop)));
    }

    /// @notice No coupon is debited, and only the coupon that is credited changes. A payment is refunded by an active
    /// till of the shop that was paid, at most its full amount, once for each message.
    function check_refund_debits_no_coupon(
        IVoucherLedger.Refund calldata message,
        bytes calldata signature,
        address any
    ) external {
        (address first, uint32 shop, uint32 amount, uint32 refunded) = ledger.payments(message.payment);
        Coupon memory coupon = couponOf(first);
        Coupon memory before = couponOf(any);
        bytes32 id = Messages.hash(message);
        bool done = ledger.refunds(id);

        ledger.refund(message, signature);

        if (any == (coupon.moved ? coupon.current : first) && any != address(0)) before.remaining += message.amount;
        assert(equal(couponOf(any), before));
        assert(!done);
        assert(ledger.refunds(id));
        assert(shop == message.shop);
        (address first_, uint32 shop_, uint32 amount_, uint32 refunded_) = ledger.payments(message.payment);
        assert(first_ == first);
        assert(shop_ == shop);
        assert(amount_ == amount);
        unchecked {
            assert(uint256(refunded_) == uint256(refunded) + message.amount);
        }
        assert(refunded_ <= amount);
        (uint32 owner, bool active) = ledger.tills(signer(id, signature));
        assert(owner == shop);
        assert(active);
        assert(block.timestamp <= message.validUntil);
    }

    /// @notice No scheme or shop other than those of the payment changes.
    function check_refund_changes_no_other_total(
        IVoucherLedger.Refund calldata message,
        bytes calldata signature,
        uint16 scheme,
        uint32 shop
    ) external {
        (address first,,,) = ledger.payments(message.payment);
        VM.assume(scheme != couponOf(first).scheme);
        VM.assume(shop != message.shop);
        bytes32 before = keccak256(abi.encode(schemeOf(scheme), shopOf(shop)));
        ledger.refund(message, signature);
        assert(keccak256(abi.encode(schemeOf(scheme), shopOf(shop))) == before);
    }
}
