"""``make rehearsal``: starts what compose.yaml describes without Docker, and does the main job over HTTPS.

PostgreSQL, Redis and nginx are Debian's, in a temporary folder and on free ports, with a certificate made for the
run; the product's processes have the commands and settings of compose.yaml. A coordinator signs in, imports a table
of invented recommendations, and takes the summary away.
"""

from __future__ import annotations

import base64
import contextlib
import hmac
import json
import os
import re
import secrets
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from tests.failures.servers import Postgres, Redis, Server, answers, binary, free_port, until
from tests.rehearsal import shape
from tests.rehearsal.visitor import Visitor

TEXT = "Invented text of the rehearsal that nobody ever recommended"
TABLE = (
    "cycle,session,symbol,paragraph,text,recommending_states,wg_report_position,uprinfo_response,"
    "uprinfo_action,uprinfo_issues,final_position,final_position_source\n"
    f"2,20,A/HRC/28/10,126.900,{TEXT},Norway,Noted - did not enjoy the support,Noted,5,,Noted,"
    "A/HRC/28/10 para 126\n"
).encode()
PERSON = """
from recommendations.organisations.models import Organisation
from recommendations.organisations.services import add_person
organisation = Organisation.objects.create(name="Invented organisation", short_name="Inv")
add_person(by=None, email="coordinator@example.org", name="Invented coordinator", organisation=organisation,
           roles=("coordinator",), password={password!r})
"""


