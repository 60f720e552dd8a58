// Package parties speaks to the register of the parties, contracts/Parties.sol.
package parties

import (
	"crypto/sha256"
	_ "embed"
	"encoding/json"
	"fmt"
	"math/big"
	"strings"

	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/crypto"
)

// Key is an Ed25519 public key, with which a party's node votes. In JSON it is hexadecimal with 0x.
type Key [32]byte

// MarshalText returns the key in hexadecimal.
func (k Key) MarshalText() ([]byte, error) { return hexutil.Bytes(k[:]).MarshalText() }

// UnmarshalText reads 32 bytes in hexadecimal.
func (k *Key) UnmarshalText(text []byte) error { return hexutil.UnmarshalFixedText("Key", text, k[:]) }

// Validator is how CometBFT names the key: the first 20 bytes of its SHA-256.
func (k Key) Validator() common.Address {
	sum := sha256.Sum256(k[:])
	return common.BytesToAddress(sum[:20])
}

// Party is one party in the register.
type Party struct {
	Name    string           `json:"name"`
	Account common.Address   `json:"account"`
	Key     Key              `json:"consensus_key"`
	Relays  []common.Address `json:"relays"`
}

// Waiting is a change that not enough parties have approved.
type Waiting struct {
	Call      []byte
	Opener    common.Address
	Approvals []common.Address
}

// Upgrade is the plan to run Version from block Height on; none when Height is 0.
type Upgrade struct {
	Version string
	Height  uint64
}

// Evidence says that a validator signed two blocks at one height. Time is in unix seconds.
type Evidence struct {
	Validator common.Address
	Height    uint64
	Time      uint64
}

// Network is all that the register holds.
type Network struct {
	Revision      *big.Int
	Version       string
	Upgrade       Upgrade
	Parties       []Party
	Waiting       []Waiting
	Evidence      []Evidence
	EvidenceTotal *big.Int
}

//go:embed Parties.json
var artifact []byte

// ABI is the interface of the register.
var ABI abi.ABI

var code []byte

// Node is the account that deploys the register and records evidence. Nobody has a key of it.
var Node = common.BytesToAddress(crypto.Keccak256([]byte("kindpakket/node"))[12:])

// Address is where every network has the register: the first contract of Node.
var Address = crypto.CreateAddress(Node, 0)

func init() {
	var compiled struct {
		ABI      json.RawMessage `json:"abi"`
		Bytecode hexutil.Bytes   `json:"bytecode"`
	}
	if err := json.Unmarshal(artifact, &compiled); err != nil {
		panic(err)
	}
	parsed, err := abi.JSON(strings.NewReader(string(compiled.ABI)))
	if err != nil {
		panic(err)
	}
	ABI, code = parsed, compiled.Bytecode
}

// Creation returns the call data that deploys the register with these founders.
func Creation(founders []Party, version string) ([]byte, error) {
	arguments, err := ABI.Pack("", founders, version)
	if err != nil {
		return nil, fmt.Errorf("pack the founders: %w", err)
	}
	return append(append([]byte{}, code...), arguments...), nil
}

// DecodeNetwork reads the answer of network().
func DecodeNetwork(data []byte) (Network, error) {
	values, err := ABI.Unpack("network", data)
	if err != nil {
		return Network{}, fmt.Errorf("read the register: %w", err)
	}
	return *abi.ConvertType(values[0], new(Network)).(*Network), nil
}

// Needed returns how many parties have to agree on a change, and on a block.
func (n Network) Needed() int { return 2*len(n.Parties)/3 + 1 }

// Senders returns who may send transactions: party accounts and relays, in the register's order, each once.
func (n Network) Senders() []common.Address {
	var senders []common.Address
	seen := map[common.Address]bool{}
	for _, party := range n.Parties {
		for _, sender := range append([]common.Address{party.Account}, party.Relays...) {
			if !seen[sender] {
				seen[sender] = true
				senders = append(senders, sender)
			}
		}
	}
	return senders
}

// VersionAt returns which version runs at a block, given that nothing changes before it.
func (n Network) VersionAt(height uint64) string {
	if n.Upgrade.Height != 0 && height >= n.Upgrade.Height {
		return n.Upgrade.Version
	}
	return n.Version
}

// NameOf returns the name of a party by its account; the account when it is no party's.
func (n Network) NameOf(account common.Address) string {
	for _, party := range n.Parties {
		if party.Account == account {
			return party.Name
		}
	}
	return account.Hex()
}

// NameOfValidator returns the name of the party whose consensus key has this address; the address when none has.
func (n Network) NameOfValidator(validator common.Address) string {
	for _, party := range n.Parties {
		if party.Key.Validator() == validator {
			return party.Name
		}
	}
	return validator.Hex()
}
