// SPDX-License-Identifier: EUPL-1.2
pragma solidity 0.8.37;

import {Proof} from "./Proof.sol";

/// @title Settle
/// @notice Properties of any single call of `settle` with one or two lines.
contract Settle is Proof {
    /// @notice The sum of a shop's `owed` and `settled` is unchanged. No more is settled than was owed, and no more is
    /// returned than was settled.
    /// @custom:halmos --array-lengths shops={1,2},amounts={1,2}
    function check_settle_conserves_what_shops_had(
        uint32 batch,
        uint32[] calldata shops,
        int64[] calldata amounts,
        bytes32 sha256OfLines,
        uint32 any
    ) external {
        Shop memory before = shopOf(any);
        bool settledBefore = ledger.batches(batch) != 0;

        VM.prank(address(ledger));
        ledger.settle(batch, shops, amounts, sha256OfLines);

        Shop memory later = shopOf(any);
        unchecked {
            assert(later.owed + later.settled == before.owed + before.settled);
        }
        assert(bit(later.settled <= before.settled) | bit(later.owed >= 0) == 1);
        assert(bit(later.settled >= before.settled) | bit(later.settled >= 0) == 1);
        uint256 named = bit(shops[0] == any) | bit(shops[shops.length - 1] == any);
        assert(named | bit(later.owed == before.owed) == 1);
        assert(!settledBefore);
        assert(ledger.batches(batch) == sha256OfLines);
        assert(sha256OfLines != 0);
    }

    /// @notice No coupon and no scheme changes.
    /// @custom:halmos --array-lengths shops={1,2},amounts={1,2}
    function check_settle_changes_nothing_else(
        uint32 batch,
        uint32[] calldata shops,
        int64[] calldata amounts,
        bytes32 sha256OfLines,
        address coupon,
        uint16 scheme
    ) external {
        bytes32 before = keccak256(abi.encode(couponOf(coupon), schemeOf(scheme)));
        VM.prank(address(ledger));
        ledger.settle(batch, shops, amounts, sha256OfLines);
        assert(keccak256(abi.encode(couponOf(coupon), schemeOf(scheme))) == before);
    }

    /// @notice Only the ledger itself can call `settle`, from `execute`.
    /// @custom:halmos --array-lengths shops={1,2},amounts={1,2}
    function check_settle_is_governed(
        address sender,
        uint32 batch,
        uint32[] calldata shops,
        int64[] calldata amounts,
        bytes32 sha256OfLines
    ) external {
        VM.assume(sender != address(ledger));
        VM.prank(sender);
        try ledger.settle(batch, shops, amounts, sha256OfLines) {
            assert(false);
        } catch {}
    }
}
