"""What docs/operating.md and deploy/ say, held to the code: settings, commands, units, the proxy, the image."""

import hashlib
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.core.management import get_commands

from benchmarks.drills.proxied.site import ProxiedInstance, adapted, of_another_site

BASE_DIR: Path = settings.BASE_DIR
DEPLOY = BASE_DIR / "deploy"
OPERATING = (BASE_DIR / "docs" / "operating.md").read_text()


# docs/operating.md


def test_table_of_settings_is_that_of_the_code_and_of_the_example() -> None:
    code = (BASE_DIR / "config" / "settings.py").read_text()
    read = set(re.findall(r'(?:\benv\.\w+|\bhosts)\(\s*"([A-Z_]+)"', code))
    rows = re.findall(r"^\| `([A-Z_]+)` \|", OPERATING, re.MULTILINE)
    example = re.findall(r"^#?([A-Z_]+)=", (BASE_DIR / ".env.example").read_text(), re.MULTILINE)
    assert len(rows) == len(set(rows))
    assert set(rows) == read
    assert set(example) == read


def test_operating_names_commands_files_and_targets_that_exist() -> None:
    units = "".join(unit.read_text() for unit in DEPLOY.rglob("*.service"))
    started = re.findall(r"^ExecStart\S+python manage\.py (\w+)", units, re.MULTILINE)
    commands = {*started, *re.findall(r"manage\.py (\w+)", OPERATING)}
    assert len(commands) > 5
    assert commands <= set(get_commands())
    files = set(re.findall(r"(?<!/)\b((?:deploy|bin|config)/[\w./-]*[\w*])", OPERATING))
    assert len(files) > 8
    assert [name for name in sorted(files) if not [*BASE_DIR.glob(name)]] == []
    targets = set(re.findall(r"^([a-z]+):", (BASE_DIR / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"`make (\w+)`", OPERATING)) <= targets


def test_shell_of_operating_is_well_formed() -> None:
    for block in re.findall(r"^ *```sh\n(.*?)^ *```", OPERATING, re.MULTILINE | re.DOTALL):
        subprocess.run(["bash", "-n"], input=block, text=True, check=True)


def test_figures_of_operating_are_those_that_are_counted() -> None:
    code = (BASE_DIR / "config" / "metrics.py").read_text()
    counted = {name.removesuffix("_total") for name in re.findall(r'"(touchstone_\w+)"', code)}
    described = re.findall(r"^  \| `(touchstone_\w+)`", OPERATING, re.MULTILINE)
    assert {name.removesuffix("_total") for name in described} == counted


# docs/security.md

#: How many requirements each section of ASVS 5.0 has on levels 1 and 2, which are its first ones.
REQUIREMENTS = {
    "1": (2, 9, 11, 3, 2), "2": (3, 3, 4, 1), "3": (0, 2, 4, 6, 5, 0, 2), "4": (3, 1, 2, 4), "5": (1, 3, 2, 3),
    "6": (3, 12, 4, 4, 5, 3, 0, 4), "7": (3, 4, 2, 5, 2, 2), "8": (2, 3, 1, 1), "9": (3, 4),
    "10": (2, 2, 4, 11, 5, 2, 3), "11": (2, 3, 3, 4, 1, 1), "12": (3, 2, 4), "13": (1, 5, 2, 5), "14": (2, 4, 3),
    "15": (3, 3, 7), "16": (1, 5, 4, 3, 3), "17": (1, 4, 2),
}  # fmt: skip


def test_security_answers_each_requirement_once_and_names_what_exists() -> None:
    numbers = [
        f"{chapter}.{section}.{number}"
        for chapter, counts in REQUIREMENTS.items()
        for section, count in enumerate(counts, 1)
        for number in range(1, count + 1)
    ]
    text = (BASE_DIR / "docs" / "security.md").read_text()
    answered: list[str] = []
    for cell in re.findall(r"^\| (\d+\.[\d., –]+) \|", text, re.MULTILINE):
        for part in cell.split(", "):
            first, _, last = part.partition("–")
            answered += numbers[numbers.index(first) : numbers.index(last or first) + 1]
    assert answered == numbers
    for file, name in re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", text):
        assert re.search(rf"^def {name or 'test_'}", (BASE_DIR / file).read_text(), re.MULTILINE), name
    for file in re.findall(r"`((?:deploy|benchmarks|config|static)/[\w./]+)`", text):
        assert (BASE_DIR / file).exists(), file
    not_met = re.findall(r"^\| ([\d.]+) \| not met, see above \|$", text, re.MULTILINE)
    assert re.findall(r"^- \*\*([\d.]+)\*\* ", text, re.MULTILINE) == not_met


# Files that came from elsewhere


def test_vendored_files_are_those_of_the_list() -> None:
    text = (BASE_DIR / "static" / "vendor" / "README.md").read_text()
    hashes = dict(re.findall(r"^\| `([\w./-]+)` \| `([0-9a-f]{64})` \|$", text, re.MULTILINE))
    assert len(hashes) > 5
    folders = {(BASE_DIR / name).parent for name in hashes}
    there = {
        str(file.relative_to(BASE_DIR))
        for folder in folders
        for file in folder.iterdir()
        if file.suffix in {".js", ".woff2", ".ttf", ".json"}
    }
    assert there == set(hashes)
    for name, expected in hashes.items():
        assert hashlib.sha256((BASE_DIR / name).read_bytes()).hexdigest() == expected, name


# Units of systemd


def confinement(unit: Path) -> set[str]:
    """The lines of a unit that say what its processes may not do."""
    line = re.compile(
        r"^(?:(?:NoNew|Capability|Ambient|Private|Device|Protect|Proc|Restrict|RemoveIPC|Keyring|Lock|Memory|SystemCall)"
        r"\w*)=.*$",
        re.MULTILINE,
    )
    return set(line.findall(unit.read_text()))


def test_units_are_confined_alike() -> None:
    expected = confinement(DEPLOY / "touchstone.service")
    assert len(expected) > 20
    for unit in DEPLOY.rglob("*.service"):
        assert confinement(unit) == expected, unit


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed")
def test_systemd_accepts_the_units_and_finds_them_confined(tmp_path: Path) -> None:
    """The programs are replaced by one that exists here."""
    for unit in [*DEPLOY.glob("*.service"), *DEPLOY.glob("*.socket"), *DEPLOY.glob("*.timer")]:
        text = unit.read_text().replace("/srv/touchstone/.venv/bin/python", "/bin/true")
        (tmp_path / unit.name).write_text(text)
    files = [str(path) for path in sorted(tmp_path.iterdir())]
    verified = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *files], capture_output=True, text=True, check=False
    )
    assert [line for line in verified.stderr.splitlines() if "touchstone" in line] == []
    for file in files:
        if file.endswith(".service"):
            subprocess.run(
                ["systemd-analyze", "security", "--offline=true", "--threshold=20", file],
                capture_output=True,
                check=True,
            )


