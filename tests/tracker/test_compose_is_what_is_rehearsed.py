"""compose.yaml starts what our runner and the rehearsal start, with settings that exist."""

import re

import pytest
from django.conf import settings

from tests.rehearsal import shape
from tracker import part, runner
from tracker import settings as site

CHOSEN = {
    "POSTGRES_PASSWORD": "p",
    "SITE_URL": "https://tracker.example",
    "ALLOWED_HOSTS": "tracker.example",
    "SECRET_KEY": "s" * 50,
}


def test_the_production_shape_is_whole() -> None:
    services = shape.described()["services"]
    assert set(services) == {"proxy", "upgrade", "web", "worker", "beat", "postgres", "redis"}
    ours = shape.services(CHOSEN)
    assert {name: service.replicas for name, service in ours.items()} == {
        "upgrade": 1,
        "web": 1,
        "worker": 2,
        "beat": 2,
    }


def test_each_service_is_a_part_of_the_runner() -> None:
    parts = {process.name for process in runner.processes()}
    started = {
        service.command[-1] for service in shape.services(CHOSEN).values() if service.name != "upgrade"
    }
    assert started == {"web", "worker1", "beat"}
    assert started <= parts
    for name in ("web", "worker", "beat"):
        assert shape.described()["services"][name]["command"][:3] == ["python", "-m", "tracker.part"]


def test_every_service_has_the_same_settings_and_all_of_them_exist() -> None:
    ours = shape.services(CHOSEN)
    assert len({tuple(sorted(service.environment.items())) for service in ours.values()}) == 1
    assert set(ours["web"].environment) <= set(site.env.declared)


def test_none_starts_before_the_upgrade_has_ended_well() -> None:
    for name in ("web", "worker", "beat"):
        after = shape.described()["services"][name]["depends_on"]
        assert after["upgrade"]["condition"] == "service_completed_successfully"


def test_the_proxy_ends_tls_and_tells_the_site_so() -> None:
    page = shape.proxy_page(shape.proxy_settings())
    assert not re.search(r"\$\{", page)
    for line in ("proxy_set_header X-Forwarded-Proto https;", "proxy_set_header Host $http_host;"):
        assert line in page
    web = shape.services(CHOSEN)["web"].environment
    assert web["BEHIND_PROXY"] == "1"
    assert shape.proxy_settings()["WEB_ADDRESS"] == f"web:{web['PORT']}"


def test_what_the_image_copies_is_there() -> None:
    dockerfile = (settings.BASE_DIR / ".ci" / "Dockerfile").read_text()
    for line in re.findall(r"^COPY (.+) \S+$", dockerfile, re.MULTILINE):
        for name in line.split():
            assert (settings.BASE_DIR / name).exists(), name


def test_a_part_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert part.main(["cook"]) == 2
    assert "Which part? One of: web, worker1, worker2, beat." in capsys.readouterr().err
