// SPDX-License-Identifier: EUPL-1.2
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

import {IVoucherLedger} from "./interfaces/IVoucherLedger.sol";

/// @title Signatures
/// @notice Verifies ECDSA signatures in the compact form of EIP-2098: 64 bytes, low-s only.
library Signatures {
    function verify(bytes32 digest, bytes calldata signature, address expected) internal pure {
        if (signerOf(digest, signature) != expected) revert IVoucherLedger.SignatureInvalid(expected);
    }

    function signerOf(bytes32 digest, bytes calldata signature) internal pure returns (address signer) {
        if (signature.length != 64) revert IVoucherLedger.SignatureInvalid(address(0));
        ECDSA.RecoverError failure;
        (bytes32 r, bytes32 vs) = abi.decode(signature, (bytes32, bytes32));
        (signer, failure,) = ECDSA.tryRecover(digest, r, vs);
        if (failure != ECDSA.RecoverError.NoError) revert IVoucherLedger.SignatureInvalid(address(0));
    }
}
