"""Measures pictures: cached hits per CPU-second with and without nginx, and resizing beside libvips' own use.

    python -m benchmarks.images [--seconds 8] [--output results.json]

Writes JSON. Resizing is measured beside `vipsthumbnail` where it is installed, and beside the same calls through
pyvips: the same files, forms and qualities, one thread of libvips each, the start of each process taken off.
"""

from __future__ import annotations

import os
import re
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks import report
from benchmarks.command import options

ROOT = Path(__file__).resolve().parent.parent
WIDTH = 960


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def cpu_of(pid: int) -> float:
    """CPU seconds of a process and its children, so far (proc(5))."""
    total = 0.0
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(path.parent.name) == pid or int(fields[1]) == pid:
            total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return total


@contextmanager
def running(command: list[str], port: int, environment: dict[str, str]) -> Iterator[int]:
    with subprocess.Popen(command, cwd=ROOT, env=environment) as process:
        try:
            for _ in range(300):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.1)
            yield process.pid
        finally:
            process.terminate()


def measured_hits(url: str, pid: int, seconds: int) -> dict[str, float]:
    """Requests per second and per CPU-second of the server, eight connections."""
    command = ["wrk", "-t1", "-c8", f"-d{seconds}s", "-H", "Accept: image/webp", url]
    before = cpu_of(pid)
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    spent = cpu_of(pid) - before
    found = re.search(r"(\d+) requests in", out)
    assert found, out
    assert "Non-2xx" not in out, out
    requests = int(found[1])
    return {
        "requests_per_second": round(requests / seconds, 1),
        "requests_per_cpu_second": round(requests / max(spent, 0.01), 1),
        "cpu_microseconds_per_request": round(1e6 * spent / requests, 1),
    }


def prepare(data: Path) -> tuple[str, str, Path]:
    """A kept picture and its cached variant. Returns their paths here, and the variant's file."""
    import django

    os.environ |= {"NEWSREADER_DATA": str(data), "DJANGO_SETTINGS_MODULE": "newsreader.settings"}
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from articles.images import cache
    from articles.images.fetch import download, patient_policy
    from articles.images.models import ImageAddress, key_of
    from articles.images.obtain import at_hand
    from articles.images.resize import resize
    from articles.images.store import keep
    from articles.images.urls import signed_path
    from feeds.http import Client
    from tests.publisher import Publisher

    with Publisher() as publisher:
        url = publisher.serve("/a.jpg", photograph(1600, 1200), content_type="image/jpeg")
        with Client(patient_policy()) as client, download(client, url) as came:
            image = keep(came)
    ImageAddress.objects.create(key=key_of(url), url=url, host="127.0.0.1", image=image)
    original = at_hand(url)
    assert original
    path = original.local_path()
    assert path
    variant = cache.variant_path(url, WIDTH, "webp")
    cache.write(variant, [resize(str(path), WIDTH, "webp")])
    return signed_path(url), signed_path(url, WIDTH), variant


def photograph(width: int, height: int) -> bytes:
    """A picture with as much in it as a photograph."""
    import pyvips

    noise = pyvips.Image.perlin(width, height, cell_size=64, seed=1)
    bands = [noise, pyvips.Image.perlin(width, height, cell_size=32, seed=2), noise.rot180()]
    fine = pyvips.Image.gaussnoise(width, height, sigma=6, mean=0, seed=3)
    image = bands[0].bandjoin(bands[1:]).linear(100, 128) + fine
    return bytes(image.cast("uchar").copy(interpretation="srgb").jpegsave_buffer(Q=88))


def nginx_configuration(folder: Path, data: Path, port: int, web: int) -> Path:
    """The one of docker-compose.yml, for this machine, with a place that serves the files by itself."""
    text = (ROOT / "docker" / "nginx.conf").read_text(encoding="utf-8")
    text = text.replace("web:8000", f"127.0.0.1:{web}").replace("listen 8000", f"listen 127.0.0.1:{port}")
    text = text.replace("/tmp/", f"{folder}/").replace("/data/", f"{data}/")
    text = text.replace("location / {", f"location /plain/ {{ alias {data}/; }}\n        location / {{", 1)
    path = folder / "nginx.conf"
    path.write_text("user root;\n" + text if os.getuid() == 0 else text, encoding="utf-8")
    return path