# The proxy


def block(text: str, opening: str) -> str:
    """The part of nginx.conf between these words and the brace that closes it."""
    start = text.index(opening)
    depth, at = 0, start
    for at in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        if not depth and text[at] == "}":
            break
    return text[start:at]


NGINX = (DEPLOY / "nginx.conf").read_text()


def test_proxy_stores_nothing_of_the_desk_nor_for_who_is_signed_in() -> None:
    assert "proxy_cache" not in block(NGINX, "location ~ ^/(admin|live|ready)/")
    public = block(NGINX, "location / {")
    signed_in = block(NGINX, "map $http_cookie $touchstone_signed_in")
    assert f'"~{settings.SESSION_COOKIE_NAME}=" 1;' in signed_in  # any cookie whose name ends so
    for directive in ("proxy_cache_bypass", "proxy_no_cache"):
        assert f"{directive} $touchstone_signed_in $http_authorization;" in public


def test_proxy_of_another_site_does_the_same_below_a_path() -> None:
    """What a request is passed on with, and what is stored, is as in the site that the portal has to itself."""
    snippet = (DEPLOY / "nginx-path.conf").read_text()
    lines = {line.strip() for line in snippet.splitlines()}
    shipped = re.findall(
        r"^ +((?:proxy|limit_req)_?\w* .*;)$", NGINX[NGINX.index("    listen 443") :], re.MULTILINE
    )
    assert len(shipped) > 15
    assert set(shipped) <= lines
    assert "proxy_cache off;" in block(snippet, "location ~ ^/compare/(admin|live|ready)/")


def test_proxy_says_what_browsers_may_do_where_the_portal_has_not() -> None:
    """nginx adds the headers of the server in each location that adds none."""
    site = NGINX[NGINX.index("listen 443") :]
    locations = re.findall(r"^    location .*?^    \}", site, re.MULTILINE | re.DOTALL)
    assert len(locations) == 7
    assert [location for location in locations if "add_header" in location] == []
    stated = re.findall(r"add_header \S+ \$(\w+) always;", site)
    where_it_has_not = re.findall(
        r'^map "?\$upstream_http_x_content_type_options.* \$(\w+) +\{', NGINX, re.MULTILINE
    )
    assert {*stated} - {*where_it_has_not} == {"touchstone_cache_control", "touchstone_cache_status"}


