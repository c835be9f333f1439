import os

from plat_runtime.options import parse_options

_options = parse_options(os.environ, "/app")

bind = f"0.0.0.0:{_options.port}"
# One process, so that what an application keeps in memory is one thing; the platform starts more instances when it needs more.
workers = 1
worker_class = "gthread"
# Two more than there may be calls, so that the reserved paths answer while every call is busy.
threads = _options.concurrency + 2
backlog = 1024
worker_tmp_dir = "/tmp"
# The proxy owns every timeout and closes connections. After a pause of the instance timers here would all fire at once.
timeout = 0
keepalive = 10 * 365 * 86_400
graceful_timeout = 25
# The proxy is the only one who can connect, and writes these headers itself.
forwarded_allow_ips = "*"
limit_request_line = 0
limit_request_field_size = 0
loglevel = "warning"
errorlog = "-"
accesslog = None
