"""The engine: tensors, the graph, the backward pass. Everything else is built on these."""
