"""Structured logs: one JSON object a line, with the request's id, and without anything that people typed."""

import json
import logging
import secrets
import sys
import time

from flask import Flask, Response, g, has_request_context, request

from . import clock


class AsJson(logging.Formatter):
    """Time, level, message, and the request where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": clock.now().isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if has_request_context():
            line["request"] = g.get("request_id", "-")
        line.update(getattr(record, "facts", {}))
        if record.exc_info and record.exc_info[0]:
            # The text of an exception may hold what somebody typed: the log gets its type and where it came from.
            line["error"] = record.exc_info[0].__name__
            frames, at = [], record.exc_info[2]
            while at:
                frames.append(f"{at.tb_frame.f_code.co_filename.rpartition('/')[2]}:{at.tb_lineno}")
                at = at.tb_next
            line["at"] = frames[-6:]
        return json.dumps(line, ensure_ascii=False)


def start(app: Flask) -> None:
    """Set up the log, give each request an id, and write one line when it is answered."""
    logger = logging.getLogger("cxboard")
    logger.setLevel(app.config["LOG_LEVEL"])
    if not logger.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(AsJson())
        logger.addHandler(handler)

    @app.before_request
    def number_the_request() -> None:
        g.request_id = secrets.token_hex(8)
        g.began = time.perf_counter()

    @app.after_request
    def write_the_line(response: Response) -> Response:
        response.headers["X-Request-Id"] = g.get("request_id", "-")
        if request.endpoint not in ("static", "health.healthz") and logger.isEnabledFor(logging.INFO):
            facts = {
                "method": request.method,
                "rule": request.url_rule.rule if request.url_rule else None,
                "status": response.status_code,
                "ms": round((time.perf_counter() - g.get("began", time.perf_counter())) * 1000, 1),
            }
            logger.info("answered", extra={"facts": facts})
        return response
