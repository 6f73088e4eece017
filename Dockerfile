# One image for all of Keepwarm: `serve` (the default), `work`, `migrate` and every other command.
FROM python:3.13-slim AS build
WORKDIR /build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
COPY .lock/run.txt .lock/build.txt .lock/
RUN python -m venv /venv \
    && /venv/bin/pip install --require-hashes -r .lock/run.txt \
    && pip install --require-hashes -r .lock/build.txt
COPY pyproject.toml README.md ./
COPY app app
COPY migrations migrations
RUN pip wheel --no-deps --no-build-isolation --wheel-dir wheels . \
    && /venv/bin/pip install --no-deps wheels/*.whl \
    && /venv/bin/pip uninstall --yes pip

FROM python:3.13-slim
RUN useradd --uid 10001 --home-dir /data --create-home --shell /usr/sbin/nologin keepwarm
COPY --from=build /venv /venv
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    KEEPWARM_HOST=0.0.0.0 \
    KEEPWARM_DATABASE_URL=sqlite:////data/keepwarm.db
USER 10001
WORKDIR /data
VOLUME /data
EXPOSE 8000
# For `serve`. A container that only works or migrates turns it off, as compose.yaml does.
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen('http://127.0.0.1:' + os.environ.get('KEEPWARM_PORT', '8000') + '/healthz', timeout=2)"]
ENTRYPOINT ["keepwarm"]
CMD ["serve"]
