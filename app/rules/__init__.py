"""The rules: pure, frozen values in, frozen values out."""
