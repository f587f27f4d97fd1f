"""What the made-up company owns, and what its scanners find there. Vulnerabilities and packages are real ones."""

from typing import Final, NamedTuple


class Flaw(NamedTuple):
    """A published vulnerability of a package."""

    cve: str
    ecosystem: str
    package: str
    version: str
    fixed: str
    severity: str
    score: float
    cwe: int
    title: str


class Check(NamedTuple):
    """A rule of a code scanner, with a line of code that it finds."""

    rule: str
    severity: str
    cwe: int
    message: str
    code: str


class Alert(NamedTuple):
    """An alert of a web scanner."""

    plugin: str
    name: str
    risk: int
    cwe: int
    path: str
    parameter: str
    solution: str


class Owned(NamedTuple):
    """An asset of the company: which ecosystems and folders its reports show."""

    name: str
    kind: str
    ecosystem: str
    manifest: str
    folder: str
    suffix: str


ASSETS: Final = (
    Owned("payments-api", "repository", "maven", "pom.xml", "src/main/java/shop/payments", "java"),
    Owned(
        "legacy-billing", "repository", "maven", "billing/pom.xml", "billing/src/main/java/billing", "java"
    ),
    Owned("storefront", "repository", "npm", "package-lock.json", "src/pages", "ts"),
    Owned("mobile-gateway", "repository", "npm", "package-lock.json", "src/routes", "ts"),
    Owned("identity-service", "repository", "golang", "go.mod", "internal/session", "go"),
    Owned("edge-proxy", "repository", "golang", "go.mod", "pkg/proxy", "go"),
    Owned("data-exports", "repository", "pypi", "requirements.txt", "exports", "py"),
    Owned("recommendations", "repository", "pypi", "poetry.lock", "recommendations/api", "py"),
    Owned("registry.shop.example/base-runtime", "image", "deb", "debian 12.4", "", ""),
    Owned("registry.shop.example/media-worker", "image", "deb", "debian 12.1", "", ""),
    Owned("www.shop.example", "site", "", "", "", ""),
    Owned("pay.shop.example", "site", "", "", "", ""),
)

