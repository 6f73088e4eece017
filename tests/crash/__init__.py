"""The crash harness: real processes are killed at the worst moments while clients write, and the ledgers are joined."""
