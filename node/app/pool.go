package app

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"time"

	"github.com/ethereum/go-ethereum/core/txpool"

	abci "github.com/cometbft/cometbft/abci/types"
	"github.com/cometbft/cometbft/mempool"
	evmmempool "github.com/cosmos/evm/mempool"
	evmserver "github.com/cosmos/evm/server"

	"cosmossdk.io/log/v2"

	"github.com/cosmos/cosmos-sdk/baseapp"
	"github.com/cosmos/cosmos-sdk/client"
	servertypes "github.com/cosmos/cosmos-sdk/server/types"
	sdk "github.com/cosmos/cosmos-sdk/types"
	sdkmempool "github.com/cosmos/cosmos-sdk/types/mempool"
)

const checkTimeout = 5 * time.Second

// pool holds the transactions that wait for a block, and those with a later nonce until their turn. Proposals are made
// from it. CometBFT has a list of the same transactions: it sends them to the other nodes, and proposes a block at once
// when there is one, which it does not with a pool of the application alone.
type pool struct {
	*evmmempool.Mempool
	config client.TxConfig
	permit func(sdk.Tx) error
	comet  client.CometRPC
	blocks atomic.Int64 // since the start
}

// errNotReady is the answer until the second block after a start. The pool learns of the chain by blocks: before that it
// would refuse what it should take.
var errNotReady = errors.New("the node has just started, and waits for the next blocks")

func (a *App) makePool(logger log.Logger, options servertypes.AppOptions) {
	config := evmserver.ResolveMempoolConfig(a.ante, options, logger)
	config.BlockGasLimit = a.settings.MaxGas
	encoder := evmmempool.NewTxEncoder(a.encoding.TxConfig)
	made := evmmempool.NewMempool(a.CreateQueryContext, logger, a.evm, a.feeMarket, a.encoding.TxConfig,
		evmmempool.NewTxRechecker(a.ante, encoder), evmmempool.NewTxRechecker(a.ante, encoder), config, 0)
	a.pool = &pool{Mempool: made, config: a.encoding.TxConfig, permit: a.requireKnownSender}
	a.SetMempool(made)
	a.SetCheckTxHandler(a.pool.check)
	a.SetPrepareCheckStater(a.pool.countBlock)
	proposals := baseapp.NewDefaultProposalHandler(made, a)
	proposals.SetSignerExtractionAdapter(
		evmmempool.NewEthSignerExtractionAdapter(sdkmempool.NewDefaultSignerExtractionAdapter()))
	a.SetPrepareProposal(proposals.PrepareProposalHandler())
}

// Insert takes a transaction from JSON-RPC: by CometBFT's list, which asks check.
func (p *pool) Insert(ctx context.Context, tx sdk.Tx) error {
	if p.blocks.Load() < 2 {
		return errNotReady
	}
	encoded, err := p.config.TxEncoder()(tx)
	if err != nil {
		return err
	}
	answer, err := p.comet.BroadcastTxSync(ctx, encoded)
	switch {
	case err != nil && strings.Contains(err.Error(), mempool.ErrTxInCache.Error()):
		return txpool.ErrAlreadyKnown
	case err != nil:
		return err
	case answer.Code != abci.CodeTypeOK:
		return errors.New(answer.Log)
	}
	return nil
}

// check takes a transaction into the pool, or says why not. Asked again after a block, it says whether the pool still
// has it, so that CometBFT forgets what the pool dropped.
func (p *pool) check(_ sdk.RunTx, req *abci.RequestCheckTx) (*abci.ResponseCheckTx, error) {
	tx, err := p.config.TxDecoder()(req.Tx)
	if err != nil {
		return refuse(err), nil
	}
	if req.Type == abci.CheckTxType_Recheck {
		message, err := ethereumMessage(tx)
		if err != nil || !p.GetTxPool().Has(message.Hash()) {
			return refuse(errors.New("the pool dropped it")), nil
		}
		return &abci.ResponseCheckTx{}, nil
	}
	if err := p.permit(tx); err != nil {
		return refuse(err), nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), checkTimeout)
	defer cancel()
	if err := p.Mempool.Insert(ctx, tx); err != nil {
		return refuse(err), nil
	}
	return &abci.ResponseCheckTx{}, nil
}

func refuse(err error) *abci.ResponseCheckTx {
	return &abci.ResponseCheckTx{Code: 1, Log: err.Error()}
}

// countBlock is called after each block. It empties the list of transactions that the pool keeps for sending them to
// other nodes, which CometBFT does here.
func (p *pool) countBlock(sdk.Context) {
	p.blocks.Add(1)
	_, _ = p.ReapNewValidTxs(0, 0) // never fails
}

func (a *App) requireKnownSender(tx sdk.Tx) error {
	ctx, err := a.CreateQueryContext(0, false)
	if err != nil {
		return err
	}
	return a.requireSender(ctx, tx)
}
