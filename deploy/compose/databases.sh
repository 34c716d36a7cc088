#!/bin/sh
# Runs once, when the data folder is made: a role for each service, that owns its database and can't enter another's.
# The passwords are in variables of the services' names.
set -eu
for service in complaints evaluation training notifications; do
    password=$(printenv "$(printf %s "$service" | tr '[:lower:]' '[:upper:]')")
    psql -v ON_ERROR_STOP=1 -v name="$service" -v password="$password" --username postgres --dbname postgres <<'SQL'
CREATE ROLE :"name" LOGIN PASSWORD :'password';
CREATE DATABASE :"name" OWNER :"name";
REVOKE ALL ON DATABASE :"name" FROM PUBLIC;
SQL
done
