package app

import (
	"context"
	"errors"

	evmaddress "github.com/cosmos/evm/encoding/address"

	"cosmossdk.io/core/address"

	sdk "github.com/cosmos/cosmos-sdk/types"
	stakingtypes "github.com/cosmos/cosmos-sdk/x/staking/types"
)

// proposers stands where the virtual machine expects a staking module. It only says who proposed a block: the `miner`
// of a block is the address of its proposer's consensus key.
type proposers struct{}

func (proposers) GetValidatorByConsAddr(_ context.Context, key sdk.ConsAddress) (stakingtypes.Validator, error) {
	return stakingtypes.Validator{OperatorAddress: sdk.ValAddress(key).String()}, nil
}

func (proposers) ValidatorAddressCodec() address.Codec {
	return evmaddress.NewEvmCodec(sdk.GetConfig().GetBech32ValidatorAddrPrefix())
}

func (proposers) GetHistoricalInfo(context.Context, int64) (stakingtypes.HistoricalInfo, error) {
	return stakingtypes.HistoricalInfo{}, errors.New("there is no staking")
}

func (proposers) BondDenom(context.Context) (string, error) {
	return denom, nil
}
