# One image for web, worker and beat. bin/venv and bin/image-steps hold what is done in it, so that it can be run, and
# tested, where there is no Docker.
FROM python:3.13-slim
ENV PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 NEWSREADER_DATA=/data PATH=/app/.venv/bin:$PATH
WORKDIR /app
COPY requirements.lock ./
COPY bin/venv bin/
RUN bin/venv requirements.lock
COPY . .
RUN bin/image-steps
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin newsreader && install -d -o newsreader -m 700 /data
USER newsreader
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s CMD ["python", "-m", "newsreader.probe", "http://127.0.0.1:8000/healthz"]
CMD ["python", "-m", "newsreader.web", "--host", "0.0.0.0", "--port", "8000", "--workers", "2"]
