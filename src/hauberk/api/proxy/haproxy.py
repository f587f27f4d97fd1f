"""HAProxy in front: as nginx, with active looks at each process's readiness."""

from hauberk.api.proxy.limits import HSTS, Limits
from hauberk.api.proxy.place import Place

_WHOLE = """\
# Hauberk behind HAProxy, made by 'hauberk render haproxy' from the settings in force; make it again when they change.
# The application believes the address that is told here only when HAUBERK_HTTP_TRUSTED_PROXIES names this machine.

global
    ssl-default-bind-options ssl-min-ver TLSv1.2 no-tls-tickets

defaults
    mode http
    timeout connect 3s
    timeout client {limits.idle_seconds}s
    timeout server {limits.answer_seconds}s
    timeout http-request 10s
    timeout http-keep-alive 75s
    timeout queue 5s
    # A look that is late on a busy machine is no dead process; a process that stops says so at once.
    timeout check 4s
    retries 2
    option redispatch 1
    retry-on conn-failure empty-response 502

{frontends}
backend hauberk
    balance leastconn
    option httpchk
    http-check send meth GET uri /health/ready ver HTTP/1.1 hdr Host {authority}
    http-check expect status 200
    http-reuse safe
    # What changes something is never sent twice.
    http-request disable-l7-retry unless METH_GET
    http-request set-header X-Forwarded-For %[src]
    http-request set-header X-Forwarded-Proto {scheme}
    http-request del-header X-Forwarded-Host
    default-server inter 1s fastinter 500ms downinter 1s fall 2 rise 2
{servers}

# Events that come whenever there is something to tell, and uploads: an idle limit of their own.
backend hauberk_streams
    timeout server {limits.stream_seconds}s
    balance leastconn
    http-request disable-l7-retry
    http-request set-header X-Forwarded-For %[src]
    http-request set-header X-Forwarded-Proto {scheme}
    http-request del-header X-Forwarded-Host
{tracking}
"""

_FRONTEND = """\
frontend web
    bind :{port}{tls}
    acl is_stream path_reg {streams}
    acl is_upload path_reg {uploads}
    acl is_too_large req.hdr_val(content-length) gt {limits.body_bytes}
    acl is_too_large_an_upload req.hdr_val(content-length) gt {limits.upload_bytes}
    http-request deny deny_status 404 if {{ path /metrics }}
    http-request deny deny_status 413 if is_too_large !is_upload
    http-request deny deny_status 413 if is_too_large_an_upload
{hsts}    use_backend hauberk_streams if is_stream or is_upload
    default_backend hauberk
"""

_REDIRECT = """\
frontend plain
    bind :{plain_port}
    http-request redirect prefix https://{authority} code 308

"""


def render(place: Place, limits: Limits) -> str:
    """`certificate` is one PEM file with chain and key, as HAProxy wants it."""
    is_secure = place.certificate is not None
    standard = 443 if is_secure else 80
    authority = place.host if place.port == standard else f"{place.host}:{place.port}"
    frontend = _FRONTEND.format(
        port=place.port,
        tls=f" ssl crt {place.certificate} alpn h2,http/1.1" if is_secure else "",
        streams=" ".join(limits.streams) or "^$",
        uploads=" ".join(limits.uploads) or "^$",
        limits=limits,
        hsts=f'    http-response set-header Strict-Transport-Security "{HSTS}"\n' if is_secure else "",
    )
    redirect = _REDIRECT.format(plain_port=place.plain_port, authority=authority) if is_secure else ""
    named = [(f"app{number}", each) for number, each in enumerate(place.upstreams, start=1)]
    return _WHOLE.format(
        limits=limits,
        authority=authority,
        scheme="https" if is_secure else "http",
        frontends=redirect + frontend,
        servers="\n".join(f"    server {name} {each} check" for name, each in named),
        tracking="\n".join(f"    server {name} {each} track hauberk/{name}" for name, each in named),
    )
