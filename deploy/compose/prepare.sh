#!/bin/sh
# Makes the secrets of one installation, once, and a certificate to begin with: replace it with a real one.
#
#   deploy/compose/prepare.sh hauberk.example.org
#
# What is there already stays. Keep a copy of secrets/secret_keys somewhere else: without it no backup can be opened.
set -eu
host=${1:?usage: prepare.sh HOST}
cd "$(dirname "$0")"
umask 077
mkdir -p secrets
cd secrets

random() { openssl rand -base64 32 | tr '+/' '-_' | tr -d '=\n'; }
keep() { [ -s "$1" ] || printf '%s' "$2" > "$1"; }

for name in postgres_password owner_password app_password backup_password queue_password cache_password \
  grafana_password metrics_token; do
  keep "$name" "$(random)"
done
keep secret_keys "k$(openssl rand -hex 4):$(random)"
# The product works through the pooler; migrations, backups and the archive need the server itself.
keep database_url "postgresql://hauberk_app:$(cat app_password)@pgbouncer:6432/hauberk"
keep database_owner_url "postgresql://hauberk_owner:$(cat owner_password)@postgres:5432/hauberk"
keep database_backup_url "postgresql://hauberk_backup:$(cat backup_password)@postgres:5432/hauberk"
keep queue_url "redis://:$(cat queue_password)@queue:6379/0"
keep cache_url "redis://:$(cat cache_password)@cache:6379/0"
keep pgbouncer_users "\"hauberk_app\" \"$(cat app_password)\""
if [ ! -s tls_certificate ]; then
  openssl req -x509 -newkey rsa:3072 -nodes -days 30 -subj "/CN=$host" -addext "subjectAltName=DNS:$host" \
    -keyout tls_key -out tls_certificate 2>/dev/null
fi
# What Alertmanager calls people with; empty until you fill it in.
mkdir -p alertmanager
for name in smtp-password slack-url pagerduty-key opsgenie-key; do
  [ -e "alertmanager/$name" ] || : > "alertmanager/$name"
done
# The containers read them as other users than this one; the folder keeps everybody else out.
find . -type f -exec chmod 0644 {} +
chmod 0711 . alertmanager
echo "Secrets are in $(pwd). Set HAUBERK_PUBLIC_URL=https://$host in ../env/production.env."
