"""The EVM version that the compiler targets and every engine runs."""

EVM_VERSION = "cancun"
