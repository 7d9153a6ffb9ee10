#!/bin/sh
# Builds the images of all services, or of those named, with buildah: `deploy/images.sh [SERVICE...]`; called by
# `make images` from the repository's root. They are called $IMAGES-SERVICE:$VERSION.
# Settings: IMAGES (localhost/sejour), VERSION (that of pyproject.toml), BASE (a Debian 12 image; without it one is
# made here by debootstrap, so that nothing is pulled), BUILDAH_ARGS (more arguments for `buildah bud`), and
# PIP_CONFIG_FILE, SSL_CERT_FILE: package index and certificate authority of this place; they stay out of the images.
set -eu
cd "$(dirname "$0")/.."
images=${IMAGES:-localhost/sejour}
version=${VERSION:-$(sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)}
base=${BASE:-}

stop() {
  printf 'images: %s\n' "$1" >&2
  exit 1
}

command -v buildah >/dev/null || stop "buildah is not here (Debian: « apt-get install buildah debootstrap »). With another builder:
  docker build -f deploy/Dockerfile --build-arg SERVICE=catalog -t sejour-catalog ."

# --- The base ----------------------------------------------------------------------------------------------------
make_base() {
  [ "$(id -u)" = 0 ] || stop "Making a base needs root: name one with BASE=debian:12-slim."
  command -v debootstrap >/dev/null || stop "debootstrap is not here: install it, or name a base with BASE=..."
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
  echo "Making the base $1 ..."
  debootstrap --variant=minbase bookworm "$folder" >"$folder.log" 2>&1 || { tail -n 5 "$folder.log" >&2; exit 1; }
  rm -rf "$folder"/var/cache/apt/archives/*.deb "$folder"/var/lib/apt/lists/* "$folder.log"
  # Security updates come from the folder beside the mirror's.
  sed 's#/debian/* bookworm main$#/debian-security bookworm-security main#' "$folder/etc/apt/sources.list" \
    >"$folder/etc/apt/sources.list.d/security.list"
  container=$(buildah from scratch)
  buildah add -q "$container" "$folder" / >/dev/null
  buildah commit -q --rm "$container" "$1" >/dev/null
}

if [ -z "$base" ]; then
  base=localhost/debian:12
  buildah inspect --type image "$base" >/dev/null 2>&1 || make_base "$base"
fi

# --- The images --------------------------------------------------------------------------------------------------
secrets=
[ ! -r "${PIP_CONFIG_FILE:-/etc/pip.conf}" ] || secrets="$secrets --secret id=pip,src=${PIP_CONFIG_FILE:-/etc/pip.conf}"
[ ! -r "${SSL_CERT_FILE:-/none}" ] || secrets="$secrets --secret id=ca,src=$SSL_CERT_FILE"
revision=$(git rev-parse HEAD 2>/dev/null || echo unknown)
for service in ${*:-catalog pricing availability booking documents gateway}; do
  [ -r "requirements/$service.txt" ] || stop "no service $service"
  echo "Building $images-$service:$version ..."
  # shellcheck disable=SC2086
  buildah bud -q --layers --isolation chroot --format docker -f deploy/Dockerfile $secrets ${BUILDAH_ARGS:-} \
    --build-arg BASE="$base" --build-arg SERVICE="$service" \
    --build-arg VERSION="$version" --build-arg REVISION="$revision" \
    -t "$images-$service:$version" . >/dev/null
done
buildah images --format '{{.Name}}:{{.Tag}}  {{.Size}}' | grep "^$images-" | sort
