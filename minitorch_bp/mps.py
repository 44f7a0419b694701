"""``torch.mps`` on a machine without Apple's GPU: nothing is available."""

from ._devices import answering, classes, refusing

_WHY = "there is no MPS device, minitorch_bp computes on the CPU"
_NEEDS = "synchronize seed empty_cache get_rng_state set_rng_state current_allocated_memory driver_allocated_memory"
_MORE = "recommended_max_memory set_per_process_memory_fraction compile_shader load_metallib"
globals().update(answering("torch.mps", "is_available", bool))
globals().update(answering("torch.mps", "device_count", int))
globals().update(answering("torch.mps", "manual_seed", lambda: None))
globals().update(refusing("torch.mps", f"{_NEEDS} {_MORE}", RuntimeError, _WHY))
globals().update(classes("torch.mps", "Event", RuntimeError, _WHY))
__all__ = [*"is_available device_count manual_seed Event".split(), *_NEEDS.split(), *_MORE.split()]  # noqa: SIM905
