"""Pure business rules. Input and output are frozen values."""
