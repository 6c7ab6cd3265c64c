"""What something costs a processor, however busy the machine is and whatever other tests have left behind."""

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass
class Cost:
    """Seconds of processor time; known when the block has ended."""

    seconds: float = 0.0


@contextmanager
def processor_time() -> Iterator[Cost]:
    """Measure a block; no garbage is collected in it, for it would be that of everything before as well."""
    cost = Cost()
    collects = gc.isenabled()
    gc.disable()
    began = time.process_time()
    try:
        yield cost
    finally:
        cost.seconds = time.process_time() - began
        if collects:
            gc.enable()
