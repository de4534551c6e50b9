"""The production shape on one machine, for benchmarks and fault tests: `make stack`."""
