#!/bin/bash
# plat-health HOST PORT [PATH]: exits with 0 when GET PATH (/healthz) is answered with 200. Starts in milliseconds, which
# node does not, and runs every few seconds in every service.
exec 3<>"/dev/tcp/$1/$2" || exit 1
printf 'GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' "${3:-/healthz}" >&3
read -r -t 3 status <&3 && [[ $status == 'HTTP/1.1 200 '* ]]