def measure_hits(data: Path, seconds: int) -> dict[str, Any]:
    original, variant, file = prepare(data)
    environment = {**os.environ, "NEWSREADER_DATA": str(data)}
    results: dict[str, Any] = {}
    port, front = free_port(), free_port()
    web = [sys.executable, "-m", "newsreader.web", "--port", str(port)]
    with running(web, port, environment) as pid:
        for name, path in (("original", original), ("variant", variant)):
            measured_hits(f"http://127.0.0.1:{port}{path}", pid, 1)
            results[f"newsreader_{name}"] = measured_hits(f"http://127.0.0.1:{port}{path}", pid, seconds)
    stored = next(path for path in (data / "images").rglob("*.jpg"))
    with tempfile.TemporaryDirectory() as folder:
        configuration = nginx_configuration(Path(folder), data, front, port)
        nginx = ["nginx", "-c", str(configuration), "-g", "daemon off;"]
        with (
            running(web, port, {**environment, "NEWSREADER_IMAGE_ACCEL": "true"}) as web_pid,
            running(nginx, front, environment) as pid,
        ):
            for name, path, plain in (("original", original, stored), ("variant", variant, file)):
                results[f"accel_{name}"] = measured_hits(f"http://127.0.0.1:{front}{path}", web_pid, seconds)
                plain_url = f"http://127.0.0.1:{front}/plain/{plain.relative_to(data)}"
                results[f"nginx_{name}"] = measured_hits(plain_url, pid, seconds)
    return results


_RESIZE = """
import sys
from concurrent.futures import ThreadPoolExecutor
from articles.images import resize
form, width, workers, paths = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:]
with ThreadPoolExecutor(workers) as pool:
    list(pool.map(lambda path: resize.resize(path, width, form), paths))
"""
_BARE = """
import sys
import pyvips
pyvips.concurrency_set(1)
pyvips.cache_set_max(0)
form, width, profile, paths = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4:]
for path in paths:
    image = pyvips.Image.thumbnail(path, width, size="down", **({"output_profile": profile} if profile else {}))
    if form == "webp":
        image.webpsave_buffer(Q=80, effort=2, keep="none")
    else:
        image.jpegsave_buffer(Q=82, optimize_coding=True, keep="none")
"""
# The options of articles.images.resize, as the command line names them; `keep` was `strip` before libvips 8.15.
_OUTPUTS = {"webp": "webp[Q=80,effort=2,{}]", "plain": "jpg[Q=82,optimize_coding,{}]"}


def ways_of_resizing(form: str, profile: str) -> dict[str, Callable[[list[str]], list[str]]]:
    """The commands, by name, that make the same pictures of files, each in a process of its own on one thread of
    libvips. `profile`: of what comes out, where the files have another; who is told to make sRGB of what is sRGB takes
    longer for nothing."""
    ways: dict[str, Callable[[list[str]], list[str]]] = {
        "newsreader": lambda paths: [sys.executable, "-c", _RESIZE, form, str(WIDTH), "1", *paths],
        "pyvips": lambda paths: [sys.executable, "-c", _BARE, form, str(WIDTH), profile, *paths],
    }
    if tool := shutil.which("vipsthumbnail"):
        metadata = "strip" if _version(tool) < (8, 15) else "keep=none"
        output = "made-%s." + _OUTPUTS[form].format(metadata)
        options = ["--size", f"{WIDTH}x>", "--vips-concurrency=1", "--output", output]
        options += ["--export-profile", profile] if profile else []
        ways["vipsthumbnail"] = lambda paths: [tool, *options, *paths]
    return ways


