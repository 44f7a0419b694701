"""Adapters of other people's backends, a page each: what :mod:`parity.backend` asks of one is written there."""
