package app

import (
	"crypto/ecdsa"
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	dbm "github.com/cosmos/cosmos-db"
	"github.com/ethereum/go-ethereum/common"
	ethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/spf13/viper"

	abci "github.com/cometbft/cometbft/abci/types"
	cmttypes "github.com/cometbft/cometbft/types"
	evmmempool "github.com/cosmos/evm/mempool"

	"cosmossdk.io/log/v2"

	"github.com/cosmos/cosmos-sdk/client/flags"
	banktypes "github.com/cosmos/cosmos-sdk/x/bank/types"

	"kindpakket-node/parties"
)

const evmChainID = 7701

var start = time.Unix(1_790_000_000, 0).UTC()

// network is an application with four parties, to which the test gives blocks.
type network struct {
	*testing.T
	app      *App
	accounts []*ecdsa.PrivateKey
	relay    *ecdsa.PrivateKey
	nonces   map[common.Address]uint64
	height   int64
	stopped  string
}

// The packages keep the settings of the chain in variables of the process, so that all tests share one application.
func TestTheNodeAppliesTheRegister(t *testing.T) {
	n := founded(t)
	for _, step := range []struct {
		name string
		run  func(*network)
	}{
		{"contracts recover who signed", (*network).signersAreRecovered},
		{"two of four change nothing", (*network).twoOfFourChangeNothing},
		{"three of four let a fifth party vote and send", (*network).aFifthJoins},
		{"who lost its place loses vote and permission", (*network).oneLeaves},
		{"a rotated key votes in the place of the old one", (*network).aKeyIsRotated},
		{"relays that were replaced send no longer", (*network).relaysAreReplaced},
		{"nobody else may send or create", (*network).strangersAreRefused},
		{"what is no Ethereum transaction is refused", (*network).otherTransactionsAreRefused},
		{"evidence is written into the register", (*network).evidenceIsRecorded},
		{"a block without a change writes nothing", (*network).anEmptyBlockChangesNothing},
		{"a version that this build lacks stops the node", (*network).anotherVersionStopsTheNode},
	} {
		if !t.Run(step.name, func(t *testing.T) { n.T = t; step.run(n) }) {
			return // each step goes on from the one before
		}
	}
}

