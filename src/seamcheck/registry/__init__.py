"""The consumer registry: what people say each consumer needs, read, held against the scan, and edited."""
