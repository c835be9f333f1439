#!/bin/bash
# plat-health http://HOST:PORT|unix:/PATH.sock [ROUTE]: exits with 0 when GET ROUTE (/healthz) is answered with 200. Starts in
# milliseconds, which node does not, and runs every few seconds in every service.
request="GET ${2:-/healthz} HTTP/1.1"$'\r\nHost: localhost\r\nConnection: close\r\n\r\n'
if [[ $1 == unix:* ]]; then
  # Bash opens no Unix sockets; Perl is in every image of Debian's.
  status=$(REQUEST=$request exec timeout 3 perl -MSocket -e '
    socket(TO, PF_UNIX, SOCK_STREAM, 0) && connect(TO, pack_sockaddr_un($ARGV[0])) or exit 1;
    syswrite(TO, $ENV{REQUEST}) and print scalar <TO>' "${1#unix:}")
else
  address=${1#http://}
  exec 3<>"/dev/tcp/${address%:*}/${address##*:}" || exit 1
  printf '%s' "$request" >&3
  read -r -t 3 status <&3
fi
[[ $status == 'HTTP/1.1 200 '* ]]
