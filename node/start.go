package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"

	cmtconfig "github.com/cometbft/cometbft/config"
	"github.com/cometbft/cometbft/crypto/ed25519"
	cmttypes "github.com/cometbft/cometbft/types"
	dbm "github.com/cosmos/cosmos-db"
	evmserver "github.com/cosmos/evm/server"
	"github.com/ethereum/go-ethereum/common"
	"github.com/rs/zerolog"
	"github.com/spf13/cobra"
	"github.com/spf13/viper"

	"cosmossdk.io/log/v2"

	"github.com/cosmos/cosmos-sdk/client"
	"github.com/cosmos/cosmos-sdk/server"
	servertypes "github.com/cosmos/cosmos-sdk/server/types"

	"kindpakket-node/app"
	"kindpakket-node/founding"
)

func startCommand(at func() home) *cobra.Command {
	var listen addressesToListen
	var level string
	command := &cobra.Command{
		Use:   "start",
		Short: "Run the node",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			parsed, err := zerolog.ParseLevel(level)
			if err != nil {
				return err
			}
			return start(at(), listen, log.NewLogger(os.Stderr, log.LevelOption(parsed)))
		},
	}
	flags := command.Flags()
	flags.StringVar(&listen.p2p, "p2p", "0.0.0.0:26656", "where the other nodes connect")
	flags.StringVar(&listen.jsonRPC, "json-rpc", "127.0.0.1:8545", "where servers and commands connect")
	flags.StringVar(&listen.rpc, "rpc", "127.0.0.1:26657", "CometBFT's RPC, with /health and /status")
	flags.StringVar(&listen.metrics, "metrics", "127.0.0.1:26660", "Prometheus metrics")
	flags.StringVar(&level, "log-level", "error", "error, warn, info or debug")
	return command
}

// start runs the node until it is told to stop.
func start(h home, listen addressesToListen, logger log.Logger) error {
	file, err := founding.Read[founding.File](h.path("founding.json"))
	if err != nil {
		return err
	}
	missing, err := file.Verify()
	if err != nil {
		return err
	}
	if err := notSigned(missing); err != nil {
		return err
	}
	if err := h.requireSigned(); err != nil {
		return err
	}
	key, err := h.consensusKey(keyInUse)
	if err != nil {
		return err
	}
	if err := serveOwn(key.Validator()); err != nil {
		return err
	}
	config, err := h.config(file.Network, listen)
	if err != nil {
		return err
	}
	if err := writeGenesis(config, file.Network); err != nil {
		return err
	}
	fmt.Printf("%s: version %s, JSON-RPC at http://%s\n", file.Network.ChainID, versions, listen.jsonRPC)
	return run(h, config, options(h, file.Network, listen), file.Network, logger)
}

// writeGenesis makes the genesis of the founding file. It is the same at every party.
func writeGenesis(config *cmtconfig.Config, network founding.Network) error {
	state := app.Genesis{Version: network.Version}
	genesis := cmttypes.GenesisDoc{
		ChainID:         network.ChainID,
		GenesisTime:     network.GenesisTime,
		InitialHeight:   1,
		ConsensusParams: cmttypes.DefaultConsensusParams(),
	}
	genesis.ConsensusParams.Block.MaxGas = int64(network.MaxGas)
	for _, party := range network.Parties {
		state.Parties = append(state.Parties, party.Party)
		genesis.Validators = append(genesis.Validators, cmttypes.GenesisValidator{
			PubKey: ed25519.PubKey(party.Key[:]), Power: 1, Name: party.Name,
		})
	}
	var err error
	if genesis.AppState, err = json.Marshal(state); err != nil {
		return err
	}
	if err := genesis.ValidateAndComplete(); err != nil {
		return err
	}
	return genesis.SaveAs(config.GenesisFile())
}

// run starts CometBFT, the application and JSON-RPC in this process, by the command of cosmos/evm.
func run(h home, config *cmtconfig.Config, values *viper.Viper, network founding.Network, logger log.Logger) error {
	settings := app.Settings{
		ChainID:    network.ChainID,
		EVMChainID: network.EVMChainID,
		MaxGas:     network.MaxGas,
		Versions:   known(),
		Peers:      func(isParty func(common.Address) bool) []string { return peerIDs(h, network, isParty) },
		Stop: func(reason string) {
			fmt.Fprintln(os.Stderr, reason)
			os.Exit(exitVersion)
		},
	}
	creator := func(logger log.Logger, db dbm.DB, options servertypes.AppOptions) evmserver.Application {
		return app.New(logger, db, options, settings)
	}
	command := evmserver.StartCmd(evmserver.NewDefaultStartOptions(creator, string(h)))
	clientContext := app.ClientContext(network.EVMChainID).WithHomeDir(string(h)).WithChainID(network.ChainID).
		WithViper("")
	ctx := context.WithValue(context.Background(), client.ClientContextKey, &clientContext)
	command.SetContext(context.WithValue(ctx, server.ServerContextKey, server.NewContext(values, config, logger)))
	if err := command.PreRunE(command, nil); err != nil {
		return err
	}
	return command.RunE(command, nil)
}

// exitVersion is the exit code of a node that cannot run the version that the parties decided.
const exitVersion = 3

// peerIDs reads the peers at every connection, so that a party can add one without a restart. A founder that left is
// one only if the file peers names it.
func peerIDs(h home, network founding.Network, isParty func(common.Address) bool) []string {
	network.Parties = slices.DeleteFunc(slices.Clone(network.Parties), func(party founding.Party) bool {
		return !isParty(party.Account)
	})
	peers, err := h.peers(network)
	if err != nil {
		return nil
	}
	for i, peer := range peers {
		peers[i], _, _ = strings.Cut(peer, "@")
	}
	return peers
}
