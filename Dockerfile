# One image for every role: web, worker, sweeper, migrate, manage (assetlink_site/roles.py).
#
#   docker build -t assetlink .
#   buildah bud --format docker --isolation chroot --build-arg BASE=localhost/assetlink-base -t assetlink .
#
# The second way needs no daemon and no registry: script/image.py makes such a base of Debian's packages, and builds.
# BASE: any Debian with Python 3.11 or newer and its venv module. Where an authority of your own signs what the package
# index answers: --secret id=ca,src=/etc/ssl/certs/ca-certificates.crt
ARG BASE=docker.io/library/python:3.11.14-slim-bookworm

FROM ${BASE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /opt/assetlink
COPY requirements.txt requirements-install.txt ./
RUN --mount=type=secret,id=ca \
    if [ -s /run/secrets/ca ]; then export PIP_CERT=/run/secrets/ca; fi; \
    python3 -m venv venv \
    && venv/bin/python -m pip install --require-hashes -r requirements-install.txt \
    && venv/bin/python -m pip install --require-hashes --no-build-isolation -r requirements.txt \
    && venv/bin/python -m pip uninstall --yes --quiet pip setuptools uv
COPY . app/
ARG REVISION=
# Nothing of these keys is kept: the list of static files does not depend on them.
RUN cd app \
    && SECRET_KEY=only-while-the-image-is-built-and-for-nothing-else-at-all ../venv/bin/python manage.py collectstatic --noinput -v0 \
    && echo "${REVISION}" > REVISION \
    && ../venv/bin/python -m compileall -q -j0 . \
    && chmod -R a+rX /opt/assetlink

FROM ${BASE}
ARG VERSION=
ARG REVISION=
LABEL org.opencontainers.image.title="AssetLink" \
      org.opencontainers.image.description="Links Cloudinary assets to Shopify products" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
RUN groupadd --gid 10001 assetlink \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin assetlink \
    && install -d -o 10001 -g 10001 -m 0700 /var/lib/assetlink/reports
COPY --from=build /opt/assetlink /opt/assetlink
WORKDIR /opt/assetlink/app
# Everything below / may be read-only but /tmp and the folder of reports.
ENV PATH=/opt/assetlink/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PORT=8000 \
    WEB_CONCURRENCY=2 \
    REPORT_FOLDER=/var/lib/assetlink/reports
USER 10001:10001
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=6s --start-period=30s CMD ["python", "-m", "assetlink_site", "health"]
ENTRYPOINT ["python", "-m", "assetlink_site"]
CMD ["web"]
