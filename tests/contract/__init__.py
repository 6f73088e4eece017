"""The contract of the whole HTTP face: what holds of every address, whichever feature it belongs to."""