class Proxy(Server):
    """Debian's nginx with the servers of compose.yaml's template."""

    name = "nginx"

    def __init__(self, folder: Path, web: int, certificate: Path, key: Path) -> None:
        super().__init__(folder)
        chosen = shape.proxy_settings() | {
            "HTTPS_PORT": f"127.0.0.1:{self.port}",
            "HTTP_PORT": f"127.0.0.1:{free_port()}",
            "WEB_ADDRESS": f"127.0.0.1:{web}",
            "CERTIFICATE": str(certificate),
            "CERTIFICATE_KEY": str(key),
        }
        temporary = "".join(
            f"{kind}_temp_path {self.folder}/{kind};"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        (self.folder / "nginx.conf").write_text(
            f"daemon off; pid {self.folder}/pid; error_log stderr; {'user root;' if os.getuid() == 0 else ''}"
            f"events {{}} http {{ {temporary} {shape.proxy_page(chosen)} }}\n"
        )

    def command(self) -> list[str]:
        """In the foreground."""
        return [binary("nginx", "/usr/sbin/nginx"), "-e", "stderr", "-c", str(self.folder / "nginx.conf")]


class Rehearsal:
    """Everything that runs, and how it ends."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.servers: list[Server] = []
        self.running: list[subprocess.Popen[bytes]] = []

    def start(self) -> Visitor:
        """Servers, upgrade, web, workers, clocks, proxy; returns a visitor at the door."""
        certificate, key = self.certificate()
        database, redis = Postgres(self.folder), Redis(self.folder)
        self.servers += [database, redis]
        for server in self.servers:
            server.start()
        database.query("postgres", "CREATE ROLE tracker LOGIN CREATEDB")
        database.query("postgres", "CREATE DATABASE tracker OWNER tracker")
        web = free_port()
        proxy = Proxy(self.folder, web, certificate, key)
        site = f"https://localhost:{proxy.port}"
        services = shape.services(
            {
                "POSTGRES_PASSWORD": "unused",
                "SITE_URL": site,
                "ALLOWED_HOSTS": "localhost",
                "SECRET_KEY": secrets.token_urlsafe(50),
            }
        )
        data = self.folder / "data"
        data.mkdir(mode=0o700)
        addresses = {
            "@postgres:5432": f"@127.0.0.1:{database.port}",
            "//redis:6379": f"//127.0.0.1:{redis.port}",
        }
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder)} | {
            name: _moved(value, addresses) for name, value in services["web"].environment.items()
        }
        self.environment |= {"DATA_DIR": str(data), "HOST": "127.0.0.1", "PORT": str(web)}
        self.environment["VAULT_KEY_FILE"] = str(self.folder / "keys" / "vault.key")
        self.run([sys.executable, "manage.py", "make_vault_key", self.environment["VAULT_KEY_FILE"]])
        self.run(services["upgrade"].command)
        for service in services.values():
            if service.name != "upgrade":
                for number in range(service.replicas):
                    self.begin(f"{service.name}{number + 1}", service.command)
        self.servers.append(proxy)
        proxy.start()
        until(lambda: answers(web), 60, "the start of the web server")
        return Visitor(site, certificate)

    def certificate(self) -> tuple[Path, Path]:
        """A certificate for this run, of which only this run's visitor knows."""
        certificate, key = self.folder / "site.crt", self.folder / "site.key"
        subprocess.run(
            [binary("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1"]
            + ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
            + ["-keyout", str(key), "-out", str(certificate)],
            check=True,
            capture_output=True,
        )
        return certificate, key

    def run(self, command: list[str]) -> str:
        """A command to its end."""
        done = subprocess.run(
            command, cwd=shape.ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise AssertionError(f"{' '.join(command)} failed:\n{done.stderr[-3000:]}")
        print(done.stdout.strip(), flush=True)
        return done.stdout

    def begin(self, name: str, command: list[str]) -> None:
        """A process that stays."""
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running.append(
                subprocess.Popen(
                    command,
                    cwd=shape.ROOT,
                    env=self.environment,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            )

    def stop(self) -> None:
        """Everything, by its own process id."""
        for process in self.running:
            process.terminate()
        for process in self.running:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=15)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        for server in reversed(self.servers):
            server.stop(signal.SIGQUIT)


def _moved(value: str, addresses: dict[str, str]) -> str:
    for there, here in addresses.items():
        value = value.replace(there, here)
    return value


def main_job(rehearsal: Rehearsal, visitor: Visitor) -> None:
    """Sign in, import, export a summary; each step says that it was done."""
    password = secrets.token_urlsafe(16)
    rehearsal.run(
        [sys.executable, "manage.py", "shell", "--verbosity=0", "-c", PERSON.format(password=password)]
    )
    visitor.get("/")
    assert "/accounts/login/" in visitor.at
    visitor.post(visitor.at, {"login": "coordinator@example.org", "password": password})
    set_up_app(visitor)
    assert visitor.at.rstrip("/") == visitor.site, visitor.page[:2000]
    assert "max-age" in visitor.headers["Strict-Transport-Security"]
    print("Signed in.", flush=True)
    visitor.get("/imports/new/")
    state = re.search(r'<option value="(\d+)"[^>]*>\s*Kazakhstan', visitor.page)
    assert state is not None
    visitor.post(visitor.at, {"state": state.group(1)}, ("file", "invented.csv", TABLE))
    run = visitor.at
    visitor.until(run, "KAZ-2-126.900")
    visitor.post(f"{run}confirm/", {})
    visitor.until("/recommendations/KAZ-2-126.900/", TEXT)
    print("Imported.", flush=True)
    visitor.get("/cycles/KAZ-2/summary/")
    visitor.post(visitor.at, {"format": "csv", "audience": "coalition", "language": "en"})
    visitor.until(visitor.at, "/download/")
    link = re.search(r'href="([^"]+/download/)"', visitor.page)
    assert link is not None
    visitor.get(link.group(1))
    assert TEXT in visitor.content.decode("utf-8-sig")
    print("Exported.", flush=True)
    visitor.until("/readyz", '"ready": true')
    print("Ready: database, broker, workers and clocks do their work.", flush=True)


def set_up_app(visitor: Visitor) -> None:
    """The three steps that production asks of everybody, with an authenticator app of ten lines."""
    assert visitor.at.endswith("/accounts/second-factor/"), visitor.at
    visitor.get("/accounts/2fa/totp/activate/")
    secret = re.search(r'<code class="long-code">(\w+)</code>', visitor.page)
    assert secret is not None
    moment = struct.pack(">Q", int(time.time()) // 30)
    digest = hmac.digest(base64.b32decode(secret.group(1)), moment, "sha1")
    (number,) = struct.unpack_from(">I", digest, digest[-1] & 15)
    visitor.post(visitor.at, {"code": f"{(number & 0x7FFFFFFF) % 10**6:06}"})
    visitor.post(visitor.at, {"kept": "on"})


def main() -> int:
    """Rehearse; the exit code says whether it went through."""
    folder = Path(tempfile.mkdtemp(prefix="upr-rehearsal-"))
    folder.chmod(0o711)
    rehearsal = Rehearsal(folder)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    urllib.request.install_opener(urllib.request.build_opener(urllib.request.ProxyHandler({})))
    try:
        main_job(rehearsal, rehearsal.start())
    except BaseException:
        for log in sorted(folder.glob("*.log")):
            print(f"== {log.name}\n{log.read_text(errors='replace')[-1500:]}", file=sys.stderr)
        raise
    finally:
        rehearsal.stop()
        shutil.rmtree(folder, ignore_errors=True)
    print(json.dumps({"rehearsed": shape.OURS}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
