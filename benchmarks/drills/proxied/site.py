"""Run the portal behind nginx as `deploy/` has both, with a certificate of its own, on ports of this machine."""

import os
import re
import shutil
import ssl
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPException, HTTPSConnection
from http.cookiejar import CookieJar
from pathlib import Path
from time import monotonic
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, HTTPSHandler, OpenerDirector, build_opener

from benchmarks import processes
from benchmarks.drills.databases import database
from benchmarks.drills.load import Request
from benchmarks.drills.scene import Scene
from benchmarks.instances.instance import ROOT, Instance

#: What docs/operating.md sets in nginx.conf, and a line for each request: whom nginx asked, and what it had itself.
HTTP = """
daemon off;
{user}
worker_processes 2;
worker_rlimit_nofile 20000;
pid {directory}/pid;
error_log {directory}/errors;
events {{ worker_connections 8192; }}
http {{
    include /etc/nginx/mime.types;
    # Who a client is, for drills with more than one.
    set_real_ip_from 127.0.0.1;
    real_ip_header X-Drill-Address;
    log_format asked "$uri $status $upstream_status";
    access_log {directory}/requests asked;
    client_body_temp_path {directory}/body;
    proxy_temp_path {directory}/proxied;
    fastcgi_temp_path {directory}/fastcgi;
    uwsgi_temp_path {directory}/uwsgi;
    scgi_temp_path {directory}/scgi;
    {site}
}}
"""
SECONDS = 30
DEPLOY = ROOT / "deploy"
#: All that the other site has to say.
ANOTHER = "Another site."


@dataclass(frozen=True)
class ProxiedInstance(Instance):
    """An instance that is reached through nginx, on this port, and below this path."""

    proxy: int = 0
    path: str = ""

    @property
    def address(self) -> str:
        return f"https://127.0.0.1:{self.proxy}{self.path}"

    @property
    def environment(self) -> dict[str, str]:
        behind = {"DJANGO_HTTPS": "on", "SITE_URL": self.address, "LOG_FORMAT": "text"}
        return {**super().environment, **behind}

    def browser(self) -> OpenerDirector:
        return build_opener(HTTPCookieProcessor(CookieJar()), HTTPSHandler(context=trusting()))


@dataclass(frozen=True)
class Site:
    """A running site: its instance, the folder with the lines about its requests, and how the portal is ended."""

    instance: ProxiedInstance
    directory: Path
    end_portal: Callable[[], None]

    @property
    def port(self) -> int:
        """Return the port of nginx."""
        return self.instance.proxy

    def ask(self, path: str, *, method: str = "GET", body: str = "", **headers: str) -> Request:
        """Ask nginx once, on a connection of its own. Names of headers have underscores here."""
        [answer] = self._asked([path], method, body, headers)
        return answer

    def ask_often(self, path: str, times: int, **headers: str) -> list[Request]:
        """Ask nginx so many times, as fast as it answers, on one connection."""
        return self._asked([path] * times, "GET", "", headers)

    def _asked(self, paths: Sequence[str], method: str, body: str, headers: dict[str, str]) -> list[Request]:
        named = {"Accept-Encoding": "gzip"} | {name.replace("_", "-"): text for name, text in headers.items()}
        answers = []
        with closing(
            HTTPSConnection("127.0.0.1", self.port, timeout=SECONDS, context=trusting())
        ) as connection:
            for path in paths:
                began = monotonic()
                try:
                    connection.request(method, path, body=body or None, headers=named)
                    response = connection.getresponse()
                    content, status = response.read(), response.status
                    # Of several of one name, as of cookies, all.
                    received = {name.lower(): str(response.getheader(name)) for name in response.headers}
                except (OSError, HTTPException):
                    status, received, content = 0, {}, b""
                answers.append(Request(path, began, monotonic() - began, status, received, content))
        return answers

    def post(self, path: str, form: dict[str, str], **headers: str) -> Request:
        """Send a form to nginx."""
        kind = "application/x-www-form-urlencoded"
        return self.ask(path, method="POST", body=urlencode(form), Content_Type=kind, **headers)

    def asked_of_the_portal(self, path: str) -> int:
        """Return how many requests for this path nginx has handed on to the portal so far."""
        lines = (self.directory / "requests").read_text().splitlines()
        return sum(line.startswith(f"{path} ") and not line.endswith(" -") for line in lines)


