"""The images, as a cluster runs them: every process becomes ready on a read-only root, and nothing more is inside."""

import asyncio
import base64
import io
import os
import signal
import stat
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from chassis.ids import new_id
from pypdf import PdfReader
from sejour_local.processes import free_ports

from . import images

PRINT = """
import asyncio, base64
from documents.adapters.pdf import PdfPrinter

async def main():
    printer = PdfPrinter()
    page = '<html lang="fr"><link rel="stylesheet" href="sejour-asset:document.css"><p>Gîte de l’Œuvre, 1 234,50 €</p>'
    content = await printer.print(page)
    await printer.close()
    print(base64.b64encode(content).decode())

asyncio.run(main())
"""
TOOLS = {"gcc", "cc", "g++", "ld", "as", "make", "pip", "pip3", "uv", "node", "npm", "git", "curl", "wget"}
KEY = "a-signing-key-of-the-tests-of-images-0001"
PROCESSES = [(each, "serve") for each in images.SERVICES] + [("availability", "search")]


@pytest.fixture(scope="module", params=images.SERVICES)
def image(request):
    why = images.missing(request.param)
    if why:
        pytest.skip(why)
    found = images.Image(request.param)
    yield found
    found.close()


def files(image):
    """(path inside, its state) of everything in the image but links."""
    for folder, names, found in os.walk(image.root):
        for each in [*names, *found]:
            path = Path(folder, each)
            state = path.lstat()
            if not stat.S_ISLNK(state.st_mode):
                yield path.relative_to(image.root), state


def test_nothing_inside_compiles_installs_or_raises_rights(image):
    programs = {path.name: state.st_mode for path, state in files(image) if stat.S_ISREG(state.st_mode)}
    assert programs.keys() & TOOLS == set()
    raised = [
        path
        for path, state in files(image)
        if stat.S_ISREG(state.st_mode) and state.st_mode & (stat.S_ISUID | stat.S_ISGID)
    ]
    assert raised == []


def test_the_user_of_the_process_can_write_nowhere_but_in_temporary_folders(image):
    found = dict(files(image))
    writable = {
        str(path)
        for path, state in found.items()
        if state.st_mode & stat.S_IWOTH and not stat.S_ISCHR(state.st_mode)
    }
    assert writable <= {"tmp", "var/tmp", "run/lock"}
    assert [path for path, state in found.items() if 10001 in {state.st_uid, state.st_gid}] == []


def test_an_image_has_no_other_services_code(image):
    packages = {path.name for path in (image.root / "opt/sejour/lib/python3.11/site-packages").iterdir()}
    assert len(packages & set(images.SERVICES)) == 1
    assert ("weasyprint" in packages) == ("documents" in packages)
    assert ("numpy" in packages) == bool({"pricing", "availability"} & packages)


async def answer(address):
    def ask():
        try:
            with urllib.request.urlopen(f"http://{address}/healthz/ready", timeout=5) as found:
                return found.status, found.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError as error:
            return 0, str(error)

    return await asyncio.to_thread(ask)


def rights(pid):
    """Whom a process runs as, and what it may."""
    lines = (line.split() for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    return {line[0][:-1]: line[1] for line in lines if line[0] in {"Uid:", "CapEff:", "NoNewPrivs:"}}


@pytest.fixture
async def settings(make_database, kafka_bootstrap):
    """Those of production, but for the servers of the tests."""

    async def make(service, role):
        prefix = "SEARCH" if role == "search" else service.upper()
        grpc, metrics, http = free_ports(3)
        return f"127.0.0.1:{metrics}", {
            "SEJOUR_SIGNING_KEYS": KEY,
            "SEJOUR_BASE_URL": "https://sejour.example",
            "SEJOUR_KAFKA_BOOTSTRAP": kafka_bootstrap,
            "SEJOUR_TOPIC_PREFIX": f"i{new_id().hex[-12:]}.",
            "SEJOUR_FILES_URL": "memory:///",
            f"{prefix}_DATABASE_URL": (await make_database("")).replace("+asyncpg", ""),
            f"{prefix}_GRPC_LISTEN": f"127.0.0.1:{grpc}",
            f"{prefix}_METRICS_LISTEN": f"127.0.0.1:{metrics}",
            "GATEWAY_HTTP_LISTEN": f"127.0.0.1:{http}",
            "DOCUMENTS_SMTP_HOST": "127.0.0.1",
        }

    return make


@pytest.mark.parametrize(("service", "role"), PROCESSES)
async def test_a_process_migrates_becomes_ready_and_drains_on_a_read_only_root(
    service, role, settings, tmp_path
):
    why = images.missing(service)
    if why:
        pytest.skip(why)
    image = images.Image(service)
    try:
        metrics, env = await settings(service, role)
        before = ["chassis.make_topics", "sejour"] if role == "search" else [service, "migrate"]
        log = tmp_path / "before.log"
        first = image.start(["-m", *before], env, log)
        assert await asyncio.to_thread(first.wait, 120) == 0, log.read_text()
        log = tmp_path / "serve.log"
        process = image.start(["-m", service, role], env, log)
        try:
            async with asyncio.timeout(120):
                while (await answer(metrics))[0] != 200:
                    assert process.poll() is None, log.read_text()
                    await asyncio.sleep(0.2)
            assert rights(process.pid) == {"Uid": "10001", "CapEff": "0" * 16, "NoNewPrivs": "1"}
        finally:
            process.send_signal(signal.SIGTERM)
            code = await asyncio.to_thread(process.wait, 60)
        assert code == 0, log.read_text()
    finally:
        image.close()


async def test_documents_are_printed_with_what_the_image_has(tmp_path):
    why = images.missing("documents")
    if why:
        pytest.skip(why)
    image = images.Image("documents")
    try:
        printing = image.start(["-c", PRINT], {}, tmp_path / "log")
        code = await asyncio.to_thread(printing.wait, 120)
    finally:
        image.close()
    printed = (tmp_path / "log").read_text()
    assert code == 0, printed
    (page,) = PdfReader(io.BytesIO(base64.b64decode(printed))).pages
    assert "Gîte de l’Œuvre, 1 234,50 €" in page.extract_text()
    fonts = {font.get_object()["/BaseFont"] for font in page["/Resources"]["/Font"].values()}
    assert fonts
    assert not any("DejaVu" in font for font in fonts), "the fonts of the package are not used"
