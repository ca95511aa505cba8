"""Adapt the shipped configuration of nginx to this machine: ports of our own, no encryption, a file server beside."""

import os
import re
from pathlib import Path

#: What becomes of the shipped lines: certificates, redirects to HTTPS and public ports are left out.
CHANGES = (
    (r"server \{[^{}]*return 301[^{}]*\}", ""),
    (r"^\s*listen \[::\].*;\n", ""),
    (r"^\s*http2 on;\n", ""),
    (r"^\s*ssl_\w+ .*;\n", ""),
    (r"^\s*add_header Strict-Transport-Security .*;\n", ""),
    (r"listen 443[^;]*;", "listen 127.0.0.1:{port};"),
    (r"127\.0\.0\.1:8000", "127.0.0.1:{portal}"),
    (r"(proxy_cache_path\s+)\S+", r"\g<1>{directory}/cache"),
)

HTTP = """
daemon off;
{user}
worker_processes auto;
pid {directory}/pid;
error_log {directory}/errors;
events {{ }}
http {{
    access_log {directory}/requests;
    client_body_temp_path {directory}/body;
    proxy_temp_path {directory}/proxied;
    fastcgi_temp_path {directory}/fastcgi;
    uwsgi_temp_path {directory}/uwsgi;
    scgi_temp_path {directory}/scgi;
    {shipped}
    server {{
        listen 127.0.0.1:{files};
        root {directory}/files;
        default_type text/html;
    }}
}}
"""


def adapted(shipped: str, *, port: int, portal: int, directory: Path) -> str:
    """Return the servers of the shipped configuration, listening on `port` before the portal on the port `portal`."""
    for pattern, replacement in CHANGES:
        text = replacement.replace("{port}", f"{port}").replace("{portal}", f"{portal}")
        shipped = re.sub(pattern, text.replace("{directory}", f"{directory}"), shipped, flags=re.MULTILINE)
    return shipped


def configuration(shipped: str, *, port: int, portal: int, files: int, directory: Path) -> str:
    """Return a whole configuration: the shipped servers, and one on port `files` for the folder `directory`/files."""
    return HTTP.format(
        shipped=adapted(shipped, port=port, portal=portal, directory=directory),
        files=files,
        directory=directory,
        user="user root;" if os.geteuid() == 0 else "",
    )
