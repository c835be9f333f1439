FROM debian:trixie-slim
ENV LANG=C.UTF-8

# Debian's own layout (dist-packages, "externally managed") would break Dockerfiles written for Python's own images.
# So /usr/local is a virtual environment that sees the system's packages: pip installs into
# /usr/local/lib/python3.13/site-packages, and --user, --prefix and --target behave as usual.
# Of the development package only the headers are kept, so that a compiler is all that C extensions need.
RUN apt-get -o Acquire::Retries=3 update \
  && apt-get -o Acquire::Retries=3 install -y --no-install-recommends ca-certificates netbase tzdata python3 python3-venv \
  && cd /tmp && apt-get -o Acquire::Retries=3 download libpython3.13-dev \
  && dpkg-deb -x libpython3.13-dev_*.deb headers && cp -a headers/usr/include/. /usr/include/ \
  && rm -rf /tmp/* /var/lib/apt/lists/* /var/cache/apt/*.bin /var/log/*.log /var/log/apt \
  && rm -f /usr/lib/python3.*/EXTERNALLY-MANAGED \
  && python3 -m venv --system-site-packages /usr/local \
  && rm -f /usr/local/bin/activate* /usr/local/bin/Activate.ps1 \
  && pip --version
CMD ["python3"]
