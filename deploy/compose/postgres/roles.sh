#!/bin/sh
# The roles of the database, made when its folder is made: an owner that migrates, an app role that owns nothing, a group
# for cross-tenant functions, and a role that reads everything and replicates, for backups and their archive.
set -eu
owner=$(cat /run/secrets/owner_password)
app=$(cat /run/secrets/app_password)
backup=$(cat /run/secrets/backup_password)
psql --set=ON_ERROR_STOP=1 --username=postgres --dbname=postgres \
  --set=owner="$owner" --set=app="$app" --set=backup="$backup" <<'SQL'
CREATE ROLE hauberk_system NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB;
CREATE ROLE hauberk_owner LOGIN CREATEROLE NOSUPERUSER NOBYPASSRLS NOCREATEDB PASSWORD :'owner';
CREATE ROLE hauberk_app LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB PASSWORD :'app';
CREATE ROLE hauberk_backup LOGIN REPLICATION BYPASSRLS NOSUPERUSER NOCREATEDB PASSWORD :'backup';
GRANT hauberk_system, hauberk_app TO hauberk_owner WITH ADMIN OPTION;
GRANT pg_read_all_data, pg_monitor TO hauberk_backup;
GRANT pg_monitor TO hauberk_system;
CREATE DATABASE hauberk OWNER hauberk_owner TEMPLATE template0;
REVOKE ALL ON DATABASE hauberk FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE hauberk TO hauberk_app;
GRANT CONNECT ON DATABASE hauberk TO hauberk_backup;
SQL
psql --set=ON_ERROR_STOP=1 --username=postgres --dbname=hauberk --command='CREATE EXTENSION pg_stat_statements'
echo 'host replication hauberk_backup all scram-sha-256' >> "$PGDATA/pg_hba.conf"
