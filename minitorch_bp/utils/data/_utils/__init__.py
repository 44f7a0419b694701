"""What a loader is made of: fetching elements, collating them, and the processes that do both beside the main one."""

from . import collate, fetch, pool, worker

#: Seconds between two looks at whether the other process is still there; also how long one that ends may take.
MP_STATUS_CHECK_INTERVAL = worker.PATIENCE

__all__ = ["MP_STATUS_CHECK_INTERVAL", "collate", "fetch", "pool", "worker"]