def trusting() -> ssl.SSLContext:
    """Return a context that trusts the certificate of the drill, which nobody has signed."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def adapted(shipped: str, *, instance: ProxiedInstance, directory: Path) -> str:
    """Return the shipped site on ports of this machine, with the certificate and the folders of the drill."""
    for pattern, text in (
        (r"^ *listen \[::\].*\n", ""),
        (r"listen 80;", f"listen 127.0.0.1:{processes.free_port()};"),
        (r"listen 443 ", f"listen 127.0.0.1:{instance.proxy} "),
        (r"/etc/letsencrypt/\S+/fullchain\.pem", f"{directory}/certificate.pem"),
        (r"/etc/letsencrypt/\S+/privkey\.pem", f"{directory}/key.pem"),
        (r"(proxy_cache_path )\S+", rf"\g<1>{directory}/cache"),
        (r"root /srv/touchstone/var;", f"root {instance.var};"),
        (r"server 127\.0\.0\.1:8000 ", f"server 127.0.0.1:{instance.port} "),
    ):
        shipped, number = re.subn(pattern, text, shipped, flags=re.MULTILINE)
        if not number:
            raise ValueError(f"deploy/nginx.conf has nothing like {pattern}")
    return shipped


def of_another_site(adapted: str, included: str, *, port: int, directory: Path) -> str:
    """Return another site, which includes the portal: beside it what stands above the servers of the adapted one."""
    above, *_ = adapted.partition("\nserver {")
    return f"""{above}
server {{
    listen 127.0.0.1:{port} ssl;
    ssl_certificate {directory}/certificate.pem;
    ssl_certificate_key {directory}/key.pem;
    location / {{ return 200 "{ANOTHER}"; }}
    location ~ [.]png$ {{ return 200 "{ANOTHER}"; }}
    {included}
}}
"""


@contextmanager
def site(scene: Scene, *, processes_of_portal: int = 3, path: str = "") -> Iterator[Site]:
    """Run a seeded portal behind nginx until the block ends: as a site of its own, or below a path of another one.

    Raises NotStarted, also where nginx is missing.
    """
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        raise processes.NotStarted("NGINX IS MISSING: apt-get install nginx")
    directory = scene.directory / "nginx"
    directory.mkdir()
    _make_certificate(directory)
    with database(scene) as place:
        instance = ProxiedInstance(
            ROOT / "fixtures",
            scene.directory / "var",
            processes.free_port(),
            place.url,
            processes_of_portal,
            processes.free_port(),
            path,
        )
        text = adapted((DEPLOY / "nginx.conf").read_text(), instance=instance, directory=directory)
        if path:
            included = (DEPLOY / "nginx-path.conf").read_text().replace("/compare/", f"{path}/")
            text = of_another_site(text, included, port=instance.proxy, directory=directory)
        user = "user root;" if os.geteuid() == 0 else ""
        (directory / "nginx.conf").write_text(HTTP.format(user=user, directory=directory, site=text))
        command = [program, "-c", f"{directory}/nginx.conf", "-e", f"{directory}/errors"]
        with (
            ExitStack() as portal,
            processes.running(command, directory=directory, environment=dict(os.environ)) as server,
        ):
            portal.enter_context(instance.running())
            processes.await_port(server, instance.proxy)
            yield Site(instance, directory, portal.close)


def _make_certificate(directory: Path) -> None:
    command = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=drill -days 1"
    )
    files = ["-keyout", f"{directory}/key.pem", "-out", f"{directory}/certificate.pem"]
    subprocess.run([*command.split(), *files], capture_output=True, check=True)
