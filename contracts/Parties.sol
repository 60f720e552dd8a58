// SPDX-License-Identifier: EUPL-1.2
pragma solidity 0.8.37;

/// @title Parties
/// @notice The register of the parties that keep a ledger together, and their decisions about the network. The node
/// deploys it at genesis from the founding file and applies what it says: who has a vote, who may send transactions,
/// which version of the software runs from which block. It has no part in what vouchers do.
/// @dev A change is approved by transactions of party accounts with the same call data, and is executed with the
/// approval that makes more than two thirds of the parties. Approvals lapse when a party is added or removed.
/// All lists are bounded, so that every view and every change fits one block.
contract Parties {
    /// @param name at most 64 bytes
    /// @param account approves changes, and may send transactions
    /// @param key the Ed25519 public key with which the party's node votes
    /// @param relays accounts of the party's servers that may send transactions, at most 8
    struct Party {
        string name;
        address account;
        bytes32 key;
        address[] relays;
    }

    /// @notice A change that not enough parties have approved.
    /// @param call the call data that the others send to approve it
    /// @param opener the party that sent it first
    struct Waiting {
        bytes call;
        address opener;
        address[] approvals;
    }

    /// @notice From block `height` on, nodes run `version`. No upgrade is planned when `height` is 0.
    struct Upgrade {
        string version;
        uint64 height;
    }

    /// @notice A validator signed two different blocks at one height.
    /// @param validator the first 20 bytes of the SHA-256 of its key
    /// @param time unix seconds
    struct Evidence {
        address validator;
        uint64 height;
        uint64 time;
    }

    /// @notice All that the register holds.
    /// @param evidence of the first 100 times
    /// @param evidenceTotal how often evidence was seen
    struct Network {
        uint256 revision;
        string version;
        Upgrade upgrade;
        Party[] parties;
        Waiting[] waiting;
        Evidence[] evidence;
        uint256 evidenceTotal;
    }

    event Approved(bytes32 indexed change, address indexed account);
    event Executed(bytes32 indexed change);

    error NotParty(address sender);
    error NotNode(address sender);
    error PartyUnknown(address account);
    error AccountInUse(address account);
    error KeyInUse(bytes32 key);
    error NameInvalid();
    error KeyInvalid();
    error AccountInvalid();
    error RelaysInvalid();
    error PartiesTooMany();
    error PartyLast();
    error VersionInvalid();
    error HeightPast(uint64 height);
    error UpgradePlanned(uint64 height);
    error UpgradeNone();
    error AlreadyApproved(bytes32 change);
    error WaitingTooMany(address account);
    error ChangeTooLong(uint256 length);
    error ChangeUnknown(bytes32 change);

    uint256 private constant MAX_PARTIES = 32;
    uint256 private constant MAX_RELAYS = 8;
    uint256 private constant MAX_OPENED = 2; // changes that wait, of one party
    uint256 private constant MAX_CHANGE = 1024; // bytes of call data; a party with the longest fields takes 548
    uint256 private constant MAX_NAME = 64;
    uint256 private constant MAX_VERSION = 32;
    uint256 private constant MAX_EVIDENCE = 100;

    uint256 private revision; // in slot 0, where the node reads at every block whether anything changed
    address private immutable NODE;
    string private version;
    Upgrade private upgrade;
    Party[] private parties;
    Waiting[] private waiting;
    Evidence[] private evidence;
    uint256 private evidenceTotal;

    /// @param founders in the order of the founding file
    constructor(Party[] memory founders, string memory first) {
        NODE = msg.sender;
        revision = 1;
        _requireVersion(first);
        version = first;
        for (uint256 i = 0; i < founders.length; i++) {
            _add(founders[i]);
        }
        if (founders.length == 0) revert PartyLast();
    }

    // ---------------------------------------------------------------- changes

    /// @notice Gives a new party a vote. Approvals of all other changes lapse.
    function addParty(Party calldata party) external {
        _requireNew(party);
        if (!_decided()) return;
        _add(party);
        delete waiting;
    }

    /// @notice Takes the vote from a party, and the right to send from its account and relays. Approvals of all other
    /// changes lapse.
    function removeParty(address account) external {
        uint256 index = _indexOf(account);
        if (parties.length == 1) revert PartyLast();
        if (!_decided()) return;
        parties[index] = parties[parties.length - 1];
        parties.pop();
        delete waiting;
    }

    /// @notice Replaces the key with which a party's node votes.
    function rotateKey(address account, bytes32 key) external {
        uint256 index = _indexOf(account);
        _requireKey(key);
        if (_decided()) parties[index].key = key;
    }

    /// @notice Replaces the relays of a party.
    function replaceRelays(address account, address[] calldata relays) external {
        uint256 index = _indexOf(account);
        _requireRelays(relays);
        if (_decided()) parties[index].relays = relays;
    }

    /// @notice Plans the version of the software from a block on.
    function planUpgrade(string calldata next, uint64 height) external {
        _requireVersion(next);
        if (upgrade.height > block.number) revert UpgradePlanned(upgrade.height);
        if (height <= block.number) revert HeightPast(height);
        if (!_decided()) return;
        version = versionAt(uint64(block.number));
        upgrade = Upgrade({version: next, height: height});
    }

    /// @notice Cancels a planned upgrade before its block.
    function cancelUpgrade() external {
        if (upgrade.height <= block.number) revert UpgradeNone();
        if (_decided()) delete upgrade;
    }

    /// @notice Takes back the sender's approval; of the party that opened the change, all approvals of it.
    /// @param change the Keccak-256 of its call data
    function withdraw(bytes32 change) external {
        _indexOf(msg.sender);
        uint256 index = _waitingOf(change);
        if (index == waiting.length) revert ChangeUnknown(change);
        if (waiting[index].opener == msg.sender) return _forget(index);
        address[] storage approvals = waiting[index].approvals;
        for (uint256 i = 0; i < approvals.length; i++) {
            if (approvals[i] != msg.sender) continue;
            approvals[i] = approvals[approvals.length - 1];
            approvals.pop();
            return;
        }
        revert ChangeUnknown(change);
    }

    /// @notice Records evidence that the consensus engine accepted. The node sends it, by no transaction.
    function recordEvidence(address validator, uint64 height, uint64 time) external {
        if (msg.sender != NODE) revert NotNode(msg.sender);
        evidenceTotal++;
        if (evidence.length < MAX_EVIDENCE) evidence.push(Evidence(validator, height, time));
    }

    // ---------------------------------------------------------------- views

    function network() external view returns (Network memory) {
        return Network({
            revision: revision,
            version: versionAt(uint64(block.number)),
            upgrade: upgrade,
            parties: parties,
            waiting: waiting,
            evidence: evidence,
            evidenceTotal: evidenceTotal
        });
    }

    /// @notice Which version of the software runs at a block.
    function versionAt(uint64 height) public view returns (string memory) {
        return upgrade.height != 0 && height >= upgrade.height ? upgrade.version : version;
    }

    // ---------------------------------------------------------------- approvals

    /// @dev Adds the sender's approval to this call, and tells whether it is to be executed.
    function _decided() private returns (bool) {
        _requireParty(msg.sender);
        bytes32 change = keccak256(msg.data);
        uint256 index = _waitingOf(change);
        if (index == waiting.length) _open();
        address[] storage approvals = waiting[index].approvals;
        for (uint256 i = 0; i < approvals.length; i++) {
            if (approvals[i] == msg.sender) revert AlreadyApproved(change);
        }
        approvals.push(msg.sender);
        emit Approved(change, msg.sender);
        if (3 * approvals.length <= 2 * parties.length) return false;
        _forget(index);
        revision++;
        emit Executed(change);
        return true;
    }

    function _open() private {
        if (msg.data.length > MAX_CHANGE) revert ChangeTooLong(msg.data.length);
        uint256 opened = 0;
        for (uint256 i = 0; i < waiting.length; i++) {
            if (waiting[i].opener == msg.sender) opened++;
        }
        if (opened == MAX_OPENED) revert WaitingTooMany(msg.sender);
        Waiting storage added = waiting.push();
        added.call = msg.data;
        added.opener = msg.sender;
    }

    function _forget(uint256 index) private {
        uint256 last = waiting.length - 1;
        if (index != last) waiting[index] = waiting[last];
        waiting.pop();
    }

    function _waitingOf(bytes32 change) private view returns (uint256 index) {
        while (index < waiting.length && keccak256(waiting[index].call) != change) {
            index++;
        }
    }

    // ---------------------------------------------------------------- the register

    function _add(Party memory party) private {
        _requireNew(party);
        parties.push(party);
    }

    function _indexOf(address account) private view returns (uint256) {
        for (uint256 i = 0; i < parties.length; i++) {
            if (parties[i].account == account) return i;
        }
        revert PartyUnknown(account);
    }

    function _requireParty(address sender) private view {
        for (uint256 i = 0; i < parties.length; i++) {
            if (parties[i].account == sender) return;
        }
        revert NotParty(sender);
    }

    function _requireNew(Party memory party) private view {
        uint256 length = bytes(party.name).length;
        if (length == 0 || length > MAX_NAME) revert NameInvalid();
        if (party.account == address(0)) revert AccountInvalid();
        if (parties.length == MAX_PARTIES) revert PartiesTooMany();
        for (uint256 i = 0; i < parties.length; i++) {
            if (parties[i].account == party.account) revert AccountInUse(party.account);
        }
        _requireKey(party.key);
        _requireRelays(party.relays);
    }

    function _requireKey(bytes32 key) private view {
        if (key == 0) revert KeyInvalid();
        for (uint256 i = 0; i < parties.length; i++) {
            if (parties[i].key == key) revert KeyInUse(key);
        }
    }

    function _requireRelays(address[] memory relays) private pure {
        if (relays.length > MAX_RELAYS) revert RelaysInvalid();
        for (uint256 i = 0; i < relays.length; i++) {
            if (relays[i] == address(0)) revert RelaysInvalid();
        }
    }

    function _requireVersion(string memory name) private pure {
        uint256 length = bytes(name).length;
        if (length == 0 || length > MAX_VERSION) revert VersionInvalid();
    }
}
