#!/bin/sh
# Builds the image for a tag, with its base images pinned to digests, an SBOM and provenance.
#
#   deploy/docker/build.sh registry.example.org/hauberk:1.2.3 [--push]
#
# The Dockerfile names bases by tag, so that Dependabot can raise them; what is built from it names them by the digest
# that the registry has for that tag now. A base that cannot be resolved ends the build.
set -eu
tag=${1:?usage: build.sh IMAGE:TAG [--push]}
output=${2:---load}
cd "$(dirname "$0")/../.."

pinned=$(mktemp)
trap 'rm -f "$pinned"' EXIT
cp deploy/docker/Dockerfile "$pinned"
digests=""
for base in $(sed -n 's/^FROM \([^ ]*\).*/\1/p' deploy/docker/Dockerfile | sort -u); do
  digest=$(docker buildx imagetools inspect --format '{{.Manifest.Digest}}' "$base")
  case $digest in
    sha256:*) ;;
    *) echo "build.sh: $base has no digest that could be resolved" >&2; exit 1 ;;
  esac
  sed -i "s|^FROM $base\( .*\)\{0,1\}\$|FROM $base@$digest\1|" "$pinned"
  digests="$digests $base@$digest"
done
if grep -E '^FROM ' "$pinned" | grep -vq '@sha256:'; then
  echo "build.sh: a base image is not pinned" >&2
  exit 1
fi
cp deploy/docker/Dockerfile.dockerignore "$pinned.dockerignore"
docker buildx build --file "$pinned" --tag "$tag" --sbom=true --provenance=mode=max \
  --build-arg "HAUBERK_BUILD_COMMIT=$(git rev-parse HEAD)" \
  --label "org.opencontainers.image.revision=$(git rev-parse HEAD)" \
  --label "org.hauberk.bases=${digests# }" \
  --metadata-file build/image.json "$output" .
rm -f "$pinned.dockerignore"
