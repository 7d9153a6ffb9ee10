"""Runs what is in an image as a cluster would: its root mounted read-only, as user 10001, without any capability."""

import os
import shutil
import subprocess
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
SERVICES = ("catalog", "pricing", "availability", "booking", "documents", "gateway")
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]

# Own mounts only: the image's root read-only, a fresh /tmp, and the devices that every container has.
_ENTER = """
set -eu
root=$1; shift
mount --bind "$root" "$root"
mount -o remount,bind,ro "$root"
mount -t tmpfs -o size=256m,mode=1777 tmpfs "$root/tmp"
mount --bind /dev "$root/dev"
mount -t tmpfs -o size=64m,mode=1777 tmpfs "$root/dev/shm"
mount -t proc proc "$root/proc"
cd "$root"
exec /usr/sbin/chroot "$root" /usr/bin/setpriv --reuid 10001 --regid 10001 --clear-groups --no-new-privs \
  --bounding-set=-all --inh-caps=-all "$@"
"""


def missing(service: str) -> str:
    """Why the image cannot be tried here; empty when it can."""
    if not os.environ.get("SEJOUR_TRY_IMAGES"):
        return "images are tried by « make images »"
    if os.geteuid() != 0:
        return "images are tried as root"
    if not shutil.which("buildah"):
        return "buildah is not here"
    if buildah("inspect", "--type", "image", name(service), check=False).returncode:
        return f"no image {name(service)}: « make images »"
    return ""


def name(service: str) -> str:
    return f"localhost/sejour-{service}:{VERSION}"


def buildah(*arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["buildah", *arguments], capture_output=True, text=True, check=check)


class Image:
    """An image, mounted until `close`."""

    def __init__(self, service: str) -> None:
        self.container = buildah("from", "--pull-never", name(service)).stdout.strip()
        self.root = Path(buildah("mount", self.container).stdout.strip())

    def close(self) -> None:
        buildah("umount", self.container, check=False)
        buildah("rm", self.container, check=False)

    def settings(self) -> dict[str, str]:
        """What the image itself sets."""
        shown = "{{range .OCIv1.Config.Env}}{{println .}}{{end}}"
        text = buildah("inspect", "--format", shown, self.container).stdout
        return dict(line.split("=", 1) for line in text.splitlines() if "=" in line)

    def start(self, arguments: list[str], settings: dict[str, str], output: Path) -> subprocess.Popen[bytes]:
        """A process of it: `python` and the arguments."""
        command = ["unshare", "--mount", "sh", "-c", _ENTER, "sh", str(self.root)]
        with output.open("wb") as file:
            return subprocess.Popen(
                [*command, "/opt/sejour/bin/python", *arguments],
                env={**self.settings(), **settings},
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
            )
