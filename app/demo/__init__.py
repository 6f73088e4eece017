"""The demo agency: invented records, with dates relative to the day on which it is loaded."""
