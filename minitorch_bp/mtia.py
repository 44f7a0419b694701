"""``torch.mtia`` on a machine without Meta's accelerator: nothing is available."""

from ._devices import answering, classes, refusing

_WHY = "there is no MTIA device, minitorch_bp computes on the CPU"
_FALSE, _ZERO = "is_available is_initialized", "device_count memory_allocated max_memory_allocated"
_NOTHING = "manual_seed manual_seed_all record_memory_history reset_peak_memory_stats seed seed_all"
_NEEDS = (
    "current_device current_stream default_stream get_device_capability get_device_properties stream synchronize empty_cache "
    "graph_pool_handle set_device snapshot"
)
_UNLINKED = "get_rng_state init initial_seed"
globals().update(answering("torch.mtia", _FALSE, bool))
globals().update(answering("torch.mtia", "is_bf16_supported", lambda: True))
globals().update(answering("torch.mtia", _ZERO, int))
globals().update(answering("torch.mtia", _NOTHING, lambda: None))
globals().update(answering("torch.mtia", "get_rng_state_all", list))
globals().update(answering("torch.mtia", "memory_stats", dict))
globals().update(refusing("torch.mtia", _NEEDS, RuntimeError, _WHY))
globals().update(refusing("torch.mtia", _UNLINKED, AssertionError, _WHY))
globals().update(classes("torch.mtia", "Event MTIAGraph Stream", RuntimeError, _WHY))
__all__ = [
    name
    for names in (_FALSE, _ZERO, _NOTHING, _NEEDS, _UNLINKED, "is_bf16_supported get_rng_state_all memory_stats MTIAGraph")
    for name in names.split()
]