def _version(tool: str) -> tuple[int, ...]:
    said = subprocess.run([tool, "--vips-version"], check=True, capture_output=True, text=True).stdout
    found = re.search(r"(\d+)\.(\d+)\.(\d+)", said)
    return tuple(int(number) for number in found.groups()) if found else (0,)


def measure_resizing(folder: Path, count: int) -> dict[str, Any]:
    """CPU of one resize of twelve megapixels, start of the process taken off; memory with eight at once."""
    plain, wide = _copies(folder / "plain", 24), _copies(folder / "p3", count + 1, profile="p3")
    tool = shutil.which("vipsthumbnail")
    return {
        "libvips": {
            "newsreader": _own_version(),
            "vipsthumbnail": ".".join(map(str, _version(tool))) if tool else None,
        },
        "to_webp": _measure_ways(ways_of_resizing("webp", ""), plain[: count + 1]),
        "to_jpeg": _measure_ways(ways_of_resizing("plain", ""), plain[: count + 1]),
        "display_p3_to_webp": _measure_ways(ways_of_resizing("webp", "srgb"), wide),
        "memory_mib_at_concurrency_8": _peak_memory(plain),
    }


def _copies(folder: Path, count: int, profile: str = "") -> list[str]:
    """Paths of one photograph."""
    import pyvips

    folder.mkdir()
    first = folder / "0.jpg"
    first.write_bytes(photograph(4000, 3000))
    if profile:
        image = pyvips.Image.new_from_buffer(first.read_bytes(), "")
        first.write_bytes(image.icc_transform(profile, input_profile="srgb").jpegsave_buffer(Q=88, profile=profile))
    paths = [first, *(folder / f"{number}.jpg" for number in range(1, count))]
    for path in paths[1:]:
        path.hardlink_to(first)
    return [str(path) for path in paths]


def _measure_ways(ways: dict[str, Callable[[list[str]], list[str]]], paths: list[str]) -> dict[str, Any]:
    """Each way as often first as last, so that none has the quieter machine or the warmer one."""
    spent = dict[str, float]()
    for names in (list(ways), list(reversed(ways))):
        for name in names:
            more = _cpu(ways[name](paths)) - _cpu(ways[name](paths[:1]))
            spent[name] = spent.get(name, 0.0) + more / (len(paths) - 1) / 2
    results: dict[str, Any] = {
        name: {"cpu_milliseconds": round(1000 * cpu, 1), "megapixels_per_cpu_second": round(12.0 / cpu, 1)}
        for name, cpu in spent.items()
    }
    for other in ("pyvips", "vipsthumbnail"):
        if other in spent:
            results[f"newsreader_to_{other}"] = round(spent["newsreader"] / spent[other], 2)
    return results


def _own_version() -> str:
    import pyvips

    return ".".join(str(pyvips.version(part)) for part in range(3))


def _peak_memory(paths: list[str]) -> int:
    """MiB with eight resizings at once."""
    process = subprocess.Popen([sys.executable, "-c", _RESIZE, "webp", str(WIDTH), "8", *paths], cwd=ROOT)
    _pid, _status, used = os.wait4(process.pid, 0)
    process.returncode = 0
    return round(used.ru_maxrss / 1024)


def _cpu(command: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def main() -> None:
    parser = options(__doc__, "one second each", takes_database=False)
    parser.add_argument("--seconds", type=int, default=8, help="of each measurement of hits")
    arguments = parser.parse_args()
    seconds = 1 if arguments.small else arguments.seconds
    os.environ["NEWSREADER_ALLOWED_NETWORKS"] = "127.0.0.0/8"
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        missing = [tool for tool in ("nginx", "wrk") if not shutil.which(tool)]
        hits = {"left out, needs": missing} if missing else measure_hits(data, seconds)
        results = {"hits": hits, "resizing": measure_resizing(Path(folder), 2 if arguments.small else 12)}
    report.write("images", results, arguments.output)


if __name__ == "__main__":
    main()
