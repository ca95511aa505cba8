"""Three instances behind nginx are started anew one after another, several times, and killed once each, under load."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from benchmarks.drills.databases import database
from benchmarks.drills.load import get, load, until
from benchmarks.drills.scene import Row, Scene, row
from benchmarks.instances.instance import ROOT, Instance
from benchmarks.processes import await_port, end, free_port, running

from .serving import PATHS

INSTANCES = 3
#: A request that an instance did not answer, because it was just ending, goes to the next.
NGINX = """
daemon off;
pid {directory}/pid;
error_log {directory}/errors;
{user}
events {{ }}
http {{
    access_log off;
    client_body_temp_path {directory}/body;
    proxy_temp_path {directory}/proxied;
    fastcgi_temp_path {directory}/fastcgi;
    uwsgi_temp_path {directory}/uwsgi;
    scgi_temp_path {directory}/scgi;
    upstream portal {{ {servers} }}
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://portal;
            proxy_set_header Host $http_host;
            proxy_next_upstream error timeout http_502 http_503;
        }}
    }}
}}
"""


def drill(scene: Scene) -> Iterator[Row]:
    if not (nginx := shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")):
        yield row("nginx is there", "NGINX IS MISSING: apt-get install nginx-light")
        return
    rounds, port = scene.long(5, 2), free_port()
    with database(scene) as place, ExitStack() as stack:
        instances = [
            Instance(ROOT / "fixtures", scene.directory / "var", free_port(), place.url)
            for _ in range(INSTANCES)
        ]
        instances[0].var.mkdir()
        instances[0].run("bin/prepare.py")
        servers = {each.port: stack.enter_context(each.serving()) for each in instances}
        command = [nginx, "-c", str(_configuration(scene.directory, port, [*servers]))]
        command += ["-e", f"{scene.directory}/errors"]
        proxy = stack.enter_context(running(command, directory=scene.directory, environment=os.environ))
        await_port(proxy, port)
        for path in PATHS:
            get(port, path)
        with load(lambda: port, PATHS, clients=4) as requests:
            for number in range(rounds + 1):
                for instance in instances:
                    if number < rounds:
                        end(servers[instance.port])
                    else:
                        _kill(servers[instance.port])
                    servers[instance.port] = stack.enter_context(instance.serving())
                    until(lambda at=instance.port: get(at, "/ready/").is_answered, 20)  # type: ignore[misc]
        failed = [each for each in requests if not each.is_answered]
        yield row(
            f"{INSTANCES} instances started anew {rounds} times and killed once, no request failed",
            *failed,
            figure=f"{len(requests)} answered, the slowest after {max(each.seconds for each in requests):.2f} s",
        )


def _configuration(directory: Path, port: int, servers: list[int]) -> Path:
    path = directory / "nginx.conf"
    path.write_text(
        NGINX.format(
            directory=directory,
            port=port,
            servers=" ".join(f"server 127.0.0.1:{each} max_fails=1 fail_timeout=1s;" for each in servers),
            user="user root;" if os.geteuid() == 0 else "",
        )
    )
    return path


def _kill(server: subprocess.Popen[bytes]) -> None:
    """Kill a server and its workers, as a machine without memory does."""
    os.killpg(server.pid, signal.SIGKILL)
    server.wait()
