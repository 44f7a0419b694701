"""The scripts are for test_typing.py: run as programs, or only read by the checkers."""

collect_ignore_glob = ["ok/*", "wrong/*"]
