// Package founding reads, checks and signs the file with which the parties found a network.
package founding

import (
	"bytes"
	"crypto/ecdsa"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/crypto"

	"kindpakket-node/parties"
)

// maxBytes is well above the largest founding file, of 32 parties with 8 relays each.
const maxBytes = 128 << 10

const domain = "kindpakket founding\n"

var (
	chainIDPattern = regexp.MustCompile(`^[a-z][a-z0-9-]{2,49}$`)
	// addressPattern is a host name, an IPv4 address or an IPv6 address in brackets, with a port.
	addressPattern = regexp.MustCompile(`^([a-zA-Z0-9.-]{1,253}|\[[0-9a-fA-F:.]{2,45}\]):[0-9]{1,5}$`)
)

// Party is what one party hands to the others: its part of the register, and how the other nodes reach its node.
type Party struct {
	parties.Party
	NodeID  string `json:"node_id"` // 40 hexadecimal digits: the address of the node's own key
	Address string `json:"address"` // host:port
}

// Network is what all parties sign.
type Network struct {
	ChainID     string    `json:"chain_id"`
	EVMChainID  uint64    `json:"evm_chain_id"`
	GenesisTime time.Time `json:"genesis_time"`
	Version     string    `json:"version"`
	MaxGas      uint64    `json:"max_gas"` // of the limits of a block's transactions
	Parties     []Party   `json:"parties"`
}

// Signature of the network's digest by a party account: 65 bytes, as Ethereum has it.
type Signature struct {
	Account   common.Address `json:"account"`
	Signature hexutil.Bytes  `json:"signature"`
}

// File is the founding file.
type File struct {
	Network    Network     `json:"network"`
	Signatures []Signature `json:"signatures"`
}

// Read reads a founding file or party file strictly: no unknown fields, nothing after it.
func Read[T File | Party](path string) (T, error) {
	var value T
	file, err := os.Open(path)
	if err != nil {
		return value, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxBytes+1))
	if err != nil {
		return value, err
	}
	if len(data) > maxBytes {
		return value, fmt.Errorf("%s has more than %d bytes", path, maxBytes)
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&value); err != nil {
		return value, fmt.Errorf("%s: %w", path, err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return value, fmt.Errorf("%s: something follows after the end", path)
	}
	return value, nil
}

// Digest is what the parties sign.
func (n Network) Digest() ([]byte, error) {
	canonical, err := json.Marshal(n)
	if err != nil {
		return nil, err
	}
	return crypto.Keccak256([]byte(domain), canonical), nil
}

// Sign adds or replaces the signature of a party account.
func (f *File) Sign(key *ecdsa.PrivateKey) error {
	account := crypto.PubkeyToAddress(key.PublicKey)
	if f.Network.party(account) == nil {
		return fmt.Errorf("%s is no party account of this founding", account.Hex())
	}
	digest, err := f.Network.Digest()
	if err != nil {
		return err
	}
	signature, err := crypto.Sign(digest, key)
	if err != nil {
		return err
	}
	kept := f.Signatures[:0]
	for _, each := range f.Signatures {
		if each.Account != account {
			kept = append(kept, each)
		}
	}
	f.Signatures = append(kept, Signature{Account: account, Signature: signature})
	return nil
}

// Verify checks the network and every signature, and returns the parties that have not signed.
func (f File) Verify() ([]Party, error) {
	if err := f.Network.check(); err != nil {
		return nil, err
	}
	digest, err := f.Network.Digest()
	if err != nil {
		return nil, err
	}
	signed := map[common.Address]bool{}
	for _, each := range f.Signatures {
		party := f.Network.party(each.Account)
		if party == nil {
			return nil, fmt.Errorf("%s signed, and is no party account of this founding", each.Account.Hex())
		}
		key, err := crypto.SigToPub(digest, each.Signature)
		if err != nil || crypto.PubkeyToAddress(*key) != each.Account {
			return nil, fmt.Errorf("the signature of %s does not fit: the file was changed after it signed", party.Name)
		}
		signed[each.Account] = true
	}
	var missing []Party
	for _, party := range f.Network.Parties {
		if !signed[party.Account] {
			missing = append(missing, party)
		}
	}
	return missing, nil
}

func (n Network) party(account common.Address) *Party {
	for i := range n.Parties {
		if n.Parties[i].Account == account {
			return &n.Parties[i]
		}
	}
	return nil
}

func (n Network) check() error {
	switch {
	case !chainIDPattern.MatchString(n.ChainID):
		return errors.New("chain_id has 3 to 50 small letters, digits and hyphens, and begins with a letter")
	case n.EVMChainID == 0 || n.EVMChainID > 1<<53:
		return errors.New("evm_chain_id is between 1 and 2^53")
	case n.GenesisTime.IsZero():
		return errors.New("genesis_time is missing")
	case n.Version == "" || len(n.Version) > 32:
		return errors.New("version has 1 to 32 bytes")
	case n.MaxGas < 30_000_000 || n.MaxGas > 1<<40:
		return errors.New("max_gas is between 30,000,000 and 2^40")
	case len(n.Parties) == 0 || len(n.Parties) > 32:
		return errors.New("a network has 1 to 32 parties")
	}
	taken := map[string]string{}
	for _, party := range n.Parties {
		if err := party.Check(); err != nil {
			return err
		}
		for _, own := range []string{party.Name, party.Account.Hex(), hex.EncodeToString(party.Key[:]), party.NodeID} {
			if other, ok := taken[own]; ok {
				return fmt.Errorf("%s and %s both have %s", other, party.Name, own)
			}
			taken[own] = party.Name
		}
	}
	return nil
}

// Check refuses a party that the register would refuse, or that cannot be reached.
func (p Party) Check() error {
	id, err := hex.DecodeString(p.NodeID)
	switch {
	case p.Name == "" || len(p.Name) > 64 || strings.TrimSpace(p.Name) != p.Name || hasControl(p.Name):
		return fmt.Errorf("the name %q has 1 to 64 bytes without control characters", p.Name)
	case p.Account == common.Address{}:
		return fmt.Errorf("%s has no account", p.Name)
	case p.Key == parties.Key{}:
		return fmt.Errorf("%s has no consensus_key", p.Name)
	case err != nil || len(id) != 20 || strings.ToLower(p.NodeID) != p.NodeID:
		return fmt.Errorf("%s: node_id has 40 hexadecimal digits in small letters", p.Name)
	case !addressPattern.MatchString(p.Address):
		return fmt.Errorf("%s: address is host:port, not %q", p.Name, p.Address)
	case len(p.Relays) > 8:
		return fmt.Errorf("%s has more than 8 relays", p.Name)
	}
	for _, relay := range p.Relays {
		if relay == (common.Address{}) {
			return fmt.Errorf("%s: a relay is the zero address", p.Name)
		}
	}
	return nil
}

func hasControl(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\uFFFD' })
}
