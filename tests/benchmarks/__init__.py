"""Benchmarks: ratios from interleaved runs in one process, so that a slow or busy machine does not change them."""
