"""The demo agency: a believable desk in its own zone, with dates relative to the day it is loaded."""
