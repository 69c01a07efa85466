# The app with its embedded defaults: no GPU, no key, no network.
#   docker build -t signbridge . && docker run --rm -p 7860:7860 signbridge
FROM python:3.11-slim-bookworm

COPY packages.txt /tmp/packages.txt
RUN apt-get update \
    && xargs apt-get install -y --no-install-recommends < /tmp/packages.txt \
    && rm -rf /var/lib/apt/lists/* /tmp/packages.txt

RUN useradd --create-home --uid 1000 user
USER 1000
WORKDIR /home/user/app
ENV PATH=/home/user/.local/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    OMP_NUM_THREADS=1 \
    GRADIO_ANALYTICS_ENABLED=False \
    SIGNBRIDGE_HOST=0.0.0.0

# Set it to an index of CPU builds of torch to leave out several GB of GPU libraries.
ARG PIP_EXTRA_INDEX_URL
COPY --chown=user requirements.txt .
RUN pip install --no-cache-dir --user -r requirements.txt

COPY --chown=user . .
EXPOSE 7860
CMD ["python", "app.py"]
