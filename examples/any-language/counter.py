"""Counts visits in Redis. It has never heard of saeol-chaos."""

import os

import redis
from flask import Flask

# The measure under test: a Redis that is silent is not waited for, the last known count is given instead.
from_memory = os.environ.get("ANSWER_FROM_MEMORY") == "on"
counts = redis.Redis.from_url(
    os.environ.get("REDIS_URL", "redis://127.0.0.1:6379"),
    socket_timeout=0.2 if from_memory else None,
)
app = Flask(__name__)
last_known = None


@app.get("/health")
def health():
    return "ok"


@app.get("/")
def visit():
    global last_known
    try:
        last_known = counts.incr("visits")
    except redis.RedisError:
        if not from_memory or last_known is None:
            return "nobody knows", 503
        return f"about {last_known}"
    return f"{last_known}"
