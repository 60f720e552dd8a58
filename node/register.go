package main

import (
	"context"
	"crypto/ecdsa"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common/hexutil"
	ethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/ethclient"
	"github.com/ethereum/go-ethereum/rpc"

	"kindpakket-node/parties"
)

const (
	defaultNode = "http://127.0.0.1:8545"
	patience    = 30 * time.Second
	changeGas   = 10_000_000 // a party with 8 relays takes half a million
)

// register is the register of parties, by the JSON-RPC of a node.
type register struct {
	*ethclient.Client
}

// withRegister connects to a node for as long as a command takes.
func withRegister(url string, use func(context.Context, *register) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	connected, err := ethclient.DialContext(ctx, url)
	if err != nil {
		return err
	}
	defer connected.Close()
	return use(ctx, &register{connected})
}

func (r *register) network(ctx context.Context) (parties.Network, error) {
	data, err := parties.ABI.Pack("network")
	if err != nil {
		return parties.Network{}, err
	}
	answer, err := r.CallContract(ctx, ethereum.CallMsg{To: &parties.Address, Data: data}, nil)
	if err != nil {
		return parties.Network{}, err
	}
	return parties.DecodeNetwork(answer)
}

// send sends a call of a party account to the register, and returns the block that holds it.
func (r *register) send(ctx context.Context, key *ecdsa.PrivateKey, data []byte) (uint64, error) {
	account := crypto.PubkeyToAddress(key.PublicKey)
	call := ethereum.CallMsg{From: account, To: &parties.Address, Data: data, Gas: changeGas}
	if _, err := r.CallContract(ctx, call, nil); err != nil {
		return 0, refusal(err)
	}
	chain, err := r.ChainID(ctx)
	if err != nil {
		return 0, err
	}
	nonce, err := r.PendingNonceAt(ctx, account)
	if err != nil {
		return 0, err
	}
	signed, err := ethtypes.SignNewTx(key, ethtypes.LatestSignerForChainID(chain), &ethtypes.LegacyTx{
		Nonce: nonce, To: &parties.Address, Gas: changeGas, GasPrice: new(big.Int), Data: data,
	})
	if err != nil {
		return 0, err
	}
	if err := r.SendTransaction(ctx, signed); err != nil {
		return 0, err
	}
	return r.settled(ctx, signed)
}

func (r *register) settled(ctx context.Context, sent *ethtypes.Transaction) (uint64, error) {
	for {
		receipt, err := r.TransactionReceipt(ctx, sent.Hash())
		switch {
		case err == nil && receipt.Status == ethtypes.ReceiptStatusSuccessful:
			return receipt.BlockNumber.Uint64(), nil
		case err == nil:
			return 0, fmt.Errorf("block %d refused it: another change came first", receipt.BlockNumber)
		}
		select {
		case <-ctx.Done():
			return 0, fmt.Errorf("no block holds %s yet; `change list` shows it when one does", sent.Hash().Hex())
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// refusal names the register's error in an answer of a node.
func refusal(err error) error {
	var answer rpc.DataError
	if !errors.As(err, &answer) {
		return err
	}
	text, _ := answer.ErrorData().(string)
	data, decodeErr := hexutil.Decode(text)
	if decodeErr != nil || len(data) < 4 {
		return err
	}
	for _, each := range parties.ABI.Errors {
		if [4]byte(each.ID[:4]) == [4]byte(data[:4]) {
			values, _ := each.Inputs.Unpack(data[4:]) // shown when they can be read
			return fmt.Errorf("the register refuses it: %s %v", each.Name, values)
		}
	}
	return err
}
