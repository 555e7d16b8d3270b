"""The floor: the same pages by a Flask app of a few dozen lines, with Core tuples and one plain loop; nobody signs in, nothing is checked."""

import os
from datetime import UTC, datetime

import sqlalchemy as sa
from flask import Flask, render_template_string, request

app = Flask(__name__)
engine = sa.create_engine(os.environ["BENCH_DATABASE_URL"], pool_size=32)
OPEN = "('new','analysing','ready','in_progress','verifying')"
CARDS = """
select i.id, i.title, i.status, i.status_since, d.code, d.colour, p.name, i.version,
  (select count(*) from cause c where c.issue_id = i.id) causes
from issue i left join department d on d.id = i.lead_id left join person p on p.id = i.owner_id
"""
ALSO = sa.text("select k.issue_id, d.code, d.colour from contribution k join department d on d.id = k.department_id where k.issue_id in :ids").bindparams(sa.bindparam("ids", expanding=True))
HEAD = "<!doctype html><html><head><meta charset=utf-8><title>{{ title }}</title><link rel=stylesheet href=/static/floor.css></head><body>"
CARD = """<li id="card-{{ id }}" class="card" data-version="{{ version }}"><div class="top"><span class="key">CX-{{ id }}</span><span class="age">{{ (now - since).days }} d</span></div>
<h3><a href="/issues/{{ id }}">{{ title }}</a></h3><div class="depts">{% if code %}<abbr class="dept d-{{ colour }}">{{ code }}</abbr>{% endif %}{% for other, tint in also.get(id, ()) %}<abbr class="dept also d-{{ tint }}">{{ other }}</abbr>{% endfor %}</div>
<div class="meta"><span>{{ causes }} grondoorzaken</span><a href="/issues/{{ id }}/move">Verplaats</a><span class="avatar">{{ owner or '' }}</span></div></li>
"""
ONE = app.jinja_env.from_string("{% for id, title, status, since, code, colour, owner, version, causes in cards %}" + CARD + "{% endfor %}{{ counts }}")
BOARD = app.jinja_env.from_string(
    HEAD + "<main><h1>Bord</h1>{% for name, cards in columns.items() %}<section><h2>{{ name }} {{ cards|length }}</h2><ol>"
    "{% for id, title, status, since, code, colour, owner, version, causes in cards %}" + CARD + "{% endfor %}</ol></section>{% endfor %}</main></body></html>"
)
ISSUE = app.jinja_env.from_string(
    HEAD + "<main><h1>CX-{{ issue.id }} {{ issue.title }}</h1><p>{{ issue.story }}</p><dl>{% for name, value in issue._mapping.items() %}<dt>{{ name }}</dt><dd>{{ value }}</dd>{% endfor %}</dl>"
    "<ul>{% for title, share, certainty in causes %}<li>{{ title }} {{ share }} {{ certainty }}</li>{% endfor %}</ul>"
    "<ol>{% for name, at, text in comments %}<li><b>{{ name }}</b> {{ at }}<p>{{ text }}</p></li>{% endfor %}</ol>"
    "<ol>{% for name, at, kind, before, after in events %}<li><b>{{ name }}</b> {{ kind }} {{ before }} {{ after }} {{ at }}</li>{% endfor %}</ol></main></body></html>"
)


@sa.event.listens_for(engine, "connect")
def on_connect(connection, _):
    connection.isolation_level = None
    for pragma in ("journal_mode=wal", "synchronous=full", "foreign_keys=on", "busy_timeout=5000", "secure_delete=on"):
        connection.execute(f"pragma {pragma}")


@sa.event.listens_for(engine, "begin")
def on_begin(connection):
    connection.exec_driver_sql("BEGIN IMMEDIATE" if request.method == "POST" else "BEGIN")


def cards(connection, where, **values):
    rows = connection.execute(sa.text(CARDS + where), values).all()
    also = {}
    for id, code, colour in connection.execute(ALSO, {"ids": [r.id for r in rows]}):
        also.setdefault(id, []).append((code, colour))
    now = datetime.now(UTC).replace(tzinfo=None)
    return [(i, t, s, datetime.fromisoformat(since), c, k, o, v, n) for i, t, s, since, c, k, o, v, n in rows], also, now


@app.get("/hello")
def hello():
    return "hello\n"


@app.get("/board")
def board():
    with engine.begin() as connection:
        rows, also, now = cards(connection, f"where i.status in {OPEN} order by i.rank")
    columns = {}
    for row in rows:
        columns.setdefault(row[2], []).append(row)
    return BOARD.render(title="Bord", columns=columns, also=also, now=now)


@app.get("/issues/<int:id>")
def show(id):
    with engine.begin() as connection:
        issue = connection.execute(sa.text("select i.*, d.name lead, p.name owner, s.name stage from issue i left join department d on d.id = i.lead_id left join person p on p.id = i.owner_id left join stage s on s.id = i.stage_id where i.id = :id"), {"id": id}).one()
        causes = connection.execute(sa.text("select p.title, c.share, c.certainty from cause c join problem p on p.id = c.problem_id where c.issue_id = :id"), {"id": id}).all()
        comments = connection.execute(sa.text("select p.name, c.at, c.text from comment c join person p on p.id = c.author_id where c.issue_id = :id order by c.id"), {"id": id}).all()
        events = connection.execute(sa.text("select p.name, e.at, e.kind, e.before, e.after from event e left join person p on p.id = e.by_id where e.issue_id = :id order by e.id desc limit 60"), {"id": id}).all()
    return ISSUE.render(title=issue.title, issue=issue, causes=causes, comments=comments, events=events)


@app.post("/issues/<int:id>/move")
def move(id):
    to, now = request.form["to"], datetime.now(UTC).replace(tzinfo=None).isoformat(" ")
    with engine.begin() as connection:
        was = connection.execute(sa.text("select status from issue where id = :id"), {"id": id}).scalar()
        connection.execute(sa.text("update issue set status = :to, status_since = :now, touched_at = :now, version = version + 1 where id = :id"), {"id": id, "to": to, "now": now})
        connection.execute(sa.text("update stay set until = :now where issue_id = :id and until is null"), {"id": id, "now": now})
        connection.execute(sa.text("insert into stay (issue_id, status, since) values (:id, :to, :now)"), {"id": id, "to": to, "now": now})
        connection.execute(
            sa.text("insert into event (at, by_id, kind, subject, subject_id, issue_id, field, before, after) values (:now, 1, 'moved', 'issue', :id, :id, 'status', :was, :to)"),
            {"id": id, "now": now, "was": f'{{"status": "{was}"}}', "to": f'{{"status": "{to}"}}'},
        )
        rows, also, at = cards(connection, "where i.id = :id", id=id)
        counts = connection.execute(sa.text(f"select status, count(*) from issue where status in {OPEN} group by status")).all()
    return ONE.render(cards=rows, also=also, now=at, counts=counts)


@app.post("/issues/<int:id>/comments")
def comment(id):
    now = datetime.now(UTC).replace(tzinfo=None).isoformat(" ")
    with engine.begin() as connection:
        connection.execute(sa.text("insert into comment (issue_id, author_id, text, at, version) values (:id, 1, :text, :now, 1)"), {"id": id, "text": request.form["text"], "now": now})
        connection.execute(sa.text("update issue set touched_at = :now where id = :id"), {"id": id, "now": now})
    return render_template_string("<li><b>{{ name }}</b> {{ at }}<p>{{ text }}</p></li>", name="Robin", at=now, text=request.form["text"])
