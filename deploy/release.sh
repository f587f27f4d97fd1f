#!/bin/sh
# Deploys one image by its digest to a cluster, runs the smoke test, and brings back the release before when either
# fails. Settings come from the environment: DIGEST, DEPLOY_ENVIRONMENT, PUBLIC_URL, STORAGE_URL, BACKUP_URL and
# KUBECONFIG_CONTENT; GITHUB_REPOSITORY names the image and who signed it.
set -eu
: "${DIGEST:?}" "${DEPLOY_ENVIRONMENT:?}" "${PUBLIC_URL:?}" "${STORAGE_URL:?}" "${BACKUP_URL:?}" "${KUBECONFIG_CONTENT:?}"
case $DIGEST in sha256:*) ;; *) echo "release.sh: $DIGEST is no digest" >&2; exit 2 ;; esac
cd "$(dirname "$0")"
KUBECONFIG=$(mktemp)
export KUBECONFIG
trap 'rm -f "$KUBECONFIG"' EXIT
printf '%s' "$KUBECONFIG_CONTENT" > "$KUBECONFIG"
release=hauberk namespace=hauberk-$DEPLOY_ENVIRONMENT
image="ghcr.io/$(echo "$GITHUB_REPOSITORY" | tr '[:upper:]' '[:lower:]')"

cosign verify "$image@$DIGEST" --certificate-oidc-issuer https://token.actions.githubusercontent.com \
  --certificate-identity-regexp "^https://github.com/$GITHUB_REPOSITORY/" > /dev/null

before=$(helm history "$release" --namespace "$namespace" --max 20 --output json 2>/dev/null \
  | python3 -c 'import json,sys; found=[e["revision"] for e in json.load(sys.stdin) if e["status"]=="deployed"]; print(found[-1] if found else "")' || true)
previous=$(helm get values "$release" --namespace "$namespace" --output json 2>/dev/null \
  | python3 -c 'import json,sys; print((json.load(sys.stdin).get("image") or {}).get("digest",""))' || true)

# A snapshot before anything changes: a rollback exchanges the program, this is for what no program brings back.
if [ -n "$before" ]; then
  kubectl --namespace "$namespace" exec "statefulset/$release-archiver" -- hauberk backup create
fi

# --atomic goes back by itself when the pods do not become ready or the migration fails.
helm upgrade "$release" helm/hauberk --install --namespace "$namespace" --create-namespace --atomic --timeout 20m \
  --set "image.repository=$image" --set "image.digest=$DIGEST" --set "environment=$DEPLOY_ENVIRONMENT" \
  --set "publicUrl=$PUBLIC_URL" --set "storageUrl=$STORAGE_URL" --set "backupUrl=$BACKUP_URL" \
  --set "secret.existing=hauberk-secrets" --set "previousRelease=$previous"

if ! helm test "$release" --namespace "$namespace" --timeout 5m --logs; then
  echo "release.sh: the smoke test failed" >&2
  [ -n "$before" ] && helm rollback "$release" "$before" --namespace "$namespace" --wait --timeout 20m
  exit 1
fi
echo "release.sh: $DIGEST is in $DEPLOY_ENVIRONMENT (before: ${previous:-nothing})"
