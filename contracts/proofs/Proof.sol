// SPDX-License-Identifier: EUPL-1.2
pragma solidity 0.8.37;

import {Messages} from "../Messages.sol";
import {VoucherLedger} from "../VoucherLedger.sol";
import {IVoucherLedger} from "../interfaces/IVoucherLedger.sol";

/// @notice Cheat codes of Halmos.
interface Vm {
    function assume(bool condition) external pure;
    function prank(address sender) external;
}

/// @notice Cheat codes of Halmos.
interface Svm {
    function enableSymbolicStorage(address account) external;
}

/// @title Proof
/// @notice Base of the proofs: a ledger in an arbitrary state, for one call with arbitrary arguments.
/// @dev Parameters of a `check_` function and the ledger's storage are symbolic. An `assert` that Halmos proves holds
/// for all of their values. Calls that revert change nothing; their paths are discarded.
abstract contract Proof {
    Vm internal constant VM = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
    Svm internal constant SVM = Svm(address(uint160(uint256(keccak256("svm cheat code")))));

    /// @notice A coupon of the ledger, with its origin and the coupon to which the origin's money was moved.
    struct Coupon {
        uint16 scheme;
        uint32 remaining;
        uint40 lastNonce;
        bool moved;
        address origin;
        address current;
    }

    struct Scheme {
        uint256 spent;
        uint256 refunded;
        uint256 funded;
        uint256 issued;
    }

    struct Shop {
        int256 owed;
        int256 settled;
    }

    VoucherLedger internal ledger;

    function setUp() public {
        address[] memory first = new address[](3);
        uint8[] memory capacities = new uint8[](3);
        for (uint160 i = 0; i < 3; i++) {
            (first[i], capacities[i]) = (address(i + 1), 127);
        }
        ledger = new VoucherLedger(first, capacities);
        SVM.enableSymbolicStorage(address(ledger));
    }

    // ---------------------------------------------------------------- the state

    function couponOf(address id) internal view returns (Coupon memory coupon) {
        (coupon.scheme, coupon.remaining, coupon.lastNonce, coupon.moved) = ledger.coupons(id);
        coupon.origin = ledger.origins(id);
        coupon.origin = coupon.origin == address(0) ? id : coupon.origin;
        coupon.current = ledger.movedTo(coupon.origin);
    }

    function schemeOf(uint16 id) internal view returns (Scheme memory scheme) {
        (,,,, scheme.spent, scheme.refunded,,, scheme.funded, scheme.issued) = ledger.schemes(id);
    }

    function shopOf(uint32 id) internal view returns (Shop memory shop) {
        (,,,, shop.owed, shop.settled,,) = ledger.shops(id);
    }

    function remainingOf(address coupon) internal view returns (uint256 remaining) {
        (, remaining,,) = ledger.coupons(coupon);
    }

    function equal(Coupon memory a, Coupon memory b) internal pure returns (bool) {
        return keccak256(abi.encode(a)) == keccak256(abi.encode(b));
    }

    // ---------------------------------------------------------------- invariants of the state

    /// @dev The invariant on which refunds rely, for one address: the zero address is no coupon; a moved coupon is
    /// empty; the money of a moved coupon is on a coupon of the same scheme and origin, or was given back. Written
    /// without branches, since each would double the number of paths.
    function isSound(address id) internal view returns (bool) {
        Coupon memory coupon = couponOf(id);
        Coupon memory origin = couponOf(coupon.origin);
        Coupon memory current = couponOf(coupon.current);
        uint256 unknown = bit(coupon.scheme == 0) & bit(coupon.origin == id) & bit(!coupon.moved)
            & bit(coupon.remaining == 0) & bit(coupon.lastNonce == 0);
        uint256 related = bit(origin.scheme == coupon.scheme) & bit(origin.origin == coupon.origin);
        uint256 unmoved = bit(coupon.origin == id) & bit(coupon.current == address(0));
        uint256 here = bit(!coupon.moved) & (bit(coupon.current == id) | unmoved);
        uint256 there = bit(current.scheme == coupon.scheme) & bit(!current.moved) & bit(current.origin == coupon.origin);
        uint256 gone = bit(coupon.moved) & bit(coupon.remaining == 0) & (there | bit(coupon.current == address(0)));
        uint256 known = bit(id != address(0)) & bit(coupon.scheme != 0) & related & (here | gone);
        return (unknown | known) == 1;
    }

    /// @dev Scheme ids start at 1, so a coupon of scheme 0 does not exist.
    function isSchemeZeroUnknown() internal view returns (bool) {
        (, uint40 closes,,,,,,,,) = ledger.schemes(0);
        return closes == 0;
    }

    /// @dev `&` and `|` of bits, unlike `&&` and `||`, do not branch.
    function bit(bool value) internal pure returns (uint256 one) {
        assembly ("memory-safe") {
            one := value
        }
    }

    // ---------------------------------------------------------------- signatures

    function signer(bytes32 structHash, bytes calldata signature) internal view returns (address) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Kindpakket"),
                keccak256("1"),
                block.chainid,
                address(ledger)
            )
        );
        (bytes32 r, uint256 vs) = abi.decode(signature, (bytes32, uint256));
        bytes32 digest = keccak256(abi.encodePacked(hex"1901", domain, structHash));
        return ecrecover(digest, uint8(27 + (vs >> 255)), r, bytes32(vs & (type(uint256).max >> 1)));
    }
}
