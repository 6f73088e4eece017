"""Infrastructure that every feature uses and that depends on none of them."""