FLAWS: Final = (
    Flaw("CVE-2021-44228", "maven", "org.apache.logging.log4j:log4j-core", "2.14.1", "2.15.0", "CRITICAL", 10.0, 502,
         "Remote code execution through a JNDI look-up in log messages"),
    Flaw("CVE-2022-22965", "maven", "org.springframework:spring-beans", "5.3.17", "5.3.18", "CRITICAL", 9.8, 94,
         "Remote code execution through data binding"),
    Flaw("CVE-2022-42889", "maven", "org.apache.commons:commons-text", "1.9", "1.10.0", "CRITICAL", 9.8, 94,
         "Variable interpolation runs code"),
    Flaw("CVE-2022-1471", "maven", "org.yaml:snakeyaml", "1.30", "2.0", "HIGH", 8.3, 502,
         "The constructor deserialises any type"),
    Flaw("CVE-2023-20883", "maven", "org.springframework.boot:spring-boot-autoconfigure", "2.7.10", "2.7.12", "HIGH",
         7.5, 400, "Denial of service through the welcome page"),
    Flaw("CVE-2022-42003", "maven", "com.fasterxml.jackson.core:jackson-databind", "2.13.3", "2.13.4.2", "HIGH", 7.5,
         502, "Deep nesting exhausts memory"),
    Flaw("CVE-2020-9488", "maven", "org.apache.logging.log4j:log4j-core", "2.13.1", "2.13.2", "LOW", 3.7, 295,
         "The mail appender does not check the host of a certificate"),
    Flaw("CVE-2023-34462", "maven", "io.netty:netty-handler", "4.1.86", "4.1.94", "MEDIUM", 6.5, 400,
         "The SNI handler allocates up to 16 MiB for each channel"),
    Flaw("CVE-2024-38816", "maven", "org.springframework:spring-webmvc", "6.1.10", "6.1.13", "HIGH", 7.5, 22,
         "Path traversal in functional web frameworks"),
    Flaw("CVE-2021-23337", "npm", "lodash", "4.17.20", "4.17.21", "HIGH", 7.2, 94, "Command injection in template"),
    Flaw("CVE-2022-25883", "npm", "semver", "7.3.8", "7.5.2", "MEDIUM", 5.3, 1333,
         "A crafted range takes quadratic time"),
    Flaw("CVE-2024-37890", "npm", "ws", "8.16.0", "8.17.1", "HIGH", 7.5, 476, "Many headers crash the server"),
    Flaw("CVE-2023-45857", "npm", "axios", "1.4.0", "1.6.0", "MEDIUM", 6.5, 352, "The XSRF token is sent to any host"),
    Flaw("CVE-2024-29041", "npm", "express", "4.18.2", "4.19.2", "MEDIUM", 6.1, 601, "Open redirect in malformed URLs"),
    Flaw("CVE-2022-46175", "npm", "json5", "2.2.1", "2.2.2", "HIGH", 7.1, 1321, "Prototype pollution in parse"),
    Flaw("CVE-2024-4068", "npm", "braces", "3.0.2", "3.0.3", "HIGH", 7.5, 1050, "Nested braces exhaust memory"),
    Flaw("CVE-2023-26136", "npm", "tough-cookie", "4.1.2", "4.1.3", "MEDIUM", 6.5, 1321,
         "Prototype pollution through cookies"),
    Flaw("CVE-2024-45296", "npm", "path-to-regexp", "0.1.7", "0.1.10", "HIGH", 7.5, 1333,
         "A route with two parameters backtracks"),
    Flaw("CVE-2023-44487", "golang", "golang.org/x/net", "0.15.0", "0.17.0", "HIGH", 7.5, 400, "HTTP/2 rapid reset"),
    Flaw("CVE-2024-45337", "golang", "golang.org/x/crypto", "0.30.0", "0.31.0", "CRITICAL", 9.1, 285,
         "The public-key callback of SSH can be misled"),
    Flaw("CVE-2023-39325", "golang", "golang.org/x/net", "0.16.0", "0.17.0", "HIGH", 7.5, 770,
         "Rapid stream resets exhaust the server"),
    Flaw("CVE-2022-32149", "golang", "golang.org/x/text", "0.3.7", "0.3.8", "HIGH", 7.5, 772,
         "Parsing Accept-Language takes quadratic time"),
    Flaw("CVE-2024-24786", "golang", "google.golang.org/protobuf", "1.32.0", "1.33.0", "MEDIUM", 5.9, 835,
         "Unmarshalling invalid JSON loops for ever"),
    Flaw("CVE-2020-26160", "golang", "github.com/dgrijalva/jwt-go", "3.2.0", "4.0.0-preview1", "HIGH", 7.5, 287,
         "The audience of a token is not always checked"),
    Flaw("CVE-2023-32681", "pypi", "requests", "2.28.2", "2.31.0", "MEDIUM", 6.1, 200,
         "Proxy credentials leak through redirects"),
    Flaw("CVE-2023-37920", "pypi", "certifi", "2022.12.7", "2023.7.22", "CRITICAL", 9.8, 345,
         "Roots of a distrusted authority are still trusted"),
    Flaw("CVE-2024-34064", "pypi", "jinja2", "3.1.2", "3.1.4", "MEDIUM", 5.4, 79, "Attribute injection in xmlattr"),
    Flaw("CVE-2023-30861", "pypi", "flask", "2.2.2", "2.2.5", "HIGH", 7.5, 539, "A proxy may cache a session cookie"),
    Flaw("CVE-2022-40897", "pypi", "setuptools", "65.5.0", "65.5.1", "HIGH", 7.5, 1333, "Backtracking on HTML pages"),
    Flaw("CVE-2023-4863", "pypi", "pillow", "9.5.0", "10.0.1", "HIGH", 8.8, 787, "Heap overflow in libwebp"),
    Flaw("CVE-2024-23334", "pypi", "aiohttp", "3.9.1", "3.9.2", "HIGH", 7.5, 22, "Directory traversal by symlinks"),
    Flaw("CVE-2023-38545", "deb", "curl", "7.88.1-10", "7.88.1-10+deb12u4", "CRITICAL", 9.8, 787,
         "Heap overflow in the SOCKS5 handshake"),
    Flaw("CVE-2024-6387", "deb", "openssh-server", "1:9.2p1-2", "1:9.2p1-2+deb12u3", "HIGH", 8.1, 364,
         "A race in the signal handler runs code"),
    Flaw("CVE-2023-4911", "deb", "libc6", "2.36-9", "2.36-9+deb12u3", "HIGH", 7.8, 787,
         "Overflow in the dynamic loader"),
    Flaw("CVE-2024-3094", "deb", "liblzma5", "5.6.0-0.2", "5.6.1+really5.4.5-1", "CRITICAL", 10.0, 506,
         "A backdoor in the release archive"),
    Flaw("CVE-2023-5363", "deb", "libssl3", "3.0.9-1", "3.0.11-1~deb12u2", "HIGH", 7.5, 325,
         "Wrong key and nonce lengths are accepted"),
    Flaw("CVE-2022-3715", "deb", "bash", "5.2.15-2", "", "HIGH", 7.8, 787, "Heap overflow in parameter expansion"),
    Flaw("CVE-2011-3374", "deb", "apt", "2.6.1", "", "LOW", 3.7, 347, "Keyring files are checked too late"),
    Flaw("CVE-2023-7008", "deb", "libsystemd0", "252.19-1", "252.21-1~deb12u1", "MEDIUM", 5.9, 300,
         "Unsigned names are accepted in signed zones"),
    Flaw("CVE-2023-45853", "deb", "zlib1g", "1:1.2.13.dfsg-1", "", "CRITICAL", 9.8, 190,
         "Integer overflow in minizip"),
)  # fmt: skip

