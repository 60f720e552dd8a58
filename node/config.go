package main

import (
	"os"
	"path/filepath"
	"strings"
	"time"

	cmtconfig "github.com/cometbft/cometbft/config"
	"github.com/spf13/viper"

	"github.com/cosmos/cosmos-sdk/client/flags"

	"kindpakket-node/founding"
)

// addressesToListen are each host:port.
type addressesToListen struct {
	p2p, jsonRPC, rpc, metrics string
}

// config returns CometBFT's settings. A block is made when there is something for it, and each second; the timeouts
// suit parties within one country.
func (h home) config(network founding.Network, listen addressesToListen) (*cmtconfig.Config, error) {
	peers, err := h.peers(network)
	if err != nil {
		return nil, err
	}
	key, err := h.consensusKey(keyInUse)
	if err != nil {
		return nil, err
	}
	root, err := filepath.Abs(string(h))
	if err != nil {
		return nil, err
	}
	config := cmtconfig.DefaultConfig()
	config.SetRoot(root)
	config.NodeKey = "keys/node.json"
	config.PrivValidatorKey = "keys/consensus.json"
	config.PrivValidatorState = signedFile(key)

	config.P2P.ListenAddress = "tcp://" + listen.p2p
	config.P2P.PersistentPeers = strings.Join(peers, ",")
	config.P2P.PexReactor = false // a node connects to nodes that its party named, and to no others
	config.P2P.AllowDuplicateIP = true
	config.P2P.AddrBookStrict = false
	config.P2P.FlushThrottleTimeout = 2 * time.Millisecond
	config.FilterPeers = true
	config.RPC.ListenAddress = "tcp://" + listen.rpc
	config.Instrumentation.Prometheus = true
	config.Instrumentation.PrometheusListenAddr = listen.metrics

	config.Consensus.TimeoutPropose = 400 * time.Millisecond
	config.Consensus.TimeoutPrevote = 100 * time.Millisecond
	config.Consensus.TimeoutPrecommit = 100 * time.Millisecond
	config.Consensus.TimeoutCommit = 20 * time.Millisecond
	config.Consensus.PeerGossipSleepDuration = 10 * time.Millisecond // by default votes wait up to 100 ms at each hop
	config.Consensus.CreateEmptyBlocks = false
	config.Consensus.CreateEmptyBlocksInterval = time.Second
	for _, directory := range []string{"config", "data"} {
		if err := os.MkdirAll(h.path(directory), 0o700); err != nil {
			return nil, err
		}
	}
	return config, config.ValidateBasic()
}

// options are the settings of the application and of JSON-RPC, by the names that the packages read.
func options(h home, network founding.Network, listen addressesToListen) *viper.Viper {
	values := viper.New()
	for name, value := range map[string]any{
		flags.FlagHome:             string(h),
		flags.FlagChainID:          network.ChainID,
		"minimum-gas-prices":       "0none",
		"pruning":                  "default",
		"mempool.max-txs":          -1, // the server takes this for "CometBFT has a list of transactions"
		"evm.evm-chain-id":         network.EVMChainID,
		"json-rpc.enable":          true,
		"json-rpc.api":             []string{"eth", "net", "web3", ownAPI},
		"json-rpc.address":         listen.jsonRPC,
		"json-rpc.ws-address":      "127.0.0.1:0",
		"json-rpc.enable-indexer":  true,
		"json-rpc.metrics-address": "127.0.0.1:0",
	} {
		values.Set(name, value)
	}
	return values
}
