"""``torch.xpu`` on a machine without Intel's GPU: nothing is available."""

import collections as _collections

from ._devices import answering, classes, refusing

_WHY = "there is no XPU device, minitorch_bp computes on the CPU"
_FALSE = "is_available is_initialized is_bf16_supported is_tf32_supported"
_ZERO = "device_count memory_allocated max_memory_allocated memory_reserved max_memory_reserved"
_NOTHING = "empty_cache manual_seed manual_seed_all seed seed_all"
_EMPTY = "get_arch_list get_rng_state_all memory_snapshot"
_NEEDS = (
    "can_device_access_peer current_device current_stream get_device_capability get_device_name get_device_properties get_rng_state "
    "get_per_process_memory_fraction get_stream_from_external init initial_seed mem_get_info set_device set_stream synchronize "
    "set_per_process_memory_fraction"
)
_CLASSES = "Event MemPool Stream XPUGraph XPUPluggableAllocator"
default_generators = ()
globals().update(answering("torch.xpu", _FALSE, bool))
globals().update(answering("torch.xpu", _ZERO, int))
globals().update(answering("torch.xpu", _NOTHING, lambda: None))
globals().update(answering("torch.xpu", _EMPTY, list))
globals().update(answering("torch.xpu", "get_gencode_flags", str))
globals().update(answering("torch.xpu", "memory_stats", _collections.OrderedDict))
globals().update(answering("torch.xpu", "memory_stats_as_nested_dict", dict))
globals().update(refusing("torch.xpu", _NEEDS, AssertionError, _WHY))
globals().update(classes("torch.xpu", _CLASSES, RuntimeError, _WHY))
__all__ = [
    name
    for names in (_FALSE, _ZERO, _NOTHING, _EMPTY, _NEEDS, _CLASSES, "get_gencode_flags memory_stats memory_stats_as_nested_dict")
    for name in names.split()
]