@pytest.mark.slow
@pytest.mark.skipif(
    not (shutil.which("nginx") or Path("/usr/sbin/nginx").exists()), reason="nginx is not installed"
)
@pytest.mark.parametrize("name", ["nginx.conf", "nginx-path.conf", "topics/nginx.conf"])
def test_nginx_accepts_the_configuration(tmp_path: Path, name: str) -> None:
    """With a certificate of our own, on ports of this machine."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-subj", "/CN=compare.example.org", "-days", "1", "-keyout", key, "-out", certificate],
        capture_output=True, check=True,
    )  # fmt: skip
    text = (DEPLOY / name).read_text()
    if name == "nginx-path.conf":
        text = of_another_site(NGINX, text, port=8702, directory=tmp_path)
    text = re.sub(r"/etc/letsencrypt/\S+/fullchain\.pem", f"{certificate}", text)
    text = re.sub(r"/etc/letsencrypt/\S+/privkey\.pem", f"{key}", text)
    text = re.sub(r"(proxy_cache_path\s+)\S+", rf"\g<1>{tmp_path}/cache", text)
    temporary = "".join(
        f"{kind}_temp_path {tmp_path}/{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole = f"pid {tmp_path}/pid; events {{}} http {{ access_log off; {temporary} {text} }}"
    (tmp_path / "whole.conf").write_text(whole)
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    tested = subprocess.run(
        [program, "-t", "-q", "-e", tmp_path / "errors", "-c", tmp_path / "whole.conf"],
        capture_output=True,
        text=True,
        check=False,
    )
    # Newer versions prefer another word for HTTP/2, which older ones do not know.
    said = [line for line in tested.stderr.splitlines() if '"listen ... http2" directive' not in line]
    assert (tested.returncode, said) == (0, [])


def test_drills_start_the_site_that_is_shipped(tmp_path: Path) -> None:
    instance = ProxiedInstance(BASE_DIR / "fixtures", tmp_path / "var", 8701, proxy=8702)
    text = adapted(NGINX, instance=instance, directory=tmp_path)
    assert not re.search(r"letsencrypt|/var/cache|/srv/|127\.0\.0\.1:8000 |listen (?!127)", text)
    assert "listen 127.0.0.1:8702 ssl http2;" in text
    with pytest.raises(ValueError, match="has nothing like"):
        adapted("server {}", instance=instance, directory=tmp_path)


# Containers


COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())


def test_containers_are_confined() -> None:
    for name, service in COMPOSE["services"].items():
        assert service["read_only"], name
        assert service["cap_drop"] == ["ALL"], name
        assert "no-new-privileges:true" in service["security_opt"], name
        assert "privileged" not in service, name
    mounted = {
        volume.partition(":")[0]
        for service in COMPOSE["services"].values()
        for volume in service["volumes"]
        if not volume.startswith((".", "/"))
    }
    assert mounted == set(COMPOSE["volumes"])


def test_compose_names_what_exists() -> None:
    services = COMPOSE["services"]
    portal = services["portal"]
    assert (DEPLOY / portal["build"]["context"]).resolve() == BASE_DIR
    files = {BASE_DIR / portal["build"]["dockerfile"], BASE_DIR / ".env.example"}
    # What operators write themselves: one beside an example, the other as the first lines say.
    assert portal["env_file"] == ["../.env", "compose.env"]
    files |= {
        BASE_DIR / name for name in re.findall(r"(?<!/)\b(?:bin|deploy)/[\w./]+", portal["command"][-1])
    }
    for service in services.values():
        others = {
            *service.get("depends_on", ()),
            *re.findall("service:(.*)", service.get("network_mode", "")),
        }
        assert others <= set(services)
        mounted = [volume.split(":")[0] for volume in service["volumes"]]
        files |= {DEPLOY / source for source in mounted if source.startswith(".")}
    assert len(files) == 5
    assert [file for file in files if not file.is_file()] == []


def test_image_runs_without_rights_and_installs_by_hash() -> None:
    lines = (DEPLOY / "Containerfile").read_text().replace("\\\n", " ").splitlines()
    steps = [line.split(None, 1) for line in lines if re.match(r"[A-Z]+ ", line)]
    assert [text for word, text in steps if word == "USER"] == ["10001:10001"]
    assert any("--require-hashes --only-binary :all:" in text for word, text in steps if word == "RUN")
    assert {"HEALTHCHECK", "VOLUME", "CMD"} <= {word for word, _ in steps}
    assert [text for word, text in steps if word == "ADD" or "latest" in text] == []
    for word, text in steps:
        if word == "FROM":
            assert re.match(r"[a-z]+:[0-9.]+-slim", text)
        if word == "COPY" and not text.startswith(("--from", ". ")):
            assert (BASE_DIR / text.split()[0]).exists()


def test_health_check_of_the_image_is_a_program() -> None:
    check = re.search(r'"-c", "(import .*)"\]$', (DEPLOY / "Containerfile").read_text(), re.MULTILINE)
    assert check
    compile(check[1].replace('\\"', '"'), "HEALTHCHECK", "exec")