func founded(t *testing.T) *network {
	t.Helper()
	n := &network{T: t, nonces: map[common.Address]uint64{}}
	options := viper.New()
	options.Set(flags.FlagHome, t.TempDir())
	options.Set(flags.FlagChainID, "test-1")
	options.Set("pruning", "nothing")
	n.app = New(log.NewNopLogger(), dbm.NewMemDB(), options, Settings{
		ChainID: "test-1", EVMChainID: evmChainID, MaxGas: 500_000_000, Versions: []string{"1"},
		Peers: func(isParty func(common.Address) bool) []string {
			named := []string{"named"}
			for i := range n.accounts {
				if isParty(n.account(i)) {
					named = append(named, fmt.Sprint("node ", i))
				}
			}
			return named
		},
		Stop: func(reason string) { n.stopped = reason },
	})
	n.relay = generated(t)
	genesis := Genesis{Version: "1"}
	for i := range 5 {
		n.accounts = append(n.accounts, generated(t))
		genesis.Parties = append(genesis.Parties, n.party(i))
	}
	genesis.Parties = genesis.Parties[:4]
	genesis.Parties[0].Relays = []common.Address{crypto.PubkeyToAddress(n.relay.PublicKey)}
	state, err := json.Marshal(genesis)
	if err != nil {
		t.Fatal(err)
	}
	params := cmttypes.DefaultConsensusParams().ToProto()
	answer, err := n.app.InitChain(&abci.RequestInitChain{
		ChainId: "test-1", Time: start, InitialHeight: 1, ConsensusParams: &params, AppStateBytes: state,
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := powers(answer.Validators); got != "01:1 02:1 03:1 04:1" {
		t.Fatal(got)
	}
	n.block()
	return n
}

func generated(t *testing.T) *ecdsa.PrivateKey {
	key, err := crypto.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func (n *network) party(i int) parties.Party {
	return parties.Party{
		Name: fmt.Sprintf("Partij %d", i+1), Account: n.account(i), Key: parties.Key{byte(i + 1)},
		Relays: []common.Address{},
	}
}

func (n *network) account(i int) common.Address {
	return crypto.PubkeyToAddress(n.accounts[i].PublicKey)
}

// transaction is one of Ethereum, as CometBFT carries it. It costs nothing.
func (n *network) transaction(key *ecdsa.PrivateKey, to *common.Address, data []byte) []byte {
	n.Helper()
	sender := crypto.PubkeyToAddress(key.PublicKey)
	signed, err := ethtypes.SignNewTx(key, ethtypes.LatestSignerForChainID(big.NewInt(evmChainID)), &ethtypes.LegacyTx{
		Nonce: n.nonces[sender], To: to, Gas: 5_000_000, GasPrice: new(big.Int), Data: data,
	})
	if err != nil {
		n.Fatal(err)
	}
	encoded, err := evmmempool.NewTxEncoder(n.app.encoding.TxConfig).EVMTx(signed)
	if err != nil {
		n.Fatal(err)
	}
	n.nonces[sender]++
	return encoded
}

// block makes a block of these transactions, and returns how the validators change. Every transaction is carried out.
func (n *network) block(transactions ...[]byte) string {
	n.Helper()
	answer := n.finalize(&abci.RequestFinalizeBlock{Txs: transactions})
	for _, result := range answer.TxResults {
		if result.Code != abci.CodeTypeOK {
			n.Fatal(result.Log)
		}
	}
	return powers(answer.ValidatorUpdates)
}

func (n *network) finalize(request *abci.RequestFinalizeBlock) *abci.ResponseFinalizeBlock {
	n.Helper()
	n.height++
	request.Height, request.Time = n.height, start.Add(time.Duration(n.height)*time.Second)
	request.ProposerAddress = make([]byte, 20)
	answer, err := n.app.FinalizeBlock(request)
	if err != nil {
		n.Fatal(err)
	}
	if _, err := n.app.Commit(); err != nil {
		n.Fatal(err)
	}
	return answer
}

// decide has these parties approve one change in one block.
func (n *network) decide(method string, arguments []any, by ...int) string {
	n.Helper()
	data, err := parties.ABI.Pack(method, arguments...)
	if err != nil {
		n.Fatal(err)
	}
	var transactions [][]byte
	for _, i := range by {
		transactions = append(transactions, n.transaction(n.accounts[i], &parties.Address, data))
	}
	return n.block(transactions...)
}

// refusal is with what a transaction is refused in a block.
func (n *network) refusal(encoded []byte) string {
	n.Helper()
	result := n.finalize(&abci.RequestFinalizeBlock{Txs: [][]byte{encoded}}).TxResults[0]
	if result.Code == abci.CodeTypeOK {
		n.Fatal("it was carried out")
	}
	return result.Log
}

func powers(updates []abci.ValidatorUpdate) string {
	var texts []string
	for _, update := range updates {
		texts = append(texts, fmt.Sprintf("%02x:%d", update.PubKey.GetEd25519()[0], update.Power))
	}
	return strings.Join(texts, " ")
}

func (n *network) want(got, expected string) {
	n.Helper()
	if got != expected {
		n.Fatalf("%q, not %q", got, expected)
	}
}

// signersAreRecovered calls the precompiled contract at address 1, with which contracts verify signatures.
func (n *network) signersAreRecovered() {
	digest := crypto.Keccak256([]byte("message"))
	signature, err := crypto.Sign(digest, n.relay)
	if err != nil {
		n.Fatal(err)
	}
	v := common.LeftPadBytes([]byte{27 + signature[64]}, 32)
	ctx, err := n.app.CreateQueryContext(0, false)
	if err != nil {
		n.Fatal(err)
	}
	answer, err := n.app.callAsNode(ctx, &common.Address{19: 1}, slices.Concat(digest, v, signature[:64]), false)
	if err != nil {
		n.Fatal(err)
	}
	n.want(common.BytesToAddress(answer).Hex(), crypto.PubkeyToAddress(n.relay.PublicKey).Hex())
}

func (n *network) twoOfFourChangeNothing() {
	n.want(n.decide("rotateKey", []any{n.account(1), parties.Key{7}}, 0, 1), "")
}

func (n *network) aFifthJoins() {
	n.want(n.decide("addParty", []any{n.party(4)}, 0, 1, 2), "05:1")
	n.block(n.transaction(n.accounts[4], &common.Address{1}, nil))
}

func (n *network) oneLeaves() {
	n.want(fmt.Sprint(n.app.filterPeer("node 3").Code), "0")
	n.want(n.decide("removeParty", []any{n.account(3)}, 0, 1, 2, 4), "04:0")
	n.want(fmt.Sprint(n.app.filterPeer("node 3").Code, n.app.filterPeer("node 2").Code), "1 0")
	n.want(fmt.Sprint(n.app.filterPeer("named").Code, n.app.filterPeer("other").Code), "0 1")
	refused := n.refusal(n.transaction(n.accounts[3], &common.Address{1}, nil))
	n.want(fmt.Sprint(strings.Contains(refused, "may not send transactions")), "true")
}

func (n *network) aKeyIsRotated() {
	n.want(n.decide("rotateKey", []any{n.account(0), parties.Key{9}}, 0, 1, 2), "01:0 09:1")
}

func (n *network) relaysAreReplaced() {
	n.block(n.transaction(n.relay, &common.Address{1}, nil))
	fresh := generated(n.T)
	relays := []common.Address{crypto.PubkeyToAddress(fresh.PublicKey)}
	n.want(n.decide("replaceRelays", []any{n.account(0), relays}, 0, 1, 2), "")
	n.refusal(n.transaction(n.relay, &common.Address{1}, nil))
	n.block(n.transaction(fresh, &common.Address{1}, nil), n.transaction(fresh, nil, []byte{0}))
}

func (n *network) strangersAreRefused() {
	stranger := generated(n.T)
	n.refusal(n.transaction(stranger, &parties.Address, nil))
	n.refusal(n.transaction(stranger, nil, []byte{0}))
	answer, err := n.app.CheckTx(&abci.RequestCheckTx{Tx: n.transaction(stranger, &common.Address{1}, nil)})
	if err != nil {
		n.Fatal(err)
	}
	n.want(answer.Log, crypto.PubkeyToAddress(stranger.PublicKey).Hex()+
		" may not send transactions: it is no party account and no relay")
}

func (n *network) otherTransactionsAreRefused() {
	builder := n.app.encoding.TxConfig.NewTxBuilder()
	if err := builder.SetMsgs(&banktypes.MsgSend{}); err != nil {
		n.Fatal(err)
	}
	encoded, err := n.app.encoding.TxConfig.TxEncoder()(builder.GetTx())
	if err != nil {
		n.Fatal(err)
	}
	n.refusal(encoded)
	n.refusal([]byte("no transaction"))
}

func (n *network) evidenceIsRecorded() {
	validator := parties.Key{2}.Validator()
	n.finalize(&abci.RequestFinalizeBlock{Misbehavior: []abci.Misbehavior{{
		Type: abci.MisbehaviorType_DUPLICATE_VOTE, Validator: abci.Validator{Address: validator.Bytes(), Power: 1},
		Height: 5, Time: start,
	}}})
	n.app.register = nil // the revision is the same
	ctx, err := n.app.CreateQueryContext(0, false)
	if err != nil {
		n.Fatal(err)
	}
	register, err := n.app.network(ctx)
	if err != nil || len(register.Evidence) != 1 {
		n.Fatal(register.Evidence, err)
	}
	n.want(register.NameOfValidator(register.Evidence[0].Validator), "Partij 2")
	n.want(fmt.Sprint(register.Evidence[0].Height, register.EvidenceTotal), "5 1")
}

func (n *network) anEmptyBlockChangesNothing() {
	n.block()
	before := n.app.LastCommitID().Hash
	n.block()
	n.want(common.Bytes2Hex(n.app.LastCommitID().Hash), common.Bytes2Hex(before))
}

func (n *network) anotherVersionStopsTheNode() {
	n.decide("planUpgrade", []any{"2", uint64(n.height + 3)}, 0, 1, 2)
	n.block()
	n.want(n.stopped, "")
	n.block()
	n.want(n.stopped, fmt.Sprintf("Stopped before block %d: the parties run version \"2\" from there on, and this node "+
		"runs [\"1\"]. Start a node of that version on the same directory.", n.height))
}
