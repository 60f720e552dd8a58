// SPDX-License-Identifier: EUPL-1.2
pragma solidity 0.8.37;

import {IVoucherLedger} from "./interfaces/IVoucherLedger.sol";

/// @title Messages
/// @notice Struct hashes (EIP-712) of the signed messages. The struct hash is the id of a message.
library Messages {
    bytes32 private constant SPEND_TYPEHASH = keccak256(
        "Spend(uint16 scheme,uint32 shop,uint32 maxAmount,uint40 validUntil,uint40 nonce,address[] coupons)"
    );
    bytes32 private constant CLAIM_TYPEHASH =
        keccak256("Claim(bytes32 spend,uint32 shop,uint32 amount,bool rest,uint64 reference)");
    bytes32 private constant REFUND_TYPEHASH =
        keccak256("Refund(bytes32 payment,uint32 shop,uint32 amount,uint40 validUntil,uint64 reference)");
    bytes32 private constant TILL_CHANGE_TYPEHASH =
        keccak256("TillChange(uint32 shop,address till,bool active,uint40 nonce)");
    bytes32 private constant MOVE_TYPEHASH = keccak256("Move(uint16 scheme,uint40 nonce,address[] from,address[] to)");
    bytes32 private constant DECISION_TYPEHASH = keccak256("Decision(bytes call,uint40 validUntil,uint40 nonce)");

    function hash(IVoucherLedger.Spend calldata spend) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                SPEND_TYPEHASH,
                spend.scheme,
                spend.shop,
                spend.maxAmount,
                spend.validUntil,
                spend.nonce,
                keccak256(abi.encodePacked(spend.coupons))
            )
        );
    }

    function hash(IVoucherLedger.Claim calldata claim) internal pure returns (bytes32) {
        return keccak256(abi.encode(CLAIM_TYPEHASH, claim));
    }

    function hash(IVoucherLedger.Refund calldata message) internal pure returns (bytes32) {
        return keccak256(abi.encode(REFUND_TYPEHASH, message));
    }

    function hash(IVoucherLedger.TillChange calldata change) internal pure returns (bytes32) {
        return keccak256(abi.encode(TILL_CHANGE_TYPEHASH, change));
    }

    function hash(IVoucherLedger.Move calldata message) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                MOVE_TYPEHASH,
                message.scheme,
                message.nonce,
                keccak256(abi.encodePacked(message.from)),
                keccak256(abi.encodePacked(message.to))
            )
        );
    }

    function hash(IVoucherLedger.Decision calldata decision) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(DECISION_TYPEHASH, keccak256(decision.call), decision.validUntil, decision.nonce)
        );
    }
}
