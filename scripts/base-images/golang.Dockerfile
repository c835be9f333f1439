FROM debian:trixie-slim
# CGO_ENABLED=0 needs no compiler of C. GOTOOLCHAIN=local: a go.mod that asks for a newer Go fails and says so, instead of
# downloading a toolchain.
RUN apt-get -o Acquire::Retries=3 update \
  && apt-get -o Acquire::Retries=3 install -y --no-install-recommends ca-certificates golang-1.24-go \
  && rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin /var/log/*.log /var/log/apt \
  && rm -rf /usr/lib/go-1.24/test /usr/share/go-1.24/test /usr/share/go-1.24/api \
  && ln -s ../lib/go-1.24 /usr/local/go
ENV PATH=/usr/local/go/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
  GOPATH=/go GOTOOLCHAIN=local CGO_ENABLED=0
RUN go version
WORKDIR /go
CMD ["bash"]
