"""A client of the one way out that may speak to servers on this machine."""

from ipaddress import ip_network

from hauberk.infra.http import Destination, Limits, Outbound
from hauberk.infra.http.addresses import Policy
from hauberk.infra.http.breaker import Breakers

ANY_PORT = (range(1, 65536),)
LOOPBACK = Policy(allowed=(ip_network("127.0.0.0/8"),), ports=ANY_PORT)
HOOK = Destination("hook", "A test", limits=Limits(connect=1, read=1, total=2))


def client(policy: Policy = LOOPBACK, **options) -> Outbound:
    return Outbound(policy, options.pop("breakers", Breakers()), **options)
