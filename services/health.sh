#!/bin/bash
# The image's health check: asks the service's own health, on its admin port where it has one. No Node is started for it:
# nine services on two cores would feel that.
exec 3<>"/dev/tcp/127.0.0.1/${ADMIN_PORT:-$PORT}" || exit 1
printf 'GET /health HTTP/1.0\r\n\r\n' >&3
read -r _ status _ <&3
[ "$status" = 200 ]
