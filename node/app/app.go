// Package app is the application that CometBFT replicates: an Ethereum virtual machine without staking, tokens or
// prices, whose validators and senders are those that the register of parties names.
package app

import (
	"errors"
	"slices"

	dbm "github.com/cosmos/cosmos-db"
	"github.com/ethereum/go-ethereum/common"

	abci "github.com/cometbft/cometbft/abci/types"
	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"
	"github.com/cosmos/evm/encoding"
	evmaddress "github.com/cosmos/evm/encoding/address"
	evmserver "github.com/cosmos/evm/server"
	feemarketkeeper "github.com/cosmos/evm/x/feemarket/keeper"
	feemarkettypes "github.com/cosmos/evm/x/feemarket/types"
	"github.com/cosmos/evm/x/vm"
	vmkeeper "github.com/cosmos/evm/x/vm/keeper"
	vmtypes "github.com/cosmos/evm/x/vm/types"
	corevm "github.com/ethereum/go-ethereum/core/vm"

	"cosmossdk.io/log/v2"

	"github.com/cosmos/cosmos-sdk/baseapp"
	"github.com/cosmos/cosmos-sdk/client"
	"github.com/cosmos/cosmos-sdk/runtime"
	"github.com/cosmos/cosmos-sdk/server"
	"github.com/cosmos/cosmos-sdk/server/api"
	serverconfig "github.com/cosmos/cosmos-sdk/server/config"
	servertypes "github.com/cosmos/cosmos-sdk/server/types"
	storetypes "github.com/cosmos/cosmos-sdk/store/v2/types"
	sdk "github.com/cosmos/cosmos-sdk/types"
	sdkmempool "github.com/cosmos/cosmos-sdk/types/mempool"
	authkeeper "github.com/cosmos/cosmos-sdk/x/auth/keeper"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"
	bankkeeper "github.com/cosmos/cosmos-sdk/x/bank/keeper"
	banktypes "github.com/cosmos/cosmos-sdk/x/bank/types"
	consensuskeeper "github.com/cosmos/cosmos-sdk/x/consensus/keeper"
	consensustypes "github.com/cosmos/cosmos-sdk/x/consensus/types"

	"kindpakket-node/parties"
)

// Settings are what a node has to know of its network to run the application.
type Settings struct {
	ChainID    string
	EVMChainID uint64
	MaxGas     uint64   // of a block
	Versions   []string // that this build can run
	Peers      Peers
	Stop       func(reason string) // must not return
}

// Peers returns the ids of the nodes that may connect now. It is told who is a party.
type Peers func(isParty func(common.Address) bool) []string

const storeKey = "parties"

// App is the application of one node.
type App struct {
	*baseapp.BaseApp
	settings  Settings
	encoding  encoding.Config
	keys      map[string]*storetypes.KVStoreKey
	accounts  authkeeper.AccountKeeper
	bank      bankkeeper.BaseKeeper
	consensus consensuskeeper.Keeper
	feeMarket feemarketkeeper.Keeper
	evm       *vmkeeper.Keeper
	evmModule vm.AppModule
	pool      *pool
	listeners []func(common.Hash)
	register  *parties.Network // as of its revision
}

// New returns the application on a database, at its last block.
func New(logger log.Logger, db dbm.DB, options servertypes.AppOptions, settings Settings) *App {
	config := makeEncoding(settings.EVMChainID)
	base := baseapp.NewBaseApp("kindpakket", logger, db, config.TxConfig.TxDecoder(), server.DefaultBaseappOptions(options)...)
	base.SetInterfaceRegistry(config.InterfaceRegistry)
	base.SetTxEncoder(config.TxConfig.TxEncoder())
	a := &App{BaseApp: base, settings: settings, encoding: config}
	a.makeKeepers(logger)

	vmtypes.RegisterMsgServer(a.MsgServiceRouter(), a.evm)
	vmtypes.RegisterQueryServer(a.GRPCQueryRouter(), a.evm)
	feemarkettypes.RegisterQueryServer(a.GRPCQueryRouter(), a.feeMarket)
	authtypes.RegisterQueryServer(a.GRPCQueryRouter(), authkeeper.NewQueryServer(a.accounts))
	consensustypes.RegisterQueryServer(a.GRPCQueryRouter(), a.consensus)

	a.SetInitChainer(a.initChain)
	a.SetPreBlocker(a.preBlock)
	a.SetBeginBlocker(a.beginBlock)
	a.SetEndBlocker(a.endBlock)
	a.SetAnteHandler(a.ante)
	a.SetIDPeerFilter(a.filterPeer)
	a.makePool(logger, options)
	if err := a.LoadLatestVersion(); err != nil {
		panic(err)
	}
	a.restoreGlobals(logger)
	return a
}

// restoreGlobals sets the variables of the process that the machine's module sets at genesis. Without it a node that was
// started again would answer no calls until its next block.
func (a *App) restoreGlobals(logger log.Logger) {
	a.evmModule.HydrateGlobals(a.lastState(logger))
}

// lastState is the state after the last block, also before this process has made one.
func (a *App) lastState(logger log.Logger) sdk.Context {
	header := cmtproto.Header{Height: a.LastBlockHeight()}
	return sdk.NewContext(a.CommitMultiStore().CacheMultiStore(), header, true, logger)
}

