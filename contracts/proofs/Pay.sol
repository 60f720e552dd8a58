// SPDX-License-Identifier: EUPL-1.2
pragma solidity 0.8.37;

import {IVoucherLedger, Messages, Proof} from "./Proof.sol";

/// @title Pay
/// @notice Properties of any single call of `pay` with one or two coupons.
contract Pay is Proof {
    /// @notice The amount that leaves the coupons is added to `spent` of their scheme and to `owed` of the shop.
    /// @custom:halmos --array-lengths spend.coupons={1,2},signatures={1,2}
    function check_pay_conserves_the_totals(
        IVoucherLedger.Spend calldata spend,
        bytes[] calldata signatures,
        IVoucherLedger.Claim calldata claim,
        bytes calldata tillSignature
    ) external {
        uint256 left = _left(spend.coupons);
        Scheme memory scheme = schemeOf(spend.scheme);
        Shop memory shop = shopOf(claim.shop);

        bytes32 payment = ledger.pay(spend, signatures, claim, tillSignature);

        (address first, uint32 paid, uint32 amount, uint32 refunded) = ledger.payments(payment);
        assert(first == spend.coupons[0]);
        assert(paid == claim.shop);
        assert(amount > 0);
        assert(refunded == 0);
        assert(spend.coupons.length == 1 || spend.coupons[0] != spend.coupons[1]);
        unchecked {
            assert(_left(spend.coupons) + amount == left);
            scheme.spent += amount;
            shop.owed += int256(uint256(amount));
        }
        assert(keccak256(abi.encode(schemeOf(spend.scheme))) == keccak256(abi.encode(scheme)));
        assert(keccak256(abi.encode(shopOf(claim.shop))) == keccak256(abi.encode(shop)));
    }

    /// @notice No coupon, scheme or shop other than those of the message changes. A coupon changes only if it signed
    /// the Spend, and for a nonce above its last.
    /// @custom:halmos --array-lengths spend.coupons=1,signatures=1
    function check_pay_debits_only_who_signed(
        IVoucherLedger.Spend calldata spend,
        bytes[] calldata signatures,
        IVoucherLedger.Claim calldata claim,
        bytes calldata tillSignature,
        address coupon
    ) external {
        Coupon memory before = couponOf(coupon);

        ledger.pay(spend, signatures, claim, tillSignature);

        Coupon memory later = couponOf(coupon);
        bool signed = false;
        for (uint256 i = 0; i < spend.coupons.length; i++) {
            if (spend.coupons[i] == coupon) signed = signer(Messages.hash(spend), signatures[i]) == coupon;
        }
        if (!signed) {
            assert(equal(before, later));
            return;
        }
        assert(before.scheme == spend.scheme);
        assert(before.lastNonce < spend.nonce);
        assert(later.lastNonce == spend.nonce);
        assert(later.remaining <= before.remaining);
        (before.remaining, before.lastNonce) = (later.remaining, later.lastNonce);
        assert(equal(before, later));
    }

    /// @notice Only an admitted shop of the scheme's categories is paid, to a claim by one of its active tills, for a
    /// valid Spend that allows this shop, at most its maximum.
    /// @custom:halmos --array-lengths spend.coupons=1,signatures=1
    function check_pay_keeps_the_rules_of_the_scheme(
        IVoucherLedger.Spend calldata spend,
        bytes[] calldata signatures,
        IVoucherLedger.Claim calldata claim,
        bytes calldata tillSignature
    ) external {
        (uint40 opens, uint40 closes, bool paused,,,, uint256 permitted, uint256 excluded,,) =
            ledger.schemes(spend.scheme);
        (bool known, bool admitted, bool suspended,,,,, uint256 categories) = ledger.shops(claim.shop);

        bytes32 payment = ledger.pay(spend, signatures, claim, tillSignature);

        assert(categories & permitted != 0);
        assert(categories & excluded == 0);
        assert(known);
        assert(admitted);
        assert(!suspended);
        assert(!paused);
        assert(opens <= block.timestamp);
        assert(block.timestamp < closes);
        assert(spend.shop == 0 || spend.shop == claim.shop);
        assert(block.timestamp <= spend.validUntil);
        (uint32 shop, bool active) = ledger.tills(signer(payment, tillSignature));
        assert(shop == claim.shop);
        assert(active);
        (,, uint32 amount,) = ledger.payments(payment);
        assert(payment == Messages.hash(claim));
        assert(claim.spend == Messages.hash(spend));
        assert(amount <= spend.maxAmount);
        assert(amount <= claim.amount);
        assert(claim.rest || amount == claim.amount);
    }

    /// @notice No scheme or shop other than those of the message changes.
    /// @custom:halmos --array-lengths spend.coupons=1,signatures=1
    function check_pay_changes_no_other_total(
        IVoucherLedger.Spend calldata spend,
        bytes[] calldata signatures,
        IVoucherLedger.Claim calldata claim,
        bytes calldata tillSignature,
        uint16 scheme,
        uint32 shop
    ) external {
        bytes32 before = keccak256(abi.encode(schemeOf(scheme), shopOf(shop)));
        VM.assume(scheme != spend.scheme);
        VM.assume(shop != claim.shop);
        ledger.pay(spend, signatures, claim, tillSignature);
        assert(keccak256(abi.encode(schemeOf(scheme), shopOf(shop))) == before);
    }

    function _left(address[] calldata coupons) private view returns (uint256 sum) {
        for (uint256 i = 0; i < coupons.length; i++) {
            unchecked {
                sum += remainingOf(coupons[i]);
            }
        }
    }
}
