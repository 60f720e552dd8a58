package app

import (
	"errors"
	"fmt"
	"slices"

	"github.com/ethereum/go-ethereum/common"

	evmante "github.com/cosmos/evm/ante"
	evmchecks "github.com/cosmos/evm/ante/evm"
	vmtypes "github.com/cosmos/evm/x/vm/types"

	sdk "github.com/cosmos/cosmos-sdk/types"
	authante "github.com/cosmos/cosmos-sdk/x/auth/ante"
)

// ethereumExtension marks a transaction of the Cosmos SDK that wraps one of Ethereum.
const ethereumExtension = "/cosmos.evm.vm.v1.ExtensionOptionsEthereumTx"

var errOnlyEthereum = errors.New("only Ethereum transactions are accepted")

// ante checks a transaction before it is proposed and before it is carried out. Transactions cost nothing, so that one of
// a sender whom the register does not name is refused here, and never takes room in a block.
func (a *App) ante(ctx sdk.Context, tx sdk.Tx, simulate bool) (sdk.Context, error) {
	if err := a.requireSender(ctx, tx); err != nil {
		return ctx, err
	}
	vmParams := a.evm.GetParams(ctx)
	marketParams := a.feeMarket.GetParams(ctx)
	return sdk.ChainAnteDecorators(
		evmchecks.NewEVMMonoDecorator(a.accounts, a.feeMarket, a.evm, 0, &vmParams, &marketParams),
		evmante.NewTxListenerDecorator(a.tellListeners),
	)(ctx, tx, simulate)
}

func (a *App) requireSender(ctx sdk.Context, tx sdk.Tx) error {
	message, err := ethereumMessage(tx)
	if err != nil {
		return err
	}
	sender := common.BytesToAddress(message.GetFrom()).Hex()
	if !slices.Contains(a.evm.GetParams(ctx).AccessControl.Create.AccessControlList, sender) {
		return fmt.Errorf("%s may not send transactions: it is no party account and no relay", sender)
	}
	return nil
}

func ethereumMessage(tx sdk.Tx) (*vmtypes.MsgEthereumTx, error) {
	extended, ok := tx.(authante.HasExtensionOptionsTx)
	if !ok {
		return nil, errOnlyEthereum
	}
	options := extended.GetExtensionOptions()
	if len(options) != 1 || options[0].GetTypeUrl() != ethereumExtension || len(tx.GetMsgs()) != 1 {
		return nil, errOnlyEthereum
	}
	message, ok := tx.GetMsgs()[0].(*vmtypes.MsgEthereumTx)
	if !ok {
		return nil, errOnlyEthereum
	}
	return message, nil
}

func (a *App) tellListeners(hash common.Hash) {
	for _, listener := range a.listeners {
		listener(hash)
	}
}
