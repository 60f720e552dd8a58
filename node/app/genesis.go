package app

import (
	"encoding/json"
	"fmt"

	"github.com/ethereum/go-ethereum/common"

	abci "github.com/cometbft/cometbft/abci/types"
	"github.com/cosmos/evm/x/feemarket"
	feemarkettypes "github.com/cosmos/evm/x/feemarket/types"
	vmtypes "github.com/cosmos/evm/x/vm/types"

	"cosmossdk.io/math"

	sdk "github.com/cosmos/cosmos-sdk/types"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"
	banktypes "github.com/cosmos/cosmos-sdk/x/bank/types"

	"kindpakket-node/parties"
)

// Genesis is the application's part of the genesis.
type Genesis struct {
	Version string          `json:"version"`
	Parties []parties.Party `json:"parties"`
}

// denom is the unit in which the virtual machine counts balances. None exists and none can be made.
const denom = "none"

func (a *App) initChain(ctx sdk.Context, req *abci.RequestInitChain) (*abci.ResponseInitChain, error) {
	var genesis Genesis
	if err := json.Unmarshal(req.AppStateBytes, &genesis); err != nil {
		return nil, fmt.Errorf("read the genesis: %w", err)
	}
	a.accounts.InitGenesis(ctx, *authtypes.DefaultGenesisState())
	coins := banktypes.DefaultGenesisState()
	coins.DenomMetadata = []banktypes.Metadata{{
		Base: denom, Display: "unit", Name: denom, Symbol: denom,
		DenomUnits: []*banktypes.DenomUnit{{Denom: denom, Exponent: 0}, {Denom: "unit", Exponent: 18}},
	}}
	a.bank.InitGenesis(ctx, coins)
	feemarket.InitGenesis(ctx, a.feeMarket, feemarkettypes.GenesisState{Params: withoutFees()})
	a.createAccount(ctx, parties.Node)
	a.evmModule.InitGenesis(ctx, a.encoding.Codec, a.encoding.Codec.MustMarshalJSON(machineGenesis()))

	creation, err := parties.Creation(genesis.Parties, genesis.Version)
	if err != nil {
		return nil, err
	}
	if _, err := a.callAsNode(ctx, nil, creation, true); err != nil {
		return nil, fmt.Errorf("deploy the register of parties: %w", err)
	}
	updates, err := a.applyRegister(ctx)
	return &abci.ResponseInitChain{Validators: updates}, err
}

func withoutFees() feemarkettypes.Params {
	market := feemarkettypes.DefaultParams()
	market.NoBaseFee = true
	market.BaseFee = math.LegacyZeroDec()
	market.MinGasPrice = math.LegacyZeroDec()
	market.MinGasMultiplier = math.LegacyZeroDec()
	return market
}

// machineGenesis is a virtual machine without any contract. It lacks that of EIP-2935 (hashes of earlier blocks in the
// state), which would change the state at every block, as endBlock says.
func machineGenesis() *vmtypes.GenesisState {
	genesis := vmtypes.DefaultGenesisState()
	genesis.Params.EvmDenom = denom
	genesis.Params.ExtendedDenomOptions = &vmtypes.ExtendedDenomOptions{ExtendedDenom: denom}
	genesis.Params.AccessControl.Create = vmtypes.AccessControlType{
		AccessType:        vmtypes.AccessTypePermissioned,
		AccessControlList: []string{parties.Node.Hex()},
	}
	return genesis
}

func (a *App) createAccount(ctx sdk.Context, address common.Address) {
	if !a.accounts.HasAccount(ctx, address.Bytes()) {
		a.accounts.SetAccount(ctx, a.accounts.NewAccountWithAddress(ctx, address.Bytes()))
	}
}