CHECKS: Final = (
    Check(
        "sql-string-concatenation",
        "ERROR",
        89,
        "SQL is built from request input; use parameters.",
        'query("select * from entry where memo like " + input)',
    ),
    Check(
        "path-from-request",
        "ERROR",
        22,
        "A path from the request reaches the file system.",
        "open(base + name)",
    ),
    Check("jwt-without-audience", "ERROR", 287, "The token's audience is not checked.", "verify(token, key)"),
    Check("weak-hash", "WARNING", 328, "MD5 is no longer collision-resistant.", "md5(content)"),
    Check(
        "insecure-random",
        "WARNING",
        338,
        "The generator is predictable; do not make tokens with it.",
        "random()",
    ),
    Check(
        "tls-verification-off",
        "ERROR",
        295,
        "The server's certificate is not verified.",
        "client(verify=false)",
    ),
    Check(
        "open-redirect", "WARNING", 601, "A redirect goes where the request says.", "redirect(request.next)"
    ),
    Check(
        "xss-unescaped-output", "ERROR", 79, "Request input reaches the page unescaped.", "render(raw(input))"
    ),
    Check(
        "ssrf-from-request",
        "ERROR",
        918,
        "The server fetches an address from the request.",
        "fetch(input.url)",
    ),
    Check("log-injection", "INFO", 117, "Request input is written to the log as it is.", "log.info(input)"),
    Check("hard-coded-timeout", "INFO", 400, "A call without time limit can hang.", "connect(host)"),
)

ALERTS: Final = (
    Alert("40018", "SQL Injection", 3, 89, "/v2/ledger/search", "memo", "Use prepared statements."),
    Alert(
        "40012", "Cross Site Scripting (Reflected)", 3, 79, "/search", "q", "Encode output for its context."
    ),
    Alert("10038", "Content Security Policy (CSP) Header Not Set", 2, 693, "/", "", "Send the header."),
    Alert("10020", "Missing Anti-clickjacking Header", 2, 1021, "/account", "", "Send X-Frame-Options."),
    Alert("10010", "Cookie No HttpOnly Flag", 1, 1004, "/login", "session", "Set HttpOnly on every cookie."),
    Alert("10021", "X-Content-Type-Options Header Missing", 1, 693, "/static/app.js", "", "Send nosniff."),
    Alert("10096", "Timestamp Disclosure - Unix", 1, 497, "/health", "", "Check that it tells nothing."),
    Alert("20019", "External Redirect", 3, 601, "/go", "url", "Allow only known targets."),
)
