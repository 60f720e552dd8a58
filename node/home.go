package main

import (
	"crypto/ecdsa"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/cometbft/cometbft/p2p"
	"github.com/cometbft/cometbft/privval"
	"github.com/ethereum/go-ethereum/crypto"

	"kindpakket-node/founding"
	"kindpakket-node/parties"
)

// home is the directory of one node:
//
//	party.json      what the party hands to the others
//	founding.json   the founding file that all signed
//	peers           more nodes to connect to, one ID@HOST:PORT a line (optional)
//	keys/           account.key, consensus.json, node.json; 0600
//	signed/         what each consensus key signed last, by the address of the key
//	data/           blocks and state, which the other parties have too
type home string

func (h home) path(parts ...string) string {
	return filepath.Join(append([]string{string(h)}, parts...)...)
}

func (h home) accountKey() (*ecdsa.PrivateKey, error) {
	return crypto.LoadECDSA(h.path("keys", "account.key"))
}

// signedFile is the signing record of a key, in the node's directory. Each key has its own, so that a new key never
// meets the record of another one.
func signedFile(key parties.Key) string {
	return filepath.Join("signed", strings.ToLower(key.Validator().Hex()[2:])+".json")
}

// makeConsensusKey writes a new consensus key with its signing record, and returns the public key.
func (h home) makeConsensusKey(file string) (parties.Key, error) {
	made := privval.GenFilePV("", "").Key.PrivKey
	key := parties.Key(made.PubKey().Bytes())
	validator := privval.NewFilePV(made, h.path("keys", file), h.path(signedFile(key)))
	for _, directory := range []string{"keys", "signed"} {
		if err := os.MkdirAll(h.path(directory), 0o700); err != nil {
			return parties.Key{}, err
		}
	}
	validator.Save()
	return key, nil
}

// consensusKey returns the public part of the node's consensus key.
func (h home) consensusKey(file string) (parties.Key, error) {
	data, err := os.ReadFile(h.path("keys", file))
	if err != nil {
		return parties.Key{}, err
	}
	var stored struct {
		PubKey struct {
			Value []byte `json:"value"`
		} `json:"pub_key"`
	}
	if err := json.Unmarshal(data, &stored); err != nil {
		return parties.Key{}, fmt.Errorf("%s: %w", file, err)
	}
	if len(stored.PubKey.Value) != len(parties.Key{}) {
		return parties.Key{}, fmt.Errorf("%s holds no Ed25519 key", file)
	}
	return parties.Key(stored.PubKey.Value), nil
}

// requireSigned refuses a consensus key whose signing record is gone: signing a second block at a height would be
// evidence against the party.
func (h home) requireSigned() error {
	key, err := h.consensusKey(keyInUse)
	if err != nil {
		return err
	}
	path := h.path(signedFile(key))
	if _, err := os.Stat(path); err == nil {
		return nil
	} else if !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return fmt.Errorf("this node has a consensus key but no record of what it signed (%s). Without it the node could "+
		"sign twice at one height, which is evidence against this party. Put the latest record back; if it is lost, make a "+
		"new key with `key new` and `key use`, and ask the parties to approve it with `change rotate`", path)
}

// peers are the nodes to connect to, and the only ones that may connect: those of the founding, and of the file peers.
func (h home) peers(network founding.Network) ([]string, error) {
	own, err := p2p.LoadNodeKey(h.path("keys", "node.json"))
	if err != nil {
		return nil, err
	}
	var peers []string
	for _, party := range network.Parties {
		if party.NodeID != string(own.ID()) {
			peers = append(peers, party.NodeID+"@"+party.Address)
		}
	}
	added, err := os.ReadFile(h.path("peers"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	return append(peers, strings.Fields(string(added))...), nil
}

// writeJSON replaces a file whole, with JSON that people can read.
func writeJSON(path string, value any) error {
	data, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(path+".next", append(data, '\n'), 0o644); err != nil {
		return err
	}
	return os.Rename(path+".next", path)
}
