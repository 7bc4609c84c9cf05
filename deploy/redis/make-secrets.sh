#!/bin/sh
# Makes what docker-compose.yml needs for Redis: a password, and a certificate with an authority of its own.
# Usage: deploy/redis/make-secrets.sh [FOLDER], by default deploy/redis/secrets. Changes nothing that exists.
set -eu
umask 077
folder=${1:-$(dirname "$0")/secrets}
if [ -e "$folder/password" ]; then
  echo "$folder has secrets already; remove it to make new ones." >&2
  exit 1
fi
mkdir -p "$folder"
cd "$folder"

openssl rand -hex 32 | tr -d '\n' >password
# Redis gets the hash alone, and no command that administers it.
printf 'user default on #%s ~* &* +@all -@admin\n' \
  "$(openssl dgst -sha256 -r password | cut -d ' ' -f 1)" >users.acl

openssl req -x509 -newkey rsa:3072 -nodes -sha256 -days 3650 -subj '/CN=Deedbox Redis authority' \
  -keyout authority.key -out ca.pem 2>/dev/null
openssl req -newkey rsa:3072 -nodes -subj '/CN=redis' -keyout redis.key -out redis.csr 2>/dev/null
printf 'subjectAltName=DNS:redis,DNS:localhost,IP:127.0.0.1\n' >redis.ext
openssl x509 -req -sha256 -days 3650 -in redis.csr -CA ca.pem -CAkey authority.key -CAcreateserial \
  -extfile redis.ext -out redis.pem 2>/dev/null
# nothing else is ever signed by this authority
rm -f authority.key ca.srl redis.csr redis.ext

# The folder keeps others on this machine out; the users in the containers must be able to read the files.
chmod 644 password users.acl ca.pem redis.pem redis.key
chmod 700 .
echo "Made a password and a certificate for Redis in $folder."
