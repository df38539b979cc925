"""The two routes that bench/serve measures, as one would write them with FastAPI and SQLAlchemy on SQLite.

uvicorn --app-dir bench/service fastapi_app:app   with JOBS_DATABASE naming a SQLite file that make_database() filled.
"""
import datetime
import os
import uuid

from fastapi import FastAPI, HTTPException, Query
from sqlalchemy import Column, DateTime, Float, Integer, String, create_engine, event
from sqlalchemy.orm import declarative_base, sessionmaker

Base = declarative_base()


class Job(Base):
    __tablename__ = "jobs"
    id = Column(String(36), primary_key=True)
    user_id = Column(String(36), nullable=False, index=True)
    kind = Column(String, nullable=False)
    state = Column(String, nullable=False)
    title = Column(String, nullable=False)
    stage = Column(String, nullable=False)
    percent = Column(Float, nullable=False)
    speed = Column(Float, nullable=False)
    attempt = Column(Integer, nullable=False)
    priority = Column(Integer, nullable=False)
    engine = Column(String, nullable=False)
    model = Column(String, nullable=False)
    language = Column(String, nullable=False)
    duration_seconds = Column(Float, nullable=False)
    upload_id = Column(String(36))
    created_at = Column(DateTime, nullable=False)
    updated_at = Column(DateTime, nullable=False)


def make_engine(path):
    engine = create_engine(f"sqlite:///{path}", connect_args={"check_same_thread": False})

    @event.listens_for(engine, "connect")
    def pragmas(connection, _):
        connection.execute("PRAGMA journal_mode=WAL")

    return engine


def make_database(path, count):
    """Fills a new database; returns the jobs' ids."""
    engine = make_engine(path)
    Base.metadata.create_all(engine)
    now = datetime.datetime.utcnow()
    ids = [str(uuid.uuid4()) for _ in range(count)]
    with sessionmaker(bind=engine)() as session:
        session.add_all(
            Job(id=id, user_id=USER, kind="process", state="cancelled", title=f"talk-{number}.wav", stage="prepare",
                percent=0, speed=0, attempt=0, priority=0, engine="", model="", language="", duration_seconds=0,
                upload_id=str(uuid.uuid4()), created_at=now + datetime.timedelta(milliseconds=number), updated_at=now)
            for number, id in enumerate(ids))
        session.commit()
    return ids


USER = "00000000-0000-7000-8000-000000000001"
app = FastAPI()
Session = sessionmaker(bind=make_engine(os.environ["JOBS_DATABASE"])) if "JOBS_DATABASE" in os.environ else None


def as_json(job):
    return {column.name: getattr(job, column.name) for column in Job.__table__.columns if column.name != "user_id"}


@app.get("/api/v1/jobs/{job_id}")
def get_job(job_id: uuid.UUID):
    with Session() as session:
        job = session.query(Job).filter(Job.user_id == USER, Job.id == str(job_id)).one_or_none()
        if job is None:
            raise HTTPException(404, "There is no such job.")
        return as_json(job)


@app.get("/api/v1/jobs")
def list_jobs(limit: int = Query(50, ge=1, le=200)):
    with Session() as session:
        query = session.query(Job).filter(Job.user_id == USER).order_by(Job.created_at.desc()).limit(limit)
        return {"items": [as_json(job) for job in query], "next_cursor": None}
