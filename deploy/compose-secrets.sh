#!/bin/sh
# Makes the secret files that docker-compose.yml mounts, in var/secrets/compose. What is there already stays.
set -eu
cd "$(dirname "$0")/.."
umask 077
folder=var/secrets/compose
mkdir -p "$folder"
chmod 700 var/secrets "$folder"

random() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }

# Compose mounts each file as it is, and the containers run as a user who does not exist here: so the files can be
# read by everybody, and the folder around them keeps everybody else on this machine out.
keep() {
    [ -s "$folder/$1" ] && return 0
    printf '%s\n' "$2" > "$folder/.$1.new"
    chmod 444 "$folder/.$1.new"
    mv "$folder/.$1.new" "$folder/$1"
}

keep postgres_admin_password "$(random)"
keep admin_database_url "postgresql://postgres:$(cat "$folder/postgres_admin_password")@postgres:5432/postgres"
for service in portal billing inventory; do
    for role in owner app; do
        name=${service}_database_url
        [ $role = app ] || name=${service}_${role}_database_url
        keep "$name" "postgresql://${service}_${role}:$(random)@postgres:5432/clinic_${service}"
    done
done
keep portal_secret_key "$(random)"
keep metrics_token "$(random)"
echo "The secrets for docker compose are in $folder; keep a copy where nobody else can read it."
