package app

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/ethereum/go-ethereum/common"

	abci "github.com/cometbft/cometbft/abci/types"
	"github.com/cometbft/cometbft/proto/tendermint/crypto"
	"github.com/cosmos/evm/x/vm/statedb"
	vmtypes "github.com/cosmos/evm/x/vm/types"

	storetypes "github.com/cosmos/cosmos-sdk/store/v2/types"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"kindpakket-node/parties"
)

// applied is what the node did last with the register: its revision, and the keys with a vote.
type applied struct {
	Revision common.Hash `json:"revision"`
	Keys     [][]byte    `json:"keys"`
}

var appliedKey = []byte("applied")

// applyRegister makes the validators and the permitted senders those of the register, and returns how the validators
// change. It does nothing when the register did not change.
func (a *App) applyRegister(ctx sdk.Context) ([]abci.ValidatorUpdate, error) {
	store := ctx.KVStore(a.keys[storeKey])
	var last applied
	if stored := store.Get(appliedKey); stored != nil {
		if err := json.Unmarshal(stored, &last); err != nil {
			return nil, err
		}
	}
	now := applied{Revision: a.revision(ctx)}
	if now.Revision == last.Revision {
		return nil, nil
	}
	network, err := a.network(ctx)
	if err != nil {
		return nil, err
	}
	for _, party := range network.Parties {
		now.Keys = append(now.Keys, bytes.Clone(party.Key[:]))
	}
	slices.SortFunc(now.Keys, bytes.Compare)
	stored, err := json.Marshal(now)
	if err != nil {
		return nil, err
	}
	store.Set(appliedKey, stored)
	return difference(last.Keys, now.Keys), a.permit(ctx, network.Senders())
}

// difference tells CometBFT who gets a vote and who loses it. Every vote is worth 1.
func difference(before, after [][]byte) []abci.ValidatorUpdate {
	var updates []abci.ValidatorUpdate
	add := func(key []byte, power int64) {
		updates = append(updates, abci.ValidatorUpdate{
			PubKey: crypto.PublicKey{Sum: &crypto.PublicKey_Ed25519{Ed25519: key}}, Power: power,
		})
	}
	for _, key := range before {
		if !contains(after, key) {
			add(key, 0)
		}
	}
	for _, key := range after {
		if !contains(before, key) {
			add(key, 1)
		}
	}
	return updates
}

func contains(keys [][]byte, key []byte) bool {
	return slices.ContainsFunc(keys, func(each []byte) bool { return bytes.Equal(each, key) })
}

// permit makes these the only senders. Their accounts are created, because the pool takes one transaction at a time
// from an account that does not exist.
func (a *App) permit(ctx sdk.Context, senders []common.Address) error {
	params := a.evm.GetParams(ctx)
	permitted := make([]string, len(senders))
	for i, sender := range senders {
		a.createAccount(ctx, sender)
		permitted[i] = sender.Hex()
	}
	params.AccessControl.Create = vmtypes.AccessControlType{
		AccessType: vmtypes.AccessTypePermissioned, AccessControlList: permitted,
	}
	return a.evm.SetParams(ctx, params)
}

// requireVersion stops the node at a block that its build cannot run.
func (a *App) requireVersion(ctx sdk.Context) error {
	network, err := a.network(ctx)
	if err != nil {
		return err
	}
	asked := network.VersionAt(uint64(ctx.BlockHeight()))
	if !slices.Contains(a.settings.Versions, asked) {
		a.settings.Stop(fmt.Sprintf("Stopped before block %d: the parties run version %q from there on, and this "+
			"node runs %q. Start a node of that version on the same directory.", ctx.BlockHeight(), asked, a.settings.Versions))
	}
	return nil
}

// recordEvidence writes into the register which validators signed two blocks at one height.
func (a *App) recordEvidence(ctx sdk.Context) error {
	evidence := ctx.CometInfo().GetEvidence()
	for i := range evidence.Len() {
		each := evidence.Get(i)
		data, err := parties.ABI.Pack("recordEvidence", common.BytesToAddress(each.Validator().Address()),
			uint64(each.Height()), uint64(each.Time().Unix()))
		if err != nil {
			return err
		}
		if _, err := a.callAsNode(ctx, &parties.Address, data, true); err != nil {
			return fmt.Errorf("record evidence: %w", err)
		}
	}
	return nil
}

// revision is slot 0 of the register.
func (a *App) revision(ctx sdk.Context) common.Hash {
	return a.evm.GetState(ctx, parties.Address, common.Hash{})
}

// network is the register, read once for each revision.
func (a *App) network(ctx sdk.Context) (parties.Network, error) {
	revision := a.revision(ctx)
	if a.register != nil && common.BigToHash(a.register.Revision) == revision {
		return *a.register, nil
	}
	data, err := parties.ABI.Pack("network")
	if err != nil {
		return parties.Network{}, err
	}
	answer, err := a.callAsNode(ctx, &parties.Address, data, false)
	if err != nil {
		return parties.Network{}, fmt.Errorf("read the register: %w", err)
	}
	network, err := parties.DecodeNetwork(answer)
	if err == nil {
		a.register = &network
	}
	return network, err
}

// isParty says whether an account is that of a party, by the last block. Before the first one every founder is; so is
// it when the register cannot be read, since a node without the others is worse than a reader too many.
func (a *App) isParty(account common.Address) bool {
	if a.LastBlockHeight() == 0 {
		return true
	}
	network, err := a.network(a.lastState(a.Logger()))
	return err != nil || slices.ContainsFunc(network.Parties, func(party parties.Party) bool {
		return party.Account == account
	})
}

// callAsNode runs a call outside any transaction, and returns its answer.
func (a *App) callAsNode(ctx sdk.Context, to *common.Address, data []byte, commit bool) ([]byte, error) {
	ctx = ctx.WithGasMeter(storetypes.NewInfiniteGasMeter())
	state := statedb.New(ctx, a.evm, statedb.NewEmptyTxConfig())
	answer, err := a.evm.CallEVMWithData(ctx, state, parties.Node, to, data, commit, false, nil)
	if err != nil {
		return nil, err
	}
	return answer.Ret, nil
}
