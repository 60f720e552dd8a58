// SPDX-License-Identifier: EUPL-1.2
pragma solidity 0.8.37;

import {IVoucherLedger, Messages, Proof} from "./Proof.sol";

/// @title Move
/// @notice Properties of any single call of `move` with one coupon.
contract Move is Proof {
    /// @notice The amount that leaves the coupons is on the new ones, or is subtracted from `issued`.
    /// @custom:halmos --array-lengths message.from=1,message.to=1,signatures={1,2}
    function check_move_conserves_the_totals(IVoucherLedger.Move calldata message, bytes[] calldata signatures)
        external
    {
        VM.assume(isSchemeZeroUnknown());
        VM.assume(isSound(address(0)));
        uint256 left = _sum(message.from);
        Scheme memory scheme = schemeOf(message.scheme);
        uint256 before = left;

        ledger.move(message, signatures);

        assert(message.from.length == 1 || message.from[0] != message.from[1]);
        assert(_sum(message.from) == 0);
        uint256 put = _sum(message.to);
        Scheme memory later = schemeOf(message.scheme);
        unchecked {
            assert(put + (scheme.issued - later.issued) == before);
        }
        assert(later.issued <= scheme.issued);
        later.issued = scheme.issued;
        assert(keccak256(abi.encode(later)) == keccak256(abi.encode(scheme)));
    }

    /// @notice A coupon changes only if it signed the Move. It is then permanently emptied, for a nonce above its last,
    /// or created.
    /// @custom:halmos --array-lengths message.from=1,message.to=1,signatures={1,2}
    function check_move_debits_only_who_signed(
        IVoucherLedger.Move calldata message,
        bytes[] calldata signatures,
        address any
    ) external {
        VM.assume(isSchemeZeroUnknown());
        (uint16 scheme, uint32 remaining, uint40 last, bool moved) = ledger.coupons(any);

        ledger.move(message, signatures);

        (uint16 scheme_, uint32 remaining_, uint40 last_, bool moved_) = ledger.coupons(any);
        bool same = scheme == scheme_ && remaining == remaining_ && last == last_ && moved == moved_;
        if (same) return;
        bool signed = false;
        for (uint256 i = 0; i < signatures.length; i++) {
            if (signer(Messages.hash(message), signatures[i]) == any) signed = true;
        }
        assert(signed);
        assert(scheme_ == message.scheme);
        if (scheme == 0) {
            assert(last_ == 0);
            assert(!moved_);
        } else {
            assert(scheme == scheme_);
            assert(!moved);
            assert(moved_);
            assert(remaining_ == 0);
            assert(last < message.nonce);
            assert(last_ == message.nonce);
        }
    }

    /// @notice Preserves the invariant on which refunds rely, for any address.
    /// @dev The solver did not finish, so `make prove` leaves it out: `make prove PROVE="--function slow_"`.
    /// @custom:halmos --array-lengths message.from=1,message.to=1,signatures={1,2}
    function slow_move_keeps_the_state_sound(
        IVoucherLedger.Move calldata message,
        bytes[] calldata signatures,
        address any
    ) external {
        (address from, address to) = (message.from[0], message.to[0]);
        VM.assume(isSchemeZeroUnknown());
        VM.assume(isSound(address(0)));
        VM.assume(isSound(from));
        VM.assume(isSound(to));
        VM.assume(isSound(any));
        VM.assume(isSound(couponOf(from).origin));
        VM.assume(isSound(couponOf(any).origin));
        ledger.move(message, signatures);
        assert(isSound(any));
    }

    /// @notice No scheme other than the message's, and no shop, changes.
    /// @custom:halmos --array-lengths message.from=1,message.to=1,signatures={1,2}
    function check_move_changes_no_other_total(
        IVoucherLedger.Move calldata message,
        bytes[] calldata signatures,
        uint16 scheme,
        uint32 shop
    ) external {
        VM.assume(scheme != message.scheme);
        bytes32 before = keccak256(abi.encode(schemeOf(scheme), shopOf(shop)));
        ledger.move(message, signatures);
        assert(keccak256(abi.encode(schemeOf(scheme), shopOf(shop))) == before);
    }

    function _sum(address[] calldata ids) private view returns (uint256 sum) {
        for (uint256 i = 0; i < ids.length; i++) {
            unchecked {
                sum += remainingOf(ids[i]);
            }
        }
    }
}
