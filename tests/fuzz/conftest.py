"""The harness runs under atheris, never under pytest."""

collect_ignore = ["fuzz_einvoice.py"]