// makeKeepers makes the modules. Their authority is Node, which cannot sign a message.
func (a *App) makeKeepers(logger log.Logger) {
	a.keys = storetypes.NewKVStoreKeys(authtypes.StoreKey, banktypes.StoreKey, consensuskeeper.StoreKey,
		feemarkettypes.StoreKey, vmtypes.StoreKey, storeKey)
	objects := storetypes.NewObjectStoreKeys(vmtypes.ObjectKey)
	a.MountKVStores(a.keys)
	a.MountObjectStores(objects)
	var all []storetypes.StoreKey
	for _, key := range a.keys {
		all = append(all, key)
	}

	codec := a.encoding.Codec
	authority := sdk.AccAddress(parties.Node.Bytes())
	prefix := sdk.GetConfig().GetBech32AccountAddrPrefix()
	a.consensus = consensuskeeper.NewKeeper(codec, runtime.NewKVStoreService(a.keys[consensuskeeper.StoreKey]),
		authority.String(), runtime.EventService{})
	a.SetParamStore(a.consensus.ParamsStore)
	a.accounts = authkeeper.NewAccountKeeper(codec, runtime.NewKVStoreService(a.keys[authtypes.StoreKey]),
		authtypes.ProtoBaseAccount, map[string][]string{
			authtypes.FeeCollectorName: nil,
			vmtypes.ModuleName:         {authtypes.Minter, authtypes.Burner},
		}, evmaddress.NewEvmCodec(prefix), prefix, authority.String())
	a.bank = bankkeeper.NewBaseKeeper(codec, runtime.NewKVStoreService(a.keys[banktypes.StoreKey]), a.accounts,
		map[string]bool{}, authority.String(), logger)
	a.feeMarket = feemarketkeeper.NewKeeper(codec, authority, a.keys[feemarkettypes.StoreKey])
	a.evm = vmkeeper.NewKeeper(codec, a.keys[vmtypes.StoreKey], objects[vmtypes.ObjectKey], all, authority,
		a.accounts, a.bank, proposers{}, a.feeMarket, a.consensus, nil, a.settings.EVMChainID, "").
		WithStaticPrecompiles(corevm.PrecompiledContractsPrague)
	a.evmModule = vm.NewAppModule(a.evm, a.accounts, a.bank, a.accounts.AddressCodec())
}

func (a *App) preBlock(ctx sdk.Context, _ *abci.RequestFinalizeBlock) (*sdk.ResponsePreBlock, error) {
	if _, err := a.evmModule.PreBlock(ctx); err != nil {
		return nil, err
	}
	return &sdk.ResponsePreBlock{}, a.requireVersion(ctx)
}

func (a *App) beginBlock(ctx sdk.Context) (sdk.BeginBlock, error) {
	if err := a.evm.BeginBlock(ctx); err != nil {
		return sdk.BeginBlock{}, err
	}
	return sdk.BeginBlock{Events: ctx.EventManager().ABCIEvents()}, a.recordEvidence(ctx)
}

// endBlock leaves out the fee market's part: there are no fees, and what it writes would change the state at every
// block, so that CometBFT proposes the next block at once, without end.
func (a *App) endBlock(ctx sdk.Context) (sdk.EndBlock, error) {
	if err := a.evm.EndBlock(ctx); err != nil {
		return sdk.EndBlock{}, err
	}
	updates, err := a.applyRegister(ctx)
	return sdk.EndBlock{ValidatorUpdates: updates, Events: ctx.EventManager().ABCIEvents()}, err
}

// filterPeer refuses nodes that this party has not named, and those of founders that left.
func (a *App) filterPeer(id string) *abci.ResponseQuery {
	if slices.Contains(a.settings.Peers(a.isParty), id) {
		return &abci.ResponseQuery{}
	}
	return &abci.ResponseQuery{Code: 1, Log: "this node is not among the named peers"}
}

// ClientContext is what JSON-RPC needs to encode and decode.
func ClientContext(evmChainID uint64) client.Context {
	config := makeEncoding(evmChainID)
	return client.Context{}.WithCodec(config.Codec).WithInterfaceRegistry(config.InterfaceRegistry).
		WithTxConfig(config.TxConfig).WithLegacyAmino(config.Amino).
		WithAccountRetriever(authtypes.AccountRetriever{})
}

func makeEncoding(evmChainID uint64) encoding.Config {
	config := encoding.MakeConfig(evmChainID)
	vmtypes.RegisterInterfaces(config.InterfaceRegistry)
	authtypes.RegisterInterfaces(config.InterfaceRegistry)
	return config
}

// GetMempool returns the pool of transactions.
func (a *App) GetMempool() sdkmempool.ExtMempool { return a.pool }

// RegisterPendingTxListener has a function called with the hash of every transaction that enters the pool.
func (a *App) RegisterPendingTxListener(listener func(common.Hash)) {
	a.listeners = append(a.listeners, listener)
}

// Close stops the pool and closes the databases.
func (a *App) Close() error {
	return errors.Join(a.pool.Close(), a.BaseApp.Close())
}

// The services of the Cosmos SDK other than JSON-RPC are left out.

// RegisterAPIRoutes offers no REST routes.
func (a *App) RegisterAPIRoutes(*api.Server, serverconfig.APIConfig) {}

// RegisterTxService offers no transactions of the Cosmos SDK. It is where the server hands over CometBFT's client.
func (a *App) RegisterTxService(ctx client.Context) { a.pool.comet = ctx.Client }

// RegisterTendermintService offers no second way to CometBFT's RPC.
func (a *App) RegisterTendermintService(client.Context) {}

// RegisterNodeService offers no settings over RPC.
func (a *App) RegisterNodeService(client.Context, serverconfig.Config) {}

var _ evmserver.Application = (*App)(nil)
