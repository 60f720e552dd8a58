package main

import (
	evmrpc "github.com/cosmos/evm/rpc"
	"github.com/cosmos/evm/rpc/backend"
	"github.com/cosmos/evm/rpc/stream"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/rpc"

	"github.com/cosmos/cosmos-sdk/client"
	"github.com/cosmos/cosmos-sdk/server"
)

// ownAPI is the namespace of JSON-RPC with what only this node knows.
const ownAPI = "kindpakket"

type own struct{ validator common.Address }

// Validator is what blocks that this node proposes have as their miner. Its method is kindpakket_validator.
func (o own) Validator() common.Address { return o.validator }

func serveOwn(validator common.Address) error {
	return evmrpc.RegisterAPINamespace(ownAPI,
		func(*server.Context, client.Context, *stream.RPCStream, backend.BackendI) []rpc.API {
			return []rpc.API{{Namespace: ownAPI, Service: own{validator}}}
		})
}
