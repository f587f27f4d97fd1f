"""The circuits of the services that are called, as every process of the installation shares them."""

import time
from typing import Final

from hauberk.infra.http.breaker import Breakers, CircuitState
from hauberk.infra.http.destinations import destinations
from hauberk.infra.metrics.observing import Samples, look, observed
from hauberk.infra.readiness import Installation

STATE: Final = observed(
    "breaker_state",
    "The worst circuit of a kind of service: 0 closed, 1 on trial, 2 open, so that it is not called",
    "dep",
)
_NUMBERS: Final = {CircuitState.CLOSED: 0, CircuitState.HALF_OPEN: 1, CircuitState.OPEN: 2}


@look()
async def circuits(installation: Installation) -> Samples:
    """By kind, not by address: addresses are what people set."""
    worst = {each.name: 0 for each in destinations()}
    for key, circuit in (await Breakers(installation.cache).all()).items():
        name = key.partition(" ")[0]
        worst[name] = max(worst.get(name, 0), _NUMBERS[circuit.state(time.time())])
    return [STATE(number, name) for name, number in sorted(worst.items())]
