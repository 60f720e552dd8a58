package founding

import (
	"crypto/ecdsa"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"kindpakket-node/parties"
)

// four returns the founding of four parties that nobody has signed, and their account keys.
func four(t *testing.T) (File, []*ecdsa.PrivateKey) {
	t.Helper()
	network := Network{
		ChainID: "kindpakket-1", EVMChainID: 7701, GenesisTime: time.Unix(1_790_000_000, 0).UTC(), Version: "1",
		MaxGas: 500_000_000,
	}
	var keys []*ecdsa.PrivateKey
	for i, name := range []string{"Zeist", "Bunnik", "Houten", "Provincie Utrecht"} {
		key, err := crypto.GenerateKey()
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, key)
		network.Parties = append(network.Parties, Party{
			Party: parties.Party{
				Name: name, Account: crypto.PubkeyToAddress(key.PublicKey), Key: parties.Key{byte(i + 1)},
				Relays: []common.Address{{byte(i + 1)}},
			},
			NodeID:  strings.Repeat("0", 39) + string(rune('1'+i)),
			Address: "node.example:26656",
		})
	}
	return File{Network: network}, keys
}

func signed(t *testing.T) File {
	t.Helper()
	file, keys := four(t)
	for _, key := range keys {
		if err := file.Sign(key); err != nil {
			t.Fatal(err)
		}
	}
	return file
}

func TestAFoundingThatAllSignedIsComplete(t *testing.T) {
	missing, err := signed(t).Verify()
	if err != nil || len(missing) != 0 {
		t.Fatalf("%v, %v", missing, err)
	}
}

func TestWhoHasNotSignedIsNamed(t *testing.T) {
	file, keys := four(t)
	for _, key := range keys[:3] {
		if err := file.Sign(key); err != nil {
			t.Fatal(err)
		}
	}
	missing, err := file.Verify()
	if err != nil || len(missing) != 1 || missing[0].Name != "Provincie Utrecht" {
		t.Fatalf("%v, %v", missing, err)
	}
}

func TestSigningTwiceCountsOnce(t *testing.T) {
	file, keys := four(t)
	for range 2 {
		if err := file.Sign(keys[0]); err != nil {
			t.Fatal(err)
		}
	}
	if len(file.Signatures) != 1 {
		t.Fatalf("%d signatures", len(file.Signatures))
	}
}

func TestAnyChangeAfterSigningIsRefused(t *testing.T) {
	changes := map[string]func(*Network){
		"chain_id":      func(n *Network) { n.ChainID = "kindpakket-2" },
		"evm_chain_id":  func(n *Network) { n.EVMChainID++ },
		"genesis_time":  func(n *Network) { n.GenesisTime = n.GenesisTime.Add(time.Second) },
		"version":       func(n *Network) { n.Version = "2" },
		"max_gas":       func(n *Network) { n.MaxGas++ },
		"name":          func(n *Network) { n.Parties[1].Name = "Bunnik aan de Rijn" },
		"consensus_key": func(n *Network) { n.Parties[1].Key = parties.Key{9} },
		"relays":        func(n *Network) { n.Parties[1].Relays = append(n.Parties[1].Relays, common.Address{9}) },
		"node_id":       func(n *Network) { n.Parties[1].NodeID = strings.Repeat("9", 40) },
		"address":       func(n *Network) { n.Parties[1].Address = "elsewhere.example:26656" },
		"order":         func(n *Network) { n.Parties[0], n.Parties[1] = n.Parties[1], n.Parties[0] },
	}
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			file := signed(t)
			change(&file.Network)
			if _, err := file.Verify(); err == nil || !strings.Contains(err.Error(), "was changed after it signed") {
				t.Fatal(err)
			}
		})
	}
}

func TestWhoIsNoPartyCannotSign(t *testing.T) {
	file, _ := four(t)
	stranger, err := crypto.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	if err := file.Sign(stranger); err == nil {
		t.Fatal("it signed")
	}
	file.Signatures = []Signature{{Account: crypto.PubkeyToAddress(stranger.PublicKey), Signature: make([]byte, 65)}}
	if _, err := file.Verify(); err == nil || !strings.Contains(err.Error(), "is no party account") {
		t.Fatal(err)
	}
}

func TestASignatureOfAnotherPartyIsRefused(t *testing.T) {
	file := signed(t)
	file.Signatures[0].Signature = file.Signatures[1].Signature
	if _, err := file.Verify(); err == nil {
		t.Fatal("it fits")
	}
}

func TestAFoundingThatDoesNotFitIsRefused(t *testing.T) {
	changes := map[string]func(*Network){
		"chain_id":      func(n *Network) { n.ChainID = "Kind Pakket" },
		"evm_chain_id":  func(n *Network) { n.EVMChainID = 0 },
		"genesis_time":  func(n *Network) { n.GenesisTime = time.Time{} },
		"version":       func(n *Network) { n.Version = "" },
		"max_gas":       func(n *Network) { n.MaxGas = 1 },
		"no parties":    func(n *Network) { n.Parties = nil },
		"same name":     func(n *Network) { n.Parties[1].Name = n.Parties[0].Name },
		"same account":  func(n *Network) { n.Parties[1].Account = n.Parties[0].Account },
		"same key":      func(n *Network) { n.Parties[1].Key = n.Parties[0].Key },
		"same node_id":  func(n *Network) { n.Parties[1].NodeID = n.Parties[0].NodeID },
		"name":          func(n *Network) { n.Parties[1].Name = "Bunnik\x1b[2J" },
		"long name":     func(n *Network) { n.Parties[1].Name = strings.Repeat("n", 65) },
		"no account":    func(n *Network) { n.Parties[1].Account = common.Address{} },
		"no key":        func(n *Network) { n.Parties[1].Key = parties.Key{} },
		"node_id":       func(n *Network) { n.Parties[1].NodeID = "bunnik" },
		"large node_id": func(n *Network) { n.Parties[1].NodeID = strings.Repeat("A", 40) },
		"address":       func(n *Network) { n.Parties[1].Address = "node.example" },
		"spaced address": func(n *Network) {
			n.Parties[1].Address = "node.example:26656,0000000000000000000000000000000000000009@evil.example:1"
		},
		"nine relays": func(n *Network) { n.Parties[1].Relays = make([]common.Address, 9) },
		"zero relay":  func(n *Network) { n.Parties[1].Relays = []common.Address{{}} },
	}
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			file, _ := four(t)
			change(&file.Network)
			if _, err := file.Verify(); err == nil {
				t.Fatal("it was accepted")
			}
		})
	}
}

func read(t *testing.T, content string) (File, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "founding.json")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return Read[File](path)
}

func TestAFileIsReadAsItWasWritten(t *testing.T) {
	written, err := json.MarshalIndent(signed(t), "  ", "\t")
	if err != nil {
		t.Fatal(err)
	}
	file, err := read(t, string(written))
	if err != nil {
		t.Fatal(err)
	}
	if missing, err := file.Verify(); err != nil || len(missing) != 0 {
		t.Fatalf("%v, %v", missing, err)
	}
}

func TestAHostileFileIsRefused(t *testing.T) {
	for name, content := range map[string]string{
		"too long":      `{"network": {}, "signatures": []}` + strings.Repeat(" ", maxBytes),
		"unknown field": `{"network": {"stake": 1}, "signatures": []}`,
		"more after it": `{"network": {}, "signatures": []} {}`,
		"no JSON":       "network",
		"short key":     `{"network": {"parties": [{"consensus_key": "0x01"}]}}`,
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := read(t, content); err == nil {
				t.Fatal("it was read")
			}
		})
	}
}
