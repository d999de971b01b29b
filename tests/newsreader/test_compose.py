"""docker-compose.yml and Dockerfile, as far as they can be checked without Docker."""

import re

import pytest
import yaml

from newsreader.env import KNOWN
from tests.newsreader.conftest import ROOT

OURS = ("prepare", "web", "worker", "beat")


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def dockerfile():
    return (ROOT / "Dockerfile").read_text(encoding="utf-8")


def test_everything_that_production_needs_is_there(compose):
    assert set(compose["services"]) == {"postgres", "redis", "nginx", *OURS}
    assert compose["services"]["postgres"]["image"].startswith("postgres:")
    assert compose["services"]["redis"]["image"].startswith("redis:")


@pytest.mark.parametrize("name", OURS)
def test_our_services_can_do_no_more_than_they_must(compose, name):
    service = compose["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "data:/data" in service["volumes"]


@pytest.mark.parametrize("name", ["postgres", "redis", "nginx", "web", "worker", "beat"])
def test_what_serves_comes_back(compose, name):
    assert compose["services"][name]["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", ["postgres", "redis", "nginx", "web", "worker", "beat"])
def test_what_can_be_asked_for_its_health_is_asked(compose, name):
    assert compose["services"][name]["healthcheck"]["test"][0] in {"CMD", "CMD-SHELL"}


@pytest.mark.parametrize("name", ["web", "worker", "beat"])
def test_nothing_starts_before_the_tables_are_there(compose, name):
    assert compose["services"][name]["depends_on"]["prepare"]["condition"] == "service_completed_successfully"


@pytest.mark.parametrize("name", OURS)
def test_variables_are_settings_and_secrets_are_files(compose, name):
    service = compose["services"][name]
    for variable, value in service["environment"].items():
        assert variable.removesuffix("_FILE") in KNOWN
        if variable.endswith("_FILE"):
            assert value.removeprefix("/run/secrets/") in service["secrets"]
        else:
            assert not re.search("SECRET|PASSWORD", variable)


def test_every_secret_and_volume_that_is_used_is_declared(compose):
    for service in compose["services"].values():
        assert set(service.get("secrets", [])) <= set(compose["secrets"])
        volumes = {volume.partition(":")[0] for volume in service.get("volumes", []) if not volume.startswith("./")}
        assert volumes <= set(compose["volumes"])


def test_only_the_web_server_is_reached_from_outside_and_from_this_machine_alone(compose):
    assert [name for name, service in compose["services"].items() if "ports" in service] == ["nginx"]
    assert compose["services"]["nginx"]["ports"] == ["${NEWSREADER_LISTEN:-127.0.0.1:8000}:8000"]


def test_nginx_sends_the_files_that_the_web_server_names_and_changes_none(compose):
    nginx = compose["services"]["nginx"]
    assert nginx["volumes"] == ["data:/data:ro", "./docker/nginx.conf:/etc/nginx/nginx.conf:ro"]
    assert compose["services"]["web"]["environment"]["NEWSREADER_IMAGE_ACCEL"] == "true"
    text = (ROOT / "docker" / "nginx.conf").read_text(encoding="utf-8")
    assert "location /_files/store/ { alias /data/images/; }" in text
    assert "location /_files/cache/ { alias /data/image-cache/; }" in text
    assert "internal;" in text


@pytest.mark.parametrize("name", ["postgres", "redis", "nginx", *OURS])
def test_logs_do_not_grow_without_end(compose, name):
    assert {"max-size", "max-file"} <= compose["services"][name]["logging"]["options"].keys()


@pytest.mark.parametrize("name", ["postgres", "redis", "nginx", *OURS])
def test_no_service_takes_all_memory(compose, name):
    assert compose["services"][name]["mem_limit"]


def test_a_database_has_time_to_stop(compose):
    assert compose["services"]["postgres"]["stop_grace_period"] == "60s"


def test_beat_is_checked_by_what_comes_of_its_ticks(compose):
    test = compose["services"]["beat"]["healthcheck"]["test"]
    assert test[-2:] == ["http://web:8000/readyz", "scheduler"]
    assert "scheduler" not in compose["services"]["web"]["healthcheck"]["test"]  # or nginx would wait for it


def test_nginx_looks_again_for_the_address_of_the_web_server():
    text = (ROOT / "docker" / "nginx.conf").read_text(encoding="utf-8")
    assert re.search(r"resolver 127\.0\.0\.11 valid=\d+s", text)
    assert "proxy_pass http://$web;" in text
    assert "upstream" not in re.sub(r"#.*|\$upstream_http_\w+", "", text)


def test_the_image_runs_as_nobody_special(dockerfile):
    lines = dockerfile.splitlines()
    assert lines.index("USER newsreader") < next(number for number, line in enumerate(lines) if line.startswith("CMD"))


def test_the_image_installs_from_the_lock_file(dockerfile):
    assert "RUN bin/venv requirements.lock" in dockerfile
    installs = re.findall(r"pip install .*", (ROOT / "bin" / "venv").read_text(encoding="utf-8"))
    assert installs
    assert all("--require-hashes" in line for line in installs)


def test_nothing_private_gets_into_the_image():
    ignored = set((ROOT / ".dockerignore").read_text(encoding="utf-8").split())
    assert {".git", ".venv", "secrets", "data"} <= ignored
