"""The derivative table, one file per family."""
