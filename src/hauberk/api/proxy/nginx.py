"""nginx in front: TLS, redirect, limits in step with the application, streams and uploads unbuffered."""

from hauberk.api.proxy.limits import HSTS, Limits
from hauberk.api.proxy.place import Place
from hauberk.infra.security_headers import OF_REFUSALS

CIPHERS = ":".join(
    f"ECDHE-{key}-{cipher}"
    for cipher in ("AES128-GCM-SHA256", "AES256-GCM-SHA384", "CHACHA20-POLY1305")
    for key in ("ECDSA", "RSA")
)
_TITLES = {
    400: ("bad_request", "The request cannot be read as HTTP: a header or the address is wrong or too long."),
    413: ("content_too_large", "The body is larger than this address takes."),
    502: ("unavailable", "No process of the application answers just now; try again."),
    504: ("timeout", "The application did not answer in time."),
}
_CAUGHT = {400: "400 414 494"}  # a header that is too long has a number of nginx's own

_SITE = """\
# Hauberk behind nginx, made by 'hauberk render nginx' from the settings in force; make it again when they change.
# The application believes the address that is told here only when HAUBERK_HTTP_TRUSTED_PROXIES names this machine.

upstream hauberk {{
    zone hauberk 256k;
    least_conn;
{servers}
    keepalive 64;
    # A connection belongs to one process, and the one used last is used next: so the others get their turn too.
    keepalive_requests 100;
    keepalive_timeout 60s;
}}
{redirect}
server {{
{listen}
    server_name {host};
    server_tokens off;

    # Compressed by the application, which knows what may be; nginx sends what was compressed beforehand.
    gzip off;
    gzip_vary on;

    client_header_timeout 10s;
    client_body_timeout {limits.idle_seconds}s;
    send_timeout {limits.idle_seconds}s;
    keepalive_timeout 75s;
    client_max_body_size {limits.body_bytes};
    large_client_header_buffers 4 16k;

    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_set_header Host $http_host;
    proxy_set_header X-Forwarded-For $remote_addr;
    proxy_set_header X-Forwarded-Proto $scheme;
    proxy_set_header X-Forwarded-Host "";
    proxy_connect_timeout 3s;
    proxy_send_timeout {limits.idle_seconds}s;
    proxy_read_timeout {limits.answer_seconds}s;
    # Another process is tried when one cannot be reached or ends the connection without an answer; what changes
    # something is never sent twice.
    proxy_next_upstream error timeout http_502;
    proxy_next_upstream_tries 3;
    proxy_next_upstream_timeout 5s;
{hsts}{errors}
{streams}
{uploads}
{assets}
    location = /metrics {{
        return 404; # Prometheus asks the processes themselves
    }}

    location / {{
        proxy_pass http://hauberk;
    }}
}}
"""

_TLS = """\
{listen}
    ssl_certificate {certificate};
    ssl_certificate_key {key};
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_ciphers {ciphers};
    ssl_prefer_server_ciphers off;
    ssl_session_timeout 1d;
    ssl_session_cache shared:hauberk_tls:10m;
    ssl_session_tickets off;
    error_page 497 =308 https://$http_host$request_uri; # plain HTTP at this port
"""

_REDIRECT = """
server {{
{listen}
    server_name {host};
    server_tokens off;
    return 308 https://{authority}$request_uri;
}}
"""

_WHOLE = """\
worker_processes auto;
pid {folder}/nginx.pid;
error_log stderr warn;
worker_rlimit_nofile 65536;
events {{
    worker_connections 16384;
}}
http {{
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    sendfile on;
    tcp_nopush on;
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/unused;
    uwsgi_temp_path {folder}/unused;
    scgi_temp_path {folder}/unused;

{site}}}
"""


def render(place: Place, limits: Limits) -> str:
    is_secure = place.certificate is not None
    site = _SITE.format(
        host=place.host,
        limits=limits,
        servers="\n".join(f"    server {each} max_fails=2 fail_timeout=5s;" for each in place.upstreams),
        redirect=_redirect(place) if is_secure else "",
        listen=_listen(place),
        hsts=_hsts() if is_secure else "",
        errors="".join(_error(code, is_secure=is_secure) for code in _TITLES),
        streams="\n".join(_stream(path, limits) for path in limits.streams),
        uploads="\n".join(_upload(path, limits) for path in limits.uploads),
        assets=_assets(place, is_secure=is_secure),
    )
    if place.folder is None:
        return site
    indented = "".join(f"    {line}" if line.strip() else line for line in site.splitlines(keepends=True))
    return _WHOLE.format(folder=place.folder, site=indented)


def _listen(place: Place) -> str:
    if place.certificate is None:
        return _ports(place, place.port)
    return _TLS.format(
        listen=_ports(place, place.port, " ssl http2"),
        certificate=place.certificate,
        key=place.key,
        ciphers=CIPHERS,
    ).rstrip("\n")


def _ports(place: Place, port: int, how: str = "") -> str:
    addresses = [str(port), *([f"[::]:{port}"] if place.has_ipv6 else [])]
    return "\n".join(f"    listen {each}{how};" for each in addresses)


def _redirect(place: Place) -> str:
    authority = place.host if place.port == 443 else f"{place.host}:{place.port}"
    listen = _ports(place, place.plain_port)
    return _REDIRECT.format(listen=listen, host=place.host, authority=authority)


def _hsts() -> str:
    """Said here, so that what nginx itself refuses has it too, and once."""
    return (
        "    proxy_hide_header Strict-Transport-Security;\n"
        f'    add_header Strict-Transport-Security "{HSTS}" always;\n'
    )


def _error(code: int, *, is_secure: bool) -> str:
    """A location that adds headers of its own has none of its server's.

    It has an address and no name: for a request whose own cannot be read, nginx finds no way to a named one, and says 500.
    """
    headers = {**OF_REFUSALS, "X-Request-ID": "$request_id"} | (
        {"Strict-Transport-Security": HSTS} if is_secure else {}
    )
    added = "".join(f'        add_header {name} "{value}" always;\n' for name, value in headers.items())
    kind, detail = _TITLES[code]
    body = (
        f'{{"type":"urn:hauberk:problem:{kind}","title":"{detail.rstrip(".")}","status":{code},'
        f'"detail":"{detail}","instance":"","request_id":"$request_id"}}'
    )
    return (
        f"\n    error_page {_CAUGHT.get(code, code)} ={code} /.problem/{code};\n"
        f"    location = /.problem/{code} {{\n        internal;\n"
        f"        default_type application/problem+json;\n{added}        return {code} '{body}';\n    }}\n"
    )


def _stream(path: str, limits: Limits) -> str:
    return f"""\
    location ~ "{path}" {{
        proxy_pass http://hauberk;
        proxy_buffering off;
        proxy_read_timeout {limits.stream_seconds}s;
    }}
"""


def _upload(path: str, limits: Limits) -> str:
    return f"""\
    location ~ "{path}" {{
        proxy_pass http://hauberk;
        client_max_body_size {limits.upload_bytes};
        proxy_request_buffering off;
        proxy_read_timeout {limits.stream_seconds}s;
    }}
"""


def _assets(place: Place, *, is_secure: bool) -> str:
    if place.assets is None:
        return ""
    hsts = f'        add_header Strict-Transport-Security "{HSTS}" always;\n' if is_secure else ""
    return f"""\
    location /assets/ {{
        root {place.assets};
        gzip_static on;
        add_header Cache-Control "public, max-age=31536000, immutable";
        add_header X-Content-Type-Options nosniff always;
        add_header Cross-Origin-Resource-Policy same-origin always;
{hsts}    }}
"""
